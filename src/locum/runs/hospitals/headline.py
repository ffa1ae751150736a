"""The few figures that a run of hospitals puts first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.runs.hospitals.readings import METRICS, Predicted

if TYPE_CHECKING:
    from datetime import date

    from locum.runs.hospitals.series import Series
    from locum.scenarios.hospitals import HospitalScenario

__all__ = ["Figure", "headline_figures"]

_LEADING = (
    ("surgeries_weekday", "tertiary"),
    ("inpatients_general_wards", "tertiary"),
    ("icu_patients", "tertiary"),
    ("ed_visits_weekday", "korea"),
)
_LOW, _MIDDLE, _HIGH = 10, 50, 90
_MONDAY_TO_FRIDAY = 4
_BASE, _LOWEST, _LAST = "base", "lowest", "last"


@dataclass(frozen=True)
class Figure:
    """A figure of the headline: median of the draws, and the range of 8 draws in 10.

    Parameters
    ----------
    name
        Of the reading, or of the result.
    scope
        The group.
    when
        base (the week that readings compare with), lowest (the week in which the median is
        least) or last (the last week); whole weeks without holidays go first.
    start, end
        First and last day.
    unit
        Of the numbers.
    value, low, high
        The numbers.
    """

    name: str
    scope: str
    when: str
    start: date
    end: date
    unit: str
    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        """Return the figure as `locum run --json` prints it."""
        return {
            **asdict(self),
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
        }


def headline_figures(
    series: Series, scenario: HospitalScenario, weeks: list[Predicted], base: list[Predicted]
) -> tuple[Figure, ...]:
    """Return the figures of a run.

    Parameters
    ----------
    series, scenario
        The run.
    weeks
        Weekly predictions.
    base
        The same readings in the base week, as far as the run covers it.
    """
    found: list[Figure] = []
    for name, scope in _LEADING:
        found += [
            _figure(each, _BASE) for each in base if (each.metric, each.scope) == (name, scope)
        ]
        own = [each for each in weeks if (each.metric, each.scope) == (name, scope)]
        own = [each for each in own if _ordinary(each, scenario)] or own
        if own:
            lowest = min(own, key=lambda each: each.quantile(_MIDDLE))
            found += [_figure(lowest, _LOWEST), _figure(own[-1], _LAST)]
    if series.printable("tertiary_general"):
        found += [
            _backlog(series, scenario, when)
            for when in (_BASE, _LAST)
            if when == _LAST or scenario.base[1] <= scenario.end
        ]
    return tuple(found)


def _ordinary(week: Predicted, scenario: HospitalScenario) -> bool:
    """Whether a week is whole and holds no public holiday."""
    free = any(first <= week.end and week.start <= last for first, last in scenario.holidays)
    return not free and (week.end - week.start).days >= _MONDAY_TO_FRIDAY


def _figure(each: Predicted, when: str) -> Figure:
    low, value, high = (each.quantile(percent) for percent in (_LOW, _MIDDLE, _HIGH))
    unit = METRICS[each.metric].unit
    return Figure(each.metric, each.scope, when, each.start, each.end, unit, value, low, high)


def _backlog(series: Series, scenario: HospitalScenario, when: str) -> Figure:
    """Return how many wait for an operation at the end of a day."""
    day = scenario.base[1] if when == _BASE else scenario.end
    values = series.daily("backlog", "tertiary_general")[:, scenario.day(day)]
    low, value, high = (float(each) for each in np.percentile(values, (_LOW, _MIDDLE, _HIGH)))
    scope = "tertiary+general"
    return Figure("backlog", scope, when, day, day, "patients", value, low, high)
