"""What happens when an event is due."""

# ruff: noqa: C901, PLR0912, SIM109 - one place to see where each event goes

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from locum.hospital.borrowing import merged, precedes
from locum.hospital.compilation import compiled, standalone
from locum.hospital.draws import draw_many
from locum.hospital.moves import call_from, cut
from locum.hospital.queues import follow_line, give_up, make_ready, note, push
from locum.hospital.records import (
    ARRIVAL,
    ATTRIBUTES,
    CALL,
    CLASS,
    DAY_HOURS,
    DELAYED,
    DONE,
    DUTY,
    GAP,
    HEAP_FULL,
    L_ARRIVE,
    LATE,
    LINE,
    LOG_FULL,
    LOT,
    LOT_BITS,
    PATIENCE,
    PATIENTS_FULL,
    SCHEDULE,
    SEIZE,
    SEIZE_STAFF,
    THINNING,
    TRANSFERRED,
    WAKE,
    WEEK,
    WEEK_HOURS,
)
from locum.hospital.staff import feed_pool, refresh

if TYPE_CHECKING:
    from locum.hospital.records import Site

_ANGULAR = 2.0 * math.pi / DAY_HOURS
_BEND = 0.776
SINE_SLACK = 1e-3
"""How far `nearly_sine` may be from the sine; it is at most 0.00093 (checked in the tests)."""
_WEEK_DAYS = 7
_SPARE = 64


@compiled
def admit(site: Site, step: int, kind: int) -> int:
    """Open a chart; the caller fills in who it is."""
    state = site.state[0]
    x = state.free
    patient = site.patients[x]
    chart = site.charts[x]
    state.free = np.int64(patient.after)
    state.inside += 1
    patient.timer = -1
    patient.step = step
    patient.kind = kind
    patient.marks = np.uint8(0)
    patient.lap = np.uint16(0)
    chart.listed = -1.0
    chart.holds = -1
    for a in range(ATTRIBUTES):
        chart.attributes[a] = 0.0
    return x


@compiled
def rate_at(site: Site, i: int, t: float) -> float:
    """Return the rate of a source at an hour."""
    source = site.sources[i]
    if t < source.starts or t >= source.ends:
        return 0.0
    if source.table >= 0:
        hour = np.int64(t) % np.int64(WEEK_HOURS)
        return source.scale * site.values[source.table + hour]
    if source.amplitude == 0.0:
        return source.scale * source.level
    wave = math.sin(_ANGULAR * (t - source.phase))
    return source.scale * (source.level * (1.0 + source.amplitude * wave))


@compiled
def draw_lot(site: Site, i: int, use: int, lot: int) -> None:
    """Make a draw of many candidates together, which takes a fraction of the time."""
    standalone()
    source = site.sources[i]
    key = site.keys[source.patient_key if use == CLASS else source.arrival_key]
    ordinal = 1 if use == THINNING else 0
    first = (3 * i + use) << LOT_BITS
    draw_many(key, lot << LOT_BITS, ordinal, site.luck, first, LOT)
    site.lots[3 * i + use] = lot + 1


@compiled
def luck_of(site: Site, i: int, use: int, number: int) -> float:
    """Return the draw of a candidate for one use."""
    merged()
    row = 3 * i + use
    lot = number >> LOT_BITS
    if site.lots[row] != lot + 1:
        draw_lot(site, i, use, lot)
    return site.luck[(row << LOT_BITS) + (number & (LOT - 1))]


@compiled
def plan_candidate(site: Site, i: int, t: float) -> None:
    """Plan when the next candidate of a source comes, and note which source is next."""
    state = site.state[0]
    source = site.sources[i]
    arrival = site.arrivals[i]
    arrival.at = math.inf
    if source.peak > 0.0:
        u = luck_of(site, i, GAP, source.candidates)
        arrival.at = t - math.log(u) / source.peak
        arrival.key = (state.sequence << 28) | (ARRIVAL << 24) | i
        state.sequence += 1
    first = np.int64(0)
    for other in range(1, len(site.sources)):
        first = other if precedes(site.arrivals, other, first) else first
    state.next_source = first


@compiled
def nearly_sine(turn: float) -> float:
    """Return the sine of some turns, but for `SINE_SLACK`."""
    merged()
    rest = turn - math.floor(turn) - 0.5
    wave = rest * (8.0 - 16.0 * abs(rest))
    return -wave * (_BEND + (1.0 - _BEND) * abs(wave))


@compiled
def thinned(site: Site, i: int, number: int, t: float) -> bool:
    """Return whether a candidate comes at an hour at which the rate does not let him in.

    Where a daily wave is far enough away from the draw, its sine is not worked out (squeeze).
    """
    source = site.sources[i]
    if source.amplitude > 0.0 and source.table < 0 and source.starts <= t < source.ends:
        level = luck_of(site, i, THINNING, number) * source.peak
        base = source.scale * source.level
        guess = base * (1.0 + source.amplitude * nearly_sine((t - source.phase) / DAY_HOURS))
        if abs(level - guess) > base * source.amplitude * SINE_SLACK:
            return level > guess
    rate = rate_at(site, i, t)
    return rate < source.peak and luck_of(site, i, THINNING, number) * source.peak >= rate


@compiled
def arrive(site: Site, i: int, t: float) -> None:
    """Let the candidate of a source in, or thin him out."""
    source = site.sources[i]
    number = source.candidates
    source.candidates = number + 1
    plan_candidate(site, i, t)
    if thinned(site, i, number, t):
        return
    key = site.keys[source.patient_key]
    place = np.int64(0)
    if source.classes > 1:
        u = luck_of(site, i, CLASS, number)
        for k in range(source.classes - 1):
            place += np.int64(u >= site.values[source.cumulative + k])
    x = admit(site, source.entry, site.targets[source.class_at + place])
    patient = site.patients[x]
    patient.number = number
    patient.key = key
    chart = site.charts[x]
    chart.arrived = t
    chart.source = i
    source.arrived += 1
    note(site, t, x, source.entry, L_ARRIVE)
    make_ready(site, x)


@compiled
def wake(site: Site, x: int) -> None:
    """End a delay."""
    patient = site.patients[x]
    patient.timer = -1
    patient.marks = np.uint8(patient.marks & np.uint8(255 - DELAYED))
    patient.step += 1
    make_ready(site, x)


@compiled
def next_duty(site: Site) -> float:
    """Return when the next roster changes."""
    first = math.inf
    for r in range(len(site.rosters)):
        first = min(first, site.rosters[r].next_at)
    return first


@compiled
def change_duty(site: Site, regular: int, t: float) -> None:
    """Turn the rosters on to this hour, and bring the clinicians up to date."""
    standalone()
    for r in range(len(site.rosters)):
        roster = site.rosters[r]
        while roster.next_at <= t:
            roster.on = site.boundaries[roster.first + roster.cursor].value
            roster.cursor += 1
            if roster.cursor == roster.count:
                roster.cursor = 0
                roster.cycle += 1.0
            at = site.boundaries[roster.first + roster.cursor].at
            roster.next_at = roster.cycle * roster.period + at
    if regular:
        push(site, next_duty(site), DUTY, 1)
    refresh(site, t)


@compiled
def plan_schedule(site: Site, i: int) -> None:
    """Plan the next point of a capacity's schedule."""
    plan = site.plans[i]
    at = site.boundaries[plan.first + plan.cursor].at
    push(site, plan.cycle * plan.period + at, SCHEDULE, i)


@compiled
def follow_schedule(site: Site, i: int, t: float) -> None:
    """Set a capacity as planned."""
    standalone()
    plan = site.plans[i]
    site.resources[plan.resource].planned = site.boundaries[plan.first + plan.cursor].value
    plan.cursor += 1
    if plan.cursor == plan.count:
        plan.cursor = 0
        plan.cycle += 1.0
    plan_schedule(site, i)
    cut(site, plan.resource, t)


@compiled
def has_bed(site: Site, i: int) -> bool:
    """Return whether a call finds more free units than it must leave."""
    call = site.calls[i]
    if call.resource < 0:
        return True
    resource = site.resources[call.resource]
    return resource.waiting == 0 and resource.capacity - resource.used > call.reserve


@compiled
def make_call(site: Site, i: int, t: float) -> None:
    """Call patients from a list; each takes a unit at once, so that none is given twice."""
    standalone()
    call = site.calls[i]
    push(site, t + call.period, CALL, i)
    if not call.weekdays >> (np.int64(t / DAY_HOURS) % _WEEK_DAYS) & 1:
        return
    called = 0
    while called < call.quota and has_bed(site, i) and call_from(site, call.list, call.target, t):
        called += 1
        if call.resource >= 0:
            site.resources[call.resource].used += 1
            site.resources[call.resource].used_area -= t
    call.called += called
    first = (len(site.resources) + len(site.needs) + call.list) * site.state[0].levels
    left = 0
    for q in range(first, first + site.state[0].levels):
        left += site.queues[q].length
    call.missed += min(call.quota - called, left)


@compiled
def begin(site: Site) -> None:
    """Plan the first events of a hospital."""
    state = site.state[0]
    state.started = 1
    for i in range(len(site.sources)):
        plan_candidate(site, i, 0.0)
    refresh(site, 0.0)
    if next_duty(site) < math.inf:
        push(site, next_duty(site), DUTY, 1)
    for i in range(len(site.plans)):
        plan_schedule(site, i)
    for i in range(len(site.calls)):
        push(site, site.calls[i].first, CALL, i)
    if state.capped:
        push(site, WEEK_HOURS, WEEK, 0)


@compiled
def take_notice(site: Site, t: float) -> None:
    """Act on what was changed from outside between two runs."""
    site.state[0].touched = 0
    for c in range(len(site.clinicians)):
        clinician = site.clinicians[c]
        if clinician.changed:
            clinician.changed = 0
            if t < clinician.absent_from < math.inf:
                push(site, clinician.absent_from, DUTY, 0)
            if t < clinician.absent_until < math.inf:
                push(site, clinician.absent_until, DUTY, 0)
    refresh(site, t)
    for r in range(len(site.resources)):
        cut(site, r, t)


@compiled
def room_lacking(site: Site) -> int:
    """Return what an event might need more room of, or 0."""
    state = site.state[0]
    if state.free < 0:
        return PATIENTS_FULL
    if state.heap + 4 > len(site.heap):
        return HEAP_FULL
    if state.logging:
        lines = _SPARE + len(site.clinicians) + state.inside
        if state.logged + lines > len(site.log):
            return LOG_FULL
    return DONE


@compiled
def is_seizing(site: Site, step: int) -> bool:
    """Return whether those at a step wait for what it takes, and not for an hour."""
    op = site.steps[step].op
    return op == SEIZE or op == SEIZE_STAFF


@compiled
def act(site: Site, kind: int, row: int, sequence: int, t: float) -> None:
    """Do what an event says; timers that were cancelled say nothing."""
    state = site.state[0]
    if kind == LINE:
        kind = PATIENCE if is_seizing(site, row) else WAKE
        row = follow_line(site, row, sequence)
        if row < 0:
            return
    if kind == WAKE or kind == PATIENCE:
        if site.patients[row].timer != sequence:
            return
        state.events += 1
        if kind == WAKE:
            wake(site, row)
        else:
            give_up(site, row, t)
        return
    state.events += 1
    if kind == DUTY:
        change_duty(site, row, t)
    elif kind == SCHEDULE:
        follow_schedule(site, row, t)
    elif kind == CALL:
        make_call(site, row, t)
    elif kind == TRANSFERRED:
        note(site, t, row, np.int64(site.patients[row].step), L_ARRIVE)
        make_ready(site, row)
    else:
        push(site, t + WEEK_HOURS, WEEK, 0)
        for k in range(len(site.pools)):
            feed_pool(site, k, t)


@compiled
def deliver(origin: Site, place: int, site: Site, now: float) -> int:
    """Let a letter's patient come in at the hour it says."""
    letter = origin.outbox[place]
    state = site.state[0]
    if letter.at < now:
        return LATE
    if state.free < 0:
        return PATIENTS_FULL
    if state.heap + 4 > len(site.heap):
        return HEAP_FULL
    step = np.int64(-1)
    for e in range(len(site.entries)):
        if site.entries[e].name == letter.entry:
            step = site.entries[e].step
    x = admit(site, step, letter.group)
    patient = site.patients[x]
    chart = site.charts[x]
    patient.number = letter.number
    patient.key = letter.key
    patient.lap = letter.lap
    chart.arrived = letter.arrived
    chart.listed = letter.listed
    chart.source = letter.source
    for a in range(ATTRIBUTES):
        chart.attributes[a] = letter.attributes[a]
    push(site, letter.at, TRANSFERRED, x)
    state.received += 1
    return DONE
