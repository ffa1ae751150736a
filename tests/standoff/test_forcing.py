"""A timeline compiled: what each event says for each day, and for nobody else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standoff.disputes import ANNOUNCED, CLINICS, STUDENTS, TRAINEES, event

from locum.errors import InputError
from locum.standoff.deeds import AGENDA, DEEDS, SANCTIONS
from locum.standoff.forcing import Script, compile_events
from locum.standoff.states import KINDS

DAYS = 20


def days_of(name, events, kind=0):
    return compile_events(events, DAYS).series(name)[:, kind].tolist()


def test_without_events_nothing_is_said():
    forcing = compile_events([], 3)
    quiet = forcing.days[0]
    assert forcing.days == (quiet, quiet, quiet)
    assert quiet.settled == (-1.0,) * 4
    assert (quiet.moves, quiet.standing, quiet.dispute) == ((), (), 0.0)


def test_a_run_has_at_least_a_day():
    with pytest.raises(InputError, match="days of a run"):
        compile_events([], 0)


def test_an_event_of_no_known_kind_is_refused():
    with pytest.raises(InputError, match="unknown kind of event 'strike'"):
        compile_events([event(1, "professors", "strike")], 3)


def test_events_beyond_the_end_are_not_heard():
    assert compile_events([event(9, "government", "raise_quota", value=9.0)], 5).days == (
        compile_events([], 5).days
    )


def test_a_call_is_in_force_from_its_first_day_until_it_is_ended():
    call = event(3, "trainees_association", "call", "walkout", who=TRAINEES)
    end = event(7, "trainees_association", "end_call", "walkout", who=TRAINEES)
    assert days_of("gate", [call, end]) == [0.0] * 3 + [1.0] * 4 + [0.0] * 13
    assert days_of("ended", [call, end]) == [0.0] * 7 + [1.0] * 13
    assert not any(days_of("expired", [call, end]))


def test_a_strike_of_a_day_runs_out():
    day = event(3, "trainees_association", "call", "walkout", who=TRAINEES, until=3)
    assert days_of("gate", [day]) == [0.0] * 3 + [1.0] + [0.0] * 16
    assert days_of("expired", [day]) == [0.0] * 4 + [1.0] * 16


def test_the_next_call_reopens_what_a_strike_of_a_day_closed():
    day = event(3, "trainees_association", "call", "walkout", who=TRAINEES, until=3)
    again = event(8, "trainees_association", "call", "walkout", who=TRAINEES)
    assert days_of("gate", [day, again]) == [0.0] * 3 + [1.0] + [0.0] * 4 + [1.0] * 12
    assert days_of("expired", [day, again]) == [0.0] * 4 + [1.0] * 4 + [0.0] * 12


def test_ending_a_call_for_some_leaves_it_in_force_for_others():
    both = ("trainee", "student")
    call = event(3, "medical_association", "call", "walkout", who=both)
    end = event(7, "medical_association", "end_call", "walkout", who=STUDENTS)
    assert days_of("gate", [call, end], kind=0)[10] == 1.0
    assert days_of("gate", [call, end], kind=1)[10] == 0.0


def test_letters_stay_possible_after_their_last_day_but_not_after_the_call_is_ended():
    call = event(3, "trainees_association", "call", "letters", who=TRAINEES, until=6)
    end = event(6, "trainees_association", "end_call", "letters", who=TRAINEES)
    assert days_of("letters", [call])[19] == 1.0
    assert days_of("letters", [call, end])[6:] == [0.0] * 14


def test_leave_opens_requests_and_absence_a_shorter_week_neither():
    leave = event(3, "students_association", "call", "leave", who=STUDENTS)
    week = event(3, "professors", "call", "short_week", who=("professor",))
    day = compile_events([leave, week], DAYS).days[5]
    assert day.letters == day.gate == (0.0, 1.0, 0.0, 0.0)
    assert day.short_week == (0.0, 0.0, 1.0, 0.0)
    assert day.call == (0.0, 1.0, 0.0, 0.0)
    assert day.paired == (0.0, 1.0, 0.0, 0.0)


def test_a_walkout_is_not_the_letters_that_came_before_it():
    letters = event(3, "trainees_association", "call", "letters", who=TRAINEES)
    walkout = event(5, "trainees_association", "call", "walkout", who=TRAINEES)
    assert compile_events([letters, walkout], DAYS).days[6].paired == (0.0,) * 4


def test_a_call_presses_on_its_eve_and_its_first_day():
    call = event(5, "trainees_association", "call", "walkout", who=TRAINEES)
    assert np.flatnonzero(days_of("rush", [call])).tolist() == [4, 5]


def test_a_deadline_counts_its_days_down_and_lapses_on_the_morning_after():
    deadline = event(5, "government", "deadline", who=TRAINEES, until=8)
    assert days_of("deadline", [deadline])[4:10] == [0.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    assert days_of("left", [deadline])[5:9] == [3.0, 2.0, 1.0, 0.0]
    assert np.flatnonzero(days_of("lapsed", [deadline])).tolist() == [9]


@pytest.mark.parametrize("sanction", SANCTIONS)
def test_a_sanction_stands_from_its_first_stage_until_it_is_withdrawn(sanction):
    first = event(4, "government", "sanction", f"{sanction}_announced", who=TRAINEES)
    last = event(9, "government", "sanction", f"{sanction}_withdrawn", who=TRAINEES)
    place = SANCTIONS.index(sanction)
    forcing = compile_events([first, last], DAYS)
    assert [day.standing for day in forcing.days] == [()] * 4 + [((place, (0,)),)] * 5 + [()] * 11
    assert forcing.days[5].applies[place] == (1.0, 0.0, 0.0, 0.0)
    assert [move.stage for move in forcing.days[9].moves] == [3]


@pytest.mark.parametrize("demand", AGENDA)
def test_a_refusal_takes_back_what_a_concession_gave(demand):
    given_up = event(4, "government", "concession", demand, value=0.5)
    refused = event(9, "president", "refusal", demand)
    met = compile_events([given_up, refused], DAYS).series("met")[:, 0, AGENDA.index(demand)]
    assert met.tolist() == [0.0] * 4 + [0.5] * 5 + [0.0] * 11


def test_a_court_that_grants_a_demand_rules_against_the_state():
    ruling = event(4, "court", "concession", "quota")
    day = compile_events([ruling], DAYS).days[4]
    assert (day.against, day.met[0][0]) == (1.0, 1.0)


def test_seats_fixed_for_a_year_leave_the_others_as_announced():
    fixed = event(6, "universities", "set_quota", "2026", value=0.0)
    forcing = compile_events([ANNOUNCED, fixed], DAYS)
    assert forcing.years == (2026,)
    assert forcing.days[3].seats == (2000.0, 2000.0)
    assert forcing.days[8].seats == (0.0, 2000.0)
    assert (forcing.days[8].latest, forcing.days[8].announced) == (0.0, 2000.0)


def test_who_stays_out_of_talks_does_so_whatever_the_order_in_the_file():
    begun = event(4, "government", "talks", "begun")
    refused = event(4, "trainees_association", "talks", "refused")
    for order in ([begun, refused], [refused, begun]):
        assert compile_events(order, DAYS).days[6].talks == (0.0, 1.0, 1.0, 1.0)


def test_a_settlement_is_signed_by_the_own_body_or_the_state():
    by_others = event(4, "medical_association", "settlement", who=("trainee", "community"))
    day = compile_events([by_others], DAYS).days[4]
    assert np.isnan(day.settled[0])
    assert day.settled[1] == -1.0
    assert day.signed == (0.0, 0.0, 0.0, 1.0)


def test_kinds_that_are_not_in_the_run_are_left_out():
    call = event(3, "medical_association", "call", "closure", who=CLINICS)
    assert compile_events([call], DAYS, ("trainee",)).days[5].gate == (0.0,) * 4


@st.composite
def any_event(draw):
    does = draw(st.sampled_from(sorted(DEEDS)))
    deed = DEEDS[does]
    what = draw(st.sampled_from(deed.subjects)) if deed.subjects else None
    day = draw(st.integers(0, DAYS + 2))
    until = draw(st.integers(day, DAYS + 4)) if deed.lasts != "never" else None
    allowed = deed.range_of(what)
    value = draw(st.floats(allowed.low, allowed.high)) if allowed else None
    who = tuple(draw(st.sets(st.sampled_from(KINDS)))) if deed.whom != "never" else ()
    actor = draw(st.sampled_from(deed.actors))
    return event(day, actor, does, what, until=until, value=value, who=who)


@given(st.lists(any_event(), max_size=8))
def test_any_timeline_says_shares_between_0_and_1(events):
    forcing = compile_events(events, DAYS)
    assert len(forcing.days) == DAYS
    for name in ("letters", "gate", "call", "rush", "expired", "ended", "signed", "talks"):
        assert ((forcing.series(name) >= 0.0) & (forcing.series(name) <= 1.0)).all()
    met = forcing.series("met")
    assert ((met >= 0.0) & (met <= 1.0)).all()


@given(st.lists(any_event(), max_size=8))
def test_days_before_the_first_event_are_those_of_a_quiet_timeline(events):
    first = min((each.day for each in events), default=DAYS)
    quiet = compile_events([], DAYS).days[0]
    forcing = compile_events(events, DAYS)
    for day in forcing.days[: max(0, first - 1)]:
        same = [name for name in Script._fields if name != "seats"]
        assert [getattr(day, name) for name in same] == [getattr(quiet, name) for name in same]
