"""What a fit of the hospitals taught, as far as a run needs to say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from locum.runs.hospitals.posterior import read_posterior

if TYPE_CHECKING:
    from locum.assumptions import Ledger
    from locum.countries import Pack

__all__ = ["Taught", "taught_by_fit"]

_DRAWS = 2000


class Taught(NamedTuple):
    """Prior and posterior of an assumption.

    Parameters
    ----------
    key
        Of the assumption.
    prior_sd, posterior_sd
        Standard deviations, in its unit.
    contraction
        1 less their ratio: 0 nothing, 1 everything.
    """

    key: str
    prior_sd: float
    posterior_sd: float
    contraction: float


def taught_by_fit(pack: Pack, ledger: Ledger) -> tuple[Taught, ...]:
    """Return what the pack's fit taught of each freed assumption; nothing without a fit.

    Parameters
    ----------
    pack
        The country.
    ledger
        The hospital assumptions with their priors.
    """
    posterior = read_posterior(pack)
    if posterior is None:
        return ()
    prior = ledger.draw(0, 1, _DRAWS)
    found: list[Taught] = []
    for place, key in enumerate(posterior.keys):
        before = float(prior.value(key).std())
        after = float(posterior.values[:, place].std())
        found.append(Taught(key, before, after, 1.0 - after / before if before > 0.0 else 0.0))
    return tuple(found)
