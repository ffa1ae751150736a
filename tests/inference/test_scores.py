"""Scores equal what a hand computes, and are proper."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum.errors import BadValue
from locum.inference.scores import (
    covers,
    crps,
    interval,
    mean_absolute_error,
    straight_line,
)
from locum.randomness import normal_quantile

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("members", "observed", "score"),
    [
        ([3.0], 5.0, 2.0),  # a point: its absolute error
        ([0.0, 1.0], 0.0, 0.25),  # 1/2 - 1/4
        ([0.0, 1.0], 2.0, 1.25),  # 3/2 - 1/4
        ([0.0, 0.0, 3.0], 0.0, 1 / 3),  # 1 - (4 x 3) / (2 x 9)
        ([4.0, 4.0, 4.0], 4.0, 0.0),
    ],
)
def test_the_score_of_an_ensemble_is_that_of_a_hand(members, observed, score):
    assert crps(np.array(members), observed) == pytest.approx(score, abs=1e-12)


@given(st.lists(NUMBERS, min_size=1, max_size=30), NUMBERS)
def test_the_score_is_its_definition_over_all_pairs(members, observed):
    x = np.array(members)
    pairs = np.abs(x[:, None] - x[None, :]).mean()
    expected = np.abs(x - observed).mean() - 0.5 * pairs
    assert crps(x, observed) == pytest.approx(expected, abs=1e-6)


def test_the_score_of_a_normal_forecast_at_its_mean_is_the_analytic_one():
    count = 20_000
    members = normal_quantile((np.arange(count) + 0.5) / count)
    assert crps(members, 0.0) == pytest.approx((sqrt(2) - 1) / sqrt(pi), abs=1e-4)


@given(st.lists(NUMBERS, min_size=1, max_size=20), NUMBERS, st.permutations(range(5)))
def test_the_score_does_not_depend_on_the_order_of_the_draws(members, observed, order):
    x = np.array([*members, 0.0, 1.0, 2.0, 3.0])[: max(5, len(members))]
    mixed = np.concatenate((x[:5][list(order)], x[5:]))
    assert crps(mixed, observed) == pytest.approx(crps(x, observed), abs=1e-9)


def test_an_interval_of_eight_in_ten_runs_from_the_10th_to_the_90th_percentile():
    assert interval(np.arange(101.0), 0.8) == pytest.approx((10, 90))


@pytest.mark.parametrize(
    ("observed", "inside"), [(9.9, False), (10, True), (90, True), (91, False)]
)
def test_an_interval_covers_what_lies_between_its_ends_and_the_ends(observed, inside):
    assert covers((10.0, 90.0), observed) is inside


def test_intervals_of_a_true_forecast_cover_at_their_level():
    grid = normal_quantile((np.arange(1000) + 0.5) / 1000)
    covered = [covers(interval(grid, 0.8), float(each)) for each in grid]
    assert np.mean(covered) == pytest.approx(0.8, abs=0.005)


@pytest.mark.parametrize("level", [0, 1, -0.1, 80])
def test_a_level_that_is_no_share_is_refused(level):
    with pytest.raises(BadValue, match="level of an interval"):
        interval(np.arange(3.0), level)


def test_an_ensemble_without_members_is_refused():
    with pytest.raises(BadValue, match="shape of an ensemble"):
        crps(np.array([]), 0.0)


def test_the_mean_absolute_error_is_taken_over_the_last_axis():
    forecast = np.array([[1.0, 2.0], [3.0, 2.0]])
    assert mean_absolute_error(forecast, np.array([1.0, 4.0])) == pytest.approx([1.0, 2.0])


def test_the_slope_is_that_of_least_squares():
    years = np.array([2000.0, 2001.0, 2003.0])
    assert straight_line(years, 5.0 + 2.0 * years) == pytest.approx(2.0)
    assert straight_line(years, np.array([0.0, 1.0, 1.0])) == pytest.approx(2 / 7)


def test_one_value_makes_no_line():
    with pytest.raises(BadValue, match="at least two"):
        straight_line(np.array([2000.0]), np.array([1.0]))
