"""The commands and their options; what they do is imported when they are called.

Exit codes: 0 fine, 2 wrong usage or input, 3 the model failed, 130 cancelled. Results go to
standard output, progress and errors to standard error.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

__all__ = ["app", "main"]

WRONG_INPUT, CANCELLED = 2, 130
DEFAULT_SCENARIO = "korea-baseline"

app = typer.Typer(
    name="locum",
    help="Simulate a national health system whose doctors are scarce.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ScenarioArgument = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="A preset or a scenario file.", show_default=DEFAULT_SCENARIO
    ),
]
Draws = Annotated[
    int | None,
    typer.Option("--draws", min=1, help="How many draws of the assumptions; by default 100."),
]
RunDraws = Annotated[
    int | None,
    typer.Option(
        "--draws",
        min=1,
        help="How many draws of the assumptions; by default 100, of hospitals 8, of a standoff "
        "20.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", min=0, max=2**63 - 1, help="Names the luck of the run; by default 0."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Fix an assumption; the unit may follow the value. May be given many times.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="How many workers; by default as many as processors."),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, and no words.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


_GARBAGE_THRESHOLDS = (500_000, 50, 100)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    Parameters
    ----------
    arguments
        Those of the process by default.
    """
    _make_streams_robust()
    # Loading libraries makes many objects that stay; looking for garbage among them at the usual
    # rate is a seventh of the time of a short run.
    gc.set_threshold(*_GARBAGE_THRESHOLDS)
    from locum.errors import LocumError

    try:
        app(arguments, prog_name="locum")
    except LocumError as error:
        _leave(str(error), error.exit_code)
    except MemoryError:
        _leave("out of memory; ask for fewer draws", WRONG_INPUT)
    except OSError as error:
        _leave(str(error), WRONG_INPUT)
    except KeyboardInterrupt:
        _leave("cancelled", CANCELLED)


def _leave(problem: str, code: int) -> None:
    typer.echo(f"Error: {problem}", err=True)
    sys.exit(code)


def _make_streams_robust() -> None:
    """Let a terminal without Korean letters show escapes instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _print_version(value: bool) -> None:  # noqa: FBT001 - typer calls it so
    if value:
        from locum import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def locum(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Simulate a national health system whose doctors are scarce."""


@app.command()
def run(  # noqa: PLR0913 - one parameter for each option
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO", help="A preset, a scenario file, or the manifest of a run."
        ),
    ] = DEFAULT_SCENARIO,
    *,
    draws: RunDraws = None,
    seed: Seed = None,
    sets: Sets = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder of the run; by default below ./locum-runs."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="DATE",
            help="Last day to simulate, such as 2024-03-31; for hospitals and standoffs.",
        ),
    ] = None,
    levers: Annotated[
        bool,
        typer.Option(
            "--levers",
            help="Run hospitals again without each lever, and say what each bought; takes as many "
            "times as long.",
        ),
    ] = False,
    counterfactuals: Annotated[
        bool | None,
        typer.Option(
            "--counterfactuals/--no-counterfactuals",
            help="Whether a standoff is run again with what could have been done otherwise; by "
            "default it is.",
            show_default=False,
        ),
    ] = None,
    workers: Workers = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a scenario and print its headline.

    The run is written to a folder, with a report that opens in a browser. The manifest.json of an
    earlier run repeats it exactly.
    """
    from locum.cli.manifests import sector_asked
    from locum.cli.orders import Order, refuse_foreign

    order = Order(draws, seed, tuple(sets or ()), workers, quiet=quiet)
    sector = sector_asked(scenario)
    given = {"--until": until, "--levers": levers, "--counterfactuals": counterfactuals}
    refuse_foreign(given, sector)
    if sector == "hospitals":
        from locum.cli.hospitals import Asked, run_hospitals

        run_hospitals(scenario, order, Asked(until, levers, out), as_json=json)
        return
    if sector == "standoff":
        from locum.cli import standoff

        asked = standoff.Asked(until, counterfactuals, out)
        standoff.run_standoff(scenario, order, asked, as_json=json)
        return
    from locum.cli.running import run_scenario

    run_scenario(scenario, order, out, as_json=json)


@app.command()
def compare(  # noqa: PLR0913 - one parameter for each option
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="BASE OTHER...", help="Presets or files; the first is the base."),
    ],
    *,
    draws: Draws = None,
    seed: Seed = None,
    sets: Sets = None,
    year: Annotated[
        list[int] | None,
        typer.Option("--year", help="A year to compare; may be given many times."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write a page (HTML) on the first two to this file."),
    ] = None,
    workers: Workers = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare scenarios with a base, under the same luck.

    Draw by draw, differences are the other scenario less the base, absolute and in per cent of the
    base. No run is written.
    """
    from locum.cli.comparing import compare_scenarios
    from locum.cli.running import Order

    order = Order(draws, seed, tuple(sets or ()), workers, quiet=quiet)
    compare_scenarios(scenarios, order, year or [], out, as_json=json)


@app.command()
def studies(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="STUDY...", help="Names of studies; by default all."),
    ] = None,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write a page (HTML) to this file.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Print published projections beside what their rules give.

    With the error of each number, and whether the rules behind it are published, inferred or tuned
    to it.
    """
    from locum.cli.studying import show_studies

    show_studies(names or [], out, as_json=json, quiet=quiet)


@app.command()
def explain(  # noqa: PLR0913 - one parameter for each option
    a: Annotated[str, typer.Argument(metavar="A", help="A study, or a scenario.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another of the same country.")],
    *,
    year: Annotated[int, typer.Option("--year", help="The year of the gap.")] = 2040,
    draws: Draws = None,
    seed: Seed = None,
    join: Annotated[
        list[str] | None,
        typer.Option(
            "--join",
            metavar="BLOCK+BLOCK",
            help="Exchange blocks together as one. May be given many times.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write a page (HTML) to this file.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Split the difference of two projections over their assumptions.

    A and B are studies (see `locum studies`), variants of a study such as
    committee-2025/s1-arima, presets or scenario files. Contributions are exact: they sum to the
    difference, in whatever order they are taken.
    """
    from locum.cli.explaining import explain_difference

    explain_difference((a, b), year, draws, seed, join or [], out, as_json=json, quiet=quiet)


@app.command()
def flip(  # noqa: PLR0913 - one parameter for each option
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A study or a scenario.")],
    *,
    assumption: Annotated[
        str, typer.Option("--assumption", metavar="KEY", help="The assumption to move.")
    ],
    year: Annotated[int, typer.Option("--year", help="The year of the gap.")] = 2040,
    draws: Draws = None,
    seed: Seed = None,
    lowest: Annotated[
        float | None, typer.Option("--from", help="The lowest value to try.")
    ] = None,
    highest: Annotated[
        float | None, typer.Option("--to", help="The highest value to try.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find the value of an assumption at which a shortage turns into a surplus.

    All other assumptions stay as they are. A rule is tried option by option.
    """
    from locum.cli.explaining import find_flip

    find_flip(
        scenario, assumption, year, draws, seed, (lowest, highest), as_json=json, quiet=quiet
    )


@app.command()
def choose(  # noqa: PLR0913 - one parameter for each option
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCENARIO...",
            help="At least two presets or files, whose places are compared.",
            show_default="korea-decided korea-2000-seats korea-baseline",
        ),
    ] = None,
    *,
    structure: Annotated[
        list[str] | None,
        typer.Option(
            "--structure",
            metavar="NAME",
            help="Whose assumptions: locum, a study, a study@reading or a scenario; may be given "
            "many times. By default locum, committee-2025 and rihp-2026.",
        ),
    ] = None,
    start: Annotated[
        int | None,
        typer.Option(
            "--start",
            help="First year of losses; by default the first in which the paths can differ.",
        ),
    ] = None,
    end: Annotated[
        int | None,
        typer.Option("--end", help="Last year of losses; by default the last that all cover."),
    ] = None,
    year: Annotated[
        list[int] | None,
        typer.Option(
            "--year",
            help="A year in which the gap must be acceptable; may be given many times. By default "
            "the last year of losses.",
        ),
    ] = None,
    absences: Annotated[
        str,
        typer.Option(
            "--absences",
            metavar="SCENARIO",
            help="Whose months of absence the students of every path meet; none: its own.",
        ),
    ] = "korea-2024",
    draws: Draws = None,
    seed: Seed = None,
    sets: Sets = None,
    workers: Workers = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Choose between paths of places: who regrets what, and under whose assumptions.

    Every path meets the same futures of each structure. Then the classes that the paths fill,
    school by school. No run is written.
    """
    from locum.cli.choosing import Asked
    from locum.cli.choosing import choose as choose_path
    from locum.cli.running import Order

    order = Order(draws, seed, tuple(sets or ()), workers, quiet=quiet)
    asked = Asked(tuple(structure or ()), start, end, tuple(year or ()), absences)
    choose_path(scenarios or [], order, asked, as_json=json)


@app.command()
def assumptions(
    scenario: ScenarioArgument = DEFAULT_SCENARIO,
    *,
    match: Annotated[
        str, typer.Option("--match", metavar="TEXT", help="Only those that mention this text.")
    ] = "",
    json: Json = False,
) -> None:
    """Print every assumption of a scenario.

    With its value, unit, prior, source, who holds it, and how well it is known.
    """
    from locum.cli.listing import list_assumptions

    list_assumptions(scenario, match, as_json=json)


@app.command()
def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Scenarios, assumptions or months of absence (YAML, CSV)."
        ),
    ],
    *,
    json: Json = False,
) -> None:
    """Say what is wrong with files, by line and key."""
    from locum.cli.checking import check_files

    if not check_files(files, as_json=json):
        raise typer.Exit(WRONG_INPUT)


@app.command()
def validate(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO",
            help="A preset whose later readings are known, such as korea-hospitals-2024.",
        ),
    ] = "backtest-2010",
    *,
    draws: Annotated[
        int | None,
        typer.Option(
            "--draws",
            min=1,
            help="How many draws of the assumptions; by default 200, of what hospitals were "
            "fitted with 1000.",
        ),
    ] = None,
    seed: Seed = None,
    workers: Workers = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score forecasts of readings that were held back, beside simple forecasters.

    By default the doctors of 2020 and 2022 from what was known in 2010. Of hospitals, what was
    fitted to the first days of the walkout, what that says of later ones, and what it taught. No
    run is written.
    """
    from locum.cli.running import Order
    from locum.cli.validating import validate as validate_model

    validate_model(scenario, Order(draws, seed, (), workers, quiet=quiet), as_json=json)


@app.command()
def template(  # noqa: PLR0913 - one parameter for each option
    kind: Annotated[str, typer.Argument(metavar="census|roster", help="What to fill in.")],
    *,
    hospital: Annotated[
        str | None,
        typer.Option(
            "--hospital",
            metavar="NAME",
            help="Name or number of a hospital of the country's list, whose estimates are filled "
            "in; by default one of middle size.",
        ),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="Day of the census; by default today."),
    ] = None,
    hour: Annotated[
        int | None, typer.Option("--hour", help="Hour of the census; by default 8.")
    ] = None,
    days: Annotated[
        int, typer.Option("--days", min=1, max=56, help="How many days a roster covers.")
    ] = 14,
    census: Annotated[
        Path | None,
        typer.Option("--census", metavar="FILE", help="Write the roster for this census."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; by default it is printed.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write the census or the roster of a hospital, to fill in for a forecast.

    What stands there is an estimate for the hospital, so that a forecast runs at once.
    """
    from locum.cli.templates import AskedTemplate, write_template

    asked = AskedTemplate(hospital, date, hour, days, census)
    write_template(kind, asked, out, quiet=quiet)


@app.command()
def forecast(  # noqa: PLR0913 - one parameter for each option
    *,
    census: Annotated[
        Path, typer.Option("--census", metavar="FILE", help="Where the hospital stands (CSV).")
    ],
    roster: Annotated[
        Path, typer.Option("--roster", metavar="FILE", help="Who works when (CSV).")
    ],
    days: Annotated[
        int, typer.Option("--days", min=1, max=56, help="How many days, that of the census first.")
    ] = 14,
    lever: Annotated[
        list[str] | None,
        typer.Option(
            "--lever",
            metavar="NAME=AMOUNT",
            help="A lever to try, such as ward_beds=20; may be given many times. By default "
            "several are tried.",
        ),
    ] = None,
    risk: Annotated[
        str,
        typer.Option(
            "--risk",
            metavar="NAME",
            help="What levers are ranked by: ed_closed, icu_full, hours_cap, work_missed or any.",
        ),
    ] = "any",
    draws: Annotated[
        int | None,
        typer.Option("--draws", min=1, help="How many draws of the assumptions; by default 20."),
    ] = None,
    seed: Seed = None,
    sets: Sets = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder of the results; by default below ./locum-runs."),
    ] = None,
    workers: Workers = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Forecast the next days of one hospital, hour by hour.

    From its census and its roster, which `locum template` writes to fill in: when the emergency
    department closes, intensive care is full, hours are broken or work is missed, and what each
    lever buys. Nothing leaves this computer.
    """
    from locum.cli.forecasting import AskedForecast, forecast_hospital
    from locum.cli.orders import Order

    asked = AskedForecast(census, roster, days, tuple(lever or ()), risk)
    order = Order(draws, seed, tuple(sets or ()), workers, quiet=quiet)
    forecast_hospital(asked, order, out, as_json=json)


@app.command()
def schema(
    *,
    sector: Annotated[
        str,
        typer.Option("--sector", metavar="NAME", help="Of which sector: workforce or hospitals."),
    ] = "workforce",
) -> None:
    """Print the JSON Schema of scenario files."""
    from locum.cli.listing import print_schema

    print_schema(sector)


@app.command()
def packs(*, json: Json = False) -> None:
    """Print the installed countries and their presets."""
    from locum.cli.listing import list_packs

    list_packs(as_json=json)


@app.command()
def cite(
    run: Annotated[
        Path | None, typer.Argument(metavar="RUN", help="Folder of a run, or its manifest.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Print how to cite Locum, a run and its data."""
    from locum.cli.citing import cite_run

    cite_run(run, as_json=json)
