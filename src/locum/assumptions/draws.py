"""Draws: what every assumption was worth in each draw of a run.

Draw 0 is the central draw, with every assumption at its value; later draws come from the priors.
A draw of one assumption depends on the seed, its key, the number of the draw and its correlation
group, and on nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.assumptions.correlations import correlate
from locum.assumptions.priors import quantiles
from locum.errors import BadValue, InputError, UnknownName, WrongUnit, YearOutside
from locum.randomness import Streams, check_seed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from locum.assumptions.correlations import Group
    from locum.assumptions.model import Assumption

__all__ = ["Draws", "draw"]

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Draws:
    """Assumptions in a number of draws; made by `Ledger.draw`.

    Parameters
    ----------
    numbers
        Numbers of the draws, shape (D,).
    assumptions
        The assumptions by key.
    levels
        One row for each assumption, shape (K, D): its value; the common factor if it is dated;
        the position of the option if it is a rule.
    """

    numbers: Integers
    assumptions: Mapping[str, Assumption]
    levels: Floats
    _rows: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.numbers.flags.writeable = False
        self.levels.flags.writeable = False
        rows = {key: row for row, key in enumerate(self.assumptions)}
        object.__setattr__(self, "_rows", rows)

    def __len__(self) -> int:
        return len(self.numbers)

    def _found(self, key: str) -> tuple[Assumption, Floats]:
        assumption = self.assumptions.get(key)
        if assumption is None:
            raise UnknownName("assumption", key, self.assumptions)
        return assumption, self.levels[self._rows[key]]

    def value(self, key: str) -> Floats:
        """Return the value of an assumption in every draw, shape (D,), read-only.

        Raises
        ------
        UnknownName
            If there is no such assumption.
        WrongUnit
            If it is a rule.
        InputError
            If its values are dated: ask for `path` then.
        """
        assumption, level = self._found(key)
        if assumption.unit == "rule":
            raise WrongUnit(key, "rule", "one of numbers; ask for the rule", assumption.place)
        if assumption.dated:
            raise InputError(f"{key} has dated values: ask for its path", assumption.place)
        return level

    def path(self, key: str, years: Sequence[int] | Integers) -> Floats:
        """Return the value in force in each year of every draw, shape (D, T).

        A value holds from its year on, until the next one.

        Raises
        ------
        YearOutside
            If a year comes before the first dated value.
        """
        assumption, level = self._found(key)
        if not assumption.dated:
            return np.repeat(self.value(key)[:, None], len(years), axis=1)
        since, values = (np.array(column) for column in zip(*assumption.dated, strict=True))
        position = np.searchsorted(since, np.asarray(years), side="right") - 1
        if position.size and position.min() < 0:
            what = f"assumption {key!r}"
            raise YearOutside(what, int(min(years)), int(since[0]), None, assumption.place)
        return level[:, None] * values[position].astype(np.float64)

    def rule(self, key: str) -> list[str]:
        """Return the option of a rule in every draw.

        Raises
        ------
        UnknownName
            If there is no such assumption.
        WrongUnit
            If it is a number.
        """
        assumption, level = self._found(key)
        if assumption.unit != "rule":
            raise WrongUnit(key, assumption.unit, "rule", assumption.place)
        return [assumption.options[int(position)] for position in level]

    def varied(self) -> dict[str, Floats]:
        """Return what differs between draws, by key; the factor of dated values."""
        rows = zip(self.assumptions.items(), self.levels, strict=True)
        return {key: row for (key, each), row in rows if not each.prior.certain}


def draw(
    assumptions: Mapping[str, Assumption],
    groups: Iterable[Group],
    seed: int,
    first: int,
    last: int,
) -> Draws:
    """Draw assumptions for the draws `first` to `last` - 1.

    Raises
    ------
    BadValue
        If the seed or the range of draws makes no sense.
    """
    check_seed(seed)
    if not 0 <= first <= last:
        raise BadValue("range of draws", (first, last), "0 <= first <= last")
    numbers = np.arange(first, last, dtype=np.int64)
    central = np.array([_central(each) for each in assumptions.values()])
    levels = np.repeat(central[:, None], len(numbers), axis=1)
    chance = numbers > 0
    if chance.any():
        rows, drawn = _varied(assumptions, groups, seed, numbers[chance])
        levels[np.array(rows, dtype=np.intp)[:, None], np.flatnonzero(chance)] = drawn
    return Draws(numbers, assumptions, levels)


def _central(assumption: Assumption) -> float:
    """Return the level of the central draw."""
    if isinstance(assumption.value, str):
        return float(assumption.options.index(assumption.value))
    return 1.0 if assumption.dated else assumption.value


def _varied(
    assumptions: Mapping[str, Assumption], groups: Iterable[Group], seed: int, numbers: Integers
) -> tuple[list[int], Floats]:
    """Return the rows that vary, and their levels in these draws."""
    varied = {key: each for key, each in assumptions.items() if not each.prior.certain}
    probability = _uniforms(varied, groups, seed, numbers)
    levels = quantiles([each.prior for each in varied.values()], probability)
    for row, each in enumerate(varied.values()):
        if each.prior.relative and not each.dated:
            levels[row] *= _central(each)
    rows = [row for row, key in enumerate(assumptions) if key in varied]
    return rows, levels


def _uniforms(
    varied: Iterable[str], groups: Iterable[Group], seed: int, numbers: Integers
) -> Floats:
    """Return correlated uniforms of the keys that vary, shape (K, D).

    Members of a group that are fixed are drawn all the same: fixing one assumption must not
    change the luck of another.
    """
    keys = list(varied)
    concerned = [group for group in groups if not set(group.keys).isdisjoint(keys)]
    others = {key for group in concerned for key in group.keys} - set(keys)
    everyone = [*keys, *sorted(others)]
    rows = {key: row for row, key in enumerate(everyone)}
    uniform = Streams(seed, [("assumption", key) for key in everyone]).uniform(numbers)
    members = [rows[key] for group in concerned for key in group.keys]
    if members:
        uniform[members] = correlate(concerned, uniform[members])
    return uniform[: len(keys)]
