"""`locum choose`: paths of places under each side's assumptions, and what they do to classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from locum.cli.console import print_json, print_table, say
from locum.cli.running import execute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.cli.running import Order
    from locum.inference.choice import Choice, Path, Weighing
    from locum.inference.classes import ClassSizes

__all__ = ["ABSENCES", "Asked", "choose"]

ABSENCES = "korea-2024"
"""Whose months of absence the students of every path meet, unless told otherwise."""
NO_ABSENCES = "none"
LISTED = 5
"""Schools that are listed: those whose classes grow most."""


@dataclass(frozen=True)
class Asked:
    """What the command line says of a choice; empty or None: the defaults of `Question`."""

    structures: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    years: tuple[int, ...] = ()
    absences: str = ABSENCES


def choose(scenarios: Sequence[str], order: Order, asked: Asked, *, as_json: bool) -> None:
    """Compare paths of places and print who regrets what, and the classes they fill.

    Parameters
    ----------
    scenarios
        At least two; empty: the presets of `locum.inference.choice.CANDIDATES`.
    order, asked
        How to run, and what to choose by.
    as_json
        Print one object and no words.

    Raises
    ------
    InputError
        If anything asked for cannot be used; then nothing is printed.
    """
    from locum.countries import load_pack
    from locum.inference.choice import (
        CANDIDATES,
        STRUCTURES,
        Question,
        bare,
        find_candidates,
    )
    from locum.inference.choice import choose as choose_path
    from locum.inference.classes import FACULTY_NOTE, compare_classes
    from locum.runs import RunRequest
    from locum.scenarios import apply, parse_sets, resolve

    question = Question(
        scenarios=tuple(scenarios) or CANDIDATES,
        structures=asked.structures or STRUCTURES,
        start=asked.start,
        end=asked.end,
        years=asked.years,
        draws=RunRequest.draws if order.draws is None else order.draws,
        seed=order.seed or 0,
        sets=parse_sets(list(order.sets)),
        workers=order.workers,
    )
    candidates = find_candidates(question.scenarios, None)
    pack = load_pack(candidates[0].country)
    absences = None if asked.absences == NO_ABSENCES else resolve(asked.absences, pack)
    ledger = apply(bare(candidates[0], pack), pack.ledger(), question.sets)
    classes = compare_classes(candidates, ledger, pack, absences)
    choice = choose_path(question, lambda request: execute(request, order), pack)
    if as_json:
        rows = [row for each in classes for row in each.rows()]
        notes = [*choice.notes, FACULTY_NOTE]
        print_json({**choice.to_dict(), "seed": question.seed, "classes": rows, "notes": notes})
        return
    _print(choice)
    _print_classes(classes, FACULTY_NOTE)


def _print(choice: Choice) -> None:
    first, last = choice.horizon
    say(f"Choice between {len(choice.candidates)} paths of places, judged by {first} to {last}.")
    say(
        "Loss: doctor-years short and over, weighed. Regret: loss above that of the best path in "
        "the same future; as stated: with every assumption at its central value."
    )
    say(
        f"A doctor-year short weighs as {choice.weight.value:g} of surplus: a value judgement, "
        f"{choice.weight.low:g} to {choice.weight.high:g}."
    )
    for name, title in zip(choice.candidates, choice.titles, strict=True):
        say(f"  {name}: {title}")
    for structure in choice.structures:
        say()
        say(f"Under {structure.name}: {structure.title} ({structure.draws:,} draws)")
        print_table(_columns(choice), [_line(path) for path in structure.paths], numeric=8)
        for path in structure.paths:
            say(f"  {_wait(path)}")
        say(_conclusion(structure, choice))
    say()
    say(_overall(choice))
    for note in choice.notes:
        say(f"Note: {note}.")


def _columns(choice: Choice) -> Sequence[str]:
    years = ", ".join(map(str, choice.years))
    small = 100 * choice.tolerances["acceptable"]
    return (
        "path",
        "loss, 8 futures in 10",
        "mean regret",
        "8 in 10",
        "worst",
        "as stated",
        "best in",
        f"within {small:g}% in {years}",
        "fund, trillion won",
    )


def _line(path: Path) -> Sequence[str]:
    regret = path.regret
    fund = "no fund here"
    if path.fund is not None:
        low, high = path.fund.low, path.fund.high
        fund = f"{path.fund.value:+,.0f} ({low:+,.0f} to {high:+,.0f})" if low or high else "0"
    return (
        path.scenario,
        f"{path.loss.value:,.0f} ({path.loss.low:,.0f} to {path.loss.high:,.0f})",
        f"{regret.mean:,.0f}",
        f"{regret.low:,.0f} to {regret.high:,.0f}",
        f"{regret.worst:,.0f}",
        f"{path.as_stated:,.0f}",
        f"{path.best_share:.0%}",
        f"{path.acceptable_share:.0%}",
        fund,
    )


def _wait(path: Path) -> str:
    """Say how long the decision for a path can wait, or why that cannot be said."""
    year, reason = path.wait_until.year, path.wait_until.reason
    latest = "no latest start" if year is None else f"can wait until the class of {year}"
    return f"{path.scenario}: {latest}; {reason}."


def _conclusion(structure: Weighing, choice: Choice) -> str:
    """Say in a sentence which path does best here, and when another would."""
    best = structure.best(choice.weight.value)
    name, share = choice.candidates[best], structure.paths[best].best_share
    said = f"{name} loses least here on average, and is best in {share:.0%} of futures"
    stated = structure.best_as_stated
    if stated != best:
        said = f"{said} (as stated, {choice.candidates[stated]} does best)"
    return f"{said}; {_changes(structure.name, choice)}."


def _overall(choice: Choice) -> str:
    name, regret = choice.candidates[choice.minimax], choice.worst[choice.minimax]
    said = (
        f"Over these structures {name} has the least worst mean regret, {regret:,.0f} doctor-years"
    )
    return f"{said}; {_changes(None, choice)}."


def _changes(structure: str | None, choice: Choice) -> str:
    """Say at which weights another path takes its place."""
    found = [each for each in choice.switches if each.structure == structure]
    if not found:
        return "that holds whatever a shortage weighs in this range"
    words = [f"{each.below} up to a weight of {each.weight:.2g}" for each in found]
    return f"by the weight of a shortage: {', '.join(words)}, {found[-1].above} above"


def _print_classes(classes: Sequence[ClassSizes], faculty: str) -> None:
    """Print national classes of every path, and the schools whose classes grow most."""
    for each in classes:
        met = "" if each.absences is None else f" with the months of absence of {each.absences}"
        say()
        say(f"Students by study year under {each.scenario}{met}:")
        columns = (
            "year",
            *map(str, range(1, each.students.shape[2] + 1)),
            "all",
            f"for 1 in {each.reference}",
        )
        print_table(columns, [_year_line(each, year) for year in each.shown()], numeric=8)
    say()
    first = classes[0]
    last = first.clinical_years
    say(f"Schools whose largest class grows most under {first.scenario}:")
    columns = (
        "school",
        "region",
        f"class of {first.reference}",
        "largest",
        "in",
        "times",
        f"students of the last {last} study years per 100 beds of the region, "
        f"{first.reference} and at most",
    )
    print_table(columns, [_school_line(first, s) for s in _most_grown(first)], numeric=5)
    say(f"Faculty: {faculty}.")


def _year_line(classes: ClassSizes, year: int) -> Sequence[str]:
    now = classes.at(year).sum(axis=0)
    before = float(classes.at(classes.reference).sum())
    return (
        str(year),
        *(f"{heads:,.0f}" for heads in now),
        f"{now.sum():,.0f}",
        f"{float(now.sum()) / before:.2f}",
    )


def _most_grown(classes: ClassSizes) -> list[int]:
    """Return the schools (positions) whose largest class is the largest against that of before."""
    before = classes.at(classes.reference)[:, 0]
    grown = [
        (_largest(classes, s)[0] / float(before[s]), s)
        for s in range(len(before))
        if before[s] >= 1.0
    ]
    return [s for _, s in sorted(grown, key=lambda each: -each[0])[:LISTED]]


def _largest(classes: ClassSizes, school: int) -> tuple[float, int]:
    """Return the size of a school's largest class and the first year it has it."""
    sizes: Any = [(float(classes.at(year)[school].max()), year) for year in classes.shown()]
    size, year = max(sizes, key=lambda each: (each[0], -each[1]))
    return float(size), int(year)


def _school_line(classes: ClassSizes, school: int) -> Sequence[str]:
    before = float(classes.at(classes.reference)[school, 0])
    size, year = _largest(classes, school)
    beds = [float(classes.per_100_beds(each)[school]) for each in classes.shown()]
    return (
        classes.schools.names[school],
        classes.schools.regions[school],
        f"{before:,.0f}",
        f"{size:,.0f}",
        str(year),
        f"{size / before:.1f}",
        f"{beds[0]:.1f}, {max(beds):.1f}",
    )
