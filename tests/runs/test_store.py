"""A run on disk is whole or not there, and its manifest repeats it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import xarray as xr

from locum.errors import BadValue, InputError, MissingFile, UnitMismatch
from locum.runs import default_folder, execute, request_from_manifest, store_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.runs import Run

FILES = {
    "assumptions.json",
    "manifest.json",
    "report.html",
    "results.zarr",
    "scenario.yaml",
    "summary.parquet",
}


def write_report(run: Run, path: Path) -> None:
    path.write_text(f"<title>{run.scenario.title}</title>", encoding="utf-8")


def fail(run: Run, path: Path) -> None:
    path.write_text(run.scenario.title, encoding="utf-8")
    raise RuntimeError("the disk is full")


@pytest.fixture
def run(ask: Callable[..., Any]) -> Run:
    return execute(ask(draws=3))


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    return store_run(run, tmp_path / "runs" / "one", write_report)


def test_a_run_has_all_its_files(folder: Path):
    assert {path.name for path in folder.iterdir()} == FILES


def test_the_manifest_holds_the_digest_of_every_other_file(folder: Path):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert manifest["files"] == found


def test_arrays_come_back_as_they_were(run: Run, folder: Path):
    with xr.open_zarr(folder / "results.zarr", consolidated=False) as stored:
        xr.testing.assert_identical(stored.load(), run.dataset)


def test_a_failing_report_leaves_nothing_behind(run: Run, tmp_path: Path):
    target = tmp_path / "runs" / "two"
    target.parent.mkdir()
    with pytest.raises(RuntimeError, match="disk is full"):
        store_run(run, target, fail)
    assert list(target.parent.iterdir()) == []


def test_a_failing_report_leaves_the_earlier_run_alone(run: Run, folder: Path):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    with pytest.raises(RuntimeError, match="disk is full"):
        store_run(run, folder, fail)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_an_identical_run_takes_the_place_of_the_earlier_one(run: Run, folder: Path):
    again = store_run(run, folder, write_report)
    assert again == folder
    assert {path.name for path in folder.parent.iterdir()} == {folder.name}


def test_runs_go_below_a_folder_of_their_own(run: Run):
    assert default_folder(run).parent == Path("locum-runs")
    assert default_folder(run).name.startswith(f"{run.scenario.name}-")


def test_a_place_where_nothing_can_be_written_is_an_input_error(run: Run, tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot write here"):
        store_run(run, tmp_path / "file" / "run", write_report)


@pytest.mark.parametrize("sets", [{}, {"exit.rule": "share_65", "choice.income": "1.5"}])
def test_a_manifest_repeats_its_run_exactly(
    ask: Callable[..., Any], tmp_path: Path, sets: dict[str, str]
):
    run = execute(ask(draws=3, seed=7, sets=sets, more="assumptions: {student.repeat: 0.05}\n"))
    one = store_run(run, tmp_path / "one", write_report)
    again = execute(request_from_manifest(one / "manifest.json"))
    two = store_run(again, tmp_path / "two", write_report)
    assert (one / "manifest.json").read_bytes() == (two / "manifest.json").read_bytes()
    for name, variable in run.dataset.data_vars.items():
        np.testing.assert_array_equal(variable, again.dataset[name], err_msg=str(name))


def test_a_manifest_names_what_decides_the_result_and_nothing_else(ask: Callable[..., Any]):
    one, other = execute(ask(draws=3)), execute(ask(draws=3, workers=2, batch=1))
    assert one.manifest == other.manifest
    assert one.manifest["id"] != execute(ask(draws=3, seed=1)).manifest["id"]
    assert one.manifest["engine"] == "numba"


def changed(folder: Path, **fields: Any) -> Path:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | fields), encoding="utf-8")
    return path


def test_a_manifest_of_another_state_of_the_pack_is_refused(folder: Path):
    pack = {"name": "korea", "version": "0", "digest": "0" * 64}
    with pytest.raises(InputError, match="cannot be repeated exactly"):
        request_from_manifest(changed(folder, pack=pack))


def test_a_manifest_with_words_for_numbers_is_refused(folder: Path):
    with pytest.raises(InputError, match="whole numbers"):
        request_from_manifest(changed(folder, draws="many"))


def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path):
    path = tmp_path / "manifest.json"
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="not the manifest of a run"):
        request_from_manifest(path)


def test_a_missing_manifest_is_refused(tmp_path: Path):
    with pytest.raises(MissingFile, match=r"manifest\.json"):
        request_from_manifest(tmp_path / "manifest.json")


@pytest.mark.parametrize(
    ("given", "what"),
    [({"draws": 0}, "draws"), ({"draws": 10**9}, "draws"), ({"workers": 0}, "workers")],
)
def test_a_request_for_nothing_is_refused(ask: Callable[..., Any], given: Any, what: str):
    with pytest.raises(BadValue, match=what):
        ask(**given)


def test_a_gap_of_unlike_units_is_refused(ask: Callable[..., Any]):
    with pytest.raises(UnitMismatch, match="fte"):
        execute(ask(draws=1, sets={"gap.supply_unit": "fte"}))


def test_progress_counts_to_all_draws(ask: Callable[..., Any]):
    seen: list[tuple[int, int]] = []
    execute(ask(draws=7, batch=3), progress=lambda done, total: seen.append((done, total)))
    # The interruption doubles the work: a run without it says who is missing.
    assert seen[-1] == (14, 14)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
