"""`locum run`: from a scenario or a manifest to a run on disk, its headline and its report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from locum.cli.console import print_json, say, showing_progress, showing_work, tell
from locum.cli.headline import headline_words
from locum.cli.manifests import names_manifest, refuse_occupied, refuse_repeated
from locum.cli.orders import Order

if TYPE_CHECKING:
    from locum.countries import Pack
    from locum.report import Reportable
    from locum.runs import Run, RunRequest

__all__ = ["Order", "execute", "request_run", "run_scenario"]


def run_scenario(
    scenario: str,
    order: Order,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Run a scenario or a manifest, write it, and print the headline and the report's path.

    Parameters
    ----------
    scenario, order, out
        What to run, how, and where to.
    as_json
        Print one JSON object.

    Raises
    ------
    InputError
        If anything asked for cannot be used; then nothing is written.
    """
    from locum.inference.sensitivity import with_influence
    from locum.runs import manifest_of, store_run

    if names_manifest(scenario):
        request = _request_again(scenario, order)
    else:
        request = request_run(scenario, order)
    refuse_occupied(out, manifest_of(request)["id"])
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


def _request_again(manifest: str, order: Order) -> RunRequest:
    from locum.runs import request_from_manifest

    refuse_repeated(order)
    return request_from_manifest(Path(manifest), workers=order.workers)
