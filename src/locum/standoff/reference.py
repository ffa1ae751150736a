"""A day of the agents in plain NumPy: everybody is looked at, everything is counted anew.

Slow and short. It must reach the states of `locum.standoff.kernels` bit for bit: shares are one
division of whole numbers, and sums are written in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.standoff.decision import (
    BARGAINING,
    FARTHEST,
    IMITATION,
    NORMAL,
    SIGNAL_ROWS,
    STEPS_A_UNIT,
    THRESHOLD,
    Parameters,
)
from locum.standoff.kernels import (
    C_ANY,
    C_ENLIST,
    C_HIRE,
    C_NAME,
    C_RELEASE,
    C_REVISE,
    C_WINDOW,
)
from locum.standoff.luck import EVENT, LINK, REVISION, WINDOW, mixed
from locum.standoff.states import (
    ABSENT,
    AT_WORK,
    CONTRACT_REFUSED,
    EMPLOYED_ELSEWHERE,
    ENLISTED,
    IS_AWAY,
    IS_JOINED,
    KINDS,
    LETTER_IN,
    RESIGNED,
    RETURNED,
    STATES,
    STUDENT,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from locum.standoff.kernels import FixedArrays, LiveArrays, Today

    Floats = NDArray[np.float64]
    Bits = NDArray[np.bool_]
    Codes = NDArray[np.int8]
    Whole = NDArray[np.int64]
    Words = NDArray[np.uint64]

__all__ = ["count", "plain_day", "private_support", "support"]


def words(fixed: FixedArrays, today: Today, purpose: int) -> Words:
    """Return the word of every agent for a purpose, (N,)."""
    return mixed(fixed.identity ^ today.keys[purpose]).astype(np.uint64)


def _kinds(fixed: FixedArrays, live: LiveArrays) -> NDArray[np.int8]:
    return fixed.kind[live.cell]


def _of(rows: Floats, names: tuple[str, ...], name: str, kind: NDArray[np.int8]) -> Floats:
    return rows[names.index(name)][kind]


def private_support(fixed: FixedArrays, live: LiveArrays, today: Today) -> Floats:
    """Return what every agent wants apart from what others do, (N,)."""
    kind = _kinds(fixed, live)
    return (
        _of(today.signals, SIGNAL_ROWS, "grievance", kind)
        + today.shift[live.cell]
        + fixed.common[live.cell]
        + _of(fixed.parameters, Parameters._fields, "taste", kind) * fixed.theta
    )


def _others(joined: Whole, heads: Whole) -> Floats:
    """Return shares of others who have joined; one half where there is nobody."""
    return np.where(heads > 0, joined / np.maximum(heads, 1), 0.5)


def _over_links(of: Codes | Bits, links: NDArray[np.int32]) -> Whole:
    """Sum over the links of every agent, column by column: short rows are slow to sum."""
    seen = np.take(of.astype(np.int8), links, mode="clip")
    total = np.zeros(links.shape[0], dtype=np.int64)
    for column in range(links.shape[1]):
        total += seen[:, column]
    return total


def _share(fixed: FixedArrays, live: LiveArrays, today: Today) -> Floats:
    """Weigh the four shares of those who have joined, counted anew."""
    kind = _kinds(fixed, live)
    joined = IS_JOINED[live.state]
    there = live.state >= 0
    shares: list[Floats] = []
    for group, count_ in (
        (fixed.department[live.cell], live.department_heads.size),
        (fixed.group[live.cell], live.group_heads.size),
    ):
        total = np.bincount(group, joined, count_).astype(np.int64)
        heads = np.bincount(group, there, count_).astype(np.int64)
        shares.append(_others(total[group] - joined, heads[group] - there))
    shares.append(_others(_over_links(joined, fixed.links), _over_links(there, fixed.links)))
    shares.append(_of(today.signals, SIGNAL_ROWS, "public", kind))
    names = ("share_department", "share_organisation", "share_links", "share_public")
    weights = [_of(fixed.parameters, Parameters._fields, name, kind) for name in names]
    return (
        weights[0] * shares[0]
        + weights[1] * shares[1]
        + weights[2] * shares[2]
        + weights[3] * shares[3]
    )


def _pressure(fixed: FixedArrays, live: LiveArrays, today: Today) -> Floats:
    """Add up lists, sanctions, deadlines and fatigue."""
    kind = _kinds(fixed, live)
    list_weight = _of(fixed.parameters, Parameters._fields, "list_weight", kind)
    fatigue = _of(fixed.parameters, Parameters._fields, "fatigue", kind)
    lists = list_weight * _of(today.signals, SIGNAL_ROWS, "exposure", kind) * (1.0 + live.named)
    pull = _of(today.signals, SIGNAL_ROWS, "pull", kind)
    days = today.day - live.since
    return (
        lists
        - fixed.risk * _of(today.signals, SIGNAL_ROWS, "sanction", kind)
        - IS_JOINED[live.state] * pull * fixed.carried[live.cell]
        - IS_AWAY[live.state] * fatigue * days / 100.0
    )


def _seen(fixed: FixedArrays, live: LiveArrays, today: Today) -> Floats:
    """Return whether one link, drawn at random, has joined; one half if it is outside."""
    links = fixed.links.shape[1]
    place = (words(fixed, today, LINK) * np.uint64(links)) >> np.uint64(32)
    state = live.state[np.take_along_axis(fixed.links, place.astype(np.int64)[:, None], 1)[:, 0]]
    return np.where(state >= 0, IS_JOINED[state].astype(np.float64), 0.5)


def _probability(z: Floats) -> Floats:
    t = np.clip((z + FARTHEST) * STEPS_A_UNIT, 0.0, 2.0 * FARTHEST * STEPS_A_UNIT - 1.0)
    k = t.astype(np.int64)
    return NORMAL[k] + (t - k) * (NORMAL[k + 1] - NORMAL[k])


def support(fixed: FixedArrays, live: LiveArrays, today: Today) -> Floats:
    """Return v of every agent by the rule of the crowd, (N,)."""
    kind = _kinds(fixed, live)
    private = private_support(fixed, live, today)
    social = _of(fixed.parameters, Parameters._fields, "social", kind)
    pressure = _pressure(fixed, live, today)
    if today.rule == IMITATION:
        return private + pressure + social * (2.0 * _seen(fixed, live, today) - 1.0)
    share = _share(fixed, live, today)
    if today.rule == THRESHOLD:
        return 2.0 * (share - _probability(-(private + pressure)))
    if today.rule == BARGAINING:
        against = share + today.resolve
        chance = np.where(against > 0.0, share / np.where(against > 0.0, against, 1.0), 0.0)
        stake = (1.0 + social) * np.maximum(private, 0.0)
        return stake * chance + np.minimum(private, 0.0) + pressure
    return private + pressure + social * (2.0 * share - 1.0)


def _next(fixed: FixedArrays, live: LiveArrays, today: Today, v: Floats) -> Codes:
    """Return what everybody would become on thinking again."""
    kind = _kinds(fixed, live)

    def parameter(name: str) -> Floats:
        return _of(fixed.parameters, Parameters._fields, name, kind)

    def signal(name: str) -> Floats:
        return _of(today.signals, SIGNAL_ROWS, name, kind)

    s, turn = live.state, fixed.turn[live.cell]
    cost = parameter("threshold")
    leaves = (turn < signal("gate")) & (v > cost + parameter("gap"))
    at_post = (s == AT_WORK) | (s == RETURNED)
    waits = s == LETTER_IN
    to = s.copy()
    to[at_post & (turn < signal("letters")) & (v > cost)] = LETTER_IN
    to[(at_post | waits) & leaves] = ABSENT
    to[waits & ~leaves & (v < -cost)] = AT_WORK
    easier = signal("easier")
    back = v < -(parameter("return_cost") - easier)
    to[(s == ABSENT) & (signal("held") > 0.0) & back] = RETURNED
    outside_post = (s == CONTRACT_REFUSED) | (s == RESIGNED) | (s == EMPLOYED_ELSEWHERE)
    open_ = words(fixed, today, WINDOW) < today.chances[C_WINDOW][kind]
    to[outside_post & (v < -(parameter("reapply") - easier)) & open_] = RETURNED
    return to


def _events(fixed: FixedArrays, live: LiveArrays, today: Today) -> tuple[Codes, Bits]:
    """Return what everybody becomes without its doing, and who is named."""
    kind = _kinds(fixed, live)
    chance: Words = today.chances[:, kind]
    u = words(fixed, today, EVENT)
    s: Codes = live.state
    to: Codes = s.copy()
    accepted = np.where(kind <= STUDENT, today.accept[fixed.organisation[live.cell]], np.uint64(0))
    to[(s == ABSENT) & (u < accepted + chance[C_RELEASE])] = RETURNED
    to[(s == ABSENT) & (u < accepted)] = RESIGNED
    may = (s == RESIGNED) & fixed.eligible
    to[may & (u < chance[C_HIRE] + chance[C_ENLIST])] = ENLISTED
    to[((s == RESIGNED) | (s == CONTRACT_REFUSED)) & (u < chance[C_HIRE])] = EMPLOYED_ELSEWHERE
    at_post = ((s == AT_WORK) | (s == RETURNED)) & (live.named == 0)
    named = at_post & (u < chance[C_NAME])
    reached = u < today.chances[C_ANY][kind]
    return np.where(reached, to, s), named & reached


def plain_day(fixed: FixedArrays, live: LiveArrays, today: Today) -> tuple[int, int]:
    """Live through a day; return how many thought again and how many changed."""
    kind = _kinds(fixed, live)
    there = live.state >= 0
    to, named = _events(fixed, live, today)
    live.named[named] = 1
    revises = words(fixed, today, REVISION) < today.chances[C_REVISE][kind]
    thinking = there & revises & (to == live.state)
    private = private_support(fixed, live, today)
    live.supports[thinking] = private[thinking] > 0.0
    to[thinking] = _next(fixed, live, today, support(fixed, live, today))[thinking]
    before = live.state.copy()
    live.state[:] = to
    leaves = IS_AWAY[to] > IS_AWAY[before]
    comes = IS_AWAY[to] < IS_AWAY[before]
    live.since[leaves] = today.day
    spell = today.day - np.maximum(live.since, today.year_start)
    live.missed[comes] += spell[comes]
    count(fixed, live)
    return int(thinking.sum()), int((to != before).sum())


def count(fixed: FixedArrays, live: LiveArrays) -> None:
    """Count everything that is kept as a count, from the states of the agents."""
    there = live.state >= 0
    cell, state = live.cell[there], live.state[there]
    cells, states = live.tally.shape
    code = cell.astype(np.int64) * states + state
    live.tally[:] = np.bincount(code, minlength=cells * states).reshape(cells, states)
    live.members[:] = live.tally.sum(axis=1)
    live.support[:] = np.bincount(cell, live.supports[there], cells)
    live.named_in[:] = np.bincount(cell, live.named[there], cells)
    for kind in range(len(KINDS)):
        live.kinds[kind] = live.tally[fixed.kind == kind].sum(axis=0)
    joined = live.tally @ IS_JOINED[: len(STATES)].astype(np.int64)
    for group, total, heads in (
        (fixed.department, live.department_joined, live.department_heads),
        (fixed.group, live.group_joined, live.group_heads),
    ):
        total[:] = np.bincount(group, joined, total.size)
        heads[:] = np.bincount(group, live.members, heads.size)
    live.near[:] = _over_links(IS_JOINED[live.state], fixed.links)
    live.inside[:] = _over_links(there, fixed.links)
