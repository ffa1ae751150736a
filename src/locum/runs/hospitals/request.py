"""What to run in the hospitals of a country."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from locum.errors import BadValue
from locum.runs.hospitals.posterior import read_posterior
from locum.runs.manifest import manifest_of, read_manifest
from locum.runs.posterior import with_fitted
from locum.scenarios import apply
from locum.scenarios.hospitals import LEDGER, resolve_hospitals_data

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike
    from typing import Any

    from locum.assumptions import Draws, Ledger
    from locum.countries import Pack
    from locum.scenarios.hospitals import HospitalScenario

__all__ = ["DRAWS", "HospitalRequest", "request_from_manifest"]

DRAWS = 8
"""Draws unless asked otherwise: each is a year in every hospital, about a minute on a core."""
_MOST_DRAWS = 10_000


@dataclass(frozen=True)
class HospitalRequest:
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
        Number of draws; the first is the central one. The luck of the patients differs too.
    seed
        Seed of all draws.
    sets
        What the user fixed by hand, as typed; the manifest keeps it.
    workers
        Threads; by default one per core. No result depends on it.
    sites
        Numbers of the sites, to try something out on a few; None: all.
    """

    scenario: HospitalScenario
    ledger: Ledger
    pack: Pack
    draws: int = DRAWS
    seed: int = 0
    sets: Mapping[str, str] = field(default_factory=dict[str, str])
    workers: int | None = None
    sites: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.draws <= _MOST_DRAWS:
            raise BadValue("draws", self.draws, f"a whole number from 1 to {_MOST_DRAWS:,}")
        if self.workers is not None and self.workers < 1:
            raise BadValue("workers", self.workers, "a whole number from 1")

    @property
    def manifest(self) -> dict[str, Any]:
        """Return what identifies the run and repeats it."""
        return manifest_of(self, None if self.sites is None else {"sites": list(self.sites)})

    def draw(self) -> Draws:
        """Return all draws: of the priors, and of what was fitted where it was."""
        draws = self.ledger.draw(self.seed, 0, self.draws)
        posterior = read_posterior(self.pack)
        if posterior is None:
            return draws
        return with_fitted(draws, posterior, self.pack.ledger(LEDGER))


def request_from_manifest(
    path: str | PathLike[str], workers: int | None = None
) -> HospitalRequest:
    """Return the request that the manifest of a run of hospitals describes.

    Raises
    ------
    MissingFile
        If there is no such file.
    InputError
        If it is no manifest, or the pack has changed since: then the run cannot be repeated.
    """
    told = read_manifest(path)
    scenario = resolve_hospitals_data(told.scenario, str(told.file), told.pack)
    ledger = apply(scenario, told.pack.ledger(LEDGER), told.sets)
    sites = told.whole.get("sites")
    request = HospitalRequest(
        scenario,
        ledger,
        told.pack,
        told.draws,
        told.seed,
        told.sets,
        workers,
        None if sites is None else tuple(map(int, sites)),
    )
    told.refuse_changed(request.manifest)
    return request
