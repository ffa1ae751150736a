"""Daily results of groups of hospitals in every draw: what may be told of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.runs.hospitals.collecting import reporting
from locum.runs.hospitals.dataset import VARIABLES
from locum.runs.hospitals.groups import GROUPS, members, printable, regions_printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.runs.hospitals.building import Nation
    from locum.runs.hospitals.collecting import Floats32
    from locum.runs.hospitals.driving import Driven
    from locum.runs.hospitals.sizes import Sites

__all__ = ["Series", "grouped"]

Flags: TypeAlias = NDArray[np.bool_]
_AGE, _WEIGHT = "backlog_age", "backlog"


def grouped(driven: Driven) -> dict[str, Floats32]:
    """Return the daily results of a draw by group or region, hospitals summed up.

    The age of the backlog is the mean of those who wait.

    Returns
    -------
    dict
        By variable; the first axis is the day, the second the group or the region.
    """
    groups = members(driven.nation.sites).astype(np.float64)
    found: dict[str, Floats32] = {}
    for name, variable in VARIABLES.items():
        values = driven.arrays[name]
        if variable.dims != ("hospital",):
            found[name] = values
        elif name != _AGE:
            found[name] = (values.astype(np.float64) @ groups.T).astype(np.float32)
        else:
            waiting = driven.arrays[_WEIGHT].astype(np.float64)
            total = waiting @ groups.T
            ages = (values * waiting) @ groups.T
            mean = np.divide(ages, total, out=np.zeros_like(ages), where=total > 0)
            found[name] = mean.astype(np.float32)
    return found


@dataclass(frozen=True)
class Series:
    """Daily results of groups in all draws.

    Parameters
    ----------
    dates
        Of the days, shape (T,).
    values
        By variable: draws, days, groups or regions, and triage or grade where it has one.
    groups, regions
        Which of them results may be printed for, shapes (G,) and (R,).
    sites
        The hospitals.
    reporting
        Which of them report their operations, shape (H,).
    """

    dates: NDArray[np.datetime64]
    values: Mapping[str, Floats32]
    groups: Flags
    regions: Flags
    sites: Sites
    reporting: Flags

    @classmethod
    def of(
        cls,
        dates: NDArray[np.datetime64],
        nation: Nation,
        regions: int,
        draws: list[dict[str, Floats32]],
    ) -> Series:
        """Put the draws of a run together; the hospitals are those of any of them."""
        values = {name: np.stack([draw[name] for draw in draws]) for name in VARIABLES}
        sites = nation.sites
        told = printable(sites), regions_printable(sites, regions)
        return cls(dates, values, *told, sites, reporting(nation))

    def daily(self, name: str, group: str) -> NDArray[np.float64]:
        """Return a variable of a group in every draw, by day and whatever else, (D, T, ...)."""
        place = list(GROUPS).index(group)
        return self.values[name][:, :, place].astype(np.float64)

    def printable(self, group: str) -> bool:
        """Whether results of a group may be printed."""
        return bool(self.groups[list(GROUPS).index(group)])
