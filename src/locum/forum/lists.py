"""Lists that name those who stayed: their posts, their copies outside, their removal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from locum.forum.compilation import compiled
from locum.forum.draws import child, exponential, uniform
from locum.forum.law import inquire, open_inquiry
from locum.forum.records import (
    AUTHOR,
    COPIER,
    HERE,
    HOURS,
    NAMED,
    NAMES,
    NONE,
    OPEN,
    OUTSIDE,
    REPORTS,
)

if TYPE_CHECKING:
    from locum.forum.records import Array, Board, Whole

__all__ = ["add_content", "add_post", "advance", "post_again"]

(
    _AGAIN,
    _POST,
    _WHERE,
    _DISPLACED,
    _FINDING,
    _REVIEW,
    _TAKEN,
    _TIME,
    _COPY,
    _COPIED,
    _OPENNESS,
    _MOVED,
) = range(20, 32)
_LEFT = 1e-4
_LONG = 12.0


@compiled
def add_content(w: Board, ident: Whole, kind: int) -> int:
    """Make a list (or a post that urges deletion) known; return its row, or -1 without room."""
    s = w.s
    row = s.contents
    if row >= w.contents.shape[0]:
        return -1
    content = w.contents[row]
    content.ident = ident
    content.kind = kind
    content.age = 0.0
    content.views = 0.0
    content.posted = 0.0
    content.next_post = exponential(w.key, ident, _AGAIN, 0)
    content.children = 0
    content.caught = 0
    content.silent = 0
    w.shares[row] = 0.0
    s.contents += 1
    return row


@compiled
def add_post(w: Board, content: int, ident: Whole, where: int, by: int, out: Array) -> bool:
    """Put a post where it can be put; return whether there was room."""
    key, p, now, s = w.key, w.p, w.now, w.s
    if now.closed != 0.0 and where == HERE:
        if uniform(key, ident, _DISPLACED, 0) >= p.displacement:
            return True
        where = OUTSIDE
    if where == OUTSIDE and uniform(key, ident, _OPENNESS, 0) >= now.outside:
        return True
    if s.posts >= w.posts.shape[0]:
        return False
    post = w.posts[s.posts]
    s.posts += 1
    post.ident = ident
    post.content = content
    post.where = where
    post.by = by
    post.live = 1
    post.preserved = 0
    post.children = 0
    post.age = 0.0
    post.views = 0.0
    post.arrest = math.inf
    post.removed = math.inf
    if where == OUTSIDE:
        out.copies_outside += 1.0
    _prepare(w, post)
    open_inquiry(w, post)
    return True


@compiled
def _prepare(w: Board, post: Array) -> None:
    """Draw when a new post is copied first, and at what age it is taken down."""
    key, p, now = w.key, w.p, w.now
    if post.where == HERE:
        post.left = p.list_views * p.members
        post.next_copy = _gap(w, post.ident, 0, post.left, p.copies)
        if now.policy != NONE and uniform(key, post.ident, _FINDING, 0) < now.detection:
            post.removed = now.latency
            if now.policy == REPORTS:
                post.removed += p.life_hours * exponential(key, post.ident, _REVIEW, 0)
    else:
        post.left = p.outside_views * p.members
        post.next_copy = _gap(w, post.ident, 0, post.left, p.copies_outside)
        if uniform(key, post.ident, _TAKEN, 0) < p.outside_removed * now.legal_reach:
            post.removed = p.outside_latency_hours * exponential(key, post.ident, _TIME, 0)


@compiled
def _gap(w: Board, ident: Whole, number: int, views: float, copies: float) -> float:
    """Return how many views pass until the next copy."""
    if copies <= 0.0 or views <= 0.0:
        return math.inf
    return exponential(w.key, ident, _COPY, number) * views / copies


@compiled
def post_again(w: Board, out: Array) -> bool:
    """Let authors post their lists again for an hour; return whether there was room."""
    p, s = w.p, w.s
    willing = math.exp(-s.deterrence)
    if w.now.identity == NAMED:
        willing *= 1.0 - p.chill
    for row in range(s.contents):
        content = w.contents[row]
        start = content.age / (p.repost_days * HOURS)
        content.age += 1.0
        if content.silent != 0 or content.kind != NAMES or start > _LONG:
            continue
        end = content.age / (p.repost_days * HOURS)
        content.posted += p.reposts * (math.exp(-start) - math.exp(-end)) * willing
        if not _post_due(w, row, out):
            return False
    return True


@compiled
def _post_due(w: Board, row: int, out: Array) -> bool:
    """Post a list as often as its author is due to; return whether there was room."""
    key, content = w.key, w.contents[row]
    while content.posted >= content.next_post:
        content.children += 1
        content.next_post += exponential(key, content.ident, _AGAIN, content.children)
        ident = child(key, content.ident, _POST, content.children)
        goes = uniform(key, ident, _WHERE, 0) < w.p.outside_first
        where = OUTSIDE if goes and w.now.outside > 0.0 else HERE
        if not add_post(w, row, ident, where, AUTHOR, out):
            return False
    return True


@compiled
def advance(w: Board, out: Array) -> float:
    """Let an hour pass for every post; return the views of lists, or -1 without room.

    Copies appear as views accumulate, at places on the axis of views that only the post's
    identity decides: a post taken down earlier has the same copies up to then, and no others.
    """
    total = 0.0
    keep_here = math.exp(-1.0 / w.p.life_hours)
    keep_outside = math.exp(-1.0 / w.p.outside_life_hours)
    for i in range(w.s.posts):
        post = w.posts[i]
        if post.live != 0:
            viewed = _views(w, post, keep_here if post.where == HERE else keep_outside)
            content = w.contents[post.content]
            content.views += viewed
            if content.kind == NAMES:
                total += viewed
            if not _copy(w, i, out) or not _take_down(w, i, out):
                return -1.0
        if post.stage == OPEN:
            inquire(w, i, out)
        post.age += 1.0
    return total


@compiled
def _views(w: Board, post: Array, keep: float) -> float:
    """Return the views of an hour, or of the part of it before the removal."""
    viewed = post.left * (1.0 - keep)
    if post.removed < post.age + 1.0:
        viewed = post.left * (1.0 - keep ** (post.removed - post.age))
    post.left *= keep
    if w.now.closed != 0.0 and post.where == HERE:
        return 0.0
    post.views += viewed
    return viewed


@compiled
def _copy(w: Board, i: int, out: Array) -> bool:
    """Make the copies that the views of this hour bring forth; return whether there was room."""
    p, post = w.p, w.posts[i]
    here = post.where == HERE
    views = p.members * (p.list_views if here else p.outside_views)
    copies = p.copies if here else p.copies_outside
    while post.views >= post.next_copy:
        post.children += 1
        post.next_copy += _gap(w, post.ident, post.children, views, copies)
        ident = child(w.key, post.ident, _COPIED, post.children)
        if not add_post(w, post.content, ident, OUTSIDE, COPIER, out):
            return False
    return True


@compiled
def _take_down(w: Board, i: int, out: Array) -> bool:
    """Take down a post that is due, which may reappear outside; return whether there was room."""
    p, post = w.p, w.posts[i]
    if post.removed >= post.age + 1.0:
        views = p.list_views if post.where == HERE else p.outside_views
        if post.left <= _LEFT * p.members * views:
            post.live = 0
        return True
    post.live = 0
    if post.where != HERE:
        return True
    out.removed += 1.0
    ident = child(w.key, post.ident, _MOVED, 0)
    if uniform(w.key, ident, _MOVED, 1) >= p.displacement:
        return True
    return add_post(w, post.content, ident, OUTSIDE, post.by, out)
