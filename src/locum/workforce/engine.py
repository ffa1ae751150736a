"""The compiled order of a workforce year, and of all years of a draw.

`advance_year` is the twin of `locum.workforce.year.advance_year` for one draw; `run_years` calls
it year after year and writes what is read, so that a draw is one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.workforce.compilation import compiled, entry_point, inlined, standalone
from locum.workforce.kernels import (
    advance_bonded,
    advance_interns,
    advance_practice,
    advance_residents,
    advance_service,
    advance_students,
    exits,
    join_practice,
    licence_exam,
    location_shares,
    mean_income,
    read_trainees,
    settle,
    share_need,
    specialty_shares,
    split_licensed,
    update_income,
)
from locum.workforce.matching import match_residents, place_interns
from locum.workforce.records import (
    BONDED,
    FREE,
    MALE,
    Absence,
    Arrivals,
    ExitTables,
    Geography,
)

if TYPE_CHECKING:
    from locum.workforce.records import Array


@compiled
def _total(heads: Array) -> Array:
    """Sum an array of any number of axes."""
    standalone()
    total = 0.0
    for value in heads.flat:
        total += value
    return total


@compiled
def _generalists(
    left: tuple[Array, Array, Array],
    matched: tuple[Array, Array],
    placed: tuple[Array, Array],
    finished: Array,
    apply: Array,
) -> Array:
    """Gather everyone who starts to practise without a specialty (K, R, X)."""
    standalone()
    licensed, leavers, quitters = left
    unmatched, again = matched
    unplaced, waiting = placed
    gathered = np.empty_like(licensed)
    tracks, regions, sexes = licensed.shape
    for k in range(tracks):
        for r in range(regions):
            for x in range(sexes):
                gathered[k, r, x] = licensed[k, r, x] + leavers[k, r, x] + quitters[k, r, x]
                gathered[k, r, x] += unmatched[k, r, x] - again[k, r, x]
                gathered[k, r, x] += finished[k, r, x] * (1.0 - apply)
                if k == FREE:
                    gathered[k, r, x] += unplaced[r, x] - waiting[r, x]
    return gathered


@compiled
def _young_death(mortality: Array, bonded_age: Array, ratio: Array) -> Array:
    """Mortality of bonded doctors (X)."""
    standalone()
    death = np.zeros(mortality.shape[0])
    for x in range(mortality.shape[0]):
        for a in range(mortality.shape[1]):
            death[x] += mortality[x, a] * bonded_age[a]
        death[x] *= ratio
    return death


@compiled
def _add_waiting(
    supply: Array, fte: Array, bonded: Array, pools: tuple[Array, Array], young_fte: Array
) -> None:
    """Add bonded doctors and those who wait for a post to heads and FTE (R, S)."""
    standalone()
    regions, specialties, sexes, years = bonded.shape
    for r in range(regions):
        for s in range(specialties):
            extra = 0.0
            for x in range(sexes):
                for b in range(years):
                    extra += bonded[r, s, x, b]
            if s == specialties - 1:
                for x in range(sexes):
                    extra += pools[0][r, x]
                    for k in range(pools[1].shape[0]):
                        extra += pools[1][k, r, x]
            supply[r, s] += extra
            fte[r, s] += extra * young_fte


@compiled
def _add(target: Array, values: Array) -> None:
    """Add heads in place."""
    standalone()
    for index, value in np.ndenumerate(values):
        target[index] += value


@compiled
def _add_scaled(target: Array, values: Array, factor: Array) -> None:
    """Add a multiple of (R, S) values in place."""
    standalone()
    for r in range(values.shape[0]):
        for s in range(values.shape[1]):
            target[r, s] += values[r, s] * factor


@compiled
def _read_match(newcomers: Array, passed: Array, posts: Array, out: Array) -> None:
    """Write filled and unfilled posts (R, S) and new specialists (S)."""
    standalone()
    filled, unfilled, specialists = out
    tracks, regions, specialties, sexes = newcomers.shape
    for s in range(specialties):
        count = 0.0
        for r in range(regions):
            heads = 0.0
            for k in range(tracks):
                for x in range(sexes):
                    heads += newcomers[k, r, s, x]
                    count += passed[k, r, s, x]
            filled[r, s] = heads
            unfilled[r, s] = posts[r, s] - heads
        specialists[s] = count


@compiled
def _release(service: Array, applicants: Array) -> Array:
    """Take out those whose service ends; the untrained among them apply for an internship."""
    standalone()
    tracks, regions, specialties, years = service.shape
    released = np.empty((tracks, regions, specialties))
    for k in range(tracks):
        for r in range(regions):
            for s in range(specialties):
                released[k, r, s] = service[k, r, s, years - 1]
            applicants[k, r, MALE] += released[k, r, specialties - 1]
    return released


@compiled
def _blend(first: Array, share: Array, second: Array) -> Array:
    """Scale one array (K, R, X) and add another."""
    standalone()
    blend = np.empty_like(first)
    for k in range(first.shape[0]):
        for r in range(first.shape[1]):
            for x in range(first.shape[2]):
                blend[k, r, x] = first[k, r, x] * share + second[k, r, x]
    return blend


@compiled
def _into(target: Array, values: Array) -> None:
    """Write (R, S) values into a year of the result."""
    standalone()
    for r in range(values.shape[0]):
        for s in range(values.shape[1]):
            target[r, s] = values[r, s]


@compiled
def _write_ages(target: Array, profile: Array) -> Array:
    """Write practising heads by sex and age; returns their sum."""
    standalone()
    practising = 0.0
    for x in range(profile.shape[1]):
        for a in range(profile.shape[2]):
            heads = 0.0
            for s in range(profile.shape[0]):
                heads += profile[s, x, a]
            target[x, a] = heads
            practising += heads
    return practising


@inlined
def _school(
    students: Array, exam_pool: Array, service: Array, year: Array, rates: Array, flows: Array
) -> Array:
    """Run the schools, the licence exam and what the newly licensed do."""
    seats, leave, passers = year
    students, graduates, flows[2] = advance_students(students, seats, leave, rates[0])
    passed, exam_pool, flows[1], flows[5] = licence_exam(graduates, exam_pool, passers, rates[1])
    applicants, licensed, serving = split_licensed(passed, rates[2])
    released = _release(service, applicants)
    flows[0], flows[3], flows[4] = _total(seats), _total(graduates), _total(passed)
    return students, exam_pool, applicants, licensed, serving, released


@inlined
def _choose(income: Array, base: tuple[Array, Array], appeal: Array, choice: Array) -> Array:
    """Mean income of each specialty, and the shares of applicants who wish for it."""
    mean = mean_income(income, base[0])
    return mean, specialty_shares(base[1], mean, appeal, choice)


@inlined
def _apply(finished: Array, match_pool: Array, posts: Array, wishes: Array, rules: Array) -> Array:
    """Match applicants; returns newcomers, unmatched and those who will apply again."""
    shares, (match, apply, reapply) = wishes, rules
    applying = _blend(finished, apply, match_pool)
    newcomers, unmatched = match_residents(applying, posts, shares, match)
    return newcomers, unmatched, _blend(unmatched, reapply, np.zeros_like(unmatched))


@inlined
def _serve(service: Array, serving: Array, first_service: Array) -> Array:
    """Serve a year; the men who serve before any training stand under ``none``."""
    none = serving.shape[2] - 1
    for k in range(serving.shape[0]):
        for r in range(serving.shape[1]):
            serving[k, r, none] = first_service[k, r]
    return advance_service(service, serving)[0]


@inlined
def _count(stages: Array, pools: tuple[Array, Array], stocks: tuple[Array, ...]) -> None:
    """Write the heads of each stage but those away and those in practice."""
    intern_pool, match_pool = pools
    students, exam_pool, interns, residents, service, bonded = stocks
    stages[0], stages[1], stages[2] = _total(students), _total(exam_pool), _total(intern_pool)
    stages[3], stages[4], stages[5] = _total(interns), _total(match_pool), _total(residents)
    stages[7], stages[9] = _total(service), _total(bonded)


@inlined
def _read(
    practice: Array,
    bonded: Array,
    pools: tuple[Array, Array],
    in_post: Array,
    presence: Array,
    fte_of: Array,
    out: Array,
) -> Array:
    """Write supply, trainees and FTE of a year; returns the FTE (R, S)."""
    supply, trainees, fte = out
    _add_waiting(practice.heads, practice.fte, bonded, pools, fte_of[1])
    _add_scaled(practice.fte, in_post, fte_of[0] * presence[0])
    _into(supply, practice.heads)
    _into(trainees, in_post * presence[1])
    _into(fte, practice.fte)
    return practice.fte


@entry_point
def run_years(start: Array, years: Array, p: Array, out: Array) -> None:
    """Run a draw through all its years and write the results into the draw's arrays.

    Arrays are passed one by one on purpose: records of many arrays handed between compiled
    functions took three times as long to compile.
    """
    students, exam_pool, interns = start.students, start.exam_pool, start.interns
    intern_pool, base = start.intern_pool, (p.location_base, p.specialty_base)
    match_pool, residents, service = start.match_pool, start.residents, start.service
    gone, paused, bonded = start.paused_interns, start.paused, start.bonded
    practising, income, profile = start.practising, start.income, start.profile
    for t in range(years.need.shape[0]):
        flows, stages, mortality = out.flows[t + 1], out.stages[t + 1], years.mortality[t]
        entry = (years.seats[t], years.leave[t], years.observed_passers[t])
        students, exam_pool, applicants, licensed, first_service, released = _school(
            students, exam_pool, service, entry, (p.students, p.exam, p.entry), flows
        )
        away = Absence(years.interns_away.lost[t], years.interns_away.back[t])
        finished, gone, leavers = advance_interns(interns, gone, away, p.training)
        _add(applicants[FREE], intern_pool)
        interns, unplaced = place_interns(applicants, years.intern_posts[t], p.intern_home)
        intern_pool = unplaced * p.reapply
        mean, wishes = _choose(income, base, years.appeal[t], p.choice)
        posts, rules = years.resident_posts[t], (p.match, p.apply, p.reapply)
        newcomers, unmatched, match_pool = _apply(finished, match_pool, posts, wishes, rules)
        away = Absence(years.residents_away.lost[t], years.residents_away.back[t])
        residents, paused, passed, quitters = advance_residents(
            residents, paused, newcomers, away, p.training
        )
        left, matched = (licensed, leavers, quitters), (unmatched, match_pool)
        generalists = _generalists(left, matched, (unplaced, intern_pool), finished, p.apply)
        entrants, serving, flows[6] = join_practice(
            passed, released, generalists, p.serve, p.practising
        )
        service = _serve(service, serving, first_service)
        young_death = _young_death(mortality, p.bonded_age, p.exit.mortality_ratio)
        bonded, unbound, breached, bonded_deaths = advance_bonded(
            bonded, entrants[BONDED], p.breach, young_death
        )
        location = location_shares(p.location_base, income, p.location_appeal)
        tables = ExitTables(mortality, p.retirement, p.clinic_share)
        survival, leaving = exits(profile, tables, p.exit, mean)
        _add(breached, entrants[FREE])
        settled = settle(breached, location, p.settle_home)
        arrivals = Arrivals(settled, p.entry_age, unbound, p.release_age)
        practice = advance_practice(
            practising, survival, Geography(location, p.mobility), arrivals, p.weights
        )
        practising, profile = practice.practising, practice.profile
        presence = (years.trainee_presence[t], years.december_presence[t])
        cells = (out.supply[t + 1], out.trainees[t + 1], out.fte[t + 1])
        in_post, fte_of = read_trainees(residents, interns), (p.trainee_fte, p.young_fte)
        pools = (intern_pool, match_pool)
        fte = _read(practice, bonded, pools, in_post, presence, fte_of, cells)
        flat, tilted = years.need_flat[t], years.need_tilted[t]
        need = share_need(years.need[t], flat, tilted, p.tilt, years.region_factor[t])
        income = update_income(income, need, fte, p.base_load, p.income)
        _into(out.need[t + 1], need)
        _into(out.income[t + 1], income)
        fills = (out.filled[t + 1], out.unfilled[t + 1], out.new_specialists[t + 1])
        _read_match(newcomers, passed, posts, fills)
        flows[7], flows[8], flows[9] = leaving[0] + bonded_deaths, leaving[1], leaving[2]
        flows[10], flows[11] = _total(passed), _total(generalists)
        _count(stages, pools, (students, exam_pool, interns, residents, service, bonded))
        stages[6] = _total(paused) + _total(gone)
        stages[8] = _write_ages(out.ages[t + 1], profile)
