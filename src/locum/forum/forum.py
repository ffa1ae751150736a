"""A forum that runs day by day.

Numba is loaded when the first forum starts, so that a scenario can be read without it.
"""

from __future__ import annotations

from math import isfinite, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import BadValue, OutOfBounds, UnknownName
from locum.forum.parameters import PARAMETERS, Parameters
from locum.forum.records import (
    CONTENT,
    DRIVE,
    GROUP,
    GROUPS,
    NAMING,
    OUT,
    PLATFORM,
    POST,
    RING,
    STATE,
    USUAL,
    Board,
    Drive,
    ForumDay,
)
from locum.forum.settings import IDENTITIES, POLICIES, Platform
from locum.forum.theory import wrong_share

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from locum.forum.records import Array, Listed

__all__ = ["CHANNELS", "Forum"]

CHANNELS = ("platform", "outside")
"""Where a list appears."""
_ROOM = 32
_LISTS = -2
"""Column of the number of lists in a day's row."""
_NO_LISTS = np.empty((0, 2 + GROUPS))
_MOST_HEADS = 1e6


class Forum:
    """A forum on its way through the days; made by `start`.

    Parameters
    ----------
    parameters
        Numbers of the draw.
    platform
        Settings from the first day on.
    seed, replication
        Name the luck.
    """

    def __init__(
        self, parameters: Parameters, platform: Platform, seed: int, replication: int = 0
    ) -> None:
        from locum.forum.draws import run_key

        self.parameters = parameters
        self._memory, self._board = _board(_ROOM, _ROOM)
        self._board.key[0] = run_key(seed, replication)
        self._board.p[0] = parameters
        self._board.now[0] = _settings(parameters, platform)
        self._platform = platform
        self._run = _loop()

    @classmethod
    def start(
        cls, values: Mapping[str, float], platform: Platform, seed: int, replication: int = 0
    ) -> Self:
        """Return a forum that has been quiet for long.

        Parameters
        ----------
        values
            Assumptions of a draw by key; those called `forum.*` are used.
        platform
            Settings from the first day on.
        seed, replication
            Name the luck.

        Raises
        ------
        MissingField, BadValue, OutOfBounds
            If a number is missing, or one with which the forum cannot compute.
        """
        return cls(Parameters.read(values), platform, seed, replication)

    @property
    def platform(self) -> Platform:
        """The settings in force."""
        return self._platform

    def change(self, platform: Platform) -> None:
        """Set the platform for the days to come.

        Takedown holds for posts made from now on; retention, preservation and the law for those
        of before, too.
        """
        self._platform = platform
        self._board.now[0] = _settings(self.parameters, platform)

    def day(self, drive: Drive) -> ForumDay:
        """Let a day pass.

        Parameters
        ----------
        drive
            What happens around the forum on that day.

        Returns
        -------
        ForumDay
            What it came to.

        Raises
        ------
        OutOfBounds, UnknownName, BadValue
            If a share, a number of heads or a channel cannot be. A list must name at least ten.
        """
        out, name = self.days([drive])
        return ForumDay(*out[0].tolist(), name=tuple(name[0].tolist()))

    def days(self, drives: Sequence[Drive]) -> tuple[Array, Array]:
        """Let days pass; return what each came to.

        Returns
        -------
        out, name
            Numbers in the order of `ForumDay`, shape (D, fields but the last), and its last field,
            shape (D, GROUPS).

        Raises
        ------
        OutOfBounds, UnknownName, BadValue
            As in `day`.
        """
        given = np.array([_checked(drive) for drive in drives])
        at_work = np.array([drive.at_work for drive in drives], float)
        posted = _NO_LISTS
        if given[:, _LISTS].any():
            posted = np.array([_posted(each) for drive in drives for each in drive.lists])
        while True:
            before = self._memory.copy()
            out = np.zeros((len(given), len(ForumDay._fields) - 1))
            name = np.zeros((len(given), GROUPS))
            days = _as(given, DRIVE), at_work, posted, _as(out, OUT), name
            if not self._run(self._board, *days):
                return out, name
            self._memory[:] = before
            self._grow()

    def _grow(self) -> None:
        """Make twice the room for lists and posts."""
        old = self._board
        self._memory, self._board = _board(2 * len(old.contents), 2 * len(old.posts))
        for before, now in zip(old, self._board, strict=True):
            now[: len(before)] = before


def _loop() -> Callable[..., int]:
    """Return the loop, in which whole numbers of 64 bits overflow on purpose."""
    from locum.forum.compilation import PLAIN
    from locum.forum.kernel import run

    return np.errstate(over="ignore")(run) if PLAIN else run


def _as(table: Array, dtype: np.dtype[Any]) -> Array:
    """Return rows of numbers as records."""
    return table.view(dtype).reshape(-1)


def _board(contents: int, posts: int) -> tuple[Array, Board]:
    """Return empty tables, and the bytes in which all of them lie side by side."""
    shapes: list[tuple[Any, int]] = [
        (np.dtype(np.uint64), 1),
        (PARAMETERS, 1),
        (PLATFORM, 1),
        (STATE, 1),
        (NAMING, GROUPS),
        (CONTENT, contents),
        (np.dtype(np.float64), contents * GROUPS),
        (POST, posts),
        (np.dtype(np.float64), RING * 4),
    ]
    ends = np.cumsum([dtype.itemsize * rows for dtype, rows in shapes]).tolist()
    memory = np.zeros(ends[-1], np.uint8)
    parts = [
        memory[start:end].view(dtype)
        for start, end, (dtype, _) in zip([0, *ends], ends, shapes, strict=False)
    ]
    board = Board(*parts)
    shares, plan = board.shares.reshape(-1, GROUPS), board.plan.reshape(RING, 4)
    return memory, board._replace(shares=shares, plan=plan)


def _settings(parameters: Parameters, platform: Platform) -> tuple[float, ...]:
    """Return the settings as the loop takes them, in the order of `PLATFORM`."""
    return (
        float(POLICIES.index(platform.policy)),
        platform.latency_hours,
        platform.detection,
        wrong_share(parameters, platform),
        platform.retention_hours,
        float(IDENTITIES.index(platform.identity)),
        float(platform.evidence_preserved),
        platform.legal_reach,
        platform.outside,
        float(platform.closed),
    )


def _checked(drive: Drive) -> tuple[float, ...]:
    """Return a day's drive as the loop takes it, or refuse it."""
    for name, value in (("away", drive.away), ("call", drive.call)):
        if not 0.0 <= value <= 1.0:
            raise OutOfBounds(f"{name} of a forum's day", value, "share", 0, 1)
    counts = (*drive[3:8], drive.deletions, *drive.at_work)
    if not (min(counts) >= 0 and isfinite(sum(counts))):
        raise BadValue("a forum's day", drive, "finite numbers, none negative")
    if len(drive.at_work) != GROUPS:
        raise BadValue("heads at work on a forum's day", drive.at_work, f"{GROUPS} groups")
    return (drive.away, drive.call, *drive[3:8], float(len(drive.lists)), drive.deletions)


def _posted(listed: Listed) -> tuple[float, ...]:
    """Return a list as the loop takes it, or refuse it."""
    heads, channel, groups = listed
    if channel not in CHANNELS:
        raise UnknownName("channel of a list", channel, CHANNELS)
    if heads is not None and not GROUP <= heads <= _MOST_HEADS:
        raise OutOfBounds("heads named by a list", heads, "heads", GROUP, _MOST_HEADS)
    if not set(groups) <= set(range(GROUPS)):
        raise BadValue("groups named by a list", groups, f"numbers from 0 to {GROUPS - 1}")
    named = [float(g in (groups or range(USUAL))) for g in range(GROUPS)]
    return (nan if heads is None else heads, CHANNELS.index(channel), *named)
