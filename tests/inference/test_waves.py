"""Waves close in on where readings came from; real runs have the last word.

The simulator here is a formula of three freed numbers, with others drawn along and luck.
"""

from __future__ import annotations

import numpy as np
import pytest

from locum.errors import BadValue, ModelError
from locum.inference.calibration import Observed, Walk, walk
from locum.inference.importance import correct, log_likelihood, resample
from locum.inference.waves import Projection, WavePlan, left_over, run_waves
from locum.randomness import Streams

AXES = ("level", "slope", "idle")
TRUTH = np.array([[0.62, 0.35, 0.5]])
ERROR = 0.05
PLAN = WavePlan(runs=(40, 30), walk=Walk(chains=20, steps=200, thrown_away=100, scouts=2000))


def luck(first, count):
    names = [("along",), ("luck", "1"), ("luck", "2"), ("luck", "3")]
    return Streams(3, names).normal(first + np.arange(count)).T


def simulate(points, first):
    """Say three readings of a bent line; `idle` moves none of them."""
    level, slope, _ = points.T
    noise = luck(first, len(points))
    along = 0.05 * noise[:, :1]
    line = np.stack([np.tanh(3 * level - 1 + step * slope) for step in (0, 1, 2)], axis=1)
    return line + along + 0.02 * noise[:, 1:]


@pytest.fixture(scope="module")
def observed():
    return Observed(("a", "b", "c"), simulate(TRUTH, 10_000)[0], ERROR**2 * np.eye(3))


@pytest.fixture(scope="module")
def waves(observed):
    return run_waves(simulate, AXES, observed, 0, PLAN)


def test_later_waves_run_where_readings_could_have_come_from(waves):
    first, second = waves
    assert first.share < 0.7
    assert second.share > 1.3 * first.share
    fresh = second.points[-second.fresh :]
    assert np.abs(fresh[:, 0] - 0.62).mean() < 0.8 * np.abs(first.points[:, 0] - 0.62).mean()


def test_the_last_emulator_is_better_where_it_matters(waves):
    near = left_over(waves, 3, 7, PLAN)[:50]
    truth = simulate(near, 20_000)
    errors = [
        np.abs(wave.emulator.predict(near).mean - wave.projection.scores(truth)).mean()
        for wave in waves
    ]
    assert errors[1] < 1.05 * errors[0]


def test_what_is_left_over_holds_the_truth(waves):
    for wave in waves:
        assert wave.likelihood.implausibility(TRUTH).max() < 3.0


def test_scores_are_independent_and_hold_what_runs_differ_by(observed):
    alike = 0.01 * np.ones((3, 3)) + ERROR**2 * np.eye(3)
    related = Observed(observed.names, observed.values, alike)
    runs = simulate(Streams(9, [(axis,) for axis in AXES]).uniform(np.arange(200)).T, 0)
    all_, few = (Projection.of(related, runs, share) for share in (1.0, 0.9))
    assert all_.turn.T @ alike @ all_.turn == pytest.approx(np.eye(3), abs=1e-9)
    assert few.turn.shape[1] < 3
    spread = np.cov(all_.scores(runs), rowvar=False)
    assert spread == pytest.approx(np.diag(np.diag(spread)), abs=1e-9)


def test_readings_that_nothing_gives_rule_everything_out(observed):
    far = Observed(observed.names, observed.values + 9.0, observed.covariance)
    with pytest.raises(ModelError, match="rule out every point"):
        run_waves(simulate, AXES, far, 0, PLAN)


def test_real_runs_correct_what_the_emulator_proposes(waves, observed):
    """Against weights of a dense grid of the prior, with what is drawn along drawn along."""
    chains = walk(waves[-1].likelihood.log, 3, 0, Walk(20, 400, 100, 4000))
    points = chains.spread_out(3000)
    said = simulate(points, 50_000)
    found = correct(observed, said, waves[-1].likelihood.log(points))
    grid = Streams(5, [("grid", axis) for axis in AXES]).uniform(np.arange(200_000)).T
    logs = log_likelihood(observed, simulate(grid, 100_000))
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    assert found.effective > 300
    for axis in range(2):
        exact = weights @ grid[:, axis]
        spread = np.sqrt(weights @ (grid[:, axis] - exact) ** 2)
        error = 5 * spread / np.sqrt(found.effective)
        assert found.weights @ points[:, axis] == pytest.approx(exact, abs=error)


def test_runs_are_taken_as_often_as_they_weigh():
    weights = np.array([0.5, 0.0, 0.25, 0.25])
    assert np.bincount(resample(weights, 400, 0), minlength=4).tolist() == [200, 0, 100, 100]


def test_the_largest_weights_are_cut(observed):
    said = np.vstack([observed.values, np.tile(observed.values + 0.08, (99, 1))])
    found = correct(observed, said, np.zeros(100))
    assert found.cut == 1
    assert found.effective > found.raw_effective


def test_runs_without_a_proposal_are_refused(observed):
    with pytest.raises(BadValue, match="a row for each proposed point"):
        correct(observed, np.zeros((4, 3)), np.zeros(3))
