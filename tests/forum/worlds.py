"""Forums in which only what a test is about happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from locum.forum import GROUPS, Drive, Forum, ForumDay, Listed, Parameters, Platform

if TYPE_CHECKING:
    from collections.abc import Sequence

MEMBERS = 10_000.0
SILENT: dict[str, Any] = {
    "members": MEMBERS,
    "posts_per_member": 0.0,
    "agitation": 0.0,
    "branching": 0.0,
    "reply_hours": 4.0,
    "pressure_share": 0.0,
    "protest_share": 0.0,
    "post_views": 0.0,
    "life_hours": 13.0,
    "list_views": 0.2,
    "reposts": 0.0,
    "repost_days": 20.0,
    "outside_first": 0.0,
    "copies": 0.0,
    "copies_outside": 0.0,
    "outside_views": 0.1,
    "outside_life_hours": 48.0,
    "outside_removed": 0.0,
    "outside_latency_hours": 120.0,
    "displacement": 0.0,
    "new_lists": 0.0,
    "list_share": 0.2,
    "acquaintances": 60.0,
    "memory_days": 14.0,
    "pressure_weight": 0.05,
    "discrimination": 1.8,
    "haste": 0.0,
    "review_hours": 12.0,
    "reported": 0.0,
    "report_hours": 24.0,
    "warrant_hours": 96.0,
    "outside_identified": 0.0,
    "concealment": 0.0,
    "concealment_days": 250.0,
    "recovered": 0.0,
    "arrested": 0.0,
    "arrest_days": 60.0,
    "deterrence": 0.0,
    "deterrence_days": 90.0,
    "referral_weight": 0.3,
    "chill": 0.0,
    "record_loss": 0.0,
}
"""One list has views and names people; nobody talks, copies, reports or removes."""
LIVELY: dict[str, Any] = SILENT | {
    "posts_per_member": 0.02,
    "agitation": 2.0,
    "branching": 0.6,
    "pressure_share": 0.02,
    "protest_share": 0.2,
    "post_views": 0.01,
    "reposts": 10.0,
    "outside_first": 0.4,
    "copies": 1.0,
    "copies_outside": 0.4,
    "outside_removed": 0.4,
    "displacement": 0.3,
    "new_lists": 0.02,
    "haste": 0.3,
    "reported": 0.5,
    "outside_identified": 0.2,
    "concealment": 0.3,
    "concealment_days": 30.0,
    "recovered": 0.5,
    "arrested": 0.4,
    "arrest_days": 10.0,
    "deterrence": 0.2,
    "chill": 0.4,
    "record_loss": 0.1,
}
"""Everything happens."""
AT_WORK = (1200.0,) + (0.0,) * (GROUPS - 1)


def values(numbers: dict[str, Any], **changes: Any) -> dict[str, float]:
    """Return a draw of assumptions."""
    return {f"forum.{name}": value for name, value in (numbers | changes).items()}


def forum(
    numbers: Any = SILENT,
    platform: Any = None,
    *,
    seed: Any = 5,
    replication: Any = 0,
    **changes: Any,
) -> Forum:
    platform = platform or Platform(policy="none")
    return Forum(Parameters.read(values(numbers, **changes)), platform, seed, replication)


def listed(
    day: int,
    days: int,
    heads: float = 300.0,
    *,
    count: int = 1,
    channel: str = "platform",
    **drive: Any,
) -> list[Drive]:
    """Return days on one of which lists are posted."""
    quiet = Drive(**{"at_work": AT_WORK, **drive})
    drives = [quiet] * days
    drives[day] = quiet._replace(lists=(Listed(heads, channel),) * count)
    return drives


def column(out, name):
    """Return a field of what `Forum.days` returned."""
    return out[0][:, ForumDay._fields.index(name)]


def total(out, name):
    return float(column(out, name).sum())


def mean_and_error(samples: Sequence[float]) -> tuple[float, float]:
    """Return the mean of independent samples and its standard error."""
    return float(np.mean(samples)), float(np.std(samples, ddof=1) / np.sqrt(len(samples)))


def same_bytes(first, second):
    return all(a.tobytes() == b.tobytes() for a, b in zip(first, second, strict=True))
