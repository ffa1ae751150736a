"""Words of the report of hospitals: groups, readings, triage, grades, days and changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.words import percent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from locum.report.records import Interval

__all__ = [
    "FAMILY_WORDS",
    "GRADE_WORDS",
    "GROUP_WORDS",
    "METRIC_WORDS",
    "RULE_WORDS",
    "SETTING_WORDS",
    "TRIAGE_WORDS",
    "between",
    "day_words",
    "days_words",
    "fall_words",
    "more_or_fewer",
    "sentence",
]

GROUP_WORDS: Mapping[str, str] = {
    "korea": "All emergency departments",
    "big5": "Five largest hospitals",
    "other_tertiary": "Other tertiary hospitals",
    "tertiary": "All tertiary hospitals",
    "general": "General hospitals",
    "tertiary_general": "Tertiary and general hospitals",
}
METRIC_WORDS: Mapping[str, str] = {
    "surgeries_weekday": "Operations a weekday",
    "inpatients_general_wards": "Patients on wards",
    "icu_patients": "Patients in intensive care",
    "ed_visits_weekday": "Emergency visits a weekday",
    "ed_visits_weekday_ktas45": "Emergency visits a weekday, KTAS 4 and 5",
    "ed_visits_week_all": "Emergency visits of a week, change",
    "outpatients_weekday": "Outpatients a weekday",
}
TRIAGE_WORDS: Mapping[int, str] = {
    1: "KTAS 1 resuscitation",
    2: "KTAS 2 emergency",
    3: "KTAS 3 urgent",
    4: "KTAS 4 less urgent",
    5: "KTAS 5 non-urgent",
}
GRADE_WORDS: Mapping[str, str] = {
    "pa": "PA nurses",
    "interns": "Interns",
    "juniors": "Residents, years 1-2",
    "dispatched": "Doctors sent",
    "seniors": "Residents, years 3-4",
    "specialists": "Specialists",
}
FAMILY_WORDS: Mapping[str, str] = {
    "avoidance": "Patients who stay away",
    "contingency": "What hospitals cut",
    "ed": "Emergency departments",
    "fit": "Errors of readings",
    "harm": "Deaths through delay, and lost records",
    "helping": "PA nurses, doctors sent, telehealth",
    "holiday": "Public holidays",
    "icu": "Intensive care",
    "money": "Costs and credit",
    "price": "Prices",
    "readings": "What readings count",
    "refusal": "Patients turned away",
    "size": "Sizes of hospitals",
    "staff": "Staff",
    "stay": "Days in hospital",
    "surge": "Specialists who cover",
    "theatre": "Theatres",
    "ward": "Wards",
    "work": "Work of doctors",
}
SETTING_WORDS: Mapping[str, str] = {
    "specialists_cover": "Specialists cover nights and weekends",
    "shorter_week": "Specialists hold a shorter week",
    "fellows_leave": "Fellows leave with the training year",
    "close_beds": "Beds are closed where doctors lack",
    "divert_ed": "Places of emergency departments are closed",
    "pa_nurses": "PA nurses in the country",
    "dispatched": "Doctors sent to wards",
    "dispatched_ed": "Doctors sent to emergency departments",
    "telehealth": "Consultations from a distance",
    "weekly_cap": "Most hours a week of a specialist",
    "insurance_support": "Support by the insurer a month",
}
RULE_WORDS: Mapping[str, str] = {
    "none": "Hospitals cut nothing",
    "advance": "Hospitals cut in advance, as if all trainees were away",
    "adaptive": "Hospitals cut by the hours that are lost, and reopen as they learn",
    "advance_then_adaptive": "Hospitals cut in advance, as if all trainees were away, and reopen "
    "as they learn",
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NO_CHANGE = 0.005
"""Relative changes smaller than this are called none."""


def day_words(day: date, *, year: bool = True) -> str:
    """Return a day as `20 Feb 2024`."""
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


def days_words(first: date, last: date) -> str:
    """Return a stretch of days as `19 to 29 Feb 2024`."""
    if first == last:
        return day_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day_words(last)}"
    return f"{day_words(first, year=first.year != last.year)} to {day_words(last)}"


def between(share: Interval) -> str:
    """Return the 80% interval of a relative change: `-52% to -44%`."""
    low, high = (percent(end, signed=True) for end in (share.low, share.high))
    return low if low == high else f"{low} to {high}"


def fall_words(share: float) -> str:
    """Say a relative change: `48% less` or `3% more`."""
    if abs(share) < NO_CHANGE:
        return "unchanged"
    return f"{percent(abs(share))} {'less' if share < 0 else 'more'}"


def more_or_fewer(share: float) -> str:
    """Say a relative change of a count: `48% fewer`, `3% more` or `about as many`."""
    if abs(share) < NO_CHANGE:
        return "about as many"
    return fall_words(share).replace("less", "fewer")


def sentence(words: str) -> str:
    """Return words with a capital letter at the beginning."""
    return words[:1].upper() + words[1:]
