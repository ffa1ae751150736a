"""What each of two positions holds in a block of assumptions, as far as they differ."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from locum.assumptions import Point
from locum.inference.blocks import block_of
from locum.inference.reproduction import keys_read
from locum.report.levels import assumption_words, full_label, seat_steps, seats_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locum.assumptions import Prior
    from locum.inference.attribution import Attribution
    from locum.inference.blocks import Block
    from locum.runs.positions import Member, Position
    from locum.scenarios.studies import Known


@dataclass(frozen=True)
class Held:
    """One side's version of one thing.

    Parameters
    ----------
    words
        Its value; those of both members of a position, if they differ.
    known
        What the study says of it; empty for a scenario and for what a study leaves to the
        country's assumptions.
    """

    words: str
    known: tuple[Known, ...] = ()


@dataclass(frozen=True)
class Holding:
    """One thing in which two positions differ, on both sides."""

    label: str
    a: Held
    b: Held


def holdings(attribution: Attribution, block: Block) -> tuple[Holding, ...]:
    """Return what of a block the two hold differently and one of them reads."""
    a, b = attribution.a, attribution.b
    found = [each for part in block.parts if (each := _part(part, a, b)) is not None]
    read = _read(attribution)
    keys = [key for key in a.members[0].ledger if block_of(key).name in block.names]
    keys = [key for key in keys if read is None or key in read]
    return (*found, *(_assumption(key, a, b) for key in keys if _differ(key, a, b)))


def _read(attribution: Attribution) -> frozenset[str] | None:
    """Return the assumptions that either side reads under its rules; None for the whole sector."""
    if attribution.whole_sector:
        return None
    members = (*attribution.a.members, *attribution.b.members)
    return frozenset(key for each in members for key in keys_read(each.ledger, "gap"))


def _differ(key: str, a: Position, b: Position) -> bool:
    return _versions(key, a) != _versions(key, b)


def _versions(key: str, position: Position) -> Sequence[tuple[object, ...]]:
    held = [member.ledger[key] for member in position.members]
    every = [(each.value, each.dated, each.prior) for each in held]
    return every if len(set(map(repr, every))) > 1 else every[:1]


def _assumption(key: str, a: Position, b: Position) -> Holding:
    words = [_each(position, lambda m: assumption_words(m.ledger[key])) for position in (a, b)]
    if words[0] == words[1]:
        words = [
            f"{told}, {_each(position, lambda m: _range(m.ledger[key].prior))}"
            for told, position in zip(words, (a, b), strict=True)
        ]
    first, second = (
        Held(told, _known(key, position)) for told, position in zip(words, (a, b), strict=True)
    )
    return Holding(full_label(key), first, second)


def _range(prior: Prior) -> str:
    return "taken as certain" if isinstance(prior, Point) else f"range {prior}"


def _known(key: str, position: Position) -> tuple[Known, ...]:
    """Return what the study, under its reading, says of an assumption; each thing once."""
    if position.reading is not None and key in position.reading.stated:
        return (position.reading.stated[key],)
    found: list[Known] = []
    for member in position.members:
        stated = None if member.variant is None else member.variant.stated.get(key)
        if stated is not None and stated not in found:
            found.append(stated)
    return tuple(found)


def _each(position: Position, words: Callable[[Member], str]) -> str:
    return " or ".join(dict.fromkeys(words(member) for member in position.members))


def _part(part: str, a: Position, b: Position) -> Holding | None:
    if part == "base_year":
        first, second = (_each(each, lambda member: str(member.base_year)) for each in (a, b))
        return Holding("Base year", Held(first), Held(second)) if first != second else None
    if part == "seats":
        same = _paths(a) == _paths(b)
        first, second = (_each(each, lambda member: seats_words(member.seats)) for each in (a, b))
        return None if same else Holding("Places a year", Held(first), Held(second))
    if part == "interruption":
        first, second = (_interruption(each) for each in (a, b))
        return Holding("Interruption", Held(first), Held(second)) if first != second else None
    return None


def _paths(position: Position) -> list[tuple[tuple[int, float], ...]]:
    return [seat_steps(member.seats) for member in position.members]


def _interruption(position: Position) -> str:
    named = None if position.scenario is None else position.scenario.interruption
    return "none" if named is None else PurePath(named).name
