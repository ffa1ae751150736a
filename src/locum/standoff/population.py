"""Synthetic agents of a standoff: where they train or work, when they enter, whom they look at.

Nothing here depends on an uncertain parameter: tastes and risk are drawn on unit scales, and a
crowd puts its parameters on them. One population therefore serves many draws. No agent stands for
a person: all but the cell is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.errors import BadValue, InputError, OutOfBounds
from locum.randomness import Stream, normal_quantile
from locum.standoff.luck import mixed
from locum.standoff.network import Places, draw_links, reverse
from locum.standoff.states import KINDS, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from locum.standoff.network import NetworkShape

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Whole = NDArray[np.int32]

__all__ = ["Cells", "Groups", "Intake", "Population", "build_population", "with_shocks"]

_CODES = ("kind", "organisation", "specialty", "year", "region", "klass")
_LEAVES = -1
_MOST_AGENTS = 2**20
"""Of a kind in a cohort of entry, so that identities stay apart."""
_MOST_TURNS = 255
_SPECIALTIES = 2**12


@dataclass(frozen=True, eq=False)
class Cells:
    """Groups of agents who are alike in all but taste; codes of shape (C,).

    Parameters
    ----------
    kind
        Code of `locum.standoff.states.KINDS`.
    organisation
        Hospital, school or local association: one numbering over all kinds, so that trainees and
        professors of a hospital share its code.
    specialty
        Code; interns, students and community doctors have one of their own.
    year
        Of training: 0 interns, 1 and more residents; 1 to 6 students; 0 for others.
    region, klass
        For results only.
    follows
        Cell of the same people a training year later; the own cell where there are no years, -1
        where the last year ends. Interns have none: each agent carries a post of its own.
    labels
        Names of the codes.

    Raises
    ------
    BadValue
        If shapes differ, a code is negative or a kind unknown, or somebody follows into another
        kind or organisation.
    """

    kind: Whole
    organisation: Whole
    specialty: Whole
    year: Whole
    region: Whole
    klass: Whole
    follows: Whole
    labels: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        shape = self.kind.shape
        for name in (*_CODES, "follows"):
            codes: Whole = getattr(self, name)
            if codes.shape != shape or codes.ndim != 1:
                raise BadValue(f"{name} of the cells", codes.shape, f"shape {shape}")
            least = _LEAVES if name == "follows" else 0
            if codes.size and codes.min() < least:
                raise BadValue(f"{name} of the cells", int(codes.min()), f"at least {least}")
        for name, most in (("kind", len(KINDS)), ("specialty", _SPECIALTIES)):
            largest = int(getattr(self, name).max(initial=0))
            if largest >= most:
                raise BadValue(f"{name} of the cells", largest, f"a code below {most}")
        self._check_follows()

    def _check_follows(self) -> None:
        if self.follows.size and self.follows.max() >= self.follows.size:
            raise BadValue("follows of the cells", int(self.follows.max()), "the code of a cell")
        stays = np.flatnonzero(self.follows >= 0)
        for name in ("kind", "organisation"):
            codes: Whole = getattr(self, name)
            moved = stays[codes[stays] != codes[self.follows[stays]]]
            if moved.size:
                raise BadValue(f"follows of cell {moved[0]}", name, f"the same {name}")

    @property
    def count(self) -> int:
        """Return the number of cells."""
        return self.kind.size

    @property
    def organisations(self) -> int:
        """Return the number of codes of organisations."""
        return int(self.organisation.max(initial=-1)) + 1


@dataclass(frozen=True, eq=False)
class Intake:
    """Who enters when a training year begins.

    Parameters
    ----------
    cells
        Cells entered, shape (K,).
    heads
        How many enter each.
    turn
        Number of the turn of the year, 0 for the first after the start.
    """

    cells: Whole
    heads: Whole
    turn: int


class Groups(NamedTuple):
    """What cells belong to, as codes from 0 of shape (C,), and how many of these there are.

    A department is a cell without its year; an organisation is meant with its kind.
    """

    department: Whole
    organisation: Whole
    departments: int
    organisations: int


@dataclass(frozen=True, eq=False)
class Population:
    """Agents of a standoff, sorted by when they enter and by cell.

    Parameters
    ----------
    cells, groups
        Where they can be.
    cell0
        Cell at the start or on entry, int32 (N,).
    enters
        0 for those there at the start, 1 + the number of the turn for others, int16 (N,).
    identity
        Names an agent's luck: a word from kind, turn of entry and rank, uint32 (N,). Leaving out
        a kind leaves it as it is.
    theta
        Taste, standard normal, float32 (N,).
    caution
        Standard normal from which aversion to risk is made, float32 (N,).
    lot
        Uniform on 0..1: who may be enlisted, float32 (N,).
    first_year_cell
        Cell that an intern moves on to; -1 for others, int32 (N,).
    links, inside
        Whom they look at, int32 (N, links), and how many of these are there at the start.
    rindptr, rind
        Who looks at them.
    org_shock, cell_shock
        Standard normal, one for each `groups.organisation` and `groups.department`.
    org_pull
        Standard normal for each `groups.organisation`: what it makes of a deadline.
    org_turn
        Uniform on 0..1 for each `groups.organisation`: how early it takes up a call.
    """

    cells: Cells
    groups: Groups
    cell0: Whole
    enters: NDArray[np.int16]
    identity: NDArray[np.uint32]
    theta: Singles
    caution: Singles
    lot: Singles
    first_year_cell: Whole
    links: Whole
    inside: NDArray[np.int8]
    rindptr: Whole
    rind: Whole
    org_shock: Floats
    cell_shock: Floats
    org_pull: Floats
    org_turn: Floats

    @property
    def agents(self) -> int:
        """Return how many agents there are, those of later intakes included."""
        return self.cell0.size


def build_population(
    cells: Cells,
    heads: Whole,
    intakes: Sequence[Intake],
    shape: NetworkShape,
    seed: int,
    replication: int = 0,
) -> Population:
    """Make the agents of a standoff.

    Parameters
    ----------
    cells
        Where they can be.
    heads
        How many are there at the start, shape (C,).
    intakes
        Who enters later, at most one for each turn of the year.
    shape
        How links are spread.
    seed, replication
        Names of the luck. The agents of a kind draw the same whatever other kinds are there.

    Raises
    ------
    BadValue
        If heads are negative or misshapen, turns are not 0, 1, 2 ... or there are too many agents.
    InputError
        If there are interns but no posts of the first year.
    """
    cell0, enters = _entries(cells, heads, intakes)
    kind = cells.kind[cell0]
    rank = _ranks(kind, enters)
    groups = _groups(cells)
    cohort = _coded(kind, cells.year[cell0] - enters.astype(np.int32))
    places = Places(
        kind, groups.department[cell0], groups.organisation[cell0], cohort, enters, rank
    )
    links = draw_links(places, shape, (seed, str(replication)))
    there = np.append(enters == 0, [False])
    bounds, followers = reverse(links)
    people = _People(seed, str(replication), kind, enters, rank)
    return Population(
        cells=cells,
        groups=groups,
        cell0=cell0,
        enters=enters.astype(np.int16),
        identity=_identity(kind, enters, rank),
        theta=people.normal("taste"),
        caution=people.normal("caution"),
        lot=people.uniform("lot").astype(np.float32),
        first_year_cell=_first_years(cells, heads, cell0, people.uniform("post")),
        links=links,
        inside=there[links].sum(axis=1, dtype=np.int8),
        rindptr=bounds,
        rind=followers,
        **_shocks(cells, groups, seed, str(replication)),
    )


def with_shocks(population: Population, seed: int, replication: int) -> Population:
    """Return the same agents and links with other shocks of organisations and departments.

    Parameters
    ----------
    population
        Whose agents and links are kept.
    seed, replication
        Names of the luck; those of the population give it back.
    """
    shocks = _shocks(population.cells, population.groups, seed, str(replication))
    return replace(population, **shocks)


def _entries(cells: Cells, heads: Whole, intakes: Sequence[Intake]) -> tuple[Whole, Whole]:
    """Return the first cell of every agent and the turn at which it enters, (N,) each."""
    everywhere = np.arange(cells.count, dtype=np.int32)
    if sorted(each.turn for each in intakes) != list(range(len(intakes))):
        raise BadValue("turns of the intakes", [each.turn for each in intakes], "0, 1, 2 ...")
    if len(intakes) > _MOST_TURNS:
        raise OutOfBounds("number of intakes", len(intakes), "count", 0, _MOST_TURNS)
    batches = [(everywhere, heads)]
    for intake in sorted(intakes, key=lambda each: each.turn):
        order = np.argsort(intake.cells, kind="stable")
        batches.append((intake.cells[order], intake.heads[order]))
    for who, count in batches:
        if count.shape != who.shape or (count.size and count.min() < 0):
            raise BadValue("heads", count.shape, f"numbers from 0, shape {who.shape}")
        if who.size and not 0 <= who.min() <= who.max() < cells.count:
            raise BadValue("cells of an intake", int(who.max()), "codes of cells")
    cell0 = np.concatenate([np.repeat(who, count) for who, count in batches])
    turns = np.arange(len(batches), dtype=np.int32)
    enters = np.repeat(turns, [int(count.sum()) for _, count in batches])
    return cell0.astype(np.int32), enters


def _ranks(kind: Whole, enters: Whole) -> Whole:
    """Return numbers from 0 among those of a kind who enter together."""
    rank = np.empty(kind.size, dtype=np.int32)
    for turn in range(int(enters.max(initial=-1)) + 1):
        for code in range(len(KINDS)):
            who = np.flatnonzero((enters == turn) & (kind == code))
            if who.size > _MOST_AGENTS:
                raise OutOfBounds(f"agents of a {KINDS[code]}", who.size, "", 0, _MOST_AGENTS)
            rank[who] = np.arange(who.size)
    return rank


def _identity(kind: Whole, enters: Whole, rank: Whole) -> NDArray[np.uint32]:
    """Return a word for each agent, no two alike."""
    name = kind.astype(np.uint32) << np.uint32(28)
    name |= enters.astype(np.uint32) << np.uint32(20)
    return mixed(name | rank.astype(np.uint32))


def _coded(*codes: Whole) -> Whole:
    """Return one code from 0 for each combination of codes."""
    total = np.zeros(codes[0].size, dtype=np.int64)
    for each in codes:
        low = int(each.min(initial=0))
        total = total * (int(each.max(initial=0)) - low + 1) + (each - low)
    return np.unique(total, return_inverse=True)[1].astype(np.int32)


def _groups(cells: Cells) -> Groups:
    department = _coded(cells.kind, cells.organisation, cells.specialty)
    organisation = _coded(cells.kind, cells.organisation)
    count = [int(each.max(initial=-1)) + 1 for each in (department, organisation)]
    return Groups(department, organisation, *count)


@dataclass(frozen=True)
class _People:
    """Draws for agents by kind, turn of entry and rank."""

    seed: int
    replication: str
    kind: Whole
    enters: Whole
    rank: Whole

    def uniform(self, what: str) -> Floats:
        drawn = np.empty(self.kind.size)
        for turn in range(int(self.enters.max(initial=-1)) + 1):
            for kind in range(len(KINDS)):
                who = np.flatnonzero((self.enters == turn) & (self.kind == kind))
                if who.size:
                    names = ("standoff", self.replication, what, str(kind), str(turn))
                    drawn[who] = Stream(self.seed, *names).uniform(self.rank[who])
        return drawn

    def normal(self, what: str) -> Singles:
        return normal_quantile(self.uniform(what)).astype(np.float32)


def _shocks(cells: Cells, groups: Groups, seed: int, replication: str) -> dict[str, Floats]:
    """Draw the shocks of organisations and of departments, by kind and code."""
    shocks = {
        "org_shock": np.zeros(groups.organisations),
        "cell_shock": np.zeros(groups.departments),
        "org_pull": np.zeros(groups.organisations),
        "org_turn": np.zeros(groups.organisations),
    }
    for kind in np.unique(cells.kind):
        where = np.flatnonzero(cells.kind == kind)
        organisation = cells.organisation[where].astype(np.int64)
        department = organisation * _SPECIALTIES + cells.specialty[where]
        for name, shock in shocks.items():
            of_department = name == "cell_shock"
            group = groups.department if of_department else groups.organisation
            stream = Stream(seed, "standoff", replication, name, str(kind))
            draw = stream.uniform if name == "org_turn" else stream.normal
            shock[group[where]] = draw(department if of_department else organisation)
    return shocks


def _first_years(cells: Cells, heads: Whole, cell0: Whole, u: Floats) -> Whole:
    """Draw the post after the internship: in the own hospital if it has any, by posts."""
    found = np.full(cell0.size, -1, dtype=np.int32)
    interns = np.flatnonzero((cells.kind[cell0] == TRAINEE) & (cells.year[cell0] == 0))
    posts = np.flatnonzero((cells.kind == TRAINEE) & (cells.year == 1) & (heads > 0))
    if not interns.size:
        return found
    if not posts.size:
        raise InputError("there are interns, but no posts of the first year of residency")
    posts = posts[np.argsort(cells.organisation[posts], kind="stable")]
    ends = np.cumsum(heads[posts])
    hospital = cells.organisation[cell0[interns]]
    first, last = (
        np.searchsorted(cells.organisation[posts], hospital, side) for side in ("left", "right")
    )
    before = np.concatenate(([0], ends))
    elsewhere = first == last
    low = np.where(elsewhere, 0, before[first])
    high = np.where(elsewhere, before[-1], before[last])
    place = low + (u[interns] * (high - low)).astype(np.int64)
    found[interns] = posts[np.searchsorted(ends, place, side="right")]
    return found
