"""What the rules of published projections give, beside what was printed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from locum import errors
from locum.countries import load_pack
from locum.inference.reproduction import (
    envelope,
    envelopes,
    gap_parts,
    keys_read,
    ministry_parts,
    reproduce,
    to_dict,
)
from locum.runs.cohort import cohort_tables
from locum.runs.positions import find_position, project_member
from locum.scenarios import load_study, study_names
from locum.workforce.cohort import hours_factor

THREE_BASE_YEARS = ("s1-composition", "s1-composition-2023", "s1-composition-2024")
TUNED = {
    "committee-2025": {
        ("s1-arima", 2035, "demand"),
        ("s1-arima", 2035, "gap"),
        ("s2-composition", 2035, "supply"),
        ("s2-composition", 2035, "gap"),
        ("s2-arima", 2035, "supply"),
        ("s2-arima", 2035, "demand"),
        ("s2-arima", 2035, "gap"),
        ("s2-arima-ai", 2035, "supply"),
        ("s2-arima-use", 2035, "supply"),
    },
    "committee-2026": {
        ("s2-composition", 2035, "supply"),
        ("s2-composition", 2035, "gap"),
        ("s2-arima", 2035, "supply"),
        ("s2-arima", 2035, "demand"),
        ("s2-arima", 2035, "gap"),
        ("s2-arima-ai", 2035, "supply"),
        ("s2-arima-use", 2035, "supply"),
    },
    "kdi-2023": {("visit-days-counted", 2050, "gap")},
    "kihasa-2015": {("days-255", 2030, "demand"), ("days-255", 2030, "gap")},
    "kihasa-2021": {("unweighted", 2035, "gap")},
    "lee-yoo-2022": {("baseline", 2019, "demand"), ("baseline", 2025, "demand")},
    "rihp-2025": {
        *(
            ("days-285", year, quantity)
            for year in (2025, 2035)
            for quantity in ("supply", "demand", "gap")
        ),
        *((days, year, "supply") for days in ("days-265", "days-289-5") for year in (2025, 2035)),
    },
}
"""Rows that are no check, because a number was chosen to give a print of the year."""


@pytest.fixture(scope="module")
def pack():
    return load_pack("korea")


@pytest.fixture(scope="module")
def rows(pack):
    return reproduce(pack)


@pytest.fixture(scope="module")
def find(rows):
    """Find the one row of a study, a variant, a year and a quantity."""

    def of(study, scenario, year, quantity):
        key = (study, scenario, year, quantity)
        [row] = [r for r in rows if (r.study, r.scenario, r.year, r.quantity) == key]
        return row

    return of


# --- the rows ---------------------------------------------------------------------------------


def test_every_printed_number_of_every_study_has_one_row(pack, rows):
    wanted = {
        (name, variant.name, each.year, each.quantity)
        for name in study_names(pack)
        for variant in load_study(name, pack).variants.values()
        for each in variant.printed
    }
    found = [(r.study, r.scenario, r.year, r.quantity) for r in rows]
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_at_least_eight_studies_have_rows(rows):
    assert len({row.study for row in rows}) >= 8


def test_errors_are_relative_but_for_the_gap(rows):
    for row in rows:
        if row.quantity == "gap":
            assert row.error == pytest.approx(row.reproduced - row.printed)
        else:
            assert row.error == pytest.approx(row.reproduced / row.printed - 1)


def test_rows_that_were_tuned_say_so_and_no_others(rows):
    found: dict[str, set[tuple[str, int, str]]] = {}
    for row in rows:
        if row.rules == "tuned":
            found.setdefault(row.study, set()).add((row.scenario, row.year, row.quantity))
    assert found == TUNED


def test_what_was_tuned_meets_the_print_it_was_tuned_to(pack, rows):
    studies = {name: load_study(name, pack) for name in TUNED}
    for row in (each for each in rows if each.rules == "tuned"):
        stated = studies[row.study].variant(row.scenario).stated.values()
        aimed = {target for known in stated for target in known.tuned_to}
        if (row.year, row.quantity) in aimed and row.scenario != "visit-days-counted":
            small = 2.0 if row.quantity == "gap" else 1e-4
            assert abs(row.error) < small, row


def test_only_the_studies_asked_for_are_run(pack):
    assert {row.study for row in reproduce(pack, ["hong-2020"])} == {"hong-2020"}


def test_an_unknown_study_is_refused(pack):
    with pytest.raises(errors.UnknownName, match="did you mean 'hong-2020'"):
        reproduce(pack, ["hong-2002"])


# --- the committee ----------------------------------------------------------------------------


@pytest.mark.validation
@pytest.mark.parametrize("year", [2035, 2040])
def test_the_first_supply_is_within_three_per_cent_and_untuned(pack, find, year):
    row = find("committee-2025", "s1-composition", year, "supply")
    variant = load_study("committee-2025", pack).variants["s1-composition"]
    ledger = load_study("committee-2025", pack).ledger(variant, pack.ledger())
    read = keys_read(ledger, "supply")
    assert abs(row.error) < 0.03
    assert row.relative_to is None
    assert {variant.stated[key].known for key in read} == {"published", "inferred"}


@pytest.mark.validation
@pytest.mark.parametrize("year", [2035, 2040])
@pytest.mark.parametrize("variant", THREE_BASE_YEARS)
def test_composition_demand_is_within_three_and_a_half_per_cent(find, variant, year):
    row = find("committee-2025", variant, year, "demand")
    assert abs(row.error) < 0.035
    assert row.rules == "inferred"


def test_three_base_years_are_stated(pack):
    variants = load_study("committee-2025", pack).variants
    assert [variants[name].base_year for name in THREE_BASE_YEARS] == [2022, 2023, 2024]


@pytest.mark.validation
@pytest.mark.parametrize("study", ["committee-2025", "committee-2026"])
def test_changes_of_demand_match_their_prints_to_the_person(rows, study):
    changed = [r for r in rows if r.study == study and r.relative_to is not None]
    demand = [r for r in changed if r.quantity == "demand"]
    assert len(demand) == (8 if study == "committee-2025" else 4)
    assert max(abs(r.reproduced - r.printed) for r in demand) < 1.0
    assert max(abs(r.error) for r in changed if r.quantity == "gap") < 1.0


@pytest.mark.validation
@pytest.mark.parametrize("variant", ["s1-arima", "s2-arima", "s2-composition"])
def test_totals_of_2040_that_nothing_was_tuned_to_are_within_two_per_cent(find, variant):
    for quantity in ("supply", "demand"):
        # The supply of S1 is 2.1% low with death rates of the right age; 3% is asked of it.
        limit = 0.025 if (variant, quantity) == ("s1-arima", "supply") else 0.02
        assert abs(find("committee-2025", variant, 2040, quantity).error) < limit


def test_the_envelope_holds_the_central_supply_and_the_print(pack, find):
    for year in (2035, 2040):
        low, high = envelope(pack, "committee-2025", "s1-composition", year)
        row = find("committee-2025", "s1-composition", year, "supply")
        assert low < row.reproduced < high
        assert low < row.printed < high


def test_envelopes_are_those_of_each_printed_supply(pack):
    for one in envelopes(pack, ["committee-2025"]):
        assert (one.low, one.high) == envelope(pack, one.study, one.scenario, one.year)


def test_an_envelope_of_an_unknown_variant_is_refused(pack):
    with pytest.raises(errors.UnknownName, match="variant of committee-2025"):
        envelope(pack, "committee-2025", "s3", 2035)


# --- the doctors' institute -------------------------------------------------------------------


@pytest.mark.validation
def test_working_days_match_their_prints_to_the_person(rows):
    days = [r for r in rows if r.study == "rihp-2025" and r.relative_to == "days-285"]
    assert len(days) == 8
    assert max(abs(r.reproduced - r.printed) for r in days) < 1.0
    assert {r.rules for r in days} == {"published"}


def test_need_times_days_is_the_same_for_all_days(pack):
    products = []
    for name in ("days-265", "days-285", "days-289-5"):
        member = find_position(f"rihp-2025/{name}", pack).members[0]
        need = project_member(member, pack).need[0, cohort_tables(pack).at(2035)]
        products.append(need * member.ledger["demand.working_days"].value)
    assert products == pytest.approx([products[0]] * 3, rel=1e-12)


@pytest.mark.validation
def test_two_thousand_places_are_reproduced_within_three_hundred_doctors(find):
    for name in ("more-seats-265", "more-seats-289-5"):
        row = find("rihp-2025", name, 2035, "gap")
        assert abs(row.error) < 300
        assert row.rules == "inferred"


def test_a_full_time_equivalent_is_the_printed_ratio_of_hours(pack):
    member = find_position("rihp-2026/low", pack).members[0]
    factor = hours_factor(member.ledger.draw(0, 0, 1), "supply")
    assert factor == pytest.approx([2302.6 / 2080.0])
    assert factor == pytest.approx([1.1070], abs=5e-5)


@pytest.mark.validation
def test_the_surplus_of_2040_follows_from_rules_that_were_not_tuned(rows):
    found = [r for r in rows if r.study == "rihp-2026"]
    limits = {"supply": 0.01, "demand": 0.005}
    assert all(abs(r.error) < limits[r.quantity] for r in found if r.quantity != "gap")
    assert {r.rules for r in found} == {"inferred"}


def test_demand_read_as_heads_needs_a_base_of_its_own(pack):
    position = find_position("rihp-2026/low", pack)
    at, printed = cohort_tables(pack).at(2040), position.printed(2040, "demand")
    stated, heads = load_study("rihp-2026", pack).readings
    assert (stated.name, heads.name) == ("demand-in-fte", "demand-in-heads")
    read = project_member(position.read_as(heads).members[0], pack).need[0, at]
    member = position.members[0]
    plain = replace(member, ledger=member.ledger.fixed("gap.need_unit", "clinical"))
    untuned = project_member(plain, pack).need[0, at]
    assert read == pytest.approx(printed, rel=1e-3)
    assert untuned / printed - 1 == pytest.approx(-0.10, abs=0.01)


# --- gaps of 2050 -----------------------------------------------------------------------------


@pytest.mark.validation
def test_gaps_of_2050_are_printed_under_both_workload_units(find):
    kdi = [find("kdi-2023", unit, 2050, "gap") for unit in ("visit-days", "fees")]
    assert kdi[1].reproduced < kdi[0].printed < kdi[0].reproduced
    assert all(2500 < abs(row.error) < 10_000 for row in kdi)
    hong = [find("hong-2020", f"scenario-{n}", 2050, "gap") for n in (1, 2)]
    assert hong[1].reproduced < hong[0].printed < hong[0].reproduced
    assert abs(hong[1].error) < 2500
    assert abs(find("hong-2020", "scenario-1-fees", 2050, "gap").error) < 2500


def test_what_cannot_be_checked_is_said(pack):
    for name in ("kdi-2023", "hong-2020"):
        assert "neither can be checked on its own" in " ".join(
            load_study(name, pack).missing.split()
        )


# --- 15,000 in two parts ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts(pack):
    return ministry_parts(pack)


def test_the_parts_are_those_of_the_study_that_adds_two_gaps(pack, parts):
    assert parts == gap_parts(pack, "ministry-2024")


def test_the_two_parts_of_the_headline_sum_in_print_and_are_unlike(pack, parts):
    growth, distribution = parts
    headline = load_study("ministry-2024", pack).variants["headline"].figure(2035, "gap")
    assert growth.printed + distribution.printed == pytest.approx(headline)
    assert growth.unit != distribution.unit
    assert growth.year != distribution.year


def test_the_growth_gap_is_the_mean_of_the_three_studies(parts):
    growth, _ = parts
    assert set(growth.pieces) == {"kihasa-2020", "hong-2020", "kdi-2023"}
    assert growth.printed == pytest.approx(-10_000, abs=500)
    for which, total in (("printed", growth.printed), ("computed", growth.computed)):
        assert total == pytest.approx(np.mean([each[which] for each in growth.pieces.values()]))


def test_the_distribution_gap_lifts_every_region_to_the_mean(pack, parts):
    _, distribution = parts
    missing = [each["missing"] for each in distribution.pieces.values()]
    assert min(missing) > 0
    assert distribution.computed == pytest.approx(-sum(missing))
    assert 0 < len(missing) < len(pack.regions)


def test_a_study_without_parts_is_refused(pack):
    with pytest.raises(errors.BadValue, match="growth_of is 'empty'"):
        gap_parts(pack, "kdi-2023")


# --- what a quantity reads --------------------------------------------------------------------


def test_what_a_quantity_does_not_read_does_not_move_it(pack):
    """Every number of the ledger is moved; supply and demand move only if they read it."""
    for name in ("committee-2025/s1-arima-ai", "rihp-2025/days-285", "kihasa-2020/main"):
        member = find_position(name, pack).members[0]
        before = project_member(member, pack)
        for key in (k for k in member.ledger if k.startswith(("exam", "exit", "demand", "hours"))):
            one = member.ledger[key]
            if one.unit == "rule" or one.dated:
                continue
            ledger = member.ledger.fixed(key, 0.97 * float(one.value) + 0.001)
            after = project_member(replace(member, ledger=ledger), pack)
            for quantity, old, new in zip(("supply", "demand"), before, after, strict=True):
                if key not in keys_read(member.ledger, quantity):
                    assert np.array_equal(old, new), (name, key, quantity)


def test_a_gap_reads_what_its_sides_read(pack):
    ledger = find_position("kdi-2023/fees", pack).members[0].ledger
    sides = keys_read(ledger, "supply") | keys_read(ledger, "demand")
    assert keys_read(ledger, "gap") == sides


# --- what `locum studies --json` prints -------------------------------------------------------


def test_the_json_has_the_fields_of_the_contract(pack):
    found = to_dict(pack)
    wanted = {"study", "scenario", "year", "quantity", "printed", "reproduced", "error", "rules"}
    assert all(wanted <= set(row) for row in found["rows"])
    assert {row["quantity"] for row in found["rows"]} == {"supply", "demand", "gap"}
    assert {row["rules"] for row in found["rows"]} == {"published", "inferred", "tuned"}
    assert set(found["parts"]) == {"ministry-2024"}
    assert found["envelopes"]


def test_rows_come_in_the_order_of_the_studies(rows):
    names = [row.study for row in rows]
    assert all(first <= second for first, second in pairwise(names))
