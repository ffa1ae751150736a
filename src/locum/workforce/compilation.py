"""Where the compiled workforce engine is kept."""

from __future__ import annotations

from pathlib import Path

from locum.compilation import Engine, compiled, inlined, standalone, summing

__all__ = [
    "ENGINE_FILES",
    "callable_twin",
    "compiled",
    "entry_point",
    "inlined",
    "is_compiled",
    "standalone",
    "summing",
]

ENGINE_FILES = ("compilation.py", "engine.py", "kernels.py", "matching.py", "records.py")
_ENGINE = Engine("engine", Path(__file__).parent, ENGINE_FILES)

entry_point = _ENGINE.entry_point
callable_twin = _ENGINE.twin
is_compiled = _ENGINE.is_compiled
