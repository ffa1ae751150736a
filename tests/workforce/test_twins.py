"""The engine of record computes what the readable reference says: step, year and whole run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.workforce.builders import (
    Country,
    arrays,
    countries,
    fixed,
    ledger,
    one_draw,
    overrides,
    prepared,
    run,
    synthetic_tables,
)

from locum.workforce import empty_trajectory, prepare, reference_steps, simulate
from locum.workforce.records import (
    AGE_COUNT,
    Absence,
    Arrivals,
    Choice,
    EntryShares,
    ExamRates,
    ExitRates,
    ExitTables,
    Geography,
    IncomeRule,
    MatchRules,
    StudentRates,
    TrainingRates,
    Weights,
)
from locum.workforce.year import STEPS, advance_year, compiled_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.workforce.year import Steps

TOLERANCE = 1e-12
"""Relative to the larger of 1 and the largest figure of a result; inputs are of order 1.

Both sides add the same non-negative numbers in another order: with n = 3,300 of them rounding may
differ by n times 1.1e-16 at the very worst, and by its square root in the usual case.
"""
FLOAT32 = 2.0**-23
"""Results are kept in single precision: doubles that differ in the last bit may round apart."""
NAMES = tuple(name for names in STEPS.values() for name in names)


@dataclass(frozen=True)
class Case:
    """Sizes of a case, and where its numbers come from."""

    draws: int
    regions: int
    specialties: int
    empty: float
    certain: bool
    rng: np.random.Generator

    def heads(self, *shape: int) -> Any:
        """Heads (D, ...), of which a share is exactly zero."""
        values = self.rng.random((self.draws, *shape))
        return values * (self.rng.random(values.shape) >= self.empty)

    def shares(self, *shape: int) -> Any:
        """Probabilities (D, ...); certain ones are 0 or 1."""
        values = self.rng.random((self.draws, *shape))
        return np.round(values) if self.certain else values

    def split(self, *shape: int, axis: int = -1) -> Any:
        """Shares (D, ...) that sum to one along an axis, or are all zero."""
        values = self.heads(*shape)
        total = values.sum(axis=axis, keepdims=True)
        return np.divide(values, total, out=np.zeros_like(values), where=total > 0.0)

    def around_one(self, *shape: int) -> Any:
        """Positive figures (D, ...) such as relative incomes."""
        return self.rng.uniform(0.3, 3.0, (self.draws, *shape))

    def nests(self) -> Any:
        """Nest of each specialty (S,), static."""
        return self.rng.integers(0, self.specialties, self.specialties)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Small sizes; nothing, some or all of the cells are empty."""
    return Case(
        draws=draw(st.integers(1, 3)),
        regions=draw(st.integers(1, 4)),
        specialties=draw(st.integers(2, 5)),
        empty=draw(st.sampled_from((0.0, 0.3, 0.8, 1.0))),
        certain=draw(st.booleans()),
        rng=np.random.default_rng(draw(st.integers(0, 2**32 - 1))),
    )


def _absence(c: Case) -> Absence:
    return Absence(c.shares(), c.shares())


def _training(c: Case) -> TrainingRates:
    last = c.rng.integers(0, 4, c.specialties)
    return TrainingRates(c.shares(), c.shares(), c.shares(), last)


def _residents(c: Case) -> tuple[Any, ...]:
    cells = (2, c.regions, c.specialties, 2)
    paused, newcomers = c.heads(*cells, 4), c.heads(*cells)
    return c.heads(*cells, 4), paused, newcomers, _absence(c), _training(c)


def _exits(c: Case) -> tuple[Any, ...]:
    tables = ExitTables(
        c.shares(2, AGE_COUNT), c.shares(2, 2, AGE_COUNT), c.rng.random(c.specialties)
    )
    rates = ExitRates(c.around_one(), c.shares(), c.rng.normal(size=c.draws))
    return c.heads(c.specialties, 2, AGE_COUNT), tables, rates, c.around_one(c.specialties)


def _practice(c: Case) -> tuple[Any, ...]:
    cells = (c.specialties, 2, AGE_COUNT)
    arrivals = Arrivals(
        c.heads(c.regions, c.specialties, 2),
        c.split(*cells),
        c.heads(c.regions, c.specialties, 2),
        c.split(*cells),
    )
    geography = Geography(c.split(c.regions, c.specialties, axis=1), c.shares(AGE_COUNT))
    weights = Weights(c.around_one(2, AGE_COUNT), c.around_one(2, AGE_COUNT))
    return c.heads(c.regions, *cells), c.shares(*cells), geography, arrivals, weights


def _match(c: Case) -> tuple[Any, ...]:
    rules = MatchRules(c.shares(), c.shares(), c.shares())
    posts = c.heads(c.regions, c.specialties)
    return c.heads(2, c.regions, 2), posts, c.split(c.specialties), rules


def _choice(c: Case) -> tuple[Any, ...]:
    choice = Choice(c.rng.normal(size=c.draws), c.rng.uniform(0.2, 1.0, c.draws), c.nests())
    base = c.split(c.specialties)
    base[:, 0] += base.sum(axis=1) == 0.0
    appeal = c.rng.normal(size=(c.draws, c.specialties))
    return base, c.around_one(c.specialties), appeal, choice


def _income(c: Case) -> tuple[Any, ...]:
    cells = (c.regions, c.specialties)
    rule = IncomeRule(c.rng.normal(size=c.draws), c.shares(), 0.1 * c.rng.normal(size=c.draws))
    return c.around_one(*cells), c.heads(*cells), c.around_one(*cells), c.heads(*cells), rule


def _exam(c: Case) -> tuple[Any, ...]:
    observed = np.where(c.rng.random(c.draws) < 0.5, 4.0 * c.rng.random(c.draws), -1.0)
    cells = (2, c.regions)
    return c.heads(*cells), c.heads(*cells), observed, ExamRates(c.shares(), c.shares())


INPUTS: dict[str, Callable[[Case], tuple[Any, ...]]] = {
    "advance_students": lambda c: (
        c.heads(2, c.regions, 6),
        c.heads(2, c.regions),
        c.shares(6),
        StudentRates(c.shares(), c.shares()),
    ),
    "licence_exam": _exam,
    "split_licensed": lambda c: (
        c.heads(2, c.regions),
        EntryShares(c.shares(), c.shares(), c.shares()),
    ),
    "place_interns": lambda c: (c.heads(2, c.regions, 2), c.heads(c.regions), c.shares()),
    "advance_interns": lambda c: (
        c.heads(2, c.regions, 2),
        c.heads(2, c.regions, 2),
        _absence(c),
        _training(c),
    ),
    "match_residents": _match,
    "advance_residents": _residents,
    "advance_service": lambda c: (
        c.heads(2, c.regions, c.specialties, 3),
        c.heads(2, c.regions, c.specialties),
    ),
    "join_practice": lambda c: (
        c.heads(2, c.regions, c.specialties, 2),
        c.heads(2, c.regions, c.specialties),
        c.heads(2, c.regions, 2),
        c.shares(),
        c.shares(),
    ),
    "read_trainees": lambda c: (
        c.heads(2, c.regions, c.specialties, 2, 4),
        c.heads(2, c.regions, 2),
    ),
    "exits": _exits,
    "advance_practice": _practice,
    "advance_bonded": lambda c: (
        c.heads(c.regions, c.specialties, 2, int(c.rng.integers(1, 5))),
        c.heads(c.regions, c.specialties, 2),
        c.shares(),
        c.shares(2),
    ),
    "settle": lambda c: (
        c.heads(c.regions, c.specialties, 2),
        c.split(c.regions, c.specialties, axis=1),
        c.shares(),
    ),
    "mean_income": lambda c: (
        c.around_one(c.regions, c.specialties),
        c.heads(c.regions, c.specialties),
    ),
    "specialty_shares": _choice,
    "location_shares": lambda c: (
        c.split(c.regions, c.specialties, axis=1),
        c.around_one(c.regions, c.specialties),
        c.rng.normal(size=c.draws),
    ),
    "update_income": _income,
    "share_need": lambda c: (
        c.heads(),
        c.heads(c.regions, c.specialties),
        c.heads(c.regions, c.specialties),
        c.shares(),
        c.around_one(c.regions),
    ),
}


@cache
def twins() -> Steps:
    """Return the compiled steps, loaded once."""
    return compiled_steps()


def test_every_step_has_a_case():
    assert set(INPUTS) == set(NAMES)


def assert_equal(found: Any, expected: Any, tolerance: float = TOLERANCE) -> None:
    """Compare nested results, each to the larger of 1 and its largest figure."""
    pairs = zip(arrays(found), arrays(expected), strict=True)
    for (name, one), (_, other) in pairs:
        assert one.shape == other.shape, name
        scale = max(1.0, float(np.abs(other).max(initial=0.0)))
        assert float(np.abs(one - other).max(initial=0.0)) <= tolerance * scale, name


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40)
@given(case=cases())
def test_a_compiled_step_equals_its_reference(name: str, case: Case):
    inputs = INPUTS[name](case)
    expected = getattr(reference_steps(), name)(*inputs)
    compiled = getattr(twins(), name)
    for d in range(case.draws):
        assert_equal(compiled(*one_draw(inputs, d)), one_draw(expected, d))


def test_a_compiled_year_equals_the_reference_year():
    tables = synthetic_tables(interrupted=True)
    batch = prepared(tables, draws=3)
    state, year = batch.state, batch.years.year(0)
    moved, result = advance_year(reference_steps(), state, year, batch.parameters)
    for d in range(3):
        one = advance_year(
            twins(),
            one_draw(state, d),
            one_draw(year, d),
            one_draw(batch.parameters, d),
        )
        assert_equal(one, (one_draw(moved, d), one_draw(result, d)))


def assert_same_run(found: Any, expected: Any) -> None:
    """Compare two runs: accounts in double, results in single precision."""
    for (name, one), (_, other) in zip(arrays(found), arrays(expected), strict=True):
        tolerance = FLOAT32 if one.dtype == np.float32 else TOLERANCE
        scale = float(np.abs(other).max(initial=0.0))
        gap = np.abs(one.astype(float) - other.astype(float)).max(initial=0.0)
        assert gap <= tolerance * max(scale, 1.0), name


@settings(max_examples=15)
@given(country=countries(), values=overrides())
def test_the_engine_runs_as_the_reference_does(country: Country, values: dict[str, Any]):
    tables = country.tables()
    batch = prepared(tables, fixed(values), draws=2)
    assert_same_run(simulate(batch, tables), simulate(batch, tables, reference_steps()))


@pytest.mark.parametrize(
    "rules",
    [
        {"exit.rule": "share_65"},
        {"exit.rule": "age_70"},
        {"demand.unit": "visit_days", "demand.trend": "linear"},
        {"demand.balance": "level"},
        {"supply.concept": "active", "policy.essential_pay": 0.3},
    ],
    ids=lambda rules: "-".join(str(value) for value in rules.values()),
)
def test_the_engine_runs_as_the_reference_does_under_every_rule(rules: dict[str, Any]):
    tables = synthetic_tables(interrupted=True)
    batch = prepared(tables, fixed(rules), draws=2)
    assert_same_run(simulate(batch, tables), simulate(batch, tables, reference_steps()))


def test_jax_runs_as_numpy_does():
    jnp = pytest.importorskip("jax.numpy")
    tables = synthetic_tables(regions=2, specialties=3, years=4, interrupted=True)
    batch = prepared(tables, draws=2)
    expected = simulate(batch, tables, reference_steps())
    assert_same_run(simulate(batch, tables, reference_steps(jnp)), expected)


@pytest.mark.slow
def test_jax_gives_the_slope_that_two_runs_give():
    jax = pytest.importorskip("jax")
    tables = synthetic_tables(regions=2, specialties=3, years=3)
    batch = prepared(tables)
    p = batch.parameters

    def heads(xp: Any, ratio: Any) -> Any:
        rates = p.exit._replace(mortality_ratio=ratio * p.exit.mortality_ratio)
        changed = p._replace(exit=rates)
        _, result = advance_year(reference_steps(xp), batch.state, batch.years.year(0), changed)
        return result.supply.sum()

    slope = float(jax.grad(lambda ratio: heads(jax.numpy, ratio))(1.0))
    step = 1e-4
    between = (heads(np, 1.0 + step) - heads(np, 1.0 - step)) / (2.0 * step)
    # The differences of 1e5 heads are rounded at 1e5 x 2.2e-16 over a step of 2e-4: 1e-7 heads.
    assert slope == pytest.approx(between, rel=step, abs=1e-6)
    assert slope < 0.0


def test_draws_do_not_see_each_other():
    tables = synthetic_tables(years=6, interrupted=True)
    batch, alone = run(tables, draws=4), empty_trajectory(tables, 1)
    one = ledger().draw(0, 2, 3)
    simulate(prepare(one, tables), tables, out=alone)
    for (name, some), (_, single) in zip(arrays(batch), arrays(alone), strict=True):
        assert some[2:3].tobytes() == single.tobytes(), name
