"""Ranges: a row of dots per thing, on one axis with zero, full dots and hollow ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.report.charts.rows import HEAD, named_row, row_axis, row_scale
from locum.report.charts.shapes import box, canvas, dot, rule, text
from locum.report.markup import Markup, join, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.report.charts.rows import RowFrame
    from locum.report.charts.scales import Scale

RADIUS = 4.0
LANE = 4.5
"""How far full dots stand above the middle of a row, and hollow ones below it."""


@dataclass(frozen=True)
class DotRow:
    """One row.

    Parameters
    ----------
    label
        What it is.
    full, hollow
        Values with a full and with a hollow dot.
    words
        The full ones in words.
    group
        Heading above it, printed where it changes.
    """

    label: str
    full: tuple[float, ...]
    hollow: tuple[float, ...]
    words: str
    group: str = ""


def ranges(rows: Sequence[DotRow], frame: RowFrame, tone: str = "gap") -> Markup:
    """Draw the rows in the order given; a line joins the ends of the full dots.

    Parameters
    ----------
    rows
        At least one, each with a dot at least.
    frame
        Size and furniture.
    tone
        Colour class.

    Returns
    -------
    An `svg` element whose `aria-label` is the frame's `alt`.
    """
    reach = [value for row in rows for value in (*row.full, *row.hollow)]
    scale, values = row_scale(reach, [(row.label, row.words) for row in rows], frame)
    drawn: list[Markup] = []
    y, group = HEAD + 4, ""
    for row in rows:
        if row.group and row.group != group:
            drawn.append(text(0, y + 18, row.group, "row-group above"))
            y += 24
        group = row.group
        part, height = _row(row, y, scale, frame)
        drawn.append(part)
        y += height
    axis = row_axis(scale, values, frame, y + 6)
    return canvas(frame.width, y + 6, frame.alt, [axis, tag("g", {"class": tone}, join(drawn))])


def _row(row: DotRow, top: float, scale: Scale, frame: RowFrame) -> tuple[Markup, float]:
    """Draw a row and say how high it is."""
    parts, y, height = named_row(row.label, row.words, top, scale, frame)
    full, hollow = y - LANE, y + LANE
    if row.full:
        parts.append(rule((scale(min(row.full)), full), (scale(max(row.full)), full), "reach"))
    parts += [dot(scale(value), full, RADIUS, "printed") for value in row.full]
    parts += [dot(scale(value), hollow, RADIUS - 0.6, "hollow") for value in row.hollow]
    parts.append(box(0, top, frame.width, height, "hover", f"{row.label}: {row.words}"))
    return tag("g", {}, join(parts)), height
