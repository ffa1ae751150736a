"""Structures: sets of assumptions under which a path of places is tried, and what they say of it.

A structure is either the full engine with its draws, or the rules of a published projection as a
cohort. Within one structure every path meets the same futures: the same draws of the same
assumptions, so that what differs between paths is the paths.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import numpy as np

from locum.errors import UnknownName
from locum.runs import RunRequest
from locum.runs.cohort import cohort_tables
from locum.runs.positions import Member, Position, find_position, project_member
from locum.scenarios import apply
from locum.scenarios.scenario import Scenario, SeatChange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from locum.countries import Pack
    from locum.inference.scores import Floats
    from locum.runs import Run


__all__ = [
    "ENGINE",
    "CohortStructure",
    "EngineStructure",
    "Futures",
    "SeatPath",
    "Setting",
    "Structure",
    "find_structure",
]

SeatPath: TypeAlias = tuple[SeatChange, ...]
"""Places of medical schools, each entry in force until the next, in order of year."""

ENGINE = "locum"
"""Name of the full engine with the country's own assumptions."""
READ_AS = "@"
"""Joins the name of a study with that of a reading: `rihp-2026@heads`."""
FEW_RUNS, FEW_COHORTS = 5, 20
"""Draws of what has to be computed for many paths, by what a draw costs."""


class Futures(NamedTuple):
    """What a path leads to in every future.

    ``years`` (T,); ``gap`` and ``need`` (F, T) doctors in the structure's own unit, the gap
    negative where doctors are missing; ``fund`` (F, T) trillion won, or None where the structure
    has no fund.
    """

    years: Floats
    gap: Floats
    need: Floats
    fund: Floats | None


class Structure(Protocol):
    """Something that says what a path of places leads to."""

    @property
    def name(self) -> str:
        """Return its name as typed."""
        ...

    @property
    def title(self) -> str:
        """Return one line for a heading."""
        ...

    @property
    def first(self) -> int:
        """Return the first year it speaks of."""
        ...

    @property
    def last(self) -> int:
        """Return the last year it speaks of."""
        ...

    @property
    def few(self) -> int:
        """Return how many draws to take where many paths are tried."""
        ...

    def project(self, path: SeatPath, draws: int, end: int) -> Futures:
        """Return what a path leads to up to a year."""
        ...


@dataclass(frozen=True)
class Setting:
    """What all structures of one choice share.

    Parameters
    ----------
    pack
        The country.
    base
        Scenario without assumptions or months of absence of its own: years and starting places.
    seed
        Seed of all draws.
    sets
        Assumptions that are fixed by hand in every structure, those of a study too.
    run
        Runs a request of the full engine.
    workers
        Threads of the full engine.
    """

    pack: Pack
    base: Scenario
    seed: int
    sets: Mapping[str, str]
    run: Callable[[RunRequest], Run]
    workers: int | None = None


@dataclass(frozen=True, eq=False)
class CohortStructure:
    """The rules of a published projection; each of its ends is a future of its own.

    ``others`` are the names under which other readings of the same study are found.
    """

    name: str
    title: str
    members: tuple[Member, ...]
    first: int
    last: int
    setting: Setting
    others: tuple[str, ...] = ()
    few: int = FEW_COHORTS
    _known: dict[tuple[SeatPath, int], Futures] = field(
        default_factory=dict[tuple[SeatPath, int], Futures], repr=False
    )

    def project(self, path: SeatPath, draws: int, end: int) -> Futures:
        """Replace the places of every member and project it; futures are members x draws.

        Places before the first year of the path stay those of the study.
        """
        key = path, draws
        if key not in self._known:
            self._known[key] = self._project(path, draws)
        known = self._known[key]
        kept = known.years <= end
        return Futures(known.years[kept], known.gap[:, kept], known.need[:, kept], None)

    def _project(self, path: SeatPath, draws: int) -> Futures:
        pack, seed = self.setting.pack, self.setting.seed
        moved = [replace(each, seats=_replaced(each.seats, path)) for each in self.members]
        found = [project_member(each, pack, draws, seed) for each in moved]
        return Futures(
            cohort_tables(pack).years,
            np.concatenate([each.gap for each in found]),
            np.concatenate([each.need for each in found]),
            None,
        )


def _replaced(seats: Mapping[int, float], path: SeatPath) -> dict[int, float]:
    own = {year: places for year, places in seats.items() if year < path[0].year}
    return own | {change.year: float(change.total) for change in path}


@dataclass(frozen=True, eq=False)
class EngineStructure:
    """The full engine under the assumptions, and the months of absence, of a scenario."""

    name: str
    title: str
    request: RunRequest
    first: int
    last: int
    setting: Setting
    few: int = FEW_RUNS
    _known: dict[tuple[SeatPath, int, int], Futures] = field(
        default_factory=dict[tuple[SeatPath, int, int], Futures], repr=False
    )

    def project(self, path: SeatPath, draws: int, end: int) -> Futures:
        """Run the engine with this path; a future is a draw."""
        key = path, draws, end
        if key not in self._known:
            self._known[key] = self._project(path, draws, end)
        return self._known[key]

    def _project(self, path: SeatPath, draws: int, end: int) -> Futures:
        scenario = replace(self.request.scenario, seats=path, end=end)
        request = replace(self.request, scenario=scenario, draws=draws)
        dataset = self.setting.run(request).dataset
        unit = str(request.ledger["gap.supply_unit"].value)
        need = "need_fte_total" if unit == "fte" else "need_total"
        names = ("gap_total", need, "fund_expenditure")
        gap, needed, fund = (
            dataset[each].transpose("draw", "year").values.astype(np.float64) for each in names
        )
        return Futures(dataset["year"].values, gap, needed, fund)


def find_structure(name: str, setting: Setting) -> Structure:
    """Return the full engine (`locum`), a scenario in it, a study, or a study under a reading.

    Parameters
    ----------
    name
        `locum`; the name or file of a scenario, whose assumptions and months of absence then hold;
        a study or one of its variants; a study and one of its readings (`study@reading`).
    setting
        What all structures share.

    Raises
    ------
    UnknownName
        If nothing has this name; the error suggests the closest one.
    InputError
        If a file says what it may not say.
    """
    if name == ENGINE:
        return _engine(name, "Locum's full engine", setting.base, setting)
    study, _, reading = name.partition(READ_AS)
    position = find_position(study, setting.pack)
    if position.scenario is not None:
        return _engine(name, position.title, position.scenario, setting)
    if reading:
        position = _read_as(position, reading)
    bare = setting.base
    members = tuple(
        replace(each, ledger=apply(bare, each.ledger, setting.sets)) for each in position.members
    )
    title = position.title
    if position.reading is not None:
        title = f"{title}, read as: {position.reading.title}"
    last = min(position.last_year, setting.pack.last_year)
    others = _other_readings(position, study)
    return CohortStructure(name, title, members, position.first_year, last, setting, others)


def _other_readings(position: Position, name: str) -> tuple[str, ...]:
    readings = position.study.readings if position.study is not None else ()
    return tuple(f"{name}{READ_AS}{each.name}" for each in readings if each != position.reading)


def _read_as(position: Position, name: str) -> Position:
    known = position.study.readings if position.study is not None else ()
    readings = {each.name: each for each in known}
    if name not in readings:
        raise UnknownName(f"reading of {position.name}", name, readings)
    return position.read_as(readings[name])


def _engine(name: str, title: str, scenario: Scenario, setting: Setting) -> EngineStructure:
    pack = setting.pack
    request = RunRequest(
        scenario=scenario,
        ledger=apply(scenario, pack.ledger(), setting.sets),
        pack=pack,
        seed=setting.seed,
        sets=setting.sets,
        workers=setting.workers,
    )
    last = pack.last_year if name == ENGINE else scenario.end
    return EngineStructure(name, title, request, scenario.start, last, setting)
