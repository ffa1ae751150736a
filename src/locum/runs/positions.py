"""Positions: what a study or a scenario holds about one nation, in the form of a cohort.

A position may have several members whose mean is its answer, as the middle of a published range.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from locum.countries import load_pack, packs
from locum.errors import BadValue, Place, UnknownName
from locum.runs.cohort import cohort_tables
from locum.scenarios import apply, load_study, resolve, study_names
from locum.workforce import Projection, project_cohort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.scenarios import Reading, Scenario, Study, Variant

__all__ = ["Member", "Position", "find_position", "project_member", "scenario_position"]


@dataclass(frozen=True, eq=False)
class Member:
    """One set of rules and values, ready to be projected as a cohort.

    Parameters
    ----------
    name
        As typed: `committee-2025/s1-arima`, or the name of a scenario.
    ledger
        All assumptions.
    seats
        Places of medical schools by entry year, each in force until the next.
    base_year
        Year of stock and population in which need has its level.
    variant
        The variant of the study; None for a scenario.
    """

    name: str
    ledger: Ledger
    seats: Mapping[int, float]
    base_year: int
    variant: Variant | None = None


@dataclass(frozen=True, eq=False)
class Position:
    """Something that can be explained: a study, one of its variants, or a scenario."""

    name: str
    title: str
    pack: Pack
    members: tuple[Member, ...]
    first_year: int
    last_year: int
    study: Study | None = None
    scenario: Scenario | None = None
    reading: Reading | None = None

    def printed(self, year: int, quantity: str = "gap") -> float | None:
        """Return the printed number of a year, the mean of the members'; None if one lacks it."""
        found = [
            None if each.variant is None else each.variant.figure(year, quantity)
            for each in self.members
        ]
        numbers = [each for each in found if each is not None]
        return sum(numbers) / len(numbers) if numbers and len(numbers) == len(found) else None

    def read_as(self, reading: Reading) -> Position:
        """Return the same study under another reading of what it leaves open.

        Raises
        ------
        BadValue
            If it is no study.
        """
        if self.study is None:
            raise BadValue("position", self.name, "a study")
        members = tuple(
            _member(self.study, each.variant, self.pack, reading)
            for each in self.members
            if each.variant is not None
        )
        return replace(self, members=members, reading=reading)


def find_position(name: str, pack: Pack | None = None) -> Position:
    """Return a study, a variant of one (`committee-2025/s1-arima`) or a scenario.

    Parameters
    ----------
    name
        Name of a study, of a study and its variant, of a preset, or the file of a scenario.
    pack
        The country, if it is known.

    Raises
    ------
    UnknownName
        If nothing has this name; the error suggests the closest one.
    InputError
        If a file says what it may not say.
    """
    study_name, slash, variant = name.partition("/")
    countries = [pack] if pack is not None else [load_pack(each) for each in packs()]
    for country in countries:
        if study_name in study_names(country):
            return _study_position(study_name, variant if slash else None, country)
    if not slash and not name.endswith((".yaml", ".yml", ".json")):
        choices = [each for country in countries for each in study_names(country)]
        choices += [each for country in countries for each in country.scenario_names()]
        if name not in choices:
            raise UnknownName("study or scenario", name, choices)
    return scenario_position(resolve(name, pack))


def _study_position(name: str, variant: str | None, pack: Pack) -> Position:
    study = load_study(name, pack)
    chosen = study.ends if variant is None else (variant,)
    reading = study.readings[0] if study.readings else None
    members = tuple(_member(study, study.variant(each), pack, reading) for each in chosen)
    title = study.title if variant is None else f"{study.title}: {members[0].variant.title}"  # type: ignore[union-attr]
    first = max(each.base_year for each in members)
    return Position(
        name if variant is None else f"{name}/{variant}",
        title,
        pack,
        members,
        first,
        study.end,
        study=study,
        reading=reading,
    )


def _member(study: Study, variant: Variant, pack: Pack, reading: Reading | None) -> Member:
    ledger = study.ledger(variant, pack.ledger(), reading)
    name = f"{study.name}/{variant.name}"
    return Member(name, ledger, variant.seats, variant.base_year, variant)


def scenario_position(scenario: Scenario, sets: Mapping[str, str] | None = None) -> Position:
    """Return a scenario as a position: the cohort with its places, rules and values."""
    pack = load_pack(scenario.country)
    ledger = apply(scenario, pack.ledger(), sets)
    seats = {change.year: float(change.total) for change in scenario.seats}
    seats = {year: float(n) for year, n in scenario.history_seats.items()} | seats
    member = Member(scenario.name, ledger, seats, scenario.start)
    return Position(
        scenario.name,
        scenario.title,
        pack,
        (member,),
        scenario.start,
        scenario.end,
        scenario=scenario,
    )


def project_member(member: Member, pack: Pack, draws: int = 1, seed: int = 0) -> Projection:
    """Project one member by its rules; years are those of `cohort_tables`.

    Raises
    ------
    BadValue
        If its base year is before the first year that can be carried back to.
    """
    tables = cohort_tables(pack)
    if not int(tables.years[0]) <= member.base_year <= int(tables.years[-1]):
        expected = f"a year from {tables.years[0]} to {tables.years[-1]}"
        raise BadValue("base year", member.base_year, expected, Place(member.name))
    return project_cohort(
        member.ledger.draw(seed, 0, draws), tables, member.seats, member.base_year
    )
