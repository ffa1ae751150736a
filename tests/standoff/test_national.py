"""A day of the national actors: a settlement opens the way back; three ways to resolve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standoff.disputes import (
    ANNOUNCED,
    CALLED,
    OUT,
    STUDENTS,
    TRAINEES,
    VALUES,
    event,
    live,
    steady,
    terms,
)

from locum.errors import UnknownName
from locum.standoff.bargaining import concede, consent_chance, find_rule, nash_share
from locum.standoff.decision import Signals
from locum.standoff.forcing import compile_events
from locum.standoff.national import LUCK, Seen, Terms, start_national, step
from locum.standoff.states import KINDS

TERMS = terms()
AGREED = event(12, "health_ministry", "settlement", who=TRAINEES, value=0.5)
BY_KIND = [name for name in Signals._fields if name not in ("shift", "resolve")]


def test_signals_are_finite_and_of_one_number_for_each_kind():
    lived = live([ANNOUNCED, CALLED, AGREED], 30)
    for told in lived.signals:
        for name in BY_KIND:
            assert getattr(told, name).shape == (4,), name
            assert np.isfinite(getattr(told, name)).all(), name
        assert 0.0 <= told.resolve <= 1.0
        assert told.shift.size == 0


def test_the_same_days_give_the_same_signals():
    first, again = (live([ANNOUNCED, CALLED, AGREED], 30) for _ in range(2))
    assert first.states == again.states


def test_an_assumption_that_is_missing_is_named():
    short = {key: value for key, value in VALUES.items() if key != "grievance.near"}
    with pytest.raises(UnknownName, match=r"grievance\.near"):
        Terms.read(short)


def test_an_unknown_way_to_resolve_is_refused():
    with pytest.raises(UnknownName, match="unknown way to resolve 'duel'"):
        start_national(TERMS, compile_events([], 2), "duel")


def test_a_settlement_ends_the_action_and_opens_the_way_back():
    before, after = (live([ANNOUNCED, CALLED, AGREED], 14).signals[day] for day in (11, 12))
    assert (before.gate[0], before.window[0], before.easier[0]) == (1.0, 0.0, 0.0)
    assert before.release[0] == 0.0
    assert after.gate[0] == after.letters[0] == 0.0
    assert after.held[0] == 1.0
    assert after.window[0] == TERMS.back.settled_window
    assert after.easier[0] == TERMS.back.settled_easier
    assert after.release[0] > 0.0
    assert after.grievance[0] < before.grievance[0]
    assert after.window[1] == after.release[1] == 0.0


def test_a_settlement_signed_by_others_binds_in_part():
    by_others = event(12, "medical_association", "settlement", who=TRAINEES, value=0.5)
    bound = live([ANNOUNCED, CALLED, by_others], 14).signals[13]
    own = live([ANNOUNCED, CALLED, AGREED], 14).signals[13]
    assert bound.gate[0] == pytest.approx(1.0 - TERMS.bargaining.others)
    assert bound.release[0] == pytest.approx(own.release[0] * TERMS.bargaining.others)


def test_a_settlement_that_says_no_share_meets_the_share_assumed():
    bare = event(12, "health_ministry", "settlement", who=TRAINEES)
    lived = live([ANNOUNCED, CALLED, bare], 14)
    assert lived.states[13].settled == (TERMS.bargaining.unstated, -1.0, -1.0, -1.0)
    assert lived.states[13].met[0] == (TERMS.bargaining.unstated,) * 4


def test_a_settlement_of_all_demands_takes_the_quota_back():
    whole = event(12, "health_ministry", "settlement", who=TRAINEES, value=1.0)
    lived = live([ANNOUNCED, CALLED, whole], 14)
    assert lived.states[13].size == (0.0, 1.0, 1.0, 1.0)


def test_some_begin_on_the_eve_of_a_walkout():
    gate = live([ANNOUNCED, CALLED], 8).series("gate")
    assert gate == [0.0] * 4 + [TERMS.collective.early[0]] + [1.0] * 3


def test_leave_begins_school_by_school_where_requests_do():
    leave = event(5, "students_association", "call", "leave", who=STUDENTS)
    lived = live([ANNOUNCED, leave], 9)
    first, spread, early = (
        getattr(TERMS.collective, name)[1] for name in ("first", "spread", "early")
    )
    second = first + spread * (1.0 - first)
    third = second + spread * (1.0 - second)
    shares = [max(early, each) for each in (0.0, first, second, third)]
    assert lived.series("gate", 1)[:8] == pytest.approx([0.0] * 4 + shares)
    assert lived.series("letters", 1)[5:8] == pytest.approx([first, second, third])


def test_lists_weigh_less_where_those_who_stay_are_protected():
    shown = OUT._replace(exposure=0.8)
    shield = event(6, "government", "protection", who=TRAINEES)
    exposure = live([ANNOUNCED, CALLED, shield], 8, seen=shown).signals[7].exposure
    assert exposure[0] == pytest.approx(0.8 * (1.0 - TERMS.back.protection))
    assert exposure[1] == 0.8


def test_stress_comes_from_those_away_unless_hospitals_say():
    away = OUT._replace(stress=float("nan"))
    assert live([ANNOUNCED, CALLED], 3, seen=away).states[2].stress > 0.0
    given_by_hospitals = OUT._replace(stress=0.4)
    assert live([ANNOUNCED, CALLED], 3, seen=given_by_hospitals).states[2].stress == 0.4


shares = st.floats(0.0, 1.0)
four = st.tuples(shares, shares, shares, shares)


@given(four, four, four, shares, shares, st.lists(shares, min_size=LUCK, max_size=LUCK))
def test_whatever_is_seen_the_state_stays_within_its_bounds(joined, away, support, a, b, luck):
    seen = Seen(OUT.heads, joined, joined, away, support, OUT.out, a, 0.0, 3.0, b, a)
    for mode in ("script", "hazard", "bargaining"):
        read = terms(collective__leaders="elected")
        lived = live([ANNOUNCED, CALLED, AGREED], 20, seen, [luck] * 20, mode, read=read)
        last, told = lived.states[-1], lived.signals[-1]
        for share in (last.resolve, last.approval_plan, last.approval_handling, *last.mandate):
            assert 0.0 <= share <= 1.0
        for name in ("letters", "gate", "window", "release", "accept", "public", "exposure"):
            assert ((getattr(told, name) >= 0.0) & (getattr(told, name) <= 1.0)).all(), name
        assert (told.sanction >= 0.0).all()
        assert (told.pull >= 0.0).all()


# --- script, hazard, bargaining -------------------------------------------------


def test_the_three_ways_stand_behind_one_interface():
    signals = [
        live([ANNOUNCED, CALLED], 10, luck=steady(0.5, 10), mode=mode).signals[9]
        for mode in ("script", "hazard", "bargaining")
    ]
    assert all(told._fields == signals[0]._fields for told in signals)


def test_under_script_luck_changes_nothing():
    lucky = live([ANNOUNCED, CALLED, AGREED], 20, luck=steady(0.0, 20))
    assert lucky.states == live([ANNOUNCED, CALLED, AGREED], 20).states


def test_under_hazard_what_events_say_of_a_settlement_is_not_heard():
    assert (
        live([ANNOUNCED, CALLED, AGREED], 20, luck=steady(1.0, 20), mode="hazard")
        .states[19]
        .settled
        == (-1.0,) * 4
    )


def test_until_its_first_day_a_hazard_follows_the_script():
    met = event(6, "government", "concession", "hours", value=0.5)
    later = event(15, "government", "concession", "hours", value=1.0)
    lived = live(
        [ANNOUNCED, CALLED, met, later], 20, luck=steady(1.0, 20), mode="hazard", since=10
    )
    assert [state.met[0][2] for state in lived.states[5:]] == [0.0] + [0.5] * 14


def test_under_hazard_the_government_gives_way_step_by_step_and_collectives_consent():
    lived = live([ANNOUNCED, CALLED], 20, luck=steady(0.0, 20), mode="hazard")
    offered = [state.met[0][0] for state in lived.states]
    assert offered[0] == TERMS.bargaining.step
    assert offered[-1] <= 1.0
    assert lived.states[-1].settled[0] > 0.0
    assert lived.signals[-1].window[0] > 0.0


def test_a_resolute_government_gives_way_more_seldom():
    def chance(resolve):
        read = terms(opinion__resolve=resolve, opinion__resolve_half_life=1e6)
        luck = steady(1.0, 2)
        low, high = 0.0, 1.0
        for _ in range(30):
            middle = (low + high) / 2.0
            luck[0][2] = middle
            given_way = live([ANNOUNCED], 1, OUT, luck, "hazard", read=read).states[0].met[0][0]
            low, high = (middle, high) if given_way else (low, middle)
        return low

    assert chance(0.9) < chance(0.1)


@given(st.floats(0.0, 1.0), st.floats(-1.0, 1.0))
def test_consent_is_even_at_what_is_asked_and_grows_with_the_offer(share, line):
    read = TERMS.bargaining
    asked = read.ask[0] + read.line * line
    assert consent_chance(asked, 0, line, read) == pytest.approx(0.5)
    assert consent_chance(share, 0, line, read) <= consent_chance(share + 0.1, 0, line, read)


costs = st.floats(0.0, 3.0)


@given(costs, costs, st.floats(0.001, 0.2))
def test_claims_end_at_the_solution_of_nash(government, doctors, cut):
    claims = (1.0, 1.0)
    for _ in range(5000):
        claims = concede(claims, (government, doctors), cut)
    assert sum(claims) == pytest.approx(1.0)
    assert claims[1] == pytest.approx(nash_share((government, doctors)), abs=1.01 * cut)


@given(costs, costs, st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.001, 0.5))
def test_swapping_the_sides_swaps_the_claims(first, second, one, other, cut):
    claims = concede((one, other), (first, second), cut)
    swapped = concede((other, one), (second, first), cut)
    assert claims == swapped[::-1]


def test_bargaining_ends_in_a_settlement_of_what_is_left_by_the_claims():
    read = terms(bargaining__round_days=2.0, bargaining__step=0.2)
    lived = live([ANNOUNCED, CALLED], 60, luck=steady(0.5), mode="bargaining", read=read)
    last = lived.states[-1]
    assert last.settled[0] == pytest.approx(1.0 - last.table.claims[0])
    assert sum(last.table.claims) == pytest.approx(1.0)
    assert lived.signals[-1].gate[0] == 0.0
    assert last.seats == (2000.0 * (1.0 - last.settled[0]),)


def test_a_longer_dispute_costs_doctors_more_and_stress_costs_the_government_more():
    from locum.standoff.bargaining import Situation, conflict_costs

    quiet = (0.0, 0.0, 0.0, 0.0)
    start = Situation(
        (-1.0, -1.0, -1.0, -1.0), 0.0, 0.5, 0.0, 0.5, quiet, quiet, quiet, quiet, 0.0
    )
    at_first = conflict_costs(start, TERMS.bargaining)
    assert conflict_costs(start._replace(stress=1.0), TERMS.bargaining)[0] > at_first[0]
    assert conflict_costs(start._replace(days_away=365.0), TERMS.bargaining)[1] > at_first[1]


def test_every_rule_has_a_name():
    for name in ("script", "hazard", "bargaining"):
        assert callable(find_rule(name))
    assert len(KINDS) == 4


def test_a_day_takes_less_than_a_millisecond():
    """A guard against a slip of an order of magnitude, not a benchmark."""
    from time import process_time

    forcing = compile_events([ANNOUNCED, CALLED], 400)
    state = start_national(TERMS, forcing)
    began = process_time()
    for day in range(400):
        state, _ = step(state, day, forcing, OUT, TERMS)
    assert (process_time() - began) / 400 < 1e-3
