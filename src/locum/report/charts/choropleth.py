"""Maps coloured by class: the shapes once, each map a set of references to them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.report.charts.scales import coordinate, round_step, tick_text
from locum.report.charts.shapes import box, canvas, text
from locum.report.charts.topology import Atlas, Frame, Ring, area, atlas, frame_of
from locum.report.markup import Markup, tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FloatArray: TypeAlias = NDArray[np.float64]

MAP_WIDTH = 330.0
SEQUENTIAL_CLASSES = 7
DIVERGING_REACH = 3
GRID = 16
NUMBER_SIZE = (25.0, 11.0)
"""Room that a number on the map needs, across and along."""

SMALLEST_ISLAND = 1.6
"""Islands smaller than this many pixels are drawn as a dot of this size."""


@dataclass(frozen=True)
class Outlines:
    """The regions' shapes as SVG paths, and where a number can stand in each."""

    width: float
    height: float
    paths: Mapping[str, str]
    anchors: Mapping[str, tuple[float, float]]
    inset: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Breaks:
    """Bounds between colour classes, lowest first, and the classes' names in the style."""

    bounds: tuple[float, ...]
    classes: tuple[str, ...]
    step: float

    def class_of(self, value: float) -> str:
        """Return the class that a value falls into; a bound belongs to the class above it."""
        return self.classes[sum(value >= bound for bound in self.bounds)]


@dataclass(frozen=True)
class MapValue:
    """What one region shows: its class's value, a short number, and a full sentence."""

    value: float
    short: str
    words: str


def outlines(topology: Mapping[str, object], keys: Mapping[str, str]) -> Outlines:
    """Lay out the regions' shapes for maps of a common size.

    Parameters
    ----------
    topology
        Decoded TopoJSON.
    keys
        Names and codes of shapes -> region. Shapes that no key names are left out.
    """
    drawn: Atlas = atlas(topology)
    size = MAP_WIDTH - 4
    scale = size / drawn.frame.width
    paths: dict[str, str] = {}
    anchors: dict[str, tuple[float, float]] = {}
    for shape in drawn.shapes:
        region = next((keys[name] for name in shape.names if name in keys), None)
        if region is None:
            continue
        rings = [_on_page(ring, drawn.frame, scale) for ring in shape.rings]
        paths[region] = "".join(_path(ring) for ring in rings)
        anchors[region] = _anchor(rings)
    return Outlines(
        MAP_WIDTH,
        drawn.frame.height * scale + 4,
        paths,
        _apart(anchors),
        _box_on_page(drawn.inset, drawn.frame, scale),
    )


def _on_page(ring: Ring, frame: Frame, scale: float) -> Ring:
    return tuple((2 + (x - frame.left) * scale, 2 + (frame.top - y) * scale) for x, y in ring)


def _box_on_page(
    inset: Frame | None, frame: Frame, scale: float
) -> tuple[float, float, float, float] | None:
    if inset is None:
        return None
    left, top = 2 + (inset.left - frame.left) * scale, 2 + (frame.top - inset.top) * scale
    return left, top, inset.width * scale, inset.height * scale


def _path(ring: Ring) -> str:
    """Return a ring as a path in steps of a tenth of a pixel, repeated points dropped."""
    bounds = frame_of(ring)
    if max(bounds.width, bounds.height) < SMALLEST_ISLAND:
        x = coordinate((bounds.left + bounds.right - SMALLEST_ISLAND) / 2)
        y = coordinate((bounds.bottom + bounds.top - SMALLEST_ISLAND) / 2)
        side = coordinate(SMALLEST_ISLAND)
        return f"M{x},{y}h{side}v{side}h-{side}z"
    places = [(coordinate(x), coordinate(y)) for x, y in ring]
    kept = [p for i, p in enumerate(places) if i == 0 or p != places[i - 1]]
    return "M" + "L".join(f"{x},{y}" for x, y in kept) + "z"


def _anchor(rings: Sequence[Ring]) -> tuple[float, float]:
    """Return the point of the shape that is farthest from its edge, holes' edges included.

    A coarse grid over the largest ring is fine enough to place a number.
    """
    bounds = frame_of(max(rings, key=area))
    steps = np.arange(1, GRID) / GRID
    across, along = np.meshgrid(steps * bounds.width, steps * bounds.height, indexing="ij")
    grid = np.stack([bounds.left + across.ravel(), bounds.bottom + along.ravel()], axis=1)
    inside = np.zeros(len(grid), dtype=np.bool_)
    for ring in rings:
        inside ^= _inside(grid, np.array(ring))
    edge = np.array([point for ring in rings for point in ring if _near(point, bounds)])
    apart = np.hypot(*(grid[:, None, :] - edge[None, :, :]).transpose(2, 0, 1)).min(axis=1)
    best = int(np.argmax(np.where(inside, apart, -1.0)))
    return float(grid[best, 0]), float(grid[best, 1])


def _near(point: tuple[float, float], bounds: Frame) -> bool:
    x, y = point
    return bounds.left <= x <= bounds.right and bounds.bottom <= y <= bounds.top


def _apart(anchors: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Push numbers that would overlap away from each other, a little at a time."""
    places = {region: [x, y] for region, (x, y) in anchors.items()}
    for _ in range(40):
        for one, other in combinations(places.values(), 2):
            across = NUMBER_SIZE[0] - abs(one[0] - other[0])
            along = NUMBER_SIZE[1] - abs(one[1] - other[1])
            if across > 0 and along > 0:
                axis = int(along < across)
                push = 0.25 * min(across, along)
                sign = 1.0 if one[axis] >= other[axis] else -1.0
                one[axis] += sign * push
                other[axis] -= sign * push
    return {region: (x, y) for region, (x, y) in places.items()}


def _inside(points: FloatArray, ring: FloatArray) -> NDArray[np.bool_]:
    """Say which points lie in a ring: a ray to the right crosses it an odd number of times."""
    x, y = points[:, :1], points[:, 1:]
    (x1, y1), (x2, y2) = ring.T, np.roll(ring, -1, axis=0).T
    spans = (y1 > y) != (y2 > y)
    rise = np.where(y1 == y2, 1.0, y2 - y1)
    return (spans & (x < x1 + (y - y1) * (x2 - x1) / rise)).sum(axis=1) % 2 == 1


def definitions(shapes: Outlines, regions: Sequence[str]) -> Markup:
    """Put the shapes on the page once, unseen, for all maps to refer to."""
    paths = [
        tag("path", {"id": f"shape-{i}", "d": shapes.paths[region]})
        for i, region in enumerate(regions)
        if region in shapes.paths
    ]
    unseen = {"width": 0, "height": 0, "aria-hidden": "true", "focusable": "false"}
    return tag("svg", {"class": "defs", **unseen}, tag("defs", {}, *paths))


def sequential_breaks(values: Sequence[float]) -> Breaks:
    """Cut the range of the values into at most seven classes with round bounds."""
    low, high = min(values), max(values)
    span = max(high - low, 1e-6 * max(1.0, abs(high)))
    bounds: tuple[float, ...] = ()
    step = span
    for pieces in range(SEQUENTIAL_CLASSES, 0, -1):
        step = round_step(span, pieces)
        bounds = _between(low, high, step)
        if len(bounds) < SEQUENTIAL_CLASSES:
            break
    spread = [
        round(i * (SEQUENTIAL_CLASSES - 1) / max(1, len(bounds))) for i in range(len(bounds) + 1)
    ]
    return Breaks(bounds, tuple(f"s{i}" for i in spread), step)


def _between(low: float, high: float, step: float) -> tuple[float, ...]:
    """Return the multiples of a step strictly between two ends."""
    first = math.floor(low / step + 1e-9) + 1
    last = math.ceil(high / step - 1e-9) - 1
    return tuple(round(i * step, 10) for i in range(first, last + 1))


def diverging_breaks(values: Sequence[float]) -> Breaks:
    """Cut the values into three classes on each side of a neutral one around zero."""
    reach = max(abs(value) for value in values) or 1.0
    step = round_step(2 * reach, 2 * DIVERGING_REACH + 1)
    bounds = tuple(round((i - DIVERGING_REACH + 0.5) * step, 10) for i in range(6))
    return Breaks(bounds, tuple(f"d{i}" for i in range(7)), step)


def map_chart(
    shapes: Outlines,
    regions: Sequence[str],
    values: Mapping[str, MapValue],
    breaks: Breaks,
    alt: str,
) -> Markup:
    """Draw one map whose regions carry their number.

    Parameters
    ----------
    shapes
        From `outlines`; `definitions` must be on the page.
    regions
        In the order given to `definitions`.
    values
        Per region; one without a value stays blank.
    breaks
        Colour classes.
    alt
        Text instead of the map.
    """
    parts = [box(*shapes.inset, "inset")] if shapes.inset else []
    numbers: list[Markup] = []
    for i, region in enumerate(regions):
        if region not in shapes.paths:
            continue
        shown = values.get(region)
        if shown is None:
            unknown = tag("title", {}, f"{region}: not shown")
            parts.append(tag("use", {"href": f"#shape-{i}", "class": "region blank"}, unknown))
            continue
        title = tag("title", {}, shown.words)
        kind = f"region {breaks.class_of(shown.value)}"
        parts.append(tag("use", {"href": f"#shape-{i}", "class": kind}, title))
        x, y = shapes.anchors[region]
        numbers.append(text(x, y + 3.5, shown.short, "map-number middle"))
    return canvas(shapes.width, shapes.height, alt, [*parts, *numbers])


def legend(breaks: Breaks, low: str, high: str = "") -> Markup:
    """Draw the colour classes with the bounds between them, and words for the two ends."""
    side, height = 40.0, 12.0
    parts = [
        box(8 + i * side, 2, side, height, f"swatch {kind}")
        for i, kind in enumerate(breaks.classes)
    ]
    for i, bound in enumerate(breaks.bounds):
        label = tick_text(bound, breaks.step / 2 if bound % breaks.step else breaks.step)
        parts.append(text(8 + (i + 1) * side, 30, label, "tick middle"))
    width = 16 + side * len(breaks.classes)
    parts += [text(8, 46, low, "tick"), text(width - 8, 46, high, "tick end")]
    room = 16 + side * SEQUENTIAL_CLASSES
    bounds = ", ".join(f"{bound:g}" for bound in breaks.bounds)
    alt = f"Colour scale, bounds between classes at {bounds}. {low} {high}".strip()
    return canvas(max(width, room), 50, alt, parts)
