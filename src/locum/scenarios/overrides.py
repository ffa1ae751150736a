"""Put a scenario's assumptions, and those of a command line, into a ledger."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from locum.assumptions import parse_prior
from locum.errors import BadValue, InputError, MissingField, Place
from locum.scenarios.scenario import Override

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.assumptions import Ledger
    from locum.assumptions.reading import Places
    from locum.scenarios.reading import Document
    from locum.scenarios.schema import OverrideEntry, ScenarioHead

__all__ = ["apply", "parse_sets", "stated_overrides", "stated_under", "with_override"]

SETS = "--set"
"""The file name in errors about assumptions set on a command line."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_LONGEST_NUMBER = 40


class _States(Protocol):
    """A scenario of any sector."""

    @property
    def assumptions(self) -> Mapping[str, Override]: ...


def apply(scenario: _States, ledger: Ledger, sets: Mapping[str, str] | None = None) -> Ledger:
    """Return the ledger of a run: the country's, then the scenario's, then `sets`.

    Parameters
    ----------
    scenario
        Its assumptions replace the country's.
    ledger
        Of the country.
    sets
        Value by key, as typed: "265", "265 days_per_year", or the option of a rule.

    Raises
    ------
    InputError
        If a key is unknown, a value is not one of its unit, or a prior has no source.
    """
    for key, override in scenario.assumptions.items():
        ledger = with_override(ledger, key, override)
    for key, text in (sets or {}).items():
        place = Place(SETS, None, key)
        value, unit = _value_and_unit(text)
        ledger = ledger.fixed(key, value, place, unit)
    return ledger


def with_override(
    ledger: Ledger, key: str, override: Override, holder: str = "this scenario"
) -> Ledger:
    """Return the ledger with one assumption replaced; a prior needs a source.

    Raises
    ------
    InputError
        If the key is unknown, the value is not one of its unit, or a prior has no source.
    """
    value = override.value
    given = dict(value) if isinstance(value, tuple) else value
    fixed = ledger.fixed(key, given, override.place, override.unit)
    if override.prior is None and override.source is None:
        return fixed
    if override.source is None:
        raise MissingField(f"prior of {key}", "source", override.place)
    prior = override.prior or fixed[key].prior
    changed = replace(
        fixed[key],
        prior=prior,
        source=override.source,
        holder=holder,
        note=f"Stated by {holder}. {ledger[key].note}",
    )
    return fixed.replaced(changed)


def parse_sets(texts: list[str]) -> dict[str, str]:
    """Split the arguments of `--set`, each `key=value`.

    Raises
    ------
    BadValue
        If one is not of this form, or a key comes twice.
    """
    sets: dict[str, str] = {}
    for text in texts:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value):
            raise BadValue("argument", text, "key=value", Place(SETS))
        if key in sets:
            raise BadValue(
                "value",
                value,
                f"one value only; {sets[key]} was given before",
                Place(SETS, None, key),
            )
        sets[key] = value
    return sets


def stated_overrides(document: Document[Any]) -> dict[str, Override]:
    """Return the assumptions and rules that a file states, by key, each with its place.

    Raises
    ------
    InputError
        If a key stands under both, or a prior is none.
    """
    content: ScenarioHead = document.content
    places = document.places
    for key in content.rules:
        if key in content.assumptions:
            raise InputError("stated under assumptions too", places("rules", key))
    return stated_under(content.assumptions, places) | {
        key: Override(option, place=places("rules", key)) for key, option in content.rules.items()
    }


def stated_under(
    entries: Mapping[str, OverrideEntry], places: Places, *above: str
) -> dict[str, Override]:
    """Return the assumptions that stand below some keys of a file, each with its place.

    Parameters
    ----------
    entries
        Under `assumptions`.
    places
        Of the file.
    above
        Keys that lead to `assumptions`.

    Raises
    ------
    InputError
        If a prior is none.
    """
    at = (*above, "assumptions")
    return {key: _override(entry, places, (*at, key)) for key, entry in entries.items()}


def _override(entry: OverrideEntry, places: Places, at: tuple[str, ...]) -> Override:
    def where(*keys: str | int) -> Place:
        return places(*at, "prior", *keys)

    dated = tuple(sorted(entry.values.items())) if entry.values is not None else None
    return Override(
        value=dated if dated is not None else cast("float | str", entry.value),
        unit=entry.unit,
        prior=None if entry.prior is None else parse_prior(entry.prior, where),
        source=entry.source,
        place=places(*at),
    )


def _value_and_unit(text: str) -> tuple[float | str, str | None]:
    """Read `265 days_per_year` as a number and its unit; anything else is an option's name."""
    number, _, unit = text.partition(" ")
    if len(number) <= _LONGEST_NUMBER and _NUMBER.fullmatch(number):
        return float(number), unit.strip() or None
    return text, None
