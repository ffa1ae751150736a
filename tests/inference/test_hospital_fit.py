"""Hospitals are fitted to the first days of the walkout and scored on later ones.

The simulator here is a formula with the same freed assumptions: the fit must find what it was
given, whatever the real hospitals say.
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from locum.assumptions import Ledger, Normal, Point
from locum.assumptions.correlations import Correlation
from locum.countries import load_pack
from locum.errors import BadCell, BadValue, InputError, MissingField, MissingFile
from locum.inference.calibration import Walk
from locum.inference.hospital_design import (
    NULL,
    Freed,
    plan_design,
    read_runs,
    run_design,
    write_runs,
)
from locum.inference.hospital_fit import Settings, fit_hospitals
from locum.inference.hospital_readings import error_covariance, hospital_readings
from locum.randomness import Stream
from locum.runs.hospitals.posterior import (
    FREED,
    Posterior,
    fit_digest,
    read_posterior,
    write_posterior,
)
from locum.runs.posterior import with_fitted

PACK = load_pack("korea")
READINGS = hospital_readings(PACK)
NAMES = [each.name for each in READINGS]
SMALL = Settings(
    draws=400,
    walk=Walk(chains=40, steps=400, thrown_away=100, scouts=8000),
    prior_points=20_000,
)
LOST = {"tertiary": 0.30, "big5": 0.36}


def simulate(values, replication):
    """Say of every reading what a formula of the freed assumptions says, with some luck."""
    surgery, planned, early, icu, mild = (values[key] for key in FREED)
    luck = Stream(5, "luck").normal(np.arange(9) + 9 * replication)
    said = {}
    for place, each in enumerate(READINGS):
        lost = LOST.get(each.scope, 0.3)
        later = int(each.start[-2:]) / 29 if each.start < "2024-03" else 1.2
        ward = 1 - lost * (0.5 * planned + 0.25 * surgery) * later - 1.5 * early * lost
        ratio = {
            "surgeries_weekday": 1 - surgery * lost,
            "inpatients_general_wards": ward,
            "icu_patients": 1 - lost * (1 - icu) * surgery * 0.8 * later,
        }.get(each.metric)
        if ratio is None:
            said[each.name] = -125_000 * mild * 0.4 + 1500 * luck[place]
        else:
            said[each.name] = ratio + 0.01 * luck[place]
            said[NULL + each.name] = 1 - lost + 0.03 * luck[0]
    return said


@pytest.fixture(scope="module")
def ledger():
    return PACK.ledger("hospital")


@pytest.fixture(scope="module")
def runs():
    return run_design(plan_design(PACK, points=60, repeats=5), simulate, READINGS)


@pytest.fixture(scope="module")
def fit(runs):
    return fit_hospitals(runs, PACK, SMALL)


# --- readings ----------------------------------------------------------------


def test_rows_up_to_29_february_are_fitted_and_those_of_march_predicted():
    assert [each.fitted for each in READINGS] == [True] * 6 + [False] * 3
    assert {each.start for each in READINGS if not each.fitted} == {"2024-03-04"}
    assert {each.value for each in READINGS if not each.fitted} == {0.635, 0.5805, 0.7987}


def test_fewer_assumptions_are_freed_than_there_are_readings_to_fit():
    assert len(FREED) < sum(each.fitted for each in READINGS)


def test_the_fall_of_emergency_visits_is_in_visits():
    [change] = [each for each in READINGS if not each.is_ratio]
    assert change.value == -24_871
    assert change.base == 7 * 17_892


def test_ratios_to_one_base_week_are_off_together(ledger):
    total = error_covariance(READINGS, ledger)
    assert np.linalg.eigvalsh(total).min() > 0
    icu = [k for k, each in enumerate(READINGS) if each.metric == "icu_patients"]
    surgery = next(k for k, each in enumerate(READINGS) if each.metric == "surgeries_weekday")
    assert total[icu[0], icu[1]] > 0
    assert total[icu[0], surgery] == 0
    assert total[surgery, surgery] > 0.03**2


# --- design ------------------------------------------------------------------


def test_a_design_draws_the_other_assumptions_along():
    design = plan_design(PACK, points=30, repeats=2)
    assert design.numbers == (*range(1, 31), 0, 0)
    numbers = {key for key, each in PACK.ledger("hospital").items() if each.unit != "rule"}
    assert set(design.values[0]) == numbers
    other = [values["contingency.reopening_delay"] for values in design.values]
    assert len(set(other[:30])) == 30
    assert other[30] == other[31] == PACK.ledger("hospital")["contingency.reopening_delay"].value


def test_points_are_prior_probabilities():
    design = plan_design(PACK, points=30, repeats=2)
    for column, each in enumerate(design.freed.assumptions):
        given = [values[each.key] for values in design.values]
        expected = each.prior.quantile(design.points[:, column])
        assert given == pytest.approx(expected)


def test_a_design_of_more_runs_keeps_the_draws_of_the_others():
    key = "contingency.reopening_delay"
    small, large = (plan_design(PACK, points=n, repeats=0) for n in (25, 40))
    assert [v[key] for v in small.values] == [v[key] for v in large.values[:25]]


def test_an_assumption_without_a_prior_of_its_own_cannot_be_freed(ledger):
    fixed = ledger.fixed(FREED[0], 1.2)
    with pytest.raises(InputError, match="has no prior on one number to fit"):
        Freed.of(fixed)
    pair = Correlation((FREED[0], FREED[1]), 0.5, "project", "a test")
    with pytest.raises(InputError, match="is correlated and cannot be fitted"):
        Freed.of(Ledger(ledger.values(), [pair]))


def test_a_run_that_says_nothing_of_a_reading_is_refused():
    def silent(values, replication):
        return {
            name: said for name, said in simulate(values, replication).items() if "icu" not in name
        }

    with pytest.raises(BadValue, match=r"icu_patients:big5:2024-02-20 in run 0 of the design"):
        run_design(plan_design(PACK, points=30, repeats=0), silent, READINGS)


def test_runs_come_back_from_their_file(runs, tmp_path):
    pack = replace(PACK, path=tmp_path)
    write_runs(runs, tmp_path / "fitted" / "hospital_design.csv")
    again = read_runs(pack)
    assert (again.keys, again.names) == (runs.keys, runs.names)
    assert again.numbers == runs.numbers
    assert again.digest == runs.digest
    assert again.points == pytest.approx(runs.points)
    assert again.outputs == pytest.approx(runs.outputs)


def test_runs_that_were_never_made_are_asked_for(tmp_path):
    with pytest.raises(MissingFile, match="fit_hospitals"):
        read_runs(replace(PACK, path=tmp_path))


def test_a_wrong_cell_of_the_runs_is_named(runs, tmp_path):
    path = tmp_path / "fitted" / "hospital_design.csv"
    write_runs(runs, path)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace(",", ",x", 3)
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadCell, match=r"hospital_design\.csv:4"):
        read_runs(replace(PACK, path=tmp_path))


# --- fit ---------------------------------------------------------------------


def test_what_readings_determine_is_learned(fit, ledger):
    """The formula gives the reading of the theatres for one cut only."""
    learned = {each.name: each for each in fit.learned}
    cut = learned["contingency.surgery_cut"]
    prior = ledger["contingency.surgery_cut"].prior
    low, high = prior.quantile(np.array([0.001, 0.999]))
    expected = np.clip((1 - 0.5248) / 0.30, low, high)
    assert cut.contraction > 0.2
    assert cut.low - 0.05 < expected < cut.high + 0.05


def test_the_posterior_gives_back_the_readings_it_was_fitted_to(fit):
    fitted = [row for row in fit.rows if row.fitted]
    assert len(fitted) == 6
    assert sum(row.model.covered for row in fitted) >= 5


def test_walk_and_weights_give_one_posterior(fit):
    assert fit.weighed_effective > 50
    assert fit.weighed_difference < 0.5
    assert all(each.rhat < 1.2 for each in fit.learned)


def test_predictions_are_scored_in_points_beside_the_null_model(fit):
    model, null = fit.crps
    assert len(fit.predicted) == 3
    for row in fit.predicted:
        assert row.error_unit == "points"
        assert row.null is not None
        assert row.model.error == pytest.approx(100 * (row.model.median - row.reading))
        assert row.model.low < row.model.median < row.model.high
    assert model == pytest.approx(np.mean([row.model.crps for row in fit.predicted]))
    assert null == pytest.approx(np.mean([row.null.crps for row in fit.predicted]))


def test_the_null_model_says_nothing_of_a_change_of_visits(fit):
    [change] = [row for row in fit.rows if row.unit == "visits"]
    assert change.null is None
    assert change.error_unit == "visits"


def test_luck_is_that_of_the_repeats(fit):
    [change] = [row for row in fit.rows if row.unit == "visits"]
    assert change.luck == pytest.approx(1500, rel=0.8)


def test_an_assumption_that_no_run_reads_is_not_identified(ledger):
    def blind(values, replication):
        central = ledger["contingency.icu_protection"].value
        return simulate(dict(values) | {"contingency.icu_protection": central}, replication)

    runs = run_design(plan_design(PACK, points=50, repeats=0), blind, READINGS)
    assert "contingency.icu_protection" in fit_hospitals(runs, PACK, SMALL).unidentified


def test_a_fit_is_plain_data(fit):
    data = json.loads(json.dumps(fit.to_dict(), allow_nan=False))
    assert len(data["rows"]) == 9
    assert [each["name"] for each in data["parameters"]] == list(FREED)
    assert data["crps"]["beaten"] == (data["crps"]["model"] < data["crps"]["null"])
    assert not data["stale"]


def test_a_fit_repeats_itself(runs, fit):
    assert fit_hospitals(runs, PACK, SMALL).to_dict() == fit.to_dict()


def test_a_fit_is_out_of_date_when_a_prior_has_changed(runs, ledger):
    own = ledger["contingency.reopening_delay"]
    changed = ledger.replaced(replace(own, prior=Normal(float(own.value), 0.5, low=0)))
    reworded = ledger.replaced(replace(own, note="In other words."))
    assert fit_digest(PACK, changed) != runs.digest
    assert fit_digest(PACK, reworded) == runs.digest


def test_as_many_freed_assumptions_as_readings_are_refused(runs):
    more = replace(
        runs,
        keys=(*runs.keys, "contingency.reopening_delay"),
        points=np.hstack([runs.points, runs.points[:, :1]]),
    )
    with pytest.raises(InputError, match="too many"):
        fit_hospitals(more, PACK, SMALL)


def test_a_design_without_a_reading_is_refused(runs):
    fewer = replace(runs, names=("other", *runs.names[1:]))
    with pytest.raises(MissingField, match=NAMES[0]):
        fit_hospitals(fewer, PACK, SMALL)


# --- posterior ---------------------------------------------------------------


def test_a_posterior_comes_back_from_its_file(fit, tmp_path):
    write_posterior(fit.posterior, tmp_path / "fitted" / "hospital_posterior.csv")
    again = read_posterior(replace(PACK, path=tmp_path))
    assert again is not None
    assert again.keys == FREED
    assert again.fitted_with == fit.fitted_with
    assert again.values == pytest.approx(fit.posterior.values, rel=1e-5)
    assert again.central == pytest.approx(fit.posterior.central, rel=1e-5)


def test_a_pack_without_a_fit_has_no_posterior(tmp_path):
    assert read_posterior(replace(PACK, path=tmp_path)) is None


@pytest.fixture
def posterior():
    values = 0.1 * np.arange(1, 4)[:, None] + 0.01 * np.arange(5)
    return Posterior(FREED, np.full(5, 0.5), values, "0" * 16)


def test_draws_of_a_run_come_from_the_posterior_in_turn(posterior, ledger):
    draws = with_fitted(ledger.draw(0, 0, 6), posterior, ledger)
    assert draws.value(FREED[0]) == pytest.approx([0.5, 0.1, 0.2, 0.3, 0.1, 0.2])
    assert draws.value(FREED[1]) == pytest.approx([0.5, 0.11, 0.21, 0.31, 0.11, 0.21])


def test_draws_do_not_depend_on_the_batch(posterior, ledger):
    whole = with_fitted(ledger.draw(0, 0, 6), posterior, ledger).levels
    part = with_fitted(ledger.draw(0, 4, 6), posterior, ledger).levels
    assert np.array_equal(whole[:, 4:], part)


def test_what_a_user_has_fixed_stays_fixed(posterior, ledger):
    fixed = ledger.fixed(FREED[0], 1.25)
    draws = with_fitted(fixed.draw(0, 0, 3), posterior, ledger)
    assert draws.value(FREED[0]).tolist() == [1.25] * 3
    assert draws.value(FREED[1])[1] == pytest.approx(0.11)
    assert isinstance(fixed[FREED[0]].prior, Point)


def test_other_assumptions_keep_their_draws(posterior, ledger):
    before = ledger.draw(0, 0, 6)
    after = with_fitted(before, posterior, ledger)
    for key, levels in before.varied().items():
        assert key in FREED or np.array_equal(levels, after.varied()[key])


def test_a_posterior_of_another_width_is_refused():
    with pytest.raises(BadValue, match="draws with 5 values"):
        Posterior(FREED, np.zeros(5), np.zeros((3, 4)), "0" * 16)
