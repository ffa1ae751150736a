"""When patients come: the hours of the week, put into the tables of a pathway file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.hospital.records import DAY_HOURS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.countries import Pack
    from locum.scenarios.pathways import Pathways

__all__ = ["door_by_day", "install_profiles"]

Floats: TypeAlias = NDArray[np.float64]

POPULATION = "Korea (proposed)"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS = 5
OFFICE = slice(9, 17)
"""Hours of planned admissions and of referrals to a list."""
AT_THE_DOOR = ("walk_severe", "walk_urgent", "walk_mild", "ambulance")


def install_profiles(template: Pathways, pack: Pack, values: Mapping[str, float]) -> Pathways:
    """Let the sources of a template follow the hours of the week.

    A source at the door has a mean of 1 an hour over Monday to Friday, a planned one over the
    week, and referrals 1 an hour over 24 hours of a weekday.

    Parameters
    ----------
    template
        With sources of 1 patient an hour.
    pack
        With a table `arrivals_profile`.
    values
        One draw of the assumptions.
    """
    door, planned, referrals = _profiles(pack, values)
    site = template.model.tables
    sources = site.sources.copy()
    tables = np.concatenate([site.values, door, planned, referrals])
    first = len(site.values)
    for row, name in enumerate(template.model.names.sources):
        kind = 0 if name in AT_THE_DOOR else 1 if name == "planned" else 2
        headroom = sources[row].peak
        sources[row].table = first + kind * len(door)
        sources[row].peak = headroom * (door, planned, referrals)[kind].max()
    model = replace(template.model, tables=site._replace(sources=sources, values=tables))
    return replace(template, model=model)


def door_by_day(pack: Pack) -> Floats:
    """Return visits of Monday to Sunday over those of a mean weekday, shape (7,)."""
    by_day = _levels(pack, "day_of_week")
    days = np.array([float(by_day[day]) for day in DAYS])
    mean: Floats = days / days[:WEEKDAYS].mean()
    return mean


def _levels(pack: Pack, dimension: str) -> dict[str, Any]:
    rows = pack.table("arrivals_profile").rows
    return {
        row["level"]: row["value"]
        for row in rows
        if row["population"] == POPULATION and row["dimension"] == dimension
    }


def _profiles(pack: Pack, values: Mapping[str, float]) -> tuple[Floats, Floats, Floats]:
    by_hour = _levels(pack, "hour_of_day")
    hours = np.array([float(by_hour[str(hour)]) for hour in range(int(DAY_HOURS))])
    hours *= DAY_HOURS / hours.sum()
    office = np.zeros(int(DAY_HOURS))
    office[OFFICE] = DAY_HOURS / (OFFICE.stop - OFFICE.start)
    weekend = values["size.weekend_planned"]
    week = np.where(np.arange(len(DAYS)) < WEEKDAYS, 1.0, weekend)
    work = np.where(np.arange(len(DAYS)) < WEEKDAYS, 1.0, 0.0)
    return (
        (door_by_day(pack)[:, None] * hours).ravel(),
        np.outer(week / week.mean(), office).ravel(),
        np.outer(work, office).ravel(),
    )
