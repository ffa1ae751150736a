"""Scenarios of the sector standoff: who does what on which day, and what if not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from locum.errors import InputError, MissingField, UnknownName
from locum.forum.settings import Platform
from locum.scenarios.chain import chain_of, find_document
from locum.scenarios.overrides import apply, stated_overrides, stated_under
from locum.scenarios.reading import read_scenario_data
from locum.scenarios.scenario import Override
from locum.scenarios.standoff_events import Horizon, check_order, read_event, read_kinds
from locum.scenarios.standoff_scenario import (
    SIDES,
    Counterfactual,
    Readings,
    Span,
    StandoffScenario,
    check_length,
    in_order,
)
from locum.scenarios.standoff_schema import STANDOFF
from locum.standoff.deeds import RESOLVES
from locum.standoff.states import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from os import PathLike

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.errors import Place
    from locum.scenarios.chain import Chain
    from locum.scenarios.reading import Document
    from locum.scenarios.standoff_schema import (
        CounterfactualEntry,
        EventEntry,
        PlatformEntry,
        SpanEntry,
        StandoffFile,
    )
    from locum.standoff.deeds import Event

__all__ = [
    "LEDGER",
    "Counterfactual",
    "Readings",
    "Span",
    "StandoffScenario",
    "resolve_standoff",
    "resolve_standoff_data",
]

LEDGER = "standoff"
"""Name of the sector's assumptions in a pack."""
_READINGS = {"row_id", "date", "metric", "population", "value"}
"""Columns of a table of readings of a standoff."""
_HEADS = ("trainees", "trainees_monitored", "students", "professors", "clinics")
"""Numbers of `population`, each short for an assumption `agents.*`."""


@dataclass(frozen=True)
class _Written:
    """An event as written, by the document that wrote it; the youngest document is 0."""

    entry: EventEntry
    document: Document[StandoffFile]
    depth: int
    above: tuple[str, ...] = ("events",)

    def where(self, name: str, *keys: str) -> Place:
        return self.document.places(*self.above, name, *keys)


@dataclass
class _Draft:
    """What the documents read so far say together, each part with its place."""

    dates: dict[str, tuple[date, Place, int]] = field(
        default_factory=dict[str, tuple["date", "Place", int]]
    )
    turns: list[tuple[date, Place, int]] = field(default_factory=list[tuple["date", "Place", int]])
    resolve: str = RESOLVES[0]
    kinds: tuple[str, ...] = KINDS
    events: dict[str, _Written] = field(default_factory=dict[str, _Written])
    platform: dict[str, float | str] = field(default_factory=dict[str, "float | str"])
    settlement: tuple[list[str], Place, int] | None = None
    table: str | None = None
    spans: dict[str, tuple[Span, Place, int]] = field(
        default_factory=dict[str, tuple[Span, "Place", int]]
    )
    others: dict[str, tuple[CounterfactualEntry, Document[StandoffFile], int]] = field(
        default_factory=dict[str, tuple["CounterfactualEntry", "Document[StandoffFile]", int]]
    )
    overrides: dict[str, Override] = field(default_factory=dict[str, "Override"])


def resolve_standoff(
    scenario: str | PathLike[str], pack: Pack | None = None, ledger: Ledger | None = None
) -> StandoffScenario:
    """Return a scenario of the sector standoff, complete and checked.

    Parameters
    ----------
    scenario
        Name of a preset, or a file.
    pack
        Its country, when that is already open; by default the one the scenario names.
    ledger
        The assumptions of the sector, when they are already read.

    Raises
    ------
    InputError
        For the first thing that is wrong, with file, line and key.

    Notes
    -----
    Events, counterfactuals and assumptions are inherited one by one, and null takes one away; so
    are settings of the platform and stretches of readings. A scenario with an earlier last day
    than the one it inherits from leaves out what would happen later.
    """
    return _resolve(find_document(scenario, STANDOFF, pack), pack, ledger)


def resolve_standoff_data(
    data: Mapping[str, Any], file: str, pack: Pack | None = None
) -> StandoffScenario:
    """Return a scenario from what `StandoffScenario.to_dict` wrote.

    Raises
    ------
    InputError
        As `resolve_standoff`; `file` is the name that the errors give.
    """
    return _resolve(read_scenario_data(data, file, STANDOFF), pack, None)


def _resolve(
    document: Document[StandoffFile], pack: Pack | None, ledger: Ledger | None
) -> StandoffScenario:
    chain = chain_of(document, pack)
    pack = chain.pack
    if LEDGER not in pack.sectors:
        problem = f"the pack {pack.name} has no standoff, only {', '.join(pack.sectors)}"
        raise InputError(problem, document.places("country"))
    draft = _Draft()
    for depth, each in reversed(list(enumerate(chain.documents))):
        _add(draft, each, depth, pack)
    start, end, dispute = (_stated(draft, name, chain) for name in ("start", "end", "dispute"))
    check_length(start[0], end[0], end[1])
    horizon = Horizon(start[0], end[0])
    horizon.check("dispute", *dispute[:2])
    reader = _Reader(draft, horizon, pack)
    events = reader.timeline(draft.events)
    check_order(events)
    scenario = StandoffScenario(
        name=document.content.name,
        title=document.content.title,
        description=document.content.description.strip(),
        country=pack.name,
        start=start[0],
        end=end[0],
        turns=reader.turns(),
        dispute=dispute[0],
        resolve=draft.resolve,
        kinds=draft.kinds,
        events=events,
        platform=draft.platform,
        settlement=reader.settlement(),
        readings=reader.readings(),
        counterfactuals=reader.counterfactuals(),
        assumptions=draft.overrides,
        file=document.places.file,
    )
    _check_others(scenario, ledger, pack)
    return scenario


def _check_others(scenario: StandoffScenario, ledger: Ledger | None, pack: Pack) -> None:
    """Refuse counterfactuals that cannot be, and assumptions that are none."""
    others = [scenario.counterfactual(name) for name in scenario.counterfactuals]
    stated = [each for each in (scenario, *others) if each.assumptions]
    for each in stated:
        apply(each, ledger or pack.ledger(LEDGER))


def _add(draft: _Draft, document: Document[StandoffFile], depth: int, pack: Pack) -> None:
    """Let a document speak after its ancestors have spoken."""
    content, places = document.content, document.places
    for name in ("start", "end", "dispute"):
        day: date | None = getattr(content, name)
        if day is not None:
            draft.dates[name] = day, places(name), depth
    if content.turns is not None:
        draft.turns = [(day, places("turns", row), depth) for row, day in enumerate(content.turns)]
    if content.resolve is not None:
        if content.resolve not in RESOLVES:
            raise UnknownName("way to resolve", content.resolve, RESOLVES, places("resolve"))
        draft.resolve = content.resolve
    draft.platform |= _settings(content.platform, document, "platform")
    _add_events(draft, document, depth)
    _add_readings(draft, document, depth, pack)
    _add_population(draft, document)
    draft.overrides |= stated_overrides(document)


def _add_events(draft: _Draft, document: Document[StandoffFile], depth: int) -> None:
    content = document.content
    for name, entry in content.events.items():
        draft.events.pop(name, None)
        if entry is not None:
            draft.events[name] = _Written(entry, document, depth)
    for name, other in content.counterfactuals.items():
        draft.others.pop(name, None)
        if other is not None:
            draft.others[name] = other, document, depth
    if content.settlement is not None:
        draft.settlement = content.settlement, document.places("settlement"), depth


def _add_readings(draft: _Draft, document: Document[StandoffFile], depth: int, pack: Pack) -> None:
    if "readings" in document.content.model_fields_set and document.content.readings is None:
        draft.table = None
        draft.spans.clear()
    entry, places = document.content.readings, document.places
    if entry is None:
        return
    if entry.table is not None:
        tables = [name for name, each in pack.schemas.items() if set(each.columns) >= _READINGS]
        if entry.table not in tables:
            raise UnknownName(
                "table of readings", entry.table, tables, places("readings", "table")
            )
        draft.table = entry.table
    for name in ("fit", "check", "update"):
        span: SpanEntry | None = getattr(entry, name)
        if name in entry.model_fields_set:
            draft.spans.pop(name, None)
        if span is not None:
            where = places("readings", name)
            draft.spans[name] = Span(span.since, span.until), where, depth


def _add_population(draft: _Draft, document: Document[StandoffFile]) -> None:
    entry, places = document.content.population, document.places
    if entry is None:
        return
    if entry.kinds is not None:
        place = places("population", "kinds")
        draft.kinds = read_kinds(entry.kinds, place)
        if not draft.kinds:
            raise MissingField("population", "kinds", place)
    for name in _HEADS:
        heads: int | None = getattr(entry, name)
        if heads is None:
            continue
        place = places("population", name)
        if f"agents.{name}" in document.content.assumptions:
            raise InputError("stated under assumptions too", place)
        draft.overrides[f"agents.{name}"] = Override(float(heads), place=place)


def _settings(
    entry: PlatformEntry | None, document: Document[StandoffFile], *above: str
) -> dict[str, float | str]:
    """Return the settings of the platform that are stated, each checked."""
    stated = {} if entry is None else entry.model_dump(exclude_none=True)
    for name, value in stated.items():
        Platform().changed(name, value, document.places(*above, name))
    return stated


_T = TypeVar("_T")


def _stated(draft: _Draft, name: str, chain: Chain[StandoffFile]) -> tuple[date, Place, int]:
    """Return a date that somebody of the chain must have said."""
    if name not in draft.dates:
        document = chain.documents[0]
        raise MissingField(f"scenario {document.content.name!r}", name, document.places(name))
    return draft.dates[name]


@dataclass(frozen=True)
class _Reader:
    """Turn what is written into what happens, once the horizon is known."""

    draft: _Draft
    horizon: Horizon
    pack: Pack

    def later(self, day: date, depth: int) -> bool:
        """Whether a day lies after an end that a younger document has set."""
        end, _, youngest = self.draft.dates["end"]
        return day > end and youngest < depth

    def timeline(self, written: Mapping[str, _Written]) -> tuple[Event, ...]:
        """Return events in order, without those that a younger document has cut off."""
        found = (self.event(name, each) for name, each in written.items())
        return in_order(event for event in found if event is not None)

    def event(self, name: str, written: _Written) -> Event | None:
        """Return an event, or None if a younger document ends before it."""
        entry = written.entry
        if self.later(entry.date, written.depth):
            return None
        if entry.until is not None and self.later(entry.until, written.depth):
            entry = entry.model_copy(update={"until": self.horizon.end})

        def where(*keys: str) -> Place:
            return written.where(name, *keys)

        return read_event(name, entry, where, self.horizon, self.pack.sources)

    def turns(self) -> tuple[date, ...]:
        """Return the first days of years of training and study."""
        kept = [one for one in self.draft.turns if not self.later(one[0], one[2])]
        for day, place, _ in kept:
            self.horizon.check("turn", day, place)
        return tuple(sorted({day for day, _, _ in kept}))

    def readings(self) -> Readings | None:
        """Return the readings, with what each stretch is for."""
        if self.draft.table is None:
            return None
        spans: dict[str, Span] = {}
        for name, (span, place, depth) in self.draft.spans.items():
            if not self.later(span.until, depth):
                self.horizon.check("until", span.until, place)
            spans[name] = span
        return Readings(self.draft.table, **spans).cut(self.horizon.end)

    def settlement(self) -> tuple[str, ...]:
        """Return the names of the events that are the settlement and happen."""
        if self.draft.settlement is None:
            return ()
        return self.names(*self.draft.settlement)

    def names(self, names: Iterable[str], place: Place, depth: int) -> tuple[str, ...]:
        """Return those of the names that are events of the run.

        One that is none is refused, unless an older document speaks of an event that a younger one
        has taken away.
        """
        events = self.draft.events
        kept: list[str] = []
        for name in names:
            if name not in events:
                if depth == 0:
                    raise UnknownName("event", name, events, place)
            elif not self.later(events[name].entry.date, events[name].depth):
                kept.append(name)
        return tuple(kept)

    def counterfactuals(self) -> dict[str, Counterfactual]:
        """Return what would have been done differently, by name."""
        return {name: self.other(name, *each) for name, each in self.draft.others.items()}

    def other(
        self, name: str, entry: CounterfactualEntry, document: Document[StandoffFile], depth: int
    ) -> Counterfactual:
        """Return a counterfactual."""
        above = ("counterfactuals", name)
        place = document.places(*above)
        if entry.side not in SIDES:
            raise UnknownName("side", entry.side, SIDES, document.places(*above, "side"))
        written = {
            each: _Written(event, document, depth, (*above, "events"))
            for each, event in entry.events.items()
        }
        return Counterfactual(
            name=name,
            title=entry.title,
            side=entry.side,
            without=self.names(entry.without or (), document.places(*above, "without"), depth),
            events=self.timeline(written),
            platform=_settings(entry.platform, document, *above, "platform"),
            assumptions=stated_under(entry.assumptions, document.places, *above),
            place=place,
        )
