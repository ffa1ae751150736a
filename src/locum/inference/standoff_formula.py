"""What runs of the agents say, as a formula: a guide for the fit, and a stand-in to test it on.

Quadratic in each freed assumption and linear in what is drawn along, with the noise that it
leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from locum.inference.importance import log_likelihood
from locum.randomness import Streams

if TYPE_CHECKING:
    from locum.inference.calibration import Observed
    from locum.inference.moving import Guide
    from locum.inference.scores import Floats

__all__ = ["Formula", "GuideOf", "guide_to"]

RIDGE = 1.0
"""Added to the precision of each coefficient, in the unit of standardised terms."""
GuideOf: TypeAlias = Callable[["Floats", "Floats", "Floats"], "Guide"]
"""Given points (N, P), what was drawn along (N, Q) and what runs said (N, R), a guide."""


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
    def of(cls, points: Floats, along: Floats, said: Floats, seed: int = 0) -> Formula:
        """Learn it from runs.

        Parameters
        ----------
        points, along
            Where they were made, (N, P) and (N, Q).
        said
            Readings of each run on the scale of the fit, (N, K).
        seed
            Names the luck.
        """
        terms = _terms(points, along)
        penalty = RIDGE * np.eye(terms.shape[1])
        penalty[0, 0] = 0.0
        precision: Floats = terms.T @ terms + penalty
        coefficients = np.asarray(np.linalg.solve(precision, terms.T @ said), np.float64)
        left = said - terms @ coefficients
        covariance = left.T @ left / max(len(said) - terms.shape[1], 1)
        jitter = 1e-9 * np.trace(covariance) / len(covariance)
        full: Floats = covariance + jitter * np.eye(len(covariance))
        return cls(coefficients, np.asarray(np.linalg.cholesky(full), np.float64), seed)

    def guide(self, observed: Observed) -> Guide:
        """Return about the logarithm of the likelihood of readings, the noise in their errors."""
        total = replace(observed, covariance=observed.covariance + self.root @ self.root.T)

        def judge(points: Floats, along: Floats) -> Floats:
            return log_likelihood(total, _terms(points, along) @ self.coefficients)

        return judge

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


def guide_to(observed: Observed) -> GuideOf:
    """Return what learns a guide to readings from runs that say them on the scale of the fit."""

    def learn(points: Floats, along: Floats, said: Floats) -> Guide:
        return Formula.of(points, along, said).guide(observed)

    return learn
