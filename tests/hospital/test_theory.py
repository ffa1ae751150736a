"""The engine solves the equations of queueing theory; tolerance: 5 standard errors."""

from __future__ import annotations

import numpy as np
import pytest
from tests.hospital.queueing import (
    HOURS,
    NEVER,
    difference,
    erlang_b,
    erlang_c,
    in_queue,
    mean_wait,
    replicate,
    small_hospital,
    station,
)

from locum.hospital.engine import Hospital
from locum.hospital.program import Assembler
from locum.hospital.stations import empirical, exponential, lognormal, steady

pytestmark = pytest.mark.verification


def agree(found, expected):
    mean, error = found
    z = (mean - np.atleast_1d(expected)) / error
    assert np.abs(z).max() < 5.0, f"z {z}, found {mean}, expected {expected}"


@pytest.mark.parametrize("staff", [False, True], ids=["units", "clinicians"])
def test_m_m_c_waits_as_erlang_c_says(staff):
    servers, rate = 3, 2.4
    model = station(rate, exponential(1.0), servers, staff=staff)
    expected = erlang_c(servers, rate) / (servers - rate)
    agree(replicate(model, mean_wait), expected)


def test_m_m_c_delays_the_share_that_erlang_c_says():
    def share(before, after):
        waited = difference(before, after, "waited", "queue").sum()
        return waited / difference(before, after, "visits", "service").sum()

    agree(replicate(station(2.4, exponential(1.0), 3), share), erlang_c(3, 2.4))


def test_m_m_c_k_loses_what_the_birth_and_death_process_says():
    servers, places, rate = 2, 5, 2.2
    model = Assembler("limited", ("all",))
    model.resource("servers", servers)
    model.guard("full", "waiting", "servers", at_least=places - servers)
    model.source("in", steady(rate), classes={"all": 1.0}, entry="door")
    path = model.path("main")
    path.label("door").guard("full", to="lost")
    path.seize("servers").delay(exponential(1.0)).release("servers").end()
    path.label("lost").end()

    def lost(before, after):
        return difference(before, after, "visits", "lost") / difference(
            before, after, "visits", "door"
        )

    weights = [1.0]
    for k in range(1, places + 1):
        weights.append(weights[-1] * rate / min(k, servers))
    agree(replicate(model.assemble(), lost), weights[-1] / sum(weights))


def test_erlang_a_loses_the_impatient_it_should():
    servers, rate, abandon = 3, 3.3, 0.5
    model = station(rate, exponential(1.0), servers, patience=exponential(1.0 / abandon))
    weights = [1.0]
    for k in range(1, 400):
        weights.append(weights[-1] * rate / (min(k, servers) + max(0, k - servers) * abandon))
    p = np.array(weights) / sum(weights)
    expected = sum(abandon * (k - servers) * p[k] for k in range(servers + 1, 400)) / rate

    def lost(before, after):
        return difference(before, after, "left", "queue") / difference(
            before, after, "visits", "queue"
        )

    agree(replicate(model, lost), expected)


def test_m_g_1_waits_as_pollaczek_and_khinchine_say():
    rate, cv = 0.7, 1.0
    expected = rate * (1.0 + cv**2) / 2.0 / (1.0 - rate)
    agree(replicate(station(rate, lognormal(1.0, cv), 1), mean_wait), expected)


def test_priorities_wait_as_cobham_says():
    shares = {"a": 0.2, "b": 0.3, "c": 0.5}
    means, cv = np.array([1.5, 1.0, 0.6]), 0.8
    share = np.array(list(shares.values()))
    rate = 0.75 / (share @ means)
    rates = rate * share
    residual = (rates * means**2 * (1.0 + cv**2)).sum() / 2.0
    load = np.concatenate(([0.0], np.cumsum(rates * means)))
    expected = residual / ((1.0 - load[:-1]) * (1.0 - load[1:]))
    service = {name: lognormal(mean, cv) for name, mean in zip(shares, means, strict=True)}
    agree(replicate(station(rate, service, 1, classes=shares), mean_wait), expected)


@pytest.mark.parametrize(
    "service",
    [exponential(1.0), lognormal(1.0, 1.5), empirical([0.0, 0.2, 0.4, 4.8])],
    ids=["exponential", "lognormal", "empirical"],
)
def test_erlang_b_does_not_care_about_the_distribution(service):
    servers, load = 12, 10.0

    def lost(before, after):
        return difference(before, after, "left", "queue") / difference(
            before, after, "visits", "queue"
        )

    model = station(load, service, servers, patience=NEVER)
    agree(replicate(model, lost, hours=4000.0), erlang_b(servers, load))


def test_littles_law_holds_at_every_queue_exactly():
    """The area under a queue is the sum of the waits, of those who left and still wait too."""
    hospital = Hospital(small_hospital(), 11)
    stats = hospital.run(HOURS / 4.0).stats()
    site = hospital.site()
    patients = site.patients

    def waits(steps):
        rows = [stats.step(step) for step in steps]
        waiting = np.isin(patients.step, rows) & in_queue(site)
        open_waits = (stats.now - patients.since[waiting]).sum()
        return stats.wait[rows].sum() + stats.left_wait[rows].sum() + open_waits

    means = {
        ("see", "called"): stats.mean_staff("doctors")["waiting"],
        ("bed",): stats.mean_waiting("ward"),
        ("list",): stats.mean_on_list("electives"),
    }
    for steps, mean in means.items():
        assert mean > 0.0
        assert mean * stats.now == pytest.approx(waits(steps), rel=1e-8), steps


def test_busy_time_is_the_mean_number_in_use():
    hospital = Hospital(station(2.4, exponential(1.0), 3), 3)
    stats = hospital.run(HOURS).stats()
    assert stats.mean_used("servers") * HOURS == pytest.approx(stats.busy.sum(), rel=1e-9)
