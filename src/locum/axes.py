"""Named axes of the arrays: labels in one order, everywhere.

Sexes, single ages and calendar years are the same in every country; regions and specialties are
data of a country pack, which builds an `Axis` from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import BadValue, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from locum.errors import Place

__all__ = ["AGE", "AGES", "SEX", "SEXES", "Axis", "years"]


@dataclass(frozen=True)
class Axis:
    """One axis of an array: its name and its labels in order.

    Parameters
    ----------
    name
        Singular noun, as it is printed in errors and in the dataset: "region".
    labels
        The labels, each of them once.

    Raises
    ------
    BadValue
        If a label appears twice.
    """

    name: str
    labels: tuple[str | int, ...]

    def __post_init__(self) -> None:
        if len(self._positions) != len(self.labels):
            seen: set[str | int] = set()
            twice = next(x for x in self.labels if x in seen or seen.add(x))
            raise BadValue(f"label of axis {self.name}", twice, "every label once")

    @cached_property
    def _positions(self) -> dict[str | int, int]:
        return {label: position for position, label in enumerate(self.labels)}

    def __len__(self) -> int:
        return len(self.labels)

    def __iter__(self) -> Iterator[str | int]:
        return iter(self.labels)

    def __contains__(self, label: object) -> bool:
        return label in self.labels

    def index(self, label: str | int, place: Place | None = None) -> int:
        """Return the position of a label.

        Raises
        ------
        UnknownName
            If the axis has no such label; the error suggests the closest one.
        """
        position = self._positions.get(label)
        if position is None:
            raise UnknownName(self.name, label, self.labels, place)
        return position

    def indices(self, labels: Iterable[str | int], place: Place | None = None) -> NDArray[np.intp]:
        """Return the positions of several labels."""
        return np.array([self.index(label, place) for label in labels], dtype=np.intp)


SEXES: tuple[str, str] = ("male", "female")
"""The two sexes of the published tables, in the order every array uses."""

AGES: tuple[int, ...] = tuple(range(24, 85))
"""Single ages of doctors, 24 to 84: 61 of them."""

SEX = Axis("sex", SEXES)
AGE = Axis("age", AGES)


def years(first: int, last: int) -> tuple[int, ...]:
    """List the calendar years from `first` to `last`, both included.

    Raises
    ------
    BadValue
        If `last` comes before `first`.
    """
    if last < first:
        raise BadValue("last year", last, f"{first} or later")
    return tuple(range(first, last + 1))
