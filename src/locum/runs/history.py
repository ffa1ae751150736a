"""A past that did not happen: doctors who would be there had more seats been given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from locum.runs.layout import yearly
from locum.workforce.records import AGE_COUNT, FIRST_AGE, STUDY_YEARS

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.countries import Pack
    from locum.runs.layout import Floats
    from locum.scenarios import Scenario
    from locum.workforce import Tables

LICENCE_AGE = 28
"""Mean age of a class when it is licensed."""


def with_history(tables: Tables, pack: Pack, scenario: Scenario) -> Tables:
    """Scale the starting stock to the classes of a past that did not happen.

    Every class since the first year of the scenario's history is larger or smaller by the ratio
    of its seats to the real ones. Its students, trainees and practising doctors, told apart by
    age, are scaled by that ratio: exits before the base year are those that really happened, and
    the extra doctors spread over regions and specialties as their contemporaries did.

    Parameters
    ----------
    tables
        Tables of the real past.
    pack
        Has the real seats in its table ``seat_history``.
    scenario
        ``history_seats`` by year; nothing changes if it is empty.
    """
    if not scenario.history_seats:
        return tables
    ratio = _ratios(pack, scenario)
    start = tables.start
    students = start.students * np.array(
        [ratio(scenario.start - study_year) for study_year in range(STUDY_YEARS)]
    )
    residents = start.residents * np.array(
        [ratio(scenario.start - STUDY_YEARS - 1 - y) for y in range(start.residents.shape[2])]
    )
    scaled = replace(
        start,
        students=students,
        interns=start.interns * ratio(scenario.start - STUDY_YEARS),
        residents=residents,
        practising=start.practising * _by_age(ratio, scenario.start),
    )
    pipeline = replace(
        tables.pipeline,
        intern_posts=tables.pipeline.intern_posts * _growth(start.interns, scaled.interns),
        resident_posts=tables.pipeline.resident_posts * _growth(start.residents, scaled.residents),
    )
    return replace(tables, start=scaled, pipeline=pipeline)


def _growth(before: Floats, after: Floats) -> float:
    return float(after.sum() / before.sum())


def _ratios(pack: Pack, scenario: Scenario) -> Callable[[int], float]:
    """Return the ratio of a class's seats to the real ones, as a function of its entry year."""
    table = pack.table("seat_history")
    real = yearly(table)
    imagined = scenario.history_seats

    def ratio(entry: int) -> float:
        if entry < min(imagined) or entry not in real:
            return 1.0
        return float(imagined.get(entry, real[entry])) / float(real[entry])

    return ratio


def _by_age(ratio: Callable[[int], float], base_year: int) -> Floats:
    """Return the factor of each single age (A): of the class licensed at the mean age."""
    entries = [
        base_year - (FIRST_AGE + index - LICENCE_AGE) - STUDY_YEARS for index in range(AGE_COUNT)
    ]
    return np.array([ratio(min(entry, base_year - STUDY_YEARS)) for entry in entries])
