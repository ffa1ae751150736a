"""HOSP-1 in SimPy: one generator for each patient.

The numbers it draws come from outside: a generator of Python's, as a user of SimPy would have it,
or the keyed draws of the engine, so that both meet the same patients.
"""

from __future__ import annotations

import math
import random
from collections import deque
from typing import TYPE_CHECKING, Protocol

import simpy
from peers.parameters import CLASSES, STATISTICS, Hosp1, Lognormal

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.resources.resource import Request

    Steps = Generator[simpy.Event, object, None]

OFF_DUTY = -1
"""Priority of a doctor who goes off duty: before every patient."""
_WAITS = tuple(f"wait_class_{k}" for k in range(1, CLASSES + 1))
_SEEN = tuple(f"seen_class_{k}" for k in range(1, CLASSES + 1))


class Draws(Protocol):
    """Where random numbers come from, by what they are for, by patient and by lap.

    The lap counts how often the patient went back to the list.
    """

    def uniform(self, use: str, patient: int) -> float:
        """Return a number between 0 and 1."""
        ...

    def exponential(self, mean: float, use: str, patient: int) -> float:
        """Return an exponential time."""
        ...

    def lognormal(self, shape: Lognormal, use: str, patient: int, lap: int = 0) -> float:
        """Return a lognormal time."""
        ...


class PlainDraws:
    """Python's own generator: the names are ignored."""

    def __init__(self, seed: int) -> None:
        source = random.Random(seed)  # noqa: S311
        self._uniform = source.random
        self._exponential = source.expovariate
        self._lognormal = source.lognormvariate

    def uniform(self, use: str, patient: int) -> float:  # noqa: ARG002
        """Return a number between 0 and 1."""
        return self._uniform()

    def exponential(self, mean: float, use: str, patient: int) -> float:  # noqa: ARG002
        """Return an exponential time."""
        return self._exponential(1.0 / mean)

    def lognormal(
        self,
        shape: Lognormal,
        use: str,  # noqa: ARG002
        patient: int,  # noqa: ARG002
        lap: int = 0,  # noqa: ARG002
    ) -> float:
        """Return a lognormal time."""
        return self._lognormal(shape.mu, shape.sigma)


class Hospital:
    """One hospital, run once.

    Parameters
    ----------
    numbers
        Parameters of HOSP-1.
    draws
        Random numbers.

    Notes
    -----
    A doctor who goes off duty is a request that comes before all patients: it takes an idle doctor
    at once, otherwise the first who has finished with a patient.
    """

    units = simpy.PriorityResource

    def __init__(self, numbers: Hosp1, draws: Draws) -> None:
        self.numbers = numbers
        self.draws = draws
        env = self.env = simpy.Environment()
        self.doctors = self.units(env, numbers.doctors_day)
        self.ward = self.units(env, numbers.ward_beds)
        self.icu = self.units(env, numbers.icu_beds)
        self.theatres = self.units(env, numbers.theatres)
        self.boarding = 0
        self.waiting_list: deque[tuple[int, int]] = deque()
        self.totals = dict.fromkeys(STATISTICS, 0.0)

    def run(self) -> dict[str, float]:
        """Run to the horizon and return `STATISTICS`."""
        started = [self.shifts(), self.ed_arrivals(), self.direct_arrivals()]
        if self.numbers.electives:
            started += [self.list_arrivals(), self.calls()]
        for process in started:
            self.env.process(process)
        self.env.run(until=self.numbers.horizon)
        totals = self.totals
        totals["list_at_end"] = len(self.waiting_list)
        totals["seen"] = sum(totals[name] for name in _SEEN)
        arrivals = ("ed_arrivals", "direct_arrivals", "listed")
        totals["patients"] = sum(totals[name] for name in arrivals)
        return totals

    def patiently(self, request: Request, hours: float) -> simpy.Event:
        """Wait for a unit so long and no longer."""
        return request | self.env.timeout(hours)

    def hold(self, hours: float, station: str) -> simpy.Event:
        """Occupy a unit of a station, and count its hours up to the horizon."""
        self.totals[station] += min(hours, self.numbers.horizon - self.env.now)
        return self.env.timeout(hours)

    def shifts(self) -> Steps:
        """Send the doctors of the day home in the evening, and back in the morning."""
        numbers, env, totals = self.numbers, self.env, self.totals
        surplus = numbers.doctors_day - numbers.doctors_night
        night = 24.0 - numbers.day_ends + numbers.day_starts
        until_morning = numbers.day_starts
        while True:
            leaving = [self.doctors.request(priority=OFF_DUTY) for _ in range(surplus)]
            yield env.timeout(until_morning)
            for request in leaving:
                if request.triggered:
                    self.doctors.release(request)
                else:
                    request.cancel()
            totals["events"] += 1
            yield env.timeout(24.0 - night)
            totals["events"] += 1
            until_morning = night

    def ed_arrivals(self) -> Steps:
        """Let patients come to the emergency department, by thinning."""
        numbers, env, draws, totals = self.numbers, self.env, self.draws, self.totals
        highest = numbers.ed_rate * (1.0 + numbers.ed_swing)
        turn = 2.0 * math.pi / 24.0
        n = 0
        while True:
            yield env.timeout(draws.exponential(1.0 / highest, "ed_gap", n))
            totals["events"] += 1
            swing = numbers.ed_swing * math.sin(turn * (env.now - numbers.ed_mean_at))
            if draws.uniform("ed_thinning", n) * highest < numbers.ed_rate * (1.0 + swing):
                totals["ed_arrivals"] += 1
                triage = self.triage(n)
                if triage >= numbers.divert_from_class and self.boarding >= numbers.divert_at:
                    totals["diverted"] += 1
                else:
                    env.process(self.ed_patient(n, triage))
            n += 1

    def triage(self, n: int) -> int:
        """Draw the class of a patient, counted from 0."""
        u = self.draws.uniform("ed_class", n)
        triage = 0
        while u >= self.numbers.class_bounds[triage]:
            triage += 1
        return triage

    def ed_patient(self, n: int, triage: int) -> Steps:
        """Wait for a doctor, be seen, go home or on."""
        numbers, env, draws, totals = self.numbers, self.env, self.draws, self.totals
        came = env.now
        request = self.doctors.request(priority=triage)
        if not request.triggered:
            patience = numbers.patience[triage]
            if patience < math.inf:
                limit = draws.exponential(patience, "ed_patience", n)
                yield self.patiently(request, limit)
                if not request.triggered:
                    request.cancel()
                    totals["left_unseen"] += 1
                    totals["events"] += 1
                    return
            else:
                yield request
        totals[_WAITS[triage]] += env.now - came
        totals[_SEEN[triage]] += 1
        yield self.hold(draws.lognormal(numbers.consult[triage], "ed_consult", n), "doctor_hours")
        totals["events"] += 1
        self.doctors.release(request)
        if draws.uniform("ed_admission", n) >= numbers.admitted[triage]:
            return
        u = draws.uniform("ed_destination", n)
        if u < numbers.to_icu[triage]:
            yield from self.intensive_care(n)
            return
        if u < numbers.to_icu[triage] + numbers.to_theatre[triage]:
            yield from self.emergency_surgery(n)
        yield from self.ward_stay(n)

    def intensive_care(self, n: int) -> Steps:
        """Board until a bed of the intensive care unit is free, stay there, leave."""
        totals, came = self.totals, self.env.now
        request = self.icu.request()
        if not request.triggered:
            self.boarding += 1
            yield request
            self.boarding -= 1
            totals["icu_waited"] += 1
            totals["icu_wait_hours"] += self.env.now - came
        totals["icu_admitted"] += 1
        stay = self.draws.lognormal(self.numbers.icu_stay, "ed_icu_stay", n)
        yield self.hold(stay, "icu_hours")
        totals["events"] += 1
        self.icu.release(request)

    def emergency_surgery(self, n: int) -> Steps:
        """Wait for a theatre before all electives, and be operated on."""
        totals, came = self.totals, self.env.now
        request = self.theatres.request(priority=0)
        if not request.triggered:
            yield request
        totals["emergency_surgeries"] += 1
        totals["emergency_theatre_wait"] += self.env.now - came
        length = self.draws.lognormal(self.numbers.surgery, "ed_surgery", n)
        yield self.hold(length, "theatre_hours")
        totals["events"] += 1
        self.theatres.release(request)

    def ward_stay(self, n: int) -> Steps:
        """Board until a ward bed is free, stay there, leave."""
        totals, came = self.totals, self.env.now
        request = self.ward.request(priority=0)
        if not request.triggered:
            self.boarding += 1
            yield request
            self.boarding -= 1
            totals["boarded"] += 1
            totals["boarding_hours"] += self.env.now - came
        totals["ward_admitted"] += 1
        stay = self.draws.lognormal(self.numbers.ed_stay, "ed_stay", n)
        yield self.hold(stay, "ward_hours")
        totals["events"] += 1
        self.ward.release(request)

    def direct_arrivals(self) -> Steps:
        """Let patients come straight to the ward."""
        mean, n = 1.0 / self.numbers.direct_rate, 0
        while True:
            yield self.env.timeout(self.draws.exponential(mean, "direct_gap", n))
            self.totals["events"] += 1
            self.totals["direct_arrivals"] += 1
            self.env.process(self.direct_patient(n))
            n += 1

    def direct_patient(self, n: int) -> Steps:
        """Wait for a ward bed behind those of the emergency department, or give up."""
        numbers, env, totals, came = self.numbers, self.env, self.totals, self.env.now
        request = self.ward.request(priority=1)
        if not request.triggered:
            patience = self.draws.exponential(numbers.direct_patience, "direct_patience", n)
            yield self.patiently(request, patience)
            if not request.triggered:
                request.cancel()
                totals["direct_turned_away"] += 1
                totals["events"] += 1
                return
        totals["direct_admitted"] += 1
        totals["direct_wait"] += env.now - came
        stay = self.draws.lognormal(numbers.direct_stay, "direct_stay", n)
        yield self.hold(stay, "ward_hours")
        totals["events"] += 1
        self.ward.release(request)

    def list_arrivals(self) -> Steps:
        """Put patients on the elective list."""
        mean, n = 1.0 / self.numbers.list_rate, 0
        while True:
            yield self.env.timeout(self.draws.exponential(mean, "elective_gap", n))
            self.totals["events"] += 1
            self.totals["listed"] += 1
            self.waiting_list.append((n, 0))
            n += 1

    def calls(self) -> Steps:
        """Call patients from the list on the mornings of working days."""
        env, totals = self.env, self.totals
        yield env.timeout(self.numbers.call_at)
        while True:
            totals["events"] += 1
            if int(env.now / 24.0) % 7 < 5:
                self.call()
            yield env.timeout(24.0)

    def call(self) -> None:
        """Give beds to the first on the list, and count those who got none."""
        numbers, ward, waiting = self.numbers, self.ward, self.waiting_list
        called = 0
        while (
            called < numbers.called_at_most
            and waiting
            and ward.capacity - ward.count > numbers.beds_kept_free
        ):
            bed = ward.request(priority=0)
            self.env.process(self.elective(*waiting.popleft(), bed))
            called += 1
        self.totals["called"] += called
        self.totals["cancelled_no_bed"] += min(numbers.called_at_most - called, len(waiting))

    def elective(self, n: int, lap: int, bed: Request) -> Steps:
        """Wait for a theatre until the cut-off, be operated on, recover in the same bed."""
        numbers, env, totals, came = self.numbers, self.env, self.totals, self.env.now
        request = self.theatres.request(priority=1)
        if not request.triggered:
            yield self.patiently(request, numbers.theatre_cutoff)
            if not request.triggered:
                request.cancel()
                totals["cancelled_no_theatre"] += 1
                totals["events"] += 1
                totals["ward_hours"] += env.now - came
                self.waiting_list.append((n, lap + 1))
                self.ward.release(bed)
                return
        totals["elective_surgeries"] += 1
        totals["elective_theatre_wait"] += env.now - came
        totals["ward_hours"] += env.now - came
        length = self.draws.lognormal(numbers.surgery, "elective_surgery", n, lap)
        totals["ward_hours"] += min(length, numbers.horizon - env.now)
        yield self.hold(length, "theatre_hours")
        totals["events"] += 1
        self.theatres.release(request)
        stay = self.draws.lognormal(numbers.elective_stay, "elective_stay", n, lap)
        yield self.hold(stay, "ward_hours")
        totals["events"] += 1
        self.ward.release(bed)


def run(numbers: Hosp1, seed: int) -> dict[str, float]:
    """Run one hospital on Python's generator and return `STATISTICS`."""
    return Hospital(numbers, PlainDraws(seed)).run()
