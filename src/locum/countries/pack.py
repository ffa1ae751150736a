"""Country packs: data, sources and assumptions of one country, found by name and read lazily.

A pack is a folder without code: `pack.yaml` (name, axes, years), `datapackage.json` (a Table
Schema for every CSV file), the tables, a map, assumptions and scenarios. Packs of other people
are found by the entry-point group "locum.packs", exactly like Locum's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from locum.countries.schema import Schema, read_json
from locum.countries.slots import Slot, find_files, read_slots
from locum.countries.tables import Table, read_table
from locum.errors import (
    BadCell,
    BadValue,
    InputError,
    MissingField,
    MissingFile,
    Place,
    UnknownName,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from os import PathLike

    from locum.assumptions import Ledger
    from locum.assumptions.reading import Places, Yaml

__all__ = ["Pack", "Source", "load_pack", "packs"]

GROUP = "locum.packs"
_REQUIRED = ("name", "title", "version", "map", "years", "regions", "specialties")


@dataclass(frozen=True)
class Source:
    """Where a number was read."""

    id: str
    title: str
    publisher: str
    date: str
    url: str
    note: str


@dataclass(frozen=True)
class Pack:
    """One country: names of its axes, years it covers, and its tables, read when asked for.

    Parameters
    ----------
    name, title, version
        As written in pack.yaml.
    path
        Folder of the pack.
    regions, specialties
        Labels in the order of every array; the last specialty is "none".
    first_year, last_year
        Years its population covers.
    base_years
        Years with a starting stock, the default first.
    map_file
        TopoJSON of the regions, relative to the folder.
    slot_files
        Better files that the user supplied, by name of the slot.
    """

    name: str
    title: str
    version: str
    path: Path
    regions: tuple[str, ...]
    specialties: tuple[str, ...]
    first_year: int
    last_year: int
    base_years: tuple[int, ...]
    map_file: str
    slot_files: Mapping[str, Path] = field(default_factory=dict[str, Path])
    _tables: dict[str, Table] = field(default_factory=dict[str, Table], repr=False, compare=False)
    _ledgers: dict[str, Ledger] = field(
        default_factory=dict[str, "Ledger"], repr=False, compare=False
    )

    @cached_property
    def digest(self) -> str:
        """Return a sha256 over every file of the pack, names and contents, in sorted order."""
        total = sha256()
        files = {path.relative_to(self.path).as_posix(): path for path in _files(self.path)}
        files |= {f"slots/{name}.csv": path for name, path in self.slot_files.items()}
        for name, path in sorted(files.items()):
            content = path.read_bytes()
            total.update(f"{name}\n{len(content)}\n".encode())
            total.update(content)
        return total.hexdigest()

    @cached_property
    def schemas(self) -> Mapping[str, Schema]:
        """Return the Table Schema of each table, by name."""
        file = self.path / "datapackage.json"
        resources = read_json(file).get("resources", [])
        listed = [Schema.parse(entry, str(file)) for entry in resources if "schema" in entry]
        return {schema.name: schema for schema in listed}

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Return every source that a row or an assumption may cite, by id."""
        return {row["id"]: Source(**row) for row in self.table("sources").rows}

    @property
    def table_names(self) -> tuple[str, ...]:
        """Return the names of the tables."""
        return tuple(self.schemas)

    def table(self, name: str) -> Table:
        """Return a table, read and checked the first time it is asked for.

        Where the user supplied a better file for the table's slot, that file is returned.

        Raises
        ------
        UnknownName
            If there is no such table; the error suggests the closest one.
        InputError
            If its file is missing or a cell of it is wrong.
        """
        if name not in self._tables:
            self._tables[name] = self._read(name)
        return self._tables[name]

    def _read(self, name: str) -> Table:
        schema = self.schemas.get(name)
        if schema is None:
            raise UnknownName(f"table of pack {self.name}", name, self.schemas)
        for slot_name, file in self.slot_files.items():
            slot = self.slots[slot_name]
            if slot.replaces == name:
                return slot.fill_in(slot.read(file, self._targets), schema)
        table = read_table(self.path / schema.path, schema, self._targets)
        axis = {"regions": self.regions, "specialties": self.specialties}.get(name)
        if axis is not None:
            _check_axis(table, axis)
        return table

    def read(self, path: str | PathLike[str], like: str) -> Table:
        """Read a user's CSV file that must look like one of the pack's tables."""
        if like not in self.schemas:
            raise UnknownName(f"table of pack {self.name}", like, self.schemas)
        return read_table(path, self.schemas[like], self._targets)

    def _targets(self, resource: str, column: str) -> Collection[str]:
        return set(cast("list[str]", self.table(resource).columns[column]))

    @cached_property
    def slots(self) -> Mapping[str, Slot]:
        """Return the slots for better files that the pack documents, by name."""
        return read_slots(self.path)

    def slot(self, name: str) -> Table | None:
        """Return the user's file for a slot, checked, or None if none was supplied."""
        if name not in self.slots:
            raise UnknownName(f"slot of pack {self.name}", name, self.slots)
        file = self.slot_files.get(name)
        return None if file is None else self.slots[name].read(file, self._targets)

    def ledger(self, sector: str = "workforce") -> Ledger:
        """Return the country's assumptions of a sector.

        Those of the workforce stand in `assumptions/`, those of another sector in a folder of its
        name there.

        Raises
        ------
        UnknownName
            If the pack has no assumptions of this sector.
        """
        if sector not in self._ledgers:
            self._ledgers[sector] = self._read_ledger(sector)
        return self._ledgers[sector]

    @property
    def sectors(self) -> tuple[str, ...]:
        """Return the sectors that the pack has assumptions for, the workforce first."""
        folders = (path for path in (self.path / "assumptions").iterdir() if path.is_dir())
        return ("workforce", *sorted(path.name for path in folders))

    def _read_ledger(self, sector: str) -> Ledger:
        from locum.assumptions import Ledger

        if sector not in self.sectors:
            raise UnknownName(f"sector of pack {self.name}", sector, self.sectors)
        folder = self.path / "assumptions"
        if sector != "workforce":
            folder /= sector
        return Ledger.read(sorted(folder.glob("*.yaml")), self.sources)

    def scenario_names(self) -> tuple[str, ...]:
        """Return the names of the scenarios that come with the pack."""
        return tuple(sorted(path.stem for path in (self.path / "scenarios").glob("*.yaml")))

    def scenario_file(self, name: str) -> Path:
        """Return the file of a scenario; `UnknownName` suggests the closest one."""
        if name not in self.scenario_names():
            raise UnknownName("scenario", name, self.scenario_names())
        return self.path / "scenarios" / f"{name}.yaml"

    def topology(self) -> dict[str, Any]:
        """Return the map of the regions as decoded TopoJSON."""
        return read_json(self.path / self.map_file)


def packs() -> tuple[str, ...]:
    """Return the names of the packs that are installed, sorted."""
    return tuple(sorted({*_own_packs(), *_entry_points()}))


def load_pack(name: str | PathLike[str]) -> Pack:
    """Open a country pack; its tables are read when they are asked for.

    Parameters
    ----------
    name
        Name of an installed pack, or the folder of one.

    Raises
    ------
    UnknownName
        If no such pack is installed; the error suggests the closest one.
    InputError
        If its pack.yaml is missing or lacks something.
    """
    folder = Path(name) if not isinstance(name, str) or "/" in name else _folder(name)
    file = folder / "pack.yaml"
    if not file.is_file():
        raise MissingFile(file, "a country pack is a folder with a pack.yaml")
    stamp = _stamp(folder)
    known = _OPENED.get(folder)
    if known is None or known[0] != stamp:
        from locum.assumptions.reading import read_yaml

        known = _OPENED[folder] = (stamp, _parse(folder, *read_yaml(file)))
    return known[1]


_Stamp: TypeAlias = tuple[tuple[str, int, int], ...]
_OPENED: dict[Path, tuple[_Stamp, Pack]] = {}
"""Packs that this process has open: each is read once as long as its files stay as they are."""


def _stamp(folder: Path) -> _Stamp:
    """Return name, time and size of every file that a pack may read."""
    files = [*_files(folder), *find_files(folder).values()]
    stats = ((str(path), path.stat()) for path in sorted(files))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


def _parse(folder: Path, data: Yaml, places: Places) -> Pack:
    if not isinstance(data, dict):
        raise BadValue("pack.yaml", data, "a mapping", places())
    for key in _REQUIRED:
        if key not in data:
            raise MissingField("pack", key, places())
    years = data["years"]
    if not isinstance(years, dict) or not {"first", "last", "base"} <= set(years):
        raise BadValue("years", years, "first, last and base", places("years"))
    specialties = _words(data, "specialties", places)
    if not specialties or specialties[-1] != "none":
        raise BadValue("last specialty", specialties[-1:], "none", places("specialties"))
    return Pack(
        name=str(data["name"]),
        title=str(data["title"]),
        version=str(data["version"]),
        path=folder,
        regions=_words(data, "regions", places),
        specialties=specialties,
        first_year=_year(years["first"], places("years", "first")),
        last_year=_year(years["last"], places("years", "last")),
        base_years=tuple(
            _year(year, places("years", "base")) for year in cast("list[object]", years["base"])
        ),
        map_file=str(data["map"]),
        slot_files=find_files(folder),
    )


def _words(data: Mapping[str | int, Yaml], key: str, places: Places) -> tuple[str, ...]:
    """Return a list of names, each of them once."""
    given = data[key]
    if not isinstance(given, list):
        raise BadValue(key, given, "a list of names", places(key))
    names = tuple(str(one) for one in given)
    for position, one in enumerate(names):
        if one in names[:position]:
            raise BadValue(key, one, "every name once", places(key, position))
    return names


def _year(value: object, place: Place) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadValue("year", value, "a year such as 2022", place)
    return value


def _check_axis(table: Table, labels: tuple[str, ...]) -> None:
    """Refuse a table of labels whose order is not that of pack.yaml."""
    column = table.schema.columns[0]
    found = table.columns[column]
    for row, (cell, label) in enumerate(zip(found, labels, strict=False)):
        if cell != label:
            problem = f"pack.yaml has {label!r} in this place"
            raise BadCell(table.file, table.line(row), column, cell, problem)
    if len(found) != len(labels):
        problem = f"{len(found)} rows for the {len(labels)} {table.name} of pack.yaml"
        raise BadCell(table.file, table.line(len(found) - 1), column, found[-1], problem)


def _folder(name: str) -> Path:
    """Return the folder of an installed pack."""
    own = _own_packs()
    if name in own:
        return own[name]
    from importlib.util import find_spec

    modules = _entry_points()
    if name not in modules:
        raise UnknownName("country pack", name, sorted({*own, *modules}))
    spec = find_spec(modules[name])
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        raise InputError(f"entry point {name!r} names {modules[name]!r}, which is not a folder")
    return Path(places[0])


def _own_packs() -> dict[str, Path]:
    """Return the packs beside this module; a source tree that is not installed has them too."""
    return {path.parent.name: path.parent for path in Path(__file__).parent.glob("*/pack.yaml")}


def _entry_points() -> dict[str, str]:
    from importlib.metadata import entry_points  # costs 20 ms, and Locum's own packs do without

    return {point.name: point.value for point in entry_points(group=GROUP)}


def _files(folder: Path) -> list[Path]:
    """Return every file of a pack but those that Python or a file browser leaves behind."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if path.suffix != ".pyc" and path.name != ".DS_Store"]
