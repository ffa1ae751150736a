"""Ranks of true numbers in their posteriors are uniform where the fitter is right."""

from __future__ import annotations

import numpy as np
import pytest

from locum.errors import BadValue
from locum.inference.ranks import kolmogorov, rank_places, ranked, simulate_ranks
from locum.randomness import Stream

FITS, DRAWS = 400, 99


def fitter(bias=0.0, width=1.0):
    """Fit the mean of one normal reading with a known error under a normal prior."""
    truth = Stream(1, "truth").normal(np.arange(FITS))
    read = truth + Stream(1, "error").normal(np.arange(FITS))
    luck = Stream(1, "posterior").normal(np.arange(FITS * DRAWS)).reshape(FITS, DRAWS)

    def fit(number):
        posterior = read[number] / 2 + bias + width * np.sqrt(0.5) * luck[number]
        return truth[number : number + 1], posterior[:, None]

    return fit


def test_a_right_fitter_makes_every_rank_equally_likely():
    [found] = ranked(["mean"], simulate_ranks(FITS, fitter(), DRAWS))
    assert found.chance > 0.01
    assert found.inside == pytest.approx(0.9, abs=5 * np.sqrt(0.09 / FITS))
    assert found.lean == pytest.approx(0.5, abs=5 * np.sqrt(1 / 12 / FITS))


def test_a_fitter_too_sure_of_itself_is_found_out():
    [found] = ranked(["mean"], simulate_ranks(FITS, fitter(width=0.5), DRAWS))
    assert found.chance < 1e-4
    assert found.inside < 0.8


def test_a_biased_fitter_is_found_out():
    [found] = ranked(["mean"], simulate_ranks(FITS, fitter(bias=0.5), DRAWS))
    assert found.chance < 1e-4
    assert found.lean < 0.4


def test_the_place_of_a_number_counts_the_draws_below_it():
    draws = np.array([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0]])
    assert rank_places(np.array([2.5, 0.0]), draws) == pytest.approx([2.5 / 4, 0.5 / 4])


def test_the_chance_of_a_distance_is_that_of_the_tables():
    """Stephens's percentage points: 1.358 at 5 per cent, 1.628 at 1 per cent."""
    for scaled, chance in ((1.358, 0.05), (1.628, 0.01)):
        count = 10_000
        distance = scaled / (np.sqrt(count) + 0.12 + 0.11 / np.sqrt(count))
        assert kolmogorov(distance, count) == pytest.approx(chance, rel=0.01)
    assert kolmogorov(0.0, 50) == 1.0
    assert kolmogorov(1.0, 50) < 1e-12


def test_no_fit_is_refused():
    with pytest.raises(BadValue, match="fits and draws of a calibration"):
        simulate_ranks(0, fitter())
