"""What the forum is told, what it tells, and the tables that its compiled loop reads and writes.

Posts are rows: of a list that names those who stayed, or of a post that urges the deletion of
records. Times are in hours; the age of a post counts from the hour in which it was made.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

__all__ = [
    "CONTENT",
    "DRIVE",
    "GROUP",
    "GROUPS",
    "NAMING",
    "OUT",
    "PLATFORM",
    "POST",
    "RING",
    "STATE",
    "Array",
    "Board",
    "Drive",
    "ForumDay",
    "Listed",
    "Whole",
]

Array: TypeAlias = Any
"""A NumPy array or record; in compiled code, the same arrays."""
Whole: TypeAlias = Any
"""A whole number: of Python, or of NumPy when it came from an array."""

GROUP = 10.0
"""Fewest heads of whom anything is said."""
GROUPS = 4
"""Groups of those at work whom lists name apart: trainees, students, professors, community
doctors."""
USUAL = 2
"""A list that does not say names the first so many of them."""
HOURS = 24
RING = 1024
"""Hours for which a removal is planned ahead; a later one comes when nobody looks any more."""
FULL = 1
"""What the loop returns when it needs more room; what it has written is to be thrown away."""

NONE, REPORTS, SCREENING = range(3)
ANONYMOUS, VERIFIED, NAMED = range(3)
HERE, OUTSIDE = range(2)
NAMES, DELETION = range(2)
"""Kinds of content: a list that names people, a post that urges the deletion of records."""
AUTHOR, COPIER = range(2)
"""Who posted: whoever made the content, or somebody who copied it."""
OPEN, HIDDEN, CAUGHT, CLOSED = range(4)
"""Stage of an inquiry into a post: possible, its data concealed, its author known, over."""


class Listed(NamedTuple):
    """A list made known by the scenario (see `Drive.lists`)."""

    heads: float | None
    channel: str = "platform"
    groups: tuple[int, ...] = ()


class Drive(NamedTuple):
    """What happens around the forum on a day.

    Parameters
    ----------
    away
        Share of those it concerns who take part, 0 to 1.
    at_work
        Heads whom a list can name, of each of the `GROUPS`.
    call
        How strongly a collective calls, 0 to 1.
    raids, warrants, arrests, referrals, sentences
        What police and courts do that day; warrants for so many posts.
    lists
        Heads named, channel ("platform" or "outside") and groups of each list made known that
        day. Heads are None where nobody counted them; without groups it names the first `USUAL`.
    deletions
        Posts made that day which urge the deletion of records.
    """

    away: float = 0.0
    at_work: tuple[float, ...] = (0.0,) * GROUPS
    call: float = 0.0
    raids: int = 0
    warrants: int = 0
    arrests: int = 0
    referrals: int = 0
    sentences: int = 0
    lists: tuple[Listed, ...] = ()
    deletions: int = 0


class ForumDay(NamedTuple):
    """What a day on the forum came to.

    Parameters
    ----------
    posts
        Posts made by members on the platform, lists apart.
    lists_live
        Posts of lists that can be seen at the end of the day, outside channels included.
    views
        Views of lists and of posts that press those who stay.
    reach
        Share of members who saw one of these: 1 - exp(-views / members).
    exposure
        How strongly lists weigh on those who stay, 0 to 1, with a memory.
    named
        Expected heads who became known by name as having stayed, among those at work; 0 or at
        least 10 of a group.
    removed
        Posts taken down that pressed or named (expected, for those that press).
    wrongly_removed
        Lawful posts taken down (expected).
    silenced
        Lawful posts not written because readers would see the author's name (expected).
    copies_outside
        Posts of content that appeared on channels outside.
    identified
        Authors who became known to the police.
    arrests
        Authors arrested, those whom the scenario tells of included.
    concealed
        Posts whose author data the operator's staff hid.
    uncovered
        1 on a day on which such hiding came to light.
    record_loss
        Share of hospital records lost so far, 0 to 1.
    name
        Chance that one at work who was not named before was named, of each of the `GROUPS`.
    """

    posts: float
    lists_live: float
    views: float
    reach: float
    exposure: float
    named: float
    removed: float
    wrongly_removed: float
    silenced: float
    copies_outside: float
    identified: float
    arrests: float
    concealed: float
    uncovered: float
    record_loss: float
    name: tuple[float, ...]


def _record(*fields: tuple[str, str]) -> np.dtype[Any]:
    """Return a dtype whose rows answer to their fields' names in Python too."""
    return np.dtype((np.record, np.dtype(list(fields), align=True)))


def floats(*names: str) -> np.dtype[Any]:
    return _record(*((name, "f8") for name in names))


OUT = floats(*ForumDay._fields[:-1])
DRIVE = floats(*(name for name in Drive._fields if name != "at_work"))
"""`lists` is the number of lists; heads at work and lists stand apart."""
PLATFORM = floats(
    "policy",
    "latency",
    "detection",
    "wrong",
    "retention",
    "identity",
    "preserved",
    "legal_reach",
    "outside",
    "closed",
)
STATE = _record(
    ("day", "i8"),
    ("hour", "i8"),
    ("contents", "i8"),
    ("posts", "i8"),
    ("hidden", "i8"),
    ("made", "i8"),
    ("excitation", "f8"),
    ("seen", "f8"),
    ("gone", "f8"),
    ("spared", "f8"),
    ("memory", "f8"),
    ("deterrence", "f8"),
    ("brewing", "f8"),
    ("next_list", "f8"),
    ("highest_away", "f8"),
    ("record_loss", "f8"),
)
NAMING = floats("told")
"""Of a group: the share named, as far as anything was said of it."""
CONTENT = _record(
    ("ident", "u8"),
    ("kind", "i8"),
    ("age", "f8"),
    ("views", "f8"),
    ("posted", "f8"),
    ("next_post", "f8"),
    ("children", "i8"),
    ("caught", "i8"),
    ("silent", "i8"),
)
POST = _record(
    ("ident", "u8"),
    ("content", "i8"),
    ("where", "i8"),
    ("by", "i8"),
    ("stage", "i8"),
    ("live", "i8"),
    ("preserved", "i8"),
    ("children", "i8"),
    ("age", "f8"),
    ("left", "f8"),
    ("views", "f8"),
    ("next_copy", "f8"),
    ("removed", "f8"),
    ("reported", "f8"),
    ("warrant", "f8"),
    ("arrest", "f8"),
)


class Board(NamedTuple):
    """The tables of a forum, as compiled code takes them.

    Parameters
    ----------
    key
        Names the luck of the run, shape (1,).
    p, now
        Parameters and settings, shape (1,).
    s
        What is one number each, shape (1,).
    naming
        Who was named, shape (GROUPS,).
    contents, shares, posts
        Lists, the share of each group that they name (lists, GROUPS), and their posts; the first
        `s.contents` and `s.posts` rows are used.
    plan
        What removal will take from, and spare of, the views of posts that press, by hour: of the
        views of that hour taken, of those after it taken, and the same spared; shape (RING, 4).
    """

    key: Array
    p: Array
    now: Array
    s: Array
    naming: Array
    contents: Array
    shares: Array
    posts: Array
    plan: Array
