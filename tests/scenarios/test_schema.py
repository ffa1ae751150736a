"""What a scenario file may say, and what is answered when it says something else."""

from __future__ import annotations

import pytest

from locum import errors
from locum.scenarios import find_problems, json_schema, resolve
from locum.scenarios.reading import read_scenario_text
from locum.scenarios.schema import ScenarioFile


def text_of(problem):
    return str(problem).rsplit("/", 1)[-1]


def test_every_preset_passes_the_schema(pack):
    files = [pack.scenario_file(name) for name in pack.scenario_names()]
    assert [problem for file in files for problem in find_problems(file)] == []


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("naem: x", errors.UnknownName, "mine.yaml:4: naem: unknown field 'naem'; did you mean"),
        ("seats: {2025: -1}", errors.OutOfBounds, "seats.2025.total: total is -1; it must be at"),
        (
            "seats: {2025: 5.5}",
            errors.BadValue,
            "seats.2025: 2025 is 5.5; expected a whole number",
        ),
        ("seats: {2025: true}", errors.BadValue, "2025 is True; expected a whole number"),
        ("seats: {soon: 1}", errors.BadValue, "key of seats is 'soon'; expected a whole number"),
        ("seats: {2025: {bonded: 1}}", errors.MissingField, "2025 has no total"),
        ("seats: {2025: {total: 1, bonde: 1}}", errors.UnknownName, "did you mean 'bonded'"),
        ("seats: {2025: 9999999}", errors.OutOfBounds, "it must be at most 1000000"),
        ("seats:", errors.BadValue, "seats is None; expected a mapping"),
        ("years: {start: '2022'}", errors.BadValue, "start is '2022'; expected a whole number"),
        ("assumptions: {a.b: true}", errors.BadValue, "a.b is True; expected a number"),
        ("assumptions: {a.b: .nan}", errors.BadValue, "value is nan; expected a finite number"),
        ("assumptions: {a.b: .inf}", errors.BadValue, "value is inf; expected a finite number"),
        ("assumptions: {a.b: {}}", errors.BadValue, "expected either value or values"),
        ("assumptions: {a.b: {value: 1, values: {2020: 1}}}", errors.BadValue, "either value or"),
        (
            "assumptions: {a.b: [1, 2]}",
            errors.BadValue,
            "expected a number, the name of an option",
        ),
        ("rules: {a.b: 1}", errors.BadValue, "a.b is 1; expected text"),
        ("title: 2024-02-20", errors.InputError, "key 'title' is written twice"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_key(write, text, kind, message):
    problems = find_problems(write(text))
    assert isinstance(problems[0], kind)
    assert message in text_of(problems[0])


def test_a_date_where_text_belongs_is_refused_with_advice():
    with pytest.raises(errors.BadValue, match="put it in quotes"):
        read_scenario_text("name: x\ntitle: 2024-02-20")


def test_a_name_that_could_not_be_a_folder_is_refused():
    with pytest.raises(errors.BadValue, match="lower case words joined by hyphens"):
        read_scenario_text("name: ../x\ntitle: X")


def test_all_problems_of_a_file_are_found_in_the_order_of_its_lines(write):
    problems = find_problems(write("zeats: 1\nyears: {start: x}\nseats: {2025: y}"))
    assert [problem.place and problem.place.line for problem in problems] == [4, 5, 6]


@pytest.mark.parametrize("text", ["", "# nothing\n", "[1, 2]", "3", "just words"])
def test_a_file_that_holds_no_mapping_is_refused(write, text):
    path = write(text, "mine.yml")
    assert len(find_problems(path)) == 1


def test_a_missing_file_is_a_missing_file(tmp_path, pack):
    with pytest.raises(errors.MissingFile, match=r"no file .*nowhere\.yaml"):
        resolve(tmp_path / "nowhere.yaml", pack)


def test_the_json_schema_names_every_field_and_the_short_forms():
    schema = json_schema()
    assert set(schema["properties"]) == set(ScenarioFile.model_fields)
    assert schema["additionalProperties"] is False
    short = schema["$defs"]["SeatsEntry"]["anyOf"][0]
    assert short["type"] == "integer"
    assert schema["$defs"]["OverrideEntry"]["anyOf"][0] == {"type": ["number", "string"]}


def test_the_json_schema_describes_every_field():
    schema = json_schema()
    fields = [*schema["properties"].items()]
    for each in schema["$defs"].values():
        fields += (each["anyOf"][-1] if "anyOf" in each else each)["properties"].items()
    undescribed = [name for name, each in fields if not {"description", "$ref"} & each.keys()]
    assert undescribed == []
