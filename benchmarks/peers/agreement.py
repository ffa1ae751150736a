"""Do engines that draw their own numbers agree? Differences of means in standard errors."""

from __future__ import annotations

from statistics import fmean, variance
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Rows = Sequence[Mapping[str, float]]


def scores(ours: Rows, theirs: Rows) -> dict[str, float]:
    """Compare two sets of replications, statistic by statistic.

    Parameters
    ----------
    ours, theirs
        One row of statistics for each replication, at least two.

    Returns
    -------
    dict
        Difference of the means over its standard error, for every statistic that both have and
        that is not the same in all replications.

    Notes
    -----
    The variance is pooled, because a slow engine has few replications. Of k independent scores
    the largest is expected near sqrt(2 log k): 2.9 of 70.
    """
    names = [name for name in ours[0] if name in theirs[0]]
    result: dict[str, float] = {}
    for name in names:
        a, b = [row[name] for row in ours], [row[name] for row in theirs]
        spread = (len(a) - 1) * variance(a) + (len(b) - 1) * variance(b)
        pooled = spread / (len(a) + len(b) - 2)
        difference = fmean(a) - fmean(b)
        if pooled > 0.0:
            result[name] = difference / (pooled * (1.0 / len(a) + 1.0 / len(b))) ** 0.5
        elif difference:
            result[name] = float("inf")
    return result


def largest(found: Mapping[str, float]) -> tuple[str, float]:
    """Return the statistic that differs most, and by how many standard errors."""
    name = max(found, key=lambda each: abs(found[each]))
    return name, found[name]
