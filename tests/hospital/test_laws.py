"""Laws that hold for every hospital: conservation, and the same luck whatever the bookkeeping."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hospital.queueing import small_hospital

from locum.hospital import records as op
from locum.hospital.engine import Hospital
from locum.hospital.program import Assembler
from locum.hospital.stations import Staff, Waiting, exponential, lognormal, steady

HOURS = 300.0
SLOW = settings(max_examples=40, deadline=None)


def traces(hospital, number=0):
    """Everything that a run leaves behind, as bytes."""
    site = hospital.site(number)
    clinicians = site.clinicians
    parts = [site.flows, site.tallies, site.minutes, site.counters, hospital.log(number)]
    parts += [clinicians.worked, clinicians.busy, clinicians.overtime, clinicians.week_hours]
    parts += [site.resources.used, site.resources.used_area, site.queues.area, site.sources]
    return b"".join(np.ascontiguousarray(part).tobytes() for part in parts)


@st.composite
def rosters(draw):
    """Shifts of a day that do not overlap."""
    hours = draw(st.lists(st.integers(0, 24), min_size=2, max_size=6, unique=True).map(sorted))
    return [(float(a), float(b)) for a, b in zip(hours[::2], hours[1::2], strict=False)]


@st.composite
def models(draw):
    """A hospital of up to three resources and two pools, and a path through some of them."""
    model = Assembler("random", ("a", "b"))
    beds = draw(st.lists(st.integers(0, 6), min_size=1, max_size=3))
    for number, capacity in enumerate(beds):
        model.resource(f"r{number}", capacity, preempts=draw(st.booleans()) and number == 0)
    if draw(st.booleans()):
        model.schedule("r0", [(5.0, draw(st.integers(0, 5))), (17.0, 2)], period=24.0)
    pools = draw(st.integers(1, 2))
    for number in range(pools):
        model.pool(f"p{number}", handover=draw(st.sampled_from(op.HANDOVERS)))
        model.roster(f"o{number}", draw(rosters()), period=24.0)
        model.clinicians(f"p{number}", draw(st.integers(0, 3)), grade=1, roster=f"o{number}")
        cap = draw(st.sampled_from([inf, 50.0]))
        model.clinicians(f"p{number}", 1, grade=2, weekly_cap=cap, skills=("s",))
    model.source(
        "in", steady(draw(st.floats(0.2, 3.0))), classes={"a": 0.4, "b": 0.6}, entry="start"
    )
    path = model.path("main")
    path.label("start").delay(0.0)
    for number in range(draw(st.integers(1, 5))):
        add_piece(draw, path, number, len(beds), pools)
    path.end()
    path.label("gone").end()
    return model.assemble()


def add_piece(draw, path, number, beds, pools):
    """Care in a bed, by a clinician, or both, that some leave before it begins."""
    kind = draw(st.sampled_from(["bed", "staff", "both", "branch"]))
    patience = draw(st.sampled_from([None, exponential(2.0)]))
    waiting = Waiting(draw(st.integers(0, 2)), patience, "gone" if patience else None)
    bed = f"r{draw(st.integers(0, beds - 1))}"
    staff = Staff(
        f"p{draw(st.integers(0, pools - 1))}",
        ("s",) if draw(st.booleans()) else (),
        rule=draw(st.sampled_from(op.RULES)),
        task=f"t{number}",
    )
    care = lognormal(draw(st.floats(0.1, 6.0)), 1.0)
    preempts = draw(st.booleans())
    if kind == "branch":
        path.branch(draw(st.floats(0.0, 1.0)), otherwise="gone")
    elif kind == "bed":
        path.seize(bed, waiting=waiting, preempts=preempts).delay(care).release(bed)
    elif kind == "staff":
        path.seize_staff(staff, waiting, preempts=preempts).delay(care).release_staff()
    else:
        path.seize(bed, waiting=waiting).seize_staff(staff).delay(care)
        path.release_staff().delay(care).release(bed)


@SLOW
@given(models(), st.integers(0, 1000))
def test_patients_beds_and_doctor_minutes_are_conserved(model, seed):
    hospital = Hospital(model, seed, log=True).run(HOURS)
    stats, site = hospital.stats(), hospital.site()
    ends = site.steps.op == op.END
    assert sum(stats.arrived.values()) == stats.inside + stats.visits[ends].sum()
    assert stats.task_hours.sum() == pytest.approx(stats.caring.sum(), abs=1e-6)
    assert (stats.caring <= stats.worked + 1e-6).all()
    assert (site.resources.used >= 0).all()
    assert (stats.busy >= -1e-6).all()
    for pool in site.pools:
        own = site.clinicians[pool.first : pool.first + pool.count]
        assert pool.busy == (own.patient >= 0).sum()
        assert pool.on_duty == (own.duty == op.ON).sum()
        assert pool.free == ((own.duty == op.ON) & (own.patient < 0)).sum()
    treated = own_patients(site)
    assert len(treated) == len(set(treated))
    waiting = sum(int(resource.waiting) for resource in site.resources)
    waiting += sum(int(pool.waiting) for pool in site.pools)
    assert waiting == site.queues.length.sum()


def own_patients(site):
    """Pairs of patient and slot that clinicians hold."""
    busy = site.clinicians[site.clinicians.patient >= 0]
    return [(int(each.patient), int(each.slot)) for each in busy]


@SLOW
@given(models(), st.integers(0, 1000))
def test_what_a_step_took_is_given_back_when_everyone_has_left(model, seed):
    model.tables.sources.ends[:] = 50.0
    hospital = Hospital(model, seed).run(3000.0)
    model.tables.sources.ends[:] = inf
    site = hospital.site()
    if hospital.stats().inside == 0:
        assert site.resources.used.sum() == 0
        assert site.pools.busy.sum() == 0
        assert site.state[0].free >= 0


@SLOW
@given(models(), st.integers(0, 1000))
def test_hourly_steps_checkpoints_and_little_room_change_no_byte(model, seed):
    whole = traces(Hospital(model, seed, log=True, room=2048).run(HOURS))
    stepped = Hospital(model, seed, log=True, room=8)
    for hour in range(1, int(HOURS) + 1):
        stepped.run(float(hour))
        if hour % 97 == 0:
            stepped = Hospital(model, seed + 1, room=16).restore(stepped.checkpoint())
    assert traces(stepped) == whole


def levers():
    yield "nothing", lambda _: None
    yield "no bed", lambda hospital: hospital.set_extra("ward", 0)
    yield "nobody away", lambda hospital: hospital.set_absence([], 10.0)
    yield "away later", lambda hospital: hospital.set_absence([0, 1], 900.0)
    yield "same threshold", lambda hospital: hospital.set_threshold("divert", 4.0)
    yield "same quota", lambda hospital: hospital.set_quota("electives", 4)
    yield "same rate", lambda hospital: hospital.set_scale("ed", 1.0)
    yield "looked at", lambda hospital: hospital.touch()


@pytest.mark.parametrize(
    "lever", [each for _, each in levers()], ids=[name for name, _ in levers()]
)
def test_a_lever_that_touches_nobody_changes_no_byte(lever):
    plain = Hospital(small_hospital(), 3, log=True).run(800.0)
    pulled = Hospital(small_hospital(), 3, log=True).run(400.0)
    lever(pulled)
    pulled.run(800.0)
    assert traces(plain) == traces(pulled)


def test_a_lever_that_touches_somebody_changes_only_what_comes_after():
    plain = Hospital(small_hospital(), 3, log=True).run(800.0)
    pulled = Hospital(small_hospital(), 3, log=True).run(400.0)
    pulled.set_absence([0, 1, 2], 400.0, 500.0)
    pulled.set_extra("ward", -6)
    pulled.run(800.0)
    before, after = plain.log(), pulled.log()
    assert traces(plain) != traces(pulled)
    assert before[before.time < 400.0].tobytes() == after[after.time < 400.0].tobytes()
    arrivals = [log[log.kind == op.L_ARRIVE] for log in (before, after)]
    assert arrivals[0].tobytes() == arrivals[1].tobytes()


def test_a_branch_goes_on_alone():
    trunk = Hospital(small_hospital(), 3, log=True).run(300.0)
    branch = trunk.branch()
    branch.set_extra("ward", 20)
    branch.run(700.0)
    assert traces(trunk.run(700.0)) == traces(Hospital(small_hospital(), 3, log=True).run(700.0))
    assert traces(branch) != traces(trunk)


def test_scaling_arrivals_keeps_the_luck_of_those_who_come_anyway():
    model = small_hospital(headroom=2.0)
    many, few = Hospital(model, 3, log=True), Hospital(model, 3, log=True)
    few.set_scale("ed", 0.5)
    logs = [hospital.run(300.0).log() for hospital in (many, few)]
    came = [set(log.patient[(log.kind == op.L_ARRIVE) & (log.source == 0)]) for log in logs]
    assert came[1] < came[0]
