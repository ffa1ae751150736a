"""Classes of medical schools: nobody is lost, and the classes of an interruption join."""

from __future__ import annotations

import numpy as np
import pytest

from locum.countries import load_pack
from locum.errors import InputError, OutOfBounds, YearOutside
from locum.inference.classes import (
    SMALLEST_GROUP,
    Schools,
    class_sizes,
    compare_classes,
    seats_by_school,
)
from locum.runs import RunRequest, execute
from locum.runs.assemble import seats_by_region
from locum.scenarios import apply, resolve
from locum.workforce import STAGES

PRESETS = ("korea-decided", "korea-2000-seats", "korea-baseline", "korea-2024")


@pytest.fixture(scope="module")
def pack():
    return load_pack("korea")


@pytest.fixture(scope="module")
def count(pack):
    def sizes(name, **given):
        scenario = resolve(name, pack)
        return class_sizes(scenario, apply(scenario, pack.ledger()), pack, **given)

    return sizes


@pytest.mark.parametrize("name", PRESETS)
def test_every_student_is_accounted_for(name, count):
    found = count(name)
    totals = found.students.sum(axis=(0, 2))
    change = found.seats.sum(axis=0)[1:] - found.graduates.sum(axis=0)[1:] - found.dropped[1:]
    assert np.allclose(np.diff(totals), change, atol=1e-6)


@pytest.mark.verification
@pytest.mark.parametrize("name", ["korea-2024", "korea-2000-seats"])
def test_the_schools_together_have_the_students_of_the_engine(name, count, pack):
    scenario = resolve(name, pack)
    run = execute(RunRequest(scenario, apply(scenario, pack.ledger()), pack, draws=1))
    engine = run.results.trajectory.stages[0, :, STAGES.index("students")]
    assert np.allclose(count(name).students.sum(axis=(0, 2)), engine, atol=1e-6)


@pytest.mark.parametrize("name", PRESETS)
def test_places_of_schools_sum_to_those_of_their_regions(name, pack):
    scenario = resolve(name, pack)
    schools = Schools.of(pack, scenario)
    inside = schools.in_region(pack.regions)
    for year in range(2023, 2033):
        by_region = seats_by_region(pack, scenario, year).sum(axis=0)
        assert np.allclose(inside @ seats_by_school(schools, scenario, year), by_region)


def test_those_who_lost_the_year_join_the_next_class(count):
    found = count("korea-2024")
    assert found.absences == "korea-2024"
    assert found.at(2025)[:, 0].sum() > 0.9 * (3058 + 4567)


def test_without_an_interruption_a_class_is_its_places(count):
    found = count("korea-decided")
    assert found.absences is None
    assert 4567 < found.at(2025)[:, 0].sum() < 1.1 * 4567


def test_the_double_class_moves_up_and_reaches_the_wards(count):
    found = count("korea-2024")
    for year in range(2025, 2031):
        assert int(found.at(year).sum(axis=0).argmax()) == year - 2025
    assert found.per_100_beds(2030).max() > 1.5 * found.per_100_beds(2024).max()


def test_every_path_can_meet_the_same_months_of_absence(count, pack):
    away = resolve("korea-2024", pack)
    kept = count("korea-baseline", absences=away)
    assert kept.at(2025)[:, 0].sum() > 0.9 * 2 * 3058
    assert np.allclose(
        count("korea-decided", absences=away).students, count("korea-2024").students
    )


def test_places_without_a_school_stand_by_their_region(count):
    found = count("korea-decided")
    unnamed = [name for name in found.schools.names if name.startswith("no-school-named")]
    assert unnamed == ["no-school-named North Jeolla", "no-school-named South Jeolla"]
    assert found.at(2029)[-2:].sum() == 0.0
    assert found.at(2030)[-2:].sum() > 200.0


def test_paths_are_compared_with_the_same_class(pack):
    scenarios = [resolve(name, pack) for name in PRESETS[:3]]
    found = compare_classes(scenarios, pack.ledger(), pack, None)
    assert [each.reference for each in found] == [2024] * 3


def test_places_that_never_change_are_compared_with_the_first_class(count):
    assert count("korea-baseline").reference == 2023


def test_rows_state_no_small_group_and_no_faculty(count):
    rows = count("korea-2024").rows()
    assert {row["year"] for row in rows} == set(range(2024, 2033))
    for row in rows:
        stated = [each for each in (*row["students"], row["total"]) if each]
        assert all(each >= SMALLEST_GROUP for each in stated)
        assert row["faculty"] is None
    before = [row for row in rows if row["year"] == 2024 and row["relative"] is not None]
    assert all(row["teachers_needed"] == 1.0 for row in before)
    assert all(row["relative"] == pytest.approx(1.0, abs=0.05) for row in before)


def test_absences_of_a_scenario_without_any_are_refused(count, pack):
    with pytest.raises(InputError, match="no months of absence"):
        count("korea-decided", absences=resolve("korea-baseline", pack))


@pytest.mark.parametrize("year", [2022, 2051])
def test_a_reference_year_outside_the_scenario_is_refused(year, count):
    with pytest.raises(YearOutside, match=str(year)):
        count("korea-decided", reference=year)


@pytest.mark.parametrize("years", [0, 7])
def test_no_school_has_so_few_or_many_clinical_years(years, pack):
    ledger = pack.ledger().fixed("decision.clinical_years", years)
    with pytest.raises(OutOfBounds, match="clinical_years"):
        class_sizes(resolve("korea-decided", pack), ledger, pack)
