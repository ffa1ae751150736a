"""A run of a standoff on disk: written aside, so that the folder appears whole or not at all."""

from __future__ import annotations

import csv
import shutil
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from locum.forum import FrontierRow, frontier
from locum.runs.folder import (
    folder_of,
    write_json,
    write_manifest,
    write_scenario,
    writing_folder,
)
from locum.runs.standoff.counterfactuals import (
    differences,
    harm_of,
    write_differences,
    write_harm,
)
from locum.runs.standoff.dataset import dataset_of, write_dataset
from locum.runs.standoff.execution import execute
from locum.runs.standoff.harm import metrics_of
from locum.runs.standoff.headline import headline_figures
from locum.runs.standoff.planning import (
    MAIN,
    PRIOR,
    differing_draws,
    jobs_of,
    unsettled_names,
)
from locum.runs.standoff.posterior import posterior_file
from locum.runs.standoff.predictions import (
    predicted_days,
    predicted_rows,
    published_rows,
    write_readings,
)
from locum.runs.standoff.simulating import values_of
from locum.runs.standoff.staff import STAFF, write_staff
from locum.runs.standoff.summaries import write_national, write_summary
from locum.runs.standoff.told import Questions, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from locum.runs.standoff.counterfactuals import Difference
    from locum.runs.standoff.driving import Driven
    from locum.runs.standoff.execution import Job
    from locum.runs.standoff.groups import Floats
    from locum.runs.standoff.headline import Figure
    from locum.runs.standoff.predictions import Predicted
    from locum.runs.standoff.request import StandoffRequest
    from locum.runs.standoff.told import Told

    Progress = Callable[[int, int], None]

__all__ = ["Results", "StandoffRun", "run_all", "run_and_store"]

_FITTED = ("identification", "social", "rivals")
"""Tables of the pack's fit that a run's folder holds too, where they are there."""
_LATENCIES = (1.0, 6.0, 20.0, 24.0, 72.0)
_DETECTIONS = (0.1, 0.3, 0.6, 0.9)
_RETENTIONS = (0.0, 24.0, 72.0, 720.0)
_FRONTIER_DRAWS = 8


@dataclass(frozen=True)
class Results:
    """What the draws of a run told.

    Parameters
    ----------
    told
        Draws of the scenario.
    without
        The same without the settlement; none where there is no settlement.
    prior
        Draws from priors alone; those of the scenario where nothing was fitted.
    others
        Results of each counterfactual, shape (E, M).
    """

    told: Sequence[Told]
    without: Sequence[Told]
    prior: Sequence[Told]
    others: Mapping[str, Floats]


@dataclass(frozen=True)
class StandoffRun:
    """A run that is finished and stored.

    Parameters
    ----------
    request
        What was run.
    folder
        Where it lies.
    readings
        Published readings as they would have been printed, and the ends of the months to come.
    differences
        What counterfactuals change.
    headline
        The few figures that come first.
    """

    request: StandoffRequest
    folder: Path
    readings: tuple[Predicted, ...]
    differences: tuple[Difference, ...]
    headline: tuple[Figure, ...]


def run_and_store(
    request: StandoffRequest,
    out: Path | None,
    progress: Progress | None = None,
    write_report: Callable[[StandoffRequest, Path], object] | None = None,
) -> StandoffRun:
    """Run all draws of a request into a folder.

    Parameters
    ----------
    request
        What to run.
    out
        Folder to make; `folder.folder_of` if None. An earlier identical run there is replaced.
    progress
        Called with the days simulated and those in all, from the calling thread.
    write_report
        Writes the report of the files in a folder into it; left out, there is none.

    Returns
    -------
    StandoffRun
        Its folder holds scenario.yaml, assumptions.json, results.zarr, readings.csv, summary.csv,
        national.csv, harm.csv, counterfactuals.csv, frontier.csv, staff.csv, report.html and
        manifest.json with the sha256 of every other file.

    Raises
    ------
    InputError
        If a table or an assumption cannot be used, or the folder cannot be written.
    ModelError
        If the model breaks its own law.
    """
    target = out or folder_of(request.scenario.name, request.manifest)
    with writing_folder(target) as aside:
        write_json(aside / "assumptions.json", request.ledger.rows())
        write_scenario(request.scenario.to_dict(), aside / "scenario.yaml")
        questions = Questions.of(request.scenario, request.pack)
        results = run_all(request, questions, progress)
        run = _write(request, questions, results, aside, target)
        if write_report is not None:
            write_report(request, aside)
        write_manifest(request.manifest, aside)
    return run


def run_all(
    request: StandoffRequest, questions: Questions, progress: Progress | None = None
) -> Results:
    """Run the draws of all variants.

    Parameters
    ----------
    request
        What to run.
    questions
        What is asked of every draw.
    progress
        Called with the days simulated and those in all, from the calling thread.
    """
    scenario = request.scenario
    told: dict[str, list[Told]] = {MAIN: [], PRIOR: []}
    without: list[Told] = []
    others: dict[str, list[Floats]] = {}

    def keep(job: Job, driven: Driven) -> list[Told] | Floats:
        if job.name in told:
            both = [driven] if driven.instead is None else [driven, driven.instead]
            return [tell(each, questions) for each in both]
        return metrics_of(driven.observed, scenario, float(driven.named.sum()))

    jobs = jobs_of(request, questions.watched)
    with closing(execute(jobs, keep, request.workers, progress)) as done:
        for job, kept in done:
            if isinstance(kept, np.ndarray):
                others.setdefault(job.name, []).append(kept)
            else:
                told[job.name].append(kept[0])
                without += kept[1:]
    for name in unsettled_names(request):
        others[name] = [each.metrics for each in without[: differing_draws(request)]]
    return Results(
        told[MAIN],
        without,
        told[PRIOR] or told[MAIN],
        {name: np.stack(each) for name, each in sorted(others.items())},
    )


# --- files -----------------------------------------------------------------------------


def _write(
    request: StandoffRequest, questions: Questions, results: Results, folder: Path, target: Path
) -> StandoffRun:
    """Write everything but the report and the manifest."""
    scenario, told = request.scenario, results.told
    readings = _readings(questions, results)
    write_readings(readings, folder / "readings.csv")
    write_summary(told, scenario, folder / "summary.csv")
    write_national(told, scenario, folder / "national.csv")
    base = np.stack([each.metrics for each in told])
    harm = harm_of(base)
    write_harm(harm, folder / "harm.csv")
    changed = differences(scenario, base, results.others)
    if changed:
        write_differences(changed, folder / "counterfactuals.csv")
    if STAFF in request.pack.schemas:
        write_staff(told, scenario, request.pack, folder / "staff.csv")
    _write_frontier(request, folder / "frontier.csv")
    for name in _FITTED:
        file = posterior_file(request.pack, f"standoff_{name}.csv")
        if file.is_file():
            shutil.copyfile(file, folder / f"{name}.csv")
    write_dataset(dataset_of(request, told), folder / "results.zarr")
    headline = headline_figures(scenario, (told, results.without), request.settled, harm)
    return StandoffRun(request, target, _leading(readings), tuple(changed), headline)


def _readings(questions: Questions, results: Results) -> list[Predicted]:
    """Return published readings, then predictions with and without settlement, then the prior."""
    scenario, wanted = questions.scenario, questions.wanted
    rows = np.stack([each.rows for each in results.told])
    found = published_rows(scenario, questions.rows, rows)
    for use, told in (
        ("predict", results.told),
        ("predict_without_settlement", results.without),
        ("prior", results.prior),
    ):
        if not told:
            continue
        paths = np.stack([each.paths for each in told]).astype(np.float64)
        days = predicted_days(scenario, paths.shape[-1], later=use != "predict")
        found += predicted_rows(scenario, wanted, paths, days, use)
    return found


def _leading(readings: Sequence[Predicted]) -> tuple[Predicted, ...]:
    """Return the readings that are printed: published ones, and the ends of months to come."""
    last = max((each.date for each in readings), default="")
    return tuple(
        each
        for each in readings
        if each.reading is not None or each.date == last or each.date.endswith("-01")
    )


def _write_frontier(request: StandoffRequest, path: Path) -> None:
    """Write what takedown, detection and retention trade, as CSV."""
    draws = request.draw()
    year = request.scenario.start.year
    values = [
        {k: v for k, v in values_of(draws, draw, year).items() if not isinstance(v, str)}
        for draw in range(min(request.draws, _FRONTIER_DRAWS))
    ]
    rows = frontier(values, _LATENCIES, _DETECTIONS, _RETENTIONS, seed=request.seed)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(FrontierRow._fields)
        writer.writerows([f"{number:.6g}" for number in row] for row in rows)
