"""How far a right model may be off a reading: the errors that a fit allows it.

A likelihood says that a model with every assumption right would still miss a reading by so much
(assumptions `fit.*`), errors of counting among them. What a fitted model expects of a reading is
therefore its runs with those errors, and not its runs alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from locum.standoff.states import TRAINEE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from locum.runs.standoff.groups import Floats
    from locum.runs.standoff.rows import Row
    from locum.scenarios.standoff import StandoffScenario

    Number = Callable[[str], float]
    Shock = TypeVar("Shock", float, Floats)

__all__ = [
    "CHECKED",
    "FIRST",
    "FITTED",
    "LATER",
    "NEW",
    "NOT_FITTED",
    "OF_STUDENTS",
    "OF_TRAINEES",
    "RETURNS",
    "Stray",
    "series_of",
    "shock_of",
    "stray_of",
    "strayed",
    "times_of_fit",
    "whole_of",
]

NOT_FITTED, FIRST, FITTED, CHECKED, LATER = -1.0, 0.0, 1.0, 2.0, 3.0
"""Times of a fit: none; its first day; days that it is fitted to; checked on; later ones."""
LEVEL = 0.75
"""Share about which the shares of the fitted days lie."""
NEW = "leave_requests_new"
OF_TRAINEES = (
    "resignations_submitted_cum",
    "absent_from_work",
    "absent_or_contract_given_up",
)
"""Shares told of the same hospitals, visited the same evening: a model drifts off all together."""
OF_STUDENTS = ("leave_requests_cum_gross", "leave_requests_cum_net")
SHARES = (*OF_TRAINEES, *OF_STUDENTS)
RETURNS = ("returned_cum", "hospitals_with_1plus_returns", "hospitals_with_10plus_returns")
ORDERS = (
    "return_orders_issued",
    "return_orders_issued_cum",
    "absence_confirmed_on_site_cum",
    "order_violations_confirmed_cum",
)
APPROVALS = ("approval_plan", "approval_handling", "approval_president")
SETTLED = ("trainees_employed", *APPROVALS)
"""Known, or with an error of its own that is larger."""
EDGE = 1e-4


def times_of_fit(scenario: StandoffScenario, days: int) -> Floats:
    """Return the time of the fit of each day of a run, shape (T,)."""
    readings = scenario.readings
    if readings is None:
        return np.full(days, NOT_FITTED)
    found = np.full(days, LATER)
    if readings.check is not None:
        found[: scenario.day(readings.check.until) + 1] = CHECKED
    if readings.fit is not None:
        first = scenario.day(readings.fit.since or scenario.start)
        found[: scenario.day(readings.fit.until) + 1] = FITTED
        found[first : first + 1] = FIRST
    return found


class Stray(NamedTuple):
    """Standard deviations of an error: of a share in itself, and of its log odds.

    A number that is no share has the second on its logarithm.
    """

    points: float | Floats
    odds: float | Floats


def stray_of(measure: str, time: float, number: Number) -> Stray:
    """Return how far a reading may be off.

    Parameters
    ----------
    measure
        A reading, by the name that tables give it.
    time
        One of FIRST, FITTED, CHECKED, LATER.
    number
        Gives the assumption of a key.

    Notes
    -----
    Errors of shares are stated in points of the fitted days. Carried on beyond them they are log
    odds, as large as those points are at `LEVEL`: there is less room to err near everybody. What
    came on a day is the difference of two such shares, whose drifts differ by a day's loss.
    """
    points = odds = 0.0
    if measure in SETTLED or time == NOT_FITTED:
        return Stray(points, odds)
    if time == LATER:
        odds = float(np.hypot(number("fit.later_error"), number("fit.later_drift")))
    elif measure in RETURNS:
        odds = number("fit.return_error")
    elif measure in ORDERS:
        odds = number("fit.order_error")
    elif measure == NEW or measure in SHARES:
        points = _points(measure, number)
        odds = number("fit.start_error") if time == FIRST else 0.0
        if time == CHECKED:
            points, odds = 0.0, points / (LEVEL * (1.0 - LEVEL))
    return Stray(points, odds)


def _points(measure: str, number: Number) -> float:
    """Return the standard deviation of a share, or of what came to it on a day, in itself."""
    own, drift = number("fit.share_error"), number("fit.share_drift")
    if measure != NEW:
        return float(np.hypot(own, drift))
    lost = 1.0 - np.exp(-1.0 / number("fit.drift_days"))
    return float(np.sqrt(2.0 * (own**2 + lost * drift**2)))


def series_of(measure: str) -> str:
    """Return which readings a reading drifts with, by one name for all of them."""
    if measure in OF_TRAINEES:
        return "trainees"
    return "leave_requests" if measure in OF_STUDENTS else measure


def shock_of(measure: str, shocks: Mapping[str, Shock], number: Number) -> Shock:
    """Return the standard normal numbers by which a reading strays.

    Parameters
    ----------
    measure
        A reading.
    shocks
        Standard normal numbers by name, of one shape: of each reading, and of each series.
    number
        Gives the assumption of a key.

    Notes
    -----
    Readings of one series share the part of the error that is the model's drift, and have the
    other part for themselves, in the proportions of the fitted days.
    """
    series = series_of(measure)
    if series == measure:
        return shocks[measure]
    own, drift = number("fit.share_error"), number("fit.share_drift")
    whole = float(np.hypot(own, drift))
    return (own / whole) * shocks[measure] + (drift / whole) * shocks[series]


def whole_of(row: Row, number: Number) -> float | None:
    """Return what a reading is a share of, in its own unit; None for a number that is no share."""
    if row.percent:
        return 100.0
    if row.measure in SHARES or row.measure == NEW:
        heads = "agents.trainees_monitored" if row.of.kind == TRAINEE else "agents.students"
        return row.base or number(heads)
    return row.base


def strayed(values: Floats, whole: Floats | float | None, stray: Stray, shock: Floats) -> Floats:
    """Return readings with such an error, of the shape of `values`.

    Parameters
    ----------
    values
        Numbers of any shape.
    whole
        What they are shares of; None for numbers that are no shares.
    stray
        How far they may be off.
    shock
        Standard normal, of the same shape or one for all.
    """
    if whole is None:
        return np.asarray(values * np.exp(stray.odds * shock))
    share = np.clip(values / whole + stray.points * shock, 0.0, 1.0)
    inside = np.clip(share, EDGE, 1.0 - EDGE)
    odds = np.log(inside / (1.0 - inside)) + stray.odds * shock
    moved = 1.0 / (1.0 + np.exp(-odds))
    return np.asarray(whole * np.where((share > EDGE) & (share < 1.0 - EDGE), moved, share))
