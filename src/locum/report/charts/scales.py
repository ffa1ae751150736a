"""Scales, round ticks and the text of coordinates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """A straight line from values to positions."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the position of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def clamped(self, value: float) -> float:
        """Return the position of a value, held within the ends."""
        return self(min(max(value, self.low), self.high))


def round_step(span: float, count: int) -> float:
    """Return the smallest round step that cuts the span into at most `count` pieces."""
    raw = span / count
    magnitude = 10.0 ** math.floor(math.log10(raw))
    return next(s * magnitude for s in ROUND_STEPS if s * magnitude >= raw * (1 - 1e-9))


def ticks(low: float, high: float, count: int) -> tuple[float, ...]:
    """Return round values from at or below `low` to at or above `high`.

    Parameters
    ----------
    low, high
        Ends of the data.
    count
        Number of steps aimed at.
    """
    if high - low < 1e-9 * max(1.0, abs(high)):
        margin = max(abs(high) * 0.05, 1.0)
        low, high = low - margin, high + margin
    step = round_step(high - low, count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(_clean(i * step, step) for i in range(first, last + 1))


def ticks_within(low: float, high: float, count: int) -> tuple[float, ...]:
    """Return the round values between two ends, the ends included; at least two."""
    found = ticks(low, high, count)
    dust = 1e-9 * (found[1] - found[0])
    inside = tuple(value for value in found if low - dust <= value <= high + dust)
    return inside if len(inside) > 1 else found


def _clean(value: float, step: float) -> float:
    """Drop the dust of binary fractions: 0.30000000000000004 -> 0.3."""
    return round(value, max(0, 2 - math.floor(math.log10(step))))


def year_ticks(first: int, last: int, count: int) -> tuple[int, ...]:
    """Return round years within the range, every 1, 2, 5, 10 or 20 years."""
    span = last - first
    step = next((s for s in (1, 2, 5, 10, 20) if span / s <= count), 50)
    return tuple(year for year in range(first, last + 1) if year % step == 0)


def tick_text(value: float, step: float) -> str:
    """Return an axis label with as many decimals as the step needs."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if abs(step * 10**decimals - round(step * 10**decimals)) > 1e-9:
        decimals += 1
    text = f"{abs(value):,.{decimals}f}"
    return f"\N{MINUS SIGN}{text}" if value < 0 else text


def coordinate(value: float) -> str:
    """Return a position with a tenth of a pixel, without needless zeros."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def points(pairs: Iterable[tuple[float, float]]) -> str:
    """Return positions as the text that `points` and `d` attributes want."""
    return " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in pairs)
