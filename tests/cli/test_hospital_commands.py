"""`locum run` and its like for hospitals, as they are typed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

HEAD = "name: short\ntitle: Two days\ninherits: korea-hospitals-normal\n"
SHORT = (
    f"{HEAD}start: 2024-01-29\nreport_from: 2024-01-30\nend: 2024-01-31\n"
    "base: {first: 2024-01-30, last: 2024-01-30}\n"
)


@pytest.fixture
def scenario(write):
    return write("short.yaml", SHORT)


def test_a_run_prints_readings_and_lies_in_a_folder_and_is_repeated(locum, scenario):
    answer = locum("run", scenario, "--draws", 1, "--seed", 3, "--json")
    assert answer.code == 0, answer.err
    told = answer.json
    assert told["scenario"] == "short"
    assert told["readings"] == []  # nothing was published for these days
    assert {each["name"] for each in told["headline"]} >= {"surgeries_weekday", "backlog"}
    folder = Path(told["run"])
    assert folder.parent == Path("locum-runs")
    with (folder / "readings.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["scope"] for row in rows} >= {"big5", "tertiary", "general", "korea"}
    files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    again = locum("run", folder / "manifest.json", "--out", "again", "--workers", 2)
    assert again.code == 0, again.err
    assert "Operations a weekday, tertiary hospitals:" in again.out
    assert "One draw, with every assumption at its central value." in again.out
    repeated = json.loads(Path("again/manifest.json").read_text(encoding="utf-8"))["files"]
    assert repeated == files


def test_what_a_manifest_says_is_not_said_again(locum, tmp_path):
    fields = {"id": "x", "pack": {}, "scenario": {"sector": "hospitals"}, "seed": 0, "draws": 1}
    (tmp_path / "manifest.json").write_text(json.dumps(fields), encoding="utf-8")
    for option in (("--draws", "2"), ("--seed", "1"), ("--until", "2024-03-01")):
        answer = locum("run", "manifest.json", *option)
        assert answer.code == 2
        assert f"{option[0]}: a manifest already says this" in answer.err
    assert "not the manifest of a run" in locum("run", "manifest.json").err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--until", "2024-02-30"), "expected a date such as 2024-03-31"),
        (
            ("--until", "2024-01-29"),
            "--until: end is '2024-01-29'; expected a day from 2024-01-30",
        ),
        (("--set", "contingency.surgery_cutt=1"), "did you mean 'contingency.surgery_cut'"),
        (("--set", "contingency.surgery_cut=-1"), "contingency.surgery_cut"),
        (("--draws", "99999"), "expected a whole number from 1"),
    ],
)
def test_wrong_options_are_refused_and_nothing_is_written(locum, scenario, arguments, message):
    answer = locum("run", scenario, *arguments)
    assert answer.code == 2
    assert message in answer.err
    assert not Path("locum-runs").exists()


def test_a_workforce_run_has_no_last_day(locum):
    answer = locum("run", "korea-baseline", "--until", "2024-03-01")
    assert answer.code == 2
    assert "--until: only scenarios of hospitals and standoffs have this option" in answer.err


def test_a_folder_with_something_else_is_not_overwritten(locum, scenario, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    answer = locum("run", scenario, "--out", "mine")
    assert answer.code == 2
    assert "the folder holds something else; nothing is overwritten" in answer.err


def test_hospital_files_are_checked(locum, write, scenario, pack):
    readings = pack.path / pack.schemas["walkout_daily"].path
    good = locum("check", scenario, readings)
    assert (good.code, good.out.splitlines()) == (0, [f"{scenario}: fine", f"{readings}: fine"])
    bad = write("bad.yaml", f"{HEAD}levers: {{x: {{since: 2024-03-01, change: {{close: 1}}}}}}\n")
    answer = locum("check", bad)
    assert answer.code == 2
    assert "bad.yaml:4: levers.x.change.close: unknown setting 'close'" in answer.out
    nobody = readings.read_text(encoding="utf-8").replace(
        "absent_from_work,7813", "absent_from_work,x"
    )
    answer = locum("check", write("away.csv", nobody))
    assert answer.code == 2
    assert "away.csv:" in answer.out


def test_hospital_assumptions_are_listed(locum, write):
    rows = locum("assumptions", "korea-hospitals-2024", "--json").json["rows"]
    keys = {row["key"] for row in rows}
    assert {"contingency.surgery_cut", "readings.surgery_hospitals"} <= keys
    assert "exit.emigration" not in keys
    mine = write("mine.yaml", f"{HEAD}assumptions: {{contingency.surgery_cut: 1.25}}\n")
    [row] = locum("assumptions", mine, "--match", "surgery_cut", "--json").json["rows"]
    assert row["value"] == 1.25


def test_the_schema_of_hospitals_is_printed_for_editors(locum):
    assert "contingency" in locum("schema", "--sector", "hospitals").json["properties"]
    answer = locum("schema", "--sector", "hospital")
    assert answer.code == 2
    assert "did you mean 'hospitals'" in answer.err


def test_other_commands_say_that_they_are_for_the_workforce(locum):
    answer = locum("compare", "korea-baseline", "korea-hospitals-2024")
    assert answer.code == 2
    assert "sector is 'hospitals'; expected workforce" in answer.err
