"""Whom agents look at: layered links, drawn by identity.

Links are few and directed: an agent looks at `links` others. In layers they lie in the own
department, the own organisation, the own cohort anywhere, and another kind; two rival shapes
keep all of them inside the organisation, or spread them over the own kind at random.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.errors import BadValue, OutOfBounds, UnknownName
from locum.randomness import Stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]
    Whole = NDArray[np.int32]

__all__ = ["LAYERS", "SHAPES", "NetworkShape", "Places", "draw_links", "reverse"]

LAYERS = ("department", "organisation", "cohort", "cross", "anyone")
"""Where a link may lie: own department; own organisation and kind; own kind and year anywhere;
another kind; own kind anywhere."""
_INSIDE = 2
SHAPES = ("layered", "hospitals_only", "random")
_MOST_LINKS = 64


@dataclass(frozen=True)
class NetworkShape:
    """How the links of an agent are spread.

    Parameters
    ----------
    name
        One of `SHAPES`.
    links
        Links of an agent.
    department, organisation, cohort, cross
        Weights of the layers; only their ratios count. "hospitals_only" uses the first two,
        "random" none.

    Raises
    ------
    UnknownName
        If there is no such shape.
    OutOfBounds
        If the number of links is not 1 to 64, or a weight is negative.
    BadValue
        If the weights in use are all 0.
    """

    name: str = "layered"
    links: int = 8
    department: float = 3.0
    organisation: float = 2.0
    cohort: float = 2.0
    cross: float = 1.0

    def __post_init__(self) -> None:
        if self.name not in SHAPES:
            raise UnknownName("shape of a network", self.name, SHAPES)
        if not 1 <= self.links <= _MOST_LINKS:
            raise OutOfBounds("links of an agent", self.links, "count", 1, _MOST_LINKS)
        for layer, weight in zip(LAYERS, self._weights, strict=False):
            if not weight >= 0:
                raise OutOfBounds(f"weight of layer {layer}", weight, "ratio", 0, np.inf)
        if not sum(self._weights) > 0:
            raise BadValue("weights of the layers", self._weights, "one above 0")

    @property
    def _weights(self) -> tuple[float, ...]:
        if self.name == "random":
            return (0.0, 0.0, 0.0, 0.0, 1.0)
        given = (self.department, self.organisation, self.cohort, self.cross)
        return given[:_INSIDE] if self.name == "hospitals_only" else given

    @property
    def edges(self) -> Floats:
        """Return where the layers end between 0 and 1, shape (5,)."""
        weights = np.zeros(len(LAYERS))
        weights[: len(self._weights)] = self._weights
        return np.cumsum(weights) / weights.sum()

    @classmethod
    def read(cls, values: Mapping[str, float | str]) -> NetworkShape:
        """Return the shape that assumptions of the ledger say (keys `network.*`)."""
        weights = {layer: float(values[f"network.{layer}"]) for layer in LAYERS[:4]}
        return cls(str(values["network.shape"]), round(float(values["network.links"])), **weights)


class Places(NamedTuple):
    """Where every agent stands when links are drawn, all of shape (N,).

    `kind`, `department`, `organisation` (of the kind) and `cohort` are codes from 0; `enters` is
    the turn at which an agent enters (0: there at the start) and rises with the agent's number;
    `rank` is the number among those of the same kind who enter together.
    """

    kind: Whole
    department: Whole
    organisation: Whole
    cohort: Whole
    enters: Whole
    rank: Whole


class _Pool(NamedTuple):
    """Agents in the order of a code, where each code begins, and how many it has."""

    code: Whole
    order: Indices
    first: Indices
    size: Indices
    position: Indices

    @classmethod
    def of(cls, code: Whole) -> _Pool:
        order = np.argsort(code, kind="stable")
        size = np.bincount(code)
        first = np.cumsum(size) - size
        position = np.empty_like(order)
        position[order] = np.arange(order.size) - first[code[order]]
        return cls(code, order, first, size, position)

    def pick(self, who: Indices, u: Floats) -> Indices:
        """Return another agent of the same code, each as likely; -1 where there is none."""
        code = self.code[who]
        others = self.size[code] - 1
        place = np.minimum((u * others).astype(np.int64), others - 1)
        place += place >= self.position[who]
        found = self.order[self.first[code] + np.maximum(place, 0)]
        return np.where(others > 0, found, -1)


def draw_links(places: Places, shape: NetworkShape, luck: tuple[int, str]) -> Whole:
    """Draw whom every agent looks at.

    Parameters
    ----------
    places
        Where the agents stand.
    shape
        How links are spread.
    luck
        Seed, and the name of the replication.

    Returns
    -------
    Whole
        Agents looked at, shape (N, links). Those there at the start look at one another; those
        who enter later look at all who are there by then. A layer that offers nobody else falls
        back on the next wider one, and an agent alone in the world looks at itself.
    """
    links = np.empty((places.kind.size, shape.links), dtype=np.int32)
    for turn in range(int(places.enters.max(initial=-1)) + 1):
        there = int(np.searchsorted(places.enters, turn, side="right"))
        entering = np.arange(int(np.searchsorted(places.enters, turn)), there)
        links[entering] = _draw_batch(places, there, entering, shape, luck)
    return links


def _draw_batch(
    places: Places, there: int, who: Indices, shape: NetworkShape, luck: tuple[int, str]
) -> Indices:
    """Draw the links of those who enter together among all who are there, (M, links)."""
    which, where = _uniforms(places, who, shape.links, luck)
    edges = shape.edges
    layer = np.searchsorted(edges, which, side="right").clip(max=len(LAYERS) - 1)
    start = np.concatenate(([0.0], edges))[layer]
    left = (which - start) / np.maximum(edges[layer] - start, 1e-300)
    source = np.broadcast_to(who[:, None], which.shape)
    codes = (places.department, places.organisation, places.cohort)
    pools = [_Pool.of(code[:there]) for code in codes]
    kinds = _Pool.of(places.kind[:there])
    found = np.full(which.shape, -1, dtype=np.int64)
    for number, pool in enumerate(pools):
        _fill(found, layer <= number, pool, source, where)
    crossing = layer == LAYERS.index("cross")
    found[crossing] = _cross(kinds, source[crossing], left[crossing], where[crossing])
    _fill(found, np.ones_like(crossing), kinds, source, where)
    return np.where(found < 0, source, found)


def _fill(
    found: Indices, wanted: NDArray[np.bool_], pool: _Pool, source: Indices, where: Floats
) -> None:
    """Find somebody in a pool for the links wanted that have found nobody."""
    open_ = wanted & (found < 0)
    found[open_] = pool.pick(source[open_], where[open_])


def _cross(kinds: _Pool, who: Indices, which: Floats, where: Floats) -> Indices:
    """Return agents of other kinds, every other kind that is there as likely; -1 if none is."""
    there = np.flatnonzero(kinds.size)
    if there.size <= 1:
        return np.full(who.shape, -1, dtype=np.int64)
    own = np.searchsorted(there, kinds.code[who])
    other = np.minimum((which * (there.size - 1)).astype(np.int64), there.size - 2)
    code = there[other + (other >= own)]
    size = kinds.size[code]
    place = np.minimum((where * size).astype(np.int64), size - 1)
    return kinds.order[kinds.first[code] + place]


def _uniforms(
    places: Places, who: Indices, links: int, luck: tuple[int, str]
) -> tuple[Floats, Floats]:
    """Return two numbers for every link, named by kind, turn and rank, each (M, links)."""
    numbers = np.empty((who.size, 2 * links))
    seed, replication = luck
    for kind in np.unique(places.kind[who]):
        rows = np.flatnonzero(places.kind[who] == kind)
        turn = int(places.enters[who[0]])
        names = ("standoff", replication, "links", str(kind), str(turn))
        index = places.rank[who[rows]].astype(np.int64)[:, None] * (2 * links)
        index = index + np.arange(2 * links)
        numbers[rows] = Stream(seed, *names).uniform(index.ravel()).reshape(index.shape)
    return numbers[:, :links], numbers[:, links:]


def reverse(links: Whole) -> tuple[Whole, Whole]:
    """Return who looks at every agent: bounds (N + 1,) into a list of agents (N * links,)."""
    count, each = links.shape
    order = np.argsort(links.ravel(), kind="stable")
    bounds = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(links.ravel(), minlength=count), out=bounds[1:])
    return bounds, (order // each).astype(np.int32)
