"""Our day without its economy: everybody's utility every day, links looked at anew.

Compiled by the same compiler from the same parts, so that what is left is the gain from letting
only those who think again compute, and from pushing counts to neighbours instead of reading them.
As everybody is judged, in the order of cells, what a cell's members have alike is read once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.standoff import kernels as k
from locum.standoff.compilation import compiled, entry_point
from locum.standoff.states import IS_JOINED

if TYPE_CHECKING:
    from locum.standoff.kernels import FixedArrays, LiveArrays, Today

HERE = 4
"""Bits of a sum that count who has joined, of at most 15 links; those above count who is there."""


@compiled
def _look(links, state, near, inside):
    """Count anew how many of everybody's links have joined, and how many are there."""
    seen = np.empty(state.size, dtype=np.uint8)
    for i in range(state.size):
        seen[i] = IS_JOINED[state[i]] + ((state[i] >= 0) << HERE)
    for i in range(links.shape[0]):
        total = np.uint32(0)
        for n in range(links.shape[1]):
            total += np.uint32(seen[links[i, n]])
        near[i] = total & np.uint32((1 << HERE) - 1)
        inside[i] = total >> np.uint32(HERE)


@compiled
def _judge_all(fixed, live, today):
    """Compute what everybody wants; agents stand in the order of their cells."""
    p, q, shift, day, rule = fixed.parameters, today.signals, today.shift, today.day, today.rule
    theta, risk, carried, resolve = fixed.theta, fixed.risk, fixed.carried, today.resolve
    cell, state, since, named = live.cell, live.state, live.since, live.named
    supports, support, wanted = live.supports, live.support, live.wanted
    near, inside, before = live.near, live.inside, np.int64(-1)
    for i in range(state.size):
        c, s = np.int64(cell[i]), state[i]
        if c != before:
            before, kind, d, g = c, fixed.kind[c], fixed.department[c], fixed.group[c]
            colleagues = live.department_joined[d], live.department_heads[d] - 1
            others = live.group_joined[g], live.group_heads[g] - 1
            weights = p[k.P_DEPARTMENT, kind], p[k.P_ORGANISATION, kind], p[k.P_LINKS, kind]
            public = p[k.P_PUBLIC, kind] * q[k.S_PUBLIC, kind]
            level = q[k.S_GRIEVANCE, kind] + shift[c] + fixed.common[c]
            against = (p[k.P_SOCIAL, kind], resolve)
        own = IS_JOINED[s]
        share = (
            weights[0] * k._others(colleagues[0] - own, colleagues[1])
            + weights[1] * k._others(others[0] - own, others[1])
            + weights[2] * k._others(near[i], inside[i])
            + public
        )
        private = level + p[k.P_TASTE, kind] * theta[i]
        own_risks = (risk[i], carried[c], named[i], day - since[i])
        pressure = k._pressure(p, q, kind, s, own_risks)
        wanted[i] = k._judge(rule, private, pressure, share, against)
        wants = 1 if private > 0.0 else 0
        support[c] += wants - supports[i]
        supports[i] = wants


@entry_point
def dense_day(fixed: FixedArrays, live: LiveArrays, today: Today) -> tuple[int, int]:
    """Live through a day; return how many thought again and how many changed."""
    keys, chances = today.keys, today.chances
    k._draw(live.happens, fixed.identity, fixed.segments, chances[k.C_ANY], keys[k.EVENT])
    k._draw(live.revises, fixed.identity, fixed.segments, chances[k.C_REVISE], keys[k.REVISION])
    changes = k._happen(fixed, live, today, k._gather(live.happens, live.state, live.hit))
    _look(fixed.links, live.state, live.near, live.inside)
    _judge_all(fixed, live, today)
    count = k._gather(live.revises, live.state, live.thinking)
    for n in range(count):
        live.wanted[n] = live.wanted[live.thinking[n]]  # never before n: they are in order
    changes = k._decide(fixed, live, today, count, changes)
    k._apply(fixed, live, today, changes)
    return count, changes
