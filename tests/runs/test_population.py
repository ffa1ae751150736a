"""Mortality is that of the year in which people are at risk."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from locum.countries import load_pack
from locum.runs.population import mortality_by_age
from locum.workforce.records import AGE_COUNT, FIRST_AGE

if TYPE_CHECKING:
    from pathlib import Path

    from locum.countries import Pack

LEVEL, RISE = 2e-5, 0.1
"""Rates of death that rise with exact age x as LEVEL exp(RISE x)."""
TO_MIDDLE = 2.5
"""From the first age of a band to its middle."""


@pytest.fixture
def exponential(tmp_path: Path) -> Pack:
    """The Korea pack with rates of death that rise with age, alike in all periods."""
    folder = tmp_path / "korea"
    shutil.copytree(load_pack("korea").path, folder)
    file = folder / "model" / "mortality.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    for row in rows:
        middle = int(row["age_start"]) + TO_MIDDLE
        row["value"] = repr(LEVEL * np.exp(RISE * middle).item())
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return load_pack(folder)


def over_a_year(age: int) -> float:
    """Integrate the rate over a year from exact ages within a completed age; return their mean."""
    parts = (np.arange(200) + 0.5) / 200
    exact = age + parts[:, None] + parts
    return float((LEVEL * np.exp(RISE * exact)).mean())


@pytest.mark.verification
def test_the_dead_of_a_year_are_those_at_risk_of_an_age_at_its_start(exponential: Pack):
    """Completed age when the year begins; what the mean age in the middle misses is a thousandth.

    Half a year off would be a share RISE / 2 too many or too few.
    """
    found = mortality_by_age(exponential, np.array([2000, 2040]))
    ages = range(FIRST_AGE, FIRST_AGE + AGE_COUNT)
    expected = [1.0 - np.exp(-over_a_year(age)) for age in ages]
    curvature = (np.sinh(RISE / 2) / (RISE / 2)) ** 2 - 1.0
    assert curvature < RISE / 2 / 50
    for year in range(2):
        for sex in range(2):
            assert found[year, sex] == pytest.approx(expected, rel=1.05 * curvature)


def test_rates_are_those_of_their_period(korea: Pack):
    years = np.array([1990, 1995, 1999, 2000])
    before, first, same, later = mortality_by_age(korea, years)
    assert (before == first).all()
    assert (first == same).all()
    assert (later < first).mean() > 0.9
