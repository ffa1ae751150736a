"""Places of medical schools: a step function, checked against the country's own places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.errors import BadValue, InputError, OutOfBounds, UnknownName, YearOutside
from locum.scenarios.scenario import SeatChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.assumptions.reading import Places
    from locum.countries import Pack
    from locum.errors import Place
    from locum.scenarios.schema import SeatsEntry

__all__ = ["PlacedSeats", "check_seats", "full_history"]


@dataclass(frozen=True)
class PlacedSeats:
    """Places from a year on, as written, and where."""

    entry: SeatsEntry
    places: Places
    year: int

    def place(self, *keys: str) -> Place:
        """Return where a part of the entry is written."""
        return self.places("seats", self.year, *keys)


def check_seats(
    seats: Mapping[int, PlacedSeats], start: int, pack: Pack, place: Place
) -> tuple[SeatChange, ...]:
    """Return the changes in order of year.

    Raises
    ------
    InputError
        If a year is outside the pack, more places are bonded than there are, an allocation is
        unknown or does not sum to the rise over the pack's base, or the first class of a run has
        no places in force.
    """
    base = sum(int(row["value"]) for row in pack.table("seats_base").rows)
    known = sorted({str(row["allocation"]) for row in pack.table("seat_allocations").rows})
    changes = tuple(_change(seats[year], base, known, pack) for year in sorted(seats))
    if not changes or changes[0].year > start + 1:
        raise InputError(f"no places are in force in {start + 1}, the first class of a run", place)
    return changes


def full_history(
    history: Mapping[int, tuple[int, Place]], start: int, pack: Pack
) -> dict[int, int]:
    """Return the places of every year of a past that did not happen, up to the base year.

    Raises
    ------
    YearOutside
        If a year is after the base year, or before the pack's own history of places.
    """
    if not history:
        return {}
    first = min(int(row["year"]) for row in pack.table("seat_history").rows)
    for year, (_, place) in history.items():
        if not first <= year <= start:
            raise YearOutside("the past of this run", year, first, start, place)
    full: dict[int, int] = {}
    for year in range(min(history), start + 1):
        full[year] = history[year][0] if year in history else full[year - 1]
    return full


def _change(placed: PlacedSeats, base: int, known: list[str], pack: Pack) -> SeatChange:
    entry, year = placed.entry, placed.year
    if not pack.first_year <= year <= pack.last_year:
        what = f"the data of {pack.title}"
        raise YearOutside(what, year, pack.first_year, pack.last_year, placed.place())
    if entry.bonded > entry.total:
        place = placed.place("bonded")
        raise OutOfBounds("bonded", entry.bonded, "seats", 0, entry.total, place)
    allocation = _allocation(placed, entry.total - base, known)
    return SeatChange(year, entry.total, entry.bonded, allocation)


def _allocation(placed: PlacedSeats, rise: int, known: list[str]) -> tuple[tuple[str, int], ...]:
    """Return the places of each allocation, which sum to the rise over the base."""
    given = placed.entry.allocation
    if given is None:
        return ()
    place = placed.place("allocation")
    for name in given:
        if name not in known:
            raise UnknownName("allocation", name, known, place)
    if rise < 0:
        raise InputError(f"{-rise} places fewer than the base leave nothing to allocate", place)
    full = {name: rise if places is None else places for name, places in given.items()}
    if sum(full.values()) != rise:
        expected = f"places that sum to {rise}, the rise over the base"
        raise BadValue("allocation", full, expected, place)
    return tuple(full.items())
