"""Published readings as rows to be taken of a model: what, of whom, when, over which base."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from math import isnan
from typing import TYPE_CHECKING, Any

from locum.errors import BadCell
from locum.runs.standoff.groups import FINAL_YEAR, INTERN, RESIDENT
from locum.runs.standoff.observed import Scope
from locum.standoff.polls import read_polls
from locum.standoff.states import COMMUNITY, PROFESSOR, STUDENT, TRAINEE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from locum.countries import Pack, Table
    from locum.scenarios.standoff import StandoffScenario
    from locum.standoff.polls import Poll

__all__ = [
    "PERCENT",
    "POLLS",
    "Row",
    "measures_of",
    "read_rows",
    "scope_name",
    "scope_of",
    "use_of",
]

PERCENT = "_percent"
"""Ends the name of a reading in per cent."""
POLLS = "polls"
_EVENING, _HOURS = 18.0, 24.0
_ALL, _FIRST, _BIG5 = "all", "first", "big5"
_PRINTED: Mapping[str, tuple[str, int]] = {
    "all": (_ALL, 0),
    "all training hospitals": (_ALL, 0),
    "trainees at 211 training hospitals": (_ALL, 0),
    "211 training hospitals": (_ALL, 0),
    "all appointable in March 2024": (_ALL, 0),
    "all appointable residents": (_ALL, 0),
    "all 2024 intern entrants": (_ALL, 0),
    "trainees": (_FIRST, 0),
    "who left posts": (_ALL, 0),
    "second-half 2024 recruitment": (_ALL, 0),
    "second-half 2024 recruitment, both rounds": (_ALL, 0),
    "second-half 2024 recruitment, extra round": (_ALL, 1),
    "Big Five, second-half 2024 recruitment": (_BIG5, 0),
    "trainees at the 100 inspected training hospitals": (_FIRST, 100),
    "100 training hospitals": (_FIRST, 100),
    "100 training hospitals, residents only": (_FIRST, 100),
    "100 hospitals": (_FIRST, 100),
    "94 of the 100 hospitals (6 dropped for poor data)": ("some", 94),
    "99 of the 100 hospitals": ("some", 99),
    "Big Five hospitals": (_BIG5, 5),
    "10 hospitals visited": ("visited", 10),
    "10 hospitals visited on site": ("visited", 10),
    "47 hospitals on site": ("visited", 47),
    "23 hospitals": ("most", 23),
    "one hospital in the Jeolla region": ("largest", 1),
    "medical students, 40 schools": (_ALL, 0),
    "KMSA survey at 15 schools": (_ALL, 0),
    "medical students": (_ALL, 0),
    "schools backing mass resignation": (_ALL, 0),
    "clinics": (_ALL, 0),
    "community clinics": (_ALL, 0),
    "anaesthesiology": ("anaesthesiology", 0),
    "emergency medicine": ("emergency_medicine", 0),
    "neurosurgery": ("neurosurgery", 0),
    "obstetrics and gynaecology": ("obstetrics", 0),
    "paediatrics": ("paediatrics", 0),
    "radiation oncology": ("radiation_oncology", 0),
    "radiology": ("radiology", 0),
    "rehabilitation medicine": ("rehabilitation", 0),
    "thoracic surgery": ("thoracic_surgery", 0),
}
"""Which hospitals or specialty a printed population means, and how many hospitals that is."""
_GROUPS: Mapping[str, tuple[int, int | None]] = {
    "trainees": (TRAINEE, None),
    "former trainees": (TRAINEE, None),
    "applicants": (TRAINEE, None),
    "hospitals": (TRAINEE, None),
    "interns": (TRAINEE, INTERN),
    "incoming interns": (TRAINEE, INTERN),
    "residents": (TRAINEE, RESIDENT),
    "residents (interns excluded)": (TRAINEE, RESIDENT),
    "students": (STUDENT, None),
    "medical students": (STUDENT, None),
    "professors": (PROFESSOR, None),
    "clinics": (COMMUNITY, None),
}
_NAMED_IN_SCOPE = ("interns", "residents")
"""Groups that a printed population may leave unsaid; the scope says them then."""
_ADULTS, _APPROVAL = "adults", "approval_"
_COMPROMISE = "compromise"
"""Questions that offer a compromise beside the plan ask for something else."""
_FINAL_YEAR = ("licensing_exam_not_applied", "licensing_exam_applicants", "favour_exam_boycott")


@dataclass(frozen=True)
class Row:
    """A published reading, in one of its forms.

    Parameters
    ----------
    id
        Of the row of the table.
    metric, scope
        As they are printed; the metric of a per cent ends in `PERCENT`.
    day
        Counted from the first of the run.
    passed
        Share of the day that has passed when it is taken; from the evening on all of it.
    reading
        As printed.
    use
        What it is for: "fit", "check" or "update".
    measure
        The metric of the table.
    of
        Who is counted.
    percent
        Whether it is a per cent.
    base
        Printed number of those who could be counted; None where there is none.
    of_letters
        Whether the per cent is of those who had handed in a letter.
    grain
        To what it is rounded.
    asked
        People asked in a poll; 0 where none is printed, and if it is none.
    house
        Whether a poll is one of another house than the usual one.
    """

    id: str
    metric: str
    scope: str
    day: int
    passed: float
    reading: float
    use: str
    measure: str
    of: Scope
    percent: bool
    base: float | None = None
    of_letters: bool = False
    grain: float = 1.0
    asked: float = 0.0
    house: bool = False


def scope_of(group: str, population: str, measure: str) -> Scope | None:
    """Return who is counted, in the words of a published table; None if these say nothing."""
    if group not in _GROUPS or population not in _PRINTED:
        return None
    kind, grade = _GROUPS[group]
    where, number = _PRINTED[population]
    if measure in _FINAL_YEAR:
        grade = FINAL_YEAR
    return Scope(kind, grade, where, number)


def scope_name(group: str, population: str) -> str:
    """Return how a scope is printed: the population, and interns or residents if it hides them."""
    for name in _NAMED_IN_SCOPE:
        if group.startswith(name) and name.removesuffix("s") not in population:
            return f"{name}, {population}"
    return population


def use_of(scenario: StandoffScenario, day: date) -> str:
    """Return what a reading of a day is for."""
    readings = scenario.readings
    if readings is None:
        return "check"
    spans = {"fit": readings.fit, "check": readings.check, "update": readings.update}
    for use, span in spans.items():
        if span is not None and span.holds(day):
            return use
    return "check"


def read_rows(pack: Pack, scenario: StandoffScenario, measures: Iterable[str]) -> tuple[Row, ...]:
    """Return the published readings of a run that can be taken of the model.

    Rows of quality C, rows set apart ("exclude"), and rows that speak of one named place or of
    something that the model does not count are left out.

    Parameters
    ----------
    pack
        The country.
    scenario
        Names the table of readings.
    measures
        Metrics that can be taken.

    Returns
    -------
    tuple of Row
        In the order of the tables; a row with a number and a per cent is there twice.

    Raises
    ------
    BadCell
        If a cell holds no date.
    """
    if scenario.readings is None:
        return ()
    table = pack.table(scenario.readings.table)
    letters = {
        (row["date"], row["value"])
        for row in table.rows
        if row["metric"] == "resignations_submitted_cum"
    }
    found: list[Row] = []
    known = frozenset(measures)
    for number, row in enumerate(table.rows):
        when = _date(table, number)
        used = row["suggested_split"] == "fit" and row["quality"] != "C"
        if used and row["metric"] in known and scenario.start <= when <= scenario.end:
            found += _rows_of(scenario, row, when, letters)
    return (*found, *_polls(pack, scenario, known))


def measures_of(pack: Pack, scenario: StandoffScenario) -> frozenset[str]:
    """Return what the tables of a scenario's readings measure, on whatever day."""
    if scenario.readings is None:
        return frozenset()
    found = set(pack.table(scenario.readings.table).words("metric"))
    return frozenset(found | {_APPROVAL + poll.state for poll in _asked(pack, scenario)})


def _rows_of(
    scenario: StandoffScenario, row: Mapping[str, Any], when: date, letters: set[tuple[Any, Any]]
) -> list[Row]:
    """Return the forms of a row."""
    group = row.get("group") or row["population"]
    scope = scope_of(group, row["population"], row["metric"])
    if scope is None:
        return []
    of_letters = (row["date"], row["denominator"]) in letters
    base = row["denominator"] or row.get("implied_denominator")
    one = Row(
        id=row["row_id"],
        metric=row["metric"],
        scope=scope_name(group, row["population"]),
        day=scenario.day(when),
        passed=_passed(row.get("asof_time") or ""),
        reading=0.0,
        use=use_of(scenario, when),
        measure=row["metric"],
        of=scope,
        percent=False,
        base=None if of_letters else base,
        of_letters=of_letters,
    )
    found: list[Row] = []
    if row["value"] is not None:
        found.append(replace(one, reading=row["value"], grain=_grain(row)))
    if row["percent"] is not None and (base or row["value"] is None):
        found.append(_in_percent(one, row["percent"]))
    return found


def _in_percent(row: Row, percent: float) -> Row:
    return replace(row, metric=row.metric + PERCENT, reading=percent, percent=True, grain=0.1)


def _grain(row: Mapping[str, Any]) -> float:
    """Return to what a count is rounded: numbers of second quality to their trailing zeros."""
    value = row["value"]
    if row["quality"] != "B" or not value or value != int(value):
        return 1.0
    grain = 1.0
    while value % (grain * 10) == 0:
        grain *= 10
    return grain


def _passed(time: str) -> float:
    """Return the share of a day that has passed; from the evening on all of it."""
    if not time:
        return 1.0
    hours = float(time.partition(":")[0])
    return 1.0 if hours >= _EVENING else hours / _HOURS


def _date(table: Table, number: int) -> date:
    cell = str(table.columns["date"][number])
    try:
        return date.fromisoformat(cell)
    except ValueError:
        problem = "must be a date such as 2024-02-20"
        raise BadCell(table.file, table.line(number), "date", cell, problem) from None


def _polls(pack: Pack, scenario: StandoffScenario, known: frozenset[str]) -> list[Row]:
    """Return the polls whose questions the model answers."""
    found: list[Row] = []
    for poll in _asked(pack, scenario):
        measure = _APPROVAL + poll.state
        percent = round(100.0 * poll.share, 6)
        if measure in known:
            row = Row(
                id=poll.row,
                metric=measure + PERCENT,
                scope=_ADULTS,
                day=poll.day,
                passed=1.0,
                reading=percent,
                use=use_of(scenario, scenario.date(poll.day)),
                measure=measure,
                of=Scope(-1),
                percent=True,
                grain=0.1 if percent % 1 else 1.0,
                asked=0.0 if isnan(poll.asked) else poll.asked,
                house=bool(poll.group),
            )
            found.append(row)
    return found


def _asked(pack: Pack, scenario: StandoffScenario) -> list[Poll]:
    """Return the polls of the days of a scenario."""
    if POLLS not in pack.table_names:
        return []
    polls = read_polls(pack.table(POLLS).rows, scenario.start, scenario.end)
    return [poll for poll in polls if poll.group != _COMPROMISE]
