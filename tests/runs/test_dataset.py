"""Labelled results: units, sums, and what the walkout took away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from locum.runs import execute
from locum.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray as xr

CELLS = ("draw", "year", "region", "specialty")
SINGLE = 2.0**-23
"""Results are in single precision."""


@pytest.fixture
def decided(ask: Callable[..., Any]) -> xr.Dataset:
    return execute(ask("korea-decided", end=2026, draws=4)).dataset


def test_every_variable_says_its_unit_its_name_and_how_well_it_is_known(decided: xr.Dataset):
    for name, variable in decided.data_vars.items():
        assert variable.attrs["unit"] in UNITS, name
        assert variable.attrs["long_name"], name
        assert variable.attrs["grade"] in {"observed", "fitted margin", "assumed"}, name


def test_a_run_says_what_it_is(decided: xr.Dataset):
    assert decided.attrs["scenario"] == "short"
    assert decided.attrs["base_year"] == 2022
    assert decided.attrs["draws"] == 4
    assert list(decided.year.values) == [2022, 2023, 2024, 2025, 2026]
    assert decided.sizes["specialty"] == 27
    assert decided.sizes["region"] == 17


def test_the_nation_is_the_sum_of_its_cells(decided: xr.Dataset):
    cells = (decided.supply + decided.trainees).astype(float).sum(("region", "specialty"))
    np.testing.assert_allclose(decided.supply_total, cells, rtol=SINGLE)
    need = decided.need.astype(float).sum(("region", "specialty"))
    np.testing.assert_allclose(decided.need_total, need, rtol=SINGLE)


def test_the_gap_is_supply_less_need(decided: xr.Dataset):
    gap = decided.supply_total.astype(float) - decided.need_total.astype(float)
    np.testing.assert_allclose(decided.gap_total, gap, atol=0.02)
    fte = decided.fte_total.astype(float) - decided.need_fte_total.astype(float)
    np.testing.assert_allclose(decided.gap_fte_total, fte, atol=0.02)


def test_a_gap_in_full_time_equivalents_says_so(ask: Callable[..., Any]):
    sets = {"gap.supply_unit": "fte", "gap.need_unit": "fte"}
    dataset = execute(ask("korea-baseline", draws=2, sets=sets)).dataset
    assert dataset.gap_total.attrs["unit"] == "fte"
    np.testing.assert_allclose(dataset.gap_total, dataset.gap_fte_total)


def test_need_in_full_time_equivalents_has_the_hours_of_the_base_year(decided: xr.Dataset):
    hours = decided.fte_total[:, 0] / decided.supply_total[:, 0]
    expected = decided.need_total * hours
    np.testing.assert_allclose(decided.need_fte_total, expected, rtol=4 * SINGLE)


def _heads(dataset: xr.Dataset) -> xr.DataArray:
    return (dataset.supply + dataset.trainees).astype(float).sum("specialty")


def test_density_is_doctors_for_a_thousand_people(ask: Callable[..., Any]):
    sets = {"population.capital_drift": "0"}
    dataset = execute(ask("korea-decided", draws=4, sets=sets)).dataset
    expected = 1000.0 * _heads(dataset) / dataset.population
    np.testing.assert_allclose(
        dataset.density, expected.transpose("draw", "year", "region"), rtol=4 * SINGLE
    )


def test_people_drift_between_regions_and_none_is_lost(ask: Callable[..., Any]):
    sets = {"population.capital_drift": "0.01"}
    dataset = execute(ask("korea-decided", draws=2, sets=sets)).dataset
    people = 1000.0 * _heads(dataset) / dataset.density.astype(float)
    np.testing.assert_allclose(
        people.sum("region").transpose("draw", "year"),
        np.broadcast_to(dataset.population.sum("region"), people.sum("region").shape),
        rtol=1e-5,
    )
    assert (
        people.sel(year=2026, region="Seoul") > dataset.population.sel(year=2026, region="Seoul")
    ).all()


def test_incomes_of_the_base_year_are_on_average_those_of_the_tables(ask: Callable[..., Any]):
    run = execute(ask("korea-baseline", draws=2))
    heads = run.results.tables.start.practising.sum(axis=(1, 2, 3))
    income = np.average(run.dataset.income[:, 0], axis=1, weights=heads)
    table = run.results.tables.specialties.income
    # A product and a mean of seventeen cells in single precision.
    np.testing.assert_allclose(income, np.broadcast_to(table, income.shape), rtol=17 * SINGLE)


def test_the_walkout_leaves_specialists_missing_who_come_back(ask: Callable[..., Any]):
    missing = execute(ask("korea-2024", end=2045, draws=4)).dataset.missing_specialists
    by_year = missing.sum("specialty").sel(draw=0).to_series()
    # The class that should have sat the board exam in February 2025 is missing in 2025 first.
    assert by_year.loc[:2024].abs().max() < 1.0
    assert 2_000.0 < by_year.loc[2025] < 2_800.0
    # Late classes pass later: by then less than a tenth of the first loss is still missing a year.
    assert by_year.loc[2040:].abs().max() < 0.1 * by_year.loc[2025]
    assert by_year.loc[2026:].min() < 0.0


def test_every_specialty_with_residents_misses_some(ask: Callable[..., Any]):
    run = execute(ask("korea-2024", end=2026, draws=1))
    missing = run.dataset.missing_specialists.sel(draw=0, year=2025)
    last = run.results.tables.start.residents.sum(axis=(0, 2))
    assert (missing.values[last > 1.0] > 0.0).all()
    assert float(missing.sel(specialty="none")) == 0.0


def test_a_run_without_interruption_misses_nobody(decided: xr.Dataset):
    assert "missing_specialists" not in decided


def test_headlines_are_the_middle_and_four_fifths_of_the_draws(ask: Callable[..., Any]):
    run = execute(ask("korea-baseline", end=2036, draws=21))
    for entry in run.headline:
        values = run.dataset[entry["name"]].sel(year=entry["year"])
        assert entry["value"] == pytest.approx(float(values.median()))
        assert entry["low"] == pytest.approx(float(np.percentile(values, 10)))
        assert entry["high"] == pytest.approx(float(np.percentile(values, 90)))
        assert entry["unit"] == "clinical"
    assert {entry["year"] for entry in run.headline} == {2035}
