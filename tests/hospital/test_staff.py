"""Who takes the next patient, against looking through the whole pool each time."""

from __future__ import annotations

from itertools import combinations
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locum.hospital import records as op
from locum.hospital.engine import Hospital
from locum.hospital.idle import FEW
from locum.hospital.program import Assembler
from locum.hospital.stations import Staff, Waiting, exponential, lognormal, steady

SLOW = settings(max_examples=30, deadline=None)
HOURS = 400.0
SKILLS = tuple("uvwxyz")
CROWD = [each for size in range(len(SKILLS) + 1) for each in combinations(SKILLS, size)]


@st.composite
def pools(draw):
    """What tells a pool from another: heads, caps, rules, shifts, handover, load."""
    kinds = st.tuples(
        st.integers(0, 2),
        st.sampled_from([(), ("s",), ("s", "r")]),
        st.sampled_from(["always", "days", "nights"]),
        st.sampled_from([inf, 45.0]),
        st.integers(1, 4),
    )
    asked = st.tuples(
        st.integers(0, 2),
        st.sampled_from([(), ("s",), ("r",)]),
        st.sampled_from(op.RULES),
        st.integers(0, 2),
        st.booleans(),
    )
    return {
        "handover": draw(st.sampled_from(op.HANDOVERS)),
        "kinds": draw(st.lists(kinds, min_size=1, max_size=5)),
        "asked": draw(st.lists(asked, min_size=1, max_size=4)),
        "rate": draw(st.floats(0.3, 4.0)),
    }


def hospital_of(pool, crowd=()):
    """One pool, and behind those who work there a crowd that never comes."""
    model = Assembler("pool", ("only",))
    model.pool("doctors", handover=pool["handover"])
    model.roster("days", [(8.0, 20.0)], period=24.0)
    model.roster("nights", [(0.0, 8.0), (20.0, 24.0)], period=24.0)
    for grade, skills, roster, cap, count in pool["kinds"]:
        model.clinicians(
            "doctors", count, grade=grade, skills=skills, roster=roster, weekly_cap=cap
        )
    present = sum(kind[-1] for kind in pool["kinds"])
    model.clinicians("doctors", 2, grade=2, skills=("s", "r"))
    for skills in crowd:
        model.clinicians("doctors", 1, skills=skills)
    model.source("in", steady(pool["rate"]), classes={"only": 1.0}, entry="start")
    path = model.path("main")
    path.label("start").delay(0.0)
    for number, (grade, skills, rule, priority, preempts) in enumerate(pool["asked"]):
        path.seize_staff(
            Staff("doctors", skills, grade=grade, rule=rule, task=f"t{number}"),
            Waiting(priority, exponential(3.0), "gone"),
            preempts=preempts,
        )
        path.delay(lognormal(1.0, 1.0)).release_staff()
    path.end()
    path.label("gone").end()
    hospital = Hospital(model.assemble(), 3, log=True)
    never = present + 2 + np.arange(len(crowd))
    hospital.set_absence(never, 0.0)
    return hospital


def of_those(hospital, count):
    """What is left behind, but for the crowd."""
    site = hospital.site()
    clinicians = site.clinicians[:count]
    parts = [
        site.flows,
        site.tallies,
        site.minutes,
        hospital.log(),
        clinicians.worked,
        clinicians.busy,
    ]
    parts += [clinicians.overtime, clinicians.patient, clinicians.idle_since]
    return b"".join(np.ascontiguousarray(part).tobytes() for part in parts)


@SLOW
@given(pools())
def test_the_same_is_chosen_as_by_looking_through_everybody(pool):
    few, many = hospital_of(pool), hospital_of(pool, CROWD)
    few.run(HOURS)
    many.run(HOURS)
    heads = len(few.site().clinicians)
    assert (few.site().pools[0].cells > 0) == (heads > FEW)
    assert many.site().pools[0].cells == 0
    assert of_those(few, heads) == of_those(many, heads)


def chain(site, row):
    """Rows of the idle of a cell, and the same from behind."""
    ends = site.clinicians[row]
    onward, back = [], []
    c = int(ends.idle_first)
    while c >= 0:
        onward.append(c)
        c = int(site.clinicians[c].after)
    c = int(ends.idle_last)
    while c >= 0:
        back.append(c)
        c = int(site.clinicians[c].before)
    return onward, back[::-1]


@SLOW
@given(pools(), st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_the_idle_of_a_cell_stand_in_order_of_time_and_row(pool, steps):
    hospital = hospital_of(pool)
    for until in np.cumsum(steps):
        site = hospital.run(float(until) * 4.0 + 0.5).site()
        clinicians, it = site.clinicians, site.pools[0]
        if len(clinicians) <= FEW:
            assert it.cells == 0
            return
        idle = np.flatnonzero((clinicians.duty == op.ON) & (clinicians.patient < 0))
        found = []
        for cell in range(int(it.cells)):
            own = [int(c) for c in idle if clinicians[c].cell == cell]
            own.sort(key=lambda c: (float(clinicians[c].idle_since), c))
            assert chain(site, cell) == (own, own)
            assert bool(int(it.idle) >> cell & 1) == bool(own)
            found += own
        assert sorted(found) == idle.tolist()


@SLOW
@given(
    pools(),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 20), st.integers(0, 12)), max_size=6),
)
def test_whoever_is_due_and_not_away_is_on_duty(pool, absences):
    hospital = hospital_of(pool)
    heads = len(hospital.site().clinicians)
    for who, start, hours in absences:
        # Absences begin and end when shifts do, too.
        hospital.set_absence([who % heads], 4.0 * start, 4.0 * (start + hours))
    for now in np.arange(2.0, 140.0, 4.0):
        site = hospital.run(float(now)).site()
        clinicians = site.clinicians
        away = (clinicians.absent_from <= now) & (now < clinicians.absent_until)
        due = (site.rosters.on[clinicians.roster] != 0) & ~away
        assert ((clinicians.duty == op.ON) == due).all()


def ranked(best):
    """Three classes with priorities from this one on, and a clinician with too much to do."""
    model = Assembler("ranks", ("first", "second", "third"))
    model.pool("doctors").clinicians("doctors", 1)
    classes = {"first": 0.3, "second": 0.3, "third": 0.4}
    model.source("in", steady(3.0), classes=classes, entry="see")
    path = model.path("main")
    ranks = {name: best + rank for rank, name in enumerate(classes)}
    path.label("see").seize_staff(Staff("doctors"), Waiting(ranks, exponential(9.0), "gone"))
    path.label("care").delay(0.3).release_staff().end()
    path.label("gone").end()
    return Hospital(model.assemble(), 5, log=True).run(500.0)


@pytest.mark.parametrize("best", [1, 59, 60, 61, 62, 63, 90])
def test_priorities_are_served_in_order_however_many_there_are(best):
    low, high = ranked(0), ranked(best)
    assert high.log().tobytes() == low.log().tobytes()
    waits = low.stats().wait[low.stats().step("see")]
    assert waits[0] < waits[1]
