"""Disputes in plain words: sizes, directions, verdicts and flip points."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.inference.members import OTHER, member, position

from locum.inference.attribution import explain
from locum.inference.flip import flip_point
from locum.report.dispute import crux_words, difference_words, flip_words, gap_in_words
from locum.runs.positions import find_position
from locum.scenarios import Reading


@cache
def found():
    keys = ("exit.rule", "gap.supply_unit", "demand.unit")
    other = member({key: OTHER[key] for key in keys})
    return explain(position("one", member()), position("two", other), 2040, draws=4)


def printed(gap_a, gap_b):
    """The same attribution with printed numbers."""
    return replace(found(), printed_a=gap_a, printed_b=gap_b)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (-8420.0, "8,420 too few"),
        (16_326.0, "16,300 more than needed"),
        (-0.4, "0 too few"),
    ],
)
def test_a_gap_is_doctors_too_few_or_more_than_needed(gap, words):
    assert gap_in_words(gap) == words


# --- the difference ----------------------------------------------------------


def test_the_headline_says_what_both_hold_and_how_far_apart_they_are():
    [headline, summary] = difference_words(printed(16_326.0, -8420.0))
    assert headline == (
        "Doctors in 2040: one says 16,300 more than needed, two 8,420 too few. "
        "They are 24,700 apart."
    )
    assert summary.startswith("Most of it: ")


def test_without_printed_numbers_of_both_the_rules_speak():
    gap_a, gap_b = float(found().gap_a[0]), float(found().gap_b[0])
    expected = f"one says {gap_in_words(gap_a)}, two {gap_in_words(gap_b)}"
    assert expected in difference_words(found())[0]
    assert expected in difference_words(printed(16_326.0, None))[0]


def test_the_largest_blocks_come_first():
    summary = difference_words(found())[1]
    ranked = sorted(found().shares, key=lambda share: -abs(share.value))
    places = [summary.find(share.block.title) for share in ranked]
    assert places == sorted(places)
    assert min(places) >= 0


def test_no_line_ends_in_a_space():
    for each in (found(), printed(1.0, 2.0), replace(found(), whole_sector=True)):
        assert all(line == line.strip() for line in difference_words(each))


def test_what_rules_miss_is_said_and_too_much_of_it_is_no_explanation():
    gap_a, gap_b = float(found().gap_a[0]), float(found().gap_b[0])
    size = abs(gap_a - gap_b)
    close = difference_words(printed(gap_a + 0.05 * size, gap_b))[1]
    far = difference_words(printed(gap_a + size, gap_b))[1]
    assert "The rules miss" in close
    assert "Not explained" not in close
    assert "Not explained: the rules as known miss" in far


def test_two_that_agree_are_said_to_agree():
    same = explain(position("one", member()), position("two", member()), 2040, 1)
    assert difference_words(same)[1] == "By their rules they agree."
    assert crux_words(same) == [
        "By their rules both point the same way; nobody has to concede anything."
    ]


def test_every_reading_has_a_line_of_its_own():
    study = find_position("rihp-2026").study
    assert study is not None
    each = explain(find_position("rihp-2026"), find_position("committee-2025"), 2040, draws=1)
    lines = difference_words(each)[2:]
    assert len(lines) == len(study.readings)
    for reading, line in zip(study.readings, lines, strict=True):
        assert line.startswith(f"- {reading.title}: ")


def test_readings_of_both_sides_are_both_named():
    study = find_position("rihp-2026").study
    assert study is not None
    names = ("first", "second")
    readings = [Reading(name, f"{name} reading", {}) for name in names]
    a, b = (
        replace(side, study=study, reading=reading)
        for side, reading in zip((found().a, found().b), readings, strict=True)
    )
    lines = difference_words(replace(found(), readings=(replace(found(), a=a, b=b),)))
    assert lines[2].startswith("- first reading; second reading: ")


# --- the crux ----------------------------------------------------------------


def test_the_crux_names_the_blocks_and_what_each_side_concedes():
    a = position("one", member({"demand.base_gap": -0.1}))
    b = position("two", member({"demand.base_gap": 0.2}))
    lines = crux_words(explain(a, b, 2040, draws=4))
    assert lines[0] == (
        "The crux: if both agreed on where need starts: base year and balance, they would point "
        "the same way."
    )
    assert lines[1].startswith("- one would take over from two: where need starts")
    assert lines[2].startswith("- two would take over from one: where need starts")
    assert "too few" in lines[1]
    assert "more than needed" in lines[2]
    assert "the signs agree then in 100% of the draws" in lines[1]


# --- flip points -------------------------------------------------------------


def flipped(values=None, key="demand.working_days", draws=1, **given):
    base = {"demand.balance": "level", "demand.visits_per_day": 40.0} | (values or {})
    return flip_point(position("one", member(base)), key, 2035, draws, **given)


def test_a_flip_point_is_said_with_what_is_held_now():
    one = flipped({"demand.working_days": 265.0})
    state = "shortage" if one.gap[0] < 0 else "surplus"
    assert isinstance(one.value, float)
    assert flip_words(one) == (
        f"one, 2035: {gap_in_words(float(one.gap[0]))}. At {one.value:.1f} days a year "
        f"(demand.working_days, now 265.0 days a year) the {state} is gone."
    )


def test_the_range_over_draws_is_said_where_there_are_several():
    words = flip_words(flipped(draws=6))
    assert "It turns in 100% of the draws, between" in words
    assert words.endswith("in 8 of 10.")


def test_without_a_flip_point_what_was_tried_is_said():
    # The present 265 days leave a surplus; so few days never do.
    one = flipped({"demand.working_days": 265.0}, span=(100.0, 150.0))
    assert one.gap[0] > 0.0
    assert flip_words(one).endswith(
        "demand.working_days is 265.0 days a year; every value from 100.0 days a year to 150.0 "
        "days a year leaves a shortage."
    )


def test_shares_are_said_in_per_cent():
    one = flipped({"demand.base_gap": 0.0, "demand.balance": "base"}, "demand.base_gap")
    assert isinstance(one.value, float)
    assert f"At {100 * one.value:.1f}%".replace("-", "\N{MINUS SIGN}") in flip_words(one)


def test_a_year_of_the_calendar_is_said_as_one():
    one = flipped({}, "demand.phase_year", span=(2030.0, 2060.0))
    assert "is 2040" in flip_words(one) or "now 2040)" in flip_words(one)
    assert "2,040" not in flip_words(one)


def test_rules_are_said_by_their_options():
    one = flipped({"demand.balance": "base", "demand.base_gap": 0.4}, "exit.rule")
    assert one.value is None
    assert flip_words(one).endswith("exit.rule is hazard; every other option leaves a shortage.")
    turned = replace(one, option="age_65", gap=np.array([50.0]))
    expected = "With exit.rule = age_65 instead of hazard the surplus is gone."
    assert flip_words(turned).endswith(expected)


def test_members_that_hold_different_things_are_both_said():
    ends = member({"demand.base_gap": 0.0}), member({"demand.base_gap": 0.02})
    words = flip_words(flip_point(position("one", *ends), "demand.base_gap", 2035))
    assert "(demand.base_gap, now 0.0% and 2.0%)" in words
