"""The command line: `locum run`, `compare`, `validate`, `assumptions`, `check` and others."""

from __future__ import annotations

from locum.cli.app import app, main

__all__ = ["app", "main"]
