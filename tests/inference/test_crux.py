"""The crux is the smallest concession that a plain search finds, and relabels with its blocks."""

from __future__ import annotations

from dataclasses import astuple
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from locum.errors import BadValue
from locum.inference.coalitions import shapley
from locum.inference.crux import MOST_ALTERNATIVES, find_crux

NUMBERS = st.floats(-1e3, 1e3, allow_nan=False, allow_subnormal=False)
FEW_NUMBERS = st.integers(-3, 3).map(float)
"""Ties and zeros are common among them."""


def tables(least=0):
    shape = st.tuples(st.integers(least, 5), st.integers(1, 4))
    elements = st.sampled_from([NUMBERS, FEW_NUMBERS])
    return st.tuples(shape, elements).flatmap(
        lambda each: hnp.arrays(np.float64, (2 ** each[0][0], each[0][1]), elements=each[1])
    )


def opposed():
    """Tables whose positions differ in sign in the central draw."""

    def turn(values):
        values = values.copy()
        values[0, 0] = abs(values[0, 0]) + 1.0
        values[-1, 0] = -abs(values[-1, 0]) - 1.0
        return values

    return tables(least=1).map(turn)


def count_of(values):
    return values.shape[0].bit_length() - 1


def agree(x, y):
    return not (x > 0 > y or x < 0 < y)


def landing(values, side, blocks):
    mask = sum(1 << each for each in blocks)
    return values[mask] if side == "a" else values[values.shape[0] - 1 - mask]


def search(values, side):
    """All smallest sets of a side, as (size, |concession|, blocks, side), the best first."""
    count = count_of(values)
    own, other = (values[0], values[-1]) if side == "a" else (values[-1], values[0])
    for size in range(count + 1):
        found = [
            (size, abs(landing(values, side, each)[0] - own[0]), each, side)
            for each in combinations(range(count), size)
            if agree(landing(values, side, each)[0], other[0])
        ]
        if found:
            return sorted(found)
    raise AssertionError("agreeing on every block must align the signs")


def relabelled(values, order):
    """Return the table in which block k is the old block order[k]."""
    masks = np.arange(values.shape[0])
    old = np.zeros_like(masks)
    for new, each in enumerate(order):
        old |= (masks >> new & 1) << each
    return values[old]


# --- by hand -----------------------------------------------------------------

# A counts 10 above zero, B 6 below. Block 0 takes off 4, block 1 takes off 9, block 2 takes off 3.
BY_HAND = np.array([[10.0 - 4 * (m & 1) - 9 * (m >> 1 & 1) - 3 * (m >> 2 & 1)] for m in range(8)])


def test_an_example_is_solved_as_by_hand():
    crux = find_crux(BY_HAND)
    # No block alone brings A to zero: 6, 1, 7. Block 1 alone brings B to 3.
    assert (crux.side, crux.blocks, crux.concession, crux.outcome) == ("b", (1,), 9.0, 3.0)
    assert crux.moves == (9.0,)
    assert not crux.aligned_before
    assert crux.holds == 1.0
    # A lands below zero with blocks 0 and 1 (-3), or 1 and 2 (-2), the smaller move.
    assert (crux.a.blocks, crux.a.concession, crux.a.outcome) == ((1, 2), -12.0, -2.0)
    assert crux.a.moves == pytest.approx((-9.0, -3.0), abs=1e-12)
    assert astuple(crux.b) == ("b", (1,), 9.0, 3.0, (9.0,), 1.0)
    assert (crux.alternatives, crux.ways) == ((crux.b,), 1)


def test_the_share_of_draws_counts_those_whose_own_signs_agree_after_the_move():
    shifts = np.array([0.0, -4.0, 2.0, 7.0, 30.0])
    crux = find_crux(BY_HAND + shifts)
    # B lands at 3, -1, 5, 10, 33 while A stands at 10, 6, 12, 17, 40.
    assert (crux.side, crux.blocks, crux.holds) == ("b", (1,), 0.8)


def test_positions_that_agree_need_no_concession():
    crux = find_crux(np.array([[3.0, 3.0], [-1.0, -1.0], [4.0, 0.0], [2.0, -2.0]]))
    assert (crux.blocks, crux.side, crux.concession, crux.moves) == ((), None, 0.0, ())
    assert (crux.aligned_before, crux.outcome, crux.holds) == (True, 3.0, 0.5)
    assert (crux.alternatives, crux.ways) == ((), 0)
    assert astuple(crux.a) == ("a", (), 0.0, 3.0, (), 0.5)
    assert astuple(crux.b) == ("b", (), 0.0, 2.0, (), 0.5)


def test_positions_without_a_block_between_them_agree():
    crux = find_crux(np.array([[-2.0, 5.0]]))
    assert (crux.aligned_before, crux.blocks, crux.outcome, crux.holds) == (True, (), -2.0, 1.0)


@pytest.mark.parametrize(("a", "b"), [(0.0, -5.0), (5.0, 0.0), (0.0, 0.0), (-0.0, 5.0)])
def test_zero_agrees_with_either_sign(a, b):
    assert find_crux(np.array([[a], [b]])).aligned_before


def test_a_concession_that_lands_on_zero_is_enough():
    # Block 0 brings A from 4 to 0; block 1 brings B from -1 to 0, the smaller move.
    crux = find_crux(np.array([[4.0], [0.0], [3.0], [-1.0]]))
    assert (crux.a.blocks, crux.a.outcome, crux.a.concession) == ((0,), 0.0, -4.0)
    assert (crux.side, crux.blocks, crux.outcome) == ("b", (1,), 0.0)


def test_of_equal_concessions_lower_indices_go_first_and_then_a():
    # Either block takes 2 from A's 1, and both together no more.
    crux = find_crux(np.array([[1.0], [-1.0], [-1.0], [-1.0]]))
    assert [(each.side, each.blocks) for each in crux.alternatives] == [("a", (0,)), ("a", (1,))]
    # One block only: both sides would have to take it over.
    crux = find_crux(np.array([[1.0], [-1.0]]))
    assert [each.side for each in crux.alternatives] == ["a", "b"]


def test_no_more_than_ten_alternatives_are_listed_but_all_are_counted():
    # With 12 equal blocks, 6 from 1 to -1, either side has to concede half of them.
    sizes = np.bitwise_count(np.arange(2**12)).astype(float)
    crux = find_crux((1.0 - sizes / 6.0)[:, None])
    assert len(crux.alternatives) == MOST_ALTERNATIVES
    assert (crux.ways, crux.blocks) == (2 * 924, (0, 1, 2, 3, 4, 5))


# --- for any table -----------------------------------------------------------


@given(tables())
def test_each_side_concedes_what_a_plain_search_finds(values):
    crux = find_crux(values)
    for each in (crux.a, crux.b):
        _, size, blocks, _ = search(values, each.side)[0]
        assert (each.blocks, abs(each.concession)) == (blocks, size)


@given(opposed())
def test_the_crux_and_its_alternatives_are_the_best_of_both_sides(values):
    every = sorted(search(values, "a") + search(values, "b"))
    smallest = [each for each in every if each[0] == every[0][0]]
    crux = find_crux(values)
    found = [(len(e.blocks), abs(e.concession), e.blocks, e.side) for e in crux.alternatives]
    assert found == smallest[:MOST_ALTERNATIVES]
    assert crux.ways == len(smallest)
    assert (crux.blocks, crux.side) == smallest[0][2:]


@given(opposed())
def test_every_concession_lands_where_the_table_says(values):
    crux = find_crux(values)
    for each in (crux.a, crux.b, *crux.alternatives):
        own = values[0, 0] if each.side == "a" else values[-1, 0]
        assert each.outcome == landing(values, each.side, each.blocks)[0]
        assert each.concession == each.outcome - own


@given(opposed())
def test_the_moves_of_the_blocks_sum_to_the_concession(values):
    crux = find_crux(values)
    slack = 1e-12 * np.abs(values).max()
    for each in (crux.a, crux.b, *crux.alternatives):
        assert len(each.moves) == len(each.blocks)
        assert sum(each.moves) == pytest.approx(each.concession, rel=1e-9, abs=slack)


@given(opposed())
def test_the_moves_are_contributions_within_the_set(values):
    for each in find_crux(values).alternatives:
        size = len(each.blocks)
        inside = [
            landing(values, each.side, [each.blocks[i] for i in range(size) if m >> i & 1])[:1]
            for m in range(2**size)
        ]
        expected = -shapley(np.array(inside))[:, 0]
        slack = 1e-12 * np.abs(values).max()
        assert each.moves == pytest.approx(tuple(expected), rel=1e-9, abs=slack)


@given(tables())
def test_the_share_of_draws_is_that_of_a_plain_count(values):
    crux = find_crux(values)
    for each in (crux.a, crux.b):
        other = values[-1] if each.side == "a" else values[0]
        lands = landing(values, each.side, each.blocks)
        kept = [agree(x, y) for x, y in zip(lands, other, strict=True)]
        assert each.holds == sum(kept) / len(kept)


@given(tables())
def test_exchanging_the_positions_exchanges_the_sides(values):
    one, other = find_crux(values), find_crux(values[::-1])
    assert astuple(one.a)[1:] == astuple(other.b)[1:]
    assert astuple(one.b)[1:] == astuple(other.a)[1:]
    assert (one.ways, one.aligned_before) == (other.ways, other.aligned_before)


@given(tables(), st.data())
def test_relabelling_the_blocks_changes_no_size_and_no_outcome(values, data):
    order = data.draw(st.permutations(range(count_of(values))))
    one, other = find_crux(values), find_crux(relabelled(values, order))
    assert (one.ways, one.aligned_before) == (other.ways, other.aligned_before)
    sizes = [
        [(len(e.blocks), abs(e.concession)) for e in (each.a, each.b, *each.alternatives)]
        for each in (one, other)
    ]
    assert sizes[0] == sizes[1]


@given(opposed(), st.data())
def test_relabelling_the_blocks_relabels_every_alternative_and_its_moves(values, data):
    order = data.draw(st.permutations(range(count_of(values))))
    one, other = find_crux(values), find_crux(relabelled(values, order))
    assume(one.ways <= MOST_ALTERNATIVES)
    found = {(e.side, e.blocks): e for e in one.alternatives}
    assert len(found) == len(other.alternatives)
    slack = 1e-12 * np.abs(values).max()
    for each in other.alternatives:
        moves = dict(zip((order[i] for i in each.blocks), each.moves, strict=True))
        same = found[each.side, tuple(sorted(moves))]
        assert (same.outcome, same.holds) == (each.outcome, each.holds)
        expected = tuple(moves[block] for block in same.blocks)
        assert same.moves == pytest.approx(expected, rel=1e-12, abs=slack)


@given(opposed())
def test_scaling_the_outcomes_changes_no_set(values):
    one, other = find_crux(values), find_crux(4.0 * values)
    assert (one.side, one.blocks, 4.0 * one.outcome) == (other.side, other.blocks, other.outcome)


def test_what_is_no_table_of_values_is_refused():
    with pytest.raises(BadValue, match="rows of a table of values is 3"):
        find_crux(np.zeros((3, 1)))
