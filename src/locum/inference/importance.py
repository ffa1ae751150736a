"""Weights of runs: the likelihood of readings, a heat that spares enough of them, a new sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.inference.calibration import LOG_2_PI
from locum.randomness import Stream

if TYPE_CHECKING:
    from locum.inference.calibration import Observed
    from locum.inference.scores import Floats

HOTTEST, HALVINGS = 1e6, 30

Places: TypeAlias = NDArray[np.intp]

__all__ = ["Places", "heat_for", "log_likelihood", "resample", "tempered"]


def log_likelihood(observed: Observed, said: Floats) -> Floats:
    """Return the logarithm of the likelihood of readings, given what runs said (M, K), (M,)."""
    root = np.linalg.cholesky(observed.covariance)
    away = np.linalg.solve(root, (observed.values - said).T)
    size = np.log(np.diag(root)).sum()
    return -0.5 * (away**2).sum(axis=0) - size - 0.5 * LOG_2_PI * said.shape[1]


def heat_for(logs: Floats, wanted: float) -> float:
    """Return by what logarithms of weights (M,) must be divided to be worth so many equal ones.

    1 where they are worth as many as they are.
    """

    def worth(heat: float) -> float:
        weights = np.exp((logs - logs.max()) / heat)
        return float(weights.sum() ** 2 / (weights**2).sum())

    low, high = 1.0, 1.0
    while worth(high) < wanted and high < HOTTEST:
        low, high = high, 2.0 * high
    for _ in range(HALVINGS if high > 1.0 else 0):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if worth(middle) < wanted else (low, middle)
    return high


def tempered(logs: Floats, heat: float) -> Floats:
    """Return weights (M,), which sum to one, of runs whose logarithms are divided by a heat."""
    weights = np.exp((logs - logs.max()) / heat)
    return weights / weights.sum()


def resample(weights: Floats, count: int, seed: int) -> Places:
    """Return places (count,) of runs, each as often as its weight says, in a mixed order."""
    stream = Stream(seed, "importance")
    edges = np.cumsum(weights)
    start = float(stream.uniform(0)[0])
    marks: Floats = (np.arange(count) + start) / count * edges[-1]
    order = np.argsort(stream.uniform(np.arange(1, count + 1)), kind="stable")
    return np.searchsorted(edges, marks)[order]
