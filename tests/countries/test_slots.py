"""Files that a user supplies for a slot are found, checked and used."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from locum.countries import Pack, load_pack
from locum.errors import BadCell, InputError, MissingFile, UnknownName

HIRA = (
    "hospital,type,region,specialists,generalists,interns,residents,beds,icu_beds,operating_rooms\n"
    "One Hospital,tertiary,Seoul,310,12,60,240,1200,110,32\n"
    "Other Hospital,general,Jeju,95,6,0,8,480,24,9\n"
)


def population(korea: Pack, years: tuple[int, ...]) -> str:
    lines = ["year,region,sex,age_start,value"]
    lines += [
        f"{year},{region},{sex},{age},{1000 + age}"
        for year in years
        for region in korea.regions
        for sex in ("male", "female")
        for age in range(0, 101, 5)
    ]
    return "\n".join(lines) + "\n"


@pytest.fixture
def supply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "better"
    folder.mkdir()
    monkeypatch.setenv("LOCUM_PACK_SLOTS", str(folder))

    def write(name: str, text: str) -> Pack:
        (folder / name).write_text(text, encoding="utf-8")
        return load_pack("korea")

    return write


def test_without_a_file_a_slot_is_empty(korea: Pack):
    assert set(korea.slots) == {"hira_hospitals", "kosis_population"}
    assert korea.slot("hira_hospitals") is None


def test_a_hospital_file_is_read(supply):
    table = supply("hira_hospitals.csv", HIRA).slot("hira_hospitals")
    assert table is not None
    assert table.where(region="Jeju").rows[0]["residents"] == 8


def test_projections_stand_in_for_the_snapshot_of_2023(supply, korea: Pack):
    pack = supply("kosis_population.csv", population(korea, (2025, 2030)))
    table = pack.table("population_regional")
    assert set(table.column("year")) == {2025, 2030}
    assert list(table.columns) == list(korea.table("population_regional").columns)
    assert len(table) == 2 * 17 * 2 * 21
    assert table.grade(0) == "observed"
    assert table.rows[0]["source"] in pack.sources


def test_a_supplied_file_changes_the_digest(supply, korea: Pack):
    assert supply("hira_hospitals.csv", HIRA).digest != korea.digest


def test_a_file_in_the_packs_own_folder_counts_too(copy: Path):
    (copy / "slots" / "hira_hospitals.csv").write_text(HIRA, encoding="utf-8")
    table = load_pack(copy).slot("hira_hospitals")
    assert table is not None
    assert len(table) == 2


def test_a_gap_in_the_projections_is_named(supply, korea: Pack):
    text = population(korea, (2025,)).replace("2025,Busan,female,40,1040\n", "")
    pack = supply("kosis_population.csv", text)
    problem = "no row for year 2025, region Busan, sex female, age_start 40"
    with pytest.raises(InputError, match=problem):
        pack.table("population_regional")


def test_projections_without_rows_are_refused(supply):
    pack = supply("kosis_population.csv", "year,region,sex,age_start,value\n")
    with pytest.raises(InputError, match="the file has no rows"):
        pack.table("population_regional")


def test_a_cell_of_a_slot_is_checked(supply):
    pack = supply("hira_hospitals.csv", HIRA.replace("Jeju", "Cheju"))
    with pytest.raises(BadCell, match=r"csv:3: region: 'Cheju': .*did you mean 'Jeju'"):
        pack.slot("hira_hospitals")


def test_a_file_for_no_slot_is_refused_with_a_suggestion(supply):
    with pytest.raises(UnknownName, match=r"did you mean 'kosis_population\.csv'"):
        supply("kosis_populations.csv", "")


def test_a_folder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LOCUM_PACK_SLOTS", "/nowhere/at/all")
    with pytest.raises(MissingFile, match="LOCUM_PACK_SLOTS must name a folder"):
        load_pack("korea")


def test_an_unknown_slot_is_refused(korea: Pack):
    with pytest.raises(UnknownName, match="did you mean 'hira_hospitals'"):
        korea.slot("hira_hospital")


def test_the_guide_describes_every_column_of_every_slot(korea: Pack):
    guide = Path(__file__).parents[2] / "docs" / "data.md"
    text = guide.read_text(encoding="utf-8")
    for name, slot in korea.slots.items():
        assert f"`{slot.schema.path}`" in text, name
        missing = [column for column in slot.schema.columns if f"`{column}`" not in text]
        assert not missing, (name, missing)
    assert next(csv.reader(HIRA.splitlines())) == list(
        korea.slots["hira_hospitals"].schema.columns
    )
