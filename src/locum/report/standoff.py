"""The report of a run of a standoff: one HTML file that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from locum.report.sections import (
    standoff_away,
    standoff_counterfactuals,
    standoff_forecast,
    standoff_groups,
    standoff_learned,
    standoff_platform,
    standoff_readings,
    standoff_state,
    standoff_summary,
    standoff_timeline,
)
from locum.report.sections.evidence import grades, repeat, sources
from locum.report.standalone import standalone, write_page
from locum.report.standoff_content import compose_standoff
from locum.report.standoff_records import StandoffContent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from locum.report.reportable import ReportedPack

__all__ = [
    "StandoffContent",
    "compose_standoff",
    "render_standoff_report",
    "write_standoff_report",
]


def write_standoff_report(
    folder: Path,
    *,
    manifest: Mapping[str, Any] | None = None,
    pack: ReportedPack | None = None,
    path: Path | None = None,
) -> Path:
    """Write the report of a run of a standoff as one HTML file that needs nothing else.

    Parameters
    ----------
    folder
        Of the run; nothing but its files is read.
    manifest
        What identifies the run; read from the folder if left out.
    pack
        Of the country; the one that the manifest names if left out.
    path
        Where the file goes; report.html in the folder if left out. It is written aside and
        renamed, so that no half of it is ever seen.

    Returns
    -------
    Where it went.

    Raises
    ------
    MissingFile
        If the folder lacks a file that a run always has.
    MissingField, BadCell
        If a file lacks a column, or a cell cannot be read.
    InputError
        If the manifest is none, or nothing is told of any group.
    """
    content = compose_standoff(folder, manifest=manifest, pack=pack)
    return write_page(render_standoff_report(content), path or folder / "report.html")


def render_standoff_report(content: StandoffContent) -> str:
    """Return the page as text: the same content gives the same bytes.

    Parameters
    ----------
    content
        From `compose_standoff`.
    """
    return standalone(
        f"{content.title}: Locum report",
        standoff_summary.masthead(content),
        [
            ("headline", "Headline", standoff_summary.headline(content)),
            ("away", "Away", standoff_away.away(content)),
            ("support", "Support", standoff_away.support(content)),
            ("fit", "Fit", standoff_readings.fit(content)),
            ("bases", "Bases", standoff_readings.bases(content)),
            ("predictions", "Predictions", standoff_forecast.predictions(content)),
            ("groups", "Groups", standoff_groups.groups(content)),
            ("regions", "Regions", standoff_groups.regions(content)),
            ("state", "Government", standoff_state.state(content)),
            ("harm", "Harm", standoff_counterfactuals.harm(content)),
            (
                "counterfactuals",
                "Counterfactuals",
                standoff_counterfactuals.counterfactuals(content),
            ),
            ("platform", "Platform", standoff_platform.platform(content)),
            ("learned", "Learned", standoff_learned.learned(content)),
            ("unanswerable", "Cannot be said", standoff_learned.unanswerable(content)),
            ("timeline", "Timeline", standoff_timeline.timeline(content)),
            ("assumptions", "Assumptions", standoff_learned.assumptions(content)),
            ("grades", "Grades", grades(content)),
            ("sources", "Sources", sources(content)),
            ("repeat", "Repeat", repeat(content)),
        ],
        "hospitals.css",
        "standoff.css",
    )
