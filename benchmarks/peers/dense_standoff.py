"""Our day without its economy: everybody's utility every day, links looked at anew.

Compiled by the same compiler from the same parts, so that what is left is the gain from letting
only those who think again compute, and from pushing counts to neighbours instead of reading them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.standoff import kernels as k
from locum.standoff.compilation import compiled, entry_point
from locum.standoff.states import IS_JOINED

if TYPE_CHECKING:
    from locum.standoff.kernels import FixedArrays, LiveArrays, Today

HERE = 10
"""Bits of a sum that count who has joined; those above count who is there."""


@compiled
def _look(links, state, near, inside):
    """Count anew how many of everybody's links have joined, and how many are there."""
    seen = np.empty(state.size, dtype=np.uint16)
    for i in range(state.size):
        seen[i] = IS_JOINED[state[i]] + ((state[i] >= 0) << HERE)
    for i in range(links.shape[0]):
        total = 0
        for n in range(links.shape[1]):
            total += seen[links[i, n]]
        near[i] = total & ((1 << HERE) - 1)
        inside[i] = total >> HERE


@compiled
def _keep(live, revises):
    """Keep of all who have thought those who may act on it."""
    count = 0
    for i in range(live.state.size):
        if revises[i] and live.state[i] >= 0:
            live.thinking[count] = i
            live.wanted[count] = live.wanted[i]
            count += 1
    return count


@entry_point
def dense_day(fixed: FixedArrays, live: LiveArrays, today: Today) -> tuple[int, int]:
    """Live through a day; return how many thought again and how many changed."""
    keys, chances = today.keys, today.chances
    k._draw(live.happens, fixed.identity, fixed.segments, chances[k.C_ANY], keys[k.EVENT])
    k._draw(live.revises, fixed.identity, fixed.segments, chances[k.C_REVISE], keys[k.REVISION])
    changes = k._happen(fixed, live, today, k._gather(live.happens, live.state, live.hit))
    _look(fixed.links, live.state, live.near, live.inside)
    everyone = live.state.size
    live.thinking[:] = np.arange(everyone)
    k._share(fixed, live, today, everyone)
    k._weigh(fixed, live, today, everyone)
    count = _keep(live, live.revises)
    changes = k._decide(fixed, live, today, count, changes)
    k._apply(fixed, live, today, changes)
    return count, changes
