"""What other steps of either side would have changed, and harm to patients and to doctors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.hospital_intervals import IntervalRow, interval_chart
from locum.report.charts.rows import RowFrame
from locum.report.charts.standoff_matrix import MatrixColumn, MatrixRow, matrix_chart
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
from locum.report.sections.standoff_pieces import span_cells, span_columns
from locum.report.standoff_words import (
    PARTY_WORDS,
    SIDE_WORDS,
    leading,
    level,
    metric_words,
    sized,
    unit_name,
)
from locum.report.tables import Cell, Column, Table, table_markup, words
from locum.report.words import humanised
from locum.runs.standoff.harm import METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.report.standoff_records import Effect, Harmed, StandoffContent

__all__ = ["counterfactuals", "harm"]

ACTION = "action"
MOST = {"patients": 3, "doctors": 4}
"""Harms of each party that are drawn; the folded tables hold the others."""
WIDEST = 8
"""Results that have room beside each other in a table."""
TONES = {"patients": "flow", "doctors": "posts", ACTION: "need"}


def counterfactuals(content: StandoffContent) -> Markup | None:
    """Print what each step would have changed: action first, then harm to both parties."""
    found = content.effects
    if not found:
        return None
    metrics = _metrics(found)
    parties = {metric: _party(found, metric) for metric in metrics}
    harms = [
        metric
        for party, most in MOST.items()
        for metric in leading([m for m in metrics if parties[m] == party], party, most)
    ]
    lead = [metric for metric in metrics if parties[metric] == ACTION][:1]
    rest = [metric for metric in metrics if metric not in {*harms, *lead}]
    return section(
        "counterfactuals",
        "If either side had acted otherwise",
        paragraph(
            "Each row is the run with one thing different, less the run as it was, with the same "
            "luck and the same draws of assumptions. Steps of both sides are listed alike; none "
            "is called right or wrong. What differs here follows from the model's rules as much "
            "as from the data: see what cannot be said."
        ),
        _step_list(found),
        *[figure(_plate(found, metric)) for metric in lead],
        figure(_matrix_plate(found, harms)) if harms else None,
        table_markup(_table(found, [*lead, *harms], "What each step changes"), "effects"),
        _folded(found, rest),
    )


def _step_list(found: Sequence[Effect]) -> Markup:
    """Say what each step is, and whose."""
    steps = [
        tag("div", {}, tag("dt", {}, humanised(one.name)), tag("dd", {}, f"{one.title}."))
        for one in _steps(found)
    ]
    return tag("dl", {"class": "steps"}, *steps)


def _folded(found: Sequence[Effect], metrics: Sequence[str]) -> Markup | None:
    """Fold the other results away, so many to a table."""
    if not metrics:
        return None
    parts = [metrics[i : i + WIDEST] for i in range(0, len(metrics), WIDEST)]
    tables = [table_markup(_table(found, part, "Other results"), "effects") for part in parts]
    return tag("details", {}, tag("summary", {}, "What else each step changes"), *tables)


def _metrics(found: Sequence[Effect]) -> list[str]:
    return list(dict.fromkeys(one.metric for one in found))


def _party(found: Sequence[Effect], metric: str) -> str:
    return next(one.party for one in found if one.metric == metric)


def _ordered(found: Sequence[Effect], metric: str) -> list[Effect]:
    """Return the effects on a metric, by side and then as the scenario lists them."""
    those = [one for one in found if one.metric == metric]
    sides = list(SIDE_WORDS)
    return sorted(
        those, key=lambda one: sides.index(one.side) if one.side in sides else len(sides)
    )


def _plate(found: Sequence[Effect], metric: str) -> Plate:
    those = _ordered(found, metric)
    wide, narrow = (_chart(those, width) for width in (WIDE, NARROW))
    label = metric_words(metric)
    return Plate(
        title=label,
        note=f"In the run as it was: {level(those[0].base, those[0].unit)}. Bars: what each step "
        "changes, 90% interval; upright line: median.",
        grade="assumed",
        drawing=Drawing(wide, narrow),
        table=_metric_table(those, label),
        filename=f"counterfactuals-{metric.replace('_', '-')}.csv",
    )


def _chart(those: Sequence[Effect], width: int) -> Markup:
    unit = f"change, {unit_name(those[0].unit)}"
    rows = [
        IntervalRow(
            humanised(one.name),
            sized(one.difference.median, one.unit, signed=True),
            one.difference.median,
            (one.difference.low, one.difference.high),
            (one.difference.median, one.difference.median),
            TONES.get(one.party, "plain"),
            None,
            SIDE_WORDS.get(one.side, humanised(one.side)),
        )
        for one in those
    ]
    alt = f"{metric_words(those[0].metric)}, {unit}: " + "; ".join(
        f"{row.label} {row.words}" for row in rows
    )
    return interval_chart(rows, RowFrame(width, unit, alt, "less", "more"))


def _matrix_plate(found: Sequence[Effect], metrics: Sequence[str]) -> Plate:
    """Return harm to patients and harm to doctors side by side."""
    order = list(PARTY_WORDS)
    parties = {metric: _party(found, metric) for metric in metrics}
    chosen = sorted(metrics, key=lambda one: order.index(parties[one]))
    wide = _matrix(found, chosen, parties)
    narrow = tag("div", {}, *[_headed(found, metric, parties[metric]) for metric in chosen])
    return Plate(
        title="Harm to patients and harm to doctors, side by side",
        note="What each step changes: bars are 90% intervals, upright lines medians. Left of zero "
        "there is less, right of it more. Scales differ from column to column; k: thousands, m: "
        "millions.",
        grade="assumed",
        drawing=Drawing(wide, narrow),
        table=_long_table(found),
        filename="counterfactuals.csv",
        table_on_page=True,
    )


def _matrix(found: Sequence[Effect], metrics: Sequence[str], parties: Mapping[str, str]) -> Markup:
    by_step = {(one.name, one.metric): one for one in found}
    columns = [
        MatrixColumn(
            metric_words(metric),
            unit_name(_unit(found, metric)),
            TONES.get(parties[metric], "plain"),
            PARTY_WORDS[parties[metric]],
        )
        for metric in metrics
    ]
    rows: list[MatrixRow] = []
    for step in _steps(found):
        effects = [by_step.get((step.name, metric)) for metric in metrics]
        rows.append(
            MatrixRow(
                humanised(step.name),
                SIDE_WORDS.get(step.side, humanised(step.side)),
                tuple(_ends(one) for one in effects),
                tuple(_words(one) for one in effects),
            )
        )
    alt = "Change by step. " + " ".join(
        f"{row.label}: "
        + "; ".join(
            f"{column.label} {told}" for column, told in zip(columns, row.words, strict=True)
        )
        + "."
        for row in rows
    )
    return matrix_chart(columns, rows, WIDE, alt)


def _ends(one: Effect | None) -> tuple[float, float, float] | None:
    if one is None:
        return None
    return one.difference.low, one.difference.median, one.difference.high


def _words(one: Effect | None) -> str:
    if one is None:
        return "not told"
    middle, low, high = (sized(value, one.unit, signed=True) for value in one.difference)
    return f"{middle} ({low} to {high})"


def _headed(found: Sequence[Effect], metric: str, party: str) -> Markup:
    heading = f"{PARTY_WORDS[party]}: {metric_words(metric).lower()}"
    return tag("div", {}, tag("h4", {}, heading), _chart(_ordered(found, metric), NARROW))


def _unit(found: Sequence[Effect], metric: str) -> str:
    return next(one.unit for one in found if one.metric == metric)


def _steps(found: Sequence[Effect]) -> list[Effect]:
    """Return one effect of each step, in the order in which steps are listed."""
    those = [one for metric in _metrics(found) for one in _ordered(found, metric)]
    first = list({one.name: one for one in reversed(those)}.values())[::-1]
    sides = list(SIDE_WORDS)
    return sorted(
        first, key=lambda one: sides.index(one.side) if one.side in sides else len(sides)
    )


def _long_table(found: Sequence[Effect]) -> Table:
    names = ("name", "title", "side", "metric", "party", "unit", "base", "median")
    names += ("difference", "low", "high")
    rows = tuple(
        (
            *(words(cell) for cell in (one.name, one.title, one.side, one.metric)),
            *(words(cell) for cell in (one.party, one.unit)),
            *(_cell(value, one.unit) for value in (one.base, one.median)),
            *(words(f"{value:.6g}") for value in one.difference),
        )
        for one in found
    )
    return Table("Counterfactuals", tuple(Column(one, numeric=False) for one in names), rows)


def _metric_table(those: Sequence[Effect], label: str) -> Table:
    columns = (
        Column("Step", numeric=False),
        Column("Of whom", numeric=False),
        Column("As it was"),
        Column("With the step"),
        *span_columns("Difference"),
    )
    rows = tuple(
        (
            words(humanised(one.name)),
            words(humanised(one.side)),
            _cell(one.base, one.unit),
            _cell(one.median, one.unit),
            *span_cells(one.difference, _kept(one.unit), signed=True),
        )
        for one in those
    )
    return Table(f"{label}: what each step changes, {unit_name(those[0].unit)}", columns, rows)


def _kept(unit: str) -> str:
    """Return a unit in which differences are points and not shares."""
    return "percentage_points" if unit == "percent" else unit


def _cell(value: float, unit: str) -> Cell:
    shown = sized(value, unit)
    return Cell(shown, shown if shown.startswith("<") else f"{value:.6g}")


def _table(found: Sequence[Effect], metrics: Sequence[str], caption: str) -> Table:
    """Lay results out in one table: a row a step, a column a metric."""
    by_step = {(one.name, one.metric): one for one in found}
    columns = (
        Column("Step", numeric=False),
        Column("Of", numeric=False),
        *(
            Column(f"{metric_words(metric)}, {unit_name(_unit(found, metric))}")
            for metric in metrics
        ),
    )
    rows = tuple(
        (
            words(humanised(step.name)),
            words(step.side),
            *(_difference(by_step.get((step.name, metric))) for metric in metrics),
        )
        for step in _steps(found)
    )
    return Table(f"{caption}: median and 90% interval", columns, rows)


def _difference(one: Effect | None) -> Cell:
    if one is None:
        return words("\N{EN DASH}")
    middle, low, high = (sized(value, one.unit, signed=True) for value in one.difference)
    between = tag("span", {"class": "holder"}, f"{low} to {high}")
    return Cell(tag("span", {}, middle, between), middle)


# --- harm in the run ---------------------------------------------------------------


def harm(content: StandoffContent) -> Markup | None:
    """Print the harm of the run itself, to both parties in one table."""
    if not content.harm:
        return None
    return section(
        "harm",
        "Harm, to patients and to doctors",
        paragraph(
            "Both are counted in the same run and printed together. Deaths are not among them: "
            "published counts conflict, and nothing here was fitted to them."
        ),
        table_markup(_harm_table(content.harm), "harm"),
    )


def _harm_table(found: Sequence[Harmed]) -> Table:
    columns = (
        Column("Harm", numeric=False),
        Column("To whom", numeric=False),
        Column("Unit", numeric=False),
        *span_columns("Until the last day"),
        Column("What it is", numeric=False),
    )
    order = list(PARTY_WORDS)
    ordered = sorted(
        found, key=lambda one: order.index(one.party) if one.party in order else len(order)
    )
    rows = tuple(
        (
            words(metric_words(one.metric)),
            words(PARTY_WORDS.get(one.party, one.party).removeprefix("To ")),
            words(unit_name(one.unit)),
            *span_cells(one.span, one.unit),
            words(_meaning(one)),
        )
        for one in ordered
    )
    return Table("Harm in the run", columns, rows)


def _meaning(one: Harmed) -> str:
    """Return what a harm is, and where its number comes from."""
    said = METRICS[one.metric].says if one.metric in METRICS else ""
    return "; ".join(part for part in (said, one.note) if part)
