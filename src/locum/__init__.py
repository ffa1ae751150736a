"""Locum: simulate a national health system whose doctors are scarce and may walk out."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    __version__: str

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """Look the version up when somebody asks: importing the metadata reader costs 20 ms."""
    if name != "__version__":
        raise AttributeError(f"module 'locum' has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("locum")
    except PackageNotFoundError:  # a source tree that was never installed
        return "0.0.0"
