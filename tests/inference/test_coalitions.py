"""Contributions sum to the difference, follow the blocks, and equal slow sums and closed forms."""

from __future__ import annotations

from itertools import combinations, permutations
from math import factorial, prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.polynomial import Polynomial

from locum.errors import BadValue
from locum.inference.coalitions import (
    alone,
    check_table,
    interactions,
    last,
    shapley,
    waterfall_range,
)

if TYPE_CHECKING:
    from locum.inference.scores import Floats

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False, allow_subnormal=False)


def tables(least=0, most=5):
    shape = st.tuples(st.integers(least, most), st.integers(1, 3))
    return shape.flatmap(
        lambda each: hnp.arrays(np.float64, (2 ** each[0], each[1]), elements=NUMBERS)
    )


def count_of(values):
    return values.shape[0].bit_length() - 1


def near(found, expected, values, tolerance=1e-12):
    """Whether two results agree to rounding, on the scale of the table they come from."""
    scale = float(np.abs(values).max())
    return np.allclose(found, expected, rtol=tolerance, atol=tolerance * scale)


def relabelled(values, order) -> Floats:
    """Return the table in which block k is the old block order[k]."""
    masks = np.arange(values.shape[0])
    old = np.zeros_like(masks)
    for new, each in enumerate(order):
        old |= (masks >> new & 1) << each
    return values[old]


def with_dummy(values, at) -> Floats:
    """Return the table with one more block, at this position, that changes nothing."""
    masks = np.arange(2 * values.shape[0])
    below = masks & ((1 << at) - 1)
    return values[below | (masks >> (at + 1) << at)]


def product(a, b) -> Floats:
    """Return the table (2**n, 1) of the product of each block's number."""
    count = len(a)
    picks = [[b[i] if mask >> i & 1 else a[i] for i in range(count)] for mask in range(2**count)]
    return np.array([[prod(each)] for each in picks])


def mean_of_product(a, b, left_out):
    """Integrate over t the product of the others' t b + (1 - t) a (Owen 1972)."""
    kept = (Polynomial([a[i], b[i] - a[i]]) for i in range(len(a)) if i not in left_out)
    return float(prod(kept, start=Polynomial([1.0])).integ()(1.0))


# --- contributions -----------------------------------------------------------


@given(tables())
def test_contributions_sum_to_the_difference_of_the_positions(values):
    assert near(shapley(values).sum(axis=0), values[0] - values[-1], values, 1e-9)


@given(tables())
def test_contributions_are_the_mean_over_all_orders(values):
    count = count_of(values)
    expected = np.zeros((count, values.shape[1]))
    for order in permutations(range(count)):
        mask = 0
        for block in order:
            expected[block] += (values[mask] - values[mask | 1 << block]) / factorial(count)
            mask |= 1 << block
    assert near(shapley(values), expected, values)


@given(tables())
def test_exchanging_the_positions_flips_every_contribution(values):
    assert near(shapley(values[::-1]), -shapley(values), values)


@given(tables())
def test_exchanging_the_positions_turns_the_first_move_into_the_last(values):
    assert np.array_equal(alone(values[::-1]), -last(values))


@given(st.integers(0, 5), NUMBERS)
def test_identical_positions_give_zeros(count, number):
    values = np.full((2**count, 2), number)
    results = [f(values) for f in (shapley, interactions, alone, last, waterfall_range)]
    assert not any(each.any() for each in results)


def test_positions_without_a_block_between_them_give_empty_results():
    values = np.array([[1.0, 2.0]])
    found = [f(values).shape for f in (shapley, alone, last, interactions, waterfall_range)]
    assert found == [(0, 2), (0, 2), (0, 2), (0, 0, 2), (0, 2, 2)]


@given(tables(most=4), st.data())
def test_a_block_that_changes_nothing_has_exactly_zero(values, data):
    at = data.draw(st.integers(0, count_of(values)))
    wider = with_dummy(values, at)
    assert not shapley(wider)[at].any()
    assert not interactions(wider)[at].any()


@given(tables(most=4), st.data())
def test_a_block_that_changes_nothing_leaves_the_others_their_contributions(values, data):
    at = data.draw(st.integers(0, count_of(values)))
    others = np.arange(count_of(values) + 1) != at
    assert near(shapley(with_dummy(values, at))[others], shapley(values), values)


@given(tables(least=2), st.data())
def test_interchangeable_blocks_have_equal_contributions(values, data):
    pair = data.draw(st.permutations(range(count_of(values))))[:2]
    order = list(range(count_of(values)))
    order[pair[0]], order[pair[1]] = pair[1], pair[0]
    even = 0.5 * (values + relabelled(values, order))
    found = shapley(even)
    assert near(found[pair[0]], found[pair[1]], even)


@given(tables(), st.data())
def test_relabelling_the_blocks_relabels_every_result(values, data):
    order = data.draw(st.permutations(range(count_of(values))))
    other = relabelled(values, order)
    for f in (shapley, alone, last, waterfall_range):
        assert near(f(other), f(values)[order], values)
    assert near(interactions(other), interactions(values)[np.ix_(order, order)], values)


@given(tables(), tables())
def test_contributions_of_a_sum_are_the_sum_of_contributions(one, other):
    rows, draws = min(one.shape[0], other.shape[0]), min(one.shape[1], other.shape[1])
    x, y = one[:rows, :draws], other[:rows, :draws]
    assert near(shapley(x + y), shapley(x) + shapley(y), np.abs(x) + np.abs(y))


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 3)), elements=NUMBERS))
def test_effects_that_add_up_are_left_with_their_blocks(effects):
    count = effects.shape[0]
    moved = np.arange(2**count)[:, None] >> np.arange(count) & 1
    values = -(moved.astype(float) @ effects)
    scale = np.abs(effects).sum()
    for f in (shapley, alone, last):
        assert near(f(values), effects, scale)
    assert near(waterfall_range(values), effects[:, None], scale)
    assert near(interactions(values), np.eye(count)[:, :, None] * effects, scale)


def test_many_draws_are_many_tables_of_one_draw():
    values = np.sin(np.arange(320.0)).reshape(64, 5)
    for f in (shapley, interactions, alone, last, waterfall_range):
        single = np.concatenate([f(values[:, [draw]]) for draw in range(5)], axis=-1)
        assert near(f(values), single, values)


def test_the_table_is_left_as_it_was():
    values = np.sin(np.arange(16.0)).reshape(8, 2)
    before = values.copy()
    for f in (shapley, interactions, alone, last, waterfall_range):
        f(values)
    assert np.array_equal(values, before)


def test_two_blocks_are_split_as_by_hand():
    # A is 10. Moving block 0 alone gives 4, block 1 alone 7, both 3.
    values = np.array([[10.0], [4.0], [7.0], [3.0]])
    assert shapley(values)[:, 0].tolist() == [5.0, 2.0]
    assert alone(values)[:, 0].tolist() == [6.0, 3.0]
    assert last(values)[:, 0].tolist() == [4.0, 1.0]
    assert waterfall_range(values)[..., 0].tolist() == [[4.0, 6.0], [1.0, 3.0]]
    # Together they take off 7, which is 2 less than 6 + 3.
    assert interactions(values)[..., 0].tolist() == [[6.0, -1.0], [-1.0, 3.0]]


# --- products ----------------------------------------------------------------


@given(st.integers(1, 8))
def test_a_chain_that_any_block_breaks_is_shared_evenly(count):
    values = product([1.0] * count, [0.0] * count)
    assert shapley(values) == pytest.approx(np.full((count, 1), 1 / count), rel=1e-12)


def test_a_product_of_three_has_its_closed_form():
    (a0, a1, a2), (b0, b1, b2) = a, b = (2.0, 3.0, 5.0), (1.0, 7.0, 4.0)
    first = (a0 - b0) * ((a1 * a2 + b1 * b2) / 3 + (a1 * b2 + b1 * a2) / 6)
    joint = -(a0 - b0) * (a1 - b1) * (a2 + b2) / 2
    values = product(a, b)
    assert shapley(values)[0, 0] == pytest.approx(first, rel=1e-12)
    assert 2 * interactions(values)[0, 1, 0] == pytest.approx(joint, rel=1e-12)


FACTORS = st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=2, max_size=6)


@given(FACTORS)
def test_a_product_has_the_integrals_of_its_multilinear_extension(factors):
    a, b = zip(*factors, strict=True)
    gap = np.subtract(a, b)
    values = product(a, b)
    single = [gap[i] * mean_of_product(a, b, {i}) for i in range(len(a))]
    assert shapley(values)[:, 0] == pytest.approx(np.array(single), rel=1e-9, abs=1e-9)
    found = interactions(values)[..., 0]
    for i, j in combinations(range(len(a)), 2):
        expected = -gap[i] * gap[j] * mean_of_product(a, b, {i, j})
        assert 2 * found[i, j] == pytest.approx(expected, rel=1e-9, abs=1e-9)


# --- pairs -------------------------------------------------------------------


@given(tables(most=4))
def test_the_index_of_a_pair_is_its_sum_over_coalitions(values):
    count = count_of(values)
    found = interactions(values)
    for i, j in permutations(range(count), 2):
        others = [each for each in range(count) if each not in {i, j}]
        expected = np.zeros(values.shape[1])
        for size in range(len(others) + 1):
            weight = factorial(size) * factorial(count - size - 2) / factorial(count - 1)
            for coalition in combinations(others, size):
                s = sum(1 << each for each in coalition)
                worth = {
                    m: values[0] - values[s | m] for m in (0, 1 << i, 1 << j, 1 << i | 1 << j)
                }
                both = worth[1 << i | 1 << j] - worth[1 << i] - worth[1 << j] + worth[0]
                expected += weight * both
        assert near(2 * found[i, j], expected, values)


@given(tables())
def test_each_row_of_pairs_sums_to_the_contribution_of_its_block(values):
    found = interactions(values)
    assert near(found.sum(axis=1), shapley(values), values)
    assert near(found.sum(axis=(0, 1)), values[0] - values[-1], values, 1e-9)


@given(tables())
def test_pairs_are_symmetric(values):
    found = interactions(values)
    assert np.array_equal(found, found.swapaxes(0, 1))


@given(tables(least=1))
def test_exchanging_the_positions_keeps_the_index_of_every_pair(values):
    count = count_of(values)
    off = ~np.eye(count, dtype=bool)
    assert near(interactions(values[::-1])[off], interactions(values)[off], values)


@given(tables(least=2, most=2))
def test_with_two_blocks_the_diagonal_is_the_effect_of_each_alone(values):
    found = interactions(values)
    assert near(found[[0, 1], [0, 1]], alone(values), values)


# --- waterfalls --------------------------------------------------------------


@given(tables(most=4))
def test_the_range_of_a_bar_is_that_over_all_orders(values):
    count = count_of(values)
    found = waterfall_range(values)
    for block in range(count):
        bars = []
        for order in permutations(range(count)):
            before = sum(1 << each for each in order[: order.index(block)])
            bars.append(values[before] - values[before | 1 << block])
        assert np.array_equal(found[block], [np.min(bars, axis=0), np.max(bars, axis=0)])


@given(tables(least=1))
def test_the_range_of_a_bar_holds_the_contribution_and_the_first_and_last_moves(values):
    low, high = waterfall_range(values).swapaxes(0, 1)
    slack = 1e-12 * np.abs(values).max()
    for each in (shapley(values), alone(values), last(values)):
        assert (each >= low - slack).all()
        assert (each <= high + slack).all()


# --- the door ----------------------------------------------------------------


@pytest.mark.parametrize("f", [shapley, interactions, alone, last, waterfall_range, check_table])
def test_every_function_refuses_rows_that_are_no_power_of_two(f):
    with pytest.raises(BadValue, match="rows of a table of values is 6; expected a power of two"):
        f(np.zeros((6, 2)))


@pytest.mark.parametrize("shape", [(4,), (4, 0), (2, 2, 2), ()])
def test_a_table_without_masks_by_draws_is_refused(shape):
    with pytest.raises(BadValue, match="shape of a table of values"):
        check_table(np.zeros(shape))


def test_a_table_without_rows_is_refused():
    with pytest.raises(BadValue, match="rows of a table of values is 0"):
        check_table(np.zeros((0, 2)))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_refused_by_its_place(number):
    values = np.zeros((4, 3))
    values[2, 1] = number
    with pytest.raises(BadValue, match=r"value of mask 2, draw 1 is -?(nan|inf)"):
        check_table(values)


def test_whole_numbers_are_taken_as_numbers():
    whole: Any = np.arange(8).reshape(4, 2)
    table, count = check_table(whole)
    assert (table.dtype, count) == (np.float64, 2)
