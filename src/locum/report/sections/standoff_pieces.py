"""Pieces that the sections of a report of a standoff share: courses over days, keys, columns."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from locum.report.charts.hospital_weeks import symbol
from locum.report.hospitals_records import Course
from locum.report.hospitals_words import day_words
from locum.report.markup import Markup, tag
from locum.report.standoff_records import CHECK, FIT, UPDATE
from locum.report.standoff_words import percent, sized, use_words
from locum.report.tables import Cell, Column, Table, words
from locum.report.words import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from locum.report.standoff_records import Span, StandoffContent, Track

__all__ = [
    "band_key",
    "courses",
    "key",
    "key_entry",
    "listed",
    "marks",
    "span_cells",
    "span_columns",
    "track_table",
    "use_key",
    "weeks_of",
]

DAILY, WEEKLY = 60, 200
"""Days after the beginning of the dispute up to which each is drawn, and one a week."""
LEAP = 0.02
"""Part of the highest value by which a day must differ from the one before to be drawn too."""
MOST_LEAPS = 40
"""Such days that are drawn, the largest leaps first."""
WEEK, FORTNIGHT = 7, 14


def shown_days(tracks: Sequence[Track], content: StandoffContent) -> tuple[date, ...]:
    """Return the days that are drawn: all of the first weeks, fewer later, and every leap."""
    first = tracks[0]
    common = set(first.days).intersection(*(each.days for each in tracks[1:]))
    days = [day for day in first.days if day in common]
    leaps = {day for track in tracks for day in _leaps(track)}
    kept: list[date] = []
    for day in days:
        since = (day - content.dispute).days
        apart = 1 if since <= DAILY else WEEK if since <= WEEKLY else FORTNIGHT
        due = not kept or (day - kept[-1]).days >= apart
        if due or day in leaps or day == days[-1]:
            kept.append(day)
    return tuple(kept)


def _leaps(track: Track) -> list[date]:
    """Return the days before and after the largest changes from day to day."""
    least = LEAP * max(map(abs, track.median))
    sizes = [abs(high - low) for low, high in pairwise(track.median)]
    rows = sorted((row for row, size in enumerate(sizes) if size > least), key=lambda r: -sizes[r])
    return [track.days[at] for row in rows[:MOST_LEAPS] for at in (row, row + 1)]


def weeks_of(days: Sequence[date]) -> tuple[tuple[date, date], ...]:
    """Return the days around each one, as wide as its neighbours leave room for."""
    found: list[tuple[date, date]] = []
    for i, day in enumerate(days):
        beside = [
            abs((other - day).days) for other in (*days[max(0, i - 1) : i], *days[i + 1 : i + 2])
        ]
        reach = timedelta(days=(min(beside, default=1) - 1) // 2)
        found.append((day - reach, day + reach))
    return tuple(found)


def courses(
    named: Sequence[tuple[str, str, Track]],
    content: StandoffContent,
    until: date | None = None,
    since: date | None = None,
) -> tuple[Course, ...]:
    """Return tracks as courses over the days that are drawn.

    Parameters
    ----------
    named
        Label, colour class and track of each.
    content
        Of the report.
    until, since
        Last and first day drawn; all of them if left out.
    """
    days = [
        day
        for day in shown_days([track for _, _, track in named], content)
        if (until is None or day <= until) and (since is None or day >= since)
    ]
    weeks = weeks_of(days)
    found: list[Course] = []
    for label, tone, track in named:
        place = {day: row for row, day in enumerate(track.days)}
        kept = track.kept([place[day] for day in days])
        found.append(Course(label, tone, weeks, kept.quantiles))
    return tuple(found)


def marks(content: StandoffContent) -> tuple[date, ...]:
    """Return the days that charts mark: turns of the year of training, and settlements."""
    return *content.turns, *content.settled


def mark_words(content: StandoffContent, until: date | None = None) -> str:
    """Say what the marked days are."""
    last = until or content.last
    turns = [day_words(day) for day in content.turns if content.first < day < last]
    told = [f"{joined(turns)}, a new year of training"] if turns else []
    settled = [day_words(day) for day in content.settled if content.first < day < last]
    told += [f"{joined(settled)}, settlement"] if settled else []
    return f"dotted: {'; '.join(told)}" if told else ""


def key_entry(tone: str, kind: str, label: str) -> Markup:
    """Explain one colour."""
    swatch = tag("i", {"class": kind, "aria-hidden": "true"})
    return tag("span", {"class": f"key {tone}"}, swatch, label)


def key(
    entries: Iterable[Markup], content: StandoffContent | None = None, until: date | None = None
) -> Markup:
    """Put explanations in a line, that of the days marked up to a last one at its end."""
    told = mark_words(content, until) if content is not None else ""
    more = [tag("span", {}, told)] if told else []
    return tag("p", {"class": "keys"}, *entries, *more)


def band_key(content: StandoffContent, tone: str = "plain", *, both: bool = True) -> list[Markup]:
    """Explain the bands; one draw has none."""
    if content.draws == 1:
        return []
    narrow = [key_entry(tone, "key-band inner", "8 in 10 draws")] if both else []
    kind = "key-band outer" if both else "key-band inner"
    return [*narrow, key_entry(tone, kind, "9 in 10 draws")]


def use_key(used: set[str], content: StandoffContent) -> list[Markup]:
    """Explain the marks of readings."""
    sign = {"viewBox": "0 0 14 14", "width": 14, "height": 14, "aria-hidden": "true"}
    return [
        tag(
            "span",
            {"class": "key"},
            tag("svg", sign, symbol(7, 7, use)),
            f"reading, {use_words(use, fitted=content.fitted)}",
        )
        for use in (FIT, CHECK, UPDATE)
        if use in used
    ]


def span_columns(what: str) -> list[Column]:
    """Name the three columns of a median with its band."""
    return [Column(f"{what}, median"), Column("5th percentile"), Column("95th percentile")]


def span_cells(span: Span | None, unit: str, *, signed: bool = False) -> list[Cell]:
    """Make three cells of a median with its band; percentages are such already."""
    if span is None:
        return [words("\N{EN DASH}")] * 3
    if unit == "percent":
        return [Cell(percent(value, 1), f"{value:.4g}") for value in span]
    return [Cell(shown := sized(v, unit, signed=signed), _filed(v, shown)) for v in span]


def _filed(value: float, shown: str) -> str:
    return shown if shown.startswith("<") else f"{value:.6g}"


def track_table(caption: str, named: Sequence[tuple[str, Track]], unit: str = "percent") -> Table:
    """Lay tracks out: a row a week at first, then a row a month; three columns for each."""
    columns = [Column("Day", numeric=False)]
    for label, _ in named:
        columns += span_columns(label)
    days = named[0][1].days
    weekly = days[0] + timedelta(days=DAILY)
    kept = [
        day
        for day in days
        if (day.weekday() == 0 and day < weekly) or day.day == 1 or day == days[-1]
    ]
    rows = tuple(
        (
            words(day.isoformat()),
            *(cell for _, track in named for cell in span_cells(track.at(day), unit)),
        )
        for day in kept
    )
    return Table(caption, tuple(columns), rows)


def listed(content: StandoffContent, partition: str, *states: str) -> list[str]:
    """Return the groups of a partition of which all these states are told."""
    return [
        group
        for group in content.groups.get(partition, ())
        if all((partition, group, state) in content.tracks for state in states)
    ]
