"""Same luck, groups of ten, scripts, the ledger, and what is refused."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from math import exp, inf, nan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.forum.worlds import (
    AT_WORK,
    LIVELY,
    SILENT,
    column,
    forum,
    listed,
    same_bytes,
    total,
    values,
)

from locum.assumptions import Ledger, MassAtZero
from locum.countries import load_pack
from locum.errors import BadValue, MissingField, OutOfBounds, Place, UnknownName
from locum.forum import (
    FORUM_DEEDS,
    GROUPS,
    SETTINGS,
    Case,
    Drive,
    Forum,
    ForumDay,
    Listed,
    Parameters,
    Platform,
    Record,
    Script,
    frontier,
)
from locum.forum import forum as module
from locum.forum.records import USUAL
from locum.standoff.states import KINDS

ROOT = Path(__file__).resolve().parents[2]
BUSY = Platform("reports", 20.0, 0.5, 72.0)


def busy_days(days=60):
    drives = listed(3, days, count=3, away=0.9)
    drives[20] = drives[20]._replace(raids=1, deletions=1, lists=(Listed(None, "outside", (0,)),))
    drives[40] = drives[40]._replace(arrests=1, referrals=1, warrants=2, sentences=1)
    return drives


# --- same luck -------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not():
    first, again = (forum(LIVELY, BUSY).days(busy_days()) for _ in range(2))
    assert same_bytes(first, again)
    assert not same_bytes(first, forum(LIVELY, BUSY, seed=6).days(busy_days()))
    assert not same_bytes(first, forum(LIVELY, BUSY, replication=1).days(busy_days()))


def test_day_by_day_is_the_same_as_all_days_at_once():
    out, name = forum(LIVELY, BUSY).days(busy_days())
    one = forum(LIVELY, BUSY)
    days = [one.day(drive) for drive in busy_days()]
    assert [list(each[:-1]) for each in days] == out.tolist()
    assert [list(each.name) for each in days] == name.tolist()
    assert isinstance(days[0], ForumDay)


def test_results_do_not_depend_on_the_room_for_posts(monkeypatch):
    first = forum(LIVELY, BUSY).days(busy_days())
    monkeypatch.setattr(module, "_ROOM", 1)
    assert same_bytes(first, forum(LIVELY, BUSY).days(busy_days()))


PROGRAM = """
import json
from tests.forum.test_rules import BUSY, busy_days
from tests.forum.worlds import LIVELY, forum
out, name = forum(LIVELY, BUSY).days(busy_days(45))
print(json.dumps([out.tolist(), name.tolist()]))
"""


def test_without_compilation_the_numbers_are_the_same():
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=environment,
        text=True,
    )
    out, name = json.loads(done.stdout)
    compiled = forum(LIVELY, BUSY).days(busy_days(45))
    np.testing.assert_allclose(compiled[0], out, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(compiled[1], name, rtol=1e-9, atol=1e-12)


# --- groups of at least ten --------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.lists(st.floats(10, 400), max_size=4),
    st.lists(st.floats(0, 60), min_size=4, max_size=4),
    st.floats(0, 500),
    st.sampled_from(["none", "reports", "screening"]),
)
def test_no_fewer_than_ten_are_ever_named(seed, lists, at_work, acquaintances, policy):
    numbers = LIVELY | {"acquaintances": acquaintances, "list_share": 0.3, "new_lists": 0.2}
    one = forum(numbers, Platform(policy, 1.0, 0.9), seed=seed)
    drive = Drive(0.8, tuple(at_work), lists=tuple(Listed(each) for each in lists))
    out = one.days([drive, *[drive._replace(lists=())] * 15])
    named = column(out, "named")
    assert ((named == 0) | (named >= 10)).all()
    assert (out[1][:, np.array(at_work) < 10] == 0).all()
    assert (out[1] <= 1).all()
    expected = out[1] * at_work
    assert ((expected == 0) | (expected >= 10 - 1e-9)).all()


def test_the_frontier_names_no_fewer_than_ten():
    draws = [values(SILENT, acquaintances=0.05, members=1000.0, reports=0.0)]
    (row,) = frontier(draws, [1.0], [0.5], [72.0], case=Case(days=3, heads=20.0))
    assert np.isnan([row.named, row.named_low, row.named_high]).all()


@pytest.mark.parametrize("heads", [9.99, 0.0, -1.0, nan, inf])
def test_a_list_of_fewer_than_ten_is_refused(heads):
    with pytest.raises(OutOfBounds, match="heads named by a list"):
        forum().day(Drive(lists=(Listed(heads),)))


def test_a_script_refuses_a_list_of_fewer_than_ten_and_says_where():
    record = Record(1, "list_posted", "outside", 9.0, place=Place("my.yaml", 7, "events.list"))
    with pytest.raises(OutOfBounds, match=r"my\.yaml:7: .*heads named by a list"):
        Script.compile([record], 5, Platform())


def test_a_list_that_nobody_counted_names_its_share_of_those_at_work():
    drive = Drive(at_work=(500.0, 300.0, 0.0, 0.0), lists=(Listed(None, "platform", (1,)),))
    out = forum(list_share=0.2, acquaintances=1e6).days([drive])
    assert out[1][0] == pytest.approx([0.0, 0.2, 0.0, 0.0])
    assert total(out, "named") == pytest.approx(60.0)


def test_a_list_that_does_not_say_names_trainees_and_students():
    assert KINDS[:USUAL] == ("trainee", "student")
    assert len(KINDS) == GROUPS
    drive = Drive(away=1.0, at_work=(500.0,) * 4, lists=(Listed(100.0),))
    out = forum(acquaintances=1e6).days([drive])
    assert out[1][0] == pytest.approx([0.1, 0.1, 0.0, 0.0])
    brewed = forum(acquaintances=1e6, new_lists=5.0).days([drive._replace(lists=())] * 5)
    assert (brewed[1].sum(axis=0) > 0).tolist() == [True, True, False, False]


# --- records -----------------------------------------------------------------------


def test_no_record_is_lost_where_nobody_urges_it_or_follows():
    drives = [Drive(away=0.0), *[Drive(away=0.8)] * 5]
    assert total(forum(record_loss=0.3).days(drives), "record_loss") == 0.0
    drives[0] = Drive(away=0.0, deletions=1)
    assert total(forum(record_loss=0.0).days(drives), "record_loss") == 0.0


def test_those_who_leave_after_seeing_the_post_lose_their_share_of_records():
    drives = [Drive(away=0.2), Drive(away=0.2, deletions=1), Drive(away=0.7), Drive(away=0.6)]
    out = forum(record_loss=0.3).days(drives)
    reached = 1 - exp(-0.2 * (1 - exp(-48 / 13)))
    assert column(out, "record_loss") == pytest.approx([0, 0, *[0.3 * 0.5 * reached] * 2])


def test_taking_the_post_down_spares_records():
    drives = [Drive(away=0.0, deletions=1), Drive(away=0.9)]
    kept = forum(platform=Platform("screening", 1.0, 1.0), record_loss=0.3).days(drives)
    lost = forum(record_loss=0.3).days(drives)
    assert 0 < kept[0][-1, -1] < 0.15 * lost[0][-1, -1]


# --- scripts -----------------------------------------------------------------------


def test_a_script_tells_settings_and_events_by_day():
    script = Script.compile(
        [
            Record(9, "platform", "retention_hours", 24.0),
            Record(2, "platform", "retention_hours", 72.0),
            Record(2, "platform", "identity", 2),
            Record(4, "list_posted", "outside", 70.0, (1,)),
            Record(4, "list_posted", None, None),
            Record(4, "enforcement", "arrest", 3),
            Record(4, "enforcement", "referral", 32),
            Record(4, "enforcement", "raid"),
            Record(4, "enforcement", "hearing"),
            Record(5, "deletion_urged"),
            Record(6, "channel_opened"),
            Record(7, "closure_asked", "requested"),
            Record(8, "closure_asked", "ordered"),
        ],
        10,
        Platform(outside=0.5),
    )
    assert [script.platform(day).retention_hours for day in (1, 2, 8, 9)] == [inf, 72, 72, 24]
    assert [script.platform(day).identity for day in (1, 2)] == ["verified", "named"]
    assert [script.platform(day).outside for day in (5, 6)] == [0.5, 1.0]
    assert [script.platform(day).closed for day in (7, 8)] == [False, True]
    assert [day for day in range(10) if script.changes(day)] == [2, 6, 8, 9]
    drive = script.drive(4, away=0.5, at_work=AT_WORK, call=0.1)
    assert drive[:3] == (0.5, AT_WORK, 0.1)
    assert drive.lists == (Listed(70.0, "outside", (1,)), Listed(None, "platform"))
    assert (drive.arrests, drive.referrals, drive.raids) == (3, 1, 1)
    assert script.drive(5, away=0.5, at_work=AT_WORK).deletions == 1
    assert script.drive(0, away=0.5, at_work=AT_WORK) == Drive(0.5, AT_WORK)


@pytest.mark.parametrize(
    ("record", "error", "message"),
    [
        (Record(10, "deletion_urged"), OutOfBounds, "day of an event is 10"),
        (Record(-1, "deletion_urged"), OutOfBounds, "day of an event is -1"),
        (Record(1, "call", "walkout"), UnknownName, "unknown deed of the forum 'call'"),
        (Record(1, "enforcement", "curfew"), UnknownName, "unknown enforcement 'curfew'"),
        (Record(1, "platform", "colour", 1.0), UnknownName, "unknown setting of the platform"),
        (Record(1, "platform", "detection"), BadValue, "value of 'platform'"),
        (Record(1, "platform", "detection", 1.5), OutOfBounds, "detection of the platform is 1.5"),
        (Record(1, "platform", "policy", 3), OutOfBounds, "policy of the platform is 3"),
    ],
)
def test_a_script_refuses_what_cannot_be_and_says_where(record, error, message):
    placed = record._replace(place=Place("my.yaml", 7, "events.it"))
    with pytest.raises(error, match=message) as caught:
        Script.compile([placed], 10, Platform())
    assert str(caught.value).startswith("my.yaml:7: events.it")


# --- settings and numbers ---------------------------------------------------------------


def test_a_setting_is_a_word_a_place_of_a_word_or_a_number():
    platform = (
        Platform().changed("policy", 2).changed("identity", "anonymous").changed("closed", 1)
    )
    assert (platform.policy, platform.identity, platform.closed) == (
        "screening",
        "anonymous",
        True,
    )
    assert platform.changed("closed", value=False) == platform.changed("closed", "no")
    assert set(platform.to_dict()) == set(SETTINGS)


@pytest.mark.parametrize(
    ("what", "value", "error"),
    [
        ("policy", "strict", UnknownName),
        ("policy", 1.5, BadValue),
        ("identity", True, BadValue),
        ("latency_hours", -1.0, OutOfBounds),
        ("latency_hours", nan, BadValue),
        ("latency_hours", "soon", BadValue),
        ("retention_hours", -0.1, OutOfBounds),
        ("detection", 1.01, OutOfBounds),
        ("detection", True, BadValue),
        ("legal_reach", -0.1, OutOfBounds),
        ("outside", 2.0, OutOfBounds),
        ("evidence_preserved", 2, OutOfBounds),
        ("closed", "maybe", UnknownName),
    ],
)
def test_a_setting_that_cannot_be_is_refused(what, value, error):
    with pytest.raises(error, match=f"{what} of the platform"):
        Platform(**{what: value})
    with pytest.raises(error, match=r"my\.yaml:3"):
        Platform().changed(what, value, Place("my.yaml", 3))


def test_the_platform_of_a_draw_gives_way_to_the_scenario():
    drawn = {f"platform.{name}": 0.5 for name in SETTINGS}
    platform = Platform.read(drawn, {"detection": 0.9, "identity": "named"})
    assert (platform.detection, platform.latency_hours, platform.identity) == (0.9, 0.5, "named")
    with pytest.raises(UnknownName, match="setting of the platform 'reach'"):
        Platform.read(drawn, {"reach": 0.1})
    with pytest.raises(MissingField, match="latency_hours"):
        Platform.read({})


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"branching": 1.0}, OutOfBounds),
        ({"copies_outside": 1.0}, OutOfBounds),
        ({"pressure_share": 1.1}, OutOfBounds),
        ({"life_hours": 0.0}, OutOfBounds),
        ({"members": 5.0}, OutOfBounds),
        ({"reposts": -1.0}, OutOfBounds),
        ({"chill": nan}, BadValue),
        ({"copies": inf}, BadValue),
    ],
)
def test_a_number_with_which_the_forum_cannot_compute_is_refused(change, error):
    (name,) = change
    with pytest.raises(error, match=f"forum.{name}"):
        Parameters.read(values(SILENT, **change))


def test_a_missing_number_is_named():
    with pytest.raises(MissingField, match=r"forum\.members"):
        Forum.start({}, Platform(), 1)


@pytest.mark.parametrize(
    ("drive", "error", "message"),
    [
        (Drive(away=1.2), OutOfBounds, "away of a forum's day"),
        (Drive(call=nan), OutOfBounds, "call of a forum's day"),
        (Drive(arrests=-1), BadValue, "a forum's day"),
        (Drive(at_work=(nan, 0.0, 0.0, 0.0)), BadValue, "a forum's day"),
        (Drive(at_work=(1.0,)), BadValue, "4 groups"),
        (Drive(lists=(Listed(70.0, "fax"),)), UnknownName, "channel of a list"),
        (Drive(lists=(Listed(70.0, "outside", (4,)),)), BadValue, "groups named by a list"),
    ],
)
def test_a_day_that_cannot_be_is_refused(drive, error, message):
    with pytest.raises(error, match=message):
        forum().day(drive)


# --- the ledger -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ledger():
    pack = load_pack("korea")
    path = ROOT / "src/locum/countries/korea/assumptions/standoff/forum.yaml"
    return Ledger.read([path], pack.sources)


def test_the_ledger_holds_every_number_of_the_forum_and_no_other(ledger):
    expected = {f"forum.{name}" for name in Parameters._fields}
    assumed = {f"platform.{name}" for name in SETTINGS} & set(ledger)
    assert set(ledger) == expected | assumed
    assert len(assumed) == 5


def test_every_draw_of_the_ledger_runs(ledger):
    draws = ledger.draw(3, 0, 40)
    for i in range(40):
        drawn = {key: float(draws.value(key)[i]) for key in ledger}
        one = Forum.start(drawn, Platform.read(drawn), 1)
        out, name = one.days(busy_days(50))
        assert np.isfinite(out).all()
        assert np.isfinite(name).all()
        assert (out >= 0).all()
        assert (column((out, name), "exposure") <= 1).all()


def test_nobody_is_taken_to_have_lost_records(ledger):
    assert ledger["forum.record_loss"].value == 0
    assert isinstance(ledger["forum.record_loss"].prior, MassAtZero)


STORY = {
    "growth": "forum.members",
    "post": "list_posted",
    "raid": "enforcement",
    "arrest": "enforcement",
    "referral": "enforcement",
    "sentence": "enforcement",
    "complaint": "enforcement",
    "investigation": "enforcement",
    "hearing": "enforcement",
    "trial": "enforcement",
    "police_statement": "enforcement",
    "moderation": "platform",
    "takedown_request": "closure_asked",
    "takedown_decision": "closure_asked",
}
"""What stands for a category of platform.csv: a deed, or an assumption."""
OUTSIDE_THE_FORUM = {"forgery", "volume", "company", "victims"}
"""Of these nothing follows for what members see, or the row says not to use it."""


def test_every_part_of_the_platforms_story_has_a_word(ledger):
    table = ROOT / "src/locum/countries/korea/data/crisis/platform.csv"
    with table.open(encoding="utf-8", newline="") as file:
        told = {row["category"] for row in csv.DictReader(file)}
    assert told == set(STORY) | OUTSIDE_THE_FORUM
    assert set(STORY.values()) <= {*FORUM_DEEDS, *ledger}


def test_a_scenario_is_read_without_loading_the_compiler():
    program = "import sys, locum.forum; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# --- the frontier ------------------------------------------------------------------------


def test_the_frontier_shows_what_is_bought_and_what_it_costs():
    draws = [values(LIVELY, displacement=0.0, arrested=0.0, discrimination=d) for d in (1.2, 2.0)]
    rows = frontier(draws, [1.0, 20.0], [0.0, 0.5, 0.9], [0.0, 72.0], case=Case(days=20))
    assert len(rows) == 12
    table = {row[:3]: row for row in rows}
    for retention in (0.0, 72.0):
        none, some, most = (table[1.0, each, retention] for each in (0.0, 0.5, 0.9))
        assert none.prevented == 0.0
        assert none.wrongly_removed == 0.0
        assert 0 < some.prevented < most.prevented
        assert none.exposure > some.exposure > most.exposure
        assert some.wrongly_removed_share < most.wrongly_removed_share
        assert table[20.0, 0.5, retention].prevented < some.prevented
        assert some.prevented_low <= some.prevented <= some.prevented_high
    assert table[1.0, 0.0, 0.0].identified < table[1.0, 0.0, 72.0].identified


def test_the_frontier_is_the_same_every_time_and_refuses_no_draws():
    draws = [values(LIVELY)]
    first, again = (frontier(draws, [2.0], [0.5], [24.0], case=Case(days=5)) for _ in range(2))
    assert first == again
    with pytest.raises(BadValue, match="at least one"):
        frontier([], [1.0], [0.5], [72.0])
