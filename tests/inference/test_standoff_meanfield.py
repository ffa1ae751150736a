"""The mean-field twin: its formula under NumPy, its readings, and its fit where JAX is there."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from locum.assumptions.priors import LogNormal, Normal, Triangular
from locum.countries import load_pack
from locum.errors import BadValue
from locum.inference.standoff_counts import (
    calendar,
    letters_by_day,
    same_count,
    trainee_counts,
)
from locum.inference.standoff_meanfield import (
    Tools,
    Twin,
    TwinSettings,
    fit_twin,
    rival_scores,
    twin_ranks,
)
from locum.inference.standoff_pool import VARIANTS, Algebra, Day, Pool, shares_by_scope

PACK = load_pack("korea")
COUNTS = trainee_counts(PACK)
VALUES = {
    "start": 0.1,
    "drive": 0.8,
    "social": 0.0,
    "pace": 0.4,
    "rush": 0.9,
    "amnesty": 0.0,
    "final_year": 1.5,
    "final_share": 0.21,
    "intern_share": 0.23,
}


cdf = np.vectorize(NormalDist().cdf)


def scan(step, state, rows):
    days = []
    for row in zip(*rows, strict=True):
        state, said = step(state, Day(*row))
        days.append(said)
    return state, np.stack(days)


def pool(name):
    algebra = Algebra(np, cdf, scan)
    return Pool(algebra, VARIANTS[name], calendar(PACK), letters_by_day(PACK))


# --- readings ----------------------------------------------------------------


def test_counts_up_to_29_february_are_fitted_and_those_of_march_predicted():
    assert [each.fitted for each in COUNTS] == [True] * 8 + [False] * 2
    assert [each.scope for each in COUNTS if not each.fitted] == ["residents", "all"]
    assert [each.base for each in COUNTS if not each.fitted] == [9970, 12_912]


def test_a_share_of_letters_is_taken_over_the_base_of_the_letters():
    """On 19 February the 1,630 away were printed over the 6,415 who had handed in letters."""
    assert (COUNTS[0].away, COUNTS[0].base) == (1630, 11_664)


def test_a_share_without_a_count_is_taken_over_the_next_base():
    [row] = [each for each in COUNTS if each.date == "2024-02-27"]
    assert row.base == 12_467
    assert row.share == pytest.approx(0.731, abs=1e-4)


def test_days_are_those_of_the_events_of_the_pack():
    days = calendar(PACK)
    assert (days.walkout, days.deadline, days.turn, days.days) == (1, (7, 10), 11, 18)


def test_letters_run_above_absence():
    letters = letters_by_day(PACK)
    apart = [letters[each.day] - each.share for each in COUNTS[1:8]]
    assert min(apart) > 0.06
    assert max(apart) < 0.11


def test_the_same_count_is_carried_over_to_a_new_base():
    said = same_count(COUNTS)
    assert said["W047"] == pytest.approx(9076 / 9970)
    scores = rival_scores(PACK)
    assert scores["2024-03-08"] == pytest.approx(100 * (11_994 - 9076) / 12_912)


# --- formula -----------------------------------------------------------------


def test_without_others_to_heed_groups_go_geometrically_to_their_level():
    away = pool("turnover").run(VALUES)[:, 0]
    level = float(cdf(VALUES["drive"]))
    first = level + (VALUES["start"] - level) * (1 - VALUES["rush"])
    expected = level + (first - level) * (1 - VALUES["pace"]) ** np.arange(18)
    assert away[1:] == pytest.approx(expected)


def test_who_heeds_nobody_is_moved_by_no_other_group():
    other = VALUES | {"final_share": 0.4, "final_year": 3.0}
    first, second = (pool("independent").run(each)[:, 0] for each in (VALUES, other))
    assert first == pytest.approx(second)
    heeding = [pool("turnover").run(each | {"social": 1.0})[:, 0] for each in (VALUES, other)]
    assert np.abs(heeding[0] - heeding[1]).max() > 0.01


def test_the_intake_decides_by_the_same_rule_and_at_once():
    away = pool("independent").run(VALUES)
    turn = calendar(PACK).turn
    assert away[turn, 3] == pytest.approx(float(cdf(VALUES["drive"])))


def test_the_turn_of_the_year_lifts_the_share_without_any_recruit():
    """Final years leave, and with them most of those at work: no contagion is needed."""
    said = shares_by_scope(pool("independent"), VALUES)
    turn = calendar(PACK).turn
    assert said["residents"][turn] - said["february"][turn - 1] > 0.08
    final = VALUES | {"final_year": 0.0}
    level = shares_by_scope(pool("independent"), final)
    assert level["residents"][turn] - level["february"][turn - 1] < 0.01


def test_a_deadline_takes_its_toll_while_it_runs():
    with_it = pool("homogeneous").run(VALUES | {"amnesty": 0.3})[:, 0]
    without = pool("homogeneous").run(VALUES)[:, 0]
    assert with_it[:8] == pytest.approx(without[:8])
    assert (with_it[8:12] < without[8:12]).all()


def test_several_draws_run_side_by_side():
    draws = {key: np.array([value, 0.9 * value]) for key, value in VALUES.items()}
    both = pool("turnover").run(draws)
    assert both.shape == (19, 4, 2)
    assert both[..., 0] == pytest.approx(pool("turnover").run(VALUES))


# --- fit ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def tools():
    pytest.importorskip("numpyro")
    return Tools.load()


def test_priors_of_the_ledger_are_those_of_the_sampler(tools):
    """Quantiles of one are where the density of the other puts them."""
    for prior in (Normal(1.5, 1.0, low=0.0), LogNormal(400.0, 1.0)):
        said = tools.distribution(prior)
        draws = np.asarray(said.sample(tools.jax.random.PRNGKey(0), (20_000,)))
        shares = (draws[:, None] < prior.quantile(np.array([0.05, 0.5, 0.95]))).mean(axis=0)
        assert shares == pytest.approx([0.05, 0.5, 0.95], abs=0.02)


def test_a_prior_without_a_smooth_density_is_refused(tools):
    with pytest.raises(BadValue, match="prior of the twin"):
        tools.distribution(Triangular(0.0, 0.5, 1.0))


def test_the_formula_is_the_same_under_both_algebras(tools):
    twin = Twin.of("turnover", PACK)
    with tools.jax.enable_x64(True):
        compiled = np.asarray(twin.pool.run(VALUES | {"social": 0.7}))
    assert compiled == pytest.approx(pool("turnover").run(VALUES | {"social": 0.7}), abs=1e-5)


@pytest.mark.slow
@pytest.mark.usefixtures("tools")
def test_a_twin_gives_back_february_and_predicts_march():
    fit = fit_twin("turnover", PACK, TwinSettings(chains=8, warm_up=200, steps=150))
    assert all(row.covered for row in fit.rows)
    assert max(abs(row.error) for row in fit.rows if row.fitted) < 4
    for row in fit.rows:
        if not row.fitted:
            assert abs(row.error) < 6
            assert row.high - row.low < 0.2
    assert fit.crps < np.mean(list(rival_scores(PACK).values()))
    assert {"final_share", "intern_share"} <= set(fit.unidentified)
    assert fit_twin("homogeneous", PACK, replace(TwinSettings(), steps=100)).crps > fit.crps


@pytest.mark.slow
@pytest.mark.usefixtures("tools")
def test_the_fitter_of_the_twin_is_calibrated():
    found = twin_ranks("independent", PACK, 40, TwinSettings(warm_up=150, steps=100))
    assert len(found) == 9
    assert min(each.chance for each in found) > 0.001
    assert np.mean([each.inside for each in found]) > 0.8
