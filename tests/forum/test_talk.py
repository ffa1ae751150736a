"""Self-exciting posts against the theory of Hawkes processes, and the draws behind them."""

from __future__ import annotations

from math import exp, factorial, floor, lgamma, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from tests.forum.worlds import column, forum, mean_and_error

from locum.forum import Drive
from locum.forum.compilation import callable_twin
from locum.forum.draws import poisson, run_key, uniform
from locum.forum.theory import post_rate

OWN = 0.0048 * 10_000
"""Own posts a day."""


def posts(branching, days, **changes):
    numbers = {"posts_per_member": 0.0048, "branching": branching, "reply_hours": 2.0}
    return column(forum(**(numbers | changes)).days([Drive()] * days), "posts")


@pytest.mark.verification
@pytest.mark.parametrize("branching", [0.0, 0.3, 0.6, 0.8])
def test_posts_have_the_stationary_rate_of_a_hawkes_process(branching):
    batches = posts(branching, 20_000).reshape(200, -1).mean(axis=1)
    mean, error = mean_and_error(batches)
    assert abs(mean - post_rate(OWN, branching)) < 5 * error


@pytest.mark.verification
@pytest.mark.parametrize("branching", [0.0, 0.3, 0.6])
def test_counts_of_long_spells_are_spread_as_clusters_of_replies(branching):
    """Var / mean tends to 1 / (1 - branching)^2, from which the branching ratio follows."""
    spells = posts(branching, 40_000).reshape(-1, 20).sum(axis=1)
    blocks = spells.reshape(20, -1)
    spread = blocks.var(axis=1, ddof=1) / blocks.mean(axis=1)
    mean, error = mean_and_error(1 - 1 / np.sqrt(spread))
    assert abs(mean - branching) < 5 * error + 0.01


def test_members_post_more_when_they_are_called_or_away():
    quiet = posts(0.0, 2000).mean()
    one = forum(posts_per_member=0.0048, agitation=2.0)
    called = column(one.days([Drive(call=0.5)] * 2000), "posts").mean()
    away = column(one.days([Drive(call=0.5, away=1.0)] * 2000), "posts").mean()
    assert called / quiet == pytest.approx(2.0, rel=0.03)
    assert away / quiet == pytest.approx(3.0, rel=0.03)


def test_posting_starts_at_its_quiet_rate():
    first = [
        column(forum(seed=seed, posts_per_member=0.0048, branching=0.8).days([Drive()]), "posts")
        for seed in range(300)
    ]
    mean, error = mean_and_error([float(each[0]) for each in first])
    assert abs(mean - post_rate(OWN, 0.8)) < 5 * error


# --- draws -----------------------------------------------------------------------

draw_count = callable_twin(poisson)
draw = callable_twin(uniform)
KEY = run_key(7, 0)


def test_uniform_numbers_fill_the_unit_interval_evenly():
    drawn = np.array([draw(KEY, np.uint64(i), 3, 0) for i in range(20_000)])
    assert 0 < drawn.min() < drawn.max() < 1
    counts = np.histogram(drawn, 20, (0, 1))[0]
    assert ((counts - 1000) ** 2 / 1000).sum() < 45  # chi-square, 19 degrees, 0.9993
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 5 / sqrt(20_000)


@pytest.mark.parametrize("rate", [0.0, 0.3, 4.0, 29.0, 31.0, 250.0])
def test_counts_have_the_mean_and_variance_of_their_rate(rate):
    drawn = np.array([draw_count(rate, KEY, np.uint64(i), 1) for i in range(20_000)])
    assert abs(drawn.mean() - rate) <= 5 * sqrt(rate / 20_000)
    spread = sqrt(2 / 20_000) * (1 + 1 / max(rate, 0.1))
    assert abs(drawn.var() / max(rate, 1e-9) - (rate > 0)) <= 5 * spread


def test_small_counts_are_exact():
    drawn = np.array([draw_count(2.0, KEY, np.uint64(i), 1) for i in range(20_000)])
    for count in range(6):
        chance = exp(-2.0) * 2.0**count / factorial(count)
        share = (drawn == count).mean()
        assert abs(share - chance) < 5 * sqrt(chance * (1 - chance) / 20_000)


@pytest.mark.parametrize("rate", [30.0, 80.0, 400.0])
def test_large_counts_come_close_to_their_distribution(rate):
    """The corrected normal value is at most k up to where a parabola crosses k + 1/2."""
    worst = below = 0.0
    for count in range(floor(rate + 8 * sqrt(rate))):
        below += exp(count * log(rate) - rate - lgamma(count + 1))
        root = rate - (4 / 6) * (rate - 1 / 6 - count - 0.5)
        if root < 0:
            continue
        z = 3 * (sqrt(root) - sqrt(rate))
        worst = max(worst, abs(NormalDist().cdf(z) - below))
    assert worst < 0.003


@pytest.mark.parametrize("base", [0.5, 10.0, 40.0])
def test_a_count_rises_with_its_rate(base):
    rates = base * (1 + np.arange(50) / 100)
    rates = rates[(rates < 30) | (base >= 30)]
    for i in range(200):
        drawn = [draw_count(rate, KEY, np.uint64(i), 1) for rate in rates]
        assert drawn == sorted(drawn)
