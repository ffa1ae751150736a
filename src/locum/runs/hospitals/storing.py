"""A run of hospitals on disk: draws are written as they are done, and the folder appears whole."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import ModelError
from locum.runs.folder import (
    folder_of,
    write_json,
    write_manifest,
    write_scenario,
    writing_folder,
)
from locum.runs.hospitals.dataset import BAND, ENDS, FATES, VARIABLES, append, dataset_of, dates_of
from locum.runs.hospitals.execution import execute
from locum.runs.hospitals.groups import GROUPS
from locum.runs.hospitals.headline import headline_figures
from locum.runs.hospitals.heads import GRADES
from locum.runs.hospitals.readings import (
    predict_base,
    predict_weeks,
    read_as_published,
    write_readings,
)
from locum.runs.hospitals.series import Series, grouped
from locum.runs.summary import PERCENTILES, write_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from locum.runs.hospitals.building import Nation
    from locum.runs.hospitals.collecting import Floats32
    from locum.runs.hospitals.headline import Figure
    from locum.runs.hospitals.readings import Predicted
    from locum.runs.hospitals.request import HospitalRequest

    Progress = Callable[[int, int], None]

__all__ = ["READINGS", "HospitalRun", "run_and_store", "summaries"]

READINGS = "walkout_timeseries"
"""Table of a pack with the readings that a run is compared with."""
_LABELS = {
    "triage": (1, 2, 3, 4, 5),
    "grade": GRADES,
    "band": BAND,
    "end": ENDS,
    "fate": FATES,
}


@dataclass(frozen=True)
class HospitalRun:
    """A run that is finished and stored.

    Parameters
    ----------
    request
        What was run.
    folder
        Where it lies.
    series
        Daily results of groups of hospitals in every draw.
    readings
        Published readings as the run would have been read.
    headline
        The few figures that come first.
    """

    request: HospitalRequest
    folder: Path
    series: Series
    readings: tuple[Predicted, ...]
    headline: tuple[Figure, ...]


def run_and_store(
    request: HospitalRequest,
    out: Path | None,
    progress: Progress | None = None,
    write_report: Callable[[HospitalRun, Path], object] | None = None,
) -> HospitalRun:
    """Run all draws of a request into a folder.

    Parameters
    ----------
    request
        What to run.
    out
        Folder to make; `folder.folder_of` if None. An earlier identical run there is replaced.
    progress
        Called with the days simulated and those in all, from the calling thread.
    write_report
        Writes the report of a run to a path; left out, there is none.

    Returns
    -------
    HospitalRun
        Its folder holds scenario.yaml, assumptions.json, results.zarr, summary.parquet,
        readings.csv, report.html and manifest.json with the sha256 of every other file.

    Raises
    ------
    InputError
        If a table or an assumption cannot be used, or the folder cannot be written.
    ModelError
        If the model breaks its own law.
    """
    target = out or folder_of(request.scenario.name, request.manifest)
    with writing_folder(target) as aside:
        write_json(aside / "assumptions.json", request.ledger.rows())
        write_scenario(request.scenario.to_dict(), aside / "scenario.yaml")
        series = _write_draws(request, aside / "results.zarr", progress)
        table = request.pack.table(READINGS)
        published = read_as_published(series, request.scenario, table)
        weeks = predict_weeks(series, request.scenario)
        write_readings([*published, *weeks], aside / "readings.csv")
        write_columns(summaries(series, request.pack.regions), aside / "summary.parquet")
        base = predict_base(series, request.scenario)
        headline = headline_figures(series, request.scenario, weeks, base)
        run = HospitalRun(request, target, series, tuple(published), headline)
        if write_report is not None:
            write_report(run, aside / "report.html")
        write_manifest(request.manifest, aside)
    return run


def _write_draws(request: HospitalRequest, store: Path, progress: Progress | None) -> Series:
    """Run the draws, write each as it comes, and keep what may be told of groups."""
    kept: list[dict[str, Floats32]] = []
    nation: Nation | None = None
    with closing(execute(request, progress)) as draws:
        for number, driven in enumerate(draws):
            nation = driven.nation
            append(dataset_of(request, nation.sites, number, driven.arrays), store)
            kept.append(grouped(driven))
    if nation is None:
        raise ModelError("a run without draws")
    return Series.of(dates_of(request), nation, len(request.pack.regions), kept)


def summaries(series: Series, regions: tuple[str, ...]) -> dict[str, np.ndarray[Any, Any]]:
    """Return quantiles over draws as columns of a long table.

    Columns: variable, day, group, region, level (of triage, grade or band; empty where there is
    none), and one for each percentile (p2.5 ... p97.5). Groups and regions of fewer than ten
    sites are left out, but for the five largest hospitals, which readings are published for.
    """
    parts = [_block(series, name, regions) for name in VARIABLES]
    return {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}


def _block(series: Series, name: str, regions: tuple[str, ...]) -> dict[str, np.ndarray[Any, Any]]:
    dims = VARIABLES[name].dims
    by_region = dims[0] == "region"
    kept = np.flatnonzero(series.regions if by_region else series.groups)
    values = series.values[name][:, :, kept]
    names = np.array(regions if by_region else tuple(GROUPS), dtype=object)[kept]
    levels = np.array(_LABELS[dims[1]] if len(dims) > 1 else ("",), dtype=object)
    days = series.dates.astype("datetime64[D]").astype(object)
    grid = np.meshgrid(days, names, levels, indexing="ij")
    quantiles = np.percentile(values, PERCENTILES, axis=0)
    count = grid[0].size
    empty = np.full(count, "", dtype=object)
    columns: dict[str, np.ndarray[Any, Any]] = {
        "variable": np.full(count, name, dtype=object),
        "day": np.array([str(day) for day in grid[0].ravel()], dtype=object),
        "group": empty if by_region else grid[1].ravel(),
        "region": grid[1].ravel() if by_region else empty,
        "level": np.array([str(level) for level in grid[2].ravel()], dtype=object),
    }
    for percentile, each in zip(PERCENTILES, quantiles, strict=True):
        columns[f"p{percentile:g}"] = each.ravel().astype(np.float32)
    return columns
