"""Who takes part in a standoff: cells of a population from the tables of a country.

Hospitals are those with the most trainees of the pack's list; they, schools and local associations
are numbered in one row and never named. Heads are whole numbers, rounded so that printed totals
are kept: of all trainees and of those at the hospitals inspected, of each specialty and year, of
each hospital.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import BadValue, InputError
from locum.standoff.population import Cells, Intake
from locum.standoff.states import COMMUNITY, KINDS, PROFESSOR, STUDENT, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.countries import Pack
    from locum.scenarios.standoff_scenario import StandoffScenario

__all__ = ["CLASSES", "People", "Places", "Totals", "people_of", "whole"]

Floats: TypeAlias = NDArray[np.float64]
Heads: TypeAlias = NDArray[np.int64]

CLASSES = ("big5", "other_tertiary", "general", "school", "association")
"""Classes of organisations."""
BIG5, TERTIARY, GENERAL, SCHOOL, ASSOCIATION = range(len(CLASSES))
_COLUMN_OF = {
    "internal_medicine": "sp_internal_med",
    "surgery": "sp_general_surgery",
    "emergency_medicine": "sp_emergency_med",
    "anaesthesiology": "sp_anesthesiology",
    "paediatrics": "sp_pediatrics",
    "obstetrics": "sp_obgyn",
    "neurosurgery": "sp_neurosurgery",
    "thoracic_surgery": "sp_thoracic_surgery",
    "orthopaedics": "sp_orthopedics",
    "neurology": "sp_neurology",
    "radiology": "sp_radiology",
}
"""Column of specialists in the list of hospitals; other specialties share one group."""
_INTERN, _STUDENT, _CLINIC = range(3)
_BY_THEMSELVES = ("intern", "student", "clinic")
"""Groups that stand where others have a specialty."""
_LEAVES = -1


@dataclass(frozen=True)
class Totals:
    """Numbers that the ledger states; of a ledger's draw with `Totals.read`."""

    trainees: int
    trainees_monitored: int
    hospitals: int
    hospitals_monitored: int
    interns: int
    intern_intake: int
    students: int
    school_years: int
    professors: int
    clinics: int
    associations: int

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Totals:
        """Return the numbers of a draw.

        Raises
        ------
        BadValue
            If more are inspected than there are, or there are more interns than trainees.
        """
        found = cls(**{name: round(values[f"agents.{name}"]) for name in cls.__annotations__})
        for part, total in (
            ("trainees_monitored", "trainees"),
            ("hospitals_monitored", "hospitals"),
            ("interns", "trainees"),
        ):
            few, many = getattr(found, part), getattr(found, total)
            if few > many:
                raise BadValue(f"agents.{part}", few, f"at most agents.{total}, {many}")
        return found


@dataclass(frozen=True, eq=False)
class Places:
    """Organisations by code, shape (O,): hospitals, schools, local associations.

    Hospitals stand in the order of falling number of trainees.

    Attributes
    ----------
    hospitals, schools, associations
        How many there are.
    klass
        Position in `CLASSES`.
    region
        Position in the regions of the pack.
    heads
        Members at the start: trainees, students, clinics.
    monitored
        Whether it is a hospital whose attendance was printed.
    """

    hospitals: int
    schools: int
    associations: int
    klass: Heads
    region: Heads
    heads: Heads
    monitored: NDArray[np.bool_]

    def __len__(self) -> int:
        return self.klass.size

    @cached_property
    def big5(self) -> NDArray[np.bool_]:
        """Whether it is one of the five largest hospitals (O,)."""
        return self.klass == BIG5

    @cached_property
    def is_hospital(self) -> NDArray[np.bool_]:
        """Whether it is a hospital (O,)."""
        return np.arange(len(self)) < self.hospitals

    @cached_property
    def is_school(self) -> NDArray[np.bool_]:
        """Whether it is a school (O,)."""
        return self.klass == SCHOOL


class People(NamedTuple):
    """What `people_of` returns."""

    cells: Cells
    heads: NDArray[np.int32]
    intakes: tuple[Intake, ...]
    places: Places


def people_of(
    scenario: StandoffScenario,
    pack: Pack,
    values: Mapping[str, Any],
    kinds: Sequence[str] = KINDS,
) -> People:
    """Return the cells of a scenario's population, who is in them, and who enters later.

    Parameters
    ----------
    scenario
        For its turns of the year, and the seats added by then.
    pack
        With the tables hospitals, trainees_base, standoff_schools and stock_margins.
    values
        One draw of the assumptions `agents.*`.
    kinds
        Kinds of member wanted; the others have no cells. Codes of organisations stay the same.

    Returns
    -------
    People
        Cells sorted by kind, organisation, year, specialty; heads (C,); one intake a turn;
        places.

    Raises
    ------
    BadValue
        If a total is larger than the one it belongs to.
    InputError
        If the pack's list has no hospital with trainees.
    """
    totals = Totals.read(values)
    hospitals = _hospitals(pack, totals)
    schools = _schools(pack, totals)
    clinics = _associations(pack, totals)
    places = _places(hospitals, schools, clinics)
    rows: list[_Rows] = []
    if KINDS[TRAINEE] in kinds:
        rows += _trainees(pack, totals, hospitals)
    if KINDS[STUDENT] in kinds:
        rows.append(_students(pack, totals, schools, places.hospitals))
    if KINDS[PROFESSOR] in kinds:
        rows.append(_professors(pack, totals, hospitals))
    if KINDS[COMMUNITY] in kinds:
        rows.append(_community(pack, clinics, places.hospitals + places.schools))
    cells, heads = _joined(rows, pack, places)
    intakes = tuple(
        _intake(
            turn, scenario.seats_added(day.year, scenario.day(day)), cells, heads, totals, pack
        )
        for turn, day in enumerate(scenario.turns)
    )
    return People(cells, heads, intakes, places)


# --- whole numbers ---------------------------------------------------------------------------


def whole(total: int, weights: Floats) -> Heads:
    """Share a whole number out in proportion to weights, by largest remainders.

    Parameters
    ----------
    total
        Heads.
    weights
        From 0, any shape; not all 0 unless the total is.

    Returns
    -------
    Heads
        Shape of `weights`; their sum is `total`. Of equal remainders the first is rounded up.
    """
    if not total:
        return np.zeros(weights.shape, np.int64)
    exact = total * weights.ravel() / weights.sum()
    parts = np.floor(exact).astype(np.int64)
    late = np.argsort(-(exact - parts), kind="stable")[: total - int(parts.sum())]
    parts[late] += 1
    return parts.reshape(weights.shape)


def _with_margins(rows: Heads, columns: Heads) -> Heads:
    """Share heads out over rows and columns so that the sums of both are kept.

    What is left over after rounding down goes, row by row from the last to the first, to the
    columns with most left: small hospitals get the common departments, large ones the rare.

    Parameters
    ----------
    rows, columns
        Sums, (R,) and (K,), with one total.

    Returns
    -------
    Heads
        Shape (R, K).
    """
    found = np.outer(rows, columns) // max(int(rows.sum()), 1)
    left = columns - found.sum(axis=0)
    for row in range(rows.size - 1, -1, -1):
        missing = int(rows[row] - found[row].sum())
        chosen = np.argsort(-left, kind="stable")[:missing]
        found[row, chosen] += 1
        left[chosen] -= 1
    return found


# --- organisations ---------------------------------------------------------------------------


class _Hospitals(NamedTuple):
    """Hospitals in order of falling number of trainees, arrays (H,)."""

    klass: Heads
    region: Heads
    trainees: Heads
    specialists: Heads
    monitored: NDArray[np.bool_]


class _Schools(NamedTuple):
    """Schools, arrays (S,): region, seats before, share of the seats added, students."""

    region: Heads
    seats: Heads
    added: Floats
    students: Heads


class _Clinics(NamedTuple):
    """Local associations, arrays (A,)."""

    region: Heads
    clinics: Heads


def _hospitals(pack: Pack, totals: Totals) -> _Hospitals:
    """Return the hospitals with the most trainees, heads scaled to the totals.

    Heads of the five largest, which were printed, are kept.
    """
    rows = sorted(
        pack.table("hospitals").rows,
        key=lambda row: (-(row["trainees_2024_02"] or 0.0), -(row["specialists_2025_05"] or 0)),
    )[: totals.hospitals]
    listed = np.array([row["trainees_2024_02"] or 0.0 for row in rows])
    if not listed.any():
        raise InputError(f"no hospital of the pack {pack.name} has trainees")
    klass = np.array([_class_of(row["type"], str(row["big5"])) for row in rows])
    monitored = np.arange(len(rows)) < totals.hospitals_monitored
    trainees = np.zeros(len(rows), np.int64)
    printed = klass == BIG5
    trainees[printed] = np.minimum(listed[printed], totals.trainees_monitored).astype(np.int64)
    for group, total in (
        (monitored & ~printed, totals.trainees_monitored - int(trainees.sum())),
        (~monitored, totals.trainees - totals.trainees_monitored),
    ):
        trainees[group] = whole(max(total, 0), np.maximum(listed[group], 1.0))
    order = np.argsort(-trainees, kind="stable")
    columns = [*_COLUMN_OF.values(), "specialists_2025_05"]
    specialists = np.array([[row[name] or 0 for name in columns] for row in rows], np.int64)
    specialists[:, -1] = np.maximum(specialists[:, -1] - specialists[:, :-1].sum(axis=1), 0)
    region = np.array([pack.regions.index(row["region"]) for row in rows])
    return _Hospitals(
        klass[order], region[order], trainees[order], specialists[order], monitored[order]
    )


def _class_of(kind: str, big5: str) -> int:
    if big5.casefold() == "true":
        return BIG5
    return TERTIARY if kind == "tertiary" else GENERAL


def _schools(pack: Pack, totals: Totals) -> _Schools:
    """Return the schools, students shared out by places."""
    measures = {"seats": dict[str, float](), "seats_added": dict[str, float]()}
    region: dict[str, int] = {}
    for row in pack.table("standoff_schools").rows:
        measures[row["measure"]][row["school"]] = float(row["value"])
        region[row["school"]] = pack.regions.index(row["region"])
    seats, added = (
        np.array([each.get(school, 0.0) for school in region]) for each in measures.values()
    )
    return _Schools(
        region=np.array(list(region.values())),
        seats=seats.astype(np.int64),
        added=added,
        students=whole(totals.students, seats),
    )


def _associations(pack: Pack, totals: Totals) -> _Clinics:
    """Return local associations, and clinics in them, by doctors in practice of each region."""
    year = pack.base_years[0]
    doctors = np.zeros(len(pack.regions))
    for row in pack.table("stock_margins").rows:
        if (row["year"], row["margin"]) == (year, "region"):
            doctors[pack.regions.index(row["category"])] = row["value"]
    count = np.maximum(whole(totals.associations, doctors), 1)
    clinics = whole(totals.clinics, doctors)
    parts = [whole(int(n), np.ones(int(k))) for n, k in zip(clinics, count, strict=True)]
    return _Clinics(np.repeat(np.arange(doctors.size), count), np.concatenate(parts))


def _places(hospitals: _Hospitals, schools: _Schools, clinics: _Clinics) -> Places:
    counts = (hospitals.klass.size, schools.region.size, clinics.region.size)
    rest = counts[1] + counts[2]
    return Places(
        *counts,
        klass=np.concatenate(
            [hospitals.klass, np.repeat([SCHOOL, ASSOCIATION], (counts[1], counts[2]))]
        ),
        region=np.concatenate([hospitals.region, schools.region, clinics.region]),
        heads=np.concatenate([hospitals.trainees, schools.students, clinics.clinics]),
        monitored=np.concatenate([hospitals.monitored, np.zeros(rest, np.bool_)]),
    )


# --- cells -----------------------------------------------------------------------------------


class _Rows(NamedTuple):
    """Cells of a kind, arrays of one length."""

    kind: int
    organisation: Heads
    specialty: Heads
    year: Heads
    last_year: Heads
    heads: Heads


def _trainees(pack: Pack, totals: Totals, hospitals: _Hospitals) -> list[_Rows]:
    """Return cells of interns by hospital, and of residents by hospital, specialty and year."""
    interns = whole(totals.interns, hospitals.trainees.astype(np.float64))
    interns = np.minimum(interns, hospitals.trainees)
    specialty, year, posts, lengths = _residents(pack)
    residents = hospitals.trainees - interns
    by_group = whole(int(residents.sum()), posts)
    heads = _with_margins(residents, by_group)
    # A department that somebody is in has all its years from the first that is filled on.
    filled = np.zeros(heads.shape, np.bool_)
    for code in np.unique(specialty):
        of = specialty == code
        filled[:, of] = np.logical_or.accumulate(heads[:, of] > 0, axis=1)
    organisation, group = np.nonzero(filled)
    there = np.flatnonzero(hospitals.trainees)
    zeros = np.zeros(there.size, np.int64)
    alone = np.full(there.size, len(pack.specialties) + _INTERN)
    return [
        _Rows(TRAINEE, there, alone, zeros, zeros, interns[there]),
        _Rows(
            TRAINEE,
            organisation,
            specialty[group],
            year[group],
            lengths[group],
            heads[filled],
        ),
    ]


def _residents(pack: Pack) -> tuple[Heads, Heads, Floats, Heads]:
    """Return specialty, year, residents and length of training by group, (K,) each."""
    base = pack.base_years[0]
    rows = [
        row
        for row in pack.table("trainees_base").rows
        if (row["year"], row["stage"]) == (base, "resident")
    ]
    specialty = np.array([pack.specialties.index(row["specialty"]) for row in rows])
    year = np.array([row["training_year"] for row in rows])
    order = np.lexsort((year, specialty))
    posts = np.array([float(row["value"]) for row in rows])
    last = np.array([year[specialty == each].max() for each in specialty])
    return specialty[order], year[order], posts[order], last[order]


def _students(pack: Pack, totals: Totals, schools: _Schools, first: int) -> _Rows:
    """Return cells of students by school and year; organisations are numbered from `first`."""
    years = totals.school_years
    count = schools.students.size
    heads = np.stack([whole(int(each), np.ones(years)) for each in schools.students])
    organisation = np.repeat(np.arange(count), years)
    year = np.tile(np.arange(years), count)
    return _Rows(
        STUDENT,
        first + organisation,
        np.full(heads.size, len(pack.specialties) + _STUDENT),
        1 + year,
        np.full(heads.size, years),
        heads.ravel(),
    )


def _professors(pack: Pack, totals: Totals, hospitals: _Hospitals) -> _Rows:
    """Return cells of professors by hospital inspected and specialty."""
    weights = hospitals.specialists * hospitals.monitored[:, np.newaxis]
    heads = whole(totals.professors, weights.astype(np.float64))
    codes = np.array([*map(pack.specialties.index, _COLUMN_OF), len(pack.specialties) - 1])
    organisation, column = np.nonzero(heads)
    zeros = np.zeros(organisation.size, np.int64)
    return _Rows(PROFESSOR, organisation, codes[column], zeros, zeros, heads[organisation, column])


def _community(pack: Pack, clinics: _Clinics, first: int) -> _Rows:
    """Return a cell for each local association, numbered from `first`."""
    count = clinics.clinics.size
    zeros = np.zeros(count, np.int64)
    alone = np.full(count, len(pack.specialties) + _CLINIC)
    return _Rows(COMMUNITY, first + np.arange(count), alone, zeros, zeros, clinics.clinics)


def _joined(rows: Sequence[_Rows], pack: Pack, places: Places) -> tuple[Cells, NDArray[np.int32]]:
    """Return all cells, sorted, with labels and who follows whom, and their heads."""
    kind = np.concatenate([np.full(each.heads.size, each.kind) for each in rows])
    organisation, specialty, year, last, heads = (
        np.concatenate([each[field] for each in rows]) for field in range(1, len(_Rows._fields))
    )
    order = np.lexsort((specialty, year, organisation, kind))
    kind, organisation, specialty, year, last, heads = (
        each[order].astype(np.int32) for each in (kind, organisation, specialty, year, last, heads)
    )
    codes = zip(kind, organisation, specialty, year, strict=True)
    at = {code: cell for cell, code in enumerate(codes)}
    follows = np.arange(kind.size, dtype=np.int32)
    for cell in np.flatnonzero((kind == TRAINEE) | (kind == STUDENT)):
        after = (kind[cell], organisation[cell], specialty[cell], year[cell] + 1)
        follows[cell] = at[after] if 0 < year[cell] < last[cell] else _LEAVES
    cells = Cells(
        kind=kind,
        organisation=organisation,
        specialty=specialty,
        year=year,
        region=places.region[organisation].astype(np.int32),
        klass=places.klass[organisation].astype(np.int32),
        follows=follows,
        labels=_labels(pack, places),
    )
    return cells, heads


def _labels(pack: Pack, places: Places) -> dict[str, tuple[str, ...]]:
    """Return names of the codes; those of organisations are numbers."""
    numbered = (
        *(f"hospital {row:03d}" for row in range(1, places.hospitals + 1)),
        *(f"school {row:02d}" for row in range(1, places.schools + 1)),
        *(f"association {row:03d}" for row in range(1, places.associations + 1)),
    )
    return {
        "kind": KINDS,
        "organisation": numbered,
        "specialty": (*pack.specialties, *_BY_THEMSELVES),
        "region": pack.regions,
        "klass": CLASSES,
    }


def _intake(
    turn: int,
    added: float,
    cells: Cells,
    heads: NDArray[np.int32],
    totals: Totals,
    pack: Pack,
) -> Intake:
    """Return who enters on the first day of a year: interns and first-year students."""
    interns = np.flatnonzero((cells.kind == TRAINEE) & (cells.year == 0))
    students = np.flatnonzero((cells.kind == STUDENT) & (cells.year == 1))
    new = np.zeros(0, np.int64)
    if interns.size:
        new = whole(totals.intern_intake, heads[interns].astype(np.float64))
    freshers = np.zeros(0, np.int64)
    if students.size:
        schools = _schools(pack, totals)
        freshers = schools.seats + whole(round(added), schools.added)
    return Intake(
        cells=np.concatenate([interns, students]).astype(np.int32),
        heads=np.concatenate([new, freshers]).astype(np.int32),
        turn=turn,
    )
