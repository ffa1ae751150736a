"""A run on disk: written aside and renamed, so that it is there whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from locum.runs.folder import (
    folder_of,
    write_json,
    write_manifest,
    write_scenario,
    writing_folder,
)
from locum.runs.summary import write_summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from locum.runs.run import Run

SHARD = 200
"""Draws in a shard of the stored arrays."""


def default_folder(run: Run) -> Path:
    """Return where a run goes unless told otherwise: ./locum-runs/<scenario>-<id>."""
    return folder_of(run.scenario.name, run.manifest)


def store_run(run: Run, out: Path | None, write_report: Callable[[Run, Path], object]) -> Path:
    """Write a run into a folder.

    Parameters
    ----------
    run
        Finished run.
    out
        Folder to make; `default_folder` if None. An earlier identical run there is replaced.
    write_report
        Writes the report of a run to a path.

    Returns
    -------
    Path
        The folder: scenario.yaml, assumptions.json, results.zarr, summary.parquet, report.html and
        manifest.json, which holds the sha256 of every other file.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    target = out or default_folder(run)
    with writing_folder(target) as aside:
        _write_files(run, aside, write_report)
    return target


def _write_files(run: Run, folder: Path, write_report: Callable[[Run, Path], object]) -> None:
    write_json(folder / "assumptions.json", run.ledger.rows())
    write_scenario(run.scenario.to_dict(), folder / "scenario.yaml")
    _write_arrays(run, folder / "results.zarr")
    write_summary(run.dataset, folder / "summary.parquet")
    write_report(run, folder / "report.html")
    write_manifest(run.manifest, folder)


def _write_arrays(run: Run, path: Path) -> None:
    """Write the arrays in shards of draws."""
    dataset: Any = run.dataset
    for name, labels in dataset.coords.items():
        if labels.dtype.kind == "U":  # the one string type that the format specifies
            dataset = dataset.assign_coords({name: labels.astype(np.dtypes.StringDType())})
    encoding: dict[str, Any] = {}
    for name, variable in dataset.data_vars.items():
        if "draw" in variable.dims:
            sizes = [min(SHARD, n) if d == "draw" else n for d, n in variable.sizes.items()]
            encoding[str(name)] = {"chunks": tuple(sizes)}
    dataset.to_zarr(path, mode="w", encoding=encoding, consolidated=False)
