"""From what the model holds to what somebody counted: like is compared with like here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.workforce.parameters import age_distribution
from locum.workforce.records import (
    FIRST_AGE,
    LAST_AGE,
    SERVICE_YEARS,
    STAGES,
    TRAINING_YEARS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.assumptions import Draws
    from locum.inference.readings import Band
    from locum.inference.scores import Floats
    from locum.workforce import Trajectory

__all__ = ["active_ages", "active_heads", "alive_in_bands", "band_shares", "counted_factor"]

LICENSED = tuple(name for name in STAGES if name not in {"students", "exam_pool"})
"""Stages whose doctors hold a licence and work: students and exam candidates do not."""

SINCE_LICENCE = {
    "intern_pool": (0,),
    "interns": (0,),
    "match_pool": (1,),
    "residents": tuple(range(1, TRAINING_YEARS + 1)),
    "away": tuple(range(1, TRAINING_YEARS + 1)),
    "bonded": (TRAINING_YEARS + 1,),
}
"""Years since the licence on 31 December of those in a stage, each as likely, as in the model."""

RETIRED = {60: "bridge.retired_share_60", 70: "bridge.retired_share_70"}
"""Share not at work among those alive, from each of these ages on."""


def active_heads(stages: Floats) -> Floats:
    """Return doctors with a licence and at work (..., T) from heads by stage (..., T, G)."""
    return stages[..., [STAGES.index(name) for name in LICENSED]].sum(axis=-1)


def active_ages(
    trajectory: Trajectory, draws: Draws, base_year: int, t: int, later: float = 0.0
) -> Floats:
    """Return active doctors by single age (D, A) at the end of a year.

    The model knows the ages of those who practise. The others are put at the mean age at
    licensing plus the years that their stage is behind it, with the spread of the age at
    licensing.

    Parameters
    ----------
    trajectory
        Results of the draws.
    draws
        Assumptions of the same draws.
    base_year
        First year of the run.
    t
        Position of the year.
    later
        Years by which those who do not practise yet are older than the model's own count of
        years since the licence says.
    """
    licence = draws.path("entry.licence_age", [base_year])[:, 0] + later
    sd = draws.value("entry.licence_age_sd")

    def at(years: Sequence[int]) -> Floats:
        return np.mean([age_distribution(licence + each, sd) for each in years], axis=0)

    ages = np.asarray(trajectory.ages[:, t], dtype=np.float64).sum(axis=1)
    for stage, years in SINCE_LICENCE.items():
        ages += trajectory.stages[:, t, STAGES.index(stage), None] * at(years)
    first = _served_first(draws)[:, None]
    early = at(range(SERVICE_YEARS))
    late = at(range(TRAINING_YEARS + 1, TRAINING_YEARS + 1 + SERVICE_YEARS))
    serving = trajectory.stages[:, t, STAGES.index("service"), None]
    return ages + serving * (first * early + (1.0 - first) * late)


def _served_first(draws: Draws) -> Floats:
    """Return the share (D,) of the serving who serve before any training."""
    first = draws.value("service.entry_share")
    later = (1.0 - first) * draws.value("service.specialist_share")
    return first / (first + later)


def alive_in_bands(ages: Floats, bands: Sequence[Band], draws: Draws | None) -> Floats:
    """Return heads by band (D, B) of active doctors by single age (D, A).

    Parameters
    ----------
    ages
        Active heads.
    bands
        Bands of the reading.
    draws
        With them, each age is raised to all who are alive by the share that is retired; without,
        the active are returned as they are.
    """
    single = np.arange(FIRST_AGE, LAST_AGE + 1)
    heads = ages
    if draws is not None:
        retired = np.zeros_like(ages)
        for since, key in RETIRED.items():
            retired = np.where(single >= since, draws.value(key)[:, None], retired)
        heads = ages / (1.0 - retired)
    inside = np.array([(single >= band.low) & (single <= band.high) for band in bands])
    return heads @ inside.T.astype(np.float64)


def band_shares(heads: Floats) -> Floats:
    """Return heads by band (..., B) as shares of their sum."""
    return heads / heads.sum(axis=-1, keepdims=True)


def counted_factor(draws: Draws) -> Floats:
    """Return physicians in the wider count for every active one (D,).

    Of all physicians a share is not at work, and of these the wider count includes a share that
    nobody has printed.
    """
    inactive = draws.value("bridge.inactive_share")
    included = draws.value("bridge.nhis_inactive_share")
    return 1.0 + included * inactive / (1.0 - inactive)
