"""`locum cite`: how to cite the software, a run and the data it rests on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from locum.cli.console import print_json, say
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
    title = f"{scenario['title']} (scenario {scenario['name']})"
    words = f"{title}, run {manifest['id']}, seed {manifest['seed']}, {manifest['draws']:,} draws."
    from locum.countries import load_pack

    pack = load_pack(str(scenario["country"]))
    used = {str(row["source"]) for row in pack.ledger().rows()}
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
    try:
        data: Any = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise MissingFile(file, "the folder of a run holds a manifest.json") from error
    except (OSError, ValueError) as error:
        raise InputError("not the manifest of a run", Place(str(file))) from error
    fields = {"scenario", "id", "seed", "draws"}
    if not isinstance(data, dict) or not fields <= set(cast("dict[str, Any]", data)):
        raise InputError("not the manifest of a run", Place(str(file)))
    return cast("dict[str, Any]", data)
