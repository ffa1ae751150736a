"""Studies flip where their own printed tables say, as their levers are moved."""

from __future__ import annotations

import pytest

from locum.countries import load_pack
from locum.inference.flip import flip_point
from locum.runs.positions import find_position
from locum.scenarios import load_study

DAYS = 0.6
"""Working days by which a flip point may miss the printed one."""


@pytest.mark.parametrize("lever", load_study("rihp-2025", load_pack("korea")).levers)
def test_working_days_flip_the_institutes_answer_where_its_table_does(lever):
    position = find_position(f"rihp-2025/{lever.variant}")
    found = flip_point(position, lever.assumption, lever.year)
    assert isinstance(found.value, float)
    assert found.value == pytest.approx(lever.printed, abs=DAYS)


def test_printed_flip_points_follow_from_printed_numbers():
    study = load_study("rihp-2025", load_pack("korea"))
    at_265, at_289 = (
        study.variant(name).figure(2035, "gap") for name in ("days-265", "days-289-5")
    )
    assert at_265 is not None
    assert at_289 is not None
    line = 265 + (289.5 - 265) * -at_265 / (at_289 - at_265)
    assert line == pytest.approx(283.5, abs=0.05)
    need, supply = (study.variant("days-265").figure(2035, what) for what in ("demand", "supply"))
    assert need is not None
    assert supply is not None
    assert 265 * need / supply == pytest.approx(283.1, abs=0.05)
    more = study.variant("more-seats-265").figure(2035, "gap")
    assert more is not None
    assert 265 * need / (need + more) == pytest.approx(267.4, abs=0.05)


def test_the_fte_factor_is_the_institutes():
    ledger = find_position("rihp-2026").members[0].ledger
    factor = float(ledger["hours.mean"].value) / float(ledger["hours.full_time"].value)
    assert factor == pytest.approx(2302.6 / 2080)
