"""What hospitals did on a day, from readings of their cumulative counts at midnight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.hospital.contingency import read_numbers
from locum.hospital.harm import Harm, boarding_deaths, surgery_deaths
from locum.hospital.records import DAY_HOURS, Site
from locum.runs.hospitals.groups import GROUPS, members
from locum.runs.hospitals.sizes import CLASSES, GENERAL, KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.hospital.engine import Network
    from locum.hospital.harm import Band
    from locum.hospital.observing import Totals
    from locum.hospital.records import Array
    from locum.runs.hospitals.building import Nation
    from locum.runs.hospitals.sizes import Floats

__all__ = ["LABELS", "TRIAGE", "Collector", "Floats32", "reporting", "waiting_days"]

Floats32: TypeAlias = NDArray[np.float32]

TRIAGE = (1, 2, 3, 4, 5)
LISTS = tuple(f"surgery_{name}" for name in CLASSES)
_JOINS = tuple(f"join_{name}" for name in CLASSES)
_DOCTOR = ("ed_bed", "ed_exam")
"""Waits between the door and the first doctor."""
_BOARDING = ("ed_to_ward", "ed_to_icu")
_ED_WAITS = (
    *_DOCTOR,
    "ed_scan_wait",
    "ed_review",
    "ed_consult",
    *_BOARDING,
    "ed_to_theatre",
)
_ED_DELAYS = (
    "ed_in",
    "ed_triage",
    "ed_nurse",
    "ed_exam_time",
    "ed_orders",
    "ed_lab",
    "ed_scan",
    "ed_review_time",
    "ed_consult_call",
    "ed_consult_time",
    "ed_treatment",
    "ed_observation",
    "ed_decision",
    "ed_home",
    "ed_payment",
)
_ED_ENDS = (
    "ed_done_ward",
    "ed_done_icu",
    "ed_done_theatre",
    "ed_done_home",
    "ed_transferred",
    "ed_unseen",
)
_WENT = ("ed_done_home", "ed_done_ward", "ed_done_icu", "ed_done_theatre", "ed_transferred")
_FATES = ("fate_waits", "fate_elsewhere", "fate_gives_up", "fate_returns")
_COUNTS: Mapping[str, tuple[str, ...]] = {
    "ed_visits": ("ed_in",),
    "ed_unseen": ("ed_unseen",),
    "ed_refused": ("ed_refused", "ambulance_refused"),
    "sent_on": ("sent_on", "fate_elsewhere"),
    "admissions": ("ward_in", "icu_in", "day_case"),
    "surgeries": ("theatre_start", "theatre_alone", "emergency_theatre_start"),
    "emergency_surgeries": ("emergency_theatre_start",),
    "postponed": ("postponed",),
    "planned_refused": ("planned_refused",),
    "early_discharges": ("early_out",),
    "work_missed": ("work_missed", "work_missed_night"),
}
"""Steps whose visits are counted, by variable."""
_NOT_ADMITTED = "home_today"
LABELS = tuple(
    dict.fromkeys(
        (
            *(label for labels in _COUNTS.values() for label in labels),
            *_ED_WAITS,
            *_ED_DELAYS,
            *_ED_ENDS,
            *_FATES,
            *_JOINS,
            _NOT_ADMITTED,
        )
    )
)
"""Steps that the collector reads."""
_MONEY = ("revenue", "deficit")
_NOW = ("inpatients", "icu", "boarding", "backlog", "backlog_age", "beds_open")
_WEEK = 7.0


def reporting(nation: Nation) -> Array:
    """Return which sites report their operations, shape (H,).

    All tertiary hospitals, and of the general ones those with most operations in the base week,
    as many as are known to report (`readings.surgery_hospitals`).
    """
    general = np.flatnonzero(nation.sites.of(GENERAL))
    loads = nation.loads.electives.sum(axis=1) + nation.loads.ed_surgeries
    order = general[np.argsort(-loads[general], kind="stable")]
    found = nation.sites.kind < GENERAL
    found[order[: round(nation.values["readings.surgery_hospitals"])]] = True
    return found


@dataclass(frozen=True)
class Reading:
    """What a collector reads at midnight, cumulated since hour 0; class counts are (H, 9).

    Attributes
    ----------
    visits
        By step.
    wait, waited
        Hours waited by those served, and those served after a wait, by step of `_ED_WAITS` and
        the lists.
    left, left_hours
        Who left a queue of `_ED_WAITS`, and the hours they had waited.
    busy
        Hours in delays, by step of `_ED_DELAYS`.
    used
        Hours of use of wards and intensive care, by name (H,).
    worked
        Hours present by grade (H, 6).
    """

    visits: Mapping[str, Array]
    wait: Mapping[str, Array]
    waited: Mapping[str, Array]
    left: Mapping[str, Array]
    left_hours: Mapping[str, Array]
    busy: Mapping[str, Array]
    used: Mapping[str, Array]
    worked: Array

    @classmethod
    def of(cls, totals: Totals) -> Reading:
        """Take what is needed from the totals of an observer."""
        return cls(
            {name: totals.visits(name) for name in LABELS},
            {name: totals.wait_hours(name) for name in (*_ED_WAITS, *_JOINS)},
            {name: totals.waited(name) for name in (*_ED_WAITS, *_JOINS)},
            {name: totals.left(name) for name in _ED_WAITS},
            {name: totals.left_hours(name) for name in _ED_WAITS},
            {name: totals.busy(name) for name in _ED_DELAYS},
            {name: totals.used_hours(name) for name in ("ward", "icu")},
            totals.worked_hours,
        )

    def since(self, before: Reading) -> Reading:
        """Return what happened between two readings."""
        return Reading(
            _less(self.visits, before.visits),
            _less(self.wait, before.wait),
            _less(self.waited, before.waited),
            _less(self.left, before.left),
            _less(self.left_hours, before.left_hours),
            _less(self.busy, before.busy),
            _less(self.used, before.used),
            self.worked - before.worked,
        )


def _less(now: Mapping[str, Array], before: Mapping[str, Array]) -> dict[str, Array]:
    return {name: each - before[name] for name, each in now.items()}


class Collector:
    """Collects the days of one draw.

    Parameters
    ----------
    nation
        The hospitals.
    network
        Where they run.
    days, regions, grades
        Sizes of the axes.

    Attributes
    ----------
    arrays
        By variable, float32; the first axis is the day.
    """

    def __init__(
        self, nation: Nation, network: Network, days: int, regions: int, grades: int
    ) -> None:
        self._nation, self._network = nation, network
        self._harm = read_numbers(Harm, "harm", nation.values)
        self._groups = members(nation.sites).astype(np.float64)
        self._regions = (np.arange(regions)[:, None] == nation.sites.region).astype(np.float64)
        self._kinds = (np.arange(len(KINDS))[:, None] == nation.sites.kind).astype(np.float64)
        self._of_kinds = np.array(
            [[kind in kinds for kind in range(len(KINDS))] for kinds in GROUPS.values()], float
        )
        self._reporting = reporting(nation)
        self._expected = _WEEK * np.array([nation.values[f"size.list_{name}"] for name in CLASSES])
        self._before: Reading | None = None
        sites, groups = len(nation), len(GROUPS)
        shapes: dict[str, tuple[int, ...]] = {
            **dict.fromkeys((*_COUNTS, *_NOW, *_MONEY), (sites,)),
            **{
                f"{name}{suffix}": (size, len(TRIAGE))
                for suffix, size in (("", groups), ("_region", regions))
                for name in ("ed_visits_triage", "unseen_triage", "ed_wait", "ed_stay")
            },
            "ed_ends": (groups, len(_WENT)),
            "ed_fates": (groups, len(_FATES)),
            "staff_hours": (groups, grades),
            "surgeries_reported": (groups,),
            "outpatients": (groups,),
            "telehealth": (groups,),
            "deaths_boarding": (groups, 3),
            "deaths_surgery": (groups, 3),
        }
        self.arrays = {
            name: np.zeros((days, *shape), np.float32) for name, shape in shapes.items()
        }

    def begin(self, totals: Totals) -> None:
        """Read the hospitals at hour 0."""
        self._before = Reading.of(totals)

    def add(self, day: int, totals: Totals) -> None:
        """Read the hospitals at the end of a day."""
        now = Reading.of(totals)
        today = now if self._before is None else now.since(self._before)
        self._before = now
        self._add_counts(day, today)
        self._add_present(day, today, totals)
        self._add_emergency(day, today, self._groups, "")
        self._add_emergency(day, today, self._regions, "_region")
        for name, labels in (("ed_ends", _WENT), ("ed_fates", _FATES)):
            counts = np.stack([today.visits[label].sum(axis=1) for label in labels], axis=-1)
            self._put(name, day, self._groups @ counts)
        self._put("staff_hours", day, self._groups @ today.worked)
        self._put("deaths_boarding", day, self._groups @ _stacked(self._boarding(today)))
        self._put("deaths_surgery", day, self._of_kinds @ _stacked(self._surgery(today)))

    def enter(self, day: int, money: Mapping[str, Floats], counts: Mapping[str, Floats]) -> None:
        """Put in what is computed beside the hospitals.

        Parameters
        ----------
        day
            Its number.
        money
            By variable and hospital (H,).
        counts
            By variable and hospital (H,), kept by group.
        """
        for name, each in money.items():
            self._put(name, day, each)
        for name, each in counts.items():
            self._put(name, day, self._groups @ each)

    def _put(self, name: str, day: int, values: Array) -> None:
        self.arrays[name][day] = values

    # --- parts of a day ----------------------------------------------------------------

    def _add_counts(self, day: int, today: Reading) -> None:
        for name, labels in _COUNTS.items():
            counted = sum(today.visits[label].sum(axis=1) for label in labels)
            if name == "admissions":
                counted = counted - today.visits[_NOT_ADMITTED].sum(axis=1)
            self._put(name, day, np.asarray(counted))
        reported = np.where(self._reporting, self.arrays["surgeries"][day], 0.0)
        self._put("surgeries_reported", day, self._groups @ reported)

    def _add_present(self, day: int, today: Reading, totals: Totals) -> None:
        self._put("inpatients", day, today.used["ward"] / DAY_HOURS)
        self._put("icu", day, today.used["icu"] / DAY_HOURS)
        self._put("boarding", day, totals.counter("boarding"))
        self._put("beds_open", day, totals.capacity("ward") + totals.capacity("icu"))
        self._put("backlog", day, sum(totals.on_list(name) for name in LISTS))
        self._put("backlog_age", day, waiting_days(self._network))

    def _add_emergency(self, day: int, today: Reading, rows: Floats, suffix: str) -> None:
        """Put in visits, waits and stays by triage, of groups or of regions (rows)."""
        severities = slice(0, len(TRIAGE))

        def told(parts: Sequence[Array]) -> Floats:
            return rows @ np.asarray(sum(parts), float)[:, severities]

        visits = today.visits
        hours = [today.wait[name] + today.left_hours[name] for name in _ED_WAITS]
        self._put(f"ed_visits_triage{suffix}", day, told([visits["ed_in"]]))
        self._put(f"unseen_triage{suffix}", day, told([visits["ed_unseen"]]))
        to_doctor = told([today.wait[name] for name in _DOCTOR])
        self._put(f"ed_wait{suffix}", day, _mean(to_doctor, told([visits["ed_exam_time"]])))
        stay = told([*hours, *(today.busy[name] for name in _ED_DELAYS)])
        self._put(f"ed_stay{suffix}", day, _mean(stay, told([visits[n] for n in _ED_ENDS])))

    def _boarding(self, today: Reading) -> Band:
        """Return deaths through waiting for a bed (H,), at the mean wait of each triage level."""
        patients = np.stack([today.waited[name] + today.left[name] for name in _BOARDING], axis=-1)
        hours = np.stack(
            [today.wait[name] + today.left_hours[name] for name in _BOARDING], axis=-1
        )
        sites = len(self._nation)
        patients = patients.reshape(sites, -1).astype(np.float64)
        return boarding_deaths(
            self._harm, patients, _mean(hours.reshape(sites, -1), patients, 0.0)
        )

    def _surgery(self, today: Reading) -> Band:
        """Return deaths through delay of cancer operations by kind of site (K,)."""
        cancer = CLASSES.index("cancer")
        join = _JOINS[cancer]
        patients = self._kinds @ today.waited[join].sum(axis=1)
        hours = self._kinds @ today.wait[join].sum(axis=1)
        delay = _mean(hours, patients, 0.0) / DAY_HOURS - self._expected[cancer]
        return surgery_deaths(self._harm, patients[:, None], delay[:, None])


def waiting_days(network: Network) -> Floats:
    """Return the mean days that those on a list for an operation have waited, shape (H,).

    A hospital where nobody waits has 0.
    """
    patients: Array = network.bank.arrays.patients.view(np.ndarray)
    charts: Array = network.bank.arrays.charts.view(np.ndarray)
    steps = sorted({model.row("steps", name) for model in network.models for name in _JOINS})
    on_list = np.flatnonzero(np.isin(patients["step"], steps))
    firsts = network.bank.extents[:, Site._fields.index("patients"), 0]
    order = np.argsort(firsts, kind="stable")
    site = order[np.searchsorted(firsts[order], on_list, side="right") - 1]
    waited: Floats = network.now - charts["listed"][on_list]
    hours = np.asarray(np.bincount(site, waited, len(network)), np.float64)
    return _mean(hours, np.bincount(site, minlength=len(network)), 0.0) / DAY_HOURS


def _mean(hours: Floats, count: Array, nobody: float = np.nan) -> Floats:
    """Return hours for each; `nobody` where there is none."""
    return np.divide(hours, count, out=np.full(np.shape(hours), nobody), where=count > 0)


def _stacked(band: Band) -> Floats:
    return np.stack([band.low, band.middle, band.high], axis=-1)
