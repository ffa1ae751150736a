"""Placeholders of a pathway file: `<name>` stands for a number that whoever reads the file gives.

Alone, a placeholder becomes the number (`capacity: <beds>`); within text it is replaced, so that
the unit stays in the file (`delay: <exam> min`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from locum.errors import BadValue, InputError, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from locum.assumptions.reading import Places, Yaml
    from locum.errors import Place

__all__ = ["PLACEHOLDER", "filled"]

PLACEHOLDER = r"<([A-Za-z_][A-Za-z0-9_.-]*)>"
_PLACEHOLDER = re.compile(PLACEHOLDER)
_Keys = tuple[str | int, ...]


def filled(data: Yaml, places: Places, values: Mapping[str, float] | None) -> Yaml:
    """Return the data of a file with numbers in the place of its placeholders.

    Parameters
    ----------
    data, places
        Of the file.
    values
        Numbers by name; None if none are given.

    Raises
    ------
    UnknownName
        If a placeholder is not among the values; with its file, line and key.
    BadValue
        If a value is not a finite number.
    InputError
        If there are placeholders and no values; it says which.
    """
    if values is None:
        _refuse_placeholders(data, places)
        return data
    return _filled(data, places, values, ())


def _refuse_placeholders(data: Yaml, places: Places) -> None:
    first: Place | None = None
    names: dict[str, None] = {}
    for keys, text in _texts(data, ()):
        for name in _PLACEHOLDER.findall(text):
            first = first or places(*keys)
            names[name] = None
    if names:
        listed = ", ".join(f"<{name}>" for name in names)
        raise InputError(f"the file leaves numbers open, and no values are given: {listed}", first)


def _texts(data: Yaml, keys: _Keys) -> Iterator[tuple[_Keys, str]]:
    if isinstance(data, str):
        yield keys, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, (*keys, key))
    elif isinstance(data, list):
        for row, value in enumerate(data):
            yield from _texts(value, (*keys, row))


def _filled(data: Yaml, places: Places, values: Mapping[str, float], keys: _Keys) -> Yaml:
    if isinstance(data, dict):
        return {key: _filled(each, places, values, (*keys, key)) for key, each in data.items()}
    if isinstance(data, list):
        return [_filled(each, places, values, (*keys, row)) for row, each in enumerate(data)]
    if not isinstance(data, str) or "<" not in data:
        return data

    def number(found: re.Match[str]) -> float:
        return _value(found[1], values, places(*keys))

    alone = _PLACEHOLDER.fullmatch(data.strip())
    if alone is not None:
        return number(alone)
    return _PLACEHOLDER.sub(lambda found: f"{Decimal(repr(number(found))):f}", data)


def _value(name: str, values: Mapping[str, float], place: Place) -> float:
    """Return a value; a whole number is one in Python too, since units are counted."""
    if name not in values:
        raise UnknownName("value", name, values, place)
    value = float(values[name])
    if not isfinite(value):
        raise BadValue(f"<{name}>", value, "a finite number", place)
    return int(value) if value.is_integer() else value
