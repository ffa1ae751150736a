"""`locum cite`: how to cite the software, a run and the data it rests on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from locum.cli.console import print_json, say
from locum.cli.manifests import read_manifest
from locum.errors import InputError, MissingFile, Place

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["cite_run"]


def cite_run(run: Path | None, *, as_json: bool) -> None:
    """Print how to cite Locum, and the run in a folder if one is named.

    Raises
    ------
    InputError
        If the folder is no run.
    """
    from locum import __version__

    software = f"The Locum developers. Locum (version {__version__}) [computer software]."
    if run is None:
        _print({"software": software}, [software], as_json=as_json)
        return
    manifest = _manifest(run)
    scenario = manifest["scenario"]
    title = f"{scenario.get('title')} (scenario {scenario.get('name')})"
    words = f"{title}, run {manifest['id']}, seed {manifest['seed']}, {manifest['draws']:,} draws."
    from locum.countries import load_pack

    pack = load_pack(str(manifest["pack"].get("name")))
    used = _sources_of(run) or {str(row["source"]) for row in pack.ledger().rows()}
    sources = [
        ", ".join(part for part in (one.publisher, one.date, one.title, one.url) if part)
        for name, one in pack.sources.items()
        if name in used
    ]
    data = f"{pack.title}: country pack {pack.name}, version {pack.version}."
    result = {"software": software, "run": words, "data": data, "sources": sources}
    lines = [software, words, data, "", "Sources of the assumptions:", *sources]
    _print(result, lines, as_json=as_json)


def _print(result: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    for line in lines:
        say(line)


def _manifest(run: Path) -> dict[str, Any]:
    file = run / "manifest.json" if run.is_dir() else run
    if not file.is_file():
        raise MissingFile(file, "the folder of a run holds a manifest.json")
    manifest = read_manifest(file)
    if manifest is None:
        raise InputError("not the manifest of a run", Place(str(file)))
    return manifest


def _sources_of(run: Path) -> set[str]:
    """Return the sources of the assumptions that lie beside a manifest."""
    file = (run if run.is_dir() else run.parent) / "assumptions.json"
    try:
        rows: Any = json.loads(file.read_bytes())
        return {str(row["source"]) for row in rows}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
