"""The ledger: every assumption of a run, in one place, refused unless it is complete.

No number from outside stands in a model: it stands here, with unit, source and prior.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from locum.assumptions.correlations import groups
from locum.assumptions.draws import draw
from locum.assumptions.entries import read_assumption, read_correlation
from locum.assumptions.parsing import parse_value
from locum.assumptions.priors import Point
from locum.assumptions.reading import read_yaml
from locum.errors import BadValue, InputError, UnknownName, WrongUnit
from locum.units import UNITS

if TYPE_CHECKING:
    from os import PathLike

    from locum.assumptions.correlations import Correlation
    from locum.assumptions.draws import Draws
    from locum.assumptions.model import Assumption
    from locum.assumptions.reading import Places, Yaml
    from locum.errors import Place

__all__ = ["CORRELATIONS_FILE", "Ledger"]

CORRELATIONS_FILE = "correlations.yaml"
"""A file of this name holds correlations; every other one holds assumptions."""


class Ledger(Mapping[str, "Assumption"]):
    """Assumptions by key; frozen: changes return a new ledger.

    Parameters
    ----------
    assumptions
        The assumptions, each key once.
    correlations
        Correlations between them.

    Raises
    ------
    InputError
        If a key appears twice, or the correlations name unknown assumptions or rules, or have no
        joint distribution.
    """

    def __init__(
        self, assumptions: Iterable[Assumption], correlations: Iterable[Correlation] = ()
    ) -> None:
        self._entries: dict[str, Assumption] = {}
        for each in assumptions:
            earlier = self._entries.get(each.key)
            if earlier is not None:
                first = f"; first at {earlier.place}" if earlier.place else ""
                raise InputError(f"assumption {each.key!r} is stated twice{first}", each.place)
            self._entries[each.key] = each
        self.correlations = tuple(correlations)
        for stated in self.correlations:
            for key in stated.keys:
                if key not in self._entries:
                    raise UnknownName("assumption", key, self._entries, stated.place)
                if self._entries[key].unit == "rule":
                    raise InputError(f"{key} is a rule and cannot be correlated", stated.place)
        self._groups = groups(self.correlations)

    @classmethod
    def read(
        cls, paths: Iterable[str | PathLike[str]], sources: Collection[str] | Mapping[str, object]
    ) -> Ledger:
        """Read files of assumptions, and of correlations where the name says so.

        Parameters
        ----------
        paths
            YAML files; the one named `correlations.yaml` holds correlations.
        sources
            Ids of the known sources (a mapping from ids will do).

        Raises
        ------
        InputError
            For the first thing that is wrong, with its file, line and key.
        """
        assumptions: list[Assumption] = []
        correlations: list[Correlation] = []
        for path in paths:
            entries, places = _entries(path)
            if Path(path).name == CORRELATIONS_FILE:
                correlations += [
                    read_correlation(each, i, places, sources) for i, each in enumerate(entries)
                ]
            else:
                assumptions += [
                    read_assumption(each, i, places, sources) for i, each in enumerate(entries)
                ]
        return cls(assumptions, correlations)

    def __getitem__(self, key: str) -> Assumption:
        found = self._entries.get(key)
        if found is None:
            raise UnknownName("assumption", key, self._entries)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Ledger({len(self)} assumptions, digest {self.digest()})"

    def fixed(
        self,
        key: str,
        value: float | str | Mapping[int, float],
        place: Place | None = None,
        unit: str | None = None,
    ) -> Ledger:
        """Return a ledger in which one assumption has this value and no doubt.

        Draws of the other assumptions stay the same, also of those correlated with it.

        Parameters
        ----------
        key
            The assumption.
        value
            Its value; an option of a rule; or values by the year they come into force.
        place
            Where the value is written.
        unit
            Unit the value is given in, if it says so.

        Raises
        ------
        UnknownName
            If there is no such assumption, or no such option of a rule.
        WrongUnit
            If the value is given in another unit than that of the assumption.
        InputError
            If the value is not one of the unit.
        """
        old = self._known(key, place)
        _same_unit(old, unit, place)
        given = dict(value) if isinstance(value, Mapping) else value
        read, dated = parse_value(key, given, UNITS[old.unit], lambda *_: place)
        new = replace(
            old,
            value=read,
            dated=dated,
            prior=Point(old.options),
            grade="assumed",
            holder="this run",
            note=f"Fixed for this run. {old.note}",
            place=place or old.place,
        )
        return self._with(new)

    def replaced(self, assumption: Assumption) -> Ledger:
        """Return a ledger in which an assumption stands in the place of the one of its key.

        Raises
        ------
        UnknownName
            If the ledger has no assumption of this key.
        WrongUnit
            If it has another unit.
        """
        old = self._known(assumption.key, assumption.place)
        _same_unit(old, assumption.unit, assumption.place)
        return self._with(assumption)

    def draw(self, seed: int, first: int, last: int) -> Draws:
        """Draw every assumption for the draws `first` to `last` - 1; draw 0 is the central one.

        Raises
        ------
        BadValue
            If the seed or the range of draws makes no sense.
        """
        return draw(self._entries, self._groups, seed, first, last)

    def rows(self) -> list[dict[str, object]]:
        """Return the assumptions as rows for people and for JSON."""
        return [each.to_row() for each in self._entries.values()]

    def digest(self) -> str:
        """Return a fingerprint of everything the ledger states, whatever its order."""
        stated = {
            "assumptions": sorted(
                ({**each.to_row(), "prior": each.prior.to_dict()} for each in self.values()),
                key=lambda row: str(row["key"]),
            ),
            "correlations": sorted(
                [*sorted(each.keys), each.rho, each.source, each.note]
                for each in self.correlations
            ),
        }
        text = json.dumps(stated, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return blake2b(text.encode(), digest_size=16).hexdigest()

    def _known(self, key: str, place: Place | None) -> Assumption:
        if key not in self._entries:
            raise UnknownName("assumption", key, self._entries, place)
        return self._entries[key]

    def _with(self, assumption: Assumption) -> Ledger:
        entries = {**self._entries, assumption.key: assumption}
        return Ledger(entries.values(), self.correlations)


def _entries(path: str | PathLike[str]) -> tuple[list[Yaml], Places]:
    data, places = read_yaml(path, keep=True)
    if data is None:
        data = []
    if not isinstance(data, list):
        raise BadValue("the file", type(data).__name__, "a list of entries", places())
    return data, places


def _same_unit(old: Assumption, unit: str | None, place: Place | None) -> None:
    if unit is not None and unit != old.unit:
        raise WrongUnit(f"assumption {old.key!r}", unit, old.unit, place)
