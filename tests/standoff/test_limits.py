"""Limits with a known answer: Granovetter, Brock and Durlauf, independence, a hazard."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from tests.standoff.towns import parameters

from locum.standoff.crowd import Crowd
from locum.standoff.decision import Signals
from locum.standoff.network import NetworkShape
from locum.standoff.population import Cells, build_population
from locum.standoff.states import ABSENT, COMMUNITY

NORMAL = NormalDist()
pytestmark = pytest.mark.verification


def associations(count, heads, seed=1):
    """Return community doctors in associations of one size: no year, no specialty."""
    nothing = np.zeros(count, dtype=np.int32)
    own = np.arange(count, dtype=np.int32)
    cells = Cells(nothing + COMMUNITY, own, nothing, nothing, nothing, nothing, own, {})
    shape = NetworkShape("hospitals_only", links=1)
    return build_population(cells, np.full(count, heads, dtype=np.int32), (), shape, seed)


def everyone_looks_at_the_organisation(**changes):
    """Return parameters without luck, costs and layers; a change may bring them back."""
    plain = {
        "share_department": 0.0, "share_organisation": 1.0, "share_links": 0.0,
        "share_public": 0.0, "org_sd": 0.0, "department_sd": 0.0, "threshold": 0.0, "gap": 0.0,
        "return_cost": 0.0, "fatigue": 0.0, "list_weight": 0.0, "revise": 1.0,
    }  # fmt: skip
    return parameters(**plain | changes)


def lived(population, given, rule, days, grievance=lambda _: 0.0, gate=1.0):
    """Return the crowd after some days, and how many were absent at each evening."""
    crowd = Crowd(population, given, rule, 5)
    absent = []
    for day in range(days):
        signals = Signals.quiet(population.cells.count, population.cells.organisations)
        crowd.step(
            day, signals._replace(grievance=np.full(4, grievance(day)), gate=np.full(4, gate))
        )
        absent.append(int(crowd.kinds[COMMUNITY, ABSENT]))
    return crowd, np.array(absent)


# --- Granovetter (1978) ----------------------------------------------------------------


def with_thresholds(numbers):
    """Return people of whom each acts once a number of others have."""
    population = associations(1, len(numbers))
    shares = np.array(numbers) / (len(numbers) - 1)
    private = [-NORMAL.inv_cdf(each) if 0 < each < 1 else 8.0 * (1 - 2 * each) for each in shares]
    return replace(population, theta=np.array(private, dtype=np.float32))


def acting(numbers):
    # Whoever reaches the threshold acts: a hair below zero stands for "at least".
    given = everyone_looks_at_the_organisation(threshold=-1e-4, return_cost=9.0)
    return lived(with_thresholds(numbers), given, "threshold", 2 * len(numbers))[1][-1]


def test_thresholds_from_0_to_99_carry_everybody_along():
    assert acting(range(100)) == 100


def test_one_threshold_moved_from_1_to_2_leaves_a_single_rioter():
    assert acting([0, 2, *range(2, 100)]) == 1


def test_a_cascade_takes_one_person_a_day():
    given = everyone_looks_at_the_organisation(threshold=-1e-4, return_cost=9.0)
    _, absent = lived(with_thresholds(range(100)), given, "threshold", 100)
    assert absent.tolist() == list(range(1, 101))


# --- Brock and Durlauf (2001) ------------------------------------------------------------

HEADS = 40_000
CROWD = associations(1, HEADS)


def fixed_point(h, social, start):
    """Iterate x = Phi(h + J (2 x - 1)) and return where it ends, and the slope there."""
    x = start
    for _ in range(10_000):
        x = NORMAL.cdf(h + social * (2.0 * x - 1.0))
    return x, 2.0 * social * NORMAL.pdf(h + social * (2.0 * x - 1.0))


@pytest.mark.parametrize("pushed", [-3.0, 3.0], ids=["from_none", "from_all"])
@pytest.mark.parametrize(
    ("h", "social"), [(0.0, 0.0), (0.3, 0.6), (-0.5, 1.0), (0.1, 2.0), (0.0, 1.6), (0.6, 1.8)]
)
def test_a_crowd_settles_in_a_fixed_point(h, social, pushed):
    given = everyone_looks_at_the_organisation(social=social)

    def grievance(day):
        return pushed if day < 3 else h

    _, absent = lived(CROWD, given, "taste", 60, grievance)
    expected, slope = fixed_point(h, social, 0.0 if pushed < 0 else 1.0)
    error = np.sqrt(expected * (1.0 - expected) / HEADS) / abs(1.0 - slope)
    assert abs(absent[-1] / HEADS - expected) < 5.0 * error + 1.0 / HEADS


def test_strong_conformity_has_two_fixed_points_and_weak_has_one():
    ends = {
        social: [fixed_point(0.0, social, start)[0] for start in (0.01, 0.99)]
        for social in (1.0, 1.6)
    }
    assert ends[1.0][0] == pytest.approx(ends[1.0][1])
    assert ends[1.6][1] - ends[1.6][0] > 0.5


# --- independence ------------------------------------------------------------------------

MANY = associations(400, 50)


def dispersion(population, **changes):
    """Return the variance of absent heads by organisation over the binomial one."""
    given = everyone_looks_at_the_organisation(**changes)
    crowd, absent = lived(population, given, "taste", 30, lambda _: 0.2)
    share = absent[-1] / crowd.members.sum()
    away = crowd.tally[:, ABSENT]
    return away.var() / (50 * share * (1.0 - share))


def test_without_social_interaction_and_common_luck_organisations_are_independent():
    # A variance ratio of 400 binomial counts has a standard error of sqrt(2 / 400).
    assert abs(dispersion(MANY, social=0.0) - 1.0) < 5.0 * np.sqrt(2.0 / 400)


def test_without_social_interaction_a_share_is_that_of_the_tastes():
    given = everyone_looks_at_the_organisation(social=0.0, threshold=0.3, return_cost=9.0)
    _, absent = lived(CROWD, given, "taste", 5, lambda _: 0.5)
    expected = NORMAL.cdf(0.5 - 0.3)
    assert abs(absent[-1] / HEADS - expected) < 5.0 * np.sqrt(expected * (1 - expected) / HEADS)


def test_what_one_organisation_does_is_nothing_to_another_without_interaction():
    given = everyone_looks_at_the_organisation(social=0.0)
    ends = []
    for first in (0.0, 5.0):
        crowd = Crowd(MANY, given, "taste", 5)
        signals = Signals.quiet(400, 400)
        shift = np.zeros(400)
        shift[0] = first
        for day in range(10):
            crowd.step(day, signals._replace(gate=np.ones(4), shift=shift))
        ends.append(crowd.tally[1:].copy())
    assert np.array_equal(*ends)


@pytest.mark.parametrize("changes", [{"social": 1.0}, {"social": 0.0, "org_sd": 0.5}])
def test_interaction_and_common_luck_both_make_organisations_unlike(changes):
    assert dispersion(MANY, **changes) > 1.0 + 5.0 * np.sqrt(2.0 / 400)


# --- no gate -------------------------------------------------------------------------------


def test_without_a_gate_people_leave_at_a_constant_hazard():
    chance = 0.07
    given = everyone_looks_at_the_organisation(social=0.0, revise=chance)
    _, absent = lived(CROWD, given, "taste", 40, lambda _: 50.0)
    days = np.arange(1, 41)
    expected = 1.0 - (1.0 - chance) ** days
    error = np.sqrt(expected * (1.0 - expected) / HEADS)
    assert (np.abs(absent / HEADS - expected) < 5.0 * error).all()


def test_a_gate_turns_the_hazard_into_a_step():
    given = everyone_looks_at_the_organisation(social=0.0, revise=0.07)
    crowd = Crowd(CROWD, given, "taste", 5)
    signals = Signals.quiet(1, 1)._replace(grievance=np.full(4, 50.0), letters=np.ones(4))
    for day in range(60):
        crowd.step(day, signals)
    assert crowd.kinds[COMMUNITY, ABSENT] == 0
    opened = signals._replace(gate=np.ones(4), attention=np.full(4, 20.0))
    crowd.step(60, opened)
    assert crowd.kinds[COMMUNITY, ABSENT] == HEADS
