"""Numbers of one draw by which the forum runs (assumptions `forum.*`)."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, NamedTuple

from locum.errors import BadValue, MissingField, OutOfBounds
from locum.forum.records import floats

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

__all__ = ["PARAMETERS", "Parameters"]


class Parameters(NamedTuple):
    """How members post and read, and what police and operator can do.

    Parameters
    ----------
    members
        Verified members (heads).
    posts_per_member
        Posts a day of a member, replies apart, in quiet times.
    agitation
        Relative rise of these when everyone is called or away.
    branching
        Replies that a post brings forth, directly (Hawkes branching ratio).
    reply_hours
        Mean time to a reply.
    pressure_share
        Share of posts that press those who stay, when everyone is away.
    protest_share
        Share of posts that protest lawfully and may be taken for one that presses.
    post_views
        Views of an ordinary post in its life, over members.
    life_hours
        Mean age at which a post on the platform is viewed.
    list_views
        Views of one post of a list in its life, over members.
    reposts
        Times that the author of a list posts it again.
    repost_days
        Mean time after which.
    outside_first
        Share of these that go to channels outside at once.
    copies
        Copies to channels outside that a post on the platform brings forth in its life.
    copies_outside
        The same of a post outside.
    outside_views
        Views by members of one post outside in its life, over members.
    outside_life_hours
        Mean age at which a post outside is viewed.
    outside_removed
        Share of posts outside that are taken down where the law reaches.
    outside_latency_hours
        Mean time until then.
    displacement
        Share of posts that appear outside because they were taken down or the platform is shut.
    new_lists
        Lists a day beyond those of the scenario, when everyone is away.
    list_share
        Share of those at work whom such a list names.
    acquaintances
        Members who would know a named person.
    memory_days
        Time after which seeing a list weighs 1/e.
    pressure_weight
        Weight of a view of a post that presses over one of a list.
    discrimination
        Distance between lawful and other posts for a careful reviewer, in standard deviations.
    haste
        Share of it lost by deciding at once.
    review_hours
        Time to decide in which that loss falls to 1/e.
    reported
        Share of posts of a list that somebody reports to the police.
    report_hours, warrant_hours
        Mean time to that report, and from there to a warrant that is served.
    outside_identified
        Share of authors on channels outside who can be found where the law reaches.
    concealment
        Chance that staff hide author data when they are asked for.
    concealment_days
        Mean time until that comes to light.
    recovered
        Share of hidden data that can be recovered then.
    arrested
        Share of authors known to the police who are arrested.
    arrest_days
        Mean time until then.
    deterrence
        Fall of the logarithm of lists and pressing posts for one arrest.
    deterrence_days
        Time after which an arrest weighs 1/e.
    referral_weight
        Weight of a referral to prosecutors over an arrest.
    chill
        Share of posts that protest, press or name which are not written under one's own name.
    record_loss
        Share of records that those lose who leave after seeing a post that urges it.
    """

    members: float
    posts_per_member: float
    agitation: float
    branching: float
    reply_hours: float
    pressure_share: float
    protest_share: float
    post_views: float
    life_hours: float
    list_views: float
    reposts: float
    repost_days: float
    outside_first: float
    copies: float
    copies_outside: float
    outside_views: float
    outside_life_hours: float
    outside_removed: float
    outside_latency_hours: float
    displacement: float
    new_lists: float
    list_share: float
    acquaintances: float
    memory_days: float
    pressure_weight: float
    discrimination: float
    haste: float
    review_hours: float
    reported: float
    report_hours: float
    warrant_hours: float
    outside_identified: float
    concealment: float
    concealment_days: float
    recovered: float
    arrested: float
    arrest_days: float
    deterrence: float
    deterrence_days: float
    referral_weight: float
    chill: float
    record_loss: float

    @classmethod
    def read(cls, values: Mapping[str, float]) -> Self:
        """Return the numbers of one draw.

        Parameters
        ----------
        values
            Assumptions by key; those called `forum.*` are used.

        Raises
        ------
        MissingField
            If the draw lacks one of them.
        BadValue, OutOfBounds
            If the forum cannot compute with a number.
        """
        numbers: list[float] = []
        for name in cls._fields:
            key = f"forum.{name}"
            if key not in values:
                raise MissingField("draw of assumptions", key)
            numbers.append(_number(key, values[key], *_bounds(name)))
        return cls(*numbers)


PARAMETERS = floats(*Parameters._fields)

_SHARES = (
    "pressure_share",
    "protest_share",
    "outside_first",
    "outside_removed",
    "displacement",
    "list_share",
    "haste",
    "reported",
    "outside_identified",
    "concealment",
    "recovered",
    "arrested",
    "chill",
    "record_loss",
)
_TIMES = (
    "reply_hours",
    "life_hours",
    "repost_days",
    "outside_life_hours",
    "outside_latency_hours",
    "memory_days",
    "review_hours",
    "report_hours",
    "warrant_hours",
    "concealment_days",
    "arrest_days",
    "deterrence_days",
)
_BOUNDS = {
    "members": (10.0, 1e8),
    "posts_per_member": (0.0, 100.0),
    "branching": (0.0, 0.99),
    "copies": (0.0, 100.0),
    "copies_outside": (0.0, 0.99),
    "reposts": (0.0, 1000.0),
    "new_lists": (0.0, 10.0),
}


def _bounds(name: str) -> tuple[float, float]:
    """Return what the forum can compute with."""
    if name in _SHARES:
        return 0.0, 1.0
    if name in _TIMES:
        return 0.01, 1e6
    return _BOUNDS.get(name, (0.0, inf))


def _number(key: str, value: float, low: float, high: float) -> float:
    number = float(value)
    if not isfinite(number):
        raise BadValue(key, value, "a finite number")
    if not low <= number <= high:
        raise OutOfBounds(key, number, "", low, high)
    return number
