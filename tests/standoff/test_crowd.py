"""A crowd day by day: two engines, conservation, luck, and what it does not tell."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standoff.towns import Town, lively_day, parameters, town_population

from locum.errors import BadValue, ModelError, NotFinite, UnknownName
from locum.standoff.crowd import Crowd, crowd_key
from locum.standoff.decision import RULES, Signals
from locum.standoff.luck import chances, keys, mixed
from locum.standoff.network import NetworkShape
from locum.standoff.states import (
    ABSENT,
    AT_WORK,
    CONTRACT_REFUSED,
    EMPLOYED_ELSEWHERE,
    ENLISTED,
    LETTER_IN,
    RESIGNED,
    RETURNED,
)

TOWN = town_population()
TURNS = (45, 95)
SCRATCH = {"happens", "revises", "hit", "thinking", "share", "wanted", "becomes"}


def live(crowd, days, first=0):
    for day in range(first, days):
        if day in TURNS:
            crowd.turn(day, TURNS.index(day), np.full(4, 0.9))
        crowd.step(day, lively_day(TOWN, day))
    return crowd


def states(crowd):
    fields = (name for name in crowd._live._fields if name not in SCRATCH)
    return {name: getattr(crowd._live, name).copy() for name in fields}


def differing(one, other):
    return [name for name, array in states(one).items() if (array != states(other)[name]).any()]


def quiet(**changes):
    """Return a day of the town on which only some signals are not neutral."""
    arrays = {
        name: value if np.ndim(value) or name == "resolve" else np.full(4, float(value))
        for name, value in changes.items()
    }
    return Signals.quiet(TOWN.cells.count, TOWN.cells.organisations)._replace(**arrays)


def everyone_absent(**changes):
    """Return a crowd that has left to the last on day 0."""
    crowd = Crowd(TOWN, parameters(revise=1.0, **changes), "taste", 3)
    crowd.step(0, quiet(grievance=50.0, gate=1.0))
    assert crowd.kinds[:, ABSENT].sum() == crowd.kinds.sum()
    return crowd


# --- two engines ---------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_both_engines_reach_the_same_states(rule):
    compiled = Crowd(TOWN, parameters(), rule, 11)
    plain = Crowd(TOWN, parameters(), rule, 11, reference=True)
    for day in range(120):
        if day in TURNS:
            turned = [each.turn(day, TURNS.index(day), np.ones(4)) for each in (compiled, plain)]
            assert turned[0] == turned[1]
        for crowd in (compiled, plain):
            crowd.step(day, lively_day(TOWN, day))
        assert (compiled.revised, compiled.changed) == (plain.revised, plain.changed)
    assert differing(compiled, plain) == []


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**52),
    social=st.floats(0.0, 3.0),
    revise=st.floats(0.0, 1.0),
    grievance=st.floats(-2.0, 3.0),
    gate=st.floats(0.0, 1.0),
    rule=st.sampled_from(list(RULES)),
)
def test_both_engines_agree_whatever_the_parameters(seed, social, revise, grievance, gate, rule):
    given_ = parameters(social=social, revise=revise)
    crowds = [Crowd(SMALL, given_, rule, seed, reference=plain) for plain in (False, True)]
    for day in range(12):
        signals = lively_day(SMALL, day + 15)
        signals = signals._replace(grievance=np.full(4, grievance), gate=np.full(4, gate))
        for crowd in crowds:
            crowd.step(day, signals)
    assert differing(*crowds) == []


SMALL = town_population(Town(trainees=90, students=60, professors=40, community=60, turns=0))
PLAIN = """
import numpy as np
from locum.standoff.crowd import Crowd
from tests.standoff.test_crowd import SMALL, lively_day, parameters
crowd = Crowd(SMALL, parameters(), "imitation", 5)
for day in range(40):
    crowd.step(day, lively_day(SMALL, day))
print(crowd.tally.tolist(), crowd.named_total)
"""


def test_plain_python_gives_what_compiled_code_gives():
    def figures(**variables):
        command = [sys.executable, "-W", "error", "-c", PLAIN]
        environment = os.environ | variables
        return subprocess.run(
            command, check=True, capture_output=True, text=True, env=environment
        ).stdout

    assert figures() == figures(NUMBA_DISABLE_JIT="1")


def test_counts_that_are_pushed_equal_counts_made_anew():
    from locum.standoff.reference import count

    crowd = live(Crowd(TOWN, parameters(), "taste", 2), 60)
    before = states(crowd)
    count(crowd._fixed, crowd._live)
    assert all(np.array_equal(before[name], array) for name, array in states(crowd).items())


# --- conservation --------------------------------------------------------------


def test_nobody_appears_or_vanishes_between_turns():
    crowd = Crowd(TOWN, parameters(), "taste", 4)
    members = crowd.members.copy()
    live(crowd, 40)
    assert np.array_equal(crowd.members, members)
    assert np.array_equal(crowd.tally.sum(axis=1), members)


def test_heads_by_kind_are_those_by_cell():
    crowd = live(Crowd(TOWN, parameters(), "taste", 4), 60)
    by_kind = np.zeros((4, 8), dtype=int)
    np.add.at(by_kind, TOWN.cells.kind, crowd.tally)
    assert np.array_equal(crowd.kinds, by_kind)


def test_support_and_names_never_exceed_members():
    crowd = live(Crowd(TOWN, parameters(), "taste", 4), 120)
    assert (crowd.support <= crowd.members).all()
    assert (crowd.named <= crowd.members).all()
    assert crowd.named_total >= crowd.named.sum() > 0


# --- luck ------------------------------------------------------------------------


def test_the_same_key_lives_the_same_days():
    one, other = (live(Crowd(TOWN, parameters(), "taste", 9), 100) for _ in range(2))
    assert differing(one, other) == []


def test_another_key_lives_other_days():
    one, other = (live(Crowd(TOWN, parameters(), "taste", key), 30) for key in (9, 10))
    assert "state" in differing(one, other)


def test_a_policy_that_touches_nobody_changes_nothing():
    days = [Crowd(TOWN, parameters(), "taste", 9) for _ in range(2)]
    for day in range(40):
        signals = lively_day(TOWN, day)._replace(accept=np.zeros(TOWN.cells.organisations))
        days[0].step(day, signals._replace(hire=np.zeros(4)))
        days[1].step(day, signals._replace(hire=np.full(4, 0.9)))  # nobody has resigned
    assert differing(*days) == []


def test_a_kind_lives_the_same_whatever_others_are_there():
    shape = NetworkShape("hospitals_only")
    everyone = town_population(shape=shape)
    few = town_population(shape=shape, kinds=("trainee", "student"))
    crowds = [Crowd(population, parameters(), "taste", 8) for population in (everyone, few)]
    for day in range(60):
        for population, crowd in zip((everyone, few), crowds, strict=True):
            if day == 45:
                crowd.turn(day, 0, np.ones(4))
            # The tilt of `shift` over the cells depends on how many there are.
            shift = np.zeros(population.cells.count)
            signals = lively_day(everyone, day)._replace(shift=shift)
            accept = signals.accept[: population.cells.organisations]
            crowd.step(day, signals._replace(accept=accept))
    assert np.array_equal(crowds[0].tally[: few.cells.count], crowds[1].tally)


def test_a_copy_goes_its_own_way():
    crowd = live(Crowd(TOWN, parameters(), "taste", 9), 30)
    before = states(crowd)
    live(crowd.copy(), 60, first=30)
    assert all(np.array_equal(before[name], array) for name, array in states(crowd).items())


def test_a_copy_lives_what_the_crowd_would_have_lived():
    crowd = live(Crowd(TOWN, parameters(), "taste", 9), 30)
    other = live(crowd.copy(), 60, first=30)
    assert differing(live(crowd, 60, first=30), other) == []


def test_keys_of_replications_differ():
    assert len({crowd_key(1, replication) for replication in range(200)}) == 200


def test_keys_of_days_and_purposes_differ():
    drawn = np.concatenate([keys(123456789012, day) for day in range(730)])
    assert np.unique(drawn).size > drawn.size - 5


@pytest.mark.verification
def test_words_happen_as_often_as_their_chance():
    words = mixed(TOWN.identity ^ keys(5, 3)[1])
    total = np.concatenate([mixed(TOWN.identity ^ keys(5, day)[1]) for day in range(300)])
    for chance in (0.003, 0.2, 0.9):
        share = (total < chances(np.array(chance))).mean()
        assert abs(share - chance) < 5 * np.sqrt(chance * (1 - chance) / total.size)
    assert np.unique(words).size == words.size


def test_a_chance_of_one_is_certain():
    assert int(chances(np.array(1.0))) == 2**32
    assert int(chances(np.array(1.7))) == 2**32
    assert int(chances(np.array(-0.1))) == 0


# --- what moves agents -------------------------------------------------------------


def test_without_letters_and_gate_nobody_acts():
    crowd = Crowd(TOWN, parameters(revise=1.0), "taste", 3)
    crowd.step(0, quiet(grievance=50.0))
    assert crowd.kinds[:, AT_WORK].sum() == crowd.kinds.sum()
    assert crowd.support.sum() == crowd.members.sum()


def test_letters_are_handed_in_before_absence_may_begin():
    crowd = Crowd(TOWN, parameters(revise=1.0), "taste", 3)
    crowd.step(0, quiet(grievance=50.0, letters=1.0))
    assert crowd.kinds[:, LETTER_IN].sum() == crowd.kinds.sum()
    crowd.step(1, quiet(grievance=50.0, letters=1.0, gate=1.0))
    assert crowd.kinds[:, ABSENT].sum() == crowd.kinds.sum()


def test_a_gate_half_open_is_open_in_half_of_the_organisations():
    crowd = Crowd(TOWN, parameters(revise=1.0), "taste", 3)
    crowd.step(0, quiet(grievance=50.0, gate=0.5))
    away = np.zeros(TOWN.groups.organisations)
    np.add.at(away, TOWN.groups.organisation, crowd.tally[:, ABSENT])
    members = np.bincount(TOWN.groups.organisation, crowd.members)
    inhabited = members > 0
    assert set(np.unique(away[inhabited] / members[inhabited])) == {0.0, 1.0}
    expected = TOWN.org_turn[inhabited] < 0.5
    assert np.array_equal(away[inhabited] > 0, expected)


def test_a_letter_is_taken_back_by_those_who_change_their_minds():
    crowd = Crowd(TOWN, parameters(revise=1.0), "taste", 3)
    crowd.step(0, quiet(grievance=50.0, letters=1.0))
    crowd.step(1, quiet(grievance=-50.0, letters=1.0))
    assert crowd.kinds[:, AT_WORK].sum() == crowd.kinds.sum()


def test_nobody_comes_back_unless_it_is_allowed():
    crowd = everyone_absent()
    crowd.step(1, quiet(grievance=-50.0, held=0.0))
    assert crowd.kinds[:, RETURNED].sum() == 0
    crowd.step(2, quiet(grievance=-50.0))
    assert crowd.kinds[:, RETURNED].sum() == crowd.kinds.sum()


def test_a_deadline_pulls_only_those_who_joined():
    crowd = Crowd(TOWN, parameters(revise=1.0), "taste", 3)
    crowd.step(0, quiet(grievance=50.0, gate=1.0, pull=1000.0))
    assert crowd.kinds[:, ABSENT].sum() == crowd.kinds.sum()
    crowd.step(1, quiet(grievance=50.0, gate=1.0, pull=1000.0))
    assert crowd.kinds[:, RETURNED].sum() == crowd.kinds.sum()


def test_letters_are_accepted_of_trainees_and_students_only():
    crowd = everyone_absent(eligible=1.0)
    accept = np.ones(TOWN.cells.organisations)
    crowd.step(1, quiet(grievance=50.0, accept=accept))
    assert (crowd.kinds[:2, RESIGNED] == crowd.kinds[:2].sum(axis=1)).all()
    assert crowd.kinds[2:, RESIGNED].sum() == 0


def test_letters_are_accepted_where_the_organisation_does():
    crowd = everyone_absent()
    accept = np.zeros(TOWN.cells.organisations)
    accept[2] = 1.0
    crowd.step(1, quiet(grievance=50.0, accept=accept))
    trainees_there = (TOWN.cells.kind == 0) & (TOWN.cells.organisation == 2)
    assert crowd.kinds[:, RESIGNED].sum() == crowd.members[trainees_there].sum()


def resigned(**changes):
    crowd = everyone_absent(**changes)
    crowd.step(1, quiet(grievance=50.0, accept=np.ones(TOWN.cells.organisations)))
    return crowd


def test_who_resigned_is_employed_or_enlisted():
    crowd = resigned(eligible=1.0)
    crowd.step(2, quiet(grievance=50.0, hire=0.5, enlist=0.5))
    left = crowd.kinds[:2].sum()
    assert crowd.kinds[:2, EMPLOYED_ELSEWHERE].sum() + crowd.kinds[:2, ENLISTED].sum() == left


def test_only_the_eligible_are_enlisted():
    crowd = resigned(eligible=0.0)
    crowd.step(2, quiet(grievance=50.0, enlist=1.0))
    assert crowd.kinds[:, ENLISTED].sum() == 0


@pytest.mark.parametrize(("window", "back"), [(0.0, 0.0), (0.3, 0.3), (1.0, 1.0)])
def test_a_post_is_found_through_an_open_window_only(window, back):
    crowd = resigned()
    left = crowd.kinds[:, RESIGNED].sum()
    crowd.step(2, quiet(grievance=-50.0, window=window))
    found = 1.0 - crowd.kinds[:, RESIGNED].sum() / left
    assert abs(found - back) <= 5 * np.sqrt(back * (1 - back) / left)


def test_an_action_that_ends_sends_people_back():
    crowd = everyone_absent()
    crowd.step(1, quiet(grievance=50.0, gate=1.0, release=np.array([0.0, 0.0, 0.0, 1.0])))
    assert crowd.kinds[3, RETURNED] == crowd.kinds[3].sum()
    assert crowd.kinds[:3, RETURNED].sum() == 0


def test_nobody_is_named_twice():
    crowd = Crowd(TOWN, parameters(), "taste", 3)
    for day in range(3):
        crowd.step(day, quiet(name=1.0))
    assert crowd.named_total == crowd.members.sum()
    assert np.array_equal(crowd.named, crowd.members)


def test_whoever_is_away_is_not_named():
    crowd = everyone_absent()
    crowd.step(1, quiet(grievance=50.0, name=1.0))
    assert crowd.named_total == 0


@given(st.floats(-2.0, 2.0), st.floats(0.0, 2.0))
def test_more_sanction_never_makes_more_leave(grievance, sanction):
    away = []
    for each in (sanction, sanction + 0.5):
        crowd = Crowd(SMALL, parameters(revise=1.0), "taste", 3)
        signals = Signals.quiet(SMALL.cells.count, SMALL.cells.organisations)
        level = {"grievance": np.full(4, grievance), "sanction": np.full(4, each)}
        crowd.step(0, signals._replace(gate=np.ones(4), **level))
        away.append(crowd.kinds[:, ABSENT].sum())
    assert away[1] <= away[0]


# --- what it does not tell ---------------------------------------------------------


def test_nothing_public_is_about_an_agent():
    crowd = live(Crowd(TOWN, parameters(), "taste", 4), 20)
    told = [getattr(crowd, name) for name in dir(crowd) if not name.startswith("_")]
    arrays = [np.asarray(value) for value in told if not callable(value)]
    assert len(arrays) >= 7
    for array in arrays:
        assert TOWN.agents not in array.shape
        assert array.size < TOWN.agents or array.shape[0] == TOWN.cells.count


@pytest.mark.parametrize("name", ["tally", "members", "support", "named", "kinds"])
def test_what_is_told_cannot_be_changed(name):
    crowd = Crowd(TOWN, parameters(), "taste", 4)
    with pytest.raises(ValueError, match="read-only"):
        getattr(crowd, name)[...] = 0


# --- refusals ----------------------------------------------------------------------


def test_an_unknown_rule_is_refused():
    with pytest.raises(UnknownName, match="did you mean 'imitation'"):
        Crowd(TOWN, parameters(), "imitating", 1)


def test_a_day_is_not_lived_twice():
    crowd = live(Crowd(TOWN, parameters(), "taste", 4), 3)
    with pytest.raises(BadValue, match="a day after 2"):
        crowd.step(2, lively_day(TOWN, 2))


@pytest.mark.parametrize("name", ["shift", "accept"])
def test_a_misshapen_signal_is_refused(name):
    with pytest.raises(BadValue, match=f"signal {name}"):
        Crowd(TOWN, parameters(), "taste", 4).step(0, quiet(**{name: np.zeros(3)}))


def test_a_signal_that_is_no_number_is_refused():
    with pytest.raises(NotFinite, match="signal public"):
        Crowd(TOWN, parameters(), "taste", 4).step(0, quiet(public=np.nan))


def test_a_year_does_not_turn_before_anything_is_told():
    with pytest.raises(ModelError, match="before anybody was told"):
        Crowd(TOWN, parameters(), "taste", 4).turn(0, 0, np.ones(4))


def test_whoever_refused_a_contract_is_hired_but_not_enlisted():
    crowd = Crowd(TOWN, parameters(revise=1.0, eligible=1.0), "taste", 3)
    crowd.step(0, quiet(grievance=50.0, gate=1.0))
    crowd.turn(1, 0, np.ones(4))
    refused = crowd.kinds[:, CONTRACT_REFUSED].sum()
    assert refused > 0
    crowd.step(1, quiet(grievance=50.0, gate=1.0, enlist=1.0))
    assert crowd.kinds[:, CONTRACT_REFUSED].sum() == refused
    crowd.step(2, quiet(grievance=50.0, gate=1.0, hire=1.0))
    assert crowd.kinds[0, EMPLOYED_ELSEWHERE] == refused
