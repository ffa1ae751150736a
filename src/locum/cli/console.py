"""What the commands print, and where: results on one stream, progress on the other."""

from __future__ import annotations

import json
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from types import FrameType

__all__ = ["print_json", "print_table", "say", "showing_progress", "showing_work", "tell"]


def say(text: str = "") -> None:
    """Print a line of the result."""
    typer.echo(text)


def print_json(result: Mapping[str, Any]) -> None:
    """Print the result as one JSON object."""
    typer.echo(json.dumps(result, indent=2, allow_nan=False))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: int = 0) -> None:
    """Print a table as wide as the terminal; the last `numeric` columns are set to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for position, name in enumerate(columns):
        right = position >= len(columns) - numeric
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    width = None if sys.stdout.isatty() else _WIDE
    Console(file=sys.stdout, width=width, highlight=False).print(table)


_WIDE = 200
"""Columns of a table that goes to a file or another program."""


@contextmanager
def showing_progress(
    label: str, *, quiet: bool, unit: str = "draws"
) -> Generator[Callable[[int, int], None]]:
    """Show a bar with rate and time left on a terminal; yields what to call with done, total.

    `unit` says what is counted.

    What is yielded raises KeyboardInterrupt if Ctrl-C was pressed since: a library that was busy
    may have swallowed the first.
    """
    with _noticing_cancel() as cancelled, _bar(label, unit, quiet=quiet) as show:

        def report(done: int, total: int) -> None:
            if cancelled():
                raise KeyboardInterrupt
            show(done, total)

        yield report


@contextmanager
def _noticing_cancel() -> Generator[Callable[[], bool]]:
    """Remember Ctrl-C besides raising it; yields what tells whether it was pressed."""
    pressed = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or before is not signal.default_int_handler:  # then it is somebody else's
        yield pressed.is_set
        return

    def cancel(_number: int, _frame: FrameType | None) -> None:
        pressed.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, cancel)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _bar(label: str, unit: str, *, quiet: bool) -> Generator[Callable[[int, int], None]]:
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(f"{unit}, {{task.fields[rate]}}"),
        TimeElapsedColumn(),
        TextColumn("elapsed,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None, rate="starting")

        def show(done: int, total: int) -> None:
            speed = progress.tasks[0].finished_speed or progress.tasks[0].speed
            rate = f"{speed:,.0f} a second" if speed else "starting"
            progress.update(task, completed=done, total=total, rate=rate)

        yield show


def tell(text: str, *, quiet: bool) -> None:
    """Say on a terminal what takes time; elsewhere nothing."""
    if not quiet and sys.stderr.isatty():
        typer.echo(text, err=True)


@contextmanager
def showing_work(label: str, *, quiet: bool) -> Generator[None]:
    """Show on a terminal that something without a known length goes on."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(label):
        yield
