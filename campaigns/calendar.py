"""Local days and moments. Times are stored in UTC, decided and shown in Asia/Ho_Chi_Minh. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def local_day(moment: dt.datetime) -> dt.date:
    """Return the local day on which the aware ``moment`` falls."""
    return moment.astimezone(LOCAL).date()


def cut_off(day: dt.date) -> dt.datetime:
    """Return 00:00 of the day after ``day``: a record counts for ``day`` when it lies strictly before this."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), LOCAL)


def local_moment(day: dt.date, time: dt.time = dt.time()) -> dt.datetime:
    """Return the aware moment of a local day and time."""
    return dt.datetime.combine(day, time, LOCAL)


def working_days_after(day: dt.date, count: int, holidays: Collection[dt.date]) -> dt.date:
    """Return the ``count``-th working day after ``day``; weekends and ``holidays`` do not count."""
    current = day
    while count > 0:
        current += dt.timedelta(days=1)
        if current.weekday() < 5 and current not in holidays:
            count -= 1
    return current


def working_days_until(day: dt.date, until: dt.date, holidays: Collection[dt.date]) -> int:
    """Return the working days after ``day`` up to and with ``until``; negative where ``until`` lies before it."""
    if until < day:
        return -working_days_until(until, day, holidays)
    days = (day + dt.timedelta(days=count) for count in range(1, (until - day).days + 1))
    return sum(one.weekday() < 5 and one not in holidays for one in days)


def elapsed_days(start: dt.date, end: dt.date, day: dt.date) -> int:
    """Return the days from ``start`` to ``day``, both inclusive, within the days up to ``end``."""
    return min(max((day - start).days + 1, 0), max((end - start).days + 1, 0))
