"""Pace, days kept and staleness: shown, never scored (scoring.md)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from campaigns.enums import IndicatorKind, ReportingMode
from scoring.enums import Pace
from scoring.pace import Kept, Needed, days_kept, expected_bp, is_stale, needed, pace_of

START, END = dt.date(2026, 3, 2), dt.date(2026, 5, 30)  # 90 days


def on(number: int) -> dt.date:
    return START + dt.timedelta(days=number - 1)


@pytest.mark.parametrize(("day", "expected"), [(0, 0), (1, 111), (45, 5000), (60, 6667), (90, 10000), (120, 10000)])
def test_the_expected_share_counts_both_days_and_stops_at_the_end(day: int, expected: int) -> None:
    assert expected_bp(START, END, on(day)) == expected


def test_a_due_date_before_the_start_is_over() -> None:
    assert expected_bp(START, START - dt.timedelta(days=1), on(1)) == 10000


def pace(**given: Any) -> Pace:
    defaults: dict[str, Any] = {
        "kind": IndicatorKind.INCREASE,
        "mode": ReportingMode.CUMULATIVE,
        "has_value": True,
        "is_fulfilled": False,
        "achievement_bp": 5000,
        "start": START,
        "end": END,
        "due_on": None,
        "day": on(45),
    }
    return pace_of(**{**defaults, **given})


@pytest.mark.parametrize(
    ("reached", "expected"),
    [(5000, Pace.ON_TRACK), (4999, Pace.AT_RISK), (3500, Pace.AT_RISK), (3499, Pace.BEHIND), (0, Pace.BEHIND)],
)
def test_a_target_is_behind_from_fifteen_points_below_the_expected_share(reached: int, expected: Pace) -> None:
    assert pace(achievement_bp=reached) is expected


def test_without_a_value_there_is_no_pace() -> None:
    assert pace(has_value=False, achievement_bp=0) is Pace.NO_DATA


def test_its_own_due_date_makes_more_be_expected() -> None:
    assert pace(achievement_bp=5000, due_on=on(60)) is Pace.BEHIND  # expected 7500


@pytest.mark.parametrize(("day", "expected"), [(29, Pace.ON_TRACK), (30, Pace.BEHIND), (31, Pace.BEHIND)])
def test_a_milestone_is_expected_on_its_due_date(day: int, expected: Pace) -> None:
    found = pace(kind=IndicatorKind.MILESTONE, achievement_bp=0, due_on=on(30), day=on(day))
    assert found is expected


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        (IndicatorKind.MAINTAIN, ReportingMode.CUMULATIVE),
        (IndicatorKind.MAINTAIN, ReportingMode.INCREMENT),
        (IndicatorKind.DECREASE, ReportingMode.INCREMENT),
    ],
)
def test_a_limit_is_kept_or_not(kind: IndicatorKind, mode: ReportingMode) -> None:
    assert pace(kind=kind, mode=mode, is_fulfilled=True) is Pace.WITHIN_LIMIT
    assert pace(kind=kind, mode=mode, is_fulfilled=False) is Pace.OVER_LIMIT


def test_a_level_that_is_to_fall_has_a_pace() -> None:
    assert pace(kind=IndicatorKind.DECREASE) is Pace.ON_TRACK


def test_days_kept_end_before_the_period_that_overstepped() -> None:
    assert days_kept(start=START, end=END, day=on(47), over_since=None) == Kept(47, 90)
    assert days_kept(start=START, end=END, day=on(47), over_since=on(29)) == Kept(28, 90)
    assert days_kept(start=START, end=END, day=on(47), over_since=START) == Kept(0, 90)
    assert days_kept(start=START, end=END, day=on(100), over_since=None) == Kept(90, 90)


def test_a_value_is_stale_when_older_than_the_last_two_due_periods() -> None:
    ends = [on(7), on(14), on(21)]
    assert is_stale(latest_end=on(7), due_ends=ends)
    assert not is_stale(latest_end=on(14), due_ends=ends)
    assert not is_stale(latest_end=None, due_ends=ends)
    assert not is_stale(latest_end=on(7), due_ends=ends[:1])
    assert is_stale(latest_end=on(6), due_ends=ends[:2])
    assert not is_stale(latest_end=on(7), due_ends=ends[:2])


@pytest.mark.parametrize(("achieved", "expected"), [(None, Pace.BEHIND), (9999, Pace.AT_RISK), (10000, Pace.ON_TRACK)])
def test_on_the_last_day_everything_is_expected(achieved: int | None, expected: Pace) -> None:
    assert pace(achievement_bp=achieved, day=END) is expected


def test_nothing_is_behind_a_milestone_before_its_day() -> None:
    assert pace(kind=IndicatorKind.MILESTONE, achievement_bp=None, day=on(89)) is Pace.ON_TRACK
    assert pace(kind=IndicatorKind.MILESTONE, achievement_bp=None, day=END) is Pace.BEHIND


def test_a_span_of_one_day_is_over_on_that_day() -> None:
    assert expected_bp(START, START, START) == 10000
    assert expected_bp(START, START, on(0)) == 0


@pytest.mark.parametrize(
    ("until", "days_left", "per_day"),
    [(4, 3, Decimal("3.34")), (2, 1, Decimal("10.00")), (1, 0, None), (0, 0, None)],
)
def test_what_each_day_left_has_to_bring_is_rounded_up(until: int, days_left: int, per_day: Decimal | None) -> None:
    found = needed(missing=Decimal(10), day=on(1), until=on(until))
    assert found == Needed(Decimal(10), days_left, per_day)
