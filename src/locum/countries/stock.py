"""The joint starting stock: doctors by region, specialty, sex and single age.

No published table has the four dimensions at once. The stock is fitted: a seed that holds the
assumed associations is scaled until it meets every published margin (iterative proportional
fitting), so that it is the stock closest to the seed that does. Every cell is therefore a
fitted margin at best, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from locum.axes import AGES, SEXES, Axis
from locum.countries.schema import no_such
from locum.errors import BadCell, MissingField, NotConverged, Place, UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from locum.countries.pack import Pack
    from locum.countries.tables import Table

    Array = NDArray[np.float64]

__all__ = ["StartingStock", "fit_margins", "spread_bands", "starting_stock"]

TOLERANCE: Final = 1e-10
"""Largest deviation from a margin, relative to the total."""

_LIMIT: Final = 2000
_GRADES = ("observed", "fitted margin", "assumed")
_FITTED = ("region", "specialty", "sex", "age_band")


@dataclass(frozen=True, eq=False)
class StartingStock:
    """Doctors in practice on 31 December of a base year.

    Trainees and doctors in military or public service are not in it.

    Parameters
    ----------
    year
        Base year.
    unit
        What is counted: clinical or active doctors, by the definition of the year's total.
    heads
        (region, specialty, sex, age) float64; not whole numbers.
    margins_error
        Largest deviation from each margin, relative to the total.
    iterations
        Sweeps over the margins that were needed.
    conflicts
        In words: where published counts disagree, and what was done.
    grades
        Worst grade among the rows of each margin.
    """

    year: int
    unit: str
    heads: NDArray[np.float64]
    margins_error: dict[str, float]
    iterations: int
    conflicts: list[str]
    grades: dict[str, str]

    @property
    def grade(self) -> str:
        """Return how well a cell is known: never better than a fitted margin."""
        return "fitted margin"


def starting_stock(pack: Pack, year: int) -> StartingStock:
    """Fit the joint stock of a base year to the margins of the pack.

    The seed is a product of pairwise factors, each an assumption of the pack: sex by age, sex by
    specialty, a tilt of age by specialty, hospital doctors where the hospitals are, and nobody a
    specialist before the youngest age, few before the settled one. All higher associations are
    absent.

    Parameters
    ----------
    pack
        Country.
    year
        One of its base years.

    Raises
    ------
    UnknownName
        If the pack has no starting stock for the year.
    InputError
        If a margin lacks a category or holds a negative number.
    NotConverged
        If the margins cannot be met together with the seed's zeros.

    Notes
    -----
    Bands of ages become single ages first (`spread_bands`). Margins that do not sum to the total
    are scaled to it, and the sentence that says so joins `conflicts`. Held by
    tests/countries/test_stock.py.
    """
    if year not in pack.base_years:
        raise UnknownName("base year", year, pack.base_years, Place(str(pack.path)))
    margins = _Margins(pack.table("stock_margins"), year)
    total = margins.hard("total", ("all",))[0]
    bands = margins.categories("age_band")
    labels = {"region": pack.regions, "specialty": pack.specialties, "sex": SEXES}
    targets = {name: margins.hard(name, given) for name, given in labels.items()}
    targets["age_band"] = margins.hard("age_band", bands)
    conflicts = [_scaled(name, target, total) for name, target in targets.items()]
    scaled = {name: target * (total / target.sum()) for name, target in targets.items()}
    ages = spread_bands(_band_edges(bands), scaled["age_band"])
    seed = _seed(pack, margins, scaled["region"] / total, ages)
    wanted = (scaled["region"], scaled["specialty"], scaled["sex"], ages)
    heads, iterations = fit_margins(seed, wanted, what=f"starting stock of {year}")
    return StartingStock(
        year=year,
        unit=margins.unit("total"),
        heads=heads,
        margins_error=dict(zip(_FITTED, _errors(heads, wanted), strict=True)),
        iterations=iterations,
        conflicts=[one for one in conflicts if one] + _published_conflicts(pack, year),
        grades={name: margins.worst_grade(name) for name in ("total", *_FITTED)},
    )


def fit_margins(
    seed: Array,
    targets: Sequence[Array],
    *,
    tolerance: float = TOLERANCE,
    limit: int = _LIMIT,
    what: str = "iterative proportional fitting",
) -> tuple[Array, int]:
    """Scale an array until its one-dimensional sums are the given ones.

    Parameters
    ----------
    seed
        Not negative; its zeros stay zero.
    targets
        One vector per axis, all of one total.
    tolerance
        Largest deviation allowed, relative to the total.
    limit
        Sweeps after which to give up.
    what
        Name of the fit in the error.

    Returns
    -------
    fitted
        Array of the seed's shape.
    iterations
        Sweeps that were needed.

    Raises
    ------
    NotConverged
        If the tolerance is not met, or a positive target has only zeros to scale.

    Notes
    -----
    In each sweep and for each axis, cells are multiplied by target over current sum. The limit
    minimises the Kullback-Leibler divergence from the seed among all arrays with these sums.

    References
    ----------
    Deming and Stephan (1940), Annals of Mathematical Statistics 11(4):427-444.
    """
    fitted = np.array(seed, dtype=np.float64)
    total = float(targets[0].sum())
    error = np.inf
    for iteration in range(1, limit + 1):
        error = 0.0
        for axis, target in enumerate(targets):
            found = _sum_onto(fitted, axis)
            if np.any((found == 0) & (target > 0)):
                raise NotConverged(f"{what} (axis {axis} has no cell to scale)", iteration, np.inf)
            error = max(error, float(np.abs(found - target).max()) / total)
            factor = np.divide(target, found, out=np.zeros_like(target), where=found > 0)
            fitted *= factor.reshape([-1 if i == axis else 1 for i in range(fitted.ndim)])
        if error <= tolerance:
            return fitted, iteration
    raise NotConverged(what, limit, error)


def spread_bands(edges: Sequence[int], heads: Array) -> Array:
    """Spread bands of ages over single years.

    The cumulative count is interpolated by a monotone cubic, so no year is negative, each band
    keeps its sum, and the number a year rises from zero before the first edge and falls to zero
    at the last.

    Parameters
    ----------
    edges
        First age of each band, and the age after the last band.
    heads
        Heads in each band.

    Returns
    -------
    NDArray
        Heads at each age from the first edge to the last, which is left out.

    Notes
    -----
    Slopes at the inner edges are the weighted harmonic means of the neighbouring mean slopes
    (Fritsch and Butland), zero at both ends.

    References
    ----------
    Fritsch and Butland (1984), SIAM Journal on Scientific and Statistical Computing 5(2):300-304.
    """
    x = np.asarray(edges, dtype=np.float64)
    y = np.concatenate([[0.0], np.cumsum(heads)])
    width = np.diff(x)
    mean = np.diff(y) / width
    slope = np.zeros_like(x)
    left, right = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    both = (mean[:-1] > 0) & (mean[1:] > 0)
    slope[1:-1][both] = ((left + right)[both]) / (
        left[both] / mean[:-1][both] + right[both] / mean[1:][both]
    )
    ages = np.arange(edges[0], edges[-1] + 1, dtype=np.float64)
    band = np.clip(np.searchsorted(x, ages, side="right") - 1, 0, len(width) - 1)
    t, h = (ages - x[band]) / width[band], width[band]
    cumulative = (
        y[band] * (1 + 2 * t) * (1 - t) ** 2
        + slope[band] * h * t * (1 - t) ** 2
        + y[band + 1] * t**2 * (3 - 2 * t)
        + slope[band + 1] * h * t**2 * (t - 1)
    )
    return np.maximum(np.diff(cumulative), 0.0)


class _Margins:
    """The margins of one year, by name and category."""

    def __init__(self, table: Table, year: int) -> None:
        self._table = table.where(year=year)
        self._year = year

    def categories(self, margin: str) -> tuple[str, ...]:
        """Return the categories of a margin, in the order of the file."""
        return tuple(self._table.where(margin=margin).words("category"))

    def has(self, margin: str) -> bool:
        return margin in self._table.columns["margin"]

    def values(self, margin: str, labels: Sequence[str]) -> Array:
        """Return the values of a margin in the order of `labels`; all of them must be there."""
        chosen = self._table.where(margin=margin)
        axis = Axis(margin, tuple(labels))
        found = np.full(len(axis), np.nan)
        values = chosen.numbers("value")
        for row, category in enumerate(chosen.words("category")):
            if category not in axis:
                problem = no_such(margin, category, labels)
                raise BadCell(chosen.file, chosen.line(row), "category", category, problem)
            found[axis.index(category)] = values[row]
        for label, value in zip(labels, found, strict=True):
            if np.isnan(value):
                what = f"margin {margin} of {self._year}"
                raise MissingField(what, f"category {label!r}", Place(chosen.file))
        return found

    def hard(self, margin: str, labels: Sequence[str]) -> Array:
        """Return a margin that counts heads; it may not be negative."""
        found = self.values(margin, labels)
        if found.min() < 0 or found.sum() <= 0:
            chosen = self._table.where(margin=margin)
            row = int(np.argmin(chosen.numbers("value")))
            value = chosen.columns["value"][row]
            raise BadCell(chosen.file, chosen.line(row), "value", value, "must be positive heads")
        return found

    def unit(self, margin: str) -> str:
        return self._table.where(margin=margin).words("unit")[0]

    def worst_grade(self, margin: str) -> str:
        return max(self._table.where(margin=margin).words("grade"), key=_GRADES.index)


def _seed(pack: Pack, margins: _Margins, region_share: Array, ages: Array) -> Array:
    """Multiply the assumed pairwise associations into a (region, specialty, sex, age) seed."""
    bands = margins.categories("age_band")
    edges = np.array(_band_edges(bands), dtype=np.float64)
    age = np.array(AGES, dtype=np.float64)
    women = np.interp(age + 0.5, (edges[:-1] + edges[1:]) / 2, margins.values("sex_age", bands))
    sex_age = np.stack([1 - women, women])
    odds = margins.values("specialty_sex", pack.specialties)
    specialty_sex = np.stack([np.ones_like(odds), odds], axis=1)
    centred = age + 0.5 - np.average(age + 0.5, weights=ages)
    spread = np.average(centred**2, weights=ages)
    offset = margins.values("specialty_age", pack.specialties)
    # A normal distribution tilted by exp(offset x / variance) has its mean moved by the offset.
    specialty_age = np.exp(np.outer(offset, centred) / spread)
    youngest, settled = margins.values("specialist_age", ("youngest", "settled"))
    specialty_age[:-1] *= np.clip((age - youngest + 1) / (settled - youngest + 1), 0.0, 1.0)
    core = np.einsum("xa,sx,sa->sxa", sex_age, specialty_sex, specialty_age)
    return np.einsum("rs,sxa->rsxa", _places(pack, margins, region_share), core)


def _places(pack: Pack, margins: _Margins, region_share: Array) -> Array:
    """Return where each specialty is before fitting: clinics like all doctors, hospitals apart."""
    everywhere = np.repeat(region_share[:, None], len(pack.specialties), axis=1)
    if not margins.has("hospital_region"):
        return everywhere
    terms = pack.table("specialty_terms").where(term="clinic_share")
    shares = dict(zip(terms.words("specialty"), terms.numbers("value"), strict=True))
    clinic = np.array([shares[specialty] for specialty in pack.specialties])
    hospital = margins.values("hospital_region", pack.regions)
    return everywhere * clinic + np.outer(hospital / hospital.sum(), 1 - clinic)


def _band_edges(bands: Sequence[str]) -> list[int]:
    """Return the first age of each band and the age after the last: 24, 30, ... 70, 85."""
    starts = [int(band.split("-")[0].rstrip("+")) for band in bands]
    return [max(start, AGES[0]) for start in starts] + [AGES[-1] + 1]


def _sum_onto(array: Array, axis: int) -> Array:
    return array.sum(axis=tuple(other for other in range(array.ndim) if other != axis))


def _errors(heads: Array, targets: Sequence[Array]) -> list[float]:
    total = float(targets[0].sum())
    found = [_sum_onto(heads, axis) for axis in range(heads.ndim)]
    return [
        float(np.abs(one - target).max()) / total
        for one, target in zip(found, targets, strict=True)
    ]


def _scaled(margin: str, target: Array, total: float) -> str:
    """Say that a margin does not sum to the total and was scaled to it."""
    found = float(target.sum())
    if abs(found - total) <= 1e-9 * total:
        return ""
    return (
        f"the {margin} margin sums to {found:,.0f}, the total is {total:,.0f}: "
        f"scaled by {total / found:.4f}"
    )


def _published_conflicts(pack: Pack, year: int) -> list[str]:
    rows = pack.table("stock_conflicts").where(year=year).rows
    return [
        f"{row['topic']}: {row['value']:,.10g} against {row['other_value']:,.10g} {row['unit']}; "
        f"{row['note']}"
        for row in rows
    ]
