"""Events in order of time, and patients in order of their turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.hospital.borrowing import fetch, merged, precedes
from locum.hospital.compilation import compiled
from locum.hospital.records import L_LEFT, L_WAIT, LINE, LINED, SEIZE, WAITED

if TYPE_CHECKING:
    from locum.hospital.records import Array, Site, Whole

_NEXT = 4
"""Last place in the heap of those that may be due after the first: their patients are fetched."""


@compiled
def push(site: Site, at: float, kind: int, row: int) -> int:
    """Plan an event; ties are settled by the sequence number that is returned."""
    merged()
    state = site.state[0]
    sequence = state.sequence
    state.sequence = sequence + 1
    plan(site, at, (sequence << 28) | (kind << 24) | row)
    return sequence


@compiled
def plan(site: Site, at: float, key: int) -> None:
    """Put an event into the heap."""
    merged()
    state = site.state[0]
    heap = site.heap
    if state.hole:
        state.hole = 0
        # There is room behind the last event (`room_lacking`).
        heap[state.heap].at = at
        heap[state.heap].key = key
        sink(site, state.heap)
        return
    place = state.heap
    state.heap = place + 1
    state.heap_most = max(state.heap_most, place + 1)
    heap[place].at = at
    heap[place].key = key
    rise(site, place, place)


@compiled
def rise(site: Site, place: int, new: int) -> None:
    """Put the event that stands in a row where it belongs, in a hole or nearer to the first."""
    merged()
    heap = site.heap
    at = heap[new].at
    key = heap[new].key
    while place > 0:
        parent = (place - 1) >> 2
        above = heap[parent]
        if above.at < at or (above.at == at and above.key < key):
            break
        shift(site, place, parent)
        place = parent
    heap[place].at = at
    heap[place].key = key


@compiled
def shift(site: Site, place: int, other: int) -> None:
    """Write an event of the heap into another place."""
    merged()
    heap = site.heap
    heap[place].at = heap[other].at
    heap[place].key = heap[other].key


@compiled
def promote(site: Site, place: int, child: int) -> None:
    """Move an event one place nearer to the first; who comes soon is fetched."""
    merged()
    shift(site, place, child)
    if 0 < place <= _NEXT:
        row = site.heap[child].key & 0xFFFFFF
        fetch(site.patients, row)
        fetch(site.charts, row)


@compiled
def first_child(site: Site, child: int, count: int) -> Whole:
    """Return which of four neighbours, the first of them here, comes first."""
    merged()
    heap = site.heap
    if child + 3 < count:
        left = child + np.int64(precedes(heap, child + 1, child))
        right = child + 2 + np.int64(precedes(heap, child + 3, child + 2))
        return right if precedes(heap, right, left) else left
    first = child
    for other in range(child + 1, count):
        if precedes(heap, other, first):
            first = other
    return first


@compiled
def sink(site: Site, count: int) -> None:
    """Put the event behind the last one in the place of the first, and where it belongs."""
    heap = site.heap
    place = 0
    child = 1
    while child < count:
        first = first_child(site, child, count)
        if not precedes(heap, first, count):
            break
        promote(site, place, first)
        place = first
        child = 4 * place + 1
    shift(site, place, count)


@compiled
def close_hole(site: Site) -> None:
    """Let the last event take the place of the first, which is over and planned nothing.

    The last one belongs near the end: everyone on the way there moves up, before it is compared.
    """
    merged()
    state = site.state[0]
    if state.hole:
        state.hole = 0
        count = state.heap - 1
        state.heap = count
        if count > 0:
            fill(site, count)


@compiled
def fill(site: Site, count: int) -> None:
    """Put the event of a row in the place of the first."""
    place = 0
    child = 1
    while child < count:
        first = first_child(site, child, count)
        promote(site, place, first)
        place = first
        child = 4 * place + 1
    rise(site, place, count)


@compiled
def join_line(site: Site, x: int, step: int, kind: int, at: float) -> None:
    """Plan the event of a patient whom a step lets go on in the order of coming.

    Only the first of them stands in the heap. Whoever is due before the last plans for himself.
    """
    line = site.lines[step]
    patient = site.patients[x]
    chart = site.charts[x]
    last = np.int64(line.last)
    if last >= 0 and at < site.charts[last].due_at:
        patient.timer = push(site, at, kind, x)
        return
    chart.due_at = at
    chart.earlier = last
    chart.later = -1
    line.last = x
    if last < 0:
        line.first = x
    else:
        site.charts[last].later = x
    patient.marks |= np.uint8(LINED)
    if line.planned < 0:
        line.planned = push(site, at, LINE, step)
        patient.timer = line.planned
    else:
        patient.timer = site.state[0].sequence
        site.state[0].sequence += 1


@compiled
def leave_line(site: Site, x: int) -> None:
    """Take a patient out of the line of his step; the event in the heap stays for the others."""
    patient = site.patients[x]
    patient.marks = np.uint8(patient.marks & np.uint8(255 - LINED))
    line = site.lines[patient.step]
    chart = site.charts[x]
    earlier = np.int64(chart.earlier)
    later = np.int64(chart.later)
    if earlier < 0:
        line.first = later
    else:
        site.charts[earlier].later = later
    if later < 0:
        line.last = earlier
    else:
        site.charts[later].earlier = earlier


@compiled
def follow_line(site: Site, step: int, sequence: int) -> Whole:
    """Take the first out of a line if it is his turn, else -1, and plan the event of the next."""
    line = site.lines[step]
    line.planned = -1
    x = np.int64(line.first)
    if x >= 0 and site.patients[x].timer == sequence:
        leave_line(site, x)
    else:
        x = np.int64(-1)
    first = np.int64(line.first)
    if first >= 0:
        line.planned = site.patients[first].timer
        plan(site, site.charts[first].due_at, (line.planned << 28) | (LINE << 24) | step)
        fetch(site.patients, site.charts[first].later)
        fetch(site.charts, site.charts[first].later)
    return x


@compiled
def make_ready(site: Site, x: int) -> None:
    """Let a patient move at this instant, after those who are ready already."""
    merged()
    state = site.state[0]
    last = state.ready_last
    site.ready[last & (len(site.ready) - 1)] = x
    state.ready_last = last + 1


@compiled
def note(site: Site, t: float, x: int, step: int, kind: int) -> None:
    """Write a line of the log."""
    merged()
    state = site.state[0]
    if state.logging:
        line = site.log[state.logged]
        patient = site.patients[x]
        line.time = t
        line.source = site.charts[x].source
        line.patient = patient.number
        line.step = step
        line.kind = kind
        line.group = patient.kind
        state.logged += 1


@compiled
def append(site: Site, q: int, x: int, t: float) -> None:
    """Put a patient at the end of a queue."""
    merged()
    patient = site.patients[x]
    queue = site.queues[q]
    last = queue.tail
    patient.queue = q
    patient.before = last
    patient.after = -1
    if last < 0:
        queue.head = x
    else:
        site.patients[last].after = x
    queue.tail = x
    queue.length += 1
    queue.area -= t


@compiled
def insert(site: Site, q: int, x: int, follower: int, t: float) -> None:
    """Put a patient before another one; before nobody is the end."""
    if follower < 0:
        append(site, q, x, t)
        return
    patient = site.patients[x]
    queue = site.queues[q]
    before = site.patients[follower].before
    patient.queue = q
    patient.before = before
    patient.after = follower
    site.patients[follower].before = x
    if before < 0:
        queue.head = x
    else:
        site.patients[before].after = x
    queue.length += 1
    queue.area -= t


@compiled
def unlink(site: Site, x: int, t: float) -> None:
    """Take a patient out of a queue, wherever he stands."""
    merged()
    patient = site.patients[x]
    queue = site.queues[patient.queue]
    before = patient.before
    after = patient.after
    if before < 0:
        queue.head = after
    else:
        site.patients[before].after = after
    if after < 0:
        queue.tail = before
    else:
        site.patients[after].before = before
    queue.length -= 1
    queue.area += t


@compiled
def flow_of(site: Site, x: int, step: int) -> Array:
    """Return where visits to a step of the patient's class are counted."""
    merged()
    return site.flows[np.int64(site.patients[x].kind) * len(site.steps) + step]


@compiled
def tally_of(site: Site, x: int, step: int) -> Array:
    """Return the row of counts of a step for the patient's class."""
    merged()
    return site.tallies[step * site.state[0].classes + site.patients[x].kind]


@compiled
def count_waiting(site: Site, x: int, sign: int, t: float) -> None:
    """Count a patient in (+1) or out (-1) of those who wait at his step."""
    merged()
    step = site.steps[site.patients[x].step]
    if step.op == SEIZE:
        resource = site.resources[step.what]
        resource.waiting += sign
        resource.waiting_area -= sign * t
    else:
        need = site.needs[step.what]
        need.waiting += sign
        pool = site.pools[need.pool]
        pool.waiting += sign
        pool.waiting_area -= sign * t
    if step.boards >= 0:
        site.counters[step.boards] += sign


@compiled
def start_waiting(site: Site, x: int, step: int, q: int, t: float) -> None:
    """Put a patient at the end of the queue of his step."""
    patient = site.patients[x]
    patient.step = step
    patient.since = t
    site.charts[x].turn = t
    append(site, q, x, t)
    count_waiting(site, x, 1, t)
    note(site, t, x, step, L_WAIT)


@compiled
def stop_waiting(site: Site, x: int, t: float) -> None:
    """Take the next patient out of the queue of his step, to be served."""
    patient = site.patients[x]
    unlink(site, x, t)
    count_waiting(site, x, -1, t)
    if patient.marks & LINED:
        leave_line(site, x)
    wait = t - patient.since
    tally = tally_of(site, x, patient.step)
    tally.waited += 1
    tally.wait += wait
    tally.wait_squared += wait * wait
    patient.timer = -1
    patient.marks |= np.uint8(WAITED)


@compiled
def give_up(site: Site, x: int, t: float) -> None:
    """Take a patient whose patience ended out of the queue and on his way."""
    patient = site.patients[x]
    step = np.int64(patient.step)
    unlink(site, x, t)
    count_waiting(site, x, -1, t)
    tally = tally_of(site, x, step)
    tally.left += 1
    tally.left_wait += t - patient.since
    patient.timer = -1
    note(site, t, x, step, L_LEFT)
    jump(site, x, step, np.int64(site.steps[step].target))
    make_ready(site, x)


@compiled
def jump(site: Site, x: int, step: int, target: int) -> int:
    """Go to a step; whoever goes back starts a lap with luck of its own."""
    merged()
    patient = site.patients[x]
    if target <= step:
        patient.lap += np.uint16(1)
    patient.step = target
    return target
