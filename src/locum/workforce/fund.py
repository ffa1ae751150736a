"""Load on the insurance fund."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from locum.workforce.records import Array


class FundRule(NamedTuple):
    """Per-draw values (D,) of the fund.

    ``base``: benefit costs of the base year (trillion won); ``price_growth``: yearly real growth
    of prices per service; ``induced``: elasticity of costs to doctors per need; ``wage_growth``:
    yearly real growth of what a contributor pays on.
    """

    base: Array
    price_growth: Array
    induced: Array
    wage_growth: Array


def fund_load(
    growth: Array, per_need: Array, contributors: Array, rule: FundRule, *, xp: Array = np
) -> tuple[Array, Array]:
    r"""Compute costs of the fund and their load on contributors.

    Parameters
    ----------
    growth
        Use relative to the base year, from population and trend (D, T).
    per_need
        Doctors per doctor needed relative to the base year (D, T).
    contributors
        People aged 20 to 64 (T,).
    rule
        (D,) each.

    Returns
    -------
    expenditure, load
        Trillion won at base-year prices (D, T), and costs per contributor relative to wages,
        base year = 1 (D, T).

    Notes
    -----
    :math:`E_t = E_0 G_t (1+p)^t r_t^{\eta}` and
    :math:`L_t = (E_t/E_0) / [(C_t/C_0)(1+w)^t]`. With :math:`\eta > 0` more doctors raise costs
    (supplier-induced demand), an assumption on which the parties disagree.
    """
    elapsed = xp.arange(growth.shape[1]) * 1.0
    price = (1.0 + rule.price_growth[:, None]) ** elapsed
    ratio = growth * price * per_need ** rule.induced[:, None]
    base = (1.0 + rule.wage_growth[:, None]) ** elapsed * (contributors / contributors[0])
    return rule.base[:, None] * ratio, ratio / base


def contributors(people: Array, first_age: int = 20, last_age: int = 64) -> Array:
    """Sum people (T, X, 101 or bands of five) between two ages, bands of five years: (T,)."""
    return np.sum(people[:, :, first_age // 5 : (last_age + 1) // 5], axis=(1, 2))
