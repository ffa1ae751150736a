"""Influence finds what drives a result, and nothing in what does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
import xarray as xr

from locum.errors import YearOutside
from locum.inference import rank_influence, with_influence
from locum.inference.sensitivity import influence_of
from locum.randomness import Streams
from locum.runs import Run


def uniforms(count: int, names: int, seed: int = 0) -> dict[str, np.ndarray]:
    keys = [f"key_{k}" for k in range(names)]
    rows = Streams(seed, [(key,) for key in keys]).uniform(np.arange(count))
    return dict(zip(keys, rows, strict=True))


def test_a_planted_driver_has_all_the_influence():
    inputs = uniforms(200, 30)
    found = influence_of(inputs, np.exp(5 * inputs["key_7"]))
    assert found["key_7"] == pytest.approx(1.0, abs=1e-6)
    assert sum(found.values()) - found["key_7"] == pytest.approx(0.0, abs=1e-6)


def test_two_drivers_share_influence_as_they_share_variance():
    inputs = uniforms(4000, 5)
    found = influence_of(inputs, 2.0 * inputs["key_0"] - inputs["key_1"])
    assert found["key_0"] == pytest.approx(0.8, abs=0.03)
    assert found["key_1"] == pytest.approx(0.2, abs=0.03)
    assert max(found[f"key_{k}"] for k in (2, 3, 4)) == 0.0


def test_influence_has_no_sign():
    inputs = uniforms(100, 3)
    assert influence_of(inputs, -inputs["key_2"])["key_2"] == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(5))
def test_a_result_that_nothing_drives_gives_nobody_influence_worth_mention(seed):
    """80 dummies, 100 draws: the largest squared correlation by chance alone is about 0.09."""
    inputs = uniforms(100, 81, seed)
    noise = inputs.pop("key_80")
    raw = [np.corrcoef(each, noise)[0, 1] ** 2 for each in inputs.values()]
    found = influence_of(inputs, noise)
    assert sum(found.values()) < 0.15 < sum(raw)
    assert sum(value > 0 for value in found.values()) <= 1


def test_dummies_stay_at_nothing_beside_a_driver_when_draws_are_few():
    inputs = uniforms(60, 80)
    found = influence_of(inputs, inputs["key_3"] + 0.2 * inputs["key_4"])
    assert found["key_3"] > 0.9
    assert sum(found.values()) - found["key_3"] - found["key_4"] < 0.02


def test_an_input_that_does_not_vary_has_no_influence():
    inputs = {**uniforms(50, 2), "fixed": np.ones(50)}
    assert influence_of(inputs, inputs["key_0"])["fixed"] == 0.0


def test_a_result_that_does_not_vary_has_no_drivers():
    assert set(influence_of(uniforms(50, 3), np.zeros(50)).values()) == {0.0}


def test_two_names_of_one_input_do_not_break_the_regression():
    inputs = uniforms(100, 3)
    inputs["twin"] = inputs["key_0"] * 3.0
    found = influence_of(inputs, inputs["key_0"])
    assert found["key_0"] + found["twin"] == pytest.approx(1.0)


def run_of(korea_run: Run, count: int) -> Run:
    """The first draws of a run."""
    request = replace(korea_run.request, draws=count)
    t = korea_run.results.trajectory
    cut = type(t)(*(array[:count] for array in t))
    return Run(replace(korea_run.results, request=request, trajectory=cut))


def test_a_run_of_few_draws_says_nothing(backtest_run: Run):
    assert rank_influence(run_of(backtest_run, 9)) == {}


def test_every_assumption_that_varies_is_ranked(backtest_run: Run):
    found = rank_influence(backtest_run)
    request = backtest_run.request
    varied = backtest_run.ledger.draw(request.seed, 0, request.draws).varied()
    assert set(found) == set(varied)
    assert all(0.0 <= value <= 1.0 for value in found.values())


def test_a_year_that_the_run_lacks_is_refused(backtest_run: Run):
    with pytest.raises(YearOutside, match="2035"):
        rank_influence(backtest_run, year=2035)


def test_assumptions_that_the_model_never_reads_have_no_influence(backtest_run: Run):
    found = rank_influence(backtest_run, "supply_total")
    assert [value for key, value in found.items() if key.startswith("bridge.")] == [0.0, 0.0, 0.0]
    assert max(found.values()) > 0.1


def test_a_run_with_influence_is_the_same_run(backtest_run: Run):
    told = with_influence(backtest_run)
    assert told.influence == rank_influence(backtest_run)
    assert told.results is backtest_run.results
    assert told.manifest == backtest_run.manifest
    assert told.dataset is cast("Any", backtest_run).dataset
    assert isinstance(told.dataset, xr.Dataset)
