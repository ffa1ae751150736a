"""Draws of a posterior moved on by runs of the simulator itself.

A population of points moves by differential evolution on the freed axes and by small steps that
keep the prior on those drawn along; every step runs the simulator anew, with new luck, and is
taken by what the run said. The luck is part of what is sampled, so that no error of an emulator is
left, and a few hundred points that weights alone would leave alike become different draws. A cheap
guide may say where a step leads: many small steps by the guide are then tried by one run, and what
the guide got wrong is put right.
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

    from numpy.typing import NDArray

    from locum.inference.importance import Places
    from locum.inference.scores import Floats

__all__ = [
    "Asked",
    "Cooled",
    "Cooling",
    "Guide",
    "MovePlan",
    "Moved",
    "Population",
    "Run",
    "cool",
    "move",
]

JITTER = 5e-4
WHOLE = 0.1
"""Chance that a step is by a whole difference on all axes, so that modes exchange points."""
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
Guide: TypeAlias = Callable[["Floats", "Floats"], "Floats"]
"""Given points (n, P) and what is drawn along (n, Q), about what a run would be likely, (n,)."""


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
    guided
        Steps by the guide, where there is one, before each run.
    """

    steps: int = 60
    thrown_away: int = 30
    every: int = 10
    heat: float = 1.0
    guided: int = 30

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
    first: int = 0,
    guide: Guide | None = None,
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
    first
        Number of the first run.
    guide
        Says about what a run would; None for none. The result does not hang on how good it is,
        only how soon it is reached.

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
    together (pseudo-marginal). With a guide g many such steps are first taken by g alone, from x
    to y, and the run decides by the ratio of likelihoods times g(x) / g(y). Held by
    tests/inference/test_moving.py.

    References
    ----------
    Liu (2001), Monte Carlo Strategies in Scientific Computing, section 9.4.3, for the guide.
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
    tried = 1 if guide is None else plan.guided
    widths = points.shape[1], along.shape[1]
    kept: list[Population] = []
    taken = 0
    for step in range(plan.steps):
        heat = plan.heat_at(step)
        for half in (0, 1):
            moving = slice(half, None, 2)
            luck = _Luck.draw(seed, (step, half), (tried, count // 2, *widths))
            walker = _Walker(luck, points[1 - half :: 2], heat)
            there, beside, ahead = walker.go((points[moving], along[moving]), guide)
            likely, told = run(Asked(there, beside, np.arange(count)[moving], first))
            those = first + np.arange(len(there))
            first += len(there)
            better = walker.decide((likely - logs[moving]) / heat - ahead)
            for now, new in ((points, there), (along, beside), (said, told)):
                now[moving] = np.where(better[:, None], new, now[moving])
            logs[moving] = np.where(better, likely, logs[moving])
            numbers[moving] = np.where(better, those, numbers[moving])
            taken += int(better.sum()) if step >= plan.thrown_away else 0
        if step >= plan.thrown_away and (plan.steps - 1 - step) % plan.every == 0:
            kept.append(Population(points, along, logs, said, numbers).take(np.arange(count)))
    return Moved(Population.joined(kept), taken / (count * (plan.steps - plan.thrown_away)))


@dataclass(frozen=True)
class Cooling:
    """Stages of moves, each from where the one before it ended.

    Parameters
    ----------
    heat
        Of the first population.
    powers
        Of that heat with which stages begin whose populations are thrown away.
    kept
        Stages without heat after them, whose last populations are kept.
    steps
        Of every stage.
    seed
        Names the luck.
    first
        Number of the first run.
    apart
        Numbers of runs from one stage to the next.
    guided
        Steps by the guide before each run.
    """

    heat: float
    powers: tuple[float, ...]
    kept: int
    steps: int
    seed: int
    first: int
    apart: int
    guided: int = 1


@dataclass(frozen=True, eq=False)
class Cooled:
    """Populations kept, one for each last stage, the first heat, and the share of steps taken."""

    stages: tuple[Population, ...]
    heat: float
    accepted: float


def cool(
    run: Run,
    population: Population,
    plan: Cooling,
    tell: Callable[[str], None] | None = None,
    guide_at: Callable[[int], Guide | None] | None = None,
) -> Cooled:
    """Cool a population and move it on.

    Parameters
    ----------
    run
        The simulator and the likelihood of what it says.
    population
        Where to begin.
    plan
        How long.
    tell
        Called after each stage.
    guide_at
        Returns the guide of a stage, asked for before it begins.
    """
    powers = (*plan.powers, *[0.0] * plan.kept)
    found: list[Population] = []
    taken: list[float] = []
    for stage, power in enumerate(powers):
        guide = None if guide_at is None else guide_at(stage)
        steps = MovePlan(plan.steps, plan.steps - 1, plan.steps, plan.heat**power, plan.guided)
        first = plan.first + stage * plan.apart
        moved = move(run, population, plan.seed + stage, steps, first=first, guide=guide)
        population = moved.population
        found.append(population)
        taken.append(moved.accepted)
        if tell is not None:
            middle = np.median(population.logs)
            tell(f"stage {stage + 1} of {len(powers)}: {middle:.1f}, taken {moved.accepted:.2f}")
    return Cooled(tuple(found[-plan.kept :]), plan.heat, float(np.mean(taken[-plan.kept :])))


def _parts(one: Population) -> tuple[Any, ...]:
    return one.points, one.along, one.logs, one.said, one.numbers


@dataclass(frozen=True, eq=False)
class _Luck:
    """All the chance of half a step, for each step by the guide: (G, n) or (G, n, .)."""

    choices: Floats
    axes: Floats
    guided: Floats
    jitter: Floats
    shocks: Floats
    accept: Floats
    """Whether the run is taken, (n,)."""

    @classmethod
    def draw(cls, seed: int, place: tuple[int, int], shape: tuple[int, int, int, int]) -> _Luck:
        """Draw it for a step and a half of it: steps by the guide, points, axes, drawn along."""
        (step, half), (guided, count, axes, along) = place, shape
        index = 2 * np.arange(guided * count) + half

        def streams(name: str, size: int) -> Streams:
            return Streams(seed, [("move", name, str(step), str(k)) for k in range(max(size, 1))])

        def spread(drawn: Floats) -> Floats:
            return drawn.T.reshape(guided, count, -1)

        return cls(
            spread(streams("choices", 5).uniform(index)),
            spread(streams("axes", axes).uniform(index)),
            spread(streams("guided", 1).uniform(index))[..., 0],
            spread(streams("jitter", axes).normal(index)),
            spread(streams("shocks", along).normal(index))[..., :along],
            streams("accept", 1).uniform(index[:count])[0],
        )


@dataclass(frozen=True, eq=False)
class _Walker:
    """One half of a population in one step: where it goes, by the other half and by a guide."""

    luck: _Luck
    others: Floats
    heat: float

    def go(
        self, from_: tuple[Floats, Floats], guide: Guide | None
    ) -> tuple[Floats, Floats, Floats]:
        """Return where points and what is drawn along go, and by how much the guide likes it."""
        if guide is None:
            return *self._propose(*from_, 0), np.zeros(len(from_[0]))
        points, along = from_
        begun = liked = guide(points, along) / self.heat
        for number, chance in enumerate(self.luck.guided):
            there, beside = self._propose(points, along, number)
            new = guide(there, beside) / self.heat
            better = np.log(chance) < new - liked
            points = np.where(better[:, None], there, points)
            along = np.where(better[:, None], beside, along)
            liked = np.where(better, new, liked)
        return points, along, liked - begun

    def decide(self, gain: Floats) -> NDArray[np.bool_]:
        """Return which steps are taken."""
        return np.log(self.luck.accept) < gain

    def _propose(self, points: Floats, along: Floats, number: int) -> tuple[Floats, Floats]:
        """Return points moved by the others' differences, and what is drawn along beside them."""
        luck, others = self.luck, self.others
        chance, which, count = luck.choices[number], luck.axes[number], len(others)
        first = (chance[:, 0] * count).astype(np.intp)
        second = (first + 1 + (chance[:, 1] * (count - 1)).astype(np.intp)) % count
        wanted = np.array(CROSSING)[(chance[:, 2:3] * len(CROSSING)).astype(np.intp)]
        moved = (which < wanted) | (which == which.min(axis=1, keepdims=True))
        whole = chance[:, 4:5] < WHOLE
        far = np.where(whole, 1.0, 2.38 / np.sqrt(2.0 * moved.sum(axis=1, keepdims=True)))
        by = far * (others[first] - others[second]) + JITTER * luck.jitter[number]
        folded = np.abs((points + (moved | whole) * by + 1.0) % 2.0 - 1.0)
        stride = np.array(STRIDES)[(chance[:, 3:4] * len(STRIDES)).astype(np.intp)]
        beside = np.sqrt(1.0 - stride**2) * along + stride * luck.shocks[number]
        return np.clip(folded, 1e-12, 1.0 - 1e-12), beside
