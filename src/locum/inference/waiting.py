"""How long a decision can wait: the latest first class with which a path may still begin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from locum.scenarios import SeatChange
from locum.workforce.records import STUDY_YEARS

if TYPE_CHECKING:
    from locum.inference.futures import Futures, SeatPath, Structure
    from locum.inference.scores import Floats

__all__ = ["Judge", "Wait", "delayed", "first_change", "latest_start", "only_kept"]


class Judge(Protocol):
    """What is lost in a future, up to when, and how much of need waiting may cost."""

    @property
    def waiting(self) -> float:
        """Return the share of need over the horizon that waiting may cost."""
        ...

    @property
    def horizon(self) -> tuple[int, int]:
        """Return the first and the last year of losses."""
        ...

    @property
    def draws(self) -> int:
        """Return the draws of a choice."""
        ...

    def loss(self, futures: Futures) -> Floats:
        """Return the loss of every future (F,)."""
        ...


@dataclass(frozen=True)
class Wait:
    """The last entry class with which a path may begin, or None; and why."""

    year: int | None
    reason: str


def only_kept(year: int, places: int) -> SeatPath:
    """Return a path that keeps the same places from a year on."""
    return (SeatChange(year, places),)


def first_change(path: SeatPath, kept: SeatPath) -> int | None:
    """Return the first year in which a path has other places than those kept; None if never."""
    same = (kept[0].total, kept[0].bonded)
    return next((each.year for each in path if (each.total, each.bonded) != same), None)


def delayed(path: SeatPath, kept: SeatPath, years: int) -> SeatPath:
    """Return a path whose changes come later; until then the places are kept."""
    first = first_change(path, kept)
    if first is None or years == 0:
        return path
    moved = (replace(each, year=each.year + years) for each in path if each.year >= first)
    return (*kept, *moved)


def latest_start(
    structure: Structure, path: SeatPath, kept: SeatPath, judge: Judge, *, better: bool
) -> Wait:
    """Return the last entry class with which a path may begin.

    A path is started a year later at a time. Waiting is tolerable as long as the mean loss over
    futures exceeds that of the path begun on time by no more than the tolerated share of the
    doctor-years needed over the horizon, and is less than that of keeping the places.

    Parameters
    ----------
    structure
        Under whose assumptions.
    path, kept
        Places of the path, and as they are.
    judge
        What is lost, and what waiting may cost.
    better
        Whether the path, begun on time, loses less than keeping the places.

    Returns
    -------
    Wait
        Year None if the path keeps the places, if keeping them loses less, or if no delay within
        the horizon costs too much.
    """
    first = first_change(path, kept)
    if first is None:
        return Wait(None, "this path keeps the places as they are")
    if not better:
        return Wait(None, "keeping the places as they are loses less here")
    draws, end = min(structure.few, judge.draws), judge.horizon[1]

    def mean_loss(tried: SeatPath) -> float:
        return float(judge.loss(structure.project(tried, draws, end)).mean())

    on_time = structure.project(path, draws, end)
    inside = (on_time.years >= judge.horizon[0]) & (on_time.years <= end)
    tolerated = judge.waiting * float(on_time.need[:, inside].sum(axis=1).mean())
    at_once, never = float(judge.loss(on_time).mean()), mean_loss(kept)
    for later in range(first + 1, end - STUDY_YEARS + 1):
        lost = mean_loss(delayed(path, kept, later - first))
        start = f"beginning with the class of {later} instead of {first}"
        if lost - at_once > tolerated:
            cost = f"loses {lost - at_once:,.0f} weighted doctor-years more"
            return Wait(later - 1, f"{start} {cost}; {tolerated:,.0f} are tolerated")
        if lost >= never:
            return Wait(later - 1, f"{start} is no better than keeping the places as they are")
    return Wait(None, "within this horizon no delay costs more than is tolerated")
