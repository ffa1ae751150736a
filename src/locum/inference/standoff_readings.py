"""Readings of February 2024 as the agents are fitted to them: one form of each, on a scale.

Shares are compared by their log odds and counts by their logarithm. How well each is known, and
how far a right model may run beside a series for some days, are assumptions `fit.*`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import InputError
from locum.inference.calibration import Observed
from locum.runs.standoff.straying import NEW, OF_STUDENTS, OF_TRAINEES, RETURNS, series_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.assumptions import Ledger
    from locum.inference.scores import Floats
    from locum.runs.standoff.rows import Row

__all__ = [
    "FitReading",
    "fit_readings",
    "forms",
    "later_observed",
    "later_readings",
    "observed",
    "on_scale",
]

EDGE = 0.002
"""Shares stay this far from nobody and everybody, so that their log odds are finite."""
SHARE, COUNT = "share", "count"
ORDERS = (
    "return_orders_issued",
    "return_orders_issued_cum",
    "order_violations_confirmed_cum",
)
APPLICANTS = "applicants"
NEVER = ("not_returned", "neither_returned_nor_resigned", "suspension_notices_sent_cum")
"""Measures that are the rest of others, or that an event of the scenario fixes."""
LEFT_OUT = ("some", "visited", "big5", "most")
"""Scopes of part of the hospitals, whose readings are checked and not fitted where the whole of
the same day is printed."""
FEWEST = 90


@dataclass(frozen=True)
class FitReading:
    """One reading on the scale of the fit.

    Parameters
    ----------
    name
        Id of its row and the form it is taken in.
    row
        As a run takes it.
    scale
        "share" or "count".
    base
        What makes a share of its number: 100 of a per cent, heads of a count of heads.
    series
        Readings of one series run beside the model together.
    first
        Whether it is of the first day of all.
    """

    name: str
    row: Row
    scale: str
    base: float
    series: str
    first: bool = False

    @property
    def value(self) -> float:
        """Return the reading on its scale."""
        return float(on_scale([self], np.array([[self.row.reading]]))[0, 0])


def forms(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return one form of each printed row: the per cent where it is of a base, else the number."""
    percent = {row.id: row for row in rows if row.percent and not row.of_letters}
    return tuple(
        row
        for row in rows
        if (row.percent and row.id in percent and not row.of_letters)
        or (not row.percent and row.id not in percent)
    )


def fit_readings(rows: Sequence[Row], ledger: Ledger, use: str = "fit") -> list[FitReading]:
    """Return the readings that the agents are fitted to, in the order of time.

    Requests of one day are taken only where those so far are not printed.

    Parameters
    ----------
    rows
        Published readings of a run.
    ledger
        Assumptions of the standoff: heads that counts without a base are shares of.
    use
        Of the rows taken.

    Raises
    ------
    InputError
        If there are none.
    """
    found: list[FitReading] = []
    known = {row.day for row in rows if row.measure in OF_STUDENTS}
    for row in forms(rows):
        series = _series(row)
        if row.use != use or series is None or (row.measure == NEW and row.day in known):
            continue
        base = _base(row, ledger)
        scale = SHARE if base else COUNT
        first = not found or row.day == found[0].row.day
        name = f"{row.id}:{row.metric}"
        found.append(FitReading(name, row, scale, base or 1.0, series, first))
    if not found:
        raise InputError(f"no reading of the standoff is there to {use}")
    return found


def later_readings(rows: Sequence[Row], use: str = "update") -> list[FitReading]:
    """Return the readings that update a fit later on, in the order of time.

    Polls, single specialties and parts of a round of recruitment are left out.
    """
    found: list[FitReading] = []
    for row in forms(rows):
        if row.use != use or row.of.kind < 0 or row.of.where not in ("all", "first"):
            continue
        if row.measure in NEVER or (row.measure == APPLICANTS and row.of.number):
            continue
        share = row.percent or row.base is not None
        base = 100.0 if row.percent else row.base or 1.0
        scale = SHARE if share and row.measure != APPLICANTS else COUNT
        found.append(FitReading(f"{row.id}:{row.metric}", row, scale, base, row.measure))
    return found


def later_observed(readings: Sequence[FitReading], ledger: Ledger) -> Observed:
    """Return later readings with their errors, alike over weeks for those of one kind."""
    own, drift, days = (
        float(ledger[f"fit.later_{key}"].value) for key in ("error", "drift", "days")
    )
    values = np.array([each.value for each in readings])
    when = np.array([float(each.row.day) for each in readings])
    series = np.array([f"{each.row.of.kind} {each.series}" for each in readings])
    alike = (series[:, None] == series) * np.exp(-np.abs(when[:, None] - when) / days)
    covariance = own**2 * np.eye(len(readings)) + drift**2 * alike
    return Observed(tuple(each.name for each in readings), values, covariance)


def _series(row: Row) -> str | None:
    """Return the series of a reading; None if it is not fitted."""
    measure, few = row.measure, row.of.where in LEFT_OUT and row.of.number < FEWEST
    if measure in OF_TRAINEES and not few:
        return series_of(measure)
    if measure in OF_STUDENTS or measure == NEW:
        return "leave_requests"
    if measure in RETURNS:
        return "returns"
    if measure in ORDERS:
        return "orders"
    return None


def _base(row: Row, ledger: Ledger) -> float | None:
    if row.measure in RETURNS or row.measure in ORDERS:
        return None
    if row.percent:
        return 100.0
    heads = "agents.trainees_monitored" if row.measure in OF_TRAINEES else "agents.students"
    return row.base or float(ledger[heads].value)


def on_scale(readings: Sequence[FitReading], numbers: Floats) -> Floats:
    """Return readings (n, K), in the unit of their rows, on the scale of the fit."""
    found = np.empty(numbers.shape)
    for column, each in enumerate(readings):
        number = numbers[:, column]
        if each.scale == SHARE:
            share = np.clip(number / each.base, EDGE, 1.0 - EDGE)
            found[:, column] = np.log(share / (1.0 - share))
        else:
            found[:, column] = np.log1p(np.maximum(number, 0.0))
    return found


def observed(readings: Sequence[FitReading], ledger: Ledger) -> Observed:
    """Return readings with the covariance of their errors about what a right model would say.

    Readings of one series share an error that fades with the days between them.
    """
    names = tuple(each.name for each in readings)
    values = np.array([each.value for each in readings])
    own, drift = (
        np.array(sds) for sds in zip(*(_errors(r, ledger) for r in readings), strict=True)
    )
    days = np.array([float(each.row.day) for each in readings])
    series = np.array([each.series for each in readings])
    apart = np.abs(days[:, None] - days)
    alike = (series[:, None] == series) * np.exp(-apart / float(ledger["fit.drift_days"].value))
    return Observed(names, values, np.diag(own**2) + alike * np.outer(drift, drift))


def _errors(each: FitReading, ledger: Ledger) -> tuple[float, float]:
    """Return the standard errors of a reading on its scale: its own, and that of its series."""

    def number(key: str) -> float:
        return float(ledger[f"fit.{key}"].value)

    if each.series in ("returns", "orders"):
        return number("return_error" if each.series == "returns" else "order_error"), 0.0
    share = each.row.reading / each.base
    steep = 1.0 / (share * (1.0 - share))
    own, drift = steep * number("share_error"), steep * number("share_drift")
    return (float(np.hypot(own, number("start_error"))) if each.first else own), drift
