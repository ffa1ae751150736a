"""`locum run` for a standoff: from a scenario or a manifest to a run on disk and its headline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from locum.cli.console import print_json, say, showing_progress, tell
from locum.cli.manifests import names_manifest, refuse_occupied, refuse_repeated
from locum.cli.orders import read_day
from locum.errors import InputError, Place

if TYPE_CHECKING:
    from pathlib import Path

    from locum.cli.orders import Order
    from locum.report.reportable import ReportedPack
    from locum.runs.standoff.headline import Figure
    from locum.runs.standoff.request import StandoffRequest
    from locum.runs.standoff.storing import StandoffRun

__all__ = ["Asked", "headline_words", "run_standoff"]

REPORT = "report.html"
_UNTIL, _COUNTERFACTUALS = "--until", "--counterfactuals"
_KINDS = {"trainee": "Trainee doctors", "student": "Medical students"}
_WORDS = {
    "operations_postponed": "operations at tertiary hospitals put off",
    "training_months_lost": "months of training not done",
    "named": "members named on lists for having stayed or returned",
}


@dataclass(frozen=True)
class Asked:
    """What only a run of a standoff may be asked for.

    Parameters
    ----------
    until
        Last day to simulate.
    counterfactuals
        Whether to run what could have been done otherwise; None where nothing was said.
    out
        Folder of the run.
    """

    until: str | None
    counterfactuals: bool | None
    out: Path | None


def run_standoff(scenario: str, order: Order, asked: Asked, *, as_json: bool) -> None:
    """Run a scenario or a manifest, write it, and print the headline and where it lies.

    Raises
    ------
    InputError
        If anything asked for cannot be used; then nothing is written.
    """
    request = _request(scenario, order, asked)
    refuse_occupied(asked.out, request.manifest["id"])
    run = _run(request, order, asked.out)
    if as_json:
        print_json(
            {
                "scenario": request.scenario.name,
                "run": str(run.folder),
                "report": str(run.folder / REPORT),
                "headline": [figure.to_json() for figure in run.headline],
                "readings": [each.to_json() for each in run.readings],
                "counterfactuals": [each._asdict() for each in run.differences],
            }
        )
        return
    for line in headline_words(run):
        say(line)
    say()
    say(f"Run:      {run.folder}")
    say(f"Readings: {run.folder / 'readings.csv'}")
    say(f"Report:   {run.folder / REPORT}")


def _request(scenario: str, order: Order, asked: Asked) -> StandoffRequest:
    from locum.runs.standoff.request import DRAWS, StandoffRequest, request_from_manifest

    if names_manifest(scenario):
        refuse_repeated(order)
        given = {_UNTIL: asked.until, _COUNTERFACTUALS: asked.counterfactuals}
        for option, value in given.items():
            if value is not None:
                raise InputError("a manifest already says this", Place(option))
        return request_from_manifest(scenario, order.workers)
    from locum.countries import load_pack
    from locum.scenarios import apply, parse_sets
    from locum.scenarios.standoff import LEDGER, resolve_standoff

    sets = parse_sets(list(order.sets))
    resolved = resolve_standoff(scenario)
    pack = load_pack(resolved.country)
    return StandoffRequest(
        scenario=resolved,
        ledger=apply(resolved, pack.ledger(LEDGER), sets),
        pack=pack,
        draws=DRAWS if order.draws is None else order.draws,
        seed=0 if order.seed is None else order.seed,
        sets=sets,
        workers=order.workers,
        counterfactuals=asked.counterfactuals is not False,
        until=None if asked.until is None else read_day(asked.until, _UNTIL),
    )


def _run(request: StandoffRequest, order: Order, out: Path | None) -> StandoffRun:
    from locum.runs.standoff.storing import run_and_store
    from locum.standoff.compilation import is_compiled

    if not is_compiled():
        tell("compiling the engine, once (about half a minute)", quiet=order.quiet)
    label = request.scenario.name
    with showing_progress(label, quiet=order.quiet, unit="days") as progress:
        return run_and_store(request, out, progress, _write_report)


def _write_report(request: StandoffRequest, folder: Path) -> None:
    from locum.report.standoff import write_standoff_report

    # The type checker does not see that a cached property is a property.
    pack = cast("ReportedPack", request.pack)
    write_standoff_report(folder, manifest=request.manifest, pack=pack)


def headline_words(run: StandoffRun) -> list[str]:
    """Return the headline, a line for each thing it says.

    Parameters
    ----------
    run
        A finished run; its figures are medians between the 5th and the 95th percentile.
    """
    draws = run.request.draws
    told = "Median of {:,} draws; in brackets what 9 draws in 10 lie between."
    alone = "One draw, with every assumption at its central value."
    lines = [run.request.scenario.title, told.format(draws) if draws > 1 else alone, ""]
    by_scope: dict[str, list[Figure]] = {}
    for figure in run.headline:
        by_scope.setdefault(figure.scope, []).append(figure)
    for scope, figures in by_scope.items():
        if scope in _KINDS:
            parts = [_share(figure, draws) for figure in figures]
            lines.append(f"{_KINDS[scope]} away from work or class: {'; '.join(parts)}.")
    harms = [_harm(f, draws) for scope in ("patients", "doctors") for f in by_scope.get(scope, [])]
    if harms:
        lines.append(f"Harm to patients and to doctors, all days: {'; '.join(harms)}.")
    return lines


def _share(figure: Figure, draws: int) -> str:
    """Say one share: when, how many in a hundred, between what."""
    between = f" ({figure.low:.0f} to {figure.high:.0f})" if draws > 1 else ""
    when = {
        "most": f"at most, on {figure.date},",
        "settled": f"on the eve of the settlement, {figure.date},",
        "last": f"on {figure.date}",
        "without": f"on {figure.date} without the settlement",
    }[figure.when]
    return f"{when} {figure.value:.0f} per cent{between}"


def _harm(figure: Figure, draws: int) -> str:
    """Say one harm: how many, between what."""
    between = f" ({figure.low:,.0f} to {figure.high:,.0f})" if draws > 1 else ""
    return f"{figure.value:,.0f}{between} {_WORDS[figure.name]}"
