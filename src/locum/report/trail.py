"""The trail behind the results: assumptions, sources, what the scenario changes, the manifest."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, cast

from locum.report.records import AssumptionRow, Citation

if TYPE_CHECKING:
    from locum.report.reportable import Documented, Reportable

LONGEST_MANIFEST_VALUE = 300


def assumption_rows(run: Documented) -> tuple[AssumptionRow, ...]:
    """Return every assumption, the most influential first, then by key.

    An assumption without a measured influence (it was fixed, or the run has one draw) comes
    after those with one.
    """
    changed = _changed_keys(run.manifest)
    rows = [_assumption_row(row, run.influence, changed) for row in run.ledger.rows()]
    return tuple(sorted(rows, key=lambda row: (-abs(row.influence or 0.0), row.key)))


def _assumption_row(
    row: Mapping[str, Any], influence: Mapping[str, float], changed: frozenset[str]
) -> AssumptionRow:
    key = str(row["key"])
    found = influence.get(key)
    return AssumptionRow(
        key=key,
        value=value_words(row["value"]),
        unit=str(row.get("unit") or ""),
        prior=str(row.get("prior") or ""),
        holder=str(row.get("holder") or ""),
        grade=str(row.get("grade") or ""),
        note=str(row.get("note") or ""),
        source=str(row.get("source") or ""),
        influence=None if found is None else float(found),
        changed=key in changed,
    )


def value_words(value: object) -> str:
    """Return an assumption's value as text; dated values as `from 2009: 26.5; from 2022: 28`."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        dated = cast("Mapping[object, object]", value)
        return "; ".join(f"from {year}: {value_words(one)}" for year, one in dated.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = cast("Sequence[object]", value)
        return ", ".join(value_words(one) for one in items)
    return str(value)


def citations(run: Documented) -> tuple[Citation, ...]:
    """Return the pack's sources, those that an assumption of this run rests on first."""
    used = {str(row.get("source") or "") for row in run.ledger.rows()}
    found = [
        Citation(
            str(key), source.title, source.publisher, str(source.date), source.url, key in used
        )
        for key, source in run.pack.sources.items()
    ]
    return tuple(sorted(found, key=lambda one: (not one.used, one.title, one.id)))


def _scenario(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    found = manifest.get("scenario")
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def _section(scenario: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = scenario.get(name)
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def _changed_keys(manifest: Mapping[str, Any]) -> frozenset[str]:
    scenario = _scenario(manifest)
    sections = [_section(scenario, name) for name in ("assumptions", "rules")]
    sections.append(_section(manifest, "sets"))
    return frozenset(str(key) for section in sections for key in section)


def changes(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Say in words what the scenario changes, as far as the manifest holds it."""
    scenario = _scenario(manifest)
    words = [_seats_words(year, seats) for year, seats in _section(scenario, "seats").items()]
    past = _section(_section(scenario, "history"), "seats")
    words += [
        f"{_seats_words(year, seats)} (a past that did not happen)" for year, seats in _steps(past)
    ]
    for section in (_section(scenario, "assumptions"), _section(scenario, "rules")):
        words += [f"{key} = {_override_words(value)}" for key, value in section.items()]
    words += [
        f"{key} = {_override_words(value)}" for key, value in _section(manifest, "sets").items()
    ]
    if scenario.get("interruption"):
        words.append(
            "Training is interrupted: students and trainees away from school and work, "
            f"as in the table {PurePath(str(scenario['interruption'])).name}"
        )
    return tuple(words)


def _steps(dated: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Keep the years in which a value changes."""
    entries = list(dated.items())
    return [
        (year, value)
        for i, (year, value) in enumerate(entries)
        if i == 0 or value != entries[i - 1][1]
    ]


def _seats_words(year: object, seats: object) -> str:
    if isinstance(seats, Mapping):
        details = cast("Mapping[str, Any]", seats)
        total, bonded = details.get("total"), details.get("bonded")
        extra = f", {bonded:,} of them bonded to a region" if bonded else ""
        return f"{_number(total)} medical school seats from {year}{extra}"
    return f"{_number(seats)} medical school seats from {year}"


def _number(value: object) -> str:
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


def _override_words(value: object) -> str:
    if isinstance(value, Mapping):
        details = cast("Mapping[str, object]", value)
        return value_words(details.get("value", details.get("values", details)))
    return value_words(value)


def manifest_rows(manifest: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Flatten the manifest into lines of key and text; what is long is left to the file."""
    rows = [(str(key), _manifest_text(value)) for key, value in manifest.items()]
    return tuple(
        (key, text if len(text) <= LONGEST_MANIFEST_VALUE else "in the run's manifest")
        for key, text in rows
    )


def _manifest_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        parts = cast("Mapping[object, object]", value)
        if not any(isinstance(part, Mapping | list | tuple) for part in parts.values()):
            return ", ".join(f"{key} {part}" for key, part in parts.items())
    return json.dumps(value, default=str, sort_keys=True, ensure_ascii=False)


def command(run: Reportable) -> str:
    """Return the command that repeats the run."""
    stated = run.manifest.get("command")
    if isinstance(stated, str):
        return stated
    attributes = run.dataset.attrs
    scenario, seed = str(attributes.get("scenario", "")), str(attributes.get("seed", 0))
    return run_command(
        scenario, int(run.dataset.sizes["draw"]), seed, _section(run.manifest, "sets")
    )


def run_command(scenario: str, draws: int, seed: str, sets: Mapping[str, Any]) -> str:
    """Return the command that runs a scenario of a country pack in the same way again."""
    words = ["locum", "run", scenario, "--draws", str(draws), "--seed", seed]
    for key, value in sets.items():
        words += ["--set", f"{key}={_override_words(value)}"]
    return shlex.join(words)
