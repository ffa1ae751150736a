"""Money of hospitals: a fall in activity makes a deficit, and credit ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum.countries import load_pack
from locum.hospital.contingency import read_numbers
from locum.hospital.finance import (
    Activity,
    Money,
    Prices,
    balance_on,
    revenue_of,
    wards_closed,
)

LEDGER = load_pack("korea").ledger("hospital")
VALUES = {key: float(each.value) for key, each in LEDGER.items() if each.unit != "rule"}
PRICES = read_numbers(Prices, "price", VALUES)
MONEY = read_numbers(Money, "money", VALUES)
NONE = np.zeros(2)


def test_revenue_is_price_times_service():
    one = np.ones(2)
    activity = Activity(one * 500, one * 40, one * 60, one * 120, one * 2500)
    revenue = revenue_of(PRICES, activity, np.array([False, True]))
    won = 500 * 450_000 + 40 * 1_500_000 + 60 * 5e6 + 120 * 200_000 + 2500 * 120_000
    assert revenue == pytest.approx([won / 1e6, won / 1e6 * PRICES.tertiary])


def test_an_ordinary_day_leaves_the_margin():
    ordinary = np.array([2000.0, 0.0])
    account = balance_on(MONEY, ordinary, ordinary, NONE, 0.0)
    assert account.deficit == pytest.approx(-MONEY.margin * ordinary)


@given(st.floats(0, 1), st.floats(0, 200))
def test_what_activity_loses_is_lost_less_goods_and_wages_saved(part, away):
    ordinary = np.array([2000.0, 1000.0])
    gone = np.array([away, 0.0])
    account = balance_on(MONEY, ordinary * part, ordinary, gone, 0.0)
    saved = MONEY.trainee_wage * 12 / 365.25 / 1e6 * gone
    lost = (1 - part) * (1 - MONEY.variable_share) * ordinary
    assert account.deficit == pytest.approx(lost - MONEY.margin * ordinary - saved)


def test_support_is_shared_out_by_what_was_lost_and_only_then():
    ordinary = np.array([100.0, 100.0])
    account = balance_on(MONEY, np.array([70.0, 90.0]), ordinary, NONE, 365.25 / 12 * 8)
    assert account.support == pytest.approx([6.0, 2.0])
    assert not balance_on(MONEY, ordinary, ordinary, NONE, 1e6).support.any()


def test_wards_close_when_credit_has_ended_and_not_before():
    ordinary = np.full(6, 10.0)
    credit = MONEY.credit_days * 10
    debt = credit * np.array([-1, 0.5, 1, 1.5, 2, 9])
    assert wards_closed(MONEY, debt, ordinary) == pytest.approx(
        MONEY.closing * np.array([0, 0, 0, 0.5, 1, 1])
    )
    assert not wards_closed(MONEY, np.array([5.0]), np.array([0.0])).any()
    assert not wards_closed(replace(MONEY, closing=0.0), debt, ordinary).any()
