"""Mixtures of two positions: shared parts equal everything computed anew, luck is common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inference.members import OTHER, RAISED, korea, member, mixtures
from tests.workforce.builders import fixed

from locum.assumptions import Ledger
from locum.inference.blocks import COHORT_BLOCKS, blocks_of
from locum.inference.coalitions import shapley
from locum.inference.mixing import SectorMixtures, differing
from locum.runs import RunRequest, execute
from locum.scenarios import apply, resolve

SHARED = "demand.working_days_change"
"""An uncertain assumption that both sides of a pair leave as the country has it."""


def joined(*blocks):
    """One block of several, as `explain --join` makes it."""
    return replace(
        blocks[0],
        name="+".join(block.name for block in blocks),
        keys=tuple(key for block in blocks for key in block.keys),
        joins=tuple(block.name for block in blocks),
    )


def picked(keys):
    return {key: OTHER[key] for key in keys}


# --- cohorts -----------------------------------------------------------------


@pytest.mark.parametrize(
    "keys",
    [
        ("exam.pass_rate", "exit.rule", "gap.supply_unit", "demand.unit", "demand.trend"),
        ("exit.mortality_ratio", "entry.clinical_share", "demand.balance", "exit.emigration"),
        ("demand.use_change", "demand.working_days_change", "demand.productivity_change"),
    ],
)
def test_shared_parts_equal_every_mixture_computed_anew(keys):
    pair = mixtures(
        member(), member(picked(keys), seats=RAISED, base_year=2024), draws=3, year=2037
    )
    blocks = pair.blocks()
    assert 5 <= len(blocks) <= 7
    table = pair.table(blocks)
    plain = np.stack([pair.plain(blocks, mask) for mask in range(1 << len(blocks))])
    np.testing.assert_allclose(table, plain, atol=1e-6)


@settings(max_examples=15)
@given(st.sets(st.sampled_from(sorted(OTHER))), st.booleans(), st.integers(2022, 2026), st.data())
def test_a_mixture_of_any_pair_equals_the_one_computed_anew(keys, raised, base_year, data):
    other = member(picked(keys), base_year=base_year, **({"seats": RAISED} if raised else {}))
    pair = mixtures(member({"demand.balance": "level"}), other, draws=2)
    blocks = data.draw(st.permutations(pair.blocks()))
    mask = data.draw(st.integers(0, (1 << len(blocks)) - 1))
    few = blocks[:4]
    table = pair.table(few)
    np.testing.assert_allclose(
        table[mask % (1 << len(few))], pair.plain(few, mask % (1 << len(few))), atol=1e-6
    )
    np.testing.assert_allclose(
        pair.plain(blocks, (1 << len(blocks)) - 1),
        mixtures(other, other, draws=2).plain((), 0),
        atol=1e-6,
    )


def test_blocks_exchanged_together_equal_the_mixture_computed_anew():
    keys = ("exit.rule", "gap.supply_unit", "demand.unit", "demand.balance")
    pair = mixtures(member(), member(picked(keys), base_year=2024), draws=2)
    retirement, hours, base_year, unit = pair.blocks()
    blocks = [joined(retirement, unit), hours, base_year]
    plain = np.stack([pair.plain(blocks, mask) for mask in range(8)])
    np.testing.assert_allclose(pair.table(blocks), plain, atol=1e-6)


def test_the_first_mixture_is_a_and_the_last_is_b():
    a, b = member(), member(OTHER, seats=RAISED, base_year=2024)
    pair = mixtures(a, b, draws=3)
    blocks = [block for block in pair.blocks() if block.name in ("seats", "hours")]
    rest = [block for block in pair.blocks() if block not in blocks]
    table = pair.table([joined(*blocks), joined(*rest)])
    np.testing.assert_allclose(table[0], mixtures(a, a, draws=3).plain((), 0), atol=1e-6)
    np.testing.assert_allclose(table[-1], mixtures(b, b, draws=3).plain((), 0), atol=1e-6)


def test_blocks_that_are_not_listed_stay_those_of_a():
    pair = mixtures(member(), member(OTHER, seats=RAISED), draws=2)
    hours = next(block for block in pair.blocks() if block.name == "hours")
    only = mixtures(member(), member(picked(["gap.supply_unit"])), draws=2)
    np.testing.assert_allclose(pair.table([hours]), only.table(only.blocks()), atol=1e-6)


def test_one_draw_is_the_first_of_many():
    keys = ("exit.rule", "demand.balance", "exam.pass_rate")
    a, b = member(), member(picked(keys))
    one, many = mixtures(a, b), mixtures(a, b, draws=20)
    np.testing.assert_allclose(one.table(one.blocks())[:, 0], many.table(many.blocks())[:, 0])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_draws():
    keys = ("exit.rule", "demand.balance")

    def table(seed):
        pair = mixtures(member(), member(picked(keys)), draws=4, seed=seed)
        return pair.table(pair.blocks())

    assert table(1).tobytes() == table(1).tobytes()
    assert np.array_equal(table(1)[:, 0], table(2)[:, 0])
    assert (table(1)[0, 1:] != table(2)[0, 1:]).all()


def test_what_both_hold_alike_is_drawn_alike_on_both_sides():
    pair = mixtures(member(), member(OTHER), draws=10)
    first, second = pair.mixed(set()), pair.mixed({block.name for block in COHORT_BLOCKS})
    shared = [key for key in korea().ledger() if key not in OTHER]
    varied = [key for key in shared if key in first.varied()]
    assert len(varied) > 10
    for key in varied:
        row = list(first.assumptions).index(key)
        assert np.array_equal(first.levels[row], second.levels[row]), key


def test_an_uncertain_assumption_of_both_contributes_nothing_in_any_draw():
    pair = mixtures(member(), member(picked(["exit.rule"])), draws=20)
    assert [block.name for block in pair.blocks()] == ["retirement"]
    days = next(block for block in COHORT_BLOCKS if SHARED in block.keys)
    table = pair.table([*pair.blocks(), days])
    contributions = shapley(table)
    assert contributions[0].any()
    assert not contributions[1].any()


def test_a_block_that_differs_and_is_not_read_changes_nothing():
    a = member({"demand.trend": "fixed", "demand.growth": 0.001})
    b = member({"demand.trend": "fixed", "demand.growth": 0.3, "exit.rule": "age_70"})
    pair = mixtures(a, b, draws=5)
    assert [block.name for block in pair.blocks()] == ["retirement", "trend"]
    found = shapley(pair.table(pair.blocks()))
    assert not found[1].any()
    np.testing.assert_allclose(
        found[0], pair.table(pair.blocks())[0] - pair.table(pair.blocks())[-1]
    )


def test_blocks_are_those_that_differ_in_a_value_a_rule_a_prior_places_or_base_year():
    def names(b, a=None):
        return [block.name for block in mixtures(a or member(), b).blocks()]

    assert names(member()) == []
    assert names(member(seats=RAISED)) == ["seats"]
    assert names(member(base_year=2023)) == ["base_year"]
    assert names(member({"exit.rule": "age_70"})) == ["retirement"]
    certain = korea().ledger()["exit.mortality_ratio"].value
    assert names(member({"exit.mortality_ratio": certain})) == ["mortality"]
    assert names(member({"demand.tilt": 0.1})) == []  # the whole sector alone reads it


def test_differing_compares_values_dates_and_priors():
    ledger = korea().ledger()
    assert not differing(ledger, ledger, list(ledger))
    for key, value in (("exam.pass_rate", 0.5), ("entry.licence_age", {2009: 30.0})):
        assert differing(ledger, fixed({key: value}), [key])
        assert not differing(ledger, fixed({key: value}), [k for k in ledger if k != key])


def test_the_order_of_the_assumptions_in_a_ledger_does_not_matter():
    a, b = member(), member(picked(["exit.rule", "demand.unit"]))
    backwards = Ledger([b.ledger[key] for key in reversed(list(b.ledger))], b.ledger.correlations)
    pair, other = mixtures(a, b, draws=4), mixtures(a, replace(b, ledger=backwards), draws=4)
    assert pair.blocks() == other.blocks()
    np.testing.assert_allclose(pair.table(pair.blocks()), other.table(other.blocks()), rtol=1e-12)


# --- the whole sector --------------------------------------------------------


def request(preset, end=2026, draws=2, **values):
    """A short run of a preset with some assumptions fixed."""
    scenario = replace(resolve(preset, korea()), end=end)
    ledger = apply(scenario, korea().ledger(), {})
    for key, value in values.items():
        ledger = ledger.fixed(key.replace("__", "."), value)
    return RunRequest(scenario, ledger, korea(), draws=draws, workers=1)


@pytest.fixture(scope="module")
def pair():
    a = request("korea-baseline", end=2032)
    b = request("korea-2000-seats", end=2032, exit__rule="age_70")
    return SectorMixtures(a, b, 2032)


def test_scenarios_differ_in_places_and_in_what_was_set(pair):
    assert [block.name for block in pair.blocks()] == ["seats", "retirement"]


def test_the_first_and_last_mixtures_of_scenarios_are_their_runs(pair):
    done = []
    table = pair.table(pair.blocks(), lambda *each: done.append(each))
    assert done == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert np.array_equal(table[0], execute(pair.a).national("gap_total", 2032))
    assert np.array_equal(table[-1], execute(pair.b).national("gap_total", 2032))
    assert (table[1] > table[0]).all()  # the first graduates of 2,000 more places
    assert (table[2] < table[0]).all()


def test_months_away_are_a_block_of_scenarios():
    away = SectorMixtures(request("korea-baseline"), request("korea-2024"), 2026)
    blocks = away.blocks()
    assert "interruption" in [block.name for block in blocks]
    assert {part for block in blocks for part in block.parts} <= {
        "seats",
        "history",
        "interruption",
        "base_year",
    }
    table = away.table(blocks)
    assert np.array_equal(table[-1], execute(away.b).national("gap_total", 2026))


def test_identical_scenarios_have_no_blocks():
    one = request("korea-baseline")
    same = SectorMixtures(one, one, 2026)
    assert same.blocks() == ()
    assert same.table(()).shape == (1, 2)


def test_blocks_of_the_sector_are_in_the_order_of_computation(pair):
    order = list(blocks_of(pair.a.ledger))
    found = SectorMixtures(
        pair.a, request("korea-2000-seats", demand__tilt=0.1, exam__pass_rate=0.9), 2026
    ).blocks()
    assert [order.index(block) for block in found] == sorted(order.index(b) for b in found)
    assert [block.name for block in found] == ["seats", "inflow", "need_split"]
