"""Scenarios of the hospital sector: who is away, what hospitals do about it, and when."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from locum.errors import BadValue, InputError, MissingField, OutOfBounds, UnknownName
from locum.hospital.contingency import RULES, SETTINGS
from locum.scenarios.chain import Chain, chain_of, find_document, table_or_file
from locum.scenarios.hospital_schema import HOSPITALS
from locum.scenarios.overrides import apply, stated_overrides
from locum.scenarios.reading import read_scenario_data

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.errors import Place
    from locum.scenarios.hospital_schema import HospitalFile, LeverEntry
    from locum.scenarios.reading import Document
    from locum.scenarios.scenario import Override

__all__ = [
    "LEDGER",
    "HospitalScenario",
    "Lever",
    "resolve_hospitals",
    "resolve_hospitals_data",
]

_STAFF = "walkout_daily"
"""Tables of a pack whose name begins so hold readings of who is away."""
LEDGER = "hospital"
"""Name of the sector's assumptions in a pack."""
_MOST_DAYS = 1_100
"""A guard against slips of the keyboard; results of so many days still fit in memory."""
_NEXT = timedelta(days=1)
_NO_RULE, _SINCE = "none", "contingency.since"


@dataclass(frozen=True)
class Lever:
    """What is done from a day on, until a day.

    Parameters
    ----------
    name
        For readers.
    since, until
        First and last day on which it works; `until` None is the last of the run.
    change
        Values of settings (see `locum.hospital.contingency.SETTINGS`).
    source
        Where its dates and numbers come from; None for a choice of the scenario itself.
    place
        Where it is written.
    """

    name: str
    since: date
    until: date | None
    change: tuple[tuple[str, float], ...]
    source: str | None = None
    place: Place | None = None

    def works_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def to_dict(self) -> dict[str, Any]:
        """Return the lever as a scenario file writes it."""
        entry: dict[str, Any] = {"since": self.since.isoformat()}
        if self.until is not None:
            entry["until"] = self.until.isoformat()
        entry["change"] = dict(self.change)
        return entry | ({} if self.source is None else {"source": self.source})


@dataclass(frozen=True)
class HospitalScenario:
    """What is simulated in the hospitals of a country.

    Parameters
    ----------
    name, title, description, country
        As written.
    start, report_from, end
        First day simulated (a Monday), first day reported, last day.
    base
        First and last day of ordinary work, with which readings compare.
    staff
        Name of a table of the pack, or the full path of a CSV file, that says who is away; None
        when nobody is.
    turns
        First days of training years.
    holidays
        First and last day of each public holiday; those of several days are long ones.
    contingency
        Rule by which hospitals cut their work, one of `locum.hospital.contingency.RULES`.
    since
        Day on which they begin to cut; None with the rule "none".
    levers
        In the order of their first days.
    assumptions
        What differs from the country's own, by key.
    file
        Where it is written.
    """

    name: str
    title: str
    description: str
    country: str
    start: date
    report_from: date
    end: date
    base: tuple[date, date]
    staff: str | None
    turns: tuple[date, ...]
    holidays: tuple[tuple[date, date], ...]
    contingency: str
    since: date | None
    levers: tuple[Lever, ...] = ()
    assumptions: dict[str, Override] = field(default_factory=dict)
    file: str | None = None

    @property
    def days(self) -> int:
        """Return the number of days simulated."""
        return (self.end - self.start).days + 1

    def day(self, when: date) -> int:
        """Return the number of a day, counted from the first."""
        return (when - self.start).days

    def settings(self) -> dict[str, list[tuple[float, float]]]:
        """Return each setting that levers change, as pairs of a day and the value from it on.

        Returns
        -------
        dict
            By name of the setting. Days are counted from the first of the run.
        """
        found: dict[str, list[tuple[float, float]]] = {}
        for name in {name for lever in self.levers for name, _ in lever.change}:
            those = [lever for lever in self.levers if name in dict(lever.change)]
            after = [each.until + _NEXT for each in those if each.until is not None]
            days = sorted({*(each.since for each in those), *after})
            found[name] = [(float(self.day(day)), _in_force(those, name, day)) for day in days]
        return dict(sorted(found.items()))

    def until(self, day: date, place: Place | None = None) -> HospitalScenario:
        """Return the scenario with another last day.

        Raises
        ------
        OutOfBounds
            If nothing would be reported, or the run would be too long.
        """
        _check_length(self.start, self.report_from, day, place)
        return replace(self, end=day)

    def to_dict(self) -> dict[str, Any]:
        """Return the whole scenario as a scenario file without parents would write it."""
        overrides = {key: override.to_dict() for key, override in self.assumptions.items()}
        first, last = self.base
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "country": self.country,
            "sector": HOSPITALS.sector,
            "start": self.start.isoformat(),
            "report_from": self.report_from.isoformat(),
            "end": self.end.isoformat(),
            "base": _days(first, last),
            "staff": self.staff,
            "turns": [day.isoformat() for day in self.turns],
            "holidays": [_days(first, last) for first, last in self.holidays],
            "contingency": {"rule": self.contingency}
            | ({} if self.since is None else {"since": self.since.isoformat()}),
            "levers": {lever.name: lever.to_dict() for lever in self.levers},
            "assumptions": dict(sorted(overrides.items())),
        }

    def digest(self) -> str:
        """Return a hash of the whole scenario, and of the contents of a file that it reads."""
        content = self.to_dict()
        if self.staff is not None and self.reads_file:
            content["staff"] = sha256(Path(self.staff).read_bytes()).hexdigest()
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    @property
    def reads_file(self) -> bool:
        """Whether the readings of who is away are the user's own file."""
        return self.staff is not None and Path(self.staff).is_absolute()


@dataclass
class _Draft:
    """What the documents read so far say together, each part with its place."""

    dates: dict[str, tuple[date, Place]] = field(default_factory=dict[str, tuple[date, "Place"]])
    staff: str | None = None
    turns: tuple[date, ...] = ()
    holidays: tuple[tuple[date, date], ...] = ()
    rule: str | None = None
    levers: dict[str, Lever] = field(default_factory=dict[str, Lever])
    overrides: dict[str, Override] = field(default_factory=dict[str, "Override"])


def resolve_hospitals(
    scenario: str | PathLike[str], pack: Pack | None = None, ledger: Ledger | None = None
) -> HospitalScenario:
    """Return a scenario of the hospital sector, complete and checked.

    Parameters
    ----------
    scenario
        Name of a preset, or a file.
    pack
        Its country, when that is already open; by default the one the scenario names.
    ledger
        The assumptions of the country's hospitals, when they are already read.

    Raises
    ------
    InputError
        For the first thing that is wrong, with file, line and key.

    Notes
    -----
    Levers and assumptions are inherited one by one; dates, readings and the rule are inherited
    unless the scenario says its own. `staff: null` means that nobody is away.
    """
    return _resolve(find_document(scenario, HOSPITALS, pack), pack, ledger)


def resolve_hospitals_data(
    data: Mapping[str, Any], file: str, pack: Pack | None = None
) -> HospitalScenario:
    """Return a scenario from what `HospitalScenario.to_dict` wrote.

    Raises
    ------
    InputError
        As `resolve_hospitals`; `file` is the name that the errors give.
    """
    return _resolve(read_scenario_data(data, file, HOSPITALS), pack, None)


def _resolve(
    document: Document[HospitalFile], pack: Pack | None, ledger: Ledger | None
) -> HospitalScenario:
    chain = chain_of(document, pack)
    pack = chain.pack
    draft = _Draft()
    for each in reversed(chain.documents):
        _add(draft, each, pack)
    if LEDGER not in pack.sectors:
        problem = f"the pack {pack.name} has no hospitals, only {', '.join(pack.sectors)}"
        raise InputError(problem, document.places("country"))
    rule = _stated(draft.rule, "contingency", chain)
    scenario = HospitalScenario(
        name=document.content.name,
        title=document.content.title,
        description=document.content.description.strip(),
        country=pack.name,
        **_checked_dates(draft, chain),
        staff=draft.staff,
        turns=draft.turns,
        holidays=draft.holidays,
        contingency=rule,
        since=None if rule == _NO_RULE else _stated(draft.dates.get(_SINCE), _SINCE, chain)[0],
        levers=tuple(sorted(draft.levers.values(), key=lambda each: (each.since, each.name))),
        assumptions=draft.overrides,
        file=document.places.file,
    )
    if scenario.assumptions:
        apply(scenario, ledger or pack.ledger(LEDGER))
    return scenario


def _days(first: date, last: date) -> dict[str, str]:
    return {"first": first.isoformat(), "last": last.isoformat()}


def _in_force(levers: list[Lever], name: str, day: date) -> float:
    """Return the value of a setting on a day; neutral where no lever works."""
    value = SETTINGS[name].neutral
    for lever in levers:
        if lever.works_on(day):
            value = dict(lever.change)[name]
    return value


def _add(draft: _Draft, document: Document[HospitalFile], pack: Pack) -> None:
    """Let a document speak after its ancestors have spoken."""
    content, places = document.content, document.places
    for name in ("start", "report_from", "end"):
        day: date | None = getattr(content, name)
        if day is not None:
            draft.dates[name] = day, places(name)
    if content.base is not None:
        draft.dates["base.first"] = content.base.first, places("base", "first")
        draft.dates["base.last"] = content.base.last, places("base", "last")
    if "staff" in content.model_fields_set:
        draft.staff = table_or_file(document, "staff", _STAFF, "table of readings", pack)
    draft.turns = draft.turns if content.turns is None else tuple(sorted(set(content.turns)))
    if content.holidays is not None:
        draft.holidays = tuple(sorted({(each.first, each.last) for each in content.holidays}))
    _add_rule(draft, document)
    _add_levers(draft, document, pack)
    draft.overrides |= stated_overrides(document)


def _add_rule(draft: _Draft, document: Document[HospitalFile]) -> None:
    entry, places = document.content.contingency, document.places
    if entry is None:
        return
    if entry.rule is not None:
        if entry.rule not in RULES:
            raise UnknownName("rule", entry.rule, RULES, places("contingency"))
        draft.rule = entry.rule
    if entry.since is not None:
        draft.dates[_SINCE] = entry.since, places("contingency", "since")


def _add_levers(draft: _Draft, document: Document[HospitalFile], pack: Pack) -> None:
    for name, entry in document.content.levers.items():
        draft.levers.pop(name, None)
        if entry is not None:
            draft.levers[name] = _lever(name, entry, document, pack)


def _lever(name: str, entry: LeverEntry, document: Document[HospitalFile], pack: Pack) -> Lever:
    def where(*keys: str) -> Place:
        return document.places("levers", name, *keys)

    if not entry.change:
        raise MissingField(f"lever {name!r}", "change", where("change"))
    for what, value in entry.change.items():
        if what not in SETTINGS:
            raise UnknownName("setting", what, SETTINGS, where("change", what))
        setting = SETTINGS[what]
        if not 0 <= value <= setting.highest:
            at = where("change", what)
            raise OutOfBounds(what, value, setting.unit, 0, setting.highest, at)
    if entry.until is not None and entry.until < entry.since:
        expected = f"a day from {entry.since} on"
        raise BadValue("until", entry.until.isoformat(), expected, where("until"))
    if entry.source is not None and entry.source not in pack.sources:
        raise UnknownName("source", entry.source, pack.sources, where("source"))
    change = tuple(sorted(entry.change.items()))
    return Lever(name, entry.since, entry.until, change, entry.source, where())


_T = TypeVar("_T")


def _stated(value: _T | None, name: str, chain: Chain[HospitalFile]) -> _T:
    """Return what somebody of the chain must have said."""
    if value is None:
        document = chain.documents[0]
        raise MissingField(
            f"scenario {document.content.name!r}", name, document.places(name.partition(".")[0])
        )
    return value


def _checked_dates(draft: _Draft, chain: Chain[HospitalFile]) -> dict[str, Any]:
    """Return start, report_from, end and base, in an order that can be simulated."""
    names = ("start", "report_from", "end", "base.first", "base.last")
    found = {name: _stated(draft.dates.get(name), name, chain) for name in names}
    start, at = found["start"]
    if start.weekday():
        monday = start - timedelta(days=start.weekday())
        expected = f"a Monday, such as {monday}"
        raise BadValue("start", start.isoformat(), expected, at)
    before: tuple[str, date] = ("start", start)
    for name in ("base.first", "base.last"):
        day, place = found[name]
        _not_before(name, day, before, place)
        before = (name, day)
    _not_before("report_from", found["report_from"][0], ("start", start), found["report_from"][1])
    _check_length(start, found["report_from"][0], *found["end"])
    return {
        "start": start,
        "report_from": found["report_from"][0],
        "end": found["end"][0],
        "base": (found["base.first"][0], found["base.last"][0]),
    }


def _not_before(name: str, day: date, before: tuple[str, date], place: Place | None) -> None:
    if day < before[1]:
        expected = f"a day from {before[1]} ({before[0]}) on"
        raise BadValue(name.rpartition(".")[2], day.isoformat(), expected, place)


def _check_length(start: date, report_from: date, end: date, place: Place | None) -> None:
    _not_before("end", end, ("report_from", report_from), place)
    days = (end - start).days + 1
    if days > _MOST_DAYS:
        raise OutOfBounds("days to simulate", days, "days", 1, _MOST_DAYS, place)
