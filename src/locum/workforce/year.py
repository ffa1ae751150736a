"""The order of a workforce year, written once for the reference and for the compiled engine.

`advance_year` calls the steps through `Steps`; which implementation it gets decides whether it
works on many draws (reference) or on one (compiled twins). Everything happens around February and
March: exams, matches, entries; the state is that of 31 December.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from locum.workforce import demand, market, pipeline, supply
from locum.workforce.records import (
    BONDED,
    FLOWS,
    FREE,
    Absence,
    Array,
    Arrivals,
    Choice,
    EntryShares,
    ExamRates,
    ExitRates,
    ExitTables,
    Geography,
    IncomeRule,
    MatchRules,
    State,
    StudentRates,
    TrainingRates,
    Weights,
)

STEPS = {
    pipeline: (
        "advance_students",
        "licence_exam",
        "split_licensed",
        "place_interns",
        "advance_interns",
        "match_residents",
        "advance_residents",
        "advance_service",
        "join_practice",
        "read_trainees",
    ),
    supply: ("exits", "advance_practice", "advance_bonded", "settle", "mean_income"),
    market: ("specialty_shares", "location_shares", "update_income"),
    demand: ("share_need",),
}
"""Every step that has a compiled twin of the same name."""

_WITHOUT_XP = ("advance_interns",)


class Steps:
    """The steps of one implementation, by name.

    Parameters
    ----------
    functions
        Step by name.
    batched
        True if arrays have a leading draw axis.
    xp
        Array module of the glue between steps.
    """

    def __init__(self, functions: dict[str, Any], *, batched: bool, xp: Array = np) -> None:
        self.batched = batched
        self.xp = xp
        self._functions = functions

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  a step, whatever its arrays
        try:
            return self._functions[name]
        except KeyError:
            raise AttributeError(name) from None


def reference_steps(xp: Array = np) -> Steps:
    """Return the readable steps, on NumPy or JAX arrays with a leading draw axis."""
    functions: dict[str, Any] = {}
    for module, names in STEPS.items():
        for name in names:
            step = getattr(module, name)
            functions[name] = step if name in _WITHOUT_XP else partial(step, xp=xp)
    return Steps(functions, batched=True, xp=xp)


def compiled_steps() -> Steps:
    """Return the compiled twins, which take one draw at a time."""
    from locum.workforce import compilation, kernels, matching

    functions = {
        name: compilation.callable_twin(
            getattr(matching if hasattr(matching, name) else kernels, name)
        )
        for names in STEPS.values()
        for name in names
    }
    return Steps(functions, batched=False)


class Parameters(NamedTuple):
    """Everything about a draw that does not change with the year."""

    students: StudentRates
    exam: ExamRates
    entry: EntryShares
    match: MatchRules
    training: TrainingRates
    exit: ExitRates
    weights: Weights
    choice: Choice
    income: IncomeRule
    retirement: Array
    """(Q, X, A)."""
    clinic_share: Array
    """(S) static."""
    mobility: Array
    """(A)."""
    entry_age: Array
    """(S, X, A) ages of those who start to practise."""
    release_age: Array
    """(S, X, A) ages of those whose bond ends."""
    bonded_age: Array
    """(A) static: 1 at the age whose mortality bonded doctors have."""
    intern_home: Array
    settle_home: Array
    apply: Array
    """Share of finished interns who apply for residency."""
    reapply: Array
    """Share of those without an internship or residency who apply again."""
    serve: Array
    """Share of new male specialists who serve first."""
    practising: Array
    """Share of those ready to practise who do the work that the run counts."""
    breach: Array
    location_appeal: Array
    """Coefficient of log income in the choice of a place."""
    specialty_base: Array
    """(S) shares of applicants in the base year; ``none`` has zero."""
    location_base: Array
    """(R, S) shares of the base year."""
    base_load: Array
    """(R, S) need per FTE in the base year."""
    tilt: Array
    """How far each specialty's need follows its own patients' ages."""
    trainee_fte: Array
    young_fte: Array


class YearInputs(NamedTuple):
    """What a year brings from outside."""

    seats: Array
    """(K, R)."""
    leave: Array
    """(6) share of each study year that loses the year before."""
    observed_passers: Array
    """Published passers, or -1."""
    interns_away: Absence
    residents_away: Absence
    trainee_presence: Array
    """Share of the trainees in post who are at work, over the months of the year."""
    december_presence: Array
    """The same in December."""
    mortality: Array
    """(X, A)."""
    intern_posts: Array
    """(R)."""
    resident_posts: Array
    """(R, S)."""
    appeal: Array
    """(S) utility that policy and taste add to each specialty."""
    need: Array
    """Doctors the nation needs."""
    need_flat: Array
    """(R, S) need by region and specialty if every specialty followed all patients."""
    need_tilted: Array
    """(R, S) the same with each specialty's own patients."""
    region_factor: Array
    """(R) drift of the population between regions."""


class YearTable(YearInputs):
    """The inputs of every year after the base year, each with a year axis.

    The year comes after the draw: (D, T, ...) in a batch, (T, ...) for one draw.
    """

    __slots__ = ()

    def year(self, index: int) -> YearInputs:
        """Return one year of a batch."""
        return YearInputs(
            *(
                Absence(field.lost[:, index], field.back[:, index])
                if isinstance(field, Absence)
                else field[:, index]
                for field in self
            )
        )


class YearResult(NamedTuple):
    """What is read from a year."""

    supply: Array
    """(R, S) clinical heads in practice, bonded included, trainees not."""
    trainees: Array
    """(R, S)."""
    fte: Array
    """(R, S)."""
    need: Array
    """(R, S)."""
    filled: Array
    """(R, S) first-year residency posts."""
    unfilled: Array
    """(R, S)."""
    new_specialists: Array
    """(S)."""
    flows: tuple[Array, ...]
    """In the order of `locum.workforce.records.FLOWS`."""


class _Training(NamedTuple):
    """Result of the training steps of a year."""

    state: State
    entrants: Array
    residents: Array
    filled: Array
    passed: Array
    flows: dict[str, Array]


def _advance_training(steps: Steps, state: State, year: YearInputs, p: Parameters) -> _Training:
    """Run every step before practice: school, exam, internship, residency, service."""
    axis = 1 if steps.batched else 0
    students, graduates, dropped = steps.advance_students(
        state.students, year.seats, year.leave, p.students
    )
    passed, exam_pool, external, given_up = steps.licence_exam(
        graduates, state.exam_pool, year.observed_passers, p.exam
    )
    applicants, generalists, first_service = steps.split_licensed(passed, p.entry)
    finished, paused_interns, leavers = steps.advance_interns(
        state.interns, state.paused_interns, year.interns_away, p.training
    )
    untrained = state.service[..., -1, -1]
    applicants = applicants + _as_men(untrained, steps.xp)
    applicants = _add_free(applicants, state.intern_pool, steps)
    interns, unplaced = steps.place_interns(applicants, year.intern_posts, p.intern_home)
    waiting = unplaced * _scale(p.reapply, 2, steps)
    applying = finished * _scale(p.apply, 3, steps) + state.match_pool
    income = steps.mean_income(state.income, p.location_base)
    shares = steps.specialty_shares(p.specialty_base, income, year.appeal, p.choice)
    newcomers, unmatched = steps.match_residents(applying, year.resident_posts, shares, p.match)
    residents, paused, board_passed, quitters = steps.advance_residents(
        state.residents, state.paused, newcomers, year.residents_away, p.training
    )
    again = unmatched * _scale(p.reapply, 3, steps)
    generalists = generalists + leavers + quitters + (unmatched - again)
    generalists = generalists + finished * _scale(1.0 - p.apply, 3, steps)
    generalists = _add_free(generalists, unplaced - waiting, steps)
    entrants, serving, outside = steps.join_practice(
        board_passed, state.service[..., -1], generalists, p.serve, p.practising
    )
    serving = _with_untrained(serving, first_service, steps.xp)
    service, _ = steps.advance_service(state.service, serving)
    flows = {
        "seats": year.seats.sum(axis=(axis, axis + 1)),
        "external_licences": external,
        "student_attrition": dropped,
        "graduates": graduates.sum(axis=(axis, axis + 1)),
        "licences": passed.sum(axis=(axis, axis + 1)),
        "exam_given_up": given_up,
        "outside": outside,
        "new_generalists": generalists.sum(axis=(axis, axis + 1, axis + 2)),
    }
    moved = state._replace(
        students=students,
        exam_pool=exam_pool,
        intern_pool=waiting,
        interns=interns,
        paused_interns=paused_interns,
        match_pool=again,
        residents=residents,
        paused=paused,
        service=service,
    )
    filled = newcomers.sum(axis=(axis, axis + 3))
    return _Training(moved, entrants, residents, filled, board_passed, flows)


def _scale(value: Array, axes: int, steps: Steps) -> Array:
    """Shape a per-draw value to multiply an array with ``axes`` axes per draw."""
    return pipeline.wide(value, axes) if steps.batched else value


def _as_men(heads: Array, xp: Array) -> Array:
    """Add a sex axis to heads that are all men."""
    return xp.stack((heads, xp.zeros_like(heads)), axis=-1)


def _with_untrained(serving: Array, first_service: Array, xp: Array) -> Array:
    """Put the men who serve before any training under ``none``."""
    return xp.concatenate((serving[..., :-1], first_service[..., None]), axis=-1)


def _add_free(heads: Array, free: Array, steps: Steps) -> Array:
    """Add doctors of the free track (R, X) to doctors of both (K, R, X)."""
    axis = 1 if steps.batched else 0
    return heads + steps.xp.stack((free, steps.xp.zeros_like(free)), axis=axis)


def advance_year(
    steps: Steps, state: State, year: YearInputs, p: Parameters
) -> tuple[State, YearResult]:
    """Advance the nation's doctors by a year.

    Parameters
    ----------
    steps
        Reference or compiled steps.
    state
        Heads on 31 December of the year before.
    year, p
        The year's inputs and the draw's parameters, with a draw axis where ``steps`` has one.

    Returns
    -------
    State, YearResult
        Heads on 31 December, and what is read from the year.

    Notes
    -----
    Order: students move up; licence exam; internships end and begin; residency match with last
    year's incomes; board exam; service; exits, ageing, moves and arrivals; need; incomes.
    """
    axis = 1 if steps.batched else 0
    training = _advance_training(steps, state, year, p)
    entrants = training.entrants
    free = entrants[:, FREE] if steps.batched else entrants[FREE]
    bound = entrants[:, BONDED] if steps.batched else entrants[BONDED]
    young_death = (year.mortality * p.bonded_age).sum(axis=-1)
    young_death = young_death * _scale(p.exit.mortality_ratio, 1, steps)
    bonded, released, breached, bonded_deaths = steps.advance_bonded(
        state.bonded, bound, p.breach, young_death
    )
    location = steps.location_shares(p.location_base, state.income, p.location_appeal)
    income = steps.mean_income(state.income, p.location_base)
    survival, leaving = steps.exits(
        state.profile, ExitTables(year.mortality, p.retirement, p.clinic_share), p.exit, income
    )
    arrivals = Arrivals(
        steps.settle(free + breached, location, p.settle_home),
        p.entry_age,
        released,
        p.release_age,
    )
    practice = steps.advance_practice(
        state.practising, survival, Geography(location, p.mobility), arrivals, p.weights
    )
    in_post = steps.read_trainees(training.residents, training.state.interns)
    trainees = in_post * _scale(year.december_presence, 2, steps)
    supply_heads, fte = _read_supply(steps, training.state, practice, bonded, p)
    at_work = _scale(p.trainee_fte * year.trainee_presence, 2, steps)
    fte = fte + in_post * at_work
    need = steps.share_need(
        year.need, year.need_flat, year.need_tilted, p.tilt, year.region_factor
    )
    new_income = steps.update_income(state.income, need, fte, p.base_load, p.income)
    flows = training.flows | {
        "deaths": leaving[..., 0] + bonded_deaths,
        "retirements": leaving[..., 1],
        "emigrations": leaving[..., 2],
        "new_specialists": training.passed.sum(axis=tuple(range(axis, axis + 4))),
    }
    moved = training.state._replace(
        practising=practice.practising,
        bonded=bonded,
        income=new_income,
        profile=practice.profile,
    )
    result = YearResult(
        supply=supply_heads,
        trainees=trainees,
        fte=fte,
        need=need,
        filled=training.filled,
        unfilled=year.resident_posts - training.filled,
        new_specialists=training.passed.sum(axis=(axis, axis + 1, axis + 3)),
        flows=tuple(flows[name] for name in FLOWS),
    )
    return moved, result


def _read_supply(
    steps: Steps, state: State, practice: Array, bonded: Array, p: Parameters
) -> tuple[Array, Array]:
    """Clinical heads and FTE (R, S): practising, bonded, and those who wait for a post."""
    axis = 1 if steps.batched else 0
    extra = bonded.sum(axis=(-2, -1))
    waiting = state.match_pool.sum(axis=(axis, -1)) + state.intern_pool.sum(axis=-1)
    extra = steps.xp.concatenate((extra[..., :-1], extra[..., -1:] + waiting[..., None]), axis=-1)
    return practice.heads + extra, practice.fte + extra * _scale(p.young_fte, 2, steps)
