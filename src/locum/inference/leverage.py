"""What decides a backtest: one assumption at a time, and what totals cannot tell apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from locum.inference.bridges import active_heads
from locum.workforce import prepare, simulate
from locum.workforce.records import STUDY_YEARS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from locum.assumptions import Assumption, Draws, Ledger
    from locum.countries import Pack
    from locum.inference.scores import Floats
    from locum.runs import Run
    from locum.workforce import Tables, Trajectory

    AgeError = Callable[[Trajectory, Draws], float]
    """Mean absolute error of the age shares of a central draw, in points."""

__all__ = ["Identification", "Lever", "identify", "pull_levers"]

MORTALITY, RETIREMENT = "mortality of doctors", "age of retirement"
LEVERS: dict[str, tuple[str, ...]] = {
    MORTALITY: ("exit.mortality_ratio",),
    RETIREMENT: ("exit.retirement_clinic", "exit.retirement_hospital"),
    "ceiling of retirement": ("exit.retirement_ceiling",),
    "emigration": ("exit.emigration",),
    "share that works as doctors": ("entry.active_share",),
    "age at licensing": ("entry.licence_age",),
}
"""Assumptions that move the readings, moved together where they mean one thing."""

PASSERS = "passers of years without a count"
TOGETHER = "all of these together"
UNBOUNDED_ENDS = (0.005, 0.995)
"""Quantiles that stand for the ends of a prior that has none."""
MORE_PASSERS = 1.01
"""Factor on all passers whose effect over the years is set beside those of the exits."""


@dataclass(frozen=True)
class End:
    """The central draw with one thing at an end of its prior."""

    setting: str
    """The end in words."""
    total: float
    """Active doctors."""
    age_error: float
    """Mean absolute error of the age shares, in points."""


@dataclass(frozen=True)
class Lever:
    """What one thing does to the central draw, from one end of its prior to the other."""

    name: str
    keys: tuple[str, ...]
    low: End
    high: End


@dataclass(frozen=True)
class Identification:
    """What a published total can say of what made it.

    Parameters
    ----------
    correlations
        Between the effects that pairs of causes have on the total, over the years of the backtest.
        Near 1: the years of a total cannot tell the two apart.
    narrowing
        By assumption: how much narrower (share of the prior's standard deviation) it would be if
        the last total were known exactly and the model were right; linear, and less what chance
        gives with this number of draws.
    """

    correlations: Mapping[str, float]
    narrowing: Mapping[str, float]


def pull_levers(run: Run, year: int, age_error: AgeError) -> tuple[Lever, ...]:
    """Return what the central draw gives with each lever at both ends of its prior.

    The last lever sets all of them to the ends that lower (raise) the total.

    Parameters
    ----------
    run
        Backtest; only its central assumptions are used.
    year
        Year whose 31 December the total is of.
    age_error
        Scores the ages.
    """
    tables, ledger = run.results.tables, run.ledger
    t = int(np.searchsorted(tables.axes.years, year))

    def end(setting: str, changed: Ledger, passers: Floats | None = None) -> End:
        inputs = tables if passers is None else _with(tables, passers)
        out, draws = _central(inputs, changed)
        return End(setting, float(active_heads(out.stages)[0, t]), age_error(out, draws))

    levers: list[Lever] = []
    worst, best = ledger, ledger
    for name, keys in LEVERS.items():
        low, high = (end(_words(each, keys), each) for each in _both_ends(ledger, keys))
        levers.append(Lever(name, keys, low, high))
        rising = high.total > low.total
        worst = _both_ends(worst, keys)[0 if rising else 1]
        best = _both_ends(best, keys)[1 if rising else 0]
    few, many = passers_without_count(run.pack, tables, year)
    given = tables.pipeline.observed_passers
    low, high = (end(f"{(each - given).sum():+,.0f}", ledger, each) for each in (few, many))
    together = end("lowest", worst, few), end("highest", best, many)
    return (*levers, Lever(PASSERS, (), low, high), Lever(TOGETHER, (), *together))


def _central(tables: Tables, ledger: Ledger) -> tuple[Trajectory, Draws]:
    """Run the central draw alone."""
    draws = ledger.draw(0, 0, 1)
    return simulate(prepare(draws, tables), tables), draws


def _with(tables: Tables, passers: Floats) -> Tables:
    return replace(tables, pipeline=replace(tables.pipeline, observed_passers=passers))


def passers_without_count(pack: Pack, tables: Tables, year: int) -> tuple[Floats, Floats]:
    """Return exam passers (T,) with the filled-in years up to `year` at their least and most.

    A filled-in year takes the passers per seat of its class from the counted year before and
    from the one after; the smaller and the larger of the two are its ends. Those of the base year
    are in the starting stock and stay.
    """
    exams, seats = pack.table("exam_passed").rows, pack.table("seat_history")
    given = dict(zip(seats.column("year"), seats.column("value"), strict=True))
    known = {
        row["year"]: row["passed"] / given[row["year"] - STUDY_YEARS]
        for row in exams
        if row["grade"] != "assumed" and row["year"] - STUDY_YEARS in given
    }
    filled = {row["year"] for row in exams} - set(known)
    ends = np.repeat(np.asarray(tables.pipeline.observed_passers, dtype=float)[None], 2, axis=0)
    for t, each in enumerate(tables.axes.years):
        before = [known[other] for other in sorted(known) if other < each]
        after = [known[other] for other in sorted(known) if other > each]
        if tables.axes.base_year < each <= year and each in filled and before and after:
            sides = before[-1], after[0]
            ends[:, t] = given[each - STUDY_YEARS] * np.array([min(sides), max(sides)])
    return ends[0], ends[1]


def _both_ends(ledger: Ledger, keys: tuple[str, ...]) -> tuple[Ledger, Ledger]:
    """Return the ledger with these assumptions at the lower and at the upper end."""
    low, high = ledger, ledger
    for key in keys:
        ends = prior_ends(ledger[key])
        low, high = low.fixed(key, ends[0]), high.fixed(key, ends[1])
    return low, high


def prior_ends(
    assumption: Assumption,
) -> tuple[float | dict[int, float], float | dict[int, float]]:
    """Return the ends of a number's prior; dated values are all at one end of their factor."""
    prior = assumption.prior
    instead = prior.quantile(np.array(UNBOUNDED_ENDS))
    low, high = (
        end if isfinite(end) else float(other)
        for end, other in zip(prior.support(), instead, strict=True)
    )

    def at(end: float) -> float | dict[int, float]:
        if assumption.dated:
            return {year: end * float(value) for year, value in assumption.dated}
        return end * float(assumption.value) if prior.relative else end

    return at(low), at(high)


def _words(ledger: Ledger, keys: tuple[str, ...]) -> str:
    return " and ".join(f"{float(ledger[key].value):g}" for key in keys)


def identify(run: Run, draws: Draws, year: int) -> Identification:
    """Compare what inflow, mortality and retirement do to the total.

    Parameters
    ----------
    run
        Backtest.
    draws
        Assumptions of its draws.
    year
        Last year of the total.
    """
    tables, ledger = run.results.tables, run.ledger
    t = int(np.searchsorted(tables.axes.years, year)) + 1

    def path(changed: Ledger, inputs: Tables = tables) -> Floats:
        return active_heads(_central(inputs, changed)[0].stages)[0, 1:t]

    passers = np.asarray(tables.pipeline.observed_passers, dtype=float)
    more = _with(tables, np.where(passers >= 0.0, passers * MORE_PASSERS, passers))
    effects = {"inflow": path(ledger, more) - path(ledger)}
    for cause, name in (("mortality", MORTALITY), ("retirement", RETIREMENT)):
        low, high = _both_ends(ledger, LEVERS[name])
        effects[cause] = path(high) - path(low)
    correlations = {
        f"{a} and {b}": abs(_correlation(effects[a], effects[b]))
        for a, b in combinations(effects, 2)
    }
    total = active_heads(run.results.trajectory.stages)[:, t - 1]
    varied = draws.varied()
    keys = [key for names in LEVERS.values() for key in names if key in varied]
    return Identification(correlations, {key: _narrowing(varied[key], total) for key in keys})


def _correlation(one: Floats, other: Floats) -> float:
    """Return the correlation of two series; 0 if one of them does not move."""
    if np.ptp(one) == 0.0 or np.ptp(other) == 0.0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _narrowing(values: Floats, total: Floats) -> float:
    """Return 1 - sqrt(1 - r^2), with the r^2 that chance gives taken off."""
    count = total.size
    if count < 3:
        return 0.0
    squared = _correlation(values, total) ** 2
    # The adjusted r^2 of one regressor: chance alone gives zero on average.
    adjusted = 1.0 - (1.0 - squared) * (count - 1) / (count - 2)
    return 1.0 - float(np.sqrt(1.0 - max(adjusted, 0.0)))
