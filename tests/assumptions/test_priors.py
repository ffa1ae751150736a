"""Priors against theory: their inverse functions, moments, bounds and refusals."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum.assumptions import (
    Choice,
    LogitNormal,
    LogNormal,
    MassAtZero,
    Normal,
    Point,
    Scale,
    Triangular,
    Uniform,
    parse_prior,
)
from locum.assumptions.priors import PRIORS, quantiles
from locum.errors import BadValue, InputError, MissingField, OutOfBounds, Place, UnknownName

STANDARD = NormalDist()
probabilities = st.floats(2**-53, 1 - 2**-53)
locations = st.floats(-50, 50)
sizes = st.floats(0.01, 10)


def _at(prior, *u):
    return prior.quantile(np.array(u))


@st.composite
def numeric_priors(draw):
    low, width, part = draw(locations), draw(sizes), draw(st.floats(0, 1))
    high = low + width
    cut = {
        "low": draw(st.sampled_from([-math.inf, low])),
        "high": draw(st.sampled_from([math.inf, high])),
    }
    median, sigma = draw(sizes), draw(st.floats(0.01, 2))
    return draw(
        st.sampled_from(
            [
                Uniform(low, high),
                Triangular(low, min(low + part * width, high), high),
                Normal(low + part * width, width, **cut),
                LogNormal(median, sigma, median / 2, median * 3),
                LogNormal(median, sigma, high=median * 3),
                LogNormal(median, sigma),
                LogitNormal(0.01 + 0.98 * part, sigma),
                MassAtZero(0.01 + 0.98 * part, width),
                Scale(LogNormal(median, sigma)),
            ]
        )
    )


# --- the inverse functions ---------------------------------------------------


@pytest.mark.verification
@given(locations, sizes, probabilities)
def test_a_normal_prior_has_the_quantiles_of_the_standard_library(mean, sd, u):
    assert _at(Normal(mean, sd), u)[0] == pytest.approx(
        NormalDist(mean, sd).inv_cdf(u), rel=1e-14, abs=1e-13 * (1 + abs(mean))
    )


@pytest.mark.verification
@given(sizes, st.floats(0.01, 3), probabilities)
def test_a_lognormal_prior_is_the_exponential_of_a_normal_one(median, sigma, u):
    expected = median * math.exp(sigma * STANDARD.inv_cdf(u))
    assert _at(LogNormal(median, sigma), u)[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.verification
@given(st.floats(0.01, 0.99), st.floats(0.01, 3), probabilities)
def test_a_logitnormal_prior_is_normal_in_its_log_odds(median, sigma, u):
    value = _at(LogitNormal(median, sigma), u)[0]
    odds = median / (1 - median) * math.exp(sigma * STANDARD.inv_cdf(u))
    assert value == pytest.approx(odds / (1 + odds), rel=1e-12)


@pytest.mark.verification
@given(
    locations, sizes, st.floats(-3, 3), st.floats(0.05, 5), st.floats(1e-6, 1 - 1e-6),
    st.sampled_from([(True, True), (True, False), (False, True)]),
)  # fmt: skip
def test_a_cut_normal_prior_inverts_its_own_distribution_function(mean, sd, a, width, u, cut):
    low = mean + a * sd if cut[0] else -math.inf
    high = mean + (a + width) * sd if cut[1] else math.inf
    value = _at(Normal(mean, sd, low, high), u)[0]
    below, at, above = (STANDARD.cdf((x - mean) / sd) for x in (low, value, high))
    assert (at - below) / (above - below) == pytest.approx(u, abs=1e-9)


@pytest.mark.verification
@given(sizes, st.floats(0.05, 2), st.floats(1e-6, 1 - 1e-6))
def test_a_cut_lognormal_prior_is_the_exponential_of_a_cut_normal_one(median, sigma, u):
    cut = LogNormal(median, sigma, median / 2, median * 3)
    exponent = Normal(math.log(median), sigma, math.log(median / 2), math.log(median * 3))
    assert _at(cut, u)[0] == pytest.approx(math.exp(_at(exponent, u)[0]), rel=1e-12)


def test_a_prior_cut_far_out_in_the_upper_tail_keeps_its_digits():
    """The conditional tail above 4 sd, against its mirror image below -4 sd."""
    u = np.array([1e-9, 0.01, 0.5, 0.99, 1 - 1e-9])
    above = Normal(0, 1, low=4.0).quantile(u)
    below = Normal(0, 1, high=-4.0).quantile(1 - u)
    np.testing.assert_allclose(above, -below, rtol=1e-13)
    tail = math.erfc(4.0 / math.sqrt(2))
    beyond = [math.erfc(x / math.sqrt(2)) / tail for x in above]
    np.testing.assert_allclose(beyond, 1 - u, rtol=1e-12)


@pytest.mark.verification
@given(locations, sizes, st.floats(0, 1), st.floats(1e-6, 1 - 1e-6))
def test_a_triangular_prior_inverts_its_own_distribution_function(low, width, part, u):
    prior = Triangular(low, min(low + part * width, low + width), low + width)
    x = _at(prior, u)[0]
    if x <= prior.mode:
        below = (x - low) ** 2 / (width * (prior.mode - low)) if prior.mode > low else 0.0
    else:
        below = 1 - (prior.high - x) ** 2 / (width * (prior.high - prior.mode))
    assert below == pytest.approx(u, abs=1e-9)


@given(st.floats(0.01, 0.99), sizes, probabilities)
def test_a_prior_with_mass_at_zero_is_zero_up_to_its_mass_and_then_a_straight_line(mass, high, u):
    expected = 0.0 if u <= mass else high * (u - mass) / (1 - mass)
    assert _at(MassAtZero(mass, high), u)[0] == pytest.approx(expected, rel=1e-12)


@given(locations, sizes, probabilities)
def test_a_uniform_prior_is_a_straight_line(low, width, u):
    value = _at(Uniform(low, low + width), u)[0]
    assert value == pytest.approx(low + width * u, rel=1e-12, abs=1e-12)


def test_a_choice_takes_each_option_over_its_weight():
    choice = Choice(("a", "b", "c", "d"), (1, 0, 2, 1))
    assert _at(choice, 0.01, 0.249, 0.251, 0.74, 0.76, 0.99).tolist() == [0, 0, 2, 2, 3, 3]


@pytest.mark.parametrize("weights", [(0, 1, 0), (0.1, 0.2, 0.0)], ids=["one", "two"])
def test_an_option_without_weight_is_never_chosen(weights):
    extremes = _at(Choice(("a", "b", "c"), weights), 2.0**-53, 1 - 2.0**-53)
    assert {weights[int(each)] for each in extremes}.isdisjoint({0})


# --- laws of all priors ------------------------------------------------------


@given(numeric_priors(), st.lists(probabilities, min_size=2, max_size=20))
def test_quantiles_stay_inside_the_support_and_never_fall(prior, u):
    values = prior.quantile(np.sort(u))
    low, high = prior.support()
    assert np.isfinite(values).all()
    assert ((values >= low) & (values <= high)).all()
    assert (np.diff(values) >= -1e-12 * np.abs(values[1:])).all()


@given(st.lists(numeric_priors(), min_size=1, max_size=12), st.integers(1, 9))
def test_a_prior_gives_the_same_bits_stacked_or_alone(priors, size):
    u = (np.arange(len(priors) * size).reshape(len(priors), size) + 0.5) / (len(priors) * size)
    stacked = quantiles(priors, u)
    for row, prior in enumerate(priors):
        assert prior.quantile(u[row]).tolist() == stacked[row].tolist()
        assert [prior.quantile(each)[0] for each in u[row]] == stacked[row].tolist()


@given(numeric_priors())
def test_a_prior_is_read_back_from_its_own_yaml(prior):
    assert parse_prior(prior.to_dict()) == prior


# --- moments -----------------------------------------------------------------


def _cut_normal_moments(mean, sd, low, high):
    """Mean and variance of a truncated normal, by the closed formulas."""
    a, b = (low - mean) / sd, (high - mean) / sd
    mass = STANDARD.cdf(b) - STANDARD.cdf(a)
    slope = (STANDARD.pdf(a) - STANDARD.pdf(b)) / mass
    spread = 1 + (a * STANDARD.pdf(a) - b * STANDARD.pdf(b)) / mass - slope**2
    return mean + sd * slope, sd**2 * spread


MOMENTS = [
    (Uniform(1, 4), 2.5, 9 / 12),
    (Triangular(0, 1, 5), 2.0, (25 + 1 - 5) / 18),
    (Normal(3, 2), 3.0, 4.0),
    (Normal(0.4, 0.3, 0, 1), *_cut_normal_moments(0.4, 0.3, 0, 1)),
    (Normal(0, 1, 2, 3), *_cut_normal_moments(0, 1, 2, 3)),
    (MassAtZero(0.8, 0.3), 0.03, 0.2 * 0.03 - 0.03**2),
    (LogNormal(0.6, 0.2), 0.6 * math.exp(0.02), 0.36 * math.exp(0.04) * (math.exp(0.04) - 1)),
]


@pytest.mark.verification
@pytest.mark.parametrize(("prior", "mean", "variance"), MOMENTS, ids=str)
def test_a_prior_has_the_moments_of_theory(prior, mean, variance):
    """Midpoint rule over a fine grid of probabilities: what is left is its own small error."""
    n = 400_000
    values = prior.quantile((np.arange(n) + 0.5) / n)
    assert values.mean() == pytest.approx(mean, rel=1e-5)
    assert values.var() == pytest.approx(variance, rel=1e-4)


@pytest.mark.parametrize(
    "prior", [LogNormal(0.6, 0.2), LogitNormal(0.3, 0.5), Normal(0.6, 1, -0.4, 1.6)], ids=str
)
def test_the_median_is_where_it_is_stated(prior):
    stated = prior.mean if isinstance(prior, Normal) else prior.median
    assert _at(prior, 0.5)[0] == pytest.approx(stated, rel=1e-14)


# --- what is printed ---------------------------------------------------------


@pytest.mark.parametrize(
    ("prior", "text"),
    [
        (Point(), "point"),
        (Point(("a", "b")), "point"),
        (Uniform(0.1, 0.3), "uniform(low 0.1, high 0.3)"),
        (Triangular(0, 1, 2.5), "triangular(low 0, mode 1, high 2.5)"),
        (Normal(0.5, 0.1, low=0), "normal(mean 0.5, sd 0.1, low 0)"),
        (LogNormal(0.6, 0.2), "lognormal(median 0.6, sigma 0.2)"),
        (LogitNormal(0.3, 0.5), "logitnormal(median 0.3, sigma 0.5)"),
        (MassAtZero(0.8, 0.3), "mass_at_zero(mass 0.8, high 0.3)"),
        (Choice(("fixed", "damped"), (1, 3)), "choice(fixed 1, damped 3)"),
        (Scale(LogNormal(1, 0.1)), "scale(lognormal(median 1, sigma 0.1))"),
    ],
    ids=repr,
)
def test_a_prior_is_printed_with_its_parameters(prior, text):
    assert str(prior) == text
    assert parse_prior(prior.to_dict()) == prior


def test_every_family_is_documented_and_answers_to_its_name():
    for name, kind in PRIORS.items():
        assert kind.family == name
        assert kind.__doc__


# --- what is refused ---------------------------------------------------------

BAD_PRIORS = {
    "text": ("point", BadValue, "prior is 'point'; expected names with their values"),
    "two": ({"point": {}, "normal": {}}, BadValue, "expected one family of distributions"),
    "family": (
        {"lognorml": {}},
        UnknownName,
        "unknown prior 'lognorml'; did you mean 'lognormal'",
    ),
    "number": ({"uniform": 3}, BadValue, "uniform prior is 3; expected names with their values"),
    "parameter": (
        {"lognormal": {"median": 1, "sigm": 1}},
        UnknownName,
        "unknown field of lognormal prior: 'sigm'; did you mean 'sigma'",
    ),
    "missing": ({"lognormal": {"median": 1}}, MissingField, "lognormal prior has no sigma"),
    "word": (
        {"lognormal": {"median": "one", "sigma": 1}},
        BadValue,
        "median of a lognormal prior is 'one'; expected a finite number",
    ),
    "nan": ({"normal": {"mean": math.nan, "sd": 1}}, BadValue, "mean of a normal prior is nan"),
    "inf": ({"uniform": {"low": 0, "high": math.inf}}, BadValue, "high of a uniform prior is inf"),
    "huge": (
        {"uniform": {"low": 0, "high": 10**400}},
        BadValue,
        "high of a uniform prior is 1000",
    ),
    "truth": ({"uniform": {"low": 0, "high": True}}, BadValue, "high of a uniform prior is True"),
    "falls": ({"uniform": {"low": 2, "high": 1}}, BadValue, r"expected a number above low \(2\)"),
    "flat": ({"uniform": {"low": 2, "high": 2}}, BadValue, "expected a number above low"),
    "mode": (
        {"triangular": {"low": 0, "mode": 3, "high": 2}},
        OutOfBounds,
        "mode of a triangular prior is 3; it must be between 0 and 2",
    ),
    "sd": ({"normal": {"mean": 0, "sd": 0}}, BadValue, "sd of a normal prior is 0"),
    "median": (
        {"lognormal": {"median": -1, "sigma": 1}},
        BadValue,
        "median of a lognormal prior is -1; expected a number above 0",
    ),
    "sigma": (
        {"lognormal": {"median": 1, "sigma": 20}},
        OutOfBounds,
        "sigma of a lognormal prior is 20; it must be between 0 and 5",
    ),
    "share": (
        {"logitnormal": {"median": 1, "sigma": 1}},
        BadValue,
        r"median of a logitnormal prior is 1; expected a share inside 0\.\.1",
    ),
    "sure": (
        {"mass_at_zero": {"mass": 1, "high": 1}},
        BadValue,
        r"mass of a mass_at_zero prior is 1; expected a probability inside 0\.\.1",
    ),
    "no_height": (
        {"mass_at_zero": {"mass": 0.5, "high": 0}},
        BadValue,
        "high of a mass_at_zero prior is 0; expected a number above 0",
    ),
    "cut_away": (
        {"normal": {"mean": 0, "sd": 1, "low": 9}},
        BadValue,
        "part of a normal prior between low and high is .*; expected at least a millionth",
    ),
    "options": (
        {"choice": {"options": ["a", "a"], "weights": [1, 1]}},
        BadValue,
        "expected each option once",
    ),
    "no_list": (
        {"choice": {"options": "a", "weights": [1]}},
        BadValue,
        "options is 'a'; expected a list",
    ),
    "no_text": ({"choice": {"options": [1], "weights": [1]}}, BadValue, "options is 1; expected"),
    "weights": (
        {"choice": {"options": ["a", "b"], "weights": [1]}},
        BadValue,
        "expected one for each option",
    ),
    "negative": (
        {"choice": {"options": ["a", "b"], "weights": [2, -1]}},
        BadValue,
        "expected none negative",
    ),
    "weightless": (
        {"choice": {"options": ["a", "b"], "weights": [0, 0]}},
        BadValue,
        "at least one positive",
    ),
    "none": ({"choice": {"options": [], "weights": []}}, BadValue, "expected one for each option"),
    "scale_of_point": ({"scale": {"point": {}}}, BadValue, "prior of a scale is 'point'"),
    "scale_below_0": (
        {"scale": {"normal": {"mean": 1, "sd": 0.1}}},
        OutOfBounds,
        "lowest factor of a scale is -inf; it must be at least 0",
    ),
}


@pytest.mark.parametrize(("data", "kind", "message"), BAD_PRIORS.values(), ids=list(BAD_PRIORS))
def test_a_malformed_prior_is_refused_with_its_place(data, kind, message):
    def where(*keys):
        return Place("a.yaml", 5, ".".join(["x.prior", *map(str, keys)]))

    with pytest.raises(kind, match=message) as caught:
        parse_prior(data, where)
    assert str(caught.value).startswith("a.yaml:5: x.prior")


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([*PRIORS, "low", "high", "mean", "sd", "median", "sigma", "options"]),
        inner, max_size=4,
    ),
    max_leaves=6,
))  # fmt: skip
def test_anything_else_is_refused_as_input_too(data):
    try:
        prior = parse_prior(data)
    except InputError:
        return
    assert np.isfinite(_at(prior, 0.25, 0.75)).all()
