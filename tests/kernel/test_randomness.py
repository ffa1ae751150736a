from __future__ import annotations

import math
import os
import subprocess
import sys
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum import randomness
from locum.errors import BadValue
from locum.randomness import Stream, Streams, normal_quantile, philox4x32

words = st.integers(0, 2**32 - 1)
indices = st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=20)

# Counter, key and answer as published with Random123 (kat_vectors, philox4x32, 10 rounds).
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip


def _words(text):
    return np.array([int(each, 16) for each in text.split()], dtype=np.uint32)


def _slow_philox(counter, key):
    """Philox in plain integers, as the paper writes it."""
    c, k, mask = list(counter), list(key), 2**32 - 1
    for _ in range(10):
        first, second = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [
            (second >> 32) ^ c[1] ^ k[0],
            second & mask,
            (first >> 32) ^ c[3] ^ k[1],
            first & mask,
        ]
        k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
    return c


@pytest.mark.verification
@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS, ids=["0", "f", "pi"])
def test_philox_gives_the_published_answers(counter, key, answer):
    np.testing.assert_array_equal(philox4x32(_words(counter), _words(key)), _words(answer))


@given(st.tuples(words, words, words, words), st.tuples(words, words))
def test_philox_equals_a_plain_slow_implementation(counter, key):
    fast = philox4x32(np.array(counter, dtype=np.uint32), np.array(key, dtype=np.uint32))
    assert fast.tolist() == _slow_philox(counter, key)


def test_philox_broadcasts_keys_against_counters_in_chunks(monkeypatch):
    counter = np.arange(60, dtype=np.uint32).reshape(1, 15, 4)
    key = np.arange(6, dtype=np.uint32).reshape(3, 1, 2)
    whole = philox4x32(counter, key)
    assert whole.shape == (3, 15, 4)
    np.testing.assert_array_equal(whole[2, 7], philox4x32(counter[0, 7], key[2, 0]))
    monkeypatch.setattr(randomness, "_CHUNK", 7)
    np.testing.assert_array_equal(philox4x32(counter, key), whole)


def test_a_stream_gives_the_same_numbers_for_ever():
    """Recorded at the first release: a change here changes every published result."""
    stream = Stream(20240220, "assumption", "exit.physician_mortality_ratio")
    assert stream.uniform([0, 1, 2, 10**12]).tolist() == [
        0.27578432031905076,
        0.5277829593952396,
        0.23239023577560258,
        0.016590756474779478,
    ]


@given(st.integers(0, 2**64 - 1), st.text(max_size=9), indices)
def test_a_number_does_not_depend_on_the_batch_it_is_drawn_in(seed, name, positions):
    stream = Stream(seed, name)
    whole = stream.uniform(positions)
    assert [stream.uniform([each])[0] for each in positions] == whole.tolist()
    assert stream.uniform(positions[::-1]).tolist() == whole.tolist()[::-1]
    assert stream.normal(positions).tolist() == [stream.normal([x])[0] for x in positions]
    assert ((whole > 0) & (whole < 1)).all()


@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), min_size=1, max_size=6))
def test_streams_drawn_together_equal_streams_drawn_alone(names):
    positions = np.arange(7)
    together = Streams(5, names).uniform(positions)
    alone = np.array([Stream(5, *each).uniform(positions) for each in names])
    np.testing.assert_array_equal(together, alone)


def test_a_stream_is_named_by_every_part_of_its_identity():
    identities = [(1, "a", "b"), (2, "a", "b"), (1, "b", "a"), (1, "ab"), (1, "a", "b", ""), (1,)]
    numbers = {Stream(seed, *names).uniform([0])[0] for seed, *names in identities}
    assert len(numbers) == len(identities)


def test_the_numbers_do_not_depend_on_the_hash_seed():
    program = (
        "from locum.randomness import Stream; print(Stream(1, 'x').normal(range(9)).tolist())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


@pytest.mark.verification
def test_uniforms_have_the_moments_of_theory():
    n = 200_000
    u = Stream(3, "moments").uniform(np.arange(n))
    scores = {
        "mean": (u.mean() - 1 / 2) / math.sqrt(1 / 12 / n),
        "square": ((u**2).mean() - 1 / 3) / math.sqrt(4 / 45 / n),
        "neighbours": np.corrcoef(u[:-1], u[1:])[0, 1] * math.sqrt(n),
        "halves": np.corrcoef(u[0::2], u[1::2])[0, 1] * math.sqrt(n / 2),
    }
    assert {name: z for name, z in scores.items() if abs(z) > 5} == {}


@pytest.mark.verification
def test_uniforms_fill_their_bins_evenly():
    n, bins = 200_000, 256
    u = Stream(4, "bins").uniform(np.arange(n))
    counts = np.bincount((u * bins).astype(int), minlength=bins)
    chi_square = ((counts - n / bins) ** 2 / (n / bins)).sum()
    assert abs(chi_square - (bins - 1)) < 5 * math.sqrt(2 * (bins - 1))


@pytest.mark.verification
def test_two_streams_are_uncorrelated():
    n = 100_000
    a, b = Streams(3, [("a",), ("b",)]).normal(np.arange(n))
    assert abs((a * b).mean()) < 5 / math.sqrt(n)


@pytest.mark.verification
@given(st.floats(1e-300, 1 - 2**-53))
def test_the_normal_quantile_equals_that_of_the_standard_library(p):
    ours = normal_quantile(np.array([p]))[0]
    assert ours == pytest.approx(NormalDist().inv_cdf(p), rel=2e-15, abs=1e-15)


def test_the_normal_quantile_is_odd_and_rises():
    p = np.linspace(2**-10, 1 - 2**-10, 1023)
    z = normal_quantile(p)
    np.testing.assert_array_equal(z, -z[::-1])
    assert (np.diff(z) > 0).all()
    assert normal_quantile(np.array([0.5]))[0] == 0


def test_the_extreme_uniforms_have_finite_normals():
    z = normal_quantile(np.array([2.0**-53, 1 - 2.0**-53]))
    np.testing.assert_allclose(z, [-8.20953615160139, 8.20953615160139], rtol=1e-14)


@pytest.mark.parametrize("seed", [-1, 2**64], ids=["negative", "too_large"])
def test_a_seed_beyond_64_bits_is_refused(seed):
    with pytest.raises(BadValue, match=r"seed is .*; expected a whole number"):
        Stream(seed, "x")


@pytest.mark.parametrize("index", [[-1], [0.5], [True]], ids=["negative", "half", "truth"])
def test_a_position_that_is_not_a_whole_number_is_refused(index):
    with pytest.raises(BadValue, match="expected whole numbers, none negative"):
        Stream(1, "x").uniform(index)


def test_no_positions_give_no_numbers():
    assert Stream(1, "x").uniform(np.arange(0)).shape == (0,)
    assert Streams(1, []).uniform(np.arange(3)).shape == (0, 3)
