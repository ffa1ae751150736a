"""HOSP-1 in cimba: one compiled coroutine for each patient on an engine written in C.

The model code is compiled by Numba when it first runs. Its numbers are constants to it, so the
model of this module is HOSP-1 in full and nothing else; only the horizon can be chosen.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import cimba as cb
from peers.parameters import CLASSES, STATISTICS, Hosp1

if TYPE_CHECKING:
    from collections.abc import Sequence

draw = cb.random
NUMBERS = Hosp1()
TURN = 2.0 * math.pi / 24.0
GAVE_UP = 7
"""Any signal of a timer that is not the one of success."""
HIGHEST = NUMBERS.ed_rate * (1.0 + NUMBERS.ed_swing)
RATE, SWING, MEAN_AT = NUMBERS.ed_rate, NUMBERS.ed_swing, NUMBERS.ed_mean_at
BOUNDS = NUMBERS.class_bounds
DIVERT_AT, DIVERT_FROM = int(NUMBERS.divert_at), NUMBERS.divert_from_class
PATIENCE = tuple(0.0 if mean == math.inf else mean for mean in NUMBERS.patience)
CONSULT_MU = tuple(shape.mu for shape in NUMBERS.consult)
CONSULT_SIGMA = NUMBERS.consult[0].sigma
ADMITTED = NUMBERS.admitted
TO_ICU = NUMBERS.to_icu
TO_THEATRE = tuple(a + b for a, b in zip(NUMBERS.to_icu, NUMBERS.to_theatre, strict=True))
ED_MU, ED_SIGMA = NUMBERS.ed_stay
ICU_MU, ICU_SIGMA = NUMBERS.icu_stay
SURGERY_MU, SURGERY_SIGMA = NUMBERS.surgery
DIRECT_MU, DIRECT_SIGMA = NUMBERS.direct_stay
ELECTIVE_MU, ELECTIVE_SIGMA = NUMBERS.elective_stay
DIRECT_GAP, DIRECT_PATIENCE = 1.0 / NUMBERS.direct_rate, NUMBERS.direct_patience
LIST_GAP = 1.0 / NUMBERS.list_rate
DOCTORS_DAY, DOCTORS_NIGHT = NUMBERS.doctors_day, NUMBERS.doctors_night
DAY_STARTS, DAY_HOURS = NUMBERS.day_starts, NUMBERS.day_ends - NUMBERS.day_starts
CALL_AT, CALLED_AT_MOST = NUMBERS.call_at, NUMBERS.called_at_most
KEPT_FREE, CUTOFF = NUMBERS.beds_kept_free, NUMBERS.theatre_cutoff
DIRECT, FROM_ED, CALLED = 1, 5, 9
"""Priorities of the ward: the higher come first; who was called has been promised a bed."""


class EdPatient(cb.Model):
    """A patient of the emergency department. A coroutine cannot be cut into parts."""

    hospital: cb.Ref[Hospital]
    triage: int = 0

    @cb.process
    def go(self):  # noqa: C901, PLR0915
        """Wait for a doctor, be seen, go home or on."""
        hospital = self.hospital
        triage = self.triage
        if triage >= DIVERT_FROM and hospital.boarding >= DIVERT_AT:
            hospital.diverted += 1
            return
        came = cb.now()
        if hospital.doctors.available() == 0 and PATIENCE[triage] > 0.0:
            cb.this_process().timer_set(draw.exponential(PATIENCE[triage]), GAVE_UP)
        if hospital.doctors.acquire(1, CLASSES - triage) == GAVE_UP:
            hospital.left_unseen += 1
            hospital.events += 1
            return
        cb.this_process().timers_clear()
        hospital.seen[triage] += 1
        hospital.wait[triage] += cb.now() - came
        cb.hold(draw.lognormal(CONSULT_MU[triage], CONSULT_SIGMA))
        hospital.events += 1
        hospital.doctors.release()
        if draw.uniform(0.0, 1.0) >= ADMITTED[triage]:
            return
        u = draw.uniform(0.0, 1.0)
        came = cb.now()
        if u < TO_ICU[triage]:
            hospital.boarding += 1
            hospital.icu.acquire(1, 0)
            hospital.boarding -= 1
            hospital.icu_admitted += 1
            if cb.now() > came:
                hospital.icu_waited += 1
                hospital.icu_wait_hours += cb.now() - came
            cb.hold(draw.lognormal(ICU_MU, ICU_SIGMA))
            hospital.events += 1
            hospital.icu.release()
            return
        if u < TO_THEATRE[triage]:
            hospital.theatres.acquire(1, 1)
            hospital.emergency_surgeries += 1
            hospital.emergency_theatre_wait += cb.now() - came
            cb.hold(draw.lognormal(SURGERY_MU, SURGERY_SIGMA))
            hospital.events += 1
            hospital.theatres.release()
            came = cb.now()
        hospital.boarding += 1
        hospital.ward.acquire(1, FROM_ED)
        hospital.boarding -= 1
        hospital.ward_admitted += 1
        if cb.now() > came:
            hospital.boarded += 1
            hospital.boarding_hours += cb.now() - came
        cb.hold(draw.lognormal(ED_MU, ED_SIGMA))
        hospital.events += 1
        hospital.ward.release()


class DirectPatient(cb.Model):
    """A patient who comes straight to the ward."""

    hospital: cb.Ref[Hospital]

    @cb.process
    def go(self):
        """Wait for a bed, or give up."""
        hospital = self.hospital
        came = cb.now()
        if hospital.ward.available() == 0:
            cb.this_process().timer_set(draw.exponential(DIRECT_PATIENCE), GAVE_UP)
        if hospital.ward.acquire(1, DIRECT) == GAVE_UP:
            hospital.direct_turned_away += 1
            hospital.events += 1
            return
        cb.this_process().timers_clear()
        hospital.direct_admitted += 1
        hospital.direct_wait += cb.now() - came
        cb.hold(draw.lognormal(DIRECT_MU, DIRECT_SIGMA))
        hospital.events += 1
        hospital.ward.release()


class Elective(cb.Model):
    """A patient who was called from the list this morning."""

    hospital: cb.Ref[Hospital]

    @cb.process
    def go(self):
        """Take the bed, wait for a theatre until the cut-off, be operated on, recover."""
        hospital = self.hospital
        hospital.ward.acquire(1, CALLED)
        came = cb.now()
        if hospital.theatres.available() == 0:
            cb.this_process().timer_set(CUTOFF, GAVE_UP)
        if hospital.theatres.acquire(1, 0) == GAVE_UP:
            hospital.cancelled_no_theatre += 1
            hospital.events += 1
            hospital.waiting_list += 1
            hospital.ward.release()
            return
        cb.this_process().timers_clear()
        hospital.elective_surgeries += 1
        hospital.elective_theatre_wait += cb.now() - came
        cb.hold(draw.lognormal(SURGERY_MU, SURGERY_SIGMA))
        hospital.events += 1
        hospital.theatres.release()
        cb.hold(draw.lognormal(ELECTIVE_MU, ELECTIVE_SIGMA))
        hospital.events += 1
        hospital.ward.release()


class Hospital(cb.Model):
    """The stations, the sources and the counters.

    Whole outputs start at zero, others have to be set.
    """

    doctors: cb.Resource = cb.Resource(capacity=DOCTORS_NIGHT)
    ward: cb.Resource = cb.Resource(capacity=NUMBERS.ward_beds)
    icu: cb.Resource = cb.Resource(capacity=NUMBERS.icu_beds)
    theatres: cb.Resource = cb.Resource(capacity=NUMBERS.theatres)
    boarding: int = 0
    waiting_list: int = 0
    seen: cb.Array[int] = cb.Array(CLASSES)
    wait: cb.Array[float] = cb.Array(CLASSES)
    ed_arrivals: cb.Output[int]
    diverted: cb.Output[int]
    left_unseen: cb.Output[int]
    ward_admitted: cb.Output[int]
    boarded: cb.Output[int]
    icu_admitted: cb.Output[int]
    icu_waited: cb.Output[int]
    emergency_surgeries: cb.Output[int]
    elective_surgeries: cb.Output[int]
    direct_arrivals: cb.Output[int]
    direct_admitted: cb.Output[int]
    direct_turned_away: cb.Output[int]
    listed: cb.Output[int]
    called: cb.Output[int]
    cancelled_no_bed: cb.Output[int]
    cancelled_no_theatre: cb.Output[int]
    events: cb.Output[int]
    boarding_hours: cb.Output[float]
    icu_wait_hours: cb.Output[float]
    emergency_theatre_wait: cb.Output[float]
    elective_theatre_wait: cb.Output[float]
    direct_wait: cb.Output[float]
    list_at_end: cb.Output[int]
    seen_class_1: cb.Output[int]
    seen_class_2: cb.Output[int]
    seen_class_3: cb.Output[int]
    seen_class_4: cb.Output[int]
    seen_class_5: cb.Output[int]
    wait_class_1: cb.Output[float]
    wait_class_2: cb.Output[float]
    wait_class_3: cb.Output[float]
    wait_class_4: cb.Output[float]
    wait_class_5: cb.Output[float]
    doctors_in_use: cb.Output[float]
    ward_in_use: cb.Output[float]
    icu_in_use: cb.Output[float]
    theatres_in_use: cb.Output[float]

    @cb.on_start
    def begin(self):
        """Set the sums to zero."""
        self.boarding_hours = 0.0
        self.icu_wait_hours = 0.0
        self.emergency_theatre_wait = 0.0
        self.elective_theatre_wait = 0.0
        self.direct_wait = 0.0

    @cb.process
    def ed_source(self):
        """Let patients come to the emergency department, by thinning."""
        while True:
            cb.hold(draw.exponential(1.0 / HIGHEST))
            self.events += 1
            rate = RATE * (1.0 + SWING * math.sin(TURN * (cb.now() - MEAN_AT)))
            if draw.uniform(0.0, 1.0) * HIGHEST < rate:
                u = draw.uniform(0.0, 1.0)
                triage = 0
                while u >= BOUNDS[triage]:
                    triage += 1
                self.ed_arrivals += 1
                cb.spawn(EdPatient, hospital=self, triage=triage)

    @cb.process
    def direct_source(self):
        """Let patients come straight to the ward."""
        while True:
            cb.hold(draw.exponential(DIRECT_GAP))
            self.events += 1
            self.direct_arrivals += 1
            cb.spawn(DirectPatient, hospital=self)

    @cb.process
    def list_source(self):
        """Put patients on the elective list."""
        while True:
            cb.hold(draw.exponential(LIST_GAP))
            self.events += 1
            self.listed += 1
            self.waiting_list += 1

    @cb.process
    def shifts(self):
        """Change the number of doctors; one going off duty finishes his patient."""
        cb.hold(DAY_STARTS)
        while True:
            self.events += 1
            self.doctors.set_capacity(DOCTORS_DAY)
            cb.hold(DAY_HOURS)
            self.events += 1
            self.doctors.set_capacity(DOCTORS_NIGHT)
            cb.hold(24.0 - DAY_HOURS)

    @cb.process
    def calls(self):
        """Call patients from the list on the mornings of working days.

        They take their beds in events of their own: count those promised in this call.
        """
        cb.hold(CALL_AT)
        day = 0
        while True:
            self.events += 1
            if day % 7 < 5:
                promised = 0
                while (
                    promised < CALLED_AT_MOST
                    and self.waiting_list > 0
                    and self.ward.available() - promised > KEPT_FREE
                ):
                    self.waiting_list -= 1
                    promised += 1
                    cb.spawn(Elective, hospital=self)
                self.called += promised
                self.cancelled_no_bed += min(CALLED_AT_MOST - promised, self.waiting_list)
            day += 1
            cb.hold(24.0)

    @cb.on_end
    def finish(self):
        """Hand over what is known at the end only."""
        self.list_at_end = self.waiting_list
        self.seen_class_1 = self.seen[0]
        self.seen_class_2 = self.seen[1]
        self.seen_class_3 = self.seen[2]
        self.seen_class_4 = self.seen[3]
        self.seen_class_5 = self.seen[4]
        self.wait_class_1 = self.wait[0]
        self.wait_class_2 = self.wait[1]
        self.wait_class_3 = self.wait[2]
        self.wait_class_4 = self.wait[3]
        self.wait_class_5 = self.wait[4]
        self.doctors_in_use = self.doctors.mean_in_use()
        self.ward_in_use = self.ward.mean_in_use()
        self.icu_in_use = self.icu.mean_in_use()
        self.theatres_in_use = self.theatres.mean_in_use()


STATIONS = {
    "doctor_hours": "doctors_in_use",
    "ward_hours": "ward_in_use",
    "icu_hours": "icu_in_use",
    "theatre_hours": "theatres_in_use",
}


class Runner:
    """The compiled model.

    Parameters
    ----------
    horizon
        Hours of a run.

    Notes
    -----
    Made once: the first run compiles.
    """

    def __init__(self, horizon: float) -> None:
        self.horizon = horizon
        self.model = Hospital()

    def simulate(self, seed: int, replications: int) -> Any:
        """Run hospitals one after the other on one thread: what is timed."""
        window = cb.Window(duration=self.horizon)
        experiment = cb.Experiment(self.model, replications=replications, window=window, seed=seed)
        return experiment.run(workers=1)[self.model]

    def statistics(self, results: Any) -> list[dict[str, float]]:
        """Return `STATISTICS` of every replication."""
        columns: dict[str, Sequence[float]] = {}
        for name in STATISTICS:
            if name in STATIONS:
                in_use = getattr(results, STATIONS[name]).values.ravel()
                columns[name] = (in_use * self.horizon).tolist()
            elif name not in {"seen", "patients"}:
                columns[name] = getattr(results, name).values.ravel().tolist()
        rows = [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
        ]
        for row in rows:
            row["seen"] = sum(row[f"seen_class_{k}"] for k in range(1, CLASSES + 1))
            row["patients"] = row["ed_arrivals"] + row["direct_arrivals"] + row["listed"]
        return rows
