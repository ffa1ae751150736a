"""Assumptions: numbers a model needs and nobody can measure exactly, with who says so and why."""

from __future__ import annotations

from locum.assumptions.correlations import Correlation
from locum.assumptions.draws import Draws
from locum.assumptions.ledger import CORRELATIONS_FILE, Ledger
from locum.assumptions.mixture import mix, with_levels
from locum.assumptions.model import GRADES, Assumption
from locum.assumptions.parsing import parse_prior, parse_value
from locum.assumptions.priors import (
    PRIORS,
    Choice,
    LogitNormal,
    LogNormal,
    MassAtZero,
    Normal,
    Point,
    Prior,
    Scale,
    Triangular,
    Uniform,
)

__all__ = [
    "CORRELATIONS_FILE",
    "GRADES",
    "PRIORS",
    "Assumption",
    "Choice",
    "Correlation",
    "Draws",
    "Ledger",
    "LogNormal",
    "LogitNormal",
    "MassAtZero",
    "Normal",
    "Point",
    "Prior",
    "Scale",
    "Triangular",
    "Uniform",
    "mix",
    "parse_prior",
    "parse_value",
    "with_levels",
]
