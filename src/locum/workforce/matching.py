"""Compiled twins of the matches: applicants and posts of internships and residencies.

The references are in `locum.workforce.pipeline`; conventions as in `locum.workforce.kernels`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.workforce.compilation import compiled, standalone
from locum.workforce.records import BONDED, FEMALE, FREE, MALE, SMALLEST_POST, TINY

if TYPE_CHECKING:
    from locum.workforce.records import Array, MatchRules


@compiled
def _wishes(free: Array, posts: Array, home: Array) -> tuple[Array, Array]:
    """Regions that free applicants (R, X) wish for, and their number."""
    standalone()
    regions = posts.shape[0]
    wish = np.empty(regions)
    everyone = everything = 0.0
    for r in range(regions):
        wish[r] = free[r, MALE] + free[r, FEMALE]
        everyone += wish[r]
        everything += posts[r]
    for r in range(regions):
        elsewhere = everyone * (posts[r] / (everything + TINY))
        wish[r] = home * wish[r] + (1.0 - home) * elsewhere
    return wish, everyone


@compiled
def place_interns(applicants: Array, posts: Array, home: Array) -> tuple[Array, Array]:
    standalone()
    regions = posts.shape[0]
    interns = np.empty_like(applicants)
    unplaced = np.empty((regions, 2))
    wish, everyone = _wishes(applicants[FREE], posts, home)
    room = np.empty(regions)
    men = placed = spare = 0.0
    for r in range(regions):
        bonded = applicants[BONDED, r, MALE] + applicants[BONDED, r, FEMALE]
        room[r] = max(posts[r] - bonded, 0.0)
        wish[r] = min(wish[r], room[r])
        placed += wish[r]
        spare += room[r] - wish[r]
        men += applicants[FREE, r, MALE]
    taken = min((everyone - placed) / (spare + TINY), 1.0)
    placed += spare * taken
    turned_away = 1.0 - placed / (everyone + TINY)
    for r in range(regions):
        fill = wish[r] + (room[r] - wish[r]) * taken
        interns[FREE, r, MALE] = fill * (men / (everyone + TINY))
        interns[FREE, r, FEMALE] = fill * ((everyone - men) / (everyone + TINY))
        for x in range(2):
            interns[BONDED, r, x] = applicants[BONDED, r, x]
            unplaced[r, x] = applicants[FREE, r, x] * turned_away
    return interns, unplaced


@compiled
def _fill_bonded(applicants: Array, posts: Array, shares: Array) -> Array:
    """Place bonded applicants (R, X) in posts of their region, any specialty: (R, S)."""
    standalone()
    regions, specialties = posts.shape
    fill = np.empty_like(posts)
    for r in range(regions):
        bonded = applicants[r, MALE] + applicants[r, FEMALE]
        placed = free = 0.0
        for s in range(specialties):
            fill[r, s] = min(bonded * shares[s], posts[r, s])
            placed += fill[r, s]
            free += posts[r, s] - fill[r, s]
        taken = min((bonded - placed) / (free + TINY), 1.0)
        for s in range(specialties):
            fill[r, s] += (posts[r, s] - fill[r, s]) * taken
    return fill


@compiled
def _free_posts(fill: Array, room: Array, free: Array) -> None:
    """Write the posts of each specialty that are still free (S)."""
    standalone()
    regions, specialties = fill.shape
    for s in range(specialties):
        free[s] = 0.0
    for r in range(regions):
        for s in range(specialties):
            free[s] += room[r, s] - fill[r, s]


@compiled
def _take(fill: Array, room: Array, taken: Array, free: Array) -> None:
    """Give ``taken`` (S) of the free posts away, in proportion over regions."""
    standalone()
    regions, specialties = fill.shape
    for r in range(regions):
        for s in range(specialties):
            fill[r, s] += (room[r, s] - fill[r, s]) * (taken[s] / (free[s] + TINY))


@compiled
def _switch(fill: Array, room: Array, left: Array, shares: Array, switch: Array) -> None:
    """Let a share of those left (S) choose again among the specialties with free posts."""
    standalone()
    specialties = left.shape[0]
    free = np.empty(specialties)
    taken = np.empty(specialties)
    _free_posts(fill, room, free)
    waiting = appeal = gone = 0.0
    for s in range(specialties):
        waiting += left[s]
        if free[s] > SMALLEST_POST:
            appeal += shares[s]
    for s in range(specialties):
        share = shares[s] if free[s] > SMALLEST_POST else 0.0
        taken[s] = min(waiting * switch * share / (appeal + TINY), free[s])
        gone += taken[s]
    _take(fill, room, taken, free)
    stays = 1.0 - gone / (waiting + TINY)
    for s in range(specialties):
        left[s] *= stays


@compiled
def match_residents(
    applicants: Array, posts: Array, shares: Array, rules: MatchRules
) -> tuple[Array, Array]:
    standalone()
    regions, specialties = posts.shape
    fill_bonded = _fill_bonded(applicants[BONDED], posts, shares)
    in_region = np.zeros(regions)
    for r in range(regions):
        for s in range(specialties):
            in_region[r] += posts[r, s]
    wish, everyone = _wishes(applicants[FREE], in_region, rules.home)
    room = np.empty_like(posts)
    fill = np.empty_like(posts)
    left = everyone * shares
    for r in range(regions):
        for s in range(specialties):
            room[r, s] = max(posts[r, s] - fill_bonded[r, s], 0.0)
            fill[r, s] = min(wish[r] * shares[s], room[r, s])
            left[s] -= fill[r, s]
    free = np.empty(specialties)
    taken = np.empty(specialties)
    _free_posts(fill, room, free)
    for s in range(specialties):
        taken[s] = min(left[s] * rules.move, free[s])
        left[s] -= taken[s]
    _take(fill, room, taken, free)
    for _ in range(2):
        _switch(fill, room, left, shares, rules.switch)
    return _matched(applicants, fill, fill_bonded)


@compiled
def _matched(applicants: Array, fill: Array, fill_bonded: Array) -> Array:
    """Split filled posts by sex and find who is left."""
    standalone()
    regions, specialties = fill.shape
    residents = np.empty((2, regions, specialties, 2))
    unmatched = np.empty_like(applicants)
    everyone = np.zeros((2, 2))
    placed = 0.0
    for r in range(regions):
        for k in range(2):
            for x in range(2):
                everyone[k, x] += applicants[k, r, x]
        for s in range(specialties):
            placed += fill[r, s]
    away = 1.0 - placed / (everyone[FREE, MALE] + everyone[FREE, FEMALE] + TINY)
    for r in range(regions):
        here = 0.0
        for s in range(specialties):
            here += fill_bonded[r, s]
        bonded = applicants[BONDED, r, MALE] + applicants[BONDED, r, FEMALE]
        bonded_away = 1.0 - here / (bonded + TINY)
        for x in range(2):
            unmatched[FREE, r, x] = applicants[FREE, r, x] * away
            unmatched[BONDED, r, x] = applicants[BONDED, r, x] * bonded_away
            mix = everyone[FREE, x] / (everyone[FREE, MALE] + everyone[FREE, FEMALE] + TINY)
            bonded_mix = everyone[BONDED, x] / (
                everyone[BONDED, MALE] + everyone[BONDED, FEMALE] + TINY
            )
            for s in range(specialties):
                residents[FREE, r, s, x] = fill[r, s] * mix
                residents[BONDED, r, s, x] = fill_bonded[r, s] * bonded_mix
    return residents, unmatched
