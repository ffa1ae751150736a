"""The engine of Locum without its bounds checks, only to see what they cost.

The functions that ask for room are replaced in copies of those that call them; nothing in the
package is changed. Never run it without room to spare.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

from locum.compilation import Engine
from locum.hospital import engine, kernel, moves
from locum.hospital.compilation import ENGINE_FILES, compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager


def _room_enough(site: Any) -> int:  # noqa: ARG001
    """Take the place of `events.room_lacking`."""
    return 0


def _room_for_step(site: Any, op: int) -> int:  # noqa: ARG001
    """Take the place of `moves.lacks_room`."""
    return 0


def _copy(function: Any, **replaced: Any) -> Any:
    """Return a function of Numba's, before it is compiled, that calls others."""
    plain = function.py_func
    missing = [name for name in replaced if name not in plain.__globals__]
    if missing:
        raise ImportError(f"{plain.__name__} of the engine does not use {missing[0]}")
    return FunctionType(plain.__code__, plain.__globals__ | replaced, plain.__name__)


def unchecked() -> Callable[[], AbstractContextManager[None]]:
    """Return what lets hospitals run without checks while it is entered.

    Raises
    ------
    ImportError
        If the engine is not built as this module expects.
    """
    move = compiled(_copy(moves.move, lacks_room=compiled(_room_for_step)))
    settle = compiled(_copy(kernel.settle, move=move))
    advance = compiled(_copy(kernel.advance, settle=settle, room_lacking=compiled(_room_enough)))
    files = (*ENGINE_FILES, __file__)
    cache = Engine("hospital-unchecked", Path(engine.__file__).parent, files)
    run_window = compiled(_copy(kernel.run_window, advance=advance))
    run_windows = compiled(_copy(kernel.run_windows, run_window=run_window))
    run = cache.entry_point(_copy(kernel.run, run_windows=run_windows, run_window=run_window))

    @contextmanager
    def without_checks() -> Generator[None]:
        shipped = engine.run
        engine.run = run
        try:
            yield
        finally:
            engine.run = shipped

    return without_checks
