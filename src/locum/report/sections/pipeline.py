"""From seats to specialists, those an interruption takes away, and the insurance fund."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.bars import Bar, BarFrame, bar_chart
from locum.report.charts.fan import FanFrame, Line, fan_chart
from locum.report.markup import Markup, tag
from locum.report.pieces import (
    HALF,
    NARROW,
    WIDE,
    Drawing,
    Plate,
    fan_key,
    figure,
    grade_badge,
    paragraph,
    section,
)
from locum.report.records import Interval
from locum.report.sections.national import journey
from locum.report.tables import Cell, Column, Table, behind, fan_table, number, words
from locum.report.words import SMALLEST_GROUP, exact, is_suppressed, rounded, unit_words

if TYPE_CHECKING:
    from locum.report.records import Content, Fan, Missing

SMALL = 300
"""Width of the small charts that stand three in a row."""

FLOW_LABELS = {
    "seats": "Entrants to medical school",
    "external_licences": "Licences from outside the schools",
    "student_attrition": "Students who give up",
    "graduates": "Graduates",
    "licences": "New licences",
    "exam_given_up": "Give up the licence exam",
    "outside": "Leave for work outside care",
    "deaths": "Deaths",
    "retirements": "Retirements",
    "emigrations": "Emigrations",
    "new_specialists": "New specialists",
    "new_generalists": "New doctors without specialty",
}
"""Words for the flows that the workforce sector names; others are printed by their name."""


def pipeline(content: Content) -> Markup:
    """Print the section on the way from a seat to a specialist."""
    cells = [_flow(content, fan) for fan in content.flows if _is_large(fan)]
    tables = (
        fan_table([(flow_label(f), f) for f in content.flows], "Flows a year") if cells else None
    )
    badge = grade_badge(content.flows[0].grade) if content.flows else None
    return section(
        "pipeline",
        "From seats to specialists",
        paragraph(_delay_words(content)),
        tag("h3", {}, "Flows a year, median with 50% and 80% bands ", badge) if cells else None,
        tag("div", {"class": "multiples"}, *cells) if cells else None,
        behind(tables, "flows.csv") if tables else None,
        _missing(content, content.missing) if content.missing is not None else None,
    )


def _is_large(fan: Fan) -> bool:
    """Say whether a flow is ever large enough to be printed."""
    return max(fan.medians()) >= SMALLEST_GROUP


def _delay_words(content: Content) -> str:
    words_ = (
        "A seat turns into a licence after six years of school and into a specialist after four "
        "or five more, with military or public service between for most men. A change of seats "
        "is therefore felt late."
    )
    fan = content.new_specialists
    if fan is None:
        return words_
    first, last = fan.years[0], fan.years[-1]
    start, end = fan.at(first).value, fan.at(last).value
    return (
        f"{words_} New specialists a year: {rounded(start)} in {first}, {rounded(end)} in {last} "
        "(medians)."
    )


def flow_label(fan: Fan) -> str:
    """Return the reader's word for a flow."""
    return FLOW_LABELS.get(fan.name, fan.label)


def _flow(content: Content, fan: Fan) -> Markup:
    name = flow_label(fan)
    frame = FanFrame(
        SMALL,
        170,
        f"{unit_words(fan.unit)} a year",
        f"Fan chart. {journey(fan, name, content)}",
        content.focus_year,
        from_zero=True,
        end_labels=False,
    )
    chart = fan_chart([Line(fan, name, "flow")], frame)
    first, last = fan.years[0], fan.years[-1]
    start, end = (exact(fan.at(year).value, fan.unit) for year in (first, last))
    steps = f"{start} in {first}, {end} in {last}"
    caption = tag("figcaption", {}, tag("h3", {}, name), paragraph(steps, kind="note"))
    return tag("figure", {}, caption, chart)


def _missing(content: Content, missing: Missing) -> Markup:
    return tag(
        "div",
        {"class": "missing"},
        tag("h3", {"class": "part"}, "Specialists missing after the interruption"),
        paragraph(
            "Students and trainees who were away from school and work qualify later or not at "
            "all. The figures compare each year with the same draws without the interruption; "
            "below zero, delayed doctors catch up."
        ),
        figure(_missing_plate(content, missing)),
        figure(_missing_by_specialty(missing)),
    )


def _missing_plate(content: Content, missing: Missing) -> Plate:
    alt = f"Fan chart. {journey(missing.total, 'Missing specialists', content)}"
    wide, narrow = (
        fan_chart(
            [Line(missing.total, "Missing", "need")],
            FanFrame(
                width,
                height,
                "specialists a year",
                alt,
                from_zero=True,
                end_labels=False,
                hover=width == WIDE,
            ),
        )
        for width, height in ((WIDE, 260), (NARROW, 240))
    )
    return Plate(
        title="Missing specialists, all specialties",
        note=None,
        grade=missing.total.grade,
        drawing=Drawing(wide, narrow),
        table=fan_table([("Missing", missing.total)], "Missing specialists by year"),
        filename="missing-specialists.csv",
        key=fan_key(("Missing", "need")),
    )


def _missing_by_specialty(missing: Missing) -> Plate:
    first = missing.years[:3]
    totals = [(label, sum(values[: len(first)])) for label, values in missing.by_specialty]
    totals.sort(key=lambda one: -one[1])
    span = f"{min(first)} to {max(first)}" if len(first) > 1 else str(min(first))
    bars = [_missing_bar(label, total) for label, total in totals]
    alt = f"Bar chart of specialists missing from {span}: " + "; ".join(
        f"{bar.label} {bar.words}" for bar in bars
    )
    wide, narrow = (
        bar_chart(bars, BarFrame(width, "specialists", alt, "need")) for width in (WIDE, NARROW)
    )
    return Plate(
        title=f"Missing specialists by specialty, {span}",
        note="Medians, summed over the years.",
        grade=missing.total.grade,
        drawing=Drawing(wide, narrow),
        table=_missing_table(missing),
        filename="missing-by-specialty.csv",
    )


def _missing_bar(label: str, total: float) -> Bar:
    hidden = is_suppressed(total, "heads")
    return Bar(label, None if hidden else Interval(total, total, total), exact(total, "heads"))


def _missing_table(missing: Missing) -> Table:
    columns = [Column("Specialty", numeric=False), *(Column(str(y)) for y in missing.years)]
    rows: list[tuple[Cell, ...]] = [
        (words(label), *(number(value, "heads") for value in values))
        for label, values in missing.by_specialty
    ]
    return Table("Missing specialists by specialty and year, medians", tuple(columns), tuple(rows))


def fund(content: Content) -> Markup:
    """Print the section on the insurance fund."""
    return section(
        "fund",
        "Load on the insurance fund",
        paragraph(
            "More doctors bill more. How much more is an elasticity that is assumed within a wide "
            "range, so these fans show a direction and a size, not a budget."
        ),
        tag(
            "div", {"class": "pair"}, *[figure(_fund_plate(content, fan)) for fan in content.fund]
        ),
    )


def _fund_plate(content: Content, fan: Fan) -> Plate:
    is_load = fan.name == "fund_load"
    title = f"Load, {content.base_year} = 1" if is_load else "Expenditure"
    unit = f"times {content.base_year}" if is_load else unit_words(fan.unit)
    frame = FanFrame(
        HALF, 260, unit, f"Fan chart. {journey(fan, title, content)}", content.focus_year
    )
    return Plate(
        title=title,
        note=f"{fan.label}. The vertical axis does not start at zero.",
        grade=fan.grade,
        drawing=Drawing(fan_chart([Line(fan, "Load" if is_load else "Fund", "fund")], frame)),
        table=fan_table([(title, fan)], title),
        filename=f"{fan.name.replace('_', '-')}.csv",
        key=fan_key(("Median", "fund")),
    )
