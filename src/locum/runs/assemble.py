"""From a country pack and a scenario to the tables of the workforce sector."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from locum.countries import starting_stock
from locum.errors import InputError, Place
from locum.runs.history import with_history
from locum.runs.layout import by_region, by_specialty, by_year, place, yearly
from locum.runs.population import population_tables
from locum.workforce import (
    Absences,
    Axes,
    PipelineTables,
    SpecialtyTables,
    StartingTables,
    Tables,
)
from locum.workforce.records import BONDED, FREE, SERVICE_YEARS, STUDY_YEARS, TRAINING_YEARS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.runs.layout import Floats
    from locum.scenarios import Scenario

MONTHS = tuple(range(1, 13))
ROUNDING = 1e-6
CLASS_TO_INTERNSHIP = STUDY_YEARS
"""Years from a class's entry to its internship."""


def workforce_tables(pack: Pack, scenario: Scenario, ledger: Ledger) -> Tables:
    """Lay out everything a run needs that does not vary between draws.

    Parameters
    ----------
    pack
        Country pack.
    scenario
        Years, seats, history and interruption.
    ledger
        Assumptions; only ``exam.observed_until`` is read here.

    Raises
    ------
    InputError
        If a table of the pack or of the user cannot be used.
    """
    years = np.arange(scenario.start, scenario.end + 1)
    start = _starting_tables(pack, scenario.start)
    trained = start.residents.sum(axis=(0, 2))
    heads = start.practising.sum(axis=(0, 2, 3)) + trained
    heads[-1] += start.interns.sum()
    tables = Tables(
        Axes(years, pack.regions, pack.specialties),
        start,
        _pipeline_tables(pack, scenario, ledger, start),
        _specialty_tables(pack),
        population_tables(pack, years, heads),
    )
    return with_history(tables, pack, scenario)


def _starting_tables(pack: Pack, year: int) -> StartingTables:
    """Lay out the heads of the base year."""
    regions, specialties = pack.regions, pack.specialties
    trainees = pack.table("trainees_base").where(year=year)
    residents = place(
        trainees.where(stage="resident"),
        {"specialty": specialties, "training_year": range(1, TRAINING_YEARS + 1)},
    )
    _check_training_years(pack, residents)
    interns = float(np.sum(trainees.where(stage="intern").column("value")))
    resident_share = by_region(pack, "region_terms", term="resident_post_share")
    intern_share = by_region(pack, "region_terms", term="intern_post_share")
    return StartingTables(
        practising=np.ascontiguousarray(starting_stock(pack, year).heads),
        students=place(
            pack.table("students_base").where(year=year),
            {"region": regions, "study_year": range(1, STUDY_YEARS + 1)},
        ),
        interns=interns * intern_share,
        residents=resident_share[:, None, None] * residents,
        service=place(
            pack.table("service_base").where(year=year),
            {"specialty": specialties, "service_year": range(1, SERVICE_YEARS + 1)},
        ),
    )


def _check_training_years(pack: Pack, residents: Floats) -> None:
    """Refuse residents in a training year that their specialty does not have."""
    for row in pack.table("specialties").rows:
        beyond = residents[pack.specialties.index(row["specialty"]), int(row["training_years"]) :]
        if beyond.any():
            raise InputError(
                f"trainees_base has {beyond.sum():.0f} residents of {row['specialty']} beyond its "
                f"{row['training_years']} training years",
                Place(pack.table("trainees_base").file),
            )


def seats_by_region(pack: Pack, scenario: Scenario, year: int) -> Floats:
    """Return the seats of an entry class by track and region (K, R).

    What exceeds the country's base goes where the scenario's allocations say, or in proportion to
    the base. Bonded seats are shares of the same places.

    Raises
    ------
    InputError
        If more places are bonded than a region has.
    """
    base = by_region(pack, "seats_base")
    change = scenario.seats_in(year)
    seats = base * (change.total / base.sum())
    extra = seats
    if change.allocation:
        extra = np.zeros_like(base)
        for name, places in change.allocation:
            table = by_region(pack, "seat_allocations", allocation=name)
            extra += places * table / table.sum()
        seats = base + extra
    result = np.zeros((2, len(pack.regions)))
    result[BONDED] = extra * (change.bonded / max(extra.sum(), 1e-9))
    result[FREE] = seats - result[BONDED]
    worst = int(np.argmin(result[FREE]))
    if result[FREE, worst] < -ROUNDING:
        raise InputError(
            f"seats from {change.year}: {change.bonded} bonded places are more than the rise of "
            f"{extra.sum():.0f}, and leave {result[FREE, worst]:.0f} others in "
            f"{pack.regions[worst]}; bind fewer, or allocate more",
            Place(scenario.file or scenario.name),
        )
    return np.maximum(result, 0.0)


def _planned_seats(pack: Pack, scenario: Scenario, years: NDArray[np.int64]) -> Floats:
    """Return the seats of the class that starts its internship, relative to the base year (T)."""
    table = pack.table("seat_history")
    history = yearly(table) | scenario.history_seats
    first, last = min(history), max(history)

    def entered(year: int) -> float:
        if year > scenario.start:
            return float(scenario.seats_in(year).total)
        return float(history[int(np.clip(year, first, last))])

    planned = np.array([entered(int(year) - CLASS_TO_INTERNSHIP) for year in years])
    return planned / planned[0]


def _pipeline_tables(
    pack: Pack, scenario: Scenario, ledger: Ledger, start: StartingTables
) -> PipelineTables:
    """Lay out seats, posts, exams and interruptions."""
    years = np.arange(scenario.start, scenario.end + 1)
    seats = np.stack([seats_by_region(pack, scenario, int(year)) for year in years[1:]])
    passers = by_year(pack.table("exam_passed"), years, "passed", -1.0)
    passers[years > float(ledger["exam.observed_until"].value)] = -1.0
    if scenario.history_seats:
        passers[:] = -1.0
    posts = by_specialty(pack, "first_year_quota")
    resident_share = by_region(pack, "region_terms", term="resident_post_share")
    return PipelineTables(
        seats=np.concatenate((np.zeros_like(seats[:1]), seats)),
        planned_seats=_planned_seats(pack, scenario, years),
        observed_passers=passers,
        intern_posts=start.interns * float(ledger["training.intern_posts"].value),
        resident_posts=resident_share[:, None] * posts,
        absence=_absences(pack, scenario, years),
    )


def _absences(pack: Pack, scenario: Scenario, years: NDArray[np.int64]) -> Absences:
    """Lay out months away by academic year (T, 12) for each group."""
    groups: dict[str, Floats] = {}
    name = scenario.interruption
    if name is None:
        empty = np.zeros((len(years), len(MONTHS)))
        return Absences(empty, empty, empty)
    table = pack.read(Path(name), like=INTERRUPTION) if scenario.reads_file else pack.table(name)
    known = sorted({int(year) for year in table.column("year")})
    for group in ("student", "intern", "resident"):
        rows = table.where(group=group)
        months = place(rows, {"year": known, "month": MONTHS})
        groups[group] = np.zeros((len(years), len(MONTHS)))
        for t, year in enumerate(years):
            if int(year) in known:
                groups[group][t] = months[known.index(int(year))]
    return Absences(groups["student"], groups["intern"], groups["resident"])


INTERRUPTION = "interruption_2024"
"""Table whose columns every interruption has."""


def _specialty_tables(pack: Pack) -> SpecialtyTables:
    """Lay out what is known of each specialty."""
    table = pack.table("specialties")
    rows = {row["specialty"]: row for row in table.rows}
    nests = sorted({str(rows[name]["nest"]) for name in pack.specialties})
    quota = by_specialty(pack, "first_year_quota")
    return SpecialtyTables(
        nests=np.array([nests.index(str(rows[name]["nest"])) for name in pack.specialties]),
        training_years=np.array([int(rows[name]["training_years"]) for name in pack.specialties]),
        clinic_share=by_specialty(pack, "clinic_share"),
        applications=quota * by_specialty(pack, "application_ratio"),
        workload=by_specialty(pack, "workload"),
        litigation=by_specialty(pack, "litigation"),
        lifestyle=by_specialty(pack, "lifestyle"),
        essential=np.array([float(rows[name]["essential"]) for name in pack.specialties]),
        income=by_specialty(pack, "income"),
    )
