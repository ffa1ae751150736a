from __future__ import annotations

import pytest

from locum.axes import AGE, AGES, SEX, SEXES, Axis, years
from locum.errors import BadValue, Place, UnknownName


def test_the_fixed_axes_have_the_agreed_order():
    assert SEXES == ("male", "female")
    assert AGES[0] == 24
    assert AGES[-1] == 84
    assert len(AGES) == len(AGE) == 61
    assert SEX.index("female") == 1


def test_a_label_is_found_at_its_position():
    axis = Axis("region", ("Seoul", "Busan", "Jeju"))
    assert [axis.index(label) for label in axis] == [0, 1, 2]
    assert axis.indices(["Jeju", "Seoul"]).tolist() == [2, 0]
    assert "Busan" in axis
    assert "Paris" not in axis


def test_an_unknown_label_is_refused_with_a_suggestion():
    axis = Axis("region", ("Seoul", "Busan"))
    with pytest.raises(UnknownName, match=r"a.csv:2: unknown region 'Seol'; did you mean 'Seoul'"):
        axis.index("Seol", Place("a.csv", 2))


def test_a_label_written_twice_is_refused():
    with pytest.raises(
        BadValue, match="label of axis region is 'Seoul'; expected every label once"
    ):
        Axis("region", ("Seoul", "Busan", "Seoul"))


def test_axes_are_equal_by_name_and_labels():
    assert Axis("sex", SEXES) == SEX
    assert hash(Axis("sex", SEXES)) == hash(SEX)
    assert Axis("gender", SEXES) != SEX


def test_years_include_both_ends():
    assert years(2022, 2024) == (2022, 2023, 2024)
    assert years(2022, 2022) == (2022,)


def test_years_that_run_backwards_are_refused():
    with pytest.raises(BadValue, match="last year is 2021; expected 2022 or later"):
        years(2022, 2021)
