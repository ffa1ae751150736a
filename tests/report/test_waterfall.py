"""A waterfall begins and ends where it should, and its names fit the screen."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from locum.report.charts.ranges import DotRow, ranges
from locum.report.charts.rows import RowFrame, row_scale, wrapped
from locum.report.charts.shapes import text_width
from locum.report.charts.waterfall import Step, waterfall

STEPS = (
    Step("First study, printed", 0.0, 16_326.0, "+16,326", "total", "gap"),
    Step("Not reproduced", 16_326.0, 15_000.0, "+1,326", "missed", "fund", group="Outside"),
    Step("Deaths", 15_000.0, -9_000.0, "+24,000", "part", "over", (-7_000.0, -12_000.0), "Heads"),
    Step("Use", -9_000.0, -8_420.0, "\N{MINUS SIGN}580", "part", "short", group="Demand"),
    Step("Second study, printed", 0.0, -8_420.0, "\N{MINUS SIGN}8,420", "total", "gap"),
)


def parsed(drawing: str) -> ET.Element:
    """Read a drawing of ours as XML."""
    return ET.fromstring(drawing)  # noqa: S314 - made by the code under test


def frame(width: int) -> RowFrame:
    return RowFrame(width, "doctors", "What it shows", "too few", "too many")


def boxes(drawing: str, kind: str) -> list[tuple[float, float]]:
    """Return left and right of the boxes of a kind."""
    root = parsed(drawing)
    found = [each for each in root.iter("rect") if kind in each.attrib["class"].split()]
    lefts = [float(each.attrib["x"]) for each in found]
    return [
        (left, left + float(each.attrib["width"])) for left, each in zip(lefts, found, strict=True)
    ]


@pytest.mark.parametrize("width", [350, 410, 820])
def test_each_bar_spans_its_values_on_the_axis(width):
    texts = [(step.label, step.words) for step in STEPS]
    reach = [each for step in STEPS for each in (step.start, step.end, *(step.whisker or ()))]
    scale, _ = row_scale(reach, texts, frame(width))
    for step, (left, right) in zip(
        STEPS, boxes(waterfall(STEPS, frame(width)), "bar"), strict=True
    ):
        ends = sorted((scale(step.start), scale(step.end)))
        assert (left, right) == pytest.approx(ends, abs=0.11)


@pytest.mark.parametrize("width", [350, 820])
def test_it_is_one_image_with_a_text_instead(width):
    root = parsed(waterfall(STEPS, frame(width)))
    assert (root.attrib["role"], root.attrib["aria-label"]) == ("img", "What it shows")


def test_what_is_missed_is_hatched_within_its_bar():
    drawing = waterfall(STEPS, frame(820))
    [(left, right)] = boxes(drawing, "missed")
    path = re.search(r'class="hatching" d="([^"]+)"', drawing)
    assert path is not None
    across = [float(x) for x in re.findall(r"[ML](-?[\d.]+),", path[1])]
    assert across
    assert left - 0.11 <= min(across) <= max(across) <= right + 0.11


def test_a_bar_of_no_length_is_drawn_without_failing():
    steps = (Step("Nothing", 0.0, 0.0, "0", "missed", "fund"),)
    assert boxes(waterfall(steps, frame(350)), "bar")[0][0] == pytest.approx(6.0)


def test_headings_stand_once_where_the_group_changes():
    drawing = waterfall(STEPS, frame(350))
    assert [drawing.count(f">{name}<") for name in ("Outside", "Heads", "Demand")] == [1, 1, 1]


def test_on_a_phone_long_names_break_and_none_is_cut():
    name = "A very long name of a block of assumptions that goes on and on and on"
    drawing = waterfall((Step(name, 0.0, 1.0, "+1", "part", "over"),), frame(350))
    lines = re.findall(r'class="row-name above"[^>]*>([^<]+)<', drawing)
    assert len(lines) > 1
    assert " ".join(lines) == name


def test_wrapped_lines_fit_the_width():
    lines = wrapped("where need starts: base year and balance", 120)
    assert all(text_width(line) <= 120 for line in lines)


def test_only_values_within_the_chart_are_named():
    drawing = parsed(waterfall(STEPS, frame(350)))
    ticks = [each for each in drawing.iter("text") if each.attrib["class"] == "tick middle"]
    assert len(ticks) >= 2
    for tick in ticks:
        half, at = text_width(tick.text or "") / 2, float(tick.attrib["x"])
        assert -0.1 <= at - half <= at + half <= 350.1


def test_ticks_do_not_overlap_however_large_the_numbers():
    steps = (Step("Huge", 0.0, 5_947_906_418.0, "+5,947,906,418", "part", "over"),)
    drawing = parsed(waterfall(steps, frame(350)))
    ticks = [each for each in drawing.iter("text") if each.attrib["class"] == "tick middle"]
    ends = sorted((float(each.attrib["x"]), text_width(each.text or "") / 2) for each in ticks)
    assert all(a + half <= b - other for (a, half), (b, other) in pairwise(ends))


def test_ranges_draw_a_dot_for_each_value():
    rows = (DotRow("One", (-5.0, 3.0), (-4.0, 2.5), "\N{MINUS SIGN}5 to +3", "2035"),)
    drawing = parsed(ranges(rows, frame(350)))
    kinds = [each.attrib["class"] for each in drawing.iter("circle")]
    assert kinds == ["printed", "printed", "hollow", "hollow"]
