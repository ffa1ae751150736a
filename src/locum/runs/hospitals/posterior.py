"""What readings taught of some assumptions of the hospitals: draws that go before the priors.

The file is written by the fit (`locum.inference.hospital_fit`) and belongs to the pack. It says
with which assumptions, readings and pathways it was fitted, by a digest.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.countries.schema import Field, Schema
from locum.countries.tables import read_table
from locum.errors import BadValue

if TYPE_CHECKING:
    from pathlib import Path

    from locum.assumptions import Ledger
    from locum.countries import Pack

__all__ = [
    "FREED",
    "Posterior",
    "fit_digest",
    "posterior_file",
    "read_posterior",
    "write_posterior",
]

Floats: TypeAlias = NDArray[np.float64]

FREED = (
    "contingency.surgery_cut",
    "contingency.planned_cut",
    "contingency.early_discharge",
    "contingency.icu_protection",
    "avoidance.mild",
)
"""Assumptions that readings of the walkout are allowed to move."""
SECTOR = "hospital"
FOLDER, FILE = "fitted", "hospital_posterior.csv"
READ_TABLES = (
    "walkout_timeseries",
    "walkout_daily",
    "hospitals",
    "staffing",
    "activity",
    "arrivals_profile",
    "service_times",
)
"""Tables of the pack that the fit hangs on."""
WORDS = ("note", "source")


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of freed assumptions, equally likely.

    Parameters
    ----------
    keys
        The assumptions, P of them.
    central
        What the central draw of a run uses, (P,): medians.
    values
        Draws (D, P), in the units of the assumptions.
    fitted_with
        Digest of what they were fitted with.
    """

    keys: tuple[str, ...]
    central: Floats
    values: Floats
    fitted_with: str

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.keys) or not len(self.values):
            expected = f"draws with {len(self.keys)} values"
            raise BadValue("shape of a posterior", self.values.shape, expected)


def fit_digest(pack: Pack, ledger: Ledger) -> str:
    """Return a fingerprint of what a fit hangs on: numbers, priors, tables and pathways.

    Notes and sources are left out, so that a better wording makes no fit out of date.

    Parameters
    ----------
    pack
        Country.
    ledger
        Assumptions of its hospitals, as they are without a fit.
    """
    stated = sorted(
        [each.key, each.unit, list(map(str, each.values)), str(each.prior)]
        for each in ledger.values()
    )
    tables = [
        {name: cells for name, cells in pack.table(table).columns.items() if name not in WORDS}
        for table in READ_TABLES
    ]
    content = json.dumps([stated, tables], ensure_ascii=False, default=str)
    total = blake2b(content.encode(), digest_size=8)
    for path in sorted((pack.path / "pathways").glob("*.yaml")):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def posterior_file(pack: Pack) -> Path:
    """Return where the posterior of a pack stands, whether it is there or not."""
    return pack.path / FOLDER / FILE


def read_posterior(pack: Pack) -> Posterior | None:
    """Return the posterior of a pack; None if nothing was fitted.

    Raises
    ------
    BadCell
        If a cell is wrong; the error names file, line and column.
    """
    path = posterior_file(pack)
    if not path.is_file():
        return None
    with path.open(encoding="utf-8") as stream:
        keys = tuple(stream.readline().strip().split(",")[2:])
    names = (
        Field("draw", "integer", required=True, low=0),
        Field("fitted_with", required=True, pattern="[0-9a-f]{16}"),
        *(Field(key, "number", required=True) for key in keys),
    )
    table = read_table(path, Schema(FILE, "Posterior of the hospitals", FILE, names, ("draw",)))
    values = np.stack([table.numbers(key) for key in keys], axis=1)
    drawn = table.numbers("draw") > 0
    fitted_with = table.words("fitted_with")[0]
    return Posterior(keys, values[~drawn][0], values[drawn], fitted_with)


def write_posterior(posterior: Posterior, path: Path) -> None:
    """Write a posterior; draw 0 is the central one."""
    lines = [",".join(["draw", "fitted_with", *posterior.keys])]
    for number, values in enumerate([posterior.central, *posterior.values]):
        cells = [str(number), posterior.fitted_with, *(f"{value:.6g}" for value in values)]
        lines.append(",".join(cells))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
