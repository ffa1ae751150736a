"""How a fit of the standoff says what was printed: fitted readings, and those of March."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.inference.scores import covers, crps, interval
from locum.inference.standoff_counts import same_count, trainee_counts
from locum.inference.standoff_readings import forms
from locum.randomness import Streams
from locum.runs.standoff.readings import MEASURES
from locum.runs.standoff.straying import (
    series_of,
    shock_of,
    stray_of,
    strayed,
    times_of_fit,
    whole_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.inference.scores import Floats
    from locum.inference.standoff_meanfield import TwinFit
    from locum.runs.standoff.rows import Row
    from locum.scenarios.standoff import StandoffScenario

__all__ = [
    "PREDICTED",
    "Gap",
    "Rival",
    "ScoredRow",
    "as_rows",
    "mean_scores",
    "rivals",
    "score_gaps",
    "score_rows",
]

PREDICTED = ("W047", "W051")
"""Rows of 4 and 8 March 2024, across the turn of the training year."""
LEVEL = 0.9
LETTERS, ABSENT = "resignations_submitted_cum_percent", "absent_from_work_percent"
AGENTS, SAME_COUNT = "agents", "same_count_new_base"


@dataclass(frozen=True)
class ScoredRow:
    """A printed reading with what draws of the model say of it, in the unit of the row."""

    row: str
    metric: str
    scope: str
    date: str
    use: str
    reading: float
    median: float
    low: float
    high: float
    """90 per cent of the draws lie between."""
    covered: bool
    error: float
    crps: float


@dataclass(frozen=True)
class Gap:
    """By how many points letters stand above absence on a day, as printed and in 90% of draws."""

    date: str
    reading: float
    median: float
    low: float
    high: float
    covered: bool


@dataclass(frozen=True)
class Rival:
    """What a model says of a predicted reading, in per cent."""

    model: str
    metric: str
    scope: str
    date: str
    reading: float
    median: float
    low: float
    high: float
    crps: float


def score_rows(
    scenario: StandoffScenario, rows: Sequence[Row], said: Floats, ledger: Ledger, seed: int = 0
) -> tuple[ScoredRow, ...]:
    """Score draws of readings, each with errors of its own: those of the fit, or of counting.

    Parameters
    ----------
    scenario
        For dates.
    rows
        Readings, R of them; one form of each printed row is scored.
    said
        What each draw says of all of them, without errors, (D, R).
    ledger
        Errors of counts and orders.
    seed
        Names the luck of the errors.
    """
    printed = _printed(scenario, rows, said, ledger, seed)
    places = {id(row): place for place, row in enumerate(rows)}
    return tuple(_scored(scenario, row, printed[:, places[id(row)]]) for row in forms(rows))


def _scored(scenario: StandoffScenario, row: Row, draws: Floats) -> ScoredRow:
    limits, median = interval(draws, LEVEL), float(np.median(draws))
    return ScoredRow(
        row=row.id,
        metric=row.metric,
        scope=row.scope,
        date=scenario.date(row.day).isoformat(),
        use=row.use,
        reading=row.reading,
        median=median,
        low=limits[0],
        high=limits[1],
        covered=covers(limits, row.reading),
        error=median - row.reading,
        crps=crps(draws, row.reading),
    )


def _printed(
    scenario: StandoffScenario, rows: Sequence[Row], said: Floats, ledger: Ledger, seed: int
) -> Floats:
    """Return what draws say (D, R), each with errors of its own: of the fit, or of counting."""
    draws = np.arange(len(said))
    names = dict.fromkeys(n for row in rows for n in (row.measure, series_of(row.measure)))
    astray = Streams(seed, [("stray", name) for name in names]).normal(draws)
    shocks = dict(zip(names, astray, strict=True))
    ids = dict.fromkeys(row.id for row in rows)
    luck = Streams(seed, [("score", each) for each in ids]).normal(draws)
    miscounts = dict(zip(ids, luck, strict=True))
    times = times_of_fit(scenario, max((row.day for row in rows), default=0) + 1)

    def number(key: str) -> float:
        return float(ledger[key].value)

    sizes = {
        "counted": number("readings.count_error"),
        "ordered": number("readings.order_error"),
    }
    found = np.empty(said.shape)
    for place, row in enumerate(rows):
        stray = stray_of(row.measure, float(times[row.day]), number)
        shock = shock_of(row.measure, shocks, number)
        expected = strayed(said[:, place], whole_of(row, number), stray, shock)
        size = 0.0 if any(stray) else sizes.get(MEASURES[row.measure].noise, 0.0)
        counted = np.maximum(expected * (1.0 + size * miscounts[row.id]), 0.0)
        found[:, place] = np.minimum(counted, 100.0) if row.percent else counted
    return found


def score_gaps(
    scenario: StandoffScenario, rows: Sequence[Row], said: Floats, ledger: Ledger, seed: int = 0
) -> tuple[Gap, ...]:
    """Score by how many points letters stand above absence, on days that both were printed.

    Parameters are those of `score_rows`; what drifts letters drifts absence too.
    """
    days = {(row.metric, row.day): place for place, row in enumerate(rows) if row.percent}
    printed = _printed(scenario, rows, said, ledger, seed)
    found: list[Gap] = []
    for (metric, day), place in days.items():
        other = days.get((ABSENT, day))
        if metric != LETTERS or other is None:
            continue
        limits = interval(printed[:, place] - printed[:, other], LEVEL)
        reading = rows[place].reading - rows[other].reading
        middle = float(np.median(said[:, place] - said[:, other]))
        found.append(
            Gap(scenario.date(day).isoformat(), reading, middle, *limits, covers(limits, reading))
        )
    return tuple(found)


def rivals(scored: Sequence[ScoredRow], twins: Sequence[TwinFit], pack: Pack) -> tuple[Rival, ...]:
    """Return what agents, twins and "same count on the new base" say of 4 and 8 March."""
    predicted = {each.date: each for each in scored if each.row in PREDICTED}
    found = [
        Rival(AGENTS, *_named(each), each.median, each.low, each.high, each.crps)
        for each in predicted.values()
    ]
    for twin in twins:
        for row in twin.rows:
            if not row.fitted and row.date in predicted:
                median, low, high = (100.0 * each for each in (row.median, row.low, row.high))
                named = _named(predicted[row.date])
                found.append(Rival(twin.variant, *named, median, low, high, row.crps))
    counts = trainee_counts(pack)
    for count in counts:
        share = same_count(counts).get(count.row)
        if share is not None and count.date in predicted:
            level = 100.0 * share
            each = predicted[count.date]
            score = abs(level - each.reading)
            found.append(Rival(SAME_COUNT, *_named(each), level, level, level, score))
    return tuple(found)


def _named(row: ScoredRow) -> tuple[str, str, str, float]:
    return row.metric, row.scope, row.date, row.reading


def mean_scores(found: Sequence[Rival]) -> Mapping[str, float]:
    """Return the mean score of each model, in points."""
    models = dict.fromkeys(each.model for each in found)
    return {
        model: float(np.mean([each.crps for each in found if each.model == model]))
        for model in models
    }


def as_rows(found: Sequence[ScoredRow] | Sequence[Rival] | Sequence[Gap]) -> list[dict[str, Any]]:
    """Return records as plain data."""
    return [asdict(each) for each in found]
