"""The mean-field twin of the trainees, fitted by its own gradient (NUTS, extra `[bayes]`).

A few homogeneous groups instead of agents: a second opinion on what the national series can teach,
and the rivals that the agents have to beat. It is fitted to counts up to 29 February 2024 and
predicts those of 4 and 8 March, across the turn of the training year.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.assumptions.priors import LogitNormal, LogNormal, Normal, Uniform
from locum.errors import BadValue, InputError
from locum.inference.calibration import Chains, learn, strongest_correlations
from locum.inference.ranks import ranked, simulate_ranks
from locum.inference.scores import covers, crps, interval
from locum.inference.standoff_counts import (
    calendar,
    letters_by_day,
    same_count,
    trainee_counts,
)
from locum.inference.standoff_pool import (
    VARIANTS,
    Algebra,
    Array,
    Pool,
    Variant,
    shares_by_scope,
)
from locum.randomness import Streams

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from locum.assumptions import Ledger
    from locum.assumptions.priors import Prior
    from locum.countries import Pack
    from locum.inference.calibration import Learned
    from locum.inference.ranks import Ranked
    from locum.inference.scores import Floats
    from locum.inference.standoff_counts import Count

__all__ = ["Twin", "TwinFit", "TwinRow", "TwinSettings", "fit_twin", "rival_scores", "twin_ranks"]

SECTOR, PREFIX = "standoff", "twin."
LEVEL = 0.9
EDGE = 1e-4
"""Shares stay this far from nobody and everybody."""


@dataclass(frozen=True)
class TwinSettings:
    """How much is drawn: chains that run side by side, steps of each, and the luck's name."""

    seed: int = 0
    chains: int = 16
    warm_up: int = 300
    steps: int = 250
    accept: float = 0.95
    depth: int = 7


CALIBRATION = TwinSettings(steps=200)
"""Each of the many fits by which the fitter itself is judged."""


@dataclass(frozen=True)
class TwinRow:
    """A count with what the twin says of it: shares, and errors in points."""

    date: str
    scope: str
    fitted: bool
    reading: float
    median: float
    low: float
    high: float
    """90 per cent of the draws lie between."""
    covered: bool
    error: float
    crps: float


@dataclass(frozen=True)
class TwinFit:
    """What one twin learned and says."""

    variant: str
    says: str
    rows: tuple[TwinRow, ...]
    learned: tuple[Learned, ...]
    correlations: tuple[tuple[str, str, float], ...]
    divergent: int
    """Steps of the sampler that left the surface of the posterior."""
    draws: Mapping[str, Floats] = field(repr=False, compare=False)

    @property
    def unidentified(self) -> tuple[str, ...]:
        """Return the numbers whose posterior equals their prior."""
        return tuple(each.name for each in self.learned if not each.identified)

    @property
    def crps(self) -> float:
        """Return the mean score over the predicted rows, in points."""
        return float(np.mean([row.crps for row in self.rows if not row.fitted]))


@dataclass(frozen=True, eq=False)
class Tools:
    """The modules of the extra `[bayes]`, loaded when they are needed."""

    jax: Any
    numpy: Any
    numpyro: Any
    distributions: Any
    infer: Any

    @classmethod
    def load(cls) -> Tools:
        """Import them.

        Raises
        ------
        InputError
            If they are not installed.
        """
        names = ("jax", "jax.numpy", "numpyro", "numpyro.distributions", "numpyro.infer")
        try:
            return cls(*(import_module(name) for name in names))
        except ImportError as absent:
            problem = "the mean-field twin needs JAX and NumPyro: install locum[bayes]"
            raise InputError(problem) from absent

    @property
    def algebra(self) -> Algebra:
        """Return the arrays of JAX."""
        return Algebra(self.numpy, self.jax.scipy.stats.norm.cdf, self.jax.lax.scan)

    def exactly(self) -> AbstractContextManager[None]:
        """Return a context in which numbers of JAX have 64 bits."""
        return self.jax.enable_x64(True)  # noqa: FBT003 - JAX's own

    def distribution(self, prior: Prior) -> Array:
        """Return a prior of the ledger as NumPyro writes it.

        Raises
        ------
        BadValue
            If it belongs to a family that has no density everywhere inside its support.
        """
        known = self.distributions
        if isinstance(prior, Normal):
            low, high = (None if np.isinf(end) else end for end in (prior.low, prior.high))
            return known.TruncatedNormal(prior.mean, prior.sd, low=low, high=high)
        if isinstance(prior, LogNormal) and prior.support() == (0.0, np.inf):
            return known.LogNormal(np.log(prior.median), prior.sigma)
        if isinstance(prior, LogitNormal):
            odds = np.log(prior.median / (1.0 - prior.median))
            sigmoid = known.transforms.SigmoidTransform()
            return known.TransformedDistribution(known.Normal(odds, prior.sigma), sigmoid)
        if isinstance(prior, Uniform):
            return known.Uniform(prior.low, prior.high)
        raise BadValue("prior of the twin", str(prior), "normal, lognormal, logitnormal, uniform")


@dataclass(frozen=True, eq=False)
class Twin:
    """A variant with the readings of a country.

    Parameters
    ----------
    variant
        Which twin.
    counts
        Published counts.
    priors
        Of its numbers, by key without the prefix.
    pool
        Its formula on the arrays of JAX.
    tools
        Modules of the extra.
    """

    variant: Variant
    counts: tuple[Count, ...]
    priors: Mapping[str, Prior]
    pool: Pool
    tools: Tools

    @classmethod
    def of(cls, name: str, pack: Pack, ledger: Ledger | None = None) -> Twin:
        """Take a variant by name, with readings and priors of a country."""
        ledger, variant, tools = ledger or pack.ledger(SECTOR), VARIANTS[name], Tools.load()
        pool = Pool(tools.algebra, variant, calendar(pack), letters_by_day(pack))
        priors = {key: ledger[PREFIX + key].prior for key in variant.keys}
        return cls(variant, trainee_counts(pack), priors, pool, tools)

    @cached_property
    def fitted(self) -> list[int]:
        """Places of the fitted counts."""
        return [place for place, each in enumerate(self.counts) if each.fitted]

    @cached_property
    def away(self) -> Floats:
        """Heads away of the fitted counts."""
        return np.array([float(self.counts[place].away) for place in self.fitted])

    def expected(self, values: Mapping[str, Array]) -> Array:
        """Return the share away that each count should have shown, (counts, ...)."""
        by_scope = shares_by_scope(self.pool, values)
        found = [by_scope[each.scope][each.day] for each in self.counts]
        return self.tools.numpy.clip(self.tools.numpy.stack(found), EDGE, 1.0 - EDGE)

    def model(self, away: Array) -> None:
        """State the joint distribution of numbers and fitted counts to NumPyro."""
        numpyro = self.tools.numpyro
        values = {
            key: numpyro.sample(key, self.tools.distribution(prior))
            for key, prior in self.priors.items()
        }
        expected = self.expected(values)[np.array(self.fitted)]
        counted = self._counted(expected, values["concentration"], self.fitted)
        numpyro.sample("away", counted, obs=away)

    def _counted(self, expected: Array, concentration: Array, places: Sequence[int]) -> Array:
        bases = np.array([self.counts[place].base for place in places])
        return self.tools.distributions.BetaBinomial(
            expected * concentration, (1.0 - expected) * concentration, bases
        )

    def sampler(self, settings: TwinSettings) -> Callable[[Array, Floats], Array]:
        """Return a sampler, compiled once, that fits several sets of counts side by side.

        Given keys of luck (n, 2) and counts (n, fitted), it returns draws by key, (n, steps) each,
        and whether each step diverged (n, steps).
        """
        jax, infer = self.tools.jax, self.tools.infer
        kernel = infer.NUTS(
            self.model,
            target_accept_prob=settings.accept,
            dense_mass=True,
            max_tree_depth=settings.depth,
            init_strategy=infer.init_to_median,
        )

        def fit(luck: Array, away: Array) -> Array:
            def step(state: Array, _: Array) -> tuple[Array, Array]:
                following = kernel.sample(state, (away,), {})
                return following, (following.z, following.diverging)

            state = kernel.init(luck, settings.warm_up, None, (away,), {})
            state, _ = jax.lax.scan(step, state, None, length=settings.warm_up)
            _, (latent, diverging) = jax.lax.scan(step, state, None, length=settings.steps)
            return jax.vmap(kernel.postprocess_fn((away,), {}))(latent), diverging

        return jax.jit(jax.vmap(fit))

    def prior_draws(self, seed: int, count: int) -> Mapping[str, Floats]:
        """Return draws (count,) of every number from its prior."""
        streams = Streams(seed, [("twin", "prior", key) for key in self.priors])
        chances = streams.uniform(np.arange(count))
        drawn = zip(self.priors.items(), chances, strict=True)
        return {key: prior.quantile(chance) for (key, prior), chance in drawn}

    def readings(self, draws: Mapping[str, Floats], seed: int) -> Floats:
        """Return counts (draws, counts) as draws of the numbers would have them published.

        Shape of each number: (draws,).
        """
        with self.tools.exactly():
            key = self.tools.jax.random.PRNGKey(seed)
            expected = self.expected({name: np.asarray(each) for name, each in draws.items()}).T
            places = range(len(self.counts))
            held = np.asarray(draws["concentration"])[:, None]
            return np.asarray(self._counted(expected, held, places).sample(key), np.float64)


def fit_twin(
    name: str, pack: Pack, settings: TwinSettings | None = None, ledger: Ledger | None = None
) -> TwinFit:
    """Fit a variant of the twin to the counts up to 29 February, and predict the later ones.

    Parameters
    ----------
    name
        One of `standoff_pool.VARIANTS`.
    pack
        Country with its readings.
    settings
        How much is drawn.
    ledger
        Assumptions of the standoff; the country's own by default.

    Raises
    ------
    InputError
        If the extra `[bayes]` is not installed.

    References
    ----------
    Hoffman and Gelman (2014), Journal of Machine Learning Research 15:1593-1623.
    Phan, Pradhan and Jankowiak (2019), Composable effects for flexible and accelerated
    probabilistic programming in NumPyro, arXiv:1912.11554.
    """
    settings, twin = settings or TwinSettings(), Twin.of(name, pack, ledger)
    away = np.tile(twin.away, (settings.chains, 1))
    chains, divergent = sample_twin(twin, twin.sampler(settings), away, settings.seed)
    keys = tuple(twin.priors)
    flat = chains.reshape(-1, len(keys))
    draws = {key: flat[:, place] for place, key in enumerate(keys)}
    said = twin.readings(draws, settings.seed)
    return TwinFit(
        variant=name,
        says=twin.variant.says,
        rows=_rows(twin.counts, said),
        learned=learn(keys, Chains(_probabilities(twin, chains), 1.0), _values(twin), 0),
        correlations=strongest_correlations(keys, flat),
        divergent=divergent,
        draws=draws,
    )


def sample_twin(
    twin: Twin, sampler: Callable[[Array, Floats], Array], away: Floats, seed: int
) -> tuple[Floats, int]:
    """Return draws (n, steps, keys) of the posterior of counts (n, fitted), and steps astray."""
    with twin.tools.exactly():
        luck = twin.tools.jax.random.split(twin.tools.jax.random.PRNGKey(seed), len(away))
        found, diverging = sampler(luck, away)
    draws = np.stack([np.asarray(found[key], np.float64) for key in twin.priors], axis=-1)
    return draws, int(np.asarray(diverging).sum())


def _probabilities(twin: Twin, draws: Floats) -> Floats:
    """Return where draws (..., P) lie in their priors, from 0 to 1: what `learn` compares."""
    grid = np.linspace(0.0, 1.0, 4001)[1:-1]
    columns = [
        np.interp(draws[..., place], prior.quantile(grid), grid)
        for place, prior in enumerate(twin.priors.values())
    ]
    return np.stack(columns, axis=-1)


def _values(twin: Twin) -> Callable[[Floats], Floats]:
    def values(points: Floats) -> Floats:
        columns = zip(points.T, twin.priors.values(), strict=True)
        return np.stack([prior.quantile(column) for column, prior in columns], axis=-1)

    return values


def _rows(counts: Sequence[Count], said: Floats) -> tuple[TwinRow, ...]:
    return tuple(_row(each, said[:, place] / each.base) for place, each in enumerate(counts))


def _row(count: Count, shares: Floats) -> TwinRow:
    limits, median = interval(shares, LEVEL), float(np.median(shares))
    return TwinRow(
        date=count.date,
        scope=count.scope,
        fitted=count.fitted,
        reading=count.share,
        median=median,
        low=limits[0],
        high=limits[1],
        covered=covers(limits, count.share),
        error=100.0 * (median - count.share),
        crps=100.0 * crps(shares, count.share),
    )


def rival_scores(pack: Pack) -> dict[str, float]:
    """Return the score, in points, of "same count on the new base" for each predicted count."""
    counts = {each.row: each for each in trainee_counts(pack)}
    return {
        counts[row].date: 100.0 * crps(np.array([share]), counts[row].share)
        for row, share in same_count(tuple(counts.values())).items()
    }


def twin_ranks(
    name: str, pack: Pack, fits: int = 100, settings: TwinSettings | None = None
) -> tuple[Ranked, ...]:
    """Calibrate the fitter of a twin by simulation: many short fits of one compiled sampler.

    Parameters
    ----------
    name
        Variant of the twin.
    pack
        Country, for priors, days and bases.
    fits
        Sets of counts that are made from the prior, and fitted.
    settings
        Of each fit.
    """
    settings = settings or CALIBRATION
    twin = Twin.of(name, pack)
    keys = tuple(twin.priors)
    truths = twin.prior_draws(settings.seed, fits)
    counted = twin.readings(truths, settings.seed)[:, twin.fitted]
    draws, _ = sample_twin(twin, twin.sampler(settings), counted, settings.seed)
    true = np.stack([truths[key] for key in keys], axis=-1)
    return ranked(keys, simulate_ranks(fits, lambda number: (true[number], draws[number])))
