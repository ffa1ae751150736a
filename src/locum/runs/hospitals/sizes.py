"""Which hospitals there are, how many patients come to them, and who works where.

Everything here is arithmetic on the pack's list of hospitals and one draw of the assumptions; a
hospital's load of the base week comes first, and its beds and minutes are scaled to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import InputError
from locum.runs.hospitals.profiles import door_by_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.countries import Pack

__all__ = ["CLASSES", "KINDS", "Loads", "Sites", "loads_of", "read_sites"]

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

KINDS = ("big5", "other_tertiary", "general", "small_ed")
BIG5, OTHER_TERTIARY, GENERAL, SMALL_ED = range(len(KINDS))
CLASSES = ("cancer", "urgent", "routine")
"""Classes of elective operations."""
SURGICAL = (
    "sp_general_surgery",
    "sp_obgyn",
    "sp_neurosurgery",
    "sp_thoracic_surgery",
    "sp_orthopedics",
)
MEDICAL = ("sp_internal_med", "sp_pediatrics", "sp_neurology")
INTENSIVE = (*MEDICAL, "sp_neurosurgery", "sp_thoracic_surgery")
WEEK_DAYS, WORK_DAYS = 7, 5


@dataclass(frozen=True)
class Sites:
    """The hospitals, and a station in each region for its small emergency rooms; arrays (H,).

    Attributes
    ----------
    names, local_names
        Of hospitals; "" where a list has none in English.
    kind, region
        Positions in `KINDS` and in the regions of the pack.
    beds, icu_beds, theatres, surgeries
        As listed or estimated: all beds, operations a weekday.
    specialists
        By column of the list.
    trainees
        Heads.
    rooms
        Small emergency rooms in a station; 0 elsewhere.
    mean_day
        Visits to emergency departments of the mean day of a week, over those of a weekday.
    """

    names: tuple[str, ...]
    local_names: tuple[str, ...]
    kind: Whole
    region: Whole
    beds: Floats
    icu_beds: Floats
    theatres: Floats
    surgeries: Floats
    specialists: Mapping[str, Floats]
    trainees: Floats
    rooms: Whole
    mean_day: float = 1.0

    def __len__(self) -> int:
        return len(self.names)

    def of(self, *kinds: int) -> NDArray[np.bool_]:
        """Return which sites are of these kinds (H,)."""
        return np.isin(self.kind, kinds)

    def labels(self) -> tuple[str, ...]:
        """Return a name for each site that no other has."""
        pairs = zip(self.names, self.local_names, strict=True)
        return tuple(f"{row:03d} {one or other}" for row, (one, other) in enumerate(pairs))

    def take(self, rows: Sequence[int]) -> Sites:
        """Return some of the sites."""
        chosen = list(rows)
        picked = np.array(chosen, np.int64)
        numbers = (
            "kind",
            "region",
            "beds",
            "icu_beds",
            "theatres",
            "surgeries",
            "trainees",
            "rooms",
        )
        return replace(
            self,
            names=tuple(self.names[row] for row in chosen),
            local_names=tuple(self.local_names[row] for row in chosen),
            specialists={name: heads[picked] for name, heads in self.specialists.items()},
            **{name: getattr(self, name)[picked] for name in numbers},
        )


def read_sites(pack: Pack, small_rooms: int) -> Sites:
    """Read the hospitals of a pack, the five largest first, and add a station a region.

    Parameters
    ----------
    pack
        With a table `hospitals`.
    small_rooms
        Emergency rooms outside these hospitals, spread over regions like general hospitals.
    """
    rows = pack.table("hospitals").rows
    kinds = np.array([_kind(row) for row in rows])
    order = np.argsort(kinds, kind="stable")
    rows, kinds = [rows[int(place)] for place in order], kinds[order]
    region = np.array([pack.regions.index(row["region"]) for row in rows])
    stations = len(pack.regions)
    rooms = _spread(small_rooms, np.bincount(region[kinds == GENERAL], minlength=stations))

    def column(name: str) -> Floats:
        return np.array([float(row[name] or 0.0) for row in rows] + [0.0] * stations)

    columns = [name for name in rows[0] if name.startswith("sp_")]
    return Sites(
        names=(*(row["name_en"] or "" for row in rows), *pack.regions),
        local_names=(*(row["name_ko"] for row in rows), *[""] * stations),
        kind=np.concatenate([kinds, np.full(stations, SMALL_ED)]),
        region=np.concatenate([region, np.arange(stations)]),
        beds=column("beds"),
        icu_beds=column("icu_beds_est"),
        theatres=column("operating_rooms_est"),
        surgeries=column("surgeries_weekday_est"),
        specialists={
            "all": column("specialists_2025_05"),
            **{name: column(name) for name in columns},
        },
        trainees=column("trainees_2024_02"),
        rooms=np.concatenate([np.zeros(len(rows), np.int64), rooms]),
        mean_day=float(door_by_day(pack).mean()),
    )


def _kind(row: Mapping[str, Any]) -> int:
    if str(row["big5"]).casefold() == "true":
        return BIG5
    kinds = {"tertiary": OTHER_TERTIARY, "general": GENERAL}
    if row["type"] not in kinds:
        raise InputError(f"{row['type']!r} is not a type of hospital; use tertiary or general")
    return kinds[row["type"]]


def _spread(total: int, weights: Whole) -> Whole:
    """Share a whole number out in proportion, at least one each, by largest remainders."""
    least = np.ones(len(weights), np.int64)
    left = max(0, total - len(weights))
    exact = left * weights / max(1, weights.sum())
    shares = np.floor(exact).astype(np.int64)
    late = np.argsort(-(exact - shares), kind="stable")[: left - int(shares.sum())]
    shares[late] += 1
    return least + shares


@dataclass(frozen=True)
class Loads:
    """Patients of the base week; arrays (H,) unless stated, flows a day.

    Attributes
    ----------
    kind
        Of each site, a position in `KINDS`.
    ed_visits
        On an ordinary weekday.
    ed_admissions, ed_surgeries
        Admitted through the emergency department; operated on from there.
    inpatients, icu
        Present on wards and in intensive care.
    electives
        Operations a weekday by class (H, 3).
    planned
        Planned medical admissions, mean over the week.
    admissions
        All who come to a ward.
    icu_flow
        Who come to intensive care.
    stay_planned
        Days of a planned medical patient, by kind (4,).
    stay_icu
        Days in intensive care after a planned operation, and of everybody else, by kind (4, 2).
    icu_by_class
        Chance of intensive care after an elective operation, by kind and class (4, 3).
    icu_emergency, icu_medical
        The same after an emergency operation, and of other admissions, by kind (4,).
    admitted
        Share of emergency visits that end in admission, by kind (4,).
    """

    kind: Whole
    ed_visits: Floats
    ed_admissions: Floats
    ed_surgeries: Floats
    inpatients: Floats
    icu: Floats
    electives: Floats
    planned: Floats
    admissions: Floats
    icu_flow: Floats
    stay_planned: Floats
    stay_icu: Floats
    icu_by_class: Floats
    icu_emergency: Floats
    icu_medical: Floats
    admitted: Floats

    def take(self, rows: Whole) -> Loads:
        """Return those of some of the sites."""
        return replace(self, **{name: getattr(self, name)[rows] for name in _PER_SITE})


_PER_SITE = (
    "kind",
    "ed_visits",
    "ed_admissions",
    "ed_surgeries",
    "inpatients",
    "icu",
    "electives",
    "planned",
    "admissions",
    "icu_flow",
)


def loads_of(sites: Sites, values: Mapping[str, float]) -> Loads:
    """Return the load of the base week at every site.

    Parameters
    ----------
    sites
        All of them: groups' totals are shared out among their hospitals.
    values
        One draw of the assumptions.
    """
    visits = _visits(sites, values)
    admitted = _admitted(sites, values, visits)
    surgeries = _surgeries(sites, values)
    inpatients = _shared(sites, _inpatient_totals(sites, values), sites.beds - sites.icu_beds)
    icu = _shared(sites, _icu_totals(sites, values), sites.icu_beds)
    ed_admissions = visits * admitted[sites.kind]
    emergency = np.minimum(
        values["size.emergency_surgery_share"] * surgeries,
        values["size.emergency_surgery_most"] * ed_admissions,
    )
    electives = (surgeries - emergency)[:, None] * _class_shares(values)[sites.kind]
    flows = _Flows(
        ed_admissions * sites.mean_day,
        emergency * sites.mean_day,
        electives * WORK_DAYS / WEEK_DAYS,
        icu / values["stay.icu"],
    )
    needs = _icu_needs(sites, values, flows)
    stays, planned = _planned(sites, values, inpatients, (flows, needs))
    return Loads(
        kind=sites.kind,
        ed_visits=visits,
        ed_admissions=ed_admissions,
        ed_surgeries=emergency,
        inpatients=inpatients,
        icu=icu,
        electives=electives,
        planned=planned,
        admissions=planned + ed_admissions + flows.electives.sum(axis=1),
        icu_flow=flows.icu,
        stay_planned=stays,
        stay_icu=_icu_stays(sites, values, (flows, needs)),
        icu_by_class=needs.by_class,
        icu_emergency=needs.emergency,
        icu_medical=needs.medical,
        admitted=admitted,
    )


def _visits(sites: Sites, values: Mapping[str, float]) -> Floats:
    weights = np.where(
        sites.of(SMALL_ED),
        values["size.ed_small_weight"] * sites.rooms,
        sites.specialists["sp_emergency_med"] + values["size.ed_weight_base"],
    )
    return values["size.ed_visits"] * weights / weights.sum()


def _admitted(sites: Sites, values: Mapping[str, float], visits: Floats) -> Floats:
    """Return the admission rate by kind, so that the whole country's is as published."""
    overall = values["size.ed_admission"]
    tertiary = min(0.6, overall * values["size.ed_admission_tertiary"])
    at_tertiary = visits[sites.of(BIG5, OTHER_TERTIARY)].sum() / visits.sum()
    others = (overall - tertiary * at_tertiary) / (1.0 - at_tertiary)
    return np.array([tertiary, tertiary, others, others])


def _surgeries(sites: Sites, values: Mapping[str, float]) -> Floats:
    big5 = values["size.surgeries_big5"]
    totals = np.array(
        [
            big5,
            values["size.surgeries_tertiary"] - big5,
            values["size.surgeries_general"] / values["size.surgery_reporting"],
            0.0,
        ]
    )
    return _shared(sites, totals, sites.surgeries)


def _inpatient_totals(sites: Sites, values: Mapping[str, float]) -> Floats:
    general = sites.of(GENERAL)
    beds = (sites.beds - sites.icu_beds)[general].sum()
    return np.array(
        [
            values["size.inpatients_big5"],
            values["size.inpatients_other_tertiary"],
            values["size.occupancy_general"] * beds,
            0.0,
        ]
    )


def _icu_totals(sites: Sites, values: Mapping[str, float]) -> Floats:
    beds = sites.icu_beds[sites.of(GENERAL)].sum()
    return np.array(
        [
            values["size.icu_big5"],
            values["size.icu_other_tertiary"],
            values["size.icu_occupancy_general"] * beds,
            0.0,
        ]
    )


def _shared(sites: Sites, totals: Floats, weights: Floats) -> Floats:
    """Share a total of each kind out among its hospitals."""
    sums = np.bincount(sites.kind, weights, minlength=len(KINDS))
    rates = np.divide(totals, sums, out=np.zeros(len(KINDS)), where=sums > 0.0)
    return weights * rates[sites.kind]


def _class_shares(values: Mapping[str, float]) -> Floats:
    """Return the share of each class among electives, by kind (4, 3)."""
    rows: list[list[float]] = []
    for kind in ("tertiary", "tertiary", "general", "general"):
        cancer, urgent = values[f"size.cancer_share_{kind}"], values[f"size.urgent_share_{kind}"]
        rows.append([cancer, urgent, 1.0 - cancer - urgent])
    return np.array(rows)


@dataclass(frozen=True)
class _Flows:
    """Patients of the mean day of the base week (H,): admitted, operated on, to intensive care."""

    ed: Floats
    emergency: Floats
    electives: Floats
    icu: Floats


@dataclass(frozen=True)
class _Needs:
    """Who needs intensive care: by kind and class of elective (4, 3), and by kind (4,)."""

    by_class: Floats
    emergency: Floats
    medical: Floats


def _sum(sites: Sites, flows: Floats) -> Floats:
    return np.bincount(sites.kind, flows, minlength=len(KINDS)).astype(np.float64)


def _icu_needs(sites: Sites, values: Mapping[str, float], flows: _Flows) -> _Needs:
    """Return who needs intensive care, so that its census is the base week's."""
    flow = _sum(sites, flows.icu)
    of_surgery = values["stay.icu_surgical"] * flow
    classes = range(len(CLASSES))
    daily = np.stack([_sum(sites, flows.electives[:, row]) for row in classes], axis=1)
    urgent_ops = _sum(sites, flows.emergency)
    operations = np.maximum(daily.sum(axis=1) + urgent_ops, 1e-9)
    mean = of_surgery / operations
    cancer = np.minimum(0.9, values["stay.icu_cancer"] * mean)
    urgent = np.minimum(0.9, values["stay.icu_urgent"] * mean)
    emergent = np.minimum(0.9, values["stay.icu_emergency"] * mean)
    left = of_surgery - cancer * daily[:, 0] - urgent * daily[:, 1] - emergent * urgent_ops
    routine = np.clip(left / np.maximum(daily[:, 2], 1e-9), 0.0, 0.9)
    others = np.maximum(_sum(sites, flows.ed) - urgent_ops, 1e-9)
    medical = np.clip((flow - of_surgery) / others, 0.0, 0.6)
    return _Needs(np.stack([cancer, urgent, routine], axis=1), emergent, medical)


def _icu_stays(sites: Sites, values: Mapping[str, float], of: tuple[_Flows, _Needs]) -> Floats:
    """Return days in intensive care, planned and others (4, 2), of the mean that is stated."""
    flows, needs = of
    daily = flows.electives * needs.by_class[sites.kind]
    planned, everybody = _sum(sites, daily.sum(axis=1)), _sum(sites, flows.icu)
    part = np.clip(planned / np.maximum(everybody, 1e-9), 0.0, 1.0)
    ratio = values["stay.icu_elective"]
    others = values["stay.icu"] / (1.0 - part * (1.0 - ratio))
    return np.stack([ratio * others, others], axis=1)


_BEFORE_THEATRE = 0.4
"""Days in bed of those who are called at 07:00 and do not come back to a ward after theatre."""


def _planned(
    sites: Sites,
    values: Mapping[str, float],
    inpatients: Floats,
    of: tuple[_Flows, _Needs],
) -> tuple[Floats, Floats]:
    """Return stays of planned patients by kind, and planned admissions that fill the wards.

    Stays of the kinds of patient differ by stated ratios; their mean is the group's mean stay.
    """
    flows, needs = of
    kind, daily = sites.kind, flows.electives
    staying = 1.0 - np.array(
        [0.0, values["size.day_case_urgent"], values["size.day_case_routine"]]
    )
    to_ward = daily * (1.0 - needs.by_class[kind]) * staying
    ratios = np.array([values["stay.cancer"], values["stay.urgent"], values["stay.routine"]])
    ed = (flows.ed - flows.emergency) * (1.0 - needs.medical[kind])
    ed += flows.emergency * (1.0 - needs.emergency[kind])
    weighted = values["stay.emergency"] * ed + to_ward @ ratios
    others = ed + to_ward.sum(axis=1)
    passing = (daily - to_ward).sum(axis=1)
    fixed = values["stay.after_icu"] * flows.icu + _BEFORE_THEATRE * passing
    filled = np.maximum(inpatients - fixed, 0.2 * inpatients)
    mean = np.array([values["stay.tertiary"]] * 2 + [values["stay.general"]] * 2)
    groups = _sum(sites, filled)
    planned = np.maximum(groups / mean - _sum(sites, others), 0.02 * groups / mean)
    stays = groups / np.maximum(_sum(sites, weighted) + planned, 1e-9)
    stays = np.where(groups > 0.0, stays, mean)
    return stays, np.maximum(filled / stays[kind] - weighted, 0.0)
