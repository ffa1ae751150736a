"""Hospitals made from the pack: totals of the base week, capacity, and two quiet weeks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from locum.countries import load_pack
from locum.errors import MissingField
from locum.hospital.altering import set_chance
from locum.hospital.observing import Observer
from locum.runs.hospitals.building import Nation, build, open_network
from locum.runs.hospitals.heads import TEAM
from locum.runs.hospitals.parameters import residual
from locum.runs.hospitals.sizes import BIG5, GENERAL, KINDS, OTHER_TERTIARY, SMALL_ED

if TYPE_CHECKING:
    from locum.hospital.engine import Network
    from locum.hospital.model import Model

FEW = (0, 1, 10, 100, 101, 150, 378)


@cache
def central() -> dict[str, float]:
    """Return the central value of every assumption."""
    ledger = load_pack("korea").ledger("hospital")
    return {key: float(ledger[key].value) for key in ledger}


@cache
def nation() -> Nation:
    """Return all hospitals of the central draw."""
    return build(load_pack("korea"), central())


def total(values: np.ndarray, *kinds: int) -> float:
    """Return a sum over sites of these kinds."""
    return float(values[nation().sites.of(*kinds)].sum())


def test_every_hospital_and_a_station_in_each_region_is_there() -> None:
    counts = np.bincount(nation().sites.kind, minlength=len(KINDS)).tolist()
    assert counts == [5, 42, 331, 17]
    assert nation().sites.rooms.sum() == central()["size.ed_small_rooms"]


def test_loads_add_up_to_what_was_published() -> None:
    loads, values = nation().loads, central()
    everybody = range(len(KINDS))
    assert total(loads.ed_visits, *everybody) == pytest.approx(values["size.ed_visits"])
    assert total(loads.inpatients, BIG5) == pytest.approx(values["size.inpatients_big5"])
    assert total(loads.icu, OTHER_TERTIARY) == pytest.approx(values["size.icu_other_tertiary"])
    rate = total(loads.ed_admissions, *everybody) / total(loads.ed_visits, *everybody)
    assert rate == pytest.approx(values["size.ed_admission"])
    operations = loads.electives.sum(axis=1) + loads.ed_surgeries
    assert total(operations, BIG5) == pytest.approx(values["size.surgeries_big5"])
    tertiary = total(operations, BIG5, OTHER_TERTIARY)
    assert tertiary == pytest.approx(values["size.surgeries_tertiary"])


def test_stays_in_intensive_care_keep_their_mean_and_the_ratio_of_planned_to_others() -> None:
    made, values = nation(), central()
    loads, hospital = made.loads, made.sites.kind != SMALL_ED
    planned, others = loads.stay_icu[made.sites.kind[hospital]].T
    assert planned == pytest.approx(values["stay.icu_elective"] * others)
    needing = (loads.electives * loads.icu_by_class[made.sites.kind]).sum(axis=1) * 5 / 7
    of_kind = made.sites.kind[hospital]
    part = np.bincount(of_kind, needing[hospital]) / np.bincount(of_kind, loads.icu_flow[hospital])
    mean = part[of_kind] * planned + (1.0 - part[of_kind]) * others
    assert mean == pytest.approx(values["stay.icu"])
    assert ((part > 0.4) & (part < 0.7)).all()


def test_what_is_left_of_a_stay_is_that_of_those_who_are_found_in_bed() -> None:
    rng = np.random.default_rng(1)
    variance = np.log1p(0.8**2)
    size = np.array([300_000, 200_000])
    means = np.repeat([3.0, 8.0], size)
    stays = means * rng.lognormal(-variance / 2.0, variance**0.5, size.sum())
    found = rng.choice(stays, 500_000, p=stays / stays.sum()) * rng.random(500_000)
    left, cv = residual([3.0, 8.0], (size / size.sum()).tolist(), 0.8)
    assert left == pytest.approx(found.mean(), rel=0.03)
    assert cv == pytest.approx(found.std() / found.mean(), rel=0.05)


def test_capacity_covers_the_base_week() -> None:
    made, values = nation(), central()
    hospital = ~made.sites.of(SMALL_ED)
    ward = made.capacity.resources["ward"][hospital]
    assert (
        ward * values["size.ward_occupancy_limit"] + 1 >= made.loads.inpatients[hospital]
    ).all()
    assert (made.capacity.resources["icu"][hospital] > made.loads.icu[hospital]).all()
    for pool in ("ed", "ward", "icu", "theatre", "anaesthesia"):
        assert (made.heads[f"{pool}_specialists"][hospital] >= TEAM).all()


def test_heads_of_trainees_are_those_listed() -> None:
    made = nation()
    trainees = [name for name in made.heads if name.endswith(("interns", "juniors", "seniors"))]
    working = sum(made.heads[name] for name in trainees)
    assert np.abs(working - made.sites.trainees).max() <= len(trainees) / 2


def test_hospitals_of_a_kind_share_their_steps() -> None:
    made = nation()
    general = np.flatnonzero(made.sites.of(GENERAL)).tolist()
    first = made.models[general[0]].tables.steps
    assert sum(made.models[each].tables.boundaries.size for each in general[:2]) > 0
    assert all(len(made.models[each].tables.steps) == len(first) for each in general)


def test_patients_are_sent_on_within_the_region_and_never_back() -> None:
    made = nation()
    model = made.models[0]
    row = model.row("steps", "sent_on")
    step = model.tables.steps[row]
    targets = model.tables.targets[step.target : step.target + step.units]
    assert 0 not in targets.tolist()
    assert {int(made.sites.region[each]) for each in targets.tolist()} == {
        int(made.sites.region[0])
    }


def test_a_draw_without_an_assumption_is_refused() -> None:
    values = {key: value for key, value in central().items() if key != "ed.lab"}
    with pytest.raises(MissingField, match=r"ed\.lab"):
        build(load_pack("korea"), values)


def test_the_first_moment_is_the_census() -> None:
    few = build(load_pack("korea"), central(), sites=FEW)
    network = open_network(few, seed=1)
    network.run(1e-6)
    totals = Observer(network).totals()
    hospital = few.sites.kind != SMALL_ED
    assert (
        totals.used("ward").tolist()
        == np.where(hospital, few.loads.inpatients, 0).round().tolist()
    )
    assert totals.used("icu").tolist() == np.where(hospital, few.loads.icu, 0).round().tolist()


def run_quietly(few: Nation, network: Network, days: range) -> None:
    """Run hospitals on some days, with the operations of an ordinary week."""

    def called(day: int) -> np.ndarray:
        return np.floor(few.quotas * (day // 7 * 5 + min(day % 7, 5)))

    for day in days:
        quotas = (called(day + 1) - called(day)).astype(int)
        for row, name in enumerate(("cancer", "urgent", "routine")):
            network.set_quotas(f"call_{name}", quotas[:, row])
        network.run(24.0 * (day + 1))


def test_nobody_has_two_mornings_on_a_day() -> None:
    few = build(load_pack("korea"), central(), sites=(0,))
    network = open_network(few, seed=2)
    network.site().state[0].logging = 1
    run_quietly(few, network, range(21))
    log = network.log()
    waits = log[log.step == network.models[0].row("steps", "ward_morning")]
    mornings = np.ceil((waits.time - 8.0) / 24.0).astype(int)
    who = list(zip(waits.source.tolist(), waits.patient.tolist(), mornings.tolist(), strict=True))
    assert len(who) > 20_000
    assert len(set(who)) == len(who)


def test_an_ordinary_month_keeps_the_census_of_the_base_week() -> None:
    few = build(load_pack("korea"), central(), sites=range(16))
    network = open_network(few, seed=4)
    observer = Observer(network)
    run_quietly(few, network, range(28))
    before = {name: observer.totals().used_hours(name).sum() for name in ("ward", "icu")}
    run_quietly(few, network, range(28, 70))
    after = observer.totals()
    mean = {name: (after.used_hours(name).sum() - before[name]) / (42 * 24.0) for name in before}
    assert mean["ward"] == pytest.approx(few.loads.inpatients.sum(), rel=0.04)
    assert mean["icu"] == pytest.approx(few.loads.icu.sum(), rel=0.06)


def test_two_quiet_weeks_keep_the_load_and_lose_nobody() -> None:
    few = build(load_pack("korea"), central(), sites=FEW)
    network = open_network(few, seed=3)
    run_quietly(few, network, range(14))
    totals = Observer(network).totals()
    big = few.sites.kind == BIG5
    mean = totals.used_hours("ward")[big].sum() / network.now
    assert mean == pytest.approx(few.loads.inpatients[big].sum(), rel=0.15)
    intensive = totals.used_hours("icu")[big].sum() / network.now
    assert intensive == pytest.approx(few.loads.icu[big].sum(), rel=0.1)
    came = totals.visits("ed_arrive").sum() + totals.visits("ambulance_arrive").sum()
    assert came / 14 == pytest.approx(few.loads.ed_visits.sum(), rel=0.15)
    refused = totals.visits("ed_refused").sum() + totals.visits("ambulance_refused").sum()
    assert refused < 0.02 * came


def test_five_times_the_arrivals_end_in_queues_and_refusals() -> None:
    values = {**central(), "size.ed_visits": 5 * central()["size.ed_visits"]}
    usual = build(load_pack("korea"), central(), sites=FEW)
    crowded = build(load_pack("korea"), values, sites=FEW)
    models: list[Model] = []
    for quiet, full in zip(usual.models, crowded.models, strict=True):
        busy = {"sources": full.tables.sources, "values": full.tables.values}
        models.append(replace(quiet, tables=quiet.tables._replace(**busy)))
    network = open_network(replace(usual, models=tuple(models)), seed=5)
    network.run(96.0)
    totals = Observer(network).totals()
    assert totals.visits("ed_refused").sum() > 0.2 * totals.visits("ed_arrive").sum()
    assert totals.visits("ed_unseen").sum() > 0


def bytes_of(network: Network) -> list[bytes]:
    """Return what patients and clinicians did in every hospital."""
    sites = [network.site(site) for site in range(len(network))]
    return [
        site.flows.tobytes() + site.tallies.tobytes() + site.clinicians.busy.tobytes()
        for site in sites
    ]


def three_days(window: float = 1.0, threads: int = 1) -> Network:
    """Return a few hospitals after three days."""
    few = build(load_pack("korea"), central(), sites=FEW)
    return open_network(few, seed=7, window=window).run(72.0, threads=threads)


def test_results_do_not_depend_on_window_threads_or_a_checkpoint() -> None:
    plain = three_days()
    assert bytes_of(three_days(window=0.25)) == bytes_of(plain)
    assert bytes_of(three_days(threads=2)) == bytes_of(plain)
    few = build(load_pack("korea"), central(), sites=FEW)
    halfway = open_network(few, seed=7).run(30.5)
    kept = halfway.checkpoint()
    other = open_network(few, seed=8).restore(kept)
    assert bytes_of(other.run(72.0)) == bytes_of(plain)
    assert bytes_of(halfway.branch().run(72.0)) == bytes_of(plain)


def test_a_lever_that_touches_nobody_changes_no_byte() -> None:
    few = build(load_pack("korea"), central(), sites=FEW)
    network = open_network(few, seed=7).run(24.0)
    network.set_extra("ward", 0, 1)
    network.set_scale("walk_mild", 1.0, 0)
    network.set_absence(np.array([], int), 0.0, np.inf, 0)
    set_chance(network, "planned_accepted", 1.0, 2)
    assert bytes_of(network.run(72.0)) == bytes_of(three_days())
