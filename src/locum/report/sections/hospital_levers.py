"""What was done about the absence, what it bought, what was learned, and what all rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.hospital_intervals import IntervalRow, interval_chart
from locum.report.charts.rows import RowFrame
from locum.report.hospitals_words import FAMILY_WORDS, GROUP_WORDS
from locum.report.markup import Markup, tag
from locum.report.pieces import (
    NARROW,
    WIDE,
    Drawing,
    Plate,
    figure,
    paragraph,
    section,
)
from locum.report.sections.evidence import folded_ledger, ledger_file, ledger_table
from locum.report.tables import Cell, Column, Table, download, table_markup, words
from locum.report.words import MINUS, rounded
from locum.runs.hospitals.posterior import FREED

if TYPE_CHECKING:
    from locum.report.hospitals_records import HospitalContent
    from locum.report.records import AssumptionRow
    from locum.runs.hospitals.levers import Bought

__all__ = ["assumptions", "learned", "levers"]

NO_CONTRACTION = 0.1
"""Contractions below this are called nothing."""
LEDGER = "ledger unranked"


def levers(content: HospitalContent) -> Markup:
    """Print the levers of the scenario, and what each bought if that was compared."""
    pulls = paragraph("No lever is pulled in this scenario.")
    if content.pulls:
        pulls = table_markup(_pulls_table(content), "levers")
    if not content.levers:
        bought = paragraph(
            "What each lever bought was not compared in this run: that takes a second run without "
            "it, with the same luck of the patients."
        )
        return section("levers", "What was done", pulls, bought)
    found: dict[tuple[str, str], list[Bought]] = {}
    for each in content.levers:
        found.setdefault((each.metric, each.group), []).append(each)
    plates = [figure(_effects_plate(*kind, those)) for kind, those in found.items()]
    return section(
        "levers",
        "What was done, and what it bought",
        pulls,
        paragraph(
            "Each difference is between two runs, with and without the lever, in which patients "
            "have the same luck, so that it is not blurred by chance. 8 draws in 10 lie in the "
            "interval. Differences of single levers do not add up."
        ),
        *plates,
    )


def _pulls_table(content: HospitalContent) -> Table:
    columns = tuple(Column(one, numeric=False) for one in ("Lever", "When", "What", "Source"))
    rows = tuple(
        tuple(words(one) for one in (pull.name, pull.when, pull.what, pull.source))
        for pull in content.pulls
    )
    return Table("Levers of the scenario", columns, rows)


def _effects_plate(metric: str, group: str, found: list[Bought]) -> Plate:
    ordered = sorted(found, key=lambda one: -abs(one.median))
    rows = [
        IntervalRow(
            one.title,
            f"{_signed(one.median)} ({_signed(one.low)} to {_signed(one.high)})",
            one.median,
            (one.low, one.high),
            (one.low, one.high),
            "over" if one.median >= 0 else "short",
        )
        for one in ordered
    ]
    where = GROUP_WORDS.get(group, group)
    alt = f"{metric}, {where}: " + "; ".join(f"{row.label} {row.words}" for row in rows)
    wide, narrow = (
        interval_chart(rows, RowFrame(width, metric, alt, "less", "more"))
        for width in (WIDE, NARROW)
    )
    columns = (
        Column("Lever", numeric=False),
        Column("Difference, median"),
        Column("10th percentile"),
        Column("90th percentile"),
    )
    lines = tuple(
        (words(one.title), *(_difference(value) for value in (one.median, one.low, one.high)))
        for one in ordered
    )
    name = f"{metric} {group}".lower()
    return Plate(
        title=f"{metric}: {where}",
        note="With the lever, less without it. Line: median; bar: 80% interval.",
        grade="assumed",
        drawing=Drawing(wide, narrow),
        table=Table(f"What levers bought: {metric}, {where}", columns, lines),
        filename="levers-" + "-".join(name.replace("_", " ").split()) + ".csv",
    )


def _difference(value: float) -> Cell:
    return Cell(_signed(value), f"{value:.6g}")


def _signed(value: float) -> str:
    size = rounded(value) if abs(value) >= 10 else f"{abs(value):.2g}"
    if float(size.replace(",", "")) == 0:
        return "0"
    return ("+" if value > 0 else MINUS) + size


# --- what was learned --------------------------------------------------------------


def learned(content: HospitalContent) -> Markup | None:
    """Print what the fit taught of each assumption that it was allowed to move."""
    if not content.learned:
        return None
    rows = [
        IntervalRow(
            one.key,
            f"{one.contraction:.0%}",
            100 * one.contraction,
            (0.0, 100 * one.contraction),
            (0.0, 100 * one.contraction),
            "gap" if one.contraction >= NO_CONTRACTION else "plain",
        )
        for one in content.learned
    ]
    alt = "Contraction from prior to posterior: " + "; ".join(
        f"{row.label} {row.words}" for row in rows
    )
    wide, narrow = (
        interval_chart(rows, RowFrame(width, "per cent of the spread that is gone", alt))
        for width in (WIDE, NARROW)
    )
    nothing = [one.key for one in content.learned if one.contraction < NO_CONTRACTION]
    told = f" The readings teach next to nothing of {', '.join(nothing)}." if nothing else ""
    return section(
        "learned",
        "What the readings taught",
        paragraph(
            "Readings up to 29 February 2024 were allowed to move these assumptions; every other "
            f"one keeps its range.{told}"
        ),
        figure(
            Plate(
                title="From prior to posterior",
                note="1 less the ratio of the standard deviations: 0% nothing, 100% everything.",
                grade="",
                drawing=Drawing(wide, narrow),
                table=_learned_table(content),
                filename="contraction.csv",
                table_on_page=True,
            )
        ),
        table_markup(_learned_table(content), "taught"),
    )


def _learned_table(content: HospitalContent) -> Table:
    columns = (
        Column("Assumption", numeric=False),
        Column("Prior, standard deviation"),
        Column("Posterior, standard deviation"),
        Column("Contraction"),
    )
    rows = tuple(
        (
            words(one.key),
            words(f"{one.prior_sd:.3g}"),
            words(f"{one.posterior_sd:.3g}"),
            words(f"{one.contraction:.0%}"),
        )
        for one in content.learned
    )
    return Table("Prior and posterior", columns, rows)


# --- assumptions -------------------------------------------------------------------


def assumptions(content: HospitalContent) -> Markup:
    """Print the assumptions: those that readings may move first, the others by family."""
    rows = content.assumptions
    places = {source.id: i for i, source in enumerate(content.sources)}
    first = tuple(row for row in rows if row.key in FREED or row.changed)
    rest = [row for row in rows if row not in first]
    count = sum(row.grade == "assumed" for row in rows)
    folded = [
        folded_ledger(
            ledger_table(
                tuple(those), places, f"{FAMILY_WORDS.get(name, name)}: {len(those)}", ranked=False
            ),
            LEDGER,
        )
        for name, those in _by_family(rest)
    ]
    caption = "Assumptions that readings may move" + (
        ", or that were changed" if any(row.changed for row in rows) else ""
    )
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
        tag("h3", {"class": "part"}, "The others, by what they are about"),
        *folded,
        paragraph(download(ledger_file(rows), "assumptions.csv"), kind="tools"),
    )


def _by_family(rows: list[AssumptionRow]) -> list[tuple[str, list[AssumptionRow]]]:
    found: dict[str, list[AssumptionRow]] = {}
    for row in rows:
        found.setdefault(row.key.partition(".")[0], []).append(row)
    return list(found.items())
