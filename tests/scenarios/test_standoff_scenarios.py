"""Scenarios of the sector standoff: presets, inheritance, counterfactuals, bad files."""

from __future__ import annotations

import json
import random
import re
from datetime import date
from pathlib import Path

import pytest
from tests.scenarios.test_mutations import TEXT_MUTATIONS

from locum import errors
from locum.scenarios import apply, find_problems, form_of, json_schema, resolve, sector_of
from locum.scenarios.standoff import LEDGER, resolve_standoff, resolve_standoff_data
from locum.scenarios.standoff_scenario import SIDES
from locum.standoff.deeds import ACTORS, DEEDS, RESOLVES, SANCTIONS, STAGES
from locum.standoff.states import KINDS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "standoff-scenarios.md"
PRESETS = ["korea-standoff-2020", "korea-standoff-2024"]
HEAD = "name: mine\ntitle: Mine\ninherits: korea-standoff-2024\n"
ALONE = """\
name: mine
title: Mine
country: korea
sector: standoff
start: 2024-02-05
end: 2024-03-31
dispute: 2024-02-06
"""
PARENT = """\
name: parent
title: Parent
country: korea
sector: standoff
start: 2024-02-05
end: 2025-09-30
dispute: 2024-02-06
turns: [2024-03-01, 2025-03-01]
readings: {table: walkout_daily, fit: 2024-02-29, update: 2024-08-31}
events:
  quota_raised: {date: 2024-02-06, actor: government, does: raise_quota, value: 2000}
  clinics_close:
    date: 2024-06-18
    actor: medical_association
    does: call
    what: closure
    who: community
    until: 2024-06-18
  professors_stop:
    {date: 2024-06-17, actor: professors, does: call, what: suspension, who: professor}
  professors_resume:
    {date: 2024-06-24, actor: professors, does: end_call, what: suspension, who: professor}
  agreement: {date: 2025-08-07, actor: health_ministry, does: settlement, who: trainee}
settlement: agreement
"""
MUTATIONS = 150
CHILD = "name: mine\ntitle: Mine\ninherits: parent.yaml\n"
SPELLED_OUT = {"sanction", "set_quota"}
"""Deeds whose subjects follow a rule that the document states."""
LEFT_OUT = {
    "E047": "what was seen a month after letters were handed in: an outcome",
    "M037": "to be excluded by its own mark: meaning unclear",
    "M043": "an investment in the operator's company",
}
"""Rows inside the run of 2024 that are no event, and why."""


@pytest.fixture
def mine(write, pack):
    """Write a scenario that inherits from the preset of 2024, and resolve it."""
    return lambda text: resolve_standoff(write(HEAD + text), pack)


@pytest.fixture(scope="module")
def korea_2024(pack):
    return resolve_standoff("korea-standoff-2024", pack)


def refusal_of(path, pack):
    with pytest.raises(errors.InputError) as caught:
        resolve_standoff(path, pack)
    return caught.value


def shown():
    """The timelines that the document shows."""
    return re.findall(
        r"^```yaml\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )


# --- the words -----------------------------------------------------------------------


def test_every_kind_of_event_has_actors_and_whats_that_exist():
    for deed in DEEDS.values():
        assert deed.actors
        assert set(deed.actors) <= set(ACTORS)
        assert len(set(deed.subjects)) == len(deed.subjects)
        assert set(deed.ranges) <= set(deed.subjects)
        assert {deed.lasts, deed.whom} <= {"never", "may", "must"}
        assert not deed.valued or deed.range is not None


def test_every_actor_can_do_something():
    assert set(ACTORS) == {actor for deed in DEEDS.values() for actor in deed.actors}


def test_each_of_five_sanctions_has_four_stages():
    assert len(SANCTIONS) * len(STAGES) == len(DEEDS["sanction"].subjects) == 20


def test_every_word_of_a_timeline_is_documented():
    text = DOCUMENT.read_text(encoding="utf-8")
    words = {*ACTORS, *DEEDS, *SANCTIONS, *STAGES, *RESOLVES, *SIDES, *KINDS}
    words |= {what for name in DEEDS if name not in SPELLED_OUT for what in DEEDS[name].subjects}
    assert sorted(word for word in words if f"`{word}`" not in text) == []
    for name, deed in DEEDS.items():
        [*_, row] = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
        assert row.split(" | ")[-2:] == [deed.lasts, f"{deed.whom} |"], name


# --- presets -------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_written_out_is_the_same_scenario(pack, name):
    scenario = resolve_standoff(name, pack)
    again = resolve_standoff_data(json.loads(json.dumps(scenario.to_dict())), "m.json", pack)
    assert again.to_dict() == scenario.to_dict()
    assert again.digest() == scenario.digest()
    assert len(scenario.description) > 80
    assert find_problems(pack.scenario_file(name)) == []


@pytest.mark.parametrize("name", PRESETS)
def test_events_of_a_preset_are_sourced_and_stand_in_order(pack, name):
    events = resolve_standoff(name, pack).events
    assert [event.day for event in events] == sorted(event.day for event in events)
    assert [event.name for event in events if event.source not in pack.sources] == []


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("korea-standoff-2024", ("policy_events", "platform")),
        ("korea-standoff-2020", ("strike_2020",)),
    ],
)
def test_sources_of_events_are_those_of_the_rows_they_are_taken_from(pack, name, tables):
    rows = {row["row_id"]: row for table in tables for row in pack.table(table).rows}
    for event in resolve_standoff(name, pack).events:
        sources = {rows[row]["source"] for row in event.rows if row in rows}
        assert not sources or event.source in sources, event.name


def test_every_row_of_inputs_inside_the_run_is_an_event_or_left_out_for_a_reason(pack, korea_2024):
    first, last = korea_2024.start.isoformat(), korea_2024.end.isoformat()
    inside = {
        row["row_id"]
        for table in ("policy_events", "platform")
        for row in pack.table(table).rows
        if first <= row["date"] <= last
    }
    used = {row for event in korea_2024.events for row in event.rows}
    assert inside - used == set(LEFT_OUT)


@pytest.mark.parametrize("name", PRESETS)
def test_no_preset_names_a_person(pack, name):
    text = pack.scenario_file(name).read_text(encoding="utf-8")
    assert not set(text.split()) & {"Mr", "Mr.", "Ms", "Ms.", "Dr", "Dr."}


def test_the_preset_of_2024_runs_from_the_announcement_to_the_last_window(korea_2024):
    scenario = korea_2024
    assert (scenario.start, scenario.end) == (date(2024, 2, 5), date(2025, 9, 30))
    assert (scenario.days, scenario.day(date(2024, 2, 20))) == (604, 15)
    assert scenario.date(15) == date(2024, 2, 20)
    assert scenario.turns == (date(2024, 3, 1), date(2025, 3, 1))
    assert scenario.settlement == ("agreement", "autumn_window_2025")
    assert scenario.kinds == KINDS
    window = scenario.event("autumn_window_2025")
    assert (window.what, window.value, window.who) == ("same_post", 13498, ("trainee",))
    assert scenario.event("agreement").day == scenario.day(date(2025, 8, 7))


def test_readings_are_split_into_fit_check_and_update_without_overlap(korea_2024):
    spans = [getattr(korea_2024.readings, name) for name in ("fit", "check", "update")]
    days = [[d for d in _days(korea_2024) if span.holds(d)] for span in spans]
    assert [(each[0].isoformat(), each[-1].isoformat()) for each in days] == [
        ("2024-02-19", "2024-02-29"),
        ("2024-03-01", "2024-03-08"),
        ("2024-03-09", "2024-08-31"),
    ]
    assert len({day for each in days for day in each}) == sum(map(len, days))


def _days(scenario):
    return [scenario.date(day) for day in range(scenario.days)]


def test_the_seats_of_a_year_are_those_decided_by_a_day(korea_2024):
    at = korea_2024.day
    seats = korea_2024.seats_added
    assert seats(2024) == 0
    assert seats(2025, at(date(2024, 2, 5))) == 0
    assert seats(2025, at(date(2024, 2, 6))) == 2000
    assert seats(2025) == 1509
    assert seats(2026, at(date(2025, 3, 1))) == 2000
    assert seats(2026) == 0


def test_the_preset_of_2020_ends_calls_only_after_they_began(pack):
    scenario = resolve_standoff("korea-standoff-2020", pack)
    assert scenario.seats_added(2022) == 400
    calls = [event for event in scenario.events if event.does == "call"]
    assert [event.until is None for event in calls if event.what == "closure"] == [False, False]
    assert scenario.event("agreement").day == scenario.day(date(2020, 9, 4))
    ledger = apply(scenario, pack.ledger(LEDGER))
    assert ledger["agents.trainees"].value == 16000
    assert pack.ledger(LEDGER)["agents.trainees"].value == 13295


# --- counterfactuals -----------------------------------------------------------------

NAMES_2024 = {
    "no_deadline",
    "penalties_dropped",
    "sanctions_executed_as_announced",
    "no_list",
    "takedown_in_1h",
    "smaller_quota",
    "quota_withdrawn",
    "liability_cover",
    "duty_cap_24h",
    "fees_for_essential_care",
    "settlement_early",
    "no_settlement",
}


@pytest.mark.parametrize("name", PRESETS)
def test_each_counterfactual_is_another_possible_scenario(pack, name):
    scenario = resolve_standoff(name, pack)
    digests = {scenario.digest()}
    for each in scenario.counterfactuals.values():
        other = scenario.counterfactual(each.name)
        digests.add(other.digest())
        assert other.start == scenario.start
        assert len(each.title) > 20
    assert len(digests) == len(scenario.counterfactuals) + 1


@pytest.mark.parametrize("name", PRESETS)
def test_both_sides_could_have_done_otherwise(pack, name):
    sides = {each.side for each in resolve_standoff(name, pack).counterfactuals.values()}
    assert {"government", "doctors", "both"} <= sides <= set(SIDES)


def test_the_preset_of_2024_asks_what_was_to_be_asked(korea_2024):
    assert set(korea_2024.counterfactuals) >= NAMES_2024


def test_without_the_settlement_only_its_events_are_gone(korea_2024):
    other = korea_2024.counterfactual("no_settlement")
    gone = {event.name for event in korea_2024.events} - {event.name for event in other.events}
    assert gone == set(korea_2024.settlement)
    assert other.settlement == ()
    assert other.events == korea_2024.without(korea_2024.settlement).events


def test_an_early_settlement_has_the_form_of_the_real_one(korea_2024):
    other = korea_2024.counterfactual("settlement_early")
    for early, real in (
        ("agreement_of_june", "agreement"),
        ("window_of_june", "autumn_window_2025"),
    ):
        one, two = other.event(early), korea_2024.event(real)
        assert (one.actor, one.does, one.what, one.who) == (two.actor, two.does, two.what, two.who)
        assert one.value == two.value
        assert one.day < two.day


def test_a_counterfactual_changes_an_event_of_the_same_name(korea_2024):
    other = korea_2024.counterfactual("smaller_quota")
    assert other.event("quota_raised").value == 500
    assert other.seats_added(2025) == 500
    assert [event.name for event in other.events].count("quota_raised") == 1


def test_a_counterfactual_can_be_about_the_platform_or_an_assumption(mine):
    scenario = mine(
        "platform: {detection: 0.5}\n"
        "counterfactuals:\n"
        "  more:\n    title: More\n    side: platform\n"
        "    platform: {retention_hours: 0}\n    assumptions: {agents.trainees: 13000}\n"
    )
    other = scenario.counterfactual("more")
    assert other.platform == {"detection": 0.5, "retention_hours": 0}
    assert other.assumptions["agents.trainees"].value == 13000
    assert scenario.assumptions == {}
    assert scenario.counterfactual("takedown_in_1h").platform["latency_hours"] == 1


def test_an_unknown_counterfactual_or_event_is_refused(korea_2024):
    with pytest.raises(errors.UnknownName, match="did you mean 'no_deadline'"):
        korea_2024.counterfactual("no_deadlin")
    with pytest.raises(errors.UnknownName, match="did you mean 'quota_raised'"):
        korea_2024.without(["quota_raise"])
    with pytest.raises(errors.InputError, match="ends a call for suspension that professors"):
        korea_2024.without(["professors_stop"])


# --- inheritance ---------------------------------------------------------------------


def test_events_are_inherited_one_by_one_and_null_takes_one_away(mine, korea_2024):
    scenario = mine(
        "events:\n"
        "  return_without_liability: null\n"
        "  more_talks: {date: 2024-03-01, actor: president, does: talks, what: begun}\n"
    )
    names = {event.name for event in scenario.events}
    before = {event.name for event in korea_2024.events}
    assert before - names == {"return_without_liability"}
    assert names - before == {"more_talks"}
    assert scenario.counterfactuals["no_deadline"].without == ()


def test_a_counterfactual_can_be_taken_away(mine):
    assert "no_list" not in mine("counterfactuals: {no_list: null}").counterfactuals


def test_an_earlier_end_leaves_out_what_would_happen_later(mine, korea_2024):
    scenario = mine("end: 2024-02-27")
    assert {event.day <= scenario.days for event in scenario.events} == {True}
    assert scenario.event("return_without_liability").until == scenario.days - 1
    assert scenario.turns == scenario.settlement == ()
    assert scenario.readings.to_dict() == {
        "table": "walkout_daily",
        "fit": {"since": "2024-02-19", "until": "2024-02-27"},
    }
    shorter = korea_2024.until(date(2024, 2, 27))
    assert shorter.counterfactual("no_settlement").events == shorter.events
    ours, theirs = scenario.to_dict(), shorter.to_dict()
    assert {name for name in ours if ours[name] != theirs[name]} == {
        "name",
        "title",
        "description",
    }
    again = resolve_standoff_data(theirs, "m.json")
    assert again.digest() == shorter.digest()


def test_an_earlier_end_must_not_come_before_the_start(korea_2024):
    with pytest.raises(errors.BadValue, match="end is '2024-01-20'; expected a day from 2024-02"):
        korea_2024.until(date(2024, 1, 20))
    with pytest.raises(errors.OutOfBounds, match="days to simulate"):
        korea_2024.until(date(2034, 1, 20))


def test_settings_and_spans_are_inherited_unless_stated(mine):
    scenario = mine(
        "resolve: hazard\n"
        "population: {kinds: [student, trainee]}\n"
        "platform: {policy: screening, latency_hours: 2}\n"
        "readings: {fit: 2024-02-27, check: null}\n"
    )
    assert scenario.resolve == "hazard"
    assert scenario.kinds == ("trainee", "student")
    assert scenario.platform == {"policy": "screening", "latency_hours": 2}
    readings = scenario.readings
    assert (readings.fit.until, readings.check) == (date(2024, 2, 27), None)
    assert readings.table == "walkout_daily"
    assert mine("readings: null").readings is None


def test_numbers_of_the_population_are_assumptions(mine, pack):
    scenario = mine("population: {trainees: 12000, trainees_monitored: 11000}")
    assert scenario.assumptions["agents.trainees"].value == 12000
    assert apply(scenario, pack.ledger(LEDGER))["agents.trainees_monitored"].value == 11000


def test_a_scenario_is_of_the_sector_that_it_inherits(write, pack):
    assert sector_of(write(HEAD)) == "standoff"
    with pytest.raises(errors.BadValue, match="sector is 'standoff'; expected workforce"):
        resolve("korea-standoff-2024", pack)


def test_a_pack_without_a_standoff_says_so(pack, monkeypatch):
    monkeypatch.setattr(type(pack), "sectors", ("workforce",))
    with pytest.raises(errors.InputError, match="the pack korea has no standoff, only workforce"):
        resolve_standoff("korea-standoff-2024", pack)


# --- bad files -----------------------------------------------------------------------

CALL = "{date: 2024-03-10, actor: professors, does: call, what: suspension, who: professor}"
DROPPED = "actor: government, does: sanction, what: revocation_withdrawn"
WINDOW = "actor: health_ministry, does: window, what: any_post, who: trainee, value: 100"
STUDENTS_CALL = "actor: students_association, does: end_call, what: leave, who: student"
BAD = [
    # events out of order
    (
        f"events:\n  x: {{date: 2024-03-10, until: 2024-03-01, {WINDOW}}}",
        errors.BadValue,
        "mine.yaml:5: events.x.until: until is '2024-03-01'; expected a day from 2024-03-10 on, "
        "as a window cannot close before it opens",
    ),
    (
        "events:\n  x:\n    date: 2024-03-10\n    actor: government\n    does: deadline\n"
        "    who: trainee\n    until: 2024-03-09",
        errors.BadValue,
        "mine.yaml:10: events.x.until: until is '2024-03-09'; expected a day from 2024-03-10 on",
    ),
    (
        f"events:\n  y: {{date: 2024-02-18, {STUDENTS_CALL}}}",
        errors.InputError,
        "mine.yaml:5: events.y: event 'y' ends a call for leave that students_association never",
    ),
    (
        "events:\n  x: {date: 2024-06-19, actor: medical_association, does: end_call, "
        "what: closure, who: community}",
        errors.InputError,
        "5: events.x: event 'x' ends a call for closure that medical_association never began, or "
        "that had ended before",
    ),
    (
        f"events:\n  x: {{date: 2024-03-10, {DROPPED}, who: trainee}}",
        errors.InputError,
        "5: events.x: event 'x' withdraws a revocation that was never announced",
    ),
    (
        "events:\n  x: {date: 2024-02-10, actor: societies, does: talks, what: broken_off}",
        errors.InputError,
        "5: events.x: event 'x' breaks off talks that never began",
    ),
    # who, what, whom
    (
        "events:\n  x: {date: 2024-03-10, actor: goverment, does: talks, what: begun}",
        errors.UnknownName,
        "5: events.x.actor: unknown actor 'goverment'; did you mean 'government'",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: government, does: talk, what: begun}",
        errors.UnknownName,
        "5: events.x.does: unknown kind of event 'talk'; did you mean 'talks'",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: police, does: talks, what: begun}",
        errors.BadValue,
        "5: events.x.actor: actor is 'police'; expected who can do 'talks': government, president",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: government, does: talks, what: beguns}",
        errors.UnknownName,
        "5: events.x.what: unknown subject of 'talks' 'beguns'; did you mean 'begun'",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: government, does: talks}",
        errors.MissingField,
        "5: events.x: event 'x' (talks) has no what",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: government, does: raise_quota, what: seats, "
        "value: 1}",
        errors.BadValue,
        "5: events.x.what: what is 'seats'; expected nothing, with 'raise_quota'",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: professors, does: call, what: letters, "
        "who: professors}",
        errors.UnknownName,
        "5: events.x.who: unknown kind of member 'professors'; did you mean 'professor'",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: professors, does: call, what: letters}",
        errors.MissingField,
        "5: events.x: event 'x' (call) has no who",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: court, does: refusal, what: quota, who: trainee}",
        errors.BadValue,
        "5: events.x.who: who is ['trainee']; expected nobody, with 'refusal'",
    ),
    # values
    (
        f"events:\n  x: {CALL[:-1]}, value: 1.2}}",
        errors.OutOfBounds,
        "5: events.x.value: value is 1.2 share; it must be between 0 and 1",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: platform, does: platform, what: detection, "
        "value: 1.01}",
        errors.OutOfBounds,
        "5: events.x.value: value is 1.01 share; it must be between 0 and 1",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: government, does: raise_quota, value: -1}",
        errors.OutOfBounds,
        "5: events.x.value: value is -1 seats_per_year",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: government, does: raise_quota}",
        errors.MissingField,
        "5: events.x: event 'x' (raise_quota) has no value",
    ),
    (
        "events:\n  x: {date: 2024-03-10, actor: court, does: refusal, what: quota, value: 1}",
        errors.BadValue,
        "5: events.x.value: value is 1; expected no value, with 'refusal quota'",
    ),
    ("platform: {detection: 1.5}", errors.OutOfBounds, "4: platform.detection: detection of the"),
    ("platform: {policy: reprts}", errors.UnknownName, "did you mean 'reports'"),
    ("assumptions: {agents.trainees: -1}", errors.OutOfBounds, "4: assumptions.agents.trainees"),
    # days
    (
        "events:\n  x: {date: 2024-02-04, actor: president, does: talks, what: begun}",
        errors.BadValue,
        "5: events.x.date: date is '2024-02-04'; expected a day of the run, 2024-02-05 to 2025-09",
    ),
    (
        "events:\n  x: {date: 2025-10-01, actor: president, does: talks, what: begun}",
        errors.BadValue,
        "5: events.x.date: date is '2025-10-01'; expected a day of the run",
    ),
    (
        f"events:\n  x: {{date: 2025-09-01, until: 2025-10-01, {WINDOW}}}",
        errors.BadValue,
        "5: events.x.until: until is '2025-10-01'; expected a day of the run",
    ),
    (
        "events:\n  x: {date: 2025-09-01, actor: health_ministry, does: window, what: any_post, "
        "who: trainee}",
        errors.MissingField,
        "5: events.x: event 'x' (window) has no until",
    ),
    (
        "events:\n  x: {date: 2025-09-01, until: 2025-09-02, actor: president, does: talks, "
        "what: begun}",
        errors.BadValue,
        "5: events.x.until: until is '2025-09-02'; expected no last day, with 'talks'",
    ),
    ("events:\n  x: {date: 9 March, actor: court}", errors.BadValue, "a date such as 2024-02-20"),
    ("end: 2024-01-01", errors.BadValue, "4: end: end is '2024-01-01'; expected a day from 2024-"),
    ("start: 2024-02-07", errors.BadValue, "expected a day of the run, 2024-02-07 to 2025-09-30"),
    ("dispute: 2025-12-01", errors.BadValue, "4: dispute: dispute is '2025-12-01'; expected a"),
    ("turns: [2026-03-01]", errors.BadValue, "4: turns[0]: turn is '2026-03-01'; expected a day"),
    (
        "readings: {fit: 2026-03-01}",
        errors.BadValue,
        "4: readings.fit: until is '2026-03-01'; expected a day of the run",
    ),
    (
        "readings: {fit: {since: 2024-03-02, until: 2024-03-01}}",
        errors.BadValue,
        "expected a last day that does not come before the first",
    ),
    # names
    (
        "events:\n  x: {date: 2024-03-10, actor: court, does: refusal, what: quota, source: me}",
        errors.UnknownName,
        "5: events.x.source: unknown source 'me'",
    ),
    (
        "counterfactuals:\n  x: {title: X, side: both, without: [no_such_event]}",
        errors.UnknownName,
        "5: counterfactuals.x.without: unknown event 'no_such_event'",
    ),
    (
        "counterfactuals:\n  x: {title: X, side: neither, without: [quota_raised]}",
        errors.UnknownName,
        "5: counterfactuals.x.side: unknown side 'neither'",
    ),
    (
        "counterfactuals:\n  x: {title: X, side: doctors, without: professors_stop}",
        errors.InputError,
        "5: counterfactuals.x: event 'professors_resume' ends a call for suspension",
    ),
    (
        "counterfactuals:\n  x:\n    title: X\n    side: both\n    events:\n"
        "      y: {date: 2024-03-10, actor: nobody, does: talks, what: begun}",
        errors.UnknownName,
        "9: counterfactuals.x.events.y.actor: unknown actor 'nobody'",
    ),
    (
        "counterfactuals: {x: {title: X, side: both, assumptions: {agents.traines: 1}}}",
        errors.UnknownName,
        "did you mean 'agents.trainees'",
    ),
    ("counterfactuals: {x: {side: both}}", errors.MissingField, "counterfactuals.x: x has no tit"),
    ("settlement: [agrement]", errors.UnknownName, "4: settlement: unknown event 'agrement'; did"),
    ("resolve: hazards", errors.UnknownName, "4: resolve: unknown way to resolve 'hazards'; did"),
    ("readings: {table: polls_daily}", errors.UnknownName, "4: readings.table: unknown table of"),
    # people
    ("population: {trainees: -1}", errors.OutOfBounds, "4: population.trainees: trainees is -1"),
    ("population: {kinds: [nurse]}", errors.UnknownName, "unknown kind of member 'nurse'"),
    ("population: {kinds: []}", errors.MissingField, "4: population.kinds: population has no"),
    (
        "population: {students: 5}\nassumptions: {agents.students: 6}",
        errors.InputError,
        "4: population.students: stated under assumptions too",
    ),
    # the file
    (
        "events:\n  x: {date: 2024-03-10, actor: court, dos: refusal, does: refusal, what: quota}",
        errors.UnknownName,
        "5: events.x.dos: unknown field 'dos'; did you mean 'does'",
    ),
    ("events:\n  x: {actor: court, does: talks}", errors.MissingField, "x has no date"),
    ("levers: {}", errors.UnknownName, "4: levers: unknown field 'levers'"),
    ("assumptions: {agents.traines: 1}", errors.UnknownName, "did you mean 'agents.trainees'"),
]


@pytest.mark.parametrize(("text", "kind", "message"), BAD)
def test_a_wrong_file_is_refused_with_line_and_key(write, pack, text, kind, message):
    write(PARENT, "parent.yaml")
    path = write(CHILD + text + "\n")
    [problem, *_] = find_problems(path) or [refusal_of(path, pack)]
    assert isinstance(problem, kind)
    assert message in str(problem)


def test_no_broken_timeline_makes_a_traceback(tmp_path, pack):
    path = tmp_path / "mine.yaml"
    longest = max(shown(), key=len)
    sentences: list[str] = []
    for number in range(MUTATIONS):
        chance = random.Random(number)  # noqa: S311 - a fixed list of mutations, no secret
        text = chance.choice(TEXT_MUTATIONS)(longest, chance) or "x"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            scenario = resolve_standoff(path, pack)
        except errors.InputError as error:
            sentences.append(str(error))
        else:
            again = resolve_standoff_data(scenario.to_dict(), "m.json", pack)
            assert again.digest() == scenario.digest()
    assert [each for each in sentences if not each.startswith((str(path), str(pack.path)))] == []
    assert max(map(len, sentences)) < 1000
    assert MUTATIONS / 2 < len(sentences) < MUTATIONS * 0.95


def test_the_timelines_of_the_document_are_scenarios(write, pack):
    found = [resolve_standoff(write(text), pack).name for text in shown()]
    assert found == ["no-ban", "february", "one-call"]


@pytest.mark.parametrize("name", ["start", "end", "dispute"])
def test_days_must_be_said_by_somebody(write, pack, name):
    text = "".join(line for line in ALONE.splitlines(True) if not line.startswith(name))
    with pytest.raises(errors.MissingField, match=f"has no {name}"):
        resolve_standoff(write(text), pack)


def test_a_scenario_may_have_no_events(write, pack):
    scenario = resolve_standoff(write(ALONE), pack)
    assert scenario.events == scenario.settlement == ()
    assert scenario.readings is None


def test_the_json_schema_describes_every_field():
    schema = json_schema(form_of("standoff").model)
    fields = [*schema["properties"].items()]
    for each in schema["$defs"].values():
        fields += (each["anyOf"][-1] if "anyOf" in each else each)["properties"].items()
    undescribed = [name for name, each in fields if not {"description", "$ref"} & each.keys()]
    assert undescribed == []
    assert schema["properties"]["sector"]["const"] == "standoff"
