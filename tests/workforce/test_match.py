"""The match: posts are a limit, nobody is lost, and names do not matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locum.workforce.pipeline import match_residents, place_interns
from locum.workforce.records import BONDED, FREE, MatchRules

ROUNDING = 1e-9
"""Of 1e4 heads in sums of a few hundred cells, whose last bit is 2e-12."""

seeds = st.integers(0, 2**32 - 1)
supplies = st.sampled_from((0.0, 0.5, 1.0, 2.0))
shares = st.sampled_from((0.0, 1.0)) | st.floats(0.0, 1.0)


def applicants_and_posts(seed: int, supply: float, regions: int = 4, specialties: int = 6) -> Any:
    """Applicants (1, K, R, X), posts (1, R, S), wishes (1, S); ``none`` has neither."""
    rng = np.random.default_rng(seed)
    applicants = rng.random((1, 2, regions, 2)) * (rng.random((1, 2, regions, 2)) < 0.8)
    posts = rng.random((1, regions, specialties)) * (rng.random((1, regions, specialties)) < 0.8)
    wishes = rng.dirichlet(np.ones(specialties - 1))
    posts[..., -1] = 0.0
    scale = supply * posts.sum() / max(applicants.sum(), 1e-12)
    return 1e3 * scale * applicants, 1e3 * posts, np.append(wishes, 0.0)[None]


def rules(home: float = 0.6, move: float = 0.4, switch: float = 0.35) -> MatchRules:
    return MatchRules(np.array([home]), np.array([move]), np.array([switch]))


@given(seeds, supplies, shares, shares, shares)
def test_no_post_is_filled_twice(
    seed: int, supply: float, home: float, move: float, switch: float
):
    applicants, posts, wishes = applicants_and_posts(seed, supply)
    residents, _ = match_residents(applicants, posts, wishes, rules(home, move, switch))
    filled = residents.sum(axis=(1, 4))
    assert (filled <= posts + ROUNDING).all()


@given(seeds, supplies, shares, shares, shares)
def test_every_applicant_is_matched_or_not(
    seed: int, supply: float, home: float, move: float, switch: float
):
    applicants, posts, wishes = applicants_and_posts(seed, supply)
    residents, unmatched = match_residents(applicants, posts, wishes, rules(home, move, switch))
    for track in (FREE, BONDED):
        found = residents[:, track].sum() + unmatched[:, track].sum()
        assert found == pytest.approx(applicants[:, track].sum(), abs=ROUNDING)


@given(seeds, supplies)
def test_sexes_of_the_free_are_conserved(seed: int, supply: float):
    applicants, posts, wishes = applicants_and_posts(seed, supply)
    residents, unmatched = match_residents(applicants, posts, wishes, rules())
    found = residents[:, FREE].sum(axis=(1, 2)) + unmatched[:, FREE].sum(axis=1)
    np.testing.assert_allclose(found, applicants[:, FREE].sum(axis=1), atol=ROUNDING)


@given(seeds, supplies)
def test_bonded_applicants_stay_in_their_region(seed: int, supply: float):
    applicants, posts, wishes = applicants_and_posts(seed, supply)
    residents, unmatched = match_residents(applicants, posts, wishes, rules())
    found = residents[:, BONDED].sum(axis=(2, 3)) + unmatched[:, BONDED].sum(axis=2)
    np.testing.assert_allclose(found, applicants[:, BONDED].sum(axis=2), atol=ROUNDING)


@given(seeds, supplies)
def test_bonded_applicants_come_first(seed: int, supply: float):
    applicants, posts, wishes = applicants_and_posts(seed, supply)
    alone = applicants.copy()
    alone[:, FREE] = 0.0
    among, _ = match_residents(applicants, posts, wishes, rules())
    first, _ = match_residents(alone, posts, wishes, rules())
    np.testing.assert_allclose(among[:, BONDED], first[:, BONDED], atol=ROUNDING)


@given(seeds, supplies, st.permutations(range(4)))
def test_regions_may_be_relabelled(seed: int, supply: float, order: list[int]):
    applicants, posts, wishes = applicants_and_posts(seed, supply)
    residents, unmatched = match_residents(applicants, posts, wishes, rules())
    moved, left = match_residents(applicants[:, :, order], posts[:, order], wishes, rules())
    np.testing.assert_allclose(moved, residents[:, :, order], atol=ROUNDING)
    np.testing.assert_allclose(left, unmatched[:, :, order], atol=ROUNDING)


@given(seeds, supplies, st.permutations(range(6)))
def test_specialties_may_be_relabelled(seed: int, supply: float, order: list[int]):
    applicants, posts, wishes = applicants_and_posts(seed, supply)
    residents, unmatched = match_residents(applicants, posts, wishes, rules())
    moved, left = match_residents(applicants, posts[..., order], wishes[:, order], rules())
    np.testing.assert_allclose(moved, residents[..., order, :], atol=ROUNDING)
    np.testing.assert_allclose(left, unmatched, atol=ROUNDING)


def test_posts_for_all_match_all():
    applicants, posts, wishes = applicants_and_posts(1, 0.5)
    _, unmatched = match_residents(applicants, 1e6 + posts, wishes, rules())
    assert unmatched.sum() == pytest.approx(0.0, abs=ROUNDING)


def test_nobody_moves_or_switches_when_nobody_would():
    applicants, posts, wishes = applicants_and_posts(2, 2.0)
    applicants[:, BONDED] = 0.0
    residents, _ = match_residents(applicants, posts, wishes, rules(1.0, 0.0, 0.0))
    own = applicants[:, FREE].sum(axis=-1)[..., None] * wishes[:, None]
    np.testing.assert_allclose(residents.sum(axis=(1, 4)), np.minimum(own, posts), atol=ROUNDING)


def test_a_popular_specialty_leaves_posts_of_the_others_empty():
    applicants = np.zeros((1, 2, 1, 2))
    applicants[0, FREE] = 50.0
    posts = np.array([[[60.0, 40.0, 0.0]]])
    wishes = np.array([[0.9, 0.1, 0.0]])
    residents, unmatched = match_residents(applicants, posts, wishes, rules(switch=0.0))
    np.testing.assert_allclose(residents.sum(axis=(1, 4))[0, 0], [60.0, 10.0, 0.0])
    assert unmatched.sum() == pytest.approx(30.0)


def test_those_who_switch_fill_what_is_free():
    applicants = np.zeros((1, 2, 1, 2))
    applicants[0, FREE] = 50.0
    posts = np.array([[[60.0, 40.0, 0.0]]])
    wishes = np.array([[0.9, 0.1, 0.0]])
    residents, _ = match_residents(applicants, posts, wishes, rules(switch=0.5))
    # 30 left; half of them switch, then half of the 15 still left: 22.5 of the 30 free posts.
    np.testing.assert_allclose(residents.sum(axis=(1, 4))[0, 0], [60.0, 32.5, 0.0])


@given(seeds, supplies, shares)
def test_internships_lose_nobody(seed: int, supply: float, home: float):
    applicants, posts, _ = applicants_and_posts(seed, supply)
    interns, unplaced = place_interns(applicants, posts.sum(axis=-1), np.array([home]))
    assert interns.sum() + unplaced.sum() == pytest.approx(applicants.sum(), abs=ROUNDING)
    np.testing.assert_array_equal(interns[:, BONDED], applicants[:, BONDED])


@given(seeds, supplies, shares)
def test_free_interns_take_only_the_posts_that_bonded_ones_leave(
    seed: int, supply: float, home: float
):
    applicants, posts, _ = applicants_and_posts(seed, supply)
    interns, _ = place_interns(applicants, posts.sum(axis=-1), np.array([home]))
    room = np.maximum(posts.sum(axis=-1) - applicants[:, BONDED].sum(axis=-1), 0.0)
    assert (interns[:, FREE].sum(axis=-1) <= room + ROUNDING).all()


def test_internships_are_all_filled_while_doctors_apply():
    applicants, posts, _ = applicants_and_posts(3, 2.0)
    applicants[:, BONDED] = 0.0
    interns, _ = place_interns(applicants, posts.sum(axis=-1), np.array([0.3]))
    taken = min(applicants.sum(), posts.sum())
    assert interns.sum() == pytest.approx(taken, abs=ROUNDING)
