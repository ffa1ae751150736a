"""Who is at work on a day: absences and rosters of the clinicians of every hospital.

Clinicians of a group are switched one after the other and in one order, so that a change of the
number touches those it is about and nobody else.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from locum.hospital.altering import set_roster
from locum.hospital.presence import heads_away

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locum.hospital.contingency import Orders
    from locum.hospital.engine import Network
    from locum.runs.hospitals.building import Nation
    from locum.runs.hospitals.sizes import Floats, Whole

__all__ = ["People", "whole"]

INTERNS, RESIDENTS = ("interns",), ("juniors", "seniors")
_SPECIALISTS = "specialists"
_SURGE = ("ward_specialists", "theatre_specialists", "anaesthesia_specialists")
"""Groups of which some work by day only and can be asked to cover nights."""
_NIGHTS = ("call_a", "call_b", "call_c", "call_d")
_BY_DAY = ("office", "rounds")
_GOLDEN = (5.0**0.5 - 1.0) / 2.0
_NO_CAP = 168.0


def whole(amounts: Floats) -> Whole:
    """Return whole numbers whose sum is close to that of the amounts.

    Each place rounds at a threshold of its own, spread evenly, so that what rises never falls.

    Parameters
    ----------
    amounts
        Shape (H,), not negative.
    """
    thresholds = np.mod((np.arange(amounts.size) + 0.5) * _GOLDEN, 1.0)
    return np.floor(amounts + thresholds * (1.0 - 1e-12)).astype(np.int64)


class _Ladder:
    """Clinicians of each hospital in an order; the first few of them are switched on.

    Parameters
    ----------
    rows
        Row numbers of each hospital, in the order in which they are switched.
    switch
        Called with hospital, rows and whether they go on.
    """

    def __init__(
        self, rows: Sequence[Sequence[int]], switch: Callable[[int, Whole, bool], None]
    ) -> None:
        self.rows = [np.asarray(each, np.int64) for each in rows]
        self.most = np.array([len(each) for each in self.rows])
        self.level = np.zeros(len(self.rows), np.int64)
        self._switch = switch

    def to(self, wanted: Whole) -> Whole:
        """Switch so many on, as far as there are any; returns those beyond, shape (H,)."""
        level = np.minimum(wanted, self.most)
        for site in np.flatnonzero(level != self.level).tolist():
            low, high = sorted((int(self.level[site]), int(level[site])))
            on = bool(level[site] > self.level[site])
            self._switch(site, self.rows[site][low:high], on)
        self.level = level
        return wanted - level


class People:
    """The clinicians of a nation, who come and go.

    Parameters
    ----------
    nation
        The hospitals.
    network
        Where they run.
    """

    def __init__(self, nation: Nation, network: Network) -> None:
        self._nation, self._network = nation, network
        names = [name for name in nation.heads if nation.heads[name].any()]
        self._trainees = {
            grade: {
                name: _Ladder(self._at_work(name), self._away)
                for name in names
                if name.rpartition("_")[2] == grade
            }
            for grade in (*INTERNS, *RESIDENTS)
        }
        self._leaving = {
            name: _Ladder([rows[::-1] for rows in self._at_work(name)], self._away)
            for name in names
            if name.endswith(_SPECIALISTS)
        }
        self._nurses = [_Ladder(self._free(f"{pool}_pa"), self._sent) for pool in _NURSES]
        self._ward_sent = _Ladder(self._free("ward_dispatched"), self._sent)
        self._ed_sent = _Ladder(self._free("ed_dispatched"), self._sent)
        self._covering = {
            name: _Ladder(self._by_day(name), self._covers) for name in _SURGE if name in names
        }
        self._rosters: dict[tuple[int, int], str] = {}
        self._cap = _NO_CAP
        self.trainees = sum(
            (nation.heads[name] for groups in self._trainees.values() for name in groups),
            np.zeros(len(nation), np.int64),
        ).astype(np.float64)
        """Trainees of each hospital before anybody was away, shape (H,)."""

    # --- who is where ------------------------------------------------------------------

    def _at_work(self, group: str) -> list[tuple[int, ...]]:
        """Return the clinicians who work there before anything happens."""
        heads = self._nation.heads[group]
        return [
            rows.get(group, ())[: int(heads[site])]
            for site, rows in enumerate(self._nation.groups)
        ]

    def _free(self, group: str) -> list[tuple[int, ...]]:
        """Return the posts of those who may be sent."""
        heads = self._nation.heads[group]
        return [
            rows.get(group, ())[int(heads[site]) :]
            for site, rows in enumerate(self._nation.groups)
        ]

    def _by_day(self, group: str) -> list[list[int]]:
        """Return those of a group who work by day only."""
        found: list[list[int]] = []
        for site, rows in enumerate(self._at_work(group)):
            names = self._nation.models[site].names.rosters
            by_day = [names.index(name) for name in _BY_DAY if name in names]
            rosters = self._network.site(site).clinicians.roster
            found.append([row for row in rows if int(rosters[row]) in by_day])
        return found

    # --- switches ----------------------------------------------------------------------

    def _away(self, site: int, rows: Whole, on: bool) -> None:  # noqa: FBT001 - a switch
        self._network.set_absence(rows, self._network.now if on else inf, inf, site)

    def _sent(self, site: int, rows: Whole, on: bool) -> None:  # noqa: FBT001 - a switch
        self._away(site, rows, not on)

    def _covers(self, site: int, rows: Whole, on: bool) -> None:  # noqa: FBT001 - a switch
        names = self._nation.models[site].names.rosters
        clinicians = self._network.site(site).clinicians
        listed: list[int] = rows.tolist()
        for row in listed:
            if on:
                self._rosters[site, row] = names[int(clinicians.roster[row])]
            roster = _NIGHTS[row % len(_NIGHTS)] if on else self._rosters[site, row]
            set_roster(self._network, np.array([row]), roster, site)

    # --- a day -------------------------------------------------------------------------

    def leave(self, shares: Floats) -> Floats:
        """Let these shares of interns and residents be away; returns heads away, shape (H,)."""
        away = np.zeros(len(self._nation))
        for grade, groups in self._trainees.items():
            share = float(shares[0 if grade in INTERNS else 1])
            for name, ladder in groups.items():
                count = heads_away(self._nation.heads[name], share)
                ladder.to(count)
                away += count
        return away

    def follow(self, orders: Orders, cap: float) -> None:
        """Let people come, go and cover nights as ordered.

        Parameters
        ----------
        orders
            Of the day.
        cap
            Hours that a specialist may work in a week.
        """
        for name, ladder in self._leaving.items():
            ladder.to(whole(orders.exits * self._nation.heads[name]))
        for name, ladder in self._covering.items():
            share = np.minimum(orders.surge * self._nation.heads[name], ladder.most)
            ladder.to(whole(share))
        beyond = whole(orders.pa_extra)
        for ladder in self._nurses:
            beyond = ladder.to(beyond)
        self._ward_sent.to(whole(orders.dispatched))
        self._ed_sent.to(whole(orders.dispatched_ed))
        if cap != self._cap:
            self._limit(cap)

    def _limit(self, cap: float) -> None:
        """Write the weekly hours after which specialists take no new work."""
        for site, rows in enumerate(self._nation.groups):
            clinicians = self._network.site(site).clinicians
            for name in self._leaving:
                clinicians.cap[list(rows.get(name, ()))] = cap if cap < _NO_CAP else inf
        self._cap = cap

    def nurses(self) -> Floats:
        """Return PA nurses on wards over those of before, shape (H,); 1 where there are none."""
        before = self._nation.heads["ward_pa"].astype(np.float64)
        now = before + self._nurses[0].level
        return np.divide(now, before, out=np.ones_like(before), where=before > 0)


_NURSES = ("ward", "theatre")
"""Pools to which added PA nurses go, the first as long as it has posts."""
