"""From heads on duty to the shifts of each clinician, and those into the tables of a model."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.hospital import records as op
from locum.hospital.records import DAY_HOURS, table
from locum.runs.hospitals.roster import DAY, NIGHT, length_of, overlap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.hospital.model import Model
    from locum.hospital.records import Array
    from locum.runs.hospitals.roster import Duty, Roster, Shift

__all__ = ["Dealer", "Hours", "deal", "install"]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Hours: TypeAlias = tuple[tuple[float, float], ...]
"""When a clinician is on duty, in hours since hour 0 of the model."""
_SPARE_DAYS = 7
_MOST_EXCHANGES = 4
"""Exchanges of shifts for each clinician."""


def deal(duty: Duty, heads: int, start: float) -> list[Hours]:
    """Give shifts to the clinicians of a group, as evenly as it goes.

    Who is away are the first of the group. The night before the first day is staffed like the
    first night, and not counted.

    Parameters
    ----------
    duty
        Heads by day and night.
    heads
        Clinicians of the group.
    start
        Hour at which the first day begins.
    """
    if not heads:
        return []
    lengths = np.array([[length_of(shift) for shift in shifts] for shifts in duty.shifts])
    worked, eve = _dealt(duty, heads, lengths)
    _even_out(worked, duty, lengths)
    return [
        _merged(
            [
                span
                for day, column in np.argwhere(worked[one]).tolist()
                for span in _at(duty.shifts[day][column], start + DAY_HOURS * day)
            ]
            + (_at(duty.shifts[0][NIGHT], start - DAY_HOURS) if one in eve else [])
        )
        for one in range(heads)
    ]


def _at(shift: Shift, midnight: float) -> list[tuple[float, float]]:
    return [(midnight + first, midnight + end) for first, end in shift]


def _dealt(duty: Duty, heads: int, lengths: Floats) -> tuple[Flags, set[int]]:
    """Deal shifts in turn: to those who rested, then to those with fewest hours.

    Returns
    -------
    tuple
        Who works, shape (heads, days, 2), and who was on duty in the night before.
    """
    days = len(duty.away)
    worked = np.zeros((heads, days, 2), bool)
    hours = np.zeros(heads)
    after_night = np.zeros(heads, bool)
    eve: set[int] = set()
    for day in range(-1, days):
        row = max(day, 0)
        able = np.arange(int(duty.away[row]), heads)
        busy = np.zeros(heads, bool)
        if day >= 0:
            order = able[np.lexsort((hours[able], after_night[able]))]
            by_day = order[: duty.heads[row, DAY]]
            worked[by_day, row, DAY] = True
            hours[by_day] += lengths[row, DAY]
            busy[by_day] = overlap(*duty.shifts[row])
        order = able[np.lexsort((hours[able], after_night[able], busy[able]))]
        by_night = order[: duty.heads[row, NIGHT]]
        after_night[:] = False
        after_night[by_night] = True
        if day < 0:
            eve = set(by_night.tolist())
        else:
            worked[by_night, row, NIGHT] = True
            hours[by_night] += lengths[row, NIGHT]
    return worked, eve


def _even_out(worked: Flags, duty: Duty, lengths: Floats) -> None:
    """Move and exchange shifts between those with most and with fewest hours, while that helps.

    Only among those who are never away, and never into a shift that overlaps with another.
    """
    there = np.arange(int(duty.away.max(initial=0)), len(worked))
    overlapping = np.array([overlap(*shifts) for shifts in duty.shifts])
    hours = (worked * lengths).sum(axis=(1, 2))
    for _ in range(_MOST_EXCHANGES * len(worked)):
        if len(there) <= 1:
            return
        most = int(there[np.argmax(hours[there])])
        least = int(there[np.argmin(hours[there])])
        moved = _exchange(worked, (most, least), lengths, overlapping, hours[most] - hours[least])
        if moved == 0.0:
            return
        hours[most] -= moved
        hours[least] += moved


def _exchange(
    worked: Flags, pair: tuple[int, int], lengths: Floats, overlapping: Flags, apart: float
) -> float:
    """Let one give a shift to another, perhaps for a shorter one; returns the hours moved."""
    most, least = pair
    clash = overlapping[:, None]
    give = worked[most] & ~worked[least] & ~(worked[least][:, ::-1] & clash)
    take = worked[least] & ~worked[most] & ~(worked[most][:, ::-1] & clash)
    given = [(0.0, None), *((lengths[place], place) for place in map(tuple, np.argwhere(take)))]
    best: tuple[float, Any, Any] = (0.0, None, None)
    for place in map(tuple, np.argwhere(give)):
        for back, other in given:
            moved = float(lengths[place] - back)
            if 0.0 < moved < apart and abs(apart / 2 - moved) < abs(apart / 2 - best[0]):
                best = (moved, place, other)
    moved, place, other = best
    if place is not None:
        worked[(most, *place)], worked[(least, *place)] = False, True
    if other is not None:
        worked[(least, *other)], worked[(most, *other)] = False, True
    return moved


def _merged(spans: list[tuple[float, float]]) -> Hours:
    """Join spans that touch; what lies before hour 0 is cut off."""
    found: list[tuple[float, float]] = []
    for first, end in sorted(spans):
        if end <= 0.0:
            continue
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((max(first, 0.0), end))
    return tuple(found)


class Dealer:
    """Gives shifts to clinicians; a duty that several plans share is dealt once.

    Parameters
    ----------
    start
        Hour of the model at which the first day begins.
    """

    def __init__(self, start: float) -> None:
        self._start = start
        self._known: dict[tuple[int, int], tuple[Duty, list[Hours]]] = {}

    def hours(self, roster: Roster, heads: Mapping[str, int]) -> dict[str, list[Hours]]:
        """Return when each clinician is on duty, by group.

        Parameters
        ----------
        roster
            Who works when.
        heads
            Clinicians by group; those of a group without a duty never work.
        """
        return {group: self._dealt(roster, group, count) for group, count in heads.items()}

    def _dealt(self, roster: Roster, group: str, count: int) -> list[Hours]:
        duty = roster.duties.get(group)
        if duty is None:
            return [()] * count
        key = id(duty), count
        if key not in self._known:
            self._known[key] = (duty, deal(duty, count, self._start))
        return self._known[key][1]


def install(
    model: Model,
    groups: Mapping[str, tuple[int, ...]],
    hours: Mapping[str, Sequence[Hours]],
    end: float,
) -> Model:
    """Return a model whose clinicians work these hours, without a weekly cap.

    Parameters
    ----------
    model
        Sized.
    groups
        Rows of each group of clinicians.
    hours
        When each clinician of a group is on duty.
    end
        Hour up to which the model will run; what comes later does not count.
    """
    site = model.tables
    period = DAY_HOURS * (end // DAY_HOURS + _SPARE_DAYS)
    kinds: dict[Hours, int] = {}
    clinicians = site.clinicians.copy()
    of = np.zeros(len(clinicians), np.int32)
    for group, rows in groups.items():
        for row, own in zip(rows, hours[group], strict=True):
            of[row] = kinds.setdefault(own, len(kinds))
    clinicians.roster, clinicians.cap = of, inf
    rosters, boundaries = _rosters(list(kinds), len(site.boundaries), period)
    state = site.state.copy()
    state.capped = 0
    tables = site._replace(
        clinicians=clinicians,
        rosters=rosters,
        boundaries=_joined(site.boundaries, boundaries),
        state=state,
    )
    names = replace(model.names, rosters=tuple(f"shifts {row}" for row in range(len(kinds))))
    return replace(model, tables=tables, names=names)


def _rosters(kinds: Sequence[Hours], first: int, period: float) -> tuple[Array, Array]:
    """Return rosters as the engine wants them at hour 0, and their points."""
    points = [[point for start, stop in own for point in ((start, 1), (stop, 0))] for own in kinds]
    counts = np.array([len(each) for each in points], np.int64)
    rosters = table(op.ROSTER, len(kinds))
    it: Array = rosters.view(np.ndarray)
    it["period"], it["count"] = period, counts
    it["first"] = first + np.cumsum(counts) - counts
    it["next_at"] = inf
    for row, each in enumerate(points):
        if each:
            passed = sum(1 for hour, _ in each if hour <= 0.0)
            cursor, cycle = (0, 1.0) if passed == len(each) else (passed, 0.0)
            it["cursor"][row], it["cycle"][row] = cursor, cycle
            it["next_at"][row] = cycle * period + each[cursor][0]
            it["on"][row] = each[passed - 1][1]
    boundaries = table(op.BOUNDARY, int(counts.sum()))
    whole = np.array([point for each in points for point in each], float).reshape(-1, 2)
    boundaries.at, boundaries.value = whole[:, 0], whole[:, 1].astype(np.int64)
    return rosters, boundaries


def _joined(one: Array, other: Array) -> Array:
    joined: Array = np.concatenate([each.view(np.ndarray) for each in (one, other)])
    return joined.view(one.dtype, type(one))
