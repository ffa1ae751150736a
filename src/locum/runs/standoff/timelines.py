"""National series of one draw, a number a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.runs.standoff.straying import times_of_fit
from locum.standoff.deeds import SANCTIONS
from locum.standoff.states import KINDS, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.forum import ForumDay
    from locum.runs.standoff.groups import Floats
    from locum.scenarios.standoff import StandoffScenario
    from locum.standoff.deeds import Event
    from locum.standoff.national import National

__all__ = ["SERIES", "Recruitment", "Timelines", "recruitments"]

_SAME_ROUND = 14
"""Days between two windows that belong to one recruitment, at the most."""
_TALK = ("exposure", "reach", "lists_live", "posts", "record_loss")
_SUMMED = ("named", "removed", "wrongly_removed", "identified", "arrests", "concealed")
"""What is told of the forum as it stands, and as all so far."""
_OPINION = ("resolve", "approval_plan", "approval_handling", "approval_president", "stress")
_BY_KIND = ("mandate", "line", "sanction", "backlash", "believed")
SERIES = (
    *_OPINION,
    "credibility",
    "talks",
    "seats_added",
    *(f"{name}_{stage}" for name in SANCTIONS for stage in ("notified", "executed")),
    *(f"credibility_{name}" for name in SANCTIONS),
    *(f"{name}_{kind}" for name in _BY_KIND for kind in KINDS),
    *_TALK,
    *_SUMMED,
)
"""Names of the series, in their order."""


class Timelines:
    """Keeps the national series of a draw.

    Parameters
    ----------
    scenario
        For windows, inspections and the days on which letters were processed.
    days
        Length of the run.
    """

    def __init__(self, scenario: StandoffScenario, days: int) -> None:
        self._scenario, self._days = scenario, days
        self._rows = np.zeros((days, len(SERIES)))

    def copy(self, scenario: StandoffScenario) -> Timelines:
        """Return the same days, to go on with another scenario."""
        other = Timelines(scenario, self._days)
        other._rows[:] = self._rows
        return other

    def add(self, day: int, national: National, talk: ForumDay) -> None:
        """Note a day."""
        row = [
            national.resolve,
            national.approval_plan,
            national.approval_handling,
            national.approval_president,
            national.stress,
            sum(national.force.credibility) / len(SANCTIONS),
            national.talks,
            national.seats[0],
        ]
        for notified, executed in zip(national.notified, national.executed, strict=True):
            row += [notified, executed]
        row += [*national.force.credibility, *national.mandate, *national.line]
        row += [*national.sanction, *national.force.backlash, *national.standing.believed]
        row += [getattr(talk, name) for name in (*_TALK, *_SUMMED)]
        self._rows[day] = row

    def series(self, values: Mapping[str, float | str]) -> dict[str, Floats]:
        """Return all series by name, each of shape (T,), with those that readings need."""
        found = dict(zip(SERIES, self._rows.T.copy(), strict=True))
        for name in _SUMMED:
            found[name] = np.cumsum(found[name])
        found["suspensions_notified"] = found["suspension_notified"]
        return found | self._of_the_script(values)

    def _of_the_script(self, values: Mapping[str, float | str]) -> dict[str, Floats]:
        """Return what readings need of the timeline itself."""
        rounds = recruitments(self._scenario)
        opened = sorted(day for each in rounds for day in each.rounds)
        return {
            "inspected": self._inspected(values),
            "processed": self._processed(),
            "fit_time": times_of_fit(self._scenario, self._days),
            "counted_valid": self._since_turn(),
            "round_since": self._since(opened),
            "window_since": self._since([each.first for each in rounds]),
        }

    def _inspected(self, values: Mapping[str, float | str]) -> Floats:
        """Return hospitals visited so far: from the first orders given on."""
        orders = [
            e.day
            for e in _of_trainees(self._scenario, "sanction")
            if e.what is not None and e.what.startswith("return_order_")
        ]
        if not orders:
            return np.zeros(self._days)
        first, second, days, everywhere = (
            float(values[f"readings.visited_{name}"])
            for name in ("first", "second", "days", "in_all")
        )
        start = min(orders)
        points = (start - 1, start, start + 1, start + 1 + days)
        visits = np.interp(np.arange(self._days), points, (0.0, first, second, everywhere))
        return np.floor(visits)

    def _processed(self) -> Floats:
        """Return 1 from the last day on which letters had to be processed, 0 before."""
        found = np.zeros(self._days)
        for event in _of_trainees(self._scenario, "process_resignations"):
            found[event.day if event.until is None else event.until :] = 1.0
        return found

    def _since_turn(self) -> Floats:
        """Return days since requests in due form only are counted: the first turn of the year."""
        turns = self._scenario.turns
        first = self._scenario.day(turns[0]) if turns else 0
        return np.maximum(np.arange(self._days) - first, 0.0)

    def _since(self, firsts: Sequence[int]) -> Floats:
        """Return the latest of some days that has come; -1 before any."""
        found = np.full(self._days, -1.0)
        for first in firsts:
            found[first:] = first
        return found


class Recruitment(NamedTuple):
    """Windows that follow each other closely: first and last day, and first days of its rounds."""

    first: int
    last: int
    rounds: tuple[int, ...]


def recruitments(scenario: StandoffScenario) -> list[Recruitment]:
    """Return the recruitments of trainees in a scenario, in the order of time."""
    found: list[Recruitment] = []
    for event in _of_trainees(scenario, "window"):
        last = event.day if event.until is None else event.until
        if found and event.day - found[-1].last <= _SAME_ROUND:
            before = found.pop()
            rounds = (*before.rounds, event.day)
            found.append(Recruitment(before.first, max(last, before.last), rounds))
        else:
            found.append(Recruitment(event.day, last, (event.day,)))
    return found


def _of_trainees(scenario: StandoffScenario, does: str) -> list[Event]:
    """Return the events of a kind that concern trainees."""
    kind = KINDS[TRAINEE]
    return [each for each in scenario.events if each.does == does and each.concerns(kind)]
