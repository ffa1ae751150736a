"""A pathway being written: one method for each operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from locum.errors import InputError
from locum.hospital import records as op
from locum.hospital.stations import NO_WAIT, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.hospital.declared import Declared
    from locum.hospital.stations import Number, Staff, Time, Waiting

__all__ = ["Path"]


class Path:
    """Steps that follow each other; every method returns the path.

    A number may be given for each class (a mapping); `draw` names or numbers the luck of a step.
    """

    def __init__(self, model: Declared, name: str) -> None:
        self._model = model
        self.name = name
        self._label: str | None = None
        self._seen: dict[str, int] = {}

    def label(self, name: str) -> Self:
        """Name the next step."""
        if self._label is not None:
            raise InputError(f"the step has two labels, {self._label!r} and {name!r}")
        if any(step.label == name for step in self._model.steps):
            raise InputError(f"the label {name!r} is there already", self._model.at(name))
        self._label = name
        return self

    def delay(self, time: Time, *, draw: str | int | None = None) -> Self:
        """Let the patient stay for a time."""
        return self._add(op.DELAY, time=time, draw=draw)

    def seize(
        self,
        resource: str,
        units: int = 1,
        *,
        waiting: Waiting = NO_WAIT,
        preempts: bool = False,
    ) -> Self:
        """Take units of a resource, or wait for them.

        `preempts` sends a patient of a worse priority back to the queue if nothing is free.
        """
        return self._add(
            op.SEIZE, resource, units=units, waiting=waiting, preempts=preempts, to=_left(waiting)
        )

    def release(self, resource: str, units: int = 1) -> Self:
        """Give units back."""
        return self._add(op.RELEASE, resource, units=units)

    def seize_staff(
        self, staff: Staff, waiting: Waiting = NO_WAIT, *, preempts: bool = False
    ) -> Self:
        """Take a clinician, or wait for one."""
        return self._add(
            op.SEIZE_STAFF,
            staff.pool,
            staff=staff,
            role=staff.role,
            waiting=waiting,
            preempts=preempts,
            to=_left(waiting),
        )

    def release_staff(self, role: str = "doctor") -> Self:
        """Let the clinician of this role go."""
        return self._add(op.RELEASE_STAFF, role=role)

    def branch(self, chance: Number, *, otherwise: str, draw: str | int | None = None) -> Self:
        """Go on with this probability, otherwise jump."""
        return self._add(op.BRANCH, shares=(chance,), to=(otherwise,), draw=draw)

    def switch(
        self, chances: Mapping[str, Number], *, otherwise: str, draw: str | int | None = None
    ) -> Self:
        """Jump to one of several labels with these probabilities, otherwise to the last."""
        return self._add(
            op.SWITCH,
            shares=tuple(chances.values()),
            to=(*chances, otherwise),
            draw=draw,
            goes_on=False,
        )

    def guard(self, guard: str, *, to: str, classes: tuple[str, ...] | None = None) -> Self:
        """Jump if the guard's condition holds (and the class is one of these)."""
        return self._add(op.GUARD, guard, to=(to,), classes=classes)

    def goto(self, label: str) -> Self:
        """Jump."""
        return self._add(op.GOTO, to=(label,), goes_on=False)

    def wait_in(self, name: str, *, priority: int = 0, keeps_place: bool = False) -> Self:
        """Join a list until called; one who comes again can keep the place of the first time."""
        from locum.hospital.stations import Waiting

        return self._add(
            op.LIST,
            name,
            waiting=Waiting(priority=priority),
            keeps_place=keeps_place,
            goes_on=False,
        )

    def set(self, attribute: str, value: Time, *, draw: str | int | None = None) -> Self:
        """Write an attribute: a constant or a draw."""
        return self._add(op.SET, attribute, time=value, draw=draw)

    def add(self, attribute: str, value: Time, *, draw: str | int | None = None) -> Self:
        """Add to an attribute: a constant or a draw."""
        return self._add(op.ADD, attribute, time=value, draw=draw)

    def test(self, attribute: str, at_least: Number, *, otherwise: str) -> Self:
        """Go on if the attribute is at least this, otherwise jump."""
        return self._add(op.TEST, attribute, shares=(at_least,), to=(otherwise,))

    def count(self, counter: str, by: int = 1) -> Self:
        """Add to a published counter."""
        return self._add(op.COUNT, counter, units=by)

    def transfer(
        self,
        destinations: Mapping[int, float],
        travel: Time,
        *,
        entry: str,
        draw: str | int | None = None,
    ) -> Self:
        """Leave for another hospital, chosen with these probabilities; travel in hours.

        `entry` is a name that the other hospital gave with `Assembler.entry`.
        """
        return self._add(
            op.TRANSFER,
            entry,
            time=travel,
            shares=tuple(destinations.values()),
            change={str(site): "" for site in destinations},
            draw=draw,
            goes_on=False,
        )

    def jump(self, targets: Mapping[str, str]) -> Self:
        """Jump by class (class -> label); other classes go on."""
        return self._add(op.JUMP, to=tuple(targets.values()), change=dict(targets))

    def wait_until(self, hour: float, weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)) -> Self:
        """Wait for the next time that it is this hour on one of these weekdays (0 is Monday)."""
        return self._add(
            op.WAIT_UNTIL, shares=(hour,), units=sum(1 << day for day in set(weekdays))
        )

    def signal(self, name: str, *, to: str, count: int = 1) -> Self:
        """Send up to so many from a list to a label."""
        return self._add(op.SIGNAL, name, units=count, to=(to,))

    def become(self, classes: Mapping[str, str]) -> Self:
        """Change the patient's class (from -> to)."""
        return self._add(op.BECOME, change=dict(classes))

    def end(self, outcome: str = "end") -> Self:
        """Leave the hospital; nothing may be held."""
        return self._add(op.END, outcome, goes_on=False)

    def _add(self, operation: int, what: str | None = None, **fields: object) -> Self:
        label, self._label = self._label, None
        stem = f"{self.name}:{op.OPERATIONS[operation]}" + (f":{what}" if what else "")
        times = self._seen[stem] = self._seen.get(stem, 0) + 1
        name = label or (stem if times == 1 else f"{stem}#{times}")
        self._model.steps.append(Step(operation, self.name, name, label, what, **fields))  # pyright: ignore[reportArgumentType]
        return self


def _left(waiting: Waiting) -> tuple[str, ...]:
    return () if waiting.leave_to is None else (waiting.leave_to,)
