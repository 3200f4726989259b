"""When a rung of the reminder ladder speaks: counted from the due day, never on a quiet day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from .enums import ReminderAudience

#: When the day's one message goes out, local time; the beat schedule says the same.
DIGEST_AT = dt.time(7, 30)
#: The ladder a new campaign begins with: (days from the due day, to whom).
DEFAULT_LADDER = (
    (-1, ReminderAudience.UNIT),
    (0, ReminderAudience.UNIT),
    (1, ReminderAudience.UNIT),
    (3, ReminderAudience.STAFF),
)
#: A rung whose day passed while nothing ran still speaks within so many days; older ones are silent.
CATCH_UP_DAYS = 3


def is_quiet(day: dt.date, holidays: Collection[dt.date]) -> bool:
    """Whether nobody is reminded on the local day: a Saturday, a Sunday or a public holiday."""
    return day.weekday() >= 5 or day in holidays


def speaking_day(day: dt.date, holidays: Collection[dt.date]) -> dt.date:
    """Return the day itself, or the first working day after it where it is quiet."""
    while is_quiet(day, holidays):
        day += dt.timedelta(days=1)
    return day


def rungs_of(due_day: dt.date, offsets: Iterable[int], *, on: dt.date, holidays: Collection[dt.date]) -> list[int]:
    """Return which rungs of a due day speak on the local day ``on``, moved ones and missed ones included."""
    if is_quiet(on, holidays):
        return []
    earliest = on - dt.timedelta(days=CATCH_UP_DAYS)
    found = []
    for offset in sorted(offsets):
        day = speaking_day(due_day + dt.timedelta(days=offset), holidays)
        if earliest <= day <= on:
            found.append(offset)
    return found
