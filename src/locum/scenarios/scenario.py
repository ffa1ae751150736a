"""A scenario that is complete: joined with its parents and checked against its country."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from locum.assumptions import Prior
    from locum.errors import Place

__all__ = ["Dated", "Override", "Scenario", "SeatChange"]

Dated: TypeAlias = tuple[tuple[int, float], ...]
"""Values by year, each in force from its year on."""


@dataclass(frozen=True)
class SeatChange:
    """First-year places of medical schools, in force from `year` on.

    Parameters
    ----------
    year
        First entry class that it applies to.
    total
        Places in the country.
    bonded
        Of these, places whose holders are bound to a region.
    allocation
        Places above the country's base by name of an allocation of the pack, which says the
        regions. They sum to the rise; empty, the total is spread like the base.
    """

    year: int
    total: int
    bonded: int = 0
    allocation: tuple[tuple[str, int], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as a scenario file writes it."""
        entry: dict[str, Any] = {"total": self.total, "bonded": self.bonded}
        return entry | ({"allocation": dict(self.allocation)} if self.allocation else {})


@dataclass(frozen=True)
class Override:
    """An assumption that differs from the country's own.

    Parameters
    ----------
    value
        A number, the option of a rule, or dated values.
    unit
        As the scenario stated it; None when it did not.
    prior
        How uncertain it is; None makes the value certain.
    source
        Where it comes from; None for a choice of the scenario itself.
    place
        Where it is written.
    """

    value: float | str | Dated
    unit: str | None = None
    prior: Prior | None = None
    source: str | None = None
    place: Place | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as a scenario file writes it."""
        values = self.value
        entry: dict[str, Any] = (
            {"values": dict(values)} if isinstance(values, tuple) else {"value": values}
        )
        prior = None if self.prior is None else self.prior.to_dict()
        stated = {"unit": self.unit, "prior": prior, "source": self.source}
        return entry | {name: given for name, given in stated.items() if given is not None}


@dataclass(frozen=True)
class Scenario:
    """What is simulated: years, places of medical schools, other assumptions, interruptions.

    `seats` is a step function in order of year that covers every entry class after `start`;
    `history_seats` holds every year of a past that did not happen, up to `start`. `interruption`
    is the name of a table of the pack or the full path of a CSV file.
    """

    name: str
    title: str
    description: str
    country: str
    start: int
    end: int
    seats: tuple[SeatChange, ...]
    history_seats: dict[int, int] = field(default_factory=dict)
    assumptions: dict[str, Override] = field(default_factory=dict)
    interruption: str | None = None
    file: str | None = None

    def seats_in(self, year: int) -> SeatChange:
        """Return the places in force in a year: the last change that is not after it."""
        return max(
            (change for change in self.seats if change.year <= year), key=lambda one: one.year
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the whole scenario as a scenario file without parents would write it."""
        overrides = {key: override.to_dict() for key, override in self.assumptions.items()}
        scenario: dict[str, Any] = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "country": self.country,
            "years": {"start": self.start, "end": self.end},
            "seats": {change.year: change.to_dict() for change in self.seats},
            "assumptions": dict(sorted(overrides.items())),
        }
        if self.history_seats:
            scenario["history"] = {"seats": dict(sorted(self.history_seats.items()))}
        if self.interruption is not None:
            scenario["interruption"] = self.interruption
        return scenario

    def digest(self) -> str:
        """Return a hash of the whole scenario, and of the contents of a file that it reads."""
        content = self.to_dict()
        if self.interruption is not None and self.reads_file:
            content["interruption"] = sha256(Path(self.interruption).read_bytes()).hexdigest()
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    @property
    def reads_file(self) -> bool:
        """Whether the interruption is the user's own file and not a table of the pack."""
        return self.interruption is not None and Path(self.interruption).is_absolute()
