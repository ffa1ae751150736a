"""Orders of hospitals and the response of the public: the physics that must come out."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locum.countries import load_pack
from locum.errors import BadValue, MissingField, OutOfBounds, UnknownName
from locum.hospital.avoidance import (
    SOURCES,
    Avoidance,
    Calendar,
    Public,
    demand_on,
    outpatients_on,
)
from locum.hospital.contingency import (
    RULES,
    SETTINGS,
    Plan,
    State,
    Steps,
    expected_loss,
    orders_of,
    read_numbers,
    telehealth_visits,
)

LEDGER = load_pack("korea").ledger("hospital")
VALUES = {key: float(each.value) for key, each in LEDGER.items() if each.unit != "rule"}
SINCE = 35
NEUTRAL = {"electives": 1, "planned": 1, "calm_icu": 1}
LEVERS = {
    "specialists_cover": [(36, 1)],
    "close_beds": [(36, 1)],
    "divert_ed": [(36, 1)],
    "pa_nurses": [(53, 8600), (88, 11000), (335, 15709)],
    "dispatched": [(56, 158), (70, 258), (112, 158)],
    "dispatched_ed": [(233, 15), (238, 250)],
    "telehealth": [(39, 5667)],
    "fellows_leave": [(46, 1)],
    "shorter_week": [(70, 1)],
}
LAW = np.array([0.6, 0.4, 0.5, 0.0])


def _plan(rule="advance_then_adaptive", levers=LEVERS, holidays=(), **changed):
    values = VALUES | {key.replace("__", "."): value for key, value in changed.items()}
    return Plan.read(values, rule, SINCE, levers, holidays)


def _state(away=0.7, share=LAW, **changed):
    trainees = share * 500
    state = State(
        hours_share=share,
        lost=share * away,
        trainees=trainees,
        trainees_away=trainees * away,
        specialists=np.array([600.0, 400.0, 300.0, 80.0]),
        mix=np.tile([0.3, 0.25, 0.45], (len(share), 1)),
        icu_need=np.array([0.15, 0.3, 0.03]),
        ward_beds=np.full(len(share), 900.0),
        inpatients=np.full(len(share), 800.0),
        closed=np.zeros(len(share)),
        surged=np.zeros(len(share)),
    )
    return replace(state, **changed)


# --- rules -------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_before_the_first_day_every_order_is_neutral(rule):
    orders = asdict(orders_of(_plan(rule), SINCE - 1, _state(0.0)))
    for name, given_order in orders.items():
        assert (given_order == NEUTRAL.get(name, 0)).all(), name


def test_the_rule_none_cuts_nothing_however_many_are_away():
    orders = orders_of(_plan("none", {}), 60, _state(1.0))
    for name, given_order in asdict(orders).items():
        assert (given_order == NEUTRAL.get(name, 0)).all(), name


def test_advance_plans_for_all_and_adaptive_for_those_away():
    share, lost = LAW, LAW * 0.7
    assert expected_loss(_plan("advance"), 300, share, lost).tolist() == share.tolist()
    assert expected_loss(_plan("adaptive"), SINCE, share, lost) == pytest.approx(lost)


def test_both_begin_as_in_advance_and_end_at_the_lasting_part_of_the_true_loss():
    plan, share, lost = _plan(), LAW, LAW * 0.7
    until = SINCE + plan.cutting.reopening_delay
    for day in (SINCE, until):
        assert expected_loss(plan, day, share, lost) == pytest.approx(share)
    halfway = expected_loss(plan, until + plan.cutting.reopening_half_life, share, lost)
    lasting = plan.cutting.lasting_share * lost
    assert halfway == pytest.approx((share + lasting) / 2)
    assert expected_loss(plan, 1e5, share, lost) == pytest.approx(lasting)


@settings(max_examples=60)
@given(st.sampled_from(RULES), st.floats(0, 1), st.integers(SINCE, 400))
def test_more_doctors_away_never_means_more_work(rule, away, day):
    less, more = (orders_of(_plan(rule), day, _state(a)) for a in sorted((away, 0.8)))
    assert (less.electives >= more.electives - 1e-12).all()
    assert (less.planned >= more.planned - 1e-12).all()
    assert (less.leaves_early <= more.leaves_early + 1e-12).all()


@settings(max_examples=60)
@given(st.integers(0, 60), st.sampled_from(RULES), st.floats(0, 1), st.integers(0, 500))
def test_orders_stay_within_their_bounds_for_any_draw(draw, rule, away, day):
    values = VALUES | _draws()[draw]
    orders = asdict(orders_of(Plan.read(values, rule, SINCE, LEVERS), day, _state(away)))
    for name, given_order in orders.items():
        assert np.isfinite(given_order).all(), name
        assert (given_order >= 0).all(), name
        if not name.startswith(("pa_", "dispatched")):
            assert (given_order <= 1).all(), name


@cache
def _draws():
    drawn = LEDGER.draw(7, 0, 61)
    table = {key: np.broadcast_to(drawn.value(key), 61) for key in VALUES}
    return [{key: float(row[i]) for key, row in table.items()} for i in range(61)]


# --- the physics of DESIGN ---------------------------------------------------


def test_surgery_falls_by_more_than_the_hours_lost_because_full_absence_is_planned_for():
    """About 70 per cent are away; 1 / 0.7 is 1.43, inside the published 1.3 to 1.5."""
    state = _state(0.7)
    electives = orders_of(_plan(), SINCE + 3, state).electives
    cut = 1 - (electives * state.mix).sum(axis=1)
    assert ((cut[:3] / state.lost[:3] > 1.3) & (cut[:3] / state.lost[:3] < 1.5)).all()


def test_classes_are_cut_in_their_order_and_the_mean_is_the_cut():
    for protection in (0.0, 0.5, 1.0):
        plan = _plan(contingency__icu_protection=protection)
        state = _state()
        electives = orders_of(plan, SINCE, state).electives[:3]
        assert (electives[:, 2] < electives[:, [0, 1]].T).all()
        mean = (1 - electives) @ state.mix[0]
        assert (mean <= plan.cutting.surgery_cut * LAW[:3] + 1e-12).all()
        if protection < 1:  # then no class reaches the cap
            assert mean == pytest.approx(plan.cutting.surgery_cut * LAW[:3])
    plain = orders_of(_plan(contingency__icu_protection=0.0), SINCE, _state()).electives[0]
    assert plain[0] > plain[1] > plain[2]


def test_protection_spares_those_who_need_intensive_care():
    """Work in intensive care after operations falls less than operations; more so if protected."""
    state = _state()

    def load(protection):
        orders = orders_of(_plan(contingency__icu_protection=protection), SINCE + 2, state)
        going = orders.electives[0] * state.mix[0]
        after = (going * state.icu_need).sum() * orders.calm_icu[0]
        return after / (state.mix[0] * state.icu_need).sum(), going.sum()

    loads = [load(each)[0] for each in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert (np.diff(loads) > 0).all()
    assert load(1.0)[0] > load(1.0)[1]


def test_no_class_is_cut_beyond_the_cap():
    plan = _plan(contingency__surgery_cut=2.5)
    assert orders_of(plan, SINCE, _state()).electives.min() == pytest.approx(
        1 - plan.cutting.cut_cap
    )


def test_early_discharge_is_a_matter_of_the_first_days():
    plan = _plan()
    early = [orders_of(plan, SINCE + each, _state()).leaves_early[0] for each in range(30)]
    assert (np.diff(early) < 0).all()
    expected = -np.expm1(-plan.cutting.early_discharge * LAW[0])
    assert early[0] == pytest.approx(expected)
    assert early[-1] < 0.01 * early[0]


def test_a_hospital_without_trainees_goes_on_as_before():
    orders = asdict(orders_of(_plan(), 60, _state()))
    for name, given_order in orders.items():
        assert (given_order[3] == NEUTRAL.get(name, 0)).all(), name


def test_nobody_in_a_bed_is_put_out_of_it():
    full = orders_of(_plan(), 300, _state(inpatients=np.full(4, 900.0)))
    assert not full.ward_closed.any()
    empty = _state(inpatients=np.full(4, 100.0))
    plan = _plan()
    closed = [orders_of(plan, day, empty).ward_closed[0] for day in (36, 46, 300)]
    assert closed[0] == 0 < closed[1] < closed[2]
    assert closed[2] == pytest.approx(plan.cutting.bed_closing * empty.lost[0], rel=1e-3)


def test_beds_closed_for_want_of_money_stay_closed_without_the_lever():
    state = _state(inpatients=np.full(4, 100.0), closed=np.full(4, 0.2))
    assert orders_of(_plan(levers={}), 60, state).ward_closed.tolist() == [0.2] * 4


# --- cover and help ----------------------------------------------------------


def test_cover_tires_and_shorter_weeks_take_from_it():
    plan, state = _plan(), _state(0.9)
    fresh = orders_of(plan, 36, state).surge
    assert fresh[:3] == pytest.approx(plan.covering.share * 0.9)
    later = orders_of(plan, 36 + plan.covering.half_life, state).surge[0] / fresh[0]
    lasting = plan.covering.lasting_share + (1 - plan.covering.lasting_share) / 2
    assert later == pytest.approx(lasting * (1 - plan.covering.shorter_week))


def test_those_who_surge_leave_and_never_come_back():
    plan = _plan(surge__fellows_left=0.05)
    gone = [orders_of(plan, day, _state(surged=np.full(4, s))).exits for day, s in
            ((40, 0.0), (60, 10.0), (300, 100.0))]  # fmt: skip
    assert not gone[0].any()
    assert (gone[1] <= gone[2]).all()
    fellows = 0.05 * 300 / 600
    assert gone[1][0] == pytest.approx(fellows - np.expm1(-0.05 * 10 / 365.25))


@pytest.mark.parametrize(
    ("day", "nurses", "doctors", "ed"),
    [(52, 0, 0, 0), (56, 8600, 158, 0), (88, 11000, 258, 0), (240, None, 158, 250)],
)
def test_help_adds_up_to_the_published_numbers_times_what_it_is_worth(day, nurses, doctors, ed):
    plan = _plan()
    orders = orders_of(plan, day, _state())
    assert orders.dispatched.sum() == pytest.approx(doctors * plan.helping.dispatch_usefulness)
    assert orders.dispatched_ed.sum() == pytest.approx(ed * plan.helping.dispatch_usefulness)
    if nurses is None:
        nurses = 11000 + (15709 - 11000) * (day - 88) / (335 - 88)
    if nurses > plan.pa_before and day != 56:
        worth = plan.helping.pa_substitution * (nurses - plan.pa_before)
        assert orders.pa_extra.sum() == pytest.approx(worth)


def test_telehealth_takes_no_more_than_was_published():
    assert telehealth_visits(_plan(), 38) == 0
    assert telehealth_visits(_plan(), 39) == pytest.approx(5667 * 0.25)
    assert telehealth_visits(_plan(helping__telehealth_before=0.0), 39) == 5667


def test_a_lever_ends_and_one_not_pulled_is_neutral():
    assert _plan().setting("dispatched", 111) == 258
    assert _plan().setting("dispatched", 112) == 158
    plan = _plan(levers={})
    assert {name: plan.setting(name, 99) for name in SETTINGS} == {
        name: each.neutral for name, each in SETTINGS.items()
    }
    assert _plan(levers={"weekly_cap": [(70, 52)]}).setting("weekly_cap", 69) == 168


def test_holidays_stop_electives_and_nothing_else():
    plain, holiday = (orders_of(_plan(holidays=h), 60, _state()) for h in ((), (60,)))
    cutting = _plan().cutting
    assert holiday.electives == pytest.approx(plain.electives * cutting.holiday_electives)
    assert holiday.planned == pytest.approx(plain.planned * cutting.holiday_planned)
    assert holiday.surge.tolist() == plain.surge.tolist()


# --- what is refused ---------------------------------------------------------


def test_words_and_numbers_out_of_place_are_refused():
    with pytest.raises(UnknownName, match="did you mean 'advance'"):
        _plan("advanced")
    with pytest.raises(UnknownName, match="did you mean 'pa_nurses'"):
        _plan(levers={"pa_nurse": [(1, 2)]})
    with pytest.raises(UnknownName, match="lever"):
        _plan().setting("pa_nurse", 3)
    with pytest.raises(OutOfBounds, match="lever close_beds"):
        _plan(levers={"close_beds": [(1, 2)]})
    with pytest.raises(OutOfBounds, match="lever pa_nurses"):
        _plan(levers={"pa_nurses": [(1, float("nan"))]})
    with pytest.raises(BadValue, match="days of steps"):
        _plan(levers={"close_beds": [(1, 1), (1, 0)]})
    with pytest.raises(BadValue, match="values of steps"):
        Steps((1.0,), ())
    lacking = {key: value for key, value in VALUES.items() if key != "surge.share"}
    with pytest.raises(MissingField, match=r"surge\.share"):
        Plan.read(lacking, "none", 0, {})


def test_the_model_page_speaks_of_every_assumption_of_these_functions_and_of_no_other():
    page = (Path(__file__).parents[2] / "docs" / "model-contingency.md").read_text("utf-8")
    words = {"contingency", "avoidance", "holiday", "surge", "helping", "price", "money", "harm"}
    keys = {key for key in LEDGER if key.split(".")[0] in words}
    assert set(re.findall(r"`([a-z]+\.[a-z0-9_]+)`", page)) == keys


# --- demand ------------------------------------------------------------------

BASE = np.array([
    [150, 700, 450, 60],
    [500, 2500, 4500, 500],
    [300, 1500, 5500, 900],
    [400, 1300, 1900, 200],
    [350, 900, 400, 0],
    [300, 750, 1300, 0],
    [550, 1400, 3300, 0],
    [900, 3000, 6000, 0],
], dtype=float)  # fmt: skip
TEACHING = np.array([True, True, False, False])
AVOIDANCE = read_numbers(Avoidance, "avoidance", VALUES)
CALENDAR = read_numbers(Calendar, "holiday", VALUES)


def _public(since=7.0, away=0.7, refused=0.3, holiday=0):
    return Public(since, away, BASE, TEACHING, np.where(TEACHING, refused, 0.0), holiday)


def test_in_ordinary_times_everyone_comes():
    assert (demand_on(AVOIDANCE, CALENDAR, _public(-3, 0.0, 0.0)) == 1).all()
    assert (demand_on(AVOIDANCE, CALENDAR, _public(0, 0.0, 0.0)) == 1).all()


def test_mild_visits_fall_far_more_than_severe_ones():
    factors = demand_on(AVOIDANCE, CALENDAR, _public())
    falls = [1 - (factors[row] * BASE[row]).sum() / BASE[row].sum() for row in range(3)]
    severe, urgent, mild = falls
    assert mild > 2 * urgent > 4 * severe > 0
    assert (factors[2, :2] < factors[2, 2:]).all()


@given(st.floats(0, 400), st.floats(0, 1), st.floats(0, 1), st.integers(0, 60))
@settings(max_examples=60)
def test_nobody_is_added_but_those_who_were_turned_away(since, away, refused, draw):
    avoidance = read_numbers(Avoidance, "avoidance", VALUES | _draws()[draw])
    public = _public(since, away, refused)
    factors = demand_on(avoidance, CALENDAR, public)
    assert (factors >= 0).all()
    after = (factors * BASE).sum(axis=1)
    before = BASE.sum(axis=1)
    assert (after[:7] <= before[:7] * (1 + 1e-12)).all()
    turned = (public.refused * BASE[7]).sum()
    assert after[7] - before[7] == pytest.approx(avoidance.displaced * turned, abs=1e-6)


def test_everyone_who_moves_arrives_elsewhere():
    moving = replace(AVOIDANCE, mild=0.4, moved=1.0, tertiary=2.0)
    factors = demand_on(moving, CALENDAR, _public(1e3, 1.0))
    response = 0.5 ** (1e3 / moving.half_life)
    assert (factors[2] * BASE[2]).sum() == pytest.approx(
        BASE[2].sum() * (1 - 0.4 * response), rel=1e-9
    )


def test_response_comes_within_days_and_fades_over_a_long_time():
    mild = [demand_on(AVOIDANCE, CALENDAR, _public(d))[2, 2] for d in (0, 1, 4, 2000)]
    assert mild[0] == 1 > mild[1] > mild[2]
    assert mild[3] > mild[2]


def test_a_long_holiday_brings_mild_visits_and_a_short_one_fewer():
    quiet = _public(-1, 0, 0)
    long, single = (demand_on(AVOIDANCE, CALENDAR, replace(quiet, holiday=h)) for h in (1, 2))
    assert long[:3, 0].tolist() == [CALENDAR.severe, CALENDAR.urgent, CALENDAR.mild]
    assert 1 < single[2, 0] < long[2, 0]
    assert (long[4:7] == CALENDAR.referrals).all()
    assert set(SOURCES[4:7]) == {"referrals_cancer", "referrals_urgent", "referrals_routine"}


def test_outpatients_fall_with_the_hours_and_telehealth_is_deducted_once():
    base = np.array([1000.0, 3000.0, 0.0])
    lost = np.array([0.5, 0.1, 0.9])
    plain = outpatients_on(AVOIDANCE, base, lost, 0.0)
    assert plain == pytest.approx(base * (1 - AVOIDANCE.outpatients * lost))
    assert plain.sum() - outpatients_on(AVOIDANCE, base, lost, 100).sum() == pytest.approx(100)
    assert not outpatients_on(AVOIDANCE, base, lost, 1e9).any()
    assert not outpatients_on(AVOIDANCE, np.zeros(2), lost[:2], 5.0).any()
