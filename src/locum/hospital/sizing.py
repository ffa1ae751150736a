"""Hospitals of other sizes from one template, without reading or checking its pathways again.

`resize` edits the tables of an assembled model. What a size does not speak of is the template's
own table, so that hundreds of hospitals are made in about a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf, isfinite, log
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

import numpy as np

from locum.errors import BadValue, MissingField, OutOfBounds, Place, UnknownName
from locum.hospital import records as op
from locum.hospital.model import Model
from locum.hospital.records import Site, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from locum.hospital.records import Array

__all__ = ["Group", "Size", "Sized", "Template", "resize"]

Chance: TypeAlias = float | Mapping[str, float]
"""One probability, or one for each class."""
_Writer: TypeAlias = "Callable[[str, object], None]"
_KEPT_TEMPLATES = 16
_TIMED: Mapping[int, str] = {
    op.DELAY: "what",
    op.TRANSFER: "patience",
    op.SEIZE: "patience",
    op.SEIZE_STAFF: "patience",
}
"""Field of a step that is the row of its time."""


@dataclass(frozen=True)
class Group:
    """What the clinicians of a group have in common; rosters are dealt to them in turn."""

    pool: str
    grade: int = 0
    skills: tuple[str, ...] = ()
    rosters: tuple[str, ...] = ("always",)
    weekly_cap: float = inf


class Template(Protocol):
    """A model and its groups of clinicians, such as `Pathways` or a `Sized`."""

    @property
    def model(self) -> Model:
        """Tables and names."""
        ...

    @property
    def staff(self) -> Mapping[str, Group]:
        """Groups of clinicians, those without a member too."""
        ...

    @property
    def groups(self) -> Mapping[str, tuple[int, ...]]:
        """Rows of each group."""
        ...


@dataclass(frozen=True)
class Size:
    """What differs from the template; what is left out is the template's.

    Attributes
    ----------
    name
        Of the hospital, for errors.
    resources
        Units. A schedule keeps its shape: its largest number becomes this one, and the others are
        scaled by the same factor and rounded, halves up.
    groups
        Heads of each group of clinicians; 0 is allowed.
    rates
        Factor on the rate of a source; its headroom stays.
    quotas
        How many a call may call.
    thresholds
        Of guards.
    times
        Factor on the time of a step, by its label: the time of a delay, the travel time of a
        transfer, or the patience of who waits.
    chances
        Probability that a branch goes on, by its label: a number, or one for each class (classes
        left out keep theirs).
    destinations
        Probability of each hospital (by its number), by the label of the transfer; the sum is 1.
    """

    name: str
    resources: Mapping[str, int] = field(default_factory=dict[str, int])
    groups: Mapping[str, int] = field(default_factory=dict[str, int])
    rates: Mapping[str, float] = field(default_factory=dict[str, float])
    quotas: Mapping[str, int] = field(default_factory=dict[str, int])
    thresholds: Mapping[str, float] = field(default_factory=dict[str, float])
    times: Mapping[str, float] = field(default_factory=dict[str, float])
    chances: Mapping[str, Chance] = field(default_factory=dict[str, Chance])
    destinations: Mapping[str, Mapping[int, float]] = field(
        default_factory=dict[str, Mapping[int, float]]
    )


@dataclass(frozen=True)
class Sized:
    """A hospital of a size.

    Attributes
    ----------
    model
        Ready to run; it has the template's names.
    groups
        Rows of each group of clinicians.
    staff
        The template's groups.
    """

    model: Model
    groups: Mapping[str, tuple[int, ...]]
    staff: Mapping[str, Group]


def resize(template: Template, size: Size) -> Sized:
    """Return the template's hospital in another size.

    Raises
    ------
    UnknownName
        If the template has no such resource, group, source, call, guard or step.
    InputError
        If a number is out of range, or the probabilities of a transfer do not add up to 1.
    """
    frame = _frame(template)
    edit = _Edit(frame, size)
    for numbers, write in (
        (size.resources, edit.resource),
        (size.rates, edit.rate),
        (size.quotas, edit.quota),
        (size.thresholds, edit.threshold),
        (size.times, edit.time),
        (size.chances, edit.chance),
        (size.destinations, edit.destinations),
    ):
        for name, number in numbers.items():
            cast("_Writer", write)(name, number)
    groups = edit.staff() if size.groups else template.groups
    return Sized(Model(size.name, edit.tables(), frame.names, frame.skills), groups, frame.staff)


# --- what is looked up once for each template --------------------------------------


class _Frame:
    """Rows by name, and a clinician of each group, of a template."""

    def __init__(self, template: Template) -> None:
        model = template.model
        self.names, self.skills, self.site = model.names, model.skills, model.tables
        self.plain = Site(*(array.view(np.ndarray) for array in model.tables))
        self.staff, self.groups = template.staff, template.groups
        self.resources = _rows(model.names.resources)
        self.sources = _rows(model.names.sources)
        self.calls = _rows(model.names.calls)
        self.guards = _rows(model.names.guards)
        self.steps = _rows(model.names.steps)
        self.classes = _rows(model.names.classes)
        operations = self.site.steps.op.tolist()
        self.of_operation = {
            each: {name: row for name, row in self.steps.items() if operations[row] == each}
            for each in (op.BRANCH, op.TRANSFER)
        }
        self.timed = {name: row for name, row in self.steps.items() if self._is_timed(row)}
        order = _rows(model.names.pools)
        self.order = sorted(self.staff, key=lambda name: order[self.staff[name].pool])
        self.places = _rows(self.order)
        self.heads = np.array([len(self.groups[name]) for name in self.order], np.int64)
        self.members = self._members(order)
        rosters = _rows(model.names.rosters)
        dealt = [[rosters[each] for each in self.staff[name].rosters] for name in self.order]
        self.turns = np.array([len(each) for each in dealt], np.int64)
        self.dealt = np.zeros((len(dealt), max(self.turns, default=1)), np.int32)
        for row, each in enumerate(dealt):
            self.dealt[row, : len(each)] = each

    def _is_timed(self, row: int) -> bool:
        step = self.site.steps[row]
        kind = _TIMED.get(int(step.op))
        return kind is not None and int(step[kind]) >= 0

    def _members(self, pools: Mapping[str, int]) -> Array:
        """Return a clinician at hour 0 of each group."""
        some = self.site.clinicians
        made = table(op.CLINICIAN, len(self.order))
        if len(some):
            made[:] = some[0]
        else:
            made.patient = -1
            made.absent_from = made.absent_until = inf
        for row, name in enumerate(self.order):
            group, it = self.staff[name], made[row]
            it.pool, it.grade, it.cap = pools[group.pool], group.grade, group.weekly_cap
            # A skill that no step asks for and nobody had in the template has no bit.
            known = {each for each in group.skills if each in self.skills}
            it.skill = sum(1 << self.skills[each] for each in known)
        return made

    @staticmethod
    def row(kind: str, rows: Mapping[str, int], name: str, place: Place) -> int:
        """Return a row by its name."""
        if name not in rows:
            raise UnknownName(kind, name, rows, place)
        return rows[name]


def _rows(names: Iterable[str]) -> dict[str, int]:
    return {name: row for row, name in enumerate(names)}


_frames: dict[int, tuple[Template, _Frame]] = {}


def _frame(template: Template) -> _Frame:
    """Return the frame of a template, for the latest few of them from before."""
    found = _frames.get(id(template))
    if found is None or found[0] is not template:
        while len(_frames) >= _KEPT_TEMPLATES:
            del _frames[next(iter(_frames))]
        found = _frames[id(template)] = (template, _Frame(template))
    return found[1]


# --- the tables of one hospital ----------------------------------------------------


class _Edit:
    """The tables of a hospital: the template's, or copies where something differs."""

    def __init__(self, frame: _Frame, size: Size) -> None:
        self.frame = frame
        self.size = size
        self.place = Place(size.name)
        self.copies: dict[str, Array] = {}
        self.values: list[Array] = []
        self.targets: list[Array] = []
        self.distributions: list[Array] = []

    def own(self, name: str) -> Array:
        """Return a table that may be written, by the keys of its fields."""
        if name not in self.copies:
            self.copies[name] = getattr(self.frame.plain, name).copy()
        return self.copies[name]

    def tables(self) -> Site:
        """Return all tables."""
        for name in ("values", "targets", "distributions"):
            more: list[Array] = getattr(self, name)
            if more:
                self.copies[name] = np.concatenate([getattr(self.frame.plain, name), *more])
        site = self.frame.site
        typed = {
            name: array.view(type(getattr(site, name))) for name, array in self.copies.items()
        }
        return site._replace(**typed)

    def append(self, name: str, rows: Array) -> int:
        """Add rows to values, targets or distributions; return the first's place."""
        before: Array = getattr(self.frame.plain, name)
        more: list[Array] = getattr(self, name)
        first = len(before) + sum(len(each) for each in more)
        more.append(np.asarray(rows, before.dtype))
        return first

    # --- stations --------------------------------------------------------------------

    def resource(self, name: str, units: int) -> None:
        """Write the units of a resource, or scale its schedule."""
        row = self.frame.row("resource", self.frame.resources, name, self.place)
        units = _whole(f"units of {name}", units, self.place)
        plans = self.frame.plain.plans
        of_resource = np.flatnonzero(plans["resource"] == row)
        resources = self.own("resources")
        if not of_resource.size:
            resources["planned"][row] = resources["capacity"][row] = units
            return
        plan = plans[of_resource[0]]
        span = slice(int(plan["first"]), int(plan["first"] + plan["count"]))
        shape = self.frame.plain.boundaries["value"][span]
        most = int(shape.max())
        if most == 0 and units:
            raise OutOfBounds(f"units of {name}, never open,", units, "", 0, 0, self.place)
        self.own("boundaries")["value"][span] = _scaled(shape, units, most)
        now = _scaled(resources["planned"][row], units, most)
        resources["planned"][row] = resources["capacity"][row] = now

    def rate(self, name: str, factor: float) -> None:
        """Scale the rate of a source, and the rate at which its candidates come."""
        row = self.frame.row("source", self.frame.sources, name, self.place)
        if not 0.0 <= factor < inf:
            raise OutOfBounds(f"factor on the rate of {name}", factor, "", 0.0, inf, self.place)
        sources = self.own("sources")
        sources["peak"][row] *= factor
        sources["level"][row] *= factor
        first = int(sources["table"][row])
        if first >= 0:
            hours = self.frame.plain.values[first : first + int(op.WEEK_HOURS)]
            sources["table"][row] = self.append("values", hours * factor)

    def quota(self, name: str, quota: int) -> None:
        """Write how many a call may call."""
        row = self.frame.row("call", self.frame.calls, name, self.place)
        self.own("calls")["quota"][row] = _whole(f"quota of {name}", quota, self.place)

    def threshold(self, name: str, threshold: float) -> None:
        """Write the threshold of a guard."""
        row = self.frame.row("guard", self.frame.guards, name, self.place)
        if not isfinite(threshold):
            raise BadValue(f"threshold of {name}", threshold, "a finite number", self.place)
        self.own("guards")["threshold"][row] = threshold

    # --- steps -----------------------------------------------------------------------

    def time(self, name: str, factor: float) -> None:
        """Scale the time of a step, for every class."""
        row = self.frame.row("step with a time", self.frame.timed, name, self.place)
        if not 0.0 < factor < inf:
            raise OutOfBounds(f"factor on the time of {name}", factor, "", 0.0, inf, self.place)
        steps = self.own("steps")
        at = _TIMED[int(steps["op"][row])]
        first = int(steps[at][row])
        many = len(self.frame.classes) if steps["by_class"][row] else 1
        times = self.frame.plain.distributions[first : first + many].copy()
        kinds, means = times["kind"], times["first"]
        scaled: Array = means * factor
        lognormal = kinds == op.LOGNORMAL
        scaled[lognormal] = means[lognormal] + log(factor)
        times["second"] *= np.where(kinds == op.UNIFORM, factor, 1.0)
        for each in np.flatnonzero(kinds == op.EMPIRICAL):
            start, count = int(means[each]), int(times["second"][each])
            quantiles = self.frame.plain.values[start : start + count]
            scaled[each] = self.append("values", quantiles * factor)
        times["first"] = scaled
        steps[at][row] = self.append("distributions", times)

    def chance(self, name: str, chance: Chance) -> None:
        """Write the probability of a branch."""
        branches = self.frame.of_operation[op.BRANCH]
        row = self.frame.row("branch", branches, name, self.place)
        steps = self.own("steps")
        if not isinstance(chance, Mapping):
            numbers = [_chance(name, chance, self.place)]
        else:
            first, stride = int(steps["value"][row]), int(steps["by_class"][row])
            places = first + stride * np.arange(len(self.frame.classes))
            numbers: list[float] = self.frame.plain.values[places].tolist()
            for each, one in chance.items():
                place = self.frame.row("class", self.frame.classes, each, self.place)
                numbers[place] = _chance(f"{name} of {each}", one, self.place)
        steps["value"][row] = self.append("values", np.array(numbers))
        steps["by_class"][row] = isinstance(chance, Mapping)

    def destinations(self, name: str, chances: Mapping[int, float]) -> None:
        """Write where a transfer leads."""
        transfers = self.frame.of_operation[op.TRANSFER]
        row = self.frame.row("transfer", transfers, name, self.place)
        if not chances:
            raise MissingField(f"transfer {name!r}", "destinations", self.place)
        shares = [_chance(f"to {site} in {name}", p, self.place) for site, p in chances.items()]
        if abs(sum(shares) - 1.0) > 1e-9:
            what = f"sum of the destinations of {name}"
            raise OutOfBounds(what, sum(shares), "", 1.0, 1.0, self.place)
        steps = self.own("steps")
        steps["units"][row] = len(shares)
        steps["value"][row] = self.append("values", np.cumsum(shares))
        steps["target"][row] = self.append("targets", np.array(list(chances)))

    # --- clinicians ------------------------------------------------------------------

    def staff(self) -> dict[str, tuple[int, ...]]:
        """Write the clinicians, deal their rosters, and return the rows of each group."""
        frame = self.frame
        heads = frame.heads.copy()
        for name, count in self.size.groups.items():
            row = frame.row("group of clinicians", frame.places, name, self.place)
            heads[row] = _whole(f"heads of {name}", count, self.place)
        ends = np.cumsum(heads)
        of_group = np.repeat(np.arange(len(heads)), heads)
        turn = (np.arange(len(of_group)) - (ends - heads)[of_group]) % frame.turns[of_group]
        clinicians = frame.members.view(np.ndarray)[of_group]
        clinicians["roster"] = frame.dealt[of_group, turn]
        self.copies["clinicians"] = clinicians
        pools = self.own("pools")
        counts = np.bincount(clinicians["pool"], minlength=len(pools))
        pools["count"] = counts
        pools["first"] = np.where(counts > 0, np.cumsum(counts) - counts, 0)
        self.own("state")["capped"] = bool((clinicians["cap"] < inf).any())
        return {
            name: tuple(range(end - count, end))
            for name, end, count in zip(frame.order, ends.tolist(), heads.tolist(), strict=True)
        }


def _scaled(shape: Array, units: int, most: int) -> Array:
    """Scale whole numbers so that `most` becomes `units`; halves are rounded up."""
    return (2 * shape * units + most) // (2 * most) if most else shape


def _whole(what: str, value: float, place: Place) -> int:
    if not 0.0 <= value < inf or value != int(value):
        raise OutOfBounds(what, value, "", 0, inf, place)
    return int(value)


def _chance(what: str, value: float, place: Place) -> float:
    if not 0.0 <= value <= 1.0:
        raise OutOfBounds(f"probability {what}", value, "", 0, 1, place)
    return float(value)
