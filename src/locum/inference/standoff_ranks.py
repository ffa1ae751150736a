"""Calibration of the agents' fitter by simulation, with a formula in the place of the agents.

The fitter makes some thirty thousand runs, so it cannot be repeated a hundred times on the agents.
It is repeated on what runs at draws of the prior show of them: a formula, quadratic in each freed
assumption and linear in what is drawn along, with the noise that it leaves, in as many dimensions
and with the same readings and errors. Whether the agents are like the formula is not asked here;
whether the fitter finds back what it was given is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from locum.inference.importance import log_likelihood
from locum.inference.moving import Population
from locum.inference.ranks import ranked, simulate_ranks
from locum.inference.standoff_fit import settle
from locum.randomness import Streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.inference.calibration import Observed
    from locum.inference.moving import Asked
    from locum.inference.ranks import Ranked
    from locum.inference.scores import Floats
    from locum.inference.standoff_fit import FitPlan

__all__ = ["Formula", "fitter_ranks"]

RIDGE = 1.0
"""Added to the precision of each coefficient, in the unit of standardised terms."""
WORLD = 10**7
"""Number of the first run that stands for the world: no fit makes it."""


@dataclass(frozen=True, eq=False)
class Formula:
    """Says readings as runs of a simulator did on average, with their noise.

    Parameters
    ----------
    coefficients
        Of a constant, of freed points, of their squares and of what is drawn along: (terms, K).
    root
        Of the covariance of the noise, (K, K).
    seed
        Names the luck.
    """

    coefficients: Floats
    root: Floats
    seed: int

    @classmethod
    def of(cls, tries: Population, said: Floats, seed: int = 0) -> Formula:
        """Learn it from runs at draws of the prior.

        Parameters
        ----------
        tries
            Points and what was drawn along, N of them.
        said
            Readings of each run on the scale of the fit, (N, K).
        seed
            Names the luck.
        """
        terms = _terms(tries.points, tries.along)
        penalty = RIDGE * np.eye(terms.shape[1])
        penalty[0, 0] = 0.0
        coefficients = np.linalg.solve(terms.T @ terms + penalty, terms.T @ said)
        left = said - terms @ coefficients
        covariance = left.T @ left / max(len(said) - terms.shape[1], 1)
        jitter = 1e-9 * np.trace(covariance) / len(covariance)
        root = np.linalg.cholesky(covariance + jitter * np.eye(len(covariance)))
        return cls(coefficients, root, seed)

    def say(self, points: Floats, along: Floats, first: int) -> Floats:
        """Return readings (n, K) of runs, the number of the first being given."""
        names = [("formula", str(k)) for k in range(len(self.root))]
        luck = Streams(self.seed, names).normal(first + np.arange(len(points))).T
        return _terms(points, along) @ self.coefficients + luck @ self.root.T


def _terms(points: Floats, along: Floats) -> Floats:
    """Return a constant, polynomials of freed points and what is drawn along, each of size one."""
    line = np.sqrt(12.0) * (points - 0.5)
    curve = np.sqrt(5.0) * (6.0 * points**2 - 6.0 * points + 1.0)
    return np.hstack([np.ones((len(points), 1)), line, curve, along])


def fitter_ranks(
    formula: Formula,
    observed: Observed,
    tries: Population,
    keys: Sequence[str],
    plan: FitPlan,
    fits: int = 100,
) -> tuple[Ranked, ...]:
    """Rank true points among their posteriors.

    Parameters
    ----------
    formula
        Stands for the simulator.
    observed
        Readings, of which the errors are taken.
    tries
        Draws of the prior with which each fit begins.
    keys
        Names of the freed coordinates.
    plan
        Of each fit.
    fits
        How many.
    """
    size = len(observed.values)
    names = [("ranks", str(k)) for k in range(size)]
    errors = Streams(plan.seed, names).normal(np.arange(fits)).T
    root = np.linalg.cholesky(observed.covariance)
    axes = [("ranks", "true", key) for key in keys]
    truth = Streams(plan.seed, axes).uniform(np.arange(fits)).T
    width = tries.along.shape[1]
    others = [("ranks", "along", str(k)) for k in range(width)]
    along = Streams(plan.seed, others).normal(np.arange(fits)).T.reshape(fits, width)
    world = formula.say(truth, along, WORLD) + errors @ root.T
    begun = formula.say(tries.points, tries.along, WORLD + fits)

    def fit(number: int) -> tuple[Floats, Floats]:
        seen = replace(observed, values=world[number])

        def run(asked: Asked) -> tuple[Floats, Floats]:
            said = formula.say(asked.points, asked.along, asked.first)
            return log_likelihood(seen, said), said

        start = replace(tries, logs=log_likelihood(seen, begun), said=begun)
        settled = settle(run, start, replace(plan, seed=plan.seed + number))
        return truth[number], Population.joined(settled.stages).points

    return ranked(keys, simulate_ranks(fits, fit))
