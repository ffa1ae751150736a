"""Nobody is lost and nobody appears: the books of every year close, whatever happens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from tests.workforce.builders import (
    Country,
    arrays,
    countries,
    fixed,
    one_draw,
    overrides,
    prepared,
    run,
    synthetic_tables,
)

from locum.errors import NotConserved, NotFinite
from locum.workforce import FLOWS, STAGES, Trajectory, reference_steps
from locum.workforce.simulate import account, finish, stage_heads
from locum.workforce.year import advance_year

HEADS = 1e-6
"""The promise: books that close to a millionth of a head."""
ROUNDING = 1e-9
"""Heads that subtraction may leave below zero among 1e5: some 1e7 times the last bit of one."""


def books(result: Trajectory) -> Any:
    """Heads that each year's books fail to explain (D, T - 1)."""
    return account(result.stages[:, :-1], result.stages[:, 1:], result.flows[:, 1:])


@settings(max_examples=60)
@given(country=countries(), values=overrides())
def test_every_year_accounts_for_every_head(country: Country, values: dict[str, Any]):
    result = run(country.tables(), fixed(values), draws=2)
    assert np.abs(books(result)).max() <= HEADS


@settings(max_examples=40)
@given(country=countries(), values=overrides())
def test_no_result_is_negative(country: Country, values: dict[str, Any]):
    for name, figures in arrays(run(country.tables(), fixed(values), draws=2)):
        assert figures.min() >= -ROUNDING, name


@settings(max_examples=15)
@given(country=countries(), values=overrides())
def test_no_stage_holds_a_negative_number_of_people(country: Country, values: dict[str, Any]):
    batch = prepared(country.tables(), fixed(values))
    state = batch.state
    for t in range(country.years - 1):
        state, _ = advance_year(reference_steps(), state, batch.years.year(t), batch.parameters)
        for name, heads in arrays(state):
            assert heads.min() >= -ROUNDING, name


@settings(max_examples=15)
@given(country=countries(), values=overrides())
def test_the_profile_is_the_sum_of_the_practising_doctors(
    country: Country, values: dict[str, Any]
):
    batch = prepared(country.tables(), fixed(values))
    state = batch.state
    for t in range(country.years - 1):
        state, _ = advance_year(reference_steps(), state, batch.years.year(t), batch.parameters)
    np.testing.assert_allclose(state.practising.sum(axis=1), state.profile, atol=ROUNDING)


def test_supply_is_the_practising_the_bonded_and_those_who_wait():
    result = run(synthetic_tables(interrupted=True), draws=2)
    counted = [
        STAGES.index(name) for name in ("practising", "bonded", "match_pool", "intern_pool")
    ]
    stages = result.stages[..., counted].sum(axis=-1)
    supply = result.supply.astype(float).sum(axis=(2, 3))
    # 30 cells in single precision, each rounded by at most 2^-24 of itself.
    np.testing.assert_allclose(supply, stages, rtol=2.0**-23)


def test_ages_are_those_of_the_practising():
    result = run(synthetic_tables(), draws=2)
    stages = result.stages[..., STAGES.index("practising")]
    ages = result.ages.astype(float).sum(axis=(2, 3))
    np.testing.assert_allclose(ages, stages, rtol=2.0**-23)


def test_unfilled_and_filled_posts_are_all_posts():
    tables = synthetic_tables()
    batch = prepared(tables)
    result = run(tables)
    both = result.filled[0, 1:].astype(float) + result.unfilled[0, 1:].astype(float)
    np.testing.assert_allclose(both, batch.years.resident_posts[0], rtol=2.0**-22)


def test_a_specialty_without_doctors_loses_no_newcomer():
    tables = synthetic_tables()
    practising = tables.start.practising.copy()
    practising[:, 0] = 0.0
    result = run(replace(tables, start=replace(tables.start, practising=practising)))
    assert np.abs(books(result)).max() <= HEADS


@pytest.mark.parametrize("flow", ["deaths", "retirements", "emigrations", "outside", "seats"])
def test_a_head_missing_from_the_books_is_noticed(flow: str):
    tables = synthetic_tables(years=4)
    result = run(tables)
    result.flows[0, 2, FLOWS.index(flow)] += 0.01
    with pytest.raises(NotConserved, match="heads in a year"):
        finish(result, prepared(tables), tables)


def test_a_result_that_is_no_number_is_noticed():
    tables = synthetic_tables(years=4)
    result = run(tables)
    result.need[0, 1, 0, 0] = np.nan
    with pytest.raises(NotFinite, match="need"):
        finish(result, prepared(tables), tables)


def test_every_stage_of_the_state_is_counted_once():
    state = prepared(synthetic_tables(), draws=2).state
    counted = stage_heads(state, 1).sum(axis=-1)
    people = [
        heads.reshape(2, -1).sum(axis=1)
        for name, heads in state._asdict().items()
        if name not in ("income", "profile")
    ]
    np.testing.assert_allclose(counted, np.sum(people, axis=0), rtol=1e-12)
    np.testing.assert_allclose(stage_heads(one_draw(state, 1), 0).sum(), counted[1], rtol=1e-12)
