"""Incomes, and the choices that follow them: specialty, place.

Reference steps for any number of draws; conventions as in `locum.workforce.pipeline`. Choices are
incremental logits: the shares observed in the base year are reproduced in every draw, and only
changes since then move them. So no level of attractiveness has to be invented.
"""

from __future__ import annotations

import numpy as np

from locum.workforce.records import TINY, Array, Choice, IncomeRule


def specialty_shares(
    base: Array, income: Array, appeal: Array, choice: Choice, *, xp: Array = np
) -> Array:
    r"""Compute the shares of applicants who wish for each specialty.

    Parameters
    ----------
    base
        Shares of the base year (D, S).
    income
        Income relative to the base year (D, S).
    appeal
        Utility added by policy (D, S): workload, liability, working life.
    choice
        ``income`` coefficient and ``nest_scale`` (D,), nest of each specialty (S,).

    Returns
    -------
    Array
        Shares (D, S), sums to one.

    Notes
    -----
    Incremental nested logit (Ben-Akiva and Lerman 1985, ch. 10): with
    :math:`\Delta V_s = \beta \ln(y_s / \bar y) + a_s`,

    .. math:: q_{s|n} \propto q^0_{s|n} e^{\Delta V_s/\lambda}, \quad
              P_n \propto P^0_n \Big(\sum_s q^0_{s|n} e^{\Delta V_s/\lambda}\Big)^\lambda
    """
    mean = xp.sum(base * income, axis=-1, keepdims=True)
    utility = choice.income[:, None] * xp.log(income / mean) + appeal
    scaled = base * xp.exp(utility / choice.nest_scale[:, None])
    members = (choice.nests[:, None] == xp.arange(base.shape[-1])) * 1.0
    nest_base = base @ members
    inclusive = (scaled @ members) / (nest_base + TINY)
    nest = nest_base * inclusive ** choice.nest_scale[:, None]
    nest = nest / xp.sum(nest, axis=-1, keepdims=True)
    within = scaled / ((scaled @ members) @ members.T + TINY)
    return within * (nest @ members.T)


def location_shares(base: Array, income: Array, coefficient: Array, *, xp: Array = np) -> Array:
    """Compute where a doctor without ties settles, for each specialty.

    Parameters
    ----------
    base
        Regional shares of the base year (D, R, S), sums to one over regions.
    income
        Income relative to the base year (D, R, S).
    coefficient
        Utility of a unit of log income (D,).

    Returns
    -------
    Array
        Shares (D, R, S), sums to one over regions.
    """
    weight = base * income ** coefficient[:, None, None]
    return weight / (xp.sum(weight, axis=1, keepdims=True) + TINY)


def update_income(
    income: Array, need: Array, fte: Array, base_load: Array, rule: IncomeRule, *, xp: Array = np
) -> Array:
    r"""Move incomes towards the level that this year's need per doctor supports.

    Parameters
    ----------
    income
        Last year's income relative to the base year (D, R, S).
    need, fte
        Doctors needed and FTE at work (D, R, S).
    base_load
        Need per FTE of the base year (D, R, S).
    rule
        (D,) each.

    Returns
    -------
    Array
        Income relative to the base year (D, R, S).

    Notes
    -----
    :math:`y' = y^{1-\kappa} [(\ell/\ell_0)^\epsilon]^\kappa (1+g)`: more doctors for the same
    need means fewer patients each, and income falls with elasticity :math:`\epsilon`. The load
    ratio is held within 1/5 and 5, so that an empty cell cannot decide a choice.
    """
    ratio = (need / (fte + TINY)) / (base_load + TINY)
    ratio = xp.clip(xp.where(base_load > 0.0, ratio, 1.0), 0.2, 5.0)
    speed = rule.adjustment[:, None, None]
    target = ratio ** rule.elasticity[:, None, None]
    return income ** (1.0 - speed) * target**speed * (1.0 + rule.growth[:, None, None])
