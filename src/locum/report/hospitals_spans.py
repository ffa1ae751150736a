"""What changed between spans of days: results, the flow of patients, waits, regions and harm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from locum.report.hospitals_records import (
    Change,
    Harm,
    Place,
    Staffing,
    Stream,
    Triage,
)
from locum.report.hospitals_weeks import WEEK, Days
from locum.report.hospitals_words import GROUP_WORDS
from locum.report.summaries import interval
from locum.runs.hospitals.collecting import TRIAGE
from locum.runs.hospitals.dataset import BAND, VARIABLES
from locum.runs.hospitals.groups import GROUPS
from locum.runs.hospitals.heads import GRADES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.report.hospitals_records import Span
    from locum.report.records import Interval
    from locum.runs.hospitals.series import Series
    from locum.scenarios.hospitals import HospitalScenario

__all__ = ["Compared", "people_by_region"]

Floats: TypeAlias = NDArray[np.float64]

ALL_LEVELS, SEVERE, MILD = slice(0, 5), slice(0, 2), slice(3, 5)
"""Levels of triage: all, KTAS 1 and 2, KTAS 4 and 5."""
THOUSAND = 1000.0


@dataclass(frozen=True)
class _Measure:
    """A result that is compared: its variable, whether only working days count, and of whom."""

    name: str
    label: str
    variable: str
    unit: str
    groups: tuple[str, ...]
    work: bool = False
    levels: slice | None = None
    alike: bool = False
    """Whether levels of triage are weighed by their visits in the first span."""


_TERTIARY = ("big5", "other_tertiary", "tertiary", "general")
_EVERYWHERE = ("korea", *_TERTIARY)
_DAILY = "patients_per_day"
MEASURES = (
    _Measure("surgeries", "Operations", "surgeries_reported", _DAILY, _TERTIARY, work=True),
    _Measure("wards", "Patients on wards", "inpatients", "patients", _TERTIARY),
    _Measure("icu", "Patients in intensive care", "icu", "patients", _TERTIARY),
    _Measure("emergency", "Emergency visits", "ed_visits", _DAILY, _EVERYWHERE, work=True),
    _Measure(
        "mild", "Mild (KTAS 4-5)", "ed_visits_triage", _DAILY, _EVERYWHERE, work=True, levels=MILD
    ),
    _Measure(
        "severe",
        "Severe (KTAS 1-2)",
        "ed_visits_triage",
        _DAILY,
        _EVERYWHERE,
        work=True,
        levels=SEVERE,
    ),
    _Measure("stay", "Emergency stay", "ed_stay", "hours", _EVERYWHERE, levels=ALL_LEVELS),
    _Measure(
        "stay_alike",
        "Emergency stay, triage as before",
        "ed_stay",
        "hours",
        _EVERYWHERE,
        levels=ALL_LEVELS,
        alike=True,
    ),
    _Measure("wait", "Emergency wait", "ed_wait", "hours", _EVERYWHERE, levels=ALL_LEVELS),
    _Measure("backlog", "On the list for an operation", "backlog", "patients", _TERTIARY),
)
_MEANS = ("ed_stay", "ed_wait")
"""Results that are means of patients already; they are weighed by visits."""
_VISITS = "ed_visits_triage"


@dataclass(frozen=True)
class Compared:
    """A run in which spans of days are compared.

    Parameters
    ----------
    series
        Its results.
    scenario
        What was run.
    spans
        The days: before first.
    """

    series: Series
    scenario: HospitalScenario
    spans: tuple[Span, ...]

    def rows(self, span: Span, *, work: bool = False) -> list[int]:
        """Return the days of a span; all of them if none is a working day."""
        days = Days(self.scenario)
        return days.rows(span.first, span.last, work=work) or days.rows(span.first, span.last)

    # --- changes -----------------------------------------------------------------------

    def changes(self) -> dict[tuple[str, str], Change]:
        """Return what changed, by measure and group; empty if there is no second span."""
        if len(self.spans) == 1:
            return {}
        return {
            (measure.name, group): self._change(measure, group)
            for measure in MEASURES
            for group in measure.groups
            if self.series.printable(group)
        }

    def _change(self, measure: _Measure, group: str) -> Change:
        draws = [
            self._mean(measure, group, self.rows(span, work=measure.work)) for span in self.spans
        ]
        ratios = [_relative(each, draws[0]) for each in draws[1:]]
        late = len(draws) > 2
        return Change(
            measure.name,
            measure.label,
            group,
            measure.unit,
            VARIABLES[measure.variable].grade,
            interval(draws[0]),
            interval(draws[1]),
            interval(ratios[0]),
            int((ratios[0] < 0).sum()),
            interval(draws[2]) if late else None,
            interval(ratios[1]) if late else None,
        )

    def _mean(self, measure: _Measure, group: str, rows: list[int]) -> Floats:
        """Return the mean of a measure over some days in every draw (D,)."""
        values = self.series.daily(measure.variable, group)[:, rows]
        if measure.levels is None:
            return values.mean(axis=1)
        values = values[:, :, measure.levels]
        if measure.variable not in _MEANS:
            return values.sum(axis=2).mean(axis=1)
        visits = self.series.daily(_VISITS, group)[:, :, measure.levels]
        if not measure.alike:
            return _weighed(values, visits[:, rows])
        levels = range(values.shape[2])
        means = [_weighed(values[:, :, [i]], visits[:, rows][:, :, [i]]) for i in levels]
        mix = visits[:, self.rows(self.spans[0])].sum(axis=1)
        return _weighed(np.stack(means, axis=1)[:, None], mix[:, None])

    # --- flow --------------------------------------------------------------------------

    def flow(self, group: str) -> tuple[Stream, ...]:
        """Return the streams of patients through emergency departments a day.

        A patient who was turned away counts at each door. Streams that a run has not counted are
        left out.
        """
        if not self.series.printable(group):
            return ()
        parts = [self._streams(group, self.rows(span)) for span in self.spans]
        return tuple(
            Stream(
                source,
                target,
                tuple(float(part[source, target].mean()) for part in parts),
                tuple(interval(part[source, target]) for part in parts),
            )
            for source, target in parts[0]
        )

    def _streams(self, group: str, rows: list[int]) -> dict[tuple[str, str], Floats]:
        def mean(name: str) -> Floats:
            return self.series.daily(name, group)[:, rows].mean(axis=1)

        entered, refused, sent_on = mean("ed_visits"), mean("ed_refused"), mean("sent_on")
        found = {("arrivals", "accepted"): entered, ("arrivals", "refused"): refused}
        if "ed_fates" in self.series.values:
            waits, elsewhere, gives_up, returns = mean("ed_fates").T
            away = refused - waits - sent_on - gives_up - returns
            found |= {
                ("refused", "waits"): waits,
                ("refused", "elsewhere"): elsewhere,
                ("refused", "sent_on"): sent_on - elsewhere,
                ("refused", "gives_up"): gives_up,
                ("refused", "returns"): returns,
                ("refused", "let_in"): np.maximum(away, 0.0),
            }
        if "ed_ends" in self.series.values:
            ends = mean("ed_ends").T
            names = ("home", "ward", "icu", "theatre", "transferred")
            found |= {("accepted", name): each for name, each in zip(names, ends, strict=True)}
            found["accepted", "unseen"] = mean("ed_unseen")
        return found

    # --- waits -------------------------------------------------------------------------

    def triage(self, groups: Sequence[str]) -> tuple[Triage, ...]:
        """Return waits, stays and shares that leave unseen, by group and level of triage."""
        return tuple(
            self._level(group, level)
            for group in groups
            if self.series.printable(group)
            for level in TRIAGE
        )

    def _level(self, group: str, level: int) -> Triage:
        place = slice(level - 1, level)

        def over(name: str) -> tuple[Interval | None, ...]:
            found: list[Interval | None] = []
            for span in self.spans:
                rows = self.rows(span)
                visits = self.series.daily(_VISITS, group)[:, rows, place]
                values = self.series.daily(name, group)[:, rows, place]
                found.append(_interval_of(_weighed(values, visits)))
            return tuple(found)

        def unseen() -> tuple[Interval | None, ...]:
            found: list[Interval | None] = []
            for span in self.spans:
                rows = self.rows(span)
                visits = self.series.daily(_VISITS, group)[:, rows, place].sum(axis=(1, 2))
                left = self.series.daily("unseen_triage", group)[:, rows, place].sum(axis=(1, 2))
                found.append(_interval_of(_over(left, visits)))
            return tuple(found)

        return Triage(group, level, over("ed_wait"), over("ed_stay"), unseen())

    # --- regions -----------------------------------------------------------------------

    def places(
        self, regions: Sequence[str], names: Mapping[str, str], people: Mapping[str, float]
    ) -> tuple[Place, ...]:
        """Return the regions whose results may be printed and whose people are known."""
        if len(self.spans) == 1:
            return ()
        visits = self.series.values["ed_visits_triage_region"]
        before, during = (self.rows(span) for span in self.spans[:2])
        found: list[Place] = []
        for row, region in enumerate(regions):
            if not self.series.regions[row] or region not in people:
                continue
            own = visits[:, :, row].astype(np.float64)
            rates = own * (WEEK * THOUSAND / people[region])
            old, new = (rates[:, days].mean(axis=1) for days in (before, during))
            mild = [new[:, MILD].sum(axis=1), old[:, MILD].sum(axis=1)]
            found.append(
                Place(
                    region,
                    names.get(region, ""),
                    interval(old.sum(axis=1)),
                    interval(new.sum(axis=1)),
                    interval(_relative(new.sum(axis=1), old.sum(axis=1))),
                    interval(_relative(*mild)),
                )
            )
        return tuple(found)

    # --- staff -------------------------------------------------------------------------

    def staffing(self, groups: Sequence[str]) -> tuple[Staffing, ...]:
        """Return hours present by grade, over the weeks and in the first two spans."""
        days = Days(self.scenario)
        weeks = tuple(days.weeks())
        found: list[Staffing] = []
        for group in groups:
            if len(weeks) <= 1 or not self.series.printable(group):
                continue
            hours = self.series.daily("staff_hours", group)
            means = [hours[:, days.rows(*week)].mean(axis=(0, 1)) for week in weeks]
            lines = tuple(tuple(float(value) for value in line) for line in np.transpose(means))
            spans = [hours[:, self.rows(span)].mean(axis=1) for span in self.spans[:2]]
            intervals = [tuple(interval(each) for each in span.T) for span in spans]
            found.append(
                Staffing(
                    group,
                    GROUP_WORDS[group],
                    weeks,
                    GRADES,
                    lines,
                    intervals[0],
                    intervals[-1] if len(intervals) > 1 else (),
                )
            )
        return tuple(found)

    # --- harm --------------------------------------------------------------------------

    def harm(self, groups: Sequence[str]) -> tuple[Harm, ...]:
        """Return deaths through delay since the absence began, less those of the base week."""
        if len(self.spans) == 1:
            return ()
        causes = {
            "deaths_boarding": "Waiting for a bed",
            "deaths_surgery": "Delay of cancer operations",
        }
        found: list[Harm] = []
        for group in groups:
            if not self.series.printable(group):
                continue
            totals = [self._excess(cause, group) for cause in causes]
            rows = zip((*causes, "deaths"), (*causes.values(), "Both"), strict=True)
            both = [*totals, totals[0] + totals[1]]
            for (cause, label), draws in zip(rows, both, strict=True):
                part, whole = (interval(draws[:, BAND.index(name)]) for name in ("part", "all"))
                found.append(Harm(cause, label, group, part, whole))
        return tuple(found)

    def harm_lower(self) -> int:
        """Return in how many draws all associations imply fewer deaths than in the base week."""
        group = "korea"
        if len(self.spans) == 1 or not self.series.printable(group):
            return 0
        total = self._excess("deaths_boarding", group) + self._excess("deaths_surgery", group)
        return int((total[:, BAND.index("all")] <= 0).sum())

    def _excess(self, cause: str, group: str) -> Floats:
        """Return deaths beyond the level of the base week, draws by band (D, 3)."""
        values = self.series.values[cause][:, :, list(GROUPS).index(group)].astype(np.float64)
        days = Days(self.scenario)
        before = values[:, self.rows(self.spans[0])].mean(axis=1, keepdims=True)
        rows = days.rows(self.spans[1].first, self.scenario.end)
        return (values[:, rows] - before).sum(axis=1)


def _relative(new: Floats, old: Floats) -> Floats:
    """Return the relative change; 0 where there was nothing before."""
    return np.divide(new, old, out=np.ones_like(new), where=old > 0) - 1.0


def _over(part: Floats, whole: Floats) -> Floats:
    """Return a share; NaN of nothing."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _weighed(values: Floats, weights: Floats) -> Floats:
    """Return means over days and levels (D,), values that are missing left out."""
    known = np.isfinite(values)
    weights = np.where(known, weights, 0.0)
    total = (np.where(known, values, 0.0) * weights).sum(axis=(1, 2))
    return _over(total, weights.sum(axis=(1, 2)))


def _interval_of(draws: Floats) -> Interval | None:
    """Return median and range of the draws in which there is a number; None if in none."""
    known = draws[np.isfinite(draws)]
    return interval(known) if len(known) else None


def people_by_region(rows: Sequence[Mapping[str, object]]) -> dict[str, float]:
    """Return the people of each region in the last year of a population table."""
    last = max((str(row["year"]) for row in rows), default="")
    found: dict[str, float] = {}
    for row in rows:
        if str(row["year"]) == last:
            region = str(row["region"])
            found[region] = found.get(region, 0.0) + float(str(row["value"]))
    return found
