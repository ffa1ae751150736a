"""Ordinary posts of an hour: how many, which press those who stay, which are taken down."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from locum.forum.compilation import compiled
from locum.forum.draws import poisson
from locum.forum.records import HOURS, NAMED, NONE, REPORTS, RING

if TYPE_CHECKING:
    from locum.forum.records import Array, Board

__all__ = ["quiet_posts", "talk"]

_POSTS = 1


@compiled
def quiet_posts(p: Array) -> float:
    """Return the posts an hour, replies included, while nobody is called or away."""
    own = p.members * p.posts_per_member / HOURS
    return own / (1.0 - p.branching)


@compiled
def talk(w: Board, drive: Array, out: Array) -> float:
    """Let members post for an hour; return the views of posts that press.

    A post has the intensity of own posts and of replies to earlier posts. What share of posts
    press, protest, or are taken down, is expected, given the posts.
    """
    p, now, s = w.p, w.now, w.s
    posts = _write(w, drive)
    written = 1.0 - p.chill if now.identity == NAMED else 1.0
    pressing = posts * p.pressure_share * drive.away * written * math.exp(-s.deterrence)
    lawful = posts * p.protest_share
    out.posts += posts
    out.silenced += lawful * (1.0 - written)
    s.seen += pressing * p.post_views * p.members
    if now.policy != NONE:
        out.removed += pressing * now.detection
        out.wrongly_removed += lawful * written * now.wrong
        _plan_removal(w, pressing * now.detection * p.post_views * p.members)
    viewed = _viewed(w)
    return viewed if now.closed == 0.0 else 0.0


@compiled
def _write(w: Board, drive: Array) -> float:
    """Return the posts of an hour, to which members will reply."""
    p, s = w.p, w.s
    stay = math.exp(-1.0 / p.reply_hours)
    posts = 0.0
    if w.now.closed == 0.0:
        push = max(drive.call, drive.away)
        own = p.members * p.posts_per_member / HOURS * (1.0 + p.agitation * push)
        rate = own + p.branching * (1.0 - stay) * s.excitation
        posts = poisson(rate, w.key, np.uint64(s.hour), _POSTS)
    s.excitation = stay * s.excitation + posts
    return posts


@compiled
def _plan_removal(w: Board, potential: float) -> None:
    """Write down what removal of this hour's posts will take from whose views, and when.

    At age L the views still to come of what was found are exp(-L / life) of all. Judged at once,
    they vanish; judged when a reader reports it, which a view brings about, the second half of
    exp(-2 (age - L) / life) is spared.
    """
    p, now = w.p, w.now
    whole = math.floor(now.latency)
    if whole >= RING:
        return
    row = w.plan[(w.s.hour + np.int64(whole)) % RING]
    gone = potential * math.exp(-now.latency / p.life_hours)
    keep = math.exp(-(whole + 1.0 - now.latency) / p.life_hours)
    row[0] += gone * (1.0 - keep)
    row[1] += gone * keep
    if now.policy == REPORTS:
        row[2] += gone * (1.0 - keep * keep) / 2.0
        row[3] += gone * keep * keep


@compiled
def _viewed(w: Board) -> float:
    """Return the views of this hour, and age what is still to be viewed by an hour."""
    s = w.s
    keep = math.exp(-1.0 / w.p.life_hours)
    twice = keep * keep
    row = w.plan[s.hour % RING]
    viewed = (s.seen - s.gone) * (1.0 - keep) + s.spared * (1.0 - twice) / 2.0
    viewed += row[2] - row[0]
    s.seen *= keep
    s.gone = s.gone * keep + row[1]
    s.spared = s.spared * twice + row[3]
    row[:] = 0.0
    return max(0.0, viewed)
