"""National series of one draw, a number a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.standoff.deeds import SANCTIONS
from locum.standoff.states import KINDS, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.forum import ForumDay
    from locum.runs.standoff.groups import Floats
    from locum.scenarios.standoff import StandoffScenario
    from locum.standoff.deeds import Event
    from locum.standoff.national import National

__all__ = ["SERIES", "Timelines"]

_SAME_ROUND = 14
"""Days between two windows that belong to one recruitment, at the most."""
_TALK = ("exposure", "reach", "lists_live", "posts", "record_loss")
_SUMMED = ("named", "removed", "wrongly_removed", "identified", "arrests", "concealed")
"""What is told of the forum as it stands, and as all so far."""
_OPINION = ("resolve", "approval_plan", "approval_handling", "approval_president", "stress")
SERIES = (
    *_OPINION,
    "talks",
    "seats",
    *(f"{name}_{stage}" for name in SANCTIONS for stage in ("notified", "executed")),
    *(f"{name}_{kind}" for name in ("mandate", "line", "sanction") for kind in KINDS),
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

    def add(self, day: int, national: National, talk: ForumDay) -> None:
        """Note a day."""
        row = [
            national.resolve,
            national.approval_plan,
            national.approval_handling,
            national.approval_president,
            national.stress,
            national.talks,
            national.seats[-1],
        ]
        for notified, executed in zip(national.notified, national.executed, strict=True):
            row += [notified, executed]
        row += [*national.mandate, *national.line, *national.sanction]
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
        windows = self._trainees("window")
        return {
            "inspected": self._inspected(values),
            "processed": self._processed(),
            "counted_valid": self._since_turn(),
            "round_since": self._window_since(windows, joined=False),
            "window_since": self._window_since(windows, joined=True),
        }

    def _trainees(self, does: str) -> list[Event]:
        """Return the events of a kind that concern trainees."""
        kind = KINDS[TRAINEE]
        events = [e for e in self._scenario.events if e.does == does and e.concerns(kind)]
        return [event for event in events if event.day < self._days]

    def _inspected(self, values: Mapping[str, float | str]) -> Floats:
        """Return hospitals visited so far: from the first orders given on."""
        orders = [
            e.day
            for e in self._trainees("sanction")
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
        for event in self._trainees("process_resignations"):
            found[event.day if event.until is None else event.until :] = 1.0
        return found

    def _since_turn(self) -> Floats:
        """Return days since requests in due form only are counted: the first turn of the year."""
        turns = self._scenario.turns
        first = self._scenario.day(turns[0]) if turns else 0
        return np.maximum(np.arange(self._days) - first, 0.0)

    def _window_since(self, windows: list[Event], *, joined: bool) -> Floats:
        """Return the first day of the latest window, or of those joined to it; -1 before any."""
        found = np.full(self._days, -1.0)
        since, last = -1, -_SAME_ROUND - 1
        for event in windows:
            if not (joined and event.day - last <= _SAME_ROUND):
                since = event.day
            last = event.day if event.until is None else event.until
            found[event.day :] = since
        return found
