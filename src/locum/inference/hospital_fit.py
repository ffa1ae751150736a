"""The fit of Korea's hospitals to the first days of the walkout, and its score on later ones.

Readings up to 29 February 2024 move five freed assumptions, fewer than there are readings; those
of 4 to 8 March are predicted and scored beside a null model, in which hospitals cut exactly the
share of doctor-hours that is away.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import InputError
from locum.inference.calibration import (
    Chains,
    Likelihood,
    Observed,
    Walk,
    learn,
    reach,
    strongest_correlations,
    walk,
    weigh,
)
from locum.inference.emulator import emulate, latin_hypercube
from locum.inference.hospital_design import NULL, Freed
from locum.inference.hospital_readings import error_covariance, hospital_readings
from locum.inference.scores import covers, crps, interval
from locum.randomness import Streams
from locum.runs.hospitals.posterior import SECTOR, Posterior, fit_digest

if TYPE_CHECKING:
    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.inference.calibration import Learned, Reach
    from locum.inference.emulator import Emulator, Quality
    from locum.inference.hospital_design import Runs
    from locum.inference.hospital_readings import HospitalReading
    from locum.inference.scores import Floats

__all__ = ["GOAL_POINTS", "FittedRow", "HospitalFit", "Said", "Settings", "fit_hospitals"]

LEVEL = 0.9
GOAL_POINTS = 5.0
"""Largest error of a prediction that the project set itself, in points of the base week."""
POINTS, VISITS = "points", "visits"


@dataclass(frozen=True)
class Settings:
    """How much is drawn.

    Parameters
    ----------
    seed
        Names the luck.
    draws
        Draws of the posterior that are written and predict.
    walk
        Length of the walk.
    prior_points
        Points of the prior that are weighed as a check of the walk, and for the reach of the
        prior.
    """

    seed: int = 0
    draws: int = 1000
    walk: Walk = field(default_factory=Walk)
    prior_points: int = 60_000


@dataclass(frozen=True)
class Said:
    """What a forecaster says of a reading, in the unit of the reading.

    `error` (median less reading) and `crps` have the unit `error_unit` of the row.
    """

    median: float
    low: float
    high: float
    """90 per cent of its draws lie between."""
    error: float
    covered: bool
    crps: float


@dataclass(frozen=True)
class FittedRow:
    """A reading with what model and null model say of it."""

    name: str
    metric: str
    scope: str
    start: str
    end: str
    fitted: bool
    reading: float
    unit: str
    error_unit: str
    model: Said
    null: Said | None
    """None where the null model says nothing: of a change of visits."""
    luck: float | None
    """Standard deviation of runs with the same assumptions, in the unit of the reading; None if
    none were repeated."""


@dataclass(frozen=True)
class HospitalFit:
    """What was fitted, what is predicted, and what was learned."""

    rows: tuple[FittedRow, ...]
    learned: tuple[Learned, ...]
    correlations: tuple[tuple[str, str, float], ...]
    reaches: tuple[Reach, ...]
    together: float
    """Share of the prior that is implausible for no fitted reading."""
    qualities: tuple[Quality, ...]
    accepted: float
    """Share of the steps of the walk that were accepted."""
    weighed_effective: float
    """Points of the prior that the weighed ones are worth."""
    weighed_difference: float
    """Largest difference of a mean by the walk and by weights, in posterior standard
    deviations."""
    points: int
    seed: int
    fitted_with: str
    stale: bool
    """Whether assumptions, readings or pathways have changed since the design was run."""
    posterior: Posterior

    goal: float = GOAL_POINTS
    """Largest error of a prediction that the project set itself, in points."""

    @property
    def predicted(self) -> tuple[FittedRow, ...]:
        """Return the rows that were held back."""
        return tuple(row for row in self.rows if not row.fitted)

    @property
    def crps(self) -> tuple[float, float]:
        """Return the mean score of model and null model over the predicted ratios, in points."""
        pairs = [(row.model.crps, row.null.crps) for row in self.predicted if row.null is not None]
        model, null = np.mean(pairs, axis=0)
        return float(model), float(null)

    @property
    def worst_error(self) -> float:
        """Return the largest error of a predicted ratio, in points, without its sign."""
        return max(abs(row.model.error) for row in self.predicted if row.error_unit == POINTS)

    @property
    def unidentified(self) -> tuple[str, ...]:
        """Return the parameters of which the readings teach nothing."""
        return tuple(each.name for each in self.learned if not each.identified)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the draws as plain data."""
        model, null = self.crps
        return {
            "points": self.points,
            "draws": len(self.posterior.values),
            "seed": self.seed,
            "fitted_with": self.fitted_with,
            "stale": self.stale,
            "goal_points": self.goal,
            "worst_error": self.worst_error,
            "within_goal": self.worst_error <= self.goal,
            "crps": {"model": model, "null": null, "beaten": model < null},
            "rows": [asdict(row) for row in self.rows],
            "parameters": [asdict(each) for each in self.learned],
            "unidentified": list(self.unidentified),
            "correlations": [
                {"first": first, "second": second, "correlation": rho}
                for first, second, rho in self.correlations
            ],
            "reach": [asdict(each) | {"reached": each.reached} for each in self.reaches],
            "reach_together": self.together,
            "emulator": [asdict(each) for each in self.qualities],
            "walk": {
                "accepted": self.accepted,
                "weighed_effective": self.weighed_effective,
                "weighed_difference": self.weighed_difference,
            },
        }


def fit_hospitals(
    runs: Runs, pack: Pack, settings: Settings | None = None, ledger: Ledger | None = None
) -> HospitalFit:
    """Fit the freed assumptions to the readings, and score the predictions.

    Parameters
    ----------
    runs
        A design that was run.
    pack
        Country, with its readings.
    settings
        How much is drawn.
    ledger
        Assumptions of the hospitals; the country's own by default.

    Raises
    ------
    InputError
        If the design freed other assumptions, or as many as there are readings to fit.
    MissingField
        If the design says nothing of a reading.
    """
    settings = settings or Settings()
    ledger = ledger or pack.ledger(SECTOR)
    readings = hospital_readings(pack)
    freed = Freed.of(ledger, runs.keys)
    fitted = [each for each in readings if each.fitted]
    if len(runs.keys) >= len(fitted):
        problem = f"{len(runs.keys)} freed assumptions for {len(fitted)} readings: too many"
        raise InputError(problem)
    points, outputs = runs.spread
    names = tuple(each.name for each in readings)
    emulator = emulate(names, points, outputs[:, runs.columns(names)])
    errors = error_covariance(readings, ledger)
    likelihood = Likelihood(emulator, _observed(fitted, errors))
    chains = walk(likelihood.log, len(freed.keys), settings.seed, settings.walk)
    digest = fit_digest(pack, ledger)
    drawn = chains.spread_out(settings.draws)
    values = freed.values(drawn)
    said = _forecast(emulator, errors, drawn, settings.seed)
    result = HospitalFit(
        rows=_rows(readings, said, errors, runs, settings.seed),
        learned=learn(freed.keys, chains, freed.values, settings.seed),
        correlations=strongest_correlations(freed.keys, freed.values(chains.flat)),
        reaches=(),
        together=0.0,
        qualities=emulator.qualities(),
        accepted=chains.accepted,
        weighed_effective=0.0,
        weighed_difference=0.0,
        points=len(points),
        seed=settings.seed,
        fitted_with=runs.digest,
        stale=runs.digest != digest,
        posterior=Posterior(freed.keys, np.median(values, axis=0), values, runs.digest),
    )
    return _checked(result, likelihood, chains, settings)


def _observed(readings: list[HospitalReading], errors: Floats) -> Observed:
    """Return the fitted readings, which come first."""
    count = len(readings)
    values = np.array([each.value for each in readings])
    return Observed(tuple(each.name for each in readings), values, errors[:count, :count])


def _checked(
    result: HospitalFit, likelihood: Likelihood, chains: Chains, settings: Settings
) -> HospitalFit:
    """Add what a large sample of the prior says: its reach, and the posterior by weights."""
    axes = [each.name for each in result.learned]
    prior = latin_hypercube(settings.seed, axes, settings.prior_points, candidates=1)
    reaches, together = reach(likelihood, prior[: settings.prior_points // 5])
    weighed = weigh(prior, likelihood.log(prior))
    flat = chains.flat
    difference = np.abs(weighed.mean - flat.mean(axis=0)) / flat.std(axis=0)
    return replace(
        result,
        reaches=reaches,
        together=together,
        weighed_effective=weighed.effective,
        weighed_difference=float(difference.max()),
    )


def _forecast(emulator: Emulator, errors: Floats, points: Floats, seed: int) -> Floats:
    """Return a draw of every reading (D, K) for each draw of the posterior (D, P).

    As a run would give it, with the other assumptions and the luck of its own, and as it would be
    published, with the errors of the readings.
    """
    mean, variance = emulator.predict(points)
    together = _normals(seed, "together", mean.shape) @ _root(emulator.noise + errors).T
    alone = np.sqrt(variance) * _normals(seed, "emulator", mean.shape)
    return mean + together + alone


def _normals(seed: int, name: str, shape: tuple[int, ...]) -> Floats:
    streams = Streams(seed, [("fit", name, str(column)) for column in range(shape[1])])
    return streams.normal(np.arange(shape[0])).T


def _root(covariance: Floats) -> Floats:
    return np.linalg.cholesky(covariance).astype(np.float64, copy=False)


def _rows(
    readings: tuple[HospitalReading, ...],
    said: Floats,
    errors: Floats,
    runs: Runs,
    seed: int,
) -> tuple[FittedRow, ...]:
    ratios = [k for k, each in enumerate(readings) if each.is_ratio]
    shares = runs.spread[1][:, runs.columns([NULL + readings[k].name for k in ratios])]
    # The null model is published with the same errors, so that only what it says is judged.
    published = _normals(seed, "null", shares.shape) @ _root(errors[np.ix_(ratios, ratios)]).T
    null = dict(zip(ratios, (shares + published).T, strict=True))
    repeats = runs.repeats[:, runs.columns([each.name for each in readings])]
    luck = repeats.std(axis=0, ddof=1).tolist() if len(repeats) > 1 else [None] * len(readings)
    return tuple(
        FittedRow(
            name=each.name,
            metric=each.metric,
            scope=each.scope,
            start=each.start,
            end=each.end,
            fitted=each.fitted,
            reading=each.value,
            unit=each.unit,
            error_unit=POINTS if each.is_ratio else VISITS,
            model=_score(each, said[:, k]),
            null=_score(each, null[k]) if k in null else None,
            luck=luck[k],
        )
        for k, each in enumerate(readings)
    )


def _score(reading: HospitalReading, ensemble: Floats) -> Said:
    scale = 100.0 if reading.is_ratio else 1.0
    median = float(np.median(ensemble))
    limits = interval(ensemble, LEVEL)
    return Said(
        median=median,
        low=limits[0],
        high=limits[1],
        error=scale * (median - reading.value),
        covered=covers(limits, reading.value),
        crps=scale * crps(ensemble, reading.value),
    )
