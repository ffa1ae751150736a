"""Which assumptions the answer hangs on: influence from the draws that a run has anyway."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import YearOutside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.inference.scores import Floats
    from locum.runs import Run

__all__ = ["influence_of", "rank_influence", "with_influence"]

FEWEST_DRAWS = 10
FOCUS_YEAR = 2035
MOST_STEPS = 30
"""Assumptions that can be told apart from chance, at most."""
CACHED = ("dataset", "headline", "manifest")


def with_influence(run: Run) -> Run:
    """Return the run with the influence of its assumptions on the gap."""
    result = replace(run, influence=rank_influence(run))
    # What the run has computed holds for the copy too, and labelling results takes a while.
    vars(result).update({name: vars(run)[name] for name in CACHED if name in vars(run)})
    return result


def rank_influence(
    run: Run, variable: str = "gap_total", year: int | None = None
) -> dict[str, float]:
    """Return the influence (0 to 1) of every assumption that differs between draws.

    Parameters
    ----------
    run
        Finished run.
    variable
        National result.
    year
        Year of the result; 2035, or the last one of a run that ends earlier or starts later.

    Returns
    -------
    dict
        By key. Zero where nothing can be told apart from chance with this number of draws; empty
        with fewer than 10 draws.

    Raises
    ------
    YearOutside
        If the run does not cover the year.
    KeyError
        If there is no such result.
    """
    count = run.request.draws
    if count < FEWEST_DRAWS:
        return {}
    years = run.results.tables.axes.years
    if year is None:
        year = FOCUS_YEAR if FOCUS_YEAR in years else int(years[-1])
    if year not in years:
        raise YearOutside("influence", year, int(years[0]), int(years[-1]))
    position = int(np.searchsorted(years, year))
    result = run.dataset[variable].transpose("draw", "year").values[:, position]
    varied = run.ledger.draw(run.request.seed, 0, count).varied()
    return influence_of(varied, np.asarray(result, dtype=np.float64))


def influence_of(inputs: Mapping[str, Floats], output: Floats) -> dict[str, float]:
    r"""Return squared standardised rank regression coefficients, less what chance gives.

    Parameters
    ----------
    inputs
        Values (D,) by name.
    output
        Result (D,).

    Returns
    -------
    dict
        By name, 0 to 1. The sum is about the share of the variation between draws that is
        explained.

    Notes
    -----
    Ranks of the output are regressed on ranks of the inputs. With as many assumptions as draws a
    regression on all of them would explain everything by chance, so inputs enter one by one, the
    most correlated with what is left first, as long as the square of its t value exceeds
    :math:`2\ln K`, about the largest that K inputs without any effect show. Of each squared
    coefficient its own error variance is taken off. Inputs that do not enter have influence 0:
    too little to be seen with this number of draws. Held by tests/inference/test_sensitivity.py.

    References
    ----------
    Saltelli and others (2008), Global Sensitivity Analysis: The Primer, section 1.2.5.
    Foster and George (1994), Annals of Statistics 22(4):1947-1975, for the threshold.
    """
    result = dict.fromkeys(inputs, 0.0)
    names = [name for name, values in inputs.items() if np.ptp(values) > 0.0]
    if not names or np.ptp(output) == 0.0:
        return result
    x = np.stack([_standard_ranks(inputs[name]) for name in names], axis=1)
    y = _standard_ranks(output)
    chosen = _enter(x, y)
    if chosen:
        squares = _squared_coefficients(x[:, chosen], y)
        result.update({names[k]: float(s) for k, s in zip(chosen, squares, strict=True)})
    return result


def _standard_ranks(values: Floats) -> Floats:
    """Return mean ranks (D,) with mean 0 and sum of squares 1."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - 0.5 * (counts - 1))[place]
    ranks = ranks - ranks.mean()
    return ranks / np.sqrt(ranks @ ranks)


def _enter(x: Floats, y: Floats) -> list[int]:
    """Return the columns of x that enter the regression, in order.

    After each step the columns are made orthogonal to those that entered, so that the next is
    judged by what it adds.
    """
    count, width = x.shape
    threshold = 2.0 * log(max(width, 3))
    left, rest = x.copy(), y.copy()
    chosen: list[int] = []
    for step in range(min(MOST_STEPS, width, count // 3)):
        lengths = np.sqrt((left**2).sum(axis=0))
        usable = lengths > 1e-6  # what the columns before it already explain is not noise to fit
        found = np.where(usable, (left.T @ rest) / np.where(usable, lengths, 1.0), 0.0)
        best = int(np.argmax(np.abs(found)))
        explained = float(found[best] ** 2)
        unexplained = max(float(rest @ rest) - explained, 1e-300)
        if explained * (count - step - 2) / unexplained <= threshold:
            break
        direction = left[:, best] / lengths[best]
        rest = rest - found[best] * direction
        left = left - np.outer(direction, direction @ left)
        chosen.append(best)
    return chosen


def _squared_coefficients(x: Floats, y: Floats) -> Floats:
    """Return squared coefficients less their error variances, between 0 and 1."""
    inverse = np.linalg.inv(x.T @ x)
    coefficients = inverse @ (x.T @ y)
    left = y - x @ coefficients
    variance = float(left @ left) / (y.size - x.shape[1] - 1) * np.diag(inverse)
    return np.clip(coefficients**2 - variance, 0.0, 1.0)
