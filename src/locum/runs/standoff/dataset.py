"""The labelled results of a run of a standoff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from locum import __version__
from locum.runs.standoff.groups import publish
from locum.runs.standoff.harm import METRICS
from locum.standoff.states import KINDS, STATES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from locum.runs.standoff.request import StandoffRequest
    from locum.runs.standoff.told import Told

__all__ = ["dataset_of", "write_dataset"]

_ASSUMED, _HEADS = "assumed", "heads"


def dataset_of(request: StandoffRequest, told: Sequence[Told]) -> xr.Dataset:
    """Label the results of all draws.

    Returns
    -------
    xarray.Dataset
        heads and support by draw, day and kind; heads of every other partition by draw and week;
        national series; results. Groups of fewer than ten people are NaN. Every variable has the
        attributes ``unit``, ``long_name`` and ``grade`` (how well it is known).
    """
    kinds = np.stack([each.kinds for each in told])
    support = np.stack([each.support for each in told])
    members = kinds.sum(axis=-1)
    variables: dict[str, Any] = {
        "heads": _variable(
            ("draw", "day", "kind", "state"), publish(members, kinds), _HEADS, "members by state"
        ),
        "support": _variable(
            ("draw", "day", "kind"),
            publish(members, support),
            _HEADS,
            "members who privately support the action",
        ),
        "national": _variable(
            ("draw", "day", "variable"),
            np.stack([np.stack(list(each.national.values()), axis=-1) for each in told]),
            "count",
            "national series, each in its own unit",
        ),
        "result": _variable(
            ("draw", "metric"),
            np.stack([each.metrics for each in told]),
            "count",
            "results, each in its own unit",
        ),
    }
    coordinates: dict[str, Any] = {
        "draw": np.arange(len(told)),
        "day": _days(request, np.arange(len(told[0].kinds))),
        "kind": _words(KINDS),
        "state": _words(STATES),
        "variable": _words(tuple(told[0].national)),
        "metric": _words(tuple(METRICS)),
    }
    for place, group in enumerate(told[0].groups):
        name = group.partition.name
        if name == "kind":
            continue
        tally = np.stack([each.groups[place].tally for each in told])
        values = publish(tally.sum(axis=-1), tally)
        dims = ("draw", "week", name, "state")
        variables[f"heads_{name}"] = _variable(dims, values, _HEADS, f"members by {name}")
        coordinates["week"] = _days(request, group.days)
        coordinates[name] = _words(group.partition.labels)
    return xr.Dataset(variables, coords=coordinates, attrs=_attributes(request))


def _variable(dims: tuple[str, ...], values: Any, unit: str, words: str) -> xr.Variable:  # noqa: ANN401 - arrays of several types
    attributes = {"unit": unit, "long_name": words, "grade": _ASSUMED}
    return xr.Variable(dims, np.asarray(values, dtype=np.float32), attributes)


def _days(request: StandoffRequest, days: np.ndarray[Any, Any]) -> Any:  # noqa: ANN401 - as below
    return (np.datetime64(request.scenario.start, "D") + days).astype("datetime64[ns]")


def _words(labels: Sequence[str]) -> Any:  # noqa: ANN401 - numpy has no type of it
    """Return labels as the one string type that the format of the store specifies."""
    return np.array(list(labels), dtype=np.dtypes.StringDType())


def _attributes(request: StandoffRequest) -> dict[str, Any]:
    scenario = request.scenario
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "description": scenario.description,
        "country": scenario.country,
        "sector": "standoff",
        "seed": request.seed,
        "draws": request.draws,
        "version": __version__,
        "pack_digest": request.pack.digest,
    }


def write_dataset(dataset: xr.Dataset, path: Path) -> None:
    """Write results as a store with one chunk for each draw and variable."""
    start = str(dataset["day"].values[0].astype("datetime64[D]"))
    encoding: dict[str, Any] = {
        str(name): {"chunks": tuple(1 if d == "draw" else n for d, n in each.sizes.items())}
        for name, each in dataset.data_vars.items()
    }
    for name in ("day", "week"):
        if name in dataset.coords:
            encoding[name] = {"units": f"days since {start}", "dtype": "int64"}
    whole: Any = dataset
    whole.to_zarr(path, mode="w", encoding=encoding, consolidated=False)
