"""Results over the weeks beside published readings, and the readings one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.hospital_intervals import IntervalRow, interval_chart
from locum.report.charts.hospital_weeks import WeekFrame, symbol, week_chart
from locum.report.charts.rows import RowFrame
from locum.report.hospitals_records import BASELINE, FIT, HELD_OUT
from locum.report.hospitals_words import day_words, days_words
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
from locum.report.tables import Cell, Column, Table, number, table_markup, words
from locum.report.words import exact, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.report.hospitals_records import Course, Family, HospitalContent, Panel, Reading

__all__ = ["family_figure", "over_time", "readings"]

PANEL_HEIGHT = 250
QUANTILES = ("5th percentile", "10th", "median", "90th", "95th")
CLINICAL = ("surgeries", "wards", "icu", "emergency", "outpatients", "backlog", "backlog_age")
TONES = {BASELINE: "plain", FIT: "supply", HELD_OUT: "need"}


def over_time(content: HospitalContent) -> Markup:
    """Print results by group over the weeks."""
    chosen = [each for each in content.families if each.name in CLINICAL and each.panels]
    if not chosen:
        few = paragraph("The run is shorter than a week.")
        return section("weeks", "Over the weeks", few)
    return section(
        "weeks",
        "Over the weeks",
        paragraph(
            "Each point of a line is a week. Readings are what the ministry of health published "
            f"of the same hospitals and days. {_use_words(content)}"
        ),
        *[figure(family_figure(each, content)) for each in chosen],
    )


def _use_words(content: HospitalContent) -> str:
    fit = "were fitted" if content.fitted else "are open to a fit, which this run does without"
    return (
        "Capacity is scaled to those of the base week; those up to 29 February 2024 "
        f"{fit}; later ones are held out, and score the run."
    )


def family_figure(family: Family, content: HospitalContent) -> Plate:
    """Return the charts of a quantity, one for each group."""
    charts = [_panel(family, panel, content) for panel in family.panels]
    return Plate(
        title=family.title,
        note=family.note,
        grade=family.grade,
        drawing=Drawing(tag("div", {"class": "panels weeks"}, *charts)),
        table=_table(family),
        filename=f"{family.name.replace('_', '-')}.csv",
        key=_key(family, content),
    )


def _panel(family: Family, panel: Panel, content: HospitalContent) -> Markup:
    marks = (content.since,) if content.since is not None else ()
    alt = f"{family.title}, {panel.label}. " + " ".join(
        _journey(each, family.unit) for each in panel.courses
    )
    frame = WeekFrame(HALF, PANEL_HEIGHT, panel.label, family.unit, family.axis, alt, marks)
    return week_chart(panel.courses, frame)


def _journey(course: Course, unit: str) -> str:
    """Say where a course begins, where it is lowest and where it ends."""
    medians = course.medians
    rows = {
        0: "at first",
        medians.index(min(medians)): "at its lowest",
        len(medians) - 1: "at last",
    }
    parts = [
        f"{what} {exact(medians[row], unit)} ({days_words(*course.weeks[row])})"
        for row, what in sorted(rows.items())
    ]
    return f"{course.label}: {', '.join(parts)}."


def _key(family: Family, content: HospitalContent) -> Markup:
    courses = family.panels[0].courses
    entries = [_entry(each.tone, "key-line", each.label) for each in courses]
    tone = courses[0].tone if len(courses) == 1 else "plain"
    if content.draws > 1:
        entries.append(_entry(tone, "key-band inner", "8 in 10 draws"))
        entries.append(_entry(tone, "key-band outer", "9 in 10 draws"))
    used = {
        point.use for panel in family.panels for each in panel.courses for point in each.points
    }
    entries += reading_key(used, content)
    if content.since is not None:
        entries.append(tag("span", {}, f"dotted: first cuts, {day_words(content.since)}"))
    return tag("p", {"class": "keys"}, *entries)


def _entry(tone: str, kind: str, words: str) -> Markup:
    swatch = tag("i", {"class": kind, "aria-hidden": "true"})
    return tag("span", {"class": f"key {tone}"}, swatch, words)


def reading_key(used: set[str], content: HospitalContent) -> list[Markup]:
    """Explain the marks of readings."""
    names = {
        BASELINE: "reading of the base week",
        FIT: "reading, fitted" if content.fitted else "reading, open to a fit",
        HELD_OUT: "reading, held out",
    }
    sign = {"viewBox": "0 0 14 14", "width": 14, "height": 14, "aria-hidden": "true"}
    return [
        tag("span", {"class": "key"}, tag("svg", sign, symbol(7, 7, use)), name)
        for use, name in names.items()
        if use in used
    ]


def _table(family: Family) -> Table:
    """Lay out a family: a row a week, five quantiles for each group and quantity."""
    several = len(family.panels[0].courses) > 1
    lines = [
        (panel.label + (f", {each.label}" if several else ""), each)
        for panel in family.panels
        for each in panel.courses
    ]
    columns = [Column("Days", numeric=False)]
    columns += [Column(f"{label}, {one}") for label, _ in lines for one in QUANTILES]
    rows = [
        (
            words(days_words(*week)),
            *(number(line[i], family.unit) for _, each in lines for line in each.quantiles),
        )
        for i, week in enumerate(lines[0][1].weeks)
    ]
    return Table(f"{family.title}: {family.axis}", tuple(columns), tuple(rows))


# --- readings ----------------------------------------------------------------------


def readings(content: HospitalContent) -> Markup | None:
    """Print every reading beside what the run says of the same hospitals and days."""
    found = content.readings
    if not found:
        return None
    late = [each for each in found if each.use == HELD_OUT]
    inside = sum(each.covered for each in late)
    said = f" Of {len(late)} held out, {inside} lie in the 90% band." if late else ""
    several = content.draws > 1
    return section(
        "readings",
        "Readings one by one",
        paragraph(
            "What was published, and what the run says of the same hospitals and days."
            + (said if several else "")
        ),
        figure(_readings_plate(found, content)) if any(each.base for each in found) else None,
        table_markup(_readings_table(found, several=several), "published"),
    )


def _readings_plate(found: Sequence[Reading], content: HospitalContent) -> Plate:
    rows = [_row(each) for each in found if each.base]
    alt = "Readings in per cent of the base week: " + "; ".join(
        f"{row.group}, {row.label}: {row.words}" for row in rows
    )
    wide, narrow = (
        interval_chart(rows, RowFrame(width, "per cent of the reading of the base week", alt))
        for width in (WIDE, NARROW)
    )
    marks = reading_key({each.use for each in found}, content)
    bands = [
        _entry("supply", "key-band inner", "8 in 10 draws"),
        _entry("supply", "key-band outer", "9 in 10 draws"),
    ]
    return Plate(
        title="In per cent of the base week",
        note="Upright line: median of the draws. Numbers: reading, and median.",
        grade="",
        drawing=Drawing(wide, narrow),
        table=_readings_file(found),
        filename="readings.csv",
        key=tag("p", {"class": "keys"}, *bands, *marks),
        table_on_page=True,
    )


def _row(each: Reading) -> IntervalRow:
    base = each.base or 1.0
    low90, low, middle, high, high90 = (100 * value / base for value in each.quantiles)
    value = 100 * each.reading / base
    return IntervalRow(
        f"{each.group}, {days_words(each.start, each.end)}",
        f"{value:.0f}%, {middle:.0f}%",
        middle,
        (low, high),
        (low90, high90),
        "supply",
        (value, each.use),
        each.label,
    )


def _readings_table(found: Sequence[Reading], *, several: bool) -> Table:
    """Lay the readings out for reading; one draw has no bands."""
    columns = [
        Column("Reading", numeric=False),
        Column("Days", numeric=False),
        Column("Published"),
        Column("Median"),
    ]
    if several:
        columns += [Column("80% interval"), Column("90% interval")]
        columns.append(Column("In the 90% band", numeric=False))
    columns.append(Column("Use", numeric=False))
    rows = tuple(_cells(each, several=several) for each in found)
    return Table("Published readings and the run", tuple(columns), rows)


def _cells(each: Reading, *, several: bool) -> tuple[Cell, ...]:
    shown = [exact(value, each.unit, signed=_signed(each)) for value in each.quantiles]
    cells = [words(_name(each)), words(days_words(each.start, each.end))]
    cells += [words(exact(each.reading, each.unit, signed=_signed(each))), words(shown[2])]
    if several:
        cells += [
            words(low if low == high else f"{low} to {high}")
            for low, high in ((shown[1], shown[3]), (shown[0], shown[4]))
        ]
        cells.append(words("yes" if each.covered else "no"))
    return (*cells, words(each.use))


def _readings_file(found: Sequence[Reading]) -> Table:
    """Lay the readings out for a file: a column for each field."""
    names = ("reading", "start", "end", "unit", "published", "median")
    names += ("p5", "p10", "p90", "p95", "use", "counted", "source")
    rows = tuple(_filed(each) for each in found)
    columns = tuple(Column(name, numeric=False) for name in names)
    return Table("Published readings and the run", columns, rows)


def _filed(each: Reading) -> tuple[Cell, ...]:
    low90, low, middle, high, high90 = (
        plain(value, each.unit, signed=_signed(each)) for value in each.quantiles
    )
    published = plain(each.reading, each.unit, signed=_signed(each))
    days = (each.start.isoformat(), each.end.isoformat())
    told = (each.use, each.counted, each.source)
    fields = (_name(each), *days, each.unit, published, middle, low90, low, high, high90, *told)
    return tuple(words(one) for one in fields)


def _signed(each: Reading) -> bool:
    """Whether it is a change, which counts no group."""
    return each.base is None


def _name(each: Reading) -> str:
    return f"{each.label}, {each.group[:1].lower()}{each.group[1:]}"
