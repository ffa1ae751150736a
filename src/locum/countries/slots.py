"""Slots: files better than the pack's own, which a user has and the pack may not contain.

A pack lists its slots in `slots/datapackage.json`, each with a Table Schema. A file counts as
supplied when it lies, under the name the slot gives, in the folder named by the environment
variable LOCUM_PACK_SLOTS or in the pack's own folder `slots/`. It is checked like every table,
cell by cell, and must be complete. A slot that `replaces` a table stands in for it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from locum.countries.schema import Schema, read_json
from locum.countries.tables import Table, read_table
from locum.errors import InputError, MissingFile, Place, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.countries.schema import Cell
    from locum.countries.tables import Lookup

__all__ = ["VARIABLE", "Slot", "find_files", "read_slots"]

VARIABLE = "LOCUM_PACK_SLOTS"


@dataclass(frozen=True)
class Slot:
    """A file that a user may supply.

    Parameters
    ----------
    schema
        Its columns; `schema.path` is the name the file must have.
    url
        Where the publisher offers the data.
    replaces
        Table of the pack that it stands in for; None if it is read under its own name.
    fill
        Cells of the replaced table that are the same in every row: unit, grade, source, note.
    complete
        For each column, the labels of which every combination must appear; a word names a table
        of the pack that lists them.
    """

    schema: Schema
    url: str
    replaces: str | None = None
    fill: Mapping[str, str] = field(default_factory=dict[str, str])
    complete: Mapping[str, str | Sequence[Cell]] = field(
        default_factory=dict[str, "str | Sequence[Cell]"]
    )

    @classmethod
    def parse(cls, resource: Mapping[str, Any], file: str) -> Slot:
        """Read a resource descriptor of slots/datapackage.json."""
        return cls(
            schema=Schema.parse(resource, file),
            url=str(resource.get("url", "")),
            replaces=resource.get("replaces"),
            fill=resource.get("fill", {}),
            complete=resource.get("complete", {}),
        )

    def read(self, path: Path, lookup: Lookup) -> Table:
        """Read the user's file and check its cells and that no combination is missing.

        Raises
        ------
        BadCell
            If a cell is wrong.
        InputError
            If the columns are not those of the slot, or a combination of labels is missing.
        """
        table = read_table(path, self.schema, lookup)
        if self.complete:
            self._check_complete(table, lookup)
        return table

    def _check_complete(self, table: Table, lookup: Lookup) -> None:
        names = list(self.complete)
        others = [name for name in self.schema.key if name not in names]
        labels = [
            sorted(lookup(given, name)) if isinstance(given, str) else list(given)
            for name, given in self.complete.items()
        ]
        groups: dict[tuple[Cell, ...], set[tuple[Cell, ...]]] = {}
        for row in table.rows:
            group = tuple(row[name] for name in others)
            groups.setdefault(group, set()).add(tuple(row[name] for name in names))
        if not groups:
            raise InputError("the file has no rows", Place(table.file))
        for group, found in groups.items():
            for combination in product(*labels):
                if combination not in found:
                    lacking = _spelled([*others, *names], [*group, *combination])
                    raise InputError(f"no row for {lacking}", Place(table.file))

    def fill_in(self, table: Table, schema: Schema) -> Table:
        """Return the user's rows as rows of the table they stand in for."""
        columns = {
            name: table.columns[name]
            if name in table.columns
            else cast("list[Cell]", [self.fill[name]] * len(table))
            for name in schema.columns
        }
        return Table(schema, table.file, columns, table.lines)


def read_slots(folder: Path) -> dict[str, Slot]:
    """Read the slots of the pack in `folder`, by name; a pack may have none."""
    file = folder / "slots" / "datapackage.json"
    if not file.is_file():
        return {}
    listed = [Slot.parse(entry, str(file)) for entry in read_json(file).get("resources", [])]
    return {slot.schema.name: slot for slot in listed}


def find_files(folder: Path) -> dict[str, Path]:
    """Find the files that the user supplied for the slots of the pack in `folder`.

    The folder named by LOCUM_PACK_SLOTS goes before the pack's own.

    Raises
    ------
    MissingFile
        If LOCUM_PACK_SLOTS names no folder.
    UnknownName
        If a CSV file there has the name of no slot; the error suggests the closest one.
    """
    named = os.environ.get(VARIABLE)
    if named and not Path(named).is_dir():
        raise MissingFile(named, f"{VARIABLE} must name a folder")
    places = [folder / "slots", *([Path(named)] if named else [])]
    supplied = [path for place in places for path in sorted(place.glob("*.csv"))]
    if not supplied:
        return {}
    slots = {slot.schema.path: name for name, slot in read_slots(folder).items()}
    for path in supplied:
        if path.name not in slots:
            raise UnknownName("file for a slot", path.name, slots, Place(str(path.parent)))
    return {slots[path.name]: path for path in supplied}


def _spelled(names: Sequence[str], labels: Sequence[Cell]) -> str:
    return ", ".join(f"{name} {label}" for name, label in zip(names, labels, strict=True))
