"""Draws of a run of a standoff, side by side on threads, in order."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from locum.runs.standoff.driving import Drive, drive

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from concurrent.futures import Future

    from locum.runs.standoff.driving import Driven

    Progress = Callable[[int, int], None]

__all__ = ["Job", "execute"]

_SECONDS = 0.2
"""How often progress is told while nothing is finished."""
_Kept = TypeVar("_Kept")


class _Cancelled(Exception):  # noqa: N818 - nothing went wrong
    """Ends the threads of a run that nobody waits for any more."""


@dataclass(frozen=True)
class Job:
    """A draw to run.

    Parameters
    ----------
    name
        Of the variant: "" for the scenario itself.
    draw
        Number of the draw.
    drive
        What is driven.
    """

    name: str
    draw: int
    drive: Drive


class _Crew:
    """The draws of a run and how far each of them is."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._days = sum(job.drive.days for job in jobs)
        self._done = [0] * len(jobs)
        self._cancelled = Event()

    def run(self, place: int, keep: Callable[[Job, Driven], _Kept]) -> _Kept:
        """Run one of them, in any thread, and keep what is wanted of it."""

        def tick(day: int) -> None:
            self._done[place] = day + 1
            if self._cancelled.is_set():
                raise _Cancelled

        job = self._jobs[place]
        return keep(job, drive(job.drive, tick))

    def tell(self, progress: Progress | None) -> None:
        """Tell the days that are done, and those in all."""
        if progress is not None:
            progress(sum(self._done), self._days)

    def stop(self) -> None:
        """Let every thread stop at the end of the day that it is in."""
        self._cancelled.set()


def execute(
    jobs: Sequence[Job],
    keep: Callable[[Job, Driven], _Kept],
    workers: int | None = None,
    progress: Progress | None = None,
) -> Generator[tuple[Job, _Kept], None, None]:
    """Run jobs; yields each, with what is kept of it, in their order.

    Only a few of them are held at a time: those that run, and those that wait for their turn.

    Parameters
    ----------
    jobs
        What to run.
    keep
        Called in the thread of a job with what came of it.
    workers
        Threads; by default one per core. No result depends on it.
    progress
        Called with the days simulated and those in all, from the calling thread.

    Raises
    ------
    InputError
        If a table or an assumption cannot be used.
    ModelError
        If the model breaks its own law.
    """
    crew = _Crew(jobs)
    threads = min(workers or os.cpu_count() or 1, max(len(jobs), 1))
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[tuple[int, Future[_Kept]]] = deque()
        try:
            for place in range(len(jobs)):
                waiting.append((place, pool.submit(crew.run, place, keep)))
                if len(waiting) > threads:
                    yield _first_of(jobs, waiting, lambda: crew.tell(progress))
            while waiting:
                yield _first_of(jobs, waiting, lambda: crew.tell(progress))
        except BaseException:
            crew.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _first_of(
    jobs: Sequence[Job], waiting: deque[tuple[int, Future[_Kept]]], tell: Callable[[], None]
) -> tuple[Job, _Kept]:
    """Wait for the draw whose turn it is, telling progress meanwhile."""
    place, first = waiting[0]
    while not first.done():
        tell()
        wait([first], timeout=_SECONDS)
    tell()
    waiting.popleft()
    return jobs[place], first.result()
