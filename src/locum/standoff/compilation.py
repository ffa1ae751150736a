"""Where the compiled engine of the standoff is kept."""

from __future__ import annotations

from pathlib import Path

from locum.compilation import Engine, compiled, inlined

__all__ = ["ENGINE_FILES", "compiled", "entry_point", "inlined", "is_compiled"]

ENGINE_FILES = ("compilation.py", "decision.py", "kernels.py", "luck.py", "states.py")
_ENGINE = Engine("standoff", Path(__file__).parent, ENGINE_FILES)

entry_point = _ENGINE.entry_point
is_compiled = _ENGINE.is_compiled
