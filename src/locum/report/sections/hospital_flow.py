"""Patients on their way through emergency departments, and how long each level of triage waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.bars import Bar, BarFrame, bar_chart
from locum.report.charts.hospital_flow import FlowFrame, Node, flow_chart
from locum.report.hospitals_words import GROUP_WORDS, TRIAGE_WORDS, days_words, sentence
from locum.report.markup import Markup, tag
from locum.report.pieces import HALF, Drawing, Plate, figure, paragraph, section
from locum.report.records import Interval
from locum.report.tables import (
    Cell,
    Column,
    Table,
    hidden,
    interval_cells,
    interval_columns,
    number,
    words,
)
from locum.report.words import exact

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.report.hospitals_records import HospitalContent, Stream, Triage

__all__ = ["flow", "waits"]

NODES = (
    Node("arrivals", "At the door", 0, "plain"),
    Node("accepted", "Let in", 1, "flow"),
    Node("refused", "Turned away", 1, "need"),
    Node("home", "Home", 2, "flow"),
    Node("ward", "Ward", 2, "posts"),
    Node("icu", "Intensive care", 2, "gap"),
    Node("theatre", "Theatre", 2, "supply"),
    Node("transferred", "Other hospital", 2, "fund"),
    Node("unseen", "Leaves unseen", 2, "short"),
    Node("waits", "Waits outside", 2, "need"),
    Node("elsewhere", "Goes elsewhere", 2, "need"),
    Node("sent_on", "Ambulance sent on", 2, "need"),
    Node("gives_up", "Gives up", 2, "need"),
    Node("returns", "Returns sicker", 2, "need"),
    Node("let_in", "Ambulance let in", 2, "need"),
)
LABELS = {node.name: node.label for node in NODES}
UNIT = "patients_per_day"
MINUTES = 60.0
CHARTED = ("tertiary", "general")


def flow(content: HospitalContent) -> Markup | None:
    """Print the flow of patients before and during the absence."""
    if not content.flow:
        return None
    fates = any(one.source == "refused" for one in content.flow)
    told = (
        " Of four things that somebody turned away may do, each is a stream of its own: to wait, "
        "to go elsewhere, to give up, or to come back sicker."
        if fates
        else ""
    )
    return section(
        "flow",
        "The way of patients",
        paragraph(
            "All emergency departments of the country, patients a day. Who is turned away counts "
            f"again at the next door.{told}"
        ),
        figure(_flow_plate(content)),
    )


def _flow_plate(content: HospitalContent) -> Plate:
    spans = content.spans[:2]
    full = max(
        sum(one.means[i] for one in content.flow if one.source == "arrivals")
        for i in range(len(spans))
    )
    charts = [_diagram(content, i, max(full, 1.0)) for i in range(len(spans))]
    return Plate(
        title="From the door on",
        note="Both diagrams have the same scale. Means over draws, so that streams add up; those "
        "still there at the end of the days are left out.",
        grade="assumed",
        drawing=Drawing(tag("div", {"class": "panels"}, *charts)),
        table=_flow_table(content),
        filename="flow.csv",
    )


def _diagram(content: HospitalContent, i: int, full: float) -> Markup:
    span = content.spans[i]
    streams = {(one.source, one.target): one.means[i] for one in content.flow}
    alt = f"Flow of patients a day, {span.label}. " + "; ".join(
        f"{LABELS[source]} to {LABELS[target]}: {exact(value, UNIT)}"
        for (source, target), value in streams.items()
    )
    when = days_words(span.first, span.last)
    return flow_chart(
        NODES, streams, FlowFrame(HALF, sentence(span.label), f"patients a day, {when}", alt, full)
    )


def _flow_table(content: HospitalContent) -> Table:
    columns = [Column("From", numeric=False), Column("To", numeric=False)]
    for span in content.spans:
        columns += [Column(f"{sentence(span.label)}, mean"), *interval_columns(span.label)]
    rows = tuple(_flow_row(one) for one in content.flow)
    return Table("Streams of patients a day", tuple(columns), rows)


def _flow_row(one: Stream) -> tuple[Cell, ...]:
    cells = [words(LABELS[one.source]), words(LABELS[one.target])]
    for mean, inside in zip(one.means, one.intervals, strict=True):
        cells += [number(mean, UNIT), *interval_cells(inside, UNIT)]
    return tuple(cells)


# --- waits by triage ---------------------------------------------------------------


def waits(content: HospitalContent) -> Markup | None:
    """Print waits and stays by level of triage."""
    if not content.triage:
        return None
    wait, stay = (
        figure(_triage_plate(content, *one))
        for one in (
            ("Wait for a bed and a doctor", "minutes", MINUTES, _wait, "waits.csv"),
            ("Stay in the emergency department", "hours", 1.0, _stay, "stays.csv"),
        )
    )
    return section(
        "waits",
        "Waits by triage",
        paragraph(
            "KTAS is the Korean scale of triage: 1 is the most urgent. Who leaves before a doctor "
            "comes is not in the wait, but in the table."
        ),
        wait,
        stay,
    )


def _wait(one: Triage) -> tuple[Interval | None, ...]:
    return one.wait


def _stay(one: Triage) -> tuple[Interval | None, ...]:
    return one.stay


def _triage_plate(
    content: HospitalContent,
    title: str,
    unit: str,
    factor: float,
    pick: Callable[[Triage], tuple[Interval | None, ...]],
    filename: str,
) -> Plate:
    groups = [name for name in CHARTED if any(one.group == name for one in content.triage)]
    charts = [_triage_chart(content, group, unit, factor, pick) for group in groups]
    shown = content.spans[:2][-1]
    tick = f" Upright tick: {content.spans[0].label}." if len(content.spans) > 1 else ""
    return Plate(
        title=title,
        note=f"{sentence(shown.label)}: bar, median; line across it, 80% interval.{tick}",
        grade="assumed",
        drawing=Drawing(tag("div", {"class": "panels"}, *charts)),
        table=_triage_table(content, title, pick, factor, unit),
        filename=filename,
    )


def _triage_chart(
    content: HospitalContent,
    group: str,
    unit: str,
    factor: float,
    pick: Callable[[Triage], tuple[Interval | None, ...]],
) -> Markup:
    bars: list[Bar] = []
    for one in content.triage:
        if one.group != group:
            continue
        values = [_scaled(each, factor) for each in pick(one)[:2]]
        before, shown = values[0], values[-1]
        tick = before.value if len(values) > 1 and before is not None else None
        told = "nobody" if shown is None else _amount(shown.value, unit)
        bars.append(Bar(TRIAGE_WORDS[one.level], shown, told, tick))
    alt = f"{GROUP_WORDS[group]}, {unit}: " + "; ".join(f"{b.label} {b.words}" for b in bars)
    tone = "flow" if unit == "hours" else "need"
    chart = bar_chart(bars, BarFrame(HALF, f"{GROUP_WORDS[group]}, {unit}", alt, tone))
    return tag("div", {}, chart)


def _amount(value: float, unit: str) -> str:
    return f"{value:.1f} h" if unit == "hours" else f"{value:.0f} min"


def _scaled(each: Interval | None, factor: float) -> Interval | None:
    if each is None:
        return None
    return Interval(each.low * factor, each.value * factor, each.high * factor)


def _triage_table(
    content: HospitalContent,
    title: str,
    pick: Callable[[Triage], tuple[Interval | None, ...]],
    factor: float,
    unit: str,
) -> Table:
    columns = [Column("Triage", numeric=False), Column("Group", numeric=False)]
    for span in content.spans:
        columns += interval_columns(f"{title}, {unit}, {span.label}")
        columns.append(Column(f"Leave unseen, {span.label}"))
    rows: list[tuple[Cell, ...]] = []
    for one in content.triage:
        cells = [words(TRIAGE_WORDS[one.level]), words(GROUP_WORDS[one.group])]
        for value, unseen in zip(pick(one), one.unseen, strict=True):
            cells += interval_cells(_scaled(value, factor), unit)
            cells.append(hidden() if unseen is None else number(unseen.value, "share"))
        rows.append(tuple(cells))
    return Table(f"{title} by triage", tuple(columns), tuple(rows))
