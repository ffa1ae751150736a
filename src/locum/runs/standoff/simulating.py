"""Readings of a draw in one call, for whoever fits the model to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.runs.standoff.driving import Drive, drive
from locum.runs.standoff.readings import emulate

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from locum.assumptions import Draws
    from locum.countries import Pack
    from locum.runs.standoff.groups import Floats
    from locum.runs.standoff.rows import Row
    from locum.scenarios.standoff import StandoffScenario

__all__ = ["Case", "days_watched", "simulate_rows", "values_of"]


def values_of(draws: Draws, draw: int, year: int) -> dict[str, float | str]:
    """Return the assumptions of one draw by key; a rule by the name of its option.

    Parameters
    ----------
    draws
        All of them.
    draw
        Position of the one wanted.
    year
        In which values that change with the years are taken.
    """
    found: dict[str, float | str] = {}
    for key, each in draws.assumptions.items():
        if each.unit == "rule":
            found[key] = draws.rule(key)[draw]
        else:
            found[key] = float(draws.path(key, [year])[draw, 0])
    return found


def days_watched(rows: Sequence[Row], specialties: Collection[str]) -> tuple[int, ...]:
    """Return the days on which a reading counts a specialty, and those before them."""
    days = {row.day for row in rows if row.of.where in specialties}
    return tuple(sorted({each for day in days for each in (day - 1, day) if each >= 0}))


@dataclass(frozen=True)
class Case:
    """What is simulated and read in every call.

    Parameters
    ----------
    scenario, pack
        What is simulated; calls that pass the same objects share what is made of them.
    rows
        Readings to take (`rows.read_rows`), K of them.
    kinds
        Kinds of member simulated; None for those of the scenario.
    until
        Last day simulated; None for the last day of the rows.
    """

    scenario: StandoffScenario
    pack: Pack
    rows: Sequence[Row]
    kinds: tuple[str, ...] | None = None
    until: int | None = None

    @property
    def last(self) -> int:
        """Return the last day simulated."""
        latest = max((row.day for row in self.rows), default=0)
        return latest if self.until is None else self.until


def simulate_rows(
    values: Mapping[str, float | str],
    case: Case,
    seed: int = 0,
    replication: int = 0,
    *,
    errors: bool = False,
) -> Floats:
    """Simulate a draw and take published readings of it.

    Parameters
    ----------
    values
        One draw of all assumptions of the sector (`values_of`).
    case
        What is simulated and read.
    seed, replication
        Name the luck. Agents and links are those of the seed, shocks and luck those of both.
    errors
        Whether errors of counting are added (`readings.noise_of` gives their size instead).

    Returns
    -------
    Floats
        Shape (K,); NaN where the run does not reach the day of a reading.
    """
    asked = Drive(
        case.scenario,
        case.pack,
        values,
        seed,
        replication,
        case.kinds,
        case.last,
        watched=days_watched(case.rows, case.pack.specialties),
        groups=False,
    )
    return emulate(drive(asked).observed, case.rows, errors=errors)
