"""The insurance fund: what it pays, and who carries it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.workforce.builders import fixed, run, synthetic_tables

from locum.workforce.fund import FundRule, fund_load

YEARS = 11


def fund(induced: float = 0.0, price: float = 0.0, wage: float = 0.0) -> FundRule:
    return FundRule(*(np.array([value]) for value in (100.0, price, induced, wage)))


def test_nothing_changes_while_use_and_contributors_do_not():
    one = np.ones((1, YEARS))
    money, load = fund_load(one, one, np.full(YEARS, 3e7), fund())
    np.testing.assert_array_equal(money, 100.0)
    np.testing.assert_array_equal(load, 1.0)


def test_costs_follow_use_and_prices():
    growth = 1.01 ** np.arange(YEARS)[None]
    money, _ = fund_load(growth, np.ones((1, YEARS)), np.full(YEARS, 3e7), fund(price=0.02))
    assert money[0, -1] == pytest.approx(100.0 * 1.01**10 * 1.02**10)


def test_fewer_contributors_carry_more_and_higher_wages_make_it_lighter():
    one = np.ones((1, YEARS))
    fewer = np.linspace(3e7, 2e7, YEARS)
    _, load = fund_load(one, one, fewer, fund(wage=0.01))
    assert load[0, -1] == pytest.approx(1.5 / 1.01**10)


def test_supply_induces_demand_only_if_it_is_assumed_to():
    one, more = np.ones((1, YEARS)), np.full((1, YEARS), 1.2)
    people = np.full(YEARS, 3e7)
    np.testing.assert_array_equal(fund_load(one, more, people, fund())[0], 100.0)
    money, _ = fund_load(one, more, people, fund(induced=0.5))
    np.testing.assert_allclose(money, 100.0 * 1.2**0.5)


def test_the_load_of_the_base_year_is_one():
    result = run(synthetic_tables(), draws=5)
    np.testing.assert_allclose(result.fund_load[:, 0], 1.0)


def test_productivity_saves_doctors_and_not_fees():
    tables = synthetic_tables()
    same = {"fund.induced": 0.0}
    plain = run(tables, fixed(same | {"demand.productivity_change": 0.0}))
    faster = run(tables, fixed(same | {"demand.productivity_change": 0.08}))
    np.testing.assert_array_equal(plain.fund_expenditure, faster.fund_expenditure)
    assert faster.need[0, -1].sum() < plain.need[0, -1].sum()
