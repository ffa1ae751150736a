"""Collectives: what members hold against the plan, and what their bodies add to it.

A collective has a mandate (how far members stand behind it), a line (of its leaders, -1 to talk,
1 to hold out) and calls in force. Members comply with a call in proportion to the mandate; leaders
are elected and recalled by members. All utilities are in standard deviations of members' tastes.
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, NamedTuple

from locum.standoff.states import KINDS
from locum.standoff.terms import ByKind, read_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.standoff.forcing import Script
    from locum.standoff.terms import Values

__all__ = [
    "Collective",
    "Grievance",
    "Standing",
    "grievance_of",
    "plan_size",
    "recall_chance",
    "release_of",
    "stand",
    "start_standing",
]

_ALL = range(len(KINDS))
_NOTHING = (0.0, 0.0, 0.0, 0.0)


class Grievance(NamedTuple):
    """What members weigh, by kind (assumptions `grievance.*`).

    Parameters
    ----------
    own
        Level with the seats of `plan.seats` announced, no demand met and nothing called.
    quota
        What falls away if no seat is added.
    seats_power
        Power of the seats over those of `plan.seats` in that term.
    near
        Weight of the latest decision on seats against the mean of all years of the plan.
    liability, hours, fees
        What falls away when one of these demands is met.
    settlement
        What a settlement takes off beyond the demands that it meets.
    call
        What a call of the own collective adds, times mandate and the share called.
    line
        What a line of holding out adds, and one of talking takes off, times mandate.
    workload
        What full stress of hospitals adds.
    approval
        What falls away when all of the public, rather than half, approve of the plan.
    hope
        What talks under way take off.
    backlash
        What backlash adds: see `locum.standoff.government`.
    """

    own: ByKind
    quota: ByKind
    seats_power: float
    near: float
    liability: ByKind
    hours: ByKind
    fees: ByKind
    settlement: ByKind
    call: ByKind
    line: ByKind
    workload: ByKind
    approval: ByKind
    hope: ByKind
    backlash: ByKind

    @classmethod
    def read(cls, values: Values) -> Grievance:
        """Return one draw of them."""
        return read_terms(cls, "grievance", values)


class Collective(NamedTuple):
    """How collectives work (assumptions `collective.*`).

    Parameters
    ----------
    mandate
        At the start of the dispute, by kind.
    mandate_pace
        Part of the way a day to what members privately support.
    line
        Of the leaders at the start.
    elected_line
        Of a leader who is elected and whose line no event says.
    wish_pace
        Part of the way a day that a line moves to what members wish.
    recall
        Chance a day that leaders are recalled who are as far as can be from members' wish.
    recall_from
        Distance of line and wish below which nobody is recalled.
    first
        Share of organisations in which members act on the day of a call for letters or leave.
    spread
        Part of the others that follow on each later day.
    early
        Share of organisations in which absence begins on the eve of a call to be away.
    rush, stir
        How much more often members think again on a day of rush; on one of news.
    rush_half_life
        Days in which both halve.
    release
        Chance a day that one who is away comes back once the action is ended or settled, at full
        mandate.
    expiry
        The same after a call of limited days.
    belief
        Share believed to join before anybody has.
    belief_pace
        Part of the way a day from the share believed to the share seen.
    cross
        Weight of trainees' share in what other kinds take for the public.
    """

    mandate: ByKind
    mandate_pace: float
    line: ByKind
    elected_line: float
    wish_pace: float
    recall: float
    recall_from: float
    first: ByKind
    spread: ByKind
    early: ByKind
    rush: ByKind
    stir: float
    rush_half_life: float
    release: ByKind
    expiry: ByKind
    belief: ByKind
    belief_pace: float
    cross: ByKind

    @classmethod
    def read(cls, values: Values) -> Collective:
        """Return one draw of them."""
        return read_terms(cls, "collective", values)


class Standing(NamedTuple):
    """Where the collectives stand; each by kind.

    Parameters
    ----------
    mandate
        How far members stand behind it, 0..1.
    line
        Of the leaders, -1 to talk, 1 to hold out.
    rush
        How much of the hurry of a call is left, 0..1.
    believed
        Share believed to have joined.
    opened
        Share of organisations in which letters, or requests, are handed in.
    recalled
        Leaders recalled so far without an event that says so.
    """

    mandate: ByKind
    line: ByKind
    rush: ByKind
    believed: ByKind
    opened: ByKind
    recalled: ByKind


def start_standing(terms: Collective) -> Standing:
    """Return where collectives stand before the dispute."""
    return Standing(terms.mandate, terms.line, _NOTHING, terms.belief, _NOTHING, _NOTHING)


def stand(
    was: Standing,
    script: Script,
    seen: tuple[ByKind, ByKind],
    terms: Collective,
    luck: Sequence[float] | None = None,
) -> Standing:
    """Return where the collectives stand after a day.

    Parameters
    ----------
    was
        The day before.
    script
        What events say today.
    seen
        Shares that joined and that privately support, of the day before.
    terms
        Assumptions.
    luck
        One uniform for each kind: members may then recall leaders. None leaves leaders to events.

    Notes
    -----
    mandate += pace (support - mandate); line += wish_pace (wish - line) with wish = 2 support - 1;
    an event says otherwise. Letters are handed in at the share `first` of organisations on the
    day of a call, and `spread` of the others follow on each day. The share believed moves to that
    seen where action has begun, and stays as it is before anybody has joined. Leaders are recalled
    with chance recall x max(0, |line - wish| - from) / (2 - from), and the next ones hold the
    members' wish. Nothing moves before the dispute.
    """
    if not script.dispute:
        return was
    joined, support = seen
    keep = 0.5 ** (1.0 / terms.rush_half_life)
    rush = _four([max(script.rush[k], was.rush[k] * keep) for k in _ALL])
    opened = _open(was.opened, script, terms) if any(script.letters) else _NOTHING
    believed = _believe(was, joined, script, terms)
    to_mandate, to_line, recalled = terms.mandate_pace, terms.wish_pace, was.recalled
    mandate = [m + to_mandate * (s - m) for m, s in zip(was.mandate, support, strict=True)]
    line = [x + to_line * (2.0 * s - 1.0 - x) for x, s in zip(was.line, support, strict=True)]
    if luck is not None:
        line, recalled = _recall(line, recalled, support, terms, luck)
    for k, share in script.votes:
        mandate[k] = share
    for k, given, what in script.lines:
        line[k] = _line(given, what, line[k], 2.0 * support[k] - 1.0, terms)
    return Standing(_four(mandate), _four(line), rush, believed, opened, recalled)


def _line(given: float, what: str, line: float, wish: float, terms: Collective) -> float:
    """Return the line of leaders after a change: as said, or by what changed."""
    if not isnan(given):
        return given
    if what == "elected":
        return terms.elected_line
    return wish if what in ("recalled", "interim") else line


def _recall(
    line: list[float],
    recalled: ByKind,
    support: ByKind,
    terms: Collective,
    luck: Sequence[float],
) -> tuple[list[float], ByKind]:
    """Let members recall leaders; the next ones hold the members' wish."""
    counts = list(recalled)
    for k in _ALL:
        wish = 2.0 * support[k] - 1.0
        if luck[k] < recall_chance(line[k], wish, terms):
            line[k], counts[k] = wish, counts[k] + 1.0
    return line, _four(counts)


def _open(was: ByKind, script: Script, terms: Collective) -> ByKind:
    """Return the share of organisations in which letters or requests are handed in."""
    shares: list[float] = []
    for k in _ALL:
        called = script.letters[k]
        if called and was[k]:
            shares.append(was[k] + terms.spread[k] * max(0.0, called - was[k]))
        else:
            shares.append(terms.first[k] * called)
    return _four(shares)


def recall_chance(line: float, wish: float, terms: Collective) -> float:
    """Return the chance a day that members recall leaders of another line than they wish."""
    beyond = max(0.0, abs(line - wish) - terms.recall_from)
    return terms.recall * beyond / (2.0 - terms.recall_from)


def release_of(script: Script, agreed: ByKind, mandate: ByKind, terms: Collective) -> ByKind:
    """Return the chance a day that one who is away comes back because the action is over.

    `expiry` after a call of limited days; release x mandate once the collective has ended the
    action or a settlement holds; 0 while it goes on.
    """
    if not (any(script.expired) or any(script.ended) or any(agreed)):
        return _NOTHING
    chances = [
        max(
            terms.expiry[k] * script.expired[k],
            terms.release[k] * mandate[k] * max(script.ended[k], agreed[k]),
        )
        for k in _ALL
    ]
    return _four(chances)


def _believe(was: Standing, joined: ByKind, script: Script, terms: Collective) -> ByKind:
    """Return the shares believed, on their way to those seen where action has begun."""
    if not any(joined):
        return was.believed
    first = _where_begun(0, joined, was.opened, script)
    believed: list[float] = []
    for k in _ALL:
        if not joined[k]:
            believed.append(was.believed[k])
            continue
        share = _where_begun(k, joined, was.opened, script)
        target = share + terms.cross[k] * (first - share)
        believed.append(was.believed[k] + terms.belief_pace * (target - was.believed[k]))
    return _four(believed)


def _where_begun(k: int, joined: ByKind, opened: ByKind, script: Script) -> float:
    """Return the share of a kind that joined among organisations in which action has begun."""
    begun = opened[k] if script.paired[k] and opened[k] else max(opened[k], script.gate[k])
    return joined[k] / begun if joined[k] < begun else float(joined[k] > 0.0)


def plan_size(script: Script, terms: Grievance, years: float, conceded: float) -> float:
    """Return the seats a year that members reckon with.

    Parameters
    ----------
    script
        What events say today.
    terms
        Assumptions.
    years
        Years that the plan lasts (`plan.years`).
    conceded
        Share of the demand about the quota that is met.

    Notes
    -----
    near x latest decision + (1 - near) x mean over the years of the plan, of which those fixed by
    an event count once each and the others as announced; but no more than what a concession
    leaves of the announcement, so that a promise and its keeping do not count twice.
    """
    *fixed, other = script.seats
    others = max(years - len(fixed), 0.0)
    total = len(fixed) + others
    mean = (sum(fixed) + others * other) / total if total > 0.0 else other
    reckoned = terms.near * script.latest + (1.0 - terms.near) * mean
    return min(reckoned, script.announced * (1.0 - conceded)) if conceded else reckoned


def grievance_of(
    terms: Grievance,
    script: Script,
    standing: Standing,
    state: tuple[ByKind, Sequence[ByKind], ByKind, ByKind, ByKind, float, float],
) -> ByKind:
    """Return the common level of members' private support, by kind.

    Parameters
    ----------
    terms, script, standing
        Assumptions, what events say today, where collectives stand.
    state
        Seats reckoned with over those of the plan that levels speak of; share met of each demand;
        how far a settlement holds, and the share of the demands it meets (0 before); backlash;
        each by kind; stress of hospitals; approval of the plan.

    Notes
    -----
    own + quota (seats^power - 1) - sum of weight x met of the other demands - settlement x settled
    + (call x called + line x leaders' line) x mandate + workload x stress
    - approval x (2 approval - 1) - hope x talks + backlash x backlash.
    Calls and lines fall away where a settlement holds.
    """
    size, met, agreed, settled, backlash, stress, approval = state
    level: list[float] = []
    for k in _ALL:
        demands = met[k]
        quota = size[k] ** terms.seats_power - 1.0 if size[k] > 0.0 else -1.0
        voice = terms.call[k] * script.call[k] + terms.line[k] * standing.line[k]
        level.append(
            terms.own[k]
            + terms.quota[k] * quota
            - terms.liability[k] * demands[1]
            - terms.hours[k] * demands[2]
            - terms.fees[k] * demands[3]
            - terms.settlement[k] * settled[k]
            + voice * standing.mandate[k] * (1.0 - agreed[k])
            + terms.workload[k] * stress
            - terms.approval[k] * (2.0 * approval - 1.0)
            - terms.hope[k] * script.talks[k]
            + terms.backlash[k] * backlash[k]
        )
    return _four(level)


def _four(values: Sequence[float]) -> ByKind:
    first, second, third, last = values
    return first, second, third, last
