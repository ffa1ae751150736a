"""The last correction of a fit by emulator: real runs, weighed by what they say.

An emulator tells where the posterior is, never quite. So the simulator itself is run at points
that the emulator's posterior proposes, with everything else drawn from its prior, and each run is
weighed by the likelihood of the readings given what it said, over the density at which its point
was proposed. The weighed runs are draws of the joint posterior of all that varied, the luck
included: what was drawn along is corrected too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import BadValue, ModelError
from locum.inference.calibration import LOG_2_PI
from locum.randomness import Stream

if TYPE_CHECKING:
    from locum.inference.calibration import Observed
    from locum.inference.scores import Floats

HOTTEST, HALVINGS = 1e6, 30

Places: TypeAlias = NDArray[np.intp]

__all__ = ["Corrected", "correct", "heat_for", "log_likelihood", "resample"]


@dataclass(frozen=True, eq=False)
class Corrected:
    """Weights of runs.

    Parameters
    ----------
    weights
        Of each run, (M,); they sum to one.
    raw_effective
        Equally weighted runs that they were worth before the largest were cut.
    cut
        How many were.
    """

    weights: Floats
    raw_effective: float
    cut: int

    @property
    def effective(self) -> float:
        """Return how many equally weighted runs they are worth."""
        return 1.0 / float((self.weights**2).sum())


def log_likelihood(observed: Observed, said: Floats) -> Floats:
    """Return the logarithm of the likelihood of readings, given what runs said (M, K), (M,)."""
    root = np.linalg.cholesky(observed.covariance)
    away = np.linalg.solve(root, (observed.values - said).T)
    size = np.log(np.diag(root)).sum()
    return -0.5 * (away**2).sum(axis=0) - size - 0.5 * LOG_2_PI * said.shape[1]


def correct(observed: Observed, said: Floats, proposed: Floats) -> Corrected:
    r"""Weigh runs whose points were proposed.

    Parameters
    ----------
    observed
        Readings, K of them.
    said
        What each run said of them, (M, K).
    proposed
        Logarithm of the density, up to a constant, at which its point was proposed, (M,).

    Raises
    ------
    ModelError
        If no run could have given the readings.

    Notes
    -----
    Weights above :math:`\bar w\sqrt M` are cut to it, which bounds the variance at the price of a
    bias that vanishes as M grows.

    References
    ----------
    Ionides (2008), Journal of Computational and Graphical Statistics 17(2):295-311.
    """
    if said.shape != (len(proposed), len(observed.values)):
        raise BadValue("shape of the runs", said.shape, "a row for each proposed point")
    logs = log_likelihood(observed, said) - proposed
    if not np.isfinite(logs.max()):
        raise ModelError("no run at a proposed point could have given the readings")
    weights = np.exp(logs - logs.max())
    most = weights.mean() * np.sqrt(len(weights))
    cut = np.minimum(weights, most)
    raw = float(weights.sum() ** 2 / (weights**2).sum())
    return Corrected(cut / cut.sum(), raw, int((weights > most).sum()))


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


def resample(weights: Floats, count: int, seed: int) -> Places:
    """Return places (count,) of runs, each as often as its weight says, in a mixed order."""
    stream = Stream(seed, "importance")
    edges = np.cumsum(weights)
    start = float(stream.uniform(0)[0])
    marks: Floats = (np.arange(count) + start) / count * edges[-1]
    order = np.argsort(stream.uniform(np.arange(1, count + 1)), kind="stable")
    return np.searchsorted(edges, marks)[order]
