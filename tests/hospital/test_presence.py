"""Who is away: published readings, change of base, and whole heads."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum.countries import load_pack
from locum.errors import InputError, OutOfBounds
from locum.hospital.presence import (
    Reading,
    absence_of,
    heads_away,
    hours_lost,
    read_readings,
    whole_heads,
)

START = date(2024, 1, 15)


def _day(text):
    return (date.fromisoformat(text) - START).days


TURN = _day("2024-03-01")
LAST = _day("2025-01-31")


@pytest.fixture(scope="module")
def readings():
    return read_readings(load_pack("korea").table("walkout_daily").rows, START)


@pytest.fixture(scope="module")
def absence(readings):
    return absence_of(readings, LAST, [TURN])


def _row(**given):
    empty = dict.fromkeys(("value", "percent", "denominator", "implied_denominator"))
    fixed = {"row_id": "x", "date": "2024-02-20", "group": "trainees", "hospitals_n": 100.0}
    return empty | fixed | {"metric": "absent_from_work", "suggested_split": "fit"} | given


@pytest.mark.parametrize(
    ("text", "interns", "residents"),
    [
        ("2024-02-18", 0, 0),
        ("2024-02-20", 0.631, 0.631),
        ("2024-02-28", 0.728, 0.728),
        ("2024-02-29", 0.728, 0.728),
        ("2024-03-04", 1 - 131 / 3068, 0.901),
        ("2024-04-30", 0.9597, 1 - 577 / 9970),
        ("2024-05-28", 0.9622, 1 - 0.082),
        ("2024-07-18", 1 - 110 / 3250, 1 - 1057 / 10506),
        ("2024-08-27", 1 - 113 / 3068, 1 - 1081 / 10463),
    ],
)
def test_the_share_away_is_that_of_the_reading(absence, text, interns, residents):
    assert absence.at(_day(text)) == pytest.approx([interns, residents], abs=6e-4)


def test_the_share_of_those_who_had_handed_in_a_letter_is_not_taken_for_one_of_all(absence):
    """1,630 were 25 per cent of 6,415 letters, which were 55 per cent of the trainees."""
    assert absence.at(_day("2024-02-19"))[0] == pytest.approx(1630 / 6415 * 0.55, rel=1e-3)


def test_the_share_steps_where_the_base_changes_and_nowhere_else(absence):
    steps = np.abs(np.diff(absence.share, axis=0)).max(axis=1)
    late = steps[_day("2024-02-23") - absence.first :]
    assert np.flatnonzero(late > 0.02).tolist() == [TURN - 1 - _day("2024-02-23")]


def test_readings_of_all_trainees_agree_with_those_of_the_two_groups(readings, absence):
    """They were not used after the turn: they check the two groups against another base."""
    checks = [each for each in readings if each.group == "trainees" and each.day >= TURN]
    assert len(checks) >= 5
    for each in checks:
        weights = np.array([3068, 10463]) / (3068 + 10463)
        assert absence.at(each.day) @ weights == pytest.approx(each.away, abs=0.02), each.row


def test_beyond_the_last_reading_its_value_holds_and_is_not_observed(absence):
    last = _day("2024-08-27")
    assert absence.at(LAST).tolist() == absence.at(last).tolist()
    assert absence.at(LAST + 99).tolist() == absence.at(last).tolist()
    observed = absence.observed.all(axis=1)
    assert observed[: last - absence.first + 1].all()
    assert not observed[last - absence.first + 1 :].any()


def test_between_readings_the_share_lies_on_a_straight_line(absence):
    first, second = _day("2024-03-04"), _day("2024-04-30")
    middle = [absence.at(day)[1] for day in (first, (first + second) // 2, second)]
    part = ((first + second) // 2 - first) / (second - first)
    assert middle[1] == pytest.approx(middle[0] + part * (middle[2] - middle[0]), rel=1e-12)


def test_of_one_day_the_reading_of_the_most_hospitals_stands(readings):
    found = {(each.group, each.day): each.hospitals for each in readings}
    assert found["residents", _day("2024-07-18")] == 211
    assert all(each.hospitals == 0 or each.hospitals >= 50 for each in readings)


def test_a_reading_without_denominator_takes_that_of_one_like_it():
    rows = [
        _row(value=900.0, denominator=1000.0),
        _row(row_id="y", date="2024-04-30", metric="on_duty", value=60.0),
    ]
    assert read_readings(rows, START)[1].away == pytest.approx(0.94)


@pytest.mark.parametrize(
    ("rows", "kind", "message"),
    [
        ([], InputError, "no reading says"),
        ([_row(suggested_split="exclude", percent=5.0)], InputError, "no reading says"),
        ([_row(hospitals_n=5.0, percent=5.0)], InputError, "no reading says"),
        ([_row()], InputError, "reading x has neither a value nor a per cent"),
        ([_row(value=3.0)], InputError, "reading x has no denominator, nor has one like it"),
        ([_row(value=3.0, denominator=2.0)], OutOfBounds, "share of reading x is 1.5"),
    ],
)
def test_readings_that_say_nothing_are_refused(rows, kind, message):
    with pytest.raises(kind, match=message):
        read_readings(rows, START)


def test_a_group_without_readings_keeps_those_of_all_trainees():
    readings = (
        Reading("a", 5, "trainees", 0.5, 100, 100),
        Reading("b", 20, "residents", 0.9, 9, 0),
    )
    absence = absence_of(readings, 30, [10])
    assert absence.at(12).tolist() == [0.5, 0.9]
    assert absence.at(4).tolist() == [0, 0]


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=400),
    st.lists(st.floats(0, 1), min_size=2, max_size=6),
)
def test_heads_away_are_whole_never_called_back_and_all_at_the_end(heads, shares):
    heads = np.array(heads)
    away = [heads_away(heads, share) for share in sorted(shares)]
    for share, each in zip(sorted(shares), away, strict=True):
        assert (np.abs(each - heads * share) < 1).all()
    assert all((later >= earlier).all() for earlier, later in pairwise(away))
    assert heads_away(heads, 1.0).tolist() == heads.tolist()
    assert not heads_away(heads, 0.0).any()


@pytest.mark.parametrize("share", [0.1, 0.631, 0.728, 0.9])
def test_heads_away_add_up_to_the_share_of_the_country(share):
    heads = np.random.default_rng(3).integers(0, 90, (378, 2))
    assert heads_away(heads, share).sum() == pytest.approx(heads.sum() * share, abs=12)


@given(st.lists(st.floats(0, 9), min_size=1, max_size=50), st.floats(0, 3))
def test_parts_of_heads_become_whole_and_never_fewer_as_they_grow(parts, more):
    parts = np.array(parts)
    whole = whole_heads(parts)
    assert (np.abs(whole - parts) < 1).all()
    assert (whole_heads(parts + more) >= whole).all()
    assert not whole_heads(parts * 0).any()


def test_a_share_above_one_is_refused():
    with pytest.raises(OutOfBounds, match=r"share away is 1\.2"):
        heads_away(np.array([3]), 1.2)


def test_hours_lost_are_the_hours_of_those_away():
    heads = np.array([[40.0, 60.0], [0.0, 0.0]])
    hours_of, lost = hours_lost(heads, np.array([75.0, 50.0]), np.array([[20.0, 0.0], [0, 0]]))
    assert hours_of[0].tolist() == [0.5, 0.5]
    assert lost.tolist() == [0.25, 0.0]


def test_days_are_counted_from_the_start(readings):
    assert min(each.day for each in readings) == 35
    assert START + timedelta(35) == date(2024, 2, 19)
