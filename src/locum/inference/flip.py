"""Flip points: the value of one assumption at which the gap changes its sign."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.assumptions import with_levels
from locum.errors import BadValue, InputError, Place, UnknownName, YearOutside
from locum.runs import workforce_tables
from locum.runs.cohort import cohort_tables
from locum.runs.execution import ONE_FOR_ALL, check_gap_units
from locum.units import unit
from locum.workforce import national_sides, prepare, project_cohort, simulate
from locum.workforce.parameters import BOUNDS, OLDEST_TO_LICENSE
from locum.workforce.records import FIRST_AGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.assumptions import Assumption
    from locum.inference.scores import Floats
    from locum.runs.positions import Member, Position

__all__ = ["Flip", "flip_point"]

WIDEST = 4.0
"""How many times its value an assumption without upper bound is followed, and the part of it that
one without lower bound is."""
COHORT_POINTS, SECTOR_POINTS = 33, 9
"""Values at which the gap is computed before a change of sign is closed in on."""
COHORT_STEPS, SECTOR_STEPS = 40, 18
PERCENTILES = (10, 90)
NARROW = {**BOUNDS, "entry.licence_age": (float(FIRST_AGE), OLDEST_TO_LICENSE)}
"""What can be computed with, where it is narrower than what the unit allows."""
SHAPING = (*ONE_FOR_ALL, "training.intern_posts")
"""Assumptions that shape the tables of the whole sector, which are laid out once for all draws."""


@dataclass(frozen=True, eq=False)
class Flip:
    """Where the gap of a year changes its sign as one assumption moves and all others stay.

    Parameters
    ----------
    values
        Flip point in each draw (D,), not a number where the sign does not change within `range`;
        the central draw first. None for a rule.
    option
        For a rule: the first option under which the sign is another one; None if none.
    gap
        Gap with the assumption as it is, in each draw (D,).
    range
        Values that were tried.
    share
        Share of the draws that have a flip point; for a rule, in which the option turns the sign.
    gap_in_range
        Central gap at the lowest value that was tried: its sign may be another one than that of
        `gap` if the present value lies outside the range. None for a rule.
    """

    position: Position
    assumption: Assumption
    year: int
    draws: int
    gap: Floats
    values: Floats | None
    option: str | None
    range: tuple[float, float] | None
    share: float
    gap_in_range: float | None = None

    @property
    def value(self) -> float | str | None:
        """Return the flip point of the central draw, or the option; None without one."""
        if self.values is None:
            return self.option
        return None if np.isnan(self.values[0]) else float(self.values[0])

    @property
    def now(self) -> float | str | list[float | str]:
        """Return what the position holds; a list if its members hold different things."""
        held = (member.ledger[self.assumption.key].value for member in self.position.members)
        found = list(dict.fromkeys(held))
        return found[0] if len(found) == 1 else found

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data; see docs/explain.md."""
        low = high = None
        if self.values is not None and self.value is not None:
            found = self.values[~np.isnan(self.values)]
            low, high = (float(each) for each in np.percentile(found, PERCENTILES))
            low, high = min(low, float(found[0])), max(high, float(found[0]))
        return {
            "scenario": self.position.name,
            "assumption": self.assumption.key,
            "year": self.year,
            "unit": self.assumption.unit,
            "now": self.now,
            "gap": float(self.gap[0]),
            "value": self.value,
            "low": low,
            "high": high,
            "share_of_draws": self.share,
            "tried": None if self.range is None else list(self.range),
            "draws": self.draws,
        }


def flip_point(
    position: Position,
    key: str,
    year: int,
    draws: int = 1,
    seed: int = 0,
    span: tuple[float | None, float | None] = (None, None),
) -> Flip:
    """Find the value of an assumption at which the gap changes sign.

    Parameters
    ----------
    position
        A study or one of its variants, as a cohort; or a scenario, in the whole sector.
    key
        Assumption; a rule is tried option by option.
    year
        Year of the gap.
    draws, seed
        Draws of all other assumptions; the first is the central one.
    span
        Lowest and highest value to try; by default the bounds of the unit and of the model, but
        not beyond a quarter or four times the value.

    Raises
    ------
    UnknownName
        If there is no such assumption.
    YearOutside
        If the position does not cover the year.
    InputError
        If the assumption has dated values, or shapes the tables of the whole sector, or the span
        makes no sense.

    Notes
    -----
    The gap is computed on a grid, on the part of the span where it can be computed; of several
    changes of sign the one nearest to the present value is taken and closed in on by bisection, in
    every draw by itself.
    """
    ledger = position.members[0].ledger
    if key not in ledger:
        raise UnknownName("assumption", key, ledger, Place("--assumption"))
    if not position.first_year <= year <= position.last_year:
        years = (position.first_year, position.last_year)
        raise YearOutside(f"what {position.name} covers", year, *years, Place("--year"))
    assumption = ledger[key]
    _check_movable(position, key)
    if assumption.unit == "rule":
        return _flip_rule(position, key, year, (draws, seed))
    gap, sector = _gap_function(position, year, (draws, seed))
    low, high = _span(assumption, span)
    now = np.mean([_level(each, key) for each in position.members])
    points = np.linspace(low, high, SECTOR_POINTS if sector else COHORT_POINTS)
    with np.errstate(all="ignore"):
        table = np.stack([gap(key, np.full(draws, point)) for point in points])
    points, table = _computable(points, table, key)
    bracket = _nearest(points, table, float(now))
    steps = SECTOR_STEPS if sector else COHORT_STEPS
    values = _close_in(lambda levels: gap(key, levels), points, bracket, steps)
    present = gap(None, np.empty(0))
    tried = float(points[0]), float(points[-1])
    share = float(np.mean(~np.isnan(values)))
    first = float(table[0, 0])
    return Flip(position, assumption, year, draws, present, values, None, tried, share, first)


def _check_movable(position: Position, key: str) -> None:
    for assumption in (member.ledger[key] for member in position.members):
        if assumption.dated:
            problem = f"{key} has dated values; none of them alone can be moved"
            raise InputError(problem, assumption.place)
        if position.scenario is not None and key in SHAPING:
            problem = f"{key} shapes the tables of the whole sector and cannot be moved"
            raise InputError(problem, assumption.place)


def _computable(points: Floats, table: Floats, key: str) -> tuple[Floats, Floats]:
    """Return the points at which the gap of every draw is a number, and the gaps there."""
    good = np.isfinite(table).all(axis=1)
    if good.sum() < 2:
        what = f"range of {key} to try"
        expected = "values with which the gap can be computed"
        raise BadValue(what, (float(points[0]), float(points[-1])), expected, Place("--from"))
    return points[good], table[good]


def _level(member: Member, key: str) -> float:
    return float(member.ledger[key].value)


def _span(assumption: Assumption, asked: tuple[float | None, float | None]) -> tuple[float, float]:
    """Return the lowest and the highest value to try."""
    bounds = unit(assumption.unit)
    narrow = NARROW.get(assumption.key, (-inf, inf))
    low, high = max(bounds.low, narrow[0]), min(bounds.high, narrow[1])
    value = float(assumption.value)
    reach = abs(value) * WIDEST or 1.0
    first = (
        asked[0] if asked[0] is not None else _or(low, -reach if value <= 0 else value / WIDEST)
    )
    last = asked[1] if asked[1] is not None else _or(high, reach)
    if not low <= first < last <= high or np.isinf(first) or np.isinf(last):
        expected = f"two values from {low:g} to {high:g} {assumption.unit}, the lower one first"
        raise BadValue("range to try", (first, last), expected, Place("--from"))
    return first, last


def _or(bound: float, reach: float) -> float:
    return reach if np.isinf(bound) or abs(bound) >= 1e6 else bound


def _gap_function(
    position: Position, year: int, luck: tuple[int, int]
) -> tuple[Callable[[str | None, Floats], Floats], bool]:
    """Return the gap as a function of an assumption's levels, and whether it is the sector's."""
    count, seed = luck
    drawn = [(each, each.ledger.draw(seed, 0, count)) for each in position.members]
    if position.scenario is not None:
        member, draws = drawn[0]
        check_gap_units(member.ledger)
        tables = workforce_tables(position.pack, position.scenario, member.ledger)
        at = year - position.scenario.start

        def sector(key: str | None, levels: Floats) -> Floats:
            moved = draws if key is None else with_levels(draws, key, levels)
            found = simulate(prepare(moved, tables), tables)
            supply, need = national_sides(found, str(member.ledger["gap.supply_unit"].value))
            gap: Floats = supply[:, at] - need[:, at]
            return gap

        return sector, True

    def cohort(key: str | None, levels: Floats) -> Floats:
        tables = cohort_tables(position.pack)
        gaps: list[Floats] = []
        for member, draws in drawn:
            moved = draws if key is None else with_levels(draws, key, levels)
            projected = project_cohort(moved, tables, member.seats, member.base_year)
            gaps.append(projected.gap[:, tables.at(year)])
        mean: Floats = np.mean(gaps, axis=0)
        return mean

    return cohort, False


def _nearest(points: Floats, table: Floats, now: float) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the interval (D,) in which the gap changes sign nearest to `now`; -1 without one."""
    changes = np.signbit(table[:-1]) != np.signbit(table[1:])
    middle = 0.5 * (points[:-1] + points[1:])
    away = np.where(changes, np.abs(middle - now)[:, None], inf)
    nearest = np.argmin(away, axis=0)
    return np.where(changes.any(axis=0), nearest, -1)


def _close_in(
    gap: Callable[[Floats], Floats],
    points: Floats,
    bracket: np.ndarray[Any, np.dtype[np.int64]],
    steps: int,
) -> Floats:
    """Bisect every draw's interval; draws without one are not a number."""
    found = bracket >= 0
    low, high = points[np.maximum(bracket, 0)], points[np.maximum(bracket, 0) + 1]
    below = gap(low)
    for _ in range(steps if found.any() else 0):
        middle = 0.5 * (low + high)
        here = gap(middle)
        same = np.signbit(here) == np.signbit(below)
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.where(found, 0.5 * (low + high), np.nan)


def _flip_rule(position: Position, key: str, year: int, luck: tuple[int, int]) -> Flip:
    """Try every option of a rule."""
    assumption = position.members[0].ledger[key]
    present = _gap_function(position, year, luck)[0](None, np.empty(0))
    for option in assumption.options:
        members = tuple(
            replace(each, ledger=each.ledger.fixed(key, option)) for each in position.members
        )
        moved = replace(position, members=members)
        gap = _gap_function(moved, year, luck)[0](None, np.empty(0))
        turned = [bool(one) for one in np.signbit(gap) != np.signbit(present)]
        if turned[0]:
            share = sum(turned) / len(turned)
            return Flip(position, assumption, year, luck[0], present, None, option, None, share)
    return Flip(position, assumption, year, luck[0], present, None, None, None, 0.0)
