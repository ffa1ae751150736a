"""What charts with one row per thing share: the axis across, and names beside or above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.report.charts.scales import Scale, tick_text, ticks_within
from locum.report.charts.shapes import rule, shortened, text, text_width
from locum.report.markup import Markup, join, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = 48.0
"""Height of the axis above the rows."""
ROW = 24.0
"""Height of a row whose name stands beside it."""
LINE = 15.0
"""Height of a line of a name that stands above its row."""
BESIDE = 600
"""Width from which names stand beside the rows; below it they stand above."""
LARGEST_LABEL = 0.42
"""Share of the width that names beside the rows may take before they are cut."""
TICK_GAP = 10.0
MARGIN = 0.03
"""Part of the range that is left free at both ends of the axis."""


@dataclass(frozen=True)
class RowFrame:
    """Size and furniture of a chart of rows."""

    width: int
    unit: str
    alt: str
    below: str = ""
    """Words for the side below zero."""
    above: str = ""


def beside(frame: RowFrame) -> bool:
    """Whether names stand beside the rows."""
    return frame.width >= BESIDE


def row_scale(
    reach: Sequence[float], texts: Sequence[tuple[str, str]], frame: RowFrame
) -> tuple[Scale, tuple[float, ...]]:
    """Return the scale across the chart, which holds zero, and its round values.

    Parameters
    ----------
    reach
        All values drawn.
    texts
        Name and value in words of each row.
    frame
        Size and furniture.
    """
    low, high = min(0.0, *reach), max(0.0, *reach)
    if high <= low:
        high = low + 1.0
    margin = MARGIN * (high - low)
    low, high = low - margin * (low < 0), high + margin * (high > 0)
    start, end = 6.0, frame.width - 6.0
    if beside(frame):
        widest = max(text_width(label) for label, _ in texts)
        start = 12 + min(widest, LARGEST_LABEL * frame.width)
        end = frame.width - 20 - max(text_width(value) for _, value in texts)
    values = _ticks(low, high, end - start)
    return Scale(min(low, values[0]), max(high, values[-1]), start, end), values


def _ticks(low: float, high: float, room: float) -> tuple[float, ...]:
    """Return as many round values as have room for their labels, two at least."""
    label = max(text_width(tick_text(round(value), 1)) for value in (low, high))
    count = max(2, int(room / (label + TICK_GAP)))
    values = ticks_within(low, high, count)
    while count > 2 and _crowded(values, room * (values[1] - values[0]) / (high - low)):
        count -= 1
        values = ticks_within(low, high, count)
    return values


def _crowded(values: tuple[float, ...], apart: float) -> bool:
    step = values[1] - values[0]
    return max(text_width(tick_text(value, step)) for value in values) + TICK_GAP > apart


def row_axis(scale: Scale, values: tuple[float, ...], frame: RowFrame, height: float) -> Markup:
    """Draw the axis, its zero and the names of the two sides of it."""
    step = values[1] - values[0]
    parts = [text(0, 12, frame.unit, "axis-title")]
    for value in values:
        x, kind = scale(value), "zero" if value == 0 else "grid"
        label = tick_text(value, step)
        parts.append(rule((x, HEAD - 4), (x, height - 4), kind))
        half = text_width(label) / 2
        at = min(max(x, half), frame.width - half)
        parts.append(text(at, HEAD - 9, label, "tick middle"))
    zero = scale(0)
    if frame.below and zero - scale.start > text_width(frame.below) + 8:
        parts.append(text(zero - 6, 28, frame.below, "side short end"))
    if frame.above and scale.end - zero > text_width(frame.above) + 8:
        parts.append(text(zero + 6, 28, frame.above, "side over"))
    return tag("g", {"class": "axes"}, join(parts))


def named_row(
    label: str, words: str, top: float, scale: Scale, frame: RowFrame
) -> tuple[list[Markup], float, float]:
    """Write the name and the value of a row of dots, beside it or above it.

    Returns
    -------
    What was written, the middle of the row, and its height.
    """
    if beside(frame):
        y = top + ROW / 2
        name = text(scale.start - 12, y + 4, shortened(label, scale.start - 12), "row-name end")
        return [name, text(scale.end + 12, y + 4, words, "row-value")], y, ROW
    lines = wrapped(label, frame.width - text_width(words) - 8)
    parts = [text(0, top + LINE * (i + 1), line, "row-name above") for i, line in enumerate(lines)]
    parts.append(text(frame.width, top + LINE, words, "row-value above end"))
    return parts, top + LINE * len(lines) + 14, LINE * len(lines) + 29


def wrapped(words: str, width: float) -> tuple[str, ...]:
    """Break words into lines of at most a width in pixels; a longer word is cut."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(shortened(line, width) for line in lines if line)
