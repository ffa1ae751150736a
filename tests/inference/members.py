"""Members and positions made from the Korean ledger, for tests that need no study file."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from tests.workforce.builders import fixed

from locum.countries import Pack, load_pack
from locum.inference.mixing import CohortMixtures
from locum.runs.positions import Member, Position

if TYPE_CHECKING:
    from collections.abc import Mapping

UNCHANGED = {2006: 3058.0}
RAISED = {2006: 3058.0, 2025: 5058.0}
OTHER: dict[str, Any] = {
    "exam.pass_rate": 0.93,
    "exit.mortality_ratio": 1.0,
    "exit.emigration": 0.001,
    "exit.rule": "age_70",
    "entry.clinical_share": 0.92,
    "gap.supply_unit": "fte",
    "demand.balance": "supply",
    "demand.unit": "weighted_days",
    "demand.trend": "linear",
    "demand.working_days_change": -0.05,
    "demand.productivity_change": 0.06,
    "demand.use_change": -0.02,
}
"""One change in every block of the cohort but the places."""


@cache
def korea() -> Pack:
    """The country as it ships."""
    return load_pack("korea")


def member(
    values: Mapping[str, Any] | None = None,
    *,
    seats: Mapping[int, float] = UNCHANGED,
    base_year: int = 2022,
) -> Member:
    """The country's assumptions with some fixed."""
    return Member("made up", fixed(values or {}), seats, base_year)


def position(name: str, *members: Member, last_year: int = 2060) -> Position:
    """A position of these members that printed nothing."""
    first = max(each.base_year for each in members)
    return Position(name, name.title(), korea(), members, first, last_year)


def mixtures(
    a: Member, b: Member, *, year: int = 2040, draws: int = 1, seed: int = 0
) -> CohortMixtures:
    """Two members, ready to be mixed."""
    return CohortMixtures(a, b, korea(), year, draws, seed)
