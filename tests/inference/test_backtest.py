"""The backtest compares like with like, knows nothing of later, and scores without mercy."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from locum.cli import main
from locum.countries import load_pack
from locum.inference import Backtest, backtest_request, score_backtest
from locum.inference.bridges import (
    LICENSED,
    SINCE_LICENCE,
    active_ages,
    active_heads,
    alive_in_bands,
    band_shares,
    counted_factor,
)
from locum.inference.forecasters import age_forecasts, stock_forecasts
from locum.inference.leverage import passers_without_count, prior_ends
from locum.inference.readings import Band, Readings
from locum.runs import Run, execute
from locum.workforce import FLOWS, STAGES

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = {
    "reading",
    "date",
    "observed",
    "model",
    "low",
    "high",
    "error",
    "covered",
    "last_value_error",
    "linear_trend_error",
    "unit",
    "scope",
    "note",
}
KNOWN_UNTIL = 2010


@pytest.fixture(scope="module")
def readings(backtest_run: Run) -> Readings:
    return Readings.of(backtest_run.pack.table("backtest_2010"))


# --- what it says ------------------------------------------------------------


def test_every_row_has_the_fields_of_the_contract(scored: Backtest):
    rows = scored.to_dict()["rows"]
    assert [row["reading"] for row in rows[:3]] == [
        "active_stock",
        "counted_alive",
        "counted_alive_bridged",
    ]
    assert len(rows) == 9
    assert all(set(row) >= CONTRACT for row in rows)
    assert "mean_absolute_error" in scored.to_dict()["ages"]


def test_the_result_is_plain_data_without_nan(scored: Backtest):
    text = json.dumps(scored.to_dict(), allow_nan=False)
    assert json.loads(text)["rows"][0]["observed"] == 115185


def test_errors_and_coverage_are_those_of_a_hand(scored: Backtest, backtest_run: Run):
    row = scored.row("active_stock")
    years = backtest_run.results.tables.axes.years
    heads = active_heads(backtest_run.results.trajectory.stages)[:, list(years).index(2019)]
    assert row.model == pytest.approx(np.median(heads))
    assert (row.low, row.high) == pytest.approx(tuple(np.percentile(heads, (10, 90))))
    assert row.error == pytest.approx(100 * (np.median(heads) / 115185 - 1))
    assert row.covered == (row.low <= 115185 <= row.high)
    assert row.covered_90 == (row.low_90 <= 115185 <= row.high_90)
    assert row.central == heads[0]
    assert row.last_value_error == pytest.approx(100 * (85140 / 115185 - 1))


def test_the_mean_error_of_the_ages_is_that_of_their_rows(scored: Backtest):
    errors = [row.absolute_error for row in scored.rows if row.reading.startswith("age_share")]
    assert len(errors) == 6
    assert scored.ages.mean_absolute_error == pytest.approx(np.mean(errors))
    last = [abs(row.last_value_error) for row in scored.rows[3:]]
    assert scored.ages.last_value == pytest.approx(np.mean(last))


def test_another_count_is_left_out_of_the_coverage(scored: Backtest):
    assert scored.coverage["readings"] == 8
    assert not scored.row("counted_alive").comparable
    assert scored.coverage["covered_80"] <= scored.coverage["covered_90"]


def test_the_words_agree_with_the_numbers(scored: Backtest):
    verdict, ages = scored.note[0], next(each for each in scored.note if "age shares" in each)
    met = scored.row("active_stock").absolute_error <= 3
    assert ("is met" if met else "is missed") in verdict
    met = scored.ages.mean_absolute_error <= 1.5
    assert ("is met" if met else "is missed") in ages


@pytest.mark.validation
def test_the_model_beats_the_last_value_on_every_comparable_total(scored: Backtest):
    for row in scored.rows[:3]:
        assert row.absolute_error < abs(row.last_value_error)
        assert row.crps < abs(row.last_value - row.observed)


@pytest.mark.validation
def test_the_ages_beat_both_simple_forecasts(scored: Backtest):
    ages = scored.ages
    assert ages.mean_absolute_error < min(ages.last_value, ages.linear_trend)


# --- what it knows -----------------------------------------------------------


def test_what_it_starts_with_is_of_2010_or_earlier(readings: Readings):
    for role, reading in readings.rows:
        if role in {"base", "history"}:
            assert reading.year <= KNOWN_UNTIL, reading
            assert int(reading.date[:4]) <= KNOWN_UNTIL
        else:
            assert reading.year > KNOWN_UNTIL, reading


def test_the_stock_of_2009_mentions_2011_only_for_specialties(backtest_run: Run):
    """Lists of specialists were read for 2011; they share out a total of 2010."""
    for name in ("stock_margins", "trainees_base", "service_base", "students_base"):
        for row in backtest_run.pack.table(name).where(year=2009).rows:
            years = {int(found) for found in re.findall(r"\b(?:19|20)\d\d\b", row["note"])}
            if max(years, default=0) > KNOWN_UNTIL:
                assert max(years) == KNOWN_UNTIL + 1, (name, row)
                assert row.get("margin", "specialty") in {"specialty", "specialty_sex"} or (
                    "stage" in row
                ), (name, row)


def test_later_passers_are_the_published_ones(backtest_run: Run):
    flows = backtest_run.results.trajectory.flows[0, 1:, FLOWS.index("licences")]
    rows = backtest_run.pack.table("exam_passed").rows
    passed = {row["year"]: row["passed"] for row in rows}
    assert flows == pytest.approx([passed[year] for year in range(2010, 2023)])


def test_what_is_held_back_does_not_reach_the_model(tmp_path: Path):
    """Other readings: the same forecast, another error."""
    pack = load_pack("korea")
    folder = tmp_path / "korea"
    shutil.copytree(pack.path, folder)
    file = folder / "model" / "backtest_2010.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(",all,115185,", ",all,110000,"), encoding="utf-8")
    request = backtest_request(draws=2)
    original = score_backtest(execute(request))
    changed = score_backtest(execute(replace(request, pack=load_pack(folder))))
    assert changed.row("active_stock").observed == 110000
    assert changed.row("active_stock").model == original.row("active_stock").model
    assert changed.row("active_stock").error > original.row("active_stock").error


def test_assumptions_that_lean_on_later_evidence_are_named(scored: Backtest):
    assert scored.later_evidence["entry.licence_age"] == 2022
    assert "exit.mortality_ratio" not in scored.later_evidence
    assert "entry.licence_age (2022)" in scored.note[-1]


@pytest.mark.parametrize(
    ("name", "measure", "unit"),
    [("age_share", "alive_nhis", "percent"), ("counted_alive", "alive_nhis", "persons")],
)
def test_readings_are_those_of_the_published_table(
    readings: Readings, backtest_run: Run, name: str, measure: str, unit: str
):
    stock = backtest_run.pack.table("doctors_stock").rows
    scale = 100 if unit == "percent" else 1
    for role in ("base", "held"):
        for reading in readings.find(name, role):
            (found,) = [
                row["value"]
                for row in stock
                if (row["measure"], row["year"], row["unit"], row["category"])
                == (measure, reading.year, unit, reading.category)
            ]
            assert reading.value * scale == pytest.approx(found)


# --- like with like ----------------------------------------------------------


def test_the_model_starts_from_the_active_stock_of_the_survey(backtest_run: Run):
    heads = active_heads(backtest_run.results.trajectory.stages)
    assert heads[:, 0] == pytest.approx(85140)


def test_everyone_with_a_licence_is_counted_and_no_student():
    assert set(STAGES) - set(LICENSED) == {"students", "exam_pool"}
    assert set(SINCE_LICENCE) | {"service", "practising"} == set(LICENSED)


def test_ages_are_those_of_all_active_doctors(backtest_run: Run):
    t = backtest_run.results.trajectory
    draws = backtest_run.ledger.draw(0, 0, 40)
    heads = active_heads(t.stages)
    for position in (0, 13):
        ages = active_ages(t, draws, 2009, position)
        assert ages.sum(axis=1) == pytest.approx(heads[:, position], rel=1e-6)


def test_the_bridge_to_the_living_adds_the_retired_of_each_age(backtest_run: Run):
    draws = backtest_run.ledger.draw(0, 0, 1)
    bands = [Band.parse(label) for label in ("20-29", "60-69", "70+")]
    ages = np.ones((1, 61))
    assert alive_in_bands(ages, bands, None)[0] == pytest.approx([6, 10, 15])
    alive = alive_in_bands(ages, bands, draws)[0]
    assert alive == pytest.approx([6, 10 / (1 - 0.04), 15 / (1 - 0.295)])
    assert band_shares(alive).sum() == pytest.approx(1)


def test_the_wider_count_holds_half_of_the_inactive_in_the_middle(backtest_run: Run):
    central = counted_factor(backtest_run.ledger.draw(0, 0, 1))
    assert central == pytest.approx([1 + 0.5 * 0.075 / 0.925])


def test_the_books_close(scored: Backtest):
    books = scored.accounts
    assert books.growth == 30045
    assert books.exits_left == pytest.approx((books.passers - books.growth) / 10)
    exits = 10 * sum(books.model_exits.values())
    assert books.model_growth == pytest.approx(books.passers - exits, abs=1e-6)


# --- simple forecasters ------------------------------------------------------


def test_the_last_value_is_the_stock_of_2010(readings: Readings):
    forecast = stock_forecasts(readings, 2019)[0]
    assert (forecast.name, forecast.value) == ("last_value", 85140)


def test_the_trend_of_the_register_goes_on_from_the_last_value(readings: Readings):
    years, values = readings.series("licence_register")
    slope = np.polyfit(years, values, 1)[0]
    said = {each.name: each.value for each in stock_forecasts(readings, 2019)}
    assert said["linear_trend"] == pytest.approx(85140 + 10 * slope)
    scaled = 85140 + 10 * slope * 85140 / 101371
    assert said["linear_trend_licence_register_scaled"] == pytest.approx(scaled)
    scaled = 85140 + 10 * (79046 - 57857) / 7 * 85140 / 79046
    assert said["linear_trend_institution_doctors_scaled"] == pytest.approx(scaled)


def test_the_trend_of_an_age_share_is_its_line_through_two_surveys(readings: Readings):
    line = age_forecasts(readings, 2022)["linear_trend"]
    assert line[1] == pytest.approx(0.339 + 12 * (0.339 - 0.381) / 7)
    assert line.sum() == pytest.approx(1)
    assert (age_forecasts(readings, 2060)["linear_trend"] >= 0).all()


# --- what decides it ---------------------------------------------------------


def test_more_exits_lower_the_total(scored: Backtest):
    levers = {each.name: each for each in scored.levers}
    for name in ("mortality of doctors", "ceiling of retirement", "emigration"):
        assert levers[name].low.total > levers[name].high.total
    for name in ("age of retirement", "share that works as doctors", "all of these together"):
        assert levers[name].low.total < levers[name].high.total


def test_filled_in_passers_vary_and_counted_ones_do_not(backtest_run: Run):
    tables = backtest_run.results.tables
    few, many = passers_without_count(backtest_run.pack, tables, 2019)
    given = tables.pipeline.observed_passers
    moved = tables.axes.years[few != many]
    assert set(moved) == {2010, 2011, 2014, 2015, 2016, 2018, 2019}
    assert (few <= given + 0.5).all()
    assert (many >= given - 0.5).all()


def test_ends_of_priors_are_those_of_their_support(backtest_run: Run):
    ledger = backtest_run.ledger
    assert prior_ends(ledger["exit.mortality_ratio"]) == (0.4, 1.0)
    low, high = prior_ends(ledger["entry.licence_age"])
    assert (low, high) == ({2009: pytest.approx(26.6)}, {2009: pytest.approx(29.4)})


def test_a_total_cannot_tell_inflow_mortality_and_retirement_apart(scored: Backtest):
    found = scored.identification
    assert min(found.correlations.values()) > 0.99
    assert all(0 <= value < 1 for value in found.narrowing.values())


# --- the command -------------------------------------------------------------


def test_the_command_prints_one_object(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main(["validate", "--json", "--draws", "3", "--seed", "1"])
    assert left.value.code in {0, None}
    printed = json.loads(capsys.readouterr().out)
    assert (printed["draws"], printed["seed"]) == (3, 1)
    assert len(printed["rows"]) == 9


def test_the_command_prints_a_scoreboard_in_words(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["validate", "--draws", "3", "--quiet"])
    out = capsys.readouterr().out
    assert "active stock" in out
    assert "115,185" in out
    assert "One thing at a time" in out
