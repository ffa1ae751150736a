"""Groups of agents: the units that readings are taken of, and the groups results are told of.

Nothing is told of fewer than ten people, and nothing of a named organisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.standoff.states import KINDS, STUDENT, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "FINAL_YEAR",
    "INTERN",
    "LEAST",
    "RESIDENT",
    "Partition",
    "Units",
    "partitions_of",
    "publish",
    "units_of",
]

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

LEAST = 10
"""People of whom anything may be told, at the least."""
INTERN, RESIDENT, FINAL_YEAR = 0, 1, 2
"""Grades of units: of trainees interns and residents; of students those of the last year too."""
_NOBODY = -1
_LAST_YEAR_OF_SCHOOL = 6


class Cells(Protocol):
    """What is read of the cells of a population (see `locum.standoff.population.Cells`)."""

    @property
    def kind(self) -> NDArray[np.int32]: ...
    @property
    def organisation(self) -> NDArray[np.int32]: ...
    @property
    def specialty(self) -> NDArray[np.int32]: ...
    @property
    def year(self) -> NDArray[np.int32]: ...
    @property
    def region(self) -> NDArray[np.int32]: ...
    @property
    def klass(self) -> NDArray[np.int32]: ...
    @property
    def labels(self) -> Mapping[str, tuple[str, ...]]: ...


@dataclass(frozen=True, eq=False)
class Partition:
    """Cells put together into groups.

    Parameters
    ----------
    name
        Of the partition.
    labels
        Names of the groups, G of them.
    of
        Group of each cell, shape (C,); -1 where it belongs to none.
    """

    name: str
    labels: tuple[str, ...]
    of: Whole

    @cached_property
    def _order(self) -> tuple[Whole | None, Whole, Whole]:
        """Return the cells by group (None: as they stand), where groups begin, and which."""
        order = np.argsort(self.of, kind="stable")
        order = order[np.searchsorted(self.of[order], 0) :]
        there, starts = np.unique(self.of[order], return_index=True)
        as_they_stand = np.array_equal(order, np.arange(len(self.of)))
        return None if as_they_stand else order, starts, there

    def total(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the sums of the groups, shape (G, ...), of heads by cell, shape (C, ...)."""
        order, starts, there = self._order
        sums = _sums(np.ascontiguousarray(values) if order is None else values[order], starts)
        if there.size == len(self.labels):
            return sums
        found = np.zeros((len(self.labels), *values.shape[1:]), dtype=np.int32)
        found[there] = sums
        return found


def _sums(heads: NDArray[np.int32], starts: Whole) -> NDArray[np.int32]:
    """Return sums of runs of rows; of states two are added at once, as halves of a long word.

    No sum of heads reaches 2**31, so that nothing is carried from one half into the other.
    """
    if not starts.size:
        return np.zeros((0, *heads.shape[1:]), dtype=np.int32)
    if heads.ndim > 1 and heads.shape[-1] % 2 == 0:
        return np.add.reduceat(heads.view(np.int64), starts, axis=0).view(np.int32)
    return np.add.reduceat(heads, starts, axis=0)


@dataclass(frozen=True, eq=False)
class Units:
    """The units that readings count: an organisation's members of one kind and grade.

    Parameters
    ----------
    partition
        Puts the cells together into units.
    kind, organisation, grade, klass
        Codes of the units, shape (U,); a class is that of the hospital of trainees.
    heads
        Members on the first day, shape (U,).
    classes
        Names of the classes.
    """

    partition: Partition
    kind: Whole
    organisation: Whole
    grade: Whole
    klass: Whole
    heads: Whole
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.kind)

    @cached_property
    def hospitals(self) -> tuple[Whole, Whole]:
        """Return the organisations that have trainees, and their heads on the first day."""
        rows = np.flatnonzero(self.kind == TRAINEE)
        found, where = np.unique(self.organisation[rows], return_inverse=True)
        heads = np.bincount(where.reshape(-1), self.heads[rows], found.size)
        return found, heads.astype(np.int64)

    @cached_property
    def largest(self) -> Whole:
        """Return the organisations that have trainees, those with most of them first."""
        found, heads = self.hospitals
        order = np.argsort(-heads, kind="stable")
        return found[order[: int((heads > 0).sum())]]


def units_of(cells: Cells, heads: NDArray[np.int32]) -> Units:
    """Return the units of a population, in the order of kind, organisation and grade.

    Parameters
    ----------
    cells
        Of the population.
    heads
        Members of each cell on the first day, shape (C,).
    """
    kind, organisation = (np.asarray(each, np.int64) for each in (cells.kind, cells.organisation))
    grade = _grades(cells)
    most, grades = int(organisation.max(initial=0)) + 1, FINAL_YEAR + 1
    code = (kind * most + organisation) * grades + grade
    codes, first, of = np.unique(code, return_index=True, return_inverse=True)
    labels = tuple(str(each) for each in codes)
    partition = Partition("unit", labels, of.astype(np.int64).reshape(-1))
    return Units(
        partition,
        kind[first],
        organisation[first],
        grade[first],
        np.asarray(cells.klass, np.int64)[first],
        partition.total(heads.astype(np.int32)).astype(np.int64),
        cells.labels["klass"],
    )


def _grades(cells: Cells) -> Whole:
    """Return the grade of each cell, shape (C,)."""
    year, kind = cells.year, cells.kind
    grade = np.where((kind == TRAINEE) & (year == 0), INTERN, RESIDENT)
    last = (kind == STUDENT) & (year >= _LAST_YEAR_OF_SCHOOL)
    return np.where(last, FINAL_YEAR, grade).astype(np.int64)


def partitions_of(cells: Cells) -> tuple[Partition, ...]:
    """Return the groups that results are told of.

    Returns
    -------
    tuple of Partition
        kind; hospital (groups of trainees' hospitals); specialty (of residents); year (of
        training and of study); region (of trainees).
    """
    kind = np.asarray(cells.kind, np.int64)
    trainee, student = kind == TRAINEE, kind == STUDENT
    resident = trainee & (cells.year > 0)
    labels = cells.labels
    return (
        Partition("kind", KINDS, kind),
        _only("hospital", _classes(cells, trainee), cells.klass, trainee),
        _only("specialty", labels["specialty"], cells.specialty, resident),
        _years(cells, trainee, student),
        _only("region", labels["region"], cells.region, trainee),
    )


def _classes(cells: Cells, trainee: NDArray[np.bool_]) -> tuple[str, ...]:
    """Return the names of the classes that hospitals of trainees have."""
    return cells.labels["klass"][: int(cells.klass[trainee].max(initial=-1)) + 1]


def _only(
    name: str, labels: Sequence[str], codes: NDArray[np.int32], whom: NDArray[np.bool_]
) -> Partition:
    of = np.where(whom, np.asarray(codes, np.int64), _NOBODY)
    return Partition(name, tuple(labels), of)


def _years(cells: Cells, trainee: NDArray[np.bool_], student: NDArray[np.bool_]) -> Partition:
    year = np.asarray(cells.year, np.int64)
    residents = int(year[trainee].max(initial=0))
    first = residents + 1
    labels = ["intern", *(f"resident {each}" for each in range(1, residents + 1))]
    labels += [f"student {each}" for each in range(1, int(year[student].max(initial=0)) + 1)]
    of = np.where(trainee, year, np.where(student, first + year - 1, _NOBODY))
    return Partition("year", tuple(labels), of)


def publish(members: NDArray[np.number], values: NDArray[np.number]) -> Floats:
    """Return values of groups, and NaN for groups of fewer than ten.

    Parameters
    ----------
    members
        People in each group, shape (..., G).
    values
        What is to be told of each group, shape (..., G) or with more axes behind.

    Returns
    -------
    Floats
        Shape of `values`.
    """
    members = np.asarray(members)
    values = np.asarray(values, dtype=np.float64)
    few = members < LEAST
    few = few.reshape(few.shape + (1,) * (values.ndim - few.ndim))
    return np.where(few, np.nan, values)
