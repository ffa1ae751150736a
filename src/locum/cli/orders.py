"""How a command is asked to run: the options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from locum.errors import BadValue, InputError, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Order", "read_day", "refuse_foreign"]

_SECTORS: Mapping[str, tuple[str, ...]] = {
    "--until": ("hospitals", "standoff"),
    "--levers": ("hospitals",),
    "--counterfactuals": ("standoff",),
}
"""Options of a run that only some sectors have."""
_PLURALS = {"hospitals": "hospitals", "standoff": "standoffs"}


@dataclass(frozen=True)
class Order:
    """How to run, as far as the command line says so."""

    draws: int | None
    seed: int | None
    sets: tuple[str, ...]
    workers: int | None
    quiet: bool


def read_day(text: str, option: str, example: str = "2024-03-31") -> date:
    """Return the day that an option was given.

    Raises
    ------
    BadValue
        If it is no date; it names the option and shows how one is written.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("day", text, f"a date such as {example}", Place(option)) from None


def refuse_foreign(given: Mapping[str, object], sector: str) -> None:
    """Refuse options that scenarios of a sector do not have.

    Parameters
    ----------
    given
        Options, and what was given for each; None or False where nothing was.
    sector
        Of the scenario.

    Raises
    ------
    InputError
        Naming the first such option.
    """
    for option, value in given.items():
        if value is None or (value is False and option != "--counterfactuals"):
            continue
        if sector not in _SECTORS[option]:
            whose = " and ".join(_PLURALS[name] for name in _SECTORS[option])
            raise InputError(f"only scenarios of {whose} have this option", Place(option))
