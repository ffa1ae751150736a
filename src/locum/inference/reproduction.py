"""What the rules of published projections give, beside what was printed.

A study's rules are fixed in its file. Here they are run as a cohort with every assumption at its
central value, and each printed number is set beside the number they give. Nothing is fitted.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.countries import starting_stock
from locum.errors import BadValue, Place
from locum.inference.leverage import prior_ends
from locum.runs.cohort import cohort_tables
from locum.runs.population import people_by_region
from locum.runs.positions import Member, find_position, project_member
from locum.scenarios import load_study, study_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.inference.scores import Floats
    from locum.scenarios import Study
    from locum.scenarios.studies import Known, Printed, Variant

__all__ = [
    "Envelope",
    "GapPart",
    "Reproduced",
    "envelope",
    "envelopes",
    "gap_parts",
    "keys_read",
    "ministry_parts",
    "reproduce",
    "to_dict",
]

SUPPLY, DEMAND, GAP = "supply", "demand", "gap"

SUPPLY_KEYS = (
    "exam.pass_rate",
    "exam.give_up",
    "exam.observed_until",
    "student.enrolment_ratio",
    "student.attrition",
    "entry.licence_age",
    "entry.licence_age_sd",
    "entry.female_share",
    "exit.mortality_ratio",
    "exit.emigration",
    "exit.rule",
    "supply.concept",
)
"""What heads at work read under any rule."""

DEMAND_KEYS = (
    "demand.balance",
    "demand.unit",
    "demand.trend",
    "demand.productivity_change",
    "demand.working_days_change",
    "demand.use_change",
    "gap.need_unit",
)
"""What need reads under any rule."""

RETIREMENT_CURVE = (
    "exit.retirement_clinic",
    "exit.retirement_hospital",
    "exit.retirement_width",
    "exit.retirement_ceiling",
)
HOURS = ("hours.mean", "hours.full_time")
CHANGES = ("demand.productivity_change", "demand.working_days_change", "demand.use_change")
PHASE = ("demand.phase_start", "demand.phase_year")
LEVEL = {
    "base": ("demand.base_doctors", "demand.base_gap"),
    "supply": ("demand.base_gap",),
    "level": ("demand.visits_per_day", "demand.working_days"),
}
"""What sets the level of need, by `demand.balance`."""

ENVELOPE_KEYS = ("exam.pass_rate", "exit.mortality_ratio")
"""Inflow and mortality, which totals cannot tell apart."""


@dataclass(frozen=True)
class Reproduced:
    """One printed number and what the rules of its study give.

    Parameters
    ----------
    study, scenario
        Name of the study and of its variant.
    label
        The scenario as printed.
    year, quantity
        Of the number; quantity is supply, demand or gap.
    printed, reproduced
        Doctors, in the unit of the study.
    error
        Relative to the print (0.01 = one per cent too high) for supply and demand; doctors for the
        gap (positive: fewer are missing than printed).
    rules
        published, inferred or tuned: the weakest of what the number hangs on. tuned: chosen so
        that a print of this year comes out, so that the row is no check.
    relative_to
        The variant whose printed number was carried over, times the ratio of the two by the rules;
        None if the number comes from the rules alone.
    source
        Id of the source of the print.
    """

    study: str
    scenario: str
    label: str
    year: int
    quantity: str
    printed: float
    reproduced: float
    error: float
    rules: str
    relative_to: str | None
    source: str


@dataclass(frozen=True)
class Envelope:
    """Supply of one year over the ranges of inflow and mortality; doctors."""

    study: str
    scenario: str
    year: int
    low: float
    reproduced: float
    high: float
    printed: float | None


def keys_read(ledger: Ledger, quantity: str) -> frozenset[str]:
    """Return the assumptions that a quantity of the cohort reads under the rules of a ledger.

    Parameters
    ----------
    ledger
        All assumptions, rules among them.
    quantity
        supply, demand or gap.
    """
    if quantity == GAP:
        return keys_read(ledger, SUPPLY) | keys_read(ledger, DEMAND)
    if quantity == SUPPLY:
        return _heads_read(ledger) | _unit_read(ledger, "gap.supply_unit")
    balance = ledger["demand.balance"].value
    keys = {*DEMAND_KEYS, *LEVEL[str(balance)], *_unit_read(ledger, "gap.need_unit")}
    if balance == "supply":
        keys |= _heads_read(ledger)
    if ledger["demand.unit"].value == "weighted_days":
        keys.add("demand.inpatient_weight")
    if ledger["demand.trend"].value != "fixed":
        keys.add("demand.growth")
    if ledger["demand.trend"].value == "damped":
        keys.add("demand.damping")
    if any(ledger[key].value for key in CHANGES):
        keys |= {*PHASE}
    return frozenset(keys)


def _heads_read(ledger: Ledger) -> frozenset[str]:
    rule = str(ledger["exit.rule"].value)
    keys = {*SUPPLY_KEYS, f"entry.{ledger['supply.concept'].value}_share"}
    if rule == "hazard":
        keys |= {*RETIREMENT_CURVE}
    if rule.startswith("share_65"):
        keys.add("exit.retired_share_65")
    return frozenset(keys)


def _unit_read(ledger: Ledger, key: str) -> frozenset[str]:
    return frozenset((key, *HOURS) if ledger[key].value == "fte" else (key,))


class _Computed:
    """One variant: its assumptions, and what they give in every year."""

    def __init__(self, study: Study, variant: Variant, pack: Pack, ledger: Ledger) -> None:
        reading = study.readings[0] if study.readings else None
        self.variant = variant
        self.stated: dict[str, Known] = {
            **variant.stated,
            **(reading.stated if reading is not None else {}),
        }
        self.ledger = study.ledger(variant, ledger, reading)
        name = f"{study.name}/{variant.name}"
        self.member = Member(name, self.ledger, variant.seats, variant.base_year, variant)
        found = project_member(self.member, pack)
        self._paths = {SUPPLY: found.supply[0], DEMAND: found.need[0], GAP: found.gap[0]}
        self._at = cohort_tables(pack).at

    def value(self, year: int, quantity: str) -> float:
        """Return what the rules give, in doctors."""
        return float(self._paths[quantity][self._at(year)])

    def read(self, quantity: str) -> frozenset[str]:
        """Return the assumptions that a quantity reads."""
        return keys_read(self.ledger, quantity)

    def reads_seats(self, quantity: str) -> bool:
        """Whether a quantity depends on the places of medical schools."""
        balanced = self.ledger["demand.balance"].value == "supply"
        return quantity != DEMAND or balanced

    def moved_from(self, other: _Computed, quantity: str) -> frozenset[str]:
        """Return what a quantity reads here and not, or not with the same value, in another."""
        before = other.read(quantity)
        moved = {
            key
            for key in self.read(quantity)
            if key not in before or self.ledger[key].value != other.ledger[key].value
        }
        seats = self.variant.seats != other.variant.seats and self.reads_seats(quantity)
        # A ratio of two factors hangs on them alone, but what more places bring hangs on all that
        # happens to a class.
        return frozenset(moved | (self.read(quantity) if seats else set()))


def reproduce(pack: Pack, studies: Iterable[str] | None = None) -> list[Reproduced]:
    """Set every printed number of the studies beside what their rules give.

    Parameters
    ----------
    pack
        Country.
    studies
        Names of studies; all of the country if left out.

    Returns
    -------
    list of Reproduced
        In the order of the studies, of their variants, and of the printed table. A number that is
        printed twice for one variant stands once.

    Raises
    ------
    UnknownName
        If the country has no study of this name.
    InputError
        If the file of a study says what no study may say.

    Notes
    -----
    Where a variant says `relative_to`, its number is the printed number of that variant times the
    ratio of the two by the rules, so that a multiplier is tested apart from the level. Its gap is
    the difference of a supply and a demand found this way. What does not differ between the two
    is taken from the rules as it is. The first reading of a study is the one that counts.
    """
    ledger = pack.ledger()
    rows: list[Reproduced] = []
    for name in study_names(pack) if studies is None else studies:
        study = load_study(name, pack)
        computed = {
            each: _Computed(study, variant, pack, ledger)
            for each, variant in study.variants.items()
        }
        for one in computed.values():
            other = computed.get(one.variant.relative_to or "")
            rows += [_row(study, one, other, each) for each in _figures(one.variant)]
    return rows


def _figures(variant: Variant) -> list[Printed]:
    """Return the printed numbers of a variant, each year and quantity once."""
    found: dict[tuple[int, str], Printed] = {}
    for each in variant.printed:
        found.setdefault((each.year, each.quantity), each)
    return list(found.values())


def _row(study: Study, one: _Computed, other: _Computed | None, printed: Printed) -> Reproduced:
    year, quantity = printed.year, printed.quantity
    carried = None if other is None else _carried(one, other, year, quantity)
    value = one.value(year, quantity) if carried is None else carried
    keys = one.read(quantity)
    if carried is not None and other is not None:
        keys = one.moved_from(other, quantity)
    relative = quantity != GAP
    error = value / printed.value - 1.0 if relative else value - printed.value
    return Reproduced(
        study=study.name,
        scenario=one.variant.name,
        label=printed.scenario,
        year=year,
        quantity=quantity,
        printed=printed.value,
        reproduced=value,
        error=error,
        rules=_weakest(one, other if carried is not None else None, keys, year, quantity),
        relative_to=one.variant.relative_to if carried is not None else None,
        source=printed.source,
    )


def _carried(one: _Computed, other: _Computed, year: int, quantity: str) -> float | None:
    """Carry a printed number of another variant over; None if the rules alone have to do."""
    if not one.moved_from(other, quantity):
        return None
    if quantity == GAP:
        sides = [_times_ratio(one, other, year, side) for side in (SUPPLY, DEMAND)]
        if sides[0] is None or sides[1] is None:
            return None
        return sides[0] - sides[1]
    return _times_ratio(one, other, year, quantity)


def _times_ratio(one: _Computed, other: _Computed, year: int, quantity: str) -> float | None:
    printed = other.variant.figure(year, quantity)
    if printed is None:
        return None
    return printed * one.value(year, quantity) / other.value(year, quantity)


def _weakest(
    one: _Computed, other: _Computed | None, keys: frozenset[str], year: int, quantity: str
) -> str:
    """Say how the weakest of these assumptions is known; the country's own are inferred.

    A gap counts as tuned where its printed supply or demand is. A number carried over from another
    variant is tuned only by what the two do not share.
    """
    own = {key: one.stated.get(key) for key in keys}
    tuned_to = {(year, quantity)}
    if quantity == GAP:
        sides = (SUPPLY, DEMAND)
        tuned_to |= {(year, s) for s in sides if one.variant.figure(year, s) is not None}
    for key, known in own.items():
        shared = other is not None and other.stated.get(key) is known
        if known is not None and not shared and tuned_to & set(known.tuned_to):
            return "tuned"
    states = {"inferred" if known is None else known.known for known in own.values()}
    return "published" if states <= {"published"} else "inferred"


def envelope(pack: Pack, study: str, variant: str, year: int) -> tuple[float, float]:
    """Return the lowest and highest supply over the ranges of inflow and mortality, in doctors.

    Both ends of the priors of `exam.pass_rate` and `exit.mortality_ratio` are combined; all other
    assumptions stay at their central values.

    Raises
    ------
    UnknownName
        If there is no such study or variant.
    """
    found = load_study(study, pack)
    one = _Computed(found, found.variant(variant), pack, pack.ledger())
    return _envelope(one, pack, (year,))[year]


def _envelope(one: _Computed, pack: Pack, years: Sequence[int]) -> dict[int, tuple[float, float]]:
    at = cohort_tables(pack).at
    ends = [prior_ends(one.ledger[key]) for key in ENVELOPE_KEYS]
    paths: list[Floats] = []
    for corner in product(*ends):
        ledger = one.ledger
        for key, end in zip(ENVELOPE_KEYS, corner, strict=True):
            ledger = ledger.fixed(key, end)
        variant = one.variant
        member = Member(one.member.name, ledger, variant.seats, variant.base_year, variant)
        paths.append(project_member(member, pack).supply[0])
    return {
        year: (min(float(p[at(year)]) for p in paths), max(float(p[at(year)]) for p in paths))
        for year in years
    }


def envelopes(pack: Pack, studies: Iterable[str] | None = None) -> list[Envelope]:
    """Return the `envelope` of every printed supply of the studies, but for those without one.

    Raises
    ------
    UnknownName
        If the country has no study of this name.
    """
    ledger = pack.ledger()
    rows: list[Envelope] = []
    for name in study_names(pack) if studies is None else studies:
        study = load_study(name, pack)
        for variant in study.variants.values():
            years = [e.year for e in _figures(variant) if e.quantity == SUPPLY]
            one = _Computed(study, variant, pack, ledger)
            for year, (low, high) in _envelope(one, pack, years).items():
                middle, printed = one.value(year, SUPPLY), variant.figure(year, SUPPLY)
                if low < high:
                    rows.append(Envelope(name, variant.name, year, low, middle, high, printed))
    return rows


@dataclass(frozen=True)
class GapPart:
    """One of the two unlike parts of a printed gap.

    Parameters
    ----------
    name
        growth or distribution.
    unit
        What the numbers count.
    year
        The year they speak of.
    printed, computed
        Doctors; negative: missing. The computed one does not depend on the printed one.
    pieces
        What they are made of: printed and computed by study, or computed by region.
    note
        What the part assumes, and why it is not what the other part is.
    """

    name: str
    unit: str
    year: int
    printed: float
    computed: float
    pieces: dict[str, dict[str, float]]
    note: str


def ministry_parts(pack: Pack) -> tuple[GapPart, GapPart] | None:
    """Return the parts of the study that adds two unlike gaps; None if the country has none."""
    for name in study_names(pack):
        if load_study(name, pack).growth_of:
            return gap_parts(pack, name)
    return None


def gap_parts(pack: Pack, name: str) -> tuple[GapPart, GapPart]:
    r"""Take a printed gap apart that adds a growth gap and a distribution gap.

    Parameters
    ----------
    pack
        Country.
    name
        A study whose file says `growth_of`.

    Returns
    -------
    growth, distribution
        The growth gap is the mean of the studies named. What is left of the print is its
        distribution gap; the computed one lifts the regions below the national mean density.

    Raises
    ------
    UnknownName
        If there is no such study.
    BadValue
        If it does not say `growth_of`, or one of those studies printed no gap of the year.

    Notes
    -----
    :math:`\sum_r \max(0, \bar d P_r - S_r)` with people P and doctors S of region r and the
    nation's density :math:`\bar d`. The two parts must not be added: the first takes today's
    doctors as enough, the second counts who is missing today; and doctors who move close it.
    """
    study = load_study(name, pack)
    headline = study.variant(study.ends[0]).printed[0]
    if not study.growth_of:
        raise BadValue("growth_of", "empty", "the studies behind the growth gap", Place(name))
    growth = _growth_part(pack, study.growth_of, headline.year)
    return growth, _distribution_part(pack, headline.value - growth.printed)


UNIT_KEY, UNITS_TRIED = "demand.unit", ("fees", "visit_days")


def _growth_part(pack: Pack, names: Sequence[str], year: int) -> GapPart:
    pieces: dict[str, dict[str, float]] = {}
    for name in names:
        position = find_position(name, pack)
        printed = position.printed(year)
        if printed is None:
            raise BadValue(f"gap of {year}", None, "a printed number", Place(name))
        pieces[name] = {"printed": printed, "computed": _mean_gap(position.members, pack, year)}
        for option in UNITS_TRIED:
            members = [
                replace(each, ledger=each.ledger.fixed(UNIT_KEY, option))
                for each in position.members
            ]
            pieces[name][f"computed_{option}"] = _mean_gap(members, pack, year)
    printed, computed = (
        sum(each[which] for each in pieces.values()) / len(pieces)
        for which in ("printed", "computed")
    )
    note = (
        "growth of need over supply until then, from a base year that is taken as balanced: "
        "nobody is missing today"
    )
    return GapPart("growth", "clinical doctors", year, printed, computed, pieces, note)


def _mean_gap(members: Sequence[Member], pack: Pack, year: int) -> float:
    at = cohort_tables(pack).at(year)
    return sum(float(project_member(each, pack).gap[0, at]) for each in members) / len(members)


def _distribution_part(pack: Pack, printed: float) -> GapPart:
    year = pack.base_years[0]
    doctors = starting_stock(pack, year).heads.sum(axis=(1, 2, 3))
    people = people_by_region(pack, np.array([year]))[0][0].sum(axis=(1, 2))
    mean = doctors.sum() / people.sum()
    missing = np.maximum(mean * people - doctors, 0.0)
    pieces = {
        region: {"doctors": float(doctors[r]), "missing": float(missing[r])}
        for r, region in enumerate(pack.regions)
        if missing[r] > 0.0
    }
    note = (
        f"doctors that {len(pieces)} of {len(pack.regions)} regions lack today to the national "
        f"mean of {1000.0 * mean:.2f} per 1,000 people; trainees are not counted. The areas meant "
        "in print are smaller than these regions, so the numbers need not agree. Doctors who move "
        "would close it with nobody added"
    )
    total = -float(missing.sum())
    return GapPart("distribution", "practising doctors", year, printed, total, pieces, note)


def to_dict(pack: Pack, studies: Iterable[str] | None = None) -> dict[str, Any]:
    """Return what `locum studies --json` prints.

    Parameters
    ----------
    pack
        Country.
    studies
        Names of studies; all of the country if left out.

    Returns
    -------
    dict
        `rows`: the fields of `Reproduced`; `envelopes`: those of `Envelope`; `parts`: those of
        `GapPart`, by the name of each study among them that adds two unlike gaps.

    Raises
    ------
    UnknownName
        If the country has no study of this name.
    """
    names = list(study_names(pack) if studies is None else studies)
    parts = {
        name: [asdict(each) for each in gap_parts(pack, name)]
        for name in names
        if load_study(name, pack).growth_of
    }
    return {
        "rows": [asdict(each) for each in reproduce(pack, names)],
        "envelopes": [asdict(each) for each in envelopes(pack, names)],
        "parts": parts,
    }
