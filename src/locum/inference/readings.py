"""The readings of a backtest: what it starts with, what is held back, what was known before.

They are a table of the country pack. Its rows have a `role`: base = known at the start, held =
compared with the model and never shown to it, history = known before, for simple forecasters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from locum.countries import Table
    from locum.inference.scores import Floats

__all__ = ["Band", "Reading", "Readings"]

ACTIVE, ALIVE, AGES = "active_stock", "counted_alive", "age_share"
REGISTER, INSTITUTIONS = "licence_register", "institution_doctors"


@dataclass(frozen=True)
class Reading:
    """One dated count with its scope."""

    name: str
    year: int
    """Year whose 31 December it is compared with."""
    date: str
    category: str
    value: float
    unit: str
    scope: str
    source: str
    note: str


@dataclass(frozen=True)
class Band:
    """Ages from `low` to `high`, both included; the last band is open."""

    label: str
    low: int
    high: int

    @classmethod
    def parse(cls, label: str) -> Band:
        """Read "20-29" or "70+"."""
        first, _, last = label.removesuffix("+").partition("-")
        return cls(label, int(first), int(last) if last else 200)


@dataclass(frozen=True)
class Readings:
    """The rows of a backtest's table, by reading and role."""

    rows: tuple[tuple[str, Reading], ...]

    @classmethod
    def of(cls, table: Table) -> Readings:
        """Take the rows of a table."""
        return cls(
            tuple(
                (
                    str(row["role"]),
                    Reading(
                        name=row["reading"],
                        year=row["year"],
                        date=row["date"],
                        category=row["category"],
                        value=float(row["value"]),
                        unit=row["unit"],
                        scope=row["scope"],
                        source=row["source"],
                        note=row["note"],
                    ),
                )
                for row in table.rows
            )
        )

    def find(self, name: str, role: str) -> tuple[Reading, ...]:
        """Return the rows of a reading in a role, in the order of the file."""
        return tuple(each for given, each in self.rows if given == role and each.name == name)

    def one(self, name: str, role: str) -> Reading:
        """Return the only row of a reading in a role."""
        (found,) = self.find(name, role)
        return found

    def bands(self) -> tuple[Band, ...]:
        """Return the bands of the age shares, youngest first."""
        return tuple(Band.parse(each.category) for each in self.find(AGES, "held"))

    def shares(self, role: str) -> tuple[int, Floats]:
        """Return the year and the values (B,) of the age shares in a role."""
        rows = self.find(AGES, role)
        return rows[0].year, np.array([each.value for each in rows])

    def series(self, name: str) -> tuple[Floats, Floats]:
        """Return years and values of what was known of a reading before."""
        rows = self.find(name, "history")
        years = np.array([each.year for each in rows], dtype=np.float64)
        return years, np.array([each.value for each in rows])
