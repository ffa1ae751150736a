"""Published projections: what each asked, printed and assumed, and what its rules give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.inference.blocks import blocks_of
from locum.report.charts.ranges import DotRow, ranges
from locum.report.charts.rows import RowFrame
from locum.report.levels import (
    KNOWN_MEANING,
    full_label,
    known_badge,
    known_key,
    label_of,
    level,
    seats_words,
    source_link,
    tuned_words,
)
from locum.report.markup import Markup, inner, tag
from locum.report.pieces import NARROW, WIDE, Drawing, Plate, figure, paragraph, section
from locum.report.sections.attribution import change, count
from locum.report.sections.crux import FLIP_DIGITS, flip_words
from locum.report.tables import Cell, Column, Table, behind, download, number, table_markup, words
from locum.report.words import joined, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.inference.flip import Flip
    from locum.inference.reproduction import GapPart, Reproduced
    from locum.scenarios.studies import Known, Lever, Study

PERSONS = "clinical"
GAP = "gap"
UNSIGNED = ("doctors", "missing")
"""Numbers of a part that count persons; the others are differences."""


def headline(rows: Sequence[Reproduced], studies: Sequence[Study], pack: Pack) -> Markup:
    """Print what all studies say, in a sentence and a chart."""
    gaps = [row for row in rows if row.quantity == GAP]
    printed = len(rows)
    told = (
        f"{count(len(studies))} published {'study' if len(studies) == 1 else 'studies'}, "
        f"{count(printed)} printed {'number' if printed == 1 else 'numbers'}. "
        "Each is written down as rules and computed anew; the print stands beside what the rules "
        "give."
    )
    return section(
        "headline",
        "All projections on one axis",
        paragraph(told, *[f" {each}" for each in _span_words(gaps)], kind="headline"),
        figure(_overview(gaps, studies)) if gaps else None,
        paragraph(
            "An error is a share of the print for supply and demand, and doctors for a gap. "
            "Tuned: a value was chosen so that this very number comes out, so that the row is no "
            "check. A row relative to another scenario carries that scenario's print over, times "
            "the ratio of the two by the rules: it tests a factor apart from the level.",
            kind="note",
        ),
        known_key(),
        paragraph(download(_file(rows, pack), "studies.csv"), kind="tools"),
    )


def _span_words(gaps: Sequence[Reproduced]) -> list[str]:
    """Say how far apart the gaps of the year with the most studies are."""
    years = {row.year: {one.study for one in gaps if one.year == row.year} for row in gaps}
    if not years:
        return []
    year = max(years, key=lambda each: (len(years[each]), each))
    values = [row.printed for row in gaps if row.year == year]
    low, high = min(values), max(values)
    between = f"from {_side(low)} to {_side(high)}" if low != high else f"at {_side(low)}"
    number_ = f"{count(len(years[year]))} {'study' if len(years[year]) == 1 else 'studies'}"
    return [f"For {year} the printed gaps of {number_} range {between}."]


def _side(value: float) -> str:
    return f"{count(value)} doctors too {'few' if value < 0 else 'many'}"


def _overview(gaps: Sequence[Reproduced], studies: Sequence[Study]) -> Plate:
    rows = dot_rows(gaps, studies)
    alt = "Dots of printed gaps by target year, in doctors. " + "; ".join(
        f"{row.group}, {row.label}: {row.words}" for row in rows
    )
    wide, narrow = (
        ranges(rows, RowFrame(width, "supply less need, doctors", alt, "too few", "too many"))
        for width in (WIDE, NARROW)
    )
    names = ("Target year", "Study", "Scenario")
    columns = (
        *(Column(name, numeric=False) for name in names),
        Column("Printed"),
        Column("By the rules"),
    )
    titles = {study.name: study.title for study in studies}
    cells = tuple(
        (
            words(str(row.year)),
            words(titles.get(row.study, row.study)),
            words(row.label),
            quantity(row.printed, GAP),
            quantity(row.reproduced, GAP),
        )
        for row in sorted(gaps, key=lambda each: each.year)
    )
    key = tag(
        "p",
        {"class": "keys"},
        *[
            tag(
                "span",
                {"class": "key gap"},
                tag("i", {"class": kind, "aria-hidden": "true"}),
                name,
            )
            for kind, name in (("key-dot", "printed"), ("key-dot hollow", "by its rules"))
        ],
    )
    return Plate(
        title="Printed gaps by target year",
        note="One dot a scenario. Zero is balance: as many doctors as are needed.",
        grade="",
        drawing=Drawing(wide, narrow),
        table=Table("Gaps in doctors, printed and by the rules", columns, cells),
        filename="gaps.csv",
        key=key,
    )


def dot_rows(gaps: Sequence[Reproduced], studies: Sequence[Study]) -> tuple[DotRow, ...]:
    """Return a row for each target year and study, by year and then by date of the study."""
    found: list[DotRow] = []
    for year in sorted({row.year for row in gaps}):
        for study in sorted(studies, key=lambda each: (each.published, each.name)):
            own = [row for row in gaps if row.year == year and row.study == study.name]
            if own:
                printed = tuple(row.printed for row in own)
                low, high = change(min(printed)), change(max(printed))
                told = low if low == high else f"{low} to {high}"
                hollow = tuple(row.reproduced for row in own)
                found.append(DotRow(study.title, printed, hollow, told, str(year)))
    return tuple(found)


def quantity(value: float, what: str) -> Cell:
    """Make a cell of supply, demand or a gap; a gap is a difference and counts no group."""
    return number(value, PERSONS, signed=what == GAP)


def error_words(row: Reproduced) -> str:
    """Return the error of a row: doctors for a gap, per cent for supply and demand."""
    if row.quantity == GAP:
        return change(row.error)
    told = level(round(row.error, 3), "growth")
    return f"+{told}" if round(row.error, 3) > 0 else told


def _file(rows: Sequence[Reproduced], pack: Pack) -> Table:
    names = (
        "study",
        "scenario",
        "label",
        "year",
        "quantity",
        "printed",
        "reproduced",
        "error",
        "rules",
        "relative_to",
        "source",
        "source_title",
    )
    lines: list[tuple[Cell, ...]] = []
    for row in rows:
        source = pack.sources.get(row.source)
        signed = row.quantity == GAP
        texts = [row.study, row.scenario, row.label, str(row.year), row.quantity]
        texts += [plain(each, PERSONS, signed=signed) for each in (row.printed, row.reproduced)]
        texts.append(plain(row.error, PERSONS if signed else "share", signed=True))
        texts += [row.rules, row.relative_to or "", row.source]
        texts.append("" if source is None else source.title)
        lines.append(tuple(words(each) for each in texts))
    columns = tuple(Column(name, numeric=False) for name in names)
    return Table("All printed and reproduced numbers", columns, tuple(lines))


def one_study(
    study: Study, rows: Sequence[Reproduced], flips: Sequence[Flip], pack: Pack, ledger: Ledger
) -> Markup:
    """Print one study: who, when, what, its numbers, its rules, what is missing, its levers.

    Parameters
    ----------
    study
        The study.
    rows
        Its printed numbers.
    flips
        Computed flip points of its levers.
    pack
        For its sources.
    ledger
        The country's assumptions, for their units.
    """
    return section(
        f"study-{study.name}",
        study.title,
        paragraph(
            f"{study.holder}, {study.published}. ", tag("code", {}, study.name), kind="note"
        ),
        paragraph(study.description),
        _missing(study),
        *_numbers(study, rows, pack),
        *_levers(study, flips, ledger),
        _rules(study, pack, ledger),
    )


def _missing(study: Study) -> Markup | None:
    if not study.missing:
        return None
    head = tag("strong", {}, "Not published: ")
    return paragraph(head, study.missing[:1].lower() + study.missing[1:], kind="caveat")


def _numbers(study: Study, rows: Sequence[Reproduced], pack: Pack) -> list[Markup]:
    if not rows:
        return [paragraph("None of its printed numbers can be set beside its rules.")]
    plain_names = ("Scenario", "Year", "Quantity")
    columns = (
        *(Column(name, numeric=False) for name in plain_names),
        Column("Printed"),
        Column("By its rules"),
        Column("Error"),
        Column("Known", numeric=False),
        Column("Source", numeric=False),
    )
    titles = {name: variant.title for name, variant in study.variants.items()}
    cells = tuple(
        (
            _scenario(row, titles),
            words(str(row.year)),
            words(row.quantity),
            quantity(row.printed, row.quantity),
            quantity(row.reproduced, row.quantity),
            words(error_words(row)),
            Cell(known_badge(row.rules), row.rules),
            Cell(source_link(row.source, pack), row.source),
        )
        for row in rows
    )
    table = Table(f"Printed and by its rules, in doctors: {study.title}", columns, cells)
    return [
        table_markup(table, "figures prints"),
        behind(table, f"{study.name}.csv", shown=True),
    ]


def _scenario(row: Reproduced, titles: Mapping[str, str]) -> Cell:
    title = titles.get(row.scenario, row.label)
    relative = None
    if row.relative_to is not None:
        other = titles.get(row.relative_to, row.relative_to)
        relative = tag("span", {"class": "holder"}, f"relative to: {other}")
    return Cell(inner(title, relative), f"{row.scenario}: {row.label}")


def _levers(study: Study, flips: Sequence[Flip], ledger: Ledger) -> list[Markup]:
    if not study.levers:
        return []
    items = [tag("li", {}, *_lever(each, study, flips, ledger)) for each in study.levers]
    heading = tag("h3", {"class": "part"}, "What would flip its answer")
    return [heading, tag("ul", {"class": "flips"}, *items)]


def _lever(
    lever: Lever, study: Study, flips: Sequence[Flip], ledger: Ledger
) -> list[str | Markup]:
    name = f"{study.name}/{lever.variant}"
    told: list[str | Markup] = [
        flip_words(each)
        for each in flips
        if (each.position.name, each.assumption.key, each.year)
        == (name, lever.assumption, lever.year)
    ]
    if not told:
        told.append(f"{label_of(lever.assumption)}, {lever.year}.")
    if lever.printed is not None:
        amount = level(lever.printed, ledger[lever.assumption].unit, FLIP_DIGITS)
        told.append(f" From its printed table: {amount}.")
    if lever.note:
        told.append(tag("span", {"class": "holder"}, lever.note))
    return told


def _rules(study: Study, pack: Pack, ledger: Ledger) -> Markup:
    entries = rule_entries(study)
    kinds = [known.known for _, _, known in entries]
    sums = [f"{count(kinds.count(kind))} {kind}" for kind in KNOWN_MEANING if kind in kinds]
    names = ("Rule", "Value", "Known", "Note", "Source")
    table = Table(
        f"Rules and values of {study.title}",
        tuple(Column(name, numeric=False) for name in names),
        (*_frame_rows(study), *_rule_rows(study, entries, pack, ledger)),
    )
    summary = f"Its rules and values: {joined(sums)}" if sums else "Its rules and values"
    return inner(
        tag(
            "details",
            {"class": "rules"},
            tag("summary", {}, summary),
            table_markup(table, "ledger rules"),
        ),
        paragraph(download(table, f"{study.name}-rules.csv"), kind="tools"),
    )


def rule_entries(study: Study) -> list[tuple[str, str, Known]]:
    """Return key, where it holds (empty: everywhere) and what is stated, each thing once."""
    keys = dict.fromkeys(key for variant in study.variants.values() for key in variant.stated)
    entries = [entry for key in keys for entry in _by_variant(study, key)]
    return entries + [
        (key, f"if read so: {reading.title}", known)
        for reading in study.readings
        for key, known in reading.stated.items()
    ]


def _by_variant(study: Study, key: str) -> list[tuple[str, str, Known]]:
    """Return what the variants state of one assumption, those that agree together."""
    stated = [
        (variant.title, variant.stated[key])
        for variant in study.variants.values()
        if key in variant.stated
    ]
    distinct: list[Known] = []
    for _, known in stated:
        if known not in distinct:
            distinct.append(known)
    if len(distinct) == 1 and len(stated) == len(study.variants):
        return [(key, "", distinct[0])]
    return [
        (key, "; ".join(title for title, each in stated if each == known), known)
        for known in distinct
    ]


def _frame_rows(study: Study) -> list[tuple[Cell, ...]]:
    """Return the base years and places of the variants, which no assumption holds."""
    years = dict.fromkeys(str(each.base_year) for each in study.variants.values())
    seats = dict.fromkeys(seats_words(each.seats) for each in study.variants.values())
    dash = words("\N{EN DASH}")
    return [
        (words(label), words(" or ".join(values)), dash, dash, dash)
        for label, values in (("Base year", years), ("Places of medical schools", seats))
    ]


def _rule_rows(
    study: Study, entries: Sequence[tuple[str, str, Known]], pack: Pack, ledger: Ledger
) -> list[tuple[Cell, ...]]:
    """Return a row for each rule, in the order of the blocks."""
    grouped = blocks_of(dict.fromkeys(key for key, _, _ in entries))
    rows: list[tuple[Cell, ...]] = []
    for block, keys in grouped.items():
        own = [each for key in keys for each in entries if each[0] == key]
        rows += [
            _rule_row(entry, block.title if i == 0 else "", study, pack, ledger)
            for i, entry in enumerate(own)
        ]
    return rows


def _rule_row(
    entry: tuple[str, str, Known], heading: str, study: Study, pack: Pack, ledger: Ledger
) -> tuple[Cell, ...]:
    key, where, known = entry
    group = tag("span", {"class": "block-name"}, heading[:1].upper() + heading[1:])
    scope = tag("span", {"class": "holder"}, where) if where else None
    inherited = "" if known.study == study.name else f"As in {known.study}."
    note = " ".join(filter(None, (known.note, tuned_words(known), inherited)))
    value = known.override.value
    told = level(dict(value) if isinstance(value, tuple) else value, ledger[key].unit)
    if known.override.prior is not None:
        told += f", range {known.override.prior}"
    return (
        Cell(inner(group if heading else None, full_label(key), scope), f"{key} {where}".strip()),
        words(told),
        Cell(known_badge(known.known), known.known),
        words(note or "\N{EN DASH}"),
        Cell(tag("span", {}, source_link(known.source, pack)), known.source),
    )


def parts_section(parts: Sequence[GapPart] | None, studies: Sequence[Study]) -> Markup | None:
    """Print the unlike parts of a gap that a study added up."""
    if not parts:
        return None
    holder = next((study for study in studies if study.growth_of), None)
    whole = sum(part.printed for part in parts)
    who = "A study" if holder is None else holder.title
    columns = (
        Column("Part", numeric=False),
        Column("Counts", numeric=False),
        Column("Year"),
        Column("Printed"),
        Column("Computed"),
    )
    cells = tuple(
        (
            words(part.name),
            words(part.unit),
            words(str(part.year)),
            number(part.printed, PERSONS, signed=True),
            number(part.computed, PERSONS, signed=True),
        )
        for part in parts
    )
    table = Table("The parts, in doctors", columns, cells)
    return section(
        "parts",
        "One number, unlike parts",
        paragraph(
            f"{who}: the printed {count(whole)} doctors too few are "
            f"{joined([f'{count(part.printed)} by {part.name}' for part in parts])}. These are "
            "different things; their sum is neither."
        ),
        table_markup(table, "figures"),
        behind(table, "parts.csv", shown=True),
        *[each for part in parts for each in _part(part, studies)],
    )


def _part(part: GapPart, studies: Sequence[Study]) -> list[Markup]:
    titles = {study.name: study.title for study in studies}
    names = list(dict.fromkeys(name for piece in part.pieces.values() for name in piece))
    table = Table(
        f"What the part by {part.name} is made of, in doctors",
        (Column("Piece", numeric=False), *(Column(_piece_name(name)) for name in names)),
        tuple(
            (words(titles.get(title, title)), *(_piece(piece, name) for name in names))
            for title, piece in part.pieces.items()
        ),
    )
    note = part.note[:1].upper() + part.note[1:]
    heading = tag("h3", {}, f"By {part.name}")
    return [heading, paragraph(f"{note}."), behind(table, f"part-{part.name}.csv")]


def _piece_name(name: str) -> str:
    words_ = name.replace("_", " ")
    return words_[:1].upper() + words_[1:]


def _piece(piece: Mapping[str, float], name: str) -> Cell:
    if name not in piece:
        return Cell("\N{EN DASH}", "")
    return number(piece[name], PERSONS, signed=name not in UNSIGNED)


def all_sources(rows: Sequence[Reproduced], studies: Sequence[Study], pack: Pack) -> list[str]:
    """Return every source of a printed number or a rule, by title."""
    found = {row.source for row in rows}
    found |= {known.source for study in studies for _, _, known in rule_entries(study)}
    listed = [each for each in found if each in pack.sources]
    return sorted(listed, key=lambda each: (pack.sources[each].title, each))


def source_items(ids: Sequence[str], pack: Pack) -> Markup:
    """List sources with publisher and date."""
    items: list[Markup] = []
    for each in ids:
        source = pack.sources[each]
        about = _about(source.publisher, str(source.date))
        items.append(tag("li", {}, source_link(each, pack), about, tag("code", {}, each)))
    return tag("ul", {"class": "sources"}, *items)


def _about(publisher: str, date: str) -> str:
    """Return publisher and date between full stops."""
    about = ", ".join(filter(None, (publisher, date)))
    return f". {about}. " if about else ". "
