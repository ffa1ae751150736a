"""The national cohort: its books close, its rules do what they say, and it is near the sector."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workforce.builders import fixed

from locum.countries import load_pack
from locum.runs import RunRequest, execute
from locum.runs.cohort import cohort_tables
from locum.runs.positions import find_position, project_member
from locum.workforce import CohortTables, UseTables, project_cohort
from locum.workforce.cohort import (
    alive,
    at_work,
    base_level,
    hours_factor,
    licences,
    participation,
    seats_in,
)
from locum.workforce.parameters import AGES, age_distribution
from locum.workforce.records import AGE_COUNT

YEARS = np.arange(2012, 2051)
STOCK_YEAR = 2022
PLAIN: dict[str, Any] = {
    "exam.pass_rate": 0.95,
    "exam.give_up": 1.0,
    "exam.observed_until": STOCK_YEAR,
    "student.enrolment_ratio": 1.0,
    "student.attrition": 0.0,
    "entry.licence_age": 28.0,
    "entry.licence_age_sd": 1.0,
    "entry.female_share": 0.4,
    "entry.clinical_share": 0.9,
    "entry.active_share": 0.95,
    "exit.mortality_ratio": 0.7,
    "exit.emigration": 0.002,
    "exit.rule": "share_65",
    "exit.retired_share_65": 0.2,
    "demand.base_gap": 0.0,
    "demand.trend": "fixed",
    "demand.productivity_change": 0.0,
    "demand.working_days_change": 0.0,
    "demand.use_change": 0.0,
    "demand.phase_start": 2024.0,
    "demand.phase_year": 2040.0,
}


def tables(**changes: Any) -> CohortTables:
    """A country without babies among its doctors: everybody counted is 40 to 84."""
    age = np.arange(AGE_COUNT) + 24.0
    heads = np.where(age >= 40.0, 2000.0 * np.exp(-(((age - 40.0) / 25.0) ** 2)), 0.0)
    growth = (1.01 ** (YEARS - 2012.0))[:, None]
    made = CohortTables(
        years=YEARS,
        stock_year=STOCK_YEAR,
        counted=np.stack((0.7 * heads, 0.3 * heads)),
        passers=np.where(YEARS <= STOCK_YEAR, 0.0, -1.0),
        mortality=np.tile(0.0005 * np.exp(0.09 * np.arange(AGE_COUNT)), (len(YEARS), 2, 1)),
        use=UseTables(16e7 * growth, 2e7 * growth, 7e13 * growth, 5e7 * growth),
        clinic_share=0.6,
    )
    return made._replace(**changes)


def drawn(draws: int = 1, **values: Any):
    """Draws of the plain rules with changes; a double underscore stands for a dot."""
    changes = {key.replace("__", "."): value for key, value in values.items()}
    return fixed(PLAIN | changes).draw(0, 0, draws)


SEATS = {2006: 3058.0}


# --- licences ----------------------------------------------------------------


def test_places_hold_until_the_next_and_the_first_before():
    seats = {2010: 100.0, 2020: 200.0}
    assert [seats_in(seats, year) for year in (2000, 2010, 2019, 2020, 2050)] == [
        100.0,
        100.0,
        100.0,
        200.0,
        200.0,
    ]


@given(st.floats(0.05, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 0.1))
def test_licences_are_the_sum_of_all_attempts(passing: float, give_up: float, lost: float):
    draws = drawn(exam__pass_rate=passing, exam__give_up=give_up, student__attrition=lost)
    found = licences(draws, tables(), SEATS)[0]
    left = 3058.0 * (1.0 - lost) ** 6
    expected = sum(
        left * passing * ((1.0 - passing) * (1.0 - give_up)) ** attempt for attempt in range(2000)
    )
    np.testing.assert_allclose(found[YEARS > STOCK_YEAR], expected, rtol=1e-9)


def test_nobody_is_licensed_where_nobody_passes():
    draws = drawn(exam__pass_rate=0.0, exam__give_up=0.0)
    assert not licences(draws, tables(), SEATS)[0, YEARS > STOCK_YEAR].any()


def test_a_class_is_licensed_six_years_after_it_entered():
    found = licences(drawn(exam__pass_rate=1.0), tables(), {2006: 3000.0, 2025: 5000.0})[0]
    assert found[YEARS == 2030].tolist() == [3000.0]
    assert found[YEARS == 2031].tolist() == [5000.0]


def test_published_exams_are_taken_up_to_the_year_asked_for():
    passers = np.where(YEARS <= 2025, 1234.0, -1.0)
    until = drawn(exam__observed_until=2024)
    found = licences(until, tables(passers=passers), SEATS)[0]
    assert (found[YEARS <= 2024] == 1234.0).all()
    assert (found[YEARS > 2024] != 1234.0).all()


def test_published_exams_up_to_the_year_of_the_stock_are_always_taken():
    passers = np.where(YEARS <= 2025, 1234.0, -1.0)
    early = drawn(exam__observed_until=2000)
    found = licences(early, tables(passers=passers), SEATS)[0]
    assert (found[YEARS <= STOCK_YEAR] == 1234.0).all()
    assert (found[YEARS > STOCK_YEAR] != 1234.0).all()


# --- the living --------------------------------------------------------------


def test_the_year_of_the_stock_has_the_stock():
    found = alive(drawn(), tables(), SEATS)[0, YEARS == STOCK_YEAR][0]
    np.testing.assert_array_equal(found, tables().counted)


def test_a_year_on_are_those_before_less_deaths_and_emigrants_plus_licences():
    draws, made = drawn(exit__emigration=0.01), tables()
    found = alive(draws, made, SEATS)[0]
    new = licences(draws, made, SEATS)[0]
    for t in np.flatnonzero(YEARS > STOCK_YEAR):
        deaths = (found[t - 1] * made.mortality[t] * 0.7).sum()
        emigrants = (found[t - 1] * (1.0 - made.mortality[t] * 0.7)).sum() * 0.01
        expected = found[t - 1].sum() - deaths - emigrants + new[t]
        assert found[t].sum() == pytest.approx(expected, rel=1e-12)


def test_heads_carried_back_and_forward_again_are_the_stock():
    # Nobody is licensed in the past of this country and its youngest are 40: no age runs empty.
    draws, made = drawn(), tables()
    back = alive(draws, made, SEATS)[0]
    for year in (2012, 2018, 2021):
        restarted = made._replace(stock_year=year, counted=back[year - 2012])
        again = alive(draws, restarted, SEATS)[0]
        np.testing.assert_allclose(again[YEARS == STOCK_YEAR][0], made.counted, rtol=1e-10)


def test_a_year_back_takes_out_those_who_were_new():
    passers = np.where(YEARS <= STOCK_YEAR, 500.0, -1.0)
    heads = np.full((2, AGE_COUNT), 400.0)
    heads[:, 0] = 0.0
    made = tables(passers=passers, counted=heads, mortality=np.zeros((len(YEARS), 2, AGE_COUNT)))
    found = alive(drawn(exit__emigration=0.0, entry__licence_age=30.0), made, SEATS)[0]
    before, now = found[YEARS == 2021][0], found[YEARS == 2022][0]
    assert now.sum() - before.sum() == pytest.approx(500.0)


def test_the_oldest_stay_in_the_last_age_until_they_die():
    heads = np.zeros((2, AGE_COUNT))
    heads[:, -1] = 100.0
    made = tables(counted=heads, mortality=np.full((len(YEARS), 2, AGE_COUNT), 0.1))
    draws = drawn(exit__mortality_ratio=1.0, exit__emigration=0.0, exam__pass_rate=0.0)
    found = alive(draws, made, SEATS)[0]
    later = np.arange(2050 - STOCK_YEAR + 1)
    np.testing.assert_allclose(found[YEARS >= STOCK_YEAR, 0, -1], 100.0 * 0.9**later)


def test_new_doctors_have_the_sex_and_age_that_is_assumed():
    empty = tables(counted=np.zeros((2, AGE_COUNT)))
    new = alive(drawn(), empty, SEATS)[0, YEARS == STOCK_YEAR + 1][0]
    assert new[1].sum() / new.sum() == pytest.approx(0.4)
    ages = age_distribution(np.array([28.0]), np.array([1.0]))[0]
    np.testing.assert_allclose(new.sum(axis=0), new.sum() * ages)


# --- who counts --------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "young", "at_64", "at_65", "at_70", "at_75"),
    [
        ("share_65", 1.0, 1.0, 0.8, 0.8, 0.8),
        ("share_65_age_75", 1.0, 1.0, 0.8, 0.8, 0.0),
        ("age_65", 1.0, 1.0, 0.0, 0.0, 0.0),
        ("age_70", 1.0, 1.0, 1.0, 0.0, 0.0),
        ("age_75", 1.0, 1.0, 1.0, 1.0, 0.0),
    ],
)
def test_a_rule_of_retirement_takes_out_whom_it_says(
    rule: str, young: float, at_64: float, at_65: float, at_70: float, at_75: float
):
    found = participation(drawn(exit__rule=rule), tables())[0]
    picked = [found[age == AGES][0] for age in (30, 64, 65, 70, 75)]
    assert picked == pytest.approx([young, at_64, at_65, at_70, at_75])


def test_the_hazard_leaves_those_who_came_through_every_year_in_either_setting():
    values: dict[str, Any] = {
        "exit__retirement_clinic": 72.0,
        "exit__retirement_hospital": 64.0,
        "exit__retirement_width": 3.0,
        "exit__retirement_ceiling": 0.3,
    }
    found = participation(drawn(exit__rule="hazard", **values), tables())[0]
    expected = []
    clinic = hospital = 1.0
    for age in AGES:
        clinic *= 1.0 - 0.3 / (1.0 + np.exp(-(age - 72.0) / 3.0))
        hospital *= 1.0 - 0.3 / (1.0 + np.exp(-(age - 64.0) / 3.0))
        expected.append(0.6 * clinic + 0.4 * hospital)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert (np.diff(found) < 0.0).all()


@pytest.mark.parametrize(("concept", "share"), [("clinical", 0.9), ("active", 0.95)])
def test_the_concept_says_which_share_of_the_living_counts(concept: str, share: float):
    draws = drawn(supply__concept=concept, exit__retired_share_65=0.0)
    living = alive(draws, tables(), SEATS)
    found = at_work(draws, tables(), living)
    np.testing.assert_allclose(found, share * living.sum(axis=(2, 3)))


def test_a_share_of_the_old_is_taken_off_by_hand():
    heads = np.zeros((2, AGE_COUNT))
    heads[0, AGES == 50], heads[1, AGES == 66] = 1000.0, 500.0
    draws = drawn()
    living = np.broadcast_to(heads, (1, len(YEARS), 2, AGE_COUNT))
    assert at_work(draws, tables(), living)[0, 0] == pytest.approx(0.9 * (1000.0 + 0.8 * 500.0))


@pytest.mark.parametrize("side", ["supply", "need"])
def test_a_side_of_the_gap_is_in_fte_only_where_it_says_so(side: str):
    values = {"hours.mean": 2302.6, "hours.full_time": 2080.0, f"gap.{side}_unit": "fte"}
    draws = fixed(PLAIN | values).draw(0, 0, 1)
    other = "need" if side == "supply" else "supply"
    assert hours_factor(draws, side)[0] == pytest.approx(2302.6 / 2080.0)
    assert hours_factor(draws, other)[0] == 1.0


# --- need --------------------------------------------------------------------


def need_of(base_year: int = STOCK_YEAR, **values: Any):
    return project_cohort(drawn(**values), tables(), SEATS, base_year).need[0]


@given(st.floats(200.0, 366.0))
def test_under_the_level_balance_doctors_times_days_are_constant(days: float):
    # The printed variants of the institute's paper of 2025 share this product (STUDIES.md).
    first = need_of(demand__balance="level", demand__working_days=265.0) * 265.0
    other = need_of(demand__balance="level", demand__working_days=days) * days
    np.testing.assert_allclose(other, first, rtol=1e-12)


@pytest.mark.parametrize("base_year", [2015, 2022, 2024, 2030])
def test_under_the_supply_balance_supply_meets_need_in_the_base_year(base_year: int):
    draws = drawn(demand__balance="supply", demand__trend="linear", demand__growth=0.01)
    gap = project_cohort(draws, tables(), SEATS, base_year).gap[0]
    assert gap[base_year == YEARS][0] == pytest.approx(0.0, abs=1e-9)
    near = (base_year - 1 == YEARS) | (base_year + 1 == YEARS)
    assert (np.abs(gap[near]) > 1.0).all()


def test_under_the_base_balance_the_stated_doctors_meet_need_in_the_base_year():
    need = need_of(demand__base_doctors=112255.0, demand__base_gap=0.02)
    assert need[YEARS == STOCK_YEAR][0] == pytest.approx(112255.0 * 1.02)


def test_before_the_base_year_need_is_that_of_the_base_year():
    need = need_of(2025)
    assert (need[YEARS < 2025] == need[YEARS == 2025]).all()


def test_technology_and_fewer_days_are_phased_in_to_the_person():
    # As the committee prints it: 1/(1.06 x 0.95) to the power 11/16 in 2035, whole in 2040.
    plain = need_of(2024)
    both = need_of(2024, demand__productivity_change=0.06, demand__working_days_change=-0.05)
    for year, part in ((2024, 0.0), (2035, 11 / 16), (2040, 1.0), (2050, 1.0)):
        expected = plain[year == YEARS][0] * (1.0 / (1.06 * 0.95)) ** part
        assert both[year == YEARS][0] == pytest.approx(expected, abs=1e-6)


def test_appropriate_use_is_phased_in_to_the_person():
    plain, less = need_of(2024), need_of(2024, demand__use_change=-0.015)
    assert less[YEARS == 2035][0] == pytest.approx(
        plain[YEARS == 2035][0] * 0.985 ** (11 / 16), abs=1e-6
    )


@pytest.mark.parametrize(("balance", "expected"), [("supply", 77.0), ("level", 1.0)])
def test_the_level_of_need_follows_the_balance(balance: str, expected: float):
    draws = drawn(demand__balance=balance)
    assert base_level(draws, np.array([77.0])).tolist() == [expected]


def test_a_gap_is_supply_less_need():
    found = project_cohort(drawn(draws=3), tables(), SEATS, STOCK_YEAR)
    assert found.supply.shape == found.need.shape == (3, len(YEARS))
    np.testing.assert_array_equal(found.gap, found.supply - found.need)


def test_draws_of_a_projection_are_projections_of_the_draws():
    ledger, made = load_pack("korea").ledger(), cohort_tables(load_pack("korea"))
    many = project_cohort(ledger.draw(0, 0, 5), made, SEATS, 2022)
    for draw in range(5):
        one = project_cohort(ledger.draw(0, draw, draw + 1), made, SEATS, 2022)
        np.testing.assert_allclose(one.gap[0], many.gap[draw], rtol=1e-12)


# --- beside the whole sector -------------------------------------------------


def test_the_cohort_is_near_the_whole_sector():
    # Supply of korea-baseline in 2035, central draw: 132,262 doctors in the cohort and 134,614 in
    # the sector (-1.7 per cent), which fits its stock to another count; need is the same formula.
    pack, position = load_pack("korea"), find_position("korea-baseline")
    member, made = position.members[0], cohort_tables(pack)
    cohort = project_member(member, pack)
    assert position.scenario is not None
    short = replace(position.scenario, end=2035)
    sector = execute(RunRequest(short, member.ledger, pack, draws=1, workers=1))
    supply = float(sector.national("supply_total", 2035)[0])
    need = float(sector.national("need_total", 2035)[0])
    assert cohort.supply[0, made.at(2035)] == pytest.approx(supply, rel=0.03)
    assert cohort.need[0, made.at(2035)] == pytest.approx(need, rel=1e-6)
