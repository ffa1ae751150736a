"""Draws are known by their names, and are what their distributions say."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from locum.errors import BadValue
from locum.hospital.compilation import callable_twin
from locum.hospital.draws import (
    Luck,
    ordinal_of,
    python_exponential,
    python_lognormal,
    python_normal,
    python_uniform,
    stream_key,
)
from locum.hospital.engine import Hospital
from locum.hospital.events import SINE_SLACK, nearly_sine
from locum.hospital.program import Assembler
from locum.hospital.stations import daily
from locum.randomness import philox4x32


def test_a_uniform_number_is_a_block_of_philox():
    key = stream_key(5, 2, 7, "ed")
    words = philox4x32(
        np.array([11, 3, 2, 0], np.uint32),
        np.array([int(key) & 0xFFFFFFFF, int(key) >> 32], np.uint32),
    )
    bits = int(words[0]) << 20 | int(words[1]) >> 12
    assert python_uniform(key, 11, 3, 2) == (bits + 0.5) * 2.0**-52


def test_every_part_of_a_name_matters():
    names = [(1, 0, 0, "a"), (2, 0, 0, "a"), (1, 1, 0, "a"), (1, 0, 1, "a"), (1, 0, 0, "b")]
    keys = {int(stream_key(*name)) for name in names}
    assert len(keys) == len(names)
    key = stream_key(*names[0])
    places = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert len({python_uniform(key, *place) for place in places}) == len(places)
    assert Luck(1).uniform("a", 4, 5, 6) == python_uniform(key, 4, 5, 6)
    assert 0 <= ordinal_of("consult") < 2**31


def test_uniform_numbers_are_uniform():
    luck = Luck(3)
    u = np.array([luck.uniform("x", patient, 1) for patient in range(20_000)])
    counts = np.histogram(u, 20, (0.0, 1.0))[0]
    assert ((counts - 1000.0) ** 2 / 1000.0).sum() < 19 + 5 * (2 * 19) ** 0.5


@pytest.mark.parametrize("u", [1e-15, 1e-9, 0.01, 0.07, 0.4, 0.5, 0.93, 0.999999])
def test_times_invert_their_distribution_functions(u):
    z = NormalDist().inv_cdf(u)
    assert python_normal(u) == pytest.approx(z, rel=1e-12, abs=1e-12)
    assert python_lognormal(u, 0.3, 0.7) == pytest.approx(np.exp(0.3 + 0.7 * z), rel=1e-12)
    assert python_exponential(u, 2.0) == pytest.approx(-2.0 * np.log(u), rel=1e-12)


def test_a_seed_has_64_bits():
    with pytest.raises(BadValue, match="seed is -1"):
        stream_key(-1, 0, 0, "a")


def test_the_quick_sine_is_never_further_from_the_sine_than_is_allowed():
    quick = callable_twin(nearly_sine)
    turns = np.concatenate([np.linspace(-1.0, 1.0, 20_001), np.linspace(0.0, 5000.0, 20_003)])
    error = max(abs(quick(turn) - math.sin(2.0 * math.pi * turn)) for turn in turns)
    assert 5e-4 < error < 0.95 * SINE_SLACK


@pytest.mark.parametrize(
    ("amplitude", "phase", "scale", "span"),
    [
        (0.5, 9.0, 1.0, (0.0, math.inf)),
        (1.0, -3.0, 0.7, (50.0, 900.0)),
        (0.05, 30.0, 1.0, (5, 99)),
    ],
)
def test_candidates_are_thinned_as_if_every_sine_were_worked_out(amplitude, phase, scale, span):
    model = Assembler("door", ("all",))
    model.source("in", daily(4.0, amplitude, phase), classes={"all": 1.0}, entry="go", span=span)
    model.path("main").label("go").end()
    hospital = Hospital(model.assemble(), 3)
    hospital.set_scale("in", scale)
    stats = hospital.run(1000.0).stats()
    luck, hour, number, came = Luck(3), 0.0, 0, 0
    peak = 4.0 * (1.0 + amplitude)
    while True:
        hour += python_exponential(luck.uniform("in arrivals", number, 0), 1.0 / peak)
        if hour >= 1000.0:
            break
        wave = math.sin(2.0 * math.pi * (hour - phase) / 24.0)
        rate = scale * 4.0 * (1.0 + amplitude * wave) * (span[0] <= hour < span[1])
        came += luck.uniform("in arrivals", number, 1) * peak < rate
        number += 1
    assert (stats.candidates["in"], stats.arrived["in"]) == (number, came)
    assert 0 < came < number
