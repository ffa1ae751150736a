"""The first of March: the training year turns.

Who was at work long enough moves up a year, the last year leaves, interns go to the posts they
drew, the intake enters. Whoever is due a new contract decides on it with the same support as on
any other day, but without the cost of changing: signing is as much of an act as refusing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.standoff.decision import SIGNAL_ROWS, Parameters
from locum.standoff.luck import ENTRY, chances
from locum.standoff.reference import count, private_support, support, words
from locum.standoff.states import (
    ABSENT,
    AT_WORK,
    CONTRACT_REFUSED,
    IS_AWAY,
    LETTER_IN,
    OUTSIDE,
    RETURNED,
    STUDENT,
    TRAINEE,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from locum.standoff.kernels import FixedArrays, LiveArrays, Today
    from locum.standoff.population import Population

    Bits = NDArray[np.bool_]
    Floats = NDArray[np.float64]

__all__ = ["Turned", "turn_year"]

_UNDER_CONTRACT = (AT_WORK, LETTER_IN, ABSENT, RETURNED)


class Turned(NamedTuple):
    """What a turn did, in heads."""

    moved: int
    left: int
    entered: int
    refused: int
    stayed: int
    """Who keeps the year, through days missed or because they have no post."""


def turn_year(
    population: Population,
    fixed: FixedArrays,
    live: LiveArrays,
    today: Today,
    intake: tuple[int, Floats],
) -> Turned:
    """Turn the training year in place.

    Parameters
    ----------
    population
        Whose year turns.
    fixed, live, today
        Arrays of the crowd, and the day with its signals.
    intake
        Number of the turn, and the share of its intake that comes, by kind.

    Notes
    -----
    Those who moved up are counted in their new cells, and the intake is not counted, when v is
    computed: a department of newcomers only is nobody's example.
    """
    kind = population.cells.kind[live.cell]
    interns = (kind == TRAINEE) & (population.cells.year[live.cell] == 0)
    passes = _passes(fixed, live, today, kind)
    follows = np.where(interns, population.first_year_cell, population.cells.follows[live.cell])
    leaves = passes & (follows < 0)
    moves = passes & (follows >= 0)
    number, share = intake
    comes = words(fixed, today, ENTRY) < chances(share)[kind]
    enters = (live.state == OUTSIDE) & (population.enters == number + 1) & comes
    stayed = int(((live.state >= 0) & ~passes).sum())
    moved = int((moves & (follows != live.cell)).sum())
    live.cell[moves] = follows[moves]
    live.state[leaves] = OUTSIDE
    refused = _sign(fixed, live, today, due=interns & moves, enters=enters)
    live.missed[:] = 0
    count(fixed, live)
    return Turned(moved, int(leaves.sum()), int(enters.sum()), refused, stayed)


def _passes(fixed: FixedArrays, live: LiveArrays, today: Today, kind: NDArray[np.int32]) -> Bits:
    """Return whose training year counts: under contract, and not away for too long."""
    spell = today.day - np.maximum(live.since, today.year_start)
    days = live.missed + np.where(IS_AWAY[live.state] > 0, spell, 0)
    tolerance = fixed.parameters[Parameters._fields.index("tolerance")][kind]
    return np.isin(live.state, _UNDER_CONTRACT) & (days < tolerance)


def _sign(fixed: FixedArrays, live: LiveArrays, today: Today, *, due: Bits, enters: Bits) -> int:
    """Let those who enter, and those due a new contract, sign or refuse; return who refused."""
    kind = fixed.kind[live.cell]
    disputed = fixed.turn[live.cell] < today.signals[SIGNAL_ROWS.index("gate")][kind]
    refuses = disputed & (support(fixed, live, today) > 0.0) & (due | enters)
    signs = (enters & ~refuses) | (due & disputed & ~refuses)
    live.supports[enters] = private_support(fixed, live, today)[enters] > 0.0
    was_away = IS_AWAY[live.state] > 0
    live.state[signs] = AT_WORK
    trainees, students = refuses & (kind == TRAINEE), refuses & (kind == STUDENT)
    live.state[trainees] = CONTRACT_REFUSED
    live.state[students] = ABSENT
    live.state[refuses & (kind > STUDENT)] = AT_WORK
    live.since[(trainees | students) & ~was_away] = today.day
    return int((trainees | students).sum())
