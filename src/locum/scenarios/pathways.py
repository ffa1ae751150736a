"""Pathway files: a model of one hospital in YAML, with the levers that may be pulled.

Everything is written by the Python assembler (`locum.hospital.program`); errors name the file, the
line and the step. `docs/pathways.md` describes the language.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from locum.assumptions.reading import parse_yaml, read_yaml
from locum.errors import (
    BadValue,
    InputError,
    MissingField,
    MissingFile,
    OutOfBounds,
    Place,
    UnknownName,
)
from locum.hospital.declared import MAX_SKILLS
from locum.hospital.program import Assembler, Call
from locum.hospital.records import HANDOVERS, WATCHED
from locum.hospital.sizing import Group
from locum.scenarios.pathway_levers import read_lever
from locum.scenarios.pathway_schema import PARTS, PathwayFile
from locum.scenarios.pathway_steps import StepWriter, known, refuse_unknown_verbs
from locum.scenarios.pathway_values import filled
from locum.scenarios.pathway_words import (
    RESERVED,
    read_days,
    read_moments,
    read_number,
    read_rate,
    read_shifts,
)
from locum.scenarios.reading import validated

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from os import PathLike

    from locum.assumptions.reading import Places, Yaml
    from locum.hospital.model import Model
    from locum.scenarios.pathway_levers import Lever
    from locum.scenarios.pathway_schema import (
        CallEntry,
        CliniciansEntry,
        GuardEntry,
        PoolEntry,
        ResourceEntry,
        RosterEntry,
        SourceEntry,
    )
    from locum.scenarios.pathway_words import At

__all__ = ["Pathways", "load_model", "read_levers", "read_pathways"]

_LONGEST_CHAIN = 20
_KEPT_FILES = 8
_WEEK = 168.0
_NO_CAP = inf


@dataclass(frozen=True)
class Pathways:
    """A pathway file, read and assembled.

    Attributes
    ----------
    name, title, description
        Of the file.
    start
        Date of hour 0, if the file gives one.
    model
        Tables and names, ready to run.
    groups
        Rows of each group of clinicians in the model's table.
    staff
        What the clinicians of each group have in common; see `locum.hospital.sizing`.
    levers
        By name.
    """

    name: str
    title: str
    description: str
    start: date | None
    model: Model
    groups: Mapping[str, tuple[int, ...]]
    staff: Mapping[str, Group]
    levers: Mapping[str, Lever]

    def lever(self, name: str) -> Lever:
        """Return a lever by its name.

        Raises
        ------
        UnknownName
            If the file has none of this name.
        """
        if name not in self.levers:
            raise UnknownName("lever", name, self.levers, Place(self.name))
        return self.levers[name]


def load_model(path: str | PathLike[str], values: Mapping[str, float] | None = None) -> Model:
    """Read a pathway file and return its model; see `read_pathways`."""
    return read_pathways(path, values).model


def read_levers(
    path: str | PathLike[str], values: Mapping[str, float] | None = None
) -> Mapping[str, Lever]:
    """Read a pathway file and return its levers; see `read_pathways`."""
    return read_pathways(path, values).levers


def read_pathways(
    path: str | PathLike[str], values: Mapping[str, float] | None = None
) -> Pathways:
    """Read a pathway file, with those that it inherits from.

    Parameters
    ----------
    path
        The file.
    values
        Numbers for its placeholders `<name>`, by name; more may be given than it has.

    Raises
    ------
    MissingFile
        If there is no such file.
    InputError
        With file, line and key: what no pathway file may say, unknown names, numbers out of
        range, shifts that overlap, a path that does not end, units that are not given back,
        placeholders without a value.
    """
    written = _Written(_chain(Path(path), values))
    model = written.assembler()
    places: dict[str, Place] = {}
    _write_stations(written, model)
    groups = _write_staff(written, model)
    _write_arrivals(written, model, places)
    steps = StepWriter(model, written.section("paths"))
    _refuse_unknown_entries(written, steps)
    steps.write()
    levers = {
        name: read_lever(name, entry, at, model, groups, written.hour)
        for name, (entry, at) in written.section("levers").items()
    }
    try:
        made = model.assemble()
    except InputError as error:
        raise _translated(error, {**places, **steps.places}, written.places()) from None
    content = written.content
    return Pathways(
        name=content.name,
        title=content.title,
        description=content.description,
        start=written.start,
        model=made,
        groups=groups,
        staff=_groups(written),
        levers=levers,
    )


# --- files -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Document:
    content: PathwayFile
    places: Places


_Section: TypeAlias = "dict[str, tuple[Any, At]]"


class _Written:
    """What the files of a chain say together; the parts of the youngest replace the others'."""

    def __init__(self, chain: list[_Document]) -> None:
        self.chain = chain
        self.content = chain[-1].content
        self.places = chain[-1].places
        self.start: date | None = None
        for each in chain:
            if each.content.start is not None:
                self.start = _monday(each.content.start, each.places("start"))

    def section(self, name: str) -> _Section:
        """Return the parts of a section, each with its places."""
        parts: _Section = {}
        for each in self.chain:
            entries: dict[str, Any] = getattr(each.content, name)
            for key, entry in entries.items():
                parts[key] = (entry, partial(each.places, name, key))
        return parts

    def names(self, field: str) -> list[tuple[str, Place]]:
        """Return the names in a list, the parents' first, each with its place."""
        found: list[tuple[str, Place]] = []
        for each in self.chain:
            names: list[str] = getattr(each.content, field)
            inherited = {name for name, _ in found}
            found += [
                (name, each.places(field, row))
                for row, name in enumerate(names)
                if name not in inherited
            ]
        return found

    def own(self, field: str) -> tuple[str, ...]:
        """Return a list of the youngest file that has it; no name may come twice."""
        for each in reversed(self.chain):
            names: list[str] = getattr(each.content, field)
            for row, name in enumerate(names):
                place = each.places(field, row)
                if name in names[:row]:
                    raise InputError(f"{name!r} is there already", place)
                if name in RESERVED:
                    wanted = f"another name; {', '.join(sorted(RESERVED))} mean times"
                    raise BadValue("name", name, wanted, place)
            if names:
                return tuple(names)
        return ()

    def assembler(self) -> Assembler:
        """Return an empty model."""
        classes = self.own("classes")
        if not classes:
            raise MissingField("model", "classes", self.places("classes"))
        return Assembler(self.content.name, classes, self.own("attributes"))

    def hour(self, moment: date | float, place: Place) -> float:
        """Return an hour of the model."""
        if not isinstance(moment, date):
            return moment
        if self.start is None:
            raise MissingField("model with dates", "start", place)
        at = moment if isinstance(moment, datetime) else datetime(*_day(moment))  # noqa: DTZ001
        if at.tzinfo is not None:
            raise BadValue("date", str(moment), "a date without time zone", place)
        hours = (at - datetime(*_day(self.start))).total_seconds() / 3600.0  # noqa: DTZ001
        if hours < 0.0:
            raise BadValue("date", str(moment), f"{self.start} or later", place)
        return hours


def _day(of: date) -> tuple[int, int, int]:
    return of.year, of.month, of.day


def _monday(start: date | float, place: Place) -> date:
    if not isinstance(start, date) or isinstance(start, datetime) or start.weekday():
        raise BadValue("start", str(start), "the date of a Monday, since hour 0 is one", place)
    return start


def _chain(path: Path, values: Mapping[str, float] | None) -> list[_Document]:
    """Read a file and those it inherits from, the oldest first."""
    found: list[_Document] = []
    seen: list[Path] = []
    following: Path | None = path
    while following is not None:
        document = _document(following, values)
        found.append(document)
        seen.append(following.resolve())
        parent = document.content.inherits
        place = document.places("inherits")
        following = None if parent is None else _parent(following, parent, place)
        if following is not None and (following.resolve() in seen or len(seen) > _LONGEST_CHAIN):
            raise InputError("the file inherits from itself", place)
    return found[::-1]


def _parent(child: Path, name: str, place: Place) -> Path:
    path = child.parent / name
    try:
        there = path.is_file()
    except (OSError, ValueError):  # a name that is too long, or has a NUL
        there = False
    if not there:
        raise MissingFile(path, "inherits names a file relative to this one", place)
    return path


def _document(path: Path, values: Mapping[str, float] | None) -> _Document:
    data, places = _read(path)
    data = filled(data, places, values)
    refuse_unknown_verbs(data, places)
    try:
        return _Document(validated(PathwayFile, data, places, PARTS), places)
    except MissingField as error:
        if error.what != "scenario":
            raise
        raise MissingField("model", error.field, error.place) from None
    except BadValue as error:
        if error.what != "scenario":
            raise
        raise BadValue("model", error.value, error.expected, error.place) from None


def _read(path: Path) -> tuple[Yaml, Places]:
    """Read a file; one with placeholders is read again and again, and parsed once."""
    try:
        return _parsed(str(path), path.read_bytes())
    except (OSError, ValueError):  # which `read_yaml` explains
        return read_yaml(path)


@lru_cache(maxsize=_KEPT_FILES)
def _parsed(file: str, content: bytes) -> tuple[Yaml, Places]:
    return parse_yaml(content.decode("utf-8-sig"), file)


# --- from entries to the assembler -------------------------------------------------


@contextmanager
def _written_at(place: Place) -> Generator[None]:
    """Say of what the assembler refuses where it is written."""
    try:
        yield
    except InputError as error:
        error.place = place
        raise


def _translated(error: InputError, places: Mapping[str, Place], whole: Place) -> InputError:
    """Return an error of the assembler with the line of the step it speaks of."""

    def with_line(found: re.Match[str]) -> str:
        name = found[2].rstrip(",")
        if name not in places:
            return found[0]
        return f"{found[1]} {name} (line {places[name].line}){found[2][len(name) :]}"

    key = None if error.place is None else error.place.key
    place = places.get(key or "", whole)
    if type(error) is InputError:
        return InputError(re.sub(r"\b(from|at) (\S+)", with_line, error.problem), place)
    error.place = place
    return error


def _write_stations(written: _Written, model: Assembler) -> None:
    entry: Any
    for name, (entry, at) in written.section("resources").items():
        resource: ResourceEntry = entry
        with _written_at(at()):
            model.resource(name, resource.capacity, preempts=resource.preempts)
        if resource.schedule:
            points = read_moments(resource.schedule, partial(at, "schedule"))
            with _written_at(at("schedule")):
                model.schedule(name, points)
    for name, place in written.names("lists"):
        with _written_at(place):
            model.waiting_list(name)
    for name, place in written.names("counters"):
        with _written_at(place):
            model.counter(name)


def _write_staff(written: _Written, model: Assembler) -> dict[str, tuple[int, ...]]:
    """Write pools, rosters and clinicians; return the rows of each group."""
    entry: Any
    for name, (entry, at) in written.section("pools").items():
        pool: PoolEntry = entry
        known("handover rule", pool.handover, HANDOVERS, at("handover"))
        with _written_at(at()):
            model.pool(name, handover=pool.handover)
    for name, (entry, at) in written.section("rosters").items():
        roster: RosterEntry = entry
        # A bare list of shifts has no key of its own.
        shifts = partial(at, "shifts") if _spelt_out(at) else at
        read = read_shifts(roster.shifts, roster.weeks, shifts)
        with _written_at(at()):
            model.roster(name, read, roster.weeks * _WEEK)
    groups = written.section("clinicians")
    skills: set[str] = set()
    for entry, at in groups.values():
        group: CliniciansEntry = entry
        known("pool", group.pool, model.pools, at("pool"))
        _refuse_unknown_rosters(group, model, at)
        skills |= set(group.skills)
        if len(skills) > MAX_SKILLS:
            raise OutOfBounds("number of skills", len(skills), "", 0, MAX_SKILLS, at("skills"))
        with _written_at(at()):
            model.clinicians(
                group.pool,
                group.count,
                grade=group.grade,
                skills=group.skills,
                roster=group.rosters,
                weekly_cap=_NO_CAP if group.weekly_cap is None else group.weekly_cap,
            )
    return _rows(model, groups)


def _refuse_unknown_rosters(group: CliniciansEntry, model: Assembler, at: At) -> None:
    for row, name in enumerate(group.rosters):
        place = at("roster", row) if isinstance(group.roster, list) else at("roster")
        known("roster", name, model.rosters, place)


def _groups(written: _Written) -> dict[str, Group]:
    """Return what the clinicians of each group have in common."""
    made: dict[str, Group] = {}
    for name, (entry, _) in written.section("clinicians").items():
        group: CliniciansEntry = entry
        cap = _NO_CAP if group.weekly_cap is None else group.weekly_cap
        made[name] = Group(group.pool, group.grade, tuple(group.skills), group.rosters, cap)
    return made


def _spelt_out(at: At) -> bool:
    """Return whether a roster is a mapping with `shifts`."""
    return (at("shifts", 0).key or "").endswith("]")


def _rows(model: Assembler, groups: _Section) -> dict[str, tuple[int, ...]]:
    """Return the rows of each group: the table has one pool after the other."""
    order = list(model.pools)
    rows: dict[str, tuple[int, ...]] = {}
    first = 0
    for name, (group, _) in sorted(groups.items(), key=lambda each: order.index(each[1][0].pool)):
        rows[name] = tuple(range(first, first + group.count))
        first += group.count
    return rows


def _write_arrivals(written: _Written, model: Assembler, places: dict[str, Place]) -> None:
    """Write guards, sources, calls and entries; note the places of what is checked later."""
    entry: Any
    for name, (entry, at) in written.section("guards").items():
        guard: GuardEntry = entry
        _refuse_unwatched(guard, model, at)
        with _written_at(at()):
            model.guard(name, guard.watch, guard.of, at_least=guard.at_least, below=guard.below)
    for name, (entry, at) in written.section("sources").items():
        _write_source(name, entry, written, model, at)
        places[f"source {name}"] = at("entry")
    for name, (entry, at) in written.section("calls").items():
        call: CallEntry = entry
        known("list", call.list, model.lists, at("list"))
        if call.resource is not None:
            known("resource", call.resource, model.resources, at("resource"))
        days = read_days(call.days, at("days"))
        made = Call(
            call.list,
            call.to,
            call.quota,
            call.resource,
            call.reserve,
            call.at,
            call.every,
            days,
        )
        with _written_at(at()):
            model.call(name, made)
        places[f"call {name}"] = at("to")
    for name, (label, at) in written.section("entries").items():
        with _written_at(at()):
            model.entry(name, label)
        places[f"entry {name}"] = at()


def _refuse_unwatched(guard: GuardEntry, model: Assembler, at: At) -> None:
    of: Mapping[str, tuple[str, ...]] = {
        "counter": tuple(model.counters),
        "list": tuple(model.lists),
        **dict.fromkeys(("free", "used", "waiting"), tuple(model.resources)),
        **dict.fromkeys(("on_duty", "free_staff", "waiting_staff"), tuple(model.pools)),
    }
    known("published number", guard.watch, WATCHED, at("watch"))
    if guard.watch not in of:
        if guard.of is not None:
            raise InputError(f"{guard.watch} is the number of nothing else", at("of"))
    elif guard.of is None:
        raise MissingField(f"guard on {guard.watch}", "of", at())
    else:
        kinds = {"counter": "counter", "list": "list"}
        kind = "resource" if guard.watch in ("free", "used", "waiting") else "pool"
        known(kinds.get(guard.watch, kind), guard.of, of[guard.watch], at("of"))


def _write_source(
    name: str, source: SourceEntry, written: _Written, model: Assembler, at: At
) -> None:
    rate = read_rate(source.rate, source.headroom, partial(at, "rate"))
    read_number(dict(source.classes), "share", (0.0, 1.0), model.classes, partial(at, "classes"))
    since = 0.0 if source.since is None else written.hour(source.since, at("since"))
    until = inf if source.until is None else written.hour(source.until, at("until"))
    if until <= since:
        raise InputError("the source ends before it starts", at("until"))
    with _written_at(at("classes")):
        model.source(name, rate, classes=source.classes, entry=source.entry, span=(since, until))


def _refuse_unknown_entries(written: _Written, steps: StepWriter) -> None:
    """Raise if a source, call or entry leads to a label that does not exist."""
    for name in ("sources", "calls", "entries"):
        for entry, at in written.section(name).values():
            if name == "entries":
                steps.to(entry, at())
            else:
                field = "entry" if name == "sources" else "to"
                steps.to(getattr(entry, field), at(field))
