"""One draw: agents, collectives, government, opinion and forum, driven day by day.

Every day the timeline is read; what was seen of the day before moves collectives, government and
opinion; the forum talks for 24 hours; and agents decide on what all that tells them.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np

from locum.forum import FORUM_DEEDS, Forum, Platform, Record
from locum.forum import Script as ForumScript
from locum.randomness import Stream
from locum.runs.standoff.careers import Graduates, Shifts
from locum.runs.standoff.collecting import Collector, layout_of
from locum.runs.standoff.observed import Luck, Observed
from locum.runs.standoff.people import people_of
from locum.runs.standoff.timelines import Timelines
from locum.standoff.crowd import Crowd, crowd_key
from locum.standoff.decision import Parameters
from locum.standoff.forcing import compile_events
from locum.standoff.government import spread_acceptance
from locum.standoff.national import LUCK, Seen, Terms, start_national, step
from locum.standoff.network import NetworkShape
from locum.standoff.population import build_population, with_shocks
from locum.standoff.states import (
    AWAY,
    COMMUNITY,
    JOINED,
    KINDS,
    STATES,
    STUDENT,
    TRAINEE,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from locum.countries import Pack
    from locum.forum import Drive as ForumDrive
    from locum.forum import ForumDay
    from locum.runs.standoff.collecting import Counted, Layout
    from locum.runs.standoff.groups import Floats
    from locum.runs.standoff.people import People
    from locum.scenarios.standoff import StandoffScenario
    from locum.standoff.decision import Signals
    from locum.standoff.forcing import Forcing
    from locum.standoff.population import Population
    from locum.standoff.terms import ByKind

__all__ = ["Drive", "Driven", "drive", "forget"]

_WATCHED = np.array(
    [
        [state in JOINED for state in STATES],
        [state == "letter_in" for state in STATES],
        [state in AWAY for state in STATES],
        [state in AWAY and state != "absent" for state in STATES],
        [True for _ in STATES],
    ],
    float,
)
"""What members see of one another: joined, letter in, away, out of a post, and all members."""
_OUT, _HEADS = 3, 4
_SCRIPT = "script"
_STAYED = np.array([state in ("at_work", "returned") for state in STATES], float)
_TALKED_OF = (TRAINEE, STUDENT)
"""Kinds whom the forum's lists are about."""
_FIXED = ("agents.", "network.")
"""Assumptions that a population is made of."""


@dataclass(frozen=True)
class Drive:
    """What is driven.

    Parameters
    ----------
    scenario, pack
        The scenario and its country.
    values
        One draw of the assumptions; rules by the name of their option.
    seed, replication
        Name the luck of agents, actors, forum and readings.
    kinds
        Kinds of member that are simulated; None for those of the scenario.
    until
        Last day simulated; None for that of the scenario.
    watched
        Days on which specialties are counted besides the weekly ones.
    groups
        Whether the groups of results are counted, or readings only.
    instead
        Another scenario, of the same first day and other events, to go on with from where the two
        part.
    """

    scenario: StandoffScenario
    pack: Pack
    values: Mapping[str, float | str]
    seed: int
    replication: int
    kinds: tuple[str, ...] | None = None
    until: int | None = None
    watched: Collection[int] = ()
    groups: bool = True
    instead: StandoffScenario | None = None

    @property
    def days(self) -> int:
        """Return the number of days simulated."""
        whole = self.scenario.days
        return whole if self.until is None else min(self.until + 1, whole)


@dataclass(frozen=True, eq=False)
class Driven:
    """What came of it.

    Parameters
    ----------
    observed
        What can be counted of it.
    counted
        Counts of the groups of results, by week.
    named
        Members ever named on a list, by kind, on the last day (4,).
    instead
        What came of the other scenario; None where none was asked for.
    """

    observed: Observed
    counted: Sequence[Counted]
    named: Floats
    instead: Driven | None = None

    @property
    def national(self) -> Mapping[str, Floats]:
        """Return national series by name, each of shape (T,)."""
        return self.observed.national


def drive(asked: Drive, tick: Callable[[int], None] | None = None) -> Driven:
    """Run one draw.

    Parameters
    ----------
    asked
        What to run.
    tick
        Called after each day with its number; what it raises ends the run.

    Raises
    ------
    InputError
        If the draw lacks a value, or a table cannot be used.
    ModelError
        If the model breaks its own law.
    """
    days = _Days(asked)
    parting = asked.days if asked.instead is None else _parting(asked.scenario, asked.instead)
    other: _Days | None = None
    for day in range(asked.days):
        if asked.instead is not None and day == parting:
            other = days.going_on(asked.instead)
        days.run(day)
        if other is not None:
            other.run(day)
        if tick is not None:
            tick(day)
    done = days.driven()
    if asked.instead is None:
        return done
    return replace(done, instead=done if other is None else other.driven())


def _parting(one: StandoffScenario, other: StandoffScenario) -> int:
    """Return the first day on which two scenarios can differ: the eve of an event of one only."""
    events, others = set(one.events), set(other.events)
    return max(min((each.day for each in events ^ others), default=one.days) - 1, 0)


# --- what draws share ----------------------------------------------------------------

_Kept = TypeVar("_Kept")


class _Stage(NamedTuple):
    """What all draws of a scenario share.

    `members_of` is the kind of member of each organisation, shape (O,).
    """

    population: Population
    layout: Layout
    members_of: NDArray[np.int32]


class _Shelf(Generic[_Kept]):
    """The last few things made, by what they were made of; threads wait for one another."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = Lock()
        self._things: OrderedDict[object, tuple[object, _Kept]] = OrderedDict()

    def get(self, key: object, holds: object, make: Callable[[], _Kept]) -> _Kept:
        """Return what stands under a key, made now if nothing does; `holds` lives as long."""
        with self._lock:
            if key not in self._things:
                self._things[key] = (holds, make())
            self._things.move_to_end(key)
            while len(self._things) > self._room:
                self._things.popitem(last=False)
            return self._things[key][1]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._things.clear()


_STAGES: _Shelf[_Stage] = _Shelf(6)
_SHOCKED: _Shelf[Population] = _Shelf(64)
_FORCINGS: _Shelf[Forcing] = _Shelf(32)


def forget() -> None:
    """Forget the populations that draws share."""
    for shelf in (_STAGES, _SHOCKED, _FORCINGS):
        shelf.clear()


def _stage_of(asked: Drive, kinds: tuple[str, ...]) -> tuple[_Stage, Population]:
    """Return who takes part; agents and links are those of all draws, shocks are the draw's."""
    values, scenario, pack = asked.values, asked.scenario, asked.pack
    fixed = tuple((k, v) for k, v in sorted(values.items()) if k.startswith(_FIXED))
    intakes = tuple(scenario.seats_added(day.year, scenario.day(day)) for day in scenario.turns)
    key = (id(pack), asked.seed, kinds, intakes, scenario.start, scenario.turns, fixed)

    def make() -> _Stage:
        numbers = {k: float(v) for k, v in fixed if not isinstance(v, str)}
        people = people_of(scenario, pack, numbers, kinds)
        shape = NetworkShape.read(values)
        made = build_population(people.cells, people.heads, people.intakes, shape, asked.seed)
        layout = layout_of(people.cells, people.heads)
        return _Stage(made, layout, _members_of(people))

    stage = _STAGES.get(key, pack, make)
    if not asked.replication:
        return stage, stage.population
    shocked = _SHOCKED.get(
        (key, asked.replication),
        pack,
        lambda: with_shocks(stage.population, asked.seed, asked.replication),
    )
    return stage, shocked


# --- a draw ----------------------------------------------------------------------------


class _Days:
    """The state between one day and the next."""

    def __init__(self, asked: Drive) -> None:
        scenario, values, count = asked.scenario, asked.values, asked.days
        kinds = scenario.kinds if asked.kinds is None else asked.kinds
        self.asked = asked
        self.stage, self.population = _stage_of(asked, kinds)
        self.crowd = Crowd(
            self.population,
            Parameters.read(values),
            str(values["decision.rule"]),
            _key(asked.seed, asked.replication),
        )
        self.forcing = _FORCINGS.get(
            (id(scenario), count, kinds),
            scenario,
            lambda: compile_events(scenario.events, count, kinds),
        )
        self.terms = Terms.read(values)
        self.national = start_national(self.terms, self.forcing, scenario.resolve)
        numbers = {k: v for k, v in values.items() if not isinstance(v, str)}
        platform = Platform.read(numbers, scenario.platform)
        self.script = ForumScript.compile(_records(scenario, count), count, platform)
        self.forum = Forum.start(numbers, platform, asked.seed, asked.replication)
        self.shifts = Shifts(self.population.cells, scenario, values)
        organisations = self.population.cells.organisations
        self.nobody = np.zeros(organisations)
        self.ranks = _ranks(asked.seed, asked.replication, organisations)
        self.luck = _luck(asked, count) if self._needs_luck() else None
        self.turns = {scenario.day(turn): place for place, turn in enumerate(scenario.turns)}
        self.graduates = Graduates(float(values["decision.days_missed_student"]))
        self.collector = Collector(self.stage.layout, count, asked.watched, groups=asked.groups)
        self.lines = Timelines(scenario, count)
        self.quiet = _quiet_days(self.forcing, scenario.day(scenario.dispute))
        self.talk: ForumDay | None = None
        self.drives: list[ForumDrive] = []

    def going_on(self, scenario: StandoffScenario) -> _Days:
        """Return the state reached so far, to go on from it with another scenario."""
        asked = replace(self.asked, scenario=scenario, instead=None)
        other = _Days(asked)
        for before, drive_ in enumerate(self.drives):
            if other.script.changes(before):
                other.forum.change(other.script.platform(before))
            other.forum.day(drive_)
        other.crowd, other.collector = self.crowd.copy(), self.collector.copy()
        other.lines = self.lines.copy(scenario)
        other.graduates = self.graduates.copy()
        other.national, other.talk = self.national, self.talk
        other.drives = [*self.drives]
        return other

    def _needs_luck(self) -> bool:
        """Whether anything national happens by chance."""
        return self.asked.scenario.resolve != _SCRIPT or self.terms.elected

    def run(self, day: int) -> None:
        """Live through a day."""
        seen = self._seen()
        luck = None if self.luck is None else self.luck[day]
        self.national, signals = step(self.national, day, self.forcing, seen, self.terms, luck)
        self.talk = self._talk(day, seen)
        turn = self.turns.get(day)
        lived = day not in self.quiet
        if lived:
            signals = self._filled(day, signals, self.talk)
            if turn is not None:
                self.crowd.turn(day, turn, self.graduates.shares(), signals)
                self.graduates.begin()
            self.crowd.step(day, signals)
        turned = turn is not None
        changed = turned or (lived and self.crowd.changed > 0)
        self.collector.add(day, self.crowd, lived=lived, changed=changed, turned=turned)
        self.graduates.add(self.collector.last_year_away(day))
        self.lines.add(day, self.national, self.talk)

    def _seen(self) -> Seen:
        """Return what was seen of the day before."""
        counts = _WATCHED @ self.crowd.kinds.T
        per = 1.0 / np.maximum(counts[_HEADS], 1.0)
        joined, letters, away = map(_four, counts[:_OUT] * per)
        seen = Seen(
            heads=_four(counts[_HEADS]),
            joined=joined,
            letters=letters,
            away=away,
            support=_four(self.collector.supporting * per),
            out=_four(counts[_OUT]),
        )
        if self.talk is None:
            return seen
        talk = self.talk
        return seen._replace(exposure=talk.exposure, named=talk.named, arrests=talk.arrests)

    def _talk(self, day: int, seen: Seen) -> ForumDay:
        """Let the forum talk for a day about who was seen away."""
        if self.script.changes(day):
            self.forum.change(self.script.platform(day))
        call = max(self.forcing.days[day].call[kind] for kind in _TALKED_OF)
        stayed: tuple[float, ...] = tuple((self.crowd.kinds @ _STAYED).tolist())
        away = seen.joined[TRAINEE]
        drive_ = self.script.drive(day, away=away, at_work=stayed, call=call)
        self.drives.append(drive_)
        return self.forum.day(drive_)

    def _filled(self, day: int, signals: Signals, talk: ForumDay) -> Signals:
        """Return the signals of a day with what depends on cells, organisations and lists."""
        accept = self.nobody
        if signals.accept.any():
            accept = spread_acceptance(
                signals.accept, self.terms.leaving.complete, self.stage.members_of, self.ranks
            )
        return signals._replace(
            shift=self.shifts.on(day, self.national.seats),
            name=np.array(talk.name),
            accept=accept,
        )

    def driven(self) -> Driven:
        """Return what came of all days."""
        collector, asked = self.collector, self.asked
        names, specialties = collector.specialties()
        observed = Observed(
            units=self.stage.layout.units,
            tally=collector.tally,
            support=collector.support,
            specialties=specialties,
            specialty_names=names,
            reapplied=collector.reapplied,
            national=self.lines.series(asked.values),
            values=asked.values,
            luck=Luck(asked.seed, asked.replication),
        )
        kind = self.population.cells.kind
        named = np.bincount(kind, self.crowd.named, len(KINDS)).astype(np.float64)
        return Driven(observed, collector.counted(), named)


def _quiet_days(forcing: Forcing, dispute: int) -> range:
    """Return the days on which nobody can do anything yet, but for the first of the dispute.

    On that day everybody's private support is noted; then agents rest until the eve of the first
    call.
    """
    first = next((day for day, each in enumerate(forcing.days) if max(each.call) > 0.0), None)
    return range(dispute + 1, len(forcing.days) if first is None else first - 1)


def _records(scenario: StandoffScenario, days: int) -> list[Record]:
    """Return the events that the forum understands."""
    return [
        Record(e.day, e.does, e.what, e.value, tuple(KINDS.index(kind) for kind in e.who), e.place)
        for e in scenario.events
        if e.does in FORUM_DEEDS and e.day < days
    ]


def _four(values: Floats) -> ByKind:
    first, second, third, last = values.tolist()
    return first, second, third, last


def _members_of(people: People) -> NDArray[np.int32]:
    """Return the kind of member of each organisation that has cells, shape (O,)."""
    places = people.places
    kind = np.full(len(places), COMMUNITY, dtype=np.int32)
    kind[places.is_hospital], kind[places.is_school] = TRAINEE, STUDENT
    return kind[: people.cells.organisations]


@lru_cache(maxsize=256)
def _ranks(seed: int, replication: int, count: int) -> Floats:
    """Return the order in which organisations accept letters, as uniform numbers (O,)."""
    stream = Stream(seed, "standoff", str(replication), "acceptance")
    ranks = stream.uniform(np.arange(count))
    ranks.flags.writeable = False
    return ranks


@lru_cache(maxsize=256)
def _key(seed: int, replication: int) -> int:
    """Return the key of the luck of a crowd."""
    return crowd_key(seed, replication)


def _luck(asked: Drive, days: int) -> list[list[float]]:
    """Return the luck of national actors, `LUCK` numbers a day."""
    stream = Stream(asked.seed, "standoff", str(asked.replication), "national")
    return stream.uniform(np.arange(days * LUCK)).reshape(days, LUCK).tolist()
