"""A timeline compiled: what events say for every day of a run, without any assumption.

Events are turned into one plain record a day (`Script`). How strongly they work is no part of it:
that is decided day by day in `locum.standoff.national`. Of a deed that names nobody all kinds are
concerned; what is about the platform is left to the forum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import OutOfBounds, UnknownName
from locum.standoff.deeds import AGENDA, DEEDS, SANCTIONS, STAGES, STATE
from locum.standoff.states import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from locum.standoff.deeds import Event
    from locum.standoff.terms import ByKind

__all__ = [
    "COLLECTIVE_OF",
    "ENFORCEMENT",
    "NEWS",
    "Forcing",
    "Move",
    "Refusal",
    "Script",
    "compile_events",
]

Floats: TypeAlias = NDArray[np.float64]

COLLECTIVE_OF = {
    "trainees_association": "trainee",
    "students_association": "student",
    "professors": "professor",
    "medical_association": "community",
}
"""Whom a collective speaks for."""
NEWS = ("harm", "alert", "decree", "dispute", "rally", "apology")
ENFORCEMENT = ("raid", "arrest", "referral", "sentence", "release")
"""Steps of the law whose news reaches members."""
_AWAY = ("walkout", "leave", "closure", "suspension", "exam_boycott")
_REQUESTS = ("letters", "leave", "exam_boycott")
_ALL = tuple(range(len(KINDS)))


class Move(NamedTuple):
    """A sanction that moves to a stage: places in SANCTIONS, STAGES and KINDS; heads or None."""

    sanction: int
    stage: int
    kinds: tuple[int, ...]
    heads: float | None


class Refusal(NamedTuple):
    """A demand refused: by the state, a court or a collective; place in AGENDA."""

    by: str
    demand: int


class Script(NamedTuple):
    """What events say for one day; tuples of four are by kind.

    Parameters
    ----------
    letters, gate, short_week
        Share of the kind that a call in force speaks to: letters or requests may be handed in;
        absence; a shorter week. Once called, letters stay possible until the call is ended.
    paired
        1 while a request is itself the absence that is called for, as leave is: absence begins
        where requests do, organisation by organisation.
    call
        Share spoken to by any call in force but that for a shorter week.
    rush
        1 on the day of a call, on the eve of one to be away and on the last day for letters.
    expired, ended
        1 from the day after a call to be away ran out, or from the day it was ended, until the
        next.
    deadline, left
        Share that a deadline in force spares, 0 without one; days until its last.
    lapsed
        1 on the day after the last of a deadline.
    posts, same_post
        Posts open to those who left, nan if open without a number; whether they are their own.
    process, process_left
        Share whose letters are accepted until the last day (nan if not said, 0 without an event);
        days until that day.
    met
        Share met of each demand by kind, (4 kinds) x (4 of AGENDA).
    terms
        Terms of return granted, 0..1.
    protected
        Whether those who stay or return are shielded.
    settled
        Share of the demands met by a settlement, nan if not said; -1 before one.
    signed
        1 once the own collective or the state has agreed, 0 if only others have.
    applies
        Whether each of SANCTIONS stands against a kind, (5) x (4).
    standing
        Those that stand against any: place in SANCTIONS, and places of the kinds.
    moves, refusals
        What happens today.
    against
        Rulings of today that grant a demand.
    talks
        1 while the state talks with a kind's collective, or with others on its behalf.
    broken
        1 on the day on which talks are broken off, or the state refuses them.
    lines
        (kind, line, what) of leaders who change today; line nan if not known.
    votes
        (kind, share) of members who vote to act today; a vote to end counts the other share.
    seats
        Seats added: those fixed for each of `Forcing.years`, then those of every other year.
    latest
        Seats added by the latest decision on the quota.
    announced
        Seats a year of the plan as a whole.
    dispute
        1 from the first decision on the quota on, or the first call.
    news
        1 for each of NEWS that is heard today.
    enforcement
        Heads of each of ENFORCEMENT today; 1 where no number is given.
    elections
        1 today for the assembly, for the president.
    relief
        Measures in force that ease the load on hospitals.
    stir
        Events of today that members hear of.
    """

    letters: ByKind
    gate: ByKind
    short_week: ByKind
    paired: ByKind
    call: ByKind
    rush: ByKind
    expired: ByKind
    ended: ByKind
    deadline: ByKind
    left: ByKind
    lapsed: ByKind
    posts: ByKind
    same_post: ByKind
    process: ByKind
    process_left: ByKind
    met: tuple[ByKind, ...]
    terms: ByKind
    protected: ByKind
    settled: ByKind
    signed: ByKind
    applies: tuple[ByKind, ...]
    standing: tuple[tuple[int, tuple[int, ...]], ...]
    moves: tuple[Move, ...]
    refusals: tuple[Refusal, ...]
    against: float
    talks: ByKind
    broken: float
    lines: tuple[tuple[int, float, str], ...]
    votes: tuple[tuple[int, float], ...]
    seats: tuple[float, ...]
    latest: float
    announced: float
    dispute: float
    news: tuple[float, ...]
    enforcement: tuple[float, ...]
    elections: tuple[float, float]
    relief: float
    stir: float


class Forcing(NamedTuple):
    """A timeline, day by day.

    Parameters
    ----------
    days
        One record for each day.
    years
        Calendar years whose seats are fixed by an event, in order.
    """

    days: tuple[Script, ...]
    years: tuple[int, ...]

    def series(self, name: str) -> Floats:
        """Return a field of all days as an array, shape (days, ...); for figures and tests."""
        return np.array([getattr(each, name) for each in self.days], np.float64)


def compile_events(events: Iterable[Event], days: int, kinds: Sequence[str] = KINDS) -> Forcing:
    """Compile events into what they say for each day.

    Parameters
    ----------
    events
        Checked events of a scenario, in any order; those of one day are taken in the order given.
    days
        Days of the run; an event on a later day is not heard.
    kinds
        Kinds in the run; what concerns others is left out.

    Returns
    -------
    Forcing
        One record a day.

    Raises
    ------
    OutOfBounds
        If there is no day.
    UnknownName
        If an event is of no known kind.
    """
    if days < 1:
        raise OutOfBounds("days of a run", days, "", 1, np.inf)
    listed = sorted(events, key=_order)
    years = tuple(sorted({int(each.what or 0) for each in listed if each.does == "set_quota"}))
    tape = _Tape(days, years, tuple(KINDS.index(kind) for kind in kinds))
    for event in listed:
        if event.does not in DEEDS:
            raise UnknownName("kind of event", event.does, DEEDS, event.place)
        if event.day < days:
            _HANDLERS.get(event.does, _nothing)(tape, event)
    _play_calls(tape)
    return Forcing(tape.scripts(), years)


def _order(event: Event) -> tuple[int, bool]:
    """Return the place of an event: what somebody stays out of has begun before."""
    return event.day, event.does == "talks" and event.what == "refused"


@dataclass
class _Call:
    """A call in force from its first to its last day."""

    event: Event
    kinds: tuple[int, ...]
    last: int
    ended: bool = False


@dataclass
class _Tape:
    """Arrays that handlers write, a row a day."""

    days: int
    years: tuple[int, ...]
    kinds: tuple[int, ...]
    rows: dict[str, Floats] = field(init=False)
    moves: dict[int, list[Move]] = field(default_factory=dict[int, "list[Move]"])
    refusals: dict[int, list[Refusal]] = field(default_factory=dict[int, "list[Refusal]"])
    lines: dict[int, list[tuple[int, float, str]]] = field(
        default_factory=dict[int, "list[tuple[int, float, str]]"]
    )
    votes: dict[int, list[tuple[int, float]]] = field(
        default_factory=dict[int, "list[tuple[int, float]]"]
    )
    calls: list[_Call] = field(default_factory=list["_Call"])

    def __post_init__(self) -> None:
        shapes = {name: (self.days, *shape) for name, shape in _SHAPES.items()}
        shapes["seats"] = (self.days, len(self.years) + 1)
        self.rows = {name: np.zeros(shape) for name, shape in shapes.items()}
        self.rows["settled"] -= 1.0

    def who(self, event: Event) -> tuple[int, ...]:
        """Return the places of the kinds that an event concerns."""
        return tuple(k for k in self.kinds if event.concerns(KINDS[k]))

    def span(self, event: Event) -> slice:
        """Return its days, to the end of the run where it has no last one."""
        return slice(event.day, self.days if event.until is None else event.until + 1)

    def set(self, name: str, days: slice, kinds: tuple[int, ...], value: float) -> None:
        """Write a value by kind."""
        for k in kinds:
            self.rows[name][days, k] = value

    def scripts(self) -> tuple[Script, ...]:
        """Return the records of all days."""
        rows: dict[str, list[Any]] = {
            name: [_frozen(row) for row in array.tolist()] for name, array in self.rows.items()
        }
        for name in ("moves", "refusals", "lines", "votes"):
            today: Mapping[int, list[Any]] = getattr(self, name)
            rows[name] = [tuple(today.get(day, ())) for day in range(self.days)]
        rows["standing"] = [_standing(applies) for applies in rows["applies"]]
        columns = [rows[name] for name in Script._fields]
        return tuple(Script(*row) for row in zip(*columns, strict=True))


_BY_KIND = (
    "letters",
    "gate",
    "short_week",
    "paired",
    "call",
    "rush",
    "expired",
    "ended",
    "deadline",
    "left",
    "lapsed",
    "posts",
    "same_post",
    "process",
    "process_left",
    "terms",
    "protected",
    "settled",
    "signed",
    "talks",
)
_SHAPES: dict[str, tuple[int, ...]] = dict.fromkeys(_BY_KIND, (len(KINDS),)) | {
    "met": (len(KINDS), len(AGENDA)),
    "applies": (len(SANCTIONS), len(KINDS)),
    "against": (),
    "broken": (),
    "latest": (),
    "announced": (),
    "dispute": (),
    "news": (len(NEWS),),
    "enforcement": (len(ENFORCEMENT),),
    "elections": (2,),
    "relief": (),
    "stir": (),
}


def _standing(applies: tuple[ByKind, ...]) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Return the sanctions that stand against any kind, with the kinds."""
    against = [tuple(k for k in _ALL if kinds[k]) for kinds in applies]
    return tuple((s, kinds) for s, kinds in enumerate(against) if kinds)


def _frozen(row: Any) -> Any:  # noqa: ANN401 - lists of lists, as deep as an array
    """Return nested lists as tuples."""
    return tuple(_frozen(each) for each in row) if isinstance(row, list) else row  # pyright: ignore[reportUnknownVariableType] - of an array


# --- one handler for each kind of event ---------------------------------------


def _nothing(_tape: _Tape, _event: Event) -> None:
    """Leave an event to others: the platform's, and words that change nothing by themselves."""


def _quota(tape: _Tape, event: Event) -> None:
    seats = event.value or 0.0
    column = slice(None) if event.what is None else tape.years.index(int(event.what))
    tape.rows["seats"][event.day :, column] = seats
    tape.rows["latest"][event.day :] = seats
    if event.what is None:
        tape.rows["announced"][event.day :] = seats
    tape.rows["dispute"][event.day :] = 1.0
    _stir(tape, event)


def _call(tape: _Tape, event: Event) -> None:
    last = tape.days - 1 if event.until is None else event.until
    tape.calls.append(_Call(event, tape.who(event), last))
    tape.rows["dispute"][event.day :] = 1.0


def _end_call(tape: _Tape, event: Event) -> None:
    ended = set(tape.who(event))
    for call in list(tape.calls):
        same = (call.event.actor, call.event.what) == (event.actor, event.what)
        if not same or call.last < event.day or not ended & set(call.kinds):
            continue
        kept = tuple(k for k in call.kinds if k not in ended)
        if kept:
            tape.calls.append(_Call(call.event, kept, call.last))
        call.kinds = tuple(k for k in call.kinds if k in ended)
        call.last, call.ended = event.day - 1, True
    _stir(tape, event)


def _sanction(tape: _Tape, event: Event) -> None:
    name, _, stage = (event.what or "").rpartition("_")
    kinds = tape.who(event)
    move = Move(SANCTIONS.index(name), STAGES.index(stage), kinds, event.value)
    tape.moves.setdefault(event.day, []).append(move)
    days = tape.span(event) if stage == "announced" else slice(event.day, None)
    for k in kinds:
        tape.rows["applies"][days, move.sanction, k] = float(stage != "withdrawn")
    _stir(tape, event)


def _deadline(tape: _Tape, event: Event) -> None:
    last = event.day if event.until is None else event.until
    days = slice(event.day, last + 1)
    kinds = tape.who(event)
    tape.set("deadline", days, kinds, 1.0 if event.value is None else event.value)
    for day in range(event.day, min(last + 1, tape.days)):
        tape.set("left", slice(day, day + 1), kinds, float(last - day))
    tape.set("lapsed", slice(last + 1, last + 2), kinds, 1.0)
    _stir(tape, event)
    tape.rows["stir"][last : last + 1] += 1.0


def _window(tape: _Tape, event: Event) -> None:
    kinds = tape.who(event)
    tape.set("posts", tape.span(event), kinds, np.nan if event.value is None else event.value)
    tape.set("same_post", tape.span(event), kinds, float(event.what == "same_post"))
    _stir(tape, event)


def _process(tape: _Tape, event: Event) -> None:
    last = event.day if event.until is None else event.until
    kinds = tape.who(event)
    share = np.nan if event.value is None else event.value
    tape.set("process", slice(event.day, last + 1), kinds, share)
    for day in range(event.day, min(last + 1, tape.days)):
        tape.set("process_left", slice(day, day + 1), kinds, float(last - day))
    _stir(tape, event)


def _concession(tape: _Tape, event: Event) -> None:
    share = 1.0 if event.value is None else event.value
    if event.what == "terms_of_return":
        tape.set("terms", tape.span(event), tape.who(event), share)
    else:
        demand = AGENDA.index(event.what or "")
        for k in tape.who(event):
            tape.rows["met"][tape.span(event), k, demand] = share
    tape.rows["against"][event.day] += float(event.actor == "court")
    _stir(tape, event)


def _refusal(tape: _Tape, event: Event) -> None:
    demand = AGENDA.index(event.what or "")
    by = "state" if event.actor in STATE else "court"
    if event.actor in COLLECTIVE_OF:
        by = "collective"
    tape.refusals.setdefault(event.day, []).append(Refusal(by, demand))
    if by == "state":
        tape.rows["met"][event.day :, :, demand] = 0.0
    _stir(tape, event)


def _talks(tape: _Tape, event: Event) -> None:
    own = COLLECTIVE_OF.get(event.actor)
    with_all = tape.who(event)
    kinds = with_all if own is None else tuple(k for k in with_all if KINDS[k] == own)
    if event.what == "begun":
        tape.set("talks", slice(event.day, None), kinds, 1.0)
    elif event.what != "offered":
        tape.set("talks", slice(event.day, None), kinds, 0.0)
        if event.what == "broken_off" or event.actor in STATE:
            tape.rows["broken"][event.day] = 1.0
    _stir(tape, event)


def _settlement(tape: _Tape, event: Event) -> None:
    share = np.nan if event.value is None else event.value
    days, kinds = slice(event.day, None), tape.who(event)
    tape.set("settled", days, kinds, share)
    own = COLLECTIVE_OF.get(event.actor)
    tape.set("signed", days, tuple(k for k in kinds if own in (None, KINDS[k])), 1.0)
    _stir(tape, event)


def _vote(tape: _Tape, event: Event) -> None:
    if event.value is None:
        return
    share = 1.0 - event.value if event.what == "end" else event.value
    tape.votes.setdefault(event.day, []).extend((k, share) for k in tape.who(event))


def _leadership(tape: _Tape, event: Event) -> None:
    k = KINDS.index(COLLECTIVE_OF[event.actor])
    line = np.nan if event.value is None else event.value
    tape.lines.setdefault(event.day, []).append((k, line, event.what or ""))
    _stir(tape, event)


def _protection(tape: _Tape, event: Event) -> None:
    tape.set("protected", slice(event.day, None), tape.who(event), 1.0)


def _news(tape: _Tape, event: Event) -> None:
    once = event.until is None or event.what == "decree"
    days = slice(event.day, event.day + 1) if once else tape.span(event)
    tape.rows["news"][days, NEWS.index(event.what or "")] = 1.0


def _enforcement(tape: _Tape, event: Event) -> None:
    if event.what in ENFORCEMENT:
        heads = 1.0 if event.value is None else event.value
        tape.rows["enforcement"][event.day, ENFORCEMENT.index(event.what)] += heads
        _stir(tape, event)


def _election(tape: _Tape, event: Event) -> None:
    tape.rows["elections"][event.day, int(event.what == "president")] = 1.0


def _relief(tape: _Tape, event: Event) -> None:
    tape.rows["relief"][tape.span(event)] += 1.0


def _stir(tape: _Tape, event: Event) -> None:
    tape.rows["stir"][event.day] += 1.0


_HANDLERS: Mapping[str, Callable[[_Tape, Event], None]] = {
    "raise_quota": _quota,
    "set_quota": _quota,
    "call": _call,
    "end_call": _end_call,
    "sanction": _sanction,
    "deadline": _deadline,
    "window": _window,
    "process_resignations": _process,
    "concession": _concession,
    "refusal": _refusal,
    "talks": _talks,
    "settlement": _settlement,
    "vote": _vote,
    "leadership": _leadership,
    "protection": _protection,
    "news": _news,
    "enforcement": _enforcement,
    "election": _election,
    "relief": _relief,
}


# --- calls, once all of them are known ----------------------------------------


def _play_calls(tape: _Tape) -> None:
    """Write calls by day, those that began first first."""
    for call in sorted(tape.calls, key=lambda each: each.event.day):
        event, days = call.event, slice(call.event.day, call.last + 1)
        share = 1.0 if event.value is None else event.value
        if event.what == "short_week":
            _raise(tape, "short_week", days, call.kinds, share)
            continue
        _raise(tape, "call", days, call.kinds, share)
        if event.what in _REQUESTS:
            end = call.last + 1 if call.ended else tape.days
            _raise(tape, "letters", slice(event.day, end), call.kinds, share)
        if event.what in _AWAY:
            _open_gate(tape, call, share)
            _raise(tape, "paired", days, call.kinds, float(event.what in _REQUESTS))
        _rush(tape, call)


def _raise(tape: _Tape, name: str, days: slice, kinds: tuple[int, ...], share: float) -> None:
    """Write the larger of a share and what is there."""
    for k in kinds:
        tape.rows[name][days, k] = np.maximum(tape.rows[name][days, k], share)


def _open_gate(tape: _Tape, call: _Call, share: float) -> None:
    """Open the gate while a call to be away is in force, and note how it closes."""
    first, after = call.event.day, call.last + 1
    _raise(tape, "gate", slice(first, after), call.kinds, share)
    for name in ("expired", "ended"):
        tape.set(name, slice(first, after), call.kinds, 0.0)
    closed, other = ("ended", "expired") if call.ended else ("expired", "ended")
    for k in call.kinds:
        still = tape.rows["gate"][after:, k] > 0.0
        tape.rows[closed][after:, k] = ~still
        tape.rows[other][after:, k] = 0.0


def _rush(tape: _Tape, call: _Call) -> None:
    """Mark the days on which members are pressed to act."""
    hurried = {call.event.day}
    if call.event.what in _AWAY:
        hurried.add(call.event.day - 1)
    elif not call.ended and call.event.until is not None:
        hurried.add(call.last)
    for day in hurried:
        if 0 <= day < tape.days:
            tape.set("rush", slice(day, day + 1), call.kinds, 1.0)
