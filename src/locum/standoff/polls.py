"""Fit opinion to polls, by a small estimate that shows what polls cannot tell.

The equations of opinion (`locum.standoff.opinion.feel`) are run over the days of a dispute with a
given stress of hospitals. Each assumption is a normal score of its prior; a poll is the model's
share, an offset of its pollster or wording, and an error of sampling and of houses. A few steps of
Gauss and Newton find the most likely scores, and their covariance there is the posterior. An
assumption whose score is as wide as before was not identified.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import erf, isnan, nan, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.errors import InputError, NotConverged
from locum.standoff.opinion import Opinion, drift_of, feel, start_mood

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from locum.assumptions import Assumption
    from locum.standoff.forcing import Forcing

__all__ = ["QUESTIONS", "OpinionFit", "Poll", "fit_opinion", "opinion_path", "read_polls"]

Floats: TypeAlias = NDArray[np.float64]

STATES = ("plan", "handling", "president")
_WORDING = "compromise"
QUESTIONS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("2,000 more seats: more good or more bad", "more good"): ("plan", ""),
    ("2,000 more seats from 2025", "support"): ("plan", ""),
    ("2,000 more seats", "support"): ("plan", "government"),
    ("2025 quota rise", "good thing"): ("plan", ""),
    ("Quota: plan as is or a compromise on size and timing", "as planned"): ("plan", _WORDING),
    ("Quota", "increase as planned"): ("plan", _WORDING),
    ("Government's handling of the dispute", "well"): ("handling", ""),
    ("President's performance", "approve"): ("president", ""),
}
"""Question and answer of a poll, to the approval it speaks of and the group of its offset."""
_ADULTS = ("adults", "adults 18+")
_USUAL_HOUSE = "Gallup Korea"
_STEPS = 30
_TOLERANCE = 1e-6
_FARTHEST = 6.0
_NUDGE = 1e-4
_IDENTIFIED = 0.1
"""Least fall of the variance of a score for which a poll is said to tell something."""


class Poll(NamedTuple):
    """One printed answer.

    Parameters
    ----------
    row
        Id of the row of the table.
    day
        Last day in the field.
    state
        Approval it speaks of, one of "plan", "handling", "president".
    share
        Share of those asked.
    asked
        How many; nan if not printed.
    group
        Offset that it shares with others: a pollster, a wording; empty for none.
    """

    row: str
    day: int
    state: str
    share: float
    asked: float
    group: str


@dataclass(frozen=True, eq=False)
class OpinionFit:
    """What polls tell of the assumptions.

    Parameters
    ----------
    keys
        Assumptions and offsets, K of them; offsets begin with "offset.".
    scores, covariance
        Normal scores of the posterior: mean (K,) and covariance (K, K). Before it they are
        independent with mean 0 and variance 1.
    values
        The most likely value of each.
    polls
        What was fitted, P of them.
    fitted
        The model's share for each poll, offset included, (P,).
    """

    keys: tuple[str, ...]
    scores: Floats
    covariance: Floats
    values: Mapping[str, float]
    polls: tuple[Poll, ...]
    fitted: Floats
    assumptions: Mapping[str, Assumption]

    @property
    def contraction(self) -> Mapping[str, float]:
        """Return by how much the variance of each score fell, 0 (not at all) to 1."""
        return dict(zip(self.keys, (1.0 - np.diag(self.covariance)).tolist(), strict=True))

    @property
    def unidentified(self) -> tuple[str, ...]:
        """Return the assumptions of which polls tell nothing: their posterior is their prior."""
        return tuple(key for key, fall in self.contraction.items() if fall < _IDENTIFIED)

    def correlations(self, number: int = 5) -> tuple[tuple[str, str, float], ...]:
        """Return the strongest correlations of the posterior: what polls tell only together."""
        deviation = np.sqrt(np.diag(self.covariance))
        matrix = self.covariance / np.outer(deviation, deviation)
        pairs = [
            (self.keys[i], self.keys[j], float(matrix[i, j]))
            for i in range(len(self.keys))
            for j in range(i)
        ]
        return tuple(sorted(pairs, key=lambda pair: -abs(pair[2]))[:number])

    def draw(self, normals: Floats) -> dict[str, float]:
        """Return a draw of the assumptions from the posterior; offsets are left out.

        Parameters
        ----------
        normals
            Independent standard normal numbers, shape (K,).
        """
        root = np.linalg.cholesky(self.covariance)
        scores = self.scores + root @ normals
        count = len(self.assumptions)
        return _values(list(self.assumptions.values()), scores[:count])

    def rows(self) -> tuple[tuple[str, str, float, float], ...]:
        """Return each poll with its row, approval, share and the model's share, for a table."""
        return tuple(
            (poll.row, poll.state, poll.share, round(share, 4))
            for poll, share in zip(self.polls, self.fitted.tolist(), strict=True)
        )


def read_polls(rows: Iterable[Mapping[str, Any]], start: date, until: date) -> tuple[Poll, ...]:
    """Return the polls of adults that speak of one of the three approvals.

    Parameters
    ----------
    rows
        Rows of the pack's table of polls.
    start
        First day of the scenario.
    until
        Last day in the field that is read.

    Notes
    -----
    Rows that the table marks to be left out are; so are those of parties, professors and students,
    and answers that are the rest of another. Other houses than the most frequent share an offset
    of their own each.
    """
    polls: list[Poll] = []
    for row in rows:
        known = QUESTIONS.get((str(row["question"]), str(row["answer"])))
        field_end = row["field_end"] or row["date"]
        day = date.fromisoformat(str(field_end))
        skipped = row["suggested_split"] == "exclude" or row["population"] not in _ADULTS
        if known is None or skipped or not start <= day <= until:
            continue
        house = str(row["pollster"] or "")
        group = known[1] or ("" if house == _USUAL_HOUSE else house)
        asked = float(str(row["n"])) if row["n"] else nan
        share = float(str(row["value"])) / 100.0
        polls.append(Poll(str(row["row_id"]), (day - start).days, known[0], share, asked, group))
    return tuple(polls)


def opinion_path(terms: Opinion, forcing: Forcing, stress: Sequence[float]) -> Floats:
    """Return approval of the plan, of its handling and of the president by day, shape (D, 3).

    Parameters
    ----------
    terms
        Assumptions.
    forcing
        The timeline: its news, elections and what shows firmness.
    stress
        Stress of hospitals by day, 0..1, D of them.
    """
    mood, drift = start_mood(terms), drift_of(terms)
    path = np.empty((len(stress), len(STATES)))
    for day, felt in enumerate(stress):
        mood = feel(mood, forcing.days[day], (felt, 0.0), terms, drift)
        path[day] = mood.plan, mood.handling, mood.president
    return path


def fit_opinion(
    polls: Sequence[Poll],
    forcing: Forcing,
    stress: Sequence[float],
    assumptions: Mapping[str, Assumption],
) -> OpinionFit:
    """Fit the assumptions of opinion to polls.

    Parameters
    ----------
    polls
        Printed answers.
    forcing, stress
        The timeline and the stress of hospitals, by day.
    assumptions
        The ledger; its `opinion.*` with a prior are fitted, the others keep their value. Its
        `polls.*` say how well a poll is known.

    Returns
    -------
    OpinionFit
        Most likely values, posterior of the scores, and what was not identified.

    Raises
    ------
    InputError
        If a poll lies outside the days given.
    UnknownName
        If the ledger lacks one of `polls.*`.
    NotConverged
        If the steps do not end.

    Notes
    -----
    With z the scores, f the model and e the standard errors, z minimises
    sum((share - f(z))^2 / e^2) + sum(z^2); the covariance is (J'J + 1)^-1 with J the slope of
    f / e at the minimum. For a linear model with normal priors both are exact (a test holds it).
    """
    problem = _Problem.of(polls, forcing, stress, assumptions)
    scores, covariance = _most_likely(problem)
    count = len(problem.free)
    values = _values(problem.priors, scores[:count])
    values |= {
        f"offset.{group}": float(scores[count + place] * problem.widths[place])
        for place, group in enumerate(problem.groups)
    }
    return OpinionFit(
        (*problem.free, *(f"offset.{group}" for group in problem.groups)),
        scores,
        covariance,
        values,
        tuple(polls),
        problem.shares(scores),
        dict(zip(problem.free, problem.priors, strict=True)),
    )


def _most_likely(problem: _Problem) -> tuple[Floats, Floats]:
    """Return the most likely scores and their covariance, by steps of Gauss and Newton."""
    scores = np.zeros(problem.size)
    moving = np.ones(problem.size, bool)
    largest = np.inf
    for _ in range(_STEPS):
        miss, slope = problem.linearised(scores, moving)
        moving = np.asarray(slope.any(axis=0), np.bool_)
        precision = slope.T @ slope + np.eye(problem.size)
        step = np.linalg.solve(precision, slope.T @ miss - scores)
        scores = np.clip(scores + step, -_FARTHEST, _FARTHEST)
        largest = float(np.abs(step).max(initial=0.0))
        if largest < _TOLERANCE:
            covariance: Floats = np.linalg.inv(precision).astype(np.float64)
            return scores, covariance
    raise NotConverged("fit of opinion", _STEPS, largest)


@dataclass(frozen=True, eq=False)
class _Problem:
    """Polls with what is needed to compare them with scores."""

    polls: tuple[Poll, ...]
    forcing: Forcing
    stress: tuple[float, ...]
    free: tuple[str, ...]
    priors: list[Assumption]
    fixed: dict[str, float]
    groups: tuple[str, ...]
    widths: tuple[float, ...]
    errors: Floats

    @classmethod
    def of(
        cls,
        polls: Sequence[Poll],
        forcing: Forcing,
        stress: Sequence[float],
        assumptions: Mapping[str, Assumption],
    ) -> _Problem:
        """Gather them, and refuse what does not fit together."""
        for poll in polls:
            if not 0 <= poll.day < len(stress):
                raise InputError(f"poll {poll.row} is of day {poll.day}, and there is no such day")
        groups = tuple(sorted({poll.group for poll in polls} - {""}))
        known = {
            name: float(assumptions[f"polls.{name}"].value)
            for name in ("asked", "error", "house", "wording")
        }
        ours = {k: a for k, a in assumptions.items() if k.startswith("opinion.")}
        free = tuple(key for key, each in ours.items() if not each.prior.certain)
        errors = [_error(poll, known["asked"], known["error"]) for poll in polls]
        return cls(
            tuple(polls),
            forcing,
            tuple(stress[: 1 + max((poll.day for poll in polls), default=0)]),
            free,
            [ours[key] for key in free],
            {key: float(each.value) for key, each in ours.items()},
            groups,
            tuple(known["wording" if group == _WORDING else "house"] for group in groups),
            np.array(errors),
        )

    @property
    def size(self) -> int:
        """Return the number of scores."""
        return len(self.free) + len(self.groups)

    def shares(self, scores: Floats) -> Floats:
        """Return the model's share for each poll, offset included, (P,)."""
        values = self.fixed | _values(self.priors, scores[: len(self.free)])
        path = opinion_path(Opinion.read(values), self.forcing, self.stress)
        offsets = dict(zip(self.groups, scores[len(self.free) :] * self.widths, strict=True))
        return np.array(
            [
                path[poll.day, STATES.index(poll.state)] + offsets.get(poll.group, 0.0)
                for poll in self.polls
            ]
        )

    def linearised(self, scores: Floats, moving: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Return misses and slopes in units of errors at these scores, (P,) and (P, K).

        Slopes are taken of the scores in `moving` only: the others were seen to move nothing.
        """
        here = self.shares(scores)
        slope = np.zeros((len(self.polls), self.size))
        for column in np.flatnonzero(moving).tolist():
            ends: list[Floats] = []
            for sign in (-1.0, 1.0):
                moved = scores.copy()
                moved[column] += sign * _NUDGE
                ends.append(self.shares(moved))
            slope[:, column] = (ends[1] - ends[0]) / (2.0 * _NUDGE)
        printed = np.array([poll.share for poll in self.polls])
        return (printed - here) / self.errors, slope / self.errors[:, None]


def _error(poll: Poll, usual: float, beyond: float) -> float:
    """Return the standard error of a poll: that of sampling and what lies beyond it."""
    asked = usual if isnan(poll.asked) else poll.asked
    return sqrt(poll.share * (1.0 - poll.share) / asked + beyond * beyond)


def _values(priors: Sequence[Assumption], scores: Floats) -> dict[str, float]:
    """Return the values of assumptions at normal scores of their priors."""
    found: dict[str, float] = {}
    for assumption, score in zip(priors, scores.tolist(), strict=True):
        below = min(1.0 - 1e-12, max(1e-12, 0.5 * (1.0 + erf(score / sqrt(2.0)))))
        value = float(assumption.prior.quantile(np.array([below]))[0])
        found[assumption.key] = value * (
            float(assumption.value) if assumption.prior.relative else 1.0
        )
    return found
