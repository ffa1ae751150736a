"""A run on disk: written aside and renamed, so that it is there whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import InputError, Place
from locum.runs.summary import write_summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.runs.run import Run

RUNS_FOLDER = "locum-runs"
SHARD = 200
"""Draws in a shard of the stored arrays."""


def default_folder(run: Run) -> Path:
    """Return where a run goes unless told otherwise: ./locum-runs/<scenario>-<id>."""
    return Path(RUNS_FOLDER) / f"{run.scenario.name}-{run.manifest['id'][:8]}"


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
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise InputError(f"cannot write here: {error.strerror}", Place(str(target))) from error
    try:
        _write_files(run, aside, write_report)
        aside.chmod(0o755)
        _swap(aside, target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return target


def _swap(aside: Path, target: Path) -> None:
    """Put a finished folder in place; an earlier one goes only once the new one stands."""
    old = aside.with_name(f"{aside.name}-old")
    if target.exists():
        target.replace(old)
    aside.replace(target)
    shutil.rmtree(old, ignore_errors=True)


def _write_files(run: Run, folder: Path, write_report: Callable[[Run, Path], object]) -> None:
    _write_json(folder / "assumptions.json", run.ledger.rows())
    _write_scenario(run.scenario.to_dict(), folder / "scenario.yaml")
    _write_arrays(run, folder / "results.zarr")
    write_summary(run.dataset, folder / "summary.parquet")
    write_report(run, folder / "report.html")
    files = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    _write_json(folder / "manifest.json", {**run.manifest, "files": files})


def _write_json(path: Path, data: object) -> None:
    text = json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False, default=str)
    path.write_text(text + "\n", encoding="utf-8")


def _write_scenario(data: dict[str, Any], path: Path) -> None:
    from ruamel.yaml import YAML

    writer: Any = YAML()
    writer.default_flow_style = False
    writer.width = 100
    with path.open("w", encoding="utf-8") as stream:
        writer.dump(data, stream)


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
