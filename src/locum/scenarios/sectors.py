"""Which sector a scenario is of: what its file may say, and who simulates it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from locum.assumptions.reading import read_yaml
from locum.errors import InputError, UnknownName
from locum.scenarios.chain import file_of
from locum.scenarios.hospital_schema import HOSPITALS
from locum.scenarios.reading import WORKFORCE, Form, problems_of
from locum.scenarios.standoff_schema import STANDOFF

if TYPE_CHECKING:
    from os import PathLike

    from locum.countries import Pack

__all__ = ["SECTORS", "find_problems", "form_of", "sector_of"]

_FORMS: tuple[Form[Any], ...] = (WORKFORCE, HOSPITALS, STANDOFF)
SECTORS = tuple(form.sector for form in _FORMS)
"""Sectors that a scenario may be of, the one of files that name none first."""

_DEEPEST = 40
"""Scenarios above one another; longer chains are refused where they are resolved."""


def form_of(sector: str) -> Form[Any]:
    """Return what the files of a sector may say.

    Raises
    ------
    UnknownName
        If there is no such sector.
    """
    for form in _FORMS:
        if form.sector == sector:
            return form
    raise UnknownName("sector", sector, SECTORS)


def sector_of(scenario: str | PathLike[str], pack: Pack | None = None) -> str:
    """Return the sector of a scenario, or of the first ancestor that names one.

    Parameters
    ----------
    scenario
        Name of a preset, or a file.
    pack
        Its country, when that is already open.

    Raises
    ------
    InputError
        If it is neither, cannot be read, or names a sector that does not exist.

    Notes
    -----
    What else is wrong with a file is said when it is resolved.
    """
    return _sector_of(file_of(scenario, pack), pack, _DEEPEST)


def _sector_of(file: Path, pack: Pack | None, deepest: int) -> str:
    data, places = read_yaml(file)
    if not isinstance(data, dict):
        return WORKFORCE.sector
    given, parent = data.get("sector"), data.get("inherits")
    if given is not None:
        if given not in SECTORS:
            raise UnknownName("sector", given, SECTORS, places("sector"))
        return str(given)
    if not isinstance(parent, str) or not deepest:
        return WORKFORCE.sector
    try:
        above = file_of(parent, pack)
        return _sector_of(file.parent / above, pack, deepest - 1)
    except InputError:  # said with its place when the scenario is resolved
        return WORKFORCE.sector


def find_problems(path: str | PathLike[str]) -> list[InputError]:
    """Return everything in a file that the schema of its sector refuses, in order of line."""
    try:
        data, places = read_yaml(path)
        form = form_of(_sector_of(Path(path), None, _DEEPEST))
    except InputError as error:
        return [error]
    return problems_of(form.model, data, places, form.parts)
