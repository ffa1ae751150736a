"""Readings of every day to come: which are predicted, and how they are written."""

from __future__ import annotations

import csv
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from locum.runs.standoff.groups import INTERN, RESIDENT
from locum.runs.standoff.observed import Scope
from locum.runs.standoff.readings import MEASURES, path_of, stray_path
from locum.runs.standoff.rows import PERCENT
from locum.runs.standoff.timelines import recruitments
from locum.standoff.states import STUDENT, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from locum.runs.standoff.groups import Floats
    from locum.runs.standoff.observed import Observed
    from locum.runs.standoff.rows import Row
    from locum.scenarios.standoff import StandoffScenario

__all__ = [
    "COLUMNS",
    "Predicted",
    "Wanted",
    "paths_of",
    "predicted_days",
    "predicted_rows",
    "published_rows",
    "wanted_of",
    "write_readings",
]

COLUMNS = ("metric", "scope", "date", "reading", "median", "low", "high", "use")
"""Of readings.csv."""
BAND = (50.0, 5.0, 95.0)
"""Percentiles: the median, and what 9 draws in 10 lie between."""
_ALWAYS = (
    "on_duty",
    "not_returned",
    "resignations_accepted_cum",
    "neither_returned_nor_resigned",
)
_TRAINEES = {
    "trainees at 211 training hospitals": Scope(TRAINEE),
    "trainees at the 100 inspected training hospitals": Scope(TRAINEE, None, "first", 100),
    "Big Five hospitals": Scope(TRAINEE, None, "big5", 5),
}
_GRADES = {"interns": INTERN, "residents": RESIDENT}
_HOSPITALS = {
    "211 training hospitals": ("all", 0),
    "100 training hospitals": ("first", 100),
    "Big Five hospitals": ("big5", 5),
}
_STUDENTS = ("attending_classes", "leave_requests_cum_net", "registered_for_return")
_SCHOOLS = "medical students, 40 schools"
_ENDED = (
    "trainees_employed",
    "applicants",
    "interns_registered",
    "interns_not_registered",
    "resignations_submitted_cum",
    "leave_requests_new",
    "leave_requests_cum_gross",
    "hospitals_with_1plus_returns",
    "hospitals_with_10plus_returns",
    "return_orders_issued",
    "return_orders_issued_cum",
    "absence_confirmed_on_site_cum",
    "order_violations_confirmed_cum",
)
"""Readings that were taken for some days or weeks only."""
_PASSING = ("some", "most", "largest", "visited")
"""Scopes of a day."""
_APPROVALS = ("approval_plan", "approval_handling", "approval_president")
_ADULTS = "adults"


class Wanted(NamedTuple):
    """A reading that is predicted day by day.

    Its name and scope as printed, who is counted, and the first and last day on which it is told.
    """

    measure: str
    scope: str
    of: Scope
    first: int = 0
    last: int = 1_000_000


class Predicted(NamedTuple):
    """A reading, or what would be read.

    Parameters
    ----------
    metric, scope
        As printed; a per cent ends in `rows.PERCENT`.
    date
        As it is written, 2024-02-20.
    reading
        As printed; None where none is known.
    median, low, high
        Of the draws; 9 in 10 lie between the two bounds.
    use
        fit, check, update, predict, predict_without_settlement or prior.
    """

    metric: str
    scope: str
    date: str
    reading: float | None
    median: float
    low: float
    high: float
    use: str

    def to_json(self) -> dict[str, Any]:
        """Return the entry that `locum run --json` prints."""
        return self._asdict()


def wanted_of(
    rows: Sequence[Row], scenario: StandoffScenario, known: Collection[str]
) -> tuple[Wanted, ...]:
    """Return what is predicted: whatever was read and still may be, in standing scopes too.

    Parameters
    ----------
    rows
        Published readings of the run.
    scenario
        For its recruitments, each of which is told until the next begins.
    known
        What the tables of readings measure, on whatever day (`rows.measures_of`).
    """
    read = [
        Wanted(row.measure, row.scope, row.of)
        for row in rows
        if row.measure not in (*_ENDED, *_APPROVALS) and row.of.where not in _PASSING
    ]
    standing = [
        Wanted(measure, scope, of) for measure in _ALWAYS for scope, of in _TRAINEES.items()
    ]
    standing += [
        Wanted(measure, f"{group}, {scope}", Scope(TRAINEE, grade, *where))
        for measure in _ALWAYS[:3:2]
        for group, grade in _GRADES.items()
        for scope, where in _HOSPITALS.items()
    ]
    standing += [Wanted(measure, _SCHOOLS, Scope(STUDENT)) for measure in _STUDENTS]
    standing += _recruited(scenario)
    standing += [Wanted(name, _ADULTS, Scope(-1)) for name in _APPROVALS]
    return tuple(dict.fromkeys([*read, *(each for each in standing if each.measure in known)]))


def _recruited(scenario: StandoffScenario) -> list[Wanted]:
    """Return who applies in each recruitment of trainees."""
    found: list[Wanted] = []
    rounds = recruitments(scenario)
    for each, after in zip_longest(rounds, rounds[1:]):
        end = scenario.days - 1 if after is None else after.first - 1
        scope = f"recruitment from {scenario.date(each.first).isoformat()}"
        for name, where in ((scope, "all"), (f"Big Five, {scope}", "big5")):
            of = Scope(TRAINEE, None, where)
            found.append(Wanted("applicants", name, of, each.first, end))
    return found


def paths_of(seen: Observed, wanted: Sequence[Wanted]) -> Floats:
    """Return all readings of all days of a draw, all errors included.

    Returns
    -------
    Floats
        Numbers and per cents, shape (P, 2, T); NaN where the reading has no such form.
    """
    shocks = seen.luck.normal("predicted", len(wanted))
    found = np.full((len(wanted), 2, seen.days), np.nan)
    for place, each in enumerate(wanted):
        path = np.stack(path_of(seen, each.measure, each.of))
        found[place] = stray_path(seen, each.measure, path, float(shocks[place]))
        if MEASURES[each.measure].polled:
            found[place, 0] = np.nan
    np.maximum(found, 0.0, out=found)
    np.minimum(found[:, 1], 100.0, out=found[:, 1])
    return found


def predicted_days(scenario: StandoffScenario, days: int, *, later: bool) -> range:
    """Return the days that are predicted: after those fitted, or after those that update."""
    readings = scenario.readings
    spans = [] if readings is None else [readings.fit, readings.update if later else None]
    last = [scenario.day(span.until) for span in spans if span is not None]
    return range(min(max(last, default=-1) + 1, days), days)


def predicted_rows(
    scenario: StandoffScenario, wanted: Sequence[Wanted], paths: Floats, days: range, use: str
) -> Iterator[Predicted]:
    """Yield the predictions of some days.

    Parameters
    ----------
    scenario
        For the dates.
    wanted
        What is predicted, P of them.
    paths
        From `paths_of`, of all draws, shape (D, P, 2, T).
    days
        Days told.
    use
        What they are for.
    """
    dates = [scenario.date(day).isoformat() for day in days]
    for place, each in enumerate(wanted):
        for form, ending in enumerate(("", PERCENT)):
            path = paths[:, place, form, days.start : days.stop]
            known = ~np.isnan(path).any(axis=0)
            known &= (np.array(days) >= each.first) & (np.array(days) <= each.last)
            bands = np.percentile(path[:, known], BAND, axis=0).T.tolist()
            names = each.measure + ending, each.scope
            for date, band in zip(np.array(dates)[known].tolist(), bands, strict=True):
                median, low, high = band
                yield Predicted(*names, date, None, median, low, high, use)


def published_rows(
    scenario: StandoffScenario, rows: Sequence[Row], taken: Floats
) -> list[Predicted]:
    """Return published readings beside what the draws say of them.

    Parameters
    ----------
    scenario
        For the dates.
    rows
        What was printed, K of them.
    taken
        From `readings.emulate`, of all draws, shape (D, K). Readings that a run does not reach
        are left out.
    """
    reached = [place for place in range(len(rows)) if not np.isnan(taken[:, place]).any()]
    bands = np.percentile(taken[:, reached], BAND, axis=0).T.tolist()
    found: list[Predicted] = []
    for place, band in zip(reached, bands, strict=True):
        row = rows[place]
        date = scenario.date(row.day).isoformat()
        median, low, high = band
        found.append(
            Predicted(row.metric, row.scope, date, row.reading, median, low, high, row.use)
        )
    return found


def write_readings(told: Iterable[Predicted], path: Path) -> None:
    """Write readings as CSV (`COLUMNS`)."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for each in told:
            reading = "" if each.reading is None else f"{each.reading:.10g}"
            band = (f"{value:.6g}" for value in (each.median, each.low, each.high))
            writer.writerow([each.metric, each.scope, each.date, reading, *band, each.use])
