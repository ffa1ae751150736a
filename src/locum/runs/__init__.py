"""Runs: from a resolved scenario to labelled results on disk."""

from __future__ import annotations

from locum.runs.assemble import workforce_tables
from locum.runs.execution import execute, without_interruption
from locum.runs.manifest import manifest_of, request_from_manifest
from locum.runs.request import Results, RunRequest
from locum.runs.run import Run
from locum.runs.store import default_folder, store_run

__all__ = [
    "Results",
    "Run",
    "RunRequest",
    "default_folder",
    "execute",
    "manifest_of",
    "request_from_manifest",
    "store_run",
    "without_interruption",
    "workforce_tables",
]
