"""`locum explain` and `locum flip`: why two projections disagree, and what turns an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.cli.console import print_json, print_table, say, showing_progress, showing_work
from locum.errors import BadValue, Place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from locum.inference.attribution import Attribution
    from locum.inference.flip import Flip
    from locum.runs.positions import Position

__all__ = ["explain_difference", "find_flip", "write_page"]

EXPLAIN_DRAWS, FLIP_DRAWS = 100, 50
SCENARIO_LEVERS = (
    "demand.productivity_change",
    "demand.growth",
    "demand.base_gap",
    "exit.retirement_clinic",
)
"""Assumptions whose flip points stand on the page of a scenario: it has no levers of its own."""


def explain_difference(  # noqa: PLR0913 - one parameter for each option
    names: tuple[str, str],
    year: int,
    draws: int | None,
    seed: int | None,
    joins: Sequence[str],
    out: Path | None,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Split the difference of two studies or scenarios, and print or write it.

    Raises
    ------
    InputError
        If a name, the year or a block cannot be used; then nothing is written.
    """
    from locum.inference.attribution import explain
    from locum.runs.positions import find_position

    a, b = (find_position(name) for name in names)
    joined = [_names_of(each) for each in joins]
    with showing_progress(f"{a.name} and {b.name}", quiet=quiet) as progress:
        found = explain(
            a,
            b,
            year,
            EXPLAIN_DRAWS if draws is None else draws,
            seed or 0,
            joined,
            progress,
        )
    if out is not None:
        write_page(found, out, quiet=quiet)
    if as_json:
        print_json(found.to_dict() | ({"page": str(out)} if out else {}))
        return
    _print(found)
    if out is not None:
        say()
        say(f"Page: {out}")


def _names_of(join: str) -> list[str]:
    names = [name.strip() for name in join.split("+")]
    if len(names) < 2 or not all(names):
        raise BadValue("--join", join, "block+block", Place("--join"))
    return names


def write_page(found: Attribution, out: Path, *, quiet: bool) -> None:
    """Write the page of a difference, with the flip points of both sides."""
    from locum.report import write_explanation

    with showing_work("writing the page", quiet=quiet):
        write_explanation(found, [*_flips(found.a, found), *_flips(found.b, found)], out)


def _flips(position: Position, found: Attribution) -> list[Flip]:
    """Return the flip points of a study's own levers, or of a scenario's usual ones."""
    from locum.inference.flip import flip_point
    from locum.report.studies_page import lever_flips

    if position.study is not None:
        return lever_flips([position.study], position.pack)
    return [flip_point(position, key, found.year) for key in SCENARIO_LEVERS]


def _print(found: Attribution) -> None:
    from locum.report.dispute import crux_words, difference_words
    from locum.report.words import exact

    for line in difference_words(found):
        say(line)
    say()
    rows = [
        [
            share.block.name,
            share.block.title,
            share.block.group,
            exact(share.value, "clinical", signed=True),
            f"{exact(share.low, 'clinical', signed=True)} to "
            f"{exact(share.high, 'clinical', signed=True)}",
            exact(share.alone, "clinical", signed=True),
        ]
        for share in found.shares
    ]
    bars = (("unreproduced_a", found.a, found.unreproduced_a),)
    bars += (("unreproduced_b", found.b, found.unreproduced_b),)
    for name, position, value in bars:
        if value is not None and value != 0.0:
            words = f"what the rules miss of {position.name}"
            rows.append([name, words, "", exact(value, "clinical", signed=True), "", ""])
    columns = ("block", "what it stands for", "group", "doctors", "8 draws in 10", "alone")
    print_table(columns, rows, numeric=3)
    say()
    for line in crux_words(found):
        say(line)


def find_flip(  # noqa: PLR0913 - one parameter for each option
    name: str,
    assumption: str,
    year: int,
    draws: int | None,
    seed: int | None,
    span: tuple[float | None, float | None],
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find where an answer turns, and print it.

    Raises
    ------
    InputError
        If a name, the assumption, the year or the range cannot be used.
    """
    from locum.inference.flip import flip_point
    from locum.runs.positions import find_position

    position = find_position(name)
    with showing_work(f"moving {assumption}", quiet=quiet):
        found = flip_point(
            position, assumption, year, FLIP_DRAWS if draws is None else draws, seed or 0, span
        )
    if as_json:
        print_json(found.to_dict())
        return
    from locum.report.dispute import flip_words

    say(flip_words(found))
