"""`locum explain` and `locum flip`: what they print, promise as JSON, and refuse."""

from __future__ import annotations

import shutil

import pytest

from locum.runs import positions

EXPLAIN = ["a", "b", "year", "difference", "residual", "blocks", "printed_difference"]
EXPLAIN += ["unreproduced_a", "unreproduced_b", "crux"]
FLIP = ["scenario", "assumption", "year", "value", "low", "high"]
DISPUTE = ("rihp-2026", "committee-2025", "--year", "2040")
SHORT = """\
name: {name}
title: Short
description: Ends early.
country: korea
inherits: {parent}
years: {{start: 2022, end: 2026}}
"""


@pytest.fixture
def short(write):
    """Write a scenario that ends early."""

    def make(name, parent, more=""):
        return write(f"{name}.yaml", SHORT.format(name=name, parent=parent) + more)

    return make


# --- explain -----------------------------------------------------------------


def test_explain_prints_one_object_that_keeps_its_contract(locum):
    answer = locum("explain", *DISPUTE, "--draws", "3", "--json")
    assert (answer.code, answer.err) == (0, "")
    found = answer.json
    assert set(EXPLAIN) <= set(found)
    assert (found["a"], found["b"], found["year"]) == ("rihp-2026", "committee-2025", 2040)
    for block in found["blocks"]:
        assert {"name", "value", "low", "high"} <= set(block)
        assert block["low"] <= block["value"] <= block["high"]
        assert block["name"] != "other"
    values = [block["value"] for block in found["blocks"]]
    assert sum(values) == pytest.approx(found["difference"], abs=1e-6)
    assert abs(found["residual"]) < 1e-6
    assert found["printed_difference"] == pytest.approx(
        found["difference"] + found["unreproduced_a"] + found["unreproduced_b"], abs=1e-6
    )
    assert set(found["crux"]) <= {block["name"] for block in found["blocks"]}


def test_explain_gives_every_reading_of_an_open_unit(locum):
    found = locum("explain", *DISPUTE, "--draws", "1", "--json").json
    assert len(found["readings"]) >= 2
    for each in found["readings"]:
        assert set(EXPLAIN) <= set(each)
        assert abs(each["residual"]) < 1e-6
    assert len({each["reading_a"] for each in found["readings"]}) == len(found["readings"])


def test_explain_says_in_words_how_far_apart_they_are_and_why(locum):
    answer = locum("explain", *DISPUTE, "--draws", "1")
    assert answer.code == 0
    assert answer.out.startswith("Doctors in 2040: rihp-2026 says")
    for words in ("apart", "too few", "block", "doctors", "what the rules miss of rihp-2026"):
        assert words in answer.out


def test_explain_joins_blocks_that_are_named(locum):
    plain = locum("explain", *DISPUTE, "--draws", "1", "--json").json
    names = [block["name"] for block in plain["blocks"]][:2]
    answer = locum("explain", *DISPUTE, "--draws", "1", "--join", "+".join(names), "--json")
    assert answer.json["blocks"][0]["name"] == "+".join(names)
    assert answer.json["difference"] == pytest.approx(plain["difference"], abs=1e-6)
    assert len(answer.json["blocks"]) == len(plain["blocks"]) - 1


def test_explain_of_a_study_and_itself_finds_nothing(locum):
    found = locum("explain", "rihp-2025", "rihp-2025", "--year", "2035", "--draws", "2", "--json")
    assert found.json["blocks"] == []
    assert found.json["difference"] == 0.0


def test_explain_repeats_itself_to_the_last_byte(locum):
    first, second = (locum("explain", *DISPUTE, "--draws", "4", "--json") for _ in range(2))
    assert first.out == second.out


def test_explain_mixes_two_scenarios_in_the_whole_sector(locum, short):
    a = short("one", "korea-baseline")
    b = short("two", "korea-2000-seats", "assumptions: {exam.pass_rate: 0.9}\n")
    answer = locum("explain", a, b, "--year", "2026", "--draws", "1", "--json")
    assert answer.code == 0
    assert answer.json["model"] == "sector"
    assert [block["name"] for block in answer.json["blocks"]] == ["seats", "inflow"]
    assert abs(answer.json["residual"]) < 1e-6


def test_explain_without_a_table_of_blocks_says_that_they_agree(locum):
    answer = locum("explain", "rihp-2025", "rihp-2025", "--year", "2035", "--draws", "1")
    assert "By their rules they agree." in answer.out
    assert "nobody has to concede anything" in answer.out


def test_explain_writes_a_page(locum, here):
    answer = locum("explain", *DISPUTE, "--draws", "1", "--out", "page.html", "--json")
    assert answer.code == 0
    assert answer.json["page"] == "page.html"
    assert here() == ["page.html"]


EXPLAIN_REFUSALS = {
    "an unknown study": (
        ("rihp-2062", "committee-2025"),
        "unknown study or scenario 'rihp-2062'; did you mean 'rihp-2026'?",
    ),
    "an unknown variant": (
        ("committee-2025/s9", "rihp-2025"),
        "unknown variant of committee-2025 's9'",
    ),
    "a year outside both": (
        ("rihp-2025", "committee-2025", "--year", "2099"),
        "--year: year 2099 is outside the span of rihp-2025 and committee-2025, which covers",
    ),
    "a year before both": (
        ("rihp-2025", "committee-2025", "--year", "1999"),
        "--year: year 1999 is outside the span",
    ),
    "a block that neither has": (
        (*DISPUTE, "--join", "hours+weather"),
        "--join: unknown block in which rihp-2026 and committee-2025 differ 'weather'",
    ),
    "one block to join": ((*DISPUTE, "--join", "hours"), "expected block+block"),
    "blocks joined twice": (
        (*DISPUTE, "--join", "hours+retirement", "--join", "hours+trend"),
        "expected blocks not joined before",
    ),
    "a missing file": (("mine.yaml", "rihp-2025"), "no file mine.yaml"),
    "no draws": ((*DISPUTE, "--draws", "0"), "--draws"),
}


@pytest.mark.parametrize("case", EXPLAIN_REFUSALS)
def test_explain_refuses(locum, here, case):
    arguments, message = EXPLAIN_REFUSALS[case]
    answer = locum("explain", *arguments, "--json", "--out", "page.html")
    assert answer.code == 2
    assert message in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
    assert here() == []


@pytest.fixture
def abroad(tmp_path, monkeypatch, pack):
    """A second country, with one study."""
    folder = tmp_path / "elsewhere"
    shutil.copytree(pack.path, folder)
    file = folder / "pack.yaml"
    written = file.read_text(encoding="utf-8").replace("name: korea\n", "name: elsewhere\n")
    file.write_text(written.replace("South Korea", "Elsewhere"), encoding="utf-8")
    study = (folder / "studies" / "rihp-2025.yaml").read_text(encoding="utf-8")
    shutil.rmtree(folder / "studies")
    (folder / "studies").mkdir()
    (folder / "studies" / "abroad-2025.yaml").write_text(
        study.replace("name: rihp-2025\n", "name: abroad-2025\n"), encoding="utf-8"
    )
    monkeypatch.setattr(positions, "packs", lambda: ("korea", str(folder)))
    return "abroad-2025"


def test_explain_refuses_studies_of_different_countries(locum, abroad):
    answer = locum("explain", "rihp-2025", abroad, "--year", "2035", "--json")
    assert answer.code == 2
    assert "different countries: rihp-2025 is of South Korea, abroad-2025 of Elsewhere" in (
        answer.err
    )
    assert answer.out == ""


# --- flip --------------------------------------------------------------------


def test_flip_prints_one_object_that_keeps_its_contract(locum):
    answer = locum(
        "flip",
        "rihp-2025",
        "--assumption",
        "demand.working_days",
        "--year",
        "2035",
        "--draws",
        "5",
        "--json",
    )
    assert (answer.code, answer.err) == (0, "")
    found = answer.json
    assert set(FLIP) <= set(found)
    assert (found["scenario"], found["assumption"]) == ("rihp-2025", "demand.working_days")
    assert found["low"] <= found["value"] <= found["high"]
    assert 200.0 < found["value"] < 366.0


def test_flip_says_in_words_at_which_value_the_answer_turns(locum):
    moved = ("rihp-2025", "--assumption", "demand.working_days")
    answer = locum("flip", *moved, "--year", "2035", "--draws", "1")
    assert answer.code == 0
    assert "days a year (demand.working_days, now" in answer.out
    assert answer.out.rstrip().endswith("is gone.")


def test_flip_without_a_change_of_sign_has_no_value(locum):
    arguments = ("rihp-2025", "--assumption", "demand.working_days", "--year", "2035")
    span = ("--from", "100", "--to", "120", "--draws", "1")
    found = locum("flip", *arguments, *span, "--json").json
    assert (found["value"], found["low"], found["high"]) == (None, None, None)
    assert found["tried"] == [100.0, 120.0]
    words = locum("flip", *arguments, *span).out
    assert "every value from 100.0 days a year to 120.0 days a year leaves a shortage" in words


def test_flip_tries_a_rule_option_by_option(locum):
    arguments = ("rihp-2025", "--assumption", "exit.rule", "--year", "2035", "--draws", "2")
    found = locum("flip", *arguments, "--json").json
    assert found["value"] is None or isinstance(found["value"], str)
    assert (found["low"], found["high"]) == (None, None)
    assert "exit.rule" in locum("flip", *arguments).out


def test_flip_moves_a_scenario_in_the_whole_sector(locum, short):
    name = short("one", "korea-baseline")
    arguments = (name, "--assumption", "demand.base_gap", "--year", "2026", "--draws", "1")
    found = locum("flip", *arguments, "--json").json
    assert found["scenario"] == "one"
    assert -0.2 < found["value"] < 0.2


FLIP_REFUSALS = {
    "an unknown assumption": (
        ("rihp-2025", "--assumption", "demand.working_day"),
        "--assumption: unknown assumption 'demand.working_day'; did you mean",
    ),
    "an unknown study": (
        ("rihp-2062", "--assumption", "exit.rule"),
        "did you mean 'rihp-2026'?",
    ),
    "a year outside": (
        ("rihp-2025", "--assumption", "exit.rule", "--year", "2099"),
        "--year: year 2099 is outside what rihp-2025 covers",
    ),
    "dated values": (
        ("korea-baseline", "--assumption", "entry.licence_age"),
        "entry.licence_age has dated values",
    ),
    "a range upside down": (
        ("rihp-2025", "--assumption", "demand.working_days", "--from", "300", "--to", "200"),
        "--from: range to try is (300.0, 200.0); expected two values from 1 to 366",
    ),
    "a range beyond the unit": (
        ("rihp-2025", "--assumption", "demand.working_days", "--to", "400"),
        "expected two values from 1 to 366 days_per_year",
    ),
    "what shapes the tables": (
        ("korea-baseline", "--assumption", "bond.years"),
        "bond.years shapes the tables of the whole sector and cannot be moved",
    ),
    "no assumption": (("rihp-2025",), "Missing option '--assumption'"),
}


@pytest.mark.parametrize("case", FLIP_REFUSALS)
def test_flip_refuses(locum, case):
    arguments, message = FLIP_REFUSALS[case]
    answer = locum("flip", *arguments, "--json")
    assert answer.code == 2
    assert message in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
