"""What identifies a run and repeats it exactly."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from locum import __version__
from locum.countries import load_pack
from locum.errors import InputError, MissingFile, Place
from locum.runs.request import RunRequest
from locum.scenarios import apply, resolve_data

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from locum.assumptions import Ledger
    from locum.countries import Pack

ENGINE = "numba"
LIBRARIES = ("numba", "numpy", "xarray")


class _Asked(Protocol):
    """What decides a run of any sector."""

    @property
    def scenario(self) -> _Described: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def pack(self) -> Pack: ...
    @property
    def draws(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def sets(self) -> Mapping[str, str]: ...


class _Described(Protocol):
    """A scenario of any sector."""

    def to_dict(self) -> dict[str, Any]: ...
    def digest(self) -> str: ...


def manifest_of(request: _Asked, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Describe a run: scenario, assumptions, seed, versions and digests.

    The id is a hash of what decides the results; workers and batches do not. No time and no place
    are kept, so that the same run has the same bytes.

    Parameters
    ----------
    request
        What was run.
    more
        What else decides the results.
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
        **(more or {}),
    }
    text = json.dumps(decisive, sort_keys=True, separators=(",", ":"))
    return {
        "id": sha256(text.encode()).hexdigest()[:16],
        **decisive,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


@dataclass(frozen=True)
class Told:
    """What a manifest tells about its run.

    Parameters
    ----------
    file
        The manifest.
    pack
        The country pack, in the state that the run used.
    scenario
        As a scenario file without parents.
    draws, seed, sets
        As asked for.
    decided
        Digests and version, to compare with those of the repeated run.
    whole
        Everything that it says.
    """

    file: Path
    pack: Pack
    scenario: Mapping[str, Any]
    draws: int
    seed: int
    sets: Mapping[str, str]
    decided: Mapping[str, str]
    whole: Mapping[str, Any]

    def refuse_changed(self, now: Mapping[str, Any]) -> None:
        """Refuse to repeat a run whose request is no longer the same.

        Raises
        ------
        InputError
            Naming what has changed since.
        """
        for key, value in self.decided.items():
            if now[key] != value:
                problem = (
                    f"{key} was {value} and is {now[key]}: the run cannot be repeated exactly"
                )
                raise InputError(problem, Place(str(self.file)))


def read_manifest(path: str | PathLike[str]) -> Told:
    """Read the manifest of a run of any sector.

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
        scenario = manifest["scenario"]
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
    return Told(file, pack, scenario, draws, seed, sets, decided, manifest)


def request_from_manifest(path: str | PathLike[str], workers: int | None = None) -> RunRequest:
    """Return the request that a manifest of the workforce describes.

    Raises
    ------
    MissingFile
        If there is no such file.
    InputError
        If it is no manifest, or the pack has changed since: then the run cannot be repeated.
    """
    told = read_manifest(path)
    scenario = resolve_data(told.scenario, str(told.file), told.pack)
    ledger = apply(scenario, told.pack.ledger(), told.sets)
    request = RunRequest(scenario, ledger, told.pack, told.draws, told.seed, told.sets, workers)
    told.refuse_changed(manifest_of(request))
    return request
