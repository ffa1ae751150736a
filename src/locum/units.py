"""Units as types: heads, licences, active, clinical and fte never mix.

A unit says what is counted and where its numbers may lie. `Quantity` carries a number or an array
with its unit; adding, subtracting or comparing unlike ones raises `UnitMismatch`. Inside a
sector, arrays are plain: units are checked where numbers enter and where results leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import BadValue, OutOfBounds, UnitMismatch, UnknownName, WrongUnit

if TYPE_CHECKING:
    from locum.errors import Place

__all__ = ["UNITS", "Quantity", "Unit", "check_bounds", "to_fte", "unit"]

Number: TypeAlias = float | NDArray[np.float64]
Truth: TypeAlias = bool | NDArray[np.bool_]


@dataclass(frozen=True)
class Unit:
    """What a number counts, and the bounds it must respect (both included).

    Parameters
    ----------
    name
        As written in YAML and CSV.
    dimension
        The kind of thing measured; for people to read, never used to convert.
    low, high
        Bounds of a level stated in this unit. A difference of two levels may leave them.
    description
        One line for the reference page.
    """

    name: str
    dimension: str
    low: float
    high: float
    description: str

    @property
    def categorical(self) -> bool:
        """Whether values are names of options rather than numbers."""
        return self.dimension == "rule"


def _units(*listed: Unit) -> dict[str, Unit]:
    return {each.name: each for each in listed}


UNITS: dict[str, Unit] = _units(
    Unit("heads", "doctors", 0, inf, "people counted once each, whatever they do"),
    Unit("licences", "doctors", 0, inf, "holders of a licence, working or not"),
    Unit("active", "doctors", 0, inf, "licence holders who work in any job"),
    Unit("clinical", "doctors", 0, inf, "doctors who treat patients in an institution"),
    Unit("fte", "work", 0, inf, "full-time equivalents: hours worked over full-time hours"),
    Unit("doctor_hours", "work", 0, inf, "hours of doctors' work in a year"),
    Unit("seats", "places", 0, inf, "first-year places of medical schools"),
    Unit("posts", "places", 0, inf, "training posts of interns or residents"),
    Unit("share", "part", 0, 1, "part of a whole"),
    Unit("probability", "part", 0, 1, "chance that an event happens, within a year if unstated"),
    Unit("index", "part", 0, 1, "position on a scale from 0 to 1"),
    Unit("ratio", "ratio", 0, inf, "one quantity over another of the same unit"),
    Unit("elasticity", "response", -inf, inf, "relative response over relative change"),
    Unit("coefficient", "response", -inf, inf, "weight of a term in a formula"),
    Unit("growth", "rate", -0.5, 0.5, "relative change a year: 0.01 is one per cent"),
    Unit("percent_per_year", "rate", -50, 50, "relative change a year, in per cent"),
    Unit("per_year", "rate", 0, inf, "events a year for one at risk (a hazard)"),
    Unit("per_1000", "density", 0, 1000, "for every 1,000 people"),
    Unit("years", "time", 0, inf, "length of time in years"),
    Unit("months", "time", 0, inf, "length of time in months"),
    Unit("days", "time", 0, inf, "length of time in days"),
    Unit("hours", "time", 0, inf, "length of time in hours"),
    Unit("minutes", "time", 0, inf, "length of time in minutes"),
    Unit("hours_per_week", "time", 0, 168, "hours in a week"),
    Unit("hours_per_year", "time", 0, 8784, "hours in a year"),
    Unit("days_per_year", "time", 0, 366, "days in a year"),
    Unit("patients", "people", 0, inf, "patients present, or on a list"),
    Unit("patients_per_day", "use", 0, inf, "patients who come or are treated in a day"),
    Unit("beds", "places", 0, inf, "beds, rooms or other places for one patient at a time"),
    Unit("people", "people", 0, inf, "inhabitants"),
    Unit("visits", "use", 0, inf, "visits of patients"),
    Unit("days_per_head", "use", 0, 366, "days of care for one inhabitant in a year"),
    Unit("krw_per_head", "money", 0, inf, "Korean won for one inhabitant in a year"),
    Unit("million_krw", "money", 0, inf, "millions of Korean won"),
    Unit("krw", "money", 0, inf, "Korean won"),
    Unit("trillion_krw", "money", 0, inf, "trillions of Korean won"),
    Unit("count", "number", 0, inf, "things counted, when none of the others fits"),
    Unit("rule", "rule", -inf, inf, "the name of one of several ways to compute"),
)
"""Every unit Locum knows, by name."""


def unit(name: str, place: Place | None = None) -> Unit:
    """Return the unit of this name.

    Raises
    ------
    UnknownName
        If there is none; the error suggests the closest one.
    """
    found = UNITS.get(name)
    if found is None:
        raise UnknownName("unit", name, UNITS, place)
    return found


def check_bounds(what: str, value: Number, unit: Unit, place: Place | None = None) -> None:
    """Refuse a number, or an array with a number, that its unit does not allow.

    Raises
    ------
    BadValue
        If a number is NaN or infinite, or if the unit is of the kind that names options.
    OutOfBounds
        If a number lies outside the bounds of the unit.
    """
    if unit.categorical:
        raise BadValue(what, value, "the name of an option, not a number", place)
    numbers = np.atleast_1d(np.asarray(value, dtype=np.float64))
    strange = numbers[~np.isfinite(numbers)]
    if strange.size:
        raise BadValue(what, float(strange[0]), f"a finite number of {unit.name}", place)
    outside = numbers[(numbers < unit.low) | (numbers > unit.high)]
    if outside.size:
        raise OutOfBounds(what, float(outside[0]), unit.name, unit.low, unit.high, place)


@dataclass(frozen=True, eq=False)
class Quantity:
    """A number or an array with its unit.

    Sums, differences and comparisons need the same unit on both sides; a product or a quotient
    takes a plain number. One quantity over another of the same unit is a plain number. Bounds
    are not checked: a difference of heads may be negative.

    Parameters
    ----------
    value
        A float, or an array (kept as a read-only view).
    unit
        Name of the unit.

    Raises
    ------
    UnknownName
        If there is no such unit.
    UnitMismatch
        When an operation meets unlike units, or a unit and a plain number.
    """

    value: Number
    unit: str

    # Leave `array * quantity` to __rmul__; NumPy would make an array of quantities of it.
    __array_ufunc__ = None
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __post_init__(self) -> None:
        if unit(self.unit).categorical:
            raise BadValue("unit of a quantity", self.unit, "a unit of numbers")
        if np.ndim(self.value) == 0:
            object.__setattr__(self, "value", float(self.value))
        else:
            view = np.asarray(self.value, dtype=np.float64).view()
            view.flags.writeable = False
            object.__setattr__(self, "value", view)

    def _like(self, other: object, operation: str) -> Number:
        """Return the value of `other` if it may meet this quantity in a sum."""
        if not isinstance(other, Quantity):
            raise UnitMismatch(operation, self.unit, "a plain number")
        if other.unit != self.unit:
            raise UnitMismatch(operation, self.unit, other.unit)
        return other.value

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.value + self._like(other, "add"), self.unit)

    def __radd__(self, other: object) -> Quantity:
        raise UnitMismatch("add", "a plain number", self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.value - self._like(other, "subtract"), self.unit)

    def __rsub__(self, other: object) -> Quantity:
        raise UnitMismatch("subtract", "a plain number", self.unit)

    def __neg__(self) -> Quantity:
        return Quantity(-self.value, self.unit)

    def __mul__(self, factor: Number) -> Quantity:
        if isinstance(factor, Quantity):
            raise UnitMismatch("multiply", self.unit, factor.unit)
        return Quantity(self.value * factor, self.unit)

    def __rmul__(self, factor: Number) -> Quantity:
        return self * factor

    def __truediv__(self, divisor: Number | Quantity) -> Quantity | Number:
        if isinstance(divisor, Quantity):
            return self.value / self._like(divisor, "divide")
        return Quantity(self.value / divisor, self.unit)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return bool(np.array_equal(self.value, self._like(other, "compare")))

    def __lt__(self, other: Quantity) -> Truth:
        return self.value < self._like(other, "compare")

    def __le__(self, other: Quantity) -> Truth:
        return self.value <= self._like(other, "compare")

    def __gt__(self, other: Quantity) -> Truth:
        return self.value > self._like(other, "compare")

    def __ge__(self, other: Quantity) -> Truth:
        return self.value >= self._like(other, "compare")


_COUNTED_AT_WORK = ("heads", "active", "clinical")


def to_fte(heads: Quantity, hours: Quantity, full_time_hours: Quantity) -> Quantity:
    """Convert people at work into full-time equivalents.

    The only way from heads to fte: it needs the hours, so nobody converts by accident.

    Parameters
    ----------
    heads
        People at work, in heads, active or clinical.
    hours
        Hours one of them works, in hours_per_year.
    full_time_hours
        Hours of one full-time equivalent, in hours_per_year.

    Raises
    ------
    WrongUnit
        If an argument is in another unit (licences are not at work).
    OutOfBounds
        If full-time hours are not positive.

    Notes
    -----
    fte = heads x hours / full-time hours.
    """
    if heads.unit not in _COUNTED_AT_WORK:
        raise WrongUnit("number of doctors", heads.unit, "heads, active or clinical")
    for what, given in (("hours", hours), ("full-time hours", full_time_hours)):
        if given.unit != "hours_per_year":
            raise WrongUnit(what, given.unit, "hours_per_year")
    if np.any(np.asarray(full_time_hours.value) <= 0):
        smallest = float(np.min(full_time_hours.value))
        raise OutOfBounds("full-time hours", smallest, "hours_per_year", 1, 8784)
    return Quantity(heads.value * hours.value / full_time_hours.value, "fte")
