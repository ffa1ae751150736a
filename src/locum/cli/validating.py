"""`locum validate`: the model's past forecasts beside what was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.cli.console import print_json, print_table, say, showing_progress
from locum.errors import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.cli.orders import Order
    from locum.inference import Backtest, Score

__all__ = ["validate"]

COUNTED = {"active": "doctors", "heads": "doctors"}


def validate(scenario: str, order: Order, *, as_json: bool) -> None:
    """Print how a scenario forecasts readings that were held back; no run is written.

    A scenario of the workforce is run and scored; hospitals are fitted from the runs of their
    pack.

    Raises
    ------
    InputError
        If there are no readings for the scenario, or the number of draws or the seed makes no
        sense.
    """
    from locum.scenarios.hospital_schema import HOSPITALS
    from locum.scenarios.sectors import sector_of
    from locum.scenarios.standoff_schema import STANDOFF

    sector = sector_of(scenario)
    if sector == HOSPITALS.sector:
        from locum.cli.validating_hospitals import validate_hospitals

        validate_hospitals(scenario, order, as_json=as_json)
    elif sector == STANDOFF.sector:
        from locum.cli.validating_standoff import validate_standoff

        validate_standoff(scenario, order, as_json=as_json)
    else:
        _validate_workforce(scenario, order, as_json=as_json)


def _validate_workforce(scenario: str, order: Order, *, as_json: bool) -> None:
    from locum.inference import BACKTEST_DRAWS, backtest, backtest_request

    request = backtest_request(
        scenario,
        draws=BACKTEST_DRAWS if order.draws is None else order.draws,
        seed=order.seed or 0,
        workers=order.workers,
    )
    table = request.scenario.name.replace("-", "_")
    if table not in request.pack.table_names:
        problem = "no readings are held back for this scenario"
        raise InputError(problem, Place(request.scenario.name))
    with showing_progress(request.scenario.name, quiet=order.quiet) as progress:
        found = backtest(request, progress)
    if as_json:
        print_json(found.to_dict())
        return
    _print(found)


def _print(found: Backtest) -> None:
    say(found.title)
    say(f"Median of {found.draws:,} draws, seed {found.seed}; errors are forecast less counted.")
    say()
    print_table(_COLUMNS, [_line(row) for row in found.rows], numeric=10)
    say()
    say(f"Age shares {found.ages.date}, mean absolute error in points:")
    for words, value in _age_lines(found):
        say(f"  {value:5.2f}  {words}")
    say()
    say("Simple forecasts of the active stock, and what each uses:")
    for each in found.forecasters:
        say(f"  {each['error']:+5.1f}%  {each['name'].replace('_', ' ')}: {each['uses']}")
    say()
    say("One thing at a time, from one end of its prior to the other, the rest central:")
    print_table(_LEVER_COLUMNS, _lever_lines(found), numeric=6)
    for paragraph in found.note:
        say()
        say(paragraph)


_COLUMNS = (
    "reading",
    "date",
    "counted",
    "model",
    "8 draws in 10",
    "9 draws in 10",
    "inside",
    "error",
    "central",
    "CRPS",
    "last value",
    "linear trend",
)
_LEVER_COLUMNS = (
    "",
    "low end",
    "high end",
    "total, low",
    "total, high",
    "ages, low",
    "ages, high",
)


def _line(row: Score) -> Sequence[str]:
    """Lay out a score: levels in the unit of the reading, errors in per cent or points."""
    share = row.unit not in COUNTED
    sign = " pt" if share else "%"

    def level(value: float) -> str:
        return f"{value:.1f}%" if share else f"{value:,.0f}"

    def error(value: float) -> str:
        return f"{value:+.1f}{sign}"

    inside = "yes" if row.covered else "9 in 10" if row.covered_90 else "no"
    name = row.reading.replace("_", " ")
    return (
        name if row.comparable else f"{name} (another count)",
        row.date,
        level(row.observed),
        level(row.model),
        f"{level(row.low)} to {level(row.high)}",
        f"{level(row.low_90)} to {level(row.high_90)}",
        inside,
        error(row.error),
        error(row.central_error),
        f"{row.crps:.2f} pt" if share else f"{row.crps:,.0f}",
        error(row.last_value_error),
        error(row.linear_trend_error),
    )


def _age_lines(found: Backtest) -> Sequence[tuple[str, float]]:
    ages = found.ages
    return (
        (
            f"model, the retired added (8 draws in 10: {ages.low:.2f} to {ages.high:.2f})",
            ages.mean_absolute_error,
        ),
        ("model, the active only", ages.unbridged),
        ("model, central draw", ages.central),
        ("the same, trainees half a year older", ages.trainees_half_a_year_older),
        ("last value", ages.last_value),
        ("linear trend", ages.linear_trend),
    )


def _lever_lines(found: Backtest) -> Sequence[Sequence[str]]:
    """Lay out the levers; a setting that is a number of heads or two numbers stays as it is."""
    return [
        (
            each.name,
            each.low.setting,
            each.high.setting,
            f"{each.low.total:,.0f}",
            f"{each.high.total:,.0f}",
            f"{each.low.age_error:.2f}",
            f"{each.high.age_error:.2f}",
        )
        for each in found.levers
    ]
