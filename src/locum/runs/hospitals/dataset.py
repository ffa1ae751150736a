"""The labelled results of a run of hospitals: what they are called, and how they are stored.

A draw is written to the store as soon as it is done, so that no more of them are held than run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from locum import __version__
from locum.runs.hospitals.collecting import TRIAGE
from locum.runs.hospitals.groups import GROUPS
from locum.runs.hospitals.heads import GRADES
from locum.runs.hospitals.sizes import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from locum.runs.hospitals.collecting import Floats32
    from locum.runs.hospitals.request import HospitalRequest
    from locum.runs.hospitals.sizes import Sites

__all__ = ["BAND", "VARIABLES", "Variable", "append", "coordinates", "dataset_of", "dates_of"]

BAND = ("none", "part", "all")
"""How much of an association is taken to be a cause: the band of deaths through delay."""
_FITTED, _ASSUMED = "fitted margin", "assumed"
_PATIENTS, _DAILY, _HOURS = "patients", "patients_per_day", "hours"


@dataclass(frozen=True)
class Variable:
    """A result: its dimensions beside draw and day, unit, words, and how well it is known."""

    dims: tuple[str, ...]
    unit: str
    words: str
    grade: str = _ASSUMED


ENDS = ("home", "ward", "icu", "theatre", "transferred")
"""Where patients went from the emergency department."""
FATES = ("waits", "elsewhere", "gives_up", "returns")
"""What walk-ins did who were turned away at the door."""
_SITE, _GROUP = ("hospital",), ("group",)
_BY_TRIAGE: Mapping[str, tuple[str, str]] = {
    "ed_visits_triage": (_DAILY, "visits to emergency departments"),
    "unseen_triage": (_DAILY, "patients who left without being seen"),
    "ed_wait": (_HOURS, "mean wait for a bed and a doctor of those seen; NaN where nobody was"),
    "ed_stay": (_HOURS, "mean stay in the emergency department; NaN where nobody left"),
}

VARIABLES: Mapping[str, Variable] = {
    "ed_visits": Variable(_SITE, _DAILY, "visits to the emergency department", _FITTED),
    "ed_unseen": Variable(_SITE, _DAILY, "left the emergency department without being seen"),
    "ed_refused": Variable(_SITE, _DAILY, "turned away at the door, by foot or by ambulance"),
    "sent_on": Variable(_SITE, _DAILY, "sent on to another emergency department"),
    "admissions": Variable(_SITE, _DAILY, "admissions, day cases left out"),
    "surgeries": Variable(_SITE, _DAILY, "operations begun", _FITTED),
    "emergency_surgeries": Variable(_SITE, _DAILY, "of these, from the emergency department"),
    "postponed": Variable(_SITE, _DAILY, "called for an operation and sent back to the list"),
    "planned_refused": Variable(_SITE, _DAILY, "planned admissions refused"),
    "early_discharges": Variable(_SITE, _DAILY, "sent home or on early"),
    "work_missed": Variable(_SITE, _DAILY, "patients whose ward work nobody had time for"),
    "inpatients": Variable(_SITE, _PATIENTS, "patients on wards, mean of the day", _FITTED),
    "icu": Variable(_SITE, _PATIENTS, "patients in intensive care, mean of the day", _FITTED),
    "boarding": Variable(_SITE, _PATIENTS, "wait in the emergency department for a bed, 24:00"),
    "backlog": Variable(_SITE, _PATIENTS, "on the list for an operation, 24:00"),
    "backlog_age": Variable(_SITE, "days", "mean time that those on the list have waited, 24:00"),
    "beds_open": Variable(_SITE, "beds", "open beds on wards and in intensive care, 24:00"),
    "revenue": Variable(_SITE, "million_krw", "revenue of the day"),
    "deficit": Variable(_SITE, "million_krw", "sum of the deficits so far; below 0 a reserve"),
    **{name: Variable(("group", "triage"), *told) for name, told in _BY_TRIAGE.items()},
    **{
        f"{name}_region": Variable(("region", "triage"), unit, f"{words}, by region")
        for name, (unit, words) in _BY_TRIAGE.items()
    },
    "ed_ends": Variable(
        ("group", "end"), _DAILY, "patients who left the emergency department, by where they went"
    ),
    "ed_fates": Variable(
        ("group", "fate"), _DAILY, "walk-ins turned away at the door, by what they did then"
    ),
    "staff_hours": Variable(("group", "grade"), _HOURS, "hours that clinicians were present"),
    "surgeries_reported": Variable(
        _GROUP, _DAILY, "operations of the hospitals that report them", _FITTED
    ),
    "outpatients": Variable(_GROUP, _DAILY, "outpatients seen"),
    "telehealth": Variable(_GROUP, _DAILY, "outpatients seen from a distance instead, at most"),
    "deaths_boarding": Variable(
        ("group", "band"), "people", "deaths through waiting for a bed, as associations imply"
    ),
    "deaths_surgery": Variable(
        ("group", "band"), "people", "deaths through delay of cancer operations, likewise"
    ),
}
"""Results by name, in their order; each begins with the dimensions draw and day."""


def dates_of(request: HospitalRequest) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Return the days of a run."""
    first, after = request.scenario.start, request.scenario.end + timedelta(days=1)
    return np.arange(np.datetime64(first, "D"), np.datetime64(after, "D"))


def coordinates(request: HospitalRequest, sites: Sites) -> dict[str, Any]:
    """Return the labels of every axis but the draws."""
    return {
        "day": dates_of(request).astype("datetime64[ns]"),
        "hospital": _words(sites.labels()),
        "kind": ("hospital", _words([KINDS[kind] for kind in sites.kind])),
        "place": ("hospital", _words([request.pack.regions[row] for row in sites.region])),
        "triage": list(TRIAGE),
        "group": _words(tuple(GROUPS)),
        "region": _words(request.pack.regions),
        "grade": _words(GRADES),
        "band": _words(BAND),
        "end": _words(ENDS),
        "fate": _words(FATES),
    }


def _words(labels: tuple[str, ...] | list[str]) -> Any:  # noqa: ANN401 - numpy has no type of it
    """Return labels as the one string type that the format of the store specifies."""
    return np.array(labels, dtype=np.dtypes.StringDType())


def dataset_of(
    request: HospitalRequest, sites: Sites, draw: int, arrays: Mapping[str, Floats32]
) -> xr.Dataset:
    """Label the results of one draw.

    Parameters
    ----------
    request
        What was run.
    sites
        The hospitals.
    draw
        Its number.
    arrays
        By variable; the first axis is the day.

    Returns
    -------
    xarray.Dataset
        Every variable has the attributes ``unit``, ``long_name`` and ``grade`` (how well it is
        known).
    """
    variables = {
        name: xr.Variable(
            ("draw", "day", *each.dims),
            arrays[name][None],
            {"unit": each.unit, "long_name": each.words, "grade": each.grade},
        )
        for name, each in VARIABLES.items()
    }
    labels = {"draw": np.array([draw]), **coordinates(request, sites)}
    return xr.Dataset(variables, coords=labels, attrs=_attributes(request))


def _attributes(request: HospitalRequest) -> dict[str, Any]:
    scenario = request.scenario
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "description": scenario.description,
        "country": scenario.country,
        "sector": "hospitals",
        "seed": request.seed,
        "draws": request.draws,
        "report_from": scenario.report_from.isoformat(),
        "version": __version__,
        "pack_digest": request.pack.digest,
    }


def append(dataset: xr.Dataset, path: Path) -> None:
    """Add a draw to a store, which it makes if there is none; draws come in their order."""
    whole: Any = dataset
    if path.exists():
        fixed = [name for name, each in whole.coords.items() if "draw" not in each.dims]
        whole.drop_vars(fixed).to_zarr(path, append_dim="draw", consolidated=False)
        return
    encoding: dict[str, Any] = {
        str(name): {"chunks": tuple(each.sizes.values())}
        for name, each in dataset.data_vars.items()
    }
    start = str(dataset["day"].values[0].astype("datetime64[D]"))
    encoding["day"] = {"units": f"days since {start}", "dtype": "int64"}
    whole.to_zarr(path, mode="w", encoding=encoding, consolidated=False)
