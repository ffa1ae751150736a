"""A small table of quantiles, for pages and queries that need no single draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import xarray as xr

PERCENTILES = (2.5, 5, 10, 25, 50, 75, 90, 95, 97.5)
SUMMED = ("supply", "trainees", "fte", "need", "filled", "unfilled")
"""Variables by region and specialty that are summarised by region, by specialty and by both."""


def summaries(dataset: xr.Dataset) -> dict[str, np.ndarray[Any, Any]]:
    """Return quantiles over draws as columns of a long table.

    Columns: variable, year, region, specialty (empty = the nation, all specialties), and one for
    each percentile (p2.5 ... p97.5).
    """
    blocks: list[tuple[str, xr.DataArray]] = []
    for name, variable in dataset.data_vars.items():
        dims = set(variable.dims)
        if {"draw", "year"} <= dims <= {"draw", "year", "region", "specialty"}:
            blocks.append((str(name), variable))
            if str(name) in SUMMED:
                blocks += [(str(name), variable.sum("specialty", dtype=np.float64))]
                blocks += [(str(name), variable.sum("region", dtype=np.float64))]
    parts = [_block(name, variable) for name, variable in blocks]
    return {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}


def _block(name: str, variable: xr.DataArray) -> dict[str, np.ndarray[Any, Any]]:
    ordered = variable.transpose("draw", ...)
    quantiles = np.percentile(ordered.values, PERCENTILES, axis=0)
    others = [str(d) for d in ordered.dims[1:]]
    grid = np.meshgrid(*(_labels(ordered[d].values) for d in others), indexing="ij")
    labels = {d: g.ravel() for d, g in zip(others, grid, strict=True)}
    count = quantiles[0].size
    columns: dict[str, np.ndarray[Any, Any]] = {
        "variable": np.full(count, name, dtype=object),
        "year": labels["year"],
    }
    for axis in ("region", "specialty"):
        columns[axis] = labels.get(axis, np.full(count, "", dtype=object))
    for percentile, values in zip(PERCENTILES, quantiles, strict=True):
        columns[f"p{percentile:g}"] = values.ravel().astype(np.float32)
    return columns


def _labels(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the labels of an axis as they are written: years as numbers, all else as words."""
    return values.astype(np.int32) if values.dtype.kind in "iu" else values.astype(object)


def write_summary(dataset: xr.Dataset, path: Path) -> None:
    """Write the quantiles as Parquet."""
    write_columns(summaries(dataset), path)


def write_columns(columns: Mapping[str, np.ndarray[Any, Any]], path: Path) -> None:
    """Write columns of equal length as Parquet."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET threads TO 1")
        connection.register("summary", dict(columns))
        connection.execute(
            "COPY (SELECT * FROM summary) TO ? (FORMAT parquet, COMPRESSION zstd)", [str(path)]
        )
