"""Whom agents look at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standoff.towns import Town, town_population

from locum.errors import BadValue, OutOfBounds, UnknownName
from locum.standoff.network import NetworkShape, reverse


@pytest.fixture(scope="module")
def layered():
    return town_population()


def codes(population):
    cells, groups, cell = population.cells, population.groups, population.cell0
    return cells.kind[cell], groups.department[cell], groups.organisation[cell]


def test_nobody_looks_at_oneself(layered):
    assert not (layered.links == np.arange(layered.agents)[:, None]).any()


def test_nobody_looks_at_who_enters_later(layered):
    seen = layered.enters[layered.links]
    assert (seen <= layered.enters[:, None]).all()


def test_an_intake_leaves_the_links_of_others_as_they_are(layered):
    without = town_population(Town(turns=0))
    assert np.array_equal(layered.links[: without.agents], without.links)


def test_links_stay_inside_the_organisation_where_the_shape_says_so():
    population = town_population(shape=NetworkShape("hospitals_only"))
    _, _, organisation = codes(population)
    there = population.enters == 0
    lonely = np.bincount(organisation[there])[organisation] == 1
    inside = organisation[population.links] == organisation[:, None]
    assert inside[~lonely].all()
    assert not inside[lonely & there].any()  # they fall back on the own kind


def test_links_stay_inside_the_kind_where_the_shape_is_random():
    population = town_population(shape=NetworkShape("random"))
    kind, _, organisation = codes(population)
    assert (kind[population.links] == kind[:, None]).all()
    assert (organisation[population.links] != organisation[:, None]).mean() > 0.5


def test_layers_have_their_weights(layered):
    kind, department, _ = codes(layered)
    crossing = kind[layered.links] != kind[:, None]
    error = np.sqrt(1 / 8 * 7 / 8 / crossing.size)
    assert abs(crossing.mean() - 1 / 8) < 5 * error
    # Wider layers also find some of the own department, so the share is a lower bound.
    own = (department[layered.links] == department[:, None]).mean()
    assert own > 3 / 8 - 5 * np.sqrt(3 / 8 * 5 / 8 / crossing.size)


def test_a_link_across_finds_every_other_kind_alike(layered):
    kind, _, _ = codes(layered)
    trainees = layered.links[kind == 0]
    found = np.bincount(kind[trainees].ravel(), minlength=4)[1:]
    expected = found.sum() / 3
    assert (np.abs(found - expected) < 5 * np.sqrt(expected)).all()


def test_members_of_a_kind_keep_their_links_when_another_is_left_out():
    shape = NetworkShape("hospitals_only")
    everyone = town_population(Town(turns=0), shape=shape)
    few = town_population(Town(turns=0), shape=shape, kinds=("trainee", "student"))
    assert np.array_equal(everyone.links[: few.agents], few.links)


@given(st.integers(1, 40), st.integers(1, 9), st.integers(0, 2**32))
def test_the_reverse_of_links_finds_who_looks(agents, each, seed):
    rng = np.random.default_rng(seed)
    links = rng.integers(0, agents, (agents, each)).astype(np.int32)
    bounds, followers = reverse(links)
    for agent in range(agents):
        looking = np.repeat(np.arange(agents), (links == agent).sum(axis=1))
        assert followers[bounds[agent] : bounds[agent + 1]].tolist() == looking.tolist()


def test_an_unknown_shape_is_refused():
    with pytest.raises(UnknownName, match="did you mean 'layered'"):
        NetworkShape("layerd")


@pytest.mark.parametrize("links", [0, 65])
def test_the_number_of_links_is_bounded(links):
    with pytest.raises(OutOfBounds, match="between 1 and 64"):
        NetworkShape(links=links)


def test_a_negative_weight_is_refused():
    with pytest.raises(OutOfBounds, match="weight of layer cohort"):
        NetworkShape(cohort=-1.0)


def test_weights_that_are_all_zero_are_refused():
    with pytest.raises(BadValue, match="one above 0"):
        NetworkShape("hospitals_only", department=0.0, organisation=0.0)
