"""Readings of a standoff: whom a published number counts, over what, and with which error."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from locum.countries import load_pack
from locum.runs.standoff.groups import FINAL_YEAR, INTERN, RESIDENT, Partition, Units
from locum.runs.standoff.observed import Luck, Observed, Scope
from locum.runs.standoff.readings import MEASURES, emulate, noise_of, path_of
from locum.runs.standoff.rows import PERCENT, read_rows, scope_name, use_of
from locum.runs.standoff.straying import NOT_FITTED
from locum.scenarios.standoff import resolve_standoff
from locum.standoff.states import STATES, STUDENT, TRAINEE

HOSPITALS, DAYS = 12, 4
TAKEN = {  # rows of the pack's table that no reading is taken from, and why
    "W002": "hospitals ordered: done, not read",
    "W029": "fellows of one hospital",
    "W030": "one hospital",
    "W042": "one hospital",
    "W046": "orders to leaders",
    "W048": "a plan",
    "W053": "a meeting",
    "W055": "one university",
    "W064": "named hospitals",
    "W065": "named hospitals",
    "W067": "named hospitals",
    "W070": "a difference of two readings",
    "W087": "posts",
    "W107": "one school",
    "W117": "an intention",
    "W122": "those who answered",
    "W129": "named schools",
}


def _units():
    """Twelve hospitals with interns and residents, the larger the lower the code; one school."""
    hospitals = np.repeat(np.arange(HOSPITALS), 2)
    grade = np.tile([INTERN, RESIDENT], HOSPITALS)
    kind = np.append(np.full(2 * HOSPITALS, TRAINEE), [STUDENT, STUDENT])
    organisation = np.append(hospitals, [HOSPITALS, HOSPITALS])
    grade = np.append(grade, [RESIDENT, FINAL_YEAR])
    heads = np.append(np.repeat(100 - 5 * np.arange(HOSPITALS), 2), [500, 100])
    labels = tuple(map(str, range(len(kind))))
    partition = Partition("unit", labels, np.arange(len(kind)))
    klass = np.where(organisation < 5, 0, 1)
    return Units(partition, kind, organisation, grade, klass, heads, ("big5", "general"))


@pytest.fixture
def seen():
    """Everybody at work, then letters, then half of every unit away; the school alike."""
    units = _units()
    tally = np.zeros((len(STATES), DAYS, len(units)))
    half = units.heads // 2
    tally[0] = units.heads
    tally[STATES.index("letter_in"), 1:] = half
    tally[0, 1:] -= half
    tally[STATES.index("letter_in"), 2:] = 0
    tally[STATES.index("absent"), 2:] = half
    ledger = load_pack("korea").ledger("standoff")
    values = {key: each.value for key, each in ledger.items() if not isinstance(each.value, str)}
    values |= {"agents.hospitals_monitored": 10}
    zero = np.zeros((DAYS, len(units)))
    ones = np.ones(DAYS)
    national = {
        "fit_time": np.full(DAYS, NOT_FITTED),
        "inspected": np.array([0.0, 0.0, 4.0, 10.0]),
        "processed": np.array([0.0, 0.0, 0.0, 1.0]),
        "counted_valid": np.arange(DAYS) - 1.0,
        "approval_president": 0.3 * ones,
    }
    empty = np.zeros((DAYS, 0, len(STATES)))
    luck = Luck(1, 0)
    return Observed(units, tally, zero, empty, (), zero, national, values, luck)


@pytest.fixture(scope="module")
def pack():
    return load_pack("korea")


@pytest.fixture(scope="module")
def scenario(pack):
    return resolve_standoff("korea-standoff-2024", pack)


@pytest.fixture(scope="module")
def rows(pack, scenario):
    return read_rows(pack, scenario, MEASURES)


def _row(rows, row_id, percent=False):
    return next(row for row in rows if row.id == row_id and row.percent == percent)


# --- which rows ----------------------------------------------------------------------


def test_every_row_of_the_table_is_taken_or_left_out_for_a_reason(pack, rows):
    table = {row["row_id"] for row in pack.table("walkout_daily").rows}
    assert table - {row.id for row in rows} == set(TAKEN)


def test_a_row_with_a_number_and_a_per_cent_is_there_twice(rows):
    number, percent = _row(rows, "W014"), _row(rows, "W014", percent=True)
    assert (number.reading, percent.reading) == (7813, 63.1)
    assert (number.metric, percent.metric) == ("absent_from_work", "absent_from_work" + PERCENT)
    assert number.scope == percent.scope == "trainees at the 100 inspected training hospitals"


def test_readings_say_what_they_are_for(rows):
    uses = {(row.id, row.use) for row in rows}
    assert {("W001", "check"), ("W014", "fit"), ("W047", "check"), ("W051", "check")} <= uses
    assert {("W054", "update"), ("W105", "update"), ("W108", "check")} <= uses
    late = [row for row in rows if row.use in ("fit", "update")]
    assert max(row.day for row in late) <= (date(2024, 8, 31) - date(2024, 2, 5)).days


def test_a_scenario_without_readings_has_none(pack, scenario):
    alone = replace(scenario, readings=None)
    assert read_rows(pack, alone, MEASURES) == ()
    assert use_of(alone, date(2024, 2, 20)) == "check"


def test_scopes_name_interns_and_residents_where_the_table_hides_them():
    assert scope_name("interns", "Big Five hospitals") == "interns, Big Five hospitals"
    assert scope_name("trainees", "Big Five hospitals") == "Big Five hospitals"
    assert scope_name("residents", "all appointable residents") == "all appointable residents"


def test_numbers_of_second_quality_are_taken_as_rounded(rows):
    assert _row(rows, "W044").grain == 100
    assert _row(rows, "W006").grain == 1000
    assert _row(rows, "W014").grain == 1


def test_the_year_2020_has_readings_of_its_own(pack):
    strike = resolve_standoff("korea-standoff-2020", pack)
    found = {row.id: row for row in read_rows(pack, strike, MEASURES)}
    assert {"S003", "S009", "S015", "S017", "S025"} <= set(found)
    assert found["S017"].use == "update"
    assert found["S028"].use == "check"


# --- counting ------------------------------------------------------------------------


def test_scopes_count_whom_they_name(seen):
    everybody = seen.count("members", Scope(TRAINEE))
    assert everybody[0] == 2 * sum(100 - 5 * each for each in range(HOSPITALS))
    inspected = seen.count("members", Scope(TRAINEE, None, "first", 100))
    assert everybody[0] - inspected[0] == 2 * (50 + 45)
    big = seen.count("members", Scope(TRAINEE, INTERN, "big5", 5))
    assert big[0] == 100 + 95 + 90 + 85 + 80
    assert seen.count("members", Scope(STUDENT, FINAL_YEAR))[0] == 100
    assert seen.by_hospital("away").shape == (DAYS, 10)


def test_hospitals_left_out_and_visited_are_drawn_among_those_inspected(seen):
    some = seen.count("members", Scope(TRAINEE, None, "some", 7))
    whole = seen.count("members", Scope(TRAINEE, None, "first", 10))
    assert 0 < some[0] < whole[0]
    visited = seen.visited()
    assert sorted(visited) == list(range(10))
    again = replace(seen, luck=Luck(1, 1))
    assert list(again.visited()) != list(visited)


def test_visits_lean_to_size_as_far_as_assumed(seen):
    places = {}
    for lean in (0.0, 3.0):
        values = {**seen.values, "readings.visited_by_size": lean}
        runs = [replace(seen, values=values, luck=Luck(1, number)) for number in range(60)]
        places[lean] = np.mean([list(run.visited()).index(0) for run in runs])
    assert places[3.0] + 1 < places[0.0]


def test_a_printed_base_is_scaled_by_the_share_of_the_model(seen, rows):
    row = replace(_row(rows, "W014"), day=2, of=Scope(TRAINEE), base=1000.0)
    assert emulate(seen, [row], errors=False).tolist() == [pytest.approx(496.6, abs=0.5)]
    percent = replace(_row(rows, "W014", percent=True), day=2, of=Scope(TRAINEE))
    assert emulate(seen, [percent], errors=False)[0] == pytest.approx(49.66, abs=0.05)


def test_a_change_of_base_moves_a_count_and_no_share(seen, rows):
    row = replace(_row(rows, "W014"), day=2, of=Scope(TRAINEE))
    one, other = (replace(row, base=base) for base in (12465.0, 9970.0))
    taken = emulate(seen, [one, other], errors=False)
    assert taken[0] / taken[1] == pytest.approx(12465 / 9970)


def test_a_per_cent_of_letters_is_of_letters(seen, rows):
    row = replace(_row(rows, "W009", percent=True), day=2, of=Scope(TRAINEE))
    assert row.of_letters
    assert emulate(seen, [row], errors=False)[0] == pytest.approx(100.0)


def test_a_reading_at_eleven_lies_between_two_evenings(seen, rows):
    row = replace(_row(rows, "W014"), day=2, of=Scope(TRAINEE), base=None)
    evening = emulate(seen, [row], errors=False)[0]
    morning = emulate(seen, [replace(row, passed=11 / 24)], errors=False)[0]
    assert morning == pytest.approx(evening * 11 / 24)
    assert _row(rows, "W041").passed == pytest.approx(11 / 24)


def test_readings_beyond_the_run_are_unknown(seen, rows):
    row = replace(_row(rows, "W014"), day=DAYS)
    assert np.isnan(emulate(seen, [row])).all()


def test_orders_are_given_where_somebody_was_seen_away(seen):
    number, _ = path_of(seen, "return_orders_issued_cum", Scope(TRAINEE))
    away = seen.by_hospital("away")[-1].sum()
    assert number[1] == 0
    assert 0 < number[2] < number[3] == away


def test_requests_are_gross_of_those_withdrawn(seen):
    tally = seen.tally.copy()
    school = seen.units.kind == STUDENT
    tally[STATES.index("absent"), 3, school] -= 20
    tally[0, 3, school] += 20
    back = replace(seen, tally=tally)
    gross, _ = path_of(back, "leave_requests_cum_gross", Scope(STUDENT))
    net, _ = path_of(back, "leave_requests_cum_net", Scope(STUDENT))
    assert gross.tolist() == [0, 300, 300, 300]
    assert net.tolist() == [0, 300, 300, 260]


def test_returns_are_counted_by_hospital(seen):
    tally = seen.tally.copy()
    tally[STATES.index("absent"), 3, 0] -= 12
    tally[STATES.index("returned"), 3, 0] += 12
    tally[STATES.index("absent"), 3, 5] -= 1
    tally[STATES.index("returned"), 3, 5] += 1
    back = replace(seen, tally=tally)
    scope = Scope(TRAINEE, None, "first", 10)
    assert path_of(back, "hospitals_with_1plus_returns", scope)[0][3] == 2
    assert path_of(back, "hospitals_with_10plus_returns", scope)[0][3] == 1
    assert path_of(back, "returned_cum", scope._replace(where="largest"))[0][3] == 12
    assert path_of(back, "returned_cum", scope)[0][3] == 13


def test_refused_contracts_count_as_accepted_once_letters_are_processed(seen):
    tally = seen.tally.copy()
    tally[STATES.index("contract_refused"), 2:] = tally[STATES.index("absent"), 2:]
    tally[STATES.index("absent"), 2:] = 0
    refused = replace(seen, tally=tally)
    accepted, _ = path_of(refused, "resignations_accepted_cum", Scope(TRAINEE))
    away = refused.count("away", Scope(TRAINEE))
    assert accepted[2] == 0
    assert accepted[3] == pytest.approx(0.94 * away[3])
    waiting, _ = path_of(refused, "neither_returned_nor_resigned", Scope(TRAINEE))
    assert waiting + accepted == pytest.approx(away)


# --- errors --------------------------------------------------------------------------


def test_errors_are_as_large_as_assumed(seen, rows):
    row = replace(_row(rows, "W014"), day=2, of=Scope(TRAINEE), base=12_465.0)
    plain = emulate(seen, [row], errors=False)
    assert noise_of(seen, [row], plain) == pytest.approx(0.01 * plain)
    runs = [
        emulate(replace(seen, luck=Luck(1, number)), [row])[0] - plain[0] for number in range(300)
    ]
    assert np.std(runs) == pytest.approx(0.01 * plain[0], rel=5 * 0.041)
    assert all(run + plain[0] == round(run + plain[0]) for run in runs)


def test_number_and_per_cent_of_a_row_share_their_error(seen, rows):
    pair = [replace(_row(rows, "W014", each), day=2, of=Scope(TRAINEE)) for each in (False, True)]
    plain, taken = emulate(seen, pair, errors=False), emulate(seen, pair)
    assert taken[0] / plain[0] == pytest.approx(taken[1] / plain[1], abs=2e-3)


def test_a_poll_errs_by_chance_and_by_how_it_asks(seen, rows):
    row = next(row for row in rows if row.metric == "approval_president_percent")
    row = replace(row, day=1)
    [sd] = noise_of(seen, [row], np.array([30.0]))
    usual = 0.3 * 0.7 / row.asked + 0.02**2
    assert sd == pytest.approx(100 * np.sqrt(usual))
    [other] = noise_of(seen, [replace(row, house=True)], np.array([30.0]))
    assert other == pytest.approx(100 * np.sqrt(usual + 0.04**2))
