"""What levers bought: the run again without each, for the same patients."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from locum.countries import load_pack
from locum.runs.hospitals.execution import execute
from locum.runs.hospitals.levers import (
    ADVANCE,
    GROUPS,
    METRICS,
    without,
    without_each,
    write_bought,
)
from locum.runs.hospitals.request import HospitalRequest
from locum.runs.hospitals.series import Series, grouped
from locum.scenarios.hospitals import HospitalScenario, resolve_hospitals

if TYPE_CHECKING:
    from pathlib import Path

FEW = (*range(5), *range(10, 17), *range(60, 72))

SHORT = """\
name: short
title: Some days of a few hospitals
inherits: korea-hospitals-2024
start: 2024-02-12
report_from: 2024-02-13
base: {first: 2024-02-12, last: 2024-02-18}
end: 2024-02-25
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> HospitalScenario:
    path = tmp_path_factory.mktemp("scenario") / "short.yaml"
    path.write_text(SHORT, encoding="utf-8")
    return resolve_hospitals(path)


def test_each_lever_that_has_begun_is_left_out_in_turn(scenario: HospitalScenario) -> None:
    others = without(scenario)
    begun = [lever.name for lever in scenario.levers if lever.since <= date(2024, 2, 25)]
    assert list(others) == [ADVANCE, *begun]
    for name, other in others.items():
        kept = {lever.name for lever in other.levers}
        assert name not in kept
        assert len(kept) == len(scenario.levers) - (name != ADVANCE)
    assert others[ADVANCE].contingency == "adaptive"


def test_levers_buy_differences_under_the_same_luck(
    scenario: HospitalScenario, tmp_path: Path
) -> None:
    pack = load_pack("korea")
    ledger = pack.ledger("hospital")
    request = HospitalRequest(scenario, ledger, pack, draws=1, seed=3, workers=2, sites=FEW)
    driven = list(execute(request))
    first = np.datetime64(scenario.start, "D")
    dates = np.arange(first, first + scenario.days)
    draws = [grouped(each) for each in driven]
    series = Series.of(dates, driven[0].nation, len(pack.regions), draws)
    bought = without_each(request, series)
    told = [group for group in GROUPS if series.printable(group)]
    assert told
    assert len(bought) == len(without(scenario)) * len(told) * len(METRICS)
    telehealth = [each for each in bought if each.name == "telehealth_for_all"]
    assert all(each.low == each.median == each.high == 0.0 for each in telehealth)
    cut = [each for each in bought if each.name == ADVANCE and each.metric == "operations a day"]
    assert all(each.median < 0.0 for each in cut)
    path = tmp_path / "levers.csv"
    write_bought(bought, path)
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(bought) + 1
