"""Draws put together from two ledgers keep what each side holds, and its luck."""

from __future__ import annotations

import numpy as np
import pytest

from locum.assumptions import Assumption, Choice, Ledger, Normal, Point, mix, with_levels
from locum.errors import BadValue, InputError, UnknownName, WrongUnit

DRAWS = 7


def assumption(key, value: float | str = 0.5, prior=None, dated=(), unit="coefficient"):
    prior = prior or Normal(0.5, 0.2)
    return Assumption(key, value, unit, prior, "kma-2020", "assumed", "nobody", "Why.", dated)


ENTRIES = [
    assumption("one"),
    assumption("two"),
    assumption("dated", 2.0, Point(), dated=((2020, 1.0), (2030, 2.0))),
    assumption("rule", "x", Choice(("x", "y"), (1, 0)), unit="rule"),
]
LEDGER = Ledger(ENTRIES)
OTHER = LEDGER.fixed("two", 0.9).fixed("rule", "y").fixed("dated", {2020: 3.0})


def draws(ledger=LEDGER, seed=3, count=DRAWS):
    return ledger.draw(seed, 0, count)


def test_no_key_gives_the_first_draws():
    assert np.array_equal(mix(draws(), draws(OTHER), ()).levels, draws().levels)


def test_all_keys_give_the_second_draws():
    found = mix(draws(), draws(OTHER), list(LEDGER))
    assert np.array_equal(found.levels, draws(OTHER).levels)
    assert found.rule("rule") == ["y"] * DRAWS
    assert found.path("dated", [2025, 2035]).tolist() == [[3.0, 3.0]] * DRAWS


def test_only_the_named_assumptions_change():
    found = mix(draws(), draws(OTHER), {"two"})
    assert found.value("two").tolist() == [0.9] * DRAWS
    assert np.array_equal(found.value("one"), draws().value("one"))
    assert found.rule("rule") == ["x"] * DRAWS
    assert found.path("dated", [2025, 2035])[0].tolist() == [1.0, 2.0]


def test_what_both_hold_alike_is_the_same_draw_in_every_mixture():
    for keys in ({"one"}, {"two"}, {"one", "two"}):
        assert np.array_equal(mix(draws(), draws(OTHER), keys).value("one"), draws().value("one"))


def test_the_order_of_the_second_ledger_does_not_matter():
    backwards = Ledger([OTHER[key] for key in reversed(list(OTHER))])
    for keys in ({"two"}, {"rule", "dated"}, set(LEDGER)):
        expected = mix(draws(), draws(OTHER), keys)
        found = mix(draws(), draws(backwards), keys)
        assert np.array_equal(found.levels, expected.levels)
        assert found.rule("rule") == expected.rule("rule")


def test_the_draws_that_were_mixed_stay_as_they_were():
    first, second = draws(), draws(OTHER)
    before = first.levels.copy(), second.levels.copy()
    mix(first, second, {"one", "two"})
    assert np.array_equal(first.levels, before[0])
    assert np.array_equal(second.levels, before[1])


def test_other_numbers_of_draws_are_refused():
    with pytest.raises(BadValue, match="the same 7 draws on both sides"):
        mix(draws(), draws(count=3), ())


def test_other_assumptions_are_refused():
    with pytest.raises(BadValue, match="the same assumptions on both sides"):
        mix(draws(), draws(Ledger(ENTRIES[:2])), ())


def test_a_key_of_neither_is_refused():
    with pytest.raises(UnknownName, match="unknown assumption 'twoo'; did you mean 'two'"):
        mix(draws(), draws(OTHER), {"twoo"})


def test_levels_replace_one_number_in_every_draw():
    levels = np.linspace(0.0, 1.0, DRAWS)
    found = with_levels(draws(), "one", levels)
    assert np.array_equal(found.value("one"), levels)
    assert np.array_equal(found.value("two"), draws().value("two"))


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [
        ("onee", UnknownName, "did you mean 'one'"),
        ("rule", WrongUnit, "rule is given in rule"),
        ("dated", InputError, "dated has dated values"),
    ],
)
def test_what_is_no_single_number_cannot_be_moved(key, error, message):
    with pytest.raises(error, match=message):
        with_levels(draws(), key, np.zeros(DRAWS))
