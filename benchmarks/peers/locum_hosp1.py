"""HOSP-1 on the engine of Locum, as `locum run` calls it: with checks and identified clinicians.

Draws carry the names that the other engines' models use, so that a program which draws by the
same keys meets the same patients.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from peers.parameters import CLASSES, STATISTICS, Hosp1, Lognormal

from locum.hospital.draws import Luck, ordinal_of, python_exponential, python_lognormal
from locum.hospital.engine import Hospital
from locum.hospital.program import Assembler, Call
from locum.hospital.stations import (
    BY_CLASS,
    Distribution,
    Staff,
    Waiting,
    constant,
    daily,
    exponential,
    lognormal_log,
    steady,
)

if TYPE_CHECKING:
    from locum.hospital.model import Model
    from locum.hospital.path import Path
    from locum.hospital.records import Array
    from locum.hospital.results import Stats

TRIAGE = tuple(f"class_{k}" for k in range(1, CLASSES + 1))
WORKING_DAYS = (0, 1, 2, 3, 4)
DOCTORS = "doctors"
ROOM = 1 << 12
"""Patients and events for which there is room when nobody checks; a year needs half of it."""
VISITS = {
    "diverted": "diverted",
    "ward_admitted": "ed_stay",
    "icu_admitted": "icu_stay",
    "emergency_surgeries": "operation",
    "elective_surgeries": "elective_operation",
    "direct_admitted": "direct_stay",
}
WAITS = {
    "boarding_hours": "board",
    "icu_wait_hours": "icu",
    "emergency_theatre_wait": "surgery",
    "elective_theatre_wait": "called",
    "direct_wait": "come",
}
"""Statistics that are the patients of a step, and the hours waited at one."""


def build(numbers: Hosp1, *, clinicians: bool = True) -> Model:
    """Return the model.

    Parameters
    ----------
    numbers
        Parameters of HOSP-1.
    clinicians
        Whether doctors are identified clinicians; otherwise they are counted units.
    """
    model = Assembler("hosp1", (*TRIAGE, "direct", "elective"))
    if clinicians:
        surplus = numbers.doctors_day - numbers.doctors_night
        model.pool(DOCTORS, handover="finish")
        model.roster("day", [(numbers.day_starts, numbers.day_ends)], period=24.0)
        model.clinicians(DOCTORS, numbers.doctors_night)
        model.clinicians(DOCTORS, surplus, roster="day")
    else:
        changes = (
            (numbers.day_starts, numbers.doctors_day),
            (
                numbers.day_ends,
                numbers.doctors_night,
            ),
        )
        model.resource(DOCTORS, numbers.doctors_night).schedule(DOCTORS, changes, period=24.0)
    model.resource("ward", numbers.ward_beds)
    model.resource("icu", numbers.icu_beds)
    model.resource("theatres", numbers.theatres)
    model.counter("boarding")
    if numbers.divert_at < math.inf:
        model.guard("divert", "counter", "boarding", at_least=numbers.divert_at)
    _sources(model, numbers)
    _emergency(model, numbers, clinicians=clinicians)
    _direct(model, numbers)
    if numbers.electives:
        _electives(model, numbers)
    return model.assemble()


def _time(shape: Lognormal) -> Distribution:
    return lognormal_log(shape.mu, shape.sigma)


def _by_class(numbers: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(TRIAGE, numbers, strict=True))


def _sources(model: Assembler, numbers: Hosp1) -> None:
    """Let patients come."""
    lows = (0.0, *numbers.class_bounds)
    shares = tuple(high - low for low, high in zip(lows, numbers.class_bounds, strict=False))
    rate = daily(numbers.ed_rate, numbers.ed_swing, numbers.ed_mean_at)
    model.source("ed", rate, classes=_by_class(shares), entry="arrive")
    rate = steady(numbers.direct_rate)
    model.source("direct", rate, classes={"direct": 1.0}, entry="come")
    if numbers.electives:
        rate = steady(numbers.list_rate)
        model.source("elective", rate, classes={"elective": 1.0}, entry="listed")


def _emergency(model: Assembler, numbers: Hosp1, *, clinicians: bool) -> None:
    """Write the way through the emergency department and behind it."""
    ed = model.path("ed").label("arrive")
    if numbers.divert_at < math.inf:
        turned_away = TRIAGE[numbers.divert_from_class :]
        ed.guard("divert", to="diverted", classes=turned_away).label("see")
    patience = {
        name: constant(mean) if mean == math.inf else exponential(mean)
        for name, mean in _by_class(numbers.patience).items()
    }
    waiting = Waiting(BY_CLASS, patience, leave_to="unseen", draw="ed_patience")
    _see(ed, numbers, waiting, clinicians=clinicians)
    ed.branch(_by_class(numbers.admitted), otherwise="home", draw="ed_admission")
    chances = {"icu": _by_class(numbers.to_icu), "surgery": _by_class(numbers.to_theatre)}
    ed.switch(chances, otherwise="board", draw="ed_destination")
    boarding = Waiting(boards="boarding")
    ed.label("icu").seize("icu", waiting=boarding)
    ed.label("icu_stay").delay(_time(numbers.icu_stay), draw="ed_icu_stay").release("icu").end()
    ed.label("surgery").seize("theatres")
    ed.label("operation").delay(_time(numbers.surgery), draw="ed_surgery").release("theatres")
    ed.label("board").seize("ward", waiting=boarding)
    ed.label("ed_stay").delay(_time(numbers.ed_stay), draw="ed_stay").release("ward").end()
    ed.label("home").end("home")
    ed.label("unseen").end("left unseen")
    if numbers.divert_at < math.inf:
        ed.label("diverted").end("diverted")


def _see(ed: Path, numbers: Hosp1, waiting: Waiting, *, clinicians: bool) -> None:
    """Write the consultation."""
    consult = {name: _time(each) for name, each in zip(TRIAGE, numbers.consult, strict=True)}
    if clinicians:
        ed.seize_staff(Staff(DOCTORS, task="consult"), waiting)
    else:
        ed.seize(DOCTORS, waiting=waiting)
    ed.label("consult").delay(consult, draw="ed_consult")
    if clinicians:
        ed.release_staff()
    else:
        ed.release(DOCTORS)


def _direct(model: Assembler, numbers: Hosp1) -> None:
    """Write the way of direct admissions."""
    patience = exponential(numbers.direct_patience)
    waiting = Waiting(1, patience, leave_to="turned_away", draw="direct_patience")
    direct = model.path("direct")
    direct.label("come").seize("ward", waiting=waiting)
    direct.label("direct_stay").delay(_time(numbers.direct_stay), draw="direct_stay")
    direct.release("ward").end()
    direct.label("turned_away").end("turned away")


def _electives(model: Assembler, numbers: Hosp1) -> None:
    """Write the way of electives, and the call of the morning, which gives them a bed."""
    model.waiting_list("list")
    call = Call(
        "list",
        "called",
        numbers.called_at_most,
        resource="ward",
        reserve=numbers.beds_kept_free,
        first=numbers.call_at,
        weekdays=WORKING_DAYS,
    )
    model.call("mornings", call)
    elective = model.path("elective")
    elective.label("listed").wait_in("list")
    waiting = Waiting(1, numbers.theatre_cutoff, leave_to="cut_off")
    elective.label("called").seize("theatres", waiting=waiting)
    elective.label("elective_operation")
    elective.delay(_time(numbers.surgery), draw="elective_surgery").release("theatres")
    elective.label("elective_stay")
    elective.delay(_time(numbers.elective_stay), draw="elective_stay").release("ward").end()
    elective.label("cut_off").release("ward").goto("listed")


def statistics(hospital: Hospital) -> dict[str, float]:
    """Return `STATISTICS` of a hospital that was run."""
    stats = hospital.stats()
    steps = stats.model.names.steps

    def of(table: Array, step: str) -> float:
        return float(table[steps.index(step)].sum()) if step in steps else 0.0

    totals = dict.fromkeys(STATISTICS, 0.0)
    see = steps.index("see") if "see" in steps else steps.index("arrive")
    for k, name in enumerate(TRIAGE):
        totals[f"seen_{name}"] = float(stats.visits[steps.index("consult"), k])
        totals[f"wait_{name}"] = float(stats.wait[see, k])
        totals["seen"] += totals[f"seen_{name}"]
    totals["left_unseen"] = float(stats.left[see].sum())
    for name, step in VISITS.items():
        totals[name] = of(stats.visits, step)
    for name, step in WAITS.items():
        totals[name] = of(stats.wait, step)
    totals |= {
        "boarded": of(stats.waited, "board"),
        "icu_waited": of(stats.waited, "icu"),
        "direct_turned_away": of(stats.left, "come"),
        "cancelled_no_theatre": of(stats.left, "called"),
        "ed_arrivals": stats.arrived["ed"],
        "direct_arrivals": stats.arrived["direct"],
        "listed": stats.arrived.get("elective", 0),
        "called": stats.called.get("mornings", 0),
        "cancelled_no_bed": stats.missed.get("mornings", 0),
        "list_at_end": stats.on_list("list") if "list" in stats.model.names.lists else 0,
        "patients": sum(stats.arrived.values()),
        "events": stats.events,
    }
    return totals | _hours(stats)


def _hours(stats: Stats) -> dict[str, float]:
    """Return the hours of units in use."""
    if DOCTORS in stats.model.names.pools:
        busy = stats.mean_staff(DOCTORS)["busy"]
    else:
        busy = stats.mean_used(DOCTORS)
    stations = {"ward_hours": "ward", "icu_hours": "icu", "theatre_hours": "theatres"}
    hours = {name: stats.mean_used(station) for name, station in stations.items()}
    return {name: mean * stats.now for name, mean in (hours | {"doctor_hours": busy}).items()}


def run(numbers: Hosp1, seed: int, *, clinicians: bool = True) -> dict[str, float]:
    """Run one hospital and return `STATISTICS`."""
    model = build(numbers, clinicians=clinicians)
    return statistics(Hospital(model, seed).run(numbers.horizon))


class Runner:
    """The shipped engine, or the same without one of its features.

    Parameters
    ----------
    numbers
        Parameters of HOSP-1.
    clinicians
        Whether doctors are identified clinicians.
    checks
        Whether the engine checks its bounds.
    """

    def __init__(self, numbers: Hosp1, *, clinicians: bool = True, checks: bool = True) -> None:
        self.horizon = numbers.horizon
        self.model = build(numbers, clinicians=clinicians)
        self.checks = checks
        if not checks:
            from peers.locum_unchecked import unchecked

            self._without_checks = unchecked()

    def simulate(self, seed: int, replications: int) -> list[Hospital]:
        """Run hospitals one after the other: what is timed."""
        seeds = range(seed, seed + replications)
        if self.checks:
            return [Hospital(self.model, each).run(self.horizon) for each in seeds]
        with self._without_checks():
            return [Hospital(self.model, each, room=ROOM).run(self.horizon) for each in seeds]

    def statistics(self, hospitals: list[Hospital]) -> list[dict[str, float]]:
        """Return `STATISTICS` of every hospital."""
        return [statistics(hospital) for hospital in hospitals]


class KeyedDraws:
    """The engine's draws of one hospital, for another program's model of HOSP-1.

    Parameters
    ----------
    seed
        As given to the engine.
    """

    def __init__(self, seed: int) -> None:
        self._luck = Luck(seed)
        self._known: dict[str, tuple[str, int]] = {}

    def uniform(self, use: str, patient: int, lap: int = 0) -> float:
        """Return a number between 0 and 1."""
        key = self._known.get(use)
        if key is None:
            key = self._known[use] = _key(use)
        stream, ordinal = key
        return self._luck.uniform(stream, patient, ordinal, lap)

    def exponential(self, mean: float, use: str, patient: int) -> float:
        """Return an exponential time."""
        return python_exponential(self.uniform(use, patient), mean)

    def lognormal(self, shape: Lognormal, use: str, patient: int, lap: int = 0) -> float:
        """Return a lognormal time."""
        return python_lognormal(self.uniform(use, patient, lap), shape.mu, shape.sigma)


def _key(use: str) -> tuple[str, int]:
    """Return the stream and the ordinal of a draw: see `locum.hospital.program`."""
    source, what = use.split("_", 1)
    of_candidates = {"gap": 0, "thinning": 1}
    if what in of_candidates:
        return f"{source} arrivals", of_candidates[what]
    return source, 0 if what == "class" else ordinal_of(use)
