"""How demand changes while trainee doctors are away, and on public holidays.

Who comes is a matter of patients, not of hospitals: visits stay away, or go to another kind of
hospital, by severity. The equations stand in `docs/model-contingency.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["SOURCES", "Avoidance", "Calendar", "Public", "demand_on", "outpatients_on"]

Floats: TypeAlias = NDArray[np.float64]

SOURCES = (
    "walk_severe",
    "walk_urgent",
    "walk_mild",
    "ambulance",
    "referrals_cancer",
    "referrals_urgent",
    "referrals_routine",
    "planned",
)
"""Streams of patients, in the order of the first axis of arrays by source."""

_EMERGENCY, _REFERRALS = 4, 3


@dataclass(frozen=True)
class Avoidance:
    """How patients respond (assumptions `avoidance.*`).

    Parameters
    ----------
    mild, urgent, severe, ambulance
        Share of visits that stay away when all trainees are away, by severity.
    tertiary
        Avoidance of teaching hospitals relative to the others.
    moved
        Of those who avoid a teaching hospital beyond what they avoid elsewhere, the share who go
        to another hospital; the rest stay away.
    referrals_cancer, referrals_urgent, referrals_routine
        Share of referrals to lists that do not come when all trainees are away.
    displaced
        Of the planned admissions that teaching hospitals refuse, the share that other hospitals
        are asked to take.
    outpatients
        Fall of outpatient visits for one unit of doctor-hours lost.
    ramp
        Days in which half of the response has come.
    half_life
        Days in which avoidance halves afterwards.
    """

    mild: float
    urgent: float
    severe: float
    ambulance: float
    tertiary: float
    moved: float
    referrals_cancer: float
    referrals_urgent: float
    referrals_routine: float
    displaced: float
    outpatients: float
    ramp: float
    half_life: float


@dataclass(frozen=True)
class Calendar:
    """Visits on public holidays relative to an ordinary weekday (assumptions `holiday.*`).

    Parameters
    ----------
    mild, urgent, severe, ambulance
        Emergency visits by severity on a long holiday.
    single
        Part of that excess on a public holiday of one day.
    referrals
        Referrals to lists on a public holiday.
    """

    mild: float
    urgent: float
    severe: float
    ambulance: float
    single: float
    referrals: float


@dataclass(frozen=True)
class Public:
    """What the public meets on a day; K kinds of site.

    Parameters
    ----------
    since
        Days since the first trainees were away; negative before.
    away
        Share of all trainees away.
    base
        Daily patients of the base week by source and kind, shape (8, K).
    teaching
        Whether the kind of site is a teaching hospital that patients avoid, shape (K,).
    refused
        Share of planned admissions refused, shape (K,).
    holiday
        0 on an ordinary day, 1 on a long holiday, 2 on a public holiday of one day.
    """

    since: float
    away: float
    base: Floats
    teaching: NDArray[np.bool_]
    refused: Floats
    holiday: int = 0


def demand_on(avoidance: Avoidance, calendar: Calendar, public: Public) -> Floats:
    """Return the factors on the arrivals of a day.

    Emergency visits of severity s avoid other kinds of site with probability a = s x away x
    response, teaching kinds with min(1, tertiary x a); of the excess the share `moved` goes to
    the other kinds, in proportion to their base. Response rises as 1 - 2^(-t / ramp) and falls
    as 2^(-t / half_life). Planned admissions refused by teaching kinds are added to the others,
    times `displaced`. Holidays multiply.

    Parameters
    ----------
    avoidance, calendar
        Numbers of the draw.
    public
        What the public meets.

    Returns
    -------
    Floats
        Factors by source (order of `SOURCES`) and kind, shape (8, K); 1 in ordinary times.
    """
    factors = np.ones_like(public.base)
    elapsed = max(public.since, 0.0)
    response = (1 - 0.5 ** (elapsed / avoidance.ramp)) * 0.5 ** (elapsed / avoidance.half_life)
    signal = public.away * response
    severities = (avoidance.severe, avoidance.urgent, avoidance.mild, avoidance.ambulance)
    for row, severity in enumerate(severities):
        factors[row] = _avoided(severity * signal, row, avoidance, public)
    staying = (
        avoidance.referrals_cancer,
        avoidance.referrals_urgent,
        avoidance.referrals_routine,
    )
    for row, share in enumerate(staying, start=_EMERGENCY):
        factors[row] = np.where(public.teaching, 1 - share * signal, 1.0)
    planned = len(SOURCES) - 1
    refused = np.where(public.teaching, public.refused, 0) * public.base[planned]
    factors[planned] += _added(avoidance.displaced * refused.sum(), planned, public)
    return factors * _holiday(calendar, public.holiday)[:, None]


def outpatients_on(avoidance: Avoidance, base: Floats, lost: Floats, telehealth: float) -> Floats:
    """Return the outpatient visits of a day.

    Parameters
    ----------
    avoidance
        Numbers of the draw.
    base
        Visits of this weekday in the base week by hospital, shape (H,).
    lost
        Share of doctor-hours lost, shape (H,).
    telehealth
        Follow-up visits of the country taken from a distance instead, at most; shared out by
        `base`.

    Returns
    -------
    Floats
        Visits, shape (H,).
    """
    served = base * (1 - np.minimum(1, avoidance.outpatients * lost))
    whole = served.sum()
    return served * (1 - min(1.0, telehealth / whole)) if whole > 0 else served


def _avoided(share: float, row: int, avoidance: Avoidance, public: Public) -> Floats:
    """Return the factors on one stream of emergency patients, shape (K,)."""
    elsewhere = min(1.0, share)
    here = np.where(public.teaching, min(1.0, share * avoidance.tertiary), elsewhere)
    moved = avoidance.moved * ((here - elsewhere) * public.base[row]).clip(0).sum()
    return 1 - here + _added(moved, row, public)


def _added(patients: float, row: int, public: Public) -> Floats:
    """Return what patients who go to other kinds of site add to their factors, shape (K,)."""
    others = np.where(public.teaching, 0, public.base[row])
    whole = others.sum()
    return np.where(others > 0, patients / whole, 0.0) if whole > 0 else np.zeros_like(others)


def _holiday(calendar: Calendar, holiday: int) -> Floats:
    """Return the factors by source of a kind of day, shape (8,)."""
    factors = np.ones(len(SOURCES))
    if holiday:
        part = 1.0 if holiday == 1 else calendar.single
        ratios = np.array([calendar.severe, calendar.urgent, calendar.mild, calendar.ambulance])
        factors[:_EMERGENCY] = 1 + part * (ratios - 1)
        factors[_EMERGENCY : _EMERGENCY + _REFERRALS] = calendar.referrals
    return factors
