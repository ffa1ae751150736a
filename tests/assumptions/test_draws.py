from __future__ import annotations

import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locum.assumptions import (
    Assumption,
    Choice,
    Correlation,
    Ledger,
    LogNormal,
    Normal,
    Point,
    Scale,
    Triangular,
    Uniform,
)
from locum.errors import BadValue, InputError, UnknownName, WrongUnit, YearOutside

PRIORS = [
    Uniform(0.1, 0.9),
    Triangular(0, 0.5, 1),
    Normal(0.5, 0.2),
    Normal(0.5, 0.2, 0.3, 0.7),
    LogNormal(0.5, 0.3),
    Scale(LogNormal(1, 0.1)),
    Point(),
]
SEED = 20240220


def _assumption(key, prior, value: float | str = 0.5, dated=(), unit="coefficient"):
    return Assumption(key, value, unit, prior, "kma-2020", "assumed", "nobody", "Why.", dated)


def _rule(key, options, weights):
    return _assumption(key, Choice(options, weights), options[0], unit="rule")


def _correlated(a, b, rho):
    return Correlation((a, b), rho, "kma-2020", "Why.")


keys = st.text("abcd", min_size=1, max_size=3)


@st.composite
def ledgers(draw):
    names = draw(st.lists(keys, min_size=1, max_size=6, unique=True))
    kinds = draw(st.lists(st.integers(0, len(PRIORS)), min_size=6, max_size=6))
    made = [
        _rule(name, ("x", "y"), (2, 1)) if kind == len(PRIORS) else _assumption(name, PRIORS[kind])
        for name, kind in zip(names, kinds, strict=False)
    ]
    numbers = [each.key for each in made if each.unit != "rule"]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False)) if draw(st.booleans()) else []
    return Ledger(made, [_correlated(a, b, draw(st.floats(-0.9, 0.9))) for a, b in pairs])


@pytest.fixture
def ledger():
    return Ledger(
        [
            _assumption("a", Uniform(0.1, 0.9)),
            _assumption("b", LogNormal(0.5, 0.3)),
            _assumption("c", Normal(0.5, 0.2)),
            _assumption("d", Scale(LogNormal(1, 0.1)), 28.0, ((2009, 26.5), (2022, 28.0))),
            _assumption("e", Scale(LogNormal(1, 0.1)), 3.0),
            _assumption("f", Point()),
            _rule("r", ("damped", "fixed"), (3, 1)),
        ],
        [_correlated("b", "a", 0.6), _correlated("b", "c", -0.5)],
    )


# --- identity ----------------------------------------------------------------


@given(ledgers(), st.integers(0, 2**64 - 1), st.integers(0, 10), st.integers(0, 10))
def test_draws_do_not_depend_on_the_batch(ledger, seed, first, second):
    low, middle = sorted((first, second))
    whole = ledger.draw(seed, 0, 10).levels
    parts = [ledger.draw(seed, a, b).levels for a, b in ((0, low), (low, middle), (middle, 10))]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)


def test_a_thousand_draws_equal_a_thousand_draws_of_one(ledger):
    whole = ledger.draw(SEED, 0, 1000).levels
    alone = [ledger.draw(SEED, number, number + 1).levels for number in range(1000)]
    np.testing.assert_array_equal(np.concatenate(alone, axis=1), whole)


@given(ledgers(), keys.map("new.".__add__), st.sampled_from(PRIORS))
def test_draws_of_one_assumption_are_unchanged_when_another_is_added(ledger, key, prior):
    more = Ledger([_assumption(key, prior), *ledger.values()], ledger.correlations)
    before, after = ledger.draw(SEED, 0, 20), more.draw(SEED, 0, 20)
    np.testing.assert_array_equal(after.levels[1:], before.levels)


@given(ledgers(), st.randoms(use_true_random=False))
def test_draws_do_not_depend_on_the_order_of_the_ledger(ledger, random):
    shuffled = list(ledger.values())
    random.shuffle(shuffled)
    again = Ledger(shuffled, ledger.correlations).draw(SEED, 0, 9)
    rows = [[each.key for each in shuffled].index(key) for key in ledger]
    np.testing.assert_array_equal(again.levels[rows], ledger.draw(SEED, 0, 9).levels)


@given(ledgers(), st.data())
def test_fixing_one_assumption_changes_no_draw_of_another(ledger, data):
    key = data.draw(st.sampled_from(list(ledger)))
    fixed = ledger.fixed(key, ledger[key].value)
    others = [row for row, name in enumerate(ledger) if name != key]
    before, after = ledger.draw(SEED, 0, 9).levels, fixed.draw(SEED, 0, 9).levels
    np.testing.assert_array_equal(after[others], before[others])


def test_the_seed_changes_every_draw_that_can_vary(ledger):
    one, two = ledger.draw(1, 1, 50).varied(), ledger.draw(2, 1, 50).varied()
    assert set(one) == set(ledger) - {"f"}
    assert all((one[key] != two[key]).any() for key in one)


def test_the_bytes_do_not_depend_on_the_hash_seed():
    program = (
        "from locum.assumptions import *\n"
        "from hashlib import sha256\n"
        "names = [f'k{i}' for i in range(9)]\n"
        "prior = LogNormal(1, 0.2)\n"
        "ledger = Ledger([Assumption(n, 1.0, 'ratio', prior, 's', 'assumed', 'h', 'n')"
        " for n in names],"
        " [Correlation((a, b), 0.4, 's', 'n') for a, b in zip(names[:4], names[1:5])])\n"
        "print(ledger.digest(), sha256(ledger.draw(7, 0, 99).levels.tobytes()).hexdigest())\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


# --- the central draw --------------------------------------------------------


@given(ledgers(), st.integers(0, 2**32))
def test_draw_0_has_every_assumption_at_its_value(ledger, seed):
    draws = ledger.draw(seed, 0, 3)
    for key, each in ledger.items():
        if each.unit == "rule":
            assert draws.rule(key)[0] == each.value
        else:
            assert draws.value(key)[0] == each.value


# --- asking ------------------------------------------------------------------


def test_dated_values_follow_their_years_times_one_factor(ledger):
    draws = ledger.draw(SEED, 0, 50)
    path = draws.path("d", range(2009, 2031))
    assert path.shape == (50, 22)
    assert path[0].tolist() == [26.5] * 13 + [28.0] * 9
    np.testing.assert_allclose(path / path[0], np.repeat(path[:, :1] / 26.5, 22, axis=1))
    assert len(np.unique(path[:, 0])) == 50


def test_an_undated_value_is_the_same_every_year(ledger):
    draws = ledger.draw(SEED, 0, 5)
    path = draws.path("a", np.array([2009, 2022, 2050]))
    np.testing.assert_array_equal(path, np.repeat(draws.value("a")[:, None], 3, axis=1))


def test_a_factor_on_an_undated_value_multiplies_it(ledger):
    draws = ledger.draw(SEED, 1, 4)
    factors = LogNormal(1, 0.1).quantile(_uniforms("e", 1, 4))
    np.testing.assert_array_equal(draws.value("e"), 3.0 * factors)


def _uniforms(key, first, last):
    from locum.randomness import Stream

    return Stream(SEED, "assumption", key).uniform(np.arange(first, last))


def test_a_year_before_the_first_dated_value_is_refused(ledger):
    with pytest.raises(
        YearOutside, match="year 2008 is outside assumption 'd', which starts in 2009"
    ):
        ledger.draw(SEED, 0, 2).path("d", [2010, 2008])


def test_a_rule_is_drawn_by_its_weights(ledger):
    n = 20_000
    options = ledger.draw(SEED, 1, n + 1).rule("r")
    share = options.count("damped") / n
    assert abs(share - 0.75) < 5 * math.sqrt(0.75 * 0.25 / n)
    assert set(options) == {"damped", "fixed"}


def test_a_fixed_rule_is_the_same_in_every_draw(ledger):
    assert ledger.fixed("r", "fixed").draw(SEED, 0, 4).rule("r") == ["fixed"] * 4


def test_what_does_not_vary_is_left_out(ledger):
    sure = Ledger([*ledger.values(), _rule("s", ("x", "y"), (1, 0))], ledger.correlations)
    varied = sure.draw(SEED, 0, 20).varied()
    assert set(varied) == {"a", "b", "c", "d", "e", "r"}
    np.testing.assert_array_equal(varied["a"], sure.draw(SEED, 0, 20).value("a"))


def test_draws_know_their_numbers_and_cannot_be_changed(ledger):
    draws = ledger.draw(SEED, 3, 7)
    assert draws.numbers.tolist() == [3, 4, 5, 6]
    assert len(draws) == 4
    with pytest.raises(ValueError, match="read-only"):
        draws.value("a")[0] = 1.0


def test_asking_for_the_wrong_thing_is_refused(ledger):
    draws = ledger.draw(SEED, 0, 2)
    with pytest.raises(UnknownName, match="unknown assumption 'aa'; did you mean 'a'"):
        draws.value("aa")
    with pytest.raises(WrongUnit, match="r is given in rule"):
        draws.value("r")
    with pytest.raises(WrongUnit, match="a is given in coefficient; its unit is rule"):
        draws.rule("a")
    with pytest.raises(InputError, match="d has dated values: ask for its path"):
        draws.value("d")


@pytest.mark.parametrize(("first", "last"), [(-1, 2), (3, 2)], ids=["negative", "backwards"])
def test_a_range_of_draws_that_makes_no_sense_is_refused(ledger, first, last):
    with pytest.raises(BadValue, match="range of draws"):
        ledger.draw(SEED, first, last)


def test_a_seed_that_makes_no_sense_is_refused_even_for_the_central_draw(ledger):
    with pytest.raises(BadValue, match="seed is -1"):
        ledger.draw(-1, 0, 1)


def test_nothing_to_draw_is_drawn():
    assert Ledger([]).draw(SEED, 0, 3).levels.shape == (0, 3)
    assert Ledger([_assumption("a", Point())]).draw(SEED, 0, 3).value("a").tolist() == [0.5] * 3
    assert len(Ledger([_assumption("a", Uniform(0, 1))]).draw(SEED, 0, 0)) == 0


# --- distributions -----------------------------------------------------------


@pytest.mark.verification
@pytest.mark.parametrize("prior", PRIORS[:6], ids=str)
def test_draws_follow_their_prior(prior):
    """Kolmogorov-Smirnov distance below its one-in-a-million point."""
    n = 20_000
    drawn = np.sort(Ledger([_assumption("a", prior, 1.0 if prior.relative else 0.5)]).draw(
        SEED, 1, n + 1).value("a"))  # fmt: skip
    theory = prior.quantile((np.arange(n) + 0.5) / n)
    below = np.searchsorted(drawn, theory) / n
    distance = np.abs(below - (np.arange(n) + 0.5) / n).max()
    assert distance < math.sqrt(-math.log(0.5e-6) / (2 * n))


def _ranks(values):
    return np.argsort(np.argsort(values))


@pytest.mark.verification
@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.0, 0.6, 0.95], ids=str)
def test_correlated_draws_have_the_stated_correlation(rho):
    """Of normal scores rho itself; of ranks (6 / pi) asin(rho / 2)."""
    n = 40_000
    priors = {"a": Normal(0.5, 0.2), "b": LogNormal(0.5, 0.3), "c": Uniform(0, 1)}
    made = [_assumption(key, prior) for key, prior in priors.items()]
    draws = Ledger(made, [_correlated("a", "b", rho)]).draw(SEED, 1, n + 1)
    scores = np.corrcoef(draws.value("a"), np.log(draws.value("b")))[0, 1]
    error = max((1 - rho**2), 0.02) / math.sqrt(n)
    assert abs(scores - rho) < 5 * error
    ranks = np.corrcoef(_ranks(draws.value("a")), _ranks(draws.value("b")))[0, 1]
    assert abs(ranks - 6 / math.pi * math.asin(rho / 2)) < 5 / math.sqrt(n)
    assert abs(np.corrcoef(draws.value("a"), draws.value("c"))[0, 1]) < 5 / math.sqrt(n)


@pytest.mark.verification
def test_a_group_of_three_has_every_stated_correlation_and_zero_where_none_is_stated(ledger):
    n = 40_000
    draws = ledger.draw(SEED, 1, n + 1)
    ranks = {key: _ranks(draws.value(key)) for key in "abc"}
    for pair, rho in {"ab": 0.6, "bc": -0.5, "ac": 0.0}.items():
        found = np.corrcoef(ranks[pair[0]], ranks[pair[1]])[0, 1]
        assert abs(found - 6 / math.pi * math.asin(rho / 2)) < 5 / math.sqrt(n), pair


@given(st.floats(-0.99, 0.99))
@settings(max_examples=20)
def test_correlation_leaves_the_prior_of_each_as_it_is(rho):
    n = 5_000
    made = [_assumption(key, Uniform(0, 1)) for key in "ab"]
    drawn = Ledger(made, [_correlated("a", "b", rho)]).draw(SEED, 1, n + 1)
    for key in "ab":
        distance = np.abs(np.sort(drawn.value(key)) - (np.arange(n) + 0.5) / n).max()
        assert distance < math.sqrt(-math.log(0.5e-6) / (2 * n))


def test_the_first_key_of_a_group_keeps_its_draws(ledger):
    alone = Ledger(ledger.values()).draw(SEED, 0, 9)
    np.testing.assert_array_equal(ledger.draw(SEED, 0, 9).value("a"), alone.value("a"))
    assert (ledger.draw(SEED, 1, 9).value("b") != alone.value("b")[1:]).all()
