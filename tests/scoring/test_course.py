"""The course of a target: days kept, its line to the end, what is still needed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from scoring.course import forecast_of, kept_of, latest_of_periods, needed_of
from scoring.pace import Kept, Needed

START, END = dt.date(2026, 3, 2), dt.date(2026, 5, 30)  # 90 days
ONE = 10000  # 1,0000 in ten-thousandths


def on(number: int) -> dt.date:
    return START + dt.timedelta(days=number - 1)


def target(mode: str = "cumulative") -> Any:
    campaign = SimpleNamespace(starts_on=START, ends_on=END)
    return SimpleNamespace(indicator=SimpleNamespace(mode=mode), participant=SimpleNamespace(campaign=campaign))


def figure(kind: str = "maintain", **known: Any) -> Any:
    usual = {"value": 0, "goal": 0, "baseline": 0, "is_counted": True, "is_fulfilled": False}
    return SimpleNamespace(kind=kind, **{**usual, **known})


def week(number: int, effective: int | None, **more: Any) -> Any:
    """The row of the campaign's n-th week."""
    first = on(7 * number - 6)
    usual = {"is_looked_at": True, "is_official": True, "official_value": effective}
    return SimpleNamespace(
        period_start=first, period_end=first + dt.timedelta(days=6), effective=effective, **{**usual, **more}
    )


def kept(*rows: Any, mode: str = "cumulative", incidents: Any = (), **known: Any) -> Kept | None:
    return kept_of(figure(**known), target(mode), list(rows), on(40), incidents)


def test_a_value_that_does_not_count_breaks_no_limit() -> None:
    found = kept(week(1, 0), week(2, ONE, is_looked_at=False))
    assert found is not None
    assert found.days == 40


def test_of_each_period_the_row_sent_last_counts() -> None:
    rows = [week(1, 1), week(1, 2), week(2, 3), week(2, 4, is_official=False)]
    assert [row.effective for row in latest_of_periods(rows, "is_official")] == [2, 3]


def test_days_are_kept_for_limits_with_a_value_only() -> None:
    assert kept(kind="increase") is None
    assert kept(value=None) is None
    assert kept() == Kept(40, 90)


@pytest.mark.parametrize(
    ("values", "days"),
    [
        ((0, 0), 40),
        ((2 * ONE, 2 * ONE), 40),  # as much as the limit is within it
        ((0, 2 * ONE + 1), 7),
        ((2 * ONE + 1, 3 * ONE), 0),  # since the first week
        ((3 * ONE, 0), 40),  # it came down again
        ((3 * ONE, 0, 3 * ONE), 14),
        ((3 * ONE, None), 0),  # nothing to report leaves it as it was
    ],
)
def test_a_limit_is_kept_until_the_week_that_overstepped_it(values: tuple[int | None, ...], days: int) -> None:
    rows = [week(number, value) for number, value in enumerate(values, start=1)]
    assert kept(*rows, goal=2 * ONE) == Kept(days, 90)


@pytest.mark.parametrize(("values", "days"), [((ONE, ONE, ONE), 14), ((ONE, None, ONE), 40), ((ONE, ONE), 40)])
def test_values_of_periods_add_up_against_the_limit(values: tuple[int | None, ...], days: int) -> None:
    rows = [week(number, value) for number, value in enumerate(values, start=1)]
    assert kept(*rows, kind="decrease", mode="increment", goal=2 * ONE) == Kept(days, 90)


def test_the_ledger_of_a_limit_of_zero_knows_the_day_of_the_incident() -> None:
    rows = [week(1, 0), week(2, ONE)]
    assert kept(*rows) == Kept(7, 90)
    assert kept(*rows, incidents=[on(3), on(8), on(12)]) == Kept(7, 90)  # on the first day of the week
    assert kept(*rows, incidents=[on(3), on(10), on(12)]) == Kept(9, 90)
    assert kept(*rows, incidents=[on(3)]) == Kept(7, 90)  # one of another week
    assert kept(week(1, 0), incidents=[on(3)]) == Kept(40, 90)  # no value tells of it yet
    assert kept(week(1, 0), week(2, 3 * ONE), goal=2 * ONE, incidents=[on(10)]) == Kept(7, 90)  # no limit of zero


def line(*rows: Any, kind: str = "increase", mode: str = "cumulative") -> Decimal | None:
    found = forecast_of(figure(kind), target(mode), list(rows))
    return found and found.value


def test_a_line_goes_through_the_official_values_to_the_end() -> None:
    """1, 2, 3 at the ends of weeks 1 to 3 (day 21): 1 a week, and 69 days to day 90 are 69/7 weeks: 12,8571."""
    rows = [week(1, ONE), week(2, 2 * ONE), week(3, 3 * ONE)]
    assert line(*rows) == Decimal("12.8571")
    assert line(*rows, week(4, 9 * ONE, is_official=False)) == Decimal("12.8571")
    assert line(*rows, week(4, None)) == Decimal("12.8571")  # nothing to report is no point
    assert line(*rows, kind="milestone") is None
    assert line(*rows[:2], week(3, None)) is None  # two values


def test_a_line_of_increments_goes_through_their_sums() -> None:
    """1, 1 and "nothing": 1, 2, 2 by week; slope 0,5, mean 5/3 at week 2; the end is 10 + 6/7 weeks on: 7,0952."""
    rows = [week(1, ONE), week(2, ONE), week(3, None)]
    assert line(*rows, mode="increment") == Decimal("7.0952")


def test_what_is_needed_is_what_is_missing_to_the_goal() -> None:
    needs = figure("increase", value=40 * ONE, goal=100 * ONE, baseline=10 * ONE)
    assert needed_of(needs, target(), None, on(60)) == Needed(Decimal(60), 30, Decimal(2))
    assert needed_of(needs, target(), on(80), on(60)) == Needed(Decimal(60), 20, Decimal(3))
    needs.value = None  # nothing reported: all of the way from the baseline
    assert needed_of(needs, target(), None, on(60)) == Needed(Decimal(90), 30, Decimal(3))
    falls = figure("decrease", value=70 * ONE, goal=10 * ONE)
    assert needed_of(falls, target(), None, on(60)) == Needed(Decimal(60), 30, Decimal(2))


@pytest.mark.parametrize(
    ("kind", "mode", "known"),
    [
        ("increase", "cumulative", {"is_counted": False}),
        ("increase", "cumulative", {"is_fulfilled": True}),
        ("milestone", "cumulative", {}),
        ("maintain", "cumulative", {}),
        ("decrease", "increment", {}),
    ],
)
def test_nothing_is_needed_of_what_is_reached_left_out_done_once_or_a_limit(
    kind: str, mode: str, known: dict[str, bool]
) -> None:
    assert needed_of(figure(kind, goal=ONE, **known), target(mode), None, on(60)) is None
