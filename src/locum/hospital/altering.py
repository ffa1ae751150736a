"""What a policy changes in hospitals that run, beyond the levers of a `Network`.

A branch's probability, another roster, and patients who are in the hospital at once, such as the
census at hour 0. What is written here is part of a checkpoint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from locum.errors import BadValue, OutOfBounds, Place, UnknownName
from locum.hospital import records as op
from locum.hospital.draws import ordinal_of, stream_key
from locum.hospital.records import Array, Site, table

if TYPE_CHECKING:
    from locum.hospital.engine import Network
    from locum.hospital.model import Model

__all__ = ["Arrival", "admit", "admit_all", "reserve", "set_chance", "set_chances", "set_roster"]

Chance: TypeAlias = float | Mapping[str, float]
"""One probability, or one for each class."""
_NOBODY = -1
_SPARE_EVENTS = 64
_MOST_LETTERS = 16_384
_LINE = 64
_MARK = 2
"""Numbers before a probability that may be written: NaN, which nothing else is, and the step."""


# --- probabilities -----------------------------------------------------------------


def set_chance(network: Network, label: str, chance: Chance, hospital: int = 0) -> None:
    """Change the probability that a branch goes on.

    The first change of a label gives every hospital of the network numbers of its own for this
    branch, and costs some milliseconds; the others cost microseconds.

    Parameters
    ----------
    network
        A `Hospital`, or several.
    label
        Of the branch.
    chance
        A number, or one for each class; classes left out keep theirs.
    hospital
        Its number.

    Raises
    ------
    UnknownName
        If the hospital has no branch of this label, or no such class.
    OutOfBounds
        If it is not a probability.
    """
    model = network.models[hospital]
    place = Place(model.name, None, label)
    step = model.row("steps", label)
    if network.site(hospital).steps[step].op != op.BRANCH:
        rows = np.flatnonzero(network.site(hospital).steps.op == op.BRANCH)
        raise UnknownName("branch", label, [model.names.steps[row] for row in rows], place)
    given = chance if isinstance(chance, Mapping) else dict.fromkeys(model.names.classes, chance)
    for name, one in given.items():
        if name not in model.names.classes:
            raise UnknownName("class", name, model.names.classes, place)
        if not 0.0 <= one <= 1.0:
            raise OutOfBounds(f"probability of {name}", one, "", 0, 1, place)
    if not _is_open(network, hospital, step):
        _open(network, label)
    site = network.site(hospital)
    first = int(site.steps[step].value)
    for name, one in given.items():
        site.values[first + model.names.classes.index(name)] = one


def set_chances(network: Network, label: str, chances: Array) -> None:
    """Change the probability that a branch goes on in every hospital that has this branch.

    Parameters
    ----------
    network
        Several hospitals.
    label
        Of the branch.
    chances
        A number for each hospital, shape (H,), or one for each class too, shape (H, classes).

    Raises
    ------
    UnknownName
        If no hospital has a branch of this label.
    BadValue
        If the shape is another one.
    OutOfBounds
        If one is not a probability.
    """
    wanted = np.asarray(chances, float)
    if wanted.ndim not in (1, 2) or len(wanted) != len(network):
        raise BadValue("shape of the probabilities", wanted.shape, f"({len(network)},)")
    rows = _branches(network, label)
    having = np.flatnonzero(rows >= 0)
    if not ((wanted[having] >= 0.0) & (wanted[having] <= 1.0)).all():
        raise OutOfBounds(f"probability of {label}", float(wanted.min()), "", 0, 1)
    first = _open_places(network, rows, having)
    if first is None:
        _open(network, label)
        first = _open_places(network, rows, having)
        assert first is not None  # noqa: S101  just opened
    values = network.bank.arrays.values
    columns = wanted[having].reshape(len(having), -1)
    counts = np.array([len(network.models[each].names.classes) for each in having.tolist()])
    if columns.shape[1] not in (1, *counts.tolist()):
        raise BadValue("number of classes", columns.shape[1], f"{counts.max()}")
    for place in range(int(counts.max(initial=0))):
        of = counts > place
        values[first[of] + place] = columns[of, min(place, columns.shape[1] - 1)]


def _branches(network: Network, label: str) -> Array:
    """Return the row of a branch in each hospital; -1 where there is none."""
    found: dict[int, int] = {}
    rows = np.full(len(network), -1, np.int64)
    known: dict[str, None] = {}
    for hospital, model in enumerate(network.models):
        names = model.names
        if id(names) not in found:
            branches = np.flatnonzero(model.tables.steps.op == op.BRANCH).tolist()
            of = {names.steps[row]: row for row in branches}
            found[id(names)] = of.get(label, -1)
            known.update(dict.fromkeys(of))
        rows[hospital] = found[id(names)]
    if not (rows >= 0).any():
        raise UnknownName("branch", label, known)
    return rows


def _open_places(network: Network, rows: Array, having: Array) -> Array | None:
    """Return where the numbers of a branch stand for all hospitals, if nothing else reads them."""
    bank = network.bank
    starts = bank.extents[:, Site._fields.index("values"), 0]
    if len(np.unique(starts)) < len(starts):
        return None
    steps = bank.extents[having, Site._fields.index("steps"), 0] + rows[having]
    inside = bank.arrays.steps.view(np.ndarray)["value"][steps]
    first = starts[having] + inside
    values = bank.arrays.values
    mark = values[first - _MARK]
    if (inside < _MARK).any() or not np.isnan(mark).all():
        return None
    return first if (values[first - 1] == rows[having]).all() else None


def _is_marked(site: Site, step: int) -> bool:
    """Return whether a branch has numbers that no other step reads."""
    first = int(site.steps[step].value)
    return (
        first >= _MARK
        and bool(np.isnan(site.values[first - _MARK]))
        and int(site.values[first - 1]) == step
    )


def _is_open(network: Network, hospital: int, step: int) -> bool:
    """Return whether a branch has numbers that no other step or hospital reads."""
    column = network.bank.extents[:, Site._fields.index("values"), 0]
    alone = int((column == column[hospital]).sum()) == 1
    return alone and _is_marked(network.site(hospital), step)


def _open(network: Network, label: str) -> None:
    """Give each hospital numbers of its own for a branch, with the values that it has."""
    values: list[Array] = []
    steps: list[Array] = []
    for hospital, row in enumerate(_branches(network, label).tolist()):
        site, classes = network.site(hospital), len(network.models[hospital].names.classes)
        numbers, rows = site.values, site.steps.copy()
        if row >= 0 and not _is_marked(site, row):
            it = rows[row]
            places = int(it.value) + int(it.by_class) * np.arange(classes)
            it.value, it.by_class = len(numbers) + _MARK, 1
            numbers = np.concatenate([numbers, [np.nan, float(row)], site.values[places]])
        values.append(numbers)
        steps.append(rows)
    _put(network, {"values": values, "steps": steps})


def _put(network: Network, parts: Mapping[str, Sequence[Array]]) -> None:
    """Put arrays of all hospitals in the place of theirs."""
    bank = network.bank
    whole: dict[str, Array] = {}
    for name, each in parts.items():
        ends = np.cumsum([len(part) for part in each])
        column = Site._fields.index(name)
        bank.extents[:, column, 0] = ends - [len(part) for part in each]
        bank.extents[:, column, 1] = ends
        whole[name] = _joined(each)
    bank.arrays = bank.arrays._replace(**whole)
    for hospital, site in enumerate(bank.sites):
        spans = bank.extents[hospital].tolist()
        views = {
            name: array[slice(*spans[Site._fields.index(name)])] for name, array in whole.items()
        }
        bank.sites[hospital] = site._replace(**views)
    bank.readdress()


def _joined(parts: Sequence[Array]) -> Array:
    """Put arrays one after the other, from the start of a line of the cache."""
    like = parts[0]
    size = sum(len(part) for part in parts) * like.dtype.itemsize
    memory = np.zeros(size + _LINE, np.uint8)
    start = -memory.ctypes.data % _LINE
    joined: Array = memory[start : start + size].view(like.dtype)
    np.concatenate([part.view(np.ndarray) for part in parts], out=joined)
    return joined.view(np.recarray) if like.dtype.names else joined


# --- rosters -----------------------------------------------------------------------


def set_roster(network: Network, clinicians: Array, roster: str, hospital: int = 0) -> None:
    """Give clinicians (row numbers) another roster from now on.

    Raises
    ------
    UnknownName
        If the hospital has no roster of this name.
    """
    row = network.models[hospital].row("rosters", roster)
    rows = np.atleast_1d(np.asarray(clinicians, np.int64))
    people = network.site(hospital).clinicians
    rows = rows[people.roster[rows] != row]
    if rows.size:
        people.roster[rows] = row
        people.changed[rows] = 1
        network.touch(hospital)


# --- patients ----------------------------------------------------------------------


def reserve(network: Network, patients: Sequence[int]) -> None:
    """Make room for so many more patients in each hospital, and for their events.

    Hospitals make room when they need it; to do so for all of them at once is quicker.

    Raises
    ------
    BadValue
        If it is not one number for each hospital.
    """
    if len(patients) != len(network):
        raise BadValue("number of hospitals", len(patients), f"{len(network)}")
    names = [name for name in op.GROWING if name not in ("log", "outbox")]
    parts: dict[str, list[Array]] = {
        name: [getattr(site, name) for site in network.bank.sites] for name in names
    }
    changed: set[str] = set()
    for hospital, (site, wanted) in enumerate(zip(network.bank.sites, patients, strict=True)):
        lacking = wanted - len(_free(site, wanted))
        if lacking > 0:
            for name, part in _with_places(site, lacking).items():
                parts[name][hospital] = part
                changed.add(name)
    if changed:
        _put(network, {name: parts[name] for name in sorted(changed)})


def _free(site: Site, most: int) -> list[int]:
    """Return free places, the next one first."""
    found: list[int] = []
    if not most:
        return found
    after: list[int] = site.patients.after.tolist()
    place = int(site.state[0].free)
    while place >= 0 and len(found) < most:
        found.append(place)
        place = after[place]
    return found


def _with_places(site: Site, more: int) -> dict[str, Array]:
    """Return longer arrays of patients; the new places are the first to be taken."""
    state, count = site.state[0], len(site.patients)
    patients = _longer(site.patients, count + more)
    charts = _longer(site.charts, count + more)
    patients.after[count:] = np.arange(count + 1, count + more + 1)
    patients.after[-1] = state.free
    patients.timer[count:] = _NOBODY
    charts.holds[count:] = _NOBODY
    state.free = count
    made: dict[str, Array] = {"patients": patients, "charts": charts}
    for name in op.GROWING:
        events: Array = getattr(site, name)
        if name.startswith("heap") and len(events) < count + more + _SPARE_EVENTS:
            made[name] = _longer(events, count + more + _SPARE_EVENTS)
    if count + more > len(site.ready):
        ready = np.zeros(1 << (count + more).bit_length(), site.ready.dtype)
        turns = np.arange(int(state.ready_first), int(state.ready_last))
        ready[turns & (len(ready) - 1)] = site.ready[turns & (len(site.ready) - 1)]
        made["ready"] = ready
    return made


def _longer(part: Array, size: int) -> Array:
    longer: Array = table(part.dtype, size) if part.dtype.names else np.zeros(size, part.dtype)
    longer[: len(part)] = part
    return longer


@dataclass(frozen=True)
class Arrival:
    """Patients who are in a hospital at once.

    Attributes
    ----------
    entry
        Name of an entry of the hospital.
    classes
        The class of each patient.
    hospital
        Its number.
    stream
        Names their luck.
    first
        Number of the first of them in the stream; left out, how many this hospital has received
        so far otherwise than by a source, so that nobody shares the luck of another.
    attributes
        By name: a number, or one for each patient; 0 if left out.
    hours
        How long ago they came, a number or one for each patient.
    """

    entry: str
    classes: Sequence[str]
    hospital: int = 0
    stream: str = "census"
    first: int | None = None
    attributes: Mapping[str, float | Array] = field(default_factory=dict[str, float])
    hours: float | Array = 0.0


def admit(  # noqa: PLR0913  who comes, where, and with which luck
    network: Network,
    entry: str,
    classes: Sequence[str],
    hospital: int = 0,
    *,
    seed: int,
    replication: int = 0,
    stream: str = "census",
    first: int | None = None,
    attributes: Mapping[str, float | Array] | None = None,
    hours: float | Array = 0.0,
) -> None:
    """Let patients be in a hospital now, at the label of an entry; see `admit_all`."""
    arrival = Arrival(entry, classes, hospital, stream, first, attributes or {}, hours)
    admit_all(network, [arrival], seed=seed, replication=replication)


def admit_all(
    network: Network, arrivals: Sequence[Arrival], *, seed: int, replication: int = 0
) -> None:
    """Let patients be in hospitals now, such as the census at hour 0.

    They move when the hospitals run next, in the order given and after what is planned for this
    very hour.

    Parameters
    ----------
    network
        A `Hospital`, or several.
    arrivals
        Who comes where.
    seed, replication
        Those of the network.

    Raises
    ------
    UnknownName
        If a hospital has no such entry, class or attribute; then nobody comes.
    BadValue
        If a number is not finite, or there is not one for each patient.
    """
    received = [int(_plain(site.state)["received"][0]) for site in network.bank.sites]
    wanted = [0] * len(network)
    letters: list[Array] = []
    for each in arrivals:
        more = _letters(network, each, seed, replication)
        if each.first is None:
            more["number"] += received[each.hospital]
        received[each.hospital] += len(more)
        wanted[each.hospital] += len(more)
        letters.append(more)
    if len(arrivals) > 1:
        reserve(network, wanted)
    whole = np.concatenate(letters) if letters else np.zeros(0)
    for start in range(0, len(whole), _MOST_LETTERS):
        _deliver(network, whole[start : start + _MOST_LETTERS])


def _letters(network: Network, arrival: Arrival, seed: int, replication: int) -> Array:
    """Return patients as letters that arrive now."""
    model, count = network.models[arrival.hospital], len(arrival.classes)
    model.row("entries", arrival.entry)
    letters: Array = np.zeros(count, op.LETTER).view(np.ndarray)
    letters["at"] = network.now
    letters["number"] = (arrival.first or 0) + np.arange(count)
    letters["key"] = stream_key(seed, replication, arrival.hospital, arrival.stream)
    letters["arrived"] = network.now - _each("hours", arrival.hours, count, Place(model.name))
    letters["listed"] = -1.0
    letters["source"] = letters["origin"] = _NOBODY
    letters["group"] = _kinds(model, arrival.classes)
    letters["destination"] = arrival.hospital
    letters["entry"] = ordinal_of(arrival.entry)
    for name, given in arrival.attributes.items():
        place = Place(model.name, None, name)
        row = model.row("attributes", name)
        letters["attributes"][:, row] = _each(name, given, count, place)
    return letters


def _deliver(network: Network, letters: Array) -> None:
    """Let the patients of letters in, by the outbox of the first hospital."""
    while True:
        site = network.site()
        state = _plain(site.state)
        first = int(state["sent"][0])
        if first + len(letters) <= len(site.outbox):
            break
        network.bank.grow(0, ("outbox",))
    _plain(site.outbox)[first : first + len(letters)] = letters
    state["sent"] = first + len(letters)
    network.exchange()


def _plain(records: Array) -> Array:
    """Return records whose fields are read by key, which is many times quicker."""
    return records.view(np.ndarray)


def _kinds(model: Model, classes: Sequence[str]) -> Array:
    rows = {name: row for row, name in enumerate(model.names.classes)}
    for name in set(classes):
        if name not in rows:
            raise UnknownName("class", name, rows, Place(model.name))
    return np.array([rows[name] for name in classes], np.int64)


def _each(what: str, given: float | Array, count: int, place: Place) -> Array:
    """Return a number for each patient."""
    numbers = np.asarray(given, float)
    if numbers.shape not in ((), (count,)):
        raise BadValue(f"length of {what}", numbers.shape, f"a number, or {count}", place)
    if not np.isfinite(numbers).all():
        raise BadValue(what, given, "finite numbers", place)
    return np.broadcast_to(numbers, count)
