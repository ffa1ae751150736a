"""People by year, their use of care, and the mortality of doctors' ages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.axes import SEXES
from locum.runs.layout import place, starts_of
from locum.workforce import PopulationTables, UseTables
from locum.workforce.records import AGE_COUNT, FIRST_AGE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from locum.countries import Pack
    from locum.runs.layout import Floats

WORKING_AGES = (20, 64)
AGE_AT_RISK = 1.0
"""Mean exact age in the middle of a year, above the completed age at its start."""
AGE_GROUPS = (("child", 0, 14), ("young", 15, 49), ("middle", 50, 64), ("old", 65, 200))
"""Groups of the table need_profile."""


def people_by_region(pack: Pack, years: NDArray[np.int64]) -> tuple[Floats, list[int]]:
    """Return people (T, R, X, G) and the first ages of the bands (G).

    Each age and sex of the nation is split over regions as in the regional table. Where that table
    has several years (a user's projection) the split moves with them, linearly; the national
    totals stay those of the national table.
    """
    national = pack.table("population_national")
    starts = starts_of(national)
    within = {"year": sorted({int(y) for y in national.column("year")})}
    nation = place(national, {**within, "sex": SEXES, "age_start": starts})
    nation = nation[[within["year"].index(int(year)) for year in years]]
    regional = pack.table("population_regional")
    known = sorted({int(y) for y in regional.numbers("year")})
    axes = {"year": known, "region": pack.regions, "sex": SEXES, "age_start": starts}
    share = place(regional, axes)
    share = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-9)
    later = np.interp(years, known, np.arange(len(known)))
    low = later.astype(np.int64)
    high = np.minimum(low + 1, len(known) - 1)
    weight = (later - low)[:, None, None, None]
    split = share[low] * (1.0 - weight) + share[high] * weight
    return nation[:, None] * split, starts


def mortality_by_age(pack: Pack, years: NDArray[np.int64]) -> Floats:
    r"""Return yearly probabilities of death (T, X, A) by age at the start of the year.

    The rates are read a year above the age. Stocks are those of 31 December by completed age, and
    deaths come before ageing: people of age ``a`` when a year begins are ``a + 0.5`` old on
    average, and ``a + 1`` in the middle of the year in which they are at risk.

    Notes
    -----
    :math:`q_a = 1 - e^{-m(a+1)}`. The log of each period's rate is linear in exact age between the
    middles of the bands. Averaged over the ages :math:`a` to :math:`a+1` and over the year, a rate
    that rises by the share :math:`b` a year is :math:`m(a+1)\,[\sinh(b/2)/(b/2)]^2`: for
    :math:`b = 0.1` a thousandth more. The test of these probabilities integrates both.
    """
    table = pack.table("mortality")
    starts = starts_of(table)
    periods = sorted({int(p) for p in table.column("period_start")})
    rates = place(table, {"period_start": periods, "sex": SEXES, "age_start": starts})
    middles: Floats = np.array(starts) + 2.5
    ages = np.arange(AGE_COUNT) + FIRST_AGE + AGE_AT_RISK
    single = np.empty((len(periods), 2, AGE_COUNT))
    for p in range(len(periods)):
        for x in range(2):
            single[p, x] = np.interp(ages, middles, np.log(rates[p, x]))
    chosen = np.searchsorted(periods, years, side="right") - 1
    return (1.0 - np.exp(-np.exp(single)))[np.maximum(chosen, 0)]


def _use_per_head(pack: Pack, people: Floats, starts: list[int]) -> dict[str, Floats]:
    """Return outpatient visits, inpatient days and fees a head (X, G) in the base year.

    The published table has one figure per age; the assumed ratio of women to men splits it so
    that the age's mean stays as published.
    """
    table = pack.table("use_profile")
    bands = starts_of(table)
    terms = ["days_per_head", "cost_per_head", "insured"]
    use = place(table, {"term": terms, "age_start": bands})
    ratio = place(pack.table("sex_ratio_of_use"), {"age_start": bands})
    inpatient = place(pack.table("inpatient_share"), {"age_start": bands})
    weights = use[2]
    onto = np.array([[_overlap(bands, b, start) for start in starts] for b in range(len(bands))])
    onto = onto * weights[:, None]
    onto = onto / onto.sum(axis=0)
    women = people[0].sum(axis=0)[1] / people[0].sum(axis=(0, 1))
    by_age = {"days": use[0] @ onto, "fees": use[1] @ onto, "in": (use[0] * inpatient) @ onto}
    tilt = ratio @ onto
    men_factor = 1.0 / (1.0 - women + women * tilt)
    factor = np.stack((men_factor, men_factor * tilt))
    return {
        "outpatient": factor * (by_age["days"] - by_age["in"]),
        "inpatient": factor * by_age["in"],
        "fees": factor * by_age["fees"],
    }


def _overlap(bands: list[int], band: int, start: int) -> float:
    """Return 1 if a band of use lies in (or covers) the five-year band of the population."""
    first = bands[band]
    last = bands[band + 1] - 1 if band + 1 < len(bands) else 200
    return 1.0 if first <= start + 4 and last >= start else 0.0


def national_use(pack: Pack, years: NDArray[np.int64]) -> tuple[Floats, ...]:
    """Return outpatient visits, inpatient days, fees and people of the nation by year (T,).

    Use a head is that of the table, for the people of the pack's first base year.
    """
    people, starts = people_by_region(pack, years)
    then, _ = people_by_region(pack, np.array([pack.base_years[0]]))
    use = _use_per_head(pack, then, starts)
    nation = people.sum(axis=1)
    names = ("outpatient", "inpatient", "fees")
    totals = [np.einsum("txg,xg->t", nation, use[name]) for name in names]
    return (*totals, nation.sum(axis=(1, 2)))


def _profile(pack: Pack, starts: list[int]) -> Floats:
    """Return the relative use of each specialty by sex and age (S, X, G)."""
    names = [name for name, _, _ in AGE_GROUPS]
    axes = {"specialty": pack.specialties, "sex": SEXES, "age_group": names}
    table = place(pack.table("need_profile"), axes)
    group = [next(i for i, (_, a, b) in enumerate(AGE_GROUPS) if a <= s <= b) for s in starts]
    return table[:, :, group]


def population_tables(
    pack: Pack, years: NDArray[np.int64], specialty_heads: Floats
) -> PopulationTables:
    """Return people, use, need weights and mortality on the run's years.

    Parameters
    ----------
    pack
        Country pack.
    years
        Calendar years (T,); the first is the base year.
    specialty_heads
        Doctors of each specialty in the base year (S,): in the base year need has their mix.
    """
    people, starts = people_by_region(pack, years)
    use = _use_per_head(pack, people, starts)
    totals = {name: np.einsum("trxg,xg->tr", people, table) for name, table in use.items()}
    mix = specialty_heads / specialty_heads.sum()
    flat = totals["fees"][:, :, None] * mix
    profile = _profile(pack, starts)
    tilted = np.einsum("trxg,xg,sxg->trs", people, use["fees"], profile)
    level = flat[0].sum(axis=0) / np.maximum(tilted[0].sum(axis=0), 1e-9)
    blocs = pack.table("regions")
    capital = dict(zip(blocs.column("region"), blocs.column("bloc"), strict=True))
    first, last = WORKING_AGES
    working = [i for i, s in enumerate(starts) if first <= s and s + 4 <= last]
    return PopulationTables(
        mortality=mortality_by_age(pack, years),
        use=UseTables(
            totals["outpatient"], totals["inpatient"], totals["fees"], people.sum(axis=(2, 3))
        ),
        need_flat=flat,
        need_tilted=tilted * level,
        capital=np.array([float(capital[name] == "capital") for name in pack.regions]),
        contributors=people[..., working].sum(axis=(1, 2, 3)),
    )
