"""`locum validate` of the hospitals: what was fitted, what was held back, and what was learned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from locum.cli.console import print_json, print_table, say, showing_work

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from locum.cli.orders import Order
    from locum.inference.calibration import Learned
    from locum.inference.hospital_fit import FittedRow, HospitalFit, Said

__all__ = ["print_fit", "validate_hospitals"]


def validate_hospitals(scenario: str, order: Order, *, as_json: bool) -> None:
    """Fit the hospitals of a scenario's country from the runs of its pack, and print the score.

    Raises
    ------
    InputError
        If no runs are there, or draws or seed make no sense.
    """
    from locum.countries import load_pack
    from locum.inference.hospital_design import read_runs
    from locum.inference.hospital_fit import Settings, fit_hospitals
    from locum.runs.hospitals.posterior import SECTOR
    from locum.scenarios import apply
    from locum.scenarios.hospitals import resolve_hospitals

    resolved = resolve_hospitals(scenario)
    pack = load_pack(resolved.country)
    ledger = apply(resolved, pack.ledger(SECTOR))
    settings = Settings(seed=order.seed or 0)
    if order.draws is not None:
        settings = replace(settings, draws=order.draws)
    runs = read_runs(pack)
    with showing_work("fitting the hospitals", quiet=order.quiet):
        fit = fit_hospitals(runs, pack, settings, ledger)
    if as_json:
        print_json({"scenario": resolved.name} | fit.to_dict())
        return
    say(resolved.title)
    print_fit(fit)


def print_fit(fit: HospitalFit) -> None:
    """Print a fit for people."""
    model, null = fit.crps
    say(
        f"Fitted with {fit.points} runs; {len(fit.posterior.values):,} draws of the posterior, "
        f"seed {fit.seed}. Ratios are to the base week; errors are model less reading."
    )
    if fit.stale:
        say(
            "OUT OF DATE: assumptions, readings or pathways have changed since the runs were "
            "made; scripts/fit_hospitals makes them again."
        )
    _heading("Fitted:")
    _print_rows(row for row in fit.rows if row.fitted)
    _heading("Predicted, never shown to the fit; null model: cut = share of doctor-hours away:")
    _print_rows(fit.predicted)
    say()
    verdict = "beats" if model < null else "does not beat"
    say(f"Mean CRPS {model:.2f} points; null model {null:.2f}: the model {verdict} it.")
    goal = "within" if fit.worst_error <= fit.goal else "outside"
    say(f"Largest error of a prediction: {fit.worst_error:.1f} points, {goal} {fit.goal:.0f}.")
    _heading("What the readings teach:")
    print_table(_LEARNED_COLUMNS, [_learned_line(each) for each in fit.learned], numeric=7)
    say(_unidentified(fit))
    _print_correlations(fit)
    _print_reach(fit)
    _print_emulator(fit)


_ROW_COLUMNS = (
    "reading",
    "days",
    "read",
    "model",
    "9 draws in 10",
    "inside",
    "error",
    "CRPS",
    "luck",
    "null model",
    "its 9 in 10",
    "its error",
    "its CRPS",
)
_LEARNED_COLUMNS = (
    "assumption",
    "prior",
    "posterior",
    "9 draws in 10",
    "contraction",
    "distance",
    "R-hat",
    "worth draws",
)


def _heading(text: str) -> None:
    say()
    say(text)


def _print_rows(rows: Iterable[FittedRow]) -> None:
    print_table(_ROW_COLUMNS, [_row_line(row) for row in rows], numeric=11)


def _row_line(row: FittedRow) -> Sequence[str]:
    def said(what: Said | None) -> tuple[str, str, str, str, str]:
        if what is None:
            return ("", "", "", "", "")
        limits = f"{_level(row, what.low)} to {_level(row, what.high)}"
        inside = "yes" if what.covered else "no"
        error, score = _difference(row, what.error), _size(row, what.crps)
        return _level(row, what.median), limits, inside, error, score

    middle, limits, inside, error, score = said(row.model)
    null_middle, null_limits, _, null_error, null_score = said(row.null)
    scale = 100.0 if row.unit == "ratio" else 1.0
    return (
        f"{row.metric.replace('_', ' ')}, {row.scope}",
        f"{row.start} to {row.end[5:]}",
        _level(row, row.reading),
        middle,
        limits,
        inside,
        error,
        score,
        "" if row.luck is None else _size(row, scale * row.luck),
        null_middle,
        null_limits,
        null_error,
        null_score,
    )


def _level(row: FittedRow, value: float) -> str:
    return f"{value:.3f}" if row.unit == "ratio" else f"{value:,.0f}"


def _difference(row: FittedRow, value: float) -> str:
    return f"{value:+.1f} pt" if row.unit == "ratio" else f"{value:+,.0f}"


def _size(row: FittedRow, value: float) -> str:
    return f"{value:.2f} pt" if row.unit == "ratio" else f"{value:,.0f}"


def _learned_line(each: Learned) -> Sequence[str]:
    return (
        each.name,
        f"{each.prior_mean:.3g} ± {each.prior_sd:.2g}",
        f"{each.mean:.3g} ± {each.sd:.2g}",
        f"{each.low:.3g} to {each.high:.3g}",
        f"{100 * each.contraction:.0f}%",
        f"{each.distance:.2f}",
        f"{each.rhat:.3f}",
        f"{each.effective:,.0f}",
    )


def _unidentified(fit: HospitalFit) -> str:
    if not fit.unidentified:
        return "Every posterior differs from its prior."
    return f"Not identified, posterior equal to prior: {', '.join(fit.unidentified)}."


def _print_correlations(fit: HospitalFit) -> None:
    _heading("Strongest correlations of the posterior:")
    for first, second, rho in fit.correlations:
        say(f"  {rho:+.2f}  {first} and {second}")


def _print_reach(fit: HospitalFit) -> None:
    _heading("What the prior can give, by implausibility (3 standard deviations):")
    rows = [
        (
            each.name,
            f"{each.value:,.4g}",
            f"{each.low:,.4g} to {each.high:,.4g}",
            f"{100 * each.share:.1f}%",
            "yes" if each.reached else "NO",
        )
        for each in fit.reaches
    ]
    columns = ("reading", "read", "expected over the prior", "plausible share", "reached")
    print_table(columns, rows, numeric=4)
    say(f"Plausible for all of them together: {100 * fit.together:.2f}% of the prior.")


def _print_emulator(fit: HospitalFit) -> None:
    _heading("The emulator of the runs, leaving out one run at a time:")
    rows = [
        (
            each.name,
            f"{each.spread:,.4g}",
            f"{each.error:,.3g}",
            f"{100 * each.explained:.0f}%",
            f"{each.noise:,.3g}",
            f"{each.calibration:.2f}",
        )
        for each in fit.qualities
    ]
    columns = ("reading", "spread of runs", "error", "explained", "noise", "error over its own")
    print_table(columns, rows, numeric=5)
    say(
        f"Steps accepted {100 * fit.accepted:.0f}%; {fit.weighed_effective:,.0f} weighed points "
        f"of the prior give the same means within {fit.weighed_difference:.2f} posterior sd."
    )
