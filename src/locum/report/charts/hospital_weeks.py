"""Courses over the weeks: a median inside bands of 80 and 90 per cent, and published readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from locum.report.charts.scales import Scale, points, tick_text, ticks_within
from locum.report.charts.shapes import box, canvas, dot, rule, text, text_width
from locum.report.hospitals_records import BASELINE, HELD_OUT
from locum.report.hospitals_words import MONTHS, days_words
from locum.report.markup import Markup, join, tag
from locum.report.words import exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.report.hospitals_records import Course, Point

__all__ = ["Layer", "WeekFrame", "layers_chart", "symbol", "week_chart"]

TOP, BOTTOM = 44.0, 26.0
TICK_ROOM = 58.0
SHORT_RUN = 75
"""Days up to which weeks are marked and not months."""
RADIUS = 4.2
HOLLOW, DIAMOND = (BASELINE, "update"), (HELD_OUT, "check")
"""What readings are for that have a hollow dot or a diamond; all others have a full dot."""


@dataclass(frozen=True)
class WeekFrame:
    """Size and furniture of a chart over the weeks."""

    width: int
    height: int
    title: str
    unit: str
    words: str
    """Name of the unit, on the axis."""
    alt: str
    marks: tuple[date, ...] = ()
    """Days marked by an upright line."""


@dataclass(frozen=True)
class Layer:
    """A part of a whole over the weeks."""

    label: str
    tone: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class _Axes:
    x: Scale
    y: Scale
    steps: tuple[float, ...]

    def at(self, week: tuple[date, date]) -> float:
        """Return where the middle of some days stands."""
        return self.x((week[0].toordinal() + week[1].toordinal()) / 2)


def week_chart(courses: Sequence[Course], frame: WeekFrame) -> Markup:
    """Draw courses with their bands and readings on one pair of axes that begins at zero.

    Parameters
    ----------
    courses
        At least one. Their weeks need not be the same.
    frame
        Size and furniture.

    Returns
    -------
    An `svg` element whose `aria-label` is the frame's `alt`.
    """
    values = [value for each in courses for line in each.quantiles for value in line]
    values += [point.value for each in courses for point in each.points]
    weeks = sorted({week for each in courses for week in each.weeks})
    axes = _axes(values, weeks, frame)
    parts = [_furniture(axes, frame, weeks)]
    parts += [_bands(each, axes) for each in courses]
    parts += [_line(each, axes) for each in courses]
    parts.append(_hover(courses, weeks, axes, frame))
    parts += [
        tag("g", {"class": each.tone}, *[_point(point, axes, frame) for point in each.points])
        for each in courses
        if each.points
    ]
    return canvas(frame.width, frame.height, frame.alt, parts)


def layers_chart(
    layers: Sequence[Layer], weeks: Sequence[tuple[date, date]], frame: WeekFrame
) -> Markup:
    """Draw parts of a whole over the weeks, one on the other, the first one lowest."""
    sums = [[0.0] * len(weeks)]
    for layer in layers:
        sums.append([low + value for low, value in zip(sums[-1], layer.values, strict=True)])
    axes = _axes(sums[-1], weeks, frame)
    parts = [_furniture(axes, frame, weeks)]
    for layer, low, high in zip(layers, sums, sums[1:], strict=False):
        outline = _outline(axes, weeks, low, high)
        tip = tag("title", {}, layer.label)
        kind = f"part {layer.tone}"
        parts.append(tag("polygon", {"class": kind, "points": outline}, tip))
    return canvas(frame.width, frame.height, frame.alt, parts)


def symbol(x: float, y: float, use: str) -> Markup:
    """Draw what marks a reading: a hollow dot, a full one, or a diamond for one held out."""
    if use in DIAMOND:
        reach = RADIUS + 1.2
        ends = ((x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y))
        return tag("polygon", {"class": "reading held", "points": points(ends)})
    return dot(x, y, RADIUS, "reading base" if use in HOLLOW else "reading fit")


def _axes(values: Sequence[float], weeks: Sequence[tuple[date, date]], frame: WeekFrame) -> _Axes:
    low, high = min(0.0, *values), max(0.0, *values)
    if high <= low:
        high = low + 1.0
    margin = 0.04 * (high - low)
    low, high = low - margin * (low < 0), high + margin
    steps = ticks_within(low, high, 5)
    left = 10 + max(text_width(tick_text(value, steps[1] - steps[0])) for value in steps)
    first, last = weeks[0][0].toordinal(), weeks[-1][1].toordinal()
    return _Axes(
        Scale(first - 0.5, last + 0.5, left, frame.width - 10),
        Scale(min(low, steps[0]), max(high, steps[-1]), frame.height - BOTTOM, TOP),
        steps,
    )


def _furniture(axes: _Axes, frame: WeekFrame, weeks: Sequence[tuple[date, date]]) -> Markup:
    x, y = axes.x, axes.y
    parts = [text(0, 14, frame.title, "panel-title"), text(0, 32, frame.words, "axis-title")]
    step = axes.steps[1] - axes.steps[0]
    for value in axes.steps:
        kind = "zero" if value == 0 else "grid"
        parts.append(rule((x.start, y(value)), (x.end, y(value)), kind))
        parts.append(text(x.start - 6, y(value) + 4, tick_text(value, step), "tick end"))
    for day, label in _day_ticks(weeks[0][0], weeks[-1][1], (x.end - x.start) / TICK_ROOM):
        at = x(day.toordinal())
        parts.append(rule((at, y.start), (at, y.start + 4), "tick-mark"))
        half = text_width(label) / 2
        parts.append(text(min(at, frame.width - half), y.start + 18, label, "tick middle"))
    for day in frame.marks:
        at = x(day.toordinal() - 0.5)
        if x.start < at < x.end:
            parts.append(rule((at, y.end), (at, y.start), "focus"))
    return tag("g", {"class": "axes"}, join(parts))


def _day_ticks(first: date, last: date, most: float) -> list[tuple[date, str]]:
    """Return the days that are named: Mondays of a short run, first days of months of a long."""
    if (last - first).days <= SHORT_RUN:
        monday = first + timedelta(days=-first.weekday() % 7)
        count = (last - monday).days // 7 + 1
        every = max(1, -int(-count // max(1.0, most)))
        days = [monday + timedelta(weeks=i) for i in range(0, count, every)]
        return [(day, f"{day.day} {MONTHS[day.month - 1]}") for day in days]
    months = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    every = next(each for each in (1, 2, 3, 4, 6, 12) if len(months) / each <= most or each == 12)
    days = [date(month // 12, month % 12 + 1, 1) for month in months if month % every == 0]
    return [
        (day, MONTHS[day.month - 1] if day.month > 1 else f"Jan {day.year}")
        for day in days
        if first <= day <= last
    ]


def _outline(
    axes: _Axes,
    weeks: Sequence[tuple[date, date]],
    low: Sequence[float],
    high: Sequence[float],
) -> str:
    there = [(axes.at(week), axes.y(value)) for week, value in zip(weeks, high, strict=True)]
    back = [(axes.at(week), axes.y(value)) for week, value in zip(weeks, low, strict=True)]
    return points([*there, *reversed(back)])


def _bands(course: Course, axes: _Axes) -> Markup:
    bands = [
        tag(
            "polygon",
            {
                "class": kind,
                "points": _outline(
                    axes, course.weeks, course.quantiles[low], course.quantiles[high]
                ),
            },
        )
        for kind, low, high in (("outer", 0, 4), ("inner", 1, 3))
    ]
    return tag("g", {"class": course.tone}, *bands)


def _line(course: Course, axes: _Axes) -> Markup:
    pairs = zip(course.weeks, course.medians, strict=True)
    path = [(axes.at(week), axes.y(value)) for week, value in pairs]
    if len(path) == 1:
        low, high = (axes.y(line[0]) for line in (course.quantiles[0], course.quantiles[-1]))
        alone = [rule((path[0][0], low), (path[0][0], high), "whisker"), dot(*path[0], 4, "dot")]
        return tag("g", {"class": course.tone}, *alone)
    return tag("polyline", {"class": f"median {course.tone}", "points": points(path)})


def _hover(
    courses: Sequence[Course],
    weeks: Sequence[tuple[date, date]],
    axes: _Axes,
    frame: WeekFrame,
) -> Markup:
    """Lay an invisible strip over each week whose title a pointer shows."""
    rows = [{week: row for row, week in enumerate(each.weeks)} for each in courses]
    strips: list[Markup] = []
    for week in weeks:
        lines = [days_words(*week)]
        for each, places in zip(courses, rows, strict=True):
            if week in places:
                lines.append(_hover_words(each, places[week], frame.unit))
        left, right = axes.x(week[0].toordinal() - 0.5), axes.x(week[1].toordinal() + 0.5)
        height = axes.y.start - axes.y.end
        strips.append(box(left, axes.y.end, right - left, height, "hover", "\n".join(lines)))
    return join(strips)


def _hover_words(course: Course, row: int, unit: str) -> str:
    low, value, high = (exact(course.quantiles[i][row], unit) for i in (1, 2, 3))
    return f"{course.label}: {value}" + (f" ({low} to {high})" if low != high else "")


def _point(point: Point, axes: _Axes, frame: WeekFrame) -> Markup:
    x, y = axes.at((point.start, point.end)), axes.y(point.value)
    left, right = axes.x(point.start.toordinal() - 0.5), axes.x(point.end.toordinal() + 0.5)
    tip = f"Reading, {days_words(point.start, point.end)}: {exact(point.value, frame.unit)}"
    return tag(
        "g",
        {},
        tag("title", {}, f"{tip} ({point.use})"),
        rule((left, y), (right, y), "reading-days"),
        symbol(x, y, point.use),
    )
