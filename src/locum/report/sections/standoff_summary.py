"""The top of a report of a standoff: the scenario, and what comes out, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.hospitals_words import day_words
from locum.report.markup import Markup, tag
from locum.report.pieces import grade_badge, paragraph, section
from locum.report.sections.standoff_forecast import chosen_forecasts
from locum.report.sections.summary import FEW_DRAWS
from locum.report.standoff_records import CHECK, FIT
from locum.report.standoff_words import (
    PARTY_WORDS,
    band,
    leading,
    level,
    metric_words,
    percent,
    scope_words,
    sized,
    use_words,
)

if TYPE_CHECKING:
    from datetime import date

    from locum.report.standoff_records import Forecast, Harmed, Span, StandoffContent, Track

__all__ = ["headline", "masthead"]

CARDS = (
    ("trainee", "away", "Trainees away", "need"),
    ("trainee", "joined", "Trainees away, or letter in", "posts"),
    ("student", "away", "Students away from class", "flow"),
)
MOST_HARMS = 3
"""Harms of either party that the box names."""
CENTRAL = "This run has one draw, with every assumption at its central value: no intervals."


def masthead(content: StandoffContent) -> Markup:
    """Print the title, the scenario in plain words and the run's identity."""
    told = [
        f"{content.country}, {day_words(content.first)} to {day_words(content.last)}",
        f"{content.draws:,} draws" if content.draws > 1 else "1 draw",
        f"scenario {content.scenario}",
        f"Locum {content.version}",
    ]
    items = [tag("li", {}, change) for change in content.changed]
    if content.events:
        link = tag("a", {"href": "#timeline"}, f"{len(content.events)} events with dates")
        items.insert(0, tag("li", {}, link))
    changes = tag(
        "div",
        {"class": "changes"},
        tag("h2", {"class": "small"}, "What this scenario sets"),
        tag("ul", {}, *items),
    )
    return tag(
        "header",
        {"class": "masthead"},
        paragraph("Standoff: who is away, day by day", kind="kicker"),
        tag("h1", {}, content.title),
        paragraph(content.description, kind="lede") if content.description else None,
        changes if items else None,
        tag("ul", {"class": "facts"}, *[tag("li", {}, one) for one in told]),
    )


def headline(content: StandoffContent) -> Markup:
    """Print the headline: sentences, large numbers, and what is no headline."""
    told = [*_sentences(content), *_fit_sentences(content)]
    cards = [card for kind, state, *rest in CARDS for card in _card(content, kind, state, *rest)]
    if not content.fitted:
        return section(
            "headline",
            "In short",
            paragraph("Nothing of this run was fitted to readings: no headline."),
            paragraph(_about_draws(content), kind="note"),
            _box(_items(told) + _unsure(content)),
        )
    return section(
        "headline",
        "In short",
        paragraph(" ".join(told), kind="headline"),
        tag("div", {"class": "cards"}, *cards),
        paragraph(
            f"Cards: {day_words(content.read_until)}, the last day with a reading that was used. "
            f"{_about_draws(content)}",
            kind="note",
        ),
        _box(_unsure(content)),
    )


def _about_draws(content: StandoffContent) -> str:
    if content.draws == 1:
        return CENTRAL
    where = "from what was fitted to readings" if content.fitted else "from its range"
    told = (
        f"Each of the {content.draws:,} draws takes every uncertain assumption {where} and has "
        "luck of its own. The figure is the middle draw; 9 in 10 draws lie inside the interval."
    )
    rough = f" With only {content.draws} draws the intervals are rough."
    return told + (rough if content.draws < FEW_DRAWS else "")


def _between(span: Span, content: StandoffContent, lead: str = "90% interval ") -> str:
    return f" ({lead}{band(span)})" if content.draws > 1 else ""


def _sentences(content: StandoffContent) -> list[str]:
    """Say how many are away at the highest and on the last day with a reading."""
    found: list[str] = []
    away = content.tracks.get(("kind", "trainee", "away"))
    if away is not None:
        found += _trainee_sentences(content, away)
    student = content.tracks.get(("kind", "student", "away"))
    span = student.at(content.read_until) if student is not None else None
    if span is not None:
        found.append(
            f"Of students, {percent(span.median)} are away from class then"
            f"{_between(span, content, '')}."
        )
    return found


def _trainee_sentences(content: StandoffContent, away: Track) -> list[str]:
    top, known = _highest(away, content.read_until), content.read_until
    peak, then = away.at(top), away.at(known)
    if peak is None or then is None:
        return []
    found = [
        f"Of trainees, at the highest {percent(peak.median)} are away"
        f"{_between(peak, content)}, on {day_words(top)}."
    ]
    if top != known:
        found.append(
            f"On {day_words(known)}, the last day with a reading that was used, "
            f"{percent(then.median)} are"
            f"{_between(then, content, '')}."
        )
    return found


def _highest(track: Track, until: date) -> date:
    rows = [row for row, day in enumerate(track.days) if day <= until] or [0]
    return track.days[max(rows, key=lambda row: track.median[row])]


def _fit_sentences(content: StandoffContent) -> list[str]:
    """Say how many readings of people lie in their band, by what they are for."""
    parts: list[str] = []
    for use in (FIT, CHECK):
        those = [one for one in content.readings if one.use == use and not one.polled]
        told = use_words(use, fitted=content.fitted)
        if those:
            parts.append(f"{sum(one.covered for one in those)} of {len(those)} {told}")
    if not parts or content.draws == 1:
        return []
    return [f"Of the readings, {' and '.join(parts)} lie in the 90% interval."]


def _card(content: StandoffContent, kind: str, state: str, label: str, tone: str) -> list[Markup]:
    track = content.tracks.get(("kind", kind, state))
    span = track.at(content.read_until) if track is not None else None
    if span is None:
        return []
    return [
        tag(
            "div",
            {"class": f"card {tone}"},
            paragraph(label, kind="card-name"),
            paragraph(percent(span.median), kind="card-value"),
            paragraph(band(span), kind="card-spread") if content.draws > 1 else None,
            paragraph(grade_badge("fitted margin"), kind="card-grade"),
        )
    ]


def _items(told: list[str]) -> list[Markup]:
    return [tag("li", {}, one, " ", grade_badge("assumed")) for one in told]


def _box(items: list[Markup]) -> Markup | None:
    if not items:
        return None
    return tag(
        "aside",
        {"class": "unproven", "aria-label": "Results that are not headlines"},
        tag("h3", {}, "Not headlines: results that rest mostly on assumptions"),
        tag("ul", {}, *items),
    )


def _unsure(content: StandoffContent) -> list[Markup]:
    told = [*_support(content), *_ahead(content)]
    told += [
        f"{metric_words(one.metric)}: {level(one.span.median, one.unit)} "
        f"({sized(one.span.low, one.unit)} to {sized(one.span.high, one.unit)})."
        for one in _leading_harm(content)
    ]
    return _items(told)


def _leading_harm(content: StandoffContent) -> list[Harmed]:
    """Return harm to patients and as many harms to doctors."""
    told = [one for one in content.harm if one.span.high > 0]
    by_metric = {one.metric: one for one in told}
    return [
        by_metric[metric]
        for party in PARTY_WORDS
        for metric in leading(
            [one.metric for one in told if one.party == party], party, MOST_HARMS
        )
    ]


def _support(content: StandoffContent) -> list[str]:
    support, joined = (
        content.tracks.get(("kind", "trainee", state)) for state in ("support", "joined")
    )
    if support is None or joined is None:
        return []
    private, public = support.at(content.read_until), joined.at(content.read_until)
    if private is None or public is None:
        return []
    return [
        f"In private {percent(private.median)} of trainees are in favour"
        f"{_between(private, content)} on {day_words(content.read_until)}; in public "
        f"{percent(public.median)} take part."
    ]


def _ahead(content: StandoffContent) -> list[str]:
    """Say what is predicted for the last day, with a settlement and without."""
    found: list[str] = []
    if content.last <= content.read_until:
        return found
    with_both = [one for one in chosen_forecasts(content) if one.without is not None]
    for one in with_both[:1]:
        found += _forecast_words(one)
    if not with_both:
        track = content.tracks.get(("kind", "trainee", "away"))
        span = track.at(content.last) if track is not None else None
        if span is not None:
            found.append(
                f"On {day_words(content.last)}, the last day of the run, {percent(span.median)} "
                f"of trainees are away{_between(span, content)}."
            )
    return found


def _forecast_words(one: Forecast) -> list[str]:
    day = one.predict.days[-1]
    settled = one.predict.at(day)
    other = one.without.at(day) if one.without is not None else None
    if settled is None or other is None:
        return []
    unit = "percent" if one.metric.endswith("_percent") else "heads"
    middle, apart = (_value(span, unit) for span in (settled, other))
    return [
        f"{metric_words(one.metric)}, {scope_words(one.scope)}, predicted for {day_words(day)}: "
        f"{middle} with the settlement of the scenario, {apart} without it."
    ]


def _value(span: Span, unit: str) -> str:
    if unit == "percent":
        return f"{percent(span.median)} ({band(span)})"
    low, middle, high = (sized(value, unit) for value in (span.low, span.median, span.high))
    return f"{middle} ({low} to {high})"
