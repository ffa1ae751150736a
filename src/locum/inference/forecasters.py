"""Simple forecasters that know what was known at the start: the least a model should beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from locum.inference.readings import ACTIVE, INSTITUTIONS, REGISTER
from locum.inference.scores import straight_line

if TYPE_CHECKING:
    from locum.inference.readings import Readings
    from locum.inference.scores import Floats

__all__ = ["SimpleForecast", "age_forecasts", "stock_forecasts"]

LAST_VALUE, LINEAR_TREND = "last_value", "linear_trend"


@dataclass(frozen=True)
class SimpleForecast:
    """What a simple forecaster says of the active stock, and what it uses."""

    name: str
    value: float
    uses: str


def stock_forecasts(readings: Readings, year: int) -> tuple[SimpleForecast, ...]:
    """Return the forecasts of the active stock at the end of a year.

    The active stock itself was counted once before, so a line needs another series. The licence
    register gives two: its yearly growth in heads, and in proportion to the stock. The doctors in
    institutions give a third, in proportion. The first is the one that tables print.

    Parameters
    ----------
    readings
        Rows known at the start, and before.
    year
        Year whose 31 December is forecast.
    """
    base = readings.one(ACTIVE, "base")
    ahead = year - base.year
    said = f"the active stock of {base.date}, {base.value:,.0f}"
    forecasts = [SimpleForecast(LAST_VALUE, base.value, said)]
    for series in (REGISTER, INSTITUTIONS):
        years, values = readings.series(series)
        slope, share = straight_line(years, values), base.value / float(values[-1])
        name = series.replace("_", " ")
        line = f"last value plus the line through the {name}, {years[0]:.0f}-{years[-1]:.0f}"
        if series == REGISTER:
            uses = f"{line}: {slope:,.0f} heads a year"
            forecasts.append(SimpleForecast(LINEAR_TREND, base.value + ahead * slope, uses))
        uses = f"{line}, times {share:.3f} (active over {name}): {slope * share:,.0f} heads a year"
        value = base.value + ahead * slope * share
        forecasts.append(SimpleForecast(f"{LINEAR_TREND}_{series}_scaled", value, uses))
    return tuple(forecasts)


def age_forecasts(readings: Readings, year: int) -> dict[str, Floats]:
    """Return the forecasts of the age shares (B,) of a year.

    The line goes through the two surveys known at the start, band by band; a share that it would
    make negative is zero, and the shares are scaled to sum to one.
    """
    earlier, before = readings.shares("history")
    last, shares = readings.shares("base")
    line = shares + (year - last) * (shares - before) / (last - earlier)
    line = np.maximum(line, 0.0)
    return {LAST_VALUE: shares, LINEAR_TREND: line / line.sum()}
