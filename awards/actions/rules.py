"""Criteria and their versions: what nights were judged by stays as it was."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from awards.models import AwardCategory, EligibilityOutcome, EligibilityRule
from campaigns.actions.records import PlanRefused, changes_between, lock_stored, require_shown, write
from campaigns.calendar import local_day
from campaigns.display import local_date
from campaigns.models import User
from campaigns.permissions import Permission, require

from .eligibility import ask_to_evaluate

DAY = dt.timedelta(days=1)
ACTION = "award.rule"


@transaction.atomic
def save_rule(*, rule: EligibilityRule, seen: str, by: User, now: dt.datetime) -> EligibilityRule:
    """Save a criterion. One that nights were judged by is not edited: it ends, and a new version begins.

    The new version begins today, or on the later first day that was typed. Only the last day may be set in
    place, and not back beyond yesterday. A new criterion begins today at the earliest once there are nights.
    The units are judged anew by the worker.
    Raises PermissionDenied, StaleRecord, PlanRefused, ValidationError.
    """
    require(by, Permission.EDIT_AWARD_RULES, on=local_day(now))
    ask_to_evaluate(campaign_id=rule.category.campaign_id, now=now)
    AwardCategory.objects.select_for_update(of=("self",)).get(pk=rule.category_id)  # two at once get two places
    if rule._state.adding:
        rule.position = rule.position or _next_place(rule)
        return _add(rule, by=by, now=now)
    return _change(rule, seen, by=by, now=now)


def _add(rule: EligibilityRule, *, by: User, now: dt.datetime) -> EligibilityRule:
    today = local_day(now)
    if EligibilityOutcome.objects.filter(category=rule.category_id, day__lt=today).exists():
        if rule.valid_from is not None and rule.valid_from < today:
            raise PlanRefused(_("Nights were judged without it: its first day is today or later."))
        rule.valid_from = rule.valid_from or today
    _require_place(rule)
    rule.created_by = by
    return write(rule, None, action=ACTION, by=by, now=now, campaign=rule.category.campaign)


def _change(rule: EligibilityRule, seen: str, *, by: User, now: dt.datetime) -> EligibilityRule:
    stored = lock_stored(rule)
    assert stored is not None
    require_shown(stored, rule, seen)
    today, campaign = local_day(now), rule.category.campaign
    changed = set(changes_between(stored, rule))
    if changed & {"position", "category", "valid_from"}:
        _require_place(rule)
    begins = first_day_of_a_successor(stored, today)
    if not changed or begins is None:
        return write(rule, stored, action=ACTION, by=by, now=now, campaign=campaign)
    if stored.valid_to is not None and stored.valid_to < begins:
        raise PlanRefused(_("This version has ended; nights were judged by it, so it stays as it is."))
    if changed == {"valid_to"}:
        if rule.valid_to is not None and rule.valid_to < begins - DAY:
            raise PlanRefused(
                _("Nights were judged by it up to %(day)s: it ends on that day at the earliest.")
                % {"day": local_date(begins - DAY)}
            )
        return write(rule, stored, action=ACTION, by=by, now=now, campaign=campaign)
    if "category" in changed:
        raise PlanRefused(_("Nights were judged by it: its award stays. End it and add a new one."))
    if "valid_from" in changed and rule.valid_from is not None:
        if rule.valid_from < begins:
            raise PlanRefused(
                _("Nights were judged by it: the new version begins on %(day)s at the earliest.")
                % {"day": local_date(begins)}
            )
        begins = rule.valid_from
    return _succeed(rule, stored, begins, by=by, now=now)


def _next_place(rule: EligibilityRule) -> int:
    """The place behind all criteria of the award, where nobody has typed one."""
    last = EligibilityRule.objects.filter(category=rule.category_id).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _require_place(rule: EligibilityRule) -> None:
    """The campaign workbook knows a criterion by its place and first day. Raises ValidationError where it is taken."""
    same = EligibilityRule.objects.filter(category=rule.category_id, position=rule.position, valid_from=rule.valid_from)
    if same.exclude(pk=rule.pk).exists():
        raise ValidationError({"position": _("Another criterion of this award has this place from the same day on.")})


def _succeed(
    rule: EligibilityRule, stored: EligibilityRule, begins: dt.date, *, by: User, now: dt.datetime
) -> EligibilityRule:
    """End the stored version the day before, and begin the new one."""
    campaign = rule.category.campaign
    successor = EligibilityRule(
        **{
            field.attname: getattr(rule, field.attname)
            for field in EligibilityRule._meta.concrete_fields
            if field.name not in ("id", "valid_from", "replaces", "created_by", "created_at")
        },
        valid_from=begins,
        replaces=stored,
        created_by=by,
    )
    _require_place(successor)
    ended = EligibilityRule.objects.get(pk=stored.pk)
    ended.valid_to = begins - DAY
    write(ended, stored, action=ACTION, by=by, now=now, campaign=campaign)
    return write(successor, None, action=ACTION, by=by, now=now, campaign=campaign)


def first_day_of_a_successor(stored: EligibilityRule, today: dt.date) -> dt.date | None:
    """Return from when a changed criterion may hold; None where no night was judged by it, so that it is edited.

    Today's runs are found again by the night and do not bind, except a run that dossiers stand on.
    """
    nights = EligibilityOutcome.objects.filter(category=stored.category_id, day__lte=today)
    if stored.valid_from is not None:
        nights = nights.filter(day__gte=stored.valid_from)
    if nights.filter(day=today, is_basis=True).exists():
        return today + DAY
    return today if nights.filter(day__lt=today).exists() else None
