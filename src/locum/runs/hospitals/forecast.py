"""The next days of one hospital: bands by hour, what fails when, and what each lever buys."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import BadValue
from locum.hospital.records import DAY_HOURS, WEEK_HOURS
from locum.runs.hospitals.dealing import Dealer
from locum.runs.hospitals.execution import values_of
from locum.runs.hospitals.forecast_model import Workshop, first_midnight
from locum.runs.hospitals.forecast_run import COUNTS, POINTS, Future, live
from locum.runs.hospitals.prefill import draws_of
from locum.runs.hospitals.ranking import Plan, pulled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.runs.hospitals.census import Census
    from locum.runs.hospitals.ranking import Lever
    from locum.runs.hospitals.roster import Roster

__all__ = ["ANY", "DRAWS", "RISKS", "Bought", "Forecast", "ForecastRequest", "forecast"]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Lived: TypeAlias = "Sequence[Sequence[Future]]"
"""Futures by draw and plan, that without a lever first."""

DRAWS, MOST_DRAWS = 20, 1000
DAYS, MOST_DAYS = 14, 56
ANY = "any"
RISKS = {
    "ed_closed": "the ED is full, or nobody there is free to see patients",
    "icu_full": "intensive care is full",
    "hours_cap": "a trainee has worked more than allowed",
    "work_missed": "too much of the day's ward work is left undone",
}
"""What may fail on a day, in words."""
_WEEK = 7
_LOW, _HIGH = 0.1, 0.9


@dataclass(frozen=True)
class ForecastRequest:
    """What to forecast.

    Parameters
    ----------
    census, roster
        Where the hospital stands, and who works when; the roster says how many days.
    ledger, pack
        Assumptions of the hospitals of a country, and the country.
    levers
        What to try, each alone.
    risk
        The failure by which levers are ranked: one of `RISKS`, or any of them.
    draws
        Number of draws; assumptions and the luck of patients differ. The first is central.
    seed
        Names the luck.
    workers
        Threads; by default one per core. No result depends on it.
    """

    census: Census
    roster: Roster
    ledger: Ledger
    pack: Pack
    levers: Sequence[Lever] = ()
    risk: str = ANY
    draws: int = DRAWS
    seed: int = 0
    workers: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.draws <= MOST_DRAWS:
            raise BadValue("draws", self.draws, f"a whole number from 1 to {MOST_DRAWS:,}")


@dataclass(frozen=True)
class Bought:
    """What a lever buys: change against the plan without it, under the same luck.

    Attributes
    ----------
    lever
        What is done.
    days
        Change of the number of days on which the risk comes true, by draw (D,); negative is good.
    waiting
        Change of the mean number of patients who wait for a doctor or board, by draw (D,).
    operations
        Change of operations done, by draw (D,).
    """

    lever: Lever
    days: Floats
    waiting: Floats
    operations: Floats


@dataclass(frozen=True, eq=False)
class Forecast:
    """The next days of a hospital. D draws, T hours, N days, R risks.

    Attributes
    ----------
    request
        What was asked for.
    points
        Patients by draw, hour and name (`POINTS`), (D, T, P); the first hour is the census.
    counts
        Patients since the census by draw, hour and name (`COUNTS`), (D, T, C).
    fails
        Whether a risk comes true on a day, (D, N, R).
    ages
        Mean days waited on each list at the end of a day, (D, N, 3).
    bought
        Levers, the best first.
    """

    request: ForecastRequest
    points: Floats
    counts: Floats
    fails: Flags
    ages: Floats
    bought: tuple[Bought, ...] = field(default=())

    @property
    def days(self) -> tuple[date, ...]:
        """Return the days, that of the census first."""
        census, roster = self.request.census, self.request.roster
        return tuple(census.day + timedelta(days=day) for day in range(roster.days))

    @property
    def risks(self) -> tuple[str, ...]:
        """Return the names of the risks, `any` last."""
        return (*RISKS, ANY)

    @cached_property
    def failing(self) -> Flags:
        """Whether a risk comes true on a day, `any` of them last, (D, N, R + 1)."""
        return _with_any(self.fails)

    def probability(self, risk: str) -> Floats:
        """Return the probability of a risk by day, (N,)."""
        return self.failing[:, :, self.risks.index(risk)].mean(axis=0)

    def ever(self, risk: str) -> float:
        """Return the probability that a risk comes true at all."""
        return float(self.failing[:, :, self.risks.index(risk)].any(axis=1).mean())

    def first_day(self, risk: str) -> Floats:
        """Return the probability of each day to be the first on which a risk comes true, (N,)."""
        flags = self.failing[:, :, self.risks.index(risk)]
        first = flags & (np.cumsum(flags, axis=1) == 1)
        return first.mean(axis=0)

    def bands(self, name: str) -> Floats:
        """Return quantiles 0.1, 0.25, 0.5, 0.75, 0.9 of a point by hour, (5, T)."""
        levels = (_LOW, 0.25, 0.5, 0.75, _HIGH)
        return np.quantile(self.points[:, :, POINTS.index(name)], levels, axis=0)

    def by_day(self, name: str) -> Floats:
        """Return how many patients were counted on each day, (D, N)."""
        ends = self._midnights()
        column = self.counts[:, :, list(COUNTS).index(name)]
        return np.diff(column[:, ends], axis=1, prepend=0.0)

    def _midnights(self) -> NDArray[np.int64]:
        hours = int(DAY_HOURS)
        return np.arange(1, len(self.days) + 1) * hours - self.request.census.hour


def forecast(
    request: ForecastRequest, progress: Callable[[int, int], None] | None = None
) -> Forecast:
    """Run the next days of a hospital in every draw, without and with each lever.

    Parameters
    ----------
    request
        What to forecast.
    progress
        Called with the runs that are done and those in all.

    Raises
    ------
    InputError
        If an assumption cannot be used.
    ModelError
        If the model breaks its own law.
    """
    plan = Plan(request.census, request.roster)
    plans = [plan, *(pulled(plan, lever) for lever in request.levers)]
    year = request.census.day.year
    draws = draws_of(request.pack, request.ledger, request.seed, request.draws)
    crew = _Crew(request, plans, progress)
    values = [values_of(draws, draw, year) for draw in range(request.draws)]
    workers = min(request.workers or os.cpu_count() or 1, request.draws)
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(crew.run, draw, each) for draw, each in enumerate(values)]
        try:
            lived = [each.result() for each in futures]
        except BaseException:
            crew.cancelled = True
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return _summarised(request, plans, lived)


class _Crew:
    """Runs draws in threads, and tells how far they are."""

    def __init__(
        self,
        request: ForecastRequest,
        plans: Sequence[Plan],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._request, self._plans, self._progress = request, plans, progress
        dealer = Dealer(first_midnight(request.census))
        self._hours = [dealer.hours(plan.roster, plan.heads) for plan in plans]
        self._done, self._lock = 0, Lock()
        self.cancelled = False

    def run(self, draw: int, values: dict[str, float]) -> list[Future]:
        """Run a draw under every plan."""
        request = self._request
        end = first_midnight(request.census) + DAY_HOURS * request.roster.days
        workshop = Workshop(request.pack, values, request.census, end)
        found: list[Future] = []
        for plan, hours in zip(self._plans, self._hours, strict=True):
            if self.cancelled:
                break
            built = workshop.build(plan, hours)
            found.append(live(workshop, plan, built, seed=request.seed, replication=draw))
            self._tell()
        return found

    def _tell(self) -> None:
        with self._lock:
            self._done += 1
            if self._progress is not None:
                self._progress(self._done, len(self._plans) * self._request.draws)


# --- what it comes to --------------------------------------------------------------


def _summarised(request: ForecastRequest, plans: Sequence[Plan], lived: Lived) -> Forecast:
    plain = [each[0] for each in lived]
    fails = _fails(plans[0], plain)
    bought = [
        _bought(
            request.risk, lever, (plans[0], plain), (plans[row], [each[row] for each in lived])
        )
        for row, lever in enumerate(request.levers, 1)
    ]
    return Forecast(
        request,
        np.stack([each.points for each in plain]),
        np.stack([each.counts for each in plain]),
        fails,
        np.stack([each.ages for each in plain]),
        tuple(sorted(bought, key=_best)),
    )


def _best(bought: Bought) -> tuple[float, float]:
    return float(bought.days.mean()), float(bought.waiting.mean())


def _bought(
    risk: str,
    lever: Lever,
    before: tuple[Plan, Sequence[Future]],
    after: tuple[Plan, Sequence[Future]],
) -> Bought:
    column = (*RISKS, ANY).index(risk)
    waits = [POINTS.index(name) for name in ("ed_waiting", "ed_boarding")]
    done = list(COUNTS).index("operations")

    def measured(plan: Plan, futures: Sequence[Future]) -> Floats:
        days = _with_any(_fails(plan, futures))[:, :, column].sum(axis=1)
        waiting = [future.points[:, waits].sum(axis=1).mean() for future in futures]
        operations = [future.counts[-1, done] for future in futures]
        return np.array([days, waiting, operations], float)

    return Bought(lever, *(measured(*after) - measured(*before)))


def _with_any(fails: Flags) -> Flags:
    return np.concatenate([fails, fails.any(axis=2, keepdims=True)], axis=2)


def _fails(plan: Plan, futures: Sequence[Future]) -> Flags:
    """Return which risks come true on each day, (D, N, R)."""
    return np.stack([_failing_days(plan, future) for future in futures])


def _failing_days(plan: Plan, future: Future) -> Flags:
    census, days = plan.census, plan.roster.days
    numbers = census.numbers
    points = {name: future.points[:, column] for column, name in enumerate(POINTS)}
    needed = int(numbers["fails_after"])
    closed = points["ed_queue"] >= numbers["ed_full_at"]
    closed |= points["doctor_queue"] >= numbers["ed_no_doctor_at"]
    full = points["icu"] >= max(1.0, numbers["icu_beds"] + plan.beds.get("icu", 0))
    return np.stack(
        [
            _days_of(_lasting(closed, needed), census.hour, days),
            _days_of(_lasting(full, needed), census.hour, days),
            future.hours.max(axis=1, initial=0.0) > _allowance(plan),
            _missed(plan, future),
        ],
        axis=1,
    )


def _lasting(flags: Flags, needed: int) -> Flags:
    """Return the hours that belong to so many in a row."""
    found = np.zeros_like(flags)
    run = 0
    for place, flag in enumerate([*flags.tolist(), False]):
        if not flag and run >= needed:
            found[place - run : place] = True
        run = run + 1 if flag else 0
    return found


def _days_of(flags: Flags, hour: int, days: int) -> Flags:
    """Return the days with a flagged hour; midnight belongs to the day that begins."""
    day = (np.arange(len(flags)) + hour) // int(DAY_HOURS)
    return np.bincount(day, flags, days + 1)[:days] > 0


def _allowance(plan: Plan) -> float:
    """Return the hours that a trainee may work in all, those of one week at least."""
    limit = plan.census.numbers.get("trainee_hours", WEEK_HOURS)
    return limit * max(1.0, plan.roster.days / _WEEK) + _DUST


_DUST = 1e-6
"""Hours that two ways of adding the same shifts may differ by."""


def _missed(plan: Plan, future: Future) -> Flags:
    """Return the days on which too much ward work is left undone."""
    ends = np.arange(1, plan.roster.days + 1) * int(DAY_HOURS) - plan.census.hour
    columns = {name: column for column, name in enumerate(COUNTS)}
    each = np.diff(future.counts[ends], axis=0, prepend=0.0)
    missed, done = each[:, columns["work_missed"]], each[:, columns["work_done"]]
    share: Any = plan.census.numbers["work_missed_share"]
    return missed > share * (missed + done)
