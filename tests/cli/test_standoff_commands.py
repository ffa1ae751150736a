"""`locum run` and its like for standoffs, as they are typed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.runs.disputes import SHORT


@pytest.fixture
def scenario(write):
    return write("short.yaml", SHORT)


def _files(folder):
    return json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))["files"]


def test_a_run_prints_readings_and_lies_in_a_folder_and_is_repeated(locum, scenario):
    answer = locum("run", scenario, "--draws", 2, "--seed", 3, "--json")
    assert answer.code == 0, answer.err
    told = answer.json
    assert told["scenario"] == "short"
    keys = {"metric", "scope", "date", "reading", "median", "low", "high", "use"}
    assert all(set(each) == keys for each in told["readings"])
    away = next(
        each
        for each in told["readings"]
        if (each["metric"], each["date"]) == ("absent_from_work_percent", "2024-02-20")
    )
    assert (away["reading"], away["use"]) == (63.1, "fit")
    assert {each["scope"] for each in told["headline"]} >= {"trainee", "patients", "doctors"}
    assert {each["name"] for each in told["counterfactuals"]} >= {"no_deadline"}
    folder = Path(told["run"])
    assert folder.parent == Path("locum-runs")
    with (folder / "readings.csv").open(encoding="utf-8") as stream:
        assert {row["use"] for row in csv.DictReader(stream)} >= {"fit", "check", "predict"}
    assert (folder / "report.html").stat().st_size > 10_000
    again = locum("run", folder / "manifest.json", "--out", "again", "--workers", 2)
    assert again.code == 0, again.err
    assert "Trainee doctors away from work or class: at most, on 2024-" in again.out
    assert "Median of 2 draws" in again.out
    assert _files("again") == _files(folder)


def test_a_run_may_end_earlier_and_leave_out_what_if(locum, scenario):
    asked = ("--draws", 1, "--until", "2024-02-21", "--no-counterfactuals", "--json")
    answer = locum("run", scenario, *asked)
    assert answer.code == 0, answer.err
    told = answer.json
    assert told["counterfactuals"] == []
    assert max(each["date"] for each in told["readings"]) == "2024-02-21"
    assert not (Path(told["run"]) / "counterfactuals.csv").exists()
    words = locum("run", Path(told["run"]) / "manifest.json", "--out", "again").out
    assert "One draw, with every assumption at its central value." in words
    assert _files("again") == _files(told["run"])


def test_what_a_manifest_says_is_not_said_again(locum, tmp_path):
    fields = {"id": "x", "pack": {}, "scenario": {"sector": "standoff"}, "seed": 0, "draws": 1}
    (tmp_path / "manifest.json").write_text(json.dumps(fields), encoding="utf-8")
    for option in (
        ("--draws", "2"),
        ("--until", "2024-03-01"),
        ("--counterfactuals",),
        ("--no-counterfactuals",),
    ):
        answer = locum("run", "manifest.json", *option)
        assert answer.code == 2
        assert "a manifest already says this" in answer.err
    assert "not the manifest of a run" in locum("run", "manifest.json").err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--until", "2024-02-30"), "expected a date such as 2024-03-31"),
        (("--until", "2025-03-01"), "--until: day is '2025-03-01'; expected a day from"),
        (("--set", "decision.socal=1"), "did you mean 'decision.social'"),
        (("--set", "decision.eligible_trainee=2"), "decision.eligible_trainee"),
        (("--set", "decision.rule=mood"), "decision.rule"),
        (("--draws", "99999"), "expected a whole number from 1"),
        (("--levers",), "--levers: only scenarios of hospitals have this option"),
    ],
)
def test_wrong_options_are_refused_and_nothing_is_written(locum, scenario, arguments, message):
    answer = locum("run", scenario, *arguments)
    assert answer.code == 2
    assert message in answer.err
    assert not Path("locum-runs").exists()


def test_other_sectors_have_no_counterfactuals(locum):
    for preset in ("korea-baseline", "korea-hospitals-normal"):
        answer = locum("run", preset, "--no-counterfactuals")
        assert answer.code == 2
        assert "--counterfactuals: only scenarios of standoffs have this option" in answer.err


def test_a_folder_with_something_else_is_not_overwritten(locum, scenario, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    answer = locum("run", scenario, "--out", "mine")
    assert answer.code == 2
    assert "the folder holds something else; nothing is overwritten" in answer.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_standoff_files_are_checked(locum, write, scenario):
    good = locum("check", scenario)
    assert (good.code, good.out) == (0, f"{scenario}: fine\n")
    event = "{date: 2024-02-20, actor: government, does: window, what: any_post, who: trainee"
    bad = f"{SHORT}events:\n  too_early: {event}, until: 2024-02-10}}\n"
    answer = locum("check", write("bad.yaml", bad))
    assert answer.code == 2
    line = bad.splitlines().index(f"  too_early: {event}, until: 2024-02-10}}") + 1
    assert f"bad.yaml:{line}: events.too_early.until" in answer.out
    for name in ("korea-standoff-2024", "korea-standoff-2020"):
        assert locum("run", name, "--set", "no.key=1").code == 2


def test_a_bad_scenario_leaves_nothing_behind(locum, write):
    bad = f"{SHORT}events:\n  x: {{date: 2024-02-20, actor: nobody, does: talks, what: begun}}\n"
    answer = locum("run", write("bad.yaml", bad))
    assert answer.code == 2
    assert "unknown actor 'nobody'" in answer.err
    assert "bad.yaml:" in answer.err
    assert not Path("locum-runs").exists()


def test_standoff_assumptions_are_listed(locum, write):
    rows = locum("assumptions", "korea-standoff-2024", "--json").json["rows"]
    keys = {row["key"] for row in rows}
    assert {"decision.social", "readings.count_error", "harm.operations_fall"} <= keys
    assert "exit.emigration" not in keys
    mine = write("mine.yaml", f"{SHORT}assumptions: {{decision.social: 1.25}}\n")
    [row] = locum("assumptions", mine, "--match", "decision.social", "--json").json["rows"]
    assert row["value"] == 1.25


def test_the_schema_of_standoffs_is_printed_for_editors(locum):
    assert "events" in locum("schema", "--sector", "standoff").json["properties"]
