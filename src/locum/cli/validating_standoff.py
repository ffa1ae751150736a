"""`locum validate` of a standoff: what was fitted, what was predicted, and what was learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.cli.console import print_json, print_table, say
from locum.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from locum.cli.orders import Order
    from locum.countries import Pack

__all__ = ["validate_standoff"]

_SCORES = ("metric", "scope", "date", "reading", "median", "low", "high", "covered", "crps")
_GAPS = ("date", "reading", "median", "low", "high", "covered")
_RIVALS = ("model", "date", "reading", "median", "low", "high", "crps")
_LEARNED = ("key", "prior_mean", "prior_sd", "posterior_mean", "posterior_sd", "contraction")
_RELATED = ("key", "correlate", "correlation")
_RANKS = ("fitter", "name", "fits", "distance", "chance", "inside", "lean")
_SOCIAL = ("social", "counterfactual", "median", "low", "high", "misfit")
_STRONGEST = 8


def validate_standoff(scenario: str, order: Order, *, as_json: bool) -> None:
    """Print what the fit of a standoff left in its pack.

    Raises
    ------
    InputError
        If nothing was fitted, or draws or a seed are asked for: they belong to the fit itself.
    """
    from locum.countries import load_pack
    from locum.inference import standoff_files as files
    from locum.scenarios.standoff import resolve_standoff

    if order.draws is not None or order.seed is not None:
        problem = "draws and seed belong to the fit: scripts/fit_standoff takes them"
        raise InputError(problem)
    resolved = resolve_standoff(scenario)
    pack = load_pack(resolved.country)
    scored = files.read_rows(pack, files.PREDICTIONS)
    told = {
        "scores": scored,
        "gaps": _there(pack, files.GAPS),
        "rivals": _there(pack, files.RIVALS),
        "learned": _there(pack, files.IDENTIFICATION),
        "ranks": _there(pack, files.RANKS),
        "social": _there(pack, files.SOCIAL),
    }
    if as_json:
        print_json({"scenario": resolved.name} | told)
        return
    say(resolved.title)
    _print(told)


def _there(pack: Pack, name: str) -> list[dict[str, str]]:
    """Return the records of a file, none if that stage was not run."""
    from locum.inference.standoff_files import read_rows
    from locum.runs.standoff.posterior import posterior_file

    return read_rows(pack, name) if posterior_file(pack, name).is_file() else []


def _print(told: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    scored, learned = told["scores"], told["learned"]
    fitted = [row for row in scored if row["use"] == "fit"]
    inside = sum(row["covered"] == "yes" for row in fitted)
    _table(f"Fitted, {inside} of {len(fitted)} inside 9 draws in 10:", _SCORES, fitted)
    _table("Letters above absence, in points:", _GAPS, told["gaps"])
    others = [row for row in scored if row["use"] != "fit"]
    _table("Never shown to the fit:", _SCORES, others)
    _table("4 and 8 March beside simpler models, in per cent:", _RIVALS, told["rivals"])
    _table("What the readings teach:", _LEARNED, learned)
    same = [row["key"] for row in learned if row["identified"] == "no"]
    say(f"Not identified, posterior equal to prior: {', '.join(same) or 'none'}.")
    strongest = sorted(learned, key=lambda row: -abs(float(row["correlation"])))
    _table("Strongest correlations:", _RELATED, strongest[:_STRONGEST])
    _table("Calibration of the fitters by simulation:", _RANKS, told["ranks"])
    _table("Change of trainees away, by J, in points:", _SOCIAL, told["social"])


def _table(title: str, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    lines = [[_cell(row[column]) for column in columns] for row in rows]
    if not lines:
        return
    say()
    say(title)
    words = sum(not _is_number(cell) for cell in lines[0])
    print_table(tuple(columns), lines, numeric=len(columns) - words)


def _cell(text: str) -> str:
    if not _is_number(text):
        return text.replace("_", " ") if "." not in text else text
    return f"{float(text):,.4g}" if abs(float(text)) < 1e4 else f"{float(text):,.0f}"


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True
