"""Fan charts: a median line inside a 50% and an 80% band, one or two series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.report.charts.scales import Scale, points, tick_text, ticks_within, year_ticks
from locum.report.charts.shapes import box, canvas, rule, text, text_width
from locum.report.markup import Markup, inner, join, tag
from locum.report.words import exact, is_suppressed, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.report.records import Fan

LABEL_GAP = 30.0

SIDE_ROOM = 34.0
"""Height that a side of zero needs before its name is written into it."""


@dataclass(frozen=True)
class Line:
    """A fan with the short name and the colour class under which it is drawn."""

    fan: Fan
    name: str
    tone: str


@dataclass(frozen=True)
class FanFrame:
    """Size and furniture of a fan chart."""

    width: int
    height: int
    unit: str
    alt: str
    focus_year: int | None = None
    from_zero: bool = False
    above: str = ""
    """Words for the side above zero, when zero is inside the chart."""
    below: str = ""
    end_labels: bool = True
    hover: bool = True


@dataclass(frozen=True)
class _Axes:
    x: Scale
    y: Scale
    y_ticks: tuple[float, ...]


def fan_chart(lines: Sequence[Line], frame: FanFrame) -> Markup:
    """Draw one or more fans on one pair of axes.

    Parameters
    ----------
    lines
        At least one, all over the same years.
    frame
        Size and furniture.

    Returns
    -------
    An `svg` element whose `aria-label` is the frame's `alt`.
    """
    axes = _axes(lines, frame)
    parts = [_grid(axes, frame, lines[0].fan.years)]
    parts += [_bands(line, axes) for line in lines]
    parts += [_median(line, axes) for line in lines]
    if frame.end_labels:
        parts.append(_end_labels(lines, axes))
    if frame.hover:
        parts.append(_hover(lines, axes))
    return canvas(frame.width, frame.height, frame.alt, parts)


def _axes(lines: Sequence[Line], frame: FanFrame) -> _Axes:
    has_bands = any(line.fan.quantiles[0] != line.fan.quantiles[-1] for line in lines)
    ends = (0, -1) if has_bands else (2,)
    values = [value for line in lines for i in ends for value in line.fan.quantiles[i]]
    low, high = min(values), max(values)
    if frame.from_zero or frame.above or frame.below:
        low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.04 * (high - low)
    low, high = low - margin * (low != 0), high + margin * (high != 0)
    y_ticks = ticks_within(low, high, 6 if frame.height > 200 else 3)
    step = y_ticks[1] - y_ticks[0]
    left = 10 + max(text_width(tick_text(value, step)) for value in y_ticks)
    right = 14.0
    if frame.end_labels:
        words = [word for line in lines for word in _end_words(line)]
        right += max(map(text_width, words)) + 4
    years = lines[0].fan.years
    return _Axes(
        Scale(years[0], max(years[-1], years[0] + 1), left, frame.width - right),
        Scale(min(low, y_ticks[0]), max(high, y_ticks[-1]), frame.height - 26, 30),
        y_ticks,
    )


def _grid(axes: _Axes, frame: FanFrame, years: tuple[int, ...]) -> Markup:
    x, y = axes.x, axes.y
    step = axes.y_ticks[1] - axes.y_ticks[0]
    parts = [text(0, 14, frame.unit, "axis-title")]
    for value in axes.y_ticks:
        kind = "zero" if value == 0 and y.low < 0 else "grid"
        parts.append(rule((x.start, y(value)), (x.end, y(value)), kind))
        parts.append(text(x.start - 6, y(value) + 4, tick_text(value, step), "tick end"))
    for year in year_ticks(years[0], years[-1], max(2, int((x.end - x.start) / 62))):
        parts.append(rule((x(year), y.start), (x(year), y.start + 4), "tick-mark"))
        parts.append(text(x(year), y.start + 18, str(year), "tick middle"))
    if frame.focus_year is not None and years[0] < frame.focus_year < years[-1]:
        parts.append(rule((x(frame.focus_year), y.end), (x(frame.focus_year), y.start), "focus"))
    parts.extend(_side_words(axes, frame))
    return tag("g", {"class": "axes"}, join(parts))


def _side_words(axes: _Axes, frame: FanFrame) -> list[Markup]:
    """Name the two sides of zero, at the left edge where fans are narrow."""
    zero = axes.y(0) if axes.y.low <= 0 <= axes.y.high else None
    if zero is None:
        return []
    parts: list[Markup] = []
    if frame.above and zero - axes.y.end > SIDE_ROOM:
        parts.append(text(axes.x.start + 6, axes.y.end + 14, frame.above, "side over"))
    if frame.below and axes.y.start - zero > SIDE_ROOM:
        parts.append(text(axes.x.start + 6, axes.y.start - 8, frame.below, "side short"))
    return parts


def _bands(line: Line, axes: _Axes) -> Markup:
    quantiles, years = line.fan.quantiles, line.fan.years
    bands = [
        tag(
            "polygon",
            {"class": kind, "points": _outline(axes, years, quantiles[low], quantiles[high])},
        )
        for kind, low, high in (("band80", 0, 4), ("band50", 1, 3))
    ]
    return tag("g", {"class": line.tone}, *bands)


def _outline(
    axes: _Axes, years: tuple[int, ...], low: tuple[float, ...], high: tuple[float, ...]
) -> str:
    there = [(axes.x(year), axes.y(value)) for year, value in zip(years, high, strict=True)]
    back = [(axes.x(year), axes.y(value)) for year, value in zip(years, low, strict=True)]
    return points([*there, *reversed(back)])


def _median(line: Line, axes: _Axes) -> Markup:
    path = [
        (axes.x(year), axes.y(value))
        for year, value in zip(line.fan.years, line.fan.medians(), strict=True)
    ]
    return tag("polyline", {"class": f"median {line.tone}", "points": points(path)})


def _end_words(line: Line) -> tuple[str, str]:
    last = line.fan.medians()[-1]
    return line.name, exact(last, line.fan.unit, signed=line.fan.signed)


def _end_labels(lines: Sequence[Line], axes: _Axes) -> Markup:
    """Name each line at its right end, pushed apart where they would overlap."""
    ordered = sorted(lines, key=lambda line: -line.fan.medians()[-1])
    heights: list[float] = []
    for line in ordered:
        wanted = axes.y(line.fan.medians()[-1])
        heights.append(max(wanted, heights[-1] + LABEL_GAP) if heights else wanted)
    overshoot = max(0.0, heights[-1] + 12 - axes.y.start)
    parts: list[Markup] = []
    for line, height in zip(ordered, heights, strict=True):
        name, number = _end_words(line)
        at = max(height - overshoot, axes.y.end)
        parts.append(text(axes.x.end + 8, at, name, f"end-name {line.tone}"))
        parts.append(text(axes.x.end + 8, at + 14, number, f"end-value {line.tone}"))
    return inner(*parts)


def _hover(lines: Sequence[Line], axes: _Axes) -> Markup:
    """Lay an invisible strip over each year whose title a pointer shows."""
    years = lines[0].fan.years
    half = (axes.x.end - axes.x.start) / max(1, len(years) - 1) / 2
    strips: list[Markup] = []
    for year in years:
        words = "\n".join([str(year), *(_hover_words(line, year) for line in lines)])
        height = axes.y.start - axes.y.end
        strips.append(box(axes.x(year) - half, axes.y.end, 2 * half, height, "hover", words))
    return join(strips)


def _hover_words(line: Line, year: int) -> str:
    at = line.fan.at(year)
    value = exact(at.value, line.fan.unit, signed=line.fan.signed)
    if at.low == at.high or is_suppressed(at.value, line.fan.unit):
        return f"{line.name}: {value}"
    return f"{line.name}: {value} ({spread(at, line.fan.unit, signed=line.fan.signed)})"
