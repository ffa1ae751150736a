"""The command line: `locum run`, `compare`, `assumptions`, `check`, `schema`, `packs`, `cite`."""

from __future__ import annotations

from locum.cli.app import app, main

__all__ = ["app", "main"]
