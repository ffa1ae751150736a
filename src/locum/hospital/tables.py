"""The tables of a model while they grow."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from locum.errors import InputError, MissingField, OutOfBounds, UnknownName
from locum.hospital import records as op
from locum.hospital.draws import ordinal_of
from locum.hospital.stations import BY_CLASS, Distribution, constant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.hospital.checks import Flow
    from locum.hospital.declared import Declared
    from locum.hospital.records import Array
    from locum.hospital.stations import Number, Step, Time, Waiting

__all__ = ["Assembly"]

_FOREVER = Distribution(op.CONSTANT, inf)


class Assembly:
    """The tables of a model while they grow."""

    def __init__(self, model: Declared, flow: Flow) -> None:
        self.model = model
        self.flow = flow
        self.values: list[float] = []
        self.targets: list[int] = []
        self.distributions: list[tuple[float, float, float]] = []
        self.interned: dict[tuple[object, ...], int] = {}
        self.needs: dict[tuple[str, int, int], int] = {}
        self.tasks: dict[str, int] = {}
        self.skills: dict[str, int] = {}
        self.labels = {step.label: row for row, step in enumerate(model.steps) if step.label}
        self.levels = 1

    # --- numbers ---------------------------------------------------------------

    def by_class(
        self, given: Mapping[str, Any], step: Step, row: int, missing: object
    ) -> list[Any]:
        """Return a number for each class; classes that never come here need none."""
        model = self.model
        for name in given:
            if name not in model.classes:
                raise UnknownName("class", name, model.classes, model.at(step.name))
        for place, name in enumerate(model.classes):
            if name not in given and self.flow.classes.get(row, 0) >> place & 1:
                raise MissingField(
                    f"class {name!r}, which comes here,", "value", model.at(step.name)
                )
        return [given.get(name, missing) for name in model.classes]

    def keep(self, numbers: Sequence[float]) -> int:
        """Keep numbers that follow each other; return the first's place."""
        key = ("values", *numbers)
        if key not in self.interned:
            self.interned[key] = len(self.values)
            self.values.extend(float(number) for number in numbers)
        return self.interned[key]

    def aim(self, rows: Sequence[int]) -> int:
        """Keep targets that follow each other; return the first's place."""
        key = ("targets", *rows)
        if key not in self.interned:
            self.interned[key] = len(self.targets)
            self.targets.extend(rows)
        return self.interned[key]

    def time(self, given: Time, step: Step, row: int, missing: Distribution) -> tuple[int, int]:
        """Keep distributions; return the first's row and the stride between classes."""
        many = isinstance(given, Mapping)
        each = self.by_class(given, step, row, missing) if many else [given]
        made = tuple(
            one if isinstance(one, Distribution) else self._constant(one, step) for one in each
        )
        key = ("time", *made)
        if key not in self.interned:
            self.interned[key] = len(self.distributions)
            for one in made:
                first, second = one.first, one.second
                if one.kind == op.EMPIRICAL:
                    first, second = self.keep(one.quantiles), len(one.quantiles)
                self.distributions.append((one.kind, first, second))
        return self.interned[key], int(isinstance(given, Mapping))

    def _constant(self, hours: float, step: Step) -> Distribution:
        if step.op in (op.SET, op.ADD):
            return Distribution(op.CONSTANT, float(hours))
        try:
            return constant(hours)
        except OutOfBounds as wrong:
            raise OutOfBounds("time", hours, "h", 0.0, inf, self.model.at(step.name)) from wrong

    def shares(self, step: Step, row: int) -> tuple[int, int]:
        """Keep the cumulative probabilities of a step; return place and stride."""
        given = step.shares
        spread = any(isinstance(share, Mapping) for share in given)
        classes = len(self.model.classes) if spread else 1
        columns = [self._column(share, step, row, classes) for share in given]
        total = np.cumsum(np.array(columns, float), axis=0)
        if total[-1].max() > 1.0 + 1e-9:
            raise OutOfBounds(
                "sum of probabilities", total[-1].max(), "", 0, 1, self.model.at(step.name)
            )
        return self.keep(total.T.ravel().tolist()), len(given) if spread else 0

    def _column(self, share: Number, step: Step, row: int, classes: int) -> list[float]:
        column: list[float] = [cast("float", share)] * classes
        if isinstance(share, Mapping):
            column = self.by_class(share, step, row, 0.0)
        for value in column:
            if not 0.0 <= value <= 1.0:
                raise OutOfBounds("probability", value, "", 0, 1, self.model.at(step.name))
        return column

    def draw(self, given: str | int | None, name: str) -> int:
        """Return the ordinal of a draw."""
        if isinstance(given, int):
            return given
        return ordinal_of(name if given is None else given)

    def row(self, label: str, step: Step) -> int:
        """Return the step of a label."""
        if label not in self.labels:
            raise UnknownName("label", label, self.labels, self.model.at(step.name))
        return self.labels[label]

    def named(self, kind: str, known: Sequence[str], step: Step) -> int:
        """Return the row of what a step speaks of."""
        if step.what not in known:
            raise UnknownName(kind, step.what or "", known, self.model.at(step.name))
        return known.index(step.what)

    def fill_waiting(self, it: Array, step: Step, row: int, waiting: Waiting) -> None:
        """Write priority, patience and boarding."""
        model, place = self.model, self.model.at(step.name)
        priority = waiting.priority
        if priority == BY_CLASS:
            priority = {name: rank for rank, name in enumerate(model.classes)}
        if isinstance(priority, Mapping):
            ranks = self.by_class(priority, step, row, 0)
            it.priority = -1 - self.keep(ranks)
        else:
            ranks = [priority]
            it.priority = priority
        if min(ranks) < 0:
            raise OutOfBounds("priority", min(ranks), "", 0, inf, place)
        self.levels = max(self.levels, int(max(ranks)) + 1)
        if waiting.patience is not None:
            if waiting.leave_to is None:
                raise MissingField("a step with patience", "leave_to", place)
            it.patience, it.by_class = self.time(waiting.patience, step, row, _FOREVER)
            it.draw = self.draw(waiting.draw, f"{step.name} patience")
        if waiting.boards is not None:
            if waiting.boards not in model.counters:
                raise UnknownName("counter", waiting.boards, model.counters, place)
            it.boards = model.counters.index(waiting.boards)

    def need(self, step: Step) -> int:
        """Return the row of what a step asks of a clinician."""
        staff = step.staff
        assert staff is not None  # noqa: S101  given by Path.seize_staff
        place = self.model.at(step.name)
        if staff.pool not in self.model.pools:
            raise UnknownName("pool", staff.pool, self.model.pools, place)
        if staff.rule not in op.RULES:
            raise UnknownName("rule", staff.rule, op.RULES, place)
        able = [
            group
            for group in self.model.staff
            if group.pool == staff.pool
            and group.grade >= staff.grade
            and set(staff.skills) <= set(group.skills)
        ]
        if not able:
            asked = f"grade {staff.grade}" + "".join(f" and {skill}" for skill in staff.skills)
            raise InputError(f"nobody in pool {staff.pool!r} has {asked}", place)
        return self.needs[staff.pool, self.mask(staff.skills), staff.grade]

    def mask(self, skills: Sequence[str]) -> int:
        """Return the bits of skills."""
        return sum(1 << self.skills.setdefault(skill, len(self.skills)) for skill in set(skills))

    def sort_needs(self) -> None:
        """Give the needs numbers, so that those of a pool follow each other."""
        found: set[tuple[str, int, int]] = set()
        for step in self.model.steps:
            if step.staff is not None and step.staff.pool in self.model.pools:
                found.add((step.staff.pool, self.mask(step.staff.skills), step.staff.grade))
        order = list(self.model.pools)
        for need in sorted(found, key=lambda each: (order.index(each[0]), *each[1:])):
            self.needs[need] = len(self.needs)
