"""The posterior is right where it is known, and says what was not learned."""

from __future__ import annotations

import numpy as np
import pytest

from locum.errors import BadValue
from locum.inference.calibration import (
    Likelihood,
    Observed,
    Walk,
    effective_size,
    learn,
    reach,
    repeat_covariance,
    split_rhat,
    strongest_correlations,
    walk,
    weigh,
)
from locum.inference.emulator import emulate, latin_hypercube
from locum.randomness import Stream, Streams

AXES = ("cut", "admit", "idle")
NAMES = ("theatres", "wards", "icu")
NOISE = np.array([0.02, 0.02, 0.03])
READ = np.diag([0.01, 0.01, 0.02]) ** 2
SHORT = Walk(chains=60, steps=800, thrown_away=200, scouts=20_000)


def toy(points):
    """Return three outputs of three inputs, the last of which moves none."""
    cut, admit, _ = points.T
    return np.stack([1 - 0.6 * cut, 1 - 0.3 * cut - 0.4 * admit, 1 - 0.2 * admit**2], axis=1)


def normals(seed, name, shape):
    keys = [(name, str(column)) for column in range(shape[1])]
    return Streams(seed, keys).normal(np.arange(shape[0])).T


@pytest.fixture(scope="module")
def emulator():
    points = latin_hypercube(0, AXES, 120)
    return emulate(NAMES, points, toy(points) + NOISE * normals(0, "luck", (120, 3)))


@pytest.fixture(scope="module")
def likelihood(emulator):
    values = toy(np.array([[0.6, 0.3, 0.5]]))[0]
    return Likelihood(emulator, Observed(NAMES, values, READ))


@pytest.fixture(scope="module")
def chains(likelihood):
    return walk(likelihood.log, 3, 0, SHORT)


@pytest.fixture(scope="module")
def weighed(likelihood):
    prior = latin_hypercube(7, AXES, 60_000, candidates=1)
    return weigh(prior, likelihood.log(prior))


# --- the walk ----------------------------------------------------------------


def test_a_walk_finds_a_known_normal_with_its_correlation():
    covariance = np.array([[0.01, 0.008], [0.008, 0.01]]) / 4
    inverse = np.linalg.inv(covariance)

    def log_density(points):
        away = points - [0.5, 0.4]
        return -0.5 * np.einsum("ni,ij,nj->n", away, inverse, away)

    found = walk(log_density, 2, 0, SHORT)
    error = 5 * np.sqrt(np.diag(covariance) / found.effective)
    assert (np.abs(found.flat.mean(axis=0) - [0.5, 0.4]) < error).all()
    assert np.cov(found.flat, rowvar=False) == pytest.approx(covariance, rel=0.15)
    assert (found.rhat < 1.02).all()


def test_a_walk_stays_uniform_where_nothing_is_known():
    """Steps over the edge are reflected, so that edges are visited as often as the middle."""
    found = walk(lambda points: np.zeros(len(points)), 2, 1, SHORT)
    counts = np.stack([np.histogram(axis, 10, (0, 1))[0] for axis in found.flat.T])
    assert counts / len(found.flat) == pytest.approx(0.1, abs=0.012)


def test_a_walk_visits_both_of_two_modes():
    def log_density(points):
        away = np.minimum(np.abs(points[:, 0] - 0.2), np.abs(points[:, 0] - 0.8))
        return -0.5 * (away / 0.02) ** 2

    found = walk(log_density, 2, 0, SHORT)
    assert (found.flat[:, 0] < 0.5).mean() == pytest.approx(0.5, abs=0.1)


def test_walk_and_weights_agree(chains, weighed):
    """Two independent ways to one posterior; 5 standard errors of both."""
    sd = weighed.sd
    error = 5 * sd * np.sqrt(1 / chains.effective + 1 / weighed.effective)
    assert (np.abs(chains.flat.mean(axis=0) - weighed.mean) < error).all()
    assert chains.flat.std(axis=0) == pytest.approx(sd, rel=0.1)


def test_the_posterior_holds_the_truth(chains):
    low, high = np.quantile(chains.flat[:, :2], (0.005, 0.995), axis=0)
    assert (low < [0.6, 0.3]).all()
    assert (high > [0.6, 0.3]).all()


def test_the_posterior_is_that_of_the_linear_model(chains, emulator):
    """Of the first output alone the sd of `cut` is noise and reading error over its slope."""
    alone = Likelihood(emulator, Observed(NAMES[:1], np.array([0.7]), READ[:1, :1]))
    found = walk(alone.log, 3, 0, SHORT).flat[:, 0]
    expected = np.sqrt(emulator.noise[0, 0] + READ[0, 0]) / 0.6
    assert found.std() == pytest.approx(expected, rel=0.1)
    assert found.std() > chains.flat[:, 0].std()


def test_a_walk_is_named_by_its_seed(likelihood):
    short = Walk(chains=8, steps=20, thrown_away=5, scouts=500)
    first, again, other = (walk(likelihood.log, 3, seed, short) for seed in (1, 1, 2))
    assert np.array_equal(first.points, again.points)
    assert not np.array_equal(first.points, other.points)


@pytest.mark.parametrize("plan", [Walk(chains=6), Walk(chains=9), Walk(steps=5, thrown_away=5)])
def test_a_walk_that_cannot_be_walked_is_refused(plan, likelihood):
    with pytest.raises(BadValue, match="an even number of at least 8 chains"):
        walk(likelihood.log, 3, 0, plan)


def test_draws_come_from_every_chain(chains):
    spread = chains.spread_out(120)
    for chain in chains.points:
        assert sum((point == chain).all(axis=1).any() for point in spread) == 2


def test_more_draws_than_were_walked_are_refused(chains):
    with pytest.raises(BadValue, match="from 1 to"):
        chains.spread_out(10**9)


# --- diagnostics -------------------------------------------------------------


def test_independent_draws_are_worth_themselves():
    draws = normals(0, "independent", (8 * 500, 2)).reshape(8, 500, 2)
    assert effective_size(draws) == pytest.approx(4000, rel=0.15)
    assert split_rhat(draws) == pytest.approx(1.0, abs=0.01)


def test_an_autoregression_is_worth_what_theory_says():
    """Draws with correlation rho a step are worth (1 - rho) / (1 + rho) of independent ones."""
    draws = normals(0, "steps", (8 * 4000, 1)).reshape(8, 4000, 1)
    for step in range(1, 4000):
        draws[:, step] += 0.8 * draws[:, step - 1]
    assert effective_size(draws)[0] == pytest.approx(32_000 / 9, rel=0.15)


def test_chains_that_disagree_are_noticed():
    draws = normals(0, "apart", (8 * 500, 1)).reshape(8, 500, 1)
    draws[:4] += 3.0
    assert split_rhat(draws)[0] > 1.5
    assert effective_size(draws)[0] < 40


def test_repeated_runs_give_the_covariance_of_luck():
    spread = np.array([[0.2, 0.0], [0.1, 0.1]])
    runs = normals(0, "repeats", (4000, 2)) @ spread.T
    outputs = runs.reshape(400, 10, 2) + np.arange(400)[:, None, None]
    assert repeat_covariance(outputs) == pytest.approx(spread @ spread.T, abs=0.002)


# --- what was learned --------------------------------------------------------


def test_what_readings_do_not_move_is_not_identified(chains):
    def quantile(points):
        return 2.0 * points + 1.0

    cut, admit, idle = learn(AXES, chains, quantile, 0)
    assert cut.identified
    assert admit.identified
    assert not idle.identified
    assert cut.contraction > 0.8
    assert abs(idle.contraction) < 0.1
    assert cut.prior_mean == pytest.approx(2.0, abs=0.02)
    assert cut.low < 2.2 < cut.high


def test_the_strongest_correlation_comes_first(chains):
    pairs = strongest_correlations(AXES, chains.flat, 2)
    assert len(pairs) == 2
    first, second, rho = pairs[0]
    assert {first, second} == {"cut", "admit"}
    assert rho < -0.3


def test_a_reading_outside_what_the_prior_can_give_is_not_reached(emulator):
    far = Likelihood(emulator, Observed(NAMES, np.array([0.7, 0.8, 0.3]), READ))
    prior = latin_hypercube(7, AXES, 4000, candidates=1)
    reaches, together = reach(far, prior)
    assert [each.reached for each in reaches] == [True, True, False]
    assert together == 0.0
    assert reaches[2].low > 0.7
    assert reaches[2].share == 0.0


def test_resampled_points_have_the_moments_of_the_weights(weighed):
    points = weighed.resample(4000, 0)
    assert points.mean(axis=0) == pytest.approx(weighed.mean, abs=0.01)
    assert points.std(axis=0) == pytest.approx(weighed.sd, rel=0.05)


def test_weights_without_any_likelihood_are_refused():
    with pytest.raises(BadValue, match="highest likelihood"):
        weigh(np.full((3, 1), 0.5), np.full(3, -np.inf))


# --- calibration of the calibration ------------------------------------------


def test_ranks_of_the_truth_in_its_posterior_are_uniform(emulator):
    """Talts and others (2018): with truths of the prior, every rank is as likely.

    The prior is weighed once for each of 300 data sets; chi-square of 10 classes has 9 degrees of
    freedom and exceeds 27.9 once in a thousand times.
    """
    count, bins = 300, 10
    truths = latin_hypercube(11, AXES, count, candidates=1)
    luck = NOISE * normals(12, "luck", (count, 3))
    values = toy(truths) + luck + normals(13, "read", (count, 3)) @ np.sqrt(READ)
    prior = latin_hypercube(14, AXES, 6000, candidates=1)
    said = emulator.predict(prior)
    ranks = np.empty((count, 3))
    for row, value in enumerate(values):
        found = weigh(prior, Likelihood(emulator, Observed(NAMES, value, READ)).log_of(said))
        ranks[row] = found.weights @ (prior < truths[row])
    ties = Stream(15, "ties").uniform(np.arange(count))[:, None] / 6000
    classes = np.minimum(((ranks + ties) * bins).astype(int), bins - 1)
    for axis in classes.T:
        counts = np.bincount(axis, minlength=bins)
        assert ((counts - count / bins) ** 2 / (count / bins)).sum() < 27.9
