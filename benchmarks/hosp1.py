"""How fast the hospital engine is beside SimPy, Ciw and cimba: HOSP-1, one hospital, one year.

All engines take turns in one process and their CPU time is compared. Every one simulates the same
hospital (Ciw the subset that it can express) with random numbers of its own; their statistics are
compared in standard errors. See README.md in this folder.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import fmean
from typing import TYPE_CHECKING, Any

from peers.agreement import largest, scores
from peers.parameters import Hosp1
from timing import Times, once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Rows = list[dict[str, float]]
    Figures = dict[str, float | str | None]

FULL, SUBSET = "locum", "locum_subset"
PEERS = {"simpy": FULL, "ciw": SUBSET, "cimba": FULL}
"""Each peer, and which of our hospitals it is compared with."""
GOALS = {
    "simpy": "at least 100, never below 70",
    "ciw": "at least 400, never below 300",
    "cimba": "at least 8, never below 5",
}
"""Printed beside the ratios, asserted nowhere."""
ORACLE_DAYS, ORACLE_SEEDS = 60, (1, 2, 3)
FEATURES = {"anonymous_doctors": {"clinicians": False}, "unchecked": {"checks": False}}
"""Our variants that leave out one feature each, and how they are asked for."""


@dataclass(frozen=True)
class Plan:
    """How much is run."""

    numbers: Hosp1
    rounds: int
    years: int
    """Of the fast engines in a turn."""
    compared: int
    """Replications of the fast engines whose statistics are compared."""
    features: tuple[str, ...] = tuple(FEATURES)
    """Of `FEATURES`, what is left out in turn; the variant without checks compiles for long."""


FULL_PLAN = Plan(Hosp1(), rounds=5, years=5, compared=200)
QUICK_PLAN = Plan(
    replace(Hosp1(), horizon=30 * 24.0),
    rounds=2,
    years=2,
    compared=20,
    features=("anonymous_doctors",),
)


@dataclass
class Contender:
    """One engine: what is timed, and the statistics of all that was run.

    Parameters
    ----------
    simulate
        Runs replications from a seed on and returns their results.
    statistics
        Makes rows of these results; not timed.
    replications
        In a turn.
    """

    simulate: Callable[[int, int], Any]
    statistics: Callable[[Any], Rows]
    replications: int = 1
    seed: int = 1
    rows: Rows = field(default_factory=list)
    seen: list[tuple[float, float]] = field(default_factory=list)

    def turn(self, replications: int | None = None) -> tuple[float, float]:
        """Run on seeds that were never used; return CPU and wall seconds."""
        count = replications or self.replications
        kept: list[Any] = []
        gc.collect()
        spent = once(lambda: kept.append(self.simulate(self.seed, count)))
        self.seed += count
        self.rows += self.statistics(kept[0])
        return spent

    def timed_turn(self) -> None:
        """Run a turn that counts."""
        self.seen.append(self.turn())

    @property
    def times(self) -> Times:
        """Return the seconds of a replication."""
        cpu, wall = zip(*self.seen, strict=True)
        return Times(cpu, wall, self.replications)


def simpy_contender(plan: Plan) -> Contender:
    """Return SimPy."""
    from peers import simpy_hosp1

    return Contender(lambda seed, _: simpy_hosp1.run(plan.numbers, seed), lambda row: [row])


def ciw_contender(plan: Plan) -> Contender:
    """Return Ciw, on the subset."""
    from peers import ciw_hosp1

    numbers = plan.numbers.subset()
    return Contender(
        lambda seed, _: ciw_hosp1.simulate(numbers, seed),
        lambda simulation: [ciw_hosp1.statistics(simulation, numbers)],
    )


def cimba_contender(plan: Plan) -> Contender:
    """Return cimba, its model compiled."""
    from peers.cimba_hosp1 import Runner

    runner = Runner(plan.numbers.horizon)
    return Contender(runner.simulate, runner.statistics, plan.years)


def our_contender(plan: Plan, numbers: Hosp1, **features: bool) -> Contender:
    """Return the shipped engine."""
    from peers.locum_hosp1 import Runner

    runner = Runner(numbers, **features)
    return Contender(runner.simulate, runner.statistics, plan.years)


def contenders(plan: Plan) -> tuple[dict[str, Contender], dict[str, str]]:
    """Return the engines that are there, and why others are not."""
    makers: dict[str, Callable[[], Contender]] = {
        FULL: lambda: our_contender(plan, plan.numbers),
        "simpy": lambda: simpy_contender(plan),
        "cimba": lambda: cimba_contender(plan),
        SUBSET: lambda: our_contender(plan, plan.numbers.subset()),
        "ciw": lambda: ciw_contender(plan),
    }
    for name, numbers in ((FULL, plan.numbers), (SUBSET, plan.numbers.subset())):
        for feature in plan.features:
            options = FEATURES[feature]
            makers[f"{name}_{feature}"] = partial(our_contender, plan, numbers, **options)
    there: dict[str, Contender] = {}
    missing: dict[str, str] = {}
    for name, make in makers.items():
        try:
            there[name] = make()
        except (ImportError, AttributeError, OSError) as error:
            missing[name] = f"not there ({error}); the dependency group `bench` installs it"
    return there, missing


def race(plan: Plan, there: Mapping[str, Contender]) -> None:
    """Let the engines take turns, after one turn each that compiles and does not count."""
    for name, each in there.items():
        if name not in {"simpy", "ciw"}:
            each.turn(1)
    gc.freeze()
    for _ in range(plan.rounds):
        for each in there.values():
            each.timed_turn()
    for name in (FULL, SUBSET, "cimba"):
        if name in there:
            there[name].turn(plan.compared)


def compare(there: Mapping[str, Contender]) -> tuple[dict[str, Any], Figures]:
    """Return the ratios, and how far the engines differ."""
    ratios: dict[str, Any] = {}
    figures: Figures = {}
    worst: list[float] = []
    for peer, ours in PEERS.items():
        if peer not in there or ours not in there:
            ratios[peer] = None
            continue
        times, our_times = there[peer].times, there[ours].times
        ratios[peer] = times.best / our_times.best
        figures[f"{peer}_of_medians"] = times.median / our_times.median
        found = scores(there[ours].rows, there[peer].rows)
        name, score = largest(found)
        figures[f"{peer}_max_abs_z"] = abs(score)
        figures[f"{peer}_max_z_of"] = name
        worst.append(abs(score))
        for feature in FEATURES:
            variant = there.get(f"{ours}_{feature}")
            if variant:
                figures[f"{peer}_{feature}"] = times.best / variant.times.best
    figures["max_abs_z"] = max(worst, default=None)
    return ratios, figures


def speeds(there: Mapping[str, Contender]) -> Figures:
    """Return what every engine took, and how many events and patients ours runs in a second."""
    figures: Figures = {}
    for name, each in there.items():
        figures[f"{name}_cpu_ms"] = 1e3 * each.times.best
        figures[f"{name}_median_cpu_ms"] = 1e3 * each.times.median
    if FULL in there:
        ours = there[FULL]
        for what in ("events", "patients"):
            figures[f"{what}_per_s"] = fmean(row[what] for row in ours.rows) / ours.times.best
    return figures


def oracle() -> Figures:
    """Let SimPy meet the patients of our engine; the largest relative difference must be 0."""
    from peers import locum_hosp1, simpy_prompt

    numbers = replace(Hosp1(), horizon=ORACLE_DAYS * 24.0)
    worst = 0.0
    for seed in ORACLE_SEEDS:
        ours = locum_hosp1.run(numbers, seed)
        theirs = simpy_prompt.PromptHospital(numbers, locum_hosp1.KeyedDraws(seed)).run()
        for name, value in ours.items():
            worst = max(worst, abs(value - theirs[name]) / max(1.0, abs(value)))
    return {"oracle_max_difference": worst}


def measure(plan: Plan) -> tuple[dict[str, Any], dict[str, Contender]]:
    """Measure everything and return it as the contract says, and the engines."""
    there, missing = contenders(plan)
    race(plan, there)
    ratios, differences = compare(there)
    figures = {"events_per_s": None, "patients_per_s": None} | speeds(there) | differences
    figures |= {f"{name}_note": note for name, note in missing.items()}
    figures |= oracle() if FULL in there and "simpy" in there else {}
    figures["load_average"] = os.getloadavg()[0]
    return {"ratios": ratios, "figures": figures}, there


def show(result: dict[str, Any], there: Mapping[str, Contender]) -> None:
    """Print the result for people."""
    print("Ratios (least CPU time of the turns)")
    for name, value in result["ratios"].items():
        text = "not measured" if value is None else f"{value:.1f}"
        print(f"  {name:34} {text:>12}   {GOALS[name]}")
    print("Figures")
    for name, value in result["figures"].items():
        text = f"{value:12.5g}" if isinstance(value, (int, float)) else str(value)
        print(f"  {name:34} {text:>12}")
    for peer, ours in PEERS.items():
        if peer in there and ours in there:
            show_agreement(peer, there[ours].rows, there[peer].rows)


def show_agreement(peer: str, ours: Rows, theirs: Rows) -> None:
    """Print the means of both engines and their differences in standard errors."""
    print(f"\n{peer}: means of {len(ours)} and {len(theirs)} replications")
    for name, score in scores(ours, theirs).items():
        means = [fmean(row[name] for row in rows) for rows in (ours, theirs)]
        print(f"  {name:34} {means[0]:14.3f} {means[1]:14.3f}   z {score:+.2f}")


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="a month, twice: only to try it")
    options = parser.parse_args()
    result, there = measure(QUICK_PLAN if options.quick else FULL_PLAN)
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        show(result, there)


if __name__ == "__main__":
    main()
