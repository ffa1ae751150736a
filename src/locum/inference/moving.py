"""Draws of a posterior moved on by runs of the simulator itself.

A population of points moves by differential evolution on the freed axes and by small steps that
keep the prior on those drawn along; every step runs the simulator anew, with new luck, and is
taken by what the run said. The luck is part of what is sampled, so that no error of an emulator is
left, and a few hundred points that weights alone would leave alike become different draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from locum.errors import BadValue
from locum.randomness import Streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.inference.importance import Places
    from locum.inference.scores import Floats

__all__ = ["Asked", "MovePlan", "Moved", "Population", "Run", "move"]

JITTER = 5e-4
WHOLE_EVERY = 10
CROSSING = (0.15, 0.4, 1.0)
"""Chances that an axis moves in a step."""
STRIDES = (0.1, 0.3, 0.7)
"""How far what is drawn along moves: 0 not at all, 1 to a new draw of the prior."""


class Asked(NamedTuple):
    """Runs that are asked for.

    Parameters
    ----------
    points
        Freed points (n, P) of the cube.
    along
        Standard normals (n, Q) of what is drawn along.
    members
        Which of the population they belong to (n,).
    first
        Number of the first run.
    """

    points: Floats
    along: Floats
    members: Places
    first: int


Run: TypeAlias = Callable[[Asked], tuple["Floats", "Floats"]]
"""Returns the logarithm of the likelihood (n,) and what runs said (n, R)."""


@dataclass(frozen=True, eq=False)
class Population:
    """Points with what their runs said.

    Parameters
    ----------
    points
        Freed coordinates (C, P), between 0 and 1.
    along
        What is drawn along, (C, Q), standard normal in the prior.
    logs
        Logarithm of the likelihood of each run, (C,).
    said
        What each run said, (C, R).
    numbers
        Number of each run, (C,): it names the luck and the draw of everything else.
    """

    points: Floats
    along: Floats
    logs: Floats
    said: Floats
    numbers: Places

    def __len__(self) -> int:
        return len(self.points)

    def take(self, places: Places) -> Population:
        """Return some of them."""
        return Population(*(part[places] for part in _parts(self)))

    @classmethod
    def joined(cls, populations: Sequence[Population]) -> Population:
        """Return several as one."""
        parts = zip(*(_parts(each) for each in populations), strict=True)
        return cls(*(np.concatenate(each) for each in parts))


@dataclass(frozen=True)
class MovePlan:
    """How every point moves.

    Parameters
    ----------
    steps
        How many steps it makes.
    thrown_away
        From which on they are kept.
    every
        One in so many is kept, the last included.
    heat
        By what the logarithm of the likelihood is divided at first. It falls to 1 in four fifths
        of the steps thrown away, so that points begun apart find their way.
    """

    steps: int = 60
    thrown_away: int = 30
    every: int = 10
    heat: float = 1.0

    def heat_at(self, step: int) -> float:
        """Return the heat of a step."""
        cooled = min(1.0, step / max(0.8 * self.thrown_away, 1.0))
        return max(1.0, self.heat ** (1.0 - cooled))


@dataclass(frozen=True, eq=False)
class Moved:
    """The populations kept, in one, and the share of steps taken while they were."""

    population: Population
    accepted: float


def move(
    run: Run,
    population: Population,
    seed: int,
    plan: MovePlan | None = None,
    tell: Callable[[int, float], None] | None = None,
    first: int = 0,
) -> Moved:
    r"""Move a population on.

    Parameters
    ----------
    run
        The simulator and the likelihood of what it says.
    population
        Where to begin, at least 8 points and an even number.
    seed
        Names the luck.
    plan
        How long.
    tell
        Called after each step with its number and the mean logarithm of the likelihood.
    first
        Number of the first run.

    Raises
    ------
    BadValue
        If points are too few, or nothing is left of the steps.

    Notes
    -----
    Half of the points move at a time, by :math:`\gamma(x_b-x_c)` of two of the other half on some
    of the axes, reflected at the ends of the cube; what is drawn along goes from z to
    :math:`\sqrt{1-\beta^2}z+\beta\xi`, which keeps its normal prior. A step is taken with
    probability min(1, ratio of likelihoods), each of one run: the posterior of points and luck
    together (pseudo-marginal). Held by tests/inference/test_moving.py.

    References
    ----------
    ter Braak (2006), Statistics and Computing 16(3):239-249.
    Andrieu and Roberts (2009), Annals of Statistics 37(2):697-725.
    Cotter, Roberts, Stuart and White (2013), Statistical Science 28(3):424-446.
    """
    plan, count = plan or MovePlan(), len(population)
    if count < 8 or count % 2 or plan.steps <= plan.thrown_away:
        raise BadValue(
            "moves", (count, plan), "an even number of at least 8 points, steps to keep"
        )
    points, along, logs, said, numbers = (each.copy() for each in _parts(population))
    kept: list[Population] = []
    taken = 0
    for step in range(plan.steps):
        luck = _Luck.draw(seed, step, (count, points.shape[1], along.shape[1]))
        for half in (0, 1):
            moving = slice(half, None, 2)
            there = luck.points(points, half, whole=step % WHOLE_EVERY == WHOLE_EVERY - 1)
            beside = luck.along(along, half)
            likely, told = run(Asked(there, beside, np.arange(count)[moving], first))
            those = first + np.arange(len(there))
            first += len(there)
            gain = (likely - logs[moving]) / plan.heat_at(step)
            better = np.log(luck.accept[moving]) < gain
            for now, new in ((points, there), (along, beside), (said, told)):
                now[moving] = np.where(better[:, None], new, now[moving])
            logs[moving] = np.where(better, likely, logs[moving])
            numbers[moving] = np.where(better, those, numbers[moving])
            taken += int(better.sum()) if step >= plan.thrown_away else 0
        if step >= plan.thrown_away and (plan.steps - 1 - step) % plan.every == 0:
            kept.append(Population(points, along, logs, said, numbers).take(np.arange(count)))
        if tell is not None:
            tell(step, float(logs.mean()))
    return Moved(Population.joined(kept), taken / (count * (plan.steps - plan.thrown_away)))


def _parts(one: Population) -> tuple[Any, ...]:
    return one.points, one.along, one.logs, one.said, one.numbers


@dataclass(frozen=True, eq=False)
class _Luck:
    """All the chance of one step: uniforms (C, .) but for what is drawn along, normals (C, Q)."""

    accept: Floats
    choices: Floats
    axes: Floats
    jitter: Floats
    shocks: Floats

    @classmethod
    def draw(cls, seed: int, step: int, shape: tuple[int, int, int]) -> _Luck:
        count, axes, along = shape
        sizes = {"accept": 1, "choices": 4, "axes": axes, "jitter": axes, "shocks": along}
        streams = {
            name: Streams(seed, [("move", name, str(step), str(k)) for k in range(max(size, 1))])
            for name, size in sizes.items()
        }
        index = np.arange(count)
        return cls(
            streams["accept"].uniform(index)[0],
            streams["choices"].uniform(index).T,
            streams["axes"].uniform(index).T,
            streams["jitter"].normal(index).T,
            streams["shocks"].normal(index).T[:, :along],
        )

    def points(self, points: Floats, half: int, *, whole: bool) -> Floats:
        moving, others = points[half::2], points[1 - half :: 2]
        chance, which, count = self.choices[half::2], self.axes[half::2], len(others)
        first = (chance[:, 0] * count).astype(np.intp)
        second = (first + 1 + (chance[:, 1] * (count - 1)).astype(np.intp)) % count
        wanted = np.array(CROSSING)[(chance[:, 2:3] * len(CROSSING)).astype(np.intp)]
        moved = (which < wanted) | (which == which.min(axis=1, keepdims=True))
        far = 2.38 / np.sqrt(2.0 * moved.sum(axis=1, keepdims=True))
        if whole:
            moved, far = np.ones_like(moved), np.ones_like(far)
        by = far * (others[first] - others[second]) + JITTER * self.jitter[half::2]
        folded = np.abs((moving + moved * by + 1.0) % 2.0 - 1.0)
        return np.clip(folded, 1e-12, 1.0 - 1e-12)

    def along(self, along: Floats, half: int) -> Floats:
        chance = self.choices[half::2, 3:4]
        stride = np.array(STRIDES)[(chance * len(STRIDES)).astype(np.intp)]
        return np.sqrt(1.0 - stride**2) * along[half::2] + stride * self.shocks[half::2]
