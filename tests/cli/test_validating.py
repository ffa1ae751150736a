"""`locum validate` of the hospitals, on the runs of a formula in place of hospitals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from locum.cli.validating_hospitals import print_fit
from locum.countries import load_pack
from locum.inference.calibration import Walk
from locum.inference.hospital_design import NULL, plan_design, run_design, write_runs
from locum.inference.hospital_fit import Settings, fit_hospitals
from locum.inference.hospital_readings import hospital_readings
from locum.runs.hospitals.posterior import FREED

PACK = load_pack("korea")
READINGS = hospital_readings(PACK)
SMALL = Settings(
    draws=100,
    walk=Walk(chains=20, steps=150, thrown_away=50, scouts=4000),
    prior_points=4000,
)


def simulate(values, _):
    """Readings that move with surgery_cut alone; 3 points more are lost a week later."""
    cut = values[FREED[0]]
    said = {each.name: 1 - 0.3 * cut - 0.03 * (not each.fitted) for each in READINGS}
    said |= {NULL + name: 0.6 for name in said}
    changes = {each.name: -20_000 * cut for each in READINGS if not each.is_ratio}
    return said | changes


@pytest.fixture(scope="module")
def runs():
    return run_design(plan_design(PACK, points=40, repeats=0), simulate, READINGS)


@pytest.fixture(scope="module")
def fit(runs):
    return fit_hospitals(runs, PACK, SMALL)


def test_the_fit_is_printed_for_people(fit, capsys):
    print_fit(fit)
    said = capsys.readouterr().out
    for part in (
        "Fitted with 40 runs; 100 draws of the posterior, seed 0",
        "surgeries weekday, tertiary",
        "2024-03-04 to 03-08",
        "0.635",
        "Mean CRPS",
        "Largest error of a prediction",
        "contingency.surgery_cut",
        "Not identified, posterior equal to prior: ",
        "Strongest correlations",
        "Plausible for all of them together",
        "The emulator of the runs",
    ):
        assert part in said
    assert "OUT OF DATE" not in said


def test_a_fit_that_is_out_of_date_says_so(fit, capsys):
    print_fit(replace(fit, stale=True))
    assert "OUT OF DATE" in capsys.readouterr().out


def test_predictions_are_not_printed_among_the_fitted(fit, capsys):
    print_fit(fit)
    fitted, predicted = capsys.readouterr().out.split("Predicted, never shown")
    assert "2024-03-04" not in fitted
    assert predicted.index("2024-03-04") < predicted.index("Mean CRPS")


@pytest.mark.slow  # the whole walk of the posterior
def test_hospitals_are_validated_from_the_runs_of_the_pack(locum, runs, tmp_path, monkeypatch):
    path = tmp_path / "hospital_design.csv"
    write_runs(runs, path)
    monkeypatch.setattr("locum.inference.hospital_design.design_file", lambda _: path)
    answer = locum("validate", "korea-hospitals-2024", "--draws", "50", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["scenario"] == "korea-hospitals-2024"
    assert answer.json["draws"] == 50
    assert [row["fitted"] for row in answer.json["rows"]] == [True] * 6 + [False] * 3
    assert {each["name"] for each in answer.json["parameters"]} == set(FREED)


def test_without_runs_the_way_to_make_them_is_said(locum, tmp_path, monkeypatch):
    path = tmp_path / "none.csv"
    monkeypatch.setattr("locum.inference.hospital_design.design_file", lambda _: path)
    answer = locum("validate", "korea-hospitals-2024")
    assert answer.code == 2
    assert "scripts/fit_hospitals" in answer.err


def test_a_scenario_without_held_readings_is_refused(locum):
    answer = locum("validate", "korea-baseline")
    assert answer.code == 2
    assert "no readings are held back" in answer.err
