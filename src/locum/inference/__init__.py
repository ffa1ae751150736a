"""What can be learned from runs: influence of assumptions, and the score of a backtest."""

from __future__ import annotations

from locum.inference.result import Backtest
from locum.inference.scoreboard import AgeScores, Score
from locum.inference.sensitivity import rank_influence, with_influence
from locum.inference.validation import (
    BACKTEST_DRAWS,
    backtest,
    backtest_request,
    score_backtest,
)

__all__ = [
    "BACKTEST_DRAWS",
    "AgeScores",
    "Backtest",
    "Score",
    "backtest",
    "backtest_request",
    "rank_influence",
    "score_backtest",
    "with_influence",
]
