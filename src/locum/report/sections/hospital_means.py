"""Who works, what comes in, and which deaths associations with delay would imply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.hospital_intervals import IntervalRow, interval_chart
from locum.report.charts.hospital_weeks import Layer, WeekFrame, layers_chart
from locum.report.charts.rows import RowFrame
from locum.report.hospitals_words import GRADE_WORDS, GROUP_WORDS, day_words
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
from locum.report.sections.hospital_series import PANEL_HEIGHT, family_figure
from locum.report.tables import Cell, Column, Table, interval_cells, interval_columns, words
from locum.report.words import MINUS, SMALLEST_GROUP, rounded

if TYPE_CHECKING:
    from locum.report.hospitals_records import Harm, HospitalContent, Staffing

__all__ = ["harm", "money", "staff"]

TONES = {
    "specialists": "supply",
    "seniors": "need",
    "juniors": "fund",
    "interns": "posts",
    "dispatched": "gap",
    "pa": "flow",
}
"""In the order of the layers, from below."""
HOURS = "hours"


# --- staff -------------------------------------------------------------------------


def staff(content: HospitalContent) -> Markup | None:
    """Print the hours that clinicians of each grade are present."""
    if not content.staffing:
        return None
    charts = [_staff_chart(one) for one in content.staffing]
    keys = [
        tag(
            "span",
            {"class": f"key {tone}"},
            tag("i", {"class": "key-band part", "aria-hidden": "true"}),
            GRADE_WORDS[grade],
        )
        for grade, tone in reversed(TONES.items())
    ]
    plate = Plate(
        title="Hours present a day",
        note="Means over draws, so that grades add up. PA nurses and doctors who were sent count "
        "as many as they stand in for.",
        grade="assumed",
        drawing=Drawing(tag("div", {"class": "panels weeks"}, *charts)),
        table=_staff_table(content),
        filename="staff-hours.csv",
        key=tag("p", {"class": "keys"}, *keys),
    )
    return section(
        "staff",
        "Who is at work",
        paragraph(
            "Hours on wards, in emergency departments, intensive care and theatres; the hours of "
            "specialists in outpatient rooms are not among them."
        ),
        figure(plate),
    )


def _staff_chart(one: Staffing) -> Markup:
    layers = [
        Layer(GRADE_WORDS[grade], tone, one.means[one.grades.index(grade)])
        for grade, tone in TONES.items()
    ]
    rows = (0, len(one.weeks) - 1)
    totals = [sum(line[row] for line in one.means) for row in rows]
    alt = f"{one.label}: {rounded(totals[0])} hours a day at first, {rounded(totals[1])} at last."
    frame = WeekFrame(HALF, PANEL_HEIGHT, one.label, HOURS, "hours a day", alt)
    return layers_chart(layers, one.weeks, frame)


def _staff_table(content: HospitalContent) -> Table:
    columns = [Column("Grade", numeric=False), Column("Group", numeric=False)]
    for span in content.spans[:2]:
        columns += interval_columns(f"Hours a day, {span.label}")
    rows: list[tuple[Cell, ...]] = []
    for one in content.staffing:
        for row, grade in enumerate(one.grades):
            cells = [words(GRADE_WORDS[grade]), words(one.label)]
            cells += interval_cells(one.before[row], "")
            if one.during:
                cells += interval_cells(one.during[row], "")
            rows.append(tuple(cells))
    return Table("Hours present a day by grade", tuple(columns), tuple(rows))


# --- money -------------------------------------------------------------------------


def money(content: HospitalContent) -> Markup | None:
    """Print revenue and deficit."""
    chosen = [each for each in content.families if each.name in ("revenue", "deficit")]
    if not any(each.panels for each in chosen):
        return None
    return section(
        "money",
        "Revenue and deficit",
        paragraph(
            "Prices and accounts of hospitals are not published one by one: levels rest on "
            "assumptions, changes less so. A hospital whose deficit passes its credit closes "
            "wards.",
            kind="caveat",
        ),
        *[figure(family_figure(each, content)) for each in chosen if each.panels],
    )


# --- harm --------------------------------------------------------------------------


def harm(content: HospitalContent) -> Markup | None:
    """Print deaths through delay as a band from none to all that associations imply."""
    if not content.harm:
        return None
    span = content.spans[1]
    return section(
        "harm",
        "Deaths through delay: a band",
        paragraph(
            "Published associations link deaths with hours spent waiting for a bed in the "
            "emergency department, and with weeks by which a cancer operation is late. How much "
            "of this is a cause is not known. The band runs from none, over a part of it, to all "
            "of it. Nothing is fitted to counts of deaths, which conflict.",
            kind="caveat",
        ),
        figure(_harm_plate(content)),
        paragraph(
            f"From {day_words(span.first)} to {day_words(content.last)}, beyond what the same "
            f"associations imply at the level of the {content.spans[0].label}. Below zero there "
            "is less delay than in ordinary weeks.",
            kind="note",
        ),
    )


def _harm_plate(content: HospitalContent) -> Plate:
    rows = [_harm_row(one) for one in content.harm]
    alt = "Deaths through delay: " + "; ".join(
        f"{row.group}, {row.label}: {row.words}" for row in rows
    )
    wide, narrow = (
        interval_chart(rows, RowFrame(width, "deaths", alt, "fewer", "more"))
        for width in (WIDE, NARROW)
    )
    return Plate(
        title="Deaths, from none to all that associations imply",
        note="Thin bar: from none to all, median of the draws; thick bar: to the part assumed.",
        grade="assumed",
        drawing=Drawing(wide, narrow),
        table=_harm_table(content),
        filename="deaths-through-delay.csv",
    )


def _harm_row(one: Harm) -> IntervalRow:
    part, whole = one.part.value, one.whole.value
    return IntervalRow(
        one.label,
        f"none to {deaths(whole)}",
        part,
        (min(0.0, part), max(0.0, part)),
        (min(0.0, whole), max(0.0, whole)),
        "plain",
        group=_where(one),
    )


def _where(one: Harm) -> str:
    return "The whole country" if one.group == "korea" else GROUP_WORDS[one.group]


def deaths(value: float) -> str:
    """Return a difference of deaths; fewer than ten are not told."""
    if abs(value) < SMALLEST_GROUP:
        return f"under {SMALLEST_GROUP}"
    return ("+" if value > 0 else MINUS) + rounded(value)


def _harm_table(content: HospitalContent) -> Table:
    columns = (
        Column("Cause", numeric=False),
        Column("Group", numeric=False),
        Column("None"),
        *interval_columns("A part"),
        *interval_columns("All"),
    )
    rows = tuple(
        (
            words(one.label),
            words(_where(one)),
            words("0"),
            *(
                words(deaths(value))
                for each in (one.part, one.whole)
                for value in (each.value, each.low, each.high)
            ),
        )
        for one in content.harm
    )
    return Table("Deaths through delay beyond the base week's level", columns, rows)
