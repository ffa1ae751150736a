"""The report of a run of hospitals: one HTML file that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.hospitals_content import compose_hospitals
from locum.report.hospitals_records import HospitalContent
from locum.report.sections import (
    hospital_flow,
    hospital_levers,
    hospital_means,
    hospital_regions,
    hospital_series,
    hospital_summary,
)
from locum.report.sections.evidence import grades, repeat, sources
from locum.report.standalone import standalone, write_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from locum.inference.hospital_learned import Taught
    from locum.runs.hospitals.levers import Bought
    from locum.runs.hospitals.storing import HospitalRun

__all__ = [
    "HospitalContent",
    "compose_hospitals",
    "render_hospital_report",
    "write_hospital_report",
]


def write_hospital_report(
    run: HospitalRun,
    path: Path,
    *,
    levers: Sequence[Bought] = (),
    learned: Sequence[Taught] = (),
) -> Path:
    """Write the report of a run of hospitals as one HTML file that needs nothing else.

    Parameters
    ----------
    run
        A finished run.
    path
        Where the file goes. It is written aside and renamed, so that no half of it is ever seen.
    levers
        What each lever bought; empty if no run without it was compared.
    learned
        What the fit taught of each assumption; empty if nothing was fitted.

    Returns
    -------
    `path`.
    """
    return write_page(render_hospital_report(compose_hospitals(run, levers, learned)), path)


def render_hospital_report(content: HospitalContent) -> str:
    """Return the page as text: the same content gives the same bytes.

    Parameters
    ----------
    content
        From `compose_hospitals`.
    """
    return standalone(
        f"{content.title}: Locum report",
        hospital_summary.masthead(content),
        [
            ("headline", "Headline", hospital_summary.headline(content)),
            ("facts", "Four facts", hospital_summary.facts(content)),
            ("weeks", "Weeks", hospital_series.over_time(content)),
            ("readings", "Readings", hospital_series.readings(content)),
            ("flow", "Patients", hospital_flow.flow(content)),
            ("waits", "Waits", hospital_flow.waits(content)),
            ("regions", "Regions", hospital_regions.regions(content)),
            ("staff", "Staff", hospital_means.staff(content)),
            ("money", "Money", hospital_means.money(content)),
            ("harm", "Harm", hospital_means.harm(content)),
            ("levers", "Levers", hospital_levers.levers(content)),
            ("learned", "Fit", hospital_levers.learned(content)),
            ("assumptions", "Assumptions", hospital_levers.assumptions(content)),
            ("grades", "Grades", grades(content)),
            ("sources", "Sources", sources(content)),
            ("repeat", "Repeat", repeat(content)),
        ],
        "hospitals.css",
    )
