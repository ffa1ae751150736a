"""Random numbers named by what they are for: same name, same luck.

A number is a function of (seed, names, index) and of nothing else: not of the order in which
numbers are asked for, of the size of a batch, or of what else is drawn. Two scenarios therefore
meet the same luck wherever they ask for the same name, and no generator is passed around.

The generator is Philox4x32-10; names are hashed by BLAKE2b into its key and half its counter.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike

    from locum.errors import Place

__all__ = ["Stream", "Streams", "check_seed", "normal_quantile", "philox4x32"]

Floats: TypeAlias = NDArray[np.float64]
Words: TypeAlias = NDArray[np.uint32]
_Wide: TypeAlias = NDArray[np.uint64]

_ROUNDS = 10
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
_LOW_WORD = np.uint64(0xFFFFFFFF)
_HIGH = np.uint64(32)
_CHUNK = 8192  # blocks worked on at once, so that the rounds stay in the cache
_LARGEST_SEED = 2**64 - 1


def philox4x32(counter: Words, key: Words) -> Words:
    """Encrypt counters under keys with Philox4x32-10.

    Parameters
    ----------
    counter
        Counters, shape (..., 4).
    key
        Keys, shape (..., 2); leading axes broadcast against those of the counters.

    Returns
    -------
    Words
        Four random words for each counter, shape (..., 4).

    Notes
    -----
    Held by the known answers published with Random123 (`tests/kernel/test_randomness.py`).

    References
    ----------
    J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: Parallel random numbers: as easy as
    1, 2, 3. SC 2011.
    """
    leading = np.broadcast_shapes(counter.shape[:-1], key.shape[:-1])
    counters = np.broadcast_to(counter, (*leading, 4)).reshape(-1, 4)
    keys = np.broadcast_to(key, (*leading, 2)).reshape(-1, 2)
    out = np.empty((counters.shape[0], 4), dtype=np.uint32)
    for start in range(0, counters.shape[0], _CHUNK):
        part = slice(start, start + _CHUNK)
        columns = _rounds(counters[part].T.astype(np.uint64), keys[part].T.astype(np.uint64))
        for word, column in enumerate(columns):
            out[part, word] = column
    return out.reshape((*leading, 4))


def _rounds(counter: _Wide, key: _Wide) -> tuple[_Wide, _Wide, _Wide, _Wide]:
    """Run the ten rounds on words kept in 64 bits, so that products need no splitting."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(_ROUNDS):
        first = _MULTIPLIERS[0] * c0
        second = _MULTIPLIERS[1] * c2
        c0 = (second >> _HIGH) ^ c1 ^ k0
        c2 = (first >> _HIGH) ^ c3 ^ k1
        c1 = second & _LOW_WORD
        c3 = first & _LOW_WORD
        k0 = (k0 + _WEYL[0]) & _LOW_WORD
        k1 = (k1 + _WEYL[1]) & _LOW_WORD
    return c0, c1, c2, c3


def check_seed(seed: int, place: Place | None = None) -> None:
    """Refuse a seed that is not a whole number of at most 64 bits.

    Raises
    ------
    BadValue
        If it is not.
    """
    if not 0 <= seed <= _LARGEST_SEED:
        raise BadValue("seed", seed, "a whole number from 0 to 2**64 - 1", place)


class Streams:
    """Several streams drawn together: one row of numbers for each name.

    Parameters
    ----------
    seed
        Seed of the run.
    names
        One tuple of names for each stream.

    Raises
    ------
    BadValue
        If the seed is not a whole number of at most 64 bits.

    Notes
    -----
    A stream has 2**65 numbers; two streams of different names share their 128 bits of identity
    with a probability of 2**-128.
    """

    def __init__(self, seed: int, names: Iterable[Sequence[str]]) -> None:
        check_seed(seed)
        identities = [_identity(seed, each) for each in names]
        # An explicit byte order, so that every machine draws the same numbers.
        words = np.frombuffer(b"".join(identities), dtype="<u4").astype(np.uint32)
        self._words = words.reshape(-1, 4)

    def __len__(self) -> int:
        return self._words.shape[0]

    def uniform(self, index: ArrayLike) -> Floats:
        """Return numbers between 0 and 1, never 0 or 1 themselves.

        Parameters
        ----------
        index
            Positions in the stream (the number of the draw), whole and not negative, shape (N,).

        Returns
        -------
        Floats
            Numbers, shape (streams, N): (k + 1/2) / 2**52 with k of 52 random bits.

        Notes
        -----
        A block of four words serves two neighbouring positions.
        """
        position = _positions(index)
        blocks, where = np.unique(position >> np.uint64(1), return_inverse=True)
        counter = np.empty((len(self), blocks.size, 4), dtype=np.uint32)
        counter[..., 0] = blocks & _LOW_WORD
        counter[..., 1] = blocks >> _HIGH
        counter[..., 2:] = self._words[:, None, 2:]
        words = philox4x32(counter, self._words[:, None, :2])
        high = words[..., 0::2].astype(np.uint64).reshape(len(self), 2 * blocks.size)
        low = words[..., 1::2].astype(np.uint64).reshape(len(self), 2 * blocks.size)
        bits = (high << np.uint64(20)) | (low >> np.uint64(12))
        column = 2 * where + (position & np.uint64(1)).astype(np.intp)
        return (bits[:, column].astype(np.float64) + 0.5) * 2.0**-52

    def normal(self, index: ArrayLike) -> Floats:
        """Return standard normal numbers, shape (streams, N), by inverting `uniform`."""
        return normal_quantile(self.uniform(index))


class Stream:
    """One stream of random numbers, named by identity.

    Parameters
    ----------
    seed
        Seed of the run.
    names
        What the numbers are for, from the general to the particular.

    Raises
    ------
    BadValue
        If the seed is not a whole number of at most 64 bits.
    """

    def __init__(self, seed: int, *names: str) -> None:
        self._streams = Streams(seed, [names])

    def uniform(self, index: ArrayLike) -> Floats:
        """Return numbers between 0 and 1 (excluded) at these positions, shape (N,)."""
        return self._streams.uniform(index)[0]

    def normal(self, index: ArrayLike) -> Floats:
        """Return standard normal numbers at these positions, shape (N,)."""
        return self._streams.normal(index)[0]


def _identity(seed: int, names: Sequence[str]) -> bytes:
    """Hash a seed and names into 16 bytes; lengths keep ("ab", "c") apart from ("a", "bc")."""
    digest = blake2b(seed.to_bytes(8, "little"), digest_size=16, person=b"locum.stream")
    for name in names:
        encoded = name.encode()
        digest.update(len(encoded).to_bytes(4, "little") + encoded)
    return digest.digest()


def _positions(index: ArrayLike) -> _Wide:
    """Return positions as unsigned integers, or refuse them."""
    given = np.atleast_1d(np.asarray(index))
    if given.size and (
        given.dtype.kind not in "iu" or (given.dtype.kind == "i" and given.min() < 0)
    ):
        raise BadValue("index of a stream", index, "whole numbers, none negative")
    return given.astype(np.uint64)


# Wichura's coefficients, from the constant term up: numerator, denominator.
_CENTRE = (
    (
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ),
    (
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ),
)
_TAIL = (
    (
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ),
    (
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ),
)
_FAR_TAIL = (
    (
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ),
    (
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ),
)


def normal_quantile(probability: Floats) -> Floats:
    """Return the standard normal value below which a probability lies.

    Parameters
    ----------
    probability
        Probabilities strictly between 0 and 1, any shape.

    Notes
    -----
    Algorithm PPND16, relative error about 1e-16. Held against `statistics.NormalDist`.

    References
    ----------
    M. J. Wichura: Algorithm AS 241, the percentage points of the normal distribution.
    Applied Statistics 37 (1988), 477-484.
    """
    p = np.ascontiguousarray(probability, dtype=np.float64)
    offset = p - 0.5
    result = offset * _rational(_CENTRE, 0.180625 - offset * offset)
    outer = np.abs(offset) > 0.425
    if outer.any():
        tail = p[outer]
        root = np.sqrt(-np.log(np.minimum(tail, 1.0 - tail)))
        size = _rational(_TAIL, root - 1.6)
        far = root > 5.0
        if far.any():
            size[far] = _rational(_FAR_TAIL, root[far] - 5.0)
        result[outer] = np.copysign(size, offset[outer])
    return result


def _rational(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Floats) -> Floats:
    """Evaluate a quotient of two polynomials by Horner's rule."""
    above, below = (_polynomial(each, x) for each in coefficients)
    above /= below
    return above


def _polynomial(coefficients: tuple[float, ...], x: Floats) -> Floats:
    total = np.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total *= x
        total += coefficient
    return total
