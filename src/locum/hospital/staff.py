"""Clinicians: who is on duty, who takes whom, and what happens when a shift ends."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from locum.hospital.borrowing import merged
from locum.hospital.compilation import compiled, standalone
from locum.hospital.idle import (
    choose,
    form_cells,
    rest,
    rested,
    rouse,
    suffices,
    week_hours,
)
from locum.hospital.queues import (
    count_waiting,
    flow_of,
    insert,
    leave_line,
    make_ready,
    note,
    start_waiting,
    stop_waiting,
    tally_of,
)
from locum.hospital.records import (
    DELAYED,
    FINISH,
    HANDOVER,
    L_PREEMPTED,
    LAST_LEVEL,
    LINED,
    OFF,
    ON,
    OVERDUE,
    PREEMPT,
    PREEMPTED,
    SEIZE,
    WEEK_HOURS,
)

if TYPE_CHECKING:
    from locum.hospital.records import Site, Whole


@compiled
def priority_of(site: Site, step: int, kind: int) -> Whole:
    """Return the priority of a class at a step."""
    merged()
    priority = np.int64(site.steps[step].priority)
    if priority < 0:
        return np.int64(site.values[-1 - priority + kind])
    return priority


@compiled
def hold(site: Site, x: int, slot: int, c: int) -> None:
    """Write a clinician (or -1) into a patient's slot."""
    merged()
    if slot == 0:
        site.patients[x].staff = c
    elif slot == 1:
        site.charts[x].second = c
    else:
        site.charts[x].third = c


@compiled
def held(site: Site, x: int, slot: int) -> Whole:
    """Return the clinician in a patient's slot."""
    merged()
    if slot == 0:
        return np.int64(site.patients[x].staff)
    if slot == 1:
        return np.int64(site.charts[x].second)
    return np.int64(site.charts[x].third)


@compiled
def take(site: Site, c: int, x: int, step: int, t: float) -> None:
    """Let a free clinician begin with a patient."""
    merged()
    rouse(site, c)
    clinician = site.clinicians[c]
    row = site.steps[step]
    clinician.patient = x
    clinician.slot = row.slot
    clinician.step = step
    clinician.task = row.task
    clinician.priority = priority_of(site, step, np.int64(site.patients[x].kind))
    clinician.busy_since = t
    hold(site, x, np.int64(row.slot), c)
    pool = site.pools[clinician.pool]
    pool.free -= 1
    pool.busy += 1
    pool.busy_area -= t


@compiled
def let_go(site: Site, c: int, t: float) -> None:
    """Let a clinician leave a patient; one whose shift is over goes home."""
    merged()
    clinician = site.clinicians[c]
    pool = site.pools[clinician.pool]
    hours = t - clinician.busy_since
    clinician.busy += hours
    site.minutes[clinician.task * site.state[0].grades + clinician.grade] += hours
    clinician.patient = -1
    pool.busy -= 1
    pool.busy_area += t
    if clinician.duty == ON:
        pool.free += 1
        clinician.idle_since = t
        rest(site, c)
    else:
        clinician.overtime += t - clinician.off_since
        go_home(site, c, t)


@compiled
def go_home(site: Site, c: int, t: float) -> None:
    """End a clinician's presence, and write the hours down."""
    standalone()
    clinician = site.clinicians[c]
    hours = week_hours(site, c, t)
    clinician.week = np.int64(t / WEEK_HOURS)
    clinician.week_hours = hours
    clinician.worked += t - clinician.on_since
    clinician.duty = OFF


@compiled
def come_on(site: Site, c: int, t: float) -> None:
    """Start a shift."""
    clinician = site.clinicians[c]
    pool = site.pools[clinician.pool]
    pool.on_duty += 1
    pool.on_duty_area -= t
    if clinician.duty == OVERDUE:
        clinician.overtime += t - clinician.off_since
    else:
        pool.free += 1
        clinician.on_since = t
        clinician.idle_since = t
        rest(site, c)
    clinician.duty = ON


@compiled
def go_off(site: Site, c: int, t: float) -> None:
    """End a shift by the pool's handover rule."""
    clinician = site.clinicians[c]
    pool = site.pools[clinician.pool]
    pool.on_duty -= 1
    pool.on_duty_area += t
    clinician.off_since = t
    if clinician.patient < 0:
        pool.free -= 1
        rouse(site, c)
        go_home(site, c, t)
        return
    clinician.duty = OVERDUE
    x = np.int64(clinician.patient)
    step = np.int64(clinician.step)
    if pool.handover == HANDOVER:
        row = site.steps[step]
        other = choose(site, np.int64(row.what), np.int64(row.rule), t)
        if other >= 0:
            let_go(site, c, t)
            take(site, other, x, step, t)
    elif pool.handover == PREEMPT and site.patients[x].marks & DELAYED:
        send_back(site, x, step, t)
        let_go(site, c, t)


@compiled
def send_back(site: Site, x: int, step: int, t: float) -> None:
    """Send a patient who is in a delay to the front of the queue, with the time that is left."""
    standalone()
    patient = site.patients[x]
    chart = site.charts[x]
    flow_of(site, x, patient.step).busy -= patient.due - t
    tally_of(site, x, patient.step).preempted += 1
    if patient.marks & LINED:
        leave_line(site, x)
    patient.due -= t
    patient.timer = -1
    patient.marks = np.uint8(patient.marks & np.uint8(255 - DELAYED)) | np.uint8(PREEMPTED)
    chart.resume = patient.step
    chart.turn = -1.0
    patient.step = step
    patient.since = t
    row = site.steps[step]
    station = np.int64(row.what)
    level = priority_of(site, step, np.int64(patient.kind))
    if row.op != SEIZE:
        mark_level(site, station, level)
        station += len(site.resources)
    q = station * site.state[0].levels + level
    insert(site, q, x, np.int64(site.queues[q].head), t)
    count_waiting(site, x, 1, t)
    note(site, t, x, step, L_PREEMPTED)


@compiled
def refresh(site: Site, t: float) -> None:
    """Bring the duty of clinicians up to date: first those who come, then those who go.

    Between the beginnings and ends of absences, and where nothing was changed from outside, only
    rosters that turned say anything new.
    """
    state = site.state[0]
    if not state.formed:
        form_cells(site)
        state.formed = 1
    everyone = int(not turned(site) or t >= state.absence_at)
    if everyone:
        state.absence_at = math.inf
    first, last = call_in(site, everyone, t)
    for c in range(first, last + 1):
        if site.clinicians[c].duty == ON and not wanted(site, c, t):
            go_off(site, c, t)
    for r in range(len(site.rosters)):
        site.rosters[r].was = site.rosters[r].on
    for k in range(len(site.pools)):
        feed_pool(site, k, t)


@compiled
def call_in(site: Site, everyone: int, t: float) -> tuple[int, int]:
    """Let those come whose duty begins; return the first and the last row of those who go."""
    state = site.state[0]
    first = len(site.clinicians)
    last = -1
    for c in range(len(site.clinicians)):
        clinician = site.clinicians[c]
        roster = site.rosters[clinician.roster]
        if everyone:
            state.absence_at = min(state.absence_at, next_absence(site, c, t))
        elif roster.on == roster.was:
            continue
        if clinician.duty != ON:
            if wanted(site, c, t):
                come_on(site, c, t)
        elif not wanted(site, c, t):
            first = min(first, c)
            last = c
    return first, last


@compiled
def turned(site: Site) -> bool:
    """Return whether a roster is not as it was."""
    some = False
    for r in range(len(site.rosters)):
        some |= site.rosters[r].on != site.rosters[r].was
    return some


@compiled
def next_absence(site: Site, c: int, t: float) -> float:
    """Return when an absence of a clinician begins or ends next."""
    clinician = site.clinicians[c]
    if t < clinician.absent_from:
        return clinician.absent_from
    return clinician.absent_until if t < clinician.absent_until else math.inf


@compiled
def wanted(site: Site, c: int, t: float) -> bool:
    """Return whether a clinician's roster says on, and nothing keeps the clinician away."""
    clinician = site.clinicians[c]
    away = clinician.absent_from <= t < clinician.absent_until
    return site.rosters[clinician.roster].on != 0 and not away


@compiled
def mark_level(site: Site, n: int, level: int) -> None:
    """Remember that somebody waits for a need at a priority."""
    site.needs[n].levels |= 1 << min(level, LAST_LEVEL)


@compiled
def passed_over(site: Site, n: int, blocked: int) -> bool:
    """Return whether nobody waits for a need, or nobody idle suffices."""
    need = site.needs[n]
    pool = site.pools[need.pool]
    served = need.waiting > 0 and (need.cells & pool.idle) != 0
    return not served or blocked >> (n - pool.first_need) & 1 != 0


@compiled
def first_waiting(site: Site, k: int, blocked: int) -> Whole:
    """Return who is next in a pool, but for the needs that nobody can serve now; or -1."""
    pool = site.pools[k]
    levels = site.state[0].levels
    marks = np.int64(0)
    for n in range(pool.first_need, pool.first_need + pool.needs):
        if not passed_over(site, n, blocked):
            marks |= site.needs[n].levels
    for level in range(levels if marks else 0):
        if not marks >> min(level, LAST_LEVEL) & 1:
            continue
        x = first_at(site, k, level, blocked)
        if x >= 0:
            return x
    return np.int64(-1)


@compiled
def first_at(site: Site, k: int, level: int, blocked: int) -> Whole:
    """Return who of this priority is next in a pool, or -1."""
    pool = site.pools[k]
    mark = np.int64(1) << min(level, LAST_LEVEL)
    best = np.int64(-1)
    for n in range(pool.first_need, pool.first_need + pool.needs):
        if not site.needs[n].levels & mark or passed_over(site, n, blocked):
            continue
        q = (len(site.resources) + n) * site.state[0].levels + level
        x = np.int64(site.queues[q].head)
        if x < 0:
            if level < LAST_LEVEL:
                site.needs[n].levels &= ~mark
        elif best < 0 or site.charts[x].turn < site.charts[best].turn:
            best = x
    return best


@compiled
def feed_pool(site: Site, k: int, t: float) -> None:
    """Give the free clinicians of a pool to those who wait.

    A patient whom no free clinician can serve is passed over, so that skills do not lie idle;
    among those who ask for the same nobody is.
    """
    pool = site.pools[k]
    blocked = 0
    while pool.waiting > 0 and pool.free > 0:
        if pool.handover == FINISH and pool.busy >= pool.on_duty:
            return
        x = first_waiting(site, k, blocked)
        if x < 0:
            return
        step = np.int64(site.patients[x].step)
        row = site.steps[step]
        c = choose(site, np.int64(row.what), np.int64(row.rule), t)
        if c < 0:
            blocked |= 1 << (np.int64(row.what) - pool.first_need)
            continue
        stop_waiting(site, x, t)
        take(site, c, x, step, t)
        go_on(site, x)


@compiled
def go_on(site: Site, x: int) -> None:
    """Let a patient who was served move on, or back into the delay that was cut short."""
    merged()
    patient = site.patients[x]
    if patient.marks & PREEMPTED:
        patient.step = site.charts[x].resume
    else:
        patient.step += 1
    make_ready(site, x)


@compiled
def displace(site: Site, n: int, priority: int, t: float) -> int:
    """Free a clinician from the least urgent patient who is less urgent than this; or -1."""
    standalone()
    pool = site.pools[site.needs[n].pool]
    best = -1
    worst = priority
    latest = -1.0
    for c in range(pool.first, pool.first + pool.count):
        clinician = site.clinicians[c]
        if clinician.duty != ON or clinician.patient < 0 or clinician.priority <= priority:
            continue
        if not site.patients[clinician.patient].marks & DELAYED:
            continue
        if not (suffices(site, c, n) and rested(site, c, t)):
            continue
        level = np.int64(clinician.priority)
        if level > worst or (level == worst and clinician.busy_since > latest):
            best = c
            worst = level
            latest = clinician.busy_since
    if best >= 0:
        clinician = site.clinicians[best]
        send_back(site, np.int64(clinician.patient), np.int64(clinician.step), t)
        let_go(site, best, t)
    return best


@compiled
def seize_staff(site: Site, x: int, step: int, t: float) -> bool:
    """Take a clinician, or start to wait for one."""
    row = site.steps[step]
    n = np.int64(row.what)
    priority = priority_of(site, step, np.int64(site.patients[x].kind))
    c = choose(site, n, np.int64(row.rule), t)
    if c < 0 and row.preempts:
        c = displace(site, n, priority, t)
    if c >= 0:
        take(site, c, x, step, t)
        return True
    q = (len(site.resources) + n) * site.state[0].levels + priority
    mark_level(site, n, priority)
    start_waiting(site, x, step, q, t)
    return False


@compiled
def release_staff(site: Site, x: int, slot: int, t: float) -> None:
    """Let a patient's clinician go, and the next patient come."""
    c = held(site, x, slot)
    k = np.int64(site.clinicians[c].pool)
    let_go(site, c, t)
    feed_pool(site, k, t)
