"""Small and large populations for tests and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from locum.standoff.decision import Parameters, Signals
from locum.standoff.network import NetworkShape
from locum.standoff.population import Cells, Intake, build_population
from locum.standoff.states import COMMUNITY, KINDS, PROFESSOR, STUDENT, TRAINEE


@dataclass(frozen=True)
class Town:
    """How many organisations and heads there are."""

    hospitals: int = 12
    schools: int = 4
    associations: int = 6
    specialties: int = 5
    trainees: int = 600
    students: int = 400
    professors: int = 300
    community: int = 500
    turns: int = 2


def town_cells(town: Town):
    """Return rows of (kind, organisation, specialty, year, class) and the heads in each."""
    size = np.arange(town.hospitals, 0, -1, dtype=float) ** 1.5
    size /= size.sum()
    specialties = range(1, town.specialties + 1)
    schools = range(town.hospitals, town.hospitals + town.schools)
    associations = range(schools.stop, schools.stop + town.associations)
    rows = []
    for hospital, share in enumerate(size):
        klass = 0 if hospital < 2 else 1
        each = town.trainees * share
        rows.append((TRAINEE, hospital, 0, 0, klass, 0.235 * each))
        each *= 0.765 / town.specialties / 4
        rows += [(TRAINEE, hospital, s, y, klass, each) for s in specialties for y in range(1, 5)]
    each = town.students / town.schools / 6
    rows += [(STUDENT, school, 0, year, 0, each) for school in schools for year in range(1, 7)]
    for hospital, share in enumerate(size):
        each = town.professors * share / town.specialties
        rows += [(PROFESSOR, hospital, specialty, 0, 0, each) for specialty in specialties]
    each = town.community / town.associations
    rows += [(COMMUNITY, association, 0, 0, 0, each) for association in associations]
    codes = np.array([row[:5] for row in rows], dtype=np.int32)
    ends = np.round(np.cumsum([row[5] for row in rows]))
    return codes, np.diff(ends, prepend=0).astype(np.int32)


def town_population(town: Town = Town(), seed: int = 1, shape=None, kinds=KINDS, replication=0):
    """Build the agents of a town, with an intake of interns and students at each turn."""
    codes, heads = town_cells(town)
    kept = np.isin(codes[:, 0], [KINDS.index(kind) for kind in kinds])
    codes, heads = codes[kept], heads[kept]
    index = {tuple(row[:4]): i for i, row in enumerate(codes.tolist())}
    follows = np.arange(len(codes), dtype=np.int32)
    for i, (kind, organisation, specialty, year, _) in enumerate(codes.tolist()):
        if kind == STUDENT or (kind == TRAINEE and year > 0):
            follows[i] = index.get((kind, organisation, specialty, year + 1), -1)
        elif kind == TRAINEE:
            follows[i] = -1
    columns = np.ascontiguousarray(codes.T)
    cells = Cells(
        kind=columns[0],
        organisation=columns[1],
        specialty=columns[2],
        year=columns[3],
        region=np.zeros(len(codes), dtype=np.int32),
        klass=columns[4],
        follows=follows,
        labels={"klass": ("big5", "other_tertiary", "general")},
    )
    first = np.flatnonzero(
        ((columns[0] == TRAINEE) & (columns[3] == 0))
        | ((columns[0] == STUDENT) & (columns[3] == 1))
    ).astype(np.int32)
    intakes = [Intake(first, heads[first], turn) for turn in range(town.turns)]
    return build_population(cells, heads, intakes, shape or NetworkShape(), seed, replication)


def parameters(**changes) -> Parameters:
    """Return parameters of a lively crowd; a change is a number or one for each kind."""
    values = {
        "taste": 1.0, "org_sd": 0.3, "department_sd": 0.3, "social": 1.0,
        "share_department": 0.3, "share_organisation": 0.2, "share_links": 0.3,
        "share_public": 0.2, "revise": 0.2, "threshold": 0.3, "gap": 0.4, "return_cost": 0.6,
        "reapply": 0.8, "fatigue": 0.2, "list_weight": 0.5, "tolerance": 60.0, "risk_sd": 0.4,
        "pull_sd": 0.5, "eligible": 0.3,
    }  # fmt: skip
    values.update(changes)
    return Parameters(
        **{name: np.broadcast_to(np.asarray(v, float), (4,)).copy() for name, v in values.items()}
    )


def lively_day(population, day: int) -> Signals:
    """Return signals that make everything happen: waves of grievance, windows, lists."""
    cells, organisations = population.cells.count, population.cells.organisations
    wave = 1.2 * np.sin(day / 9.0)
    everyone = np.ones(4)
    return Signals.quiet(cells, organisations)._replace(
        grievance=wave * np.array([1.0, 0.9, 0.6, 0.5]),
        shift=np.linspace(-0.2, 0.2, cells),
        sanction=0.3 * everyone,
        exposure=0.4 * everyone,
        pull=0.1 * everyone * (day % 20 > 14),
        public=everyone * (0.5 + 0.4 * np.sin(day / 9.0)),
        attention=everyone * (1.0 + 0.5 * (day % 7 == 0)),
        letters=everyone,
        gate=everyone * min(1.0, 0.1 * day),
        window=everyone * 0.5 * (day % 30 > 20),
        easier=everyone * 0.2,
        accept=np.full(organisations, 0.02 * (day > 20)),
        hire=0.01 * everyone,
        enlist=0.01 * everyone,
        release=0.02 * everyone * (day > 40),
        name=0.004 * everyone,
        resolve=1.0,
    )
