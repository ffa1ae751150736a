"""Draws of a fit with opinion as polls tell it: a step of stage B."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.inference.standoff_simulation import YEAR
from locum.randomness import Streams
from locum.runs.standoff.driving import Drive, drive
from locum.runs.standoff.rows import POLLS
from locum.runs.standoff.simulating import values_of
from locum.standoff.forcing import compile_events
from locum.standoff.polls import fit_opinion, read_polls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.inference.scores import Floats
    from locum.inference.standoff_simulation import StandoffSimulation
    from locum.standoff.polls import OpinionFit

__all__ = ["opinion_of", "stress_of", "with_opinion"]

STRESS_FROM = 8
"""Draws whose mean stress of hospitals opinion is fitted with."""


def with_opinion(keys: Sequence[str], values: Floats, simulation: StandoffSimulation) -> Floats:
    """Return draws (D, keys) whose assumptions of opinion come from the fit to polls.

    Parameters
    ----------
    keys
        Of the draws, in their order.
    values
        Draws of stage A.
    simulation
        Of the dispute, up to the last day whose polls are read.
    """
    chosen = (np.arange(STRESS_FROM) * len(values)) // STRESS_FROM
    members = [dict(zip(keys, row, strict=True)) for row in values[chosen].tolist()]
    fit = opinion_of(simulation, stress_of(simulation, members))
    names = [("opinion", key) for key in fit.keys]
    normals = Streams(simulation.seed, names).normal(np.arange(len(values))).T
    found = values.copy()
    for row, luck in enumerate(normals):
        for key, value in fit.draw(luck).items():
            found[row, keys.index(key)] = value
    return found


def stress_of(simulation: StandoffSimulation, members: Sequence[Mapping[str, float]]) -> Floats:
    """Return the mean stress of hospitals by day (T,) in runs of draws."""
    case = simulation.case
    central = values_of(simulation.ledger.draw(simulation.seed, 0, 1), 0, YEAR)
    paths: list[Floats] = []
    for number, member in enumerate(members):
        asked = Drive(
            case.scenario,
            case.pack,
            central | dict(member),
            simulation.seed,
            number,
            case.kinds,
            case.last,
            groups=False,
        )
        paths.append(drive(asked).national["stress"])
    return np.mean(paths, axis=0)


def opinion_of(simulation: StandoffSimulation, stress: Floats) -> OpinionFit:
    """Return the fit of opinion to the polls of the days of a stress path (T,)."""
    scenario, pack = simulation.case.scenario, simulation.case.pack
    until = scenario.date(len(stress) - 1)
    polls = read_polls(pack.table(POLLS).rows, scenario.start, until)
    forcing = compile_events(scenario.events, scenario.days)
    return fit_opinion(polls, forcing, stress.tolist(), simulation.ledger)
