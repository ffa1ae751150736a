"""Scenarios: what differs from a country's baseline, and when."""

from __future__ import annotations

from locum.scenarios.overrides import apply, parse_sets
from locum.scenarios.reading import find_problems
from locum.scenarios.resolve import resolve, resolve_data
from locum.scenarios.scenario import Override, Scenario, SeatChange
from locum.scenarios.schema import json_schema

__all__ = [
    "Override",
    "Scenario",
    "SeatChange",
    "apply",
    "find_problems",
    "json_schema",
    "parse_sets",
    "resolve",
    "resolve_data",
]
