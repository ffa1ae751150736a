"""What takedown, detection and retention buy and cost, over draws of the assumptions.

A table of cases, for an operator or a regulator to read. Nothing here looks for a best one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from math import nan
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import BadValue
from locum.forum.forum import Forum
from locum.forum.parameters import Parameters
from locum.forum.records import GROUP, GROUPS, Drive, ForumDay, Listed
from locum.forum.settings import Platform
from locum.forum.theory import wrong_share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["MEASURES", "Case", "FrontierRow", "frontier"]

Floats: TypeAlias = NDArray[np.float64]

MEASURES = (
    "prevented",
    "exposure",
    "named",
    "wrongly_removed",
    "wrongly_removed_share",
    "identified",
)
"""What a row tells of a setting, each as median, 5 and 95 per cent over draws."""
_WITHIN = (50.0, 5.0, 95.0)


def _everyone() -> tuple[float, ...]:
    return (1000.0,) + (0.0,) * (GROUPS - 1)


@dataclass(frozen=True)
class Case:
    """The stretch of days on which settings are compared.

    Parameters
    ----------
    days
        Length.
    away, at_work
        See `Drive`; the same on all days.
    heads
        Named by one list, made known on the platform on the first day.
    platform
        Settings other than those compared.
    replications
        Runs of each draw, whose mean counts.
    """

    days: int = 60
    away: float = 0.9
    at_work: tuple[float, ...] = field(default_factory=_everyone)
    heads: float = 300.0
    platform: Platform = field(default_factory=Platform)
    replications: int = 4


class FrontierRow(NamedTuple):
    """What a setting comes to: medians over draws, and the ends of the 90 per cent interval.

    Parameters
    ----------
    latency_hours, detection, retention_hours
        The setting.
    prevented
        Share of views of lists and pressing posts that do not happen for it.
    exposure
        Mean over the days of how strongly lists weigh on those who stay, 0 to 1.
    named
        Expected heads who became known by name; NaN for fewer than ten.
    wrongly_removed
        Lawful posts taken down, a day.
    wrongly_removed_share
        Share of lawful posts near the line that are taken down.
    identified
        Authors who became known to the police, copiers included.
    """

    latency_hours: float
    detection: float
    retention_hours: float
    prevented: float
    prevented_low: float
    prevented_high: float
    exposure: float
    exposure_low: float
    exposure_high: float
    named: float
    named_low: float
    named_high: float
    wrongly_removed: float
    wrongly_removed_low: float
    wrongly_removed_high: float
    wrongly_removed_share: float
    wrongly_removed_share_low: float
    wrongly_removed_share_high: float
    identified: float
    identified_low: float
    identified_high: float


def frontier(
    draws: Sequence[Mapping[str, float]],
    latencies: Sequence[float],
    detections: Sequence[float],
    retentions: Sequence[float],
    *,
    case: Case | None = None,
    seed: int = 1,
) -> tuple[FrontierRow, ...]:
    """Return what every combination of settings comes to.

    Parameters
    ----------
    draws
        Assumptions of each draw, by key.
    latencies, retentions
        Hours.
    detections
        Shares.
    case
        The stretch of days.
    seed
        Names the luck, which is the same under every setting.

    Returns
    -------
    tuple of FrontierRow
        One for each combination; latencies vary last.

    Raises
    ------
    BadValue
        If there is no draw, or the case no day.
    MissingField, OutOfBounds
        As `Forum.start` and `Platform`.
    """
    case = case or Case()
    if not draws or case.days < 1 or case.replications < 1:
        raise BadValue("draws, days and replications", (len(draws), case.days), "at least one")
    numbers = [Parameters.read(values) for values in draws]
    free = np.array([_outcome(each, _settings(case, 0, 0, 0), case, seed) for each in numbers])
    rows: list[FrontierRow] = []
    for retention, detection, latency in product(retentions, detections, latencies):
        platform = _settings(case, latency, detection, retention)
        outcomes = np.array([_outcome(each, platform, case, seed) for each in numbers])
        views, before = outcomes[:, 0], free[:, 0]
        outcomes[:, 0] = 1 - np.divide(views, before, out=np.ones_like(views), where=before > 0)
        rows.append(_row(latency, detection, retention, outcomes))
    return tuple(rows)


def _settings(case: Case, latency: float, detection: float, retention: float) -> Platform:
    changes = {"latency_hours": latency, "detection": detection, "retention_hours": retention}
    platform = case.platform
    for what, value in changes.items():
        platform = platform.changed(what, value)
    return platform


def _outcome(parameters: Parameters, platform: Platform, case: Case, seed: int) -> Floats:
    """Return views and the other measures of a draw, means over replications, shape (6,)."""
    quiet = Drive(case.away, case.at_work)
    drives = [quiet._replace(lists=(Listed(case.heads),)), *[quiet] * (case.days - 1)]
    total = np.zeros(len(_COLUMNS))
    for replication in range(case.replications):
        out, _ = Forum(parameters, platform, seed, replication).days(drives)
        total += out[:, _COLUMNS].sum(axis=0)
    total /= case.replications
    total[[1, 3]] /= case.days
    return np.insert(total, 4, wrong_share(parameters, platform))


_COLUMNS = [
    ForumDay._fields.index(name)
    for name in ("views", "exposure", "named", "wrongly_removed", "identified")
]


def _row(latency: float, detection: float, retention: float, outcomes: Floats) -> FrontierRow:
    ends = np.percentile(outcomes, _WITHIN, axis=0).T
    named = MEASURES.index("named")
    ends[named] = np.where(ends[named] < GROUP, nan, ends[named])
    return FrontierRow(latency, detection, retention, *ends.ravel().tolist())
