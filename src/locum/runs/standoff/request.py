"""What to run of a standoff."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from locum.errors import BadValue, Place
from locum.runs.manifest import manifest_of, read_manifest
from locum.runs.standoff.posterior import read_posterior, with_posterior
from locum.scenarios import apply
from locum.scenarios.standoff import LEDGER, resolve_standoff_data

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike
    from typing import Any

    from locum.assumptions import Draws, Ledger
    from locum.countries import Pack
    from locum.scenarios.standoff import StandoffScenario

__all__ = ["DRAWS", "StandoffRequest", "request_from_manifest"]

DRAWS = 20
"""Draws unless asked otherwise: with all that is done otherwise, some two minutes on two cores."""
_MOST_DRAWS = 10_000
_COUNTERFACTUALS, _PRIOR, _UNTIL = "counterfactuals", "prior", "until"


@dataclass(frozen=True)
class StandoffRequest:
    """What to run.

    Parameters
    ----------
    scenario
        Resolved scenario.
    ledger
        Assumptions of the sector with the scenario's and the user's changes applied.
    pack
        Country pack.
    draws
        Number of draws; the first is the central one. The luck of the agents differs too.
    seed
        Seed of all draws.
    sets
        What the user fixed by hand, as typed; the manifest keeps it.
    workers
        Threads; by default one per core. No result depends on it.
    counterfactuals
        Whether what could have been done otherwise is run too.
    prior
        Whether priors are drawn from although a posterior is there.
    until
        Last day simulated; None for that of the scenario.
    """

    scenario: StandoffScenario
    ledger: Ledger
    pack: Pack
    draws: int = DRAWS
    seed: int = 0
    sets: Mapping[str, str] = field(default_factory=dict[str, str])
    workers: int | None = None
    counterfactuals: bool = True
    prior: bool = False
    until: date | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.draws <= _MOST_DRAWS:
            raise BadValue("draws", self.draws, f"a whole number from 1 to {_MOST_DRAWS:,}")
        if self.workers is not None and self.workers < 1:
            raise BadValue("workers", self.workers, "a whole number from 1")
        if self.until is not None and not self.scenario.start <= self.until <= self.scenario.end:
            expected = f"a day from {self.scenario.start} to {self.scenario.end}"
            raise BadValue("day", self.until.isoformat(), expected, Place("--until"))

    @property
    def last(self) -> int:
        """Return the number of the last day simulated."""
        return self.scenario.day(self.until or self.scenario.end)

    @property
    def settled(self) -> int | None:
        """Return the first day of the settlement; None where the run does not reach one."""
        days = [self.scenario.event(name).day for name in self.scenario.settlement]
        return min((day for day in days if day <= self.last), default=None)

    @property
    def manifest(self) -> dict[str, Any]:
        """Return what identifies the run and repeats it."""
        more = {_COUNTERFACTUALS: self.counterfactuals, _PRIOR: self.prior}
        last = None if self.until is None else self.until.isoformat()
        return manifest_of(self, {**more, _UNTIL: last})

    def draw(self, *, prior: bool = False) -> Draws:
        """Return all draws: of the priors, and of what was fitted where it was.

        Parameters
        ----------
        prior
            Whether the posterior is left out.
        """
        draws = self.ledger.draw(self.seed, 0, self.draws)
        posterior = None if prior or self.prior else read_posterior(self.pack)
        if posterior is None:
            return draws
        return with_posterior(draws, posterior, self.pack.ledger(LEDGER))


def request_from_manifest(
    path: str | PathLike[str], workers: int | None = None
) -> StandoffRequest:
    """Return the request that the manifest of a run of a standoff describes.

    Raises
    ------
    MissingFile
        If there is no such file.
    InputError
        If it is no manifest, or the pack has changed since: then the run cannot be repeated.
    """
    told = read_manifest(path)
    scenario = resolve_standoff_data(told.scenario, str(told.file), told.pack)
    ledger = apply(scenario, told.pack.ledger(LEDGER), told.sets)
    last = told.whole.get(_UNTIL)
    request = StandoffRequest(
        scenario,
        ledger,
        told.pack,
        told.draws,
        told.seed,
        told.sets,
        workers,
        bool(told.whole.get(_COUNTERFACTUALS, True)),
        bool(told.whole.get(_PRIOR, False)),
        None if last is None else date.fromisoformat(str(last)),
    )
    told.refuse_changed(request.manifest)
    return request
