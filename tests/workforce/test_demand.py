"""Need: every published rule, and what each leaves unidentified."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workforce.builders import fixed, prepared, run, synthetic_tables

from locum.workforce import UseTables
from locum.workforce.demand import (
    NeedRule,
    national_need,
    phased,
    share_need,
    trend_factor,
    workload,
)

YEARS = np.arange(2024, 2044)
"""Base year and twenty more, so that 2035 is eleven of the sixteen years to 2040."""


def use(growth: float = 0.01) -> UseTables:
    """Two regions whose use grows at a constant rate."""
    path = (1.0 + growth) ** np.arange(len(YEARS))[:, None] * np.array([60.0, 40.0])
    return UseTables(16.0 * path, 2.0 * path, 7.0 * path, path)


def rule(**changes: Any) -> NeedRule:
    """One draw of plain rules, with changes."""
    numbers = {
        "inpatient_weight": 3.9,
        "growth": 0.0,
        "damping": 0.9,
        "base_doctors": 1000.0,
        "base_gap": 0.0,
        "working_days": 265.0,
        "visits_per_day": 38.0,
        "productivity": 0.0,
        "days_change": 0.0,
        "use_change": 0.0,
        "phase_start": float(YEARS[0]),
        "phase_year": 2040.0,
    }
    numbers |= {key: value for key, value in changes.items() if key in numbers}
    return NeedRule(
        changes.get("unit", "fees"),
        changes.get("trend", "fixed"),
        changes.get("balance", "base"),
        **{key: np.array([value]) for key, value in numbers.items()},
    )


def test_need_follows_the_workload_when_nothing_else_changes():
    need = national_need(use(), rule(), YEARS)[0]
    np.testing.assert_allclose(need, 1000.0 * 1.01 ** np.arange(len(YEARS)))


@pytest.mark.parametrize(
    ("unit", "expected"), [("fees", 700.0), ("visit_days", 1800.0), ("weighted_days", 2380.0)]
)
def test_each_unit_weighs_use_in_its_own_way(unit: str, expected: float):
    assert workload(use(), rule(unit=unit))[0, 0] == pytest.approx(expected)


def test_a_fixed_trend_is_none():
    np.testing.assert_array_equal(trend_factor(YEARS - 2024.0, rule(growth=0.02)), 1.0)


def test_a_linear_trend_adds_the_same_every_year():
    found = trend_factor(YEARS - 2024.0, rule(trend="linear", growth=0.02))
    np.testing.assert_allclose(found[0], 1.0 + 0.02 * np.arange(len(YEARS)))


def test_a_damped_trend_grows_less_every_year():
    found = trend_factor(YEARS - 2024.0, rule(trend="damped", growth=0.02, damping=0.9))[0]
    steps = np.diff(np.log(found))
    np.testing.assert_allclose(steps, 0.02 * 0.9 ** np.arange(len(steps)))


def test_a_damped_trend_approaches_its_limit():
    found = trend_factor(np.array([400.0]), rule(trend="damped", growth=0.02, damping=0.9))
    assert found[0, 0] == pytest.approx(np.exp(0.02 / 0.1))


def test_a_damping_near_one_is_exponential_growth():
    found = trend_factor(np.array([10.0]), rule(trend="damped", growth=0.02, damping=1 - 1e-9))
    assert found[0, 0] == pytest.approx(np.exp(0.2), rel=1e-6)


def test_changes_are_phased_in_as_the_committee_does():
    # STUDIES.md: technology +6 per cent with 5 per cent fewer working days, geometric to 2040.
    need = national_need(use(0.0), rule(productivity=0.06, days_change=-0.05), YEARS)[0]
    np.testing.assert_allclose(need[2035 - 2024], 1000.0 * (1 / (1.06 * 0.95)) ** (11 / 16))
    np.testing.assert_allclose(need[2040 - 2024 :], 1000.0 / (1.06 * 0.95))


def test_appropriate_use_is_phased_in_likewise():
    need = national_need(use(0.0), rule(use_change=-0.015), YEARS)[0]
    np.testing.assert_allclose(need[2035 - 2024], 1000.0 * 0.985 ** (11 / 16))
    np.testing.assert_allclose(need[-1], 985.0)


@given(st.floats(-0.5, 0.5), st.floats(0.0, 30.0))
def test_a_phased_change_never_passes_its_end(change: float, span: float):
    factor = phased(np.array([change]), np.arange(40.0), np.zeros(1), np.array([span]))[0]
    low, high = sorted((1.0, 1.0 + change))
    assert low - 1e-12 <= factor.min() <= factor.max() <= high + 1e-12
    assert factor[0] == 1.0
    assert factor[-1] == pytest.approx(1.0 + change)


def test_in_the_base_year_supply_meets_need_up_to_the_gap():
    need = national_need(use(), rule(base_gap=0.04), YEARS)
    assert need[0, 0] == pytest.approx(1040.0)


def test_patients_per_doctor_day_set_the_level():
    need = national_need(use(0.0), rule(balance="level", unit="visit_days"), YEARS)
    np.testing.assert_allclose(need[0], 1800.0 / (265.0 * 38.0))


@given(st.floats(200.0, 300.0), st.floats(200.0, 300.0))
def test_doctors_times_days_is_constant(days: float, other: float):
    # What the published scenarios in working days share, to 1e-6 and better (STUDIES.md).
    first = national_need(use(), rule(balance="level", working_days=days), YEARS)
    second = national_need(use(), rule(balance="level", working_days=other), YEARS)
    np.testing.assert_allclose(first * days, second * other, rtol=1e-12)


@given(st.floats(0.5, 2.0))
def test_only_the_product_of_days_and_patients_can_be_known(factor: float):
    changed = rule(balance="level", working_days=265.0 * factor, visits_per_day=38.0 / factor)
    first = national_need(use(), rule(balance="level"), YEARS)
    np.testing.assert_allclose(national_need(use(), changed, YEARS), first, rtol=1e-12)


def test_the_base_balance_ignores_days_and_patients():
    changed = rule(working_days=100.0, visits_per_day=10.0)
    np.testing.assert_array_equal(
        national_need(use(), changed, YEARS), national_need(use(), rule(), YEARS)
    )


def test_in_the_base_balance_the_weight_moves_growth_and_not_the_level():
    light = national_need(use(), rule(unit="weighted_days", inpatient_weight=3.0), YEARS)
    heavy = national_need(use(), rule(unit="weighted_days", inpatient_weight=3.9), YEARS)
    assert light[0, 0] == heavy[0, 0] == 1000.0


@given(st.integers(0, 1000), st.floats(0.0, 1.0), st.floats(0.0, 1e6))
def test_the_parts_of_need_sum_to_the_whole(seed: int, tilt: float, total: float):
    rng = np.random.default_rng(seed)
    flat, tilted = rng.random((2, 1, 4, 5))
    need = share_need(
        np.array([total]), flat, tilted, np.array([tilt]), rng.uniform(0.5, 2, (1, 4))
    )
    assert need.sum() == pytest.approx(total)
    assert (need >= 0.0).all()


def test_without_tilt_every_specialty_follows_all_patients():
    rng = np.random.default_rng(0)
    flat, tilted = rng.random((2, 1, 4, 5))
    need = share_need(np.array([100.0]), flat, tilted, np.zeros(1), np.ones((1, 4)))
    np.testing.assert_allclose(need, 100.0 * flat / flat.sum())


def test_a_growing_bloc_takes_need_from_the_others():
    changed = fixed({"population.capital_drift": 0.01})
    result = run(synthetic_tables(years=10), changed).need[0].sum(axis=2)
    share = result[:, :2].sum(axis=1) / result.sum(axis=1)
    assert (np.diff(share) > 0.0).all()


def test_need_of_the_base_year_is_shared_by_the_doctors_there_are():
    batch = prepared(synthetic_tables(), draws=3)
    result = run(synthetic_tables(), draws=3)
    national = result.need[:, 0].astype(float).sum(axis=(1, 2))
    expected = fixed({}).draw(0, 0, 3)
    stated = expected.value("demand.base_doctors") * (1.0 + expected.value("demand.base_gap"))
    np.testing.assert_allclose(national, stated, rtol=1e-6)
    assert batch.years.need.shape == (3, 11)
