"""Charts are drawn where the numbers say."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum.report.charts.bars import Bar, BarFrame, bar_chart
from locum.report.charts.choropleth import diverging_breaks, outlines, sequential_breaks
from locum.report.charts.fan import FanFrame, Line, fan_chart
from locum.report.charts.scales import Scale, coordinate, tick_text, ticks, year_ticks
from locum.report.charts.shapes import shortened, text_width
from locum.report.charts.topology import area, atlas, decode
from locum.report.records import Fan, Interval

SQUARES = {
    "type": "Topology",
    "transform": {"scale": [0.5, 0.5], "translate": [10.0, 20.0]},
    "arcs": [
        [[2, 0], [0, 2]],  # the side that both squares share
        [[2, 2], [-2, 0], [0, -2], [2, 0]],
        [[2, 0], [2, 0], [0, 2], [-2, 0]],
    ],
    "objects": {
        "all": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "properties": {"region": "West"}},
                {"type": "Polygon", "arcs": [[2, ~0]], "properties": {"region": "East"}},
            ],
        }
    },
}


def fan_of(*medians: float, width: float = 10.0) -> Fan:
    lines = [tuple(m + width * k for m in medians) for k in (-2, -1, 0, 1, 2)]
    years = tuple(range(2022, 2022 + len(medians)))
    return Fan("x", "X", "ratio", "observed", years, tuple(lines))


def points_of(svg: str, kind: str) -> list[tuple[float, float]]:
    found = re.findall(rf'class="{kind}" points="([^"]+)"', svg)[0]
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in found.split())]


def test_topojson_arcs_become_closed_rings_in_degrees():
    west, east = decode(SQUARES)
    assert west.rings[0][0] == west.rings[0][-1] == (11.0, 20.0)
    assert [area(shape.rings[0]) for shape in (west, east)] == [1.0, 1.0]
    assert set(west.rings[0]) & set(east.rings[0]) == {(11.0, 20.0), (11.0, 21.0)}


def test_an_island_far_to_the_east_moves_into_a_box():
    far = {"type": "MultiPolygon", "arcs": [[[0, 1]], [[3]]], "properties": {"region": "West"}}
    geometries = [far, SQUARES["objects"]["all"]["geometries"][1]]
    arcs = [*SQUARES["arcs"], [[40, 1], [1, 0], [0, 1], [-1, 0], [0, -1]]]
    topology = {**SQUARES, "arcs": arcs, "objects": {"all": {"geometries": geometries}}}
    drawn = atlas(topology)
    assert drawn.inset is not None
    assert drawn.frame.right < 15
    assert area(drawn.shapes[0].rings[1]) == pytest.approx(
        area(atlas(SQUARES).shapes[0].rings[0]) / 4, rel=1e-6
    )


def test_shapes_are_found_by_any_of_their_names_and_strangers_left_out():
    shapes = outlines(SQUARES, {"West": "west side"})
    assert list(shapes.paths) == ["west side"]
    x, y = shapes.anchors["west side"]
    assert 0 < x < shapes.width / 2
    assert 0 < y < shapes.height


@given(
    st.floats(-1e7, 1e7, allow_nan=False), st.floats(1e-3, 1e7, allow_nan=False), st.integers(2, 9)
)
def test_ticks_are_even_and_hold_the_data(low, span, count):
    found = ticks(low, low + span, count)
    steps = [b - a for a, b in pairwise(found)]
    assert found[0] <= low + 1e-6 * span
    assert found[-1] >= low + span * (1 - 1e-6)
    assert max(steps) == pytest.approx(min(steps), rel=1e-3)
    assert len(found) <= count + 2


def test_ticks_are_written_with_the_decimals_of_their_step():
    assert tick_text(0.25, 0.25) == "0.25"
    assert tick_text(-20_000, 10_000) == "\N{MINUS SIGN}20,000"
    assert tick_text(2.5, 2.5) == "2.5"


def test_year_ticks_are_round():
    assert year_ticks(2022, 2050, 6) == (2025, 2030, 2035, 2040, 2045, 2050)


def test_coordinates_have_a_tenth_and_no_negative_zero():
    assert [coordinate(v) for v in (1.0, 1.25, -0.01)] == ["1", "1.2", "0"]


def test_scales_hold_values_within_their_ends():
    scale = Scale(0, 10, 100, 200)
    assert [scale(5), scale.clamped(20)] == [150, 200]


def test_hangul_is_counted_wider_than_latin():
    assert text_width("서울") > text_width("se")
    assert shortened("a long label", 40).endswith("\N{HORIZONTAL ELLIPSIS}")


def test_the_median_rises_with_the_numbers_and_lies_inside_its_bands():
    svg = fan_chart([Line(fan_of(100, 120, 150), "X", "supply")], FanFrame(400, 300, "u", "alt"))
    heights = [y for _, y in points_of(svg, "median supply")]
    assert heights == sorted(heights, reverse=True)
    band = [y for _, y in points_of(svg, "band80")]
    assert min(band) <= min(heights) <= max(heights) <= max(band)


def test_a_fan_of_one_draw_and_a_constant_one_are_drawn():
    svg = fan_chart([Line(fan_of(5, 5, 5, width=0), "X", "supply")], FanFrame(400, 300, "u", "a"))
    assert "nan" not in svg


def test_bars_are_as_long_as_their_numbers_and_point_the_right_way():
    bars = [
        Bar("short", Interval(-0.4, -0.2, -0.1), "-20%"),
        Bar("over", Interval(0.1, 0.4, 0.5), "+40%"),
        Bar("hidden", None, "<10"),
    ]
    svg = bar_chart(bars, BarFrame(500, "%", "alt", "diverging", as_percent=True))
    drawn = re.findall(r'class="bar" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    (x1, width1), (x2, width2) = [tuple(map(float, pair)) for pair in drawn]
    assert width2 / width1 == pytest.approx(2, rel=0.02)
    assert x1 < x2
    assert re.findall(r'<g class="(short|over)">', svg) == ["short", "over", "over"]


def test_an_interval_beyond_the_chart_ends_in_an_arrow():
    bars = [Bar("wide", Interval(-0.5, 1.0, 9.0), "+100%")]
    svg = bar_chart(bars, BarFrame(500, "%", "alt", "diverging", as_percent=True, limit=1.5))
    assert svg.count('class="arrow"') == 1


def test_colour_classes_of_a_diverging_map_are_even_around_zero():
    breaks = diverging_breaks([-0.9, 0.3])
    assert breaks.bounds == tuple(-bound for bound in reversed(breaks.bounds))
    assert breaks.class_of(0.0) == "d3"
    assert breaks.class_of(-0.9) < "d3" < breaks.class_of(0.9)


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=17))
def test_every_value_falls_into_a_colour_class(values):
    breaks = sequential_breaks(values)
    assert len(breaks.classes) <= 7
    order = [breaks.class_of(value) for value in sorted(values)]
    assert order == sorted(order)
