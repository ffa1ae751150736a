"""What a scenario file of the hospital sector may say.

Dates are written as 2024-02-20. A lever changes a few settings from a day on, until a day; which
settings there are stands in `locum.hospital.contingency`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from locum.scenarios.reading import Form
from locum.scenarios.schema import (
    Entry,
    Number,
    OverrideEntry,
    ScenarioHead,
    ShortEntry,
    Words,
    expected,
)

__all__ = [
    "HOSPITALS",
    "ContingencyEntry",
    "Day",
    "DaysEntry",
    "HospitalFile",
    "LeverEntry",
    "read_day",
]


def read_day(value: object) -> date:
    """Return a day, written as 2024-02-20 with or without quotes.

    Raises
    ------
    PydanticCustomError
        If it is none; its words say what was expected.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise expected("a date such as 2024-02-20") from None


Day = Annotated[
    date, PlainValidator(read_day), WithJsonSchema({"type": "string", "format": "date"})
]


class DaysEntry(ShortEntry):
    """A stretch of days; a bare date is a stretch of one."""

    SHORT: ClassVar[dict[str, Any]] = {"type": "string", "format": "date"}

    first: Day = Field(description="Its first day.")
    last: Day = Field(description="Its last day, which belongs to it.")

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, entry: object) -> object:
        """Read `2024-03-01` as first and last day."""
        if isinstance(entry, dict):
            return cast("dict[object, object]", entry)
        day = read_day(entry)
        return {"first": day, "last": day}

    @model_validator(mode="after")
    def _order(self) -> DaysEntry:
        if self.last < self.first:
            raise expected("a last day that does not come before the first")
        return self


class ContingencyEntry(ShortEntry):
    """By which rule hospitals cut their work, and from when on; a bare name is the rule."""

    SHORT: ClassVar[dict[str, Any]] = {"type": "string"}

    rule: Words | None = Field(
        None, description="none, advance, adaptive or advance_then_adaptive."
    )
    since: Day | None = Field(None, description="The day on which they begin to cut.")

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, entry: object) -> object:
        """Read `adaptive` as `{rule: adaptive}`."""
        if isinstance(entry, str):
            return {"rule": entry}
        if not isinstance(entry, dict):
            raise expected("the name of a rule, or a mapping with rule and since")
        return cast("dict[object, object]", entry)


class LeverEntry(Entry):
    """What is done about the absence, from a day on."""

    since: Day = Field(description="The first day on which it works.")
    until: Day | None = Field(
        None, description="The last day on which it works; left out, the last of the run."
    )
    change: dict[str, Number] = Field(
        description="What it changes: values of settings. Where several levers change one "
        "setting, the one that began last holds."
    )
    source: Words | None = Field(None, description="Where its dates and numbers come from.")


class HospitalFile(ScenarioHead):
    """One scenario file of the hospital sector as it was written."""

    sector: Literal["hospitals"] = Field(
        "hospitals", description="What is simulated; left out, that of the scenario inherited."
    )
    start: Day | None = Field(None, description="The first day that is simulated, a Monday.")
    report_from: Day | None = Field(
        None, description="The first day that is reported; those before it are warm-up."
    )
    end: Day | None = Field(None, description="The last day that is simulated.")
    base: DaysEntry | None = Field(
        None, description="Days of ordinary work, with which readings compare."
    )
    staff: Words | None = Field(
        None,
        description="Who is away: a table of readings of the pack, or a CSV file like it relative "
        "to this one. Null: nobody.",
    )
    turns: list[Day] | None = Field(
        None,
        description="First days of training years; readings before and after one of them count "
        "other people.",
    )
    holidays: list[DaysEntry] | None = Field(
        None,
        description="Public holidays, on which little is planned; those of several days are "
        "long ones, on which many more come to emergency departments.",
    )
    contingency: ContingencyEntry | None = Field(
        None, description="By which rule hospitals cut their work, and from when on."
    )
    levers: dict[str, LeverEntry | None] = Field(
        default_factory=dict,
        description="What is done about the absence, by name; null takes an inherited one away.",
    )


HOSPITALS = Form(
    "hospitals",
    HospitalFile,
    {
        "assumptions": OverrideEntry,
        "base": DaysEntry,
        "contingency": ContingencyEntry,
        "holidays": DaysEntry,
        "levers": LeverEntry,
    },
)
"""Scenario files of hospitals."""
