"""What readings taught of assumptions of the standoff: draws that go before the priors.

The file is written by the fit (`locum.inference.standoff_fit`) and belongs to the pack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from locum.countries.schema import Field, Schema
from locum.countries.tables import read_table
from locum.runs.posterior import with_fitted

if TYPE_CHECKING:
    from pathlib import Path

    from locum.assumptions import Draws, Ledger
    from locum.countries import Pack
    from locum.runs.standoff.groups import Floats

__all__ = [
    "FILE",
    "IDENTIFICATION",
    "Posterior",
    "posterior_file",
    "read_posterior",
    "with_posterior",
]

FOLDER, FILE = "fitted", "standoff_posterior.csv"
IDENTIFICATION = "standoff_identification.csv"
_DRAW = "draw"
_WORDS = ("draw", "fitted_with")
"""Columns of the file that are no assumptions."""


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of freed assumptions, equally likely.

    Parameters
    ----------
    keys
        The assumptions, P of them.
    central
        What the central draw of a run uses, (P,): medians where the file has no draw 0.
    values
        Draws (D, P), in the units of the assumptions.
    """

    keys: tuple[str, ...]
    central: Floats
    values: Floats


def posterior_file(pack: Pack, name: str = FILE) -> Path:
    """Return where the posterior of a pack stands, whether it is there or not."""
    return pack.path / FOLDER / name


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
        columns = stream.readline().strip().split(",")
    keys = tuple(column for column in columns if column not in _WORDS)
    fields = tuple(
        Field(column, required=True)
        if column == "fitted_with"
        else Field(column, "integer" if column == _DRAW else "number", required=True)
        for column in columns
    )
    table = read_table(path, Schema(FILE, "Posterior of the standoff", FILE, fields, ()))
    values = np.stack([table.numbers(key) for key in keys], axis=1)
    drawn = np.ones(len(values), dtype=np.bool_)
    if _DRAW in columns:
        drawn = table.numbers(_DRAW) > 0
    central = np.median(values[drawn], axis=0) if drawn.all() else values[~drawn][0]
    return Posterior(keys, central, values[drawn])


def with_posterior(draws: Draws, posterior: Posterior, ledger: Ledger) -> Draws:
    """Return draws in which freed assumptions come from the posterior.

    As `locum.runs.posterior.with_fitted`, but keys that the ledger does not know are passed over.

    Parameters
    ----------
    draws
        Draws of a run.
    posterior
        From `read_posterior`.
    ledger
        The country's own assumptions, which the posterior was fitted with.
    """
    known = [
        place
        for place, key in enumerate(posterior.keys)
        if key in draws.assumptions and key in ledger
    ]
    keys = tuple(posterior.keys[place] for place in known)
    kept = Posterior(keys, posterior.central[known], posterior.values[:, known])
    return with_fitted(draws, kept, ledger)
