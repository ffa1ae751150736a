"""How far a right model may be off: on which scale, on which days, and never beyond a whole."""

from __future__ import annotations

import numpy as np
import pytest

from locum.countries import load_pack
from locum.runs.standoff.straying import (
    CHECKED,
    FIRST,
    FITTED,
    LATER,
    NOT_FITTED,
    Stray,
    series_of,
    shock_of,
    stray_of,
    strayed,
    times_of_fit,
)
from locum.scenarios.standoff import resolve_standoff

PACK = load_pack("korea")
LEDGER = PACK.ledger("standoff")
SHOCKS = np.random.default_rng(1).normal(size=200_000)


def number(key):
    return float(LEDGER[key].value)


def test_days_are_told_apart_by_what_the_fit_did_with_them():
    now = resolve_standoff("korea-standoff-2024", PACK)
    times = times_of_fit(now, now.days)
    days = [now.start.fromisoformat(d) for d in ("2024-02-19", "2024-02-20", "2024-03-08")]
    assert times[[now.day(day) for day in days]].tolist() == [FIRST, FITTED, CHECKED]
    assert times[now.day(days[-1]) + 1 :].tolist() == [LATER] * (
        len(times) - now.day(days[-1]) - 1
    )
    before = resolve_standoff("korea-standoff-2020", PACK)
    assert set(times_of_fit(before, 20)) == {LATER}


def test_a_share_of_the_first_days_strays_by_points():
    stray = stray_of("absent_from_work", FITTED, number)
    found = strayed(np.full(SHOCKS.shape, 72.0), 100.0, stray, SHOCKS)
    wanted = 100.0 * np.hypot(number("fit.share_error"), number("fit.share_drift"))
    assert found.std() == pytest.approx(wanted, rel=0.02)
    assert found.mean() == pytest.approx(72.0, abs=0.05)


def test_beyond_the_fitted_days_a_share_strays_as_there_and_less_near_everybody():
    stray = stray_of("absent_from_work", CHECKED, number)
    wide, narrow = (
        strayed(np.full(SHOCKS.shape, share), 1.0, stray, SHOCKS).std() for share in (0.75, 0.95)
    )
    wanted = np.hypot(number("fit.share_error"), number("fit.share_drift"))
    assert wide == pytest.approx(wanted, rel=0.03)
    assert narrow < 0.4 * wide


@pytest.mark.parametrize("share", [0.01, 0.5, 0.97])
def test_a_later_share_strays_by_log_odds(share):
    stray = stray_of("on_duty", LATER, number)
    found = strayed(np.full(SHOCKS.shape, share), 1.0, stray, SHOCKS)
    wanted = np.hypot(number("fit.later_error"), number("fit.later_drift"))
    assert np.log(found / (1.0 - found)).std() == pytest.approx(wanted, rel=0.02)
    assert np.median(found) == pytest.approx(share, rel=0.01)


def test_numbers_stray_by_their_logarithm_and_nothing_leaves_its_whole():
    orders = strayed(
        np.full(SHOCKS.shape, 800.0),
        None,
        stray_of("return_orders_issued", FITTED, number),
        SHOCKS,
    )
    assert np.log(orders).std() == pytest.approx(number("fit.order_error"), rel=0.02)
    edge = strayed(np.array([0.0, 1.0, 99.0, 100.0]), 100.0, Stray(0.05, 0.3), np.full(4, 2.5))
    assert (edge >= 0.0).all()
    assert (edge <= 100.0).all()
    assert strayed(np.array([0.0]), 100.0, Stray(0.0, 0.3), np.array([2.0])) == 0.0


def test_what_came_on_a_day_strays_as_the_difference_of_two_days_does():
    own, drift, days = (
        number(f"fit.{key}") for key in ("share_error", "share_drift", "drift_days")
    )
    together = np.exp(-1.0 / days)
    drifts = np.random.default_rng(2).multivariate_normal(
        [0.0, 0.0], drift**2 * np.array([[1.0, together], [together, 1.0]]), SHOCKS.size
    )
    errors = own * np.random.default_rng(3).normal(size=(SHOCKS.size, 2))
    change = np.diff(drifts + errors, axis=1)
    found = stray_of("leave_requests_new", FITTED, number)
    assert found.points == pytest.approx(change.std(), rel=0.02)


def test_letters_and_absence_drift_together_and_requests_on_their_own():
    names = ("resignations_submitted_cum", "absent_from_work", "leave_requests_cum_gross")
    luck = np.random.default_rng(4).normal(size=(20_000, 5))
    shocks: list[dict[str, float]] = [
        dict(zip((*names, "trainees", "leave_requests"), each, strict=True))
        for each in luck.tolist()
    ]
    found = np.array([[shock_of(name, each, number) for name in names] for each in shocks])
    own, drift = number("fit.share_error"), number("fit.share_drift")
    together = np.corrcoef(found.T)
    assert found.std(axis=0) == pytest.approx(1.0, abs=0.02)
    assert together[0, 1] == pytest.approx(drift**2 / (own**2 + drift**2), abs=0.02)
    assert together[0, 2] == pytest.approx(0.0, abs=0.03)
    assert series_of("on_duty") == "on_duty"
    assert shock_of("on_duty", {"on_duty": 0.7}, number) == 0.7


@pytest.mark.parametrize("measure", ["trainees_employed", "approval_plan"])
def test_what_is_known_or_asked_does_not_stray(measure):
    assert stray_of(measure, LATER, number) == Stray(0.0, 0.0)
    assert stray_of("on_duty", NOT_FITTED, number) == Stray(0.0, 0.0)
