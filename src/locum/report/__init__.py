"""Reports: a run, a dispute or all studies as one self-contained HTML file."""

from __future__ import annotations

from locum.report.content import compose
from locum.report.document import render, write_report
from locum.report.explanation import render_explanation, write_explanation
from locum.report.records import Content
from locum.report.reportable import Reportable
from locum.report.studies_page import render_studies, write_studies_page

__all__ = [
    "Content",
    "Reportable",
    "compose",
    "render",
    "render_explanation",
    "render_studies",
    "write_explanation",
    "write_report",
    "write_studies_page",
]
