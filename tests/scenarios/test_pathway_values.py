"""Placeholders and rosters that are dealt in turn, in pathway files."""

from __future__ import annotations

import re
from math import inf, nan

import pytest
from tests.hospital.towns import NUMBERS, TOWN, write_town

from locum.errors import BadValue, InputError, OutOfBounds, UnknownName
from locum.scenarios.pathway_schema import pathway_json_schema
from locum.scenarios.pathways import load_model, read_levers, read_pathways


@pytest.fixture
def town(tmp_path):
    return write_town(tmp_path)


def with_numbers(text, numbers):
    """The file with its numbers written out."""
    for name, number in numbers.items():
        text = text.replace(f"<{name}>", f"{number:g}")
    return text


def test_a_file_with_values_is_the_file_with_numbers(town, tmp_path):
    made = read_pathways(town, NUMBERS)
    meant = read_pathways(write_town(tmp_path, "plain.yaml", with_numbers(TOWN, NUMBERS)))
    assert made.groups == meant.groups
    assert made.staff == meant.staff
    for table, other in zip(made.model.tables, meant.model.tables, strict=True):
        assert table.tolist() == other.tolist()
    assert load_model(town, NUMBERS).names == meant.model.names
    assert read_levers(town, NUMBERS) == {}


def test_a_value_keeps_every_digit(town):
    for number in (0.1 + 0.2, 1.0 / 3.0, 1e-7, 12345.678901234567):
        model = load_model(town, {**NUMBERS, "surgery": number, "p_minor": number % 1.0})
        surgery = model.tables.steps[model.row("steps", "surgery")]
        assert model.tables.distributions[surgery.what].first == number
        branch = model.tables.steps[model.row("steps", "admitted")]
        assert model.tables.values[branch.value + 1] == number % 1.0


def test_more_values_than_the_file_asks_for_may_be_given(town):
    assert load_model(town, {**NUMBERS, "other": 3.0}).names == load_model(town, NUMBERS).names


def test_values_may_differ_from_one_reading_to_the_next(town):
    wards = [load_model(town, {**NUMBERS, "ward": beds}).tables.resources for beds in (3, 4.0)]
    assert [ward.capacity[0] for ward in wards] == [3, 4]


def test_a_file_that_changes_is_read_anew(town, tmp_path):
    first = load_model(town, NUMBERS)
    write_town(tmp_path, text=TOWN.replace("headroom: 2", "headroom: 4"))
    again = load_model(town, NUMBERS)
    assert again.tables.sources.peak[0] == 2.0 * first.tables.sources.peak[0]
    town.write_bytes(TOWN.encode() + b"\xff")
    with pytest.raises(InputError, match="UTF-8"):
        load_model(town, NUMBERS)


def test_a_parent_has_placeholders_too(tmp_path):
    write_town(tmp_path)
    child = "name: child\ntitle: A child\ninherits: town.yaml\nresources: {ward: <beds>}\n"
    path = write_town(tmp_path, "child.yaml", child)
    assert load_model(path, {**NUMBERS, "beds": 11.0}).tables.resources.capacity[0] == 11
    with pytest.raises(UnknownName, match="unknown value 'beds'"):
        load_model(path, NUMBERS)


def test_without_values_the_file_says_which_are_missing(town):
    with pytest.raises(InputError, match="no values are given: <ward>, <theatre_day>") as found:
        read_pathways(town)
    assert str(found.value.place) == f"{town}:8: resources.ward"


@pytest.mark.parametrize(
    ("change", "error", "words", "key"),
    [
        ({"ward": None}, UnknownName, "unknown value 'ward'", "resources.ward"),
        ({"doctors": None, "docters": 3}, UnknownName, "did you mean 'docters'", "doctors.count"),
        ({"doctors": 2.5}, BadValue, "count is 2.5; expected a whole number", "doctors.count"),
        ({"ward": nan}, BadValue, "<ward> is nan; expected a finite number", "resources.ward"),
        ({"surgery": inf}, BadValue, "<surgery> is inf", "delay.constant"),
        ({"surgery": -1.0}, OutOfBounds, "constant is -1 h", "delay.constant"),
        ({"p_minor": 1.5}, OutOfBounds, "probability is 1.5", "branch.chance.minor"),
        ({"here": 0.5}, OutOfBounds, "sum of the probabilities is 1.25", "transfer.to"),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(town, change, error, words, key):
    values = {name: value for name, value in {**NUMBERS, **change}.items() if value is not None}
    with pytest.raises(error, match=words) as found:
        read_pathways(town, values)
    assert found.value.place.file == str(town)
    assert found.value.place.line
    assert found.value.place.key.endswith(key)


def test_rosters_are_dealt_in_turn(town):
    made = read_pathways(town, NUMBERS)
    rosters = [
        made.model.names.rosters[row]
        for row in made.model.tables.clinicians.roster[list(made.groups["doctors"])]
    ]
    assert rosters == ["early", "late", "night", "early", "late"]
    assert made.staff["doctors"].rosters == ("early", "late", "night")
    assert made.staff["surgeons"].rosters == ("early",)
    assert made.staff["chiefs"].rosters == ("always",)


@pytest.mark.parametrize(
    ("written", "error", "words"),
    [
        ("[early, nihgt]", UnknownName, "did you mean 'night'"),
        ("nihgt", UnknownName, "did you mean 'night'"),
        ("[]", BadValue, "dealt in turn"),
        ("[early, 3]", BadValue, "dealt in turn"),
        ("{early: 2}", BadValue, "dealt in turn"),
        ("[a b]", BadValue, "a word of letters"),
    ],
)
def test_wrong_rosters_are_refused(tmp_path, written, error, words):
    text = TOWN.replace("[early, late, night]", written)
    with pytest.raises(error, match=words) as found:
        read_pathways(write_town(tmp_path, text=text), NUMBERS)
    assert found.value.place.key.startswith("clinicians.doctors.roster")
    assert found.value.place.line == 18


def test_editors_accept_placeholders_and_several_rosters():
    schema = pathway_json_schema()
    capacity = schema["$defs"]["ResourceEntry"]["anyOf"][0]["anyOf"]
    assert [each["type"] for each in capacity] == ["integer", "string"]
    assert re.fullmatch(capacity[1]["pattern"], "<ward.beds>")
    cap = schema["$defs"]["CliniciansEntry"]["properties"]["weekly_cap"]["anyOf"][0]["pattern"]
    assert re.search(cap, "<cap> h")
    assert re.search(cap, "60 h")
    assert not re.search(cap, "60 hours")
    rosters = schema["$defs"]["CliniciansEntry"]["properties"]["roster"]["anyOf"]
    assert [each["type"] for each in rosters] == ["string", "array", "null"]
