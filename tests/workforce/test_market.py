"""Choices follow incomes as the formulas say, and stay where they were while nothing changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum.workforce.market import location_shares, specialty_shares, update_income
from locum.workforce.records import Choice, IncomeRule

EXACT = 1e-12
NESTS = np.array([0, 0, 1, 1, 2, 2])

seeds = st.integers(0, 2**32 - 1)
scales = st.floats(0.1, 1.0)
coefficients = st.floats(-2.0, 2.0)


def shares_and_incomes(seed: int, specialties: int = 6) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    base = rng.dirichlet(np.ones(specialties - 1))
    base = np.append(base, 0.0)[None]
    return base, rng.uniform(0.3, 3.0, (1, specialties)), rng.normal(size=(1, specialties))


def choice(income: float, scale: float) -> Choice:
    return Choice(np.array([income]), np.array([scale]), NESTS)


def nested_logit(base: Any, utility: Any, scale: float) -> Any:
    """Nested logit from utilities of levels: V = ln of the base shares' own levels + change.

    McFadden's form: P(s) = P(s | nest) P(nest), with levels chosen so that no change returns the
    base shares: v_s = scale ln(q_s / P_n) + ln P_n for a nest of share P_n.
    """
    chosen = np.zeros_like(base)
    top: dict[int, float] = {}
    within: dict[int, Any] = {}
    for nest in range(3):
        members = np.flatnonzero((nest == NESTS) & (base > 0.0))
        if not len(members):
            continue
        size = base[members].sum()
        level = scale * np.log(base[members] / size) + np.log(size) + utility[members]
        inside = np.exp(level / scale)
        within[nest] = (members, inside / inside.sum())
        top[nest] = np.exp(scale * np.log(inside.sum()))
    for nest, (members, share) in within.items():
        chosen[members] = share * top[nest] / sum(top.values())
    return chosen


@given(seeds, coefficients, scales)
def test_specialty_shares_are_a_nested_logit(seed: int, income: float, scale: float):
    base, incomes, appeal = shares_and_incomes(seed)
    mean = (base * incomes).sum()
    utility = income * np.log(incomes / mean) + appeal
    expected = nested_logit(base[0], utility[0], scale)
    found = specialty_shares(base, incomes, appeal, choice(income, scale))[0]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=EXACT)


@given(seeds, coefficients)
def test_a_nest_scale_of_one_is_the_plain_logit(seed: int, income: float):
    base, incomes, appeal = shares_and_incomes(seed)
    utility = income * np.log(incomes / (base * incomes).sum()) + appeal
    plain = base * np.exp(utility)
    found = specialty_shares(base, incomes, appeal, choice(income, 1.0))
    np.testing.assert_allclose(found, plain / plain.sum(), rtol=1e-11, atol=EXACT)


@given(seeds, coefficients, scales)
def test_specialty_shares_sum_to_one(seed: int, income: float, scale: float):
    base, incomes, appeal = shares_and_incomes(seed)
    shares = specialty_shares(base, incomes, appeal, choice(income, scale))
    assert (shares >= 0.0).all()
    assert shares.sum() == pytest.approx(1.0, abs=EXACT)


@given(seeds, coefficients, scales, st.floats(0.2, 5.0))
def test_a_rise_of_all_incomes_alike_changes_no_choice(
    seed: int, income: float, scale: float, factor: float
):
    base, _, _ = shares_and_incomes(seed)
    alike = np.full_like(base, factor)
    shares = specialty_shares(base, alike, np.zeros_like(base), choice(income, scale))
    np.testing.assert_allclose(shares, base, atol=EXACT)


@given(seeds, st.floats(0.05, 2.0), scales, st.integers(0, 4))
def test_a_better_paid_specialty_draws_more_applicants(
    seed: int, income: float, scale: float, which: int
):
    base, incomes, appeal = shares_and_incomes(seed)
    better = incomes.copy()
    better[0, which] *= 1.2
    before = specialty_shares(base, incomes, appeal, choice(income, scale))[0, which]
    after = specialty_shares(base, better, appeal, choice(income, scale))[0, which]
    assert after >= before - EXACT


@given(seeds, coefficients, scales, st.permutations(range(6)))
def test_specialties_may_be_relabelled(seed: int, income: float, scale: float, order: list[int]):
    base, incomes, appeal = shares_and_incomes(seed)
    shares = specialty_shares(base, incomes, appeal, choice(income, scale))
    moved = Choice(np.array([income]), np.array([scale]), NESTS[order])
    found = specialty_shares(base[:, order], incomes[:, order], appeal[:, order], moved)
    np.testing.assert_allclose(found, shares[:, order], atol=EXACT)


def test_close_substitutes_lose_most_to_a_rival_of_their_nest():
    base = np.array([[0.25, 0.25, 0.25, 0.25, 0.0, 0.0]])
    appeal = np.array([[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    same = np.ones_like(base)
    shares = specialty_shares(base, same, appeal, choice(0.0, 0.3))[0]
    assert shares[1] < shares[2] == pytest.approx(shares[3])


@given(seeds, coefficients)
def test_places_are_chosen_by_a_logit_in_log_income(seed: int, coefficient: float):
    rng = np.random.default_rng(seed)
    base = rng.dirichlet(np.ones(4), size=3).T[None]
    income = rng.uniform(0.3, 3.0, base.shape)
    found = location_shares(base, income, np.array([coefficient]))
    utility = np.log(base) + coefficient * np.log(income)
    expected = np.exp(utility) / np.exp(utility).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_places_are_those_of_the_base_year_while_incomes_keep_their_ratios():
    base = np.array([[[0.7, 0.2], [0.3, 0.8]]])
    found = location_shares(base, np.full(base.shape, 1.3), np.array([0.8]))
    np.testing.assert_allclose(found, base, atol=EXACT)


def rule(elasticity: float, adjustment: float, growth: float) -> IncomeRule:
    return IncomeRule(np.array([elasticity]), np.array([adjustment]), np.array([growth]))


def test_income_stays_while_the_load_does():
    one = np.ones((1, 2, 3))
    found = update_income(one, 200.0 * one, 100.0 * one, 2.0 * one, rule(0.5, 0.3, 0.0))
    np.testing.assert_allclose(found, one, rtol=EXACT)


def test_income_goes_all_the_way_to_the_load_when_it_adjusts_at_once():
    one = np.ones((1, 1, 1))
    found = update_income(one, 400.0 * one, 100.0 * one, one, rule(0.5, 1.0, 0.02))
    np.testing.assert_allclose(found, 2.0 * 1.02 * one, rtol=EXACT)


def test_income_settles_where_the_load_supports_it():
    one = np.ones((1, 1, 1))
    income = one
    for _ in range(200):
        income = update_income(income, 300.0 * one, 100.0 * one, one, rule(0.5, 0.3, 0.0))
    # 0.7^200 = 1e-31 of the first distance is left.
    assert income[0, 0, 0] == pytest.approx(3.0**0.5, rel=EXACT)


@pytest.mark.parametrize(("need", "ratio"), [(1e6, 5.0), (0.0, 0.2)])
def test_an_empty_cell_cannot_send_income_beyond_its_bounds(need: float, ratio: float):
    one = np.ones((1, 1, 1))
    found = update_income(one, need * one, one, one, rule(1.0, 1.0, 0.0))
    assert found[0, 0, 0] == pytest.approx(ratio)


def test_income_of_a_cell_without_a_base_load_goes_back_to_that_of_the_base_year():
    one = np.ones((1, 1, 1))
    found = update_income(1.4 * one, 10.0 * one, 5.0 * one, 0.0 * one, rule(0.5, 0.5, 0.0))
    assert found[0, 0, 0] == pytest.approx(1.4**0.5)
