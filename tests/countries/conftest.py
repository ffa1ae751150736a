"""What the tests of the country packs share."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from locum.countries import Pack, load_pack

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def korea() -> Pack:
    """The Korea pack as it ships."""
    return load_pack("korea")


@pytest.fixture
def copy(korea: Pack, tmp_path: Path) -> Path:
    """A copy of the Korea pack that a test may break."""
    folder = tmp_path / "korea"
    shutil.copytree(korea.path, folder)
    return folder
