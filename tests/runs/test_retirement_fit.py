"""Retirement reproduces the surveys it was fitted to, on the stocks the runs start from."""

from __future__ import annotations

import numpy as np
import pytest

from locum.countries import load_pack, starting_stock
from locum.runs.layout import by_specialty
from locum.workforce.parameters import retirement_table
from locum.workforce.records import FIRST_AGE


@pytest.mark.parametrize(
    ("year", "from_age", "published", "within"),
    [
        (2009, 60, 0.156, 0.005),  # survey of 2010, the fit
        (2022, 65, 0.20, 0.01),  # committee of 2025, not fitted to
    ],
)
def test_share_retired_is_the_published_one(
    year: int, from_age: int, published: float, within: float
):
    """Retired = those whom the yearly probabilities have taken out by each age."""
    pack = load_pack("korea")
    practising = starting_stock(pack, year).heads.sum(axis=(0, 2))
    clinic = by_specialty(pack, "clinic_share")[:, None]
    table = retirement_table(pack.ledger().draw(0, 0, 1))[0, :, 0]
    yearly = clinic * table[0] + (1 - clinic) * table[1]
    at_work = np.ones_like(yearly)
    at_work[:, 1:] = np.cumprod(1 - yearly, axis=1)[:, :-1]
    alive = practising / at_work
    old = slice(from_age - FIRST_AGE, None)
    share = 1 - practising[:, old].sum() / alive[:, old].sum()
    assert share == pytest.approx(published, abs=within)
