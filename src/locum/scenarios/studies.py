"""Studies: published projections as rules, with what they printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from locum.assumptions import parse_prior
from locum.assumptions.reading import read_yaml
from locum.countries import load_pack, packs
from locum.errors import BadValue, InputError, UnknownName, YearOutside
from locum.scenarios.overrides import with_override
from locum.scenarios.reading import validated
from locum.scenarios.scenario import Override
from locum.scenarios.study_schema import (
    LeverEntry,
    PrintedEntry,
    ReadingEntry,
    RuleEntry,
    StudyFile,
    StudyYears,
    ValueEntry,
    VariantEntry,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from locum.assumptions import Ledger
    from locum.assumptions.reading import Places
    from locum.countries import Pack
    from locum.scenarios.reading import Parts

__all__ = [
    "Known",
    "Lever",
    "Printed",
    "Reading",
    "Study",
    "Variant",
    "load_study",
    "study_names",
]

_PARTS: Parts = {
    "years": StudyYears,
    "assumptions": ValueEntry,
    "rules": RuleEntry,
    "variants": VariantEntry,
    "readings": ReadingEntry,
    "printed": PrintedEntry,
    "levers": LeverEntry,
}
TABLE = "projections"
"""The pack's table of printed results."""


@dataclass(frozen=True)
class Known:
    """One value or rule of a study, and how we know it.

    Parameters
    ----------
    override
        The value, with prior and source.
    known
        published, inferred or tuned.
    note
        What was read and concluded.
    tuned_to
        Year and quantity of the printed results that it was tuned to.
    study
        The study that states it.
    source
        Id of a source of the pack.
    """

    override: Override
    known: str
    note: str
    tuned_to: tuple[tuple[int, str], ...]
    study: str
    source: str


@dataclass(frozen=True)
class Printed:
    """One printed number; `source` is the id of a source of the pack."""

    year: int
    quantity: str
    value: float
    scenario: str
    source: str
    note: str


@dataclass(frozen=True)
class Variant:
    """One printed scenario of a study, complete."""

    name: str
    title: str
    base_year: int
    seats: Mapping[int, float]
    stated: Mapping[str, Known]
    printed: tuple[Printed, ...]
    relative_to: str | None

    def figure(self, year: int, quantity: str) -> float | None:
        """Return a printed number; a gap also from printed supply and demand."""
        found = {each.quantity: each.value for each in reversed(self.printed) if each.year == year}
        if quantity == "gap" and "gap" not in found and {"supply", "demand"} <= set(found):
            return found["supply"] - found["demand"]
        return found.get(quantity)


@dataclass(frozen=True)
class Reading:
    """One way to read what a study leaves open."""

    name: str
    title: str
    stated: Mapping[str, Known]


@dataclass(frozen=True)
class Lever:
    """A lever that the study pulled itself."""

    assumption: str
    year: int
    variant: str
    printed: float | None
    note: str


@dataclass(frozen=True)
class Study:
    """A published projection: its rules, its variants and what it printed."""

    name: str
    title: str
    holder: str
    published: str
    description: str
    missing: str
    country: str
    end: int
    variants: Mapping[str, Variant]
    ends: tuple[str, ...]
    readings: tuple[Reading, ...] = ()
    levers: tuple[Lever, ...] = field(default=())
    growth_of: tuple[str, ...] = ()

    def variant(self, name: str) -> Variant:
        """Return a variant by its name.

        Raises
        ------
        UnknownName
            If the study has none of this name.
        """
        if name not in self.variants:
            raise UnknownName(f"variant of {self.name}", name, self.variants)
        return self.variants[name]

    def ledger(self, variant: Variant, ledger: Ledger, reading: Reading | None = None) -> Ledger:
        """Return the country's assumptions with those of a variant, then of a reading.

        Raises
        ------
        InputError
            If a key is unknown or a value is not one of its unit.
        """
        stated = {**variant.stated, **(reading.stated if reading else {})}
        for key, each in stated.items():
            ledger = with_override(ledger, key, each.override, holder=self.title)
        return ledger


def study_names(pack: Pack) -> tuple[str, ...]:
    """Return the studies of a country, sorted."""
    return tuple(sorted(path.stem for path in (pack.path / "studies").glob("*.yaml")))


def load_study(name: str, pack: Pack | None = None) -> Study:
    """Return a study of one country, or of any.

    Raises
    ------
    UnknownName
        If no country has a study of this name; the error suggests the closest one.
    InputError
        If its file says what no study may say.
    """
    choices: list[str] = []
    for country in [pack] if pack is not None else map(load_pack, packs()):
        if name in study_names(country):
            return _study(_chain(name, country), country)
        choices += study_names(country)
    raise UnknownName("study", name, choices)


@dataclass(frozen=True)
class _Document:
    content: StudyFile
    places: Places


def _file(name: str, pack: Pack) -> Path:
    return pack.path / "studies" / f"{name}.yaml"


def _chain(name: str, pack: Pack) -> list[_Document]:
    """Read a study and those it inherits from, the oldest first."""
    found: list[_Document] = []
    parent: str | None = name
    while parent is not None:
        data, places = read_yaml(_file(parent, pack), keep=True)
        found.append(_Document(validated(StudyFile, data, places, _PARTS), places))
        if found[-1].content.name != parent:
            wanted = f"{parent!r}, as its file is called"
            raise BadValue("name", found[-1].content.name, wanted, places("name"))
        parent = found[-1].content.inherits
        if parent in {each.content.name for each in found}:
            raise InputError("the study inherits from itself", places("inherits"))
        if parent is not None and parent not in study_names(pack):
            raise UnknownName("study", parent, study_names(pack), places("inherits"))
    return found[::-1]


def _study(chain: list[_Document], pack: Pack) -> Study:
    youngest = chain[-1]
    content = youngest.content
    common: dict[str, Known] = {}
    seats: dict[int, float] = {}
    for each in chain:
        common |= _known(each.content, each, pack)
        seats = {year: float(places) for year, places in each.content.seats.items()} or seats
    if not seats:
        raise InputError("no places are in force", youngest.places("seats"))
    years = content.years
    if not pack.first_year <= years.end <= pack.last_year:
        what = f"the data of {pack.title}"
        raise YearOutside(
            what, years.end, pack.first_year, pack.last_year, youngest.places("years", "end")
        )
    variants = {name: _variant(name, youngest, common, seats, pack) for name in content.variants}
    readings = tuple(
        Reading(name, entry.title, _known(entry, youngest, pack, "readings", name))
        for name, entry in content.readings.items()
    )
    levers = tuple(
        Lever(each.assumption, each.year, each.variant, each.printed, each.note)
        for each in content.levers
    )
    return Study(
        name=content.name,
        title=content.title,
        holder=content.holder,
        published=content.published,
        description=content.description.strip(),
        missing=content.missing.strip(),
        country=pack.name,
        end=years.end,
        variants=variants,
        ends=tuple(content.ends),
        readings=readings,
        levers=levers,
        growth_of=_growth_of(youngest, pack),
    )


def _growth_of(document: _Document, pack: Pack) -> tuple[str, ...]:
    for number, name in enumerate(document.content.growth_of):
        if name not in study_names(pack):
            place = document.places("growth_of", number)
            raise UnknownName("study", name, study_names(pack), place)
    return tuple(document.content.growth_of)


def _variant(
    name: str,
    document: _Document,
    common: Mapping[str, Known],
    seats: Mapping[int, float],
    pack: Pack,
) -> Variant:
    entry, base_year = document.content.variants[name], document.content.years.base
    if entry.like is not None:
        like = _variant(entry.like, document, common, seats, pack)
        common, seats, base_year = like.stated, like.seats, like.base_year
    own = None if entry.seats is None else {y: float(n) for y, n in entry.seats.items()}
    return Variant(
        name=name,
        title=entry.title,
        base_year=entry.base_year or base_year,
        seats=own or seats,
        stated={**common, **_known(entry, document, pack, "variants", name)},
        printed=_printed(entry, document, name, pack),
        relative_to=entry.relative_to,
    )


def _printed(
    entry: VariantEntry, document: _Document, name: str, pack: Pack
) -> tuple[Printed, ...]:
    """Find the printed numbers in the pack's table."""
    table = pack.table(TABLE)
    found: list[Printed] = []
    for number, one in enumerate(entry.printed):
        rows = table.where(study_id=one.study, scenario=one.scenario).rows
        if not rows:
            known = [row["scenario"] for row in table.where(study_id=one.study).rows]
            place = document.places("variants", name, "printed", number)
            raise UnknownName(f"scenario of {one.study}", one.scenario, known, place)
        for row in rows:
            for quantity in ("supply", "demand", "gap"):
                if row[quantity] is None or row["target_year"] is None:
                    continue
                found.append(
                    Printed(
                        int(row["target_year"]),
                        quantity,
                        float(row[quantity]),
                        str(row["scenario"]),
                        str(row["source"]),
                        str(row["note"] or ""),
                    )
                )
    return tuple(found)


def _known(
    part: StudyFile | VariantEntry | ReadingEntry, document: _Document, pack: Pack, *keys: str
) -> dict[str, Known]:
    """Return the rules and values of a part of a file, by key; `keys` lead to the part."""
    known: dict[str, Known] = {}
    kinds: dict[str, Mapping[str, ValueEntry | RuleEntry]] = {
        "assumptions": dict(part.assumptions),
        "rules": dict(part.rules),
    }
    for kind, entries in kinds.items():
        for key, entry in entries.items():
            if key in known:
                place = document.places(*keys, kind, key)
                raise InputError("stated under assumptions too", place)
            if entry.source not in pack.sources:
                place = document.places(*keys, kind, key, "source")
                raise UnknownName("source", entry.source, pack.sources, place)
            known[key] = _known_entry(entry, document, (*keys, kind, key))
    return known


def _known_entry(
    entry: ValueEntry | RuleEntry, document: _Document, keys: tuple[str, ...]
) -> Known:
    place = document.places(*keys)
    if isinstance(entry, RuleEntry):
        override = Override(entry.option, place=place)
    else:
        prior = None
        if entry.prior is not None:
            prior = parse_prior(
                entry.prior, lambda *inner: document.places(*keys, "prior", *inner)
            )
        source = entry.source if prior is not None else None
        override = Override(entry.value, entry.unit, prior, source, place)
    tuned = tuple((each.year, each.quantity) for each in entry.tuned_to)
    study = document.content.name
    return Known(override, entry.known, entry.note.strip(), tuned, study, entry.source)
