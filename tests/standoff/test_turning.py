"""The first of March."""

import numpy as np
import pytest
from tests.standoff.towns import parameters, town_population

from locum.errors import BadValue
from locum.standoff.crowd import Crowd
from locum.standoff.decision import Signals
from locum.standoff.states import ABSENT, AT_WORK, CONTRACT_REFUSED, RETURNED, STUDENT, TRAINEE

TOWN = town_population()
CELLS = TOWN.cells
ENTERING = np.bincount(TOWN.cell0[TOWN.enters == 1], minlength=CELLS.count)
ALL = np.ones(4)
INTERNS = (CELLS.kind == TRAINEE) & (CELLS.year == 0)
FINAL = (CELLS.kind <= STUDENT) & (CELLS.follows < 0) & ~INTERNS


def quiet(**changes):
    arrays = {name: np.full(4, float(value)) for name, value in changes.items()}
    return Signals.quiet(CELLS.count, CELLS.organisations)._replace(**arrays)


def calm(**changes):
    """Return a crowd that nobody calls."""
    crowd = Crowd(TOWN, parameters(revise=1.0, **changes), "taste", 3)
    crowd.step(0, quiet())
    return crowd


def walked_out(**changes):
    """Return a crowd in which everybody left on day 0."""
    crowd = Crowd(TOWN, parameters(revise=1.0, **changes), "taste", 3)
    crowd.step(0, quiet(grievance=50.0, gate=1.0))
    return crowd


def test_who_was_at_work_moves_up_a_year():
    crowd = calm()
    before = crowd.members.copy()
    crowd.turn(10, 0, ALL)
    moves = np.flatnonzero((CELLS.follows >= 0) & (CELLS.follows != np.arange(CELLS.count)))
    second_years = moves[CELLS.year[CELLS.follows[moves]] >= 2]
    assert np.array_equal(crowd.members[CELLS.follows[second_years]], before[second_years])


def test_the_last_year_leaves():
    crowd = calm()
    leaving = crowd.members[FINAL].sum()
    turned = crowd.turn(10, 0, ALL)
    assert turned.left == leaving


def test_a_turn_accounts_for_everybody():
    crowd = calm()
    before = crowd.members.sum()
    turned = crowd.turn(10, 0, ALL)
    assert crowd.members.sum() == before - turned.left + turned.entered
    assert turned.entered == ENTERING.sum()
    assert turned.stayed == 0


def test_interns_go_to_the_posts_they_drew():
    crowd = calm()
    crowd.turn(10, 0, ALL)
    interns = (TOWN.enters == 0) & INTERNS[TOWN.cell0]
    expected = np.bincount(TOWN.first_year_cell[interns], minlength=CELLS.count)
    first_years = (CELLS.kind == TRAINEE) & (CELLS.year == 1)
    assert np.array_equal(crowd.members[first_years], expected[first_years])


def test_the_intake_enters_its_cells():
    crowd = calm()
    crowd.turn(10, 0, ALL)
    assert np.array_equal(crowd.members[INTERNS], ENTERING[INTERNS])


def test_a_share_of_the_intake_enters():
    turned = calm().turn(10, 0, np.array([0.5, 0.0, 1.0, 1.0]))
    interns = ENTERING[INTERNS].sum()
    assert abs(turned.entered - interns / 2) < 5 * np.sqrt(interns / 4)


def test_professors_and_community_doctors_stay_where_they_are():
    crowd = calm()
    before = crowd.members.copy()
    crowd.turn(10, 0, ALL)
    assert np.array_equal(crowd.members[CELLS.kind > STUDENT], before[CELLS.kind > STUDENT])


def test_a_short_absence_does_not_cost_the_year():
    crowd = walked_out(tolerance=60.0)
    before = crowd.members.copy()
    turned = crowd.turn(59, 0, ALL)
    assert turned.stayed == 0
    assert turned.left == before[FINAL].sum()


def test_a_long_absence_costs_the_year():
    crowd = walked_out(tolerance=60.0)
    before = crowd.members.copy()
    turned = crowd.turn(60, 0, ALL)
    assert turned.left == 0
    assert turned.stayed == before.sum()
    assert np.array_equal(crowd.members, before + ENTERING)


def test_days_away_add_up_over_spells():
    crowd = walked_out(tolerance=60.0)
    crowd.step(35, quiet(grievance=-50.0))  # all return
    crowd.step(40, quiet(grievance=50.0, gate=1.0))
    turned = crowd.turn(64, 0, ALL)
    assert turned.left > 0  # 35 + 24 days
    crowd = walked_out(tolerance=60.0)
    crowd.step(35, quiet(grievance=-50.0))
    crowd.step(40, quiet(grievance=50.0, gate=1.0))
    assert crowd.turn(65, 0, ALL).left == 0


def test_days_away_are_counted_anew_each_year():
    crowd = walked_out(tolerance=60.0)
    crowd.turn(50, 0, ALL)
    without_post = crowd.kinds[TRAINEE, CONTRACT_REFUSED]
    assert crowd.turn(100, 1, ALL).stayed == without_post


def test_who_is_due_a_new_contract_refuses_it_while_the_action_lasts():
    crowd = walked_out()
    interns = crowd.members[INTERNS].sum()
    turned = crowd.turn(10, 0, ALL)
    assert crowd.kinds[TRAINEE, CONTRACT_REFUSED] == interns + ENTERING[INTERNS].sum()
    entering_students = ENTERING[CELLS.kind == STUDENT].sum()
    assert turned.refused == crowd.kinds[TRAINEE, CONTRACT_REFUSED] + entering_students


def test_entering_students_do_not_attend_while_the_action_lasts():
    crowd = walked_out()
    crowd.turn(10, 0, ALL)
    first_year = (CELLS.kind == STUDENT) & (CELLS.year == 1)
    assert crowd.tally[first_year, ABSENT].sum() == ENTERING[first_year].sum()


def test_everybody_signs_who_does_not_support_the_action():
    crowd = walked_out()
    crowd.turn(10, 0, ALL, quiet(grievance=-50.0, gate=1.0))
    assert crowd.kinds[:, CONTRACT_REFUSED].sum() == 0
    first_years = (CELLS.kind == TRAINEE) & (CELLS.year <= 1)
    assert crowd.tally[first_years, AT_WORK].sum() == crowd.members[first_years].sum()


def test_without_an_action_the_intake_signs_whatever_it_thinks():
    crowd = calm()
    turned = crowd.turn(10, 0, ALL, quiet(grievance=50.0))
    assert turned.refused == 0
    assert crowd.kinds[:, AT_WORK].sum() == crowd.members.sum()


def test_no_cost_of_changing_stands_between_the_intake_and_refusal():
    def refused(**changes):
        crowd = Crowd(TOWN, parameters(social=0.0, **changes), "taste", 3)
        crowd.step(0, quiet(gate=1.0))
        return crowd.turn(10, 0, ALL).refused

    assert refused(threshold=0.0, gap=0.0) == refused(threshold=3.0, gap=3.0) > 0


def test_who_has_no_post_keeps_the_year():
    crowd = walked_out()
    crowd.step(1, quiet(grievance=50.0)._replace(accept=np.ones(CELLS.organisations)))
    before = crowd.members.copy()
    crowd.turn(10, 0, ALL, quiet(grievance=50.0, gate=1.0))
    trainees = CELLS.kind == TRAINEE
    assert np.array_equal(crowd.members[trainees], (before + ENTERING)[trainees])


def test_who_came_back_moves_up():
    crowd = walked_out()
    crowd.step(5, quiet(grievance=-50.0))
    assert crowd.kinds[TRAINEE, RETURNED] == crowd.kinds[TRAINEE].sum()
    assert crowd.turn(10, 0, ALL, quiet()).stayed == 0


def test_the_intake_is_told_nothing_by_itself():
    # All of the department of interns moved on: those who enter it see the rest of the hospital.
    crowd = Crowd(TOWN, parameters(social=30.0, share_department=1.0, share_organisation=0.0,
                                   share_links=0.0, share_public=0.0), "taste", 3)  # fmt: skip
    crowd.step(0, quiet(grievance=0.2, gate=1.0))
    turned = crowd.turn(10, 0, ALL, quiet(grievance=50.0, gate=1.0))
    assert turned.refused >= ENTERING[INTERNS].sum()


def test_an_unknown_shape_of_shares_is_refused():
    with pytest.raises(BadValue, match="share of intake"):
        calm().turn(10, 0, np.ones(3))


def test_a_turn_of_no_intake_lets_nobody_enter():
    assert calm().turn(10, 7, ALL).entered == 0
