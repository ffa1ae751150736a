"""Times of tasks that take turns, and of whole processes."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True)
class Times:
    """Seconds of every repeat of a task, for a number of units of work in each."""

    cpu: tuple[float, ...]
    wall: tuple[float, ...]
    units: float = 1.0

    @property
    def best(self) -> float:
        """Return the least CPU time of a unit: what the work costs when nobody disturbs."""
        return min(self.cpu) / self.units

    @property
    def median(self) -> float:
        """Return the median CPU time of a unit."""
        return median(self.cpu) / self.units

    @property
    def best_wall(self) -> float:
        """Return the least wall time of a unit."""
        return min(self.wall) / self.units


def once(task: Callable[[], object]) -> tuple[float, float]:
    """Return the CPU and wall seconds of a task in this process, all threads together."""
    cpu, wall = time.process_time(), time.perf_counter()
    task()
    return time.process_time() - cpu, time.perf_counter() - wall


def take_turns(
    tasks: Mapping[str, tuple[Callable[[], object], float]], rounds: int
) -> dict[str, Times]:
    """Time tasks, each with its units of work, in turns, so that a busy spell hits them all."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, (task, _units) in tasks.items():
            seen[name].append(once(task))
    return {
        name: Times(*map(tuple, zip(*pairs, strict=True)), units=tasks[name][1])
        for name, pairs in seen.items()
    }


def process_times(command: Sequence[str], repeats: int, **variables: str) -> Times:
    """Time a whole process, its start and its imports included, from the second start on."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    seen = [_one_process(command, environment | variables) for _ in range(repeats + 1)][1:]
    return Times(*map(tuple, zip(*seen, strict=True)))


def _one_process(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    wall = time.perf_counter() - wall
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, wall


def peak_megabytes() -> float:
    """Return the most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
