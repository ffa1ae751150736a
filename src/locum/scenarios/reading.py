"""Read one scenario file and say, line by line, what it may not say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast

from pydantic import ValidationError

from locum.assumptions.reading import Places, parse_yaml, read_yaml
from locum.errors import BadValue, InputError, MissingField, OutOfBounds, UnknownName
from locum.scenarios.schema import (
    EXPECTED,
    HistoryEntry,
    OverrideEntry,
    ScenarioFile,
    ScenarioHead,
    SeatsEntry,
    YearsEntry,
)

if TYPE_CHECKING:
    from os import PathLike

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from locum.assumptions.reading import Yaml

__all__ = [
    "WORKFORCE",
    "Content",
    "Document",
    "Form",
    "Parts",
    "problems_of",
    "read_scenario",
    "read_scenario_data",
    "read_scenario_text",
    "validated",
]

_Keys: TypeAlias = tuple[str | int, ...]
Parts: TypeAlias = "Mapping[str, type[BaseModel]]"
_Model = TypeVar("_Model", bound="BaseModel")
Content = TypeVar("Content", bound=ScenarioHead)

_YEAR = re.compile(r"\d{4}")
_EXPECTED = {
    "int_type": "a whole number",
    "string_type": "text (put it in quotes if it looks like a number or a date)",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "string_too_short": "some text",
    "string_too_long": "fewer characters",
    "string_pattern_mismatch": "lower case words joined by hyphens, such as more-seats",
}
"""What was expected, in words, by type of pydantic error."""


@dataclass(frozen=True)
class Form(Generic[Content]):
    """What the scenario files of a sector may say.

    Parameters
    ----------
    sector
        Its name in a file.
    model
        Every field of a file.
    parts
        Models of its mappings by their key, to suggest the field that was meant.
    """

    sector: str
    model: type[Content]
    parts: Parts

    def validated(self, data: Yaml | dict[Any, Any], places: Places) -> Content:
        """Return a file's data as its model; the first problem is raised."""
        self.refuse_other(data, places)
        return validated(self.model, data, places, self.parts)

    def refuse_other(self, data: Yaml | dict[Any, Any], places: Places) -> None:
        """Refuse a file that says it is of another sector."""
        given = data.get("sector", self.sector) if isinstance(data, dict) else self.sector
        if given != self.sector:
            raise BadValue("sector", given, self.sector, places("sector"))


@dataclass(frozen=True)
class Document(Generic[Content]):
    """One scenario file and where its parts are written; `path` is None for mere text."""

    content: Content
    places: Places
    path: Path | None
    form: Form[Content]


def read_scenario(path: str | PathLike[str], form: Form[Content]) -> Document[Content]:
    """Read a scenario file of a sector.

    Raises
    ------
    MissingFile
        If there is no such file.
    InputError
        If it is not YAML, is of another sector, or says what no scenario may say; the first
        problem is raised.
    """
    data, places = read_yaml(path)
    return Document(form.validated(data, places), places, Path(path), form)


def read_scenario_text(text: str, file: str = "<text>") -> Document[ScenarioFile]:
    """Read a scenario from text; it cannot name other files, only what its pack holds.

    Raises
    ------
    InputError
        As `read_scenario`; `file` is the name that the errors give.
    """
    data, places = parse_yaml(text, file)
    return Document(WORKFORCE.validated(data, places), places, None, WORKFORCE)


def read_scenario_data(
    data: Mapping[str, Any], file: str, form: Form[Content]
) -> Document[Content]:
    """Read a scenario from plain data, also when JSON has turned its years into text."""
    places = Places(file, {})
    return Document(form.validated(_with_years(data), places), places, Path(file), form)


def _with_years(data: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return the data with the keys that are years as numbers."""
    return {
        int(key) if isinstance(key, str) and _YEAR.fullmatch(key) else key: _with_years(
            cast("Mapping[Any, Any]", value)
        )
        if isinstance(value, Mapping)
        else value
        for key, value in data.items()
    }


def validated(
    model: type[_Model], data: Yaml | dict[Any, Any], places: Places, parts: Parts
) -> _Model:
    """Return a file's data as its model.

    Parameters
    ----------
    model
        What the file must be.
    parts
        Models of its mappings by their key, to suggest the field that was meant.

    Raises
    ------
    InputError
        The first thing that the model refuses, with file, line and key.
    """
    problems = problems_of(model, data, places, parts)
    if problems:
        raise problems[0]
    return model.model_validate(data)


def problems_of(
    model: type[BaseModel], data: Yaml | dict[Any, Any], places: Places, parts: Parts
) -> list[InputError]:
    """Return everything in a file that its model refuses, in order of line."""
    if data is None:
        return [InputError("the file is empty", places())]
    try:
        model.model_validate(data)
    except ValidationError as error:
        fields = {"": list(model.model_fields)}
        fields |= {name: list(part.model_fields) for name, part in parts.items()}
        found = [_problem(each, places, fields) for each in error.errors(include_url=False)]
        return sorted(found, key=lambda one: (one.place and one.place.line) or 0)
    return []


def _problem(error: ErrorDetails, places: Places, fields: Mapping[str, list[str]]) -> InputError:
    keys, kind = error["loc"], error["type"]
    of_key = bool(keys) and keys[-1] == "[key]"
    keys = keys[:-1] if of_key else keys
    place = places(*keys)
    noun = "study" if "variants" in fields else "scenario"
    what = _named(keys, of_key=of_key) or noun
    if kind == "extra_forbidden":
        return UnknownName("field", keys[-1], _fields_of(keys[:-1], fields), place)
    if kind == "missing":
        above = _named(keys[:-1], of_key=False) or noun
        return MissingField(above, str(keys[-1]), places(*keys[:-1]))
    value: Any = keys[-1] if of_key else error["input"]
    context: dict[str, Any] = error.get("ctx", {})
    if kind in ("greater_than_equal", "less_than_equal"):
        return OutOfBounds(what, value, "", context.get("ge", -inf), context.get("le", inf), place)
    expected = context["words"] if kind == EXPECTED else _EXPECTED.get(kind, error["msg"])
    return BadValue(what, value, expected, place)


def _named(keys: _Keys, *, of_key: bool) -> str:
    if not keys:
        return ""
    *above, last = keys
    return f"key of {above[-1]}" if of_key and above else str(last)


def _fields_of(keys: _Keys, fields: Mapping[str, list[str]]) -> list[str]:
    """Return the fields that the mapping at the end of these keys may have."""
    named = [str(key) for key in keys if str(key) in fields]
    return fields[named[-1] if named else ""]


WORKFORCE = Form(
    "workforce",
    ScenarioFile,
    {
        "years": YearsEntry,
        "seats": SeatsEntry,
        "history": HistoryEntry,
        "assumptions": OverrideEntry,
    },
)
"""Scenario files of the workforce, which is the sector of files that name none."""
