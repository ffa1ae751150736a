"""`locum studies`: published projections, what they printed and what their rules give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from locum.cli.console import print_json, print_table, say, showing_work
from locum.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from locum.countries import Pack
    from locum.inference.reproduction import Reproduced
    from locum.scenarios import Study

__all__ = ["show_studies"]


def show_studies(names: Sequence[str], out: Path | None, *, as_json: bool, quiet: bool) -> None:
    """Print the studies of these names, or all; write a page if asked.

    Raises
    ------
    UnknownName
        If there is no such study, or they are not of one country.
    """
    from locum.inference.reproduction import Reproduced, ministry_parts, to_dict
    from locum.scenarios import load_study

    pack, chosen = _chosen(names)
    with showing_work("running the rules of the studies", quiet=quiet):
        found = to_dict(pack, chosen)
    rows = [Reproduced(**row) for row in found["rows"]]
    studies = [load_study(name, pack) for name in chosen]
    if out is not None:
        from locum.report import write_studies_page

        write_studies_page(rows, studies, pack, out, ministry_parts(pack))
    if as_json:
        print_json({"country": pack.name, **found, **({"page": str(out)} if out else {})})
        return
    for study in studies:
        _print(study, [row for row in rows if row.study == study.name])
        _print_ranges([each for each in found["envelopes"] if each["study"] == study.name])
        _print_parts(found["parts"].get(study.name, []))
        say()
    say("Errors are shares of the print; those of a gap are doctors. tuned: chosen so that this")
    say("number comes out, so that it is no check.")
    if out is not None:
        say()
        say(f"Page: {out}")


def _chosen(names: Sequence[str]) -> tuple[Pack, list[str]]:
    """Return the one country whose studies are meant, and their names."""
    from locum.countries import load_pack, packs
    from locum.scenarios import study_names

    countries = [load_pack(name) for name in packs()]
    with_studies = [pack for pack in countries if study_names(pack)]
    for pack in with_studies:
        known = study_names(pack)
        if not names or names[0] in known:
            for name in names:
                if name not in known:
                    raise UnknownName(f"study of {pack.title}", name, known)
            return pack, list(names or known)
    choices = [name for pack in with_studies for name in study_names(pack)]
    raise UnknownName("study", names[0] if names else "", choices)


def _print(study: Study, rows: Sequence[Reproduced]) -> None:
    from locum.report.words import exact

    say(f"{study.name}: {study.title} ({study.holder}, {study.published})")
    lines = [
        [
            row.scenario,
            row.rules,
            row.relative_to or "",
            str(row.year),
            row.quantity,
            exact(row.printed, "clinical", signed=row.quantity == "gap"),
            exact(row.reproduced, "clinical", signed=row.quantity == "gap"),
            f"{row.error:+,.0f}" if row.quantity == "gap" else f"{100 * row.error:+.1f}%",
        ]
        for row in rows
    ]
    columns = ("scenario", "rules", "relative to", "year", "", "printed", "reproduced", "error")
    print_table(columns, lines, numeric=3)


def _print_ranges(envelopes: Sequence[Mapping[str, Any]]) -> None:
    """Print supply over the ranges of inflow and mortality, each different range once."""
    from locum.report.words import exact

    told: set[tuple[object, ...]] = set()
    for each in envelopes:
        low, high = (exact(each[end], "clinical") for end in ("low", "high"))
        if (each["year"], low, high) not in told:
            told.add((each["year"], low, high))
            where = f"{each['scenario']}, {each['year']}"
            say(f"Supply over what is open of inflow and mortality ({where}): {low} to {high}")


def _print_parts(parts: Sequence[Mapping[str, Any]]) -> None:
    """Print the unlike parts of a gap."""
    from locum.report.words import exact

    for each in parts:
        printed, computed = (exact(each[name], "clinical") for name in ("printed", "computed"))
        say(
            f"Its {each['name']} part ({each['unit']}, {each['year']}): {printed} printed, "
            f"{computed} by the rules: {each['note']}."
        )
