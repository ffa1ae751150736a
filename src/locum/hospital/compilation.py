"""Where the compiled hospital engine is kept."""

from __future__ import annotations

from pathlib import Path

from locum.compilation import Engine, compiled, inlined, standalone

__all__ = [
    "ENGINE_FILES",
    "callable_twin",
    "compiled",
    "entry_point",
    "inlined",
    "is_compiled",
    "standalone",
]

ENGINE_FILES = (
    "borrowing.py",
    "compilation.py",
    "draws.py",
    "events.py",
    "idle.py",
    "kernel.py",
    "moves.py",
    "queues.py",
    "records.py",
    "staff.py",
)
_ENGINE = Engine("hospital", Path(__file__).parent, ENGINE_FILES)

entry_point = _ENGINE.entry_point
is_compiled = _ENGINE.is_compiled
callable_twin = _ENGINE.twin
