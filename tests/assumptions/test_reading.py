from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locum.assumptions.reading import parse_yaml, read_yaml
from locum.errors import BadValue, InputError, MissingFile, Place

TEXT = """\
# a comment
name: korea
seats:
  2025: 5058
  2026: {total: 3_058, bonded: 0.5}
shares: [1, 2.5e-1, .inf]
since: 2024-02-20
at: 2024-02-20 10:30:00
rules:
  - key: demand.trend
    on: true
    off: no
    note: >
      two lines
      of text
  - key:
"""


def test_a_file_becomes_plain_data(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text(TEXT, encoding="utf-8")
    data, _ = read_yaml(file)
    assert data == {
        "name": "korea",
        "seats": {2025: 5058, 2026: {"total": 3058, "bonded": 0.5}},
        "shares": [1, 0.25, float("inf")],
        "since": date(2024, 2, 20),
        "at": datetime(2024, 2, 20, 10, 30),  # noqa: DTZ001 - the file states no zone
        "rules": [
            {"key": "demand.trend", "on": True, "off": "no", "note": "two lines of text\n"},
            {"key": None},
        ],
    }


def test_scalars_are_of_plain_types():
    data, _ = parse_yaml("[0x1F, 0o17, 010, -3, +1.5, 'x', ~, null, False, 1e3, -.INF]")
    assert data == [31, 15, 10, -3, 1.5, "x", None, None, False, 1000.0, float("-inf")]
    assert isinstance(data, list)
    assert {type(each) for each in data} == {int, float, str, bool, type(None)}


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ((), Place("a.yaml", 2)),
        (("name",), Place("a.yaml", 2, "name")),
        (("seats", 2026, "bonded"), Place("a.yaml", 5, "seats.2026.bonded")),
        (("rules", 0), Place("a.yaml", 10, "rules[0]")),
        (("rules", 0, "note"), Place("a.yaml", 13, "rules[0].note")),
        (("rules", 1, "key"), Place("a.yaml", 16, "rules[1].key")),
        (("seats", 2027, "total"), Place("a.yaml", 3, "seats.2027.total")),
    ],
    ids=str,
)
def test_every_part_knows_its_line(keys, place):
    _, places = parse_yaml(TEXT, "a.yaml")
    assert places(*keys) == place


def test_an_empty_file_holds_nothing():
    data, places = parse_yaml("# only a comment\n", "a.yaml")
    assert data is None
    assert places("x", "y") == Place("a.yaml", None, "x.y")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", r"a.yaml:3: a: key 'a' is written twice, first on line 1"),
        ("x:\n  2025: 1\n  2025: 2", r"a.yaml:3: x.2025: key 2025 is written twice"),
        ("a: [1, 2", r"a.yaml:1: not valid YAML: expected"),
        ("a: 1\nb: c: d", r"a.yaml:2: not valid YAML: mapping values are not allowed here"),
        ("a: 1\n\tb: 2", r"a.yaml:2: not valid YAML"),
        ("a: 1\nb: \0", r"a.yaml:2: not valid YAML: character '\\x00' is not allowed"),
        ("a: 1\n--- \nb: 1", r"a.yaml:2: not valid YAML: but found another document"),
        ("a: &x 1\nb: *x", r"a.yaml:2: b: aliases \(\*name\) are not accepted"),
        ("a: &x [*x]", r"a.yaml:1: a\[0\]: aliases"),
        ("a: !!python/name:os.system x", r"a.yaml:1: a: tag .* is not accepted"),
        ("a: !mine {b: 1}", r"a.yaml:1: a: tag !mine is not accepted"),
        ("a:\n  [b]: 1", r"a.yaml:2: a: key is \['b'\]; expected a name or a whole number"),
        ("true: 1", r"a.yaml:1: key is True; expected a name or a whole number"),
        ("1.5: 1", r"a.yaml:1: key is 1.5; expected a name or a whole number"),
        ("a: 2024-02-30", r"a.yaml:1: a: value is '2024-02-30'; expected a date such as"),
        ("a: !!int x", r"a.yaml:1: a: value is 'x'; expected a whole number"),
        ("a: !!bool x", r"a.yaml:1: a: value is 'x'; expected true or false"),
        ('a: "\\ud800"', r"a.yaml:1: a: value is '\\ud800'; expected text"),
        ('a: "\\U99999999"', r"a.yaml: an escape names no character"),
        ("[" * 1000, r"a.yaml: nested too deeply"),
    ],
    ids=lambda each: each[:24].encode("unicode_escape").decode(),
)
def test_what_is_not_plain_yaml_is_refused_with_its_line(text, message):
    with pytest.raises(InputError, match="^" + message):
        parse_yaml(text, "a.yaml")


def test_a_key_is_not_mistaken_for_a_position():
    with pytest.raises(BadValue, match="expected a name or a whole number"):
        parse_yaml("? - a\n: 1")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFile, match=r"no file .*nowhere\.yaml"):
        read_yaml(tmp_path / "nowhere.yaml")


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(InputError, match="cannot read the file"):
        read_yaml(tmp_path)


def test_a_path_no_system_accepts_is_refused():
    with pytest.raises(InputError, match="cannot read the file"):
        read_yaml("a\0b.yaml")


def test_text_in_another_encoding_is_refused_with_its_line(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes("a: 1\nb: 의사\n".encode("euc-kr"))
    with pytest.raises(InputError, match=r"a.yaml:2: not UTF-8 text"):
        read_yaml(file)


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes("\ufeffa: 1\r\nb: 의사\r\n".encode())
    data, places = read_yaml(file)
    assert data == {"a": 1, "b": "의사"}
    assert places("b").line == 2


scalars = st.none() | st.booleans() | st.integers() | st.text("ab:#-{ '", max_size=5)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=8,
)


@given(trees)
@settings(max_examples=50)
def test_what_is_written_is_read_back(data):
    read, _ = parse_yaml(json.dumps(data))
    assert read == data


@given(st.data())
@settings(max_examples=300)
def test_a_damaged_file_never_fails_in_any_other_way(data):
    start = data.draw(st.integers(0, len(TEXT)))
    end = data.draw(st.integers(start, min(start + 9, len(TEXT))))
    patch = data.draw(
        st.text("{}[]:,-#&*!|>'\"%@`?<\n\t \\~=é\0\x85", max_size=4)
        | st.sampled_from(
            ["!!int ", "!!set {a}", "%YAML 1.1\n", "9" * 5000, '"\\x', "--- ", "<<: "]
        )
    )
    with suppress(InputError):
        parse_yaml(TEXT[:start] + patch + TEXT[end:])
