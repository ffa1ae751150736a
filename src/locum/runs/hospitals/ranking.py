"""What a manager may change, and what each change buys under the same luck."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import BadValue, OutOfBounds, Place, UnknownName
from locum.runs.hospitals.heads import GROUPS
from locum.runs.hospitals.roster import DAY, NIGHT, Duty, shift_of
from locum.runs.hospitals.sizes import WEEK_DAYS, WORK_DAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from locum.runs.hospitals.census import Census
    from locum.runs.hospitals.roster import Roster

__all__ = ["LEVERS", "Lever", "Plan", "default_levers", "lever_of", "pulled"]


@dataclass(frozen=True)
class Plan:
    """How a hospital goes through the next days.

    Attributes
    ----------
    census, roster
        Where it stands and who works when.
    beds
        Units opened (or closed, if negative) at the hour of the census, by resource.
    routine_operations, mild_walk_ins
        Factors on what the census expects.
    sent
        Clinicians beyond those employed, by group.
    """

    census: Census
    roster: Roster
    beds: Mapping[str, int] = field(default_factory=dict[str, int])
    routine_operations: float = 1.0
    mild_walk_ins: float = 1.0
    sent: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def heads(self) -> dict[str, int]:
        """Clinicians by group, those sent included."""
        return {name: self.census.employed(name) + self.sent.get(name, 0) for name in GROUPS}


@dataclass(frozen=True)
class Lever:
    """A change of a plan by an amount; `LEVERS` has their names."""

    name: str
    amount: float

    @property
    def title(self) -> str:
        """Say what is done."""
        return LEVERS[self.name].words(self.amount)

    @property
    def key(self) -> str:
        """Return the lever as typed on the command line."""
        return f"{self.name}={self.amount:g}"


@dataclass(frozen=True)
class _Kind:
    """A kind of lever: what it does, whether it counts whole things, and its bounds."""

    pull: Callable[[Plan, float], Plan]
    words: Callable[[float], str]
    high: float
    low: float = 0.0
    whole: bool = True


def pulled(plan: Plan, lever: Lever) -> Plan:
    """Return the plan with a lever pulled."""
    return LEVERS[lever.name].pull(plan, lever.amount)


def lever_of(text: str, census: Census) -> Lever:
    """Read a lever such as `ward_beds=20`.

    Raises
    ------
    InputError
        If it is none, or the amount is out of range.
    """
    place = Place("--lever")
    name, equals, amount = (part.strip() for part in text.partition("="))
    if not equals:
        raise BadValue("lever", text, "NAME=AMOUNT, such as ward_beds=20", place)
    if name not in LEVERS:
        raise UnknownName("lever", name, LEVERS, place)
    kind, place = LEVERS[name], Place("--lever", None, name)
    try:
        value = float(amount)
    except ValueError:
        raise BadValue("amount", amount, "a number", place) from None
    low = kind.low
    if name in _BEDS:
        low = -float(census.numbers[_BEDS[name][1]])
    if not low <= value <= kind.high:
        raise OutOfBounds("amount", value, "", low, kind.high, place)
    if kind.whole and value != int(value):
        raise BadValue("amount", value, f"a whole number, such as {round(value)}", place)
    return Lever(name, value)


# --- the kinds ---------------------------------------------------------------------

_BEDS = {
    "ward_beds": ("ward", "ward_beds", "ward beds"),
    "icu_beds": ("icu", "icu_beds", "ICU beds"),
    "ed_places": ("ed_beds", "ed_places", "ED places"),
}
"""Resource, item of the census and words, by lever."""
_TEAM, _SHIFTS = 4, 3
"""Of those who are sent, one in four works at night on wards, and one in three in the ED."""


def _open(name: str) -> Callable[[Plan, float], Plan]:
    resource = _BEDS[name][0]

    def pull(plan: Plan, units: float) -> Plan:
        return replace(plan, beds={**plan.beds, resource: int(units)})

    return pull


def _bed_words(name: str) -> Callable[[float], str]:
    def words(units: float) -> str:
        verb = "open" if units >= 0 else "close"
        return f"{verb} {abs(units):,.0f} {_BEDS[name][2]}"

    return words


def _cut_routine(plan: Plan, factor: float) -> Plan:
    return replace(plan, routine_operations=factor)


def _divert(plan: Plan, factor: float) -> Plan:
    return replace(plan, mild_walk_ins=factor)


def _share_words(what: str) -> Callable[[float], str]:
    def words(factor: float) -> str:
        if factor == 1.0:
            return f"leave {what} as they are"
        return f"{abs(factor - 1.0):.0%} {'fewer' if factor < 1.0 else 'more'} {what}"

    return words


def _send_to_wards(plan: Plan, heads: float) -> Plan:
    """Let doctors come: all by day on weekdays, one in four by night and on weekends."""
    count, weekend = int(heads), _weekend(plan)
    by_day = np.where(weekend, count // _TEAM, count)
    return _send(plan, "ward_dispatched", _OFFICE, count, by_day, count // _TEAM)


def _send_to_ed(plan: Plan, heads: float) -> Plan:
    """Let doctors come in shifts of twelve hours, one in three by day and by night."""
    count = int(heads)
    return _send(plan, "ed_dispatched", _ED_SHIFTS, count, -(-count // _SHIFTS), count // _SHIFTS)


def _send(
    plan: Plan,
    group: str,
    shifts: tuple[str, str],
    count: int,
    by_day: int | NDArray[np.int64],
    by_night: int,
) -> Plan:
    if not count:
        return plan
    duty = plan.roster.duties.get(group) or _nobody(plan.roster.days, shifts)
    added = np.zeros_like(duty.heads)
    added[:, DAY], added[:, NIGHT] = by_day, by_night
    roster = plan.roster.with_duty(group, replace(duty, heads=duty.heads + added))
    sent = {**plan.sent, group: plan.sent.get(group, 0) + count}
    return replace(plan, roster=roster, sent=sent)


def _nobody(days: int, shifts: tuple[str, str]) -> Duty:
    each = (shift_of(shifts[0]), shift_of(shifts[1]))
    return Duty(np.zeros((days, 2), np.int64), np.zeros(days, np.int64), (each,) * days)


def _weekend(plan: Plan) -> NDArray[np.bool_]:
    first = plan.census.day.weekday()
    return (first + np.arange(plan.roster.days)) % WEEK_DAYS >= WORK_DAYS


def _nurses(plan: Plan, heads: float) -> Plan:
    """Let PA nurses come to the wards on weekdays."""
    by_day = np.where(_weekend(plan), 0, int(heads))
    return _send(plan, "ward_pa", _OFFICE, int(heads), by_day, 0)


def _cover_nights(plan: Plan, heads: float) -> Plan:
    """Let ward specialists work more nights; they are off on the day after."""
    group = "ward_specialists"
    duty = plan.roster.duties.get(group)
    if duty is None or not heads:
        return plan
    at_work = plan.census.employed(group) + plan.sent.get(group, 0) - duty.away
    changed = duty.heads.copy()
    changed[:, NIGHT] = np.minimum(duty.heads[:, NIGHT] + int(heads), at_work)
    more = changed[:, NIGHT] - duty.heads[:, NIGHT]
    changed[1:, DAY] = np.maximum(changed[1:, DAY] - more[:-1], 0)
    return replace(plan, roster=plan.roster.with_duty(group, replace(duty, heads=changed)))


_OFFICE = ("08:00-18:00", "18:00-08:00")
_ED_SHIFTS = ("08:00-20:00", "20:00-08:00")
_MOST_HEADS = 10_000.0
_MOST_BEDS = 100_000.0
_MOST_OPERATIONS = 2.0

LEVERS: Mapping[str, _Kind] = {
    "routine_operations": _Kind(
        _cut_routine, _share_words("routine operations"), _MOST_OPERATIONS, whole=False
    ),
    "mild_walk_ins": _Kind(
        _divert, _share_words("mild walk-ins (KTAS 4 and 5)"), 1.0, whole=False
    ),
    **{name: _Kind(_open(name), _bed_words(name), _MOST_BEDS, -_MOST_BEDS) for name in _BEDS},
    "dispatched_ward": _Kind(
        _send_to_wards,
        lambda heads: f"{heads:,.0f} dispatched doctors for the wards",
        _MOST_HEADS,
    ),
    "dispatched_ed": _Kind(
        _send_to_ed,
        lambda heads: f"{heads:,.0f} dispatched doctors for the ED",
        _MOST_HEADS,
    ),
    "pa_nurses": _Kind(
        _nurses, lambda heads: f"{heads:,.0f} more PA nurses on wards", _MOST_HEADS
    ),
    "specialists_at_night": _Kind(
        _cover_nights,
        lambda heads: f"{heads:,.0f} more ward specialists each night",
        _MOST_HEADS,
    ),
}
"""What may be changed, by name."""


def default_levers(census: Census) -> tuple[Lever, ...]:
    """Return the levers that are tried unless others are asked for, in the hospital's size."""

    def part(share: float, *names: str) -> float:
        return float(max(1, round(share * sum(census.numbers[name] for name in names))))

    doctors = part(0.1, "employed_ed_interns", "employed_ed_juniors", "employed_ed_seniors")
    return (
        Lever("routine_operations", 0.75),
        Lever("routine_operations", 0.5),
        Lever("ward_beds", part(0.05, "ward_beds")),
        Lever("icu_beds", part(0.1, "icu_beds")),
        Lever("mild_walk_ins", 0.5),
        Lever("dispatched_ed", doctors),
        Lever("pa_nurses", part(0.2, "employed_ward_pa")),
        Lever("specialists_at_night", part(0.02, "employed_ward_specialists")),
    )
