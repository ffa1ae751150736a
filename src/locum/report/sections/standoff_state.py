"""Government, collectives and opinion: what moved them, and what was announced and done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from locum.report.charts.hospital_intervals import IntervalRow, interval_chart
from locum.report.charts.hospital_weeks import WeekFrame, week_chart
from locum.report.charts.rows import RowFrame
from locum.report.hospitals_records import Point
from locum.report.hospitals_words import day_words
from locum.report.markup import Markup, tag
from locum.report.pieces import (
    HALF,
    NARROW,
    WIDE,
    Drawing,
    Plate,
    figure,
    paragraph,
    section,
)
from locum.report.sections.standoff_pieces import (
    band_key,
    courses,
    key,
    key_entry,
    marks,
    span_cells,
    span_columns,
    track_table,
    use_key,
)
from locum.report.standoff_records import Track
from locum.report.standoff_words import (
    KIND_WORDS,
    SANCTION_WORDS,
    VARIABLE_WORDS,
    percent,
    sized,
)
from locum.report.tables import Column, Table, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.report.standoff_records import StandoffContent

__all__ = ["state"]

HEIGHT = 230
STAGES = ("announced", "notified", "executed")
APPROVALS = (
    ("approval_plan", "supply"),
    ("approval_handling", "flow"),
    ("approval_president", "fund"),
)
STATES = (("resolve", "gap"), ("credibility", "plain"))
KIND_TONES = {"trainee": "need", "student": "flow", "professor": "posts", "community": "supply"}
INDEX = "index"
MOST_BANDS = 2
"""Courses of a chart whose bands are drawn; those of more stand in the table."""


def state(content: StandoffContent) -> Markup | None:
    """Print resolve, approvals with polls, collectives, and sanctions by stage."""
    plates = [
        _approvals(content),
        _inside(content),
        _sanctions(content),
    ]
    shown = [figure(plate) for plate in plates if plate is not None]
    if not shown:
        return None
    return section(
        "state",
        "Government, collectives and opinion",
        paragraph(
            "Approval moves the resolve of the government, and is moved by the plan and by what "
            "patients meet. A sanction counts by what was executed, not only by what was "
            "announced."
        ),
        *shown,
    )


def _approvals(content: StandoffContent) -> Plate | None:
    named = [
        (name, tone, content.national[name].times([100.0] * len(content.national[name].days)))
        for name, tone in APPROVALS
        if name in content.national
    ]
    if not named:
        return None
    charts = [_approval(content, *one) for one in named]
    polls = [one for one in content.readings if one.name in dict(APPROVALS)]
    return Plate(
        title="Approval, and polls",
        note="Adults, per cent of those asked. Polls asked in different words; pollsters differ.",
        grade="fitted margin" if content.fitted else "assumed",
        drawing=Drawing(tag("div", {"class": "panels weeks"}, *charts)),
        table=track_table(
            "Approval, per cent", [(VARIABLE_WORDS[name], track) for name, _, track in named]
        ),
        filename="approval.csv",
        key=key(
            [*band_key(content, both=False), *use_key({one.use for one in polls}, content)],
            content,
        ),
    )


def _approval(content: StandoffContent, name: str, tone: str, track: Track) -> Markup:
    dots = tuple(
        Point(one.day, one.day, one.reading, one.use)
        for one in content.readings
        if one.name == name
    )
    (drawn,) = courses([(VARIABLE_WORDS[name], tone, track)], content)
    label = f"Approval: {VARIABLE_WORDS[name].lower()}"
    alt = (
        f"{label}. {day_words(track.days[0])} {percent(track.median[0])}, "
        f"{day_words(track.days[-1])} {percent(track.median[-1])}."
    )
    frame = WeekFrame(HALF, HEIGHT, label, "percent", "per cent", alt, marks(content))
    return week_chart([replace(drawn, points=dots)], frame)


# --- what cannot be seen -----------------------------------------------------------


def _inside(content: StandoffContent) -> Plate | None:
    """Return resolve, mandates and lines: states of the model that nobody has measured."""
    panels = [
        ("Resolve and credibility of the government", _national(content, STATES)),
        ("Mandates: members behind the call", _by_kind(content, "mandate")),
        ("Lines of leaders: \N{MINUS SIGN}1 to talk, 1 to hold out", _by_kind(content, "line")),
    ]
    shown = [(label, named) for label, named in panels if named]
    if not shown:
        return None
    charts: list[Markup] = []
    for label, named in shown:
        ends = "; ".join(f"{one} at last {track.median[-1]:.2f}" for one, _, track in named)
        frame = WeekFrame(HALF, HEIGHT, label, INDEX, "index", f"{label}: {ends}.", marks(content))
        drawn = courses(named if len(named) <= MOST_BANDS else _lines(named), content)
        charts.append(week_chart(drawn, frame))
    entries = {label: tone for _, named in shown for label, tone, _ in named}
    table = [(f"{label}: {one}", track) for label, named in shown for one, _, track in named]
    return Plate(
        title="Resolve, mandates and lines",
        note="States of the model that no reading counts. Where there are more than two lines, "
        "the bands stand in the table.",
        grade="assumed",
        drawing=Drawing(tag("div", {"class": "panels weeks"}, *charts)),
        table=track_table("Resolve, mandates and lines", table, INDEX),
        filename="resolve.csv",
        key=key(
            [
                *(key_entry(tone, "key-line", label) for label, tone in entries.items()),
                *band_key(content, both=False),
            ],
            content,
        ),
    )


def _lines(named: Sequence[tuple[str, str, Track]]) -> list[tuple[str, str, Track]]:
    """Return the medians of tracks alone: many bands over each other cannot be read."""
    return [
        (label, tone, Track(track.days, track.median, track.median, track.median))
        for label, tone, track in named
    ]


def _national(
    content: StandoffContent, chosen: Sequence[tuple[str, str]]
) -> list[tuple[str, str, Track]]:
    return [
        (VARIABLE_WORDS[name], tone, content.national[name])
        for name, tone in chosen
        if name in content.national
    ]


def _by_kind(content: StandoffContent, what: str) -> list[tuple[str, str, Track]]:
    return [
        (KIND_WORDS[kind], tone, content.national[f"{what}_{kind}"])
        for kind, tone in KIND_TONES.items()
        if f"{what}_{kind}" in content.national
    ]


# --- sanctions ---------------------------------------------------------------------


def _sanctions(content: StandoffContent) -> Plate | None:
    """Return how many each sanction reached by stage until the last day."""
    rows: list[IntervalRow] = []
    for sanction, label in SANCTION_WORDS.items():
        for stage in STAGES:
            track = content.national.get(f"{sanction}_{stage}")
            if track is not None:
                rows.append(_sanction_row(label, stage, track))
    if not rows:
        return None
    when = day_words(content.last)
    alt = f"Sanctions until {when}: " + "; ".join(
        f"{row.group}, {row.label}: {row.words}" for row in rows
    )
    wide, narrow = (
        interval_chart(rows, RowFrame(width, "persons so far", alt)) for width in (WIDE, NARROW)
    )
    return Plate(
        title=f"Sanctions until {when}",
        note="Whom each stage reached. Upright line: median; bar: 90% interval. What was "
        "announced need not be notified, nor what was notified executed.",
        grade="fitted margin" if content.fitted else "assumed",
        drawing=Drawing(wide, narrow),
        table=_sanction_table(content),
        filename="sanctions.csv",
    )


def _sanction_row(label: str, stage: str, track: Track) -> IntervalRow:
    low, middle, high = track.low[-1], track.median[-1], track.high[-1]
    tone = "need" if stage == "executed" else "posts" if stage == "notified" else "plain"
    told = sized(middle, "heads")
    return IntervalRow(stage, told, middle, (low, high), (middle, middle), tone, None, label)


def _sanction_table(content: StandoffContent) -> Table:
    columns = (
        Column("Sanction", numeric=False),
        Column("Stage", numeric=False),
        *span_columns("Persons"),
    )
    rows = tuple(
        (
            words(label),
            words(stage),
            *span_cells(content.national[f"{sanction}_{stage}"].at(content.last), "heads"),
        )
        for sanction, label in SANCTION_WORDS.items()
        for stage in STAGES
        if f"{sanction}_{stage}" in content.national
    )
    return Table("Sanctions by stage, persons until the last day", columns, rows)
