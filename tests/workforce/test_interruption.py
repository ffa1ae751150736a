"""Months away: who loses the year, when specialists are missing, and how they come back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workforce.builders import (
    arrays,
    fixed,
    ledger,
    run,
    same_bytes,
    synthetic_tables,
    with_absence,
)

from locum.workforce import FLOWS, STAGES, Tables, Trajectory
from locum.workforce.parameters import absences

YEARS = 24
STEADY = {
    "training.away_quit": 0.0,
    "training.late_return": 1.0,
    "exit.income_elasticity": 0.0,
    "choice.income": 0.0,
    "choice.lifestyle_trend": 0.0,
    "training.months_tolerated": {2009: 3},
    "student.months_tolerated": {2009: 3},
}
"""Everyone away returns at once, and no income moves a head."""


def away(year: int, share: float, months: int = 12, group: str = "residents") -> Tables:
    """Return a country where a group is away for months of one academic year."""
    tables = synthetic_tables(years=YEARS)
    table = np.zeros((YEARS, 12))
    table[year, :months] = share
    groups: dict[str, Any] = dict.fromkeys(("students", "interns", "residents"), 0.0 * table)
    return with_absence(tables, table, **(groups | {group: table}))


def missing(tables: Tables, values: dict[str, Any]) -> Any:
    """Specialists who would have passed without the interruption (T,)."""
    with_it = run(tables, fixed(values))
    without = run(synthetic_tables(years=YEARS), fixed(values))
    return (without.new_specialists - with_it.new_specialists)[0].astype(float).sum(axis=-1)


def stage(result: Trajectory, name: str) -> Any:
    return result.stages[0, :, STAGES.index(name)]


def table_of(months: Any, tolerated: float, late: float = 0.4) -> Any:
    tolerance = np.full((1, len(months)), float(tolerated))
    known = np.asarray(months).max(axis=1) > 0.0
    found = absences(np.asarray(months, dtype=float), tolerance, np.array([late]), known)
    return found.lost[0], found.back[0]


def test_a_short_absence_costs_nothing():
    lost, _ = table_of([[0.9] * 3 + [0.0] * 9], tolerated=3)
    assert lost[0] == 0.0


def test_an_absence_longer_than_tolerated_costs_the_year():
    lost, _ = table_of([[0.9] * 4 + [0.0] * 8], tolerated=3)
    assert lost[0] == 0.9


@given(st.permutations(range(12)))
def test_it_does_not_matter_which_months_are_missed(order: list[int]):
    months = np.array([0.9, 0.8, 0.7, 0.6, 0.5] + [0.1] * 7)
    assert table_of([months[order]], tolerated=3)[0][0] == 0.6


def test_those_away_in_both_years_are_counted_once():
    lost, back = table_of([[0.9] * 12, [0.3] * 12], tolerated=3)
    # Of the cohort 0.9 were away and 0.3 still are: nobody new is lost, two thirds come back.
    assert lost[1] == 0.0
    assert back[1] == pytest.approx(1.0 - 0.3 / 0.9)


def test_a_growing_absence_takes_its_rise_from_those_still_there():
    lost, back = table_of([[0.2] * 12, [0.6] * 12], tolerated=3)
    assert lost[1] == pytest.approx(0.4 / 0.8)
    assert back[1] == 0.0


def test_beyond_the_table_a_share_returns_every_year():
    _, back = table_of([[0.9] * 12, [0.0] * 12, [0.0] * 12], tolerated=3, late=0.4)
    np.testing.assert_allclose(back[1:], 0.4)


@given(st.floats(0.0, 1.0), st.integers(0, 12))
def test_shares_of_an_absence_are_shares(share: float, tolerated: int):
    rng = np.random.default_rng(int(share * 1e6))
    for shares in table_of(share * rng.random((4, 12)), tolerated):
        assert 0.0 <= shares.min() <= shares.max() <= 1.0


def test_an_interruption_of_nobody_changes_no_bit():
    tables = synthetic_tables(years=8)
    empty = with_absence(tables, np.zeros((8, 12)))
    assert same_bytes(run(tables, draws=3), run(empty, draws=3))


def test_a_tolerated_interruption_changes_no_class():
    gone = missing(away(2, 0.9, months=3), STEADY)
    np.testing.assert_array_equal(gone, 0.0)


def test_nothing_changes_before_the_interruption():
    before = run(synthetic_tables(years=YEARS), draws=2)
    after = run(away(5, 0.9), draws=2)
    for (name, one), (_, other) in zip(arrays(before), arrays(after), strict=True):
        assert one[:, :5].tobytes() == other[:, :5].tobytes(), name


def test_residents_away_are_specialists_missing_the_next_february_and_a_year_late():
    gone = missing(away(4, 0.9), STEADY)
    assert np.abs(gone[:5]).max() == 0.0
    everyone = run(synthetic_tables(years=YEARS), fixed(STEADY)).new_specialists[0, 5].sum()
    assert gone[5] == pytest.approx(0.9 * everyone, rel=1e-5)
    # They come back a year late, each class behind the one before.
    assert gone[6] < 0.1 * gone[5]


def test_those_who_return_are_missing_for_good_only_if_they_quit():
    late = {"training.late_return": 0.3, "training.away_quit": 0.0, "training.quit": 0.0}
    waiting = missing(away(4, 0.9), STEADY | late).sum()
    quitting = missing(away(4, 0.9), STEADY | late | {"training.away_quit": 0.2}).sum()
    values = fixed(STEADY | late | {"training.away_quit": 0.2})
    generalists = FLOWS.index("new_generalists")
    flows = run(away(4, 0.9), values).flows - run(synthetic_tables(years=YEARS), values).flows
    assert quitting - waiting == pytest.approx(flows[0, :, generalists].sum(), rel=0.05)


def test_those_away_come_back_at_the_stated_rate():
    result = run(
        away(4, 0.9),
        fixed(STEADY | {"training.late_return": 0.35, "training.away_quit": 0.2}),
    )
    waiting = stage(result, "away")
    assert waiting[:5].max() == 0.0
    assert waiting[5] > 5_000.0
    left = (1.0 - 0.35) * (1.0 - 0.2)
    np.testing.assert_allclose(waiting[6:16] / waiting[5:15], left, rtol=1e-9)


def test_of_those_away_all_return_or_quit():
    values = STEADY | {"training.late_return": 0.35, "training.away_quit": 0.2}
    waiting = stage(run(away(4, 0.9), fixed(values)), "away")
    # 0.52 a year: 18 years leave 0.52^18 = 8e-6 of them.
    assert waiting[-1] < 1e-5 * waiting.max()


def test_students_on_leave_become_specialists_a_year_late():
    gone = missing(away(1, 0.95, group="students"), STEADY)
    # The sixth year should have been licensed in year 2: five to six years later they lack.
    assert np.abs(gone[:6]).max() < 1.0
    assert gone[6:8].sum() > 0.5 * 3_000.0 * 0.8
    assert gone[6:8].sum() > 4.0 * np.abs(gone[12:]).max()


def test_students_on_leave_are_not_licensed_that_year():
    licences = FLOWS.index("licences")
    gone = run(away(1, 0.95, group="students"), fixed(STEADY)).flows[0, :, licences]
    plain = run(synthetic_tables(years=YEARS), fixed(STEADY)).flows[0, :, licences]
    assert gone[1] == plain[1]
    # Those who failed before still sit it.
    assert gone[2] < 0.1 * plain[2]
    # The doubled class behind them is licensed together.
    assert gone[8] > 1.5 * plain[8]


def test_interns_away_wait_and_finish_later():
    result = run(away(4, 0.9, group="interns"), fixed(STEADY))
    waiting = stage(result, "away")
    assert waiting[4] == 0.0
    assert waiting[5] == pytest.approx(0.9 * stage(result, "interns")[4])
    assert waiting[6] == pytest.approx(0.0, abs=1e-9)


def test_trainees_away_are_not_at_work():
    tables = away(4, 0.9)
    gone, plain = run(tables, fixed(STEADY)), run(synthetic_tables(years=YEARS), fixed(STEADY))
    assert gone.trainees[0, 4].sum() == pytest.approx(0.1 * plain.trainees[0, 4].sum(), rel=1e-5)
    assert gone.fte[0, 4].sum() < plain.fte[0, 4].sum()
    assert gone.trainees[0, 3].sum() == plain.trainees[0, 3].sum()


@given(st.floats(0.0, 0.9), st.floats(0.05, 0.1))
def test_a_longer_absence_leaves_no_more_specialists(share: float, more: float):
    values = {"training.months_tolerated": {2009: 3}}
    some = run(away(2, share), fixed(values)).new_specialists[:, :8].astype(float).sum()
    fewer = run(away(2, share + more), fixed(values)).new_specialists[:, :8].astype(float).sum()
    assert fewer < some


def test_tolerated_months_are_dated():
    assert ledger()["training.months_tolerated"].dated == ((2009, 3.0), (2025, 6.0))
