"""Ask for runs: each is a row of the queue, and asking twice is asking once.

A campaign that is closed and has its final run is sealed: nothing computes it again.
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.actions import audit
from campaigns.actions.locks import hold_campaign
from campaigns.calendar import cut_off, local_day
from campaigns.enums import CampaignStatus
from campaigns.models import Campaign, User
from campaigns.permissions import Permission, require
from scoring.enums import RunStatus, RunTrigger
from scoring.models import ScoreRun


class RunRefused(ValidationError):
    """The campaign's day is not computed, and why."""


def is_sealed(campaign: Campaign) -> bool:
    """Whether the campaign is closed and its final run is done: its figures stand."""
    if campaign.closing_day is None or campaign.closed_at is None:  # set while it is closed: a constraint
        return False
    final = ScoreRun.objects.good().filter(campaign=campaign, trigger=RunTrigger.FINAL)
    return final.filter(day=campaign.closing_day, requested_at__gte=campaign.closed_at).exists()


def refusal(*, campaign: Campaign, day: dt.date, trigger: str, now: dt.datetime) -> str:
    """Return why the campaign's local day is not computed, or an empty text (source: scoring.md, Runs)."""
    name = {"campaign": campaign.code, "day": date_format(day, "d/m/Y")}
    if campaign.status == CampaignStatus.PREPARATION:
        return _("Campaign %(campaign)s is not open yet; there is nothing to score.") % name
    if day < campaign.starts_on or day > local_day(now):
        return _("%(day)s is not a day of campaign %(campaign)s that has come.") % name
    if trigger == RunTrigger.NIGHTLY and now < cut_off(day):
        return _("The night of %(day)s has not come yet.") % name
    if campaign.status != CampaignStatus.CLOSED:
        return _("Campaign %(campaign)s is not closed; it has no final run.") % name if trigger == "final" else ""
    if is_sealed(campaign):
        return _("Campaign %(campaign)s is closed; its figures are final and are not computed again.") % name
    catching_up = trigger == RunTrigger.NIGHTLY and day < (campaign.closing_day or day)
    if catching_up or (trigger == RunTrigger.FINAL and day == campaign.closing_day):
        return ""
    return _("Campaign %(campaign)s is closed; only its final run is still to come.") % name


def request_run(
    *, campaign: Campaign, day: dt.date, trigger: RunTrigger, by: User | None, now: dt.datetime
) -> ScoreRun:
    """Queue a run of the campaign's local day and return it; a run of the same kind that still waits is that run.

    ``by=None`` is the portal itself. Raises PermissionDenied, and RunRefused where the day is not computed.
    A person's request is audited.
    """
    if by is not None:
        require(by, Permission.RECOMPUTE)
    with transaction.atomic():
        campaign = hold_campaign(campaign.pk)  # asked for before it is closed, or refused after
        reason = refusal(campaign=campaign, day=day, trigger=trigger, now=now)
        if reason:
            raise RunRefused(reason)
        waiting = ScoreRun.objects.filter(campaign=campaign, day=day, trigger=trigger, status=RunStatus.QUEUED)
        run = waiting.order_by("pk").first()
        if run is None:
            run = ScoreRun.objects.create(
                campaign=campaign, day=day, trigger=trigger, requested_by=by, requested_at=now
            )
        if by is not None:
            audit.record(
                action="scoring.run_requested", subject=run, by=by, now=now, campaign=campaign, after={"day": day}
            )
    return run


def queue_missing_nights(*, now: dt.datetime, campaign: Campaign | None = None) -> int:
    """Queue every night that should be scored by ``now`` and is not; return how many.

    From each campaign's first day to yesterday (to the day before its closing day, for one closed and waiting
    for its final run). A night scored before the plan was last opened is scored again; a failed one is tried again.
    """
    if campaign is None:
        due = Campaign.objects.scored_on(local_day(now) - dt.timedelta(days=1))
    else:
        due = Campaign.objects.filter(pk=campaign.pk)
    return sum(_queue_nights(found, now) for found in due.order_by("pk"))


def _queue_nights(campaign: Campaign, now: dt.datetime) -> int:
    last = (campaign.closing_day or local_day(now)) - dt.timedelta(days=1)
    last = min(last, local_day(now) - dt.timedelta(days=1))
    nights = ScoreRun.objects.filter(campaign=campaign, trigger=RunTrigger.NIGHTLY, day__lte=last)
    expected = (last - campaign.starts_on).days + 1
    stands = Q(status=RunStatus.DONE, finished_at__gte=F("campaign__opened_at"))
    if nights.filter(stands).count() >= expected:
        return 0
    known = set(nights.values_list("day", flat=True))
    days = (campaign.starts_on + dt.timedelta(days=number) for number in range(expected))
    missing = [
        ScoreRun(campaign=campaign, day=day, trigger=RunTrigger.NIGHTLY, requested_at=now)
        for day in days
        if day not in known
    ]
    ScoreRun.objects.bulk_create(missing, ignore_conflicts=True)
    again = nights.filter(status__in=(RunStatus.DONE, RunStatus.FAILED)).exclude(stands)
    return len(missing) + again.update(status=RunStatus.QUEUED, attempts=0, requested_at=now, finished_at=None)


def request_final_run(*, campaign: Campaign, now: dt.datetime) -> ScoreRun | None:
    """Queue the nights a closed campaign still lacks and its final run; None where there is nothing left to do."""
    if campaign.closing_day is None or is_sealed(campaign):
        return None
    queue_missing_nights(now=now, campaign=campaign)
    running = ScoreRun.objects.filter(
        campaign=campaign, trigger=RunTrigger.FINAL, day=campaign.closing_day, status=RunStatus.RUNNING
    ).first()
    return running or request_run(
        campaign=campaign, day=campaign.closing_day, trigger=RunTrigger.FINAL, by=None, now=now
    )
