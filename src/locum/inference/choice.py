"""Choice between paths of places: regret over draws and structures, and how long one may wait.

Nothing is optimised and no structure is averaged with another: every path meets the same futures
of each structure, and the result says under whose assumptions it does well.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.countries import load_pack
from locum.errors import BadValue, InputError, OutOfBounds, Place, YearOutside
from locum.inference.futures import ENGINE, CohortStructure, Setting, find_structure
from locum.inference.waiting import Wait, latest_start, only_kept
from locum.runs import RunRequest, execute
from locum.runs.request import MOST_DRAWS
from locum.scenarios import Scenario, apply, resolve
from locum.workforce.records import STUDY_YEARS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.inference.futures import Futures, SeatPath, Structure
    from locum.inference.scores import Floats
    from locum.runs import Run


__all__ = [
    "CANDIDATES",
    "STRUCTURES",
    "Choice",
    "Path",
    "Question",
    "Range",
    "Switch",
    "Weighing",
    "choose",
    "losses",
    "minimax",
    "regrets",
    "switches",
]

CANDIDATES = ("korea-decided", "korea-2000-seats", "korea-baseline")
STRUCTURES = (ENGINE, "committee-2025", "rihp-2026")
LOW, MIDDLE, HIGH = 10, 50, 90
"""Percentiles of every printed interval and its value."""
GRID = 121
"""Weights at which the best path is looked up; between two that differ the switch is bisected."""
STEPS = 40
SAME = 1e-9
"""Losses closer than this, relative to the largest, are one loss."""


@dataclass(frozen=True)
class Question:
    """What to choose between, under which assumptions, over which years.

    Parameters
    ----------
    scenarios
        Names or files of scenarios; only their places count.
    structures
        As `locum.inference.futures.find_structure` reads them.
    start, end
        Horizon of losses and regrets; by default from the first year in which the paths can differ
        in doctors to the last that all cover.
    years
        Years in which the gap must be acceptable; by default the end of the horizon.
    draws, seed
        Draws of every structure.
    sets
        Assumptions fixed by hand, in every structure.
    workers
        Threads of the full engine.
    """

    scenarios: tuple[str, ...] = CANDIDATES
    structures: tuple[str, ...] = STRUCTURES
    start: int | None = None
    end: int | None = None
    years: tuple[int, ...] = ()
    draws: int = RunRequest.draws
    seed: int = 0
    sets: Mapping[str, str] = field(default_factory=dict[str, str])
    workers: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.draws <= MOST_DRAWS:
            raise BadValue("draws", self.draws, f"a whole number from 1 to {MOST_DRAWS:,}")


@dataclass(frozen=True)
class Range:
    """Median, 10th and 90th percentile over futures."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Floats) -> Range:
        """Return the range of values (F,)."""
        low, value, high = np.percentile(values, (LOW, MIDDLE, HIGH))
        return cls(float(value), float(low), float(high))


@dataclass(frozen=True)
class Regret:
    """Regret over futures, in doctor-years."""

    mean: float
    median: float
    low: float
    high: float
    worst: float


@dataclass(frozen=True)
class Path:
    """What one path comes to in one structure.

    ``loss`` and ``regret`` are weighted doctor-years over the horizon; ``as_stated`` is the regret
    with every assumption at its central value; ``best_share`` and ``acceptable_share`` are shares
    of futures; ``fund`` trillion won up to the end of the horizon more than with the places as
    they are, None where the structure has no fund.
    """

    scenario: str
    loss: Range
    regret: Regret
    as_stated: float
    best_share: float
    acceptable_share: float
    fund: Range | None
    wait_until: Wait


@dataclass(frozen=True)
class Weighing:
    """Doctor-years short and over (C, F) of every path in the futures of a structure."""

    name: str
    title: str
    draws: int
    shortage: Floats
    surplus: Floats
    paths: tuple[Path, ...] = ()

    def losses(self, weight: float) -> Floats:
        """Return the losses (C, F) when so many doctor-years over weigh as one short."""
        return losses(self.shortage, self.surplus, weight)

    def mean_regret(self, weight: float) -> Floats:
        """Return the mean regret of every path (C,)."""
        return regrets(self.losses(weight)).mean(axis=1)

    def best(self, weight: float) -> int:
        """Return which path has the least mean loss."""
        return _least(self.losses(weight).mean(axis=1))

    @property
    def best_as_stated(self) -> int:
        """Return which path does best with every assumption at its central value."""
        return _least(np.array([path.as_stated for path in self.paths]))


@dataclass(frozen=True)
class Switch:
    """A weight at which the best path changes; `structure` None is the least worst regret."""

    structure: str | None
    weight: float
    below: str
    above: str


@dataclass(frozen=True)
class Choice:
    """The answer to a `Question`; `worst` is each path's largest mean regret over structures."""

    country: str
    candidates: tuple[str, ...]
    titles: tuple[str, ...]
    horizon: tuple[int, int]
    years: tuple[int, ...]
    structures: tuple[Weighing, ...]
    worst: tuple[float, ...]
    weight: Range
    switches: tuple[Switch, ...]
    tolerances: Mapping[str, float]
    notes: tuple[str, ...]

    @property
    def minimax(self) -> int:
        """Return which path's worst mean regret is least."""
        return _least(np.array(self.worst))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        return {
            "country": self.country,
            "candidates": list(self.candidates),
            "horizon": {"start": self.horizon[0], "end": self.horizon[1]},
            "acceptable_in": list(self.years),
            "tolerances": dict(self.tolerances),
            "structures": [
                {
                    "name": each.name,
                    "title": each.title,
                    "draws": each.draws,
                    "futures": each.shortage.shape[1],
                    "paths": [asdict(path) for path in each.paths],
                }
                for each in self.structures
            ],
            "minimax": {
                "scenario": self.candidates[self.minimax],
                "regret": self.worst[self.minimax],
                "worst": dict(zip(self.candidates, self.worst, strict=True)),
            },
            "shortage_weight": {
                **asdict(self.weight),
                "switches": [asdict(each) for each in self.switches],
            },
            "notes": list(self.notes),
        }


# --- the arithmetic, on plain arrays -----------------------------------------


def losses(shortage: Floats, surplus: Floats, weight: float) -> Floats:
    r"""Weigh shortage and surplus.

    Parameters
    ----------
    shortage, surplus
        Doctor-years over the horizon, any shape.
    weight
        Doctor-years of surplus that weigh as much as one of shortage.

    Returns
    -------
    Floats
        :math:`2 (W s + u) / (W + 1)`, doctor-years: their plain sum when W is 1.
    """
    return 2.0 * (weight * shortage + surplus) / (weight + 1.0)


def regrets(loss: Floats) -> Floats:
    """Return how much more each path loses (C, F) than the best in the same future."""
    return loss - loss.min(axis=0)


def best_shares(loss: Floats) -> Floats:
    """Return the share of futures in which each path is best (C,); paths that tie are both."""
    limit = SAME * max(float(np.abs(loss).max()), 1.0)
    return (regrets(loss) <= limit).mean(axis=1)


def minimax(structures: Sequence[Weighing], weight: float) -> Floats:
    """Return the largest mean regret of every path over the structures (C,)."""
    return np.max([each.mean_regret(weight) for each in structures], axis=0)


def switches(
    best: Callable[[float], int], low: float, high: float
) -> list[tuple[float, int, int]]:
    """Return where the best path changes between two weights: the weight, before, after."""
    grid = np.geomspace(low, high, GRID)
    found = [best(float(weight)) for weight in grid]
    changes: list[tuple[float, int, int]] = []
    for number in np.flatnonzero(np.diff(found)):
        below, above = float(grid[number]), float(grid[number + 1])
        for _ in range(STEPS):
            middle = float(np.sqrt(below * above))
            if best(middle) == found[number]:
                below = middle
            else:
                above = middle
        changes.append((above, found[number], found[number + 1]))
    return changes


def _least(values: Floats) -> int:
    """Return the first position of the least, ties within rounding."""
    limit = SAME * max(float(np.abs(values).max()), 1.0)
    return int(np.flatnonzero(values <= values.min() + limit)[0])


# --- the choice --------------------------------------------------------------


def choose(
    question: Question,
    run: Callable[[RunRequest], Run] = execute,
    pack: Pack | None = None,
) -> Choice:
    """Compare paths of places under several structures.

    Parameters
    ----------
    question
        What to choose between.
    run
        Runs the full engine; a caller may show progress.
    pack
        The country, if it is open.

    Raises
    ------
    UnknownName
        If a scenario, a study or a reading does not exist.
    InputError
        If there are fewer than two paths, they are of different countries or alike, or change
        places of the past.
    YearOutside
        If a year is outside what the structures cover.

    Notes
    -----
    Loss of a path in a future: `losses` of the doctor-years of shortage and surplus over the
    horizon. Regret: loss less the least loss in that future. Held by
    tests/inference/test_choice.py.
    """
    candidates = find_candidates(question.scenarios, pack)
    pack = pack or load_pack(candidates[0].country)
    setting = Setting(
        pack, bare(candidates[0], pack), question.seed, question.sets, run, question.workers
    )
    structures = [find_structure(name, setting) for name in dict.fromkeys(question.structures)]
    if not structures:
        raise InputError("name at least one structure", Place("choose"))
    horizon = _horizon(question, candidates, structures, pack)
    years = question.years or (horizon[1],)
    for year in years:
        if not horizon[0] <= year <= horizon[1]:
            raise YearOutside("the horizon", year, *horizon, Place("--year"))
    ledger = apply(setting.base, pack.ledger(), question.sets)
    judged = _Judged(question.draws, horizon, years, *_judgements(ledger))
    weighed = tuple(
        _weigh(each, candidates, kept_path(pack, setting.base), judged) for each in structures
    )
    names = tuple(each.name for each in candidates)
    return Choice(
        country=pack.name,
        candidates=names,
        titles=tuple(each.title for each in candidates),
        horizon=horizon,
        years=tuple(years),
        structures=weighed,
        worst=tuple(float(each) for each in minimax(weighed, judged.weight.value)),
        weight=judged.weight,
        switches=_switches(weighed, names, judged.weight),
        tolerances={"acceptable": judged.tolerance, "waiting": judged.waiting},
        notes=_notes(candidates, structures),
    )


def find_candidates(names: Sequence[str], pack: Pack | None) -> list[Scenario]:
    """Return the scenarios whose places are compared; at least two, of one country."""
    if len(names) < 2:
        raise InputError("name at least two paths of places", Place("choose"))
    found = [resolve(name, pack) for name in names]
    check_candidates(found)
    return found


def check_candidates(candidates: Sequence[Scenario]) -> None:
    """Refuse paths of different countries, of one name, or of another past."""
    countries = sorted({each.country for each in candidates})
    if len(countries) > 1:
        raise InputError(f"different countries: {', '.join(countries)}", Place("choose"))
    labels = [each.name for each in candidates]
    for each in candidates:
        place = Place(each.file or each.name)
        if labels.count(each.name) > 1:
            raise InputError(f"two of these scenarios are called {each.name!r}", place)
        if each.history_seats:
            raise InputError("it changes places of the past, which nobody can choose", place)


def bare(scenario: Scenario, pack: Pack) -> Scenario:
    """Return a scenario without assumptions or months of absence of its own."""
    start = pack.base_years[0]
    return replace(scenario, assumptions={}, interruption=None, start=start, end=pack.last_year)


def kept_path(pack: Pack, base: Scenario) -> SeatPath:
    """Return the places as they are, from the base year on."""
    return only_kept(base.start, int(sum(pack.table("seats_base").numbers("value"))))


def _notes(candidates: Sequence[Scenario], structures: Sequence[Structure]) -> tuple[str, ...]:
    """Say what of the scenarios was left aside, and how else a study can be read."""
    aside = [
        f"{each.name}: only its places are taken; name it as a structure to have its assumptions "
        "and months of absence hold for all paths"
        for each in candidates
        if each.assumptions or each.interruption is not None
    ]
    readings = [
        f"{each.name} can be read in another way too: {', '.join(each.others)}"
        for each in structures
        if isinstance(each, CohortStructure) and each.others
    ]
    return (*aside, *readings)


def _horizon(
    question: Question,
    candidates: Sequence[Scenario],
    structures: Sequence[Structure],
    pack: Pack,
) -> tuple[int, int]:
    """Return the first and the last year of losses."""
    earliest = max(each.first for each in structures)
    latest = min(each.last for each in structures)
    differ = first_difference([each.seats for each in candidates], pack)
    start = differ + STUDY_YEARS if question.start is None else question.start
    end = question.end
    if end is None:
        end = min(latest, *(each.end for each in candidates))
    for option, year in (("--start", start), ("--end", end)):
        if not earliest <= year <= latest:
            raise YearOutside(
                "the years that all structures share", year, earliest, latest, Place(option)
            )
    if start > end:
        raise OutOfBounds("--start", start, "", earliest, end)
    return start, end


def first_difference(paths: Sequence[SeatPath], pack: Pack) -> int:
    """Return the first year in which the paths have not the same places.

    Raises
    ------
    InputError
        If there is none.
    """

    def in_force(path: SeatPath, year: int) -> tuple[int, int, tuple[tuple[str, int], ...]]:
        last = [each for each in path if each.year <= year] or [path[0]]
        return last[-1].total, last[-1].bonded, last[-1].allocation

    for year in range(pack.first_year, pack.last_year + 1):
        if len({in_force(path, year) for path in paths}) > 1:
            return year
    raise InputError("these scenarios have the same places in every year", Place("choose"))


@dataclass(frozen=True)
class _Judged:
    """By what paths are judged."""

    draws: int
    horizon: tuple[int, int]
    years: tuple[int, ...]
    weight: Range
    tolerance: float
    waiting: float

    @property
    def end(self) -> int:
        return self.horizon[1]

    def sums(self, futures: Futures) -> tuple[Floats, Floats]:
        """Return doctor-years of shortage and surplus over the horizon (F,) each."""
        inside = (futures.years >= self.horizon[0]) & (futures.years <= self.horizon[1])
        gap = futures.gap[:, inside]
        return np.maximum(-gap, 0.0).sum(axis=1), np.maximum(gap, 0.0).sum(axis=1)

    def loss(self, futures: Futures) -> Floats:
        """Return the loss of every future (F,)."""
        return losses(*self.sums(futures), self.weight.value)

    def acceptable(self, futures: Futures) -> float:
        """Return the share of futures whose gap is small in all target years."""
        inside = np.isin(futures.years, self.years)
        relative = np.abs(futures.gap[:, inside]) / futures.need[:, inside]
        return float((relative <= self.tolerance).all(axis=1).mean())


def _judgements(ledger: Ledger) -> tuple[Range, float, float]:
    assumption = ledger["decision.shortage_weight"]
    central = float(assumption.value)
    if central <= 0.0:
        raise OutOfBounds(assumption.key, central, assumption.unit, 0, np.inf, assumption.place)
    low, high = (central, central) if assumption.prior.certain else assumption.prior.support()
    tolerance, waiting = (
        float(ledger[key].value) for key in ("decision.tolerance", "decision.waiting_tolerance")
    )
    return Range(central, low, high), tolerance, waiting


def _weigh(
    structure: Structure, candidates: Sequence[Scenario], kept: SeatPath, judged: _Judged
) -> Weighing:
    """Try every path under one structure."""
    found = [structure.project(each.seats, judged.draws, judged.end) for each in candidates]
    unmoved = structure.project(kept, judged.draws, judged.end)
    sums = [judged.sums(each) for each in found]
    shortage = np.stack([each[0] for each in sums])
    surplus = np.stack([each[1] for each in sums])
    loss = losses(shortage, surplus, judged.weight.value)
    regret, best = regrets(loss), best_shares(loss)
    kept_loss = float(judged.loss(unmoved).mean())
    paths: list[Path] = []
    for number, each in enumerate(candidates):
        better = float(loss[number].mean()) < kept_loss * (1.0 - SAME)
        wait = latest_start(structure, each.seats, kept, judged, better=better)
        paths.append(
            Path(
                scenario=each.name,
                loss=Range.of(loss[number]),
                regret=_regret(regret[number]),
                as_stated=float(regret[number, :: judged.draws].mean()),
                best_share=float(best[number]),
                acceptable_share=judged.acceptable(found[number]),
                fund=_fund(found[number], unmoved),
                wait_until=wait,
            )
        )
    return Weighing(structure.name, structure.title, judged.draws, shortage, surplus, tuple(paths))


def _fund(futures: Futures, kept: Futures) -> Range | None:
    if futures.fund is None or kept.fund is None:
        return None
    return Range.of((futures.fund - kept.fund).sum(axis=1))


def _regret(values: Floats) -> Regret:
    middle = Range.of(values)
    return Regret(float(values.mean()), middle.value, middle.low, middle.high, float(values.max()))


def _switches(
    structures: Sequence[Weighing], names: Sequence[str], weight: Range
) -> tuple[Switch, ...]:
    """Return every weight in range at which a structure, or the least worst regret, switches."""
    if weight.low >= weight.high:
        return ()
    found: list[Switch] = []
    for each in structures:
        found += [
            Switch(each.name, at, names[before], names[after])
            for at, before, after in switches(each.best, weight.low, weight.high)
        ]

    def best(at: float) -> int:
        return _least(minimax(structures, at))

    overall = switches(best, weight.low, weight.high)
    return (*found, *(Switch(None, at, names[a], names[b]) for at, a, b in overall))
