"""The page on a dispute says what the attribution says, whatever the attribution lacks."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.report.test_browser import CHROMIUM, PROBE, WIDTHS
from tests.report.test_page import Reader, files_of
from tests.report.test_waterfall import parsed

import locum.report
from locum.inference.attribution import explain
from locum.inference.crux import find_crux
from locum.inference.flip import flip_point
from locum.report import render_explanation, write_explanation
from locum.report.holdings import holdings
from locum.report.levels import level, seats_words
from locum.report.sections.attribution import headline_words, steps, verdict, views
from locum.report.sections.crux import command, flip_words
from locum.runs.positions import find_position

HOSTILE = "<script>alert('1')</script> & \"Co\""


@pytest.fixture(scope="module")
def disputed():
    """The dispute of 2040, whose unit is open."""
    return explain(find_position("rihp-2026"), find_position("committee-2025"), 2040, 5)


@pytest.fixture(scope="module")
def single(disputed):
    """The same under one reading."""
    return replace(disputed, readings=())


@pytest.fixture(scope="module")
def flips(disputed):
    days = "demand.working_days_change"
    return [flip_point(disputed.a, days, 2040, 5), flip_point(disputed.b, "demand.unit", 2040)]


@pytest.fixture(scope="module")
def page(disputed, flips):
    return render_explanation(disputed, flips)


def with_blocks(attribution, count):
    """Keep the first blocks, all of the difference in the first of them."""
    shares = tuple(
        replace(each, value=attribution.difference if i == 0 else 0.0)
        for i, each in enumerate(attribution.shares[:count])
    )
    ends = np.linspace(attribution.gap_a[0], attribution.gap_b[0], 1 << count)[:, None]
    pairs = np.diag([each.value for each in shares])
    return replace(attribution, shares=shares, pairs=pairs, crux=find_crux(ends), readings=())


def bars_of(attribution):
    return [step for step in steps(attribution) if step.kind != "total"]


def test_the_bars_sum_to_the_printed_difference(disputed):
    for view in views(disputed):
        sizes = [step.start - step.end for step in bars_of(view.found)]
        assert sum(sizes) == pytest.approx(view.found.printed_difference, abs=1e-6)
        assert sizes[0] == view.found.unreproduced_a
        assert sizes[-1] == pytest.approx(view.found.unreproduced_b)


def test_each_bar_begins_where_the_last_one_ended(disputed):
    first, *between, last = steps(disputed)
    ends = [first.end, *(step.end for step in between)]
    assert [step.start for step in between] == pytest.approx(ends[:-1])
    assert ends[-1] == pytest.approx(last.end)


def test_without_print_the_way_leads_between_the_rules(single):
    plain = replace(single, printed_b=None)
    way = steps(plain)
    assert (way[0].end, way[-1].end) == (plain.gap_a[0], plain.gap_b[0])
    assert not any(step.kind == "missed" for step in way)
    words = Reader(render_explanation(plain)).words
    assert "No gap is printed for 2040 by Estimation committee, December 2025" in words
    assert "by its rules" in words


def test_the_headline_says_both_sides_and_how_far_they_are_apart(disputed):
    assert headline_words(disputed) == (
        "For 2040 Doctors' institute, January 2026 says 16,326 doctors too many, Estimation "
        "committee, December 2025 says 8,420 too few: 24,746 apart."
    )


def test_both_readings_have_the_same_rank_and_the_stated_one_comes_first(disputed, page):
    assert [view.stated for view in views(disputed)] == [True, False]
    first, second = re.findall(r'<article class="reading"><h3>([^<]+)</h3>', page)[:2]
    assert [first, second] == [reading.title for reading in disputed.a.study.readings]
    assert "none is the main one" in Reader(page).words
    assert "waterfall-2.csv" in files_of(Reader(page))


def test_what_is_explained_is_said_to_be(single):
    assert verdict(single).startswith("Explained: the rules as known miss ")


def test_what_is_not_explained_is_said_not_to_be(single):
    off = replace(single, printed_a=single.printed_a + 20_000)
    assert re.fullmatch(
        r"Not explained: the rules as known miss 2\d,\d{3} of the printed figures \(more than 15% "
        r"of the difference\)\.",
        verdict(off),
    )
    assert '<p class="caveat"><strong>Not explained:' in render_explanation(off)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_blocks_make_a_whole_page(single, count):
    page = render_explanation(with_blocks(single, count))
    reader = Reader(page)
    assert reader.open == []
    assert ("They differ in no assumption" in reader.words) == (count == 0)
    assert ('id="together"' in page) == (count == 2)


def test_a_study_against_itself_is_told_as_such():
    position = find_position("committee-2025")
    found = explain(position, position, 2040, 1)
    words = Reader(render_explanation(found)).words
    assert "0 apart" in words
    assert "nothing separates them" in words


def test_the_page_is_well_formed_and_loads_nothing(page):
    reader = Reader(page)
    assert reader.open == []
    assert not re.search(r"url\(|@import|\bsrc=|srcset=|<script|<link|<iframe|<object", page)
    others = [a for name, a in reader.elements if name != "a"]
    assert not any("http" in (value or "") for a in others for value in a.values())


def test_every_link_and_identifier_holds(page):
    reader = Reader(page)
    known = [a["id"] for _, a in reader.elements if a.get("id")]
    assert len(known) == len(set(known))
    links = [str(a["href"]) for a in reader.all("a")]
    inside = [link[1:] for link in links if link.startswith("#")]
    assert set(inside) <= set(known)


def test_every_chart_is_an_image_with_a_text_and_a_file(page):
    drawings = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert len(drawings) == 4
    for drawing in drawings:
        root = parsed(drawing)
        assert root.attrib["role"] == "img"
        assert "Waterfall of the gap in 2040" in root.attrib["aria-label"]
    for figure in re.findall(r"<figure.*?</figure>", page, flags=re.DOTALL):
        assert "download=" in figure


def test_the_files_hold_the_contributions(disputed, page):
    header, *rows = files_of(Reader(page))["blocks.csv"]
    at = header.index("contribution")
    filed = {row[0]: float(row[at]) for row in rows}
    assert filed == {
        share.block.name: pytest.approx(share.value, abs=0.51) for share in disputed.shares
    }


def test_both_sides_of_a_difference_are_told_with_how_they_are_known(disputed):
    share = next(each for each in disputed.shares if each.block.name == "productivity")
    [held] = holdings(disputed, share.block)
    assert (held.label, held.a.words, held.b.words) == (
        "Demand: productivity change",
        "6%",
        "0%",
    )
    assert [each.known for each in held.a.known] == ["inferred"]


def test_what_neither_side_reads_is_not_listed(disputed):
    share = next(each for each in disputed.shares if each.block.name == "working_days")
    assert holdings(disputed, share.block) == ()


def test_the_crux_names_what_each_side_concedes(single):
    words = Reader(render_explanation(single)).words
    crux = single.crux
    assert all(single.shares[i].block.title in words for i in crux.blocks)
    assert words.count("concedes It takes over") == 2


def test_a_flip_point_is_told_in_plain_words():
    days = find_position("rihp-2025/days-265")
    found = flip_point(days, "demand.working_days", 2035)
    told = flip_words(found)
    assert re.search(r": at 2\d\d\.\d working days a year the shortage of [\d,]+ doctors", told)
    assert told.endswith("is gone; it uses 265 days a year.")


def test_no_flip_point_is_told_with_what_was_tried(disputed):
    found = flip_point(disputed.b, "exit.emigration", 2040)
    assert "no value between 0% and 100% changes the sign of the gap in 2040" in flip_words(found)


def test_without_flip_points_there_is_no_such_section(single):
    assert 'id="flips"' not in render_explanation(single)


def test_the_command_repeats_the_attribution(disputed):
    assert command(disputed) == (
        "locum explain rihp-2026 committee-2025 --year 2040 --draws 5 --seed 0"
    )


def test_joined_blocks_are_in_the_command(disputed):
    joined = explain(disputed.a, disputed.b, 2040, 1, 0, [["trend", "hours"]])
    assert command(joined).endswith("--join hours+trend")


def test_the_page_says_how_to_cite_it(disputed, page):
    words = Reader(page).words
    assert disputed.a.pack.digest in words
    assert f"Locum {locum.__version__}" in words


def test_two_scenarios_leave_nothing_unreproduced(single):
    whole = replace(single, whole_sector=True)
    assert not any(step.kind == "missed" for step in steps(whole))
    assert "whole sector" in verdict(whole)


def test_the_same_attribution_gives_the_same_bytes(disputed, flips, page, tmp_path):
    path = write_explanation(disputed, flips, tmp_path / "page.html")
    assert path.read_text(encoding="utf-8") == page
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_hostile_titles_stay_text(single):
    page = render_explanation(replace(single, a=replace(single.a, title=HOSTILE)))
    assert "<script" not in page
    assert Reader(page).open == []
    assert HOSTILE in Reader(page).words


def test_numbers_are_formatted_where_groups_are_guarded():
    guarded = {"words.py", "levels.py", "scales.py", "trail.py"}
    folder = Path(locum.report.__file__).parent
    new = (
        "explanation",
        "studies_page",
        "standalone",
        "holdings",
        "attribution",
        "crux",
        "studies",
    )
    new += ("waterfall", "ranges", "rows")
    for path in folder.rglob("*.py"):
        if path.stem in new and path.name not in guarded:
            assert not re.search(r"\{[^{}]+:[,+]?\.?\d*[,dfgeG%]\}", path.read_text()), path


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (265.0, "days_per_year", "265 days a year"),
        (0.896, "share", "89.6%"),
        (-0.025, "growth", "\N{MINUS SIGN}2.5%"),
        (112_255.0, "clinical", "112,255 clinical doctors"),
        (4.0, "clinical", "<10 clinical doctors"),
        (2302.6, "hours_per_year", "2,302.6 hours a year"),
        (2024.0, "years", "2024"),
        ("share_65", "rule", "share 65"),
    ],
)
def test_values_are_told_with_their_units(value, unit, words):
    assert level(value, unit) == words


def test_long_paths_of_places_lose_their_middle():
    told = seats_words({2000 + i: 3000.0 + i for i in range(20)})
    assert told.startswith("3,000 from 2000; …; 3,016 from 2016")
    assert seats_words({2006: 3058.0, 2007: 3058.0}) == "3,058 from 2006"


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_page_never_scrolls_sideways(disputed, flips, tmp_path):
    write_explanation(disputed, flips, tmp_path / "report.html")
    assert set(overflows(tmp_path)) == {0}


def overflows(folder: Path) -> list[int]:
    """Return how far the page sticks out at the side at each width, every table open."""
    probe = folder / "probe.html"
    probe.write_text(PROBE % list(WIDTHS), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
    line = [str(CHROMIUM), *options, "--virtual-time-budget=20000", "--dump-dom", probe.as_uri()]
    shown = subprocess.run(line, capture_output=True, text=True, check=True, timeout=100).stdout
    found = re.search(r"<pre>([\d,]+)</pre>", shown)
    assert found is not None
    return [int(each) for each in found[1].split(",")]
