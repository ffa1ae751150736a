"""How fast the workforce model is, beside its peers, in one run.

The complete model on the Korean tables: scenario korea-decided with its bonds, 2022 to 2062, every
region, specialty, sex and age. Tasks take turns, so that a busy machine slows all of them alike;
compare the ratios and not the seconds. See README.md in this folder.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from timing import once, peak_megabytes, process_times, take_turns

from locum.countries import Pack, load_pack
from locum.runs import RunRequest, execute, workforce_tables
from locum.scenarios import Scenario, apply, resolve
from locum.workforce import (
    Prepared,
    Tables,
    Trajectory,
    empty_trajectory,
    prepare,
    reference_steps,
    simulate,
)
from locum.workforce.simulate import take_draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.assumptions import Ledger

    Figures = dict[str, float | int | str | None]

PRESET, LAST_YEAR = "korea-decided", 2062
BATCH = 25
FULL_BATCHES, QUICK_BATCHES = (1, 2, 5, 10, 20), (1, 2)
GOALS = {
    "one_draw_cpu_s": 0.03,
    "fan_100_cpu_s": 2.0,
    "thousand_cpu_s": 20.0,
    "thousand_peak_mb": 1500.0,
    "draw_cost_spread": 1.3,
    "help_wall_s": 0.3,
    "run_one_draw_wall_s": 3.0,
    "first_compile_wall_s": 20.0,
    "core_install_mb": 550.0,
}
"""At most so much; printed beside the figures, asserted nowhere."""
RATIO_GOALS = {"state_copy": "at most 15, better 8", "numpy_reference": "at least 3"}


@dataclass(frozen=True)
class Model:
    """The Korean model, ready to run any number of draws."""

    pack: Pack
    scenario: Scenario
    ledger: Ledger
    tables: Tables

    @classmethod
    def load(cls, last_year: int = LAST_YEAR) -> Model:
        """Read the pack and lay out its tables."""
        pack = load_pack("korea")
        scenario = replace(resolve(PRESET, pack), end=last_year)
        ledger = apply(scenario, pack.ledger(), {})
        return cls(pack, scenario, ledger, workforce_tables(pack, scenario, ledger))

    @property
    def years(self) -> int:
        """Return the number of simulated years."""
        return len(self.tables.axes.years) - 1

    def prepared(self, first: int, last: int) -> Prepared:
        """Draw assumptions and prepare them."""
        return prepare(self.ledger.draw(0, first, last), self.tables)

    def run(self, draws: int) -> Trajectory:
        """Run draws with the engine of record, from assumptions to results."""
        out = empty_trajectory(self.tables, draws)
        for first in range(0, draws, BATCH):
            last = min(first + BATCH, draws)
            view = Trajectory(*(array[first:last] for array in out))
            simulate(self.prepared(first, last), self.tables, out=view)
        return out

    def run_reference(self, draws: int, batch: int) -> None:
        """Run draws with the readable reference on NumPy."""
        for first in range(0, draws, batch):
            simulate(self.prepared(first, first + batch), self.tables, reference_steps())

    def what_if(self) -> Trajectory:
        """Change one assumption and run the central draw."""
        changed = self.ledger.fixed("exit.mortality_ratio", 0.6)
        return simulate(prepare(changed.draw(0, 0, 1), self.tables), self.tables)

    def execute(self, draws: int, workers: int = 1) -> None:
        """Run draws as the command does, tables and labels included; nothing is written."""
        request = RunRequest(
            self.scenario, self.ledger, self.pack, draws=draws, workers=workers, batch=BATCH
        )
        assert execute(request).dataset.sizes["draw"] == draws


def copy_yearly(model: Model, draws: int) -> Callable[[], None]:
    """Return a task that copies the whole float64 state of each draw once a year.

    Every array of the state, into memory that is already there: the least a year could cost.
    """
    states = [take_draw(model.prepared(d, d + 1).state, 0) for d in range(draws)]
    target = tuple(np.empty_like(array) for array in states[0])

    def task() -> None:
        for state in states:
            for _ in range(model.years):
                for array, place in zip(state, target, strict=True):
                    np.copyto(place, array)

    return task


def renew_yearly(model: Model, draws: int) -> Callable[[], None]:
    """Return the same task into new memory, as a year of the model writes it."""
    states = [take_draw(model.prepared(d, d + 1).state, 0) for d in range(draws)]

    def task() -> None:
        for state in states:
            arrays = tuple(state)
            for _ in range(model.years):
                arrays = tuple(array.copy() for array in arrays)

    return task


def fastest_batch(model: Model, sizes: tuple[int, ...]) -> int:
    """Return the batch size at which the reference is fastest."""
    model.run_reference(1, 1)
    costs = {size: once(lambda size=size: model.run_reference(size, size))[0] for size in sizes}
    return min(sizes, key=lambda size: costs[size] / size)


def compare(model: Model, *, quick: bool) -> tuple[dict[str, float], Figures]:
    """Time the engine, the copies and the reference in turns."""
    draws, rounds = (2, 1) if quick else (BATCH, 7)
    batch = fastest_batch(model, QUICK_BATCHES if quick else FULL_BATCHES)
    work = draws * model.years
    tasks = {
        "engine": (lambda: model.run(draws), work),
        "copy": (copy_yearly(model, draws), work),
        "renew": (renew_yearly(model, draws), work),
        "reference": (lambda: model.run_reference(batch, batch), batch * model.years),
        "one_draw": (model.what_if, 1),
    }
    times = take_turns(tasks, rounds)
    engine, copy, reference = times["engine"], times["copy"], times["reference"]
    ratios = {
        "state_copy": engine.best / copy.best,
        "numpy_reference": reference.best / engine.best,
    }
    figures: Figures = {
        "engine_draw_year_cpu_ms": 1e3 * engine.best,
        "engine_draw_year_wall_ms": 1e3 * engine.best_wall,
        "copy_draw_year_cpu_ms": 1e3 * copy.best,
        "copy_draw_year_wall_ms": 1e3 * copy.best_wall,
        "reference_draw_year_cpu_ms": 1e3 * reference.best,
        "reference_draw_year_wall_ms": 1e3 * reference.best_wall,
        "reference_batch": batch,
        "state_copy_of_medians": engine.median / copy.median,
        "state_copy_in_new_memory": engine.best / times["renew"].best,
        "numpy_reference_of_medians": reference.median / engine.median,
        "one_draw_cpu_s": times["one_draw"].best,
        "one_draw_wall_s": times["one_draw"].best_wall,
    }
    return ratios, figures


def sizes(model: Model) -> Figures:
    """Bytes of a draw's state and of its results, and the people it holds."""
    batch = model.prepared(0, 1)
    state = take_draw(batch.state, 0)
    out = empty_trajectory(model.tables, 1)
    people = simulate(batch, model.tables, out=out).stages[0, 0].sum()
    return {
        "state_bytes": sum(array.nbytes for array in state),
        "result_bytes": sum(array.nbytes for array in out),
        "people": float(people),
    }


def fan(model: Model, *, quick: bool) -> Figures:
    """A hundred draws, tables and labels included, and two threads against one."""
    fan, draws, rounds = (2, 2, 1) if quick else (100, 400, 3)
    model.execute(2)
    tasks = {
        "fan": (lambda: model.execute(fan), 1),
        "one": (lambda: model.execute(draws, 1), 1),
        "two": (lambda: model.execute(draws, 2), 1),
    }
    times = take_turns(tasks, rounds)
    return {
        "fan_100_cpu_s": None if quick else times["fan"].best,
        "fan_100_wall_s": None if quick else times["fan"].best_wall,
        "two_threads_speed_up": times["one"].best_wall / times["two"].best_wall,
        "two_threads_cpu_over_one": times["two"].best / times["one"].best,
        "load_average": os.getloadavg()[0],
        "cores": os.cpu_count(),
    }


def starsim_rate(years: int, *, quick: bool) -> tuple[float | None, str]:
    """Person-years per CPU second of starsim's bare births and deaths, and a note."""
    try:
        import starsim
    except ImportError:
        return None, "starsim is not installed (dependency group bench): no figure"
    agents = 2_000 if quick else 100_000

    def loop() -> Any:
        demographics = [starsim.Births(birth_rate=10), starsim.Deaths(death_rate=10)]
        span = {"start": 2022, "stop": 2022 + years, "dt": 1.0}
        sim = starsim.Sim(n_agents=agents, demographics=demographics, verbose=0, **span)
        sim.init()
        return sim

    loop().run()
    waiting = [loop() for _ in range(1 if quick else 5)]
    best = min(once(sim.run)[0] for sim in waiting)
    return agents * years / best, f"starsim {starsim.__version__}: births and deaths only"


def beside_starsim(model: Model, figures: Figures, *, quick: bool) -> Figures:
    """Context, not a peer: starsim's people are agents, ours are expected heads in cells."""
    rate, note = starsim_rate(model.years, quick=quick)
    ours = float(figures["people"] or 0) / (float(figures["engine_draw_year_cpu_ms"] or 1) / 1e3)
    return {
        "person_years_per_cpu_s": ours,
        "starsim_person_years_per_cpu_s": rate,
        "starsim_note": note,
    }


def child(task: str, **variables: str) -> dict[str, float]:
    """Run one of `CHILDREN` in a fresh process and return what it prints."""
    command = [sys.executable, __file__, "--child", task]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **variables}
    )
    return json.loads(done.stdout)


def thousand_draws() -> dict[str, float]:
    """A thousand draws in one thread, once the engine is loaded, and the memory they took."""
    model = Model.load()
    model.execute(1)
    cpu, wall = once(lambda: model.execute(1000))
    return {
        "thousand_cpu_s": cpu,
        "thousand_wall_s": wall,
        "thousand_peak_mb": peak_megabytes(),
    }


def cost_per_draw() -> dict[str, float]:
    """CPU time of a draw among 10, 100 and 1,000."""
    model = Model.load()
    model.run(1)

    def runs(count: int, times: int) -> Callable[[], None]:
        def task() -> None:
            for _ in range(times):
                model.run(count)

        return task

    # As many draws of each kind, so that a busy spell weighs the same on all; 1,000 is one run.
    repeats = {10: 50, 100: 5, 1000: 1}
    tasks = {str(n): (runs(n, times), n * times) for n, times in repeats.items()}
    costs = {name: times.best for name, times in take_turns(tasks, 3).items()}
    return {
        **{f"draw_of_{count}_cpu_ms": 1e3 * cost for count, cost in costs.items()},
        "draw_cost_spread": max(costs.values()) / min(costs.values()),
    }


def first_compile() -> dict[str, float]:
    """The first draw in an empty cache folder."""
    model = Model.load()
    cpu, wall = once(lambda: model.run(1))
    again, _ = once(lambda: model.run(1))
    return {"first_compile_cpu_s": cpu - again, "first_compile_wall_s": wall - again}


CHILDREN: dict[str, Callable[[], dict[str, float]]] = {
    "thousand": thousand_draws,
    "cost": cost_per_draw,
    "compile": first_compile,
}
IN_FRESH_PROCESSES = (
    "thousand_cpu_s",
    "thousand_wall_s",
    "thousand_peak_mb",
    "draw_of_10_cpu_ms",
    "draw_of_100_cpu_ms",
    "draw_of_1000_cpu_ms",
    "draw_cost_spread",
    "first_compile_cpu_s",
    "first_compile_wall_s",
    "help_cpu_s",
    "help_wall_s",
    "run_one_draw_cpu_s",
    "run_one_draw_wall_s",
)


def fresh_processes() -> Figures:
    """Everything that needs a process of its own."""
    figures: Figures = {**child("thousand"), **child("cost")}
    with tempfile.TemporaryDirectory(prefix="locum-bench-") as folder:
        figures |= child("compile", LOCUM_CACHE_DIR=folder)
        figures |= _commands(Path(folder))
    return figures


def _commands(folder: Path) -> Figures:
    """`locum --help`, and `locum run` with one draw: whole processes, warm."""
    locum = [sys.executable, "-c", "from locum.cli import main; main()"]
    asked = process_times([*locum, "--help"], 7)
    run = [*locum, "run", PRESET, "--draws", "1", "--quiet", "--out", str(folder / "run")]
    ran = process_times(run, 5)
    return {
        "help_cpu_s": asked.best,
        "help_wall_s": asked.best_wall,
        "run_one_draw_cpu_s": ran.best,
        "run_one_draw_wall_s": ran.best_wall,
    }


def core_install() -> float:
    """Megabytes of the core install in a new environment, pip itself left out."""
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory(prefix="locum-core-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [f"{folder}/bin/python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
        tools = {"pip", "setuptools"}
        subprocess.run(
            [*pip, "install", "-c", str(root / "constraints.txt"), str(root)], check=True
        )
        site = next(Path(folder).glob("lib/python*/site-packages"))
        files = [path for path in site.rglob("*") if path.is_file()]
        kept = [p for p in files if p.relative_to(site).parts[0].split("-")[0] not in tools]
        return sum(path.stat().st_size for path in kept) / 1e6


def measure(*, quick: bool, slow: bool) -> dict[str, Any]:
    """Measure everything and return it as the contract says."""
    model = Model.load(2027 if quick else LAST_YEAR)
    model.run(1)
    ratios, figures = compare(model, quick=quick)
    figures |= sizes(model) | fan(model, quick=quick)
    figures |= beside_starsim(model, figures, quick=quick)
    if figures["starsim_person_years_per_cpu_s"]:
        ours, theirs = (
            float(figures[f"{name}person_years_per_cpu_s"] or 0) for name in ("", "starsim_")
        )
        ratios["starsim"] = ours / theirs
    figures |= dict.fromkeys(IN_FRESH_PROCESSES) if quick else fresh_processes()
    figures["core_install_mb"] = core_install() if slow else None
    return {"ratios": ratios, "figures": figures}


def show(result: dict[str, Any]) -> None:
    """Print the result for people."""
    print("Ratios (best of the turns)")
    for name, value in result["ratios"].items():
        print(f"  {name:34} {value:10.2f}   {RATIO_GOALS.get(name, 'context')}")
    print("Figures")
    for name, value in result["figures"].items():
        text = (
            f"{value:10.4g}" if isinstance(value, (int, float)) else str(value or "not measured")
        )
        goal = f"goal {GOALS[name]:g}" if name in GOALS else ""
        print(f"  {name:34} {text:>10}   {goal}".rstrip())


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="few years, once: only to try it")
    parser.add_argument("--slow", action="store_true", help="also install the core anew")
    parser.add_argument("--child", choices=sorted(CHILDREN), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(CHILDREN[options.child]()))
        return
    result = measure(quick=options.quick, slow=options.slow)
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        show(result)


if __name__ == "__main__":
    main()
