"""Hospitals run day by day: who is there, what is told, and what lies on disk."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pytest
import xarray as xr

from locum import errors
from locum.countries import load_pack
from locum.hospital.avoidance import SOURCES
from locum.runs.hospitals import execution, storing
from locum.runs.hospitals.building import build, open_network
from locum.runs.hospitals.controls import Controls, daily_base
from locum.runs.hospitals.dataset import VARIABLES
from locum.runs.hospitals.driving import Drive, absence_in, drive
from locum.runs.hospitals.execution import execute, values_of
from locum.runs.hospitals.people import People, whole
from locum.runs.hospitals.request import HospitalRequest, request_from_manifest
from locum.runs.hospitals.storing import run_and_store
from locum.scenarios import apply
from locum.scenarios.hospitals import resolve_hospitals

FEW = (0, 1, 5, 50, 120, 380)
"""Two of the five largest, one other tertiary hospital, two general ones, one station."""

SHORT = """\
name: short
title: Three weeks of a few hospitals
inherits: korea-hospitals-2024
start: 2024-02-12
report_from: 2024-02-13
base: {first: 2024-02-12, last: 2024-02-18}
end: 2024-02-23
"""


@pytest.fixture(scope="module")
def pack():
    return load_pack("korea")


@pytest.fixture(scope="module")
def scenario(pack, tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "short.yaml"
    path.write_text(SHORT, encoding="utf-8")
    return resolve_hospitals(path, pack)


@pytest.fixture(scope="module")
def request_of(pack, scenario):
    """Ask for a run of a few hospitals."""

    def make(draws=2, workers=2, sites=FEW, sets=None, **changes):
        changed = replace(scenario, **changes)
        ledger = apply(changed, pack.ledger("hospital"), sets)
        return HospitalRequest(
            changed, ledger, pack, draws, 7, sets or {}, workers=workers, sites=sites
        )

    return make


@pytest.fixture(scope="module")
def values(request_of):
    return values_of(request_of(1).draw(), 0, 2024)


@pytest.fixture(scope="module")
def driven(request_of):
    [one] = execute(request_of(1))
    return one


@pytest.fixture(scope="module")
def stored(request_of, tmp_path_factory):
    return run_and_store(request_of(), tmp_path_factory.mktemp("run") / "run")


# --- a draw ------------------------------------------------------------------------


def test_every_variable_is_there_and_finite_but_where_nobody_came(driven):
    assert set(driven.arrays) == set(VARIABLES)
    for name, values in driven.arrays.items():
        assert values.dtype == np.float32
        assert not np.isinf(values).any()
        assert name.startswith(("ed_wait", "ed_stay")) or not np.isnan(values).any()


def test_hospitals_work_and_fall_when_trainees_leave(driven):
    surgeries = driven.arrays["surgeries"][:, :3].sum(axis=1)
    before, after = surgeries[[0, 1, 2, 3]].mean(), surgeries[[9, 10, 11]].mean()
    assert before > 200
    assert after < 0.8 * before
    inpatients = driven.arrays["inpatients"][:, :3].sum(axis=1)
    assert inpatients[11] < 0.85 * inpatients[3]


def test_staff_hours_of_trainees_fall_and_those_of_specialists_rise(driven):
    hours = driven.arrays["staff_hours"][:, 2]
    interns, specialists = hours[:, 1], hours[:, 5]
    assert interns[10] < 0.5 * interns[3]
    assert specialists[10] > 1.1 * specialists[3]


def test_groups_are_sums_of_their_hospitals(driven):
    by_triage = driven.arrays["ed_visits_triage"]
    visits = driven.arrays["ed_visits"]
    assert by_triage[:, 5].sum(axis=1) == pytest.approx(visits.sum(axis=1))
    assert by_triage[:, 0].sum(axis=1) == pytest.approx(visits[:, :2].sum(axis=1))
    by_region = driven.arrays["ed_visits_triage_region"].sum(axis=(1, 2))
    assert by_region == pytest.approx(visits.sum(axis=1))


def test_beds_are_never_open_below_those_who_lie_in_them(driven):
    arrays = driven.arrays
    assert (arrays["beds_open"] + 1 >= arrays["icu"]).all()
    assert (arrays["backlog_age"] >= 0).all()
    assert (arrays["emergency_surgeries"] <= arrays["surgeries"]).all()


def test_nobody_away_and_no_rule_leaves_the_hospitals_as_they_are(request_of, driven):
    quiet = request_of(1, staff=None, contingency="none", since=None, levers=())
    [normal] = execute(quiet)
    same = ("surgeries", "ed_visits", "inpatients", "staff_hours")
    for name in same:  # the walkout begins on the eighth day
        assert (normal.arrays[name][:7] == driven.arrays[name][:7]).all()
    assert normal.arrays["early_discharges"].sum() == 0
    assert normal.arrays["telehealth"].sum() == 0


def test_an_absence_of_nobody_changes_no_byte(request_of):
    request = request_of(1, end=date(2024, 2, 18), report_from=date(2024, 2, 13))
    [asked] = execution.drives(request)
    without = replace(asked, scenario=replace(asked.scenario, staff=None, levers=()))
    one, other = drive(asked), drive(without)
    for name, values in one.arrays.items():
        assert values.tobytes() == other.arrays[name].tobytes(), name


def test_neither_threads_nor_workers_change_a_byte(request_of):
    one = [driven.arrays for driven in execute(request_of(2, workers=1))]
    other = [driven.arrays for driven in execute(request_of(2, workers=5))]
    for first, second in zip(one, other, strict=True):
        for name, values in first.items():
            assert values.tobytes() == second[name].tobytes(), name
    assert one[0]["ed_visits"].tobytes() != one[1]["ed_visits"].tobytes()


# --- who is there ------------------------------------------------------------------


def test_whole_numbers_rise_with_the_amounts_and_keep_their_sum():
    amounts = np.linspace(0, 3, 200)
    found = whole(amounts)
    assert abs(found.sum() - amounts.sum()) < 5
    assert (whole(amounts + 0.1) >= found).all()
    assert (whole(np.zeros(9)) == 0).all()
    assert (whole(np.full(9, 4.0)) == 4).all()


def test_trainees_leave_in_one_order_and_come_back(pack, values):
    nation = build(pack, values, sites=FEW)
    network = open_network(nation, 0)
    people = People(nation, network)

    def absent():
        return [
            set(np.flatnonzero(network.site(site).clinicians.absent_from < np.inf).tolist())
            for site in range(len(nation))
        ]

    start = absent()
    assert people.leave(np.zeros(2)).sum() == 0
    half = people.leave(np.array([0.5, 0.5]))
    some = absent()
    whole_away = people.leave(np.ones(2))
    assert whole_away == pytest.approx(people.trainees)
    assert 0 < half.sum() < whole_away.sum()
    everybody = absent()
    assert all(a <= b <= c for a, b, c in zip(start, some, everybody, strict=True))
    people.leave(np.zeros(2))
    assert absent() == start


def test_readings_say_who_is_away(pack, scenario):
    absence = absence_in(scenario, pack)
    assert absence is not None
    assert absence.at(0).tolist() == [0, 0]
    assert absence.at(8) == pytest.approx([7813 / 12382] * 2)
    assert absence_in(replace(scenario, staff=None), pack) is None


# --- what is changed ---------------------------------------------------------------


def test_demand_is_scaled_as_one_by_one(pack, values):
    nation = build(pack, values, sites=FEW)
    network = open_network(nation, 0)
    controls = Controls(nation, network)
    factors = np.full((len(SOURCES), 4), 0.5)
    factors[:, 2] = 0.25
    controls.demand(factors)
    for site, kind in enumerate(nation.sites.kind):
        model = nation.models[site]
        for name in SOURCES:
            scale = network.site(site).sources[model.row("sources", name)].scale
            assert scale == (0.25 if kind == 2 else 0.5)


def test_demand_is_held_to_the_room_of_a_source(pack, values):
    nation = build(pack, values, sites=FEW)
    network = open_network(nation, 0)
    Controls(nation, network).demand(np.full((len(SOURCES), 4), 100.0))
    row = nation.models[0].row("sources", "planned")
    assert 1 < network.site(0).sources[row].scale < 100


def test_daily_base_adds_up_to_the_loads(pack, values):
    nation = build(pack, values, sites=FEW)
    base = daily_base(nation)
    country = nation.country
    assert len(country.kind) > len(nation)
    assert base[:4].sum() == pytest.approx(country.ed_visits.sum())
    assert base[4:7].sum() == pytest.approx(country.electives.sum())
    assert base[7].sum() == pytest.approx(country.planned.sum())


def test_lost_records_cost_time_from_the_first_absence_on(request_of, driven):
    lost = {"harm.records_lost": "0.3", "harm.records_minutes": "1.5"}
    [slow] = execute(request_of(1, sets=lost))
    busy = slow.arrays["ed_stay"][:, 5, 2]
    usual = driven.arrays["ed_stay"][:, 5, 2]
    assert (busy[:7] == usual[:7]).all()
    assert busy[8:].mean() > usual[8:].mean()


# --- on disk -----------------------------------------------------------------------


def test_a_run_lies_in_a_folder_with_digests(stored):
    names = {path.name for path in stored.folder.iterdir()}
    assert names == {
        "scenario.yaml",
        "assumptions.json",
        "results.zarr",
        "summary.parquet",
        "readings.csv",
        "manifest.json",
    }
    manifest = json.loads((stored.folder / "manifest.json").read_text("utf-8"))
    assert manifest["scenario"]["sector"] == "hospitals"
    assert manifest["files"]["readings.csv"]
    assert not list(stored.folder.parent.glob(".*"))


def test_the_stored_arrays_are_labelled(stored):
    with xr.open_zarr(stored.folder / "results.zarr", consolidated=False) as dataset:
        assert set(dataset.data_vars) == set(VARIABLES)
        assert dict(dataset.sizes) | {"region": 17, "triage": 5} == dict(dataset.sizes)
        assert dataset.sizes["draw"] == 2
        assert str(dataset["day"].values[0])[:10] == "2024-02-12"
        for name, variable in VARIABLES.items():
            attributes = dataset[name].attrs
            assert (attributes["unit"], attributes["long_name"]) == (
                variable.unit,
                variable.words,
            )
        big = dataset["surgeries"].sel(draw=1).where(dataset["kind"] == "big5", drop=True)
        assert float(big.sum()) > 0


def test_the_same_request_has_the_same_bytes_whatever_the_workers(stored, request_of, tmp_path):
    again = run_and_store(request_of(workers=1), tmp_path / "again")
    files = {
        folder: json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
        for folder in (stored.folder, again.folder)
    }
    assert files[stored.folder] == files[again.folder]


def test_a_manifest_repeats_its_run(stored, request_of):
    again = request_from_manifest(stored.folder / "manifest.json", workers=3)
    assert again.manifest == stored.request.manifest
    assert again.sites == FEW
    assert request_of(draws=3).manifest["id"] != stored.request.manifest["id"]


def test_a_manifest_of_another_state_is_refused(stored, tmp_path):
    manifest = json.loads((stored.folder / "manifest.json").read_text("utf-8"))
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps({**manifest, "assumptions_digest": "0"}), encoding="utf-8")
    with pytest.raises(errors.InputError, match="cannot be repeated exactly"):
        request_from_manifest(file)


def test_results_of_few_hospitals_are_not_told(stored):
    assert stored.readings == ()
    assert stored.headline == ()
    with (stored.folder / "readings.csv").open(encoding="utf-8") as stream:
        assert list(csv.DictReader(stream)) == []
    assert len(duckdb.read_parquet(str(stored.folder / "summary.parquet"))) == 0


def test_a_run_that_is_cancelled_leaves_nothing(request_of, tmp_path):
    def cancel(done, total):
        assert total == 4 * 12
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_and_store(request_of(draws=4), tmp_path / "run", cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_leaves_nothing(request_of, tmp_path, monkeypatch):
    def fail(*_):
        raise errors.ModelError("broken")

    monkeypatch.setattr(storing, "append", fail)
    with pytest.raises(errors.ModelError, match="broken"):
        run_and_store(request_of(), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("draws", "workers"), [(0, 1), (10_001, 1), (1, 0)])
def test_requests_that_make_no_sense_are_refused(request_of, draws, workers):
    with pytest.raises(errors.BadValue, match="expected a whole number from 1"):
        request_of(draws=draws, workers=workers)


def test_a_draw_that_lacks_a_value_is_refused(pack, scenario, values):
    lacking = {key: value for key, value in values.items() if key != "contingency.surgery_cut"}
    with pytest.raises(errors.MissingField, match=r"has no contingency\.surgery_cut"):
        drive(Drive(scenario, pack, lacking, 0, 0, FEW))
