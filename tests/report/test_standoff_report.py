"""The report of a run of a standoff: one file, true to the files of the run, and neutral."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.report.standoff_runs import (
    HEADS,
    KEYS,
    METRICS,
    SETTLED,
    SMALL,
    STEPS,
    UPDATED,
    manifest,
    reading_rows,
    share_away,
    write_run,
    write_table,
)
from tests.report.test_page import Reader, files_of

from locum.errors import BadCell, InputError, MissingField, MissingFile
from locum.report.sections.standoff_groups import focus_days
from locum.report.standoff import (
    compose_standoff,
    render_standoff_report,
    write_standoff_report,
)
from locum.report.standoff_records import (
    CHECK,
    FIT,
    PREDICT,
    PRIOR,
    UPDATE,
    WITHOUT,
    Harmed,
    Span,
)

LARGEST_PAGE = 2_000_000
SHORT = [("2024-03-01", "kind", "trainee", "away", 100, 90, 80, 95, 82, 93)]
OPTIONAL = ("counterfactuals", "harm", "frontier", "identification", "social", "rivals")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("standoff"))


@pytest.fixture(scope="module")
def content(folder):
    return compose_standoff(folder)


@pytest.fixture(scope="module")
def page(content):
    return render_standoff_report(content)


@pytest.fixture(scope="module")
def reader(page):
    return Reader(page)


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A run that was not fitted, without any file that may be missing."""
    return write_run(tmp_path_factory.mktemp("bare"), *OPTIONAL)


@pytest.fixture(scope="module")
def bare_reader(bare):
    return Reader(render_standoff_report(compose_standoff(bare)))


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
    assert len(charts) > 30
    assert all(one["role"] == "img" and one["aria-label"] for one in charts)


def test_two_years_fit_a_mail(page):
    assert len(page.encode()) < LARGEST_PAGE


def test_the_same_folder_gives_the_same_bytes(folder, page, tmp_path):
    path = write_standoff_report(folder, path=tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == page


def test_a_run_may_give_its_manifest_before_it_is_written(folder, page):
    told = compose_standoff(folder, manifest=manifest())
    assert render_standoff_report(told) == page


def test_the_report_goes_into_the_folder(bare):
    assert write_standoff_report(bare) == bare / "report.html"


def test_text_from_outside_is_escaped(page):
    assert "association <ends>" not in page
    assert "association &lt;ends&gt;" in page


def test_no_number_is_missing_or_infinite(reader):
    charts = " ".join(str(a) for name, a in reader.elements if name in {"polygon", "rect", "path"})
    assert "nan" not in charts
    assert not re.search(r"\bnan\b|\binf\b", reader.words)


# --- what is told ------------------------------------------------------------------


def test_shares_are_those_of_the_members(content):
    day = date(2024, 5, 1)
    span = content.tracks["kind", "trainee", "away"].at(day)
    assert span.median == pytest.approx(100 * share_away("trainee", day), abs=1e-3)
    assert span.low < span.median < span.high


def test_the_headline_says_how_many_are_away_on_the_last_day_that_was_fitted(content, reader):
    assert content.read_until <= UPDATED
    span = content.tracks["kind", "trainee", "away"].at(content.read_until)
    headline, _, _ = reader.words.partition("Not headlines")
    assert f"{span.median:.0f}% are ({span.low:.0f}% to {span.high:.0f}%)" in headline


def test_what_rests_on_assumptions_is_no_headline(reader):
    headline, _, rest = reader.words.partition("Not headlines: results that rest mostly")
    for told in ("In private", "Members named", "Operations put off"):
        assert told not in headline
        assert told in rest


def test_letters_and_absence_are_told_apart(reader):
    assert "those with a letter in are 8 points more than those away" in reader.words


def test_letters_and_absence_are_told_apart_as_they_were_printed(content):
    absent = next(one for one in content.readings if one.percent and one.use == FIT)
    readings = [
        replace(
            absent,
            metric=f"{name}_percent",
            day=date(2024, 2, day),
            reading=70.0 + more,
            span=Span(68.0 + 1.1 * more, 60.0, 90.0),
        )
        for day, gap in ((19, 30.0), (20, 8.0), (21, 10.0))
        for name, more in (("absent_from_work", 0.0), ("resignations_submitted_cum", gap))
    ]
    words = Reader(render_standoff_report(replace(content, readings=tuple(readings)))).words
    assert (
        "As the ministry counts them, letters handed in so far are 9 to 11 points more from 20 Feb"
        in words
    )
    assert "(8 to 10 printed)" in words
    alone = tuple(one for one in readings if one.name == "absent_from_work")
    without = Reader(render_standoff_report(replace(content, readings=alone))).words
    assert "As the ministry counts them" not in without


def test_readings_keep_what_they_are_for(content):
    uses = {(one.day, one.use) for one in content.readings if one.name == "absent_from_work"}
    assert (date(2024, 2, 20), FIT) in uses
    assert (date(2024, 3, 4), CHECK) in uses
    assert {one.use for one in content.readings} == {FIT, CHECK, UPDATE}


def test_every_reading_is_in_the_file(content, reader):
    rows = files_of(reader)["readings.csv"]
    assert len(rows) - 1 == len(content.readings)


def test_a_reading_outside_its_band_is_said_to_be(tmp_path):
    run = write_run(tmp_path / "run", *OPTIONAL)
    rows = [
        (*row[:3], 99.9, *row[4:])
        if row[:1] == ("absent_from_work_percent",) and row[7] == "check"
        else row
        for row in reading_rows()
    ]
    write_table(run, "readings", rows)
    told = Reader(render_standoff_report(compose_standoff(run))).words
    assert "3 of 4 open to a check" in told


def test_the_base_of_march_is_explained(reader):
    assert "the base from 12,467 (100 hospitals) to 9,970 (100 hospitals, residents)" in (
        reader.words
    )
    assert "Over the earlier base the later count would be 72.1%" in reader.words


def test_a_count_above_its_earlier_base_is_not_called_a_share(reader):
    assert not re.search(r"later count would be 1\d\d\.", reader.words)


def test_predictions_stand_with_and_without_the_settlement_and_beside_the_prior(reader):
    rows = files_of(reader)["predictions.csv"]
    last = next(row for row in rows if row[2] == "2025-09-30")
    settled, apart, prior = (float(last[i]) for i in (3, 6, 9))
    assert settled < apart
    assert prior != settled
    first = next(row for row in rows if row[2] == "2024-08-01")
    assert first[6] == "\N{EN DASH}"
    assert date.fromisoformat(last[2]) > SETTLED


def test_a_quantity_is_predicted_only_after_what_was_fitted(content, reader):
    rows = files_of(reader)["predictions.csv"]
    assert min(date.fromisoformat(row[2]) for row in rows[1:]) > content.read_until


def test_both_sides_stand_in_the_same_table(reader):
    rows = files_of(reader)["counterfactuals.csv"]
    assert len(rows) - 1 == len(STEPS) * len(METRICS)
    assert {row[2] for row in rows[1:]} == {"both", "doctors", "government", "platform"}
    assert {row[4] for row in rows[1:]} >= {"patients", "doctors"}
    for words in ("A step of doctors", "A step of the government"):
        assert words in reader.words


def test_harm_to_both_parties_is_printed_together(reader):
    _, _, harm = reader.words.partition("Harm in the run")
    table, _, _ = harm.partition("If either side")
    assert "patients" in table
    assert "doctors" in table


def test_lawful_posts_stand_beside_exposure(content, reader):
    rows = files_of(reader)["frontier.csv"]
    assert len(rows) - 1 == len(content.frontier)
    assert "Exposure to lists against share of lawful posts" in " ".join(
        str(one.get("aria-label")) for one in reader.all("svg")
    )


def test_assumptions_that_readings_do_not_narrow_are_flagged(reader):
    rows = {row[0]: row for row in files_of(reader)["identification.csv"][1:]}
    assert set(rows) == {key for key, _ in KEYS}
    assert reader.words.count("not identified") == sum(gone < 0.1 for _, gone in KEYS)
    assert "5 keep their prior" in reader.words


def test_the_page_says_which_questions_have_no_answer(reader):
    assert "Questions that these data cannot answer" in reader.words
    assert "The readings narrowed decision.social_trainee by 6%" in reader.words
    assert "The same data, other answers" in reader.words


def test_every_event_is_told_with_its_source(content, reader):
    rows = files_of(reader)["events.csv"]
    assert len(rows) - 1 == len(content.events) == len(manifest()["scenario"]["events"])
    assert all(row[8] for row in rows[1:] if row[3] == "government")
    assert [row[0] for row in rows[1:]] == sorted(row[0] for row in rows[1:])


def test_what_was_set_by_hand_is_told(reader):
    assert "decision.social_trainee = 0.8" in reader.words
    assert "--set decision.social_trainee=0.8" in reader.words


# --- who is not given away ---------------------------------------------------------


def test_a_group_of_fewer_than_ten_is_nowhere(content, page):
    assert SMALL not in content.groups["specialty"]
    assert "Nuclear medicine" not in page


def test_a_group_of_fewer_than_ten_is_left_out_even_if_the_file_tells_of_it(tmp_path):
    run = write_run(tmp_path / "run", *OPTIONAL)
    with (run / "summary.csv").open("a", encoding="utf-8") as stream:
        stream.write("2024-03-01,specialty,tiny,away,9,8,7,9,7,9\n")
        stream.write("2024-03-01,specialty,enough,away,10,8,7,9,7,9\n")
    groups = compose_standoff(run).groups["specialty"]
    assert "tiny" not in groups
    assert "enough" in groups


def test_counts_of_one_to_nine_persons_are_hidden(content):
    few = Harmed("named", "doctors", "heads", Span(3, 0, 7), "")
    told = Reader(render_standoff_report(replace(content, harm=(few,))))
    assert "Members named: <10 persons (0 to <10)." in told.words


def test_no_hospital_is_named(page):
    from locum.countries import load_pack

    rows = load_pack("korea").table("hospitals").rows
    told, _, _ = page.partition('<section id="sources"')
    without_events, _, _ = told.partition('<section id="timeline"')
    names = {str(row["name_en"]) for row in rows if row["name_en"]}
    assert [name for name in names if name in without_events] == []


def test_neither_side_is_judged(reader):
    told, _, _ = reader.words.partition("Sources The assumptions")
    assert not re.search(
        r"\b(strikers?|illegal|selfish|stubborn|heroes?|criminals?)\b", told, re.IGNORECASE
    )


# --- runs of other kinds -----------------------------------------------------------


def test_without_optional_files_their_sections_are_left_out(bare_reader):
    found = {a["id"] for a in bare_reader.all("section")}
    assert found.isdisjoint({"counterfactuals", "harm", "learned"})
    assert "platform" in found
    assert bare_reader.open == []


def test_a_run_without_a_fit_has_no_headline(bare_reader):
    told = bare_reader.words
    assert "Nothing of this run was fitted to readings: no headline." in told
    assert "fitted margin" not in told.partition("How well each result is known")[0]


def test_one_draw_has_no_intervals(folder):
    whole = {**manifest(), "draws": 1}
    told = Reader(render_standoff_report(compose_standoff(folder, manifest=whole))).words
    headline, _, _ = told.partition("Not headlines")
    assert "90% interval" not in headline
    assert "no intervals" in headline


def test_a_run_of_a_few_days_is_told_too(folder, tmp_path):
    run = write_run(tmp_path / "run", *OPTIONAL, "summary", "national", "readings")
    until = "2024-02-21"
    for name, column in (("summary", 0), ("national", 0), ("readings", 2)):
        lines = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        kept = [lines[0], *(one for one in lines[1:] if one.split(",")[column] <= until)]
        (run / f"{name}.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    told = Reader(render_standoff_report(compose_standoff(run)))
    assert told.open == []
    assert "21 Feb 2024" in told.words


def test_a_region_that_is_not_told_of_stays_blank(content):
    tracks = {key: each for key, each in content.tracks.items() if key[1] != "Sejong"}
    groups = {
        name: tuple(one for one in those if one != "Sejong")
        for name, those in content.groups.items()
    }
    page = render_standoff_report(replace(content, tracks=tracks, groups=groups))
    assert page.count("region blank") == 2
    assert "Sejong has fewer than ten trainees" in Reader(page).words


# --- what cannot be read -----------------------------------------------------------


def test_a_folder_without_results_is_refused(tmp_path):
    run = write_run(tmp_path, *OPTIONAL, "summary")
    with pytest.raises(MissingFile, match=r"summary\.csv"):
        compose_standoff(run)


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(MissingFile, match=r"manifest\.json"):
        compose_standoff(tmp_path)


def test_a_manifest_of_something_else_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="not the manifest of a run"):
        compose_standoff(tmp_path)


def test_a_file_that_is_not_json_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="not a JSON file"):
        compose_standoff(tmp_path)


def test_a_missing_column_is_named_with_its_file(tmp_path):
    run = write_run(tmp_path, *OPTIONAL, "national", "summary")
    write_table(run, "summary", SHORT)
    (run / "national.csv").write_text("date,median\n", encoding="utf-8")
    with pytest.raises(MissingField, match=r"national\.csv:1.*column variable"):
        compose_standoff(run)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("2024-03-01,resolve,many,0,1", r"national\.csv:2.*not a finite number"),
        ("2024-03-01,resolve,nan,0,1", r"national\.csv:2.*not a finite number"),
        ("1 March,resolve,0.5,0,1", r"national\.csv:2.*not a day"),
        ("2024-03-01,resolve,0.5", r"national\.csv:2.*3 cells under 5 columns"),
    ],
)
def test_a_bad_cell_is_named_with_its_line(tmp_path, line, problem):
    run = write_run(tmp_path, *OPTIONAL, "national", "summary")
    write_table(run, "summary", SHORT)
    text = f"date,variable,median,low,high\n{line}\n"
    (run / "national.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadCell, match=problem):
        compose_standoff(run)


def test_a_run_of_small_groups_alone_is_refused(tmp_path):
    run = write_run(tmp_path, *OPTIONAL, "summary")
    write_table(run, "summary", [("2024-03-01", "kind", "trainee", "away", 9, *[""] * 5)])
    with pytest.raises(InputError, match="no group of at least ten"):
        compose_standoff(run)


def test_the_invented_members_are_those_of_the_kinds(content):
    assert {kind: content.members["kind", kind][0] for kind in HEADS} == HEADS


# --- what is left out where it says nothing ----------------------------------------


def with_uses(tmp_path, *uses):
    """Compose a run whose predictions are written again under other uses."""
    run = write_run(tmp_path, *OPTIONAL)
    rows = [row for row in reading_rows() if row[7] not in {PRIOR, WITHOUT}]
    rows += [(*row[:7], use) for row in rows if row[7] == PREDICT for use in uses]
    write_table(run, "readings", rows)
    return compose_standoff(run)


def test_a_prior_that_is_the_prediction_itself_is_not_drawn_twice(tmp_path):
    content = with_uses(tmp_path, PRIOR, WITHOUT)
    assert [(one.without, one.prior) for one in content.forecasts] == [(None, None)]
    assert (
        "The prior is what the same model says"
        not in Reader(render_standoff_report(content)).words
    )


def test_what_a_settlement_changes_begins_with_it(content):
    (forecast,) = content.forecasts
    assert forecast.without is not None
    assert SETTLED - forecast.without.days[0] < timedelta(days=14)


def test_letters_that_nobody_hands_in_are_not_told_apart(content):
    tracks = {
        key: content.tracks[(*key[:2], "away")] if key[2] == "joined" else track
        for key, track in content.tracks.items()
    }
    words = Reader(render_standoff_report(replace(content, tracks=tracks))).words
    assert "Letters and absence are two curves" not in words
    assert "those with a letter in" not in words


def test_a_day_of_several_settlement_events_is_told_once(content):
    assert len(content.settled) == len(set(content.settled))


def test_days_that_nearly_coincide_are_told_once(content):
    near = replace(content, read_until=content.last - timedelta(days=7))
    assert focus_days(near) == (content.last,)
    assert focus_days(content) == (content.read_until, content.last)
