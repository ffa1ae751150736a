"""Regret over draws and structures, and how long a decision can wait."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from locum.countries import load_pack
from locum.errors import BadValue, InputError, OutOfBounds, UnknownName, YearOutside
from locum.inference.choice import (
    Question,
    Weighing,
    best_shares,
    check_candidates,
    choose,
    losses,
    minimax,
    regrets,
    switches,
)
from locum.inference.futures import Futures
from locum.inference.waiting import delayed, first_change, latest_start, only_kept
from locum.scenarios import SeatChange, resolve

FEW = Question(draws=3, workers=1)
KEPT = only_kept(2022, 3058)
SHORT = """\
name: short
title: A study that finds too few
holder: an institute
published: "2026"
description: Need grows from a balanced base year.
years: {base: 2022, end: 2045}
seats: {2006: 3058}
assumptions:
  demand.base_gap: {value: 0.05, known: inferred, source: project}
rules:
  demand.balance: {option: base, known: inferred, source: project}
variants:
  only: {title: The only one}
ends: [only]
readings:
  stated: {title: as printed}
  more:
    title: more days
    assumptions:
      demand.base_gap: {value: -0.2, known: inferred, source: project}
"""


def doctor_years(paths=3, futures=6):
    return arrays(np.float64, (paths, futures), elements=st.floats(0, 1e6))


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    """Korea with one study of its own making."""
    folder = tmp_path_factory.mktemp("packs") / "korea"
    shutil.copytree(load_pack("korea").path, folder)
    studies = folder / "studies"
    shutil.rmtree(studies, ignore_errors=True)
    studies.mkdir()
    (studies / "short.yaml").write_text(SHORT, encoding="utf-8")
    return load_pack(folder)


@pytest.fixture(scope="module")
def ask(nation):
    def answer(*structures, **given):
        return choose(replace(FEW, structures=structures, **given), pack=nation)

    return answer


@pytest.fixture(scope="module")
def answered(ask):
    return ask("short", "short@more", "locum", end=2040)


# --- regret ------------------------------------------------------------------


@given(doctor_years())
def test_regret_is_zero_for_the_best_path_and_never_negative(loss):
    found = regrets(loss)
    assert (found >= 0.0).all()
    assert (found.min(axis=0) == 0.0).all()


@given(doctor_years(), st.floats(0.25, 4.0))
def test_a_path_that_always_loses_more_is_never_best(loss, weight):
    worse = np.vstack((loss, loss[1] + 1e3))
    assert best_shares(worse)[-1] == 0.0
    assert Weighing("a", "A", 6, worse, worse).best(weight) != len(loss)


@given(doctor_years(), doctor_years(), st.floats(0.25, 4.0))
def test_a_copy_of_a_path_changes_nothing(shortage, surplus, weight):
    loss = losses(shortage, surplus, weight)
    copied = np.vstack((loss, loss[:1]))
    assert np.array_equal(regrets(copied)[:3], regrets(loss))
    assert np.array_equal(best_shares(copied)[:3], best_shares(loss))
    assert best_shares(copied)[3] == best_shares(loss)[0]


@given(doctor_years(), doctor_years(), st.floats(0.25, 4.0))
def test_exchanging_shortage_and_surplus_inverts_the_weight(shortage, surplus, weight):
    assert np.allclose(losses(shortage, surplus, weight), losses(surplus, shortage, 1.0 / weight))


def test_doctor_years_short_and_over_count_alike_at_a_weight_of_one():
    assert losses(np.array(3.0), np.array(5.0), 1.0) == 8.0
    assert losses(np.array(3.0), np.array(5.0), 3.0) == 2.0 * (9.0 + 5.0) / 4.0


def test_the_weight_at_which_the_best_path_changes_is_found():
    short = np.array([[10.0], [2.0]])
    over = np.array([[0.0], [12.0]])
    weighing = Weighing("a", "A", 1, short, over)
    [(weight, below, above)] = switches(weighing.best, 0.25, 4.0)
    assert weight == pytest.approx(12.0 / 8.0)
    assert (below, above) == (0, 1)


def test_the_worst_regret_is_that_of_the_structure_where_a_path_does_worst():
    nothing = np.zeros((2, 1))
    one = Weighing("a", "A", 1, np.array([[0.0], [9.0]]), nothing)
    other = Weighing("b", "B", 1, np.array([[4.0], [0.0]]), nothing)
    assert list(minimax((one, other), 1.0)) == [4.0, 9.0]


# --- the choice --------------------------------------------------------------


def test_every_structure_answers_for_every_path(answered):
    assert [each.name for each in answered.structures] == ["short", "short@more", "locum"]
    assert answered.horizon == (2031, 2040)
    for structure in answered.structures:
        assert [path.scenario for path in structure.paths] == list(answered.candidates)
        best = [path.regret.mean for path in structure.paths]
        assert min(best) >= 0.0
        assert sum(path.best_share for path in structure.paths) >= 1.0 - 1e-9


def test_more_places_do_best_where_doctors_are_short_and_worst_where_they_abound(answered):
    short, more, _ = answered.structures
    names = [path.scenario for path in short.paths]
    most, none = names.index("korea-2000-seats"), names.index("korea-baseline")
    assert short.paths[most].regret.mean < short.paths[none].regret.mean
    assert more.paths[none].regret.mean == 0.0
    assert more.paths[most].best_share == 0.0


def test_only_the_full_engine_has_a_fund_and_kept_places_cost_it_nothing(answered):
    short, _, engine = answered.structures
    assert all(path.fund is None for path in short.paths)
    funds = {path.scenario: path.fund for path in engine.paths}
    assert funds["korea-baseline"].value == 0.0
    assert funds["korea-2000-seats"].value > funds["korea-decided"].value > 0.0


def test_the_decision_cannot_wait_where_waiting_is_better(answered):
    _, more, _ = answered.structures
    for path in more.paths:
        assert path.wait_until.year is None
        assert "places as they are" in path.wait_until.reason


def test_as_plain_data_it_keeps_its_promise(answered):
    found = answered.to_dict()
    assert {"country", "candidates", "structures", "minimax", "shortage_weight"} <= set(found)
    assert found["minimax"]["scenario"] in found["candidates"]
    assert found["minimax"]["regret"] == min(found["minimax"]["worst"].values())
    path = found["structures"][0]["paths"][0]
    assert set(path["loss"]) == {"value", "low", "high"}
    assert set(path["regret"]) == {"mean", "median", "low", "high", "worst"}
    assert set(path["wait_until"]) == {"year", "reason"}


def test_a_structure_named_twice_counts_once(ask):
    assert [each.name for each in ask("short", "short").structures] == ["short"]


def test_as_stated_is_the_draw_in_which_every_assumption_is_central(ask):
    one, several = ask("short", draws=1).structures[0], ask("short").structures[0]
    for alone, among in zip(one.paths, several.paths, strict=True):
        assert alone.regret.mean == pytest.approx(among.as_stated)
    assert one.best_as_stated == one.best(1.0)


def test_the_same_seed_gives_the_same_answer(ask):
    assert ask("short").to_dict() == ask("short").to_dict()


def test_what_is_fixed_by_hand_holds_in_a_study_too(ask):
    fixed = ask("short", sets={"demand.base_gap": "-0.2"})
    read = ask("short@more")
    assert np.allclose(fixed.structures[0].shortage, read.structures[0].shortage)


def test_another_reading_of_a_study_is_pointed_at(answered):
    assert "short can be read in another way too: short@more" in answered.notes
    assert answered.structures[1].title.endswith("read as: more days")


def test_one_weight_for_certain_leaves_nothing_to_switch(ask):
    found = ask("short", sets={"decision.shortage_weight": "4"})
    assert (found.weight.value, found.weight.low, found.weight.high) == (4.0, 4.0, 4.0)
    assert found.switches == ()


def test_a_scenario_as_structure_lends_its_months_of_absence_to_all_paths(ask):
    found = ask("locum", "korea-2024", end=2033, draws=1)
    plain, away = found.structures
    assert not np.allclose(plain.shortage, away.shortage)


def test_places_alone_are_taken_of_a_scenario_and_the_answer_says_so(ask):
    found = ask("short", scenarios=("korea-2024", "korea-baseline"))
    same = ask("short", scenarios=("korea-decided", "korea-baseline"))
    assert np.array_equal(found.structures[0].shortage, same.structures[0].shortage)
    assert "korea-2024: only its places are taken" in found.notes[0]


# --- waiting -----------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One future in which every place more from a class on is a doctor more six years later."""

    need: float
    few: int = 1
    name: str = "line"
    title: str = "Line"
    first: int = 2022
    last: int = 2040

    def project(self, path, draws, end):  # noqa: ARG002 - a line has one future
        years = np.arange(2022, end + 1)
        doctors = np.full(len(years), 1000.0)
        for position, year in enumerate(years):
            for entered in range(2023, int(year) - 5):
                inside = [each for each in path if each.year <= entered]
                doctors[position] += inside[-1].total - 3058
        need = np.full((1, len(years)), self.need)
        return Futures(years, doctors[None] - need, need, None)


@dataclass(frozen=True)
class Plain:
    """Every doctor short or over counts as one."""

    waiting: float
    horizon: tuple[int, int] = (2031, 2040)
    draws: int = 1

    def loss(self, futures):
        inside = futures.years >= self.horizon[0]
        return np.abs(futures.gap[:, inside]).sum(axis=1)


RISE = (SeatChange(2022, 3058), SeatChange(2025, 3158))


def test_the_latest_start_is_the_last_whose_cost_is_tolerated():
    # 100 doctors more a year from 2031 on, 55 hundred over the ten years; begun a year later 45
    # hundred, two years later 36 hundred: the costs are 1,000 and 1,900.
    structure = Line(need=2000.0)
    for tolerated, year in ((0.04, 2025), (0.06, 2026), (0.1, 2027)):
        wait = latest_start(structure, RISE, KEPT, Plain(tolerated), better=True)
        assert wait.year == year
        assert f"class of {year + 1} instead of 2025" in wait.reason


def test_there_is_no_latest_start_where_no_delay_costs_too_much():
    wait = latest_start(Line(need=2000.0), RISE, KEPT, Plain(1.0), better=True)
    assert wait.year is None
    assert "no delay costs more" in wait.reason


def test_a_path_that_keeps_the_places_has_nothing_to_wait_for():
    wait = latest_start(Line(need=2000.0), KEPT, KEPT, Plain(0.1), better=False)
    assert wait.year is None
    assert "keeps the places" in wait.reason


def test_a_path_that_loses_more_than_none_should_not_begin():
    wait = latest_start(Line(need=0.0), RISE, KEPT, Plain(0.1), better=False)
    assert wait.year is None
    assert "loses less here" in wait.reason


def test_a_delay_moves_every_change_and_keeps_the_places_until_then():
    path = (*RISE, SeatChange(2028, 3258, 100))
    assert first_change(path, KEPT) == 2025
    moved = delayed(path, KEPT, 3)
    assert moved == (*KEPT, SeatChange(2028, 3158), SeatChange(2031, 3258, 100))
    assert delayed(path, KEPT, 0) == path


# --- refusals ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"scenarios": ("korea-decided",)}, InputError, "at least two paths"),
        ({"scenarios": ("korea-decided", "korea-decided")}, InputError, "called 'korea-decided'"),
        ({"scenarios": ("korea-decided", "korea-decide")}, UnknownName, "'korea-decided'"),
        ({"scenarios": ("korea-no-cut", "korea-decided")}, InputError, "places of the past"),
        ({"scenarios": ("korea-decided", "korea-2024")}, InputError, "same places in every year"),
        ({"structures": ()}, InputError, "at least one structure"),
        ({"structures": ("shrt",)}, UnknownName, "did you mean 'short'"),
        ({"structures": ("short@mor",)}, UnknownName, "did you mean 'more'"),
        ({"structures": ("short/onyl",)}, UnknownName, "did you mean 'only'"),
        ({"end": 2046}, YearOutside, "2046 is outside the years that all structures share"),
        ({"start": 2021}, YearOutside, "2021 is outside the years that all structures share"),
        ({"start": 2041, "end": 2040}, OutOfBounds, "--start"),
        ({"years": (2030,)}, YearOutside, "2030 is outside the horizon"),
        ({"sets": {"decision.shortage_weight": "0"}}, OutOfBounds, "shortage_weight"),
        ({"sets": {"decision.tolerence": "0"}}, UnknownName, "decision.tolerance"),
    ],
)
def test_what_cannot_be_chosen_between_is_refused(given, kind, message, nation):
    question = replace(FEW, **({"structures": ("short",)} | given))
    with pytest.raises(kind, match=message):
        choose(question, pack=nation)


def test_no_draws_are_refused():
    with pytest.raises(BadValue, match="draws is 0"):
        Question(draws=0)


def test_paths_of_different_countries_are_refused(nation):
    mine, other = (resolve(name, nation) for name in ("korea-decided", "korea-baseline"))
    with pytest.raises(InputError, match="different countries: elsewhere, korea"):
        check_candidates([mine, replace(other, country="elsewhere")])
