"""A table is read cell by cell, and an error names file, line, column and value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from locum.countries.schema import Schema
from locum.countries.tables import read_table
from locum.errors import BadCell, BadValue, InputError, MissingField, MissingFile, UnknownName

if TYPE_CHECKING:
    from pathlib import Path

RESOURCE = {
    "name": "beds",
    "path": "beds.csv",
    "schema": {
        "fields": [
            {"name": "region", "constraints": {"required": True}},
            {
                "name": "sex",
                "constraints": {"required": True, "enum": ["male", "female"]},
            },
            {
                "name": "year",
                "type": "integer",
                "constraints": {"required": True, "minimum": 2000, "maximum": 2100},
            },
            {"name": "value", "type": "number", "constraints": {"minimum": 0, "maximum": 1}},
            {"name": "estimate", "type": "number", "grade": "assumed"},
            {"name": "code", "constraints": {"pattern": "[A-Z]{2}"}},
            {
                "name": "grade",
                "constraints": {"required": True, "enum": ["observed", "fitted margin"]},
            },
        ],
        "primaryKey": ["region", "sex", "year"],
        "foreignKeys": [
            {"fields": "region", "reference": {"resource": "regions", "fields": "region"}}
        ],
    },
}
HEADER = "region,sex,year,value,estimate,code,grade\n"
GOOD = "Seoul,male,2022,0.5,12,AB,observed\nSeoul,female,2022,0.25,,,fitted margin\n"
SCHEMA = Schema.parse(RESOURCE, "datapackage.json")


def lookup(resource: str, column: str) -> tuple[str, ...]:
    assert (resource, column) == ("regions", "region")
    return ("Seoul", "Busan")


def read(folder: Path, text: str):
    file = folder / "beds.csv"
    file.write_bytes(text.encode())
    return read_table(file, SCHEMA, lookup)


def test_cells_have_the_types_of_their_columns(tmp_path: Path):
    table = read(tmp_path, HEADER + GOOD)
    assert table.rows[0] == {
        "region": "Seoul",
        "sex": "male",
        "year": 2022,
        "value": 0.5,
        "estimate": 12.0,
        "code": "AB",
        "grade": "observed",
    }
    assert table.rows[1]["estimate"] is None
    assert table.rows[1]["code"] == ""


def test_columns_are_arrays_of_numbers_or_lists_of_words(tmp_path: Path):
    table = read(tmp_path, HEADER + GOOD)
    assert np.asarray(table.column("year")).dtype == np.int64
    np.testing.assert_array_equal(table.column("estimate"), [12.0, np.nan])
    assert table.column("sex") == ["male", "female"]


def test_numbers_and_words_are_asked_for_by_type(tmp_path: Path):
    table = read(tmp_path, HEADER + GOOD)
    np.testing.assert_array_equal(table.numbers("year"), [2022.0, 2022.0])
    assert table.words("code") == ["AB", ""]
    with pytest.raises(BadValue, match="type of column sex is 'string'"):
        table.numbers("sex")
    with pytest.raises(BadValue, match="type of column year is 'integer'"):
        table.words("year")


def test_where_keeps_the_rows_that_equal_and_their_lines(tmp_path: Path):
    table = read(tmp_path, HEADER + GOOD).where(sex="female", year=2022)
    assert (len(table), table.line(0), table.rows[0]["value"]) == (1, 3, 0.25)
    assert str(table.place(0, "value")).endswith("beds.csv:3: value")


def test_where_suggests_the_word_that_was_meant(tmp_path: Path):
    with pytest.raises(UnknownName, match="did you mean 'female'"):
        read(tmp_path, HEADER + GOOD).where(sex="femal")


def test_a_column_that_does_not_exist_is_refused_with_a_suggestion(tmp_path: Path):
    with pytest.raises(UnknownName, match="did you mean 'value'"):
        read(tmp_path, HEADER + GOOD).column("vvalue")


def test_the_grade_of_a_field_goes_before_the_grade_of_its_row(tmp_path: Path):
    table = read(tmp_path, HEADER + GOOD)
    assert table.grade(1) == "fitted margin"
    assert table.grade(0, "value") == "observed"
    assert table.grade(0, "estimate") == "assumed"


def test_lines_count_the_breaks_inside_quotes_and_empty_lines(tmp_path: Path):
    text = (
        HEADER + '\n"Seoul",male,2022,0.5,12,AB,observed\n\n' + "Seoul,female,2022,7,,,observed\n"
    )
    with pytest.raises(BadCell) as caught:
        read(tmp_path, text)
    assert (caught.value.line, caught.value.column) == (5, "value")


BROKEN = {
    "not a number": ("0.5", "half", 2, "value", "not a number"),
    "a number with a comma": ("0.5", '"0,5"', 2, "value", "not a number"),
    "a number Python would take": ("0.5", "0_5", 2, "value", "not a number"),
    "a number in other digits": ("0.5", "\uff10.5", 2, "value", "not a number"),
    "a space before a number": ("0.5", " 0.5", 2, "value", "not a number"),
    "not a finite number": ("0.5", "nan", 2, "value", "not a finite number"),
    "infinity": ("0.5", "inf", 2, "value", "not a finite number"),
    "above the maximum": ("0.25", "1.25", 3, "value", "must be between 0 and 1"),
    "below the minimum": ("0.25", "-0.1", 3, "value", "must be between 0 and 1"),
    "half a year": ("female,2022", "female,2022.5", 3, "year", "not a whole number"),
    "a year out of bounds": ("male,2022", "male,1022", 2, "year", "must be between"),
    "nothing where something must be": ("female,2022", "female,", 3, "year", "nothing is written"),
    "a sex that is none": ("female", "femal", 3, "sex", "did you mean 'female'"),
    "a region that is none": ("Seoul,male", "Soul,male", 2, "region", "did you mean 'Seoul'"),
    "a grade that is none": ("observed", "seen", 2, "grade", "no such grade"),
    "no grade": (",observed", ",", 2, "grade", "nothing is written"),
    "a code of another form": ("AB", "abc", 2, "code", r"must match \[A-Z\]"),
    "a row too short": (",AB,observed", "", 2, "code", "ends after 5 of 7 cells"),
    "a row too long": ("observed", "observed,more", 2, "grade", "8 cells for 7 columns"),
    "a key twice": ("female", "male", 3, "year", "line 2 has the same region, sex, year"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_broken_cell_is_named_by_line_and_column(name: str, tmp_path: Path):
    old, new, line, column, problem = BROKEN[name]
    assert old in GOOD
    with pytest.raises(BadCell, match=problem) as caught:
        read(tmp_path, HEADER + GOOD.replace(old, new, 1))
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.file == str(tmp_path / "beds.csv")
    assert f"beds.csv:{line}: {column}: " in str(caught.value)


def test_a_column_too_many_is_refused_with_a_suggestion(tmp_path: Path):
    with pytest.raises(UnknownName, match=r"beds\.csv:1: .*did you mean 'region'"):
        read(tmp_path, HEADER.replace("region", "reggion") + GOOD)


def test_a_missing_column_is_named(tmp_path: Path):
    with pytest.raises(MissingField, match=r"beds\.csv:1: header has no column grade"):
        read(tmp_path, HEADER.replace(",grade", "") + GOOD)


def test_a_column_named_twice_is_refused(tmp_path: Path):
    with pytest.raises(BadCell, match="names this column twice"):
        read(tmp_path, HEADER.replace("code", "sex") + GOOD)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(MissingFile, match=r"absent\.csv"):
        read_table(tmp_path / "absent.csv", SCHEMA)


def test_a_folder_is_not_a_table(tmp_path: Path):
    with pytest.raises(InputError, match="cannot read the file"):
        read_table(tmp_path, SCHEMA)


def test_an_empty_file_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="a header line is missing"):
        read(tmp_path, "\n")


def test_text_that_is_not_utf8_is_refused_by_line(tmp_path: Path):
    file = tmp_path / "beds.csv"
    file.write_bytes((HEADER + GOOD).encode() + "서울".encode("euc-kr"))
    with pytest.raises(InputError, match=r"beds\.csv:4: not UTF-8 text"):
        read_table(file, SCHEMA)


def test_an_open_quote_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="not CSV"):
        read(tmp_path, HEADER + '"Seoul,male,2022,0.5,12,AB,observed\n')


def test_a_byte_order_mark_is_not_part_of_the_first_column(tmp_path: Path):
    assert len(read(tmp_path, "\ufeff" + HEADER + GOOD)) == 2


BAD_SCHEMAS = {
    "type": ({"fields": [{"name": "a", "type": "numerical"}]}, "unknown type of column a"),
    "constraint": (
        {"fields": [{"name": "a", "constraints": {"maximu": 1}}]},
        "did you mean 'maximum'",
    ),
    "field without a name": ({"fields": [{"type": "number"}]}, "field has no name"),
    "key": ({"fields": [{"name": "region"}], "primaryKey": "reggion"}, "did you mean 'region'"),
    "reference": (
        {"fields": [{"name": "a"}], "foreignKeys": [{"fields": "a", "reference": {}}]},
        "expected a resource and a field",
    ),
}


@pytest.mark.parametrize("name", BAD_SCHEMAS)
def test_a_schema_that_says_what_we_do_not_know_is_refused(name: str):
    schema, problem = BAD_SCHEMAS[name]
    with pytest.raises(InputError, match=problem):
        Schema.parse({"name": "beds", "path": "beds.csv", "schema": schema}, "datapackage.json")
