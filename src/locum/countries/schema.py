"""Table Schemas of a country pack: which columns a CSV file has and what its cells may hold.

The dialect is the part of Frictionless Table Schema that the packs use: types string, integer and
number; constraints required, enum, minimum, maximum and pattern; primaryKey; foreignKeys. One
property is our own: a field may carry a `grade`, which goes before the grade of its row.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from locum.errors import BadValue, InputError, MissingField, MissingFile, Place, UnknownName

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

__all__ = ["Cell", "Field", "Kind", "Reference", "Schema", "no_such", "read_json"]

Kind: TypeAlias = Literal["string", "integer", "number"]
Cell: TypeAlias = str | int | float | None
"""What a cell holds once read; None where nothing is written."""

_KINDS: tuple[Kind, ...] = ("string", "integer", "number")
_CONSTRAINTS = ("required", "enum", "minimum", "maximum", "pattern")


@dataclass(frozen=True)
class Field:
    """One column: its type and what its cells may hold."""

    name: str
    kind: Kind = "string"
    required: bool = False
    enum: tuple[str, ...] = ()
    low: float = -inf
    high: float = inf
    pattern: str | None = None
    grade: str | None = None

    @classmethod
    def parse(cls, entry: Mapping[str, Any], place: Place) -> Field:
        """Read a field descriptor of a Table Schema."""
        name = str(entry.get("name") or "")
        if not name:
            raise MissingField("field", "name", place)
        kind = entry.get("type", "string")
        if kind not in _KINDS:
            raise UnknownName(f"type of column {name}", kind, _KINDS, place)
        rules: Mapping[str, Any] = entry.get("constraints", {})
        for rule in rules:
            if rule not in _CONSTRAINTS:
                raise UnknownName(f"constraint on column {name}", rule, _CONSTRAINTS, place)
        return cls(
            name=name,
            kind=kind,
            required=bool(rules.get("required", False)),
            enum=tuple(str(option) for option in rules.get("enum", ())),
            low=float(rules.get("minimum", -inf)),
            high=float(rules.get("maximum", inf)),
            pattern=rules.get("pattern"),
            grade=entry.get("grade"),
        )

    def read(self, text: str) -> Cell:
        """Return what a cell of this column holds.

        Raises
        ------
        ValueError
            If the text is not allowed here; the message is the end of a sentence.
        """
        if not text:
            if self.required:
                raise ValueError("nothing is written here, and something must be")
            return "" if self.kind == "string" else None
        if self.kind == "string":
            return self._word(text)
        number = _whole(text) if self.kind == "integer" else _number(text)
        if not self.low <= number <= self.high:
            raise ValueError(f"must be {_between(self.low, self.high)}")
        return number

    def _word(self, text: str) -> str:
        if self.enum and text not in self.enum:
            raise ValueError(no_such(self.name, text, self.enum))
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            raise ValueError(f"must match {self.pattern}")
        return text


@dataclass(frozen=True)
class Reference:
    """A column whose cells must stand in a column of another table."""

    column: str
    resource: str
    target: str


@dataclass(frozen=True)
class Schema:
    """One table of a pack: its file, its columns, its key and what it refers to."""

    name: str
    title: str
    path: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns, in the order of the file."""
        return tuple(field.name for field in self.fields)

    def field(self, name: str) -> Field:
        """Return a column by name; `UnknownName` suggests the closest one."""
        for field in self.fields:
            if field.name == name:
                return field
        raise UnknownName(f"column of table {self.name}", name, self.columns)

    @classmethod
    def parse(cls, resource: Mapping[str, Any], file: str) -> Schema:
        """Read a resource descriptor of a datapackage.json.

        Raises
        ------
        InputError
            If the descriptor lacks a part, or holds one this dialect does not know.
        """
        name = str(resource.get("name") or "")
        place = Place(file, key=name or "resources")
        for part in ("name", "path", "schema"):
            if not resource.get(part):
                raise MissingField("resource", part, place)
        schema: Mapping[str, Any] = resource["schema"]
        fields = tuple(Field.parse(entry, place) for entry in schema.get("fields", ()))
        columns = tuple(field.name for field in fields)
        key = _columns(schema.get("primaryKey", []), columns, place)
        references = tuple(_reference(e, columns, place) for e in schema.get("foreignKeys", ()))
        title = str(resource.get("title", name))
        return cls(name, title, str(resource["path"]), fields, key, references)


def no_such(kind: str, name: str, choices: Collection[str]) -> str:
    """Say that a name is not among the choices, with the closest one if there is one."""
    if not choices:
        return f"no such {kind}; none is known"
    error = UnknownName(kind, name, choices)
    hint = error.problem.partition("; ")[2]
    return f"no such {kind}; {hint}" if hint else f"no such {kind}"


def read_json(file: Path) -> dict[str, Any]:
    """Read a JSON object from a file of a pack.

    Raises
    ------
    MissingFile
        If there is no such file.
    InputError
        If it is not a JSON object; the error names the line.
    """
    try:
        data = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise MissingFile(file) from error
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg}", Place(str(file), error.lineno)) from error
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8 text", Place(str(file))) from error
    if not isinstance(data, dict):
        raise InputError("not a JSON object", Place(str(file), 1))
    return cast("dict[str, Any]", data)


def _columns(given: str | list[str], columns: tuple[str, ...], place: Place) -> tuple[str, ...]:
    """Return one or several names of columns as a tuple; each must be a column."""
    names = (given,) if isinstance(given, str) else tuple(given)
    for name in names:
        if name not in columns:
            raise UnknownName("column", name, columns, place)
    return names


def _reference(entry: Mapping[str, Any], columns: tuple[str, ...], place: Place) -> Reference:
    target: Mapping[str, Any] = entry.get("reference", {})
    (column,) = _columns(entry.get("fields", ""), columns, place)
    if not target.get("resource") or not target.get("fields"):
        raise BadValue(f"foreign key of {column}", dict(target), "a resource and a field", place)
    return Reference(column, str(target["resource"]), str(target["fields"]))


def _plain(text: str) -> str:
    """Refuse what Python reads as a number and a person does not: 1_000, full-width digits."""
    if not text.isascii() or "_" in text or text != text.strip():
        raise ValueError("not a number")
    return text


def _whole(text: str) -> int:
    try:
        return int(_plain(text))
    except ValueError:
        raise ValueError("not a whole number") from None


def _number(text: str) -> float:
    try:
        number = float(_plain(text))
    except ValueError:
        raise ValueError("not a number") from None
    if not isfinite(number):
        raise ValueError("not a finite number")
    return number


def _between(low: float, high: float) -> str:
    if high == inf:
        return f"at least {low:g}"
    return f"at most {high:g}" if low == -inf else f"between {low:g} and {high:g}"
