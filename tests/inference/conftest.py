"""One backtest, small, for all tests that look at it."""

from __future__ import annotations

import pytest

from locum.inference import Backtest, backtest_request, score_backtest
from locum.runs import Run, execute


@pytest.fixture(scope="session")
def backtest_run() -> Run:
    """The run of the backtest, 40 draws."""
    return execute(backtest_request(draws=40))


@pytest.fixture(scope="session")
def scored(backtest_run: Run) -> Backtest:
    """Its scores."""
    return score_backtest(backtest_run)
