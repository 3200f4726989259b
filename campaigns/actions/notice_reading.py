"""What a person does with their own notices: read them, and choose how to be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from campaigns.models import Notice, NoticePreference, User
from campaigns.notice_rules import channel_of, default_channel


def mark_read(*, notice_id: int, by: User, now: dt.datetime) -> bool:
    """Mark one of the person's notices read; return whether it was unread."""
    return bool(Notice.objects.filter(pk=notice_id, person=by, read_at__isnull=True).update(read_at=now))


def mark_all_read(*, by: User, up_to: int, now: dt.datetime) -> int:
    """Mark the person's notices up to the one last shown (its id) read: what came later stays unread."""
    return Notice.objects.filter(person=by, pk__lte=up_to, read_at__isnull=True).update(read_at=now)


@transaction.atomic
def save_preferences(*, chosen: Mapping[str, str], by: User) -> None:
    """Keep how the person wants to be told, by kind; what a kind does not allow falls back to its default."""
    for kind, channel in chosen.items():
        wanted = channel_of(kind, channel)
        if wanted == default_channel(kind):
            NoticePreference.objects.filter(person=by, kind=kind).delete()
        else:
            NoticePreference.objects.update_or_create(person=by, kind=kind, defaults={"channel": wanted})
