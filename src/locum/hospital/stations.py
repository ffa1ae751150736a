"""The words of a model of a hospital: times, rates, waiting, and whom a step asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf, log, sqrt
from typing import TypeAlias

from locum.errors import OutOfBounds
from locum.hospital.records import (
    CONSTANT,
    EMPIRICAL,
    EXPONENTIAL,
    LOGNORMAL,
    UNIFORM,
    WEIBULL,
)

__all__ = [
    "BY_CLASS",
    "ByClass",
    "Distribution",
    "Number",
    "Rate",
    "Shift",
    "Staff",
    "Time",
    "Waiting",
    "constant",
    "daily",
    "empirical",
    "exponential",
    "hourly",
    "lognormal",
    "lognormal_log",
    "steady",
    "uniform",
    "weibull",
]

WEEK = 168
_LARGEST_CV = 1e6


@dataclass(frozen=True)
class Distribution:
    """A time in hours, drawn by inverting its distribution function."""

    kind: int
    first: float = 0.0
    second: float = 0.0
    quantiles: tuple[float, ...] = ()


ByClass: TypeAlias = Mapping[str, float]
Number: TypeAlias = float | ByClass
"""One number, or one for each class of patient."""
Time: TypeAlias = float | Distribution | Mapping[str, float | Distribution]
"""A time in hours: a constant, a distribution, or one of these for each class."""
Shift: TypeAlias = tuple[float, float]
"""From and to, in hours of the roster's period."""


def _positive(what: str, value: float, low: float = 0.0) -> float:
    if not low <= value < inf:
        raise OutOfBounds(what, value, "", low, inf)
    return float(value)


def constant(hours: float) -> Distribution:
    """Return a fixed time; infinity is allowed and means never."""
    if not hours >= 0.0:
        raise OutOfBounds("constant time", hours, "h", 0.0, inf)
    return Distribution(CONSTANT, float(hours))


def exponential(mean: float) -> Distribution:
    """Return an exponential time."""
    return Distribution(EXPONENTIAL, _positive("mean", mean))


def lognormal(mean: float, cv: float) -> Distribution:
    """Return a lognormal time of this mean and coefficient of variation."""
    if cv > _LARGEST_CV:
        raise OutOfBounds("coefficient of variation", cv, "", 0.0, _LARGEST_CV)
    variance = log(1.0 + _positive("coefficient of variation", cv) ** 2)
    mu = log(_positive("mean", mean, 1e-300)) - variance / 2.0
    return Distribution(LOGNORMAL, mu, sqrt(variance))


def lognormal_log(mu: float, sigma: float) -> Distribution:
    """Return a lognormal time by the mean and standard deviation of its logarithm."""
    return Distribution(LOGNORMAL, float(mu), _positive("sigma", sigma))


def uniform(low: float, high: float) -> Distribution:
    """Return a time between two bounds."""
    return Distribution(UNIFORM, _positive("low", low), _positive("high", high, low))


def weibull(scale: float, shape: float) -> Distribution:
    """Return a Weibull time."""
    return Distribution(WEIBULL, _positive("scale", scale), _positive("shape", shape, 1e-6))


def empirical(quantiles: Sequence[float]) -> Distribution:
    """Return a time by its quantiles at equal steps of probability, from 0 to 1."""
    values = tuple(float(value) for value in quantiles)
    rising = all(low <= high for low, high in pairwise(values))
    if len(values) < 2 or not rising or values[0] < 0.0:
        raise OutOfBounds("falling or negative quantile", min(values, default=0.0), "h", 0.0, inf)
    return Distribution(EMPIRICAL, quantiles=values)


@dataclass(frozen=True)
class Rate:
    """Arrivals an hour: base x (1 + amplitude sin(2 pi (t - phase)/24)), or a weekly table."""

    base: float
    amplitude: float = 0.0
    phase: float = 0.0
    table: tuple[float, ...] = ()
    headroom: float = 1.0
    """By how much a lever may scale the rate up; candidates arrive at peak x headroom."""

    @property
    def peak(self) -> float:
        """The largest rate, at which candidates arrive before they are thinned."""
        return max(self.table) if self.table else self.base * (1.0 + self.amplitude)


def steady(per_hour: float) -> Rate:
    """Return a rate that does not change."""
    return Rate(_positive("rate", per_hour))


def daily(per_hour: float, amplitude: float, phase: float) -> Rate:
    """Return a rate with a daily sine wave."""
    if not 0.0 <= amplitude <= 1.0:
        raise OutOfBounds("amplitude", amplitude, "", 0.0, 1.0)
    return Rate(_positive("rate", per_hour), float(amplitude), float(phase))


def hourly(rates: Sequence[float]) -> Rate:
    """Return a rate by hour of the day (24 numbers) or of the week (168, from Monday 00:00)."""
    values = tuple(_positive("rate", rate) for rate in rates)
    if len(values) not in (24, WEEK):
        raise OutOfBounds("number of hourly rates", len(values), "", WEEK, WEEK)
    return Rate(0.0, table=values if len(values) == WEEK else values * 7)


BY_CLASS = -1
"""As a priority: the place of the patient's class in the list of classes."""


@dataclass(frozen=True)
class Waiting:
    """How a patient waits.

    Parameters
    ----------
    priority
        0 is served first; `BY_CLASS`, or a whole number for each class.
    patience
        Time after which the patient leaves the queue; None waits for ever.
    leave_to
        Label where the one who left goes on.
    boards
        Counter that holds who waits here (patients who board).
    draw
        Name or number of the draw of the patience.
    """

    priority: int | Mapping[str, int] = 0
    patience: Time | None = None
    leave_to: str | None = None
    boards: str | None = None
    draw: str | int | None = None


@dataclass(frozen=True)
class Staff:
    """Whom a step asks for.

    Parameters
    ----------
    pool
        Name of the pool.
    skills
        Every one of these is needed.
    grade
        At least this grade.
    rule
        most_junior (of those who suffice) or longest_idle.
    task
        What the doctor-minutes are counted as.
    role
        Name under which the patient holds the clinician; up to three at a time.
    """

    pool: str
    skills: Sequence[str] = ()
    grade: int = 0
    rule: str = "most_junior"
    task: str = "care"
    role: str = "doctor"


NO_WAIT = Waiting()


@dataclass
class Step:
    """A step as written: its numbers still have names."""

    op: int
    path: str
    name: str
    label: str | None
    what: str | None = None
    to: tuple[str, ...] = ()
    """Labels it may jump to."""
    units: int = 1
    time: Time | None = None
    shares: tuple[Number, ...] = ()
    waiting: Waiting = NO_WAIT
    staff: Staff | None = None
    role: str | None = None
    draw: str | int | None = None
    preempts: bool = False
    keeps_place: bool = False
    classes: tuple[str, ...] | None = None
    change: Mapping[str, str] = field(default_factory=dict[str, str])
    goes_on: bool = True
    """Whether the patient may also go on to the next step."""
