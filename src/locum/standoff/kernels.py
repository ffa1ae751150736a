"""A day of the agents, compiled: only those who think again compute a utility.

Draws for all agents are two passes over words; counts of those who have joined are kept and
pushed to the neighbours of whoever changes. `locum.standoff.reference` is the same day in plain
NumPy, counted anew, and both reach the same states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from locum.standoff.compilation import compiled, entry_point, inlined
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
from locum.standoff.luck import EVENT, LINK, REVISION, WINDOW
from locum.standoff.states import (
    ABSENT,
    AT_WORK,
    CONTRACT_REFUSED,
    EMPLOYED_ELSEWHERE,
    ENLISTED,
    IS_AT_POST,
    IS_AWAY,
    IS_JOINED,
    LETTER_IN,
    RESIGNED,
    RETURNED,
    STUDENT,
)

if TYPE_CHECKING:
    Array: TypeAlias = Any

__all__ = ["FixedArrays", "LiveArrays", "Today", "live_day"]


class FixedArrays(NamedTuple):
    """What does not change during a training year."""

    identity: Array
    theta: Array
    risk: Array
    eligible: Array
    links: Array
    rindptr: Array
    rind: Array
    kind: Array
    """Of cells, as the next six."""
    organisation: Array
    department: Array
    group: Array
    common: Array
    """What the shocks of a cell's organisation and department add to private support."""
    carried: Array
    """How much of a deadline's pull reaches a cell."""
    turn: Array
    """How early a cell's organisation takes up a call, 0..1."""
    segments: Array
    """Runs of agents of one kind: first, end, kind, shape (S, 3)."""
    parameters: Array


class LiveArrays(NamedTuple):
    """What changes: agents first, then counts."""

    state: Array
    cell: Array
    since: Array
    """Day on which the present spell away began."""
    missed: Array
    """Days away in earlier spells of this training year."""
    named: Array
    supports: Array
    near: Array
    """Of an agent's links, how many have joined; and how many are in the population."""
    inside: Array
    tally: Array
    members: Array
    support: Array
    named_in: Array
    kinds: Array
    department_joined: Array
    department_heads: Array
    group_joined: Array
    group_heads: Array
    happens: Array
    """Scratch of the kernel, as the rest: flags; then lists of agents and what goes with them."""
    revises: Array
    hit: Array
    thinking: Array
    share: Array
    wanted: Array
    becomes: Array


class Today(NamedTuple):
    """What a day tells the kernel."""

    day: int
    year_start: int
    rule: int
    resolve: float
    signals: Array
    shift: Array
    chances: Array
    """Bounds of words (rows of `CHANCES`, 4)."""
    accept: Array
    keys: Array


CHANCES = ("any", "revise", "release", "hire", "enlist", "name", "window")
(C_ANY, C_REVISE, C_RELEASE, C_HIRE, C_ENLIST, C_NAME, C_WINDOW) = range(len(CHANCES))
(
    P_TASTE,
    _,
    _,
    P_SOCIAL,
    P_DEPARTMENT,
    P_ORGANISATION,
    P_LINKS,
    P_PUBLIC,
    P_REVISE,
    P_THRESHOLD,
    P_GAP,
    P_RETURN,
    P_REAPPLY,
    P_FATIGUE,
    P_LIST,
    *_,
) = range(len(Parameters._fields))
(
    S_GRIEVANCE,
    S_SANCTION,
    S_EXPOSURE,
    S_PULL,
    S_PUBLIC,
    _,
    S_LETTERS,
    S_GATE,
    S_HELD,
    _,
    S_EASIER,
    *_,
) = range(len(SIGNAL_ROWS))

_FIRST = np.uint64(0x7FEB352D)
_SECOND = np.uint64(0x846CA68B)
_LOW = np.uint64(0xFFFFFFFF)
_S16 = np.uint32(16)
_S15 = np.uint32(15)
_S32 = np.uint64(32)
_BLOCK = 8
_NOBODY = 0.5


@inlined
def _word(identity: Array, key: Array) -> Array:
    """Return the 32 bits of an agent for a purpose; see `locum.standoff.luck.mixed`."""
    # Products are cut from 64 bits: the compiler makes 32-bit products of them, eight at a time,
    # and plain Python does not warn of an overflow.
    x = np.uint32(identity) ^ np.uint32(key)
    x = np.uint32(x ^ (x >> _S16))
    x = np.uint32((np.uint64(x) * _FIRST) & _LOW)
    x = np.uint32(x ^ (x >> _S15))
    x = np.uint32((np.uint64(x) * _SECOND) & _LOW)
    return np.uint32(x ^ (x >> _S16))


@compiled
def _draw(flags: Array, identity: Array, segments: Array, bounds: Array, key: int) -> None:
    """Flag every agent whose word is below the bound of its kind."""
    for s in range(segments.shape[0]):
        first, end = segments[s, 0], segments[s, 1]
        bound = bounds[segments[s, 2]]
        if bound == 0:
            flags[first:end] = 0
        else:
            last = np.uint32(bound - np.uint64(1))
            flagged, words = flags[first:end], identity[first:end]
            for i in range(flagged.size):
                flagged[i] = _word(words[i], key) <= last


@compiled
def _probability(z: float) -> float:
    """Return the standard normal probability below z, from the table."""
    t = (z + FARTHEST) * STEPS_A_UNIT
    t = min(max(t, 0.0), 2.0 * FARTHEST * STEPS_A_UNIT - 1.0)
    k = int(t)
    return NORMAL[k] + (t - k) * (NORMAL[k + 1] - NORMAL[k])


@compiled
def _others(joined: int, heads: int) -> float:
    """Return the share of others who have joined."""
    return joined / heads if heads > 0 else _NOBODY


@compiled
def _gather(flags: Array, state: Array, found: Array) -> int:
    """List the flagged agents who are in the population; return how many."""
    count = 0
    blocks = flags.size // _BLOCK
    eights = flags[: blocks * _BLOCK].view(np.uint64)
    for block in range(blocks + 1):
        first = block * _BLOCK
        if block == blocks or eights[block] != 0:
            for i in range(first, min(first + _BLOCK, flags.size)):
                # Written always and kept if flagged: a branch here would be guessed wrong.
                found[count] = i
                count += flags[i] & (state[i] >= 0)
    return count


@compiled
def _pressure(p: Array, q: Array, k: int, s: int, own: tuple[float, float, int, int]) -> float:
    """Add up lists, sanctions, deadlines and fatigue for an agent of kind k in state s."""
    risk, carried, named, days = own
    return (
        p[P_LIST, k] * q[S_EXPOSURE, k] * (1.0 + named)
        - risk * q[S_SANCTION, k]
        - IS_JOINED[s] * q[S_PULL, k] * carried
        - IS_AWAY[s] * p[P_FATIGUE, k] * days / 100.0
    )


@compiled
def _share(fixed: FixedArrays, live: LiveArrays, today: Today, count: int) -> None:
    """Weigh the four shares of those who have joined, the agent itself left out."""
    p, public = fixed.parameters, today.signals[S_PUBLIC]
    department_of, group_of, kind = fixed.department, fixed.group, fixed.kind
    cell, state, near, inside = live.cell, live.state, live.near, live.inside
    department_joined, department_heads = live.department_joined, live.department_heads
    group_joined, group_heads = live.group_joined, live.group_heads
    thinking, shares = live.thinking, live.share
    for n in range(count):
        i = thinking[n]
        c = cell[i]
        k, d, g = kind[c], department_of[c], group_of[c]
        own = IS_JOINED[state[i]]
        department = _others(department_joined[d] - own, department_heads[d] - 1)
        organisation = _others(group_joined[g] - own, group_heads[g] - 1)
        links = _others(near[i], inside[i])
        shares[n] = (
            p[P_DEPARTMENT, k] * department
            + p[P_ORGANISATION, k] * organisation
            + p[P_LINKS, k] * links
            + p[P_PUBLIC, k] * public[k]
        )


@compiled
def _seen(fixed: FixedArrays, live: LiveArrays, today: Today, count: int) -> None:
    """Put in the place of the share whether one link, drawn at random, has joined."""
    links, identity, state = fixed.links, fixed.identity, live.state
    each, key = np.uint64(links.shape[1]), today.keys[LINK]
    for n in range(count):
        i = live.thinking[n]
        s = state[links[i, (_word(identity[i], key) * each) >> _S32]]
        live.share[n] = float(IS_JOINED[s]) if s >= 0 else _NOBODY


@compiled
def _judge(rule: int, private: float, pressure: float, share: float, against: Array) -> float:
    """Return v by a rule; see `locum.standoff.decision.RULES`."""
    social, resolve = against
    if rule == THRESHOLD:
        return 2.0 * (share - _probability(-(private + pressure)))
    if rule == BARGAINING:
        all_ = share + resolve
        chance = share / all_ if all_ > 0.0 else 0.0
        return (1.0 + social) * max(private, 0.0) * chance + min(private, 0.0) + pressure
    return private + pressure + social * (2.0 * share - 1.0)


@compiled
def _weigh(fixed: FixedArrays, live: LiveArrays, today: Today, count: int) -> None:
    """Compute v of those who think, and note what they want apart from what others do."""
    p, q, shift, day, rule = fixed.parameters, today.signals, today.shift, today.day, today.rule
    kind, common, theta = fixed.kind, fixed.common, fixed.theta
    risk, carried, resolve = fixed.risk, fixed.carried, today.resolve
    cell, state, since, named = live.cell, live.state, live.since, live.named
    supports, support, thinking = live.supports, live.support, live.thinking
    shares, wanted = live.share, live.wanted
    for n in range(count):
        i = thinking[n]
        c, s = cell[i], state[i]
        k = kind[c]
        private = q[S_GRIEVANCE, k] + shift[c] + common[c] + p[P_TASTE, k] * theta[i]
        own = (risk[i], carried[c], named[i], day - since[i])
        pressure = _pressure(p, q, k, s, own)
        wanted[n] = _judge(rule, private, pressure, shares[n], (p[P_SOCIAL, k], resolve))
        wants = 1 if private > 0.0 else 0
        support[c] += wants - supports[i]
        supports[i] = wants


@compiled
def _at_post(s: int, v: float, cost: float, gap: float, opens: tuple[bool, bool]) -> int:
    """Return what one who is at work, or has handed in a letter, becomes."""
    letters, gate = opens
    if gate and v > cost + gap:
        return ABSENT
    if s == LETTER_IN:
        return AT_WORK if v < -cost else s
    return LETTER_IN if letters and v > cost else s


@compiled
def _decide(fixed: FixedArrays, live: LiveArrays, today: Today, count: int, changes: int) -> int:
    """List what those who think become, if it is anything new; return how many changes."""
    p, q, identity, kind = fixed.parameters, today.signals, fixed.identity, fixed.kind
    cell, state, thinking, wanted = live.cell, live.state, live.thinking, live.wanted
    turn, chances, key = fixed.turn, today.chances, today.keys[WINDOW]
    hit, becomes = live.hit, live.becomes
    for n in range(count):
        i, v = thinking[n], wanted[n]
        c, s = cell[i], state[i]
        k = kind[c]
        to = s
        if IS_AT_POST[s]:
            opens = (turn[c] < q[S_LETTERS, k], turn[c] < q[S_GATE, k])
            to = _at_post(s, v, p[P_THRESHOLD, k], p[P_GAP, k], opens)
        elif s == ABSENT:
            back = q[S_HELD, k] > 0.0 and v < -(p[P_RETURN, k] - q[S_EASIER, k])
            to = RETURNED if back else s
        elif s != ENLISTED and v < -(p[P_REAPPLY, k] - q[S_EASIER, k]):
            to = RETURNED if _word(identity[i], key) < chances[C_WINDOW, k] else s
        if to != s:
            hit[changes] = i
            becomes[changes] = to
            changes += 1
    return changes


@compiled
def _befall(s: int, u: int, bounds: tuple[int, int, int, int]) -> int:
    """Return what an agent becomes by what befalls it with the word u."""
    accept, release, hire, enlist = bounds
    if s == ABSENT:
        if u < accept:
            return RESIGNED
        return RETURNED if u < accept + release else s
    if s == RESIGNED or s == CONTRACT_REFUSED:  # noqa: SIM109 - tuples are slow
        if u < hire:
            return EMPLOYED_ELSEWHERE
        return ENLISTED if s == RESIGNED and u < hire + enlist else s
    return s


@compiled
def _happen(fixed: FixedArrays, live: LiveArrays, today: Today, count: int) -> int:
    """Let happen what agents do not decide; list who changes, return how many."""
    chance, accept, key = today.chances, today.accept, today.keys[EVENT]
    identity, organisation, kind = fixed.identity, fixed.organisation, fixed.kind
    cell, state, named, eligible = live.cell, live.state, live.named, fixed.eligible
    hit, becomes, changes, never = live.hit, live.becomes, 0, np.uint64(0)
    for n in range(count):
        i = hit[n]
        c, s = cell[i], state[i]
        k = kind[c]
        u = _word(identity[i], key)
        accepted = accept[organisation[c]] if k <= STUDENT else never
        enlisted = chance[C_ENLIST, k] if eligible[i] else never
        to = _befall(s, u, (accepted, chance[C_RELEASE, k], chance[C_HIRE, k], enlisted))
        if to != s:
            live.revises[i] = 0
            hit[changes] = i
            becomes[changes] = to
            changes += 1
        elif IS_AT_POST[s] and s != LETTER_IN and named[i] == 0 and u < chance[C_NAME, k]:
            named[i] = 1
            live.named_in[c] += 1
    return changes


@compiled
def _apply(fixed: FixedArrays, live: LiveArrays, today: Today, changes: int) -> int:
    """Change agents and count them anew; list who joined or left, return how many."""
    tally, kinds, cell, state, kind = live.tally, live.kinds, live.cell, live.state, fixed.kind
    since, missed, hit, becomes = live.since, live.missed, live.hit, live.becomes
    department, group = fixed.department, fixed.group
    department_joined, group_joined = live.department_joined, live.group_joined
    moved = 0
    for n in range(changes):
        i, to = hit[n], becomes[n]
        c, s = cell[i], state[i]
        k = kind[c]
        state[i] = to
        tally[c, s] -= 1
        tally[c, to] += 1
        kinds[k, s] -= 1
        kinds[k, to] += 1
        if IS_AWAY[to] > IS_AWAY[s]:
            since[i] = today.day
        elif IS_AWAY[to] < IS_AWAY[s]:
            missed[i] += today.day - max(since[i], today.year_start)
        step = IS_JOINED[to] - IS_JOINED[s]
        department_joined[department[c]] += step
        group_joined[group[c]] += step
        hit[moved] = i
        becomes[moved] = step
        moved += step != 0
    return moved


@compiled
def _tell(fixed: FixedArrays, live: LiveArrays, moved: int) -> None:
    """Tell those who look at them that agents joined or left."""
    rindptr, rind, near = fixed.rindptr, fixed.rind, live.near
    hit, steps = live.hit, live.becomes
    for n in range(moved):
        i, step = hit[n], steps[n]
        for place in range(rindptr[i], rindptr[i + 1]):
            near[rind[place]] += step


@entry_point
def live_day(fixed: FixedArrays, live: LiveArrays, today: Today) -> tuple[int, int]:
    """Live through a day; return how many thought again and how many changed."""
    keys, chances = today.keys, today.chances
    _draw(live.happens, fixed.identity, fixed.segments, chances[C_ANY], keys[EVENT])
    _draw(live.revises, fixed.identity, fixed.segments, chances[C_REVISE], keys[REVISION])
    changes = _happen(fixed, live, today, _gather(live.happens, live.state, live.hit))
    count = _gather(live.revises, live.state, live.thinking)
    if today.rule == IMITATION:
        _seen(fixed, live, today, count)
    else:
        _share(fixed, live, today, count)
    _weigh(fixed, live, today, count)
    changes = _decide(fixed, live, today, count, changes)
    _tell(fixed, live, _apply(fixed, live, today, changes))
    return count, changes
