"""Runs of the agents at points of the cube of freed assumptions, told as readings.

All other assumptions are drawn along, a new draw for each run, with new luck: a run that uses the
posterior draws them too. Agents and links are those of the seed.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from locum.randomness import Streams
from locum.runs.standoff.readings import MEASURES
from locum.runs.standoff.rows import read_rows
from locum.runs.standoff.simulating import Case, simulate_rows, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from locum.assumptions import Draws, Ledger
    from locum.countries import Pack
    from locum.inference.hospital_design import Freed
    from locum.inference.importance import Places
    from locum.inference.scores import Floats
    from locum.runs.standoff.rows import Row
    from locum.scenarios.standoff import StandoffScenario

__all__ = ["REPLICATIONS", "YEAR", "StandoffSimulation", "case_until", "normal_share"]

REPLICATIONS = 40
"""Sets of shocks of hospitals and departments that runs go through in turn."""
YEAR = 2024


def case_until(
    scenario: StandoffScenario, pack: Pack, last: str, kinds: Sequence[str] | None = None
) -> Case:
    """Return what is simulated and read up to a day."""
    day = scenario.day(date.fromisoformat(last))
    rows = tuple(row for row in read_rows(pack, scenario, MEASURES) if row.day <= day)
    return Case(scenario, pack, rows, None if kinds is None else tuple(kinds), day)


@dataclass(frozen=True, eq=False)
class StandoffSimulation:
    """A simulator of readings.

    Parameters
    ----------
    case
        What is simulated and read.
    ledger
        Assumptions with their priors.
    freed
        Axes of the cube.
    along
        Assumptions that are drawn along but kept with a run, because readings may move them.
    seed
        Names the luck.
    workers
        Processes; no result depends on it.
    frozen
        Values by key of each run in turn that are neither freed nor drawn; empty for none. What
        the scenario states otherwise than the country keeps what it states.
    """

    case: Case
    ledger: Ledger
    freed: Freed
    along: Freed
    seed: int = 0
    workers: int = 1
    frozen: Sequence[Mapping[str, float]] = ()

    @property
    def rows(self) -> Sequence[Row]:
        """Return the readings that are taken."""
        return self.case.rows

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Return all assumptions that are uncertain numbers, in order."""
        kept = (k for k, each in self.ledger.items() if each.unit != "rule")
        return tuple(sorted(key for key in kept if not self.ledger[key].prior.certain))

    def values(
        self, points: Floats, along: Floats, first: int | Places
    ) -> list[dict[str, float | str]]:
        """Return all assumptions of runs.

        Parameters
        ----------
        points
            Freed coordinates (n, P), between 0 and 1.
        along
            Standard normals (n, Q) of what is drawn along.
        first
            Number of the first run, or of each: it names the draw of everything else.
        """
        numbers = first + np.arange(len(points)) if isinstance(first, int) else first
        moved, beside = self.freed.values(points), self.along.values(normal_share(along))
        found: list[dict[str, float | str]] = []
        for row, (draws, place) in enumerate(self._drawn(numbers)):
            drawn = values_of(draws, place, YEAR)
            if self.frozen:
                drawn.update(self._unstated(self.frozen[row]))
            drawn.update(zip(self.along.keys, beside[row].tolist(), strict=True))
            drawn.update(zip(self.freed.keys, moved[row].tolist(), strict=True))
            found.append(drawn)
        return found

    def _drawn(self, numbers: Places) -> Iterator[tuple[Draws, int]]:
        """Return for each run draws of all assumptions and its place among them."""
        wanted = (numbers + 1).tolist()
        if wanted == list(range(wanted[0], wanted[0] + len(wanted))):
            draws = self.ledger.draw(self.seed, wanted[0], wanted[0] + len(wanted))
            return zip(repeat(draws), range(len(wanted)), strict=False)
        return ((self.ledger.draw(self.seed, each, each + 1), 0) for each in wanted)

    def _unstated(self, values: Mapping[str, float]) -> dict[str, float]:
        stated = self.case.scenario.assumptions
        return {key: value for key, value in values.items() if key not in stated}

    def points_spread(self, count: int, first: int) -> Floats:
        """Return points (count, P) drawn from the prior."""
        names = [("standoff", "spread", key) for key in self.freed.keys]
        return Streams(self.seed, names).uniform(first + np.arange(count)).T

    def luck_along(self, count: int, first: int) -> Floats:
        """Return standard normals (count, Q) of what is drawn along, from the prior."""
        names = [("standoff", "along", key) for key in self.along.keys]
        return Streams(self.seed, names).normal(first + np.arange(count)).T

    def numbers(self, points: Floats, along: Floats, first: int) -> Floats:
        """Return readings (n, rows), in the units of their rows; see `values`."""
        return self.run(self.values(points, along, first), first)

    def run(self, values: Sequence[Mapping[str, float | str]], first: int) -> Floats:
        """Return readings (n, rows) of runs with these assumptions."""
        lucks = [(first + place) % REPLICATIONS for place in range(len(values))]
        if self.workers == 1:
            told = map(simulate_rows, values, repeat(self.case), repeat(self.seed), lucks)
            return np.stack(list(told))
        crew = _crew(self.case, self.workers)
        found = crew.map(_tell, values, repeat(self.seed), lucks, chunksize=CHUNK)
        return np.stack(list(found))


CHUNK = 4
"""Runs that a process is given at a time."""
_crews: dict[tuple[int, int], tuple[Case, ProcessPoolExecutor]] = {}
"""Processes that hold a case, by its identity and their number; the case is kept, so that no other
gets its identity."""
_held: list[Case] = []
"""The case that this process holds."""


def _crew(case: Case, workers: int) -> ProcessPoolExecutor:
    """Return processes that hold a case, to which it is sent once."""
    name = (id(case), workers)
    if name not in _crews:
        _crews[name] = case, ProcessPoolExecutor(workers, initializer=_hold, initargs=(case,))
    return _crews[name][1]


def _hold(case: Case) -> None:
    _held.append(case)


def _tell(values: Mapping[str, float | str], seed: int, luck: int) -> Floats:
    return simulate_rows(values, _held[-1], seed, luck)


def normal_share(values: Floats) -> Floats:
    """Return the standard normal probability below values of any shape, inside 0..1."""
    shares = np.vectorize(NormalDist().cdf, otypes=[np.float64])(values)
    return np.clip(shares, 1e-12, 1.0 - 1e-12)
