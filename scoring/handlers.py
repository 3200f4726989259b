"""What scoring does with outbox messages and at each sweep; read at start-up."""

from __future__ import annotations

import datetime as dt

from campaigns.calendar import local_day
from campaigns.enums import CampaignStatus
from campaigns.models import Campaign
from campaigns.outbox_registry import Clock, Message, handles, sweeps

from .actions import digest, requests, runs
from .after_run import hooks
from .enums import RunTrigger
from .models import ScoreRun


@handles("score.refresh")
def refresh(message: Message, clock: Clock) -> str:
    """Score the running day of a campaign (key: its id) after submissions and verdicts.

    The run is a row of the queue, executed right after the messages; so a message is never long in hand.
    """
    now = clock()
    campaign = Campaign.objects.get(pk=int(message.key))
    if campaign.status != CampaignStatus.OPEN or local_day(now) < campaign.starts_on:
        return f"Campaign {campaign.code} has no running day."
    run = requests.request_run(campaign=campaign, day=local_day(now), trigger=RunTrigger.EVENT, by=None, now=now)
    return f"Run {run.pk} asked for."


@handles("score.final")
def finish(message: Message, clock: Clock) -> str:
    """Queue the nights a closed campaign (key: its id) lacks, and its final run."""
    campaign = Campaign.objects.get(pk=int(message.key))
    run = requests.request_final_run(campaign=campaign, now=clock())
    if run is None:
        return f"Campaign {campaign.code} waits for no final run."
    return f"Final run {run.pk} asked for."


@handles(runs.AFTER)
def follow(message: Message, clock: Clock) -> str:
    """Call what awards and others registered for finished runs (payload: the runs of one chunk)."""
    finished = list(ScoreRun.objects.good().filter(pk__in=message.payload["run_ids"]).order_by("campaign"))
    if finished:
        day, trigger = finished[0].day, RunTrigger(finished[0].trigger)
        for hook in hooks():
            hook([run.campaign_id for run in finished], day, trigger, clock())
    return f"{len(finished)} runs followed up."


@handles(digest.TOPIC)
def send_digest(message: Message, clock: Clock) -> str:
    """Tell what last night did to a campaign's scores (key: its id and the day)."""
    campaign_id, day = message.key.split(":")
    moved = digest.send_digest(campaign_id=int(campaign_id), day=dt.date.fromisoformat(day), now=clock())
    return f"{moved} units moved."


@sweeps("score runs")
def resume(clock: Clock) -> str:
    """Execute queued runs and those of lost workers."""
    return runs.resume(clock=clock)
