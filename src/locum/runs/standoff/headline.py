"""The few figures that a run of a standoff puts first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.standoff.states import AWAY, KINDS, STATES, STUDENT, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from locum.runs.standoff.counterfactuals import Harm
    from locum.runs.standoff.groups import Floats
    from locum.runs.standoff.told import Told
    from locum.scenarios.standoff import StandoffScenario

__all__ = ["Figure", "headline_figures"]

_AWAY = [STATES.index(state) for state in AWAY]
_BAND = (50.0, 5.0, 95.0)
_WHOLE = 100.0
_HARMS = ("operations_postponed", "training_months_lost", "named")


@dataclass(frozen=True)
class Figure:
    """A figure of the headline: median of the draws, and what 9 draws in 10 lie between.

    Parameters
    ----------
    name
        Of the result.
    scope
        Whom it concerns: a kind of member, patients or doctors.
    when
        most (the day on which the median is largest), last (the last day), settled (the day
        before a settlement), without (the last day, without the settlement) or all (all days).
    date
        The day; the last one for "all".
    unit
        Of the numbers.
    value, low, high
        The numbers.
    """

    name: str
    scope: str
    when: str
    date: date
    unit: str
    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        """Return the figure as `locum run --json` prints it."""
        return {**asdict(self), "date": self.date.isoformat()}


def headline_figures(
    scenario: StandoffScenario,
    draws: tuple[Sequence[Told], Sequence[Told]],
    settled: int | None,
    harm: Sequence[Harm],
) -> tuple[Figure, ...]:
    """Return the figures of a run.

    Parameters
    ----------
    scenario
        For the dates.
    draws
        Its draws, and the same without the settlement; none of these where there is none.
    settled
        First day of the settlement.
    harm
        What it says of harm.
    """
    found: list[Figure] = []
    told, without = draws
    for kind in (TRAINEE, STUDENT):
        share = _away(told, kind)
        if not share.max() > 0.0:
            continue
        days = [("most", int(np.argmax(np.median(share, axis=0))))]
        if settled:
            days.append(("settled", settled - 1))
        days.append(("last", share.shape[1] - 1))
        found += [_figure(scenario, kind, when, day, share[:, day]) for when, day in days]
        if without:
            last = _away(without, kind)[:, -1]
            found.append(_figure(scenario, kind, "without", share.shape[1] - 1, last))
    end = scenario.date(len(told[0].kinds) - 1)
    found += [
        Figure(each.metric, each.party, "all", end, each.unit, each.median, each.low, each.high)
        for each in harm
        if each.metric in _HARMS
    ]
    return tuple(found)


def _away(told: Sequence[Told], kind: int) -> Floats:
    """Return the per cent away of a kind by draw and day, shape (D, T)."""
    heads = np.stack([each.kinds[:, kind] for each in told]).astype(np.float64)
    members = heads.sum(axis=-1)
    away = heads[..., _AWAY].sum(axis=-1)
    return np.divide(_WHOLE * away, members, out=np.zeros_like(away), where=members > 0)


def _figure(scenario: StandoffScenario, kind: int, when: str, day: int, values: Floats) -> Figure:
    value, low, high = np.percentile(values, _BAND).tolist()
    date = scenario.date(day)
    return Figure("away", KINDS[kind], when, date, "per cent", value, low, high)
