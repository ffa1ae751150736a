"""The records that the steps of a workforce year read and return.

Every field that varies between draws has the draw as its first axis in the reference
functions; the compiled twins take one draw at a time and see the same records without it.
Axis letters: ``D`` draw, ``K`` track (free, bonded), ``R`` region, ``S`` specialty (the last one
is ``none``: no specialty), ``X`` sex (male, female), ``A`` single age 24..84 (the last
is open), ``Y`` training year,
``B`` year of the bond, ``T`` year, ``Q`` setting (clinic, hospital).
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

Array: TypeAlias = Any
"""An array of NumPy or JAX: the reference functions serve both."""

FREE, BONDED = 0, 1
MALE, FEMALE = 0, 1
CLINIC, HOSPITAL = 0, 1
STUDY_YEARS = 6
TRAINING_YEARS = 4
SERVICE_YEARS = 3
FIRST_AGE, LAST_AGE = 24, 84
AGE_COUNT = LAST_AGE - FIRST_AGE + 1
CERTAIN = 1.0 - 1e-12
"""A yearly probability above this is a rule, which no income changes."""
SMALLEST_POST = 1e-9
"""Fewer free posts than this are none: they are left over by rounding."""
TINY = 1e-300
"""Added to divisors that may be zero when their numerator is zero too."""

FLOWS = (
    "seats",
    "external_licences",
    "student_attrition",
    "graduates",
    "licences",
    "exam_given_up",
    "outside",
    "deaths",
    "retirements",
    "emigrations",
    "new_specialists",
    "new_generalists",
)
STAGES = (
    "students",
    "exam_pool",
    "intern_pool",
    "interns",
    "match_pool",
    "residents",
    "away",
    "service",
    "practising",
    "bonded",
)


class State(NamedTuple):
    """All heads of one moment (31 December), and the incomes that choices look at.

    Heads are expected values, so fractions of a person occur; their sum is conserved.
    """

    students: Array
    """(K, R, 6) students by region of the school and study year."""
    exam_pool: Array
    """(K, R) graduates who failed the licence exam and will sit it again."""
    intern_pool: Array
    """(R, X) licensed doctors who work and apply for an internship again."""
    interns: Array
    """(K, R, X)."""
    match_pool: Array
    """(K, R, X) doctors who work without a specialty and apply for residency again."""
    residents: Array
    """(K, R, S, X, Y)."""
    paused_interns: Array
    """(K, R, X) interns away from training."""
    paused: Array
    """(K, R, S, X, Y) residents away from training, by the year they would repeat."""
    service: Array
    """(K, R, S, 3) men in military or public service; ``none`` = before the internship."""
    practising: Array
    """(R, S, X, A) practising doctors who are not in training and not bonded."""
    bonded: Array
    """(R, S, X, B) regional doctors by completed years of their bond."""
    income: Array
    """(R, S) real income relative to the base year."""
    profile: Array
    """(S, X, A) practising doctors of the nation: the sum of ``practising`` over regions."""


class StudentRates(NamedTuple):
    """Yearly probabilities of a medical student."""

    attrition: Array
    repeat: Array


class ExamRates(NamedTuple):
    """Licence exam: probability to pass, and of those who fail the share that gives up."""

    pass_rate: Array
    give_up: Array


class EntryShares(NamedTuple):
    """What the newly licensed do, as shares.

    ``female`` of the licensed; ``service_first`` of the men; ``generalist`` of the rest, without
    any training.
    """

    female: Array
    service_first: Array
    generalist: Array


class MatchRules(NamedTuple):
    """How applicants for residency give way when posts are taken, as shares."""

    home: Array
    move: Array
    switch: Array


class TrainingRates(NamedTuple):
    """Yearly probabilities of trainees; ``paused_quit`` of those away who do not return."""

    quit: Array
    board_pass: Array
    paused_quit: Array
    last_year: Array
    """(S) index of the last training year, the same in all draws."""


class Absence(NamedTuple):
    """An academic year's interruption, as shares of those in post and of those already away.

    ``lost``: of those in post, who lose the year; ``back``: of those away, who come back in time
    to complete it.
    """

    lost: Array
    back: Array


class ExitRates(NamedTuple):
    """Mortality relative to the population, emigration, and how income delays retirement."""

    mortality_ratio: Array
    emigration: Array
    income_elasticity: Array


class ExitTables(NamedTuple):
    """``mortality`` (X, A) and ``retirement`` (Q, X, A) yearly; ``clinic_share`` (S)."""

    mortality: Array
    retirement: Array
    clinic_share: Array


class Weights(NamedTuple):
    """What a head counts for: ``activity`` (X, A) in clinical heads, ``fte`` (X, A) in FTE."""

    activity: Array
    fte: Array


class Arrivals(NamedTuple):
    """Doctors who start to practise this year, (R, S, X), with their ages (S, X, A, sums to 1)."""

    entrants: Array
    entry_age: Array
    released: Array
    release_age: Array


class Geography(NamedTuple):
    """Where doctors go: ``location`` (R, S) sums to 1 over regions; ``mobility`` (A) yearly."""

    location: Array
    mobility: Array


class Choice(NamedTuple):
    """Coefficients of the specialty choice; ``nests`` (S) holds the nest number of each."""

    income: Array
    nest_scale: Array
    nests: Array


class IncomeRule(NamedTuple):
    """``elasticity`` of income to need per doctor, yearly ``adjustment`` and real ``growth``."""

    elasticity: Array
    adjustment: Array
    growth: Array


class Practice(NamedTuple):
    """Result of a year of practice: the stock and what is read from it."""

    practising: Array
    """(R, S, X, A)."""
    heads: Array
    """(R, S) active heads."""
    fte: Array
    """(R, S) FTE."""
    profile: Array
    """(S, X, A) heads of the nation."""
