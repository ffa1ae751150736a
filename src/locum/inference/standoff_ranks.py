"""Calibration of the agents' fitter by simulation, on the library of runs that it made.

The runs of the last wave stand for the world: their points are spread over what the readings
leave over, which is the prior here. Half of them train an emulator; what each of the others said,
with an error of reading added, is fitted, and its own point ranked among the draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.errors import BadValue
from locum.inference.calibration import Likelihood, Observed, weigh
from locum.inference.emulator import emulate
from locum.inference.ranks import ranked, simulate_ranks
from locum.inference.waves import WavePlan, left_over
from locum.randomness import Streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.inference.ranks import Ranked
    from locum.inference.scores import Floats
    from locum.inference.waves import Wave

__all__ = ["fitter_ranks"]

DRAWS = 99
SPREAD, OTHER_LUCK = 20_000, 1000
FEWEST = 20


def fitter_ranks(
    waves: Sequence[Wave],
    keys: Sequence[str],
    seed: int = 0,
    fits: int = 100,
    plan: WavePlan | None = None,
) -> tuple[Ranked, ...]:
    """Rank true points among their posteriors.

    Parameters
    ----------
    waves
        At least two; the last runs of the last one stand for the world, and what the others left
        over is the prior that they were drawn from.
    keys
        Names of the coordinates.
    seed
        Names the luck.
    fits
        At most so many.

    Raises
    ------
    BadValue
        If there is one wave only, or the last ran fewer points than that makes sense for.
    """
    if len(waves) < 2:
        raise BadValue("waves to rank", len(waves), "at least 2")
    wave = waves[-1]
    points, outputs = wave.points[-wave.fresh :], wave.outputs[-wave.fresh :]
    if len(points) < FEWEST:
        raise BadValue("runs of the last wave", len(points), f"at least {FEWEST}")
    world = np.arange(len(points)) % 2 == 1
    scores = wave.projection.scores(outputs)
    names = wave.likelihood.observed.names
    others = np.vstack([wave.points[: -wave.fresh], points[~world]])
    said = np.vstack([wave.projection.scores(wave.outputs[: -wave.fresh]), scores[~world]])
    emulator = emulate(names, others, said)
    found = left_over(waves[:-1], len(keys), seed + OTHER_LUCK, plan or WavePlan())
    spread = found[(np.arange(SPREAD) * len(found)) // SPREAD]
    forecast = emulator.predict(spread)
    count = min(fits, int(world.sum()))
    errors = Streams(seed, [("ranks", name) for name in names]).normal(np.arange(count)).T
    truth, read = points[world][:count], scores[world][:count] + errors

    def fit(number: int) -> tuple[Floats, Floats]:
        observed = Observed(names, read[number], np.eye(len(names)))
        logs = Likelihood(emulator, observed).log_of(forecast)
        return truth[number], weigh(spread, logs).resample(DRAWS, seed + number)

    return ranked(keys, simulate_ranks(count, fit, DRAWS))
