"""The report of a run: one self-contained HTML file with words, charts, maps and tables."""

from __future__ import annotations

from locum.report.content import compose
from locum.report.document import render, write_report
from locum.report.records import Content
from locum.report.reportable import Reportable

__all__ = ["Content", "Reportable", "compose", "render", "write_report"]
