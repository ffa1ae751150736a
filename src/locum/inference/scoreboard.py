"""One row for each held reading: what was counted, what the model and simple forecasters said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from locum.inference.scores import covers, crps, interval

if TYPE_CHECKING:
    from locum.inference.readings import Reading
    from locum.inference.scores import Floats

__all__ = ["AgeScores", "Score", "Simple", "score_reading"]

WIDE, WIDER = 0.8, 0.9
"""Shares of the draws inside the printed intervals."""
PERCENT, POINTS = "percent", "points"


@dataclass(frozen=True)
class Simple:
    """What the two simple forecasters say of a reading."""

    last_value: float
    linear_trend: float


@dataclass(frozen=True)
class Score:
    """How a reading was forecast. Errors are forecast less observed.

    `error`, `absolute_error` and the errors of the simple forecasters have the unit `error_unit`:
    per cent of what was observed, or points where the reading is itself in per cent. Everything
    else has the unit of the reading.
    """

    reading: str
    date: str
    observed: float
    model: float
    """Median of the draws."""
    low: float
    high: float
    """80 per cent of the draws lie between."""
    error: float
    covered: bool
    """Whether low and high hold what was observed."""
    last_value_error: float
    linear_trend_error: float
    unit: str
    scope: str
    note: str
    error_unit: str
    absolute_error: float
    central: float
    """The draw with every assumption at its central value."""
    central_error: float
    low_90: float
    high_90: float
    covered_90: bool
    crps: float
    last_value: float
    linear_trend: float
    draws_at_or_above: float
    """Share of the draws that are not below what was observed."""
    comparable: bool
    """Whether model and reading count the same doctors; others are left out of the coverage."""


@dataclass(frozen=True)
class AgeScores:
    """Mean absolute error of the age shares, in points.

    Of the model's medians band by band unless it says otherwise.
    """

    date: str
    mean_absolute_error: float
    """All physicians alive, as the reading counts them."""
    unbridged: float
    """The active only, against the same reading."""
    central: float
    central_unbridged: float
    low: float
    high: float
    """80 per cent of the draws lie between."""
    trainees_half_a_year_older: float
    """Central draw, if trainees and the serving are half a year older than they are put here."""
    last_value: float
    linear_trend: float


def score_reading(
    reading: Reading, ensemble: Floats, simple: Simple, *, comparable: bool = True
) -> Score:
    """Score the draws' forecasts of a reading.

    Parameters
    ----------
    reading
        What was counted; a share is scored in per cent.
    ensemble
        The draws (D,), the central one first, in the unit of the reading.
    simple
        What the simple forecasters say, in the unit of the reading.
    comparable
        Whether both count the same.
    """
    share = reading.unit == "share"
    scale = 100.0 if share else 1.0
    observed, members = scale * reading.value, scale * ensemble
    middle, central = float(np.median(members)), float(members[0])
    wide, wider = interval(members, WIDE), interval(members, WIDER)

    def error(forecast: float) -> float:
        return forecast - observed if share else 100.0 * (forecast / observed - 1.0)

    last, line = scale * simple.last_value, scale * simple.linear_trend
    return Score(
        reading=reading.name,
        date=reading.date,
        observed=observed,
        model=middle,
        low=wide[0],
        high=wide[1],
        error=error(middle),
        covered=covers(wide, observed),
        last_value_error=error(last),
        linear_trend_error=error(line),
        unit=PERCENT if share else reading.unit,
        scope=reading.scope,
        note=reading.note,
        error_unit=POINTS if share else PERCENT,
        absolute_error=abs(error(middle)),
        central=central,
        central_error=error(central),
        low_90=wider[0],
        high_90=wider[1],
        covered_90=covers(wider, observed),
        crps=crps(members, observed),
        last_value=last,
        linear_trend=line,
        draws_at_or_above=float((members >= observed).mean()),
        comparable=comparable,
    )
