"""The backtest: the model from 2010, scored against what was counted later.

Nothing is fitted here. The scenario starts from what was known at its base year, with the
published passers of the licence exam as the only later input that counts doctors; the readings it
is compared with are those of the pack's table, and simple forecasters stand beside it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.countries import load_pack
from locum.inference.accounts import Accounts, keep_accounts
from locum.inference.bridges import (
    active_ages,
    active_heads,
    alive_in_bands,
    band_shares,
    counted_factor,
)
from locum.inference.forecasters import (
    LAST_VALUE,
    LINEAR_TREND,
    SimpleForecast,
    age_forecasts,
    stock_forecasts,
)
from locum.inference.leverage import Identification, Lever, identify, pull_levers
from locum.inference.readings import ACTIVE, AGES, ALIVE, Readings
from locum.inference.scoreboard import WIDE, WIDER, AgeScores, Score, Simple, score_reading
from locum.inference.scores import Floats, interval, mean_absolute_error
from locum.runs import RunRequest, execute
from locum.scenarios import apply, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.assumptions import Draws
    from locum.runs import Run

__all__ = ["Backtest", "backtest", "backtest_request", "score_backtest"]

COUNTRY, SCENARIO, DRAWS = "korea", "backtest-2010", 200
"""What is backtested unless told otherwise."""
GOALS = {"total_percent": 3.0, "ages_points": 1.5}
"""Largest errors that the project set itself: of the total, and of the age shares on average."""


@dataclass(frozen=True)
class Backtest:
    """The scores of a backtest and what decides them."""

    scenario: str
    title: str
    draws: int
    seed: int
    rows: tuple[Score, ...]
    ages: AgeScores
    forecasters: tuple[dict[str, Any], ...]
    """What each simple forecaster says of the active stock, and what it uses."""
    accounts: Accounts
    levers: tuple[Lever, ...]
    identification: Identification

    def row(self, reading: str) -> Score:
        """Return the score of a reading."""
        return next(row for row in self.rows if row.reading == reading)

    @property
    def coverage(self) -> dict[str, Any]:
        """Return how many comparable readings the intervals hold."""
        rows = [row for row in self.rows if row.comparable]
        return {
            "readings": len(rows),
            f"covered_{100 * WIDE:.0f}": sum(row.covered for row in rows),
            f"covered_{100 * WIDER:.0f}": sum(row.covered_90 for row in rows),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "scenario": self.scenario,
            "draws": self.draws,
            "seed": self.seed,
            "goals": dict(GOALS),
            "rows": [asdict(row) for row in self.rows],
            "ages": asdict(self.ages),
            "coverage": self.coverage,
            "forecasters": [dict(each) for each in self.forecasters],
            "accounts": asdict(self.accounts),
            "one_at_a_time": [asdict(each) for each in self.levers],
            "identification": asdict(self.identification),
        }


def backtest_request(
    scenario: str = SCENARIO,
    country: str = COUNTRY,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    workers: int | None = None,
) -> RunRequest:
    """Return the run of a backtest."""
    pack = load_pack(country)
    resolved = resolve(scenario, pack)
    return RunRequest(resolved, apply(resolved, pack.ledger()), pack, draws, seed, {}, workers)


def backtest(
    request: RunRequest | None = None, progress: Callable[[int, int], None] | None = None
) -> Backtest:
    """Run a backtest and score it.

    Parameters
    ----------
    request
        Run of a backtest; Korea from 2010 by default.
    progress
        Called with draws done and draws in all.
    """
    return score_backtest(execute(request or backtest_request(), progress))


def score_backtest(run: Run) -> Backtest:
    """Score a finished run of a backtest against the readings of its pack.

    Raises
    ------
    UnknownName
        If the pack has no table of readings named like the scenario.
    """
    readings = Readings.of(run.pack.table(run.scenario.name.replace("-", "_")))
    draws = run.ledger.draw(run.request.seed, 0, run.request.draws)
    age_rows, ages = _score_ages(run, readings, draws)
    held = readings.one(ACTIVE, "held").year
    return Backtest(
        scenario=run.scenario.name,
        title=run.scenario.title,
        draws=run.request.draws,
        seed=run.request.seed,
        rows=(*_score_totals(run, readings, draws), *age_rows),
        ages=ages,
        forecasters=tuple(_describe(readings, each) for each in stock_forecasts(readings, held)),
        accounts=keep_accounts(run, readings),
        levers=pull_levers(run, held),
        identification=identify(run, draws, held),
    )


def _score_totals(run: Run, readings: Readings, draws: Draws) -> list[Score]:
    """Score the active stock, and the wider count without and with its bridge."""
    years = run.results.tables.axes.years
    heads = active_heads(run.results.trajectory.stages)
    active, alive = readings.one(ACTIVE, "held"), readings.one(ALIVE, "held")
    factor = counted_factor(draws)
    then = heads[:, int(np.searchsorted(years, active.year))]
    later = heads[:, int(np.searchsorted(years, alive.year))]
    simple = _simple(readings, alive.year)
    # The simple forecasters cross the same bridge, at its central value.
    across = Simple(simple.last_value * factor[0], simple.linear_trend * factor[0])
    name = f"{ALIVE}_bridged"
    return [
        score_reading(active, then, _simple(readings, active.year)),
        score_reading(alive, later, simple, comparable=False),
        score_reading(alive, later * factor, across, name=name),
    ]


def _simple(readings: Readings, year: int) -> Simple:
    said = {each.name: each.value for each in stock_forecasts(readings, year)}
    return Simple(said[LAST_VALUE], said[LINEAR_TREND])


def _describe(readings: Readings, forecast: SimpleForecast) -> dict[str, Any]:
    observed = readings.one(ACTIVE, "held").value
    error = 100.0 * (forecast.value / observed - 1.0)
    return {**asdict(forecast), "error": error, "error_unit": "percent"}


def _score_ages(run: Run, readings: Readings, draws: Draws) -> tuple[list[Score], AgeScores]:
    """Score the age shares of all alive band by band, and sum up with and without the bridge."""
    held, bands = readings.find(AGES, "held"), readings.bands()
    base_year, years = run.scenario.start, run.results.tables.axes.years
    t = int(np.searchsorted(years, held[0].year))
    ages = active_ages(run.results.trajectory, draws, base_year, t)
    alive = band_shares(alive_in_bands(ages, bands, draws))
    active = band_shares(alive_in_bands(ages, bands, None))
    simple = age_forecasts(readings, held[0].year)
    rows = [
        score_reading(
            reading,
            alive[:, b],
            Simple(float(simple[LAST_VALUE][b]), float(simple[LINEAR_TREND][b])),
            name=f"{AGES}_{bands[b].label}",
        )
        for b, reading in enumerate(held)
    ]
    observed = np.array([reading.value for reading in held])

    def points(shares: Floats) -> Floats:
        return 100.0 * mean_absolute_error(shares, observed)

    low, high = interval(points(alive), WIDE)
    return rows, AgeScores(
        date=held[0].date,
        mean_absolute_error=float(points(np.median(alive, axis=0))),
        unbridged=float(points(np.median(active, axis=0))),
        central=float(points(alive[0])),
        central_unbridged=float(points(active[0])),
        low=low,
        high=high,
        last_value=float(points(simple[LAST_VALUE])),
        linear_trend=float(points(simple[LINEAR_TREND])),
    )
