"""The luck of agents: 32 random bits named by who, on which day, for what.

A word is a hash of (key of the crowd, day, purpose, identity of the agent) and of nothing else, so
that two scenarios meet the same luck and a policy that touches nobody changes nothing. A chance p
happens when the word is below p * 2**32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CERTAIN", "ENTRY", "EVENT", "LINK", "REVISION", "WINDOW", "chances", "keys", "mixed"]

EVENT, REVISION, WINDOW, LINK, ENTRY = range(5)
"""What a word is for."""
CERTAIN = 2**32
_PURPOSES = 8
_LOW = 0xFFFFFFFF
_MULTIPLIERS = (0x7FEB352D, 0x846CA68B)


def mixed(words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Hash words of 32 bits, each into another, no two into the same.

    References
    ----------
    C. Wellons: Prospecting for hash functions (2018), `lowbias32`.
    """
    x = words ^ (words >> np.uint32(16))
    x = x * np.uint32(_MULTIPLIERS[0])
    x ^= x >> np.uint32(15)
    x *= np.uint32(_MULTIPLIERS[1])
    return x ^ (x >> np.uint32(16))


def _mixed_one(word: int) -> int:
    """Hash one word, as `mixed` does."""
    x = word ^ (word >> 16)
    x = (x * _MULTIPLIERS[0]) & _LOW
    x ^= x >> 15
    x = (x * _MULTIPLIERS[1]) & _LOW
    return x ^ (x >> 16)


def keys(key: int, day: int) -> NDArray[np.uint32]:
    """Return one key for each purpose, from a key of 64 bits and a day.

    Notes
    -----
    The word of an agent is `mixed(identity ^ key)`. Keys have 32 bits: of a million days of a
    million crowds some share their words, which biases nothing.
    """
    root = _mixed_one((key & _LOW) ^ _mixed_one((key >> 32) & _LOW))
    first = (day * _PURPOSES) & _LOW
    return np.array(
        [_mixed_one(root ^ _mixed_one((first + purpose) & _LOW)) for purpose in range(5)],
        dtype=np.uint32,
    )


def chances(probability: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return the bound below which a word makes a chance happen; outside 0..1 it is cut."""
    return (np.clip(probability, 0.0, 1.0) * float(CERTAIN)).astype(np.uint64)
