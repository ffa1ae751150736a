"""What conformity can and cannot be said to do: draws that fit alike, in groups by its strength.

The draws of the fit are put in groups by J; each group runs what was done and what could have been
done otherwise, with the same luck. The groups fit the readings about equally well, so a result
that differs between them is one that the readings do not settle.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from locum.inference.scores import interval
from locum.runs.standoff.driving import Drive, drive
from locum.runs.standoff.harm import METRICS, metrics_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from locum.inference.importance import Places
    from locum.inference.scores import Floats
    from locum.inference.standoff_fit import Fitted, Fitter
    from locum.scenarios.standoff import StandoffScenario

__all__ = ["COUNTERFACTUALS", "GROUPS", "social_table"]

J, METRIC = "decision.social", "trainees_away_end"
COUNTERFACTUALS = ("no_deadline", "penalties_dropped", "no_list", "quota_withdrawn")
GROUPS, DRAWS = 4, 10
LAST = "2024-08-31"
LEVEL = 0.9


def social_table(
    fitter: Fitter,
    fitted: Fitted,
    tell: Callable[[str], None] | None = None,
    draws: int = DRAWS,
    last: str = LAST,
) -> list[dict[str, object]]:
    """Return, by group of J and counterfactual, the change of trainees away on the last day.

    Parameters
    ----------
    fitter, fitted
        The fit, with its simulator.
    tell
        Called with a sentence after each group.
    draws
        Of each group.
    last
        Last day that is run.

    Returns
    -------
    list of dict
        A record for each pair: social is the mean J of the group, median, low and high (90%) are
        of paired differences in points, misfit is the mean squared distance of the group's runs
        from the readings they were fitted to, in standard errors, a reading.
    """
    order: Places = np.argsort(fitted.values[:, fitted.keys.index(J)], kind="stable")
    found: list[dict[str, object]] = []
    for number, group in enumerate(np.array_split(order, GROUPS)):
        chosen: Places = group[(np.arange(draws) * len(group)) // draws]
        base = _away(fitter, fitted, chosen, None, last)
        level = float(fitted.values[chosen, fitted.keys.index(J)].mean())
        misfit = _misfit(fitter, fitted, chosen)
        for name in COUNTERFACTUALS:
            change = _away(fitter, fitted, chosen, name, last) - base
            limits = interval(change, LEVEL)
            title = fitter.simulation.case.scenario.counterfactuals[name].title
            found.append(
                {
                    "social": level,
                    "counterfactual": name,
                    "title": title,
                    "metric": METRIC,
                    "unit": METRICS[METRIC].unit,
                    "median": float(np.median(change)),
                    "low": limits[0],
                    "high": limits[1],
                    "misfit": misfit,
                }
            )
        if tell is not None:
            tell(f"group {number + 1} of {GROUPS} by J")
    return found


def _misfit(fitter: Fitter, fitted: Fitted, chosen: Places) -> float:
    observed = fitter.observed
    root = np.linalg.cholesky(observed.covariance)
    said = fitter.scaled(fitted.population.said[chosen])
    away = np.linalg.solve(root, (observed.values - said).T)
    return float((away**2).mean())


def _away(fitter: Fitter, fitted: Fitted, chosen: Places, name: str | None, last: str) -> Floats:
    """Return trainees away on the last day of each draw, in per cent."""
    simulation, population = fitter.simulation, fitted.population
    scenario: StandoffScenario = simulation.case.scenario
    scenario = scenario if name is None else scenario.counterfactual(name)
    scenario = scenario.until(date.fromisoformat(last))
    freed, beside = population.points[chosen], population.along[chosen]
    values = simulation.values(freed, beside, population.numbers[chosen])
    return np.array([_one(fitter, scenario, each, row) for row, each in enumerate(values)])


def _one(
    fitter: Fitter, scenario: StandoffScenario, values: Mapping[str, float | str], luck: int
) -> float:
    simulation = fitter.simulation
    asked = Drive(
        scenario,
        simulation.case.pack,
        values,
        simulation.seed,
        luck,
        simulation.case.kinds,
        groups=False,
    )
    driven = drive(asked)
    said = metrics_of(driven.observed, scenario, float(driven.named.sum()))
    return float(said[list(METRICS).index(METRIC)])
