"""Classes of medical schools: students by study year, against those of before, and beds.

Students move up with the same steps and the same months of absence as in the engine, school by
school instead of region by region: those who lose a year study it again with the next class.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import InputError, OutOfBounds, Place, YearOutside
from locum.runs import workforce_tables
from locum.runs.layout import by_region, place
from locum.workforce import prepare
from locum.workforce.pipeline import advance_students
from locum.workforce.records import STUDY_YEARS, StudentRates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.inference.scores import Floats
    from locum.scenarios import Scenario


__all__ = [
    "FACULTY_NOTE",
    "ClassSizes",
    "Schools",
    "class_sizes",
    "compare_classes",
    "reference_year",
    "seats_by_school",
]

SHOWN = STUDY_YEARS + 2
"""Years after the reference year that are shown: as long as one class stays, and a little."""
SMALLEST_GROUP = 10
"""Groups of fewer students are not stated."""
UNNAMED = "no-school-named"
"""Where places go that a decision gave to a region without saying which school."""
FACULTY_NOTE = (
    "no table of faculty by school is in the data, nor a national total: what is stated instead "
    "is how many teachers are needed for each one of the reference year to keep its students per "
    "teacher"
)


@dataclass(frozen=True, eq=False)
class Schools:
    """Schools of a country with their places; last, regions whose new places have no school yet.

    ``base`` (S,) places before any rise; ``rises`` the shares (S,) of each allocation.
    """

    names: tuple[str, ...]
    regions: tuple[str, ...]
    base: Floats
    rises: dict[str, Floats]

    @classmethod
    def of(cls, pack: Pack, scenario: Scenario) -> Schools:
        """Return the schools to which a scenario gives places; base places have no allocation."""
        table, by_place = pack.table("schools"), pack.table("seat_allocations")
        region_of = {str(row["school"]): str(row["region"]) for row in table.rows}
        used = {name for change in scenario.seats for name, _ in change.allocation}
        by_school = used & {str(each) for each in table.column("allocation")}
        elsewhere = {
            each: by_region(pack, "seat_allocations", allocation=each)
            for each in sorted(used - by_school)
        }
        unnamed = [
            (number, region)
            for number, region in enumerate(pack.regions)
            if any(places[number] > 0.0 for places in elsewhere.values())
        ]
        old = tuple(region_of)
        shares: dict[str, Floats] = {}
        for each in sorted(by_school):
            rows = place(table.where(allocation=each), {"school": old})
            shares[each] = np.append(rows, np.zeros(len(unnamed))) / rows.sum()
        for each, places in elsewhere.items():
            new = np.array([places[number] for number, _ in unnamed])
            shares[each] = np.append(np.zeros(len(old)), new) / new.sum()
        base = np.zeros(len(old) + len(unnamed))
        rises = {str(each) for each in by_place.column("allocation")}
        for row in table.rows:
            if str(row["allocation"]) not in rises:
                base[old.index(str(row["school"]))] += float(row["value"])
        names = (*old, *(f"{UNNAMED} {region}" for _, region in unnamed))
        regions = (*region_of.values(), *(region for _, region in unnamed))
        return cls(names, regions, base, shares)

    def in_region(self, regions: Sequence[str]) -> Floats:
        """Return which school lies in which region (R, S), 1 or 0."""
        return np.array([[float(each == region) for each in self.regions] for region in regions])


def seats_by_school(schools: Schools, scenario: Scenario, year: int) -> Floats:
    """Return the places of an entry class (S,).

    What exceeds the country's base goes where the scenario's allocations say, or in proportion to
    the base, as in the engine.
    """
    change = scenario.seats_in(year)
    if not change.allocation:
        return schools.base * (change.total / schools.base.sum())
    return schools.base + sum(places * schools.rises[name] for name, places in change.allocation)


@dataclass(frozen=True, eq=False)
class ClassSizes:
    """Students of every school by study year.

    Parameters
    ----------
    scenario
        Whose places they are.
    absences
        The scenario whose months of absence they met, or None.
    schools
        The schools (S).
    years
        Calendar years (T,); an academic year has the number of the year in which it begins.
    students
        Heads (S, T, 6), those who study a year again among them.
    seats
        Heads who enter (S, T), zero in the first year.
    graduates, dropped
        Heads who leave between a year and the one before, (S, T) and (T,).
    reference
        The year that classes are compared with.
    beds
        Beds of the tertiary and general hospitals of each school's region (S,).
    clinical_years
        Last study years that are set against beds.
    """

    scenario: str
    absences: str | None
    schools: Schools
    years: Floats
    students: Floats
    seats: Floats
    graduates: Floats
    dropped: Floats
    reference: int
    beds: Floats
    clinical_years: int

    def at(self, year: int) -> Floats:
        """Return the students of a year (S, 6)."""
        found: Floats = self.students[:, int(np.searchsorted(self.years, year))]
        return found

    def shown(self) -> list[int]:
        """Return the years that are stated: the reference year and those after it."""
        last = min(int(self.years[-1]), self.reference + SHOWN)
        return list(range(self.reference, last + 1))

    def per_100_beds(self, year: int) -> Floats:
        """Return the students in their clinical years per 100 beds of the school's region (S,)."""
        clinical = self.at(year)[:, STUDY_YEARS - self.clinical_years :].sum(axis=1)
        same = np.array(self.schools.regions)[:, None] == np.array(self.schools.regions)
        return 100.0 * (same @ clinical) / np.maximum(self.beds, 1.0)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each school and year that is stated."""
        before = self.at(self.reference)
        rows: list[dict[str, Any]] = []
        for year in self.shown():
            students, per_beds = self.at(year), self.per_100_beds(year)
            for s, school in enumerate(self.schools.names):
                old = before[s, 0] >= SMALLEST_GROUP
                rows.append(
                    {
                        "scenario": self.scenario,
                        "absences": self.absences,
                        "school": school,
                        "region": self.schools.regions[s],
                        "year": year,
                        "students": [_stated(each) for each in students[s]],
                        "total": _stated(students[s].sum()),
                        "relative": _ratio(students[s].max(), before[s, 0]) if old else None,
                        "beds": round(float(self.beds[s])),
                        "clinical_students_per_100_beds": round(float(per_beds[s]), 2),
                        "faculty": None,
                        "teachers_needed": _ratio(students[s].sum(), before[s].sum())
                        if old
                        else None,
                    }
                )
        return rows


def _stated(heads: float) -> int | None:
    """Return a number of students, None where it is a group too small to state."""
    whole = round(float(heads))
    return None if 0 < whole < SMALLEST_GROUP else whole


def _ratio(value: float, before: float) -> float:
    return round(float(value) / float(before), 3)


def reference_year(scenarios: Sequence[Scenario], absences: Scenario | None, pack: Pack) -> int:
    """Return the last year before any places change or anybody is away, whichever is first.

    Places that never change, without an interruption, give the year after the base year.

    Parameters
    ----------
    scenarios
        Whose places may change.
    absences
        Whose months of absence all of them meet; None: each its own.
    """
    base = int(sum(pack.table("seats_base").numbers("value")))
    years = [
        change.year - 1 for each in scenarios for change in each.seats if change.total != base
    ]
    names = {each.interruption for each in (scenarios if absences is None else [absences])}
    tables = [pack.table(name) for name in pack.table_names if name in names]
    years += [int(min(table.numbers("year"))) for table in tables]
    start = max(each.start for each in scenarios)
    return max(min(years, default=start + 1), start + 1)


def class_sizes(
    scenario: Scenario,
    ledger: Ledger,
    pack: Pack,
    absences: Scenario | None = None,
    reference: int | None = None,
) -> ClassSizes:
    """Count the students of every school by study year, in the central draw.

    Parameters
    ----------
    scenario
        Whose places are filled.
    ledger
        Assumptions: enrolment, attrition, repetition, months that cost a year.
    pack
        The country, with a table of schools.
    absences
        A scenario whose months of absence students meet; by default the scenario's own.
    reference
        Year that classes are compared with; by default `reference_year`.

    Raises
    ------
    UnknownName
        If the pack has no table of schools.
    InputError
        If the scenario named for its absences has none, or more clinical years are assumed than
        there are study years.
    YearOutside
        If the reference year is outside the scenario.

    Notes
    -----
    Students of the base year are spread over the schools of a region by their places. The sum over
    schools is the engine's own count of students, to rounding: tests/inference/test_classes.py.
    """
    met = scenario if absences is None else absences
    if absences is not None and absences.interruption is None:
        problem = f"scenario {absences.name!r} has no months of absence"
        raise InputError(problem, Place("--absences"))
    year = reference_year([scenario], absences, pack) if reference is None else reference
    if not scenario.start < year <= scenario.end:
        raise YearOutside("this scenario", year, scenario.start + 1, scenario.end)
    schools, draws = Schools.of(pack, scenario), ledger.draw(0, 0, 1)
    tables = workforce_tables(pack, replace(scenario, interruption=met.interruption), ledger)
    prepared, years = prepare(draws, tables), tables.axes.years
    seats = np.stack([seats_by_school(schools, scenario, int(each)) for each in years])
    seats *= float(draws.value("student.enrolment_ratio")[0])
    seats[0] = 0.0
    inside = schools.in_region(pack.regions)
    start = _starting_students(tables.start.students, inside, schools.base)
    students, graduates, dropped = _move_up(
        start, seats, prepared.years.leave[0], prepared.parameters.students
    )
    return ClassSizes(
        scenario=scenario.name,
        absences=met.name if met.interruption is not None else None,
        schools=schools,
        years=years,
        students=students,
        seats=seats.T,
        graduates=graduates,
        dropped=dropped,
        reference=year,
        beds=_beds(pack) @ inside,
        clinical_years=_clinical_years(ledger),
    )


def compare_classes(
    scenarios: Sequence[Scenario], ledger: Ledger, pack: Pack, absences: Scenario | None
) -> list[ClassSizes]:
    """Count the students of several paths, against the same reference year; see `class_sizes`."""
    reference = reference_year(scenarios, absences, pack)
    return [class_sizes(each, ledger, pack, absences, reference) for each in scenarios]


def _beds(pack: Pack) -> Floats:
    """Return the beds of the tertiary and general hospitals by region (R,)."""
    beds = np.zeros(len(pack.regions))
    for row in pack.table("hospitals").rows:
        beds[pack.regions.index(str(row["region"]))] += float(row["beds"] or 0.0)
    return beds


def _clinical_years(ledger: Ledger) -> int:
    assumption = ledger["decision.clinical_years"]
    years = round(float(assumption.value))
    if not 1 <= years <= STUDY_YEARS:
        raise OutOfBounds(
            assumption.key, float(assumption.value), "years", 1, STUDY_YEARS, assumption.place
        )
    return years


def _starting_students(students: Floats, inside: Floats, base: Floats) -> Floats:
    """Spread the students of regions (R, 6) over their schools by places: (S, 6)."""
    share = inside * base
    share = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-9)
    spread: Floats = share.T @ students
    return spread


def _move_up(
    students: Floats, seats: Floats, leave: Floats, rates: StudentRates
) -> tuple[Floats, Floats, Floats]:
    """Advance the students of all schools year by year.

    Parameters
    ----------
    students
        Heads of the first year (S, 6).
    seats
        Heads who enter (T, S).
    leave
        Share of each study year that loses the year before (T - 1, 6).
    rates
        Of one draw.

    Returns
    -------
    students, graduates, dropped
        Heads (S, T, 6), (S, T) and (T,).
    """
    now = students[None, None]
    found, left = [now[0, 0]], [np.zeros(len(students))]
    dropped = [0.0]
    for t in range(1, len(seats)):
        now, graduates, gone = advance_students(
            now, seats[t][None, None], leave[t - 1][None], rates
        )
        found.append(now[0, 0])
        left.append(graduates[0, 0])
        dropped.append(float(gone[0]))
    return np.stack(found, axis=1), np.stack(left, axis=1), np.array(dropped)
