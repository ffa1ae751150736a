"""From the steps of a pathway file to those of the assembler."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from locum.errors import BadValue, InputError, OutOfBounds, Place, UnknownName
from locum.hospital import records as op
from locum.hospital.stations import BY_CLASS, Staff, Waiting
from locum.scenarios.pathway_schema import VERBS
from locum.scenarios.pathway_words import (
    At,
    known_class,
    read_days,
    read_number,
    read_time,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from locum.hospital.path import Path
    from locum.hospital.program import Assembler
    from locum.scenarios.pathway_schema import StepEntry, WaitingEntry

__all__ = ["StepWriter", "known", "refuse_unknown_verbs"]

_DRAWING = frozenset(("delay", "branch", "switch", "set", "add", "transfer"))
_WAITING = frozenset(("seize", "seize_staff"))
_CHANCE = (0.0, 1.0)
_ANY = (-inf, inf)


def known(kind: str, name: str, choices: Iterable[str], place: Place) -> str:
    """Return a name that exists.

    Raises
    ------
    UnknownName
        If it does not; the error suggests the closest one.
    """
    if name not in (all_of_them := tuple(choices)):
        raise UnknownName(kind, name, all_of_them, place)
    return name


def refuse_unknown_verbs(data: object, at: At) -> None:
    """Raise if a step of the raw data has no verb, two, or one that does not exist."""
    paths = _mapping(_mapping(data).get("paths"))
    for path, steps in paths.items():
        if isinstance(steps, list):
            for row, step in enumerate(cast("list[object]", steps)):
                if isinstance(step, dict):
                    each = cast("Mapping[object, object]", step)
                    _refuse_unknown_verb(each, partial(at, "paths", path, row))


def _mapping(data: object) -> Mapping[object, object]:
    return cast("Mapping[object, object]", data) if isinstance(data, dict) else {}


def _refuse_unknown_verb(step: Mapping[object, object], at: At) -> None:
    verbs = [key for key in step if key not in ("label", "draw")]
    for verb in verbs:
        if verb not in VERBS:
            raise UnknownName("verb", verb, VERBS, at(verb))
        if step[verb] is None:
            raise BadValue(str(verb), None, "what it is about", at(verb))
    if not verbs:
        raise InputError(f"the step has no verb; give one of {', '.join(VERBS)}", at())
    if len(verbs) > 1:
        raise InputError(f"the step has two verbs, {verbs[0]} and {verbs[1]}", at(verbs[1]))


class StepWriter:
    """Write the paths of a file.

    Parameters
    ----------
    model
        The model, with its stations.
    paths
        Steps and places of each path.

    Raises
    ------
    InputError
        If a label is written twice.
    """

    def __init__(
        self, model: Assembler, paths: Mapping[str, tuple[Sequence[StepEntry], At]]
    ) -> None:
        self.model = model
        self.paths = paths
        self.places: dict[str, Place] = {}
        """Where each step is written, by its name in the assembler."""
        self.labels: dict[str, Place] = {}
        for steps, at in paths.values():
            for row, step in enumerate(steps):
                if step.label is None:
                    continue
                place = at(row, "label")
                if step.label in self.labels:
                    first = self.labels[step.label].line
                    raise InputError(
                        f"the label {step.label!r} is there already, on line {first}", place
                    )
                self.labels[step.label] = place

    def write(self) -> None:
        """Write every path.

        Raises
        ------
        InputError
            With the step: unknown names, numbers out of range, a path that does not end.
        """
        for name, (steps, at) in self.paths.items():
            if not steps:
                raise InputError(f"path {name!r} has no steps", at())
            path = self.model.path(name)
            goes_on = True
            for row, step in enumerate(steps):
                if not goes_on and step.label is None:
                    problem = "nothing leads to this step: the one before never goes on to it"
                    raise InputError(problem + ", and it has no label", at(row))
                goes_on = self._step(path, step, partial(at, row))
            if goes_on:
                place = self.places[self.model.steps[-1].name]
                problem = f"path {name!r} does not end: nothing follows this step"
                raise InputError(problem, place)

    def _step(self, path: Path, step: StepEntry, at: At) -> bool:
        """Write a step; return whether the next one may follow it."""
        verb = next(name for name in VERBS if name in step.model_fields_set)
        self._refuse_idle_draw(verb, step, at)
        if step.label is not None:
            path.label(step.label)
        _WRITERS[verb](self, path, step, partial(at, verb))
        made, place = self.model.steps[-1], at()
        self.places[made.name] = Place(place.file, place.line, f"{place.key} ({made.name})")
        if made.op == op.JUMP:
            return set(self.model.classes) > set(made.change)
        return made.goes_on

    @staticmethod
    def _refuse_idle_draw(verb: str, step: StepEntry, at: At) -> None:
        body: WaitingEntry | None = getattr(step, verb) if verb in _WAITING else None
        draws = verb in _DRAWING or (body is not None and body.patience is not None)
        if step.draw is not None and not draws:
            raise InputError(f"{verb} draws nothing here", at("draw"))

    # --- names -------------------------------------------------------------------

    def to(self, label: str, place: Place) -> str:
        """Return a label that exists."""
        return known("label", label, self.labels, place)

    def by_class(self, given: Mapping[str, str], at: At) -> dict[str, str]:
        """Return a mapping whose keys are classes."""
        return {known_class(name, self.model.classes, at(name)): to for name, to in given.items()}

    def waiting(self, step: StepEntry, body: WaitingEntry, at: At) -> Waiting:
        """Return how a patient waits at a step."""
        classes = self.model.classes
        priority: Any = BY_CLASS if body.priority == "by_class" else body.priority
        for name in _mapping(priority):
            known_class(name, classes, at("priority", name))
        patience = None
        if body.patience is not None:
            patience = read_time(body.patience, classes, partial(at, "patience"), form="patience")
        if (patience is None) != (body.leave_to is None):
            raise InputError("patience and leave_to belong together", at("leave_to"))
        return Waiting(
            priority=priority,
            patience=patience,
            leave_to=body.leave_to and self.to(body.leave_to, at("leave_to")),
            boards=body.boards
            and known("counter", body.boards, self.model.counters, at("boards")),
            draw=step.draw,
        )


def _body(step: StepEntry, verb: str) -> Any:  # noqa: ANN401  the schema knows the type
    return getattr(step, verb)


def _delay(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    path.delay(read_time(step.delay, on.model.classes, at), draw=step.draw)


def _seize(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = step.seize
    assert body is not None  # noqa: S101  the verb of the step
    known("resource", body.resource, on.model.resources, at("resource"))
    path.seize(
        body.resource, body.units, waiting=on.waiting(step, body, at), preempts=body.preempts
    )


def _release(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = step.release
    assert body is not None  # noqa: S101  the verb of the step
    known("resource", body.resource, on.model.resources, at("resource"))
    path.release(body.resource, body.units)


def _seize_staff(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = step.seize_staff
    assert body is not None  # noqa: S101  the verb of the step
    known("pool", body.pool, on.model.pools, at("pool"))
    known("rule", body.rule, op.RULES, at("rule"))
    skills = {skill for group in on.model.staff for skill in group.skills}
    for row, skill in enumerate(body.skills):
        known("skill", skill, sorted(skills), at("skills", row))
    staff = Staff(body.pool, tuple(body.skills), body.grade, body.rule, body.task, body.role)
    path.seize_staff(staff, on.waiting(step, body, at), preempts=body.preempts)


def _release_staff(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:  # noqa: ARG001
    path.release_staff(step.release_staff or "")


def _branch(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = step.branch
    assert body is not None  # noqa: S101  the verb of the step
    chance = read_number(
        body.chance, "probability", _CHANCE, on.model.classes, partial(at, "chance")
    )
    path.branch(chance, otherwise=on.to(body.otherwise, at("otherwise")), draw=step.draw)


def _switch(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = step.switch
    assert body is not None  # noqa: S101  the verb of the step
    if not body.to:
        raise BadValue("to", {}, "at least one label", at("to"))
    chances = {
        on.to(label, at("to", label)): read_number(
            chance, "probability", _CHANCE, on.model.classes, partial(at, "to", label)
        )
        for label, chance in body.to.items()
    }
    path.switch(chances, otherwise=on.to(body.otherwise, at("otherwise")), draw=step.draw)


def _guard(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = step.guard
    assert body is not None  # noqa: S101  the verb of the step
    known("guard", body.when, on.model.guards, at("when"))
    classes = None
    if body.classes is not None:
        classes = tuple(
            known_class(name, on.model.classes, at("classes", row))
            for row, name in enumerate(body.classes)
        )
    path.guard(body.when, to=on.to(body.to, at("to")), classes=classes)


def _goto(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    path.goto(on.to(step.goto or "", at()))


def _list(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = step.list
    assert body is not None  # noqa: S101  the verb of the step
    known("list", body.name, on.model.lists, at("name"))
    path.wait_in(body.name, priority=body.priority, keeps_place=body.keeps_place)


def _attribute(verb: str, on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = _body(step, verb)
    known("attribute", body.attribute, on.model.attributes, at("attribute"))
    value = read_time(body.value, on.model.classes, partial(at, "value"), form="value")
    write = path.set if verb == "set" else path.add
    write(body.attribute, value, draw=step.draw)


def _test(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = step.test
    assert body is not None  # noqa: S101  the verb of the step
    known("attribute", body.attribute, on.model.attributes, at("attribute"))
    least = read_number(
        body.at_least, "threshold", _ANY, on.model.classes, partial(at, "at_least")
    )
    path.test(body.attribute, least, otherwise=on.to(body.otherwise, at("otherwise")))


def _count(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = step.count
    assert body is not None  # noqa: S101  the verb of the step
    known("counter", body.counter, on.model.counters, at("counter"))
    path.count(body.counter, body.by)


def _transfer(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = step.transfer
    assert body is not None  # noqa: S101  the verb of the step
    for site, chance in body.to.items():
        read_number(chance, "probability", _CHANCE, (), partial(at, "to", site))
    total = sum(body.to.values())
    if abs(total - 1.0) > 1e-9:
        raise OutOfBounds("sum of the probabilities", total, "", 1.0, 1.0, at("to"))
    travel = read_time(body.travel, on.model.classes, partial(at, "travel"))
    path.transfer(body.to, travel, entry=body.entry, draw=step.draw)


def _jump(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    targets = on.by_class(step.jump or {}, at)
    if not targets:
        raise BadValue("jump", {}, "at least one class and its label", at())
    path.jump({name: on.to(label, at(name)) for name, label in targets.items()})


def _wait_until(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:  # noqa: ARG001
    body = step.wait_until
    assert body is not None  # noqa: S101  the verb of the step
    if body.at >= op.DAY_HOURS:
        raise OutOfBounds("hour of the day", body.at, "h", 0.0, 23.99, at("at"))
    path.wait_until(body.at, read_days(body.days, at("days")))


def _signal(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    body = step.signal
    assert body is not None  # noqa: S101  the verb of the step
    known("list", body.list, on.model.lists, at("list"))
    path.signal(body.list, to=on.to(body.to, at("to")), count=body.count)


def _become(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:
    classes = on.model.classes
    change = on.by_class(step.become or {}, at)
    path.become({name: known_class(to, classes, at(name)) for name, to in change.items()})


def _end(on: StepWriter, path: Path, step: StepEntry, at: At) -> None:  # noqa: ARG001
    path.end(step.end or "")


_Writer: TypeAlias = "Callable[[StepWriter, Path, StepEntry, At], None]"
_WRITERS: dict[str, _Writer] = {
    "delay": _delay,
    "seize": _seize,
    "release": _release,
    "seize_staff": _seize_staff,
    "release_staff": _release_staff,
    "branch": _branch,
    "switch": _switch,
    "guard": _guard,
    "goto": _goto,
    "list": _list,
    "set": partial(_attribute, "set"),
    "add": partial(_attribute, "add"),
    "test": _test,
    "count": _count,
    "transfer": _transfer,
    "jump": _jump,
    "wait_until": _wait_until,
    "signal": _signal,
    "become": _become,
    "end": _end,
}
