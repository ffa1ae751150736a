"""Recognise the manifest of a run among other files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_manifest"]

_KINDS = {"id": str, "pack": dict, "scenario": dict, "seed": int, "draws": int}
"""Fields by which a manifest is known, and the kinds of their values."""


def read_manifest(path: Path) -> dict[str, Any] | None:
    """Return what a manifest says, or None if the file is none."""
    try:
        data: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    fields = cast("dict[str, Any]", data)
    known = all(isinstance(fields.get(name), kind) for name, kind in _KINDS.items())
    return fields if known else None
