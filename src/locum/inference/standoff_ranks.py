"""Calibration of the agents' fitter by simulation, with a formula in the place of the agents.

The fitter makes some thirty thousand runs, so it cannot be repeated a hundred times on the agents.
It is repeated on what runs at draws of the prior show of them: a formula, quadratic in each freed
assumption and linear in what is drawn along, with the noise that it leaves, in as many dimensions
and with the same readings and errors. Whether the agents are like the formula is not asked here;
whether the fitter finds back what it was given is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from locum.inference.importance import log_likelihood
from locum.inference.moving import Population
from locum.inference.ranks import ranked, simulate_ranks
from locum.inference.standoff_fit import settle
from locum.inference.standoff_formula import guide_to
from locum.randomness import Streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.inference.calibration import Observed
    from locum.inference.moving import Asked
    from locum.inference.ranks import Ranked
    from locum.inference.scores import Floats
    from locum.inference.standoff_fit import FitPlan
    from locum.inference.standoff_formula import Formula

__all__ = ["fitter_ranks"]

WORLD = 10**7
"""Number of the first run that stands for the world: no fit makes it."""


def fitter_ranks(
    formula: Formula,
    observed: Observed,
    tries: Population,
    keys: Sequence[str],
    plan: FitPlan,
    fits: int = 100,
) -> tuple[Ranked, ...]:
    """Rank true points among their posteriors.

    Parameters
    ----------
    formula
        Stands for the simulator.
    observed
        Readings, of which the errors are taken.
    tries
        Draws of the prior with which each fit begins.
    keys
        Names of the freed coordinates.
    plan
        Of each fit.
    fits
        How many.
    """
    size = len(observed.values)
    names = [("ranks", str(k)) for k in range(size)]
    errors = Streams(plan.seed, names).normal(np.arange(fits)).T
    root = np.linalg.cholesky(observed.covariance)
    axes = [("ranks", "true", key) for key in keys]
    truth = Streams(plan.seed, axes).uniform(np.arange(fits)).T
    width = tries.along.shape[1]
    others = [("ranks", "along", str(k)) for k in range(width)]
    along = Streams(plan.seed, others).normal(np.arange(fits)).T.reshape(fits, width)
    world = formula.say(truth, along, WORLD) + errors @ root.T
    begun = formula.say(tries.points, tries.along, WORLD + fits)

    def fit(number: int) -> tuple[Floats, Floats]:
        seen = replace(observed, values=world[number])

        def run(asked: Asked) -> tuple[Floats, Floats]:
            said = formula.say(asked.points, asked.along, asked.first)
            return log_likelihood(seen, said), said

        start = replace(tries, logs=log_likelihood(seen, begun), said=begun)
        teach = guide_to(seen)
        settled = settle(run, start, replace(plan, seed=plan.seed + number), guide_of=teach)
        return truth[number], Population.joined(settled.stages).points

    return ranked(keys, simulate_ranks(fits, fit))
