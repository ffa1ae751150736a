"""Intervals: a row for each thing, on one axis with zero; bands, a median, and a mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.report.charts.hospital_weeks import symbol
from locum.report.charts.rows import HEAD, named_row, row_axis, row_scale
from locum.report.charts.shapes import box, canvas, rule, text
from locum.report.markup import Markup, join, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.report.charts.rows import RowFrame
    from locum.report.charts.scales import Scale

__all__ = ["IntervalRow", "interval_chart"]

THICK, THIN = 9.0, 3.0


@dataclass(frozen=True)
class IntervalRow:
    """One row.

    Parameters
    ----------
    label, words
        What it is, and its size.
    middle
        The median.
    inner, outer
        The nearer and the farther band.
    tone
        Colour class.
    mark
        A published number and what it is for, if there is one.
    group
        Heading above it, printed where it changes.
    """

    label: str
    words: str
    middle: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    tone: str
    mark: tuple[float, str] | None = None
    group: str = ""


def interval_chart(rows: Sequence[IntervalRow], frame: RowFrame) -> Markup:
    """Draw the rows in the order given.

    Parameters
    ----------
    rows
        At least one.
    frame
        Size and furniture.

    Returns
    -------
    An `svg` element whose `aria-label` is the frame's `alt`.
    """
    reach = [value for row in rows for value in (*row.outer, *row.inner, row.middle)]
    reach += [row.mark[0] for row in rows if row.mark is not None]
    scale, values = row_scale(reach, [(row.label, row.words) for row in rows], frame)
    drawn: list[Markup] = []
    y, group = HEAD + 4, ""
    for row in rows:
        if row.group != group:
            drawn.append(text(0, y + 18, row.group, "row-group above"))
            y += 24
        group = row.group
        names, middle, height = named_row(row.label, row.words, y, scale, frame)
        tip = box(0, y, frame.width, height, "hover", f"{row.label}: {row.words}")
        drawn.append(tag("g", {"class": row.tone}, *names, *_bands(row, middle, scale), tip))
        y += height
    axis = row_axis(scale, values, frame, y + 6)
    return canvas(frame.width, y + 6, frame.alt, [axis, join(drawn)])


def _bands(row: IntervalRow, y: float, scale: Scale) -> list[Markup]:
    parts: list[Markup] = []
    for (low, high), thick, kind in ((row.outer, THIN, "outer"), (row.inner, THICK, "inner")):
        left, right = scale(low), scale(high)
        parts.append(box(left, y - thick / 2, right - left, thick, f"interval {kind}"))
    x = scale(row.middle)
    parts.append(rule((x, y - THICK / 2 - 2), (x, y + THICK / 2 + 2), "middle-mark"))
    if row.mark is not None:
        parts.append(symbol(scale(row.mark[0]), y, row.mark[1]))
    return parts
