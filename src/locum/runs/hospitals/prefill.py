"""A census and a roster to begin with: estimates for a hospital of the country's list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.errors import Place, UnknownName
from locum.hospital.records import DAY_HOURS
from locum.runs.hospitals.building import build
from locum.runs.hospitals.census import EMPLOYED, HOSPITAL_KINDS, Census
from locum.runs.hospitals.execution import values_of
from locum.runs.hospitals.posterior import read_posterior
from locum.runs.hospitals.roster import Duty, Roster, roster_text, shift_of
from locum.runs.hospitals.sizes import (
    CLASSES,
    KINDS,
    OTHER_TERTIARY,
    WEEK_DAYS,
    WORK_DAYS,
    read_sites,
)
from locum.runs.posterior import with_fitted
from locum.scenarios.hospitals import LEDGER
from locum.scenarios.pathways import read_pathways

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from locum.assumptions import Draws, Ledger
    from locum.countries import Pack
    from locum.hospital.model import Model
    from locum.runs.hospitals.building import Nation
    from locum.runs.hospitals.sizes import Sites

__all__ = ["WEEKLY_LIMIT", "census_of", "draws_of", "find_hospital", "roster_sheet"]

WEEKLY_LIMIT = 80.0
"""Hours a week that the law allows a trainee, averaged over four weeks; the census may say
otherwise. The pack's table `staffing` quotes it beside the hours that trainees report."""
_MINUTES = 60.0
_CALL = ("08:00-18:00", "18:00-08:00")
_SHIFTS: Mapping[str, tuple[str, str]] = {
    "duty": ("07:30-17:00", "17:00-07:30"),
    "ed": ("08:00-20:00", "20:00-08:00"),
    "wards": ("08:00-11:00 17:00-18:00", "18:00-08:00"),
}
"""Hours of the rosters of the pathway file, by the beginning of their names."""
_AT_DAY, _AT_NIGHT = 9.5, 26.0
"""Hours at which somebody of the day shift and of the night shift is there."""


def draws_of(pack: Pack, ledger: Ledger, seed: int, draws: int) -> Draws:
    """Return draws of the hospital assumptions, those that were fitted from their fit."""
    drawn = ledger.draw(seed, 0, draws)
    posterior = read_posterior(pack)
    if posterior is None:
        return drawn
    return with_fitted(drawn, posterior, pack.ledger(LEDGER))


def _hospitals(pack: Pack) -> Sites:
    """Return the hospitals of the list; no station stands for small emergency rooms."""
    sites = read_sites(pack, 0)
    return sites.take(range(len(sites) - len(pack.regions)))


def find_hospital(pack: Pack, asked: str | None) -> int:
    """Return the number of a hospital in the country's list.

    Parameters
    ----------
    pack
        The country.
    asked
        Its number as in the results of a run, its name in either language, or a part of the name
        that no other has; None: a tertiary hospital of middle size.

    Raises
    ------
    UnknownName
        If there is none, or several.
    """
    sites = _hospitals(pack)
    if asked is None:
        rows = np.flatnonzero(sites.of(OTHER_TERTIARY))
        return int(rows[np.argsort(sites.beds[rows], kind="stable")[len(rows) // 2]])
    if asked.isdecimal() and int(asked) < len(sites):
        return int(asked)
    wanted = asked.casefold().strip()
    names = [
        (row, name)
        for row in range(len(sites))
        for name in (sites.names[row], sites.local_names[row])
        if name
    ]
    same = {row for row, name in names if name.casefold() == wanted}
    near = same or {row for row, name in names if wanted and wanted in name.casefold()}
    if len(near) == 1:
        return near.pop()
    choices = [name for row, name in names if not near or row in near]
    raise UnknownName("hospital", asked, choices, Place("--hospital"))


def _nation(pack: Pack, hospital: int) -> Nation:
    draws = draws_of(pack, pack.ledger(LEDGER), 0, 1)
    return build(pack, values_of(draws, 0, pack.last_year), sites=[hospital])


def census_of(pack: Pack, hospital: int, day: date, hour: int) -> Census:
    """Return what a hospital of the list is thought to be like in an ordinary week.

    Parameters
    ----------
    pack
        The country.
    hospital
        Its number.
    day, hour
        Of the census.
    """
    nation = _nation(pack, hospital)
    loads, values, units = nation.loads, nation.values, nation.capacity.resources
    sites = nation.sites
    ward, icu = round(float(loads.inpatients[0])), round(float(loads.icu[0]))
    flows = {
        "ed_visits": loads.ed_visits[0],
        "planned_admissions": loads.planned[0],
        **{f"operations_{name}": loads.electives[0, row] for row, name in enumerate(CLASSES)},
    }
    weeks = {name: values[f"size.list_{name}"] for name in CLASSES}
    lists = {
        f"list_{name}": WORK_DAYS * weeks[name] * loads.electives[0, row]
        for row, name in enumerate(CLASSES)
    }
    numbers: dict[str, float] = {
        "ward_beds": units["ward"][0],
        "icu_beds": units["icu"][0],
        "ed_places": units["ed_beds"][0],
        "theatres": units["theatre"][0],
        "ct_scanners": units["ct"][0],
        "ward_patients": ward,
        "icu_patients": icu,
        **_in_emergency(values, float(loads.ed_visits[0]), int(units["ed_beds"][0])),
        **{name: np.round(waiting) for name, waiting in lists.items()},
        **{f"age_{name}": round(WEEK_DAYS * weeks[name] / 2.0) for name in CLASSES},
        **{name: round(float(flow), 1) for name, flow in flows.items()},
        **{f"referrals_{name}": round(float(flows[f"operations_{name}"]), 1) for name in CLASSES},
        **{f"ordinary_{name}": round(float(flow), 1) for name, flow in flows.items()},
        "ordinary_ward_patients": ward,
        "ordinary_icu_patients": icu,
        **{f"{EMPLOYED}{group}": heads[0] for group, heads in nation.heads.items()},
        "ed_full_at": nation.capacity.thresholds["ed_full"][0],
        "ed_no_doctor_at": nation.capacity.thresholds["ed_no_doctor"][0],
        "fails_after": 2,
        "work_missed_share": 0.1,
        "trainee_hours": WEEKLY_LIMIT,
    }
    return Census(
        hospital=sites.names[0] or sites.local_names[0],
        kind=HOSPITAL_KINDS[int(sites.kind[0])],
        day=day,
        hour=hour,
        numbers={name: float(value) for name, value in numbers.items()},
    )


def _in_emergency(values: Mapping[str, float], visits: float, places: int) -> dict[str, float]:
    """Return who is in an emergency department on average, by the mean stay."""
    steps = ("registration", "triage", "nurse")
    unseen = sum(values[f"ed.{step}"] for step in steps) / _MINUTES
    treated = round(visits / DAY_HOURS * max(0.0, values["size.ed_stay"] - unseen))
    return {
        "ed_waiting": round(visits / DAY_HOURS * unseen),
        "ed_treated": min(treated, places),
        "ed_boarding_ward": 0,
        "ed_boarding_icu": 0,
    }


# --- the roster --------------------------------------------------------------------


def roster_sheet(pack: Pack, census: Census, days: int) -> str:
    """Return a roster to fill in: the ordinary one, dealt to those employed, nobody away.

    Parameters
    ----------
    pack
        The country, whose pathways say how people work.
    census
        Says who is employed, and the first day.
    days
        How many.
    """
    template = read_pathways(pack.path / "pathways" / "acute.yaml", _any_numbers(pack, census))
    duties: dict[str, Duty] = {}
    words: dict[str, tuple[list[str], list[str]]] = {}
    for group, staff in template.staff.items():
        heads = census.employed(group)
        if not heads:
            continue
        turns = np.bincount(np.arange(heads) % len(staff.rosters), minlength=len(staff.rosters))
        counts = np.zeros((days, 2), np.int64)
        texts: list[tuple[str, str]] = []
        for day in range(days):
            weekday = census.day.weekday() + day
            midnight = DAY_HOURS * weekday
            for column, hour in enumerate((_AT_DAY, _AT_NIGHT)):
                on = [_on(template.model, name, midnight + hour) for name in staff.rosters]
                counts[day, column] = int(turns[np.array(on)].sum())
            texts.append(_texts(staff.rosters[-1], weekday % WEEK_DAYS))
        shifts = tuple((shift_of(one), shift_of(other)) for one, other in texts)
        duties[group] = Duty(counts, np.zeros(days, np.int64), shifts)
        words[group] = [one for one, _ in texts], [other for _, other in texts]
    return roster_text(Roster(census.day, days, duties), words)


def _any_numbers(pack: Pack, census: Census) -> dict[str, float]:
    """Return numbers for the placeholders of the pathway file; its rosters need none of them."""
    from locum.runs.hospitals.parameters import numbers_of
    from locum.runs.hospitals.sizes import loads_of

    draws = draws_of(pack, pack.ledger(LEDGER), 0, 1)
    values = values_of(draws, 0, pack.last_year)
    sites = read_sites(pack, round(values["size.ed_small_rooms"]))
    return numbers_of(KINDS.index(census.kind), values, loads_of(sites, values))


def _on(model: Model, roster: str, hour: float) -> bool:
    """Return whether a roster of the pathway file is on duty at an hour."""
    row = model.tables.rosters[model.row("rosters", roster)]
    first, count = int(row.first), int(row.count)
    points = model.tables.boundaries[first : first + count]
    passed = int((points.at <= hour % float(row.period)).sum())
    return bool(points.value[passed - 1])


def _texts(roster: str, weekday: int) -> tuple[str, str]:
    """Return the hours of the shifts of a roster on a day of the week."""
    family = roster.partition("_")[0]
    if family == "wards" and weekday >= WORK_DAYS:
        return _CALL
    return _SHIFTS.get(family, _CALL)
