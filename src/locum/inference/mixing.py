"""Every mixture of two positions: the gap where each block is taken from one or the other.

A mixture is a mask: bit i is set where block i is B's. Two members of studies, or a study and a
scenario, are mixed as cohorts; two scenarios with the same first year in the whole sector.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from locum.assumptions import mix
from locum.inference.blocks import COHORT_BLOCKS, blocks_of
from locum.runs import RunRequest, execute
from locum.runs.cohort import cohort_tables
from locum.workforce.cohort import (
    alive,
    at_work,
    base_level,
    hours_factor,
    need_per_level,
    project_cohort,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from locum.assumptions import Assumption, Draws, Ledger
    from locum.countries import Pack
    from locum.inference.blocks import Block
    from locum.inference.scores import Floats
    from locum.runs.positions import Member
    from locum.scenarios import Scenario

__all__ = ["CohortMixtures", "Mixtures", "SectorMixtures", "differing"]

LIVING = ("seats", "inflow", "mortality", "emigration")
WORKING = (*LIVING, "retirement", "clinical_share")
NEEDED = (
    "base_year",
    "workload_unit",
    "trend",
    "working_days",
    "productivity",
    "appropriate_use",
)
"""Blocks that each part of a cohort reads: where none of them changes, the part is not computed
again."""


class Mixtures(Protocol):
    """Two positions whose blocks can be exchanged."""

    def table(self, blocks: Sequence[Block]) -> Floats:
        """Return the gap of every mixture (2**n, D); blocks that are not listed stay A's."""
        ...


def differing(a: Ledger, b: Ledger, keys: Sequence[str]) -> bool:
    """Whether two ledgers hold one of these assumptions differently."""
    return any(_held(a[key]) != _held(b[key]) for key in keys)


def _held(assumption: Assumption) -> tuple[object, ...]:
    """Return what of an assumption reaches the draws: priors that leave no doubt are alike."""
    prior = assumption.prior
    return assumption.value, assumption.dated, None if prior.certain else prior


@dataclass(frozen=True, eq=False)
class CohortMixtures:
    """Mixtures of two members as cohorts; parts that mixtures share are computed once."""

    a: Member
    b: Member
    pack: Pack
    year: int
    draws: int
    seed: int

    @cached_property
    def _draws(self) -> tuple[Draws, Draws]:
        first, second = self.a.ledger, self.b.ledger
        return first.draw(self.seed, 0, self.draws), second.draw(self.seed, 0, self.draws)

    @cached_property
    def _keys(self) -> Mapping[str, tuple[str, ...]]:
        return {block.name: keys for block, keys in blocks_of(self.a.ledger).items()}

    @staticmethod
    def all_blocks() -> tuple[Block, ...]:
        """Return every block that a cohort reads, in the order of computation."""
        return COHORT_BLOCKS

    def blocks(self) -> tuple[Block, ...]:
        """Return the blocks in which the two differ."""
        parts = {"seats": self.a.seats != self.b.seats, "history": False}
        parts["base_year"] = self.a.base_year != self.b.base_year
        return tuple(
            block
            for block in COHORT_BLOCKS
            if any(parts[part] for part in block.parts)
            or differing(self.a.ledger, self.b.ledger, self._keys[block.name])
        )

    def table(self, blocks: Sequence[Block]) -> Floats:
        """Return the gap of every mixture (2**n, D); blocks that are not listed stay A's."""
        cohort = _Parts(self, [block.names for block in blocks])
        return np.stack([cohort.gap(mask) for mask in range(1 << len(blocks))])

    def plain(self, blocks: Sequence[Block], mask: int) -> Floats:
        """Return the gap of one mixture (D,), everything computed anew: the check of `table`."""
        chosen = [block for number, block in enumerate(blocks) if mask >> number & 1]
        names = {name for block in chosen for name in block.names}
        seats, base_year = self.parts(names)
        tables = cohort_tables(self.pack)
        projected = project_cohort(self.mixed(names), tables, seats, base_year)
        gap: Floats = projected.gap[:, tables.at(self.year)]
        return gap

    def mixed(self, names: set[str]) -> Draws:
        """Return the draws with the assumptions of these blocks taken from B."""
        first, second = self._draws
        return mix(first, second, {key for name in names for key in self._keys[name]})

    def parts(self, names: set[str]) -> tuple[Mapping[int, float], int]:
        """Return places and base year, B's where their block is among these."""
        seats = self.b.seats if "seats" in names else self.a.seats
        return seats, self.b.base_year if "base_year" in names else self.a.base_year


class _Parts:
    """The parts of a cohort, each computed once for every choice of the blocks it reads."""

    def __init__(self, mixtures: CohortMixtures, names: Sequence[tuple[str, ...]]) -> None:
        self._mixtures, self._names = mixtures, names
        self._tables = cohort_tables(mixtures.pack)
        self._known: dict[tuple[str, int], Floats] = {}
        reads = {"living": LIVING, "working": WORKING, "need": NEEDED, "hours": ("hours",)}
        self._masks = {part: self._mask(blocks) for part, blocks in reads.items()}
        self._masks["level"] = self._mask((*WORKING, "base_year"))
        years = {mixtures.year, mixtures.a.base_year, mixtures.b.base_year}
        self._years = sorted(self._tables.at(year) for year in years)

    def _mask(self, blocks: Sequence[str]) -> int:
        return sum(1 << i for i, own in enumerate(self._names) if set(own) & set(blocks))

    def _chosen(self, mask: int) -> set[str]:
        return {name for i, own in enumerate(self._names) if mask >> i & 1 for name in own}

    def _get(self, part: str, mask: int, compute: Callable[[set[str]], Floats]) -> Floats:
        key = part, mask & self._masks[part.partition(" ")[0]]
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = compute(self._chosen(key[1]))
        return found

    def gap(self, mask: int) -> Floats:
        """Return the gap of a mixture (D,)."""
        supply = self._working(mask, self._mixtures.year)
        need = self._level(mask) * self._need(mask)
        return supply * self._hours("supply", mask) - need * self._hours("need", mask)

    def _working(self, mask: int, year: int) -> Floats:
        """Return the doctors at work in one of the years that matter (D,)."""

        def living(names: set[str]) -> Floats:
            seats, _ = self._mixtures.parts(names)
            return alive(self._mixtures.mixed(names), self._tables, seats)[:, self._years]

        def working(names: set[str]) -> Floats:
            draws = self._mixtures.mixed(names)
            return at_work(draws, self._tables, self._get("living", mask, living))

        column = self._years.index(self._tables.at(year))
        return self._get("working", mask, working)[:, column]

    def _level(self, mask: int) -> Floats:
        def level(names: set[str]) -> Floats:
            _, base_year = self._mixtures.parts(names)
            draws = self._mixtures.mixed(names)
            return base_level(draws, self._working(mask, base_year))

        return self._get("level", mask, level)

    def _need(self, mask: int) -> Floats:
        def need(names: set[str]) -> Floats:
            _, base_year = self._mixtures.parts(names)
            path = need_per_level(self._mixtures.mixed(names), self._tables, base_year)
            return path[:, self._tables.at(self._mixtures.year)]

        return self._get("need", mask, need)

    def _hours(self, side: str, mask: int) -> Floats:
        return self._get(
            "hours " + side, mask, lambda names: hours_factor(self._mixtures.mixed(names), side)
        )


@dataclass(frozen=True, eq=False)
class SectorMixtures:
    """Mixtures of two scenarios in the whole sector: each mixture is a run.

    Both start in the same year, so that the places of either cover every class of a mixture.
    """

    a: RunRequest
    b: RunRequest
    year: int

    @cached_property
    def _keys(self) -> Mapping[str, tuple[str, ...]]:
        return {block.name: keys for block, keys in blocks_of(self.a.ledger).items()}

    def blocks(self) -> tuple[Block, ...]:
        """Return the blocks in which the two differ."""
        first, second = self.a.scenario, self.b.scenario
        parts = {
            "seats": first.seats != second.seats,
            "history": first.history_seats != second.history_seats,
            "interruption": first.interruption != second.interruption,
            "base_year": False,
        }
        return tuple(
            block
            for block, keys in blocks_of(self.a.ledger).items()
            if any(parts[part] for part in block.parts)
            or differing(self.a.ledger, self.b.ledger, keys)
        )

    def table(
        self, blocks: Sequence[Block], progress: Callable[[int, int], None] | None = None
    ) -> Floats:
        """Return the gap of every mixture (2**n, D); blocks that are not listed stay A's."""
        total = 1 << len(blocks)
        rows: list[Floats] = []
        for mask in range(total):
            rows.append(self._gap([b for i, b in enumerate(blocks) if mask >> i & 1]))
            if progress is not None:
                progress(mask + 1, total)
        return np.stack(rows)

    def _gap(self, blocks: Sequence[Block]) -> Floats:
        ledger = self.a.ledger
        for name in (name for block in blocks for name in block.names):
            for key in self._keys[name]:
                ledger = ledger.replaced(self.b.ledger[key])
        request = replace(self.a, scenario=self._scenario(blocks), ledger=ledger)
        return execute(request).national("gap_total", self.year)

    def _scenario(self, blocks: Sequence[Block]) -> Scenario:
        second = self.b.scenario
        changes = {
            "seats": {"seats": second.seats},
            "history": {"history_seats": second.history_seats},
            "interruption": {"interruption": second.interruption},
            "base_year": {},
        }
        taken = {
            name: value
            for block in blocks
            for part in block.parts
            for name, value in changes[part].items()
        }
        return replace(self.a.scenario, **taken)
