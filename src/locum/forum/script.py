"""A scenario's events of the platform, the law and the lists, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from locum.errors import BadValue, OutOfBounds, UnknownName
from locum.forum.records import GROUP, Drive, Listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from locum.errors import Place
    from locum.forum.settings import Platform

__all__ = ["FORUM_DEEDS", "Record", "Script"]

FORUM_DEEDS = (
    "platform",
    "enforcement",
    "list_posted",
    "deletion_urged",
    "channel_opened",
    "closure_asked",
)
"""Deeds that the forum understands."""
_HEADS = {"raid": "raids", "warrant": "warrants", "arrest": "arrests"}
_NEWS = {"referral": "referrals", "sentence": "sentences"}
_WORDS = ("complaint", "warning", "summons", "hearing", "release")
"""Steps of the law that change nothing on the forum."""


class Record(NamedTuple):
    """An event of a scenario, as plain values.

    Parameters
    ----------
    day
        From the first of the scenario, 0.
    does, what, value
        One of `FORUM_DEEDS`, what it is about, and its value.
    groups
        Whom a list names, by number; empty for trainees and students.
    place
        Where it is written.
    """

    day: int
    does: str
    what: str | None = None
    value: float | None = None
    groups: tuple[int, ...] = ()
    place: Place | None = None


@dataclass(frozen=True)
class Script:
    """Settings and events by day; made by `compile`.

    Parameters
    ----------
    first
        Settings before any event.
    platforms
        Settings by the day from which they hold, in the order of days.
    drives
        Events by day.
    """

    first: Platform
    platforms: Mapping[int, Platform]
    drives: Mapping[int, Drive]

    @classmethod
    def compile(cls, records: Iterable[Record], days: int, platform: Platform) -> Script:
        """Return the script of a scenario.

        Parameters
        ----------
        records
            Events, in any order; those of a day in the order in which they take effect.
        days
            Length of the scenario.
        platform
            Settings before any event.

        Raises
        ------
        UnknownName
            If a deed, or what it is about, is not of the forum.
        OutOfBounds
            If a day lies outside the scenario, or a value outside its bounds.
        BadValue
            If a value is missing.
        """
        platforms: dict[int, Platform] = {}
        drives: dict[int, Drive] = {}
        latest = platform
        for record in sorted(records, key=_day_of):
            day = record.day
            if not 0 <= day < days:
                raise OutOfBounds("day of an event", day, "days", 0, days - 1, record.place)
            changed = _settings(latest, record)
            if changed is not latest:
                platforms[day] = latest = changed
            drives[day] = _joined(drives.get(day, Drive()), record)
        return cls(platform, platforms, drives)

    def platform(self, day: int) -> Platform:
        """Return the settings in force on a day."""
        since = [each for each in self.platforms if each <= day]
        return self.platforms[max(since)] if since else self.first

    def changes(self, day: int) -> bool:
        """Return whether settings change on a day."""
        return day in self.platforms

    def drive(
        self, day: int, *, away: float, at_work: tuple[float, ...], call: float = 0.0
    ) -> Drive:
        """Return what happens around the forum on a day (see `Drive`)."""
        events = self.drives.get(day)
        if events is None:
            return Drive(away, at_work, call)
        return events._replace(away=away, at_work=at_work, call=call)


def _day_of(record: Record) -> int:
    return record.day


def _settings(platform: Platform, record: Record) -> Platform:
    """Return the settings after an event; the same object if it changes none."""
    if record.does == "channel_opened":
        return platform.changed("outside", 1.0, record.place)
    if record.does == "closure_asked" and record.what == "ordered":
        return platform.changed("closed", "yes", record.place)
    if record.does != "platform":
        return platform
    if record.value is None:
        raise BadValue(f"value of {record.does!r}", None, "a number", record.place)
    return platform.changed(str(record.what), record.value, record.place)


def _joined(drive: Drive, record: Record) -> Drive:
    """Return a day's events with one more."""
    if record.does not in FORUM_DEEDS:
        raise UnknownName("deed of the forum", record.does, FORUM_DEEDS, record.place)
    if record.does == "list_posted":
        return drive._replace(lists=(*drive.lists, _listed(record)))
    if record.does == "deletion_urged":
        return drive._replace(deletions=drive.deletions + 1)
    return _enforced(drive, record) if record.does == "enforcement" else drive


def _listed(record: Record) -> Listed:
    if record.value is not None and record.value < GROUP:
        what = "heads named by a list"
        raise OutOfBounds(what, record.value, "heads", GROUP, 1e6, record.place)
    return Listed(record.value, record.what or "platform", record.groups)


def _enforced(drive: Drive, record: Record) -> Drive:
    """Return a day's events with a step of the law.

    A referral or a sentence counts once, however many heads it concerns.
    """
    if record.what in _HEADS:
        name = _HEADS[record.what]
        count = 1 if record.value is None else int(record.value)
        return drive._replace(**{name: getattr(drive, name) + count})
    if record.what in _NEWS:
        name = _NEWS[record.what]
        return drive._replace(**{name: getattr(drive, name) + 1})
    if record.what not in _WORDS:
        raise UnknownName("enforcement", record.what, (*_HEADS, *_NEWS, *_WORDS), record.place)
    return drive
