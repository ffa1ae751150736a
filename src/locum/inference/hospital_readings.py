"""The published readings of the walkout that hospitals are fitted to, and those they predict.

Every ratio to the base week up to 29 February 2024 is fitted, with the fall of emergency visits in
the first week; later ones are predicted. How well each is known are assumptions `fit.*`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.errors import Place
    from locum.inference.scores import Floats

__all__ = ["FIT_UNTIL", "HospitalReading", "error_covariance", "hospital_readings"]

TABLE = "walkout_timeseries"
FIT_UNTIL = "2024-02-29"
"""Readings of days after this one are predicted."""
CHANGE = "ed_visits_week_all"
"""A change of visits a week; every other reading is a ratio to the base week."""
LEVEL_OF_CHANGE = "ed_visits_weekday"
DAYS_OF_WEEK = 7
DAYS_NOT_GIVEN, ABOUT = "does not give the days", "about"
"""What the notes of rows say."""


@dataclass(frozen=True)
class HospitalReading:
    """One reading that a run of the hospitals emulates.

    Parameters
    ----------
    name
        metric:scope:start, as outputs of runs are named.
    metric, scope, start, end
        As in the table; both days belong to it.
    value
        Ratio to the base week; or visits of the week less those of the base week.
    unit
        ratio, or visits.
    fitted
        Whether it is fitted; otherwise it is predicted.
    base
        What a share of the base week is in its unit: 1 for a ratio.
    days_known
        Whether the source gives the days.
    base_about
        Whether the count of its base week is printed as "about".
    """

    name: str
    metric: str
    scope: str
    start: str
    end: str
    value: float
    unit: str
    fitted: bool
    base: float
    days_known: bool
    base_about: bool

    @property
    def is_ratio(self) -> bool:
        """Whether it is a ratio to the base week."""
        return self.unit == "ratio"


def hospital_readings(pack: Pack) -> tuple[HospitalReading, ...]:
    """Return the readings to fit and to predict, in the order of the table, fitted ones first.

    Raises
    ------
    InputError
        If the table has none to fit, or a row is neither a ratio nor a change it knows.
    """
    table = pack.table(TABLE)
    rows = table.rows
    found = [
        _reading(row, rows, table.place(number))
        for number, row in enumerate(rows)
        if row["use"] == "calibrate"
    ]
    if not any(each.fitted for each in found):
        raise InputError(f"no row of {TABLE} up to {FIT_UNTIL} can be fitted", table.place(0))
    return tuple(sorted(found, key=lambda each: not each.fitted))


def _reading(row: dict[str, Any], rows: list[dict[str, Any]], place: Place) -> HospitalReading:
    metric, scope = str(row["metric"]), str(row["scope"])
    change = row["ratio"] is None
    if change and metric != CHANGE:
        raise InputError(f"{metric} has no ratio to a base week", place)
    return HospitalReading(
        name=f"{metric}:{scope}:{row['start']}",
        metric=metric,
        scope=scope,
        start=str(row["start"]),
        end=str(row["end"]),
        value=float(row["value"] if change else row["ratio"]),
        unit="visits" if change else "ratio",
        fitted=str(row["end"]) <= FIT_UNTIL,
        base=DAYS_OF_WEEK * _base(rows, LEVEL_OF_CHANGE, scope)["value"] if change else 1.0,
        days_known=DAYS_NOT_GIVEN not in row["note"],
        base_about=not change and ABOUT in _base(rows, metric, scope)["note"],
    )


def _base(rows: list[dict[str, Any]], metric: str, scope: str) -> dict[str, Any]:
    """Return the row of the base week."""
    for row in rows:
        if (row["metric"], row["scope"], row["use"]) == (metric, scope, "baseline"):
            return row
    raise InputError(f"{TABLE} has no base week of {metric}, {scope}")


def error_covariance(readings: Sequence[HospitalReading], ledger: Ledger) -> Floats:
    """Return the covariance (K, K) of readings about what a right model would say.

    A count is off by itself, its base week alike for all ratios to it; to these come days that
    are not printed, and the model's own discrepancy.

    Parameters
    ----------
    readings
        K of them.
    ledger
        Assumptions of the hospitals, `fit.*` among them.
    """
    count, about, days, emergency, discrepancy = (
        float(ledger[f"fit.{key}"].value)
        for key in ("count_error", "about_error", "days_error", "emergency_error", "discrepancy")
    )
    own = [
        (each.value * count) ** 2 + (0.0 if each.days_known else days) ** 2
        if each.is_ratio
        else emergency**2
        for each in readings
    ]
    missed = [(discrepancy * each.base) ** 2 for each in readings]
    total = np.diag(np.add(own, missed))
    for i, first in enumerate(readings):
        for j, second in enumerate(readings):
            if first.is_ratio and (first.metric, first.scope) == (second.metric, second.scope):
                of_base = about if first.base_about else count
                total[i, j] += first.value * second.value * of_base**2
    return total
