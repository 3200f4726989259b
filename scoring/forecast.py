"""Where a target will end if it goes on like this: a least-squares line with its 80 % interval. Pure; never scored.

Source: scoring.md, "Forecast". Floats are allowed here: nothing of it enters a score.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

#: 90 % quantile of Student's t for 1 to 30 degrees of freedom (an interval of 80 % leaves 10 % on each side).
_T90 = (
    3.0777, 1.8856, 1.6377, 1.5332, 1.4759, 1.4398, 1.4149, 1.3968, 1.3830, 1.3722,
    1.3634, 1.3562, 1.3502, 1.3450, 1.3406, 1.3368, 1.3334, 1.3304, 1.3277, 1.3253,
    1.3232, 1.3212, 1.3195, 1.3178, 1.3163, 1.3150, 1.3137, 1.3125, 1.3114, 1.3104,
)  # fmt: skip
_NORMAL90 = 1.2816
FEWEST_POINTS = 3


@dataclass(frozen=True)
class Forecast:
    """The line read at the end date."""

    value: Decimal  # expected value, four decimals
    low: Decimal  # 80 % prediction interval
    high: Decimal


def forecast(points: Sequence[tuple[dt.date, Decimal]], *, at: dt.date) -> Forecast | None:
    """Return the value the line through ``points`` (period end, value) has on the day ``at``; None below three."""
    count = len(points)
    if count < FEWEST_POINTS:
        return None
    days = [float((day - at).days) for day, _value in points]
    values = [float(value) for _day, value in points]
    mean_day, mean_value = sum(days) / count, sum(values) / count
    spread = sum((day - mean_day) ** 2 for day in days)
    if not spread:  # all on one day: no line
        return None
    slope = sum((day - mean_day) * (value - mean_value) for day, value in zip(days, values, strict=True)) / spread
    expected = mean_value - slope * mean_day  # ``at`` is day 0
    left = sum((value - mean_value - slope * (day - mean_day)) ** 2 for day, value in zip(days, values, strict=True))
    error = sqrt(left / (count - 2) * (1 + 1 / count + mean_day**2 / spread))
    reach = _quantile(count - 2) * error
    return Forecast(_decimal(expected), _decimal(expected - reach), _decimal(expected + reach))


def _quantile(freedom: int) -> float:
    return _T90[freedom - 1] if freedom <= len(_T90) else _NORMAL90


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal("0.0001"))
