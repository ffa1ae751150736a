"""Readings as the ministry would have taken them from the model, and the weeks to come.

A reading counts certain hospitals on certain days; the same is counted here. Operations of general
hospitals are those of the hospitals that report them (`collecting.reporting`); visits are those of
all emergency departments; a weekday is neither a weekend nor a public holiday.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import BadCell, UnknownName
from locum.runs.hospitals.groups import GROUPS
from locum.runs.hospitals.sizes import GENERAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from locum.countries import Table
    from locum.runs.hospitals.series import Series
    from locum.runs.hospitals.sizes import Floats
    from locum.scenarios.hospitals import HospitalScenario

__all__ = [
    "METRICS",
    "Predicted",
    "predict_base",
    "predict_weeks",
    "read_as_published",
    "write_readings",
]

_SCOPES: Mapping[str, str] = {
    "other_tertiary": "other tertiary",
    "tertiary_general": "tertiary+general",
}
"""Words of the published tables for groups that are called otherwise here."""
_WEEK, _WORK_DAYS = 7, 5
_MILD = slice(3, 5)
"""KTAS 4 and 5."""
_CONTEXT = "context"
_WEEKDAYS, _ALL_DAYS, _CHANGE = "weekdays", "all days", "change of a week"
_HOSPITALS = tuple(name for name in GROUPS if name != "korea")
_SURGERY = "surgeries_weekday"


@dataclass(frozen=True)
class Metric:
    """How a reading is taken from daily results.

    Parameters
    ----------
    variable
        The result.
    days
        Mean over weekdays, mean over all days, or the sum of a week less that of the base week.
    unit
        Of the reading.
    groups
        Groups for which weeks are predicted.
    mild
        Whether only KTAS 4 and 5 are counted.
    """

    variable: str
    days: str
    unit: str
    groups: tuple[str, ...] = _HOSPITALS
    mild: bool = False


METRICS: Mapping[str, Metric] = {
    _SURGERY: Metric("surgeries_reported", _WEEKDAYS, "patients_per_day"),
    "inpatients_general_wards": Metric("inpatients", _ALL_DAYS, "patients"),
    "icu_patients": Metric("icu", _ALL_DAYS, "patients"),
    "outpatients_weekday": Metric("outpatients", _WEEKDAYS, "patients_per_day"),
    "ed_visits_weekday": Metric("ed_visits", _WEEKDAYS, "patients_per_day", tuple(GROUPS)),
    "ed_visits_weekday_ktas45": Metric(
        "ed_visits_triage", _WEEKDAYS, "patients_per_day", tuple(GROUPS), mild=True
    ),
    "ed_visits_week_all": Metric("ed_visits", _CHANGE, "visits", ("korea",)),
}
"""Readings that can be taken, by the name that published tables give them."""


@dataclass(frozen=True)
class Predicted:
    """A reading and what the draws say of it.

    Parameters
    ----------
    metric, scope
        As in published tables.
    start, end
        First and last day.
    unit
        Of the numbers.
    reading
        As published; None where it is predicted only.
    draws
        What was counted in each draw, shape (D,).
    use
        baseline (capacity is scaled to it), calibrate (fitted to it) or predict; the published
        table's own word.
    counted
        The hospitals that are counted, in words.
    source
        Where the reading is from; empty if there is none.
    """

    metric: str
    scope: str
    start: date
    end: date
    unit: str
    reading: float | None
    draws: Floats
    use: str
    counted: str
    source: str = ""

    def quantile(self, percent: float) -> float:
        """Return a percentile of the draws."""
        return float(np.percentile(self.draws, percent))

    def to_json(self) -> dict[str, Any]:
        """Return the entry that `locum run --json` prints; low and high hold 8 draws in 10."""
        return {
            "metric": self.metric,
            "scope": self.scope,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "reading": self.reading,
            "median": self.quantile(50),
            "low": self.quantile(10),
            "high": self.quantile(90),
            "use": self.use,
        }


def read_as_published(series: Series, scenario: HospitalScenario, table: Table) -> list[Predicted]:
    """Take the readings of a table from a run.

    Parameters
    ----------
    series
        Results of the run.
    scenario
        What was run.
    table
        With the columns start, end, metric, scope, value, use and source. Rows whose use begins
        with "context" are left out, and those that the run does not cover.

    Raises
    ------
    UnknownName
        If no reading of this name, or for this scope, can be taken.
    BadCell
        If a cell holds no date.
    """
    found: list[Predicted] = []
    scopes = {_SCOPES.get(group, group): group for group in GROUPS}
    for number, row in enumerate(table.rows):
        if row["use"].startswith(_CONTEXT):
            continue
        if row["metric"] not in METRICS:
            raise UnknownName("reading", row["metric"], METRICS)
        if row["scope"] not in scopes:
            raise UnknownName("scope of a reading", row["scope"], scopes)
        start, end = (_date(table, number, name) for name in ("start", "end"))
        reading = None if row["value"] is None else float(row["value"])
        told = row["use"], row["source"]
        span = (start, end)
        found += _taken(
            series, scenario, (row["metric"], scopes[row["scope"]]), span, reading, told
        )
    return found


def predict_weeks(series: Series, scenario: HospitalScenario) -> list[Predicted]:
    """Predict every reading for each group and week that is reported.

    Weeks run from Monday to Friday; the first and the last may be shorter. Changes are told of
    whole weeks, Monday to Sunday.
    """
    found: list[Predicted] = []
    for name, metric in METRICS.items():
        length = _WEEK if metric.days == _CHANGE else _WORK_DAYS
        for group in metric.groups:
            for span in _weeks(scenario, length):
                found += _taken(series, scenario, (name, group), span, None, ("predict", ""))
    return found


def predict_base(series: Series, scenario: HospitalScenario) -> list[Predicted]:
    """Take every reading in the base week, for each group; changes, being zero then, left out."""
    return [
        each
        for name, metric in METRICS.items()
        if metric.days != _CHANGE
        for group in metric.groups
        for each in _taken(series, scenario, (name, group), scenario.base, None, ("baseline", ""))
    ]


def write_readings(readings: list[Predicted], path: Path) -> None:
    """Write readings with the intervals that hold 80 and 90 per cent of the draws, as CSV."""
    columns = ("metric", "scope", "start", "end", "unit", "reading", "median")
    columns += ("low", "high", "low_90", "high_90", "use", "counted", "source")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for each in readings:
            at = (each.quantile(percent) for percent in (50, 10, 90, 5, 95))
            writer.writerow(
                [
                    each.metric,
                    each.scope,
                    each.start.isoformat(),
                    each.end.isoformat(),
                    each.unit,
                    "" if each.reading is None else f"{each.reading:.10g}",
                    *(f"{value:.6g}" for value in at),
                    each.use,
                    each.counted,
                    each.source,
                ]
            )


# --- taking a reading --------------------------------------------------------------


def _taken(
    series: Series,
    scenario: HospitalScenario,
    what: tuple[str, str],
    span: tuple[date, date],
    reading: float | None,
    told: tuple[str, str],
) -> Iterator[Predicted]:
    """Yield a reading, if the run covers it and it may be printed."""
    name, group = what
    metric = METRICS[name]
    values = _values(series, metric, group)
    days = _days(scenario, metric, *span)
    if not series.printable(group) or not days or days[-1] >= values.shape[1] or days[0] < 0:
        return
    if metric.days == _CHANGE:
        base = _days(scenario, metric, *scenario.base)
        if base[-1] >= values.shape[1]:
            return
        whole = values[:, base].sum(axis=1) * len(days) / len(base)
        draws = values[:, days].sum(axis=1) - whole
    else:
        draws = values[:, days].mean(axis=1)
    scope = _SCOPES.get(group, group)
    counted = _counted(series, name, group)
    yield Predicted(name, scope, *span, metric.unit, reading, draws, told[0], counted, told[1])


def _values(series: Series, metric: Metric, group: str) -> Floats:
    """Return what a metric counts on each day, shape (D, T)."""
    values = series.daily(metric.variable, group)
    return values[:, :, _MILD].sum(axis=2) if metric.mild else values


def _days(scenario: HospitalScenario, metric: Metric, first: date, last: date) -> list[int]:
    """Return the days that a reading counts; none if the run does not cover them all."""
    if last > scenario.end or first < scenario.start:
        return []
    days = range(scenario.day(first), scenario.day(last) + 1)
    if metric.days != _WEEKDAYS:
        return list(days)
    free = {
        scenario.day(start) + after
        for start, end in scenario.holidays
        for after in range((end - start).days + 1)
    }
    return [day for day in days if day % _WEEK < _WORK_DAYS and day not in free]


def _weeks(scenario: HospitalScenario, length: int) -> Iterator[tuple[date, date]]:
    first = scenario.report_from
    while first <= scenario.end:
        monday = first - timedelta(days=first.weekday())
        last = min(monday + timedelta(days=length - 1), scenario.end)
        whole = (last - first).days + 1 == length
        if first <= last and (whole or length < _WEEK):
            yield first, last
        first = monday + timedelta(days=_WEEK)


def _counted(series: Series, name: str, group: str) -> str:
    """Say which sites a reading counts."""
    kinds, sites = GROUPS[group], series.sites
    inside = sites.of(*kinds)
    rooms = int(np.maximum(sites.rooms, 1)[inside].sum())
    if name != _SURGERY or GENERAL not in kinds:
        return f"all {rooms}"
    reporting, general = int(series.reporting[inside].sum()), int(sites.of(GENERAL).sum())
    of_general = int((series.reporting & sites.of(GENERAL)).sum())
    told = f"{of_general} of {general} general hospitals, those with most operations before"
    return told if reporting == of_general else f"{reporting}: {told}, and all tertiary ones"


def _date(table: Table, row: int, column: str) -> date:
    cell = str(table.columns[column][row])
    try:
        return date.fromisoformat(cell)
    except ValueError:
        problem = "must be a date such as 2024-02-20"
        raise BadCell(table.file, table.line(row), column, cell, problem) from None
