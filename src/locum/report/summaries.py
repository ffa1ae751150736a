"""Quantiles over draws: from labelled arrays to fans and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import NotFinite
from locum.report.records import PROBABILITIES, Fan, Interval
from locum.report.words import humanised

if TYPE_CHECKING:
    import xarray as xr

FloatArray: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Meaning:
    """What a series of numbers is: its name, words, unit and how well it is known."""

    name: str
    label: str
    unit: str
    grade: str
    signed: bool = False


def meaning(dataset: xr.Dataset, name: str, *, signed: bool = False) -> Meaning:
    """Read the meaning of a variable from its attributes."""
    attributes = dataset[name].attrs
    label = humanised(str(attributes.get("long_name", name)))
    unit = str(attributes.get("unit", ""))
    return Meaning(name, label, unit, str(attributes.get("grade", "assumed")), signed)


def samples(dataset: xr.Dataset, name: str, *dims: str, year: int | None = None) -> FloatArray:
    """Return a variable as float64 with the draw first, summed over dimensions not asked for.

    Parameters
    ----------
    dataset
        A run's dataset.
    name
        Variable.
    dims
        Dimensions to keep after the draw, in this order.
    year
        Take this year only.

    Returns
    -------
    Array of shape (draw, *dims).

    Raises
    ------
    NotFinite
        When a number is missing or infinite: a report never prints a hole.
    """
    array = dataset[name]
    if year is not None:
        array = array.isel(year=[int(one) for one in dataset["year"].values].index(year))
    kept = ("draw", *dims)
    order = (*kept, *(str(dim) for dim in array.dims if dim not in kept))
    values = np.asarray(array.transpose(*order).values)
    summed: FloatArray = values.sum(axis=tuple(range(len(kept), values.ndim)), dtype=np.float64)
    if not np.isfinite(summed).all():
        raise NotFinite(name, "the dataset of the run")
    return summed


def fan(values: FloatArray, years: tuple[int, ...], what: Meaning) -> Fan:
    """Summarise samples of shape (draw, year) as a fan."""
    lines = np.quantile(values, PROBABILITIES, axis=0)
    quantiles = tuple(tuple(float(v) for v in line) for line in lines)
    return Fan(what.name, what.label, what.unit, what.grade, years, quantiles, what.signed)


def flow_fan(values: FloatArray, years: tuple[int, ...], what: Meaning) -> Fan:
    """Summarise what happens in a year; the base year has a stock but no flows, so it is left out.

    Parameters
    ----------
    values
        Shape (draw, year).
    years
        The run's years, the base year first.
    what
        What the values mean.
    """
    first = 0 if values[:, 0].any() or len(years) == 1 else 1
    return fan(values[:, first:], years[first:], what)


def interval(values: FloatArray) -> Interval:
    """Summarise samples of shape (draw,) as a median and its 80% interval."""
    low, value, high = np.quantile(values, (PROBABILITIES[0], 0.5, PROBABILITIES[-1]))
    return Interval(float(low), float(value), float(high))
