"""Local days, cut-offs and working days, at the moments where they change."""

import datetime as dt

import pytest

from campaigns.calendar import (
    cut_off,
    elapsed_days,
    local_day,
    local_moment,
    working_days_after,
    working_days_until,
)

D = dt.date
FRIDAY = D(2026, 4, 24)
#: A Thursday and a Friday; the next working day is Monday 4 May.
HOLIDAYS = {D(2026, 4, 30), D(2026, 5, 1)}


def test_a_day_is_a_day_in_viet_nam():
    """Seven hours before UTC's: 17:00 UTC is the next day's midnight."""
    midnight = dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC)
    assert local_day(midnight) == D(2026, 3, 3)
    assert local_day(midnight - dt.timedelta(microseconds=1)) == D(2026, 3, 2)
    assert cut_off(D(2026, 3, 2)) == midnight
    assert local_moment(D(2026, 3, 3)) == midnight
    assert local_moment(D(2026, 3, 3), dt.time(17, 30)) == dt.datetime(2026, 3, 3, 10, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("count", "holidays", "day"),
    [
        (0, (), FRIDAY),
        (1, (), D(2026, 4, 27)),
        (3, (), D(2026, 4, 29)),
        (4, HOLIDAYS, D(2026, 5, 4)),
        (5, (), D(2026, 5, 1)),
        (6, (), D(2026, 5, 4)),
        (6, HOLIDAYS, D(2026, 5, 6)),
    ],
)
def test_working_days_after_a_friday(count, holidays, day):
    assert working_days_after(FRIDAY, count, holidays) == day


@pytest.mark.parametrize(
    ("until", "days"),
    [
        (FRIDAY, 0),
        (D(2026, 4, 26), 0),
        (D(2026, 4, 27), 1),
        (D(2026, 4, 29), 3),
        (D(2026, 5, 3), 3),
        (D(2026, 5, 4), 4),
        (D(2026, 4, 23), -1),
        (D(2026, 4, 17), -5),
        (D(2026, 4, 18), -5),
    ],
)
def test_working_days_until_a_day_and_over_it(until, days):
    assert working_days_until(FRIDAY, until, HOLIDAYS) == days


@pytest.mark.parametrize(
    ("day", "elapsed"),
    [(D(2026, 3, 1), 0), (D(2026, 2, 1), 0), (D(2026, 3, 2), 1), (D(2026, 3, 11), 10), (D(2026, 3, 12), 10)],
)
def test_days_count_from_the_first_to_the_last(day, elapsed):
    assert elapsed_days(D(2026, 3, 2), D(2026, 3, 11), day) == elapsed


def test_of_no_days_none_has_passed():
    assert elapsed_days(D(2026, 3, 2), D(2026, 3, 1), D(2026, 3, 5)) == 0
    assert elapsed_days(D(2026, 3, 2), D(2026, 2, 20), D(2026, 3, 5)) == 0
