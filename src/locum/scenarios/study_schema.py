"""What a study file may say: its schema, for the loader and for editors.

A study is a published projection written down as rules: every rule and value that it used, how
we know it, and where its results are printed. `locum.scenarios.studies` joins the parts.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, model_validator

from locum.scenarios.schema import (
    Count,
    Entry,
    Name,
    Number,
    Words,
    Year,
    expected,
)

__all__ = [
    "LeverEntry",
    "PrintedEntry",
    "ReadingEntry",
    "RuleEntry",
    "StudyFile",
    "StudyYears",
    "TunedEntry",
    "ValueEntry",
    "VariantEntry",
    "study_json_schema",
]

Quantity: TypeAlias = Literal["supply", "demand", "gap"]
Known: TypeAlias = Literal["published", "inferred", "tuned"]


class TunedEntry(Entry):
    """A printed result."""

    year: Year = Field(description="Its year.")
    quantity: Quantity = Field(description="supply, demand or gap.")


class _Stated(Entry):
    """How something that a study says is known."""

    known: Known = Field(
        description="published: printed as a rule; inferred: from abstracts, press or algebra; "
        "tuned: chosen so that a printed result comes out."
    )
    source: Words = Field(description="Id of a source of the pack, or `project`.")
    note: str = Field("", description="What was read, and what was concluded from it.")
    tuned_to: list[TunedEntry] = Field(
        default_factory=list["TunedEntry"],
        description="The printed results that it was tuned to, for `tuned` only.",
    )

    @model_validator(mode="after")
    def _say_what_it_was_tuned_to(self) -> _Stated:
        if (self.known == "tuned") != bool(self.tuned_to):
            raise expected("tuned_to, the printed results, for what is tuned and for nothing else")
        return self


class RuleEntry(_Stated):
    """One rule of a study."""

    option: Words = Field(description="Name of the option.")


class ValueEntry(_Stated):
    """One number of a study."""

    value: Number = Field(description="The number.")
    unit: Words | None = Field(None, description="Checked against the unit of the assumption.")
    prior: dict[str, Any] | None = Field(
        None, description="How uncertain it is; left out, the value is taken as certain."
    )


class StudyYears(Entry):
    """The year in which need has its level, and the last year."""

    base: Year = Field(description="One and the same year for stock and population.")
    end: Year = Field(description="Last year the rules are carried to.")


class PrintedEntry(Entry):
    """Where the results are printed: rows of the pack's table of projections."""

    study: Words = Field(description="Column study_id of the table projections.")
    scenario: Words = Field(description="Column scenario of the table projections.")


class _Parts(Entry):
    """Rules and values, of a study, a variant or a reading."""

    assumptions: dict[str, ValueEntry] = Field(
        default_factory=dict, description="Numbers by the key of the assumption."
    )
    rules: dict[str, RuleEntry] = Field(
        default_factory=dict, description="Rules by the key of the assumption."
    )


class VariantEntry(_Parts):
    """One of the scenarios that a study printed."""

    title: Words = Field(description="One line.")
    like: Words | None = Field(
        None, description="A variant above, whose rules, values, year and places it shares."
    )
    base_year: Year | None = Field(None, description="Instead of the study's.")
    seats: dict[Year, Count] | None = Field(None, description="Instead of the study's.")
    printed: list[PrintedEntry] = Field(
        default_factory=list[PrintedEntry], description="Where its results are printed."
    )
    relative_to: Words | None = Field(
        None,
        description="A variant whose printed results, times the ratio of the two by the rules, "
        "are compared with what this one printed.",
    )


class ReadingEntry(_Parts):
    """One way to read what the study leaves open; the first listed is the one it states."""

    title: Words = Field(description="One line.")


class LeverEntry(Entry):
    """A lever that the study itself pulled, and the year in which it flips its answer."""

    assumption: Words = Field(description="Key of the assumption.")
    year: Year = Field(description="Year of the gap.")
    variant: Words = Field(description="Variant that is moved.")
    printed: Number | None = Field(None, description="Value at which the printed gap is zero.")
    note: str = Field("", description="How that value follows from the printed table.")


class StudyFile(_Parts):
    """One study file as it was written."""

    name: Name = Field(description="Lower case words joined by hyphens.")
    title: Words = Field(description="One line for a heading.")
    holder: Words = Field(description="The office or institute that holds it.")
    published: Words = Field(description="Date: 2025-12-30, 2025-12 or 2025.")
    description: Words = Field(description="Plain words: what was asked, and how it was answered.")
    missing: str = Field("", description="What is not published, and what that costs.")
    country: Words | None = Field(None, description="Name of the country pack.")
    inherits: Words | None = Field(None, description="A study whose rules and values it shares.")
    years: StudyYears = Field(description="Base year and last year.")
    seats: dict[Year, Count] = Field(
        default_factory=dict, description="Places of medical schools, each from its year on."
    )
    variants: dict[Name, VariantEntry] = Field(description="What it printed, by a short name.")
    ends: Annotated[list[Words], Field(min_length=1, max_length=2)] = Field(
        description="The variants that bound what it published, the lower gap first; the study's "
        "answer is the middle of the two."
    )
    readings: dict[Name, ReadingEntry] = Field(
        default_factory=dict, description="Ways to read what it leaves open."
    )
    levers: list[LeverEntry] = Field(
        default_factory=list[LeverEntry], description="Levers the study itself pulled."
    )
    growth_of: list[Words] = Field(
        default_factory=list[Words],
        description="Studies whose mean gap is one part of the printed gap; the other part is a "
        "distribution gap today.",
    )

    @model_validator(mode="after")
    def _name_variants(self) -> StudyFile:
        named = [*self.ends, *(lever.variant for lever in self.levers)]
        named += [each.relative_to for each in self.variants.values() if each.relative_to]
        for name in named:
            if name not in self.variants:
                raise expected(f"variants that exist; there is no {name!r}")
        above: set[str] = set()
        for name, each in self.variants.items():
            if each.like is not None and each.like not in above:
                raise expected(f"variants that stand above; {name} is like {each.like!r}")
            above.add(name)
        return self


def study_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a study file, for editors."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    schema = StudyFile.model_json_schema()
    return {"$schema": dialect, **schema, "title": "Locum study"}
