"""Values and priors as they are written in YAML, in assumption and scenario files alike.

Every error names the place that `where` gives: it is called with the keys that lead from the
entry to the part at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, TypeAlias, cast

from locum.assumptions.model import as_number, check_dates, check_value
from locum.assumptions.priors import PRIORS, Choice, Point, Prior, Scale
from locum.errors import BadValue, InputError, MissingField, Place, UnknownName

if TYPE_CHECKING:
    from locum.assumptions.model import Dated, Value
    from locum.assumptions.reading import Yaml
    from locum.units import Unit

__all__ = [
    "Entry",
    "Where",
    "known_fields",
    "mapping",
    "nowhere",
    "one_of",
    "parse_prior",
    "parse_value",
    "placed",
    "text",
    "text_field",
]

Where: TypeAlias = Callable[..., Place | None]
Entry: TypeAlias = "dict[str | int, Yaml]"


def nowhere(*_: str | int) -> Place | None:
    """Say that something was not written in a file."""
    return None


def parse_value(key: str, data: object, unit: Unit, where: Where = nowhere) -> tuple[Value, Dated]:
    """Read a value, or a mapping of years to values, and check it against its unit.

    Returns
    -------
    value, dated
        The value and no dates; or the last of the dated values, and all of them.

    Raises
    ------
    InputError
        If a value is of the wrong kind or out of bounds, or a year is not one.
    """
    if not isinstance(data, dict):
        return _of_unit(key, data, unit, where()), ()
    dated: dict[int, float] = {}
    for year, given in cast("Entry", data).items():
        if not isinstance(year, int):
            raise BadValue(f"year of {key}", year, "a calendar year", where(year))
        value = _of_unit(key, given, unit, where(year))
        if isinstance(value, str):
            raise InputError(f"rule {key!r} cannot be dated", where(year))
        check_dates(key, ((year, value),), where(year))
        dated[year] = value
    if not dated:
        raise BadValue(f"values of {key}", dated, "at least one year with its value", where())
    in_order = tuple(sorted(dated.items()))
    return in_order[-1][1], in_order


def _of_unit(key: str, data: object, unit: Unit, place: Place | None) -> Value:
    if unit.categorical and isinstance(data, str):
        value: Value = data
    elif unit.categorical:
        raise BadValue(key, data, "the name of an option, because its unit is rule", place)
    else:
        value = as_number(key, data, place)
    check_value(key, value, unit, place)
    return value


def parse_prior(data: object, where: Where = nowhere) -> Prior:
    """Read a prior as it is written in YAML, such as `{lognormal: {median: 1, sigma: 0.2}}`.

    Raises
    ------
    InputError
        If the family or a parameter is unknown, missing, of the wrong kind or out of bounds.
    """
    entry = mapping("prior", data, where())
    if len(entry) != 1:
        raise BadValue("prior", sorted(map(str, entry)), "one family of distributions", where())
    [(family, inner)] = entry.items()
    kind = PRIORS.get(str(family))
    if kind is None:
        raise UnknownName("prior", family, PRIORS, where(family))

    def below(*keys: str | int) -> Place | None:
        return where(family, *keys)

    with placed(below()):
        if kind is Scale:
            return Scale(parse_prior(inner, below))
        return kind(**_parameters(kind, mapping(f"{family} prior", inner, below()), below))


def _parameters(kind: type[Prior], entry: Entry, where: Where) -> dict[str, object]:
    """Read the parameters of a family, which are the fields of its class."""
    wanted = {each.name: each for each in fields(kind)}
    what = f"{kind.family} prior"
    known_fields(what, entry, wanted, where)
    read: dict[str, object] = {}
    for name, parameter in wanted.items():
        if name not in entry:
            if parameter.default is MISSING:
                raise MissingField(what, name, where())
        elif kind in (Choice, Point):
            read[name] = _several(name, entry[name], where)
        else:
            read[name] = as_number(f"{name} of a {what}", entry[name], where(name))
    return read


def _several(name: str, data: Yaml, where: Where) -> tuple[Value, ...]:
    """Read the options or the weights of a choice."""
    if not isinstance(data, list):
        raise BadValue(name, data, "a list", where(name))
    read = text if name == "options" else as_number
    return tuple(read(name, each, where(name, i)) for i, each in enumerate(data))


# --- parts of an entry -------------------------------------------------------


@contextmanager
def placed(place: Place | None) -> Generator[None]:
    """Give a place to the errors of checks that know none."""
    try:
        yield
    except InputError as error:
        error.at(place)
        raise


def mapping(what: str, data: object, place: Place | None) -> Entry:
    """Return a mapping, or refuse what is not one."""
    if not isinstance(data, dict):
        raise BadValue(what, data, "names with their values", place)
    return cast("Entry", data)


def known_fields(what: str, entry: Entry, known: Collection[str], where: Where) -> None:
    """Refuse a field nobody reads: it is a slip, and its value would be lost."""
    for name in entry:
        if name not in known:
            raise UnknownName(f"field of {what}:", name, known, where(name))


def text_field(what: str, entry: Entry, name: str, where: Where) -> str:
    """Return the text of a field, or refuse an entry that has none."""
    if entry.get(name) in (None, ""):
        raise MissingField(what, name, where(name) if name in entry else where())
    return text(name, entry[name], where(name))


def text(what: str, data: object, place: Place | None = None) -> str:
    """Return a text, or refuse what is not one."""
    if not isinstance(data, str):
        raise BadValue(what, data, "text", place)
    return data


def one_of(kind: str, name: str, choices: Collection[str], place: Place | None) -> None:
    """Refuse a name that is not among the choices."""
    if name not in choices:
        raise UnknownName(kind, name, choices, place)
