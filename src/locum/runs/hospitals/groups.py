"""Groups of hospitals that results are told for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.runs.hospitals.sizes import BIG5, GENERAL, OTHER_TERTIARY, SMALL_ED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.runs.hospitals.sizes import Sites

__all__ = ["GROUPS", "LEAST", "members", "printable", "regions_printable"]

Flags: TypeAlias = NDArray[np.bool_]

GROUPS: Mapping[str, tuple[int, ...]] = {
    "big5": (BIG5,),
    "other_tertiary": (OTHER_TERTIARY,),
    "tertiary": (BIG5, OTHER_TERTIARY),
    "general": (GENERAL,),
    "tertiary_general": (BIG5, OTHER_TERTIARY, GENERAL),
    "korea": (BIG5, OTHER_TERTIARY, GENERAL, SMALL_ED),
}
"""Kinds of site in each group."""

LEAST = 10
"""Results of fewer hospitals are not printed."""
_PUBLISHED = {"big5": 5}
"""Groups that readings are published for although they are smaller, with their number."""


def members(sites: Sites) -> Flags:
    """Return which sites are in each group, shape (G, H)."""
    return np.stack([sites.of(*kinds) for kinds in GROUPS.values()])


def printable(sites: Sites) -> Flags:
    """Return which groups results may be printed for, shape (G,)."""
    counts = members(sites).sum(axis=1)
    least = np.array([_PUBLISHED.get(name, LEAST) for name in GROUPS])
    return counts >= least


def regions_printable(sites: Sites, regions: int) -> Flags:
    """Return which regions results may be printed for, shape (R,)."""
    return np.bincount(sites.region, minlength=regions) >= LEAST
