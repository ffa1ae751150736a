"""A day of the national actors: what collectives, government and opinion tell each agent.

`step` takes what was seen of the day before, lets every actor move, and returns the new state with
the `Signals` of the day. It is a pure function on plain numbers; its parts stand in
`collectives`, `government`, `opinion`, `courts` and `bargaining`, and what happened by itself in
`forcing`. `docs/model-standoff.md` states the equations.
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.standoff.bargaining import LUCK, Bargaining, Situation, Table, find_rule, start_table
from locum.standoff.collectives import (
    Collective,
    Grievance,
    Standing,
    grievance_of,
    plan_size,
    release_of,
    stand,
    start_standing,
)
from locum.standoff.courts import Law, after_law, ruled
from locum.standoff.decision import Signals
from locum.standoff.government import (
    Force,
    Leaving,
    Return,
    Sanctions,
    advance,
    backlash_of,
    deter,
    hired,
    let_go,
    pull_of,
    start_force,
    ways_back,
)
from locum.standoff.opinion import Drift, Mood, Opinion, Strain, drift_of, feel, start_mood
from locum.standoff.opinion import stress_of as _stress_of
from locum.standoff.states import KINDS
from locum.standoff.terms import ByKind, Values, read_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.standoff.forcing import Forcing, Script

__all__ = ["LUCK", "National", "Plan", "Seen", "Terms", "start_national", "step"]

_ALL = range(len(KINDS))
_NOTHING = (0.0, 0.0, 0.0, 0.0)
_NO_WORD = -1.0
"""Of events on a settlement before there is one."""
_NOWHERE = np.zeros(0)


class Plan(NamedTuple):
    """What members reckon with (assumptions `plan.*`).

    Parameters
    ----------
    years
        Years for which the seats are added.
    seats
        Seats a year in which the size of a plan is told: those that levels of support speak of.
    """

    years: float
    seats: float


class Terms(NamedTuple):
    """All assumptions about national actors, of one draw."""

    grievance: Grievance
    collective: Collective
    sanctions: Sanctions
    leaving: Leaving
    back: Return
    law: Law
    opinion: Opinion
    strain: Strain
    bargaining: Bargaining
    plan: Plan
    drift: Drift
    elected: bool
    """Whether members recall leaders without an event that says so."""

    @classmethod
    def read(cls, values: Values) -> Terms:
        """Return one draw of them.

        Raises
        ------
        UnknownName
            If an assumption is missing.
        """
        opinion = Opinion.read(values)
        return cls(
            Grievance.read(values),
            Collective.read(values),
            Sanctions.read(values),
            Leaving.read(values),
            Return.read(values),
            Law.read(values),
            opinion,
            Strain.read(values),
            Bargaining.read(values),
            read_terms(Plan, "plan", values),
            drift_of(opinion),
            values.get("collective.leaders") == "elected",
        )


class Seen(NamedTuple):
    """What is seen of the day before; tuples are by kind.

    Parameters
    ----------
    heads
        Members.
    joined, letters, away, support
        Shares of them: who take part, have a letter in, are away, privately support it.
    out
        Heads without a post or a place: refused, resigned, employed elsewhere, enlisted.
    exposure
        How strongly lists weigh on those who stay, 0..1.
    named
        Heads named so far.
    arrests
        Heads arrested on the day, of events and of the forum.
    harm
        News of harm to patients, 0..1.
    stress
        Stress of hospitals, 0..1; nan if no hospital is simulated.
    """

    heads: ByKind
    joined: ByKind = _NOTHING
    letters: ByKind = _NOTHING
    away: ByKind = _NOTHING
    support: ByKind = _NOTHING
    out: ByKind = _NOTHING
    exposure: float = 0.0
    named: float = 0.0
    arrests: float = 0.0
    harm: float = 0.0
    stress: float = float("nan")


class National(NamedTuple):
    """National actors in the evening of a day.

    Parameters
    ----------
    mood
        Opinion and resolve.
    standing
        Of the collectives.
    force
        How far the government's means have gone.
    table
        What stands between the sides.
    mode, since
        How the dispute is resolved, and from which day on; before it, by script.
    met
        Share met of each demand, by kind.
    settled
        Share met by a settlement, by kind; -1 before one.
    seats
        Seats added: those of `Forcing.years`, then of every other year.
    size
        Seats that members of each kind reckon with, over `plan.seats`.
    first_away
        Day on which the first were seen away; -1 before it.
    stress
        Of hospitals, 0..1.
    sanction
        Perceived sanctions, by kind.
    """

    mood: Mood
    standing: Standing
    force: Force
    table: Table
    mode: str
    since: int
    met: tuple[ByKind, ...]
    settled: ByKind
    seats: tuple[float, ...]
    size: ByKind
    first_away: int
    stress: float
    sanction: ByKind

    @property
    def resolve(self) -> float:
        """Resolve of the government, 0..1."""
        return self.mood.resolve

    @property
    def approval_plan(self) -> float:
        """Approval of the plan, 0..1."""
        return self.mood.plan

    @property
    def approval_handling(self) -> float:
        """Approval of how it is handled, 0..1."""
        return self.mood.handling

    @property
    def approval_president(self) -> float:
        """Approval of the president, 0..1."""
        return self.mood.president

    @property
    def mandate(self) -> ByKind:
        """How far members stand behind their collective, by kind."""
        return self.standing.mandate

    @property
    def line(self) -> ByKind:
        """Line of the leaders, -1 to talk, 1 to hold out, by kind."""
        return self.standing.line

    @property
    def talks(self) -> float:
        """1 while the sides talk."""
        return self.table.talks

    @property
    def notified(self) -> tuple[float, ...]:
        """Heads to whom each sanction has been notified so far."""
        return self.force.notified

    @property
    def executed(self) -> tuple[float, ...]:
        """Heads on whom each sanction has been executed so far."""
        return self.force.executed


def start_national(
    terms: Terms, forcing: Forcing, mode: str = "script", *, since: int = 0
) -> National:
    """Return national actors on the eve of the first day.

    Parameters
    ----------
    terms
        Assumptions.
    forcing
        The timeline.
    mode
        How the dispute is resolved: "script", "hazard" or "bargaining".
    since
        Day from which on it is; what events say of concessions and settlements from then on is
        not heard under the two others.

    Raises
    ------
    UnknownName
        If there is no such way.
    """
    find_rule(mode)
    return National(
        start_mood(terms.opinion),
        start_standing(terms.collective),
        start_force(terms.sanctions),
        start_table(),
        mode,
        since,
        (_NOTHING,) * len(KINDS),
        (-1.0, -1.0, -1.0, -1.0),
        forcing.days[0].seats,
        _NOTHING,
        -1,
        0.0,
        _NOTHING,
    )


def step(
    was: National,
    day: int,
    forcing: Forcing,
    seen: Seen,
    terms: Terms,
    luck: Sequence[float] | None = None,
) -> tuple[National, Signals]:
    """Let national actors live through a day.

    Parameters
    ----------
    was
        The evening before.
    day
        Its number.
    forcing
        The timeline.
    seen
        What is seen of the day before.
    terms
        Assumptions.
    luck
        `LUCK` uniforms of the day; may be None under "script" with leaders by script.

    Returns
    -------
    national, signals
        The state in the evening, and what the day tells agents. Of the signals `shift` is empty,
        `name` is 0, and `accept` holds the share of organisations of each kind that accept
        letters (`locum.standoff.government.spread_acceptance`): the driver of a run fills them in.
    """
    script = forcing.days[day]
    first = day if was.first_away < 0 and max(seen.away) > 0.0 else was.first_away
    days_away = float(day - first) if first >= 0 else 0.0
    stress = seen.stress
    if isnan(stress):
        stress = _stress_of(seen.away, days_away, script.relief, terms.strain)
    votes = None if luck is None or not terms.elected else luck[LUCK - len(KINDS) :]
    standing = stand(was.standing, script, (seen.joined, seen.support), terms.collective, votes)
    mood = feel(was.mood, script, (stress, seen.harm), terms.opinion, terms.drift)
    rulings = ruled(script)
    if rulings:
        gained = mood.resolve + terms.law.ruling_resolve * rulings
        mood = mood._replace(resolve=min(1.0, max(0.0, gained)))
    force, sanction = _enforce(was, script, seen, mood, terms)
    now = was._replace(
        mood=mood,
        standing=standing,
        force=force,
        first_away=first,
        stress=stress,
        sanction=sanction,
    )
    now = _resolve(now, day, script, (seen, days_away), terms, luck)
    tomorrow = forcing.days[min(day + 1, len(forcing.days) - 1)]
    return now, _signals(now, script, tomorrow.gate, seen, terms)


def _enforce(
    was: National, script: Script, seen: Seen, mood: Mood, terms: Terms
) -> tuple[Force, ByKind]:
    """Return how far the government's means have gone, and the sanctions that members perceive."""
    (a, b, c, d), share = seen.heads, seen.away
    away = a * share[0], b * share[1], c * share[2], d * share[3]
    force = advance(was.force, script, away, terms.sanctions)
    force = after_law(force, script, seen.arrests, terms.law)
    force = force._replace(
        backlash=backlash_of(force, script, terms.sanctions),
        processed=let_go(force, script, terms.leaving),
    )
    start = terms.opinion.resolve
    push = mood.resolve / start if start > 0.0 else 1.0
    return force, deter(force, script, away, push, terms.sanctions)


def _resolve(
    now: National,
    day: int,
    script: Script,
    seen: tuple[Seen, float],
    terms: Terms,
    luck: Sequence[float] | None,
) -> National:
    """Return the state after the sides have met, by the rule of the run."""
    free = now.mode != "script" and day >= now.since
    situation = Situation(
        script.settled,
        max(script.talks),
        now.mood.resolve,
        now.stress,
        now.mood.handling,
        now.standing.line,
        now.standing.mandate,
        seen[0].away,
        now.sanction,
        seen[1],
    )
    rule = find_rule(now.mode if free else "script")
    table = rule(now.table, situation, terms.bargaining, luck if luck is not None else _NO_LUCK)
    scripted = now.met if free else script.met
    met = scripted
    if free or max(table.settled) > 0.0:
        met = tuple(_most(scripted[k], table.offered, table.settled[k]) for k in _ALL)
    sizes, seats = _sizes(script, met, terms, free=free)
    return now._replace(table=table, met=met, settled=table.settled, size=sizes, seats=seats)


def _sizes(
    script: Script, met: tuple[ByKind, ...], terms: Terms, *, free: bool
) -> tuple[ByKind, tuple[float, ...]]:
    """Return the seats that members of each kind reckon with over `plan.seats`, and seats by year.

    Once the sides are free, what events fix for a year is not heard: seats follow concessions.
    """
    if free:
        left = [script.announced * (1.0 - met[k][0]) for k in _ALL]
        seats = (max(left),) * len(script.seats)
        return _four([each / terms.plan.seats for each in left]), seats
    terms_of, (years, unit) = terms.grievance, terms.plan
    if met[0][0] == met[1][0] == met[2][0] == met[3][0]:
        size = plan_size(script, terms_of, years, met[0][0]) / unit
        return (size, size, size, size), script.seats
    sizes = [plan_size(script, terms_of, years, met[k][0]) / unit for k in _ALL]
    return _four(sizes), script.seats


_NO_LUCK = (1.0,) * LUCK
"""Uniforms at which nothing happens by chance."""


def _most(met: ByKind, offered: ByKind, settled: float) -> ByKind:
    """Return the largest share of each demand that is met in any way."""
    return (
        max(met[0], offered[0], settled),
        max(met[1], offered[1], settled),
        max(met[2], offered[2], settled),
        max(met[3], offered[3], settled),
    )


def _signals(
    now: National, script: Script, gate_tomorrow: ByKind, seen: Seen, terms: Terms
) -> Signals:
    """Return what the day tells agents."""
    standing, force, called = now.standing, now.force, terms.collective
    agreed = _agreed(now, script, terms.bargaining.others)
    reached = _four([max(0.0, each) for each in now.settled])
    level = grievance_of(
        terms.grievance,
        script,
        standing,
        (now.size, now.met, agreed, reached, force.backlash, now.stress, now.mood.plan),
    )
    window, easier = ways_back(script, agreed, seen.out, terms.back)
    shown = seen.exposure * (1.0 - terms.back.protection)
    stir = 1.0 + (called.stir if script.stir else 0.0)
    told = (
        *level,
        *now.sanction,
        *[shown if each else seen.exposure for each in script.protected],
        *pull_of(script, now.sanction, terms.back),
        *standing.believed,
        *[stir + most * left for most, left in zip(called.rush, standing.rush, strict=True)],
        *[share * (1.0 - end) for share, end in zip(standing.opened, agreed, strict=True)],
        *_gate(script, gate_tomorrow, agreed, (standing.opened, called.early)),
        *_OPEN,
        *window,
        *easier,
        *force.processed,
        *hired(script, terms.leaving),
        *terms.leaving.enlist,
        *release_of(script, agreed, standing.mandate, called),
        *_NOTHING,
    )
    grievance, *rest = np.array(told).reshape(-1, len(KINDS))
    return Signals(grievance, _NOWHERE, *rest, resolve=now.mood.resolve)


_OPEN = (1.0, 1.0, 1.0, 1.0)


def _agreed(now: National, script: Script, others: float) -> ByKind:
    """Return how far a settlement holds: in part where a kind's own body has not signed."""
    if max(now.settled) < 0.0:
        return _NOTHING
    shares: list[float] = []
    for k in _ALL:
        own = script.signed[k] or script.settled[k] == _NO_WORD
        shares.append(0.0 if now.settled[k] < 0.0 else 1.0 if own else others)
    return _four(shares)


def _gate(
    script: Script, tomorrow: ByKind, agreed: ByKind, begun: tuple[ByKind, ByKind]
) -> ByKind:
    """Return the share for whom absence has begun: some begin on the eve, none once agreed.

    Where requests are themselves the absence, it is no more than have begun those, or on the eve.
    """
    today, (opened, early) = script.gate, begun
    gates: list[float] = []
    for k in _ALL:
        gate = today[k] if tomorrow[k] <= today[k] else max(today[k], early[k])
        if script.paired[k]:
            gate = min(gate, max(opened[k], early[k]))
        gates.append(gate * (1.0 - agreed[k]))
    return _four(gates)


def _four(values: Sequence[float]) -> ByKind:
    first, second, third, last = values
    return first, second, third, last
