"""What an assumption is, and the checks that every one of them passes.

An assumption is a number that a model needs and nobody can measure exactly (or the name of a
rule): it comes with its unit, its prior, the source that states it, and who holds it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from locum.assumptions.priors import Choice, Point
from locum.errors import (
    BadValue,
    InputError,
    MissingField,
    OutOfBounds,
    UnknownName,
    YearOutside,
)
from locum.units import UNITS, check_bounds, unit

if TYPE_CHECKING:
    from locum.assumptions.priors import Prior
    from locum.errors import Place
    from locum.units import Unit

__all__ = [
    "GRADES",
    "Assumption",
    "Dated",
    "Value",
    "as_number",
    "check_key",
    "check_prior",
    "check_value",
]

GRADES: tuple[str, ...] = ("observed", "fitted margin", "assumed")
"""How well a number is known, from the best to the least."""

Value: TypeAlias = float | str
Dated: TypeAlias = tuple[tuple[int, float], ...]
"""Values with the first year in which each is in force, in the order of time."""

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@dataclass(frozen=True)
class Assumption:
    """One assumption, with everything a reader needs to judge it.

    Parameters
    ----------
    key
        Dotted name in lower case: "exit.physician_mortality_ratio".
    value
        Central value; the name of an option when the unit is "rule"; the last value when dated.
    unit
        Name of the unit.
    prior
        What the value may be. Of dated values only a common factor can vary.
    source
        Id of the source that states it.
    grade
        One of `GRADES`.
    holder
        Who holds it: the ministry, the doctors, nobody in particular.
    note
        Why this value.
    dated
        Values by the year from which each is in force; empty when one value always holds.
    place
        Where it is written; not part of what makes two assumptions equal.

    Raises
    ------
    InputError
        If a field is missing, the unit is unknown, a value or the prior leaves the bounds of the
        unit, or the value is one that its own prior rules out.
    """

    key: str
    value: Value
    unit: str
    prior: Prior
    source: str
    grade: str
    holder: str
    note: str
    dated: Dated = ()
    place: Place | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        check_key(self.key, self.place)
        for name in ("source", "grade", "holder", "note"):
            if not getattr(self, name):
                raise MissingField(f"assumption {self.key!r}", name, self.place)
        if self.grade not in GRADES:
            raise UnknownName("grade", self.grade, GRADES, self.place)
        for value in self.values:
            check_value(self.key, value, unit(self.unit, self.place), self.place)
        check_dates(self.key, self.dated, self.place)
        if self.dated and self.value != self.dated[-1][1]:
            expected = f"the last of its dated values ({self.dated[-1][1]:g})"
            raise BadValue(self.key, self.value, expected, self.place)
        check_prior(self, self.place)

    @property
    def options(self) -> tuple[str, ...]:
        """Names a rule may be set to; empty for numbers."""
        return self.prior.options if isinstance(self.prior, Choice | Point) else ()

    @property
    def values(self) -> tuple[Value, ...]:
        """The value, or all the dated ones in the order of time."""
        return tuple(value for _, value in self.dated) or (self.value,)

    def in_force(self, year: int) -> Value:
        """Return the central value of a year.

        Raises
        ------
        YearOutside
            If the values begin later.
        """
        if not self.dated:
            return self.value
        position = bisect_right([first for first, _ in self.dated], year)
        if position == 0:
            raise YearOutside(f"assumption {self.key!r}", year, self.dated[0][0], None, self.place)
        return self.dated[position - 1][1]

    def to_row(self) -> dict[str, object]:
        """Return the assumption as a row for people and for JSON; dated values as a mapping."""
        return {
            "key": self.key,
            "value": {str(year): value for year, value in self.dated} or self.value,
            "unit": self.unit,
            "prior": str(self.prior),
            "source": self.source,
            "holder": self.holder,
            "grade": self.grade,
            "note": self.note,
        }


def as_number(what: str, value: object, place: Place | None = None) -> float:
    """Return a value as a float, or refuse it.

    Raises
    ------
    BadValue
        If it is not a number, or not a finite one.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < inf:
        try:
            return float(value)
        except OverflowError:
            pass
    raise BadValue(what, value, "a finite number", place)


def check_key(key: str, place: Place | None = None) -> None:
    """Refuse a key that is not dotted lower snake case."""
    if not _KEY.fullmatch(key):
        raise BadValue("key", key, "a dotted name in lower case, such as exit.ratio", place)


def check_value(key: str, value: Value, unit: Unit, place: Place | None = None) -> None:
    """Refuse a value that is not one of its unit."""
    if not unit.categorical:
        check_bounds(key, as_number(key, value, place), unit, place)
    elif not isinstance(value, str) or not value:
        raise BadValue(key, value, "the name of an option, because its unit is rule", place)


def check_dates(key: str, dated: Dated, place: Place | None = None) -> None:
    """Refuse years out of order or out of this world."""
    years = [year for year, _ in dated]
    if years != sorted(set(years)):
        raise BadValue(f"years of {key}", years, "each year once, in the order of time", place)
    for year in years:
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise BadValue(f"year of {key}", year, "a calendar year", place)


def check_prior(assumption: Assumption, place: Place | None = None) -> None:
    """Refuse a prior that does not fit the unit and the value of its assumption."""
    key, prior = assumption.key, assumption.prior
    if assumption.unit == "rule":
        _check_options(assumption, place)
    elif assumption.options:
        raise BadValue(
            f"prior of {key}", prior.family, "one of numbers; options are for rules", place
        )
    elif assumption.dated and not prior.relative:
        expected = "point or scale: dated values vary by a common factor"
        raise BadValue(f"prior of {key}", prior.family, expected, place)
    else:
        _check_support(assumption, place)


def _check_options(assumption: Assumption, place: Place | None) -> None:
    options, value = assumption.options, str(assumption.value)
    what = f"rule {assumption.key!r}"
    if not isinstance(assumption.prior, Choice | Point):
        raise BadValue(f"prior of {what}", assumption.prior.family, "choice or point", place)
    if not options:
        raise MissingField(f"prior of {what}", "options", place)
    if assumption.dated:
        raise InputError(f"{what} cannot be dated", place)
    if value not in options:
        raise UnknownName(f"option of {what}:", value, options, place)
    prior = assumption.prior
    if isinstance(prior, Choice) and not dict(zip(options, prior.weights, strict=True))[value]:
        raise BadValue(f"value of {what}", value, "an option whose weight is not 0", place)


def _check_support(assumption: Assumption, place: Place | None) -> None:
    key, prior, bounds = assumption.key, assumption.prior, UNITS[assumption.unit]
    numbers = [value for value in assumption.values if not isinstance(value, str)]
    low, high = prior.support()
    central = [1.0] if prior.relative else numbers
    for value in central:
        if not low <= value <= high:
            name = "central factor" if prior.relative else "value"
            raise OutOfBounds(f"{name} of {key} under its own prior", value, "", low, high, place)
    if prior.relative:
        ends = [value * end if value else 0.0 for value in numbers for end in (low, high)]
        low, high = min(ends), max(ends)
    for which, end in (("lower", low), ("upper", high)):
        if not bounds.low <= end <= bounds.high:
            what = f"{which} end of the prior of {key}"
            raise OutOfBounds(what, end, bounds.name, bounds.low, bounds.high, place)
