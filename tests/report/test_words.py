"""Numbers become words by one set of rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum.report.records import Interval
from locum.report.words import (
    brief,
    exact,
    gap_words,
    joined,
    out_of,
    percent,
    plain,
    rounded,
    rounded_spread,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [(131_234, "131,000"), (9_876, "9,880"), (-9_876, "9,880"), (998, "998"), (0, "0")],
)
def test_prose_keeps_three_significant_figures(value, words):
    assert rounded(value) == words


def test_numbers_side_by_side_are_rounded_alike():
    assert rounded_spread(Interval(1_594, 5_281, 14_434)) == "1,600 to 14,400"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-17_000, -3_000, "3,000 to 17,000 too few"),
        (3_000, 17_000, "3,000 to 17,000 more than needed"),
        (-17_000, 3_000, "from 17,000 too few to 3,000 more than needed"),
    ],
)
def test_a_gap_names_both_of_its_sides(low, high, words):
    assert gap_words(Interval(low, (low + high) / 2, high)) == words


@pytest.mark.parametrize("unit", ["heads", "clinical", "fte", "licences", "people"])
def test_groups_of_one_to_nine_persons_are_not_printed(unit):
    assert [exact(n, unit) for n in (0, 1, 9, 9.4)] == ["0", "<10", "<10", "<10"]
    assert [plain(n, unit) for n in (0, 1, 9, 10)] == ["0", "<10", "<10", "10"]


@given(st.floats(min_value=0.5001, max_value=9.4999))
def test_no_small_group_is_ever_printed(persons):
    assert exact(persons, "heads") == plain(persons, "heads") == "<10"


def test_small_differences_and_posts_are_no_groups_of_persons():
    assert exact(-4, "clinical", signed=True) == "\N{MINUS SIGN}4"
    assert exact(4, "posts") == "4"


def test_a_number_that_rounds_to_zero_has_no_sign():
    assert percent(-0.004, signed=True) == "0%"
    assert brief(-0.04, signed=True) == "0.0"
    assert plain(-0.2, "clinical", signed=True) == "0"


def test_counts_of_draws_read_as_words():
    assert out_of(870, 1000) == "in 870 of the 1,000 draws"
    assert out_of(0, 1000) == "in none of the 1,000 draws"
    assert out_of(1000, 1000) == "in all 1,000 draws"


def test_lists_end_in_and():
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert joined(["a"]) == "a"
