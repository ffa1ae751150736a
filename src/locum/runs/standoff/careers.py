"""What the course of careers tells a run: shifts of support, and who can become an intern."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from locum.standoff.careers import final_year_shift, income_shift
from locum.standoff.states import KINDS, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.runs.standoff.groups import Floats
    from locum.scenarios.standoff import StandoffScenario
    from locum.standoff.population import Cells

__all__ = ["Graduates", "Shifts"]


class Shifts:
    """What income to come and the end of a contract add to the support of each cell.

    Parameters
    ----------
    cells
        Of the population.
    scenario
        For the days on which training years begin; they begin on the same day of every year.
    values
        One draw of the assumptions.
    """

    def __init__(
        self, cells: Cells, scenario: StandoffScenario, values: Mapping[str, float | str]
    ) -> None:
        self._cells, self._values = cells, values
        self._turns = _turns_of(scenario)
        self._near = float(values["final.days"])
        self._seats: Sequence[float] | None = None
        self._ends = False
        self._income = self._final = np.zeros(cells.count)
        self._sum = self._income

    def on(self, day: int, seats: Sequence[float]) -> Floats:
        """Return the shifts of a day (C,); the same array while they do not change.

        Parameters
        ----------
        day
            Its number.
        seats
            Seats added in coming years (`National.seats`).
        """
        left = self._days_left(day)
        ends = 0.0 <= left <= self._near
        if seats == self._seats and ends == self._ends:
            return self._sum
        if seats != self._seats:
            # Income to come is linear in the seats.
            nothing = not any(seats)
            self._income = (
                np.zeros(self._cells.count)
                if nothing
                else income_shift(self._cells, seats, self._values)
            )
        self._seats, self._ends = seats, ends
        self._final = final_year_shift(self._cells, left, self._values)
        self._sum = self._income + self._final
        return self._sum

    def _days_left(self, day: int) -> float:
        """Return days until the training year ends; infinite where none is known."""
        return next((float(turn - day) for turn in self._turns if turn > day), float("inf"))


def _turns_of(scenario: StandoffScenario) -> list[int]:
    """Return the days on which training years begin, one more than the run reaches."""
    if not scenario.turns:
        return []
    first = scenario.turns[0]
    years = range(first.year, scenario.end.year + 2)
    return [scenario.day(date(year, first.month, first.day)) for year in years]


class Graduates:
    """Who of the last-year students can become an intern when the training year turns.

    Parameters
    ----------
    missed
        Days away that cost a student the year.

    Notes
    -----
    Those away are taken to be the same people from day to day, as far as their number allows: as
    many have missed n days as were away on the n-th worst day of the year.
    """

    def __init__(self, missed: float) -> None:
        self._missed = max(int(np.ceil(missed)), 1)
        self._away: list[float] = []

    def copy(self) -> Graduates:
        """Return the same year so far, which goes its own way from here."""
        other = copy(self)
        other._away = [*self._away]  # noqa: SLF001 - own
        return other

    def begin(self) -> None:
        """Begin a year."""
        self._away = []

    def add(self, share: float) -> None:
        """Note the share of last-year students who are away on a day."""
        self._away.append(share)

    def shares(self) -> Floats:
        """Return the share of an intake that comes, by kind (4,): interns must have graduated."""
        shares = np.ones(len(KINDS))
        if len(self._away) >= self._missed:
            worst = np.partition(self._away, -self._missed)[-self._missed]
            shares[TRAINEE] = 1.0 - float(worst)
        return shares
