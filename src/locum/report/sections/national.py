"""Supply, need and gap of the whole country as fans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.fan import FanFrame, Line, fan_chart
from locum.report.markup import Markup, tag
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
from locum.report.tables import fan_table
from locum.report.words import exact, spread, unit_words

if TYPE_CHECKING:
    from locum.report.records import Content, Fan


def national(content: Content) -> Markup:
    """Print the section on the country as a whole."""
    country = content.national
    halves = [_gap_plate(content, country.gap, "Gap in heads", "gap.csv")]
    if country.gap_fte is not None:
        halves.append(
            _gap_plate(content, country.gap_fte, "Gap in full-time equivalents", "gap-fte.csv")
        )
    return section(
        "national",
        "Supply, need and gap",
        paragraph(
            "Supply counts doctors who see patients, doctors in training included, at the end of "
            f"each year. Need is how many it would take to give the care expected of that year at "
            f"the workload of {content.base_year}."
        ),
        figure(_supply_and_need(content)),
        tag("div", {"class": "pair"}, *[figure(plate) for plate in halves]),
    )


def _supply_and_need(content: Content) -> Plate:
    country = content.national
    lines = [Line(country.supply, "Supply", "supply"), Line(country.need, "Need", "need")]
    alt = "Fan chart. " + " ".join(journey(line.fan, line.name, content) for line in lines)
    unit = "clinical doctors"
    sizes = ((WIDE, 380), (NARROW, 300))
    wide, narrow = (
        fan_chart(
            lines,
            FanFrame(width, height, unit, alt, content.focus_year, hover=width == WIDE),
        )
        for width, height in sizes
    )
    return Plate(
        title="Supply and need of clinical doctors",
        note="The vertical axis does not start at zero.",
        grade=country.need.grade,
        drawing=Drawing(wide, narrow),
        table=fan_table([("Supply", country.supply), ("Need", country.need)], "Supply and need"),
        filename="supply-and-need.csv",
        key=fan_key(("Supply", "supply"), ("Need", "need")),
    )


def _gap_plate(content: Content, fan: Fan, title: str, filename: str) -> Plate:
    frame = FanFrame(
        HALF,
        300,
        unit_words(fan.unit),
        f"Fan chart. {journey(fan, title, content)}",
        content.focus_year,
        above="more than needed",
        below="too few",
    )
    return Plate(
        title=title,
        note="Supply less need: below zero, doctors are too few.",
        grade=fan.grade,
        drawing=Drawing(fan_chart([Line(fan, "Gap", "gap")], frame)),
        table=fan_table([("Gap", fan)], title),
        filename=filename,
        key=fan_key(("Median", "gap")),
    )


def journey(fan: Fan, name: str, content: Content) -> str:
    """Say where a fan starts, where it is in the focus year and where it ends."""
    years = sorted({fan.years[0], content.focus_year, fan.years[-1]} & set(fan.years))
    steps = [f"{year}: {_at(fan, year, content)}" for year in years]
    return f"{name}, {'; '.join(steps)}."


def _at(fan: Fan, year: int, content: Content) -> str:
    at = fan.at(year)
    value = exact(at.value, fan.unit, signed=fan.signed)
    if content.draws == 1 or at.low == at.high:
        return value
    return f"{value} (80% interval {spread(at, fan.unit, signed=fan.signed)})"
