"""Copy an earlier campaign's awards with their criteria into another campaign."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from awards.models import AwardCategory, AwardPolicy, EligibilityRule
from awards.queries.copying import CopiedCategory, copy_plan
from campaigns.actions.audit import record
from campaigns.actions.idempotency import act_once
from campaigns.actions.records import PlanRefused, write
from campaigns.calendar import local_day
from campaigns.enums import CampaignStatus
from campaigns.models import Campaign, User
from campaigns.permissions import Permission, require

from .eligibility import ask_to_evaluate


@transaction.atomic
def copy_awards(*, source_id: int, target_id: int, by: User, now: dt.datetime, key: str) -> int:
    """Copy the awards in use and the criteria in force at the earlier campaign's end; return how many awards.

    In order, with the target's row locked: each award whose code the target lacks, with its criteria (their days
    moved along, without dates of validity); the procedure where the target has none; one entry in the trail for
    each row and one for the whole. Raises PermissionDenied, PlanRefused, IdempotencyMismatch.
    """
    require(by, Permission.EDIT_AWARD_RULES, on=local_day(now))
    kept = act_once(
        actor=by,
        key=key,
        request={"source": source_id, "target": target_id},
        now=now,
        act=lambda: {"copied": _copy(source_id, target_id, by=by, now=now)},
    )
    return int(kept["copied"])


def copy_with_campaign(*, source: Campaign, target: Campaign, by: User, now: dt.datetime) -> int:
    """Copy the awards and their criteria when a campaign is made after an earlier one; return how many awards.

    The copier of this app (campaigns/actions/clone_registry.py): it runs inside the act of cloning, whose right and
    whose entry in the trail it shares; a campaign without awards gives none.
    """
    plan = [copied for copied in copy_plan(source=source, target=target) if not copied.exists]
    for copied in plan:
        _copy_category(copied, target, by=by, now=now)
    _copy_policy(source, target, by=by, now=now)
    return len(plan)


def _copy(source_id: int, target_id: int, *, by: User, now: dt.datetime) -> int:
    target = Campaign.objects.select_for_update(of=("self",)).get(pk=target_id)
    source = Campaign.objects.get(pk=source_id)
    if target.status == CampaignStatus.CLOSED:
        raise PlanRefused(_("The campaign is closed: its awards stay as they are."))
    before = EligibilityRule.objects.filter(category__campaign=target).count()
    copied = copy_with_campaign(source=source, target=target, by=by, now=now)
    if not copied:
        raise PlanRefused(_("There is no award to copy that the campaign does not have already."))
    criteria = EligibilityRule.objects.filter(category__campaign=target).count() - before
    ask_to_evaluate(campaign_id=target.pk, now=now)
    record(
        action="award.copied",
        subject=target,
        by=by,
        now=now,
        campaign=target,
        after={"from": source.code, "awards": copied, "criteria": criteria},
    )
    return copied


def _copy_category(copied: CopiedCategory, target: Campaign, *, by: User, now: dt.datetime) -> None:
    own = ("code", "name", "recipient_kind", "authority", "title", "quota_total", "quota_per_bloc", "quota_per_unit",
           "coefficient", "basis", "position", "is_active")  # fmt: skip
    category = AwardCategory(
        campaign=target, basis_day=copied.basis_day, **{name: getattr(copied.category, name) for name in own}
    )
    write(category, None, action="award.awardcategory", by=by, now=now, campaign=target)
    for one in copied.rules:
        audience = {name: getattr(one.rule, name) for name in ("for_ranked", "for_supporting", "for_individuals")}
        rule = EligibilityRule(
            category=category,
            kind=one.rule.kind,
            params=one.params,
            position=one.rule.position,
            created_by=by,
            **audience,
        )
        write(rule, None, action="award.rule", by=by, now=now, campaign=target)


def _copy_policy(source: Campaign, target: Campaign, *, by: User, now: dt.datetime) -> None:
    earlier = AwardPolicy.objects.filter(campaign=source).first()
    if earlier is None or AwardPolicy.objects.filter(campaign=target).exists():
        return
    columns = {
        field.attname: getattr(earlier, field.attname)
        for field in AwardPolicy._meta.concrete_fields
        if field.name not in ("id", "campaign")
    }
    write(AwardPolicy(campaign=target, **columns), None, action="award.awardpolicy", by=by, now=now, campaign=target)
