"""What a scenario file of the sector standoff may say.

Dates are written as 2024-02-20. Events are written in the words of `locum.standoff.deeds`: who
does what on which day, and whom it concerns. How strongly it works is an assumption.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from locum.scenarios.hospital_schema import Day, read_day
from locum.scenarios.reading import Form
from locum.scenarios.schema import (
    Count,
    Entry,
    Number,
    OverrideEntry,
    ScenarioHead,
    ShortEntry,
    Words,
    expected,
)

__all__ = [
    "STANDOFF",
    "CounterfactualEntry",
    "EventEntry",
    "PlatformEntry",
    "PopulationEntry",
    "ReadingsEntry",
    "SpanEntry",
    "StandoffFile",
]


def _what(value: object) -> str:
    """Return a word; a year counts as one."""
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise expected("a word, or a year")
    return str(value)


def _names(value: object) -> list[str]:
    """Return a list of names; a bare name is a list of one."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise expected("a name, or a list of names")
    names = cast("list[object]", listed)
    if not all(isinstance(name, str) and name for name in names):
        raise expected("a name, or a list of names")
    return [str(name) for name in names]


_LISTED = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
}
What = Annotated[
    str, PlainValidator(_what), WithJsonSchema({"type": ["string", "integer"], "minLength": 1})
]
Names = Annotated[list[str], PlainValidator(_names), WithJsonSchema(_LISTED)]


class EventEntry(Entry):
    """Something that happens on a day."""

    date: Day = Field(description="Its day, or its first one.")
    actor: Words = Field(description="Who does it: an office, never a person.")
    does: Words = Field(description="What kind of event it is.")
    what: What | None = Field(None, description="What it is about, where that is not one thing.")
    who: Names | None = Field(
        None, description="Kinds of member that it concerns; left out, all of them."
    )
    value: Number | None = Field(
        None, description="What was announced or counted, in the unit of the kind of event."
    )
    until: Day | None = Field(None, description="Its last day, which belongs to it.")
    source: Words | None = Field(None, description="Where it is known from.")
    rows: Names | None = Field(
        None, description="Ids of the rows of the pack's tables that it is taken from."
    )


class SpanEntry(ShortEntry):
    """A stretch of days of readings; a bare date is its last day."""

    SHORT: ClassVar[dict[str, Any]] = {"type": "string", "format": "date"}

    since: Day | None = Field(None, description="Its first day; left out, that of the run.")
    until: Day = Field(description="Its last day, which belongs to it.")

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, entry: object) -> object:
        """Read `2024-02-29` as `{until: 2024-02-29}`."""
        if isinstance(entry, dict):
            return cast("dict[object, object]", entry)
        return {"until": read_day(entry)}

    @model_validator(mode="after")
    def _order(self) -> SpanEntry:
        if self.since is not None and self.until < self.since:
            raise expected("a last day that does not come before the first")
        return self


class ReadingsEntry(Entry):
    """Published readings and what each stretch of them is for."""

    table: Words | None = Field(None, description="A table of readings of the pack.")
    fit: SpanEntry | None = Field(None, description="Readings that the structure is fitted to.")
    check: SpanEntry | None = Field(
        None, description="Readings after those that are predicted with the structure fitted."
    )
    update: SpanEntry | None = Field(
        None, description="Readings that update what the first stretch says nothing about."
    )


class PlatformEntry(Entry):
    """Settings of the doctors' platform on the first day; left out, those of the country."""

    policy: Words | None = Field(
        None, description="How posts are moderated: none, reports or screening."
    )
    latency_hours: Number | None = Field(None, description="Hours from finding a post to removal.")
    detection: Number | None = Field(
        None, description="Share of posts that press or name which are found."
    )
    retention_hours: Number | None = Field(
        None, description="Hours for which it is kept who wrote a post."
    )
    identity: Words | None = Field(
        None, description="Who knows the author: anonymous, verified or named."
    )
    evidence_preserved: Words | None = Field(
        None, description="Whether author data are secured once police are told: no or yes."
    )
    legal_reach: Number | None = Field(
        None, description="Chance that a warrant is granted and obeyed."
    )
    outside: Number | None = Field(
        None, description="How open channels outside are: 0 not, 1 fully."
    )


class PopulationEntry(Entry):
    """Who takes part; numbers are short for the assumptions `agents.*`."""

    kinds: Names | None = Field(
        None, description="Kinds of member that are simulated; left out, all of them."
    )
    trainees: Count | None = Field(None, description="Trainee doctors in post on the first day.")
    trainees_monitored: Count | None = Field(
        None, description="Of these, at the hospitals whose attendance was published."
    )
    students: Count | None = Field(None, description="Medical students on the first day.")
    professors: Count | None = Field(None, description="Professors of medicine.")
    clinics: Count | None = Field(None, description="Community clinics.")


class CounterfactualEntry(Entry):
    """What would have been done differently; everything else stays."""

    title: Words = Field(description="One line.")
    side: Words = Field(
        description="Who would have had to do it: government, doctors, both or platform."
    )
    without: Names | None = Field(None, description="Events that do not happen.")
    events: dict[str, EventEntry] = Field(
        default_factory=dict, description="Events that happen besides, or in another way."
    )
    platform: PlatformEntry | None = Field(
        None, description="Settings of the platform on the first day."
    )
    assumptions: dict[str, OverrideEntry] = Field(
        default_factory=dict, description="Assumptions that differ."
    )


class StandoffFile(ScenarioHead):
    """One scenario file of the sector standoff as it was written."""

    sector: Literal["standoff"] = Field(
        "standoff", description="What is simulated; left out, that of the scenario inherited."
    )
    start: Day | None = Field(None, description="The first day that is simulated.")
    end: Day | None = Field(None, description="The last day that is simulated.")
    turns: list[Day] | None = Field(
        None, description="First days of years of training and study inside the run."
    )
    dispute: Day | None = Field(None, description="The day on which the dispute begins.")
    resolve: Words | None = Field(
        None, description="How the government decides: script, hazard or bargaining."
    )
    population: PopulationEntry | None = Field(None, description="Who takes part.")
    platform: PlatformEntry | None = Field(
        None, description="Settings of the doctors' platform on the first day."
    )
    events: dict[str, EventEntry | None] = Field(
        default_factory=dict,
        description="What happens, by name; null takes an inherited event away.",
    )
    settlement: Names | None = Field(
        None, description="Names of the events that are the settlement; an empty list: none is."
    )
    readings: ReadingsEntry | None = Field(None, description="Published readings of the run.")
    counterfactuals: dict[str, CounterfactualEntry | None] = Field(
        default_factory=dict,
        description="What would have been done differently, by name; null takes an inherited one "
        "away.",
    )


STANDOFF = Form(
    "standoff",
    StandoffFile,
    {
        "assumptions": OverrideEntry,
        "population": PopulationEntry,
        "readings": ReadingsEntry,
        "fit": SpanEntry,
        "check": SpanEntry,
        "update": SpanEntry,
        "counterfactuals": CounterfactualEntry,
        "platform": PlatformEntry,
        "events": EventEntry,
    },
)
"""Scenario files of the sector standoff."""
