"""The backtest: the model from 2010, scored against what was counted later.

Nothing is fitted here. The scenario starts from what was known at its base year, with the
published passers of the licence exam as the only later input that counts doctors; the readings it
is compared with are those of the pack's table, and simple forecasters stand beside it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.countries import load_pack
from locum.inference.accounts import keep_accounts
from locum.inference.bridges import (
    active_ages,
    active_heads,
    alive_in_bands,
    band_shares,
    counted_factor,
)
from locum.inference.evidence import later_evidence
from locum.inference.explanation import explain, growth_words
from locum.inference.forecasters import (
    LAST_VALUE,
    LINEAR_TREND,
    SimpleForecast,
    age_forecasts,
    stock_forecasts,
)
from locum.inference.leverage import identify, pull_levers
from locum.inference.readings import ACTIVE, AGES, ALIVE, Readings
from locum.inference.result import Backtest
from locum.inference.scoreboard import WIDE, AgeScores, Score, Simple, score_reading
from locum.inference.scores import Floats, interval, mean_absolute_error
from locum.runs import RunRequest, execute
from locum.scenarios import apply, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.assumptions import Draws
    from locum.runs import Run
    from locum.workforce import Trajectory

__all__ = ["BACKTEST_DRAWS", "backtest", "backtest_request", "score_backtest"]

BRIDGE_NOTE = (
    "the active plus a share of the inactive, from none to all (bridge.nhis_inactive_share); the "
    "simple forecasts get the same at its central value"
)
AGES_NOTE = "the retired added to the active (bridge.retired_share_60, bridge.retired_share_70)"
COUNTRY, SCENARIO = "korea", "backtest-2010"
BACKTEST_DRAWS = 200
"""What is backtested unless told otherwise."""


def backtest_request(
    scenario: str = SCENARIO,
    country: str = COUNTRY,
    *,
    draws: int = BACKTEST_DRAWS,
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
    totals, accounts = _score_totals(run, readings, draws), keep_accounts(run, readings)
    age_rows, ages = _score_ages(run, readings, draws)
    held = readings.one(ACTIVE, "held").year

    def age_error(trajectory: Trajectory, central: Draws) -> float:
        return float(age_points(readings, age_shares(run, readings, trajectory, central))[0])

    result = Backtest(
        scenario=run.scenario.name,
        title=run.scenario.title,
        draws=run.request.draws,
        seed=run.request.seed,
        rows=(replace(totals[0], note=growth_words(accounts)), *totals[1:], *age_rows),
        ages=ages,
        forecasters=tuple(_describe(readings, each) for each in stock_forecasts(readings, held)),
        accounts=accounts,
        levers=pull_levers(run, held, age_error),
        identification=identify(run, draws, held),
        later_evidence=later_evidence(run.ledger, run.pack, run.scenario.start + 1),
    )
    return replace(result, note=explain(result))


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
    bridged = replace(alive, name=f"{ALIVE}_bridged", note=BRIDGE_NOTE)
    return [
        score_reading(active, then, _simple(readings, active.year)),
        score_reading(alive, later, simple, comparable=False),
        score_reading(bridged, later * factor, across),
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
    simple = age_forecasts(readings, held[0].year)
    trajectory = run.results.trajectory
    alive = age_shares(run, readings, trajectory, draws)
    active = age_shares(run, readings, trajectory, draws, AgeCount(bridged=False))
    older = age_shares(run, readings, trajectory, draws, AgeCount(trainees_older=0.5))
    rows = [
        score_reading(
            replace(reading, name=f"{AGES}_{bands[b].label}", note=AGES_NOTE),
            alive[:, b],
            Simple(float(simple[LAST_VALUE][b]), float(simple[LINEAR_TREND][b])),
        )
        for b, reading in enumerate(held)
    ]

    def points(shares: Floats) -> Floats:
        return age_points(readings, shares)

    low, high = interval(points(alive), WIDE)
    return rows, AgeScores(
        date=held[0].date,
        mean_absolute_error=float(points(np.median(alive, axis=0))),
        unbridged=float(points(np.median(active, axis=0))),
        central=float(points(alive[0])),
        central_unbridged=float(points(active[0])),
        low=low,
        high=high,
        trainees_half_a_year_older=float(points(older[0])),
        last_value=float(points(simple[LAST_VALUE])),
        linear_trend=float(points(simple[LINEAR_TREND])),
    )


@dataclass(frozen=True)
class AgeCount:
    """Who is counted at what age."""

    bridged: bool = True
    """All who are alive, and not only the active."""
    trainees_older: float = 0.0
    """Years added to the ages of those who do not practise yet."""


def age_shares(
    run: Run,
    readings: Readings,
    trajectory: Trajectory,
    draws: Draws,
    count: AgeCount | None = None,
) -> Floats:
    """Return the shares (D, B) of the bands of the held ages."""
    count = count or AgeCount()
    year = readings.find(AGES, "held")[0].year
    t = int(np.searchsorted(run.results.tables.axes.years, year))
    ages = active_ages(trajectory, draws, run.scenario.start, t, count.trainees_older)
    return band_shares(alive_in_bands(ages, readings.bands(), draws if count.bridged else None))


def age_points(readings: Readings, shares: Floats) -> Floats:
    """Return the mean absolute error of age shares (..., B), in points."""
    observed = np.array([reading.value for reading in readings.find(AGES, "held")])
    return 100.0 * mean_absolute_error(shares, observed)
