"""A pack is found by name, read lazily, and broken ones are refused with the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from locum.countries import Pack, load_pack, packs
from locum.errors import BadCell, BadValue, InputError, MissingField, MissingFile, UnknownName

if TYPE_CHECKING:
    from pathlib import Path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_korea_is_among_the_packs():
    assert "korea" in packs()


def test_an_unknown_pack_is_refused_with_a_suggestion():
    with pytest.raises(UnknownName, match="unknown country pack 'corea'; did you mean 'korea'"):
        load_pack("corea")


def test_a_folder_without_a_pack_is_refused(tmp_path: Path):
    with pytest.raises(MissingFile, match=r"pack\.yaml"):
        load_pack(tmp_path)


def test_the_pack_names_its_axes_and_years(korea: Pack):
    assert (korea.name, korea.title) == ("korea", "South Korea")
    assert (len(korea.regions), korea.regions[0], korea.regions[-1]) == (17, "Seoul", "Jeju")
    assert (len(korea.specialties), korea.specialties[-1]) == (27, "none")
    assert (korea.first_year, korea.last_year, korea.base_years) == (2000, 2070, (2022, 2009))


def test_a_table_is_read_once(korea: Pack):
    assert korea.table("regions") is korea.table("regions")


def test_an_unknown_table_is_refused_with_a_suggestion(korea: Pack):
    with pytest.raises(UnknownName, match="did you mean 'stock_margins'"):
        korea.table("stock_margin")


def test_a_table_of_the_pack_that_breaks_is_named_by_line(copy: Path):
    edit(copy / "model" / "seats_base.csv", "Busan,343", "Busan,many")
    with pytest.raises(BadCell, match=r"seats_base\.csv:3: value: 'many': not a number"):
        load_pack(copy).table("seats_base")


def test_a_row_without_a_known_source_is_refused(copy: Path):
    edit(copy / "model" / "seats_base.csv", ",unn-2024-03,", ",unn-2024-3,")
    with pytest.raises(BadCell, match=r"csv:2: source: .*did you mean 'unn-2024-03'"):
        load_pack(copy).table("seats_base")


def test_a_table_whose_file_is_missing_is_named(copy: Path):
    (copy / "model" / "mortality.csv").unlink()
    with pytest.raises(MissingFile, match=r"mortality\.csv"):
        load_pack(copy).table("mortality")


def test_regions_in_another_order_than_the_axis_are_refused(copy: Path):
    edit(copy / "pack.yaml", "  - Seoul\n  - Busan\n", "  - Busan\n  - Seoul\n")
    with pytest.raises(BadCell, match=r"regions\.csv:2: region: 'Seoul': pack\.yaml has 'Busan'"):
        load_pack(copy).table("regions")


def test_a_region_that_the_table_lacks_is_refused(copy: Path):
    edit(copy / "pack.yaml", "  - Jeju\n", "  - Jeju\n  - Dokdo\n")
    with pytest.raises(BadCell, match="17 rows for the 18 regions"):
        load_pack(copy).table("regions")


BROKEN_PACKS = {
    "no title": ("title: South Korea\n", "", MissingField, "pack has no title"),
    "a region twice": ("  - Busan\n", "  - Seoul\n", BadValue, "every name once"),
    "no last year": ("  last: 2070\n", "", BadValue, "expected first, last and base"),
    "a year that is none": ("last: 2070", "last: later", BadValue, "a year such as 2022"),
    "none is not last": ("  - none\n", "", BadValue, "expected none"),
    "not YAML": ("title: South", "title: [South", InputError, r"pack\.yaml"),
}


@pytest.mark.parametrize("name", BROKEN_PACKS)
def test_a_broken_pack_yaml_is_refused(name: str, copy: Path):
    old, new, kind, problem = BROKEN_PACKS[name]
    edit(copy / "pack.yaml", old, new)
    with pytest.raises(kind, match=problem):
        load_pack(copy)


def test_a_datapackage_that_is_not_json_is_refused_by_line(copy: Path):
    edit(copy / "datapackage.json", '"version"', "version")
    with pytest.raises(InputError, match=r"datapackage\.json:\d+: not JSON"):
        _ = load_pack(copy).schemas


def test_the_digest_is_that_of_the_contents(korea: Pack, copy: Path):
    assert load_pack(copy).digest == korea.digest
    assert len(korea.digest) == 64


def test_the_digest_changes_with_any_byte_or_name(korea: Pack, copy: Path):
    edit(copy / "model" / "seats_base.csv", "Busan,343", "Busan,344")
    changed = load_pack(copy).digest
    (copy / "model" / "seats_base.csv").rename(copy / "model" / "seats.csv")
    assert len({korea.digest, changed, load_pack(copy).digest}) == 3


def test_the_map_has_a_shape_for_every_region(korea: Pack):
    shapes = korea.topology()["objects"]["sido"]["geometries"]
    codes = {row["region"]: row["iso"] for row in korea.table("regions").rows}
    assert {one["properties"]["name_en"]: one["properties"]["iso"] for one in shapes} == codes


def test_an_unknown_scenario_is_refused(korea: Pack):
    with pytest.raises(UnknownName, match="unknown scenario"):
        korea.scenario_file("no-such-scenario-at-all")


def test_scenarios_are_listed_by_the_name_of_their_file(copy: Path):
    (copy / "scenarios").mkdir(exist_ok=True)
    (copy / "scenarios" / "trial.yaml").write_text("name: trial\n", encoding="utf-8")
    pack = load_pack(copy)
    assert "trial" in pack.scenario_names()
    assert pack.scenario_file("trial") == copy / "scenarios" / "trial.yaml"


def test_a_users_file_is_checked_like_the_table_it_resembles(korea: Pack, tmp_path: Path):
    file = tmp_path / "mine.csv"
    header = ",".join(korea.schemas["interruption_2024"].columns)
    file.write_text(f"{header}\n2030,student,1,0.5,share,assumed,project,\n", encoding="utf-8")
    assert korea.read(file, like="interruption_2024").rows[0]["value"] == 0.5
    file.write_text(f"{header}\n2030,student,13,0.5,share,assumed,project,\n", encoding="utf-8")
    with pytest.raises(BadCell, match=r"mine\.csv:2: month"):
        korea.read(file, like="interruption_2024")


def test_a_users_file_must_resemble_a_table_there_is(korea: Pack):
    with pytest.raises(UnknownName, match="did you mean 'interruption_2024'"):
        korea.read("mine.csv", like="interruption2024")


def test_a_pack_holds_no_code(korea: Pack):
    assert not [path.name for path in korea.path.rglob("*.py")]
