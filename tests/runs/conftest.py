"""Short runs of the Korean scenarios, asked for from an empty folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from locum.countries import Pack, load_pack
from locum.runs import RunRequest
from locum.scenarios import apply, resolve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Ask = Callable[..., RunRequest]


@pytest.fixture(scope="session")
def korea() -> Pack:
    """The Korea pack as it ships."""
    return load_pack("korea")


@pytest.fixture
def short(tmp_path: Path) -> Callable[..., Path]:
    """Write a scenario that ends early."""

    def write(parent: str = "korea-2024", end: int = 2026, more: str = "") -> Path:
        path = tmp_path / f"{parent}-{end}.yaml"
        path.write_text(
            f"name: short\ntitle: Short\ndescription: Ends early.\ncountry: korea\n"
            f"inherits: {parent}\nyears: {{start: 2022, end: {end}}}\n{more}",
            encoding="utf-8",
        )
        return path

    return write


@pytest.fixture
def ask(korea: Pack, short: Callable[..., Path]) -> Ask:
    """Ask for a short run; what is not said is that of a small run in one thread."""

    def request(
        parent: str = "korea-2024", end: int = 2026, more: str = "", **given: Any
    ) -> RunRequest:
        scenario = resolve(str(short(parent, end, more)), korea)
        sets = given.pop("sets", {})
        ledger = given.pop("ledger", None) or apply(scenario, korea.ledger(), sets)
        settings = {"draws": 5, "workers": 1, "sets": sets} | given
        return RunRequest(scenario, ledger, korea, **settings)

    return request
