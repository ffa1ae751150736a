"""Deaths that published associations with delay would imply, and the cost of lost records.

Nothing here is fitted to deaths: published counts for 2024 conflict. What is reported is a band
from none, if no part of an association is a cause, to the whole of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Band", "Harm", "boarding_deaths", "extra_work", "surgery_deaths"]

Floats: TypeAlias = NDArray[np.float64]

_WEEKS = 4.0


@dataclass(frozen=True)
class Harm:
    """Associations with delay (assumptions `harm.*`).

    Parameters
    ----------
    boarding_deaths
        Deaths in 30 days for each admitted patient held `boarding_from` to `boarding_to` hours in
        the emergency room.
    boarding_from, boarding_to
        Hours between which that rate was found.
    boarding_start, boarding_end
        Hours from which, and up to which, the rate rises in a straight line.
    cancer_hazard
        Hazard ratio of death for each four weeks that a cancer operation is delayed.
    cancer_mortality
        Share of cancer patients who die within the follow-up without delay.
    causal_share
        Part of an association that is a cause.
    records_lost
        Share of records that are lost.
    records_minutes
        Doctor-minutes that a lost record costs, over those of the task without.
    """

    boarding_deaths: float
    boarding_from: float
    boarding_to: float
    boarding_start: float
    boarding_end: float
    cancer_hazard: float
    cancer_mortality: float
    causal_share: float
    records_lost: float
    records_minutes: float


@dataclass(frozen=True)
class Band:
    """Deaths through delay: none, a part, and all of the association is a cause."""

    low: Floats
    middle: Floats
    high: Floats


def boarding_deaths(harm: Harm, patients: Floats, hours: Floats) -> Band:
    """Return the deaths through waiting for a bed in the emergency room.

    The rate rises in a straight line from 0 at `boarding_start`, passes `boarding_deaths` in the
    middle of the hours where it was found, and is level from `boarding_end` on.

    Parameters
    ----------
    harm
        Numbers of the draw.
    patients
        Admitted patients, shape (..., N).
    hours
        Hours that each of these was held, shape (..., N) or (N,); N may be classes of waits.

    Returns
    -------
    Band
        Deaths, shape (...).
    """
    found = (harm.boarding_from + harm.boarding_to) / 2
    slope = harm.boarding_deaths / (found - harm.boarding_start)
    rate = slope * (np.clip(hours, harm.boarding_start, harm.boarding_end) - harm.boarding_start)
    return _band(harm, (patients * np.minimum(rate, 1)).sum(axis=-1))


def surgery_deaths(harm: Harm, patients: Floats, delay: Floats) -> Band:
    """Return the deaths through delay of cancer operations.

    A hazard ratio r for four weeks raises a mortality m to 1 - (1 - m)^(r^(weeks / 4)).

    Parameters
    ----------
    harm
        Numbers of the draw.
    patients
        Operations, shape (..., N).
    delay
        Days of delay beyond that of the base week, shape (..., N) or (N,); negative counts as 0.

    Returns
    -------
    Band
        Deaths within the follow-up, shape (...).
    """
    more = np.expm1(log(harm.cancer_hazard) * np.maximum(delay, 0) / (7 * _WEEKS))
    alive = 1 - harm.cancer_mortality
    excess = -alive * np.expm1(log(alive) * more)
    return _band(harm, (patients * excess).sum(axis=-1))


def extra_work(harm: Harm) -> float:
    """Return the factor on doctor-minutes of tasks that read a record; 1 if none is lost."""
    return 1 + harm.records_lost * harm.records_minutes


def _band(harm: Harm, deaths: Floats) -> Band:
    whole = np.asarray(deaths, dtype=np.float64)
    return Band(np.zeros_like(whole), harm.causal_share * whole, whole)
