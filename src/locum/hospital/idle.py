"""Clinicians who are on duty and idle, and which of them takes the next patient.

Alike clinicians of a pool (grade and skills) are a cell. The idle of a cell form a chain in order
of the hour since when, then of rows, so that the first of the first cell that suffices is chosen
without looking through the pool.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from locum.hospital.compilation import compiled, standalone
from locum.hospital.records import FINISH, MAX_CELLS, MOST_JUNIOR, OFF, ON, WEEK_HOURS

if TYPE_CHECKING:
    from locum.hospital.records import Site, Whole

_EVERYONE = 1 << 30
FEW = 6
"""A pool of so many is looked through, which is quicker than to keep its idle in order."""


@compiled
def week_hours(site: Site, c: int, t: float) -> float:
    """Return the hours that a clinician has worked since Monday 00:00."""
    standalone()
    clinician = site.clinicians[c]
    week = np.int64(t / WEEK_HOURS)
    hours = clinician.week_hours if clinician.week == week else 0.0
    if clinician.duty != OFF:
        hours += t - max(clinician.on_since, week * WEEK_HOURS)
    return hours


@compiled
def rested(site: Site, c: int, t: float) -> bool:
    """Return whether a clinician is below the weekly cap."""
    clinician = site.clinicians[c]
    return not (clinician.cap < math.inf and week_hours(site, c, t) >= clinician.cap)


@compiled
def suffices(site: Site, c: int, n: int) -> bool:
    """Return whether a clinician has the skills and the grade of a need."""
    clinician = site.clinicians[c]
    need = site.needs[n]
    return (clinician.skill & need.skill) == need.skill and clinician.grade >= need.grade


@compiled
def form_cells(site: Site) -> None:
    """Put the clinicians of every pool into cells, from the most junior, with nobody idle yet."""
    for k in range(len(site.pools)):
        pool = site.pools[k]
        for c in range(pool.first, pool.first + pool.count):
            site.clinicians[c].cell = -1
        grade = next_grade(site, k, -1)
        cells = 0
        begins = 0
        while grade < _EVERYONE and cells <= MAX_CELLS:
            begins |= 1 << cells
            cells = form_grade(site, k, grade, cells)
            grade = next_grade(site, k, grade)
        pool.cells = cells if cells <= MAX_CELLS and pool.count > FEW else 0
        pool.begins = begins
        # Without cells, one mark stands for everybody.
        pool.idle = 0 if pool.cells else 1
        for n in range(pool.first_need, pool.first_need + pool.needs):
            mark_cells(site, n)
        for c in range(pool.first, pool.first + pool.count):
            clinician = site.clinicians[c]
            clinician.idle_first = -1
            clinician.idle_last = -1
            if pool.cells == 0:
                clinician.cell = -1


@compiled
def next_grade(site: Site, k: int, grade: int) -> Whole:
    """Return the most junior grade of a pool above this one."""
    pool = site.pools[k]
    least = np.int64(_EVERYONE)
    for c in range(pool.first, pool.first + pool.count):
        other = np.int64(site.clinicians[c].grade)
        if grade < other < least:
            least = other
    return least


@compiled
def form_grade(site: Site, k: int, grade: int, cells: int) -> int:
    """Give those of a grade cells behind the others; return how many cells there are then.

    Until all are formed, `idle_first` of a cell's row is one of its members.
    """
    pool = site.pools[k]
    begin = cells
    for c in range(pool.first, pool.first + pool.count):
        clinician = site.clinicians[c]
        if clinician.grade != grade:
            continue
        i = begin
        while i < cells:
            member = site.clinicians[site.clinicians[pool.first + i].idle_first]
            if member.skill == clinician.skill:
                break
            i += 1
        if i == cells:
            if cells == MAX_CELLS:
                return MAX_CELLS + 1
            site.clinicians[pool.first + i].idle_first = c
            cells += 1
        clinician.cell = i
    return cells


@compiled
def mark_cells(site: Site, n: int) -> None:
    """Mark the cells that suffice for a need."""
    need = site.needs[n]
    pool = site.pools[need.pool]
    marks = 0 if pool.cells else 1
    for i in range(pool.cells):
        member = np.int64(site.clinicians[pool.first + i].idle_first)
        if suffices(site, member, n):
            marks |= 1 << i
    need.cells = marks


@compiled
def rest(site: Site, c: int) -> None:
    """Put a clinician among the idle of the cell."""
    clinician = site.clinicians[c]
    cell = np.int64(clinician.cell)
    if cell < 0:
        return
    pool = site.pools[clinician.pool]
    ends = site.clinicians[pool.first + cell]
    after = np.int64(-1)
    before = np.int64(ends.idle_last)
    while before > c and site.clinicians[before].idle_since == clinician.idle_since:
        after = before
        before = np.int64(site.clinicians[before].before)
    clinician.before = before
    clinician.after = after
    if before < 0:
        ends.idle_first = c
    else:
        site.clinicians[before].after = c
    if after < 0:
        ends.idle_last = c
    else:
        site.clinicians[after].before = c
    pool.idle |= 1 << cell


@compiled
def rouse(site: Site, c: int) -> None:
    """Take a clinician away from the idle."""
    clinician = site.clinicians[c]
    cell = np.int64(clinician.cell)
    if cell < 0:
        return
    pool = site.pools[clinician.pool]
    ends = site.clinicians[pool.first + cell]
    before = np.int64(clinician.before)
    after = np.int64(clinician.after)
    if before < 0:
        ends.idle_first = after
    else:
        site.clinicians[before].after = after
    if after < 0:
        ends.idle_last = before
    else:
        site.clinicians[after].before = before
    if before < 0 and after < 0:
        pool.idle &= ~(1 << cell)


@compiled
def choose(site: Site, n: int, rule: int, t: float) -> Whole:
    """Return the free clinician who takes the next patient of a need, or -1."""
    need = site.needs[n]
    pool = site.pools[need.pool]
    if pool.free == 0 or (pool.handover == FINISH and pool.busy >= pool.on_duty):
        return np.int64(-1)
    if pool.cells == 0:
        return look_through(site, n, rule, t)
    open_cells = np.int64(pool.idle & need.cells)
    best = np.int64(-1)
    best_idle = math.inf
    i = 0
    while open_cells >> i:
        if best >= 0 and rule == MOST_JUNIOR and pool.begins >> i & 1:
            break
        if open_cells >> i & 1:
            c = longest_idle(site, pool.first + i, t)
            if c >= 0:
                idle = site.clinicians[c].idle_since
                if idle < best_idle or (idle == best_idle and c < best):
                    best = c
                    best_idle = idle
        i += 1
    return best


@compiled
def longest_idle(site: Site, row: int, t: float) -> Whole:
    """Return who of the cell of this row is below the cap and idle longest, or -1."""
    c = np.int64(site.clinicians[row].idle_first)
    while c >= 0 and not rested(site, c, t):
        c = np.int64(site.clinicians[c].after)
    return c


@compiled
def look_through(site: Site, n: int, rule: int, t: float) -> Whole:
    """Choose from a pool without cells: the first of those most junior, or idle longest."""
    pool = site.pools[site.needs[n].pool]
    best = np.int64(-1)
    best_grade = np.int64(_EVERYONE)
    best_idle = math.inf
    for c in range(pool.first, pool.first + pool.count):
        clinician = site.clinicians[c]
        if clinician.duty != ON or clinician.patient >= 0:
            continue
        grade = np.int64(clinician.grade) if rule == MOST_JUNIOR else np.int64(0)
        if grade > best_grade or (grade == best_grade and clinician.idle_since >= best_idle):
            continue
        if suffices(site, c, n) and rested(site, c, t):
            best = np.int64(c)
            best_grade = grade
            best_idle = clinician.idle_since
    return best
