"""What a run must offer to be reported: nothing more is asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr


class ReportedTable(Protocol):
    """What the report needs of a table of a country pack."""

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return the rows, one mapping each."""
        ...


class CitedSource(Protocol):
    """What the report needs of a source."""

    @property
    def title(self) -> str:
        """Return the title of the page or table."""
        ...

    @property
    def publisher(self) -> str:
        """Return who published it."""
        ...

    @property
    def date(self) -> str:
        """Return when, as far as known."""
        ...

    @property
    def url(self) -> str:
        """Return its address."""
        ...


class ReportedPack(Protocol):
    """What the report needs of a country pack."""

    @property
    def title(self) -> str:
        """Return the country's name."""
        ...

    @property
    def sources(self) -> Mapping[str, CitedSource]:
        """Return the sources by id."""
        ...

    def table(self, name: str, /) -> ReportedTable:
        """Return one table by name."""
        ...

    def topology(self) -> Mapping[str, Any]:
        """Return the map of the regions as decoded TopoJSON."""
        ...


class ReportedLedger(Protocol):
    """What the report needs of a ledger of assumptions."""

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one mapping per assumption."""
        ...


class Documented(Protocol):
    """What the trail behind a run's results is made of."""

    @property
    def ledger(self) -> ReportedLedger:
        """Return the assumptions used."""
        ...

    @property
    def pack(self) -> ReportedPack:
        """Return the country pack."""
        ...

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Return what identifies the run."""
        ...

    @property
    def influence(self) -> Mapping[str, float]:
        """Return the influence of assumptions on the gap, 0 to 1; empty if none is known."""
        ...


class Reportable(Documented, Protocol):
    """What the report needs of a run."""

    @property
    def dataset(self) -> xr.Dataset:
        """Return the labelled results."""
        ...

    @property
    def headline(self) -> Sequence[Mapping[str, Any]]:
        """Return the figures that `locum run` prints."""
        ...
