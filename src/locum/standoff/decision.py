"""What an agent weighs, and the rules by which it decides.

Private support of agent i in cell c is

    private = grievance + shift[c] + taste * theta_i + org_sd * Theta_o + department_sd * Theta_d,

and what others expect of it is told by four shares of those who have joined: of the own
department, the own organisation and kind, the own links, and the share that all believe in,

    share = w_d x_d + w_o x_o + w_l x_l + w_p x_p.

An agent is never among its own neighbours, and an empty neighbourhood counts as one half. Lists of
those who stay and sanctions on those who leave add

    pressure = list_weight * exposure * (1 + named_i) - risk_i * sanction
               - pull * exp(pull_sd * Z_o - pull_sd**2 / 2) [if joined]
               - fatigue * days_away / 100 [if away].

A rule makes one number v of these, and v moves the agent (`locum.standoff.kernels`). All utilities
are in standard deviations of taste, if `decision.taste` is 1.
"""

from __future__ import annotations

from math import erf, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.errors import NotFinite, UnknownName
from locum.standoff.states import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["BARGAINING", "IMITATION", "RULES", "TASTE", "THRESHOLD", "Parameters", "Signals"]

RULES: Mapping[str, str] = {
    "taste": "persistent taste and conformity: v = private + pressure + J (2 share - 1)",
    "threshold": "acts when the share reaches the own threshold: v = 2 (share - Phi(-private - "
    "pressure))",
    "imitation": "looks at one link: v = private + pressure + J (2 seen - 1)",
    "bargaining": "stake times the chance to win: v = (1 + J) max(private, 0) share / (share + "
    "resolve) + min(private, 0) + pressure",
}
"""Rival rules by name; the same v moves agents under each."""
TASTE, THRESHOLD, IMITATION, BARGAINING = range(len(RULES))


class Parameters(NamedTuple):
    """What agents are like; each of shape (4,), by kind.

    Parameters
    ----------
    taste, org_sd, department_sd
        Standard deviations of taste and of the shocks that an organisation or a department share.
    social
        Strength of conformity, J.
    share_department, share_organisation, share_links, share_public
        Weights of the four shares; they sum to 1.
    revise
        Chance a day that an agent thinks again.
    threshold
        Cost of changing public action, c.
    gap
        Further support needed to stay away beyond a letter.
    return_cost, reapply
        Cost of coming back from absence, and into a post once it is given up.
    fatigue
        Support lost in 100 days away.
    list_weight
        What exposure on a list of those who stay weighs.
    tolerance
        Days away that cost the training year.
    risk_sd
        Standard deviation of the logarithm of aversion to risk, whose mean is 1.
    pull_sd
        The same for what an organisation makes of a deadline.
    eligible
        Share who may be enlisted once they have no post.
    """

    taste: Floats
    org_sd: Floats
    department_sd: Floats
    social: Floats
    share_department: Floats
    share_organisation: Floats
    share_links: Floats
    share_public: Floats
    revise: Floats
    threshold: Floats
    gap: Floats
    return_cost: Floats
    reapply: Floats
    fatigue: Floats
    list_weight: Floats
    tolerance: Floats
    risk_sd: Floats
    pull_sd: Floats
    eligible: Floats

    @classmethod
    def read(cls, values: Mapping[str, float | str]) -> Parameters:
        """Return the parameters that assumptions say.

        Parameters
        ----------
        values
            By key. A parameter is read from `decision.NAME_KIND`, or else from `decision.NAME`,
            which holds for all kinds without a key of their own; the weights of the shares from
            `decision.weight_NAME`, of which only the ratios count.

        Raises
        ------
        UnknownName
            If a key is missing.
        """
        found = {name: _by_kind(values, _KEYS.get(name, name)) for name in cls._fields}
        total = sum(found[name] for name in _WEIGHTS)
        return cls(**found | {name: found[name] / total for name in _WEIGHTS})

    @property
    def rows(self) -> Floats:
        """Return them as one array, a row for each."""
        return np.array(self)


_WEIGHTS = ("share_department", "share_organisation", "share_links", "share_public")
_KEYS = {name: name.replace("share", "weight") for name in _WEIGHTS} | {"tolerance": "days_missed"}


def _by_kind(values: Mapping[str, float | str], name: str) -> Floats:
    """Return the values of a parameter for each kind."""
    found: list[float] = []
    for kind in KINDS:
        own = f"decision.{name}_{kind}"
        key = own if own in values else f"decision.{name}"
        if key not in values:
            raise UnknownName("assumption", key, values)
        found.append(float(values[key]))
    return np.array(found)


class Signals(NamedTuple):
    """What a day tells agents; each of shape (4,), by kind, unless said.

    Parameters
    ----------
    grievance
        Level of private support, with all that is common: own grievance, agenda, call, backlash.
    shift
        Added to it in each cell, shape (C,).
    sanction
        Perceived chance times severity, at least 0; an agent's aversion to risk multiplies it.
    exposure
        How strongly lists weigh on those who stay, 0..1.
    pull
        What a deadline or an amnesty takes from the support of those who have joined, at least 0.
    public
        Share believed to have joined, 0..1.
    attention
        Factor on the chance to revise.
    letters, gate
        Share of organisations, 0..1, in which letters are handed in, and in which absence has
        begun; always the same ones are first.
    held
        0 or 1: those absent may come back.
    window
        Chance that one who wants back into a post gets one on a day.
    easier
        What the terms of a window take from `return_cost` and `reapply`.
    accept
        Chance a day that the letter of an absent trainee or student is accepted, by code of
        organisation, shape (O,).
    hire, enlist
        Chance a day that one who resigned is employed elsewhere, or enlisted if eligible.
    release
        Chance a day that one who is absent goes back because the action ended.
    name
        Chance a day that one at work is named on a list.
    resolve
        Of the government, at least 0; only the rule "bargaining" reads it.
    """

    grievance: Floats
    shift: Floats
    sanction: Floats
    exposure: Floats
    pull: Floats
    public: Floats
    attention: Floats
    letters: Floats
    gate: Floats
    held: Floats
    window: Floats
    easier: Floats
    accept: Floats
    hire: Floats
    enlist: Floats
    release: Floats
    name: Floats
    resolve: float = 1.0

    @classmethod
    def quiet(cls, cells: int, organisations: int) -> Signals:
        """Return a day on which nothing is said or open; change it with `_replace`."""
        fields = [np.zeros(len(KINDS)) for _ in cls._fields[:-1]]
        quiet = cls._make([*fields, 1.0])._replace(shift=np.zeros(cells))
        ones = np.ones(len(KINDS))
        return quiet._replace(accept=np.zeros(organisations), attention=ones, held=ones.copy())

    @property
    def rows(self) -> Floats:
        """Return all that is by kind as one array; those of shape (C,) and (O,) are left out.

        Raises
        ------
        NotFinite
            If a number is NaN or infinite.
        """
        rows = np.array([getattr(self, name) for name in SIGNAL_ROWS])
        if not np.isfinite(rows).all():
            bad = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
            raise NotFinite(f"signal {SIGNAL_ROWS[bad]}", "a day of the standoff")
        return rows


SIGNAL_ROWS = tuple(name for name in Signals._fields if name not in {"shift", "accept", "resolve"})
"""Names of the signals by kind, in the order of `Signals.rows`."""

STEPS_A_UNIT = 128
FARTHEST = 8
NORMAL = np.array(
    [
        0.5 * (1.0 + erf(step / STEPS_A_UNIT / sqrt(2.0)))
        for step in range(-FARTHEST * STEPS_A_UNIT, FARTHEST * STEPS_A_UNIT + 1)
    ]
)
"""Standard normal probabilities at every 128th of a unit from -8 to 8; read between two by a
straight line, which errs by at most 2e-6 and is the same in every engine."""
NORMAL.flags.writeable = False
