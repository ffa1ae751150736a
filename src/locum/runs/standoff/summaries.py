"""Results of all draws as long tables: by day and group, and national series.

What is told of a group of fewer than ten people is left empty.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from locum.runs.standoff.groups import publish
from locum.standoff.states import AWAY, JOINED, KINDS, STATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from locum.runs.standoff.groups import Floats, Whole
    from locum.runs.standoff.told import Floats32, Told
    from locum.scenarios.standoff import StandoffScenario

__all__ = ["STATES_TOLD", "SUMMARY", "write_national", "write_summary"]

SUMMARY = (
    "date",
    "partition",
    "group",
    "state",
    "heads",
    "median",
    "low",
    "high",
    "low80",
    "high80",
)
"""Columns of summary.csv."""
_BANDS = (50.0, 5.0, 95.0, 10.0, 90.0)
STATES_TOLD = (*STATES, "away", "joined", "support")
"""What is told of a group: every public action, two sums of them, and private support."""
_SUMS = np.array([[state in states for state in STATES] for states in (AWAY, JOINED)], float)


def write_summary(told: Sequence[Told], scenario: StandoffScenario, path: Path) -> None:
    """Write heads by day, group and state, as CSV (`SUMMARY`).

    Kinds are told every day, other groups once a week and on the last day.
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(SUMMARY)
        kinds = np.stack([each.kinds for each in told])
        support = np.stack([each.support for each in told])
        days: Whole = np.arange(len(told[0].kinds))
        writer.writerows(_rows(scenario, ("kind", KINDS, days), kinds, support))
        for place, group in enumerate(told[0].groups):
            if group.partition.name == "kind":
                continue
            tally = np.stack([each.groups[place].tally for each in told])
            supporting = np.stack([each.groups[place].support for each in told])
            named = (group.partition.name, group.partition.labels, group.days)
            writer.writerows(_rows(scenario, named, tally, supporting))


def _rows(
    scenario: StandoffScenario,
    named: tuple[str, Sequence[str], Whole],
    tally: Floats32,
    support: Floats32,
) -> Iterator[list[str]]:
    """Yield the rows of a partition: tally (D, W, G, 8), support (D, W, G)."""
    name, labels, days = named
    states = tally.astype(np.float64)
    told = np.concatenate([states, states @ _SUMS.T, support[..., None]], axis=-1)
    members = states.sum(axis=-1)
    there = np.flatnonzero(members.max(axis=(0, 1)) > 0)
    heads = np.median(members, axis=0)
    # Intakes differ between draws: shares of each draw's own members, on the middle draw's heads.
    told *= (heads / np.maximum(members, 1.0))[..., None]
    bands = publish(members.min(axis=0), np.moveaxis(np.percentile(told, _BANDS, axis=0), 0, -1))
    counted = publish(members.min(axis=0), heads)
    for row, day in enumerate(days.tolist()):
        date = scenario.date(day).isoformat()
        for group in there.tolist():
            cells = _cells(counted[row, group])
            for state, numbers in zip(STATES_TOLD, bands[row, group], strict=True):
                yield [date, name, labels[group], state, *cells, *_cells(*numbers)]


def _cells(*numbers: float) -> list[str]:
    """Return numbers as they are written; nothing where there is none."""
    return ["" if np.isnan(number) else f"{number:.6g}" for number in numbers]


def write_national(told: Sequence[Told], scenario: StandoffScenario, path: Path) -> None:
    """Write national series by day as CSV: date, variable, median, low, high (9 draws in 10)."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("date", "variable", "median", "low", "high"))
        for name in told[0].national:
            values: Floats = np.stack([each.national[name] for each in told]).astype(np.float64)
            bands = np.percentile(values, _BANDS[:3], axis=0).T
            for day, band in enumerate(bands):
                date = scenario.date(day).isoformat()
                writer.writerow([date, name, *(f"{number:.6g}" for number in band)])
