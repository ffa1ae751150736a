"""What is kept of the days of one draw: counts of groups, never of agents."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from locum.runs.standoff.groups import FINAL_YEAR, Partition, partitions_of, units_of
from locum.standoff.states import AWAY, KINDS, STATES, STUDENT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from locum.runs.standoff.groups import Floats, Units
    from locum.standoff.population import Cells

__all__ = ["WEEK", "Collector", "Counted", "Layout", "layout_of"]

WEEK = 7
"""Days between two counts of groups that need no daily one."""
_SPECIALTY = "specialty"
_PLACES = [STATES.index("returned"), STATES.index("absent")]
_AWAY = np.array([state in AWAY for state in STATES], float)


class _Crowd(Protocol):
    """What is read of a crowd (see `locum.standoff.crowd.Crowd`)."""

    @property
    def tally(self) -> NDArray[np.int32]: ...
    @property
    def support(self) -> NDArray[np.int32]: ...


@dataclass(frozen=True, eq=False)
class Counted:
    """Counts of a group of groups.

    Parameters
    ----------
    partition
        Its groups, G of them.
    days
        Days that were counted, shape (W,).
    tally
        Heads by state, shape (W, G, 8).
    support
        Private supporters, shape (W, G).
    """

    partition: Partition
    days: NDArray[np.int64]
    tally: Floats
    support: Floats


@dataclass(frozen=True, eq=False)
class Layout:
    """How the cells of a population are put together, for all draws.

    Parameters
    ----------
    units
        What readings count.
    partitions
        Groups of results.
    kinds
        Kind of each unit, as 0 and 1 by kind, shape (4, U).
    last_year
        Units of students in their last year, shape (U,).
    """

    units: Units
    partitions: tuple[Partition, ...]
    kinds: Floats
    last_year: Floats


def layout_of(cells: Cells, heads: NDArray[np.int32]) -> Layout:
    """Return how the cells of a population are put together, given their heads at first."""
    units = units_of(cells, heads)
    last = (units.kind == STUDENT) & (units.grade == FINAL_YEAR)
    kinds = np.arange(len(KINDS))[:, None] == units.kind
    return Layout(units, partitions_of(cells), kinds.astype(np.float64), last.astype(np.float64))


class Collector:
    """Collects the days of one draw.

    Parameters
    ----------
    layout
        How cells are put together.
    days
        Length of the run.
    watched
        Days on which specialties are counted besides the first of each week.
    groups
        Whether the groups of results are counted too, or readings only.

    Attributes
    ----------
    tally
        Heads by state, day and unit, shape (8, T, U).
    support
        Private supporters by day and unit, shape (T, U).
    supporting
        Private supporters by kind on the last day, shape (4,).
    """

    def __init__(
        self, layout: Layout, days: int, watched: Collection[int] = (), *, groups: bool = True
    ) -> None:
        self._layout = layout
        units = len(layout.units)
        self.tally = np.zeros((len(STATES), days, units))
        self.support = np.zeros((days, units))
        self._turned: list[int] = []
        self.supporting = np.zeros(len(KINDS))
        self._partitions = tuple(
            each for each in layout.partitions if groups or (watched and each.name == _SPECIALTY)
        )
        weekly = {*range(0, days, WEEK), days - 1} if groups else set[int]()
        self._weekly = np.array(sorted(weekly | {day for day in watched if day < days}), np.int64)
        self._row = {int(day): row for row, day in enumerate(self._weekly)}
        self._weeks: Mapping[str, tuple[Floats, Floats]] = {
            each.name: (
                np.zeros((self._weekly.size, len(each.labels), len(STATES))),
                np.zeros((self._weekly.size, len(each.labels))),
            )
            for each in self._partitions
        }

    def add(
        self,
        day: int,
        crowd: _Crowd,
        *,
        lived: bool = True,
        changed: bool = True,
        turned: bool = False,
    ) -> None:
        """Count a day.

        Parameters
        ----------
        day
            Its number.
        crowd
            At its end.
        lived
            Whether agents thought on it.
        changed
            Whether anybody's public action changed on it.
        turned
            Whether a training year began on it.
        """
        total = self._layout.units.partition.total
        if lived or not day:
            self.support[day] = total(crowd.support)
            self.supporting = self._layout.kinds @ self.support[day]
        else:
            self.support[day] = self.support[day - 1]
        if changed or not day:
            self.tally[:, day] = total(crowd.tally).T
        else:
            self.tally[:, day] = self.tally[:, day - 1]
        if turned:
            self._turned.append(day)
        row = self._row.get(day)
        if row is None:
            return
        for each in self._partitions:
            states, support = self._weeks[each.name]
            states[row] = each.total(crowd.tally)
            support[row] = each.total(crowd.support)

    @property
    def reapplied(self) -> Floats:
        """Return who came back into a post that was lost so far, shape (T, U).

        Who returned, but not from absence; when a training year turns nobody is taken to have.
        """
        change = np.diff(self.tally[_PLACES], axis=1, prepend=self.tally[_PLACES, :1])
        came = np.maximum(change[0], 0.0) - np.maximum(-change[1], 0.0)
        came[self._turned] = 0.0
        return np.maximum(came, 0.0).cumsum(axis=0)

    def last_year_away(self, day: int) -> float:
        """Return the share of last-year students who are away; 0 if there are none."""
        heads = self.tally[:, day] @ self._layout.last_year
        members = heads.sum()
        return float(heads @ _AWAY / members) if members else 0.0

    def copy(self) -> Collector:
        """Return a collector with the same days, which goes its own way from here."""
        other = copy(self)
        for name in ("tally", "support", "supporting", "_turned"):
            setattr(other, name, getattr(self, name).copy())
        other._weeks = {name: (a.copy(), b.copy()) for name, (a, b) in self._weeks.items()}  # noqa: SLF001 - own
        return other

    def specialties(self) -> tuple[tuple[str, ...], Floats]:
        """Return specialties and residents by state, (T, S, 8); NaN on days not counted."""
        for each in self._partitions:
            if each.name == _SPECIALTY:
                found = np.full((len(self.support), len(each.labels), len(STATES)), np.nan)
                found[self._weekly] = self._weeks[each.name][0]
                return each.labels, found
        return (), np.zeros((len(self.support), 0, len(STATES)))

    def counted(self) -> Sequence[Counted]:
        """Return the counts of the groups of results."""
        return [Counted(each, self._weekly, *self._weeks[each.name]) for each in self._partitions]
