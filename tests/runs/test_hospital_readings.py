"""Readings taken from results as they were published: which hospitals, which days."""

from __future__ import annotations

import csv
from datetime import date

import numpy as np
import pytest

from locum import errors
from locum.countries import load_pack
from locum.hospital.finance import Activity
from locum.runs.hospitals.building import build
from locum.runs.hospitals.collecting import reporting
from locum.runs.hospitals.dataset import ENDS, FATES, VARIABLES
from locum.runs.hospitals.execution import values_of
from locum.runs.hospitals.groups import GROUPS, members, printable, regions_printable
from locum.runs.hospitals.headline import headline_figures
from locum.runs.hospitals.money import Accounts
from locum.runs.hospitals.readings import (
    predict_base,
    predict_weeks,
    read_as_published,
    write_readings,
)
from locum.runs.hospitals.series import Series
from locum.runs.hospitals.storing import READINGS, summaries
from locum.scenarios.hospitals import resolve_hospitals

DRAWS, MILD = 3, slice(3, 5)


@pytest.fixture(scope="module")
def pack():
    return load_pack("korea")


@pytest.fixture(scope="module")
def scenario(pack):
    return resolve_hospitals("korea-hospitals-2024", pack).until(date(2024, 3, 10))


@pytest.fixture(scope="module")
def nation(pack):
    return build(pack, values_of(pack.ledger("hospital").draw(0, 0, 1), 0, 2024))


@pytest.fixture(scope="module")
def series(pack, scenario, nation):
    """Results by hand: on day t every group has 1000 + t patients of everything, twice in draw 1.

    The extra axis of a variable has shares of it.
    """
    days = scenario.days
    day = 1000.0 + np.arange(days)
    draws = []
    for draw in range(DRAWS):
        level = (day * (2.0 if draw == 1 else 1.0))[:, None]
        values = {}
        for name, variable in VARIABLES.items():
            first = len(pack.regions) if variable.dims[0] == "region" else len(GROUPS)
            flat = np.repeat(level, first, axis=1)
            sizes = {"triage": 5, "grade": 6, "band": 3, "end": len(ENDS), "fate": len(FATES)}
            more = sizes.get(variable.dims[-1])
            values[name] = (flat if more is None else flat[..., None] * np.ones(more)).astype("f4")
        draws.append(values)
    start = np.datetime64(scenario.start, "D")
    return Series.of(start + np.arange(days), nation, len(pack.regions), draws)


def reading(found, metric, scope, start):
    [one] = [
        each
        for each in found
        if (each.metric, each.scope, each.start.isoformat()) == (metric, scope, start)
    ]
    return one


# --- who is counted ----------------------------------------------------------------


def test_groups_have_the_numbers_that_were_published(nation):
    counts = dict(zip(GROUPS, members(nation.sites).sum(axis=1).tolist(), strict=True))
    assert counts == {
        "big5": 5,
        "other_tertiary": 42,
        "tertiary": 47,
        "general": 331,
        "tertiary_general": 378,
        "korea": 395,
    }
    assert printable(nation.sites).all()
    assert printable(nation.sites.take([0, 1, 2, 3])).tolist() == [False] * 6
    few = nation.sites.take([*range(5), *range(50, 62)])
    assert dict(zip(GROUPS, printable(few).tolist(), strict=True)) == {
        "big5": True,
        "other_tertiary": False,
        "tertiary": False,
        "general": True,
        "tertiary_general": True,
        "korea": True,
    }


def test_regions_of_fewer_than_ten_sites_are_not_told(nation, pack):
    told = regions_printable(nation.sites, len(pack.regions))
    counts = np.bincount(nation.sites.region)
    assert (told == (counts >= 10)).all()
    assert not told.all()


def test_operations_are_those_of_the_303_that_report_most(nation):
    found = reporting(nation)
    general = nation.sites.of(2)
    assert int((found & general).sum()) == 303
    assert found[nation.sites.kind < 2].all()
    loads = nation.loads.electives.sum(axis=1) + nation.loads.ed_surgeries
    assert loads[general & found].min() >= loads[general & ~found].max()


# --- which days --------------------------------------------------------------------


def test_a_weekday_is_neither_a_weekend_nor_a_holiday(pack, scenario, series):
    found = read_as_published(series, scenario, pack.table(READINGS))
    surgery = reading(found, "surgeries_weekday", "tertiary", "2024-02-19")
    days = [35, 36, 37, 38, 39, 42, 43, 44, 45]  # 19-23 and 26-29 February
    assert surgery.draws == pytest.approx(
        np.mean(days) + 1000 + np.array([0, np.mean(days) + 1000, 0])
    )
    weeks = predict_weeks(series, scenario)
    lunar = reading(weeks, "surgeries_weekday", "tertiary", "2024-02-05")
    assert lunar.draws[0] == pytest.approx(1000 + np.mean([21, 22, 23, 24]))


def test_patients_present_are_counted_on_all_days(pack, scenario, series):
    found = read_as_published(series, scenario, pack.table(READINGS))
    wards = reading(found, "inpatients_general_wards", "big5", "2024-02-01")
    assert wards.draws[0] == pytest.approx(1000 + np.mean(range(17, 24)))
    assert (wards.reading, wards.use) == (7893.0, "baseline")


def test_the_change_of_a_week_is_less_the_base_week(pack, scenario, series):
    found = read_as_published(series, scenario, pack.table(READINGS))
    visits = reading(found, "ed_visits_week_all", "korea", "2024-02-20")
    assert visits.draws[0] == pytest.approx(7 * 19)
    assert visits.reading == -24871


def test_mild_visits_are_those_of_ktas_4_and_5(pack, scenario, series):
    found = read_as_published(series, scenario, pack.table(READINGS))
    mild = reading(found, "ed_visits_weekday_ktas45", "korea", "2024-02-01")
    every = reading(found, "ed_visits_weekday", "korea", "2024-02-01")
    assert mild.draws == pytest.approx(2 * every.draws)


def test_counts_of_deaths_are_no_reading(pack, scenario, series):
    table = pack.table(READINGS)
    found = read_as_published(series, scenario, table)
    assert {each.metric for each in found} == set(table.columns["metric"]) - {
        "excess_inpatient_deaths"
    }
    assert len(found) == len(table) - 1


def test_readings_that_the_run_does_not_cover_are_left_out(pack, scenario, series):
    short = scenario.until(date(2024, 2, 25))
    starts = {each.start for each in read_as_published(series, short, pack.table(READINGS))}
    assert starts == {date(2024, 2, 1), date(2024, 2, 20)}


def test_a_reading_that_cannot_be_taken_is_refused(pack, scenario, series, tmp_path):
    text = (pack.path / pack.schemas[READINGS].path).read_text(encoding="utf-8")
    for old, new, kind in (
        ("icu_patients,big5", "icu_patient,big5", errors.UnknownName),
        ("icu_patients,big5", "icu_patients,big6", errors.UnknownName),
    ):
        (tmp_path / "own.csv").write_text(text.replace(old, new), encoding="utf-8")
        table = pack.read(tmp_path / "own.csv", READINGS)
        with pytest.raises(kind, match="did you mean"):
            read_as_published(series, scenario, table)


# --- what is told ------------------------------------------------------------------


def test_every_group_has_a_prediction_for_every_week(scenario, series):
    weeks = predict_weeks(series, scenario)
    wards = [each for each in weeks if each.metric == "inpatients_general_wards"]
    assert {each.scope for each in wards} == {
        "big5",
        "other tertiary",
        "tertiary",
        "general",
        "tertiary+general",
    }
    spans = [(each.start, each.end) for each in wards if each.scope == "big5"]
    assert spans[:2] == [
        (date(2024, 2, 1), date(2024, 2, 2)),
        (date(2024, 2, 5), date(2024, 2, 9)),
    ]
    assert spans[-1] == (date(2024, 3, 4), date(2024, 3, 8))
    assert len(spans) == 6


def test_intervals_hold_80_and_90_per_cent(scenario, series, tmp_path):
    weeks = predict_weeks(series, scenario)
    write_readings(weeks, tmp_path / "readings.csv")
    with (tmp_path / "readings.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(weeks)
    first, draws = rows[0], weeks[0].draws
    at = [float(first[name]) for name in ("low_90", "low", "median", "high", "high_90")]
    assert at == pytest.approx(np.percentile(draws, [5, 10, 50, 90, 95]), rel=1e-5)
    assert first["use"] == "predict"
    general = next(row for row in rows if row["scope"] == "general")
    assert general["counted"].startswith("303 of 331 general hospitals")
    korea = next(row for row in rows if row["scope"] == "korea")
    assert korea["counted"] == "all 409"


def test_the_headline_tells_base_lowest_and_last(scenario, series):
    figures = headline_figures(
        series, scenario, predict_weeks(series, scenario), predict_base(series, scenario)
    )
    surgery = [each for each in figures if each.name == "surgeries_weekday"]
    assert [each.when for each in surgery] == ["base", "lowest", "last"]
    assert surgery[1].start == date(2024, 2, 19)  # a holiday each in the weeks before
    assert surgery[2].end == date(2024, 3, 8)
    backlog = [each for each in figures if each.name == "backlog"]
    assert [each.value for each in backlog] == [1023.0, 1055.0]


def test_summaries_tell_groups_and_regions_of_ten(pack, series, nation):
    columns = summaries(series, pack.regions)
    regions = set(columns["region"]) - {""}
    told = regions_printable(nation.sites, len(pack.regions))
    assert regions == {name for name, one in zip(pack.regions, told, strict=True) if one}
    assert set(columns["group"]) - {""} == set(GROUPS)
    rows = (columns["variable"] == "icu") & (columns["group"] == "big5")
    assert columns["p50"][rows][0] == 1000
    assert len(set(columns["day"][rows])) == len(series.dates)


# --- money -------------------------------------------------------------------------


def test_an_ordinary_year_makes_the_stated_surplus_and_no_debt(nation):
    calendar = np.arange(371) % 7
    accounts = Accounts(nation, 23, calendar)
    sites = len(nation)

    def day(number, part=1.0):
        busy = 1.0 if number % 7 < 5 else 0.4
        level = np.full(sites, 100.0 * busy * part)
        activity = Activity(level, level / 10, level / 5, level, level)
        return accounts.enter(number, activity, np.zeros(sites), 0.0)

    revenue = [day(number) for number in range(371)]
    assert accounts.ordinary == pytest.approx(np.mean(revenue, axis=0))
    margin = nation.values["money.margin"]
    expected = -margin * np.sum(revenue[24:], axis=0)
    assert accounts.debt == pytest.approx(expected, rel=0.1)
    assert not accounts.closed().any()
    before = accounts.debt
    for number in range(371, 371 + 600):
        day(number, 0.5)
    assert (accounts.debt > before).all()
    assert accounts.closed().max() == pytest.approx(nation.values["money.closing"])
