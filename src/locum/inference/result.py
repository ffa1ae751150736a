"""What a backtest found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from locum.inference.scoreboard import WIDE, WIDER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.inference.accounts import Accounts
    from locum.inference.leverage import Identification, Lever
    from locum.inference.scoreboard import AgeScores, Score

__all__ = ["GOALS", "Backtest"]

GOALS = {"total_percent": 3.0, "ages_points": 1.5}
"""Largest errors that the project set itself: of the total, and of the age shares on average."""


@dataclass(frozen=True)
class Backtest:
    """The scores of a backtest and what decides them."""

    scenario: str
    title: str
    draws: int
    seed: int
    rows: tuple[Score, ...]
    ages: AgeScores
    forecasters: tuple[dict[str, Any], ...]
    """What each simple forecaster says of the active stock, and what it uses."""
    accounts: Accounts
    levers: tuple[Lever, ...]
    identification: Identification
    later_evidence: Mapping[str, int]
    """Assumptions about doctors whose note or source is of a later time than the start, with the
    latest year: what keeps this from being a clean hold-out."""
    note: tuple[str, ...] = ()
    """What decides the score, in words."""

    def row(self, reading: str) -> Score:
        """Return the score of a reading."""
        return next(row for row in self.rows if row.reading == reading)

    @property
    def coverage(self) -> dict[str, Any]:
        """Return how many comparable readings the intervals hold."""
        rows = [row for row in self.rows if row.comparable]
        return {
            "readings": len(rows),
            f"covered_{100 * WIDE:.0f}": sum(row.covered for row in rows),
            f"covered_{100 * WIDER:.0f}": sum(row.covered_90 for row in rows),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "scenario": self.scenario,
            "draws": self.draws,
            "seed": self.seed,
            "goals": dict(GOALS),
            "rows": [asdict(row) for row in self.rows],
            "ages": asdict(self.ages),
            "coverage": self.coverage,
            "forecasters": [dict(each) for each in self.forecasters],
            "accounts": asdict(self.accounts),
            "one_at_a_time": [asdict(each) for each in self.levers],
            "identification": asdict(self.identification),
            "later_evidence": dict(self.later_evidence),
            "note": list(self.note),
        }
