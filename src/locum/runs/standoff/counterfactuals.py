"""What would have come of it: differences between draws that share assumptions and luck."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.runs.standoff.harm import METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from locum.runs.standoff.groups import Floats
    from locum.scenarios.standoff import StandoffScenario

__all__ = ["Difference", "Harm", "differences", "harm_of", "write_differences", "write_harm"]

_BAND = (50.0, 5.0, 95.0)
_NOTES = {
    "patients": "published ratios times the share of trainees away; not simulated patients",
    "doctors": "counted in the run",
}


class Difference(NamedTuple):
    """What a counterfactual changes.

    Parameters
    ----------
    name, title, side
        Of the counterfactual.
    party
        Whom the metric concerns: action, patients, doctors, opinion or platform.
    metric, unit
        What differs.
    base, median
        Medians of the scenario and of the counterfactual, over the same draws.
    difference, low, high
        Of the counterfactual less the scenario, draw by draw; 9 in 10 lie between the bounds.
    """

    name: str
    title: str
    side: str
    party: str
    metric: str
    unit: str
    base: float
    median: float
    difference: float
    low: float
    high: float


class Harm(NamedTuple):
    """What a run says of harm to a party: median, and what 9 draws in 10 lie between."""

    metric: str
    party: str
    unit: str
    median: float
    low: float
    high: float
    note: str


def differences(
    scenario: StandoffScenario, base: Floats, others: Mapping[str, Floats]
) -> list[Difference]:
    """Compare counterfactuals with the scenario.

    Parameters
    ----------
    scenario
        For their titles.
    base
        Results of its draws (`harm.metrics_of`), shape (D, M).
    others
        The same of each counterfactual, of the first draws, shape (E, M).
    """
    found: list[Difference] = []
    for name, results in others.items():
        of = scenario.counterfactuals[name]
        same = base[: len(results)]
        changes = np.percentile(results - same, _BAND, axis=0)
        before, after = np.median(same, axis=0), np.median(results, axis=0)
        for place, (metric, each) in enumerate(METRICS.items()):
            numbers = (before[place], after[place], *changes[:, place])
            who = (name, of.title, of.side, each.party, metric, each.unit)
            found.append(Difference(*who, *map(float, numbers)))
    return found


def harm_of(results: Floats) -> list[Harm]:
    """Return what the draws of a run, shape (D, M), say of harm to patients and to doctors."""
    bands = np.percentile(results, _BAND, axis=0).T
    found: list[Harm] = []
    for (name, each), band in zip(METRICS.items(), bands.tolist(), strict=True):
        if each.party in _NOTES:
            median, low, high = band
            found.append(Harm(name, each.party, each.unit, median, low, high, _NOTES[each.party]))
    return found


def write_differences(told: Sequence[Difference], path: Path) -> None:
    """Write differences as CSV."""
    _write(Difference._fields, told, path)


def write_harm(told: Sequence[Harm], path: Path) -> None:
    """Write harm as CSV."""
    _write(Harm._fields, told, path)


def _write(columns: Sequence[str], rows: Sequence[tuple[str | float, ...]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([f"{x:.6g}" if isinstance(x, float) else x for x in row])
