"""What the forum comes to where it can be solved, for tests, tables and readers."""

from __future__ import annotations

from math import exp, isinf
from statistics import NormalDist
from typing import TYPE_CHECKING

from locum.errors import OutOfBounds

if TYPE_CHECKING:
    from locum.forum.parameters import Parameters
    from locum.forum.settings import Platform

__all__ = ["in_time", "post_rate", "prevented_share", "wrong_share"]


def prevented_share(latency: float, life: float, *, policy: str = "screening") -> float:
    """Return the share of a found post's views that its removal prevents.

    Parameters
    ----------
    latency
        Hours from finding to removal.
    life
        Mean age (hours) at which a post is viewed.
    policy
        "screening": posts are judged when they are made; "reports": when a viewer reports them,
        each view being as likely as another to bring that about.

    Notes
    -----
    exp(-latency / life), and half of it. Of a post that lives 13 hours, removal after 1, 20 and
    72 hours prevents 93, 21 and 0.4 per cent.
    """
    prevented = exp(-latency / life)
    if policy == "none":
        return 0.0
    return prevented / 2 if policy == "reports" else prevented


def in_time(report: float, warrant: float, retention: float, *, preserved: bool = False) -> float:
    """Return the chance that a warrant is served before author data are deleted.

    Parameters
    ----------
    report, warrant
        Mean hours from the post to a report, and from there to the warrant; both exponential.
    retention
        Hours for which author data are kept; infinite for good.
    preserved
        Whether they are secured with the report.

    Notes
    -----
    With rates a, b of the two steps, 1 - (b exp(-a R) - a exp(-b R)) / (b - a), where a = b,
    1 - (1 + a R) exp(-a R); 1 - exp(-a R) with preservation.
    """
    if isinf(retention):
        return 1.0
    a, b = 1 / report, 1 / warrant
    first = exp(-a * retention)
    if preserved:
        return 1 - first
    if abs(a - b) <= 1e-9 * a:
        return 1 - (1 + a * retention) * first
    return 1 - (b * first - a * exp(-b * retention)) / (b - a)


def post_rate(own: float, branching: float) -> float:
    """Return the long-run rate of a self-exciting process: own / (1 - branching).

    Raises
    ------
    OutOfBounds
        If each post brings forth one reply or more, so that there is no such rate.

    References
    ----------
    A. G. Hawkes: Spectra of some self-exciting and mutually exciting point processes.
    Biometrika 58 (1971), 83-90.
    """
    if not 0 <= branching < 1:
        raise OutOfBounds("branching ratio", branching, "", 0, 1)
    return own / (1 - branching)


def wrong_share(parameters: Parameters, platform: Platform) -> float:
    """Return the share of lawful posts under review that are taken down.

    Reviewers see lawful posts and posts that press as two normal distributions d apart, and take
    down what lies beyond a threshold. Where it finds the share D of those that press, it takes
    down the share F = Phi(Phi^-1(D) - d) of lawful ones. Deciding fast costs discrimination:
    d = discrimination (1 - haste exp(-latency / review_hours)).

    References
    ----------
    D. M. Green, J. A. Swets: Signal detection theory and psychophysics. Wiley 1966.
    """
    if platform.policy == "none" or platform.detection == 0:
        return 0.0
    if platform.detection == 1:
        return 1.0
    normal = NormalDist()
    hurry = exp(-platform.latency_hours / parameters.review_hours)
    distance = parameters.discrimination * (1 - parameters.haste * hurry)
    return normal.cdf(normal.inv_cdf(platform.detection) - distance)
