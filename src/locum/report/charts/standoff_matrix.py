"""Intervals side by side: a row for each thing, a column with a scale of its own for each harm."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

from locum.report.charts.rows import wrapped
from locum.report.charts.scales import Scale, round_step, tick_text
from locum.report.charts.shapes import box, canvas, rule, shortened, text, text_width
from locum.report.markup import Markup, join, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MatrixColumn", "MatrixRow", "matrix_chart"]

ROW, HEADING, LINE = 24.0, 24.0, 14.0
GAP = 14.0
BAR = 9.0
LARGEST_LABEL = 0.3
"""Share of the width that names of rows may take before they are cut."""
LETTERS = 0.92
"""Letters of headings are so much smaller than those of other labels."""


@dataclass(frozen=True)
class MatrixColumn:
    """A quantity: its name, its unit, its colour class, and the heading that it shares."""

    label: str
    unit: str
    tone: str
    group: str


@dataclass(frozen=True)
class MatrixRow:
    """A row: low, median and high for each column, None where there is none."""

    label: str
    group: str
    spans: tuple[tuple[float, float, float] | None, ...]
    words: tuple[str, ...]


def matrix_chart(
    columns: Sequence[MatrixColumn], rows: Sequence[MatrixRow], width: float, alt: str
) -> Markup:
    """Draw all rows under all columns; zero is in every column.

    Parameters
    ----------
    columns, rows
        At least one of each.
    width
        In pixels.
    alt
        Text instead of the chart.

    Returns
    -------
    An `svg` element.
    """
    left = 12 + min(max(text_width(row.label) for row in rows), LARGEST_LABEL * width)
    room = (width - left - GAP * (len(columns) - 1) - 2) / len(columns)
    starts = [left + i * (room + GAP) for i in range(len(columns))]
    scales = [_scale(rows, i, start, room) for i, start in enumerate(starts)]
    heads = [wrapped(f"{one.label}, {one.unit}", room / LETTERS) for one in columns]
    top = 24 + LINE * max(len(lines) for lines in heads) + 20
    parts, bottom = _rows(columns, rows, scales, top, left)
    axes = [
        _column(column, lines, scale, (top, bottom))
        for column, lines, scale in zip(columns, heads, scales, strict=True)
    ]
    headings = _headings(columns, starts, room)
    return canvas(width, bottom + 4, alt, [*axes, *headings, *parts])


def _scale(rows: Sequence[MatrixRow], i: int, start: float, room: float) -> Scale:
    values = [value for row in rows if (span := row.spans[i]) is not None for value in span]
    low, high = min([0.0, *values]), max([0.0, *values])
    if high <= low:
        high = low + 1.0
    return Scale(low, high, start + 2, start + room - 2)


def _headings(columns: Sequence[MatrixColumn], starts: list[float], room: float) -> list[Markup]:
    """Write each shared heading once, over the first of its columns, a line over all of them."""
    found: list[Markup] = []
    for group in dict.fromkeys(column.group for column in columns):
        those = [start for start, one in zip(starts, columns, strict=True) if one.group == group]
        found.append(text(those[0], 12, group, "panel-title"))
        found.append(rule((those[0], 17), (those[-1] + room, 17), "zero"))
    return found


def _column(
    column: MatrixColumn, lines: Sequence[str], scale: Scale, ends: tuple[float, float]
) -> Markup:
    top, bottom = ends
    parts = [text(scale.start, 32 + LINE * i, line, "small") for i, line in enumerate(lines)]
    zero = scale(0)
    parts.append(rule((zero, top - 4), (zero, bottom), "zero"))
    parts.append(text(zero, top - 8, "0", "small tick middle"))
    for value in _outer(scale):
        label = _short(value)
        half = text_width(label) / 2
        at = min(max(scale(value), scale.start + half), scale.end - half)
        if abs(at - zero) > half + 6:
            parts.append(rule((scale(value), top - 4), (scale(value), bottom), "grid"))
            parts.append(text(at, top - 8, label, "small tick middle"))
    return tag("g", {"class": f"axes {column.tone}"}, join(parts))


def _outer(scale: Scale) -> tuple[float, ...]:
    """Return the outermost round values on either side of zero."""
    step = round_step(max(-scale.low, scale.high), 1) / 2
    ends = (-step * floor(-scale.low / step), step * floor(scale.high / step))
    return tuple(value for value in ends if value)


def _short(value: float) -> str:
    """Return a round value in few letters: `-100k` for a hundred thousand less."""
    for size, letter in ((1e6, "m"), (1e3, "k")):
        if abs(value) >= size:
            return tick_text(value / size, 0.1 if value % size else 1.0) + letter
    return tick_text(value, abs(value))


def _rows(
    columns: Sequence[MatrixColumn],
    rows: Sequence[MatrixRow],
    scales: Sequence[Scale],
    top: float,
    left: float,
) -> tuple[list[Markup], float]:
    parts: list[Markup] = []
    y, group = top, ""
    for row in rows:
        if row.group != group:
            parts.append(text(0, y + 17, row.group, "row-group above"))
            y += HEADING
        group = row.group
        parts.append(
            text(left - 12, y + ROW / 2 + 4, shortened(row.label, left - 12), "row-name end")
        )
        for column, scale, span, words in zip(columns, scales, row.spans, row.words, strict=True):
            if span is not None:
                tip = f"{row.label}. {column.label}: {words}"
                parts.append(_interval(span, y + ROW / 2, scale, column.tone, tip))
        y += ROW
    return parts, y


def _interval(
    span: tuple[float, float, float], y: float, scale: Scale, tone: str, tip: str
) -> Markup:
    low, middle, high = (scale(value) for value in span)
    return tag(
        "g",
        {"class": tone},
        box(low, y - BAR / 2, high - low, BAR, "interval inner"),
        rule((middle, y - BAR / 2 - 2), (middle, y + BAR / 2 + 2), "middle-mark"),
        box(scale.start, y - ROW / 2, scale.end - scale.start, ROW, "hover", tip),
    )
