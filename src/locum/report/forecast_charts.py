"""Bands by the hour: a median inside a 50% and an 80% band, over days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from locum.report.charts.scales import Scale, points, tick_text, ticks_within
from locum.report.charts.shapes import box, canvas, dot, rule, text, text_width
from locum.report.markup import Markup, join, tag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

HEIGHT = 220
_DAY = 24
_STEP = 6
"""Hours that a pointer tells apart."""
_LABEL = 46.0
"""Width of a date on the axis, with room around it."""


@dataclass(frozen=True)
class HourBand:
    """What a chart shows.

    Attributes
    ----------
    hours
        The hour of the census first.
    quantiles
        Five lines: 10th, 25th, 50th, 75th and 90th percentile.
    limit
        A line across, such as the beds there are; None: none.
    limit_words
        What it is.
    """

    hours: Sequence[datetime]
    quantiles: Sequence[Sequence[float]]
    limit: float | None = None
    limit_words: str = ""


def hour_chart(band: HourBand, alt: str, width: int, tone: str = "supply") -> Markup:
    """Draw a band over the hours, from zero; a dot marks the census.

    Parameters
    ----------
    band
        What to draw.
    alt
        Text instead of the chart.
    width
        In pixels.
    tone
        Colour class.
    """
    most = max(*band.quantiles[-1], band.limit or 0.0, 1.0)
    values = ticks_within(0.0, most * 1.06, 4)
    step = values[1] - values[0]
    left = 10 + max(text_width(tick_text(value, step)) for value in values)
    x = Scale(0, len(band.hours) - 1, left, width - 12)
    y = Scale(0, max(most * 1.06, values[-1]), HEIGHT - 26, 16)
    parts = [_grid(band, x, y, values), _limit(band, x, y)]
    shapes = [
        tag("polygon", {"class": kind, "points": _outline(band.quantiles, low, high, x, y)})
        for kind, low, high in (("band80", 0, 4), ("band50", 1, 3))
    ]
    line = points((x(hour), y(value)) for hour, value in enumerate(band.quantiles[2]))
    shapes.append(tag("polyline", {"class": "median", "points": line}))
    shapes.append(dot(x(0), y(band.quantiles[2][0]), 4, "dot"))
    parts.append(tag("g", {"class": tone}, *shapes))
    parts.append(_hover(band, x, y))
    return canvas(width, HEIGHT, alt, parts)


def _outline(quantiles: Sequence[Sequence[float]], low: int, high: int, x: Scale, y: Scale) -> str:
    there = [(x(hour), y(value)) for hour, value in enumerate(quantiles[high])]
    back = [(x(hour), y(value)) for hour, value in enumerate(quantiles[low])]
    return points([*there, *reversed(back)])


def _grid(band: HourBand, x: Scale, y: Scale, values: tuple[float, ...]) -> Markup:
    parts: list[Markup] = []
    step = values[1] - values[0]
    for value in values:
        kind = "zero" if value == 0 else "grid"
        parts.append(rule((x.start, y(value)), (x.end, y(value)), kind))
        parts.append(text(x.start - 6, y(value) + 4, tick_text(value, step), "tick end"))
    midnights = [place for place, hour in enumerate(band.hours) if hour.hour == 0]
    day = (x.end - x.start) * _DAY / max(1, len(band.hours) - 1)
    every = max(1, round(_LABEL / day + 0.5))
    for turn, place in enumerate(midnights):
        parts.append(rule((x(place), y.start), (x(place), y.start + 4), "tick-mark"))
        noon = x(place) + day / 2
        if turn % every == 0 and noon + _LABEL / 3 < x.end:
            when = band.hours[place]
            words = f"{when.month}/{when.day}"
            parts.append(text(noon, y.start + 18, words, "tick middle"))
    return tag("g", {"class": "axes"}, join(parts))


def _limit(band: HourBand, x: Scale, y: Scale) -> Markup:
    if band.limit is None:
        return tag("g")
    height = y(band.limit)
    return tag(
        "g",
        {},
        rule((x.start, height), (x.end, height), "reference"),
        text(x.end, height - 5, band.limit_words, "tick above end"),
    )


def _hover(band: HourBand, x: Scale, y: Scale) -> Markup:
    """Lay an invisible strip over every six hours whose title a pointer shows."""
    strips: list[Markup] = []
    wide = x(_STEP) - x(0) if len(band.hours) > _STEP else x.end - x.start
    for place in range(0, len(band.hours), _STEP):
        low, middle, high = (band.quantiles[row][place] for row in (0, 2, 4))
        when = band.hours[place] + timedelta(0)
        words = f"{when:%Y-%m-%d %H:%M}: {middle:,.0f} ({low:,.0f} to {high:,.0f})"
        start = max(x.start, x(place) - wide / 2)
        width = min(wide, x.end - start)
        strips.append(box(start, y.end, width, y.start - y.end, "hover", words))
    return join(strips)
