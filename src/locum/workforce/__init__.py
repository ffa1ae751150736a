"""How many doctors a nation has and needs: the pipeline, practice, demand, market and fund.

`prepare` turns drawn assumptions and a country's tables into parameters, `simulate` runs them.
The steps come twice: readable reference functions (`pipeline`, `supply`, `market`, `demand`) for
NumPy or JAX, and compiled twins (`kernels`, `engine`), which are the engine of record.
"""

from __future__ import annotations

from locum.workforce.cohort import CohortTables, Projection, project_cohort
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
from locum.workforce.parameters import Prepared, prepare, region_drift
from locum.workforce.records import FLOWS, STAGES
from locum.workforce.simulate import Trajectory, empty_trajectory, national_sides, simulate
from locum.workforce.year import reference_steps

__all__ = [
    "FLOWS",
    "STAGES",
    "Absences",
    "Axes",
    "CohortTables",
    "PipelineTables",
    "PopulationTables",
    "Prepared",
    "Projection",
    "SpecialtyTables",
    "StartingTables",
    "Tables",
    "Trajectory",
    "UseTables",
    "empty_trajectory",
    "national_sides",
    "prepare",
    "project_cohort",
    "reference_steps",
    "region_drift",
    "simulate",
]
