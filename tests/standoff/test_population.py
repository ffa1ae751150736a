"""Synthetic agents."""

from dataclasses import replace

import numpy as np
import pytest
from tests.standoff.towns import Town, town_population

from locum.errors import BadValue, InputError
from locum.standoff.network import NetworkShape
from locum.standoff.population import Cells, Intake, build_population, with_shocks
from locum.standoff.states import TRAINEE


def cells_of(rows, follows):
    """Return cells of (kind, organisation, specialty, year)."""
    kind, organisation, specialty, year = np.array(rows, dtype=np.int32).T
    nothing = np.zeros_like(kind)
    follows = np.array(follows, dtype=np.int32)
    return Cells(kind, organisation, specialty, year, nothing, nothing, follows, {})


TRAINING = cells_of(
    [(0, 0, 0, 0), (0, 0, 1, 1), (0, 0, 2, 1), (0, 1, 0, 0), (0, 2, 1, 1)], [-1, -1, -1, -1, -1]
)


def build(cells=TRAINING, heads=(40, 30, 10, 400, 60), intakes=(), seed=1, replication=0):
    heads = np.array(heads, dtype=np.int32)
    return build_population(cells, heads, intakes, NetworkShape(), seed, replication)


@pytest.fixture(scope="module")
def town():
    return town_population()


FIELDS = ("cell0", "enters", "identity", "theta", "caution", "lot", "first_year_cell", "links")


@pytest.mark.parametrize("field", FIELDS)
def test_the_same_seed_makes_the_same_agents(town, field):
    assert np.array_equal(getattr(town_population(), field), getattr(town, field))


@pytest.mark.parametrize("change", [{"seed": 2}, {"replication": 1}])
def test_another_seed_or_replication_makes_others(town, change):
    other = town_population(**change)
    assert not np.array_equal(other.theta, town.theta)
    assert not np.array_equal(other.org_shock, town.org_shock)


def test_agents_are_sorted_by_entry_and_cell(town):
    order = np.lexsort((town.cell0, town.enters))
    assert np.array_equal(order, np.arange(town.agents))


def test_no_two_agents_share_their_luck(town):
    assert np.unique(town.identity).size == town.agents


def test_tastes_are_standard_normal():
    theta = town_population(Town(community=20_000)).theta.astype(float)
    n = theta.size
    assert abs(theta.mean()) < 5 / np.sqrt(n)
    assert abs(theta.var() - 1.0) < 5 * np.sqrt(2 / n)


def test_a_kind_draws_the_same_whatever_others_are_there(town):
    alone = town_population(kinds=("student",))
    students = town.cells.kind[town.cell0] == 1
    for field in ("identity", "theta", "caution", "lot"):
        assert np.array_equal(getattr(town, field)[students], getattr(alone, field))


def test_interns_stay_in_a_hospital_with_posts_of_the_first_year():
    population = build()
    first_years = population.first_year_cell[population.cell0 == 0]
    assert set(first_years.tolist()) <= {1, 2}


def test_interns_of_a_hospital_without_posts_spread_by_posts():
    population = build()
    first_years = population.first_year_cell[population.cell0 == 3]
    found = np.bincount(first_years, minlength=5)[[1, 2, 4]]
    expected = 400 * np.array([0.3, 0.1, 0.6])
    assert (np.abs(found - expected) < 5 * np.sqrt(expected)).all()


def test_only_interns_carry_a_post(town):
    interns = (town.cells.kind[town.cell0] == TRAINEE) & (town.cells.year[town.cell0] == 0)
    assert ((town.first_year_cell >= 0) == interns).all()


def test_a_department_is_a_cell_without_its_year(town):
    cells = town.cells
    pairs = {}
    for c in range(cells.count):
        key = (cells.kind[c], cells.organisation[c], cells.specialty[c])
        assert pairs.setdefault(key, town.groups.department[c]) == town.groups.department[c]
    assert len(pairs) == town.groups.departments


def test_shocks_of_the_own_name_give_the_population_back(town):
    again = with_shocks(with_shocks(town, 5, 9), 1, 0)
    for field in ("org_shock", "cell_shock", "org_pull", "org_turn"):
        assert np.array_equal(getattr(again, field), getattr(town, field))


def test_other_shocks_leave_the_agents_as_they_are(town):
    other = with_shocks(town, 1, 3)
    assert not np.array_equal(other.org_shock, town.org_shock)
    assert other.links is town.links


def test_a_turn_that_is_left_out_is_refused():
    intake = Intake(np.array([0], dtype=np.int32), np.array([1], dtype=np.int32), 1)
    with pytest.raises(BadValue, match="turns of the intakes"):
        build(intakes=[intake])


def test_negative_heads_are_refused():
    with pytest.raises(BadValue, match="heads"):
        build(heads=(-1, 1, 1, 1, 1))


def test_an_intake_into_an_unknown_cell_is_refused():
    intake = Intake(np.array([7], dtype=np.int32), np.array([1], dtype=np.int32), 0)
    with pytest.raises(BadValue, match="cells of an intake"):
        build(intakes=[intake])


def test_interns_need_posts_of_the_first_year():
    with pytest.raises(InputError, match="no posts of the first year"):
        build(cells_of([(0, 0, 0, 0)], [-1]), heads=(5,))


def test_nobody_follows_into_another_organisation():
    with pytest.raises(BadValue, match="follows of cell 0"):
        cells_of([(0, 0, 1, 1), (0, 1, 1, 2)], [1, -1])


def test_an_unknown_kind_is_refused():
    with pytest.raises(BadValue, match="a code below 4"):
        cells_of([(4, 0, 0, 0)], [0])


def test_cells_have_one_shape():
    with pytest.raises(BadValue, match="region of the cells"):
        replace(TRAINING, region=np.zeros(2, dtype=np.int32))


def test_an_empty_population_can_be_built():
    assert build(heads=(0, 0, 0, 0, 0)).agents == 0
