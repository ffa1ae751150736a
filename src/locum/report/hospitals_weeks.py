"""Results of groups of hospitals over the weeks, and in spans of days that are compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.inference.hospital_readings import FIT_UNTIL
from locum.report.hospitals_records import (
    BASELINE,
    FIT,
    HELD_OUT,
    PERCENT,
    Course,
    Family,
    Panel,
    Point,
    Reading,
    Span,
)
from locum.report.hospitals_words import GROUP_WORDS, METRIC_WORDS
from locum.runs.hospitals.dataset import VARIABLES
from locum.runs.hospitals.readings import METRICS, predict_weeks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from locum.runs.hospitals.readings import Predicted
    from locum.runs.hospitals.series import Series
    from locum.scenarios.hospitals import HospitalScenario

__all__ = [
    "HOSPITAL_GROUPS",
    "Days",
    "families",
    "published",
    "quantiles_of",
    "spans_of",
    "use_of",
]

Floats: TypeAlias = NDArray[np.float64]

HOSPITAL_GROUPS = ("big5", "other_tertiary", "tertiary", "general")
"""Groups with a panel each."""
WEEK, WEEKDAYS = 7, 5
FIRST_WEEKS, LAST_WEEKS = 4, 4
LONG_RUN = 12
"""Weeks after the first ones from which on the last weeks are shown too."""
MILLION_TO_BILLION = 1e-3


@dataclass(frozen=True)
class Days:
    """Which days of a run are which.

    Parameters
    ----------
    scenario
        What was run.
    """

    scenario: HospitalScenario

    def rows(self, first: date, last: date, *, work: bool = False) -> list[int]:
        """Return the days from first to last that the run covers.

        Parameters
        ----------
        first, last
            Both belong to it.
        work
            Whether weekends and public holidays are left out.
        """
        scenario = self.scenario
        start, end = max(first, scenario.start), min(last, scenario.end)
        rows = range(scenario.day(start), scenario.day(end) + 1)
        return [row for row in rows if not work or self._works(row)]

    def _works(self, row: int) -> bool:
        day = self.scenario.start + timedelta(days=row)
        free = any(first <= day <= last for first, last in self.scenario.holidays)
        return day.weekday() < WEEKDAYS and not free

    def weeks(self) -> list[tuple[date, date]]:
        """Return stretches of seven days from the first day that is reported."""
        found: list[tuple[date, date]] = []
        first = self.scenario.report_from
        while (last := first + timedelta(days=WEEK - 1)) <= self.scenario.end:
            found.append((first, last))
            first = last + timedelta(days=1)
        return found


def spans_of(scenario: HospitalScenario) -> tuple[Span, ...]:
    """Return the days to compare: the base week, four weeks from the first cut, and the last four.

    The second is missing if the run ends before, the third if the run is short.
    """
    first, last = scenario.base
    spans = [Span("base week", first, min(last, scenario.end))]
    begins = scenario.since or last + timedelta(days=1)
    ends = min(begins + timedelta(days=FIRST_WEEKS * WEEK - 1), scenario.end)
    if begins > scenario.end:
        return tuple(spans)
    weeks = "four weeks" if (ends - begins).days + 1 == FIRST_WEEKS * WEEK else "days"
    label = f"first {weeks} of the absence" if scenario.staff is not None else f"next {weeks}"
    spans.append(Span(label, begins, ends))
    if scenario.end - ends > timedelta(weeks=LONG_RUN):
        late = scenario.end - timedelta(days=LAST_WEEKS * WEEK - 1)
        spans.append(Span("last four weeks of the run", late, scenario.end))
    return tuple(spans)


def quantiles_of(draws: Floats) -> tuple[tuple[float, ...], ...]:
    """Return the percentiles `PERCENT` over draws (D, T), a line each."""
    lines = np.percentile(draws, PERCENT, axis=0)
    return tuple(tuple(float(value) for value in line) for line in lines)


def use_of(each: Predicted) -> str:
    """Say what a published reading is for."""
    if each.use == BASELINE:
        return BASELINE
    return FIT if each.end.isoformat() <= FIT_UNTIL else HELD_OUT


# --- families of courses -----------------------------------------------------------


@dataclass(frozen=True)
class _Counted:
    """Quantities that readings count: metric, label and tone of each course."""

    name: str
    title: str
    axis: str
    note: str
    parts: tuple[tuple[str, str, str], ...]
    groups: tuple[str, ...] = HOSPITAL_GROUPS


@dataclass(frozen=True)
class _Daily:
    """A result that no reading counts; `factor` turns it into the unit told."""

    name: str
    title: str
    axis: str
    note: str
    unit: str
    tone: str
    factor: float = 1.0


_ALL_DAYS = "Mean over all days of the week."
_FAMILIES: tuple[_Counted | _Daily, ...] = (
    _Counted(
        "surgeries",
        "Operations a weekday",
        "operations a weekday",
        "Of general hospitals, those that report them.",
        (("surgeries_weekday", "Operations", "supply"),),
    ),
    _Counted(
        "wards",
        "Patients on wards",
        "patients",
        _ALL_DAYS,
        (("inpatients_general_wards", "Patients on wards", "posts"),),
    ),
    _Counted(
        "icu",
        "Patients in intensive care",
        "patients",
        _ALL_DAYS,
        (("icu_patients", "Patients in intensive care", "gap"),),
    ),
    _Counted(
        "emergency",
        "Visits to emergency departments a weekday",
        "visits a weekday",
        "All patients who were let in, and the less urgent and non-urgent (KTAS 4 and 5) among "
        "them.",
        (
            ("ed_visits_weekday", "All visits", "flow"),
            ("ed_visits_weekday_ktas45", "KTAS 4 and 5", "need"),
        ),
        ("korea", *HOSPITAL_GROUPS),
    ),
    _Counted(
        "outpatients",
        "Outpatients a weekday",
        "outpatients a weekday",
        "Counted beside the simulation, in proportion to the doctor-hours lost.",
        (("outpatients_weekday", "Outpatients", "fund"),),
    ),
    _Daily(
        "backlog",
        "On the list for an operation",
        "patients",
        "At midnight, mean of the week.",
        "patients",
        "short",
    ),
    _Daily(
        "backlog_age",
        "How long they have waited",
        "days",
        "Mean of those on the list. It falls when many new patients join.",
        "days",
        "plain",
    ),
    _Daily(
        "revenue",
        "Revenue a day",
        "billion won a day",
        "Fees of the day by the prices assumed.",
        "billion_krw",
        "supply",
        MILLION_TO_BILLION,
    ),
    _Daily(
        "deficit",
        "Deficit so far",
        "billion won",
        "Sum of the daily deficits; below zero, hospitals have put money aside.",
        "billion_krw",
        "need",
        MILLION_TO_BILLION,
    ),
)


def families(
    series: Series, scenario: HospitalScenario, readings: Sequence[Predicted]
) -> tuple[Family, ...]:
    """Return what is charted over the weeks, in the order of reading."""
    told = _Told(series, scenario, tuple(readings), predict_weeks(series, scenario))
    return tuple(
        told.counted(each) if isinstance(each, _Counted) else told.daily(each)
        for each in _FAMILIES
    )


@dataclass(frozen=True)
class _Told:
    series: Series
    scenario: HospitalScenario
    readings: tuple[Predicted, ...]
    weekly: list[Predicted]

    def counted(self, what: _Counted) -> Family:
        """Return what published readings count, by group."""
        panels = [
            self._panel(group, what.parts) for group in what.groups if self.series.printable(group)
        ]
        first = METRICS[what.parts[0][0]]
        grade = VARIABLES[first.variable].grade
        kept = tuple(panel for panel in panels if panel.courses)
        return Family(what.name, what.title, what.note, first.unit, what.axis, grade, kept)

    def _panel(self, group: str, parts: tuple[tuple[str, str, str], ...]) -> Panel:
        courses = [self._course(metric, group, label, tone) for metric, label, tone in parts]
        kept = tuple(course for course in courses if course.weeks)
        return Panel(group, GROUP_WORDS[group], kept)

    def _course(self, metric: str, group: str, label: str, tone: str) -> Course:
        own = [each for each in self.weekly if _is(each, metric, group)]
        read = [each for each in self.readings if _is(each, metric, group)]
        points = tuple(
            Point(each.start, each.end, each.reading, use_of(each))
            for each in read
            if each.reading is not None
        )
        if not own:
            return Course(label, tone, (), ())
        draws = np.stack([each.draws for each in own], axis=1)
        weeks = tuple((each.start, each.end) for each in own)
        return Course(label, tone, weeks, quantiles_of(draws), points)

    def daily(self, what: _Daily) -> Family:
        """Return weekly means of a result that no reading counts, by group."""
        days = Days(self.scenario)
        weeks = tuple(days.weeks())
        panels: list[Panel] = []
        for group in HOSPITAL_GROUPS:
            if not weeks or not self.series.printable(group):
                continue
            values = self.series.daily(what.name, group) * what.factor
            means = [values[:, days.rows(*week)].mean(axis=1) for week in weeks]
            course = Course(what.title, what.tone, weeks, quantiles_of(np.stack(means, axis=1)))
            panels.append(Panel(group, GROUP_WORDS[group], (course,)))
        grade = VARIABLES[what.name].grade
        return Family(what.name, what.title, what.note, what.unit, what.axis, grade, tuple(panels))


def _is(each: Predicted, metric: str, group: str) -> bool:
    return each.metric == metric and _group(each.scope) == group


def _group(scope: str) -> str:
    """Return the group that a published scope means."""
    return scope.replace("+", "_").replace(" ", "_")


# --- readings ----------------------------------------------------------------------


def published(readings: Iterable[Predicted]) -> tuple[Reading, ...]:
    """Return the published readings with what the draws say, by metric and group, then by day."""
    kept: list[Reading] = []
    for _, those in groupby(sorted(readings, key=_place), key=_place_of_base):
        group = list(those)
        base = next((each.reading for each in group if each.use == BASELINE), None)
        kept += [_reading(each, each.reading, base) for each in group if each.reading is not None]
    return tuple(kept)


def _place_of_base(each: Predicted) -> tuple[int, int]:
    return list(METRICS).index(each.metric), list(GROUP_WORDS).index(_group(each.scope))


def _place(each: Predicted) -> tuple[int, int, date]:
    return (*_place_of_base(each), each.start)


def _reading(each: Predicted, reading: float, base: float | None) -> Reading:
    group = _group(each.scope)
    return Reading(
        METRIC_WORDS[each.metric],
        GROUP_WORDS[group],
        each.start,
        each.end,
        each.unit,
        reading,
        tuple(each.quantile(percent) for percent in PERCENT),
        use_of(each),
        each.counted,
        each.source,
        base,
    )
