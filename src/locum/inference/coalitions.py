"""How far each block of assumptions carries one position away from another.

Positions A and B differ in n blocks. A table of values has shape (2**n, D): row `mask` is the
outcome where block i is B's if bit i of `mask` is set and A's if not, in each of D draws, the
central one first. The first row is A, the last is B. The game played on it is A minus the outcome
of moving a coalition of blocks to B, :math:`g(S) = v(0) - v(S)`, so that :math:`g` of all blocks
is A minus B. Everything below is in the unit of the table, and positive where A's version puts
the outcome above B's.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import BadValue

if TYPE_CHECKING:
    from locum.inference.scores import Floats

__all__ = ["alone", "check_table", "interactions", "last", "shapley", "waterfall_range"]


def check_table(values: Floats) -> tuple[Floats, int]:
    """Return a table of values (2**n, D) in double precision, and its number n of blocks.

    Parameters
    ----------
    values
        One row a mask, one column a draw; one row if the positions share every block.

    Raises
    ------
    BadValue
        If it has not two dimensions, no draw, a number of rows that is no power of two, or a
        value that is not finite.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 1:
        raise BadValue("shape of a table of values", table.shape, "masks by at least one draw")
    rows = table.shape[0]
    if rows < 1 or rows & (rows - 1):
        raise BadValue("rows of a table of values", rows, "a power of two, one row a mask")
    finite = np.isfinite(table)
    if not finite.all():
        mask, draw = (int(each) for each in np.argwhere(~finite)[0])
        where = f"value of mask {mask}, draw {draw}"
        raise BadValue(where, float(table[mask, draw]), "a finite number")
    return table, rows.bit_length() - 1


def shapley(values: Floats) -> Floats:
    r"""Return the Shapley contribution (n, D) of each block to A minus B, in the table's unit.

    It is the mean over all orders of moving the blocks from A to B, one at a time, of what the
    block's move takes off. The contributions sum to A minus B to rounding; a block that changes
    nothing has exactly zero; names and order of blocks do not matter.

    Parameters
    ----------
    values
        Table of values, shape (2**n, D).

    Raises
    ------
    BadValue
        If it is not a table of values.

    Notes
    -----
    :math:`\phi_i = \sum_{S \not\ni i} \frac{|S|!\,(n-|S|-1)!}{n!}\,(v(S) - v(S \cup i))`, exact:
    all :math:`2^n` rows are read n times. Held by tests/inference/test_coalitions.py against all
    orders, and against the closed form of a product.

    References
    ----------
    Shapley (1953), A value for n-person games, Contributions to the Theory of Games II:307-317.
    Shorrocks (2013), Journal of Economic Inequality 11(1):99-126, for decompositions.
    """
    table, count = check_table(values)
    out = np.zeros((count, table.shape[1]))
    if count:
        weights = _weights(count - 1)
        for block in range(count):
            out[block] = _weighted(weights, _marginals(table, block))
    return out


def interactions(values: Floats) -> Floats:
    r"""Return A minus B split over blocks and pairs of blocks (n, n, D), in the table's unit.

    Off the diagonal stands half of the Shapley interaction index of a pair: positive where moving
    both blocks from A to B takes off more than the two moves one by one, negative where they
    overlap. On the diagonal stands the rest of the block's Shapley contribution. So each
    row sums to that contribution and the whole to A minus B; the matrix is symmetric.

    Parameters
    ----------
    values
        Table of values, shape (2**n, D).

    Raises
    ------
    BadValue
        If it is not a table of values.

    Notes
    -----
    :math:`I_{ij} = \sum_{S \not\ni i,j} \frac{|S|!\,(n-|S|-2)!}{(n-1)!}\,
    \bigl(v(S \cup i) + v(S \cup j) - v(S) - v(S \cup ij)\bigr)` on the game from A towards B;
    the diagonal is :math:`\phi_i - \frac12 \sum_{j \ne i} I_{ij}`. With two blocks the diagonal is
    the effect of each `alone`. Exchanging A and B flips the contributions but not the index, which
    is a second difference: only its reading turns round, from moves off A to moves off B. Held by
    tests/inference/test_coalitions.py against the sum over coalitions, and in closed form.

    References
    ----------
    Grabisch and Roubens (1999), International Journal of Game Theory 28(4):547-565, for the index.
    Lundberg et al. (2020), Nature Machine Intelligence 2:56-67, for rows that sum to the value.
    """
    table, count = check_table(values)
    out = np.zeros((count, count, table.shape[1]))
    if count > 1:
        weights = _weights(count - 2)
        for high in range(count):
            for low in range(high):
                half = 0.5 * _weighted(weights, _joint(table, low, high))
                out[low, high] = out[high, low] = half
    diagonal = np.arange(count)
    out[diagonal, diagonal] = shapley(table) - out.sum(axis=1)
    return out


def alone(values: Floats) -> Floats:
    """Return what moving only this block from A to B takes off A (n, D), in the table's unit.

    The sum over blocks misses A minus B by what the blocks do together.

    Parameters
    ----------
    values
        Table of values, shape (2**n, D).

    Raises
    ------
    BadValue
        If it is not a table of values.
    """
    table, count = check_table(values)
    return table[0] - table[_bits(count)]


def last(values: Floats) -> Floats:
    """Return what moving this block takes off when all others are B's (n, D), in the table's unit.

    It is `alone` seen from B: the sum over blocks misses A minus B the other way round.

    Parameters
    ----------
    values
        Table of values, shape (2**n, D).

    Raises
    ------
    BadValue
        If it is not a table of values.
    """
    table, count = check_table(values)
    return table[(table.shape[0] - 1) ^ _bits(count)] - table[-1]


def waterfall_range(values: Floats) -> Floats:
    """Return the smallest and largest bar a waterfall can give each block (n, 2, D).

    A waterfall moves the blocks from A to B in one order, and each bar depends on which blocks
    moved before it. The range is over all orders, in the table's unit, and holds the Shapley
    contribution, `alone` and `last`. A draw's ends may come from different orders.

    Parameters
    ----------
    values
        Table of values, shape (2**n, D).

    Raises
    ------
    BadValue
        If it is not a table of values.
    """
    table, count = check_table(values)
    out = np.zeros((count, 2, table.shape[1]))
    for block in range(count):
        bars = _marginals(table, block)
        out[block, 0], out[block, 1] = bars.min(axis=0), bars.max(axis=0)
    return out


def _bits(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the mask of each block on its own."""
    return np.left_shift(1, np.arange(count, dtype=np.int64))


def _weights(others: int) -> Floats:
    """Return the chance (2**others,) that exactly this coalition of the others moved before."""
    sizes = np.bitwise_count(np.arange(1 << others, dtype=np.int64))
    by_size = [1.0 / ((others + 1) * comb(others, size)) for size in range(others + 1)]
    return np.array(by_size)[sizes]


def _weighted(weights: Floats, rows: Floats) -> Floats:
    # Not `@`: its sums may depend on the number of threads.
    return np.einsum("m,md->d", weights, rows)


def _marginals(table: Floats, block: int) -> Floats:
    """Return what the block's move takes off, by coalition of the others (2**(n-1), D)."""
    split = table.reshape(-1, 2, 1 << block, table.shape[1])
    return (split[:, 0] - split[:, 1]).reshape(-1, table.shape[1])


def _joint(table: Floats, low: int, high: int) -> Floats:
    """Return what two moves take off beyond the single ones, by coalition (2**(n-2), D)."""
    split = table.reshape(-1, 2, 1 << (high - low - 1), 2, 1 << low, table.shape[1])
    # Grouped so that a block that changes nothing gives exactly zero.
    taken_first = split[:, 0, :, 0] - split[:, 0, :, 1]
    taken_later = split[:, 1, :, 0] - split[:, 1, :, 1]
    return (taken_later - taken_first).reshape(-1, table.shape[1])
