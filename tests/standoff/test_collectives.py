"""Collectives: calls and mandates, leaders elected and recalled, demands of either side alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standoff.disputes import (
    ANNOUNCED,
    CALLED,
    IN,
    OUT,
    STUDENTS,
    TRAINEES,
    event,
    live,
    steady,
    terms,
)

from locum.standoff.collectives import recall_chance
from locum.standoff.deeds import AGENDA

TERMS = terms()


def level(events, day=20, kind=0, **more):
    return live(events, day + 1, **more).series("grievance", kind)[day]


@pytest.mark.parametrize("demand", AGENDA)
def test_a_demand_that_is_met_and_then_refused_leaves_no_trace_but_backlash(demand):
    calm = terms(grievance__backlash=0.0)
    met = event(6, "government", "concession", demand)
    refused = event(12, "government", "refusal", demand)
    without = level([ANNOUNCED, CALLED], read=calm)
    assert level([ANNOUNCED, CALLED, met], read=calm) < without
    assert level([ANNOUNCED, CALLED, met, refused], read=calm) == pytest.approx(without)


@pytest.mark.parametrize("demand", AGENDA[1:])
def test_every_demand_works_the_same_way(demand):
    weights = {f"grievance__{each}": 0.3 for each in AGENDA[1:]}
    read = terms(**weights)
    met = event(6, "government", "concession", demand, value=0.5)
    fall = level([ANNOUNCED, CALLED], read=read) - level([ANNOUNCED, CALLED, met], read=read)
    assert fall == pytest.approx(0.15)


def test_a_quota_withdrawn_is_a_quota_never_raised():
    back = event(6, "government", "raise_quota", value=0.0)
    calm = terms(collective__mandate_pace=0.0, collective__wish_pace=0.0)
    assert level([ANNOUNCED, CALLED, back], read=calm) == pytest.approx(level([CALLED], read=calm))


def test_a_concession_on_the_quota_and_the_seats_it_leaves_do_not_count_twice():
    met = event(6, "government", "concession", "quota", value=0.25)
    fixed = event(8, "universities", "set_quota", "2025", value=1500.0)
    lived = live([ANNOUNCED, CALLED, met, fixed], 12)
    assert lived.states[7].size[0] == pytest.approx(0.75)
    assert lived.states[11].size[0] == pytest.approx(0.75)


@given(st.floats(0.0, 10_000.0), st.floats(0.0, 10_000.0))
def test_more_seats_never_mean_less_grievance(fewer, more):
    low, high = sorted((fewer, more))
    levels = [
        level([event(1, "government", "raise_quota", value=seats), CALLED], day=8)
        for seats in (low, high)
    ]
    assert levels[0] <= levels[1] + 1e-12


def test_a_call_adds_support_in_proportion_to_the_mandate_until_it_is_ended():
    end = event(9, "trainees_association", "end_call", "walkout", who=TRAINEES)
    still = terms(collective__mandate_pace=0.0, collective__mandate_trainee=0.5)
    lived = live([ANNOUNCED, CALLED, end], 12, read=still)
    grievance = lived.series("grievance")
    added = TERMS.grievance.call[0] * 0.5
    assert grievance[5] - grievance[4] == pytest.approx(added, abs=0.01)
    assert grievance[9] - grievance[8] == pytest.approx(-added, abs=0.01)
    assert lived.series("release")[8:10] == pytest.approx([0.0, TERMS.collective.release[0] * 0.5])


def test_after_a_strike_of_a_day_work_goes_on():
    day = event(5, "trainees_association", "call", "walkout", who=TRAINEES, until=5)
    lived = live([ANNOUNCED, day], 10)
    assert lived.series("gate")[4:7] == [TERMS.collective.early[0], 1.0, 0.0]
    assert lived.series("release")[5:7] == [0.0, TERMS.collective.expiry[0]]


def test_letters_begin_in_some_organisations_and_spread():
    call = event(5, "trainees_association", "call", "letters", who=TRAINEES)
    shares = live([ANNOUNCED, call], 30).series("letters")
    assert shares[4] == 0.0
    assert shares[5] == TERMS.collective.first[0]
    assert (np.diff(shares[5:21]) > 0.0).all()
    assert shares[29] == pytest.approx(1.0, abs=0.001)


def test_the_hurry_of_a_call_passes():
    attention = live([ANNOUNCED, CALLED], 30).series("attention")
    assert attention[3] == 1.0
    assert attention[4] == attention[5] == pytest.approx(1.0 + TERMS.collective.rush[0])
    assert attention[29] == pytest.approx(1.0, abs=0.01)


def test_before_anybody_joins_the_belief_is_what_it_was_and_then_what_is_seen():
    calls = [ANNOUNCED, event(5, "trainees_association", "call", "letters", who=TRAINEES)]
    assert live(calls, 20, seen=IN).series("public")[19] == TERMS.collective.belief[0]
    seen = live([ANNOUNCED, CALLED], 40, seen=OUT).series("public")[39]
    assert seen == pytest.approx(OUT.joined[0], abs=1e-6)


def test_a_mandate_goes_where_members_are_and_a_vote_sets_it():
    vote = event(8, "trainees_association", "vote", "walkout", who=TRAINEES, value=0.9)
    end = event(12, "trainees_association", "vote", "end", who=TRAINEES, value=0.75)
    lived = live([ANNOUNCED, CALLED, vote, end], 900, seen=OUT._replace(support=(0.2,) * 4))
    assert lived.states[8].mandate[0] == 0.9
    assert lived.states[12].mandate[0] == 0.25
    assert lived.states[899].mandate[0] == pytest.approx(0.2, abs=0.001)
    assert lived.states[0].mandate == TERMS.collective.mandate


def test_leaders_are_elected_and_recalled_by_events():
    elected = event(6, "medical_association", "leadership", "elected", value=1.0)
    recalled = event(9, "medical_association", "leadership", "recalled")
    lived = live([ANNOUNCED, CALLED, elected, recalled], 12)
    assert lived.states[6].line[3] == 1.0
    assert lived.states[9].line[3] == pytest.approx(2.0 * OUT.support[3] - 1.0)
    assert lived.states[9].standing.recalled == (0.0,) * 4


def test_members_recall_leaders_whose_line_is_far_from_their_wish():
    read = terms(collective__leaders="elected", collective__line=1.0, collective__recall=0.5)
    mild = OUT._replace(support=(0.1, 1.0, 1.0, 1.0))
    lived = live([ANNOUNCED, CALLED], 4, seen=mild, luck=steady(0.1, 4), read=read)
    assert lived.states[3].standing.recalled[0] == 1.0
    assert lived.states[3].line[0] == pytest.approx(-0.8)
    assert lived.states[3].standing.recalled[1] == 0.0


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_recall_does_not_ask_which_way_leaders_differ_from_members(line, wish):
    chance = recall_chance(line, wish, TERMS.collective)
    assert 0.0 <= chance <= TERMS.collective.recall
    assert chance == recall_chance(-line, -wish, TERMS.collective)


def test_a_line_of_holding_out_and_one_of_talking_weigh_the_same():
    levels = []
    for line in (-1.0, 0.0, 1.0):
        said = event(6, "trainees_association", "leadership", "elected", value=line)
        levels.append(level([ANNOUNCED, CALLED, said], day=6))
    assert levels[2] - levels[1] == pytest.approx(levels[1] - levels[0])


def test_talks_are_with_those_who_talk():
    begun = event(6, "government", "talks", "begun")
    out = event(6, "students_association", "talks", "refused")
    with_talks, without = [
        live([ANNOUNCED, CALLED, *more], 10).signals[9].grievance for more in ([begun, out], [])
    ]
    assert with_talks[0] == pytest.approx(without[0] - TERMS.grievance.hope[0])
    assert with_talks[1] == pytest.approx(without[1])


def test_before_the_dispute_nothing_moves():
    lived = live([event(9, "government", "raise_quota", value=2000.0)], 9)
    assert all(state.standing == lived.states[0].standing for state in lived.states)
    assert STUDENTS == ("student",)
