"""The tables of the Korea pack: graded, sourced, complete, and equal to what was published."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from locum.units import check_bounds, unit

if TYPE_CHECKING:
    from locum.countries import Pack

GRADES = {"observed", "fitted margin", "assumed"}
RAW = {
    "activity": 72,
    "arrivals_profile": 75,
    "demand": 159,
    "doctors_stock": 390,
    "hospital_counts": 41,
    "hospital_impact": 113,
    "hospitals": 378,
    "incomes": 75,
    "inequality": 183,
    "mortality_and_delay": 28,
    "pipeline": 455,
    "platform": 45,
    "policy_events": 112,
    "polls": 54,
    "population": 3730,
    "population_annual": 71,
    "population_mx": 352,
    "projections": 69,
    "service_times": 45,
    "staffing": 77,
    "strike_2020": 25,
    "walkout_daily": 113,
    "walkout_timeseries": 22,
}
MODEL = [
    "backtest_2010",
    "regions",
    "specialties",
    "stock_margins",
    "stock_conflicts",
    "trainees_base",
    "service_base",
    "students_base",
    "schools",
    "standoff_schools",
    "seats_base",
    "seat_allocations",
    "seat_history",
    "doctors_alive",
    "exam_passed",
    "specialty_terms",
    "region_terms",
    "population_national",
    "population_regional",
    "mortality",
    "use_profile",
    "inpatient_share",
    "sex_ratio_of_use",
    "need_profile",
    "interruption_2024",
]
SECOND = Path(__file__).with_name("second_reading.csv")


def total(pack: Pack, name: str, **equal: str | int) -> float:
    return float(np.sum(pack.table(name).where(**equal).numbers("value")))


@pytest.mark.parametrize("name", [*RAW, *MODEL])
def test_every_row_has_a_grade_and_a_source(korea: Pack, name: str):
    table = korea.table(name)
    assert len(table) > 0
    assert set(table.column("grade")) <= GRADES
    assert set(table.column("source")) <= set(korea.sources)


@pytest.mark.parametrize("name", RAW)
def test_no_published_row_was_lost(korea: Pack, name: str):
    assert len(korea.table(name)) == RAW[name]


def test_the_package_lists_every_file_and_no_other(korea: Pack):
    listed = {schema.path for schema in korea.schemas.values()}
    folders = ("data", "model")
    found = [path for folder in folders for path in (korea.path / folder).rglob("*.csv")]
    assert listed == {path.relative_to(korea.path).as_posix() for path in found}
    assert set(korea.table_names) == {*RAW, *MODEL, "sources"}


def test_the_package_gives_sources_and_licences_for_every_resource(korea: Pack):
    package = json.loads((korea.path / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        assert resource["sources"], resource["name"]
        assert resource["licenses"], resource["name"]
    assert package["version"] == korea.version


def test_the_package_is_a_tabular_data_package_of_the_standard(korea: Pack):
    package = json.loads((korea.path / "datapackage.json").read_text(encoding="utf-8"))
    assert package["profile"] == "tabular-data-package"
    for resource in package["resources"]:
        assert re.fullmatch(r"[a-z0-9_.-]+", resource["name"])
        if resource["name"] != "map":
            assert resource["profile"] == "tabular-data-resource"


@pytest.mark.parametrize("name", MODEL)
def test_values_lie_within_the_bounds_of_their_units(korea: Pack, name: str):
    table = korea.table(name)
    if "unit" not in table.columns:
        return
    numbers = [column for column in ("value", "taken", "passed") if column in table.columns]
    assert numbers
    for row in table.rows:
        for column in numbers:
            check_bounds(f"{name}: {row}", row[column], unit(row["unit"]))


def test_assumptions_of_the_project_are_graded_so(korea: Pack):
    for name in MODEL:
        for row in korea.table(name).rows:
            if row["source"] == "project":
                assert row["grade"] == "assumed", (name, row)


def test_what_was_recalled_is_graded_assumed(korea: Pack):
    for name in [*RAW, *MODEL]:
        for row in korea.table(name).rows:
            if re.search(r"recalled|from memory", row["note"]) and name != "population_regional":
                assert row["grade"] == "assumed" or "(recalled)" in row["note"], (name, row)


def test_model_tables_have_every_combination(korea: Pack):
    sizes = {
        "specialty_terms": 27 * 9,
        "region_terms": 17 * 4,
        "need_profile": 27 * 2 * 4,
        "use_profile": 19 * 3,
        "population_national": 71 * 2 * 21,
        "population_regional": 17 * 2 * 21,
        "mortality": 16 * 2 * 22,
        "interruption_2024": 2 * 3 * 12,
        "students_base": 2 * 17 * 6,
        "service_base": 2 * 27 * 3,
        "seat_allocations": 6 * 17,
        "seat_history": 26,
    }
    assert {name: len(korea.table(name)) for name in sizes} == sizes


def test_residents_are_listed_for_every_year_of_training(korea: Pack):
    years = korea.table("specialties").rows
    wanted = {(row["specialty"], k + 1) for row in years for k in range(row["training_years"])}
    for year in korea.base_years:
        rows = korea.table("trainees_base").where(year=year, stage="resident").rows
        assert {(row["specialty"], row["training_year"]) for row in rows} == wanted


def test_the_seats_of_2024_are_those_of_forty_schools(korea: Pack):
    assert total(korea, "seats_base") == 3058
    schools = korea.table("schools").where(allocation="base-2024")
    assert len(schools) - 1 + 8 == 40
    assert sum(schools.numbers("value")) == 3058


@pytest.mark.parametrize(
    ("measure", "allocation"), [("seats", "base-2024"), ("seats_added", "recruited-2025")]
)
def test_the_schools_of_the_standoff_have_the_seats_of_their_regions(
    korea: Pack, measure: str, allocation: str
):
    apart = korea.table("standoff_schools").where(measure=measure).rows
    together = korea.table("schools").where(allocation=allocation).rows
    assert len({row["school"] for row in apart}) == 40
    for region in korea.regions:
        found = [
            sum(r["value"] for r in rows if r["region"] == region) for rows in (apart, together)
        ]
        assert found[0] == found[1]


ADDED = {
    "notified-2025": 2000,
    "recruited-2025": 1509,
    "regional-2027": 490,
    "regional-2028": 613,
    "new-schools-2030": 200,
    "regional-2030": 813,
}


@pytest.mark.parametrize("allocation", ADDED)
def test_added_seats_sum_to_what_was_decided(korea: Pack, allocation: str):
    assert total(korea, "seat_allocations", allocation=allocation) == ADDED[allocation]


@pytest.mark.parametrize("allocation", list(ADDED)[:4])
def test_added_seats_are_those_of_the_schools_of_the_region(korea: Pack, allocation: str):
    schools = korea.table("schools").where(allocation=allocation).rows
    for row in korea.table("seat_allocations").where(allocation=allocation).rows:
        found = sum(one["value"] for one in schools if one["region"] == row["region"])
        assert found == row["value"], row


def test_the_parts_of_2009_sum_to_the_ministrys_survey(korea: Pack):
    stock = total(korea, "stock_margins", year=2009, margin="total")
    trainees = total(korea, "trainees_base", year=2009)
    service = total(korea, "service_base", year=2009)
    assert stock + trainees + service == 85140


def test_the_parts_of_2022_sum_to_the_institutions(korea: Pack):
    stock = total(korea, "stock_margins", year=2022, margin="total")
    assert stock + total(korea, "trainees_base", year=2022) == 112293


@pytest.mark.parametrize("year", [2022, 2009])
@pytest.mark.parametrize("margin", ["region", "specialty", "sex", "age_band"])
def test_each_margin_sums_to_the_total(korea: Pack, year: int, margin: str):
    found = total(korea, "stock_margins", year=year, margin=margin)
    assert found == total(korea, "stock_margins", year=year, margin="total")


def test_posts_of_the_regions_sum_to_one(korea: Pack):
    for term in ("resident_post_share", "intern_post_share"):
        assert total(korea, "region_terms", term=term) == pytest.approx(1, abs=1e-9)


def test_the_first_year_posts_are_those_of_2022(korea: Pack):
    assert total(korea, "specialty_terms", term="first_year_quota") == 3156
    assert total(korea, "specialty_terms", term="first_year_filled") == 2877
    quota = korea.table("specialty_terms").where(term="first_year_quota").numbers("value")
    filled = korea.table("specialty_terms").where(term="first_year_filled").numbers("value")
    assert np.all(filled <= quota)


def test_the_mean_income_is_the_printed_one(korea: Pack):
    terms = korea.table("specialty_terms").where(term="income").numbers("value")
    heads = korea.table("stock_margins").where(year=2022, margin="specialty").numbers("value")
    assert np.average(terms, weights=heads) == pytest.approx(301, abs=0.1)


def test_the_share_of_inpatient_days_is_the_anchor(korea: Pack):
    use = korea.table("use_profile")
    days = use.where(term="days_per_head").numbers("value")
    people = use.where(term="insured").numbers("value")
    share = korea.table("inpatient_share").numbers("value")
    assert np.average(share, weights=days * people) == pytest.approx(2.2 / 18.8, rel=1e-3)


def test_the_population_by_region_is_the_published_total(korea: Pack):
    assert total(korea, "population_regional") == pytest.approx(51_325_329, abs=20)


def test_absences_of_2024_exceed_nine_in_ten_from_the_start(korea: Pack):
    table = korea.table("interruption_2024").where(year=2024)
    for group in ("intern", "resident"):
        assert min(table.where(group=group).numbers("value")) > 0.89


def test_nothing_in_the_stock_of_2009_speaks_of_a_later_time(korea: Pack):
    for name in ("stock_margins", "trainees_base", "service_base", "students_base"):
        for row in korea.table(name).where(year=2009).rows:
            years = [int(found) for found in re.findall(r"\b(?:19|20)\d\d\b", row["note"])]
            assert max(years, default=0) <= 2011, (name, row)


def _second_reading() -> list[dict[str, str]]:
    with SECOND.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    "row", _second_reading(), ids=lambda row: f"{row['table']}-{row['where']}"
)
def test_a_second_reader_reads_the_same_number(korea: Pack, row: dict[str, str]):
    """Numbers typed again from the sources, without a look at the pack, are the pack's."""
    table = korea.table(row["table"])
    keys = dict(part.split("=", 1) for part in row["where"].split(";"))
    equal = {
        name: int(text) if table.schema.field(name).kind == "integer" else text
        for name, text in keys.items()
    }
    found = table.where(**equal).column(row["column"])
    assert list(found) == [pytest.approx(float(row["value"]))]


def test_no_person_is_named_among_the_facts(korea: Pack):
    """Offices and roles only; authors of studies stay."""
    for name in ("policy_events", "platform", "walkout_daily", "polls", "hospital_impact"):
        for row in korea.table(name).rows:
            text = " ".join(str(cell) for cell in row.values())
            assert not re.search(r"\bPresident [A-Z][a-z]+\b|\bRep\. [A-Z]|\bMr\.? [A-Z]", text), (
                row
            )
