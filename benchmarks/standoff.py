"""How fast the agents of a standoff are beside mesa, plain NumPy and a dense kernel.

131,000 agents with 1.05 million links live the same 120 days in all of them: the same rule,
parameters and signals. Ours, the dense kernel and plain NumPy also share their draws, so that
their states must be the same. CPU time counts, and all take turns in one process. See README.md
in this folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from peers import standoff_town as town
from timing import once, peak_megabytes

from locum.standoff.crowd import Crowd, crowd_key
from locum.standoff.population import with_shocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.standoff.decision import Signals
    from locum.standoff.population import Population

    Figures = dict[str, Any]

TWO_YEARS, TURNS = 730, (24, 389)
ONCE = ("numpy", "mesa")
"""Engines so slow that they live the days once, a part in each round."""
GOALS = {
    "mesa": "at least 200",
    "mesa_over_dense": "at least 60",
    "numpy": "context",
    "dense": "context",
}
"""Printed beside the ratios, asserted nowhere."""


@dataclass(frozen=True)
class Plan:
    """How much is run."""

    days: int = town.DAYS
    rounds: int = 4
    repeats: int = 5
    """Of our days in a round; mesa lives them once in all rounds together."""
    replications: int = 200


QUICK = Plan(days=20, rounds=2, repeats=2, replications=20)


@dataclass
class Living:
    """One engine: seconds and days lived, and the crowd at the end of them."""

    begin: Callable[[], Any]
    live: Callable[[Any, int], None]
    seconds: list[float] = field(default_factory=list)
    crowd: Any = None

    def days(self, first: int, last: int) -> None:
        """Live through days that count."""
        if first == 0:
            self.crowd = self.begin()
        spent = once(lambda: [self.live(self.crowd, day) for day in range(first, last)])
        self.seconds.append(spent[0])


def our_crowd(population: Population, engine: str, seed: int = 7) -> Crowd:
    """Return a crowd that lives in one of our engines."""
    crowd = Crowd(population, town.parameters(), "taste", seed, reference=engine == "numpy")
    if engine == "dense":
        from peers.dense_standoff import dense_day

        crowd._live_day = dense_day
    return crowd


def engines(population: Population, signals: list[Signals]) -> tuple[dict[str, Living], str]:
    """Return the engines that are there, and a note on mesa."""
    there = {
        name: Living(
            lambda name=name: our_crowd(population, name),
            lambda crowd, day: crowd.step(day, signals[day]),
        )
        for name in ("locum", "dense", "numpy")
    }
    try:
        from peers.mesa_standoff import VERSION, Standoff
    except ImportError as error:
        return there, f"not there ({error}); the dependency group `bench` installs it"
    there["mesa"] = Living(
        lambda: Standoff(population, town.parameters(), 1),
        lambda model, day: model.live(day, signals[day]),
    )
    return there, VERSION


def race(plan: Plan, there: dict[str, Living]) -> None:
    """Let the engines take turns, after two days of ours that compile and do not count."""
    for name in ("locum", "dense"):
        there[name].days(0, 2)
        there[name].seconds.clear()
    edges = np.linspace(0, plan.days, plan.rounds + 1).astype(int).tolist()
    for first, last in pairwise(edges):
        for name in ONCE:
            if name in there:
                there[name].days(first, last)
        for name in ("locum", "dense"):
            for _ in range(plan.repeats):
                there[name].days(0, plan.days)


def compare(plan: Plan, there: dict[str, Living]) -> tuple[dict[str, Any], Figures]:
    """Return the ratios of CPU time, and what a day costs in each engine."""
    part = {name: plan.days / plan.rounds if name in ONCE else plan.days for name in there}
    least = {name: min(each.seconds) / part[name] for name, each in there.items()}
    mean = {name: float(np.mean(each.seconds)) / part[name] for name, each in there.items()}
    figures: Figures = {f"{name}_cpu_ms_a_day": 1e3 * each for name, each in least.items()}
    figures |= {f"{name}_mean_cpu_ms_a_day": 1e3 * each for name, each in mean.items()}
    ratios: dict[str, Any] = {"mesa": None, "mesa_over_dense": None}
    if "mesa" in there:
        ratios["mesa"] = least["mesa"] / least["locum"]
        ratios["mesa_over_dense"] = least["mesa"] / least["dense"]
        figures["mesa_of_means"] = mean["mesa"] / mean["locum"]
    ratios |= {name: least[name] / least["locum"] for name in ("numpy", "dense")}
    return ratios, figures


def agreement(there: dict[str, Living]) -> Figures:
    """Return how many agents are in the same state in our engines, and how far mesa is off."""
    ours = there["locum"].crowd
    state = ours._live.state
    same = np.ones(state.size, dtype=bool)
    for name in ("dense", "numpy"):
        same &= there[name].crowd._live.state == state
    figures: Figures = {"identical_agents": int(same.sum()), "agents": int(state.size)}
    if "mesa" in there:
        shares = [each / each.sum() for each in (ours.kinds, there["mesa"].crowd.kinds())]
        figures["mesa_largest_share_apart"] = float(np.abs(shares[0] - shares[1]).max())
    return figures


def liveliness(plan: Plan, population: Population, signals: list[Signals]) -> Figures:
    """Return what shares of the agents think again and change, on the quietest day and on all."""
    crowd = our_crowd(population, "locum")
    counts: list[tuple[int, int]] = []
    for day in range(plan.days):
        crowd.step(day, signals[day])
        counts.append((crowd.revised, crowd.changed))
    shares = np.array(counts) / population.agents
    return {
        "revising_share_least": float(shares[:, 0].min()),
        "revising_share_mean": float(shares[:, 0].mean()),
        "changing_share_least": float(shares[:, 1].min()),
        "changing_share_mean": float(shares[:, 1].mean()),
    }


def two_years() -> Figures:
    """Return the CPU time of two years with two turns of the training year, best of three."""
    population = town.population(turns=len(TURNS))
    signals = [town.signals(day, population.cells) for day in range(TWO_YEARS)]

    def live() -> None:
        crowd = our_crowd(population, "locum")
        for day in range(TWO_YEARS):
            if day in TURNS:
                crowd.turn(day, TURNS.index(day), np.ones(4))
            crowd.step(day, signals[day])

    return {"two_years_cpu_s": min(once(live)[0] for _ in range(3))}


def replicate(plan: Plan, population: Population, signals: list[Signals]) -> Figures:
    """Live replications, each with shocks and luck of its own; report progress and the cost."""
    costs: list[float] = []
    for replication in range(plan.replications):

        def live(replication: int = replication) -> None:
            other = with_shocks(population, 1, replication)
            crowd = our_crowd(other, "locum", crowd_key(1, replication))
            for day in range(plan.days):
                crowd.step(day, signals[day])

        costs.append(once(live)[0])
        if (replication + 1) % max(1, plan.replications // 10) == 0:
            done = f"{replication + 1} of {plan.replications} replications"
            print(f"{done}, {sum(costs):.1f} CPU-s", file=sys.stderr)
    tenth = max(1, plan.replications // 10)
    return {
        "replications": plan.replications,
        "replication_cpu_s": float(np.mean(costs)),
        "last_over_first_tenth": float(np.median(costs[-tenth:]) / np.median(costs[:tenth])),
        "peak_mb": peak_megabytes(),
    }


def measure(plan: Plan) -> dict[str, Any]:
    """Measure everything and return it as the contract says."""
    spent, population = once_with(town.population)
    signals = [town.signals(day, population.cells) for day in range(plan.days)]
    there, note = engines(population, signals)
    race(plan, there)
    ratios, figures = compare(plan, there)
    figures |= agreement(there) | {"links": int(population.links.size), "mesa_version": note}
    figures |= {"population_cpu_s": spent} | liveliness(plan, population, signals)
    there.clear()  # a hundred thousand objects slow down what comes after them
    figures |= two_years() | replicate(plan, population, signals)
    figures["load_average"] = os.getloadavg()[0]
    return {"ratios": ratios, "figures": figures}


def once_with(task: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of a task, and its result."""
    kept: list[Any] = []
    spent = once(lambda: kept.append(task()))[0]
    return spent, kept[0]


def show(result: dict[str, Any]) -> None:
    """Print the result for people."""
    print("Ratios (least CPU time of the turns)")
    for name, value in result["ratios"].items():
        text = "not measured" if value is None else f"{value:.1f}"
        print(f"  {name:28} {text:>12}   {GOALS[name]}")
    print("Figures")
    for name, value in result["figures"].items():
        text = f"{value:12.5g}" if isinstance(value, (int, float)) else str(value)
        print(f"  {name:28} {text:>12}")


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="20 days: only to try it")
    options = parser.parse_args()
    result = measure(QUICK if options.quick else Plan())
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        show(result)


if __name__ == "__main__":
    main()
