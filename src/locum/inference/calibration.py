"""What readings teach of freed assumptions when only a slow simulator links the two.

The likelihood is synthetic: around what the emulator expects at a point, readings are normal with
the covariance of their own errors, of the emulator, and of two runs at one point. Points are prior
probabilities, so the prior is uniform on the unit cube. The posterior is walked by differential
evolution; weighing points of the prior is a second, independent way to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.errors import BadValue
from locum.randomness import Stream, Streams

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locum.inference.emulator import Emulator, Forecast
    from locum.inference.scores import Floats

__all__ = [
    "Chains",
    "Learned",
    "Likelihood",
    "Observed",
    "Reach",
    "Walk",
    "Weighed",
    "effective_size",
    "learn",
    "reach",
    "repeat_covariance",
    "split_rhat",
    "strongest_correlations",
    "walk",
    "weigh",
]

LOG_2_PI = float(np.log(2.0 * np.pi))
PRIOR_SAMPLE = 20_000
IMPLAUSIBLE = 3.0
"""Standard deviations beyond which a point cannot have given a reading (Pukelsheim's rule)."""
JITTER = 1e-4
WHOLE_EVERY = 10
NOTHING_LEARNED = 0.1
"""A parameter with a contraction and a distance below this has a posterior equal to its prior."""


@dataclass(frozen=True, eq=False)
class Observed:
    """Readings to learn from.

    Parameters
    ----------
    names
        Outputs of the emulator that they are readings of, K of them.
    values
        What was read, (K,).
    covariance
        Of the errors of the readings, (K, K).
    """

    names: tuple[str, ...]
    values: Floats
    covariance: Floats

    def __post_init__(self) -> None:
        count = len(self.names)
        if self.values.shape != (count,) or self.covariance.shape != (count, count):
            raise BadValue("shape of the readings", self.values.shape, f"{count} with covariance")


@dataclass(frozen=True, eq=False)
class Likelihood:
    """The synthetic likelihood of readings, given an emulator of them."""

    emulator: Emulator
    observed: Observed

    @cached_property
    def _emulator(self) -> Emulator:
        return self.emulator.take(self.observed.names)

    def log(self, points: Floats) -> Floats:
        """Return the logarithm of the likelihood at points (n, P) of the cube, shape (n,)."""
        return self.log_of(self._emulator.predict(points))

    def log_of(self, forecast: Forecast) -> Floats:
        """Return the same (n,) for what an emulator of these readings, in their order, says."""
        mean, variance = forecast
        roots = np.linalg.cholesky(self._covariance(variance))
        away = (self.observed.values - mean)[..., None]
        scores = np.linalg.solve(roots, away)[..., 0]
        size = np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
        return -0.5 * (scores**2).sum(axis=1) - size - 0.5 * LOG_2_PI * mean.shape[1]

    def _covariance(self, variance: Floats) -> Floats:
        """Return the covariance of readings (n, K, K) about the emulator's mean."""
        return (
            self.observed.covariance
            + self._emulator.noise
            + variance[..., None] * np.eye(variance.shape[1])
        )

    def implausibility(self, points: Floats) -> Floats:
        """Return how many standard deviations each reading is from points (n, P), shape (n, K)."""
        mean, variance = self._emulator.predict(points)
        total = variance + np.diag(self.observed.covariance + self._emulator.noise)
        return np.abs(self.observed.values - mean) / np.sqrt(total)


def repeat_covariance(outputs: Floats) -> Floats:
    """Return the covariance (K, K) of runs repeated at the same points.

    Parameters
    ----------
    outputs
        Shape (points, repeats, K), at least two repeats.
    """
    if outputs.ndim != 3 or outputs.shape[1] < 2:
        raise BadValue(
            "shape of repeated runs", outputs.shape, "points, at least 2 repeats, outputs"
        )
    away = outputs - outputs.mean(axis=1, keepdims=True)
    freedom = outputs.shape[0] * (outputs.shape[1] - 1)
    return np.einsum("prk,prl->kl", away, away) / freedom


# --- the walk ----------------------------------------------------------------


@dataclass(frozen=True)
class Walk:
    """How long to walk: an even number of chains, steps of each, and how many are thrown away."""

    chains: int = 36
    steps: int = 4000
    thrown_away: int = 600
    scouts: int = 40_000
    """Points of the prior that are weighed for the chains to begin at."""


@dataclass(frozen=True, eq=False)
class Chains:
    """Points (C, G, P) of C chains after G steps each, with the share of steps accepted."""

    points: Floats
    accepted: float

    @property
    def flat(self) -> Floats:
        """Return the points of all chains (C G, P), chain by chain."""
        return self.points.reshape(-1, self.points.shape[2])

    @property
    def rhat(self) -> Floats:
        """Return how much the chains disagree on each axis (P,): 1 if they do not."""
        return split_rhat(self.points)

    @property
    def effective(self) -> Floats:
        """Return how many independent points they are worth on each axis (P,)."""
        return effective_size(self.points)

    def spread_out(self, count: int) -> Floats:
        """Return `count` of the points, as many of each chain, (count, P)."""
        flat = self.flat
        if not 0 < count <= len(flat):
            raise BadValue("points of the posterior", count, f"from 1 to {len(flat)}")
        return flat[(np.arange(count) * len(flat)) // count]


def walk(
    log_density: Callable[[Floats], Floats], axes: int, seed: int, plan: Walk | None = None
) -> Chains:
    r"""Walk a density on the unit cube by differential evolution.

    Parameters
    ----------
    log_density
        Logarithm of the density, up to a constant, at points (n, P): shape (n,).
    axes
        Number of coordinates P.
    seed
        Names the luck.
    plan
        How long.

    Raises
    ------
    BadValue
        If chains are fewer than 8 or odd, or nothing is left of the steps.

    Notes
    -----
    The chains begin at points of the prior, drawn by their density: begun anywhere, a chain can
    stay where nothing leads down to the others. Half of the chains move at a time, each by
    :math:`\gamma(x_b-x_c)` of two of the other half, on some of the P axes or on all,
    :math:`\gamma=2.38/\sqrt{2P}` of those that move; every tenth time by the whole difference, so
    that modes exchange chains. A step out of the cube is reflected. Held by
    tests/inference/test_calibration.py.

    References
    ----------
    ter Braak (2006), Statistics and Computing 16(3):239-249.
    Vrugt and others (2009), International Journal of Nonlinear Sciences and Numerical Simulation
    10(3):273-290, for steps on some of the axes.
    """
    plan = plan or Walk()
    if plan.chains < 8 or plan.chains % 2 or plan.steps <= plan.thrown_away:
        raise BadValue("walk", plan, "an even number of at least 8 chains, and steps to keep")
    luck = _Luck.draw(seed, plan, axes)
    scouts = Streams(seed, [("walk", "scouts", str(p)) for p in range(axes)])
    prior = scouts.uniform(np.arange(plan.scouts)).T
    points = weigh(prior, log_density(prior)).resample(plan.chains, seed)
    density = log_density(points)
    kept = np.empty((plan.chains, plan.steps - plan.thrown_away, axes))
    accepted = 0
    for step in range(plan.steps):
        for half in (0, 1):
            moving = slice(half, None, 2)
            proposed = luck.propose(points, step, half)
            there = log_density(proposed)
            better = np.log(luck.accept[step, moving]) < there - density[moving]
            points[moving] = np.where(better[:, None], proposed, points[moving])
            density[moving] = np.where(better, there, density[moving])
            accepted += int(better.sum()) if step >= plan.thrown_away else 0
        if step >= plan.thrown_away:
            kept[:, step - plan.thrown_away] = points
    return Chains(kept, accepted / kept[:, :, 0].size)


class _Luck(NamedTuple):
    """All the chance of a walk, drawn before it begins."""

    accept: Floats
    """(steps, C)"""
    partners: Floats
    """(steps, C, 3): which two chains, and on how many axes"""
    jitter: Floats
    """(steps, C, P), standard normal"""
    axes: Floats
    """(steps, C, P): which axes move"""

    @classmethod
    def draw(cls, seed: int, plan: Walk, axes: int) -> _Luck:
        def numbers(name: str, *shape: int) -> Floats:
            index = np.arange(int(np.prod(shape)))
            return Stream(seed, "walk", name).uniform(index).reshape(shape)

        jitter = Stream(seed, "walk", "jitter").normal(np.arange(plan.steps * plan.chains * axes))
        return cls(
            numbers("accept", plan.steps, plan.chains),
            numbers("partners", plan.steps, plan.chains, 3),
            jitter.reshape(plan.steps, plan.chains, axes),
            numbers("axes", plan.steps, plan.chains, axes),
        )

    def propose(self, points: Floats, step: int, half: int) -> Floats:
        moving, others = points[half::2], points[1 - half :: 2]
        count = len(others)
        chance, which = self.partners[step, half::2], self.axes[step, half::2]
        first = (chance[:, 0] * count).astype(np.intp)
        second = (first + 1 + (chance[:, 1] * (count - 1)).astype(np.intp)) % count
        wanted = np.ceil(3.0 * chance[:, 2:]) / 3.0
        move = (which < wanted) | (which == which.min(axis=1, keepdims=True))
        if step % WHOLE_EVERY == WHOLE_EVERY - 1:
            move, far = np.ones_like(move), np.ones((len(moving), 1))
        else:
            far = 2.38 / np.sqrt(2.0 * move.sum(axis=1, keepdims=True))
        step_by = far * (others[first] - others[second]) + JITTER * self.jitter[step, half::2]
        moved = moving + move * step_by
        # Reflected as often as needed: the walk is on a circle of length two, folded.
        folded = np.abs((moved + 1.0) % 2.0 - 1.0)
        return np.clip(folded, 1e-12, 1.0 - 1e-12)


def split_rhat(draws: Floats) -> Floats:
    """Return the potential scale reduction of chains (C, G, P), each cut in two, shape (P,).

    References
    ----------
    Gelman and others (2013), Bayesian Data Analysis, section 11.4.
    """
    halves = _halves(draws)
    length = halves.shape[1]
    within = halves.var(axis=1, ddof=1).mean(axis=0)
    between = length * halves.mean(axis=1).var(axis=0, ddof=1)
    total = (length - 1) / length * within + between / length
    return np.sqrt(np.where(within > 0, total / np.where(within > 0, within, 1.0), 1.0))


def effective_size(draws: Floats) -> Floats:
    """Return the number of independent draws that chains (C, G, P) are worth, shape (P,).

    Autocorrelations are summed until a neighbouring pair turns negative.

    References
    ----------
    Gelman and others (2013), Bayesian Data Analysis, section 11.5.
    """
    halves = _halves(draws)
    chains, length, axes = halves.shape
    centred = halves - halves.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, n=2 * length, axis=1)
    products = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :length] / length
    within = halves.var(axis=1, ddof=1).mean(axis=0)
    between = halves.mean(axis=1).var(axis=0, ddof=1)
    total = (length - 1) / length * within + between
    sizes = np.full(axes, float(chains * length))
    for p in np.flatnonzero(total > 0):
        correlation = 1.0 - (within[p] - products[:, :, p].mean(axis=0)) / total[p]
        pairs = correlation[: length // 2 * 2].reshape(-1, 2).sum(axis=1)
        negative = np.flatnonzero(pairs < 0)
        last = int(negative[0]) if negative.size else pairs.size
        sizes[p] = chains * length / max(2.0 * float(pairs[:last].sum()) - 1.0, 1.0)
    return sizes


def _halves(draws: Floats) -> Floats:
    length = draws.shape[1] // 2
    if draws.ndim != 3 or length < 2:
        raise BadValue("shape of the chains", draws.shape, "chains, at least 4 steps, axes")
    return np.concatenate([draws[:, :length], draws[:, -length:]])


# --- the other way -----------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Weighed:
    """Points of the prior (n, P) with their posterior weights (n,), which sum to one."""

    points: Floats
    weights: Floats

    @property
    def effective(self) -> float:
        """Return how many equally weighted points they are worth."""
        return 1.0 / float((self.weights**2).sum())

    @property
    def mean(self) -> Floats:
        """Return the posterior mean (P,)."""
        return self.weights @ self.points

    @property
    def sd(self) -> Floats:
        """Return the posterior standard deviation (P,)."""
        return np.sqrt(self.weights @ (self.points - self.mean) ** 2)

    def resample(self, count: int, seed: int) -> Floats:
        """Return equally weighted points (count, P), by systematic resampling."""
        start = Stream(seed, "resample").uniform(0)
        edges = np.cumsum(self.weights)
        places = (np.arange(count) + start) / count * edges[-1]
        return self.points[np.searchsorted(edges, places)]


def weigh(points: Floats, log_likelihood: Floats) -> Weighed:
    """Weigh points of the prior (n, P) by the logarithm of their likelihood (n,).

    Raises
    ------
    BadValue
        If no point has any likelihood.
    """
    highest = log_likelihood.max()
    if not np.isfinite(highest):
        raise BadValue("highest likelihood", float(highest), "a finite number")
    weights = np.exp(log_likelihood - highest)
    return Weighed(points, weights / weights.sum())


# --- what was learned --------------------------------------------------------


@dataclass(frozen=True)
class Learned:
    """What the readings taught of one parameter, in its unit where nothing else is said."""

    name: str
    prior_mean: float
    prior_sd: float
    mean: float
    sd: float
    low: float
    high: float
    """90 per cent of the posterior lies between."""
    contraction: float
    """1 less the ratio of the standard deviations: 0 nothing, 1 everything."""
    distance: float
    """Largest difference of the distribution functions of posterior and prior, 0 to 1."""
    identified: bool
    """Whether posterior and prior differ."""
    rhat: float
    effective: float
    """Independent draws that the chains are worth."""


def learn(
    names: Sequence[str], chains: Chains, quantile: Callable[[Floats], Floats], seed: int
) -> tuple[Learned, ...]:
    """Compare the posterior of each parameter with its prior.

    Parameters
    ----------
    names
        Parameters, P of them.
    chains
        Walk of the posterior.
    quantile
        Values (n, P) at points (n, P) of the unit cube.
    seed
        Names the luck of the sample of the prior.
    """
    flat = chains.flat
    values = quantile(flat)
    keys = [("prior sample", name) for name in names]
    prior = quantile(Streams(seed, keys).uniform(np.arange(PRIOR_SAMPLE)).T)
    low, high = np.quantile(values, (0.05, 0.95), axis=0)
    before: Floats = prior.std(axis=0)
    after: Floats = values.std(axis=0)
    steps = (np.arange(len(flat)) + 0.5) / len(flat)
    distance = np.abs(np.sort(flat, axis=0) - steps[:, None]).max(axis=0)
    contraction = np.subtract(1.0, after / before)
    changed = np.maximum(np.abs(contraction), distance) >= NOTHING_LEARNED
    rhat, effective = chains.rhat, chains.effective
    return tuple(
        Learned(
            name=name,
            prior_mean=float(prior[:, p].mean()),
            prior_sd=float(before[p]),
            mean=float(values[:, p].mean()),
            sd=float(after[p]),
            low=float(low[p]),
            high=float(high[p]),
            contraction=float(contraction[p]),
            distance=float(distance[p]),
            identified=bool(changed[p]),
            rhat=float(rhat[p]),
            effective=float(effective[p]),
        )
        for p, name in enumerate(names)
    )


def strongest_correlations(
    names: Sequence[str], values: Floats, count: int = 5
) -> tuple[tuple[str, str, float], ...]:
    """Return the pairs of parameters whose draws (n, P) correlate most, with the correlation."""
    matrix: Floats = np.atleast_2d(np.corrcoef(values, rowvar=False))
    pairs = [
        (names[i], names[j], float(matrix[i, j]))
        for i in range(len(names))
        for j in range(i + 1, len(names))
    ]
    return tuple(sorted(pairs, key=lambda pair: -abs(pair[2]))[:count])


@dataclass(frozen=True)
class Reach:
    """Whether the prior can give a reading.

    `low` and `high` are the ends of what the emulator expects over the prior; `nearest` is the
    implausibility of its nearest point, in standard deviations; `share` is the share of the prior
    that is not implausible.
    """

    name: str
    value: float
    low: float
    high: float
    nearest: float
    share: float

    @property
    def reached(self) -> bool:
        """Whether any point of the prior could have given the reading."""
        return self.nearest <= IMPLAUSIBLE


def reach(likelihood: Likelihood, points: Floats) -> tuple[tuple[Reach, ...], float]:
    """Return, reading by reading, whether points (n, P) of the prior reach it.

    Returns
    -------
    reaches, together
        One for each reading; and the share of the points that are implausible for none.

    References
    ----------
    Vernon, Goldstein and Bower (2010), Bayesian Analysis 5(4):619-669.
    """
    observed = likelihood.observed
    mean = likelihood.emulator.take(observed.names).predict(points).mean
    away = likelihood.implausibility(points)
    reaches = tuple(
        Reach(
            name=name,
            value=float(observed.values[k]),
            low=float(mean[:, k].min()),
            high=float(mean[:, k].max()),
            nearest=float(away[:, k].min()),
            share=float((away[:, k] <= IMPLAUSIBLE).mean()),
        )
        for k, name in enumerate(observed.names)
    )
    return reaches, float((away.max(axis=1) <= IMPLAUSIBLE).mean())
