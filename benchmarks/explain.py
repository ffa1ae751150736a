"""How fast a difference is attributed, beside computing every mixture anew, in one run.

Two positions of the Korean pack that differ in exactly twelve blocks of the national cohort, and
all pairs of its studies. Tasks take turns, so that a busy machine slows all of them alike; compare
the ratios and not the seconds. See README.md in this folder.
"""

from __future__ import annotations

import argparse
import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from timing import once, take_turns

from locum.countries import Pack, load_pack
from locum.inference.attribution import explain
from locum.inference.coalitions import shapley
from locum.inference.mixing import CohortMixtures
from locum.runs.positions import Member, find_position
from locum.scenarios import study_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from locum.runs.positions import Position

YEAR, BLOCKS, BAND = 2040, 12, 100
GOALS = {"one_draw_s": 2.0, "band_100_s": 60.0, "all_pairs_s": 600.0}
"""At most so many CPU seconds; printed beside the figures, asserted nowhere."""
SECOND: dict[str, float | str] = {
    "exam.pass_rate": 0.95,
    "exit.mortality_ratio": 1.0,
    "exit.emigration": 0.0,
    "exit.rule": "age_70",
    "entry.clinical_share": 0.92,
    "gap.supply_unit": "fte",
    "demand.balance": "supply",
    "demand.unit": "weighted_days",
    "demand.trend": "linear",
    "demand.working_days_change": -0.05,
    "demand.productivity_change": 0.06,
}
"""What the second position holds otherwise, in eleven blocks; places are the twelfth."""


def pair(pack: Pack, draws: int) -> CohortMixtures:
    """Return the two positions, ready to be mixed."""
    ledger = pack.ledger()
    first = Member("first", ledger, {2006: 3058.0}, 2022)
    for key, value in SECOND.items():
        ledger = ledger.fixed(key, value)
    second = Member("second", ledger, {2006: 3058.0, 2025: 5058.0}, 2024)
    return CohortMixtures(first, second, pack, YEAR, draws, 0)


def attribute(pack: Pack, draws: int) -> np.ndarray[Any, Any]:
    """Compute every mixture over shared parts, split the difference, return the mixtures."""
    mixtures = pair(pack, draws)
    blocks = mixtures.blocks()
    assert len(blocks) == BLOCKS
    table = mixtures.table(blocks)
    left = shapley(table).sum(axis=0) - (table[0] - table[-1])
    assert np.abs(left).max() < 1e-6
    return table


def attribute_anew(pack: Pack, draws: int, masks: int) -> np.ndarray[Any, Any]:
    """Compute mixtures one by one, everything anew."""
    mixtures = pair(pack, draws)
    blocks = mixtures.blocks()
    return np.stack([mixtures.plain(blocks, mask) for mask in range(masks)])


def study_pairs(pack: Pack) -> Iterator[tuple[Position, Position, int]]:
    """Yield all pairs of studies with the latest year that both cover."""
    positions = [find_position(name, pack) for name in study_names(pack)]
    for a, b in combinations(positions, 2):
        year = min(a.last_year, b.last_year)
        if year >= max(a.first_year, b.first_year):
            yield a, b, year


def all_pairs(pack: Pack, draws: int) -> tuple[int, float]:
    """Attribute all pairs; return how many, and the largest remainder."""
    residuals = [abs(explain(*each, draws).residual) for each in study_pairs(pack)]
    return len(residuals), max(residuals, default=0.0)


def measure(*, quick: bool) -> dict[str, Any]:
    """Measure everything and return it as the contract says."""
    pack = load_pack("korea")
    band, masks = (3, 64) if quick else (BAND, 1 << BLOCKS)
    shared = attribute(pack, 1)
    tasks = {
        "one": (lambda: attribute(pack, 1), 1),
        "band": (lambda: attribute(pack, band), 1),
    }
    times = take_turns(tasks, 1 if quick else 7)
    anew: list[np.ndarray[Any, Any]] = []
    brute, _ = once(lambda: anew.append(attribute_anew(pack, 1, masks)))
    brute *= (1 << BLOCKS) / masks
    found: list[tuple[int, float]] = []
    pairs, _ = once(lambda: found.append(all_pairs(pack, 1 if quick else BAND)))
    return {
        "ratios": {"brute_force": brute / times["one"].best},
        "figures": {
            "one_draw_s": times["one"].best,
            "band_100_s": None if quick else times["band"].best,
            "all_pairs_s": None if quick else pairs,
            "max_difference": float(np.abs(anew[0] - shared[:masks]).max()),
            "brute_force_s": brute,
            "pairs": found[0][0],
            "max_residual": found[0][1],
        },
    }


def show(result: dict[str, Any]) -> None:
    """Print the result for people."""
    print("Ratio (best of the turns)")
    for name, value in result["ratios"].items():
        print(f"  {name:20} {value:10.1f}")
    print("Figures")
    for name, value in result["figures"].items():
        text = "not measured" if value is None else f"{value:10.4g}"
        goal = f"goal {GOALS[name]:g}" if name in GOALS else ""
        print(f"  {name:20} {text:>10}   {goal}".rstrip())


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="few mixtures, once: only to try it")
    options = parser.parse_args()
    result = measure(quick=options.quick)
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        show(result)


if __name__ == "__main__":
    main()
