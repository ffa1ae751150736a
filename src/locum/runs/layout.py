"""Lay a pack's long tables out on the axes of the workforce sector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from locum.countries import Pack, Table

Floats = np.ndarray[Any, np.dtype[np.float64]]


def place(table: Table, axes: Mapping[str, Sequence[object]], value: str = "value") -> Floats:
    """Return a table as an array with one axis per named column; cells without a row are zero.

    Parameters
    ----------
    table
        Long table, a row per cell.
    axes
        Labels of each axis by the name of its column, in the order of the result.
    value
        Column that holds the numbers.

    Raises
    ------
    KeyError
        If a row has a label that its axis lacks.
    """
    result = np.zeros([len(labels) for labels in axes.values()])
    positions = [
        [{label: i for i, label in enumerate(labels)}[cell] for cell in table.column(name)]
        for name, labels in axes.items()
    ]
    result[tuple(np.array(column, dtype=int) for column in positions)] = table.column(value)
    return result


def by_region(pack: Pack, table: str, **equal: str | int) -> Floats:
    """Return a table by region (R,)."""
    return place(pack.table(table).where(**equal), {"region": pack.regions})


def by_specialty(pack: Pack, term: str) -> Floats:
    """Return a term of every specialty (S,); ``none`` is zero where the pack says nothing."""
    rows = pack.table("specialty_terms").where(term=term)
    return place(rows, {"specialty": pack.specialties})


def by_year(table: Table, years: NDArray[np.int64], column: str, missing: float) -> Floats:
    """Return a yearly column on the run's years; years without a row get ``missing``."""
    known = yearly(table, column)
    return np.array([known.get(int(year), missing) for year in years])


def yearly(table: Table, column: str = "value") -> dict[int, float]:
    """Return a column by year."""
    years = (int(year) for year in table.numbers("year"))
    return dict(zip(years, (float(value) for value in table.numbers(column)), strict=True))


def starts_of(table: Table) -> list[int]:
    """Return the first ages of a table's bands, ascending."""
    return sorted({int(age) for age in table.column("age_start")})
