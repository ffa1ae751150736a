"""What other engines got wrong: each a small case with a hand-made answer."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from tests.hospital.queueing import small_hospital

from locum.hospital import records as op
from locum.hospital.engine import Hospital
from locum.hospital.program import Assembler, Call
from locum.hospital.stations import BY_CLASS, Rate, Staff, Waiting, exponential, hourly, steady

WEEK = 168


def at_hours(*hours):
    """A rate that is so high in these hours of the week that patients surely come."""
    return hourly([2.0 if hour in hours else 0.0 for hour in range(WEEK)])


def ways(hospital):
    """The log as (time, source, patient, kind, step)."""
    names = hospital.models[0].names
    return [
        (
            float(r.time),
            names.sources[r.source],
            int(r.patient),
            op.LOGGED[r.kind],
            names.steps[r.step],
        )
        for r in hospital.log()
    ]


def one_server(capacity=1, *, preempts=False):
    model = Assembler("one", ("first", "second"))
    model.resource("room", capacity, preempts=preempts)
    return model


def test_a_cut_that_preempts_sends_the_latest_back_with_the_time_that_was_left():
    model = one_server(2, preempts=True)
    model.schedule("room", [(0.0, 2), (12.0, 1), (36.0, 2)])
    model.source("in", at_hours(1, 2, 3), classes={"first": 1.0}, entry="room", span=(0.0, 24.0))
    path = model.path("main")
    path.label("room").seize("room")
    path.label("stay").delay(30.0).release("room").end()
    hospital = Hospital(model.assemble(), 1, log=True).run(11.0)
    inside = hospital.site().resources[0].used
    assert inside == 2
    stats = hospital.run(13.0).stats()
    assert hospital.site().resources[0].used == 1
    assert stats.preempted.sum() == 1
    stats = hospital.run(2000.0).stats()
    assert stats.inside == 0
    assert stats.busy.sum() == pytest.approx(30.0 * stats.arrived["in"])


def test_a_cut_without_preemption_lets_units_retire_as_they_come_free():
    model = one_server(2)
    model.schedule("room", [(0.0, 2), (12.0, 1)])
    model.source("in", at_hours(1, 2, 3), classes={"first": 1.0}, entry="room")
    path = model.path("main")
    path.label("room").seize("room")
    path.delay(30.0).release("room").end()
    hospital = Hospital(model.assemble(), 1).run(13.0)
    assert (hospital.site().resources[0].used, hospital.site().resources[0].capacity) == (2, 1)
    assert hospital.run(60.0).site().resources[0].used <= 1


def preempting():
    model = one_server()
    model.source("low", at_hours(1), classes={"second": 1.0}, entry="low")
    model.source("high", at_hours(4), classes={"first": 1.0}, entry="high")
    low, high = model.path("low"), model.path("high")
    low.label("low").seize("room", waiting=Waiting(priority=1), preempts=True)
    low.label("long").delay(20.0).release("room").end()
    high.label("high").seize("room", waiting=Waiting(priority=0), preempts=True)
    high.label("short").delay(1.0).release("room").end()
    return model.assemble()


def test_the_urgent_preempt_and_nobody_preempts_his_equal_or_himself():
    stats = Hospital(preempting(), 5, log=True).run(166.0).stats()
    long, short = stats.step("long"), stats.step("short")
    highs, lows = stats.arrived["high"], stats.arrived["low"]
    assert highs > 0
    assert lows > 1
    assert stats.preempted[short].sum() == 0
    assert 1 <= stats.preempted[long].sum() <= highs
    assert stats.busy[long].sum() == pytest.approx(20.0 * lows)
    assert stats.busy[short].sum() == pytest.approx(1.0 * highs)


@pytest.mark.parametrize("make", [preempting, small_hospital], ids=["preemption", "hospital"])
def test_time_never_goes_backwards(make):
    times = Hospital(make(), 5, log=True).run(500.0).log().time
    assert len(times) > 5
    assert (np.diff(times) >= 0.0).all()


def test_a_request_for_several_units_is_not_overtaken_by_smaller_ones():
    model = one_server(2)
    model.source("small", at_hours(1, 3, 4, 5, 6), classes={"first": 1.0}, entry="small")
    model.source("large", at_hours(2), classes={"second": 1.0}, entry="large")
    small, large = model.path("small"), model.path("large")
    small.label("small").seize("room").delay(3.0).release("room").end()
    large.label("large").seize("room", 2).delay(1.0).release("room", 2).end()
    hospital = Hospital(model.assemble(), 2, log=True).run(160.0)
    rows = ways(hospital)
    first_large = min(time for time, source, *_ in rows if source == "large")
    started = min(t for t, s, _, kind, _ in rows if s == "large" and kind == "delay")
    later = {
        number
        for t, source, number, kind, _ in rows
        if source == "small" and kind == "arrive" and first_large < t
    }
    jumped = [
        t
        for t, source, number, kind, _ in rows
        if source == "small" and number in later and kind == "delay" and t < started
    ]
    assert later
    assert jumped == []


def test_patients_who_are_still_inside_at_the_end_are_counted():
    model = one_server()
    model.source("in", steady(1.0), classes={"first": 1.0}, entry="room")
    path = model.path("main")
    path.label("room").seize("room").label("stay").delay(1000.0).release("room").label("out").end()
    stats = Hospital(model.assemble(), 3).run(200.0).stats()
    assert stats.visits[stats.step("out")].sum() == 0
    assert stats.inside == stats.arrived["in"] > 100
    assert stats.busy.sum() == pytest.approx(stats.mean_used("room") * 200.0)


def test_who_leaves_the_queue_can_come_again_and_meets_new_luck():
    model = one_server()
    model.source("in", steady(0.5), classes={"first": 1.0}, entry="room")
    path = model.path("main")
    path.label("room").seize("room", waiting=Waiting(patience=2.0, leave_to="away"))
    path.delay(3.0).release("room").end()
    path.label("away").delay(5.0).goto("room")
    hospital = Hospital(model.assemble(), 3, log=True)
    stats = hospital.run(400.0).stats()
    rows = ways(hospital)
    assert stats.left.sum() > 50
    again = {number for _, _, number, kind, _ in rows if kind == "left"} & {
        number for _, _, number, kind, _ in rows if kind == "start" or kind == "end"
    }
    assert again
    assert hospital.site().patients.lap.max() > 1


def test_called_patients_take_their_bed_at_once_so_that_none_is_given_twice():
    model = Assembler("calls", ("listed", "walking"))
    model.resource("ward", 5).waiting_list("list")
    model.source("listed", steady(1.0), classes={"listed": 1.0}, entry="list")
    model.source("walking", steady(0.1), classes={"walking": 1.0}, entry="walk")
    model.call("morning", Call("list", "called", 20, resource="ward", reserve=2))
    listed, walking = model.path("listed"), model.path("walking")
    listed.label("list").wait_in("list")
    listed.label("called").delay(30.0).release("ward").end()
    walking.label("walk").seize("ward").delay(10.0).release("ward").end()
    hospital = Hospital(model.assemble(), 1)
    for hour in range(1, 400):
        hospital.run(float(hour))
        ward = hospital.site().resources[0]
        assert ward.used <= ward.capacity
    assert hospital.stats().called["morning"] > 10


def shifted(handover):
    """A long consultation begins before the shift ends; a colleague is on from then."""
    model = Assembler("shift", ("only",))
    model.pool("doctors", handover=handover)
    model.roster("early", [(0.0, 12.0)]).roster("late", [(12.0, 30.0)])
    model.clinicians("doctors", 1, roster="early").clinicians("doctors", 1, roster="late")
    model.source("in", at_hours(10), classes={"only": 1.0}, entry="see")
    path = model.path("main")
    path.label("see").seize_staff(Staff("doctors")).label("care").delay(6.0).release_staff().end()
    return model.assemble()


@pytest.mark.parametrize("handover", op.HANDOVERS)
def test_a_shift_ends_as_the_pool_declares(handover):
    hospital = Hospital(shifted(handover), 4, log=True).run(11.9)
    assert hospital.site().pools[0].waiting > 0
    hospital.run(12.1)
    early, late = hospital.site().clinicians
    caring = [early.patient >= 0, late.patient >= 0]
    expected = {
        "finish": [True, False],
        "overlap": [True, True],
        "handover": [False, True],
        "preempt": [False, True],
    }
    assert caring == expected[handover]
    stats = hospital.run(160.0).stats()
    assert stats.busy.sum() == pytest.approx(6.0 * stats.arrived["in"] - left_over(hospital))
    assert stats.task_hours.sum() == pytest.approx(stats.busy.sum())
    assert (stats.overtime[0] > 0.0) == (handover in ("finish", "overlap"))


def left_over(hospital):
    """Hours of care that the late shift did not come to."""
    site = hospital.site()
    inside = hospital.stats().inside
    resumed = site.patients.due[(site.patients.marks & op.PREEMPTED) > 0].sum()
    whole = inside - ((site.patients.marks & op.PREEMPTED) > 0).sum()
    return 6.0 * whole + resumed


def test_a_walkout_only_writes_when_clinicians_are_away():
    model = Assembler("away", ("only",))
    model.pool("doctors").clinicians("doctors", 4)
    model.source("in", steady(3.0), classes={"only": 1.0}, entry="see")
    path = model.path("main")
    path.label("see").seize_staff(Staff("doctors")).delay(0.5).release_staff().end()
    hospital = Hospital(model.assemble(), 4)
    hospital.set_absence([0, 1, 2], 48.0, 96.0)
    hours = (47.0, 50.0, 95.0, 97.0)
    duty = [int(hospital.run(hour).site().pools[0].on_duty) for hour in hours]
    assert duty == [4, 1, 1, 4]
    worked = hospital.run(200.0).stats().worked
    assert worked == pytest.approx([152.0] * 3 + [200.0], abs=0.6)


def test_over_the_weekly_cap_nobody_is_taken_for_new_work():
    model = Assembler("cap", ("only",))
    model.pool("doctors").clinicians("doctors", 1, weekly_cap=40.0)
    model.source("in", steady(2.0), classes={"only": 1.0}, entry="see")
    path = model.path("main")
    path.label("see").seize_staff(Staff("doctors")).label("care").delay(0.25)
    path.release_staff().end()
    hospital = Hospital(model.assemble(), 4, log=True).run(2.0 * WEEK)
    names = hospital.models[0].names.steps
    log = hospital.log()
    begun = log.time[log.step == names.index("care")]
    assert begun.size > 100
    assert (begun % WEEK < 40.0).all()
    assert (begun > WEEK).any()


def test_the_most_junior_who_suffices_is_taken():
    model = Assembler("grades", ("only",))
    model.pool("doctors")
    model.clinicians("doctors", 1, grade=3, skills=("surgery",))
    model.clinicians("doctors", 1, grade=1).clinicians("doctors", 1, grade=2, skills=("surgery",))
    model.source("in", steady(0.01), classes={"only": 1.0}, entry="see")
    path = model.path("main")
    path.label("see").seize_staff(Staff("doctors", task="see")).delay(0.01).release_staff()
    path.seize_staff(Staff("doctors", ("surgery",), task="cut")).delay(0.01).release_staff()
    path.seize_staff(Staff("doctors", grade=3, task="sign")).delay(0.01).release_staff().end()
    hospital = Hospital(model.assemble(), 4).run(2000.0)
    hours = dict(zip(hospital.models[0].names.tasks, hospital.stats().task_hours, strict=True))
    assert {task: np.flatnonzero(of).tolist() for task, of in hours.items()} == {
        "see": [1],
        "cut": [2],
        "sign": [3],
    }


def test_lists_serve_the_one_called_back_by_the_age_of_the_wait():
    model = Assembler("back", ("only",))
    model.waiting_list("list").counter("first")
    model.source("in", steady(1.0), classes={"only": 1.0}, entry="list")
    model.call("each", Call("list", "called", 1, first=5.0, period=5.0))
    path = model.path("main")
    path.label("list").wait_in("list", keeps_place=True)
    path.label("called").delay(1.0).branch(0.3, otherwise="list").end()
    hospital = Hospital(model.assemble(), 2, log=True).run(500.0)
    site = hospital.site()
    first = hospital.models[0].queue("lists", "list")
    ages, x = [], int(site.queues[first].head)
    while x >= 0:
        ages.append(float(site.charts[x].listed))
        x = int(site.patients[x].after)
    assert len(ages) > 100
    assert ages == sorted(ages)


def test_patients_wait_until_the_hour_and_day_they_are_told():
    model = Assembler("clinic", ("only",), attributes=("score",))
    model.counter("seen")
    model.source("in", steady(0.2), classes={"only": 1.0}, entry="come")
    path = model.path("main")
    path.label("come").set("score", 2.0).add("score", 1.0).test("score", 3.0, otherwise="no")
    path.wait_until(9.0, (0, 2)).label("now").count("seen").delay(0.0).end()
    path.label("no").end()
    hospital = Hospital(model.assemble(), 2, log=True).run(2000.0)
    log = hospital.log()
    ends = log.time[log.kind == op.L_END]
    assert ends.size > 100
    assert set(np.round(ends % 24.0, 9)) == {9.0}
    assert set((ends // 24.0 % 7).astype(int)) == {0, 2}
    assert hospital.stats().counters["seen"] == ends.size


def test_the_first_of_those_who_wait_until_an_hour_may_be_sent_back():
    model = one_server()
    model.source("low", at_hours(1), classes={"second": 1.0}, entry="low")
    model.source("high", at_hours(4), classes={"first": 1.0}, entry="high")
    low, high = model.path("low"), model.path("high")
    low.label("low").seize("room", waiting=Waiting(priority=1), preempts=True)
    low.label("until").wait_until(9.0).release("room").end()
    high.label("high").seize("room", waiting=Waiting(priority=0), preempts=True)
    high.delay(1.0).release("room").end()
    hospital = Hospital(model.assemble(), 5, log=True).run(1000.0)
    stats, log = hospital.stats(), hospital.log()
    step = stats.step("until")
    assert stats.preempted[step].sum() >= 1
    assert stats.inside == 0
    begun = log[(log.kind == op.L_DELAY) & (log.step == step)]
    first = {int(each.patient): float(each.time) for each in begun[::-1]}
    hours = sum((9.0 - time) % 24.0 for time in first.values())
    assert stats.busy[step].sum() == pytest.approx(hours)


@pytest.mark.parametrize("seed", range(5))
def test_one_patience_for_all_ends_as_the_same_patience_of_each_class(seed):
    def told(patience):
        model = one_server(2)
        model.resource("bed", 1)
        model.source("in", steady(1.5), classes={"first": 0.5, "second": 0.5}, entry="room")
        path = model.path("main")
        waiting = Waiting(priority=BY_CLASS, patience=patience, leave_to="left")
        path.label("room").seize("room", waiting=waiting).delay(exponential(1.5))
        path.label("bed").seize("bed", waiting=Waiting(patience=0.25, leave_to="home"))
        path.delay(0.5).release("bed")
        path.label("home").release("room").end()
        path.label("left").end()
        hospital = Hospital(model.assemble(), seed, log=True).run(500.0)
        assert hospital.stats().left.sum() > 50
        return hospital.log().tobytes()

    assert told(0.75) == told({"first": 0.75, "second": 0.75})


def test_guards_signals_and_changes_of_class_do_what_they_say():
    model = Assembler("mixed", ("mild", "severe"))
    model.waiting_list("lot")
    model.guard("evening", "hour", at_least=18.0)
    model.source("in", steady(1.0), classes={"mild": 1.0}, entry="come")
    path = model.path("main")
    path.label("come").guard("evening", to="night").wait_in("lot")
    path.label("night").become({"mild": "severe"}).jump({"severe": "worse"}).end("never")
    path.label("worse").signal("lot", to="out", count=2).end()
    path.label("out").end()
    stats = Hospital(model.assemble(), 2).run(1000.0).stats()
    names = stats.model.names
    severe = names.classes.index("severe")
    assert stats.visits[stats.step("worse"), severe] > 100
    assert stats.visits[stats.step("worse"), 0] == 0
    assert stats.visits[stats.step("out")].sum() > 100
    assert stats.visits[stats.step("main:end:never")].sum() == 0


def test_overload_ends_in_queues_and_not_in_a_crash():
    calm = Hospital(small_hospital(), 1).run(1000.0).stats()
    busy = Hospital(small_hospital(load=5.0), 1).run(1000.0).stats()
    assert busy.arrived["ed"] > 4 * calm.arrived["ed"]
    assert busy.visits[busy.step("diverted")].sum() > calm.visits[calm.step("diverted")].sum()
    endless = Assembler("endless", ("only",)).resource("bed", 1)
    endless.source("in", Rate(200.0), classes={"only": 1.0}, entry="bed")
    endless.path("main").label("bed").seize("bed").delay(10.0).release("bed").end()
    stats = Hospital(endless.assemble(), 1, room=8).run(500.0).stats()
    assert stats.inside > 90_000
    assert inf > stats.mean_waiting("bed") > 1000.0
