"""Words of the report of a standoff: who, what, in which state, on whose side. Neutral."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.hospitals_words import sentence
from locum.report.records import Known
from locum.report.words import MINUS, exact, humanised, rounded, unit_words
from locum.runs.standoff.harm import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from locum.report.standoff_records import Span

__all__ = [
    "ACTOR_WORDS",
    "FAMILY_WORDS",
    "GROUP_WORDS",
    "KIND_WORDS",
    "KNOWN",
    "LANES",
    "LEADING",
    "METRIC_WORDS",
    "MODEL_WORDS",
    "PARTY_WORDS",
    "SANCTION_WORDS",
    "SIDE_WORDS",
    "STATE_WORDS",
    "VARIABLE_WORDS",
    "band",
    "group_words",
    "known_results",
    "leading",
    "level",
    "metric_words",
    "party_of",
    "percent",
    "scope_words",
    "sized",
    "unit_name",
    "use_words",
]

KIND_WORDS: Mapping[str, str] = {
    "trainee": "Trainees",
    "student": "Students",
    "professor": "Professors",
    "community": "Doctors in clinics",
}
STATE_WORDS: Mapping[str, str] = {
    "letter_in": "Letter in, at work",
    "absent": "Absent",
    "contract_refused": "Contract refused",
    "enlisted": "In military service",
    "employed_elsewhere": "Employed elsewhere",
    "resigned": "Resignation accepted",
    "returned": "Returned",
    "at_work": "At work",
    "away": "Away",
    "joined": "Away, or letter in",
    "support": "In favour, in private",
}
GROUP_WORDS: Mapping[str, str] = {
    "big5": "Five largest hospitals",
    "other_tertiary": "Other tertiary hospitals",
    "general": "General hospitals",
    "intern": "Interns",
}
METRIC_WORDS: Mapping[str, str] = {
    "absent_from_work": "Away from work",
    "absent_or_contract_given_up": "Away, or contract given up",
    "resignations_submitted_cum": "Letters handed in so far",
    "resignations_accepted_cum": "Resignations accepted so far",
    "returned_cum": "Returned so far",
    "on_duty": "On duty",
    "not_returned": "Not returned",
    "leave_requests_new": "Requests for leave, of the day",
    "leave_requests_cum_gross": "Requests for leave so far, with those taken back",
    "leave_requests_cum_net": "Requests for leave so far, without those taken back",
    "leave_requests_cum_valid": "Requests for leave so far, complete in form",
    "return_orders_issued": "Orders to return, of the day",
    "return_orders_issued_cum": "Orders to return so far",
    "order_violations_confirmed_cum": "Orders not followed, as inspected",
    "suspension_notices_sent_cum": "Notices of suspension sent so far",
    "hospitals_with_1plus_returns": "Hospitals with a return",
    "hospitals_with_10plus_returns": "Hospitals with ten returns or more",
    "interns_not_registered": "Interns who did not register",
    "applicants": "Applicants",
    "closed": "Clinics closed",
    "approval_plan": "Approval of the plan",
    "approval_handling": "Approval of its handling by the government",
    "approval_president": "Approval of the president",
    "operations_postponed": "Operations put off",
    "inpatient_days_lost": "Days in bed lost",
    "ambulances_redirected": "Ambulances sent on",
    "damage_reported": "Damage reported",
    "named": "Members named",
    "suspension_notices": "Notices of suspension",
    "licence_suspensions": "Licences suspended",
    "training_months_lost": "Months of training lost",
    "study_months_lost": "Months of study lost",
    "posts_lost": "Posts lost",
    "income_lost": "Income lost",
}
SCOPE_WORDS: Mapping[str, str] = {
    "trainees at the 100 inspected training hospitals": "100 hospitals",
    "94 of the 100 hospitals (6 dropped for poor data)": "94 of the 100 hospitals",
    "100 training hospitals, residents only": "100 hospitals, residents",
    "trainees at 211 training hospitals": "211 hospitals",
    "medical students, 40 schools": "40 schools",
}
SIDE_WORDS: Mapping[str, str] = {
    "both": "A step of both sides",
    "doctors": "A step of doctors",
    "government": "A step of the government",
    "platform": "A step at the platform",
}
LEADING: Mapping[str, tuple[str, ...]] = {
    "patients": ("operations_postponed", "inpatient_days_lost", "ambulances_redirected"),
    "doctors": ("named", "suspension_notices", "training_months_lost", "income_lost"),
}
"""Harm that stands first, of either party."""
PARTY_WORDS: Mapping[str, str] = {"patients": "To patients", "doctors": "To doctors"}
USE_WORDS: Mapping[str, str] = {
    "fit": "fitted",
    "check": "checked, not fitted",
    "update": "used in the later update",
}
UNFITTED_WORDS: Mapping[str, str] = {
    "fit": "open to a fit",
    "check": "open to a check",
    "update": "open to a later update",
}
MODEL_WORDS: Mapping[str, str] = {
    "agents": "This model",
    "mean_field": "All alike (mean field)",
    "same_count_new_base": "Same count, new base",
}
SANCTION_WORDS: Mapping[str, str] = {
    "return_order": "Order to return",
    "suspension": "Suspension of the licence",
    "revocation": "Revocation of the licence",
    "prosecution": "Prosecution",
    "acceptance_ban": "Ban on accepting resignations",
}
VARIABLE_WORDS: Mapping[str, str] = {
    "resolve": "Resolve of the government",
    "credibility": "Credibility of sanctions",
    "approval_plan": "The plan",
    "approval_handling": "Its handling",
    "approval_president": "The president",
    "reach": "Reach of posts",
    "exposure": "Exposure to lists",
    "named": "Members named so far",
    "removed": "Lists and pressing posts",
    "wrongly_removed": "Lawful posts",
    "identified": "Authors identified so far",
    "arrests": "Arrests so far",
    "record_loss": "Records lost so far",
}
FAMILY_WORDS: Mapping[str, str] = {
    "agents": "How many people, and where",
    "bargaining": "Bargaining",
    "collective": "Collectives and their leaders",
    "decision": "How people decide",
    "final": "The last year of training and of study",
    "fit": "Errors of the fit",
    "forum": "The platform: posts, views, lists",
    "government": "The government",
    "grievance": "Grievance",
    "harm": "Harm to patients and to doctors",
    "income": "Expected income",
    "law": "Courts and law",
    "leaving": "Leaving for other work",
    "network": "Who sees whom",
    "opinion": "Public opinion",
    "plan": "The plan",
    "platform": "Settings of the platform",
    "readings": "What readings count",
    "return": "Returning",
    "sanction": "Sanctions",
    "stress": "Stress of hospitals",
    "twin": "The mean-field twin",
}
LANES: Mapping[str, tuple[str, ...]] = {
    "Government and parliament": (
        "government",
        "president",
        "health_ministry",
        "education_ministry",
        "assembly",
        "audit_board",
    ),
    "Doctors and students": (
        "trainees_association",
        "students_association",
        "medical_association",
        "professors",
        "societies",
        "universities",
    ),
    "Courts and police": ("court", "police", "standards_commission"),
    "Platform and public": ("platform", "anonymous", "civic_group", "electorate"),
}
ACTOR_WORDS: Mapping[str, str] = {
    "assembly": "National Assembly",
    "anonymous": "Anonymous authors",
    "platform": "The platform",
    "medical_association": "Medical association",
    "trainees_association": "Trainees' association",
    "students_association": "Students' association",
    "societies": "Academic societies",
    "electorate": "Voters",
    "court": "Courts",
}
KNOWN = (
    ("Trainees and students away or with a letter in, country", "share", "fitted margin"),
    ("Who is away by group of hospitals, specialty, year and region", "share", "assumed"),
    ("Professors and doctors in clinics", "share", "assumed"),
    ("Private support", "share", "assumed"),
    ("Approval of the plan, its handling and the president", "share", "fitted margin"),
    ("Resolve, mandates and lines", "share", "assumed"),
    ("Sanctions announced, notified and executed", "heads", "fitted margin"),
    ("Counterfactuals", "share", "assumed"),
    ("Harm to patients and to doctors", "heads", "assumed"),
    ("Lists, exposure, posts removed, authors identified", "heads", "assumed"),
)
_POINTS = {"percentage_points", "percent", "per cent"}
"""Units of percentages: differences of these are points."""
_LARGE, _LEAST = 10, 1e-4


def known_results(*, fitted: bool) -> tuple[Known, ...]:
    """Return how well each result is known; nothing is fitted in a run without a fit."""
    return tuple(
        Known(label, unit, grade if fitted else "assumed") for label, unit, grade in KNOWN
    )


def use_words(use: str, *, fitted: bool) -> str:
    """Say what a reading is for, in a run that used a fit or in one that did without."""
    return (USE_WORDS if fitted else UNFITTED_WORDS).get(use, use)


def party_of(metric: str) -> str:
    """Say whom a result of a run concerns; an unknown one is about the action."""
    return METRICS[metric].party if metric in METRICS else "action"


def leading(metrics: Iterable[str], party: str, most: int) -> list[str]:
    """Return at most so many metrics of a party, those that lead first."""
    order = LEADING[party]
    found = list(metrics)
    return sorted(found, key=lambda one: order.index(one) if one in order else len(order))[:most]


def group_words(partition: str, group: str) -> str:
    """Return the name of a group as readers know it."""
    if partition == "kind":
        return KIND_WORDS.get(group, humanised(group))
    grade, _, year = group.partition(" ")
    if year.isdecimal() and grade in {"resident", "student"}:
        return f"{grade.capitalize()}s, year {year}"
    return GROUP_WORDS.get(group, humanised(group))


def scope_words(scope: str) -> str:
    """Return a short name of the people whom a reading counts."""
    return SCOPE_WORDS.get(scope, scope)


def metric_words(metric: str) -> str:
    """Return what a reading or a result counts, in words."""
    name = metric.removesuffix("_percent")
    if name in METRIC_WORDS:
        return METRIC_WORDS[name]
    if name in METRICS:
        return sentence(METRICS[name].says)
    return humanised(name).removesuffix(" cum")


def percent(value: float, decimals: int = 0) -> str:
    """Return a percentage that is one already: 72.84 -> `73%`."""
    text = f"{abs(value):.{decimals}f}"
    sign = MINUS if value < 0 and float(text) else ""
    return f"{sign}{text}%"


def band(span: Span, decimals: int = 0) -> str:
    """Return the band of a percentage: `69% to 77%`."""
    low, high = percent(span.low, decimals), percent(span.high, decimals)
    return low if low == high else f"{low} to {high}"


def sized(value: float, unit: str, *, signed: bool = False) -> str:
    """Return a number with as many digits as it deserves: `+12.4`, `41,000`.

    Parameters
    ----------
    value
        The number.
    unit
        Decides the digits, and whether it counts persons, of whom one to nine are not told.
    signed
        True for differences, which count no group.
    """
    if not signed and exact(value, unit).startswith("<"):
        return exact(value, unit)
    size = abs(value)
    if unit in _POINTS:
        text = f"{size:.1f}"
    elif size < 1:
        text = f"{size:.2g}" if size >= _LEAST else "0"
    else:
        text = f"{size:.1f}".removesuffix(".0") if size < _LARGE else rounded(size)
    if not any(digit in text for digit in "123456789"):
        return "0"
    sign = MINUS if value < 0 else "+" if signed else ""
    return sign + text


def unit_name(unit: str) -> str:
    """Return the unit of a difference in words."""
    return "points" if unit in _POINTS else unit_words(unit)


def level(value: float, unit: str) -> str:
    """Return a number with its unit: `87%`, `33,600 operations`."""
    return percent(value) if unit in _POINTS else f"{sized(value, unit)} {unit_name(unit)}"
