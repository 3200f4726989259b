"""The reminder ladder of a campaign: data that staff keep, before and after the campaign opens."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from campaigns.models import Campaign, ReminderRule, User
from campaigns.permissions import Permission, require
from campaigns.reminder_ladder import DEFAULT_LADDER

from .records import lock_stored, remove, require_shown, write


def give_default_ladder(campaign: Campaign) -> None:
    """Give a new campaign the usual rungs; every way of creating a campaign calls it. A ladder stays as it is."""
    if ReminderRule.objects.filter(campaign=campaign).exists():
        return
    ReminderRule.objects.bulk_create(
        ReminderRule(campaign=campaign, days_from_due=days, audience=audience) for days, audience in DEFAULT_LADDER
    )


@transaction.atomic
def save_reminder_rule(*, rule: ReminderRule, seen: str = "", by: User, now: dt.datetime) -> ReminderRule:
    """Save one rung. Raises PermissionDenied, StaleRecord, ValidationError."""
    require(by, Permission.FOLLOW_UP)
    stored = lock_stored(rule)
    require_shown(stored, rule, seen)
    action = "reminder_rule.edited" if stored else "reminder_rule.created"
    write(rule, stored, action=action, by=by, now=now, campaign=rule.campaign)
    return rule


@transaction.atomic
def remove_reminder_rule(*, rule: ReminderRule, by: User, now: dt.datetime) -> None:
    """Take a rung away; what it sent stays recorded. Raises PermissionDenied."""
    require(by, Permission.FOLLOW_UP)
    remove(rule, action="reminder_rule.removed", by=by, now=now, campaign=rule.campaign)
