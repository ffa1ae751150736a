"""Lay a country out for the cohort: the doctors counted, exams, mortality, use by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.countries import starting_stock
from locum.runs.layout import by_specialty, by_year, place, starts_of, yearly
from locum.runs.population import mortality_by_age, national_use
from locum.workforce import CohortTables, UseTables
from locum.workforce.records import AGE_COUNT, FIRST_AGE

if TYPE_CHECKING:
    from locum.countries import Pack
    from locum.runs.layout import Floats

TABLE = "doctors_alive"
"""The pack's table of doctors alive by age band in the year of the count."""


_LAID_OUT: dict[int, tuple[Pack, CohortTables]] = {}
"""What was laid out before, by the identity of the open pack, which is kept beside it."""


def cohort_tables(pack: Pack) -> CohortTables:
    """Return what the cohort of a country is given, on all years from the first published exam.

    Raises
    ------
    InputError
        If a table of the pack cannot be used.
    """
    known = _LAID_OUT.get(id(pack))
    if known is None:
        known = _LAID_OUT[id(pack)] = (pack, _lay_out(pack))
    return known[1]


def _lay_out(pack: Pack) -> CohortTables:
    stock_year = int(pack.table(TABLE).column("year")[0])
    exams = pack.table("exam_passed")
    first = min(yearly(exams, "passed"))
    years = np.arange(first, pack.last_year + 1)
    use = national_use(pack, years)
    heads = starting_stock(pack, pack.base_years[0]).heads.sum(axis=(0, 2, 3))
    clinic = float(np.average(by_specialty(pack, "clinic_share"), weights=heads))
    return CohortTables(
        years=years,
        stock_year=stock_year,
        counted=_by_single_age(pack, stock_year),
        passers=by_year(exams, years, "passed", -1.0),
        mortality=mortality_by_age(pack, years),
        use=UseTables(*(table[:, None] for table in use)),
        clinic_share=clinic,
    )


def _by_single_age(pack: Pack, year: int) -> Floats:
    """Spread the counted age bands over single ages and sexes (X, A).

    From the band in which the youngest fitted practice stock is complete (40) on, in proportion to
    the fitted stock; below, where many are still in training, in proportion to those whom the
    published exams have licensed.
    """
    table = pack.table(TABLE)
    starts = starts_of(table)
    totals = place(table, {"age_start": starts})
    fitted = starting_stock(pack, pack.base_years[0]).heads.sum(axis=(0, 1))
    ages: Floats = np.arange(FIRST_AGE, FIRST_AGE + AGE_COUNT, dtype=np.float64)
    women = fitted[1] / np.maximum(fitted.sum(axis=0), 1e-9)
    shape = np.where(ages >= COMPLETE_FROM, fitted.sum(axis=0), _licensed_shape(pack, year, ages))
    single = np.zeros(AGE_COUNT)
    for band, start in enumerate(starts):
        end = starts[band + 1] if band + 1 < len(starts) else 1000
        inside = (ages >= start) & (ages < end)
        single[inside] = totals[band] * shape[inside] / shape[inside].sum()
    return np.stack((single * (1.0 - women), single * women))


COMPLETE_FROM = 40
"""Age from which hardly anybody is still in training or service."""


def _licensed_shape(pack: Pack, year: int, ages: Floats) -> Floats:
    """Doctors by age that the published exams of past years would leave, without deaths."""
    ledger = pack.ledger()
    mean, sd = _central(ledger["entry.licence_age"]), _central(ledger["entry.licence_age_sd"])
    shape = np.zeros(len(ages))
    for exam, passed in yearly(pack.table("exam_passed"), "passed").items():
        if exam <= year:
            shape += passed * np.exp(-0.5 * ((ages - (year - exam) - mean) / sd) ** 2)
    return shape


def _central(assumption: object) -> float:
    dated = getattr(assumption, "dated", ())
    return float(dated[-1][1]) if dated else float(getattr(assumption, "value", 0.0))


__all__ = ["cohort_tables"]
