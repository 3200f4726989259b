"""What staff set: categories, criteria with their versions, the procedure, dated figures, the earlier register."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from awards.models import AwardCategory, AwardPolicy, EarlierAward, EligibilityOutcome, EligibilityRule
from awards.names import name_key
from campaigns.actions.records import PlanRefused, changes_between, lock_stored, require_shown, write
from campaigns.calendar import local_day
from campaigns.models import Campaign, User
from campaigns.permissions import Permission, require

R = TypeVar("R", bound=models.Model)


def _campaign_of(row: models.Model) -> Campaign | None:
    if isinstance(row, AwardCategory | AwardPolicy):
        return row.campaign
    return row.category.campaign if isinstance(row, EligibilityRule) else None


@transaction.atomic
def save_setting(*, row: R, seen: str, by: User, now: dt.datetime) -> R:
    """Save a category, a procedure, a dated figure or a row of the earlier register; ``seen`` as the form had it.

    A category's recipient and basis stay once it has proposals. Raises PermissionDenied, StaleRecord,
    PlanRefused, ValidationError.
    """
    require(by, Permission.EDIT_AWARD_RULES, on=local_day(now))
    stored = lock_stored(row)
    require_shown(stored, row, seen)
    if isinstance(row, EarlierAward):
        row.recipient_key = name_key(row.recipient_name)
        row.entered_by = row.entered_by or by
    if isinstance(row, AwardCategory) and stored is not None and row.proposals.exists():
        fixed = {"campaign", "recipient_kind", "basis", "basis_day"} & set(changes_between(stored, row))
        if fixed:
            raise PlanRefused(_("The award has proposals: its campaign, recipient and basis stay."))
    return write(row, stored, action=f"award.{row._meta.model_name}", by=by, now=now, campaign=_campaign_of(row))


@transaction.atomic
def save_rule(*, rule: EligibilityRule, seen: str, by: User, now: dt.datetime) -> EligibilityRule:
    """Save a criterion. One that nights were judged by is not edited: it ends yesterday, a new version begins today.

    Only its last day may be set in place. Raises PermissionDenied, StaleRecord, PlanRefused, ValidationError.
    """
    require(by, Permission.EDIT_AWARD_RULES, on=local_day(now))
    stored = lock_stored(rule)
    require_shown(stored, rule, seen)
    today, campaign = local_day(now), rule.category.campaign
    if stored is None:
        rule.created_by = by
        return write(rule, None, action="award.rule", by=by, now=now, campaign=campaign)
    changed = set(changes_between(stored, rule))
    if not changed or changed <= {"valid_to"} or not _is_used(stored):
        return write(rule, stored, action="award.rule", by=by, now=now, campaign=campaign)
    if stored.valid_to is not None and stored.valid_to < today:
        raise PlanRefused(_("This version has ended; nights were judged by it, so it stays as it is."))
    successor = EligibilityRule(
        **{
            field.attname: getattr(rule, field.attname)
            for field in EligibilityRule._meta.concrete_fields
            if field.name not in ("id", "valid_from", "replaces", "created_by", "created_at")
        },
        valid_from=today,
        replaces=stored,
        created_by=by,
    )
    ended = EligibilityRule.objects.get(pk=stored.pk)
    ended.valid_to = today - dt.timedelta(days=1)
    write(ended, stored, action="award.rule", by=by, now=now, campaign=campaign)
    return write(successor, None, action="award.rule", by=by, now=now, campaign=campaign)


def _is_used(rule: EligibilityRule) -> bool:
    """Whether a night was judged by this version."""
    nights = EligibilityOutcome.objects.filter(category=rule.category_id)
    if rule.valid_from is not None:
        nights = nights.filter(day__gte=rule.valid_from)
    return nights.exists()
