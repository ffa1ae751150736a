"""Probabilities, rosters and patients that are changed while hospitals run."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from tests.hospital.test_laws import traces
from tests.hospital.towns import NUMBERS, write_town

from locum.errors import BadValue, OutOfBounds, UnknownName
from locum.hospital import records as op
from locum.hospital.altering import (
    Arrival,
    admit,
    admit_all,
    reserve,
    set_chance,
    set_chances,
    set_roster,
)
from locum.hospital.draws import Luck, ordinal_of
from locum.hospital.engine import Network
from locum.hospital.sizing import Size, resize
from locum.scenarios.pathways import read_pathways

SEED = 5
HOURS = 300.0


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return read_pathways(write_town(tmp_path_factory.mktemp("towns")), NUMBERS)


def three(town, **sizes):
    """Three hospitals that share their tables, unless a size is given."""
    made = [town.model] * 3
    for number, size in sizes.items():
        made[int(number.removeprefix("h"))] = resize(town, size).model
    return Network(made, SEED, window=12.0, room=16, log=True)


def ways(network):
    """Everything that a run leaves behind in each hospital."""
    return [traces(network, number) for number in range(len(network))]


# --- probabilities -----------------------------------------------------------------


@pytest.mark.parametrize("chance", [0.9, {"urgent": 0.9}, {"urgent": 0.0, "minor": 1.0}])
def test_a_changed_probability_is_as_if_it_had_been_written(town, chance):
    changed, sized = three(town), three(town, h1=Size("b", chances={"admitted": chance}))
    set_chance(changed, "admitted", chance, 1)
    changed.run(HOURS)
    sized.run(HOURS)
    assert ways(changed) == ways(sized)


def test_only_the_hospital_named_is_changed(town):
    alone = resize(town, Size("alone", thresholds={"crowded": 1e6}))  # nobody is sent on
    plain, changed = three(alone).run(HOURS), three(alone)
    set_chance(changed, "admitted", 0.0, 2)
    changed.run(HOURS)
    visits = [changed.stats(number).visits for number in range(3)]
    rest = town.model.row("steps", "rest")
    assert visits[2][rest].sum() == 0
    assert visits[0][rest].sum() > 0
    assert ways(changed)[:2] == ways(plain)[:2]


def test_the_probability_that_was_changes_nothing(town):
    plain, changed = three(town).run(HOURS), three(town)
    set_chance(changed, "admitted", {"urgent": NUMBERS["p_urgent"]}, 1)
    changed.run(HOURS)
    assert ways(changed) == ways(plain)


def test_all_hospitals_at_once(town):
    one_by_one, at_once = three(town).run(50.0), three(town).run(50.0)
    for number, chance in enumerate((0.2, 0.5, 0.8)):
        set_chance(one_by_one, "admitted", chance, number)
    set_chances(at_once, "admitted", np.array([0.2, 0.5, 0.8]))
    assert ways(one_by_one.run(HOURS)) == ways(at_once.run(HOURS))
    by_class = np.array([[0.2, 0.3, 1.0], [0.5, 0.1, 1.0], [0.0, 0.0, 0.5]])
    set_chances(at_once, "admitted", by_class)
    for number, row in enumerate(by_class.tolist()):
        set_chance(
            one_by_one, "admitted", dict(zip(town.model.names.classes, row, strict=True)), number
        )
    assert ways(one_by_one.run(2 * HOURS)) == ways(at_once.run(2 * HOURS))


def test_a_second_change_finds_the_numbers_of_the_first(town):
    network = three(town)
    set_chances(network, "admitted", np.full(3, 0.5))
    size = len(network.bank.arrays.values)
    set_chance(network, "admitted", 0.1, 2)
    set_chances(network, "admitted", np.full(3, 0.9))
    assert len(network.bank.arrays.values) == size


def test_changed_probabilities_are_part_of_a_checkpoint(town):
    network = three(town)
    set_chances(network, "admitted", np.array([0.0, 0.5, 1.0]))
    saved = network.run(100.0).checkpoint()
    copy, again = network.branch(), three(town).restore(saved)
    set_chance(copy, "admitted", 1.0, 0)
    meant = ways(network.run(HOURS))
    assert ways(again.run(HOURS)) == meant
    assert traces(copy.run(HOURS), 0) != meant[0]
    # Back to before the first change: nothing that was opened since may be relied on.
    fresh = three(town)
    start = fresh.checkpoint()
    set_chance(fresh, "admitted", 0.0, 0)
    fresh.restore(start)
    set_chance(fresh, "admitted", 0.0, 1)
    fresh.run(HOURS)
    rest = town.model.row("steps", "rest")
    assert [bool(fresh.stats(number).visits[rest].sum()) for number in range(3)] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("label", "chance", "error", "words"),
    [
        ("admited", 0.5, UnknownName, "did you mean 'admitted'"),
        ("rest", 0.5, UnknownName, "unknown branch 'rest'"),
        ("admitted", 1.1, OutOfBounds, "probability"),
        ("admitted", nan, OutOfBounds, "probability"),
        ("admitted", {"major": 0.5}, UnknownName, "did you mean 'minor'"),
    ],
)
def test_a_wrong_probability_is_refused(town, label, chance, error, words):
    with pytest.raises(error, match=words):
        set_chance(three(town), label, chance, 1)


@pytest.mark.parametrize(
    ("label", "chances", "error"),
    [
        ("rest", [0.5, 0.5, 0.5], UnknownName),
        ("admitted", [0.5, 0.5], BadValue),
        ("admitted", [0.5, 0.5, -0.1], OutOfBounds),
        ("admitted", [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]], BadValue),
    ],
)
def test_wrong_probabilities_are_refused(town, label, chances, error):
    with pytest.raises(error):
        set_chances(three(town), label, np.array(chances))


# --- rosters -----------------------------------------------------------------------


def test_another_roster(town):
    network = three(town).run(20.0)
    rows = town.groups["surgeons"]
    set_roster(network, rows, "night", 1)
    network.run(20.0 + 168.0)
    worked = [network.stats(number).worked[list(rows)].sum() for number in range(3)]
    assert worked[0] == worked[2]
    assert network.site(1).clinicians.duty[list(rows)].tolist() == [op.OFF, op.OFF]
    network.run(24.0 * 8 + 4.0)
    assert network.site(1).clinicians.duty[list(rows)].tolist() == [op.ON, op.ON]
    assert network.site(0).clinicians.duty[list(rows)].tolist() == [op.OFF, op.OFF]


def test_the_roster_that_was_changes_nothing(town):
    plain, changed = three(town).run(100.0), three(town).run(40.0)
    set_roster(changed, town.groups["surgeons"], "early", 1)
    assert not changed.site(1).state[0].touched
    assert traces(changed.run(100.0), 1) == traces(plain, 1)


def test_a_roster_must_exist(town):
    with pytest.raises(UnknownName, match="did you mean 'night'"):
        set_roster(three(town), [0], "nigth")


# --- patients ----------------------------------------------------------------------


def quiet(town):
    """Hospitals in which nobody comes by himself."""
    size = Size("quiet", rates={"door": 0.0, "referrals": 0.0}, resources={"ward": 500})
    return Network([resize(town, size).model] * 3, SEED, window=12.0, room=16, log=True)


@pytest.mark.parametrize("hour", [0.0, 77.25])
def test_patients_are_there_at_once(town, hour):
    network = quiet(town).run(hour)
    admit(network, "brought", ["urgent"] * 40 + ["minor"] * 25, 1, seed=SEED)
    assert network.site(1).state[0].inside == 65
    network.run(hour + 0.01)
    stats = network.stats(1)
    assert stats.visits[town.model.row("steps", "stay")].tolist() == [40, 25, 0]
    assert network.site(1).resources[0].used == 65
    assert [network.stats(number).inside for number in range(3)] == [0, 65, 0]
    network.run(hour + 100.0)
    assert network.stats(1).visits[town.model.row("steps", "healed")].tolist() == [40, 25, 0]


def test_each_has_the_luck_of_the_stream(town):
    network = quiet(town)
    admit(network, "brought", ["urgent"] * 3, 1, seed=SEED)
    admit(network, "brought", ["minor"] * 2, 1, seed=SEED)
    network.run(100.0)
    log = network.log(1)
    ends = log[log.kind == op.LOGGED.index("end")]
    luck, quantiles = Luck(SEED, 0, 1), [NUMBERS["q1"], NUMBERS["q2"], NUMBERS["q3"]]
    meant = {
        number: np.interp(
            luck.uniform("census", number, ordinal_of("rest")), [0.0, 0.5, 1.0], quantiles
        )
        for number in range(5)
    }
    assert dict(zip(ends.patient.tolist(), ends.time.tolist(), strict=True)) == pytest.approx(
        meant
    )


def test_many_arrivals_at_once_are_those_one_after_the_other(town):
    arrivals = [
        Arrival("brought", ["urgent", "minor"] * 30, 1),
        Arrival("booked", ["planned"] * 7, 0, attributes={"age": np.arange(7.0)}, hours=5.0),
        Arrival("brought", ["minor"] * 3, 1),
        Arrival("brought", ["minor"] * 3, 2, stream="other", first=40),
        Arrival("brought", [], 2),
    ]
    one_by_one, at_once = three(town).run(10.0), three(town).run(10.0)
    for each in arrivals:
        admit(one_by_one, seed=SEED, **vars(each))
    admit_all(at_once, arrivals, seed=SEED)
    assert ways(one_by_one.run(HOURS)) == ways(at_once.run(HOURS))
    assert at_once.stats(1).received >= 63
    before = at_once.checkpoint()
    with pytest.raises(UnknownName):
        admit_all(at_once, [arrivals[0], Arrival("nowhere", ["urgent"], 1)], seed=SEED)
    admit_all(at_once, [], seed=SEED)
    assert at_once.checkpoint() == before


def test_streams_hospitals_and_numbers_have_luck_of_their_own(town):
    network = quiet(town)
    admit(network, "brought", ["urgent"] * 5, 0, seed=SEED)
    admit(network, "brought", ["urgent"] * 5, 1, seed=SEED)
    admit(network, "brought", ["urgent"] * 5, 2, seed=SEED, stream="other")
    admit(network, "brought", ["urgent"] * 5, 2, seed=SEED, replication=1)
    admit(network, "brought", ["urgent"] * 5, 2, seed=SEED, stream="other", first=100)
    network.run(100.0)
    times = [
        time
        for number in range(3)
        for time in network.log(number).time[network.log(number).kind == op.LOGGED.index("end")]
    ]
    assert len(set(times)) == 25


def test_patients_may_come_with_attributes_and_an_age(town):
    network = quiet(town).run(24.0)
    ages = np.arange(4.0)
    admit(
        network,
        "booked",
        ["planned"] * 4,
        1,
        seed=SEED,
        attributes={"age": ages},
        hours=10.0 * ages,
    )
    network.run(24.5)
    charts = network.site(1).charts
    here = network.site(1).patients.step[:4] == town.model.row("steps", "refer")
    assert here.all()
    assert sorted(charts.attributes[:4, 0].tolist()) == [0.0, 1.0, 2.0, 3.0]
    assert sorted(charts.arrived[:4].tolist()) == [-6.0, 4.0, 14.0, 24.0]
    assert network.stats(1).on_list("surgery") == 4


def test_they_move_in_the_order_given(town):
    network = quiet(town)
    admit(network, "booked", ["planned"] * 30, 0, seed=SEED)
    network.run(1.0)
    log = network.log(0)
    listed = log[log.kind == op.LOGGED.index("listed")]
    assert listed.patient.tolist() == list(range(30))


def test_a_census_does_not_change_the_luck_of_others(town):
    plain, full = three(town).run(50.0), three(town)
    admit(full, "booked", ["planned"] * 20, 1, seed=SEED)
    full.run(50.0)
    one, other = plain.site(1).sources, full.site(1).sources
    assert one.arrived.tolist() == other.arrived.tolist()
    assert traces(plain, 0) == traces(full, 0)


def test_many_patients_find_room_and_nobody_is_lost(town):
    network, roomy = three(town), three(town)
    reserve(roomy, [0, 9000, 10])
    for each in (network, roomy):
        each.run(30.0)
        admit(each, "brought", ["urgent", "minor"] * 4500, 1, seed=SEED)
        admit(each, "brought", ["minor"] * 10, 2, seed=SEED)
        each.run(60.0)
    assert ways(network) == ways(roomy)
    stats = network.stats(1)
    came = sum(stats.arrived.values()) + stats.received
    left = sum(
        stats.visits[town.model.row("steps", name)].sum()
        for name in ("healed", "home", "unseen", "sent_on", "elective:end:operated")
    )
    assert came == left + stats.inside
    assert stats.received >= 9000


def test_reserve_keeps_what_is_there(town):
    plain, changed = three(town).run(200.0), three(town).run(100.0)
    reserve(changed, [50, 0, 3000])
    assert len(changed.site(2).patients) >= 3000
    assert ways(changed.run(200.0)) == ways(plain)


def test_same_bytes_whatever_the_threads_and_the_stops(town):
    def run(threads, stops):
        network = three(town)
        for number in range(3):
            admit(network, "brought", ["urgent", "minor"] * 20, number, seed=SEED)
        for hour in stops:
            network.run(hour, threads=threads)
            network = three(town).restore(network.checkpoint())
        return ways(network.run(HOURS, threads=threads))

    assert run(1, ()) == run(3, (12.0, 96.0)) == run(1, (48.0,))


def test_nobody_is_admitted_when_nobody_comes(town):
    network = three(town)
    before = network.checkpoint()
    admit(network, "brought", [], 1, seed=SEED)
    assert network.checkpoint() == before


@pytest.mark.parametrize(
    ("entry", "classes", "more", "error", "words"),
    [
        ("borught", ["urgent"], {}, UnknownName, "did you mean 'brought'"),
        ("brought", ["urgnet"], {}, UnknownName, "did you mean 'urgent'"),
        ("brought", ["urgent"], {"attributes": {"aeg": 1.0}}, UnknownName, "did you mean 'age'"),
        ("brought", ["urgent"], {"attributes": {"age": [1.0, 2.0]}}, BadValue, "length of age"),
        ("brought", ["urgent"], {"attributes": {"age": nan}}, BadValue, "finite"),
        ("brought", ["urgent"], {"hours": [1.0, 2.0, 3.0]}, BadValue, "length of hours"),
    ],
)
def test_wrong_patients_are_refused(town, entry, classes, more, error, words):
    with pytest.raises(error, match=words):
        admit(three(town), entry, classes, 1, seed=SEED, **more)


def test_room_is_one_number_for_each_hospital(town):
    with pytest.raises(BadValue, match="number of hospitals"):
        reserve(three(town), [1, 2])
