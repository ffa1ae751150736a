"""What a hospital has done so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.hospital import records as op

if TYPE_CHECKING:
    from locum.hospital.model import Model
    from locum.hospital.records import Array, Site

__all__ = ["Stats"]


class Stats:
    """Statistics of one hospital up to an hour.

    Arrays have shape (steps, classes); hours that patients and clinicians are still in the midst
    of are counted up to the hour.

    Parameters
    ----------
    model, site
        The hospital.
    now
        The hour.
    """

    def __init__(self, model: Model, site: Site, now: float) -> None:
        shape = (len(model.names.steps), len(model.names.classes))
        tallies = np.asarray(site.tallies).reshape(shape)
        self.model = model
        self.now = now
        flows = np.asarray(site.flows).reshape(shape[::-1]).T
        self.visits: Array = flows["visits"].copy()
        self.waited: Array = tallies["waited"].copy()
        self.left: Array = tallies["left"].copy()
        self.preempted: Array = tallies["preempted"].copy()
        self.wait: Array = tallies["wait"].copy()
        self.wait_squared: Array = tallies["wait_squared"].copy()
        self.left_wait: Array = tallies["left_wait"].copy()
        self.busy: Array = flows["busy"].copy()
        self._count_open(site)
        self.counters = dict(zip(model.names.counters, site.counters.tolist(), strict=True))
        self.arrived = dict(zip(model.names.sources, site.sources.arrived.tolist(), strict=True))
        self.candidates = dict(
            zip(model.names.sources, site.sources.candidates.tolist(), strict=True)
        )
        self.called = dict(zip(model.names.calls, site.calls.called.tolist(), strict=True))
        self.missed = dict(zip(model.names.calls, site.calls.missed.tolist(), strict=True))
        self.inside = int(site.state[0].inside)
        self.received = int(site.state[0].received)
        self.events = int(site.state[0].events)
        self._resources = np.array(site.resources.view(np.ndarray))
        self._pools = np.array(site.pools.view(np.ndarray))
        self._queues = np.array(site.queues.view(np.ndarray))
        self._stations = len(site.resources) + len(site.needs)
        self._levels = int(site.state[0].levels)

    def _count_open(self, site: Site) -> None:
        """Bring delays and care that go on to this hour."""
        patients = site.patients
        inside = np.flatnonzero((patients.marks & op.DELAYED != 0) & (patients.timer >= 0))
        over = patients.due[inside] - self.now
        np.subtract.at(self.busy, (patients.step[inside], patients.kind[inside]), over)
        tasks = max(1, len(self.model.names.tasks))
        grades = int(site.state[0].grades)
        self.task_hours: Array = site.minutes.reshape(tasks, grades).copy()
        """Hours of care by task and grade."""
        clinicians = site.clinicians
        caring = np.flatnonzero(clinicians.patient >= 0)
        hours = self.now - clinicians.busy_since[caring]
        np.add.at(self.task_hours, (clinicians.task[caring], clinicians.grade[caring]), hours)
        present = clinicians.duty != op.OFF
        since = np.where(present, self.now - clinicians.on_since, 0.0)
        late = clinicians.duty == op.OVERDUE
        self.worked: Array = clinicians.worked + since
        """Hours present by clinician."""
        self.overtime: Array = clinicians.overtime + np.where(
            late, self.now - clinicians.off_since, 0.0
        )
        self.caring: Array = clinicians.busy.copy()
        """Hours of care by clinician."""
        self.caring[caring] += hours

    def step(self, name: str) -> int:
        """Return the row of a step."""
        return self.model.row("steps", name)

    def mean_used(self, resource: str) -> float:
        """Return the mean number of units in use."""
        it = self._resources[self.model.row("resources", resource)]
        return float((it["used_area"] + it["used"] * self.now) / self.now)

    def mean_waiting(self, resource: str) -> float:
        """Return the mean number of patients who wait for a resource."""
        it = self._resources[self.model.row("resources", resource)]
        return float((it["waiting_area"] + it["waiting"] * self.now) / self.now)

    def mean_staff(self, pool: str) -> dict[str, float]:
        """Return the mean number of clinicians on duty and busy, and of patients who wait."""
        it = self._pools[self.model.row("pools", pool)]
        return {
            each: float((it[f"{each}_area"] + it[each] * self.now) / self.now)
            for each in ("on_duty", "busy", "waiting")
        }

    def _list(self, name: str) -> Array:
        first = (self._stations + self.model.row("lists", name)) * self._levels
        return self._queues[first : first + self._levels]

    def on_list(self, name: str) -> int:
        """Return how many stand on a list now."""
        return int(self._list(name)["length"].sum())

    def mean_on_list(self, name: str) -> float:
        """Return the mean length of a list."""
        of = self._list(name)
        return float((of["area"] + of["length"] * self.now).sum() / self.now)
