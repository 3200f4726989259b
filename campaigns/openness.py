"""When a value may be sent: the calendar, a late exception, a returned value. Pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from .calendar import local_day


class Phase(StrEnum):
    """Where a period stands for one unit at one moment; the words are in statuses.py."""

    UPCOMING = "upcoming"  # its first day is not reached
    OPEN = "open"  # reports are on time
    LATE = "late"  # past due, not locked
    LOCKED = "locked"
    EXCEPTION = "exception"  # locked, opened for this unit until a moment


def phase_of(
    *,
    starts_on: dt.date,
    due_at: dt.datetime,
    locks_at: dt.datetime | None,
    exception_until: dt.datetime | None,
    now: dt.datetime,
) -> Phase:
    """Return where a period stands. A moment equal to the due time is late, one equal to the lock is locked."""
    if local_day(now) < starts_on:
        return Phase.UPCOMING
    if locks_at is not None and now >= locks_at:
        return Phase.EXCEPTION if exception_until is not None and now < exception_until else Phase.LOCKED
    return Phase.OPEN if now < due_at else Phase.LATE


def takes_values(phase: Phase) -> bool:
    """Whether every box of the period may be sent."""
    return phase in (Phase.OPEN, Phase.LATE, Phase.EXCEPTION)


def is_reopened(*, latest_is_returned: bool, until: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a returned value may be sent again whatever the lock: while it is the latest, until its moment."""
    return latest_is_returned and until is not None and now < until
