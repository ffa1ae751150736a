"""What is changed in running hospitals from day to day: demand, quotas, beds, chances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.errors import ModelError
from locum.hospital import records as op
from locum.hospital.altering import set_chances
from locum.hospital.avoidance import SOURCES
from locum.hospital.records import DAY_HOURS, Site
from locum.runs.hospitals.people import whole
from locum.runs.hospitals.sizes import CLASSES, KINDS

if TYPE_CHECKING:
    from locum.hospital.contingency import Orders
    from locum.hospital.engine import Network
    from locum.hospital.records import Array
    from locum.runs.hospitals.building import Nation
    from locum.runs.hospitals.sizes import Floats, Whole

__all__ = ["Controls"]

_WEEK, _WORK_DAYS = 7, 5
_DOORS = 4
"""Sources of emergency patients, which come first in `SOURCES`."""
_NEUTRAL = {"planned_accepted": 1.0, "leaves_early": 0.0, "calm_icu": 1.0}
_NURSES = "ward_who"
_READS = ("ed_exam_time", "ward_admission_time", "ward_work_time")
"""Work that reads a patient's record: first contact, admission, the day on a ward."""
_SCALED = (op.CONSTANT, op.EXPONENTIAL)
_GOLDEN = (5.0**0.5 - 1.0) / 2.0


class Controls:
    """The levers of every hospital of a network, set for all of them at once.

    Parameters
    ----------
    nation
        The hospitals.
    network
        Where they run.
    """

    def __init__(self, nation: Nation, network: Network) -> None:
        self._nation, self._network = nation, network
        self._sources = np.array([self._rows("sources", name) for name in SOURCES])
        self._most, self._days = self._profiles()
        sites = len(nation)
        self._extra = {name: np.zeros(sites, np.int64) for name in ("ward", "ed_beds")}
        self._chances = {name: np.full(sites, value) for name, value in _NEUTRAL.items()}
        self._by_nurses = nation.values["ward.pa_share"]
        self._chances[_NURSES] = np.where(nation.heads["ward_pa"] > 0, self._by_nurses, 0.0)
        start = (np.arange(nation.quotas.size) + 0.5) * _GOLDEN
        self._carried = np.mod(start, 1.0).reshape(nation.quotas.shape)

    def _rows(self, kind: str, name: str) -> list[int]:
        """Return the rows of a name in each hospital's table, counted from its first."""
        return [model.row(kind, name) for model in self._network.models]

    def _profiles(self) -> tuple[Floats, Floats]:
        """Return the highest scale of each source (8, H), and weekdays by source (8, 7)."""
        most = np.ones(self._sources.shape)
        days = np.ones((len(SOURCES), _WEEK))
        for site in range(len(self._nation)):
            tables = self._network.site(site)
            for row, place in enumerate(self._sources[:, site].tolist()):
                source = tables.sources[place]
                first = int(source.table)
                hours: Array = tables.values[first : first + _WEEK * int(DAY_HOURS)]
                if hours.any():
                    most[row, site] = source.peak / hours.max()
                    by_day = hours.reshape(_WEEK, -1).sum(axis=1)
                    days[row] = by_day / by_day[:_WORK_DAYS].mean()
        return most, days

    def weekday(self, day: int) -> Floats:
        """Return the arrivals of a day of the week over those of Monday to Friday, (8,)."""
        return self._days[:, day % _WEEK]

    # --- a day -------------------------------------------------------------------------

    def demand(self, factors: Floats) -> None:
        """Scale the arrivals of today.

        Parameters
        ----------
        factors
            By source and kind of site, shape (8, K), relative to the base week. A hospital takes
            no more than its sources have room for.
        """
        scales = np.minimum(factors[:, self._nation.sites.kind], self._most)
        field = Site._fields.index("sources")
        firsts = self._network.bank.extents[:, field, 0]
        table: Array = self._network.bank.arrays.sources.view(np.ndarray)
        table["scale"][firsts + self._sources] = scales

    def order(self, orders: Orders, day: int, nurses: Floats) -> None:
        """Give the orders of a day.

        Parameters
        ----------
        orders
            Of management.
        day
            Counted from a Monday.
        nurses
            PA nurses on wards over those of before, shape (H,): ward work is given to them in
            proportion.
        """
        if day % _WEEK < _WORK_DAYS:
            self._call(orders.electives * self._nation.quotas)
        beds = self._nation.capacity.resources
        self._open("ward", -whole(orders.ward_closed * beds["ward"]))
        self._open("ed_beds", -whole(orders.ed_closed * beds["ed_beds"]))
        self._let("planned_accepted", orders.planned)
        self._let("leaves_early", orders.leaves_early)
        self._let("calm_icu", orders.calm_icu)
        given = np.where(self._nation.heads["ward_pa"] > 0, self._by_nurses * nurses, 0.0)
        self._let(_NURSES, np.minimum(given, 1.0))

    def _call(self, wanted: Floats) -> None:
        """Call so many patients for operations today; parts of a patient are carried over."""
        self._carried += wanted
        quotas: Whole = np.floor(self._carried).astype(np.int64)
        self._carried -= quotas
        for row, name in enumerate(CLASSES):
            self._network.set_quotas(f"call_{name}", quotas[:, row])

    def _open(self, resource: str, extra: Whole) -> None:
        before = self._extra[resource]
        for site in np.flatnonzero(extra != before).tolist():
            self._network.set_extra(resource, int(extra[site]), site)
        self._extra[resource] = extra

    def _let(self, label: str, chances: Floats) -> None:
        if not np.array_equal(chances, self._chances[label]):
            set_chances(self._network, label, chances)
            self._chances[label] = chances

    def lengthen(self, factor: float, trainees: Floats) -> None:
        """Let work that reads a record take longer, from now on.

        Parameters
        ----------
        factor
            On its time.
        trainees
            Heads by hospital, shape (H,); where there are none nothing changes.

        Raises
        ------
        ModelError
            If other work takes its time from the same numbers, or they have no scale.
        """
        slow: set[int] = set()
        same: set[int] = set()
        field = Site._fields.index("distributions")
        for site, model in enumerate(self._nation.models):
            first = int(self._network.bank.extents[site, field, 0])
            steps = self._network.site(site).steps
            read = [model.row("steps", name) for name in _READS] if trainees[site] > 0 else []
            for row in np.flatnonzero(steps.op == op.DELAY).tolist():
                many = len(model.names.classes) if steps[row].by_class else 1
                rows = range(first + int(steps[row].what), first + int(steps[row].what) + many)
                (slow if row in read else same).update(rows)
        times: Array = self._network.bank.arrays.distributions.view(np.ndarray)
        rows = np.array(sorted(slow), np.int64)
        scaled = np.isin(times["kind"][rows], _SCALED)
        lognormal = times["kind"][rows] == op.LOGNORMAL
        if slow & same or not (scaled | lognormal).all():
            raise ModelError("work that reads records has no time of its own")
        first = times["first"][rows]
        times["first"][rows] = np.where(lognormal, first + np.log(factor), first * factor)


def daily_base(nation: Nation) -> Floats:
    """Return the country's daily patients of the base week by source and kind, shape (8, K)."""
    from locum.runs.hospitals.parameters import triage_shares

    shares, part = triage_shares(nation.values)
    walking, carried = shares * (1.0 - part), (shares * part).sum()
    loads = nation.country
    by_source = [
        loads.ed_visits * walking[:2].sum(),
        loads.ed_visits * walking[2],
        loads.ed_visits * walking[3:].sum(),
        loads.ed_visits * carried,
        *loads.electives.T,
        loads.planned,
    ]
    of_kind = (np.arange(len(KINDS))[:, None] == loads.kind).astype(np.float64)
    return np.stack([of_kind @ each for each in by_source])
