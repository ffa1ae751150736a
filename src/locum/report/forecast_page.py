"""The page of a forecast for one hospital: one file, which stays with who made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import locum
from locum.report.charts.bars import Bar, BarFrame, bar_chart
from locum.report.charts.ranges import DotRow, ranges
from locum.report.charts.rows import RowFrame
from locum.report.forecast_charts import HourBand, hour_chart
from locum.report.markup import Markup, inner, tag
from locum.report.pieces import (
    HALF,
    NARROW,
    WIDE,
    Drawing,
    Plate,
    fan_key,
    figure,
    paragraph,
    section,
)
from locum.report.records import Interval
from locum.report.standalone import standalone, write_page
from locum.report.tables import Cell, Column, Table, behind, number, table_markup, words
from locum.report.words import MINUS, joined, percent
from locum.runs.hospitals.forecast import ANY, RISKS
from locum.runs.hospitals.forecast_store import hours_told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from locum.runs.hospitals.forecast import Bought, Floats, Forecast

__all__ = ["RISK_WORDS", "forecast_sentences", "render_forecast", "signed", "write_forecast"]

_SHARED_FOOTER = (
    "Synthetic agents only; groups of fewer than ten persons are not printed. All charts"
)
_OWN_FOOTER = (
    "Numbers of one hospital, for the people who run it: small groups are printed. All charts"
)
RISK_WORDS = {
    "ed_closed": "ED closed",
    "icu_full": "ICU full",
    "hours_cap": "Hours cap broken",
    "work_missed": "Ward work missed",
    ANY: "Any of these",
}
_CHARTS: tuple[tuple[str, str, str, str | None, str], ...] = (
    ("ward", "Patients on wards", "supply", "ward_beds", "beds"),
    ("icu", "Patients in intensive care", "supply", "icu_beds", "beds"),
    ("ed_treated", "In the ED, seen by a doctor", "flow", "ed_places", "places"),
    ("ed_boarding", "In the ED, waiting for a bed", "need", None, ""),
    ("ed_waiting", "In the ED, waiting for a doctor", "need", None, ""),
    ("ed_queue", "Of them, waiting for an ED place", "need", "ed_full_at", "closes"),
    ("list_cancer", "On the cancer list", "gap", None, ""),
    ("list_urgent", "On the urgent list", "gap", None, ""),
    ("list_routine", "On the routine list", "gap", None, ""),
)
"""Name, title, colour, the item of the census that is a limit, and its word."""
_DEGREES = (0.05, 0.25, 0.5)
"""Probabilities from which a cell is shaded."""
_FEW = 0.005


def write_forecast(found: Forecast, path: Path) -> Path:
    """Write a forecast as one HTML file that needs nothing else.

    Parameters
    ----------
    found
        From `locum.runs.hospitals.forecast.forecast`.
    path
        Where the file goes. It is written aside and renamed, so that no half of it is ever seen.

    Returns
    -------
    `path`.
    """
    return write_page(render_forecast(found), path)


def render_forecast(found: Forecast) -> str:
    """Return the page as text: the same forecast gives the same bytes."""
    name = found.request.census.hospital or "One hospital"
    days = len(found.days)
    page = standalone(
        f"{name}, the next {days} days: Locum",
        _masthead(found, name),
        [
            ("headline", "Headline", _headline(found)),
            ("hours", "Hour by hour", _hours(found)),
            ("days", "Day by day", _days(found)),
            ("levers", "Levers", _levers(found)),
            ("repeat", "How it is made", _made(found)),
        ],
    )
    return page.replace(_SHARED_FOOTER, _OWN_FOOTER)


def _told(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _masthead(found: Forecast, name: str) -> Markup:
    first = hours_told(found)[0]
    draws = found.request.draws
    facts = [
        f"Census of {first:%Y-%m-%d %H:%M}",
        f"{len(found.days)} days",
        "1 draw" if draws == 1 else f"{draws:,} draws",
        f"Locum {locum.__version__}",
    ]
    return tag(
        "header",
        {"class": "masthead"},
        paragraph("For the hospital's own use", kind="kicker"),
        tag("h1", {}, f"{name}: the next {len(found.days)} days"),
        tag("ul", {"class": "facts"}, *[tag("li", {}, fact) for fact in facts]),
    )


# --- headline ----------------------------------------------------------------------


def forecast_sentences(found: Forecast) -> list[str]:
    """Return what a forecast comes to, a sentence each."""
    said = [_risk_sentence(found, risk) for risk in RISKS]
    best = _best(found)
    if best is not None:
        said.append(best)
    return said


def _risk_sentence(found: Forecast, risk: str) -> str:
    ever, first = found.ever(risk), found.first_day(risk)
    what = RISKS[risk]
    if ever == 0.0:
        return f"{RISK_WORDS[risk]}: in none of the draws ({what})."
    day = found.days[int(np.argmax(first))]
    return (
        f"{RISK_WORDS[risk]}: {percent(ever)} ({what}); first most often on {_told(day)} "
        f"({percent(float(first.max()))})."
    )


def _best(found: Forecast) -> str | None:
    helping = [each for each in found.bought if each.days.mean() < 0.0]
    if not found.bought:
        return None
    if not helping:
        return "None of the levers tried makes failing days fewer."
    best = helping[0]
    return (
        f"Of the levers tried, the one that buys most is: {best.lever.title} "
        f"({signed(float(best.days.mean()))} failing days)."
    )


def _headline(found: Forecast) -> Markup:
    ever = found.ever(ANY)
    start = (
        f"In {percent(ever)} of the draws something fails within {len(found.days)} days."
        if ever
        else f"In no draw does anything fail within {len(found.days)} days."
    )
    items = [tag("li", {}, each) for each in forecast_sentences(found)]
    return section(
        "headline",
        "Headline",
        paragraph(start, kind="headline"),
        tag("ul", {}, *items),
        paragraph(
            "Each draw takes every uncertain assumption from its range and lets chance decide who "
            "comes and how long they stay.",
            kind="note",
        ),
    )


# --- hours -------------------------------------------------------------------------


def _hours(found: Forecast) -> Markup:
    figures = [_hour_figure(found, *each) for each in _CHARTS]
    return section(
        "hours",
        "Hour by hour",
        paragraph("Every chart begins with the census (dot). Dates stand under their day."),
        fan_key(("median", "supply")),
        tag("div", {"class": "pair"}, *figures),
    )


def _hour_figure(
    found: Forecast, name: str, title: str, tone: str, limit: str | None, word: str
) -> Markup:
    census = found.request.census
    bands, hours = found.bands(name), hours_told(found)
    at = None if limit is None else census.numbers[limit]
    said = (
        "" if at is None else f"{word}: {at:,.0f}" if word != "closes" else f"ED closes: {at:,.0f}"
    )
    band = HourBand(hours, bands.tolist(), at, said)
    last = bands[:, -1]
    alt = (
        f"{title}: {bands[2, 0]:,.0f} at the census, at the end {last[2]:,.0f} "
        f"({last[0]:,.0f} to {last[4]:,.0f})."
    )
    columns = ("Hour", "10th percentile", "25th", "median", "75th", "90th")
    table = Table(
        title,
        tuple(Column(each, numeric=each != "Hour") for each in columns),
        tuple(
            (words(f"{hour:%Y-%m-%d %H:%M}"), *(number(value, "patients") for value in values))
            for hour, values in zip(hours, bands.T.tolist(), strict=True)
        ),
    )
    drawing = Drawing(hour_chart(band, alt, HALF, tone))
    return figure(Plate(title, "", "", drawing, table, f"{name}.csv", table_on_page=True))


# --- days --------------------------------------------------------------------------


def _days(found: Forecast) -> Markup:
    names = [*RISKS, ANY]
    columns = [Column("Day", numeric=False), *(Column(RISK_WORDS[name]) for name in names)]
    columns.append(Column("First failure"))
    chances = [found.probability(name) for name in names]
    first = found.first_day(ANY)
    rows = [
        (
            words(_told(day)),
            *(_chance(float(chance[row])) for chance in chances),
            _chance(float(first[row])),
        )
        for row, day in enumerate(found.days)
    ]
    table = Table("Probability that it happens on the day", tuple(columns), tuple(rows))
    return section(
        "days",
        "Day by day",
        paragraph(_meanings(found)),
        tag("div", {"class": "need"}, table_markup(table, "heat")),
        behind(table, "days.csv", shown=True),
    )


def _meanings(found: Forecast) -> str:
    census = found.request.census
    hours = census.whole("fails_after")
    in_a_row = "an hour" if hours == 1 else f"{hours} hours in a row"
    cap = census.numbers.get("trainee_hours")
    parts = [
        f"ED closed: for {in_a_row} at least {census.whole('ed_full_at')} wait for a place or "
        f"{census.whole('ed_no_doctor_at')} for a doctor",
        f"ICU full: no bed free for {in_a_row}",
        "Hours cap: none is set"
        if cap is None
        else f"Hours cap: a trainee has used up {cap:g} hours a week, shifts shared out evenly",
        f"Ward work missed: more than {percent(census.numbers['work_missed_share'])} of the day's",
    ]
    return f"{'; '.join(parts)}. First failure: the probability that the day is the first."


def _chance(probability: float) -> Cell:
    shown = "0%" if probability < _FEW else percent(probability)
    degree = sum(probability >= each for each in _DEGREES)
    return Cell(tag("span", {"class": f"heat-{degree}"}, shown), f"{probability:.4f}")


# --- levers ------------------------------------------------------------------------


def _levers(found: Forecast) -> Markup | None:
    if not found.bought:
        return None
    risk = RISK_WORDS[found.request.risk].casefold().replace("ed ", "ED ").replace("icu", "ICU")
    named = "something fails" if found.request.risk == ANY else f"this happens: {risk}"
    columns = (
        Column("Lever", numeric=False),
        Column("Failing days"),
        Column("8 in 10 draws"),
        Column("Waiting or boarding"),
        Column("8 in 10 draws"),
        Column("Operations"),
    )
    table = Table(
        "Change against the plan as it is",
        columns,
        tuple(
            (
                words(each.lever.title),
                *_change(each.days, signed),
                *_change(each.waiting, signed),
                _change(each.operations, _whole)[0],
            )
            for each in found.bought
        ),
    )
    return section(
        "levers",
        "What each lever buys",
        paragraph(
            f"Each lever is tried alone, from the hour of the census, with the same patients and "
            f"the same luck. Ranked by the change of the number of days on which {named}; "
            f"then by the mean number of patients who wait for a doctor or board in the ED."
        ),
        figure(_bars(found.bought, table)),
        table_markup(table),
    )


def _bars(bought: Sequence[Bought], table: Table) -> Plate:
    bars = [
        Bar(each.lever.title, _interval(each.days), signed(float(each.days.mean())))
        for each in bought
    ]
    alt = "Change of failing days: " + joined([f"{bar.label} {bar.words}" for bar in bars]) + "."
    unit = "Failing days, mean and 8 in 10 draws"
    wide = bar_chart(bars, BarFrame(WIDE, unit, alt, "flow"))
    rows = [
        DotRow(bar.label, (it.low, it.value, it.high), (), bar.words)
        for bar, each in zip(bars, bought, strict=True)
        for it in (_interval(each.days),)
    ]
    narrow = ranges(rows, RowFrame(NARROW, unit, alt), "flow")
    return Plate(
        "Change of failing days",
        "",
        "",
        Drawing(wide, narrow),
        table,
        "levers.csv",
        table_on_page=True,
    )


def _interval(change: Floats) -> Interval:
    low, high = np.quantile(change, (0.1, 0.9))
    return Interval(float(low), float(change.mean()), float(high))


def _change(change: Floats, said: Callable[[float], str]) -> tuple[Cell, Cell]:
    it = _interval(change)
    between = f"{said(it.low)} to {said(it.high)}"
    return Cell(said(it.value), f"{it.value:.6g}"), Cell(between, between.replace(MINUS, "-"))


def _whole(value: float) -> str:
    return signed(value, 0)


def signed(value: float, decimals: int = 1) -> str:
    """Say a change: nothing at all is 0, and what rounds to nothing has no sign."""
    if value == 0.0:
        return "0"
    text = f"{abs(value):,.{decimals}f}"
    if not float(text.replace(",", "")):
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


# --- how it is made ----------------------------------------------------------------


def _made(found: Forecast) -> Markup:
    request = found.request
    command = " ".join(
        [
            "locum forecast --census census.csv --roster roster.csv",
            f"--days {request.roster.days} --draws {request.draws} --seed {request.seed}",
            f"--risk {request.risk}",
            *(f"--lever {lever.key}" for lever in request.levers),
        ]
    )
    return section(
        "repeat",
        "How it is made",
        paragraph(
            "The hospital is simulated patient by patient and doctor by doctor, sized to the "
            "census. Minutes of work are scaled so that those employed can serve an ordinary "
            "week; all other numbers are assumptions of the country pack. Public holidays are not "
            "known to the forecast. Neighbouring hospitals take whoever is sent on."
        ),
        paragraph("The same files and the same version give the same numbers:"),
        tag("pre", {"tabindex": 0, "aria-label": "Command"}, tag("code", {}, command)),
        paragraph(
            inner("Country pack: ", f"{request.pack.title}, digest {request.pack.digest[:12]}.")
        ),
    )
