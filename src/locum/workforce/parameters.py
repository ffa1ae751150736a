"""From drawn assumptions and tables to the parameters of every draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.errors import BadValue, OutOfBounds
from locum.workforce.demand import NeedRule, national_need
from locum.workforce.fund import FundRule
from locum.workforce.pipeline import read_trainees
from locum.workforce.records import (
    AGE_COUNT,
    FIRST_AGE,
    LAST_AGE,
    SERVICE_YEARS,
    STUDY_YEARS,
    TINY,
    Absence,
    Array,
    Choice,
    EntryShares,
    ExamRates,
    ExitRates,
    IncomeRule,
    MatchRules,
    State,
    StudentRates,
    TrainingRates,
    Weights,
)
from locum.workforce.year import Parameters, YearTable

if TYPE_CHECKING:
    from locum.assumptions import Draws
    from locum.workforce.inputs import Tables

AGES = np.arange(FIRST_AGE, LAST_AGE + 1, dtype=float)
FINISHED_INTERNSHIP = 1.0
FARTHEST = 5.0
"""Standard deviations beyond which nobody has the age."""
OLDEST_TO_LICENSE = 50.0
DECEMBER = 9
"""Index of December in an academic year from March to February."""


BOUNDS: dict[str, tuple[float, float]] = {
    "bond.years": (1, 40),
    "entry.licence_age_bonded": (FIRST_AGE, LAST_AGE),
    "entry.licence_age_sd": (0.1, 20),
    "exit.retirement_width": (0.1, 50),
    "hours.full_time": (1, 8784),
    "demand.base_doctors": (1, 1e9),
    "demand.working_days": (1, 366),
    "demand.visits_per_day": (0.01, 1e6),
    "demand.productivity_change": (-0.9, 10),
    "demand.working_days_change": (-0.9, 10),
    "choice.nest_scale": (0.01, 1),
}
"""What the model can compute with, where it is narrower than what the unit allows."""


class Prepared(NamedTuple):
    """A batch of draws, ready to run: starting state, parameters, inputs by year, fund rule."""

    state: State
    parameters: Parameters
    years: YearTable
    fund: FundRule
    use_growth: Array
    """(D, T) use relative to the base year, before productivity: what the fund pays for."""


def check_bounds(draws: Draws) -> None:
    """Refuse draws that the model cannot compute with.

    Raises
    ------
    OutOfBounds
        Naming the assumption, the value and the bounds.
    """
    for key, (low, high) in BOUNDS.items():
        values = draws.value(key)
        wrong = values[(values < low) | (values > high)]
        if wrong.size:
            each = draws.assumptions[key]
            raise OutOfBounds(key, float(wrong[0]), each.unit, low, high, each.place)


def spread(table: Array, draws: int) -> Array:
    """Give a static table a draw axis without copying it."""
    table = np.ascontiguousarray(table, dtype=float)
    strides = (0, *table.strides)
    return np.lib.stride_tricks.as_strided(table, (draws, *table.shape), strides)


def rule_of(draws: Draws, key: str) -> str:
    """Return a rule that must be the same in all draws of a run."""
    options = set(draws.rule(key))
    if len(options) != 1:
        raise BadValue(key, sorted(options), "one rule for the whole run, not a choice by draw")
    return options.pop()


def age_distribution(mean: Array, sd: Array) -> Array:
    """Spread heads over single ages (D, A), summing to one: a normal density cut at five sd."""
    away: Array = np.abs(AGES - mean[:, None]) / sd[:, None]
    density: Array = np.exp(-0.5 * away**2) * (away < FARTHEST)
    return density / density.sum(axis=1, keepdims=True)


def _entry_ages(draws: Draws, tables: Tables) -> tuple[Array, Array]:
    """Ages (D, S, X, A) at the start of practice and at the end of a bond.

    A specialist is licensed, trains for the internship and the residency, and a man serves for
    three years with the drawn probability: his mean age is shifted by the expected delay.
    """
    years = tables.axes.years
    licence = draws.path("entry.licence_age", [int(years[0])])[:, 0]
    wrong = licence[(licence < FIRST_AGE) | (licence > OLDEST_TO_LICENSE)]
    if wrong.size:
        place = draws.assumptions["entry.licence_age"].place
        what, bounds = "entry.licence_age", (float(FIRST_AGE), OLDEST_TO_LICENSE)
        raise OutOfBounds(what, float(wrong[0]), "years", *bounds, place)
    sd = draws.value("entry.licence_age_sd")
    training = tables.specialties.training_years + FINISHED_INTERNSHIP
    training = np.where(tables.specialties.training_years > 0, training, FINISHED_INTERNSHIP)
    delay = SERVICE_YEARS * draws.value("service.specialist_share")
    men = np.stack(
        [age_distribution(licence + t + delay, sd + 0.5 * delay) for t in training], axis=1
    )
    women = np.stack([age_distribution(licence + t, sd) for t in training], axis=1)
    entry = np.stack((men, women), axis=2)
    return entry, _shifted(entry, bond_years(draws))


def _shifted(ages: Array, years: int) -> Array:
    """Shift an age distribution by whole years; what passes the last age stays there."""
    moved = np.zeros_like(ages)
    moved[..., years:] = ages[..., : AGE_COUNT - years]
    moved[..., -1] += ages[..., AGE_COUNT - years :].sum(axis=-1)
    return moved


def bond_years(draws: Draws) -> int:
    """Length of the regional bond, the same in all draws."""
    lengths = set(np.round(draws.value("bond.years")).astype(int).tolist())
    if len(lengths) != 1:
        raise BadValue("bond.years", sorted(lengths), "one length for the whole run")
    return int(lengths.pop())


def age_of_retirement(rule: str) -> float | None:
    """Return the age at which everyone is out under an ``exit.rule``; None without one."""
    _, found, age = rule.rpartition("age_")
    return float(age) if found else None


def retirement_table(draws: Draws) -> Array:
    """Yearly probability to retire (D, Q, X, A) under the rule ``exit.rule``.

    ``hazard``: a logistic rise around a midpoint by setting, up to a ceiling. ``age_65``,
    ``age_70``, ``age_75``: everyone retires at that age. ``share_65``: nobody retires, and a
    share of those over 65 counts as out (see `weights`); ``share_65_age_75``: everyone at 75 too.
    """
    rule = rule_of(draws, "exit.rule")
    count = len(draws)
    if rule == "hazard":
        ceiling = draws.value("exit.retirement_ceiling")[:, None]
        width = draws.value("exit.retirement_width")[:, None]
        settings: list[Array] = []
        for setting in ("clinic", "hospital"):
            middle = draws.value(f"exit.retirement_{setting}")[:, None]
            settings.append(ceiling / (1.0 + np.exp(-(AGES - middle) / width)))
        table: Array = np.stack(settings, axis=1)
    else:
        table = np.zeros((count, 2, AGE_COUNT))
        last = age_of_retirement(rule)
        if last is not None:
            table[..., last - 1.0 <= AGES] = 1.0
    return np.repeat(table[:, :, None, :], 2, axis=2)


def weights(draws: Draws) -> Weights:
    """Activity and FTE of a head (D, X, A)."""
    count = len(draws)
    activity = np.ones((count, 2, AGE_COUNT))
    if rule_of(draws, "exit.rule").startswith("share_65"):
        out = draws.value("exit.retired_share_65")[:, None, None]
        activity = np.where(AGES >= 65.0, activity * (1.0 - out), activity)
    hours = np.broadcast_to(draws.value("hours.mean")[:, None, None], activity.shape).copy()
    hours[:, 1] *= draws.value("hours.female_ratio")[:, None]
    old = draws.value("hours.over_65_ratio")[:, None, None]
    hours = np.where(AGES >= 65.0, hours * old, hours)
    fte = activity * hours / draws.value("hours.full_time")[:, None, None]
    return Weights(activity, fte)


def _mobility(draws: Draws) -> Array:
    """Yearly probability to move to another region (D, A), falling with age from 35 on."""
    fade = np.exp(-np.maximum(AGES - 35.0, 0.0) / 15.0)
    return draws.value("geography.mobility")[:, None] * fade


def _appeal(draws: Draws, tables: Tables) -> Array:
    """Sum the utility that policy and a change of taste add to each specialty (D, T, S).

    Policies act in every year; the taste for a specialty's working life grows from the base year.
    """
    terms = tables.specialties
    relief = draws.value("policy.litigation_relief") * draws.value("choice.litigation")
    hours = draws.value("policy.workload_relief") * draws.value("choice.workload")
    pay = np.log1p(draws.value("policy.essential_pay")) * draws.value("choice.income")
    policy = (
        relief[:, None] * terms.litigation
        + hours[:, None] * terms.workload
        + pay[:, None] * terms.essential
    )
    elapsed = np.arange(len(tables.axes.years), dtype=float)
    taste = draws.value("choice.lifestyle_trend")[:, None] * elapsed
    return policy[:, None, :] + taste[:, :, None] * terms.lifestyle


def starting_state(tables: Tables, draws: Draws) -> State:
    """Lay the starting tables out as the state of every draw (D, ...)."""
    start, count = tables.start, len(draws)
    regions, specialties = start.residents.shape[:2]
    female = _newcomers_female(draws, tables)
    men = np.stack((1.0 - female, female), axis=-1)
    free = np.array([1.0, 0.0])
    interns = free[:, None, None] * (start.interns[:, None] * men[:, None, None, :])
    residents = start.residents[:, :, None, :] * men[:, None, None, :, None]
    residents = np.stack((residents, np.zeros_like(residents)), axis=1)
    share = start.residents.sum(axis=(1, 2)) / start.residents.sum()
    service = np.stack((share[:, None, None] * start.service,) * 2) * free[:, None, None, None]
    students = free[:, None, None] * start.students
    bonded = np.zeros((count, regions, specialties, 2, bond_years(draws)))
    return State(
        students=spread(students, count),
        exam_pool=np.zeros((count, 2, regions)),
        intern_pool=np.zeros((count, regions, 2)),
        interns=interns + np.zeros((count, 2, regions, 2)),
        match_pool=np.zeros((count, 2, regions, 2)),
        residents=residents,
        paused_interns=np.zeros((count, 2, regions, 2)),
        paused=np.zeros_like(residents),
        service=spread(service, count),
        practising=spread(start.practising, count),
        bonded=bonded,
        income=np.ones((count, regions, specialties)),
        profile=spread(start.practising.sum(axis=0), count),
    )


def _newcomers_female(draws: Draws, tables: Tables) -> Array:
    """Share of women among new doctors in the base year (D,)."""
    return draws.path("entry.female_share", [tables.axes.base_year])[:, 0]


def _base_supply(draws: Draws, state: State) -> Array:
    """Clinical heads of the base year (D,)."""
    practising = np.einsum("drsxa,dxa->d", state.practising, weights(draws).activity)
    return practising + read_trainees(state.residents, state.interns).sum(axis=(1, 2))


def base_fte(tables: Tables, state: State, weight: Weights, draws: Draws) -> Array:
    """FTE at work in the base year (D, R, S)."""
    practice = np.einsum("rsxa,dxa->drs", tables.start.practising, weight.fte)
    trainees = read_trainees(state.residents, state.interns)
    return practice + trainees * _trainee_fte(draws)[:, None, None]


def _trainee_fte(draws: Draws) -> Array:
    """FTE of a trainee: hours over full-time hours, times productivity."""
    hours = draws.value("hours.trainee") / draws.value("hours.full_time")
    return hours * draws.value("training.productivity")


def need_rule(draws: Draws) -> NeedRule:
    """Collect the rules of demand."""
    return NeedRule(
        unit=rule_of(draws, "demand.unit"),
        trend=rule_of(draws, "demand.trend"),
        balance=rule_of(draws, "demand.balance"),
        inpatient_weight=draws.value("demand.inpatient_weight"),
        growth=draws.value("demand.growth"),
        damping=draws.value("demand.damping"),
        base_doctors=draws.value("demand.base_doctors"),
        base_gap=draws.value("demand.base_gap"),
        working_days=draws.value("demand.working_days"),
        visits_per_day=draws.value("demand.visits_per_day"),
        productivity=draws.value("demand.productivity_change"),
        days_change=draws.value("demand.working_days_change"),
        use_change=draws.value("demand.use_change"),
        phase_start=draws.value("demand.phase_start"),
        phase_year=draws.value("demand.phase_year"),
    )


def _education(draws: Draws, tables: Tables) -> dict[str, Array]:
    """Parameters of schools, exams, training and service."""
    last_year = np.maximum(tables.specialties.training_years - 1, 0).astype(np.int64)
    return {
        "students": StudentRates(draws.value("student.attrition"), draws.value("student.repeat")),
        "exam": ExamRates(draws.value("exam.pass_rate"), draws.value("exam.give_up")),
        "entry": EntryShares(
            _newcomers_female(draws, tables),
            draws.value("service.entry_share"),
            draws.value("entry.generalist_share"),
        ),
        "match": MatchRules(
            draws.value("training.home_share"),
            draws.value("training.move_share"),
            draws.value("training.switch_share"),
        ),
        "training": TrainingRates(
            draws.value("training.quit"),
            draws.value("training.board_pass"),
            draws.value("training.away_quit"),
            last_year,
        ),
        "intern_home": draws.value("training.intern_home_share"),
        "apply": draws.value("training.apply_share"),
        "reapply": draws.value("training.reapply_share"),
        "serve": draws.value("service.specialist_share"),
        "trainee_fte": _trainee_fte(draws),
    }


def _practice(draws: Draws, tables: Tables) -> dict[str, Array]:
    """Parameters of practice: entry, exit, hours, places, bonds."""
    entry_age, release_age = _entry_ages(draws, tables)
    concept = rule_of(draws, "supply.concept")
    bonded_age = np.zeros(AGE_COUNT)
    bonded_age[round(float(np.median(draws.value("entry.licence_age_bonded")))) - FIRST_AGE] = 1.0
    return {
        "exit": ExitRates(
            draws.value("exit.mortality_ratio"),
            draws.value("exit.emigration"),
            draws.value("exit.income_elasticity"),
        ),
        "practising": draws.value(f"entry.{concept}_share"),
        "retirement": retirement_table(draws),
        "clinic_share": np.ascontiguousarray(tables.specialties.clinic_share, dtype=float),
        "mobility": _mobility(draws),
        "entry_age": entry_age,
        "release_age": release_age,
        "bonded_age": bonded_age,
        "settle_home": draws.value("geography.settle_home_share"),
        "breach": draws.value("bond.breach"),
        "young_fte": draws.value("hours.mean") / draws.value("hours.full_time"),
    }


def _regional_shares(regional: Array) -> Array:
    """Regional shares of each specialty (R, S); those of all doctors where it has none."""
    everyone = regional.sum(axis=1, keepdims=True) / regional.sum()
    heads: Array = regional.sum(axis=0)
    shares: Array = regional / (heads + TINY) + everyone * (heads <= 0.0)
    return shares


def _market(draws: Draws, tables: Tables) -> dict[str, Array]:
    """Parameters of incomes and choices."""
    terms, count = tables.specialties, len(draws)
    regional = tables.start.practising.sum(axis=(2, 3))
    return {
        "choice": Choice(
            draws.value("choice.income"), draws.value("choice.nest_scale"), terms.nests
        ),
        "income": IncomeRule(
            draws.value("income.elasticity"),
            draws.value("income.adjustment"),
            draws.value("income.growth"),
        ),
        "location_appeal": draws.value("geography.income_appeal"),
        "specialty_base": spread(terms.applications / terms.applications.sum(), count),
        "location_base": spread(_regional_shares(regional), count),
        "tilt": draws.value("demand.tilt"),
    }


def _parameters(draws: Draws, tables: Tables, state: State, base_need: Array) -> Parameters:
    """Build the parameters that hold in every year."""
    weight = weights(draws)
    fte = base_fte(tables, state, weight, draws)
    return Parameters(
        weights=weight,
        base_load=np.where(fte > 0.0, base_need / (fte + TINY), 0.0),
        **_education(draws, tables),
        **_practice(draws, tables),
        **_market(draws, tables),
    )


def _away_longer(months: Array, tolerated: Array) -> Array:
    """Share away for more than the tolerated months (D,), absences being nested.

    If those away in a slack month are always among those away in a fuller one, the share away for
    more than k months is the (k+1)-th largest of the monthly shares.
    """
    ranked = np.sort(months)[::-1]
    most = float(months.size - 1)
    position: Array = np.clip(tolerated + 0.5, 0.0, most)
    return ranked[position.astype(np.int64)]


def absences(months: Array, tolerated: Array, late_return: Array, known: Array) -> Absence:
    """Turn months away (T, 12) into who loses the year and who comes back, by year.

    Parameters
    ----------
    months
        Share of the original cohort that is away each month of the academic year that ends in
        the year of the row.
    tolerated
        Months away that do not cost the year (D, T).
    late_return
        Share of those away who return in a year beyond the table (D,).
    known
        Which years the table covers (T,).

    Returns
    -------
    Absence
        Shares (D, T).
    """
    lost = np.zeros_like(tolerated)
    back = np.repeat(late_return[:, None], tolerated.shape[1], axis=1)
    before = np.zeros_like(late_return)
    for t in np.flatnonzero(known):
        now = _away_longer(months[t], tolerated[:, t])
        lost[:, t] = np.clip((now - before) / (1.0 - before + TINY), 0.0, 1.0)
        back[:, t] = np.clip(1.0 - now / np.where(before > 0.0, before, np.inf), 0.0, 1.0)
        back[:, t] = np.where(before > 0.0, back[:, t], 0.0)
        before = now
    return Absence(lost, back)


def _leave(months: Array, tolerated: Array) -> Array:
    """Share of each study year (D, T, 6) that loses the year."""
    lost = [_away_longer(months[t], tolerated[:, t]) for t in range(months.shape[0])]
    return np.repeat(np.stack(lost, axis=1)[:, :, None], STUDY_YEARS, axis=2)


def _previous(table: Array) -> Array:
    """Shift by a year: an academic year ends in February of the next."""
    moved = np.zeros_like(table)
    moved[1:] = table[:-1]
    return moved


def year_table(draws: Draws, tables: Tables, need: Array) -> YearTable:
    """Lay out what every year brings, from the year after the base year on."""
    count, years = len(draws), [int(y) for y in tables.axes.years]
    pipe, population = tables.pipeline, tables.population
    months = pipe.absence
    academic = [max(y - 1, years[0]) for y in years]
    training = draws.path("training.months_tolerated", academic)
    study = draws.path("student.months_tolerated", academic)
    late = draws.value("training.late_return")
    away = np.maximum(months.residents, months.interns)
    known = _previous(away).max(axis=1) > 0.0
    interns = absences(_previous(months.interns), training, late, known)
    residents = absences(_previous(months.residents), training, late, known)
    response = draws.value("training.post_response")[:, None]
    posts = 1.0 + response * (pipe.planned_seats - 1.0)
    return YearTable(
        seats=pipe.seats[1:] * draws.value("student.enrolment_ratio")[:, None, None, None],
        leave=_leave(_previous(months.students), study)[:, 1:],
        observed_passers=spread(pipe.observed_passers[1:], count),
        interns_away=Absence(interns.lost[:, 1:], interns.back[:, 1:]),
        residents_away=Absence(residents.lost[:, 1:], residents.back[:, 1:]),
        trainee_presence=_presence(months.residents.mean(axis=1), residents),
        december_presence=_presence(months.residents[:, DECEMBER], residents),
        mortality=spread(population.mortality[1:], count),
        intern_posts=posts[:, 1:, None] * pipe.intern_posts,
        resident_posts=posts[:, :-1, None, None] * pipe.resident_posts,
        appeal=_appeal(draws, tables)[:, 1:],
        need=need[:, 1:],
        need_flat=spread(population.need_flat[1:], count),
        need_tilted=spread(population.need_tilted[1:], count),
        region_factor=region_drift(draws, tables)[:, 1:],
    )


def region_drift(draws: Draws, tables: Tables) -> Array:
    """Growth of each region's share of the people beyond ageing, since the base year (D, T, R)."""
    rate = draws.value("population.capital_drift")[:, None] * tables.population.capital
    elapsed = np.arange(len(tables.axes.years), dtype=float)
    return (1.0 + rate)[:, None, :] ** elapsed[None, :, None]


def _presence(away: Array, residents: Absence) -> Array:
    """Share of the trainees in post who are at work (D, T), from the share of the cohort away (T).

    Those who lost the year before are no longer in post, so only new absence counts.
    """
    in_post = 1.0 - residents.lost
    present = np.clip((1.0 - away) / np.maximum(in_post, 1e-9), 0.0, 1.0)
    return present[:, 1:]


def prepare(draws: Draws, tables: Tables) -> Prepared:
    """Turn a batch of draws into everything the engine reads.

    Parameters
    ----------
    draws
        Drawn assumptions.
    tables
        The country and the scenario.

    Returns
    -------
    Prepared
        With a draw axis on every array that a step reads per draw.

    Raises
    ------
    OutOfBounds
        If an assumption has a value that the model cannot compute with.
    """
    check_bounds(draws)
    population, years = tables.population, tables.axes.years
    state = starting_state(tables, draws)
    rule = need_rule(draws)
    if rule.balance == "supply":
        rule = rule._replace(base_doctors=_base_supply(draws, state))
    need = national_need(population.use, rule, years)
    tilt = draws.value("demand.tilt")[:, None, None]
    mix = population.need_flat[0] + tilt * (population.need_tilted[0] - population.need_flat[0])
    base_need = need[:, 0][:, None, None] * mix / mix.sum(axis=(1, 2), keepdims=True)
    plain = rule._replace(
        balance="base",
        productivity=np.zeros(len(draws)),
        days_change=np.zeros(len(draws)),
        base_doctors=np.ones(len(draws)),
        base_gap=np.zeros(len(draws)),
    )
    fund = FundRule(
        draws.value("fund.base"),
        draws.value("fund.price_growth"),
        draws.value("fund.induced"),
        draws.value("fund.wage_growth"),
    )
    return Prepared(
        state,
        _parameters(draws, tables, state, base_need),
        year_table(draws, tables, need),
        fund,
        national_need(population.use, plain, years),
    )


__all__ = ["Prepared", "prepare", "region_drift"]
