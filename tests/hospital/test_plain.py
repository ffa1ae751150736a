"""The same code without compilation gives the same numbers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json
import sys
import types

# Another distribution may have installed a package of this name.
tests = sys.modules["tests"] = types.ModuleType("tests")
tests.__path__ = ["tests"]

from locum.hospital.engine import Hospital, Network
from tests.hospital.queueing import small_hospital
from tests.hospital.test_network import sender
from tests.hospital.test_semantics import preempting

figures = []
def note(network):
    for number in range(len(network)):
        site = network.site(number)
        for table in (site.flows, site.tallies):
            for column in table.dtype.names:
                figures.extend(map(float, table[column]))
        figures.extend(map(float, site.minutes))
        figures.extend(map(float, network.log(number).time))
        figures.append(float(site.state[0].events))

for handover in ("finish", "overlap", "handover", "preempt"):
    hospital = Hospital(small_hospital(handover=handover, load=1.5), 5, log=True)
    hospital.set_absence([0], 30.0, 60.0)
    note(hospital.run(100.0))
note(Hospital(preempting(), 5, log=True).run(60.0))
note(Network([sender(1, {1: 1.0}), sender(3, {0: 1.0})], 3, window=1.0, log=True).run(60.0))
print(json.dumps(figures))
"""


def figures(**environment):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        text=True,
    )
    return np.array(json.loads(done.stdout))


def test_the_engine_without_compilation_gives_the_same_numbers():
    compiled, plain = figures(), figures(NUMBA_DISABLE_JIT="1")
    assert compiled.size > 2000
    np.testing.assert_allclose(plain, compiled, rtol=1e-9, atol=1e-9)


def test_the_hash_seed_changes_no_number():
    first, second = figures(PYTHONHASHSEED="1"), figures(PYTHONHASHSEED="2")
    assert first.tobytes() == second.tobytes()
