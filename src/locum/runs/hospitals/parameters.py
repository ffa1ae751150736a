"""The numbers that a pathway file asks for, from one draw of the assumptions."""

from __future__ import annotations

from functools import lru_cache
from math import erfc, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from locum.runs.hospitals.sizes import CLASSES, KINDS, SMALL_ED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.runs.hospitals.sizes import Floats, Loads

__all__ = ["numbers_of", "residual", "triage_shares"]

_ADMITTED = np.array([0.8, 0.5, 0.25, 0.05, 0.02])
_TO_ICU = np.array([5.0, 2.0, 0.3, 0.0, 0.0])
_TO_THEATRE = np.array([2.0, 1.5, 1.0, 0.5, 0.0])
"""How admission, intensive care and surgery lean to the severe; levels come from assumptions."""
_MOST = 0.95
_EMERGENCY_EDGES, _PLANNED_EDGES, _ELECTIVE_EDGES, _ICU_EDGES = 0.7, 1.0, 1.2, 1.2
"""Days in bed besides those from morning to morning, by the pathway's hours: until the first
morning, before theatre, and from the last round until the bed is free."""
_PARTS = 0.5
"""Treatment is given, then observed; papers are written, then the visit is paid for."""
_LEAST_DAYS = 0.3
_LONGEST = 400


def triage_shares(values: Mapping[str, float]) -> tuple[Floats, Floats]:
    """Return shares of KTAS 1 to 5 among all visits, and the ambulance's part of each (5,)."""
    severe, mild = values["size.ed_severe_share"], values["size.ed_mild_share"]
    urgent = 1.0 - severe - mild
    first, fifth = values["size.ktas1_share"], values["size.ktas5_share"]
    shares = np.array(
        [severe * first, severe * (1 - first), urgent, mild * (1 - fifth), mild * fifth]
    )
    by_ambulance = values["size.ambulance_share"]
    carried = severe * values["size.ambulance_severe"] + urgent * values["size.ambulance_urgent"]
    left = np.clip((by_ambulance - carried) / mild, 0.01, _MOST)
    part = np.array(
        [
            values["size.ambulance_severe"],
            values["size.ambulance_severe"],
            values["size.ambulance_urgent"],
            left,
            left,
        ]
    )
    return shares, part


def numbers_of(kind: int, values: Mapping[str, float], loads: Loads) -> dict[str, float]:
    """Return what the pathways of a kind of site ask for, by placeholder.

    Parameters
    ----------
    kind
        Position in `KINDS`.
    values
        One draw of the assumptions.
    loads
        Of the base week.
    """
    found = {
        **_arrivals(values),
        **_emergency(values),
        **_admission(kind, values, loads),
        **_refusal(kind, values),
        **_stays(kind, values, loads),
        **_theatre(kind, values, loads),
        **_work(values),
    }
    return {name: float(value) for name, value in found.items()}


def _arrivals(values: Mapping[str, float]) -> dict[str, float]:
    shares, part = triage_shares(values)
    carried = shares * part
    walking = shares - carried
    return {
        "walk_ktas1": walking[0] / walking[:2].sum(),
        "walk_ktas2": walking[1] / walking[:2].sum(),
        "mild_ktas4": walking[3] / walking[3:].sum(),
        "mild_ktas5": walking[4] / walking[3:].sum(),
        **{f"ambulance_ktas{row + 1}": carried[row] / carried.sum() for row in range(5)},
    }


def _by_triage(stem: str, amounts: list[float]) -> dict[str, float]:
    return {f"{stem}_{row + 1}": amount for row, amount in enumerate(amounts)}


def _emergency(values: Mapping[str, float]) -> dict[str, float]:
    cv = values["ed.cv"]
    mild = values["ed.triage"] * values["ed.triage_mild"]
    treat = _PARTS * values["ed.treat"] / values["ed.exam_3"]
    tests, scans, consults = values["ed.tests"], values["ed.scans"], values["ed.consults"]
    twice = [min(_MOST, 2.0 * each) for each in (scans, consults)]
    steps = (
        "registration",
        "triage",
        "nurse",
        "exam",
        "lab",
        "scan",
        "consult",
        "treat",
        "orders",
    )
    return {
        **{f"{step}_cv": cv for step in (*steps, "decision", "leaving", "handover")},
        **_by_triage("triage", [values["ed.triage"]] * 3 + [mild] * 2),
        **_by_triage("exam", [values[f"ed.exam_{row}"] for row in range(1, 6)]),
        **_by_triage("treat", [treat * values[f"ed.exam_{row}"] for row in range(1, 6)]),
        "leaving": _PARTS * values["ed.leaving"],
        **_by_triage("tests", [1.0, 1.0, tests, 0.5 * tests, 0.25 * tests]),
        **_by_triage("scan", [twice[0], twice[0], scans, 0.5 * scans, 0.25 * scans]),
        **_by_triage("consult", [twice[1], twice[1], consults, consults / 3.0, 0.0]),
        **{
            name: values[f"ed.{name}"]
            for name in (
                "registration",
                "nurse",
                "review",
                "lab",
                "scan",
                "consult_call",
                "consult",
                "decision",
                "orders",
                "handover",
                "patience_3",
                "patience_4",
                "patience_5",
                "consult_patience",
            )
        },
    }


def _admission(kind: int, values: Mapping[str, float], loads: Loads) -> dict[str, float]:
    shares, _ = triage_shares(values)
    admitted = _levelled(_ADMITTED, shares, loads.admitted[kind])
    inside = shares * admitted / (shares * admitted).sum()
    if kind == SMALL_ED:
        nobody = [0.0] * 5
        return {
            **_by_triage("admit", admitted.tolist()),
            **_by_triage("to_icu", nobody),
            **_by_triage("to_theatre", nobody),
        }
    of_kind = loads.kind == kind
    operated = loads.ed_surgeries[of_kind].sum() / max(1e-9, loads.ed_admissions[of_kind].sum())
    theatre = _levelled(_TO_THEATRE, inside, operated)
    medical = loads.icu_medical[kind] * (1.0 - operated)
    icu = _levelled(_TO_ICU, inside, medical, _MOST - theatre)
    return {
        **_by_triage("admit", admitted.tolist()),
        **_by_triage("to_icu", icu.tolist()),
        **_by_triage("to_theatre", theatre.tolist()),
    }


def _levelled(shape: Floats, weights: Floats, mean: float, most: Floats | float = _MOST) -> Floats:
    """Return probabilities of this shape and weighted mean, none above the most."""
    found = shape * 0.0
    for _ in range(len(shape)):
        free = found < most
        short = mean - (weights * found).sum()
        room = (weights * shape * free).sum()
        if room <= 0.0:
            break
        found = np.minimum(most, found + free * shape * max(0.0, short) / room)
    return found


def _refusal(kind: int, values: Mapping[str, float]) -> dict[str, float]:
    small = kind == SMALL_ED
    fates = [values[f"refusal.{fate}"] for fate in ("waits", "elsewhere", "gives_up")]
    over = max(1.0, sum(fates))
    return {
        "fate_waits": fates[0] / over,
        "fate_elsewhere": fates[1] / over,
        "fate_gives_up": fates[2] / over,
        "refused_wait": values["refusal.wait"],
        "returns_within": values["refusal.returns"],
        "most_refusals": round(values["refusal.most"]),
        "sent_on_least": values["refusal.least"],
        "sent_on_most": values["refusal.longest"],
        "boarding_patience": values["ed.small_boarding" if small else "ed.boarding_patience"],
        "planned_patience": values["ward.planned_patience"],
        "transfer_least": values["stay.elsewhere_least"],
        "transfer_most": values["stay.elsewhere_most"],
    }


def _stays(kind: int, values: Mapping[str, float], loads: Loads) -> dict[str, float]:
    planned = loads.stay_planned[kind]
    cv, icu_cv = values["stay.cv"], values["stay.icu_cv"]
    elective_icu, other_icu = loads.stay_icu[kind].tolist()
    emergency = _drawn(planned * values["stay.emergency"] - _EMERGENCY_EDGES, cv)
    days = {
        **{f"days_{row}": emergency for row in range(1, 6)},
        **{
            f"days_{name}": _drawn(planned * values[f"stay.{name}"] - _ELECTIVE_EDGES, cv)
            for name in CLASSES
        },
        "days_planned": _drawn(planned - _PLANNED_EDGES, cv),
        "days_icu_elective": _drawn(elective_icu - _EMERGENCY_EDGES, icu_cv),
        "days_icu": _drawn(other_icu - _EMERGENCY_EDGES, icu_cv),
        "days_after_icu": _drawn(values["stay.after_icu"] - _ICU_EDGES, cv),
    }
    mean = {"": values["stay.tertiary"], "_general": values["stay.general"]}
    ward = mean["" if KINDS[kind] in ("big5", "other_tertiary") else "_general"]
    left, left_cv = residual([ward], [1.0], cv)
    part = (other_icu - values["stay.icu"]) / max(other_icu - elective_icu, 1e-9)
    icu_left, icu_left_cv = residual([elective_icu, other_icu], [part, 1.0 - part], icu_cv)
    return {
        **days,
        "days_cv": cv,
        "days_icu_cv": icu_cv,
        "days_left": left,
        "days_left_cv": left_cv,
        "days_icu_left": icu_left,
        "days_icu_left_cv": icu_left_cv,
        "moving_in": values["stay.moving"],
        "moving_cv": values["work.cv"],
        "packing": values["stay.packing"],
        "sunday_discharge": values["stay.sunday_discharge"],
        "packing_cv": values["work.cv"],
        "early_to_general": 0.0
        if kind >= KINDS.index("general")
        else values["stay.early_to_general"],
    }


@lru_cache(maxsize=256)
def _drawn(mornings: float, cv: float) -> float:
    """Return the mean of the drawn days that gives a mean number of whole days (bisection)."""
    low, high = _LEAST_DAYS, _LEAST_DAYS + 2.0 * max(mornings, 0.0) + 2.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        if _whole_days(middle, cv) < mornings:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _whole_days(mean: float, cv: float) -> float:
    """Return the mean of a lognormal rounded down: the sum of its tail at 1, 2, ..."""
    variance = log(1.0 + cv * cv)
    location, width = log(mean) - 0.5 * variance, sqrt(2.0 * variance)
    return sum(0.5 * erfc((log(day) - location) / width) for day in range(1, _LONGEST))


def residual(means: list[float], parts: list[float], cv: float) -> tuple[float, float]:
    """Return mean and cv of what is left of the stay of those who are in a bed now.

    Stays are lognormal, of the means of several groups that are parts of all who come.
    """
    first, second, third = (np.dot(parts, np.power(means, power)) for power in (1, 2, 3))
    spread = 1.0 + cv * cv
    left = float(spread * second / (2.0 * first))
    squared = float(spread**3 * third / (3.0 * first))
    return left, float(np.sqrt(max(squared / left**2 - 1.0, 0.01)))


def _theatre(kind: int, values: Mapping[str, float], loads: Loads) -> dict[str, float]:
    alone = values["theatre.alone"]
    return {
        **{f"icu_{name}": loads.icu_by_class[kind, row] for row, name in enumerate(CLASSES)},
        **{f"operation_{name}": values[f"theatre.{name}"] for name in (*CLASSES, "emergency")},
        **{f"alone_{name}": alone * values[f"theatre.{name}"] for name in CLASSES},
        "operation_cv": values["theatre.cv"],
        "induction_cv": values["work.cv"],
        "turnover_cv": values["work.cv"],
        "recovery_cv": values["work.cv"],
        "emergency_icu": loads.icu_emergency[kind],
        "stays_urgent": 1.0 - values["size.day_case_urgent"],
        "stays_routine": 1.0 - values["size.day_case_routine"],
        "theatre_patience": values["theatre.patience"],
        **{
            name: values[f"theatre.{name}"]
            for name in (
                "induction",
                "turnover",
                "recovery",
                "team_patience",
                "assistant_patience",
            )
        },
    }


def _work(values: Mapping[str, float]) -> dict[str, float]:
    return {
        "ward_work": values["ward.work"],
        "round": values["ward.round"],
        "admission_work": values["ward.admission"],
        "discharge_work": values["ward.discharge"],
        "night_call": values["ward.night_call"],
        "weekend_work": values["ward.weekend"],
        "night_work": values["ward.night"],
        "work_patience": values["ward.patience"],
        "pa_share": values["ward.pa_share"],
        "icu_work": values["icu.work"],
        "icu_round": values["icu.round"],
        "icu_night": values["icu.night"],
        "work_cv": values["work.cv"],
    }
