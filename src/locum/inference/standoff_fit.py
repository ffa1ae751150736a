"""The fit of the agents to the first days of the dispute: stage A.

Runs at draws of the prior, weighed by the readings of 19 to 29 February 2024 at a heat that leaves
some hundreds of them, begin a population, which is then cooled and moved on by runs of the
simulator itself. Every draw comes with what its own run said, of later readings too, which no step
ever looks at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.inference.calibration import Chains, learn, strongest_correlations
from locum.inference.importance import heat_for, log_likelihood, resample, tempered
from locum.inference.moving import Cooling, Population, cool
from locum.inference.standoff_formula import guide_to
from locum.inference.standoff_readings import observed, on_scale
from locum.inference.standoff_simulation import normal_share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locum.inference.calibration import Learned, Observed
    from locum.inference.moving import Asked, Cooled, Guide, Run
    from locum.inference.scores import Floats
    from locum.inference.standoff_formula import GuideOf
    from locum.inference.standoff_readings import FitReading
    from locum.inference.standoff_simulation import StandoffSimulation

    Tell = Callable[[str], None]

__all__ = [
    "FitPlan",
    "Fitted",
    "Fitter",
    "Taught",
    "fit_february",
    "known_from",
    "settle",
    "teach",
]

MOVED_FROM, STAGE_RUNS = 200_000, 100_000
"""Number of the first run of the moves, and numbers kept for each stage."""


@dataclass(frozen=True)
class FitPlan:
    """How much is run.

    Parameters
    ----------
    seed
        Names the luck.
    tries
        Runs at draws of the prior.
    population
        Points that are moved on.
    cooling
        Powers of the first heat with which stages begin.
    kept
        Stages without heat whose last populations are kept.
    steps
        Of every stage.
    guided
        Steps by the guide before each run.
    """

    seed: int = 0
    tries: int = 2400
    population: int = 200
    cooling: tuple[float, ...] = (1.0, 0.6, 0.3, 0.0)
    kept: int = 4
    steps: int = 20
    guided: int = 30


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
    tries
        Runs at draws of the prior, of which the first population was taken.
    heat
        At which.
    accepted
        Share of the last steps that were taken.
    """

    keys: tuple[str, ...]
    values: Floats
    population: Population
    learned: tuple[Learned, ...]
    correlations: tuple[tuple[str, str, float], ...]
    tries: Population
    heat: float
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
    points = fitter.simulation.points_spread(plan.tries, 0)
    along = fitter.simulation.luck_along(plan.tries, 0)
    logs, said = fitter.run(points, along, 0)
    tries = Population(points, along, logs, said, np.arange(plan.tries))
    learn_guide = guide_to(fitter.observed)

    def guide_of(points: Floats, along: Floats, said: Floats) -> Guide:
        return learn_guide(points, along, fitter.scaled(said))

    settled = settle(fitter.run_asked, tries, plan, say, guide_of)
    return known_from(fitter, tries, settled)


def _silent(_: str) -> None:
    """Say nothing."""


def settle(
    run: Run,
    tries: Population,
    plan: FitPlan,
    tell: Tell | None = None,
    guide_of: GuideOf | None = None,
) -> Cooled:
    """Return populations that runs at draws of the prior have become.

    Parameters
    ----------
    run
        The simulator and the likelihood of what it says.
    tries
        Runs at draws of the prior.
    plan
        How long.
    tell
        Called after each stage.
    guide_of
        Learns a guide from runs: before each stage that is thrown away from all of the stage
        before it, and not again after the last of them.
    """
    say = tell or _silent
    heat = heat_for(tries.logs, plan.population)
    chosen = resample(tempered(tries.logs, heat), plan.population, plan.seed)
    population = tries.take(chosen)
    say(f"{len(tries)} runs of the prior, of which {plan.population} begin at heat {heat:.1f}")
    noted = _Noted(run, [(tries.points, tries.along, tries.said)])
    guides: list[Guide] = []

    def guide_at(stage: int) -> Guide | None:
        if guide_of is not None and stage <= len(plan.cooling):
            guides.append(guide_of(*noted.runs()))
        return guides[-1] if guides else None

    stages = Cooling(
        heat, plan.cooling, plan.kept, plan.steps, plan.seed, MOVED_FROM, STAGE_RUNS, plan.guided
    )
    return cool(noted.run, population, stages, say, guide_at)


@dataclass(eq=False)
class _Noted:
    """Runs the simulator and notes where, and what it said."""

    simulator: Run
    noted: list[tuple[Floats, Floats, Floats]]

    def run(self, asked: Asked) -> tuple[Floats, Floats]:
        """Run it."""
        logs, said = self.simulator(asked)
        self.noted.append((asked.points, asked.along, said))
        return logs, said

    def runs(self) -> tuple[Floats, Floats, Floats]:
        """Return all since the last call."""
        points, along, said = (np.concatenate(part) for part in zip(*self.noted, strict=True))
        self.noted.clear()
        return points, along, said


def known_from(fitter: Fitter, tries: Population, settled: Cooled) -> Fitted:
    """Return what populations of several stages, of one size, teach."""
    simulation, together = fitter.simulation, Population.joined(settled.stages)
    taught = teach(simulation, settled.stages)
    given = simulation.values(together.points, together.along, together.numbers)
    everything = (*taught.keys, *(key for key in simulation.uncertain if key not in taught.keys))
    return Fitted(
        everything,
        np.array([[float(each[key]) for key in everything] for each in given]),
        together,
        taught.learned,
        strongest_correlations(taught.keys, taught.values, 12),
        tries,
        settled.heat,
        settled.accepted,
    )


class Taught(NamedTuple):
    """Freed keys and those drawn along, their draws (D, keys), and what was learned of each."""

    keys: tuple[str, ...]
    values: Floats
    learned: tuple[Learned, ...]


def teach(simulation: StandoffSimulation, stages: Sequence[Population]) -> Taught:
    """Return what populations of several stages, of one size, say of what was moved."""
    keys = (*simulation.freed.keys, *simulation.along.keys)
    cubes = [np.hstack([each.points, normal_share(each.along)]) for each in stages]
    width = len(simulation.freed.keys)

    def quantile(points: Floats) -> Floats:
        moved, beside = points[:, :width], points[:, width:]
        return np.hstack([simulation.freed.values(moved), simulation.along.values(beside)])

    chains = Chains(np.stack(cubes, axis=1), 0.0)
    learned = learn(keys, chains, quantile, simulation.seed)
    return Taught(keys, quantile(np.concatenate(cubes)), learned)
