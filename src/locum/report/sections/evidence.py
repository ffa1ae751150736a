"""What the results rest on: assumptions, grades, sources, and how to repeat the run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

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
    from locum.report.records import AssumptionRow, Citation, Content, Known

MOST_INFLUENTIAL = 15
LARGEST_UNGROUPED = 10_000
_INFLUENCE = "Influence"


def assumptions(content: Content) -> Markup:
    """Print the ledger, ranked by influence on the gap."""
    rows = content.assumptions
    ranked = any(row.influence for row in rows)
    top, rest = rows[:MOST_INFLUENTIAL], rows[MOST_INFLUENTIAL:]
    places = {source.id: i for i, source in enumerate(content.sources)}
    caption = "Most influential assumptions" if ranked else "Assumptions"
    return section(
        "assumptions",
        "What the answer hangs on",
        paragraph(_ranking_words(content, ranked=ranked)),
        figure(_influence_plate(content)) if ranked else None,
        table_markup(ledger_table(top, places, caption), "ledger"),
        folded_ledger(ledger_table(rest, places, f"The other {len(rest)} assumptions"))
        if rest
        else None,
        paragraph(download(ledger_file(rows), "assumptions.csv"), kind="tools"),
    )


def _ranking_words(content: Content, *, ranked: bool) -> str:
    stand = f"{len(content.assumptions)} assumptions stand behind these results."
    if ranked:
        return (
            f"{stand} They are ranked by their influence on the gap in {content.focus_year}: how "
            "closely the gap follows the assumption from draw to draw, from 0 (not at all) to 1 "
            "(entirely)."
        )
    return (
        f"{stand} Their influence was not measured in this run: that takes many draws of "
        "assumptions that are not fixed."
    )


def folded_ledger(table: Table, kind: str = "ledger") -> Markup:
    """Fold a table of assumptions away under its caption."""
    return tag("details", {}, tag("summary", {}, table.caption), table_markup(table, kind))


def _influence_plate(content: Content) -> Plate:
    ranked = [row for row in content.assumptions if row.influence][:MOST_INFLUENTIAL]
    sizes = [(row.key, abs(row.influence or 0.0)) for row in ranked]
    bars = [Bar(key, Interval(size, size, size), f"{size:.2f}") for key, size in sizes]
    alt = f"Bar chart of influence on the gap in {content.focus_year}: " + "; ".join(
        f"{bar.label} {bar.words}" for bar in bars
    )
    wide, narrow = (
        bar_chart(bars, BarFrame(width, "influence, 0 to 1", alt, "gap"))
        for width in (WIDE, NARROW)
    )
    columns = (Column("Assumption", numeric=False), Column("Influence"))
    return Plate(
        title=f"Influence on the gap in {content.focus_year}",
        note=f"The {len(bars)} most influential of {len(content.assumptions)} assumptions.",
        grade="",
        drawing=Drawing(wide, narrow),
        table=Table(
            "Influence of assumptions",
            columns,
            tuple((words(key), words(f"{size:.4f}")) for key, size in sizes),
        ),
        filename="influence.csv",
    )


def ledger_table(
    rows: tuple[AssumptionRow, ...], places: dict[str, int], caption: str, *, ranked: bool = True
) -> Table:
    """Lay the ledger out for reading: what belongs together shares a column.

    Parameters
    ----------
    rows
        Assumptions.
    places
        Number of each source in the list of sources.
    caption
        Of the table.
    ranked
        Whether there is a column for their influence, the second one.
    """
    names = (
        "Assumption",
        _INFLUENCE,
        "Value",
        "Range or distribution",
        "Grade",
        "Source",
        "Why, and who holds it",
    )
    kept = [i for i, name in enumerate(names) if ranked or name != _INFLUENCE]
    columns = tuple(Column(names[i], numeric=names[i] == _INFLUENCE) for i in kept)
    cells = [_ledger_row(row, places) for row in rows]
    return Table(caption, columns, tuple(tuple(line[i] for i in kept) for line in cells))


def _ledger_row(row: AssumptionRow, places: dict[str, int]) -> tuple[Cell, ...]:
    changed = tag("span", {"class": "changed"}, "set by this scenario") if row.changed else None
    influence = "\N{EN DASH}" if row.influence is None else f"{abs(row.influence):.2f}"
    unit = "" if row.unit == "rule" else unit_words(row.unit)
    value = tag("span", {}, _grouped(row.value), " ", tag("span", {"class": "unit"}, unit))
    cited = inner(row.source)
    if row.source in places:
        cited = tag("a", {"href": f"#source-{places[row.source]}"}, _breakable(row.source))
    held = tag("span", {"class": "holder"}, f"Held by {row.holder}") if row.holder else None
    shown = (
        inner(tag("code", {}, _breakable(row.key)), changed),
        influence,
        value,
        row.prior,
        grade_badge(row.grade),
        tag("span", {}, cited),
        tag("span", {}, row.note, held),
    )
    return tuple(Cell(one, "") for one in shown)


def _grouped(value: str) -> str:
    """Separate the thousands of a large number; years and words stay as they are."""
    return f"{int(value):,}" if value.isdecimal() and int(value) >= LARGEST_UNGROUPED else value


def _breakable(name: str) -> Markup:
    """Let a long dotted name break after its dots, underscores and hyphens."""
    parts = [inner(part) for part in re.split(r"(?<=[._-])", name)]
    return Markup("<wbr>".join(parts))


def ledger_file(rows: tuple[AssumptionRow, ...]) -> Table:
    """Lay the ledger out for a file: a column for each field."""
    names = ("key", "value", "unit", "prior", "source", "holder", "grade", "note", "influence")
    lines = [
        (r.key, r.value, r.unit, r.prior, r.source, r.holder, r.grade, r.note, _filed(r.influence))
        for r in rows
    ]
    return Table(
        "All assumptions",
        tuple(Column(name, numeric=False) for name in names),
        tuple(tuple(words(one) for one in line) for line in lines),
    )


def _filed(influence: float | None) -> str:
    return "" if influence is None else f"{influence:.6g}"


class Evidence(Protocol):
    """What every report holds of what its results rest on."""

    @property
    def sources(self) -> tuple[Citation, ...]:
        """Return the sources."""
        ...

    @property
    def known(self) -> tuple[Known, ...]:
        """Return how well each result is known."""
        ...

    @property
    def manifest(self) -> tuple[tuple[str, str], ...]:
        """Return the lines that identify the run."""
        ...

    @property
    def command(self) -> str:
        """Return the command that repeats it."""
        ...


def grades(content: Evidence) -> Markup:
    """Print how well each result is known."""
    meanings = [
        tag("div", {}, tag("dt", {}, grade_badge(grade)), tag("dd", {}, meaning))
        for grade, meaning in GRADE_MEANING.items()
    ]
    order = {grade: i for i, grade in enumerate(GRADES)}
    known = sorted(content.known, key=lambda one: (order.get(one.grade, len(order)), one.label))
    columns = tuple(Column(name, numeric=False) for name in ("Result", "Unit", "Grade"))
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


def sources(content: Evidence) -> Markup:
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
        paragraph("The assumptions of this run rest on these."),
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


def _command(when: str, command: str) -> Markup:
    shown = tag("pre", {"tabindex": 0, "aria-label": "Command"}, tag("code", {}, command))
    return inner(paragraph(when), shown)


def repeat(content: Evidence) -> Markup:
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
        _command("In the folder of this run:", "locum run manifest.json"),
        _command("Or from anywhere, for a scenario of the country pack:", content.command),
        tag("dl", {"class": "manifest"}, *lines),
    )
