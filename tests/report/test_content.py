"""The numbers of the report are those of the dataset, and the rules on printing hold."""

from __future__ import annotations

import numpy as np
import pytest

from locum.errors import NotFinite
from locum.report import compose


def quantiles(values, *probabilities):
    return np.quantile(np.asarray(values, dtype=np.float64), probabilities, axis=0)


@pytest.mark.parametrize("name", ["supply", "need", "gap"])
def test_national_fans_are_the_quantiles_of_the_dataset(run, content, name):
    expected = quantiles(run.dataset[f"{name}_total"].values, 0.1, 0.25, 0.5, 0.75, 0.9)
    np.testing.assert_allclose(getattr(content.national, name).quantiles, expected, rtol=1e-12)


def test_draws_that_are_short_are_counted(run, content):
    short = int((run.dataset["gap_total"].sel(year=2035) < 0).sum())
    assert content.national.short_draws[2035] == short


def test_every_region_is_present_in_the_order_of_the_pack(run, content):
    assert tuple(region.name for region in content.regions) == run.pack.regions


def test_regional_density_is_the_median_and_the_80_per_cent_interval(run, content):
    low, value, high = quantiles(run.dataset["density"].sel(year=2035).values, 0.1, 0.5, 0.9)
    found = [(r.density.low, r.density.value, r.density.high) for r in content.regions]
    np.testing.assert_allclose(found, np.stack([low, value, high], axis=1))


def test_regional_gap_rates_add_up_to_the_national_gap_in_every_draw(run):
    one = run.dataset.isel(draw=[3])
    content = compose(run.with_(dataset=one))
    people = one["population"].sel(year=2035).values
    total = sum(
        (region.gap_rate.value if region.gap_rate else 0) * p / 1000
        for region, p in zip(content.regions, people, strict=True)
    )
    assert total == pytest.approx(float(one["gap_total"].sel(year=2035)[0]), rel=1e-3)


def test_specialty_gap_is_doctors_over_need_less_one(run, content):
    at = run.dataset.sel(year=2035, specialty="surgery")
    doctors = (at["supply"] + at["trainees"]).sum("region").values.astype(float)
    share = doctors / at["need"].sum("region").values.astype(float) - 1
    found = next(s for s in content.specialties if s.name == "surgery")
    assert found.gap_share is not None
    assert found.gap_share.value == pytest.approx(np.median(share), rel=1e-5)


def test_specialties_stand_from_short_to_over_full(content):
    shares = [s.gap_share.value for s in content.specialties if s.gap_share is not None]
    assert shares == sorted(shares)


def test_a_specialty_of_fewer_than_ten_doctors_has_no_gap(content):
    small = next(s for s in content.specialties if s.name == "tuberculosis")
    assert small.supply.value < 10
    assert small.gap_share is None


def test_the_specialty_gap_is_as_badly_known_as_the_need_it_rests_on(content):
    assert content.specialty_grade == "assumed"


def test_an_assumed_figure_is_no_headline(content):
    assert {figure.name for figure in content.assumed_figures} == {"gap_fte_total"}
    assert "gap_fte_total" not in {figure.name for figure in content.figures}


def test_the_last_year_is_in_focus_when_the_run_ends_before_2035(run):
    short = run.dataset.sel(year=slice(2022, 2030))
    headline = [entry for entry in run.headline if entry["year"] <= 2030]
    content = compose(run.with_(dataset=short, headline=headline))
    assert content.focus_year == content.last_year == 2030


def test_a_run_of_one_draw_has_intervals_of_no_width(run):
    content = compose(run.with_(dataset=run.dataset.isel(draw=[0]), influence={}))
    at = content.national.gap.at(2035)
    assert at.low == at.value == at.high


def test_a_dataset_with_a_hole_is_refused(run):
    dataset = run.dataset.copy(deep=True)
    dataset["gap_total"].values[3, 4] = np.nan
    with pytest.raises(NotFinite, match="gap_total is not finite"):
        compose(run.with_(dataset=dataset))


def test_a_run_without_interruption_has_no_missing_specialists(run):
    calm = run.dataset.copy()
    calm["missing_specialists"] = calm["missing_specialists"] * 0
    assert compose(run.with_(dataset=calm)).missing is None
    assert compose(run.with_(dataset=calm.drop_vars("missing_specialists"))).missing is None


def test_missing_specialists_cover_the_years_touched_only(content):
    assert content.missing is not None
    assert content.missing.years == (2025, 2026, 2027, 2028, 2029)


def test_assumptions_are_ranked_by_influence(run, content):
    assert len(content.assumptions) == len(run.ledger.rows())
    influence = [row.influence or 0.0 for row in content.assumptions]
    assert influence == sorted(influence, reverse=True)


def test_an_assumption_that_the_scenario_sets_is_marked(content):
    changed = [row.key for row in content.assumptions if row.changed]
    assert changed == ["pipeline.synthetic_assumption_number_3"]


def test_dated_values_name_their_years(content):
    dated = next(row for row in content.assumptions if row.key == "hours.per_week")
    assert dated.value == "from 2009: 60; from 2022: 55.5"


def test_sources_behind_an_assumption_come_first(content):
    used = [source.used for source in content.sources]
    assert used == sorted(used, reverse=True)
    assert sum(used) == 12


def test_changes_name_seats_assumptions_and_the_interruption(content):
    said = " | ".join(content.changes)
    assert "4,567 medical school seats from 2025" in said
    assert "300 of them bonded" in said
    assert "away from school and work" in said


def test_the_command_repeats_the_run(content):
    assert content.command == "locum run korea-2024 --draws 200 --seed 1"


def test_a_past_that_did_not_happen_is_told_by_its_steps_and_no_folder_is_named(run):
    scenario = {
        "history": {"seats": {2000: 3507, 2001: 3507, 2002: 3300}},
        "assumptions": {"a": {"values": {2010: 1, 2020: 2.5}, "unit": "ratio"}},
        "interruption": "/home/somebody/away.csv",
    }
    said = compose(run.with_(manifest={"scenario": scenario})).changes
    assert said == (
        "3,507 medical school seats from 2000 (a past that did not happen)",
        "3,300 medical school seats from 2002 (a past that did not happen)",
        "a = from 2010: 1; from 2020: 2.5",
        "Training is interrupted: students and trainees away from school and work, "
        "as in the table away.csv",
    )


def test_flows_leave_out_a_base_year_that_has_none(run):
    dataset = run.dataset.copy(deep=True)
    for name in ("flows", "unfilled", "filled", "new_specialists"):
        dataset[name].loc[{"year": 2022}] = 0
    content = compose(run.with_(dataset=dataset))
    fans = (*content.flows, content.unfilled, content.new_specialists)
    assert {fan.years[0] for fan in fans if fan is not None} == {2023}
    assert content.national.supply.years[0] == 2022
