"""Synthetic tables of a country that does not exist, for tests of the workforce sector."""

from __future__ import annotations

import numpy as np

from locum.workforce.demand import UseTables
from locum.workforce.inputs import (
    Absences,
    Axes,
    PipelineTables,
    PopulationTables,
    SpecialtyTables,
    StartingTables,
    Tables,
)
from locum.workforce.records import AGE_COUNT


def synthetic_tables(
    *,
    regions: int = 5,
    specialties: int = 6,
    years: int = 12,
    seed: int = 0,
    start: int = 2022,
    interrupted: bool = False,
) -> Tables:
    """Build plausible tables of any size; the last specialty is ``none``."""
    rng = np.random.default_rng(seed)
    calendar = np.arange(start, start + years)
    axes = Axes(
        calendar,
        tuple(f"region{r}" for r in range(regions)),
        (*(f"specialty{s}" for s in range(specialties - 1)), "none"),
    )
    weight = rng.dirichlet(np.full(regions, 5.0))
    ages = np.exp(-0.5 * ((np.arange(AGE_COUNT) - 22.0) / 12.0) ** 2)
    split = rng.dirichlet(np.full(specialties, 3.0))
    sexes = np.array([0.75, 0.25])
    stock = 95_000.0 * np.einsum("r,s,x,a->rsxa", weight, split, sexes, ages / ages.sum())
    training = np.where(np.arange(specialties) % 3 == 0, 3, 4)
    training[-1] = 0
    residents = np.zeros((regions, specialties, 4))
    for s in range(specialties - 1):
        residents[:, s, : training[s]] = 650.0 * weight[:, None] / (specialties - 1) * 5
    posts = 3_300.0 * np.outer(weight, np.append(np.full(specialties - 1, 1.0), 0.0))
    posts /= specialties - 1
    seats = np.zeros((years, 2, regions))
    seats[:, 0] = 3_058.0 * weight
    seats[years // 2 :, 1] = 490.0 * weight
    people = 5e7 * weight * (1 + 0.001 * np.arange(years))[:, None]
    months = np.zeros((years, 12))
    if interrupted:
        months[2] = 0.9
        months[3, :6], months[3, 6:] = 0.8, 0.25
    need = np.einsum("tr,s->trs", people, split)
    return Tables(
        axes,
        StartingTables(
            stock,
            np.tile(3_058.0 * weight[:, None], 6),
            3_000.0 * weight,
            residents,
            np.full((specialties, 3), 700.0 / specialties),
        ),
        PipelineTables(
            seats,
            np.ones(years),
            np.full(years, -1.0),
            3_200.0 * weight,
            posts,
            Absences(months, months, months),
        ),
        SpecialtyTables(
            nests=np.arange(specialties) % 3,
            training_years=training,
            clinic_share=rng.uniform(0.1, 0.9, specialties),
            applications=np.append(rng.uniform(50, 300, specialties - 1), 0.0),
            workload=rng.uniform(0, 1, specialties),
            litigation=rng.uniform(0, 1, specialties),
            lifestyle=rng.uniform(0, 1, specialties),
            essential=(np.arange(specialties) % 2).astype(float),
            income=rng.uniform(150, 500, specialties),
        ),
        PopulationTables(
            mortality=np.tile(0.0005 * np.exp(0.09 * np.arange(AGE_COUNT)), (years, 2, 1)),
            use=UseTables(people * 16.0, people * 2.0, people * 2e6, people),
            need_flat=need,
            need_tilted=need * rng.uniform(0.8, 1.2, (years, 1, specialties)),
            capital=(np.arange(regions) < 2).astype(float),
            contributors=np.linspace(3.3e7, 2.8e7, years),
        ),
    )
