from __future__ import annotations

import copy
import pickle

import pytest

from locum import errors
from locum.errors import (
    BadCell,
    BadValue,
    InputError,
    LocumError,
    MissingField,
    MissingFile,
    ModelError,
    NotConserved,
    NotConverged,
    NotFinite,
    OutOfBounds,
    Place,
    UnitMismatch,
    UnknownName,
    WrongUnit,
    YearOutside,
)

PLACE = Place("my.yaml", 7, "walkout.share")

EVERY_ERROR: dict[LocumError, str] = {
    InputError("nothing to run", PLACE): "my.yaml:7: walkout.share: nothing to run",
    UnknownName("assumption", "exit.ratoi", ["exit.ratio", "exit.age"]): (
        "unknown assumption 'exit.ratoi'; did you mean 'exit.ratio'?"
    ),
    OutOfBounds("walkout.share", 1.4, "share", 0, 1, PLACE): (
        "my.yaml:7: walkout.share: walkout.share is 1.4 share; it must be between 0 and 1"
    ),
    WrongUnit("assumption 'exit.ratio'", "heads", "ratio"): (
        "assumption 'exit.ratio' is given in heads; its unit is ratio"
    ),
    UnitMismatch("subtract", "heads", "fte"): (
        "cannot subtract fte from heads: these are different units"
    ),
    MissingField("assumption 'exit.ratio'", "source"): "assumption 'exit.ratio' has no source",
    BadValue("exit.ratio", "many", "a finite number"): (
        "exit.ratio is 'many'; expected a finite number"
    ),
    BadCell("stock.csv", 3, "value", "1O", "not a number"): (
        "stock.csv:3: value: '1O': not a number"
    ),
    MissingFile("a.yaml", "check the path"): "no file a.yaml; check the path",
    YearOutside("pack korea", 2099, 1999, 2070): (
        "year 2099 is outside pack korea, which covers 1999 to 2070"
    ),
    NotConserved("heads", 10, 9): "heads not conserved: expected 10, found 9 (-1)",
    NotFinite("income", "2031, Seoul"): "income is not finite at 2031, Seoul",
    NotConverged("the fit", 200, 1e-3): "the fit did not converge in 200 iterations (error 0.001)",
}

each_error = pytest.mark.parametrize(
    ("error", "sentence"),
    list(EVERY_ERROR.items()),
    ids=[type(each).__name__ for each in EVERY_ERROR],
)


@each_error
def test_an_error_composes_its_sentence_from_values(error, sentence):
    assert str(error) == sentence


@each_error
def test_an_error_survives_pickling_with_its_attributes(error, sentence):
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own
        assert type(again) is type(error)
        assert str(again) == sentence
        assert vars(again) == vars(error)


def test_every_error_is_tried_above():
    leaves = {name for name in errors.__all__ if name not in {"LocumError", "ModelError", "Place"}}
    assert leaves == {type(each).__name__ for each in EVERY_ERROR}


def test_every_error_is_drawn_in_the_tree():
    assert errors.__doc__ is not None
    assert [
        name for name in errors.__all__ if name not in errors.__doc__ and name != "Place"
    ] == []


@pytest.mark.parametrize("error", list(EVERY_ERROR), ids=lambda each: type(each).__name__)
def test_the_exit_code_tells_the_callers_mistake_from_the_models(error):
    assert error.exit_code == (3 if isinstance(error, ModelError) else 2)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("a.yaml"), "a.yaml"),
        (Place("a.yaml", 3), "a.yaml:3"),
        (Place("a.yaml", key="x.y"), "a.yaml: x.y"),
        (PLACE, "my.yaml:7: walkout.share"),
    ],
    ids=str,
)
def test_a_place_prints_what_it_knows(place, text):
    assert str(place) == text


def test_an_unknown_name_lists_a_few_choices_when_none_is_close():
    error = UnknownName("unit", "qqq", ["heads", "fte"])
    assert str(error) == "unknown unit 'qqq'; choose one of heads, fte"


def test_an_unknown_name_does_not_list_many_choices():
    error = UnknownName("key", "qqq", [f"name_{i}" for i in range(200)])
    assert str(error) == "unknown key 'qqq'; none of the 200 known names is close"


def test_an_unknown_name_among_no_choices_says_so():
    assert str(UnknownName("pack", "korea", [])) == "unknown pack 'korea'; none is known"


def test_a_suggestion_ignores_case_and_dashes():
    assert (
        UnknownName("preset", "KOREA_BASELINE", ["korea-baseline"]).suggestion == "korea-baseline"
    )


def test_an_unknown_name_is_a_key_error_so_that_mappings_work():
    with pytest.raises(KeyError, match="unknown unit"):
        raise UnknownName("unit", "x", [])


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, float("inf"), "at least 0"),
        (-float("inf"), 2, "at most 2"),
        (-float("inf"), float("inf"), "a finite number"),
    ],
    ids=["no_high", "no_low", "neither"],
)
def test_an_open_bound_is_left_out(low, high, words):
    assert str(OutOfBounds("x", -1, "ratio", low, high)) == f"x is -1 ratio; it must be {words}"


def test_an_open_end_of_years_is_left_out():
    assert str(YearOutside("x", 1, 2, None)) == "year 1 is outside x, which starts in 2"
    assert str(YearOutside("x", 3, None, 2)) == "year 3 is outside x, which ends in 2"


def test_a_long_value_is_shortened():
    assert len(str(BadValue("x", "y" * 1000, "less"))) < 120


def test_a_place_is_given_once():
    error = InputError("wrong")
    assert error.at(PLACE) is error
    assert error.at(Place("other.yaml")).place == PLACE
