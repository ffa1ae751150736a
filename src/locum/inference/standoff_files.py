"""What a fit of the standoff leaves in the pack: draws, what was learned, and how it scored."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import BadCell, MissingFile
from locum.runs.standoff.posterior import FILE, IDENTIFICATION, Posterior, posterior_file
from locum.runs.standoff.posterior import read_posterior as _read_last

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.inference.calibration import Learned
    from locum.inference.scores import Floats

__all__ = [
    "FEBRUARY",
    "FILE",
    "GAPS",
    "IDENTIFICATION",
    "PREDICTIONS",
    "RANKS",
    "RIVALS",
    "SOCIAL",
    "identification_rows",
    "read_draws",
    "read_rows",
    "write_draws",
    "write_rows",
]

FEBRUARY = "standoff_february.csv"
"""Draws after the first stage; those after the second are what runs use (`FILE`)."""
PREDICTIONS = "standoff_predictions.csv"
GAPS = "standoff_gaps.csv"
"""Letters less absence, day by day."""
RIVALS = "standoff_rivals.csv"
RANKS = "standoff_ranks.csv"
SOCIAL = "standoff_social.csv"


def write_draws(keys: Sequence[str], values: Floats, path: Path) -> None:
    """Write draws (D, P), one a row; draw 0 holds the medians."""
    lines = [",".join(["draw", *keys])]
    for number, row in enumerate([np.median(values, axis=0), *values]):
        lines.append(",".join([str(number), *(f"{value:.6g}" for value in row.tolist())]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_draws(pack: Pack, name: str = FILE) -> Posterior:
    """Return the draws of a file of the pack.

    Raises
    ------
    MissingFile
        If nothing was fitted.
    BadCell
        If a cell is no number.
    """
    path = posterior_file(pack, name)
    if not path.is_file():
        raise MissingFile(path, "scripts/fit_standoff writes it")
    if name == FILE:
        found = _read_last(pack)
        if found is not None:
            return found
    rows = read_rows(pack, name)
    keys = tuple(key for key in rows[0] if key != "draw")
    values = np.array([[_number(path, row, key) for key in keys] for row in rows])
    return Posterior(keys, values[0], values[1:])


def _number(path: Path, row: Mapping[str, str], key: str) -> float:
    try:
        return float(row[key])
    except ValueError:
        line = int(row["draw"]) + 2
        raise BadCell(str(path), line, key, row[key], "must be a number") from None


def write_rows(rows: Iterable[Mapping[str, object]], path: Path) -> None:
    """Write records of one shape as CSV, numbers with six digits."""
    found = list(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(found[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in found)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else value


def read_rows(pack: Pack, name: str) -> list[dict[str, str]]:
    """Return the records of a file of the pack, as they are written.

    Raises
    ------
    MissingFile
        If it was never written.
    """
    path = posterior_file(pack, name)
    if not path.is_file():
        raise MissingFile(path, "scripts/fit_standoff writes it")
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def identification_rows(
    learned: Sequence[Learned], values: Floats, ledger: Ledger, stage: str
) -> list[dict[str, object]]:
    """Return prior and posterior of each key, with the key it correlates with most.

    Parameters
    ----------
    learned
        What was learned of each of P keys.
    values
        Draws (D, ...), those of these keys in the first P columns.
    ledger
        For units.
    stage
        In which they were freed.
    """
    related = np.atleast_2d(np.corrcoef(values[:, : len(learned)], rowvar=False)).copy()
    np.fill_diagonal(related, 0.0)
    strongest: list[int] = np.nan_to_num(np.abs(related)).argmax(axis=1).tolist()
    return [
        {
            "key": each.name,
            "unit": ledger[each.name].unit,
            "prior_mean": each.prior_mean,
            "prior_sd": each.prior_sd,
            "posterior_mean": each.mean,
            "posterior_sd": each.sd,
            "contraction": each.contraction,
            "correlate": learned[strongest[place]].name,
            "correlation": float(related[place, strongest[place]]),
            "low": each.low,
            "high": each.high,
            "distance": each.distance,
            "identified": each.identified,
            "stage": stage,
        }
        for place, each in enumerate(learned)
    ]
