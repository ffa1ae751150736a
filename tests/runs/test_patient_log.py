"""The log of patients: every arrival and end is there, in the order of time, as Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np

from locum.countries import load_pack
from locum.hospital.observing import Observer
from locum.runs.hospitals.building import build, open_network
from locum.runs.hospitals.patient_log import patient_log, write_patient_log

if TYPE_CHECKING:
    from pathlib import Path


def test_the_way_of_every_patient_is_written(tmp_path: Path) -> None:
    pack = load_pack("korea")
    ledger = pack.ledger("hospital")
    values = {key: float(ledger[key].value) for key in ledger}
    few = build(pack, values, sites=(100, 101))
    network = open_network(few, seed=4, log=True).run(30.0)
    columns = patient_log(network)
    arrived = Observer(network).totals().visits("ed_arrive").sum()
    walked = (columns["event"] == "arrive") & np.char.startswith(
        columns["source"].astype(str), "walk_"
    )
    assert walked.sum() == arrived > 0
    for site in (0, 1):
        assert (np.diff(columns["hour"][columns["hospital"] == site]) >= 0.0).all()
    write_patient_log(network, tmp_path / "log.parquet")
    with duckdb.connect() as connection:
        query = "SELECT count(*) FROM read_parquet(?)"
        counted = connection.execute(query, [str(tmp_path / "log.parquet")]).fetchall()
    assert counted == [(len(columns["hour"]),)]


def test_a_log_changes_no_result() -> None:
    pack = load_pack("korea")
    ledger = pack.ledger("hospital")
    values = {key: float(ledger[key].value) for key in ledger}
    few = build(pack, values, sites=(100, 101))
    plain, told = (open_network(few, seed=4, log=log).run(30.0) for log in (False, True))
    for site in (0, 1):
        assert plain.site(site).flows.tobytes() == told.site(site).flows.tobytes()
        assert plain.site(site).tallies.tobytes() == told.site(site).tallies.tobytes()
