"""What the results rest on: assumptions, grades, sources, and how to repeat the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.bars import Bar, BarFrame, bar_chart
from locum.report.markup import Markup, inner, join, link, tag
from locum.report.pieces import (
    GRADE_MEANING,
    NARROW,
    WIDE,
    Drawing,
    Plate,
    figure,
    grade_badge,
    paragraph,
    section,
)
from locum.report.records import GRADES, Interval
from locum.report.tables import Cell, Column, Table, download, table_markup, words
from locum.report.words import unit_words

if TYPE_CHECKING:
    from locum.report.records import AssumptionRow, Citation, Content

MOST_INFLUENTIAL = 15


def assumptions(content: Content) -> Markup:
    """Print the ledger, ranked by influence on the gap."""
    rows = content.assumptions
    ranked = [row for row in rows if row.influence is not None]
    top = rows[:MOST_INFLUENTIAL]
    rest = rows[MOST_INFLUENTIAL:]
    places = {source.id: i for i, source in enumerate(content.sources)}
    whole = _ledger_table(rows, places, f"All {len(rows)} assumptions")
    if ranked:
        lede = (
            f"{len(rows)} assumptions stand behind these results. They are ranked by their "
            f"influence on the gap in {content.focus_year}: how closely the gap follows the "
            "assumption from draw to draw, from 0 (not at all) to 1 (entirely)."
        )
    else:
        lede = (
            f"{len(rows)} assumptions stand behind these results. Their influence cannot be "
            "measured in this run: it takes more than one draw."
        )
    return section(
        "assumptions",
        "What the answer hangs on",
        paragraph(lede),
        figure(_influence_plate(content, whole)) if ranked else None,
        table_markup(_ledger_table(top, places, "Most influential assumptions"), "ledger"),
        _folded(f"The other {len(rest)} assumptions", _ledger_table(rest, places, "Other assumptions"))
        if rest
        else None,
        paragraph(download(whole, "assumptions.csv"), kind="tools"),
    )


def _folded(summary: str, table: Table) -> Markup:
    return tag("details", {}, tag("summary", {}, summary), table_markup(table, "ledger"))


def _influence_plate(content: Content, table: Table) -> Plate:
    ranked = [row for row in content.assumptions if row.influence][:MOST_INFLUENTIAL]
    bars = [
        Bar(row.key, Interval(size, size, size), f"{size:.2f}")
        for row in ranked
        if (size := abs(row.influence or 0.0)) > 0
    ]
    alt = f"Bar chart of influence on the gap in {content.focus_year}: " + "; ".join(
        f"{bar.label} {bar.words}" for bar in bars
    )
    wide, narrow = (
        bar_chart(bars, BarFrame(width, "influence, 0 to 1", alt, "gap")) for width in (WIDE, NARROW)
    )
    return Plate(
        title=f"Influence on the gap in {content.focus_year}",
        note=f"The {len(bars)} most influential assumptions.",
        grade=content.national.gap.grade,
        drawing=Drawing(wide, narrow),
        table=table,
        filename="assumptions.csv",
        table_on_page=True,
    )


def _ledger_table(
    rows: tuple[AssumptionRow, ...], places: dict[str, int], caption: str
) -> Table:
    columns = (
        Column("Assumption", numeric=False),
        Column("Influence"),
        Column("Value", numeric=False),
        Column("Range or distribution", numeric=False),
        Column("Known", numeric=False),
        Column("Held by", numeric=False),
        Column("Source", numeric=False),
        Column("Why", numeric=False),
    )
    return Table(caption, columns, tuple(_ledger_row(row, places) for row in rows))


def _ledger_row(row: AssumptionRow, places: dict[str, int]) -> tuple[Cell, ...]:
    key = inner(
        tag("code", {}, row.key),
        tag("span", {"class": "changed"}, "set by this scenario") if row.changed else None,
    )
    influence = "" if row.influence is None else f"{abs(row.influence):.2f}"
    unit = "" if row.unit == "rule" else unit_words(row.unit)
    cited = row.source
    if row.source in places:
        cited = tag("a", {"href": f"#source-{places[row.source]}"}, row.source)
    return (
        Cell(key, row.key),
        Cell(influence or "\N{EN DASH}", influence),
        Cell(inner(row.value, " ", tag("span", {"class": "unit"}, unit)), f"{row.value} {unit}".strip()),
        words(row.prior),
        Cell(grade_badge(row.grade), row.grade),
        words(row.holder),
        Cell(cited, row.source),
        words(row.note),
    )


def grades(content: Content) -> Markup:
    """Print how well each result is known."""
    meanings = [
        tag("div", {}, tag("dt", {}, grade_badge(grade)), tag("dd", {}, meaning))
        for grade, meaning in GRADE_MEANING.items()
    ]
    order = {grade: i for i, grade in enumerate(GRADES)}
    known = sorted(content.known, key=lambda one: (order.get(one.grade, len(order)), one.label))
    columns = tuple(Column(name, numeric=False) for name in ("Result", "Unit", "Known"))
    rows = tuple(
        (words(one.label), words(unit_words(one.unit)), Cell(grade_badge(one.grade), one.grade))
        for one in known
    )
    return section(
        "grades",
        "How well each result is known",
        tag("dl", {"class": "meanings"}, *meanings),
        table_markup(Table("Results and their grade", columns, rows), "known"),
    )


def sources(content: Content) -> Markup:
    """Print the sources, those behind an assumption first."""
    used = [(i, one) for i, one in enumerate(content.sources) if one.used]
    other = [(i, one) for i, one in enumerate(content.sources) if not one.used]
    folded = None
    if other:
        folded = tag(
            "details",
            {},
            tag("summary", {}, f"The other {len(other)} sources of the country pack"),
            _source_list(other),
        )
    return section(
        "sources",
        "Sources",
        paragraph("Assumptions rest on these. The map is from Statistics Korea (SGIS)."),
        _source_list(used),
        folded,
    )


def _source_list(found: list[tuple[int, Citation]]) -> Markup:
    return tag("ul", {"class": "sources"}, join([_source(i, one) for i, one in found]))


def _source(i: int, one: Citation) -> Markup:
    about = ", ".join(part for part in (one.publisher, one.date) if part)
    return tag(
        "li",
        {"id": f"source-{i}"},
        link(one.title or one.id, one.url),
        f". {about}. " if about else ". ",
        tag("code", {}, one.id),
    )


def repeat(content: Content) -> Markup:
    """Print what identifies the run, and the command that repeats it."""
    lines = [
        tag("div", {}, tag("dt", {}, key), tag("dd", {}, value)) for key, value in content.manifest
    ]
    return section(
        "repeat",
        "Repeat this run",
        paragraph(
            "The same seed and the same versions give the same numbers to the last digit, on any "
            "number of processors."
        ),
        tag("pre", {"tabindex": 0, "aria-label": "Command"}, tag("code", {}, content.command)),
        tag("dl", {"class": "manifest"}, *lines),
    )
