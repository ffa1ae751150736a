"""What a scenario file may say: its schema, for the loader and for editors.

A scenario says what differs from the scenario it inherits from, and when. The models here hold
one file as it was written; `locum.scenarios.resolve` joins it with its parents.
"""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

__all__ = [
    "Count",
    "Entry",
    "HistoryEntry",
    "Name",
    "Number",
    "OverrideEntry",
    "ScenarioFile",
    "ScenarioHead",
    "SeatsEntry",
    "ShortEntry",
    "Words",
    "Year",
    "YearsEntry",
    "expected",
    "json_schema",
]

EXPECTED = "expected"
"""Type of the errors raised here; their context says in words what was expected."""

_NAME_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_LONGEST_NAME = 80
_MOST_SEATS = 1_000_000
"""A guard against slips of the keyboard, far above the places of any country."""


def expected(words: str) -> PydanticCustomError:
    """Return the error of a validator, which says in words what was expected."""
    return PydanticCustomError(EXPECTED, "expected {words}", {"words": words})


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise expected("a number")
    try:
        number = float(value)
    except OverflowError as error:
        raise expected("a finite number") from error
    if not isfinite(number):
        raise expected("a finite number")
    return number


def _number_or_option(value: object) -> float | str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise expected("a number, or the name of an option of a rule")
    return _number(value)


Name = Annotated[str, StringConstraints(pattern=_NAME_PATTERN, max_length=_LONGEST_NAME)]
Words = Annotated[str, StringConstraints(min_length=1)]
Number = Annotated[float, PlainValidator(_number), WithJsonSchema({"type": "number"})]
Value = Annotated[
    float | str,
    PlainValidator(_number_or_option),
    WithJsonSchema({"type": ["number", "string"]}),
]
Year: TypeAlias = int
Count = Annotated[int, Field(ge=0, le=_MOST_SEATS)]


class Entry(BaseModel):
    """A mapping of the file: unknown fields and values of another kind are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ShortEntry(Entry):
    """A mapping that may be written as its most important field alone."""

    SHORT: ClassVar[dict[str, Any]]
    """JSON Schema of the short form."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell editors about the short form too."""
        full = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [cls.SHORT, full]}


class YearsEntry(Entry):
    """First and last year: the stock at the end of `start` is the starting stock."""

    start: Year | None = Field(None, description="A base year of the country pack.")
    end: Year | None = Field(None, description="The last year to simulate.")


class SeatsEntry(ShortEntry):
    """First-year places of medical schools from a year on; a bare number is the total."""

    SHORT: ClassVar[dict[str, Any]] = {
        "type": "integer",
        "minimum": 0,
        "maximum": _MOST_SEATS,
    }

    total: Count = Field(description="All first-year places in the country.")
    bonded: Count = Field(0, description="Of these, places whose holders are bound to a region.")
    allocation: dict[str, Count | None] | None = Field(
        None,
        description="Who gets the places above the country's base: the name of an allocation of "
        "the pack, or places by allocation. Left out: every school in proportion to its places.",
        json_schema_extra={
            "anyOf": [
                {"type": "string"},
                {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
                {"type": "null"},
            ]
        },
    )

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, entry: object) -> object:
        """Read `5058` as `{total: 5058}` and `allocation: a` as `{a: all of them}`."""
        if isinstance(entry, int) and not isinstance(entry, bool):
            return {"total": entry}
        if not isinstance(entry, dict):
            raise expected("a whole number, or a mapping with total, bonded and allocation")
        fields = cast("dict[object, object]", entry)
        allocation = fields.get("allocation")
        if not isinstance(allocation, str):
            return fields
        return {**fields, "allocation": {allocation: None}}


class HistoryEntry(Entry):
    """A past that did not happen."""

    seats: dict[Year, Count] = Field(
        default_factory=dict, description="Places of medical schools, each from its year on."
    )


class OverrideEntry(ShortEntry):
    """An assumption that differs from the pack; a bare value fixes it."""

    SHORT: ClassVar[dict[str, Any]] = {"type": ["number", "string"]}

    value: Value | None = Field(None, description="The value in every year.")
    values: dict[Year, Number] | None = Field(
        None, description="Dated values, each in force from its year on; instead of `value`."
    )
    unit: Words | None = Field(None, description="Checked against the unit of the assumption.")
    prior: dict[str, Any] | None = Field(
        None, description="How uncertain it is; left out, the value is taken as certain."
    )
    source: Words | None = Field(None, description="Where it comes from; a prior needs one.")

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, entry: object) -> object:
        """Read `0.5` as `{value: 0.5}`."""
        if isinstance(entry, int | float | str) and not isinstance(entry, bool):
            return {"value": entry}
        if not isinstance(entry, dict):
            raise expected("a number, the name of an option, or a mapping with value")
        return cast("dict[object, object]", entry)

    @model_validator(mode="after")
    def _state_one_value(self) -> OverrideEntry:
        if (self.value is None) == (self.values is None):
            raise expected("either value or values")
        return self


class ScenarioHead(Entry):
    """What the scenario files of every sector say."""

    name: Name = Field(description="Lower case words joined by hyphens.")
    title: Words = Field(description="One line for a heading.")
    description: str = Field("", description="Plain words: what happens, when, who decided it.")
    country: Words | None = Field(None, description="Name of the country pack.")
    inherits: Words | None = Field(
        None, description="A preset of the country, or another file relative to this one."
    )
    assumptions: dict[str, OverrideEntry] = Field(
        default_factory=dict, description="Assumptions that differ from the country's, by key."
    )
    rules: dict[str, Words] = Field(
        default_factory=dict, description="Which way a rule of the model computes."
    )


class ScenarioFile(ScenarioHead):
    """One scenario file of the workforce as it was written."""

    sector: Literal["workforce"] = Field(
        "workforce", description="What is simulated; left out, that of the scenario inherited."
    )
    years: YearsEntry = Field(
        YearsEntry(start=None, end=None), description="First and last year of the run."
    )
    seats: dict[Year, SeatsEntry] = Field(
        default_factory=dict,
        description="Places of medical schools, each from its year on. From the first year named "
        "here the places of the inherited scenario are no longer in force.",
    )
    history: HistoryEntry | None = Field(None, description="A past that did not happen.")
    interruption: Words | None = Field(
        None, description="A table of the pack, or a CSV file relative to this one."
    )


def json_schema(model: type[ScenarioHead] = ScenarioFile) -> dict[str, Any]:
    """Return the JSON Schema of the scenario files of a sector, for editors.

    Parameters
    ----------
    model
        What a file of the sector may say; by default one of the workforce.
    """
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **model.model_json_schema()} | {"title": "Locum scenario"}
