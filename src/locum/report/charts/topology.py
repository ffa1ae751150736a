"""Shapes out of TopoJSON: decoding, projection, and far islands moved into a box.

References
----------
The format: https://github.com/topojson/topojson-specification
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Point = tuple[float, float]
Ring = tuple[Point, ...]

FAR = 0.25
"""Islands that would widen the frame by more than this share of it move into a box."""

ROOM = 0.12
"""Space kept around the box of far islands, in degrees."""


@dataclass(frozen=True)
class Frame:
    """A rectangle with sides along the axes."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """Return the horizontal size."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Return the vertical size."""
        return self.top - self.bottom

    def joined(self, other: Frame) -> Frame:
        """Return the smallest frame around both."""
        return Frame(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )


@dataclass(frozen=True)
class Shape:
    """One feature: the names and codes it goes by, and its rings."""

    names: tuple[str, ...]
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class Atlas:
    """Shapes ready to draw, and the box that holds islands moved nearer, if any."""

    shapes: tuple[Shape, ...]
    frame: Frame
    inset: Frame | None = None


def frame_of(ring: Ring) -> Frame:
    """Return the smallest frame around one ring."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return Frame(min(xs), min(ys), max(xs), max(ys))


def frame_around(rings: Sequence[Ring]) -> Frame:
    """Return the smallest frame around several rings."""
    whole = frame_of(rings[0])
    for ring in rings[1:]:
        whole = whole.joined(frame_of(ring))
    return whole


def area(ring: Ring) -> float:
    """Return the area inside a ring, by the shoelace formula."""
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def decode(topology: Mapping[str, Any]) -> tuple[Shape, ...]:
    """Turn TopoJSON into shapes in degrees, all objects' features one after another."""
    arcs = [_arc(arc, topology.get("transform")) for arc in topology["arcs"]]
    return tuple(
        _shape(geometry, arcs)
        for collection in topology["objects"].values()
        for geometry in collection.get("geometries", [collection])
    )


def _arc(arc: Sequence[Sequence[float]], transform: Mapping[str, Any] | None) -> list[Point]:
    """Return an arc's positions; quantised ones are sums of small steps."""
    if transform is None:
        return [(float(point[0]), float(point[1])) for point in arc]
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    xs = accumulate(point[0] for point in arc)
    ys = accumulate(point[1] for point in arc)
    return [(x * kx + dx, y * ky + dy) for x, y in zip(xs, ys, strict=True)]


def _shape(geometry: Mapping[str, Any], arcs: Sequence[list[Point]]) -> Shape:
    kind = geometry["type"]
    polygons: list[list[list[int]]] = []
    if kind == "Polygon":
        polygons = [geometry["arcs"]]
    elif kind == "MultiPolygon":
        polygons = geometry["arcs"]
    rings = tuple(_ring(indices, arcs) for polygon in polygons for indices in polygon)
    properties: Mapping[str, Any] = geometry.get("properties") or {}
    names = [geometry.get("id"), *properties.values()]
    return Shape(tuple(str(name) for name in names if name is not None), rings)


def _ring(indices: Sequence[int], arcs: Sequence[list[Point]]) -> Ring:
    """Chain arcs into a ring; ~i means arc i backwards; shared ends are kept once."""
    chain: list[Point] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        chain.extend(arc if not chain else arc[1:])
    return tuple(chain)


def project(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """Flatten degrees to equal scales in the middle of the map (equirectangular)."""
    frame = frame_around([ring for shape in shapes for ring in shape.rings])
    shrink = math.cos(math.radians((frame.bottom + frame.top) / 2))
    return tuple(
        replace(
            shape, rings=tuple(tuple((x * shrink, y) for x, y in ring) for ring in shape.rings)
        )
        for shape in shapes
    )


def atlas(topology: Mapping[str, Any]) -> Atlas:
    """Decode and project a topology, and move islands far to the east into a box.

    Maps of Korea are drawn so: otherwise Dokdo would push the mainland into half of the page.
    The box keeps the scale; only the place changes.
    """
    shapes = project(decode(topology))
    rings = [ring for shape in shapes for ring in shape.rings]
    main = frame_around([max(shape.rings, key=area) for shape in shapes if shape.rings])
    whole = frame_around(rings)
    if whole.right - main.right <= FAR * main.width:
        return Atlas(shapes, whole)
    far = [ring for ring in rings if frame_of(ring).left > main.right]
    near = [ring for ring in rings if frame_of(ring).left <= main.right]
    group, shift = _placed(frame_around(far), near)
    moved = tuple(
        replace(
            shape,
            rings=tuple(_shifted(ring, shift) if ring in far else ring for ring in shape.rings),
        )
        for shape in shapes
    )
    return Atlas(moved, frame_around(near).joined(group), group)


def _placed(group: Frame, near: Sequence[Ring]) -> tuple[Frame, Point]:
    """Find where the box of far islands fits with the least widening of the map."""
    whole = frame_around(near)
    width, height = group.width + 2 * ROOM, group.height + 2 * ROOM
    best = (math.inf, math.inf, 0.0, 0.0)
    for step in range(21):
        bottom = whole.bottom + (whole.height - height) * step / 20
        beside = [
            x for ring in near for x, y in ring if bottom - ROOM <= y <= bottom + height + ROOM
        ]
        right = max(whole.right, max(beside, default=whole.left) + ROOM / 2 + width)
        best = min(best, (right, abs(bottom + ROOM - group.bottom), bottom, right))
    _, _, bottom, right = best
    placed = Frame(right - width, bottom, right, bottom + height)
    shift = (placed.left + ROOM - group.left, placed.bottom + ROOM - group.bottom)
    return placed, shift


def _shifted(ring: Ring, shift: Point) -> Ring:
    return tuple((x + shift[0], y + shift[1]) for x, y in ring)
