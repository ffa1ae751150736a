"""A national year: all hospitals of the Korea pack, every patient and doctor, coupled.

What is timed is what a run pays: the engine and, each day, quotas set and results read off all
hospitals. See README.md in this folder.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from timing import once, peak_megabytes

from locum.countries import load_pack
from locum.hospital import records as op
from locum.hospital.observing import Observer
from locum.runs.hospitals.building import build, open_network
from locum.runs.hospitals.collecting import LABELS
from locum.runs.hospitals.sizes import CLASSES, SMALL_ED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.hospital.engine import Network
    from locum.runs.hospitals.building import Nation

WEEK_DAYS, WORK_DAYS = 7, 5
WARM_UP = 4
"""Days before a comparison, in which arrays grow."""
PLANNED = slice(4, None)
"""Sources of electives and planned admissions, after those at the door."""
QUIET = {"refusal.queue": 1e6, "refusal.doctors": 1e6, "ed.boarding_patience": 1e5}
"""Nobody is sent on, so that hospitals may also run without a window."""
GOALS = {
    "cpu_s": "at most 120",
    "peak_mb": "at most 1000",
    "window_24h": "at most 1.2",
    "window_1h": "at most 1.8",
    "threads_2_speedup": "at least 1.7, on an idle machine",
    "events_per_ed_visit": "at least 12",
    "events_per_admission": "at least 30",
}


@dataclass(frozen=True)
class Plan:
    """How much is run."""

    days: int
    span: int
    """Days of the comparisons."""
    rounds: int
    """Of turns, which are compared with others of the same round."""


FULL, QUICK = Plan(days=365, span=7, rounds=7), Plan(days=7, span=2, rounds=1)


def central() -> dict[str, float]:
    """Return the central value of every assumption."""
    ledger = load_pack("korea").ledger("hospital")
    return {key: float(ledger[key].in_force(2024)) for key in ledger}


class Year:
    """A nation in ordinary times, day by day."""

    def __init__(self, nation: Nation, *, window: float = 1.0, threads: int = 1) -> None:
        self.nation, self.threads = nation, threads
        self.network: Network = open_network(nation, seed=1, window=window)
        self.observer = Observer(self.network, LABELS)
        self.called = np.zeros(nation.quotas.shape)
        self.day = 0

    def run(self, days: int) -> None:
        """Run some days."""
        for _ in range(days):
            if self.day % WEEK_DAYS < WORK_DAYS:
                before = np.floor(self.called)
                self.called = self.called + self.nation.quotas
                quotas = (np.floor(self.called) - before).astype(int)
                for row, name in enumerate(CLASSES):
                    self.network.set_quotas(f"call_{name}", quotas[:, row])
            self.day += 1
            self.network.run(24.0 * self.day, threads=self.threads)
            self.observer.totals()


def events_of(network: Network) -> int:
    """Return the events of all hospitals."""
    return sum(int(network.site(site).state[0].events) for site in range(len(network)))


def patients_of(network: Network) -> int:
    """Return all who came."""
    return sum(int(network.site(site).sources.arrived.sum()) for site in range(len(network)))


def events_each(network: Network) -> dict[str, float]:
    """Return events of an emergency visit and an admission: arrivals, ends of delays, leaving."""
    visits, stays, at_door, inside = 0, 0, 0, 0
    for site, model in enumerate(network.models):
        counts = network.stats(site)
        tallies, left = counts.visits.sum(axis=1), counts.left.sum(axis=1)
        timed = np.isin(model.tables.steps.op, (op.DELAY, op.WAIT_UNTIL))
        emergency = np.array(
            [name.startswith(("ed_", "ambulance", "emergency:")) for name in model.names.steps]
        )
        came = tallies[model.row("steps", "ed_in")]
        visits += int(came)
        at_door += int(came) + int(tallies[timed & emergency].sum() + left[emergency].sum())
        stays += int(tallies[model.row("steps", "ward_stay")])
        inside += int(tallies[timed & ~emergency].sum() + left[~emergency].sum())
        inside += int(network.site(site).sources.arrived[PLANNED].sum())
    return {"events_per_ed_visit": at_door / visits, "events_per_admission": inside / stays}


def year_figures(nation: Nation, plan: Plan) -> dict[str, float]:
    """Run the year on one thread."""
    year = Year(nation)
    cpu, wall = once(lambda: year.run(plan.days))
    events, patients = events_of(year.network), patients_of(year.network)
    return {
        "cpu_s": cpu,
        "wall_s": wall,
        "days": plan.days,
        "peak_mb": peak_megabytes(),
        "events": events,
        "patients": patients,
        "hospitals": int((nation.sites.kind != SMALL_ED).sum()),
        "sites": len(nation),
        "clinicians": sum(len(network.clinicians) for network in year.network.bank.sites),
        "events_per_s": events / cpu,
        "patients_per_s": patients / cpu,
        **events_each(year.network),
    }


def window_figures(nation: Nation, plan: Plan) -> dict[str, float]:
    """Compare windows with no coupling at all, in turns; nobody is sent on in any of them."""
    seen: dict[float, list[float]] = {inf: [], 24.0: [], 1.0: []}
    for _ in range(plan.rounds):
        for window, times in seen.items():
            year = Year(nation, window=window)
            year.run(WARM_UP)
            times.append(once(lambda year=year: year.run(plan.span))[0])
    return {
        "window_24h": _median_ratio(seen[24.0], seen[inf]),
        "window_1h": _median_ratio(seen[1.0], seen[inf]),
    }


def _median_ratio(times: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of ratios within rounds, so that a busy spell hits both."""
    return median(one / other for one, other in zip(times, others, strict=True))


def thread_figures(nation: Nation, plan: Plan) -> dict[str, float]:
    """Compare one thread with two, in turns; wall time."""
    seen: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(plan.rounds):
        for threads, times in seen.items():
            year = Year(nation, threads=threads)
            year.run(WARM_UP)
            start = time.perf_counter()
            year.run(plan.span)
            times.append(time.perf_counter() - start)
    return {
        "threads_2_speedup": _median_ratio(seen[1], seen[2]),
        "load_average": os.getloadavg()[0],
        "cores": float(os.cpu_count() or 1),
    }


def main() -> None:
    """Print a table, or one object of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    parser.add_argument("--quick", action="store_true", help="a few days, to see that it runs")
    asked = parser.parse_args()
    plan = QUICK if asked.quick else FULL
    pack, values = load_pack("korea"), central()
    nation = build(pack, values)
    Year(build(pack, values, sites=range(4))).run(WARM_UP)
    hospitals = np.flatnonzero(nation.sites.kind != SMALL_ED).tolist()
    apart = build(pack, {**values, **QUIET}, sites=hospitals)
    figures: dict[str, Any] = {
        **year_figures(nation, plan),
        **window_figures(apart, plan),
        **thread_figures(nation, plan),
    }
    if asked.json:
        print(json.dumps({"figures": figures, "goals": GOALS}))
        return
    for name, value in figures.items():
        print(f"{name:22} {value:>16,.4g}  {GOALS.get(name, '')}")


if __name__ == "__main__":
    main()
