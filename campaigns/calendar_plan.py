"""A weekly reporting calendar worked out from a few answers; public holidays move a due day, never a period. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from .calendar import local_moment, working_days_after

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class CalendarRule:
    """What a person says of a weekly calendar. Weekdays count from Monday = 0."""

    last_weekday: int  # on which a period ends
    due_weekday: int  # reports are due on the first such day from the period's last day on
    due_time: dt.time
    lock_days: int | None  # days after the due time until the period is locked; None: never
    shortest: int  # a first or last period with fewer days joins its neighbour
    prefix: str  # of the codes: "T" gives T01, T02, …


@dataclass(frozen=True, kw_only=True)
class PlannedPeriod:
    """One row of the calendar as it would be written."""

    code: str
    starts_on: dt.date
    ends_on: dt.date
    due_at: dt.datetime
    locks_at: dt.datetime | None
    moved_from: dt.date | None  # the due day before a public holiday moved it


def weekly_calendar(
    *, starts_on: dt.date, ends_on: dt.date, rule: CalendarRule, holidays: Collection[dt.date]
) -> list[PlannedPeriod]:
    """Return periods that cover every day of the campaign once; the last ends with the campaign."""
    weeks = _joined(list(_weeks(starts_on, ends_on, rule.last_weekday)), rule.shortest)
    return [
        _period(f"{rule.prefix}{number:02d}", first, last, rule, holidays)
        for number, (first, last) in enumerate(weeks, start=1)
    ]


def after_holidays(day: dt.date, holidays: Collection[dt.date]) -> dt.date:
    """Return the day, or the next working day where it is a public holiday."""
    return working_days_after(day, 1, holidays) if day in holidays else day


def _weeks(starts_on: dt.date, ends_on: dt.date, last_weekday: int) -> Iterator[tuple[dt.date, dt.date]]:
    first = starts_on
    while first <= ends_on:
        last = min(_next(first, last_weekday), ends_on)
        yield first, last
        first = last + _DAY


def _next(day: dt.date, weekday: int) -> dt.date:
    """Return the first such weekday from ``day`` on."""
    return day + dt.timedelta(days=(weekday - day.weekday()) % 7)


def _joined(weeks: list[tuple[dt.date, dt.date]], shortest: int) -> list[tuple[dt.date, dt.date]]:
    if len(weeks) > 1 and _days(weeks[0]) < shortest:
        weeks = [(weeks[0][0], weeks[1][1]), *weeks[2:]]
    if len(weeks) > 1 and _days(weeks[-1]) < shortest:
        weeks = [*weeks[:-2], (weeks[-2][0], weeks[-1][1])]
    return weeks


def _days(week: tuple[dt.date, dt.date]) -> int:
    return (week[1] - week[0]).days + 1


def _period(
    code: str, first: dt.date, last: dt.date, rule: CalendarRule, holidays: Collection[dt.date]
) -> PlannedPeriod:
    planned = _next(last, rule.due_weekday)
    day = after_holidays(planned, holidays)
    due_at = local_moment(day, rule.due_time)
    return PlannedPeriod(
        code=code,
        starts_on=first,
        ends_on=last,
        due_at=due_at,
        locks_at=None if rule.lock_days is None else due_at + dt.timedelta(days=rule.lock_days),
        moved_from=planned if day != planned else None,
    )
