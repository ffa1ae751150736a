"""The assembler: a model of a hospital written step by step, checked, and made into tables.

::

    from locum.hospital.program import Assembler
    from locum.hospital.stations import Staff, Waiting, daily, exponential, lognormal

    h = Assembler("small", classes=("urgent", "minor"))
    h.pool("doctors", handover="finish")
    h.roster("days", [(24.0 * d + 8.0, 24.0 * d + 20.0) for d in range(7)])
    h.clinicians("doctors", 2, grade=2)                  # always on duty
    h.clinicians("doctors", 1, grade=1, roster="days")   # 08-20 h
    h.resource("ward", 20)
    h.counter("boarding")
    h.guard("divert", "counter", "boarding", at_least=4)
    h.source("ed", daily(3.2, 0.5, 9.0), classes={"urgent": 0.3, "minor": 0.7}, entry="ed")

    ed = h.path("ed")
    ed.label("ed").guard("divert", to="diverted", classes=("minor",))
    ed.label("see").seize_staff(
        Staff("doctors", task="consult"),
        Waiting(priority=BY_CLASS, patience={"urgent": inf, "minor": exponential(3.0)},
                leave_to="unseen"),
    )
    ed.label("consult").delay({"urgent": lognormal(0.9, 0.8), "minor": lognormal(0.3, 0.8)})
    ed.release_staff().branch({"urgent": 0.5, "minor": 0.05}, otherwise="home")
    ed.label("ward").seize("ward", waiting=Waiting(boards="boarding"))
    ed.delay(lognormal(120.0, 1.0)).release("ward").end("treated")
    ed.label("home").end("home")
    ed.label("diverted").end("diverted")
    ed.label("unseen").end("unseen")
    model = h.assemble()

A draw is known by its name: the label of its step, else path and operation; or by the `draw`
given, a name or a number. `locum.hospital.draws.Luck(seed).uniform(stream, patient, ordinal,
lap)` returns the same number: the stream is the source's name for what happens to its patients
and "NAME arrivals" for its candidates (ordinal 0: time to this candidate from the one before,
1: whether it is a patient); ordinal 0 of a patient is the class; a named draw has
`draws.ordinal_of(name)`; the lap is how often the patient jumped to an earlier step, in the order
in which steps were written.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Self

from locum.errors import BadValue, InputError, OutOfBounds, UnknownName
from locum.hospital.assembly import assemble
from locum.hospital.declared import MAX_SKILLS, Call, Clinicians, Declared, Guard, Source
from locum.hospital.path import Path
from locum.hospital.records import HANDOVERS, WATCHED, WEEK_HOURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from locum.errors import Place
    from locum.hospital.model import Model
    from locum.hospital.stations import Rate, Shift

__all__ = ["Assembler", "Call", "Clinicians", "Guard", "Source"]


class Assembler(Declared):
    """A model being written.

    Parameters
    ----------
    name
        Of the model; errors begin with it.
    classes
        Classes of patient, the most urgent first.
    attributes
        Numbers that a patient carries, at most four.
    """

    def _new(self, kind: str, name: str, known: Iterable[str]) -> None:
        if name in known:
            raise InputError(f"the {kind} {name!r} is there already", self.at(name))

    def resource(self, name: str, capacity: int, *, preempts: bool = False) -> Self:
        """Add counted units, such as beds.

        Parameters
        ----------
        name, capacity
            Its name and number of units.
        preempts
            Whether a cut of the capacity sends patients back to the queue; otherwise units
            retire as they come free.
        """
        self._new("resource", name, self.resources)
        _whole("capacity", capacity, self.at(name))
        self.resources[name] = (int(capacity), preempts)
        return self

    def schedule(
        self, resource: str, points: Sequence[tuple[float, int]], period: float = WEEK_HOURS
    ) -> Self:
        """Let the capacity of a resource change at these hours of a period, again and again."""
        self._known("resource", resource, self.resources, resource)
        hours = [hour for hour, _ in points]
        inside = all(0.0 <= hour < period for hour in hours)
        if not points or not inside or sorted(set(hours)) != hours:
            raise BadValue(
                "schedule", hours, f"rising hours from 0 to {period:g}", self.at(resource)
            )
        for _, capacity in points:
            _whole("capacity", capacity, self.at(resource))
        self.plans[resource] = (float(period), tuple((float(h), int(c)) for h, c in points))
        return self

    def pool(self, name: str, *, handover: str = "finish") -> Self:
        """Add a pool of clinicians.

        Parameters
        ----------
        name
            Its name.
        handover
            What happens to a patient whose clinician's shift ends. finish: the consultation
            ends first, and counts against those on duty, who start nobody beyond their number;
            overlap: it ends first, colleagues start others meanwhile; handover: a free
            colleague who suffices takes over, else as overlap; preempt: the patient goes back
            to the front of the queue with the time that was left.
        """
        self._new("pool", name, self.pools)
        self._known("handover rule", handover, HANDOVERS, name)
        self.pools[name] = handover
        return self

    def roster(self, name: str, shifts: Sequence[Shift], period: float = WEEK_HOURS) -> Self:
        """Add a roster: shifts within a period, by default a week from Monday 00:00.

        Raises
        ------
        OutOfBounds, InputError
            If a shift ends before it starts, leaves the period, or overlaps the one before.
        """
        self._new("roster", name, self.rosters)
        place = self.at(f"roster {name}")
        before = 0.0
        for start, end in sorted(shifts):
            for hour in (start, end):
                if not 0.0 <= hour <= period:
                    raise OutOfBounds("hour of a shift", hour, "h", 0.0, period, place)
            if end <= start:
                raise InputError(f"the shift {start:g}-{end:g} ends before it starts", place)
            if start < before:
                raise InputError(f"the shift {start:g}-{end:g} overlaps the one before", place)
            before = end
        self.rosters[name] = (float(period), tuple(sorted(shifts)))
        return self

    def clinicians(
        self,
        pool: str,
        count: int,
        *,
        grade: int = 0,
        skills: Sequence[str] = (),
        roster: str | Sequence[str] = "always",
        weekly_cap: float = inf,
    ) -> Self:
        """Add alike clinicians to a pool.

        Parameters
        ----------
        pool, count
            Name of the pool, and how many.
        grade
            0 is the most junior.
        skills
            What each of them can do.
        roster
            Name of a roster; several are dealt to the members in turn.
        weekly_cap
            Hours on duty in a week over which they start nobody.
        """
        self._known("pool", pool, self.pools, pool)
        rosters = (roster,) if isinstance(roster, str) else tuple(roster)
        for each in rosters:
            self._known("roster", each, self.rosters, f"pool {pool}")
        if not rosters:
            raise BadValue("rosters", [], "at least one", self.at(f"pool {pool}"))
        _whole("number of clinicians", count, self.at(f"pool {pool}"))
        _whole("grade", grade, self.at(f"pool {pool}"))
        if not weekly_cap >= 0.0:
            raise OutOfBounds("weekly cap", weekly_cap, "h", 0.0, inf, self.at(f"pool {pool}"))
        known = {skill for group in self.staff for skill in group.skills} | set(skills)
        if len(known) > MAX_SKILLS:
            place = self.at(f"pool {pool}")
            raise OutOfBounds("number of skills", len(known), "", 0, MAX_SKILLS, place)
        for name, heads in _dealt(rosters, count):
            self.staff.append(Clinicians(pool, heads, grade, tuple(skills), name, weekly_cap))
        return self

    def waiting_list(self, name: str) -> Self:
        """Add a list on which patients wait to be called."""
        self._new("list", name, self.lists)
        self.lists.append(name)
        return self

    def counter(self, name: str) -> Self:
        """Add a published counter."""
        self._new("counter", name, self.counters)
        self.counters.append(name)
        return self

    def guard(
        self,
        name: str,
        watches: str,
        what: str | None = None,
        *,
        at_least: float | None = None,
        below: float | None = None,
    ) -> Self:
        """Name a condition on a published number.

        Parameters
        ----------
        name
            Of the guard; its threshold can be moved between two runs.
        watches, what
            counter NAME; free, used or waiting RESOURCE; list NAME; on_duty, free_staff or
            waiting_staff POOL; hour (of the day); weekday (0 is Monday).
        at_least, below
            One of the two.
        """
        self._new("guard", name, self.guards)
        self._known("published number", watches, WATCHED, name)
        if (at_least is None) == (below is None):
            raise InputError("give either at_least or below", self.at(name))
        threshold = at_least if at_least is not None else below
        self.guards[name] = Guard(watches, what, at_least is not None, float(threshold or 0.0))
        return self

    def source(
        self,
        name: str,
        rate: Rate,
        *,
        classes: Mapping[str, float],
        entry: str,
        span: tuple[float, float] = (0.0, inf),
    ) -> Self:
        """Add a source of patients: their rate, shares of classes, and the label they start at."""
        self._new("source", name, self.sources)
        place = self.at(f"source {name}")
        for each, share in classes.items():
            self._known("class", each, self.classes, f"source {name}")
            if not 0.0 <= share <= 1.0:
                raise OutOfBounds(f"share of {each}", share, "", 0.0, 1.0, place)
        total = sum(classes.values())
        if abs(total - 1.0) > 1e-9:
            raise OutOfBounds("sum of the shares of classes", total, "", 1.0, 1.0, place)
        self.sources[name] = Source(rate, dict(classes), entry, name, span)
        return self

    def call(self, name: str, call: Call) -> Self:
        """Add a regular call from a list."""
        self._new("call", name, self.calls)
        place = self.at(f"call {name}")
        self._known("list", call.list, self.lists, f"call {name}")
        if call.resource is not None:
            self._known("resource", call.resource, self.resources, f"call {name}")
        _whole("quota", call.quota, place)
        _whole("reserve", call.reserve, place)
        if not call.period > 0.0 or not call.first >= 0.0:
            raise OutOfBounds("period of a call", call.period, "h", 1e-9, inf, place)
        self.calls[name] = call
        return self

    def entry(self, name: str, label: str) -> Self:
        """Name a label at which patients from other hospitals start."""
        self._new("entry", name, self.entries)
        self.entries[name] = label
        return self

    def path(self, name: str) -> Path:
        """Begin a pathway; its steps follow each other as they are written."""
        self._new("path", name, self.paths)
        self.paths.append(name)
        return Path(self, name)

    def assemble(self) -> Model:
        """Check everything and make the tables.

        Raises
        ------
        InputError
            With the step: unknown names, a path that does not end, units that are released but
            not held or held at the end, a class without a number, a loop that takes no time.
        """
        return assemble(self)

    def _known(self, kind: str, name: str, choices: Iterable[str], key: str) -> None:
        if name not in (known := tuple(choices)):
            raise UnknownName(kind, name, known, self.at(key))


def _dealt(rosters: Sequence[str], count: int) -> Iterator[tuple[str, int]]:
    """Deal rosters in turn; yield each run of members of one roster, and one run of nobody."""
    if len(set(rosters)) == 1 or not count:
        yield rosters[0], int(count)
    else:
        yield from ((rosters[place % len(rosters)], 1) for place in range(int(count)))


def _whole(what: str, value: float, place: Place) -> None:
    if not 0 <= value < inf or value != int(value):
        raise OutOfBounds(what, value, "", 0, inf, place)
