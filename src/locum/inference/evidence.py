"""What a backtest borrows from the time after its start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locum.assumptions import Ledger
    from locum.countries import Pack

__all__ = ["later_evidence"]

GROUPS = ("student", "exam", "entry", "service", "training", "exit")
"""First words of the assumptions that the number of doctors rests on."""
OWN = "project"
"""Source of what the project assumes; its date says nothing."""
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def later_evidence(ledger: Ledger, pack: Pack, known_until: int) -> dict[str, int]:
    """Return the assumptions that rest on something later, each with the latest year.

    A later year in the note, in the date of the source, or among dated values counts. It is a
    reason to doubt, not a proof: a report may be printed long after what it counts.

    Parameters
    ----------
    ledger
        Assumptions used.
    pack
        Has the dates of the sources.
    known_until
        Last year that may be known.
    """
    found: dict[str, int] = {}
    for key, each in ledger.items():
        if key.split(".")[0] not in GROUPS:
            continue
        text = each.note if each.source == OWN else f"{each.note} {pack.sources[each.source].date}"
        years = [int(year) for year in YEAR.findall(text)]
        latest = max((*years, *(year for year, _ in each.dated)), default=0)
        if latest > known_until:
            found[key] = latest
    return found
