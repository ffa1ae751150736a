"""From the words of a model to its tables."""

# ruff: noqa: ARG001 - the functions that fill a row of a step have one signature

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite
from typing import TYPE_CHECKING, cast

from locum.errors import BadValue, InputError, OutOfBounds
from locum.hospital import records as op
from locum.hospital.checks import check_flow
from locum.hospital.draws import ordinal_of
from locum.hospital.layout import lay_out
from locum.hospital.model import Model, Names
from locum.hospital.records import table
from locum.hospital.stations import Distribution, constant
from locum.hospital.tables import Assembly

if TYPE_CHECKING:
    from locum.hospital.declared import Declared
    from locum.hospital.records import Array
    from locum.hospital.stations import Step, Time

__all__ = ["assemble"]


def _fill_end(made: Assembly, it: Array, step: Step, row: int) -> None:
    it.what = 0


def _fill_delay(made: Assembly, it: Array, step: Step, row: int) -> None:
    given = step.time
    for time in given.values() if isinstance(given, Mapping) else [given]:
        endless = Distribution(op.CONSTANT, inf)
        if time in (inf, endless):
            raise OutOfBounds("delay", inf, "h", 0.0, inf, made.model.at(step.name))
    it.what, it.by_class = made.time(cast("Time", step.time), step, row, constant(0.0))


def _fill_units(made: Assembly, it: Array, step: Step, row: int) -> None:
    it.what = made.named("resource", tuple(made.model.resources), step)
    if step.units < 1:
        raise OutOfBounds("units", step.units, "", 1, inf, made.model.at(step.name))
    if step.op == op.SEIZE:
        _refuse_preemption(made, step, row)


def _refuse_preemption(made: Assembly, step: Step, row: int) -> None:
    """Refuse what the engine cannot send back: several units, or two kinds of them at once."""
    place = made.model.at(step.name)
    if step.preempts and step.units != 1:
        raise OutOfBounds("units of a step that preempts", step.units, "", 1, 1, place)
    losable = {name for name, (_, preempts) in made.model.resources.items() if preempts}
    losable |= {each.what for each in made.model.steps if each.op == op.SEIZE and each.preempts}
    if step.what in losable:
        for _, name, _ in made.flow.held.get(row, ()):
            if name in losable:
                raise InputError(f"holds {name!r}, which can be taken away as well", place)


def _fill_branch(made: Assembly, it: Array, step: Step, row: int) -> None:
    it.value, it.by_class = made.shares(step, row)


def _fill_switch(made: Assembly, it: Array, step: Step, row: int) -> None:
    it.value, it.by_class = made.shares(step, row)
    it.units = len(step.to)
    it.target = made.aim([made.row(label, step) for label in step.to])


def _fill_guard(made: Assembly, it: Array, step: Step, row: int) -> None:
    it.what = made.named("guard", tuple(made.model.guards), step)
    classes = made.model.classes if step.classes is None else step.classes
    mask = sum(1 << made.model.classes.index(each) for each in set(classes))
    it.classes_low, it.classes_high = mask & 0x7FFFFFFF, mask >> 31


def _fill_list(made: Assembly, it: Array, step: Step, row: int) -> None:
    it.what = made.named("list", made.model.lists, step)


def _fill_staff(made: Assembly, it: Array, step: Step, row: int) -> None:
    it.what = made.need(step)
    it.slot = made.flow.slots.get(row, 0)
    assert step.staff is not None  # noqa: S101  given by Path.seize_staff
    it.rule = op.RULES.index(step.staff.rule)
    it.task = made.tasks.setdefault(step.staff.task, len(made.tasks))


def _fill_release_staff(made: Assembly, it: Array, step: Step, row: int) -> None:
    it.slot = made.flow.slots.get(row, 0)


def _fill_attribute(made: Assembly, it: Array, step: Step, row: int) -> None:
    it.what = made.named("attribute", made.model.attributes, step)
    if step.op == op.TEST:
        given = step.shares[0]
        spread = isinstance(given, Mapping)
        numbers = made.by_class(given, step, row, 0.0) if isinstance(given, Mapping) else [given]
        it.value, it.by_class = made.keep(numbers), int(spread)
    else:
        it.what, it.slot = it.what, it.what
        it.what, it.by_class = made.time(cast("Time", step.time), step, row, constant(0.0))


def _fill_count(made: Assembly, it: Array, step: Step, row: int) -> None:
    it.what = made.named("counter", made.model.counters, step)


def _fill_transfer(made: Assembly, it: Array, step: Step, row: int) -> None:
    total = sum(cast("tuple[float, ...]", step.shares))
    if abs(total - 1.0) > 1e-9:
        raise OutOfBounds("sum of probabilities", total, "", 1, 1, made.model.at(step.name))
    it.value, _ = made.shares(step, row)
    it.units = len(step.shares)
    it.target = made.aim([int(site) for site in step.change])
    it.patience, it.by_class = made.time(cast("Time", step.time), step, row, constant(0.0))
    it.what = ordinal_of(step.what or "")


def _fill_jump(made: Assembly, it: Array, step: Step, row: int) -> None:
    aims = [row + 1] * len(made.model.classes)
    for name, label in step.change.items():
        aims[made.model.classes.index(name)] = made.row(label, step)
    it.target = made.aim(aims)


def _fill_until(made: Assembly, it: Array, step: Step, row: int) -> None:
    hour = cast("float", step.shares[0])
    if not 0.0 <= hour < op.DAY_HOURS:
        raise OutOfBounds("hour of the day", hour, "h", 0, op.DAY_HOURS, made.model.at(step.name))
    if not 0 < step.units < 128:
        raise BadValue("weekdays", step.units, "some of 0 to 6", made.model.at(step.name))
    it.value = made.keep([hour])


def _fill_become(made: Assembly, it: Array, step: Step, row: int) -> None:
    classes = made.model.classes
    it.target = made.aim([classes.index(step.change.get(name, name)) for name in classes])


_FILLERS = {
    op.END: _fill_end,
    op.DELAY: _fill_delay,
    op.SEIZE: _fill_units,
    op.RELEASE: _fill_units,
    op.BRANCH: _fill_branch,
    op.SWITCH: _fill_switch,
    op.GUARD: _fill_guard,
    op.LIST: _fill_list,
    op.SEIZE_STAFF: _fill_staff,
    op.RELEASE_STAFF: _fill_release_staff,
    op.SET: _fill_attribute,
    op.ADD: _fill_attribute,
    op.TEST: _fill_attribute,
    op.COUNT: _fill_count,
    op.TRANSFER: _fill_transfer,
    op.JUMP: _fill_jump,
    op.WAIT_UNTIL: _fill_until,
    op.SIGNAL: _fill_list,
    op.BECOME: _fill_become,
}


def _steps(made: Assembly) -> Array:
    """Make the rows of all steps."""
    out = table(op.STEP, len(made.model.steps))
    for row, step in enumerate(made.model.steps):
        out[row] = tuple(
            -1 if name in ("patience", "boards") else 0 for name in op.STEP.names or ()
        )
        it = out[row]
        it.op = step.op
        it.units = step.units
        it.preempts = step.preempts
        it.rule = step.keeps_place
        it.draw = made.draw(step.draw, step.name)
        if step.op in _FILLERS:
            _FILLERS[step.op](made, it, step, row)
        made.fill_waiting(it, step, row, step.waiting)
        if step.to and step.op not in (op.SWITCH, op.JUMP):
            it.target = made.row(step.to[0], step)
    return out


def assemble(model: Declared) -> Model:
    """Check a model and make its tables."""
    flow = check_flow(model)
    made = Assembly(model, flow)
    made.sort_needs()
    steps = _steps(made)
    tables = lay_out(made, steps)
    names = Names(
        classes=model.classes,
        attributes=model.attributes,
        steps=tuple(step.name for step in model.steps),
        resources=tuple(model.resources),
        pools=tuple(model.pools),
        lists=tuple(model.lists),
        counters=tuple(model.counters),
        guards=tuple(model.guards),
        sources=tuple(model.sources),
        calls=tuple(model.calls),
        tasks=tuple(made.tasks),
        rosters=tuple(model.rosters),
        streams=tuple(name for each in model.sources for name in (f"{each} arrivals", each)),
        entries=tuple(model.entries),
    )
    assert isfinite(sum(made.values))  # noqa: S101  checked number by number
    return Model(model.name, tables, names, dict(made.skills))
