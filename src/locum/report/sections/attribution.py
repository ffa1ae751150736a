"""Why two projections disagree: the headline, the waterfall, and what each block contributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from locum.inference.attribution import NOT_EXPLAINED
from locum.report.charts.rows import RowFrame
from locum.report.charts.waterfall import Step, waterfall
from locum.report.holdings import holdings
from locum.report.levels import known_badge, known_key, source_link, tuned_words
from locum.report.markup import Markup, inner, join, tag
from locum.report.pieces import HALF, NARROW, WIDE, Drawing, Plate, figure, paragraph, section
from locum.report.tables import (
    Cell,
    Column,
    Table,
    behind,
    number,
    table_markup,
    words,
)
from locum.report.words import exact, joined, percent, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.inference.attribution import Attribution, Share
    from locum.report.holdings import Held
    from locum.runs.positions import Position

DOCTORS = "doctors"
"""Unit of a difference: it counts no group of persons, so none of its sizes is hidden."""
LARGEST = 3
"""Blocks named in the headline."""
WORTH_NAMING = 0.02
"""Share of the largest block below which a block is not named in the headline."""


@dataclass(frozen=True)
class View:
    """The attribution under one reading; `title` is empty where there is only one."""

    title: str
    found: Attribution
    stated: bool = False
    """Whether the studies state this reading themselves."""


def views(attribution: Attribution) -> tuple[View, ...]:
    """Return the attribution under every reading, in the order in which they are listed."""
    if not attribution.readings:
        return (View("", attribution),)
    return tuple(
        View(_reading_title(each), each, stated=_states(each.a) and _states(each.b))
        for each in attribution.readings
    )


def _reading_title(attribution: Attribution) -> str:
    titles = [
        each.reading.title
        for each in (attribution.a, attribution.b)
        if each.reading is not None and each.study is not None and len(each.study.readings) > 1
    ]
    return "; ".join(titles)


def _states(position: Position) -> bool:
    if position.study is None or position.reading is None:
        return True
    return position.reading.name == position.study.readings[0].name


def count(value: float) -> str:
    """Return the size of a difference: `24,746`."""
    return exact(abs(value), DOCTORS)


def change(value: float) -> str:
    """Return a difference with its sign: `+15,388`."""
    return exact(value, DOCTORS, signed=True)


def gap_side(value: float) -> str:
    """Return a gap as `16,326 doctors too many`."""
    if round(value) == 0:
        return "no doctors too few or too many"
    return f"{count(value)} doctors too {'few' if value < 0 else 'many'}"


def headline_words(attribution: Attribution) -> str:
    """Say what both sides answer, and how far they are apart."""
    a, b = ends(attribution)
    first = gap_side(a)
    second = gap_side(b)
    if (a < 0) != (b < 0) or round(a) == 0 or round(b) == 0:
        second = second.replace(" doctors", "", 1) if round(b) else second
    says = "says" if attribution.printed_difference is not None else "has, by its rules,"
    return (
        f"For {attribution.year} {attribution.a.title} {says} {first}, "
        f"{attribution.b.title} {says} {second}: {count(a - b)} apart."
    )


def ends(attribution: Attribution) -> tuple[float, float]:
    """Return where the waterfall begins and ends: the printed gaps, or those by the rules."""
    if attribution.printed_a is None or attribution.printed_b is None:
        return float(attribution.gap_a[0]), float(attribution.gap_b[0])
    return attribution.printed_a, attribution.printed_b


def largest_words(attribution: Attribution) -> str:
    """Name the blocks that matter most."""
    shares = sorted(attribution.shares, key=lambda each: -abs(each.value))
    top = [each for each in shares[:LARGEST] if round(each.value) != 0]
    top = [each for each in top if abs(each.value) >= WORTH_NAMING * abs(top[0].value)]
    if not top:
        return "By their rules nothing separates them: no block of assumptions adds anything."
    named = [f"{each.block.title} ({change(each.value)})" for each in top]
    side = "higher" if attribution.difference > 0 else "lower"
    apart = count(attribution.difference)
    stands = f"By their rules {attribution.a.title} stands {apart} {side}."
    if round(attribution.difference) == 0:
        stands = "By their rules both come out alike."
    parts = "The largest part is" if len(named) == 1 else "The largest parts are"
    return f"{stands} {parts} {joined(named)}."


def verdict(attribution: Attribution) -> str:
    """Say whether the rules as known reproduce what was printed."""
    if attribution.whole_sector:
        return "Both are scenarios, computed in the whole sector: nothing is left unreproduced."
    printed = attribution.printed_difference
    if printed is None:
        lacking = [
            each.title
            for each, value in (
                (attribution.a, attribution.printed_a),
                (attribution.b, attribution.printed_b),
            )
            if value is None
        ]
        return (
            f"No gap is printed for {attribution.year} by {joined(lacking)}, so the difference "
            "is the one by the rules."
        )
    missed = missed_total(attribution)
    if not attribution.explained:
        return (
            f"Not explained: the rules as known miss {count(missed)} of the printed figures "
            f"(more than {percent(NOT_EXPLAINED)} of the difference)."
        )
    share = f", {percent(missed / abs(printed))} of the difference" if printed else ""
    return f"Explained: the rules as known miss {count(missed)} of the printed figures{share}."


def missed_total(attribution: Attribution) -> float:
    """Return how many doctors the rules of both miss, whatever their sign."""
    return abs(attribution.unreproduced_a or 0.0) + abs(attribution.unreproduced_b or 0.0)


def headline(attribution: Attribution) -> Markup:
    """Print the headline, under every reading at the same rank."""
    every = views(attribution)
    body: list[Markup] = [paragraph(headline_words(attribution), kind="headline")]
    if len(every) == 1:
        body += _answer(every[0])
    else:
        body += [
            paragraph(
                "A study leaves open how it is to be read. The split of the difference depends "
                f"on that, so {_all(len(every))} readings stand here side by side; none is the "
                "main one."
            ),
            tag("div", {"class": "readings"}, *[_reading(each) for each in every]),
        ]
    body.append(
        paragraph(
            f"Plus lifts {attribution.a.title} above {attribution.b.title}; minus puts it below. "
            "Contributions are Shapley values: exact, the same in whatever order the blocks are "
            "exchanged, and without remainder.",
            kind="note",
        )
    )
    body += _printed(every)
    return section("headline", f"{attribution.a.pack.title} in {attribution.year}", *body)


def _all(readings: int) -> str:
    return "both" if readings == 2 else f"all {count(readings)}"


def _answer(view: View) -> list[Markup]:
    kind = None if view.found.explained else "caveat"
    return [
        paragraph(tag("strong", {}, verdict(view.found)), kind=kind),
        paragraph(largest_words(view.found)),
    ]


def _reading(view: View) -> Markup:
    said = "The reading that the study states itself." if view.stated else "Another reading."
    return tag(
        "article",
        {"class": "reading"},
        tag("h3", {}, view.title),
        paragraph(said, kind="note"),
        *_answer(view),
    )


def _printed(every: Sequence[View]) -> list[Markup]:
    found: list[Markup] = []
    for i, view in enumerate(every):
        table = printed_table(view)
        found += [
            table_markup(table, "figures"),
            behind(table, filename("printed", i), shown=True),
        ]
    return found


def filename(what: str, i: int) -> str:
    """Name a file of the i-th reading."""
    return f"{what}.csv" if i == 0 else f"{what}-{i + 1}.csv"


def printed_table(view: View) -> Table:
    """Set what was printed beside what the rules give."""
    found = view.found
    gap = found.gap_a - found.gap_b
    rows = (
        _gap_row(found.a.title, found.printed_a, found.gap_a, found.unreproduced_a),
        _gap_row(found.b.title, found.printed_b, found.gap_b, _minus(found.unreproduced_b)),
        _gap_row(
            "Difference",
            found.printed_difference,
            gap,
            _minus(_sum(_minus(found.unreproduced_a), _minus(found.unreproduced_b))),
        ),
    )
    columns = ("Printed", "By the rules", "10th percentile", "90th percentile", "Not reproduced")
    caption = f"Supply less need in {found.year}, in doctors{suffix(view)}"
    return Table(
        caption, (Column("Position", numeric=False), *(Column(name) for name in columns)), rows
    )


def suffix(view: View) -> str:
    """Return what a caption adds where there are several readings."""
    return f" ({view.title})" if view.title else ""


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _gap_row(
    name: str,
    printed: float | None,
    gap: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    missed: float | None,
) -> tuple[Cell, ...]:
    low, high = (float(each) for each in np.percentile(gap, (10, 90)))
    spread = (None, None) if gap.size == 1 else (low, high)
    return (
        words(name),
        *(signed_cell(each) for each in (printed, float(gap[0]), *spread, missed)),
    )


def signed_cell(value: float | None) -> Cell:
    """Make a cell of a difference; a dash where there is none."""
    if value is None:
        return Cell("\N{EN DASH}", "")
    return number(value, DOCTORS, signed=True)


def steps(attribution: Attribution) -> tuple[Step, ...]:
    """Return the way from A's gap down to B's: what each block adds to A is taken away."""
    first, last = ends(attribution)
    a, b = attribution.a.title, attribution.b.title
    printed = attribution.printed_difference is not None
    told = "printed" if printed else "by its rules"
    found = [Step(f"{a}, {told}", 0.0, first, change(first), "total", "gap")]
    missed = printed and not attribution.whole_sector
    at = first
    if missed:
        found.append(_missed(attribution.a, attribution.unreproduced_a or 0.0, at))
        at = found[-1].end
    for share in _by_group(attribution.shares):
        found.append(_part(share, at))
        at = found[-1].end
    if missed:
        found.append(_missed(attribution.b, attribution.unreproduced_b or 0.0, at))
    found.append(
        Step(f"{b}, {told}", 0.0, last, change(last), "total", "gap", group="\N{NO-BREAK SPACE}")
    )
    return tuple(found)


def _by_group(shares: Sequence[Share]) -> list[Share]:
    order = list(dict.fromkeys(each.block.group for each in shares))
    return sorted(shares, key=lambda each: order.index(each.block.group))


def _missed(position: Position, value: float, at: float) -> Step:
    what = "Left out by the cohort" if position.scenario is not None else "Not reproduced"
    return Step(
        f"{what}: {position.title}",
        at,
        at - value,
        change(value),
        "missed",
        "fund",
        group="Outside the rules as known",
    )


def _part(share: Share, at: float) -> Step:
    title = share.block.title
    return Step(
        title[:1].upper() + title[1:],
        at,
        at - share.value,
        change(share.value),
        "part",
        "over" if share.value >= 0 else "short",
        None if share.low == share.high else (at - share.low, at - share.high),
        share.block.group[:1].upper() + share.block.group[1:],
    )


def road(attribution: Attribution) -> Markup:
    """Print the waterfall, under every reading."""
    every = views(attribution)
    plates = [_plate(view, i, half=len(every) > 1) for i, view in enumerate(every)]
    charts = join([figure(plate) for plate in plates])
    return section(
        "waterfall",
        "From one gap to the other",
        paragraph(
            f"The way from {attribution.a.title} (top) to {attribution.b.title} (bottom). Each "
            "step takes away what one block of assumptions adds to the first: a step to the left "
            "is a block in which the first counts more doctors, or fewer needed, than the second."
        ),
        tag("div", {"class": "pair"}, charts) if len(every) > 1 else charts,
    )


def _plate(view: View, i: int, *, half: bool) -> Plate:
    found = view.found
    bars = steps(found)
    alt = f"Waterfall of the gap in {found.year}, in doctors{suffix(view)}. " + "; ".join(
        f"{bar.label} {bar.words}" for bar in bars
    )
    wide, narrow = (
        waterfall(
            bars,
            RowFrame(width, "supply less need, doctors", alt, "too few", "too many"),
        )
        for width in ((HALF if half else WIDE), NARROW)
    )
    ranges = found.draws > 1
    return Plate(
        title=view.title or f"{found.a.title} against {found.b.title}, {found.year}",
        note=_note(ranges=ranges),
        grade="",
        drawing=Drawing(wide, narrow),
        table=_steps_table(view, bars),
        filename=filename("waterfall", i),
        key=_key(missed=any(bar.kind == "missed" for bar in bars)),
    )


def _note(*, ranges: bool) -> str:
    told = "The thin lines hold 8 in 10 draws of what is uncertain. " if ranges else ""
    return f"{told}Zero is balance: as many doctors as are needed."


def _key(*, missed: bool) -> Markup:
    names = [("gap", "key-bar", "a gap"), ("over", "key-bar", "lifts the first")]
    names.append(("short", "key-bar", "lowers the first"))
    if missed:
        names.append(("fund", "key-bar key-hatch", "not reproduced by the rules as known"))
    entries = [
        tag(
            "span",
            {"class": f"key {tone}"},
            tag("i", {"class": kind, "aria-hidden": "true"}),
            name,
        )
        for tone, kind, name in names
    ]
    return tag("p", {"class": "keys"}, *entries)


def _steps_table(view: View, bars: Sequence[Step]) -> Table:
    names = ("Size", "From", "To")
    columns = (Column("Step", numeric=False), *(Column(name) for name in names))
    rows = tuple(
        (
            words(bar.label),
            signed_cell(bar.end if bar.kind == "total" else bar.start - bar.end),
            signed_cell(bar.start),
            signed_cell(bar.end),
        )
        for bar in bars
    )
    return Table(f"Steps of the waterfall, in doctors{suffix(view)}", columns, rows)


def blocks(attribution: Attribution) -> Markup:
    """Print what each block contributes and what each side holds in it."""
    body: list[Markup] = []
    for i, view in enumerate(views(attribution)):
        if view.title:
            body.append(tag("h3", {"class": "part"}, view.title))
        if not view.found.shares:
            body.append(paragraph("They differ in no assumption and in no rule."))
            continue
        body += [
            table_markup(_blocks_table(view), "ledger blocks"),
            behind(_blocks_file(view), filename("blocks", i), shown=True),
        ]
    return section(
        "blocks",
        "What each block contributes, and what each side holds",
        paragraph(
            "Alone: what exchanging this block alone would take off the first. By order: the "
            "smallest and the largest bar that a waterfall could give it if the blocks were "
            "exchanged one after another; where the two differ, a bar of any one order is a "
            "choice, and the contribution is its fair mean over all orders."
        ),
        known_key(),
        *body,
    )


def _blocks_table(view: View) -> Table:
    found = view.found
    columns = (
        Column("Block", numeric=False),
        Column(found.a.title, numeric=False),
        Column(found.b.title, numeric=False),
        Column("Contribution"),
        Column("Alone"),
        Column("By order"),
    )
    rows = tuple(_block_row(found, share) for share in _by_group(found.shares))
    return Table(f"Contributions in doctors{suffix(view)}", columns, rows)


def _block_row(found: Attribution, share: Share) -> tuple[Cell, ...]:
    block = share.block
    held = holdings(found, block)
    name = inner(
        tag("strong", {}, block.name.replace("_", " ").replace("+", " + ")),
        tag("span", {"class": "holder"}, f"{block.title} ({block.group})"),
    )
    values = [tag("strong", {}, change(share.value))]
    if share.low != share.high:
        values.append(tag("span", {"class": "holder"}, interval(share.low, share.high)))
    shown: tuple[str | Markup, ...] = (
        name,
        _held_list([(each.label, each.a) for each in held]),
        _held_list([(each.label, each.b) for each in held]),
        tag("span", {}, *values),
        change(share.alone),
        interval(share.first, share.last),
    )
    return tuple(Cell(each, "") for each in shown)


def interval(low: float, high: float) -> str:
    """Return two differences as `+10 to +20`, or one where they are the same."""
    first, last = change(low), change(high)
    return first if first == last else f"{first} to {last}"


def _held_list(held: Sequence[tuple[str, Held]]) -> Markup:
    if not held:
        return tag("span", {"class": "holder"}, "nothing that either reads")
    items = [
        tag(
            "li",
            {},
            tag("span", {"class": "unit"}, f"{label}: "),
            each.words,
            *[inner(" ", known_badge(known)) for known in _kinds(each)],
        )
        for label, each in held
    ]
    return tag("ul", {"class": "held"}, *items)


def _kinds(held: Held) -> list[str]:
    return list(dict.fromkeys(each.known for each in held.known))


def _blocks_file(view: View) -> Table:
    found = view.found
    names = (
        "block",
        "title",
        "group",
        "contribution",
        "low",
        "high",
        "alone",
        "smallest_bar",
        "largest_bar",
        found.a.name,
        found.b.name,
    )
    rows: list[tuple[Cell, ...]] = []
    for share in found.shares:
        held = holdings(found, share.block)
        sizes = (share.value, share.low, share.high, share.alone, share.first, share.last)
        texts = [share.block.name, share.block.title, share.block.group]
        texts += [plain(each, DOCTORS, signed=True) for each in sizes]
        texts.append("; ".join(f"{each.label}: {each.a.words}" for each in held))
        texts.append("; ".join(f"{each.label}: {each.b.words}" for each in held))
        rows.append(tuple(words(text) for text in texts))
    columns = tuple(Column(name, numeric=False) for name in names)
    return Table(f"Contributions{suffix(view)}", columns, tuple(rows))


def evidence(attribution: Attribution) -> Markup | None:
    """Print how each side's versions are known, with notes and sources."""
    view = views(attribution)[0]
    rows: list[tuple[Cell, ...]] = []
    for share in _by_group(view.found.shares):
        for each in holdings(view.found, share.block):
            for position, held in ((view.found.a, each.a), (view.found.b, each.b)):
                rows += _known_rows(position, each.label, held)
    if not rows:
        return None
    names = ("Assumption", "Held by", "Value", "Known", "Note", "Source")
    table = Table(
        "How each side's versions are known",
        tuple(Column(name, numeric=False) for name in names),
        tuple(rows),
    )
    return section(
        "known",
        "How we know what each side holds",
        paragraph(
            "Only what they hold differently. What a study does not state is the country's own "
            "assumption."
        ),
        known_key(),
        table_markup(table, "ledger evidence"),
        behind(table, "known.csv", shown=True),
    )


def _known_rows(position: Position, label: str, held: Held) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for known in held.known:
        note = " ".join(filter(None, (known.note, tuned_words(known))))
        rows.append(
            (
                words(label),
                words(position.title),
                words(held.words),
                Cell(known_badge(known.known), known.known),
                words(note or "\N{EN DASH}"),
                Cell(tag("span", {}, source_link(known.source, position.pack)), known.source),
            )
        )
    return rows
