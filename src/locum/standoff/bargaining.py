"""How a dispute is resolved: by script, by hazard or by bargaining, behind one interface.

A rule takes what stands between the sides (`Table`) and the day (`Situation`) and returns what
stands there in the evening. *script* does what events say and nothing else. Under *hazard* the
government gives way, and collectives consent, with chances a day. Under *bargaining* both sides
claim a share and the one with more to lose by conflict concedes (Zeuthen's principle).
"""

from __future__ import annotations

from math import exp, isnan
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from locum.errors import UnknownName
from locum.standoff.deeds import AGENDA, RESOLVES
from locum.standoff.states import KINDS
from locum.standoff.terms import ByDemand, ByKind, read_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locum.standoff.terms import Values

    Rule: TypeAlias = Callable[["Table", "Situation", "Bargaining", Sequence[float]], "Table"]

__all__ = [
    "LUCK",
    "Bargaining",
    "Situation",
    "Table",
    "concede",
    "consent_chance",
    "find_rule",
    "nash_share",
    "start_table",
]

_ALL = range(len(KINDS))
LUCK = 2 + len(AGENDA) + 2 * len(KINDS)
"""Uniforms a day: talks begin, talks end, one for each demand, consent by kind, recall by kind."""


class Bargaining(NamedTuple):
    """How the sides give way (assumptions `bargaining.*`).

    Parameters
    ----------
    unstated
        Share of the demands that a settlement meets where no event says it.
    others
        How far a settlement binds members whose own collective has not signed it, 0..1.
    concede
        Chance a day, by demand, that a step is conceded at a resolve of one half and no strain.
    step
        Share of a demand met by a step; under bargaining the share conceded in a round.
    resolve
        How steeply the chance falls with resolve: by exp(-resolve) over its whole range.
    strain
        How steeply it rises with the stress of hospitals.
    begin, end
        Chance a day that talks begin; that they end without a result.
    ask
        Share of the demands that a collective asks for when its line is 0, by kind.
    line
        How much more it asks at line 1, and less at -1.
    consent
        How sharply consent turns about what is asked.
    settle
        Chance a day that a collective answers an offer.
    round_days
        Days between rounds of bargaining.
    government_strain, government_disapproval, government_resolve
        Cost of conflict to the government of full stress, of full disapproval of its handling, and
        what full resolve takes off it, in units of the whole stake.
    doctors_fatigue, doctors_threat, doctors_line
        Cost of conflict to doctors of a year away, of a unit of perceived sanction, and what a
        line of holding out takes off it.
    """

    unstated: float
    others: float
    concede: ByDemand
    step: float
    resolve: float
    strain: float
    begin: float
    end: float
    ask: ByKind
    line: float
    consent: float
    settle: float
    round_days: float
    government_strain: float
    government_disapproval: float
    government_resolve: float
    doctors_fatigue: float
    doctors_threat: float
    doctors_line: float

    @classmethod
    def read(cls, values: Values) -> Bargaining:
        """Return one draw of them."""
        return read_terms(cls, "bargaining", values)


class Table(NamedTuple):
    """What stands between the sides.

    Parameters
    ----------
    offered
        Share of each demand that the government has met of its own accord.
    settled
        Share met by a settlement, by kind; -1 before one.
    talks
        1 while the sides talk.
    claims
        Share that the government claims to keep, and that doctors claim to be met.
    waited
        Days since the last round.
    broken
        How often talks have ended without a result.
    """

    offered: ByDemand
    settled: ByKind
    talks: float
    claims: tuple[float, float]
    waited: float
    broken: float


class Situation(NamedTuple):
    """What a rule knows of a day.

    Parameters
    ----------
    settled
        What events say of settlements, by kind; -1 before one.
    talks
        1 while events say that the sides talk.
    resolve, stress, handling
        Resolve, stress of hospitals and approval of the handling, 0..1.
    lines, mandates
        Of the collectives.
    away
        Shares away, by kind.
    threat
        Perceived sanctions, by kind.
    days_away
        Since the first were away.
    """

    settled: ByKind
    talks: float
    resolve: float
    stress: float
    handling: float
    lines: ByKind
    mandates: ByKind
    away: ByKind
    threat: ByKind
    days_away: float


def start_table() -> Table:
    """Return a table at which nothing has been said: each side claims all."""
    nothing = (0.0, 0.0, 0.0, 0.0)
    return Table(nothing, (-1.0, -1.0, -1.0, -1.0), 0.0, (1.0, 1.0), 0.0, 0.0)


def find_rule(name: str) -> Rule:
    """Return the rule of this name.

    Raises
    ------
    UnknownName
        If it is none of `locum.standoff.deeds.RESOLVES`.
    """
    if name not in _RULES:
        raise UnknownName("way to resolve", name, RESOLVES)
    return _RULES[name]


def _by_script(
    table: Table, situation: Situation, terms: Bargaining, _luck: Sequence[float]
) -> Table:
    """Do what events say."""
    if situation.settled == table.settled and situation.talks == table.talks:
        return table
    settled = [terms.unstated if isnan(each) else each for each in situation.settled]
    return table._replace(settled=_four(settled), talks=situation.talks)


# --- by hazard ------------------------------------------------------------------


def _by_hazard(
    table: Table, situation: Situation, terms: Bargaining, luck: Sequence[float]
) -> Table:
    """Give way, talk and consent by chance."""
    if max(table.settled) >= 0.0 and min(table.settled) >= 0.0:
        return table
    talks, broken = _talk(table, terms, luck)
    offered = list(table.offered)
    pressure = exp(terms.strain * situation.stress - terms.resolve * (situation.resolve - 0.5))
    for a in range(len(AGENDA)):
        if luck[2 + a] < 1.0 - exp(-terms.concede[a] * pressure):
            offered[a] = min(1.0, offered[a] + terms.step)
    settled = list(table.settled)
    if talks:
        share = sum(offered) / len(offered)
        for k in _ALL:
            chance = terms.settle * consent_chance(share, k, situation.lines[k], terms)
            if settled[k] < 0.0 and luck[6 + k] < chance:
                settled[k] = share
    return table._replace(
        offered=_four(offered), settled=_four(settled), talks=talks, broken=broken
    )


def _talk(table: Table, terms: Bargaining, luck: Sequence[float]) -> tuple[float, float]:
    """Return whether the sides talk, and how often talks have failed."""
    if table.talks and luck[1] < terms.end:
        return 0.0, table.broken + 1.0
    if not table.talks and luck[0] < terms.begin:
        return 1.0, table.broken
    return table.talks, table.broken


def consent_chance(share: float, kind: int, line: float, terms: Bargaining) -> float:
    """Return the chance that a collective, once it answers, accepts an offer.

    Notes
    -----
    1 / (1 + exp(-consent (share - ask - line x leaders' line))): one half at what is asked.
    """
    short = share - terms.ask[kind] - terms.line * line
    return 1.0 / (1.0 + exp(-max(-700.0, min(700.0, terms.consent * short))))


# --- by bargaining ----------------------------------------------------------------


def _by_bargaining(
    table: Table, situation: Situation, terms: Bargaining, _luck: Sequence[float]
) -> Table:
    """Concede round by round until the claims fit together."""
    if max(table.settled) >= 0.0:
        return table
    waited = table.waited + 1.0
    if waited < terms.round_days:
        return table._replace(waited=waited)
    claims = concede(table.claims, conflict_costs(situation, terms), terms.step)
    share = 1.0 - claims[0]
    settled = table.settled
    if claims[0] + claims[1] <= 1.0 + 1e-12:
        settled = (share, share, share, share)
    return table._replace(settled=settled, talks=1.0, claims=claims, waited=0.0)


def conflict_costs(situation: Situation, terms: Bargaining) -> tuple[float, float]:
    """Return what conflict costs the government and doctors, in units of the whole stake."""
    government = (
        terms.government_strain * situation.stress
        + terms.government_disapproval * (1.0 - situation.handling)
        - terms.government_resolve * situation.resolve
    )
    doctors = (
        terms.doctors_fatigue * situation.days_away / 365.0
        + terms.doctors_threat * situation.threat[0]
        - terms.doctors_line * situation.lines[0]
    )
    return max(0.0, government), max(0.0, doctors)


def concede(
    claims: tuple[float, float], costs: tuple[float, float], step: float
) -> tuple[float, float]:
    """Return the claims of both sides after a round.

    Parameters
    ----------
    claims
        Share that each side claims.
    costs
        What conflict costs each, in units of the whole stake, at least 0.
    step
        Share conceded in a round.

    Notes
    -----
    A side's risk limit is (own claim - what the other leaves) / (own claim + cost); the lower one
    concedes, both if equal, never beyond what fits. The end is Nash's solution to within a step
    (`nash_share`). Swapping the sides swaps the result.

    References
    ----------
    J. C. Harsanyi: Approaches to the bargaining problem before and after the theory of games.
    Econometrica 24 (1956).
    """
    excess = claims[0] + claims[1] - 1.0
    if excess <= 0.0:
        return claims
    losses = claims[0] + costs[0], claims[1] + costs[1]
    if losses[0] == losses[1]:
        cut = min(step, excess / 2.0)
        return claims[0] - cut, claims[1] - cut
    cut = min(step, excess)
    if losses[0] > losses[1]:
        return _cut(claims[0], cut), claims[1]
    return claims[0], _cut(claims[1], cut)


def _cut(claim: float, cut: float) -> float:
    return max(0.0, claim - cut)


def nash_share(costs: tuple[float, float]) -> float:
    """Return the share of the stake that doctors get by Nash's solution.

    (1 + government's cost - doctors' cost) / 2, within 0..1.
    """
    return min(1.0, max(0.0, (1.0 + costs[0] - costs[1]) / 2.0))


_RULES: dict[str, Rule] = {
    "script": _by_script,
    "hazard": _by_hazard,
    "bargaining": _by_bargaining,
}


def _four(values: Sequence[float]) -> ByKind:
    first, second, third, last = values
    return first, second, third, last
