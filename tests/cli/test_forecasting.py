"""`locum template` and `locum forecast`: from two files to a folder, or to an error."""

from __future__ import annotations

import csv
import re

import pytest

DAYS = "3"
QUICK = ("--days", DAYS, "--draws", "2", "--lever", "ward_beds=3", "--lever", "ward_beds=0")


@pytest.fixture
def filled(locum):
    """Write both files for a small hospital."""
    date = ("--date", "2026-10-05")
    assert locum("template", "census", "--hospital", "60", *date, "--out", "census.csv").code == 0
    answer = locum("template", "roster", "--census", "census.csv", "--days", DAYS)
    assert answer.code == 0
    return answer.out


@pytest.fixture
def ask(locum, write, filled):
    """Forecast; further arguments may repeat the options."""
    write("roster.csv", filled)

    def run(*more):
        return locum("forecast", "--census", "census.csv", "--roster", "roster.csv", *QUICK, *more)

    return run


def test_a_template_runs_as_it_is_and_json_says_what_fails(ask, tmp_path):
    answer = ask("--json", "--out", "found")
    assert (answer.code, answer.err) == (0, "")
    found = answer.json
    assert found["draws"] == 2
    assert {each["risk"] for each in found["risks"]} == {
        "ed_closed",
        "icu_full",
        "hours_cap",
        "work_missed",
        "any",
    }
    assert all(len(each["days"]) == int(DAYS) for each in found["risks"])
    census = (tmp_path / "census.csv").read_text("utf-8")
    assert f"\nward_patients,{found['now']['ward']:.0f}," in census
    nothing = next(each for each in found["levers"] if each["amount"] == 0)
    assert set(nothing["failing_days"].values()) == {0.0}
    assert {path.name for path in (tmp_path / "found").iterdir()} == {
        "census.csv",
        "roster.csv",
        "hours.csv",
        "days.csv",
        "levers.csv",
        "report.html",
        "manifest.json",
    }
    told = (tmp_path / "found" / "hours.csv").read_text("utf-8")
    hours = list(csv.DictReader(told.splitlines()))
    assert len(hours) == 24 * int(DAYS) - 8 + 1
    assert float(hours[0]["ward_p10"]) == float(hours[0]["ward_p90"]) == found["now"]["ward"]


def test_the_same_files_give_the_same_folder(ask, tmp_path):
    assert ask("--out", "found").code == 0
    first = {path.name: path.read_bytes() for path in (tmp_path / "found").iterdir()}
    assert ask("--out", "found", "--workers", "1").code == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "found").iterdir()} == first
    refused = ask("--out", "found", "--seed", "1")
    assert refused.code == 2
    assert "nothing is overwritten" in refused.err


def test_the_words_tell_days_and_levers(ask):
    answer = ask("--out", "found")
    assert "ED closed" in answer.out
    assert "open 3 ward beds" in answer.out
    assert "Mon 2026-10-05" in answer.out
    assert "Report:   found/report.html" in answer.out


def test_the_page_stands_alone_and_keeps_its_own_numbers(ask, tmp_path):
    assert ask("--out", "found").code == 0
    page = (tmp_path / "found" / "report.html").read_text("utf-8")
    assert not re.search(r"(src|href)=\"(?!#|data:)", page)
    assert "fewer than ten" not in page
    assert "for the people who run it" in page
    assert page.count("<svg") >= 10


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("\nward_beds,", "\nward_beds,-"), "ward_beds must be at least 0"),
        (("\nward_patients,", "\nward_patients,99"), "more patients than the"),
        (("\nicu_beds,", "\nicu_bed,"), "did you mean 'icu_beds'?"),
    ],
)
def test_a_wrong_census_is_refused_and_nothing_is_written(ask, write, here, tmp_path, edit, words):
    text = (tmp_path / "census.csv").read_text("utf-8")
    write("census.csv", text.replace(*edit))
    before = here()
    answer = ask("--out", "found")
    assert answer.code == 2
    assert re.search(r"Error: census\.csv:\d+: (value|item): ", answer.err)
    assert words in answer.err
    assert (answer.out, here()) == ("", before)


def test_a_wrong_roster_is_refused_and_nothing_is_written(ask, write, here, filled):
    row = next(line for line in filled.splitlines() if ",ed_specialists," in line)
    cells = row.split(",")
    write("roster.csv", filled.replace(row, ",".join([*cells[:2], "999", *cells[3:]])))
    before = here()
    answer = ask("--out", "found")
    assert answer.code == 2
    assert re.search(r"roster\.csv:\d+: day: '999': more on duty than the \d+", answer.err)
    assert here() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--lever", "ward_bed=3"), "did you mean 'ward_beds'?"),
        (("--risk", "icu"), "choose one of ed_closed, icu_full"),
        (("--set", "ed.exam_9=3"), "unknown assumption"),
        (("--draws", "100000"), "draws is 100000"),
        (("--days", "9"), "the roster must cover 9 days"),
        (("--roster", "none.csv"), "no file none.csv"),
    ],
)
def test_a_wrong_option_is_refused(ask, here, arguments, words):
    before = here()
    answer = ask(*arguments)
    assert answer.code == 2
    assert words in answer.err
    assert here() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rota",), "did you mean 'roster'?"),
        (("census", "--date", "today"), "a date such as 2026-10-05"),
        (("census", "--hour", "24"), "between 0 and 23"),
        (("census", "--hospital", "no such one"), "unknown hospital"),
        (("census", "--census", "c.csv"), "written from the list"),
        (("roster", "--census", "c.csv", "--hour", "3"), "already says this"),
        (("roster", "--census", "c.csv"), "no file c.csv"),
    ],
)
def test_a_template_says_what_it_cannot_do(locum, here, arguments, words):
    answer = locum("template", *arguments)
    assert answer.code == 2
    assert words in answer.err
    assert here() == []


def test_a_template_overwrites_nothing(locum, write):
    write("census.csv", "mine")
    answer = locum("template", "census", "--out", "census.csv")
    assert answer.code == 2
    assert "nothing is overwritten" in answer.err


def test_an_assumption_may_be_fixed(ask):
    slow = ask("--set", "ed.exam_3=60 minutes", "--json", "--out", "slow")
    assert slow.code == 0
    assert slow.json["draws"] == 2
