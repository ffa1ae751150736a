"""One future of one hospital: from its census hour by hour, and what is read on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.hospital.altering import Arrival, admit_all
from locum.hospital.engine import Network
from locum.hospital.records import DAY_HOURS, OFF
from locum.runs.hospitals.building import WINDOW
from locum.runs.hospitals.forecast_model import first_midnight, start_hour
from locum.runs.hospitals.sizes import CLASSES, WEEK_DAYS, WORK_DAYS

if TYPE_CHECKING:
    from locum.hospital.records import Array, Site
    from locum.runs.hospitals.census import Census
    from locum.runs.hospitals.forecast_model import Built, Workshop
    from locum.runs.hospitals.ranking import Plan

__all__ = ["COUNTS", "LISTS", "POINTS", "Future", "first_points", "live"]

Floats: TypeAlias = NDArray[np.float64]

LISTS = tuple(f"list_{name}" for name in CLASSES)
POINTS = (
    "ward",
    "icu",
    "ed_waiting",
    "ed_treated",
    "ed_boarding",
    *LISTS,
    "ed_queue",
    "doctor_queue",
)
"""Patients at an hour: on wards, in intensive care, in the emergency department by stage, on
lists; of those in it, who wait for a place and for a doctor."""
COUNTS = {
    "ed_visits": ("ed_in",),
    "ed_refused": ("ed_refused", "ambulance_refused"),
    "sent_on": ("sent_on", "fate_elsewhere", "ed_transferred"),
    "ed_unseen": ("ed_unseen",),
    "admissions": ("ward_in", "icu_in"),
    "operations": ("theatre_start", "theatre_alone", "emergency_theatre_start"),
    "postponed": ("postponed",),
    "planned_refused": ("planned_refused",),
    "work_done": ("ward_work_time", "ward_night_time"),
    "work_missed": ("work_missed", "work_missed_night"),
}
"""Steps whose visits are counted."""
_ENTERED = ("ed_in", "census_ed_waiting")
_SEEN = ("ed_exam_time",)
_TAKEN_OVER = ("census_ed_treated", "census_ed_boarding_ward", "census_ed_boarding_icu")
_DONE = ("ed_done_ward", "ed_done_icu", "ed_done_theatre", "ed_done_home", "ed_transferred")
_RESOURCES = ("ward", "icu", "ed_beds")
_JUST_BEFORE = 1e-6
"""Hours before the census at which its patients come in, so that they are in bed when it is
taken and nothing that is due at that very hour has happened yet."""
_TRIAGE = 5


@dataclass(frozen=True)
class Future:
    """What happened in one draw under one plan.

    Attributes
    ----------
    points
        Patients by hour, the hour of the census first, shape (hours + 1, POINTS).
    counts
        Patients since the census, same shape for COUNTS.
    hours
        Hours worked since the census at the end of each day by those whose hours are limited,
        shape (days, clinicians).
    ages
        Mean days waited on each list at the end of each day, shape (days, 3); 0 with nobody.
    """

    points: Floats
    counts: Floats
    hours: Floats
    ages: Floats


def live(workshop: Workshop, plan: Plan, built: Built, *, seed: int, replication: int) -> Future:
    """Run a hospital from its census to the end of the last day of its roster.

    Parameters
    ----------
    workshop
        Which made the models.
    plan
        What is done.
    built
        The models under this plan.
    seed, replication
        Name the luck.

    Raises
    ------
    ModelError
        If the engine breaks its own law.
    """
    census = plan.census
    start = start_hour(census)
    network = Network(built.models, seed, replication, window=WINDOW, room=_room(census))
    network.run(start - _JUST_BEFORE)
    arrivals = _present(workshop, census)
    admit_all(network, arrivals, seed=seed, replication=replication)
    network.run(start)
    return _Watch(network, plan, built).follow(start)


def _room(census: Census) -> int:
    """Return how many patients there may be at once, about."""
    names = ("ward_beds", "icu_beds", "ed_places", *LISTS, "ed_visits")
    return 256 + round(1.2 * sum(census.numbers[name] for name in names))


def _present(workshop: Workshop, census: Census) -> list[Arrival]:
    """Return who is in the hospital at the census."""
    numbers = census.numbers
    severity = workshop.shares
    admitted = severity * workshop.admitted
    found = [
        Arrival("census_ward", ["planned"] * census.whole("ward_patients")),
        Arrival("census_icu", ["planned"] * census.whole("icu_patients")),
        Arrival("census_ed_treated", _triaged(severity, census.whole("ed_treated"))),
        Arrival("census_ed_boarding_icu", _triaged(admitted, census.whole("ed_boarding_icu"))),
        Arrival("census_ed_boarding_ward", _triaged(admitted, census.whole("ed_boarding_ward"))),
        Arrival("census_ed_waiting", _triaged(severity, census.whole("ed_waiting"))),
    ]
    for name in CLASSES:
        waited = numbers.get(f"age_{name}", 0.0) * DAY_HOURS
        on_list = [name] * census.whole(f"list_{name}")
        found.append(Arrival(f"census_list_{name}", on_list, hours=waited))
    return [each for each in found if each.classes]


def _triaged(weights: Floats, count: int) -> list[str]:
    """Share patients out over KTAS 1 to 5 by largest remainders, the most severe first."""
    exact = count * weights / weights.sum()
    heads = np.floor(exact).astype(np.int64)
    late = np.argsort(-(exact - heads), kind="stable")[: count - int(heads.sum())]
    heads[late] += 1
    return [f"ktas{row + 1}" for row in range(_TRIAGE) for _ in range(int(heads[row]))]


class _Watch:
    """Reads a hospital hour by hour."""

    def __init__(self, network: Network, plan: Plan, built: Built) -> None:
        self._network, self._plan, self._built = network, plan, built
        model = built.models[0]
        self._steps = {name: row for row, name in enumerate(model.names.steps)}
        groups = [*COUNTS.values(), _ENTERED, _SEEN, _TAKEN_OVER, _DONE]
        steps = np.array([self._steps[name] for names in groups for name in names])
        classes = len(model.names.classes)
        self._flows = (steps[:, None] + len(self._steps) * np.arange(classes)).ravel()
        sizes = [len(names) * classes for names in groups]
        self._edges = np.cumsum([0, *sizes])[:-1]
        self._units = np.array([model.row("resources", each) for each in _RESOURCES])
        self._boarding = model.row("counters", "boarding")
        self._doctors = model.row("pools", "ed")
        levels = int(model.tables.state[0].levels)
        self._lists = np.array(
            [model.queue("lists", f"surgery_{name}") + np.arange(levels) for name in CLASSES]
        ).ravel()
        self._joins = [self._steps[f"join_{name}"] for name in CLASSES]
        self._calls = [f"call_{name}" for name in CLASSES]
        self._trainees = np.array(built.trainees, np.int64)

    def follow(self, start: float) -> Future:
        """Read the census, pull the levers, and run to the end."""
        plan, network = self._plan, self._network
        end = first_midnight(plan.census) + DAY_HOURS * plan.roster.days
        hours = np.arange(start, end + 0.5)
        visits = np.zeros((len(hours), len(self._flows)), np.int64)
        stations = np.zeros((len(hours), 2 * len(self._units) + len(self._lists) + 2), np.int64)
        worked, ages = [self._worked()], list[Floats]()
        self._read(visits[0], stations[0])
        self._backdate()
        for resource, units in plan.beds.items():
            network.set_extra(resource, units)
        for place, hour in enumerate(hours[1:].tolist(), 1):
            if place == 1 or (hour - 1.0) % DAY_HOURS == 0.0:
                self._call(int((hour - 1.0) // DAY_HOURS), int(start // DAY_HOURS))
            network.run(hour)
            self._read(visits[place], stations[place])
            if hour % DAY_HOURS == 0.0:
                worked.append(self._worked())
                ages.append(self._ages())
        points, counts = self._told(visits, stations)
        return Future(points, counts, np.array(worked[1:]) - worked[0], np.array(ages))

    def _read(self, visits: Array, stations: Array) -> None:
        """Write down what is needed of this hour; it is added up at the end."""
        site = self._network.site()
        visits[:] = site.flows.view(np.ndarray)["visits"][self._flows]
        units: Array = site.resources.view(np.ndarray)
        many = len(self._units)
        stations[:many] = units["used"][self._units]
        stations[many : 2 * many] = units["waiting"][self._units]
        stations[2 * many] = site.counters[self._boarding]
        stations[2 * many + 1] = site.pools.view(np.ndarray)["waiting"][self._doctors]
        stations[2 * many + 2 :] = site.queues.view(np.ndarray)["length"][self._lists]

    def _told(self, visits: Array, stations: Array) -> tuple[Floats, Floats]:
        """Return POINTS, and COUNTS since the census, by hour."""
        sums = np.add.reduceat(visits, self._edges, axis=1)
        counts = sums[:, : len(COUNTS)]
        entered, seen, taken_over, done = sums[:, len(COUNTS) :].T
        unseen = counts[:, list(COUNTS).index("ed_unseen")]
        many = len(self._units)
        boarding, doctors = stations[:, 2 * many], stations[:, 2 * many + 1]
        lists = stations[:, 2 * many + 2 :].reshape(len(visits), len(CLASSES), -1).sum(axis=2)
        points = np.stack(
            [
                stations[:, _RESOURCES.index("ward")],
                stations[:, _RESOURCES.index("icu")],
                entered - seen - unseen,
                seen + taken_over - done - boarding,
                boarding,
                *lists.T,
                stations[:, many + _RESOURCES.index("ed_beds")],
                doctors,
            ],
            axis=1,
        )
        return points.astype(np.float64), (counts - counts[0]).astype(np.float64)

    def _call(self, day: int, first: int) -> None:
        """Write how many are called today; parts of a patient are carried over."""
        if day % WEEK_DAYS >= WORK_DAYS:
            return
        asked = np.array(self._plan.census.by_class("operations"))
        asked[-1] *= self._plan.routine_operations
        since = sum(1 for each in range(first, day) if each % WEEK_DAYS < WORK_DAYS)
        quotas = np.floor(asked * (since + 1) + 0.5) - np.floor(asked * since + 0.5)
        for name, quota in zip(self._calls, quotas.tolist(), strict=True):
            self._network.set_quota(name, int(quota))

    def _worked(self) -> Floats:
        """Return the hours present of those whose hours are limited."""
        people: Array = self._network.site().clinicians.view(np.ndarray)[self._trainees]
        here = people["duty"] != OFF
        return people["worked"] + np.where(here, self._network.now - people["on_since"], 0.0)

    # --- lists -----------------------------------------------------------------------

    def _on_list(self, site: Site) -> list[Array]:
        steps: Array = site.patients.view(np.ndarray)["step"]
        return [np.flatnonzero(steps == row) for row in self._joins]

    def _backdate(self) -> None:
        """Write since when those on the lists wait."""
        site = self._network.site()
        charts: Array = site.charts.view(np.ndarray)
        for who in self._on_list(site):
            charts["listed"][who] = charts["arrived"][who]

    def _ages(self) -> Floats:
        """Return the mean days that those on each list have waited."""
        site = self._network.site()
        listed: Array = site.charts.view(np.ndarray)["listed"]
        waits = [self._network.now - listed[who] for who in self._on_list(site)]
        return np.array([float(each.mean()) / DAY_HOURS if each.size else 0.0 for each in waits])


def first_points(census: Census) -> dict[str, float]:
    """Return what POINTS a census states, by name."""
    numbers = census.numbers
    return {
        "ward": numbers["ward_patients"],
        "icu": numbers["icu_patients"],
        "ed_waiting": numbers["ed_waiting"],
        "ed_treated": numbers["ed_treated"],
        "ed_boarding": numbers["ed_boarding_ward"] + numbers["ed_boarding_icu"],
        **{name: numbers[name] for name in LISTS},
    }
