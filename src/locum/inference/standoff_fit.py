"""The fit of the agents to the first days of the dispute: stage A.

Waves of runs and an emulator find where the readings of 19 to 29 February 2024 could have come
from; real runs at points that the emulator proposes begin a population, which is then moved on by
runs of the simulator itself. Every draw comes with what its own run said, of later readings too,
which no step ever looks at.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from locum.inference.calibration import Chains, Walk, learn, strongest_correlations, walk
from locum.inference.importance import correct, heat_for, log_likelihood, resample
from locum.inference.moving import Asked, MovePlan, Population, move
from locum.inference.standoff_readings import observed, on_scale
from locum.inference.standoff_simulation import normal_share
from locum.inference.waves import WavePlan, run_waves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locum.inference.calibration import Learned, Observed
    from locum.inference.scores import Floats
    from locum.inference.standoff_readings import FitReading
    from locum.inference.standoff_simulation import StandoffSimulation
    from locum.inference.waves import Wave

    Tell = Callable[[str], None]

__all__ = ["FitPlan", "Fitted", "Fitter", "fit_february", "known_from"]

PROPOSED_FROM, MOVED_FROM = 100_000, 200_000
"""Numbers of the first run at a proposed point, and of the first of the moves."""
STAGE_RUNS = 100_000


@dataclass(frozen=True)
class FitPlan:
    """How much is run.

    Parameters
    ----------
    seed
        Names the luck.
    waves
        Runs of the waves.
    walk
        Of the emulator's posterior, from which points are proposed.
    proposals
        Real runs at proposed points.
    population
        Points that are moved on.
    cooling
        Powers of the first heat with which stages begin.
    kept
        Stages without heat whose last populations are kept.
    steps
        Of every stage.
    """

    seed: int = 0
    waves: WavePlan = field(default_factory=lambda: WavePlan(runs=(400, 300)))
    walk: Walk = field(default_factory=lambda: Walk(40, 1200, 400, 20_000))
    proposals: int = 2500
    population: int = 200
    cooling: tuple[float, ...] = (1.0, 0.6, 0.3, 0.0)
    kept: int = 4
    steps: int = 20


@dataclass(frozen=True, eq=False)
class Fitter:
    """The simulator with the readings to fit.

    Parameters
    ----------
    simulation
        Says all readings of a run, those to come among them.
    readings
        Those to fit, K of them.
    """

    simulation: StandoffSimulation
    readings: Sequence[FitReading]

    @property
    def observed(self) -> Observed:
        """Return the readings on their scale, with their errors."""
        return observed(self.readings, self.simulation.ledger)

    @property
    def columns(self) -> list[int]:
        """Return where the readings to fit stand among all."""
        rows = list(self.simulation.rows)
        return [rows.index(each.row) for each in self.readings]

    def scaled(self, said: Floats) -> Floats:
        """Return readings to fit (n, K), on their scale, of all readings (n, R)."""
        return on_scale(self.readings, said[:, self.columns])

    def run(self, points: Floats, along: Floats, first: int) -> tuple[Floats, Floats]:
        """Return the logarithm of the likelihood (n,) and all readings (n, R) of runs."""
        said = self.simulation.numbers(points, along, first)
        return log_likelihood(self.observed, self.scaled(said)), said

    def run_asked(self, asked: Asked) -> tuple[Floats, Floats]:
        """Return the same of runs that a move asks for."""
        return self.run(asked.points, asked.along, asked.first)

    def simulate(self, points: Floats, first: int) -> Floats:
        """Return readings to fit (n, K) of runs with everything else drawn from its prior."""
        along = self.simulation.luck_along(len(points), first)
        return self.scaled(self.run(points, along, first)[1])


@dataclass(frozen=True, eq=False)
class Fitted:
    """What was fitted.

    Parameters
    ----------
    keys
        Freed assumptions, then those drawn along, then all others that are uncertain.
    values
        Draws of the posterior (D, keys), in their units: what each run was given.
    population
        The same with what each run said.
    learned
        What the readings taught of each key.
    correlations
        The strongest.
    waves
        What each wave found.
    effective
        Equal runs that those at proposed points were worth.
    accepted
        Share of the last steps that were taken.
    """

    keys: tuple[str, ...]
    values: Floats
    population: Population
    learned: tuple[Learned, ...]
    correlations: tuple[tuple[str, str, float], ...]
    waves: tuple[Wave, ...]
    effective: float
    accepted: float


def fit_february(fitter: Fitter, plan: FitPlan | None = None, tell: Tell | None = None) -> Fitted:
    """Fit the agents.

    Parameters
    ----------
    fitter
        Simulator and readings.
    plan
        How much is run.
    tell
        Called with a sentence now and then.
    """
    plan, say = plan or FitPlan(), tell or _silent
    axes = fitter.simulation.freed.keys
    waves = run_waves(fitter.simulate, axes, fitter.observed, plan.seed, plan.waves, say)
    density = waves[-1].likelihood.log
    points = walk(density, len(axes), plan.seed, plan.walk).spread_out(plan.proposals)
    along = fitter.simulation.luck_along(len(points), PROPOSED_FROM)
    logs, said = fitter.run(points, along, PROPOSED_FROM)
    proposed = density(points)
    effective = correct(fitter.observed, fitter.scaled(said), proposed).effective
    say(f"{len(points)} runs at proposed points, worth {effective:.1f}")
    heat = heat_for(logs - proposed, plan.population)
    tempered = np.exp((logs - proposed - (logs - proposed).max()) / heat)
    chosen = resample(tempered / tempered.sum(), plan.population, plan.seed)
    numbers = PROPOSED_FROM + np.arange(len(points))
    start = Population(points, along, logs, said, numbers).take(chosen)
    stages, accepted = _stages(fitter, start, heat, plan, say)
    return replace(known_from(fitter, stages), waves=waves, effective=effective, accepted=accepted)


def _silent(_: str) -> None:
    """Say nothing."""


def _stages(
    fitter: Fitter, start: Population, heat: float, plan: FitPlan, say: Tell
) -> tuple[list[Population], float]:
    """Return the populations kept, one for each last stage, and the share of steps taken."""
    powers = (*plan.cooling, *[0.0] * plan.kept)
    found: list[Population] = []
    taken: list[float] = []
    population = start
    for stage, power in enumerate(powers):
        steps = MovePlan(plan.steps, plan.steps - 1, plan.steps, heat**power)
        first = MOVED_FROM + stage * STAGE_RUNS
        moved = move(fitter.run_asked, population, plan.seed + stage, steps, first=first)
        population = moved.population
        found.append(population)
        taken.append(moved.accepted)
        say(f"stage {stage + 1} of {len(powers)}: likelihood {np.median(population.logs):.1f}")
    return found[-plan.kept :], float(np.mean(taken[-plan.kept :]))


def known_from(fitter: Fitter, stages: Sequence[Population]) -> Fitted:
    """Return what populations of several stages, of one size, teach."""
    simulation = fitter.simulation
    keys = (*simulation.freed.keys, *simulation.along.keys)
    cubes = [np.hstack([each.points, normal_share(each.along)]) for each in stages]
    width = len(simulation.freed.keys)

    def quantile(points: Floats) -> Floats:
        moved, beside = points[:, :width], points[:, width:]
        return np.hstack([simulation.freed.values(moved), simulation.along.values(beside)])

    chains = Chains(np.stack(cubes, axis=1), 0.0)
    together = Population.joined(stages)
    given = simulation.values(together.points, together.along, together.numbers)
    everything = (*keys, *(key for key in simulation.uncertain if key not in keys))
    return Fitted(
        everything,
        np.array([[float(each[key]) for key in everything] for each in given]),
        together,
        learn(keys, chains, quantile, simulation.seed),
        strongest_correlations(keys, quantile(np.concatenate(cubes)), 12),
        (),
        float("nan"),
        float("nan"),
    )
