"""The hospital of a census as a model: one draw of the assumptions, sized to what it has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from locum.hospital.records import DAY_HOURS, WEEK_HOURS
from locum.hospital.sizing import Size, resize
from locum.runs.hospitals.dealing import install
from locum.runs.hospitals.fitting import capacity_of
from locum.runs.hospitals.parameters import numbers_of, triage_shares
from locum.runs.hospitals.profiles import install_profiles
from locum.runs.hospitals.sizes import CLASSES, KINDS, WEEK_DAYS, WORK_DAYS, loads_of, read_sites
from locum.scenarios.pathways import read_pathways

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.countries import Pack
    from locum.hospital.model import Model
    from locum.runs.hospitals.census import Census
    from locum.runs.hospitals.dealing import Hours
    from locum.runs.hospitals.ranking import Plan
    from locum.runs.hospitals.sizes import Floats, Loads, Sites
    from locum.scenarios.pathways import Pathways

__all__ = ["Built", "Workshop", "first_midnight", "start_hour"]

FOLDER = "pathways/forecast"
HOSPITAL, ELSEWHERE = "hospital.yaml", "elsewhere.yaml"
_ELSEWHERE = 1
"""Number of the hospital that stands for all others."""
_TRANSFERS = ("fate_elsewhere", "sent_on", "transfer_out")
_DOORS = ("walk_severe", "walk_urgent", "walk_mild", "ambulance")


def first_midnight(census: Census) -> float:
    """Return the hour at which the day of the census begins; hour 0 is a Monday a week before."""
    return WEEK_HOURS + DAY_HOURS * census.day.weekday()


def start_hour(census: Census) -> float:
    """Return the hour of the census."""
    return first_midnight(census) + census.hour


@dataclass(frozen=True)
class Built:
    """A hospital that is ready to run.

    Attributes
    ----------
    models
        The hospital, and the place where those go who are sent on.
    trainees
        Rows of the clinicians whose hours are limited.
    """

    models: tuple[Model, Model]
    trainees: tuple[int, ...]


class Workshop:
    """Makes models of one hospital from one draw; what levers share is made once.

    Parameters
    ----------
    pack
        The country.
    values
        One draw of its hospital assumptions.
    census
        The hospital.
    end
        Hour at which the forecast ends.

    Attributes
    ----------
    shares, admitted
        Of KTAS 1 to 5: the share of visits, and of each the share that is admitted (5,).
    """

    def __init__(
        self, pack: Pack, values: Mapping[str, float], census: Census, end: float
    ) -> None:
        self.values, self._end = values, end
        self._kind = KINDS.index(census.kind)
        sites = read_sites(pack, round(values["size.ed_small_rooms"]))
        loads = loads_of(sites, values)
        self.shares, self._part = triage_shares(values)
        numbers = numbers_of(self._kind, values, loads)
        self.admitted = np.array([numbers[f"admit_{row}"] for row in range(1, 6)])
        folder = pack.path / FOLDER
        read = read_pathways(folder / HOSPITAL, {**numbers, **_stages(values)})
        self._template = install_profiles(read, pack, values)
        self._elsewhere = read_pathways(folder / ELSEWHERE).model
        self._times = self._minutes(sites, loads, census, numbers)

    def _minutes(
        self, sites: Sites, loads: Loads, census: Census, numbers: Mapping[str, float]
    ) -> dict[str, float]:
        """Return factors on minutes, so that those employed can serve an ordinary week."""
        row = int(np.flatnonzero(sites.kind == self._kind)[0])
        heads = {
            name: np.array([census.employed(name)], np.int64) for name in self._template.staff
        }
        hours = {name: _weekly_hours(self._template, name) for name in heads}
        one = {name: np.array([number]) for name, number in numbers.items()}
        own = self._ordinary(loads, census)
        capacity = capacity_of(sites.take([row]), own, self.values, one, heads, hours)
        return {name: float(factor[0]) for name, factor in capacity.times.items()}

    def _ordinary(self, loads: Loads, census: Census) -> Loads:
        """Return the load of an ordinary week, arrays of one hospital."""
        values = self.values
        visits = np.array([census.numbers["ordinary_ed_visits"]])
        admissions = visits * loads.admitted[self._kind]
        electives = np.array([census.by_class("ordinary_operations")])
        share = values["size.emergency_surgery_share"]
        emergency = np.minimum(
            share / (1.0 - share) * electives.sum(axis=1),
            values["size.emergency_surgery_most"] * admissions,
        )
        planned = np.array([census.numbers["ordinary_planned_admissions"]])
        icu = np.array([census.numbers["ordinary_icu_patients"]])
        return replace(
            loads,
            kind=np.array([self._kind]),
            ed_visits=visits,
            ed_admissions=admissions,
            ed_surgeries=emergency,
            inpatients=np.array([census.numbers["ordinary_ward_patients"]]),
            icu=icu,
            electives=electives,
            planned=planned,
            admissions=planned + admissions + electives.sum(axis=1) * WORK_DAYS / WEEK_DAYS,
            icu_flow=icu / values["stay.icu"],
        )

    def build(self, plan: Plan, hours: Mapping[str, Sequence[Hours]]) -> Built:
        """Return the hospital under a plan.

        Parameters
        ----------
        plan
            What is done.
        hours
            When each clinician of a group is on duty.
        """
        census, heads = plan.census, plan.heads
        size = Size(
            name=census.hospital or "hospital",
            resources={
                "ward": census.whole("ward_beds"),
                "icu": census.whole("icu_beds"),
                "ed_beds": census.whole("ed_places"),
                "theatre": census.whole("theatres"),
                "ct": census.whole("ct_scanners"),
            },
            groups=heads,
            rates=self._rates(census),
            quotas={f"call_{name}": 0 for name in CLASSES},
            thresholds={
                "ed_full": census.numbers["ed_full_at"],
                "ed_no_doctor": census.numbers["ed_no_doctor_at"],
            },
            times={name: factor for name, factor in self._times.items() if factor != 1.0},
            chances={"ward_who": self._by_nurses(census, heads["ward_pa"])},
            destinations={label: {_ELSEWHERE: 1.0} for label in _TRANSFERS},
        )
        sized = resize(self._template, size)
        opened = _opened(sized.model, start_hour(census), plan.mild_walk_ins)
        model = install(opened, sized.groups, hours, self._end)
        limited = [
            row
            for name, rows in sized.groups.items()
            if name.endswith(("_interns", "_juniors", "_seniors"))
            for row in rows
        ]
        return Built((model, self._elsewhere), tuple(limited))

    def _rates(self, census: Census) -> dict[str, float]:
        """Return patients an hour of a weekday, by source."""
        visits = census.numbers["ed_visits"] / DAY_HOURS
        walking = self.shares * (1.0 - self._part)
        amounts: Floats = visits * np.array(
            [
                walking[:2].sum(),
                walking[2],
                walking[3:].sum(),
                (self.shares * self._part).sum(),
            ]
        )
        return {
            **dict(zip(_DOORS, amounts.tolist(), strict=True)),
            "planned": census.numbers["planned_admissions"] / DAY_HOURS,
            **{
                f"referrals_{name}": census.numbers[f"referrals_{name}"] / DAY_HOURS
                for name in CLASSES
            },
        }

    def _by_nurses(self, census: Census, nurses: int) -> float:
        """Return the share of ward work that is given to PA nurses, by their number."""
        before = census.employed("ward_pa")
        part = nurses / before if before else float(nurses > 0)
        return min(1.0, self.values["ward.pa_share"] * part)


def _opened(model: Model, hour: float, mild: float) -> Model:
    """Let nobody come before the census, and then only some of the mild walk-ins.

    Who stays away is thinned out, so that the others are the same patients with the same luck.
    """
    sources = model.tables.sources.copy()
    sources.starts = hour
    sources.scale[model.row("sources", "walk_mild")] = mild
    return replace(model, tables=model.tables._replace(sources=sources))


def _stages(values: Mapping[str, float]) -> dict[str, float]:
    """Return where those are who were seen by a doctor: in proportion to the minutes there."""
    tests, consults = values["ed.tests"], values["ed.consults"]
    minutes = {
        "at_lab": tests * values["ed.lab"],
        "at_scan": tests * values["ed.scans"] * values["ed.scan"],
        "at_review": values["ed.review"],
        "at_consult": consults * (values["ed.consult_call"] + values["ed.consult"]),
        "at_treatment": values["ed.treat"],
    }
    total = sum(minutes.values()) + values["ed.decision"]
    return {name: each / total for name, each in minutes.items()}


def _weekly_hours(template: Pathways, group: str) -> float:
    """Return the mean hours a week of the rosters that are dealt to a group."""
    tables = template.model.tables
    hours: list[float] = []
    for name in template.staff[group].rosters:
        row = tables.rosters[template.model.row("rosters", name)]
        points = tables.boundaries[int(row.first) : int(row.first + row.count)]
        lasts = np.diff(np.append(points.at, points.at[0] + row.period))
        hours.append(float(lasts[points.value > 0].sum() * WEEK_HOURS / row.period))
    return sum(hours) / len(hours)
