"""`locum run`: from a scenario or a manifest to a run on disk, its headline and its report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from locum.cli.console import print_json, say, showing_progress, showing_work, tell
from locum.cli.headline import headline_words
from locum.cli.manifests import read_manifest
from locum.errors import InputError, Place

if TYPE_CHECKING:
    from locum.countries import Pack
    from locum.report import Reportable
    from locum.runs import Run, RunRequest

__all__ = ["Order", "execute", "request_run", "run_scenario"]


@dataclass(frozen=True)
class Order:
    """How to run, as far as the command line says so."""

    draws: int | None
    seed: int | None
    sets: tuple[str, ...]
    workers: int | None
    quiet: bool


def run_scenario(scenario: str, order: Order, out: Path | None, *, as_json: bool) -> None:
    """Run a scenario or a manifest, write it, and print the headline and the report's path.

    Raises
    ------
    InputError
        If anything asked for cannot be used; then nothing is written.
    """
    from locum.inference.sensitivity import with_influence
    from locum.runs import store_run

    if _is_manifest(scenario):
        request = _request_again(scenario, order)
    else:
        request = request_run(scenario, order)
    _refuse_occupied(out, request)
    run = with_influence(execute(request, order))
    with showing_work("writing results and report", quiet=order.quiet):
        folder = store_run(run, out, _write_report)
    report = folder / "report.html"
    if as_json:
        print_json(
            {
                "scenario": request.scenario.name,
                "run": str(folder),
                "report": str(report),
                "headline": [dict(entry) for entry in run.headline],
            }
        )
        return
    for line in headline_words(run):
        say(line)
    say()
    say(f"Run:    {folder}")
    say(f"Report: {report}")


def _write_report(run: Run, path: Path) -> None:
    from locum.report import write_report

    # The type checker does not see that a cached property is a property.
    write_report(cast("Reportable", run), path)


def request_run(scenario: str, order: Order, pack: Pack | None = None) -> RunRequest:
    """Resolve a scenario and its assumptions into what a run needs.

    Raises
    ------
    InputError
        If the scenario or a `--set` cannot be used.
    """
    from locum.countries import load_pack
    from locum.scenarios import apply, parse_sets, resolve

    sets = parse_sets(list(order.sets))
    resolved = resolve(scenario, pack)
    pack = pack or load_pack(resolved.country)
    ledger = apply(resolved, pack.ledger(), sets)
    from locum.runs import RunRequest

    return RunRequest(
        scenario=resolved,
        ledger=ledger,
        pack=pack,
        draws=RunRequest.draws if order.draws is None else order.draws,
        seed=RunRequest.seed if order.seed is None else order.seed,
        sets=sets,
        workers=order.workers,
    )


def execute(request: RunRequest, order: Order) -> Run:
    """Run, showing progress."""
    from locum import runs
    from locum.workforce.compilation import is_compiled

    if not is_compiled():
        tell("compiling the engine, once (about 20 seconds)", quiet=order.quiet)
    with showing_progress(request.scenario.name, quiet=order.quiet) as progress:
        return runs.execute(request, progress=progress)


def _is_manifest(scenario: str) -> bool:
    """Whether this is the manifest of a run and not a scenario written as JSON."""
    return scenario.endswith(".json") and read_manifest(Path(scenario)) is not None


def _request_again(manifest: str, order: Order) -> RunRequest:
    from locum.runs import request_from_manifest

    given = {"--draws": order.draws, "--seed": order.seed, "--set": order.sets or None}
    for option, value in given.items():
        if value is not None:
            raise InputError("a manifest already says this", Place(option))
    return request_from_manifest(Path(manifest), workers=order.workers)


def _refuse_occupied(out: Path | None, request: RunRequest) -> None:
    """Refuse a folder that holds anything but this very run: nothing else is overwritten."""
    from locum.runs import manifest_of

    if out is None or not out.exists():
        return
    place = Place("--out", None, str(out))
    if not out.is_dir():
        raise InputError("a file of this name exists", place)
    found = read_manifest(out / "manifest.json")
    same = found is not None and found["id"] == manifest_of(request)["id"]
    if any(out.iterdir()) and not same:
        raise InputError("the folder holds something else; nothing is overwritten", place)
