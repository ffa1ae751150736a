"""Scenarios of the hospital sector: what they may say, and what they inherit."""

from __future__ import annotations

import json
from datetime import date

import pytest

from locum import errors
from locum.hospital.contingency import RULES, SETTINGS
from locum.scenarios import find_problems, form_of, json_schema, resolve, sector_of
from locum.scenarios.hospitals import resolve_hospitals, resolve_hospitals_data

HEAD = "name: mine\ntitle: Mine\ninherits: korea-hospitals-2024\n"


@pytest.fixture
def mine(write, pack):
    """Write a scenario that inherits from the preset, and resolve it."""
    return lambda text: resolve_hospitals(write(HEAD + text), pack)


def refusal_of(path, pack):
    with pytest.raises(errors.InputError) as caught:
        resolve_hospitals(path, pack)
    return caught.value


@pytest.mark.parametrize("name", ["korea-hospitals-2024", "korea-hospitals-normal"])
def test_a_preset_written_out_is_the_same_scenario(pack, name):
    scenario = resolve_hospitals(name, pack)
    again = resolve_hospitals_data(json.loads(json.dumps(scenario.to_dict())), "m.json", pack)
    assert again.to_dict() == scenario.to_dict()
    assert again.digest() == scenario.digest()
    assert len(scenario.description) > 80


def test_the_preset_starts_on_a_monday_and_reports_a_year(pack):
    scenario = resolve_hospitals("korea-hospitals-2024", pack)
    assert scenario.start == date(2024, 1, 15)
    assert scenario.base == (date(2024, 2, 1), date(2024, 2, 7))
    assert (scenario.report_from, scenario.end) == (date(2024, 2, 1), date(2025, 1, 31))
    assert (scenario.contingency, scenario.since) == ("advance_then_adaptive", date(2024, 2, 19))


def test_the_normal_year_differs_in_who_is_away_and_what_is_done_about_it(pack):
    walkout = resolve_hospitals("korea-hospitals-2024", pack)
    normal = resolve_hospitals("korea-hospitals-normal", pack)
    assert (normal.staff, normal.contingency, normal.levers) == (None, "none", ())
    assert (normal.start, normal.end, normal.holidays) == (
        walkout.start,
        walkout.end,
        walkout.holidays,
    )


def test_levers_are_pairs_of_a_day_and_a_value(pack):
    settings = resolve_hospitals("korea-hospitals-2024", pack).settings()
    assert settings["dispatched"] == [(56.0, 158.0), (70.0, 258.0), (112.0, 158.0)]
    assert set(settings) <= set(SETTINGS)


def test_the_lever_that_began_last_holds_and_one_that_ends_gives_way(mine):
    scenario = mine(
        "levers:\n"
        "  more: {since: 2024-03-18, until: 2024-03-20, change: {dispatched: 500}}\n"
        "  beds_closed: {since: 2024-02-20, until: 2024-02-21, change: {close_beds: 0.5}}\n"
    )
    settings = scenario.settings()
    assert settings["dispatched"][:3] == [(56.0, 158.0), (63.0, 500.0), (66.0, 158.0)]
    assert settings["close_beds"] == [(36.0, 0.5), (38.0, 0.0)]


def test_an_inherited_lever_can_be_taken_away(mine):
    assert "close_beds" not in mine("levers: {beds_closed: null}").settings()


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_named_alone_and_keeps_its_day(mine, rule):
    scenario = mine(f"contingency: {rule}")
    assert scenario.contingency == rule
    assert scenario.since == (None if rule == "none" else date(2024, 2, 19))


def test_nobody_is_away_where_the_scenario_says_so(mine):
    assert mine("staff: null").staff is None


def test_a_users_own_readings_count_by_their_contents(write, pack):
    table = pack.schemas["walkout_daily"]
    text = (pack.path / table.path).read_text(encoding="utf-8")
    write(text, "away.csv")
    first = resolve_hospitals(write(HEAD + "staff: away.csv"), pack)
    before = first.digest()
    write(text.replace("7813,people,63.1", "7814,people,63.1"), "away.csv")
    assert first.reads_file
    assert resolve_hospitals(write(HEAD + "staff: away.csv"), pack).digest() != before


def test_another_last_day_is_another_scenario(pack):
    scenario = resolve_hospitals("korea-hospitals-2024", pack)
    shorter = scenario.until(date(2024, 3, 8))
    assert (shorter.days, shorter.end) == (54, date(2024, 3, 8))
    assert shorter.digest() != scenario.digest()
    with pytest.raises(errors.BadValue, match=r"end is '2024-01-20'; expected a day from 2024-02"):
        scenario.until(date(2024, 1, 20))
    with pytest.raises(errors.OutOfBounds, match="days to simulate"):
        scenario.until(date(2034, 1, 20))


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("start: 2024-01-16", errors.BadValue, "mine.yaml:4: start: start is '2024-01-16'; expe"),
        ("start: 2024-1-15", errors.BadValue, "expected a date such as 2024-02-20"),
        ("start: 5", errors.BadValue, "expected a date such as 2024-02-20"),
        ("end: 2024-01-20", errors.BadValue, "mine.yaml:4: end: end is '2024-01-20'"),
        ("base: {first: 2024-02-07, last: 2024-02-01}", errors.BadValue, "does not come before"),
        ("base: {first: 2023-02-07, last: 2024-02-01}", errors.BadValue, "first is '2023-02-07'"),
        ("report_from: 2023-02-07", errors.BadValue, "report_from is '2023-02-07'"),
        ("staff: walkout_weekly", errors.UnknownName, "did you mean 'walkout_daily'"),
        ("staff: none.csv", errors.MissingFile, "staff names a file relative to this one"),
        ("contingency: adaptiv", errors.UnknownName, "4: contingency: unknown rule 'adaptiv'"),
        ("contingency: 5", errors.BadValue, "expected the name of a rule"),
        ("levers: {x: {since: 2024-03-01}}", errors.MissingField, "x has no change"),
        ("levers: {x: {since: 2024-03-01, change: {}}}", errors.MissingField, "has no change"),
        (
            "levers: {x: {since: 2024-03-01, change: {close_bed: 1}}}",
            errors.UnknownName,
            "4: levers.x.change.close_bed: unknown setting 'close_bed'; did you mean 'close_beds'",
        ),
        (
            "levers: {x: {since: 2024-03-01, change: {close_beds: 1.5}}}",
            errors.OutOfBounds,
            "close_beds is 1.5 share; it must be between 0 and 1",
        ),
        (
            "levers: {x: {since: 2024-03-01, change: {dispatched: -1}}}",
            errors.OutOfBounds,
            "dispatched is -1",
        ),
        (
            "levers: {x: {since: 2024-03-02, until: 2024-03-01, change: {close_beds: 1}}}",
            errors.BadValue,
            "until is '2024-03-01'; expected a day from 2024-03-02 on",
        ),
        (
            "levers: {x: {since: 2024-03-02, change: {close_beds: 1}, source: me}}",
            errors.UnknownName,
            "levers.x.source: unknown source 'me'",
        ),
        ("assumptions: {contingency.surgery_cutt: 1}", errors.UnknownName, "surgery_cut"),
        ("assumptions: {exit.emigration: 0.1}", errors.UnknownName, "unknown assumption"),
        ("seats: {2025: 5058}", errors.UnknownName, "unknown field 'seats'"),
        ("sector: hospital", errors.UnknownName, "unknown sector 'hospital'; did you mean"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_key(write, pack, text, kind, message):
    path = write(HEAD + text)
    [problem, *_] = find_problems(path) or [refusal_of(path, pack)]
    assert isinstance(problem, kind)
    assert message in str(problem)


def test_dates_and_rule_must_be_said_by_somebody(write, pack):
    text = "name: x\ntitle: X\ncountry: korea\nsector: hospitals\nstart: 2024-01-15\n"
    with pytest.raises(errors.MissingField, match="has no contingency"):
        resolve_hospitals(write(text), pack)
    with pytest.raises(errors.MissingField, match="has no report_from"):
        resolve_hospitals(write(text + "contingency: none\n"), pack)


# --- sectors -------------------------------------------------------------------------


def test_a_scenario_is_of_the_sector_that_it_inherits(write):
    assert sector_of(write(HEAD)) == "hospitals"
    write("name: child\ntitle: C\ninherits: mine.yaml", "child.yaml")
    assert sector_of(write("name: c\ntitle: C\ninherits: child.yaml", "last.yaml")) == "hospitals"
    assert sector_of("korea-baseline") == "workforce"
    assert sector_of(write("name: x\ntitle: X", "no.yaml")) == "workforce"


def test_scenarios_of_two_sectors_do_not_mix(write, pack):
    with pytest.raises(errors.BadValue, match="sector is 'hospitals'; expected workforce"):
        resolve("korea-hospitals-2024", pack)
    mixed = write("name: x\ntitle: X\nsector: hospitals\ninherits: korea-baseline\n")
    with pytest.raises(errors.UnknownName, match="unknown field 'years'"):
        resolve_hospitals(mixed, pack)
    with pytest.raises(errors.UnknownName, match="unknown sector 'forests'"):
        form_of("forests")


def test_a_pack_without_hospitals_says_so(pack, monkeypatch):
    monkeypatch.setattr(type(pack), "sectors", ("workforce",))
    with pytest.raises(errors.InputError, match="the pack korea has no hospitals, only workforce"):
        resolve_hospitals("korea-hospitals-2024", pack)


def test_the_json_schema_describes_every_field():
    schema = json_schema(form_of("hospitals").model)
    fields = [*schema["properties"].items()]
    for each in schema["$defs"].values():
        fields += (each["anyOf"][-1] if "anyOf" in each else each)["properties"].items()
    undescribed = [name for name, each in fields if not {"description", "$ref"} & each.keys()]
    assert undescribed == []
    assert schema["properties"]["sector"]["const"] == "hospitals"
