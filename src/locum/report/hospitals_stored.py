"""A stored run of hospitals read back, to print its report again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from locum.errors import MissingFile
from locum.runs.hospitals.building import build
from locum.runs.hospitals.dataset import VARIABLES, dates_of
from locum.runs.hospitals.driving import Driven
from locum.runs.hospitals.execution import values_of
from locum.runs.hospitals.headline import headline_figures
from locum.runs.hospitals.readings import predict_base, predict_weeks, read_as_published
from locum.runs.hospitals.request import request_from_manifest
from locum.runs.hospitals.series import Series, grouped
from locum.runs.hospitals.storing import READINGS, HospitalRun

if TYPE_CHECKING:
    from os import PathLike

    from locum.runs.hospitals.request import HospitalRequest

__all__ = ["read_stored_run"]

_MANIFEST, _RESULTS = "manifest.json", "results.zarr"


def read_stored_run(folder: str | PathLike[str]) -> HospitalRun:
    """Read a run of hospitals from its folder.

    Parameters
    ----------
    folder
        As `locum run` wrote it.

    Returns
    -------
    HospitalRun
        As it was when it was stored; nothing is simulated again.

    Raises
    ------
    MissingFile
        If the folder holds no manifest or no results.
    InputError
        If the manifest cannot be read, or the pack has changed since.
    """
    place = Path(folder)
    request = request_from_manifest(place / _MANIFEST)
    series = _series(request, place / _RESULTS)
    scenario = request.scenario
    published = read_as_published(series, scenario, request.pack.table(READINGS))
    weeks, base = predict_weeks(series, scenario), predict_base(series, scenario)
    headline = headline_figures(series, scenario, weeks, base)
    return HospitalRun(request, place, series, tuple(published), headline)


def _series(request: HospitalRequest, store: Path) -> Series:
    """Sum the stored results of hospitals up by group, a draw at a time."""
    import xarray as xr

    if not store.exists():
        raise MissingFile(str(store))
    nation = build(request.pack, values_of(request.draw(), 0, request.scenario.start.year))
    dataset = cast("Any", xr).open_dataset(store, engine="zarr", consolidated=False)
    kept = [
        grouped(
            Driven(
                nation,
                {
                    name: np.asarray(dataset[name].isel(draw=draw).values, np.float32)
                    for name in VARIABLES
                },
            )
        )
        for draw in range(request.draws)
    ]
    return Series.of(dates_of(request), nation, len(request.pack.regions), kept)
