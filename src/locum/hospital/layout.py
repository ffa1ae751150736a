"""The tables of stations: resources, pools, clinicians, rosters, guards, sources, calls."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import InputError, UnknownName
from locum.hospital import records as op
from locum.hospital.draws import ordinal_of
from locum.hospital.records import Site, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.hospital.declared import Declared, Guard
    from locum.hospital.records import Array
    from locum.hospital.tables import Assembly

__all__ = ["lay_out"]


def lay_out(made: Assembly, steps: Array) -> Site:
    """Make a site at hour 0 without room for patients."""
    model = made.model
    boundaries: list[tuple[float, int]] = []
    rosters = _rosters(model, boundaries)
    plans, resources = _plans(model, boundaries)
    clinicians = _clinicians(made)
    pools, needs = _pools(made, clinicians)
    sources = _sources(made)
    arrivals = table(op.EVENT, max(1, len(sources)))
    arrivals.at = inf
    queues = table(op.QUEUE, made.levels * (len(resources) + len(needs) + len(model.lists)))
    queues.head = queues.tail = -1
    classes = len(model.classes)
    grades = max((group.grade for group in model.staff), default=0) + 1
    preempting = {(step.op, step.what) for step in model.steps if step.preempts}
    for row, name in enumerate(model.resources):
        if (op.SEIZE, name) in preempting:
            resources[row].preempts |= 2
    return Site(
        state=_state(made, grades, clinicians),
        heap=table(op.EVENT, 0),
        patients=table(op.PATIENT, 0),
        charts=table(op.CHART, 0),
        ready=np.zeros(0, np.int32),
        steps=steps,
        distributions=_rows(op.DISTRIBUTION, made.distributions),
        resources=resources,
        queues=queues,
        lines=_lines(len(model.steps)),
        pools=pools,
        needs=needs,
        clinicians=clinicians,
        rosters=rosters,
        plans=plans,
        boundaries=_rows(op.BOUNDARY, boundaries),
        guards=_guards(model),
        sources=sources,
        arrivals=arrivals,
        calls=_calls(made),
        entries=_entries(made),
        counters=np.zeros(len(model.counters), np.int64),
        keys=np.zeros(2 * len(model.sources), np.uint64),
        lots=np.zeros(3 * len(model.sources), np.int64),
        luck=np.zeros(3 * op.LOT * len(model.sources)),
        flows=table(op.FLOW, classes * len(model.steps)),
        tallies=table(op.TALLY, classes * len(model.steps)),
        minutes=np.zeros(max(1, len(made.tasks)) * grades),
        values=np.array(made.values, float),
        targets=np.array(made.targets, np.int32),
        log=table(op.LOG, 0),
        outbox=table(op.LETTER, 0),
    )


def _state(made: Assembly, grades: int, clinicians: Array) -> Array:
    state = table(op.STATE, 1)
    state.free = -1
    state.classes = len(made.model.classes)
    state.levels = made.levels
    state.grades = grades
    state.capped = bool((clinicians.cap < inf).any())
    return state


def _lines(steps: int) -> Array:
    lines = table(op.LINE_ROW, steps)
    lines.first = lines.last = lines.planned = -1
    return lines


def _entries(made: Assembly) -> Array:
    rows = [(ordinal_of(name), made.labels[label]) for name, label in made.model.entries.items()]
    return np.array(rows, np.int64).reshape(-1, 2)


def _rows(dtype: np.dtype[Any], rows: Sequence[tuple[float, ...]]) -> Array:
    out = table(dtype, len(rows))
    for place, row in enumerate(rows):
        out[place] = row
    return out


def _cycle(points: list[tuple[float, int]]) -> tuple[int, int, float]:
    """Return the value at hour 0, the next point and the cycle in which it comes."""
    passed = sum(1 for hour, _ in points if hour <= 0.0)
    if passed == len(points):
        return points[-1][1], 0, 1.0
    return points[passed - 1][1], passed, 0.0


def _rosters(model: Declared, boundaries: list[tuple[float, int]]) -> Array:
    out = table(op.ROSTER, len(model.rosters))
    for row, (name, (period, shifts)) in enumerate(model.rosters.items()):
        starts = [start for start, _ in shifts]
        ends = [end % period for _, end in shifts]
        points = sorted(
            [(start, 1) for start in starts if start not in ends]
            + [(end, 0) for end in ends if end not in starts]
        )
        it = out[row]
        it.period, it.first, it.count = period, len(boundaries), len(points)
        it.on, it.next_at = int(bool(shifts) or name == "always"), inf
        if points:
            it.on, it.cursor, it.cycle = _cycle(points)
            it.next_at = it.cycle * period + points[it.cursor][0]
        boundaries.extend(points)
    return out


def _plans(model: Declared, boundaries: list[tuple[float, int]]) -> tuple[Array, Array]:
    resources = table(op.RESOURCE, len(model.resources))
    plans = table(op.PLAN, len(model.plans))
    names = list(model.resources)
    for row, (capacity, preempts) in enumerate(model.resources.values()):
        resources[row].planned = resources[row].capacity = capacity
        resources[row].preempts = preempts
    resources.holders = -1
    for row, (name, (period, points)) in enumerate(model.plans.items()):
        resource = names.index(name)
        value, cursor, cycle = _cycle(list(points))
        resources[resource].planned = resources[resource].capacity = value
        plans[row] = (resource, period, len(boundaries), len(points), cursor, cycle)
        boundaries.extend(points)
    return plans, resources


def _clinicians(made: Assembly) -> Array:
    model = made.model
    order = list(model.pools)
    groups = sorted(model.staff, key=lambda group: order.index(group.pool))
    out = table(op.CLINICIAN, sum(group.count for group in groups))
    names = list(model.rosters)
    row = 0
    for group in groups:
        for _ in range(group.count):
            it = out[row]
            it.pool = order.index(group.pool)
            it.grade, it.skill = group.grade, made.mask(group.skills)
            it.roster = names.index(group.roster)
            it.cap = group.weekly_cap
            row += 1
    out.patient = -1
    out.absent_from = inf
    out.absent_until = inf
    return out


def _pools(made: Assembly, clinicians: Array) -> tuple[Array, Array]:
    pools = table(op.POOL, len(made.model.pools))
    needs = table(op.NEED, len(made.needs))
    order = list(made.model.pools)
    for row, (pool, skill, grade) in enumerate(made.needs):
        need = needs[row]
        need.pool, need.skill, need.grade = order.index(pool), skill, grade
    for row, handover in enumerate(made.model.pools.values()):
        of_pool = np.flatnonzero(clinicians.pool == row)
        of_needs = np.flatnonzero(needs.pool == row)
        it = pools[row]
        it.first, it.count = (of_pool[0] if of_pool.size else 0), of_pool.size
        it.first_need, it.needs = (of_needs[0] if of_needs.size else 0), of_needs.size
        it.handover = op.HANDOVERS.index(handover)
    return pools, needs


def _guards(model: Declared) -> Array:
    out = table(op.GUARD_ROW, len(model.guards))
    for row, (name, guard) in enumerate(model.guards.items()):
        out[row] = (
            op.WATCHED.index(guard.watches),
            _watched(model, name, guard),
            guard.at_least,
            guard.threshold,
        )
    return out


def _watched(model: Declared, name: str, guard: Guard) -> int:
    """Return the row of what a guard watches."""
    if guard.watches in ("hour", "weekday"):
        return 0
    known: tuple[str, ...]
    if guard.watches == "counter":
        kind, known = "counter", tuple(model.counters)
    elif guard.watches == "list":
        kind, known = "list", tuple(model.lists)
    elif guard.watches in ("free", "used", "waiting"):
        kind, known = "resource", tuple(model.resources)
    else:
        kind, known = "pool", tuple(model.pools)
    if guard.what not in known:
        raise UnknownName(kind, guard.what or "", known, model.at(f"guard {name}"))
    return known.index(guard.what)


def _sources(made: Assembly) -> Array:
    model = made.model
    out = table(op.SOURCE, len(model.sources))
    for row, source in enumerate(model.sources.values()):
        rate, it = source.rate, out[row]
        it.peak, it.level = rate.peak * rate.headroom, rate.base
        it.amplitude, it.phase, it.scale = rate.amplitude, rate.phase, 1.0
        it.starts, it.ends = source.span
        it.table = made.keep(rate.table) if rate.table else -1
        it.arrival_key, it.patient_key = 2 * row, 2 * row + 1
        it.entry = made.labels[source.entry]
        kinds = [name for name, share in source.classes.items() if share > 0.0]
        total = np.cumsum([source.classes[name] for name in kinds])
        it.cumulative, it.classes = made.keep([*total[:-1].tolist(), 1.0]), len(kinds)
        it.class_at = made.aim([model.classes.index(name) for name in kinds])
    return out


def _calls(made: Assembly) -> Array:
    model = made.model
    out = table(op.CALL_ROW, len(model.calls))
    resources = list(model.resources)
    for row, (name, call) in enumerate(model.calls.items()):
        if any(not 0 <= day <= 6 for day in call.weekdays):
            raise InputError("weekdays of a call go from 0 to 6", model.at(f"call {name}"))
        it = out[row]
        it.list = model.lists.index(call.list)
        it.resource = -1 if call.resource is None else resources.index(call.resource)
        it.quota, it.reserve, it.target = call.quota, call.reserve, made.labels[call.to]
        it.weekdays = sum(1 << day for day in set(call.weekdays))
        it.first, it.period = call.first, call.period
    return out
