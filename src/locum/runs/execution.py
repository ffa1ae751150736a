"""Run a scenario: draws in batches, batches on threads, results in one labelled dataset."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import BadValue, UnitMismatch
from locum.runs.assemble import workforce_tables
from locum.workforce import Absences, Trajectory, empty_trajectory, prepare, simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import xarray as xr

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.scenarios import Scenario
    from locum.workforce import Tables

    Progress = Callable[[int, int], None]

BATCH = 25
"""Draws that are prepared together: enough to share the cost, few enough to show progress."""
MOST_DRAWS = 100_000


@dataclass(frozen=True)
class RunRequest:
    """What to run.

    Parameters
    ----------
    scenario
        Resolved scenario.
    ledger
        Assumptions with the scenario's and the user's changes applied.
    pack
        Country pack.
    draws
        Number of draws; the first is the central one.
    seed
        Seed of all draws.
    sets
        What the user fixed by hand, as typed; the manifest keeps it.
    workers
        Threads; by default one per core. No result depends on it.
    batch
        Draws prepared together. No result depends on it.
    """

    scenario: Scenario
    ledger: Ledger
    pack: Pack
    draws: int = 100
    seed: int = 0
    sets: Mapping[str, str] = field(default_factory=dict[str, str])
    workers: int | None = None
    batch: int = BATCH

    def __post_init__(self) -> None:
        if not 1 <= self.draws <= MOST_DRAWS:
            raise BadValue("draws", self.draws, f"a whole number from 1 to {MOST_DRAWS:,}")
        if self.workers is not None and self.workers < 1:
            raise BadValue("workers", self.workers, "a whole number from 1")


@dataclass(frozen=True)
class Run:
    """A finished run: its request, its arrays, and what is read from them."""

    request: RunRequest
    tables: Tables
    trajectory: Trajectory
    missing_specialists: np.ndarray[Any, Any] | None = None
    """(D, T, S) specialists who would be there without the interruption; None without one."""
    influence: Mapping[str, float] = field(default_factory=dict[str, float])
    """Influence of assumptions on the gap, 0 to 1, where it was computed."""

    @property
    def scenario(self) -> Scenario:
        """Return the scenario."""
        return self.request.scenario

    @property
    def ledger(self) -> Ledger:
        """Return the assumptions used."""
        return self.request.ledger

    @property
    def pack(self) -> Pack:
        """Return the country pack."""
        return self.request.pack

    @cached_property
    def dataset(self) -> xr.Dataset:
        """Return the labelled results."""
        from locum.runs.dataset import build_dataset

        return build_dataset(self)

    @cached_property
    def headline(self) -> tuple[dict[str, Any], ...]:
        """Return the few figures that the run puts first."""
        from locum.runs.dataset import headline_figures

        return headline_figures(self)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Return what identifies the run and repeats it."""
        from locum.runs.manifest import manifest_of

        return manifest_of(self.request)


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
    return Run(request, tables, results[0], missing)


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


def check_gap_units(ledger: Ledger) -> None:
    """Refuse a gap of unlike units.

    Raises
    ------
    UnitMismatch
        If supply is counted in another unit than need.
    """
    supply, need = (str(ledger[f"gap.{side}_unit"].value) for side in ("supply", "need"))
    if supply != need:
        raise UnitMismatch("the gap (gap.supply_unit minus gap.need_unit)", supply, need)
