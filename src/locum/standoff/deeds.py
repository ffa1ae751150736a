"""What can happen in a dispute: the words in which a timeline is written.

An event is a deed of an actor on a day. Both sides' deeds are written in the same words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.errors import Place

__all__ = ["ACTORS", "AGENDA", "DEEDS", "SANCTIONS", "Deed", "Event"]

SANCTIONS = ("return_order", "suspension", "revocation", "prosecution", "acceptance_ban")
AGENDA = ("quota", "liability", "hours", "fees")
"""What is talked about; a concession meets a share of one of these demands."""
STATE = ("government", "president", "health_ministry", "education_ministry", "assembly")
LAW = ("court", "police", "standards_commission")
COLLECTIVES = ("trainees_association", "students_association", "medical_association", "professors")
OTHERS = ("universities", "electorate", "platform", "anonymous", "civic_group", "societies")
ACTORS = (*STATE, *LAW, *COLLECTIVES, *OTHERS)


@dataclass(frozen=True)
class Deed:
    """A kind of event.

    Parameters
    ----------
    says
        What it is, for readers.
    actors
        Who can do it.
    whats
        What it can be about; empty if it is about one thing only.
    unit, low, high
        Of its value; `unit` None if it has none.
    lasts
        Whether it has a last day (`until`): "never", "may" or "must".
    whom
        Whether it says whom it concerns: "never", "may" or "must".
    """

    says: str
    actors: tuple[str, ...]
    whats: tuple[str, ...] = ()
    unit: str | None = None
    low: float = 0.0
    high: float = 1.0
    lasts: str = "never"
    whom: str = "never"


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
        In the unit of the deed.
    source
        Where it is known from; None for a choice of the scenario.
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
    place: Place | None = None


_CALLS = ("letters", "walkout", "leave", "closure", "suspension", "exam_boycott", "short_week")
_STAGES = tuple(
    f"{sanction}_{stage}"
    for sanction in SANCTIONS
    for stage in ("announced", "notified", "executed", "withdrawn")
)

DEEDS: Mapping[str, Deed] = {
    "raise_quota": Deed("Seats a year are added", STATE, (), "seats_per_year", 0, 10_000),
    "set_quota": Deed(
        "Seats added in one coming year are fixed",
        (*STATE, "universities"),
        ("2025", "2026", "2027"),
        "seats_per_year",
        0,
        10_000,
    ),
    "call": Deed(
        "A collective calls its members", COLLECTIVES, _CALLS, "share", 0, 1, "may", "must"
    ),
    "end_call": Deed("A collective ends its call", COLLECTIVES, _CALLS, whom="must"),
    "sanction": Deed(
        "A sanction moves on a stage", (*STATE, *LAW), _STAGES, "heads", 0, 200_000, "may", "may"
    ),
    "deadline": Deed(
        "Who returns by its last day is not punished", STATE, (), "share", 0, 1, "must", "must"
    ),
    "window": Deed(
        "Posts are open to those who left",
        STATE,
        ("any_post", "same_post"),
        "posts",
        0,
        50_000,
        "must",
        "must",
    ),
    "process_resignations": Deed(
        "Letters are accepted until a day", STATE, (), "share", 0, 1, "must", "must"
    ),
    "concession": Deed(
        "A share of a demand is met",
        (*STATE, *LAW),
        (*AGENDA, "terms_of_return"),
        "share",
        0,
        1,
        "may",
        "may",
    ),
    "refusal": Deed("A demand is refused", (*STATE, *COLLECTIVES, *LAW), AGENDA),
    "talks": Deed(
        "The sides talk",
        (*STATE, *COLLECTIVES, "societies"),
        ("offered", "begun", "refused", "broken_off"),
    ),
    "settlement": Deed("The sides agree", (*STATE, *COLLECTIVES), (), "share", 0, 1, whom="must"),
    "leadership": Deed(
        "Members choose or recall a leader; the value is the line, -1 to talk, 1 to hold out",
        COLLECTIVES,
        ("elected", "recalled", "interim"),
        "line",
        -1,
        1,
    ),
    "news": Deed(
        "What the public hears; the value moves opinion",
        ACTORS,
        ("harm", "president", "decree", "dispute"),
        "strength",
        -1,
        1,
        "may",
    ),
    "enforcement": Deed(
        "Law is applied to the platform or to authors",
        LAW,
        ("raid", "warrant", "arrest", "referral", "sentence"),
        "heads",
        0,
        10_000,
    ),
    "list_posted": Deed(
        "A list naming those who stayed or returned appears",
        ("anonymous",),
        ("platform", "outside"),
        "heads",
        0,
        20_000,
    ),
    "deletion_urged": Deed("A post urges the deletion of records", ("anonymous",)),
    "platform": Deed(
        "A setting of the platform changes",
        ("platform", *STATE, *LAW),
        (
            "latency_hours",
            "detection",
            "retention_hours",
            "identity",
            "evidence_preserved",
            "legal_reach",
            "closed",
        ),
        "setting",
        0,
        10_000,
    ),
}
"""Every kind of event, by the word for it."""
