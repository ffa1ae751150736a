"""Courts and police, as far as resolve and sanctions need them.

A ruling for or against the state moves resolve and the belief in its sanctions by the same amount
either way. Raids, arrests and sentences are read as prosecution that moves on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from locum.standoff.deeds import SANCTIONS
from locum.standoff.terms import read_terms

if TYPE_CHECKING:
    from locum.standoff.forcing import Script
    from locum.standoff.government import Force
    from locum.standoff.terms import Values

__all__ = ["Law", "after_law", "ruled"]

_PROSECUTION = SANCTIONS.index("prosecution")


class Law(NamedTuple):
    """What courts and police change (assumptions `law.*`).

    Parameters
    ----------
    ruling_resolve
        Resolve gained by a ruling for the state, and lost by one against it.
    ruling_belief
        Part of the way to full belief in sanctions, or to none, that a ruling moves.
    police_belief
        Part of the way to full belief in prosecution that a day of raids, arrests or sentences
        moves.
    """

    ruling_resolve: float
    ruling_belief: float
    police_belief: float

    @classmethod
    def read(cls, values: Values) -> Law:
        """Return one draw of them."""
        return read_terms(cls, "law", values)


def ruled(script: Script) -> float:
    """Return rulings of today for the state less those against it.

    A court that refuses a demand rules for the state; one that grants a demand rules against it.
    """
    if not script.refusals:
        return -script.against
    return float(sum(each.by == "court" for each in script.refusals)) - script.against


def after_law(force: Force, script: Script, arrests: float, terms: Law) -> Force:
    """Return the sanctions after what courts and police did.

    Parameters
    ----------
    force
        Before.
    script
        What events say today.
    arrests
        Heads arrested, of events and of the forum.
    terms
        Assumptions.
    """
    rulings = ruled(script)
    raids, _, referrals, sentences, _ = script.enforcement
    acted = arrests + raids + referrals + sentences > 0.0
    if not rulings and not acted:
        return force
    belief = list(force.credibility)
    if rulings:
        way = terms.ruling_belief if rulings > 0.0 else -terms.ruling_belief
        belief = [each + way * (1.0 - each if way > 0.0 else each) for each in belief]
    executed = list(force.executed)
    if acted:
        belief[_PROSECUTION] += terms.police_belief * (1.0 - belief[_PROSECUTION])
        executed[_PROSECUTION] += arrests
    first, second, third, fourth, fifth = belief
    one, two, three, four, five = executed
    return force._replace(
        credibility=(first, second, third, fourth, fifth), executed=(one, two, three, four, five)
    )
