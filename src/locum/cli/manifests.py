"""Recognise the manifest of a run among other files, and keep a run from being overwritten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from locum.errors import InputError, Place

if TYPE_CHECKING:
    from locum.cli.orders import Order

__all__ = [
    "names_manifest",
    "read_manifest",
    "refuse_occupied",
    "refuse_repeated",
    "sector_asked",
]

_KINDS = {"id": str, "pack": dict, "scenario": dict, "seed": int, "draws": int}
"""Fields by which a manifest is known, and the kinds of their values."""


def read_manifest(path: Path) -> dict[str, Any] | None:
    """Return what a manifest says, or None if the file is none."""
    try:
        data: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    fields = cast("dict[str, Any]", data)
    known = all(isinstance(fields.get(name), kind) for name, kind in _KINDS.items())
    return fields if known else None


def names_manifest(scenario: str) -> bool:
    """Whether this is the manifest of a run and not a scenario written as JSON."""
    return scenario.endswith(".json") and read_manifest(Path(scenario)) is not None


def sector_asked(scenario: str) -> str:
    """Return the sector of a scenario, or of the run that a manifest describes.

    Raises
    ------
    InputError
        If there is no such scenario, or it cannot be read.
    """
    manifest = read_manifest(Path(scenario)) if scenario.endswith(".json") else None
    from locum.scenarios import SECTORS, sector_of

    if manifest is not None:
        return str(manifest["scenario"].get("sector", SECTORS[0]))
    return sector_of(scenario)


def refuse_occupied(out: Path | None, run_id: str) -> None:
    """Refuse a folder that holds anything but this very run: nothing else is overwritten."""
    if out is None or not out.exists():
        return
    place = Place("--out", None, str(out))
    if not out.is_dir():
        raise InputError("a file of this name exists", place)
    found = read_manifest(out / "manifest.json")
    same = found is not None and found["id"] == run_id
    if any(out.iterdir()) and not same:
        raise InputError("the folder holds something else; nothing is overwritten", place)


def refuse_repeated(order: Order) -> None:
    """Refuse options that a manifest already says."""
    given = {"--draws": order.draws, "--seed": order.seed, "--set": order.sets or None}
    for option, value in given.items():
        if value is not None:
            raise InputError("a manifest already says this", Place(option))
