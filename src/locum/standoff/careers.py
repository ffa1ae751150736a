"""What a plan and a contract mean to somebody with this much of a career left, cell by cell.

More seats mean more doctors after a delay, and more doctors less income for each. Who will
practise when the new ones arrive loses most; who retires before loses nothing. And somebody whose
contract ends within days has a certificate to lose and little to withhold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.standoff.states import KINDS
from locum.standoff.terms import ByKind, Values, read_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.standoff.population import Cells

__all__ = ["FinalYear", "Income", "final_year_shift", "income_loss", "income_shift"]

Floats: TypeAlias = NDArray[np.float64]

_TRAINEE, _STUDENT, _PROFESSOR, _COMMUNITY = range(len(KINDS))
_SCHOOL_YEARS = 6


class Income(NamedTuple):
    """How members reckon what seats cost them (assumptions `income.*`).

    Parameters
    ----------
    elasticity
        Relative fall of income for a relative rise of the number of doctors.
    doctors
        Doctors who work when the plan is announced.
    lag
        Years from a seat to a doctor who competes.
    training
        Years from graduation to practice of one's own.
    career
        Years of practice until retirement.
    discount
        Yearly rate at which later income counts less.
    exposed
        Share of income that depends on the number of doctors, by kind.
    weight
        Support for action for a tenth of the income of the rest of a career, in standard
        deviations of tastes.
    years
        Years for which the seats are added (`plan.years`).
    """

    elasticity: float
    doctors: float
    lag: float
    training: float
    career: float
    discount: float
    exposed: ByKind
    weight: float
    years: float

    @classmethod
    def read(cls, values: Values) -> Income:
        """Return one draw of them."""
        return read_terms(cls, "income", {**values, "income.years": values["plan.years"]})


class FinalYear(NamedTuple):
    """What holds back those whose contract or course is about to end (assumptions `final.*`).

    Parameters
    ----------
    shift
        What it takes off their support, by kind, in standard deviations of tastes.
    days
        Days before the end of the training year from which on it does.
    """

    shift: ByKind
    days: float

    @classmethod
    def read(cls, values: Values) -> FinalYear:
        """Return one draw of them."""
        return read_terms(cls, "final", values)


def income_loss(
    start: Sequence[float] | Floats,
    length: Sequence[float] | Floats,
    seats: Sequence[float],
    terms: Income,
) -> Floats:
    """Return the share lost of the income of what is left of careers.

    Parameters
    ----------
    start
        Years from now until practice begins (0 for those who practise), shape (N,).
    length
        Years of practice left from then on, shape (N,).
    seats
        Seats added in the coming years, in order; the last one holds for every other year of the
        plan.
    terms
        Assumptions.

    Returns
    -------
    Floats
        Shape (N,), at least 0; exposure to competition not yet counted.

    Notes
    -----
    elasticity x mean over the years practised, weighted by (1 + discount)^-t, of
    (doctors added by year t) / doctors, where a seat of year y adds a doctor from y + lag on. It
    is linear in the seats and 0 for careers that end before the first new doctor.
    """
    begin, span = np.asarray(start, np.float64), np.asarray(length, np.float64)
    horizon = int(np.ceil((begin + span).max(initial=0.0))) + 1
    years = np.arange(horizon, dtype=np.float64)
    added = _added(years, seats, terms)
    weights = (1.0 + terms.discount) ** -years
    there = np.clip(years[None, :] + 1.0 - begin[:, None], 0.0, 1.0)
    there *= np.clip((begin + span)[:, None] - years[None, :], 0.0, 1.0)
    counted = there * weights
    total = counted.sum(axis=1)
    lost = (counted * added).sum(axis=1)
    share = np.divide(lost, total, out=np.zeros_like(total), where=total > 0.0)
    return terms.elasticity * share / terms.doctors


def _added(years: Floats, seats: Sequence[float], terms: Income) -> Floats:
    """Return the doctors added by each year from now."""
    added = np.zeros_like(years)
    for number in range(int(np.ceil(terms.years))):
        part = min(1.0, terms.years - number)
        given = seats[min(number, len(seats) - 1)]
        added += part * given * np.clip(years - number - terms.lag, 0.0, 1.0)
    return added


def income_shift(cells: Cells, seats: Sequence[float], values: Values) -> Floats:
    """Return what the expected loss of income adds to the support of each cell.

    Parameters
    ----------
    cells
        Of the population.
    seats
        `National.seats`: seats added in the coming years; the last holds for all others.
    values
        One draw of the ledger.

    Returns
    -------
    Floats
        Shape (C,), in standard deviations of tastes; 0 without added seats.

    Notes
    -----
    weight x exposed x 10 x loss. Trainees of year y practise in training - y years, students of
    year y in 6 - y + training; professors and community doctors practise now and are spread
    evenly over a career.
    """
    terms = Income.read(values)
    kind = np.asarray(cells.kind)
    year = np.asarray(cells.year, np.float64)
    start = np.where(
        kind == _TRAINEE,
        np.maximum(terms.training - year, 0.0),
        np.where(kind == _STUDENT, _SCHOOL_YEARS - year + terms.training, 0.0),
    )
    distinct, place = np.unique(start, return_inverse=True)
    young = income_loss(distinct, np.full(distinct.shape, terms.career), seats, terms)[place]
    left = np.arange(0.5, max(terms.career, 1.0))
    practising = income_loss(np.zeros_like(left), left, seats, terms).mean()
    loss = np.where(kind <= _STUDENT, young, practising)
    return terms.weight * np.array(terms.exposed)[kind] * 10.0 * loss


def final_year_shift(cells: Cells, days_left: float, values: Values) -> Floats:
    """Return what the near end of a contract or a course takes off the support of each cell.

    Parameters
    ----------
    cells
        Of the population.
    days_left
        Days until the training year ends.
    values
        One draw of the ledger.

    Returns
    -------
    Floats
        Shape (C,), at most 0; only of trainees and students who have no year to go on to.
    """
    terms = FinalYear.read(values)
    kind = np.asarray(cells.kind)
    last = (np.asarray(cells.follows) < 0) & (np.asarray(cells.year) > 0) & (kind <= _STUDENT)
    if not 0.0 <= days_left <= terms.days:
        return np.zeros(kind.shape)
    return np.where(last, -np.array(terms.shift)[kind], 0.0)
