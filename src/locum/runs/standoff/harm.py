"""What a draw came to: action, harm to patients and to doctors, opinion, and the platform.

Patients' harm is published ratios times the share of trainees away (`harm.*`); it stands beside
doctors' harm wherever either is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.runs.standoff.groups import LEAST
from locum.runs.standoff.observed import Scope
from locum.standoff.states import COMMUNITY, STUDENT, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.runs.standoff.groups import Floats
    from locum.runs.standoff.observed import Observed
    from locum.scenarios.standoff import StandoffScenario

__all__ = ["METRICS", "Metric", "metrics_of", "patients_lost"]

_MONTH = 365.25 / 12.0
_SHARE, _WHOLE, _FROM = 100.0, 1.0, 0.1
_WEEKDAYS = 5
_WEEK = 7


class Metric(NamedTuple):
    """A result of a draw: whose it is, its unit, and what it says."""

    party: str
    unit: str
    says: str


METRICS: Mapping[str, Metric] = {
    "trainees_away_end": Metric("action", "per cent", "trainees away on the last day"),
    "trainees_away_mean": Metric(
        "action", "per cent", "trainees away, mean of all days from the first absence on"
    ),
    "students_away_end": Metric("action", "per cent", "students away on the last day"),
    "clinic_days_closed": Metric("action", "clinic days", "days on which clinics were closed"),
    "operations_postponed": Metric(
        "patients", "operations", "operations at tertiary hospitals put off"
    ),
    "inpatient_days_lost": Metric(
        "patients", "patient days", "days in bed at tertiary hospitals that were not given"
    ),
    "ambulances_redirected": Metric(
        "patients", "ambulances", "ambulances sent on after a refusal, more than before"
    ),
    "damage_reported": Metric("patients", "reports", "reports of damage to the ministry's centre"),
    "named": Metric("doctors", "heads", "members named on lists for having stayed or returned"),
    "suspension_notices": Metric("doctors", "notices", "notices of licence suspension"),
    "licence_suspensions": Metric("doctors", "heads", "licences suspended"),
    "training_months_lost": Metric("doctors", "months", "months of training not done"),
    "study_months_lost": Metric("doctors", "months", "months of study not done"),
    "posts_lost": Metric("doctors", "heads", "trainees without their post on the last day"),
    "income_lost": Metric("doctors", "billion won", "pay of trainees who had no other work"),
    "approval_plan_end": Metric("opinion", "per cent", "approval of the plan on the last day"),
    "approval_handling_end": Metric("opinion", "per cent", "approval of its handling"),
    "exposure_mean": Metric("platform", "index", "weight of lists on those who stay, mean"),
    "wrongly_removed": Metric("platform", "posts", "lawful posts taken down"),
    "authors_identified": Metric("platform", "heads", "authors of lists who became known"),
    "records_lost": Metric("platform", "per cent", "hospital records lost"),
}
"""Results of a draw by name, in their order."""


def metrics_of(seen: Observed, scenario: StandoffScenario, named: float) -> Floats:
    """Return the results of a draw in the order of `METRICS`, shape (M,).

    Parameters
    ----------
    seen
        The draw.
    scenario
        For the days of the week.
    named
        Members ever named; fewer than ten count as nobody.
    """
    trainees, students = Scope(TRAINEE), Scope(STUDENT)
    national = seen.national
    patients = patients_lost(seen, scenario)
    found = {
        "trainees_away_end": _SHARE * _share(seen, trainees)[-1],
        "trainees_away_mean": _SHARE * _mean_away(_share(seen, trainees)),
        "students_away_end": _SHARE * _share(seen, students)[-1],
        "clinic_days_closed": seen.count("away", Scope(COMMUNITY)).sum(),
        **{name: path.sum() for name, path in patients.items()},
        "named": named if named >= LEAST else 0.0,
        "suspension_notices": national["suspension_notified"][-1],
        "licence_suspensions": national["suspension_executed"][-1],
        "training_months_lost": seen.count("away", trainees).sum() / _MONTH,
        "study_months_lost": seen.count("away", students).sum() / _MONTH,
        "posts_lost": (seen.count("left", trainees) + seen.count("refused", trainees))[-1],
        "income_lost": _income_lost(seen),
        "approval_plan_end": _SHARE * national["approval_plan"][-1],
        "approval_handling_end": _SHARE * national["approval_handling"][-1],
        "exposure_mean": national["exposure"].mean(),
        "wrongly_removed": national["wrongly_removed"][-1],
        "authors_identified": national["identified"][-1],
        "records_lost": _SHARE * national["record_loss"][-1],
    }
    return np.array([float(found[name]) for name in METRICS])


def patients_lost(seen: Observed, scenario: StandoffScenario) -> dict[str, Floats]:
    """Return what absence cost patients on each day, by name, each of shape (T,).

    Notes
    -----
    fall x base x share of trainees away x (1 - adapted x (1 - 2^(-days / half-life))); operations
    on weekdays only.
    """
    away = _share(seen, Scope(TRAINEE))
    days = np.arange(seen.days)
    first = int(np.argmax(away > _FROM)) if (away > _FROM).any() else seen.days
    since = np.maximum(days - first, 0)
    made_good = 1.0 - 0.5 ** (since / seen.number("harm.adapting_days"))
    felt = away * (1.0 - seen.number("harm.adapted") * made_good)
    weekday = (days + scenario.start.weekday()) % _WEEK < _WEEKDAYS
    falls = {
        "operations_postponed": weekday
        * seen.number("harm.operations")
        * seen.number("harm.operations_fall"),
        "inpatient_days_lost": np.full(
            seen.days, seen.number("harm.inpatients") * seen.number("harm.inpatients_fall")
        ),
        "ambulances_redirected": np.full(seen.days, seen.number("harm.redirected")),
        "damage_reported": np.full(seen.days, seen.number("harm.reports")),
    }
    return {name: each * felt for name, each in falls.items()}


def _share(seen: Observed, scope: Scope) -> Floats:
    """Return the share away by day (T,); 0 where nobody is simulated."""
    members = seen.count("members", scope)
    return np.divide(
        seen.count("away", scope), members, out=np.zeros(seen.days), where=members > 0
    )


def _mean_away(share: Floats) -> float:
    """Return the mean share away from the first absence on."""
    first = int(np.argmax(share > 0.0))
    return float(share[first:].mean())


def _income_lost(seen: Observed) -> float:
    """Return billions of won that trainees away, and not employed elsewhere, were not paid."""
    scope = Scope(TRAINEE)
    idle = seen.count("away", scope) - seen.count("employed", scope)
    return float(idle.sum() / _MONTH * seen.number("harm.trainee_pay") / 1000.0)
