"""The records of a report of hospitals: numbers and words, nothing to do with HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from locum.inference.hospital_learned import Taught
    from locum.report.records import AssumptionRow, Citation, Interval, Known, Map
    from locum.runs.hospitals.levers import Bought

__all__ = [
    "BASELINE",
    "FIT",
    "HELD_OUT",
    "PERCENT",
    "Change",
    "Course",
    "Family",
    "Harm",
    "HospitalContent",
    "Panel",
    "Place",
    "Point",
    "Pull",
    "Reading",
    "Span",
    "Staffing",
    "Stream",
    "Triage",
]

PERCENT = (5, 10, 50, 90, 95)
"""Percentiles of a course: bands of 90 and of 80 per cent around the median."""

BASELINE, FIT, HELD_OUT = "baseline", "fit", "held out"
"""What a reading is for: capacity is scaled to it, the fit may use it, or nothing has seen it."""


@dataclass(frozen=True)
class Span:
    """Days that are compared with others."""

    label: str
    first: date
    last: date


@dataclass(frozen=True)
class Point:
    """A published reading on a chart."""

    start: date
    end: date
    value: float
    use: str


@dataclass(frozen=True)
class Course:
    """One quantity over the weeks."""

    label: str
    tone: str
    weeks: tuple[tuple[date, date], ...]
    quantiles: tuple[tuple[float, ...], ...]
    """Five lines, one for each of `PERCENT`, each as long as `weeks`."""
    points: tuple[Point, ...] = ()

    @property
    def medians(self) -> tuple[float, ...]:
        """Return the middle line."""
        return self.quantiles[2]


@dataclass(frozen=True)
class Panel:
    """The courses of one group of hospitals."""

    group: str
    label: str
    courses: tuple[Course, ...]


@dataclass(frozen=True)
class Family:
    """The same quantities for several groups."""

    name: str
    title: str
    note: str
    unit: str
    axis: str
    """The unit in words, on the axis."""
    grade: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Reading:
    """A published reading, and what the draws say of it."""

    label: str
    group: str
    start: date
    end: date
    unit: str
    reading: float
    quantiles: tuple[float, ...]
    """One for each of `PERCENT`."""
    use: str
    counted: str
    source: str
    base: float | None
    """The reading of the base week; None for a change."""

    @property
    def covered(self) -> bool:
        """Whether it lies in the band of 90 per cent."""
        return self.quantiles[0] <= self.reading <= self.quantiles[4]


@dataclass(frozen=True)
class Change:
    """A result before and during the absence."""

    name: str
    label: str
    group: str
    unit: str
    grade: str
    before: Interval
    during: Interval
    share: Interval
    """Relative change."""
    lower: int
    """Draws in which it is lower during the absence than before."""
    last: Interval | None = None
    """In the last weeks, when the run is long."""
    last_share: Interval | None = None


@dataclass(frozen=True)
class Stream:
    """Patients a day who go from one place of the flow to the next, by span; means over draws."""

    source: str
    target: str
    means: tuple[float, ...]
    intervals: tuple[Interval, ...]


@dataclass(frozen=True)
class Triage:
    """Waits of one level of triage in one group: before, during, and in the last weeks if any."""

    group: str
    level: int
    wait: tuple[Interval | None, ...]
    """Hours to a bed and a doctor; None where nobody was seen."""
    stay: tuple[Interval | None, ...]
    """Hours in the emergency department."""
    unseen: tuple[Interval | None, ...]
    """Share of the visits that leave unseen."""


@dataclass(frozen=True)
class Place:
    """A region; rates are visits to emergency departments per 1,000 people and week."""

    name: str
    local_name: str
    before: Interval
    during: Interval
    change: Interval
    mild_change: Interval


@dataclass(frozen=True)
class Staffing:
    """Hours that clinicians of each grade are present a day, in one group, over the weeks."""

    group: str
    label: str
    weeks: tuple[tuple[date, date], ...]
    grades: tuple[str, ...]
    means: tuple[tuple[float, ...], ...]
    """A line for each grade."""
    before: tuple[Interval, ...]
    """For each grade."""
    during: tuple[Interval, ...]


@dataclass(frozen=True)
class Harm:
    """Deaths through delay beyond the level of the base week, as published associations imply."""

    cause: str
    label: str
    group: str
    part: Interval
    """If a part of the association is a cause."""
    whole: Interval
    """If all of it is."""


@dataclass(frozen=True)
class Pull:
    """A lever of the scenario in words."""

    name: str
    when: str
    what: str
    source: str


@dataclass(frozen=True)
class HospitalContent:
    """Everything the page prints."""

    title: str
    description: str
    country: str
    scenario: str
    draws: int
    version: str
    first: date
    last: date
    since: date | None
    rule: str
    away: bool
    """Whether anybody is away from work."""
    fitted: bool
    """Whether draws come from a fit."""
    pulls: tuple[Pull, ...]
    changed: tuple[str, ...]
    spans: tuple[Span, ...]
    """Before, during, and the last weeks if the run is long; before alone in a short run."""
    changes: Mapping[tuple[str, str], Change]
    """By name and group; empty when there is nothing to compare."""
    families: tuple[Family, ...]
    readings: tuple[Reading, ...]
    flow: tuple[Stream, ...]
    triage: tuple[Triage, ...]
    map: Map
    regions: tuple[str, ...]
    places: tuple[Place, ...]
    """Regions with enough hospitals to be printed."""
    staffing: tuple[Staffing, ...]
    harm: tuple[Harm, ...]
    harm_lower: int
    """Draws in which all associations together imply fewer deaths than in the base week."""
    levers: tuple[Bought, ...]
    learned: tuple[Taught, ...]
    assumptions: tuple[AssumptionRow, ...]
    sources: tuple[Citation, ...]
    known: tuple[Known, ...]
    manifest: tuple[tuple[str, str], ...]
    command: str
