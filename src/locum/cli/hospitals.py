"""`locum run` for hospitals: from a scenario or a manifest to a run on disk and its headline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.cli.console import print_json, say, showing_progress, tell
from locum.cli.manifests import names_manifest, refuse_occupied, refuse_repeated
from locum.cli.orders import read_day
from locum.errors import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from locum.cli.orders import Order
    from locum.runs.hospitals.headline import Figure
    from locum.runs.hospitals.levers import Bought
    from locum.runs.hospitals.request import HospitalRequest
    from locum.runs.hospitals.storing import HospitalRun

__all__ = ["Asked", "headline_words", "run_hospitals"]

REPORT = "report.html"
_UNTIL = "--until"
_WORDS = {
    "surgeries_weekday": "Operations a weekday",
    "inpatients_general_wards": "Patients on wards",
    "icu_patients": "Patients in intensive care",
    "ed_visits_weekday": "Visits to emergency departments a weekday",
    "backlog": "On the list for an operation",
}
_SCOPES = {
    "tertiary": "tertiary hospitals",
    "korea": "whole country",
    "tertiary+general": "tertiary and general hospitals",
}


@dataclass(frozen=True)
class Asked:
    """What only a run of hospitals may be asked for.

    Parameters
    ----------
    until
        Last day to simulate.
    levers
        Whether to run again without each lever.
    out
        Folder of the run.
    """

    until: str | None
    levers: bool
    out: Path | None


def run_hospitals(scenario: str, order: Order, asked: Asked, *, as_json: bool) -> None:
    """Run a scenario or a manifest, write it, and print the headline and where it lies.

    Raises
    ------
    InputError
        If anything asked for cannot be used; then nothing is written.
    """
    request = _request(scenario, order, asked.until)
    refuse_occupied(asked.out, request.manifest["id"])
    bought: list[Bought] = []
    run = _run(request, order, asked, bought)
    if as_json:
        print_json(
            {
                "scenario": request.scenario.name,
                "run": str(run.folder),
                "report": str(run.folder / REPORT),
                "headline": [figure.to_json() for figure in run.headline],
                "readings": [each.to_json() for each in run.readings],
                "levers": [each._asdict() for each in bought],
            }
        )
        return
    for line in headline_words(run):
        say(line)
    say()
    say(f"Run:      {run.folder}")
    say(f"Readings: {run.folder / 'readings.csv'}")
    say(f"Report:   {run.folder / REPORT}")


def _request(scenario: str, order: Order, until: str | None) -> HospitalRequest:
    from locum.runs.hospitals.request import DRAWS, HospitalRequest, request_from_manifest

    if names_manifest(scenario):
        refuse_repeated(order)
        if until is not None:
            raise InputError("a manifest already says this", Place(_UNTIL))
        return request_from_manifest(scenario, order.workers)
    from locum.countries import load_pack
    from locum.scenarios import apply, parse_sets
    from locum.scenarios.hospitals import LEDGER, resolve_hospitals

    sets = parse_sets(list(order.sets))
    resolved = resolve_hospitals(scenario)
    if until is not None:
        resolved = resolved.until(read_day(until, _UNTIL), Place(_UNTIL))
    pack = load_pack(resolved.country)
    return HospitalRequest(
        scenario=resolved,
        ledger=apply(resolved, pack.ledger(LEDGER), sets),
        pack=pack,
        draws=DRAWS if order.draws is None else order.draws,
        seed=0 if order.seed is None else order.seed,
        sets=sets,
        workers=order.workers,
    )


def _run(
    request: HospitalRequest, order: Order, asked: Asked, bought: list[Bought]
) -> HospitalRun:
    from locum.hospital.compilation import is_compiled
    from locum.runs.hospitals.storing import run_and_store

    if not is_compiled():
        tell("compiling the engine, once (about half a minute)", quiet=order.quiet)
    label = request.scenario.name

    def write(run: HospitalRun, path: Path) -> None:
        if asked.levers:
            bought.extend(_buy(run, path, order))
        _write_report(run, path, bought)

    with showing_progress(label, quiet=order.quiet, unit="days") as progress:
        return run_and_store(request, asked.out, progress, write)


def _buy(run: HospitalRun, path: Path, order: Order) -> list[Bought]:
    from locum.runs.hospitals.levers import without_each, write_bought

    with showing_progress("without each lever", quiet=order.quiet, unit="days") as progress:
        bought = without_each(run.request, run.series, progress)
    write_bought(bought, path.parent / "levers.csv")
    return bought


def _write_report(run: HospitalRun, path: Path, bought: Sequence[Bought]) -> None:
    from locum.inference.hospital_learned import taught_by_fit
    from locum.report.hospitals import write_hospital_report

    request = run.request
    taught = taught_by_fit(request.pack, request.ledger)
    write_hospital_report(
        run,
        path,
        levers=bought,
        learned=taught,
    )


def headline_words(run: HospitalRun) -> list[str]:
    """Return the headline, a line for each thing it says.

    Parameters
    ----------
    run
        A finished run; its figures are medians between the 10th and the 90th percentile.
    """
    draws = run.request.draws
    told = "Median of {:,} draws; in brackets the range of 8 draws in 10."
    alone = "One draw, with every assumption at its central value."
    lines = [run.request.scenario.title, told.format(draws) if draws > 1 else alone, ""]
    by_name: dict[tuple[str, str], list[Figure]] = {}
    for figure in run.headline:
        by_name.setdefault((figure.name, figure.scope), []).append(figure)
    for (name, scope), figures in by_name.items():
        parts = [_said(figure, draws) for figure in figures]
        lines.append(f"{_WORDS[name]}, {_SCOPES[scope]}: {'; '.join(parts)}.")
    return lines


def _said(figure: Figure, draws: int) -> str:
    """Say one figure: when, how many, between what."""
    between = f" ({figure.low:,.0f} to {figure.high:,.0f})" if draws > 1 else ""
    return f"{_when(figure)} {figure.value:,.0f}{between}"


def _when(figure: Figure) -> str:
    if figure.start == figure.end:
        return f"{figure.end}"
    if figure.when == "base":
        return "in the base week"
    lowest = "at its lowest, " if figure.when == "lowest" else ""
    return f"{lowest}{figure.start} to {figure.end}"
