"""What a model of a hospital declares, as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from locum.errors import InputError, OutOfBounds, Place
from locum.hospital.records import ATTRIBUTES, MAX_CLASSES, WEEK_HOURS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.hospital.stations import Rate, Shift, Step

__all__ = ["MAX_SKILLS", "Call", "Clinicians", "Declared", "Guard", "Source"]

MAX_SKILLS = 62
"""A skill is a bit of a number of 64 bits with a sign."""


@dataclass(frozen=True)
class Clinicians:
    """Alike clinicians of a pool."""

    pool: str
    count: int
    grade: int = 0
    skills: tuple[str, ...] = ()
    roster: str = "always"
    weekly_cap: float = inf


@dataclass(frozen=True)
class Guard:
    """A published number and the threshold it is compared with."""

    watches: str
    what: str | None
    at_least: bool
    threshold: float


@dataclass(frozen=True)
class Source:
    """Where patients come from."""

    rate: Rate
    classes: Mapping[str, float]
    entry: str
    stream: str
    span: tuple[float, float]


@dataclass(frozen=True)
class Call:
    """A regular call of patients from a list.

    Parameters
    ----------
    list
        Name of the list.
    to
        Label where the called go on, holding one unit of the resource if one is named.
    quota
        At most so many at a time.
    resource, reserve
        Called only while more than `reserve` units are free, and nobody waits for one.
    first, period
        Hours.
    weekdays
        0 is Monday.
    """

    list: str
    to: str
    quota: int
    resource: str | None = None
    reserve: int = 0
    first: float = 7.0
    period: float = 24.0
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


class Declared:
    """Stations, sources and steps by name; `Assembler` fills them in.

    Parameters
    ----------
    name, classes, attributes
        As of the assembler.

    Raises
    ------
    InputError
        If there is no class, there are too many classes or attributes, or two of one name.
    """

    def __init__(self, name: str, classes: Sequence[str], attributes: Sequence[str] = ()) -> None:
        self.name = name
        self.classes = tuple(classes)
        self.attributes = tuple(attributes)
        if not 1 <= len(self.classes) <= MAX_CLASSES:
            raise OutOfBounds("number of classes", len(classes), "", 1, MAX_CLASSES, self.at())
        if len(self.attributes) > ATTRIBUTES:
            count = len(self.attributes)
            raise OutOfBounds("number of attributes", count, "", 0, ATTRIBUTES, self.at())
        for kind, names in (("class", self.classes), ("attribute", self.attributes)):
            for place, each in enumerate(names):
                if each in names[:place]:
                    raise InputError(f"the {kind} {each!r} is there already", self.at(each))
        self.resources: dict[str, tuple[int, bool]] = {}
        self.plans: dict[str, tuple[float, tuple[tuple[float, int], ...]]] = {}
        self.pools: dict[str, str] = {}
        self.rosters: dict[str, tuple[float, tuple[Shift, ...]]] = {"always": (WEEK_HOURS, ())}
        self.staff: list[Clinicians] = []
        self.lists: list[str] = []
        self.counters: list[str] = []
        self.guards: dict[str, Guard] = {}
        self.sources: dict[str, Source] = {}
        self.calls: dict[str, Call] = {}
        self.entries: dict[str, str] = {}
        self.steps: list[Step] = []
        self.paths: list[str] = []

    def at(self, key: str | None = None) -> Place:
        """Return the place of a step or station, for errors."""
        return Place(self.name, None, key)
