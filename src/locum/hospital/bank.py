"""The arrays of several hospitals, one after the other, with room that grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from locum.hospital.records import FIXED, GROWING, Site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.hospital.records import Array

__all__ = ["Bank"]


class Bank:
    """Arrays of hospitals.

    Parameters
    ----------
    tables
        A site for each hospital, without room.
    room
        Patients and events that fit at first.

    Attributes
    ----------
    arrays
        A site whose arrays hold all hospitals'.
    extents
        First and last row of every array of every hospital, shape (H, arrays, 2).
    sites
        Live views of each hospital.
    """

    def __init__(self, tables: Sequence[Site], room: int) -> None:
        self.extents = np.zeros((len(tables), len(Site._fields), 2), np.int64)
        columns: list[Array] = []
        for row, name in enumerate(Site._fields):
            parts = [getattr(table, name) for table in tables]
            if name in GROWING:
                size = _first_size(name, room)
                parts = [_longer(part, size) for part in parts]
            columns.append(self._place(row, parts, shared=name in FIXED))
        self.arrays = Site(*columns)
        self._view()
        for site in self.sites:
            _chain(site, 0)

    def _place(self, row: int, parts: Sequence[Array], *, shared: bool) -> Array:
        """Put arrays one after the other; equal ones that nobody writes only once."""
        kept: list[Array] = []
        seen: dict[bytes, tuple[int, int]] = {}
        length = 0
        for site, part in enumerate(parts):
            key = part.tobytes() if shared else b""
            if not shared or key not in seen:
                seen[key] = (length, length + len(part))
                kept.append(part)
                length += len(part)
            self.extents[site, row] = seen[key]
        joined = np.concatenate([part.view(np.ndarray) for part in kept])
        return _typed(joined, parts[0])

    def _view(self) -> None:
        self.sites = [
            Site(
                *(
                    array[first:last]
                    for array, (first, last) in zip(self.arrays, rows, strict=True)
                )
            )
            for rows in self.extents
        ]

    def grow(self, site: int, names: Sequence[str]) -> None:
        """Double the room of a hospital."""
        before = len(self.sites[site].patients)
        for name in names:
            row = Site._fields.index(name)
            parts = [getattr(each, name) for each in self.sites]
            if name == "ready":
                parts[site] = _wider_ring(self.sites[site])
            else:
                parts[site] = _longer(parts[site], max(16, 2 * len(parts[site])))
            self.arrays = self.arrays._replace(**{name: self._place(row, parts, shared=False)})
        self._view()
        if "patients" in names:
            _chain(self.sites[site], before)

    def load(self, fields: Sequence[Array], extents: Array) -> None:
        """Take over saved arrays."""
        self.arrays = Site(
            *(_typed(field, array) for field, array in zip(fields, self.arrays, strict=True))
        )
        self.extents = extents.copy()
        self._view()

    def copy(self) -> Bank:
        """Return a bank of its own."""
        other = object.__new__(Bank)
        other.arrays = Site(*(array.copy() for array in self.arrays))
        other.extents = self.extents.copy()
        other._view()
        return other


def _first_size(name: str, room: int) -> int:
    if name == "ready":
        return 1 << int(room).bit_length()
    return 0 if name in ("log", "outbox") else room


def _typed(joined: Array, like: Array) -> Array:
    """Give an array the kind of its parts."""
    flat: Array = np.ascontiguousarray(joined)
    kind: Array = np.recarray if like.dtype.names else np.ndarray
    return flat.view(like.dtype, kind)


def _longer(part: Array, size: int) -> Array:
    longer: Any = np.zeros((size, *part.shape[1:]), part.dtype)
    longer[: len(part)] = part
    return longer.view(np.recarray) if isinstance(part, np.recarray) else longer


def _wider_ring(site: Site) -> Array:
    """Double the ring of those who are ready, in their order."""
    state, old = site.state[0], site.ready
    wider = np.zeros(2 * len(old), old.dtype)
    for turn in range(int(state.ready_first), int(state.ready_last)):
        wider[turn & (len(wider) - 1)] = old[turn & (len(old) - 1)]
    return wider


def _chain(site: Site, first: int) -> None:
    """Link the new places for patients; the last one ends the chain."""
    count = len(site.patients)
    site.patients.after[first:] = np.arange(first + 1, count + 1)
    site.patients.after[count - 1] = -1
    site.patients.timer[first:] = -1
    site.charts.holds[first:] = -1
    site.state[0].free = first
