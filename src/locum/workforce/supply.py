"""Practising doctors: exit, ageing, moving, arriving, and what is read from the stock.

Reference steps for any number of draws; conventions as in `locum.workforce.pipeline`.
"""

from __future__ import annotations

import numpy as np

from locum.workforce.records import (
    CERTAIN,
    CLINIC,
    HOSPITAL,
    TINY,
    Array,
    Arrivals,
    ExitRates,
    ExitTables,
    Geography,
    Practice,
    Weights,
)


def exits(
    profile: Array, tables: ExitTables, rates: ExitRates, income: Array, *, xp: Array = np
) -> tuple[Array, Array]:
    r"""Compute who stays in practice for the year, and count who leaves and why.

    Parameters
    ----------
    profile
        Heads of the nation (D, S, X, A).
    tables
        Yearly mortality of the population (D, X, A), retirement by setting (D, Q, X, A), and
        each specialty's share in clinics (S).
    rates
        (D,) each.
    income
        Income of each specialty relative to the base year (D, S).

    Returns
    -------
    survival, leaving
        Probability to stay (D, S, X, A), and (D, 3) deaths, retirements, emigrations.

    Notes
    -----
    Death comes first, then retirement, then emigration:
    :math:`(1 - \mu q)(1 - \rho)(1 - e)`. Retirement falls with income:
    :math:`\rho_s = [c_s \rho_{clinic} + (1-c_s) \rho_{hospital}] y_s^{-\epsilon}`,
    but a rule that retires everyone at an age holds whatever the income.
    """
    death = xp.minimum(tables.mortality * rates.mortality_ratio[:, None, None], 1.0)
    clinic = tables.clinic_share[:, None, None]
    mixed = (
        clinic * tables.retirement[:, None, CLINIC]
        + (1.0 - clinic) * tables.retirement[:, None, HOSPITAL]
    )
    pull = income ** -rates.income_elasticity[:, None]
    pulled = xp.minimum(mixed * pull[:, :, None, None], 1.0)
    retire = xp.where(mixed < CERTAIN, pulled, 1.0)
    emigrate = rates.emigration[:, None, None, None]
    alive = 1.0 - death[:, None]
    working = alive * (1.0 - retire)
    leaving = xp.stack(
        (
            xp.sum(profile * death[:, None], axis=(1, 2, 3)),
            xp.sum(profile * alive * retire, axis=(1, 2, 3)),
            xp.sum(profile * working * emigrate, axis=(1, 2, 3)),
        ),
        axis=-1,
    )
    return working * (1.0 - emigrate), leaving


def advance_practice(
    practising: Array,
    survival: Array,
    geography: Geography,
    arrivals: Arrivals,
    weights: Weights,
    *,
    xp: Array = np,
) -> Practice:
    """Age the practising doctors by a year, move some, add the new ones, and read the stock.

    Parameters
    ----------
    practising
        Heads (D, R, S, X, A).
    survival
        Probability to stay in practice (D, S, X, A).
    geography
        ``location`` (D, R, S): where movers go; ``mobility`` (D, A): who moves.
    arrivals
        New practitioners and those released from their bond (D, R, S, X), with their ages.
    weights
        Activity and FTE of a head (D, X, A).

    Returns
    -------
    Practice

    Notes
    -----
    Movers of a specialty, sex and age form one national pool that settles by ``location``, so the
    cost does not grow with region pairs. The last age is open: it holds everyone of that age and
    over.
    """
    kept = practising * survival[:, None]
    pool = xp.sum(kept, axis=1) * geography.mobility[:, None, None, :]
    stay = kept * (1.0 - geography.mobility[:, None, None, None, :])
    settled = stay + geography.location[..., None, None] * pool[:, None]
    zero = xp.zeros_like(settled[..., :1])
    oldest = settled[..., -2:-1] + settled[..., -1:]
    aged = xp.concatenate((zero, settled[..., :-2], oldest), axis=-1)
    aged = aged + arrivals.entrants[..., None] * arrivals.entry_age[:, None]
    aged = aged + arrivals.released[..., None] * arrivals.release_age[:, None]
    heads = xp.sum(aged * weights.activity[:, None, None], axis=(3, 4))
    fte = xp.sum(aged * weights.fte[:, None, None], axis=(3, 4))
    return Practice(aged, heads, fte, xp.sum(aged, axis=1))


def advance_bonded(
    bonded: Array, entrants: Array, breach: Array, mortality: Array, *, xp: Array = np
) -> tuple[Array, Array, Array, Array]:
    """Serve one more year of the regional bond.

    Parameters
    ----------
    bonded
        Heads (D, R, S, X, B) by completed years.
    entrants
        Doctors who start their bond (D, R, S, X).
    breach
        Yearly probability to break the bond (D,).
    mortality
        Yearly mortality at the age of bonded doctors (D, X).

    Returns
    -------
    bonded, released, breached, deaths
        Heads (D, R, S, X, B), (D, R, S, X), (D, R, S, X) and (D,).
    """
    alive = bonded * (1.0 - mortality[:, None, None, :, None])
    broken = alive * breach[:, None, None, None, None]
    kept = alive - broken
    moved = xp.concatenate((entrants[..., None], kept[..., :-1]), axis=-1)
    deaths = xp.sum(bonded - alive, axis=(1, 2, 3, 4))
    return moved, kept[..., -1], xp.sum(broken, axis=-1), deaths


def settle(entrants: Array, location: Array, home: Array, *, xp: Array = np) -> Array:
    """Spread new practitioners (D, R, S, X) over regions.

    A share ``home`` (D,) stays in the region of training; the others go by ``location``
    (D, R, S).
    """
    stay = home[:, None, None, None]
    everyone = xp.sum(entrants, axis=1, keepdims=True)
    return stay * entrants + (1.0 - stay) * location[..., None] * everyone


def mean_income(income: Array, heads: Array, *, xp: Array = np) -> Array:
    """Average relative income (D, R, S) of each specialty over regions, by heads: (D, S)."""
    return xp.sum(income * heads, axis=1) / (xp.sum(heads, axis=1) + TINY)
