"""The event loop of a hospital, and hospitals in windows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from locum.hospital.borrowing import fetch, lent, merged
from locum.hospital.compilation import compiled, entry_point
from locum.hospital.events import act, arrive, begin, deliver, room_lacking, take_notice
from locum.hospital.moves import move
from locum.hospital.queues import close_hole
from locum.hospital.records import DONE, HEAP_FULL, MAX_STILL, STUCK, WAKE

if TYPE_CHECKING:
    from locum.hospital.records import Array, Site, Whole

_SOON = 21
"""Events at the top of a heap that are looked at before it is their hospital's turn."""


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
        more = 8 + 2 * len(site.clinicians) + len(site.plans) + len(site.calls)
        if state.heap + more > len(site.heap):
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
def arrival_first(site: Site) -> bool:
    """Return whether the next event is the arrival of a candidate."""
    merged()
    state = site.state[0]
    arrival = site.arrivals[state.next_source]
    if state.heap == 0 or arrival.at < site.heap[0].at:
        return True
    return arrival.at == site.heap[0].at and arrival.key < site.heap[0].key


@compiled
def advance(site: Site, until: float) -> int:
    """Run a hospital up to an hour; events at that hour are left for later."""
    state = site.state[0]
    while True:
        code = settle(site, state.now)
        if code != DONE:
            return code
        close_hole(site)
        arriving = arrival_first(site)
        t = site.arrivals[state.next_source].at if arriving else site.heap[0].at
        if t >= until:
            return DONE
        code = room_lacking(site)
        if code != DONE:
            return code
        state.still = state.still + 1 if t == state.now else 0
        if state.still > MAX_STILL:
            return STUCK
        state.now = t
        if arriving:
            state.events += 1
            arrive(site, np.int64(state.next_source), t)
        else:
            key = site.heap[0].key
            state.hole = 1
            act(site, (key >> 24) & 15, key & 0xFFFFFF, key >> 28, t)


@compiled
def next_event(site: Site) -> float:
    """Return when the next event is due; at once if somebody can move."""
    state = site.state[0]
    if state.ready_first < state.ready_last:
        return -math.inf
    first = site.arrivals[state.next_source].at
    return min(first, site.heap[0].at) if state.heap > 0 else first


@compiled
def exchange(bank: Array, pace: Array, span: tuple[int, int], now: float) -> tuple[Whole, Whole]:
    """Deliver every letter, hospital by hospital; return a code and the hospital it is about."""
    for place in range(span[0], span[1]):
        h = np.int64(pace[place].who)
        if pace[h].sent == 0:
            continue
        origin = lent(bank, h)
        state = origin.state[0]
        while state.mailed < state.sent:
            letter = origin.outbox[state.mailed]
            there = np.int64(letter.destination)
            code = deliver(origin, state.mailed, lent(bank, there), now)
            if code != DONE:
                return code, there
            pace[there].next_at = min(pace[there].next_at, letter.at)
            state.mailed += 1
        state.mailed = 0
        state.sent = 0
        pace[h].sent = 0
    return DONE, 0


@compiled
def wake_up(bank: Array, pace: Array, first: int, last: int) -> tuple[Whole, Whole]:
    """Let hospitals act on what happened since the last run, and note when each goes on."""
    for place in range(first, last):
        h = np.int64(pace[place].who)
        site = lent(bank, h)
        code = prepare(site)
        if code != DONE:
            return code, h
        pace[h].next_at = next_event(site)
        pace[h].sent = site.state[0].sent
    return DONE, 0


@compiled
def fetch_stations(site: Site) -> None:
    """Let what a hospital needs at any event come into the cache."""
    fetch(site.state, 0)
    for place in range(0, _SOON, 4):
        fetch(site.heap, place + 1)
    fetch(site.counters, 0)
    for i in range(len(site.resources)):
        fetch(site.resources, i)
    for i in range(len(site.pools)):
        fetch(site.pools, i)
    for i in range(0, len(site.queues), 2):
        fetch(site.queues, i)
    for i in range(min(len(site.clinicians), _SOON)):
        fetch(site.clinicians, i)
    fetch(site.arrivals, 0)
    for i in range(len(site.sources)):
        fetch(site.sources, i)


@compiled
def fetch_patients(site: Site, until: float) -> None:
    """Let the patients whose events are due soon come into the cache."""
    state = site.state[0]
    if state.free >= 0:
        fetch(site.patients, state.free)
        fetch(site.charts, state.free)
    for place in range(min(state.heap, _SOON)):
        event = site.heap[place]
        if event.at < until:
            fetch(site.patients, event.key & 0xFFFFFF)
            for line in range(4):
                fetch(site.heap, 16 * place + 4 * line + 5)


@compiled
def fetch_flows(site: Site, until: float) -> None:
    """Let the counts of the steps to which these patients come into the cache."""
    state = site.state[0]
    for place in range(min(state.heap, _SOON)):
        event = site.heap[place]
        if event.at < until and (event.key >> 24) & 15 == WAKE:
            patient = site.patients[event.key & 0xFFFFFF]
            fetch(site.flows, np.int64(patient.kind) * len(site.steps) + patient.step + 1)


@compiled
def run_window(
    bank: Array, pace: Array, first: int, last: int, until: float
) -> tuple[Whole, Whole]:
    """Run hospitals up to an hour, but for those where nothing happens."""
    for place in range(first, last):
        if place + 3 < last:
            fetch_stations(lent(bank, np.int64(pace[place + 3].who)))
        if place + 2 < last:
            fetch_patients(lent(bank, np.int64(pace[place + 2].who)), until)
        if place + 1 < last:
            fetch_flows(lent(bank, np.int64(pace[place + 1].who)), until)
        h = np.int64(pace[place].who)
        if pace[h].next_at < until:
            site = lent(bank, h)
            code = advance(site, until)
            if code != DONE:
                return code, h
            pace[h].next_at = next_event(site)
            pace[h].sent = site.state[0].sent
    return DONE, 0


@compiled
def run_windows(
    bank: Array, pace: Array, span: tuple[int, int], hours: tuple[float, float, float]
) -> tuple[Whole, Whole, float]:
    """Run hospitals window by window, from what has changed since the last run."""
    start, end, window = hours
    first, last = span
    code, h = wake_up(bank, pace, first, last)
    while code == DONE and start < end:
        stop = min(start + window, end)
        code, h = run_window(bank, pace, first, last, stop)
        if code == DONE:
            code, h = exchange(bank, pace, span, stop)
        if code == DONE:
            start = stop
    if code == DONE:
        for place in range(first, last):
            state = lent(bank, np.int64(pace[place].who)).state[0]
            state.now = max(state.now, end)
    return code, h, start


@entry_point
def run(
    bank: Array, pace: Array, span: tuple[int, int], hours: tuple[float, float, float]
) -> tuple[Whole, Whole, float]:
    """Run hospitals window by window.

    Parameters
    ----------
    bank
        Where the arrays of all hospitals lie (`borrowing.addresses`).
    pace
        When every hospital goes on: written anew by each call.
    span
        First place in the order of work, and the one after the last: hospitals that send nobody
        to others. Letters are exchanged after each window; if the span is empty, at once, those of
        all hospitals.
    hours
        From, to, and length of a window.

    Returns
    -------
    tuple
        A code, the hospital it is about, and the hour from which to go on.
    """
    if span[0] == span[1]:
        for each in range(len(pace)):
            pace[each].sent = lent(bank, each).state[0].sent
        code, h = exchange(bank, pace, (0, len(pace)), hours[0])
        return code, h, hours[0]
    return run_windows(bank, pace, span, hours)
