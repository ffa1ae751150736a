"""The books of a backtest: what grew, who was licensed, and what that leaves for exits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from locum.inference.bridges import active_heads
from locum.inference.readings import ACTIVE
from locum.workforce import FLOWS

if TYPE_CHECKING:
    from locum.inference.readings import Readings
    from locum.runs import Run

__all__ = ["Accounts", "keep_accounts"]

EXITS = ("deaths", "retirements", "emigrations", "outside")


@dataclass(frozen=True)
class Accounts:
    """Published growth beside published licences, and the central draw's exits."""

    first: int
    last: int
    growth: float
    passers: float
    share: float
    """Growth over passers."""
    exits_left: float
    """Net exits a year that the published numbers leave room for."""
    model_growth: float
    """Of the central draw, which licenses the same passers."""
    model_exits: dict[str, float]
    """A year, mean of the years, in the central draw."""


def keep_accounts(run: Run, readings: Readings) -> Accounts:
    """Set the growth of the active stock beside the licences of the same years."""
    base, held = readings.one(ACTIVE, "base"), readings.one(ACTIVE, "held")
    years = run.results.tables.axes.years
    inside = (years > base.year) & (years <= held.year)
    count = int(inside.sum())
    growth = held.value - base.value
    passers = float(np.asarray(run.results.tables.pipeline.observed_passers)[inside].sum())
    path = active_heads(run.results.trajectory.stages)[0]
    flows = run.results.trajectory.flows[0, inside]
    exits = {name: float(flows[:, FLOWS.index(name)].sum()) / count for name in EXITS}
    return Accounts(
        first=base.year + 1,
        last=held.year,
        growth=growth,
        passers=passers,
        share=growth / passers,
        exits_left=(passers - growth) / count,
        model_growth=float(path[inside][-1] - path[years == base.year][0]),
        model_exits=exits,
    )
