"""Find the least of a smooth function of few variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.inference.scores import Floats

__all__ = ["minimise"]

LONGEST_STEP = 1.5
SUFFICIENT = 1e-4
SHORTEST = 2.0**-20


def minimise(
    objective: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    *,
    steps: int = 80,
    tolerance: float = 1e-4,
) -> tuple[Floats, float]:
    """Return a local minimum and the value there.

    Parameters
    ----------
    objective
        Returns the value at a point (P,) and the gradient (P,).
    start
        Where to begin.
    steps
        At most so many.
    tolerance
        Largest component of the gradient at which to stop.

    Notes
    -----
    The method of Broyden, Fletcher, Goldfarb and Shanno, with steps halved until the value falls.

    References
    ----------
    Nocedal and Wright (2006), Numerical Optimization, section 6.1.
    """
    point, inverse = start.copy(), np.eye(start.size)
    value, gradient = objective(point)
    for _ in range(steps):
        if np.abs(gradient).max() < tolerance:
            break
        direction = -inverse @ gradient
        direction *= min(1.0, LONGEST_STEP / np.abs(direction).max())
        found = _descend(objective, point, value, direction, float(gradient @ direction))
        if found is None:
            break
        step, value, new = found
        point, change, gradient = point + step, new - gradient, new
        inverse = _update(inverse, step, change)
    return point, value


def _descend(
    objective: Callable[[Floats], tuple[float, Floats]],
    point: Floats,
    value: float,
    direction: Floats,
    slope: float,
) -> tuple[Floats, float, Floats] | None:
    """Return the first of ever shorter steps that goes down enough, with what is found there."""
    length = 1.0
    while length > SHORTEST:
        there, gradient = objective(point + length * direction)
        if there <= value + SUFFICIENT * length * slope:
            return length * direction, there, gradient
        length *= 0.5
    return None


def _update(inverse: Floats, step: Floats, change: Floats) -> Floats:
    """Return the inverse of the curvature that the last step showed."""
    curvature = float(step @ change)
    if curvature <= 1e-12:
        return inverse
    left = np.eye(step.size) - np.outer(step, change) / curvature
    return left @ inverse @ left.T + np.outer(step, step) / curvature
