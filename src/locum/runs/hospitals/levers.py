"""What each lever of a scenario bought: the run again without it, for the same patients."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.runs.hospitals.execution import execute
from locum.runs.hospitals.series import Series, grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from locum.runs.hospitals.request import HospitalRequest
    from locum.runs.hospitals.sizes import Floats
    from locum.scenarios.hospitals import HospitalScenario

__all__ = ["ADVANCE", "Bought", "without", "without_each", "write_bought"]

ADVANCE = "advance_cut"
"""Name of the rule's first part among the levers: that hospitals cut before they have to."""
METRICS = {
    "surgeries": "operations a day",
    "inpatients": "patients on wards",
    "work_missed": "tasks on wards missed a day",
    "ed_unseen": "patients who left unseen a day",
    "backlog": "patients on the lists",
}
GROUPS = ("tertiary", "general")
LAST_DAYS = 28
_RULES = {"advance": "adaptive", "advance_then_adaptive": "adaptive"}
_BAND = (10.0, 50.0, 90.0)


class Bought(NamedTuple):
    """A difference between two runs whose patients had the same luck.

    Parameters
    ----------
    name, title
        Of the lever.
    metric
        Of the difference, in words with the unit; a mean over the last four weeks.
    group
        Of hospitals.
    low, median, high
        Of the difference, with the lever less without it; 8 draws in 10 lie between.
    """

    name: str
    title: str
    metric: str
    group: str
    low: float
    median: float
    high: float


def without(scenario: HospitalScenario) -> dict[str, HospitalScenario]:
    """Return the scenario without each of its levers in turn, by name of the lever.

    Levers that begin after the last day are left out: they bought nothing yet.
    """
    found: dict[str, HospitalScenario] = {}
    if scenario.contingency in _RULES:
        found[ADVANCE] = replace(scenario, contingency=_RULES[scenario.contingency])
    for lever in scenario.levers:
        if lever.since <= scenario.end:
            others = tuple(each for each in scenario.levers if each.name != lever.name)
            found[lever.name] = replace(scenario, levers=others)
    return found


def without_each(
    request: HospitalRequest, series: Series, progress: Callable[[int, int], None] | None = None
) -> list[Bought]:
    """Run a request again without each of its levers, and take the differences.

    Parameters
    ----------
    request
        As it was run; draws, seed and luck stay.
    series
        Its results.
    progress
        Called with the days simulated and those in all, for all levers together.
    """
    others = without(request.scenario)
    days = request.draws * request.scenario.days
    found: list[Bought] = []
    for number, (name, scenario) in enumerate(others.items()):

        def tell(done: int, _total: int, before: int = number * days) -> None:
            if progress is not None:
                progress(before + done, days * len(others))

        without_it = _series(replace(request, scenario=scenario), tell)
        found += _differences(name, _title(request.scenario, name), series, without_it)
    return found


def write_bought(bought: Sequence[Bought], path: Path) -> None:
    """Write what levers bought as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(Bought._fields)
        for each in bought:
            writer.writerow([*each[:4], *(f"{number:.6g}" for number in each[4:])])


def _series(request: HospitalRequest, progress: Callable[[int, int], None]) -> Series:
    driven = list(execute(request, progress))
    first = np.datetime64(request.scenario.start, "D")
    dates = np.arange(first, first + request.scenario.days)
    draws = [grouped(each) for each in driven]
    return Series.of(dates, driven[0].nation, len(request.pack.regions), draws)


def _title(scenario: HospitalScenario, name: str) -> str:
    if name == ADVANCE:
        return "hospitals cut in advance, for full absence"
    changes = next(lever.change for lever in scenario.levers if lever.name == name)
    said = ", ".join(f"{setting} {value:g}" for setting, value in changes)
    return f"{name.replace('_', ' ')} ({said})"


def _differences(name: str, title: str, series: Series, other: Series) -> list[Bought]:
    found: list[Bought] = []
    for group in GROUPS:
        if not series.printable(group):
            continue
        for variable, metric in METRICS.items():
            change = _late(series, variable, group) - _late(other, variable, group)
            low, median, high = np.percentile(change, _BAND).tolist()
            found.append(Bought(name, title, metric, group, low, median, high))
    return found


def _late(series: Series, variable: str, group: str) -> Floats:
    """Return the mean of the last four weeks in every draw, (D,)."""
    return series.daily(variable, group)[:, -LAST_DAYS:].mean(axis=1)
