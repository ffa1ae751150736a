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
    from collections.abc import Mapping

    from locum.assumptions import Assumption, Draws, Ledger
    from locum.countries import Pack
    from locum.inference.scores import Floats
    from locum.runs import Run
    from locum.workforce import Tables

__all__ = ["Identification", "Lever", "identify", "pull_levers"]

LEVERS: dict[str, tuple[str, ...]] = {
    "mortality of doctors": ("exit.mortality_ratio",),
    "age of retirement": ("exit.retirement_clinic", "exit.retirement_hospital"),
    "ceiling of retirement": ("exit.retirement_ceiling",),
    "emigration": ("exit.emigration",),
    "share that works as doctors": ("entry.active_share",),
}
"""Assumptions that move the total, moved together where they mean one thing."""

PASSERS = "passers of years without a count"
TOGETHER = "all of these together"
UNBOUNDED_ENDS = (0.005, 0.995)
"""Quantiles that stand for the ends of a prior that has none."""
MORE_PASSERS = 1.01
"""Factor on all passers whose effect over the years is set beside those of the exits."""


@dataclass(frozen=True)
class Lever:
    """The forecast total with one thing at either end of its prior, the rest central."""

    name: str
    keys: tuple[str, ...]
    low: str
    """The lower end in words."""
    high: str
    total_at_low: float
    total_at_high: float


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


def pull_levers(run: Run, year: int) -> tuple[Lever, ...]:
    """Return the total of a year with each lever at both ends of its prior.

    The last row pulls all levers to the ends that raise (lower) the total.

    Parameters
    ----------
    run
        Backtest; only its central assumptions are used.
    year
        Year whose 31 December is looked at.
    """
    tables, ledger = run.results.tables, run.ledger
    t = int(np.searchsorted(tables.axes.years, year))
    levers: list[Lever] = []
    best, worst = ledger, ledger
    for name, keys in LEVERS.items():
        low, high = (_at_end(ledger, keys, side) for side in (0, 1))
        totals = [float(central_path(tables, each)[t]) for each in (low, high)]
        words = [_words(each, keys) for each in (low, high)]
        levers.append(Lever(name, keys, *words, *totals))
        rising = int(totals[1] > totals[0])
        best, worst = _at_end(best, keys, rising), _at_end(worst, keys, 1 - rising)
    few, many = passers_without_count(run.pack, tables, year)
    fewer, more = (float(central_path(_with(tables, each), ledger)[t]) for each in (few, many))
    change = [f"{(each - tables.pipeline.observed_passers).sum():+,.0f}" for each in (few, many)]
    levers.append(Lever(PASSERS, (), *change, fewer, more))
    ends = [
        float(central_path(_with(tables, passers), each)[t])
        for passers, each in ((few, worst), (many, best))
    ]
    levers.append(Lever(TOGETHER, (), "lowest", "highest", *ends))
    return tuple(levers)


def central_path(tables: Tables, ledger: Ledger) -> Floats:
    """Return the active doctors (T,) of the central draw."""
    out = simulate(prepare(ledger.draw(0, 0, 1), tables), tables)
    return active_heads(out.stages)[0]


def _with(tables: Tables, passers: Floats) -> Tables:
    return replace(tables, pipeline=replace(tables.pipeline, observed_passers=passers))


def passers_without_count(pack: Pack, tables: Tables, year: int) -> tuple[Floats, Floats]:
    """Return exam passers (T,) with the filled-in years up to `year` at their least and most.

    A filled-in year takes the passers per seat of its class from the counted year before and
    from the one after; the smaller and the larger of the two are its ends.
    """
    table, seats = pack.table("exam_passed"), pack.table("seat_history")
    passed = dict(zip(table.column("year"), table.column("passed"), strict=True))
    given = dict(zip(seats.column("year"), seats.column("value"), strict=True))
    assumed = {row["year"] for row in table.rows if row["grade"] == "assumed"}
    counted = {
        each: passed[each] / given[each - STUDY_YEARS]
        for each in passed
        if each not in assumed and each - STUDY_YEARS in given
    }
    ends = np.repeat(np.asarray(tables.pipeline.observed_passers, dtype=float)[None], 2, axis=0)
    for t, each in enumerate(tables.axes.years):
        if each == tables.axes.base_year:
            continue  # they are in the starting stock
        before = [known for known in counted if known < each]
        after = [known for known in counted if known > each]
        if each in assumed and each <= year and before and after:
            sides = [counted[max(before)], counted[min(after)]]
            ends[:, t] = given[each - STUDY_YEARS] * np.array([min(sides), max(sides)])
    return ends[0], ends[1]


def _at_end(ledger: Ledger, keys: tuple[str, ...], side: int) -> Ledger:
    for key in keys:
        ledger = ledger.fixed(key, prior_ends(ledger[key])[side])
    return ledger


def prior_ends(assumption: Assumption) -> tuple[float, float]:
    """Return the ends of the prior of an undated assumption."""
    low, high = assumption.prior.support()
    quantiles = assumption.prior.quantile(np.array(UNBOUNDED_ENDS))
    ends = [
        end if isfinite(end) else float(instead)
        for end, instead in zip((low, high), quantiles, strict=True)
    ]
    scale = float(assumption.value) if assumption.prior.relative else 1.0
    return ends[0] * scale, ends[1] * scale


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
    central = central_path(tables, ledger)[1:t]
    passers = np.asarray(tables.pipeline.observed_passers, dtype=float)
    more = np.where(passers >= 0.0, passers * MORE_PASSERS, passers)
    effects = {"inflow": central_path(_with(tables, more), ledger)[1:t] - central}
    for cause, name in (("mortality", "mortality of doctors"), ("retirement", "age of retirement")):
        low, high = (central_path(tables, _at_end(ledger, LEVERS[name], s))[1:t] for s in (0, 1))
        effects[cause] = high - low
    correlations = {
        f"{a} and {b}": abs(float(np.corrcoef(effects[a], effects[b])[0, 1]))
        for a, b in combinations(effects, 2)
    }
    total = active_heads(run.results.trajectory.stages)[:, t - 1]
    keys = dict.fromkeys(key for names in LEVERS.values() for key in names)
    varied = draws.varied()
    narrowing = {key: _narrowing(varied[key], total) for key in keys if key in varied}
    return Identification(correlations, narrowing)


def _narrowing(values: Floats, total: Floats) -> float:
    """Return 1 - sqrt(1 - r^2), with the r^2 that chance gives taken off."""
    count = total.size
    if count < 3 or np.ptp(values) == 0.0 or np.ptp(total) == 0.0:
        return 0.0
    squared = float(np.corrcoef(values, total)[0, 1]) ** 2
    # The adjusted r^2 of one regressor: chance alone gives zero on average.
    adjusted = 1.0 - (1.0 - squared) * (count - 1) / (count - 2)
    return 1.0 - float(np.sqrt(1.0 - max(adjusted, 0.0)))
