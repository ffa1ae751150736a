"""A crowd: agents with their public actions, day by day.

It tells counts by cell and nothing about an agent. Cells may be smaller than what may be
published; whoever publishes joins them into groups first.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import BadValue, ModelError, UnknownName
from locum.randomness import Stream
from locum.standoff.decision import RULES
from locum.standoff.kernels import (
    C_ANY,
    C_ENLIST,
    C_HIRE,
    C_NAME,
    C_RELEASE,
    P_REVISE,
    FixedArrays,
    LiveArrays,
    Today,
    live_day,
)
from locum.standoff.luck import chances, keys
from locum.standoff.reference import plain_day, private_support
from locum.standoff.states import AT_WORK, KINDS, OUTSIDE, STATES, STUDENT
from locum.standoff.turning import turn_year

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import NDArray

    from locum.standoff.decision import Parameters, Signals
    from locum.standoff.population import Population
    from locum.standoff.turning import Turned

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int32]
    Bounds = NDArray[np.uint64]

__all__ = ["Crowd", "crowd_key"]


def crowd_key(seed: int, replication: int) -> int:
    """Return the key of 52 bits that names a crowd's luck."""
    drawn = Stream(seed, "standoff", str(replication), "crowd").uniform([0])
    return int(drawn[0] * 2.0**52)


class Crowd:
    """Agents who decide day by day.

    Parameters
    ----------
    population
        Who they are; it is not changed.
    parameters
        What they are like.
    rule
        One of `RULES`.
    key
        Names the luck (`crowd_key`).
    reference
        Whether to live in plain NumPy instead of compiled code; the states are the same.

    Raises
    ------
    UnknownName
        If there is no such rule.

    Notes
    -----
    All decide at once, on the counts of the evening before. Held by `tests/standoff`: the same
    states as the reference, Granovetter's jump, the fixed points of Brock and Durlauf, and
    independence without social interaction.

    References
    ----------
    M. Granovetter: Threshold models of collective behavior. American Journal of Sociology 83
    (1978), 1420-1443. W. A. Brock, S. N. Durlauf: Discrete choice with social interactions.
    Review of Economic Studies 68 (2001), 235-260.
    """

    def __init__(
        self,
        population: Population,
        parameters: Parameters,
        rule: str,
        key: int,
        *,
        reference: bool = False,
    ) -> None:
        if rule not in RULES:
            raise UnknownName("rule of decision", rule, RULES)
        self._population = population
        self._rule = tuple(RULES).index(rule)
        self._key = key
        self._live_day = plain_day if reference else live_day
        self._fixed = _fixed_arrays(population, parameters)
        self._live = _live_arrays(population)
        self._today: Today | None = None
        self._year_start = 0
        self.revised = 0
        """How many thought again on the last day."""
        self.changed = 0
        """How many changed their public action on the last day."""

    def step(self, day: int, signals: Signals) -> None:
        """Live through a day.

        Parameters
        ----------
        day
            From the start of the scenario; days may be left out but not repeated.
        signals
            What the day tells agents.

        Raises
        ------
        BadValue
            If the day does not follow the last, or a signal has another shape.
        NotFinite
            If a signal is NaN or infinite.
        """
        self._check_follows(day)
        first = self._today is None
        if first:
            self._year_start = day
        self._today = self._read(day, signals)
        if first:
            self._note_support(self._today)
        self.revised, self.changed = self._live_day(self._fixed, self._live, self._today)

    def turn(
        self, day: int, number: int, share_of_intake: Floats, signals: Signals | None = None
    ) -> Turned:
        """Turn the training year, before the day itself is lived.

        Parameters
        ----------
        day
            First of March.
        number
            Of the turn, 0 for the first after the start; it says which intake enters.
        share_of_intake
            Share of it that comes, by kind, shape (4,).
        signals
            What the day tells; None for what the last day told.

        Raises
        ------
        ModelError
            If no day has been lived and no signals are given.
        BadValue
            If there is not one share for each kind, or the day has been lived.
        """
        self._check_follows(day)
        shares = np.asarray(share_of_intake, dtype=np.float64)
        if shares.shape != (len(KINDS),):
            raise BadValue("share of intake", shares.shape, f"shape ({len(KINDS)},)")
        if signals is None:
            if self._today is None:
                raise ModelError("a training year turns before anybody was told anything")
            today = self._today._replace(
                day=day, year_start=self._year_start, keys=keys(self._key, day)
            )
        else:
            today = self._read(day, signals)
        turned = turn_year(self._population, self._fixed, self._live, today, (number, shares))
        self._year_start = day
        return turned

    def _check_follows(self, day: int) -> None:
        if self._today is not None and day <= self._today.day:
            raise BadValue("day", day, f"a day after {self._today.day}")

    def copy(self) -> Self:
        """Return a crowd in the same state that goes its own way from here."""
        other = copy(self)
        other._live = LiveArrays(*(array.copy() for array in self._live))  # noqa: SLF001 - own
        return other

    @property
    def tally(self) -> Whole:
        """Return how many are in each state by cell, (C, 8): a live view, to be copied."""
        return _read_only(self._live.tally)

    @property
    def members(self) -> Whole:
        """Return how many there are in each cell, (C,): a live view, to be copied."""
        return _read_only(self._live.members)

    @property
    def support(self) -> Whole:
        """Return how many privately supported the action when they last thought, (C,)."""
        return _read_only(self._live.support)

    @property
    def named(self) -> Whole:
        """Return how many of each cell were ever named on a list, (C,)."""
        return _read_only(self._live.named_in)

    @property
    def kinds(self) -> Whole:
        """Return how many are in each state by kind, (4, 8): a live view, to be copied."""
        return _read_only(self._live.kinds)

    @property
    def named_total(self) -> int:
        """Return how many were ever named on a list, those who left included."""
        return int(self._live.named.sum())

    def _note_support(self, today: Today) -> None:
        """Note for everybody who is there whether they support the action privately."""
        live = self._live
        wants = (private_support(self._fixed, live, today) > 0.0) & (live.state >= 0)
        live.supports[:] = wants
        live.support[:] = np.bincount(live.cell, wants, live.support.size)

    def _read(self, day: int, signals: Signals) -> Today:
        """Turn the signals of a day into what the kernel reads."""
        rows = signals.rows
        shift = np.ascontiguousarray(signals.shift, dtype=np.float64)
        for name, given, count_ in (
            ("shift", shift, self._live.members.size),
            ("accept", signals.accept, self._population.cells.organisations),
        ):
            if given.shape != (count_,):
                raise BadValue(f"signal {name}", given.shape, f"shape ({count_},)")
        accept = chances(signals.accept)
        return Today(
            day=day,
            year_start=self._year_start,
            rule=self._rule,
            resolve=float(signals.resolve),
            signals=rows,
            shift=shift,
            chances=_chances(self._fixed.parameters, signals, accept),
            accept=accept,
            keys=keys(self._key, day),
        )


def _read_only(array: Whole) -> Whole:
    view = array.view()
    view.flags.writeable = False
    return view


def _chances(parameters: Floats, signals: Signals, accept: Bounds) -> Bounds:
    """Return bounds of words in the order of `CHANCES`, (7, 4)."""
    revise = parameters[P_REVISE] * signals.attention
    release, hire, enlist = signals.release, signals.hire, signals.enlist
    rows = (revise, revise, release, hire, enlist, signals.name, signals.window)
    bounds = chances(np.array(rows))
    accepted = np.zeros(len(KINDS), dtype=np.uint64)
    accepted[: STUDENT + 1] = accept.max(initial=0)
    leaves_post = np.maximum(accepted + bounds[C_RELEASE], bounds[C_HIRE] + bounds[C_ENLIST])
    bounds[C_ANY] = np.maximum(leaves_post, bounds[C_NAME])
    return bounds


def _fixed_arrays(population: Population, parameters: Parameters) -> FixedArrays:
    """Put parameters on a population."""
    cells, groups = population.cells, population.groups
    kind = cells.kind[population.cell0]
    sd = parameters.risk_sd[kind]
    common = parameters.org_sd[cells.kind] * population.org_shock[groups.organisation]
    common += parameters.department_sd[cells.kind] * population.cell_shock[groups.department]
    spread = parameters.pull_sd[cells.kind]
    return FixedArrays(
        identity=population.identity,
        theta=population.theta,
        risk=np.exp(sd * population.caution - 0.5 * sd * sd).astype(np.float32),
        eligible=population.lot < parameters.eligible[kind],
        links=_unsigned(population.links),
        rindptr=_unsigned(population.rindptr),
        rind=_unsigned(population.rind),
        kind=cells.kind.astype(np.uint8),
        organisation=_unsigned(cells.organisation),
        department=_unsigned(groups.department),
        group=_unsigned(groups.organisation),
        common=common,
        carried=np.exp(spread * population.org_pull[groups.organisation] - 0.5 * spread * spread),
        turn=population.org_turn[groups.organisation],
        segments=_segments(kind),
        parameters=parameters.rows,
    )


def _unsigned(codes: Whole) -> NDArray[np.uint32]:
    """Return the same codes without a sign: compiled code need not ask whether one is negative."""
    return codes.view(np.uint32)


def _segments(kind: Whole) -> NDArray[np.int64]:
    """Return runs of agents of one kind: first, end, kind, (S, 3)."""
    first = np.flatnonzero(np.diff(kind, prepend=-1))
    runs = (first, np.append(first[1:], kind.size), kind[first])
    return np.stack(runs, axis=1).astype(np.int64)


def _live_arrays(population: Population) -> LiveArrays:
    """Put everybody who is there at the start at work."""
    agents, cells = population.agents, population.cells.count
    groups = population.groups
    cell0 = population.cell0
    there = population.enters == 0
    members = np.bincount(cell0[there], minlength=cells).astype(np.int32)
    tally = np.zeros((cells, len(STATES)), dtype=np.int32)
    tally[:, AT_WORK] = members
    kinds = np.zeros((len(KINDS), len(STATES)), dtype=np.int32)
    kinds[:, AT_WORK] = np.bincount(population.cells.kind, members, len(KINDS))
    department, organisation = groups.departments, groups.organisations
    return LiveArrays(
        state=np.where(there, AT_WORK, OUTSIDE).astype(np.int8),
        cell=_unsigned(cell0.copy()),
        since=np.zeros(agents, dtype=np.int32),
        missed=np.zeros(agents, dtype=np.int32),
        named=np.zeros(agents, dtype=np.uint8),
        supports=np.zeros(agents, dtype=np.int8),
        near=np.zeros(agents, dtype=np.int8),
        inside=population.inside.copy(),
        tally=tally,
        members=members,
        support=np.zeros(cells, dtype=np.int32),
        named_in=np.zeros(cells, dtype=np.int32),
        kinds=kinds,
        department_joined=np.zeros(department, dtype=np.int32),
        department_heads=_sums(groups.department, members, department),
        group_joined=np.zeros(organisation, dtype=np.int32),
        group_heads=_sums(groups.organisation, members, organisation),
        happens=np.zeros(agents, dtype=np.uint8),
        revises=np.zeros(agents, dtype=np.uint8),
        hit=np.zeros(agents, dtype=np.uint32),
        thinking=np.zeros(agents, dtype=np.uint32),
        share=np.zeros(agents),
        wanted=np.zeros(agents),
        becomes=np.zeros(agents, dtype=np.int8),
    )


def _sums(group: Whole, members: Whole, groups: int) -> Whole:
    return np.bincount(group, members, groups).astype(np.int32)
