"""What seats and the end of a contract mean to somebody with this much of a career left."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standoff.disputes import VALUES

from locum.standoff.careers import FinalYear, Income, final_year_shift, income_loss, income_shift
from locum.standoff.population import Cells
from locum.standoff.states import COMMUNITY, PROFESSOR, STUDENT, TRAINEE

TERMS = Income.read(VALUES)
KIND = np.array([TRAINEE, TRAINEE, TRAINEE, STUDENT, STUDENT, PROFESSOR, COMMUNITY], np.int32)
CELLS = Cells(
    kind=KIND,
    organisation=np.array([0, 0, 0, 1, 1, 0, 2], np.int32),
    specialty=np.array([0, 1, 1, 2, 2, 1, 3], np.int32),
    year=np.array([0, 1, 4, 1, 6, 0, 0], np.int32),
    region=np.zeros(7, np.int32),
    klass=np.zeros(7, np.int32),
    follows=np.array([-1, 2, -1, 4, -1, 5, 6], np.int32),
    labels={},
)
FINAL = FinalYear.read(VALUES)
SEATS = (2000.0,)


def loss(start, length, seats=SEATS, terms=TERMS):
    return float(income_loss([start], [length], seats, terms)[0])


def test_who_retires_before_the_first_new_doctor_loses_nothing():
    assert loss(0.0, TERMS.lag) == 0.0
    assert loss(0.0, TERMS.lag + 2.0) > 0.0


def test_in_the_long_run_the_loss_is_elasticity_times_the_growth_of_doctors():
    long = loss(200.0, 10.0)
    assert long == pytest.approx(TERMS.elasticity * 2000.0 * TERMS.years / TERMS.doctors)


def test_by_hand_two_years_of_practice_and_one_year_of_seats():
    """A tenth more doctors from the third year on, seen by who practises years 2 to 4."""
    terms = TERMS._replace(
        elasticity=1.0, doctors=1000.0, lag=2.0, discount=0.0, years=1.0, exposed=(1.0,) * 4
    )
    assert loss(2.0, 2.0, (100.0,), terms) == pytest.approx(0.05)


@given(st.floats(0.0, 20.0), st.floats(0.5, 40.0), st.floats(0.0, 9000.0), st.floats(0.0, 3.0))
def test_the_loss_is_linear_in_the_seats_and_never_negative(start, length, seats, factor):
    one = loss(start, length, (seats,))
    assert one >= 0.0
    assert loss(start, length, (seats * factor,)) == pytest.approx(factor * one, abs=1e-12)


@given(st.floats(0.0, 30.0), st.floats(5.0, 40.0))
def test_who_begins_later_loses_no_less(start, length):
    assert loss(start + 1.0, length) >= loss(start, length) - 1e-12


def test_later_years_of_a_plan_hold_the_last_number():
    every = loss(10.0, 30.0, (2000.0,))
    assert loss(10.0, 30.0, (2000.0, 2000.0)) == pytest.approx(every)
    assert loss(10.0, 30.0, (0.0, 2000.0)) < every


def test_students_lose_more_than_trainees_and_both_more_than_those_who_practise():
    shift = income_shift(CELLS, SEATS, VALUES)
    assert shift.shape == (7,)
    intern, _, last, first_student, last_student, professor, community = shift
    assert first_student > last_student >= intern > last > community > professor > 0.0


def test_no_seats_no_shift():
    assert income_shift(CELLS, (0.0,), VALUES).tolist() == [0.0] * 7


def test_the_end_of_a_contract_holds_back_last_years_only_and_only_near_it():
    near = final_year_shift(CELLS, 10.0, VALUES)
    assert np.flatnonzero(near).tolist() == [2, 4]
    assert near[2] == -FINAL.shift[0]
    assert not final_year_shift(CELLS, FINAL.days + 1.0, VALUES).any()
