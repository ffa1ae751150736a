"""Levers: data of a hospital that change for a while and leave everything else as it is.

A lever that names no data is refused. One whose data are what they were anyway (nobody absent, the
quota in force) is accepted and changes nothing, to the last byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from locum.errors import InputError, OutOfBounds
from locum.scenarios.pathway_steps import known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from locum.errors import Place
    from locum.hospital.engine import Network
    from locum.hospital.program import Assembler
    from locum.scenarios.pathway_schema import LeverEntry
    from locum.scenarios.pathway_words import At

__all__ = [
    "Absence",
    "CapacityChange",
    "Change",
    "Lever",
    "QuotaChange",
    "RateChange",
    "RosterChange",
    "ThresholdChange",
    "moments",
    "read_lever",
    "run_with",
    "set_levers",
]


@dataclass(frozen=True)
class CapacityChange:
    """Units of a resource more (or less) than planned."""

    resource: str
    extra: int


@dataclass(frozen=True)
class QuotaChange:
    """How many a call may call at a time."""

    call: str
    quota: int


@dataclass(frozen=True)
class ThresholdChange:
    """The threshold of a guard."""

    guard: str
    threshold: float


@dataclass(frozen=True)
class RateChange:
    """A factor on the rate of a source."""

    source: str
    times: float


@dataclass(frozen=True)
class Absence:
    """Clinicians who stay away: the first so many rows of a group."""

    clinicians: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class RosterChange:
    """Another roster for a group of clinicians."""

    clinicians: str
    roster: str
    rows: tuple[int, ...]


Change: TypeAlias = (
    CapacityChange | QuotaChange | ThresholdChange | RateChange | Absence | RosterChange
)
_Kind = TypeVar("_Kind", CapacityChange, QuotaChange, ThresholdChange, RateChange, RosterChange)


@dataclass(frozen=True)
class Lever:
    """Named changes between two hours of the model (hour 0 is Monday 00:00)."""

    name: str
    title: str
    since: float
    until: float
    changes: tuple[Change, ...]


# --- from the file -----------------------------------------------------------------


def read_lever(
    name: str,
    entry: LeverEntry,
    at: At,
    model: Assembler,
    groups: Mapping[str, tuple[int, ...]],
    hour: Callable[[date | float, Place], float],
) -> Lever:
    """Return a lever as written, its names and numbers checked.

    Parameters
    ----------
    name, entry, at
        The lever and its places.
    model
        The model that it moves.
    groups
        Rows of each group of clinicians.
    hour
        Turns a date or time into an hour of the model.

    Raises
    ------
    InputError
        If it changes nothing, ends before it starts, or names what does not exist.
    """
    since = 0.0 if entry.since is None else hour(entry.since, at("since"))
    until = inf if entry.until is None else hour(entry.until, at("until"))
    if until <= since:
        raise InputError("the lever ends before it starts", at("until"))
    changes = (
        *_stations(entry, at, model),
        *_staff(entry, at, model, groups),
    )
    if not changes:
        fields = "capacity, quota, threshold, rate, absent or roster"
        raise InputError(f"the lever changes nothing; give {fields}", at())
    return Lever(name, entry.title or name, since, until, changes)


def _stations(entry: LeverEntry, at: At, model: Assembler) -> list[Change]:
    changes: list[Change] = []
    for name, extra in entry.capacity.items():
        place = at("capacity", name)
        planned, _ = model.resources[known("resource", name, model.resources, place)]
        plan = model.plans.get(name)
        most = planned if plan is None else max(units for _, units in plan[1])
        if most + extra < 0:
            raise OutOfBounds(f"change of {name}", extra, "", -most, inf, place)
        changes.append(CapacityChange(name, extra))
    for name, quota in entry.quota.items():
        known("call", name, model.calls, at("quota", name))
        changes.append(QuotaChange(name, quota))
    for name, threshold in entry.threshold.items():
        known("guard", name, model.guards, at("threshold", name))
        changes.append(ThresholdChange(name, threshold))
    for name, times in entry.rate.items():
        place = at("rate", name)
        source = model.sources[known("source", name, model.sources, place)]
        if times > source.rate.headroom:
            what = f"factor on the rate of {name}, whose headroom it must not pass,"
            raise OutOfBounds(what, times, "", 0.0, source.rate.headroom, place)
        changes.append(RateChange(name, times))
    return changes


def _staff(
    entry: LeverEntry, at: At, model: Assembler, groups: Mapping[str, tuple[int, ...]]
) -> list[Change]:
    changes: list[Change] = []
    for name, count in entry.absent.items():
        place = at("absent", name)
        rows = groups[known("group of clinicians", name, groups, place)]
        heads = len(rows) if isinstance(count, str) else count
        if heads > len(rows):
            raise OutOfBounds(f"absent {name}", heads, "", 0, len(rows), place)
        changes.append(Absence(name, rows[:heads]))
    for name, roster in entry.roster.items():
        place = at("roster", name)
        rows = groups[known("group of clinicians", name, groups, place)]
        changes.append(RosterChange(name, known("roster", roster, model.rosters, place), rows))
    return changes


# --- into a hospital ---------------------------------------------------------------


def moments(levers: Sequence[Lever]) -> tuple[float, ...]:
    """Return the hours at which something changes, rising; hour 0 among them if something does."""
    hours = {hour for lever in levers for hour in (lever.since, lever.until)}
    return tuple(sorted(hour for hour in hours if hour < inf))


def run_with(
    network: Network, levers: Sequence[Lever], until: float, *, hospital: int = 0
) -> Network:
    """Run up to an hour, and pull levers of one hospital on the way.

    Parameters
    ----------
    network
        A `Hospital`, or several.
    levers
        Where two set the same, the later one in the list counts; extra units add up, and factors
        on rates multiply.
    until
        Hour.
    hospital
        Number of the hospital whose levers these are.
    """
    set_levers(network, levers, hospital=hospital)
    for hour in moments(levers):
        if network.now < hour < until:
            network.run(hour)
            set_levers(network, levers, hospital=hospital)
    return network.run(until)


def set_levers(network: Network, levers: Sequence[Lever], *, hospital: int = 0) -> None:
    """Write what the levers say of the present hour; what is so already is not touched."""
    _set_capacities(network, levers, hospital)
    _set_thresholds(network, levers, hospital)
    _set_rates(network, levers, hospital)
    _set_rosters(network, levers, hospital)
    _set_absences(network, levers, hospital)


def _changes(
    kind: type[_Kind], network: Network, levers: Sequence[Lever]
) -> Iterator[tuple[_Kind, bool]]:
    """Yield the changes of a kind, and whether they hold now."""
    for lever in levers:
        holds = lever.since <= network.now < lever.until
        yield from ((each, holds) for each in lever.changes if isinstance(each, kind))


def _set_capacities(network: Network, levers: Sequence[Lever], hospital: int) -> None:
    model, site = network.models[hospital], network.site(hospital)
    extra: dict[str, int] = {}
    for change, holds in _changes(CapacityChange, network, levers):
        extra[change.resource] = extra.get(change.resource, 0) + holds * change.extra
    for name, units in extra.items():
        if site.resources[model.row("resources", name)].extra != units:
            network.set_extra(name, units, hospital)


def _set_thresholds(network: Network, levers: Sequence[Lever], hospital: int) -> None:
    """Write quotas and thresholds."""
    model = network.models[hospital]
    quota: dict[str, int] = {}
    for change, holds in _changes(QuotaChange, network, levers):
        planned = int(model.tables.calls[model.row("calls", change.call)].quota)
        quota[change.call] = change.quota if holds else quota.get(change.call, planned)
    for name, number in quota.items():
        network.set_quota(name, number, hospital)
    threshold: dict[str, float] = {}
    for change, holds in _changes(ThresholdChange, network, levers):
        written = float(model.tables.guards[model.row("guards", change.guard)].threshold)
        now = threshold.get(change.guard, written)
        threshold[change.guard] = change.threshold if holds else now
    for name, number in threshold.items():
        network.set_threshold(name, number, hospital)


def _set_rates(network: Network, levers: Sequence[Lever], hospital: int) -> None:
    times: dict[str, float] = {}
    for change, holds in _changes(RateChange, network, levers):
        times[change.source] = times.get(change.source, 1.0) * (change.times if holds else 1.0)
    for name, factor in times.items():
        network.set_scale(name, factor, hospital)


def _set_rosters(network: Network, levers: Sequence[Lever], hospital: int) -> None:
    model, table = network.models[hospital], network.site(hospital).clinicians
    wanted: dict[int, int] = {}
    for change, holds in _changes(RosterChange, network, levers):
        other = model.row("rosters", change.roster)
        for row in change.rows:
            planned = int(model.tables.clinicians[row].roster)
            wanted[row] = other if holds else wanted.get(row, planned)
    for row, roster in wanted.items():
        if table[row].roster != roster:
            table[row].roster = roster
            table[row].changed = 1
            network.touch(hospital)


def _set_absences(network: Network, levers: Sequence[Lever], hospital: int) -> None:
    table = network.site(hospital).clinicians
    away: dict[int, list[tuple[float, float]]] = {}
    for lever in levers:
        for change in lever.changes:
            if isinstance(change, Absence) and network.now < lever.until:
                for row in change.rows:
                    away.setdefault(row, []).append((lever.since, lever.until))
    for row, spans in away.items():
        start, end = _first_span(spans)
        if (table[row].absent_from, table[row].absent_until) != (start, end):
            network.set_absence([row], start, end, hospital)


def _first_span(spans: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the earliest span, together with those that continue it."""
    ordered = sorted(spans)
    start, end = ordered[0]
    for since, until in ordered[1:]:
        if since <= end:
            end = max(end, until)
    return start, end
