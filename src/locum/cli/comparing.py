"""`locum compare`: what scenarios change, draw by draw, under the same luck."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.cli.console import print_json, print_table, say, showing_progress
from locum.cli.running import execute, request_run
from locum.errors import InputError, Place, YearOutside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import xarray as xr
    from numpy.typing import NDArray

    from locum.cli.running import Order
    from locum.inference.attribution import Attribution
    from locum.runs import RunRequest

__all__ = ["Totals", "compare_scenarios", "compare_totals"]

_PERCENTILES = (10, 50, 90)
MOST_MIXED, MIXED_DRAWS = 4, 25
"""Blocks of which every mixture is run to split a difference, and draws of each at most."""


@dataclass(frozen=True)
class Totals:
    """National results of one scenario: arrays of shape (draw, year) by name."""

    scenario: str
    title: str
    years: tuple[int, ...]
    values: dict[str, NDArray[np.float64]]
    units: dict[str, str]
    labels: dict[str, str]
    headline: tuple[tuple[str, int], ...]
    """Name and year of each figure that the run itself puts first."""


def compare_scenarios(
    scenarios: Sequence[str],
    order: Order,
    years: Sequence[int],
    out: Path | None = None,
    *,
    as_json: bool,
) -> None:
    """Run all scenarios with the same draws and print how they differ from the first.

    With `out`, a page with the difference of the first two gaps as a waterfall is written there.

    Raises
    ------
    InputError
        If there are fewer than two, one cannot be used, or they are of different countries.
    YearOutside
        If a year is not in all of them.
    """
    requests = _requests(scenarios, order, years)
    base, *others = [_totals_of(execute(request, order)) for request in requests]
    rows = [row for other in others for row in compare_totals(base, other, years)]
    year = years[-1] if years else max(at for _, at in base.headline)
    found = [_attributed(requests[0], request, year, order) for request in requests[1:]]
    if out is not None:
        _write_page(found[0], out, order)
    if as_json:
        print_json(
            {
                "base": base.scenario,
                "scenarios": [other.scenario for other in others],
                "draws": requests[0].draws,
                "seed": requests[0].seed,
                "rows": rows,
                "attributions": [each and each.to_dict() for each in found],
                "page": None if out is None else str(out),
            }
        )
        return
    _print(base, others, rows)
    for each in filter(None, found):
        _print_attribution(each)
    if out is not None:
        say()
        say(f"Page: {out}")


def _requests(scenarios: Sequence[str], order: Order, years: Sequence[int]) -> list[RunRequest]:
    """Return what to run, once it is clear that it can be compared."""
    if len(scenarios) < 2:
        raise InputError("name a base and at least one other scenario", Place("compare"))
    requests = [request_run(scenario, order) for scenario in scenarios]
    countries = {request.scenario.country for request in requests}
    if len(countries) > 1:
        raise InputError(f"different countries: {', '.join(sorted(countries))}", Place("compare"))
    first = max(request.scenario.start for request in requests)
    last = min(request.scenario.end for request in requests)
    for year in years:
        if not first <= year <= last:
            raise YearOutside("what all these scenarios cover", year, first, last, Place("--year"))
    return requests


def _attributed(
    base: RunRequest, other: RunRequest, year: int, order: Order
) -> Attribution | None:
    """Split the difference of the gap; None where too many blocks differ to run every mixture."""
    from locum.inference.attribution import explain_requests
    from locum.inference.mixing import SectorMixtures

    count = len(SectorMixtures(other, base, year).blocks())
    if not 0 < count <= MOST_MIXED:
        return None
    draws = min(base.draws, MIXED_DRAWS)
    few = [replace(request, draws=draws) for request in (other, base)]
    with showing_progress(f"mixtures with {other.scenario.name}", quiet=order.quiet) as progress:
        return explain_requests(few[0], few[1], year, progress)


def _write_page(found: Attribution | None, out: Path, order: Order) -> None:
    from locum.cli.explaining import write_page

    if found is None:
        problem = f"only scenarios that differ in 1 to {MOST_MIXED} blocks have a page"
        raise InputError(problem, Place("--out"))
    write_page(found, out, quiet=order.quiet)


def _print_attribution(found: Attribution) -> None:
    from locum.report.words import exact

    say()
    say(
        f"What makes the difference of the gap in {found.year}, {found.a.name} less the base "
        "(in the central draw)"
    )
    lines = [
        [
            share.block.name,
            share.block.title,
            exact(share.value, "clinical", signed=True),
            f"{exact(share.low, 'clinical', signed=True)} to "
            f"{exact(share.high, 'clinical', signed=True)}",
        ]
        for share in found.shares
    ]
    print_table(("block", "what it stands for", "doctors", "8 draws in 10"), lines, numeric=2)


def compare_totals(base: Totals, other: Totals, years: Sequence[int]) -> list[dict[str, Any]]:
    """Return a row for each headline figure, or for each result in each of `years`.

    Parameters
    ----------
    base, other
        Results of the same draws.
    years
        Years to compare every national result in; empty for the figures of the base's headline.

    Returns
    -------
    Rows with the medians of both, and of the difference in each draw its median, 10th and 90th
    percentile, absolute and in per cent of the base. There is no per cent (None) where the base is
    zero in a draw or has not the same sign in all draws.
    """
    shared = set(base.years) & set(other.years)
    asked = [(name, year) for name in base.values for year in years] or list(base.headline)
    return [
        _row(base, other, name, year)
        for name, year in asked
        if year in shared and name in base.values and name in other.values
    ]


def _row(base: Totals, other: Totals, name: str, year: int) -> dict[str, Any]:
    before = base.values[name][:, base.years.index(year)]
    after = other.values[name][:, other.years.index(year)]
    difference = after - before
    comparable = bool(np.all(before > 0) or np.all(before < 0))
    return {
        "scenario": other.scenario,
        "name": name,
        "label": base.labels[name],
        "year": year,
        "unit": base.units[name],
        "base": float(np.median(before)),
        "other": float(np.median(after)),
        "difference": _spread(difference),
        "percent": _spread(100 * difference / np.abs(before)) if comparable else None,
    }


def _spread(values: NDArray[np.float64]) -> dict[str, float]:
    low, value, high = np.percentile(values, _PERCENTILES)
    return {"value": float(value), "low": float(low), "high": float(high)}


def _totals_of(run: Any) -> Totals:  # noqa: ANN401
    dataset: xr.Dataset = run.dataset
    names = [str(name) for name, each in dataset.items() if set(each.dims) == {"draw", "year"}]
    return Totals(
        scenario=str(dataset.attrs["scenario"]),
        title=str(dataset.attrs["title"]),
        years=tuple(int(year) for year in dataset["year"].values),
        values={
            name: dataset[name].transpose("draw", "year").values.astype(np.float64)
            for name in names
        },
        units={name: str(dataset[name].attrs["unit"]) for name in names},
        labels={name: str(dataset[name].attrs["long_name"]) for name in names},
        headline=tuple((str(each["name"]), int(each["year"])) for each in run.headline),
    )


def _print(base: Totals, others: Sequence[Totals], rows: Sequence[dict[str, Any]]) -> None:
    from locum.report.words import exact, unit_words

    say(f"Base: {base.scenario}: {base.title}")
    for other in others:
        say()
        say(f"{other.scenario}: {other.title}, less the base")
        lines: list[list[str]] = []
        for row in rows:
            if row["scenario"] != other.scenario:
                continue
            unit, percent = row["unit"], row["percent"]
            changed = [exact(row["difference"][part], unit, signed=True) for part in _PARTS]
            share = "" if percent is None else f"{percent['value']:+.1f}%"
            levels = [exact(row[part], unit) for part in ("base", "other")]
            spread = f"{changed[1]} to {changed[2]}"
            words = [row["label"], str(row["year"]), unit_words(unit)]
            lines.append([*words, *levels, changed[0], spread, share])
        columns = ("result", "year", "unit", "base", "here", "difference", "8 draws in 10", "")
        print_table(columns, lines, numeric=5)


_PARTS = ("value", "low", "high")
