"""The records of a report of a standoff: numbers and words, nothing to do with HTML."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from locum.report.records import AssumptionRow, Citation, Known, Map

    Line = tuple[float, ...]

__all__ = [
    "CHECK",
    "FIT",
    "PREDICT",
    "PRIOR",
    "UPDATE",
    "WITHOUT",
    "Effect",
    "Forecast",
    "Frontier",
    "Happening",
    "Harmed",
    "Learned",
    "Read",
    "Rival",
    "Span",
    "StandoffContent",
    "Strength",
    "Track",
]

FIT, CHECK, UPDATE = "fit", "check", "update"
"""What a reading is for: the fit has seen it, nothing has, or a later update has."""
PREDICT, WITHOUT, PRIOR = "predict", "predict_without_settlement", "prior"
PERCENT = "_percent"


class Span(NamedTuple):
    """A median and its band of 90 per cent."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Track:
    """One quantity from day to day: a median in bands of 90 and, where known, 80 per cent."""

    days: tuple[date, ...]
    median: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    low80: tuple[float, ...] = ()
    high80: tuple[float, ...] = ()

    def row(self, day: date) -> int | None:
        """Return the row of the last day up to a day; None before the first."""
        place = bisect_right(self.days, day) - 1
        return place if place >= 0 else None

    def at(self, day: date) -> Span | None:
        """Return what holds on a day; None before the first."""
        row = self.row(day)
        return None if row is None else Span(self.median[row], self.low[row], self.high[row])

    def inner(self, day: date) -> tuple[float, float] | None:
        """Return the band of 80 per cent on a day, or that of 90 where it is not known."""
        row = self.row(day)
        if row is None:
            return None
        return self.quantiles[1][row], self.quantiles[3][row]

    @property
    def quantiles(self) -> tuple[tuple[float, ...], ...]:
        """Return the five lines that charts over days want."""
        low80, high80 = self.low80 or self.low, self.high80 or self.high
        return self.low, low80, self.median, high80, self.high

    def highest(self) -> date:
        """Return the first day on which the median is highest."""
        return self.days[self.median.index(max(self.median))]

    def times(self, factors: Sequence[float]) -> Track:
        """Return the track with each day multiplied by a number of its own."""
        return self._each(
            lambda line: tuple(v * f for v, f in zip(line, factors, strict=False)), self.days
        )

    def kept(self, rows: Sequence[int]) -> Track:
        """Return some rows of the track."""
        days = tuple(self.days[row] for row in rows)
        return self._each(lambda line: tuple(line[row] for row in rows) if line else (), days)

    def _each(self, change: Callable[[Line], Line], days: tuple[date, ...]) -> Track:
        lines = (self.median, self.low, self.high, self.low80, self.high80)
        median, low, high, low80, high80 = (change(line) for line in lines)
        return replace(
            self, days=days, median=median, low=low, high=high, low80=low80, high80=high80
        )


@dataclass(frozen=True)
class Read:
    """A published reading, and what the draws say of the same people on the same day."""

    metric: str
    scope: str
    day: date
    reading: float
    span: Span
    use: str

    @property
    def percent(self) -> bool:
        """Whether it is a percentage."""
        return self.metric.endswith(PERCENT)

    @property
    def name(self) -> str:
        """Return the metric without its form."""
        return self.metric.removesuffix(PERCENT)

    @property
    def polled(self) -> bool:
        """Whether opinions were asked, and nobody was counted."""
        return self.metric.startswith("approval")

    @property
    def covered(self) -> bool:
        """Whether it lies in the band of 90 per cent."""
        return self.span.low <= self.reading <= self.span.high


@dataclass(frozen=True)
class Forecast:
    """What is predicted of a metric of some people."""

    metric: str
    scope: str
    predict: Track
    without: Track | None
    prior: Track | None


@dataclass(frozen=True)
class Effect:
    """What a counterfactual changes in one metric."""

    name: str
    title: str
    side: str
    metric: str
    party: str
    unit: str
    base: float
    median: float
    difference: Span


@dataclass(frozen=True)
class Harmed:
    """Harm in the run itself, to one of the parties."""

    metric: str
    party: str
    unit: str
    span: Span
    note: str


@dataclass(frozen=True)
class Frontier:
    """What a platform's settings lead to; None where nothing may be told, or nothing is known."""

    latency_hours: float
    detection: float
    retention_hours: float
    prevented: Span | None
    exposure: Span | None
    named: Span | None
    wrongly_removed: Span | None
    wrongly_removed_share: Span | None
    identified: Span | None


@dataclass(frozen=True)
class Learned:
    """What the fit taught of an assumption: means and standard deviations."""

    key: str
    unit: str
    prior: tuple[float, float]
    posterior: tuple[float, float]
    contraction: float
    correlate: str
    correlation: float | None


@dataclass(frozen=True)
class Strength:
    """What a counterfactual changes if people weigh others so much, fitted to the same data."""

    social: float
    name: str
    title: str
    metric: str
    unit: str
    span: Span
    misfit: float | None


@dataclass(frozen=True)
class Rival:
    """What another model says of a reading."""

    model: str
    metric: str
    scope: str
    day: date
    reading: float
    span: Span
    crps: float


@dataclass(frozen=True)
class Happening:
    """An event of the scenario."""

    name: str
    day: date
    until: date | None
    actor: str
    does: str
    what: str
    who: tuple[str, ...]
    value: float | None
    source: str


@dataclass(frozen=True)
class StandoffContent:
    """Everything that the report of a standoff prints.

    Tracks of groups are in per cent of their members; nothing is held of fewer than ten people.
    """

    title: str
    description: str
    country: str
    scenario: str
    draws: int
    version: str
    first: date
    last: date
    dispute: date
    read_until: date
    """The last day of which a reading was used."""
    fit_until: date | None
    update_until: date | None
    fitted: bool
    changed: tuple[str, ...]
    turns: tuple[date, ...]
    settlements: tuple[Happening, ...]
    tracks: Mapping[tuple[str, str, str], Track]
    """By partition, group and state."""
    members: Mapping[tuple[str, str], tuple[float, ...]]
    groups: Mapping[str, tuple[str, ...]]
    national: Mapping[str, Track]
    readings: tuple[Read, ...]
    forecasts: tuple[Forecast, ...]
    effects: tuple[Effect, ...]
    harm: tuple[Harmed, ...]
    frontier: tuple[Frontier, ...]
    learned: tuple[Learned, ...]
    strengths: tuple[Strength, ...]
    rivals: tuple[Rival, ...]
    events: tuple[Happening, ...]
    map: Map
    regions: tuple[str, ...]
    local_names: Mapping[str, str]
    assumptions: tuple[AssumptionRow, ...]
    sources: tuple[Citation, ...]
    known: tuple[Known, ...]
    manifest: tuple[tuple[str, str], ...]
    command: str

    @property
    def settled(self) -> tuple[date, ...]:
        """Return the days on which something of a settlement happens."""
        return tuple(dict.fromkeys(one.day for one in self.settlements))
