"""Write a generated reporting calendar in place of the stored one, as it was shown."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from campaigns.calendar_plan import PlannedPeriod
from campaigns.models import Campaign, Period, User
from campaigns.permissions import Permission, require
from campaigns.queries.calendar_preview import CalendarChange, CalendarLine, compare_calendar

from .audit import digest_of, record
from .plan import frozen_message
from .records import PlanRefused


def digest_of_calendar(lines: Sequence[CalendarLine]) -> str:
    """Return the digest of a preview: what was stored, and what would stand in its place."""
    return digest_of([[line.change.value, *_plain(line.planned), *_plain(line.stored)] for line in lines])


@transaction.atomic
def write_calendar(
    *, campaign_id: int, planned: Sequence[PlannedPeriod], seen: str, by: User, now: dt.datetime
) -> Counter[CalendarChange]:
    """Write the calendar that was shown; return how many rows were what.

    In order: role, the campaign's row lock, its status, the digest of the preview (``seen``); rows that fall away
    go, rows whose days stay are changed, the others are made anew; audit entry. Sent twice it finds everything
    unchanged. Raises PermissionDenied, PlanRefused (frozen, changed meanwhile, or something refers to a period).
    """
    require(by, Permission.EDIT_PLAN)
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    if message := frozen_message(campaign):
        raise PlanRefused(message)
    lines = compare_calendar(planned, campaign.periods.order_by("ends_on"))
    counts = Counter(line.change for line in lines)
    if counts[CalendarChange.UNCHANGED] == len(lines):
        return counts
    if digest_of_calendar(lines) != seen:
        raise PlanRefused(_("The calendar has changed since the preview. Look at the new preview, then write it."))
    _replace(campaign, lines)
    record(
        action="calendar.generated",
        subject=campaign,
        by=by,
        now=now,
        campaign=campaign,
        before=_trail([line.stored for line in lines]),
        after=_trail([line.planned for line in lines]),
    )
    return counts


def _replace(campaign: Campaign, lines: Sequence[CalendarLine]) -> None:
    kept = {line.code for line in lines if _days_stay(line)}
    for line in lines:
        if line.stored is not None and line.code not in kept:
            _take_out(line.stored)
    for line in lines:
        if line.planned is None or line.change is CalendarChange.UNCHANGED:
            continue
        row = line.stored if line.code in kept and line.stored is not None else Period(campaign=campaign)
        row.code, row.starts_on, row.ends_on = line.planned.code, line.planned.starts_on, line.planned.ends_on
        row.due_at, row.locks_at = line.planned.due_at, line.planned.locks_at
        row.save()


def _days_stay(line: CalendarLine) -> bool:
    if line.planned is None or line.stored is None:
        return False
    return (line.planned.starts_on, line.planned.ends_on) == (line.stored.starts_on, line.stored.ends_on)


def _take_out(period: Period) -> None:
    try:
        period.delete()
    except ProtectedError as error:
        raise PlanRefused(
            _("Something has been reported for period %(code)s; its days stay. Change the other periods one by one.")
            % {"code": period.code}
        ) from error


def _plain(row: PlannedPeriod | Period | None) -> list[str]:
    if row is None:
        return [""]
    moments = (row.due_at, row.locks_at)
    shown = [moment.astimezone(dt.UTC).isoformat() if moment else "" for moment in moments]
    return [row.code, row.starts_on.isoformat(), row.ends_on.isoformat(), *shown]


def _trail(rows: Sequence[PlannedPeriod | Period | None]) -> dict[str, str]:
    return {row.code: " · ".join(_plain(row)[1:]) for row in rows if row is not None}
