"""Blocks: assumptions and rules that belong together, by name.

Every assumption of a ledger belongs to exactly one block. Those of the cohort come first, in the
order in which a projection is computed; the others act in the whole sector alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["COHORT_BLOCKS", "Block", "block_of", "blocks_of"]


@dataclass(frozen=True)
class Block:
    """Assumptions that are exchanged together.

    Parameters
    ----------
    name
        Short name.
    title
        What it stands for, in plain words.
    group
        `supply heads`: how many doctors are counted; `unit`: in which unit; `demand`: how many are
        needed; `sector`: what only the whole sector knows.
    keys
        Assumptions, by key; a key that ends in a dot stands for all keys that begin so.
    parts
        What is no assumption but belongs to a position: `seats`, `history`, `interruption`,
        `base_year`.
    joins
        Names of the blocks that are exchanged together in it, if it joins several.
    """

    name: str
    title: str
    group: str
    keys: tuple[str, ...]
    parts: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the blocks that it joins: its own, if it joins none."""
        return self.joins or (self.name,)

    def holds(self, key: str) -> bool:
        """Whether an assumption belongs here."""
        return any(key == own or (own.endswith(".") and key.startswith(own)) for own in self.keys)


HEADS, UNIT, DEMAND, SECTOR = "supply heads", "unit", "demand", "sector"

COHORT_BLOCKS = (
    Block("seats", "places of medical schools", HEADS, (), ("seats", "history")),
    Block(
        "inflow",
        "who passes and at what age",
        HEADS,
        (
            "student.enrolment_ratio",
            "student.attrition",
            "exam.",
            "entry.licence_age",
            "entry.licence_age_sd",
            "entry.female_share",
        ),
    ),
    Block("mortality", "deaths of doctors", HEADS, ("exit.mortality_ratio",)),
    Block("emigration", "emigration", HEADS, ("exit.emigration",)),
    Block(
        "retirement",
        "when doctors retire",
        HEADS,
        (
            "exit.rule",
            "exit.retired_share_65",
            "exit.retirement_clinic",
            "exit.retirement_hospital",
            "exit.retirement_width",
            "exit.retirement_ceiling",
        ),
    ),
    Block(
        "clinical_share",
        "who counts as a doctor at work",
        HEADS,
        ("supply.concept", "entry.clinical_share", "entry.active_share"),
    ),
    Block(
        "hours",
        "heads or full-time equivalents",
        UNIT,
        ("gap.supply_unit", "gap.need_unit", "hours."),
    ),
    Block(
        "base_year",
        "where need starts: base year and balance",
        DEMAND,
        ("demand.balance", "demand.base_doctors", "demand.base_gap", "demand.visits_per_day"),
        ("base_year",),
    ),
    Block(
        "workload_unit",
        "what counts as work: visits, days or fees",
        DEMAND,
        ("demand.unit", "demand.inpatient_weight"),
    ),
    Block(
        "trend",
        "growth of use per head",
        DEMAND,
        ("demand.trend", "demand.growth", "demand.damping"),
    ),
    Block(
        "working_days",
        "working days a year",
        DEMAND,
        ("demand.working_days", "demand.working_days_change"),
    ),
    Block(
        "productivity",
        "productivity, and when changes are complete",
        DEMAND,
        ("demand.productivity_change", "demand.phase_start", "demand.phase_year"),
    ),
    Block("appropriate_use", "use that policy removes", DEMAND, ("demand.use_change",)),
)
"""The blocks that a cohort reads."""

SECTOR_BLOCKS = (
    Block(
        "interruption",
        "months away from study and training",
        SECTOR,
        (
            "student.months_tolerated",
            "training.months_tolerated",
            "training.late_return",
            "training.away_quit",
        ),
        ("interruption",),
    ),
    Block(
        "training", "study and specialist training", SECTOR, ("student.", "training.", "service.")
    ),
    Block("entry", "how new doctors enter practice", SECTOR, ("entry.",)),
    Block("bonds", "doctors bound to a region", SECTOR, ("bond.", "entry.licence_age_bonded")),
    Block("exit", "retirement that follows income", SECTOR, ("exit.",)),
    Block("place", "where doctors and patients are", SECTOR, ("geography.", "population.")),
    Block("need_split", "which specialties are needed", SECTOR, ("demand.",)),
    Block("market", "incomes and choice of specialty", SECTOR, ("income.", "choice.")),
    Block("policies", "pay, liability and hours by policy", SECTOR, ("policy.",)),
    Block("fund", "the insurance fund", SECTOR, ("fund.",)),
    Block("decision", "how a decision is judged", SECTOR, ("decision.",)),
    Block("bridges", "bridges between counts", SECTOR, ("bridge.",)),
)


def block_of(key: str) -> Block:
    """Return the block of an assumption; a key of an unknown kind has the block of its prefix.

    An exact key goes before a prefix, and a block of the cohort before one of the sector.
    """
    everything = (*COHORT_BLOCKS, *SECTOR_BLOCKS)
    for block in everything:
        if key in block.keys:
            return block
    for block in everything:
        if block.holds(key):
            return block
    prefix = key.split(".", maxsplit=1)[0]
    return Block(prefix, f"assumptions named {prefix}", SECTOR, (f"{prefix}.",))


def blocks_of(keys: Iterable[str]) -> dict[Block, tuple[str, ...]]:
    """Return the assumptions of each block, in the order of computation."""
    found: dict[Block, list[str]] = {block: [] for block in (*COHORT_BLOCKS, *SECTOR_BLOCKS)}
    for key in keys:
        found.setdefault(block_of(key), []).append(key)
    return {block: tuple(own) for block, own in found.items()}
