"""Entries of YAML files, read into assumptions and correlations.

Every error names the file, the line, and the key of the assumption with the field at fault.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from locum.assumptions.correlations import Correlation
from locum.assumptions.model import GRADES, Assumption, as_number, check_key
from locum.assumptions.parsing import (
    known_fields,
    mapping,
    one_of,
    parse_prior,
    parse_value,
    placed,
    text,
    text_field,
)
from locum.errors import BadValue, InputError, MissingField, Place
from locum.units import unit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from locum.assumptions.model import Dated, Value
    from locum.assumptions.parsing import Entry, Where
    from locum.assumptions.reading import Places, Yaml
    from locum.units import Unit

__all__ = ["read_assumption", "read_correlation"]

_TEXTS = ("unit", "source", "grade", "holder", "note")
_FIELDS = ("key", "value", "values", "unit", "prior", "source", "grade", "holder", "note")
_CORRELATION_FIELDS = ("keys", "rho", "source", "note")


def read_assumption(
    data: Yaml, position: int, places: Places, sources: Collection[str]
) -> Assumption:
    """Read one entry of a file of assumptions.

    Parameters
    ----------
    data
        The entry.
    position
        Its position in the list the file holds.
    places
        Where things stand in the file.
    sources
        Ids of the sources an assumption may name.

    Raises
    ------
    InputError
        If anything is missing, unknown, of the wrong kind or out of bounds.
    """
    entry = mapping("an assumption", data, places(position))
    where = _naming(entry.get("key"), position, places)
    if "key" not in entry:
        raise MissingField("an assumption", "key", where())
    key = text("key", entry["key"], where("key"))
    check_key(key, where("key"))
    what = f"assumption {key!r}"
    known_fields(what, entry, _FIELDS, where)
    texts = {name: text_field(what, entry, name, where) for name in _TEXTS}
    measure = unit(texts["unit"], where("unit"))
    one_of("source", texts["source"], sources, where("source"))
    one_of("grade", texts["grade"], GRADES, where("grade"))
    value, dated = _value_or_values(key, entry, measure, where)
    if "prior" not in entry:
        raise MissingField(what, "prior", where())
    prior = parse_prior(entry["prior"], lambda *keys: where("prior", *keys))
    with placed(where("prior")):  # what is left to check is whether prior and value agree
        read = Assumption(key, value, prior=prior, dated=dated, place=None, **texts)
    return replace(read, place=where())


def _value_or_values(key: str, entry: Entry, measure: Unit, where: Where) -> tuple[Value, Dated]:
    """Read the one of the two fields that an entry must have."""
    what = f"assumption {key!r}"
    if "value" in entry and "values" in entry:
        raise InputError(f"{what} has both value and values", where("values"))
    name = "values" if "values" in entry else "value"
    if entry.get(name) is None:
        raise MissingField(what, name, where(name) if name in entry else where())
    data = entry[name]
    if isinstance(data, dict) != (name == "values"):
        expected = "years with their values" if name == "values" else "one value (dated: values)"
        raise BadValue(f"{name} of {key}", data, expected, where(name))
    return parse_value(key, data, measure, lambda *keys: where(name, *keys))


def _naming(key: Yaml, position: int, places: Places) -> Callable[..., Place]:
    """Return a function that gives places below an entry the name of its key."""
    name = key if isinstance(key, str) else f"[{position}]"

    def where(*keys: str | int) -> Place:
        found = places(position, *keys)
        return Place(found.file, found.line, ".".join([name, *map(str, keys)]))

    return where


def read_correlation(
    data: Yaml, position: int, places: Places, sources: Collection[str]
) -> Correlation:
    """Read one entry of a file of correlations; see `read_assumption`."""
    what = "a correlation"
    entry = mapping(what, data, places(position))

    def where(*keys: str | int) -> Place:
        return places(position, *keys)

    known_fields(what, entry, _CORRELATION_FIELDS, where)
    for name in ("keys", "rho"):
        if entry.get(name) is None:
            raise MissingField(what, name, where())
    pair = entry["keys"]
    if not isinstance(pair, list) or len(pair) != 2:
        raise BadValue("keys of a correlation", pair, "a list of two keys", where("keys"))
    first, second = (text("key", key, where("keys", i)) for i, key in enumerate(pair))
    source = text_field(what, entry, "source", where)
    one_of("source", source, sources, where("source"))
    return Correlation(
        keys=(first, second),
        rho=as_number("rho", entry["rho"], where("rho")),
        source=source,
        note=text_field(what, entry, "note", where),
        place=where(),
    )
