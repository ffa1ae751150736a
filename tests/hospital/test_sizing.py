"""A hospital resized is the hospital that its file would give with other numbers."""

from __future__ import annotations

from math import inf, nan
from time import perf_counter

import numpy as np
import pytest
from tests.hospital.test_laws import traces
from tests.hospital.towns import NUMBERS, TOWN, write_town

from locum.errors import BadValue, MissingField, OutOfBounds, UnknownName
from locum.hospital.engine import Network
from locum.hospital.sizing import Size, resize
from locum.scenarios.pathways import read_pathways

HOURS = 400.0
SAME = Size("same")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("towns")


@pytest.fixture(scope="module")
def town(folder):
    return read_pathways(write_town(folder), NUMBERS)


def trace(network, number):
    """Everything that a run leaves behind, but for the places of numbers in their tables."""
    network.site(number).sources.table = 0
    return traces(network, number)


def run(one, other):
    return Network([one.model, other.model], 7, window=12.0, log=True).run(HOURS)


def written(folder, **numbers):
    return read_pathways(write_town(folder), {**NUMBERS, **numbers})


EXACT = [
    (Size("a", resources={"ward": 3}), {"ward": 3}),
    (Size("a", resources={"theatre": 5}), {"theatre_day": 5, "theatre_night": 3}),
    (Size("a", resources={"theatre": 0}), {"theatre_day": 0, "theatre_night": 0}),
    (Size("a", groups={"doctors": 8, "surgeons": 1}), {"doctors": 8, "surgeons": 1}),
    (Size("a", groups={"chiefs": 0}), {"chiefs": 0}),
    (Size("a", groups={"doctors": 0, "chiefs": 3}), {"doctors": 0, "chiefs": 3}),
    (Size("a", rates={"door": 2.0}), {"door": 3.0}),
    (Size("a", rates={"door": 0.0}), {"door": 0.0}),
    (Size("a", rates={"referrals": 2.0}), {"night": 0.1, "day": 0.5}),
    (Size("a", quotas={"theatre_list": 0}), {"quota": 0}),
    (Size("a", thresholds={"crowded": 1.0}), {"crowded": 1.0}),
    (Size("a", times={"rest": 0.5}), {"q1": 2.0, "q2": 10.0, "q3": 30.0}),
    (Size("a", times={"surgery": 2.0}), {"surgery": 5.0}),
    (Size("a", times={"see": 0.25}), {"patience": 0.5}),
    (Size("a", times={"sent_on": 2.0}), {"t1": 48.0, "t2": 60.0}),
    (
        Size("a", chances={"admitted": {"urgent": 0.75, "minor": 0.75}}),
        {"p_urgent": 0.75, "p_minor": 0.75},
    ),
    (Size("a", chances={"admitted": {"minor": 0.9}}), {"p_minor": 0.9}),
    (Size("a", destinations={"sent_on": {0: 0.75, 1: 0.25}}), {"here": 0.75, "there": 0.25}),
]


@pytest.mark.parametrize(("size", "numbers"), EXACT, ids=lambda each: str(each)[:50])
def test_a_resized_hospital_is_the_one_that_is_written(folder, town, size, numbers):
    made, meant = resize(town, size), written(folder, **numbers)
    assert made.groups == meant.groups
    assert made.model.names == meant.model.names
    one, other = run(made, town), run(meant, town)
    assert trace(one, 0) == trace(other, 0)
    assert trace(one, 1) == trace(other, 1)


def test_several_changes_at_once(folder, town):
    size = Size(
        "a",
        resources={"ward": 9, "theatre": 4},
        groups={"doctors": 7, "chiefs": 2},
        rates={"door": 2.0, "referrals": 4.0},
        times={"consult": 1.5, "rest": 0.5},
        chances={"admitted": {"urgent": 0.25, "minor": 0.25}},
        destinations={"sent_on": {1: 1.0}},
    )
    numbers = {"ward": 9, "theatre_day": 4, "theatre_night": 2, "doctors": 7, "chiefs": 2}
    numbers |= {"door": 3.0, "night": 0.2, "day": 1.0, "consult": 72.0, "here": 0.0, "there": 1.0}
    numbers |= {"q1": 2.0, "q2": 10.0, "q3": 30.0, "p_urgent": 0.25, "p_minor": 0.25}
    one, other = run(resize(town, size), town), run(written(folder, **numbers), town)
    mine, meant = one.stats(), other.stats()
    assert mine.visits.tolist() == meant.visits.tolist()
    np.testing.assert_allclose(mine.wait, meant.wait, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(mine.busy, meant.busy, rtol=1e-9, atol=1e-9)


def test_what_does_not_change_is_shared(town):
    tables = town.model.tables
    assert resize(town, SAME).model.tables == tables
    beds = resize(town, Size("beds", resources={"ward": 3})).model.tables
    for name, made, template in zip(tables._fields, beds, tables, strict=True):
        assert (made is template) == (name != "resources")
    quick = resize(town, Size("quick", times={"consult": 0.5})).model.tables
    assert quick.values is tables.values
    assert quick.clinicians is tables.clinicians
    assert tables.resources.capacity[0] == NUMBERS["ward"]


def test_the_template_itself_is_not_changed(town):
    before = [table.tobytes() for table in town.model.tables]
    for size, _ in EXACT:
        resize(town, size)
    assert [table.tobytes() for table in town.model.tables] == before


def test_a_resized_hospital_can_be_resized(folder, town):
    twice = resize(
        resize(town, Size("a", groups={"doctors": 0})), Size("b", groups={"doctors": 4})
    )
    meant = written(folder, doctors=4)
    assert twice.groups == meant.groups
    assert twice.model.tables.clinicians.tolist() == meant.model.tables.clinicians.tolist()


def test_rosters_are_dealt_in_turn(town):
    made = resize(town, Size("a", groups={"doctors": 5}))
    names = made.model.names.rosters
    rows = list(made.groups["doctors"])
    dealt = [names[row] for row in made.model.tables.clinicians.roster[rows]]
    assert dealt == ["early", "late", "night", "early", "late"]


def test_nobody_at_all_can_be_on_the_staff(town):
    nobody = resize(town, Size("a", groups={"doctors": 0, "surgeons": 0, "chiefs": 0}))
    assert run(nobody, town).stats().task_hours.sum() == 0.0
    everyone = resize(nobody, Size("b", groups={"doctors": 5, "surgeons": 2, "chiefs": 1}))
    assert everyone.model.tables.clinicians.tobytes() == town.model.tables.clinicians.tobytes()


def test_factors_of_one_change_nothing(town):
    same = resize(town, Size("a", times={"sent_on": 1.0}, rates={"door": 1.0}))
    assert trace(run(same, town), 0) == trace(run(town, town), 0)


WRONG = [
    (Size("a", resources={"wrad": 1}), UnknownName, "did you mean 'ward'"),
    (Size("a", resources={"ward": -1}), OutOfBounds, "units of ward is -1"),
    (Size("a", resources={"ward": inf}), OutOfBounds, "inf"),  # pyright: ignore[reportArgumentType]
    (Size("a", groups={"doctor": 1}), UnknownName, "did you mean 'doctors'"),
    (Size("a", groups={"doctors": 2.5}), OutOfBounds, "heads of doctors is 2.5"),  # pyright: ignore[reportArgumentType]
    (Size("a", rates={"dor": 1.0}), UnknownName, "did you mean 'door'"),
    (Size("a", rates={"door": nan}), OutOfBounds, "factor on the rate of door"),
    (Size("a", quotas={"list": 1}), UnknownName, "call"),
    (Size("a", quotas={"theatre_list": -1}), OutOfBounds, "quota"),
    (Size("a", thresholds={"full": 1}), UnknownName, "guard"),
    (Size("a", thresholds={"crowded": nan}), BadValue, "finite"),
    (Size("a", times={"home": 2.0}), UnknownName, "step with a time"),
    (Size("a", times={"rest": 0.0}), OutOfBounds, "factor on the time of rest"),
    (Size("a", chances={"rest": 0.5}), UnknownName, "branch"),
    (Size("a", chances={"admitted": 1.5}), OutOfBounds, "probability admitted is 1.5"),
    (Size("a", chances={"admitted": {"major": 0.5}}), UnknownName, "did you mean 'minor'"),
    (Size("a", destinations={"admitted": {0: 1.0}}), UnknownName, "transfer"),
    (Size("a", destinations={"sent_on": {}}), MissingField, "destinations"),
    (Size("a", destinations={"sent_on": {0: 0.5, 1: 0.4}}), OutOfBounds, "sum"),
]


@pytest.mark.parametrize(("size", "error", "words"), WRONG, ids=lambda each: str(each)[:50])
def test_a_wrong_size_is_refused(town, size, error, words):
    with pytest.raises(error, match=words) as found:
        resize(town, size)
    assert found.value.place.file == "a"


def test_a_schedule_that_is_always_shut_cannot_be_scaled(folder):
    shut = written(folder, theatre_day=0, theatre_night=0)
    with pytest.raises(OutOfBounds, match="never open"):
        resize(shut, Size("a", resources={"theatre": 2}))


def test_a_destination_that_is_not_there_is_refused(town):
    made = resize(town, Size("a", destinations={"sent_on": {5: 1.0}}))
    with pytest.raises(OutOfBounds, match="destination"):
        Network([made.model], 1)


def test_four_hundred_hospitals_take_about_a_second(town):
    sizes = [
        Size(
            f"h{number}",
            resources={"ward": number, "theatre": 1 + number % 20},
            groups={"doctors": number % 50, "surgeons": number % 80},
            rates={"door": 0.5 + number / 400, "referrals": 2.0},
            quotas={"theatre_list": number % 9},
            times={"consult": 1.0 + number / 1000},
            chances={"admitted": number / 400},
            destinations={"sent_on": dict.fromkeys(range(10), 0.1)},
        )
        for number in range(395)
    ]
    start = perf_counter()
    made = [resize(town, size) for size in sizes]
    assert perf_counter() - start < 5.0
    assert made[7].model.name == "h7"


def test_the_file_has_a_placeholder_for_every_number():
    assert all(f"<{name}>" in TOWN for name in NUMBERS)
