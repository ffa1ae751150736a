"""Where the compiled forum is kept."""

from __future__ import annotations

from pathlib import Path

from locum.compilation import PLAIN, Engine, compiled

__all__ = ["PLAIN", "callable_twin", "compiled", "entry_point", "is_compiled"]

_ENGINE = Engine(
    "forum",
    Path(__file__).parent,
    ("compilation.py", "draws.py", "kernel.py", "law.py", "lists.py", "records.py", "talk.py"),
)
entry_point = _ENGINE.entry_point
is_compiled = _ENGINE.is_compiled
callable_twin = _ENGINE.twin
