"""Compiled twins of the reference steps: the engine of record.

Each function has the name, the arguments and the results of its reference in
`locum.workforce.pipeline`, `supply`, `market` and `demand`, for one draw (no leading axis) and
without ``xp``; those of the matches are in `locum.workforce.matching`. They release the
interpreter's lock and keep to float64. A test holds them equal to the reference.
``NUMBA_DISABLE_JIT=1`` runs them as plain Python for a debugger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.workforce.compilation import compiled, standalone, summing
from locum.workforce.records import CERTAIN, CLINIC, FREE, HOSPITAL, MALE, TINY, Practice

if TYPE_CHECKING:
    from locum.workforce.records import (
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
        StudentRates,
        TrainingRates,
        Weights,
    )


@compiled
def advance_students(
    students: Array, seats: Array, leave: Array, rates: StudentRates
) -> tuple[Array, Array, Array]:
    standalone()
    tracks, regions, years = students.shape
    new = np.empty_like(students)
    graduates = np.empty((tracks, regions))
    dropped = 0.0
    for k in range(tracks):
        for r in range(regions):
            climbing = seats[k, r]
            for y in range(years):
                kept = students[k, r, y] * (1.0 - rates.attrition)
                dropped += students[k, r, y] - kept
                stay = kept * (leave[y] + (1.0 - leave[y]) * rates.repeat)
                new[k, r, y] = stay + climbing
                climbing = kept - stay
            graduates[k, r] = climbing
    return new, graduates, dropped


@compiled
def licence_exam(
    graduates: Array, exam_pool: Array, observed: Array, rates: ExamRates
) -> tuple[Array, Array, Array, Array]:
    standalone()
    tracks, regions = graduates.shape
    passed = np.empty((tracks, regions))
    stays = np.empty((tracks, regions))
    total = free = 0.0
    for k in range(tracks):
        for r in range(regions):
            passed[k, r] = graduates[k, r] + exam_pool[k, r]
            total += passed[k, r]
            if k == FREE:
                free += passed[k, r]
    passers = observed if observed >= 0.0 else total * rates.pass_rate
    share = min(passers / (total + TINY), 1.0)
    external = max(passers - total, 0.0) if free > 0.0 else 0.0
    given_up = 0.0
    for k in range(tracks):
        for r in range(regions):
            candidates = passed[k, r]
            passed[k, r] = candidates * share
            failed = candidates - passed[k, r]
            stays[k, r] = failed * (1.0 - rates.give_up)
            given_up += failed - stays[k, r]
            if k == FREE:
                passed[k, r] += external / (free + TINY) * candidates
    return passed, stays, external, given_up


@compiled
def split_licensed(passed: Array, entry: EntryShares) -> tuple[Array, Array, Array]:
    standalone()
    tracks, regions = passed.shape
    applicants = np.empty((tracks, regions, 2))
    generalists = np.empty((tracks, regions, 2))
    serving = np.empty((tracks, regions))
    for k in range(tracks):
        for r in range(regions):
            men = passed[k, r] * (1.0 - entry.female)
            serving[k, r] = men * entry.service_first
            for x in range(2):
                heads = men - serving[k, r] if x == MALE else passed[k, r] * entry.female
                generalists[k, r, x] = heads * entry.generalist
                applicants[k, r, x] = heads - generalists[k, r, x]
    return applicants, generalists, serving


@compiled
def advance_interns(
    interns: Array, paused: Array, absence: Absence, rates: TrainingRates
) -> tuple[Array, Array, Array]:
    standalone()
    tracks, regions, sexes = interns.shape
    finished = np.empty_like(interns)
    waiting = np.empty_like(interns)
    leavers = np.empty_like(interns)
    for k in range(tracks):
        for r in range(regions):
            for x in range(sexes):
                back = paused[k, r, x] * absence.back
                away = interns[k, r, x] * absence.lost
                leavers[k, r, x] = (paused[k, r, x] - back) * rates.paused_quit
                finished[k, r, x] = interns[k, r, x] - away + back
                waiting[k, r, x] = paused[k, r, x] - back - leavers[k, r, x] + away
    return finished, waiting, leavers


@compiled
def advance_residents(
    residents: Array, paused: Array, newcomers: Array, absence: Absence, rates: TrainingRates
) -> tuple[Array, Array, Array, Array]:
    standalone()
    tracks, regions, specialties, sexes, years = residents.shape
    new = np.zeros_like(residents)
    waiting = np.empty_like(paused)
    passed = np.empty((tracks, regions, specialties, sexes))
    leavers = np.zeros((tracks, regions, sexes))
    for k in range(tracks):
        for r in range(regions):
            for s in range(specialties):
                for x in range(sexes):
                    climbing = newcomers[k, r, s, x]
                    passed[k, r, s, x] = 0.0
                    for y in range(years):
                        here = residents[k, r, s, x, y]
                        gone = paused[k, r, s, x, y]
                        back = gone * absence.back
                        given_up = (gone - back) * rates.paused_quit
                        away = here * absence.lost
                        present = here - away + back
                        quits = present * rates.quit
                        leavers[k, r, x] += quits + given_up
                        waiting[k, r, s, x, y] = gone - back - given_up + away
                        new[k, r, s, x, y] = climbing
                        climbing = present - quits
                        if y == rates.last_year[s]:
                            passed[k, r, s, x] = climbing * rates.board_pass
                            new[k, r, s, x, y] += climbing - passed[k, r, s, x]
                            climbing = 0.0
    return new, waiting, passed, leavers


@compiled
def advance_service(service: Array, entering: Array) -> tuple[Array, Array]:
    standalone()
    tracks, regions, specialties, years = service.shape
    new = np.empty_like(service)
    released = np.empty_like(entering)
    for k in range(tracks):
        for r in range(regions):
            for s in range(specialties):
                climbing = entering[k, r, s]
                for y in range(years):
                    new[k, r, s, y] = climbing
                    climbing = service[k, r, s, y]
                released[k, r, s] = climbing
    return new, released


@compiled
def exits(
    profile: Array, tables: ExitTables, rates: ExitRates, income: Array
) -> tuple[Array, Array]:
    standalone()
    specialties, sexes, ages = profile.shape
    survival = np.empty_like(profile)
    leaving = np.zeros(3)
    for s in range(specialties):
        pull = income[s] ** -rates.income_elasticity
        clinic = tables.clinic_share[s]
        for x in range(sexes):
            for a in range(ages):
                death = min(tables.mortality[x, a] * rates.mortality_ratio, 1.0)
                mixed = clinic * tables.retirement[CLINIC, x, a]
                mixed += (1.0 - clinic) * tables.retirement[HOSPITAL, x, a]
                retire = min(mixed * pull, 1.0) if mixed < CERTAIN else 1.0
                alive = 1.0 - death
                working = alive * (1.0 - retire)
                heads = profile[s, x, a]
                leaving[0] += heads * death
                leaving[1] += heads * alive * retire
                leaving[2] += heads * working * rates.emigration
                survival[s, x, a] = working * (1.0 - rates.emigration)
    return survival, leaving


@summing
def advance_practice(
    practising: Array, survival: Array, geography: Geography, arrivals: Arrivals, weights: Weights
) -> Practice:
    standalone()
    regions, specialties, sexes, ages = practising.shape
    new = np.empty_like(practising)
    heads = np.zeros((regions, specialties))
    fte = np.zeros((regions, specialties))
    profile = np.zeros((specialties, sexes, ages))
    pool = np.empty(ages)
    for s in range(specialties):
        for x in range(sexes):
            pool[:] = 0.0
            for r in range(regions):
                new[r, s, x, 0] = 0.0
                for a in range(ages):
                    older = min(a + 1, ages - 1)
                    kept = practising[r, s, x, a] * survival[s, x, a]
                    moving = kept * geography.mobility[a]
                    pool[older] += moving
                    if a < ages - 1:
                        new[r, s, x, older] = kept - moving
                    else:
                        new[r, s, x, older] += kept - moving
            for r in range(regions):
                here = geography.location[r, s]
                entering = arrivals.entrants[r, s, x]
                count = work = 0.0
                for a in range(ages):
                    value = new[r, s, x, a] + here * pool[a]
                    value += entering * arrivals.entry_age[s, x, a]
                    new[r, s, x, a] = value
                released = arrivals.released[r, s, x]
                if released > 0.0:
                    for a in range(ages):
                        new[r, s, x, a] += released * arrivals.release_age[s, x, a]
                for a in range(ages):
                    value = new[r, s, x, a]
                    profile[s, x, a] += value
                    count += value * weights.activity[x, a]
                    work += value * weights.fte[x, a]
                heads[r, s] += count
                fte[r, s] += work
    return Practice(new, heads, fte, profile)


@compiled
def advance_bonded(
    bonded: Array, entrants: Array, breach: Array, mortality: Array
) -> tuple[Array, Array, Array, Array]:
    standalone()
    new = np.empty_like(bonded)
    regions, specialties, sexes, years = bonded.shape
    released = np.empty_like(entrants)
    broken = np.zeros_like(entrants)
    deaths = 0.0
    for r in range(regions):
        for s in range(specialties):
            for x in range(sexes):
                climbing = entrants[r, s, x]
                for b in range(years):
                    alive = bonded[r, s, x, b] * (1.0 - mortality[x])
                    deaths += bonded[r, s, x, b] - alive
                    gone = alive * breach
                    broken[r, s, x] += gone
                    new[r, s, x, b] = climbing
                    climbing = alive - gone
                released[r, s, x] = climbing
    return new, released, broken, deaths


@compiled
def settle(entrants: Array, location: Array, home: Array) -> Array:
    standalone()
    regions, specialties, sexes = entrants.shape
    settled = np.empty_like(entrants)
    for s in range(specialties):
        for x in range(sexes):
            everyone = 0.0
            for r in range(regions):
                everyone += entrants[r, s, x]
            for r in range(regions):
                away = (1.0 - home) * location[r, s] * everyone
                settled[r, s, x] = home * entrants[r, s, x] + away
    return settled


@compiled
def mean_income(income: Array, heads: Array) -> Array:
    standalone()
    regions, specialties = income.shape
    mean = np.empty(specialties)
    for s in range(specialties):
        paid = count = 0.0
        for r in range(regions):
            paid += income[r, s] * heads[r, s]
            count += heads[r, s]
        mean[s] = paid / (count + TINY)
    return mean


@compiled
def specialty_shares(base: Array, income: Array, appeal: Array, choice: Choice) -> Array:
    standalone()
    count = base.shape[0]
    scaled = np.empty(count)
    nest_base = np.zeros(count)
    nest_scaled = np.zeros(count)
    mean = whole = 0.0
    for s in range(count):
        mean += base[s] * income[s]
    for s in range(count):
        utility = choice.income * np.log(income[s] / mean) + appeal[s]
        scaled[s] = base[s] * np.exp(utility / choice.nest_scale)
        nest_base[choice.nests[s]] += base[s]
        nest_scaled[choice.nests[s]] += scaled[s]
    for n in range(count):
        nest_base[n] *= (nest_scaled[n] / (nest_base[n] + TINY)) ** choice.nest_scale
        whole += nest_base[n]
    for s in range(count):
        nest = choice.nests[s]
        scaled[s] *= nest_base[nest] / whole / (nest_scaled[nest] + TINY)
    return scaled


@compiled
def location_shares(base: Array, income: Array, coefficient: Array) -> Array:
    standalone()
    regions, specialties = base.shape
    shares = np.empty_like(base)
    for s in range(specialties):
        whole = 0.0
        for r in range(regions):
            shares[r, s] = base[r, s] * income[r, s] ** coefficient
            whole += shares[r, s]
        for r in range(regions):
            shares[r, s] /= whole + TINY
    return shares


@compiled
def update_income(
    income: Array, need: Array, fte: Array, base_load: Array, rule: IncomeRule
) -> Array:
    standalone()
    new = np.empty_like(income)
    for r in range(income.shape[0]):
        for s in range(income.shape[1]):
            ratio = 1.0
            if base_load[r, s] > 0.0:
                ratio = (need[r, s] / (fte[r, s] + TINY)) / base_load[r, s]
            target = min(max(ratio, 0.2), 5.0) ** rule.elasticity
            moved = income[r, s] ** (1.0 - rule.adjustment) * target**rule.adjustment
            new[r, s] = moved * (1.0 + rule.growth)
    return new


@compiled
def share_need(
    total: Array, flat: Array, tilted: Array, tilt: Array, region_factor: Array
) -> Array:
    standalone()
    regions, specialties = flat.shape
    need = np.empty_like(flat)
    whole = 0.0
    for r in range(regions):
        for s in range(specialties):
            need[r, s] = (flat[r, s] + tilt * (tilted[r, s] - flat[r, s])) * region_factor[r]
            whole += need[r, s]
    for r in range(regions):
        for s in range(specialties):
            need[r, s] *= total / (whole + TINY)
    return need


@compiled
def join_practice(
    passed: Array, released: Array, generalists: Array, serve: Array, practising: Array
) -> tuple[Array, Array, Array]:
    standalone()
    tracks, regions, specialties, sexes = passed.shape
    entrants = np.empty_like(passed)
    serving = np.zeros((tracks, regions, specialties))
    none = specialties - 1
    outside = 0.0
    for k in range(tracks):
        for r in range(regions):
            for s in range(specialties):
                for x in range(sexes):
                    ready = generalists[k, r, x] if s == none else passed[k, r, s, x]
                    if x == MALE and s != none:
                        serving[k, r, s] = ready * serve
                        ready = ready - serving[k, r, s] + released[k, r, s]
                    entrants[k, r, s, x] = ready * practising
                    outside += ready - entrants[k, r, s, x]
    return entrants, serving, outside


@compiled
def read_trainees(residents: Array, interns: Array) -> Array:
    standalone()
    tracks, regions, specialties, sexes, years = residents.shape
    trainees = np.zeros((regions, specialties))
    for k in range(tracks):
        for r in range(regions):
            for s in range(specialties):
                for x in range(sexes):
                    for y in range(years):
                        trainees[r, s] += residents[k, r, s, x, y]
            for x in range(sexes):
                trainees[r, specialties - 1] += interns[k, r, x]
    return trainees
