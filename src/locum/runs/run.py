"""A finished run: its results, labelled, and what identifies it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import YearOutside
from locum.runs.manifest import manifest_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.runs.layout import Floats
    from locum.runs.request import Results, RunRequest
    from locum.scenarios import Scenario


@dataclass(frozen=True)
class Run:
    """A finished run.

    Parameters
    ----------
    results
        Its request and arrays.
    influence
        Influence of assumptions on the gap, 0 to 1, where it was computed.
    """

    results: Results
    influence: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def request(self) -> RunRequest:
        """Return what was run."""
        return self.results.request

    @property
    def scenario(self) -> Scenario:
        """Return the scenario."""
        return self.request.scenario

    @property
    def ledger(self) -> Ledger:
        """Return the assumptions used."""
        return self.request.ledger

    @property
    def pack(self) -> Pack:
        """Return the country pack."""
        return self.request.pack

    @cached_property
    def dataset(self) -> xr.Dataset:
        """Return the labelled results."""
        from locum.runs.dataset import build_dataset  # xarray is slow to load

        return build_dataset(self.results)

    def national(self, name: str, year: int) -> Floats:
        """Return a national result of one year in every draw (D,).

        Raises
        ------
        YearOutside
            If the run does not cover the year.
        """
        first, last = self.scenario.start, self.scenario.end
        if not first <= year <= last:
            raise YearOutside(f"the run of {self.scenario.name}", year, first, last)
        values: Floats = self.dataset[name].transpose("draw", "year").to_numpy()
        return values[:, year - first].astype(np.float64)

    @cached_property
    def headline(self) -> tuple[dict[str, Any], ...]:
        """Return the few figures that the run puts first."""
        from locum.runs.dataset import headline_figures  # as above

        return headline_figures(self.dataset, self.scenario)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Return what identifies the run and repeats it."""
        return manifest_of(self.request)
