"""Activity entries: what a unit or a supporting body did, when and with how many people. No score comes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from campaigns.calendar import local_day
from campaigns.models import Activity, Participant, User
from campaigns.permissions import Permission, require
from campaigns.thread_rules import LONGEST_TEXT, MOST_PEOPLE, ThreadRefusal
from campaigns.vietnamese import normalise

from .audit import record
from .idempotency import once
from .locks import hold_campaign
from .threads import SentFile, ThreadRefused, digests, keep_files, ready_files, reason, said

LONGEST_TITLE = 300


@dataclass(frozen=True, kw_only=True)
class ActivityEntry:
    """What is entered."""

    title: str
    held_on: dt.date
    people: int = 0
    text: str = ""


def file_activity(
    *,
    participant_id: int,
    entry: ActivityEntry,
    files: Sequence[SentFile] = (),
    key: str,
    by: User,
    now: dt.datetime,
) -> Activity:
    """File what a unit did, with pictures or papers.

    Raises Participant.DoesNotExist, PermissionDenied, ThreadRefused, EvidenceRefused, IdempotencyMismatch.
    """
    unit = Participant.objects.select_related("campaign", "unit").get(pk=participant_id)
    today = local_day(now)
    require(by, Permission.DRAFT_REPORT, unit=unit.unit_id, on=today)
    title, text = said(entry.title, longest=LONGEST_TITLE), normalise(entry.text)
    if len(text) > LONGEST_TEXT:
        raise ThreadRefused(ThreadRefusal.TEXT_TOO_LONG)
    if entry.held_on > today:
        raise ThreadRefused(ThreadRefusal.DAY_AHEAD)
    if not unit.campaign.starts_on <= entry.held_on <= unit.campaign.ends_on:
        raise ThreadRefused(ThreadRefusal.DAY_OUTSIDE)
    if not 0 <= entry.people <= MOST_PEOPLE:
        raise ThreadRefused(ThreadRefusal.COUNT_OUT_OF_RANGE)
    ready = ready_files(files, participant=unit, by=by, now=now)
    told = {"title": title, "held_on": str(entry.held_on), "people": entry.people, "text": text}
    request = {"act": "activity.file", "unit": participant_id, **told, "files": digests(files)}
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is not None:
            return Activity.objects.get(pk=earlier.result["activity"])
        if not hold_campaign(unit.campaign_id).is_open:
            raise ThreadRefused(ThreadRefusal.CAMPAIGN_NOT_OPEN)
        row = Activity.objects.create(
            participant=unit,
            title=title,
            held_on=entry.held_on,
            people=entry.people,
            text=text,
            entered_by=by,
            entered_at=now,
        )
        row.files.add(*keep_files(ready, participant=unit, by=by, now=now))
        record(action="activity.filed", subject=row, by=by, now=now, participant=unit, after=told)
        earlier.keep({"activity": row.pk})
    return row


def withdraw_activity(*, activity_id: int, text: str, by: User, now: dt.datetime) -> Activity:
    """Take an entry off the list, with a reason; it stays on record.

    Raises Activity.DoesNotExist, PermissionDenied, ThreadRefused.
    """
    unit = Participant.objects.select_related("campaign", "unit").get(activities=activity_id)
    require(by, Permission.DRAFT_REPORT, unit=unit.unit_id, on=local_day(now))
    text = reason(text)
    with transaction.atomic():
        row = Activity.objects.select_for_update(of=("self",)).get(pk=activity_id)
        if row.withdrawn_at is not None:
            raise ThreadRefused(ThreadRefusal.WITHDRAWN_ALREADY)
        row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = now, by, text
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
        record(
            action="activity.withdrawn",
            subject=row,
            by=by,
            now=now,
            participant=unit,
            before={"title": row.title, "held_on": row.held_on, "people": row.people},
            reason=text,
        )
    return row
