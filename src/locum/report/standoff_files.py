"""The files of a run of a standoff, read back; what is wrong in one is told by file and line."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from locum.errors import BadCell, InputError, MissingField, MissingFile, Place
from locum.report.standoff_records import (
    Effect,
    Frontier,
    Harmed,
    Learned,
    Rival,
    Span,
    Strength,
    Track,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = [
    "Row",
    "manifest_of",
    "read_effects",
    "read_frontier",
    "read_harm",
    "read_json",
    "read_learned",
    "read_national",
    "read_rivals",
    "read_strengths",
    "rows_of",
    "track_of",
]

SPAN = ("median", "low", "high")
MEASURES = (
    "prevented",
    "exposure",
    "named",
    "wrongly_removed",
    "wrongly_removed_share",
    "identified",
)
"""Of the frontier; the first and the last but one may be missing."""


@dataclass(frozen=True)
class Row:
    """A line of a file."""

    file: str
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """Return a cell; empty where the file has no such column."""
        return self.cells.get(column, "")

    def number(self, column: str) -> float:
        """Return a finite number.

        Raises
        ------
        BadCell
            If it is none.
        """
        text = self.cells[column]
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise BadCell(self.file, self.line, column, text, "not a finite number")
        return value

    def hours(self, column: str) -> float:
        """Return a number of hours, which may be without end (`inf`)."""
        return math.inf if self.cells[column] == "inf" else self.number(column)

    def maybe(self, column: str) -> float | None:
        """Return a finite number, or None where the cell is empty."""
        return self.number(column) if self.text(column) else None

    def day(self, column: str = "date") -> date:
        """Return a day.

        Raises
        ------
        BadCell
            If it is none.
        """
        text = self.cells[column]
        try:
            return date.fromisoformat(text)
        except ValueError:
            problem = "not a day such as 2024-02-20"
            raise BadCell(self.file, self.line, column, text, problem) from None

    def span(self) -> Span:
        """Return a median and its band."""
        return Span(*(self.number(column) for column in SPAN))

    def named_span(self, name: str) -> Span | None:
        """Return a median and its band in columns that begin with a name; None if it is empty."""
        if self.text(name) in {"", "nan"}:
            return None
        median = self.number(name)
        ends = (self.maybe(f"{name}_{end}") for end in ("low", "high"))
        low, high = (median if end is None else end for end in ends)
        return Span(median, low, high)


def rows_of(folder: Path, name: str, columns: str, *, needed: bool = False) -> Iterator[Row]:
    """Yield the lines of a CSV file of a folder.

    Parameters
    ----------
    folder
        Of the run.
    name
        Of the file, without its suffix.
    columns
        Columns that it must have; it may have more.
    needed
        Whether it must be there; else there are no lines.

    Raises
    ------
    MissingFile
        If it must be there and is not.
    MissingField
        If it lacks a column.
    BadCell
        If a line has too few cells or too many.
    """
    path = folder / f"{name}.csv"
    if not path.is_file():
        if needed:
            raise MissingFile(path, "a run of a standoff writes it")
        return
    file = str(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader, list[str]())
        for column in columns.split():
            if column not in header:
                raise MissingField("the file", f"column {column}", Place(file, 1))
        for cells in reader:
            if len(cells) != len(header):
                problem = f"{len(cells)} cells under {len(header)} columns"
                raise BadCell(file, reader.line_num, header[0], cells[:1], problem)
            yield Row(file, reader.line_num, dict(zip(header, cells, strict=True)))


def read_json(path: Path) -> Any:  # noqa: ANN401  whatever the file holds
    """Return what a JSON file holds.

    Raises
    ------
    MissingFile
        If it is not there.
    InputError
        If it is not JSON.
    """
    if not path.is_file():
        raise MissingFile(path, "a run's folder holds it")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError("not a JSON file", Place(str(path))) from error


def track_of(rows: list[tuple[date, tuple[float, ...]]]) -> Track:
    """Return a track from days with median, low, high and, where known, the band of 80 per cent.

    Days may come in any order.
    """
    ordered = sorted(rows, key=lambda row: row[0])
    lines = zip(*(numbers for _, numbers in ordered), strict=True)
    return Track(tuple(day for day, _ in ordered), *(tuple(line) for line in lines))


def read_national(folder: Path) -> dict[str, Track]:
    """Return the tracks of national variables by name."""
    found: dict[str, list[tuple[date, tuple[float, ...]]]] = {}
    for row in rows_of(folder, "national", "date variable median low high"):
        found.setdefault(row.text("variable"), []).append((row.day(), row.span()))
    return {name: track_of(rows) for name, rows in found.items()}


def read_effects(folder: Path, party_of: Callable[[str], str]) -> tuple[Effect, ...]:
    """Return what counterfactuals change; `party_of` says whom a metric concerns."""
    columns = "name title side metric unit base median difference low high"
    return tuple(
        Effect(
            row.text("name"),
            row.text("title"),
            row.text("side"),
            row.text("metric"),
            row.text("party") or party_of(row.text("metric")),
            row.text("unit"),
            row.number("base"),
            row.number("median"),
            Span(row.number("difference"), row.number("low"), row.number("high")),
        )
        for row in rows_of(folder, "counterfactuals", columns)
    )


def read_harm(folder: Path, party_of: Callable[[str], str]) -> tuple[Harmed, ...]:
    """Return the harm in the run itself."""
    return tuple(
        Harmed(
            row.text("metric"),
            row.text("party") or party_of(row.text("metric")),
            row.text("unit"),
            row.span(),
            row.text("note"),
        )
        for row in rows_of(folder, "harm", "metric unit median low high")
    )


def read_frontier(folder: Path) -> tuple[Frontier, ...]:
    """Return what settings of the platform lead to."""
    columns = "latency_hours detection retention_hours exposure named wrongly_removed identified"
    return tuple(
        Frontier(
            row.number("latency_hours"),
            row.number("detection"),
            row.hours("retention_hours"),
            *(row.named_span(name) for name in MEASURES),
        )
        for row in rows_of(folder, "frontier", columns)
    )


def read_learned(folder: Path) -> tuple[Learned, ...]:
    """Return what the fit taught of each assumption, that which taught most first."""
    columns = "key unit prior_mean prior_sd posterior_mean posterior_sd contraction"
    found = [
        Learned(
            row.text("key"),
            row.text("unit"),
            (row.number("prior_mean"), row.number("prior_sd")),
            (row.number("posterior_mean"), row.number("posterior_sd")),
            row.number("contraction"),
            row.text("correlate"),
            row.maybe("correlation"),
        )
        for row in rows_of(folder, "identification", columns)
    ]
    return tuple(sorted(found, key=lambda one: (-one.contraction, one.key)))


def read_strengths(folder: Path) -> tuple[Strength, ...]:
    """Return what counterfactuals change under several strengths of social interaction."""
    columns = "social counterfactual title metric unit median low high"
    return tuple(
        Strength(
            row.number("social"),
            row.text("counterfactual"),
            row.text("title"),
            row.text("metric"),
            row.text("unit"),
            row.span(),
            row.maybe("misfit"),
        )
        for row in rows_of(folder, "social", columns)
    )


def read_rivals(folder: Path) -> tuple[Rival, ...]:
    """Return what other models say of the same readings."""
    columns = "model metric scope date reading median low high crps"
    return tuple(
        Rival(
            row.text("model"),
            row.text("metric"),
            row.text("scope"),
            row.day(),
            row.number("reading"),
            row.span(),
            row.number("crps"),
        )
        for row in rows_of(folder, "rivals", columns)
    )


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of a stored run."""
    path = folder / "manifest.json"
    found = read_json(path)
    if not isinstance(found, dict) or "scenario" not in found:
        raise InputError("not the manifest of a run", Place(str(path)))
    return cast("dict[str, Any]", found)
