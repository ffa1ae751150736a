"""The page of studies prints every study with its numbers, its rules and where they stand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.report.test_browser import CHROMIUM
from tests.report.test_explanation import overflows
from tests.report.test_page import Reader, files_of
from tests.report.test_waterfall import parsed

from locum.countries import load_pack
from locum.inference.reproduction import GapPart, Reproduced, reproduce
from locum.report import render_studies, write_studies_page
from locum.report.sections.studies import dot_rows, error_words, rule_entries
from locum.report.studies_page import lever_flips
from locum.scenarios import load_study

NAMES = ("committee-2025", "rihp-2026", "kihasa-2015")
PARTS = (
    GapPart(
        "growth",
        "clinical doctors",
        2035,
        -9_885.0,
        -2_299.0,
        {"kihasa-2015": {"printed": -9_654.0, "computed": 2_093.0}},
        "growth of need until then",
    ),
    GapPart(
        "distribution",
        "practising doctors",
        2022,
        -5_115.0,
        -11_959.0,
        {"Sejong": {"doctors": 421.0, "missing": 7.0}},
        "doctors that regions lack today",
    ),
)


@pytest.fixture(scope="module")
def pack():
    return load_pack("korea")


@pytest.fixture(scope="module")
def studies(pack):
    return [load_study(name, pack) for name in NAMES]


@pytest.fixture(scope="module")
def rows(pack):
    return reproduce(pack, NAMES)


@pytest.fixture(scope="module")
def flips(studies, pack):
    return lever_flips(studies, pack)


@pytest.fixture(scope="module")
def page(rows, studies, pack, flips):
    return render_studies(rows, studies, pack, PARTS, flips)


@pytest.fixture(scope="module")
def reader(page):
    return Reader(page)


def test_every_study_says_who_when_what_and_what_is_missing(studies, reader):
    for study in studies:
        assert study.title in reader.words
        assert f"{study.holder}, {study.published}." in reader.words
        assert study.description in reader.words
        assert study.missing[1:] in reader.words


def test_every_number_is_in_the_file_with_its_error_and_source(rows, reader):
    header, *filed = files_of(reader)["studies.csv"]
    assert len(filed) == len(rows)
    for row, line in zip(rows, filed, strict=True):
        cells = dict(zip(header, line, strict=True))
        assert float(cells["printed"]) == pytest.approx(row.printed, abs=0.51)
        assert float(cells["reproduced"]) == pytest.approx(row.reproduced, abs=0.51)
        tolerance = 0.51 if row.quantity == "gap" else 5.1e-5
        assert float(cells["error"]) == pytest.approx(row.error, abs=tolerance)
        assert (cells["source"], cells["rules"]) == (row.source, row.rules)


def test_every_rule_stands_with_how_it_is_known(studies, reader):
    for study in studies:
        lines = files_of(reader)[f"{study.name}-rules.csv"][1:]
        assert len(lines) == len(rule_entries(study)) + 2
        stated = {known.known for _, _, known in rule_entries(study)}
        assert {line[2] for line in lines} == stated | {"\N{EN DASH}"}


def test_rules_of_a_variant_or_a_reading_say_where_they_hold(studies):
    where = {key: place for key, place, _ in rule_entries(studies[1])}
    assert where["gap.need_unit"].startswith("if read so: ")
    assert where["exit.emigration"] == ""


def test_levers_are_told_with_the_computed_and_the_printed_value(page, studies):
    lever = studies[2].levers[0]
    told = re.search(r"at 30\d(\.\d)? working days a year the shortage of .*? From its", page)
    assert lever.printed == pytest.approx(273, abs=0.1)
    assert told is not None
    assert "From its printed table: 273 days a year." in page


def test_dots_stand_by_year_and_by_date_of_the_study(rows, studies):
    gaps = [row for row in rows if row.quantity == "gap"]
    found = dot_rows(gaps, studies)
    assert [(row.group, row.label) for row in found] == [
        ("2030", studies[2].title),
        ("2035", studies[0].title),
        ("2040", studies[0].title),
        ("2040", studies[1].title),
    ]
    assert sum(len(row.full) for row in found) == len(gaps)
    assert sum(len(row.hollow) for row in found) == len(gaps)


def test_the_page_is_well_formed_and_loads_nothing(page, reader):
    assert reader.open == []
    assert not re.search(r"url\(|@import|\bsrc=|srcset=|<script|<link|<iframe|<object", page)
    others = [a for name, a in reader.elements if name != "a"]
    assert not any("http" in (value or "") for a in others for value in a.values())


def test_every_link_and_identifier_holds(reader):
    known = [a["id"] for _, a in reader.elements if a.get("id")]
    assert len(known) == len(set(known))
    inside = [a["href"][1:] for a in reader.all("a") if a["href"].startswith("#")]
    assert set(inside) <= set(known)


def test_the_chart_has_a_text_instead(page):
    drawings = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        assert "2040, Doctors' institute" in parsed(drawing).attrib["aria-label"]


def test_unlike_parts_stand_apart_and_are_not_called_one_number(reader):
    assert "15,000 doctors too few are 9,885 by growth and 5,115 by distribution" in reader.words
    assert "their sum is neither" in reader.words


def test_no_group_of_fewer_than_ten_persons_is_printed(rows, studies, pack, reader):
    assert files_of(reader)["part-distribution.csv"][1] == ["Sejong", "421", "<10"]
    supply = next(row for row in rows if row.quantity == "supply")
    few = replace(supply, printed=4.0, reproduced=7.0)
    found = Reader(render_studies([few], studies, pack))
    assert "<10" in found.words
    assert files_of(found)["studies.csv"][1][5:7] == ["<10", "<10"]


def test_an_error_is_per_cent_for_doctors_and_doctors_for_a_gap():
    row = Reproduced("s", "v", "l", 2040, "supply", 100.0, 97.0, -0.03, "inferred", None, "x")
    assert error_words(row) == "\N{MINUS SIGN}3%"
    assert error_words(replace(row, error=0.0123)) == "+1.2%"
    assert error_words(replace(row, error=0.0001)) == "0%"
    assert error_words(replace(row, quantity="gap", error=1234.0)) == "+1,234"


def test_without_rows_or_parts_the_page_still_stands(studies, pack):
    page = render_studies([], studies, pack)
    assert Reader(page).open == []
    assert "None of its printed numbers" in page
    assert 'id="parts"' not in page
    assert "<svg" not in page


def test_the_same_studies_give_the_same_bytes(rows, studies, pack, page, tmp_path):
    path = write_studies_page(rows, studies, pack, tmp_path / "studies.html", PARTS)
    assert path.read_text(encoding="utf-8") == page
    assert [each.name for each in tmp_path.iterdir()] == ["studies.html"]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_page_never_scrolls_sideways(rows, studies, pack, tmp_path):
    write_studies_page(rows, studies, pack, tmp_path / "report.html", PARTS)
    assert set(overflows(tmp_path)) == {0}
