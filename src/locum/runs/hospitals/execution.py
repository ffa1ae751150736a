"""Draws of a run of hospitals, side by side on threads, in order."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from typing import TYPE_CHECKING

from locum.runs.hospitals.driving import Drive, absence_in, drive

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from concurrent.futures import Future

    from locum.assumptions import Draws
    from locum.runs.hospitals.driving import Driven
    from locum.runs.hospitals.request import HospitalRequest

    Progress = Callable[[int, int], None]

__all__ = ["drives", "execute", "values_of"]

_SECONDS = 0.2
"""How often progress is told while nothing is finished."""


class _Cancelled(Exception):  # noqa: N818 - nothing went wrong
    """Ends the threads of a run that nobody waits for any more."""


def values_of(draws: Draws, draw: int, year: int) -> dict[str, float]:
    """Return the numbers of one draw by key; rules are left out.

    Parameters
    ----------
    draws
        All of them.
    draw
        Position of the one wanted.
    year
        In which values that change with the years are taken.
    """
    return {
        key: float(draws.path(key, [year])[draw, 0])
        for key, each in draws.assumptions.items()
        if each.unit != "rule"
    }


def drives(request: HospitalRequest) -> list[Drive]:
    """Return what each draw of a request runs, on as many threads as are its share.

    Raises
    ------
    InputError
        If the readings of who is away cannot be used.
    """
    absence_in(request.scenario, request.pack)
    draws = request.draw()
    threads = max(1, _workers(request) // request.draws)
    year = request.scenario.start.year
    return [
        Drive(
            request.scenario,
            request.pack,
            values_of(draws, draw, year),
            request.seed,
            replication=draw,
            sites=request.sites,
            threads=threads,
        )
        for draw in range(request.draws)
    ]


def _workers(request: HospitalRequest) -> int:
    return request.workers or os.cpu_count() or 1


class _Crew:
    """The draws of a run and how far each of them is."""

    def __init__(self, asked: Sequence[Drive], days: int) -> None:
        self._asked, self._days = asked, days
        self._done = [0] * len(asked)
        self._cancelled = Event()

    def run(self, draw: int) -> Driven:
        """Run one of them, in any thread."""

        def tick(day: int) -> None:
            self._done[draw] = day + 1
            if self._cancelled.is_set():
                raise _Cancelled

        return drive(self._asked[draw], tick)

    def tell(self, progress: Progress | None) -> None:
        """Tell the days that are done, and those in all."""
        if progress is not None:
            progress(sum(self._done), self._days * len(self._asked))

    def stop(self) -> None:
        """Let every thread stop at the end of the day that it is in."""
        self._cancelled.set()


def execute(
    request: HospitalRequest, progress: Progress | None = None
) -> Generator[Driven, None, None]:
    """Run the draws of a request; yields each as it is done, in their order.

    Only a few of them are held at a time: those that run, and those that wait for their turn.

    Parameters
    ----------
    request
        What to run.
    progress
        Called with the days simulated and those in all, from the calling thread.

    Raises
    ------
    InputError
        If a table or an assumption cannot be used.
    ModelError
        If the model breaks its own law.
    """
    crew = _Crew(drives(request), request.scenario.days)
    workers = min(_workers(request), request.draws)
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Driven]] = deque()
        try:
            for draw in range(request.draws):
                waiting.append(pool.submit(crew.run, draw))
                if len(waiting) > workers:
                    yield _first_of(waiting, lambda: crew.tell(progress))
            while waiting:
                yield _first_of(waiting, lambda: crew.tell(progress))
        except BaseException:
            crew.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _first_of(waiting: deque[Future[Driven]], tell: Callable[[], None]) -> Driven:
    """Wait for the draw whose turn it is, telling progress meanwhile."""
    first = waiting[0]
    while not first.done():
        tell()
        wait([first], timeout=_SECONDS)
    tell()
    return waiting.popleft().result()
