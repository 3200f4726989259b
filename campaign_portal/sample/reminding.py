"""Reminders of the days before the reference day, through the ladder and by hand; letters stay on this machine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from campaign_portal.sample.calendar import moment
from campaigns.actions.reminders import draft_nudges, nudge, send_reminders
from campaigns.calendar import local_day
from campaigns.models import Campaign, Period, User

DAYS_BACK = 8  # a ladder's length: each period's rungs have spoken once
OFFICER, NUDGED, MESSAGE = (
    "noivu1",
    3,
    "Đề nghị đơn vị khẩn trương gửi số liệu còn thiếu; có vướng mắc báo Phòng Nội vụ.",
)


def remind(campaign: Campaign, *, to: dt.date, now: dt.datetime) -> None:
    """Let the ladder speak on the mornings before ``now``, and an officer remind a few units the day before."""
    for days in range(-DAYS_BACK, 1):
        morning = moment(to, days, "07:30")
        if morning < now:
            send_reminders(now=morning)
    sent_at = moment(to, -1, "09:15")
    for period in Period.objects.filter(campaign=campaign, starts_on__lte=local_day(sent_at)).order_by("ends_on"):
        drafts = [d for d in draft_nudges(campaign=campaign, period=period, now=sent_at) if d.people][:NUDGED]
        if drafts:
            nudge(
                campaign=campaign,
                period=period,
                participants=[draft.cell.participant.pk for draft in drafts],
                message=MESSAGE,
                key=f"sample-nudge-{period.pk}",
                by=User.objects.get(username=OFFICER),
                now=sent_at,
            )
            return


@contextmanager
def letters_kept() -> Iterator[None]:
    """Send no letter of the sample's past: they are shown as sent, and nothing leaves this machine."""
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = backend
