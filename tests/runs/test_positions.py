"""Studies, their variants and scenarios are found by name and projected by their rules."""

from __future__ import annotations

import numpy as np
import pytest

from locum.countries import Pack, load_pack
from locum.errors import BadValue, InputError, UnknownName
from locum.runs.cohort import cohort_tables
from locum.runs.positions import Member, Position, find_position, project_member
from locum.scenarios import Reading, load_study, study_names
from locum.scenarios.studies import Printed, Variant

# --- names -------------------------------------------------------------------


def test_a_study_is_the_middle_of_its_ends():
    study = load_study("committee-2025")
    found = find_position("committee-2025")
    assert found.study is not None
    assert [each.name for each in found.members] == [f"committee-2025/{e}" for e in study.ends]
    assert (found.title, found.last_year) == (study.title, study.end)


def test_a_variant_is_one_member():
    found = find_position("committee-2025/s1-arima")
    assert [each.name for each in found.members] == ["committee-2025/s1-arima"]
    assert found.name == "committee-2025/s1-arima"
    assert found.title.startswith("Estimation committee, December 2025: ")


def test_a_position_starts_with_the_latest_base_year_of_its_members():
    found = find_position("committee-2025/s1-composition-2024")
    assert found.first_year == found.members[0].base_year == 2024


def test_a_scenario_is_a_position_with_its_places(korea: Pack):
    found = find_position("korea-2000-seats", korea)
    assert found.scenario is not None
    assert found.study is None
    assert len(found.members) == 1
    expected = {change.year: float(change.total) for change in found.scenario.seats}
    assert found.members[0].seats == expected
    assert (found.first_year, found.last_year) == (found.scenario.start, found.scenario.end)


def test_places_of_a_past_that_did_not_happen_are_taken_too():
    found = find_position("korea-no-cut")
    assert found.scenario is not None
    assert found.scenario.history_seats
    for year, places in found.scenario.history_seats.items():
        assert found.members[0].seats[year] == places


def test_a_scenario_of_a_file_is_a_position(short):
    found = find_position(str(short("korea-baseline", 2026)))
    assert (found.name, found.last_year) == ("short", 2026)


def test_every_study_of_the_country_can_be_found_and_projected(korea: Pack):
    for name in study_names(korea):
        found = find_position(name, korea)
        for each in found.members:
            projected = project_member(each, korea)
            assert np.isfinite(projected.gap).all(), each.name


@pytest.mark.parametrize(
    ("name", "kind", "suggestion"),
    [
        ("comittee-2025", "study or scenario 'comittee-2025'", "'committee-2025'"),
        ("korea-basline", "study or scenario 'korea-basline'", "'korea-baseline'"),
        ("committee-2025/s1-arma", "variant of committee-2025 's1-arma'", "'s1-arima'"),
    ],
)
def test_an_unknown_name_is_refused_with_a_suggestion(name: str, kind: str, suggestion: str):
    with pytest.raises(UnknownName, match=rf"unknown {kind}; did you mean {suggestion}\?"):
        find_position(name)


def test_a_variant_must_be_named():
    with pytest.raises(UnknownName, match="unknown variant of committee-2025 ''"):
        find_position("committee-2025/")


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(InputError, match=r"no file mine\.yaml"):
        find_position("mine.yaml")


# --- printed numbers ---------------------------------------------------------


def printing(**figures: float) -> Member:
    """A member that printed these numbers for 2040."""
    pack = load_pack("korea")
    numbers = tuple(Printed(2040, q, v, "s", "project", "") for q, v in figures.items())
    variant = Variant("v", "V", 2022, {2006: 3058.0}, {}, numbers, None)
    return Member("made/v", pack.ledger(), variant.seats, 2022, variant)


def position(*members: Member) -> Position:
    return Position("made", "Made", load_pack("korea"), members, 2022, 2040)


def test_the_printed_number_of_a_position_is_the_mean_of_its_ends():
    both = position(printing(gap=-4000.0), printing(gap=-6000.0))
    assert both.printed(2040) == -5000.0


def test_nothing_is_printed_where_one_end_printed_nothing():
    assert position(printing(gap=-4000.0), printing(supply=1.0)).printed(2040) is None
    assert position(printing(gap=-4000.0)).printed(2035) is None


def test_a_gap_that_is_not_printed_is_printed_supply_less_demand():
    one = position(printing(supply=130.0, demand=150.0))
    assert one.printed(2040) == -20.0
    assert one.printed(2040, "supply") == 130.0
    assert position(printing(supply=130.0)).printed(2040) is None


def test_a_printed_nought_is_a_number():
    assert position(printing(gap=0.0)).printed(2040) == 0.0


def test_scenarios_printed_nothing():
    assert find_position("korea-baseline").printed(2035) is None


# --- readings ----------------------------------------------------------------


def test_a_study_is_read_as_it_states_unless_told_otherwise():
    found = find_position("rihp-2026")
    assert found.study is not None
    assert len(found.study.readings) > 1
    assert found.reading == found.study.readings[0]


def test_another_reading_changes_what_it_says_and_nothing_else():
    found = find_position("rihp-2026")
    assert found.study is not None
    other: Reading = found.study.readings[1]
    moved = found.read_as(other)
    assert (moved.reading, moved.name) == (other, found.name)
    for before, after in zip(found.members, moved.members, strict=True):
        both = set(other.stated) | set(found.study.readings[0].stated)
        changed = {k for k in before.ledger if before.ledger[k] != after.ledger[k]}
        assert changed
        assert changed <= both
        assert (before.seats, before.base_year) == (after.seats, after.base_year)


def test_a_scenario_has_no_readings():
    reading = Reading("r", "R", {})
    with pytest.raises(BadValue, match="position is 'korea-baseline'; expected a study"):
        find_position("korea-baseline").read_as(reading)


# --- projecting --------------------------------------------------------------


def test_projections_are_on_the_years_of_the_country(korea: Pack):
    found = project_member(find_position("korea-baseline", korea).members[0], korea, draws=3)
    assert found.supply.shape == (3, len(cohort_tables(korea).years))


def test_the_country_is_laid_out_once(korea: Pack):
    assert cohort_tables(korea) is cohort_tables(korea)


def test_the_counted_doctors_are_those_of_the_table(korea: Pack):
    tables = cohort_tables(korea)
    table = korea.table("doctors_alive")
    assert tables.counted.sum() == pytest.approx(sum(table.numbers("value")))
    assert tables.stock_year == 2022
    assert 0.0 < tables.clinic_share < 1.0
    starts = [int(start) for start in table.column("age_start")]
    ages = np.arange(24, 85)
    ends = [*sorted(starts)[1:], 200]
    for start, end in zip(sorted(starts), ends, strict=True):
        row = next(r for r in table.rows if int(r["age_start"]) == start)
        inside = (ages >= start) & (ages < end)
        assert tables.counted[:, inside].sum() == pytest.approx(float(row["value"]))


@pytest.mark.parametrize("base_year", [1990, 2090])
def test_a_base_year_outside_the_data_is_refused(korea: Pack, base_year: int):
    one = Member("mine/v", korea.ledger(), {2006: 3058.0}, base_year)
    with pytest.raises(BadValue, match=f"mine/v: base year is {base_year}; expected a year from"):
        project_member(one, korea)
