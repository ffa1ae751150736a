"""The report of a run of hospitals: one file, true to the draws, that gives nobody away."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from tests.report.hospital_runs import request, store, synthetic_run
from tests.report.test_page import Reader, files_of

from locum.errors import MissingFile
from locum.inference.hospital_learned import Taught
from locum.report.charts.hospital_flow import FlowFrame, Node, flow_chart
from locum.report.hospitals import (
    compose_hospitals,
    render_hospital_report,
    write_hospital_report,
)
from locum.report.hospitals_records import BASELINE, FIT, HELD_OUT
from locum.report.hospitals_stored import read_stored_run
from locum.report.hospitals_weeks import Days, spans_of
from locum.report.hospitals_words import days_words, fall_words, more_or_fewer
from locum.runs.folder import write_manifest
from locum.runs.hospitals.groups import GROUPS
from locum.runs.hospitals.levers import Bought

LARGEST_PAGE = 2_000_000
LEVERS = (
    Bought("nurses", "Nurses <added>", "Operations a weekday", "tertiary", 40.0, 95.0, 160.0),
    Bought("beds", "Beds closed", "Operations a weekday", "tertiary", -210.0, -120.0, -30.0),
    Bought("sent", "Doctors sent", "Hours of stay", "korea", -0.4, -0.1, 0.05),
)
LEARNED = (
    Taught("contingency.surgery_cut", 0.26, 0.07, 0.73),
    Taught("contingency.icu_protection", 0.29, 0.285, 0.02),
)


@pytest.fixture(scope="module")
def run():
    return synthetic_run()


@pytest.fixture(scope="module")
def content(run):
    return compose_hospitals(run, LEVERS, LEARNED)


@pytest.fixture(scope="module")
def page(content):
    return render_hospital_report(content)


@pytest.fixture(scope="module")
def reader(page):
    return Reader(page)


def short(until: date, **given):
    """Return the page of a run that ends early."""
    return Reader(render_hospital_report(compose_hospitals(synthetic_run(until, **given))))


# --- the file ----------------------------------------------------------------------


def test_every_element_is_closed_in_order(reader):
    assert reader.open == []


def test_no_identifier_is_used_twice(reader):
    uses = Counter(a["id"] for _, a in reader.elements if a.get("id"))
    assert [name for name, count in uses.items() if count > 1] == []


def test_every_link_within_the_page_leads_somewhere(reader):
    known = {a["id"] for _, a in reader.elements if a.get("id")}
    targets = [a["href"] for name in ("a", "use") for a in reader.all(name) if a.get("href")]
    assert {one[1:] for one in targets if one.startswith("#")} <= known


def test_nothing_is_loaded_from_elsewhere(reader):
    assert reader.all("script") == []
    assert reader.all("img") == []
    assert [link for link in reader.all("link") if link.get("href")] == []


def test_every_drawing_has_a_text_instead(reader):
    charts = [one for one in reader.all("svg") if one.get("class") == "chart"]
    assert charts
    assert all(one["role"] == "img" and one["aria-label"] for one in charts)


def test_a_year_fits_a_mail(page):
    assert len(page.encode()) < LARGEST_PAGE


def test_the_same_run_gives_the_same_bytes(run, page, tmp_path):
    path = write_hospital_report(run, tmp_path / "report.html", levers=LEVERS, learned=LEARNED)
    assert path.read_text(encoding="utf-8") == page


def test_text_from_outside_is_escaped(page):
    assert "Nurses <added>" not in page
    assert "Nurses &lt;added&gt;" in page


def test_no_number_is_missing_or_infinite(reader):
    charts = " ".join(str(a) for name, a in reader.elements if name in {"polygon", "rect", "path"})
    assert "nan" not in charts
    assert not re.search(r"\bnan\b|\binf\b", reader.words)


# --- what is told ------------------------------------------------------------------


def test_a_change_is_the_median_of_the_draws(run, content):
    days = Days(run.request.scenario)
    before, during = (days.rows(span.first, span.last, work=True) for span in content.spans[:2])
    values = run.series.daily("surgeries_reported", "tertiary")
    ratio = values[:, during].mean(axis=1) / values[:, before].mean(axis=1) - 1
    change = content.changes["surgeries", "tertiary"]
    assert change.share.value == pytest.approx(np.median(ratio))
    assert change.lower == (ratio < 0).sum()


def test_the_page_says_how_much_operations_fell(content, reader):
    share = content.changes["surgeries", "tertiary"].share
    assert f"{more_or_fewer(share.value)} (80% interval" in reader.words


def test_what_rests_on_assumptions_is_no_headline(content, reader):
    cards = [change for (name, _), change in content.changes.items() if name == "backlog"]
    assert all(change.grade == "assumed" for change in cards)
    headline, _, rest = reader.words.partition("Not headlines: results that rest mostly")
    assert "On the list for an operation" not in headline
    assert "On the list for an operation" in rest


def test_a_reading_is_for_the_base_week_for_the_fit_or_held_out(content):
    uses = {(each.label, each.start): each.use for each in content.readings}
    wards = "Patients on wards"
    assert uses[wards, date(2024, 2, 1)] == BASELINE
    assert uses[wards, date(2024, 2, 26)] == FIT
    assert uses[wards, date(2024, 3, 4)] == HELD_OUT


def test_every_published_reading_is_on_the_page(content, reader):
    published = {each.reading for each in content.readings}
    rows = files_of(reader)["readings.csv"]
    assert {float(row[4]) for row in rows[1:]} == published


def test_points_of_a_chart_are_the_readings(content):
    family = next(each for each in content.families if each.name == "wards")
    panel = next(each for each in family.panels if each.group == "big5")
    assert [point.value for point in panel.courses[0].points] == [7893, 5618, 4838, 4582]


def test_a_weekly_band_holds_what_readings_predict(content):
    family = next(each for each in content.families if each.name == "surgeries")
    for panel in family.panels:
        for course in panel.courses:
            lines = np.array(course.quantiles)
            assert (np.diff(lines, axis=0) >= 0).all()
            assert all(week[0] <= week[1] for week in course.weeks)


def test_mild_visits_have_a_course_of_their_own(content):
    family = next(each for each in content.families if each.name == "emergency")
    assert {len(panel.courses) for panel in family.panels} == {2}
    assert family.panels[0].courses[1].label == "KTAS 4 and 5"


def test_four_facts_are_told_of_an_absence(reader):
    assert "Four facts known before" in reader.words
    assert reader.words.count("Theatres fall most") == 1


def test_a_run_with_everybody_at_work_tells_no_facts_of_an_absence():
    run = synthetic_run(date(2024, 4, 30), name="korea-hospitals-normal")
    told = Reader(render_hospital_report(compose_hospitals(run))).words
    assert "Four facts" not in told
    assert "No lever is pulled" in told


def test_harm_is_a_band_from_none(reader):
    rows = files_of(reader)["deaths-through-delay.csv"]
    assert {row[2] for row in rows[1:]} == {"0"}
    assert "none to" in reader.words


def test_levers_come_with_their_intervals(reader):
    rows = files_of(reader)["levers-operations-a-weekday-tertiary.csv"]
    assert rows[1:] == [
        ["Beds closed", "-120", "-210", "-30"],
        ["Nurses <added>", "95", "40", "160"],
    ]
    assert "+95 (+40 to +160)" in reader.words


def test_without_a_comparison_the_page_says_so():
    told = short(date(2024, 3, 31)).words
    assert "What each lever bought was not compared in this run" in told
    assert "What the readings taught" not in told


def test_assumptions_of_which_nothing_is_learned_are_named(reader):
    assert "teach next to nothing of contingency.icu_protection" in reader.words


def test_every_assumption_is_in_the_file(run, reader):
    rows = files_of(reader)["assumptions.csv"]
    assert {row[0] for row in rows[1:]} == {row["key"] for row in run.request.ledger.rows()}


# --- who is not given away ---------------------------------------------------------


def test_no_hospital_is_named(run, page):
    names = {*run.series.sites.names, *(row["name_en"] for row in _hospitals(run))}
    told, _, _ = page.partition('<section id="sources"')
    assert [name for name in names if name and name in told] == []


def _hospitals(run):
    return run.request.pack.table("hospitals").rows


def test_a_region_with_few_hospitals_stays_blank(run, content, page):
    hidden = {
        name
        for name, shown in zip(run.request.pack.regions, run.series.regions, strict=True)
        if not shown
    }
    assert len(hidden) == 2
    assert hidden.isdisjoint(place.name for place in content.places)
    assert page.count("region blank") == 3 * len(hidden)


def test_a_group_that_may_not_be_printed_is_nowhere(run):
    hidden = run.series.groups.copy()
    hidden[list(GROUPS).index("big5")] = False
    content = compose_hospitals(
        replace(run, series=replace(run.series, groups=hidden), readings=())
    )
    assert "big5" not in {group for _, group in content.changes}
    assert "Five largest hospitals" not in render_hospital_report(content)


# --- runs of other lengths ---------------------------------------------------------


def test_a_run_that_ends_before_the_absence_says_so():
    told = short(date(2024, 2, 3)).words
    assert "before there is anything to compare" in told
    assert "Four facts" not in told


@pytest.mark.parametrize("until", [date(2024, 2, 1), date(2024, 2, 7), date(2024, 2, 19)])
def test_a_run_may_end_on_any_day(until):
    assert short(until, draws=2).open == []


def test_one_draw_has_no_intervals():
    told = short(date(2024, 3, 31), draws=1).words
    assert "(80% interval" not in told.partition("Over the weeks")[0]
    assert "In the 90% band" not in told


def test_a_run_that_has_not_counted_where_patients_went_shows_the_door_alone():
    content = compose_hospitals(synthetic_run(date(2024, 3, 31), counted_flow=False))
    assert {(one.source, one.target) for one in content.flow} == {
        ("arrivals", "accepted"),
        ("arrivals", "refused"),
    }


def test_a_long_run_is_compared_at_its_end_too():
    spans = spans_of(request().scenario)
    assert [(span.last - span.first).days + 1 for span in spans] == [7, 28, 28]
    assert spans[2].last == request().scenario.end


def test_weeks_follow_each_other_without_a_gap():
    weeks = Days(request().scenario).weeks()
    assert weeks[0][0] == request().scenario.report_from
    assert all(
        after[0] - before[1] == timedelta(days=1) for before, after in itertools.pairwise(weeks)
    )


def test_a_stored_run_is_read_back_as_it_was(tmp_path):
    asked = request(date(2024, 2, 12), draws=2)
    series = store(asked, tmp_path)
    run = read_stored_run(tmp_path)
    assert run.request.draws == asked.draws
    for name, values in series.values.items():
        assert np.array_equal(run.series.values[name], values), name
    assert len(run.readings) == len(compose_hospitals(run).readings) > 0


def test_a_folder_without_results_is_refused(tmp_path):
    write_manifest(request(date(2024, 2, 12)).manifest, tmp_path)
    with pytest.raises(MissingFile, match=r"results\.zarr"):
        read_stored_run(tmp_path)


# --- pieces ------------------------------------------------------------------------


def test_streams_are_as_wide_as_they_are_large():
    nodes = (Node("a", "A", 0, "flow"), Node("b", "B", 1, "flow"), Node("c", "C", 2, "need"))
    streams = {("a", "b"): 100.0, ("b", "c"): 50.0}
    chart = flow_chart(nodes, streams, FlowFrame(400, "T", "U", "alt", 100.0, reach=200.0))
    heights = [
        float(one) for one in re.findall(r'class="place \w+"[^>]* height="([\d.]+)"', chart)
    ]
    assert heights == [200.0, 200.0, 100.0]


@pytest.mark.parametrize(
    ("share", "less", "fewer"),
    [
        (-0.48, "48% less", "48% fewer"),
        (0.03, "3% more", "3% more"),
        (0.001, "unchanged", "about as many"),
    ],
)
def test_changes_in_words(share, less, fewer):
    assert fall_words(share) == less
    assert more_or_fewer(share) == fewer


def test_days_in_words():
    assert days_words(date(2024, 2, 19), date(2024, 2, 29)) == "19 to 29 Feb 2024"
    assert days_words(date(2024, 2, 26), date(2024, 3, 1)) == "26 Feb to 1 Mar 2024"
    assert days_words(date(2024, 12, 30), date(2025, 1, 3)) == "30 Dec 2024 to 3 Jan 2025"
    assert days_words(date(2024, 2, 20), date(2024, 2, 20)) == "20 Feb 2024"
