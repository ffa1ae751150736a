"""A made-up country in dispute: 131,000 agents, and days on which many think again."""

from __future__ import annotations

import numpy as np

from locum.standoff.decision import Parameters, Signals
from locum.standoff.network import NetworkShape
from locum.standoff.population import Cells, Intake, build_population
from locum.standoff.states import COMMUNITY, PROFESSOR, STUDENT, TRAINEE

HEADS = {TRAINEE: 13_000, STUDENT: 18_000, PROFESSOR: 15_000, COMMUNITY: 85_000}
HOSPITALS, SCHOOLS, ASSOCIATIONS, SPECIALTIES = 211, 40, 250, 26
DAYS = 120
MOOD, WAVE = 0.7, 20
"""How far the mood of an organisation goes up and down, and in how many days."""
GOLDEN = 0.6180339887498949


def rows() -> list[tuple[int, int, int, int, float]]:
    """Return kind, organisation, specialty, year of every cell, and its share of the kind."""
    size = np.exp(1.1 * np.linspace(2.2, -2.2, HOSPITALS))
    size /= size.sum()
    made: list[tuple[int, int, int, int, float]] = []
    specialties = range(1, SPECIALTIES + 1)
    for hospital, share in enumerate(size.tolist()):
        made.append((TRAINEE, hospital, 0, 0, 0.235 * share))
        each = 0.765 * share / (4 * SPECIALTIES)
        made += [(TRAINEE, hospital, s, y, each) for s in specialties for y in range(1, 5)]
    schools = range(HOSPITALS, HOSPITALS + SCHOOLS)
    made += [(STUDENT, school, 0, y, 1 / (6 * SCHOOLS)) for school in schools for y in range(1, 7)]
    for hospital, share in enumerate(size.tolist()):
        made += [(PROFESSOR, hospital, s, 0, share / SPECIALTIES) for s in specialties]
    local = range(schools.stop, schools.stop + ASSOCIATIONS)
    made += [(COMMUNITY, association, 0, 0, 1 / ASSOCIATIONS) for association in local]
    return made


def population(turns: int = 0):
    """Build the agents, with an intake of interns and first-year students at each turn."""
    made = rows()
    codes = np.array([row[:4] for row in made], dtype=np.int32)
    shares = np.array([row[4] for row in made])
    heads = np.zeros(len(made), dtype=np.int32)
    for kind, total in HEADS.items():
        own = codes[:, 0] == kind
        heads[own] = np.diff(np.round(total * np.cumsum(shares[own])), prepend=0)
    index = {row[:4]: i for i, row in enumerate(made)}
    follows = np.arange(len(made), dtype=np.int32)
    for i, (kind, organisation, specialty, year, _) in enumerate(made):
        if kind in (TRAINEE, STUDENT):
            follows[i] = index.get((kind, organisation, specialty, year + 1), -1)
            follows[i] = -1 if (kind, year) == (TRAINEE, 0) else follows[i]
    kind, organisation, specialty, year = np.ascontiguousarray(codes.T)
    nothing = np.zeros_like(kind)
    cells = Cells(kind, organisation, specialty, year, nothing, nothing, follows, {})
    begins = ((kind == TRAINEE) & (year == 0)) | ((kind == STUDENT) & (year == 1))
    first = np.flatnonzero(begins).astype(np.int32)
    intakes = [Intake(first, heads[first], turn) for turn in range(turns)]
    return build_population(cells, heads, intakes, NetworkShape(), seed=1)


def parameters() -> Parameters:
    """Return what agents are like."""
    values = {
        "taste": 1.0, "org_sd": 0.3, "department_sd": 0.3, "social": 0.8,
        "share_department": 0.3, "share_organisation": 0.2, "share_links": 0.3,
        "share_public": 0.2, "revise": 0.032, "threshold": 0.1, "gap": 0.1, "return_cost": 0.2,
        "reapply": 0.3, "fatigue": 0.2, "list_weight": 0.4, "tolerance": 200.0, "risk_sd": 0.4,
        "pull_sd": 0.4, "eligible": 0.3,
    }  # fmt: skip
    return Parameters(**{name: np.full(4, value) for name, value in values.items()})


def signals(day: int, cells: Cells) -> Signals:
    """Return what a day tells: moods that rise and fall by organisation, a list, sanctions."""
    one = np.ones(4)
    phase = (cells.organisation * GOLDEN) % 1.0
    return Signals.quiet(cells.count, cells.organisations)._replace(
        shift=MOOD * np.sin(2.0 * np.pi * (day / WAVE + phase)),
        sanction=0.2 * one,
        exposure=0.3 * one,
        pull=0.1 * one,
        public=0.5 * one,
        letters=one,
        gate=one,
        window=0.5 * one,
        accept=np.full(cells.organisations, 0.0005 * (day > 60)),
        hire=0.002 * one,
        name=np.array([0.001, 0.0, 0.0, 0.0]),
    )
