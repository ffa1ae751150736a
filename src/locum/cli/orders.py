"""How a command is asked to run: the options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Order"]


@dataclass(frozen=True)
class Order:
    """How to run, as far as the command line says so."""

    draws: int | None
    seed: int | None
    sets: tuple[str, ...]
    workers: int | None
    quiet: bool
