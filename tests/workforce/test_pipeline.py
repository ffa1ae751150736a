"""Steps of medical education by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum.workforce.pipeline import (
    advance_interns,
    advance_residents,
    advance_service,
    advance_students,
    join_practice,
    licence_exam,
    read_trainees,
    split_licensed,
)
from locum.workforce.records import (
    FEMALE,
    FREE,
    MALE,
    Absence,
    EntryShares,
    ExamRates,
    StudentRates,
    TrainingRates,
)

NOBODY = np.zeros((1, 2, 1))
share = st.floats(0.0, 1.0)


def students(*heads: float) -> np.ndarray:
    return np.array(heads).reshape(1, 1, 1, 6)


def test_a_class_moves_up_and_the_sixth_year_graduates():
    moved, graduates, dropped = advance_students(
        students(1, 2, 3, 4, 5, 6),
        np.full((1, 1, 1), 10.0),
        np.zeros((1, 6)),
        StudentRates(np.zeros(1), np.zeros(1)),
    )
    np.testing.assert_array_equal(moved, students(10, 1, 2, 3, 4, 5))
    assert graduates.item() == 6.0
    assert dropped.item() == 0.0


def test_a_year_on_leave_is_done_again_beside_the_class_that_follows():
    moved, graduates, _ = advance_students(
        students(100, 100, 100, 100, 100, 100),
        np.full((1, 1, 1), 200.0),
        np.full((1, 6), 0.9),
        StudentRates(np.zeros(1), np.zeros(1)),
    )
    np.testing.assert_allclose(moved, students(290, 100, 100, 100, 100, 100))
    assert graduates.item() == pytest.approx(10.0)


@given(share, share, share)
def test_no_student_is_lost(attrition: float, repeat: float, leave: float):
    before, seats = students(1, 2, 3, 4, 5, 6), np.full((1, 1, 1), 7.0)
    rates = StudentRates(np.array([attrition]), np.array([repeat]))
    moved, graduates, dropped = advance_students(before, seats, np.full((1, 6), leave), rates)
    assert moved.sum() + graduates.sum() + dropped.sum() == pytest.approx(28.0)


def exam(observed: float, pool: float = 0.0, give_up: float = 0.1):
    graduates = np.array([[[60.0], [40.0]]])
    rates = ExamRates(np.array([0.9]), np.array([give_up]))
    return licence_exam(graduates, NOBODY + pool, np.array([observed]), rates)


def test_the_pass_rate_decides_where_no_number_is_published():
    passed, stays, external, given_up = exam(-1.0)
    np.testing.assert_allclose(passed[0, :, 0], [54.0, 36.0])
    np.testing.assert_allclose(stays[0, :, 0], [5.4, 3.6])
    assert external.item() == 0.0
    assert given_up.item() == pytest.approx(1.0)


def test_a_published_number_is_met_exactly():
    passed, _, external, _ = exam(80.0)
    assert passed.sum() == pytest.approx(80.0)
    assert external.item() == 0.0


def test_passers_beyond_the_candidates_come_from_outside_and_are_free():
    passed, stays, external, _ = exam(130.0)
    np.testing.assert_allclose(passed[0, :, 0], [90.0, 40.0])
    assert external.item() == pytest.approx(30.0)
    assert stays.sum() == pytest.approx(0.0)


def test_those_who_failed_sit_the_exam_again():
    passed, _, _, _ = exam(-1.0, pool=10.0)
    assert passed.sum() == pytest.approx(0.9 * 120.0)


def test_men_may_serve_first_and_women_do_not():
    entry = EntryShares(np.array([0.4]), np.array([0.5]), np.array([0.1]))
    applicants, generalists, serving = split_licensed(np.full((1, 1, 1), 100.0), entry)
    assert serving.item() == pytest.approx(30.0)
    np.testing.assert_allclose(applicants[0, 0, 0], [27.0, 36.0])
    np.testing.assert_allclose(generalists[0, 0, 0], [3.0, 4.0])


@given(share, share, share)
def test_no_licensed_doctor_is_lost(female: float, serve: float, generalist: float):
    entry = EntryShares(np.array([female]), np.array([serve]), np.array([generalist]))
    parts = split_licensed(np.full((1, 1, 1), 100.0), entry)
    assert sum(part.sum() for part in parts) == pytest.approx(100.0)


def rates(quits: float = 0.0, passes: float = 1.0, away_quit: float = 0.0) -> TrainingRates:
    return TrainingRates(
        np.array([quits]), np.array([passes]), np.array([away_quit]), np.array([2, 3, 0])
    )


def absence(lost: float = 0.0, back: float = 0.0) -> Absence:
    return Absence(np.array([lost]), np.array([back]))


def test_interns_finish_unless_they_are_away():
    interns, paused = np.full((1, 2, 1, 2), 10.0), np.full((1, 2, 1, 2), 4.0)
    finished, waiting, leavers = advance_interns(
        interns, paused, absence(0.9, 0.5), rates(away_quit=0.25)
    )
    np.testing.assert_allclose(finished, 10.0 - 9.0 + 2.0)
    np.testing.assert_allclose(leavers, 0.5)
    np.testing.assert_allclose(waiting, 4.0 - 2.0 - 0.5 + 9.0)


def post(year: int, specialty: int, heads: float = 10.0) -> np.ndarray:
    """Free male residents of one specialty and year (1, K, R, S, X, Y)."""
    residents = np.zeros((1, 2, 1, 3, 2, 4))
    residents[0, FREE, 0, specialty, MALE, year] = heads
    return residents


NEW = np.zeros((1, 2, 1, 3, 2))
NONE_AWAY = np.zeros((1, 2, 1, 3, 2, 4))


@pytest.mark.parametrize(("specialty", "years"), [(0, 3), (1, 4)])
def test_each_specialty_trains_for_its_own_years(specialty: int, years: int):
    residents, passed_in = post(0, specialty), 0
    for year in range(1, 6):
        residents, _, passed, _ = advance_residents(residents, NONE_AWAY, NEW, absence(), rates())
        if passed.sum() > 0.0:
            passed_in = year
            break
    assert passed_in == years


def test_who_fails_the_board_exam_stays_in_the_last_year():
    moved, _, passed, _ = advance_residents(
        post(3, 1), NONE_AWAY, NEW, absence(), rates(passes=0.9)
    )
    assert passed[0, FREE, 0, 1, MALE] == pytest.approx(9.0)
    assert moved[0, FREE, 0, 1, MALE, 3] == pytest.approx(1.0)


def test_who_loses_the_year_waits_and_comes_back_to_it():
    there = absence(lost=1.0)
    moved, paused, _, _ = advance_residents(post(1, 1), NONE_AWAY, NEW, there, rates())
    assert moved.sum() == 0.0
    np.testing.assert_array_equal(paused, post(1, 1))
    moved, paused, _, _ = advance_residents(moved, paused, NEW, absence(back=1.0), rates())
    np.testing.assert_array_equal(moved, post(2, 1))
    assert paused.sum() == 0.0


@given(share, share, share, share, share)
def test_no_resident_is_lost(
    quits: float, passes: float, away_quit: float, lost: float, back: float
):
    rng = np.random.default_rng(1)
    residents, paused = rng.random((2, *NONE_AWAY.shape))
    residents[..., 0, :, 3:] = paused[..., 0, :, 3:] = 0.0
    residents[..., 2, :, :] = paused[..., 2, :, :] = 0.0
    new = rng.random(NEW.shape)
    parts = advance_residents(
        residents, paused, new, absence(lost, back), rates(quits, passes, away_quit)
    )
    after = sum(part.sum() for part in parts)
    assert after == pytest.approx(residents.sum() + paused.sum() + new.sum())


def test_service_takes_three_years():
    service = np.zeros((1, 2, 1, 3, 3))
    entering = np.full((1, 2, 1, 3), 5.0)
    left = []
    for year in range(5):
        service, released = advance_service(service, entering * (year == 0))
        left.append(released.sum())
    assert left == [0.0, 0.0, 0.0, 30.0, 0.0]


def test_specialists_practise_but_for_men_who_serve_first_and_those_outside():
    passed = np.zeros((1, 1, 1, 2, 2))
    passed[0, 0, 0, 0] = [10.0, 20.0]
    released = np.zeros((1, 1, 1, 2))
    released[0, 0, 0, 0] = 4.0
    generalists = np.full((1, 1, 1, 2), 3.0)
    entrants, serving, outside = join_practice(
        passed, released, generalists, np.array([0.5]), np.array([0.9])
    )
    np.testing.assert_allclose(serving[0, 0, 0], [5.0, 0.0])
    np.testing.assert_allclose(entrants[0, 0, 0, 0], [0.9 * 9.0, 0.9 * 20.0])
    np.testing.assert_allclose(entrants[0, 0, 0, 1], 0.9 * 3.0)
    assert outside.item() == pytest.approx(0.1 * (9.0 + 20.0 + 6.0))


def test_interns_are_counted_under_no_specialty():
    interns = np.zeros((1, 2, 1, 2))
    interns[0, FREE, 0, FEMALE] = 7.0
    trainees = read_trainees(post(0, 1), interns)
    np.testing.assert_array_equal(trainees[0, 0], [0.0, 10.0, 7.0])
