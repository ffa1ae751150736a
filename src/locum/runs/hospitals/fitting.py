"""Beds, rooms, heads and minutes, so that a hospital can serve the load of the base week.

Capacity is scaled to the load that was served before anybody was away: a hospital whose listed
numbers could not have served it would begin with a cliff that nobody saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from locum.runs.hospitals.parameters import triage_shares
from locum.runs.hospitals.sizes import CLASSES, GENERAL, SMALL_ED, WEEK_DAYS, WORK_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.runs.hospitals.sizes import Floats, Loads, Sites, Whole

__all__ = ["Capacity", "capacity_of"]

WARD_TIMES = (
    "ward_work_time",
    "ward_night_time",
    "ward_admission_time",
    "discharge_time",
)
ICU_TIMES = ("icu_round_time", "icu_work_time", "icu_night_time")
ED_TIMES = ("ed_exam_time", "ed_review_time")
_OFFICE_HOURS = 10.0
_LEAST, _MOST, _MOST_EMERGENCY = 0.5, 2.0, 1.2
"""Bounds of the factor on minutes; beyond them heads of specialists are added instead."""
_ROUNDS_MOST = 0.75
_SPARE_BEDS = 2


@dataclass(frozen=True)
class Capacity:
    """What a hospital has, by name of the pathway file; arrays (H,).

    Attributes
    ----------
    resources, heads
        Units of each resource; heads of each group of clinicians.
    times
        Factor on the time of each step.
    thresholds
        Of guards.
    """

    resources: Mapping[str, Whole]
    heads: Mapping[str, Whole]
    times: Mapping[str, Floats]
    thresholds: Mapping[str, Floats]

    def take(self, rows: Whole) -> Capacity:
        """Return that of some of the hospitals."""
        return Capacity(
            {name: each[rows] for name, each in self.resources.items()},
            {name: each[rows] for name, each in self.heads.items()},
            {name: each[rows] for name, each in self.times.items()},
            {name: each[rows] for name, each in self.thresholds.items()},
        )


def capacity_of(
    sites: Sites,
    loads: Loads,
    values: Mapping[str, float],
    numbers: Mapping[str, Floats],
    heads: Mapping[str, Whole],
    hours: Mapping[str, float],
) -> Capacity:
    """Return the capacity of every site.

    Parameters
    ----------
    sites, loads
        The hospitals and their base week.
    values
        One draw of the assumptions.
    numbers
        Placeholders of the pathway file by site, each (H,).
    heads
        By group, before scaling.
    hours
        Mean hours a week of a group's rosters.
    """
    heads = dict(heads)
    rooms = _rooms(sites, loads, values)
    factors = {
        **_ward(loads, values, numbers, heads, hours),
        **_icu(loads, values, numbers, heads, hours),
        **_emergency(loads, values, numbers, heads, hours),
    }
    _add_theatre_teams(sites, loads, values, heads, hours)
    beds = rooms["ed_beds"]
    thresholds = {
        "ed_full": np.maximum(3.0, np.round(values["refusal.queue"] * beds)),
        "ed_no_doctor": np.maximum(4.0, np.round(values["refusal.doctors"] * beds)),
    }
    return Capacity(rooms, heads, factors, thresholds)


def _up(amount: Floats) -> Whole:
    return np.ceil(amount - 1e-9).astype(np.int64)


def _rooms(sites: Sites, loads: Loads, values: Mapping[str, float]) -> dict[str, Whole]:
    hospital = sites.kind != SMALL_ED
    fullest = loads.inpatients * values["size.ward_peak"]
    ward = np.maximum(sites.beds - sites.icu_beds, fullest / values["size.ward_occupancy_limit"])
    icu = np.maximum(sites.icu_beds, loads.icu / values["size.icu_occupancy_limit"])
    taken = np.where(
        sites.kind < GENERAL,
        values["size.ed_occupancy_tertiary"],
        values["size.ed_occupancy_general"],
    )
    emergency = loads.ed_visits / 24.0 * values["size.ed_stay"] / taken
    scans = loads.ed_visits / 24.0 * values["ed.scans"] * values["ed.scan"] / 60.0
    durations = np.array([values[f"theatre.{name}"] for name in CLASSES])
    between = (values["theatre.induction"] + values["theatre.turnover"]) / 60.0
    operating = loads.electives @ (durations + between)
    operating += loads.ed_surgeries * (values["theatre.emergency"] + between)
    theatres = np.maximum(sites.theatres, operating / (_OFFICE_HOURS * values["theatre.use"]) + 1)
    return {
        "ward": np.where(hospital, _up(ward) + _SPARE_BEDS, 0),
        "icu": np.where(hospital, _up(icu) + 1, 0),
        "ed_beds": np.maximum(2, _up(emergency)),
        "ct": np.maximum(1, _up(scans / values["size.scan_occupancy"])),
        "theatre": np.where(hospital, _up(theatres), 0),
    }


def _supply(
    pool: str, heads: Mapping[str, Whole], hours: Mapping[str, float], *grades: str
) -> Floats:
    names = [name for name in heads if name.startswith(f"{pool}_")]
    chosen = [name for name in names if not grades or name.removeprefix(f"{pool}_") in grades]
    total: Floats = np.zeros(1)
    for name in chosen:
        total = total + heads[name] * hours[name]
    return total


def _factor(use: float, supply: Floats, demand: Floats) -> Floats:
    """Return the factor on minutes at which this share of the hours is used, within bounds."""
    exact = use * supply / np.maximum(demand, 1e-9)
    return np.clip(exact, _LEAST, _MOST)


def _add(
    name: str,
    heads: dict[str, Whole],
    hours: Mapping[str, float],
    lacking: Floats,
) -> None:
    heads[name] = heads[name] + _up(np.maximum(lacking, 0.0) / hours[name])


def _ward(
    loads: Loads,
    values: Mapping[str, float],
    numbers: Mapping[str, Floats],
    heads: dict[str, Whole],
    hours: Mapping[str, float],
) -> dict[str, Floats]:
    use = values["work.ward_use"]
    stays = WEEK_DAYS * loads.inpatients
    nights = numbers["night_call"] * numbers["night_work"]
    moves = loads.admissions * (numbers["admission_work"] + numbers["discharge_work"])
    work = (stays * (numbers["ward_work"] + nights) + WEEK_DAYS * moves) / 60.0
    rounds = stays * WORK_DAYS / WEEK_DAYS * numbers["round"] / 60.0
    consults = WEEK_DAYS * loads.ed_visits * values["ed.consults"] * values["ed.consult"] / 60.0
    _add(
        "ward_specialists",
        heads,
        hours,
        rounds / _ROUNDS_MOST - _supply("ward", heads, hours, "specialists"),
    )
    lacking = (_LEAST * work + rounds + consults) / use - _supply("ward", heads, hours)
    _add("ward_specialists", heads, hours, lacking)
    left = use * _supply("ward", heads, hours) - rounds - consults
    factor = _factor(1.0, left, work)
    return dict.fromkeys(WARD_TIMES, factor)


def _icu(
    loads: Loads,
    values: Mapping[str, float],
    numbers: Mapping[str, Floats],
    heads: dict[str, Whole],
    hours: Mapping[str, float],
) -> dict[str, Floats]:
    minutes = numbers["icu_work"] + numbers["icu_night"] + numbers["icu_round"]
    work = WEEK_DAYS * loads.icu * minutes / 60.0
    return dict.fromkeys(ICU_TIMES, _staffed("icu", values, work, heads, hours))


def _emergency(
    loads: Loads,
    values: Mapping[str, float],
    numbers: Mapping[str, Floats],
    heads: dict[str, Whole],
    hours: Mapping[str, float],
) -> dict[str, Floats]:
    exams = np.stack([numbers[f"exam_{row}"] for row in range(1, 6)])
    work = (
        WEEK_DAYS * loads.ed_visits * (triage_shares(values)[0] @ exams + numbers["review"]) / 60.0
    )
    factor = np.minimum(_staffed("ed", values, work, heads, hours), _MOST_EMERGENCY)
    return dict.fromkeys(ED_TIMES, factor)


def _staffed(
    pool: str,
    values: Mapping[str, float],
    work: Floats,
    heads: dict[str, Whole],
    hours: Mapping[str, float],
) -> Floats:
    """Add the specialists that a pool lacks, and return the factor on its minutes."""
    use = values[f"work.{pool}_use"]
    name = f"{pool}_specialists"
    _add(name, heads, hours, _LEAST * work / use - _supply(pool, heads, hours))
    return _factor(use, _supply(pool, heads, hours), work)


def _add_theatre_teams(
    sites: Sites,
    loads: Loads,
    values: Mapping[str, float],
    heads: dict[str, Whole],
    hours: Mapping[str, float],
) -> None:
    """Let there be surgeons and anaesthetists enough for the base week's operations."""
    durations = np.array([values[f"theatre.{name}"] for name in CLASSES])
    each = durations + values["theatre.induction"] / 60.0
    weekly = WORK_DAYS * loads.electives @ each
    weekly += WEEK_DAYS * loads.ed_surgeries * (values["theatre.emergency"])
    needed = np.where(sites.kind == SMALL_ED, 0.0, weekly / values["theatre.use"])
    for pool, grades in (
        ("theatre", ("specialists",)),
        ("anaesthesia", ("seniors", "specialists")),
    ):
        lacking = needed - _supply(pool, heads, hours, *grades)
        _add(f"{pool}_specialists", heads, hours, lacking)
