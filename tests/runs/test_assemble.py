"""The tables of Korea as the model gets them agree with the tables of the pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from locum.countries import load_pack
from locum.runs import execute, without_interruption, workforce_tables
from locum.runs.assemble import seats_by_region
from locum.scenarios import apply, resolve
from locum.workforce import STAGES
from locum.workforce.records import BONDED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from locum.countries import Pack
    from locum.scenarios import Scenario
    from locum.workforce import Tables

PRESETS = ("korea-baseline", "korea-2000-seats", "korea-no-cut", "korea-decided", "korea-2024")
PAST = ("korea-baseline", "korea-no-cut")
CLINICAL_2022 = 112_293
"""Clinical doctors of HIRA's institutions at the end of 2022, interns and residents among them."""


def tables_of(pack: Pack, name: str) -> tuple[Scenario, Tables]:
    scenario = resolve(name, pack)
    return scenario, workforce_tables(pack, scenario, apply(scenario, pack.ledger(), {}))


@pytest.mark.parametrize("name", PRESETS)
def test_seats_of_the_regions_are_those_of_the_scenario(korea: Pack, name: str):
    scenario, tables = tables_of(korea, name)
    for t, year in enumerate(tables.axes.years[1:], start=1):
        change = scenario.seats_in(int(year))
        seats = tables.pipeline.seats[t]
        assert seats.sum() == pytest.approx(change.total), year
        assert seats[BONDED].sum() == pytest.approx(change.bonded), year
        assert seats.min() >= 0.0, year


def test_a_rise_goes_where_its_allocation_says(korea: Pack):
    scenario = resolve("korea-2000-seats", korea)
    before, after = (seats_by_region(korea, scenario, year).sum(axis=0) for year in (2024, 2025))
    table = korea.table("seat_allocations").where(allocation="notified-2025")
    told = dict(zip(table.column("region"), table.column("value"), strict=True))
    rise = dict(zip(korea.regions, after - before, strict=True))
    assert rise == pytest.approx({region: float(told.get(region, 0)) for region in korea.regions})


def test_without_an_allocation_seats_keep_their_regions(korea: Pack):
    scenario = resolve("korea-decided", korea)
    base, later = (seats_by_region(korea, scenario, year) for year in (2024, 2026))
    np.testing.assert_allclose(later, base)


def test_bonded_seats_are_where_the_new_ones_are(korea: Pack):
    scenario = resolve("korea-decided", korea)
    seats = seats_by_region(korea, scenario, 2028)
    rise = seats.sum(axis=0) - seats_by_region(korea, scenario, 2026).sum(axis=0)
    np.testing.assert_allclose(seats[BONDED], rise, atol=1e-9)


def test_the_base_year_has_the_published_clinical_doctors(korea: Pack):
    _, tables = tables_of(korea, "korea-baseline")
    start = tables.start
    heads = start.practising.sum() + start.residents.sum() + start.interns.sum()
    assert heads == pytest.approx(CLINICAL_2022, abs=0.5)


def test_the_supply_of_the_base_year_is_the_same_in_every_draw(ask: Callable[..., Any]):
    supply = execute(ask("korea-baseline", end=2023, draws=9)).dataset.supply_total[:, 0]
    np.testing.assert_allclose(supply, CLINICAL_2022, atol=0.5)


def test_everyone_of_the_starting_tables_is_in_the_starting_state(
    korea: Pack, ask: Callable[..., Any]
):
    stages = execute(ask("korea-baseline", end=2023, draws=1)).dataset.stages[0, 0]
    start = tables_of(korea, "korea-baseline")[1].start
    for name in ("students", "interns", "residents", "service", "practising"):
        heads = float(stages.sel(stage=name))
        assert heads == pytest.approx(getattr(start, name).sum()), name
    empty = set(STAGES) - {"students", "interns", "residents", "service", "practising"}
    assert float(stages.sel(stage=sorted(empty)).sum()) == 0.0


def test_people_of_the_regions_are_those_of_the_nation(korea: Pack):
    _, tables = tables_of(korea, "korea-baseline")
    table = korea.table("population_national")
    for t, year in enumerate(tables.axes.years):
        nation = np.sum(table.where(year=int(year)).column("value"))
        assert tables.population.use.people[t].sum() == pytest.approx(nation, rel=1e-9), year


def test_mortality_rises_with_age_and_falls_with_time(korea: Pack):
    mortality = tables_of(korea, "korea-baseline")[1].population.mortality
    assert 0.0 < mortality.min() < mortality.max() < 0.5
    assert (np.diff(mortality[..., 10:], axis=-1) > 0.0).all()
    assert (mortality[-1] <= mortality[0]).all()
    assert (mortality[:, 0] >= mortality[:, 1]).all()


def test_need_of_the_base_year_has_the_mix_of_the_doctors(korea: Pack):
    _, tables = tables_of(korea, "korea-baseline")
    start, population = tables.start, tables.population
    heads = start.practising.sum(axis=(0, 2, 3)) + start.residents.sum(axis=(0, 2))
    heads[-1] += start.interns.sum()
    for need in (population.need_flat[0], population.need_tilted[0]):
        np.testing.assert_allclose(need.sum(axis=0) / need.sum(), heads / heads.sum(), rtol=1e-9)


def projection(pack: Pack, folder: Path) -> None:
    """Write a projection in which one region doubles its weight by 2040."""
    table = pack.table("population_regional")
    lines = ["year,region,sex,age_start,value"]
    for year, factor in ((2022, 1.0), (2040, 2.0)):
        for row in table.rows:
            value = row["value"] * (factor if row["region"] == "Jeju" else 1.0)
            lines.append(f"{year},{row['region']},{row['sex']},{row['age_start']},{value}")
    (folder / "kosis_population.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_regional_projection_is_used_where_it_is_supplied(
    korea: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    projection(korea, tmp_path)
    monkeypatch.setenv("LOCUM_PACK_SLOTS", str(tmp_path))
    own, given = (
        tables_of(korea, "korea-baseline")[1],
        tables_of(load_pack("korea"), "korea-baseline")[1],
    )
    island = korea.regions.index("Jeju")
    shares = [
        t.population.use.people / t.population.use.people.sum(axis=1, keepdims=True)
        for t in (own, given)
    ]
    np.testing.assert_allclose(shares[1][0, island], shares[0][0, island])
    grown = shares[1][2040 - 2022, island] / shares[0][2040 - 2022, island]
    assert grown == pytest.approx(2.0, rel=0.05)
    np.testing.assert_allclose(
        given.population.use.people.sum(axis=1), own.population.use.people.sum(axis=1)
    )


def test_a_supplied_file_makes_another_state_of_the_pack(
    korea: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    projection(korea, tmp_path)
    monkeypatch.setenv("LOCUM_PACK_SLOTS", str(tmp_path))
    assert load_pack("korea").digest != korea.digest


def test_an_uncut_past_has_more_doctors_of_the_ages_it_trained(korea: Pack):
    real, uncut = (tables_of(korea, name)[1].start for name in PAST)
    more = uncut.practising.sum(axis=(0, 1, 2)) / real.practising.sum(axis=(0, 1, 2))
    # The first class that was cut began in 2004 and is 28 when licensed in 2010: 40 in 2022.
    np.testing.assert_allclose(more[41 - 24 :], 1.0)
    np.testing.assert_allclose(more[: 38 - 24], 3507 / 3058)
    assert more[40 - 24] == pytest.approx(3507 / 3351)
    np.testing.assert_allclose(uncut.students, real.students * 3507 / 3058)
    np.testing.assert_allclose(uncut.interns, real.interns * 3507 / 3058)


def test_an_uncut_past_has_posts_for_its_trainees(korea: Pack):
    real, uncut = (tables_of(korea, name)[1] for name in PAST)
    for posts, people in (("intern_posts", "interns"), ("resident_posts", "residents")):
        growth = getattr(uncut.pipeline, posts).sum() / getattr(real.pipeline, posts).sum()
        grown = getattr(uncut.start, people).sum() / getattr(real.start, people).sum()
        assert growth == pytest.approx(grown)


def test_an_uncut_past_goes_on_with_its_seats(korea: Pack):
    _, tables = tables_of(korea, "korea-no-cut")
    np.testing.assert_allclose(tables.pipeline.seats[1:].sum(axis=(1, 2)), 3507)
    np.testing.assert_allclose(tables.pipeline.planned_seats, 1.0)
    assert (tables.pipeline.observed_passers == -1.0).all()


def test_published_passers_are_taken_only_as_long_as_they_are_assumed_to_hold(korea: Pack):
    _, tables = tables_of(korea, "korea-baseline")
    observed = dict(zip(tables.axes.years, tables.pipeline.observed_passers, strict=True))
    assert observed[2023] > 3_000
    assert observed[2024] > 3_000
    assert max(observed[year] for year in range(2025, 2051)) == -1.0


def test_an_interruption_is_laid_out_by_year_and_month(korea: Pack):
    _, tables = tables_of(korea, "korea-2024")
    away = tables.pipeline.absence
    table = korea.table("interruption_2024")
    for row in table.rows:
        months = getattr(away, f"{row['group']}s")
        assert months[int(row["year"]) - 2022, int(row["month"]) - 1] == row["value"]
    assert np.count_nonzero(away.residents) == len(table.where(group="resident"))


def test_without_its_interruption_a_scenario_is_its_parent(korea: Pack):
    _, interrupted = tables_of(korea, "korea-2024")
    _, parent = tables_of(korea, "korea-decided")
    plain = without_interruption(interrupted)
    for one, other in zip(
        (plain.pipeline.absence.students, plain.pipeline.seats, plain.pipeline.planned_seats),
        (parent.pipeline.absence.students, parent.pipeline.seats, parent.pipeline.planned_seats),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)
