"""What would settle a dispute: the crux, blocks that act together, flip points; how to repeat."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import numpy as np

import locum
from locum.report.holdings import holdings
from locum.report.levels import assumption_words, label_of, level, source_link
from locum.report.markup import Markup, tag
from locum.report.pieces import paragraph, section
from locum.report.sections.attribution import (
    DOCTORS,
    change,
    count,
    filename,
    gap_side,
    suffix,
    views,
)
from locum.report.tables import Cell, Column, Table, behind, number, table_markup, words
from locum.report.words import joined, out_of, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.inference.attribution import Attribution
    from locum.inference.crux import Concession
    from locum.inference.flip import Flip
    from locum.report.sections.attribution import View
    from locum.runs.positions import Position

FLIP_DIGITS = 4
"""Figures of a flip point that are printed."""
WORTH_A_ROW = 0.5
"""Doctors below which a block adds nothing, by itself or in pairs."""
SHADES = 3
"""Degrees of colour of a heat table on each side of zero."""


def crux(attribution: Attribution) -> Markup:
    """Say which blocks both must agree on for their answers to point the same way."""
    body: list[Markup] = []
    for view in views(attribution):
        if view.title:
            body.append(tag("h3", {"class": "part"}, view.title))
        body += _crux(view.found)
    return section("crux", "What would settle it", *body)


def _crux(found: Attribution) -> list[Markup]:
    settled = found.crux
    if settled.aligned_before:
        return [
            paragraph(
                "By their rules both already point the same way: "
                f"{gap_side(float(found.gap_a[0]))} and {gap_side(float(found.gap_b[0]))}. "
                "They differ in size, not in direction."
            )
        ]
    names = joined([found.shares[i].block.title for i in settled.blocks])
    side = found.a if settled.side == "a" else found.b
    many = "one block" if len(settled.blocks) == 1 else f"{count(len(settled.blocks))} blocks"
    body = [
        paragraph(
            f"By their rules they point to opposite sides. The smallest agreement that ends this "
            f"is on {many}: {names}, conceded by {side.title}. "
            f"Both then point the same way {_holds(settled.holds, found.draws)}."
        )
    ]
    items = [_concession(found, each) for each in (settled.a, settled.b) if each.blocks]
    body.append(tag("div", {"class": "readings"}, *items))
    others = [each for each in settled.alternatives if each.blocks != settled.blocks]
    if others:
        body += _alternatives(found, others)
    return body


def _holds(share: float, draws: int) -> str:
    return out_of(round(share * draws), draws) if draws > 1 else "in the central draw"


def _sides(found: Attribution, each: Concession) -> tuple[Position, Position]:
    return (found.a, found.b) if each.side == "a" else (found.b, found.a)


def _concession(found: Attribution, each: Concession) -> Markup:
    own, other = _sides(found, each)
    items: list[Markup] = []
    for i, move in zip(each.blocks, each.moves, strict=True):
        block = found.shares[i].block
        steps = [
            (one.label, *((one.a, one.b) if each.side == "a" else (one.b, one.a)))
            for one in holdings(found, block)
        ]
        told = [f"{label}: {mine.words} → {theirs.words}" for label, mine, theirs in steps]
        head = tag("strong", {}, f"{block.title} ({change(move)})")
        items.append(tag("li", {}, head, tag("span", {"class": "holder"}, "; ".join(told))))
    return tag(
        "article",
        {"class": "reading"},
        tag("h3", {}, f"If {own.title} concedes"),
        paragraph(
            f"It takes over {other.title}'s version of what is listed. Its answer moves by "
            f"{change(each.concession)} to {gap_side(each.outcome)}. Both point the same way "
            f"{_holds(each.holds, found.draws)}."
        ),
        tag("ul", {"class": "held"}, *items),
    )


def _alternatives(found: Attribution, others: Sequence[Concession]) -> list[Markup]:
    items = [
        tag(
            "li",
            {},
            f"{_sides(found, each)[0].title} concedes "
            f"{joined([found.shares[i].block.title for i in each.blocks])} "
            f"({change(each.concession)})",
        )
        for each in others
    ]
    listed = "" if found.crux.ways <= len(others) + 1 else ", the least costly first"
    told = f"As small a set would do in {count(found.crux.ways)} ways in all{listed}:"
    return [paragraph(told), tag("ul", {}, *items)]


def together(attribution: Attribution) -> Markup | None:
    """Print how blocks act together, as a heat table."""
    every = [view for view in views(attribution) if len(view.found.shares) > 1]
    if not every:
        return None
    body: list[Markup] = []
    for i, view in enumerate(every):
        table = _heat_table(view)
        body += [table_markup(table, "heat"), behind(table, filename("together", i), shown=True)]
    return section(
        "together",
        "Which blocks act together",
        paragraph(
            "On the diagonal stands what a block adds by itself, beside it half of what it adds "
            "together with another block, in doctors. A row sums to the block's contribution. "
            "Where the rest of a row is near zero, the order of the blocks hardly matters. "
            "Columns are numbered as rows; blocks that add nothing are left out."
        ),
        *body,
    )


def _heat_table(view: View) -> Table:
    found = view.found
    at = [i for i, row in enumerate(found.pairs) if np.abs(row).max() >= WORTH_A_ROW]
    largest = float(np.abs(found.pairs).max()) or 1.0
    columns = [Column("Block", numeric=False)]
    columns += [Column(str(i + 1)) for i in range(len(at))]
    columns.append(Column("Sum"))
    rows = [
        (
            words(f"{number_ + 1}. {_short(found.shares[i].block.name)}"),
            *(_heat(float(found.pairs[i, j]), largest) for j in at),
            number(found.shares[i].value, DOCTORS, signed=True),
        )
        for number_, i in enumerate(at)
    ]
    caption = f"Blocks by themselves and in pairs, in doctors{suffix(view)}"
    return Table(caption, tuple(columns), tuple(rows))


def _short(name: str) -> str:
    return name.replace("_", " ").replace("+", " + ")


def _heat(value: float, largest: float) -> Cell:
    degree = round(SHADES * (abs(value) / largest) ** 0.5)
    side = "short" if value < 0 else "over"
    kind = f"heat-{degree} {side}" if degree and round(value) else "heat-0"
    shown = tag("span", {"class": kind}, change(value))
    return Cell(shown, plain(value, DOCTORS, signed=True))


def flips(found: Sequence[Flip]) -> Markup | None:
    """Say in plain words at which value of one assumption the answer changes its sign."""
    if not found:
        return None
    table = flip_table(found)
    return section(
        "flips",
        "What would flip the answer",
        paragraph("One assumption moves, all others stay as the position holds them."),
        tag("ul", {"class": "flips"}, *[tag("li", {}, flip_words(each)) for each in found]),
        table_markup(table, "figures"),
        behind(table, "flips.csv", shown=True),
    )


def flip_words(flip: Flip) -> str:
    """Say where one assumption flips the answer."""
    title, label = flip.position.title, label_of(flip.assumption.key)
    state = "shortage" if float(flip.gap[0]) < 0 else "surplus"
    now = _now(flip)
    when = f"the {state} of {count(float(flip.gap[0]))} doctors in {flip.year}"
    value = flip.value
    if value is None:
        return f"{label}, {title}: {_untouched(flip)}; it uses {now}."
    if isinstance(value, str):
        option = value.replace("_", " ")
        return f"{label}, {title}: under the rule “{option}” {when} is gone; it uses “{now}”."
    amount = _amount(value, flip)
    words_ = f"{title}: at {amount} {when} is gone; it uses {now}."
    return f"{words_}{_certainty(flip)}"


def _untouched(flip: Flip) -> str:
    if flip.range is None:
        return f"no other option changes the sign of the gap in {flip.year}"
    low, high = (level(each, flip.assumption.unit) for each in flip.range)
    return f"no value between {low} and {high} changes the sign of the gap in {flip.year}"


def _now(flip: Flip) -> str:
    key = flip.assumption.key
    held = [assumption_words(member.ledger[key]) for member in flip.position.members]
    return " and ".join(dict.fromkeys(held))


def _amount(value: float, flip: Flip) -> str:
    """Return `267.4 working days a year`, or `89.6% (clinical share)`."""
    label = label_of(flip.assumption.key).lower()
    told = level(value, flip.assumption.unit, FLIP_DIGITS)
    if flip.assumption.unit == "days_per_year" and label.endswith("days"):
        return told.replace("days a year", f"{label} a year")
    return f"{told} ({label})"


def _certainty(flip: Flip) -> str:
    if flip.draws == 1:
        return ""
    found = flip.to_dict()
    low, high = (
        level(float(found[end]), flip.assumption.unit, FLIP_DIGITS) for end in ("low", "high")
    )
    part = out_of(round(flip.share * flip.draws), flip.draws)
    between = f"between {low} and {high} (80% interval)" if low != high else f"at {low}"
    return f" There is such a value {part}, {between}."


def flip_table(found: Sequence[Flip]) -> Table:
    """Lay flip points out, a row each."""
    names = ("Assumption", "Position", "Year", "Used", "Flip point", "Low", "High")
    rows: list[tuple[Cell, ...]] = []
    for flip in found:
        entry = flip.to_dict()
        texts = [label_of(flip.assumption.key), flip.position.title, str(flip.year), _now(flip)]
        for end in ("value", "low", "high"):
            told = entry[end]
            texts.append(
                "none" if told is None else level(told, flip.assumption.unit, FLIP_DIGITS)
            )
        rows.append(tuple(words(text) for text in texts))
    columns = tuple(Column(name, numeric=False) for name in names)
    return Table("Flip points, in the central draw and in 8 draws of 10", columns, tuple(rows))


def command(attribution: Attribution) -> str:
    """Return the command that repeats the attribution."""
    told = ["locum", "explain", attribution.a.name, attribution.b.name]
    told += ["--year", str(attribution.year), "--draws", str(attribution.draws)]
    told += ["--seed", str(attribution.seed)]
    for share in attribution.shares:
        if share.block.joins:
            told += ["--join", "+".join(share.block.joins)]
    return shlex.join(told)


def cite(attribution: Attribution) -> Markup:
    """Print how to cite the page, how to repeat it, and where the printed numbers stand."""
    pack = attribution.a.pack
    told = command(attribution)
    reference = (
        f"Locum {locum.__version__}: {attribution.a.title} against {attribution.b.title}, "
        f"{attribution.year}. {count(attribution.draws)} draws, seed {attribution.seed}; country "
        f"pack {pack.name} {pack.digest[:12]}."
    )
    lines = (
        ("Positions", f"{attribution.a.name}, {attribution.b.name}"),
        ("Version", locum.__version__),
        ("Country pack", f"{pack.title} ({pack.name}), digest {pack.digest}"),
    )
    return section(
        "repeat",
        "Cite and repeat",
        paragraph("To cite this page: ", tag("cite", {}, reference)),
        paragraph("The same command with the same version gives the same numbers:"),
        tag("pre", {"tabindex": 0, "aria-label": "Command"}, tag("code", {}, told)),
        tag(
            "dl",
            {"class": "manifest"},
            *[tag("div", {}, tag("dt", {}, key), tag("dd", {}, text)) for key, text in lines],
        ),
        *_sources(attribution),
    )


def _sources(attribution: Attribution) -> list[Markup]:
    items = [
        tag("li", {}, f"{position.title}: ", source_link(source, position.pack))
        for position in (attribution.a, attribution.b)
        for source in printed_sources(position, attribution.year)
    ]
    if not items:
        return []
    heading = tag("h3", {}, f"Where the printed numbers of {attribution.year} stand")
    return [heading, tag("ul", {"class": "sources"}, *items)]


def printed_sources(position: Position, year: int) -> list[str]:
    """Return the sources of a position's printed numbers of a year, each once."""
    return list(
        dict.fromkeys(
            each.source
            for member in position.members
            if member.variant is not None
            for each in member.variant.printed
            if each.year == year
        )
    )
