"""What decides the score of a backtest, in sentences made from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.inference.leverage import TOGETHER
from locum.inference.readings import ACTIVE, ALIVE
from locum.inference.result import GOALS

if TYPE_CHECKING:
    from locum.inference.accounts import Accounts
    from locum.inference.result import Backtest
    from locum.inference.scoreboard import Score

__all__ = ["explain", "growth_words"]


def explain(backtest: Backtest) -> tuple[str, ...]:
    """Return what decides the score, a paragraph each."""
    return (
        _verdict(backtest),
        _books(backtest),
        _reach(backtest),
        _bridge(backtest),
        _ages(backtest),
        _identification(backtest),
        _borrowed(backtest),
    )


def _verdict(backtest: Backtest) -> str:
    row, goal = backtest.row(ACTIVE), GOALS["total_percent"]
    met = "met" if row.absolute_error <= goal else "missed"
    inside = {True: "inside", False: "outside"}
    rivals = sorted(
        (abs(each["error"]), each["name"].replace("_", " "))
        for each in backtest.forecasters
        if abs(each["error"]) < row.absolute_error
    )
    beaten = "No simple forecaster comes closer."
    if rivals:
        closer = ", ".join(f"{name} ({error:.1f}%)" for error, name in rivals)
        beaten = f"Closer than the model: {closer}."
    return (
        f"The goal of {goal:g}% for the active stock of {row.date[:4]} is {met}: "
        f"{row.error:+.1f}% (central draw {row.central_error:+.1f}%). The count is "
        f"{inside[row.covered]} the range of 8 draws in 10 and {inside[row.covered_90]} that of 9 "
        f"in 10. {beaten}"
    )


def growth_words(books: Accounts) -> str:
    """Say what the published numbers leave room for."""
    return (
        f"The published stock grew by {books.growth:,.0f} in {books.first}-{books.last}, "
        f"{100 * books.share:.1f}% of the {books.passers:,.0f} who passed the licence exam in "
        f"those years. That leaves room for {books.exits_left:,.0f} net exits a year."
    )


def _books(backtest: Backtest) -> str:
    books = backtest.accounts
    exits = books.model_exits
    total = sum(exits.values())
    return (
        f"{growth_words(books)} The central draw has {total:,.0f}: {exits['deaths']:,.0f} deaths, "
        f"{exits['retirements']:,.0f} retirements, {exits['emigrations']:,.0f} emigrations, "
        f"{exits['outside']:,.0f} who never practise. It grows by {books.model_growth:,.0f}."
    )


def _reach(backtest: Backtest) -> str:
    row = backtest.row(ACTIVE)
    lever = next(each for each in backtest.levers if each.name == TOGETHER)
    best, worst = lever.high.total, lever.low.total
    what = "even then below" if best < row.observed else "then at or above"
    return (
        f"With everything that moves the total at the ends that favour growth the central draw "
        f"gives {best:,.0f}, {what} the {row.observed:,.0f} counted; at the other ends "
        f"{worst:,.0f}."
    )


def _bridge(backtest: Backtest) -> str:
    raw, across = backtest.row(ALIVE), backtest.row(f"{ALIVE}_bridged")
    return (
        f"The {raw.observed:,.0f} of {raw.date} is another count: raw, the model's active doctors "
        f"are {raw.error:+.1f}% off. Who else is in it is not printed. If it holds none to all of "
        f"the inactive (bridge.nhis_inactive_share, 0 to 1), the error is {_error(across)}."
    )


def _error(row: Score) -> str:
    low, high = (100 * (end / row.observed - 1) for end in (row.low, row.high))
    return f"{row.error:+.1f}% ({low:+.1f} to {high:+.1f}% in 8 draws of 10)"


def _ages(backtest: Backtest) -> str:
    ages, goal = backtest.ages, GOALS["ages_points"]
    met = "met" if ages.mean_absolute_error <= goal else "missed"
    return (
        f"The goal of {goal:g} points for the age shares of {ages.date} is {met}: "
        f"{ages.mean_absolute_error:.2f} with the retired added to the active, "
        f"{ages.unbridged:.2f} without; last value {ages.last_value:.1f}, linear trend "
        f"{ages.linear_trend:.1f}. The intervals hold {backtest.coverage['covered_80']} (8 draws "
        f"in 10) and {backtest.coverage['covered_90']} (9 in 10) of "
        f"{backtest.coverage['readings']} comparable readings."
    )


def _identification(backtest: Backtest) -> str:
    found = backtest.identification
    pairs = ", ".join(f"{pair} {r:.4f}" for pair, r in found.correlations.items())
    most = max(found.narrowing.values(), default=0.0)
    return (
        f"Totals cannot tell what made them: over the years the effects of two causes on the "
        f"total go together with |r| of {pairs}. Knowing the last total exactly would narrow no "
        f"single assumption by more than {100 * most:.0f}% of the spread of its prior."
    )


def _borrowed(backtest: Backtest) -> str:
    later = backtest.later_evidence
    if not later:
        return "No assumption about doctors rests on evidence of a later time than the start."
    listed = ", ".join(f"{key} ({year})" for key, year in sorted(later.items()))
    return (
        f"Not a clean hold-out: {len(later)} assumptions about doctors mention evidence of a "
        f"later time than the start (not all of them act here): {listed}."
    )
