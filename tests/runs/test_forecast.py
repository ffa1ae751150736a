"""The forecast of one hospital: it begins with the census, and levers buy what they change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from locum.countries import load_pack
from locum.errors import BadValue, InputError, OutOfBounds, UnknownName
from locum.runs.hospitals.census import census_text, read_census
from locum.runs.hospitals.forecast import ANY, RISKS, ForecastRequest, _days_of, _lasting, forecast
from locum.runs.hospitals.forecast_run import COUNTS, POINTS, first_points
from locum.runs.hospitals.prefill import census_of, roster_sheet
from locum.runs.hospitals.ranking import LEVERS, Lever, default_levers, lever_of
from locum.runs.hospitals.roster import read_roster

SMALL = 60
DAYS = 4
NOTHING = {
    "routine_operations": 1.0,
    "mild_walk_ins": 1.0,
    **dict.fromkeys(set(LEVERS) - {"routine_operations", "mild_walk_ins"}, 0.0),
}


@pytest.fixture(scope="module")
def pack():
    return load_pack("korea")


@pytest.fixture(scope="module")
def ledger(pack):
    return pack.ledger("hospital")


@pytest.fixture(scope="module")
def plain(pack):
    return census_of(pack, SMALL, date(2026, 10, 5), 8)


@pytest.fixture(scope="module")
def predict(pack, ledger, plain, tmp_path_factory):
    """Forecast the small hospital with other numbers."""
    folder = tmp_path_factory.mktemp("forecast")

    def run(levers=(), *, day=None, hour=None, draws=2, workers=2, risk=ANY, **numbers):
        census = replace(
            plain.changed(**numbers),
            day=day or plain.day,
            hour=plain.hour if hour is None else hour,
        )
        (folder / "census.csv").write_text(census_text(census), "utf-8")
        census = read_census(folder / "census.csv")
        (folder / "roster.csv").write_text(roster_sheet(pack, census, DAYS), "utf-8")
        roster = read_roster(folder / "roster.csv", census, DAYS, "census.csv")
        return forecast(
            ForecastRequest(
                census, roster, ledger, pack, levers, risk, draws=draws, workers=workers
            )
        )

    return run


@pytest.mark.parametrize(
    ("day", "hour", "numbers"),
    [
        (date(2026, 10, 5), 0, {}),
        (date(2026, 10, 6), 7, {"ed_waiting": 9, "ed_boarding_ward": 2, "ed_boarding_icu": 1}),
        (date(2026, 10, 9), 8, {"ward_patients": 0, "icu_patients": 0, "list_routine": 0}),
        (date(2026, 10, 11), 23, {"ward_patients": 200, "ward_beds": 200, "ed_waiting": 60}),
        (date(2026, 10, 7), 18, {"ed_treated": 6, "ed_places": 6, "list_cancer": 500}),
    ],
)
def test_the_first_point_is_the_census_in_every_draw(predict, day, hour, numbers):
    found = predict(day=day, hour=hour, **numbers)
    stated = first_points(found.request.census)
    for name, value in stated.items():
        assert (found.points[:, 0, POINTS.index(name)] == value).all(), name
    assert not found.counts[:, 0].any()
    assert found.points.shape[1] == 24 * DAYS - hour + 1


def test_results_do_not_depend_on_the_number_of_workers(predict):
    one = predict([Lever("ward_beds", 5.0)], draws=3, workers=1)
    other = predict([Lever("ward_beds", 5.0)], draws=3, workers=3)
    assert one.points.tobytes() == other.points.tobytes()
    assert one.counts.tobytes() == other.counts.tobytes()
    assert one.bought[0].waiting.tobytes() == other.bought[0].waiting.tobytes()


def test_a_lever_that_touches_nothing_buys_exactly_nothing(predict):
    levers = [Lever(name, amount) for name, amount in sorted(NOTHING.items())]
    for each in predict(levers).bought:
        assert not each.days.any(), each.lever.key
        assert not each.waiting.any(), each.lever.key
        assert not each.operations.any(), each.lever.key


def test_levers_do_what_they_say(predict):
    levers = [
        Lever("routine_operations", 0.0),
        Lever("icu_beds", 500.0),
        Lever("mild_walk_ins", 0.0),
    ]
    numbers = {"icu_beds": 3, "icu_patients": 3, "fails_after": 1}
    found = predict(levers, risk="icu_full", **numbers)
    bought = {each.lever.name: each for each in found.bought}
    assert (bought["routine_operations"].operations < 0).all()
    assert (bought["icu_beds"].days == -found.failing[:, :, 1].sum(axis=1)).all()
    assert (bought["icu_beds"].days < 0).all()
    assert (bought["mild_walk_ins"].waiting <= 0).all()
    assert found.bought[0].lever.name == "icu_beds"


def test_a_hospital_without_intensive_care_is_not_full(predict):
    assert predict(icu_beds=0, icu_patients=0).ever("icu_full") == 0.0


def test_more_staff_is_on_duty_when_some_are_sent(predict):
    levers = [Lever("dispatched_ed", 8.0), Lever("dispatched_ward", 9.0), Lever("pa_nurses", 4.0)]
    found = predict(levers, ed_visits=120.0)
    assert (found.bought[0].waiting.mean() <= 0).all()


def test_overload_ends_in_queues_and_refusals(predict, plain):
    visits = 5.0 * plain.numbers["ed_visits"]
    found = predict(ed_visits=visits)
    assert found.ever("ed_closed") == 1.0
    assert (found.by_day("ed_refused").sum(axis=1) > 0).all()
    assert found.probability(ANY).min() > 0.0


def test_who_is_away_leaves_work_undone(pack, ledger, plain, tmp_path):
    def missed(away):
        text = roster_sheet(pack, plain, DAYS)
        lines = [emptied(line) if away else line for line in text.splitlines()]
        (tmp_path / "roster.csv").write_text("\n".join(lines), "utf-8")
        roster = read_roster(tmp_path / "roster.csv", plain, DAYS, "census.csv")
        found = forecast(ForecastRequest(plain, roster, ledger, pack, draws=2))
        return found.by_day("work_missed").sum()

    def emptied(line):
        cells = line.split(",")
        if len(cells) < 7 or not cells[1].startswith(("ward_", "ed_seniors")):
            return line
        heads = plain.employed(cells[1])
        return ",".join([*cells[:2], "0", "0", str(heads), *cells[5:]])

    assert missed(away=True) > missed(away=False) + 100


def test_counts_and_points_are_consistent(predict):
    found = predict()
    assert (np.diff(found.counts, axis=1) >= 0).all()
    assert (found.points >= 0).all()
    assert (found.points[:, :, POINTS.index("ed_queue")]
            <= found.points[:, :, POINTS.index("ed_waiting")]).all()  # fmt: skip
    last = found.counts[:, -1]
    for column, name in enumerate(COUNTS):
        assert found.by_day(name).sum(axis=1) == pytest.approx(last[:, column])


def test_first_days_add_up_to_the_probability_that_it_happens_at_all(predict):
    found = predict(draws=4, ed_visits=90.0)
    for risk in found.risks:
        assert found.first_day(risk).sum() == pytest.approx(found.ever(risk))
        assert (found.probability(risk) >= found.first_day(risk)).all()
        assert found.ever(ANY) >= found.ever(risk)


def test_lists_begin_with_the_age_that_the_census_states(predict):
    found = predict(age_cancer=40, list_cancer=50, operations_cancer=0, referrals_cancer=0)
    cancer = found.ages[:, :, 0]
    days = 16 / 24 + np.arange(DAYS)
    assert cancer == pytest.approx(np.broadcast_to(40 + days, cancer.shape), abs=1e-3)


def test_hours_break_the_cap_when_the_roster_asks_for_too_many(predict):
    generous = predict(trainee_hours=168)
    strict = predict(trainee_hours=20)
    assert generous.ever("hours_cap") == 0.0
    assert strict.ever("hours_cap") == 1.0


def test_a_risk_counts_once_it_lasts_and_on_the_days_it_touches():
    flags = np.array([1, 0, 1, 1, 0, 1, 1, 1], bool)
    assert _lasting(flags, 1).tolist() == flags.tolist()
    assert np.flatnonzero(_lasting(flags, 2)).tolist() == [2, 3, 5, 6, 7]
    assert np.flatnonzero(_lasting(flags, 3)).tolist() == [5, 6, 7]
    assert not _lasting(flags, 4).any()
    assert _days_of(np.array([0, 0, 1, 0], bool), 22, 2).tolist() == [False, True]
    assert _days_of(np.array([0, 1, 0, 0], bool), 22, 2).tolist() == [True, False]


def test_levers_are_read_and_refused(plain):
    assert lever_of("ward_beds=-4", plain) == Lever("ward_beds", -4.0)
    with pytest.raises(UnknownName, match="did you mean 'ward_beds'"):
        lever_of("ward_bed=1", plain)
    with pytest.raises(BadValue, match="NAME=AMOUNT"):
        lever_of("ward_beds", plain)
    with pytest.raises(BadValue, match="expected a number"):
        lever_of("ward_beds=many", plain)
    with pytest.raises(BadValue, match="a whole number, such as 2"):
        lever_of("icu_beds=1.6", plain)
    with pytest.raises(OutOfBounds, match="between -"):
        lever_of("ward_beds=-99999", plain)
    with pytest.raises(OutOfBounds, match="between 0 and 1"):
        lever_of("mild_walk_ins=nan", plain)
    with pytest.raises(InputError, match="between 0 and 10000"):
        lever_of("pa_nurses=-1", plain)


def test_the_levers_tried_by_default_are_levers(plain):
    for lever in default_levers(plain):
        assert lever_of(lever.key, plain) == lever
        assert lever.title
    assert set(RISKS) == {"ed_closed", "icu_full", "hours_cap", "work_missed"}
