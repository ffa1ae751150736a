"""How many doctors the nation needs, and of which kind, where.

National need is vectorised over draws once per run; only its split by region and specialty is a
step of the year. Conventions as in `locum.workforce.pipeline`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from locum.workforce.records import TINY, Array


class UseTables(NamedTuple):
    """Workload of the population by year, static over draws.

    ``outpatient``, ``inpatient`` and ``fees`` (T, R) are sums over sex and age of population times
    use per head of the base year (visits, days, won); ``people`` (T, R).
    """

    outpatient: Array
    inpatient: Array
    fees: Array
    people: Array


class NeedRule(NamedTuple):
    """The switchable rules of demand, per draw (D,) unless said.

    ``unit``: fees, weighted_days or visit_days. ``trend``: fixed, damped or linear. ``balance``:
    base (``base_doctors`` meet need in the base year, up to ``base_gap``), supply (the
    supply of the base year does; the caller puts it into ``base_doctors``) or level (patients per
    doctor-day). Shares such as ``productivity`` are changes that set in after ``phase_start`` and
    are complete in ``phase_year``.
    """

    unit: str
    trend: str
    balance: str
    inpatient_weight: Array
    growth: Array
    damping: Array
    base_doctors: Array
    base_gap: Array
    working_days: Array
    visits_per_day: Array
    productivity: Array
    days_change: Array
    use_change: Array
    phase_start: Array
    phase_year: Array


def workload(use: UseTables, rule: NeedRule, *, xp: Array = np) -> Array:
    """Sum the nation's workload per year (D, T) in the rule's unit, before any trend."""
    outpatient = xp.sum(use.outpatient, axis=-1)
    inpatient = xp.sum(use.inpatient, axis=-1)
    if rule.unit == "fees":
        return xp.ones_like(rule.growth)[:, None] * xp.sum(use.fees, axis=-1)
    if rule.unit == "visit_days":
        return xp.ones_like(rule.growth)[:, None] * (outpatient + inpatient)
    return outpatient + rule.inpatient_weight[:, None] * inpatient


def trend_factor(elapsed: Array, rule: NeedRule, *, xp: Array = np) -> Array:
    r"""Growth of use per head since the base year (D, T).

    Notes
    -----
    ``fixed``: 1. ``linear``: :math:`1 + g t`. ``damped``:
    :math:`\exp(g (1 - \phi^t) / (1 - \phi))`, whose yearly growth fades as :math:`g \phi^t`
    (Gardner and McKenzie 1985).
    """
    growth = rule.growth[:, None]
    if rule.trend == "fixed":
        return xp.ones_like(growth) * xp.ones_like(elapsed)
    if rule.trend == "linear":
        return 1.0 + growth * elapsed
    damping = rule.damping[:, None]
    fading = (1.0 - damping**elapsed) / xp.where(damping < 1.0, 1.0 - damping, 1.0)
    return xp.exp(growth * xp.where(damping < 1.0, fading, elapsed))


def phased(change: Array, years: Array, start: Array, end: Array) -> Array:
    """Phase a change in geometrically, :math:`(1+c)^{(t-s)/(e-s)}` from year s to e, then held."""
    span = np.maximum(end - start, 1.0)[:, None]
    done = np.clip((years - start[:, None]) / span, 0.0, 1.0)
    return (1.0 + change[:, None]) ** done


def national_need(use: UseTables, rule: NeedRule, years: Array, *, xp: Array = np) -> Array:
    r"""Compute the doctors that the nation needs each year.

    Parameters
    ----------
    use
        Workload tables, first row = base year.
    rule
        Rules and per-draw values.
    years
        Calendar years (T,), the first is the base year.

    Returns
    -------
    Array
        Clinical heads at base-year hours (D, T).

    Notes
    -----
    Balance ``base``: :math:`N_t = N_0 (1+b) (W_t/W_0) F_t / [\pi_t d_t]`, with workload W, trend
    F, productivity :math:`\pi_t` and working days relative to the base year :math:`d_t`, and
    use that policy removes. Balance ``level``: :math:`N_0 (1+b)` is replaced by
    :math:`V_0 / (v d)`, with V the visits and days in hospital of the base year, whatever the unit
    of W, v of them a doctor-day and d days a year: their product alone is identifiable.
    """
    elapsed = np.asarray(years, dtype=float) - float(years[0])
    amount = workload(use, rule, xp=xp)
    growth = amount / amount[:, :1] * trend_factor(elapsed, rule, xp=xp)
    since, until = rule.phase_start, rule.phase_year
    growth = growth * phased(rule.use_change, years, since, until)
    growth = growth / phased(rule.productivity, years, since, until)
    growth = growth / phased(rule.days_change, years, since, until)
    if rule.balance == "level":
        visits = workload(use, rule._replace(unit="visit_days"), xp=xp)[:, :1]
        return visits / (rule.visits_per_day * rule.working_days)[:, None] * growth
    return (rule.base_doctors * (1.0 + rule.base_gap))[:, None] * growth


def share_need(
    total: Array, flat: Array, tilted: Array, tilt: Array, region_factor: Array, *, xp: Array = np
) -> Array:
    """Split the nation's need by region and specialty.

    Parameters
    ----------
    total
        Doctors needed (D,).
    flat, tilted
        Weights (D, R, S): every specialty follows all patients, or its own by age and sex.
    tilt
        0 = flat, 1 = tilted (D,); an assumption, since no table splits use by specialty.
    region_factor
        Drift of the population between regions (D, R).

    Returns
    -------
    Array
        Doctors needed (D, R, S).
    """
    mix = flat + tilt[:, None, None] * (tilted - flat)
    mix = mix * region_factor[..., None]
    return mix * (total / (xp.sum(mix, axis=(1, 2)) + TINY))[:, None, None]
