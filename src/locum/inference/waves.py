"""History matching: run a simulator where readings could have come from, wave after wave.

The first wave fills the cube of prior probabilities. Each later one fills what the emulators of
those before could not rule out, so that runs gather where they are needed and the last emulator
is good there. Readings run together, so their few independent scores are emulated. A point is
ruled out by a wave if any score but the `spared` worst lies more than three standard deviations
from what the emulator expects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from locum.errors import BadValue, ModelError
from locum.inference.calibration import IMPLAUSIBLE, Likelihood, Observed, Walk, walk
from locum.inference.emulator import emulate, latin_hypercube

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.inference.emulator import Emulator
    from locum.inference.scores import Floats

__all__ = ["Projection", "Simulate", "Wave", "WavePlan", "left_over", "run_waves"]

Simulate: TypeAlias = Callable[["Floats", int], "Floats"]
"""Given points (n, P) of the cube and the number of the first run, readings (n, K) of each."""

STEEPNESS = 50.0
"""How fast the density falls outside what is not ruled out."""
FEWEST_KEPT = 3
"""Runs of earlier waves are used again up to so many cutoffs."""


@dataclass(frozen=True, eq=False)
class Projection:
    """Readings as a few independent scores: the directions in which runs differ.

    Readings are measured in standard errors of theirs, and turned so that their errors are
    independent; of the scores those are kept in which runs differ by more than they are in doubt.

    Parameters
    ----------
    centre
        What runs say on average, (K,).
    turn
        From readings to scores, (K, Q).
    """

    centre: Floats
    turn: Floats

    @classmethod
    def of(cls, observed: Observed, outputs: Floats, share: float) -> Projection:
        """Keep the fewest directions that hold a share of what runs (N, K) differ by."""
        root = np.linalg.cholesky(observed.covariance)
        inverse = np.linalg.inv(root).T.astype(np.float64, copy=False)
        centre = outputs.mean(axis=0)
        _, sizes, directions = np.linalg.svd((outputs - centre) @ inverse, full_matrices=False)
        held = np.cumsum(sizes**2) / (sizes**2).sum()
        kept = int(np.searchsorted(held, share)) + 1
        return cls(centre, inverse @ directions[:kept].T)

    def scores(self, outputs: Floats) -> Floats:
        """Return the scores (n, Q) of readings (n, K)."""
        return (outputs - self.centre) @ self.turn

    def observed(self, observed: Observed) -> Observed:
        """Return the scores of the readings, with their errors: independent, of size one."""
        values = self.scores(observed.values[None])[0]
        names = tuple(f"score {number + 1}" for number in range(values.size))
        return Observed(names, values, np.eye(values.size))


@dataclass(frozen=True)
class WavePlan:
    """How waves are run.

    Parameters
    ----------
    runs
        Runs of each wave, the first included.
    spared
        So many of the worst scores of a point are let pass.
    cutoff
        Standard deviations.
    share
        Of what runs differ by, kept in scores.
    walk
        Length of the walk that fills what is left over.
    """

    runs: tuple[int, ...] = (400, 300, 300)
    spared: int = 1
    cutoff: float = IMPLAUSIBLE
    share: float = 0.995
    walk: Walk = field(
        default_factory=lambda: Walk(chains=40, steps=900, thrown_away=400, scouts=8000)
    )


@dataclass(frozen=True, eq=False)
class Wave:
    """What one wave found.

    Parameters
    ----------
    points, outputs
        All runs so far that its emulator learned from, (N, P) and (N, K).
    fresh
        How many of them, the last ones, this wave ran.
    projection
        From readings to the scores that are emulated.
    likelihood
        Of the scores, with the emulator learned from them.
    share
        Share of the cube that no wave up to this one rules out, as far as scouts tell; of a later
        wave, share of what the one before left over.
    """

    points: Floats
    outputs: Floats
    fresh: int
    projection: Projection
    likelihood: Likelihood
    share: float

    @property
    def emulator(self) -> Emulator:
        """Return the emulator of the scores."""
        return self.likelihood.emulator

    @property
    def said(self) -> str:
        """Return the wave in a few words."""
        kept = f"{self.projection.turn.shape[1]} scores of {len(self.projection.centre)} readings"
        return f"{kept}, {100 * self.share:.1f}% of the last runs not ruled out"


def run_waves(
    simulate: Simulate,
    axes: Sequence[str],
    observed: Observed,
    seed: int,
    plan: WavePlan | None = None,
    tell: Callable[[str], None] | None = None,
) -> tuple[Wave, ...]:
    """Run waves and return what each found, the last one fit to judge points by.

    Parameters
    ----------
    simulate
        The simulator.
    axes
        Names of the coordinates, P of them.
    observed
        Readings, K of them.
    seed
        Names the luck of designs and walks.
    plan
        How many waves of how many runs.
    tell
        Called with a sentence after each wave.

    References
    ----------
    Vernon, Goldstein and Bower (2010), Bayesian Analysis 5(4):619-669.
    """
    plan = plan or WavePlan()
    points = latin_hypercube(seed, axes, plan.runs[0])
    outputs = simulate(points, 0)
    waves: list[Wave] = []
    done = len(points)
    for number, fresh in enumerate(plan.runs):
        if number:
            there = left_over(waves, len(axes), seed + number, plan)
            there = there[(np.arange(fresh) * len(there)) // fresh]
            points, outputs = _kept(points, outputs, waves[-1], plan)
            points = np.vstack([points, there])
            outputs = np.vstack([outputs, simulate(there, done)])
            done += fresh
        waves.append(_learn(points, outputs, fresh, observed, plan))
        if tell is not None:
            tell(f"wave {number + 1}: {len(points)} runs, {waves[-1].said}")
    return tuple(waves)


def _learn(
    points: Floats, outputs: Floats, fresh: int, observed: Observed, plan: WavePlan
) -> Wave:
    projection = Projection.of(observed, outputs, plan.share)
    seen = projection.observed(observed)
    emulator = emulate(seen.names, points, projection.scores(outputs))
    likelihood = Likelihood(emulator, seen)
    share = _share(likelihood, points[-fresh:], plan)
    return Wave(points, outputs, fresh, projection, likelihood, share)


def left_over(waves: Sequence[Wave], axes: int, seed: int, plan: WavePlan) -> Floats:
    """Return points (n, axes) spread over what no wave rules out.

    Raises
    ------
    ModelError
        If the waves leave nothing over.
    """

    def density(points: Floats) -> Floats:
        out = np.max([_beyond(wave.likelihood, points, plan) for wave in waves], axis=0)
        return -STEEPNESS * out**2

    found = walk(density, axes, seed, plan.walk).flat
    inside = density(found) == 0.0
    if not inside.any():
        raise ModelError("the readings rule out every point of the prior")
    return found[inside]


def _beyond(likelihood: Likelihood, points: Floats, plan: WavePlan) -> Floats:
    """Return how far beyond the cutoff the worst score that counts is, (n,); 0 inside."""
    away = np.sort(likelihood.implausibility(points), axis=1)
    counted = away[:, max(away.shape[1] - 1 - plan.spared, 0)]
    return np.maximum(counted - plan.cutoff, 0.0)


def _share(likelihood: Likelihood, points: Floats, plan: WavePlan) -> float:
    return float((_beyond(likelihood, points, plan) == 0.0).mean())


def _kept(points: Floats, outputs: Floats, wave: Wave, plan: WavePlan) -> tuple[Floats, Floats]:
    """Return the runs so far that are near enough to teach about what is left over."""
    if plan.cutoff <= 0.0:
        raise BadValue("cutoff", plan.cutoff, "a number above 0")
    near = _beyond(wave.likelihood, points, plan) <= (FEWEST_KEPT - 1) * plan.cutoff
    return points[near], outputs[near]
