"""`locum forecast`: the next days of one hospital, from its census and its roster."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from locum.cli.console import print_json, print_table, say, showing_progress, showing_work, tell
from locum.cli.templates import COUNTRY
from locum.errors import InputError, Place, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from locum.assumptions import Ledger
    from locum.cli.orders import Order
    from locum.countries import Pack
    from locum.runs.hospitals.forecast import Forecast, ForecastRequest
    from locum.scenarios import Override

__all__ = ["AskedForecast", "forecast_hospital"]


@dataclass(frozen=True)
class AskedForecast:
    """What to forecast, as the command line says it."""

    census: Path
    roster: Path
    days: int
    levers: tuple[str, ...]
    risk: str


@dataclass(frozen=True)
class _NoScenario:
    """States nothing beyond the country's own assumptions."""

    assumptions: Mapping[str, Override] = field(default_factory=dict[str, "Override"])


def forecast_hospital(
    asked: AskedForecast, order: Order, out: Path | None, *, as_json: bool
) -> None:
    """Forecast, write the results, and print what fails when and what each lever buys.

    Raises
    ------
    InputError
        If a file or an option cannot be used; then nothing is written.
    """
    from locum.hospital.compilation import is_compiled
    from locum.report.forecast_page import write_forecast
    from locum.runs.hospitals.forecast import forecast
    from locum.runs.hospitals.forecast_store import (
        forecast_manifest,
        store_forecast,
        summary_of,
    )
    from locum.scenarios import parse_sets

    sets = parse_sets(list(order.sets))
    request = _request(asked, order, sets)
    files = {"census": asked.census, "roster": asked.roster}
    manifest = forecast_manifest(request, files, sets)
    _refuse_occupied(out, manifest)
    if not is_compiled():
        tell("compiling the engine, once (about a minute)", quiet=order.quiet)
    with showing_progress("forecast", quiet=order.quiet, unit="runs") as progress:
        found = forecast(request, progress)
    with showing_work("writing results and report", quiet=order.quiet):
        folder = store_forecast(found, manifest, files, out, write_forecast)
    report = folder / "report.html"
    if as_json:
        print_json({"forecast": str(folder), "report": str(report), **summary_of(found)})
        return
    _print(found)
    say(f"Forecast: {folder}")
    say(f"Report:   {report}")


def _refuse_occupied(out: Path | None, manifest: Mapping[str, Any]) -> None:
    """Refuse a folder that holds anything but this very forecast: nothing else is overwritten."""
    if out is None or not out.exists():
        return
    place = Place("--out", None, str(out))
    if not out.is_dir():
        raise InputError("a file of this name exists", place)
    try:
        found: Any = json.loads((out / "manifest.json").read_bytes())
        same = (found["kind"], found["id"]) == (manifest["kind"], manifest["id"])
    except (OSError, ValueError, KeyError, TypeError):
        same = not any(out.iterdir())
    if not same:
        raise InputError("the folder holds something else; nothing is overwritten", place)


def _request(asked: AskedForecast, order: Order, sets: Mapping[str, str]) -> ForecastRequest:
    from locum.countries import load_pack
    from locum.runs.hospitals.census import read_census
    from locum.runs.hospitals.forecast import ANY, DRAWS, RISKS, ForecastRequest
    from locum.runs.hospitals.ranking import default_levers, lever_of
    from locum.runs.hospitals.roster import read_roster

    if asked.risk not in (*RISKS, ANY):
        raise UnknownName("risk", asked.risk, (*RISKS, ANY), Place("--risk"))
    census = read_census(asked.census)
    roster = read_roster(asked.roster, census, asked.days, str(asked.census))
    levers = tuple(lever_of(text, census) for text in asked.levers) or default_levers(census)
    pack = load_pack(COUNTRY)
    return ForecastRequest(
        census=census,
        roster=roster,
        ledger=_ledger(pack, sets),
        pack=pack,
        levers=levers,
        risk=asked.risk,
        draws=DRAWS if order.draws is None else order.draws,
        seed=order.seed or 0,
        workers=order.workers,
    )


def _ledger(pack: Pack, sets: Mapping[str, str]) -> Ledger:
    from locum.scenarios import apply
    from locum.scenarios.hospitals import LEDGER

    return apply(_NoScenario(), pack.ledger(LEDGER), sets)


def _print(found: Forecast) -> None:
    from locum.report.forecast_page import RISK_WORDS, forecast_sentences, signed
    from locum.runs.hospitals.forecast import ANY, RISKS

    census, draws = found.request.census, found.request.draws
    told = "One draw, central" if draws == 1 else f"{draws:,} draws"
    say(
        f"{census.hospital}: {len(found.days)} days from {census.day} {census.hour:02d}:00. "
        f"{told}."
    )
    say()
    for sentence in forecast_sentences(found):
        say(sentence)
    say()
    names = [*RISKS, ANY]
    chances = [found.probability(name) for name in names]
    rows = [
        [f"{day:%a %Y-%m-%d}", *(f"{float(chance[row]):.0%}" for chance in chances)]
        for row, day in enumerate(found.days)
    ]
    print_table(["probability on", *(RISK_WORDS[name] for name in names)], rows, len(names))
    say()
    if found.bought:
        levers = [
            [
                each.lever.title,
                signed(float(each.days.mean())),
                signed(float(each.waiting.mean())),
                signed(float(each.operations.mean()), 0),
            ]
            for each in found.bought
        ]
        print_table(["lever", "failing days", "waiting", "operations"], levers, 3)
        say()
