"""What is kept of a draw once it is over: series and groups, nothing of units or agents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.runs.standoff.groups import INTERN, RESIDENT
from locum.runs.standoff.harm import metrics_of
from locum.runs.standoff.observed import Scope
from locum.runs.standoff.predictions import Wanted, paths_of, wanted_of
from locum.runs.standoff.readings import MEASURES, emulate
from locum.runs.standoff.rows import Row, measures_of, read_rows
from locum.runs.standoff.simulating import days_watched
from locum.standoff.states import KINDS, STATES, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.countries import Pack
    from locum.runs.standoff.driving import Driven
    from locum.runs.standoff.groups import Floats, Partition
    from locum.runs.standoff.observed import Observed
    from locum.scenarios.standoff import StandoffScenario

__all__ = ["Groups", "Questions", "Told", "tell"]

Floats32: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Questions:
    """What is asked of every draw.

    Parameters
    ----------
    scenario
        Whose days are counted.
    rows
        Published readings, K of them.
    wanted
        Readings predicted day by day, P of them.
    watched
        Days on which specialties are counted besides the weekly ones.
    """

    scenario: StandoffScenario
    rows: tuple[Row, ...]
    wanted: tuple[Wanted, ...]
    watched: tuple[int, ...]

    @classmethod
    def of(cls, scenario: StandoffScenario, pack: Pack) -> Questions:
        """Return what is asked of the draws of a scenario.

        Raises
        ------
        InputError
            If a reading cannot be used.
        """
        rows = read_rows(pack, scenario, MEASURES)
        watched = days_watched(rows, pack.specialties)
        wanted = wanted_of(rows, scenario, measures_of(pack, scenario))
        return cls(scenario, rows, wanted, watched)


@dataclass(frozen=True, eq=False)
class Groups:
    """Counts of a partition by week.

    Parameters
    ----------
    partition
        Its groups, G of them.
    days
        Shape (W,).
    tally
        Heads by state, shape (W, G, 8).
    support
        Private supporters, shape (W, G).
    """

    partition: Partition
    days: NDArray[np.int64]
    tally: Floats32
    support: Floats32


@dataclass(frozen=True, eq=False)
class Told:
    """One draw, as far as it is told.

    Parameters
    ----------
    rows
        Published readings as they would have been printed, shape (K,).
    paths
        Readings of all days, as numbers and in per cent, shape (P, 2, T).
    kinds
        Heads by day, kind and state, shape (T, 4, 8).
    support
        Private supporters by day and kind, shape (T, 4).
    grades
        Interns and residents by day: members and those away, shape (T, 2, 2).
    national
        National series by name, shape (T,) each.
    groups
        Counts of groups by week.
    metrics
        Results in the order of `harm.METRICS`, shape (M,).
    """

    rows: Floats
    paths: Floats32
    kinds: Floats32
    support: Floats32
    grades: Floats32
    national: Mapping[str, Floats32]
    groups: tuple[Groups, ...]
    metrics: Floats


def tell(driven: Driven, questions: Questions) -> Told:
    """Keep what is told of a draw."""
    seen = driven.observed
    member = (np.arange(len(KINDS))[:, None] == seen.units.kind).astype(np.float64)
    kinds = np.stack([np.einsum("stu,u->ts", seen.tally, each) for each in member], axis=1)
    return Told(
        rows=emulate(seen, questions.rows),
        paths=paths_of(seen, questions.wanted).astype(np.float32),
        kinds=kinds.reshape(seen.days, len(KINDS), len(STATES)).astype(np.float32),
        support=np.einsum("tu,ku->tk", seen.support, member).astype(np.float32),
        grades=_grades(seen).astype(np.float32),
        national={name: each.astype(np.float32) for name, each in seen.national.items()},
        groups=tuple(
            Groups(c.partition, c.days, c.tally.astype(np.float32), c.support.astype(np.float32))
            for c in driven.counted
        ),
        metrics=metrics_of(seen, questions.scenario, float(driven.named.sum())),
    )


def _grades(seen: Observed) -> Floats:
    """Return interns and residents by day: members and those away, shape (T, 2, 2)."""
    counts = [
        [seen.count(what, Scope(TRAINEE, grade)) for what in ("members", "away")]
        for grade in (INTERN, RESIDENT)
    ]
    return np.moveaxis(np.array(counts), -1, 0)
