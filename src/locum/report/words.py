"""Numbers as words: rounding, units, signs, intervals, and groups too small to print.

Every number that reaches a reader passes through here, so that the rule on small groups
cannot be forgotten in one corner of the page.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locum.report.records import Interval

SMALLEST_GROUP = 10
"""Groups of fewer persons are not printed."""

SUPPRESSED = f"<{SMALLEST_GROUP}"
MINUS = "\N{MINUS SIGN}"

PERSON_UNITS = frozenset(
    {
        "heads",
        "licences",
        "active",
        "clinical",
        "fte",
        "people",
        "patients",
        "patients_per_day",
        "visits",
    }
)

UNIT_WORDS = {
    "heads": "persons",
    "clinical": "clinical doctors",
    "fte": "full-time equivalents",
    "active": "active doctors",
    "patients_per_day": "patients a day",
    "per_1000": "per 1,000 people",
    "trillion_krw": "trillion won",
    "billion_krw": "billion won",
    "million_krw": "million won",
    "ratio": "ratio",
    "share": "share",
    "hours_per_year": "hours a year",
    "days_per_year": "days a year",
    "days_per_head": "days a head",
    "krw_per_head": "won a head",
    "percent_per_year": "per cent a year",
    "per_year": "a year",
    "growth": "rate",
}

_DECIMALS = {
    "hours": 1,
    "days": 1,
    "billion_krw": 1,
    "per_1000": 2,
    "ratio": 2,
    "index": 2,
    "elasticity": 2,
    "trillion_krw": 1,
}


def unit_words(unit: str) -> str:
    """Return the unit as a reader would say it."""
    return UNIT_WORDS.get(unit, unit.replace("_", " "))


def humanised(name: str) -> str:
    """Turn a lower_snake name into words: `new_specialists` -> `New specialists`."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def is_suppressed(value: float, unit: str) -> bool:
    """Say whether the value counts a group of one to nine persons."""
    return unit in PERSON_UNITS and 0 < abs(round(value)) < SMALLEST_GROUP


def plain(value: float, unit: str, *, signed: bool = False) -> str:
    """Return the number for a data file: no separators, small groups suppressed.

    Parameters
    ----------
    value
        The number, in `unit`.
    unit
        Decides the decimals and whether persons are counted.
    signed
        True for differences, which count no group.
    """
    if not signed and is_suppressed(value, unit):
        return SUPPRESSED
    if unit == "share":
        return f"{value:.4f}"
    decimals = _DECIMALS.get(unit, 0)
    text = f"{value:.{decimals + 2 if decimals else 0}f}"
    return "0" if float(text) == 0 else text


def exact(value: float, unit: str, *, signed: bool = False) -> str:
    """Return the number for a table: thousands separated, small groups suppressed."""
    if not signed and is_suppressed(value, unit):
        return SUPPRESSED
    if unit == "share":
        return percent(value, signed=signed)
    return _with_sign(value, _DECIMALS.get(unit, 0), signed=signed)


def percent(share: float, *, signed: bool = False) -> str:
    """Return a share as a percentage: 0.234 -> `23%`."""
    return f"{_with_sign(100 * share, 0, signed=signed)}%"


def _with_sign(value: float, decimals: int, *, signed: bool) -> str:
    text = f"{abs(value):,.{decimals}f}"
    if not any(character in "123456789" for character in text):
        return text
    sign = MINUS if value < 0 else "+" if signed else ""
    return sign + text


def brief(value: float, *, signed: bool = False) -> str:
    """Return a rate with one decimal, short enough to stand on a map."""
    return _with_sign(value, 1, signed=signed)


def rounded(value: float, *beside: float) -> str:
    """Return the size of a number to three significant figures, for prose.

    131,234 becomes 131,000: more digits would claim more than a model knows.

    Parameters
    ----------
    value
        The number.
    beside
        Numbers printed next to it: the largest decides how far all are rounded.
    """
    largest = max(abs(one) for one in (value, *beside))
    digits = 2 - math.floor(math.log10(largest)) if largest >= 1000 else 0
    return f"{round(abs(value), digits):,.0f}"


def rounded_middle(interval: Interval) -> str:
    """Return the median of an interval as prose prints it, rounded like its ends."""
    return rounded(interval.value, interval.low, interval.high)


def spread(interval: Interval, unit: str, *, signed: bool = False) -> str:
    """Return the 80% interval for a table: `124,000 to 138,000`."""
    low, high = (exact(v, unit, signed=signed) for v in (interval.low, interval.high))
    return low if low == high else f"{low} to {high}"


def rounded_spread(interval: Interval) -> str:
    """Return the 80% interval of a count for prose."""
    low, high = _rounded_ends(interval)
    return f"{low} to {high}"


def _rounded_ends(interval: Interval) -> tuple[str, str]:
    values = (interval.low, interval.value, interval.high)
    return rounded(interval.low, *values), rounded(interval.high, *values)


def gap_words(interval: Interval) -> str:
    """Say in words between which shortage and which surplus a gap lies."""
    low, high = _rounded_ends(interval)
    if interval.high <= 0:
        return f"{high} to {low} too few"
    if interval.low >= 0:
        return f"{low} to {high} more than needed"
    return f"from {low} too few to {high} more than needed"


def out_of(part: int, whole: int) -> str:
    """Return `in 870 of the 1,000 draws`, with the two ends in words."""
    if part == 0:
        return f"in none of the {whole:,} draws"
    if part == whole:
        return f"in all {whole:,} draws"
    return f"in {part:,} of the {whole:,} draws"


def joined(words: list[str]) -> str:
    """Join with commas and a final `and`."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
