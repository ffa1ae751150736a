"""Events over the days: a lane for each group of actors, a dot for each event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from locum.report.charts.scales import Scale
from locum.report.charts.shapes import canvas, dot, rule, text
from locum.report.hospitals_words import MONTHS
from locum.report.markup import Markup, join, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Deed", "Lane", "lanes_chart"]

TOP, BOTTOM, LANE = 6.0, 26.0, 66.0
RADIUS = 4.0
STEP = 9.0
"""How far apart dots of near days stand above each other."""
MOST = 4
"""Dots above each other before they stand over each other."""
TICK = 58.0


@dataclass(frozen=True)
class Deed:
    """An event: its days, and what happened in words."""

    day: date
    until: date | None
    words: str


@dataclass(frozen=True)
class Lane:
    """The events of a group of actors."""

    label: str
    tone: str
    deeds: tuple[Deed, ...]


def lanes_chart(lanes: Sequence[Lane], width: int, days: tuple[date, date], alt: str) -> Markup:
    """Draw the lanes one below the other; words of each event are shown by a pointer.

    Parameters
    ----------
    lanes
        At least one.
    width
        In pixels.
    days
        First and last day drawn; what lasts longer ends there.
    alt
        Text instead of the chart.
    """
    first, last = (day.toordinal() for day in days)
    x = Scale(first, max(last, first + 1), 8, width - 8)
    height = TOP + LANE * len(lanes) + BOTTOM
    parts = [_months(x, days, height)]
    parts += [_lane(lane, TOP + LANE * i, x) for i, lane in enumerate(lanes)]
    return canvas(width, height, alt, parts)


def _months(x: Scale, days: tuple[date, date], height: float) -> Markup:
    first, last = days
    numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    most = max(1.0, (x.end - x.start) / TICK)
    every = next(each for each in (1, 2, 3, 4, 6, 12) if len(numbers) / each <= most or each == 12)
    parts: list[Markup] = []
    for number in numbers:
        day = date(number // 12, number % 12 + 1, 1)
        if number % every or not first <= day <= last:
            continue
        at, label = x(day.toordinal()), MONTHS[day.month - 1]
        parts.append(rule((at, TOP), (at, height - BOTTOM), "grid"))
        label = label if day.month > 1 else f"Jan {day.year}"
        parts.append(text(at, height - 8, label, "tick middle"))
    return tag("g", {"class": "axes"}, join(parts))


def _lane(lane: Lane, top: float, x: Scale) -> Markup:
    floor = top + LANE - 10
    parts = [
        text(x.start, top + 14, lane.label, "panel-title above"),
        rule((x.start, floor + RADIUS + 2), (x.end, floor + RADIUS + 2), "zero"),
    ]
    ends: list[float] = []
    for deed in sorted(lane.deeds, key=lambda one: one.day):
        at = x.clamped(deed.day.toordinal())
        free = (level for level, end in enumerate(ends) if end <= at)
        level = next(free, len(ends) if len(ends) < MOST else MOST - 1)
        if level == len(ends):
            ends.append(0.0)
        ends[level] = at + 2 * RADIUS + 1
        parts.append(_deed(deed, at, floor - STEP * level, x))
    return tag("g", {"class": lane.tone}, join(parts))


def _deed(deed: Deed, at: float, y: float, x: Scale) -> Markup:
    parts: list[Markup] = [tag("title", {}, deed.words)]
    if deed.until is not None:
        parts.append(rule((at, y), (x.clamped(deed.until.toordinal()), y), "reach"))
    parts.append(dot(at, y, RADIUS, "printed"))
    return tag("g", {}, *parts)
