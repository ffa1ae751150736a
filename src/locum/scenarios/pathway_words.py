"""The small words of a pathway file: times with their unit, days and hours of the week, rates.

Each function takes the value as written and the place of a part of it, and raises an error with
that place. Hours are hours of the model: hour 0 is Monday 00:00.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from locum.errors import BadValue, InputError, MissingField, OutOfBounds, UnknownName, WrongUnit
from locum.hospital import stations
from locum.scenarios.pathway_values import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from locum.errors import Place
    from locum.hospital.stations import Distribution, Number, Rate, Shift, Time

__all__ = [
    "CLOCK_PATTERN",
    "CLOCK_WORDS",
    "DAYS",
    "KINDS",
    "RESERVED",
    "TIME_PATTERN",
    "TIME_WORDS",
    "At",
    "read_clock",
    "read_days",
    "read_hours",
    "read_moments",
    "read_number",
    "read_rate",
    "read_shifts",
    "read_time",
]

At: TypeAlias = "Callable[..., Place]"
"""Called with the keys that lead to a part of the value, says where it is written."""

Form: TypeAlias = Literal["time", "value", "patience"]

TIME_PATTERN = rf"^(\d+(\.\d+)?|{PLACEHOLDER}) ?(s|min|h|d|w)$"
TIME_WORDS = "a time with its unit (s, min, h, d, w), such as 90 min, 1.5 h or 2 d"
CLOCK_PATTERN = r"^\d\d:\d\d$"
CLOCK_WORDS = "an hour of the day from 00:00 to 24:00, such as 08:30"
RATE_WORDS = "a rate with its unit, such as 3.2 per h or 40 per d"
SHIFT_WORDS = "days and hours, such as Mon-Fri 08:00-17:00 or daily 20:00-08:00"
POINT_WORDS = "days and an hour, such as Mon-Fri 08:00 or daily 20:00"
DAYS_WORDS = "days, such as daily, Mon-Fri or Mon,Wed"

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_GROUPS = {"daily": "Mon-Sun", "weekdays": "Mon-Fri", "weekends": "Sat-Sun"}
_HOURS = {
    "s": (1.0, 3600.0),
    "min": (1.0, 60.0),
    "h": (1.0, 1.0),
    "d": (24.0, 1.0),
    "w": (168.0, 1.0),
}
"""Hours of a unit as a fraction, so that 90 min is 1.5 h to the last bit."""
_QUANTITY = re.compile(r"(-?\d+(?:\.\d+)?)\s*([^\W\d_]+)", re.ASCII)
_RATE = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:per|/)\s*([^\W\d_]+)", re.ASCII)
_CLOCK = re.compile(r"(\d\d):(\d\d)", re.ASCII)
_SHIFT = re.compile(r"(?:week (\d{1,2}) )?(\S+) (\d\d:\d\d)-(\d\d:\d\d)", re.ASCII)
_POINT = re.compile(r"(\S+) (\d\d:\d\d)", re.ASCII)
_LONGEST_TIME = 1e6
_LARGEST_NUMBER = 1e9
_LARGEST_CV = 100.0
_WEEK = 168.0
_DAY = 24.0

KINDS: Mapping[str, tuple[str, ...]] = {
    "mean": ("mean", "cv"),
    "exponential": ("exponential",),
    "constant": ("constant",),
    "uniform": ("uniform",),
    "weibull": ("weibull", "shape"),
    "quantiles": ("quantiles",),
}
"""Kinds of time by the field that marks them, with all their fields."""
RESERVED = frozenset(field for fields in KINDS.values() for field in fields)
"""Words that no class may be called."""


def _number(value: object, what: str, place: Place) -> float:
    """Return a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue(what, value, "a number", place)
    if not abs(value) <= _LARGEST_NUMBER:
        raise BadValue(what, value, "a number of a sensible size", place)
    return float(value)


def read_hours(value: object, what: str = "time", place: Place | None = None) -> float:
    """Read a time such as `90 min` in hours.

    Raises
    ------
    BadValue
        If it has no unit.
    WrongUnit
        If the unit is not one of time.
    OutOfBounds
        If it is negative, or longer than a million hours.
    """
    found = _QUANTITY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise BadValue(what, value, TIME_WORDS, place)
    if found[2] not in _HOURS:
        raise WrongUnit(what, found[2], "s, min, h, d or w", place)
    times, over = _HOURS[found[2]]
    hours = float(found[1]) * times / over
    if not 0.0 <= hours <= _LONGEST_TIME:
        raise OutOfBounds(what, hours, "h", 0.0, _LONGEST_TIME, place)
    return hours


def read_clock(value: object, what: str = "hour", place: Place | None = None) -> float:
    """Read an hour of the day such as `08:30`, up to 24:00."""
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[2]) > 59:
        raise BadValue(what, value, CLOCK_WORDS, place)
    hour = int(found[1]) + int(found[2]) / 60.0
    if hour > _DAY:
        raise BadValue(what, value, CLOCK_WORDS, place)
    return hour


def read_days(value: object, place: Place) -> tuple[int, ...]:
    """Read days such as `daily`, `Mon-Fri` or `Mon,Wed`; 0 is Monday."""
    if not isinstance(value, str) or not value:
        raise BadValue("days", value, DAYS_WORDS, place)
    found: set[int] = set()
    for part in _GROUPS.get(value.casefold(), value).split(","):
        first, dash, last = part.partition("-")
        start = _day(first, place)
        length = (_day(last, place) - start) % len(DAYS) if dash else 0
        found |= {(start + each) % len(DAYS) for each in range(length + 1)}
    return tuple(sorted(found))


def _day(name: str, place: Place) -> int:
    if name.capitalize() not in DAYS:
        raise UnknownName("day", name, (*DAYS, *_GROUPS), place)
    return DAYS.index(name.capitalize())


@dataclass(frozen=True)
class _Duty:
    start: float
    end: float
    written: str
    row: int
    place: Place


def read_shifts(lines: Sequence[str], weeks: int, at: At) -> tuple[Shift, ...]:
    """Read the shifts of a roster; those over midnight end on the next day.

    Returns
    -------
    tuple
        (from, to) in hours of a period of so many weeks; a shift over its end is cut in two.

    Raises
    ------
    InputError
        If two shifts overlap, or one cannot be read.
    """
    duties: list[_Duty] = []
    for row, line in enumerate(lines):
        duties += _duties(line, weeks, row, at(row))
    duties.sort(key=lambda duty: (duty.start, duty.end))
    for before, after in pairwise(duties):
        if after.start < before.end:
            late, early = sorted((before, after), key=lambda duty: -duty.row)
            raise InputError(
                f"the shift {late.written!r} overlaps {early.written!r} (line {early.place.line})",
                late.place,
            )
    return tuple((duty.start, duty.end) for duty in duties)


def _duties(line: str, weeks: int, row: int, place: Place) -> list[_Duty]:
    found = _SHIFT.fullmatch(line.strip())
    if found is None:
        raise BadValue("shift", line, SHIFT_WORDS, place)
    if found[1] and not 1 <= int(found[1]) <= weeks:
        raise OutOfBounds("week of the shift", int(found[1]), "", 1, weeks, place)
    start = read_clock(found[3], "start of the shift", place)
    end = read_clock(found[4], "end of the shift", place)
    if start in (end, _DAY):
        raise BadValue("shift", line, "an end after the start; a whole day is 00:00-24:00", place)
    length = end - start if end > start else end - start + _DAY
    duties: list[_Duty] = []
    period = weeks * _WEEK
    for week in [int(found[1]) - 1] if found[1] else range(weeks):
        for day in read_days(found[2], place):
            first = week * _WEEK + day * _DAY + start
            last = first + length
            duties.append(_Duty(first, min(last, period), line, row, place))
            if last > period:
                duties.append(_Duty(0.0, last - period, line, row, place))
    return duties


def read_moments(points: Mapping[str, int], at: At) -> tuple[tuple[float, int], ...]:
    """Read a weekly schedule: days and hour to units, such as `Mon-Fri 08:00: 6`."""
    found: dict[float, tuple[int, str]] = {}
    for written, units in points.items():
        match = _POINT.fullmatch(written)
        if match is None:
            raise BadValue("moment", written, POINT_WORDS, at(written))
        clock = read_clock(match[2], "hour", at(written))
        if clock == _DAY:
            raise BadValue("hour", match[2], "an hour before 24:00", at(written))
        for day in read_days(match[1], at(written)):
            hour = day * _DAY + clock
            if hour in found:
                raise InputError(f"the moment is in {found[hour][1]!r} too", at(written))
            found[hour] = (units, written)
    return tuple((hour, found[hour][0]) for hour in sorted(found))


# --- numbers and times, one or one for each class ----------------------------------


def read_number(
    value: object, what: str, bounds: tuple[float, float], classes: Sequence[str], at: At
) -> Number:
    """Read a number, or one for each class."""
    if isinstance(value, dict):
        each = cast("dict[object, object]", value)
        return {
            known_class(name, classes, at(name)): _bounded(one, what, bounds, at(name))
            for name, one in each.items()
        }
    return _bounded(value, what, bounds, at())


def known_class(name: object, classes: Sequence[str], place: Place) -> str:
    """Return the name of a class that exists."""
    if name not in classes:
        raise UnknownName("class", name, classes, place)
    return str(name)


def _bounded(value: object, what: str, bounds: tuple[float, float], place: Place) -> float:
    low, high = bounds
    read = _number(value, what, place)
    if not low <= read <= high:
        raise OutOfBounds(what, read, "", low, high, place)
    return read


def read_time(value: object, classes: Sequence[str], at: At, *, form: Form = "time") -> Time:
    """Read a time: a constant, a distribution, or one of these for each class.

    Parameters
    ----------
    value
        As written: `90 min`, `{mean: 2 h, cv: 0.8}`, `{urgent: 2 h, minor: {exponential: 1 h}}`.
    classes
        Of the model.
    at
        Places of its parts.
    form
        value: numbers without a unit too, for attributes, which need not be times; patience:
        `never` too.

    Raises
    ------
    InputError
        With the place of the part that cannot be read.
    """
    if not isinstance(value, dict):
        return _amount(value, "time", at(), form=form)
    parts = cast("dict[object, object]", value)
    if not parts:
        raise BadValue("time", {}, TIME_WORDS, at())
    if RESERVED & set(parts):
        return _distribution(parts, at, form=form)
    unknown = [name for name in parts if name not in classes]
    if unknown:
        choices = (*classes, *KINDS)
        raise UnknownName("class or kind of time", unknown[0], choices, at(unknown[0]))
    made: dict[str, float | Distribution] = {}
    for name, one in parts.items():
        where = partial(at, name)
        if isinstance(one, dict):
            made[str(name)] = _distribution(cast("dict[object, object]", one), where, form=form)
        else:
            made[str(name)] = _amount(one, f"time of {name}", where(), form=form)
    return made


def _amount(value: object, what: str, place: Place, *, form: Form) -> float:
    if form == "value" and not isinstance(value, str):
        return _number(value, what.replace("time", "value"), place)
    if form == "patience" and value == "never":
        return inf
    return read_hours(value, what, place)


def _distribution(parts: Mapping[object, object], at: At, *, form: Form) -> Distribution:
    kinds = [kind for kind in KINDS if kind in parts]
    if not kinds:
        raise UnknownName("kind of time", next(iter(parts), None), KINDS, at())
    kind = kinds[0]
    for field in parts:
        if field not in KINDS[kind]:
            raise UnknownName(f"field of a time by {kind}", field, KINDS[kind], at(field))
    for field in KINDS[kind]:
        if field not in parts:
            raise MissingField(f"time by {kind}", field, at())
    try:
        return _made(kind, parts, at, form=form)
    except InputError as error:
        raise error.at(at()) from None


def _made(kind: str, parts: Mapping[object, object], at: At, *, form: Form) -> Distribution:
    value = parts[kind]
    if kind == "uniform":
        low, high = (
            _amount(one, "bound", at(kind, row), form=form)
            for row, one in enumerate(_several(value, kind, at(kind), 2))
        )
        return stations.uniform(low, high)
    if kind == "quantiles":
        amounts = [
            _amount(one, "quantile", at(kind, row), form=form)
            for row, one in enumerate(_several(value, kind, at(kind)))
        ]
        return stations.empirical(amounts)
    amount = _amount(value, kind, at(kind), form=form)
    if kind == "mean":
        return stations.lognormal(
            amount, _bounded(parts["cv"], "cv", (0.0, _LARGEST_CV), at("cv"))
        )
    if kind == "weibull":
        shape = _bounded(parts["shape"], "shape", (0.05, _LARGEST_CV), at("shape"))
        return stations.weibull(amount, shape)
    return stations.exponential(amount) if kind == "exponential" else stations.constant(amount)


def _several(value: object, what: str, place: Place, count: int | None = None) -> list[object]:
    wanted = "a list of at least two" if count is None else f"a list of {count}"
    if not isinstance(value, list):
        raise BadValue(what, value, wanted, place)
    items = cast("list[object]", value)
    if (count is not None and len(items) != count) or len(items) < 2:
        raise BadValue(what, items, wanted, place)
    return items


# --- rates -------------------------------------------------------------------------


def read_rate(value: object, headroom: float, at: At) -> Rate:
    """Read the rate of a source.

    Parameters
    ----------
    value
        As written: `3.2 per h`, `{mean: 3.2 per h, amplitude: 0.5, peak: "15:00"}`, or
        `{per_hour: [...]}` with 24 or 168 numbers.
    headroom
        By how much a lever may scale it up.
    at
        Places of its parts.
    """
    if not isinstance(value, dict):
        return replace(stations.steady(_rate(value, at())), headroom=headroom)
    parts = cast("dict[object, object]", value)
    fields = ("per_hour",) if "per_hour" in parts else ("mean", "amplitude", "peak")
    for field in parts:
        if field not in fields:
            raise UnknownName("field of a rate", field, fields, at(field))
    for field in fields:
        if field not in parts:
            raise MissingField("rate", field, at())
    if "per_hour" in parts:
        hourly = _several(parts["per_hour"], "per_hour", at("per_hour"))
        table = [
            _bounded(one, "rate", (0.0, _LONGEST_TIME), at("per_hour", row))
            for row, one in enumerate(hourly)
        ]
        if len(table) not in (24, 168):
            wanted = "24 numbers (hours of the day) or 168 (of the week)"
            raise BadValue("number of hourly rates", len(table), wanted, at("per_hour"))
        return replace(stations.hourly(table), headroom=headroom)
    mean = _rate(parts["mean"], at("mean"))
    amplitude = _bounded(parts["amplitude"], "amplitude", (0.0, 1.0), at("amplitude"))
    peak = read_clock(parts["peak"], "peak", at("peak"))
    return replace(stations.daily(mean, amplitude, peak - _DAY / 4), headroom=headroom)


def _rate(value: object, place: Place) -> float:
    found = _RATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise BadValue("rate", value, RATE_WORDS, place)
    if found[2] not in _HOURS:
        raise WrongUnit("rate", f"per {found[2]}", "per min, h, d or w", place)
    times, over = _HOURS[found[2]]
    rate = float(found[1]) * over / times
    if not 0.0 <= rate <= _LONGEST_TIME:
        raise OutOfBounds("rate", rate, "an hour", 0.0, _LONGEST_TIME, place)
    return rate
