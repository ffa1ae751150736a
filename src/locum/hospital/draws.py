"""The luck of patients: a number is named by its stream, its patient and what it is for.

`uniform(key, entity, ordinal, lap)` is one block of Philox4x32-10 under a 64-bit key. The key
stands for (seed, replication, site, stream); the counter holds the patient (or the candidate of
a source), the draw's own number and the lap, so that nothing depends on the order of events.

The functions with lower-case names are compiled into the engine. `Luck` offers the same numbers
to Python, for other programs that simulate the same patients.
"""

# ruff: noqa: PLR0911 - a distribution, a return

from __future__ import annotations

import math
from hashlib import blake2b
from typing import TYPE_CHECKING, cast

import numpy as np

from locum.hospital.borrowing import merged
from locum.hospital.compilation import callable_twin, compiled
from locum.hospital.records import (
    CONSTANT,
    EMPIRICAL,
    EXPONENTIAL,
    LOGNORMAL,
    UNIFORM,
    WEIBULL,
)
from locum.randomness import check_seed, philox4x32

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.hospital.records import Array, Site, Whole

__all__ = [
    "Luck",
    "exponential",
    "lognormal",
    "normal",
    "ordinal_of",
    "sample",
    "stream_key",
    "stream_keys",
    "uniform",
    "weibull",
]

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HIGH = np.uint64(32)
_ROUNDS = 10
_UP = np.uint64(20)
_DOWN = np.uint64(12)
_STEP = 2.0**-52


def stream_key(seed: int, replication: int, site: int, stream: str) -> np.uint64:
    """Return the key of one stream of one hospital.

    Parameters
    ----------
    seed
        Seed of the run, 0 to 2**64 - 1.
    replication, site
        Number of the replication and of the hospital, from 0.
    stream
        Its name; the order in which streams are declared plays no part.

    Returns
    -------
    numpy.uint64
        First argument of `uniform`.

    Raises
    ------
    BadValue
        If the seed is not a whole number of at most 64 bits.
    """
    return stream_keys(seed, replication, [(site, stream)])[0]


def stream_keys(seed: int, replication: int, named: Sequence[tuple[int, str]]) -> Array:
    """Return the keys of several streams, each a hospital's number and a name; shape (n,)."""
    check_seed(seed)
    counters = np.empty((len(named), 4), np.uint32)
    for row, (site, stream) in enumerate(named):
        name = int.from_bytes(blake2b(stream.encode(), digest_size=8).digest(), "little")
        counters[row] = name & 0xFFFFFFFF, name >> 32, replication & 0xFFFFFFFF, site & 0xFFFFFFFF
    words = philox4x32(counters, np.array([seed & 0xFFFFFFFF, seed >> 32], np.uint32))
    return words[:, 0].astype(np.uint64) | words[:, 1].astype(np.uint64) << _HIGH


def ordinal_of(name: str) -> int:
    """Return the number of a draw that is known by a name (31 bits of its hash)."""
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "little") >> 1


@compiled
def uniform(key: Whole, entity: int, ordinal: int, lap: int) -> float:
    """Return the number between 0 and 1 (excluded) of a patient's draw.

    Parameters
    ----------
    key
        Of the stream (`stream_key`).
    entity
        Number of the patient in the source, below 2**32.
    ordinal
        Number of the draw, below 2**32.
    lap
        How often the patient went back on the path before.
    """
    return _uniform(key, entity, ordinal, lap)


@compiled
def draw_many(key: Whole, first: int, ordinal: int, out: Array, place: int, count: int) -> None:
    """Write the numbers of a draw of `count` patients or candidates, from the first on."""
    for i in range(count):
        out[place + i] = _uniform(key, first + i, ordinal, 0)


@compiled
def _uniform(key: Whole, entity: int, ordinal: int, lap: int) -> float:
    merged()
    c0 = np.uint64(entity) & _LOW
    c1 = np.uint64(ordinal) & _LOW
    c2 = np.uint64(lap)
    c3 = np.uint64(0)
    k0 = key & _LOW
    k1 = key >> _HIGH
    for _ in range(_ROUNDS):
        first = _M0 * c0
        second = _M1 * c2
        c0 = (second >> _HIGH) ^ c1 ^ k0
        c2 = (first >> _HIGH) ^ c3 ^ k1
        c1 = second & _LOW
        c3 = first & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    bits = (c0 << _UP) | (c1 >> _DOWN)
    return (np.float64(bits) + 0.5) * _STEP


@compiled
def normal(u: float) -> float:
    """Return the standard normal value below which a probability lies (AS 241, PPND16)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _ratio_centre(r)
    r = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-math.log(r))
    size = _ratio_tail(r - 1.6) if r <= 5.0 else _ratio_far(r - 5.0)
    return -size if q < 0.0 else size


@compiled
def _ratio_centre(r: float) -> float:
    above = 2.5090809287301226727e3 * r + 3.3430575583588128105e4
    above = above * r + 6.7265770927008700853e4
    above = above * r + 4.5921953931549871457e4
    above = above * r + 1.3731693765509461125e4
    above = above * r + 1.9715909503065514427e3
    above = above * r + 1.3314166789178437745e2
    above = above * r + 3.3871328727963666080e0
    below = 5.2264952788528545610e3 * r + 2.8729085735721942674e4
    below = below * r + 3.9307895800092710610e4
    below = below * r + 2.1213794301586595867e4
    below = below * r + 5.3941960214247511077e3
    below = below * r + 6.8718700749205790830e2
    below = below * r + 4.2313330701600911252e1
    return above / (below * r + 1.0)


@compiled
def _ratio_tail(r: float) -> float:
    above = 7.74545014278341407640e-4 * r + 2.27238449892691845833e-2
    above = above * r + 2.41780725177450611770e-1
    above = above * r + 1.27045825245236838258e0
    above = above * r + 3.64784832476320460504e0
    above = above * r + 5.76949722146069140550e0
    above = above * r + 4.63033784615654529590e0
    above = above * r + 1.42343711074968357734e0
    below = 1.05075007164441684324e-9 * r + 5.47593808499534494600e-4
    below = below * r + 1.51986665636164571966e-2
    below = below * r + 1.48103976427480074590e-1
    below = below * r + 6.89767334985100004550e-1
    below = below * r + 1.67638483018380384940e0
    below = below * r + 2.05319162663775882187e0
    return above / (below * r + 1.0)


@compiled
def _ratio_far(r: float) -> float:
    above = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
    above = above * r + 1.24266094738807843860e-3
    above = above * r + 2.65321895265761230930e-2
    above = above * r + 2.96560571828504891230e-1
    above = above * r + 1.78482653991729133580e0
    above = above * r + 5.46378491116411436990e0
    above = above * r + 6.65790464350110377720e0
    below = 2.04426310338993978564e-15 * r + 1.42151175831644588870e-7
    below = below * r + 1.84631831751005468180e-5
    below = below * r + 7.86869131145613259100e-4
    below = below * r + 1.48753612908506148525e-2
    below = below * r + 1.36929880922735805310e-1
    below = below * r + 5.99832206555887937690e-1
    return above / (below * r + 1.0)


@compiled
def exponential(u: float, mean: float) -> float:
    """Return the exponential time of this mean that belongs to a uniform number."""
    return -math.log(u) * mean


@compiled
def lognormal(u: float, mu: float, sigma: float) -> float:
    """Return the lognormal time exp(mu + sigma z) that belongs to a uniform number."""
    return math.exp(mu + sigma * normal(u))


@compiled
def weibull(u: float, scale: float, shape: float) -> float:
    """Return the Weibull time that belongs to a uniform number."""
    return scale * (-math.log(u)) ** (1.0 / shape)


@compiled
def empirical(site: Site, first: int, count: int, u: float) -> float:
    """Interpolate between `count` quantiles at equal steps of probability."""
    place = u * (count - 1)
    below = np.int64(place)
    low = site.values[first + below]
    return low + (place - below) * (site.values[first + below + 1] - low)


@compiled
def sample(site: Site, d: int, u: float) -> float:
    """Return the value of a site's distribution `d` that belongs to a uniform number."""
    row = site.distributions[d]
    kind = row.kind
    a = row.first
    b = row.second
    if kind == LOGNORMAL:
        return lognormal(u, a, b)
    if kind == EXPONENTIAL:
        return exponential(u, a)
    if kind == CONSTANT:
        return a
    if kind == UNIFORM:
        return a + u * (b - a)
    if kind == WEIBULL:
        return weibull(u, a, b)
    return empirical(site, np.int64(a), np.int64(b), u) if kind == EMPIRICAL else 0.0


class Luck:
    """The engine's draws of one hospital, for Python programs that meet the same patients.

    Parameters
    ----------
    seed, replication, site
        As given to the engine.
    """

    def __init__(self, seed: int, replication: int = 0, site: int = 0) -> None:
        self._identity = (seed, replication, site)
        self._keys: dict[str, np.uint64] = {}

    def uniform(self, stream: str, entity: int, ordinal: int, lap: int = 0) -> float:
        """Return the uniform number of this stream, patient and draw."""
        key = self._keys.get(stream)
        if key is None:
            key = self._keys[stream] = stream_key(*self._identity, stream)
        return cast("float", python_uniform(key, entity, ordinal, lap))


python_uniform = callable_twin(uniform)
"""`uniform`, `normal`, `exponential`, `lognormal` for callers in Python: the same bits."""
python_normal = callable_twin(normal)
python_exponential = callable_twin(exponential)
python_lognormal = callable_twin(lognormal)
