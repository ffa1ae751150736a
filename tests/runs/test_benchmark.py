"""The benchmark prints what it promises; how fast it is, no test judges."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "workforce.py"
FIGURES = {
    "engine_draw_year_cpu_ms",
    "copy_draw_year_cpu_ms",
    "reference_draw_year_cpu_ms",
    "one_draw_cpu_s",
    "fan_100_cpu_s",
    "thousand_cpu_s",
    "thousand_peak_mb",
    "draw_cost_spread",
    "two_threads_speed_up",
    "load_average",
    "help_wall_s",
    "run_one_draw_wall_s",
    "first_compile_wall_s",
    "core_install_mb",
    "state_bytes",
    "starsim_person_years_per_cpu_s",
    "starsim_note",
}


@pytest.mark.bench
def test_the_benchmark_prints_its_contract():
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), "--json", "--quick"],
        check=True,
        capture_output=True,
        text=True,
    )
    result = json.loads(done.stdout)
    assert set(result) == {"ratios", "figures"}
    assert {"state_copy", "numpy_reference"} <= set(result["ratios"])
    assert all(value > 0.0 for value in result["ratios"].values())
    assert set(result["figures"]) >= FIGURES


@pytest.mark.bench
def test_the_benchmark_of_attributions_prints_its_contract():
    done = subprocess.run(
        [sys.executable, str(BENCHMARK.with_name("explain.py")), "--json", "--quick"],
        check=True,
        capture_output=True,
        text=True,
    )
    result = json.loads(done.stdout)
    assert set(result) == {"ratios", "figures"}
    assert result["ratios"]["brute_force"] > 0.0
    assert set(result["figures"]) >= {"one_draw_s", "band_100_s", "all_pairs_s", "max_difference"}
    assert result["figures"]["max_difference"] < 1e-6
