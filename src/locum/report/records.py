"""The records that the report is made of: numbers and words, nothing to do with HTML.

`Content` is all that the page prints. `locum.report.content.compose` makes it and is pure, so
that a test can hold every number on the page against the quantiles of the dataset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PROBABILITIES = (0.10, 0.25, 0.50, 0.75, 0.90)
"""Of a fan: two nested bands, 80% and 50%, around the median."""

GRADES = ("observed", "fitted margin", "assumed")
"""How well a result is known, best first."""


@dataclass(frozen=True)
class Interval:
    """A median between the 10th and the 90th percentile over the draws."""

    low: float
    value: float
    high: float


@dataclass(frozen=True)
class Fan:
    """One quantity over the years, as quantiles over the draws."""

    name: str
    label: str
    unit: str
    grade: str
    years: tuple[int, ...]
    quantiles: tuple[tuple[float, ...], ...]
    """Five lines, one per probability of `PROBABILITIES`, each as long as `years`."""
    signed: bool = False
    """True when the values are differences: then no group of persons is counted."""

    def at(self, year: int) -> Interval:
        """Return the median and the 80% interval in one year."""
        i = self.years.index(year)
        return Interval(self.quantiles[0][i], self.quantiles[2][i], self.quantiles[4][i])

    def medians(self) -> tuple[float, ...]:
        """Return the middle line."""
        return self.quantiles[2]


@dataclass(frozen=True)
class Figure:
    """One figure of the run's headline, as `locum run` prints it."""

    name: str
    label: str
    year: int
    interval: Interval
    unit: str
    grade: str
    signed: bool = False


@dataclass(frozen=True)
class National:
    """The country as a whole: supply, need, gap; in heads and in full-time equivalents."""

    supply: Fan
    need: Fan
    gap: Fan
    gap_fte: Fan | None
    short_draws: Mapping[int, int]
    """Number of draws in which doctors are short, by year."""


@dataclass(frozen=True)
class Region:
    """One region in the base year and in the year in focus."""

    name: str
    local_name: str
    density_base: Interval
    density: Interval
    gap_rate: Interval | None
    """Doctors above (+) or below (-) the need, per 1,000 people."""
    supply: Interval | None


@dataclass(frozen=True)
class Specialty:
    """One specialty in the year in focus."""

    name: str
    label: str
    local_name: str
    supply: Interval
    need: Interval
    gap_share: Interval | None
    """Gap over need; None when the group is too small to print."""


@dataclass(frozen=True)
class Posts:
    """First-year training posts of one specialty in the year in focus."""

    specialty: str
    label: str
    unfilled: Interval
    filled: Interval
    unfilled_share: Interval | None


@dataclass(frozen=True)
class Missing:
    """Specialists that an interruption keeps from qualifying, by specialty."""

    total: Fan
    years: tuple[int, ...]
    by_specialty: tuple[tuple[str, tuple[float, ...]], ...]
    """Label and median per year of `years`."""


@dataclass(frozen=True)
class Map:
    """The topology of the regions and the names under which it knows each."""

    topology: Mapping[str, Any]
    keys: Mapping[str, str]
    """Any of a shape's properties (name, code) -> region of the pack."""
    attribution: str
    """Who must be named wherever the map is shown."""


@dataclass(frozen=True)
class AssumptionRow:
    """One assumption as the report prints it."""

    key: str
    value: str
    unit: str
    prior: str
    holder: str
    grade: str
    note: str
    source: str
    influence: float | None
    changed: bool
    """True when the scenario differs here from the country's baseline."""


@dataclass(frozen=True)
class Citation:
    """One source."""

    id: str
    title: str
    publisher: str
    date: str
    url: str
    used: bool
    """True when an assumption of this run rests on it."""


@dataclass(frozen=True)
class Known:
    """How well one result is known."""

    label: str
    unit: str
    grade: str


@dataclass(frozen=True)
class Content:
    """Everything the page prints."""

    title: str
    description: str
    country: str
    scenario: str
    draws: int
    seed: str
    version: str
    years: tuple[int, ...]
    focus_year: int
    changes: tuple[str, ...]
    national: National
    figures: tuple[Figure, ...]
    assumed_figures: tuple[Figure, ...]
    regions: tuple[Region, ...]
    density_label: str
    density_grade: str
    region_gap_grade: str
    map: Map
    specialties: tuple[Specialty, ...]
    specialty_grade: str
    unfilled: Fan | None
    posts: tuple[Posts, ...]
    posts_grade: str
    flows: tuple[Fan, ...]
    new_specialists: Fan | None
    missing: Missing | None
    fund: tuple[Fan, ...]
    assumptions: tuple[AssumptionRow, ...]
    sources: tuple[Citation, ...]
    known: tuple[Known, ...]
    manifest: tuple[tuple[str, str], ...]
    command: str

    @property
    def base_year(self) -> int:
        """Return the first year, whose stock was fitted to published margins."""
        return self.years[0]

    @property
    def last_year(self) -> int:
        """Return the last year of the run."""
        return self.years[-1]
