"""The weekly calendar: every day of the campaign once, due days moved by public holidays."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.calendar import local_day
from campaigns.calendar_plan import CalendarRule, after_holidays, weekly_calendar

MONDAY, FRIDAY, SUNDAY = 0, 4, 6
D = dt.date


def rule(**given) -> CalendarRule:
    usual = {"last_weekday": SUNDAY, "due_weekday": MONDAY, "due_time": dt.time(17), "lock_days": 3}
    return CalendarRule(**{**usual, "shortest": 4, "prefix": "T", **given})


def calendar(starts_on, ends_on, *, holidays=(), **given):
    return weekly_calendar(starts_on=starts_on, ends_on=ends_on, rule=rule(**given), holidays=holidays)


def test_weeks_end_on_the_weekday_and_reports_are_due_on_the_next_one():
    # 2 March 2026 is a Monday.
    rows = calendar(D(2026, 3, 2), D(2026, 3, 15))
    assert [(row.code, row.starts_on, row.ends_on) for row in rows] == [
        ("T01", D(2026, 3, 2), D(2026, 3, 8)),
        ("T02", D(2026, 3, 9), D(2026, 3, 15)),
    ]
    assert rows[0].due_at.isoformat() == "2026-03-09T17:00:00+07:00"
    assert rows[0].locks_at is not None
    assert rows[0].locks_at.isoformat() == "2026-03-12T17:00:00+07:00"


def test_the_due_weekday_may_be_the_last_day_itself():
    rows = calendar(D(2026, 3, 2), D(2026, 3, 13), last_weekday=FRIDAY, due_weekday=FRIDAY, lock_days=None)
    assert [local_day(row.due_at) for row in rows] == [D(2026, 3, 6), D(2026, 3, 13)]
    assert [row.locks_at for row in rows] == [None, None]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "lengths"),
    [
        (D(2026, 3, 5), D(2026, 3, 15), [4, 7]),  # Thursday to Sunday: four days are enough
        (D(2026, 3, 6), D(2026, 3, 15), [10]),  # three days join the week after
        (D(2026, 3, 2), D(2026, 3, 18), [7, 10]),  # three days at the end join the week before
        (D(2026, 3, 2), D(2026, 3, 11), [10]),  # the same where there are two only
        (D(2026, 3, 2), D(2026, 3, 3), [2]),  # a campaign shorter than the shortest period
    ],
)
def test_a_short_first_or_last_week_joins_its_neighbour(starts_on, ends_on, lengths):
    rows = calendar(starts_on, ends_on)
    assert [(row.ends_on - row.starts_on).days + 1 for row in rows] == lengths


def test_a_public_holiday_moves_the_due_day_past_weekend_and_further_holidays():
    # 30 April 2026 is a Thursday, 1 May a Friday: the next working day is Monday the 4th.
    holidays = {D(2026, 4, 30), D(2026, 5, 1)}
    assert after_holidays(D(2026, 4, 30), holidays) == D(2026, 5, 4)
    assert after_holidays(D(2026, 4, 29), holidays) == D(2026, 4, 29)
    row = calendar(D(2026, 4, 23), D(2026, 4, 29), last_weekday=2, due_weekday=3, holidays=holidays)[0]
    assert (local_day(row.due_at), row.moved_from) == (D(2026, 5, 4), D(2026, 4, 30))


@given(
    starts_on=st.dates(D(2025, 1, 1), D(2027, 1, 1)),
    days=st.integers(1, 200),
    last=st.integers(0, 6),
    due=st.integers(0, 6),
    shortest=st.integers(1, 7),
    holidays=st.sets(st.dates(D(2025, 1, 1), D(2027, 12, 31)), max_size=30),
)
def test_every_day_lies_in_exactly_one_period_and_no_due_day_is_a_holiday(
    starts_on, days, last, due, shortest, holidays
):
    ends_on = starts_on + dt.timedelta(days=days - 1)
    rows = calendar(starts_on, ends_on, last_weekday=last, due_weekday=due, shortest=shortest, holidays=holidays)
    covered = [
        row.starts_on + dt.timedelta(days=number)
        for row in rows
        for number in range((row.ends_on - row.starts_on).days + 1)
    ]
    assert covered == [starts_on + dt.timedelta(days=number) for number in range(days)]
    assert all(local_day(row.due_at) not in holidays and local_day(row.due_at) >= row.ends_on for row in rows)
    assert len({row.code for row in rows}) == len(rows)
