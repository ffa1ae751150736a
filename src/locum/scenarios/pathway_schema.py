"""What a pathway file may say: its schema, for the loader and for editors.

A pathway file is a model of one hospital: its stations, its staff, the steps of its patients, and
the levers that may be pulled. `locum.scenarios.pathways` joins the parts.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from locum.errors import InputError
from locum.hospital.records import ATTRIBUTES, HANDOVERS, MAX_CLASSES, RULES, WATCHED
from locum.scenarios.pathway_values import PLACEHOLDER
from locum.scenarios.pathway_words import (
    CLOCK_PATTERN,
    CLOCK_WORDS,
    TIME_PATTERN,
    TIME_WORDS,
    read_clock,
    read_hours,
)
from locum.scenarios.schema import Entry, Name, Number, Words, expected

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

__all__ = [
    "PARTS",
    "VERBS",
    "CallEntry",
    "CliniciansEntry",
    "GuardEntry",
    "LeverEntry",
    "PathwayFile",
    "PoolEntry",
    "ResourceEntry",
    "RosterEntry",
    "SeizeEntry",
    "SeizeStaffEntry",
    "SourceEntry",
    "StepEntry",
    "WaitingEntry",
    "pathway_json_schema",
]

_LABEL = r"^[A-Za-z][A-Za-z0-9_-]*$"
_MOST = 100_000
_MOST_PRIORITY = 62
_LONGEST = 80


def _label(name: str) -> str:
    if not re.fullmatch(_LABEL, name) or len(name) > _LONGEST:
        raise expected("a word of letters, digits, - and _, such as see_doctor")
    return name


def _hours(value: object) -> float:
    try:
        return read_hours(value)
    except InputError as error:
        raise expected(TIME_WORDS) from error


def _clock(value: object) -> float:
    try:
        return read_clock(value)
    except InputError as error:
        raise expected(CLOCK_WORDS) from error


def _moment(value: object) -> date | float:
    if isinstance(value, date):
        return value
    try:
        return read_hours(value)
    except InputError as error:
        words = "a date such as 2024-02-20, or a time since the start such as 36 h"
        raise expected(words) from error


def _priority(value: object) -> object:
    each = cast("dict[object, object]", value).values() if isinstance(value, dict) else [value]
    if value != "by_class" and any(
        not isinstance(one, int) or isinstance(one, bool) or not 0 <= one <= _MOST_PRIORITY
        for one in each
    ):
        raise expected(
            f"a whole number from 0 (first) to {_MOST_PRIORITY}, one for each class, or by_class"
        )
    return cast("object", value)


def _absent(value: object) -> object:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST
    if value != "all" and not whole:
        raise expected("a number of clinicians, or all")
    return value


def _rosters(value: object) -> object:
    each = cast("list[object]", value) if isinstance(value, list) else [value]
    if not each or not all(isinstance(name, str) for name in each):
        raise expected("the name of a roster, or several that are dealt in turn")
    for name in each:
        _label(str(name))
    return cast("object", value)


_TEXT_OR_MAPPING = {"type": ["string", "object"]}
_NUMBER = {"type": ["number", "object"], "additionalProperties": {"type": "number"}}

Label = Annotated[
    str, AfterValidator(_label), WithJsonSchema({"type": "string", "pattern": _LABEL})
]
Hours = Annotated[
    float,
    PlainValidator(_hours),
    WithJsonSchema({"type": "string", "pattern": TIME_PATTERN}),
]
Clock = Annotated[
    float,
    PlainValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": CLOCK_PATTERN}),
]
Moment = Annotated[date | float, PlainValidator(_moment), WithJsonSchema({"type": "string"})]
Time = Annotated[Any, WithJsonSchema(_TEXT_OR_MAPPING)]
"""Read with the classes at hand: `locum.scenarios.pathway_words.read_time`."""
Value = Annotated[Any, WithJsonSchema({"type": ["number", "string", "object"]})]
Chance = Annotated[Any, WithJsonSchema(_NUMBER)]
Priority = Annotated[
    Any,
    PlainValidator(_priority),
    WithJsonSchema({"type": ["integer", "string", "object"]}),
]
Handover = Annotated[str, WithJsonSchema({"enum": list(HANDOVERS)})]
Rule = Annotated[str, WithJsonSchema({"enum": list(RULES)})]
Watched = Annotated[str, WithJsonSchema({"enum": list(WATCHED)})]
"""Names that `locum.scenarios.pathways` knows, so that its errors can suggest the one meant."""
Absent = Annotated[
    int | str, PlainValidator(_absent), WithJsonSchema({"type": ["integer", "string"]})
]
Rosters = Annotated[
    str | list[str],
    PlainValidator(_rosters),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": _LABEL},
                {"type": "array", "items": {"type": "string", "pattern": _LABEL}, "minItems": 1},
            ]
        }
    ),
]
Units = Annotated[int, Field(ge=0, le=_MOST)]
Some = Annotated[int, Field(ge=1, le=_MOST)]
Extra = Annotated[int, Field(ge=-_MOST, le=_MOST)]
Grade = Annotated[int, Field(ge=0, le=99)]


class _Short(Entry):
    """A mapping that may be written as its first field alone."""

    FIRST: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, entry: object) -> object:
        return entry if isinstance(entry, dict) else {cls.FIRST: entry}  # pyright: ignore[reportUnknownVariableType]

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell editors about the short form too."""
        full = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [full["properties"][cls.FIRST], full]}


# --- stations ----------------------------------------------------------------------


class ResourceEntry(_Short):
    """Counted units, such as beds; a bare number is the capacity."""

    FIRST = "capacity"

    capacity: Units = Field(description="Number of units.")
    preempts: bool = Field(
        default=False, description="A cut of the capacity sends patients back to the queue."
    )
    schedule: dict[str, Units] = Field(
        default_factory=dict,
        description="Units from a moment of the week on: `Mon-Fri 08:00: 6`.",
    )


class PoolEntry(Entry):
    """A pool of clinicians."""

    handover: Handover = Field(
        "finish", description="What happens to a patient whose clinician's shift ends."
    )


class RosterEntry(Entry):
    """Shifts within a period of weeks; a bare list of shifts is a week."""

    weeks: Annotated[int, Field(ge=1, le=53)] = Field(1, description="Length of the period.")
    shifts: list[Words] = Field(
        description="`Mon-Fri 08:00-17:00`, `daily 20:00-08:00`, `week 2 Sat 08:00-20:00`."
    )

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, entry: object) -> object:
        return {"shifts": entry} if isinstance(entry, list) else entry  # pyright: ignore[reportUnknownVariableType]


class CliniciansEntry(Entry):
    """Alike clinicians of a pool."""

    pool: Label = Field(description="Name of the pool.")
    count: Units = Field(description="How many.")
    grade: Grade = Field(0, description="0 is the most junior.")
    skills: list[Label] = Field(default_factory=list[str], description="What they can do.")
    roster: Rosters | None = Field(
        None,
        description="Name of a roster, or several that are dealt in turn; left out: always on "
        "duty.",
    )
    weekly_cap: Hours | None = Field(
        None, description="Hours on duty in a week over which they start nobody: `80 h`."
    )

    @property
    def rosters(self) -> tuple[str, ...]:
        """The rosters that are dealt to the members in turn."""
        if self.roster is None:
            return ("always",)
        return (self.roster,) if isinstance(self.roster, str) else tuple(self.roster)


class GuardEntry(Entry):
    """A condition on a published number."""

    watch: Watched = Field(description="The published number.")
    of: Label | None = Field(
        None, description="The counter, resource, list or pool that it is the number of."
    )
    at_least: Number | None = Field(None, description="Holds from this threshold on.")
    below: Number | None = Field(None, description="Holds below this threshold.")

    @model_validator(mode="after")
    def _state_one_threshold(self) -> GuardEntry:
        if (self.at_least is None) == (self.below is None):
            raise expected("either at_least or below")
        return self


class SourceEntry(Entry):
    """Where patients come from."""

    rate: Time = Field(
        description="`3.2 per h`, `{mean: 3.2 per h, amplitude: 0.5, peak: '15:00'}`, or "
        "`{per_hour: [...]}` with 24 or 168 numbers."
    )
    headroom: Annotated[Number, Field(ge=1.0, le=100.0)] = Field(
        1.0, description="By how much a lever may scale the rate up."
    )
    classes: dict[Label, Number] = Field(description="Share of each class; the sum is 1.")
    entry: Label = Field(description="Label at which they start.")
    since: Moment | None = Field(None, description="The first arrivals.")
    until: Moment | None = Field(None, description="The last arrivals.")


class CallEntry(Entry):
    """A regular call of patients from a list."""

    list: Label = Field(description="Name of the list.")
    to: Label = Field(description="Label where the called go on.")
    quota: Units = Field(description="At most so many at a time.")
    resource: Label | None = Field(
        None, description="The called hold one unit of it, and are called only if it is free."
    )
    reserve: Units = Field(0, description="Units of the resource that stay free.")
    at: Clock = Field(7.0, description="Hour of the day of the first call.")
    every: Annotated[Hours, Field(gt=0.0)] = Field(24.0, description="Period.")
    days: Words = Field("daily", description="`daily`, `Mon-Fri`, `Mon,Wed`.")


# --- steps -------------------------------------------------------------------------


class WaitingEntry(Entry):
    """How a patient waits."""

    priority: Priority = Field(
        0, description="0 is served first; by_class is the order of the classes."
    )
    patience: Time = Field(None, description="Time after which the patient leaves the queue.")
    leave_to: Label | None = Field(None, description="Label where the one who left goes on.")
    boards: Label | None = Field(None, description="Counter of those who wait here.")
    preempts: bool = Field(
        default=False, description="Sends a patient of a worse priority back to the queue."
    )


class SeizeEntry(WaitingEntry, _Short):
    """Take units of a resource, or wait for them."""

    FIRST = "resource"

    resource: Label = Field(description="Name of the resource.")
    units: Some = Field(1, description="How many.")


class ReleaseEntry(_Short):
    """Give units back."""

    FIRST = "resource"

    resource: Label = Field(description="Name of the resource.")
    units: Some = Field(1, description="How many.")


class SeizeStaffEntry(WaitingEntry, _Short):
    """Take a clinician, or wait for one."""

    FIRST = "pool"

    pool: Label = Field(description="Name of the pool.")
    skills: list[Label] = Field(default_factory=list[str], description="All of these.")
    grade: Grade = Field(0, description="At least this grade.")
    rule: Rule = Field("most_junior", description="Whom of those who suffice.")
    task: Label = Field("care", description="What the doctor-minutes are counted as.")
    role: Label = Field("doctor", description="Name under which the clinician is held.")


class BranchEntry(Entry):
    """Go on with a probability, otherwise jump."""

    chance: Chance = Field(description="Probability of going on, or one for each class.")
    otherwise: Label = Field(description="Label.")


class SwitchEntry(Entry):
    """Jump to one of several labels."""

    to: dict[Label, Chance] = Field(description="Probability by label.")
    otherwise: Label = Field(description="Label for the rest.")


class GuardStepEntry(Entry):
    """Jump if a guard's condition holds."""

    when: Label = Field(description="Name of the guard.")
    to: Label = Field(description="Label.")
    classes: list[Label] | None = Field(None, description="Only these; left out: everybody.")


class JoinEntry(_Short):
    """Join a list until called."""

    FIRST = "name"

    name: Label = Field(description="Name of the list.")
    priority: Annotated[int, Field(ge=0, le=_MOST_PRIORITY)] = Field(0, description="0 is first.")
    keeps_place: bool = Field(default=False, description="Who comes again keeps the first place.")


class AttributeEntry(Entry):
    """Write or raise an attribute."""

    attribute: Label = Field(description="Its name.")
    value: Value = Field(description="A number or a time, fixed or drawn.")


class TestEntry(Entry):
    """Go on if an attribute is at least this, otherwise jump."""

    attribute: Label = Field(description="Its name.")
    at_least: Chance = Field(description="A number, or one for each class.")
    otherwise: Label = Field(description="Label.")


class CountEntry(_Short):
    """Add to a published counter."""

    FIRST = "counter"

    counter: Label = Field(description="Its name.")
    by: Extra = Field(1, description="May be negative.")


class TransferEntry(Entry):
    """Leave for another hospital."""

    to: dict[Annotated[int, Field(ge=0, le=_MOST)], Number] = Field(
        description="Probability by number of the hospital; the sum is 1."
    )
    entry: Label = Field(description="Name of an entry of that hospital.")
    travel: Time = Field(description="Travel time.")


class UntilEntry(_Short):
    """Wait for an hour of the day."""

    FIRST = "at"

    at: Clock = Field(description="Hour.")
    days: Words = Field("daily", description="`daily`, `Mon-Fri`, `Mon,Wed`.")


class SignalEntry(Entry):
    """Send some from a list to a label."""

    list: Label = Field(description="Name of the list.")
    to: Label = Field(description="Label.")
    count: Some = Field(1, description="At most so many.")


def _ask_for_one_verb(schema: dict[str, Any]) -> None:
    schema["oneOf"] = [
        {"required": [name]} for name in schema["properties"] if name not in ("label", "draw")
    ]


class StepEntry(Entry):
    """A step: one verb, and what names it."""

    model_config = ConfigDict(json_schema_extra=_ask_for_one_verb)

    label: Label | None = Field(None, description="Name of the step, for jumps and errors.")
    draw: Label | None = Field(
        None, description="Name of its luck: steps of the same name meet the same luck."
    )
    delay: Time = Field(None, description="Stay for a time.")
    seize: SeizeEntry | None = None
    release: ReleaseEntry | None = None
    seize_staff: SeizeStaffEntry | None = None
    release_staff: Label | None = Field(None, description="Let the clinician of a role go.")
    branch: BranchEntry | None = None
    switch: SwitchEntry | None = None
    guard: GuardStepEntry | None = None
    goto: Label | None = Field(None, description="Jump to a label.")
    list: JoinEntry | None = None
    set: AttributeEntry | None = None
    add: AttributeEntry | None = None
    test: TestEntry | None = None
    count: CountEntry | None = None
    transfer: TransferEntry | None = None
    jump: dict[Label, Label] | None = Field(None, description="Jump by class: class to label.")
    wait_until: UntilEntry | None = None
    signal: SignalEntry | None = None
    become: dict[Label, Label] | None = Field(None, description="Change class: from to.")
    end: Label | None = Field(None, description="Leave the hospital with this outcome.")


VERBS = tuple(name for name in StepEntry.model_fields if name not in ("label", "draw"))


# --- levers ------------------------------------------------------------------------


class LeverEntry(Entry):
    """Data that change for a while, and leave everything else as it is."""

    title: Words | None = Field(None, description="One line.")
    since: Moment | None = Field(None, description="Date or time; left out: from hour 0.")
    until: Moment | None = Field(None, description="Date or time; left out: for good.")
    capacity: dict[Label, Extra] = Field(
        default_factory=dict, description="Units more (or less) of a resource than planned."
    )
    quota: dict[Label, Units] = Field(default_factory=dict, description="Quota of a call.")
    threshold: dict[Label, Number] = Field(
        default_factory=dict, description="Threshold of a guard."
    )
    rate: dict[Label, Annotated[Number, Field(ge=0.0)]] = Field(
        default_factory=dict, description="Factor on the rate of a source, up to its headroom."
    )
    absent: dict[Label, Absent] = Field(
        default_factory=dict, description="Clinicians of a group who stay away: a number, or all."
    )
    roster: dict[Label, Label] = Field(
        default_factory=dict, description="Another roster for a group of clinicians."
    )


# --- the file ----------------------------------------------------------------------


class PathwayFile(Entry):
    """One pathway file as it was written."""

    name: Name = Field(description="Lower case words joined by hyphens.")
    title: Words = Field(description="One line for a heading.")
    description: str = Field("", description="Plain words.")
    inherits: Words | None = Field(
        None,
        description="Another pathway file, relative to this one, whose parts hold unless this "
        "file has a part of the same name.",
    )
    start: Moment | None = Field(None, description="Date of hour 0, a Monday.")
    classes: Annotated[list[Label], Field(max_length=MAX_CLASSES)] = Field(
        default_factory=list[str], description="Classes of patient, the most urgent first."
    )
    attributes: Annotated[list[Label], Field(max_length=ATTRIBUTES)] = Field(
        default_factory=list[str], description="Numbers that a patient carries."
    )
    lists: list[Label] = Field(default_factory=list[str], description="Waiting lists.")
    counters: list[Label] = Field(default_factory=list[str], description="Published counters.")
    resources: dict[Label, ResourceEntry] = Field(default_factory=dict)
    pools: dict[Label, PoolEntry] = Field(default_factory=dict)
    rosters: dict[Label, RosterEntry] = Field(default_factory=dict)
    clinicians: dict[Label, CliniciansEntry] = Field(
        default_factory=dict, description="Groups of alike clinicians."
    )
    guards: dict[Label, GuardEntry] = Field(default_factory=dict)
    sources: dict[Label, SourceEntry] = Field(default_factory=dict)
    calls: dict[Label, CallEntry] = Field(default_factory=dict)
    entries: dict[Label, Label] = Field(
        default_factory=dict, description="Labels at which patients from elsewhere start."
    )
    paths: dict[Label, list[StepEntry]] = Field(
        default_factory=dict, description="Steps that follow each other."
    )
    levers: dict[Label, LeverEntry] = Field(default_factory=dict)


PARTS: dict[str, type[BaseModel]] = {
    "resources": ResourceEntry,
    "pools": PoolEntry,
    "rosters": RosterEntry,
    "clinicians": CliniciansEntry,
    "guards": GuardEntry,
    "sources": SourceEntry,
    "calls": CallEntry,
    "paths": StepEntry,
    "levers": LeverEntry,
    "seize": SeizeEntry,
    "release": ReleaseEntry,
    "seize_staff": SeizeStaffEntry,
    "branch": BranchEntry,
    "switch": SwitchEntry,
    "guard": GuardStepEntry,
    "list": JoinEntry,
    "set": AttributeEntry,
    "add": AttributeEntry,
    "test": TestEntry,
    "count": CountEntry,
    "transfer": TransferEntry,
    "wait_until": UntilEntry,
    "signal": SignalEntry,
}
"""Models of the mappings by their key, to suggest the field that was meant."""


def pathway_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a pathway file, for editors."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    schema = _with_placeholders(PathwayFile.model_json_schema())
    return {"$schema": dialect, **schema, "title": "Locum pathway"}


def _with_placeholders(schema: Any) -> Any:  # noqa: ANN401  a part of a JSON Schema
    """Let a placeholder stand wherever a number may."""
    if isinstance(schema, list):
        return [_with_placeholders(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    made = {key: _with_placeholders(each) for key, each in cast("dict[str, Any]", schema).items()}
    if made.get("type") not in ("integer", "number"):
        return made
    said = {key: made.pop(key) for key in ("title", "description", "default") if key in made}
    return {**said, "anyOf": [made, {"type": "string", "pattern": f"^{PLACEHOLDER}$"}]}
