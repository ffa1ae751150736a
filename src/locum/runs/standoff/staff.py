"""Who is away, as a table like the pack's readings, so that hospitals can be run with it.

A scenario of hospitals names the file under `staff`. Shares are medians over the draws.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from locum.runs.standoff.groups import LEAST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from locum.countries import Pack
    from locum.runs.standoff.told import Told
    from locum.scenarios.standoff import StandoffScenario

__all__ = ["STAFF", "write_staff"]

STAFF = "walkout_daily"
"""Table of a pack that the file looks like."""
_GROUPS = ("interns", "residents")


def write_staff(told: Sequence[Told], scenario: StandoffScenario, pack: Pack, path: Path) -> None:
    """Write interns and residents away by day, from the first absence on."""
    columns = pack.schemas[STAFF].columns
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        for number, row in enumerate(_rows(told, scenario)):
            writer.writerow(dict.fromkeys(columns, "") | {"row_id": f"R{number + 1:04d}"} | row)


def _rows(told: Sequence[Told], scenario: StandoffScenario) -> Iterator[dict[str, str]]:
    counts = np.stack([each.grades for each in told]).astype(np.float64)
    members, away = counts[..., 0], counts[..., 1]
    heads = np.median(members, axis=0)
    parts = np.divide(away, members, out=np.zeros_like(away), where=members > 0)
    shares = np.median(parts, axis=0)
    started = np.maximum.accumulate(shares.max(axis=1)) > 0.0
    for day in np.flatnonzero(started).tolist():
        for group, share, base in zip(_GROUPS, shares[day], heads[day], strict=True):
            if base >= LEAST:
                yield _row(scenario, day, group, (float(share), float(base)), len(told))


def _row(
    scenario: StandoffScenario, day: int, group: str, told: tuple[float, float], draws: int
) -> dict[str, str]:
    share, base = told
    return {
        "date": scenario.date(day).isoformat(),
        "date_precision": "day",
        "group": group,
        "population": "all hospitals of the run",
        "metric": "absent_from_work",
        "value": f"{round(share * round(base))}",
        "unit": "people",
        "percent": f"{100.0 * share:.4g}",
        "denominator": f"{round(base)}",
        "denominator_kind": "simulated",
        "suggested_split": "fit",
        "quality": "C",
        "grade": "assumed",
        "source": "project",
        "note": f"median of {draws} draws of {scenario.name}",
    }
