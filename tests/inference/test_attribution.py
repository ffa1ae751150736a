"""An attribution leaves no remainder, knows no order, and says what it cannot explain."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inference.members import OTHER, RAISED, korea, member, position

from locum.errors import BadValue, InputError, UnknownName, YearOutside
from locum.inference.attribution import MOST_BLOCKS, NOT_EXPLAINED, Attribution, explain
from locum.runs.positions import find_position
from locum.scenarios.studies import Printed, Variant

FEW = ("exit.rule", "gap.supply_unit", "demand.unit", "demand.balance")


def few(*keys, **changes):
    return {key: OTHER[key] for key in keys} | changes


def pair():
    """Two positions that differ in five blocks."""
    return (
        position("a", member(few("demand.trend"))),
        position("b", member(few(*FEW), base_year=2024)),
    )


def printing(one, gap, year=2040):
    """The same member with a printed gap."""
    number = Printed(year, "gap", gap, "made up", "project", "")
    variant = Variant("v", "V", one.base_year, one.seats, {}, (number,), None)
    return replace(one, variant=variant)


def values(found: Attribution) -> dict[str, float]:
    return {share.block.name: share.value for share in found.shares}


def missed(found: Attribution) -> tuple[float, float]:
    assert found.unreproduced_a is not None
    assert found.unreproduced_b is not None
    return found.unreproduced_a, found.unreproduced_b


@pytest.fixture(scope="module")
def found():
    return explain(*pair(), 2040, draws=20)


# --- nothing is left over ----------------------------------------------------


@settings(max_examples=10)
@given(
    st.sets(st.sampled_from(sorted(OTHER))),
    st.sets(st.sampled_from(sorted(OTHER))),
    st.integers(2025, 2060),
)
def test_blocks_sum_to_the_difference_of_any_two(one, other, year):
    a = position("a", member(few(*one)))
    b = position("b", member(few(*other), seats=RAISED, base_year=2024))
    found = explain(a, b, year, draws=2)
    assert abs(found.residual) < 1e-6
    assert found.difference == pytest.approx(sum(values(found).values()), abs=1e-6)


def test_rows_of_the_interactions_sum_to_the_contributions(found):
    np.testing.assert_allclose(found.pairs.sum(axis=1), list(values(found).values()), atol=1e-6)


@pytest.mark.parametrize(
    ("a", "b"), [("rihp-2026", "committee-2025"), ("rihp-2025", "committee-2025/s1-composition")]
)
def test_blocks_of_studies_sum_to_the_difference(a, b):
    found = explain(find_position(a), find_position(b), 2035, draws=2)
    assert found.shares
    assert abs(found.residual) < 1e-6
    for each in found.readings:
        assert abs(each.residual) < 1e-6
        assert each.printed_difference == found.printed_difference


def test_what_rules_miss_and_what_they_explain_sum_to_the_printed_difference():
    found = explain(find_position("rihp-2026"), find_position("committee-2025"), 2040, draws=1)
    assert found.printed_difference == pytest.approx(found.difference + sum(missed(found)))


# --- the two sides -----------------------------------------------------------


def test_exchanging_the_sides_changes_every_sign(found):
    a, b = pair()
    other = explain(b, a, 2040, draws=20)
    assert other.difference == pytest.approx(-found.difference, abs=1e-6)
    for one, two in zip(found.shares, other.shares, strict=True):
        assert one.block == two.block
        assert one.value == pytest.approx(-two.value, abs=1e-6)
        assert one.low == pytest.approx(-two.high, abs=1e-6)


def test_exchanging_the_sides_turns_what_each_misses():
    a, b = (
        position(name, printing(each.members[0], gap))
        for name, each, gap in zip("ab", pair(), (1000.0, -5000.0), strict=True)
    )
    one, two = explain(a, b, 2040, draws=1), explain(b, a, 2040, draws=1)
    assert one.printed_difference == 6000.0
    assert two.printed_difference == -6000.0
    there, back = missed(one), missed(two)
    assert there == pytest.approx((-back[1], -back[0]))


def test_identical_positions_have_nothing_between_them():
    found = explain(position("a", member(few(*FEW))), position("b", member(few(*FEW))), 2040, 5)
    assert found.shares == ()
    assert (found.difference, found.residual) == (0.0, 0.0)
    assert found.crux_names == ()
    assert found.to_dict()["blocks"] == []
    assert found.to_dict()["interactions"] == []


def test_a_study_agrees_with_itself():
    one = find_position("committee-2025")
    found = explain(one, one, 2035, draws=3)
    assert values(found) == {}
    assert sum(missed(found)) == 0.0


# --- blocks ------------------------------------------------------------------


def test_a_block_that_is_not_read_has_nothing():
    a = position("a", member({"demand.trend": "fixed", "demand.growth": 0.001}))
    b = position(
        "b", member({"demand.trend": "fixed", "demand.growth": 0.2, "exit.rule": "age_70"})
    )
    shares = {share.block.name: share for share in explain(a, b, 2040, draws=10).shares}
    nothing = shares["trend"]
    assert (nothing.value, nothing.low, nothing.high, nothing.alone) == (0.0, 0.0, 0.0, 0.0)
    assert shares["retirement"].value != 0.0


def test_interchangeable_blocks_have_the_same():
    # Productivity and working days divide need alike, over the same years.
    same = {"demand.productivity_change": 0.04, "demand.working_days_change": 0.04}
    none = dict.fromkeys(same, 0.0)
    found = explain(position("a", member(none)), position("b", member(same)), 2040, draws=5)
    assert set(values(found)) == {"productivity", "working_days"}
    assert values(found)["productivity"] == pytest.approx(values(found)["working_days"], abs=1e-6)


def test_effects_that_add_up_stay_with_their_blocks():
    # Places act on supply and working days on need alone: the gap adds the two.
    a = position("a", member())
    b = position("b", member({"demand.working_days_change": -0.05}, seats=RAISED))
    found = explain(a, b, 2040, draws=1)
    for share in found.shares:
        assert share.value == pytest.approx(share.alone, abs=1e-6)
        assert share.value == pytest.approx(share.first, abs=1e-6)
        assert share.value == pytest.approx(share.last, abs=1e-6)
    assert found.pairs[0, 1] == pytest.approx(0.0, abs=1e-6)
    assert values(found)["seats"] < 0.0 < values(found)["working_days"]


def test_joining_blocks_keeps_the_sum_and_leaves_the_difference(found):
    names = [share.block.name for share in found.shares]
    joined = explain(*pair(), 2040, draws=1, joined=[names[1:3]])
    assert joined.difference == pytest.approx(found.difference, abs=1e-6)
    assert sum(values(joined).values()) == pytest.approx(found.difference, abs=1e-6)
    assert [share.block.name for share in joined.shares] == [
        names[0],
        "+".join(names[1:3]),
        *names[3:],
    ]


def test_joining_all_blocks_leaves_the_difference(found):
    names = [share.block.name for share in found.shares]
    one = explain(*pair(), 2040, draws=1, joined=[names]).shares
    assert [share.value for share in one] == [pytest.approx(found.difference, abs=1e-6)]
    assert one[0].block.group == "joined"


def test_blocks_whose_effects_add_up_are_worth_as_much_joined():
    a = position("a", member())
    b = position("b", member({"demand.working_days_change": -0.05, "exit.rule": "age_70"}))
    apart = values(explain(a, b, 2040, 1))
    joined = values(explain(a, b, 2040, 1, joined=[["working_days", "retirement"]]))
    assert joined == {"retirement+working_days": pytest.approx(sum(apart.values()), abs=1e-6)}


def test_the_order_in_which_blocks_are_joined_changes_nothing(found):
    names = [share.block.name for share in found.shares]
    first = explain(*pair(), 2040, 1, joined=[names[:2], names[2:4]])
    second = explain(*pair(), 2040, 1, joined=[names[3:1:-1], names[1::-1]])
    assert values(first) == values(second)


def test_contributions_lie_between_the_bars_of_a_waterfall(found):
    for share in found.shares:
        assert share.first - 1e-6 <= share.value <= share.last + 1e-6
        assert share.first - 1e-6 <= share.alone <= share.last + 1e-6


def test_no_block_is_called_other(found):
    assert all(share.block.name != "other" for share in found.shares)
    assert {share.block.group for share in found.shares} <= {"supply heads", "unit", "demand"}


@pytest.mark.parametrize(
    ("joined", "error", "message"),
    [
        ([["retirement", "emigration"]], UnknownName, "which a and b differ 'emigration'"),
        ([["retirement", "hours"], ["hours", "trend"]], BadValue, "blocks not joined before"),
        ([["hours", "hours"]], BadValue, "two blocks at least"),
    ],
)
def test_blocks_that_cannot_be_joined_are_refused(joined, error, message):
    with pytest.raises(error, match=message):
        explain(*pair(), 2040, 1, joined=joined)


# --- members, draws, readings ------------------------------------------------


def test_a_position_is_the_mean_of_its_members():
    one, two = member(few("demand.trend")), member(few("demand.unit"))
    b = position("b", member(few("exit.rule")))
    both = explain(position("a", one, two), b, 2040, draws=3)
    alone = [explain(position("a", each), b, 2040, draws=3) for each in (one, two)]
    assert both.difference == pytest.approx(np.mean([each.difference for each in alone]))
    for name, value in values(both).items():
        parts = [values(each).get(name, 0.0) for each in alone]
        assert value == pytest.approx(np.mean(parts), abs=1e-6)


def test_the_order_of_members_changes_nothing():
    one, two = member(few("demand.trend")), member(few("demand.unit"))
    b = position("b", member(few("exit.rule")), member(few("gap.supply_unit")))
    first = explain(position("a", one, two), b, 2040, draws=3)
    turned = position("b", *b.members[::-1])
    second = explain(position("a", two, one), turned, 2040, draws=3)
    for name, value in values(first).items():
        assert values(second)[name] == pytest.approx(value, abs=1e-6)


def test_the_central_draw_does_not_depend_on_how_many_are_drawn(found):
    one = explain(*pair(), 2040, draws=1)
    assert one.difference == pytest.approx(found.difference, abs=1e-6)
    for name, value in values(found).items():
        assert values(one)[name] == pytest.approx(value, abs=1e-6)


def test_the_same_seed_gives_the_same_numbers(found):
    assert json.dumps(explain(*pair(), 2040, 20).to_dict()) == json.dumps(found.to_dict())


def test_ranges_hold_the_central_draw(found):
    for share in found.shares:
        assert share.low <= share.value <= share.high
    assert any(share.low < share.high for share in found.shares)


def test_another_seed_moves_the_ranges_and_not_the_values(found):
    other = explain(*pair(), 2040, draws=20, seed=5)
    for one, two in zip(found.shares, other.shares, strict=True):
        assert one.value == pytest.approx(two.value, abs=1e-6)
    assert any(one.low != two.low for one, two in zip(found.shares, other.shares, strict=True))


def test_every_reading_of_an_open_unit_is_explained():
    a = find_position("rihp-2026")
    assert a.study is not None
    found = explain(a, find_position("committee-2025"), 2040, draws=1)
    assert [each.a.reading for each in found.readings] == list(a.study.readings)
    assert len({round(values(each)["hours"]) for each in found.readings}) > 1
    first = found.readings[0]
    assert first.difference == pytest.approx(found.difference)


# --- what is printed ---------------------------------------------------------


def printed(gap_a: float | None, gap_b: float | None) -> Any:
    one, two = (each.members[0] for each in pair())
    a = position("a", one if gap_a is None else printing(one, gap_a))
    b = position("b", two if gap_b is None else printing(two, gap_b))
    return explain(a, b, 2040, draws=1)


def test_without_printed_numbers_nothing_is_unreproduced():
    found = printed(None, 5.0)
    assert found.printed_difference is None
    assert found.unreproduced_a is None
    assert found.unreproduced_b == pytest.approx(float(found.gap_b[0]) - 5.0)
    assert found.explained


def test_it_is_explained_where_the_rules_miss_little(found):
    gap_a, gap_b = float(found.gap_a[0]), float(found.gap_b[0])
    size = abs(gap_a - gap_b)
    assert printed(gap_a, gap_b).explained
    assert printed(gap_a + 0.9 * NOT_EXPLAINED * size / 1.2, gap_b).explained
    assert not printed(gap_a + 0.2 * size, gap_b).explained


def test_misses_that_cancel_explain_nothing(found):
    gap_a, gap_b = float(found.gap_a[0]), float(found.gap_b[0])
    size = abs(gap_a - gap_b)
    assert not printed(gap_a + 0.2 * size, gap_b + 0.2 * size).explained


# --- crux --------------------------------------------------------------------


def test_the_crux_turns_one_sign_into_the_other():
    a = position("a", member({"demand.base_gap": -0.1}))
    b = position("b", member({"demand.base_gap": 0.2, "demand.use_change": -0.0076}))
    found = explain(a, b, 2040, draws=3)
    assert found.gap_a[0] > 0.0 > found.gap_b[0]
    assert found.crux_names == ("base_year",)
    concessions = {each["side"]: each for each in found.to_dict()["concessions"]}
    assert set(concessions) == {"a", "b"}
    assert concessions["a"]["position"] == "a"
    assert concessions["a"]["outcome"] < 0.0 < concessions["b"]["outcome"]
    assert concessions["a"]["concession"] == pytest.approx(
        concessions["a"]["outcome"] - float(found.gap_a[0])
    )


# --- scenarios ---------------------------------------------------------------


def short(name, end, **values):
    """A preset that ends early, with some assumptions fixed."""
    found = find_position(name)
    assert found.scenario is not None
    ledger = found.members[0].ledger
    for key, value in values.items():
        ledger = ledger.fixed(key.replace("__", "."), value)
    scenario = replace(found.scenario, end=end)
    return replace(
        found,
        scenario=scenario,
        members=(replace(found.members[0], ledger=ledger),),
        last_year=end,
    )


def test_two_scenarios_are_mixed_in_the_whole_sector():
    a = short("korea-baseline", 2032, exam__pass_rate=0.9)
    b = short("korea-2000-seats", 2032, exit__rule="age_70")
    done = []
    found = explain(a, b, 2032, draws=2, progress=lambda *each: done.append(each))
    assert found.whole_sector
    assert found.to_dict()["model"] == "sector"
    assert set(values(found)) == {"seats", "inflow", "retirement"}
    assert abs(found.residual) < 1e-6
    assert done[-1] == (8, 8)
    assert values(found)["seats"] < 0.0
    assert (found.unreproduced_a, found.unreproduced_b) == (0.0, 0.0)


def test_scenarios_of_different_first_years_are_mixed_as_cohorts():
    found = explain(find_position("backtest-2010"), find_position("korea-baseline"), 2022, draws=1)
    assert not found.whole_sector
    assert abs(found.residual) < 1e-6
    assert "base_year" in values(found)


def test_a_study_and_a_scenario_are_mixed_as_cohorts():
    # What the cohort misses of the whole sector stands as a bar of its own.
    scenario = short("korea-baseline", 2026)
    found = explain(position("a", printing(member(few(*FEW)), 0.0, 2026)), scenario, 2026, 1)
    assert not found.whole_sector
    assert found.printed_b is not None
    assert found.unreproduced_b == pytest.approx(float(found.gap_b[0]) - found.printed_b)


# --- what is refused ---------------------------------------------------------


def test_positions_of_different_countries_are_refused():
    a, b = pair()
    elsewhere = replace(korea(), name="elsewhere", title="Elsewhere")
    with pytest.raises(InputError, match=r"different countries: a is of .*, b of Elsewhere"):
        explain(a, replace(b, pack=elsewhere), 2040, 1)


@pytest.mark.parametrize("year", [2023, 2061])
def test_a_year_that_one_does_not_cover_is_refused(year):
    message = f"year {year} is outside the span of a and b, which covers 2024 to 2060"
    with pytest.raises(YearOutside, match=message):
        explain(*pair(), year, 1)


def test_positions_without_a_common_year_are_refused():
    a, b = position("a", member(), last_year=2030), position("b", member(base_year=2035))
    with pytest.raises(
        InputError, match="no year in common: a covers 2022 to 2030, b covers 2035"
    ):
        explain(a, b, 2032, 1)


def test_no_draws_are_refused():
    with pytest.raises(BadValue, match="--draws: draws is 0; expected a whole number from 1"):
        explain(*pair(), 2040, draws=0)


def test_too_many_blocks_are_refused_with_what_to_do():
    a = short("korea-baseline", 2026)
    ledger = a.members[0].ledger
    numbers = {"share": 0.123, "ratio": 0.9, "coefficient": 0.9, "probability": 0.12}
    for key, each in list(ledger.items()):
        if each.unit in numbers and not each.dated and each.value != numbers[each.unit]:
            ledger = ledger.fixed(key, numbers[each.unit])
    ledger = ledger.fixed("exit.rule", "age_70").fixed("gap.supply_unit", "fte")
    ledger = ledger.fixed("population.capital_drift", 0.001).fixed("demand.growth", 0.1)
    ledger = ledger.fixed("demand.productivity_change", 0.07).fixed("fund.induced", 0.4)
    b = replace(a, members=(replace(a.members[0], ledger=ledger),))
    with pytest.raises(BadValue, match=f"expected at most {MOST_BLOCKS}; join some of them"):
        explain(a, b, 2026, 1)
