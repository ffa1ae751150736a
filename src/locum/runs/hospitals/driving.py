"""One draw: the hospitals of a nation, driven day by day through a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from locum.hospital.avoidance import Avoidance, Calendar, Public, demand_on, outpatients_on
from locum.hospital.contingency import Plan, State, orders_of, read_numbers, telehealth_visits
from locum.hospital.finance import Activity
from locum.hospital.harm import Harm, extra_work
from locum.hospital.observing import Observer
from locum.hospital.presence import absence_of, read_readings
from locum.runs.hospitals.building import build, open_network
from locum.runs.hospitals.collecting import LABELS, Collector
from locum.runs.hospitals.controls import Controls, daily_base
from locum.runs.hospitals.heads import GRADES
from locum.runs.hospitals.money import Accounts
from locum.runs.hospitals.people import People
from locum.runs.hospitals.sizes import BIG5, KINDS, OTHER_TERTIARY, SMALL_ED, read_sites

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from locum.countries import Pack
    from locum.hospital.contingency import Orders
    from locum.hospital.presence import Absence
    from locum.runs.hospitals.building import Nation
    from locum.runs.hospitals.collecting import Floats32
    from locum.runs.hospitals.sizes import Floats, Whole
    from locum.scenarios.hospitals import HospitalScenario

__all__ = ["Drive", "Driven", "absence_in", "drive"]

HOURS = 24
_WEEK, _SATURDAY, _SUNDAY = 7, 5, 6
_WHOLE_DAY, _LONG, _SINGLE = 0, 1, 2
_NEVER = -1.0
"""Days since the first absence where nobody is ever away."""


@dataclass(frozen=True)
class Drive:
    """What is driven.

    Parameters
    ----------
    scenario, pack
        The scenario and its country.
    values
        One draw of the assumptions.
    seed, replication
        Name the luck of patients.
    sites
        Numbers of the sites, to try something out on a few; None: all.
    threads
        Threads of this draw. No result depends on them.
    """

    scenario: HospitalScenario
    pack: Pack
    values: Mapping[str, float]
    seed: int
    replication: int
    sites: Sequence[int] | None = None
    threads: int = 1


@dataclass(frozen=True)
class Driven:
    """What came of it.

    Parameters
    ----------
    nation
        The hospitals.
    arrays
        Results by variable, float32; the first axis is the day (see `dataset.VARIABLES`).
    """

    nation: Nation
    arrays: Mapping[str, Floats32]


def absence_in(scenario: HospitalScenario, pack: Pack) -> Absence | None:
    """Return who is away by day; None if nobody is.

    Raises
    ------
    InputError
        If a reading cannot be used.
    """
    if scenario.staff is None:
        return None
    if scenario.reads_file:
        table = pack.read(scenario.staff, "walkout_daily")
    else:
        table = pack.table(scenario.staff)
    readings = read_readings(table.rows, scenario.start)
    turns = [scenario.day(day) for day in scenario.turns]
    return absence_of(readings, scenario.days - 1, turns)


def drive(asked: Drive, tick: Callable[[int], None] | None = None) -> Driven:
    """Run one draw.

    Parameters
    ----------
    asked
        What to run.
    tick
        Called after each day with its number; what it raises ends the run.

    Raises
    ------
    InputError
        If the draw lacks a value, or a reading cannot be used.
    ModelError
        If the engine breaks its own law.
    """
    nation = build(asked.pack, asked.values, sites=asked.sites)
    days = _Days(asked, nation)
    for day in range(asked.scenario.days):
        days.run(day, asked.threads)
        if tick is not None:
            tick(day)
    return Driven(nation, days.collector.arrays)


class _Days:
    """The state between one day and the next."""

    def __init__(self, asked: Drive, nation: Nation) -> None:
        scenario, values = asked.scenario, nation.values
        self.nation, self.scenario = nation, scenario
        self.absence = absence_in(scenario, asked.pack)
        self.holidays = _holidays(scenario)
        since = scenario.start if scenario.since is None else scenario.since
        self.plan = Plan.read(
            values,
            scenario.contingency,
            scenario.day(since),
            scenario.settings(),
            self.holidays,
        )
        self.avoidance = read_numbers(Avoidance, "avoidance", values)
        self.calendar = read_numbers(Calendar, "holiday", values)
        self.network = open_network(nation, asked.seed, asked.replication)
        self.people = People(nation, self.network)
        self.controls = Controls(nation, self.network)
        self.accounts = Accounts(
            nation, scenario.day(scenario.base[1]), _calendar(scenario, self.holidays)
        )
        self.observer = Observer(self.network, LABELS)
        self.collector = Collector(
            nation, self.network, scenario.days, len(asked.pack.regions), len(GRADES)
        )
        self.slower = extra_work(read_numbers(Harm, "harm", values))
        """Factor on work that reads records, until it is put in force with the first absence."""
        self.base = daily_base(nation)
        self.outpatients = _outpatients(asked)
        self.surged = np.zeros(len(nation))
        self.totals = self.observer.totals()
        self.collector.begin(self.totals)

    def run(self, day: int, threads: int) -> None:
        """Run a day: who is there, what is ordered, who comes; then 24 hours."""
        shares = np.zeros(2) if self.absence is None else self.absence.at(day)
        away = self.people.leave(shares)
        if away.any() and self.slower != 1.0:
            self.controls.lengthen(self.slower, self.people.trainees)
            self.slower = 1.0
        orders = self._orders(day, away)
        self.people.follow(orders, self.plan.setting("weekly_cap", day))
        self.surged = self.surged + orders.surge
        self.controls.order(orders, day, self.people.nurses())
        self.controls.demand(self._demand(day, away, orders))
        self.network.run(float(HOURS * (day + 1)), threads=threads)
        self.totals = self.observer.totals()
        self.collector.add(day, self.totals)
        self._account(day, away)

    def _lost(self, away: Floats) -> Floats:
        """Return the share of doctor-hours lost, shape (H,)."""
        trainees = self.people.trainees
        part = np.divide(away, trainees, out=np.zeros_like(away), where=trainees > 0)
        return self.nation.hours_share * part

    def _orders(self, day: int, away: Floats) -> Orders:
        nation = self.nation
        electives = nation.quotas.sum(axis=1, keepdims=True)
        mix = np.divide(
            nation.quotas, electives, out=np.zeros_like(nation.quotas), where=electives > 0
        )
        state = State(
            hours_share=nation.hours_share,
            lost=self._lost(away),
            trainees=self.people.trainees,
            trainees_away=away,
            specialists=nation.sites.specialists["all"],
            mix=mix,
            icu_need=nation.loads.icu_by_class[nation.sites.kind],
            ward_beds=nation.capacity.resources["ward"].astype(np.float64),
            inpatients=self.totals.used("ward").astype(np.float64),
            closed=self.accounts.closed(),
            surged=self.surged,
        )
        return orders_of(self.plan, day, state)

    def _demand(self, day: int, away: Floats, orders: Orders) -> Floats:
        """Return the factors on arrivals by source and kind of site, shape (8, K)."""
        of_kind = (np.arange(len(KINDS))[:, None] == self.nation.sites.kind).astype(np.float64)
        planned = self.nation.loads.planned
        asked, taken = of_kind @ planned, of_kind @ (planned * orders.planned)
        refused = 1.0 - np.divide(taken, asked, out=np.ones_like(asked), where=asked > 0)
        holiday = self.holidays.get(day, _WHOLE_DAY)
        trainees = self.people.trainees.sum()
        public = Public(
            since=self._since(day),
            away=float(away.sum() / trainees) if trainees else 0.0,
            base=self.base,
            teaching=np.isin(np.arange(len(KINDS)), (BIG5, OTHER_TERTIARY)),
            refused=refused,
            holiday=holiday,
        )
        factors = demand_on(self.avoidance, self.calendar, public)
        if holiday and day % _WEEK >= _SATURDAY:
            # A holiday is told relative to a weekday, and a weekend has its own arrivals.
            ordinary = self.controls.weekday(day)[:, None]
            factors = np.divide(factors, ordinary, out=np.ones_like(factors), where=ordinary > 0)
        return factors

    def _since(self, day: int) -> float:
        """Return days since the first absence."""
        return _NEVER if self.absence is None else float(day - self.absence.first)

    def _account(self, day: int, away: Floats) -> None:
        """Count outpatients and money of a day."""
        done = {name: each[day].astype(np.float64) for name, each in self._done().items()}
        base = self._opening(day) * self.outpatients
        visits = self._telehealth(day, base)
        seen = outpatients_on(self.avoidance, base, self._lost(away), float(visits.sum()))
        activity = Activity(
            inpatients=done["inpatients"],
            icu=done["icu"],
            operations=done["surgeries"],
            ed_visits=done["ed_visits"],
            outpatients=seen,
        )
        support = self.plan.setting("insurance_support", day)
        revenue = self.accounts.enter(day, activity, away, support)
        money = {"revenue": revenue, "deficit": self.accounts.debt}
        self.collector.enter(day, money, {"outpatients": seen, "telehealth": visits})

    def _done(self) -> Mapping[str, Floats32]:
        arrays = self.collector.arrays
        return {name: arrays[name] for name in ("inpatients", "icu", "surgeries", "ed_visits")}

    def _opening(self, day: int) -> float:
        """Return the outpatients of a day over those of a weekday."""
        if day in self.holidays or day % _WEEK == _SUNDAY:
            return 0.0
        saturday = self.nation.values["readings.outpatients_saturday"]
        return saturday if day % _WEEK == _SATURDAY else 1.0

    def _telehealth(self, day: int, base: Floats) -> Floats:
        """Return visits from a distance, at most, that take the place of outpatients, (H,)."""
        whole = base.sum()
        visits = telehealth_visits(self.plan, day)
        return base * min(1.0, visits / whole) if whole > 0 else np.zeros_like(base)


def _holidays(scenario: HospitalScenario) -> dict[int, int]:
    """Return public holidays by day: 1 for those of a long holiday, 2 for single ones."""
    found: dict[int, int] = {}
    for first, last in scenario.holidays:
        kind = _SINGLE if first == last else _LONG
        for after in range((last - first).days + 1):
            found[scenario.day(first + timedelta(days=after))] = kind
    return found


def _calendar(scenario: HospitalScenario, holidays: Mapping[int, int]) -> Whole:
    """Return the day of the week of each day, holidays as Sundays, shape (T,)."""
    days = range(scenario.days)
    return np.array([_SUNDAY if day in holidays else day % _WEEK for day in days])


def _outpatients(asked: Drive) -> Floats:
    """Return the outpatients of a weekday of the base week by hospital, shape (H,).

    Totals are those of all hospitals of the country, shared out by specialists.
    """
    values = asked.values
    sites = read_sites(asked.pack, round(values["size.ed_small_rooms"]))
    big5 = sites.of(BIG5)
    specialists = np.where(sites.of(SMALL_ED), 0.0, sites.specialists["all"])
    found = np.zeros(len(sites))
    others = values["readings.outpatients"] - values["readings.outpatients_big5"]
    for of, total in ((big5, values["readings.outpatients_big5"]), (~big5, others)):
        found[of] = total * specialists[of] / specialists[of].sum()
    return found if asked.sites is None else found[np.asarray(asked.sites)]
