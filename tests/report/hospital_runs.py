"""SYNTHETIC runs of hospitals for the tests of their report: invented numbers of plausible size.

Scenario, assumptions and readings are those of the pack; hospitals are invented.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from locum.countries import load_pack
from locum.runs.folder import write_manifest
from locum.runs.hospitals.building import build
from locum.runs.hospitals.dataset import BAND, VARIABLES, append, dataset_of, dates_of
from locum.runs.hospitals.driving import Driven
from locum.runs.hospitals.execution import values_of
from locum.runs.hospitals.groups import GROUPS, members, printable, regions_printable
from locum.runs.hospitals.heads import GRADES
from locum.runs.hospitals.readings import read_as_published
from locum.runs.hospitals.request import HospitalRequest
from locum.runs.hospitals.series import Series, grouped
from locum.runs.hospitals.sizes import Sites
from locum.runs.hospitals.storing import READINGS, HospitalRun
from locum.scenarios.hospitals import LEDGER, resolve_hospitals

if TYPE_CHECKING:
    from datetime import date

KIND_SIZES = (5, 42, 331, 17)
LEVELS = {"surgeries_reported": 1.0, "inpatients": 7.0, "icu": 0.7, "ed_visits": 0.6}
SHARE_OF_GROUP = np.array([0.09, 0.21, 0.30, 0.62, 0.92, 1.0])
"""Part of the country in each group."""
TRIAGE_SHARES = np.array([0.01, 0.07, 0.46, 0.36, 0.10])
EXTENTS = {
    "group": len(GROUPS),
    "triage": 5,
    "grade": len(GRADES),
    "band": len(BAND),
    "end": 5,
    "fate": 4,
}


def request(until: date | None = None, draws: int = 12, name: str = "korea-hospitals-2024"):
    """Return a request of the pack's scenario."""
    scenario = resolve_hospitals(name)
    if until is not None:
        scenario = scenario.until(until)
    pack = load_pack("korea")
    return HospitalRequest(scenario, pack.ledger(LEDGER), pack, draws, 3)


def sites(regions: int) -> Sites:
    """Invent 395 sites; the last two regions have fewer than ten."""
    kind = np.repeat(np.arange(len(KIND_SIZES)), KIND_SIZES)
    region = np.arange(len(kind)) % (regions - 2)
    region[[100, 101, 102]] = regions - 1, regions - 1, regions - 2
    zeros = np.zeros(len(kind))
    names = tuple(f"Hospital {row}" for row in range(len(kind)))
    rooms = np.where(kind == len(KIND_SIZES) - 1, 2, 0)
    return Sites(names, names, kind, region, zeros, zeros, zeros, zeros, {}, zeros, rooms)


def synthetic_series(asked: HospitalRequest, *, counted_flow: bool = True) -> Series:
    """Invent results that fall from the day on which hospitals begin to cut."""
    scenario, regions = asked.scenario, len(asked.pack.regions)
    rng = np.random.default_rng(11)
    days = scenario.days
    since = scenario.day(scenario.since) if scenario.since else days
    cut = np.where(np.arange(days) < since, 0.0, 0.4) * np.exp(
        -np.maximum(0, np.arange(days) - since) / 300
    )
    factor = 1 - cut * rng.uniform(0.85, 1.15, (asked.draws, 1))
    national = 17_000 * factor * rng.normal(1, 0.01, (asked.draws, days))
    extents = {**EXTENTS, "region": regions}
    flow = {"ed_ends", "ed_fates"}
    values = {
        name: _invented(name, national, extents, rng).astype(np.float32)
        for name in VARIABLES.keys() - flow
    }
    group = national[:, :, None] * SHARE_OF_GROUP
    if counted_flow:
        values["ed_ends"] = group[..., None] * np.array([0.75, 0.12, 0.02, 0.05, 0.003])
        values["ed_fates"] = group[..., None] * np.array([0.01, 0.01, 0.005, 0.005])
    places = sites(regions)
    assert members(places).shape[0] == len(GROUPS)
    told = printable(places), regions_printable(places, regions)
    return Series(dates_of(asked), values, *told, places, places.kind < len(KIND_SIZES) - 1)


def _invented(name, national, extents, rng):
    """Return a variable in the shape that the collector gives it after grouping."""
    dims = tuple("group" if dim == "hospital" else dim for dim in VARIABLES[name].dims)
    share = SHARE_OF_GROUP if dims[0] == "group" else np.full(extents["region"], 1 / 17)
    level = LEVELS.get(name, 0.05)
    found = national[:, :, None] * share * level
    if name in ("ed_refused", "sent_on"):
        found = found * (1.0 if name == "ed_refused" else 0.4)
    if len(dims) == 1:
        return found.cumsum(axis=1) if name == "deficit" else found
    if dims[1] == "triage":
        if name.startswith(("ed_wait", "ed_stay")):
            rise = np.array([0.2, 0.4, 0.6, 0.9, 1.0])
            hours = (2.0 - national[:, :, None, None] / 17_000) * rise
            hours = np.broadcast_to(hours, (*found.shape, 5)).copy()
            hours[:, ::9, :, 0] = np.nan
            return hours
        falls = np.array([0.98, 0.95, 0.8, 0.6, 0.5])
        drop = (national / national[:, :1])[:, :, None, None] ** (1 / falls)
        return found[..., None] * TRIAGE_SHARES * drop
    if dims[1] == "band":
        spread = np.array([0.0, 0.6, 1.0]) * rng.uniform(0.5, 1.5)
        return (20_000 - found[..., None]) * 1e-4 * spread
    return found[..., None] * np.linspace(1, 3, extents[dims[1]])


def synthetic_run(
    until: date | None = None,
    draws: int = 12,
    name: str = "korea-hospitals-2024",
    *,
    counted_flow: bool = True,
) -> HospitalRun:
    """Invent a whole run."""
    asked = request(until, draws, name)
    series = synthetic_series(asked, counted_flow=counted_flow)
    table = asked.pack.table(READINGS)
    readings = tuple(read_as_published(series, asked.scenario, table))
    return HospitalRun(asked, Path("nowhere"), series, readings, ())


def store(asked: HospitalRequest, folder: Path) -> Series:
    """Write invented results of every hospital as a run does; return them by group."""
    nation = build(asked.pack, values_of(asked.draw(), 0, asked.scenario.start.year))
    sizes = {**EXTENTS, "hospital": len(nation.sites), "region": len(asked.pack.regions)}
    rng, kept = np.random.default_rng(5), []
    for draw in range(asked.draws):
        arrays = {
            name: rng.uniform(
                50, 90, (asked.scenario.days, *(sizes[dim] for dim in each.dims))
            ).astype(np.float32)
            for name, each in VARIABLES.items()
        }
        append(dataset_of(asked, nation.sites, draw, arrays), folder / "results.zarr")
        kept.append(grouped(Driven(nation, arrays)))
    write_manifest(asked.manifest, folder)
    return Series.of(dates_of(asked), nation, len(asked.pack.regions), kept)
