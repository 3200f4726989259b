"""The plan once the campaign is open: targets revised, added or ended and units that leave, dated, with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.actions.plan import require_terms
from campaigns.calendar import local_day
from campaigns.display import local_date
from campaigns.enums import CampaignStatus
from campaigns.models import (
    Campaign,
    Indicator,
    Participant,
    Target,
    TargetRevision,
    User,
)
from campaigns.permissions import Permission, require
from campaigns.vietnamese import normalise

from .audit import record
from .locks import hold_campaign
from .outbox import enqueue
from .records import PlanRefused, StaleRecord, first_message

_SCORE_DELAY = 30


def terms_on(target: Target, day: dt.date) -> Target | TargetRevision:
    """Return what holds for the target on a local day: its latest revision dated by then, else its first terms."""
    return target.revisions.filter(effective_from__lte=day).order_by("-effective_from").first() or target


@transaction.atomic
def revise_target(
    *,
    target_id: int,
    effective_from: dt.date,
    baseline: Decimal | None = None,
    goal: Decimal | None = None,
    due_on: dt.date | None = None,
    reason: str,
    version: int,
    by: User,
    now: dt.datetime,
) -> TargetRevision:
    """Give a target new terms from a day on; a term left empty keeps what was in force.

    The day is today or later, after the last revision, and one on which the target holds. The terms are stored
    whole; the revision before is told where it ends. ``version`` is the target's as the editor saw it. Raises
    Target.DoesNotExist, PermissionDenied, PlanRefused, StaleRecord.
    """
    target, reason = _lock_target(target_id, version=version, reason=reason, by=by)
    _require_from_today(effective_from, now)
    last = target.revisions.order_by("-effective_from").first()
    if last is not None and effective_from <= last.effective_from:
        raise PlanRefused(
            _("The revision must be dated after the last one, of %(day)s.") % {"day": local_date(last.effective_from)}
        )
    if target.ends_from is not None and effective_from >= target.ends_from:
        raise PlanRefused(_("The target is no longer in force on that day."))
    before = last or target
    new = TargetRevision(
        target=target,
        effective_from=effective_from,
        baseline=before.baseline if baseline is None else baseline,
        goal=before.goal if goal is None else goal,
        due_on=before.due_on if due_on is None else due_on,
        reason=reason,
        entered_by=by,
        entered_at=now,
    )
    if (new.baseline, new.goal, new.due_on) == (before.baseline, before.goal, before.due_on):
        raise PlanRefused(_("The revision changes nothing."))
    require_terms(target.indicator, new.baseline, new.goal, new.due_on)
    _validate(new)
    if last is not None:
        last.superseded_from = effective_from
        last.save(update_fields=["superseded_from"])
    new.save()
    _touch(target)
    _leave(
        target, "target.revised", new, by=by, now=now, reason=reason, before=_terms(before),
        after=_terms(new) | {"effective_from": effective_from.isoformat()},
    )  # fmt: skip
    return new


@transaction.atomic
def add_target(
    *,
    indicator_id: int,
    participant_id: int,
    baseline: Decimal | None = None,
    goal: Decimal,
    due_on: dt.date | None = None,
    starts_on: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
) -> Target:
    """Give an indicator to a unit while the campaign runs (giao bổ sung), from today or a later day on.

    Raises Indicator.DoesNotExist, Participant.DoesNotExist, PermissionDenied, PlanRefused.
    """
    require(by, Permission.EDIT_PLAN)
    indicator = Indicator.objects.select_related("area").get(pk=indicator_id)
    campaign = _hold_open(indicator.campaign_id)
    participant = Participant.objects.get(pk=participant_id, campaign=campaign)
    reason = _require_reason(reason)
    _require_from_today(starts_on, now)
    if not (indicator.is_active and indicator.area.is_active):
        raise PlanRefused(_("The indicator or its content area is not in use."))
    if not participant.is_valid_on(starts_on):
        raise PlanRefused(_("The unit does not exist on that day."))
    if Target.objects.filter(indicator=indicator, participant=participant).exists():
        raise PlanRefused(_("The unit has this target already; revise it instead."))
    require_terms(indicator, baseline, goal, due_on)
    target = Target(
        campaign=campaign,
        indicator=indicator,
        participant=participant,
        baseline=baseline,
        goal=goal,
        due_on=due_on,
        starts_on=starts_on,
        added_reason=reason,
    )
    _validate(target)
    target.save()
    after = _terms(target) | {"starts_on": starts_on.isoformat()}
    _leave(target, "target.added", target, by=by, now=now, reason=reason, before={}, after=after)
    return target


@transaction.atomic
def end_target(*, target_id: int, ends_from: dt.date, reason: str, version: int, by: User, now: dt.datetime) -> Target:
    """End a target from today or a later day on (hủy giao); its values stay.

    An ending still to come may be moved, a past one not. Raises Target.DoesNotExist, PermissionDenied,
    PlanRefused, StaleRecord.
    """
    target, reason = _lock_target(target_id, version=version, reason=reason, by=by)
    _require_from_today(ends_from, now)
    if target.ends_from is not None and target.ends_from <= local_day(now):
        raise PlanRefused(_("The target has ended already."))
    if target.starts_on is not None and ends_from < target.starts_on:
        raise PlanRefused(_("A target cannot end before it begins."))
    before = {"ends_from": target.ends_from.isoformat() if target.ends_from else None}
    target.ends_from, target.end_reason = ends_from, reason
    target.version += 1
    target.save(update_fields=["ends_from", "end_reason", "version"])
    after = {"ends_from": ends_from.isoformat()}
    _leave(target, "target.ended", target, by=by, now=now, reason=reason, before=before, after=after)
    return target


@transaction.atomic
def end_participant(
    *,
    participant_id: int,
    valid_to: dt.date,
    successor_id: int | None = None,
    reason: str,
    version: int,
    by: User,
    now: dt.datetime,
) -> Participant:
    """Say a unit's last day in the campaign, today or later, and the unit that succeeds it; its history stays.

    Raises Participant.DoesNotExist, PermissionDenied, PlanRefused, StaleRecord.
    """
    require(by, Permission.EDIT_PLAN)
    participant = Participant.objects.select_for_update(of=("self",)).get(pk=participant_id)
    _hold_open(participant.campaign_id)
    reason = _require_reason(reason)
    if participant.version != version:
        raise StaleRecord([(_("last day"), participant.valid_to, valid_to)])
    _require_from_today(valid_to, now)
    if participant.valid_to is not None and participant.valid_to < local_day(now):
        raise PlanRefused(_("The unit's last day has passed."))
    if participant.valid_from is not None and valid_to < participant.valid_from:
        raise PlanRefused(_("The last day lies before the first."))
    successor = None
    if successor_id is not None:
        successor = Participant.objects.filter(pk=successor_id, campaign_id=participant.campaign_id).first()
        if successor is None or successor.pk == participant.pk or successor.successor_id == participant.pk:
            raise PlanRefused(_("Choose another unit of the campaign as successor."))
    before = {"valid_to": _iso(participant.valid_to), "successor": str(participant.successor or "")}
    participant.valid_to, participant.successor = valid_to, successor
    participant.version += 1
    participant.save(update_fields=["valid_to", "successor", "version"])
    enqueue(topic="score.refresh", key=str(participant.campaign_id), now=now, delay=_SCORE_DELAY)
    record(
        action="participant.ended",
        subject=participant,
        by=by,
        now=now,
        participant=participant,
        before=before,
        after={"valid_to": valid_to.isoformat(), "successor": str(successor or "")},
        reason=reason,
    )
    return participant


def _lock_target(target_id: int, *, version: int, reason: str, by: User) -> tuple[Target, str]:
    require(by, Permission.EDIT_PLAN)
    target = Target.objects.select_for_update(of=("self",)).select_related("indicator", "participant").get(pk=target_id)
    target.participant.campaign = target.campaign = _hold_open(target.campaign_id)
    if target.version != version:
        now_holds = target.revisions.order_by("-effective_from").first() or target
        raise StaleRecord(
            [
                (_("goal"), now_holds.goal, None),
                (_("baseline"), now_holds.baseline, None),
                (_("due date"), now_holds.due_on, None),
                (_("no longer in force from"), target.ends_from, None),
            ]
        )
    return target, _require_reason(reason)


def _hold_open(campaign_id: int) -> Campaign:
    campaign = hold_campaign(campaign_id)
    if campaign.status == CampaignStatus.PREPARATION:
        raise PlanRefused(_("The campaign is being prepared: edit the target itself."))
    if not campaign.is_open:
        raise PlanRefused(_("The campaign is closed."))
    return campaign


def _require_reason(reason: str) -> str:
    reason = normalise(reason)
    if not reason:
        raise PlanRefused(_("A reason is needed."))
    return reason


def _require_from_today(day: dt.date, now: dt.datetime) -> None:
    if day < local_day(now):
        raise PlanRefused(_("The day lies in the past; a change holds from today at the earliest."))


def _validate(row: Target | TargetRevision) -> None:
    try:
        row.full_clean(exclude=["superseded_from"])
    except ValidationError as error:
        raise PlanRefused(first_message(error)) from error


def _touch(target: Target) -> None:
    target.version += 1
    target.save(update_fields=["version"])


def _leave(
    target: Target,
    action: str,
    subject: Target | TargetRevision,
    *,
    by: User,
    now: dt.datetime,
    reason: str,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
) -> None:
    """Ask for a score and write the entry, which comes last."""
    enqueue(topic="score.refresh", key=str(target.campaign_id), now=now, delay=_SCORE_DELAY)
    record(
        action=action,
        subject=subject,
        by=by,
        now=now,
        participant=target.participant,
        before=dict(before),
        after=dict(after),
        reason=reason,
    )


def _terms(row: Target | TargetRevision) -> dict[str, str | None]:
    baseline = None if row.baseline is None else str(row.baseline)
    return {"baseline": baseline, "goal": str(row.goal), "due_on": _iso(row.due_on)}


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
