"""What the readings taught and what they cannot teach, and what all rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.hospital_intervals import IntervalRow, interval_chart
from locum.report.charts.rows import RowFrame
from locum.report.markup import Markup, tag
from locum.report.pieces import NARROW, WIDE, Drawing, Plate, figure, paragraph, section
from locum.report.sections.evidence import folded_ledger, ledger_file, ledger_table
from locum.report.sections.standoff_pieces import key, key_entry
from locum.report.standoff_words import FAMILY_WORDS, metric_words, sized, unit_name
from locum.report.tables import Cell, Column, Table, download, table_markup, words
from locum.report.words import humanised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.report.records import AssumptionRow
    from locum.report.standoff_records import Learned, Span, StandoffContent, Strength

__all__ = ["assumptions", "learned", "unanswerable"]

NOTHING = 0.1
"""Contractions below this are called nothing."""
REACH = 1.645
"""Standard deviations on either side of the mean that hold 90 per cent of a normal."""
LEDGER = "ledger unranked"
QUESTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "How strongly do colleagues move each other?",
        "Counts of the whole country rise alike whether all follow each other or all meet the "
        "same grievance. Clusters of returns in hospitals narrow it a little at most.",
        ("decision.social", "decision.share_", "network."),
    ),
    (
        "Did a sanction deter, or did it harden?",
        "Both terms are in the model with opposite signs. Announcements, deadlines and the "
        "action itself came in the same weeks, and there is no country without them.",
        ("sanction.", "deter", "backlash", "return.threat"),
    ),
    (
        "How many stayed away for fear of a list?",
        "No reading tells who would have returned without one, and lists appeared when returns "
        "were few for other reasons too.",
        ("decision.list", "forum.list", "exposure"),
    ),
    (
        "What do those away want in private?",
        "Surveys reached those who wished to answer. Public action is counted, private support "
        "is not.",
        ("support",),
    ),
    (
        "Who lost records, and how many?",
        "A post urged their deletion; no source shows that it happened. The rate may be zero.",
        ("forum.record",),
    ),
    (
        "Who was right?",
        "The model holds no such quantity. It says what follows from a step, not whether the "
        "step was just.",
        (),
    ),
)


def learned(content: StandoffContent) -> Markup | None:
    """Print prior and posterior of what the fit was allowed to move."""
    found = content.learned
    if not found:
        return None
    nothing = [one.key for one in found if one.contraction < NOTHING]
    told = (
        f" Of {len(found)}, {len(nothing)} keep their prior: the readings teach next to nothing "
        "of them, and results that hang on them are as wide as what was assumed."
        if nothing
        else ""
    )
    return section(
        "learned",
        "What the readings taught",
        paragraph(f"These assumptions were free to move; all others keep their range.{told}"),
        figure(_plate(found)),
        table_markup(_table(found), "narrowed"),
    )


def _plate(found: Sequence[Learned]) -> Plate:
    rows = [_row(one) for one in found]
    alt = "Prior and posterior: " + "; ".join(f"{row.label} {row.words}" for row in rows)
    unit = "standard deviations of the prior, from its mean"
    wide, narrow = (interval_chart(rows, RowFrame(width, unit, alt)) for width in (WIDE, NARROW))
    return Plate(
        title="From prior to posterior",
        note="Thin: 90% of the prior. Thick: 90% of the posterior. Number: how much of the "
        "standard deviation is gone.",
        grade="",
        drawing=Drawing(wide, narrow),
        table=_file(found),
        filename="identification.csv",
        key=key(
            [
                key_entry("gap", "key-band part", "narrowed by the readings"),
                key_entry("plain", "key-band part", "not narrowed"),
            ]
        ),
        table_on_page=True,
    )


def _row(one: Learned) -> IntervalRow:
    mean, spread = one.prior
    size = spread or 1.0
    middle, reach = (one.posterior[0] - mean) / size, REACH * one.posterior[1] / size
    told = one.contraction >= NOTHING
    group = "Narrowed by the readings" if told else "Not identified: as wide as assumed"
    return IntervalRow(
        one.key,
        f"{one.contraction:.0%}",
        middle,
        (middle - reach, middle + reach),
        (-REACH, REACH),
        "gap" if told else "plain",
        None,
        group,
    )


def _table(found: Sequence[Learned]) -> Table:
    names = ("Assumption", "Prior", "Posterior", "Contraction", "Strongest correlation", "Verdict")
    columns = tuple(Column(name, numeric=name in names[1:4]) for name in names)
    rows = tuple(
        (
            words(one.key),
            words(f"{one.prior[0]:.3g} ± {one.prior[1]:.2g}"),
            words(f"{one.posterior[0]:.3g} ± {one.posterior[1]:.2g}"),
            words(f"{one.contraction:.0%}"),
            words(_correlated(one)),
            words("narrowed" if one.contraction >= NOTHING else "not identified"),
        )
        for one in found
    )
    return Table("Prior and posterior: mean and standard deviation", columns, rows)


def _correlated(one: Learned) -> str:
    if not one.correlate or one.correlation is None:
        return "\N{EN DASH}"
    sign = "\N{MINUS SIGN}" if one.correlation < 0 else "+"
    return f"{one.correlate} ({sign}{abs(one.correlation):.2f})"


def _file(found: Sequence[Learned]) -> Table:
    names = ("key", "unit", "prior_mean", "prior_sd", "posterior_mean", "posterior_sd")
    names += ("contraction", "correlate", "correlation")
    rows = tuple(
        tuple(
            words(cell)
            for cell in (
                one.key,
                one.unit,
                *(f"{value:.6g}" for value in (*one.prior, *one.posterior, one.contraction)),
                one.correlate,
                "" if one.correlation is None else f"{one.correlation:.3f}",
            )
        )
        for one in found
    )
    return Table("Prior and posterior", tuple(Column(one, numeric=False) for one in names), rows)


# --- what cannot be said -----------------------------------------------------------


def unanswerable(content: StandoffContent) -> Markup:
    """Say which questions the data cannot answer, and show it where it was tried."""
    items = [
        tag("li", {}, tag("strong", {}, question), " ", why, " ", _narrowed(content, parts))
        for question, why, parts in QUESTIONS
    ]
    box = tag(
        "aside",
        {"class": "unproven", "aria-label": "Questions that these data cannot answer"},
        tag("h3", {}, "Questions that these data cannot answer"),
        tag("ul", {}, *items),
    )
    return section(
        "unanswerable",
        "What cannot be said",
        box,
        *_strengths(content.strengths),
    )


def _narrowed(content: StandoffContent, parts: tuple[str, ...]) -> Markup | None:
    """Say how much of the prior is gone from the assumptions that a question is about."""
    those = [one for one in content.learned if any(part in one.key for part in parts)]
    if not those:
        return None
    most = max(those, key=lambda one: one.contraction)
    told = f"The readings narrowed {most.key} by {max(most.contraction, 0.0):.0%}"
    told += ", the others less." if len(those) > 1 else "."
    return tag("span", {"class": "unit"}, told)


def _strengths(found: Sequence[Strength]) -> list[Markup]:
    """Print the same counterfactuals under several strengths of social interaction."""
    if not found:
        return []
    tables = [
        table_markup(_strength_table([one for one in found if one.metric == metric]), "strengths")
        for metric in dict.fromkeys(one.metric for one in found)
    ]
    return [
        tag("h3", {"class": "part"}, "The same data, other answers"),
        paragraph(
            "The strength of social interaction was fixed at each of these values, and all else "
            "fitted again. The readings are met about equally well, and the answers differ: what "
            "a step would have done depends on a number that the data do not give."
        ),
        *tables,
    ]


def _strength_table(found: Sequence[Strength]) -> Table:
    levels = sorted({one.social for one in found})
    titles = {one.name: one.title for one in found}
    by_place = {(one.name, one.social): one for one in found}
    columns = (
        Column("Step", numeric=False),
        *(Column(f"Strength {level:g}") for level in levels),
    )
    rows = [
        (
            Cell(_step(name, title), name),
            *(_strength_cell(by_place.get((name, level))) for level in levels),
        )
        for name, title in titles.items()
    ]
    misfits = {one.social: one.misfit for one in found if one.misfit is not None}
    if misfits:
        cells = (f"{misfits[level]:.2f}" if level in misfits else "" for level in levels)
        rows.append((words("Misfit to the readings"), *(words(cell) for cell in cells)))
    what = f"{metric_words(found[0].metric)}, {unit_name(found[0].unit)}"
    return Table(f"{what}: median and 90% interval", columns, tuple(rows))


def _step(name: str, title: str) -> Markup:
    return tag("span", {}, humanised(name), tag("span", {"class": "holder"}, title))


def _strength_cell(one: Strength | None) -> Cell:
    if one is None:
        return words("\N{EN DASH}")
    return _with_band(one.span, one.unit)


def _with_band(span: Span, unit: str) -> Cell:
    middle, low, high = (sized(value, unit, signed=True) for value in span)
    between = tag("span", {"class": "holder"}, f"{low} to {high}")
    return Cell(tag("span", {}, middle, between), f"{span.median:.6g}")


# --- assumptions -------------------------------------------------------------------


def assumptions(content: StandoffContent) -> Markup | None:
    """Print the assumptions: those that readings may move first, the others by family."""
    rows = content.assumptions
    if not rows:
        return None
    places = {source.id: i for i, source in enumerate(content.sources)}
    freed = {one.key for one in content.learned}
    first = tuple(row for row in rows if row.key in freed or row.changed)
    count = sum(row.grade == "assumed" for row in rows)
    folded = [
        folded_ledger(ledger_table(those, places, f"{name}: {len(those)}", ranked=False), LEDGER)
        for name, those in _families([row for row in rows if row not in first])
    ]
    caption = "Assumptions that readings may move, or that were changed"
    return section(
        "assumptions",
        "What the answer hangs on",
        paragraph(
            f"{len(rows)} assumptions stand behind these results; {count} of them nobody has "
            "measured."
        ),
        table_markup(ledger_table(first, places, caption, ranked=False), LEDGER)
        if first
        else None,
        tag("h3", {"class": "part"}, f"{'The others, by' if first else 'By'} what they are about")
        if folded
        else None,
        *folded,
        paragraph(download(ledger_file(rows), "assumptions.csv"), kind="tools"),
    )


def _families(rows: Sequence[AssumptionRow]) -> list[tuple[str, tuple[AssumptionRow, ...]]]:
    found: dict[str, list[AssumptionRow]] = {}
    for row in rows:
        found.setdefault(row.key.partition(".")[0], []).append(row)
    return [
        (FAMILY_WORDS.get(name, humanised(name)), tuple(those)) for name, those in found.items()
    ]
