"""Values of assumptions as a reader would say them, and how well a study's are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.markup import Markup, inner, link, tag
from locum.report.trail import value_words
from locum.report.words import MINUS, PERSON_UNITS, exact, humanised, unit_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.assumptions import Assumption
    from locum.countries import Pack
    from locum.scenarios.studies import Known

KNOWN_MEANING = {
    "published": "Printed as a rule or a value.",
    "inferred": "Concluded from abstracts, press or algebra.",
    "tuned": "Chosen so that a printed result comes out.",
}
KNOWN_SIGN = {"published": "●", "inferred": "◐", "tuned": "○"}

BARE_UNITS = frozenset({"years", "ratio"})
"""Units that a reader needs no word for: 2024, or 3.9 times."""
PERCENT_UNITS = frozenset({"share", "growth", "probability"})
DIGITS = 5
LARGEST_ROUNDED = 10_000
"""From here on values are whole numbers."""
MOST_STEPS = 5
"""Changes of the number of places that are listed before the middle is left out."""


def level(value: object, unit: str, digits: int = DIGITS) -> str:
    """Return the value of an assumption with its unit: `265 days a year`, `89.6%`.

    Parameters
    ----------
    value
        A number, the option of a rule, or numbers by the year from which they hold.
    unit
        Unit of the assumption.
    digits
        Figures that a number is rounded to.
    """
    if isinstance(value, str):
        return value.replace("_", " ")
    if not isinstance(value, int | float):
        return value_words(value)
    if unit in PERCENT_UNITS:
        return f"{_figures(100 * value, digits)}%"
    told = (
        exact(value, unit)
        if unit in PERSON_UNITS
        else _figures(value, digits, bare=unit == "years")
    )
    return told if unit in BARE_UNITS else f"{told} {unit_words(unit)}"


def _figures(value: float, digits: int, *, bare: bool = False) -> str:
    """Round a number; without separators for a year or an age."""
    if bare:
        return value_words(value)
    size = abs(value)
    text = f"{size:,.0f}" if size >= LARGEST_ROUNDED else f"{size:,.{digits}g}"
    return f"{MINUS}{text}" if value < 0 else text


def assumption_words(assumption: Assumption) -> str:
    """Return the central value of an assumption, the dated ones by year."""
    if assumption.dated:
        return value_words(dict(assumption.dated))
    return level(assumption.value, assumption.unit)


def label_of(key: str) -> str:
    """Return the name of an assumption in words: `demand.working_days` -> `Working days`."""
    return humanised(key.rpartition(".")[2])


def full_label(key: str) -> str:
    """Return the name of an assumption with its part of the model: `Exit: rule`."""
    first, _, rest = key.partition(".")
    return f"{humanised(first)}: {rest.replace('_', ' ').replace('.', ' ')}" if rest else first


def seats_words(seats: Mapping[int, float]) -> str:
    """Return places of medical schools as `3,058 from 2006; 3,548 from 2027`."""
    steps = seat_steps(seats)
    told = [f"{exact(places, 'heads')} from {year}" for year, places in steps]
    if len(told) > MOST_STEPS:
        told = [told[0], "\N{HORIZONTAL ELLIPSIS}", *told[1 - MOST_STEPS :]]
    return "; ".join(told)


def seat_steps(seats: Mapping[int, float]) -> tuple[tuple[int, float], ...]:
    """Return the years in which the number of places changes."""
    ordered = sorted(seats.items())
    return tuple(each for i, each in enumerate(ordered) if i == 0 or each[1] != ordered[i - 1][1])


def known_badge(known: str) -> Markup:
    """Show how a rule of a study is known, by sign and word."""
    if known not in KNOWN_MEANING:
        return tag("span", {"class": "grade"}, known or "unknown")
    sign = tag("span", {"aria-hidden": "true"}, KNOWN_SIGN[known])
    kind = "grade assumed" if known == "tuned" else "grade"
    return tag("span", {"class": kind, "title": KNOWN_MEANING[known]}, sign, f" {known}")


def known_key() -> Markup:
    """Explain the badges."""
    entries = [
        tag("span", {"class": "key"}, known_badge(known), f" {meaning}")
        for known, meaning in KNOWN_MEANING.items()
    ]
    return tag("p", {"class": "keys"}, *entries)


def tuned_words(known: Known) -> str:
    """Say what a value was tuned to; nothing for other values."""
    if not known.tuned_to:
        return ""
    return "Tuned to " + ", ".join(f"{what} of {year}" for year, what in known.tuned_to) + "."


def source_link(source: str, pack: Pack) -> Markup:
    """Link to a source by its title; an unknown one stands by its id."""
    found = pack.sources.get(source)
    return inner(source) if found is None else link(found.title or source, found.url)
