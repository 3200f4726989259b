"""A generated calendar held against the one that is stored: what would be new, changed, unchanged, taken out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from campaigns.calendar_plan import PlannedPeriod
from campaigns.models import Campaign, Holiday, Period


class CalendarChange(StrEnum):
    """What would become of one row of the calendar."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True)
class CalendarLine:
    """One period by its code: as planned, as stored, and what that amounts to."""

    change: CalendarChange
    code: str
    planned: PlannedPeriod | None
    stored: Period | None


def holidays_of(campaign: Campaign) -> dict[dt.date, str]:
    """Return the public holidays from the campaign's first day to a month after its last, when reports are due."""
    last = campaign.ends_on + dt.timedelta(days=31)
    rows = Holiday.objects.filter(day__gte=campaign.starts_on, day__lte=last)
    return dict(rows.order_by("day").values_list("day", "name"))


def compare_calendar(planned: Iterable[PlannedPeriod], stored: Iterable[Period]) -> list[CalendarLine]:
    """Return a line for each code on either side, the planned ones first."""
    known = {period.code: period for period in stored}
    lines = []
    for row in planned:
        old = known.pop(row.code, None)
        change = CalendarChange.NEW if old is None else CalendarChange.CHANGED
        if old is not None and _terms(old) == _terms(row):
            change = CalendarChange.UNCHANGED
        lines.append(CalendarLine(change, row.code, row, old))
    return [*lines, *(CalendarLine(CalendarChange.REMOVED, old.code, None, old) for old in known.values())]


def _terms(row: PlannedPeriod | Period) -> tuple[object, ...]:
    return row.starts_on, row.ends_on, row.due_at, row.locks_at
