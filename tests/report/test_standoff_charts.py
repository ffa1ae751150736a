"""Charts of the report of a standoff, and the pieces that choose what they draw."""

from __future__ import annotations

import itertools
import re
import shutil
from datetime import date, timedelta

import pytest
from tests.report.standoff_runs import write_run
from tests.report.test_browser import WIDTHS, sticking_out

from locum.report.charts.hospital_weeks import symbol
from locum.report.charts.standoff_lanes import Deed, Lane, lanes_chart
from locum.report.charts.standoff_matrix import MatrixColumn, MatrixRow, matrix_chart
from locum.report.charts.standoff_trade import Stop, TradeFrame, Way, trade_chart
from locum.report.sections.standoff_pieces import courses, weeks_of
from locum.report.standoff import compose_standoff, write_standoff_report
from locum.report.standoff_records import CHECK, FIT, UPDATE, Span, Track
from locum.report.standoff_words import group_words, metric_words, party_of, percent, sized

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FIRST = date(2024, 2, 6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("standoff"))


@pytest.fixture(scope="module")
def content(folder):
    return compose_standoff(folder)


def track(values):
    days = tuple(FIRST + timedelta(days=i) for i in range(len(values)))
    return Track(days, tuple(values), tuple(values), tuple(values))


def numbers(markup: str, kind: str, name: str) -> list[float]:
    found = re.findall(rf'<[a-z]+ class="{kind}"[^>]*? {name}="([-\d.]+)"', markup)
    return [float(one) for one in found]


# --- which days are drawn ----------------------------------------------------------


def test_a_single_day_on_which_clinics_close_is_drawn_between_weekly_days(content):
    closed = 133
    values = [0.0] * 400
    values[closed] = 40.0
    (drawn,) = courses([("closed", "need", track(values))], content)
    assert max(drawn.medians) == 40.0
    assert len(drawn.weeks) < 130


def test_first_weeks_are_drawn_day_by_day_and_later_ones_less_often(content):
    (drawn,) = courses([("flat", "need", track([50.0] * 400))], content)
    days = [first + (last - first) / 2 for first, last in drawn.weeks]
    apart = [(after - before).days for before, after in itertools.pairwise(days)]
    assert apart[:50] == [1] * 50
    assert set(apart[70:80]) == {7}
    assert set(apart[90:-1]) == {14}


def test_days_around_a_day_have_it_in_their_middle():
    days = [FIRST + timedelta(days=i) for i in (0, 1, 2, 9, 16, 40)]
    for day, (first, last) in zip(days, weeks_of(days), strict=True):
        assert day - first == last - day


def test_tracks_are_cut_to_the_days_that_all_have(content):
    short = track([1.0] * 30)
    pair = courses([("long", "need", track([2.0] * 60)), ("short", "gap", short)], content)
    assert {len(each.weeks) for each in pair} == {30}


def test_a_track_says_what_holds_between_its_days():
    weekly = Track((FIRST, FIRST + timedelta(days=7)), (1.0, 2.0), (0.0, 1.0), (2.0, 3.0))
    assert weekly.at(FIRST + timedelta(days=6)) == Span(1.0, 0.0, 2.0)
    assert weekly.at(FIRST - timedelta(days=1)) is None
    assert weekly.inner(FIRST) == (0.0, 2.0)


# --- charts ------------------------------------------------------------------------


def test_readings_have_a_mark_of_their_own_for_each_use():
    assert len({str(symbol(5, 5, use)) for use in (FIT, CHECK, UPDATE)}) == 3


def test_each_column_of_a_matrix_has_its_own_scale_and_its_zero():
    columns = [MatrixColumn(name, "u", "need", "To all") for name in ("small", "large")]
    spans = ((-1.0, -0.5, 0.0), (-1e5, -5e4, 0.0))
    rows = [MatrixRow("step", "side", spans, ("a", "b"))]
    chart = matrix_chart(columns, rows, 800, "alt")
    left, right = numbers(chart, "interval inner", "width")
    assert left == pytest.approx(right, abs=0.11)
    assert chart.count(">0</text>") == 2
    assert "\N{MINUS SIGN}100k" in chart


def test_a_matrix_leaves_out_what_is_not_told():
    columns = [MatrixColumn(name, "u", "need", "To all") for name in ("one", "two")]
    rows = [MatrixRow("step", "side", ((0.0, 1.0, 2.0), None), ("told", "not told"))]
    assert matrix_chart(columns, rows, 800, "alt").count("interval inner") == 1


def test_a_curve_of_settings_goes_through_its_stops():
    stops = tuple(Stop((a, a, a), (b, b, b), f"{a}", a == 10) for a, b in ((0, 1.0), (10, 0.0)))
    frame = TradeFrame(410, 300, "T", "up", "across", "alt")
    chart = trade_chart([Way("w", "need", stops)], frame)
    path = re.search(r'class="median need" points="([^"]+)"', chart)
    dots = zip(numbers(chart, "printed", "cx"), numbers(chart, "printed", "cy"), strict=True)
    assert path is not None
    assert path[1].split() == [f"{x:g},{y:g}" for x, y in dots]
    assert chart.count('class="stop above"') == 1


def test_events_of_one_day_stand_above_each_other():
    deeds = tuple(Deed(FIRST, None, f"event {i}") for i in range(3))
    days = (FIRST, FIRST + timedelta(days=300))
    chart = lanes_chart([Lane("Lane", "gap", deeds)], 800, days, "alt")
    assert len(set(numbers(chart, "printed", "cy"))) == 3
    assert len(set(numbers(chart, "printed", "cx"))) == 1
    assert chart.count("<title>event") == 3


# --- words -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "signed", "words"),
    [
        (3.0, "heads", False, "<10"),
        (0.0, "heads", False, "0"),
        (13_256.0, "heads", False, "13,300"),
        (-3.04, "percentage_points", True, "\N{MINUS SIGN}3.0"),
        (52.3, "percentage_points", True, "+52.3"),
        (-0.04, "percentage_points", True, "0"),
        (2.0, "months", True, "+2"),
        (0.00378, "index", False, "0.0038"),
    ],
)
def test_numbers_have_as_many_digits_as_they_deserve(value, unit, signed, words):
    assert sized(value, unit, signed=signed) == words


def test_a_percentage_is_one_already():
    assert percent(72.84) == "73%"
    assert percent(-0.2) == "0%"


@pytest.mark.parametrize(
    ("metric", "party"),
    [
        ("operations_postponed", "patients"),
        ("named", "doctors"),
        ("exposure_mean", "platform"),
        ("approval_plan_end", "opinion"),
        ("trainees_away_end", "action"),
        ("something_new", "action"),
    ],
)
def test_a_metric_says_whom_it_concerns(metric, party):
    assert party_of(metric) == party


def test_names_of_groups_and_metrics_are_words():
    assert group_words("year", "resident 3") == "Residents, year 3"
    assert group_words("kind", "community") == "Doctors in clinics"
    assert metric_words("absent_from_work_percent") == "Away from work"
    assert metric_words("something_new_cum") == "Something new"


# --- in a browser ------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_page_of_a_standoff_never_scrolls_sideways(folder, tmp_path):
    write_standoff_report(folder, path=tmp_path / "report.html")
    assert sticking_out(tmp_path) == [0] * len(WIDTHS)
