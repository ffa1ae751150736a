"""Run batches of draws through the years and keep what is read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from locum.errors import NotConserved, NotFinite
from locum.workforce.fund import fund_load
from locum.workforce.pipeline import read_trainees
from locum.workforce.records import FLOWS, STAGES, Array, State
from locum.workforce.year import YearResult, advance_year

if TYPE_CHECKING:
    from locum.workforce.inputs import Tables
    from locum.workforce.parameters import Prepared
    from locum.workforce.year import Steps

STATIC = ("clinic_share", "last_year", "bonded_age", "nests")
"""Fields of `Parameters` that are the same in all draws."""
CONSERVATION_TOLERANCE = 1e-6
"""Heads: the largest difference that rounding may leave in a nation of a hundred thousand."""


class Trajectory(NamedTuple):
    """What a batch of draws leaves, by year: float32 but for the accounts.

    Axis letters as in `locum.workforce.records`; T starts with the base year.
    """

    supply: Array
    """(D, T, R, S) clinical heads."""
    trainees: Array
    """(D, T, R, S) clinical heads."""
    fte: Array
    """(D, T, R, S)."""
    need: Array
    """(D, T, R, S) clinical heads."""
    income: Array
    """(D, T, R, S) relative to the base year."""
    filled: Array
    """(D, T, R, S) first-year residency posts."""
    unfilled: Array
    """(D, T, R, S)."""
    new_specialists: Array
    """(D, T, S) heads."""
    ages: Array
    """(D, T, X, A) practising heads."""
    flows: Array
    """(D, T, F) heads, float64."""
    stages: Array
    """(D, T, G) heads, float64."""
    fund_expenditure: Array
    """(D, T) trillion won."""
    fund_load: Array
    """(D, T) base year = 1."""


def empty_trajectory(tables: Tables, draws: int) -> Trajectory:
    """Allocate the result of a batch; the first year of what only flows have stays zero."""
    years = len(tables.axes.years)
    regions, specialties = len(tables.axes.regions), len(tables.axes.specialties)
    cells = (draws, years, regions, specialties)
    sexes, ages = tables.start.practising.shape[2:]

    def zeros(*shape: int) -> Array:
        return np.zeros(shape, np.float32)

    return Trajectory(
        supply=zeros(*cells),
        trainees=zeros(*cells),
        fte=zeros(*cells),
        need=zeros(*cells),
        income=zeros(*cells),
        filled=zeros(*cells),
        unfilled=zeros(*cells),
        new_specialists=zeros(draws, years, specialties),
        ages=zeros(draws, years, sexes, ages),
        flows=np.zeros((draws, years, len(FLOWS))),
        stages=np.zeros((draws, years, len(STAGES))),
        fund_expenditure=zeros(draws, years),
        fund_load=zeros(draws, years),
    )


def take_draw(record: Any, draw: int) -> Any:  # noqa: ANN401  any record of arrays
    """Return one draw of a nested record: every array loses its first axis.

    Static fields of `Parameters` have no draw axis and stay whole.
    """
    if isinstance(record, tuple):
        fields = cast("Any", record)
        taken = {
            name: field if name in STATIC else take_draw(field, draw)
            for name, field in fields._asdict().items()
        }
        return type(fields)(**taken)
    return record[draw]


def stage_heads(state: State, axis: int) -> Array:
    """Heads of each stage (..., G), summed over the axes after ``axis`` draw axes."""
    parts = (
        state.students,
        state.exam_pool,
        state.intern_pool,
        state.interns,
        state.match_pool,
        state.residents,
        None,
        state.service,
        state.practising,
        state.bonded,
    )
    away = _total(state.paused, axis) + _total(state.paused_interns, axis)
    totals = [away if part is None else _total(part, axis) for part in parts]
    return np.stack(totals, axis=-1)


def _total(heads: Array, axis: int) -> Array:
    return heads.sum(axis=tuple(range(axis, heads.ndim)))


def account(before: Array, after: Array, flows: Array) -> Array:
    """Heads that a year's books fail to explain (...): zero but for rounding.

    What enters is seats and licences from outside the model; what leaves is attrition, exams given
    up, work outside clinical care, deaths, retirements and emigrations. Everything else moves
    inside.
    """
    signs = np.zeros(len(FLOWS))
    for name in ("seats", "external_licences"):
        signs[FLOWS.index(name)] = 1.0
    for name in (
        "student_attrition",
        "exam_given_up",
        "outside",
        "deaths",
        "retirements",
        "emigrations",
    ):
        signs[FLOWS.index(name)] = -1.0
    return after.sum(axis=-1) - before.sum(axis=-1) - flows @ signs


def read_base(out: Trajectory, prepared: Prepared) -> None:
    """Write the base year of a batch from its starting state."""
    state, p = prepared.state, prepared.parameters
    supply = np.einsum("drsxa,dxa->drs", state.practising, p.weights.activity)
    trainees = read_trainees(state.residents, state.interns)
    fte = np.einsum("drsxa,dxa->drs", state.practising, p.weights.fte)
    fte = fte + trainees * p.trainee_fte[:, None, None]
    out.supply[:, 0], out.trainees[:, 0], out.fte[:, 0] = supply, trainees, fte
    out.need[:, 0] = p.base_load * fte
    out.income[:, 0] = 1.0
    out.ages[:, 0] = state.profile.sum(axis=1)
    out.stages[:, 0] = stage_heads(state, 1)


def _write(out: Trajectory, t: int, state: State, result: YearResult) -> None:
    """Write a year's result of a whole batch."""
    for name in ("supply", "trainees", "fte", "need", "filled", "unfilled", "new_specialists"):
        getattr(out, name)[:, t] = getattr(result, name)
    out.income[:, t] = state.income
    out.ages[:, t] = state.profile.sum(axis=1)
    out.flows[:, t] = np.stack(result.flows, axis=-1)
    out.stages[:, t] = stage_heads(state, 1)


def run_reference(prepared: Prepared, out: Trajectory, steps: Steps) -> State:
    """Run a batch through all years with the reference steps; returns the last state."""
    state = prepared.state
    for t in range(1, out.supply.shape[1]):
        year = prepared.years.year(t - 1)
        state, result = advance_year(steps, state, year, prepared.parameters)
        _write(out, t, state, result)
    return state


def run_compiled(prepared: Prepared, out: Trajectory) -> None:
    """Run a batch draw by draw with the engine of record."""
    from locum.workforce.engine import run_years

    for d in range(out.supply.shape[0]):
        run_years(
            take_draw(prepared.state, d),
            take_draw(prepared.years, d),
            take_draw(prepared.parameters, d),
            take_draw(out, d),
        )


def finish(out: Trajectory, prepared: Prepared, tables: Tables) -> None:
    """Add the fund, then check that the batch is finite and that its heads are conserved.

    Raises
    ------
    NotFinite
        If a result is not a number.
    NotConserved
        If a year's books do not close.
    """
    supply = out.supply.sum(axis=(2, 3)) + out.trainees.sum(axis=(2, 3))
    per_need = supply / out.need.sum(axis=(2, 3))
    per_need = np.maximum(per_need / per_need[:, :1], 1e-6)
    money, load = fund_load(
        prepared.use_growth, per_need, tables.population.contributors, prepared.fund
    )
    out.fund_expenditure[:], out.fund_load[:] = money, load
    for name, values in zip(out._fields, out, strict=True):
        if not np.isfinite(values).all():
            raise NotFinite(name, "workforce")
    gap = account(out.stages[:, :-1], out.stages[:, 1:], out.flows[:, 1:])
    worst = float(np.abs(gap).max(initial=0.0))
    if worst > CONSERVATION_TOLERANCE:
        raise NotConserved("heads in a year", 0.0, worst)


def national_sides(trajectory: Trajectory, unit: str) -> tuple[Array, Array]:
    """Return the nation's supply and need (D, T) each, as `clinical` heads or as `fte`.

    Need in FTE is that in heads at the hours of the base year.
    """
    heads = trajectory.supply.sum(axis=(2, 3), dtype=np.float64)
    heads = heads + trajectory.trainees.sum(axis=(2, 3), dtype=np.float64)
    need = trajectory.need.sum(axis=(2, 3), dtype=np.float64)
    if unit != "fte":
        return heads, need
    fte = trajectory.fte.sum(axis=(2, 3), dtype=np.float64)
    return fte, need * (fte[:, :1] / heads[:, :1])


def simulate(
    prepared: Prepared,
    tables: Tables,
    steps: Steps | None = None,
    out: Trajectory | None = None,
) -> Trajectory:
    """Run a batch of draws.

    Parameters
    ----------
    prepared
        Starting states, parameters and inputs, with a draw axis.
    tables
        The country and the scenario.
    steps
        Reference steps; without them the compiled engine of record runs.
    out
        Where to write, a view of a larger result; allocated if absent.

    Returns
    -------
    Trajectory
    """
    if out is None:
        out = empty_trajectory(tables, prepared.use_growth.shape[0])
    read_base(out, prepared)
    if steps is None:
        run_compiled(prepared, out)
    else:
        run_reference(prepared, out, steps)
    finish(out, prepared, tables)
    return out
