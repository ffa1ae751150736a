"""Read events of a timeline and say, line by line, what cannot have happened so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from locum.errors import BadValue, InputError, MissingField, OutOfBounds, UnknownName
from locum.standoff.deeds import ACTORS, DEEDS, SANCTIONS, Event
from locum.standoff.states import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date

    from locum.errors import Place
    from locum.scenarios.standoff_schema import EventEntry

    Where: TypeAlias = Callable[..., Place]
    """Given the keys below an event, where they are written."""

__all__ = ["Horizon", "check_order", "event_to_dict", "read_event", "read_kinds"]


@dataclass(frozen=True)
class Horizon:
    """First and last day of a run."""

    start: date
    end: date

    def holds(self, day: date) -> bool:
        """Whether a day is one of the run."""
        return self.start <= day <= self.end

    def day(self, when: date) -> int:
        """Return the number of a day, counted from the first."""
        return (when - self.start).days

    def check(self, name: str, day: date, place: Place | None) -> None:
        """Refuse a day that is not one of the run."""
        if not self.holds(day):
            expected = f"a day of the run, {self.start} to {self.end}"
            raise BadValue(name, day.isoformat(), expected, place)


def read_event(
    name: str, entry: EventEntry, where: Where, horizon: Horizon, sources: Collection[str]
) -> Event:
    """Return an event, checked by itself.

    Parameters
    ----------
    name
        Its name in the file.
    entry
        As written.
    where
        Where its parts are written.
    horizon
        Of the run.
    sources
        Ids of the pack's sources.

    Raises
    ------
    UnknownName
        For an actor, deed, subject, kind of member or source that is none.
    BadValue
        If the actor cannot do the deed, or a day is not one of the run or comes before another.
    MissingField
        If the deed needs something that the event does not say.
    OutOfBounds
        If its value leaves the bounds of its unit.
    """
    if entry.actor not in ACTORS:
        raise UnknownName("actor", entry.actor, ACTORS, where("actor"))
    if entry.does not in DEEDS:
        raise UnknownName("kind of event", entry.does, DEEDS, where("does"))
    allowed = DEEDS[entry.does].actors
    if entry.actor not in allowed:
        expected = f"who can do {entry.does!r}: {', '.join(allowed)}"
        raise BadValue("actor", entry.actor, expected, where("actor"))
    _check_what(name, entry, where)
    _check_days(name, entry, where, horizon)
    _check_value(name, entry, where)
    if entry.source is not None and entry.source not in sources:
        raise UnknownName("source", entry.source, sources, where("source"))
    return Event(
        name=name,
        day=horizon.day(entry.date),
        actor=entry.actor,
        does=entry.does,
        what=entry.what,
        who=_who(name, entry, where),
        value=entry.value,
        until=None if entry.until is None else horizon.day(entry.until),
        source=entry.source,
        rows=tuple(entry.rows or ()),
        place=where(),
    )


def read_kinds(names: list[str], place: Place) -> tuple[str, ...]:
    """Return kinds of member in the order of the model.

    Raises
    ------
    UnknownName
        If one is none.
    """
    for kind in names:
        if kind not in KINDS:
            raise UnknownName("kind of member", kind, KINDS, place)
    return tuple(kind for kind in KINDS if kind in names)


def _check_what(name: str, entry: EventEntry, where: Where) -> None:
    subjects = DEEDS[entry.does].subjects
    if entry.what is None:
        if subjects:
            raise MissingField(f"event {name!r} ({entry.does})", "what", where())
        return
    if not subjects:
        raise BadValue("what", entry.what, f"nothing, with {entry.does!r}", where("what"))
    if entry.what not in subjects:
        raise UnknownName(f"subject of {entry.does!r}", entry.what, subjects, where("what"))


def _check_days(name: str, entry: EventEntry, where: Where, horizon: Horizon) -> None:
    horizon.check("date", entry.date, where("date"))
    lasts = DEEDS[entry.does].lasts
    if entry.until is None:
        if lasts == "must":
            raise MissingField(f"event {name!r} ({entry.does})", "until", where())
        return
    if lasts == "never":
        expected = f"no last day, with {entry.does!r}"
        raise BadValue("until", entry.until.isoformat(), expected, where("until"))
    if entry.until < entry.date:
        why = ", as a window cannot close before it opens" if entry.does == "window" else ""
        expected = f"a day from {entry.date} on{why}"
        raise BadValue("until", entry.until.isoformat(), expected, where("until"))
    horizon.check("until", entry.until, where("until"))


def _check_value(name: str, entry: EventEntry, where: Where) -> None:
    deed = DEEDS[entry.does]
    allowed = deed.range_of(entry.what)
    if entry.value is None:
        if deed.valued:
            raise MissingField(f"event {name!r} ({entry.does})", "value", where())
        return
    if allowed is None:
        of = entry.does if entry.what is None else f"{entry.does} {entry.what}"
        raise BadValue("value", entry.value, f"no value, with {of!r}", where("value"))
    if not allowed.low <= entry.value <= allowed.high:
        bounds = allowed.unit, allowed.low, allowed.high
        raise OutOfBounds("value", entry.value, *bounds, where("value"))


def _who(name: str, entry: EventEntry, where: Where) -> tuple[str, ...]:
    whom = DEEDS[entry.does].whom
    if entry.who is None or not entry.who:
        if whom == "must":
            raise MissingField(f"event {name!r} ({entry.does})", "who", where())
        return ()
    if whom == "never":
        raise BadValue("who", entry.who, f"nobody, with {entry.does!r}", where("who"))
    return read_kinds(entry.who, where("who"))


def check_order(events: Iterable[Event], place: Place | None = None) -> None:
    """Refuse a timeline in which something ends that never began.

    Parameters
    ----------
    events
        In the order of time.
    place
        Where the error points; by default at the event at fault.

    Raises
    ------
    InputError
        If a call is ended, a sanction withdrawn or talks broken off before they began.
    """
    before: list[Event] = []
    for event in events:
        needs = _NEEDS.get((event.does, _stage_of(event)))
        if needs is not None and not any(needs(event, other) for other in before):
            raise InputError(_sentence(event), place or event.place)
        before.append(event)


def _stage_of(event: Event) -> str | None:
    """Return what matters of the subject of an event for the order."""
    if event.does == "sanction":
        return (event.what or "").rpartition("_")[2]
    return event.what if event.does == "talks" else None


def _meet(event: Event, other: Event) -> bool:
    """Whether two events may concern the same members."""
    return not event.who or not other.who or bool(set(event.who) & set(other.who))


def _began(event: Event, other: Event) -> bool:
    same = other.does == "call" and (other.actor, other.what) == (event.actor, event.what)
    still = other.until is None or other.until >= event.day
    return same and still and _meet(event, other)


def _moved(event: Event, other: Event) -> bool:
    sanction = (event.what or "").removesuffix("_withdrawn")
    if other.does != "sanction" or other.what == event.what:
        return False
    return (other.what or "").startswith(f"{sanction}_") and _meet(event, other)


def _talked(_: Event, other: Event) -> bool:
    return other.does == "talks" and other.what == "begun"


_NEEDS: dict[tuple[str, str | None], Callable[[Event, Event], bool]] = {
    ("end_call", None): _began,
    ("sanction", "withdrawn"): _moved,
    ("talks", "broken_off"): _talked,
}
"""What must have gone before events of a kind, which otherwise come out of order."""


def _sentence(event: Event) -> str:
    name, what = event.name, event.what or ""
    if event.does == "end_call":
        return (
            f"event {name!r} ends a call for {what} that {event.actor} never began, or that had "
            f"ended before"
        )
    if event.does == "talks":
        return f"event {name!r} breaks off talks that never began"
    sanction = next((each for each in SANCTIONS if what.startswith(each)), what)
    return f"event {name!r} withdraws a {sanction} that was never announced"


def event_to_dict(event: Event, dated: Callable[[int], date]) -> dict[str, Any]:
    """Return an event as a scenario file writes it; `dated` gives the date of a day."""
    entry: Mapping[str, Any] = {
        "date": dated(event.day).isoformat(),
        "actor": event.actor,
        "does": event.does,
        "what": event.what,
        "who": list(event.who) or None,
        "value": event.value,
        "until": None if event.until is None else dated(event.until).isoformat(),
        "source": event.source,
        "rows": list(event.rows) or None,
    }
    return {key: value for key, value in entry.items() if value is not None}
