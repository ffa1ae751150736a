"""The design of runs from which hospitals are fitted, and its file in the pack.

Freed assumptions fill the cube of their prior probabilities evenly. All others are drawn along
with the design, a new draw for each run, with new luck: a run that uses the posterior draws them
too, so what they may be must count as doubt about what the readings say. They are not held at
their central values beside a guessed discrepancy, because the design knows how they move several
readings together, and a guess would not. Runs repeated at the centre tell luck from the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from locum.assumptions.priors import quantiles
from locum.countries.schema import Field, Schema
from locum.countries.tables import read_table
from locum.errors import BadValue, InputError, MissingField, MissingFile
from locum.inference.emulator import latin_hypercube
from locum.runs.hospitals.execution import values_of
from locum.runs.hospitals.posterior import FREED, SECTOR, fit_digest, posterior_file

if TYPE_CHECKING:
    from pathlib import Path

    from locum.assumptions import Assumption, Ledger
    from locum.countries import Pack
    from locum.inference.hospital_readings import HospitalReading
    from locum.inference.scores import Floats

__all__ = [
    "NULL",
    "Design",
    "Freed",
    "Runs",
    "Simulate",
    "design_file",
    "plan_design",
    "read_runs",
    "run_design",
    "write_runs",
]

Simulate: TypeAlias = Callable[[Mapping[str, float], int], Mapping[str, float]]
"""Given the value of every assumption and the number of the replication, what a run says of each
reading by name, and under `null:` and the name what the null model says of it."""

NULL = "null:"
"""Before the name of a reading: 1 less the share of doctor-hours away in its scope and days."""
FILE = "hospital_design.csv"
POINTS, REPEATS = 120, 8
YEAR = 2024


@dataclass(frozen=True)
class Freed:
    """The freed assumptions, as axes of the unit cube."""

    assumptions: tuple[Assumption, ...]

    @classmethod
    def of(cls, ledger: Ledger, keys: Iterable[str] = FREED) -> Freed:
        """Take assumptions of a ledger.

        Raises
        ------
        UnknownName
            If the ledger lacks one.
        InputError
            If one is a rule, dated, fixed, or correlated with another assumption: its prior is
            then no axis of its own.
        """
        found = tuple(ledger[key] for key in keys)
        correlated = {key for each in ledger.correlations for key in each.keys}
        for each in found:
            if each.unit == "rule" or each.dated or each.prior.certain:
                raise InputError(f"{each.key} has no prior on one number to fit", each.place)
            if each.key in correlated:
                raise InputError(f"{each.key} is correlated and cannot be fitted", each.place)
        return cls(found)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return their keys."""
        return tuple(each.key for each in self.assumptions)

    def values(self, points: Floats) -> Floats:
        """Return values (n, P), in their units, at points (n, P) of the cube."""
        found = quantiles([each.prior for each in self.assumptions], points.T)
        scales = [float(each.value) if each.prior.relative else 1.0 for each in self.assumptions]
        return found.T * scales


@dataclass(frozen=True, eq=False)
class Design:
    """Runs to be made.

    Parameters
    ----------
    freed
        Axes of the points.
    points
        Shape (N, P); the last ones are repeats at the centre.
    numbers
        Number of the draw of the other assumptions, (N,); 0, the central one, for repeats.
    values
        All assumptions of each run, by key.
    digest
        Of what the runs hang on.
    """

    freed: Freed
    points: Floats
    numbers: tuple[int, ...]
    values: tuple[dict[str, float], ...]
    digest: str


def plan_design(
    pack: Pack,
    seed: int = 0,
    points: int = POINTS,
    repeats: int = REPEATS,
    ledger: Ledger | None = None,
    year: int = YEAR,
) -> Design:
    """Return the design of a fit.

    Parameters
    ----------
    pack
        Country.
    seed
        Names the luck of the design and the draws of all assumptions.
    points, repeats
        Runs over the cube, and at its centre.
    ledger
        Assumptions of the hospitals; the country's own by default.
    year
        In which values that change with the years are taken.
    """
    ledger = ledger or pack.ledger(SECTOR)
    freed = Freed.of(ledger)
    spread = latin_hypercube(seed, freed.keys, points)
    centre = np.full((repeats, len(freed.keys)), 0.5)
    cube = np.vstack([spread, centre])
    numbers = (*range(1, points + 1), *[0] * repeats)
    draws = ledger.draw(seed, 0, points + 1)
    moved = freed.values(cube)
    values = tuple(
        values_of(draws, number, year) | dict(zip(freed.keys, moved[row].tolist(), strict=True))
        for row, number in enumerate(numbers)
    )
    return Design(freed, cube, numbers, values, fit_digest(pack, ledger))


@dataclass(frozen=True, eq=False)
class Runs:
    """A design that was run.

    Parameters
    ----------
    keys
        Freed assumptions, P of them.
    names
        Readings, K of them; those of the null model come under `null:` and the name.
    points, numbers
        As in `Design`.
    outputs
        Shape (N, K).
    digest
        Of what the runs hang on.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    points: Floats
    numbers: tuple[int, ...]
    outputs: Floats
    digest: str

    @property
    def spread(self) -> tuple[Floats, Floats]:
        """Return points and outputs of the runs that fill the cube."""
        chosen = np.array(self.numbers) > 0
        return self.points[chosen], self.outputs[chosen]

    @property
    def repeats(self) -> Floats:
        """Return the outputs of the runs at the centre."""
        return self.outputs[np.array(self.numbers) == 0]

    def columns(self, names: Iterable[str]) -> list[int]:
        """Return where outputs stand.

        Raises
        ------
        MissingField
            If one was not run.
        """
        for name in names:
            if name not in self.names:
                raise MissingField("design of the hospitals", name)
        return [self.names.index(name) for name in names]


def run_design(
    design: Design,
    simulate: Simulate,
    readings: Sequence[HospitalReading],
    run_all: Callable[..., Iterator[Mapping[str, float]]] = map,
    progress: Callable[[int, int], None] | None = None,
) -> Runs:
    """Run a design.

    Parameters
    ----------
    design
        From `plan_design`.
    simulate
        Runs one point; the number of the replication is the place of the run in the design.
    readings
        What must come back.
    run_all
        Calls `simulate` on two lists, as `map` does: that of a pool of processes runs several at
        once.
    progress
        Called with runs done and runs in all.

    Raises
    ------
    BadValue
        If a run says nothing, or nothing finite, of a reading.
    """
    fitted = tuple(each.name for each in readings)
    names = (*fitted, *(NULL + each.name for each in readings if each.is_ratio))
    count = len(design.values)
    outputs = np.empty((count, len(names)))
    for row, said in enumerate(run_all(simulate, design.values, range(count))):
        for column, name in enumerate(names):
            value = said.get(name)
            if value is None or not np.isfinite(value):
                raise BadValue(f"{name} in run {row} of the design", value, "a finite number")
            outputs[row, column] = value
        if progress is not None:
            progress(row + 1, count)
    return Runs(design.freed.keys, names, design.points, design.numbers, outputs, design.digest)


def design_file(pack: Pack) -> Path:
    """Return where the runs of a pack stand, whether they are there or not."""
    return posterior_file(pack).with_name(FILE)


def write_runs(runs: Runs, path: Path) -> None:
    """Write the runs of a design, one a row: points as prior probabilities, then outputs."""
    lines = [",".join(["run", "draw", "fitted_with", *runs.keys, *runs.names])]
    rows = zip(runs.numbers, runs.points, runs.outputs, strict=True)
    for row, (number, point, output) in enumerate(rows):
        numbers = [f"{each:.9g}" for each in (*point, *output)]
        lines.append(",".join([str(row), str(number), runs.digest, *numbers]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_runs(pack: Pack) -> Runs:
    """Return the runs of a pack.

    Raises
    ------
    MissingFile
        If none were made.
    BadCell
        If a cell is wrong; the error names file, line and column.
    """
    path = design_file(pack)
    if not path.is_file():
        raise MissingFile(path, "scripts/fit_hospitals writes it")
    with path.open(encoding="utf-8") as stream:
        header = stream.readline().strip().split(",")
    keys = tuple(name for name in header[3:] if name in FREED)
    names = tuple(name for name in header[3:] if name not in FREED)
    fields = (
        Field("run", "integer", required=True, low=0),
        Field("draw", "integer", required=True, low=0),
        Field("fitted_with", required=True, pattern="[0-9a-f]{16}"),
        *(Field(key, "number", required=True, low=0, high=1) for key in keys),
        *(Field(name, "number", required=True) for name in names),
    )
    table = read_table(path, Schema(FILE, "Runs of the hospitals", FILE, fields, ("run",)))
    return Runs(
        keys,
        names,
        np.stack([table.numbers(key) for key in keys], axis=1),
        tuple(int(number) for number in table.numbers("draw")),
        np.stack([table.numbers(name) for name in names], axis=1),
        table.words("fitted_with")[0],
    )
