"""What happens to a patient at each kind of step."""

# ruff: noqa: C901, PLR0911, PLR0912, PLR0915, SIM109, SIM110 - one place to see where each
# operation goes; what LLVM makes of tuples and generators is slower or not compiled at all

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from locum.hospital.borrowing import merged
from locum.hospital.compilation import compiled, standalone
from locum.hospital.draws import sample, uniform
from locum.hospital.queues import (
    append,
    flow_of,
    insert,
    join_line,
    jump,
    make_ready,
    note,
    push,
    start_waiting,
    stop_waiting,
    tally_of,
    unlink,
)
from locum.hospital.records import (
    ADD,
    ATTRIBUTES,
    BECOME,
    BRANCH,
    CONSTANT,
    COUNT,
    DAY_HOURS,
    DELAY,
    DELAYED,
    DONE,
    END,
    GOTO,
    GUARD,
    HEAP_FULL,
    JUMP,
    L_DELAY,
    L_END,
    L_LISTED,
    L_START,
    L_TRANSFER,
    LIST,
    LOG_FULL,
    MAX_STEPS_AT_ONCE,
    OUTBOX_FULL,
    PREEMPTED,
    RELEASE,
    RELEASE_STAFF,
    SEIZE,
    SEIZE_STAFF,
    SET,
    STUCK,
    SWITCH,
    TEST,
    TRANSFER,
    W_COUNTER,
    W_FREE,
    W_FREE_STAFF,
    W_HOUR,
    W_LIST,
    W_ON_DUTY,
    W_USED,
    W_WAITING,
    W_WAITING_STAFF,
    WAIT_UNTIL,
    WAITED,
    WAKE,
)
from locum.hospital.records import PATIENCE as PATIENCE_ENDS
from locum.hospital.staff import go_on, priority_of, release_staff, seize_staff, send_back

if TYPE_CHECKING:
    from locum.hospital.records import Site, Whole

_WEEK_DAYS = 7
_NEVER = 1e17


@compiled
def draw(site: Site, x: int, ordinal: int) -> float:
    """Return a patient's number for a draw."""
    merged()
    patient = site.patients[x]
    return uniform(patient.key, np.int64(patient.number), ordinal, np.int64(patient.lap))


@compiled
def draw_time(site: Site, x: int, d: int, ordinal: int) -> float:
    """Return a patient's time from a distribution; one that is constant needs no luck."""
    merged()
    row = site.distributions[d]
    if row.kind == CONSTANT:
        return row.first
    return sample(site, d, draw(site, x, ordinal))


@compiled
def chosen(site: Site, x: int, ordinal: int, share: float) -> bool:
    """Return whether a patient is among a share; nobody and everybody need no luck."""
    if share <= 0.0 or share >= 1.0:
        return share >= 1.0
    return draw(site, x, ordinal) < share


# --- resources ---------------------------------------------------------------


@compiled
def grant(site: Site, x: int, step: int, priority: int, t: float) -> None:
    """Give a patient the units of a step."""
    merged()
    row = site.steps[step]
    resource = site.resources[row.what]
    resource.used += row.units
    resource.used_area -= t * row.units
    if resource.preempts:
        chart = site.charts[x]
        chart.holds = row.what
        chart.holding_step = step
        chart.holding_priority = priority
        chart.holding_before = -1
        chart.holding_after = resource.holders
        if resource.holders >= 0:
            site.charts[resource.holders].holding_before = x
        resource.holders = x


@compiled
def give_back(site: Site, x: int, r: int, units: int, t: float) -> None:
    """Take units back from a patient."""
    merged()
    resource = site.resources[r]
    resource.used -= units
    resource.used_area += t * units
    if resource.preempts and site.charts[x].holds == r:
        chart = site.charts[x]
        before = np.int64(chart.holding_before)
        after = np.int64(chart.holding_after)
        if before < 0:
            resource.holders = after
        else:
            site.charts[before].holding_after = after
        if after >= 0:
            site.charts[after].holding_before = before
        chart.holds = -1


@compiled
def feed(site: Site, r: int, t: float) -> None:
    """Give free units to those who wait: the best priority first, and nobody jumps the queue."""
    resource = site.resources[r]
    levels = site.state[0].levels
    while resource.waiting > 0 and resource.used < resource.capacity:
        q = r * levels
        while site.queues[q].head < 0:
            q += 1
        x = np.int64(site.queues[q].head)
        step = np.int64(site.patients[x].step)
        if site.steps[step].units > resource.capacity - resource.used:
            return
        stop_waiting(site, x, t)
        grant(site, x, step, q - r * levels, t)
        go_on(site, x)


@compiled
def someone_ahead(site: Site, r: int, priority: int) -> bool:
    """Return whether somebody waits whose turn comes before a newcomer of this priority."""
    first = r * site.state[0].levels
    for q in range(first, first + priority + 1):
        if site.queues[q].head >= 0:
            return True
    return False


@compiled
def evict(site: Site, r: int, priority: int, t: float) -> bool:
    """Send back the least urgent holder who is less urgent than this; the latest of several."""
    standalone()
    resource = site.resources[r]
    victim = np.int64(-1)
    worst = priority
    x = np.int64(resource.holders)
    while x >= 0:
        chart = site.charts[x]
        if chart.holding_priority > worst and site.patients[x].marks & DELAYED:
            victim = x
            worst = np.int64(chart.holding_priority)
        x = np.int64(chart.holding_after)
    if victim < 0:
        return False
    step = np.int64(site.charts[victim].holding_step)
    give_back(site, victim, r, np.int64(site.steps[step].units), t)
    send_back(site, victim, step, t)
    return True


@compiled
def cut(site: Site, r: int, t: float) -> None:
    """Write a capacity; where a cut preempts, send back who has no unit any more."""
    resource = site.resources[r]
    resource.capacity = max(0, resource.planned + resource.extra)
    if resource.preempts & 1:
        while resource.used > resource.capacity and evict(site, r, -1, t):
            pass
    feed(site, r, t)


@compiled
def seize(site: Site, x: int, step: int, t: float) -> bool:
    """Take units, or start to wait for them."""
    merged()
    row = site.steps[step]
    r = np.int64(row.what)
    resource = site.resources[r]
    priority = priority_of(site, step, np.int64(site.patients[x].kind))
    free = resource.capacity - resource.used
    if resource.waiting > 0 and someone_ahead(site, r, priority):
        free = 0
    if free < row.units and row.preempts and resource.used <= resource.capacity:
        free += np.int64(evict(site, r, priority, t))
    if free >= row.units:
        grant(site, x, step, priority, t)
        return True
    start_waiting(site, x, step, r * site.state[0].levels + priority, t)
    return False


@compiled
def set_patience(site: Site, x: int, step: int, t: float) -> None:
    """Start the clock of a patient who waits."""
    row = site.steps[step]
    if row.patience >= 0:
        patient = site.patients[x]
        d = np.int64(row.patience) + np.int64(patient.kind) * row.by_class
        hours = draw_time(site, x, d, np.int64(row.draw))
        if hours >= _NEVER:
            return
        if row.by_class == 0 and site.distributions[d].kind == CONSTANT:
            join_line(site, x, step, PATIENCE_ENDS, t + hours)
        else:
            patient.timer = push(site, t + hours, PATIENCE_ENDS, x)


# --- time --------------------------------------------------------------------


@compiled
def delay(site: Site, x: int, step: int, t: float) -> None:
    """Let a patient stay."""
    merged()
    row = site.steps[step]
    patient = site.patients[x]
    kind = np.int64(patient.kind)
    in_turn = row.op == WAIT_UNTIL
    if patient.marks & PREEMPTED:
        hours = patient.due
    elif row.op == DELAY:
        hours = draw_time(site, x, np.int64(row.what) + kind * row.by_class, np.int64(row.draw))
    else:
        hours = until(t, site.values[row.value], np.int64(row.units))
    patient.step = step
    patient.due = t + hours
    patient.marks = np.uint8(DELAYED)
    if in_turn:
        join_line(site, x, step, WAKE, t + hours)
    else:
        patient.timer = push(site, t + hours, WAKE, x)
    flow_of(site, x, step).busy += hours
    note(site, t, x, step, L_DELAY)


@compiled
def until(t: float, hour: float, weekdays: int) -> float:
    """Return the hours to the next time it is this hour on one of these days."""
    standalone()
    day = math.floor(t / DAY_HOURS)
    if day * DAY_HOURS + hour < t:
        day += 1
    while not weekdays >> (np.int64(day) % _WEEK_DAYS) & 1:
        day += 1
    return day * DAY_HOURS + hour - t


# --- choices -----------------------------------------------------------------


@compiled
def watched(site: Site, watches: int, what: int, t: float) -> float:
    """Return a published number."""
    if watches == W_COUNTER:
        return float(site.counters[what])
    if watches == W_FREE:
        return float(site.resources[what].capacity - site.resources[what].used)
    if watches == W_USED:
        return float(site.resources[what].used)
    if watches == W_WAITING:
        return float(site.resources[what].waiting)
    if watches == W_LIST:
        return float(list_length(site, what))
    if watches == W_ON_DUTY:
        return float(site.pools[what].on_duty)
    if watches == W_FREE_STAFF:
        return float(site.pools[what].free)
    if watches == W_WAITING_STAFF:
        return float(site.pools[what].waiting)
    return clock(watches, t)


@compiled
def clock(watches: int, t: float) -> float:
    """Return the hour of the day, or the day of the week."""
    standalone()
    if watches == W_HOUR:
        return t - math.floor(t / DAY_HOURS) * DAY_HOURS
    return float(np.int64(t / DAY_HOURS) % _WEEK_DAYS)


@compiled
def guarded(site: Site, x: int, step: int, t: float) -> bool:
    """Return whether a guard's condition holds for a patient."""
    merged()
    row = site.steps[step]
    kind = np.int64(site.patients[x].kind)
    mask = np.int64(row.classes_low) | (np.int64(row.classes_high) << 31)
    if not mask >> kind & 1:
        return False
    guard = site.guards[row.what]
    value = watched(site, guard.watches, guard.what, t)
    return (value >= guard.threshold) == (guard.at_least != 0)


@compiled
def switch(site: Site, x: int, step: int) -> Whole:
    """Return the step that a patient's luck points to."""
    merged()
    row = site.steps[step]
    u = draw(site, x, np.int64(row.draw))
    first = np.int64(row.value) + np.int64(site.patients[x].kind) * row.by_class
    place = 0
    while place < row.units - 1 and u >= site.values[first + place]:
        place += 1
    return np.int64(site.targets[row.target + place])


@compiled
def choose_way(site: Site, x: int, step: int, t: float) -> Whole:
    """Return the step after a choice."""
    merged()
    row = site.steps[step]
    kind = np.int64(site.patients[x].kind)
    target = np.int64(row.target)
    if row.op == BRANCH:
        share = site.values[row.value + kind * row.by_class]
        return step + 1 if chosen(site, x, np.int64(row.draw), share) else target
    if row.op == SWITCH:
        return switch(site, x, step)
    if row.op == GUARD:
        return target if guarded(site, x, step, t) else step + 1
    if row.op == JUMP:
        return np.int64(site.targets[target + kind])
    if row.op == TEST:
        value = site.charts[x].attributes[row.what]
        return step + 1 if value >= site.values[row.value + kind * row.by_class] else target
    return target


# --- lists -------------------------------------------------------------------


@compiled
def list_queue(site: Site, name: int) -> int:
    """Return the first queue of a list."""
    return (len(site.resources) + len(site.needs) + name) * site.state[0].levels


@compiled
def list_length(site: Site, name: int) -> int:
    """Return how many stand on a list."""
    first = list_queue(site, name)
    total = 0
    for q in range(first, first + site.state[0].levels):
        total += site.queues[q].length
    return total


@compiled
def join_list(site: Site, x: int, step: int, t: float) -> None:
    """Put a patient on a list: at its end, or where the first time on a list puts him.

    Nobody was listed after a newcomer, who therefore needs no look through the list.
    """
    row = site.steps[step]
    patient = site.patients[x]
    chart = site.charts[x]
    q = list_queue(site, np.int64(row.what))
    q += priority_of(site, step, np.int64(patient.kind))
    patient.step = step
    patient.since = t
    newcomer = chart.listed < 0.0
    if newcomer:
        chart.listed = t
    if row.rule and not newcomer:
        follower = np.int64(site.queues[q].head)
        while follower >= 0 and site.charts[follower].listed <= chart.listed:
            follower = np.int64(site.patients[follower].after)
        insert(site, q, x, follower, t)
    else:
        append(site, q, x, t)
    note(site, t, x, step, L_LISTED)


@compiled
def call_from(site: Site, name: int, target: int, t: float) -> bool:
    """Send the first of a list to a step; return whether there was one."""
    first = list_queue(site, name)
    for q in range(first, first + site.state[0].levels):
        x = np.int64(site.queues[q].head)
        if x >= 0:
            patient = site.patients[x]
            unlink(site, x, t)
            wait = t - patient.since
            tally = tally_of(site, x, patient.step)
            tally.waited += 1
            tally.wait += wait
            tally.wait_squared += wait * wait
            jump(site, x, np.int64(patient.step), target)
            make_ready(site, x)
            return True
    return False


# --- the rest ----------------------------------------------------------------


@compiled
def leave(site: Site, x: int) -> None:
    """Take a patient out of the hospital."""
    merged()
    state = site.state[0]
    patient = site.patients[x]
    patient.timer = -1
    patient.after = state.free
    state.free = x
    state.inside -= 1


@compiled
def send(site: Site, x: int, step: int, t: float) -> None:
    """Put a patient into the outbox."""
    state = site.state[0]
    row = site.steps[step]
    patient = site.patients[x]
    chart = site.charts[x]
    letter = site.outbox[state.sent]
    state.sent += 1
    u = draw(site, x, np.int64(row.draw))
    place = 0
    while place < row.units - 1 and u >= site.values[row.value + place]:
        place += 1
    letter.destination = site.targets[row.target + place]
    d = np.int64(row.patience) + np.int64(patient.kind) * row.by_class
    letter.at = t + draw_time(site, x, d, np.int64(row.draw) + 1)
    letter.number = patient.number
    letter.key = patient.key
    letter.arrived = chart.arrived
    letter.listed = chart.listed
    letter.source = chart.source
    letter.group = patient.kind
    letter.lap = patient.lap
    letter.entry = row.what
    letter.origin = state.site
    for a in range(ATTRIBUTES):
        letter.attributes[a] = chart.attributes[a]
    note(site, t, x, step, L_TRANSFER)
    leave(site, x)


@compiled
def write(site: Site, x: int, step: int, t: float) -> None:
    """Do what takes no time and goes on to the next step."""
    row = site.steps[step]
    patient = site.patients[x]
    if row.op == SET or row.op == ADD:
        d = np.int64(row.what) + np.int64(patient.kind) * row.by_class
        value = draw_time(site, x, d, np.int64(row.draw))
        before = site.charts[x].attributes[row.slot] if row.op == ADD else 0.0
        site.charts[x].attributes[row.slot] = before + value
    elif row.op == COUNT:
        site.counters[row.what] += row.units
    elif row.op == BECOME:
        patient.kind = site.targets[row.target + np.int64(patient.kind)]
    else:
        for _ in range(row.units):
            if not call_from(site, np.int64(row.what), np.int64(row.target), t):
                break


@compiled
def lacks_room(site: Site, op: int) -> int:
    """Return what a step would need more room of, or 0."""
    merged()
    state = site.state[0]
    if state.logging and state.logged + 8 > len(site.log):
        return LOG_FULL
    if op == TRANSFER and state.sent >= len(site.outbox):
        return OUTBOX_FULL
    return DONE


@compiled
def begin_move(site: Site, x: int, step: int, t: float) -> None:
    """Count a visit, unless the patient comes back into a delay."""
    merged()
    patient = site.patients[x]
    if patient.marks & WAITED:
        patient.marks = np.uint8(patient.marks & np.uint8(255 - WAITED))
        note(site, t, x, step, L_START)
    if not patient.marks & PREEMPTED:
        flow_of(site, x, step).visits += 1


@compiled
def move(site: Site, x: int, t: float) -> int:
    """Let a patient go through steps until one takes time."""
    state = site.state[0]
    step = np.int64(site.patients[x].step)
    if state.heap + 4 > len(site.heap):
        return HEAP_FULL
    for _ in range(MAX_STEPS_AT_ONCE):
        row = site.steps[step]
        op = np.int64(row.op)
        lack = lacks_room(site, op)
        if lack != DONE:
            site.patients[x].step = step
            return lack
        state.steps += 1
        begin_move(site, x, step, t)
        if op == DELAY or op == WAIT_UNTIL:
            delay(site, x, step, t)
            return DONE
        if op == SEIZE or op == SEIZE_STAFF:
            served = seize(site, x, step, t) if op == SEIZE else seize_staff(site, x, step, t)
            if not served:
                set_patience(site, x, step, t)
                return DONE
            step += 1
        elif op == RELEASE:
            give_back(site, x, np.int64(row.what), np.int64(row.units), t)
            feed(site, np.int64(row.what), t)
            step += 1
        elif op == RELEASE_STAFF:
            release_staff(site, x, np.int64(row.slot), t)
            step += 1
        elif BRANCH <= op <= GOTO or op == JUMP or op == TEST:
            step = jump(site, x, step, choose_way(site, x, step, t))
        elif op == END:
            note(site, t, x, step, L_END)
            leave(site, x)
            return DONE
        elif op == LIST:
            join_list(site, x, step, t)
            return DONE
        elif op == TRANSFER:
            send(site, x, step, t)
            return DONE
        else:
            write(site, x, step, t)
            step += 1
    state.stuck = step
    return STUCK
