"""The government: each sanction's stages, safety in numbers, deadlines, letters, ways back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standoff.disputes import ANNOUNCED, CALLED, OUT, STUDENTS, TRAINEES, event, live, terms

from locum.standoff.deeds import SANCTIONS
from locum.standoff.forcing import compile_events
from locum.standoff.government import (
    Force,
    advance,
    backlash_of,
    deter,
    let_go,
    pull_of,
    spread_acceptance,
    start_force,
    ways_back,
)

TERMS = terms()
NONE = (0.0, 0.0, 0.0, 0.0)
AWAY = (7000.0, 9000.0, 0.0, 0.0)


def sanction(day, what, **more):
    return event(day, "government", "sanction", what, who=more.pop("who", TRAINEES), **more)


def forced(events, days=40, away=AWAY, read=TERMS):
    """Return the sanctions after each day, with what is perceived of them."""
    force, seen = start_force(read.sanctions), []
    for script in compile_events(events, days).days:
        force = advance(force, script, away, read.sanctions)
        force = force._replace(backlash=backlash_of(force, script, read.sanctions))
        seen.append((force, deter(force, script, away, 1.0, read.sanctions)))
    return seen


@pytest.mark.parametrize("name", SANCTIONS)
def test_a_sanction_weighs_more_at_each_stage_and_nothing_once_withdrawn(name):
    stages = [
        sanction(4, f"{name}_announced"),
        sanction(8, f"{name}_notified"),
        sanction(30, f"{name}_executed"),
        sanction(35, f"{name}_withdrawn"),
    ]
    believed = terms(sanction__stale_half_life=1e6)
    felt = [perceived[0] for _, perceived in forced(stages, read=believed)]
    assert felt[3] == 0.0
    assert 0.0 < felt[4] < felt[8] < felt[30]
    assert felt[35:] == [0.0] * 5


@pytest.mark.parametrize("name", SANCTIONS)
def test_notices_and_executions_go_on_at_capacity_until_the_number_given(name):
    place = SANCTIONS.index(name)
    capacity = TERMS.sanctions.capacity[place]
    target = 2.5 * capacity
    for stage, field in (("notified", "notified"), ("executed", "executed")):
        seen = forced([sanction(2, f"{name}_{stage}", value=target)], 8, (1e6, 0.0, 0.0, 0.0))
        reached = [getattr(force, field)[place] for force, _ in seen]
        assert reached[1:6] == pytest.approx([0.0, capacity, 2 * capacity, target, target])


def test_without_a_number_a_sanction_goes_on_until_it_has_reached_all_who_are_away():
    seen = forced([sanction(2, "return_order_executed")], 20, (7000.0, 500.0, 0.0, 0.0))
    assert seen[-1][0].executed[0] == 7000.0
    assert seen[-1][0].notified[0] == 7000.0


def test_a_withdrawn_sanction_reaches_nobody_more():
    seen = forced([sanction(2, "suspension_notified"), sanction(4, "suspension_withdrawn")], 20)
    reached = [force.notified[1] for force, _ in seen]
    assert reached[3] == reached[19] == 2 * TERMS.sanctions.capacity[1]


def test_a_sanction_weighs_on_those_it_is_directed_against_only():
    _, felt = forced([sanction(2, "suspension_announced", who=STUDENTS)], 5)[4]
    assert felt[1] > 0.0
    assert (felt[0], felt[2], felt[3]) == (0.0, 0.0, 0.0)


@given(st.floats(1.0, 1e6), st.floats(1.0, 100.0))
def test_there_is_safety_in_numbers(heads, times):
    event_of = sanction(2, "suspension_announced")
    few = forced([event_of], 4, (heads, 0.0, 0.0, 0.0))[3][1][0]
    many = forced([event_of], 4, (heads * times, 0.0, 0.0, 0.0))[3][1][0]
    assert many <= few
    reach = TERMS.sanctions.capacity[1] * TERMS.sanctions.horizon
    if heads * times <= reach:
        assert many == pytest.approx(few)


def test_deterrence_and_backlash_are_apart():
    announced = [sanction(2, "suspension_announced")]
    calm = terms(sanction__anger_announced=0.0)
    toothless = terms(sanction__severity_suspension=1e-9)
    (_, felt), (force, _) = forced(announced, 4, read=calm)[3], forced(announced, 4)[3]
    assert felt[0] > 0.0
    assert forced(announced, 4, read=calm)[3][0].backlash[0] == 0.0
    assert force.backlash[0] > 0.0
    assert forced(announced, 4, read=toothless)[3][1][0] == pytest.approx(0.0, abs=1e-9)


def test_backlash_halves_and_others_share_it():
    half_life = TERMS.sanctions.backlash_half_life
    read = terms(sanction__backlash_half_life=10.0)
    seen = [
        force.backlash for force, _ in forced([sanction(2, "revocation_announced")], 30, read=read)
    ]
    assert seen[12][0] == pytest.approx(seen[2][0] / 2.0)
    assert seen[2][1] == pytest.approx(seen[2][0] * TERMS.sanctions.solidarity[1])
    assert half_life > 0.0


def test_a_deadline_that_passes_without_execution_costs_belief_one_with_it_does_not():
    deadline = event(5, "government", "deadline", who=TRAINEES, until=8)
    announced = sanction(2, "suspension_announced")
    struck = sanction(3, "suspension_executed")
    bluffed = forced([announced, deadline], 12)[11][0].credibility[1]
    without = forced([announced], 12)[11][0].credibility[1]
    executed = forced([announced, struck, deadline], 12)[11][0].credibility[1]
    assert bluffed == pytest.approx(without * (1.0 - TERMS.sanctions.bluff))
    assert executed > TERMS.sanctions.credibility[1]


def test_withdrawing_one_sanction_costs_belief_in_all():
    seen = forced([sanction(2, "suspension_announced"), sanction(6, "suspension_withdrawn")], 10)
    before, after = seen[5][0].credibility, seen[6][0].credibility
    assert after == pytest.approx([each * (1.0 - TERMS.sanctions.softening) for each in before])


def test_a_government_that_gives_way_threatens_less():
    script = compile_events([sanction(0, "suspension_announced")], 2).days[1]
    force = start_force(TERMS.sanctions)
    felt = [deter(force, script, AWAY, push, TERMS.sanctions)[0] for push in (0.25, 1.0)]
    assert felt[0] == pytest.approx(felt[1] * 0.25**TERMS.sanctions.resolve)


def test_a_deadline_draws_most_on_its_last_day_and_not_after():
    deadline = event(5, "government", "deadline", who=TRAINEES, until=8)
    days = compile_events([deadline], 12).days
    pulls = [pull_of(script, (0.5, 0.0, 0.0, 0.0), TERMS.back)[0] for script in days]
    assert pulls[:5] == [0.0] * 5
    assert pulls[5] < pulls[6] < pulls[7] < pulls[8]
    assert pulls[8] == pytest.approx(TERMS.back.amnesty[0] + 0.5 * TERMS.back.threat)
    assert pulls[9:] == [0.0] * 3


def test_letters_are_accepted_by_the_last_day_and_mostly_late():
    told = event(5, "government", "process_resignations", who=TRAINEES, until=9, value=0.6)
    days = compile_events([told], 12).days
    force, shares = start_force(TERMS.sanctions), []
    quiet = TERMS.leaving._replace(unbidden=(0.0,) * 4)
    for script in days:
        force = force._replace(processed=let_go(force, script, quiet))
        shares.append(force.processed[0])
    assert shares[4] == 0.0
    assert shares[9:] == pytest.approx([0.6] * 3)
    steps = np.diff(shares)[4:9]
    assert (np.diff(steps[1:]) > 0.0).all()


def test_a_ban_keeps_letters_from_being_accepted():
    ban = sanction(0, "acceptance_ban_executed")
    lifted = sanction(5, "acceptance_ban_withdrawn")
    force = start_force(TERMS.sanctions)
    leaving = TERMS.leaving._replace(unbidden=(0.01,) * 4, ban=1.0)
    days = compile_events([ban, lifted], 10).days
    assert let_go(force, days[3], leaving)[0] == 0.0
    assert let_go(force, days[6], leaving)[0] == pytest.approx(0.01)
    assert let_go(force, days[3], leaving)[1] == pytest.approx(0.01)


def test_an_organisation_accepts_all_letters_or_none_and_never_stops():
    kinds = np.array([0, 0, 0, 1], np.int32)
    ranks = np.array([0.1, 0.5, 0.9, 0.1])
    complete = (0.5, 0.25, 0.0, 0.0)
    assert spread_acceptance((0.0,) * 4, complete, kinds, ranks).tolist() == [0.0] * 4
    some = spread_acceptance((0.6, 0.2, 0.0, 0.0), complete, kinds, ranks)
    assert some.tolist() == [0.5, 0.5, 0.0, 0.25]
    more = spread_acceptance((0.95, 0.2, 0.0, 0.0), complete, kinds, ranks)
    assert (more >= some).all()


def test_a_window_is_open_between_its_days_and_shares_out_its_posts():
    window = event(4, "government", "window", "same_post", who=TRAINEES, value=100.0, until=6)
    days = compile_events([window], 10).days
    out = (1000.0, 0.0, 0.0, 0.0)
    chances = [ways_back(script, NONE, out, TERMS.back)[0][0] for script in days]
    assert [day for day, chance in enumerate(chances) if chance] == [4, 5, 6]
    assert chances[5] == pytest.approx(0.1 * TERMS.back.window_pace)
    easier = ways_back(days[5], NONE, out, TERMS.back)[1]
    assert easier[0] == TERMS.back.same_post


def test_posts_at_any_hospital_make_nothing_easier():
    window = event(4, "government", "window", "any_post", who=TRAINEES, until=6)
    script = compile_events([window], 10).days[5]
    chances, easier = ways_back(script, NONE, (9e9, 0.0, 0.0, 0.0), TERMS.back)
    assert chances[0] == TERMS.back.window_pace
    assert easier == (0.0,) * 4


def test_terms_of_return_draw_back_and_make_it_easier():
    granted = event(4, "government", "concession", "terms_of_return", who=TRAINEES)
    lived = live([ANNOUNCED, CALLED, granted], 10)
    assert lived.signals[3].pull[0] == lived.signals[3].easier[0] == 0.0
    assert lived.signals[5].pull[0] == TERMS.back.terms[0]
    assert lived.signals[5].easier[0] == TERMS.back.terms_easier


def test_the_law_finds_sanctions_and_heads_in_the_state():
    lived = live([ANNOUNCED, CALLED, sanction(6, "suspension_notified", value=4000.0)], 30)
    assert lived.states[29].notified[1] == 4000.0
    assert lived.states[29].executed == (0.0,) * 5
    assert isinstance(lived.states[29].force, Force)
    assert lived.signals[29].sanction[0] > 0.0
    assert OUT.heads[0] > 4000.0
