"""Predictions: with the settlement of the scenario and without, and the prior beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from locum.report.charts.hospital_weeks import WeekFrame, week_chart
from locum.report.hospitals_records import Point
from locum.report.hospitals_words import day_words, sentence
from locum.report.markup import Markup, tag
from locum.report.pieces import HALF, Drawing, Plate, figure, paragraph, section
from locum.report.sections.standoff_pieces import (
    band_key,
    courses,
    key,
    key_entry,
    marks,
    span_cells,
    span_columns,
    use_key,
)
from locum.report.standoff_words import metric_words, percent, scope_words, sized
from locum.report.tables import Column, Table, table_markup, words
from locum.report.words import joined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from locum.report.hospitals_records import Course
    from locum.report.standoff_records import Forecast, Span, StandoffContent, Track

__all__ = ["chosen_forecasts", "predictions"]

HEIGHT = 250
MOST = 8
"""Charts on the page; the others stand in readings.csv."""
LEADING = (
    "on_strike",
    "absent_or_contract_given_up",
    "on_duty",
    "resignations_accepted_cum",
    "attending_classes",
    "registered_for_return",
    "leave_requests_cum_net",
    "approval_plan",
    "approval_president",
)
"""Quantities that are drawn first."""
SCOPES = ("trainees at 211", "211", "40 schools", "adults", "100")
"""Parts of the names of those counted, the most people first."""
PREDICTED, APART, PRIOR = "Predicted", "Without the settlement", "Prior"


def predictions(content: StandoffContent) -> Markup | None:
    """Print what is predicted after the last readings."""
    chosen = chosen_forecasts(content)
    if not chosen:
        return None
    left = len(content.forecasts) - len(chosen)
    return section(
        "predictions",
        "What comes later",
        paragraph(
            f"{_basis(content, chosen)} Every predicted day stands in readings.csv."
            + (f" {left} more quantities and groups are only there." if left else "")
        ),
        figure(_plate(content, chosen)),
        *[table_markup(_table(one, content), "dated") for one in chosen[:1]],
    )


def _basis(content: StandoffContent, chosen: Sequence[Forecast]) -> str:
    """Say what predictions rest on, and what stands beside them."""
    fitted = f"After {day_words(content.read_until)} nothing was fitted: these are predictions"
    told = fitted if content.fitted else "These are predictions of a run that was not fitted"
    told += ", given the later events of the scenario."
    if content.settlements and any(one.without is not None for one in chosen):
        days = joined([day_words(day) for day in content.settled])
        told += (
            f" The settlement is one of them ({days}); without it the other events stay as they "
            "are."
        )
    if any(one.prior is not None for one in chosen):
        told += " The prior is what the same model says before any reading is used."
    return told


def chosen_forecasts(content: StandoffContent) -> list[Forecast]:
    """Return the predictions that are drawn: one of each quantity, of the most people first."""
    found = [one for one in content.forecasts if one.predict.days[-1] > content.read_until]
    kept: dict[str, Forecast] = {}
    for one in sorted(found, key=_order):
        kept.setdefault(one.metric, one)
    return list(kept.values())[:MOST]


def _order(one: Forecast) -> tuple[bool, int, int, bool]:
    """Put shares before counts, what is asked most often first, larger scopes first."""
    name = one.metric.removesuffix("_percent")
    return (
        not one.metric.endswith("_percent"),
        LEADING.index(name) if name in LEADING else len(LEADING),
        next((i for i, part in enumerate(SCOPES) if part in one.scope), len(SCOPES)),
        one.scope.startswith(("interns", "residents")),
    )


def _plate(content: StandoffContent, chosen: Sequence[Forecast]) -> Plate:
    charts = [_panel(content, one) for one in chosen]
    entries = [key_entry("need", "key-line", PREDICTED)]
    if any(one.without is not None for one in chosen):
        entries.append(key_entry("without", "key-line", APART))
    if any(one.prior is not None for one in chosen):
        entries.append(key_entry("prior", "key-line", PRIOR))
    entries += [*band_key(content, both=False), *use_key(_used(content, chosen), content)]
    return Plate(
        title="Predictions",
        note="",
        grade="assumed",
        drawing=Drawing(tag("div", {"class": "panels weeks"}, *charts)),
        table=_all(chosen, content),
        filename="predictions.csv",
        key=key(entries, content),
    )


def _used(content: StandoffContent, chosen: Sequence[Forecast]) -> set[str]:
    pairs = {(one.metric, one.scope) for one in chosen}
    return {one.use for one in content.readings if (one.metric, one.scope) in pairs}


def _panel(content: StandoffContent, one: Forecast) -> Markup:
    drawn = _drawn(content, one)
    dots = tuple(
        Point(read.day, read.day, read.reading, read.use)
        for read in content.readings
        if (read.metric, read.scope) == (one.metric, one.scope)
    )
    first = drawn[-1].weeks[0][0]
    dots = tuple(dot for dot in dots if dot.start >= first)
    drawn = (*drawn[:-1], replace(drawn[-1], points=dots))
    label = metric_words(one.metric)
    share = _unit(one) == "percent"
    last = one.predict.days[-1]
    told = [
        f"{name} {_span_words(track.at(last), one)}"
        for name, track in ((PREDICTED, one.predict), (APART, one.without), (PRIOR, one.prior))
        if track is not None
    ]
    alt = f"{label}, {one.scope}, {day_words(last)}: {'; '.join(told)}."
    frame = WeekFrame(
        HALF,
        HEIGHT,
        label,
        "percent" if share else "heads",
        "per cent" if share else "persons",
        alt,
        marks(content),
    )
    scope = paragraph(sentence(scope_words(one.scope)), kind="note scope")
    return tag("div", {}, week_chart(drawn, frame), scope)


def _drawn(content: StandoffContent, one: Forecast) -> tuple[Course, ...]:
    """Return the courses, what is drawn over the others last."""
    named = ((PRIOR, "prior", one.prior), (APART, "without", one.without))
    drawn = [
        courses([(label, tone, track)], content)[0]
        for label, tone, track in named
        if track is not None
    ]
    return (*drawn, *courses([(PREDICTED, "need", one.predict)], content))


def _unit(one: Forecast) -> str:
    return "percent" if one.metric.endswith("_percent") else "heads"


def _span_words(span: Span | None, one: Forecast) -> str:
    if span is None:
        return "\N{EN DASH}"
    low, middle, high = (
        percent(value) if _unit(one) == "percent" else sized(value, "heads")
        for value in (span.low, span.median, span.high)
    )
    return f"{middle} ({low} to {high})"


def _months(content: StandoffContent, one: Forecast) -> list[date]:
    """Return the first days of months after the last reading, and the last day."""
    days = [day for day in one.predict.days if day > content.read_until]
    return [day for day in days if day.day == 1 or day == days[-1]]


def _table(one: Forecast, content: StandoffContent) -> Table:
    tracks = [(PREDICTED, one.predict), (APART, one.without), (PRIOR, one.prior)]
    named = [(name, track) for name, track in tracks if track is not None]
    columns = (Column("Day", numeric=False), *(Column(name) for name, _ in named))
    rows = tuple(
        (words(day_words(day)), *(words(_said(name, track, day, one)) for name, track in named))
        for day in _months(content, one)
    )
    caption = f"{metric_words(one.metric)}, {one.scope}: median and 90% interval"
    return Table(caption, columns, rows)


def _said(name: str, track: Track, day: date, one: Forecast) -> str:
    span = track.at(day)
    if span is None and name == APART:
        return "the same"
    return _span_words(span, one)


def _all(chosen: Sequence[Forecast], content: StandoffContent) -> Table:
    columns = [Column(name, numeric=False) for name in ("Quantity", "Who is counted", "Day")]
    for name in (PREDICTED, APART, PRIOR):
        columns += span_columns(name)
    rows = tuple(
        (
            words(metric_words(one.metric)),
            words(one.scope),
            words(day.isoformat()),
            *(
                cell
                for track in (one.predict, one.without, one.prior)
                for cell in span_cells(None if track is None else track.at(day), _unit(one))
            ),
        )
        for one in chosen
        for day in _months(content, one)
    )
    return Table("Predictions, by month", tuple(columns), rows)
