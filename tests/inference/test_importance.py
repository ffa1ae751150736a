"""Weights of runs: against formulas, and a heat that spares as many as wanted."""

from __future__ import annotations

import numpy as np
import pytest

from locum.inference.calibration import Observed
from locum.inference.importance import heat_for, log_likelihood, resample

COVARIANCE = np.array([[0.04, 0.01], [0.01, 0.09]])
SEEN = Observed(("a", "b"), np.array([1.0, 2.0]), COVARIANCE)


def test_the_likelihood_is_that_of_correlated_normal_errors():
    said = np.array([[1.0, 2.0], [1.3, 1.5]])
    away = SEEN.values - said
    squares = np.einsum("mi,ij,mj->m", away, np.linalg.inv(COVARIANCE), away)
    exact = -0.5 * (squares + np.log(np.linalg.det(2 * np.pi * COVARIANCE)))
    assert log_likelihood(SEEN, said) == pytest.approx(exact)


def test_runs_are_taken_as_often_as_they_weigh():
    weights = np.array([0.5, 0.0, 0.25, 0.25])
    assert np.bincount(resample(weights, 400, 0), minlength=4).tolist() == [200, 0, 100, 100]


@pytest.mark.parametrize("wanted", [5.0, 10.0, 60.0])
def test_the_heat_leaves_as_many_runs_as_wanted(wanted):
    logs = -0.5 * np.arange(100.0) ** 1.5
    weights = np.exp(logs / heat_for(logs, wanted))
    assert weights.sum() ** 2 / (weights**2).sum() == pytest.approx(wanted, rel=1e-6)


def test_runs_that_are_worth_enough_are_not_heated():
    assert heat_for(np.zeros(50), 20.0) == 1.0
