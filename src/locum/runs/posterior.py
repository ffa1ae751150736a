"""Draws of a run whose freed assumptions come from a fit, not from their priors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from locum.assumptions import with_levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from locum.assumptions import Draws, Ledger

__all__ = ["Fitted", "with_fitted"]


class Fitted(Protocol):
    """What a fit left: P freed assumptions and D equally likely draws of them."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the assumptions, P of them."""
        ...

    @property
    def central(self) -> NDArray[np.float64]:
        """Return what the central draw of a run uses, (P,)."""
        ...

    @property
    def values(self) -> NDArray[np.float64]:
        """Return draws (D, P), in the units of the assumptions."""
        ...


def with_fitted(draws: Draws, fitted: Fitted, ledger: Ledger) -> Draws:
    """Return draws in which freed assumptions come from a fit.

    Draw 0 gets the central values and draw n the n-th of the fit, from its beginning again when it
    has fewer. An assumption that a scenario or a user has stated otherwise keeps what was stated:
    it is replaced only if it is the ledger's own.

    Parameters
    ----------
    draws
        Draws of a run.
    fitted
        From the pack; every key of it is one of the draws and of the ledger.
    ledger
        The country's own assumptions, which the fit was made with.
    """
    rows = (draws.numbers - 1) % len(fitted.values)
    for place, key in enumerate(fitted.keys):
        stated, own = draws.assumptions[key], ledger[key]
        if (stated.value, stated.prior) != (own.value, own.prior):
            continue
        levels = fitted.values[rows, place].copy()
        levels[draws.numbers == 0] = fitted.central[place]
        draws = with_levels(draws, key, levels)
    return draws
