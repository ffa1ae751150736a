"""Countries that do not exist, and draws to run them with, for tests of the workforce sector."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from locum.countries import load_pack
from locum.workforce import (
    Absences,
    Axes,
    PipelineTables,
    PopulationTables,
    SpecialtyTables,
    StartingTables,
    Tables,
    Trajectory,
    UseTables,
    prepare,
    simulate,
)
from locum.workforce.records import AGE_COUNT
from locum.workforce.simulate import STATIC

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from locum.assumptions import Ledger
    from locum.workforce import Prepared
    from locum.workforce.year import Steps

SHARES = (
    "exam.pass_rate",
    "exam.give_up",
    "entry.generalist_share",
    "entry.clinical_share",
    "service.entry_share",
    "service.specialist_share",
    "training.apply_share",
    "training.reapply_share",
    "training.quit",
    "training.board_pass",
    "training.intern_home_share",
    "training.home_share",
    "training.move_share",
    "training.switch_share",
    "training.late_return",
    "training.away_quit",
    "bond.breach",
    "exit.emigration",
    "geography.mobility",
    "geography.settle_home_share",
    "income.adjustment",
)
"""Assumptions that may be anything from 0 to 1 without the books ceasing to close."""


def synthetic_tables(
    *,
    regions: int = 5,
    specialties: int = 6,
    years: int = 12,
    seed: int = 0,
    start: int = 2022,
    interrupted: bool = False,
) -> Tables:
    """Build plausible tables of any size; the last specialty is ``none``."""
    rng = np.random.default_rng(seed)
    calendar = np.arange(start, start + years)
    weight = rng.dirichlet(np.full(regions, 5.0))
    split = rng.dirichlet(np.full(specialties, 3.0))
    people = 5e7 * weight * (1 + 0.001 * np.arange(years))[:, None]
    specialty = _specialties(specialties, rng)
    need = np.einsum("tr,s->trs", people, split)
    return Tables(
        Axes(
            calendar,
            tuple(f"region{r}" for r in range(regions)),
            (*(f"specialty{s}" for s in range(specialties - 1)), "none"),
        ),
        _start(weight, split, specialty.training_years),
        _pipeline(weight, specialties, years, interrupted=interrupted),
        specialty,
        PopulationTables(
            mortality=np.tile(0.0005 * np.exp(0.09 * np.arange(AGE_COUNT)), (years, 2, 1)),
            use=UseTables(people * 16.0, people * 2.0, people * 2e6, people),
            need_flat=need,
            need_tilted=need * rng.uniform(0.8, 1.2, (years, 1, specialties)),
            capital=(np.arange(regions) < 2).astype(float),
            contributors=np.linspace(3.3e7, 2.8e7, years),
        ),
    )


def _start(weight: Any, split: Any, training: Any) -> StartingTables:
    specialties = len(split)
    ages = np.exp(-0.5 * ((np.arange(AGE_COUNT) - 22.0) / 12.0) ** 2)
    sexes = np.array([0.75, 0.25])
    residents = np.zeros((len(weight), specialties, 4))
    for s in range(specialties - 1):
        residents[:, s, : training[s]] = 3_250.0 * weight[:, None] / (specialties - 1)
    return StartingTables(
        95_000.0 * np.einsum("r,s,x,a->rsxa", weight, split, sexes, ages / ages.sum()),
        np.tile(3_058.0 * weight[:, None], 6),
        3_000.0 * weight,
        residents,
        np.full((specialties, 3), 700.0 / specialties),
    )


def _pipeline(weight: Any, specialties: int, years: int, *, interrupted: bool) -> PipelineTables:
    posts = np.outer(weight, np.append(np.full(specialties - 1, 3_300.0 / (specialties - 1)), 0.0))
    seats = np.zeros((years, 2, len(weight)))
    seats[:, 0] = 3_058.0 * weight
    seats[years // 2 :, 1] = 490.0 * weight
    months = np.zeros((years, 12))
    if interrupted:
        months[2:3] = 0.9
        months[3:4, :6], months[3:4, 6:] = 0.8, 0.25
    return PipelineTables(
        seats,
        np.ones(years),
        np.full(years, -1.0),
        3_200.0 * weight,
        posts,
        Absences(months, months, months),
    )


def _specialties(count: int, rng: np.random.Generator) -> SpecialtyTables:
    training = np.where(np.arange(count) % 3 == 0, 3, 4)
    training[-1] = 0
    return SpecialtyTables(
        nests=np.arange(count) % 3,
        training_years=training,
        clinic_share=rng.uniform(0.1, 0.9, count),
        applications=np.append(rng.uniform(50, 300, count - 1), 0.0),
        workload=rng.uniform(0, 1, count),
        litigation=rng.uniform(0, 1, count),
        lifestyle=rng.uniform(0, 1, count),
        essential=(np.arange(count) % 2).astype(float),
        income=rng.uniform(150, 500, count),
    )


@cache
def ledger() -> Ledger:
    """Return the assumptions of the Korea pack."""
    return load_pack("korea").ledger()


def fixed(values: Mapping[str, Any]) -> Ledger:
    """Return these assumptions with some fixed."""
    changed = ledger()
    for key, value in values.items():
        changed = changed.fixed(key, value)
    return changed


def prepared(tables: Tables, assumptions: Ledger | None = None, draws: int = 1) -> Prepared:
    """Prepare the first draws; the first of them is the central one."""
    return prepare((assumptions or ledger()).draw(0, 0, draws), tables)


def run(
    tables: Tables,
    assumptions: Ledger | None = None,
    draws: int = 1,
    steps: Steps | None = None,
) -> Trajectory:
    """Run the first draws, with the engine of record unless told otherwise."""
    return simulate(prepared(tables, assumptions, draws), tables, steps)


def doctors(result: Trajectory) -> Any:
    """Clinical doctors of the nation, trainees included (D, T)."""
    heads = result.supply.astype(float) + result.trainees.astype(float)
    return heads.sum(axis=(2, 3))


def arrays(record: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Walk through every array of a nested record."""
    if isinstance(record, tuple):
        fields = getattr(record, "_fields", range(len(record)))
        for field, value in zip(fields, record, strict=True):
            yield from arrays(value, f"{name}.{field}")
    else:
        yield name, np.asarray(record)


def one_draw(record: Any, draw: int) -> Any:
    """Take one draw of a nested record; what is the same in all draws stays whole."""
    if not isinstance(record, tuple):
        return record[draw]
    fields = getattr(record, "_fields", ("",) * len(record))
    taken = [
        value if name in STATIC else one_draw(value, draw)
        for name, value in zip(fields, record, strict=True)
    ]
    return type(record)(*taken) if hasattr(record, "_fields") else tuple(taken)


def same_bytes(one: Any, other: Any) -> bool:
    """Whether two nested records are equal to the last bit."""
    pairs = list(zip(arrays(one), arrays(other), strict=True))
    return all(a.tobytes() == b.tobytes() and a.shape == b.shape for (_, a), (_, b) in pairs)


def with_seats(tables: Tables, factor: float, first: int = 1) -> Tables:
    """Multiply the seats of every class from a year's position on; posts follow as they do."""
    seats = tables.pipeline.seats.copy()
    seats[first:] *= factor
    planned = tables.pipeline.planned_seats.copy()
    planned[first + 6 :] *= factor
    return replace(tables, pipeline=replace(tables.pipeline, seats=seats, planned_seats=planned))


def with_absence(tables: Tables, months: Any, **groups: Any) -> Tables:
    """Give all groups these months away (T, 12), or each its own."""
    table = {"students": months, "interns": months, "residents": months} | groups
    return replace(tables, pipeline=replace(tables.pipeline, absence=Absences(**table)))


@dataclass(frozen=True)
class Country:
    """A small country, said in few words, so that a failing one can be read.

    Parameters
    ----------
    regions, specialties, years, seed
        Sizes, and what fills them.
    bonded
        Share of bonded seats.
    posts
        First-year residency posts relative to a plausible number; a fifth of the cells has none.
    published
        Share of years with a published number of passers.
    away
        Largest share of trainees and students away in a month.
    begun
        Whether anyone studies or serves at the start.
    """

    regions: int
    specialties: int
    years: int
    seed: int
    bonded: float
    posts: float
    published: float
    away: float
    begun: bool

    def tables(self) -> Tables:
        """Return its tables."""
        tables = synthetic_tables(
            regions=self.regions, specialties=self.specialties, years=self.years, seed=self.seed
        )
        rng = np.random.default_rng(self.seed)
        pipe, start = tables.pipeline, tables.start
        seats = pipe.seats.sum(axis=1)
        observed = np.where(rng.random(self.years) < self.published, 3_100.0, -1.0)
        months = self.away * rng.random((3, self.years, 12))
        scarce = self.posts * (rng.random(pipe.resident_posts.shape) < 0.8)
        return replace(
            tables,
            pipeline=replace(
                pipe,
                seats=np.stack((seats * (1.0 - self.bonded), seats * self.bonded), axis=1),
                observed_passers=observed,
                resident_posts=pipe.resident_posts * scarce,
                absence=Absences(*months),
            ),
            start=replace(
                start,
                students=start.students * self.begun,
                service=start.service * self.begun,
            ),
        )


def countries() -> st.SearchStrategy[Country]:
    """Countries of all kinds; without free students no published number of passers."""
    return st.builds(
        Country,
        regions=st.integers(1, 4),
        specialties=st.integers(2, 6),
        years=st.integers(5, 10),
        seed=st.integers(0, 10_000),
        bonded=st.sampled_from((0.0, 0.2, 1.0)),
        posts=st.sampled_from((0.0, 0.5, 1.0, 3.0)),
        published=st.sampled_from((0.0, 0.5)),
        away=st.sampled_from((0.0, 0.5, 1.0)),
        begun=st.booleans(),
    ).filter(lambda country: country.published == 0.0 or (country.begun and country.bonded < 1.0))


def overrides() -> st.SearchStrategy[dict[str, Any]]:
    """A few assumptions at any value, the ends included."""
    ends = st.sampled_from((0.0, 1.0)) | st.floats(0.0, 1.0)
    months = st.integers(0, 12).map(lambda count: {2009: count})
    some = {
        "student.attrition": st.floats(0.0, 0.9),
        "student.repeat": st.floats(0.0, 0.9),
        "student.months_tolerated": months,
        "training.months_tolerated": months,
        "bond.years": st.sampled_from((1, 3, 10)),
    }
    return st.builds(
        lambda shares, others: shares | others,
        st.dictionaries(st.sampled_from(SHARES), ends, max_size=5),
        st.fixed_dictionaries({}, optional=some),
    )
