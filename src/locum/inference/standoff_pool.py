"""The trainees as a few homogeneous groups: the formula of the mean-field twin, on plain arrays.

The functions work on arrays of NumPy or JAX alike (`xp`), so that gradients come for free and a
test needs nothing but NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from locum.inference.standoff_counts import SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from locum.inference.scores import Floats
    from locum.inference.standoff_counts import Calendar

__all__ = [
    "GROUPS",
    "KEYS",
    "VARIANTS",
    "Algebra",
    "Array",
    "Day",
    "Pool",
    "Variant",
    "shares_by_scope",
]

Array: TypeAlias = Any
"""A number, or an array of NumPy or JAX."""

GROUPS = ("continuing", "interns", "final_year", "new_interns")
KEYS = ("start", "drive", "social", "pace", "rush", "amnesty", "concentration")
OF_TURNOVER = ("final_year", "final_share", "intern_share")
"""What only a pool that knows of the turn of the training year needs."""


class Algebra(NamedTuple):
    """Where the numbers live: a module like NumPy, the normal distribution function and a loop."""

    xp: Array
    cdf: Callable[[Array], Array]
    scan: Callable[
        [Callable[[Array, Array], tuple[Array, Array]], Array, Array], tuple[Array, Array]
    ]
    """Carries a state over rows of arrays, as `jax.lax.scan` does."""


class Day(NamedTuple):
    """What a step into the next day knows of it: each a number, or by day (T,)."""

    letters: Array
    """Share who had handed in a letter on the day before."""
    walkout: Array
    """1 if the walkout was called for it."""
    deadline: Array
    """1 if a deadline ran on the day before."""
    turn: Array
    """1 if the training year begins on it."""
    old_year: Array
    """1 if the training year had not turned on the day before."""


@dataclass(frozen=True)
class Variant:
    """A version of the twin.

    Parameters
    ----------
    name, says
        For readers.
    turnover
        Whether groups, the turn of the year and the scope of a count are known to it.
    social
        Whether members heed the others at all.
    watch_letters
        Whether they heed those who handed in a letter instead of those who are away.
    """

    name: str
    says: str
    turnover: bool = True
    social: bool = True
    watch_letters: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Return its freed numbers, without the prefix of the ledger."""
        kept = tuple(key for key in KEYS if self.social or key != "social")
        return (*kept, *OF_TURNOVER) if self.turnover else kept


VARIANTS = {
    each.name: each
    for each in (
        Variant("homogeneous", "one pool, no turn of the year", turnover=False),
        Variant("turnover", "groups, scope and the intake's own decision"),
        Variant("independent", "the same, nobody heeds the others", social=False),
        Variant("letters", "the same, letters are heeded", watch_letters=True),
    )
}


@dataclass(frozen=True, eq=False)
class Pool:
    """A twin with its calendar.

    Parameters
    ----------
    algebra
        NumPy's or JAX's.
    variant
        Which twin.
    calendar
        Days of the dispute.
    letters
        Share who had handed in a letter, by day (T + 1,).
    """

    algebra: Algebra
    variant: Variant
    calendar: Calendar
    letters: Floats

    @cached_property
    def days(self) -> Day:
        """What each of the T steps knows, (T,) each."""
        day = np.arange(self.calendar.days)
        asked, expired = self.calendar.deadline
        return Day(
            letters=self.letters[:-1],
            walkout=1.0 * (day + 1 == self.calendar.walkout),
            deadline=1.0 * ((asked <= day) & (day <= expired)),
            turn=1.0 * (day + 1 == self.calendar.turn),
            old_year=1.0 * (day < self.calendar.turn),
        )

    def run(self, values: Mapping[str, Array]) -> Array:
        r"""Return the share away by day and group, shape (T + 1, 4, ...).

        Parameters
        ----------
        values
            Numbers of the twin by key; each a scalar, or one for each of several draws.

        Notes
        -----
        A share :math:`r` of a group decides anew on a day, and
        :math:`\Phi(b - d_g + J(s - 1/2) - a)` of them are away then, with the drive :math:`b`,
        the shift of the final year :math:`d_g`, what is heeded :math:`s` and the deadline
        :math:`a`. The intake of the new year decides at once by the same rule. With :math:`J=0`
        groups go geometrically to a level that no other group moves; held by
        tests/inference/test_standoff_meanfield.py.

        References
        ----------
        Brock and Durlauf (2001), Review of Economic Studies 68(2):235-260.
        """
        xp = self.algebra.xp
        start = xp.stack([values["start"] + 0.0 * values["drive"]] * len(GROUPS))

        def step(shares: Array, day: Day) -> tuple[Array, Array]:
            following = self._step(values, shares, day)
            return following, following

        _, later = self.algebra.scan(step, start, self.days)
        return xp.concatenate([start[None], later])

    def _step(self, values: Mapping[str, Array], shares: Array, day: Day) -> Array:
        xp = self.algebra.xp
        inclination = values["drive"] - values["amnesty"] * day.deadline
        if self.variant.social:
            inclination += values["social"] * (self._heeded(values, shares, day) - 0.5)
        shift = values["final_year"] if self.variant.turnover else 0.0 * inclination
        inclinations = [inclination, inclination, inclination - shift, inclination]
        wanted = self.algebra.cdf(xp.stack(inclinations))
        pace = values["pace"] + (values["rush"] - values["pace"]) * day.walkout
        moved = shares + pace * (wanted - shares)
        entered = moved[3] + (wanted[3] - moved[3]) * day.turn
        return xp.concatenate([moved[:3], entered[None]])

    def _heeded(self, values: Mapping[str, Array], shares: Array, day: Day) -> Array:
        if self.variant.watch_letters:
            return day.letters
        if not self.variant.turnover:
            return shares[0]
        final, intern = values["final_share"], values["intern_share"]
        leaving, entered = final * day.old_year, intern * (1.0 - day.old_year)
        continuing = 1.0 - final - intern
        joined = (
            continuing * shares[0] + intern * shares[1] + leaving * shares[2] + entered * shares[3]
        )
        return joined / (continuing + intern + leaving + entered)


def shares_by_scope(pool: Pool, values: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return the share away by scope of a count, each by day (T + 1, ...).

    A pool without turnover says the same of every scope.
    """
    away = pool.run(values)
    if not pool.variant.turnover:
        return dict.fromkeys(SCOPES, away[:, 0])
    final, intern = values["final_share"], values["intern_share"]
    continuing = (1.0 - final - intern) * away[:, 0]
    interns, leaving, new = intern * away[:, 1], final * away[:, 2], intern * away[:, 3]
    residents = continuing + interns
    return {
        "february": residents + leaving,
        "residents": residents / (1.0 - final),
        "all": (residents + new) / (1.0 - final + intern),
    }
