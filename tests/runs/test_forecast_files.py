"""The census and the roster of one hospital: prefilled, read back, and refused with a place."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from locum.countries import load_pack
from locum.errors import BadCell, InputError, MissingField, MissingFile, UnknownName
from locum.runs.hospitals.census import ITEMS, census_text, read_census
from locum.runs.hospitals.dealing import deal
from locum.runs.hospitals.forecast_model import _weekly_hours
from locum.runs.hospitals.prefill import _any_numbers, census_of, find_hospital, roster_sheet
from locum.runs.hospitals.roster import Duty, read_roster, shift_of
from locum.scenarios.pathways import read_pathways

MONDAY = date(2026, 10, 5)
SMALL = 60
DAYS = 14


@pytest.fixture(scope="module")
def pack():
    return load_pack("korea")


@pytest.fixture(scope="module")
def census(pack):
    return census_of(pack, SMALL, MONDAY, 8)


@pytest.fixture(scope="module")
def sheets(pack, census):
    return census_text(census), roster_sheet(pack, census, DAYS)


@pytest.fixture
def files(sheets, tmp_path):
    """Write both files, perhaps with one text in the place of another."""

    def write(old="", new=""):
        for name, text in zip(("census.csv", "roster.csv"), sheets, strict=True):
            assert not old or old in sheets[0] + sheets[1]
            (tmp_path / name).write_text(text.replace(old, new, 1) if old else text, "utf-8")
        return tmp_path / "census.csv", tmp_path / "roster.csv"

    return write


def read(files, days=DAYS):
    census = read_census(files[0])
    return census, read_roster(files[1], census, days, str(files[0]))


def line_of(path, start):
    lines = path.read_text("utf-8").splitlines()
    return next(row for row, line in enumerate(lines, 1) if line.startswith(start))


def changed(text, item, value):
    """A line of the census with another value."""
    old = next(line for line in text.splitlines() if line.startswith(f"{item},"))
    return old, f"{item},{value}," + old.split(",", 2)[2]


# --- what is prefilled -----------------------------------------------------------------


def test_a_prefilled_census_is_read_back_as_it_was(files, census):
    found, roster = read(files())
    assert found.numbers == census.numbers
    assert (found.day, found.hour, found.kind) == (MONDAY, 8, census.kind)
    assert roster.days == DAYS
    assert set(found.lines or ()) == {item.name for item in ITEMS}


def test_every_line_says_what_it_means(sheets):
    rows = [line for line in sheets[0].splitlines() if not line.startswith("#")]
    assert rows[0] == "item,value,unit,meaning"
    assert all(len(item.meaning) > 3 for item in ITEMS)


def test_a_prefilled_roster_has_the_hours_of_the_pathway_file(pack, census, tmp_path):
    # Rosters of the pathway file turn once in four weeks.
    path = tmp_path / "roster.csv"
    path.write_text(roster_sheet(pack, census, 28), "utf-8")
    roster = read_roster(path, census, 28, "census.csv")
    file = pack.path / "pathways" / "acute.yaml"
    template = read_pathways(file, _any_numbers(pack, census))
    for group, duty in roster.duties.items():
        heads = census.employed(group)
        rosters = len(template.staff[group].rosters)
        if heads % rosters == 0:
            lengths = [[sum(b - a for a, b in each) for each in both] for both in duty.shifts]
            weekly = (duty.heads * np.array(lengths)).sum() / 4.0 / heads
            assert weekly == pytest.approx(_weekly_hours(template, group)), group


def test_a_hospital_is_found_by_number_by_name_and_by_a_part_of_it(pack):
    row = find_hospital(pack, "Samsung Medical Center")
    assert find_hospital(pack, str(row)) == row
    assert find_hospital(pack, "samsung medical") == row
    with pytest.raises(UnknownName, match="choose one of"):
        find_hospital(pack, "Asan")
    with pytest.raises(UnknownName, match="unknown hospital 'nowhere at all'"):
        find_hospital(pack, "nowhere at all")


def test_lines_that_are_empty_or_remarks_may_stand_anywhere(files):
    census, roster = files()
    text = census.read_text("utf-8")
    census.write_text("\ufeff" + text.replace("\nkind,", "\n,,,\n# mine\nkind,"), "utf-8")
    assert read((census, roster))[0].hour == 8


# --- what a census must not say --------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "value", "words"),
    [
        ("ward_beds", "-5", "at least 0; write 5"),
        ("icu_beds", "3.5", "must be a whole number; write 4"),
        ("ward_patients", "99999", "more patients than the"),
        ("icu_patients", "99999", "icu_beds of line"),
        ("ed_treated", "9999", "count corridor places in ed_places"),
        ("ed_boarding_icu", "9999", "ed_treated + ed_boarding_ward + ed_boarding_icu"),
        ("ed_visits", "many", "must be a number"),
        ("ed_visits", "", "write 0 if there is none"),
        ("ed_visits", "nan", "at most"),
        ("hour", "24", "midnight is 0"),
        ("date", "5.10.2026", "write it like 2026-10-05"),
        ("fails_after", "0", "at least 1; write 1"),
        ("ed_full_at", "0", "at least 1; write 1"),
        ("work_missed_share", "5", "at most 1"),
    ],
)
def test_a_census_that_cannot_be_is_refused_at_its_cell(files, sheets, item, value, words):
    paths = files(*changed(sheets[0], item, value))
    with pytest.raises(BadCell) as found:
        read(paths)
    assert words in str(found.value)
    place = found.value.place
    assert place is not None
    assert (place.line, place.key) == (line_of(paths[0], f"{item},"), "value")


def test_an_unknown_a_missing_and_a_double_item_are_refused(files, census):
    with pytest.raises(UnknownName, match=r"did you mean 'ward_beds'\?"):
        read(files("\nward_beds,", "\nward_bed,"))
    with pytest.raises(MissingField, match="no item ward_beds"):
        read(files("\nward_beds,", "\n#"))
    with pytest.raises(BadCell, match="states it already"):
        read(files("\nicu_beds,", "\nward_beds,"))
    paths = files(f"kind,{census.kind}", "kind,other_tertiery")
    with pytest.raises(UnknownName, match="did you mean 'other_tertiary'"):
        read(paths)


def test_files_that_are_no_tables_are_refused(files, tmp_path):
    census, _ = files()
    with pytest.raises(MissingFile, match="locum template"):
        read_census(tmp_path / "nothing.csv")
    census.write_bytes("item,value\nhospital,병원\n".encode("cp949"))
    with pytest.raises(InputError, match="CSV UTF-8"):
        read_census(census)
    census.write_text("# nothing\n", "utf-8")
    with pytest.raises(InputError, match="header line is missing"):
        read_census(census)
    census.write_text("item,valeu\n", "utf-8")
    with pytest.raises(UnknownName, match="did you mean 'value'"):
        read_census(census)


# --- what a roster must not say --------------------------------------------------------


def roster_line(sheets, day, group):
    return next(line for line in sheets[1].splitlines() if line.startswith(f"{day},{group},"))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (2, "9999", "more on duty than the"),
        (3, "9999", "or correct the census"),
        (4, "9999", "more away than"),
        (2, "-1", "at least 0"),
        (5, "noon", "write hours of at most one day"),
        (5, "08:00-20:00 19:00-21:00", "write hours of at most one day"),
        (0, "2026-10-1", "write it like"),
    ],
)
def test_a_roster_that_cannot_be_kept_is_refused_at_its_cell(files, sheets, column, value, words):
    old = roster_line(sheets, "2026-10-08", "ward_specialists")
    cells = old.split(",")
    cells[column] = value
    paths = files(old, ",".join(cells))
    with pytest.raises(BadCell) as found:
        read(paths)
    assert words in str(found.value)
    names = ("date", "group", "day", "night", "away", "day_shift", "night_shift")
    place = found.value.place
    assert place is not None
    assert (place.line, place.key) == (line_of(paths[1], ",".join(cells)), names[column])


def test_nobody_works_two_shifts_at_once(files, sheets, census):
    old = roster_line(sheets, "2026-10-08", "ed_specialists")
    heads = census.employed("ed_specialists")
    new = f"2026-10-08,ed_specialists,{heads},1,0,08:00-22:00,20:00-08:00"
    with pytest.raises(BadCell, match=r"1 of \d+ ed_specialists .* 26 hours in a day"):
        read(files(old, new))


def test_a_day_or_a_group_that_is_left_out_is_refused(files, sheets):
    old = roster_line(sheets, "2026-10-08", "ward_specialists")
    with pytest.raises(BadCell, match="ward_specialists has no line for 2026-10-08"):
        read(files(old + "\n", ""))
    with pytest.raises(BadCell, match="has no line for 2026-10-19"):
        read(files(), days=15)
    with pytest.raises(BadCell, match="states ward_specialists on this day already"):
        read(files(old, old.replace("10-08", "10-07")))
    with pytest.raises(UnknownName, match="did you mean 'ward_specialists'"):
        read(files(old, old.replace("ward_specialists", "ward_specialist")))
    paths = files()
    kept = [
        line for line in paths[1].read_text("utf-8").splitlines() if "ed_specialists" not in line
    ]
    paths[1].write_text("\n".join(kept), "utf-8")
    with pytest.raises(InputError, match="no line for ed_specialists, though"):
        read(paths)


@pytest.mark.parametrize("text", ["", "8-18", "08:00", "08:00-18:60", "25:00-26:00", "a:b-c:d"])
def test_what_is_no_shift_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        shift_of(text)


def test_a_shift_may_pass_midnight_and_have_parts():
    assert shift_of("18:00-08:00") == ((18.0, 32.0),)
    assert shift_of("08:00-11:30 17:00-18:00") == ((8.0, 11.5), (17.0, 18.0))
    assert shift_of("00:00-24:00") == ((0.0, 24.0),)


# --- who works when --------------------------------------------------------------------


def duty_of(day, night, away, shifts=("08:00-20:00", "20:00-08:00")):
    heads = np.array([[day, night]] * DAYS)
    both = (shift_of(shifts[0]), shift_of(shifts[1]))
    return Duty(heads, np.full(DAYS, away), (both,) * DAYS)


@pytest.mark.parametrize(
    ("heads", "day", "night", "away"), [(10, 3, 2, 0), (10, 3, 2, 4), (7, 7, 7, 0), (3, 0, 1, 2)]
)
def test_every_shift_is_staffed_as_rostered_and_who_is_away_is_away(heads, day, night, away):
    dealt = deal(duty_of(day, night, away), heads, 168.0)
    for place in range(DAYS):
        for hour, count in ((14.0, day), (26.0, night)):
            at = 168.0 + 24.0 * place + hour
            on = [any(first <= at < last for first, last in own) for own in dealt]
            assert sum(on) == count
            assert not any(on[:away])


def test_hours_are_shared_out_evenly():
    mixed = duty_of(4, 3, 0, ("07:30-17:00", "17:00-07:30"))
    for duty, most in ((duty_of(3, 2, 0), 12.0), (mixed, 9.5)):
        hours = [
            sum(last - max(first, 168.0) for first, last in own if last > 176.0)
            for own in deal(duty, 10, 168.0)
        ]
        assert max(hours) - min(hours) <= most + 8.0  # the night before is not counted by deal


def test_the_night_before_is_staffed():
    on = [own for own in deal(duty_of(2, 2, 0), 8, 168.0) if own and own[0][0] < 168.0]
    assert len(on) == 2
