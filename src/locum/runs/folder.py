"""The folder of a run: written aside and renamed, so that it is there whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locum.errors import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

RUNS_FOLDER = "locum-runs"


def folder_of(name: str, manifest: Mapping[str, Any]) -> Path:
    """Return where a run goes unless told otherwise: ./locum-runs/<name>-<id>."""
    return Path(RUNS_FOLDER) / f"{name}-{manifest['id'][:8]}"


@contextmanager
def writing_folder(target: Path) -> Generator[Path]:
    """Yield a folder beside the target; it takes the target's place once it is full.

    Parameters
    ----------
    target
        Folder to make. An earlier one goes only once the new one stands; if anything fails before
        that, nothing is left behind.

    Raises
    ------
    InputError
        If nothing can be written there.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise InputError(f"cannot write here: {error.strerror}", Place(str(target))) from error
    try:
        yield aside
        aside.chmod(0o755)
        _swap(aside, target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _swap(aside: Path, target: Path) -> None:
    """Put a finished folder in place; an earlier one goes only once the new one stands."""
    old = aside.with_name(f"{aside.name}-old")
    if target.exists():
        target.replace(old)
    aside.replace(target)
    shutil.rmtree(old, ignore_errors=True)


def write_manifest(manifest: Mapping[str, Any], folder: Path) -> None:
    """Write manifest.json, with the sha256 of every other file of the folder."""
    files = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    write_json(folder / "manifest.json", {**manifest, "files": files})


def write_json(path: Path, data: object) -> None:
    """Write a file that people can read too."""
    text = json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False, default=str)
    path.write_text(text + "\n", encoding="utf-8")


def write_scenario(data: dict[str, Any], path: Path) -> None:
    """Write a scenario as the file that would describe it without parents."""
    from ruamel.yaml import YAML

    writer: Any = YAML()
    writer.default_flow_style = False
    writer.width = 100
    with path.open("w", encoding="utf-8") as stream:
        writer.dump(data, stream)
