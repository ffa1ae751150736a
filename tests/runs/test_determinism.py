"""Same seed, same bytes, whatever the order of hashing, the batches and the threads."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from locum.assumptions import Assumption, Ledger, Normal
from locum.runs import execute

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from locum.runs import Run

DRAWS = 60


def contents(run: Run) -> dict[str, bytes]:
    """Bytes of every array of a run."""
    return {
        str(name): np.ascontiguousarray(run.dataset[name].values).tobytes()
        for name in run.dataset.data_vars
    }


def differing(one: Run, other: Run) -> list[str]:
    """Names of the arrays that are not the same to the last bit."""
    first, second = contents(one), contents(other)
    return sorted(name for name in first | second if first.get(name) != second.get(name))


@pytest.fixture
def whole(ask: Callable[..., Any]) -> Run:
    """One batch in one thread."""
    return execute(ask(draws=DRAWS, batch=100))


@pytest.mark.parametrize("batch", [1, 7, 25])
def test_the_size_of_batches_changes_no_bit(ask: Callable[..., Any], whole: Run, batch: int):
    assert differing(execute(ask(draws=DRAWS, batch=batch)), whole) == []


@pytest.mark.parametrize("workers", [2, 3])
def test_the_number_of_threads_changes_no_bit(ask: Callable[..., Any], whole: Run, workers: int):
    assert differing(execute(ask(draws=DRAWS, batch=7, workers=workers)), whole) == []


def test_the_same_request_twice_gives_the_same_bytes(ask: Callable[..., Any]):
    assert differing(execute(ask(draws=3)), execute(ask(draws=3))) == []


def test_another_seed_gives_other_draws_but_the_same_centre(ask: Callable[..., Any]):
    one, other = execute(ask(draws=3)).dataset, execute(ask(draws=3, seed=1)).dataset
    np.testing.assert_array_equal(one.supply_total[0], other.supply_total[0])
    assert (one.supply_total[1:, -1] != other.supply_total[1:, -1]).all()


def test_more_draws_leave_the_first_ones_as_they_were(ask: Callable[..., Any]):
    few, many = execute(ask(draws=4)), execute(ask(draws=9))
    for name, variable in few.dataset.data_vars.items():
        if "draw" in variable.dims:
            longer = many.dataset[name].isel(draw=slice(4))
            np.testing.assert_array_equal(variable, longer, err_msg=str(name))


def folder_digest(folder: Path) -> dict[str, str]:
    """Digest of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_stored_files_are_the_same_under_two_hash_seeds_and_thread_counts(
    short: Callable[..., Path], tmp_path: Path
):
    scenario = short()
    digests = []
    for hash_seed, workers in (("1", "1"), ("2", "2")):
        folder = tmp_path / f"hash{hash_seed}"
        command = [sys.executable, "-c", "from locum.cli import main; main()", "run"]
        options = ["--draws", "30", "--workers", workers, "--quiet", "--out", str(folder)]
        subprocess.run(
            [*command, str(scenario), *options],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
        digests.append(folder_digest(folder))
    assert digests[0] == digests[1]
    assert {"manifest.json", "report.html", "summary.parquet"} <= set(digests[0])


def test_a_new_assumption_changes_no_draw_of_the_others(ask: Callable[..., Any]):
    request = ask(draws=3)
    extra = Assumption(
        key="test.extra",
        value=0.0,
        unit="coefficient",
        prior=Normal(0.0, 1.0),
        source="project",
        grade="assumed",
        holder="a test",
        note="Nothing reads it.",
    )
    ledger = request.ledger
    longer = Ledger([extra, *ledger.values()], ledger.correlations)
    assert differing(execute(request), execute(ask(draws=3, ledger=longer))) == []


def test_fixing_an_assumption_changes_no_draw_of_the_others(ask: Callable[..., Any]):
    plain = ask().ledger
    fixed = plain.fixed("exit.emigration", 0.0)
    one, other = plain.draw(0, 0, 50), fixed.draw(0, 0, 50)
    for key in plain:
        if key == "exit.emigration" or plain[key].unit == "rule" or plain[key].dated:
            continue
        np.testing.assert_array_equal(one.value(key), other.value(key), err_msg=key)


def test_two_scenarios_share_their_draws(ask: Callable[..., Any]):
    base = execute(ask("korea-baseline", end=2032, draws=12)).dataset
    more = execute(ask("korea-2000-seats", end=2032, draws=12)).dataset
    early = slice(2022, 2030)
    for name in ("supply", "need", "income", "fund_load"):
        one, other = base[name].sel(year=early), more[name].sel(year=early)
        assert one.values.tobytes() == other.values.tobytes(), name


def test_common_draws_make_the_difference_surer_than_the_parts(ask: Callable[..., Any]):
    base = execute(ask("korea-baseline", end=2040, draws=40)).dataset.supply_total[:, -1]
    more = execute(ask("korea-2000-seats", end=2040, draws=40)).dataset.supply_total[:, -1]
    apart = float(base.var()) + float(more.var())
    assert float((more - base).var()) < 0.2 * apart
