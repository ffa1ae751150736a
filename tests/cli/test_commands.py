"""The commands, each on good input."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import suppress
from io import StringIO

import numpy as np
import pytest

from locum import __version__
from locum.cli.comparing import Totals, compare_totals
from locum.cli.console import showing_progress
from locum.scenarios import json_schema

FEW = ("--draws", "3", "--workers", "1")


@pytest.fixture
def finished(locum):
    """A small run, as its command answered."""
    return locum("run", *FEW, "--json")


# --- run ---------------------------------------------------------------------


def test_a_run_prints_one_object_with_its_headline(finished, tmp_path):
    assert finished.code == 0
    assert list(finished.json) == ["scenario", "run", "report", "headline"]
    assert finished.json["scenario"] == "korea-baseline"
    assert (tmp_path / finished.json["run"] / "manifest.json").is_file()
    assert (tmp_path / finished.json["report"]).read_bytes().startswith(b"<!")
    assert finished.json["headline"]
    for figure in finished.json["headline"]:
        assert list(figure) == ["name", "year", "value", "low", "high", "unit"]
        assert figure["low"] <= figure["value"] <= figure["high"]
    assert finished.err == ""


def test_a_run_ends_with_words_and_the_path_of_its_report(locum, tmp_path):
    answer = locum("run", "korea-2000-seats", *FEW, "--out", "mine")
    lines = answer.out.splitlines()
    assert answer.code == 0
    assert lines[0] == "2,000 more places from 2025"
    assert "clinical doctors" in answer.out
    assert lines[-1] == "Report: mine/report.html"
    assert (tmp_path / "mine" / "report.html").is_file()


def test_a_manifest_repeats_its_run_exactly(locum, tmp_path):
    first = locum("run", *FEW, "--seed", "7", "--set", "exam.pass_rate=0.9", "--json")
    manifest = tmp_path / first.json["run"] / "manifest.json"
    before = manifest.read_bytes()
    again = locum("run", manifest, "--out", "again", "--json")
    assert again.json["headline"] == first.json["headline"]
    assert (tmp_path / "again" / "manifest.json").read_bytes() == before


def test_a_manifest_says_already_how_it_was_run(locum, finished):
    manifest = f"{finished.json['run']}/manifest.json"
    for option in (("--draws", "4"), ("--seed", "1"), ("--set", "exam.pass_rate=0.9")):
        answer = locum("run", manifest, *option)
        assert answer.code == 2
        assert f"{option[0]}: a manifest already says this" in answer.err


def test_the_same_run_may_take_the_place_of_itself_only(locum):
    assert locum("run", *FEW, "--out", "mine", "--quiet").code == 0
    assert locum("run", *FEW, "--out", "mine", "--quiet").code == 0
    answer = locum("run", *FEW, "--seed", "1", "--out", "mine", "--quiet")
    assert answer.code == 2
    assert "nothing is overwritten" in answer.err


def test_what_is_set_is_in_the_assumptions_of_the_run(locum, tmp_path):
    answer = locum("run", *FEW, "--set", "exam.pass_rate=0.9 share", "--json")
    rows = json.loads((tmp_path / answer.json["run"] / "assumptions.json").read_bytes())
    [row] = [row for row in rows if row["key"] == "exam.pass_rate"]
    assert (row["value"], row["prior"]) == (0.9, "point")


@pytest.fixture
def heard():
    """Let Ctrl-C be heard: a shell that starts the tests in the background turns it off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_a_cancel_that_a_library_swallowed_is_raised_with_the_next_progress():
    with showing_progress("mine", quiet=True) as progress:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            progress(1, 2)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("heard")
def test_a_cancelled_run_leaves_nothing(tmp_path):
    start = "import sys; sys.stderr.write('go'); sys.stderr.flush(); from locum.cli import main; "
    running = subprocess.Popen(
        [sys.executable, "-c", start + "main(['run', 'korea-2024', '--draws', '5000'])"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with running:
        assert running.stderr is not None
        running.stderr.read(2)
        time.sleep(2)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert list(tmp_path.iterdir()) == []


# --- compare -----------------------------------------------------------------


def test_a_comparison_has_differences_absolute_and_per_cent(locum, here):
    answer = locum(
        "compare", "korea-baseline", "korea-2000-seats", *FEW, "--year", "2040", "--json"
    )
    assert answer.code == 0
    assert answer.json["base"] == "korea-baseline"
    rows = {row["name"]: row for row in answer.json["rows"]}
    supply = rows["supply_total"]
    assert supply["year"] == 2040
    assert 0 < supply["difference"]["low"] <= supply["difference"]["value"]
    assert 0 < supply["percent"]["value"] < 100
    assert here() == []


def test_scenarios_meet_the_same_luck(locum):
    rows = locum("compare", "korea-baseline", "korea-baseline", *FEW, "--json").json["rows"]
    assert rows
    for row in rows:
        assert row["difference"] == {"value": 0, "low": 0, "high": 0}


def test_a_comparison_is_printed_as_a_table(locum):
    answer = locum("compare", "korea-baseline", "korea-2000-seats", "korea-decided", *FEW)
    assert answer.code == 0
    assert "korea-2000-seats: 2,000 more places from 2025, less the base" in answer.out
    assert "korea-decided: " in answer.out
    assert "difference" in answer.out


def totals(scenario, years, values):
    return Totals(
        scenario=scenario,
        title=scenario,
        years=years,
        values={"supply_total": np.array(values, dtype=float)},
        units={"supply_total": "clinical"},
        labels={"supply_total": "doctors"},
        headline=(("supply_total", 2031),),
    )


def test_differences_are_taken_draw_by_draw():
    base = totals("a", (2030, 2031), [[1, 100], [1, 200], [1, 400]])
    other = totals("b", (2031, 2032), [[110, 9], [220, 9], [440, 9]])
    [row] = compare_totals(base, other, ())
    assert (row["base"], row["other"]) == (200, 220)
    assert row["difference"] == {"value": 20, "low": 12, "high": 36}
    assert row["percent"] == pytest.approx({"value": 10, "low": 10, "high": 10})


def test_a_shortage_that_grows_is_a_negative_per_cent():
    base, other = totals("a", (2031,), [[-100], [-50]]), totals("b", (2031,), [[-110], [-55]])
    [row] = compare_totals(base, other, ())
    assert row["percent"] == pytest.approx({"value": -10, "low": -10, "high": -10})


@pytest.mark.parametrize("values", [[[-1], [1]], [[0], [1]]])
def test_there_is_no_per_cent_of_what_may_be_nothing(values):
    base, other = totals("a", (2031,), values), totals("b", (2031,), [[5], [5]])
    [row] = compare_totals(base, other, (2031,))
    assert row["percent"] is None


# --- the rest ----------------------------------------------------------------


def test_every_assumption_is_a_row_with_these_fields(locum, pack):
    answer = locum("assumptions", "--json")
    assert list(answer.json) == ["rows"]
    rows = answer.json["rows"]
    fields = ["key", "value", "unit", "prior", "source", "holder", "grade"]
    assert {tuple(row) for row in rows} == {tuple(fields)}
    assert [row["key"] for row in rows] == list(pack.ledger())


def test_assumptions_are_those_of_the_scenario(locum, write):
    text = "name: x\ntitle: X\ninherits: korea-baseline\nassumptions: {exam.pass_rate: 0.9}\n"
    answer = locum("assumptions", write("mine.yaml", text), "--match", "PASS_RATE", "--json")
    assert [(row["key"], row["value"]) for row in answer.json["rows"]] == [("exam.pass_rate", 0.9)]


def test_assumptions_are_printed_as_a_table(locum):
    answer = locum("assumptions", "--match", "exam.pass_rate")
    assert answer.code == 0
    assert "exam.pass_rate" in answer.out
    assert "1 of " in answer.out


def test_good_files_are_fine(locum, write, pack):
    mine = write("mine.yaml", "name: x\ntitle: X\ninherits: korea-2024\n")
    folder = pack.path
    files = [mine, *sorted((folder / "assumptions").glob("*.yaml"))]
    files += [*map(pack.scenario_file, pack.scenario_names())]
    files += [folder / "model" / "interruption_2024.csv"]
    answer = locum("check", *files)
    assert answer.code == 0
    assert answer.out.splitlines() == [f"{file}: fine" for file in files]


def test_check_answers_with_one_object(locum, write):
    bad = write("bad.yaml", "name: x\ntitle: X\nseat: 1\n")
    answer = locum("check", bad, "--json")
    assert answer.code == 2
    [file] = answer.json["files"]
    assert (file["file"], file["ok"]) == ("bad.yaml", False)
    assert file["problems"] == ["bad.yaml:3: seat: unknown field 'seat'; did you mean 'seats'?"]


def test_the_schema_is_printed_for_editors(locum):
    assert locum("schema").json == json_schema()


def test_packs_are_listed_with_their_presets(locum, pack):
    answer = locum("packs", "--json")
    [korea] = [each for each in answer.json["packs"] if each["name"] == "korea"]
    assert korea["scenarios"] == list(pack.scenario_names())
    assert "korea-baseline" in locum("packs").out


def test_a_run_is_cited_with_its_data(locum, finished):
    assert __version__ in locum("cite").out
    answer = locum("cite", finished.json["run"], "--json")
    manifest = f"{finished.json['run']}/manifest.json"
    assert locum("cite", manifest, "--json").json == answer.json
    assert "scenario korea-baseline" in answer.json["run"]
    assert answer.json["sources"]


def test_the_version_is_printed(locum):
    assert locum("--version").out == f"{__version__}\n"


def test_no_arguments_are_a_question_for_help(locum):
    answer = locum()
    assert "Usage: locum" in answer.out + answer.err


def test_help_loads_nothing_that_computes():
    heavy = "numpy pydantic ruamel rich xarray numba zarr duckdb locum.scenarios locum.runs"
    script = (
        "import sys\nfrom locum.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy.split()} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


# --- progress ----------------------------------------------------------------


class Terminal(StringIO):
    """Standard error that says it is a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "quiet", "shown"),
    [(Terminal, False, True), (Terminal, True, False), (StringIO, False, False)],
)
def test_a_bar_is_shown_on_a_terminal_unless_quiet(monkeypatch, stream, quiet, shown):
    terminal = stream()
    monkeypatch.setattr(sys, "stderr", terminal)
    with showing_progress("mine", quiet=quiet) as progress:
        progress(1, 2)
        progress(2, 2)
    assert ("mine" in terminal.getvalue()) is shown
