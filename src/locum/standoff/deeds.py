"""What can happen in a dispute: the words in which a timeline is written.

An event is a deed of an actor on a day. Both sides' deeds are written in the same words. How
strongly an event works is never part of it: that is an assumption. An event carries a number only
where one was announced or counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.errors import Place

__all__ = [
    "ACTORS",
    "AGENDA",
    "CALLS",
    "DEEDS",
    "RESOLVES",
    "SANCTIONS",
    "STAGES",
    "Deed",
    "Event",
    "Range",
]

SANCTIONS = ("return_order", "suspension", "revocation", "prosecution", "acceptance_ban")
STAGES = ("announced", "notified", "executed", "withdrawn")
"""What a sanction can do on a day; the last takes back the others."""
AGENDA = ("quota", "liability", "hours", "fees")
"""What is talked about; a concession meets a share of one of these demands."""
CALLS = (
    "letters",
    "walkout",
    "leave",
    "closure",
    "suspension",
    "exam_boycott",
    "short_week",
)
"""What a collective can call its members to."""
RESOLVES = ("script", "hazard", "bargaining")
"""Ways in which a government decides to go on or to give way."""
STATE = ("government", "president", "health_ministry", "education_ministry", "assembly")
LAW = ("court", "police", "standards_commission")
COLLECTIVES = ("trainees_association", "students_association", "medical_association", "professors")
OTHERS = (
    "universities",
    "electorate",
    "platform",
    "anonymous",
    "civic_group",
    "societies",
)
ACTORS = (*STATE, *LAW, *COLLECTIVES, *OTHERS)


class Range(NamedTuple):
    """What a value counts, and the bounds it must keep."""

    unit: str
    low: float
    high: float


_SHARE = Range("share", 0, 1)
_SEATS = Range("seats_per_year", 0, 10_000)
_HEADS = Range("heads", 0, 200_000)


@dataclass(frozen=True)
class Deed:
    """A kind of event.

    Parameters
    ----------
    says
        What it is, for readers.
    actors
        Who can do it.
    subjects
        What it can be about; empty if it is about one thing only.
    range
        Unit and bounds of its value; None if it has none.
    ranges
        The same where it depends on what it is about.
    valued
        Whether it must say its value.
    lasts
        Whether it has a last day (`until`): "never", "may" or "must".
    whom
        Whether it says whom it concerns: "never", "may" or "must".
    """

    says: str
    actors: tuple[str, ...]
    subjects: tuple[str, ...] = ()
    range: Range | None = None
    ranges: Mapping[str, Range] = field(default_factory=dict[str, Range])
    valued: bool = False
    lasts: str = "never"
    whom: str = "never"

    def range_of(self, what: str | None) -> Range | None:
        """Return unit and bounds of its value where it is about this; None if it has none."""
        return self.range if what is None else self.ranges.get(what, self.range)


@dataclass(frozen=True)
class Event:
    """Something that happens on a day of a scenario.

    Parameters
    ----------
    name
        For readers; a counterfactual names the events that it leaves out.
    day, until
        First and last day, counted from the first of the scenario; `until` None if it has none.
    actor, does, what
        Who does what, in the words of `DEEDS`.
    who
        Kinds of member that it concerns (`locum.standoff.states.KINDS`); empty means all.
    value
        In the unit of the deed; None where nothing was announced or counted.
    source
        Where it is known from; None for a choice of the scenario.
    rows
        Ids of the rows of the pack that it is taken from.
    place
        Where it is written.
    """

    name: str
    day: int
    actor: str
    does: str
    what: str | None = None
    who: tuple[str, ...] = ()
    value: float | None = None
    until: int | None = None
    source: str | None = None
    rows: tuple[str, ...] = ()
    place: Place | None = None

    def concerns(self, kind: str) -> bool:
        """Whether it concerns members of a kind."""
        return not self.who or kind in self.who


_QUOTA: dict[str, Deed] = {
    "raise_quota": Deed(
        "Seats a year are added to the quota of medical schools", STATE, (), _SEATS, valued=True
    ),
    "set_quota": Deed(
        "Seats added in one coming year are fixed",
        (*STATE, "universities"),
        tuple(str(year) for year in range(2020, 2041)),
        _SEATS,
        valued=True,
    ),
    "demand": Deed(
        "Somebody asks for something in public; of seats, how many",
        (*COLLECTIVES, "universities", "societies"),
        (*AGENDA, "orders_withdrawn", "estimation_body", "seats"),
        ranges={"seats": _SEATS},
        whom="may",
    ),
    "concession": Deed(
        "A share of a demand is met, or those who return are granted terms; without a value all",
        (*STATE, *LAW),
        (*AGENDA, "terms_of_return"),
        _SHARE,
        lasts="may",
        whom="may",
    ),
    "refusal": Deed("A demand is refused", (*STATE, *COLLECTIVES, *LAW), AGENDA),
    "talks": Deed(
        "The sides talk, or do not",
        (*STATE, *COLLECTIVES, "societies"),
        ("offered", "begun", "refused", "broken_off"),
    ),
    "settlement": Deed(
        "The sides agree; the value is the share of the demands that is met",
        (*STATE, *COLLECTIVES),
        (),
        _SHARE,
        whom="must",
    ),
}

_COLLECTIVE: dict[str, Deed] = {
    "call": Deed(
        "A collective calls its members to act; the value is the share of the kind it speaks to",
        COLLECTIVES,
        CALLS,
        _SHARE,
        lasts="may",
        whom="must",
    ),
    "end_call": Deed("A collective ends its call", COLLECTIVES, CALLS, whom="must"),
    "vote": Deed(
        "A collective's members vote to act or to end it; the value is the share in favour",
        COLLECTIVES,
        (*CALLS, "end"),
        _SHARE,
        whom="must",
    ),
    "leadership": Deed(
        "A collective's leaders change; the value is the line, -1 to talk, 1 to hold out",
        COLLECTIVES,
        ("formed", "elected", "in_office", "recalled", "interim"),
        Range("line", -1, 1),
    ),
}

_FORCE: dict[str, Deed] = {
    "sanction": Deed(
        "A sanction moves to a stage; the value counts whom it is to reach, without one all away",
        (*STATE, *LAW),
        tuple(f"{sanction}_{stage}" for sanction in SANCTIONS for stage in STAGES),
        _HEADS,
        lasts="may",
        whom="may",
    ),
    "inspection": Deed(
        "Attendance is checked on site; the value counts hospitals",
        STATE,
        (),
        Range("hospitals", 0, 1_000),
        lasts="may",
        whom="may",
    ),
    "deadline": Deed(
        "Who returns by its last day is not punished; the value is the share spared",
        STATE,
        (),
        _SHARE,
        lasts="must",
        whom="must",
    ),
    "window": Deed(
        "Posts are open to those who left",
        STATE,
        ("any_post", "same_post"),
        Range("posts", 0, 50_000),
        lasts="must",
        whom="must",
    ),
    "process_resignations": Deed(
        "Letters, of students requests for leave, are accepted until a day; the value is the "
        "share whose place of work or study does so",
        (*STATE, "universities"),
        (),
        _SHARE,
        lasts="must",
        whom="must",
    ),
    "protection": Deed("Those who return or stay are shielded from others", STATE, whom="may"),
}

_PUBLIC: dict[str, Deed] = {
    "news": Deed(
        "What the public hears",
        ACTORS,
        ("harm", "alert", "decree", "dispute", "rally", "apology"),
        lasts="may",
    ),
    "election": Deed("A vote of the country", ("electorate",), ("assembly", "president")),
    "relief": Deed(
        "The state eases the load on hospitals",
        STATE,
        ("emergency_rooms", "telehealth", "nurses", "dispatched_doctors", "funding"),
        ranges={
            "dispatched_doctors": _HEADS,
            "funding": Range("billion_krw", 0, 100_000),
            "emergency_rooms": Range("places", 0, 10_000),
            "telehealth": Range("places", 0, 100_000),
        },
        lasts="may",
    ),
}

_FORUM: dict[str, Deed] = {
    "enforcement": Deed(
        "Law is applied to the platform or to authors, or the steps before it",
        (*LAW, "civic_group", "assembly"),
        (
            "complaint",
            "warning",
            "summons",
            "raid",
            "warrant",
            "arrest",
            "hearing",
            "referral",
            "sentence",
            "release",
        ),
        Range("heads", 0, 10_000),
    ),
    "list_posted": Deed(
        "A list naming those who stayed or returned appears; the value counts them",
        ("anonymous",),
        ("platform", "outside"),
        Range("heads", 0, 20_000),
        whom="may",
    ),
    "channel_opened": Deed("A channel outside the platform opens", ("anonymous",)),
    "deletion_urged": Deed("A post urges the deletion of records", ("anonymous",)),
    "closure_asked": Deed(
        "Somebody asks that the platform be closed, or that is decided",
        (*STATE, *LAW),
        ("requested", "deferred", "ordered"),
    ),
    "platform": Deed(
        "A setting of the platform changes; of a setting in words the value is its place from 0",
        ("platform", *STATE, *LAW),
        (
            "policy",
            "latency_hours",
            "detection",
            "retention_hours",
            "identity",
            "evidence_preserved",
            "legal_reach",
            "outside",
            "closed",
        ),
        _SHARE,
        {
            "policy": Range("place", 0, 2),
            "identity": Range("place", 0, 2),
            "latency_hours": Range("hours", 0, 10_000),
            "retention_hours": Range("hours", 0, 10_000),
        },
        valued=True,
    ),
}

DEEDS: Mapping[str, Deed] = _QUOTA | _COLLECTIVE | _FORCE | _PUBLIC | _FORUM
"""Every kind of event, by the word for it."""
