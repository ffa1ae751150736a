"""The roster of one hospital: heads on duty by day and by night, and who is away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import InputError, Place, UnknownName
from locum.runs.hospitals.heads import GROUPS
from locum.runs.hospitals.sheets import read_sheet, sheet_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from locum.runs.hospitals.census import Census
    from locum.runs.hospitals.sheets import Row

__all__ = [
    "DAY",
    "NIGHT",
    "Duty",
    "Roster",
    "Shift",
    "length_of",
    "overlap",
    "read_roster",
    "roster_text",
    "shift_of",
]

Counts: TypeAlias = NDArray[np.int64]
Shift: TypeAlias = tuple[tuple[float, float], ...]
"""Hours of a shift, from the midnight before it; a night ends beyond 24."""

COUNTS = ("day", "night", "away")
SHIFTS = ("day_shift", "night_shift")
COLUMNS = ("date", "group", *COUNTS, *SHIFTS)
DAY, NIGHT = 0, 1
_HOURS, _MINUTES = 24, 60


@dataclass(frozen=True)
class Duty:
    """Who works when in a group of clinicians, day by day.

    Attributes
    ----------
    heads
        On duty by day and by night, shape (days, 2).
    away
        Heads away from work, shape (days,).
    shifts
        Hours of both shifts of each day.
    """

    heads: Counts
    away: Counts
    shifts: tuple[tuple[Shift, Shift], ...]


@dataclass(frozen=True)
class Roster:
    """Who works when.

    Attributes
    ----------
    first
        Its first day.
    days
        How many.
    duties
        By group of clinicians; a group that is not there has nobody.
    """

    first: date
    days: int
    duties: Mapping[str, Duty]

    def with_duty(self, group: str, duty: Duty) -> Roster:
        """Return the roster with another duty of one group."""
        return replace(self, duties={**self.duties, group: duty})


def shift_of(text: str) -> Shift:
    """Return the hours of a shift such as `08:00-11:00 17:00-18:00`; one may pass midnight.

    Raises
    ------
    ValueError
        If it is none.
    """
    found: list[tuple[float, float]] = []
    for part in text.split():
        first, dash, last = part.partition("-")
        if not dash:
            raise ValueError(part)
        start, end = _clock(first), _clock(last)
        end = end if end > start else end + _HOURS
        if found and start < found[-1][1]:
            raise ValueError(part)
        found.append((start, end))
    if not found or found[-1][1] - found[0][0] > _HOURS:
        raise ValueError(text)
    return tuple(found)


def _clock(text: str) -> float:
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal()):
        raise ValueError(text)
    if int(hours) > _HOURS or int(minutes) >= _MINUTES:
        raise ValueError(text)
    return int(hours) + int(minutes) / _MINUTES


def length_of(shift: Shift) -> float:
    """Return the hours of a shift."""
    return sum(end - start for start, end in shift)


def overlap(one: Shift, other: Shift) -> bool:
    """Return whether nobody can work both shifts of a day."""
    return any(a < d and c < b for a, b in one for c, d in other)


# --- as a file ---------------------------------------------------------------------


def roster_text(roster: Roster, words: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> str:
    """Return a roster as a file to fill in.

    Parameters
    ----------
    roster
        Who works when.
    words
        By group: the texts of the day shift and of the night shift of each day.
    """
    rows: list[list[str]] = []
    for day in range(roster.days):
        told = (roster.first + timedelta(days=day)).isoformat()
        for group, duty in roster.duties.items():
            heads = [*duty.heads[day].tolist(), int(duty.away[day])]
            texts = words[group]
            rows.append([told, group, *map(str, heads), texts[DAY][day], texts[NIGHT][day]])
    remarks = (
        "The roster of one hospital: for each day and group of clinicians the heads on duty in",
        "the day shift and in the night shift that begins on this day; away: heads who are away",
        "from work, out of those employed (census). Shifts are hours such as 08:00-18:00;",
        "several are parted by a space. Groups are those of the census, without employed_.",
    )
    return sheet_text(COLUMNS, rows, remarks)


def read_roster(path: str | PathLike[str], census: Census, days: int, census_file: str) -> Roster:
    """Read a roster and check that the hospital of a census can keep it.

    Parameters
    ----------
    path
        The file.
    census
        Says who is employed, and on which day the roster must begin at the latest.
    days
        That it must cover, the day of the census included.
    census_file
        For sentences.

    Raises
    ------
    MissingFile
        If there is no such file.
    InputError
        If a group is unknown, a day is missing or comes twice, more are on duty than are at work,
        or one head would have to work two shifts at once; with file, line and column.
    """
    rows = _rows_by_day(path)
    duties: dict[str, Duty] = {}
    for group in GROUPS:
        of_group = rows.get(group, {})
        if of_group:
            duties[group] = _duty(group, of_group, census, days)
        elif census.employed(group):
            problem = (
                f"no line for {group}, though {census.employed(group)} are employed "
                f"({census.line(f'employed_{group}')}); `locum template roster --census "
                f"{census_file}` writes all of them"
            )
            raise InputError(problem, Place(str(path), None, "group"))
    return Roster(census.day, days, duties)


def _rows_by_day(path: str | PathLike[str]) -> dict[str, dict[date, Row]]:
    found: dict[str, dict[date, Row]] = {}
    for row in read_sheet(path, COLUMNS, ()):
        group, day = row.cells["group"], _day(row)
        if group not in GROUPS:
            raise UnknownName("group of clinicians", group, GROUPS, row.place("group"))
        of_group = found.setdefault(group, {})
        if day in of_group:
            problem = f"line {of_group[day].line} states {group} on this day already; keep one"
            raise row.wrong("date", problem)
        of_group[day] = row
    return found


def _day(row: Row) -> date:
    try:
        return date.fromisoformat(row.cells["date"])
    except ValueError:
        raise row.wrong("date", "not a date; write it like 2026-10-05") from None


def _duty(group: str, rows: Mapping[date, Row], census: Census, days: int) -> Duty:
    heads = np.zeros((days, 2), np.int64)
    away = np.zeros(days, np.int64)
    shifts: list[tuple[Shift, Shift]] = []
    last = next(iter(rows.values()))
    for place in range(days):
        day = census.day + timedelta(days=place)
        if day not in rows:
            problem = (
                f"{group} has no line for {day.isoformat()}; the roster must cover {days} days "
                f"from {census.day.isoformat()}, the day of the census"
            )
            raise last.wrong("date", problem)
        last = rows[day]
        heads[place], away[place] = _counts(last, group, census)
        shifts.append(_shifts(last, group, census.employed(group) - int(away[place])))
    return Duty(heads, away, tuple(shifts))


def _counts(row: Row, group: str, census: Census) -> tuple[tuple[int, int], int]:
    day, night, away = (row.whole(name, name) for name in COUNTS)
    employed = census.employed(group)
    stated = f"{employed} employed ({census.line(f'employed_{group}')})"
    if away > employed:
        raise row.wrong("away", f"more away than {stated}; write at most {employed}")
    for name, count in (("day", day), ("night", night)):
        if count > employed - away:
            problem = (
                f"more on duty than the {employed - away} {group} at work: {stated}, {away} away; "
                f"write at most {employed - away}, or correct the census"
            )
            raise row.wrong(name, problem)
    return (day, night), away


def _shifts(row: Row, group: str, at_work: int) -> tuple[Shift, Shift]:
    found: list[Shift] = []
    for name in SHIFTS:
        text = row.cells[name]
        try:
            found.append(shift_of(text))
        except ValueError:
            problem = "not a shift; write hours of at most one day, such as 08:00-18:00"
            raise row.wrong(name, problem) from None
    day, night = int(row.cells["day"]), int(row.cells["night"])
    both = day + night - at_work
    if both > 0 and overlap(*found):
        hours = length_of(found[DAY]) + length_of(found[NIGHT])
        over = f", {hours:g} hours in a day" if hours > _HOURS else ""
        problem = (
            f"{both} of {at_work} {group} would have to work both shifts, which overlap{over}; "
            "let the night begin when the day ends, or lower day or night"
        )
        raise row.wrong("night_shift", problem)
    return found[DAY], found[NIGHT]
