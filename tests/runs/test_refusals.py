"""What a run refuses before anything is computed or written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from locum import errors
from locum.runs import execute, manifest_of, request_from_manifest
from locum.runs.assemble import seats_by_region
from locum.scenarios import SeatChange, resolve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from locum.countries import Pack


def test_no_more_places_are_bonded_than_a_region_has(korea: Pack):
    change = SeatChange(2027, 3_548, 2_500, (("regional-2027", 490),))
    scenario = replace(resolve("korea-baseline", korea), seats=(change,))
    with pytest.raises(errors.InputError, match="2500 bonded places are more than the rise"):
        seats_by_region(korea, scenario, 2027)


def test_a_rule_cannot_differ_between_draws(ask: Callable[..., Any]):
    request = ask("korea-baseline", draws=2)
    trend = request.ledger["demand.trend"]
    either = replace(trend.prior, options=("damped", "fixed"), weights=(1.0, 1.0))
    ledger = request.ledger.replaced(replace(trend, prior=either))
    with pytest.raises(errors.BadValue, match=r"prior of demand\.trend"):
        execute(replace(request, ledger=ledger))


def test_batches_hold_at_least_one_draw(ask: Callable[..., Any]):
    with pytest.raises(errors.BadValue, match="batch"):
        replace(ask("korea-baseline", draws=2), batch=0)


def test_a_manifest_of_another_version_is_not_repeated(ask: Callable[..., Any], tmp_path: Path):
    import json

    request = ask("korea-baseline", draws=2)
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(manifest_of(request) | {"version": "0.0.1"}))
    with pytest.raises(errors.InputError, match=r"version was 0\.0\.1"):
        request_from_manifest(file)
