"""The arrays of several hospitals, one after the other, with room that grows."""

from __future__ import annotations

from math import prod
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.compilation import PLAIN
from locum.hospital.borrowing import addresses
from locum.hospital.records import ENTRY, FIXED, GROWING, PACE, Site, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.hospital.records import Array

__all__ = ["Bank"]

_LINE = 64
_COLUMNS = {name: column for column, name in enumerate(Site._fields)}
_AS_IS: Mapping[str, int] = {}


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
        A site whose arrays hold all hospitals'; rows that belong to nobody are zero.
    extents
        First and last row of every array of every hospital, shape (H, arrays, 2).
    sites
        Live views of each hospital.
    pace
        When each hospital goes on, for the engine.
    """

    def __init__(self, tables: Sequence[Site], room: int) -> None:
        self._place(tables, {name: _first_size(name, room) for name in GROWING})
        for site in self.sites:
            _chain(site, 0)

    def _place(self, sites: Sequence[Site], rooms: Mapping[str, int] = _AS_IS) -> None:
        """Put the arrays of sites one after the other, each with room for so many rows."""
        self.extents = np.zeros((len(sites), len(Site._fields), 2), np.int64)
        columns = [
            self._join(name, [getattr(site, name) for site in sites], room=rooms.get(name, 0))
            for name in Site._fields
        ]
        self.arrays = Site(*columns)
        self.sites = [self.arrays] if len(sites) == 1 else self._views(self.arrays)
        self.pace = table(PACE, len(sites))
        self._growing = Lock()
        self.readdress()

    def _views(self, arrays: Site) -> list[Site]:
        """Return what belongs to each hospital."""
        return [
            Site(*(array[first:last] for array, (first, last) in zip(arrays, rows, strict=True)))
            for rows in self.extents.tolist()
        ]

    def _join(self, name: str, parts: Sequence[Array], *, room: int = 0, spare: int = 0) -> Array:
        """Return one array of all, and rows to spare; equal ones that nobody writes only once."""
        kept: list[tuple[int, Array]] = []
        seen: dict[bytes, tuple[int, int]] = {}
        length = 0
        shared = name in FIXED and len(parts) > 1
        for site, part in enumerate(parts):
            key = part.tobytes() if shared else b""
            if not shared or key not in seen:
                seen[key] = (length, length + max(len(part), room))
                kept.append((length, part))
                length = seen[key][1]
            self.extents[site, _COLUMNS[name]] = seen[key]
        return _filled(parts[0], kept, length + spare, ahead=1 if name == "heap" else 0)

    def handle(self) -> Any:  # noqa: ANN401  differs
        """Return the first argument of `kernel.run`."""
        return [_as_compiled(site) for site in self.sites] if PLAIN else self._addresses

    def readdress(self) -> None:
        """Note where the arrays of all hospitals lie; said after any was put elsewhere."""
        self._addresses = addresses(self.arrays, self.extents)

    def grow(self, site: int, names: Sequence[str], *, beside: bool = False) -> bool:
        """Double the room of a hospital, and return whether it could be done.

        Beside others that run on other threads nobody else's arrays may be put elsewhere, so that
        nothing is done where there are too few rows to spare.
        """
        with self._growing:
            before = len(self.sites[site].patients)
            longer = {name: _doubled(self.sites[site], name) for name in names}
            if beside and not all(self._fits(name, part) for name, part in longer.items()):
                return False
            for name, part in longer.items():
                self._move(site, name, part)
            if "patients" in names:
                _chain(self.sites[site], before)
            return True

    def _fits(self, name: str, part: Array) -> bool:
        """Return whether a part may stand behind those of all."""
        end = int(self.extents[:, _COLUMNS[name], 1].max())
        return end + len(part) <= len(getattr(self.arrays, name))

    def _move(self, site: int, name: str, part: Array) -> None:
        """Put a longer array behind those of all, where rows to spare are kept for this."""
        column, array = _COLUMNS[name], getattr(self.arrays, name)
        if not self._fits(name, part):
            parts = [getattr(each, name) for each in self.sites]
            parts[site] = part
            array = self._join(name, parts, spare=sum(map(len, parts)) if len(parts) > 1 else 0)
            self.arrays = self.arrays._replace(**{name: array})
            spans = self.extents[:, column].tolist()
            self.sites = [
                each._replace(**{name: array[start:stop]})
                for each, (start, stop) in zip(self.sites, spans, strict=True)
            ]
            self.readdress()
            return
        first, last = self.extents[site, column].tolist()
        end = int(self.extents[:, column, 1].max())
        array[end : end + len(part)] = part
        array[first:last] = np.zeros(1, array.dtype)
        self.extents[site, column] = end, end + len(part)
        here = array[end : end + len(part)]
        self.sites[site] = self.sites[site]._replace(**{name: here})
        self._addresses[site, column] = here.ctypes.data, len(here)

    def save(self) -> dict[str, Array]:
        """Return everything as plain arrays: of each kind the bytes, and where they belong."""
        close = self.copy()
        arrays = {name: _bytes(array) for name, array in close.arrays._asdict().items()}
        return arrays | {"extents": close.extents}

    def load(self, saved: Mapping[str, Array]) -> None:
        """Take over what was saved."""
        columns = [_of_bytes(like, saved[name]) for name, like in self.arrays._asdict().items()]
        self.extents = saved["extents"]
        self._place(self._views(Site(*columns)))

    def copy(self) -> Bank:
        """Return a bank of its own."""
        other = object.__new__(Bank)
        other._place(self.sites)
        return other


def _first_size(name: str, room: int) -> int:
    if name == "ready":
        return 1 << int(room).bit_length()
    return 0 if name in ("log", "outbox") else room


def _as_compiled(site: Site) -> Site:
    """Return a site as compiled code sees it, for the same code in Python."""
    return site._replace(entries=site.entries.view(ENTRY).ravel().view(np.recarray))


def _bytes(part: Array) -> Array:
    return np.ascontiguousarray(np.asarray(part)).reshape(-1).view(np.uint8)


def _of_bytes(like: Array, saved: Array) -> Array:
    """Return an array such as this one of what was saved."""
    made: Array = saved.view(like.dtype).reshape(-1, *like.shape[1:])
    return made.view(np.recarray) if like.dtype.names else made


def _filled(like: Array, parts: Sequence[tuple[int, Array]], rows: int, ahead: int = 0) -> Array:
    """Return an array of zeros with parts in it; the row `ahead` begins a line.

    Each part has a first row. What nobody writes costs no memory before it is used.
    """
    dtype = like.dtype
    width = dtype.itemsize * prod(like.shape[1:])
    memory = np.zeros(rows * width + _LINE, np.uint8)
    start = (-memory.ctypes.data - ahead * width) % _LINE
    for first, part in parts:
        begin = start + first * width
        memory[begin : begin + len(part) * width] = _bytes(part)
    kind = np.recarray if dtype.names else np.ndarray
    return np.ndarray.__new__(kind, (rows, *like.shape[1:]), dtype, memory, start)


def _doubled(site: Site, name: str) -> Array:
    """Return an array of a hospital with twice the room."""
    old = getattr(site, name)
    return _wider_ring(site) if name == "ready" else _longer(old, max(16, 2 * len(old)))


def _longer(part: Array, size: int) -> Array:
    longer: Any = np.zeros(size, part.dtype)
    longer[: len(part)] = part
    return longer


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
