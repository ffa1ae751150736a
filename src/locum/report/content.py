"""From a run to everything that its report prints: pure, no HTML.

What is assumed to be fit to print: medians and percentiles over all draws of the run, the
central draw included. A result whose grade is `assumed` never becomes a headline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from locum.report.maps import map_of
from locum.report.records import (
    GRADES,
    Content,
    Fan,
    Figure,
    Interval,
    Known,
    Missing,
    National,
    Posts,
    Region,
    Specialty,
)
from locum.report.summaries import Meaning, fan, flow_fan, interval, meaning, samples
from locum.report.trail import assumption_rows, changes, citations, command, manifest_rows
from locum.report.words import SMALLEST_GROUP, humanised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr

    from locum.report.reportable import Reportable
    from locum.report.summaries import FloatArray

FOCUS_YEAR = 2035
"""The year that Korea's decisions were argued about; the last year of a shorter run."""

LONGEST_COUNTRY_NAME = 40


def compose(run: Reportable) -> Content:
    """Gather the numbers and the words of a run's report.

    Parameters
    ----------
    run
        A finished run.

    Returns
    -------
    Content, a frozen record.

    Raises
    ------
    NotFinite
        When the dataset holds a missing or infinite number.
    """
    dataset, attributes = run.dataset, run.dataset.attrs
    years = tuple(int(year) for year in dataset["year"].values)
    focus = FOCUS_YEAR if FOCUS_YEAR in years else years[-1]
    figures = tuple(_figure(dataset, entry) for entry in run.headline)
    names = _names(run.pack.table("specialties").rows, "specialty")
    return Content(
        title=str(attributes.get("title", attributes.get("scenario", "Run"))),
        description=str(attributes.get("description", "")),
        country=_country(run.pack.title, str(attributes.get("country", ""))),
        scenario=str(attributes.get("scenario", "")),
        draws=int(dataset.sizes["draw"]),
        seed=str(attributes.get("seed", "")),
        version=str(attributes.get("version", "")),
        years=years,
        focus_year=focus,
        changes=changes(run.manifest),
        national=_national(dataset, years, focus),
        figures=tuple(figure for figure in figures if figure.grade != "assumed"),
        assumed_figures=tuple(figure for figure in figures if figure.grade == "assumed"),
        regions=_regions(run, years[0], focus),
        density_label=meaning(dataset, "density").label,
        density_grade=meaning(dataset, "density").grade,
        region_gap_grade=_split_grade(dataset),
        map=map_of(run.pack),
        specialties=_specialties(dataset, names, focus),
        specialty_grade=_split_grade(dataset),
        unfilled=_flow_total(dataset, "unfilled", years),
        posts=_posts(dataset, names, focus),
        posts_grade=meaning(dataset, "unfilled").grade if "unfilled" in dataset else "assumed",
        flows=_flows(dataset, years),
        new_specialists=_flow_total(dataset, "new_specialists", years),
        missing=_missing(dataset, names, years),
        fund=tuple(
            total
            for name in ("fund_load", "fund_expenditure")
            if (total := _total(dataset, name, years)) is not None
        ),
        assumptions=assumption_rows(run),
        sources=citations(run),
        known=tuple(_known(dataset, str(name)) for name in dataset.data_vars),
        manifest=manifest_rows(run.manifest),
        command=command(run),
    )


def _country(title: str, name: str) -> str:
    """Return the country's name: the pack's title when it is one."""
    if title and len(title) <= LONGEST_COUNTRY_NAME and ":" not in title:
        return title
    return humanised(name)


def _names(rows: Sequence[Mapping[str, Any]], key: str) -> dict[str, tuple[str, str]]:
    """Return the English and the local name of each row of a table, by its key."""
    return {
        str(row[key]): (
            str(row.get("name_en") or humanised(str(row[key]))),
            str(row.get("name_ko") or ""),
        )
        for row in rows
    }


def _known(dataset: xr.Dataset, name: str) -> Known:
    what = meaning(dataset, name)
    return Known(what.label, what.unit, what.grade)


def _worst(*grades: str) -> str:
    return max(grades, key=lambda grade: GRADES.index(grade) if grade in GRADES else len(GRADES))


def _figure(dataset: xr.Dataset, entry: Mapping[str, Any]) -> Figure:
    """Take one headline figure; its grade is that of the variable it is named after."""
    name = str(entry["name"])
    variables = [str(v) for v in dataset.data_vars if name == v or name.startswith(f"{v}_")]
    variable = max(variables, key=len, default="")
    label = meaning(dataset, variable).label if variable == name else humanised(name)
    grade = str(entry.get("grade") or (meaning(dataset, variable).grade if variable else ""))
    return Figure(
        name=name,
        label=label,
        year=int(entry["year"]),
        interval=Interval(float(entry["low"]), float(entry["value"]), float(entry["high"])),
        unit=str(entry["unit"]),
        grade=grade,
        signed="gap" in name.split("_"),
    )


def _total(dataset: xr.Dataset, name: str, years: tuple[int, ...]) -> Fan | None:
    """Return the national fan of a variable, or None when the run has no such variable."""
    if name not in dataset:
        return None
    return fan(samples(dataset, name, "year"), years, meaning(dataset, name))


def _flow_total(dataset: xr.Dataset, name: str, years: tuple[int, ...]) -> Fan | None:
    """Return the national fan of what happens in each year, or None without such a variable."""
    if name not in dataset:
        return None
    return flow_fan(samples(dataset, name, "year"), years, meaning(dataset, name))


def _national(dataset: xr.Dataset, years: tuple[int, ...], focus: int) -> National:
    gap = samples(dataset, "gap_total", "year")
    gap_fte = None
    if "gap_fte_total" in dataset:
        what = meaning(dataset, "gap_fte_total", signed=True)
        gap_fte = fan(samples(dataset, "gap_fte_total", "year"), years, what)
    return National(
        supply=fan(
            samples(dataset, "supply_total", "year"), years, meaning(dataset, "supply_total")
        ),
        need=fan(samples(dataset, "need_total", "year"), years, meaning(dataset, "need_total")),
        gap=fan(gap, years, meaning(dataset, "gap_total", signed=True)),
        gap_fte=gap_fte,
        short_draws={
            year: int((gap[:, years.index(year)] < 0).sum())
            for year in sorted({years[0], focus, years[-1]})
        },
    )


def _doctors(dataset: xr.Dataset, dim: str, year: int) -> FloatArray:
    """Return all doctors by one dimension, those in training included, as in `supply_total`."""
    doctors = samples(dataset, "supply", dim, year=year)
    if "trainees" in dataset:
        doctors = doctors + samples(dataset, "trainees", dim, year=year)
    return doctors


def _split_grade(dataset: xr.Dataset) -> str:
    """Return the grade of a gap by region or specialty: the worse of its two sides."""
    names = [name for name in ("supply", "need") if name in dataset]
    return _worst(*(meaning(dataset, name).grade for name in names)) if names else "assumed"


def _regions(run: Reportable, base: int, focus: int) -> tuple[Region, ...]:
    """Summarise every region of the pack, whether or not it has many doctors."""
    dataset = run.dataset
    names = _names(run.pack.table("regions").rows, "region")
    before, after = (samples(dataset, "density", "region", year=y) for y in (base, focus))
    split = "supply" in dataset and "need" in dataset and "population" in dataset
    doctors = _doctors(dataset, "region", focus) if "supply" in dataset else None
    rates = None
    if split and doctors is not None:
        need = samples(dataset, "need", "region", year=focus)
        rates = 1000 * (doctors - need) / _population(dataset, focus)
    return tuple(
        Region(
            name=str(region),
            local_name=names.get(str(region), ("", ""))[1],
            density_base=interval(before[:, r]),
            density=interval(after[:, r]),
            gap_rate=None if rates is None else interval(rates[:, r]),
            supply=None if doctors is None else interval(doctors[:, r]),
        )
        for r, region in enumerate(dataset["region"].values)
    )


def _population(dataset: xr.Dataset, year: int) -> FloatArray:
    """Return the people of each region in one year."""
    if "draw" in dataset["population"].dims:
        return samples(dataset, "population", "region", year=year)
    alone = dataset[["population"]].expand_dims("draw")
    return samples(alone, "population", "region", year=year)


def _specialties(
    dataset: xr.Dataset, names: Mapping[str, tuple[str, str]], focus: int
) -> tuple[Specialty, ...]:
    """Summarise supply, need and gap of every specialty, most short first."""
    if "supply" not in dataset or "need" not in dataset:
        return ()
    doctors = _doctors(dataset, "specialty", focus)
    need = samples(dataset, "need", "specialty", year=focus)
    found: list[Specialty] = []
    for s, name in enumerate(dataset["specialty"].values):
        label, local_name = names.get(str(name), (humanised(str(name)), ""))
        have, want = interval(doctors[:, s]), interval(need[:, s])
        printable = min(have.value, want.value) >= SMALLEST_GROUP and need[:, s].min() > 0
        share = interval(doctors[:, s] / need[:, s] - 1) if printable else None
        found.append(Specialty(str(name), label, local_name, have, want, share))
    return tuple(sorted(found, key=_shortest_first))


def _shortest_first(specialty: Specialty) -> tuple[bool, float, str]:
    share = specialty.gap_share
    return (share is None, 0.0 if share is None else share.value, specialty.name)


def _posts(
    dataset: xr.Dataset, names: Mapping[str, tuple[str, str]], focus: int
) -> tuple[Posts, ...]:
    """Summarise first-year posts by specialty, largest unfilled share first."""
    if "unfilled" not in dataset or "filled" not in dataset:
        return ()
    unfilled = samples(dataset, "unfilled", "specialty", year=focus)
    filled = samples(dataset, "filled", "specialty", year=focus)
    found: list[Posts] = []
    for s, name in enumerate(dataset["specialty"].values):
        total = unfilled[:, s] + filled[:, s]
        if total.max() == 0:
            continue
        taken = interval(filled[:, s])
        printable = total.min() > 0 and not 0 < round(taken.value) < SMALLEST_GROUP
        share = interval(unfilled[:, s] / total) if printable else None
        label = names.get(str(name), (humanised(str(name)), ""))[0]
        found.append(Posts(str(name), label, interval(unfilled[:, s]), taken, share))
    return tuple(sorted(found, key=_emptiest_first))


def _emptiest_first(posts: Posts) -> tuple[float, str]:
    return (-posts.unfilled_share.value if posts.unfilled_share else 1.0, posts.specialty)


def _flows(dataset: xr.Dataset, years: tuple[int, ...]) -> tuple[Fan, ...]:
    """Return one fan per yearly flow that is not zero throughout."""
    if "flows" not in dataset:
        return ()
    what = meaning(dataset, "flows")
    values = samples(dataset, "flows", "flow", "year")
    return tuple(
        flow_fan(
            values[:, f], years, Meaning(str(name), humanised(str(name)), what.unit, what.grade)
        )
        for f, name in enumerate(dataset["flow"].values)
        if values[:, f].any()
    )


def _missing(
    dataset: xr.Dataset, names: Mapping[str, tuple[str, str]], years: tuple[int, ...]
) -> Missing | None:
    """Return the specialists that an interruption keeps from qualifying, if there was one."""
    if "missing_specialists" not in dataset:
        return None
    values = samples(dataset, "missing_specialists", "year", "specialty")
    medians = np.median(values, axis=0)
    touched = np.abs(medians).max(axis=1) >= 0.5
    if not touched.any():
        return None
    what = meaning(dataset, "missing_specialists")
    medians = medians[touched]
    labels = [names.get(str(n), (humanised(str(n)), ""))[0] for n in dataset["specialty"].values]
    lines = [tuple(float(v) for v in line) for line in medians.T]
    touched_most = sorted(zip(labels, lines, strict=True), key=_most_missing_first)
    return Missing(
        total=flow_fan(values.sum(axis=2), years, what),
        years=tuple(year for year, hit in zip(years, touched, strict=True) if hit),
        by_specialty=tuple(one for one in touched_most if max(map(abs, one[1])) >= 0.5),
    )


def _most_missing_first(line: tuple[str, tuple[float, ...]]) -> float:
    return -sum(map(abs, line[1]))
