"""`locum choose`: what it prints, what it promises as JSON, and what it refuses."""

from __future__ import annotations

import json

import pytest

from locum.cli.choosing import Asked, choose
from locum.cli.running import Order
from locum.errors import InputError, UnknownName, YearOutside

ORDER = Order(draws=2, seed=0, sets=(), workers=1, quiet=True)
ASKED = Asked(structures=("locum",), end=2035)


@pytest.fixture
def answer(capsys):
    def ask(*scenarios, asked=ASKED, order=ORDER, as_json=True):
        capsys.readouterr()
        choose(scenarios, order, asked, as_json=as_json)
        out = capsys.readouterr().out
        return json.loads(out) if as_json else out

    return ask


def test_it_prints_one_object_that_keeps_its_contract(answer):
    found = answer()
    assert found["country"] == "korea"
    assert found["candidates"] == ["korea-decided", "korea-2000-seats", "korea-baseline"]
    assert found["horizon"] == {"start": 2031, "end": 2035}
    [structure] = found["structures"]
    assert (structure["name"], structure["draws"]) == ("locum", 2)
    for path in structure["paths"]:
        assert path["scenario"] in found["candidates"]
        for part in ("loss", "fund"):
            assert path[part]["low"] <= path[part]["value"] <= path[part]["high"]
        assert 0.0 <= path["regret"]["low"] <= path["regret"]["high"] <= path["regret"]["worst"]
        assert 0.0 <= path["best_share"] <= 1.0
        assert 0.0 <= path["acceptable_share"] <= 1.0
        assert path["wait_until"]["reason"]
    assert found["minimax"]["scenario"] in found["candidates"]
    weight = found["shortage_weight"]
    assert weight["low"] < weight["value"] < weight["high"]
    assert isinstance(weight["switches"], list)


def test_its_classes_hold_the_double_class_and_no_faculty(answer):
    found = answer()
    first = [row for row in found["classes"] if row["scenario"] == "korea-decided"]
    assert {row["absences"] for row in first} == {"korea-2024"}
    entering = sum(row["students"][0] for row in first if row["year"] == 2025)
    assert entering > 0.9 * (3058 + 4567)
    assert all(row["faculty"] is None for row in found["classes"])
    assert any("no table of faculty" in note for note in found["notes"])


def test_without_absences_no_two_classes_study_together(answer):
    found = answer(asked=Asked(structures=("locum",), end=2035, absences="none"))
    rows = [row for row in found["classes"] if row["scenario"] == "korea-decided"]
    assert {row["absences"] for row in rows} == {None}
    assert sum(row["students"][0] for row in rows if row["year"] == 2025) < 1.1 * 4567


def test_in_words_it_says_which_path_loses_least_and_when_another_would(answer):
    text = answer(as_json=False)
    assert "Under locum: Locum's full engine (2 draws)" in text
    assert "loses least here on average" in text
    assert "has the least worst mean regret" in text
    assert "Students by study year under korea-decided" in text
    assert "Faculty: no table" in text


def test_two_scenarios_may_be_named_instead(answer):
    found = answer("korea-2000-seats", "korea-baseline")
    assert found["candidates"] == ["korea-2000-seats", "korea-baseline"]


@pytest.mark.parametrize(
    ("scenarios", "asked", "kind", "message"),
    [
        (("korea-decided",), ASKED, InputError, "at least two paths"),
        (("korea-decided", "korea-basline"), ASKED, UnknownName, "did you mean 'korea-baseline'"),
        ((), Asked(structures=("nobody-2030",)), UnknownName, "nobody-2030"),
        ((), Asked(structures=("locum",), end=2071), YearOutside, "2071"),
        ((), Asked(structures=("locum",), absences="korea-baseline"), InputError, "no months"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_printed(
    scenarios, asked, kind, message, capsys
):
    with pytest.raises(kind, match=message):
        choose(scenarios, ORDER, asked, as_json=True)
    assert capsys.readouterr().out == ""
