"""`locum check`: everything that is wrong with files, without running anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from locum.cli.console import print_json, say
from locum.errors import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.countries import Pack

__all__ = ["check_files", "problems_of"]


def check_files(files: Sequence[str], *, as_json: bool) -> bool:
    """Print what is wrong with each file; returns whether all of them can be used."""
    found = {file: problems_of(file) for file in files}
    if as_json:
        print_json(
            {
                "files": [
                    {"file": file, "ok": not problems, "problems": [str(one) for one in problems]}
                    for file, problems in found.items()
                ]
            }
        )
    else:
        for file, problems in found.items():
            for problem in problems:
                say(str(problem))
            if not problems:
                say(f"{file}: fine")
    return not any(found.values())


def problems_of(file: str) -> list[InputError]:
    """Return what is wrong with a scenario, a file of assumptions or a table of absence.

    A YAML file that holds a list is one of assumptions; a CSV file is a table of months away from
    study and training, or of readings of who is away. They are checked against the sources of the
    installed pack.
    """
    try:
        if file.endswith(".csv"):
            _check_absence(file)
            return []
        return _problems_of_yaml(file)
    except InputError as error:
        return [error]


def _problems_of_yaml(file: str) -> list[InputError]:
    from locum.assumptions.reading import read_yaml
    from locum.scenarios import find_problems

    data, _ = read_yaml(file)
    if isinstance(data, list):
        _check_assumptions(Path(file))
        return []
    problems = find_problems(file)
    if not problems:
        _check_scenario(Path(file))
    return problems


def _check_scenario(file: Path) -> None:
    from locum.scenarios import sector_of

    sector = sector_of(file)
    if sector in _CHECKS:
        _CHECKS[sector](file)
        return
    from locum.countries import load_pack
    from locum.runs.execution import check_gap_units
    from locum.scenarios import apply, resolve

    scenario = resolve(file)
    ledger = apply(scenario, load_pack(scenario.country).ledger())
    try:
        check_gap_units(ledger)
    except InputError as error:
        raise error.at(Place(str(file))) from None


def _check_hospitals(file: Path) -> None:
    from locum.countries import load_pack
    from locum.runs.hospitals.driving import absence_in
    from locum.scenarios.hospitals import resolve_hospitals

    scenario = resolve_hospitals(file)
    try:
        absence_in(scenario, load_pack(scenario.country))
    except InputError as error:
        raise error.at(Place(str(file), None, "staff")) from None


def _check_standoff(file: Path) -> None:
    from locum.countries import load_pack
    from locum.runs.standoff.told import Questions
    from locum.scenarios.standoff import resolve_standoff

    scenario = resolve_standoff(file)
    for name in scenario.counterfactuals:
        scenario.counterfactual(name)
    Questions.of(scenario, load_pack(scenario.country))


_CHECKS = {"hospitals": _check_hospitals, "standoff": _check_standoff}


def _check_assumptions(file: Path) -> None:
    from locum.assumptions import CORRELATIONS_FILE, Ledger

    sources = {name for pack in _packs() for name in pack.sources}
    # Correlations mean something only beside the assumptions that they connect.
    beside = sorted(file.parent.glob("*.yaml")) if file.name == CORRELATIONS_FILE else [file]
    Ledger.read(beside, sources)


_ABSENCES = ("interruption", "walkout_daily")
"""Tables of a pack whose names begin so say who is away; users may bring their own."""


def _check_absence(file: str) -> None:
    tables = [
        (pack, table)
        for pack in _packs()
        for table in pack.table_names
        if table.startswith(_ABSENCES)
    ]
    if not tables:
        raise InputError("no installed country has a table like this", Place(file))
    header = _header(file)
    # The table whose columns are most like those of the file is the one that was meant.
    pack, table = max(tables, key=lambda each: len(header & set(each[0].schemas[each[1]].columns)))
    pack.read(file, table)


def _header(file: str) -> set[str]:
    """Return the columns that a CSV file names; none if it cannot be read."""
    try:
        with Path(file).open(encoding="utf-8-sig") as stream:
            return {name.strip() for name in stream.readline().split(",")}
    except (OSError, ValueError):
        return set()


def _packs() -> list[Pack]:
    from locum.countries import load_pack, packs

    return [load_pack(name) for name in packs()]
