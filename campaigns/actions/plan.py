"""The plan while a campaign is prepared; ``plan_changes.py`` changes it once the campaign is open."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.enums import CampaignStatus
from campaigns.models import (
    Area,
    Bloc,
    Campaign,
    Indicator,
    Measurement,
    Participant,
    Period,
    Target,
    User,
)
from campaigns.permissions import Permission, require
from campaigns.plan_rules import kind_problem
from campaigns.wording import plan_problem

from .locks import hold_campaign
from .records import PlanRefused, changes_between, lock_stored, remove, require_shown, write
from .reminder_rules import give_default_ladder

PlanRow = Area | Bloc | Indicator | Participant | Period | Target

#: What may still change on the campaign itself once it is open; the rest of it is the frozen plan.
OPEN_FIELDS = frozenset({"theme", "proposed_closing_day", "substitute_verifier", "public_board"})
#: … and once it is closed.
CLOSED_FIELDS = frozenset({"public_board"})


def frozen_message(campaign: Campaign) -> str:
    """Return why the plan cannot be edited; empty while it can."""
    if campaign.status == CampaignStatus.PREPARATION:
        return ""
    return _("The plan is frozen since the campaign opened. Targets change by dated revisions only.")


@transaction.atomic
def save_campaign(*, campaign: Campaign, seen: str = "", by: User, now: dt.datetime) -> Campaign:
    """Save a campaign's own data; once it is open only ``OPEN_FIELDS`` may differ.

    ``seen`` is the digest of what the editor was shown. Raises PermissionDenied, PlanRefused, StaleRecord,
    ValidationError.
    """
    require(by, Permission.EDIT_PLAN)
    stored = lock_stored(campaign)
    require_shown(stored, campaign, seen)
    if stored is not None:
        free = {CampaignStatus.OPEN: OPEN_FIELDS, CampaignStatus.CLOSED: CLOSED_FIELDS}.get(
            CampaignStatus(stored.status)
        )
        if free is not None and changes_between(stored, campaign).keys() - free:
            raise PlanRefused(frozen_message(stored))
        campaign.status = stored.status
    action = "campaign.edited" if stored else "campaign.created"
    write(campaign, stored, action=action, by=by, now=now, campaign=None)
    if stored is None:
        give_default_ladder(campaign)
    return campaign


@transaction.atomic
def save_plan_row(*, row: PlanRow, seen: str = "", by: User, now: dt.datetime) -> PlanRow:
    """Save an area, bloc, unit, indicator, period or target of a campaign that is being prepared.

    Raises PermissionDenied, PlanRefused (the plan is frozen, or the kind's condition is broken), StaleRecord,
    ValidationError.
    """
    require(by, Permission.EDIT_PLAN)
    campaign = _hold_in_preparation(row.campaign_id)
    stored = lock_stored(row)
    require_shown(stored, row, seen)
    if stored is not None and stored.campaign_id != row.campaign_id:
        raise PlanRefused(_("A part of a plan stays in its campaign."))
    if isinstance(row, Target):
        require_terms(row.indicator, row.baseline, row.goal, row.due_on)
    if isinstance(row, Period) and isinstance(stored, Period):
        _check_days_kept(stored, row)
    _check_same_campaign(row)
    noun = row._meta.model_name
    write(row, stored, action=f"{noun}.edited" if stored else f"{noun}.created", by=by, now=now, campaign=campaign)
    return row


@transaction.atomic
def remove_plan_row(*, row: PlanRow, by: User, now: dt.datetime) -> None:
    """Take a row out of a plan in preparation, where nothing refers to it. Raises PermissionDenied, PlanRefused."""
    require(by, Permission.EDIT_PLAN)
    campaign = _hold_in_preparation(row.campaign_id)
    remove(row, action=f"{row._meta.model_name}.removed", by=by, now=now, campaign=campaign)


def _hold_in_preparation(campaign_id: int) -> Campaign:
    campaign = hold_campaign(campaign_id)
    if message := frozen_message(campaign):
        raise PlanRefused(message)
    return campaign


def require_terms(indicator: Indicator, baseline: Decimal | None, goal: Decimal, due_on: dt.date | None) -> None:
    """Refuse terms the indicator's kind does not allow. Raises PlanRefused."""
    if problem := kind_problem(indicator.kind, baseline, goal, due_on):
        raise PlanRefused(plan_problem(problem))


def _check_days_kept(stored: Period, row: Period) -> None:
    """Values carry the days of their period, so these stay once something was sent for it."""
    moved = (stored.starts_on, stored.ends_on) != (row.starts_on, row.ends_on)
    if moved and Measurement.objects.filter(period=stored).exists():
        raise PlanRefused(_("Values have been sent for this period; its days stay."))


def _check_same_campaign(row: PlanRow) -> None:
    for field in row._meta.concrete_fields:
        other = getattr(row, field.name) if field.is_relation and field.name != "campaign" else None
        if other is not None and getattr(other, "campaign_id", row.campaign_id) != row.campaign_id:
            raise PlanRefused(_("“%(name)s” belongs to another campaign.") % {"name": other})
