"""Find a scenario and everything it inherits from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic

from locum.countries import load_pack, packs
from locum.errors import BadValue, InputError, MissingField, MissingFile, UnknownName
from locum.scenarios.reading import Content, Document, read_scenario

if TYPE_CHECKING:
    from os import PathLike

    from locum.countries import Pack
    from locum.errors import Place
    from locum.scenarios.reading import Form

__all__ = ["Chain", "chain_of", "file_of", "find_document", "table_or_file"]

_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True)
class Chain(Generic[Content]):
    """A scenario file and its ancestors, the youngest first, and their country's pack."""

    documents: tuple[Document[Content], ...]
    pack: Pack


def find_document(
    scenario: str | PathLike[str], form: Form[Content], pack: Pack | None = None
) -> Document[Content]:
    """Read a scenario file, or the preset of this name.

    Raises
    ------
    UnknownName
        If it is no file, and no preset has this name; the error suggests the closest one.
    InputError
        If the file cannot be read or says what no scenario may say.
    """
    return read_scenario(file_of(scenario, pack), form)


def file_of(scenario: str | PathLike[str], pack: Pack | None = None) -> Path:
    """Return the file of a scenario: the one named, or that of the preset of this name.

    Raises
    ------
    UnknownName
        If it is no file, and no preset has this name; the error suggests the closest one.
    """
    return Path(scenario) if _names_file(scenario) else _preset(str(scenario), pack)


def chain_of(document: Document[Content], pack: Pack | None = None) -> Chain[Content]:
    """Follow `inherits` to its end.

    Raises
    ------
    InputError
        If a scenario inherits from itself, names an unknown parent or country, or disagrees with
        its parent about the country.
    """
    found = [document]
    pack = _pack_of(document, pack)
    while (parent := found[-1].content.inherits) is not None:
        place = found[-1].places("inherits")
        older = _parent(found[-1], parent, pack, place)
        _refuse_cycle([*found, older], place)
        found.append(older)
        pack = _pack_of(older, pack)
    if pack is None:
        what = f"scenario {document.content.name!r}"
        raise MissingField(what, "country", found[-1].places())
    return Chain(tuple(found), pack)


def _names_file(scenario: str | PathLike[str]) -> bool:
    return not isinstance(scenario, str) or "/" in scenario or scenario.endswith(_SUFFIXES)


def _parent(
    child: Document[Content], name: str, pack: Pack | None, place: Place
) -> Document[Content]:
    """Read the scenario that another one inherits from."""
    if not _names_file(name):
        return read_scenario(_preset(name, pack, place), child.form)
    if child.path is None:
        raise BadValue("inherits", name, "the name of a preset", place)
    path = child.path.parent / name
    if not path.is_file():
        raise MissingFile(path, "inherits names a file relative to this one", place)
    return read_scenario(path, child.form)


def _preset(name: str, pack: Pack | None, place: Place | None = None) -> Path:
    """Return the file of a preset, of one country or of any."""
    choices: list[str] = []
    for country in [pack] if pack is not None else map(load_pack, packs()):
        if name in country.scenario_names():
            return country.scenario_file(name)
        choices += country.scenario_names()
    raise UnknownName("scenario", name, choices, place)


def _pack_of(document: Document[Content], pack: Pack | None) -> Pack | None:
    """Return the pack that a document names, which must be the one known so far."""
    name = document.content.country
    if name is None:
        return pack
    place = document.places("country")
    if pack is not None:
        if pack.name != name:
            raise BadValue("country", name, f"{pack.name}, like the scenario around it", place)
        return pack
    if name not in packs():
        raise UnknownName("country", name, packs(), place)
    return load_pack(name)


def _refuse_cycle(documents: list[Document[Content]], place: Place) -> None:
    paths = [document.path.resolve() for document in documents if document.path is not None]
    if len(set(paths)) < len(paths):
        path = " > ".join(document.content.name for document in documents)
        raise InputError(f"the scenario inherits from itself: {path}", place)


def table_or_file(
    document: Document[Content], field: str, prefix: str, kind: str, pack: Pack
) -> str | None:
    """Return the name of a table of the pack, or the full path of a file that is like one.

    Parameters
    ----------
    document
        The scenario file.
    field
        Its field with the name; None where it has none.
    prefix
        How the names of such tables begin; a file must be like the first of them.
    kind
        What such a table is called in errors.
    pack
        The country.

    Raises
    ------
    UnknownName
        If it is neither a table nor a CSV file; the error suggests the closest table.
    MissingFile
        If there is no such file.
    InputError
        If the file is not like the table.
    """
    name: str | None = getattr(document.content, field)
    place = document.places(field)
    if name is None:
        return None
    tables = [table for table in pack.table_names if table.startswith(prefix)]
    if name in tables:
        return name
    if not name.endswith(".csv") or document.path is None or not tables:
        raise UnknownName(kind, name, tables, place)
    path = (document.path.parent / name).resolve()
    if not path.is_file():
        raise MissingFile(path, f"{field} names a file relative to this one", place)
    pack.read(path, tables[0])
    return str(path)
