"""Correlated assumptions: a Gaussian copula within each connected group.

Each key of a group keeps its own stream of normal scores; the scores are mixed by the lower
triangular root of the correlation matrix. What is stated is the correlation of the scores:
priors keep their shape, and the rank correlation is (6 / pi) asin(rho / 2). Pairs of a group
that nobody states are uncorrelated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import erfc, sqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import BadValue, InputError, MissingField
from locum.randomness import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from locum.errors import Place

__all__ = ["Correlation", "Group", "correlate", "groups"]

Floats: TypeAlias = NDArray[np.float64]

_NEAR_ZERO = 2.0**-53
_ROOT_HALF = sqrt(0.5)


@dataclass(frozen=True)
class Correlation:
    """A stated correlation of two assumptions.

    Parameters
    ----------
    keys
        The two assumptions.
    rho
        Correlation of their normal scores, strictly between -1 and 1.
    source, note
        Who states it, and why.
    place
        Where it is written.

    Raises
    ------
    InputError
        If a field is missing, `rho` is not inside -1..1 or the keys are the same.
    """

    keys: tuple[str, str]
    rho: float
    source: str
    note: str
    place: Place | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for name in ("source", "note"):
            if not getattr(self, name):
                raise MissingField(f"correlation of {' and '.join(self.keys)}", name, self.place)
        if self.keys[0] == self.keys[1]:
            raise BadValue("keys of a correlation", list(self.keys), "two keys", self.place)
        if not -1 < self.rho < 1:
            raise BadValue("rho", self.rho, "a number between -1 and 1, both excluded", self.place)


@dataclass(frozen=True)
class Group:
    """Assumptions that are correlated, directly or through others.

    Parameters
    ----------
    keys
        In alphabetical order.
    root
        Lower triangular root of their correlation matrix, by rows.
    """

    keys: tuple[str, ...]
    root: tuple[tuple[float, ...], ...]


def groups(correlations: Iterable[Correlation]) -> tuple[Group, ...]:
    """Gather correlations into connected groups.

    Raises
    ------
    InputError
        If a pair is stated twice, or if no joint distribution has the stated correlations.
    """
    stated: dict[frozenset[str], Correlation] = {}
    member: dict[str, set[str]] = {}
    for each in correlations:
        pair = frozenset(each.keys)
        if pair in stated:
            names = " and ".join(each.keys)
            raise InputError(f"the correlation of {names} is stated twice", each.place)
        stated[pair] = each
        joined = member.get(each.keys[0], {each.keys[0]}) | member.get(
            each.keys[1], {each.keys[1]}
        )
        member.update(dict.fromkeys(joined, joined))
    unique = sorted({tuple(sorted(keys)) for keys in member.values()})
    return tuple(Group(keys, _root(keys, stated)) for keys in unique)


def _root(
    keys: tuple[str, ...], stated: dict[frozenset[str], Correlation]
) -> tuple[tuple[float, ...], ...]:
    """Return the Cholesky root of a group's correlation matrix."""
    matrix = np.eye(len(keys))
    for pair, each in stated.items():
        if pair <= set(keys):
            i, j = (keys.index(key) for key in each.keys)
            matrix[i, j] = matrix[j, i] = each.rho
    try:
        root = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError as error:
        place = next(each.place for pair, each in stated.items() if pair <= set(keys))
        raise InputError(
            f"no joint distribution has the correlations stated for {', '.join(keys)} "
            "(pairs not stated count as 0)",
            place,
        ) from error
    return tuple(tuple(row) for row in root.tolist())


def correlate(together: Sequence[Group], probability: Floats) -> Floats:
    """Mix independent uniforms of groups into correlated ones.

    Parameters
    ----------
    together
        The groups.
    probability
        Independent uniforms of the keys of the first group, then of the second and so on, in
        their order; shape (K, D).

    Returns
    -------
    Floats
        Uniforms whose normal scores have the stated correlations, shape (K, D). The first row of
        each group is unchanged.

    Notes
    -----
    Sums are written out, because a matrix product may round differently in another batch size.
    """
    scores = normal_quantile(probability)
    mixed = probability.copy()
    start = 0
    for group in together:
        own = scores[start : start + len(group.keys)]
        for row, weights in enumerate(group.root[1:], start=1):
            total = weights[0] * own[0]
            for column in range(1, row + 1):
                total += weights[column] * own[column]
            mixed[start + row] = _normal_probability(total)
        start += len(group.keys)
    return mixed


def _normal_probability(score: Floats) -> Floats:
    """Return the standard normal probability below each score, kept inside 0..1."""
    below = [0.5 * erfc(-each * _ROOT_HALF) for each in score.tolist()]
    return np.clip(below, _NEAR_ZERO, 1 - _NEAR_ZERO)
