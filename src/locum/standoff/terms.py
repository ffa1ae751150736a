"""Records of assumptions by name: one number each, or one for each kind of member."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from locum.errors import UnknownName
from locum.standoff.deeds import AGENDA, SANCTIONS
from locum.standoff.states import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ByDemand", "ByKind", "BySanction", "Values", "read_terms"]

ByKind: TypeAlias = tuple[float, float, float, float]
"""A number for each of `locum.standoff.states.KINDS`."""
BySanction: TypeAlias = tuple[float, float, float, float, float]
"""A number for each of `locum.standoff.deeds.SANCTIONS`."""
ByDemand: TypeAlias = tuple[float, float, float, float]
"""A number for each of `locum.standoff.deeds.AGENDA`."""
Values: TypeAlias = "Mapping[str, float | str]"
"""One draw of the ledger."""
Record = TypeVar("Record", bound=tuple[Any, ...])


def read_terms(record: type[Record], prefix: str, values: Values) -> Record:
    """Return a record whose fields are the assumptions `prefix.field` of one draw.

    A field of type `ByKind` is read from `prefix.field_KIND`, or else from `prefix.field`, which
    holds for every kind without a key of its own; `BySanction` and `ByDemand` likewise.

    Raises
    ------
    UnknownName
        If the draw lacks one of them.
    """
    read: list[Any] = []
    for name, parts in _fields(record):
        key = f"{prefix}.{name}"
        read.append(_each(key, parts, values) if parts else _number(key, values))
    return record(*read)


@cache
def _fields(record: type[tuple[Any, ...]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the fields of a record with the parts each is read in, none for one number."""
    found: dict[str, object] = record.__annotations__
    written = {name: getattr(each, "__forward_arg__", each) for name, each in found.items()}
    return tuple((name, _PARTS.get(str(each), ())) for name, each in written.items())


_PARTS = {"ByKind": KINDS, "BySanction": SANCTIONS, "ByDemand": AGENDA}


def _number(key: str, values: Values) -> float:
    if key not in values:
        raise UnknownName("assumption", key, values)
    return float(values[key])


def _each(key: str, parts: tuple[str, ...], values: Values) -> tuple[float, ...]:
    own = [f"{key}_{part}" for part in parts]
    return tuple(_number(each if each in values else key, values) for each in own)
