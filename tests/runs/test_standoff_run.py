"""Standoffs run draw by draw: the same bytes, the settlement, what is told, what lies on disk."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from datetime import date

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.runs.disputes import SETTLED, SHORT

from locum import errors
from locum.countries import load_pack
from locum.hospital.presence import read_readings
from locum.runs.standoff import storing
from locum.runs.standoff.driving import Drive, drive, forget
from locum.runs.standoff.groups import LEAST, Partition, publish
from locum.runs.standoff.harm import METRICS
from locum.runs.standoff.posterior import Posterior, with_posterior
from locum.runs.standoff.predictions import COLUMNS
from locum.runs.standoff.request import StandoffRequest, request_from_manifest
from locum.runs.standoff.simulating import Case, simulate_rows, values_of
from locum.runs.standoff.storing import run_and_store
from locum.runs.standoff.summaries import STATES_TOLD, write_summary
from locum.runs.standoff.told import Groups, Questions, Told, tell
from locum.scenarios import apply
from locum.scenarios.standoff import resolve_standoff
from locum.standoff.states import KINDS, STATES

FILES = {
    "scenario.yaml",
    "assumptions.json",
    "results.zarr",
    "readings.csv",
    "summary.csv",
    "national.csv",
    "harm.csv",
    "counterfactuals.csv",
    "frontier.csv",
    "staff.csv",
    "manifest.json",
}


@pytest.fixture(scope="module")
def pack():
    return load_pack("korea")


@pytest.fixture(scope="module")
def resolve(pack, tmp_path_factory):
    """Return a scenario from its text."""

    def make(text):
        path = tmp_path_factory.mktemp("scenario") / "short.yaml"
        path.write_text(text, encoding="utf-8")
        return resolve_standoff(path, pack)

    return make


@pytest.fixture(scope="module")
def scenario(resolve):
    return resolve(SHORT)


@pytest.fixture(scope="module")
def settled(resolve):
    return resolve(SETTLED)


@pytest.fixture(scope="module")
def request_of(pack, scenario):
    """Ask for a run of the short dispute."""

    def make(draws=2, of=None, sets=None, **more):
        chosen = scenario if of is None else of
        ledger = apply(chosen, pack.ledger("standoff"), sets)
        return StandoffRequest(chosen, ledger, pack, draws, 7, sets or {}, **more)

    return make


@pytest.fixture(scope="module")
def values(pack, scenario):
    ledger = apply(scenario, pack.ledger("standoff"))
    return values_of(ledger.draw(7, 0, 2), 1, 2024)


@pytest.fixture(scope="module")
def stored(request_of, tmp_path_factory):
    return run_and_store(request_of(workers=2), tmp_path_factory.mktemp("runs") / "run")


def _table(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# --- draws -------------------------------------------------------------------------------


def test_a_draw_has_the_same_bytes_twice(pack, scenario, values):
    asked = Drive(scenario, pack, values, 3, 1)
    one = drive(asked)
    forget()
    other = drive(asked)
    assert one.observed.tally.tobytes() == other.observed.tally.tobytes()
    assert one.observed.support.tobytes() == other.observed.support.tobytes()
    for name, path in one.national.items():
        assert path.tobytes() == other.national[name].tobytes(), name


HASHED = """
import sys
from hashlib import sha256
from locum.countries import load_pack
from locum.runs.standoff.driving import Drive, drive
from locum.runs.standoff.simulating import values_of
from locum.runs.standoff.told import Questions, tell
from locum.scenarios import apply
from locum.scenarios.standoff import resolve_standoff

pack = load_pack("korea")
scenario = resolve_standoff(sys.argv[1], pack)
values = values_of(apply(scenario, pack.ledger("standoff")).draw(7, 0, 2), 1, 2024)
told = tell(drive(Drive(scenario, pack, values, 3, 1)), Questions.of(scenario, pack))
parts = (told.rows, told.paths, told.kinds, told.metrics)
print(sha256(b"".join(each.tobytes() for each in parts)).hexdigest())
"""


def test_hash_seeds_change_no_byte(tmp_path):
    path = tmp_path / "short.yaml"
    path.write_text(SHORT, encoding="utf-8")
    found = {
        subprocess.run(
            [sys.executable, "-c", HASHED, str(path)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(found) == 1


def test_draws_differ_by_luck(pack, scenario, values):
    asked = Drive(scenario, pack, values, 3, 1)
    one, other = drive(asked), drive(replace(asked, replication=2))
    assert one.observed.tally.tobytes() != other.observed.tally.tobytes()


def test_nobody_appears_or_vanishes_between_turns(pack, scenario, values):
    heads = drive(Drive(scenario, pack, values, 3, 0)).observed.tally.sum(axis=(0, 2))
    turn = scenario.day(scenario.turns[0])
    assert len(set(heads[:turn])) == 1
    assert len(set(heads[turn:])) == 1


def test_nothing_happens_before_the_first_call(pack, scenario, values):
    seen = drive(Drive(scenario, pack, values, 3, 0)).observed
    first = scenario.day(date(2024, 2, 16))
    assert seen.tally[1:, : first - 1].sum() == 0
    assert seen.support[1].sum() > 0 == seen.tally[1:, 1].sum()


def test_a_run_that_ends_early_is_the_beginning_of_a_longer_one(pack, scenario, values):
    asked = Drive(scenario, pack, values, 3, 0)
    short, whole = drive(replace(asked, until=20)), drive(asked)
    assert short.observed.days == 21
    assert (short.observed.tally == whole.observed.tally[:, :21]).all()


def test_what_a_kind_does_is_little_moved_by_leaving_out_those_who_stay(pack, values):
    whole = resolve_standoff("korea-standoff-2024", pack)
    asked = Drive(whole, pack, values, 3, 0, until=20)
    both = replace(asked, kinds=("trainee", "student"))
    one, other = (drive(each).observed for each in (asked, both))
    assert one.tally.shape[2] > other.tally.shape[2]
    assert one.tally[:, 20].sum() > other.tally[:, 20].sum()


def test_the_settlement_can_be_taken_away_late_or_from_the_start(pack, settled, values):
    without = settled.without(settled.settlement)
    asked = Drive(settled, pack, values, 3, 1)
    both = drive(replace(asked, instead=without))
    alone = drive(replace(asked, scenario=without))
    assert both.instead is not None
    for name in ("tally", "support", "reapplied"):
        assert (getattr(both.instead.observed, name) == getattr(alone.observed, name)).all(), name
    for name, path in alone.national.items():
        assert (both.instead.national[name] == path).all(), name
    day = settled.day(date(2024, 2, 29))
    settled_tally, without_tally = both.observed.tally, alone.observed.tally
    assert (settled_tally[:, :day] == without_tally[:, :day]).all()
    assert (settled_tally[:, -1] != without_tally[:, -1]).any()


def test_a_scenario_instead_that_differs_nowhere_is_the_same_draw(pack, scenario, values):
    done = drive(Drive(scenario, pack, values, 3, 0, until=15, instead=replace(scenario)))
    assert done.instead is not None
    assert done.instead.observed is done.observed


def test_a_draw_that_lacks_a_value_is_refused(pack, scenario, values):
    lacking = {key: value for key, value in values.items() if key != "final.days"}
    with pytest.raises((errors.InputError, KeyError), match=r"final\.days"):
        drive(Drive(scenario, pack, lacking, 0, 0))


def test_readings_of_a_draw_come_in_one_call(pack, scenario, values):
    questions = Questions.of(scenario, pack)
    rows = [row for row in questions.rows if row.use == "fit" and not row.percent]
    case = Case(scenario, pack, rows)
    taken = simulate_rows(values, case, 3, 1)
    assert taken.shape == (len(rows),)
    assert not np.isnan(taken).any()
    assert (taken == simulate_rows(values, case, 3, 1)).all()
    early = simulate_rows(values, replace(case, until=16), 3, 1)
    reached = np.array([row.day <= 16 for row in rows])
    assert (early[reached] == taken[reached]).all()
    assert np.isnan(early[~reached]).all()


# --- what is told ------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    members=st.lists(st.integers(0, 40), min_size=1, max_size=12),
    states=st.integers(1, 5),
)
def test_nothing_is_told_of_fewer_than_ten(members, states):
    heads = np.array(members)
    values = np.arange(heads.size * states, dtype=float).reshape(heads.size, states)
    told = publish(heads, values)
    assert np.isnan(told[heads < LEAST]).all()
    assert (told[heads >= LEAST] == values[heads >= LEAST]).all()


def _parts(thing):
    """Yield what a result consists of."""
    if is_dataclass(thing):
        yield from (getattr(thing, each.name) for each in fields(thing))
    elif isinstance(thing, dict):
        yield from thing.values()
    elif isinstance(thing, tuple | list):
        yield from thing


def _sizes(thing):
    """Yield the length of every axis of every array in a result."""
    if isinstance(thing, np.ndarray):
        yield from thing.shape
    for part in _parts(thing):
        yield from _sizes(part)


def test_no_result_has_a_place_for_each_agent(pack, scenario, values):
    driven = drive(Drive(scenario, pack, values, 3, 0))
    told = tell(driven, Questions.of(scenario, pack))
    agents = int(driven.observed.tally[:, 0].sum())
    assert len(driven.observed.units) < agents / 20
    cells = driven.observed.units.partition.of.size
    assert max(_sizes(told)) <= cells < agents / 3


@settings(max_examples=40, deadline=None)
@given(data=st.data(), draws=st.integers(1, 3), groups=st.integers(1, 4))
def test_a_summary_is_empty_where_a_group_is_small(summary_file, scenario, data, draws, groups):
    heads = st.lists(st.integers(0, 6), min_size=8, max_size=8)
    tally = [[data.draw(heads) for _ in range(groups)] for _ in range(draws)]
    told = [_told(np.array(each, dtype=np.float32)[None]) for each in tally]
    write_summary(told, scenario, summary_file)
    members = np.array(tally).sum(axis=-1).min(axis=0)
    rows = [row for row in _table(summary_file) if row["partition"] == "specialty"]
    for row in rows:
        cells = [row[name] for name in ("heads", "median", "low", "high", "low80", "high80")]
        assert (cells == [""] * 6) == (members[int(row["group"])] < LEAST)
    there = (np.array(tally).sum(axis=-1).max(axis=0) > 0).sum()
    assert len(rows) == there * len(STATES_TOLD)


@pytest.fixture(scope="module")
def summary_file(tmp_path_factory):
    return tmp_path_factory.mktemp("summary") / "summary.csv"


def _told(tally):
    """Return a draw of one day whose only groups are of specialties."""
    labels = tuple(map(str, range(tally.shape[1])))
    partition = Partition("specialty", labels, np.arange(tally.shape[1]))
    group = Groups(partition, np.array([0]), tally, tally[..., 0])
    kinds = np.zeros((1, len(KINDS), len(STATES)), dtype=np.float32)
    nothing = np.zeros(0)
    return Told(
        nothing,
        np.zeros((0, 2, 1), dtype=np.float32),
        kinds,
        kinds[..., 0],
        np.zeros((1, 2, 2), dtype=np.float32),
        {},
        (group,),
        nothing,
    )


def test_groups_that_are_told_have_ten_people_or_nothing(stored):
    told = [row for row in _table(stored.folder / "summary.csv") if row["heads"]]
    assert min(float(row["heads"]) for row in told) >= LEAST
    with xr.open_zarr(stored.folder / "results.zarr", consolidated=False) as dataset:
        for name in ("heads", "heads_specialty", "heads_region", "heads_hospital", "heads_year"):
            members = dataset[name].sum("state", skipna=False)
            assert float(members.min(skipna=True)) >= LEAST


def test_organisations_have_no_names(pack, scenario, values, stored):
    labels = drive(Drive(scenario, pack, values, 3, 0, until=1)).observed.units.partition.labels
    assert all(label.isdigit() for label in labels)
    names = [str(row["name_ko"]) for row in pack.table("hospitals").rows]
    text = (stored.folder / "summary.csv").read_text(encoding="utf-8")
    assert not any(name in text for name in names)


# --- on disk -----------------------------------------------------------------------------


def test_a_run_lies_in_a_folder_with_digests(stored):
    assert {path.name for path in stored.folder.iterdir()} >= FILES
    manifest = json.loads((stored.folder / "manifest.json").read_text("utf-8"))
    assert manifest["scenario"]["sector"] == "standoff"
    assert manifest["files"]["readings.csv"]
    assert not list(stored.folder.parent.glob(".*"))


def test_neither_workers_nor_what_is_kept_change_a_byte(stored, request_of, tmp_path):
    forget()
    again = run_and_store(request_of(workers=1), tmp_path / "again")
    files = {
        folder: json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
        for folder in (stored.folder, again.folder)
    }
    assert files[stored.folder] == files[again.folder]


def test_a_manifest_repeats_its_run(stored, request_of):
    again = request_from_manifest(stored.folder / "manifest.json", workers=3)
    assert again.manifest == stored.request.manifest
    others = (request_of(draws=3), request_of(counterfactuals=False), request_of(prior=True))
    until = request_of(until=date(2024, 2, 25))
    ids = {each.manifest["id"] for each in (*others, until, again)}
    assert len(ids) == 5


def test_a_manifest_of_another_state_is_refused(stored, tmp_path):
    manifest = json.loads((stored.folder / "manifest.json").read_text("utf-8"))
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps({**manifest, "assumptions_digest": "0"}), encoding="utf-8")
    with pytest.raises(errors.InputError, match="cannot be repeated exactly"):
        request_from_manifest(file)


def test_readings_have_their_columns_and_uses(stored):
    rows = _table(stored.folder / "readings.csv")
    assert tuple(rows[0]) == COLUMNS
    uses = {row["use"] for row in rows}
    assert uses == {"fit", "check", "predict", "prior"}  # no settlement in these weeks
    for row in rows:
        assert float(row["low"]) <= float(row["median"]) <= float(row["high"])
        assert (row["reading"] == "") == (row["use"] in ("predict", "prior"))
    predicted = {row["date"] for row in rows if row["use"] == "predict"}
    assert (min(predicted), max(predicted)) == ("2024-03-01", "2024-03-08")


def test_with_a_settlement_both_futures_are_predicted(settled, request_of, tmp_path):
    asked = request_of(of=settled, counterfactuals=False)
    run = run_and_store(asked, tmp_path / "run")
    rows = _table(run.folder / "readings.csv")
    by_use = {
        use: {
            (row["metric"], row["scope"]): float(row["median"])
            for row in rows
            if row["use"] == use and row["date"] == "2024-03-08"
        }
        for use in ("predict", "predict_without_settlement", "prior")
    }
    key = ("on_duty", "trainees at the 100 inspected training hospitals")
    assert by_use["predict"][key] > by_use["predict_without_settlement"][key]
    assert by_use["prior"][key] != by_use["predict"][key]  # what was fitted has moved it
    assert any(figure.when == "without" for figure in run.headline)
    assert not (run.folder / "counterfactuals.csv").exists()


def test_counterfactuals_meet_the_same_luck(stored, scenario):
    rows = _table(stored.folder / "counterfactuals.csv")
    names = {row["name"] for row in rows}
    assert names == set(scenario.counterfactuals)
    assert {row["metric"] for row in rows} == set(METRICS)
    base = {(row["metric"], row["base"]) for row in rows}
    assert len(base) == len(METRICS)
    ended = next(
        row
        for row in rows
        if (row["name"], row["metric"]) == ("call_ended_early", "training_months_lost")
    )
    assert float(ended["difference"]) < 0
    assert {row["party"] for row in rows} >= {"patients", "doctors"}


def test_harm_to_patients_stands_beside_harm_to_doctors(stored):
    rows = _table(stored.folder / "harm.csv")
    assert {row["party"] for row in rows} == {"patients", "doctors"}
    assert all(row["note"] for row in rows)


def test_hospitals_can_read_who_is_away(stored, pack, scenario):
    table = pack.read(stored.folder / "staff.csv", "walkout_daily")
    readings = read_readings(table.rows, scenario.start)
    assert {each.group for each in readings} == {"interns", "residents"}
    last = max(each.day for each in readings)
    assert last == scenario.days - 1
    assert all(0 <= each.away <= 1 for each in readings)


def test_a_run_that_is_cancelled_leaves_nothing(request_of, tmp_path):
    def cancel(done, total):
        assert total > done
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_and_store(request_of(draws=4), tmp_path / "run", cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_leaves_nothing(request_of, tmp_path, monkeypatch):
    def fail(*_):
        raise errors.ModelError("broken")

    monkeypatch.setattr(storing, "write_dataset", fail)
    with pytest.raises(errors.ModelError, match="broken"):
        run_and_store(request_of(draws=1, counterfactuals=False), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("draws", "workers"), [(0, 1), (10_001, 1), (1, 0)])
def test_requests_that_make_no_sense_are_refused(request_of, draws, workers):
    with pytest.raises(errors.BadValue, match="expected a whole number from 1"):
        request_of(draws=draws, workers=workers)


def test_a_last_day_outside_the_scenario_is_refused(request_of):
    with pytest.raises(errors.BadValue, match="--until: day is '2024-03-09'; expected a day from"):
        request_of(until=date(2024, 3, 9))


# --- what was fitted ---------------------------------------------------------------------


def test_a_posterior_goes_before_the_prior_but_not_before_the_user(pack, scenario):
    own = pack.ledger("standoff")
    posterior = Posterior(("decision.social", "gone.key"), np.array([2.0, 1.0]), np.ones((3, 2)))
    drawn = with_posterior(own.draw(1, 0, 3), posterior, own).value("decision.social")
    assert drawn.tolist() == [2.0, 1.0, 1.0]
    stated = apply(scenario, own, {"decision.social": "0.5"})
    kept = with_posterior(stated.draw(1, 0, 3), posterior, own).value("decision.social")
    assert kept.tolist() == [0.5, 0.5, 0.5]
