"""Reports to the police, warrants, author data that run out, staff who hide them, arrests."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from locum.forum.compilation import compiled
from locum.forum.draws import exponential, uniform
from locum.forum.records import (
    ANONYMOUS,
    AUTHOR,
    CAUGHT,
    CLOSED,
    HERE,
    HIDDEN,
    HOURS,
    NAMED,
    OPEN,
)

if TYPE_CHECKING:
    from locum.forum.records import Array, Board

__all__ = ["enforce", "inquire", "open_inquiry"]

_REPORTED, _REPORT, _WARRANT, _LAW, _HIDE, _RECOVER, _ARREST, _WHEN, _FOUND, _RAID = range(40, 50)


@compiled
def open_inquiry(w: Board, post: Array) -> None:
    """Draw when the police are told of a new post and when a warrant is served."""
    key, p, now = w.key, w.p, w.now
    post.stage = OPEN
    post.reported = p.report_hours * exponential(key, post.ident, _REPORT, 0)
    post.warrant = post.reported + p.warrant_hours * exponential(key, post.ident, _WARRANT, 0)
    chance = p.outside_identified * now.legal_reach
    if post.where == HERE:
        chance = 0.0 if now.identity == ANONYMOUS else 1.0
        if now.identity == NAMED:
            post.warrant = post.reported
    told = uniform(key, post.ident, _REPORTED, 0) < p.reported
    if not told or uniform(key, post.ident, _LAW, 1) >= chance:
        post.stage = CLOSED


@compiled
def inquire(w: Board, i: int, out: Array) -> None:
    """Let an hour pass in the inquiry into a post, whose age is that at the hour's start."""
    now, post = w.now, w.posts[i]
    end = post.age + 1.0
    open_book = post.where != HERE or now.identity == NAMED
    kept = math.inf if open_book else now.retention
    if now.preserved != 0.0 and post.reported < min(end, kept):
        post.preserved = 1
    if post.preserved != 0:
        kept = math.inf
    if post.warrant < min(end, kept):
        if open_book:
            _identify(w, i, out)
        elif uniform(w.key, post.ident, _LAW, 0) >= now.legal_reach:
            post.stage = CLOSED
        else:
            _ask(w, i, uniform(w.key, post.ident, _HIDE, 0), out)
    elif end >= kept:
        post.stage = CLOSED


@compiled
def _ask(w: Board, i: int, luck: float, out: Array) -> None:
    """Ask the operator for an author, whom its staff may hide."""
    if luck < w.p.concealment:
        w.posts[i].stage = HIDDEN
        w.s.hidden += 1
        out.concealed += 1.0
    else:
        _identify(w, i, out)


@compiled
def _identify(w: Board, i: int, out: Array) -> None:
    """Make an author known, once, and draw whether and when an arrest follows."""
    key, p, post = w.key, w.p, w.posts[i]
    content = w.contents[post.content]
    post.stage = CLOSED
    if post.by == AUTHOR:
        if content.caught != 0:
            return
        content.caught = 1
    out.identified += 1.0
    if uniform(key, post.ident, _ARREST, 0) < p.arrested:
        wait = p.arrest_days * HOURS * exponential(key, post.ident, _WHEN, 0)
        post.stage = CAUGHT
        post.arrest = w.s.hour + wait


@compiled
def enforce(w: Board, drive: Array, out: Array) -> None:
    """Do a day's work of police and courts: what comes to light, searches, warrants, arrests."""
    key, p, s = w.key, w.p, w.s
    day = np.uint64(s.day)
    found = 1.0 - math.exp(-1.0 / p.concealment_days)
    if s.hidden > 0 and uniform(key, day, _FOUND, 0) < found:
        _uncover(w, out)
    raid = uniform(key, day, _RAID, 0)
    warrants = drive.warrants
    for i in range(s.posts):
        if not _within_reach(w, i):
            continue
        if drive.raids > 0.0:
            _ask(w, i, raid, out)
        elif warrants > 0.0:
            warrants -= 1.0
            _ask(w, i, uniform(key, w.posts[i].ident, _HIDE, 0), out)
    _arrest(w, drive, out)


@compiled
def _within_reach(w: Board, i: int) -> bool:
    """Return whether the operator still knows who wrote a post that the police were told of."""
    now, post = w.now, w.posts[i]
    if post.stage != OPEN or post.where != HERE or post.reported > post.age:
        return False
    return post.preserved != 0 or post.age < now.retention


@compiled
def _uncover(w: Board, out: Array) -> None:
    """Bring to light that staff hid data, and recover a part of them."""
    s = w.s
    for i in range(s.posts):
        post = w.posts[i]
        if post.stage == HIDDEN:
            post.stage = CLOSED
            if uniform(w.key, post.ident, _RECOVER, 0) < w.p.recovered:
                _identify(w, i, out)
    s.hidden = 0
    out.uncovered = 1.0


@compiled
def _arrest(w: Board, drive: Array, out: Array) -> None:
    """Arrest authors whose time has come; arrests of the scenario take those who wait first."""
    given = drive.arrests
    out.arrests += given
    for i in range(w.s.posts):
        post = w.posts[i]
        if post.stage != CAUGHT:
            continue
        if given > 0.0:
            given -= 1.0
        elif post.arrest < w.s.hour + HOURS:
            out.arrests += 1.0
        else:
            continue
        post.stage = CLOSED
        if post.by == AUTHOR:
            w.contents[post.content].silent = 1
