"""An emulator says what runs would say, and knows how far off it may be."""

from __future__ import annotations

import numpy as np
import pytest

from locum.errors import BadValue
from locum.inference.climbing import minimise
from locum.inference.emulator import emulate, latin_hypercube
from locum.randomness import Stream, Streams

AXES = ("cut", "admit", "leave")


def kinked(points):
    """Return two outputs: one with a cap, as cuts have, one curved."""
    cut, admit, leave = points.T
    capped = np.minimum(0.8, 1.4 * cut) + 0.2 * admit * leave
    return np.stack([capped, np.sin(3 * admit) + leave**2], axis=1)


def noise(seed, count, sd):
    keys = [("noise", str(k)) for k in range(len(sd))]
    return Streams(seed, keys).normal(np.arange(count)).T * sd


@pytest.fixture(scope="module")
def noisy():
    points = latin_hypercube(1, AXES, 100)
    outputs = kinked(points) + noise(1, 100, [0.02, 0.1])
    return emulate(("capped", "curved"), points, outputs)


# --- the design --------------------------------------------------------------


def test_every_part_of_every_axis_holds_one_point():
    points = latin_hypercube(3, AXES, 17)
    assert points.shape == (17, 3)
    assert (np.sort((points * 17).astype(int), axis=0) == np.arange(17)[:, None]).all()


def test_a_design_is_named_by_its_seed():
    first = latin_hypercube(3, AXES, 20)
    assert np.array_equal(first, latin_hypercube(3, AXES, 20))
    assert not np.array_equal(first, latin_hypercube(4, AXES, 20))


def test_more_candidates_keep_points_farther_apart():
    def closest(points):
        away = np.linalg.norm(points[:, None] - points[None], axis=2)
        return away[np.triu_indices(len(points), 1)].min()

    alone, chosen = (latin_hypercube(0, AXES, 25, candidates=n) for n in (1, 60))
    assert closest(chosen) > closest(alone)


def test_a_design_of_nothing_is_refused():
    with pytest.raises(BadValue, match="at least one point and one axis"):
        latin_hypercube(0, (), 10)


# --- the optimiser -----------------------------------------------------------


def test_the_least_of_a_narrow_valley_is_found():
    def rosenbrock(x):
        value = 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
        slope = [-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)]
        return value, np.array(slope)

    point, value = minimise(rosenbrock, np.array([-1.2, 1.0]), steps=200)
    assert point == pytest.approx([1.0, 1.0], abs=1e-4)
    assert value == pytest.approx(0.0, abs=1e-8)


# --- the emulator ------------------------------------------------------------


def test_a_smooth_simulator_without_noise_is_met_between_its_runs():
    points = latin_hypercube(0, AXES, 60)
    emulator = emulate(("curved",), points, kinked(points)[:, 1:])
    new = latin_hypercube(9, AXES, 300, candidates=1)
    error = emulator.predict(new).mean[:, 0] - kinked(new)[:, 1]
    assert np.sqrt((error**2).mean()) < 0.01 * kinked(new)[:, 1].std()


def test_noise_is_told_from_shape(noisy):
    assert np.sqrt(np.diag(noisy.noise)) == pytest.approx([0.02, 0.1], rel=0.25)


def test_errors_between_runs_are_as_large_as_the_emulator_says(noisy):
    new = latin_hypercube(9, AXES, 2000, candidates=1)
    mean, variance = noisy.predict(new)
    standard = (mean - kinked(new)) / np.sqrt(variance)
    assert (np.sqrt((standard**2).mean(axis=0)) < 1.5).all()


def test_leaving_out_a_run_is_fitting_without_it():
    """With the same hyperparameters; the closed form needs no fit."""
    points = latin_hypercube(2, AXES, 30)
    outputs = kinked(points) + noise(5, 30, [0.05, 0.05])
    process = emulate(("a", "b"), points, outputs).processes[0]
    kept = np.delete(np.arange(30), 7)
    # The covariance of the runs is the inverse of what the emulator keeps.
    covariance = np.linalg.inv(process.inverse)
    weights = np.linalg.solve(covariance[np.ix_(kept, kept)], covariance[kept, 7])
    expected = process.centre + process.scale * weights @ process.standard[kept]
    assert process.left_out()[0][7] == pytest.approx(expected, rel=1e-6)


def test_quality_is_in_the_unit_of_the_output(noisy):
    capped, curved = noisy.qualities()
    assert (capped.name, curved.name) == ("capped", "curved")
    assert 0.02 < capped.error < 0.04
    assert capped.explained > 0.97
    assert 0.8 < capped.calibration < 1.2
    assert capped.error < capped.spread


def test_an_output_that_inputs_do_not_move_is_all_noise():
    points = latin_hypercube(0, AXES, 80)
    emulator = emulate(("idle",), points, Stream(8, "idle").normal(np.arange(80))[:, None])
    [quality] = emulator.qualities()
    assert quality.explained < 0.1
    assert quality.noise == pytest.approx(quality.spread, rel=0.1)


def test_a_constant_output_stays_constant():
    points = latin_hypercube(0, AXES, 40)
    emulator = emulate(("constant",), points, np.full((40, 1), 0.7))
    assert emulator.predict(points[:5] * 0.9).mean == pytest.approx(0.7)
    assert emulator.qualities()[0].explained == 0.0


def test_noise_that_outputs_share_is_correlated():
    points = latin_hypercube(0, AXES, 100)
    shared = noise(3, 100, [0.1])
    outputs = kinked(points) + shared + noise(4, 100, [0.03, 0.03])
    covariance = emulate(("a", "b"), points, outputs).noise
    sd = np.sqrt(np.diag(covariance))
    assert covariance[0, 1] / sd.prod() == pytest.approx(0.917, abs=0.08)


def test_some_outputs_alone_are_predicted_as_among_all(noisy):
    new = latin_hypercube(9, AXES, 5, candidates=1)
    alone = noisy.take(("curved",)).predict(new)
    assert np.array_equal(alone.mean[:, 0], noisy.predict(new).mean[:, 1])


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda points, outputs: (points[:9], outputs[:9]), "more than 10"),
        (lambda points, outputs: (points, outputs[:5]), "a row for each point"),
        (lambda points, outputs: (points, outputs * np.nan), "finite outputs"),
        (lambda points, outputs: (points + 1, outputs), "points inside 0..1"),
    ],
)
def test_runs_that_cannot_be_used_are_refused(change, match):
    points = latin_hypercube(0, AXES, 30)
    with pytest.raises(BadValue, match=match):
        emulate(("a", "b"), *change(points, kinked(points)))


def test_points_of_another_cube_are_refused(noisy):
    with pytest.raises(BadValue, match="points with 3 coordinates"):
        noisy.predict(np.full((4, 2), 0.5))
