"""The incident ledger of targets to be held at zero: recorded by whoever reports the figure, withdrawn at most."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from campaigns.calendar import local_day
from campaigns.models import Incident, Target, User
from campaigns.permissions import Permission, require
from campaigns.queries.ledgers import goals_of, reporting_unit_of
from campaigns.thread_rules import LONGEST_REASON, MOST_INCIDENTS, ThreadRefusal, keeps_ledger
from campaigns.vietnamese import normalise

from .audit import record
from .idempotency import once
from .locks import hold_campaign
from .threads import ThreadRefused, reason

_RELATIONS = ("participant__campaign", "participant__unit", "indicator__provider")


def record_incident(
    *, target_id: int, happened_on: dt.date, count: int, description: str = "", key: str, by: User, now: dt.datetime
) -> Incident:
    """Record what happened against a target to be held at zero; the reporting grid reads the sum.

    The description may be empty: matters of defence and security are counted, not told. Raises
    Target.DoesNotExist, PermissionDenied, ThreadRefused, IdempotencyMismatch.
    """
    target = Target.objects.select_related(*_RELATIONS).get(pk=target_id)
    today = local_day(now)
    require(by, Permission.DRAFT_REPORT, unit=reporting_unit_of(target), on=today)
    description = normalise(description)[:LONGEST_REASON]
    request = {
        "act": "incident.record",
        "target": target_id,
        "day": str(happened_on),
        "count": count,
        "description": description,
    }
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is not None:
            return Incident.objects.get(pk=earlier.result["incident"])
        campaign = hold_campaign(target.campaign_id)
        if not campaign.is_open:
            raise ThreadRefused(ThreadRefusal.CAMPAIGN_NOT_OPEN)
        if not keeps_ledger(kind=target.indicator.kind, goal=goals_of([target], on=today)[target.pk]):
            raise ThreadRefused(ThreadRefusal.NOT_A_LEDGER)
        if happened_on > today:
            raise ThreadRefused(ThreadRefusal.DAY_AHEAD)
        if not campaign.starts_on <= happened_on <= campaign.ends_on:
            raise ThreadRefused(ThreadRefusal.DAY_OUTSIDE)
        if not 0 < count <= MOST_INCIDENTS:
            raise ThreadRefused(ThreadRefusal.COUNT_OUT_OF_RANGE)
        row = Incident.objects.create(
            target=target,
            happened_on=happened_on,
            count=count,
            description=description,
            recorded_by=by,
            recorded_at=now,
        )
        record(
            action="incident.recorded",
            subject=row,
            by=by,
            now=now,
            participant=target.participant,
            after={"day": happened_on, "count": count, "description": description},
        )
        earlier.keep({"incident": row.pk})
    return row


def withdraw_incident(*, incident_id: int, text: str, by: User, now: dt.datetime) -> Incident:
    """Take an entry out of the sum, with a reason; it stays on record. Raises as ``record_incident`` does."""
    target = Target.objects.select_related(*_RELATIONS).get(incidents=incident_id)
    require(by, Permission.DRAFT_REPORT, unit=reporting_unit_of(target), on=local_day(now))
    text = reason(text)
    with transaction.atomic():
        if not hold_campaign(target.campaign_id).is_open:
            raise ThreadRefused(ThreadRefusal.CAMPAIGN_NOT_OPEN)
        row = Incident.objects.select_for_update(of=("self",)).get(pk=incident_id)
        if row.withdrawn_at is not None:
            raise ThreadRefused(ThreadRefusal.WITHDRAWN_ALREADY)
        row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = now, by, text
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
        record(
            action="incident.withdrawn",
            subject=row,
            by=by,
            now=now,
            participant=target.participant,
            before={"day": row.happened_on, "count": row.count},
            reason=text,
        )
    return row
