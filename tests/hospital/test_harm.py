"""Deaths through delay are a band from none; lost records cost doctor-minutes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum.countries import load_pack
from locum.hospital.contingency import read_numbers
from locum.hospital.harm import Harm, boarding_deaths, extra_work, surgery_deaths

LEDGER = load_pack("korea").ledger("hospital")
VALUES = {key: float(each.value) for key, each in LEDGER.items() if each.unit != "rule"}
HARM = read_numbers(Harm, "harm", VALUES)


def test_one_in_82_of_those_held_seven_hours():
    band = boarding_deaths(HARM, np.array([82.0]), np.array([7.0]))
    assert band.high == pytest.approx(1.0, rel=1e-3)
    assert band.low == 0
    assert band.middle == pytest.approx(HARM.causal_share * band.high)


def test_the_rate_rises_in_a_straight_line_and_is_level_at_both_ends():
    hours = np.array([0, 5, 6, 7, 8, 9, 40.0])
    deaths = boarding_deaths(HARM, np.eye(7), hours).high
    assert deaths == pytest.approx(HARM.boarding_deaths * np.array([0, 0, 0.5, 1, 1.5, 2, 2]))


def test_four_weeks_of_delay_raise_the_hazard_by_seven_per_cent():
    band = surgery_deaths(HARM, np.array([1000.0]), np.array([28.0]))
    expected = 1 - (1 - HARM.cancer_mortality) ** 1.07 - HARM.cancer_mortality
    assert float(band.high) == pytest.approx(1000 * expected)
    assert surgery_deaths(HARM, np.array([1000.0]), np.array([-5.0])).high == 0


@given(st.lists(st.floats(0, 300), min_size=1, max_size=8))
def test_more_delay_never_saves_lives_and_never_kills_more_than_all(delay):
    days = np.sort(np.array(delay))
    deaths = surgery_deaths(HARM, np.eye(len(days)), days).high
    assert (np.diff(deaths) >= -1e-12).all()
    assert ((deaths >= 0) & (deaths <= 1 - HARM.cancer_mortality)).all()


def test_deaths_add_up_over_the_last_axis():
    patients, hours = np.ones((3, 4, 5)), np.linspace(4, 10, 5)
    band = boarding_deaths(HARM, patients, hours)
    assert band.high.shape == band.low.shape == (3, 4)
    alone = boarding_deaths(HARM, np.ones(5), hours).high
    assert band.high == pytest.approx(np.full((3, 4), alone))


def test_no_lost_record_costs_no_minute_and_most_draws_have_none():
    assert extra_work(HARM) == 1
    lost = LEDGER.draw(3, 0, 400).value("harm.records_lost")
    assert (lost == 0).mean() == pytest.approx(0.8, abs=0.06)
    assert lost.max() <= 0.3
    worst = read_numbers(Harm, "harm", VALUES | {"harm.records_lost": 0.3})
    assert extra_work(worst) == pytest.approx(1 + 0.3 * HARM.records_minutes)
