"""Announcements to all units: published once, told to every unit's leaders and reporters."""

from __future__ import annotations

import datetime as dt

from campaigns.models import Announcement, Campaign, User

from .idempotency import act_once
from .registers import save_register_row


def publish_announcement(
    *, campaign: Campaign, title: str, text: str, is_public: bool, key: str, by: User, now: dt.datetime
) -> Announcement:
    """Publish an announcement and tell all units of the campaign. ``key`` makes sending the form twice one act.

    Raises PermissionDenied, ValidationError, IdempotencyMismatch.
    """

    def act() -> dict[str, int]:
        row = Announcement(campaign=campaign, title=title, text=text, is_public=is_public)
        save_register_row(row=row, by=by, now=now)
        return {"announcement": row.pk}

    request = {"act": "announcement", "campaign": campaign.pk, "said": [title, text, is_public]}
    result = act_once(actor=by, key=key, request=request, now=now, act=act)
    return Announcement.objects.get(pk=result["announcement"])


def change_announcement(
    *, announcement_id: int, title: str, text: str, is_public: bool, seen: str, by: User, now: dt.datetime
) -> Announcement:
    """Mend an announcement; ``seen`` is the digest of what the editor was shown. Nobody is told again.

    Raises PermissionDenied, StaleRecord, ValidationError.
    """
    row = Announcement.objects.get(pk=announcement_id)
    row.title, row.text, row.is_public = title, text, is_public
    save_register_row(row=row, seen=seen, by=by, now=now)
    return row
