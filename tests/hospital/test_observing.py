"""Reading many hospitals at once gives what each of them says by itself."""

from __future__ import annotations

import numpy as np
import pytest
from tests.hospital.queueing import small_hospital
from tests.hospital.towns import NUMBERS, write_town

from locum.errors import UnknownName
from locum.hospital.engine import Network
from locum.hospital.observing import Observer
from locum.hospital.sizing import Size, resize
from locum.scenarios.pathways import read_pathways

HOUR = 131.0


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """Two sizes of a town, and a hospital of another template."""
    town = read_pathways(write_town(tmp_path_factory.mktemp("towns")), NUMBERS)
    large = resize(town, Size("large", resources={"ward": 20}, groups={"doctors": 9, "chiefs": 3}))
    models = [town.model, large.model, small_hospital()]
    return Network(models, 3, window=12.0, room=8).run(HOUR)


@pytest.fixture(scope="module")
def totals(network):
    return Observer(network, delays=True).totals()


def hospitals(network):
    return [(number, model, network.stats(number)) for number, model in enumerate(network.models)]


def test_steps(network, totals):
    for number, model, stats in hospitals(network):
        classes = len(model.names.classes)
        for row, label in enumerate(model.names.steps):
            for read, meant in (
                (totals.visits, stats.visits),
                (totals.waited, stats.waited),
                (totals.wait_hours, stats.wait),
                (totals.left, stats.left),
                (totals.left_hours, stats.left_wait),
            ):
                assert read(label)[number, :classes].tolist() == meant[row].tolist()
                assert not read(label)[number, classes:].any()
            np.testing.assert_allclose(
                totals.busy(label)[number, :classes], stats.busy[row], atol=1e-9
            )


def test_sources_calls_and_counters(network, totals):
    for number, model, stats in hospitals(network):
        for name in model.names.sources:
            assert totals.arrived(name)[number] == stats.arrived[name]
            assert totals.candidates(name)[number] == stats.candidates[name]
        for name in model.names.calls:
            assert totals.called(name)[number] == stats.called[name]
            assert totals.missed(name)[number] == stats.missed[name]
        for name in model.names.counters:
            assert totals.counter(name)[number] == stats.counters[name]
        assert totals.inside[number] == stats.inside
        assert totals.received[number] == stats.received
    assert totals.received.sum() > 0


def test_resources_and_lists(network, totals):
    for number, model, stats in hospitals(network):
        for row, name in enumerate(model.names.resources):
            site = network.site(number)
            assert totals.used(name)[number] == site.resources[row].used
            assert totals.waiting(name)[number] == site.resources[row].waiting
            assert totals.capacity(name)[number] == site.resources[row].capacity
            assert totals.used_hours(name)[number] / HOUR == pytest.approx(stats.mean_used(name))
            waiting = totals.waiting_hours(name)[number] / HOUR
            assert waiting == pytest.approx(stats.mean_waiting(name), abs=1e-9)
        for name in model.names.lists:
            assert totals.on_list(name)[number] == stats.on_list(name)
            hours = totals.list_hours(name)[number]
            assert hours / HOUR == pytest.approx(stats.mean_on_list(name), abs=1e-9)
    assert totals.on_list("surgery").sum() > 0


def test_hours_by_grade(network, totals):
    for number, model, stats in hospitals(network):
        grades = network.site(number).state[0].grades
        for row, task in enumerate(model.names.tasks):
            hours = totals.task_hours(task)[number]
            np.testing.assert_allclose(hours[:grades], stats.task_hours[row])
            assert not hours[grades:].any()
        grade = network.site(number).clinicians.grade
        meant = np.bincount(grade, stats.worked, totals.worked_hours.shape[1])
        np.testing.assert_allclose(totals.worked_hours[number], meant)


def test_a_hospital_without_a_name_has_nothing(network, totals):
    assert totals.visits("healed")[2].tolist() == [0, 0, 0]
    assert totals.used_hours("theatre")[2] == 0.0
    assert totals.on_list("surgery")[2] == 0
    assert totals.arrived("referrals")[2] == 0
    only = [name for name in network.models[2].names.resources if name not in ("ward", "theatre")]
    for name in only:
        assert not totals.used(name)[:2].any()


def test_outcomes_are_the_steps_at_which_patients_end(totals):
    assert {"healed", "home", "unseen", "elective:end:operated"} <= set(totals.outcomes)
    assert totals.outcomes["healed"][:2].sum() > 0
    assert "sent_on" not in totals.outcomes


def test_a_reading_stays_as_it_is(tmp_path):
    town = read_pathways(write_town(tmp_path), NUMBERS)
    network = Network([town.model, town.model], 3, window=12.0).run(60.0)
    observer = Observer(network)
    before = observer.totals()
    visits, worked = before.visits("see").copy(), before.worked_hours.copy()
    network.run(120.0)
    assert before.now == 60.0
    assert before.visits("see").tolist() == visits.tolist()
    assert before.worked_hours.tolist() == worked.tolist()
    assert (observer.totals().visits("see").sum(axis=1) > visits.sum(axis=1)).all()


def test_reading_goes_on_after_a_checkpoint_and_in_another_network(tmp_path):
    town = read_pathways(write_town(tmp_path), NUMBERS)
    network = Network([town.model, town.model], 3, window=12.0, room=8).run(60.0)
    observer, saved = Observer(network), network.checkpoint()
    meant = observer.totals().visits("see").tolist()
    network.run(200.0).restore(saved)
    assert observer.totals().visits("see").tolist() == meant
    assert Observer(network.branch()).totals().visits("see").tolist() == meant


def test_only_the_labels_that_are_asked_for_are_read(network, totals):
    some = Observer(network, ["see"]).totals()
    assert some.visits("see").tolist() == totals.visits("see").tolist()
    assert some.outcomes.keys() == totals.outcomes.keys()
    for read in (some.visits, some.waited):
        with pytest.raises(UnknownName, match="consult"):
            read("consult")


def test_where_nobody_can_wait_there_are_no_waits(network, totals):
    ends = Observer(network, []).totals()
    for read in (ends.waited, ends.wait_hours, ends.left, ends.left_hours):
        assert read("healed").shape == totals.visits("healed").shape
        assert not read("healed").any()
    assert ends.waited("healed").dtype == totals.waited("see").dtype
    assert ends.wait_hours("healed").dtype == totals.wait_hours("see").dtype


def test_a_delay_that_goes_on_counts_in_full_unless_delays_are_read(network, totals):
    plain = Observer(network).totals()
    assert (plain.busy("rest") >= totals.busy("rest")).all()
    assert plain.busy("rest").sum() > totals.busy("rest").sum()


def test_unknown_names_are_refused(network, totals):
    with pytest.raises(UnknownName, match="did you mean 'healed'"):
        totals.visits("haeled")
    with pytest.raises(UnknownName, match="did you mean 'ward'"):
        totals.used("wrad")
    with pytest.raises(UnknownName, match="step"):
        Observer(network, ["nowhere"])
