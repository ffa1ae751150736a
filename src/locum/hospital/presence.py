"""Who is at work: the share of trainee doctors away by day, from published readings.

Readings differ in whom they count (trainees, residents, interns) and over which denominator. They
are turned into shares and never into each other's heads: where the base changes the share may
step, and no doctor has moved. `docs/model-contingency.md` states the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import InputError, OutOfBounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "GROUPS",
    "Absence",
    "Reading",
    "absence_of",
    "heads_away",
    "hours_lost",
    "read_readings",
    "whole_heads",
]

Floats: TypeAlias = NDArray[np.float64]
Heads: TypeAlias = NDArray[np.int64]

GROUPS = ("interns", "residents")
"""Groups of trainees whose absence is followed apart."""

_GROUP_OF = {
    "trainees": "trainees",
    "interns": "interns",
    "incoming interns": "interns",
    "residents": "residents",
    "residents (interns excluded)": "residents",
}
_AWAY = ("absent_from_work", "absent_or_contract_given_up")
_PRESENT = ("on_duty", "interns_registered")
_LETTERS = "resignations_submitted_cum"
_FEWEST_HOSPITALS = 50
"""Readings of fewer hospitals speak of those hospitals only."""


@dataclass(frozen=True)
class Reading:
    """One published observation as a share of those it counts.

    Parameters
    ----------
    row
        Id of the row of the table it comes from.
    day
        Day on which it was taken.
    group
        "trainees", "interns" or "residents".
    away
        Share away from work.
    base
        Heads that the share is of; 0 where only a per cent was published.
    hospitals
        Hospitals that were counted; 0 where the whole country was.
    """

    row: str
    day: int
    group: str
    away: float
    base: float
    hospitals: int


@dataclass(frozen=True, eq=False)
class Absence:
    """Shares away from work by day, for the groups of `GROUPS`.

    Parameters
    ----------
    first
        The day that the first row of `share` stands for.
    share
        Share away, shape (days, 2), interns before residents.
    observed
        Whether a reading of the group stands on this day or a later one, same shape; beyond the
        last reading its value is carried forward, which is assumed.
    """

    first: int
    share: Floats
    observed: NDArray[np.bool_]

    def at(self, day: int) -> Floats:
        """Return the shares of a day, shape (2,): nobody before the first, the last after it."""
        row = min(day - self.first, len(self.share) - 1)
        return self.share[row] if row >= 0 else np.zeros(len(GROUPS))


def read_readings(rows: Sequence[Mapping[str, Any]], start: date) -> tuple[Reading, ...]:
    """Return the readings of a table like `walkout_daily` that say who is away.

    A share is `value` over `denominator`; where either is missing, the published per cent;
    where that is missing too, the denominator is that of the reading nearest in time which counts
    the same group in as many hospitals. A denominator that equals the letters of the same day
    counts those who had handed one in, and is replaced by the number of whom the letters are a
    part.
    Readings of fewer than 50 hospitals, and rows marked "exclude", are left out. Of several
    readings of a group on one day the one of the most hospitals stands.

    Parameters
    ----------
    rows
        Rows with the columns row_id, date, group, metric, value, percent, denominator,
        implied_denominator, hospitals_n and suggested_split; numbers that are not written are
        None.
    start
        The date of day 0.

    Returns
    -------
    tuple of Reading
        In the order of time.

    Raises
    ------
    InputError
        If there is none, or the heads of one have no denominator anywhere.
    OutOfBounds
        If a share leaves 0..1.
    """
    letters = {
        (row["date"], row["value"]): row["implied_denominator"]
        for row in rows
        if row["metric"] == _LETTERS and row["group"] == "trainees"
    }
    kept = [row for row in rows if _counts(row)]
    found: dict[tuple[str, int], Reading] = {}
    for row in kept:
        base = letters.get((row["date"], row["denominator"]), row["denominator"])
        base = base or row["implied_denominator"]
        share = _share(row, base, kept)
        if not 0 <= share <= 1:
            raise OutOfBounds(f"share of reading {row['row_id']}", share, "share", 0, 1)
        away = share if row["metric"] in _AWAY else 1 - share
        day = (date.fromisoformat(row["date"]) - start).days
        group = _GROUP_OF[row["group"]]
        hospitals = int(row["hospitals_n"] or 0)
        known = found.get((group, day))
        if known is None or hospitals == 0 or 0 < known.hospitals < hospitals:
            found[group, day] = Reading(
                row["row_id"], day, group, away, float(base or 0), hospitals
            )
    if not found:
        raise InputError("no reading says how many trainees are away")
    return tuple(sorted(found.values(), key=lambda each: (each.day, each.group)))


def _counts(row: Mapping[str, Any]) -> bool:
    """Return whether a row says how many of a group are away in most of the country."""
    few = row["hospitals_n"] is not None and row["hospitals_n"] < _FEWEST_HOSPITALS
    wanted = row["group"] in _GROUP_OF and row["metric"] in (*_AWAY, *_PRESENT)
    return wanted and not few and row["suggested_split"] != "exclude"


def _share(row: Mapping[str, Any], base: float | None, rows: list[Mapping[str, Any]]) -> float:
    """Return the part of its base that a row counts."""
    if row["value"] is None:
        if row["percent"] is None:
            raise InputError(f"reading {row['row_id']} has neither a value nor a per cent")
        return row["percent"] / 100
    if base is None and row["percent"] is not None:
        return row["percent"] / 100
    if base is None:
        taken = date.fromisoformat(row["date"])
        like = [
            (abs((date.fromisoformat(other["date"]) - taken).days), other["denominator"])
            for other in rows
            if other["denominator"]
            and _GROUP_OF[other["group"]] == _GROUP_OF[row["group"]]
            and other["hospitals_n"] == row["hospitals_n"]
        ]
        if not like:
            raise InputError(f"reading {row['row_id']} has no denominator, nor has one like it")
        base = float(min(like)[1])
    return row["value"] / base


def absence_of(readings: Sequence[Reading], last: int, turns: Sequence[int] = ()) -> Absence:
    """Return the shares away by day: straight lines between readings, level after the last.

    On a turn of the training year old trainees leave and new ones are due, so that readings on
    its two sides count different people. No line crosses a turn: the last reading before it is
    carried to the eve, the first after it back to the day. Up to the first turn, readings of all
    trainees hold for both groups; from then on each group has its own, and those of all trainees
    are left for checking. A group without a reading of its own keeps those of all trainees.

    Parameters
    ----------
    readings
        From `read_readings`.
    last
        The last day wanted.
    turns
        First days of training years.

    Returns
    -------
    Absence
        From the eve of the first reading, when nobody is away, to the last day.
    """
    start = min(each.day for each in readings)
    edges = [start - 1, *sorted(t for t in turns if start - 1 < t <= last), last + 1]
    share = np.zeros((max(last, start) - start + 2, len(GROUPS)))
    observed = np.zeros(share.shape, dtype=np.bool_)
    for column, group in enumerate(GROUPS):
        for number, (low, high) in enumerate(pairwise(edges)):
            points = _points(readings, group, low, high)
            if number == 0:
                points = {low: 0.0} | points
            if points:
                days, values = zip(*sorted(points.items()), strict=True)
                line = np.interp(np.arange(low, high), days, values)
            else:
                line = np.full(high - low, share[low - edges[0] - 1, column])
            share[low - edges[0] : high - edges[0], column] = line
        known = [each.day for each in readings if each.group in (group, "trainees")]
        observed[:, column] = np.arange(len(share)) + edges[0] <= max(known)
    return Absence(edges[0], share, observed)


def _points(readings: Sequence[Reading], group: str, low: int, high: int) -> dict[int, float]:
    """Return the readings of a group from `low` up to `high` (excluded), by day.

    A group that has readings of its own in this stretch does not use those of all trainees.
    """
    inside = [each for each in readings if low <= each.day < high]
    own = [each for each in inside if each.group == group]
    return {each.day: each.away for each in own or inside if each.group in (group, "trainees")}


def heads_away(heads: Heads, share: Floats | float) -> Heads:
    """Return how many heads are away, as whole numbers.

    Each hospital rounds at a threshold of its own, spread evenly over hospitals, so that the sum
    over many hospitals is close to the share of all heads, a rising share calls nobody back, and
    1 means everybody.

    Parameters
    ----------
    heads
        Heads by hospital (and group), shape (H,) or (H, G).
    share
        Share away, one number or shape (G,).

    Returns
    -------
    Heads
        Shape of `heads`.

    Raises
    ------
    OutOfBounds
        If a share leaves 0..1.
    """
    given = np.asarray(share, dtype=np.float64)
    if given.size and not (given.min() >= 0 and given.max() <= 1):
        worst = float(given.min() if given.min() < 0 else given.max())
        raise OutOfBounds("share away", worst, "share", 0, 1)
    return np.minimum(whole_heads(heads * given), heads)


def whole_heads(parts: Floats) -> Heads:
    """Return heads that are not whole as whole ones.

    Each place rounds up from a threshold of its own, spread evenly over places: sums are kept to
    within a few heads, and a part that grows never loses a head.

    Parameters
    ----------
    parts
        Heads, any shape.

    Returns
    -------
    Heads
        The same shape.
    """
    golden = (np.sqrt(5) - 1) / 2
    thresholds = np.mod((np.arange(parts.size) + 0.5) * golden, 1).reshape(parts.shape)
    return np.floor(parts + thresholds * (1 - 1e-12)).astype(np.int64)


def hours_lost(heads: Floats, hours: Floats, away: Floats) -> tuple[Floats, Floats]:
    """Return the shares of doctor-hours that trainees work, and that are lost now.

    Parameters
    ----------
    heads
        Doctors before by hospital and kind of doctor, shape (H, K).
    hours
        Weekly hours of each kind, shape (K,).
    away
        Heads away by hospital and kind, shape (H, K); kinds that can never be away have 0.

    Returns
    -------
    hours_of, lost
        Share of the hospital's doctor-hours by kind, shape (H, K), and the share lost, shape
        (H,). A hospital without doctors has 0.
    """
    worked = heads * hours
    whole = worked.sum(axis=1, keepdims=True)
    hours_of = np.divide(worked, whole, out=np.zeros_like(worked), where=whole > 0)
    part = np.divide(away, heads, out=np.zeros_like(worked), where=heads > 0)
    return hours_of, (hours_of * part).sum(axis=1)
