"""The compiled order of a workforce year, and of all years of a draw.

`advance_year` is the twin of `locum.workforce.year.advance_year` for one draw; `run_years` calls
it year after year and writes what is read, so that a draw is one call.
"""

from __future__ import annotations

import numpy as np

from locum.workforce.compilation import compiled, internal, standalone
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
    match_residents,
    mean_income,
    place_interns,
    read_trainees,
    settle,
    share_need,
    specialty_shares,
    split_licensed,
    update_income,
)
from locum.workforce.records import (
    BONDED,
    FREE,
    MALE,
    Absence,
    Arrivals,
    ExitTables,
    Geography,
)


@internal
def _total(heads):
    """Sum an array of any number of axes."""
    standalone()
    total = 0.0
    for value in heads.flat:
        total += value
    return total


@internal
def _generalists(licensed, leavers, quitters, unmatched, again, finished, unplaced, apply):
    """Gather everyone who starts to practise without a specialty (K, R, X)."""
    standalone()
    gathered = np.empty_like(licensed)
    tracks, regions, sexes = licensed.shape
    for k in range(tracks):
        for r in range(regions):
            for x in range(sexes):
                gathered[k, r, x] = licensed[k, r, x] + leavers[k, r, x] + quitters[k, r, x]
                gathered[k, r, x] += unmatched[k, r, x] - again[k, r, x]
                gathered[k, r, x] += finished[k, r, x] * (1.0 - apply)
                if k == FREE:
                    gathered[k, r, x] += unplaced[r, x]
    return gathered


@internal
def _young_death(mortality, bonded_age, ratio):
    """Mortality of bonded doctors (X)."""
    standalone()
    death = np.zeros(mortality.shape[0])
    for x in range(mortality.shape[0]):
        for a in range(mortality.shape[1]):
            death[x] += mortality[x, a] * bonded_age[a]
        death[x] *= ratio
    return death


@internal
def _add_waiting(supply, fte, bonded, match_pool, young_fte):
    """Add bonded doctors and those who wait for a residency to heads and FTE (R, S)."""
    standalone()
    regions, specialties, sexes, years = bonded.shape
    for r in range(regions):
        for s in range(specialties):
            extra = 0.0
            for x in range(sexes):
                for b in range(years):
                    extra += bonded[r, s, x, b]
            if s == specialties - 1:
                for k in range(match_pool.shape[0]):
                    for x in range(sexes):
                        extra += match_pool[k, r, x]
            supply[r, s] += extra
            fte[r, s] += extra * young_fte


@internal
def _add(target, values):
    """Add (R, S, X) heads in place."""
    standalone()
    for r in range(values.shape[0]):
        for s in range(values.shape[1]):
            for x in range(values.shape[2]):
                target[r, s, x] += values[r, s, x]


@internal
def _add_scaled(target, values, factor):
    """Add a multiple of (R, S) values in place."""
    standalone()
    for r in range(values.shape[0]):
        for s in range(values.shape[1]):
            target[r, s] += values[r, s] * factor


@internal
def _read_match(newcomers, passed, posts, filled, unfilled, specialists):
    """Write filled and unfilled posts (R, S) and new specialists (S)."""
    standalone()
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


@internal
def _release(service, applicants):
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


@internal
def _blend(first, share, second):
    """Scale one array (K, R, X) and add another."""
    standalone()
    blend = np.empty_like(first)
    for k in range(first.shape[0]):
        for r in range(first.shape[1]):
            for x in range(first.shape[2]):
                blend[k, r, x] = first[k, r, x] * share + second[k, r, x]
    return blend


@internal
def _into(target, values):
    """Write (R, S) values into a year of the result."""
    standalone()
    for r in range(values.shape[0]):
        for s in range(values.shape[1]):
            target[r, s] = values[r, s]


@internal
def _write_ages(target, profile):
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


@compiled
def run_years(start, years, p, out):
    """Run a draw through all its years and write the results into the draw's arrays.

    One long function on purpose: records of many arrays passed between compiled functions took
    three times as long to compile.
    """
    students, exam_pool, interns, match_pool = (
        start.students,
        start.exam_pool,
        start.interns,
        start.match_pool,
    )
    residents, paused_interns, paused, service = (
        start.residents,
        start.paused_interns,
        start.paused,
        start.service,
    )
    practising, bonded, income, profile = (
        start.practising,
        start.bonded,
        start.income,
        start.profile,
    )
    none = practising.shape[1] - 1
    empty = np.zeros_like(match_pool)
    for t in range(years.need.shape[0]):
        flows, stages = out.flows[t + 1], out.stages[t + 1]
        mortality = years.mortality[t]
        students, graduates, flows[2] = advance_students(
            students, years.seats[t], years.leave[t], p.students
        )
        passed, exam_pool, flows[1], flows[5] = licence_exam(
            graduates, exam_pool, years.observed_passers[t], p.exam
        )
        applicants, licensed, first_service = split_licensed(passed, p.entry)
        away = Absence(years.interns_away.lost[t], years.interns_away.back[t])
        finished, paused_interns, leavers = advance_interns(
            interns, paused_interns, away, p.training
        )
        released = _release(service, applicants)
        interns, unplaced = place_interns(applicants, years.intern_posts[t], p.intern_home)
        mean = mean_income(income, p.location_base)
        shares = specialty_shares(p.specialty_base, mean, p.appeal, p.choice)
        applying = _blend(finished, p.apply, match_pool)
        newcomers, unmatched = match_residents(
            applying, years.resident_posts[t], shares, p.match
        )
        away = Absence(years.residents_away.lost[t], years.residents_away.back[t])
        residents, paused, board_passed, quitters = advance_residents(
            residents, paused, newcomers, p.last_year, away, p.training
        )
        match_pool = _blend(unmatched, p.reapply, empty)
        generalists = _generalists(
            licensed, leavers, quitters, unmatched, match_pool, finished, unplaced, p.apply
        )
        entrants, serving, flows[6] = join_practice(
            board_passed, released, generalists, p.serve, p.practising
        )
        for k in range(serving.shape[0]):
            for r in range(serving.shape[1]):
                serving[k, r, none] = first_service[k, r]
        service, _ = advance_service(service, serving)
        young_death = _young_death(mortality, p.bonded_age, p.exit.mortality_ratio)
        bonded, unbound, breached, bonded_deaths = advance_bonded(
            bonded, entrants[BONDED], p.breach, young_death
        )
        location = location_shares(p.location_base, income, p.location_appeal)
        tables = ExitTables(mortality, p.retirement, p.clinic_share)
        survival, leaving = exits(profile, tables, p.exit, mean)
        _add(breached, entrants[FREE])
        settled = settle(breached, location, p.settle_home)
        practice = advance_practice(
            practising,
            survival,
            Geography(location, p.mobility),
            Arrivals(settled, p.entry_age, unbound, p.release_age),
            p.weights,
        )
        practising, profile = practice.practising, practice.profile
        in_post = read_trainees(residents, interns)
        supply, fte = practice.heads, practice.fte
        _add_waiting(supply, fte, bonded, match_pool, p.young_fte)
        trainees = in_post * years.december_presence[t]
        _add_scaled(fte, in_post, p.trainee_fte * years.trainee_presence[t])
        need = share_need(
            years.need[t], years.need_flat[t], years.need_tilted[t], p.tilt, years.region_factor[t]
        )
        income = update_income(income, need, fte, p.base_load, p.income)
        _into(out.supply[t + 1], supply)
        _into(out.trainees[t + 1], trainees)
        _into(out.fte[t + 1], fte)
        _into(out.need[t + 1], need)
        _into(out.income[t + 1], income)
        _read_match(
            newcomers, board_passed, years.resident_posts[t],
            out.filled[t + 1], out.unfilled[t + 1], out.new_specialists[t + 1],
        )
        flows[0], flows[3], flows[4] = _total(years.seats[t]), _total(graduates), _total(passed)
        flows[7], flows[8], flows[9] = leaving[0] + bonded_deaths, leaving[1], leaving[2]
        flows[10], flows[11] = _total(board_passed), _total(generalists)
        stages[0], stages[1], stages[2] = _total(students), _total(exam_pool), _total(interns)
        stages[3], stages[4] = _total(match_pool), _total(residents)
        stages[5] = _total(paused) + _total(paused_interns)
        stages[6], stages[8] = _total(service), _total(bonded)
        stages[7] = _write_ages(out.ages[t + 1], profile)
