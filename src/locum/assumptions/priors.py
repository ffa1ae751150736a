"""Priors: what an assumption may be, as exact inverse distribution functions.

A prior turns a number between 0 and 1 into a value, so that one keyed uniform a draw is all the
chance an assumption takes. `quantiles` does it for many priors at once: those of one family are
stacked, and a row comes out the same bit for bit whatever it was stacked with.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import Field, dataclass
from math import erfc, inf, isfinite, log, sqrt
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import BadValue, OutOfBounds
from locum.randomness import normal_quantile

__all__ = [
    "PRIORS",
    "Choice",
    "Curve",
    "LogNormal",
    "LogitNormal",
    "MassAtZero",
    "Normal",
    "Point",
    "Prior",
    "Scale",
    "Triangular",
    "Uniform",
    "quantiles",
]

Floats: TypeAlias = NDArray[np.float64]
Inverse: TypeAlias = Callable[..., Floats]
"""Probabilities, then parameters that broadcast with them, to values."""

_BELOW_ONE = 1 - 2.0**-53
_LEAST_MASS = 1e-6
_WIDEST_SIGMA = 5.0


class Curve(NamedTuple):
    """An inverse distribution function, its parameters, and the ends of its support."""

    inverse: Inverse
    parameters: tuple[float, ...]
    low: float
    high: float


class Prior(ABC):
    """What an assumption may be.

    A relative prior speaks of a factor on the value; the others speak of the value itself.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]  # every family is a dataclass
    family: ClassVar[str]
    relative: ClassVar[bool] = False

    @abstractmethod
    def curve(self) -> Curve:
        """Return the inverse distribution function with everything it needs."""

    @property
    def certain(self) -> bool:
        """Whether the value is beyond doubt, so that there is nothing to draw."""
        return False

    def support(self) -> tuple[float, float]:
        """Return the ends of the interval the prior lives on; they may be infinite."""
        curve = self.curve()
        return curve.low, curve.high

    def quantile(self, probability: Floats) -> Floats:
        """Return the values below which these probabilities (0 to 1, excluded) lie."""
        return quantiles([self], np.atleast_1d(probability)[None, :])[0]

    def to_dict(self) -> dict[str, object]:
        """Return the prior as it is written in YAML."""
        return {self.family: _parameters(self)}

    def __str__(self) -> str:
        # Numbers only: the families that hold something else print themselves.
        return f"{self.family}({', '.join(f'{k} {v:g}' for k, v in _parameters(self).items())})"


def quantiles(priors: Sequence[Prior], probability: Floats) -> Floats:
    """Return the quantiles of several priors, one row each.

    Parameters
    ----------
    priors
        The priors, K of them.
    probability
        Probabilities between 0 and 1 (excluded), shape (K, D).

    Returns
    -------
    Floats
        Values, or factors of relative priors, or positions of chosen options; shape (K, D).
    """
    stacks: dict[tuple[Inverse, int], list[tuple[int, Curve]]] = {}
    for row, prior in enumerate(priors):
        curve = prior.curve()
        stacks.setdefault((curve.inverse, len(curve.parameters)), []).append((row, curve))
    result = np.empty(probability.shape)
    for (inverse, _), members in stacks.items():
        rows = [row for row, _ in members]
        columns = np.array([curve.parameters for _, curve in members]).T[..., None]
        low, high = np.array([(curve.low, curve.high) for _, curve in members]).T[..., None]
        # Rounding may step past an end of the support by one unit in the last place.
        result[rows] = np.clip(inverse(probability[rows], *columns), low, high)
    return result


# --- inverse distribution functions on plain arrays --------------------------


def _point(u: Floats) -> Floats:
    return np.ones_like(u)


def _uniform(u: Floats, low: Floats, high: Floats) -> Floats:
    return low + (high - low) * u


def _triangular(u: Floats, low: Floats, mode: Floats, high: Floats) -> Floats:
    width = high - low
    rising = low + np.sqrt(u * width * (mode - low))
    falling = high - np.sqrt((1 - u) * width * (high - mode))
    return np.where(u * width < mode - low, rising, falling)


def _normal(u: Floats, mean: Floats, sd: Floats) -> Floats:
    return mean + sd * normal_quantile(u)


def _cut_normal(
    u: Floats, mean: Floats, sd: Floats, below: Floats, inside: Floats, side: Floats
) -> Floats:
    p = below + inside * np.where(side > 0, u, 1 - u)
    return mean + sd * side * normal_quantile(np.minimum(p, _BELOW_ONE))


def _lognormal(u: Floats, location: Floats, sigma: Floats) -> Floats:
    return np.exp(_normal(u, location, sigma))


def _cut_lognormal(u: Floats, *parameters: Floats) -> Floats:
    return np.exp(_cut_normal(u, *parameters))


def _logitnormal(u: Floats, location: Floats, sigma: Floats) -> Floats:
    return 1 / (1 + np.exp(-_normal(u, location, sigma)))


def _mass_at_zero(u: Floats, mass: Floats, high: Floats) -> Floats:
    return high * np.maximum(u - mass, 0) / (1 - mass)


def _choice(u: Floats, *edges: Floats) -> Floats:
    passed = np.zeros_like(u)
    for edge in edges:
        passed += u >= edge
    return passed


# --- the families ------------------------------------------------------------


@dataclass(frozen=True)
class Point(Prior):
    """No doubt: the value itself. A rule lists the `options` it could be set to."""

    family: ClassVar[str] = "point"
    relative: ClassVar[bool] = True
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _each_once(self)

    @property
    def certain(self) -> bool:
        """True: there is nothing to draw."""
        return True

    def curve(self) -> Curve:
        """Return a factor of 1."""
        return Curve(_point, (), 1.0, 1.0)

    def to_dict(self) -> dict[str, object]:
        """Return the prior as it is written in YAML."""
        return {self.family: {"options": list(self.options)} if self.options else {}}

    def __str__(self) -> str:
        return self.family


@dataclass(frozen=True)
class Uniform(Prior):
    """Any value from `low` to `high`, each as likely."""

    family: ClassVar[str] = "uniform"
    low: float
    high: float

    def __post_init__(self) -> None:
        _finite(self, low=self.low, high=self.high)
        _ascending(self, self.low, self.high)

    def curve(self) -> Curve:
        """Return low + (high - low) u."""
        return Curve(_uniform, (self.low, self.high), self.low, self.high)


@dataclass(frozen=True)
class Triangular(Prior):
    """From `low` to `high`, most likely at `mode`."""

    family: ClassVar[str] = "triangular"
    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _finite(self, low=self.low, mode=self.mode, high=self.high)
        _ascending(self, self.low, self.high)
        if not self.low <= self.mode <= self.high:
            raise OutOfBounds(f"mode of a {self.family} prior", self.mode, "", self.low, self.high)

    def curve(self) -> Curve:
        """Return a square root on either side of the mode."""
        return Curve(_triangular, (self.low, self.mode, self.high), self.low, self.high)


@dataclass(frozen=True)
class Normal(Prior):
    """A normal distribution, cut off below `low` and above `high` where they are given.

    `mean` and `sd` are those of the distribution before it is cut.
    """

    family: ClassVar[str] = "normal"
    mean: float
    sd: float
    low: float = -inf
    high: float = inf

    def __post_init__(self) -> None:
        _finite(self, mean=self.mean, sd=self.sd)
        _positive(self, sd=self.sd)
        _ascending(self, self.low, self.high)
        self.curve()  # refuses a cut that leaves nothing

    def curve(self) -> Curve:
        """Return mean + sd z, with z the normal quantile of u brought inside the cut."""
        shape = (self.mean, self.sd)
        if self.low == -inf and self.high == inf:
            return Curve(_normal, shape, -inf, inf)
        cut = _cut(self, (self.low - self.mean) / self.sd, (self.high - self.mean) / self.sd)
        return Curve(_cut_normal, (*shape, *cut), self.low, self.high)


@dataclass(frozen=True)
class LogNormal(Prior):
    """A value whose logarithm is normal, cut off below `low` and above `high` where given.

    `sigma` is the standard deviation of the logarithm: 0.2 is roughly 20 per cent.
    """

    family: ClassVar[str] = "lognormal"
    median: float
    sigma: float
    low: float = -inf
    high: float = inf

    def __post_init__(self) -> None:
        _finite(self, median=self.median, sigma=self.sigma)
        _positive(self, median=self.median, sigma=self.sigma, high=self.high)
        _narrow(self, self.sigma)
        _ascending(self, self.low, self.high)
        self.curve()  # refuses a cut that leaves nothing

    def curve(self) -> Curve:
        """Return the exponential of a normal, cut where the value is cut."""
        shape = (log(self.median), self.sigma)
        floor = max(self.low, 0.0)
        if floor == 0 and self.high == inf:
            return Curve(_lognormal, shape, 0.0, inf)
        low = (log(floor) - shape[0]) / self.sigma if floor > 0 else -inf
        high = (log(self.high) - shape[0]) / self.sigma if self.high < inf else inf
        return Curve(_cut_lognormal, (*shape, *_cut(self, low, high)), floor, self.high)


@dataclass(frozen=True)
class LogitNormal(Prior):
    """A share whose log odds are normal with standard deviation `sigma`."""

    family: ClassVar[str] = "logitnormal"
    median: float
    sigma: float

    def __post_init__(self) -> None:
        _finite(self, median=self.median, sigma=self.sigma)
        _positive(self, sigma=self.sigma)
        _narrow(self, self.sigma)
        if not 0 < self.median < 1:
            raise BadValue(f"median of a {self.family} prior", self.median, "a share inside 0..1")

    def curve(self) -> Curve:
        """Return the logistic function of a normal."""
        odds = self.median / (1 - self.median)
        return Curve(_logitnormal, (log(odds), self.sigma), 0.0, 1.0)


@dataclass(frozen=True)
class MassAtZero(Prior):
    """Exactly 0 with probability `mass`, else any value up to `high`, each as likely.

    For what no source shows to have happened and nobody can exclude.
    """

    family: ClassVar[str] = "mass_at_zero"
    mass: float
    high: float

    def __post_init__(self) -> None:
        _finite(self, mass=self.mass, high=self.high)
        _positive(self, high=self.high)
        if not 0 < self.mass < 1:
            expected = "a probability inside 0..1"
            raise BadValue(f"mass of a {self.family} prior", self.mass, expected)

    def curve(self) -> Curve:
        """Return 0 up to the mass, then a straight line to high."""
        return Curve(_mass_at_zero, (self.mass, self.high), 0.0, self.high)


@dataclass(frozen=True)
class Choice(Prior):
    """One of several options of a rule, each with a weight (they need not add up to 1)."""

    family: ClassVar[str] = "choice"
    options: tuple[str, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        _each_once(self)
        given = list(self.weights)
        if not given or len(given) != len(self.options):
            raise BadValue("weights of a choice", given, "one for each option")
        if not all(isfinite(each) and each >= 0 for each in given) or not any(given):
            raise BadValue("weights of a choice", given, "none negative, at least one positive")

    @property
    def certain(self) -> bool:
        """Whether one option has all the weight."""
        return sum(each > 0 for each in self.weights) == 1

    def curve(self) -> Curve:
        """Return the number of inner edges of the cumulative weights that u has passed."""
        sums = np.cumsum(self.weights)
        edges: list[float] = (sums[:-1] / sums[-1]).tolist()
        return Curve(_choice, tuple(edges), 0.0, float(len(edges)))

    def to_dict(self) -> dict[str, object]:
        """Return the prior as it is written in YAML."""
        return {self.family: {"options": list(self.options), "weights": list(self.weights)}}

    def __str__(self) -> str:
        pairs = zip(self.options, self.weights, strict=True)
        return f"{self.family}({', '.join(f'{name} {weight:g}' for name, weight in pairs)})"


@dataclass(frozen=True)
class Scale(Prior):
    """A prior on one factor that multiplies the value, or every dated value alike."""

    family: ClassVar[str] = "scale"
    relative: ClassVar[bool] = True
    factor: Prior

    def __post_init__(self) -> None:
        if isinstance(self.factor, Choice | Point | Scale):
            raise BadValue("prior of a scale", self.factor.family, "a distribution of the factor")
        lowest, _ = self.support()
        if lowest < 0:
            raise OutOfBounds("lowest factor of a scale", lowest, "", 0, inf)

    def curve(self) -> Curve:
        """Return the curve of the factor."""
        return self.factor.curve()

    def to_dict(self) -> dict[str, object]:
        """Return the prior as it is written in YAML."""
        return {self.family: self.factor.to_dict()}

    def __str__(self) -> str:
        return f"{self.family}({self.factor})"


PRIORS: dict[str, type[Prior]] = {
    kind.family: kind
    for kind in (
        Point,
        Uniform,
        Triangular,
        Normal,
        LogNormal,
        LogitNormal,
        MassAtZero,
        Choice,
        Scale,
    )
}
"""Every family of priors by its name in YAML."""


# --- what the families share -------------------------------------------------


def _below(z: float) -> float:
    """Return the standard normal probability below z, exact in the lower tail."""
    return 0.5 * erfc(-z / sqrt(2))


def _cut(prior: Prior, low: float, high: float) -> tuple[float, float, float]:
    """Return the probability below a standardised interval, that inside it, and the side.

    An interval above the middle is mirrored (side -1): probabilities near 1 have lost their
    digits, those near 0 have not.
    """
    side = -1.0 if low > 0 else 1.0
    if side < 0:
        low, high = -high, -low
    below = _below(low)
    inside = _below(high) - below
    if inside < _LEAST_MASS:
        part = f"part of a {prior.family} prior between low and high"
        raise BadValue(part, inside, "at least a millionth of the distribution")
    return below, inside, side


def _finite(prior: Prior, **numbers: float) -> None:
    for name, number in numbers.items():
        if not isfinite(number):
            raise BadValue(f"{name} of a {prior.family} prior", number, "a finite number")


def _positive(prior: Prior, **numbers: float) -> None:
    for name, number in numbers.items():
        if not number > 0:
            raise BadValue(f"{name} of a {prior.family} prior", number, "a number above 0")


def _ascending(prior: Prior, low: float, high: float) -> None:
    if not low < high:
        raise BadValue(f"high of a {prior.family} prior", high, f"a number above low ({low:g})")


def _narrow(prior: Prior, sigma: float) -> None:
    if sigma > _WIDEST_SIGMA:
        raise OutOfBounds(f"sigma of a {prior.family} prior", sigma, "", 0, _WIDEST_SIGMA)


def _each_once(prior: Point | Choice) -> None:
    if len(set(prior.options)) != len(prior.options):
        raise BadValue(f"options of a {prior.family}", list(prior.options), "each option once")


def _parameters(prior: Prior) -> dict[str, object]:
    """Return the parameters as they are written in YAML: open ends are left out."""
    given: dict[str, object] = vars(prior)
    return {k: v for k, v in given.items() if not isinstance(v, float) or isfinite(v)}
