"""Scenario files written for a test, and the country they are checked against."""

from __future__ import annotations

from textwrap import dedent

import pytest

from locum.countries import load_pack
from locum.scenarios import resolve

HEAD = """\
name: mine
title: Mine
inherits: korea-baseline
"""


@pytest.fixture(scope="session")
def pack():
    return load_pack("korea")


@pytest.fixture(scope="session")
def ledger(pack):
    return pack.ledger()


@pytest.fixture
def write(tmp_path):
    """Write a file beside the others of the test; a scenario gets a head if it has no name."""

    def write_file(text, name="mine.yaml"):
        text = dedent(text)
        headless = name.endswith(".yaml") and "name:" not in text
        (tmp_path / name).write_text(HEAD + text if headless else text, encoding="utf-8")
        return tmp_path / name

    return write_file


@pytest.fixture
def resolved(write, pack, ledger):
    """Write a scenario and resolve it."""
    return lambda text: resolve(write(text), pack, ledger)
