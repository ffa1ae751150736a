"""What a standoff left to be counted, day by day, and ways to count it.

Units are the members of one kind and grade in one organisation (`groups.Units`). A scope says
which of them are counted; a ministry never counted all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from locum.randomness import Stream
from locum.runs.standoff.groups import INTERN, RESIDENT
from locum.standoff.states import AWAY, JOINED, STATES, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from locum.runs.standoff.groups import Floats, Units, Whole

__all__ = ["COUNTS", "Luck", "Observed", "Scope"]

_Made = TypeVar("_Made")
_MOST = 400
"""Hospitals that a lottery has room for."""
_LEFT = ("resigned", "employed_elsewhere", "enlisted")
_PRESENT = ("at_work", "letter_in", "returned")
COUNTS: Mapping[str, tuple[str, ...]] = {
    "members": STATES,
    "joined": JOINED,
    "away": AWAY,
    "present": _PRESENT,
    "stayed": ("at_work", "returned"),
    "left": _LEFT,
    "refused": ("contract_refused",),
    "employed": ("employed_elsewhere",),
    "returned": ("returned",),
}
"""What is counted, as the states that belong to it."""
_BIG5 = "big5"
_DROPPED, _VISITED = 0, 1
"""Lotteries that hospitals take part in."""


class Scope(NamedTuple):
    """Who is counted.

    `kind` is a code of `KINDS`; `grade` one of `groups`, or None for all; `where` is "all",
    "first" (hospitals whose attendance was printed: those with most trainees), "big5", "some" or
    "visited" with `number` of hospitals, or a specialty of residents.
    """

    kind: int
    grade: int | None = None
    where: str = "all"
    number: int = 0


class Luck(NamedTuple):
    """Names the luck of readings: which hospitals were visited first, what was miscounted."""

    seed: int
    replication: int

    def uniform(self, what: str, index: Whole) -> Floats:
        """Return uniform numbers for a purpose, one for each number of `index`."""
        return self._stream(what).uniform(index)

    def normal(self, what: str, count: int) -> Floats:
        """Return standard normal numbers for a purpose, shape (count,)."""
        return self._stream(what).normal(np.arange(count))

    def _stream(self, what: str) -> Stream:
        return Stream(self.seed, "standoff", "readings", what, str(self.replication))


@dataclass(frozen=True, eq=False)
class Observed:
    """One draw of a standoff, as far as it can be counted.

    Parameters
    ----------
    units
        Whose members are counted.
    tally
        Public action at the end of each day: heads by state, day and unit, shape (8, T, U).
    support
        Members who privately support the action, shape (T, U).
    specialties
        Residents' public action by specialty, shape (T, S, 8).
    specialty_names
        Names of the specialties, S of them.
    reapplied
        Members who came back into a post that they had lost, so far, shape (T, U).
    national
        Other daily series by name, each of shape (T,).
    values
        The draw's assumptions.
    luck
        Of the readings.
    """

    units: Units
    tally: Floats
    support: Floats
    specialties: Floats
    specialty_names: tuple[str, ...]
    reapplied: Floats
    national: Mapping[str, Floats]
    values: Mapping[str, float | str]
    luck: Luck
    _kept: dict[object, Any] = field(default_factory=dict[object, Any], init=False, repr=False)

    @property
    def days(self) -> int:
        """Return the number of days."""
        return self.tally.shape[1]

    def number(self, key: str) -> float:
        """Return an assumption of the draw."""
        return float(self.values[key])

    def once(self, key: object, make: Callable[[], _Made]) -> _Made:
        """Return what stands under a key, made now if nothing does."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    # --- linear counts -------------------------------------------------------------

    def count(self, what: str, scope: Scope) -> Floats:
        """Return how many of a scope are counted, by day (T,); see `COUNTS`."""
        known = self._kept.get((what, scope))
        if known is None:
            known = self.sum_of(self._by_unit(what), scope)
            if scope.where in self.specialty_names:
                row = self.specialty_names.index(scope.where)
                known = self.specialties[:, row, _places(what)].sum(axis=1)
            self._kept[what, scope] = known
        return known

    def supporters(self, scope: Scope) -> Floats:
        """Return how many of a scope privately support the action, by day (T,)."""
        return self.sum_of(self.support, scope)

    def sum_of(self, by_unit: Floats, scope: Scope) -> Floats:
        """Return the sums of a scope, by day (T,), of what is counted by day and unit (T, U)."""
        # Not a product of matrices: threads of a linear algebra library would wait for each other.
        return np.einsum("tu,u->t", by_unit, self.mask(scope))

    def by_hospital(self, what: str, where: str = "first") -> Floats:
        """Return a count by trainees' hospital of a scope, in order of code, shape (T, H)."""
        known = self._kept.get(("hospital", what, where))
        if known is None:
            rows = np.flatnonzero(self.mask(Scope(TRAINEE, None, where)))
            first = np.flatnonzero(np.diff(self.units.organisation[rows], prepend=-1))
            counts = self._by_unit(what)[:, rows]
            known = np.add.reduceat(counts, first, axis=1) if first.size else counts
            self._kept["hospital", what, where] = known
        return known

    def organisations_supporting(self, kind: int) -> Floats:
        """Return the share of a kind's organisations in which most support the action, (T,)."""
        rows = np.flatnonzero(self.units.kind == kind)
        members = self._by_unit("members")[:, rows]
        there = members > 0
        most = 2 * self.support[:, rows] > members
        return (most & there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)

    def _by_unit(self, what: str) -> Floats:
        """Return a count by unit, shape (T, U)."""
        known = self._kept.get(what)
        if known is None:
            known = self._kept[what] = self.tally[_places(what)].sum(axis=0)
        return known

    # --- who is counted ------------------------------------------------------------

    def mask(self, scope: Scope) -> Floats:
        """Return which units a scope counts, as 0 and 1, shape (U,)."""
        known = self._kept.get(scope)
        if known is None:
            units = self.units
            found = units.kind == scope.kind
            if scope.grade is not None:
                found &= _grade_of(units, scope.grade)
            if scope.where not in ("all", *self.specialty_names):
                found &= np.isin(units.organisation, self._hospitals(scope))
            known = self._kept[scope] = found.astype(np.float64)
        return known

    def _hospitals(self, scope: Scope) -> Whole:
        """Return the hospitals of a scope."""
        if scope.where == _BIG5:
            klass = self.units.classes.index(_BIG5)
            big = (self.units.kind == TRAINEE) & (self.units.klass == klass)
            return np.unique(self.units.organisation[big])
        first = self.inspected()
        if scope.where == "first":
            return first
        if scope.where == "some":
            return self._some(scope.number)
        return self.visited()[: scope.number]

    def inspected(self) -> Whole:
        """Return the hospitals with most trainees on the first day, the largest first."""
        return self.units.largest[: round(self.number("agents.hospitals_monitored"))]

    def _some(self, number: int) -> Whole:
        """Return the inspected hospitals without those whose answers were of no use."""
        first = self.inspected()
        times = self._lottery(_DROPPED, 1.0)
        dropped = max(first.size - number, 0)
        return np.setdiff1d(first, first[np.argsort(times, kind="stable")[:dropped]])

    def visited(self) -> Whole:
        """Return the inspected hospitals in the order in which they were visited."""
        known = self._kept.get("visited")
        if known is None:
            times = self._lottery(_VISITED, self.number("readings.visited_by_size"))
            known = self._kept["visited"] = self.inspected()[np.argsort(times, kind="stable")]
        return known

    def _lottery(self, what: int, lean: float) -> Floats:
        """Return times at which inspected hospitals are drawn, large ones early if it leans."""
        drawn = self._kept.get("lottery")
        if drawn is None:
            drawn = self._kept["lottery"] = _lots(self.luck)
        organisations, heads = self.units.hospitals
        first = self.inspected()
        weight = heads[np.searchsorted(organisations, first)].astype(np.float64) ** lean
        return drawn[what * _MOST : what * _MOST + first.size] / weight

    # --- histories -----------------------------------------------------------------

    def requested(self, scope: Scope) -> Floats:
        """Return requests handed in so far, those withdrawn included, by day (T,).

        Counted by organisation: where some join and as many give up on a day, neither shows.
        """
        known = self._kept.get(("requested", scope))
        if known is None:
            joined = self._by_unit("joined") * self.mask(scope)
            rises = np.maximum(np.diff(joined, axis=0, prepend=0.0), 0.0)
            known = self._kept["requested", scope] = rises.sum(axis=1).cumsum()
        return known

    def ordered(self) -> Floats:
        """Return orders to return issued so far by hospital visited, shape (T, H).

        At each visit whoever is away is ordered back; nobody twice, as far as heads can tell.
        """
        visits = self.national["inspected"]
        known = self._kept.get("ordered")
        if known is None:
            hospitals = self.visited()
            away = self.by_hospital("away")
            place = np.searchsorted(np.sort(hospitals), hospitals)
            open_ = np.arange(hospitals.size) < visits[:, None]
            seen = np.where(open_, away[:, place], 0.0)
            known = self._kept["ordered"] = np.maximum.accumulate(seen, axis=0)
        return known


@lru_cache(maxsize=256)
def _lots(luck: Luck) -> Floats:
    """Return exponential numbers for two lotteries."""
    drawn = -np.log(luck.uniform("lottery", np.arange(2 * _MOST)))
    drawn.flags.writeable = False
    return drawn


def _places(what: str) -> list[int]:
    """Return the states that a count takes together, by number."""
    return [STATES.index(state) for state in COUNTS[what]]


def _grade_of(units: Units, grade: int) -> NDArray[np.bool_]:
    """Return which units are of a grade; residents are all trainees but interns."""
    if grade == RESIDENT:
        return units.grade != INTERN
    return units.grade == grade
