"""HOSP-1: one hospital, and the statistics on which every engine must agree.

Times are in hours from a Monday at 00:00; the hospital starts empty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

CLASSES = 5
NEVER = math.inf


class Lognormal(NamedTuple):
    """A lognormal time by the two parameters of its logarithm."""

    mu: float
    sigma: float

    @classmethod
    def of(cls, mean: float, variation: float) -> Lognormal:
        """Return the one with this mean and this coefficient of variation."""
        variance = math.log1p(variation * variation)
        return cls(math.log(mean) - variance / 2.0, math.sqrt(variance))


CONSULT = tuple(Lognormal.of(mean, 0.8) for mean in (1.2, 0.9, 0.6, 0.4, 0.25))
ED_STAY = Lognormal.of(120.0, 1.0)
ICU_STAY = Lognormal.of(84.0, 1.2)
SURGERY = Lognormal.of(2.2, 0.6)
DIRECT_STAY = Lognormal.of(110.0, 1.0)
ELECTIVE_STAY = Lognormal.of(96.0, 0.9)


@dataclass(frozen=True)
class Hosp1:
    """The numbers of HOSP-1; hours, and patients per hour."""

    horizon: float = 8760.0
    # Emergency department: arrivals by thinning, classes 1 to 5, who is told to go elsewhere.
    ed_rate: float = 3.2
    ed_swing: float = 0.5
    ed_mean_at: float = 9.0
    class_bounds: tuple[float, ...] = (0.02, 0.12, 0.52, 0.85, 1.0)
    divert_at: float = 12
    divert_from_class: int = 2
    doctors_day: int = 3
    doctors_night: int = 2
    day_starts: float = 8.0
    day_ends: float = 20.0
    patience: tuple[float, ...] = (NEVER, 24.0, 8.0, 4.0, 3.0)
    consult: tuple[Lognormal, ...] = CONSULT
    admitted: tuple[float, ...] = (0.8, 0.5, 0.22, 0.06, 0.01)
    to_icu: tuple[float, ...] = (0.45, 0.12, 0.02, 0.0, 0.0)
    to_theatre: tuple[float, ...] = (0.14, 0.11, 0.06, 0.03, 0.0)
    # Stations behind it.
    ward_beds: int = 280
    icu_beds: int = 8
    theatres: int = 6
    ed_stay: Lognormal = ED_STAY
    icu_stay: Lognormal = ICU_STAY
    surgery: Lognormal = SURGERY
    # Direct admissions.
    direct_rate: float = 1.45
    direct_patience: float = 48.0
    direct_stay: Lognormal = DIRECT_STAY
    # Electives: the list, and the call on working days.
    list_rate: float = 16.0 / 24.0
    call_at: float = 7.0
    called_at_most: int = 24
    beds_kept_free: int = 2
    theatre_cutoff: float = 10.0
    elective_stay: Lognormal = ELECTIVE_STAY

    @property
    def electives(self) -> bool:
        """Return whether anybody is put on the list."""
        return self.list_rate > 0.0

    def subset(self) -> Hosp1:
        """Return what Ciw can express: no electives, no diversion, 218 ward beds."""
        return replace(self, list_rate=0.0, divert_at=NEVER, ward_beds=218)


STATISTICS = (
    "ed_arrivals",
    "diverted",
    "seen",
    "left_unseen",
    *(f"seen_class_{k}" for k in range(1, CLASSES + 1)),
    *(f"wait_class_{k}" for k in range(1, CLASSES + 1)),
    "ward_admitted",
    "boarded",
    "boarding_hours",
    "icu_admitted",
    "icu_waited",
    "icu_wait_hours",
    "emergency_surgeries",
    "emergency_theatre_wait",
    "elective_surgeries",
    "elective_theatre_wait",
    "direct_arrivals",
    "direct_admitted",
    "direct_wait",
    "direct_turned_away",
    "listed",
    "called",
    "cancelled_no_bed",
    "cancelled_no_theatre",
    "list_at_end",
    "doctor_hours",
    "ward_hours",
    "icu_hours",
    "theatre_hours",
    "patients",
    "events",
)
"""Totals over the horizon: patients, sums of waits in hours, hours of units in use.

`ward_admitted` counts those from the emergency department. Hours in use count a held bed from the
moment it is taken, and end at the horizon. `events` are the logical events: timers that found
nobody waiting are not counted.
"""
FULL_ONLY = frozenset(
    {
        "diverted",
        "elective_surgeries",
        "elective_theatre_wait",
        "listed",
        "called",
        "cancelled_no_bed",
        "cancelled_no_theatre",
        "list_at_end",
    }
)
"""Statistics that are zero in the subset."""
