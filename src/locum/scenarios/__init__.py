"""Scenarios: what differs from a country's baseline, and when."""

from __future__ import annotations

from locum.scenarios.overrides import apply, parse_sets
from locum.scenarios.resolve import resolve, resolve_data
from locum.scenarios.scenario import Override, Scenario, SeatChange
from locum.scenarios.schema import json_schema
from locum.scenarios.sectors import SECTORS, find_problems, form_of, sector_of
from locum.scenarios.studies import Reading, Study, Variant, load_study, study_names

__all__ = [
    "SECTORS",
    "Override",
    "Reading",
    "Scenario",
    "SeatChange",
    "Study",
    "Variant",
    "apply",
    "find_problems",
    "form_of",
    "json_schema",
    "load_study",
    "parse_sets",
    "resolve",
    "resolve_data",
    "sector_of",
    "study_names",
]
