"""A model that cannot run is refused, and the error names the step."""

from __future__ import annotations

from math import inf, nan

import pytest

from locum.errors import BadValue, InputError, MissingField, OutOfBounds, UnknownName
from locum.hospital.program import Assembler, Call
from locum.hospital.stations import (
    Staff,
    Waiting,
    constant,
    daily,
    empirical,
    exponential,
    hourly,
    lognormal,
    steady,
    uniform,
)


def start():
    model = Assembler("m", ("a", "b"))
    model.resource("bed", 2).pool("doctors").clinicians("doctors", 1)
    model.source("in", steady(1.0), classes={"a": 0.5, "b": 0.5}, entry="go")
    return model, model.path("p").label("go")


def no_end(p):
    p.seize("bed").release("bed")


def unknown_resource(p):
    p.seize("cot").release("cot").end()


def unknown_label(p):
    p.branch(0.5, otherwise="nowhere").end()


def kept_at_the_end(p):
    p.seize("bed").label("out").end()


def kept_by_some(p):
    p.branch(0.5, otherwise="join").seize("bed").label("join").delay(1.0).end()


def not_held(p):
    p.delay(1.0).release("bed").end()


def too_many_released(p):
    p.seize("bed", 2).release("bed", 3).end()


def staff_not_held(p):
    p.release_staff().end()


def staff_twice(p):
    p.seize_staff(Staff("doctors")).seize_staff(Staff("doctors")).end()


def nobody_has_the_skill(p):
    p.seize_staff(Staff("doctors", ("surgery",))).release_staff().end()


def nobody_of_the_grade(p):
    p.seize_staff(Staff("doctors", grade=4)).release_staff().end()


def chance_above_one(p):
    p.branch(1.2, otherwise="x").end().label("x").end()


def chances_above_one(p):
    p.switch({"x": 0.7, "y": 0.6}, otherwise="x").label("x").end().label("y").end()


def class_without_time(p):
    p.delay({"a": 1.0}).end()


def negative_time(p):
    p.delay(-1.0).end()


def patience_without_target(p):
    p.seize("bed", waiting=Waiting(patience=1.0)).release("bed").end()


def timeless_loop(p):
    p.branch(0.5, otherwise="out").goto("go").label("out").end()


def unknown_guard(p):
    p.guard("open", to="out").label("out").end()


def unknown_class(p):
    p.delay({"a": 1.0, "b": 1.0, "z": 1.0}).end()


def endless_delay(p):
    p.delay(constant(inf)).end()


def several_units_preempt(p):
    p.seize("bed", 2, preempts=True).release("bed", 2).end()


def two_kinds_can_be_lost(p):
    p._model.resource("room", 1, preempts=True)
    p.seize("bed", preempts=True).seize("room").release("room").release("bed").end()


def leaves_with_a_bed(p):
    p.seize("bed").transfer({0: 1.0}, 2.0, entry="x")


WRONG = [
    (no_end, InputError, "does not end"),
    (unknown_resource, UnknownName, "resource 'cot'"),
    (unknown_label, UnknownName, "label 'nowhere'"),
    (kept_at_the_end, InputError, "still holding 1 of 'bed'"),
    (kept_by_some, InputError, "reached holding"),
    (not_held, InputError, "releases 1 of 'bed', but 0 are held"),
    (too_many_released, InputError, "releases 3 of 'bed', but 2 are held"),
    (staff_not_held, InputError, "clinician as 'doctor', who is not held"),
    (staff_twice, InputError, "held already"),
    (nobody_has_the_skill, InputError, "nobody in pool 'doctors' has grade 0 and surgery"),
    (nobody_of_the_grade, InputError, "nobody in pool 'doctors' has grade 4"),
    (chance_above_one, OutOfBounds, "probability is 1.2"),
    (chances_above_one, OutOfBounds, "sum of probabilities is 1.3"),
    (class_without_time, MissingField, "class 'b'"),
    (negative_time, OutOfBounds, "time is -1"),
    (patience_without_target, MissingField, "leave_to"),
    (timeless_loop, InputError, "without time passing"),
    (unknown_guard, UnknownName, "guard 'open'"),
    (unknown_class, UnknownName, "class 'z'"),
    (endless_delay, OutOfBounds, "delay is inf"),
    (several_units_preempt, OutOfBounds, "units of a step that preempts is 2"),
    (two_kinds_can_be_lost, InputError, "'bed', which can be taken away as well"),
    (leaves_with_a_bed, InputError, "still holding"),
]


@pytest.mark.parametrize(
    ("write", "error", "words"), WRONG, ids=[each[0].__name__ for each in WRONG]
)
def test_a_wrong_pathway_is_refused_at_its_step(write, error, words):
    model, path = start()
    write(path)
    with pytest.raises(error, match=words) as caught:
        model.assemble()
    assert caught.value.place is not None
    assert caught.value.place.file == "m"
    assert caught.value.place.key


STATIONS = [
    (lambda m: m.resource("cot", -1), OutOfBounds, "capacity is -1"),
    (lambda m: m.resource("bed", 1), InputError, "'bed' is there already"),
    (lambda m: m.schedule("bed", [(3.0, 1), (2.0, 1)]), BadValue, "rising hours"),
    (lambda m: m.schedule("cot", [(3.0, 1)]), UnknownName, "resource 'cot'"),
    (lambda m: m.roster("r", [(160.0, 170.0)]), OutOfBounds, "hour of a shift is 170"),
    (lambda m: m.roster("r", [(8.0, 6.0)]), InputError, "ends before it starts"),
    (lambda m: m.roster("r", [(0.0, 10.0), (9.0, 12.0)]), InputError, "overlaps"),
    (lambda m: m.clinicians("nurses", 1), UnknownName, "pool 'nurses'"),
    (lambda m: m.clinicians("doctors", -2), OutOfBounds, "number of clinicians is -2"),
    (lambda m: m.clinicians("doctors", 1, roster="x"), UnknownName, "roster 'x'"),
    (lambda m: m.clinicians("doctors", 1, weekly_cap=-1.0), OutOfBounds, "weekly cap is -1"),
    (lambda m: m.pool("nurses", handover="never"), UnknownName, "handover rule 'never'"),
    (lambda m: m.guard("g", "beds", "bed", below=1.0), UnknownName, "published number 'beds'"),
    (lambda m: m.guard("g", "free", "bed"), InputError, "either at_least or below"),
    (
        lambda m: m.source("x", steady(1.0), classes={"a": 0.5}, entry="go"),
        OutOfBounds,
        "sum of the shares of classes is 0.5",
    ),
    (
        lambda m: m.source("x", steady(1.0), classes={"z": 1.0}, entry="go"),
        UnknownName,
        "class 'z'",
    ),
    (lambda m: m.call("c", Call("list", "go", 1)), UnknownName, "list 'list'"),
    (lambda _: lognormal(-1.0, 0.5), OutOfBounds, "mean is -1"),
    (lambda _: exponential(inf), OutOfBounds, "mean is inf"),
    (lambda _: constant(-2.0), OutOfBounds, "constant time is -2"),
    (lambda _: uniform(3.0, 2.0), OutOfBounds, "high is 2"),
    (lambda _: empirical([1.0, 0.5]), OutOfBounds, "quantile"),
    (lambda _: daily(1.0, 1.5, 0.0), OutOfBounds, "amplitude is 1.5"),
    (lambda _: hourly([1.0] * 7), OutOfBounds, "number of hourly rates is 7"),
]


@pytest.mark.parametrize(("write", "error", "words"), STATIONS)
def test_an_impossible_station_is_refused(write, error, words):
    model, _ = start()
    with pytest.raises(error, match=words):
        write(model)


def test_a_guard_must_watch_something_that_is_there():
    model, path = start()
    model.guard("g", "free", "cot", below=1.0)
    path.end()
    with pytest.raises(UnknownName, match="resource 'cot'"):
        model.assemble()


def test_the_draws_of_a_step_do_not_change_when_another_step_is_added():
    ordinals = []
    for extra in (False, True):
        model, path = start()
        path.seize("bed")
        if extra:
            model.counter("n")
            path.count("n")
        path.label("stay").delay(exponential(1.0)).release("bed").end()
        made = model.assemble()
        ordinals.append(int(made.tables.steps[made.row("steps", "stay")].draw))
    assert ordinals[0] == ordinals[1]


def never_there_guard(p):
    p.end().label("never").guard("busy", to="go", classes=("c",)).end()


def never_there_jump(p):
    p.end().label("never").jump({"c": "go"}).end()


def never_there_become_from(p):
    p.end().label("never").become({"c": "a"}).end()


def never_there_become_to(p):
    p.end().label("never").become({"a": "c"}).end()


@pytest.mark.parametrize(
    "write",
    [never_there_guard, never_there_jump, never_there_become_from, never_there_become_to],
)
def test_a_class_must_exist_even_where_nobody_comes(write):
    model, path = start()
    model.guard("busy", "waiting", "bed", at_least=1.0)
    write(path)
    with pytest.raises(UnknownName, match="unknown class 'c'") as found:
        model.assemble()
    assert "never" in str(found.value.place)


def test_names_of_classes_and_attributes_are_few_and_different():
    with pytest.raises(OutOfBounds, match="number of attributes is 5"):
        Assembler("m", ("a",), attributes=("v", "w", "x", "y", "z"))
    with pytest.raises(InputError, match="class 'a' is there already"):
        Assembler("m", ("a", "b", "a"))
    with pytest.raises(InputError, match="attribute 'x' is there already"):
        Assembler("m", ("a",), attributes=("x", "x"))


def test_skills_are_few_enough_for_their_bits():
    model, path = start()
    model.clinicians("doctors", 1, skills=[f"s{number}" for number in range(62)])
    path.end()
    assert model.assemble().tables.clinicians.skill[1] >= 0
    with pytest.raises(OutOfBounds, match="number of skills is 63"):
        model.clinicians("doctors", 1, skills=["one_more"])


@pytest.mark.parametrize("cv", [1e200, inf, nan, -0.5])
def test_a_lognormal_time_has_a_spread_that_can_be_computed(cv):
    with pytest.raises(OutOfBounds, match="coefficient of variation"):
        lognormal(1.0, cv)


@pytest.mark.parametrize("number", [inf, nan, -1, 2.5])
def test_what_is_counted_is_a_whole_number(number):
    model, _ = start()
    with pytest.raises(OutOfBounds, match="capacity"):
        model.resource("ward", number)
    with pytest.raises(OutOfBounds, match="number of clinicians"):
        model.clinicians("doctors", number)


def test_rosters_are_dealt_to_the_members_in_turn():
    model, path = start()
    model.roster("day", [(8.0, 16.0)], period=24.0).roster("night", [(0.0, 8.0)], period=24.0)
    model.clinicians("doctors", 5, roster=("day", "night")).clinicians(
        "doctors", 0, roster=("day",)
    )
    path.end()
    made = model.assemble()
    names = [made.names.rosters[row] for row in made.tables.clinicians.roster]
    assert names == ["always", "day", "night", "day", "night", "day"]
    with pytest.raises(UnknownName, match="did you mean 'night'"):
        model.clinicians("doctors", 2, roster=("day", "nihgt"))
    with pytest.raises(BadValue, match="at least one"):
        model.clinicians("doctors", 2, roster=())
