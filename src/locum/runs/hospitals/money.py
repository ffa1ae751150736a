"""Accounts of hospitals from day to day: revenue, debt, and wards closed for want of money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.hospital.contingency import read_numbers
from locum.hospital.finance import (
    Activity,
    Money,
    Prices,
    balance_on,
    revenue_of,
    wards_closed,
)
from locum.runs.hospitals.sizes import BIG5, OTHER_TERTIARY

if TYPE_CHECKING:
    from locum.runs.hospitals.building import Nation
    from locum.runs.hospitals.sizes import Floats, Whole

__all__ = ["Accounts"]

_WEEK, _MOST_WEEKS = 7, 3
_LEAST = 1e-12
"""Weight of days of the week that a calendar of a few days lacks."""


class Accounts:
    """The accounts of a nation's hospitals.

    Ordinary revenue is what up to three whole weeks that end with the last day of the base week
    brought, day of the week by day of the week, over the days of the calendar; a public holiday
    counts as a Sunday. Fees need not match costs to the won therefore, and holidays make no debt.
    Accounts are kept from then on.

    Parameters
    ----------
    nation
        The hospitals.
    base_end
        Number of the last day of the base week.
    calendar
        Day of the week of each day of the scenario, holidays as Sundays, shape (T,).
    """

    def __init__(self, nation: Nation, base_end: int, calendar: Whole) -> None:
        self._calendar = calendar
        self._prices = read_numbers(Prices, "price", nation.values)
        self._money = read_numbers(Money, "money", nation.values)
        self._tertiary = nation.sites.of(BIG5, OTHER_TERTIARY)
        self._base_end = base_end
        self._revenues: list[Floats] = []
        self.ordinary = np.zeros(len(nation))
        """Mean daily revenue before, million won, shape (H,)."""
        self.debt = np.zeros(len(nation))
        """Sum of the deficits so far, million won, shape (H,)."""

    def enter(self, day: int, activity: Activity, away: Floats, support: float) -> Floats:
        """Enter what was done on a day; returns its revenue, million won, shape (H,).

        Parameters
        ----------
        day
            Its number; days are entered one after the other.
        activity
            What was done.
        away
            Trainees away, heads, shape (H,).
        support
            What the insurer pays the country's hospitals in a month, million won.
        """
        revenue = revenue_of(self._prices, activity, self._tertiary)
        if day <= self._base_end:
            self._revenues.append(revenue)
            if day == self._base_end:
                self.ordinary = self._ordinary(day)
                self._revenues = []
        else:
            account = balance_on(self._money, revenue, self.ordinary, away, support)
            self.debt = self.debt + account.deficit
        return revenue

    def _ordinary(self, today: int) -> Floats:
        """Return the mean revenue of a day of the calendar, as the weeks up to today were."""
        kept = self._revenues[-_WEEK * _MOST_WEEKS :]
        days = np.arange(today + 1 - len(kept), today + 1) % _WEEK
        share = np.bincount(self._calendar, minlength=_WEEK) / len(self._calendar)
        known = [day for day in range(_WEEK) if (days == day).any()]
        means = [
            np.mean([kept[row] for row in np.flatnonzero(days == day)], axis=0) for day in known
        ]
        return np.average(means, axis=0, weights=np.maximum(share[known], _LEAST))

    def closed(self) -> Floats:
        """Return the share of ward beds closed for want of money, shape (H,)."""
        return wards_closed(self._money, self.debt, self.ordinary)
