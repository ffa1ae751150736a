"""Money of hospitals: fees earned, wages and goods paid, a running deficit, and closed wards.

Hospitals are paid for what they do. What they pay falls only in part with what they do, so that a
fall in activity makes a deficit; when credit ends, wards close. `docs/model-contingency.md` states
the equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Account", "Activity", "Money", "Prices", "balance_on", "revenue_of", "wards_closed"]

Floats: TypeAlias = NDArray[np.float64]

_MONTHS, _YEAR = 12, 365.25


@dataclass(frozen=True)
class Prices:
    """Revenue for each service at a general hospital, won (assumptions `price.*`).

    Parameters
    ----------
    inpatient_day, icu_day, operation, ed_visit, outpatient
        Won for one of each.
    tertiary
        Prices of tertiary hospitals relative to these.
    """

    inpatient_day: float
    icu_day: float
    operation: float
    ed_visit: float
    outpatient: float
    tertiary: float


@dataclass(frozen=True)
class Money:
    """What hospitals pay and owe (assumptions `money.*`).

    Parameters
    ----------
    wage_share
        Wages over the revenue of an ordinary day.
    variable_share
        Goods that are used up with each service, over revenue.
    margin
        Surplus of an ordinary day over its revenue; the rest of the costs is fixed.
    trainee_wage
        Won a month that a hospital saves for each trainee away.
    credit_days
        Days of ordinary revenue that a hospital can owe.
    closing
        Share of ward beds closed when the debt is twice the credit.
    """

    wage_share: float
    variable_share: float
    margin: float
    trainee_wage: float
    credit_days: float
    closing: float


@dataclass(frozen=True)
class Activity:
    """What hospitals did on a day, arrays over hospitals, shape (H,)."""

    inpatients: Floats
    icu: Floats
    operations: Floats
    ed_visits: Floats
    outpatients: Floats


@dataclass(frozen=True)
class Account:
    """Money of a day, million won, shape (H,); `support` is what the insurer pays besides fees."""

    revenue: Floats
    wages: Floats
    goods: Floats
    fixed: Floats
    support: Floats

    @property
    def deficit(self) -> Floats:
        """Return what a day adds to the debt; negative where it pays some of it off."""
        return self.wages + self.goods + self.fixed - self.revenue - self.support


def revenue_of(prices: Prices, activity: Activity, tertiary: NDArray[np.bool_]) -> Floats:
    """Return the revenue of a day.

    Parameters
    ----------
    prices
        Numbers of the draw.
    activity
        What was done.
    tertiary
        Which hospitals are tertiary, shape (H,).

    Returns
    -------
    Floats
        Million won, shape (H,).
    """
    won = (
        prices.inpatient_day * activity.inpatients
        + prices.icu_day * activity.icu
        + prices.operation * activity.operations
        + prices.ed_visit * activity.ed_visits
        + prices.outpatient * activity.outpatients
    )
    return won * np.where(tertiary, prices.tertiary, 1.0) / 1e6


def balance_on(
    money: Money, revenue: Floats, ordinary: Floats, away: Floats, support: float
) -> Account:
    """Return the account of a day.

    Wages are `wage_share` of the mean daily revenue before, less those of trainees away; goods
    follow the revenue of the day; what is left of the costs before is fixed. Support for the
    country is shared out by the revenue that each has lost.

    Parameters
    ----------
    money
        Numbers of the draw.
    revenue
        Revenue of the day, million won, shape (H,).
    ordinary
        Mean daily revenue before, million won, shape (H,).
    away
        Trainees away, heads, shape (H,).
    support
        What the insurer pays the country's hospitals in a month, million won.

    Returns
    -------
    Account
        Arrays over hospitals.
    """
    saved = money.trainee_wage * _MONTHS / _YEAR / 1e6 * away
    wages = np.maximum(money.wage_share * ordinary - saved, 0)
    fixed = (1 - money.margin - money.wage_share - money.variable_share) * ordinary
    missing = np.maximum(ordinary - revenue, 0)
    whole = missing.sum()
    daily = support * _MONTHS / _YEAR
    shared = daily * missing / whole if whole > 0 else np.zeros_like(missing)
    return Account(revenue, wages, money.variable_share * revenue, fixed, shared)


def wards_closed(money: Money, debt: Floats, ordinary: Floats) -> Floats:
    """Return the share of ward beds that hospitals keep closed for want of money.

    Nothing up to the credit; from there it rises in a straight line to `closing` at twice the
    credit, and stays.

    Parameters
    ----------
    money
        Numbers of the draw.
    debt
        Sum of the deficits so far, million won, shape (H,); negative is a reserve.
    ordinary
        Mean daily revenue before, million won, shape (H,).

    Returns
    -------
    Floats
        Shares, shape (H,).
    """
    credit = money.credit_days * ordinary
    over = np.divide(debt, credit, out=np.zeros_like(debt), where=credit > 0) - 1
    return money.closing * np.clip(over, 0, 1)
