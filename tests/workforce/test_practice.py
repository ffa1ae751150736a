"""Practising doctors: who leaves, who ages, who moves, and what a head counts for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workforce.builders import doctors, fixed, prepared, run, synthetic_tables

from locum.assumptions import Choice
from locum.errors import BadValue
from locum.workforce import FLOWS, STAGES, reference_steps
from locum.workforce.parameters import AGES, age_distribution, retirement_table, weights
from locum.workforce.records import (
    AGE_COUNT,
    CLINIC,
    FIRST_AGE,
    HOSPITAL,
    LAST_AGE,
    Arrivals,
    ExitRates,
    ExitTables,
    Geography,
    Weights,
)
from locum.workforce.supply import advance_bonded, advance_practice, exits, settle
from locum.workforce.year import advance_year

CELLS = (1, 2, 3, 2, AGE_COUNT)
"""One draw, two regions, three specialties."""


def nobody() -> Arrivals:
    heads = np.zeros(CELLS[:-1])
    ages = np.zeros(CELLS[:1] + CELLS[2:])
    return Arrivals(heads, ages, heads, ages)


def staying(mobility: float = 0.0) -> Geography:
    return Geography(np.full(CELLS[:3], 0.5), np.full((1, AGE_COUNT), mobility))


def counted() -> Weights:
    one = np.ones((1, 2, AGE_COUNT))
    return Weights(one, 0.5 * one)


def a_stock(seed: int = 0) -> Any:
    return np.random.default_rng(seed).random(CELLS)


def everyone_stays() -> Any:
    return np.ones(CELLS[:1] + CELLS[2:])


def test_everyone_is_a_year_older():
    stock = a_stock()
    result = advance_practice(stock, everyone_stays(), staying(), nobody(), counted())
    np.testing.assert_allclose(result.practising[..., 1:-1], stock[..., :-2])
    np.testing.assert_array_equal(result.practising[..., 0], 0.0)


def test_the_last_age_holds_everyone_of_that_age_and_over():
    stock = a_stock()
    result = advance_practice(stock, everyone_stays(), staying(), nobody(), counted())
    np.testing.assert_allclose(result.practising[..., -1], stock[..., -2] + stock[..., -1])


@given(st.integers(0, 1000), st.floats(0.0, 1.0))
def test_who_moves_is_not_lost(seed: int, mobility: float):
    stock = a_stock(seed)
    result = advance_practice(stock, everyone_stays(), staying(mobility), nobody(), counted())
    np.testing.assert_allclose(result.practising.sum(), stock.sum(), rtol=1e-12)


def test_when_all_move_each_region_has_its_share():
    stock = a_stock()
    stock[:, 0] = 0.0
    result = advance_practice(stock, everyone_stays(), staying(1.0), nobody(), counted())
    np.testing.assert_allclose(result.practising[:, 0], result.practising[:, 1])


def test_heads_and_fte_are_weighted_sums():
    result = advance_practice(a_stock(), everyone_stays(), staying(), nobody(), counted())
    np.testing.assert_allclose(result.heads, result.practising.sum(axis=(3, 4)))
    np.testing.assert_allclose(result.fte, 0.5 * result.heads)


@given(st.floats(0.0, 1.0))
def test_new_practitioners_settle_at_home_or_where_the_shares_say(home: float):
    entrants = np.random.default_rng(1).random((1, 2, 3, 2))
    location = np.full((1, 2, 3), 0.5)
    settled = settle(entrants, location, np.array([home]))
    expected = home * entrants + (1.0 - home) * 0.5 * entrants.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(settled, expected)


def leave(death: float, retire: float, emigrate: float, income: float = 1.0) -> Any:
    tables = ExitTables(
        np.full((1, 2, AGE_COUNT), death),
        np.full((1, 2, 2, AGE_COUNT), retire),
        np.array([0.5]),
    )
    rates = ExitRates(np.ones(1), np.array([emigrate]), np.array([0.2]))
    profile = np.ones((1, 1, 2, AGE_COUNT))
    return exits(profile, tables, rates, np.array([[income]]))


def test_death_comes_before_retirement_and_emigration():
    survival, leaving = leave(0.1, 0.2, 0.05)
    heads = 2 * AGE_COUNT
    np.testing.assert_allclose(survival, 0.9 * 0.8 * 0.95)
    np.testing.assert_allclose(leaving[0] / heads, [0.1, 0.9 * 0.2, 0.9 * 0.8 * 0.05])


def test_nobody_survives_certain_death():
    survival, leaving = leave(1.0, 0.2, 0.05)
    assert survival.max() == 0.0
    np.testing.assert_allclose(leaving[0], [2 * AGE_COUNT, 0.0, 0.0])


@given(st.floats(0.0, 0.3), st.floats(0.0, 0.5), st.floats(0.0, 0.1), st.floats(0.3, 3.0))
def test_who_leaves_and_who_stays_are_everyone(
    death: float, retire: float, emigrate: float, income: float
):
    survival, leaving = leave(death, retire, emigrate, income)
    assert survival.sum() + leaving.sum() == pytest.approx(2 * AGE_COUNT)


def test_doctors_retire_later_when_incomes_rise():
    _, before = leave(0.01, 0.1, 0.0)
    _, after = leave(0.01, 0.1, 0.0, income=1.5)
    assert after[0, 1] == pytest.approx(before[0, 1] * 1.5**-0.2)


def draws(**values: Any) -> Any:
    return fixed({key.replace("__", "."): value for key, value in values.items()}).draw(0, 0, 3)


@pytest.mark.parametrize("age", [65, 70, 75])
def test_under_an_age_rule_nobody_practises_from_that_age_on(age: int):
    tables = synthetic_tables(years=4)
    result = run(tables, fixed({"exit.rule": f"age_{age}"}))
    practising = result.ages[0, 1:].sum(axis=1)
    assert practising[:, age - FIRST_AGE :].max() == 0.0
    assert practising[:, age - FIRST_AGE - 1].min() > 0.0


def test_under_the_share_rule_nobody_retires_but_a_fifth_of_the_old_does_not_count():
    changed = draws(exit__rule="share_65", exit__retired_share_65=0.2)
    assert retirement_table(changed).max() == 0.0
    activity = weights(changed).activity
    np.testing.assert_array_equal(activity[..., AGES < 65], 1.0)
    np.testing.assert_allclose(activity[..., AGES >= 65], 0.8)


def test_the_hazard_is_half_its_ceiling_at_the_midpoint():
    changed = draws(
        exit__retirement_clinic=73,
        exit__retirement_hospital=70,
        exit__retirement_ceiling=0.1,
        exit__retirement_width=3.0,
    )
    table = retirement_table(changed)
    np.testing.assert_allclose(table[:, CLINIC, :, 73 - FIRST_AGE], 0.05)
    np.testing.assert_allclose(table[:, HOSPITAL, :, 70 - FIRST_AGE], 0.05)
    assert (np.diff(table, axis=-1) > 0.0).all()
    assert table.max() < 0.1


def test_a_rule_that_differs_between_draws_is_refused():
    entry = fixed({})["exit.rule"]
    both = replace(entry, prior=Choice(entry.options, (0.5, 0.5, *(0.0,) * 4)))
    with pytest.raises(BadValue, match="one rule for the whole run"):
        run(synthetic_tables(years=3), fixed({}).replaced(both), draws=20)


@given(st.floats(26.0, 40.0), st.floats(1.0, 4.0))
def test_entry_ages_sum_to_one_around_their_mean(mean: float, sd: float):
    ages = age_distribution(np.array([mean]), np.array([sd]))[0]
    assert ages.sum() == pytest.approx(1.0)
    if mean - 6.0 * sd > FIRST_AGE:
        # A normal on a grid of one year has its mean to 4 pi exp(-2 pi^2 sd^2), less its tails.
        assert ages @ AGES == pytest.approx(mean, abs=1e-3)


def test_specialists_are_licensed_train_and_men_serve_before_they_practise():
    tables = synthetic_tables()
    p = prepared(
        tables,
        fixed(
            {
                "entry.licence_age": {2009: 30.0},
                "entry.licence_age_sd": 1.5,
                "service.specialist_share": 0.4,
            }
        ),
    ).parameters
    mean = p.entry_age[0] @ AGES
    trained = tables.specialties.training_years[:-1] + 1.0
    np.testing.assert_allclose(mean[:-1, 1], 30.0 + trained, atol=1e-3)
    np.testing.assert_allclose(mean[:-1, 0], 30.0 + trained + 3 * 0.4, atol=1e-3)


def test_those_released_from_a_bond_are_older_by_its_years():
    p = prepared(synthetic_tables(), fixed({"bond.years": 7})).parameters
    np.testing.assert_allclose(p.release_age @ AGES, p.entry_age @ AGES + 7.0, atol=1e-6)


def test_hours_make_the_fte():
    changed = draws(
        hours__mean=2300, hours__full_time=2000, hours__female_ratio=0.9, hours__over_65_ratio=0.5
    )
    fte = weights(changed).fte
    np.testing.assert_allclose(fte[:, 0, 0], 1.15)
    np.testing.assert_allclose(fte[:, 1, 0], 1.15 * 0.9)
    np.testing.assert_allclose(fte[:, 0, LAST_AGE - FIRST_AGE], 1.15 * 0.5)


def test_a_bond_lasts_its_years_and_then_ends():
    bonded, nothing = np.zeros((1, 1, 1, 2, 3)), np.zeros(1)
    entrants = np.full((1, 1, 1, 2), 10.0)
    released = []
    for year in range(5):
        new = entrants if year == 0 else 0.0 * entrants
        bonded, free, _, _ = advance_bonded(bonded, new, nothing, np.zeros((1, 2)))
        released.append(free.sum())
    assert released == [0.0, 0.0, 0.0, 20.0, 0.0]


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_bonded_doctors_stay_break_their_bond_or_die(breach: float, death: float):
    bonded = np.random.default_rng(0).random((1, 2, 3, 2, 4))
    entrants = np.random.default_rng(1).random((1, 2, 3, 2))
    kept, released, broken, deaths = advance_bonded(
        bonded, entrants, np.array([breach]), np.full((1, 2), death)
    )
    after = kept.sum() + released.sum() + broken.sum() + deaths.sum()
    assert after == pytest.approx(bonded.sum() + entrants.sum())


CERTAIN = {
    "student.attrition": 0.0,
    "student.repeat": 0.0,
    "student.enrolment_ratio": 1.0,
    "exam.pass_rate": 1.0,
    "entry.generalist_share": 0.0,
    "entry.clinical_share": 1.0,
    "service.entry_share": 0.0,
    "service.specialist_share": 0.0,
    "training.apply_share": 1.0,
    "training.quit": 0.0,
    "training.board_pass": 1.0,
    "bond.breach": 0.0,
    "exit.mortality_ratio": 0.0,
}
"""Nobody is late and nobody is lost."""


def test_a_bonded_class_is_bound_from_its_board_exam_until_its_bond_ends():
    tables = synthetic_tables(years=24)
    tables.pipeline.seats[:] = 0.0
    tables.pipeline.seats[1, 1, 0] = 500.0
    held = run(tables, fixed(CERTAIN)).stages[0, :, STAGES.index("bonded")]
    # Six years of study, the internship, three or four years of residency, and ten of the bond.
    assert held[:11].max() == pytest.approx(0.0, abs=1e-9)
    assert 0.0 < held[11] < held[12] == pytest.approx(500.0)
    np.testing.assert_allclose(held[12:21], 500.0)
    assert held[22:].max() == pytest.approx(0.0, abs=1e-9)


def test_bonded_doctors_are_all_in_the_region_of_their_school():
    tables = synthetic_tables(years=16)
    tables.pipeline.seats[:, 1] = 0.0
    tables.pipeline.seats[1:, 1, 2] = 300.0
    batch = prepared(tables)
    state = batch.state
    for t in range(15):
        state, _ = advance_year(reference_steps(), state, batch.years.year(t), batch.parameters)
    by_region = state.bonded.sum(axis=(0, 2, 3, 4))
    assert by_region[2] > 500.0
    assert np.delete(by_region, 2).max() == 0.0


def test_more_deaths_leave_fewer_doctors():
    tables = synthetic_tables(years=10)
    few = run(tables, fixed({"exit.mortality_ratio": 0.5}), draws=20)
    many = run(tables, fixed({"exit.mortality_ratio": 0.6}), draws=20)
    assert (doctors(many)[:, 1:] < doctors(few)[:, 1:]).all()
    assert (many.flows[:, 1, FLOWS.index("deaths")] > few.flows[:, 1, FLOWS.index("deaths")]).all()
