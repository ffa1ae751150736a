"""Where the compiled forum is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from numba.core import config

from locum.compilation import Engine, compiled

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PLAIN", "callable_twin", "compiled", "entry_point", "is_compiled"]

_ENGINE = Engine(
    "forum",
    Path(__file__).parent,
    ("compilation.py", "draws.py", "kernel.py", "law.py", "lists.py", "records.py", "talk.py"),
)
PLAIN = bool(getattr(config, "DISABLE_JIT", False))
"""Whether the forum runs without compilation."""

entry_point = _ENGINE.entry_point
is_compiled = _ENGINE.is_compiled


def callable_twin(kernel: Any) -> Callable[..., Any]:  # noqa: ANN401  Numba's dispatcher
    """Return a kernel that Python can call; without compilation it is the kernel itself."""
    return kernel if PLAIN else _ENGINE.twin(kernel)
