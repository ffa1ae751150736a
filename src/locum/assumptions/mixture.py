"""Draws put together from others: some assumptions of one ledger, the rest of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.assumptions.draws import Draws
from locum.errors import BadValue, InputError, UnknownName, WrongUnit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from locum.assumptions.model import Assumption

__all__ = ["mix", "with_levels"]


def mix(first: Draws, second: Draws, keys: Collection[str]) -> Draws:
    """Return the first draws with the assumptions of `keys` taken from the second.

    Both must come from the same seed and the same numbers of draws; then an assumption that both
    hold alike is the same in either, and every mixture meets the same luck.

    Parameters
    ----------
    first, second
        Draws of two ledgers of one country.
    keys
        Assumptions to take from `second`.

    Raises
    ------
    BadValue
        If the numbers of the draws or the keys of the ledgers differ.
    UnknownName
        If a key is in neither.
    """
    if not np.array_equal(first.numbers, second.numbers):
        raise BadValue("draws", len(second), f"the same {len(first)} draws on both sides")
    if set(first.assumptions) != set(second.assumptions):
        raise BadValue("ledger", "another set of keys", "the same assumptions on both sides")
    for key in keys:
        if key not in first.assumptions:
            raise UnknownName("assumption", key, first.assumptions)
    assumptions: Mapping[str, Assumption] = {
        key: (second if key in keys else first).assumptions[key] for key in first.assumptions
    }
    rows = {key: row for row, key in enumerate(second.assumptions)}
    levels = first.levels.copy()
    for row, key in enumerate(first.assumptions):
        if key in keys:
            levels[row] = second.levels[rows[key]]
    return Draws(first.numbers.copy(), assumptions, levels)


def with_levels(draws: Draws, key: str, levels: NDArray[np.float64]) -> Draws:
    """Return the draws with one number replaced in every draw.

    Parameters
    ----------
    levels
        New values, shape (D,).

    Raises
    ------
    UnknownName
        If there is no such assumption.
    WrongUnit
        If it is a rule.
    InputError
        If its values are dated.
    """
    found = draws.assumptions.get(key)
    if found is None:
        raise UnknownName("assumption", key, draws.assumptions)
    if found.unit == "rule":
        raise WrongUnit(key, "rule", "one of numbers", found.place)
    if found.dated:
        raise InputError(f"{key} has dated values; none of them alone can be moved", found.place)
    row = list(draws.assumptions).index(key)
    changed = draws.levels.copy()
    changed[row] = levels
    return Draws(draws.numbers.copy(), draws.assumptions, changed)
