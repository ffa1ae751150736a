"""The agents' fit: which readings, on which scale, with a formula in the place of the agents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from locum.countries import load_pack
from locum.errors import BadCell, MissingFile
from locum.inference.hospital_design import Freed
from locum.inference.standoff_files import (
    FEBRUARY,
    identification_rows,
    read_draws,
    read_rows,
    write_draws,
    write_rows,
)
from locum.inference.standoff_fit import FitPlan, Fitter, fit_february
from locum.inference.standoff_formula import Formula
from locum.inference.standoff_later import Dispute, LaterPlan, update_later
from locum.inference.standoff_ranks import fitter_ranks
from locum.inference.standoff_readings import (
    fit_readings,
    forms,
    later_observed,
    later_readings,
    observed,
    on_scale,
)
from locum.inference.standoff_score import PREDICTED, rivals, score_gaps, score_rows
from locum.inference.standoff_simulation import StandoffSimulation, case_until, normal_share
from locum.randomness import Stream
from locum.scenarios.standoff import resolve_standoff

PACK = load_pack("korea")
LEDGER = PACK.ledger("standoff")
SCENARIO = resolve_standoff("korea-standoff-2024", PACK)
KEYS = ("grievance.own_trainee", "decision.social", "decision.org_sd")
ALONG = ("grievance.call_trainee",)
SMALL = FitPlan(tries=80, population=16, cooling=(1.0,), kept=4, steps=3, guided=5)


class Stated(StandoffSimulation):
    """Says of every reading the printed one, moved on its scale by the first two numbers."""

    def run(self, values, first):
        own, call, social = (
            np.array([float(each[key]) for each in values]) for key in (KEYS[0], ALONG[0], KEYS[1])
        )
        level, tilt = own + call - 1.5, social - 1.0
        luck = Stream(3, "luck").normal(first + np.arange(len(values)))
        moved = 1.0 + 0.1 * level[:, None] + 0.02 * luck[:, None]
        days = np.linspace(-1, 1, len(self.rows))
        readings = np.array([row.reading for row in self.rows])
        return readings * (moved + 0.02 * tilt[:, None] * days)


def simulation(kind: type[StandoffSimulation] = Stated, until="2024-03-08"):
    case = case_until(SCENARIO, PACK, until, ("trainee", "student"))
    return kind(case, LEDGER, Freed.of(LEDGER, KEYS), Freed.of(LEDGER, ALONG))


@pytest.fixture(scope="module")
def fitter():
    made = simulation()
    return Fitter(made, fit_readings(made.rows, LEDGER))


@pytest.fixture(scope="module")
def fitted(fitter):
    return fit_february(fitter, SMALL)


# --- readings ----------------------------------------------------------------


def test_runs_say_the_same_in_one_process_and_in_two():
    made = simulation(StandoffSimulation, "2024-02-20")
    points, along = made.points_spread(5, 7), made.luck_along(5, 7)
    alone = made.numbers(points, along, 7)
    assert np.array_equal(replace(made, workers=2).numbers(points, along, 7), alone)
    assert not np.array_equal(alone[0], alone[1])


def test_only_days_of_19_to_29_february_are_fitted(fitter):
    days = {SCENARIO.date(each.row.day) for each in fitter.readings}
    assert min(days) == date(2024, 2, 19)
    assert max(days) == date(2024, 2, 29)
    assert not {each.row.id for each in fitter.readings} & set(PREDICTED)


def test_each_printed_row_is_fitted_once(fitter):
    ids = [each.row.id for each in fitter.readings]
    assert len(ids) == len(set(ids))
    assert {each.series for each in fitter.readings} == {
        "trainees",
        "leave_requests",
        "returns",
        "orders",
    }


def test_a_share_is_told_by_its_log_odds_and_a_count_by_its_logarithm(fitter):
    letters = next(each for each in fitter.readings if each.row.id == "W022")
    assert letters.value == pytest.approx(np.log(0.744 / 0.256))
    back = next(each for each in fitter.readings if each.row.id == "W041")
    assert back.value == pytest.approx(np.log(295))
    nobody = on_scale([letters, back], np.zeros((1, 2)))
    assert np.isfinite(nobody).all()


def test_readings_of_one_series_are_off_together(fitter):
    seen = observed(fitter.readings, LEDGER)
    assert np.linalg.eigvalsh(seen.covariance).min() > 0
    place = {each.row.id: k for k, each in enumerate(fitter.readings)}
    alike = seen.covariance[place["W026"], place["W032"]]
    assert alike > 0
    assert seen.covariance[place["W014"], place["W032"]] < alike
    assert seen.covariance[place["W026"], place["W028"]] == 0


def test_the_gap_between_letters_and_absence_of_an_evening_is_told_better_than_either(fitter):
    seen = observed(fitter.readings, LEDGER)
    letters, absence = (
        next(k for k, each in enumerate(fitter.readings) if each.row.id == row)
        for row in ("W033", "W032")
    )
    points = np.array(
        [fitter.readings[k].row.reading / 100.0 for k in (letters, absence)]
    )  # a step on the log odds is so many points times share x (1 - share)
    weights = points * (1.0 - points) * [1.0, -1.0]
    pair = seen.covariance[np.ix_((letters, absence), (letters, absence))]
    own = float(LEDGER["fit.share_error"].value)
    assert np.sqrt(weights @ pair @ weights) == pytest.approx(np.sqrt(2.0) * own)


def test_one_form_of_a_row_is_taken():
    rows = simulation().rows
    taken = [row.id for row in forms(rows)]
    assert len(taken) == len(set(taken)) == len({row.id for row in rows})


def test_later_readings_leave_out_polls_specialties_and_what_is_held_back():
    made = simulation(until="2024-08-31")
    found = later_readings(made.rows)
    days = [SCENARIO.date(each.row.day) for each in found]
    assert min(days) >= date(2024, 3, 9)
    assert max(days) <= date(2024, 8, 31)
    assert all(each.row.of.where in ("all", "first") for each in found)
    seen = later_observed(found, LEDGER)
    assert np.linalg.eigvalsh(seen.covariance).min() > 0


# --- fit ---------------------------------------------------------------------


def test_the_fit_finds_what_the_readings_were_made_with(fitted):
    """The formula gives the readings where own and call add up to 1.5."""
    together = fitted.values[:, 0] + fitted.values[:, fitted.keys.index(ALONG[0])]
    assert together.mean() == pytest.approx(1.5, abs=0.5)
    assert fitted.keys[: len(KEYS) + len(ALONG)] == (*KEYS, *ALONG)
    uncertain = {key for key, each in LEDGER.items() if not each.prior.certain}
    assert set(fitted.keys) == {key for key in uncertain if LEDGER[key].unit != "rule"}
    assert len(fitted.values) == 4 * SMALL.population


def test_what_no_reading_touches_is_not_moved_far(fitted):
    idle = next(each for each in fitted.learned if each.name == "decision.org_sd")
    assert abs(idle.contraction) < 0.6


def test_a_fit_repeats_itself(fitter, fitted):
    assert np.array_equal(fit_february(fitter, SMALL).values, fitted.values)


def test_normal_shares_are_inside_the_cube():
    assert normal_share(np.array([-40.0, 0.0, 40.0])) == pytest.approx([0, 0.5, 1], abs=1e-9)


def test_a_formula_of_runs_has_their_mean_and_their_noise(fitter):
    points = fitter.simulation.points_spread(600, 0)
    along = fitter.simulation.luck_along(600, 0)
    scaled = fitter.scaled(fitter.run(points, along, 0)[1])
    formula = Formula.of(points, along, scaled)
    again = formula.say(points, along, 10_000)
    assert again.mean(axis=0) == pytest.approx(scaled.mean(axis=0), rel=0.02, abs=0.02)
    assert again.std(axis=0) == pytest.approx(scaled.std(axis=0), rel=0.1)
    assert formula.say(points[3:], along[3:], 10_003) == pytest.approx(again[3:])


def test_the_fitter_finds_back_what_a_formula_was_given(fitter, fitted):
    """A level that readings tell, and a number that they do not touch."""
    tries = fitted.tries
    formula = Formula.of(tries.points, tries.along, fitter.scaled(tries.said))
    plan = replace(SMALL, population=40, steps=6)
    found = fitter_ranks(formula, fitter.observed, tries, KEYS, plan, fits=30)
    assert [each.name for each in found] == list(KEYS)
    assert all(each.fits == 30 and each.chance > 0.001 for each in found)
    assert all(0.7 <= each.inside <= 1.0 for each in found)


def test_members_keep_their_first_stage():
    made = simulation(until="2024-08-31")
    disputes = [Dispute.of(made)]
    first = [{"decision.gap": 0.1 * k} for k in range(8)]
    updated = update_later(disputes, first, LaterPlan(0, 8, 2, (0.5,), 4, 2))
    assert updated.members.tolist() == [0, 1, 2, 3, 4, 5, 6, 7] * 4
    assert updated.values.shape == (32, 4)
    assert [each.name for each in updated.learned] == list(updated.keys)


# --- score and files ---------------------------------------------------------


def test_march_is_scored_beside_simpler_models(fitter, fitted):
    scored = score_rows(SCENARIO, fitter.simulation.rows, fitted.population.said, LEDGER)
    found = rivals(scored, [], PACK)
    assert [each.model for each in found] == ["agents"] * 2 + ["same_count_new_base"] * 2
    assert {each.use for each in scored} >= {"fit", "check"}
    for each in scored:
        assert each.low <= each.median <= each.high
        assert each.error == pytest.approx(each.median - each.reading)


def test_letters_stand_above_absence_in_the_readings(fitter):
    printed = np.array([[row.reading for row in fitter.simulation.rows]] * 400)
    gaps = score_gaps(SCENARIO, fitter.simulation.rows, printed, LEDGER)
    later = [each for each in gaps if each.date > "2024-02-19"]
    assert 7 < min(each.median for each in later) < max(each.median for each in later) < 11
    for each in later:
        assert each.median == pytest.approx(each.reading)
        assert each.covered
        # what drifts both is no gap: 3.3 standard errors of two counts lie in nine of ten
        width = 100.0 * 2 * 1.645 * np.sqrt(2.0) * float(LEDGER["fit.share_error"].value)
        assert each.high - each.low == pytest.approx(width, rel=0.15)


def test_draws_come_back_from_their_file(fitted, tmp_path):
    pack = replace(PACK, path=tmp_path)
    write_draws(fitted.keys, fitted.values, tmp_path / "fitted" / FEBRUARY)
    again = read_draws(pack, FEBRUARY)
    assert again.keys == fitted.keys
    assert again.values == pytest.approx(fitted.values, rel=1e-5)
    assert again.central == pytest.approx(np.median(fitted.values, axis=0), rel=1e-5)


def test_a_wrong_cell_of_the_draws_is_named(fitted, tmp_path):
    path = tmp_path / "fitted" / FEBRUARY
    write_draws(fitted.keys, fitted.values, path)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace(",", ",x", 1)
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadCell, match=r"standoff_february\.csv:3"):
        read_draws(replace(PACK, path=tmp_path), FEBRUARY)


def test_a_fit_that_was_never_made_is_asked_for(tmp_path):
    with pytest.raises(MissingFile, match="fit_standoff"):
        read_draws(replace(PACK, path=tmp_path), FEBRUARY)


def test_identification_says_what_correlates(fitted, tmp_path):
    rows = identification_rows(fitted.learned, fitted.values, LEDGER, "february")
    write_rows(rows, tmp_path / "fitted" / "x.csv")
    again = read_rows(replace(PACK, path=tmp_path), "x.csv")
    assert [row["key"] for row in again] == [*KEYS, *ALONG]
    assert {"unit", "prior_sd", "posterior_sd", "contraction", "correlate"} <= set(again[0])
    assert again[0]["correlate"] == ALONG[0]
