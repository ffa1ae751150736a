"""Populations moved by real runs end up as draws of the joint posterior, luck included."""

from __future__ import annotations

import numpy as np
import pytest

from locum.errors import BadValue
from locum.inference.moving import Asked, MovePlan, Population, move
from locum.randomness import Stream, Streams

READ, ERROR, LUCK = 0.9, 0.1, 0.15
COUNT = 200


def run(asked):
    """Say level + drawn along + luck, of which one reading is there; the second axis is idle."""
    points, along, _, first = asked
    luck = LUCK * Stream(2, "luck").normal(first + np.arange(len(points)))
    said = points[:, 0] + 0.2 * along[:, 0] + luck
    return -0.5 * ((READ - said) / ERROR) ** 2, said[:, None]


def exact():
    """Return means and standard deviations by weighing a large sample of the prior."""
    points = Streams(4, [("grid", "0"), ("grid", "1")]).uniform(np.arange(400_000)).T
    along = Stream(4, "grid", "along").normal(np.arange(400_000))[:, None]
    logs, _ = run(Asked(points, along, np.arange(len(points)), 10**7))
    weights = np.exp(logs) / np.exp(logs).sum()
    sample = np.column_stack([points, along])
    mean = weights @ sample
    return mean, np.sqrt(weights @ (sample - mean) ** 2)


def good(points, along):
    """Say what a run says without its luck."""
    return -0.5 * ((READ - points[:, 0] - 0.2 * along[:, 0]) / np.hypot(ERROR, LUCK)) ** 2


def wrong(points, along):
    """Say that the idle axis is what matters, and lead away from the reading."""
    return -2.0 * (points[:, 1] - 0.2) ** 2 - points[:, 0] - 0.0 * along[:, 0]


@pytest.fixture(scope="module", params=[None, good, wrong], ids=["none", "good", "wrong"])
def moved(request):
    points = Streams(1, [("start", "0"), ("start", "1")]).uniform(np.arange(COUNT)).T
    along = Stream(1, "start", "along").normal(np.arange(COUNT))[:, None]
    logs, said = run(Asked(points, along, np.arange(COUNT), 10**6))
    start = Population(points, along, logs, said, 10**6 + np.arange(COUNT))
    plan = MovePlan(steps=200, thrown_away=80, every=20, guided=8)
    return move(run, start, 0, plan, guide=request.param)


def test_the_population_is_the_joint_posterior_of_points_and_what_is_drawn_along(moved):
    mean, sd = exact()
    found = np.column_stack([moved.population.points, moved.population.along])
    assert found.mean(axis=0) == pytest.approx(mean, abs=5 * sd.max() / np.sqrt(COUNT))
    assert found.std(axis=0) == pytest.approx(sd, rel=0.2)


def test_what_the_readings_do_not_touch_keeps_its_prior(moved):
    idle = moved.population.points[:, 1]
    assert np.quantile(idle, [0.25, 0.5, 0.75]) == pytest.approx([0.25, 0.5, 0.75], abs=0.1)


def test_each_draw_comes_with_what_its_own_run_said(moved):
    population = moved.population
    logs = -0.5 * ((READ - population.said[:, 0]) / ERROR) ** 2
    assert population.logs == pytest.approx(logs)
    again = [
        run(Asked(population.points[[k]], population.along[[k]], np.array([k]), number))[1][0]
        for k, number in enumerate(population.numbers.tolist())
    ]
    assert np.array_equal(again, population.said)
    assert 0.02 < moved.accepted < 0.9
    assert len(population) == 6 * COUNT


def test_too_few_points_are_refused():
    zeros = np.zeros((6, 1))
    few = Population(zeros + 0.5, zeros, zeros[:, 0], zeros, np.arange(6))
    with pytest.raises(BadValue, match="at least 8 points"):
        move(run, few, 0)
