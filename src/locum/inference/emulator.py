"""What a slow simulator would say where it has not been run, learned from a design of runs.

Inputs are probabilities: a point of the unit cube, one axis for each freed assumption, whose value
is the quantile of its prior there. A uniform point is then a draw of the prior, and all axes are
alike. Every output is emulated by itself: a quadratic trend with shrunken coefficients, plus a
smooth departure from it (a Gaussian process), plus noise. The noise is whatever two runs at one
point differ by: the luck of the runs, and all assumptions that vary along with the design.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from locum.errors import BadValue
from locum.inference.climbing import minimise
from locum.randomness import Streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locum.inference.scores import Floats

__all__ = ["Emulator", "Forecast", "Quality", "emulate", "latin_hypercube"]

BLOCK = 4096
"""Points predicted at once, so that memory stays small."""
CANDIDATES = 40
ROOT_5 = 5.0**0.5
TREND, DEPARTURE, NOISE = 0, 1, 2
"""Places of three scales among the hyperparameters; one length for each axis follows."""
CENTRES = (-0.7, -1.5, -1.5)
WIDTHS = (1.0, 1.0, 1.5)
LENGTH_CENTRE, LENGTH_WIDTH = 0.0, 0.7
"""Weak normal priors on the logarithms of the hyperparameters of a standardised output: they keep
a small design from being explained by lengths that it cannot see."""


def latin_hypercube(
    seed: int, names: Sequence[str], count: int, candidates: int = CANDIDATES
) -> Floats:
    """Return points that fill the unit cube evenly.

    Parameters
    ----------
    seed, names
        Name the luck; one axis for each name.
    count
        Number of points.
    candidates
        So many designs are made, and the one whose two closest points are farthest apart is taken.

    Returns
    -------
    Floats
        Shape (count, names), strictly inside the cube. On every axis each of `count` equal parts
        holds one point.
    """
    if count < 1 or candidates < 1 or not names:
        raise BadValue("size of a design", (count, len(names)), "at least one point and one axis")
    designs = (_one_hypercube(seed, names, count, which) for which in range(candidates))
    return next(designs) if candidates == 1 else max(designs, key=_closest)


def _one_hypercube(seed: int, names: Sequence[str], count: int, which: int) -> Floats:
    streams = Streams(seed, [("design", name, str(which)) for name in names])
    order, inside = np.split(streams.uniform(np.arange(2 * count)), 2, axis=1)
    return ((np.argsort(order, axis=1) + inside) / count).T


def _closest(points: Floats) -> float:
    squares = _squares(points, points).sum(axis=0)
    np.fill_diagonal(squares, np.inf)
    return float(squares.min())


class Forecast(NamedTuple):
    """What an emulator says: means and variances of the smooth part, each (n, K)."""

    mean: Floats
    variance: Floats


@dataclass(frozen=True)
class Quality:
    """How well one output is emulated, by leaving out one run at a time.

    Everything but `explained` and `calibration` has the unit of the output.
    """

    name: str
    spread: float
    """Standard deviation of the output over the design."""
    error: float
    """Root mean square of the errors."""
    explained: float
    """Share of the variance over the design that the others predict; negative if they do worse
    than the mean."""
    noise: float
    """Standard deviation of two runs at one point, over the square root of two."""
    calibration: float
    """Root mean square of errors over their own standard deviation: 1 is right, above 1 the
    emulator is too sure of itself."""


@dataclass(frozen=True, eq=False)
class Emulator:
    """A fitted emulator; made by `emulate`.

    Parameters
    ----------
    names
        Outputs, K of them.
    points
        Inputs of the design (N, P), between 0 and 1.
    outputs
        Outputs of the design (N, K).
    processes
        One for each output.
    """

    names: tuple[str, ...]
    points: Floats
    outputs: Floats
    processes: tuple[_Process, ...]

    def predict(self, points: Floats) -> Forecast:
        """Return what is expected at new points (n, P), without the noise.

        The variance is that of the emulator; it is raised where leaving runs out shows that the
        emulator is too sure of itself.
        """
        if points.ndim != 2 or points.shape[1] != self.points.shape[1]:
            expected = f"points with {self.points.shape[1]} coordinates"
            raise BadValue("shape of the points", points.shape, expected)
        blocks = [
            self._predict(points[start : start + BLOCK])
            for start in range(0, max(len(points), 1), BLOCK)
        ]
        return Forecast(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))

    def _predict(self, points: Floats) -> tuple[Floats, Floats]:
        bases = _basis(points), _basis(self.points)
        each = [process.predict(points, self.points, *bases) for process in self.processes]
        mean, variance = (np.stack(part, axis=1) for part in zip(*each, strict=True))
        return mean, variance * self.inflation

    def take(self, names: Sequence[str]) -> Emulator:
        """Return the emulator of some of the outputs, in the order given."""
        columns = [self.names.index(name) for name in names]
        processes = tuple(self.processes[k] for k in columns)
        return Emulator(tuple(names), self.points, self.outputs[:, columns], processes)

    @cached_property
    def left_out(self) -> Forecast:
        """What the others predict of each run (N, K), the noise included in the variance."""
        each = [process.left_out() for process in self.processes]
        mean, variance = (np.stack(part, axis=1) for part in zip(*each, strict=True))
        return Forecast(mean, variance)

    @property
    def standard_errors(self) -> Floats:
        """Return the errors of leaving out each run over their standard deviations, (N, K)."""
        return (self.outputs - self.left_out.mean) / np.sqrt(self.left_out.variance)

    @cached_property
    def inflation(self) -> Floats:
        """Factor (K,) on variances, at least 1, with which they are as large as the errors."""
        return np.maximum(1.0, (self.standard_errors**2).mean(axis=0))

    @cached_property
    def noise(self) -> Floats:
        """Covariance (K, K) of the outputs of runs at one point.

        The variances are those fitted output by output; the correlations are those of the errors
        of leaving out each run.
        """
        if len(self.names) == 1:
            together = np.ones((1, 1))
        else:
            together = np.corrcoef(self.standard_errors, rowvar=False)
        sd = np.sqrt(self.inflation) * [process.noise for process in self.processes]
        return together * np.outer(sd, sd)

    def qualities(self) -> tuple[Quality, ...]:
        """Return how well each output is emulated."""
        errors, spread = self.outputs - self.left_out.mean, self.outputs.std(axis=0, ddof=1)
        rms, standard = (_root_mean_square(each) for each in (errors, self.standard_errors))
        sd = np.sqrt(np.diag(self.noise))
        return tuple(
            Quality(
                name=name,
                spread=float(spread[k]),
                error=float(rms[k]),
                explained=1.0 - float(rms[k] / spread[k]) ** 2 if spread[k] > 0 else 0.0,
                noise=float(sd[k]),
                calibration=float(standard[k]),
            )
            for k, name in enumerate(self.names)
        )


def emulate(names: Sequence[str], points: Floats, outputs: Floats) -> Emulator:
    r"""Fit an emulator to the runs of a design.

    Parameters
    ----------
    names
        Outputs, K of them.
    points
        Inputs (N, P), between 0 and 1.
    outputs
        One run a row, (N, K).

    Raises
    ------
    BadValue
        If the shapes do not agree, a number is not finite, or the runs are fewer than the
        coefficients of a quadratic trend.

    Notes
    -----
    The covariance of a standardised output at points u and v is
    :math:`1 + \tau^2\phi(u)\cdot\phi(v) + \sigma^2 M(u-v) + \nu^2[u=v]` with the Legendre
    polynomials :math:`\phi` up to degree two and the Matern function M of smoothness 5/2 with a
    length for each axis. Its parameters maximise the likelihood under weak priors. Leaving out one
    run needs no new fit: the error is :math:`[K^{-1}y]_i/[K^{-1}]_{ii}`. Held by
    tests/inference/test_emulator.py.

    References
    ----------
    Rasmussen and Williams (2006), Gaussian Processes for Machine Learning, sections 2.7, 5.4.
    Kennedy and O'Hagan (2001), Journal of the Royal Statistical Society B 63(3):425-464.
    """
    _check_runs(names, points, outputs)
    squares, basis = _squares(points, points), _basis(points)
    processes = [_fit(squares, basis, output) for output in outputs.T]
    return Emulator(tuple(names), points, outputs, tuple(processes))


def _check_runs(names: Sequence[str], points: Floats, outputs: Floats) -> None:
    if points.ndim != 2 or outputs.shape != (len(points), len(names)) or not names:
        expected = "a row for each point and a column for each output"
        raise BadValue("shapes of the runs", (points.shape, outputs.shape), expected)
    if not (np.isfinite(outputs).all() and (points > 0).all() and (points < 1).all()):
        raise BadValue("runs of a design", "out of range", "finite outputs, points inside 0..1")
    width = points.shape[1]
    fewest = 1 + width + width * (width + 1) // 2
    if len(points) <= fewest:
        raise BadValue("runs of a design", len(points), f"more than {fewest}")


@dataclass(frozen=True, eq=False)
class _Process:
    """One output: hyperparameters, and what predictions need of the design."""

    shape: Floats
    centre: float
    scale: float
    standard: Floats
    inverse: Floats

    @cached_property
    def weights(self) -> Floats:
        return self.inverse @ self.standard

    @property
    def noise(self) -> float:
        return self.scale * float(np.exp(self.shape[NOISE]))

    def predict(
        self, points: Floats, design: Floats, basis: Floats, of_design: Floats
    ) -> tuple[Floats, Floats]:
        trend, departure = np.exp(2.0 * self.shape[[TREND, DEPARTURE]])
        lengths = np.exp(self.shape[NOISE + 1 :])
        smooth, _ = _matern(_distances(points / lengths, design / lengths))
        across = 1.0 + trend * (basis @ of_design.T) + departure * smooth
        own = 1.0 + trend * (basis**2).sum(axis=1) + departure
        # Rounding may leave a variance that is nothing but for its last digits below nothing.
        left = np.maximum(own - ((across @ self.inverse) * across).sum(axis=1), 0.0)
        return self.centre + self.scale * (across @ self.weights), self.scale**2 * left

    def left_out(self) -> tuple[Floats, Floats]:
        precision = np.diag(self.inverse)
        mean = self.standard - self.weights / precision
        return self.centre + self.scale * mean, self.scale**2 / precision


def _fit(squares: Floats, basis: Floats, output: Floats) -> _Process:
    centre, scale = float(output.mean()), float(output.std()) or 1.0
    standard = (output - centre) / scale
    trend = basis @ basis.T

    def objective(shape: Floats) -> tuple[float, Floats]:
        return _unlikelihood(shape, standard, squares, trend)

    middle = np.array([*CENTRES, *[LENGTH_CENTRE] * len(squares)])
    noisy, exact = middle.copy(), middle.copy()
    noisy[NOISE], exact[NOISE] = -0.7, -3.0
    found = [minimise(objective, start) for start in (noisy, exact)]
    shape, _ = min(found, key=lambda each: each[1])
    total, _, _ = _covariance(shape, squares, trend)
    inverse = np.linalg.inv(total).astype(np.float64, copy=False)
    return _Process(shape, centre, scale, standard, inverse)


def _unlikelihood(
    shape: Floats, standard: Floats, squares: Floats, trend: Floats
) -> tuple[float, Floats]:
    """Return the negative logarithm of the posterior density of a shape, and its gradient."""
    total, smooth, slopes = _covariance(shape, squares, trend)
    tau, sigma, nu = np.exp(2.0 * shape[: NOISE + 1])
    root = np.linalg.cholesky(total)
    inverse = np.linalg.inv(total)
    weights = inverse @ standard
    value = 0.5 * standard @ weights + np.log(np.diag(root)).sum()
    left = inverse - np.outer(weights, weights)
    gradient = np.empty_like(shape)
    gradient[TREND] = tau * (left * trend).sum()
    gradient[DEPARTURE] = sigma * (left * smooth).sum()
    gradient[NOISE] = nu * np.trace(left)
    gradient[NOISE + 1 :] = 0.5 * sigma * (left * slopes).sum(axis=(1, 2))
    centres = np.array([*CENTRES, *[LENGTH_CENTRE] * len(squares)])
    widths = np.array([*WIDTHS, *[LENGTH_WIDTH] * len(squares)])
    away = (shape - centres) / widths
    return float(value + 0.5 * away @ away), gradient + away / widths


def _covariance(shape: Floats, squares: Floats, trend: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the covariance of the runs (N, N), its smooth part, and that one's slopes."""
    tau, sigma, nu = np.exp(2.0 * shape[: NOISE + 1])
    per_length = np.exp(-2.0 * shape[NOISE + 1 :])
    smooth, common = _matern(np.sqrt(np.tensordot(per_length, squares, axes=1)))
    slopes = common * squares * per_length[:, None, None]
    total = 1.0 + tau * trend + sigma * smooth
    total[np.diag_indices_from(total)] += nu + 1e-9
    return total, smooth, slopes


def _matern(distance: Floats) -> tuple[Floats, Floats]:
    """Return the Matern function of distances, and the factor that its slopes have in common."""
    far = ROOT_5 * distance
    decay = np.exp(-far)
    return (1.0 + far + far**2 / 3.0) * decay, 5.0 / 3.0 * (1.0 + far) * decay


def _distances(first: Floats, second: Floats) -> Floats:
    """Return the distances of points (n, P) from others (N, P), shape (n, N)."""
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1) - 2.0 * first @ second.T
    # Rounding may leave the square of no distance below nothing.
    return np.sqrt(np.maximum(squares, 0.0))


def _squares(first: Floats, second: Floats) -> Floats:
    """Return the squared differences on each axis, (P, n, N)."""
    return (first.T[:, :, None] - second.T[:, None, :]) ** 2


def _basis(points: Floats) -> Floats:
    """Return Legendre polynomials up to degree two of points, without the constant."""
    centred = 2.0 * points - 1.0
    first, second = np.triu_indices(points.shape[1], 1)
    squares = 1.5 * centred**2 - 0.5
    return np.hstack([centred, squares, centred[:, first] * centred[:, second]])


def _root_mean_square(values: Floats) -> Floats:
    return np.sqrt((values**2).mean(axis=0))
