"""The later readings: stage B, in which what February taught is not touched again.

Every member keeps its draw of the first stage, and only what works later is moved: by readings of
9 March to 31 August 2024 and by the strike of August 2020, each run of a member being one of both
disputes. The posterior is cut: no later reading speaks back to the first stage.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from locum.inference.importance import heat_for, log_likelihood, resample, tempered
from locum.inference.moving import Asked, Cooling, Population, cool
from locum.inference.standoff_fit import teach
from locum.inference.standoff_readings import later_observed, later_readings, on_scale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from locum.inference.calibration import Learned
    from locum.inference.importance import Places
    from locum.inference.scores import Floats
    from locum.inference.standoff_readings import FitReading
    from locum.inference.standoff_simulation import StandoffSimulation

__all__ = ["Dispute", "LaterPlan", "Updated", "update_later"]

SPREAD_FROM, MOVED_FROM, STAGE_RUNS = 400_000, 500_000, 20_000


@dataclass(frozen=True)
class LaterPlan:
    """How much is run.

    Parameters
    ----------
    seed
        Names the luck.
    members
        Draws of the first stage that are kept, an even number.
    tries
        Draws of the later priors that each member begins with; the likeliest is taken by chance.
    cooling
        Powers of the first heat with which stages begin.
    kept
        Stages without heat whose last populations are kept.
    steps
        Of every stage.
    """

    seed: int = 0
    members: int = 64
    tries: int = 4
    cooling: tuple[float, ...] = (0.6, 0.3)
    kept: int = 4
    steps: int = 8


@dataclass(frozen=True, eq=False)
class Dispute:
    """A dispute with its simulator and the readings of it that update the fit."""

    simulation: StandoffSimulation
    readings: Sequence[FitReading]

    @classmethod
    def of(cls, simulation: StandoffSimulation) -> Dispute:
        """Take the readings of a simulator that update a fit."""
        return cls(simulation, later_readings(simulation.rows))

    def log(self, said: Floats) -> Floats:
        """Return the logarithm of the likelihood (n,) of all readings (n, R) of runs."""
        rows = list(self.simulation.rows)
        columns = [rows.index(each.row) for each in self.readings]
        observed = later_observed(self.readings, self.simulation.ledger)
        return log_likelihood(observed, on_scale(self.readings, said[:, columns]))


@dataclass(frozen=True, eq=False)
class Updated:
    """Draws after the second stage.

    Parameters
    ----------
    keys
        Later assumptions: freed, then drawn along.
    members
        Place of the draw of the first stage that each row kept (D,).
    values
        Later assumptions (D, keys), in their units.
    learned
        What the readings taught of each.
    stages
        Populations kept, one after the other.
    accepted
        Share of the last steps that were taken.
    heat
        By what likelihoods were divided at first.
    """

    keys: tuple[str, ...]
    members: Places
    values: Floats
    learned: tuple[Learned, ...]
    stages: tuple[Population, ...]
    accepted: float
    heat: float


def update_later(
    disputes: Sequence[Dispute],
    first: Sequence[Mapping[str, float]],
    plan: LaterPlan | None = None,
    tell: Callable[[str], None] | None = None,
) -> Updated:
    """Update later assumptions.

    Parameters
    ----------
    disputes
        With simulators that free and draw along the same keys.
    first
        Draws of the first stage, `plan.members` of them or more; those wanted are spread evenly.
    plan
        How much is run.
    tell
        Called with a sentence now and then.
    """
    plan = plan or LaterPlan()
    chosen = (np.arange(plan.members) * len(first)) // plan.members
    run = _runner(disputes, [first[place] for place in chosen.tolist()])
    population, heat = _begin(run, disputes[0].simulation, plan)
    stages = Cooling(heat, plan.cooling, plan.kept, plan.steps, plan.seed, MOVED_FROM, STAGE_RUNS)
    cooled = cool(run, population, stages, tell)
    taught = teach(disputes[0].simulation, cooled.stages)
    return Updated(
        keys=taught.keys,
        members=np.tile(chosen, len(cooled.stages)),
        values=taught.values,
        learned=taught.learned,
        stages=cooled.stages,
        accepted=cooled.accepted,
        heat=cooled.heat,
    )


def _runner(
    disputes: Sequence[Dispute], first: Sequence[Mapping[str, float]]
) -> Callable[[Asked], tuple[Floats, Floats]]:
    """Return what runs both disputes of each member, each with its draw of the first stage."""

    def run(asked: Asked) -> tuple[Floats, Floats]:
        members: list[int] = asked.members.tolist()
        frozen = [first[member] for member in members]
        logs: Floats = np.zeros(len(frozen))
        said: list[Floats] = []
        for each in disputes:
            simulation = replace(each.simulation, frozen=frozen)
            told = simulation.numbers(asked.points, asked.along, asked.first)
            logs = logs + each.log(told)
            said.append(told)
        return logs, np.hstack(said)

    return run


def _begin(
    run: Callable[[Asked], tuple[Floats, Floats]],
    simulation: StandoffSimulation,
    plan: LaterPlan,
) -> tuple[Population, float]:
    """Return where each member begins, one of a few draws of the later priors, and the heat."""
    count = plan.members * plan.tries
    points = simulation.points_spread(count, SPREAD_FROM)
    along = simulation.luck_along(count, SPREAD_FROM)
    members = np.arange(count) % plan.members
    logs, said = run(Asked(points, along, members, SPREAD_FROM))
    heat = heat_for(logs, plan.members)
    places: list[int] = []
    for member in range(plan.members):
        own = np.flatnonzero(members == member)
        taken = resample(tempered(logs[own], heat), 1, plan.seed + member)
        places.append(int(own[taken[0]]))
    chosen = np.array(places)
    numbers = SPREAD_FROM + np.arange(count)
    return Population(points, along, logs, said, numbers).take(chosen), heat
