"""What hospitals do while trainee doctors are away: from what they expect to orders for a day.

A plan holds the rule by which hospitals expect a loss of doctor-hours, the numbers of one draw,
and levers with their dates. `orders_of` turns the plan and what hospitals know on a morning into
orders. Everything is a plain function of its arguments: asking for a day twice gives the same.
The equations stand in `docs/model-contingency.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import inf
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from locum.errors import BadValue, MissingField, OutOfBounds, UnknownName

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = [
    "CLASSES",
    "RULES",
    "SETTINGS",
    "Covering",
    "Cutting",
    "Helping",
    "Orders",
    "Plan",
    "Setting",
    "State",
    "Steps",
    "expected_loss",
    "orders_of",
    "read_numbers",
    "telehealth_visits",
]

Floats: TypeAlias = NDArray[np.float64]
Kind = TypeVar("Kind")

CLASSES = ("cancer", "urgent", "routine")
"""Classes of electives, in the order of the last axis of arrays by class."""

RULES = ("none", "advance", "adaptive", "advance_then_adaptive")
"""Rules by which hospitals expect a loss of doctor-hours."""


class Setting(NamedTuple):
    """What a lever changes: its unit, its value before it is pulled, and its highest value."""

    unit: str
    neutral: float = 0.0
    highest: float = inf


SETTINGS: Mapping[str, Setting] = {
    "specialists_cover": Setting("share", highest=1.0),
    "shorter_week": Setting("share", highest=1.0),
    "fellows_leave": Setting("share", highest=1.0),
    "close_beds": Setting("share", highest=1.0),
    "divert_ed": Setting("share", highest=1.0),
    "pa_nurses": Setting("heads"),
    "dispatched": Setting("heads"),
    "dispatched_ed": Setting("heads"),
    "telehealth": Setting("patients_per_day"),
    "weekly_cap": Setting("hours_per_week", neutral=168.0, highest=168.0),
    "insurance_support": Setting("million_krw"),
}
"""What levers may change, by name.

Shares run from 0 (off) to 1 (as the assumptions say): specialists cover nights, hold a shorter
week, leave with the training year; hospitals close beds, and part of the emergency room.
`pa_nurses` counts the PA nurses of the country, on a straight line between dates; `dispatched` and
`dispatched_ed` the doctors whom the state has sent to wards and to emergency rooms; `telehealth`
the published consultations a day; `weekly_cap` the hours that a specialist may work in a week;
`insurance_support` the money paid to hospitals in a month.
"""

_LINEAR = ("pa_nurses",)
_YEAR = 365.25


@dataclass(frozen=True)
class Cutting:
    """How hospitals cut their work (assumptions `contingency.*`).

    Parameters
    ----------
    surgery_cut, planned_cut
        Relative fall of elective operations and of planned admissions for one unit of expected
        loss of doctor-hours.
    cut_cap
        No class is cut by more than this share.
    weight_cancer, weight_urgent
        Cut of the class relative to routine operations.
    icu_protection
        How far patients who will need intensive care are spared: 0 not at all, 1 fully.
    early_discharge
        Discharges a day for each inpatient and unit of expected loss, on the first day.
    early_half_life
        Days in which early discharge halves.
    reopening_delay, reopening_half_life
        Days before hospitals start to learn, and in which the part they can do without halves.
    lasting_share
        Share of the true loss that no reorganisation makes up.
    bed_closing, bed_delay, bed_reserve
        Beds closed for one unit of loss; days until half of them are closed; free beds that stay
        open for each patient.
    ed_diversion
        Share of the emergency room's places closed for one unit of loss.
    holiday_electives, holiday_planned
        Electives and planned admissions on a public holiday relative to an ordinary day.
    """

    surgery_cut: float
    planned_cut: float
    cut_cap: float
    weight_cancer: float
    weight_urgent: float
    icu_protection: float
    early_discharge: float
    early_half_life: float
    reopening_delay: float
    reopening_half_life: float
    lasting_share: float
    bed_closing: float
    bed_delay: float
    bed_reserve: float
    ed_diversion: float
    holiday_electives: float
    holiday_planned: float


@dataclass(frozen=True)
class Covering:
    """How specialists cover for those away (assumptions `surge.*`).

    Parameters
    ----------
    share
        Share of specialists who work surge hours when all trainees are away.
    half_life, lasting_share
        Days in which surge work halves towards the share of it that lasts.
    exit_hazard
        Exits a year of a specialist who works surge hours, beyond ordinary ones.
    shorter_week
        Share of surge work given up where specialists hold a shorter week.
    fellows_left
        Specialists in further training who left with the training year, for each trainee of the
        hospital.
    """

    share: float
    half_life: float
    lasting_share: float
    exit_hazard: float
    shorter_week: float
    fellows_left: float


@dataclass(frozen=True)
class Helping:
    """What help from outside is worth (assumptions `helping.*`).

    Parameters
    ----------
    pa_substitution
        Share of a junior's ward hours that a PA nurse replaces.
    dispatch_usefulness
        Work of a dispatched doctor relative to a doctor of the hospital.
    telehealth_before
        Share of the consultations from a distance that took place before they were open to all.
    """

    pa_substitution: float
    dispatch_usefulness: float
    telehealth_before: float


@dataclass(frozen=True)
class Steps:
    """A number that changes on some days: `values[i]` from `days[i]` on.

    Parameters
    ----------
    days, values
        Days in ascending order and the value from each on, shape (n,).
    before
        The value before the first of the days.
    """

    days: tuple[float, ...]
    values: tuple[float, ...]
    before: float = 0.0

    def __post_init__(self) -> None:
        if len(self.days) != len(self.values):
            raise BadValue("values of steps", list(self.values), "one for each day")
        if list(self.days) != sorted(set(self.days)):
            raise BadValue("days of steps", list(self.days), "each once, in the order of time")

    def at(self, day: float) -> float:
        """Return the value in force on a day."""
        place = int(np.searchsorted(self.days, day, side="right")) - 1
        return self.before if place < 0 else self.values[place]

    def between(self, day: float) -> float:
        """Return the value on a straight line between the days; level after the last."""
        if not self.days or day < self.days[0]:
            return self.before
        return float(np.interp(day, self.days, self.values))


@dataclass(frozen=True)
class Plan:
    """The contingency plan of one draw.

    Parameters
    ----------
    rule
        One of `RULES`.
    since
        Day on which hospitals begin to cut; inf where the rule is "none".
    settings
        Levers of `SETTINGS` by day; those left out stay as they were.
    holidays
        Public holidays, as days.
    pa_before
        PA nurses of the country before the walkout.
    cutting, covering, helping
        Numbers of the draw.
    """

    rule: str
    since: float
    settings: Mapping[str, Steps]
    holidays: frozenset[int]
    pa_before: float
    cutting: Cutting
    covering: Covering
    helping: Helping

    @classmethod
    def read(
        cls,
        values: Mapping[str, float],
        rule: str,
        since: float,
        settings: Mapping[str, Sequence[tuple[float, float]]],
        holidays: Collection[int] = (),
    ) -> Plan:
        """Return the plan of one draw.

        Parameters
        ----------
        values
            Values of the assumptions `contingency.*`, `surge.*`, `helping.*` and
            `staff.pa_nurses`; others are not looked at.
        rule
            One of `RULES`.
        since
            Day on which hospitals begin to cut, counted like the days of `orders_of`.
        settings
            By name of `SETTINGS`: (day, value) pairs, each value in force from its day on.
        holidays
            Public holidays, as days.

        Raises
        ------
        UnknownName
            If there is no such rule or lever; the error suggests the closest.
        MissingField
            If the draw lacks a value.
        OutOfBounds
            If the value of a lever leaves its bounds.
        """
        if rule not in RULES:
            raise UnknownName("rule of contingency", rule, RULES)
        steps: dict[str, Steps] = {}
        for name, pairs in settings.items():
            if name not in SETTINGS:
                raise UnknownName("lever", name, SETTINGS)
            for _, value in pairs:
                highest = SETTINGS[name].highest
                if not 0 <= value <= highest:
                    raise OutOfBounds(f"lever {name}", value, "", 0, highest)
            ordered = sorted(pairs)
            days, numbers = tuple(day for day, _ in ordered), tuple(value for _, value in ordered)
            steps[name] = Steps(days, numbers, SETTINGS[name].neutral)
        return cls(
            rule,
            inf if rule == "none" else float(since),
            steps,
            frozenset(holidays),
            _number("staff.pa_nurses", values),
            read_numbers(Cutting, "contingency", values),
            read_numbers(Covering, "surge", values),
            read_numbers(Helping, "helping", values),
        )

    def setting(self, name: str, day: float) -> float:
        """Return the value of a lever on a day.

        Raises
        ------
        UnknownName
            If there is no such lever.
        """
        if name not in SETTINGS:
            raise UnknownName("lever", name, SETTINGS)
        steps = self.settings.get(name)
        if steps is None:
            return SETTINGS[name].neutral
        return steps.between(day) if name in _LINEAR else steps.at(day)


@dataclass(frozen=True)
class State:
    """What hospitals know on the morning of a day; H hospitals.

    Parameters
    ----------
    hours_share
        Share of doctor-hours that would be lost if all trainees were away, shape (H,).
    lost
        Share of doctor-hours lost now because trainees are away, shape (H,).
    trainees, trainees_away, specialists
        Heads, those of before the walkout, shape (H,).
    mix
        Shares of the classes among the electives called in the base week, shape (H, 3).
    icu_need
        Chance of each class to need intensive care after the operation, shape (3,) or (H, 3).
    ward_beds, inpatients
        Beds of before the walkout, and patients on wards now, shape (H,).
    closed
        Share of ward beds that a hospital keeps closed for want of money, shape (H,).
    surged
        Days of surge work done so far for each specialist of the hospital: the sum of
        `Orders.surge` over the days gone by, shape (H,).
    """

    hours_share: Floats
    lost: Floats
    trainees: Floats
    trainees_away: Floats
    specialists: Floats
    mix: Floats
    icu_need: Floats
    ward_beds: Floats
    inpatients: Floats
    closed: Floats
    surged: Floats


@dataclass(frozen=True)
class Orders:
    """What management does on a day; H hospitals. In ordinary times every part is neutral.

    Parameters
    ----------
    electives
        Patients called relative to the base quota, by class, shape (H, 3). Neutral: 1.
    planned
        Chance of a planned admission to be accepted, shape (H,). Neutral: 1.
    leaves_early
        Chance of an inpatient to be sent home or on early, asked each morning, shape (H,).
        Neutral: 0.
    calm_icu
        Share of called electives bound for intensive care who go on, shape (H,). Neutral: 1.
    ward_closed
        Share of ward beds closed, shape (H,). Neutral: 0.
    ed_closed
        Share of the places of the emergency room closed, shape (H,). Neutral: 0.
    surge
        Share of specialists on surge rosters, shape (H,). Neutral: 0.
    exits
        Share of the specialists of before who have left so far, shape (H,). Neutral: 0.
    pa_extra
        Added PA nurses who each do a junior's ward hours, heads (not whole), shape (H,).
    dispatched, dispatched_ed
        Dispatched doctors on wards and in emergency rooms, each worth a doctor of the hospital,
        heads (not whole), shape (H,).
    """

    electives: Floats
    planned: Floats
    leaves_early: Floats
    calm_icu: Floats
    ward_closed: Floats
    ed_closed: Floats
    surge: Floats
    exits: Floats
    pa_extra: Floats
    dispatched: Floats
    dispatched_ed: Floats


def read_numbers(kind: type[Kind], prefix: str, values: Mapping[str, float]) -> Kind:
    """Return a record whose fields are the assumptions `prefix.field` of one draw.

    Raises
    ------
    MissingField
        If the draw lacks one of them.
    """
    numbers: dict[str, float] = {}
    for each in fields(kind):  # pyright: ignore[reportArgumentType] - a dataclass
        numbers[each.name] = _number(f"{prefix}.{each.name}", values)
    return kind(**numbers)


def _number(key: str, values: Mapping[str, float]) -> float:
    if key not in values:
        raise MissingField("draw of assumptions", key)
    return float(values[key])


def expected_loss(plan: Plan, day: float, hours_share: Floats, lost: Floats) -> Floats:
    """Return the share of doctor-hours by which hospitals cut their work on a day.

    Before `plan.since` it is 0. *advance*: all trainees are expected away. *adaptive*: the true
    loss, of which the part that reorganisation makes up halves every `reopening_half_life` days.
    *advance_then_adaptive*: as in advance for `reopening_delay` days; then what was expected
    approaches the lasting part of the true loss with the same half-life.

    Parameters
    ----------
    plan
        The plan.
    day
        The day.
    hours_share, lost
        See `State`; shape (H,).

    Returns
    -------
    Floats
        Shares of doctor-hours, shape (H,).
    """
    cutting = plan.cutting
    elapsed = day - plan.since
    if elapsed < 0 or plan.rule == "none":
        return np.zeros_like(lost)
    if plan.rule == "advance":
        return hours_share.copy()
    lasting = cutting.lasting_share * lost
    if plan.rule == "adaptive":
        return lasting + (lost - lasting) * _halved(elapsed, cutting.reopening_half_life)
    learned = elapsed - cutting.reopening_delay
    return lasting + (hours_share - lasting) * _halved(learned, cutting.reopening_half_life)


def orders_of(plan: Plan, day: float, state: State) -> Orders:
    """Return what hospitals do on a day.

    Parameters
    ----------
    plan
        The plan of the draw.
    day
        The day, from its first hour on.
    state
        What they know that morning; H hospitals.

    Returns
    -------
    Orders
        Arrays over hospitals.
    """
    expected = expected_loss(plan, day, state.hours_share, state.lost)
    cutting = plan.cutting
    elapsed = day - plan.since
    holiday = int(day) in plan.holidays
    planned = 1 - np.minimum(cutting.cut_cap, cutting.planned_cut * expected)
    electives = 1 - _cut_by_class(cutting, state, expected)
    hazard = cutting.early_discharge * expected * _halved(elapsed, cutting.early_half_life)
    surge, exits = _cover(plan, day, state)
    return Orders(
        electives=electives * (cutting.holiday_electives if holiday else 1.0),
        planned=planned * (cutting.holiday_planned if holiday else 1.0),
        leaves_early=-np.expm1(-hazard),
        calm_icu=1 - (1 - cutting.icu_protection) * np.minimum(expected, 1),
        ward_closed=_closed_beds(plan, day, state),
        ed_closed=np.minimum(
            1, cutting.ed_diversion * plan.setting("divert_ed", day) * state.lost
        ),
        surge=surge,
        exits=exits,
        pa_extra=_shared_out(_pa_nurses(plan, day), state.trainees_away),
        dispatched=_shared_out(_sent(plan, "dispatched", day), state.trainees_away),
        dispatched_ed=_shared_out(_sent(plan, "dispatched_ed", day), state.trainees_away),
    )


def telehealth_visits(plan: Plan, day: float) -> float:
    """Return the most visits a day, in the country, that telehealth can have taken off hospitals.

    It is the published volume less the part that took place before. All consultations are
    counted as if each had saved a visit to a hospital: an upper bound of the relief.
    """
    return plan.setting("telehealth", day) * (1 - plan.helping.telehealth_before)


# --- parts of orders -----------------------------------------------------------


def _halved(elapsed: float, half_life: float) -> float:
    """Return what is left of 1 after a time, 1 before it begins."""
    return 0.5 ** (max(elapsed, 0.0) / half_life)


def _cut_by_class(cutting: Cutting, state: State, expected: Floats) -> Floats:
    """Return the cut of electives by class, shape (H, 3).

    Weights are scaled so that the mean over the hospital's own mix is the cut before the cap.
    """
    weights = np.array([cutting.weight_cancer, cutting.weight_urgent, 1.0])
    need = np.broadcast_to(state.icu_need, state.mix.shape)
    highest = need.max(axis=1, keepdims=True)
    relative = np.divide(need, highest, out=np.zeros_like(state.mix), where=highest > 0)
    spared = weights * (1 - cutting.icu_protection * relative)
    mean = (spared * state.mix).sum(axis=1, keepdims=True)
    scaled = np.divide(spared, mean, out=np.ones_like(state.mix), where=mean > 0)
    return np.minimum(cutting.cut_cap, cutting.surgery_cut * scaled * expected[:, None])


def _closed_beds(plan: Plan, day: float, state: State) -> Floats:
    """Return the share of ward beds closed; nobody in a bed is put out of it."""
    cutting = plan.cutting
    ripe = 1 - _halved(day - _first(plan, "close_beds"), cutting.bed_delay)
    wanted = cutting.bed_closing * state.lost * plan.setting("close_beds", day) * ripe
    needed = np.divide(
        state.inpatients * (1 + cutting.bed_reserve),
        state.ward_beds,
        out=np.ones_like(state.ward_beds),
        where=state.ward_beds > 0,
    )
    return np.minimum(np.maximum(wanted, state.closed), np.clip(1 - needed, 0, 1))


def _cover(plan: Plan, day: float, state: State) -> tuple[Floats, Floats]:
    """Return the share of specialists on surge rosters, and the share who have left."""
    covering = plan.covering
    away = np.divide(
        state.trainees_away,
        state.trainees,
        out=np.zeros_like(state.trainees),
        where=state.trainees > 0,
    )
    since = _first(plan, "specialists_cover")
    fresh = _halved(day - since, covering.half_life)
    lasting = covering.lasting_share + (1 - covering.lasting_share) * fresh
    willing = 1 - covering.shorter_week * plan.setting("shorter_week", day)
    cover = covering.share * plan.setting("specialists_cover", day)
    surge = cover * willing * lasting * away
    exits = -np.expm1(-covering.exit_hazard * state.surged / _YEAR)
    fellows = np.divide(
        covering.fellows_left * plan.setting("fellows_leave", day) * state.trainees,
        state.specialists,
        out=np.zeros_like(state.trainees),
        where=state.specialists > 0,
    )
    return surge, np.clip(exits + fellows, 0, 1)


def _first(plan: Plan, name: str) -> float:
    """Return the first day on which a lever is pulled; inf if it never is."""
    steps = plan.settings.get(name)
    days = () if steps is None else zip(steps.days, steps.values, strict=True)
    return min((day for day, value in days if value > 0), default=inf)


def _pa_nurses(plan: Plan, day: float) -> float:
    """Return the PA nurses added since before, counted as juniors on wards."""
    added = max(plan.setting("pa_nurses", day) - plan.pa_before, 0.0)
    return added * plan.helping.pa_substitution


def _sent(plan: Plan, name: str, day: float) -> float:
    """Return the dispatched doctors, counted as doctors of the hospital."""
    return plan.setting(name, day) * plan.helping.dispatch_usefulness


def _shared_out(total: float, by: Floats) -> Floats:
    """Return shares of a total in proportion to weights; none where all weights are 0."""
    whole = by.sum()
    return total * by / whole if whole > 0 else np.zeros_like(by)
