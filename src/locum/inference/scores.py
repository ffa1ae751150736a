"""How far a forecast is from what was counted: functions on plain arrays."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from locum.errors import BadValue

__all__ = ["covers", "crps", "interval", "mean_absolute_error", "straight_line"]

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]


def crps(ensemble: Floats, observed: float) -> float:
    r"""Return the continuous ranked probability score of an ensemble, in the unit of the reading.

    Parameters
    ----------
    ensemble
        Forecasts of one number, equally likely, shape (D,).
    observed
        What was counted.

    Notes
    -----
    :math:`\frac1D\sum_i|x_i-y| - \frac1{2D^2}\sum_{i,j}|x_i-x_j|`: the score of the ensemble's
    step function. With one member it is the absolute error, so that a point forecast is judged on
    the same scale. Held by tests/inference/test_scores.py.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102(477):359-378.
    """
    members = np.sort(_members(ensemble))
    count = members.size
    # Of the ordered members, the i-th is the larger one in i pairs and the smaller in the rest.
    weights = 2.0 * np.arange(count) - (count - 1)
    spread = float(weights @ members) / count**2
    return float(np.abs(members - observed).mean()) - spread


def interval(ensemble: Floats, level: float) -> tuple[float, float]:
    """Return the central interval that holds this share of an ensemble.

    Parameters
    ----------
    ensemble
        Shape (D,).
    level
        Share inside, such as 0.8: the 10th to the 90th percentile.
    """
    if not 0 < level < 1:
        raise BadValue("level of an interval", level, "a share between 0 and 1")
    low, high = np.quantile(_members(ensemble), (0.5 - level / 2, 0.5 + level / 2))
    return float(low), float(high)


def covers(limits: tuple[float, float], observed: float) -> bool:
    """Whether an interval, ends included, holds what was counted."""
    return limits[0] <= observed <= limits[1]


def mean_absolute_error(forecast: Floats, observed: Floats) -> Floats:
    """Return the mean over the last axis of the absolute differences."""
    return np.abs(forecast - observed).mean(axis=-1)


def straight_line(years: Floats, values: Floats) -> float:
    """Return the yearly slope of the least-squares line through dated values."""
    if years.size < 2:
        raise BadValue("values to draw a line through", years.size, "at least two")
    centred = years - years.mean()
    return float(centred @ (values - values.mean()) / (centred @ centred))


def _members(ensemble: Floats) -> Floats:
    if ensemble.ndim != 1 or not ensemble.size:
        raise BadValue("shape of an ensemble", ensemble.shape, "one number a draw")
    return ensemble
