"""Tables for readers and the same tables as files to download."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.report.markup import Markup, csv_uri, inner, join, tag
from locum.report.words import exact, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.report.records import Fan, Interval


@dataclass(frozen=True)
class Cell:
    """What the page shows and what the file holds."""

    shown: str | Markup
    filed: str


@dataclass(frozen=True)
class Column:
    """A heading; numbers stand to the right."""

    name: str
    numeric: bool = True


@dataclass(frozen=True)
class Table:
    """A caption, columns and rows. The first cell of a row names it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def words(value: str) -> Cell:
    """Make a cell of text."""
    return Cell(value, value)


def number(value: float, unit: str, *, signed: bool = False) -> Cell:
    """Make a cell of one number; a group too small stays hidden on page and file alike."""
    return Cell(exact(value, unit, signed=signed), plain(value, unit, signed=signed))


def hidden() -> Cell:
    """Make a cell for a number that would give away a small group."""
    return Cell("not shown", "")


def interval_cells(interval: Interval | None, unit: str, *, signed: bool = False) -> list[Cell]:
    """Make three cells: median, 10th and 90th percentile."""
    if interval is None:
        return [hidden(), hidden(), hidden()]
    return [
        number(value, unit, signed=signed)
        for value in (interval.value, interval.low, interval.high)
    ]


def interval_columns(what: str) -> list[Column]:
    """Name the three columns of an interval."""
    return [Column(f"{what}, median"), Column("10th percentile"), Column("90th percentile")]


def fan_table(fans: Sequence[tuple[str, Fan]], caption: str) -> Table:
    """Put fans side by side: a row a year, five quantiles each."""
    quantiles = ("10th percentile", "25th", "median", "75th", "90th")
    columns = [Column("Year", numeric=False)]
    columns += [Column(f"{name}, {quantile}") for name, _ in fans for quantile in quantiles]
    rows = [
        (words(str(year)), *(c for _, one in fans for c in _quantile_cells(one, i)))
        for i, year in enumerate(fans[0][1].years)
    ]
    return Table(caption, tuple(columns), tuple(rows))


def _quantile_cells(fan: Fan, i: int) -> list[Cell]:
    return [number(line[i], fan.unit, signed=fan.signed) for line in fan.quantiles]


def table_markup(table: Table, kind: str = "") -> Markup:
    """Print a table in a frame that scrolls by itself on small screens."""
    head = [
        tag("th", {"scope": "col", "class": "number" if column.numeric else None}, column.name)
        for column in table.columns
    ]
    labelled = "ledger" in kind.split()
    body = [tag("tr", {}, *_row(table, row, labelled=labelled)) for row in table.rows]
    whole = tag(
        "table",
        {"class": kind or None},
        tag("caption", {}, table.caption),
        tag("thead", {}, tag("tr", {}, *head)),
        tag("tbody", {}, join(body)),
    )
    frame = {"class": "scroll", "role": "region", "aria-label": table.caption, "tabindex": 0}
    return tag("div", frame, whole)


def _row(table: Table, row: tuple[Cell, ...], *, labelled: bool) -> list[Markup]:
    """Print a row; cells of a ledger carry their heading, which phones print beside them."""
    cells: list[Markup] = []
    for i, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
        kind = "number" if column.numeric else None
        if i == 0:
            cells.append(tag("th", {"scope": "row", "class": kind}, cell.shown))
        else:
            label = column.name if labelled else None
            cells.append(tag("td", {"class": kind, "data-label": label}, cell.shown))
    return cells


def download(table: Table, filename: str) -> Markup:
    """Offer the table as a CSV file that is inside the page."""
    header = [column.name for column in table.columns]
    rows = [[cell.filed for cell in row] for row in table.rows]
    attributes = {"class": "download", "href": csv_uri(header, rows), "download": filename}
    label = inner("Download CSV", tag("span", {"class": "unseen"}, f": {table.caption}"))
    return tag("a", attributes, label)


def behind(table: Table, filename: str, *, shown: bool = False) -> Markup:
    """Fold a table away under a chart, its download beside it.

    Parameters
    ----------
    table
        The data behind a chart.
    filename
        Name of the file offered.
    shown
        True when the table is on the page already and only the download is wanted.
    """
    if shown:
        return tag("p", {"class": "tools"}, download(table, filename))
    summary = tag(
        "summary", {}, "Data table", tag("span", {"class": "unseen"}, f": {table.caption}")
    )
    folded = tag("details", {"class": "data"}, summary, table_markup(table))
    return tag("div", {"class": "tools"}, folded, download(table, filename))
