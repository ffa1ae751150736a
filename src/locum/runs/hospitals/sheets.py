"""CSV files that people fill in: cells with the place where they stand."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from locum.errors import BadCell, InputError, MissingField, MissingFile, Place, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

__all__ = ["Row", "read_sheet", "sheet_text"]

COMMENT = "#"
_MOST = 1e6
"""No bed, patient or doctor is counted beyond this."""


@dataclass(frozen=True)
class Row:
    """A line of a sheet.

    Attributes
    ----------
    file, line
        Where it stands.
    cells
        Texts by column, without spaces around them.
    """

    file: str
    line: int
    cells: Mapping[str, str]

    def place(self, column: str) -> Place:
        """Return where a cell stands."""
        return Place(self.file, self.line, column)

    def wrong(self, column: str, problem: str) -> BadCell:
        """Return the error about a cell."""
        return BadCell(self.file, self.line, column, self.cells.get(column, ""), problem)

    def number(self, column: str, what: str, most: float = _MOST) -> float:
        """Return a number from 0.

        Raises
        ------
        BadCell
            If it is none, negative, or above what can be meant.
        """
        text = self.cells[column].replace(",", "")
        try:
            value = float(text)
        except ValueError:
            problem = f"{what} must be a number, such as {_example(most)}"
            raise self.wrong(column, problem) from None
        if value < 0.0:
            problem = f"{what} must be at least 0; write {text.lstrip('-')} if the sign is a slip"
            raise self.wrong(column, problem)
        if not value <= most:
            raise self.wrong(column, f"{what} must be at most {most:,.10g}")
        return value

    def whole(self, column: str, what: str) -> int:
        """Return a whole number from 0.

        Raises
        ------
        BadCell
            If it is none.
        """
        value = self.number(column, what)
        if value != int(value):
            raise self.wrong(column, f"{what} must be a whole number; write {round(value)}")
        return int(value)


def _example(most: float) -> str:
    return "0.05" if most <= 1.0 else "12"


def read_sheet(
    path: str | PathLike[str], columns: Sequence[str], more: Sequence[str]
) -> list[Row]:
    """Read a CSV file with a header line; empty lines and those that begin with # are left out.

    Parameters
    ----------
    path
        A UTF-8 file.
    columns, more
        Columns that it must have, and those that it may have.

    Raises
    ------
    MissingFile
        If there is no such file.
    InputError
        If it is not UTF-8 text or not CSV, or its columns are other ones.
    BadCell
        If a line has too many or too few cells.
    """
    file = str(path)
    header: list[str] = []
    rows: list[Row] = []
    for line, texts in _lines(Path(path)):
        cells = [text.strip() for text in texts]
        if not header:
            header = cells
            _check_header(file, line, header, columns, more)
            continue
        rows.append(Row(file, line, _named(file, line, header, cells)))
    if not header:
        raise InputError("the file is empty; a header line is missing", Place(file, 1))
    return rows


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise MissingFile(path, "`locum template` writes one to fill in") from None
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8 text; save it as CSV UTF-8", Place(str(path))) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", Place(str(path))) from error
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    found: list[tuple[int, list[str]]] = []
    try:
        found += [
            (reader.line_num, cells)
            for cells in reader
            if any(cell.strip() for cell in cells) and not cells[0].startswith(COMMENT)
        ]
    except csv.Error as error:
        raise InputError(f"not CSV: {error}", Place(str(path), reader.line_num)) from error
    return found


def _check_header(
    file: str, line: int, header: list[str], columns: Sequence[str], more: Sequence[str]
) -> None:
    known = (*columns, *more)
    for position, name in enumerate(header):
        if name and name not in known:
            raise UnknownName("column", name, known, Place(file, line))
        if name and name in header[:position]:
            raise BadCell(file, line, name, name, "the header names this column twice")
    for name in columns:
        if name not in header:
            raise MissingField("header", f"column {name}", Place(file, line))


def _named(file: str, line: int, header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) > len(header) and any(cells[len(header) :]):
        problem = (
            f"the line has {len(cells)} cells for {len(header)} columns; quote texts with commas"
        )
        raise BadCell(file, line, header[-1], cells[len(header)], problem)
    filled = [*cells, *[""] * (len(header) - len(cells))]
    return {name: cell for name, cell in zip(header, filled, strict=False) if name}


def sheet_text(
    columns: Sequence[str], rows: Sequence[Sequence[str]], remarks: Sequence[str] = ()
) -> str:
    """Return a sheet as text, with remarks above the header that are left out when it is read.

    Parameters
    ----------
    columns, rows
        Header and cells.
    remarks
        A line each.
    """
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for remark in remarks:
        stream.write(f"{COMMENT} {remark}\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue()
