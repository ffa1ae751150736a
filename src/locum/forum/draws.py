"""The luck of posts: a number is named by the run, by the post, and by what it is for.

A post is known by 64 bits, which its parent's bits and its place among the parent's children
make. A post that appears in two scenarios therefore meets the same luck in both.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from locum.forum.compilation import compiled
from locum.randomness import Stream

if TYPE_CHECKING:
    from locum.forum.records import Whole

__all__ = ["child", "exponential", "poisson", "run_key", "uniform"]

_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_PURPOSE = np.uint64(0x9E3779B97F4A7C15)
_NUMBER = np.uint64(0xD1342543DE82EF95)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_STEP = 2.0**-53
_FEW = 30.0
_TURN = 2.0 * math.pi


@lru_cache(maxsize=256)
def run_key(seed: int, replication: int) -> np.uint64:
    """Return the 64 bits under which a replication of a run draws.

    Raises
    ------
    BadValue
        If the seed is not a whole number of at most 64 bits.
    """
    high, low = Stream(seed, "forum", str(replication)).uniform([0, 1])
    return np.uint64(int(high * 2**32) << 32 | int(low * 2**32))


@compiled
def _mixed(z: Whole) -> Whole:
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


@compiled
def child(key: Whole, ident: Whole, purpose: int, number: int) -> Whole:
    """Return the identity of something that belongs to what `ident` names.

    Notes
    -----
    Stafford's 13th mixer of 64 bits, twice, with a multiple of an odd number for each name
    between (the generator SplitMix64, addressed by name instead of by position).
    """
    named = np.uint64(purpose) * _PURPOSE + np.uint64(number) * _NUMBER
    return _mixed(_mixed(key ^ ident) + named)


@compiled
def uniform(key: Whole, ident: Whole, purpose: int, number: int) -> float:
    """Return the number between 0 and 1 (excluded) of this name."""
    return (np.float64(child(key, ident, purpose, number) >> _S11) + 0.5) * _STEP


@compiled
def exponential(key: Whole, ident: Whole, purpose: int, number: int) -> float:
    """Return the exponential number of mean 1 of this name."""
    return -math.log(uniform(key, ident, purpose, number))


@compiled
def poisson(rate: float, key: Whole, ident: Whole, purpose: int) -> float:
    """Return the count of this name, which rises with the rate.

    Below a rate of 30 by inversion; above, the normal value corrected for skewness, whose
    distribution function is then off by less than 0.003 (`tests/forum/test_draws.py`).
    """
    u = uniform(key, ident, purpose, 0)
    if rate <= 0.0:
        return 0.0
    if rate >= _FEW:
        z = math.sqrt(-2.0 * math.log(u)) * math.cos(_TURN * uniform(key, ident, purpose, 1))
        return max(0.0, math.floor(rate + math.sqrt(rate) * z + (z * z - 1.0) / 6.0 + 0.5))
    term = math.exp(-rate)
    total = term
    count = 0.0
    while u > total and term > 0.0:
        count += 1.0
        term *= rate / count
        total += term
    return count
