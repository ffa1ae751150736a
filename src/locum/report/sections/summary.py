"""The top of the page: what the scenario is, and what comes out, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.markup import Markup, join, tag
from locum.report.pieces import grade_badge, paragraph, section
from locum.report.tables import (
    Cell,
    Column,
    Table,
    behind,
    interval_cells,
    table_markup,
    words,
)
from locum.report.words import (
    exact,
    gap_words,
    out_of,
    rounded_middle,
    rounded_spread,
    spread,
    unit_words,
)

if TYPE_CHECKING:
    from locum.report.records import Content, Fan, Figure

FEW_DRAWS = 50
"""Below this number of draws an 80% interval is rough, and the page says so."""


def masthead(content: Content) -> Markup:
    """Print the title, the scenario in plain words and the run's identity."""
    facts = [
        f"{content.country}, {content.base_year} to {content.last_year}",
        f"{content.draws:,} draws" if content.draws > 1 else "1 draw",
        f"scenario {content.scenario}",
        f"Locum {content.version}",
    ]
    changes = None
    if content.changes:
        items = [tag("li", {}, change) for change in content.changes]
        changes = tag(
            "div",
            {"class": "changes"},
            tag("h2", {"class": "small"}, "What this scenario sets"),
            tag("ul", {}, *items),
        )
    return tag(
        "header",
        {"class": "masthead"},
        paragraph("Doctors: supply and need", kind="kicker"),
        tag("h1", {}, content.title),
        paragraph(content.description, kind="lede") if content.description else None,
        changes,
        tag("ul", {"class": "facts"}, *[tag("li", {}, fact) for fact in facts]),
    )


def headline(content: Content) -> Markup:
    """Print the headline: sentences, three large numbers, the figures of the run."""
    national = content.national
    sure = [f for f in (national.supply, national.need, national.gap) if f.grade != "assumed"]
    unsure = [f for f in (national.supply, national.need, national.gap) if f.grade == "assumed"]
    body: list[Markup] = []
    if sure:
        body += [paragraph(*sentences(content, sure), kind="headline")]
        body += [tag("div", {"class": "cards"}, *[_card(content, one) for one in sure])]
    else:
        body += [
            paragraph(
                "Every national result of this run rests mostly on assumptions: no headline."
            )
        ]
    body.append(paragraph(_reading(content), kind="note"))
    if unsure or content.assumed_figures:
        body.append(_assumed_box(content, unsure))
    if content.figures:
        body += _figures(content.figures)
    return section("headline", f"{content.country} in {content.focus_year}", *body)


def sentences(content: Content, fans: list[Fan], year: int | None = None) -> list[str]:
    """Say supply, need and gap of one year in words, as far as `fans` holds them."""
    year, national = year or content.focus_year, content.national
    several = content.draws > 1
    found: list[str] = []
    if national.supply in fans:
        at = national.supply.at(year)
        between = f" (80% interval {rounded_spread(at)})" if several else ""
        found.append(
            f"In {year} {content.country} is likely to have {rounded_middle(at)} clinical doctors"
            f"{between}, doctors in training included. "
        )
    if national.need in fans:
        at = national.need.at(year)
        between = f" ({rounded_spread(at)})" if several else ""
        who = "It" if found else f"In {year} {content.country}"
        found.append(f"{who} is likely to need {rounded_middle(at)}{between}. ")
    if national.gap in fans:
        found += _gap_sentences(content, year, dated=not found)
    return found


def _gap_sentences(content: Content, year: int, *, dated: bool) -> list[str]:
    at = content.national.gap.at(year)
    several = content.draws > 1
    between = f" (80% interval: {gap_words(at)})" if several else ""
    side = "too few" if at.value < 0 else "more than needed"
    gap = "median gap" if several else "gap"
    when = f"In {year} the" if dated else "The"
    found = [f"{when} {gap} is {rounded_middle(at)} doctors {side}{between}. "]
    if several:
        short = content.national.short_draws[year]
        found.append(f"There are fewer doctors than needed {out_of(short, content.draws)}.")
    return found


def _card(content: Content, fan: Fan) -> Markup:
    at = fan.at(content.focus_year)
    name, tone = _roles(content)[fan.name]
    value, label = rounded_middle(at), name
    if fan is content.national.gap:
        label = "Too few doctors" if at.value < 0 else "More doctors than needed"
    between = gap_words(at) if fan.signed else rounded_spread(at)
    return tag(
        "div",
        {"class": f"card {tone}"},
        paragraph(label, kind="card-name"),
        paragraph(value, kind="card-value"),
        paragraph(between, kind="card-spread") if content.draws > 1 else None,
        paragraph(grade_badge(fan.grade), kind="card-grade"),
    )


def _roles(content: Content) -> dict[str, tuple[str, str]]:
    national = content.national
    return {
        national.supply.name: ("Supply of doctors", "supply"),
        national.need.name: ("Doctors needed", "need"),
        national.gap.name: ("Gap", "gap"),
    }


def _reading(content: Content) -> str:
    if content.draws == 1:
        return (
            "This run has one draw, with every assumption at its central value, so there are no "
            "intervals. Run it with more draws to see how sure the figures are."
        )
    words = (
        f"Each of the {content.draws:,} draws takes every uncertain assumption from its range. "
        "The figure is the middle draw; 8 in 10 draws lie inside the 80% interval. "
        "Figures are summarised one by one, so supply less need need not equal the gap exactly."
    )
    if content.draws < FEW_DRAWS:
        words += f" With only {content.draws} draws the intervals are rough."
    return words


def _assumed_box(content: Content, fans: list[Fan]) -> Markup:
    items = [
        tag("li", {}, *sentences(content, [one]), " ", grade_badge(one.grade)) for one in fans
    ]
    named = {one.name for one in fans}
    items += [
        tag("li", {}, _figure_words(figure), " ", grade_badge(figure.grade))
        for figure in content.assumed_figures
        if figure.name not in named
    ]
    return tag(
        "aside",
        {"class": "unproven", "aria-label": "Results that are not headlines"},
        tag("h3", {}, "Not headlines: results that rest mostly on assumptions"),
        tag("ul", {}, *items),
    )


def _figure_words(figure: Figure) -> str:
    value = exact(figure.interval.value, figure.unit, signed=figure.signed)
    between = spread(figure.interval, figure.unit, signed=figure.signed)
    words = f"{figure.label}, {figure.year}: {value} {unit_words(figure.unit)}"
    return f"{words}." if between == value else f"{words} (80% interval {between})."


def _figures(figures: tuple[Figure, ...]) -> list[Markup]:
    names = ("Result", "Year", "Median", "10th percentile", "90th percentile", "Unit", "Grade")
    plain = {"Result", "Unit", "Grade"}
    table = Table(
        "Headline figures of the run",
        tuple(Column(name, numeric=name not in plain) for name in names),
        tuple(_figure_row(figure) for figure in figures),
    )
    return [table_markup(table, "figures"), behind(table, "headline.csv", shown=True)]


def _figure_row(figure: Figure) -> tuple[Cell, ...]:
    return (
        words(figure.label),
        words(str(figure.year)),
        *interval_cells(figure.interval, figure.unit, signed=figure.signed),
        words(unit_words(figure.unit)),
        Cell(grade_badge(figure.grade), figure.grade),
    )


def contents(names: list[tuple[str, str]]) -> Markup:
    """Print the list of sections."""
    items = [tag("li", {}, tag("a", {"href": f"#{name}"}, label)) for name, label in names]
    return tag("nav", {"aria-label": "Contents"}, tag("ul", {}, join(items)))
