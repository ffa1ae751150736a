"""The doctors' online platform: posts, reach, moderation and the law, hour by hour."""

from __future__ import annotations

from locum.forum.forum import Forum
from locum.forum.frontier import Case, FrontierRow, frontier
from locum.forum.parameters import Parameters
from locum.forum.records import GROUPS, Drive, ForumDay, Listed
from locum.forum.script import FORUM_DEEDS, Record, Script
from locum.forum.settings import IDENTITIES, POLICIES, SETTINGS, Platform

__all__ = [
    "FORUM_DEEDS",
    "GROUPS",
    "IDENTITIES",
    "POLICIES",
    "SETTINGS",
    "Case",
    "Drive",
    "Forum",
    "ForumDay",
    "FrontierRow",
    "Listed",
    "Parameters",
    "Platform",
    "Record",
    "Script",
    "frontier",
]
