"""Where the compiled hospital engine is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from numba.core import config

from locum.compilation import Engine, compiled, inlined, standalone

if TYPE_CHECKING:
    from collections.abc import Callable

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


def callable_twin(kernel: Any) -> Callable[..., Any]:  # noqa: ANN401  Numba's dispatcher
    """Return a kernel that Python can call; without compilation it is the kernel itself."""
    plain = bool(getattr(config, "DISABLE_JIT", False))
    return kernel if plain else _ENGINE.twin(kernel)
