"""A scenario joined with its ancestors, and checked against its country."""

from __future__ import annotations

import json
import re

import pytest

from locum import errors
from locum.scenarios import SeatChange, resolve, resolve_data, sector_of
from locum.scenarios.reading import read_scenario_text
from locum.scenarios.resolve import resolve_document


def table(header, *rows):
    return "\n".join((header, *rows)) + "\n"


def workforce_presets(pack):
    return [name for name in pack.scenario_names() if sector_of(name, pack) == "workforce"]


# --- presets -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "seats"),
    [
        ("korea-baseline", {2023: 3058, 2025: 3058, 2050: 3058}),
        ("korea-2000-seats", {2024: 3058, 2025: 5058, 2050: 5058}),
        ("korea-no-cut", {2023: 3507, 2050: 3507}),
        (
            "korea-decided",
            {2024: 3058, 2025: 4567, 2026: 3058, 2027: 3548, 2028: 3671, 2029: 3671, 2030: 3871}
            | {2031: 3871},
        ),
    ],
)
def test_a_preset_has_the_places_that_were_printed(pack, name, seats):
    scenario = resolve(name, pack)
    assert {year: scenario.seats_in(year).total for year in seats} == seats


def test_the_places_that_were_decided_are_bonded_and_allocated(pack):
    seats = {change.year: change for change in resolve("korea-decided", pack).seats}
    assert seats[2025] == SeatChange(2025, 4567, 0, (("recruited-2025", 1509),))
    assert seats[2026] == SeatChange(2026, 3058)
    assert seats[2027] == SeatChange(2027, 3548, 490, (("regional-2027", 490),))
    assert seats[2030].bonded == 813
    assert dict(seats[2030].allocation) == {"regional-2028": 613, "new-schools-2030": 200}


def test_the_places_that_were_never_cut_differ_from_those_that_were(pack):
    scenario = resolve("korea-no-cut", pack)
    actual = {int(row["year"]): int(row["value"]) for row in pack.table("seat_history").rows}
    assert scenario.history_seats == dict.fromkeys(range(2000, 2023), 3507)
    assert [year for year in scenario.history_seats if actual[year] != 3507] == [
        *range(2004, 2023)
    ]


def test_the_walkout_is_what_was_decided_with_an_interruption(pack):
    walkout, decided = resolve("korea-2024", pack), resolve("korea-decided", pack)
    assert walkout.seats == decided.seats
    assert walkout.interruption == "interruption_2024"
    assert decided.interruption is None


def test_every_preset_has_a_title_and_a_description_of_its_own(pack):
    found = [resolve(name, pack) for name in workforce_presets(pack)]
    assert len({scenario.title for scenario in found}) == len(found)
    assert all(len(scenario.description) > 80 for scenario in found)


def test_every_source_that_a_preset_names_is_one_of_the_pack(pack):
    for name in pack.scenario_names():
        lines = pack.scenario_file(name).read_text(encoding="utf-8").splitlines()
        comments = " ".join(line.partition("#")[2] for line in lines)
        named = re.findall(r"\b[a-z]+(?:-[a-z]+)*-20\d\d-\d\d(?:-\d+)*(?:-\d\d)?\b", comments)
        assert [one for one in named if one not in pack.sources] == []


@pytest.mark.parametrize("name", ["korea-decided", "korea-no-cut", "korea-2024"])
def test_a_scenario_written_out_is_the_same_scenario(pack, name):
    scenario = resolve(name, pack)
    again = resolve_data(json.loads(json.dumps(scenario.to_dict())), "manifest.json", pack)
    assert again.to_dict() == scenario.to_dict()
    assert again.digest() == scenario.digest()


def test_scenarios_that_differ_have_different_digests(pack):
    names = workforce_presets(pack)
    assert len({resolve(name, pack).digest() for name in names}) == len(names)


# --- inheritance -------------------------------------------------------------


def test_own_places_are_in_force_from_their_first_year_on(resolved):
    scenario = resolved("inherits: korea-decided\nname: x\ntitle: X\nseats: {2028: 4000}")
    totals = {change.year: change.total for change in scenario.seats}
    assert totals == {2022: 3058, 2025: 4567, 2026: 3058, 2027: 3548, 2028: 4000}


def test_assumptions_are_inherited_one_by_one(write, pack):
    write("assumptions: {bond.years: 9, exit.emigration: 0.001}", "parent.yaml")
    child = write("name: child\ntitle: C\ninherits: parent.yaml\nassumptions: {bond.years: 8}")
    found = resolve(child, pack).assumptions
    assert {key: override.value for key, override in found.items()} == {
        "bond.years": 8,
        "exit.emigration": 0.001,
    }


def test_an_inherited_interruption_can_be_taken_away(resolved):
    scenario = resolved("name: x\ntitle: X\ninherits: korea-2024\ninterruption: null")
    assert scenario.interruption is None


def test_half_of_the_years_can_be_inherited(resolved):
    scenario = resolved("years: {end: 2030}")
    assert (scenario.start, scenario.end) == (2022, 2030)


def test_a_scenario_that_inherits_from_itself_is_refused(write, pack):
    write("name: a\ntitle: A\ninherits: b.yaml", "a.yaml")
    write("name: b\ntitle: B\ninherits: c.yaml", "b.yaml")
    path = write("name: c\ntitle: C\ninherits: a.yaml", "c.yaml")
    with pytest.raises(errors.InputError, match=r"inherits from itself: c > a > b > c"):
        resolve(path, pack)


def test_a_cycle_through_a_link_is_still_a_cycle(write, pack, tmp_path):
    path = write("name: a\ntitle: A\ninherits: link.yaml", "a.yaml")
    (tmp_path / "link.yaml").symlink_to(path)
    with pytest.raises(errors.InputError, match="inherits from itself"):
        resolve(path, pack)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("inherits: korea-basline", errors.UnknownName, "mine.yaml:3: inherits: unknown scenario"),
        ("inherits: other.yaml", errors.MissingFile, "mine.yaml:3: inherits: no file"),
        ("inherits: .", errors.UnknownName, "unknown scenario '.'"),
        ("inherits: ./", errors.MissingFile, "inherits: no file"),
        ("country: kroea", errors.UnknownName, "country: unknown country 'kroea'"),
        ("country: korea", errors.MissingField, "years of scenario 'x' has no start"),
        ("years: {start: 2022, end: 2030}", errors.MissingField, "'x' has no country"),
    ],
)
def test_a_scenario_without_known_parents_is_refused(write, text, kind, message):
    with pytest.raises(kind) as caught:
        resolve(write("name: x\ntitle: X\n" + text))
    assert message in str(caught.value)


def test_a_child_must_be_of_the_country_of_its_parent(write, pack):
    path = write("name: x\ntitle: X\ncountry: england\ninherits: korea-baseline")
    with pytest.raises(errors.BadValue, match="country is 'england'; expected korea"):
        resolve(path, pack)


def test_a_scenario_without_a_file_may_inherit_presets_only(pack):
    head = "name: x\ntitle: X\n"
    inherited = resolve_document(read_scenario_text(head + "inherits: korea-baseline"), pack)
    assert inherited.end == 2050
    with pytest.raises(errors.BadValue, match="expected the name of a preset"):
        resolve_document(read_scenario_text(head + "inherits: /etc/passwd"), pack)
    own = read_scenario_text(head + "inherits: korea-baseline\ninterruption: x.csv")
    with pytest.raises(errors.UnknownName, match=r"unknown interruption 'x\.csv'"):
        resolve_document(own, pack)


# --- the country -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("years: {start: 1800}", errors.YearOutside, "year 1800 is outside the data of South Kor"),
        ("years: {end: 2071}", errors.YearOutside, "mine.yaml:4: years.end: year 2071 is outside"),
        ("years: {end: 2022}", errors.YearOutside, "year 2022 is outside a run"),
        (
            "years: {start: 2021}",
            errors.BadValue,
            "start is 2021; expected a base year: 2022 or 2009",
        ),
        ("seats: {1999: 1}", errors.YearOutside, "mine.yaml:4: seats.1999: year 1999 is outside"),
        ("seats: {2025: {total: 5, bonded: 6}}", errors.OutOfBounds, "bonded is 6 seats; it must"),
        (
            "seats: {2025: {total: 5058, allocation: notified2025}}",
            errors.UnknownName,
            "2025.allocation: unknown allocation 'notified2025'; did you mean 'notified-2025'",
        ),
        (
            "seats: {2025: {total: 5058, allocation: {notified-2025: 1999}}}",
            errors.BadValue,
            "expected places that sum to 2000, the rise over the base",
        ),
        (
            "seats: {2025: {total: 3000, allocation: notified-2025}}",
            errors.InputError,
            "58 places fewer than the base leave nothing to allocate",
        ),
        ("history: {seats: {1990: 1}}", errors.YearOutside, "history.seats.1990: year 1990 is"),
        ("history: {seats: {2023: 1}}", errors.YearOutside, "which covers 1999 to 2022"),
        (
            "interruption: interruption_2025",
            errors.UnknownName,
            "did you mean 'interruption_2024'",
        ),
        ("interruption: population_national", errors.UnknownName, "unknown interruption"),
        ("interruption: absent.csv", errors.MissingFile, "mine.yaml:4: interruption: no file"),
    ],
)
def test_what_the_country_does_not_have_is_refused(resolved, text, kind, message):
    with pytest.raises(kind) as caught:
        resolved(text)
    assert message in str(caught.value)


def test_the_first_class_of_a_run_needs_places(write, pack):
    path = write(
        "name: x\ntitle: X\ncountry: korea\nyears: {start: 2022, end: 2030}\nseats: {2024: 3058}"
    )
    with pytest.raises(errors.InputError, match="no places are in force in 2023"):
        resolve(path, pack)


HEADER = "year,group,month,value,unit,grade,source,note"


def test_months_of_absence_can_come_from_a_file(write, pack, tmp_path):
    write(table(HEADER, "2026,student,1,0.5,share,assumed,project,x"), "absent.csv")
    scenario = resolve(write("interruption: absent.csv"), pack)
    assert scenario.interruption == str((tmp_path / "absent.csv").resolve())
    assert scenario.reads_file


def test_a_digest_covers_the_file_that_a_scenario_reads(write, pack):
    digests = set()
    for share in ("0.5", "0.6"):
        write(table(HEADER, f"2026,student,1,{share},share,assumed,project,x"), "absent.csv")
        digests.add(resolve(write("interruption: absent.csv"), pack).digest())
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ("2026,student,1,1.5,share,assumed,project,x", "value", "must be between 0 and 1"),
        ("2026,student,1,lots,share,assumed,project,x", "value", "not a number"),
        ("2026,professor,1,0.5,share,assumed,project,x", "group", "no such group"),
        ("2026,student,13,0.5,share,assumed,project,x", "month", "must be between 1 and 12"),
        ("2026,student,1,0.5,share,assumed", "source", "the row ends after 6 of 8 cells"),
    ],
)
def test_a_broken_row_of_a_file_is_named_by_line_and_column(write, pack, row, column, problem):
    write(table(HEADER, "2026,intern,1,0.5,share,assumed,project,x", row), "absent.csv")
    with pytest.raises(errors.BadCell) as caught:
        resolve(write("interruption: absent.csv"), pack)
    assert f"absent.csv:3: {column}: " in str(caught.value)
    assert problem in str(caught.value)
