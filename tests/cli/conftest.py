"""The command line, called in this process from an empty folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from locum.cli import main
from locum.countries import load_pack


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one object on standard output."""
        return json.loads(self.out)


@pytest.fixture(scope="session")
def pack():
    return load_pack("korea")


@pytest.fixture
def locum(tmp_path, monkeypatch, capsys):
    """Call the command line; relative paths are those of an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(each) for each in arguments])
        code = left.value.code
        return Answer(int(code or 0), *capsys.readouterr())

    return call


@pytest.fixture
def write(tmp_path):
    """Write a file into that folder."""

    def write_file(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write_file


@pytest.fixture
def here(tmp_path):
    """Names of everything in that folder."""
    return lambda: sorted(str(path.relative_to(tmp_path)) for path in Path(tmp_path).rglob("*"))
