"""Hospitals that run: one alone, or several that send each other patients."""

from __future__ import annotations

import io
from hashlib import blake2b
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from locum.errors import BadValue, InputError, ModelError, OutOfBounds, Place
from locum.hospital import records as op
from locum.hospital.bank import Bank
from locum.hospital.draws import stream_keys
from locum.hospital.kernel import run
from locum.hospital.records import Site
from locum.hospital.results import Stats

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Self

    from locum.hospital.model import Model
    from locum.hospital.records import Array

__all__ = ["Hospital", "Network"]

_GROWS = {
    op.PATIENTS_FULL: ("patients", "charts", "ready"),
    op.HEAP_FULL: ("heap",),
    op.LOG_FULL: ("log",),
    op.OUTBOX_FULL: ("outbox",),
}


class Network:
    """Hospitals that run side by side, window by window, and exchange patients.

    Parameters
    ----------
    models
        One for each hospital; equal tables are shared.
    seed, replication
        Name the luck; hospital number h meets the luck of site h.
    window
        Hours between two exchanges, or more where every transfer takes longer. A transfer must
        not be shorter; results do not depend on it.
    room
        Patients and events that fit at first; more room is made when needed.
    log
        Whether every patient's way is written down (`log`).

    Raises
    ------
    InputError
        If a transfer leads to a hospital or entry that is not there.
    """

    def __init__(
        self,
        models: Sequence[Model],
        seed: int,
        replication: int = 0,
        *,
        window: float = 24.0,
        room: int = 1024,
        log: bool = False,
    ) -> None:
        if not window > 0.0:
            raise OutOfBounds("window", window, "h", 0.0, inf)
        self.models = tuple(models)
        for model in self.models:
            _check_transfers(self.models, model)
        self.window = float(window)
        self.lookahead = min((_least_travel(model) for model in self.models), default=inf)
        """Hours that every transfer takes at least: a window may always be as long."""
        self._order, self._spans = _groups(self.models)
        self.now = 0.0
        self.bank = Bank([model.tables for model in self.models], max(8, room))
        for number, each in enumerate(self.bank.sites):
            state = each.state[0]
            state.site = number
            state.logging = int(log)
        named = [(site, name) for site, model in enumerate(models) for name in model.names.streams]
        keys = iter(stream_keys(seed, replication, named).tolist())
        for one, model in zip(self.bank.sites, self.models, strict=True):
            one.keys[: len(model.names.streams)] = [next(keys) for _ in model.names.streams]

    def __len__(self) -> int:
        return len(self.models)

    def site(self, hospital: int = 0) -> Site:
        """Return the live arrays of a hospital; say `touch` after changing what it acts on."""
        return self.bank.sites[hospital]

    def touch(self, hospital: int = 0) -> None:
        """Let a hospital act on changed capacities and absences when it runs next."""
        self.bank.sites[hospital].state[0].touched = 1

    def run(self, until: float, *, threads: int = 1) -> Self:
        """Run every hospital up to an hour; events at that very hour are left for later.

        Hospitals that send each other patients run window by window; groups that send nobody to
        another group run one after the other, or on several threads.

        Raises
        ------
        OutOfBounds
            If the hour lies in the past.
        ModelError
            If patients move round and round, or a transfer is shorter than the window.
        """
        if not self.now <= until < inf:
            raise OutOfBounds("hour to run to", until, "h", self.now, inf)
        self.bank.pace.who[:] = self._order
        if threads > 1 and len(self._spans) > 1:
            self._run_threads(until, threads)
        else:
            for span in self._spans:
                self._run_span(span, self.now, until)
        self.now = float(until)
        return self

    def exchange(self) -> Self:
        """Deliver the letters that wait to be sent, now."""
        self.bank.pace.who[:] = self._order
        self._run_span((0, 0), self.now, self.now)
        return self

    def _run_span(
        self, span: tuple[int, int], start: float, until: float, *, beside: bool = False
    ) -> tuple[int, int, float]:
        """Run a group, and make room where it lacks any; beside others only as far as it can."""
        while True:
            code, site, start = self._try_span(span, start, until)
            if code == op.DONE or not self._make_room(code, site, beside=beside):
                return code, site, start

    def _try_span(
        self, span: tuple[int, int], start: float, until: float
    ) -> tuple[int, int, float]:
        """Run a group until it is done or lacks room."""
        hours = (start, until, max(self.window, self.lookahead))
        code, site, at = run(self.bank.handle(), self.bank.pace, span, hours)
        return int(code), int(site), float(at)

    def _make_room(self, code: int, site: int, *, beside: bool = False) -> bool:
        if code not in _GROWS:
            raise _broken(code, self.models[site], self.bank.sites[site])
        return self.bank.grow(site, _GROWS[code], beside=beside)

    def _run_threads(self, until: float, threads: int) -> None:
        """Share the groups among threads, the largest first.

        A group that lacks room makes it while the others run. Where the arrays of others would
        have to be put elsewhere for this, it waits until all have come to their end.
        """
        from concurrent.futures import ThreadPoolExecutor

        largest = sorted(self._spans, key=lambda span: span[0] - span[1])
        left = [(span, self.now) for span in largest]
        with ThreadPoolExecutor(min(threads, len(left))) as pool:
            while left:
                tried = [pool.submit(self._run_span, *each, until, beside=True) for each in left]
                done = [each.result() for each in tried]
                again: list[tuple[tuple[int, int], float]] = []
                for (span, _), (code, site, start) in zip(left, done, strict=True):
                    if code != op.DONE:
                        self._make_room(code, site)
                        again.append((span, start))
                left = again

    def stats(self, hospital: int = 0) -> Stats:
        """Return the statistics of a hospital up to now."""
        return Stats(self.models[hospital], self.bank.sites[hospital], self.now)

    def log(self, hospital: int = 0) -> Array:
        """Return the patients' ways so far; a kind is a row of `LOGGED`, a group a class."""
        site = self.bank.sites[hospital]
        return site.log[: site.state[0].logged].copy()

    def checkpoint(self) -> bytes:
        """Return everything that is needed to go on."""
        buffer = io.BytesIO()
        tables = np.frombuffer(_digest(self.models), np.uint8)
        np.savez(buffer, now=self.now, tables=tables, **self.bank.save())
        return buffer.getvalue()

    def restore(self, checkpoint: bytes) -> Self:
        """Go back to a checkpoint of the same models.

        Raises
        ------
        BadValue
            If it belongs to hospitals of another make.
        """
        with np.load(io.BytesIO(checkpoint), allow_pickle=False) as saved:
            if saved["tables"].tobytes() != _digest(self.models):
                raise BadValue("checkpoint", "one of other tables", "one of these hospitals")
            self.bank.load(saved)
            self.now = float(saved["now"])
        return self

    def branch(self) -> Network:
        """Return a copy that goes on by itself, to try another policy from here."""
        other = object.__new__(type(self))
        other.models, other.window, other.now = self.models, self.window, self.now
        other._order, other._spans = self._order, self._spans
        other.lookahead = self.lookahead
        other.bank = self.bank.copy()
        return other

    # --- levers -------------------------------------------------------------------

    def set_absence(
        self, clinicians: Array, away_from: Array, away_until: Array = inf, hospital: int = 0
    ) -> None:
        """Keep clinicians (row numbers) away between two hours; a walkout is nothing else."""
        table = self.bank.sites[hospital].clinicians
        rows = np.atleast_1d(np.asarray(clinicians, int))
        starts = np.broadcast_to(np.asarray(away_from, float), rows.shape)
        ends = np.broadcast_to(np.asarray(away_until, float), rows.shape)
        if np.isnan(starts).any() or (ends < starts).any():
            raise BadValue("absence", [away_from, away_until], "hours, the first one first")
        table.absent_from[rows] = starts
        table.absent_until[rows] = ends
        table.changed[rows] = 1
        if rows.size:
            self.touch(hospital)

    def set_extra(self, resource: str, units: int, hospital: int = 0) -> None:
        """Open (or close, if negative) units of a resource beyond its plan."""
        row = self.models[hospital].row("resources", resource)
        self.bank.sites[hospital].resources[row].extra = units
        self.touch(hospital)

    def set_threshold(self, guard: str, threshold: float, hospital: int = 0) -> None:
        """Move the threshold of a guard."""
        row = self.models[hospital].row("guards", guard)
        self.bank.sites[hospital].guards[row].threshold = threshold

    def set_quota(self, call: str, quota: int, hospital: int = 0) -> None:
        """Change how many a call may call."""
        if quota < 0:
            raise OutOfBounds("quota", quota, "", 0, inf, Place(self.models[hospital].name))
        row = self.models[hospital].row("calls", call)
        self.bank.sites[hospital].calls[row].quota = quota

    def set_quotas(self, call: str, quotas: Array) -> None:
        """Change how many a call may call in all hospitals, which must have it, shape (H,)."""
        wanted = np.asarray(quotas)
        if wanted.shape != (len(self),):
            raise BadValue("shape of the quotas", wanted.shape, f"({len(self)},)")
        if (wanted < 0).any():
            raise OutOfBounds("quota", int(wanted.min()), "", 0, inf)
        # Hospitals from one template share their names, which are looked up once.
        kinds = {id(model.names): model for model in self.models}
        rows = {kind: model.row("calls", call) for kind, model in kinds.items()}
        places = [rows[id(model.names)] for model in self.models]
        firsts = self.bank.extents[:, Site._fields.index("calls"), 0]
        self.bank.arrays.calls.view(np.ndarray)["quota"][firsts + places] = wanted

    def set_scale(self, source: str, scale: float, hospital: int = 0) -> None:
        """Scale the arrivals of a source; at most its headroom, since candidates are thinned."""
        row = self.models[hospital].row("sources", source)
        table = self.bank.sites[hospital].sources[row]
        most = _most(self.bank.sites[hospital], row)
        if not 0.0 <= scale <= most:
            place = Place(self.models[hospital].name, None, f"source {source}")
            raise OutOfBounds("scale of arrivals", scale, "", 0.0, most, place)
        table.scale = scale


class Hospital(Network):
    """One hospital: a network of one.

    Parameters
    ----------
    model
        What it is.
    seed, replication
        Name its luck.
    room
        Patients and events that fit at first.
    log
        Whether every patient's way is written down.
    """

    def __init__(
        self, model: Model, seed: int, replication: int = 0, *, room: int = 4096, log: bool = False
    ) -> None:
        super().__init__([model], seed, replication, window=inf, room=room, log=log)


def _most(site: Site, row: int) -> float:
    source = site.sources[row]
    if source.table >= 0:
        peak = site.values[source.table : source.table + int(op.WEEK_HOURS)].max()
    else:
        peak = source.level * (1.0 + source.amplitude)
    return float(source.peak / peak) if peak > 0.0 else inf


def _least_travel(model: Model) -> float:
    """Return the hours that every transfer takes at least, as far as the tables say."""
    tables, least = model.tables, inf
    known = (op.CONSTANT, op.UNIFORM)
    for step in tables.steps[tables.steps.op == op.TRANSFER]:
        rows = step.patience + step.by_class * np.arange(len(model.names.classes))
        for row in tables.distributions[rows]:
            least = min(least, float(row.first) if row.kind in known else 0.0)
    return least


def _digest(models: Sequence[Model]) -> bytes:
    """Return a number that stands for the tables of hospitals."""
    known: dict[int, bytes] = {}
    total = blake2b(digest_size=16)
    for model in models:
        if id(model) not in known:
            own = blake2b(digest_size=16)
            for name, array in zip(model.tables._fields, model.tables, strict=True):
                own.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
            known[id(model)] = own.digest()
        total.update(known[id(model)])
    return total.digest()


def _groups(models: Sequence[Model]) -> tuple[Array, list[tuple[int, int]]]:
    """Return an order of work, and the spans of it that send nobody to another span."""
    group = list(range(len(models)))

    def first(site: int) -> int:
        while group[site] != site:
            group[site] = group[group[site]]
            site = group[site]
        return site

    for site, model in enumerate(models):
        targets = {each for _, sites in _transfers(model) for each in sites}
        for other in {first(each) for each in targets} - {first(site)}:
            low, high = sorted((first(site), first(other)))
            group[high] = low
    of = np.array([first(site) for site in range(len(models))], np.int64)
    order = np.argsort(of, kind="stable")
    edges = np.flatnonzero(np.diff(of[order], prepend=-1, append=-1)).tolist()
    return order, list(pairwise(edges))


def _transfers(model: Model) -> Iterator[tuple[int, list[int]]]:
    """Yield each step that sends patients away, and the hospitals where to."""
    tables = model.tables
    for row in np.flatnonzero(tables.steps.op == op.TRANSFER).tolist():
        step = tables.steps[row]
        yield row, tables.targets[step.target : step.target + step.units].tolist()


def _check_transfers(models: Sequence[Model], model: Model) -> None:
    for row, sites in _transfers(model):
        place = Place(model.name, None, model.names.steps[row])
        for site in sites:
            if not 0 <= site < len(models):
                raise OutOfBounds("destination", site, "", 0, len(models) - 1, place)
            entries: Array = models[site].tables.entries
            if model.tables.steps[row].what not in entries[:, 0]:
                raise InputError(f"hospital {models[site].name!r} has no such entry", place)


def _broken(code: int, model: Model, site: Site) -> ModelError:
    stuck: Array = site.state[0].stuck
    place = Place(model.name, None, model.names.steps[int(stuck)])
    if code == op.LATE:
        return ModelError("a transfer takes less time than a window between exchanges", place)
    hour = float(site.state[0].now)
    return ModelError(f"patients move without time passing at hour {hour:.6g}", place)
