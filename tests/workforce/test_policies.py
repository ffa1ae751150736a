"""What policies do, what they leave alone, and in which direction they push."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.workforce.builders import (
    SHARES,
    arrays,
    countries,
    doctors,
    fixed,
    ledger,
    prepared,
    run,
    same_bytes,
    synthetic_tables,
    with_seats,
)

from locum.workforce import Tables, prepare, simulate

POLICIES = ("policy.litigation_relief", "policy.workload_relief", "policy.essential_pay")


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_of_nothing_changes_no_bit(policy: str):
    tables = synthetic_tables(interrupted=True)
    assert same_bytes(run(tables, draws=3), run(tables, fixed({policy: 0.0}), draws=3))


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_of_something_changes_something(policy: str):
    tables = synthetic_tables()
    assert not same_bytes(run(tables), run(tables, fixed({policy: 0.3})))


def test_seats_multiplied_by_one_change_no_bit():
    tables = synthetic_tables()
    assert same_bytes(run(tables, draws=3), run(with_seats(tables, 1.0), draws=3))


@given(st.integers(2, 9))
def test_what_happens_later_changes_no_bit_of_what_was_before(first: int):
    tables = synthetic_tables(years=10)
    plain, more = run(tables, draws=2), run(with_seats(tables, 1.5, first), draws=2)
    for (name, one), (_, other) in zip(arrays(plain), arrays(more), strict=True):
        assert one[:, :first].tobytes() == other[:, :first].tobytes(), name


def test_more_seats_bring_no_doctor_for_six_years():
    tables = synthetic_tables(years=14)
    gained = doctors(run(with_seats(tables, 1.5))) - doctors(run(tables))
    np.testing.assert_array_equal(gained[0, :7], 0.0)
    assert gained[0, 7] > 0.0


@settings(max_examples=10)
@given(country=countries(), factor=st.floats(1.0, 2.0))
def test_more_seats_never_leave_fewer_doctors(country: Any, factor: float):
    # Where trainees stay away, more trainees are more who are not counted.
    tables = replace(country, years=10, away=0.0).tables()
    few, many = run(tables, draws=5), run(with_seats(tables, factor), draws=5)
    # Posts follow seats: a few who would practise without training go into it, and of those some
    # serve afterwards, when they are not counted. One in 100,000 at most.
    assert (doctors(many) / doctors(few)).min() >= 1.0 - 2e-5


def test_more_seats_in_every_draw_leave_more_doctors_in_the_end():
    tables = synthetic_tables(years=20)
    few, many = run(tables, draws=30), run(with_seats(tables, 1.3), draws=30)
    assert (doctors(many)[:, -1] > doctors(few)[:, -1]).all()


def test_pay_in_essential_specialties_draws_applicants_there():
    tables = synthetic_tables()
    essential = tables.specialties.essential == 1
    plain = run(tables).filled[0, 1:, :, essential].sum()
    paid = run(tables, fixed({"policy.essential_pay": 0.4})).filled[0, 1:, :, essential].sum()
    assert paid > plain


def with_term(name: str) -> tuple[Tables, int]:
    """Return a country where the specialty with most empty posts alone has a term, and which."""
    tables = synthetic_tables()
    which = int(run(tables).unfilled[0, 1].sum(axis=0).argmax())
    term = (np.arange(len(tables.axes.specialties)) == which).astype(float)
    return replace(tables, specialties=replace(tables.specialties, **{name: term})), which


def test_relief_from_liability_draws_applicants_to_those_who_fear_it():
    tables, which = with_term("litigation")
    plain, relieved = run(tables), run(tables, fixed({"policy.litigation_relief": 1.0}))
    assert relieved.filled[0, 1, :, which].sum() > plain.filled[0, 1, :, which].sum()


def test_relief_from_long_weeks_draws_applicants_to_those_who_work_them():
    tables, which = with_term("workload")
    plain, relieved = run(tables), run(tables, fixed({"policy.workload_relief": 1.0}))
    assert relieved.filled[0, 1, :, which].sum() > plain.filled[0, 1, :, which].sum()


def test_posts_follow_the_classes_as_far_as_assumed():
    tables = with_seats(synthetic_tables(years=14), 2.0)
    for response, expected in ((0.0, 1.0), (0.5, 1.5), (1.0, 2.0)):
        years = prepared(tables, fixed({"training.post_response": response})).years
        growth = years.intern_posts[0, -1] / years.intern_posts[0, 0]
        np.testing.assert_allclose(growth, expected)


def test_residency_posts_grow_a_year_after_internships():
    years = prepared(with_seats(synthetic_tables(years=14), 2.0)).years
    interns = np.flatnonzero(np.diff(years.intern_posts[0].sum(axis=-1)) > 0.0)
    residents = np.flatnonzero(np.diff(years.resident_posts[0].sum(axis=(-1, -2))) > 0.0)
    np.testing.assert_array_equal(residents, interns + 1)


def test_tastes_move_applicants_to_the_easier_life():
    tables, which = with_term("lifestyle")
    same = run(tables, fixed({"choice.lifestyle_trend": 0.0}))
    liked = run(tables, fixed({"choice.lifestyle_trend": 0.1}))
    assert liked.filled[0, -1, :, which].sum() > same.filled[0, -1, :, which].sum()


@pytest.mark.parametrize("key", SHARES)
def test_a_share_matters_or_is_not_there(key: str):
    tables = synthetic_tables(years=20, interrupted=True)
    low, high = (run(tables, fixed({key: value})) for value in (0.2, 0.6))
    assert not same_bytes(low, high)


def test_two_scenarios_share_their_luck():
    tables = synthetic_tables()
    draws = ledger().draw(3, 0, 10)
    base = simulate(prepare(draws, tables), tables)
    other = simulate(prepare(ledger().draw(3, 0, 10), with_seats(tables, 1.2)), tables)
    assert base.supply[:, :7].tobytes() == other.supply[:, :7].tobytes()
