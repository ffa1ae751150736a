"""Opinion: approval of the plan, of its handling and of the president, and resolve.

Three shares move towards levels that the strain of hospitals lowers; approval of the handling
follows approval of the plan, and approval of the president follows both. Resolve follows all
three. Everything is linear, so that polls can be fitted by a few lines (`fit_opinion`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from locum.standoff.terms import ByKind, read_terms

if TYPE_CHECKING:
    from locum.standoff.forcing import Script
    from locum.standoff.terms import Values

__all__ = [
    "Drift",
    "Mood",
    "Opinion",
    "Strain",
    "drift_of",
    "feel",
    "start_mood",
    "stress_of",
]


class Opinion(NamedTuple):
    """What moves opinion and resolve (assumptions `opinion.*`).

    Parameters
    ----------
    plan, handling, president
        Approval before hospitals are strained, 0..1.
    half_life
        Days in which opinion covers half of its way.
    strain_half_life
        Days in which the public's sense of strain covers half of the way to hospitals' stress.
    plan_strain, handling_strain, president_strain
        What full strain takes off in the end.
    plan_harm, handling_harm
        What a day of news of harm takes off at once.
    handling_plan
        What a point of the plan's approval is worth to its handling.
    president_plan, president_handling
        What a point of each is worth to the president.
    president_firm
        What an event that shows firmness (a notice, an execution, a deadline) adds at once.
    president_decree
        What a decree takes off at once.
    resolve
        At the start, 0..1.
    resolve_half_life
        Days in which it covers half of its way.
    resolve_plan, resolve_handling, resolve_president
        What a point of each approval is worth to it.
    resolve_strain
        What full strain takes off it in the end.
    resolve_assembly
        What a lost election of the assembly takes off at once.
    new_resolve, new_president
        Of a new government: resolve and approval of the president.
    """

    plan: float
    handling: float
    president: float
    half_life: float
    strain_half_life: float
    plan_strain: float
    handling_strain: float
    president_strain: float
    plan_harm: float
    handling_harm: float
    handling_plan: float
    president_plan: float
    president_handling: float
    president_firm: float
    president_decree: float
    resolve: float
    resolve_half_life: float
    resolve_plan: float
    resolve_handling: float
    resolve_president: float
    resolve_strain: float
    resolve_assembly: float
    new_resolve: float
    new_president: float

    @classmethod
    def read(cls, values: Values) -> Opinion:
        """Return one draw of them."""
        return read_terms(cls, "opinion", values)


class Strain(NamedTuple):
    """Stress of hospitals by who is away, where no hospital is simulated (`stress.*`).

    Parameters
    ----------
    away
        Stress when all of a kind are away, by kind.
    adapting_half_life
        Days in which half of what can be adapted to is adapted to.
    adapted
        Share of the stress that hospitals adapt to in the end.
    relief
        Share of it that a measure in force takes off.
    """

    away: ByKind
    adapting_half_life: float
    adapted: float
    relief: float

    @classmethod
    def read(cls, values: Values) -> Strain:
        """Return one draw of them."""
        return read_terms(cls, "stress", values)


class Drift(NamedTuple):
    """Rates a day that follow from half-lives; computed once."""

    opinion: float
    strain: float
    resolve: float


class Mood(NamedTuple):
    """Opinion on a day.

    Parameters
    ----------
    plan, handling, president
        Approval, 0..1.
    strain
        Strain of hospitals that the public feels, 0..1.
    resolve
        Of the government, 0..1.
    government
        Number of the government, 0 the first.
    """

    plan: float
    handling: float
    president: float
    strain: float
    resolve: float
    government: float


def start_mood(terms: Opinion) -> Mood:
    """Return opinion before the dispute."""
    return Mood(terms.plan, terms.handling, terms.president, 0.0, terms.resolve, 0.0)


def drift_of(terms: Opinion) -> Drift:
    """Return the rates a day that half-lives mean."""
    return Drift(
        1.0 - 0.5 ** (1.0 / terms.half_life),
        1.0 - 0.5 ** (1.0 / terms.strain_half_life),
        1.0 - 0.5 ** (1.0 / terms.resolve_half_life),
    )


def stress_of(away: ByKind, days: float, relief: float, terms: Strain) -> float:
    """Return the stress of hospitals, 0..1, from the shares away of each kind.

    Parameters
    ----------
    away
        Shares, by kind.
    days
        Since the first were away.
    relief
        Measures in force that ease the load.
    terms
        Assumptions.

    Notes
    -----
    min(1, sum of weight x share away) x (1 - adapted (1 - 2^(-days / half-life)))
    x (1 - relief)^measures. A run that simulates hospitals gives their own stress instead.
    """
    weight = terms.away
    load = weight[0] * away[0] + weight[1] * away[1] + weight[2] * away[2] + weight[3] * away[3]
    adapted = terms.adapted * (1.0 - 0.5 ** (max(0.0, days) / terms.adapting_half_life))
    return min(1.0, load) * (1.0 - adapted) * (1.0 - terms.relief) ** relief


def feel(
    was: Mood, script: Script, hospitals: tuple[float, float], terms: Opinion, drift: Drift
) -> Mood:
    """Return opinion after a day.

    Parameters
    ----------
    was
        The day before.
    script
        What events say today.
    hospitals
        Stress of hospitals and news of harm in them, each 0..1.
    terms, drift
        Assumptions.

    Notes
    -----
    With S the strain and r the rate of opinion, each approval moves by r (level - approval), where
    plan level = plan - plan_strain S,
    handling level = handling + handling_plan (P - plan) - handling_strain S,
    president level = president + president_plan (P - plan) + president_handling (H - handling)
    - president_strain S,
    less what news takes off at once. Resolve moves likewise towards resolve + its weights times
    the three approvals over their levels at the start - resolve_strain S, with approval of the
    president apart from approval of the plan. Shares stay within 0..1.
    """
    stress, harm = hospitals
    heard = max(harm, script.news[0])
    strain = was.strain + drift.strain * (stress - was.strain)
    plan_gap, handling_gap = was.plan - terms.plan, was.handling - terms.handling
    president_gap = was.president - terms.president
    plan = was.plan - drift.opinion * (plan_gap + terms.plan_strain * strain)
    handling = was.handling - drift.opinion * (
        handling_gap - terms.handling_plan * plan_gap + terms.handling_strain * strain
    )
    president = was.president - drift.opinion * (
        president_gap
        - terms.president_plan * plan_gap
        - terms.president_handling * handling_gap
        + terms.president_strain * strain
    )
    aim = (
        terms.resolve
        + terms.resolve_plan * plan_gap
        + terms.resolve_handling * handling_gap
        + terms.resolve_president * president_gap
        - terms.resolve_strain * strain
    )
    resolve = was.resolve + drift.resolve * (aim - was.resolve)
    resolve -= terms.resolve_assembly * script.elections[0]
    president += terms.president_firm * _firmness(script)
    president -= terms.president_decree * script.news[2]
    now = Mood(
        _share(plan - terms.plan_harm * heard),
        _share(handling - terms.handling_harm * heard),
        _share(president),
        strain,
        _share(resolve),
        was.government,
    )
    if script.elections[1]:
        return now._replace(
            president=terms.new_president,
            resolve=terms.new_resolve,
            government=was.government + 1.0,
        )
    return now


def _firmness(script: Script) -> float:
    """Return how many events of today show firmness."""
    if not script.moves:
        return float(any(script.lapsed))
    shown = sum(move.stage in (1, 2) for move in script.moves)
    return shown + float(any(script.lapsed))


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
