"""From a seat to a specialist: the reference steps of medical education, for any number of draws.

Arrays have the draw first; axis letters are those of `locum.workforce.records`. Each step takes
the state it changes and returns the new one, and everything that leaves a stage is returned too,
so that heads can be accounted for to the last one. The compiled twins in
`locum.workforce.kernels` have the same names and take one draw at a time.
"""

from __future__ import annotations

import numpy as np

from locum.workforce.records import (
    SMALLEST_POST,
    TINY,
    Absence,
    Array,
    EntryShares,
    ExamRates,
    MatchRules,
    StudentRates,
    TrainingRates,
)


def wide(value: Array, axes: int) -> Array:
    """Give a per-draw value ``axes`` trailing axes of length one, to multiply larger arrays."""
    return value.reshape(value.shape + (1,) * axes)


def advance_students(
    students: Array, seats: Array, leave: Array, rates: StudentRates, *, xp: Array = np
) -> tuple[Array, Array, Array]:
    """Move students up one study year.

    Parameters
    ----------
    students
        Heads (D, K, R, 6).
    seats
        New first-year students (D, K, R).
    leave
        Share of each study year that loses the year through leave (D, 6).
    rates
        Yearly attrition and repetition, (D,) each.

    Returns
    -------
    students, graduates, dropped
        Heads (D, K, R, 6), (D, K, R) and (D,).

    Notes
    -----
    Of :math:`n_y (1-a)` students who stay, :math:`l_y + (1-l_y) r` repeat the year and the others
    move up; the sixth year graduates.
    """
    kept = students * (1.0 - wide(rates.attrition, 3))
    held = leave + (1.0 - leave) * rates.repeat[:, None]
    stay = kept * held[:, None, None, :]
    up = kept - stay
    first = (seats + stay[..., 0])[..., None]
    later = stay[..., 1:] + up[..., :-1]
    dropped = xp.sum(students - kept, axis=(1, 2, 3))
    return xp.concatenate((first, later), axis=-1), up[..., -1], dropped


def licence_exam(
    graduates: Array, exam_pool: Array, observed: Array, rates: ExamRates, *, xp: Array = np
) -> tuple[Array, Array, Array, Array]:
    """Sit the licence exam.

    Parameters
    ----------
    graduates, exam_pool
        Candidates (D, K, R): this year's, and those who failed before.
    observed
        Published number of passers (D,), or -1 where the pass rate decides.
    rates
        Pass probability and the share of the failed who give up, (D,) each.

    Returns
    -------
    passed, exam_pool, external, given_up
        Heads (D, K, R), (D, K, R), (D,) and (D,). ``external`` are passers that the published
        number has beyond the candidates of the model (foreign graduates among them); they are
        spread like the other passers of the free track.
    """
    candidates = graduates + exam_pool
    total = xp.sum(candidates, axis=(1, 2))
    passers = xp.where(observed >= 0.0, observed, total * rates.pass_rate)
    share = xp.minimum(passers / (total + TINY), 1.0)
    free = candidates[:, :1]
    free_total = xp.sum(free, axis=(1, 2))
    external = xp.where(free_total > 0.0, xp.maximum(passers - total, 0.0), 0.0)
    passed = candidates * wide(share, 2)
    failed = candidates - passed
    stays = failed * (1.0 - wide(rates.give_up, 2))
    extra = wide(external / (free_total + TINY), 2) * free
    passed = passed + xp.concatenate((extra, xp.zeros_like(candidates[:, 1:])), axis=1)
    return passed, stays, external, xp.sum(failed - stays, axis=(1, 2))


def split_licensed(
    passed: Array, entry: EntryShares, *, xp: Array = np
) -> tuple[Array, Array, Array]:
    """Split the newly licensed by sex and by what they do next.

    Parameters
    ----------
    passed
        Newly licensed doctors (D, K, R).
    entry
        Shares (D,).

    Returns
    -------
    applicants, generalists, serving
        For an internship (D, K, R, X), practising at once without a specialty (D, K, R, X), and
        men in military or public service first (D, K, R).
    """
    female = wide(entry.female, 2)
    men, women = passed * (1.0 - female), passed * female
    serving = men * wide(entry.service_first, 2)
    training = xp.stack((men - serving, women), axis=-1)
    generalists = training * wide(entry.generalist, 3)
    return training - generalists, generalists, serving


def place_interns(
    applicants: Array, posts: Array, home: Array, *, xp: Array = np
) -> tuple[Array, Array]:
    """Place applicants in internships.

    Bonded applicants train in their region whatever the posts. The others wish for their own
    region with probability ``home`` and else in proportion to the posts; a region takes no more
    than its posts, and those turned away fill what is free elsewhere.

    Parameters
    ----------
    applicants
        Heads (D, K, R, X).
    posts
        Intern posts (D, R).
    home
        Share who wish to stay (D,).

    Returns
    -------
    interns, unplaced
        Heads (D, K, R, X) and (D, R, X).
    """
    free, bonded = applicants[:, 0], applicants[:, 1]
    wish, everyone = _wishes(free, posts, home, xp=xp)
    room = xp.maximum(posts - xp.sum(bonded, axis=-1), 0.0)
    fill = xp.minimum(wish, room)
    spare = room - fill
    left = everyone - xp.sum(fill, axis=-1)
    taken = xp.minimum(left / (xp.sum(spare, axis=-1) + TINY), 1.0)
    fill = fill + spare * taken[:, None]
    by_sex = xp.sum(free, axis=1) / (everyone[:, None] + TINY)
    placed = xp.sum(fill, axis=-1) / (everyone + TINY)
    interns = xp.stack((fill[..., None] * by_sex[:, None, :], bonded), axis=1)
    return interns, free * (1.0 - wide(placed, 2))


def _wishes(free: Array, posts: Array, home: Array, *, xp: Array) -> tuple[Array, Array]:
    """Regions that free applicants wish for (D, R), and their number (D,)."""
    by_region = xp.sum(free, axis=-1)
    everyone = xp.sum(by_region, axis=-1)
    attraction = posts / (xp.sum(posts, axis=-1, keepdims=True) + TINY)
    stay = home[:, None]
    return stay * by_region + (1.0 - stay) * everyone[:, None] * attraction, everyone


def advance_interns(
    interns: Array, paused: Array, absence: Absence, rates: TrainingRates
) -> tuple[Array, Array, Array]:
    """Finish the internship year.

    Parameters
    ----------
    interns, paused
        Heads in post and away, (D, K, R, X) each.
    absence, rates
        Shares (D,).

    Returns
    -------
    finished, paused, leavers
        Heads (D, K, R, X) each; leavers practise without a specialty.
    """
    back = paused * wide(absence.back, 3)
    leavers = (paused - back) * wide(rates.paused_quit, 3)
    away = interns * wide(absence.lost, 3)
    return interns - away + back, paused - back - leavers + away, leavers


def match_residents(
    applicants: Array, posts: Array, shares: Array, rules: MatchRules, *, xp: Array = np
) -> tuple[Array, Array]:
    """Match applicants with first-year residency posts.

    Wishes are the product of a region and a specialty choice, so that no origin x region x
    specialty array is built. Bonded applicants come first, in their own region. Who finds the
    post taken moves to the same specialty elsewhere (share ``move``), then to another specialty
    (share ``switch``), twice. What stays empty is a result: unfilled posts.

    Parameters
    ----------
    applicants
        Heads (D, K, R, X).
    posts
        First-year posts (D, R, S).
    shares
        Specialty choice (D, S), sums to one.
    rules
        Shares (D,).

    Returns
    -------
    residents, unmatched
        First-year residents (D, K, R, S, X) and applicants without a post (D, K, R, X).
    """
    free, bonded = applicants[:, 0], applicants[:, 1]
    fill_bonded = _fill_bonded(xp.sum(bonded, axis=-1), posts, shares, xp=xp)
    room = xp.maximum(posts - fill_bonded, 0.0)
    wish, everyone = _wishes(free, xp.sum(posts, axis=-1), rules.home, xp=xp)
    fill = xp.minimum(wish[..., None] * shares[:, None, :], room)
    left = everyone[:, None] * shares - xp.sum(fill, axis=1)
    fill, left = _move(fill, room, left, rules.move, xp=xp)
    for _ in range(2):
        fill, left = _switch(fill, room, left, shares, rules.switch, xp=xp)
    filled = xp.stack((fill, fill_bonded), axis=1)
    mix = xp.sum(applicants, axis=2)
    mix = mix / (xp.sum(mix, axis=-1, keepdims=True) + TINY)
    residents = filled[..., None] * mix[:, :, None, None, :]
    placed = xp.sum(fill, axis=(1, 2)) / (everyone + TINY)
    at_home = xp.sum(fill_bonded, axis=-1) / (xp.sum(bonded, axis=-1) + TINY)
    unmatched = xp.stack(
        (free * (1.0 - wide(placed, 2)), bonded * (1.0 - at_home[..., None])), axis=1
    )
    return residents, unmatched


def _fill_bonded(bonded: Array, posts: Array, shares: Array, *, xp: Array) -> Array:
    """Place bonded applicants (D, R) in posts of their region, any specialty: (D, R, S)."""
    fill = xp.minimum(bonded[..., None] * shares[:, None, :], posts)
    spare = posts - fill
    left = bonded - xp.sum(fill, axis=-1)
    taken = xp.minimum(left / (xp.sum(spare, axis=-1) + TINY), 1.0)
    return fill + spare * taken[..., None]


def _move(fill: Array, room: Array, left: Array, move: Array, *, xp: Array) -> tuple[Array, Array]:
    """Let a share of those left (D, S) take the same specialty in another region."""
    spare = room - fill
    free = xp.sum(spare, axis=1)
    taken = xp.minimum(left * move[:, None], free)
    return fill + spare * (taken / (free + TINY))[:, None, :], left - taken


def _switch(
    fill: Array, room: Array, left: Array, shares: Array, switch: Array, *, xp: Array
) -> tuple[Array, Array]:
    """Let a share of those left choose again among the specialties with free posts."""
    spare = room - fill
    free = xp.sum(spare, axis=1)
    willing = xp.sum(left, axis=-1) * switch
    appeal = xp.where(free > SMALLEST_POST, shares, 0.0)
    wish = willing[:, None] * appeal / (xp.sum(appeal, axis=-1, keepdims=True) + TINY)
    taken = xp.minimum(wish, free)
    gone = xp.sum(taken, axis=-1) / (xp.sum(left, axis=-1) + TINY)
    return fill + spare * (taken / (free + TINY))[:, None, :], left * (1.0 - gone[:, None])


def advance_residents(
    residents: Array,
    paused: Array,
    newcomers: Array,
    absence: Absence,
    rates: TrainingRates,
    *,
    xp: Array = np,
) -> tuple[Array, Array, Array, Array]:
    """Move residents up one training year; the last year sits the board exam.

    Parameters
    ----------
    residents, paused
        Heads in post and away (D, K, R, S, X, Y).
    newcomers
        First-year residents of this year (D, K, R, S, X).
    absence, rates
        Shares (D,), and the index of the last training year of each specialty (S,).

    Returns
    -------
    residents, paused, passed, leavers
        Heads (D, K, R, S, X, Y) twice, new specialists (D, K, R, S, X), and those who left
        training (D, K, R, X).

    Notes
    -----
    Who loses the year waits among ``paused`` and returns to the same training year; who fails the
    board exam stays in the last year.
    """
    back = paused * wide(absence.back, 5)
    given_up = (paused - back) * wide(rates.paused_quit, 5)
    away = residents * wide(absence.lost, 5)
    present = residents - away + back
    quits = present * wide(rates.quit, 5)
    up = present - quits
    is_last = (xp.arange(residents.shape[-1]) == rates.last_year[:, None])[:, None, :]
    candidates = xp.sum(xp.where(is_last, up, 0.0), axis=-1)
    passed = candidates * wide(rates.board_pass, 4)
    climb = xp.where(is_last, 0.0, up)
    first = newcomers[..., None]
    moved = xp.concatenate((first, climb[..., :-1]), axis=-1)
    retake = xp.where(is_last, (candidates - passed)[..., None], 0.0)
    leavers = xp.sum(quits + given_up, axis=(3, 5))
    return moved + retake, paused - back - given_up + away, passed, leavers


def advance_service(service: Array, entering: Array, *, xp: Array = np) -> tuple[Array, Array]:
    """Serve one more year of three: returns the new state and those released.

    Parameters
    ----------
    service
        Heads (D, K, R, S, 3) by completed years.
    entering
        Men who start to serve (D, K, R, S).

    Returns
    -------
    service, released
        Heads (D, K, R, S, 3) and (D, K, R, S).
    """
    moved = xp.concatenate((entering[..., None], service[..., :-1]), axis=-1)
    return moved, service[..., -1]


def join_practice(
    passed: Array,
    released: Array,
    generalists: Array,
    serve: Array,
    practising: Array,
    *,
    xp: Array = np,
) -> tuple[Array, Array, Array]:
    """Gather everyone who starts to practise this year.

    Parameters
    ----------
    passed
        New specialists (D, K, R, S, X).
    released
        Men who finished their service (D, K, R, S); those under ``none`` go on to an internship
        and are not counted here.
    generalists
        Doctors who start without a specialty (D, K, R, X).
    serve
        Share of the new male specialists who serve first (D,).
    practising
        Share who take up the kind of work that the run counts (D,); the others work outside it.

    Returns
    -------
    entrants, serving, outside
        Heads (D, K, R, S, X), men who start to serve (D, K, R, S), and those outside (D,).
    """
    serving = passed[..., 0] * wide(serve, 3)
    serving = xp.concatenate((serving[..., :-1], xp.zeros_like(serving[..., -1:])), axis=-1)
    men = passed[..., 0] - serving + released
    trained = xp.stack((men, passed[..., 1]), axis=-1)[:, :, :, :-1]
    ready = xp.concatenate((trained, generalists[:, :, :, None, :]), axis=3)
    entrants = ready * wide(practising, 4)
    return entrants, serving, xp.sum(ready - entrants, axis=(1, 2, 3, 4))


def read_trainees(residents: Array, interns: Array, *, xp: Array = np) -> Array:
    """Count trainees (D, R, S): residents by specialty, interns under ``none``."""
    counted = xp.sum(residents, axis=(1, 4, 5))
    last = counted[..., -1:] + xp.sum(interns, axis=(1, 3))[..., None]
    return xp.concatenate((counted[..., :-1], last), axis=-1)
