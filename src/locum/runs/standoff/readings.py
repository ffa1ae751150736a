"""Readings as the ministry would have printed them, taken of a draw of the model.

A reading is a share of those who could be counted: of the hospitals that were inspected, over the
base and by the definition of its day. Where the base was printed, a count is the model's share of
it, so that a change of base is no news. Visits to hospitals, miscounts and rounding are emulated;
how large they are stands in the ledger (`readings.*`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.runs.standoff.straying import (
    Stray,
    series_of,
    shock_of,
    stray_of,
    strayed,
    whole_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from locum.runs.standoff.groups import Floats
    from locum.runs.standoff.observed import Observed, Scope
    from locum.runs.standoff.rows import Row

__all__ = ["MEASURES", "Measure", "emulate", "noise_of", "path_of", "spread_of", "stray_path"]

_SHARE, _NUMBER = "share", "number"
_COUNTED, _ORDERED, _ASKED, _EXACT = "counted", "ordered", "asked", "exact"
_WHOLE = 100.0
_MOST = 1.0


@dataclass(frozen=True)
class Measure:
    """How a reading is taken.

    Parameters
    ----------
    count
        Who is counted, by day (T,), of a draw and a scope.
    of
        Of whom, likewise; None where the reading is a number of things, not of members.
    level
        "share": a printed base is scaled by the model's share; "number": the model's number
        stands, over the printed base in a per cent.
    noise
        Whose error it has: "counted" by hospitals or schools, "ordered" by inspectors, "asked" in
        a poll, or "exact".
    says
        What it is, for readers.
    """

    count: Callable[[Observed, Scope], Floats]
    of: Callable[[Observed, Scope], Floats] | None
    says: str
    level: str = _SHARE
    noise: str = _COUNTED

    @property
    def polled(self) -> bool:
        """Whether people are asked, so that only a per cent is told."""
        return self.noise == _ASKED


class _Taken(NamedTuple):
    """Paths of a reading: those counted, and those it could count (None: not members)."""

    counted: Floats
    of: Floats | None


def _counts(what: str) -> Callable[[Observed, Scope], Floats]:
    def taken(seen: Observed, scope: Scope) -> Floats:
        return seen.count(what, scope)

    return taken


_members = _counts("members")


def _letters(seen: Observed, scope: Scope) -> Floats:
    """Count letters handed in; some stay on file though those who wrote them came back.

    Of an unknown few hospitals those with most letters are taken.
    """
    kept = seen.number("readings.letters_kept")
    if scope.where != "most":
        return seen.count("joined", scope) + kept * seen.count("returned", scope)
    by_hospital = seen.by_hospital("joined") + kept * seen.by_hospital("returned")
    return np.sort(by_hospital, axis=1)[:, -scope.number :].sum(axis=1)


def _letters_base(seen: Observed, scope: Scope) -> Floats:
    return _members(seen, scope._replace(where="first") if scope.where == "most" else scope)


def _accepted(seen: Observed, scope: Scope) -> Floats:
    """Count letters accepted; refused contracts count once letters have been processed."""
    processed = seen.number("readings.refused_processed") * seen.national["processed"]
    return seen.count("left", scope) + processed * seen.count("refused", scope)


def _unresolved(seen: Observed, scope: Scope) -> Floats:
    return seen.count("away", scope) - _accepted(seen, scope)


def _returned(seen: Observed, scope: Scope) -> Floats:
    """Count those who came back; "largest" is the hospital with most of them."""
    if scope.where == "largest":
        return seen.by_hospital("returned").max(axis=1, initial=0)
    return seen.count("returned", scope)


def _hospitals_with(least: int) -> Callable[[Observed, Scope], Floats]:
    def taken(seen: Observed, scope: Scope) -> Floats:
        back = seen.by_hospital("returned", scope.where)
        return (back >= least).sum(axis=1).astype(np.float64)

    return taken


def _hospitals(seen: Observed, scope: Scope) -> Floats:
    return np.full(seen.days, float(seen.by_hospital("members", scope.where).shape[1]))


def _requested(seen: Observed, scope: Scope) -> Floats:
    return seen.requested(scope)


def _new_requests(seen: Observed, scope: Scope) -> Floats:
    return np.diff(seen.requested(scope), prepend=0.0)


def _valid(seen: Observed, scope: Scope) -> Floats:
    """Count requests in due form: some at first, the others mended one by one."""
    first, mended = seen.number("readings.valid_first"), seen.number("readings.valid_mended")
    left = (1.0 - first) * np.exp(-mended * seen.national["counted_valid"])
    return seen.count("joined", scope) * (1.0 - left)


def _registered(seen: Observed, scope: Scope) -> Floats:
    """Count who is registered: those in class, and some of those who stay away."""
    only = seen.number("readings.registered_only")
    return seen.count("present", scope) + only * seen.count("away", scope)


def _orders(seen: Observed, scope: Scope) -> Floats:
    """Count orders to return issued so far; of hospitals visited, at those."""
    ordered = seen.ordered()
    if scope.where == "visited":
        ordered = ordered[:, : scope.number]
    return ordered.sum(axis=1)


def _new_orders(seen: Observed, scope: Scope) -> Floats:
    return np.diff(_orders(seen, scope), prepend=0.0)


def _violations(seen: Observed, scope: Scope) -> Floats:
    confirmed = seen.number("readings.confirmed")
    return confirmed * np.minimum(_orders(seen, scope), seen.count("away", scope))


def _notified(seen: Observed, _scope: Scope) -> Floats:
    return seen.national["suspensions_notified"]


def _applied(seen: Observed, scope: Scope) -> Floats:
    """Count who has come back through the window since it opened; round 1 is its last part."""
    came = seen.sum_of(seen.reapplied, scope._replace(number=0))
    since = seen.national["round_since" if scope.number == 1 else "window_since"]
    before = np.maximum(since.astype(np.int64) - 1, 0)
    return np.where(since >= 0, came - came[before], 0.0)


def _supporting(seen: Observed, scope: Scope) -> Floats:
    return seen.supporters(scope)


def _schools(seen: Observed, scope: Scope) -> Floats:
    return seen.organisations_supporting(scope.kind)


def _ones(seen: Observed, _scope: Scope) -> Floats:
    return np.ones(seen.days)


def _closing(seen: Observed, scope: Scope) -> Floats:
    return seen.number("readings.closure_told") * seen.count("away", scope)


def _approval(name: str) -> Measure:
    def taken(seen: Observed, _scope: Scope) -> Floats:
        return seen.national[name]

    return Measure(taken, _ones, "share of adults", noise=_ASKED)


_APPROVALS = ("approval_plan", "approval_handling", "approval_president")
_away, _present, _joined = _counts("away"), _counts("present"), _counts("joined")
MEASURES: Mapping[str, Measure] = {
    "resignations_submitted_cum": Measure(_letters, _letters_base, "letters handed in"),
    "absent_from_work": Measure(_away, _members, "away"),
    "absent_or_contract_given_up": Measure(_away, _members, "away"),
    "on_duty": Measure(_present, _members, "at work"),
    "on_strike": Measure(_away, _members, "away"),
    "not_returned": Measure(_away, _members, "away"),
    "trainees_employed": Measure(_members, None, "in post", _NUMBER),
    "returned_cum": Measure(_returned, _members, "came back so far", _NUMBER),
    "hospitals_with_1plus_returns": Measure(
        _hospitals_with(1), _hospitals, "hospitals somebody came back to", _NUMBER, _EXACT
    ),
    "hospitals_with_10plus_returns": Measure(
        _hospitals_with(10), _hospitals, "hospitals ten or more came back to", _NUMBER, _EXACT
    ),
    "resignations_accepted_cum": Measure(_accepted, _members, "letters accepted"),
    "neither_returned_nor_resigned": Measure(_unresolved, _members, "away without acceptance"),
    "interns_registered": Measure(_present, _members, "interns in post"),
    "interns_not_registered": Measure(_away, _members, "interns who refused", _NUMBER),
    "reemployed_elsewhere": Measure(
        _counts("employed"), _counts("left"), "employed elsewhere, of those who left"
    ),
    "applicants": Measure(_applied, _counts("away"), "came back through the window", _NUMBER),
    "return_orders_issued": Measure(_new_orders, None, "orders of the day", _NUMBER, _ORDERED),
    "return_orders_issued_cum": Measure(_orders, None, "orders so far", _NUMBER, _ORDERED),
    "absence_confirmed_on_site_cum": Measure(_orders, None, "seen away", _NUMBER, _ORDERED),
    "order_violations_confirmed_cum": Measure(
        _violations, None, "did not follow an order", _NUMBER, _ORDERED
    ),
    "suspension_notices_sent_cum": Measure(
        _notified, None, "notices of suspension so far", _NUMBER, _ORDERED
    ),
    "leave_requests_new": Measure(_new_requests, None, "requests of the day", _NUMBER),
    "leave_requests_cum_gross": Measure(
        _requested, _members, "requests so far, those withdrawn included", _NUMBER
    ),
    "leave_requests_cum_net": Measure(_joined, _members, "requests that stand", _NUMBER),
    "leave_requests_cum_valid": Measure(_valid, _members, "requests in due form", _NUMBER),
    "attending_classes": Measure(_present, _members, "in class", _NUMBER),
    "registered_for_return": Measure(_registered, _members, "registered", _NUMBER),
    "favour_collective_leave": Measure(_supporting, _members, "in favour", noise=_ASKED),
    "favour_exam_boycott": Measure(_supporting, _members, "in favour", noise=_ASKED),
    "licensing_exam_not_applied": Measure(_joined, _members, "did not apply"),
    "licensing_exam_applicants": Measure(_counts("stayed"), _members, "applied"),
    "schools_backing": Measure(_schools, _ones, "schools most of whose professors are for it"),
    "closed": Measure(_away, _members, "clinics closed"),
    "closure_reported_in_advance": Measure(_closing, _members, "clinics said to close"),
    **{name: _approval(name) for name in _APPROVALS},
}
"""Readings that can be taken, by the name that published tables give them."""


def path_of(seen: Observed, measure: str, scope: Scope) -> tuple[Floats, Floats]:
    """Return a reading day by day, as a number and in per cent, without errors of counting.

    Parameters
    ----------
    seen
        A draw.
    measure
        A key of `MEASURES`.
    scope
        Who is counted.

    Returns
    -------
    number, percent
        Each of shape (T,). The per cent is NaN where the reading is no part of a whole.
    """
    taken = _taken(seen, measure, scope)
    if taken.of is None:
        return taken.counted, np.full(seen.days, np.nan)
    nobody = np.where(np.isnan(taken.of), np.nan, 0.0)
    share = np.divide(taken.counted, taken.of, out=nobody, where=taken.of > 0)
    return taken.counted, _WHOLE * share


def emulate(seen: Observed, rows: Sequence[Row], *, errors: bool = True) -> Floats:
    """Take published readings of a draw.

    Parameters
    ----------
    seen
        A draw.
    rows
        What was printed (`rows.read_rows`), K of them.
    errors
        Whether it strays as far as a fit allows a right model to (`straying`), miscounts and the
        chance of polls are added, and numbers rounded as printed.

    Returns
    -------
    Floats
        In the unit of each row, shape (K,); NaN where the run does not reach the day.
    """
    found = np.array([_read(seen, row) for row in rows])
    if not errors or not len(rows):
        return found
    places = {name: place for place, name in enumerate(dict.fromkeys(row.id for row in rows))}
    luck = seen.luck.normal("errors", len(places))
    shock = np.array([luck[places[row.id]] for row in rows])
    grains = np.array([row.grain for row in rows])
    strays = [_stray(seen, row) for row in rows]
    counted = np.array([not any(stray) for stray in strays])
    noisy = np.maximum(found + counted * shock * noise_of(seen, rows, found), 0.0)
    noisy = np.array([_strayed(seen, *each) for each in zip(rows, noisy, strays, strict=True)])
    printed = np.round(noisy / grains) * grains
    parts = np.array([row.percent for row in rows])
    return np.where(parts, np.minimum(printed, _WHOLE), printed)


def stray_shock(seen: Observed, measure: str) -> float:
    """Return the standard normal number by which a kind of reading strays in a draw."""

    def draw() -> dict[str, float]:
        names = list(dict.fromkeys((*MEASURES, *map(series_of, MEASURES))))
        return dict(zip(names, seen.luck.normal("strays", len(names)).tolist(), strict=True))

    return shock_of(measure, seen.once("strays", draw), seen.number)


def _stray(seen: Observed, row: Row) -> Stray:
    time = seen.national["fit_time"][min(row.day, seen.days - 1)]
    return stray_of(row.measure, float(time), seen.number)


def _strayed(seen: Observed, row: Row, value: float, stray: Stray) -> float:
    whole, shock = whole_of(row, seen.number), stray_shock(seen, row.measure)
    return float(strayed(np.array(value), whole, stray, np.array(shock)))


def stray_path(seen: Observed, measure: str, path: Floats, shock: float) -> Floats:
    """Return a reading day by day, as a number and in per cent (2, T), strayed or miscounted.

    Parameters
    ----------
    seen
        A draw.
    measure
        A key of `MEASURES`.
    path
        The model's.
    shock
        Standard normal, of the error of counting where nothing strays.
    """
    times = seen.national["fit_time"]
    found = {time: stray_of(measure, time, seen.number) for time in np.unique(times).tolist()}
    points, odds = (
        np.array([found[time][part] for time in times.tolist()], np.float64) for part in (0, 1)
    )
    astray = np.array(stray_shock(seen, measure))
    number, percent = path
    moved = strayed(percent, _WHOLE, Stray(points, odds), astray)
    by = np.divide(moved, percent, out=np.ones_like(moved), where=percent > 0.0)
    alone = strayed(number, None, Stray(points, odds), astray)
    gone = np.stack([np.where(np.isnan(percent), alone, number * by), moved])
    return np.where(
        (points > 0.0) | (odds > 0.0), gone, path + shock * spread_of(seen, measure, path)
    )


def noise_of(seen: Observed, rows: Sequence[Row], taken: Floats) -> Floats:
    """Return the standard deviation of the error of each reading, shape (K,).

    Parameters
    ----------
    seen
        A draw, for its assumptions.
    rows
        What was printed.
    taken
        The readings without errors, from `emulate`.
    """
    relative = {
        _COUNTED: seen.number("readings.count_error"),
        _ORDERED: seen.number("readings.order_error"),
        _EXACT: 0.0,
        _ASKED: 0.0,
    }
    kinds = [MEASURES[row.measure].noise for row in rows]
    found = np.abs(taken) * np.array([relative[kind] for kind in kinds])
    for place, (row, kind) in enumerate(zip(rows, kinds, strict=True)):
        if kind == _ASKED:
            found[place] = _poll_error(seen, row, float(taken[place]))
    return found


def spread_of(seen: Observed, measure: str, path: Floats) -> Floats:
    """Return the standard deviation of the error of a reading on each day, shape of `path`.

    Parameters
    ----------
    seen
        A draw, for its assumptions.
    measure
        A key of `MEASURES`.
    path
        The reading as a number and in per cent, shape (2, T).
    """
    kind = MEASURES[measure].noise
    if kind == _ASKED:
        share = np.clip(path / _WHOLE, 0.0, 1.0)
        chance = share * (1.0 - share) / seen.number("polls.asked")
        return _WHOLE * np.sqrt(chance + seen.number("polls.error") ** 2)
    if kind == _EXACT:
        return np.zeros_like(path)
    error = "readings.order_error" if kind == _ORDERED else "readings.count_error"
    return np.abs(path) * seen.number(error)


def _poll_error(seen: Observed, row: Row, taken: float) -> float:
    """Return the standard deviation of a poll in points: those asked, and how it is asked."""
    share = min(max(taken / _WHOLE, 0.0), _MOST)
    variance = share * (1.0 - share) / (row.asked or seen.number("polls.asked"))
    variance += seen.number("polls.error") ** 2
    if row.house:
        variance += seen.number("polls.house") ** 2
    return _WHOLE * float(np.sqrt(variance))


def _taken(seen: Observed, measure: str, scope: Scope) -> _Taken:
    def take() -> _Taken:
        how = MEASURES[measure]
        return _Taken(how.count(seen, scope), None if how.of is None else how.of(seen, scope))

    return seen.once((measure, scope), take)


def _read(seen: Observed, row: Row) -> float:
    """Take one reading without errors."""
    if row.day >= seen.days:
        return float("nan")
    how = MEASURES[row.measure]
    taken = _taken(seen, row.measure, row.of)
    count = _at(taken.counted, row)
    if row.of_letters and row.percent:
        letters = _at(_letters(seen, row.of), row)
        return _WHOLE * count / letters if letters > 0 else 0.0
    if how.level == _NUMBER:
        base = row.base or (_at(taken.of, row) if taken.of is not None else 0.0)
        return _WHOLE * count / base if row.percent and base else count
    of = 0.0 if taken.of is None else _at(taken.of, row)
    share = count / of if of > 0 else 0.0
    if row.percent:
        return _WHOLE * share
    return share * row.base if row.base else count


def _at(path: Floats, row: Row) -> float:
    """Return a path at the hour of a reading, between the evenings before and after it."""
    before = float(path[row.day - 1]) if row.day > 0 else 0.0
    return before + row.passed * (float(path[row.day]) - before)
