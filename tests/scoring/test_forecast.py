"""The line through a target's official values, read at the end date."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from scoring.forecast import Forecast, forecast

END = dt.date(2026, 5, 30)


def points(*values: object) -> list[tuple[dt.date, Decimal]]:
    """Values a week apart, the first twelve weeks before the end."""
    first = END - dt.timedelta(weeks=12)
    return [(first + dt.timedelta(weeks=index), Decimal(str(value))) for index, value in enumerate(values)]


def test_below_three_values_there_is_no_forecast() -> None:
    assert forecast([], at=END) is None
    assert forecast(points(1, 2), at=END) is None


def test_values_on_a_line_go_on_along_it_without_doubt() -> None:
    assert forecast(points(10, 12, 14), at=END) == Forecast(Decimal(34), Decimal(34), Decimal(34))


def test_values_on_one_day_make_no_line() -> None:
    assert forecast([(END, Decimal(1)), (END, Decimal(2)), (END, Decimal(3))], at=END) is None


def test_the_interval_is_that_of_the_textbook() -> None:
    """x = -12, -11, -10, -9 weeks, y = 1, 3, 2, 4: slope 0,8 a week, mean (-10,5; 2,5), residuals' square sum 1,8.

    At 0: 2,5 + 0,8·10,5 = 10,9; error √(0,9·(1 + 1/4 + 10,5²/5)) = 4,5793; t(2 df, 90 %) = 1,8856.
    """
    found = forecast(points(1, 3, 2, 4), at=END)
    assert found is not None
    assert found.value == Decimal("10.9")
    assert abs(found.high - Decimal("19.5347")) < Decimal("0.001")
    assert found.high - found.value == found.value - found.low


def test_three_values_make_the_widest_interval() -> None:
    """y = 1, 2, 1: slope 0, mean 4/3, residuals' square sum 2/3; a week on √(2/3·(1 + 1/3 + 4/2)) · 3,0777 = 4,5880."""
    found = forecast(points(1, 2, 1), at=END - dt.timedelta(weeks=9))
    assert found is not None
    assert found.value == Decimal("1.3333")
    assert abs(found.high - found.value - Decimal("4.5880")) < Decimal("0.001")


@pytest.mark.parametrize(("count", "reach"), [(32, "0.33268"), (33, "0.32025")])
def test_beyond_thirty_degrees_of_freedom_the_normal_quantile_serves(count: int, reach: str) -> None:
    """1 at both ends and 0 between, read in the middle: √((2 - 4/n) / (n - 2) · (1 + 1/n)) · 1,3104 or 1,2816."""
    values = [1, *[0] * (count - 2), 1]
    given = [(END + dt.timedelta(days=2 * index), Decimal(value)) for index, value in enumerate(values)]
    found = forecast(given, at=END + dt.timedelta(days=count - 1))
    assert found is not None
    assert abs(found.high - found.value - Decimal(reach)) < Decimal("0.0002")
