from __future__ import annotations

import operator
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum.errors import BadValue, OutOfBounds, Place, UnitMismatch, UnknownName, WrongUnit
from locum.units import UNITS, Quantity, check_bounds, to_fte, unit

numbers = st.floats(-1e12, 1e12)
measured = st.sampled_from([name for name, each in UNITS.items() if not each.categorical])
arrays = st.lists(numbers, min_size=1, max_size=5).map(np.array)
DOCTORS = ("heads", "licences", "active", "clinical", "fte", "doctor_hours")
MEETINGS = [
    operator.add, operator.sub, operator.truediv, operator.eq, operator.ne,
    operator.lt, operator.le, operator.gt, operator.ge,
]  # fmt: skip


@pytest.mark.parametrize("meet", MEETINGS, ids=lambda each: each.__name__)
@pytest.mark.parametrize(("left", "right"), list(permutations(DOCTORS, 2)), ids=str)
def test_doctors_counted_in_different_units_never_meet(meet, left, right):
    with pytest.raises(UnitMismatch, match="these are different units"):
        meet(Quantity(3.0, left), Quantity(2.0, right))


@given(numbers, numbers, measured)
def test_like_units_add_subtract_and_compare_as_their_numbers_do(a, b, name):
    left, right = Quantity(a, name), Quantity(b, name)
    assert left + right == Quantity(a + b, name)
    assert left - right == Quantity(a - b, name)
    assert -left == Quantity(-a, name)
    assert [meet(left, right) for meet in MEETINGS[3:]] == [meet(a, b) for meet in MEETINGS[3:]]


@given(arrays, numbers)
def test_a_plain_number_scales_an_array_from_either_side(values, factor):
    quantity = Quantity(values, "fte")
    assert quantity * factor == Quantity(values * factor, "fte")
    assert factor * quantity == quantity * factor
    assert values * Quantity(factor, "fte") == quantity * factor


@given(arrays)
def test_a_quantity_over_a_like_one_is_a_plain_number(values):
    ratio = Quantity(values, "heads") / Quantity(4.0, "heads")
    assert not isinstance(ratio, Quantity)
    np.testing.assert_array_equal(ratio, values / 4.0)
    assert Quantity(values, "heads") / 4.0 == Quantity(values / 4.0, "heads")


@pytest.mark.parametrize("meet", [operator.add, operator.sub, operator.lt], ids=["+", "-", "<"])
def test_a_plain_number_never_meets_a_quantity_in_a_sum(meet):
    with pytest.raises(UnitMismatch, match="a plain number"):
        meet(Quantity(3.0, "heads"), 2.0)
    with pytest.raises(UnitMismatch, match="a plain number"):
        meet(2.0, Quantity(3.0, "heads"))


def test_two_quantities_are_not_multiplied():
    hours: Any = Quantity(2000.0, "hours_per_year")  # a type checker refuses it too
    with pytest.raises(UnitMismatch, match="cannot multiply heads by hours_per_year"):
        operator.mul(Quantity(3.0, "heads"), hours)


def test_fte_subtracted_from_heads_is_named_in_the_error():
    with pytest.raises(UnitMismatch, match="cannot subtract fte from heads"):
        operator.sub(Quantity(3.0, "heads"), Quantity(2.0, "fte"))


def test_a_quantity_differs_from_what_is_not_one():
    assert Quantity(3.0, "heads") != 3.0
    assert Quantity(3.0, "heads") != "3 heads"


def test_a_quantity_cannot_be_changed():
    values = np.array([1.0, 2.0])
    quantity = Quantity(values, "heads")
    with pytest.raises(ValueError, match="read-only"):
        quantity.value[0] = 5.0  # pyright: ignore[reportIndexIssue]
    values[0] = 5.0  # the array of the caller stays his own to write


def test_a_quantity_needs_a_unit_of_numbers():
    with pytest.raises(UnknownName, match="unknown unit 'head'; did you mean 'heads'"):
        Quantity(1.0, "head")
    with pytest.raises(BadValue, match="unit of a quantity is 'rule'"):
        Quantity(1.0, "rule")


def test_every_unit_is_described_and_answers_to_its_name():
    for name, each in UNITS.items():
        assert unit(name) is each
        assert each.name == name
        assert each.description
        assert each.low < each.high


@pytest.mark.parametrize("value", [-0.01, 1.01, np.array([0.5, 1.4])], ids=["-", "+", "array"])
def test_a_number_outside_its_unit_is_refused(value):
    with pytest.raises(OutOfBounds, match=r"a.yaml:2: x is .* share; it must be between 0 and 1"):
        check_bounds("x", value, UNITS["share"], Place("a.yaml", 2))


@pytest.mark.parametrize("value", [float("nan"), float("inf")], ids=["nan", "inf"])
def test_a_number_that_is_not_finite_is_refused(value):
    with pytest.raises(BadValue, match="expected a finite number of elasticity"):
        check_bounds("x", value, UNITS["elasticity"])


def test_bounds_are_included():
    check_bounds("x", np.array([0.0, 1.0]), UNITS["share"])
    check_bounds("x", np.array([]), UNITS["share"])


def test_a_rule_has_no_number():
    with pytest.raises(BadValue, match="the name of an option, not a number"):
        check_bounds("x", 1.0, UNITS["rule"])


def test_heads_become_fte_by_their_hours():
    heads, hours = (
        Quantity(np.array([100.0, 50.0]), "clinical"),
        Quantity(2302.6, "hours_per_year"),
    )
    fte = to_fte(heads, hours, Quantity(2080.0, "hours_per_year"))
    assert fte.unit == "fte"
    np.testing.assert_allclose(fte.value, [110.70192307692308, 55.35096153846154])


@pytest.mark.parametrize("name", ["licences", "fte", "people"])
def test_only_people_at_work_become_fte(name):
    hours = Quantity(2000.0, "hours_per_year")
    with pytest.raises(WrongUnit, match=f"given in {name}; its unit is heads, active or clinical"):
        to_fte(Quantity(1.0, name), hours, hours)


def test_hours_of_fte_are_hours_in_a_year():
    heads, hours = Quantity(1.0, "heads"), Quantity(2000.0, "hours_per_year")
    with pytest.raises(WrongUnit, match="full-time hours is given in years"):
        to_fte(heads, hours, Quantity(1.0, "years"))
    with pytest.raises(OutOfBounds, match="full-time hours is 0"):
        to_fte(heads, hours, Quantity(0.0, "hours_per_year"))
