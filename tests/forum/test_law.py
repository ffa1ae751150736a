"""Reports, warrants and author data that run out; staff who hide them; arrests."""

from __future__ import annotations

from math import exp, inf, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.forum.worlds import AT_WORK, LIVELY, column, forum, listed, same_bytes, total

from locum.forum import Drive, Platform
from locum.forum.records import CAUGHT
from locum.forum.theory import in_time

MANY = 3000
TOLD: dict[str, Any] = {"reported": 1.0}


def keeping(hours, **settings):
    return Platform("none", retention_hours=hours, **settings)


def identified(platform, *, days=80, count=MANY, **changes):
    """Return the share of authors of lists, each posted once, whom the police get to know."""
    out = forum(platform=platform, **(TOLD | changes)).days(listed(0, days, count=count))
    return total(out, "identified") / count


def near(share, expected, count=MANY):
    return abs(share - expected) <= 5 * sqrt(expected * (1 - expected) / count)


@pytest.mark.verification
@pytest.mark.parametrize("preserved", [False, True])
@pytest.mark.parametrize("hours", [0.0, 24.0, 72.0, 100.5, 400.0])
def test_an_author_is_found_if_report_and_warrant_come_before_the_data_are_gone(hours, preserved):
    share = identified(keeping(hours, evidence_preserved=preserved))
    assert near(share, in_time(24.0, 96.0, hours, preserved=preserved))


def test_the_race_is_the_one_that_its_integral_says():
    """Sum over the hour of the report what a warrant can still make of the rest."""
    step = np.arange(0, 72, 0.01) + 0.005
    density = np.exp(-step / 24) / 24
    late = 1 - np.exp(-(72 - step) / 96)
    assert in_time(24, 96, 72) == pytest.approx((density * late).sum() * 0.01, rel=1e-5)
    assert in_time(24, 24 * (1 + 1e-12), 72) == pytest.approx(1 - 4 * exp(-3))
    assert in_time(24, 24.001, 72) == pytest.approx(1 - 4 * exp(-3), rel=1e-4)


@given(st.floats(0.1, 1e3), st.floats(0.1, 1e3), st.floats(0, 1e4), st.floats(0, 1e4))
def test_keeping_data_longer_never_loses_an_author(report, warrant, first, second):
    short, long = sorted((first, second))
    assert -1e-9 <= in_time(report, warrant, short) <= in_time(report, warrant, long) + 1e-9
    assert in_time(report, warrant, long) <= in_time(report, warrant, long, preserved=True) + 1e-9
    assert in_time(report, warrant, inf) == 1.0


def test_data_kept_for_good_name_every_author_whom_the_law_reaches():
    assert identified(keeping(inf), days=400, warrant_hours=24.0) == 1.0
    share = identified(keeping(inf, legal_reach=0.6), days=400, warrant_hours=24.0)
    assert near(share, 0.6)


def test_an_unreported_post_and_an_anonymous_one_lead_nowhere():
    assert near(identified(keeping(inf), days=400, reported=0.3, warrant_hours=24.0), 0.3)
    assert identified(keeping(inf, identity="anonymous"), days=200) == 0.0


def test_where_readers_see_the_name_no_warrant_is_needed():
    share = identified(keeping(0.0, identity="named", legal_reach=0.0), days=30)
    assert share == 1.0


def test_an_author_who_posts_often_is_counted_once():
    one = forum(platform=keeping(inf), reported=1.0, reposts=50.0, warrant_hours=5.0)
    assert total(one.days(listed(0, 200)), "identified") == 1


def test_shorter_retention_reaches_data_that_were_kept_before():
    """Data of a post that is a day old go when retention falls to a day."""
    late = TOLD | {"report_hours": 0.01, "warrant_hours": 1e6}
    for hours, expected in ((72.0, MANY), (24.0, 0)):
        one = forum(platform=keeping(72.0), **late)
        one.days(listed(0, 1, count=MANY))
        one.change(keeping(hours))
        out = one.days([Drive(raids=1)])
        assert total(out, "identified") == expected


def test_a_search_finds_what_is_kept_and_was_reported():
    numbers = {"reported": 0.5, "report_hours": 0.01, "warrant_hours": 1e6}
    one = forum(platform=keeping(72.0), **numbers)
    one.days(listed(0, 2, count=MANY))
    found = total(one.days([Drive(raids=1)]), "identified")
    assert near(found / MANY, 0.5)
    assert total(one.days([Drive(raids=1)]), "identified") == 0
    late = forum(platform=keeping(72.0), **numbers)
    late.days(listed(0, 3, count=MANY))
    assert total(late.days([Drive(raids=1)]), "identified") == 0


def test_a_warrant_of_the_scenario_concerns_so_many_posts():
    one = forum(platform=keeping(inf), reported=1.0, report_hours=0.01, warrant_hours=1e6)
    one.days(listed(0, 1, count=20))
    assert total(one.days([Drive(warrants=7)]), "identified") == 7


# --- concealment ------------------------------------------------------------------


@pytest.mark.verification
def test_staff_hide_some_data_and_some_of_these_are_recovered_once_that_is_known():
    numbers = TOLD | {"warrant_hours": 1.0, "report_hours": 1.0, "concealment": 0.4}
    one = forum(platform=keeping(inf), concealment_days=30.0, recovered=0.5, **numbers)
    out = one.days(listed(0, 1000, count=MANY))
    assert near(total(out, "concealed") / MANY, 0.4)
    assert total(out, "uncovered") >= 1
    assert near(total(out, "identified") / MANY, 0.6 + 0.4 * 0.5)


@pytest.mark.verification
def test_concealment_comes_to_light_after_its_mean_time():
    numbers = TOLD | {"warrant_hours": 0.1, "report_hours": 0.1, "concealment": 1.0}
    waits = []
    for seed in range(300):
        one = forum(platform=keeping(inf), seed=seed, concealment_days=20.0, **numbers)
        waits.append(int(column(one.days(listed(0, 400)), "uncovered").argmax()))
    assert abs(np.mean(waits) - 20.0) < 5 * 20 / sqrt(300) + 1


def test_what_staff_hide_during_a_search_is_hidden_as_a_whole():
    numbers = {"reported": 1.0, "report_hours": 0.01, "warrant_hours": 1e6, "concealment": 0.5}
    shares = set()
    for seed in range(20):
        one = forum(platform=keeping(inf), seed=seed, **numbers)
        one.days(listed(0, 1, count=50))
        shares.add(total(one.days([Drive(raids=1)]), "concealed"))
    assert shares == {0.0, 50.0}


# --- arrests ----------------------------------------------------------------------


def test_some_authors_who_are_known_are_arrested():
    numbers = TOLD | {"warrant_hours": 1.0, "report_hours": 1.0, "arrested": 0.2}
    out = forum(platform=keeping(inf), arrest_days=5.0, **numbers).days(listed(0, 120, count=MANY))
    assert near(total(out, "arrests") / MANY, 0.2)


def test_arrests_of_the_scenario_take_those_who_wait_first():
    numbers = TOLD | {"warrant_hours": 1.0, "report_hours": 1.0, "arrested": 1.0}
    one = forum(platform=keeping(inf), arrest_days=1e6, **numbers)
    one.days(listed(0, 10, count=5))
    assert total(one.days([Drive(arrests=3)]), "arrests") == 3
    assert total(one.days([Drive(arrests=3)]), "arrests") == 3
    posts = one._board.posts[: one._board.s[0].posts]
    assert not (posts["stage"] == CAUGHT).any()


def test_who_is_arrested_posts_no_more():
    numbers = TOLD | {"warrant_hours": 0.5, "report_hours": 0.5, "reposts": 40.0}
    free = forum(platform=keeping(inf), **numbers).days(listed(0, 100))
    caught = forum(platform=keeping(inf), arrested=1.0, arrest_days=0.01, **numbers).days(
        listed(0, 100)
    )
    assert total(caught, "views") < 0.5 * total(free, "views")


def test_an_arrest_deters_and_the_memory_of_it_fades():
    pressing = {"posts_per_member": 0.05, "pressure_share": 0.2, "post_views": 0.01}
    numbers = pressing | {"deterrence": 0.5, "deterrence_days": 50.0, "life_hours": 1.0}
    drives = [Drive(away=1.0)] * 100
    free = forum(**numbers).days(drives)
    drives[10] = Drive(away=1.0, arrests=2)
    deterred = forum(**numbers).days(drives)
    ratio = column(deterred, "views") / column(free, "views")
    assert ratio[:10] == pytest.approx(1.0)
    assert ratio[12] == pytest.approx(exp(-0.5 * 2 * exp(-2 / 50)), rel=1e-3)
    assert ratio[99] == pytest.approx(exp(-0.5 * 2 * exp(-89 / 50)), rel=1e-3)
    assert (column(deterred, "posts") == column(free, "posts")).all()


def test_a_sentence_weighs_like_an_arrest_and_a_referral_its_share():
    numbers = {"posts_per_member": 0.05, "pressure_share": 0.2, "post_views": 0.01}
    seen = {
        name: forum(**numbers, deterrence=0.4).days([Drive(away=1.0)._replace(**{name: 1})])
        for name in ("arrests", "sentences", "referrals", "raids")
    }
    views = {name: total(out, "views") for name, out in seen.items()}
    assert views["arrests"] == views["sentences"]
    assert views["sentences"] < views["referrals"] < views["raids"]
    assert views["referrals"] / views["raids"] == pytest.approx(exp(-0.4 * 0.3))


def test_names_in_the_open_silence_lawful_posts_as_well():
    """The chill of a rule of identity is counted beside what it prevents."""
    talk = LIVELY | {"new_lists": 0.0}
    open_names, closed = (
        forum(talk, Platform("none", identity=each), chill=0.4).days([Drive(away=0.9)] * 10)
        for each in ("named", "verified")
    )
    assert total(open_names, "silenced") == pytest.approx(0.4 * 0.2 * total(open_names, "posts"))
    assert total(open_names, "views") == pytest.approx(0.6 * total(closed, "views"))
    assert total(closed, "silenced") == 0


# --- what does not matter changes nothing ----------------------------------------------

DRIVES = [Drive(away=0.7, at_work=AT_WORK, call=0.5)] * 20


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Platform("none", 1.0, 0.9), Platform("none", 72.0, 0.1)),
        (Platform("screening", 1.0, 0.0), Platform("reports", 50.0, 0.0)),
        (keeping(0.0), keeping(inf, evidence_preserved=True, legal_reach=0.1, outside=0.0)),
        (keeping(5.0, identity="anonymous"), keeping(72.0)),
    ],
)
def test_a_setting_that_touches_nothing_changes_no_byte(first, second):
    """Nobody posts a list here, so that only what moderation does to talk could matter."""
    assert same_bytes(
        *(forum(LIVELY, each, new_lists=0.0).days(DRIVES) for each in (first, second))
    )


@pytest.mark.parametrize("hours", [0.0, 24.0, inf])
def test_retention_without_a_report_changes_no_byte(hours):
    drives = listed(3, 60, count=5, away=0.9)
    base = forum(LIVELY, Platform(retention_hours=72.0), reported=0.0).days(drives)
    assert same_bytes(
        base, forum(LIVELY, Platform(retention_hours=hours), reported=0.0).days(drives)
    )
