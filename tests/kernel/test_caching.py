"""What is kept is what was made, and a broken cache is no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from locum.assumptions.reading import read_yaml
from locum.caching import cache_home, kept

VALUE = {"a": [1, 2.5, None, True], 3: ("text", {"b": "c"})}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOCUM_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def forbidden():
    raise AssertionError


def test_a_value_is_made_once():
    assert kept("kind", b"source", lambda: VALUE) == VALUE
    assert kept("kind", b"source", forbidden) == VALUE


def test_other_bytes_and_other_kinds_are_other_values():
    kept("kind", b"source", lambda: 1)
    assert kept("kind", b"other", lambda: 2) == 2
    assert kept("other", b"source", lambda: 3) == 3


def test_a_broken_file_is_made_anew(home: Path):
    kept("kind", b"source", lambda: VALUE)
    (found,) = (home / "kind").iterdir()
    found.write_bytes(found.read_bytes()[:5])
    assert kept("kind", b"source", lambda: VALUE) == VALUE


def test_a_folder_that_cannot_be_written_is_no_harm(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("LOCUM_CACHE_DIR", str(blocked))
    assert kept("kind", b"source", lambda: VALUE) == VALUE


def test_what_cannot_be_kept_is_returned(home: Path):
    assert kept("kind", b"source", lambda: forbidden) is forbidden
    assert not home.exists() or not list(home.rglob("*"))


def test_without_a_folder_of_our_own_the_users_cache_is_taken(monkeypatch):
    monkeypatch.delenv("LOCUM_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_home() == Path("/somewhere/locum")


def test_a_kept_file_reads_like_a_fresh_one(tmp_path):
    path = tmp_path / "one.yaml"
    path.write_text("a: 1\n2025: {b: [x, 2026-01-01]}\nc: [1.5, null]\n", encoding="utf-8")
    fresh, places = read_yaml(path)
    for _ in range(2):
        data, again = read_yaml(path, keep=True)
        assert data == fresh
        assert str(again(2025, "b", 1)) == str(places(2025, "b", 1))
