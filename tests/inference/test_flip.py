"""A flip point makes the gap zero; where no sign changes there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inference.members import korea, member, position

from locum.errors import BadValue, InputError, UnitMismatch, UnknownName, YearOutside
from locum.inference.flip import _nearest, flip_point
from locum.runs import RunRequest, execute
from locum.runs.cohort import cohort_tables
from locum.runs.positions import find_position, project_member

LEVEL = {"demand.balance": "level", "demand.trend": "fixed", "demand.visits_per_day": 40.0}
DAYS = "demand.working_days"
MIDDLE = {"demand.base_doctors": 109000.0, "demand.trend": "fixed"}
"""Supply and need are near each other in 2035, so that many assumptions turn the sign."""


def gap_of(each, year, draws=1, **values: Any):
    """Gap (D,) of a member with some assumptions fixed."""
    ledger = each.ledger
    for key, value in values.items():
        ledger = ledger.fixed(key.replace("__", "."), value)
    found = project_member(replace(each, ledger=ledger), korea(), draws).gap
    return found[:, cohort_tables(korea()).at(year)]


# --- cohorts -----------------------------------------------------------------


@settings(max_examples=10)
@given(st.floats(240.0, 300.0), st.integers(2022, 2050))
def test_working_days_flip_where_need_times_days_over_supply_says(days, year):
    one = member(LEVEL | {DAYS: days})
    found = flip_point(position("a", one), DAYS, year)
    projected = project_member(one, korea())
    at = cohort_tables(korea()).at(year)
    expected = projected.need[0, at] * days / projected.supply[0, at]
    assert found.value == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "key",
    [
        "demand.base_doctors",
        "demand.base_gap",
        "demand.productivity_change",
        "demand.working_days_change",
        "demand.use_change",
        "exit.mortality_ratio",
        "entry.clinical_share",
        "exam.pass_rate",
    ],
)
def test_at_a_flip_point_the_gap_is_nothing(key):
    one = member(MIDDLE)
    found = flip_point(position("a", one), key, 2035)
    assert isinstance(found.value, float)
    values: dict[str, Any] = {key.replace(".", "__"): found.value}
    moved = gap_of(one, 2035, **values)
    assert abs(moved[0]) < 1e-6
    assert found.gap[0] == pytest.approx(gap_of(one, 2035)[0])


def test_on_either_side_of_a_flip_point_the_signs_differ():
    one = member(MIDDLE)
    value = flip_point(position("a", one), "demand.base_gap", 2035).value
    assert isinstance(value, float)
    below, above = (gap_of(one, 2035, demand__base_gap=value + step)[0] for step in (-1e-6, 1e-6))
    assert below > 0.0 > above


def test_every_draw_has_its_own_flip_point():
    one = member(MIDDLE)
    found = flip_point(position("a", one), "demand.base_doctors", 2035, draws=6)
    assert found.values is not None
    assert len(set(found.values)) == 6
    for draw, value in enumerate(found.values):
        assert abs(gap_of(one, 2035, 6, demand__base_doctors=float(value))[draw]) < 1e-6
    told = found.to_dict()
    assert told["low"] <= told["value"] <= told["high"]
    assert told["share_of_draws"] == 1.0


def test_the_central_flip_point_does_not_depend_on_how_many_are_drawn():
    one = position("a", member(MIDDLE))
    few, many = (flip_point(one, "demand.base_gap", 2035, draws=draws) for draws in (1, 9))
    assert few.value == pytest.approx(many.value, abs=1e-12)
    assert (few.to_dict()["low"], few.to_dict()["high"]) == (few.value, few.value)


def test_the_same_seed_gives_the_same_numbers():
    one = position("a", member(MIDDLE))
    first, second = (flip_point(one, "demand.base_gap", 2035, 5, seed=3) for _ in range(2))
    assert first.to_dict() == second.to_dict()


def test_a_position_flips_where_the_mean_of_its_members_does():
    ends = member(MIDDLE | {"demand.base_gap": -0.02}), member(MIDDLE | {"exit.rule": "age_70"})
    value = flip_point(position("a", *ends), "demand.base_doctors", 2035).value
    gaps = [gap_of(each, 2035, demand__base_doctors=value)[0] for each in ends]
    assert sum(gaps) == pytest.approx(0.0, abs=1e-6)
    assert abs(gaps[0]) > 1.0


def test_without_a_change_of_sign_there_is_no_flip_point():
    found = flip_point(position("a", member({"demand.base_gap": 0.4})), DAYS, 2035, draws=3)
    assert found.value is None
    assert found.share == 0.0
    told = found.to_dict()
    assert (told["value"], told["low"], told["high"]) == (None, None, None)
    assert told["tried"] == [1.0, 366.0]


def test_a_gap_that_is_nothing_everywhere_has_no_flip_point():
    balanced = member({"demand.balance": "supply", "demand.base_gap": 0.0})
    assert flip_point(position("a", balanced), "exit.mortality_ratio", 2022).value is None


def test_of_several_changes_the_nearest_to_the_present_is_taken():
    # By hand: the gap is negative below 1, positive up to 3 and negative again.
    points, gaps = np.array([0.0, 2.0, 4.0]), np.array([[-1.0], [1.0], [-1.0]])
    assert [_nearest(points, gaps, now)[0] for now in (0.5, 3.5)] == [0, 1]
    assert _nearest(points, np.abs(gaps), 0.5)[0] == -1


def test_only_the_span_that_was_asked_for_is_tried():
    one = position("a", member(MIDDLE))
    value = flip_point(one, "demand.base_doctors", 2035).value
    assert isinstance(value, float)
    found = flip_point(one, "demand.base_doctors", 2035, span=(value + 100.0, value + 200.0))
    assert found.value is None
    assert found.range == (value + 100.0, value + 200.0)


def test_values_with_which_nothing_can_be_computed_are_not_tried():
    # Nobody is licensed before the first age of a doctor; nobody stays if all emigrate.
    one = position("a", member(MIDDLE | {"entry.licence_age": 28.0}))
    assert flip_point(one, "entry.licence_age", 2035).range == (24.0, 50.0)
    assert flip_point(one, "exit.emigration", 2035).value is not None
    assert flip_point(one, "exam.pass_rate", 2035).range == (0.0, 1.0)


def test_what_the_position_holds_now_is_told_of_every_member():
    one, two = member(), member({"exit.retired_share_65": 0.4})
    key = "exit.retired_share_65"
    assert flip_point(position("a", one, one), key, 2035).now == one.ledger[key].value
    assert flip_point(position("a", one, two), key, 2035).now == [one.ledger[key].value, 0.4]


# --- rules -------------------------------------------------------------------


def test_a_rule_is_tried_option_by_option():
    one = member(MIDDLE | {"exit.rule": "hazard"})
    assert gap_of(one, 2035)[0] > 0.0
    assert gap_of(one, 2035, exit__rule="share_65")[0] > 0.0
    found = flip_point(position("a", one), "exit.rule", 2035, draws=4)
    assert found.value == "share_65_age_75"
    assert gap_of(one, 2035, exit__rule="share_65_age_75")[0] < 0.0
    assert 0.25 <= found.share <= 1.0
    told = found.to_dict()
    assert (told["low"], told["high"], told["tried"]) == (None, None, None)
    assert told["now"] == "hazard"


def test_a_rule_none_of_whose_options_turns_the_sign_has_no_flip_point():
    one = position("a", member({"demand.base_gap": 0.4}))
    found = flip_point(one, "exit.rule", 2035)
    assert (found.value, found.share) == (None, 0.0)


# --- the whole sector --------------------------------------------------------


@pytest.fixture(scope="module")
def baseline():
    found = find_position("korea-baseline")
    assert found.scenario is not None
    return replace(found, scenario=replace(found.scenario, end=2028), last_year=2028)


def sector_gap(found, year, draws=1, **values):
    ledger = found.members[0].ledger
    for key, value in values.items():
        ledger = ledger.fixed(key.replace("__", "."), value)
    request = RunRequest(found.scenario, ledger, found.pack, draws=draws, workers=1)
    return execute(request).national("gap_total", year)


def test_a_scenario_flips_in_the_whole_sector(baseline):
    found = flip_point(baseline, "demand.base_gap", 2028, draws=2)
    assert found.values is not None
    for draw, value in enumerate(found.values):
        moved = sector_gap(baseline, 2028, 2, demand__base_gap=float(value))
        assert abs(moved[draw]) < 1.0
    assert found.gap == pytest.approx(sector_gap(baseline, 2028, 2), abs=0.1)


@pytest.mark.parametrize("key", ["exam.observed_until", "training.intern_posts", "bond.years"])
def test_what_shapes_the_tables_of_the_sector_cannot_be_moved(baseline, key):
    with pytest.raises(InputError, match=f"{key} shapes the tables of the whole sector"):
        flip_point(baseline, key, 2028)


def test_a_gap_of_unlike_units_is_refused_in_the_sector(baseline):
    with pytest.raises(UnitMismatch, match="cannot subtract clinical from fte"):
        flip_point(baseline, "gap.supply_unit", 2028)


# --- what is refused ---------------------------------------------------------


def test_an_unknown_assumption_is_refused_with_a_suggestion():
    message = r"--assumption: unknown assumption 'demand\.working_day'; did you mean"
    with pytest.raises(UnknownName, match=message):
        flip_point(position("a", member()), "demand.working_day", 2035)


@pytest.mark.parametrize("year", [2021, 2061])
def test_a_year_outside_is_refused(year):
    with pytest.raises(YearOutside, match=f"year {year} is outside what a covers"):
        flip_point(position("a", member()), DAYS, year)


def test_dated_values_are_refused():
    with pytest.raises(InputError, match=r"entry\.licence_age has dated values"):
        flip_point(position("a", member()), "entry.licence_age", 2035)


def test_dated_values_of_a_later_member_are_refused():
    ends = member({"entry.licence_age": 28.0}), member()
    with pytest.raises(InputError, match=r"entry\.licence_age has dated values"):
        flip_point(position("a", *ends), "entry.licence_age", 2035)


@pytest.mark.parametrize(
    "span",
    [
        (300.0, 200.0),
        (250.0, 250.0),
        (-5.0, 300.0),
        (200.0, 400.0),
        (float("nan"), 300.0),
        (200.0, float("inf")),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(span):
    with pytest.raises(
        BadValue, match="two values from 1 to 366 days_per_year, the lower one first"
    ):
        flip_point(position("a", member(LEVEL)), DAYS, 2035, span=span)


def test_an_endless_span_is_refused():
    with pytest.raises(BadValue, match="range to try"):
        flip_point(position("a", member()), "exit.mortality_ratio", 2035, span=(0.0, np.inf))
