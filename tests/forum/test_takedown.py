"""Views, takedown and what it prevents, against closed forms."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.forum.worlds import (
    AT_WORK,
    LIVELY,
    MEMBERS,
    SILENT,
    column,
    forum,
    listed,
    mean_and_error,
    total,
)

from locum.forum import Drive, Platform
from locum.forum.theory import prevented_share, wrong_share

CUT = 1e-4
"""Share of its views after which a post is no longer followed."""


def screening(latency, detection=1.0, **settings):
    return Platform("screening", latency, detection, **settings)


def reports(latency, detection=1.0):
    return Platform("reports", latency, detection)


@pytest.mark.verification
@pytest.mark.parametrize(
    ("latency", "printed"), [(1.0, 0.926), (20.0, 0.215), (72.0, 0.004), (0.0, 1.0), (7.3, 0.57)]
)
def test_takedown_prevents_the_views_that_come_after_it(latency, printed):
    out = forum(platform=screening(latency)).days(listed(0, 30))
    prevented = 1 - total(out, "views") / (0.2 * MEMBERS)
    assert prevented == pytest.approx(prevented_share(latency, 13.0), abs=CUT)
    assert prevented == pytest.approx(printed, abs=1e-3)


@pytest.mark.verification
@pytest.mark.parametrize("latency", [0.0, 5.5, 20.0])
def test_takedown_after_a_reader_reports_a_post_prevents_half_of_that(latency):
    counted = [
        1 - total(forum(platform=reports(latency), seed=seed).days(listed(0, 20)), "views") / 2000
        for seed in range(400)
    ]
    mean, error = mean_and_error(counted)
    assert abs(mean - prevented_share(latency, 13.0, policy="reports")) < 5 * error + CUT


@pytest.mark.verification
@pytest.mark.parametrize("policy", ["none", "screening", "reports"])
@pytest.mark.parametrize("latency", [0.0, 1.0, 7.3, 20.0, 72.0])
def test_views_of_pressing_posts_fall_as_those_of_lists_do(policy, latency):
    numbers = SILENT | {
        "posts_per_member": 0.05,
        "pressure_share": 0.1,
        "post_views": 0.01,
    }
    one = forum(numbers, Platform(policy, latency, 0.6))
    pressing = one.days([Drive(away=0.5)] * 10)
    out = one.days([Drive()] * 40)
    written = total(pressing, "posts") * 0.1 * 0.5 * 0.01 * MEMBERS
    expected = written * (1 - 0.6 * prevented_share(latency, 13.0, policy=policy))
    assert total(pressing, "views") + total(out, "views") == pytest.approx(expected, rel=1e-9)


def test_reach_is_the_share_of_members_with_a_view():
    out = forum().days(listed(0, 3))
    views = column(out, "views")
    assert column(out, "reach") == pytest.approx([1 - exp(-each / MEMBERS) for each in views])
    assert views[0] == pytest.approx(2000 * (1 - exp(-24 / 13)))


def test_exposure_sums_views_with_a_memory():
    out = forum(memory_days=10.0).days(listed(0, 2))
    first, second = column(out, "views") / MEMBERS
    assert column(out, "exposure")[1] == pytest.approx(1 - exp(-first * exp(-0.1) - second))


def test_a_person_is_named_with_the_first_view_by_an_acquaintance():
    out = forum(platform=screening(1.0)).days(listed(0, 5))
    views = 2000 * (1 - exp(-1 / 13))
    assert total(out, "named") == pytest.approx(300 * (1 - exp(-60 * views / MEMBERS)))
    assert out[1][0, 0] == pytest.approx(total(out, "named") / AT_WORK[0])


def test_two_lists_name_some_people_twice():
    out = forum().days(listed(0, 20, 600.0, count=2))
    assert total(out, "named") == pytest.approx(0.75 * AT_WORK[0], rel=1e-3)


# --- lawful posts ----------------------------------------------------------------


@pytest.mark.parametrize(
    "platform", [Platform("none", 1.0, 0.9), screening(1.0, 0.0), reports(1.0, 0.0)]
)
def test_nothing_is_wrongly_removed_where_nothing_is_moderated(platform):
    out = forum(LIVELY, platform).days(listed(3, 30, away=0.9))
    assert total(out, "wrongly_removed") == 0.0
    assert total(out, "removed") == 0.0


def test_lawful_posts_are_removed_by_the_share_of_the_curve():
    one = forum(LIVELY, screening(1.0, 0.7))
    out = one.days([Drive()] * 20)
    expected = total(out, "posts") * 0.2 * wrong_share(one.parameters, one.platform)
    assert total(out, "wrongly_removed") == pytest.approx(expected)
    assert expected > 0


@given(
    st.floats(0.01, 0.98),
    st.floats(0.001, 0.02),
    st.floats(0.0, 300.0),
    st.sampled_from(["screening", "reports"]),
)
def test_finding_more_and_deciding_faster_cost_lawful_posts(detection, more, latency, policy):
    numbers = forum(LIVELY).parameters
    share = wrong_share(numbers, Platform(policy, latency, detection))
    assert 0 < share < wrong_share(numbers, Platform(policy, latency, detection + more)) < 1
    assert share <= wrong_share(numbers, Platform(policy, latency / 2, detection))
    assert share < detection


def test_who_cannot_tell_posts_apart_removes_as_many_lawful_ones():
    numbers = forum(LIVELY, discrimination=0.0).parameters
    assert wrong_share(numbers, screening(5.0, 0.4)) == pytest.approx(0.4)


# --- monotone, on the same luck -----------------------------------------------------

MEASURES = ("views", "exposure", "copies_outside", "named")


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32),
    st.floats(0, 200),
    st.floats(0, 200),
    st.sampled_from(["screening", "reports"]),
)
def test_faster_takedown_never_lets_more_be_seen(seed, first, second, policy):
    fast, slow = sorted((first, second))
    still = {"displacement": 0.0, "arrested": 0.0}
    drives = listed(2, 25, away=0.9)
    seen = [
        forum(LIVELY, Platform(policy, latency, 0.7), seed=seed, **still).days(drives)
        for latency in (fast, slow)
    ]
    for name in MEASURES:
        below, above = (column(each, name).cumsum() for each in seen)
        assert (below <= above * (1 + 1e-9) + 10 * (name == "named")).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 1), st.floats(0, 1))
def test_finding_more_never_lets_more_be_seen(seed, first, second):
    still = {"displacement": 0.0, "arrested": 0.0}
    drives = listed(2, 25, away=0.9)
    more, less = sorted((first, second), reverse=True)
    seen = [
        forum(LIVELY, screening(3.0, detection), seed=seed, **still).days(drives)
        for detection in (more, less)
    ]
    for name in ("views", "exposure", "copies_outside"):
        below, above = (column(each, name).cumsum() for each in seen)
        assert (below <= above * (1 + 1e-9)).all()


# --- the platform shut, channels outside -----------------------------------------------


def test_a_shut_platform_shows_nothing():
    out = forum(LIVELY, Platform(closed=True), displacement=0.0, outside_first=0.0).days(
        listed(0, 30, away=0.9)
    )
    assert total(out, "views") == 0.0
    assert total(out, "posts") == 0.0


def test_of_a_shut_platform_posts_move_outside_where_that_is_open():
    shut = Platform(closed=True)
    out = forum(platform=shut, displacement=1.0).days(listed(0, 60, channel="platform"))
    assert total(out, "copies_outside") == 1
    assert total(out, "views") == pytest.approx(0.1 * MEMBERS, rel=2 * CUT)
    nowhere = Platform(closed=True, outside=0.0)
    out = forum(platform=nowhere, displacement=1.0).days(listed(0, 60))
    assert total(out, "views") == 0.0


@pytest.mark.verification
def test_copies_are_as_many_as_their_branching_says():
    drives = listed(0, 100)
    copied = [
        total(forum(seed=seed, copies=2.0, copies_outside=0.5).days(drives), "copies_outside")
        for seed in range(300)
    ]
    mean, error = mean_and_error(copied)
    assert abs(mean - 2.0 / (1 - 0.5)) < 5 * error + 1e-3


@pytest.mark.verification
def test_an_author_posts_again_as_often_as_assumed():
    drives = listed(0, 300)
    again = [
        total(forum(seed=seed, reposts=6.0, repost_days=10.0).days(drives), "views") / 2000 - 1
        for seed in range(200)
    ]
    mean, error = mean_and_error(again)
    assert abs(mean - 6.0) < 5 * error + 1e-2


def test_what_is_taken_down_may_reappear_outside():
    out = forum(platform=screening(1.0), displacement=1.0).days(listed(0, 60, count=50))
    assert total(out, "removed") == 50
    assert total(out, "copies_outside") == 50
