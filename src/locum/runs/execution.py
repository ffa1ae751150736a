"""Run a scenario: draws in batches, batches on threads, results in one labelled dataset."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import BadValue, UnitMismatch
from locum.runs.assemble import workforce_tables
from locum.runs.request import Results
from locum.runs.run import Run
from locum.workforce import Absences, Trajectory, empty_trajectory, prepare, simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from locum.assumptions import Ledger
    from locum.runs.request import RunRequest
    from locum.workforce import Tables

    Progress = Callable[[int, int], None]


def execute(request: RunRequest, progress: Progress | None = None) -> Run:
    """Run all draws of a request.

    Parameters
    ----------
    request
        What to run.
    progress
        Called with draws done and draws in all, from the calling thread.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        If a table or an assumption cannot be used.
    ModelError
        If the model breaks its own law: heads not conserved, a result not finite.
    """
    check_rules(request.ledger)
    check_gap_units(request.ledger)
    tables = workforce_tables(request.pack, request.scenario, request.ledger)
    variants = [tables]
    if request.scenario.interruption is not None:
        variants.append(without_interruption(tables))
    total = request.draws * len(variants)
    results: list[Trajectory] = []
    for number, variant in enumerate(variants):
        done = number * request.draws
        result = empty_trajectory(variant, request.draws)
        for finished in _run_batches(request, variant, result):
            done += finished
            if progress is not None:
                progress(done, total)
        results.append(result)
    missing = None
    if len(results) > 1:
        missing = results[1].new_specialists - results[0].new_specialists
    return Run(Results(request, tables, results[0], missing))


def _run_batches(request: RunRequest, tables: Tables, result: Trajectory) -> Iterator[int]:
    """Run the batches of a request on threads; yields the size of each finished one."""
    starts = range(0, request.draws, request.batch)

    def run(first: int) -> int:
        last = min(first + request.batch, request.draws)
        draws = request.ledger.draw(request.seed, first, last)
        view = Trajectory(*(array[first:last] for array in result))
        simulate(prepare(draws, tables), tables, out=view)
        return last - first

    workers = request.workers or os.cpu_count() or 1
    if workers == 1 or len(starts) == 1:
        yield from map(run, starts)
        return
    # One batch alone first: the engine is loaded, or compiled, once and not by each thread.
    yield run(starts[0])
    with ThreadPoolExecutor(workers) as pool:
        try:
            yield from pool.map(run, starts[1:])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def without_interruption(tables: Tables) -> Tables:
    """Return the same country with everybody at school and at work."""
    empty = np.zeros_like(tables.pipeline.absence.residents)
    pipeline = replace(tables.pipeline, absence=Absences(empty, empty, empty))
    return replace(tables, pipeline=pipeline)


ONE_FOR_ALL = ("bond.years", "entry.licence_age_bonded", "exam.observed_until")
"""Assumptions that shape the arrays or the tables, so that all draws of a run share them."""


def check_rules(ledger: Ledger) -> None:
    """Refuse rules, and assumptions that shape the arrays, that differ between draws.

    Raises
    ------
    BadValue
        Naming the first one whose prior leaves a choice.
    """
    for key, each in ledger.items():
        if (each.unit == "rule" or key in ONE_FOR_ALL) and not each.prior.certain:
            raise BadValue(
                f"prior of {key}", str(each.prior), "one value for the whole run", each.place
            )


def check_gap_units(ledger: Ledger) -> None:
    """Refuse a gap of unlike units.

    Raises
    ------
    UnitMismatch
        If supply is counted in another unit than need.
    """
    supply, need = (str(ledger[f"gap.{side}_unit"].value) for side in ("supply", "need"))
    if supply != need:
        raise UnitMismatch("subtract", supply, need, ledger["gap.need_unit"].place)
