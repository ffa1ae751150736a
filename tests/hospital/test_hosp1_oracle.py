"""The engine against another program: SimPy meets the same patients and must find the same.

The models are those of the benchmark HOSP-1.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.append(str(BENCHMARKS))
parameters: Any = import_module("peers.parameters")
locum_hosp1: Any = import_module("peers.locum_hosp1")
simpy_hosp1: Any = import_module("peers.simpy_hosp1")
simpy_prompt: Any = import_module("peers.simpy_prompt")

FULL = parameters.Hosp1(horizon=60 * 24.0)
FIXED = {
    "surgery": parameters.Lognormal(math.log(2.0), 0.0),
    "elective_stay": parameters.Lognormal(math.log(94.0), 0.0),
}
"""Electives leave theatres and beds on the hour, when others are cut off or called."""
HOSPITALS = {
    "full": FULL,
    "subset": FULL.subset(),
    "crowded": replace(FULL, ward_beds=250, theatres=4, icu_beds=4, divert_at=6),
    "two doctors": replace(FULL, doctors_day=2, doctors_night=2),
    "ties": replace(FULL, ward_beds=265, theatres=3, **FIXED),
}
SEEDS = (1, 2, 3)


def differing(ours: dict[str, float], theirs: dict[str, float]) -> dict[str, tuple[float, float]]:
    assert set(ours) == set(theirs) == set(parameters.STATISTICS)
    return {
        name: (value, theirs[name])
        for name, value in ours.items()
        if not math.isclose(value, theirs[name], rel_tol=1e-9, abs_tol=1e-9)
    }


@pytest.mark.verification
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", HOSPITALS)
def test_simpy_finds_the_same_with_the_same_draws(name: str, seed: int):
    numbers = HOSPITALS[name]
    oracle = simpy_prompt.PromptHospital(numbers, locum_hosp1.KeyedDraws(seed))
    assert differing(locum_hosp1.run(numbers, seed), oracle.run()) == {}


@pytest.mark.verification
@pytest.mark.parametrize("seed", SEEDS)
def test_without_ties_simpys_own_resources_find_the_same(seed: int):
    oracle = simpy_hosp1.Hospital(FULL, locum_hosp1.KeyedDraws(seed))
    assert differing(locum_hosp1.run(FULL, seed), oracle.run()) == {}


@pytest.mark.verification
@pytest.mark.parametrize("seed", SEEDS)
def test_doctors_without_identity_change_nothing(seed: int):
    identified = locum_hosp1.run(FULL, seed)
    counted = locum_hosp1.run(FULL, seed, clinicians=False)
    assert differing(identified, counted) == {}


def test_the_crowded_hospital_uses_every_rule():
    totals = simpy_hosp1.run(HOSPITALS["crowded"], 1)
    unused = [name for name in parameters.STATISTICS if not totals[name]]
    assert unused == []


def test_the_order_of_one_instant_matters_where_ties_are_many():
    numbers = HOSPITALS["ties"]
    own = simpy_hosp1.Hospital(numbers, locum_hosp1.KeyedDraws(2)).run()
    prompt = simpy_prompt.PromptHospital(numbers, locum_hosp1.KeyedDraws(2)).run()
    assert differing(own, prompt) != {}


@pytest.mark.bench
def test_the_benchmark_prints_its_contract():
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "hosp1.py"), "--json", "--quick"],
        check=True,
        capture_output=True,
        text=True,
    )
    result = json.loads(done.stdout)
    assert set(result) == {"ratios", "figures"}
    assert set(result["ratios"]) == {"simpy", "ciw", "cimba"}
    assert result["ratios"]["simpy"] > 0.0
    assert result["figures"]["oracle_max_difference"] <= 1e-9
    assert set(result["figures"]) >= {"events_per_s", "patients_per_s", "max_abs_z"}
