"""The government: sanctions, deadlines, resignations let go or kept, and ways back into a post.

A sanction weighs on a member what it would cost, times the chance that it strikes: how far it has
moved, how many it can reach beside how many are away (there is safety in numbers), and how far it
is believed. It also angers, which is a term of its own: deterrence and backlash need not cancel,
and neither is known. What is withdrawn deters nobody.
"""

from __future__ import annotations

from math import inf, isnan
from typing import TYPE_CHECKING, NamedTuple

from locum.standoff.deeds import SANCTIONS, STAGES
from locum.standoff.states import KINDS
from locum.standoff.terms import ByKind, BySanction, read_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from locum.standoff.forcing import Script
    from locum.standoff.terms import Values

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int32]

__all__ = [
    "Force",
    "Leaving",
    "Return",
    "Sanctions",
    "advance",
    "backlash_of",
    "deter",
    "hired",
    "let_go",
    "pull_of",
    "spread_acceptance",
    "start_force",
    "ways_back",
]

_ALL = range(len(KINDS))
_NOTHING = (0.0, 0.0, 0.0, 0.0)
_ANNOUNCED, _NOTIFIED, _EXECUTED, _WITHDRAWN = range(len(STAGES))
_BAN = SANCTIONS.index("acceptance_ban")


class Sanctions(NamedTuple):
    """What sanctions weigh and how they are believed (assumptions `sanction.*`).

    Parameters
    ----------
    severity
        Weight of the highest penalty of each, if certain, in standard deviations of tastes.
    capacity
        Heads a day that each can be notified to, or executed on.
    horizon
        Days ahead that members reckon with.
    warning
        Share of a threat that its announcement alone carries; the rest comes with notices.
    credibility
        How far each is believed at first, 0..1.
    proof
        Part of the way to full belief on a day on which it is executed.
    stale_half_life
        Days in which belief in a sanction halves that stands and is not executed.
    bluff
        Part of the belief lost when a deadline passes and nothing is executed.
    softening
        Part of the belief in all of them lost when one is withdrawn.
    resolve
        Weight of resolve, against its level at the start, in what is believed.
    anger_announced, anger_notified, anger_executed
        Backlash when a sanction moves to a stage, times its severity.
    solidarity
        Share of the anger about what is done to other kinds.
    refusal, broken, arrest
        Backlash when the state refuses a demand, when talks fail, on a day of raids or arrests.
    backlash_half_life
        Days in which backlash halves.
    amends
        Share of the backlash taken back by a withdrawal.
    """

    severity: BySanction
    capacity: BySanction
    horizon: float
    warning: float
    credibility: BySanction
    proof: float
    stale_half_life: float
    bluff: float
    softening: float
    resolve: float
    anger_announced: float
    anger_notified: float
    anger_executed: float
    solidarity: ByKind
    refusal: float
    broken: float
    arrest: float
    backlash_half_life: float
    amends: float

    @classmethod
    def read(cls, values: Values) -> Sanctions:
        """Return one draw of them."""
        return read_terms(cls, "sanction", values)


class Leaving(NamedTuple):
    """How those away lose their posts and find others (assumptions `leaving.*`).

    Parameters
    ----------
    process_share
        Share of organisations that accept letters when told to and no event says how many.
    late
        How long they put it off: 1 spreads them over the days given, more crowds the last ones.
    unbidden
        Share of organisations that begin to accept letters on a day of their own will.
    ban
        How far a ban on accepting letters is kept, 0..1.
    complete
        Chance a day that such an organisation accepts the letter of one who is away.
    hire, enlist
        Chance a day that one without a post is employed elsewhere, or enlisted if eligible. A ban
        on accepting letters keeps from other work too.
    """

    process_share: ByKind
    late: float
    unbidden: ByKind
    ban: float
    complete: ByKind
    hire: ByKind
    enlist: ByKind

    @classmethod
    def read(cls, values: Values) -> Leaving:
        """Return one draw of them."""
        return read_terms(cls, "leaving", values)


class Return(NamedTuple):
    """What draws members back (assumptions `return.*`).

    Parameters
    ----------
    amnesty
        Pull of a deadline that spares all, on its last day.
    threat
        Pull of a deadline for each unit of perceived sanction.
    deadline_half_life
        Days before the last in which the pull halves.
    terms
        Pull of the terms of return once granted in full.
    window_pace
        Chance a day that one who wants back applies and is taken while posts suffice.
    same_post, terms_easier, settled_easier
        What each takes from the cost of coming back.
    settled_window
        Chance a day to get a post back under a settlement.
    protection
        Share of the exposure on lists that protection takes away.
    """

    amnesty: ByKind
    threat: float
    deadline_half_life: float
    terms: ByKind
    window_pace: float
    same_post: float
    terms_easier: float
    settled_easier: float
    settled_window: float
    protection: float

    @classmethod
    def read(cls, values: Values) -> Return:
        """Return one draw of them."""
        return read_terms(cls, "return", values)


class Force(NamedTuple):
    """How far the government's means have gone.

    Parameters
    ----------
    credibility
        How far each sanction is believed.
    notified, executed
        Heads so far, of each.
    to_notify, to_execute
        Heads that each is to reach, at capacity a day; infinite where no number was given.
    backlash
        By kind.
    processed
        Share of the organisations of a kind that accept letters.
    """

    credibility: BySanction
    notified: BySanction
    executed: BySanction
    to_notify: BySanction
    to_execute: BySanction
    backlash: ByKind
    processed: ByKind


def start_force(terms: Sanctions) -> Force:
    """Return a government that has done nothing."""
    nothing = (0.0, 0.0, 0.0, 0.0, 0.0)
    return Force(terms.credibility, nothing, nothing, nothing, nothing, nothing[:4], nothing[:4])


def advance(was: Force, script: Script, away: ByKind, terms: Sanctions) -> Force:
    """Return the sanctions after what moves them today.

    Parameters
    ----------
    was
        The day before.
    script
        What events say today.
    away
        Heads away, by kind.
    terms
        Assumptions.

    Notes
    -----
    Notices and executions go on at capacity a day until the heads that events gave are reached,
    or all who are away where none were given. Credibility rises by proof (1 - c) on days of
    execution; of a sanction that stands and was not executed it halves in `stale_half_life` and
    falls by the share `bluff` when a deadline lapses; and it falls by `softening` for all when one
    is withdrawn.
    """
    if not script.standing and not script.moves:
        return was
    force, withdrawn = _move(was, script)
    if force.to_notify != force.notified or force.to_execute != force.executed:
        force = _go_on(force, script, away, terms)
    credibility = list(force.credibility)
    stale = 0.5 ** (1.0 / terms.stale_half_life)
    for s, kinds in script.standing:
        if force.executed[s] > was.executed[s]:
            credibility[s] += terms.proof * (1.0 - credibility[s])
        elif force.executed[s] == 0.0:
            credibility[s] *= stale
            if any(script.lapsed[k] for k in kinds):
                credibility[s] *= 1.0 - terms.bluff
    if withdrawn:
        credibility = [each * (1.0 - terms.softening) for each in credibility]
    return force._replace(credibility=_five(credibility))


def _move(was: Force, script: Script) -> tuple[Force, bool]:
    """Return the sanctions after the moves of today, and whether one was withdrawn."""
    if not script.moves:
        return was, False
    goals = {_NOTIFIED: list(was.to_notify), _EXECUTED: list(was.to_execute)}
    withdrawn = False
    for move in script.moves:
        s = move.sanction
        if move.stage == _WITHDRAWN:
            withdrawn = True
            if all(s != standing for standing, _ in script.standing):
                goals[_NOTIFIED][s], goals[_EXECUTED][s] = was.notified[s], was.executed[s]
        elif move.stage in goals:
            goals[move.stage][s] += inf if move.heads is None else move.heads
    to_notify, to_execute = _five(goals[_NOTIFIED]), _five(goals[_EXECUTED])
    return was._replace(to_notify=to_notify, to_execute=to_execute), withdrawn


def _go_on(force: Force, script: Script, away: ByKind, terms: Sanctions) -> Force:
    """Return the sanctions after a day at capacity of those that are under way."""
    notified, executed = list(force.notified), list(force.executed)
    for s, kinds in script.standing:
        against = sum([away[k] for k in kinds])
        for reached, goal in ((notified, force.to_notify[s]), (executed, force.to_execute[s])):
            limit = against if goal == inf else goal
            reached[s] = max(reached[s], min(limit, reached[s] + terms.capacity[s]))
        notified[s] = max(notified[s], executed[s])
    return force._replace(notified=_five(notified), executed=_five(executed))


def deter(force: Force, script: Script, away: ByKind, push: float, terms: Sanctions) -> ByKind:
    """Return the perceived chance times severity of all sanctions, by kind.

    Parameters
    ----------
    force, script
        How far sanctions have gone; which of them stand.
    away
        Heads away, by kind.
    push
        Resolve of the government over its level at the start.
    terms
        Assumptions.

    Notes
    -----
    Sum over standing sanctions of severity x chance, with
    chance = min(1, belief x stage x min(1, (notified + capacity x horizon) / away) + executed /
    away), belief = credibility x push^resolve at most 1,
    stage = warning + (1 - warning) min(1, notified / away).
    A chance falls with the number away once that is beyond what the government can reach.
    """
    if not script.standing:
        return _NOTHING
    felt = [0.0, 0.0, 0.0, 0.0]
    factor = push**terms.resolve if push > 0.0 else 0.0
    for s, kinds in script.standing:
        heads = max(1.0, sum([away[k] for k in kinds]))
        told = force.notified[s]
        belief = min(1.0, force.credibility[s] * factor)
        stage = terms.warning + (1.0 - terms.warning) * min(1.0, told / heads)
        reach = min(1.0, (told + terms.capacity[s] * terms.horizon) / heads)
        chance = min(1.0, belief * stage * reach + force.executed[s] / heads)
        for k in kinds:
            felt[k] += terms.severity[s] * chance
    return felt[0], felt[1], felt[2], felt[3]


def backlash_of(force: Force, script: Script, terms: Sanctions) -> ByKind:
    """Return the backlash after a day: it halves by itself, and jumps with what is done.

    A move to a stage adds anger x severity for the kinds concerned, and the share `solidarity` of
    it for the others; a withdrawal takes back the share `amends` of all there is.
    """
    keep = 0.5 ** (1.0 / terms.backlash_half_life)
    raids, arrests = script.enforcement[:2]
    general = terms.arrest if raids + arrests > 0.0 else 0.0
    general += terms.broken * script.broken
    for refusal in script.refusals:
        general += terms.refusal if refusal.by == "state" else 0.0
    was = force.backlash
    felt = [each * keep + general for each in was]
    anger = (terms.anger_announced, terms.anger_notified, terms.anger_executed)
    for move in script.moves:
        for k in _ALL:
            if move.stage == _WITHDRAWN:
                felt[k] -= terms.amends * felt[k] if k in move.kinds else 0.0
            else:
                share = 1.0 if k in move.kinds else terms.solidarity[k]
                felt[k] += share * anger[move.stage] * terms.severity[move.sanction]
    return felt[0], felt[1], felt[2], felt[3]


def let_go(force: Force, script: Script, terms: Leaving) -> ByKind:
    """Return the share of organisations that accept letters, after today.

    Notes
    -----
    Told to accept by a last day, with F the share said or assumed and n days left:
    processed += (F - processed) / (n + 1)^late, so that F is reached on the last day. Otherwise
    processed += unbidden (1 - processed), less the share `ban` of it under a ban.
    """
    shares: list[float] = []
    for k in _ALL:
        was = force.processed[k]
        told = script.process[k]
        if told != 0.0:
            share = terms.process_share[k] if isnan(told) else told
            step = max(0.0, share - was) / (script.process_left[k] + 1.0) ** terms.late
        else:
            step = terms.unbidden[k] * (1.0 - was) * (1.0 - terms.ban * script.applies[_BAN][k])
        shares.append(was + step)
    return shares[0], shares[1], shares[2], shares[3]


def hired(script: Script, terms: Leaving) -> ByKind:
    """Return the chance a day of other work: who may not give up a post is not taken on either."""
    banned = script.applies[_BAN]
    if not any(banned):
        return terms.hire
    return _four([terms.hire[k] * (1.0 - terms.ban * banned[k]) for k in _ALL])


def spread_acceptance(
    processed: Sequence[float] | Floats,
    complete: Sequence[float],
    kinds: Integers,
    ranks: Floats,
) -> Floats:
    """Return the chance a day that a letter is accepted, by organisation.

    An organisation accepts all letters or none: those of the lowest ranks have begun.

    Parameters
    ----------
    processed
        Share of the organisations of a kind that accept letters, by kind, shape (4,).
    complete
        Chance a day in such an organisation (`leaving.complete`), by kind, shape (4,).
    kinds
        Kind of member of each organisation (place in KINDS), shape (O,).
    ranks
        One uniform for each organisation, the same all through a run, shape (O,).

    Returns
    -------
    Floats
        Shape (O,).
    """
    import numpy as np

    begun = ranks < np.asarray(processed, np.float64)[kinds]
    return np.where(begun, np.asarray(complete, np.float64)[kinds], 0.0)


def pull_of(script: Script, sanction: ByKind, terms: Return) -> ByKind:
    """Return what a deadline and the terms of return take from the support of the absent.

    Notes
    -----
    deadline share x (amnesty + threat x perceived sanction) x 2^(-days left / half-life)
    + terms x terms granted.
    """
    if not (any(script.deadline) or any(script.terms)):
        return _NOTHING
    pulls: list[float] = []
    for k in _ALL:
        near = 0.5 ** (script.left[k] / terms.deadline_half_life)
        spared = terms.amnesty[k] + terms.threat * sanction[k]
        pulls.append(terms.terms[k] * script.terms[k] + script.deadline[k] * spared * near)
    return _four(pulls)


def ways_back(script: Script, agreed: ByKind, out: ByKind, terms: Return) -> tuple[ByKind, ByKind]:
    """Return the chance a day to get a post back, and what makes coming back easier, by kind.

    Parameters
    ----------
    script
        What events say today.
    agreed
        How far a settlement holds, 0..1.
    out
        Heads without a post, by kind.
    terms
        Assumptions.
    """
    if not (any(script.posts) or any(agreed) or any(script.terms)):
        return _NOTHING, _NOTHING
    chances: list[float] = []
    easier: list[float] = []
    for k in _ALL:
        posts = script.posts[k]
        enough = 1.0 if isnan(posts) else min(1.0, posts / max(1.0, out[k]))
        chances.append(max(terms.window_pace * enough, terms.settled_window * agreed[k]))
        easier.append(
            terms.same_post * script.same_post[k]
            + terms.terms_easier * script.terms[k]
            + terms.settled_easier * agreed[k]
        )
    return _four(chances), _four(easier)


def _four(values: Sequence[float]) -> ByKind:
    first, second, third, last = values
    return first, second, third, last


def _five(values: Sequence[float]) -> BySanction:
    first, second, third, fourth, last = values
    return first, second, third, fourth, last
