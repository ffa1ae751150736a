"""The few SVG elements that every chart uses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from locum.report.charts.scales import coordinate
from locum.report.markup import Markup, join, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

LETTER = 6.9
"""Mean width of a letter at the size of the labels, in pixels; wide fonts need this much."""

ROUNDING = 1e-6
"""Pixels by which sums of positions may be off."""

WIDE_LETTER = 12.0
"""Width of a Hangul syllable or a Chinese character."""


def text_width(words: str) -> float:
    """Estimate how wide words are, in pixels."""
    return sum(WIDE_LETTER if east_asian_width(one) in "WF" else LETTER for one in words)


def shortened(words: str, width: float) -> str:
    """Return words cut to a width, with a mark where they were cut."""
    if text_width(words) <= width + ROUNDING:
        return words
    while words and text_width(words) + LETTER > width:
        words = words[:-1]
    return words.rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def canvas(width: float, height: float, alt: str, parts: Sequence[Markup]) -> Markup:
    """Frame a drawing that readers of the screen meet as one image with a text."""
    size = {"width": coordinate(width), "height": coordinate(height)}
    return tag(
        "svg",
        {
            "class": "chart",
            "viewBox": f"0 0 {size['width']} {size['height']}",
            **size,
            "role": "img",
            "aria-label": alt,
        },
        join(list(parts)),
    )


def rule(start: tuple[float, float], end: tuple[float, float], kind: str) -> Markup:
    """Draw a straight line."""
    ends = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    return tag("line", {"class": kind, **{key: coordinate(v) for key, v in ends.items()}})


def text(x: float, y: float, words: str, kind: str) -> Markup:
    """Write words at a position; the class says how they are anchored."""
    return tag("text", {"class": kind, "x": coordinate(x), "y": coordinate(y)}, words)


def box(x: float, y: float, width: float, height: float, kind: str, title: str = "") -> Markup:
    """Draw a rectangle, with words that a pointer shows."""
    sides = {"x": x, "y": y, "width": width, "height": height}
    tip = tag("title", {}, title) if title else None
    return tag("rect", {"class": kind, **{k: coordinate(v) for k, v in sides.items()}}, tip)


def dot(x: float, y: float, radius: float, kind: str) -> Markup:
    """Draw a filled circle."""
    return tag(
        "circle",
        {"class": kind, "cx": coordinate(x), "cy": coordinate(y), "r": coordinate(radius)},
    )
