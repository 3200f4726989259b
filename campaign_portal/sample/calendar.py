"""The sample's days: one fixed reference date, and campaign days counted from it. Pure.

The running campaign's day 60 of 90 is the reference date. Last year's campaign ran exactly 52 weeks
earlier, so that its weekdays are the same.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from campaigns.calendar import local_moment

#: The day on which the committed workbooks stand: day 60 of the running campaign (a Tuesday).
REFERENCE = dt.date(2026, 11, 24)
REFERENCE_DAY = 60
CAMPAIGN_DAYS = 90
PERIOD_DAYS = 7


@dataclass(frozen=True)
class Period:
    """One weekly reporting period; times are local and naive, as in the workbook."""

    number: int  # from 1
    start: dt.date  # first day
    end: dt.date  # last day, included
    due: dt.datetime  # on time until then: the third day after the end, 17:00 (a Monday at the reference date)
    lock: dt.datetime  # closed from then on: the fifth day after the end, 17:00


@dataclass(frozen=True)
class CampaignCalendar:
    """Day arithmetic of one campaign."""

    start: dt.date  # day 1
    last_report: int  # the last period for which reports exist
    now: dt.datetime  # nothing is dated at this local moment or later, except plans for the days to come
    year: int  # the year that the campaign's names and code carry

    def day(self, number: int) -> dt.date:
        """Return campaign day ``number``; day 1 is the first, 0 the day before it."""
        return self.start + dt.timedelta(days=number - 1)

    @property
    def end(self) -> dt.date:
        """The last day."""
        return self.day(CAMPAIGN_DAYS)

    def periods(self) -> list[Period]:
        """Return the thirteen periods: weeks from day 1, the last one day shorter."""
        found = []
        for index in range(-(-CAMPAIGN_DAYS // PERIOD_DAYS)):
            first, last = self.day(index * PERIOD_DAYS + 1), self.day(min((index + 1) * PERIOD_DAYS, CAMPAIGN_DAYS))
            due, lock = last + dt.timedelta(days=3), last + dt.timedelta(days=5)
            five = dt.time(17)
            found.append(
                Period(index + 1, first, last, dt.datetime.combine(due, five), dt.datetime.combine(lock, five))
            )
        return found


def running(reference: dt.date = REFERENCE) -> CampaignCalendar:
    """Return the running campaign's calendar: eight periods reported, nothing on the reference date itself."""
    start = reference - dt.timedelta(days=REFERENCE_DAY - 1)
    return CampaignCalendar(start, 8, dt.datetime.combine(reference, dt.time()), reference.year)


def last_year(reference: dt.date = REFERENCE) -> CampaignCalendar:
    """Return last year's calendar: all thirteen periods reported and verified within 15 days of its end."""
    start = running(reference).start - dt.timedelta(weeks=52)
    closing = start + dt.timedelta(days=CAMPAIGN_DAYS - 1 + 15)
    return CampaignCalendar(start, 13, dt.datetime.combine(closing, dt.time(17)), reference.year - 1)


def moment(reference: dt.date, days: int, time: str) -> dt.datetime:
    """Return the moment ``days`` from the reference date at the local ``time`` ("hh:mm")."""
    return local_moment(reference + dt.timedelta(days=days), dt.time.fromisoformat(time))


def texts_year(text: str, reference: dt.date) -> str:
    """Return ``text`` with ``{nam}`` and ``{nam_truoc}`` filled from the reference date's year."""
    return text.replace("{nam_truoc}", str(reference.year - 1)).replace("{nam}", str(reference.year))
