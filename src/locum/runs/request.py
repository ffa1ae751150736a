"""What to run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from locum.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.scenarios import Scenario
    from locum.workforce import Tables, Trajectory

BATCH = 25
"""Draws that are prepared together: enough to share the cost, few enough to show progress."""
MOST_DRAWS = 100_000


@dataclass(frozen=True)
class RunRequest:
    """What to run.

    Parameters
    ----------
    scenario
        Resolved scenario.
    ledger
        Assumptions with the scenario's and the user's changes applied.
    pack
        Country pack.
    draws
        Number of draws; the first is the central one.
    seed
        Seed of all draws.
    sets
        What the user fixed by hand, as typed; the manifest keeps it.
    workers
        Threads; by default one per core. No result depends on it.
    batch
        Draws prepared together. No result depends on it.
    """

    scenario: Scenario
    ledger: Ledger
    pack: Pack
    draws: int = 100
    seed: int = 0
    sets: Mapping[str, str] = field(default_factory=dict[str, str])
    workers: int | None = None
    batch: int = BATCH

    def __post_init__(self) -> None:
        if not 1 <= self.draws <= MOST_DRAWS:
            raise BadValue("draws", self.draws, f"a whole number from 1 to {MOST_DRAWS:,}")
        if self.batch < 1:
            raise BadValue("batch", self.batch, "a whole number from 1")
        if self.workers is not None and self.workers < 1:
            raise BadValue("workers", self.workers, "a whole number from 1")


@dataclass(frozen=True)
class Results:
    """The arrays of a finished run, before they are labelled."""

    request: RunRequest
    tables: Tables
    trajectory: Trajectory
    missing_specialists: np.ndarray[Any, Any] | None = None
    """(D, T, S) specialists who would be there without the interruption; None without one."""
