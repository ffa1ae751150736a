"""Where what costs time to make is kept between processes: compiled code, parsed files."""

from __future__ import annotations

import marshal
import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["cache_home", "kept"]

_Value = TypeVar("_Value")


def cache_home() -> Path:
    """Return the folder of everything that is kept: $LOCUM_CACHE_DIR, or in the user's cache."""
    given = os.environ.get("LOCUM_CACHE_DIR")
    if given:
        return Path(given)
    user = os.environ.get("XDG_CACHE_HOME")
    return (Path(user) if user else Path.home() / ".cache") / "locum"


def kept(kind: str, source: bytes, make: Callable[[], _Value]) -> _Value:
    """Return what is made of some bytes, from the cache if it was made before.

    Whatever goes wrong with the cache, the value is made anew and nobody is told.

    Parameters
    ----------
    kind
        Of the value; its version stands in it, so that another version is another kind.
    source
        All that the value depends on.
    make
        Makes a value of plain Python (dicts, lists, tuples, text, numbers); what it raises is
        raised.
    """
    digest = sha256(f"{kind} {sys.version} ".encode() + source).hexdigest()
    path = cache_home() / kind / digest[:32]
    try:
        found: _Value = marshal.loads(path.read_bytes())  # noqa: S302  our own file
    except (OSError, ValueError, EOFError, TypeError):
        found = make()
        _keep(path, found)
    return found


def _keep(path: Path, value: object) -> None:
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        content = marshal.dumps(cast("Any", value))
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content)
        aside.replace(path)
    except (OSError, ValueError):
        return
