"""The headline figures of a run in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from locum.report.records import Interval
from locum.report.words import (
    exact,
    gap_words,
    humanised,
    rounded_middle,
    rounded_spread,
    spread,
    unit_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.runs import Run

__all__ = ["figure_words", "headline_words"]

_DOCTORS = ("supply_total", "need_total", "gap_total")


def headline_words(run: Run) -> list[str]:
    """Return the headline, a line for each thing it says.

    Parameters
    ----------
    run
        A finished run; its figures are medians between the 10th and the 90th percentile.
    """
    attributes = run.dataset.attrs
    draws = int(run.dataset.sizes["draw"])
    lines = [str(attributes["title"]), _heading(draws), ""]
    figures = {(str(each["name"]), int(each["year"])): each for each in run.headline}
    labels = {
        str(name): str(each.attrs.get("long_name", "")) for name, each in run.dataset.items()
    }
    told: set[tuple[str, int]] = set()
    for year in sorted({year for _, year in figures}):
        three = [figures.get((name, year)) for name in _DOCTORS]
        if all(each is not None for each in three):
            lines.append(_doctors(year, [_interval(each) for each in three if each], draws))
            told |= {(name, year) for name in _DOCTORS}
    rest = [each for key, each in figures.items() if key not in told]
    return lines + [figure_words(each, labels.get(str(each["name"]), ""), draws) for each in rest]


def figure_words(figure: Mapping[str, Any], label: str, draws: int) -> str:
    """Say one figure: what, when, how much, between what."""
    at, unit = _interval(figure), str(figure["unit"])
    signed = "gap" in str(figure["name"]).split("_")
    value = exact(at.value, unit, signed=signed)
    between = f" ({spread(at, unit, signed=signed)})" if draws > 1 else ""
    what = label or humanised(str(figure["name"]))
    return f"{what}, {figure['year']}: {value} {unit_words(unit)}{between}."


def _heading(draws: int) -> str:
    if draws == 1:
        return "One draw, with every assumption at its central value."
    return f"Median of {draws:,} draws; in brackets the range of 8 draws in 10."


def _doctors(year: int, figures: Sequence[Interval], draws: int) -> str:
    supply, need, gap = figures
    several = draws > 1
    have = f" ({rounded_spread(supply)})" if several else ""
    wanted = f" ({rounded_spread(need)})" if several else ""
    side = "too few" if gap.value < 0 else "more than needed"
    between = f" ({gap_words(gap)})" if several else ""
    return (
        f"{year}: {rounded_middle(supply)} clinical doctors{have}, "
        f"{rounded_middle(need)} needed{wanted}: {rounded_middle(gap)} {side}{between}."
    )


def _interval(figure: Mapping[str, Any]) -> Interval:
    return Interval(float(figure["low"]), float(figure["value"]), float(figure["high"]))
