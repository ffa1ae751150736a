"""`locum assumptions`, `schema` and `packs`: what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from locum.cli.console import print_json, print_table, say

if TYPE_CHECKING:
    from locum.assumptions import Ledger

__all__ = ["list_assumptions", "list_packs", "print_schema"]

_COLUMNS = ("key", "value", "unit", "prior", "source", "holder", "grade")
"""Of a row of `locum assumptions --json`; other programs rely on them."""


def list_assumptions(scenario: str, match: str, *, as_json: bool) -> None:
    """Print the assumptions of a scenario that mention a text.

    Raises
    ------
    InputError
        If the scenario cannot be used.
    """
    ledger = _ledger_of(scenario)
    wanted = match.casefold()
    found = [row for row in ledger.rows() if wanted in " ".join(map(str, row.values())).casefold()]
    if as_json:
        print_json({"rows": [{name: row[name] for name in _COLUMNS} for row in found]})
        return
    _print_assumptions(found, len(ledger))


def _ledger_of(scenario: str) -> Ledger:
    """Return the assumptions of a scenario of any sector."""
    from locum.countries import load_pack
    from locum.scenarios import apply, resolve, sector_of

    sector = sector_of(scenario)
    if sector == "hospitals":
        from locum.scenarios.hospitals import LEDGER, resolve_hospitals

        hospitals = resolve_hospitals(scenario)
        return apply(hospitals, load_pack(hospitals.country).ledger(LEDGER))
    if sector == "standoff":
        from locum.scenarios import standoff

        dispute = standoff.resolve_standoff(scenario)
        return apply(dispute, load_pack(dispute.country).ledger(standoff.LEDGER))
    resolved = resolve(scenario)
    return apply(resolved, load_pack(resolved.country).ledger())


def _print_assumptions(rows: list[dict[str, Any]], total: int) -> None:
    from locum.report.trail import value_words

    lines = [
        [value_words(row[name]) if name == "value" else str(row[name]) for name in _COLUMNS]
        for row in rows
    ]
    print_table(_COLUMNS, lines)
    say(f"{len(rows)} of {total} assumptions")


def print_schema(sector: str) -> None:
    """Print the JSON Schema of the scenario files of a sector.

    Raises
    ------
    UnknownName
        If there is no such sector.
    """
    from locum.scenarios import form_of, json_schema

    print_json(json_schema(form_of(sector).model))


def list_packs(*, as_json: bool) -> None:
    """Print the installed countries and their presets."""
    from locum.countries import load_pack, packs

    found = [load_pack(name) for name in packs()]
    if as_json:
        print_json(
            {
                "packs": [
                    {
                        "name": pack.name,
                        "title": pack.title,
                        "version": pack.version,
                        "regions": len(pack.regions),
                        "specialties": len(pack.specialties),
                        "base_years": list(pack.base_years),
                        "years": [pack.first_year, pack.last_year],
                        "scenarios": list(pack.scenario_names()),
                    }
                    for pack in found
                ]
            }
        )
        return
    for pack in found:
        years = f"{pack.first_year} to {pack.last_year}"
        say(f"{pack.name}: {pack.title}, version {pack.version}, {years}")
        for name in pack.scenario_names():
            say(f"  {name}")
