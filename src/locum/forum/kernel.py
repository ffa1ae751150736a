"""The loop over the hours of days on the forum.

The tables stand in `locum.forum.records`; the equations in `docs/model-forum.md`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from locum.forum.compilation import compiled, entry_point
from locum.forum.draws import child, exponential, uniform
from locum.forum.law import enforce
from locum.forum.lists import add_content, add_post, advance, post_again
from locum.forum.records import (
    AUTHOR,
    CLOSED,
    DELETION,
    FULL,
    GROUP,
    GROUPS,
    HERE,
    HOURS,
    NAMES,
    OUTSIDE,
    USUAL,
    Board,
)
from locum.forum.talk import quiet_posts, talk

if TYPE_CHECKING:
    from locum.forum.records import Array

__all__ = ["run"]

_LIST, _FIRST, _DELETION, _BREW, _BREWED = range(60, 65)


@entry_point
def run(
    tables: Board, drives: Array, at_work: Array, posted: Array, out: Array, name: Array
) -> int:
    """Let days pass; return FULL if contents or posts need more room, else 0.

    Parameters
    ----------
    tables
        The tables, which change.
    drives, at_work
        What each day brings, shape (D,) and (D, GROUPS).
    posted
        Of each list of the scenario, in the order of days: heads (NaN where nobody counted them),
        channel, and whether it names a group; shape (lists, 2 + GROUPS).
    out, name
        What each day came to, shape (D,) and (D, GROUPS), filled with zeros.
    """
    single = tables.key[0], tables.p[0], tables.now[0], tables.s[0]
    contents = tables.contents, tables.shares, tables.posts
    w = Board(*single, tables.naming, *contents, tables.plan)
    if w.s.hour == 0:
        _begin(w)
    place = 0
    for d in range(drives.shape[0]):
        last = place + np.int64(drives[d].lists)
        if not _day(w, drives[d], at_work[d], posted[place:last], out[d]):
            return FULL
        _name(w, at_work[d], out[d], name[d])
        place = last
    return 0


@compiled
def _begin(w: Board) -> None:
    """Fill the state of a forum that has been quiet for long."""
    p, s = w.p, w.s
    s.excitation = quiet_posts(p) / (1.0 - math.exp(-1.0 / p.reply_hours))
    s.next_list = exponential(w.key, np.uint64(0), _BREW, 0)


@compiled
def _day(w: Board, drive: Array, at_work: Array, posted: Array, out: Array) -> bool:
    """Let a day pass; return whether there was room."""
    p, s = w.p, w.s
    _forget(w)
    enforce(w, drive, out)
    s.deterrence *= math.exp(-1.0 / p.deterrence_days)
    events = out.arrests + drive.sentences + p.referral_weight * drive.referrals
    s.deterrence += p.deterrence * events
    if not _publish(w, drive, at_work, posted, out):
        return False
    lists = 0.0
    pressing = 0.0
    for _ in range(HOURS):
        pressing += talk(w, drive, out)
        if not _brew(w, drive, at_work, out) or not post_again(w, out):
            return False
        viewed = advance(w, out)
        if viewed < 0.0:
            return False
        lists += viewed
        s.hour += 1
    _weigh(w, lists, pressing, out)
    _lose(w, drive, out)
    s.day += 1
    return True


@compiled
def _forget(w: Board) -> None:
    """Drop posts that nobody views and no inquiry asks for."""
    posts = w.posts
    kept = 0
    for i in range(w.s.posts):
        if posts[i].live != 0 or posts[i].stage != CLOSED:
            if kept != i:
                posts[kept] = posts[i]
            kept += 1
    w.s.posts = kept


@compiled
def _publish(w: Board, drive: Array, at_work: Array, posted: Array, out: Array) -> bool:
    """Post what the scenario tells of; return whether there was room."""
    key = w.key
    day = np.uint64(w.s.day)
    for i in range(posted.shape[0]):
        ident = child(key, day, _LIST, i)
        row = add_content(w, ident, NAMES)
        if row < 0:
            return False
        _spread(w, row, posted[i, 0], posted[i, 2:], at_work)
        if not _first(w, row, np.int64(posted[i, 1]), out):
            return False
    for i in range(np.int64(drive.deletions)):
        row = add_content(w, child(key, day, _DELETION, i), DELETION)
        if row < 0 or not _first(w, row, HERE, out):
            return False
    return True


@compiled
def _first(w: Board, row: int, where: int, out: Array) -> bool:
    """Make the first post of what was made known; return whether there was room."""
    ident = child(w.key, w.contents[row].ident, _FIRST, 0)
    return add_post(w, row, ident, where, AUTHOR, out)


@compiled
def _spread(w: Board, row: int, heads: float, groups: Array, at_work: Array) -> None:
    """Spread the heads that a list names over groups, by their heads at work."""
    total = 0.0
    for g in range(GROUPS):
        total += groups[g] * at_work[g]
    if math.isnan(heads):
        heads = w.p.list_share * total
    for g in range(GROUPS):
        w.shares[row, g] = groups[g] * min(1.0, heads / total) if total > 0.0 else 0.0


@compiled
def _brew(w: Board, drive: Array, at_work: Array, out: Array) -> bool:
    """Let lists appear of which the scenario does not tell; return whether there was room."""
    key, p, s = w.key, w.p, w.s
    s.brewing += p.new_lists / HOURS * drive.away * math.exp(-s.deterrence)
    while s.brewing >= s.next_list:
        s.made += 1
        s.next_list += exponential(key, np.uint64(0), _BREW, s.made)
        ident = child(key, np.uint64(s.made), _BREWED, 0)
        goes = uniform(key, ident, _BREWED, 1) < p.outside_first
        where = OUTSIDE if goes and w.now.outside > 0.0 else HERE
        row = add_content(w, ident, NAMES)
        if row < 0:
            return False
        groups = np.zeros(GROUPS)
        groups[:USUAL] = 1.0
        _spread(w, row, math.nan, groups, at_work)
        if not _first(w, row, where, out):
            return False
    return True


@compiled
def _weigh(w: Board, lists: float, pressing: float, out: Array) -> None:
    """Sum up who was reached that day, and how it weighs on those who stay."""
    p, s = w.p, w.s
    out.views = lists + pressing
    out.reach = 1.0 - math.exp(-out.views / p.members)
    s.memory *= math.exp(-1.0 / p.memory_days)
    s.memory += (lists + p.pressure_weight * pressing) / p.members
    out.exposure = 1.0 - math.exp(-s.memory)
    for i in range(s.posts):
        post = w.posts[i]
        if post.live != 0 and w.contents[post.content].kind == NAMES:
            out.lists_live += 1.0


@compiled
def _name(w: Board, at_work: Array, out: Array, name: Array) -> None:
    """Tell of those who became known by name, where they are a group.

    Of those on a list, one is known with the first view by somebody who knows that person;
    lists overlap as if each took its share of a group by lot.
    """
    p = w.p
    for g in range(GROUPS):
        spared = 1.0
        for row in range(w.s.contents):
            if w.shares[row, g] > 0.0:
                seen = 1.0 - math.exp(-p.acquaintances * w.contents[row].views / p.members)
                spared *= 1.0 - w.shares[row, g] * seen
        told = w.naming[g].told
        heads = (1.0 - spared - told) * at_work[g]
        if heads >= GROUP:
            out.named += heads
            name[g] = (1.0 - spared - told) / (1.0 - told)
            w.naming[g].told = 1.0 - spared


@compiled
def _lose(w: Board, drive: Array, out: Array) -> None:
    """Lose the records of those who leave that day after seeing a post that urges it."""
    p, s = w.p, w.s
    urged = 0.0
    for row in range(s.contents):
        if w.contents[row].kind == DELETION:
            urged += w.contents[row].views
    newly = max(0.0, drive.away - s.highest_away)
    s.highest_away = max(s.highest_away, drive.away)
    s.record_loss += p.record_loss * newly * (1.0 - math.exp(-urged / p.members))
    out.record_loss = s.record_loss
