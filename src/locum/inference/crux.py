"""The crux of two positions: the fewest blocks to agree on for both to point the same way.

Positions, blocks and tables of values are those of `locum.inference.coalitions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from locum.inference.coalitions import check_table, shapley

if TYPE_CHECKING:
    from locum.inference.scores import Floats

__all__ = ["MOST_ALTERNATIVES", "Concession", "Crux", "Side", "find_crux"]

Side: TypeAlias = Literal["a", "b"]
"""Position that takes over versions of the other."""

MOST_ALTERNATIVES = 10


@dataclass(frozen=True)
class Concession:
    """What one side takes over from the other for their signs to agree.

    Parameters
    ----------
    side
        Who concedes.
    blocks
        Blocks of which the other's version is taken over, ascending; empty if the signs agree
        anyway.
    concession
        How far the side's outcome moves in the central draw, upwards positive, in the unit of the
        table.
    outcome
        Where it lands.
    moves
        Part of each block in the concession: its Shapley contribution among these blocks, in their
        order. They sum to the concession.
    holds
        Share of all draws, the central one included, in which the signs agree once these blocks
        are conceded.
    """

    side: Side
    blocks: tuple[int, ...]
    concession: float
    outcome: float
    moves: tuple[float, ...]
    holds: float


@dataclass(frozen=True)
class Crux:
    """The smallest set of blocks whose agreement aligns the signs of two positions.

    Parameters
    ----------
    blocks
        The set, ascending; empty if the signs agree already.
    side
        Who concedes; None if nobody has to.
    concession
        How far that side's outcome moves in the central draw, upwards positive, in the unit of the
        table.
    outcome
        Where it lands; A's own outcome if nobody has to concede.
    moves
        Part of each block in the concession, in the order of the blocks.
    holds
        Share of all draws, the central one included, in which the signs agree once the set is
        conceded.
    aligned_before
        Whether the signs agree already in the central draw.
    a
        The smallest set if A has to concede.
    b
        The smallest set if B has to concede.
    alternatives
        Every concession of the smallest size by either side, the crux first, at most
        `MOST_ALTERNATIVES`; empty if nobody has to concede.
    ways
        Number of such concessions, also of those not listed.
    """

    blocks: tuple[int, ...]
    side: Side | None
    concession: float
    outcome: float
    moves: tuple[float, ...]
    holds: float
    aligned_before: bool
    a: Concession
    b: Concession
    alternatives: tuple[Concession, ...]
    ways: int


def find_crux(values: Floats) -> Crux:
    """Return the smallest set of blocks whose agreement aligns the signs of both positions.

    On a set T either A takes over B's versions, and its outcome becomes that of mask T, or B takes
    over A's, and its outcome becomes that of all blocks but T. Agreeing on every block always
    aligns. The set is found on the central draw; zero agrees with either sign. Of the smallest
    sets the one with the least absolute concession is taken, then the one with the lower indices,
    then A's: but for exact ties, relabelling the blocks relabels the crux and changes nothing.

    Parameters
    ----------
    values
        Table of values, shape (2**n, D), zero being where the sign turns.

    Raises
    ------
    BadValue
        If it is not a table of values.

    Notes
    -----
    All :math:`2^n` sets are tried. Held by tests/inference/test_crux.py against a plain search.
    """
    table, _ = check_table(values)
    roads: dict[Side, Floats] = {"a": table, "b": table[::-1]}
    masks = {side: _smallest(road[:, 0]) for side, road in roads.items()}
    found = [
        _concede(road, side, mask)
        for side, road in roads.items()
        for mask in masks[side][:MOST_ALTERNATIVES]
    ]
    first, b = found[0], next(each for each in found if each.side == "b")
    if not first.blocks:
        return _crux(first, first, b, (), 0)
    fewest = min(len(first.blocks), len(b.blocks))
    smallest = sorted((each for each in found if len(each.blocks) == fewest), key=_preference)
    ways = sum(len(each) for each in masks.values() if each[0].bit_count() == fewest)
    return _crux(smallest[0], first, b, tuple(smallest[:MOST_ALTERNATIVES]), ways)


def _crux(
    best: Concession, a: Concession, b: Concession, smallest: tuple[Concession, ...], ways: int
) -> Crux:
    return Crux(
        blocks=best.blocks,
        side=best.side if smallest else None,
        concession=best.concession,
        outcome=best.outcome,
        moves=best.moves,
        holds=best.holds,
        aligned_before=not smallest,
        a=a,
        b=b,
        alternatives=smallest,
        ways=ways,
    )


def _preference(each: Concession) -> tuple[float, tuple[int, ...], Side]:
    return abs(each.concession), each.blocks, each.side


def _smallest(road: Floats) -> list[int]:
    """Return the smallest masks that align the signs, the best first.

    `road` holds the conceding side's outcomes (2**n,) by what it concedes: it starts at its own
    position and ends at the other's.
    """
    masks = np.flatnonzero(_agree(road, road[-1]))
    sizes = np.bitwise_count(masks)
    fewest = masks[sizes == sizes.min()].tolist()
    return sorted(fewest, key=lambda mask: (abs(float(road[mask] - road[0])), _blocks(mask)))


def _agree(outcome: Floats, other: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether no outcome stands on the other side of zero."""
    return np.sign(outcome) * np.sign(other) >= 0


def _blocks(mask: int) -> tuple[int, ...]:
    return tuple(block for block in range(mask.bit_length()) if mask >> block & 1)


def _concede(road: Floats, side: Side, mask: int) -> Concession:
    """Describe the concession of a mask on a side's road (2**n, D)."""
    blocks = _blocks(mask)
    within = np.zeros(1, dtype=np.int64)
    for block in blocks:
        within = np.concatenate((within, within | (1 << block)))
    # Reversed, so that its first row less its last is the move.
    moves = shapley(road[within[::-1], :1])[:, 0]
    return Concession(
        side=side,
        blocks=blocks,
        concession=float(road[mask, 0] - road[0, 0]),
        outcome=float(road[mask, 0]),
        moves=tuple(float(move) for move in moves),
        holds=float(_agree(road[mask], road[-1]).mean()),
    )
