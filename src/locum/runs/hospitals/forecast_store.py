"""A forecast on disk: what went in, what came out, and what repeats it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from locum import __version__
from locum.runs.folder import folder_of, write_manifest, writing_folder
from locum.runs.hospitals.forecast import RISKS
from locum.runs.hospitals.forecast_run import COUNTS, LISTS, POINTS
from locum.runs.hospitals.sheets import sheet_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from locum.runs.hospitals.forecast import Bought, Floats, Forecast, ForecastRequest

__all__ = ["forecast_manifest", "hours_told", "store_forecast", "summary_of"]

_LEVELS = ("p10", "p25", "median", "p75", "p90")
_LOW, _HIGH = 0.1, 0.9
_SHOWN = 16


def forecast_manifest(
    request: ForecastRequest, files: Mapping[str, Path], sets: Mapping[str, str]
) -> dict[str, Any]:
    """Return what identifies a forecast and repeats it.

    Parameters
    ----------
    request
        What was asked for.
    files
        The census and the roster.
    sets
        Assumptions fixed by hand, as typed.
    """
    told: dict[str, Any] = {
        "kind": "forecast",
        "version": __version__,
        "pack": {"name": request.pack.name, "digest": request.pack.digest},
        "inputs": {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()},
        "days": request.roster.days,
        "draws": request.draws,
        "seed": request.seed,
        "risk": request.risk,
        "levers": [lever.key for lever in request.levers],
        "assumptions_set": dict(sets),
    }
    identity = sha256(repr(sorted(told.items())).encode()).hexdigest()[:_SHOWN]
    return {"id": identity, **told}


def store_forecast(
    found: Forecast,
    manifest: Mapping[str, Any],
    files: Mapping[str, Path],
    out: Path | None,
    write_report: Callable[[Forecast, Path], object],
) -> Path:
    """Write a forecast into a folder.

    Parameters
    ----------
    found
        The forecast.
    manifest
        From `forecast_manifest`.
    files
        The census and the roster, which are copied.
    out
        Folder to make; None: below ./locum-runs, by the day of the census.
    write_report
        Writes its page to a path.

    Returns
    -------
    Path
        The folder: census.csv, roster.csv, hours.csv, days.csv, levers.csv, report.html and
        manifest.json, which holds the sha256 of every other file.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    day = found.request.census.day.isoformat()
    target = out or folder_of(f"forecast-{day}", manifest)
    contents = {f"{name}.csv": path.read_bytes() for name, path in files.items()}
    with writing_folder(target) as aside:
        for name, content in contents.items():
            (aside / name).write_bytes(content)
        for name, text in (
            ("hours.csv", _hours(found)),
            ("days.csv", _days(found)),
            ("levers.csv", _levers(found)),
        ):
            (aside / name).write_text(text, encoding="utf-8", newline="\n")
        write_report(found, aside / "report.html")
        write_manifest(manifest, aside)
    return target


def hours_told(found: Forecast) -> list[datetime]:
    """Return the hours of a forecast, that of the census first."""
    census = found.request.census
    start = datetime.combine(census.day, time(census.hour))
    return [start + timedelta(hours=hour) for hour in range(found.points.shape[1])]


def _hours(found: Forecast) -> str:
    columns = ["hour", *(f"{name}_{level}" for name in POINTS for level in _LEVELS)]
    bands = np.concatenate([found.bands(name) for name in POINTS])
    rows = [
        [f"{hour:%Y-%m-%d %H:%M}", *(f"{value:.6g}" for value in values)]
        for hour, values in zip(hours_told(found), bands.T.tolist(), strict=True)
    ]
    return sheet_text(columns, rows)


def _days(found: Forecast) -> str:
    risks = found.risks
    columns = [
        "date",
        *(f"probability_{name}" for name in risks),
        *(f"first_{name}" for name in risks),
        *(f"{name}_{level}" for name in COUNTS for level in ("p10", "median", "p90")),
        *(f"{name}_age_days" for name in LISTS),
    ]
    by_day = [np.quantile(found.by_day(name), (_LOW, 0.5, _HIGH), axis=0) for name in COUNTS]
    parts = [found.probability(name)[None] for name in risks]
    parts += [found.first_day(name)[None] for name in risks]
    table = np.concatenate([*parts, *by_day, np.median(found.ages, axis=0).T])
    rows = [
        [day.isoformat(), *(f"{value:.6g}" for value in values)]
        for day, values in zip(found.days, table.T.tolist(), strict=True)
    ]
    return sheet_text(columns, rows)


def _levers(found: Forecast) -> str:
    measures = ("failing_days", "waiting", "operations")
    columns = ["lever", "meaning"]
    columns += [f"{name}_{level}" for name in measures for level in ("mean", "p10", "p90")]
    rows = [
        [
            each.lever.key,
            each.lever.title,
            *(
                f"{value:.6g}"
                for change in (each.days, each.waiting, each.operations)
                for value in _spread(change).values()
            ),
        ]
        for each in found.bought
    ]
    return sheet_text(columns, rows)


# --- as an object ------------------------------------------------------------------


def summary_of(found: Forecast) -> dict[str, Any]:
    """Return a forecast as `--json` prints it: probabilities by day, and what levers buy."""
    return {
        "hospital": found.request.census.hospital,
        "start": hours_told(found)[0].isoformat(timespec="minutes"),
        "draws": found.request.draws,
        "now": {name: float(found.bands(name)[2, 0]) for name in POINTS},
        "risks": [_risk(found, name) for name in found.risks],
        "ranked_by": found.request.risk,
        "levers": [_bought(each) for each in found.bought],
    }


def _risk(found: Forecast, name: str) -> dict[str, Any]:
    first = found.first_day(name)
    days = [day.isoformat() for day in found.days]
    return {
        "risk": name,
        "meaning": RISKS.get(name, "any of these"),
        "probability": found.ever(name),
        "first_day": days[int(np.argmax(first))] if first.any() else None,
        "first_day_probability": float(first.max(initial=0.0)),
        "days": [
            {"date": day, "probability": float(p), "first": float(f)}
            for day, p, f in zip(days, found.probability(name), first, strict=True)
        ],
    }


def _bought(each: Bought) -> dict[str, Any]:
    return {
        "lever": each.lever.name,
        "amount": each.lever.amount,
        "meaning": each.lever.title,
        "failing_days": _spread(each.days),
        "waiting": _spread(each.waiting),
        "operations": _spread(each.operations),
    }


def _spread(change: Floats) -> dict[str, float]:
    low, high = np.quantile(change, (_LOW, _HIGH))
    return {"mean": float(change.mean()), "low": float(low), "high": float(high)}
