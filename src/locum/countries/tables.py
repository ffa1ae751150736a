"""Tables of a country pack, read from CSV and checked cell by cell.

A table is kept by column. Whole columns are checked at once, which is fast; when a column does
not pass, its cells are read again one by one to name the first that is wrong by file, line,
column and value.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from itertools import compress
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from locum.countries.schema import Cell, Field, Schema, no_such
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
    from collections.abc import Callable, Collection
    from os import PathLike

    from numpy.typing import NDArray

    Lookup: TypeAlias = Callable[[str, str], Collection[str]]
    """Given a resource and a field, the values that may be referred to."""

__all__ = ["Table", "read_table"]


@dataclass(frozen=True, eq=False)
class Table:
    """A table whose every cell has passed its schema.

    Parameters
    ----------
    schema
        Names, types and bounds of the columns.
    file
        Where it was read.
    columns
        Cells by column; None where a number is not written.
    lines
        Line of the file on which each row ends.
    """

    schema: Schema
    file: str
    columns: dict[str, list[Cell]]
    lines: list[int]

    @property
    def name(self) -> str:
        """Return the name of the table in its pack."""
        return self.schema.name

    def __len__(self) -> int:
        return len(self.lines)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Return the rows, each a mapping from column to cell."""
        names = list(self.columns)
        return [dict(zip(names, row, strict=True)) for row in zip(*self._cells, strict=True)]

    @property
    def _cells(self) -> list[list[Cell]]:
        return list(self.columns.values())

    def column(self, name: str) -> NDArray[Any] | list[str]:
        """Return a column: an array of int64 or float64 (NaN where empty), or a list of words.

        Raises
        ------
        UnknownName
            If there is no such column; the error suggests the closest one.
        """
        kind = self.schema.field(name).kind
        if kind == "string":
            return self.words(name)
        cells = self.columns[name]
        if kind == "integer" and None not in cells:
            return np.array(cells, dtype=np.int64)
        return self.numbers(name)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers as float64, NaN where empty."""
        self._expect(name, "integer", "number")
        cells = self.columns[name]
        return np.array([nan if cell is None else cell for cell in cells], dtype=np.float64)

    def words(self, name: str) -> list[str]:
        """Return a column of words, empty where nothing is written."""
        self._expect(name, "string")
        return cast("list[str]", list(self.columns[name]))

    def _expect(self, name: str, *kinds: str) -> None:
        kind = self.schema.field(name).kind
        if kind not in kinds:
            raise BadValue(f"type of column {name}", kind, " or ".join(kinds), Place(self.file))

    def where(self, **equal: Cell) -> Table:
        """Return the rows whose cells equal the given ones, in the order of the file.

        Raises
        ------
        UnknownName
            If there is no such column, or no row with such a word in it.
        """
        chosen = [True] * len(self)
        for name, wanted in equal.items():
            self.schema.field(name)
            cells = self.columns[name]
            if isinstance(wanted, str) and wanted not in cells:
                known = sorted({str(cell) for cell in cells})
                raise UnknownName(f"{name} of table {self.name}", wanted, known, Place(self.file))
            chosen = [old and cell == wanted for old, cell in zip(chosen, cells, strict=True)]
        columns = {name: list(compress(cells, chosen)) for name, cells in self.columns.items()}
        return Table(self.schema, self.file, columns, list(compress(self.lines, chosen)))

    def line(self, row: int) -> int:
        """Return the line of the file on which a row ends."""
        return self.lines[row]

    def place(self, row: int, column: str | None = None) -> Place:
        """Return where a row, or one of its cells, is written."""
        return Place(self.file, self.lines[row], column)

    def grade(self, row: int, column: str | None = None) -> str | None:
        """Return how well a cell is known: by its column's own grade, else by its row's."""
        own = self.schema.field(column).grade if column is not None else None
        if own is not None or "grade" not in self.columns:
            return own
        return cast("str", self.columns["grade"][row])


def read_table(path: str | PathLike[str], schema: Schema, lookup: Lookup | None = None) -> Table:
    """Read a CSV file and check every cell.

    Parameters
    ----------
    path
        A UTF-8 CSV file with a header line.
    schema
        What it must look like.
    lookup
        Gives the values that foreign keys may refer to; without it they are not checked.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadCell
        If a cell is wrong; the error names file, line, column, value and problem.
    InputError
        If the file is not UTF-8 text, or its columns are not those of the schema.
    """
    file = str(path)
    header, rows, lines = _read_rows(Path(path))
    _check_header(file, header, schema)
    _check_lengths(file, header, rows, lines)
    texts = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    columns: dict[str, list[Cell]] = {}
    for name, cells in zip(header, texts, strict=True):
        columns[name] = _read_column(file, schema.field(name), cells, lines)
    table = Table(schema, file, {name: columns[name] for name in schema.columns}, lines)
    _check_key(table)
    if lookup is not None:
        _check_references(table, lookup)
    return table


def _read_rows(path: Path) -> tuple[list[str], list[list[str]], list[int]]:
    """Split a file into its header, its rows and the lines they end on; skip empty lines."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise MissingFile(path) from error
    except OSError as error:  # a directory, no permission
        raise InputError(f"cannot read the file: {error.strerror}", Place(str(path))) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError("not UTF-8 text", Place(str(path), line)) from error
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(f"not CSV: {error}", Place(str(path), reader.line_num)) from error
    if not rows:
        raise InputError("the file is empty; a header line is missing", Place(str(path), 1))
    return rows[0], rows[1:], lines[1:]


def _check_header(file: str, header: list[str], schema: Schema) -> None:
    place = Place(file, 1)
    for position, name in enumerate(header):
        if name not in schema.columns:
            raise UnknownName("column", name, schema.columns, place)
        if name in header[:position]:
            raise BadCell(file, 1, name, name, "the header names this column twice")
    for name in schema.columns:
        if name not in header:
            raise MissingField("header", f"column {name}", place)


def _check_lengths(file: str, header: list[str], rows: list[list[str]], lines: list[int]) -> None:
    width = len(header)
    for row, line in zip(rows, lines, strict=True):
        if len(row) < width:
            problem = f"the row ends after {len(row)} of {width} cells"
            raise BadCell(file, line, header[len(row)], "", problem)
        if len(row) > width:
            problem = f"the row has {len(row)} cells for {width} columns"
            raise BadCell(file, line, header[-1], row[width], problem)


def _read_column(file: str, field: Field, cells: tuple[str, ...], lines: list[int]) -> list[Cell]:
    """Check a column as a whole; look at its cells one by one only if that fails."""
    quick = _quick_words(field, cells) if field.kind == "string" else _quick_numbers(field, cells)
    if quick is not None:
        return quick
    column: list[Cell] = []
    for text, line in zip(cells, lines, strict=True):
        try:
            column.append(field.read(text))
        except ValueError as problem:
            raise BadCell(file, line, field.name, text, str(problem)) from None
    return column


def _quick_words(field: Field, cells: tuple[str, ...]) -> list[Cell] | None:
    different = set(cells)
    if (field.required and "" in different) or field.pattern is not None:
        return None
    if field.enum and not different <= {"", *field.enum}:
        return None
    return list(cells)


def _quick_numbers(field: Field, cells: tuple[str, ...]) -> list[Cell] | None:
    together = "".join(cells)
    if not (together.isascii() and together.isprintable()) or "_" in together or " " in together:
        return None
    try:
        numbers = list(map(int if field.kind == "integer" else float, cells))
    except ValueError:
        return None
    if numbers and not (isfinite(sum(numbers)) and _within(field, numbers)):
        return None
    return cast("list[Cell]", numbers)


def _within(field: Field, numbers: list[int] | list[float]) -> bool:
    return field.low <= min(numbers) and max(numbers) <= field.high


def _check_key(table: Table) -> None:
    """Refuse two rows with one key."""
    names = table.schema.key
    if not names:
        return
    seen: dict[tuple[Cell, ...], int] = {}
    keys = list(zip(*(table.columns[name] for name in names), strict=True))
    if len(set(keys)) == len(keys):
        return
    for key, line in zip(keys, table.lines, strict=True):
        if key in seen:
            problem = f"line {seen[key]} has the same {', '.join(names)}"
            raise BadCell(table.file, line, names[-1], key[-1], problem)
        seen[key] = line


def _check_references(table: Table, lookup: Lookup) -> None:
    """Refuse a cell that refers to nothing."""
    for reference in table.schema.references:
        cells = table.columns[reference.column]
        known = lookup(reference.resource, reference.target)
        strange = {cell for cell in cells if cell != ""}.difference(known)
        if strange:
            row = next(row for row, cell in enumerate(cells) if cell in strange)
            problem = no_such(reference.column, str(cells[row]), known)
            raise BadCell(table.file, table.lines[row], reference.column, cells[row], problem)
