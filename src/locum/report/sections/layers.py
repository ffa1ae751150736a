"""Maps on the page: each with its title, its grade and the key of its colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.report.charts.choropleth import legend, map_chart
from locum.report.markup import Markup, tag
from locum.report.pieces import grade_badge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.report.charts.choropleth import Breaks, MapValue, Outlines
    from locum.report.records import Map

__all__ = ["MapLayer", "map_figure", "map_note"]


@dataclass(frozen=True)
class MapLayer:
    """What one map shows."""

    title: str
    grade: str
    values: Mapping[str, MapValue]
    breaks: Breaks
    ends: tuple[str, str]
    """Words under the two ends of the colour scale."""


def map_figure(shapes: Outlines, layer: MapLayer, names: Sequence[str]) -> Markup:
    """Print a map; `definitions` of the same names must be on the page."""
    ranked = sorted(layer.values.values(), key=lambda one: one.value)
    alt = f"Map. {layer.title}. Lowest: {ranked[0].words}. Highest: {ranked[-1].words}."
    heading = tag("h3", {}, layer.title, " ", grade_badge(layer.grade))
    chart = map_chart(shapes, names, layer.values, layer.breaks, alt)
    key = legend(layer.breaks, *layer.ends)
    return tag("figure", {}, tag("figcaption", {}, heading), chart, key)


def map_note(drawn: Map, shapes: Outlines) -> str:
    """Say whose map it is, and that far islands were moved."""
    by = f"Map: {drawn.attribution}. " if drawn.attribution else ""
    moved = "Far islands stand in a box nearer than they are, at the same scale."
    return by + (moved if shapes.inset else "")
