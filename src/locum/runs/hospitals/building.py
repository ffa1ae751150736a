"""From a country pack and one draw of its assumptions to hospitals that run."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import MissingField
from locum.hospital.altering import Arrival, admit_all, reserve
from locum.hospital.engine import Network
from locum.hospital.sizing import Size, resize
from locum.runs.hospitals.fitting import capacity_of
from locum.runs.hospitals.heads import GROUPS, heads_of, hours_share
from locum.runs.hospitals.parameters import numbers_of, triage_shares
from locum.runs.hospitals.profiles import install_profiles
from locum.runs.hospitals.sizes import (
    CLASSES,
    GENERAL,
    KINDS,
    SMALL_ED,
    WORK_DAYS,
    loads_of,
    read_sites,
)
from locum.scenarios.pathways import read_pathways

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.countries import Pack
    from locum.hospital.model import Model
    from locum.hospital.records import Array
    from locum.runs.hospitals.fitting import Capacity
    from locum.runs.hospitals.sizes import Floats, Loads, Sites, Whole
    from locum.scenarios.pathways import Pathways

__all__ = ["PATHWAYS", "WINDOW", "Nation", "build", "open_network", "put_in_census"]

PATHWAYS = "pathways/acute.yaml"
WINDOW = 1.0
"""Hours between two exchanges of patients; no transfer is shorter (refusal.least)."""
_ROOM = 2.0
"""Places for patients that are made at once, over the visits of a day; more come when needed."""
_EXTRA_NURSES, _EXTRA_DOCTORS = 1.0, 0.12
"""Posts kept free for nurses and doctors who may be sent, over those there."""


@dataclass(frozen=True)
class Nation:
    """Hospitals that are ready to run.

    Attributes
    ----------
    sites, loads
        Of these hospitals, arrays (H,).
    country
        Loads of all sites, those that were not made included.
    models
        One a hospital; hospitals of one kind share most tables.
    groups
        Rows of each group of clinicians, for each hospital.
    capacity
        Beds, rooms, heads at work before anything happened, factors on minutes. A group has more
        rows than heads where people may be sent to it.
    hours_share
        Share of doctor-hours that trainees work (H,).
    values
        The draw of the assumptions.
    """

    sites: Sites
    loads: Loads
    country: Loads
    models: tuple[Model, ...]
    groups: tuple[Mapping[str, tuple[int, ...]], ...]
    capacity: Capacity
    hours_share: Floats
    values: Mapping[str, float]

    @property
    def heads(self) -> Mapping[str, Whole]:
        """Return heads at work before anything happened, by group (H,)."""
        return self.capacity.heads

    @property
    def quotas(self) -> Floats:
        """Return operations called a weekday by class (H, 3), not rounded."""
        return self.loads.electives

    def __len__(self) -> int:
        return len(self.models)


def build(
    pack: Pack, values: Mapping[str, float], *, sites: Sequence[int] | None = None
) -> Nation:
    """Make the hospitals of a pack.

    Parameters
    ----------
    pack
        With a list of hospitals and `pathways/acute.yaml`.
    values
        One draw of its hospital assumptions.
    sites
        Numbers of the sites to make; left out: all. Their size is the same as among all, and
        they send each other patients.
    """
    _refuse_missing(pack, values)
    all_sites = read_sites(pack, round(values["size.ed_small_rooms"]))
    all_loads = loads_of(all_sites, values)
    by_kind = [numbers_of(kind, values, all_loads) for kind in range(len(KINDS))]
    templates = [_template(pack, values, numbers) for numbers in by_kind]
    hours = {name: _weekly_hours(templates[0], name) for name in GROUPS}
    by_site = {
        name: np.array([numbers[name] for numbers in by_kind])[all_sites.kind]
        for name in by_kind[0]
    }
    heads = heads_of(all_sites, values)
    capacity = capacity_of(all_sites, all_loads, values, by_site, heads, hours)
    chosen = np.arange(len(all_sites)) if sites is None else np.asarray(sites, np.int64)
    few, loads = all_sites.take(chosen.tolist()), all_loads.take(chosen)
    sized = [
        resize(
            templates[int(all_sites.kind[row])],
            _size(all_sites, all_loads, capacity, values, int(row), destinations),
        )
        for row, destinations in zip(chosen, _destinations(few, loads), strict=True)
    ]
    return Nation(
        few,
        loads,
        all_loads,
        tuple(each.model for each in sized),
        tuple(each.groups for each in sized),
        capacity.take(chosen),
        hours_share(few, values),
        dict(values),
    )


def _refuse_missing(pack: Pack, values: Mapping[str, float]) -> None:
    for key in pack.ledger("hospital"):
        if key not in values:
            raise MissingField("draw of the hospital assumptions", key)


def _template(pack: Pack, values: Mapping[str, float], numbers: Mapping[str, float]) -> Pathways:
    """Read the pathway file for a kind of site, and put the hours of the week in."""
    return install_profiles(read_pathways(pack.path / PATHWAYS, numbers), pack, values)


def _weekly_hours(template: Pathways, group: str) -> float:
    """Return the mean hours a week of the rosters that are dealt to a group."""
    model = template.model
    hours = [_hours_on(model, roster) for roster in template.staff[group].rosters]
    return sum(hours) / len(hours)


def _hours_on(model: Model, name: str) -> float:
    row = model.tables.rosters[model.row("rosters", name)]
    first = int(row.first)
    points: Array = model.tables.boundaries[first : first + int(row.count)]
    if not len(points):
        return 168.0 if row.on else 0.0
    ends = np.append(points.at[1:], points.at[0] + row.period)
    return float(((ends - points.at) * points.value).sum() * 168.0 / row.period)


def _size(
    sites: Sites,
    loads: Loads,
    capacity: Capacity,
    values: Mapping[str, float],
    row: int,
    destinations: Mapping[str, Mapping[int, float]],
) -> Size:
    shares, part = triage_shares(values)
    visits = float(loads.ed_visits[row]) / 24.0
    walking = shares * (1.0 - part)
    electives = loads.electives[row]
    rates = {
        "walk_severe": visits * walking[:2].sum(),
        "walk_urgent": visits * walking[2],
        "walk_mild": visits * walking[3:].sum(),
        "ambulance": visits * (shares * part).sum(),
        "planned": float(loads.planned[row]) / 24.0,
        **{f"referrals_{name}": electives[i] / 24.0 for i, name in enumerate(CLASSES)},
    }
    return Size(
        name=f"site {row}",
        resources={name: int(units[row]) for name, units in capacity.resources.items()},
        groups=_posts(sites, capacity, row),
        rates=rates,
        quotas={f"call_{name}": floor(electives[i]) for i, name in enumerate(CLASSES)},
        thresholds={name: float(each[row]) for name, each in capacity.thresholds.items()},
        times={
            name: float(each[row])
            for name, each in capacity.times.items()
            if float(each[row]) != 1.0
        },
        chances={} if capacity.heads["ward_pa"][row] else {"ward_who": 0.0},
        destinations=destinations,
    )


def _posts(sites: Sites, capacity: Capacity, row: int) -> dict[str, int]:
    """Return rows of clinicians by group: those there, and posts for those who may be sent."""
    posts = {name: int(heads[row]) for name, heads in capacity.heads.items()}
    if sites.kind[row] == SMALL_ED:
        return posts
    trainees = int(sites.trainees[row])
    for name in ("ward_pa", "theatre_pa"):
        posts[name] += round(_EXTRA_NURSES * posts[name])
    sent = round(_EXTRA_DOCTORS * trainees)
    posts["ward_dispatched"] += sent
    posts["ed_dispatched"] += max(1, round(sent / 3)) if trainees else 0
    return posts


def _destinations(sites: Sites, loads: Loads) -> list[dict[str, dict[int, float]]]:
    """Return where patients who are sent on go: within the region, by size."""
    found: list[dict[str, dict[int, float]]] = []
    rooms = np.where(sites.kind >= GENERAL, loads.inpatients, 0.2 * loads.inpatients)
    for row in range(len(sites)):
        near = sites.region == sites.region[row]
        near[row] = False
        doors = _chances(loads.ed_visits, near, row)
        found.append(
            {
                "fate_elsewhere": doors,
                "sent_on": doors,
                "transfer_out": _chances(rooms, near, row),
            }
        )
    return found


def _chances(weights: Floats, near: Array, row: int) -> dict[int, float]:
    """Return chances of the others in the region; failing them anywhere, failing that here."""
    for allowed in (near, np.arange(len(weights)) != row, np.arange(len(weights)) == row):
        chosen = np.flatnonzero(allowed & (weights > 0.0))
        if chosen.size:
            total = weights[chosen].sum()
            return {int(each): float(weights[each] / total) for each in chosen}
    return {row: 1.0}


def open_network(
    nation: Nation, seed: int, replication: int = 0, *, window: float = WINDOW, log: bool = False
) -> Network:
    """Open the hospitals at hour 0 with the base week's patients in their beds.

    Parameters
    ----------
    nation
        What `build` made.
    seed, replication
        Name the luck.
    window
        Hours between two exchanges, at most `WINDOW`; no result depends on it.
    log
        Whether every patient's way is written down.
    """
    network = Network(nation.models, seed, replication, window=window, room=256, log=log)
    _keep_free_posts(nation, network)
    put_in_census(nation, network, seed, replication)
    return network


def _keep_free_posts(nation: Nation, network: Network) -> None:
    """Let the posts of people who may be sent stand empty."""
    for site, groups in enumerate(nation.groups):
        rows = [
            row
            for name, heads in nation.heads.items()
            for row in groups.get(name, ())[int(heads[site]) :]
        ]
        if rows:
            network.set_absence(np.array(rows), 0.0, np.inf, site)


def put_in_census(nation: Nation, network: Network, seed: int, replication: int) -> None:
    """Put the base week's patients on wards, in intensive care and on the lists."""
    loads = nation.loads
    present = {
        ("census_ward", "planned"): loads.inpatients,
        ("census_icu", "planned"): loads.icu,
        **{
            (f"census_list_{name}", name): WORK_DAYS
            * nation.values[f"size.list_{name}"]
            * loads.electives[:, row]
            for row, name in enumerate(CLASSES)
        },
    }
    counts = {
        each: np.where(nation.sites.kind == SMALL_ED, 0, np.round(many)).astype(int)
        for each, many in present.items()
    }
    arrivals = [
        Arrival(entry, [group] * int(heads[site]), site)
        for (entry, group), heads in counts.items()
        for site in np.flatnonzero(heads).tolist()
    ]
    room = sum(counts.values()) + np.ceil(_ROOM * loads.ed_visits).astype(int)
    reserve(network, room.tolist())
    admit_all(network, arrivals, seed=seed, replication=replication)
