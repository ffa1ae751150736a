"""The labelled results of a run, and the figures it puts first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import xarray as xr

from locum import __version__
from locum.axes import SEXES
from locum.runs.layout import by_region
from locum.units import Quantity
from locum.workforce import FLOWS, STAGES, region_drift
from locum.workforce.records import AGE_COUNT, FIRST_AGE

if TYPE_CHECKING:
    from locum.runs.request import Results
    from locum.scenarios import Scenario

HEADLINE_YEARS = (2035, 2040)
HEADLINE_NAMES = ("supply_total", "need_total", "gap_total")
LOW, MIDDLE, HIGH = 10, 50, 90
"""Percentiles of every printed interval and its value."""

_CELLS = ("draw", "year", "region", "specialty")
_NATION = ("draw", "year")


def build_dataset(run: Results) -> xr.Dataset:
    """Label a run's arrays.

    Returns
    -------
    xarray.Dataset
        Every variable has the attributes ``unit``, ``long_name`` and ``grade`` (how well it is
        known: the worst grade among what it rests on).
    """
    t = run.trajectory
    variables = {
        **_cells(run),
        **_totals(run),
        "new_specialists": _variable(
            ("draw", "year", "specialty"), t.new_specialists, "heads", "new specialists", FITTED
        ),
        "ages": _variable(
            ("draw", "year", "sex", "age"), t.ages, "clinical", "practising doctors by age", FITTED
        ),
        "flows": _variable(("draw", "year", "flow"), t.flows, "heads", "flows of a year", ASSUMED),
        "stages": _variable(
            ("draw", "year", "stage"), t.stages, "heads", "heads by stage at year end", FITTED
        ),
        "fund_expenditure": _variable(
            _NATION,
            t.fund_expenditure,
            "trillion_krw",
            "costs of insured care, prices of the base year",
            ASSUMED,
        ),
        "fund_load": _variable(
            _NATION, t.fund_load, "ratio", "costs per contributor relative to wages", ASSUMED
        ),
    }
    if run.missing_specialists is not None:
        variables["missing_specialists"] = _variable(
            ("draw", "year", "specialty"),
            run.missing_specialists,
            "heads",
            "specialists missing through the interruption",
            ASSUMED,
        )
    return xr.Dataset(variables, coords=_coordinates(run), attrs=_attributes(run))


OBSERVED, FITTED, ASSUMED = "observed", "fitted margin", "assumed"


def _variable(
    dims: tuple[str, ...], values: np.ndarray[Any, Any], unit: str, name: str, grade: str
) -> xr.Variable:
    return xr.Variable(dims, values, {"unit": unit, "long_name": name, "grade": grade})


def _cells(run: Results) -> dict[str, xr.Variable]:
    """Results by region and specialty."""
    t, terms = run.trajectory, run.tables.specialties
    factor = by_region(run.request.pack, "region_terms", term="practice_income_factor")
    heads = run.tables.start.practising.sum(axis=(1, 2, 3))
    factor = factor * heads.sum() / (factor * heads).sum()
    income = t.income * np.outer(factor, terms.income).astype(np.float32)
    rows = (
        ("supply", t.supply, "clinical", "doctors in practice", FITTED),
        ("trainees", t.trainees, "clinical", "interns and residents at work", FITTED),
        ("fte", t.fte, "fte", "full-time equivalents", ASSUMED),
        ("need", t.need, "clinical", "doctors needed", ASSUMED),
        ("filled", t.filled, "posts", "first-year residency posts filled", FITTED),
        ("unfilled", t.unfilled, "posts", "first-year residency posts unfilled", ASSUMED),
        ("income", income, "million_krw", "yearly income, prices of the base year", ASSUMED),
    )
    return {
        name: _variable(_CELLS, values, unit, words, grade)
        for name, values, unit, words, grade in rows
    }


def _totals(run: Results) -> dict[str, xr.Variable]:
    """National results, and density by region."""
    t = run.trajectory
    people = run.tables.population.use.people
    regional = t.supply.sum(axis=3, dtype=np.float64) + t.trainees.sum(axis=3, dtype=np.float64)
    need = t.need.sum(axis=(2, 3), dtype=np.float64)
    supply, fte = regional.sum(axis=2), t.fte.sum(axis=(2, 3), dtype=np.float64)
    need_fte = need * (fte[:, :1] / supply[:, :1])
    sides = {
        "supply": {"clinical": Quantity(supply, "clinical"), "fte": Quantity(fte, "fte")},
        "need": {"clinical": Quantity(need, "clinical"), "fte": Quantity(need_fte, "fte")},
    }
    unit = str(run.request.ledger["gap.supply_unit"].value)
    gap = sides["supply"][unit] - sides["need"][str(run.request.ledger["gap.need_unit"].value)]
    gap_fte = sides["supply"]["fte"] - sides["need"]["fte"]
    rows = (
        ("supply_total", supply, "clinical", "clinical doctors, trainees included", FITTED),
        ("need_total", need, "clinical", "clinical doctors needed", FITTED),
        ("gap_total", gap.value, unit, "clinical doctors less doctors needed", FITTED),
        ("fte_total", fte, "fte", "full-time equivalents at work", ASSUMED),
        ("need_fte_total", need_fte, "fte", "full-time equivalents needed", ASSUMED),
        (
            "gap_fte_total",
            gap_fte.value,
            "fte",
            "full-time equivalents less those needed",
            ASSUMED,
        ),
    )
    totals = {
        name: _variable(_NATION, np.asarray(values, np.float32), unit, words, grade)
        for name, values, unit, words, grade in rows
    }
    density = (1000.0 * regional / _drifting(run, people)).astype(np.float32)
    totals["density"] = _variable(
        ("draw", "year", "region"),
        density,
        "per_1000",
        "clinical doctors per 1,000 people",
        FITTED,
    )
    totals["population"] = _variable(
        ("year", "region"), people.astype(np.float32), "people", "population", FITTED
    )
    return totals


def _drifting(run: Results, people: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Move people (T, R) between regions as each draw's need does: (D, T, R), same totals."""
    request = run.request
    draws = request.ledger.draw(request.seed, 0, request.draws)
    moved = people * region_drift(draws, run.tables)
    return moved * (people.sum(axis=1) / moved.sum(axis=2))[..., None]


def _coordinates(run: Results) -> dict[str, Any]:
    axes = run.tables.axes
    return {
        "draw": np.arange(run.request.draws),
        "year": axes.years,
        "region": list(axes.regions),
        "specialty": list(axes.specialties),
        "sex": list(SEXES),
        "age": np.arange(FIRST_AGE, FIRST_AGE + AGE_COUNT),
        "flow": list(FLOWS),
        "stage": list(STAGES),
    }


def _attributes(run: Results) -> dict[str, Any]:
    scenario, request = run.request.scenario, run.request
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "description": scenario.description,
        "country": scenario.country,
        "seed": request.seed,
        "draws": request.draws,
        "base_year": scenario.start,
        "version": __version__,
        "pack_digest": request.pack.digest,
    }


def headline_figures(dataset: xr.Dataset, scenario: Scenario) -> tuple[dict[str, Any], ...]:
    """Return supply, need and gap of the headline years with their intervals.

    Results that rest mostly on assumed tables are never among them.
    """
    years = [year for year in HEADLINE_YEARS if scenario.start < year <= scenario.end]
    years = years or [scenario.end]
    figures: list[dict[str, Any]] = []
    for year in years:
        for name in HEADLINE_NAMES:
            values: Any = cast("Any", dataset[name]).sel(year=year)
            low, middle, high = np.percentile(values.values, (LOW, MIDDLE, HIGH))
            figures.append(
                {
                    "name": name,
                    "year": year,
                    "value": float(middle),
                    "low": float(low),
                    "high": float(high),
                    "unit": str(values.attrs["unit"]),
                }
            )
    return tuple(figures)
