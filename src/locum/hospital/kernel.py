"""The event loop of a hospital, and hospitals in windows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from locum.hospital.borrowing import lent
from locum.hospital.compilation import compiled, entry_point
from locum.hospital.events import act, begin, deliver, room_lacking, take_notice
from locum.hospital.moves import move
from locum.hospital.queues import drop_first
from locum.hospital.records import DONE, HEAP_FULL, MAX_STILL, STUCK, Site

if TYPE_CHECKING:
    from locum.hospital.records import Array, Whole


@compiled
def settle(site: Site, t: float) -> int:
    """Let everyone who can move do so, one after the other."""
    state = site.state[0]
    mask = len(site.ready) - 1
    while state.ready_first < state.ready_last:
        x = np.int64(site.ready[state.ready_first & mask])
        code = move(site, x, t)
        if code != DONE:
            return code
        state.ready_first += 1
    return DONE


@compiled
def prepare(site: Site) -> int:
    """Begin, and act on what was changed since the last run."""
    state = site.state[0]
    if not (state.started and not state.touched):
        more = 8 + 2 * len(site.clinicians) + len(site.sources)
        more += len(site.plans) + len(site.calls)
        if state.heap + more > len(site.heap_time):
            return HEAP_FULL
        lack = room_lacking(site)
        if lack != DONE:
            return lack
        if not state.started:
            begin(site)
        if state.touched:
            take_notice(site, state.now)
    return DONE


@compiled
def advance(site: Site, until: float) -> int:
    """Run a hospital up to an hour; events at that hour are left for later."""
    state = site.state[0]
    code = prepare(site)
    if code != DONE:
        return code
    while True:
        code = settle(site, state.now)
        if code != DONE:
            return code
        if state.heap == 0 or site.heap_time[0] >= until:
            break
        code = room_lacking(site)
        if code != DONE:
            return code
        t = site.heap_time[0]
        key = site.heap_key[0]
        drop_first(site)
        state.still = state.still + 1 if t == state.now else 0
        if state.still > MAX_STILL:
            return STUCK
        state.now = t
        act(site, (key >> 24) & 15, key & 0xFFFFFF, key >> 28, t)
    state.now = max(state.now, until)
    return DONE


@compiled
def part(bank: Site, extents: Array) -> Site:
    """Return the views of one hospital."""
    e = extents
    return Site(
        bank.state[e[0, 0] : e[0, 1]],
        bank.heap_time[e[1, 0] : e[1, 1]],
        bank.heap_key[e[2, 0] : e[2, 1]],
        bank.patients[e[3, 0] : e[3, 1]],
        bank.charts[e[4, 0] : e[4, 1]],
        bank.ready[e[5, 0] : e[5, 1]],
        bank.steps[e[6, 0] : e[6, 1]],
        bank.distributions[e[7, 0] : e[7, 1]],
        bank.values[e[8, 0] : e[8, 1]],
        bank.targets[e[9, 0] : e[9, 1]],
        bank.resources[e[10, 0] : e[10, 1]],
        bank.queues[e[11, 0] : e[11, 1]],
        bank.pools[e[12, 0] : e[12, 1]],
        bank.needs[e[13, 0] : e[13, 1]],
        bank.clinicians[e[14, 0] : e[14, 1]],
        bank.rosters[e[15, 0] : e[15, 1]],
        bank.plans[e[16, 0] : e[16, 1]],
        bank.boundaries[e[17, 0] : e[17, 1]],
        bank.guards[e[18, 0] : e[18, 1]],
        bank.sources[e[19, 0] : e[19, 1]],
        bank.calls[e[20, 0] : e[20, 1]],
        bank.entries[e[21, 0] : e[21, 1]],
        bank.counters[e[22, 0] : e[22, 1]],
        bank.keys[e[23, 0] : e[23, 1]],
        bank.tallies[e[24, 0] : e[24, 1]],
        bank.minutes[e[25, 0] : e[25, 1]],
        bank.log[e[26, 0] : e[26, 1]],
        bank.outbox[e[27, 0] : e[27, 1]],
    )


@compiled
def exchange(bank: Site, extents: Array) -> tuple[Whole, Whole]:
    """Deliver every letter, hospital by hospital; return a code and the hospital it is about."""
    for h in range(len(extents)):
        if bank.state[extents[h, 0, 0]].sent == 0:
            continue
        origin = lent(part(bank, extents[h]))
        state = origin.state[0]
        while state.mailed < state.sent:
            destination = np.int64(origin.outbox[state.mailed].destination)
            code = deliver(origin, state.mailed, lent(part(bank, extents[destination])))
            if code != DONE:
                return code, destination
            state.mailed += 1
        state.mailed = 0
        state.sent = 0
    return DONE, 0


@entry_point
def run(
    bank: Site, extents: Array, span: tuple[int, int], hours: tuple[float, float, float]
) -> tuple[Whole, Whole, float]:
    """Run hospitals window by window.

    Parameters
    ----------
    bank
        The arrays of all hospitals, one after the other.
    extents
        First and last row of every array of every hospital, shape (H, arrays, 2).
    span
        First hospital, and the one after the last; letters are exchanged after each window if
        this is all of them, and at once if it is none.
    hours
        From, to, and length of a window.

    Returns
    -------
    tuple
        A code, the hospital it is about, and the hour from which to go on.
    """
    start, end, window = hours
    first, last = span
    whole = lent(bank)
    if first == last:
        code, h = exchange(whole, extents)
        return code, h, start
    while start < end:
        stop = min(start + window, end)
        for h in range(first, last):
            code = advance(lent(part(whole, extents[h])), stop)
            if code != DONE:
                return code, h, start
        if last - first == len(extents):
            code, h = exchange(whole, extents)
            if code != DONE:
                return code, h, start
        start = stop
    return DONE, 0, math.inf
