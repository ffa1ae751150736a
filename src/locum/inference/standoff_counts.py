"""Published counts of trainees away in February and March 2024, as the mean-field twin reads them.

What is read off the pack: who was counted, over which base, on which day of the calendar. Rows up
to 29 February are fitted; later ones, of another base and a wider definition, are predicted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from locum.countries import Pack
    from locum.inference.scores import Floats

__all__ = [
    "FIT_UNTIL",
    "LAST",
    "SCOPES",
    "TABLE",
    "Calendar",
    "Count",
    "calendar",
    "letters_by_day",
    "same_count",
    "trainee_counts",
]

TABLE, EVENTS = "walkout_daily", "policy_events"
FIT_UNTIL = "2024-02-29"
"""Rows after this day are predicted."""
LAST = "2024-03-08"
SCOPES = ("february", "residents", "all")
"""Trainees of the year that ends; residents alone in March; residents and interns of March, those
who gave up a contract among the ones away."""
ABSENT, WIDER, LETTERS = (
    "absent_from_work",
    "absent_or_contract_given_up",
    "resignations_submitted_cum",
)
FEWEST_HOSPITALS = 90
"""A count of fewer of the 100 hospitals that were inspected is no count of trainees."""
TURN = (3, 1)
"""Month and day on which a training year begins."""


@dataclass(frozen=True)
class Count:
    """One published count.

    Parameters
    ----------
    date, day
        When; the day is counted from that of the first count.
    scope
        One of `SCOPES`.
    away, base
        Heads away, of so many.
    fitted
        Whether it is fitted; otherwise it is predicted.
    row
        Id of the row in the table.
    """

    date: str
    day: int
    scope: str
    away: int
    base: int
    fitted: bool
    row: str

    @property
    def share(self) -> float:
        """Return the share away."""
        return self.away / self.base


@dataclass(frozen=True)
class Calendar:
    """Days of the dispute, counted from that of the first count.

    Parameters
    ----------
    days
        Days to the last count.
    walkout
        For which the walkout was called.
    deadline
        First and last day on which who returned was promised no liability.
    turn
        On which the training year begins.
    """

    days: int
    walkout: int
    deadline: tuple[int, int]
    turn: int


def trainee_counts(pack: Pack) -> tuple[Count, ...]:
    """Return the counts of trainees away, in the order of time.

    Notes
    -----
    A share that was published over the letters of the same day is taken over the base of those
    letters; a share without a count is taken over the base of the next count of its scope.

    Raises
    ------
    InputError
        If none is there to fit.
    """
    rows = _counted(pack, (ABSENT, WIDER))
    letters = {row["date"]: row for row in _counted(pack, (LETTERS,))}
    if not rows or rows[0]["date"] > FIT_UNTIL:
        raise InputError(f"no count of trainees away in {TABLE} up to {FIT_UNTIL}")
    bases = [_base(row, letters.get(row["date"])) for row in rows]
    first = date.fromisoformat(rows[0]["date"])
    found: list[Count] = []
    for place, row in enumerate(rows):
        base = bases[place] or next(each for each in bases[place:] if each)
        away = row["value"] if row["value"] is not None else row["percent"] / 100 * base
        found.append(
            Count(
                date=row["date"],
                day=(date.fromisoformat(row["date"]) - first).days,
                scope=_scope(row),
                away=round(away),
                base=round(base),
                fitted=row["date"] <= FIT_UNTIL,
                row=row["row_id"],
            )
        )
    return tuple(found)


def _counted(pack: Pack, metrics: Sequence[str]) -> list[dict[str, Any]]:
    rows = [
        row
        for row in pack.table(TABLE).rows
        if row["metric"] in metrics
        and row["suggested_split"] == "fit"
        and row["date"] <= LAST
        and (row["hospitals_n"] or _of_all_inspected(row))
        and (row["hospitals_n"] or FEWEST_HOSPITALS) >= FEWEST_HOSPITALS
    ]
    return sorted(rows, key=lambda row: row["date"])


def _of_all_inspected(row: dict[str, Any]) -> bool:
    return "100 inspected" in row["population"]


def _base(row: dict[str, Any], letters: dict[str, Any] | None) -> float | None:
    base = row["denominator"] or row["implied_denominator"]
    if letters is not None and base == letters["value"]:
        return letters["denominator"] or letters["implied_denominator"]
    return base


def _scope(row: dict[str, Any]) -> str:
    if row["metric"] == WIDER:
        return "all"
    return "residents" if row["group"].startswith("residents") else "february"


def calendar(pack: Pack) -> Calendar:
    """Return the days of the dispute that the twin knows, from the pack's events.

    Raises
    ------
    InputError
        If the walkout, the deadline or its end is not among them.
    """
    counts = trainee_counts(pack)
    first = date.fromisoformat(counts[0].date)
    begun, asked, expired = (
        (_first(pack.table(EVENTS).rows, kind) - first).days
        for kind in ("walkout", "deadline", "deadline_expires")
    )
    turn = (date(first.year, *TURN) - first).days
    return Calendar(counts[-1].day, begun, (asked, expired), turn)


def _first(rows: Iterable[dict[str, Any]], kind: str) -> date:
    for row in rows:
        if row["type"] == kind:
            return date.fromisoformat(row["date"])
    raise InputError(f"no event of the type {kind!r} in {EVENTS}")


def letters_by_day(pack: Pack) -> Floats:
    """Return the share of trainees who had handed in a letter, by day of the calendar.

    Between counts it runs straight; after the last count up to 29 February it stays.
    """
    first = date.fromisoformat(trainee_counts(pack)[0].date)
    rows = [
        (row["date"], row["value"] / base)
        for row in _counted(pack, (LETTERS,))
        if row["date"] <= FIT_UNTIL and (base := row["denominator"] or row["implied_denominator"])
    ]
    days = [(date.fromisoformat(when) - first).days for when, _ in rows]
    return np.interp(np.arange(calendar(pack).days + 1), days, [share for _, share in rows])


def same_count(counts: Sequence[Count]) -> dict[str, float]:
    """Return what "same count on the new base" says of the predicted counts, by row.

    The heads away at the last fitted count are taken for those away later, over the base then.
    """
    last = [each for each in counts if each.fitted][-1]
    return {each.row: min(1.0, last.away / each.base) for each in counts if not each.fitted}
