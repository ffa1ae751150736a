"""Calibration of a fitter by simulation: whether it finds back what it was given.

Numbers are drawn from their priors, readings are made with them, the fitter is asked for its
posterior, and the rank of each number among the draws of its posterior is noted. A fitter that is
right makes every rank equally likely; one that is too sure of itself makes the outer ranks
frequent, one that is biased makes them lean.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locum.inference.scores import Floats

__all__ = ["Ranked", "kolmogorov", "rank_places", "ranked", "simulate_ranks"]

TAIL_TERMS = 100
OUTER = 0.05


@dataclass(frozen=True)
class Ranked:
    """What the ranks of one number say.

    Parameters
    ----------
    name
        The number.
    fits
        How many were made.
    distance
        Largest difference between the distribution of the ranks and the uniform one, 0 to 1.
    chance
        Of a larger one if every rank is equally likely (Kolmogorov's test).
    inside
        Share of the fits whose central 90 per cent hold the true number; 0.9 is right.
    lean
        Mean place of the true number among the draws: 0.5 is right, more is a posterior too low.
    """

    name: str
    fits: int
    distance: float
    chance: float
    inside: float
    lean: float


def rank_places(truth: Floats, draws: Floats) -> Floats:
    """Return where true numbers (P,) stand among draws (D, P) of their posterior, 0 to 1.

    The place of the one with r draws below it is (r + 1/2) / (D + 1).
    """
    below = (draws < truth).sum(axis=0)
    return (below + 0.5) / (len(draws) + 1)


def simulate_ranks(
    fits: int, fit: Callable[[int], tuple[Floats, Floats]], draws: int = 99
) -> Floats:
    """Return the places (fits, P) of true numbers among draws of their posteriors.

    Parameters
    ----------
    fits
        How many fits to make.
    fit
        Given the number of the fit: true numbers (P,) and draws of the posterior (D, P) that a fit
        to readings made with them gave.
    draws
        So many of the draws are used, evenly spaced, so that neighbours are not alike.

    References
    ----------
    Talts, Betancourt, Simpson, Vehtari and Gelman (2018), Validating Bayesian inference algorithms
    with simulation-based calibration, arXiv:1804.06788.
    """
    if fits < 1 or draws < 1:
        raise BadValue("fits and draws of a calibration", (fits, draws), "at least one of each")
    places: list[Floats] = []
    for number in range(fits):
        truth, found = fit(number)
        taken = (np.arange(draws) * len(found)) // draws
        places.append(rank_places(truth, found[taken]))
    return np.stack(places)


def ranked(names: Sequence[str], places: Floats) -> tuple[Ranked, ...]:
    """Return what places (fits, P) say of each number."""
    fits = len(places)
    return tuple(
        Ranked(
            name=name,
            fits=fits,
            distance=distance,
            chance=kolmogorov(distance, fits),
            inside=float(((column >= OUTER) & (column <= 1 - OUTER)).mean()),
            lean=float(column.mean()),
        )
        for name, column in zip(names, places.T, strict=True)
        for distance in [_distance(column)]
    )


def _distance(places: Floats) -> float:
    ordered, count = np.sort(places), len(places)
    above = np.arange(1, count + 1) / count - ordered
    below = ordered - np.arange(count) / count
    return float(max(above.max(), below.max()))


def kolmogorov(distance: float, count: int) -> float:
    r"""Return the chance that uniform numbers stray so far from their distribution.

    Parameters
    ----------
    distance
        Largest difference of the distribution functions.
    count
        How many numbers.

    Notes
    -----
    :math:`2\sum_{k\ge1}(-1)^{k-1}e^{-2k^2\lambda^2}` with
    :math:`\lambda=(\sqrt n+0.12+0.11/\sqrt n)\,D`. Held by tests/inference/test_ranks.py.

    References
    ----------
    Stephens (1970), Journal of the Royal Statistical Society B 32(1):115-122.
    """
    root = sqrt(count)
    scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < 0.2:  # the series has not begun to fall there, and its sum is 1 to ten places
        return 1.0
    terms = ((-1.0) ** (k - 1) * exp(-2.0 * (k * scaled) ** 2) for k in range(1, TAIL_TERMS + 1))
    return min(1.0, max(0.0, 2.0 * sum(terms)))
