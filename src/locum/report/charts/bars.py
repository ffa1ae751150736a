"""Horizontal bars with intervals, from zero to either side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.report.charts.scales import Scale, coordinate, tick_text, ticks_within
from locum.report.charts.shapes import box, canvas, dot, rule, shortened, text, text_width
from locum.report.markup import Markup, join, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.report.records import Interval

ROW = 24.0
HEAD = 40.0

LARGEST_LABEL = 0.44
"""Share of the width that labels may take before they are cut."""


@dataclass(frozen=True)
class Bar:
    """One row: what it is, how long, and the number in words."""

    label: str
    interval: Interval | None
    """None for a group too small to print: the row stays, the bar goes."""
    words: str
    marker: float | None = None
    """Another value to compare with, drawn as an upright tick."""


@dataclass(frozen=True)
class BarFrame:
    """Size and furniture of a bar chart."""

    width: int
    unit: str
    alt: str
    tone: str = "supply"
    """Colour class of the bars; `diverging` colours them by their sign."""
    as_percent: bool = False
    limit: float | None = None
    """Largest size drawn; longer intervals end in an arrow."""


def bar_chart(bars: Sequence[Bar], frame: BarFrame) -> Markup:
    """Draw one row per bar, in the order given.

    Parameters
    ----------
    bars
        At least one.
    frame
        Size and furniture.

    Returns
    -------
    An `svg` element whose `aria-label` is the frame's `alt`.
    """
    height = HEAD + ROW * len(bars) + 8
    scale, values = _scale(bars, frame)
    parts = [_grid(scale, values, frame, height)]
    parts += [_row(bar, HEAD + ROW * (i + 0.5), scale, frame) for i, bar in enumerate(bars)]
    return canvas(frame.width, height, frame.alt, parts)


def _scale(bars: Sequence[Bar], frame: BarFrame) -> tuple[Scale, tuple[float, ...]]:
    reach = [0.0]
    for bar in bars:
        if bar.interval is not None:
            reach += [bar.interval.low, bar.interval.value, bar.interval.high]
        if bar.marker is not None:
            reach.append(bar.marker)
    low, high = min(reach), max(reach)
    if frame.limit is not None:
        low, high = max(low, -frame.limit), min(high, frame.limit)
    if high <= low:
        high = low + 1.0
    widest = max(text_width(bar.label) for bar in bars)
    start = 10 + min(widest, LARGEST_LABEL * frame.width)
    end = frame.width - 12 - max(text_width(bar.words) for bar in bars)
    values = ticks_within(low, high, max(2, int((end - start) / 64)))
    return Scale(min(low, values[0]), max(high, values[-1]), start, end), values


def _grid(scale: Scale, values: tuple[float, ...], frame: BarFrame, height: float) -> Markup:
    factor, suffix = (100, "%") if frame.as_percent else (1, "")
    step = (values[1] - values[0]) * factor
    parts = [text(0, 12, frame.unit, "axis-title")]
    for value in values:
        x = scale(value)
        parts.append(rule((x, HEAD - 4), (x, height - 8), "zero" if value == 0 else "grid"))
        parts.append(text(x, HEAD - 9, tick_text(value * factor, step) + suffix, "tick middle"))
    return tag("g", {"class": "axes"}, join(parts))


def _row(bar: Bar, y: float, scale: Scale, frame: BarFrame) -> Markup:
    tone = frame.tone
    if tone == "diverging":
        tone = "short" if bar.interval is not None and bar.interval.value < 0 else "over"
    label = shortened(bar.label, scale.start - 8)
    parts = [text(scale.start - 8, y + 4, label, "row-name end")]
    if bar.interval is not None:
        parts += _length(bar.interval, y, scale)
    if bar.marker is not None:
        x = scale.clamped(bar.marker)
        parts.append(rule((x, y - 8), (x, y + 8), "marker"))
    parts.append(text(scale.end + 8, y + 4, bar.words, "row-value"))
    parts.append(box(0, y - ROW / 2, scale.end, ROW, "hover", f"{bar.label}: {bar.words}"))
    return tag("g", {"class": tone}, join(parts))


def _length(interval: Interval, y: float, scale: Scale) -> list[Markup]:
    """Draw the bar to the median, the interval across it, and a dot on the median."""
    zero, middle = scale(0), scale.clamped(interval.value)
    parts = [box(min(zero, middle), y - 7, abs(middle - zero), 14, "bar")]
    if interval.low == interval.high:
        return parts
    low, high = scale.clamped(interval.low), scale.clamped(interval.high)
    parts.append(rule((low, y), (high, y), "whisker"))
    if interval.low < scale.low:
        parts.append(_arrow(low, y, -5))
    if interval.high > scale.high:
        parts.append(_arrow(high, y, 5))
    parts.append(dot(middle, y, 3.2, "dot"))
    return parts


def _arrow(x: float, y: float, length: float) -> Markup:
    """Say that an interval goes on beyond the chart."""
    tip, back = coordinate(x + length), coordinate(x)
    outline = f"{tip},{coordinate(y)} {back},{coordinate(y - 4)} {back},{coordinate(y + 4)}"
    return tag("polygon", {"class": "arrow", "points": outline})
