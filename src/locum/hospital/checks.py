"""What is checked about the pathways of a model before it may run.

Every step has one set of things that a patient holds when reaching it, whatever the way there;
it follows that nothing can be released twice or taken home.
"""

# ruff: noqa: C901 - what each operation does to patients, in one place

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from locum.errors import InputError, OutOfBounds, UnknownName
from locum.hospital import records as op
from locum.hospital.records import MAX_SLOTS, OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from locum.hospital.declared import Declared
    from locum.hospital.stations import Step

__all__ = ["Flow", "check_flow"]

Held: TypeAlias = tuple[tuple[str, str, int], ...]
"""What is held: (resource, its name, units) or (role, its name, slot), sorted."""

_TIMELESS = set(range(len(OPERATIONS))) - {op.DELAY, op.LIST, op.WAIT_UNTIL}


@dataclass
class Flow:
    """What reaches each step."""

    held: dict[int, Held] = field(default_factory=dict[int, Held])
    came_from: dict[int, str] = field(default_factory=dict[int, str])
    classes: dict[int, int] = field(default_factory=dict[int, int])
    """Mask of classes by step."""
    slots: dict[int, int] = field(default_factory=dict[int, int])
    on_list: dict[str, tuple[Held, int, str]] = field(
        default_factory=dict[str, tuple[Held, int, str]]
    )


class _Walk:
    """Follow every patient through the program until nothing new is learned."""

    def __init__(self, model: Declared) -> None:
        self.model = model
        self.labels = {step.label: row for row, step in enumerate(model.steps) if step.label}
        self.flow = Flow()
        self.waiting: list[int] = []
        self.index = {name: place for place, name in enumerate(model.classes)}

    def row(self, label: str, by: str) -> int:
        """Return the step of a label."""
        if label not in self.labels:
            raise UnknownName("label", label, self.labels, self.model.at(by))
        return self.labels[label]

    def reach(self, row: int, held: Held, classes: int, by: str) -> None:
        """Let patients of these classes reach a step with what they hold."""
        flow, step = self.flow, self.model.steps[row]
        if flow.held.setdefault(row, held) != held:
            raise InputError(
                f"the step is reached holding {_said(held)} from {by} and holding "
                f"{_said(flow.held[row])} from {flow.came_from[row]}",
                self.model.at(step.name),
            )
        flow.came_from.setdefault(row, by)
        known = flow.classes.get(row, 0)
        if classes & ~known:
            flow.classes[row] = known | classes
            self.waiting.append(row)

    def run(self) -> Flow:
        """Start at every entry."""
        model = self.model
        for name, source in model.sources.items():
            classes = sum(1 << self.index[each] for each, p in source.classes.items() if p > 0.0)
            self.reach(self.row(source.entry, f"source {name}"), (), classes, f"source {name}")
        everyone = (1 << len(model.classes)) - 1
        for name, label in model.entries.items():
            self.reach(self.row(label, f"entry {name}"), (), everyone, f"entry {name}")
        for name, call in model.calls.items():
            self.row(call.to, f"call {name}")
        while self.waiting:
            self.follow(self.waiting.pop())
        return self.flow

    def refuse_unknown_classes(self) -> None:
        """Raise if a step speaks of a class that does not exist, whether anybody comes there."""
        for step in self.model.steps:
            named = [*(step.classes or ())]
            if step.op in (op.JUMP, op.BECOME):
                named += step.change
            if step.op == op.BECOME:
                named += step.change.values()
            for name in named:
                self._class(name, step)

    def follow(self, row: int) -> None:
        """Let the patients at a step take it."""
        step, held = self.model.steps[row], self.flow.held[row]
        classes = self.flow.classes[row]
        if step.op in (op.END, op.TRANSFER) and held:
            raise InputError(f"patients leave still holding {_said(held)}", self._at(step))
        if step.op == op.LIST:
            self.join(step, held, classes)
        elif step.op == op.JUMP:
            for each, label in step.change.items():
                if (bit := 1 << self._class(each, step)) & classes:
                    self.reach(self.row(label, step.name), held, bit, step.name)
                    classes &= ~bit
        elif step.op == op.BECOME:
            classes = self._become(step, classes)
        elif step.op == op.SIGNAL:
            self.row(step.to[0], step.name)
            self.call_from(step.what or "")
        else:
            for label in step.to:
                self.reach(
                    self.row(label, step.name), held, self._jumping(step, classes), step.name
                )
        if step.goes_on and classes:
            self._go_on(row, self._after(row, step, held), classes)

    def join(self, step: Step, held: Held, classes: int) -> None:
        """Remember what those on a list hold."""
        name = step.what or ""
        before = self.flow.on_list.get(name)
        if before is not None and before[0] != held:
            raise InputError(
                f"patients join list {name!r} holding {_said(held)} here and holding "
                f"{_said(before[0])} at {before[2]}",
                self._at(step),
            )
        self.flow.on_list[name] = (held, classes | (before[1] if before else 0), step.name)
        self.call_from(name)

    def call_from(self, name: str) -> None:
        """Let those on a list be called and sent."""
        if name not in self.flow.on_list:
            return
        held, classes, _ = self.flow.on_list[name]
        for call_name, call in self.model.calls.items():
            if call.list == name:
                more = _with(held, "unit of", call.resource, 1) if call.resource else held
                self.reach(self.row(call.to, call_name), more, classes, f"call {call_name}")
        for row, step in enumerate(self.model.steps):
            if step.op == op.SIGNAL and step.what == name and row in self.flow.held:
                self.reach(self.row(step.to[0], step.name), held, classes, step.name)

    def _go_on(self, row: int, held: Held, classes: int) -> None:
        step = self.model.steps[row]
        if row + 1 == len(self.model.steps) or self.model.steps[row + 1].path != step.path:
            raise InputError(
                f"path {step.path!r} does not end: nothing follows this step", self._at(step)
            )
        self.reach(row + 1, held, classes, step.name)

    def _after(self, row: int, step: Step, held: Held) -> Held:
        """Return what is held after a step."""
        if step.op == op.SEIZE:
            return _with(held, "unit of", step.what or "", step.units)
        if step.op == op.RELEASE:
            return self._without(step, held, step.units)
        if step.op == op.SEIZE_STAFF:
            return self._take(row, step, held)
        if step.op == op.RELEASE_STAFF:
            for kind, name, slot in held:
                if kind == "clinician as" and name == step.role:
                    self.flow.slots[row] = slot
                    return tuple(each for each in held if each != (kind, name, slot))
            raise InputError(
                f"releases clinician as {step.role!r}, who is not held", self._at(step)
            )
        return held

    def _take(self, row: int, step: Step, held: Held) -> Held:
        taken = {slot for kind, _, slot in held if kind == "clinician as"}
        free = [slot for slot in range(MAX_SLOTS) if slot not in taken]
        if any(kind == "clinician as" and name == step.role for kind, name, _ in held):
            raise InputError(f"a clinician as {step.role!r} is held already", self._at(step))
        if not free:
            raise OutOfBounds("clinicians held", len(taken) + 1, "", 0, MAX_SLOTS, self._at(step))
        self.flow.slots[row] = free[0]
        return tuple(sorted((*held, ("clinician as", step.role or "", free[0]))))

    def _without(self, step: Step, held: Held, units: int) -> Held:
        counts = {name: count for kind, name, count in held if kind == "unit of"}
        name = step.what or ""
        if counts.get(name, 0) < units:
            raise InputError(
                f"releases {units} of {name!r}, but {counts.get(name, 0)} are held", self._at(step)
            )
        return _with(held, "unit of", name, -units)

    def _class(self, name: str, step: Step) -> int:
        if name not in self.index:
            raise UnknownName("class", name, self.index, self._at(step))
        return self.index[name]

    def _jumping(self, step: Step, classes: int) -> int:
        if step.classes is None:
            return classes
        return classes & sum(1 << self._class(each, step) for each in set(step.classes))

    def _become(self, step: Step, classes: int) -> int:
        after = classes
        for each in step.change:
            after &= ~(1 << self._class(each, step))
        for each, other in step.change.items():
            if classes >> self._class(each, step) & 1:
                after |= 1 << self._class(other, step)
        return after

    def _at(self, step: Step):  # noqa: ANN202  a Place
        return self.model.at(step.name)


def check_flow(model: Declared) -> Flow:
    """Follow every pathway.

    Raises
    ------
    InputError
        At the step: unknown labels, a path that does not end, units that are released but not
        held or still held at the end, a loop that takes no time.
    """
    walk = _Walk(model)
    walk.refuse_unknown_classes()
    flow = walk.run()
    edges = {row: list(_timeless(walk, row)) for row in flow.held}
    done: set[int] = set()
    for row in sorted(edges):
        _refuse_loop(model, row, edges, done)
    return flow


def _timeless(walk: _Walk, row: int) -> Iterator[int]:
    """Yield the steps that may follow a step at the same instant."""
    step = walk.model.steps[row]
    if step.op not in _TIMELESS:
        return
    if step.goes_on and row + 1 in walk.flow.held:
        yield row + 1
    if step.op not in (op.SEIZE, op.SEIZE_STAFF, op.SIGNAL):
        for label in step.to:
            yield walk.row(label, step.name)


def _refuse_loop(model: Declared, start: int, edges: dict[int, list[int]], done: set[int]) -> None:
    """Search in depth for a way back to a step on the way."""
    path: list[int] = [start]
    inside = {start}
    rest = [iter(edges.get(start, ()))]
    while path:
        follower = next(rest[-1], None)
        if follower is None:
            done.add(path[-1])
            inside.discard(path.pop())
            rest.pop()
        elif follower in inside:
            raise InputError(
                "patients can come back to this step again and again without time passing",
                model.at(model.steps[follower].name),
            )
        elif follower not in done:
            path.append(follower)
            inside.add(follower)
            rest.append(iter(edges.get(follower, ())))


def _with(held: Held, kind: str, name: str, units: int) -> Held:
    counts = {(each, of): count for each, of, count in held}
    counts[kind, name] = counts.get((kind, name), 0) + units
    if not counts[kind, name]:
        del counts[kind, name]
    return tuple(sorted((each, of, count) for (each, of), count in counts.items()))


def _said(held: Held) -> str:
    if not held:
        return "nothing"
    return ", ".join(
        f"{units} of {name!r}" if kind == "unit of" else f"a clinician as {name!r}"
        for kind, name, units in held
    )
