"""What the workforce sector is given: tables of a country, laid out on its axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locum.workforce.demand import UseTables
    from locum.workforce.records import Array


@dataclass(frozen=True, slots=True)
class Axes:
    """Labels of the sector's axes; the last specialty is ``none``."""

    years: Array
    """(T,) calendar years; the first is the base year."""
    regions: tuple[str, ...]
    specialties: tuple[str, ...]

    @property
    def base_year(self) -> int:
        """Return the year whose 31 December the run starts from."""
        return int(self.years[0])


@dataclass(frozen=True, slots=True)
class StartingTables:
    """Heads on 31 December of the base year."""

    practising: Array
    """(R, S, X, A)."""
    students: Array
    """(R, 6)."""
    interns: Array
    """(R,)."""
    residents: Array
    """(R, S, Y)."""
    service: Array
    """(S, 3) men, ``none`` = before training; spread over regions like residents."""


@dataclass(frozen=True, slots=True)
class PipelineTables:
    """Seats, posts, published exams and interruptions, by year."""

    seats: Array
    """(T, K, R)."""
    planned_seats: Array
    """(T,) seats of the class that starts its internship, relative to the base year; it starts
    residency a year later."""
    observed_passers: Array
    """(T,) or -1."""
    intern_posts: Array
    """(R,) base year."""
    resident_posts: Array
    """(R, S) first-year posts of the base year; ``none`` has zero."""
    absence: Absences


@dataclass(frozen=True, slots=True)
class Absences:
    """Months away by academic year, as shares of the people of each group (T, 12)."""

    students: Array
    interns: Array
    residents: Array


@dataclass(frozen=True, slots=True)
class SpecialtyTables:
    """What is known of each specialty (S,)."""

    nests: Array
    """Nest number."""
    training_years: Array
    clinic_share: Array
    applications: Array
    """Applicants of the base year; ``none`` has zero."""
    workload: Array
    litigation: Array
    lifestyle: Array
    essential: Array
    """1 for the specialties that policy calls essential."""
    income: Array
    """Million won a year in the base year."""


@dataclass(frozen=True, slots=True)
class PopulationTables:
    """People and their use of care."""

    mortality: Array
    """(T, X, A) yearly, of the population, by age at the start of the year."""
    use: UseTables
    need_flat: Array
    """(T, R, S)."""
    need_tilted: Array
    """(T, R, S)."""
    capital: Array
    """(R,) 1 for regions of the capital bloc."""
    contributors: Array
    """(T,) people aged 20 to 64."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything about a country and a scenario that does not vary between draws."""

    axes: Axes
    start: StartingTables
    pipeline: PipelineTables
    specialties: SpecialtyTables
    population: PopulationTables
