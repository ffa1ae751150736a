"""Opinion in the draws of a fit: as polls tell it, and nothing else is touched."""

from __future__ import annotations

import numpy as np
import pytest

from locum.countries import load_pack
from locum.inference.hospital_design import Freed
from locum.inference.standoff_opinion import opinion_of, stress_of, with_opinion
from locum.inference.standoff_simulation import StandoffSimulation, case_until
from locum.scenarios.standoff import resolve_standoff

PACK = load_pack("korea")
LEDGER = PACK.ledger("standoff")
COUNT = 400


@pytest.fixture(scope="module")
def simulation():
    case = case_until(resolve_standoff("korea-standoff-2024", PACK), PACK, "2024-04-15")
    return StandoffSimulation(case, LEDGER, Freed.of(LEDGER, ()), Freed.of(LEDGER, ()))


def test_draws_of_opinion_are_those_of_the_fit_to_polls(simulation):
    keys = ("opinion.plan", "opinion.resolve", "decision.social")
    before = np.array([[float(LEDGER[key].value) for key in keys]] * COUNT)
    after = with_opinion((*simulation.uncertain,), _central(simulation), simulation)
    columns = [simulation.uncertain.index(key) for key in keys]
    plan, resolve, social = after[:, columns].T
    assert np.array_equal(social, before[:, 2])
    fit = opinion_of(simulation, stress_of(simulation, [{}]))
    assert np.median(plan) == pytest.approx(fit.values["opinion.plan"], abs=0.01)
    assert plan.std() < 0.5 * _prior_sd("opinion.plan")
    assert resolve.std() == pytest.approx(_prior_sd("opinion.resolve"), rel=0.15)


def test_polls_after_the_last_day_of_stress_are_not_read(simulation):
    stress = stress_of(simulation, [{}])
    later, sooner = opinion_of(simulation, stress), opinion_of(simulation, stress[:20])
    assert len(sooner.polls) < len(later.polls)
    assert max(poll.day for poll in sooner.polls) < 20


def _central(simulation):
    row = [float(LEDGER[key].value) for key in simulation.uncertain]
    return np.array([row] * COUNT)


def _prior_sd(key):
    prior = LEDGER[key].prior
    return float(np.std([prior.quantile(each) for each in (np.arange(COUNT) + 0.5) / COUNT]))
