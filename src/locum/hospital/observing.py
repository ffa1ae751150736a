"""What many hospitals have done so far, read together: arrays whose first axis is the hospital.

An `Observer` looks up once where each number stands, so that reading hundreds of hospitals takes
milliseconds. Everything is counted from hour 0; the difference of two readings is what happened
between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import UnknownName
from locum.hospital import records as op
from locum.hospital.records import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from locum.hospital.engine import Network
    from locum.hospital.model import Names
    from locum.hospital.records import Array

__all__ = ["Observer", "Totals"]


_TABLES = (
    "flows",
    "tallies",
    "sources",
    "calls",
    "resources",
    "queues",
    "counters",
    "minutes",
    "clinicians",
)
"""Tables that are read; they never grow."""
_READ = [Site._fields.index(name) for name in _TABLES]
_WAITING = (op.SEIZE, op.SEIZE_STAFF, op.LIST)
"""Operations at which somebody may wait; those of other steps have no tallies but zero."""


@dataclass(frozen=True, eq=False)
class Totals:
    """Numbers of every hospital up to an hour; a hospital that lacks a name has 0.

    Methods take a name and raise `UnknownName` if no hospital has it. H is the number of
    hospitals; classes and grades are those of the hospital with the most.

    Attributes
    ----------
    now
        The hour.
    inside, received
        Patients who are in the hospital now, and those who came in otherwise than by a source,
        shape (H,).
    worked_hours
        Hours that clinicians were present, shape (H, grades).
    """

    now: float
    inside: Array
    received: Array
    worked_hours: Array
    _rows: Mapping[str, Mapping[str, int]]
    _read: Mapping[str, Array]
    _ends: tuple[str, ...]

    def _of(self, kind: str, name: str) -> int:
        rows = self._rows[kind]
        if name not in rows:
            raise UnknownName(kind, name, rows)
        return rows[name]

    def _flow(self, name: str, field: str) -> Array:
        return self._read["flows"][field][:, self._of("step", name)]

    def _tally(self, name: str, field: str) -> Array:
        """Return a count of those who waited at a step; 0 where nobody can."""
        tallies = self._read["tallies"][field]
        if name in self._rows["wait"]:
            return tallies[:, self._rows["wait"][name]]
        self._of("step", name)
        return np.zeros((len(tallies), tallies.shape[2]), tallies.dtype)

    # --- steps, shape (H, classes) ---------------------------------------------------

    def visits(self, label: str) -> Array:
        """Return how many patients came to a step, shape (H, classes)."""
        return self._flow(label, "visits")

    def waited(self, label: str) -> Array:
        """Return how many waited at a step and were served, shape (H, classes)."""
        return self._tally(label, "waited")

    def wait_hours(self, label: str) -> Array:
        """Return the hours waited by those who were served, shape (H, classes)."""
        return self._tally(label, "wait")

    def left(self, label: str) -> Array:
        """Return how many left the queue of a step because their patience ended, (H, classes)."""
        return self._tally(label, "left")

    def left_hours(self, label: str) -> Array:
        """Return the hours waited by those who left, shape (H, classes)."""
        return self._tally(label, "left_wait")

    def busy(self, label: str) -> Array:
        """Return the hours spent in a delay, shape (H, classes).

        A delay that is going on counts in full, unless the observer reads delays too.
        """
        return self._flow(label, "busy")

    @property
    def outcomes(self) -> Mapping[str, Array]:
        """How many patients ended, by the name of the last step, each (H, classes)."""
        return {name: self.visits(name) for name in self._ends}

    # --- stations, shape (H,) --------------------------------------------------------

    def _source(self, name: str, field: str) -> Array:
        return self._read["sources"][field][:, self._of("source", name)]

    def arrived(self, source: str) -> Array:
        """Return the patients of a source, shape (H,)."""
        return self._source(source, "arrived")

    def candidates(self, source: str) -> Array:
        """Return the candidates of a source, of whom some are thinned out, shape (H,)."""
        return self._source(source, "candidates")

    def _call(self, name: str, field: str) -> Array:
        return self._read["calls"][field][:, self._of("call", name)]

    def called(self, call: str) -> Array:
        """Return how many were called, shape (H,)."""
        return self._call(call, "called")

    def missed(self, call: str) -> Array:
        """Return how many of the quota were not called though they waited, shape (H,)."""
        return self._call(call, "missed")

    def _resource(self, name: str, field: str) -> Array:
        return self._read["resources"][field][:, self._of("resource", name)]

    def used(self, resource: str) -> Array:
        """Return the units in use now, shape (H,)."""
        return self._resource(resource, "used")

    def used_hours(self, resource: str) -> Array:
        """Return the hours of use of all units, shape (H,)."""
        return self._resource(resource, "used_area") + self.now * self.used(resource)

    def waiting(self, resource: str) -> Array:
        """Return the patients who wait for a resource now, shape (H,)."""
        return self._resource(resource, "waiting")

    def waiting_hours(self, resource: str) -> Array:
        """Return the hours waited for a resource, those of patients still there too, (H,)."""
        return self._resource(resource, "waiting_area") + self.now * self.waiting(resource)

    def capacity(self, resource: str) -> Array:
        """Return the units that are open now, shape (H,)."""
        return self._resource(resource, "capacity")

    def on_list(self, name: str) -> Array:
        """Return how many stand on a list now, shape (H,)."""
        return self._read["queues"]["length"][:, self._of("list", name)].sum(axis=1)

    def list_hours(self, name: str) -> Array:
        """Return the hours spent on a list, those of patients still there too, shape (H,)."""
        area: Array = self._read["queues"]["area"][:, self._of("list", name)].sum(axis=1)
        return area + self.now * self.on_list(name)

    def counter(self, name: str) -> Array:
        """Return a published counter, shape (H,)."""
        return self._read["counters"][:, self._of("counter", name)]

    def task_hours(self, task: str) -> Array:
        """Return the hours of care counted as a task, shape (H, grades)."""
        return self._read["tasks"][:, self._of("task", task)]


class Observer:
    """Reads the hospitals of a network.

    Parameters
    ----------
    network
        Hospitals, whose models may differ; those with the same names are looked up together.
    labels
        Steps whose counts are read, to save time; all if left out. Those at which patients end
        are read always.
    delays
        Whether `Totals.busy` leaves out the hours of a delay that are yet to come, for which
        every patient must be looked at.

    Raises
    ------
    UnknownName
        If no hospital has a label.
    """

    def __init__(
        self, network: Network, labels: Sequence[str] | None = None, *, delays: bool = False
    ) -> None:
        self.network = network
        self.delays = delays
        names = [model.names for model in network.models]
        self._kinds = _kinds(names)
        sites = [network.site(hospital) for hospital in range(len(network))]
        self._ends = _named(names, sites, (op.END,))
        steps = _union(each.steps for each in self._kinds)
        if labels is not None:
            for label in labels:
                if label not in steps:
                    raise UnknownName("step", label, steps)
            steps = _union([(*labels, *self._ends)])
        self._rows: Mapping[str, Mapping[str, int]] = {
            "step": steps,
            "wait": _union([[name for name in _named(names, sites, _WAITING) if name in steps]]),
            "source": _union(each.sources for each in self._kinds),
            "call": _union(each.calls for each in self._kinds),
            "resource": _union(each.resources for each in self._kinds),
            "list": _union(each.lists for each in self._kinds),
            "counter": _union(each.counters for each in self._kinds),
            "task": _union(each.tasks for each in self._kinds),
        }
        self._levels = [int(site.state[0].levels) for site in sites]
        self._grades = np.array([int(site.state[0].grades) for site in sites], np.int64)
        self._extents = np.zeros(0)

    # --- where things stand ----------------------------------------------------------

    def _look_up(self) -> None:
        """Find the place of everything in the arrays of all hospitals; -1 if it is not there."""
        extents: Array = self.network.bank.extents
        if np.array_equal(self._extents, extents[:, _READ]):
            return
        self._extents = extents[:, _READ]
        self._at = {
            "flows": self._step_places("flows", "step", lambda steps, _: (1, steps)),
            "tallies": self._step_places("tallies", "wait", lambda _, classes: (classes, 1)),
            "sources": self._places("sources", "source", lambda names: names.sources),
            "calls": self._places("calls", "call", lambda names: names.calls),
            "resources": self._places("resources", "resource", lambda names: names.resources),
            "counters": self._places("counters", "counter", lambda names: names.counters),
            "queues": self._queue_places(),
            "minutes": self._minute_places(),
        }
        spans = self._extents[:, _TABLES.index("clinicians")]
        self._hospital = np.repeat(np.arange(len(spans)), spans[:, 1] - spans[:, 0])
        grades: Array = self.network.bank.arrays.clinicians.view(np.ndarray)["grade"]
        self._cells = self._hospital * int(self._grades.max()) + grades

    def _places(
        self, table: str, kind: str, names_of: Callable[[Names], tuple[str, ...]]
    ) -> _Places:
        """Return the rows of a table: hospital, name."""
        out = np.full((len(self.network), len(self._rows[kind])), -1, np.int64)
        firsts = self._firsts(table)
        for names, hospitals in self._kinds.items():
            rows, places = self._wanted(kind, names_of(names))
            out[np.ix_(hospitals, places)] = firsts[hospitals][:, None] + rows
        return _Places.of(out)

    def _step_places(
        self, table: str, kind: str, strides_of: Callable[[int, int], tuple[int, int]]
    ) -> _Places:
        """Return the rows of a table of steps and classes: hospital, step, class."""
        most = max(len(each.classes) for each in self._kinds)
        out = np.full((len(self.network), len(self._rows[kind]), most), -1, np.int64)
        firsts = self._firsts(table)
        for names, hospitals in self._kinds.items():
            rows, places = self._wanted(kind, names.steps)
            columns = np.arange(len(names.classes))
            down, across = strides_of(len(names.steps), len(columns))
            block = firsts[hospitals][:, None, None] + rows[:, None] * down + columns * across
            out[np.ix_(hospitals, places, columns)] = block
        return _Places.of(out)

    def _wanted(self, kind: str, known: tuple[str, ...]) -> tuple[Array, Array]:
        """Return the rows of those of a hospital's names that are read, and their places."""
        wanted = self._rows[kind]
        rows = [row for row, name in enumerate(known) if name in wanted]
        places = [wanted[known[row]] for row in rows]
        return np.array(rows, np.int64), np.array(places, np.int64)

    def _firsts(self, table: str) -> Array:
        return self._extents[:, _TABLES.index(table), 0]

    def _queue_places(self) -> _Places:
        """Return the queues of each list: hospital, list, level."""
        wanted = self._rows["list"]
        out = np.full((len(self.network), len(wanted), max(self._levels)), -1, np.int64)
        firsts = self._firsts("queues")
        for names, hospitals in self._kinds.items():
            rows: list[int] = hospitals.tolist()
            for hospital in rows:
                levels = self._levels[hospital]
                model = self.network.models[hospital]
                for name in names.lists:
                    first = firsts[hospital] + model.queue("lists", name)
                    out[hospital, wanted[name], :levels] = first + np.arange(levels)
        return _Places.of(out)

    def _minute_places(self) -> _Places:
        """Return the minutes of each task: hospital, task, grade."""
        wanted = self._rows["task"]
        most = int(self._grades.max())
        out = np.full((len(self.network), len(wanted), most), -1, np.int64)
        firsts = self._firsts("minutes")
        for names, hospitals in self._kinds.items():
            rows: list[int] = hospitals.tolist()
            for row, name in enumerate(names.tasks):
                for hospital in rows:
                    grades = int(self._grades[hospital])
                    first = firsts[hospital] + row * grades
                    out[hospital, wanted[name], :grades] = first + np.arange(grades)
        return _Places.of(out)

    # --- reading ---------------------------------------------------------------------

    def totals(self) -> Totals:
        """Return a reading of now, which stays as it is when the hospitals run on."""
        self._look_up()
        arrays = self.network.bank.arrays
        read: dict[str, Array] = {
            name: self._at[name].read(getattr(arrays, name))
            for name in self._at
            if name != "minutes"
        }
        if self.delays:
            self._take_back_delays(read["flows"])
        read["tasks"], worked = self._hours(arrays)
        states = arrays.state.view(np.ndarray)
        return Totals(
            now=self.network.now,
            inside=states["inside"].copy(),
            received=states["received"].copy(),
            worked_hours=worked,
            _rows=self._rows,
            _read=read,
            _ends=self._ends,
        )

    def _hours(self, arrays: Site) -> tuple[Array, Array]:
        """Return the hours of care by task and the hours present, by grade, up to now."""
        now, most = self.network.now, int(self._grades.max())
        tasks = self._at["minutes"].read(arrays.minutes)
        clinicians = arrays.clinicians.view(np.ndarray)
        shape = (len(self.network), most)
        hours = clinicians["worked"].copy()
        present = np.flatnonzero(clinicians["duty"] != op.OFF)
        hours[present] += now - clinicians["on_since"][present]
        worked = np.bincount(self._cells, hours, shape[0] * most).reshape(shape)
        caring = np.flatnonzero(clinicians["patient"] >= 0)
        if caring.size:
            of = self._hospital[caring]
            at = self._firsts("minutes")[of] + (
                clinicians["task"][caring] * self._grades[of] + clinicians["grade"][caring]
            )
            more = np.bincount(at, now - clinicians["busy_since"][caring], len(arrays.minutes))
            tasks += self._at["minutes"].read(more)
        return tasks, worked

    def _take_back_delays(self, flows: Array) -> None:
        """Take the hours of delays that are yet to come from those counted at their start."""
        arrays, now = self.network.bank.arrays, self.network.now
        patients = arrays.patients.view(np.ndarray)
        spans: Array = self.network.bank.extents[:, Site._fields.index("patients")]
        delayed = np.flatnonzero((patients["marks"] & op.DELAYED != 0) & (patients["timer"] >= 0))
        order = np.argsort(spans[:, 0], kind="stable")
        of = order[np.searchsorted(spans[order, 0], delayed, side="right") - 1]
        steps = np.array([len(model.names.steps) for model in self.network.models])
        at = self._firsts("flows")[of] + patients["kind"][delayed] * steps[of]
        left = np.bincount(
            at + patients["step"][delayed], patients["due"][delayed] - now, len(arrays.flows)
        )
        flows["busy"] -= self._at["flows"].read(left)


def _kinds(names: Sequence[Names]) -> dict[Names, Array]:
    """Return the hospitals that have the same names."""
    seen: dict[int, Names] = {}
    found: dict[Names, list[int]] = {}
    for hospital, each in enumerate(names):
        # Hospitals from one template share the object, which is quicker than to compare.
        same = seen.setdefault(id(each), each)
        found.setdefault(same, []).append(hospital)
    return {each: np.array(hospitals, np.int64) for each, hospitals in found.items()}


def _union(lists: Iterable[Iterable[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for names in lists:
        for name in names:
            found.setdefault(name, len(found))
    return found


def _named(
    names: Sequence[Names], sites: Sequence[Site], operations: tuple[int, ...]
) -> tuple[str, ...]:
    """Return the names of the steps of some operations."""
    found: dict[str, None] = {}
    seen: set[int] = set()
    for each, site in zip(names, sites, strict=True):
        if id(each) not in seen:
            seen.add(id(each))
            for row in np.flatnonzero(np.isin(site.steps.op, operations)).tolist():
                found[each.steps[row]] = None
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Places:
    """Rows of an array, and which of them are not there (None: all are)."""

    rows: Array
    missing: Array | None

    @staticmethod
    def of(rows: Array) -> _Places:
        """Return places from rows, of which -1 is none."""
        missing = rows < 0
        return _Places(np.maximum(rows, 0), missing if missing.any() else None)

    def read(self, array: Array) -> Array:
        """Return the rows at these places, zero where there is none."""
        plain: Array = array.view(np.ndarray)
        if not len(plain):
            return np.zeros(self.rows.shape, plain.dtype)
        out: Array = plain.take(self.rows, mode="clip")
        if self.missing is not None:
            out[self.missing] = np.zeros((), plain.dtype)
        return out
