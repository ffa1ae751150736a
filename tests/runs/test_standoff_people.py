"""Who takes part in a standoff: printed totals kept, and nobody named."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from locum import errors
from locum.countries import load_pack
from locum.runs.standoff.people import BIG5, CLASSES, SCHOOL, people_of, whole
from locum.runs.standoff.people import _with_margins as with_margins
from locum.scenarios import apply
from locum.scenarios.standoff import LEDGER, resolve_standoff
from locum.standoff.network import NetworkShape
from locum.standoff.population import build_population
from locum.standoff.states import COMMUNITY, KINDS, PROFESSOR, STUDENT, TRAINEE


@pytest.fixture(scope="module")
def pack():
    return load_pack("korea")


@pytest.fixture(scope="module")
def scenario(pack):
    return resolve_standoff("korea-standoff-2024", pack)


def values_of(scenario, pack, **changed):
    ledger = apply(scenario, pack.ledger(LEDGER))
    agents = {key: each.value for key, each in ledger.items() if key.startswith("agents.")}
    return agents | {f"agents.{name}": value for name, value in changed.items()}


@pytest.fixture(scope="module")
def people(pack, scenario):
    return people_of(scenario, pack, values_of(scenario, pack))


def heads_where(people, where):
    return int(people.heads[where].sum())


# --- totals --------------------------------------------------------------------------


def test_every_kind_has_as_many_heads_as_the_ledger_says(people):
    found = [heads_where(people, people.cells.kind == kind) for kind in range(len(KINDS))]
    assert found == [13295, 18793, 15000, 36371]


def test_the_hospitals_inspected_have_the_trainees_that_were_printed(people):
    trainee = people.cells.kind == TRAINEE
    of = people.cells.organisation
    assert heads_where(people, trainee & people.places.monitored[of]) == 12465
    assert heads_where(people, trainee & people.places.big5[of]) == 2745
    assert int(people.places.monitored.sum()) == 100
    assert people.places.hospitals == 211
    assert np.array_equal(np.flatnonzero(people.places.monitored), np.arange(100))


def test_heads_of_hospitals_schools_and_associations_add_up(people):
    cells, places = people.cells, people.places
    own = np.isin(cells.kind, (TRAINEE, STUDENT, COMMUNITY))
    found = np.bincount(cells.organisation[own], people.heads[own], minlength=len(places))
    assert np.array_equal(found, places.heads)
    assert np.all(np.diff(places.heads[: places.hospitals]) <= 0)


def test_residents_of_a_specialty_and_year_keep_their_part_of_the_country(people, pack):
    cells = people.cells
    resident = (cells.kind == TRAINEE) & (cells.year > 0)
    base = {
        (row["specialty"], row["training_year"]): float(row["value"])
        for row in pack.table("trainees_base").rows
        if (row["year"], row["stage"]) == (pack.base_years[0], "resident")
    }
    total, whole_country = heads_where(people, resident), sum(base.values())
    for (specialty, year), value in base.items():
        code = pack.specialties.index(specialty)
        group = resident & (cells.specialty == code) & (cells.year == year)
        assert abs(heads_where(people, group) - total * value / whole_country) < 1


def test_students_are_spread_evenly_over_forty_schools_and_six_years(people):
    student = people.cells.kind == STUDENT
    assert (people.places.schools, int(student.sum())) == (40, 240)
    years = np.bincount(people.cells.year[student], people.heads[student])[1:]
    assert np.ptp(years) <= people.places.schools
    assert np.all(np.ptp(people.heads[student].reshape(40, 6), axis=1) <= 1)


def test_the_turn_of_the_year_gives_the_bases_that_were_printed_later(people):
    """10,463 residents and 13,531 trainees in August 2024: numbers the ledger was not given."""
    cells = people.cells
    trainee = cells.kind == TRAINEE
    interns = heads_where(people, trainee & (cells.year == 0))
    residents = heads_where(people, trainee & (cells.year > 0))
    last = heads_where(people, trainee & (cells.year > 0) & (cells.follows < 0))
    new = people.intakes[0]
    entering = int(new.heads[cells.kind[new.cells] == TRAINEE].sum())
    assert residents - last + interns == pytest.approx(10463, rel=0.01)
    assert residents - last + interns + entering == pytest.approx(13531, rel=0.01)


# --- who enters later ------------------------------------------------------------------


def test_one_intake_a_turn_brings_interns_and_first_year_students(people, scenario):
    cells = people.cells
    for turn, intake in enumerate(people.intakes):
        assert intake.turn == turn
        kinds = cells.kind[intake.cells]
        assert set(kinds.tolist()) == {TRAINEE, STUDENT}
        assert np.array_equal(cells.year[intake.cells], kinds)
        assert int(intake.heads[kinds == TRAINEE].sum()) == 3068
    students = [
        int(each.heads[cells.kind[each.cells] == STUDENT].sum()) for each in people.intakes
    ]
    assert students == [3058, 3058 + 1509]
    assert len(people.intakes) == len(scenario.turns)


def test_a_smaller_quota_brings_fewer_students_and_nothing_else(pack, scenario, people):
    other = scenario.counterfactual("quota_withdrawn")
    found = people_of(other, pack, values_of(other, pack))
    assert np.array_equal(found.heads, people.heads)
    assert np.array_equal(found.intakes[0].heads, people.intakes[0].heads)
    assert people.intakes[1].heads.sum() - found.intakes[1].heads.sum() == 1509


def test_schools_of_seoul_get_none_of_the_seats_added(people, pack):
    seoul = pack.regions.index("Seoul")
    cells, (first, second) = people.cells, people.intakes
    student = cells.kind[first.cells] == STUDENT
    more = (second.heads - first.heads)[student]
    assert set(more[cells.region[first.cells[student]] == seoul].tolist()) == {0}


# --- cells -----------------------------------------------------------------------------


def test_cells_are_sorted_and_each_stands_for_one_group(people):
    cells = people.cells
    keys = np.stack([cells.kind, cells.organisation, cells.year, cells.specialty])
    assert np.array_equal(np.lexsort(keys[::-1]), np.arange(cells.count))
    assert np.unique(keys, axis=1).shape[1] == cells.count


def test_people_move_on_by_a_year_in_their_department_until_the_last(people):
    cells = people.cells
    moving = np.flatnonzero((cells.follows >= 0) & (cells.year > 0))
    after = cells.follows[moving]
    for name in ("kind", "organisation", "specialty"):
        assert np.array_equal(getattr(cells, name)[moving], getattr(cells, name)[after])
    assert np.array_equal(cells.year[moving] + 1, cells.year[after])
    still = np.isin(cells.kind, (PROFESSOR, COMMUNITY))
    assert np.array_equal(cells.follows[still], np.flatnonzero(still))
    assert set(cells.year[cells.follows < 0].tolist()) == {0, 3, 4, 6}


def test_labels_of_organisations_are_numbers_and_never_names(people, pack):
    labels = people.cells.labels
    assert labels["organisation"][:2] == ("hospital 001", "hospital 002")
    assert len(labels["organisation"]) == len(people.places)
    names = {row["name_ko"] for row in pack.table("hospitals").rows}
    assert names.isdisjoint(labels["organisation"])
    assert labels["klass"] == CLASSES
    for name in ("specialty", "region", "klass", "organisation"):
        assert getattr(people.cells, name).max() < len(labels[name])
    assert people.places.klass[0] == BIG5
    assert int((people.places.klass == SCHOOL).sum()) == 40


def test_kinds_left_out_have_no_cells_and_the_others_keep_theirs(pack, scenario, people):
    two = people_of(scenario, pack, values_of(scenario, pack), KINDS[:2])
    first = people.cells.kind <= STUDENT
    assert np.array_equal(two.heads, people.heads[first])
    assert np.array_equal(two.cells.organisation, people.cells.organisation[first])
    assert np.array_equal(two.intakes[1].heads, people.intakes[1].heads)
    alone = people_of(scenario, pack, values_of(scenario, pack), ("community",))
    assert [each.heads.size for each in alone.intakes] == [0, 0]


def test_the_same_input_gives_the_same_people(pack, scenario, people):
    again = people_of(scenario, pack, values_of(scenario, pack))
    assert np.array_equal(again.heads, people.heads)
    assert np.array_equal(again.cells.follows, people.cells.follows)


def test_a_population_is_built_of_them(pack, scenario):
    values = {key: each.value for key, each in pack.ledger(LEDGER).items()}
    two = people_of(scenario, pack, values, KINDS[:2])
    population = build_population(*two[:3], NetworkShape.read(values), seed=1)
    entering = sum(int(each.heads.sum()) for each in two.intakes)
    assert population.agents == 13295 + 18793 + entering


def test_the_dispute_of_2020_has_people_of_its_own(pack):
    scenario = resolve_standoff("korea-standoff-2020", pack)
    people = people_of(scenario, pack, values_of(scenario, pack))
    assert heads_where(people, people.cells.kind == TRAINEE) == 16000
    assert people.intakes == ()
    assert (people.places.hospitals, int(people.places.monitored.sum())) == (200, 163)
    assert scenario.end < date(2020, 11, 1)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "trainees_monitored",
            14000,
            "trainees_monitored is 14000; expected at most agents.train",
        ),
        ("hospitals_monitored", 300, "hospitals_monitored is 300; expected at most agents.hosp"),
        ("interns", 20000, "interns is 20000; expected at most agents.trainees, 13295"),
    ],
)
def test_a_part_cannot_be_larger_than_the_whole(pack, scenario, name, value, message):
    with pytest.raises(errors.BadValue, match=message):
        people_of(scenario, pack, values_of(scenario, pack, **{name: value}))


# --- whole numbers -----------------------------------------------------------------------

WEIGHTS = arrays(np.float64, st.integers(1, 30), elements=st.floats(0.01, 1e4))


@given(st.integers(0, 10_000), WEIGHTS)
def test_parts_of_a_whole_number_sum_to_it_and_lie_within_one_of_their_share(total, weights):
    parts = whole(total, weights)
    assert parts.sum() == total
    assert np.all(np.abs(parts - total * weights / weights.sum()) < 1)


@given(
    arrays(np.int64, st.integers(1, 12), elements=st.integers(0, 400)),
    WEIGHTS,
)
def test_sharing_out_over_rows_and_columns_keeps_both_sums(rows, weights):
    columns = whole(int(rows.sum()), weights)
    found = with_margins(rows, columns)
    assert np.array_equal(found.sum(axis=1), rows)
    assert np.array_equal(found.sum(axis=0), columns)
    assert found.min() >= 0
