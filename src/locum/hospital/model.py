"""A model that may run: the tables of one hospital, and the names of their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locum.errors import Place, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.hospital.records import Site

__all__ = ["Model", "Names"]


@dataclass(frozen=True)
class Names:
    """Names by kind, in the order of their rows."""

    classes: tuple[str, ...]
    attributes: tuple[str, ...]
    steps: tuple[str, ...]
    resources: tuple[str, ...]
    pools: tuple[str, ...]
    lists: tuple[str, ...]
    counters: tuple[str, ...]
    guards: tuple[str, ...]
    sources: tuple[str, ...]
    calls: tuple[str, ...]
    tasks: tuple[str, ...]
    rosters: tuple[str, ...]
    streams: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """Tables and names of one hospital; several hospitals may run from one model.

    Attributes
    ----------
    name
        For errors.
    tables
        A site at hour 0, with no room for patients yet.
    names
        Of the rows.
    """

    name: str
    tables: Site
    names: Names
    skills: Mapping[str, int]
    """Bit of each skill."""

    def row(self, kind: str, name: str) -> int:
        """Return the row of a name.

        Raises
        ------
        UnknownName
            If the model has none of this kind by that name.
        """
        known: tuple[str, ...] = getattr(self.names, kind)
        if name not in known:
            raise UnknownName(kind.removesuffix("s"), name, known, Place(self.name))
        return known.index(name)

    def queue(self, kind: str, name: str, priority: int = 0) -> int:
        """Return the row of the queue of a resource or list (kind: resources, lists)."""
        levels = int(self.tables.state[0].levels)
        row = self.row(kind, name)
        if kind == "lists":
            row += len(self.names.resources) + len(self.tables.needs)
        return row * levels + priority
