"""Why two projections disagree: the difference of their gaps, split exactly over blocks.

The difference of A and B is shared out by the Shapley value over all mixtures of the two, so that
it does not depend on an order and leaves no remainder. What the rules of a study fail to reproduce
of its printed figure is not shared out: it stands beside the blocks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.errors import BadValue, InputError, Place, UnknownName, YearOutside
from locum.inference.coalitions import alone, interactions, shapley, waterfall_range
from locum.inference.crux import find_crux
from locum.inference.mixing import CohortMixtures, SectorMixtures
from locum.runs import RunRequest, execute
from locum.runs.positions import scenario_position

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locum.inference.blocks import Block
    from locum.inference.crux import Crux
    from locum.inference.scores import Floats
    from locum.runs.positions import Position
    from locum.scenarios import Reading

__all__ = ["NOT_EXPLAINED", "Attribution", "Share", "explain", "explain_requests"]

NOT_EXPLAINED = 0.15
"""Share of the printed difference that the rules may miss before it counts as not explained."""
MOST_BLOCKS = 14
"""Blocks of which all mixtures are computed."""
PERCENTILES = (10, 90)


@dataclass(frozen=True)
class Share:
    """What one block contributes to the difference, in doctors; positive where it lifts A above B.

    Parameters
    ----------
    block
        The block.
    value, low, high
        Contribution in the central draw, and the range of 8 draws in 10, widened to hold the
        central draw where the stated values lie at the end of what is plausible.
    alone
        What changing this block alone would take off A.
    first, last
        The smallest and the largest bar that a waterfall could give it, by the order of its steps.
    """

    block: Block
    value: float
    low: float
    high: float
    alone: float
    first: float
    last: float


@dataclass(frozen=True, eq=False)
class Attribution:
    """The difference of two positions in one year, split over blocks.

    Gaps are supply less need in doctors: negative where doctors are missing. All numbers but the
    ranges are those of the central draw.
    """

    a: Position
    b: Position
    year: int
    draws: int
    seed: int
    gap_a: Floats
    """(D,) by the rules."""
    gap_b: Floats
    shares: tuple[Share, ...]
    pairs: Floats
    """(n, n) interactions of the central draw; rows sum to the contributions."""
    crux: Crux
    printed_a: float | None
    printed_b: float | None
    whole_sector: bool
    """Whether both are scenarios, mixed in the whole sector; otherwise they are cohorts."""
    readings: tuple[Attribution, ...] = ()
    """The same difference under every reading of what a study leaves open, if one does."""

    @property
    def difference(self) -> float:
        """Return A less B by the rules."""
        return float(self.gap_a[0] - self.gap_b[0])

    @property
    def residual(self) -> float:
        """Return what the blocks leave of the difference: nothing but rounding."""
        return self.difference - sum(share.value for share in self.shares)

    @property
    def printed_difference(self) -> float | None:
        """Return A less B as printed; None if one printed nothing for this year."""
        if self.printed_a is None or self.printed_b is None:
            return None
        return self.printed_a - self.printed_b

    @property
    def unreproduced_a(self) -> float | None:
        """Return the bar of what A's rules miss of its printed gap."""
        return None if self.printed_a is None else self.printed_a - float(self.gap_a[0])

    @property
    def unreproduced_b(self) -> float | None:
        """Return the bar of what B's rules miss of its printed gap; it counts against A less B."""
        return None if self.printed_b is None else float(self.gap_b[0]) - self.printed_b

    @property
    def explained(self) -> bool:
        """Whether the rules reproduce what was printed well enough to speak of an explanation."""
        printed, missed = self.printed_difference, (self.unreproduced_a, self.unreproduced_b)
        if printed is None:
            return True
        return sum(abs(each or 0.0) for each in missed) <= NOT_EXPLAINED * abs(printed)

    @property
    def crux_names(self) -> tuple[str, ...]:
        """Return the names of the blocks of the crux."""
        return tuple(self.shares[i].block.name for i in self.crux.blocks)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data; see docs/explain.md."""
        return {
            "a": self.a.name,
            "b": self.b.name,
            "year": self.year,
            "draws": self.draws,
            "seed": self.seed,
            "model": "sector" if self.whole_sector else "cohort",
            "reading_a": _name_of(self.a.reading),
            "reading_b": _name_of(self.b.reading),
            "gap_a": _range(self.gap_a),
            "gap_b": _range(self.gap_b),
            "difference": self.difference,
            "residual": self.residual,
            "blocks": [
                {
                    "name": share.block.name,
                    "title": share.block.title,
                    "group": share.block.group,
                    "value": share.value,
                    "low": share.low,
                    "high": share.high,
                    "alone": share.alone,
                    "smallest_bar": share.first,
                    "largest_bar": share.last,
                }
                for share in self.shares
            ],
            "interactions": self.pairs.tolist(),
            "printed_a": self.printed_a,
            "printed_b": self.printed_b,
            "printed_difference": self.printed_difference,
            "unreproduced_a": self.unreproduced_a,
            "unreproduced_b": self.unreproduced_b,
            "explained": self.explained,
            "crux": list(self.crux_names),
            "concessions": self._concessions(),
            "readings": [each.to_dict() for each in self.readings],
        }

    def _concessions(self) -> list[dict[str, Any]]:
        crux = self.crux
        return [
            {
                "side": each.side,
                "position": (self.a if each.side == "a" else self.b).name,
                "blocks": [self.shares[i].block.name for i in each.blocks],
                "concession": each.concession,
                "outcome": each.outcome,
                "moves": list(each.moves),
                "holds": each.holds,
            }
            for each in (crux.a, crux.b)
            if each.blocks
        ]


def explain(  # noqa: PLR0913 - each is one thing a user may choose
    a: Position,
    b: Position,
    year: int,
    draws: int = 100,
    seed: int = 0,
    joined: Sequence[Sequence[str]] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Attribution:
    """Split the difference of two positions in a year over the blocks in which they differ.

    Parameters
    ----------
    a, b
        Studies, variants of studies, or scenarios of one country.
    year
        Year of the gap; both must cover it.
    draws
        Draws of the assumptions, the same luck on both sides; the first is the central one.
    seed
        Names the luck.
    joined
        Blocks to exchange together as one, by name.
    progress
        Called with mixtures done and mixtures in all, where each is a run of the whole sector.

    Raises
    ------
    InputError
        If the positions are of different countries or do not cover the year, or a block to join
        is none in which they differ.

    Notes
    -----
    Two scenarios that start in the same year are mixed in the whole sector, all else as cohorts.
    A position with two members (the ends of a published range) is the mean of both; the first
    members are mixed with each other and so are the second. Contributions are exact (every mixture
    is computed) and sum to the difference.
    """
    _check(a, b, year, draws)
    if a.scenario is not None and b.scenario is not None and a.first_year == b.first_year:
        first, second = (_request(each, draws, seed) for each in (a, b))
        mixtures = SectorMixtures(first, second, year)
        return _explain_sector(mixtures, a, b, joined, progress)
    open_questions = [each for each in (a, b) if each.study and len(each.study.readings) > 1]
    main = _explain_cohorts(a, b, year, (draws, seed), joined)
    if not open_questions:
        return main
    others = [
        main
        if first.reading is a.reading and second.reading is b.reading
        else _explain_cohorts(first, second, year, (draws, seed), joined)
        for first in _readings(a)
        for second in _readings(b)
    ]
    return replace(main, readings=tuple(others))


def _readings(position: Position) -> list[Position]:
    if position.study is None or not position.study.readings:
        return [position]
    return [position.read_as(reading) for reading in position.study.readings]


def _check(a: Position, b: Position, year: int, draws: int) -> None:
    if a.pack.name != b.pack.name:
        problem = f"{a.name} is of {a.pack.title}, {b.name} of {b.pack.title}"
        raise InputError(f"different countries: {problem}", Place("explain"))
    first, last = max(a.first_year, b.first_year), min(a.last_year, b.last_year)
    if first > last:
        covered = (f"{each.name} covers {each.first_year} to {each.last_year}" for each in (a, b))
        raise InputError(f"no year in common: {', '.join(covered)}", Place("--year"))
    if not first <= year <= last:
        what = f"the span of {a.name} and {b.name}"
        raise YearOutside(what, year, first, last, Place("--year"))
    if draws < 1:
        raise BadValue("draws", draws, "a whole number from 1", Place("--draws"))


def _explain_cohorts(
    a: Position,
    b: Position,
    year: int,
    luck: tuple[int, int],
    joined: Sequence[Sequence[str]],
) -> Attribution:
    count = max(len(a.members), len(b.members))
    pairs = [
        CohortMixtures(first, second, a.pack, year, *luck)
        for first, second in zip(
            _repeated(a.members, count), _repeated(b.members, count), strict=True
        )
    ]
    names = {block.name for each in pairs for block in each.blocks()}
    ordered = [block for block in pairs[0].all_blocks() if block.name in names]
    blocks = _join(ordered, joined, a, b)
    table = np.mean([each.table(blocks) for each in pairs], axis=0)
    printed = [_printed(each, year) for each in (a, b)]
    return _attribution(a, b, year, luck, [*blocks], table, (printed[0], printed[1]))


def _repeated(members: Sequence[Any], count: int) -> list[Any]:
    return list(members) if len(members) == count else [members[0]] * count


def _printed(position: Position, year: int) -> float | None:
    """Return what a study printed, or what the whole sector says of a scenario."""
    if position.scenario is None:
        return position.printed(year)
    return float(execute(_request(position, 1, 0)).national("gap_total", year)[0])


def _request(position: Position, draws: int, seed: int) -> RunRequest:
    if position.scenario is None:
        raise BadValue("position", position.name, "a scenario")
    ledger = position.members[0].ledger
    return RunRequest(position.scenario, ledger, position.pack, draws, seed)


def explain_requests(
    a: RunRequest,
    b: RunRequest,
    year: int,
    progress: Callable[[int, int], None] | None = None,
) -> Attribution:
    """Split the difference of two runs of the whole sector, with the draws that they ask for.

    Parameters
    ----------
    a, b
        Requests of one country, with the same draws and seed and from the same year on.
    year
        Year of the gap.
    progress
        Called with mixtures done and mixtures in all; each is a run.
    """
    first, second = (scenario_position(each.scenario, each.sets) for each in (a, b))
    return _explain_sector(SectorMixtures(a, b, year), first, second, (), progress)


def _explain_sector(
    mixtures: SectorMixtures,
    a: Position,
    b: Position,
    joined: Sequence[Sequence[str]],
    progress: Callable[[int, int], None] | None,
) -> Attribution:
    luck, year = (mixtures.a.draws, mixtures.a.seed), mixtures.year
    blocks = _join(mixtures.blocks(), joined, a, b)
    table = mixtures.table(blocks, progress)
    central = float(table[0, 0]), float(table[-1, 0])
    return replace(_attribution(a, b, year, luck, blocks, table, central), whole_sector=True)


def _join(
    blocks: Sequence[Block], joined: Sequence[Sequence[str]], a: Position, b: Position
) -> list[Block]:
    """Make one block of each set of names, in the place of its first."""
    known = {block.name: block for block in blocks}
    for name in (name for names in joined for name in names):
        if name not in known:
            raise UnknownName(
                f"block in which {a.name} and {b.name} differ", name, known, Place("--join")
            )
    result = list(blocks)
    for names in joined:
        parts = [block for block in blocks if block.name in names]
        if len(parts) < 2:
            raise BadValue("--join", "+".join(names), "two blocks at least", Place("--join"))
        groups = {part.group for part in parts}
        one = replace(
            parts[0],
            name="+".join(part.name for part in parts),
            title="; ".join(part.title for part in parts),
            group=parts[0].group if len(groups) == 1 else "joined",
            keys=tuple(key for part in parts for key in part.keys),
            parts=tuple(each for part in parts for each in part.parts),
            joins=tuple(part.name for part in parts),
        )
        where = result.index(parts[0]) if parts[0] in result else None
        if where is None or any(part not in result for part in parts):
            raise BadValue("--join", "+".join(names), "blocks not joined before", Place("--join"))
        result[where] = one
        result = [each for each in result if each not in parts]
    if len(result) > MOST_BLOCKS:
        raise BadValue(
            "blocks", len(result), f"at most {MOST_BLOCKS}; join some of them", Place("--join")
        )
    return result


def _attribution(  # noqa: PLR0913 - the parts of an attribution
    a: Position,
    b: Position,
    year: int,
    luck: tuple[int, int],
    blocks: Sequence[Block],
    table: Floats,
    printed: tuple[float | None, float | None],
) -> Attribution:
    contributions = shapley(table)
    bars = waterfall_range(table[:, :1])
    single = alone(table[:, :1])
    shares = tuple(
        Share(
            block,
            float(contributions[i, 0]),
            *_low_high(contributions[i]),
            float(single[i, 0]),
            float(bars[i, 0, 0]),
            float(bars[i, 1, 0]),
        )
        for i, block in enumerate(blocks)
    )
    return Attribution(
        a=a,
        b=b,
        year=year,
        draws=luck[0],
        seed=luck[1],
        gap_a=table[0],
        gap_b=table[-1],
        shares=shares,
        pairs=interactions(table[:, :1])[..., 0],
        crux=find_crux(table),
        printed_a=printed[0],
        printed_b=printed[1],
        whole_sector=False,
    )


def _low_high(values: Floats) -> tuple[float, float]:
    """Return the range of 8 draws in 10, widened to hold the central draw."""
    low, high = np.percentile(values, PERCENTILES)
    return min(float(low), float(values[0])), max(float(high), float(values[0]))


def _range(values: Floats) -> dict[str, float]:
    low, high = _low_high(values)
    return {"value": float(values[0]), "low": low, "high": high}


def _name_of(reading: Reading | None) -> str | None:
    return None if reading is None else reading.name
