"""A timeline of a dispute that is complete: joined with its parents and checked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from locum.errors import BadValue, OutOfBounds, UnknownName
from locum.scenarios.scenario import Override
from locum.scenarios.standoff_events import check_order, event_to_dict
from locum.scenarios.standoff_schema import STANDOFF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from locum.errors import Place
    from locum.standoff.deeds import Event

__all__ = [
    "SIDES",
    "Counterfactual",
    "Readings",
    "Span",
    "StandoffScenario",
    "check_length",
    "in_order",
]

SIDES = ("government", "doctors", "both", "platform")
"""Who would have had to do what is asked in a counterfactual."""
_MOST_DAYS = 1_500
"""A guard against slips of the keyboard; results of so many days still fit in memory."""


class Span(NamedTuple):
    """A stretch of days of readings; `since` None is the first day of the run."""

    since: date | None
    until: date

    def holds(self, day: date) -> bool:
        """Whether a day belongs to it."""
        return day <= self.until and (self.since is None or self.since <= day)

    def cut(self, end: date) -> Span | None:
        """Return what is left of it when a run ends on a day; None if nothing is."""
        if self.since is not None and end < self.since:
            return None
        return Span(self.since, min(self.until, end))

    def to_dict(self) -> dict[str, str]:
        """Return the stretch as a scenario file writes it."""
        since = {} if self.since is None else {"since": self.since.isoformat()}
        return since | {"until": self.until.isoformat()}


@dataclass(frozen=True)
class Readings:
    """Published readings, and what each stretch of them is for.

    Parameters
    ----------
    table
        Name of a table of the pack.
    fit, check, update
        Readings that the structure is fitted to; those predicted with it; those that update the
        rest. None where there are none.
    """

    table: str
    fit: Span | None = None
    check: Span | None = None
    update: Span | None = None

    def spans(self) -> dict[str, Span]:
        """Return the stretches there are, by name."""
        named = {"fit": self.fit, "check": self.check, "update": self.update}
        return {name: span for name, span in named.items() if span is not None}

    def cut(self, end: date) -> Readings:
        """Return what is left of them when a run ends on a day."""
        return Readings(self.table, **{name: s.cut(end) for name, s in self.spans().items()})

    def to_dict(self) -> dict[str, Any]:
        """Return them as a scenario file writes them."""
        return {"table": self.table} | {name: s.to_dict() for name, s in self.spans().items()}


@dataclass(frozen=True)
class Counterfactual:
    """What would have been done differently.

    Parameters
    ----------
    name, title
        For readers.
    side
        Who would have had to do it, one of `SIDES`.
    without
        Names of events that do not happen.
    events
        Events that happen besides, or instead of one of the same name.
    platform
        Settings of the platform on the first day, by name.
    assumptions
        Assumptions that differ, by key.
    place
        Where it is written.
    """

    name: str
    title: str
    side: str
    without: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    platform: Mapping[str, float | str] = field(default_factory=dict[str, "float | str"])
    assumptions: Mapping[str, Override] = field(default_factory=dict[str, Override])
    place: Place | None = None


@dataclass(frozen=True)
class StandoffScenario:
    """What happens in a dispute, day by day.

    Parameters
    ----------
    name, title, description, country
        As written.
    start, end
        First and last day.
    turns
        First days of years of training and study inside the run.
    dispute
        Day on which the dispute begins.
    resolve
        How the government decides, one of `locum.standoff.deeds.RESOLVES`.
    kinds
        Kinds of member that are simulated.
    events
        In the order of time, then of names.
    platform
        Settings of the platform on the first day that differ from the country's, by name.
    settlement
        Names of the events that are the settlement.
    readings
        Published readings; None where there are none.
    counterfactuals
        By name.
    assumptions
        What differs from the country's own, by key.
    file
        Where it is written.
    """

    name: str
    title: str
    description: str
    country: str
    start: date
    end: date
    turns: tuple[date, ...]
    dispute: date
    resolve: str
    kinds: tuple[str, ...]
    events: tuple[Event, ...] = ()
    platform: Mapping[str, float | str] = field(default_factory=dict[str, "float | str"])
    settlement: tuple[str, ...] = ()
    readings: Readings | None = None
    counterfactuals: Mapping[str, Counterfactual] = field(
        default_factory=dict[str, Counterfactual]
    )
    assumptions: dict[str, Override] = field(default_factory=dict[str, Override])
    file: str | None = None

    @property
    def days(self) -> int:
        """Return the number of days simulated."""
        return (self.end - self.start).days + 1

    def day(self, when: date) -> int:
        """Return the number of a day, counted from the first."""
        return (when - self.start).days

    def date(self, day: int) -> date:
        """Return the date of a day."""
        return self.start + timedelta(days=day)

    def event(self, name: str) -> Event:
        """Return an event by its name.

        Raises
        ------
        UnknownName
            If there is none.
        """
        for event in self.events:
            if event.name == name:
                return event
        raise UnknownName("event", name, [event.name for event in self.events])

    def seats_added(self, year: int, day: int | None = None) -> float:
        """Return the seats added in the entry class of a year, as known on a day.

        Parameters
        ----------
        year
            Of entry.
        day
            Events after it are unknown; by default the last day of the run.

        Notes
        -----
        The last `set_quota` of that year holds; without one the last `raise_quota` of an earlier
        year; without that none are added.
        """
        known = [event for event in self.events if day is None or event.day <= day]
        fixed = [e.value for e in known if e.does == "set_quota" and e.what == str(year)]
        raised = [
            e.value for e in known if e.does == "raise_quota" and self.date(e.day).year < year
        ]
        return next((seats for seats in reversed(fixed or raised) if seats is not None), 0.0)

    def until(self, day: date, place: Place | None = None) -> StandoffScenario:
        """Return the scenario with another last day; later events are left out.

        Raises
        ------
        BadValue
            If the day comes before the first.
        OutOfBounds
            If the run would be too long.
        """
        check_length(self.start, day, place)
        last = self.day(day)
        kept = {event.name for event in self.events if event.day <= last}
        return replace(
            self,
            end=day,
            turns=tuple(turn for turn in self.turns if turn <= day),
            events=_cut(self.events, last),
            readings=None if self.readings is None else self.readings.cut(day),
            settlement=tuple(name for name in self.settlement if name in kept),
            counterfactuals={
                name: replace(
                    each,
                    without=tuple(one for one in each.without if one in kept),
                    events=_cut(each.events, last),
                )
                for name, each in self.counterfactuals.items()
            },
        )

    def without(self, names: Iterable[str]) -> StandoffScenario:
        """Return the scenario in which some events do not happen.

        Raises
        ------
        UnknownName
            If one is no event.
        InputError
            If what is left ends something that never began.
        """
        gone = {self.event(name).name for name in names}
        return self._with(tuple(event for event in self.events if event.name not in gone), None)

    def counterfactual(self, name: str) -> StandoffScenario:
        """Return the scenario in which something is done differently.

        Raises
        ------
        UnknownName
            If there is no such counterfactual; the error suggests the closest one.
        """
        if name not in self.counterfactuals:
            raise UnknownName("counterfactual", name, self.counterfactuals)
        other = self.counterfactuals[name]
        gone = {*other.without, *(event.name for event in other.events)}
        kept = [event for event in self.events if event.name not in gone]
        changed = self._with(in_order([*kept, *other.events]), other.place)
        return replace(
            changed,
            platform={**self.platform, **other.platform},
            assumptions={**self.assumptions, **other.assumptions},
        )

    def _with(self, events: tuple[Event, ...], place: Place | None) -> StandoffScenario:
        check_order(events, place)
        names = {event.name for event in events}
        settlement = tuple(name for name in self.settlement if name in names)
        return replace(self, events=events, settlement=settlement, counterfactuals={})

    def to_dict(self) -> dict[str, Any]:
        """Return the whole scenario as a scenario file without parents would write it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "country": self.country,
            "sector": STANDOFF.sector,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "turns": [day.isoformat() for day in self.turns],
            "dispute": self.dispute.isoformat(),
            "resolve": self.resolve,
            "population": {"kinds": list(self.kinds)},
            "platform": dict(sorted(self.platform.items())),
            "events": {event.name: event_to_dict(event, self.date) for event in self.events},
            "settlement": list(self.settlement),
            "readings": None if self.readings is None else self.readings.to_dict(),
            "counterfactuals": {
                name: self._counterfactual_to_dict(each)
                for name, each in sorted(self.counterfactuals.items())
            },
            "assumptions": _written(self.assumptions),
        }

    def _counterfactual_to_dict(self, other: Counterfactual) -> dict[str, Any]:
        return {
            "title": other.title,
            "side": other.side,
            "without": list(other.without),
            "events": {event.name: event_to_dict(event, self.date) for event in other.events},
            "platform": dict(sorted(other.platform.items())),
            "assumptions": _written(other.assumptions),
        }

    def digest(self) -> str:
        """Return a hash of the whole scenario."""
        text = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()


def _written(overrides: Mapping[str, Override]) -> dict[str, Any]:
    return {key: override.to_dict() for key, override in sorted(overrides.items())}


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events in the order of time, then of names."""
    return tuple(sorted(events, key=lambda each: (each.day, each.name)))


def _cut(events: Iterable[Event], last: int) -> tuple[Event, ...]:
    """Return what is left of events when a run ends on a day."""
    return tuple(
        event if event.until is None or event.until <= last else replace(event, until=last)
        for event in events
        if event.day <= last
    )


def check_length(start: date, end: date, place: Place | None) -> None:
    """Refuse a run that ends before it begins, or that would be too long.

    Raises
    ------
    BadValue, OutOfBounds
        Pointing at `place`.
    """
    if end < start:
        expected = f"a day from {start} (start) on"
        raise BadValue("end", end.isoformat(), expected, place)
    days = (end - start).days + 1
    if days > _MOST_DAYS:
        raise OutOfBounds("days to simulate", days, "days", 1, _MOST_DAYS, place)
