"""Under constant inflow and rates every stock settles where its formula says.

Little's law and the survival curve are the oracle: a stock is its inflow times the expected time
in it. Tolerances come from how fast a stock settles: a share :math:`r` of the distance to the
steady state is left each year, so :math:`r^t` after t years.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.workforce.builders import fixed, prepared, run, synthetic_tables

from locum.workforce import FLOWS, Prepared, Tables, empty_trajectory, reference_steps
from locum.workforce.pipeline import (
    advance_residents,
    advance_service,
    advance_students,
    licence_exam,
)
from locum.workforce.records import (
    AGE_COUNT,
    Absence,
    Arrivals,
    ExamRates,
    Geography,
    State,
    StudentRates,
    TrainingRates,
    Weights,
)
from locum.workforce.simulate import run_reference
from locum.workforce.supply import advance_practice

pytestmark = pytest.mark.verification

SETTLED = 1e-9


def remaining_years(survival: Any) -> Any:
    """Expected years in practice from each age on (A): e_a = 1 + s_a e_{a+1}, last age open."""
    years = np.empty(len(survival))
    years[-1] = 1.0 / (1.0 - survival[-1])
    for age in reversed(range(len(survival) - 1)):
        years[age] = 1.0 + survival[age] * years[age + 1]
    return years


def test_practising_doctors_are_their_inflow_times_their_expected_years():
    survival = np.linspace(0.999, 0.7, AGE_COUNT)
    entry = np.zeros(AGE_COUNT)
    entry[4:9] = 0.2
    cells = (1, 1, 1, 2)
    ages = np.broadcast_to(entry, (1, 1, 2, AGE_COUNT))
    arrivals = Arrivals(np.full(cells, 100.0), ages, np.zeros(cells), ages)
    one = np.ones((1, 2, AGE_COUNT))
    geography = Geography(np.ones((1, 1, 1)), np.full((1, AGE_COUNT), 0.02))
    stock: Any = np.zeros((*cells, AGE_COUNT))
    rates = np.broadcast_to(survival, (1, 1, 2, AGE_COUNT))
    for _ in range(160):
        stock = advance_practice(stock, rates, geography, arrivals, Weights(one, one)).practising
    # 160 years: 60 to cross all ages, then 0.7^100 = 3e-16 of the open age is left.
    expected = 100.0 * entry @ remaining_years(survival)
    np.testing.assert_allclose(stock.sum(axis=-1), expected, rtol=1e-12)


def test_students_are_their_intake_times_their_expected_years():
    seats = np.full((1, 2, 1), 100.0)
    attrition, repeat = 0.01, 0.05
    rates = StudentRates(np.array([attrition]), np.array([repeat]))
    students: Any = np.zeros((1, 2, 1, 6))
    graduates: Any = np.zeros(())
    for _ in range(60):
        students, graduates, _ = advance_students(students, seats, np.zeros((1, 6)), rates)
    # Of a study year's students k = (1 - a) r stay and up = (1 - a)(1 - r) go on.
    stay, up = (1 - attrition) * repeat, (1 - attrition) * (1 - repeat)
    expected = 100.0 / (1 - stay) * (up / (1 - stay)) ** np.arange(6)
    np.testing.assert_allclose(students[0, 0, 0], expected, rtol=SETTLED)
    np.testing.assert_allclose(graduates[0, 0, 0], expected[-1] * up, rtol=SETTLED)


def test_those_who_retake_the_licence_exam_are_few_and_known():
    graduates, rates = np.full((1, 2, 1), 100.0), ExamRates(np.array([0.9]), np.array([0.25]))
    pool: Any = np.zeros((1, 2, 1))
    passed: Any = pool
    for _ in range(40):
        passed, pool, _, _ = licence_exam(graduates, pool, np.array([-1.0]), rates)
    again = 0.1 * 0.75
    np.testing.assert_allclose(pool, again * 100.0 / (1 - again), rtol=SETTLED)
    np.testing.assert_allclose(passed, 0.9 * 100.0 / (1 - again), rtol=SETTLED)


@pytest.mark.parametrize("training_years", [3, 4])
def test_residents_are_their_intake_times_their_expected_years(training_years: int):
    quits, passes = 0.02, 0.9
    rates = TrainingRates(
        np.array([quits]), np.array([passes]), np.zeros(1), np.array([training_years - 1])
    )
    none = Absence(np.zeros(1), np.zeros(1))
    newcomers = np.full((1, 2, 1, 1, 2), 100.0)
    residents: Any = np.zeros((1, 2, 1, 1, 2, 4))
    paused: Any = residents
    passed: Any = residents
    for _ in range(60):
        residents, paused, passed, _ = advance_residents(residents, paused, newcomers, none, rates)
    reached = 100.0 * (1 - quits) ** np.arange(training_years)
    reached[-1] /= 1 - (1 - quits) * (1 - passes)
    np.testing.assert_allclose(residents[0, 0, 0, 0, 0, :training_years], reached, rtol=SETTLED)
    np.testing.assert_allclose(passed[0, 0, 0, 0, 0], reached[-1] * (1 - quits) * passes)


def test_men_in_service_are_three_classes():
    service: Any = np.zeros((1, 2, 1, 1, 3))
    for _ in range(3):
        service, _ = advance_service(service, np.full((1, 2, 1, 1), 70.0))
    np.testing.assert_array_equal(service.sum(axis=-1), 210.0)


CONSTANT = {
    "exit.income_elasticity": 0.0,
    "geography.income_appeal": 0.0,
    "choice.income": 0.0,
    "choice.lifestyle_trend": 0.0,
}
"""Without these neither income nor taste moves a head."""
YEARS = 200
"""Enough: 75 to cross the school, training and all ages, then 0.85^125 = 2e-9 of the last age."""


@pytest.fixture(scope="module")
def settled() -> tuple[Tables, Prepared, State]:
    """Run a country until nothing moves: no bonds, posts for all, the same seats for ever."""
    tables = synthetic_tables(years=YEARS, regions=2, specialties=4)
    pipe = tables.pipeline
    seats = pipe.seats.copy()
    seats[:, 1] = 0.0
    plenty = replace(
        pipe,
        seats=seats,
        intern_posts=10.0 * pipe.intern_posts,
        resident_posts=10.0 * pipe.resident_posts,
    )
    tables = replace(tables, pipeline=plenty)
    batch = prepared(tables, fixed(CONSTANT))
    return tables, batch, run_reference(batch, empty_trajectory(tables, 1), reference_steps())


def test_the_whole_country_comes_to_rest(settled: tuple[Tables, Prepared, State]):
    tables, _, _ = settled
    result = run(tables, fixed(CONSTANT))
    np.testing.assert_allclose(result.stages[0, -1], result.stages[0, -2], rtol=1e-8)
    gone = (
        "student_attrition",
        "exam_given_up",
        "outside",
        "deaths",
        "retirements",
        "emigrations",
    )
    left = sum(result.flows[0, -1, FLOWS.index(name)] for name in gone)
    assert left == pytest.approx(result.flows[0, -1, FLOWS.index("seats")], rel=1e-8)


def test_specialists_at_rest_are_their_inflow_times_their_expected_years(
    settled: tuple[Tables, Prepared, State],
):
    tables, batch, state = settled
    p = batch.parameters
    residents = state.residents.sum(axis=(0, 1, 2))
    last = residents[np.arange(4), :, p.training.last_year]
    passed = last * (1.0 - p.training.quit) * p.training.board_pass
    death = tables.population.mortality[-1] * p.exit.mortality_ratio
    clinic = p.clinic_share[:, None, None]
    retire = clinic * p.retirement[0, 0] + (1.0 - clinic) * p.retirement[0, 1]
    survival = (1.0 - death) * (1.0 - retire) * (1.0 - p.exit.emigration)
    curve = np.apply_along_axis(remaining_years, -1, survival)
    expected = passed * p.practising * (p.entry_age[0] * curve).sum(axis=-1)
    found = state.profile[0].sum(axis=-1)
    np.testing.assert_allclose(found[:-1], expected[:-1], rtol=1e-8)


def test_seats_come_out_as_licences(settled: tuple[Tables, Prepared, State]):
    tables, batch, state = settled
    p = batch.parameters
    kept, repeat = 1.0 - p.students.attrition[0], p.students.repeat[0]
    through = (kept * (1.0 - repeat) / (1.0 - kept * repeat)) ** 6
    again = (1.0 - p.exam.pass_rate[0]) * (1.0 - p.exam.give_up[0])
    licensed = batch.years.seats[0, -1].sum() * through * p.exam.pass_rate[0] / (1.0 - again)
    result = run(tables, fixed(CONSTANT))
    assert result.flows[0, -1, FLOWS.index("licences")] == pytest.approx(licensed, rel=1e-8)
    assert state.exam_pool.sum() == pytest.approx(again / p.exam.pass_rate[0] * licensed, rel=1e-8)


def test_service_at_rest_is_three_classes_of_those_who_serve(
    settled: tuple[Tables, Prepared, State],
):
    tables, batch, state = settled
    p = batch.parameters
    residents = state.residents.sum(axis=(0, 1, 2))
    last = residents[np.arange(4), 0, p.training.last_year]
    specialists = (last * (1.0 - p.training.quit) * p.training.board_pass)[:-1] * p.serve
    licences = run(tables, fixed(CONSTANT)).flows[0, -1, FLOWS.index("licences")]
    first = licences * (1.0 - p.entry.female[0]) * p.entry.service_first[0]
    served = state.service.sum(axis=(0, 1, 2))
    np.testing.assert_allclose(served[:-1].sum(axis=-1), 3.0 * specialists, rtol=1e-8)
    assert served[-1].sum() == pytest.approx(3.0 * first, rel=1e-8)
