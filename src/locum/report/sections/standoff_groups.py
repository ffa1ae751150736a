"""Who is away by group: groups of hospitals, specialties, years, and regions on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.choropleth import MapValue, definitions, outlines, sequential_breaks
from locum.report.charts.hospital_intervals import IntervalRow, interval_chart
from locum.report.charts.rows import RowFrame
from locum.report.hospitals_words import day_words
from locum.report.markup import Markup, tag
from locum.report.pieces import HALF, Drawing, Plate, figure, paragraph, section
from locum.report.sections.layers import MapLayer, map_figure, map_note
from locum.report.sections.standoff_pieces import (
    band_key,
    key,
    listed,
    span_cells,
    span_columns,
)
from locum.report.standoff_words import band, group_words, percent
from locum.report.tables import Column, Table, behind, words
from locum.report.words import joined

if TYPE_CHECKING:
    from datetime import date

    from locum.report.standoff_records import Span, StandoffContent

__all__ = ["focus_days", "groups", "regions"]

PARTITIONS = (
    ("hospital", "Groups of hospitals", "Trainees", "supply"),
    ("specialty", "Specialties", "Residents", "posts"),
    ("year", "Years of training and of study", "Trainees and students", "gap"),
)
AWAY = "away"
APART = 28
"""Days that two days must be apart to be told both."""
REGION = "region"


def focus_days(content: StandoffContent) -> tuple[date, ...]:
    """Return the last day with a reading that was used, and the last day of the run if later."""
    if (content.last - content.read_until).days < APART:
        return (content.last,)
    return content.read_until, content.last


def groups(content: StandoffContent) -> Markup | None:
    """Print who is away by group of hospitals, specialty and year."""
    plates = [figure(_plate(content, *one)) for one in PARTITIONS if listed(content, one[0], AWAY)]
    if not plates:
        return None
    return section(
        "groups",
        "By hospital, specialty and year",
        paragraph(
            "Published counts say little about who in particular stayed away: how groups differ "
            "rests mostly on assumptions, but for the five largest hospitals. Groups of fewer "
            "than ten are left out."
        ),
        *plates,
    )


def _plate(content: StandoffContent, partition: str, title: str, whom: str, tone: str) -> Plate:
    shown = listed(content, partition, AWAY)
    if partition == "specialty":
        first = focus_days(content)[0]
        shown.sort(key=lambda group: -_median(content, partition, group, first))
    charts = [_chart(content, (partition, shown), day, tone) for day in focus_days(content)]
    table = _table(content, partition, f"{title}: per cent away")
    return Plate(
        title=title,
        note=f"{whom}, per cent away. Upright line: median.",
        grade="assumed",
        drawing=Drawing(tag("div", {"class": "panels"}, *charts)),
        table=table,
        filename=f"away-by-{partition}.csv",
        key=key(band_key(content, tone)),
    )


def _chart(content: StandoffContent, whom: tuple[str, list[str]], day: date, tone: str) -> Markup:
    partition, shown = whom
    found = [
        (group, span, inner)
        for group in shown
        if (span := _at(content, partition, group, day)) is not None
        and (inner := content.tracks[partition, group, AWAY].inner(day)) is not None
    ]
    rows = [
        IntervalRow(
            group_words(partition, group),
            percent(span.median),
            span.median,
            inner,
            (span.low, span.high),
            tone,
        )
        for group, span, inner in found
    ]
    when = day_words(day)
    alt = f"Per cent away, {when}: " + "; ".join(f"{row.label} {row.words}" for row in rows)
    chart = interval_chart(rows, RowFrame(HALF, f"per cent away, {when}", alt))
    return tag("div", {}, chart)


def _at(content: StandoffContent, partition: str, group: str, day: date) -> Span | None:
    track = content.tracks.get((partition, group, AWAY))
    return None if track is None else track.at(day)


def _median(content: StandoffContent, partition: str, group: str, day: date) -> float:
    span = _at(content, partition, group, day)
    return 0.0 if span is None else span.median


def _table(content: StandoffContent, partition: str, caption: str) -> Table:
    columns = [Column("Group", numeric=False)]
    for day in focus_days(content):
        columns += span_columns(day_words(day))
    rows = tuple(
        (
            words(group_words(partition, group)),
            *(
                cell
                for day in focus_days(content)
                for cell in span_cells(_at(content, partition, group, day), "percent")
            ),
        )
        for group in listed(content, partition, AWAY)
    )
    return Table(caption, tuple(columns), rows)


# --- regions -----------------------------------------------------------------------


def regions(content: StandoffContent) -> Markup | None:
    """Print maps of the share of trainees away."""
    shown = listed(content, REGION, AWAY)
    if not shown:
        return None
    shapes = outlines(content.map.topology, content.map.keys)
    layers = _layers(content, shown)
    left_out = [name for name in content.regions if name not in shown]
    told = ""
    if left_out:
        told = (
            f" {joined(left_out)} {'has' if len(left_out) == 1 else 'have'} fewer than ten "
            "trainees and stay blank."
        )
    table = _table(content, REGION, "Trainees by region: per cent away")
    return section(
        "regions",
        "Regions",
        paragraph(f"Trainees away, in per cent of those of the region.{told}"),
        definitions(shapes, content.regions),
        tag(
            "div",
            {"class": "maps"},
            *[map_figure(shapes, layer, content.regions) for layer in layers],
        ),
        paragraph(map_note(content.map, shapes), kind="note"),
        behind(table, "away-by-region.csv"),
    )


def _layers(content: StandoffContent, shown: list[str]) -> list[MapLayer]:
    """Return a map a day, all with the same classes, so that days can be compared."""
    told = {
        day: {
            name: span for name in shown if (span := _at(content, REGION, name, day)) is not None
        }
        for day in focus_days(content)
    }
    breaks = sequential_breaks([span.median for those in told.values() for span in those.values()])
    return [
        MapLayer(
            f"Away, {day_words(day)}",
            "assumed",
            {name: _map_value(content, name, span) for name, span in those.items()},
            breaks,
            ("per cent", ""),
        )
        for day, those in told.items()
        if those
    ]


def _map_value(content: StandoffContent, name: str, span: Span) -> MapValue:
    told = f"{_label(content, name)}: {percent(span.median)} ({band(span)})"
    return MapValue(span.median, f"{span.median:.0f}", told)


def _label(content: StandoffContent, name: str) -> str:
    local = content.local_names.get(name)
    return f"{name} ({local})" if local else name
