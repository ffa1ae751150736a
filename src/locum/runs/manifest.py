"""What identifies a run and repeats it exactly."""

from __future__ import annotations

import json
import platform
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locum import __version__
from locum.countries import load_pack
from locum.errors import InputError, MissingFile, Place
from locum.runs.request import RunRequest
from locum.scenarios import apply, resolve_data

if TYPE_CHECKING:
    from os import PathLike

ENGINE = "numba"
LIBRARIES = ("numba", "numpy", "xarray")


def manifest_of(request: RunRequest) -> dict[str, Any]:
    """Describe a run: scenario, assumptions, seed, versions and digests.

    The id is a hash of what decides the results; workers and batches do not. No time and no place
    are kept, so that the same run has the same bytes.
    """
    decisive = {
        "scenario": request.scenario.to_dict(),
        "scenario_digest": request.scenario.digest(),
        "sets": dict(request.sets),
        "draws": request.draws,
        "seed": request.seed,
        "version": __version__,
        "engine": ENGINE,
        "pack": {
            "name": request.pack.name,
            "version": request.pack.version,
            "digest": request.pack.digest,
        },
        "assumptions_digest": request.ledger.digest(),
    }
    text = json.dumps(decisive, sort_keys=True, separators=(",", ":"))
    return {
        "id": sha256(text.encode()).hexdigest()[:16],
        **decisive,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def request_from_manifest(path: str | PathLike[str], workers: int | None = None) -> RunRequest:
    """Return the request that a manifest describes.

    Raises
    ------
    MissingFile
        If there is no such file.
    InputError
        If it is no manifest, or the pack has changed since: then the run cannot be repeated.
    """
    file = Path(path)
    if not file.is_file():
        raise MissingFile(file, "a run's folder holds its manifest.json")
    where = Place(str(file))
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        pack = load_pack(str(manifest["pack"]["name"]))
        digest, draws, seed = manifest["pack"]["digest"], manifest["draws"], manifest["seed"]
        decided = {
            key: manifest[key] for key in ("scenario_digest", "assumptions_digest", "version")
        }
        sets = {str(key): str(value) for key, value in manifest["sets"].items()}
        scenario_data = manifest["scenario"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError("not the manifest of a run", where) from error
    if digest != pack.digest:
        problem = (
            f"the run used another state of the pack {pack.name} ({str(digest)[:12]}; "
            f"this is {pack.digest[:12]}): it cannot be repeated exactly"
        )
        raise InputError(problem, where)
    if not isinstance(draws, int) or not isinstance(seed, int):
        raise InputError("draws and seed must be whole numbers", where)
    scenario = resolve_data(scenario_data, str(file), pack)
    ledger = apply(scenario, pack.ledger(), sets)
    request = RunRequest(scenario, ledger, pack, draws, seed, sets, workers)
    now = manifest_of(request)
    for key, value in decided.items():
        if now[key] != value:
            problem = f"{key} was {value} and is {now[key]}: the run cannot be repeated exactly"
            raise InputError(problem, where)
    return request
