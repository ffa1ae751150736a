"""Which draws a run needs: the scenario, without its settlement, from priors, and otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from locum.runs.standoff.driving import Drive
from locum.runs.standoff.execution import Job
from locum.runs.standoff.posterior import read_posterior, with_posterior
from locum.runs.standoff.simulating import values_of
from locum.scenarios import apply
from locum.scenarios.standoff import LEDGER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.assumptions import Draws
    from locum.runs.standoff.request import StandoffRequest
    from locum.scenarios.standoff import StandoffScenario

__all__ = [
    "MAIN",
    "PRIOR",
    "differing_draws",
    "jobs_of",
    "unsettled",
    "unsettled_names",
    "variants_of",
]

MAIN, PRIOR = "", "prior"
"""Variants of a run besides counterfactuals, which go by their own names."""
_FEWEST, _SHARE = 8, 0.4
"""Of the draws, as many are run of what is done otherwise, but at least so many: what counts there
is a difference between two runs that share their luck."""


def differing_draws(request: StandoffRequest) -> int:
    """Return how many draws are run of each counterfactual."""
    return min(request.draws, max(_FEWEST, round(_SHARE * request.draws)))


def variants_of(request: StandoffRequest) -> dict[str, StandoffScenario]:
    """Return the scenarios of a run by variant, counterfactuals last.

    The prior is a variant only where a posterior goes before it. What happens without the
    settlement is no variant: it parts from the scenario late, and is run along with it.
    """
    scenario = request.scenario
    found = {MAIN: scenario}
    if not request.prior and read_posterior(request.pack) is not None:
        found[PRIOR] = scenario
    if request.counterfactuals:
        without = unsettled(request)
        for name in scenario.counterfactuals:
            other = scenario.counterfactual(name)
            if without is None or not _alike(other, without):
                found[name] = other
    return found


def unsettled(request: StandoffRequest) -> StandoffScenario | None:
    """Return the scenario without its settlement; None where the run reaches none."""
    if request.settled is None:
        return None
    return request.scenario.without(request.scenario.settlement)


def unsettled_names(request: StandoffRequest) -> list[str]:
    """Return the counterfactuals that are nothing but the scenario without its settlement."""
    without = unsettled(request)
    if without is None or not request.counterfactuals:
        return []
    scenario = request.scenario
    return [
        name for name in scenario.counterfactuals if _alike(scenario.counterfactual(name), without)
    ]


def _alike(one: StandoffScenario, other: StandoffScenario) -> bool:
    """Whether two scenarios of one name differ in nothing that is simulated."""
    return (
        one.events == other.events
        and one.platform == other.platform
        and one.assumptions == other.assumptions
    )


def jobs_of(request: StandoffRequest, watched: Sequence[int]) -> list[Job]:
    """Return the draws of all variants, in their order.

    Parameters
    ----------
    request
        What was asked for.
    watched
        Days on which specialties are counted besides the weekly ones.

    Raises
    ------
    InputError
        If a counterfactual states an assumption that cannot be.
    """
    jobs: list[Job] = []
    year = request.scenario.start.year
    without = unsettled(request)
    for name, scenario in variants_of(request).items():
        told = name in (MAIN, PRIOR)
        draws = _draws(request, name, scenario)
        for draw in range(request.draws if told else differing_draws(request)):
            asked = Drive(
                scenario,
                request.pack,
                values_of(draws, draw, year),
                request.seed,
                replication=draw,
                until=request.last,
                watched=tuple(watched) if told else (),
                groups=told,
                instead=without if name == MAIN else None,
            )
            jobs.append(Job(name, draw, asked))
    return jobs


def _draws(request: StandoffRequest, name: str, scenario: StandoffScenario) -> Draws:
    """Return the draws of a variant; what it does not change meets the same luck."""
    if name == PRIOR:
        return request.draw(prior=True)
    if scenario.assumptions == request.scenario.assumptions:
        return request.draw()
    own = request.pack.ledger(LEDGER)
    changed = replace(request, ledger=apply(scenario, own, request.sets))
    draws = changed.ledger.draw(request.seed, 0, request.draws)
    posterior = None if request.prior else read_posterior(request.pack)
    return draws if posterior is None else with_posterior(draws, posterior, own)
