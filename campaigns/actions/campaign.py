"""The life of a campaign: open it, set it back, close it, reopen it. One function an act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from campaigns.calendar import cut_off, local_day
from campaigns.display import local_date, local_datetime
from campaigns.models import Campaign, Gate, Measurement, PointEntry, User
from campaigns.permissions import Permission, require
from campaigns.queries.readiness import Finding, blocking, odd, readiness
from campaigns.workflow import CampaignAct, IllegalTransition, move_campaign, require_move

from .outbox import enqueue
from .refusals import traced

_SCORE_DELAY = 30  # seconds; bursts of changes coalesce (scoring.md, runs)


class NotReady(Exception):
    """Opening is blocked, or oddities wait to be acknowledged; ``findings`` are those."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


def _locked(campaign_id: int) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)


@traced
@transaction.atomic
def open_campaign(
    *, campaign_id: int, by: User, now: dt.datetime, acknowledged: Collection[str] = ()
) -> tuple[Campaign, list[Finding]]:
    """Open a campaign that is in preparation; return it with its oddities.

    In order: role, row lock, status, readiness; then the status with its moment, the audit entry, and a message
    for its first scores. Oddities must be acknowledged by their codes. Raises PermissionDenied,
    IllegalTransition, NotReady.
    """
    require(by, Permission.OPEN_CAMPAIGN)
    campaign = _locked(campaign_id)
    require_move(campaign, CampaignAct.OPEN)
    findings = readiness(campaign)
    waiting = blocking(findings) or [finding for finding in odd(findings) if finding.code not in acknowledged]
    if waiting:
        raise NotReady(waiting)
    write_opening(campaign, by=by, now=now)
    return campaign, odd(findings)


def write_opening(campaign: Campaign, *, by: User | None, now: dt.datetime) -> None:
    """Write the opening of a locked campaign that was found ready (the importer opens through this as well)."""
    move_campaign(campaign, CampaignAct.OPEN, by=by, now=now, opened_at=now)
    enqueue(topic="score.refresh", key=str(campaign.pk), now=now, delay=_SCORE_DELAY)


@traced
@transaction.atomic
def back_to_preparation(*, campaign_id: int, by: User, now: dt.datetime, reason: str) -> Campaign:
    """Set an open campaign back to preparation, with a reason, until the first verdict.

    The moment of its first opening stays, so that an import still knows that it was opened before. Raises
    PermissionDenied, IllegalTransition.
    """
    require(by, Permission.OPEN_CAMPAIGN)
    campaign = _locked(campaign_id)
    require_move(campaign, CampaignAct.BACK_TO_PREPARATION, reason=reason)
    if Measurement.objects.filter(target__campaign=campaign).exclude(verdict="").exists():
        raise IllegalTransition(_("A verdict has been given; the plan stays as it is."), "verdict_given")
    move_campaign(campaign, CampaignAct.BACK_TO_PREPARATION, by=by, now=now, reason=reason)
    return campaign


@traced
@transaction.atomic
def close_campaign(
    *, campaign_id: int, by: User, now: dt.datetime, day: dt.date | None = None, reason: str = ""
) -> Campaign:
    """Close an open campaign on the local day ``day`` (today when none is given) and ask for its final run.

    ``reason`` is the document or the ground on which it is closed; it stands in the trail.

    Not before the last period's due time, not while a measurement waits for a verdict, not on a day to come, and
    not on a day after which something was still recorded. Raises PermissionDenied, IllegalTransition.
    """
    require(by, Permission.OPEN_CAMPAIGN)
    campaign = _locked(campaign_id)
    require_move(campaign, CampaignAct.CLOSE)
    closing_day = day or local_day(now)
    _require_closable(campaign, closing_day, now)
    move_campaign(campaign, CampaignAct.CLOSE, by=by, now=now, reason=reason, closed_at=now, closing_day=closing_day)
    enqueue(topic="score.final", key=str(campaign.pk), now=now)
    return campaign


def closing_obstacle(campaign: Campaign, day: dt.date, now: dt.datetime) -> str:
    """Return why the campaign cannot be closed on the day; empty where it can. The page of the act shows it first."""
    try:
        _require_closable(campaign, day, now)
    except IllegalTransition as obstacle:
        return str(obstacle)
    return ""


def _require_closable(campaign: Campaign, day: dt.date, now: dt.datetime) -> None:
    if day > local_day(now):
        raise IllegalTransition(_("The closing day has not come yet."), "day_ahead")
    last_due = campaign.periods.aggregate(last=Max("due_at"))["last"]
    if day < campaign.ends_on or (last_due is not None and not (last_due <= now and last_due < cut_off(day))):
        raise IllegalTransition(
            _("The last reports are due at %(due)s; the campaign closes after that.")
            % {"due": local_datetime(last_due) if last_due else local_date(campaign.ends_on)},
            "not_due",
        )
    measurements = Measurement.objects.filter(target__campaign=campaign)
    waiting = measurements.waiting().count()
    if waiting:
        raise IllegalTransition(
            _("%(count)d reported values still wait for a verdict.") % {"count": waiting}, "waiting"
        )
    later = Q(entered_at__gte=cut_off(day)) | Q(confirmed_at__gte=cut_off(day))
    if (
        measurements.filter(Q(sent_at__gte=cut_off(day)) | Q(verdict_at__gte=cut_off(day))).exists()
        or PointEntry.objects.filter(later, participant__campaign=campaign, imported_in=None).exists()
        or Gate.objects.filter(later, campaign=campaign, imported_in=None).exists()
    ):
        raise IllegalTransition(
            _("Something was recorded after %(day)s; choose a later closing day.") % {"day": local_date(day)},
            "recorded_later",
        )


@traced
@transaction.atomic
def reopen_campaign(*, campaign_id: int, by: User, now: dt.datetime, reason: str) -> Campaign:
    """Reopen a closed campaign, with a reason; its final run no longer stands.

    Apps above hear of it by the message "campaign.reopened". Raises PermissionDenied, IllegalTransition.
    """
    require(by, Permission.OPEN_CAMPAIGN)
    campaign = _locked(campaign_id)
    move_campaign(campaign, CampaignAct.REOPEN, by=by, now=now, reason=reason, closed_at=None, closing_day=None)
    enqueue(topic="campaign.reopened", key=str(campaign.pk), now=now)
    enqueue(topic="score.refresh", key=str(campaign.pk), now=now, delay=_SCORE_DELAY)
    return campaign
