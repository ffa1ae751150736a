"""Waterfalls: from one number to another, a bar for each step, lying down so that names fit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from locum.report.charts.rows import HEAD, LINE, beside, row_axis, row_scale, wrapped
from locum.report.charts.scales import coordinate
from locum.report.charts.shapes import box, canvas, rule, shortened, text, text_width
from locum.report.markup import Markup, join, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.report.charts.rows import RowFrame
    from locum.report.charts.scales import Scale

Kind: TypeAlias = Literal["total", "part", "missed"]

BAR = 14.0
HATCH = 6.0
"""Pixels between the lines of a hatching."""


@dataclass(frozen=True)
class Step:
    """One bar on the way.

    Parameters
    ----------
    label
        What it is.
    start, end
        Where it begins and ends on the axis; a total begins at zero.
    words
        Its size in words.
    kind
        `total`: where the way begins or ends; `part`: a step; `missed`: a step that nothing
        explains, hatched.
    tone
        Colour class.
    whisker
        The two places where it may end instead; None where nothing varies.
    group
        Heading above it, printed where it changes.
    """

    label: str
    start: float
    end: float
    words: str
    kind: Kind
    tone: str
    whisker: tuple[float, float] | None = None
    group: str = ""


@dataclass(frozen=True)
class _Row:
    """Lines of its name, and the heights of its name, its bar and its end."""

    step: Step
    lines: tuple[str, ...]
    heading: tuple[str, float] | None
    top: float
    bar: float
    bottom: float


def waterfall(steps: Sequence[Step], frame: RowFrame) -> Markup:
    """Draw one row per step, in the order given, each beginning where the last one ended.

    Parameters
    ----------
    steps
        At least one.
    frame
        Size and furniture.

    Returns
    -------
    An `svg` element whose `aria-label` is the frame's `alt`.
    """
    reach = [end for step in steps for end in (step.start, step.end, *(step.whisker or ()))]
    texts = [(step.label, step.words) for step in steps]
    scale, values = row_scale(reach, texts, frame)
    rows = _rows(steps, frame)
    height = rows[-1].bottom + 6
    parts = [row_axis(scale, values, frame, height)]
    parts += [_link(first, second, scale) for first, second in pairwise(rows)]
    parts += [_drawn(row, scale, frame) for row in rows]
    return canvas(frame.width, height, frame.alt, parts)


def _rows(steps: Sequence[Step], frame: RowFrame) -> list[_Row]:
    rows: list[_Row] = []
    y, group = HEAD + 4, ""
    for step in steps:
        heading = None
        if step.group and step.group != group:
            heading = (step.group, y + 16)
            y += 22
        group = step.group
        if beside(frame):
            rows.append(_Row(step, (step.label,), heading, y, y + 13, y + 26))
        else:
            room = frame.width - text_width(step.words) - 8
            lines = wrapped(step.label, room)
            bar = y + LINE * len(lines) + BAR / 2 + 4
            rows.append(_Row(step, lines, heading, y, bar, bar + BAR / 2 + 7))
        y = rows[-1].bottom
    return rows


def _link(first: _Row, second: _Row, scale: Scale) -> Markup:
    """Lead from where a bar ends to where the next one begins."""
    x = scale(first.step.end)
    return rule((x, first.bar), (x, second.bar), "landing")


def _drawn(row: _Row, scale: Scale, frame: RowFrame) -> Markup:
    step, y = row.step, row.bar
    parts: list[Markup] = []
    if row.heading is not None:
        parts.append(text(0, row.heading[1], row.heading[0], "row-group above"))
    if beside(frame):
        label = shortened(step.label, scale.start - 12)
        parts.append(text(scale.start - 10, y + 4, label, "row-name end"))
        parts.append(text(scale.end + 10, y + 4, step.words, "row-value"))
    else:
        for i, line in enumerate(row.lines):
            parts.append(text(0, row.top + LINE * (i + 1), line, "row-name above"))
        parts.append(text(frame.width, row.top + LINE, step.words, "row-value above end"))
    parts += _bar(step, y, scale)
    height = row.bottom - row.top
    tip = f"{step.label}: {step.words}"
    parts.append(box(0, row.top, frame.width, height, "hover", tip))
    return tag("g", {"class": step.tone}, join(parts))


def _bar(step: Step, y: float, scale: Scale) -> list[Markup]:
    left, right = sorted((scale(step.start), scale(step.end)))
    parts = [box(left, y - BAR / 2, right - left, BAR, f"bar {step.kind}")]
    if step.kind == "missed":
        parts.append(_hatching(left, right, y))
    if step.whisker is not None and step.whisker[0] != step.whisker[1]:
        low, high = (scale(end) for end in step.whisker)
        parts.append(rule((low, y), (high, y), "whisker"))
        parts += [rule((x, y - 4), (x, y + 4), "whisker") for x in (low, high)]
    return parts


def _hatching(left: float, right: float, y: float) -> Markup:
    """Cover a bar with slanting lines, cut at its ends."""
    bottom, strokes = y + BAR / 2, list[str]()
    foot = left - BAR + HATCH / 2
    while foot < right:
        first, last = max(0.0, left - foot), min(BAR, right - foot)
        if last > first:
            x, to = coordinate(foot + first), coordinate(foot + last)
            strokes.append(f"M{x},{coordinate(bottom - first)}L{to},{coordinate(bottom - last)}")
        foot += HATCH
    return tag("path", {"class": "hatching", "d": "".join(strokes)})
