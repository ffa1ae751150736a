"""One run of all hospitals through the first weeks of the walkout, told as readings are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from locum.countries import load_pack
from locum.inference.hospital_design import NULL
from locum.inference.hospital_readings import TABLE, hospital_readings
from locum.runs.hospitals.driving import Drive, absence_in, drive
from locum.runs.hospitals.groups import GROUPS, members
from locum.runs.hospitals.readings import read_as_published
from locum.runs.hospitals.series import Series, grouped
from locum.runs.hospitals.sizes import GENERAL, loads_of, read_sites
from locum.scenarios.hospitals import resolve_hospitals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from locum.countries import Pack
    from locum.inference.hospital_readings import HospitalReading
    from locum.inference.scores import Floats
    from locum.runs.hospitals.building import Nation
    from locum.runs.hospitals.driving import Driven
    from locum.runs.hospitals.readings import Predicted
    from locum.scenarios.hospitals import HospitalScenario

__all__ = ["Kept", "Simulation", "hours_away"]

BASELINE = "baseline"
EVERY = 8
"""One in so many general hospitals is run."""
INTERNS = "_interns"
RESIDENTS = ("_juniors", "_seniors")


@dataclass(frozen=True, eq=False)
class Simulation:
    """Runs one point of the design; see `hospital_design.Simulate`.

    Parameters
    ----------
    scenario
        The walkout, which ends with the last reading.
    pack
        Its country.
    seed
        Names the luck, with the number of the replication.
    """

    scenario: HospitalScenario
    pack: Pack
    seed: int

    @classmethod
    def of(cls, scenario: HospitalScenario, pack: Pack, seed: int = 0) -> Simulation:
        """Take a scenario up to the last of the readings."""
        last = max(date.fromisoformat(each.end) for each in hospital_readings(pack))
        return cls(scenario.until(last), pack, seed)

    def __call__(self, values: Mapping[str, float], replication: int) -> dict[str, float]:
        """Return what a run says of each reading, and what the null model says, by name."""
        scenario, pack = self.scenario, self.pack
        sites = few_sites(pack, values)
        driven = drive(Drive(scenario, pack, values, self.seed, replication, sites))
        _stand_for_all(driven, pack, values)
        first = np.datetime64(scenario.start, "D")
        dates = np.arange(first, first + scenario.days)
        series = Series.of(dates, driven.nation, len(pack.regions), [grouped(driven)])
        taken = read_as_published(series, scenario, pack.table(TABLE))
        away = hours_away(driven.nation, scenario, pack)
        said: dict[str, float] = {}
        for each in hospital_readings(pack):
            said[each.name] = _said(each, taken)
            if each.is_ratio:
                days = slice(
                    scenario.day(date.fromisoformat(each.start)),
                    scenario.day(date.fromisoformat(each.end)) + 1,
                )
                group = list(GROUPS).index(each.scope)
                said[NULL + each.name] = 1.0 - float(away[days, group].mean())
        return said


def few_sites(pack: Pack, values: Mapping[str, float]) -> list[int]:
    """Return the sites that are run: every tertiary one and station, and some general hospitals.

    The readings count tertiary hospitals and all emergency departments. General hospitals take
    patients who are sent on, and stand for each other when visits are counted.
    """
    kinds = read_sites(pack, round(values["size.ed_small_rooms"])).kind
    general = np.flatnonzero(kinds == GENERAL)[::EVERY]
    return sorted([*np.flatnonzero(kinds != GENERAL).tolist(), *general.tolist()])


def _stand_for_all(driven: Driven, pack: Pack, values: Mapping[str, float]) -> None:
    """Count the visits of the general hospitals that were run for those that were not."""
    everywhere = read_sites(pack, round(values["size.ed_small_rooms"]))
    visits = loads_of(everywhere, values).ed_visits[everywhere.kind == GENERAL].sum()
    general = driven.nation.sites.kind == GENERAL
    driven.arrays["ed_visits"][:, general] *= visits / driven.nation.loads.ed_visits[general].sum()


@dataclass(frozen=True)
class Kept:
    """A simulation that other processes can be given, and that never makes a run twice.

    Parameters
    ----------
    scenario, seed
        As for `Simulation`, by name.
    folder
        Where each run is kept, in a file named by what it was made with.
    """

    scenario: str
    seed: int
    folder: Path

    def __call__(self, values: Mapping[str, float], replication: int) -> dict[str, float]:
        """Return a kept run, or make and keep it."""
        simulation = _simulation(self.scenario, self.seed)
        made_with = [simulation.scenario.digest(), self.seed, replication, sorted(values.items())]
        name = blake2b(json.dumps(made_with).encode(), digest_size=10).hexdigest()
        file = self.folder / f"{name}.json"
        if not file.is_file():
            said = simulation(values, replication)
            self.folder.mkdir(parents=True, exist_ok=True)
            aside = file.with_suffix(".part")
            aside.write_text(json.dumps(said), encoding="utf-8")
            aside.replace(file)
        found: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
        return found


@lru_cache(maxsize=2)
def _simulation(scenario: str, seed: int) -> Simulation:
    resolved = resolve_hospitals(scenario)
    return Simulation.of(resolved, load_pack(resolved.country), seed)


def _said(reading: HospitalReading, taken: list[Predicted]) -> float:
    """Return a reading, as a ratio to the base week where it is one."""
    alike = [
        each for each in taken if (each.metric, each.scope) == (reading.metric, reading.scope)
    ]
    now = next(each for each in alike if each.start.isoformat() == reading.start)
    if not reading.is_ratio:
        return float(now.draws[0])
    base = next(each for each in alike if each.use == BASELINE)
    return float(now.draws[0] / base.draws[0])


def hours_away(nation: Nation, scenario: HospitalScenario, pack: Pack) -> Floats:
    """Return the share of doctor-hours away by day and group of hospitals, shape (T, G)."""
    absence = absence_in(scenario, pack)
    groups = members(nation.sites).astype(np.float64)
    if absence is None:
        return np.zeros((scenario.days, len(groups)))
    heads = np.stack([_trainees(nation, grades) for grades in ((INTERNS,), RESIDENTS)], axis=1)
    trainees = heads.sum(axis=1)
    values = nation.values
    hours = (
        values["staff.hours_trainee"] * trainees
        + values["staff.hours_specialist"] * nation.sites.specialists["all"]
    )
    shares = np.stack([absence.at(day) for day in range(scenario.days)])
    away = np.divide(
        heads @ shares.T,
        trainees[:, None],
        out=np.zeros((len(heads), scenario.days)),
        where=trainees[:, None] > 0,
    )
    lost = (hours * nation.hours_share)[:, None] * away
    return (groups @ lost / (groups @ hours)[:, None]).T


def _trainees(nation: Nation, grades: tuple[str, ...]) -> Floats:
    """Return heads of these grades of trainees by hospital (H,)."""
    rows = [heads for name, heads in nation.heads.items() if name.endswith(grades)]
    return np.stack(rows).astype(np.float64).sum(axis=0)
