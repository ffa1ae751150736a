"""What one harm costs in another: a curve for each setting, a dot for each step along it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.report.charts.scales import Scale, points, tick_text, ticks_within
from locum.report.charts.shapes import canvas, dot, rule, text, text_width
from locum.report.markup import Markup, join, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Stop", "TradeFrame", "Way", "trade_chart"]

TOP, BOTTOM = 44.0, 44.0
ROOM = 1.2
"""Width of the chart in parts of the largest median across; longer bands end at its edge."""
LABEL = 12.0
"""Height that a label takes; one that would stand on another is left to the pointer."""


@dataclass(frozen=True)
class Stop:
    """A dot: medians across and up, with their bands, and what it stands for."""

    across: tuple[float, float, float]
    up: tuple[float, float, float]
    label: str
    written: bool = False
    """Whether its label is written beside it; a pointer shows it in any case."""


@dataclass(frozen=True)
class Way:
    """A curve through its stops."""

    label: str
    tone: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class TradeFrame:
    """Size and furniture of a chart of a trade-off."""

    width: int
    height: int
    title: str
    up: str
    across: str
    alt: str


def trade_chart(ways: Sequence[Way], frame: TradeFrame) -> Markup:
    """Draw curves on one pair of axes, both of which hold zero.

    Parameters
    ----------
    ways
        At least one; each stop holds low, median and high of both quantities.
    frame
        Size and furniture.

    Returns
    -------
    An `svg` element whose `aria-label` is the frame's `alt`.
    """
    stops = [stop for way in ways for stop in way.stops]
    highest = max([0.0, *(stop.up[2] for stop in stops)]) or 1.0
    widest = ROOM * max([0.0, *(stop.across[1] for stop in stops)]) or 1.0
    lowest = min([0.0, *(stop.up[0] for stop in stops)])
    rows = ticks_within(lowest, 1.04 * highest, 5)
    step = rows[1] - rows[0]
    left = 10 + max(text_width(tick_text(value, step)) for value in rows)
    room = frame.width - left - 44
    columns = ticks_within(0.0, widest, max(2, int(room / 70)))
    x = Scale(0.0, max(widest, columns[-1]), left, frame.width - 44)
    y = Scale(min(lowest, rows[0]), max(1.04 * highest, rows[-1]), frame.height - BOTTOM, TOP)
    parts = [_axes(x, y, columns, rows, frame)]
    parts += [_way(way, x, y) for way in ways]
    return canvas(frame.width, frame.height, frame.alt, parts)


def _axes(
    x: Scale, y: Scale, columns: Sequence[float], rows: Sequence[float], frame: TradeFrame
) -> Markup:
    parts = [text(0, 14, frame.title, "panel-title"), text(0, 32, frame.up, "axis-title")]
    step = rows[1] - rows[0]
    for value in rows:
        kind = "zero" if value == 0 else "grid"
        parts.append(rule((x.start, y(value)), (x.end, y(value)), kind))
        parts.append(text(x.start - 6, y(value) + 4, tick_text(value, step), "tick end"))
    for value in columns:
        parts.append(rule((x(value), y.start), (x(value), y.start + 4), "tick-mark"))
        label = tick_text(value, columns[1])
        parts.append(text(x(value), y.start + 18, label, "tick middle"))
    parts.append(text(x.end, y.start + 36, frame.across, "axis-title end"))
    return tag("g", {"class": "axes"}, join(parts))


def _way(way: Way, x: Scale, y: Scale) -> Markup:
    path = points([(x(stop.across[1]), y(stop.up[1])) for stop in way.stops])
    parts = [tag("polyline", {"class": f"median {way.tone}", "points": path})]
    last: float | None = None
    for stop in way.stops:
        at = (x(stop.across[1]), y(stop.up[1]))
        tip = tag("title", {}, f"{way.label}, {stop.label}")
        parts.append(
            tag(
                "g",
                {},
                tip,
                rule((at[0], y(stop.up[0])), (at[0], y(stop.up[2])), "reach"),
                rule((x(stop.across[0]), at[1]), (x.clamped(stop.across[2]), at[1]), "reach"),
                dot(*at, 4.2, "printed"),
            )
        )
        if stop.written and (last is None or abs(at[1] - last) >= LABEL):
            last = at[1]
            parts.append(text(at[0] + 7, at[1] - 6, stop.label, "stop above"))
    return tag("g", {"class": way.tone}, join(parts))
