"""The nation's doctors as one cohort: the form in which published projections are written.

No regions, specialties or training: doctors by sex and age, what enters them, what takes them
away, who of them counts, and the need of `locum.workforce.demand`. It reads the same assumptions
as the whole sector, so that two projections can be compared assumption by assumption, and costs
so little that every mixture of two projections can be computed.

Axis letters as in `locum.workforce.records`: D draws, T years, X sexes, A ages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.workforce.demand import UseTables, national_need
from locum.workforce.parameters import (
    AGES,
    age_distribution,
    age_of_retirement,
    need_rule,
    rule_of,
)
from locum.workforce.records import AGE_COUNT, STUDY_YEARS, TINY, Array

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.assumptions import Draws

RETIRES_AT = 65.0
"""Age from which the rules ``share_65`` count a share as out."""


class CohortTables(NamedTuple):
    """What the cohort is given: the last counted stock, published exams, mortality and use.

    ``years`` (T,) run from before the earliest base year; ``counted`` (X, A) are the doctors
    alive at the end of ``stock_year``; ``passers`` (T,) of the licence exam, -1 where no exam is
    published; ``mortality`` (T, X, A) of the population; ``use`` over (T, 1); ``clinic_share``
    the doctors who work in clinics.
    """

    years: Array
    stock_year: int
    counted: Array
    passers: Array
    mortality: Array
    use: UseTables
    clinic_share: float

    def at(self, year: int) -> int:
        """Return the position of a year."""
        return year - int(self.years[0])


def licences(draws: Draws, tables: CohortTables, seats: Mapping[int, float]) -> Array:
    r"""Count new licences by year (D, T).

    Published passers are taken up to ``exam.observed_until`` and in any case up to the year of
    the stock. After that the class that entered six years before passes:
    :math:`s_{t-6}\,e\,(1-a)^6\,p / (1 - (1-p)(1-g))`, with enrolment e, attrition a, pass rate p
    and the share g of those who fail that gives up.

    Parameters
    ----------
    seats
        Places by entry year, each in force until the next.
    """
    entered = np.array([seats_in(seats, int(year) - STUDY_YEARS) for year in tables.years])
    passing = draws.value("exam.pass_rate")
    again = (1.0 - passing) * (1.0 - draws.value("exam.give_up"))
    kept = (1.0 - draws.value("student.attrition")) ** STUDY_YEARS
    ever = passing / np.maximum(1.0 - again, TINY)
    rate = draws.value("student.enrolment_ratio") * kept * ever
    until = np.maximum(draws.value("exam.observed_until"), tables.stock_year)
    known = (tables.passers >= 0.0) & (tables.years <= until[:, None])
    return np.where(known, tables.passers, rate[:, None] * entered)


def seats_in(seats: Mapping[int, float], year: int) -> float:
    """Return the places in force in a year; the first known ones before that."""
    past = [each for each in seats if each <= year]
    return float(seats[max(past) if past else min(seats)])


def alive(draws: Draws, tables: CohortTables, seats: Mapping[int, float]) -> Array:
    """Carry the counted doctors on, and back to earlier years (D, T, X, A).

    A year on: survivors grow a year older, new doctors come in. A year back: new doctors are taken
    out, the others grow younger and are as many as had to survive. Emigrants leave like the dead.
    """
    entering = _entrants(draws, tables, licences(draws, tables, seats))
    ratio = draws.value("exit.mortality_ratio")[:, None, None, None]
    stay = 1.0 - np.clip(tables.mortality * ratio, 0.0, 1.0)
    stay = stay * (1.0 - draws.value("exit.emigration"))[:, None, None, None]
    result = np.zeros_like(stay)
    stock = tables.at(tables.stock_year)
    result[:, stock] = tables.counted
    for t in range(stock + 1, len(tables.years)):
        result[:, t] = _older(result[:, t - 1] * stay[:, t]) + entering[:, t]
    for t in range(stock, 0, -1):
        before = np.maximum(result[:, t] - entering[:, t], 0.0)
        result[:, t - 1] = _younger(before) / stay[:, t]
    return result


def _entrants(draws: Draws, tables: CohortTables, licensed: Array) -> Array:
    """Lay new licences out by sex and age (D, T, X, A)."""
    years = np.maximum(tables.years, _first_dated(draws, "entry.licence_age"))
    mean, sd = draws.path("entry.licence_age", years), draws.value("entry.licence_age_sd")
    ages = np.stack([age_distribution(mean[:, t], sd) for t in range(len(years))], axis=1)
    years = np.maximum(tables.years, _first_dated(draws, "entry.female_share"))
    women = draws.path("entry.female_share", years)
    sexes = np.stack((1.0 - women, women), axis=-1)
    return licensed[:, :, None, None] * sexes[:, :, :, None] * ages[:, :, None, :]


def _first_dated(draws: Draws, key: str) -> int:
    dated = draws.assumptions[key].dated
    return dated[0][0] if dated else 0


def _older(heads: Array) -> Array:
    """Let everybody grow a year older; the last age keeps its own."""
    moved = np.zeros_like(heads)
    moved[..., 1:] = heads[..., :-1]
    moved[..., -1] += heads[..., -1]
    return moved


def _younger(heads: Array) -> Array:
    """Undo `_older`: the last age is shared out as it is shared between the last two now."""
    moved = np.zeros_like(heads)
    moved[..., :-1] = heads[..., 1:]
    last = heads[..., -1]
    before = heads[..., -2]
    part = before / np.maximum(before + last, 1e-9)
    moved[..., -2] = last * part
    moved[..., -1] = last * (1.0 - part)
    return moved


def participation(draws: Draws, tables: CohortTables) -> Array:
    """Share of the living who have not retired (D, A), under the rule ``exit.rule``.

    Under ``hazard`` it is the chance to have come through all yearly probabilities before, in a
    clinic or in a hospital, weighted by the doctors of each.
    """
    rule, count = rule_of(draws, "exit.rule"), len(draws)
    if rule == "hazard":
        width = draws.value("exit.retirement_width")[:, None]
        ceiling = draws.value("exit.retirement_ceiling")[:, None]
        weights = {"clinic": tables.clinic_share, "hospital": 1.0 - tables.clinic_share}
        total = np.zeros((count, AGE_COUNT))
        for setting, weight in weights.items():
            middle = draws.value(f"exit.retirement_{setting}")[:, None]
            leave = ceiling / (1.0 + np.exp(-(AGES - middle) / width))
            total += weight * np.cumprod(1.0 - leave, axis=1)
        return total
    staying = np.ones((count, AGE_COUNT))
    if rule.startswith("share_65"):
        out = draws.value("exit.retired_share_65")[:, None]
        staying = np.where(AGES >= RETIRES_AT, 1.0 - out, staying)
    last = age_of_retirement(rule)
    return staying if last is None else np.where(last <= AGES, 0.0, staying)


def at_work(draws: Draws, tables: CohortTables, living: Array) -> Array:
    """Count the doctors at work by year (D, T): the living who have not retired and who count."""
    share = draws.value(f"entry.{rule_of(draws, 'supply.concept')}_share")
    counted = np.einsum("dtxa,da->dt", living, participation(draws, tables))
    return share[:, None] * counted


def hours_factor(draws: Draws, side: str) -> Array:
    """Return FTE per head (D,) if that is the unit of a side of the gap, else 1."""
    if rule_of(draws, f"gap.{side}_unit") == "fte":
        return draws.value("hours.mean") / draws.value("hours.full_time")
    return np.ones(len(draws))


def need_per_level(draws: Draws, tables: CohortTables, base_year: int) -> Array:
    """Return need by year (D, T) for a level of one doctor, or whole under the balance ``level``.

    Years before the base year have the base year's need.
    """
    rule = need_rule(draws)
    if rule.balance != "level":
        rule = rule._replace(base_doctors=np.ones(len(draws)))
    base = tables.at(base_year)
    use = UseTables(*(table[base:] for table in tables.use))
    need = national_need(use, rule, tables.years[base:])
    before = np.repeat(need[:, :1], base, axis=1)
    return np.concatenate((before, need), axis=1)


def base_level(draws: Draws, working: Array) -> Array:
    """Return the doctors who meet need in the base year (D,); 1 under the balance ``level``.

    Parameters
    ----------
    working
        Doctors at work in the base year (D,).
    """
    balance = rule_of(draws, "demand.balance")
    if balance == "supply":
        return working
    if balance == "base":
        return draws.value("demand.base_doctors")
    return np.ones(len(draws))


class Projection(NamedTuple):
    """What a position says of every year, each (D, T): supply and need in their own units."""

    supply: Array
    need: Array

    @property
    def gap(self) -> Array:
        """Return supply less need; negative where doctors are missing."""
        return self.supply - self.need


def project_cohort(
    draws: Draws, tables: CohortTables, seats: Mapping[int, float], base_year: int
) -> Projection:
    """Project supply and need.

    Parameters
    ----------
    draws
        Assumptions.
    tables
        The country.
    seats
        Places of medical schools by entry year, each in force until the next.
    base_year
        The year of stock and population in which need has its level.
    """
    working = at_work(draws, tables, alive(draws, tables, seats))
    level = base_level(draws, working[:, tables.at(base_year)])
    need = level[:, None] * need_per_level(draws, tables, base_year)
    return Projection(
        working * hours_factor(draws, "supply")[:, None],
        need * hours_factor(draws, "need")[:, None],
    )


__all__ = ["CohortTables", "Projection", "project_cohort"]
