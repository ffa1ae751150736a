"""The way of every patient as a Parquet file: who did what, when, at which step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from locum.hospital.records import LOGGED
from locum.runs.summary import write_columns

if TYPE_CHECKING:
    from pathlib import Path

    from locum.hospital.engine import Network

__all__ = ["patient_log", "write_patient_log"]


def patient_log(network: Network) -> dict[str, np.ndarray[Any, Any]]:
    """Return the ways of all patients so far as columns of a long table.

    Parameters
    ----------
    network
        Hospitals opened with `log=True`.

    Returns
    -------
    dict
        hospital (number), hour (since hour 0), source and patient (a source's patients are
        numbered from 0), class, event (one of `LOGGED`) and step, in the order of events in each
        hospital.
    """
    parts = [_columns(network, site) for site in range(len(network))]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _columns(network: Network, site: int) -> dict[str, np.ndarray[Any, Any]]:
    lines = network.log(site)
    names = network.models[site].names
    return {
        "hospital": np.full(len(lines), site, np.int32),
        "hour": np.asarray(lines["time"], np.float64),
        "source": np.array([*names.sources, "elsewhere"], object)[lines["source"]],
        "patient": np.asarray(lines["patient"], np.int64),
        "class": np.array(names.classes, object)[lines["group"]],
        "event": np.array(LOGGED, object)[lines["kind"]],
        "step": np.array(names.steps, object)[lines["step"]],
    }


def write_patient_log(network: Network, path: Path) -> None:
    """Write the ways of all patients so far as Parquet; see `patient_log`."""
    write_columns(patient_log(network), path)
