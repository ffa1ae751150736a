"""Hospitals minute by minute: patients follow pathways, clinicians follow rosters."""

from __future__ import annotations

__all__: list[str] = []
