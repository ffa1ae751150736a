"""The map of a pack's regions, with the names under which it knows each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.records import Map

if TYPE_CHECKING:
    from locum.report.reportable import ReportedPack

__all__ = ["map_of"]


def map_of(pack: ReportedPack) -> Map:
    """Return the map of a pack.

    Its keys are names and codes; it names the publishers of the table of regions, whose shapes it
    shows.
    """
    rows = pack.table("regions").rows
    keys = {
        str(row[column]): str(row["region"])
        for row in rows
        for column in ("region", "name_ko", "iso")
        if row.get(column)
    }
    cited = {str(row.get("source", "")) for row in rows}
    found = {pack.sources[one].publisher for one in cited if one in pack.sources}
    return Map(pack.topology(), keys, ", ".join(sorted(found)))
