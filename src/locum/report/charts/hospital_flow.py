"""The flow of patients: places in columns, and streams between them as wide as they are large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.report.charts.scales import coordinate
from locum.report.charts.shapes import box, canvas, text
from locum.report.markup import Markup, tag
from locum.report.words import exact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FlowFrame", "Node", "flow_chart"]

BAR = 11.0
TOP = 46.0
SLOT = 17.0
"""Least height that a place needs for its name."""
GAP = 6.0
UNDER = 20.0
"""Room above a place in the first columns, whose names stand above them."""


@dataclass(frozen=True)
class Node:
    """A place of the flow.

    Parameters
    ----------
    name, label
        For streams, and for readers.
    column
        0 is the first.
    tone
        Colour class of what flows into it.
    """

    name: str
    label: str
    column: int
    tone: str


@dataclass(frozen=True)
class FlowFrame:
    """Size and furniture of a diagram of a flow."""

    width: int
    title: str
    unit: str
    alt: str
    full: float
    """Patients a day that are as high as `reach`; the same for diagrams that are compared."""
    reach: float = 260.0
    columns: tuple[float, ...] = (0.0, 0.29, 0.6)
    """Where the columns stand, as shares of the width."""


@dataclass(frozen=True)
class _Box:
    node: Node
    value: float
    x: float
    y: float
    height: float


def flow_chart(
    nodes: Sequence[Node], streams: Mapping[tuple[str, str], float], frame: FlowFrame
) -> Markup:
    """Draw a flow.

    Parameters
    ----------
    nodes
        In the order in which they stand in their columns, from the top.
    streams
        Patients a day by the names of two places.
    frame
        Size and furniture.

    Returns
    -------
    An `svg` element whose `aria-label` is the frame's `alt`.
    """
    boxes = _placed(nodes, streams, frame)
    height = max(each.y + max(each.height, SLOT) for each in boxes.values()) + 8
    parts = [text(0, 14, frame.title, "panel-title"), text(0, 32, frame.unit, "axis-title")]
    parts += _ribbons(boxes, streams, frame)
    for each in boxes.values():
        parts += _named(each, frame)
    return canvas(frame.width, height, frame.alt, parts)


def _placed(
    nodes: Sequence[Node], streams: Mapping[tuple[str, str], float], frame: FlowFrame
) -> dict[str, _Box]:
    """Stack the places of each column, the first column beside the middle of the second."""
    scale = frame.reach / frame.full
    last = len(frame.columns) - 1
    feet = [TOP] * len(frame.columns)
    found: dict[str, _Box] = {}
    for node in nodes:
        comes, goes = (
            [size for ends, size in streams.items() if ends[side] == node.name] for side in (1, 0)
        )
        if not comes and not goes:
            continue
        value = sum(comes or goes)
        height = max(max(sum(comes), sum(goes)) * scale, 1.0)
        column = node.column
        head = 0.0 if column == last else UNDER
        y = feet[column] + head
        if column == last:
            y += max(0.0, (SLOT - height) / 2)
        x = frame.columns[column] * frame.width
        found[node.name] = _Box(node, value, x, y, height)
        feet[column] += head + GAP + (max(height, SLOT) if column == last else height + UNDER / 2)
    return found


def _ribbons(
    boxes: Mapping[str, _Box], streams: Mapping[tuple[str, str], float], frame: FlowFrame
) -> list[Markup]:
    scale = frame.reach / frame.full
    order = list(boxes)
    leaves = {name: each.y for name, each in boxes.items()}
    enters = dict(leaves)
    parts: list[Markup] = []
    chosen = [pair for pair in streams if streams[pair] > 0 and set(pair) <= set(order)]
    chosen.sort(key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    for source, target in chosen:
        width = streams[source, target] * scale
        start = (boxes[source].x + BAR, leaves[source])
        end = (boxes[target].x, enters[target])
        leaves[source] += width
        enters[target] += width
        words = (
            f"{boxes[source].node.label} to {boxes[target].node.label}: "
            f"{exact(streams[source, target], 'patients_per_day')} a day"
        )
        parts.append(_ribbon(start, end, max(width, 0.6), boxes[target].node.tone, words))
    return parts


def _ribbon(
    start: tuple[float, float], end: tuple[float, float], width: float, tone: str, words: str
) -> Markup:
    (x1, y1), (x2, y2) = start, end
    half = (x1 + x2) / 2

    def at(*numbers: float) -> str:
        return ",".join(coordinate(number) for number in numbers)

    path = (
        f"M{at(x1, y1)}C{at(half, y1)} {at(half, y2)} {at(x2, y2)}"
        f"V{coordinate(y2 + width)}C{at(half, y2 + width)} {at(half, y1 + width)} "
        f"{at(x1, y1 + width)}Z"
    )
    return tag("path", {"class": f"stream {tone}", "d": path}, tag("title", {}, words))


def _named(each: _Box, frame: FlowFrame) -> list[Markup]:
    number = exact(each.value, "patients_per_day")
    bar = box(each.x, each.y, BAR, each.height, f"place {each.node.tone}")
    if each.node.column == len(frame.columns) - 1:
        y = each.y + each.height / 2 + 4
        name = text(each.x + BAR + 6, y, f"{each.node.label} {number}", "row-name above")
    else:
        name = text(each.x, each.y - 6, f"{each.node.label} {number}", "row-name above")
    return [bar, name]
