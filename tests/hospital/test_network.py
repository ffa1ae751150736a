"""Hospitals that send each other patients."""

from __future__ import annotations

import numpy as np
import pytest
from tests.hospital.queueing import small_hospital
from tests.hospital.test_laws import traces

from locum.errors import BadValue, InputError, ModelError, OutOfBounds, UnknownName
from locum.hospital import records as op
from locum.hospital.bank import Bank
from locum.hospital.engine import Network
from locum.hospital.program import Assembler
from locum.hospital.stations import constant, lognormal, steady, uniform


def sender(beds, others, travel=None, entry="ambulance"):
    model = Assembler("sender", ("all",), attributes=("sent",))
    model.resource("ward", beds)
    model.guard("full", "free", "ward", below=1.0)
    model.source("in", steady(0.6), classes={"all": 1.0}, entry="door")
    model.entry("ambulance", "brought")
    path = model.path("main")
    path.label("door").guard("full", to="send").goto("bed")
    path.label("brought").goto("bed")
    path.label("bed").seize("ward").delay(lognormal(10.0, 1.0)).release("ward").end()
    path.label("send").add("sent", 1.0)
    path.transfer(others, travel or uniform(1.0, 2.0), entry=entry)
    return model.assemble()


def models():
    return [sender(2, {1: 0.5, 2: 0.5}), sender(8, {0: 0.2, 2: 0.8}), sender(20, {1: 1.0})]


def pairs():
    """Three pairs of hospitals; nobody is sent from one pair to another."""
    return [sender(2 + 3 * site, {site ^ 1: 1.0}) for site in range(6)]


def all_traces(network):
    return [traces(network, number) for number in range(len(network))]


@pytest.fixture(scope="module")
def plain():
    return all_traces(Network(models(), 1, window=1.0, log=True).run(500.0))


@pytest.mark.parametrize("window", [0.05, 0.25, 0.37, 1.0])
def test_results_do_not_depend_on_the_window(plain, window):
    network = Network(models(), 1, window=window, log=True)
    assert network.lookahead == 1.0
    network.lookahead = 0.0
    assert all_traces(network.run(500.0)) == plain


@pytest.mark.parametrize("threads", [2, 3])
def test_results_do_not_depend_on_the_threads(plain, threads):
    network = Network(models(), 1, window=1.0, room=8, log=True)
    assert all_traces(network.run(500.0, threads=threads)) == plain


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_groups_that_make_room_beside_each_other_change_no_byte(threads, monkeypatch):
    alone = Network(pairs(), 1, window=1.0, room=8, log=True).run(500.0)
    asked = []
    grow = Bank.grow

    def note(bank, site, names, *, beside=False):
        done = grow(bank, site, names, beside=beside)
        asked.append((beside, done))
        return done

    monkeypatch.setattr(Bank, "grow", note)
    network = Network(pairs(), 1, window=1.0, room=8, log=True).run(500.0, threads=threads)
    assert all_traces(network) == all_traces(alone)
    assert network.checkpoint() == alone.checkpoint()
    assert set(asked) == {(True, True), (True, False), (False, True)}


def test_room_made_beside_others_moves_nothing_of_theirs():
    network = Network(pairs(), 1, window=1.0, room=8)
    before, bank = network.checkpoint(), network.bank
    assert not bank.grow(0, ("patients", "charts", "ready"), beside=True)
    assert not bank.grow(0, ("outbox",), beside=True)
    assert network.checkpoint() == before
    bank.grow(0, ("outbox",))
    others = [bank.sites[0], *bank.sites[2:]]
    assert bank.grow(1, ("outbox",), beside=True)
    kept = [bank.sites[0], *bank.sites[2:]]
    assert all(site is other for site, other in zip(kept, others, strict=True))
    assert [len(site.outbox) for site in bank.sites[:3]] == [16, 16, 0]


def test_results_do_not_depend_on_checkpoints_and_stops(plain):
    network = Network(models(), 1, window=1.0, log=True)
    for hour in (3.3, 100.0, 411.75):
        network.run(hour)
        network = Network(models(), 2, window=0.5, log=True).restore(network.checkpoint())
    assert all_traces(network.run(500.0)) == plain


def test_checkpoints_of_equal_runs_are_equal():
    first, second = (Network(models(), 1, window=1.0, room=8).run(200.0) for _ in range(2))
    assert first.checkpoint() == second.checkpoint() == first.branch().checkpoint()


def test_a_checkpoint_of_other_hospitals_is_refused():
    saved = Network(models(), 1, window=1.0).run(50.0).checkpoint()
    others = [sender(3, {1: 0.5, 2: 0.5}), *models()[1:]]
    with pytest.raises(BadValue, match="checkpoint"):
        Network(others, 1, window=1.0).restore(saved)


def test_patients_are_conserved_over_all_hospitals():
    network = Network(models(), 1, window=0.5).run(500.0)
    stats = [network.stats(number) for number in range(3)]
    arrived = sum(sum(each.arrived.values()) for each in stats)
    inside = sum(each.inside for each in stats)
    ended = sum(
        each.visits[network.site(number).steps.op == op.END].sum()
        for number, each in enumerate(stats)
    )
    sent = sum(each.visits[each.step("main:transfer:ambulance")].sum() for each in stats)
    assert sent == sum(each.received for each in stats) > 20
    assert arrived == inside + ended


def test_hospitals_of_different_make_run_side_by_side():
    other = small_hospital()
    network = Network([sender(2, {2: 1.0}), other, sender(9, {0: 1.0})], 1, window=1.0).run(200.0)
    assert [network.stats(number).inside >= 0 for number in range(3)] == [True] * 3
    assert network.stats(1).arrived["ed"] > 100


def test_a_hospital_of_a_network_that_sends_nobody_is_as_alone():
    pair = Network([small_hospital(), small_hospital()], 1, window=6.0, log=True).run(200.0)
    other = Network([small_hospital()], 1, window=200.0, log=True).run(200.0)
    assert traces(pair, 0) == traces(other, 0)
    assert traces(pair, 1) != traces(other, 0)


def test_a_transfer_shorter_than_the_window_is_refused():
    network = Network([sender(0, {1: 1.0}, constant(0.5)), sender(5, {0: 1.0})], 1, window=24.0)
    with pytest.raises(ModelError, match="less time than a window"):
        network.run(100.0)


def test_a_transfer_must_lead_somewhere():
    with pytest.raises(OutOfBounds, match="destination is 7"):
        Network([sender(1, {7: 1.0})], 1)
    with pytest.raises(InputError, match="has no such entry"):
        Network([sender(1, {0: 1.0}, entry="helicopter")], 1)


def test_quotas_of_all_hospitals_are_set_at_once():
    each, together = (Network([small_hospital()] * 3, 1) for _ in range(2))
    for hospital, quota in enumerate((4, 0, 7)):
        each.set_quota("electives", quota, hospital)
    together.set_quotas("electives", np.array([4, 0, 7]))
    assert together.checkpoint() == each.checkpoint()
    with pytest.raises(BadValue, match="shape of the quotas"):
        together.set_quotas("electives", np.array([4, 0]))
    with pytest.raises(OutOfBounds, match="quota is -1"):
        together.set_quotas("electives", np.array([4, -1, 7]))
    with pytest.raises(UnknownName, match="call"):
        together.set_quotas("elective", np.array([4, 0, 7]))
    assert together.checkpoint() == each.checkpoint()


def test_time_does_not_run_back():
    network = Network(models(), 1, window=1.0).run(10.0)
    with pytest.raises(OutOfBounds, match="hour to run to is 5"):
        network.run(5.0)
